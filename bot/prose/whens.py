"""Times in a sentence: "as of 3:05 a.m. Wednesday", "since Tuesday", "at noon"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.events.event import zone_names
from bot.events.typed_time import WEEKDAYS, ZONES
from bot.prose.tokens import Token

_INTRODUCTIONS = (("as", "of"), ("at",), ("by",), ("since",), ("from",))

_OF_NO_FIGURE = ("since", "from", "by")
"""Words that do not introduce the time of a figure: "by noon" may be in the future, and "since" is the start of a
time without changes.
"""

_VAGUE = frozenset({"about", "around", "just", "after", "before", "shortly", "roughly", "approximately", "nearly", "~"})

_DAYS = WEEKDAYS.keys() | frozenset("morning afternoon evening night".split())
_FILLING = frozenset("today this on early late in the local time".split())
_LONGEST = 5
UPDATES = frozenset("update upload refresh check count report tally data batch drop numbers figures release".split())
"""Words for an update, whose time is that of the figures: "the 11 a.m. refresh", "after an update at 7 p.m."."""
_TO_COME = frozenset("due nears looms pending expected coming will may might could should".split())
"""Words after "update" and the like, for an update that is still to come."""
_NAMED = {name: Token("time", 0, 0, name, minutes) for name, minutes in (("midnight", 0), ("noon", 12 * 60))}
_BEGINS = _DAYS | _FILLING | _NAMED.keys()
"""The beginnings of times and days that no word introduces, unless they are written in figures."""
_MAY_BEGIN = _BEGINS | {said[0] for said in _INTRODUCTIONS}


@dataclass(frozen=True, slots=True)
class When:
    """A time or day in a sentence."""

    first: int
    length: int
    introduction: str
    """The word before it: as, at, by, since or from. Empty if there is none, as in parentheses and at the start of
    a sentence.
    """
    minutes: int | None
    """Minutes after midnight. None if there is only a day, or the time is not certain: "around noon", "at 7"."""
    zone: str | None = None
    """The time zone's short name in lower case, or None if the text gives none."""
    is_said: bool = True
    """True if the text gives a time of day, even a vague one. False if it gives only a day."""
    names_a_day: bool = False
    """True if the text names a day of the week."""

    @property
    def clock(self) -> str | None:
        """The time of day as HH:MM; None without an exact time."""
        return None if self.minutes is None else f"{self.minutes // 60:02}:{self.minutes % 60:02}"


class Times:
    """A filter for the times in a text that are in one time zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        """Create a filter for times without a zone, or with a name of `zone`: est, edt, et."""
        names = [name for month in (1, 7) for name in zone_names(datetime(2020, month, 1, tzinfo=zone), zone)]
        self._zones = frozenset({None, *map(str.casefold, names)})

    def clock(self, when: When) -> str | None:
        """Return a time as HH:MM. Returns None if the time is in another zone or is vague."""
        return when.clock if when.zone in self._zones else None

    def only(self, whens: Iterable[When]) -> str | None:
        """Return a figure's only time as HH:MM. Returns None if there is no time, or more than one."""
        clocks = {clock for when in whens if when.introduction not in _OF_NO_FIGURE and (clock := self.clock(when))}
        return clocks.pop() if len(clocks) == 1 else None


def when_at(tokens: Sequence[Token], i: int, *, inner: bool = False) -> When | None:
    """Return the time or the day that begins at token `i`, or None.

    `inner`: the tokens are text in parentheses, which a time may end.
    """
    if tokens[i].kind != "time" and tokens[i].low not in _MAY_BEGIN:
        return None
    words = [token.low for token in tokens[i : i + 3]]
    introduction = next((said for said in _INTRODUCTIONS if tuple(words[: len(said)]) == said), ())
    start = ahead = i + len(introduction)
    while ahead < len(tokens) and introduction and tokens[ahead].low in _VAGUE:
        ahead += 1
    if ahead >= len(tokens):
        return None
    if not introduction and tokens[ahead].kind != "time" and tokens[ahead].low not in _BEGINS:
        return None
    time = _NAMED.get(tokens[ahead].low, tokens[ahead])
    end, zone, of_a_day = _tail(tokens, ahead + (time.kind == "time"))
    said = introduction[0] if introduction else ""
    if time.kind != "time":
        found = end > ahead and (of_a_day or introduction)
        return When(i, end - i, said, None, is_said=False) if found else None
    minutes = None if ahead > start else time.value
    if not introduction and i > 0 and not inner:
        return None
    if not introduction and end < len(tokens) and (i > 0 or minutes is None or len(tokens) <= end + 1):
        return None
    return When(i, end - i, said, minutes, zone, names_a_day=of_a_day)


def unintroduced_at(tokens: Sequence[Token], i: int) -> When | None:
    """Return the time at token `i` without an "at" or "as of".

    Examples are "the 11 a.m. refresh", "It's 6 a.m. and …", and ", 4:30 a.m." at the end. Returns None if there is no
    time, or if it is the time of an earlier or a future update: "up from the 11 a.m. refresh".
    """
    if tokens[i].kind != "time" and tokens[i].low not in ("the", "it"):
        return None
    words = [token.low for token in tokens[i : i + 3]]
    times = [token.kind == "time" for token in tokens[i : i + 3]]
    of_now = i == 0 or tokens[i - 1].low in ("after", "as", "at", "in", "with", "per")
    to_come = not _TO_COME.isdisjoint(token.low for token in tokens[i + 3 : i + 5])
    if of_now and words[:1] == ["the"] and times[1:2] == [True] and words[2:] and words[2] in UPDATES and not to_come:
        return When(i, 2, "as", tokens[i + 1].value)
    if i == 0 and words[:2] in (["it", "'s"], ["it", "is"]) and times[2:] == [True]:
        end, zone, _ = _tail(tokens, 3)
        return When(0, end, "as", tokens[2].value, zone)
    if times[:1] == [True] and i > 0 and tokens[i - 1].text == ",":
        end, zone, of_a_day = _tail(tokens, i + 1)
        return When(i, end - i, "at", tokens[i].value, zone, names_a_day=of_a_day) if end == len(tokens) else None
    return None


def _tail(tokens: Sequence[Token], start: int) -> tuple[int, str | None, bool]:
    """Return (end, zone, True if a weekday is named) for the zone and the day that follow a time at `start`."""
    zone, end = None, start
    while end < min(len(tokens), start + _LONGEST):
        word, after = tokens[end].low, tokens[end + 1].low if end + 1 < len(tokens) else ""
        if word in ZONES and zone is None:
            zone = ZONES[word]
        elif not (
            word in _DAYS
            or (word == "." and end > start)
            or (word in _FILLING and (word == "today" or after in _DAYS or after == "time"))
        ):
            break
        end += 1
    return end, zone, any(token.low in WEEKDAYS for token in tokens[start:end])
