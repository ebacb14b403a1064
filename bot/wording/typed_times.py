"""Past times and quiet hours as people type them; asks back if one could mean several."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import BadInputError, ChooseError
from bot.events.meant_time import TimeQuestion, WhyOpen, hours_of_day, time_past
from bot.events.typed_time import quoted_typed
from bot.wording.times import clock, date_line, of_day

OPEN: dict[WhyOpen, str] = {
    "half": "It could be a.m. or p.m.",
    "passed": "The earlier one has passed.",
    "today": "That weekday is today: it could mean today, or a week off.",
    "next": '"Next" could mean this week or the one after.',
    "last": '"Last" could mean the latest one or the one before.',
    "order": "It could be month and day, or day and month.",
    "stretch": "That is several hours.",
    "night": "After midnight it is the next day.",
    "midnight": "Midnight could be the start or the end of that day.",
    "skipped": "The clocks go forward that night and skip that hour.",
    "twice": "The clocks go back that night, and that hour comes twice.",
}


def past_time(typed: str, now: datetime, zone: ZoneInfo, *, start: bool = False) -> datetime:
    """Return the moment up to `now` that `typed` means, in UTC; see `time_past`.

    Raises:
        BadInputError: it is no time, or is still ahead.
        ChooseError: it could mean several times; each choice, typed, means just one.

    """
    found = time_past(typed, now, zone, start=start)
    if not isinstance(found, TimeQuestion):
        return found.moment
    moments = [choice.moment for choice in found.choices]
    choices = [(moment_label(one, zone), one.astimezone(zone).isoformat()) for one in moments]
    why = " ".join(OPEN[one] for one in found.why)
    raise ChooseError(
        f"which time is {quoted_typed(typed)}? {why} {' or '.join(label for label, _ in choices)}?", typed, choices
    )


def asked_time(typed: str, now: datetime, zone: ZoneInfo, *, start: bool = False) -> datetime:
    """Return the end of the minute that `typed` means, `now` at the latest; raises as `past_time` does.

    Posts name minutes: a reading stamped 7:35 a.m. was in by 7:35 a.m., and "up 10 since 7:35 a.m." starts after it.
    """
    minute = past_time(typed, now, zone, start=start).replace(second=0, microsecond=0)
    return min(minute + timedelta(minutes=1) - timedelta.resolution, now.astimezone(UTC))


def past_times(typed: str, now: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return every moment up to `now` that `typed` can mean, in UTC, in order; empty if it is no time, or still ahead."""
    try:
        found = time_past(typed, now, zone)
    except BadInputError:
        return []
    return [one.moment for one in found.choices] if isinstance(found, TimeQuestion) else [found.moment]


def quiet_hours(typed: str) -> tuple[int, int] | None:
    """Return the minutes of the day when quiet hours begin and end; None for "none" or nothing.

    Raises:
        BadInputError: it is something else.
        ChooseError: it could mean several.

    """
    if typed.strip().casefold() in ("", "none"):
        return None
    found = hours_of_day(typed)
    if len(found) == 1:
        return found[0]
    choices = [(hours_label(one), hours_label(one)) for one in found]
    labels = " or ".join(label for label, _ in choices)
    raise ChooseError(f"which hours are {quoted_typed(typed)}? {OPEN['half']} {labels}?", typed, choices)


def hours_label(hours: tuple[int, int] | None) -> str:
    """Return quiet hours as they are shown and typed: "11 p.m.\u20136:30 a.m."; empty for None."""
    return "\u2013".join(of_day(minute) for minute in hours) if hours else ""


def moment_label(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment by the clocks of a zone: "10:30 a.m. EST Wednesday, Nov. 11"."""
    return f"{clock(moment.astimezone(UTC), zone, 'exact')} {date_line(moment, zone)}"
