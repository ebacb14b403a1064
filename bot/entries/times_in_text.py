"""Finds the times in an entry's text, those that no piece uses, and the moments that each can mean.

Each word of a line becomes one letter for its role in a time (`_letter`), and a regular expression over these letters finds the
times.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.count.entry import Entry
from bot.count.judgement import AHEAD_AT_MOST
from bot.events.typed_time import HOUR_IN_DIGITS, HOURS, SPAN, WEEKDAYS, ZONES, typed_parts, word_meaning
from bot.prose.tokens import Token, tokens_of
from bot.wording.typed_times import past_times

_PARTS = {"weekday": "w", "days": "d", "part": "p", "month": "m", "number": "n", "year": "y"}
"""Part of a time, as `word_meaning` names it → its letter."""

_WORDS = (
    {"yesterday": "Y", "last": "l", "next": "i", "this": "i", "earlier": "e", "noon": "t", "midnight": "t"}
    | {"on": "o", "at": "@", "as": "s", "of": "f", "votes": "v"}
    | dict.fromkeys((day for day in WEEKDAYS if not day.endswith("day")), "W")
    | {"yest": "W"}
    | dict.fromkeys(("dropped", "drops", "added", "adds", "reported", "reports", "counted", "another"), "b")
    | dict.fromkeys(("up", "down", "by"), "u")
)
"""Word → its letter. W is a day's abbreviation, perhaps with a full stop. A number after b or u is not a time: "Cobb dropped
312: Biden 201".
"""

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
"""A time of day with the day next to it, or words such as "yesterday". 0 is 0840; h, n and a may be plain numbers:
840, 8, 8a.
"""

_HOUR = "|".join(HOURS)
_IN_WORDS = (
    rf"\b(?=\w)(?:{SPAN}|a few (?:minutes|hours)) ago\b"
    rf"|\b(?:(?:half|quarter) (?:past|after|to) (?:[0-9]{{1,2}}|{_HOUR})|(?:{_HOUR})[- ](?:fifteen|thirty|forty[- ]?five))\b(?: [ap]\.?m\b\.?)?"
)
"""Times in words. Only those with "ago" can be read; the card asks about the others."""

_AHEAD = re.compile(
    r"\b(?:by |(?:until|till|before|next|due|expected|deadline|will|meets|meeting|hearing)\b[^.;!?\n]{0,60})$",
    re.IGNORECASE,
)
"""Words that, within 60 characters before a time, mark it as a future time and not that of a figure."""

RECENT = timedelta(hours=12)
"""A time of day without a day is read as within this span before the text was written, so that "6:40" is one
moment.
"""


@dataclass(frozen=True, slots=True)
class TimeInText:
    """A time of day, or words such as "yesterday", in a text: the words at `text[start:end]`."""

    start: int
    end: int
    words: str
    """The time as in the text, but with a colon: "at 840" becomes "at 8:40"."""
    clock: str = ""
    """The time of day on a 12-hour clock: "08:40". Empty if there is none, or only a bare hour next to a day."""
    dated: bool = False
    """True if a day is next to the time."""
    ahead: bool = False
    """True for a future time: "by noon", "next update at 9"."""
    digits: int | None = None
    """The number, for a time written without a colon: 840."""

    def moments(self, written: datetime, zone: ZoneInfo) -> list[datetime]:
        """Return the moments that a time in a text written at `written` can mean. Empty for a future time.

        A time without a day can only mean a recent moment (see `RECENT`), or one slightly ahead, as clocks differ. If
        none is recent, all possible moments are returned.
        """
        if self.ahead or not (self.clock or self.dated or self.words.casefold().endswith("ago")):
            return []
        can_be = past_times(self.words, written if self.dated or not self.clock else written + AHEAD_AT_MOST, zone)
        return can_be if self.dated else [one for one in can_be if written - one < RECENT] or can_be


def times_in_text(text: str) -> list[TimeInText]:
    """Return the times in a text, in order."""
    in_words = [one for one in re.finditer(_IN_WORDS, text, re.IGNORECASE) if not one["days"]]
    found = [TimeInText(*one.span(), one[0]) for one in in_words]
    rest = re.sub(_IN_WORDS, lambda one: " " * len(one[0]), text, flags=re.IGNORECASE)
    for line in re.finditer(".+", rest):
        tokens = tokens_of(rest, *line.span())
        for match in _TIME.finditer("".join(map(_letter, tokens))):
            start, end, clock = tokens[match.start()].start, tokens[match.end() - 1].end, match["clock"]
            dated = bool(match["before"] or match["behind"])
            if clock is None:
                found.append(TimeInText(start, end, text[start:end]))
            elif dated or clock != "n":
                hour = tokens[match.start("clock")]
                digits = int(hour.text) if clock in "h0" else None
                typed = f"{digits // 100}:{digits % 100:02}" if digits else hour.text
                read = typed_parts(typed)
                face = f"{read.at:%I:%M}" if read and read.at and not read.bare else ""
                ahead = _AHEAD.search(text, max(0, start - 60), start) is not None
                words = f"{text[start : hour.start]}{typed}{text[hour.end : end]}"
                found.append(TimeInText(start, end, words, face, dated, ahead, digits))
    return sorted(found, key=lambda one: one.start)


def _letter(token: Token) -> str:
    """Return the letter that stands for a token in the patterns of times.

    A punctuation mark is its own letter. x is any word that is not part of a time.
    """
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
    says = word_meaning(token.low) or {}
    may_be_an_hour = token.text[0].isdigit() and token.low[-1] in "ap"
    return next((letter for part, letter in _PARTS.items() if part in says), "a" if may_be_an_hour else "x")


def without_times(text: str) -> str:
    """Return a text without its times. Times that may be figures, such as "at 825", are not removed."""
    for one in reversed(times_in_text(text)):
        text = text if one.digits else text[: one.start] + text[one.end :]
    return text


def unused_times(entry: Entry, zone: ZoneInfo) -> list[TimeInText]:
    """Return the times in an entry's text that are neither the entry's time nor any piece's."""
    moments = {entry.as_of, *(piece.as_of for piece in entry.pieces if piece.as_of)}
    clocks = {at.astimezone(zone).strftime("%I:%M") for at in moments}
    figures = {abs(value) for piece in entry.pieces for value in (piece.margin, piece.total) if value is not None}
    return [
        one
        for one in times_in_text(entry.text)
        if (one.dated or one.digits not in figures)  # "the lead stands at 825"
        and (moments.isdisjoint(one.moments(entry.as_of, zone)) if one.dated else one.clock not in clocks)
    ]
