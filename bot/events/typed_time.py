"""Parses times as people write them: "3:05", "Friday 5 p.m.", "last night", "11/6 9", "20 min ago".

Nothing is guessed: a part that is not written is None. `time_meaning.py` decides which past or future moment is meant.

The functions here expect a text that is only a time. To find times within longer texts, `bot/prose/whens.py` and
`bot/entries/times_in_text.py` use the same vocabulary.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from dateutil.parser import parserinfo

from bot.events.event import GENERIC

LONGEST = 60
"""The maximum length of a typed time, in characters."""

HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_NOON = 12

_MONTHS = 12

MONTHS = {name.casefold(): month for month, names in enumerate(parserinfo.MONTHS, 1) for name in names}

WEEKDAYS = {name.casefold(): n for n, names in enumerate(parserinfo.WEEKDAYS) for name in names} | {
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
"""Weekdays by name, in lower case; Monday is 0."""

PartOfDay = Literal["morning", "afternoon", "evening"]

_PART_HOURS = {"morning": range(1, 12), "afternoon": range(12, 19), "evening": range(17, 24)}
"""The hours that a part of the day allows if a.m. or p.m. is missing. An hour outside the range stays ambiguous."""

_ZONES_IN_FULL = {"eastern": "et", "central": "ct", "mountain": "mt", "pacific": "pt"}

ZONES = _ZONES_IN_FULL | {name.casefold(): name.casefold() for name in ("UTC", "GMT", *GENERIC, *GENERIC.values())}
"""Short names of time zones by all names that are recognized in a sentence.

`typed_parts` also accepts other abbreviations, but in a sentence they could be words, such as "but".
"""

_INSTEAD = (
    dict.fromkeys(("tmrw", "tmr", "tmw", "2morrow"), "tomorrow")
    | {"yest": "yesterday", "tonite": "tonight", "nite": "night"}
    | _ZONES_IN_FULL
    | {word: str(number) for number, word in enumerate(HOURS, 1)}
)
"""Variants that people type, and the word that replaces each."""

_WORDS: dict[str, dict[str, Any]] = {
    "yesterday": {"days": -1},
    "today": {"days": 0},
    "tonight": {"days": 0, "part": "evening"},
    "tomorrow": {"days": 1},
    "night": {"part": "evening"},
    "noon": {"at": time(_NOON)},
    "midnight": {"at": time(0), "midnight": True},
    "next": {"following": True},
    "last": {"previous": True},
    **{part: {"part": part} for part in _PART_HOURS},
    **{name: {"month": month} for name, month in MONTHS.items()},
    **{name: {"weekday": weekday} for name, weekday in WEEKDAYS.items()},
    **{word: {} for word in ("at", "on", "the", "this", "time", "since", "from", "as", "of")},
}
"""The meaning of each word, as fields of `TypedParts`."""

_NUMBER = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?")
_FOUR_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})")
_CENTURIES = ("19", "20")
"""Four digits that begin with one of these are a year, not a time of day."""

_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}|[0-9]{2}))?")
_ZONE = re.compile(r"utc|gmt|z|[a-z]{1,3}t")

HOUR_IN_DIGITS = re.compile(r"(?:0?[1-9]|1[0-2])[0-5][0-9]")
"""Matches a time without its colon, "at 825". In a sentence it may also be a number, unless it begins with 0."""

_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:(?P<mark>[:.h]?)(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?)?"
    r"(?P<o_clock> ?o'clock)?(?P<half> ?[ap]m|[ap])?"
)
"""Matches 10:30, 7h30, 1030am, 10.30 am, 5p, 7 o'clock and 7:15:30 pm.

