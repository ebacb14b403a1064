"""Lead times as people type them."""

import re
from datetime import timedelta

from pydantic import TypeAdapter, ValidationError

from bot.desk_values import Duration
from bot.errors import BadInputError
from bot.schedule.entry import Leads
from bot.schedule.reminder import refuse_leads

_WORDED = re.compile(
    r"([0-9]{1,6}) ?(?:(?P<m>m|mins?\.?|minutes?)|(?P<h>h|hrs?\.?|hours?)|(?P<d>d|days?))", re.IGNORECASE
)
"""One of them: "60m", "60 min", "2 hours", "1 day"."""
_BETWEEN = re.compile(r"\s*(?:,|;|\band\b)\s*")


def lead_times(said: str, what: str = "the event") -> Leads:
    """Return how long before an event it is spoken of, as typed: "60 min, 1 day"; "none" is none.

    Args:
        said: what was typed.
        what: what they are of, for the refusal.

    Raises:
        BadInputError: it is something else, or more or other than goes.

    """
    if said.strip().casefold() == "none":
        return ()
    try:
        leads = tuple(_one(part) for part in _BETWEEN.split(said.strip()))
    except ValidationError:
        raise BadInputError(
            f'"{said[:60]}" says no reminders: say how long before, as 60m or 1 day, 30 min; or none'
        ) from None
    if wrong := refuse_leads(leads):
        raise BadInputError(f"{what} {wrong}")
    return leads


def _one(part: str) -> timedelta:
    match = _WORDED.fullmatch(part)
    return TypeAdapter[timedelta](Duration).validate_python(f"{match[1]}{match.lastgroup}" if match else part)
