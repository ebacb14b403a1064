"""What a typed time says, and what it leaves open: "3:05", "Friday 5 p.m.", "last night", "1030am tmrw", "11/6 9".

python-dateutil knows the names and reads dates and times of day. By itself it takes anything and fills in what is
not said, so it is given only what is plainly a time, and what was not said stays None. Which moment that is, past or
ahead, says `meant_time.py`: together they are the one reader of times that people type.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from dateutil.parser import parserinfo


LONGEST = 60
"""Characters of a typed time; more are no time."""

PartOfDay = Literal["morning", "afternoon", "evening"]

_NEAR = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}

HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_SHORT = {
    "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow", "2morrow": "tomorrow", "yest": "yesterday",
    "tonite": "tonight", "nite": "night", "eastern": "et", "central": "ct", "mountain": "mt", "pacific": "pt",
} | {word: str(number) for number, word in enumerate(HOURS, 1)}  # fmt: skip
"""What people type → what stands for it."""


_PARTS: dict[str, PartOfDay] = {
    "morning": "morning", "afternoon": "afternoon", "evening": "evening", "night": "evening", "tonight": "evening",
}  # fmt: skip

_NIGHT = ("night", "evening")

_CENTURIES = ("19", "20")
"""Four digits that begin so are a year, and no time of day."""


_PART_HOURS = {"morning": range(1, 12), "afternoon": range(12, 19), "evening": range(17, 24)}
"""What can be meant without "a.m." or "p.m."; 1 o'clock at night is left open."""


_NOON = 12


_MONTHS = 12

_TOKENS = {
    "clock": re.compile(r"(?P<hour>[0-9]{1,2})(?:(?::[0-9]{2}){1,2}(?P<half>[ap]m)?|[ap]m)"),
    "number": re.compile(r"[0-9]{1,2}(?:st|nd|rd|th)?"),
    "year": re.compile(r"[0-9]{4}"),
    "iso": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "slashed": re.compile(r"[0-9]{1,2}/[0-9]{1,2}(?:/(?:[0-9]{4}|[0-9]{2}))?"),
    "zone": re.compile(r"utc|gmt|z|[a-z]{1,3}t"),
}


_WORDS = (
    dict.fromkeys(("at", "on", "the", "this", "time", "since", "from", "as", "of"), "filler")
    | dict.fromkeys(_PARTS, "part") | dict.fromkeys(_NEAR, "near")
    | {"noon": "word", "midnight": "word", "next": "following", "last": "previous"}
)  # fmt: skip
"""What the other words are; tonight is a day, and its evening too."""


_CLOCK = re.compile(r"\b([0-9]{1,2})(?:[:.h]?([0-9]{2}))?(?: ?([ap])m|([ap]))\b")
"""1030am, 10.30 am, 5p, 7 pm."""


_O_CLOCK = re.compile(r"\b([0-9]{1,2}) ?o'clock\b")


_H = re.compile(r"\b([0-9]{1,2})h([0-9]{2})\b")
"""7h30, where it is no length of time: in a time ahead `1h30` is 90 minutes, and `18h00` a time of day."""


_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:z|[+-][0-9]{2}:[0-9]{2})")


@dataclass(frozen=True, slots=True)
class TypedParts:
    """What was said of a time, field by field; None: nothing was."""

    exact: datetime | None = None
    """The moment in UTC, of a time with its offset; then nothing else is set."""
    days: int | None = None
    """Days from today: -1 is yesterday."""
    weekday: int | None = None
    """0 is Monday."""
    following: bool = False
    """Said "next" of the weekday."""
    previous: bool = False
    """Said "last" of the weekday; last night is yesterday's evening."""
    month: int | None = None
    day: int | None = None
    year: int | None = None
    swappable: bool = False
    """Month and day may be the other way round: 11/6."""
    at: time | None = None
    """The time of day."""
    bare: bool = False
    """The hour is a number alone: the 9 of "Tuesday 9"."""
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

    def agrees_with(self, day: date) -> bool:
        """Return False if it names another weekday than that of `day`."""
        return self.weekday is None or self.weekday == day.weekday()

    @property
    def in_utc(self) -> bool:
        """True if it is said by the clock of UTC."""
        return self.zone in ("utc", "gmt", "z")


