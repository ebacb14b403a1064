"""Parses past times and quiet hours as people type them. If a text is ambiguous, the error asks which one is meant."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import BadInputError, ChooseError
from bot.events.time_meaning import AmbiguityReason, TimeQuestion, hours_of_day, time_past
from bot.events.typed_time import quoted_typed
from bot.wording.times import clock, date_line, of_day

OPEN: dict[AmbiguityReason, str] = {
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
    """Return the past moment that `typed` means, in UTC.

    With `start`, the time is the beginning of a period, so a day means its first moment. See `time_past`.

    Raises:
        BadInputError: the text is not a time, or the time is in the future.
        ChooseError: the text could mean several times. The error offers a choice for each of these times, with a text that
            can be typed instead and has only one meaning.
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


def typed_minute(typed: str, now: datetime, zone: ZoneInfo, *, start: bool = False) -> datetime:
    """Return the end of the minute that `typed` means, but not later than `now`.

    Posts give times to the minute, so "as of 7:35 a.m." includes a reading of 7:35:40. `start` is as in `past_time`.

    Raises:
        BadInputError: as `past_time`.
        ChooseError: as `past_time`.
    """
    minute = past_time(typed, now, zone, start=start).replace(second=0, microsecond=0)
    return min(minute + timedelta(minutes=1) - timedelta.resolution, now.astimezone(UTC))


def past_times(typed: str, now: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return all past moments that `typed` can mean, in UTC and in order.

    Empty for a future time or any other text.
    """
    try:
        found = time_past(typed, now, zone)
    except BadInputError:
        return []
    return [one.moment for one in found.choices] if isinstance(found, TimeQuestion) else [found.moment]


def quiet_hours(typed: str) -> tuple[int, int] | None:
    """Return the minutes of the day at which quiet hours begin and end. None for "none" or an empty text.

    Raises:
        BadInputError: the text is not a range of hours.
        ChooseError: the text could mean several ranges.
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
    """Return quiet hours as text that can also be typed: "11 p.m.\u20136:30 a.m."; empty for None."""
    return "\u2013".join(of_day(minute) for minute in hours) if hours else ""


def moment_label(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment with zone and date: "10:30 a.m. EST Wednesday, Nov. 11"."""
    return f"{clock(moment.astimezone(UTC), zone, 'exact')} {date_line(moment, zone)}"
