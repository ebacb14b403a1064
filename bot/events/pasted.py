"""Proposes events from pasted lines of a live blog: "10:30 a.m.: We're expecting a press conference …".

Proposals use only the words of the line. Ambiguous times become questions for the user, and lines that can't be parsed
are returned with the reason.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.errors import BadInputError
from bot.events.event import EVENT_KINDS, Event, EventKind, EventStatus, kind_in_text
from bot.events.time_meaning import TimeAhead, TimeQuestion, time_ahead
from bot.events.typed_time import LONGEST, TypedParts, typed_parts, word_meaning

MOST_CHARACTERS = 20_000

MOST_LINES = 200

_LONGEST_LINE = 1000

_MOST_TITLE = 200

_MOST_NAME = 150

_BULLET = re.compile(r"^(?:[-*\u2022\u00b7\u25aa\u25cf\u2013\u2014>]\s*|\[[ x]?\]\s*|[0-9]{1,2}[.)]\s+)+")

_CUT = re.compile(r":(?:\s|$)|\s*[\u2013\u2014|]\s*|\s*-\s+|-(?=[A-Z0-9])|,\s|\s+(?![\u2013\u2014|-])")
"""Matches where the time at the start of a line may end."""

_TO = re.compile(r"^(?:to|until|till|through)\s+", re.IGNORECASE)

_ENDS_A_TIME = re.compile(r"(?:[0-9]|m\b\.?|[ap]\b|noon|midnight|day\b|t\b|tmrw|morrow|[a-z]{3}\.)$", re.IGNORECASE)
"""Matches the end of a time that is followed by a plain space. "The", "this" and "evening" don't count: they may
belong to the title.
"""

_LINK = re.compile(r"https?://\S+")

_ASIDE = re.compile(r"(?<!\s)\s*\([^()]*\)\s*\.?$")

_HALF_AT_END = re.compile(r"\b[ap]\.m$", re.IGNORECASE)

_EXPECTED = re.compile(
    r"\b(?:expect(?:s|ed|ing)?|likely|may|might|could|possibl[ey]|tentative(?:ly)?|to be confirmed|tbc|unconfirmed)\b",
    re.IGNORECASE,
)

_CANCELED = re.compile(r"\b(?:called off|cancell?ed|scrapped)\b", re.IGNORECASE)

_MOVED = re.compile(r"\b(?:moved|postponed|pushed back|rescheduled)\b", re.IGNORECASE)

_CAPITAL = r"[A-Z][\w.'\u2019&-]*"

_NAME = rf"(?:[Tt]he )?{_CAPITAL}(?:,? (?:(?:of|the|and|for) )*{_CAPITAL})*"

_FROM = re.compile(rf"(?:from|by|with) (?P<name>{_NAME})")

_OPENING = re.compile(rf"(?P<name>{_NAME})\s")

_SUBJECT = re.compile(
    rf"^(?P<name>{_NAME}) (?:is|are|will|plans?|holds?|hosts?|gives?|speaks?|announces?|addresses|leads|joins|to)\b"
)

_PLACE = re.compile(
    rf"\b(?:in|at) (?P<name>{_NAME}(?:,? in {_NAME})?)"
    r"(?=\s*(?:$|[^\w\s]|(?:about|after|and|at|before|by|for|from|is|on|over|to|until|when|where|will|with)\b))"
)
"""Matches a place name after "in" or "at", but not in "in the Chatham County lawsuit", where more follows the name."""

_NO_NAMES = re.compile(r"(?:We|They|He|She|It|There|This|That|These|You|I|A|An|Expect\w*)(?:['\u2019]\w+)?")


@dataclass(frozen=True, slots=True)
class PastedEvent:
    """An event proposed from a pasted line. It is saved only when somebody presses Save."""

    words: str
    """The pasted line."""
    kind: EventKind
    title: str
    who: str | None
    place: str | None
    at: TimeAhead | TimeQuestion
    status: EventStatus

    def event(self, at: TimeAhead) -> Event:
        """Return the proposed event at the time `at`, which was read from the line or chosen by the user."""
        return Event(
            kind=self.kind,
            title=self.title,
            who=self.who,
            place=self.place,
            wall=at.wall,
            zone=at.zone,
            status=self.status,
        )


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line that could not be parsed."""

    words: str
    why: str
    """The reason, as a clause: "the line does not begin with a time"."""


@dataclass(frozen=True, slots=True)
class PasteResult:
    """The events proposed from a pasted text, in the order of its lines, and the lines that could not be parsed."""

    proposals: tuple[PastedEvent, ...]
    missed: tuple[UnreadLine, ...]


def read_pasted(text: str, now: datetime, zone: ZoneInfo) -> PasteResult:
    """Propose events from the lines of `text`, with times in `zone`.

    A line with only a day ("Thursday, Nov. 12:") is a heading: times in the lines after it are on that day. Before any
    heading, a time means its next occurrence.

    Raises:
        BadInputError: the text is too long.

    """
    if len(text) > MOST_CHARACTERS:
        raise BadInputError(f"that is more than {MOST_CHARACTERS:,} characters; paste a part of it, or a calendar file")
    lines = [line for raw in text.splitlines() if (line := _plain_line(raw))]
    if len(lines) > MOST_LINES:
        raise BadInputError(f"those are {len(lines)} lines; paste at most {MOST_LINES} at a time")
    reader = _Reader(now, zone)
    for line in lines:
        reader.take(line)
    return PasteResult(tuple(reader.proposals), tuple(reader.missed))


