"""Parses times as people write them, and leaves open what they don't say: "3:05", "Friday 5 p.m.", "last night", "11/6 9", "20 min ago".

Nothing is filled in: a part that is not written is None. `meant_time.py` decides which moment, past or ahead, is meant.

What is typed is a time as a whole, or none. A text is scanned for times, by the same words and hours: `bot/prose/whens.py`
takes the one that figures are of, where it is sure, and `bot/entries/said_times.py` finds all that may be one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from dateutil.parser import parserinfo

from bot.events.event import GENERIC

LONGEST = 60
"""Characters of a typed time, at most."""

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
"""0 is Monday."""

PartOfDay = Literal["morning", "afternoon", "evening"]

_PART_HOURS = {"morning": range(1, 12), "afternoon": range(12, 19), "evening": range(17, 24)}
"""What can be meant without "a.m." or "p.m."; 1 o'clock at night is left open."""

_ZONES_IN_FULL = {"eastern": "et", "central": "ct", "mountain": "mt", "pacific": "pt"}

ZONES = _ZONES_IN_FULL | {name.casefold(): name.casefold() for name in ("UTC", "GMT", *GENERIC, *GENERIC.values())}
"""What a sentence calls a zone, and its short name; a typed time may have any, but in a sentence "but" is none."""

_INSTEAD = (
    dict.fromkeys(("tmrw", "tmr", "tmw", "2morrow"), "tomorrow")
    | {"yest": "yesterday", "tonite": "tonight", "nite": "night"}
    | _ZONES_IN_FULL
    | {word: str(number) for number, word in enumerate(HOURS, 1)}
)
"""What people type → what stands for it."""

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
"""What each word says, as parts of a `TypedParts`."""

_NUMBER = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?")
_FOUR_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})")
_CENTURIES = ("19", "20")
"""Four digits that begin so are a year, and no time of day."""

_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}|[0-9]{2}))?")
_ZONE = re.compile(r"utc|gmt|z|[a-z]{1,3}t")

HOUR_IN_DIGITS = re.compile(r"(?:0?[1-9]|1[0-2])[0-5][0-9]")
"""A time without its colon, "at 825": in a sentence also a number, but for 0825."""

_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:(?P<mark>[:.h]?)(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?)?"
    r"(?P<o_clock> ?o'clock)?(?P<half> ?[ap]m|[ap])?"
)
"""10:30, 7h30, 1030am, 10.30 am, 5p, 7 o'clock, 7:15:30 pm; what lacks a mark and a half of the day is no time of day."""

_WORD = re.compile(rf"{_CLOCK.pattern}(?![^ ])|[^ ]+")

_WITH_OFFSET = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:z|[+-][0-9]{2}:[0-9]{2})")

_COUNT = rf"(?:[0-9]{{1,5}}|an?(?= )|{'|'.join(HOURS)})"
""""An" and "a" are words of their own, so that "and" is not "an d"."""

SPAN = (
    rf"(?:(?P<days>{_COUNT}) ?(?:d|days?))?"
    rf"(?: ?(?:and )?(?P<hours>(?!0|1[0-9]h[0-9]|2[0-3]h[0-9]){_COUNT}|[0-9]{{1,2}}\.5|half an|a half)"
    r" ?(?:h|hrs?|hours?)(?P<and_a_half> and a half)?)?"
    rf"(?: ?(?:and )?(?P<minutes>{_COUNT}) ?(?P<unit>m|mins?|minutes?)?)?"
)
"""A length of time, which may be empty. 1h30 is 90 minutes, 18h00 a time of day."""

_OFF = re.compile(r"(?:in |\+ ?)(?P<ahead>.+)|(?P<from_now>.+) from now|(?P<ago>.+) ago")

_DAYS_OFF = re.compile(
    rf"(?P<ahead>in |\+ ?)?(?P<count>{_COUNT})(?: |(?<=[0-9]))(?P<unit>d|days?|weeks?)(?P<behind> ago| from now)?"
    r"(?: (?P<rest>.+))?"
)


