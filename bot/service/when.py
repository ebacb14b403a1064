"""Times as people type them, read by the desk's clock: "3:05", "7:30 p.m.", "yesterday 7pm", "Nov. 6 4:30 a.m.".

What is not clearly one time is refused, not guessed: a bare number, 11/6, a weekday alone, an hour that the
clocks skipped or went through twice. A wrong time would give a wrong answer that looks right.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import BadInputError
from bot.wording.times import clock

_LONGEST = 60
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HALF_YEAR = timedelta(days=183)
_TRY = "try 3:05, 7:30 p.m., yesterday 7pm or Nov. 6 4:30 a.m."

_MONTH = (
    r"(?:(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?) (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?: (?P<year>[0-9]{4}))?)"
)
_DAY = (
    r"(?:(?P<near>today|yesterday|tomorrow)"
    r"|(?P<weekday>mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs?|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
    rf"|{_MONTH}|(?P<iso>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}))"
)
_TIME = (
    r"(?:(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?)? ?(?P<half>[ap]m)?"
    r"|(?P<word>noon|midnight))(?: ?(?P<zone>utc|gmt|z|(?!sat)[a-z]{1,3}t))?"
)
_FORMS = tuple(
    re.compile(form) for form in (rf"(?:at )?{_TIME}", rf"{_DAY} (?:at )?{_TIME}", rf"(?:at )?{_TIME} (?:on )?{_DAY}")
)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:z|[+-][0-9]{2}:[0-9]{2})")
_AGO = re.compile(r"(?:(?P<number>[0-9]{1,4}) ?|an? )(?P<unit>m|mins?|minutes?|h|hrs?|hours?) ago")
_AHEAD = re.compile(r"in .*|.*\bfrom now")


def past_time(typed: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment that `typed` means, in UTC; a time of day without a day is the latest one up to `now`.

    Raises:
        BadInputError: it is no time, could be more than one, or is still ahead.

    """
    try:
        moment = _Typed(typed, now.astimezone(UTC), zone).moment()
    except (ValueError, OverflowError):  # the 30th of February; a day at the calendar's end
        moment = None
    if moment is None:
        raise BadInputError(f"{_quoted(typed)} is not clearly a time; {_TRY}")
    if moment > now:
        raise BadInputError(f"{_quoted(typed)} is still ahead")
    return moment


class _Typed:
    """What somebody typed."""

    def __init__(self, typed: str, now: datetime, zone: ZoneInfo) -> None:
        self._shown = _quoted(typed)
        self._text = _plain(typed) if len(typed) <= _LONGEST else ""
        self._now = now
        self._zone = zone

    def moment(self) -> datetime | None:
        """Return the moment in UTC, or None where it is no time; one that lies ahead is returned as well."""
        text = self._text
        if text == "now":
            return self._now
        if match := _AGO.fullmatch(text):
            number = int(match["number"] or 1)
            return self._now - (timedelta(hours=number) if match["unit"][0] == "h" else timedelta(minutes=number))
        if _AHEAD.fullmatch(text):
            raise BadInputError(f"{self._shown} is not a time that is past; {_TRY}")
        if _ISO.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
        for form in _FORMS:
            if match := form.fullmatch(text):
                return self._of(match.groupdict())
        return None

    def _of(self, parts: dict[str, str | None]) -> datetime | None:
        at = _time_of_day(parts)
        if at is None:
            return None
        word = parts["zone"]
        zone = ZoneInfo("UTC") if word in ("utc", "gmt", "z") else self._zone
        today = self._now.astimezone(zone).date()
        day = self._day(parts, today, at)
        if day is not None and parts["word"] == "midnight":
            raise BadInputError(f"{self._shown} could be either end of the day; say 12:01 a.m. or 11:59 p.m.")
        moment = self._resolved(day or today, at, zone, word)
        if day is None and moment > self._now:
            return self._resolved(today - timedelta(days=1), at, zone, word)
        return moment

    def _day(self, parts: dict[str, str | None], today: date, at: time) -> date | None:
        """Return the day that is named, or None where none is."""
        if near := parts.get("near"):
            return today + timedelta(days=("yesterday", "today", "tomorrow").index(near) - 1)
        if weekday := parts.get("weekday"):
            return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(weekday[:3])) % 7)
        if iso := parts.get("iso"):
            return date.fromisoformat(iso)
        if month := parts.get("month"):
            number, day = _MONTHS.index(month[:3]) + 1, int(parts["day"] or 0)
            if year := parts.get("year"):
                return date(int(year), number, day)
            if (number, day) == (2, 29):
                raise BadInputError(f"{self._shown}: say the year too")
            this_year = date(today.year, number, day)
            # In January "Dec. 30" is last month's; "Nov. 20" on Nov. 11 is not last year's but still ahead.
            ahead = datetime.combine(this_year, at) - datetime.combine(today, at) > _HALF_YEAR
            return this_year.replace(year=today.year - 1) if ahead else this_year
        return None

    def _resolved(self, day: date, at: time, zone: ZoneInfo, word: str | None) -> datetime:
        """Return the one moment at which the clocks showed this, or, if it is still ahead, will."""
        wall = datetime.combine(day, at)
        moments = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
        shown = sorted(moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None) == wall)
        if not shown:
            raise BadInputError(f"{self._shown}: the clocks skipped that hour")
        if word and zone is self._zone:
            shown = [moment for moment in shown if word in _zone_names(moment, zone)]
            if not shown:
                raise BadInputError(
                    f"{self._shown}: the desk's clock is {_zone_now(self._now, zone)}; leave out the zone"
                )
        past = [moment for moment in shown if moment <= self._now]
        if len(past) > 1:
            names = " or ".join(_zone_now(moment, zone) for moment in past)
            raise BadInputError(f"{self._shown} came twice that night; add {names}")
        return past[0] if past else shown[0]


def _quoted(typed: str) -> str:
    return f'"{typed[:_LONGEST]}"'


def _plain(typed: str) -> str:
    """Return what was typed in small letters, single spaces and without the dots and commas of abbreviations."""
    text = re.sub(r"\b([ap])\. ?m\b", r"\1m", " ".join(typed.casefold().split()))
    text = re.sub(r"(?<=[a-z])\.", "", text)
    return re.sub(r"(?<=[a-z0-9]),(?= )", "", text)


def _time_of_day(parts: dict[str, str | None]) -> time | None:
    """Return the time of day; None for a bare number, or an hour that the clock does not have."""
    if word := parts["word"]:
        return time(12) if word == "noon" else time(0)
    hour, half = int(parts["hour"] or 0), parts["half"]
    if half is None and parts["minute"] is None:
        return None
    if half is not None:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock's face
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, int(parts["minute"] or 0), int(parts["second"] or 0))


def _zone_names(moment: datetime, zone: ZoneInfo) -> set[str]:
    return {clock(moment, zone, suffix).rsplit(" ", 1)[-1].casefold() for suffix in ("generic", "exact")}


def _zone_now(moment: datetime, zone: ZoneInfo) -> str:
    return clock(moment, zone, "exact").rsplit(" ", 1)[-1]