A plain number also matches, but is not accepted as a time of day.
"""

_WORD = re.compile(rf"{_CLOCK.pattern}(?![^ ])|[^ ]+")

_WITH_OFFSET = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:z|[+-][0-9]{2}:[0-9]{2})")

_COUNT = rf"(?:[0-9]{{1,5}}|an?(?= )|{'|'.join(HOURS)})"
"""Matches a number, in digits or words. "A" and "an" must be followed by a space, so that "and" does not match."""

SPAN = (
    rf"(?:(?P<days>{_COUNT}) ?(?:d|days?))?"
    rf"(?: ?(?:and )?(?P<hours>(?!0|1[0-9]h[0-9]|2[0-3]h[0-9]){_COUNT}|[0-9]{{1,2}}\.5|half an|a half)"
    r" ?(?:h|hrs?|hours?)(?P<and_a_half> and a half)?)?"
    rf"(?: ?(?:and )?(?P<minutes>{_COUNT}) ?(?P<unit>m|mins?|minutes?)?)?"
)
"""Matches a duration, which may be empty. 1h30 is 90 minutes, but 18h00 is a time of day."""

_OFF = re.compile(r"(?:in |\+ ?)(?P<ahead>.+)|(?P<from_now>.+) from now|(?P<ago>.+) ago")

_DAYS_OFF = re.compile(
    rf"(?P<ahead>in |\+ ?)?(?P<count>{_COUNT})(?: |(?<=[0-9]))(?P<unit>d|days?|weeks?)(?P<behind> ago| from now)?"
    r"(?: (?P<rest>.+))?"
)


@dataclass(frozen=True, slots=True)
class TypedParts:
    """The parts of a typed time; None for parts that are not written."""

    exact: datetime | None = None
    """The moment in UTC, if the time has a UTC offset. No other field is set then."""
    off: timedelta | None = None
    """The time from now, negative if past. No other field is set then."""
    days: int | None = None
    """The number of days from today: -1 is yesterday."""
    weekday: int | None = None
    """The weekday; Monday is 0."""
    following: bool = False
    """True if "next" precedes the weekday."""
    previous: bool = False
    """True if "last" precedes the weekday. For "last night", `days` and `part` are set instead."""
    month: int | None = None
    day: int | None = None
    year: int | None = None
    swappable: bool = False
    """True if month and day may be the other way round: 11/6."""
    at: time | None = None
    """The time of day."""
    bare: bool = False
    """True if the time of day is only a number: the 9 of "Tuesday 9"."""
    either_half: bool = False
    """True if the hour may be before or after noon: 10:30, but not 13:30, 03:05 or 7 in the evening."""
    midnight: bool = False
    part: PartOfDay | None = None
    """The part of the day. An evening extends through the night."""
    zone: str | None = None
    """The zone's short name, in lower case: et, est, utc."""

    @property
    def names_a_day(self) -> bool:
        """True if a day is written, as a date, a weekday or a word like "tomorrow"."""
        return self.days is not None or self.weekday is not None or self.month is not None

    @property
    def in_utc(self) -> bool:
        """True if the written zone is UTC or one of its other names."""
        return self.zone in ("utc", "gmt", "z")


def quoted_typed(typed: str) -> str:
    """Return a typed text in quotation marks for an error message, cut to length."""
    return f'"{typed[:LONGEST]}"'


def normalised(typed: str) -> str:
    """Return a text in lower case, with single spaces, digits for number words, and abbreviations without dots."""
    text = re.sub(r"\b([ap])\. ?m\b", r"\1m", " ".join(typed.casefold().replace("\u2019", "'").split()))
    text = re.sub(r"(?<=[a-z])\.|(?<=[a-z0-9.]),(?= )", "", text)
    return " ".join(_INSTEAD.get(word, word) for word in text.split())


def typed_parts(typed: str) -> TypedParts | None:
    """Parse a time of day, a day, or both; None if the text is not clearly a time.

    An impossible date such as Feb. 30 also gives None.
    """
    if len(typed) > LONGEST:
        return None
    text = normalised(typed)
    try:
        if _WITH_OFFSET.fullmatch(text):
            return TypedParts(exact=datetime.fromisoformat(text.upper()).astimezone(UTC))
        text = re.sub(r"(?<=-[0-9]{2})t(?=[0-9])|(?<=[0-9])(?=z$)", " ", text)
        return _together([match[0] for match in _WORD.finditer(text)])
    except (ValueError, OverflowError):
        return None


