"""Times as people type them, read in the desk's zone: "3:05", "7:30 p.m.", "yesterday 7pm", "Nov 6 4:30 am"."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.errors import BadInputError

_LONGEST = 60
_DOTTED = re.compile(r"\b([ap])\.\s?m\b\.?", re.IGNORECASE)


def past_time(typed: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment that `typed` means, in UTC: the latest one that is not after `now`.

    Raises:
        BadInputError: it is no time, or one that is still ahead.

    """
    # A heavy import of which a rehearsal or a quiet bot has no need.
    import dateparser  # noqa: PLC0415

    text = _DOTTED.sub(r"\1m", typed.strip()[:_LONGEST])
    local = now.astimezone(zone).replace(tzinfo=None)
    found = dateparser.parse(
        text,
        languages=["en"],
        settings={"RELATIVE_BASE": local, "PREFER_DATES_FROM": "past", "RETURN_AS_TIMEZONE_AWARE": False},
    )
    if found is None:
        raise BadInputError(f"{typed[:_LONGEST]} is not a time; try 3:05, 7:30 p.m., yesterday 7pm or Nov. 6 4:30 a.m.")
    moment = found.replace(tzinfo=found.tzinfo or zone).astimezone(UTC)
    if moment > now:
        raise BadInputError(f"{typed[:_LONGEST]} is still ahead")
    return moment