def quoted_typed(typed: str) -> str:
    """Return what was typed as errors show it."""
    return f'"{typed[:LONGEST]}"'


def normalised(typed: str) -> str:
    """Return what was typed in small letters, single spaces, hours in figures, and without the dots and commas of abbreviations."""
    text = re.sub(r"\b([ap])\. ?m\b", r"\1m", " ".join(typed.casefold().replace("\u2019", "'").split()))
    text = re.sub(r"(?<=[a-z])\.", "", text)
    text = re.sub(r"(?<=[a-z0-9]),(?= )", "", text)
    text = " ".join(_SHORT.get(word, word) for word in text.split())
    return _CLOCK.sub(_clock_typed, _O_CLOCK.sub(r"\1:00", text))


def _clock_typed(found: re.Match[str]) -> str:
    return f"{found[1]}{f':{found[2]}' if found[2] else ''}{found[3] or found[4]}m"


def said(typed: str) -> TypedParts | None:
    """Return what `typed` says of a time, or None where it is not clearly one: unknown words, a 30th of February."""
    if len(typed) > LONGEST:
        return None
    text = _H.sub(r"\1:\2", normalised(typed))
    try:
        if _ISO.fullmatch(text):
            return TypedParts(exact=datetime.fromisoformat(text.upper()).astimezone(UTC))
        text = re.sub(r"(?<=-[0-9]{2})t(?=[0-9])", " ", text)
        return _Words(re.sub(r"(?<=[0-9])z$", " z", text).split()).said()
    except (ValueError, OverflowError):
        return None


