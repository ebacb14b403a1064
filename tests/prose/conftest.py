"""The corpus of graded texts, and functions that compare their claims with the claims that are read."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.desk.desk_file import Contest, Desk, load_desk
from bot.desk.toml_file import shipped
from bot.prose.claim import Claim
from bot.prose.reader import understood

HERE = Path(__file__).parent
DESK = load_desk(shipped("desks", "georgia-2020.toml"))
NUMBERS = ("votes", "ballots", "done", "percent")


@dataclass(frozen=True)
class Graded:
    """A text with the claims that it makes, as graded by somebody who had not seen the reader. A trap makes none."""

    text: str
    contest: str | None
    is_trap: bool
    claims: list[dict[str, Any]]

    @property
    def half(self) -> int:
        """0 for the texts that the reader is built with; 1 for those that nobody looks at who works on it."""
        return int(hashlib.sha256(self.text.encode()).hexdigest(), 16) % 2


def rows(folder: str, table: str) -> list[dict[str, Any]]:
    files = sorted((HERE / folder).glob("*.toml"))
    return [row for file in files for row in tomllib.loads(file.read_text(encoding="utf-8")).get(table, ())]


@cache
def corpus() -> list[Graded]:
    """Return the texts of `blind/`, without claims that may be missed."""
    return [
        Graded(
            row["words"],
            row.get("contest"),
            row["of"] == "trap",
            [claim for claim in row.get("claims", ()) if not claim.get("optional")],
        )
        for row in rows("blind", "text")
        if row["of"] in ("real", "trap")
    ]


@cache
def sentences() -> list[str]:
    """Return the sentences of `sentences/`."""
    return [row["text"] for row in rows("sentences", "sentence")]


@cache
def desk_of(contest: str | None) -> Desk:
    """Return a desk that follows a contest of the corpus; for None, Georgia's for president."""
    followed = [
        Contest.model_validate(row | {"leads": "times"}) for row in rows("blind", "contest") if row["id"] == contest
    ]
    return DESK.model_copy(update={"contests": followed}) if followed else DESK


def claims(text: str, desk: Desk, contest: str | None = None) -> tuple[Claim, ...]:
    return understood(text, desk, contest).claims


def is_it(one: dict[str, Any], claim: dict[str, Any]) -> bool:
    """Return True if a claim that was read is the graded `claim`.

    A change of the lead may be given for either of the two candidates, with the sign to match.
    """
    is_change = claim["claim"] == "margin_change"
    sign = -1 if is_change and one.get("candidate") != claim["candidate"] else 1
    number = next((claim[name] for name in NUMBERS if name in claim), None)
    found = next((one[name] for name in NUMBERS if one.get(name) is not None), None)
    return (
        one["claim"] == claim["claim"]
        and (found if sign > 0 or found is None else -found) == number
        and (is_change or one.get("candidate") == claim.get("candidate"))
        and sorted(one.get("units", ())) == sorted(claim.get("units", one.get("units", ())))
        and one.get("net") == claim.get("net", one.get("net"))
    )


@pytest.fixture(scope="session")
def georgia() -> Desk:
    return DESK