def _plain_line(raw: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in raw).split())


class _Reader:
    """A reader that parses line by line, and remembers the last heading with a day."""

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self._now = now
        self._zone = zone
        self._day = ""
        self.proposals: list[PastedEvent] = []
        self.missed: list[UnreadLine] = []

    def take(self, line: str) -> None:
        """Parse one line, and store the result: a heading, a proposed event or an error."""
        heading = line.rstrip(":")
        if (read := typed_parts(heading)) and read.at is None:
            self._day = heading
            return
        try:
            self.proposals.append(self._proposal(line))
        except BadInputError as error:
            self.missed.append(UnreadLine(line[:_LONGEST_LINE], str(error)))

    def _proposal(self, line: str) -> PastedEvent:
        if len(line) > _LONGEST_LINE:
            raise BadInputError(f"longer than {_LONGEST_LINE:,} characters")
        stamp, read, rest = _split(_BULLET.sub("", line))
        if _begins_with_a_time(rest):
            raise BadInputError("two times at its start; write only the one at which it begins")
        dated = read.names_a_day or read.exact is not None or not self._day
        at = time_ahead(stamp if dated else f"{self._day} {stamp}", self._now, self._zone)
        what = _ASIDE.sub("", _LINK.sub("", rest)).strip(" .;,:")
        what += "." if _HALF_AT_END.search(what) else ""
        if not any(char.isalpha() for char in what):
            raise BadInputError("nothing after the time")
        if _MOVED.search(what):
            raise BadInputError("it says that something moved; change that event instead")
        kind, said_as = kind_in_text(what)
        who, place = _who(what, kind, said_as), _named(_PLACE.search(what))
        title = _title(what, kind, said_as, who)
        place = None if place and place.casefold() in title.casefold() else place  # it would be said twice
        status: EventStatus = (
            "canceled" if _CANCELED.search(what) else "expected" if _EXPECTED.search(what) else "confirmed"
        )
        return PastedEvent(line, kind, title, who, place, at, status)


def _split(line: str) -> tuple[str, TypedParts, str]:
    """Return the time at the start of a line, its parts, and the rest of the line.

    The time ends at a colon, dash, bar or comma, or with the last word that belongs to a time: "10 a.m. Rally: …".
    """
    found = [one for cut in _CUT.finditer(line, 0, LONGEST + 2) if (one := _stamped(line, cut))]
    marked = [one for one in found if one[3].strip()]
    if not found:
        raise BadInputError("the line does not begin with a time")
    stamp, read, rest, mark = (marked or found)[-1]
    if "|" in mark:
        raise BadInputError("a time before a bar is taken for a post's own; write a colon after an event's")
    after = typed_parts(rest.split(" ", 1)[0].rstrip(":,")) if rest and not read.names_a_day else None
    if after and after.names_a_day and after.part is None:
        raise BadInputError("a day after the time may be its own; write the day before the time")
    return stamp, read, rest


def _stamped(line: str, cut: re.Match[str]) -> tuple[str, TypedParts, str, str] | None:
    """Return the time before `cut`, its parts, the rest of the line, and the separator.

    Returns None if the text before `cut` is not a complete time.
    """
    stamp, mark = line[: cut.start()], cut[0]
    read = typed_parts(stamp)
    if read is None or read.bare or (read.at is None and read.exact is None):
        return None
    if not mark.strip() and not _ENDS_A_TIME.search(stamp):
        return None
    return stamp, read, line[cut.end() :], mark


def _begins_with_a_time(rest: str) -> bool:
    """Return True if the rest of a line begins with another time, as in "10 a.m. - 11 a.m.: A hearing"."""
    try:
        _split(_TO.sub("", rest))
    except BadInputError:
        return False
    return True


def _who(what: str, kind: EventKind, said_as: str) -> str | None:
    """Return the speaker or host, if the line plainly names one. People who join ("with …") are added.

    In "Sen. Poe rallies with Rep. Roe", the first name can't be recognized reliably, so None is returned.
    """
    subject, other = _named(_SUBJECT.search(what)), _FROM.search(what)
    named = _named(other)
    joins = named is not None and other is not None and other[0].startswith("with")
    if subject and joins and EVENT_KINDS[kind].has_speaker:
        return _bounded(f"{subject} with {named}", _MOST_NAME)
    if joins and not what.startswith(said_as) and _named(_OPENING.match(what)):
        return subject
    return subject or (named if EVENT_KINDS[kind].has_speaker else None)


def _named(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    name = re.sub("^The ", "the ", match["name"].rstrip(".,;: "))
    is_a_day = not {"month", "weekday"}.isdisjoint(word_meaning(name.casefold()) or ())
    return None if is_a_day or _NO_NAMES.fullmatch(name) else _bounded(name, _MOST_NAME)


def _title(what: str, kind: EventKind, said_as: str, who: str | None) -> str:
    """Return the event's title: "Press conference: the Secretary of State's Office", or else the line itself.

    `what` is the line without its time, `said_as` the words that name the kind of event, and `who` the speaker.
    """
    if who and said_as and EVENT_KINDS[kind].has_speaker:
        return _bounded(f"{said_as[0].upper()}{said_as[1:]}: {who}", _MOST_TITLE)
    return _bounded(what[0].upper() + what[1:], _MOST_TITLE)


def _bounded(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(" .,;:") + "\u2026"