@dataclass(frozen=True, slots=True)
class TypedParts:
    """The parts of a time as it is written; None for parts that are not written."""

    exact: datetime | None = None
    """The moment in UTC, if the time has an offset; then nothing else is set."""
    off: timedelta | None = None
    """The time from now, negative if it is past; then nothing else is set."""
    days: int | None = None
    """Days from today: -1 is yesterday."""
    weekday: int | None = None
    """0 is Monday."""
    following: bool = False
    """True for "next" before the weekday."""
    previous: bool = False
    """True for "last" before the weekday. Last night is yesterday's evening."""
    month: int | None = None
    day: int | None = None
    year: int | None = None
    swappable: bool = False
    """Month and day may be the other way round: 11/6."""
    at: time | None = None
    """The time of day."""
    bare: bool = False
    """True if the hour is only a number: the 9 of "Tuesday 9"."""
    either_half: bool = False
    """The hour may be before or after noon: 10:30; but not 13:30, 03:05 or 7 in the evening."""
    midnight: bool = False
    part: PartOfDay | None = None
    """The part of the day; an evening's goes on through the night."""
    zone: str | None = None
    """The zone's short name, in small letters: et, est, utc."""

    @property
    def names_a_day(self) -> bool:
        """True if it says which day."""
        return self.days is not None or self.weekday is not None or self.month is not None

    @property
    def in_utc(self) -> bool:
        """True if its zone is UTC."""
        return self.zone in ("utc", "gmt", "z")


def quoted_typed(typed: str) -> str:
    """Quote what was typed, cut to length, for error messages."""
    return f'"{typed[:LONGEST]}"'


def normalised(typed: str) -> str:
    """Return a text in lower case, with single spaces and hours in figures, and without dots and commas of abbreviations."""
    text = re.sub(r"\b([ap])\. ?m\b", r"\1m", " ".join(typed.casefold().replace("\u2019", "'").split()))
    text = re.sub(r"(?<=[a-z])\.|(?<=[a-z0-9.]),(?= )", "", text)
    return " ".join(_INSTEAD.get(word, word) for word in text.split())


def typed_parts(typed: str) -> TypedParts | None:
    """Parse a time of day, a day, or both; None if it is not clearly one (Feb. 30 is not)."""
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
    """Parse a time relative to now: "20 min ago", "in 3 days at 5pm"; None if it is not one.

    Either way "2 days" are days of the calendar, and "48 hours" or "1 day 3 hours" that long.
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
    """Parse a length of time: "20 min", "an hour", "1 hr 27 min", "1h30", "1 day"; None: it is none."""
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
    """Return a time of day as it is written, and whether it says which half of the day; None: it is none."""
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


def word_says(word: str, before: str = "") -> dict[str, Any] | None:
    """Return what a word says behind another, both in small letters, as parts of a `TypedParts`; None: it is of no time.

    A `number` is the day of a month, or an hour.
    """
    word = _INSTEAD.get(word, word)
    if word in _WORDS:
        return _WORDS[word]
    if _ZONE.fullmatch(word) and (before in ("noon", "midnight") or before.isdecimal() or clock_of(before)):
        return {"zone": word}
    return _figures_say(word)


def _figures_say(word: str) -> dict[str, Any] | None:
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
    """Return what words say together, or None where that is no time; raises ValueError where no calendar has the day."""
    found: dict[str, Any] = {}
    for index, word in enumerate(words):
        says = word_says(word, words[index - 1] if index else "")
        if says and "number" in says:
            says = _number_says(words, index)
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
    """Return it with the half of the day that its part of the day gives: 7 in the evening is 19; None: 9 p.m. in the morning."""
    if not read.either_half:
        return None if part == "morning" and at > time(_NOON) else read
    halves = [hour for hour in (at.hour % _NOON, at.hour % _NOON + _NOON) if hour in _PART_HOURS[part]]
    return replace(read, at=at.replace(hour=halves[0]), either_half=False) if len(halves) == 1 else read


def _fit_together(found: Mapping[str, Any]) -> bool:
    """Return True if these parts of a time, such as a day and an hour, can be one time together."""
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


def _number_says(words: Sequence[str], index: int) -> dict[str, Any] | None:
    """Return the number at `index` as a month's day or else as an hour; None: it may be either, as in "5 Nov. 20"."""
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
