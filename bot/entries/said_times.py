"""Times that stand in a text of which an entry is made: which of them are nobody's, and what each can mean.

The prose reader cuts a line into words, the reader of typed times says what each can be; so a line becomes a string of one letter
a word, and a time is a pattern in it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.count.entry import Entry
from bot.count.judgement import AHEAD_AT_MOST
from bot.events.typed_time import HOUR_IN_DIGITS, HOURS, SPAN, WEEKDAYS, ZONES, typed_parts, word_says
from bot.prose.tokens import Token, tokens_of
from bot.wording.typed_times import past_times

_PARTS = {"weekday": "w", "days": "d", "part": "p", "month": "m", "number": "n", "year": "y"}
"""What a word says of a time → the letter that stands for it."""

_WORDS = (
    {"yesterday": "Y", "last": "l", "next": "i", "this": "i", "earlier": "e", "noon": "t", "midnight": "t"}
    | {"on": "o", "at": "@", "as": "s", "of": "f", "votes": "v"}
    | dict.fromkeys((day for day in WEEKDAYS if not day.endswith("day")), "W")
    | {"yest": "W"}
    | dict.fromkeys(("dropped", "drops", "added", "adds", "reported", "reports", "counted", "another"), "b")
    | dict.fromkeys(("up", "down", "by"), "u")
)
"""A word → its letter. W: a day's name that may end in a full stop. b, u: before what is a number, "Cobb dropped 312: Biden 201"."""

_NAMED_DAY = r"(?:[wdY]|W\.?)"
_DAY = rf"""(?:
    [li]?{_NAMED_DAY}p?              # last Tuesday night
  | [li]p                            # this morning
  | (?:{_NAMED_DAY},?)?m\.?n(?:,?y)? # Friday, Nov. 6, 2020
  | nm\.?                            # 6 November
  | [nx]/n(?:/[ny])? | y-n-n         # 11/6, 2020-11-06
)"""
_BESIDE = rf",?o?{_DAY}"
_AFTER_AT = r"(?:(?<=[@(])|(?<=sf))"
_TIME = re.compile(
    rf"""
    (?P<before>o?{_DAY},?@?)?
    (?P<clock>
        t                            # 8:40, noon
      | {_AFTER_AT}[hna](?!v)        # at 840, as of 8, (8a
      | 0                            # 0840
      | (?<![bf])h(?=(?:{_BESIDE})?:) # SoS 840:
      | (?<!u)n(?=lp)                # 11 last night
      | (?<![bu])n(?=ip)             # seven this morning
    )
    z?
    (?P<behind>{_BESIDE})?
  | o[wW] | e{_DAY} | Y | lp         # on Tuesday, earlier today, yesterday, last night
    """,
    re.VERBOSE,
)
"""A time and the day beside it, or a word of another time. 0 is 0840, and h, n, a are what may be a number: 840, 8 and 8a."""

_HOUR = "|".join(HOURS)
_IN_WORDS = (
    rf"\b(?=\w)(?:{SPAN}|a few (?:minutes|hours)) ago\b"
    rf"|\b(?:(?:half|quarter) (?:past|after|to) (?:[0-9]{{1,2}}|{_HOUR})|(?:{_HOUR})[- ](?:fifteen|thirty|forty[- ]?five))\b(?: [ap]\.?m\b\.?)?"
)
"""Of these nothing but what is so long ago can be read; the others are asked about."""

_AHEAD = re.compile(
    r"\b(?:by |(?:until|till|before|next|due|expected|deadline|will|meets|meeting|hearing)\b[^.;!?\n]{0,60})$",
    re.IGNORECASE,
)
"""What stands, within 60 letters, before a time that is no figure's."""

RECENT = timedelta(hours=12)
"""A time of day without a day is taken to have been less long ago: "6:40" is then one moment."""


@dataclass(frozen=True, slots=True)
class SaidTime:
    """A time of day, or a word of another time, that stands at `text[start:end]`."""

    start: int
    end: int
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
        """Return what it can mean in a text that was `written` then; without a day what is recent, as far ahead as clocks differ, too.

        Where nothing is recent it is all of what it can mean.
        """
        if self.ahead or not (self.clock or self.dated or self.words.casefold().endswith("ago")):
            return []
        can_be = past_times(self.words, written if self.dated or not self.clock else written + AHEAD_AT_MOST, zone)
        return can_be if self.dated else [one for one in can_be if written - one < RECENT] or can_be


def said_times(text: str) -> list[SaidTime]:
    """Return the times of a text, in its order."""
    in_words = [one for one in re.finditer(_IN_WORDS, text, re.IGNORECASE) if not one["days"]]
    found = [SaidTime(*one.span(), one[0]) for one in in_words]
    rest = re.sub(_IN_WORDS, lambda one: " " * len(one[0]), text, flags=re.IGNORECASE)
    for line in re.finditer(".+", rest):
        tokens = tokens_of(rest, *line.span())
        for match in _TIME.finditer("".join(map(_letter, tokens))):
            start, end, clock = tokens[match.start()].start, tokens[match.end() - 1].end, match["clock"]
            dated = bool(match["before"] or match["behind"])
            if clock is None:
                found.append(SaidTime(start, end, text[start:end]))
            elif dated or clock != "n":
                hour = tokens[match.start("clock")]
                digits = int(hour.text) if clock in "h0" else None
                typed = f"{digits // 100}:{digits % 100:02}" if digits else hour.text
                read = typed_parts(typed)
                face = f"{read.at:%I:%M}" if read and read.at and not read.bare else ""
                ahead = _AHEAD.search(text, max(0, start - 60), start) is not None
                words = f"{text[start : hour.start]}{typed}{text[hour.end : end]}"
                found.append(SaidTime(start, end, words, face, dated, ahead, digits))
    return sorted(found, key=lambda one: one.start)


def _letter(token: Token) -> str:
    """Return the letter that stands for a token: of a mark itself, x of what is in no time."""
    if HOUR_IN_DIGITS.fullmatch(token.text):
        return "0" if token.text[0] == "0" else "h"
    if token.kind == "time":
        return "t"
    if token.low in _WORDS:
        return _WORDS[token.low]
    if token.low in ZONES:
        return "z"
    if token.kind == "mark":
        return token.text[0]
    says = word_says(token.low) or {}
    may_be_an_hour = token.text[0].isdigit() and token.low[-1] in "ap"
    return next((letter for part, letter in _PARTS.items() if part in says), "a" if may_be_an_hour else "x")


def without_times(text: str) -> str:
    """Return a text without its times; what may be a figure as well, "at 825", stays."""
    for one in reversed(said_times(text)):
        text = text if one.digits else text[: one.start] + text[one.end :]
    return text


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
