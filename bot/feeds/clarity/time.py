"""Parses times as Clarity writes them, with an abbreviated zone: `11/20/2020 3:37:06 PM EST`."""

import re
from datetime import UTC, datetime, timedelta, timezone

from bot.errors import BadInputError
from bot.feeds.reader import quoted

_TIME = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))? ?(AM|PM)(?: ([A-Z]+))?", re.ASCII | re.IGNORECASE
)

_ZONES = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "AKST": -9,
    "AKDT": -8,
    "HST": -10,
    "HDT": -9,
    "HAST": -10,
    "HADT": -9,
    "AST": -4,
    "ADT": -3,
    "SST": -11,
    "CHST": 10,
    "UTC": 0,
    "GMT": 0,
}
"""Hours from UTC of the zones in US law (15 U.S.C. 261 to 263). The abbreviation also says whether it is daylight time. AST
is Puerto Rico's, CHST Guam's, SST American Samoa's."""


def time_of(text: str) -> datetime:
    """Parse a time, and return it in UTC.

    Raises:
        BadInputError: the text is not a time, or the zone is missing or unknown.

    """
    match = _TIME.fullmatch(" ".join(text.split())) if len(text) < 100 else None  # far longer than any time
    if match is None:
        raise BadInputError(f"should be a time such as 11/20/2020 3:37:06 PM EST, not {quoted(text)}")
    month, day, year, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    zone = (match[8] or "").upper()
    if not zone:
        raise BadInputError(f"{quoted(text)} has no zone")
    if zone not in _ZONES:
        raise BadInputError(f"{quoted(text)} is in the zone {zone[:20]}, which is not known here")
    if not 1 <= hour <= 12:  # a clock's hours
        raise BadInputError(f"{quoted(text)} is no time of day")
    half = 12 if match[7].upper() == "PM" else 0
    try:
        moment = datetime(
            year, month, day, hour % 12 + half, minute, second, tzinfo=timezone(timedelta(hours=_ZONES[zone]))
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInputError(f"{quoted(text)} is not in the calendar") from None
