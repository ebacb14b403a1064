"""Parses numbers and times that a feed gives as text, such as `3,082,098` or `November 9, 2022, 8:05 a.m.`."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.feeds.reader import quoted, shortened

_NUMBER = re.compile(r"[0-9]{1,11}|[0-9]{1,3}(?:,[0-9]{3}){1,3}")

_LONGEST = 40
"""The most characters of a number, including spaces around it."""


def number(text: object, what: str) -> int:
    """Parse a number of votes or precincts, which may have commas between thousands.

    Raises:
        BadInputError: the text is not such a number. `what` is the value's name in the error.

    """
    bare = text.strip() if isinstance(text, str) and len(text) <= _LONGEST else ""
    if _NUMBER.fullmatch(bare) and (value := int(bare.replace(",", ""))) <= MOST_VOTES:
        return value
    raise BadInputError(f"{shortened(what)} should be a number in text, such as 3,082,098, not {quoted(text)}")


def local_time(text: str, forms: tuple[str, ...], zone: ZoneInfo) -> datetime:
    """Parse a local time, and return it in UTC.

    Args:
        text: the time, with AM and PM or a.m. and p.m.
        forms: formats of strptime, tried one after the other.
        zone: the time's zone. If the clocks are set back and an hour occurs twice, the first is used.

    Raises:
        BadInputError: the text has none of the formats, or no such time exists.

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
    """Parse an ISO 8601 time, and return it in UTC. A time without a zone is taken as UTC.

    Raises:
        BadInputError: the text is not a time.

    """
    try:
        moment = datetime.fromisoformat(stamp)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInputError(f"should be a time such as 2024-11-06T03:00:00Z, not {quoted(stamp)}") from None


def day_of(text: str, form: str) -> date:
    """Parse a day. `form` is a format of strptime.

    Raises:
        BadInputError: the text does not have this format, or no such day exists.

    """
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise BadInputError(f"{quoted(text)} is no day that is known here") from None