def relative_parts(typed: str) -> TypedParts | None:
    """Parse a time relative to now: "20 min ago", "in 3 days at 5pm"; None if the text is something else.

    "2 days" means calendar days. "48 hours" and "1 day 3 hours" mean elapsed time.
    """
    text = normalised(typed) if len(typed) <= LONGEST else ""
    if text in ("now", "just now", "right now"):
        return TypedParts(off=timedelta(0))
    off = _OFF.fullmatch(text)
    days_off = _DAYS_OFF.fullmatch(text)
    span = typed_span(off["ahead"] or off["from_now"] or off["ago"]) if off else None
    if off and span and not (days_off and days_off["rest"] is None):
        return TypedParts(off=-span if off["ago"] else span)
    if days_off is None or (days_off["ahead"] is None) is (days_off["behind"] is None):
        return None
    rest = typed_parts(days_off["rest"]) if days_off["rest"] else TypedParts()
    if rest is None or rest.names_a_day or rest.exact:
        return None
    days = int(_number(days_off["count"])) * (7 if days_off["unit"].startswith("week") else 1)
    return replace(rest, days=-days if days_off["behind"] == " ago" else days)


def typed_span(typed: str) -> timedelta | None:
    """Parse a duration: "20 min", "an hour", "1 hr 27 min", "1h30", "1 day"; None if the text is not a duration."""
    match = re.fullmatch(SPAN, normalised(typed)) if len(typed) <= LONGEST else None
    if match is None:
        return None
    days, hours, minutes = (match[name] or "0" for name in ("days", "hours", "minutes"))
    if match["minutes"] and not match["unit"] and not (match["hours"] and minutes.isdecimal()):
        return None  # "20", "in a": of what
    half_an_hour = 30 if match["and_a_half"] else 0
    span = timedelta(days=_number(days), hours=_number(hours), minutes=_number(minutes) + half_an_hour)
    return span if span >= timedelta(minutes=1) else None


def _number(word: str) -> float:
    return 0.5 if "half" in word else 1 if word in ("a", "an") else float(_INSTEAD.get(word, word))


def clock_of(written: str) -> tuple[time, bool] | None:
    """Return the time of day that a text means, and True if the text has a.m. or p.m.

    Returns None if the text is not a time of day.
    """
    match = _CLOCK.fullmatch(normalised(written))
    if match is None or not (match["half"] or match["o_clock"] or match["mark"] in (":", "h")):
        return None
    hour = int(match["hour"])
    half = (match["half"] or "").strip()
    if half and not 1 <= hour <= _NOON:
        return None
    if half:
        hour = hour % _NOON + (_NOON if half.startswith("p") else 0)
    try:
        return time(hour, int(match["minute"] or 0), int(match["second"] or 0)), bool(half)
    except ValueError:
        return None


def word_meaning(word: str, before: str = "") -> dict[str, Any] | None:
    """Return the meaning of a word as fields of `TypedParts`; None if the word can't belong to a time.

    `before` is the previous word; both words are in lower case. In the result, a field `number` is the day of a month,
    or an hour.
    """
    word = _INSTEAD.get(word, word)
    if word in _WORDS:
        return _WORDS[word]
    if _ZONE.fullmatch(word) and (before in ("noon", "midnight") or before.isdecimal() or clock_of(before)):
        return {"zone": word}
    return _figures_meaning(word)


