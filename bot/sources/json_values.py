"""What a JSON document holds, taken out by name and checked: numbers of votes, texts, lists, objects."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.sources.reader import quoted, shortened

_WHOLE = {int}


def are_whole(values: Sequence[object]) -> bool:
    """Return True if all are whole numbers that votes can be: no booleans, no fractions, none below 0."""
    if not values:
        return True
    if set(map(type, values)) != _WHOLE:
        return False
    numbers = cast("Sequence[int]", values)
    return min(numbers) >= 0 and max(numbers) <= MOST_VOTES


def whole(value: object, what: str) -> int:
    """Return a number of votes, precincts and the like.

    Raises:
        BadInputError: it is something else; `what` says what it was to be.

    """
    if type(value) is int and 0 <= value <= MOST_VOTES:
        return value
    raise BadInputError(f"{shortened(what)} should be a whole number, not {quoted(value)}")


def pair(reported: object, of: object, what: str) -> tuple[int, int] | None:
    """Return (reported, of); None where the feed does not say, and 0 of all says nothing.

    Raises:
        BadInputError: one is no whole number, or the first is more than the second.

    """
    if of is None or reported is None or of == reported == 0:
        return None
    done, total = whole(reported, f"{what} reported"), whole(of, what)
    if done > total:
        raise BadInputError(f"{shortened(what)}: {done} of {total} is more than all")
    return (done, total)


def text(holder: Mapping[str, Any], field: str) -> str:
    """Return a text of an object, without spaces around it.

    Raises:
        BadInputError: it is missing, empty or no text.

    """
    value = holder.get(field)
    if not isinstance(value, str) or not value.strip():
        raise BadInputError(f"{field} should be text, not {quoted(value)}")
    return value.strip()


def objects(holder: Mapping[str, Any], field: str, *, needed: bool = True) -> list[dict[str, Any]]:
    """Return a list of objects in an object; empty where it is missing or null and not `needed`.

    Raises:
        BadInputError: it is something else.

    """
    value = holder.get(field)
    if value is None and not needed:
        return []
    if not isinstance(value, list):
        raise BadInputError(f"{field} should be a list, not {quoted(value)}")
    for one in value:
        if not isinstance(one, dict):
            raise BadInputError(f"{field} should hold objects, not {quoted(one)}")
    return value


def object_of(value: object, what: str) -> dict[str, Any]:
    """Return an object.

    Raises:
        BadInputError: it is something else; `what` says what it was to be.

    """
    if isinstance(value, dict):
        return value
    raise BadInputError(f"{what} should be an object, not {quoted(value)}")
