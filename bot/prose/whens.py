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
"""What they introduce is no time of a figure: "by noon" may be ahead. Nor is "from"; "since" is of what has not changed."""

_VAGUE = frozenset({"about", "around", "just", "after", "before", "shortly", "roughly", "approximately", "nearly", "~"})

_DAYS = WEEKDAYS.keys() | frozenset("morning afternoon evening night".split())
_FILLING = frozenset("today this on early late in the local time".split())
_LONGEST = 5
UPDATES = frozenset("update upload refresh check count report tally data batch drop numbers figures release".split())
"""Whose time is that of the figures: "the 11 a.m. refresh", "after an update at 7 p.m."."""
_TO_COME = frozenset("due nears looms pending expected coming will may might could should".split())
"""Behind an update's name it has not been."""
_NAMED = {name: Token("time", 0, 0, name, minutes) for name, minutes in (("midnight", 0), ("noon", 12 * 60))}
_BEGINS = _DAYS | _FILLING | _NAMED.keys()
"""A time or a day that nothing introduces begins with one of these, or is written in figures."""
_MAY_BEGIN = _BEGINS | {said[0] for said in _INTRODUCTIONS}


@dataclass(frozen=True, slots=True)
class When:
    """A time that a sentence gives."""

    first: int
    length: int
    introduction: str
    """as, at, by, since or from; empty: none, as in parentheses, and first in a sentence."""
    minutes: int | None
    """Minutes after midnight; None: no time of day, or not certainly one."""
    zone: str | None = None
    """The zone's short name in small letters, where it is said."""
    is_said: bool = True
    """False: only a day."""
    names_a_day: bool = False
    """True: it is of a day of the week."""

    @property
    def clock(self) -> str | None:
        """The time as HH:MM."""
        return None if self.minutes is None else f"{self.minutes // 60:02}:{self.minutes % 60:02}"


class Times:
    """What times in a text are times of, by the clock of one zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        """Take times without a zone, and those of this one: est, edt, et."""
        names = [name for month in (1, 7) for name in zone_names(datetime(2020, month, 1, tzinfo=zone), zone)]
        self._zones = frozenset({None, *map(str.casefold, names)})

    def clock(self, when: When) -> str | None:
        """Return a time as HH:MM; None: it is of another zone, or not certainly one."""
        return when.clock if when.zone in self._zones else None

    def only(self, whens: Iterable[When]) -> str | None:
        """Return the one time that is said; None: there is none, or another."""
        clocks = {clock for when in whens if when.introduction not in _OF_NO_FIGURE and (clock := self.clock(when))}
        return clocks.pop() if len(clocks) == 1 else None


def when_at(tokens: Sequence[Token], i: int, *, inner: bool = False) -> When | None:
    """Return the time, or the day, that begins at `i`, or None; `inner`: in parentheses, where one may end them."""
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
    """Return the time at `i` that no word introduces: of an update, "the 11 a.m. refresh", of speaking, "It's 6 a.m. and …", or last, ", 4:30 a.m.".

    None: there is none, or it is of an update before, "up from the 11 a.m. refresh", or of one to come.
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
    """Return where the zone and the day end that begin at `start`, the zone, and whether a day of the week is said."""
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
