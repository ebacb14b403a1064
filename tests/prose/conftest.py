"""Graded sentences, and functions that compare their claims with the claims that are read."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.desk.desk_file import Desk, load_desk
from bot.desk.toml_file import shipped
from bot.prose.reader import claims, understood

HERE = Path(__file__).parent / "sentences"
DEFAULTS: dict[str, dict[str, Any]] = {
    "margin": {"approximate": False, "units": [], "time": None},
    "margin_change": {"approximate": False, "units": [], "time": None},
    "total": {"approximate": False, "time": None},
    "certified": {"of": None, "before": None, "time": None},
    "outstanding": {"units": [], "approximate": False, "time": None},
    "no_change": {"time": None},
}
TUNED = ("live_blog", "posts", "wire", "messy", "traps", "traps_2", "more", "newsdesk")


@dataclass(frozen=True)
class Case:
    """A sentence with all its claims, as graded.

    The claims are only of the kinds in `DEFAULTS`, since the sentences were graded before there were others.
    """

    text: str
    claims: list[dict[str, Any]]


def cases(name: str) -> list[Case]:
    rows = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))["sentence"]
    return [Case(row["text"], [DEFAULTS[one["claim"]] | one for one in row.get("claims", [])]) for row in rows]


def read(text: str, desk: Desk) -> list[dict[str, Any]]:
    """Return the sure claims of a text as fields, without the words.

    Also checks that the words are a part of the text.
    """
    found = []
    for claim in claims(text, desk):
        fields = claim.fields()
        if fields["claim"] not in DEFAULTS:
            continue
        assert fields.pop("words") in text
        assert fields.pop("sure") is True
        found.append(fields)
    return found


def is_offered(case: Case, desk: Desk) -> bool:
    """Return True if each graded claim of a sentence is sure, or offered as a proposal without a wrong field."""
    found = understood(case.text, desk)
    sure = [
        {name: one for name, one in claim.fields().items() if name not in ("words", "sure")} for claim in found.claims
    ]
    likely = [one.fields() for one in found.proposals]
    return all(claim in sure or any(may_be(one, claim) for one in likely) for claim in case.claims)


def may_be(one: dict[str, Any], claim: dict[str, Any]) -> bool:
    """Return True if the proposal `one` has the kind and number of `claim`, and no field that contradicts the
    claim.
    """
    number = next((name for name in ("votes", "ballots", "done") if name in claim), "claim")
    return (
        one["claim"] == claim["claim"]
        and one[number] == claim[number]
        and one.get("candidate") in (None, claim.get("candidate"))
        and set(one.get("units", ())) <= set(claim.get("units", ()))
    )


@pytest.fixture(scope="session")
def georgia() -> Desk:
    return load_desk(shipped("desks", "georgia-2020.toml"))
