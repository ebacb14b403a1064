"""What the desk file's keys can hold: durations, shares, zones, times of day, addresses."""

import re
from datetime import time, timedelta
from fractions import Fraction
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from bot.count.reading import Frozen

_DURATION = re.compile(r"([0-9]{1,6})(s|m|h|d)")
_SHARE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s?(%?)|([0-9]{1,9}/[0-9]{1,9})")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    raise ValueError("should be a duration such as 60s, 5m, 24h or 2d")


def _share(value: object) -> object:
    if isinstance(value, Fraction):
        return value
    try:
        if isinstance(value, str) and (match := _SHARE.fullmatch(value)):
            return Fraction(match[1] or match[3]) / (100 if match[2] else 1)
    except ZeroDivisionError:
        pass
    raise ValueError('should be a share such as "50%" or "3/5", in quotes')


def _between_zero_and_one(value: Fraction) -> Fraction:
    if not 0 <= value <= 1:
        raise ValueError("should be a share from 0 to 100%")
    return value


_NO_PLACES = ("localtime", "posixrules", "factory")
"""Files beside the zones: this machine's own zone, and none at all."""


def _zone(value: object) -> object:
    try:
        if isinstance(value, str) and value.casefold() not in _NO_PLACES:
            return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    if isinstance(value, ZoneInfo):
        return value
    raise ValueError("should be a zone of the IANA list such as America/New_York")


def _wall_time(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    if isinstance(value, time) and value.tzinfo is None:
        return value
    raise ValueError("should be a time of day such as 08:00")


def _long_enough(value: timedelta) -> timedelta:
    if value < timedelta(seconds=1):
        raise ValueError("should be at least 1s")
    return value


def _not_ours(name: str) -> str:
    if name.upper().startswith("TALLYDESK_"):
        raise ValueError(
            "should not begin with TALLYDESK_: those are Tallydesk's own settings, and are sent to no feed"
        )
    return name


Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_long_enough)]
Share = Annotated[Fraction, BeforeValidator(_share), AfterValidator(_between_zero_and_one)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
WallTime = Annotated[time, BeforeValidator(_wall_time)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+\S*$", max_length=2000)]
EnvName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$"), AfterValidator(_not_ours)]
"""The name of an environment variable."""
Format = Literal["readings", "clarity-summary", "clarity-detail", "georgia-export", "ap", "nist", "csv", "push"]
"""The feed formats; `push`: nothing is fetched, the source sends readings itself."""
ColumnName = Literal["contest", "candidate", "votes", "unit", "type", "party", "total", "reported", "of", "as_of"]
"""What a column of a sheet can hold: see `bot.sources.csv_sheet`."""


class Config(Frozen):
    """A part of the desk file."""

    model_config = Frozen.model_config | {"arbitrary_types_allowed": True}
