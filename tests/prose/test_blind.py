"""Texts that the reader was not made with: as reporters write, traps, and what tempts into being sure.

Each set was graded before it was read. At the first look the first one had none falsely sure, 78 of its 98 claims offered with
the right sign, name and place, and something offered in 8 of 40 traps. What was mended after that were kinds, not texts; a set
that was looked at is a guard, and another one the measure.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.desk.desk_file import Desk
from bot.prose.reader import understood

HERE = Path(__file__).parent / "blind"
NUMBERS = ("votes", "ballots", "done", "percent")


def texts(name: str, of: str) -> list[dict[str, Any]]:
    rows = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))["text"]
    return [row for row in rows if row["of"] == of]


def said(words: str, desk: Desk) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the claims of a text: those that are sure, and those that are offered."""
    found = understood(words, desk)
    return [one.fields() for one in found.claims], [one.fields() for one in found.proposals]


def is_it(one: dict[str, Any], claim: dict[str, Any]) -> bool:
    """Return True if a claim is the one that was meant; a change of the lead from the view of whichever of the two leads."""
    sign = -1 if claim["claim"] == "margin_change" and one.get("candidate") != claim["candidate"] else 1
    number = next(claim[name] for name in NUMBERS if name in claim) if claim["claim"] != "no_change" else None
    found = next((one[name] for name in NUMBERS if one.get(name) is not None), None)
    same_name = claim["claim"] == "margin_change" or one.get("candidate") == claim.get("candidate")
    return (
        one["claim"] == claim["claim"]
        and (found if sign > 0 or found is None else -found) == number
        and same_name
        and sorted(one.get("units", ())) == sorted(claim.get("units", one.get("units", ())))
    )


@pytest.mark.parametrize(("name", "share"), [("first", 0.8)])
def test_most_of_what_reporters_write_is_offered_right(georgia: Desk, name: str, share: float) -> None:
    missed, wanted = [], 0
    for row in texts(name, "real"):
        sure, likely = said(row["words"], georgia)
        wanted += len(row["claims"])
        missed += [
            (row["words"], claim) for claim in row["claims"] if not any(is_it(one, claim) for one in sure + likely)
        ]
        assert [one for one in sure if not any(is_it(one, claim) for claim in row["claims"])] == []
    assert len(missed) <= (1 - share) * wanted, missed


@pytest.mark.parametrize(("name", "most"), [("first", 8)])
def test_little_is_offered_of_a_trap_and_nothing_is_sure(georgia: Desk, name: str, most: int) -> None:
    found = {row["words"]: said(row["words"], georgia) for row in texts(name, "trap")}
    assert {words: sure for words, (sure, _) in found.items() if sure} == {}
    assert sum(bool(likely) for _, likely in found.values()) <= most


@pytest.mark.parametrize("name", ["first"])
def test_nothing_that_tempts_is_sure(georgia: Desk, name: str) -> None:
    assert {row["words"]: sure for row in texts(name, "attack") if (sure := said(row["words"], georgia)[0])} == {}