def _figures_meaning(word: str) -> dict[str, Any] | None:
    if match := _NUMBER.fullmatch(word):
        return {"number": int(match[1])}
    if match := _SLASHED.fullmatch(word):
        month, day = int(match[1]), int(match[2])
        if month > _MONTHS:
            month, day = day, month
        year = {"year": int(f"20{match[3]}"[-4:])} if match[3] else {}
        return {"month": month, "day": day, "swappable": day <= _MONTHS and day != month, **year}
    if match := _ISO_DATE.fullmatch(word):
        return {"year": int(match[1]), "month": int(match[2]), "day": int(match[3]), "iso": True}
    written = word
    if match := _FOUR_DIGITS.fullmatch(word):
        written = f"{match[1]}:{match[2]}"
        if match[1] in _CENTURIES or not clock_of(written):
            return {"year": int(word)}
    if (clock := clock_of(written)) is None:
        return None
    at, half_said = clock
    return {"at": at, "either_half": not half_said and 1 <= at.hour <= _NOON and not word.startswith("0")}


def _together(words: Sequence[str]) -> TypedParts | None:
    """Combine words into one time; None if they aren't a time. Raises ValueError for a date that does not exist."""
    found: dict[str, Any] = {}
    for index, word in enumerate(words):
        says = word_meaning(word, words[index - 1] if index else "")
        if says and "number" in says:
            says = _number_meaning(words, index)
        if says is None or not found.keys().isdisjoint(says):
            return None
        found |= says
    if not _fit_together(found):
        return None
    at = found.get("at")
    part = found.get("part")
    by_24_hours = found.pop("iso", False)
    if "month" in found:
        date(found.get("year") or 2000, found["month"], found["day"])  # a leap year: it may be Feb. 29
    elif part and "weekday" not in found and "days" not in found:
        found["days"] = -1 if found.pop("previous", False) else 0  # last night; this morning
    read = replace(TypedParts(**found), either_half=found.get("either_half", False) and not by_24_hours)
    return _by_part(read, at, part) if at and part else read


def _by_part(read: TypedParts, at: time, part: PartOfDay) -> TypedParts | None:
    """Choose a.m. or p.m. for the time `at` by the part of the day: 7 in the evening is 19:00.

    Returns None if the two contradict each other, as in "9 p.m. in the morning".
    """
    if not read.either_half:
        return None if part == "morning" and at > time(_NOON) else read
    halves = [hour for hour in (at.hour % _NOON, at.hour % _NOON + _NOON) if hour in _PART_HOURS[part]]
    return replace(read, at=at.replace(hour=halves[0]), either_half=False) if len(halves) == 1 else read


def _fit_together(found: Mapping[str, Any]) -> bool:
    """Return True if the fields in `found`, such as a day and an hour, can occur together in one time."""
    named = found.keys() & {"days", "weekday", "month"}
    beside = found.keys() & {"following", "previous"}
    last_night = beside == {"previous"} and found.get("part") == "evening" and not named
    return (
        ("days" not in named or len(named) == 1)
        and ("day" in found) == ("month" in found)
        and ("year" not in found or "month" in found)
        and ("zone" not in found or "at" in found)
        and (not beside or last_night or (len(beside) == 1 and named == {"weekday"}))
        and not found.keys().isdisjoint({"days", "weekday", "month", "part", "at"})
    )


def _number_meaning(words: Sequence[str], index: int) -> dict[str, Any] | None:
    """Return a number as the day of a month or as an hour; None if it may be either, as in "5 Nov. 20"."""
    word = words[index]
    before = words[index - 1] if index else ""
    after = [*words[index + 1 : index + 3], "", ""]
    number = int(word.rstrip("stndrh"))
    if not word.isdecimal() or _is_month(before):
        return {"day": number}
    if _is_month(after[0]):
        return None if _NUMBER.fullmatch(after[1]) else {"day": number}
    hour = {"at": time(number), "bare": True, "either_half": not word.startswith("0")}
    return hour if 1 <= number <= _NOON else None


def _is_month(word: str) -> bool:
    return "month" in _WORDS.get(word, ())