class _Words:
    """The words of a typed time, sorted by what each can be."""

    def __init__(self, words: Sequence[str]) -> None:
        self._found: dict[str, str] = {}
        dated = any(_english().month(word) is not None for word in words)
        for index, word in enumerate(words):
            kind = word_kind(word, words[index - 1] if index else "")
            if kind == "number" and not _is_day(words, index):
                kind = "bare"
            if kind == "year" and not dated and not word.startswith(_CENTURIES):
                self._add("clock", f"{word[:2]}:{word[2:]}")
            elif kind != "filler":
                self._add(kind, word)
            if kind == "near" and word in _PARTS:
                self._add("part", word)

    def _add(self, kind: str | None, word: str) -> None:
        if kind is None or kind in self._found:
            raise ValueError(f"{word} is not of a time, or the second of {kind}")
        self._found[kind] = word

    def said(self) -> TypedParts | None:
        """Return what they say together, or None where that is no time."""
        found = self._found
        dated = [kind for kind in ("month", "iso", "slashed") if kind in found]
        days = len(dated) + ("near" in found)
        hours = [kind for kind in ("clock", "bare", "word") if kind in found]
        if days > 1 or len(hours) > 1 or ("near" in found and "weekday" in found) or not self._goes_together(hours):
            return None
        date_said = self._date() if dated else {}
        of_day = self._hour(hours[0]) if hours else {}
        if of_day is None:
            return None
        last_night = found.get("part") in _NIGHT and "previous" in found and "weekday" not in found
        part_alone = "part" in found and not dated and "weekday" not in found
        read = TypedParts(
            days=_NEAR.get(found.get("near", ""), (-1 if last_night else 0) if part_alone else None),
            weekday=_english().weekday(found["weekday"]) if "weekday" in found else None,
            following="following" in found, previous="previous" in found and not last_night, zone=found.get("zone"),
            part=_PARTS.get(found.get("part", "")), **date_said, **of_day,
        )  # fmt: skip
        return read if read.names_a_day or read.at is not None else None

    def _goes_together(self, hours: Sequence[str]) -> bool:
        found = self._found
        return (
            ("number" in found) == ("month" in found)
            and ("year" not in found or "month" in found)
            and ("following" not in found or ("weekday" in found and "month" not in found))
            and ("previous" not in found or "weekday" in found or (found.get("part") in _NIGHT and "near" not in found))
            and not {"previous", "following"} <= found.keys()
            and not ("previous" in found and "month" in found)
            and ("zone" not in found or bool(hours))
        )

    def _date(self) -> dict[str, Any]:
        from dateutil.parser import parse  # noqa: PLC0415 - read when somebody types a time

        found = self._found
        text = " ".join(found[kind] for kind in ("iso", "slashed", "month", "number", "year") if kind in found)
        in_full = "iso" in found or "year" in found or found.get("slashed", "").count("/") > 1
        # A leap year, so that the 29th of February is a day whose year is not said.
        day = parse(
            text, default=datetime(2000, 1, 1), parserinfo=_english(), yearfirst="iso" in found,  # noqa: DTZ001 - a date
            dayfirst=int(found.get("slashed", "0").split("/")[0]) > _MONTHS,
        )  # fmt: skip
        swappable = "slashed" in found and day.day <= _MONTHS and day.day != day.month
        fields = {"month": day.month, "day": day.day, "swappable": swappable}
        return fields | ({"year": day.year} if in_full else {})

    def _hour(self, kind: str) -> dict[str, Any] | None:
        from dateutil.parser import parse  # noqa: PLC0415 - as above

        typed = self._found[kind]
        if kind == "word":
            return {"at": time(_NOON)} if typed == "noon" else {"at": time(0), "midnight": True}
        match = _TOKENS["clock"].fullmatch(typed)
        first = int(match["hour"]) if match else int(typed)
        by_half = typed.endswith("m")
        if (by_half or kind == "bare") and not 1 <= first <= _NOON:
            return None
        clock = typed if match else f"{typed}:00"
        at = parse(clock, default=datetime(2000, 1, 1), parserinfo=_english())  # noqa: DTZ001 - a time of day
        fields = {"at": at.time(), "bare": kind == "bare"}
        if by_half or not 1 <= first <= _NOON or typed.startswith("0") or "iso" in self._found:
            return self._checked(fields)
        return self._by_part(fields)

    def _checked(self, fields: dict[str, Any]) -> dict[str, Any] | None:
        """Return the fields unless the part of the day says otherwise: 9 p.m. in the morning."""
        part = _PARTS.get(self._found.get("part", ""))
        return None if part == "morning" and fields["at"].hour >= _NOON else fields

    def _by_part(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the fields with the half of the day that its part gives: 7 in the evening is 19."""
        part = _PARTS.get(self._found.get("part", ""))
        at: time = fields["at"]
        halves = [hour for hour in (at.hour % _NOON, at.hour % _NOON + _NOON) if part and hour in _PART_HOURS[part]]
        return fields | ({"at": at.replace(hour=halves[0])} if len(halves) == 1 else {"either_half": True})


def word_kind(word: str, before: str = "") -> str | None:
    """Return what a word of a time can be behind another, both in small letters: near, weekday, part, clock; None: nothing."""
    word = _SHORT.get(word, word)
    if word in _WORDS:
        return _WORDS[word]
    english = _english()
    if english.month(word) is not None:
        return "month"
    if english.weekday(word) is not None:
        return "weekday"
    after_time = before in ("noon", "midnight") or _TOKENS["clock"].fullmatch(before) or before.isdecimal()
    fitting = (kind for kind, form in _TOKENS.items() if form.fullmatch(word) and (kind != "zone" or after_time))
    return next(fitting, None)


def _is_day(words: Sequence[str], index: int) -> bool:
    """Return True if the number at `index` is a month's day: it follows the month, or else stands before it.

    Raises:
        ValueError: it may or may not be: 5 Nov. 20.

    """
    if words[index][-1].isalpha():
        return True
    english = _english()
    if index and english.month(words[index - 1]) is not None:
        return True
    after = words[index + 1 : index + 3]
    if not after or english.month(after[0]) is None:
        return False
    if after[1:] and _TOKENS["number"].fullmatch(after[1]):
        raise ValueError("either of two numbers may be the day")
    return True


@cache
def _english() -> "parserinfo":
    """Return the names of months and weekdays, and their short forms."""
    from dateutil.parser import parserinfo  # noqa: PLC0415 - read when somebody types a time

    class English(parserinfo):
        WEEKDAYS: list[tuple[str, ...]] = [  # type: ignore[assignment]  # the stubs know of two names a day
            ("mon", "monday"), ("tue", "tues", "tuesday"), ("wed", "weds", "wednesday"),
            ("thu", "thur", "thurs", "thursday"), ("fri", "friday"), ("sat", "saturday"), ("sun", "sunday"),
        ]  # fmt: skip

    return English()
