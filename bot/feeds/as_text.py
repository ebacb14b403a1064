"""Numbers and local times as offices write them into texts: `3,082,098`, `November 9, 2022, 8:05 a.m.`."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.feeds.reader import quoted, shortened

_NUMBER = re.compile(r"[0-9]{1,11}|[0-9]{1,3}(?:,[0-9]{3}){1,3}")

_LONGEST = 40
"""Characters of a number with spaces around it."""


def number(text: object, what: str) -> int:
    """Return a number of votes or precincts, with commas between thousands or without.

    Raises:
        BadInputError: it is something else; `what` says what it was to be.

    """
    bare = text.strip() if isinstance(text, str) and len(text) <= _LONGEST else ""
    if _NUMBER.fullmatch(bare) and (value := int(bare.replace(",", ""))) <= MOST_VOTES:
        return value
    raise BadInputError(f"{shortened(what)} should be a number in text, such as 3,082,098, not {quoted(text)}")


def local_time(text: str, forms: tuple[str, ...], zone: ZoneInfo) -> datetime:
    """Return in UTC the time that a text without a zone says by the clocks of `zone`.

    Args:
        text: a.m. and p.m. may have points.
        forms: as for strptime, tried in turn.
        zone: of an hour that there is twice it is the first.

    Raises:
        BadInputError: it is in none of the forms, or not in the calendar.

    """
    plain = (
        " ".join(text.split()).replace("a.m.", "AM").replace("p.m.", "PM") if len(text) < 100 else ""
    )  # far longer than any time
    for form in forms:
        try:
            return datetime.strptime(plain, form).replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise BadInputError(f"{quoted(text)} is no time that is known here")


def utc(stamp: str) -> datetime:
    """Return an ISO 8601 time, which is UTC where it has no zone.

    Raises:
        BadInputError: it is none.

    """
    try:
        moment = datetime.fromisoformat(stamp)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInputError(f"should be a time such as 2024-11-06T03:00:00Z, not {quoted(stamp)}") from None


def day_of(text: str, form: str) -> date:
    """Return the day that a text says, in a form as for strptime.

    Raises:
        BadInputError: it says none.

    """
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise BadInputError(f"{quoted(text)} is no day that is known here") from None
