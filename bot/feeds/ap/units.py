"""A reporting unit of AP's, as `ap` has it: its name, candidates and precincts, each checked."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.feeds.ballot import label
from bot.feeds.reader import quoted, shortened

Race: TypeAlias = dict[str, Any]
"""A race, or a part of one, as JSON has it."""


def candidates_of(unit: Race) -> Sequence[Any]:
    """Return a unit's candidates as they are.

    Raises:
        BadInputError: they are no list.

    """
    candidates = unit.get("candidates")
    if not isinstance(candidates, list):
        raise BadInputError(f"{name_of(unit)}: candidates should be a list, not {quoted(candidates)}")
    return candidates


def name_of(unit: Race) -> str:
    """Return what an error calls a unit."""
    name = unit.get("reportingunitName") or unit.get("stateName") or "the state"
    shown = label(name) if isinstance(name, str) else None
    return shortened(shown) if shown and shown.isprintable() else "a reporting unit"


def precincts_of(unit: Race) -> tuple[int, int] | None:
    """Return (reporting, total); None where AP does not say.

    Raises:
        BadInputError: they can't be.

    """
    done, of = unit.get("precinctsReporting"), unit.get("precinctsTotal")
    if done is None or of is None or of == 0:
        return None
    if type(done) is type(of) is int and 0 <= done <= of <= MOST_VOTES:
        return done, of
    raise BadInputError(f"{name_of(unit)}: {quoted(done)} of {quoted(of)} precincts can't be")


def text_of(part: Race, field: str) -> str | None:
    """Return what a field says in plain text, None for nothing.

    Raises:
        BadInputError: it is no plain text.

    """
    value = part.get(field)
    if value is None:
        return None
    if not isinstance(value, str) or not (label(value) or "").isprintable():
        raise BadInputError(f"{field} should be plain text, not {quoted(value)}")
    return label(value)
