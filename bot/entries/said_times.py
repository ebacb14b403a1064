"""Times that stand in a text of which an entry is made: which of them are nobody's, and what each can mean."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.count.entry import Entry
from bot.count.judgement import AHEAD_AT_MOST
from bot.wording.typed_times import past_times

_WEEKDAY = r"(?:Mon|Tues?|Weds?|Wednes|Thu|Thurs?|Fri|Sat|Satur|Sun)(?:day\b|\b\.?)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? [0-9]{1,2}(?:st|nd|rd|th)?(?!\w)"
_PART = r"(?:morning|afternoon|evening|night|nite)"
_A_DAY = (
    rf"(?:(?:yesterday|yest\b\.?|today|tomorrow|{_WEEKDAY})(?: {_PART})?|(?:this|last) {_PART}|tonight|tonite"
    rf"|(?:{_WEEKDAY},? )?{_MONTH}|[0-9]{{1,2}}/[0-9]{{1,2}}(?![\w/]))(?!\w)"
)
_BEFORE, _BEHIND = rf"(?:\b(?:on )?{_A_DAY},? (?:at )?)", rf"(?:,? (?:on )?{_A_DAY})"
_ZONE = r"(?: (?:[ECMP][SD]?T|Eastern|Central|Mountain|Pacific|UTC|GMT)\b)"

_NO_BATCH = "".join(
    rf"(?<!\b{word} )"
    for word in ("dropped", "drops", "added", "adds", "reported", "reports", "counted", "of", "another")
)
"""What follows one of these before a colon is a batch: "Cobb dropped 312: Biden 201, Trump 111"."""

TIME_OF_DAY = re.compile(
    rf"(?P<before>{_BEFORE})?(?:"
    r"(?<![\w.,:/])(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-5][0-9])(?:[ ]?[ap]\.?[ ]?m\b\.?|[ap]\b)?|[ ]?[ap]\.?[ ]?m\b\.?)(?!\w|[.,:][0-9])"
    r"|(?P<named>\b(?:noon|midnight)\b)"
    r"|(?:(?<=\bat )|(?<=\bas of )|(?<=\())(?P<close>(?:[1-9]|1[0-2])[0-5][0-9])(?!\w|[.,:][0-9]|[ ]votes)"
    rf"|(?<![\w.,:/])(?P<four>0[1-9][0-5][0-9](?!\w|[.,:][0-9])|{_NO_BATCH}(?:[1-9]|1[0-2])[0-5][0-9](?={_BEHIND}?:[ ]))"
    rf")(?P<zone>{_ZONE})?(?P<behind>{_BEHIND})?"
    rf"|(?P<bare>\b(?:on )?{_A_DAY},? at (?:[1-9]|1[0-2])(?!\w|[.,:/%-]?[0-9])"
    rf"|(?<![\w.,:/])(?<!\bup )(?<!\bdown )(?<!\bby )(?:[1-9]|1[0-2]) last (?:night|nite|evening)\b|(?<=\bat )(?:[1-9]|1[0-2]){_BEHIND})"
    r"|\b(?:half an hour|a half hour|an hour|a few minutes|[0-9]{1,3}[ ]?(?:minutes?|mins?|hours?|hrs?)) ago\b"
    r"|\b(?:earlier (?:today|this (?:morning|afternoon|evening))|last (?:night|nite|evening)|yesterday"
    rf"|on {_WEEKDAY})(?!\w)",
    re.IGNORECASE,
)
"""8:40 a.m., 8:40, 8:40a, 8 a.m., noon; "at 840", "as of 1130", (1125), 0825, "SoS 1125: …"; with a day beside it one time, "5 a.m.
yesterday", "last night at 11", "Tuesday 5 p.m."; "20 min ago", "on Tuesday"."""

_AHEAD = re.compile(
    r"\b(?:by |(?:until|till|before|next|due|expected|deadline|will|meets|meeting|hearing)\b[^.;!?\n]*)$", re.IGNORECASE
)
"""What stands before a time that is no figure's."""
_LONGEST_LEAD = 60

_SPOKEN = {"half an hour ago": "30 min ago", "a half hour ago": "30 min ago", "an hour ago": "60 min ago"}

_RECENT = timedelta(hours=12)
"""A time of day in a text is taken to have been so long ago at most: "6:40" is then one moment."""


class SaidTime(Struct, frozen=True):
    """A time of day, or a word of another time, that stands in a text."""

    words: str
    """Letter for letter; of one without its colon, "at 840", as 8:40."""
    clock: str = ""
    """As a clock's face shows it: 08:40; empty: no time of day is said, or the hour alone beside a day."""
    dated: bool = False
    """A day stands beside it."""
    ahead: bool = False
    """It is of what is to come: "by noon", "next update at 9"."""
    digits: int | None = None
    """The number that it is without its colon."""

    def moments(self, written: datetime, zone: ZoneInfo) -> list[datetime]:
        """Return what it can mean in a text that was `written` then; without a day, as far ahead as clocks differ, too."""
        typed = _SPOKEN.get(self.words.casefold(), self.words)
        if self.ahead or not (self.clock or self.dated or "ago" in typed):
            return []
        return past_times(typed, written if self.dated or not self.clock else written + AHEAD_AT_MOST, zone)


def said_times(text: str) -> list[SaidTime]:
    """Return the times of a text, in its order."""
    found: list[SaidTime] = []
    for match in TIME_OF_DAY.finditer(text):
        close, before = match["close"] or match["four"], match["before"] or ""
        hour, minute = (close[:-2], close[-2:]) if close else (match["hour"], match["minute"] or "00")
        hour = "12" if match["named"] else hour
        if hour is None or int(hour) < 24:  # noqa: PLR2004 - a day's
            of = f"{match['zone'] or ''}{match['behind'] or ''}"
            words = f"{before}{int(hour)}:{minute}{of}" if close and hour else match[0]
            clock = f"{(int(hour) - 1) % 12 + 1:02}:{minute}" if hour else ""
            dated = bool(before or match["behind"] or match["bare"])
            ahead = _AHEAD.search(text, max(0, match.start() - _LONGEST_LEAD), match.start()) is not None
            found.append(SaidTime(words, clock, dated, ahead, int(close) if close else None))
    return found


def without_times(text: str) -> str:
    """Return a text without its times; what may be a figure as well, "at 825", stays."""
    return TIME_OF_DAY.sub(lambda found: found[0] if found["close"] or found["four"] else "", text)


def untaken_times(entry: Entry, zone: ZoneInfo) -> list[str]:
    """Return the times of a text, as `SaidTime.words`, of which nothing of the entry is: of events, or not certain."""
    return list(dict.fromkeys(one.words for one in untaken(entry, zone)))


def untaken(entry: Entry, zone: ZoneInfo) -> list[SaidTime]:
    """Return the times of a text of which nothing of its entry is: of events, or not certain."""
    moments = {entry.as_of, *(piece.as_of for piece in entry.pieces if piece.as_of)}
    clocks = {at.astimezone(zone).strftime("%I:%M") for at in moments}
    figures = {abs(value) for piece in entry.pieces for value in (piece.margin, piece.total) if value is not None}
    return [
        one
        for one in said_times(entry.text)
        if (one.dated or one.digits not in figures)  # "the lead stands at 825"
        and (moments.isdisjoint(one.moments(entry.as_of, zone)) if one.dated else one.clock not in clocks)
    ]


def is_recent(moment: datetime, written: datetime) -> bool:
    """Return whether a time of day without a day, in a text that was `written` then, can be taken to be that moment."""
    return written - moment < _RECENT
