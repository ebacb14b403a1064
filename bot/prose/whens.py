"""Times in a sentence: "as of 3:05 a.m. Wednesday", "since Tuesday", "at noon"."""

from collections.abc import Sequence

from msgspec import Struct

from bot.prose.tokens import Token

_INTRODUCTIONS = (("as", "of"), ("at",), ("by",), ("since",), ("from",))


_VAGUE = frozenset({"about", "around", "just", "after", "before", "shortly", "roughly", "approximately", "nearly", "~"})


_ZONES = frozenset("et est edt eastern ct cst cdt central mt mst mdt mountain pt pst pdt pacific utc gmt".split())


_DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun".split()
)


_PARTS = frozenset("morning afternoon evening night".split())


_DAY_WORDS = _DAYS | _PARTS | frozenset({"today", "this", "on", "early", "late", "in", "the", "local", "time"})


_LONGEST = 5


_DAY = 24 * 60


class When(Struct, frozen=True):
    """A time that a sentence gives."""

    first: int
    length: int
    introduction: str
    """as, at, by, since or from; empty: none, as in parentheses, and first in a sentence."""
    minutes: int | None
    """Minutes after midnight; None: no time of day, or not certainly one."""
    zone: str | None = None
    """The zone's word in small letters, where there is one."""
    is_said: bool = True
    """False: only a day."""

    names_a_day: bool = False
    """True: it is of a day of the week."""

    @property
    def clock(self) -> str | None:
        """The time as HH:MM."""
        return None if self.minutes is None else f"{self.minutes // 60:02}:{self.minutes % 60:02}"


def when_at(tokens: Sequence[Token], i: int, *, inner: bool = False) -> When | None:
    """Return the time, or the day, that begins at `i`, or None; `inner`: in parentheses, where one may end them."""
    words = [token.low for token in tokens[i : i + 3]]
    introduction = next((words_ for words_ in _INTRODUCTIONS if tuple(words[: len(words_)]) == words_), ())
    ahead = i + len(introduction)
    vague = False
    while ahead < len(tokens) and introduction and tokens[ahead].low in _VAGUE:
        ahead += 1
        vague = True
    if ahead >= len(tokens):
        return None
    minutes, is_time = _minutes(tokens[ahead])
    if not is_time:
        return _day(tokens, i, ahead, introduction)
    if not introduction and i > 0 and not inner:
        return None
    end, zone = _tail(tokens, ahead + 1)
    if not introduction and end < len(tokens) and (i > 0 or minutes is None or len(tokens) <= end + 1):
        return None
    of_a_day = not _DAYS.isdisjoint(token.low for token in tokens[ahead:end])
    said = introduction[0] if introduction else ""
    return When(i, end - i, said, None if vague else minutes, zone, names_a_day=of_a_day)


def _minutes(token: Token) -> tuple[int | None, bool]:
    if token.kind == "time":
        return token.value, True
    if token.low in ("noon", "midnight"):
        return (_DAY // 2 if token.low == "noon" else 0), True
    return None, False


def _tail(tokens: Sequence[Token], ahead: int) -> tuple[int, str | None]:
    """Return where the zone and the day after a time end, and the zone."""
    zone = None
    end = ahead
    while end < len(tokens) and end - ahead < _LONGEST:
        word = tokens[end].low
        if word in _ZONES and zone is None:
            zone = word
        elif word == "." and end > ahead:
            pass
        elif not (word in _DAYS or word in _PARTS or (word in _DAY_WORDS and _day_follows(tokens, end))):
            break
        end += 1
    return end, zone


def _day_follows(tokens: Sequence[Token], i: int) -> bool:
    after = tokens[i + 1].low if i + 1 < len(tokens) else ""
    return tokens[i].low == "today" or after in _DAYS or after in _PARTS or after == "time"


def _day(tokens: Sequence[Token], i: int, ahead: int, introduction: tuple[str, ...]) -> When | None:
    """Return "as of Wednesday morning", "on Tuesday", "Wednesday": said, but no time of day."""
    start = ahead
    while ahead < len(tokens) and ahead - start < _LONGEST:
        word = tokens[ahead].low
        if not (word in _DAYS or word in _PARTS or (word in _DAY_WORDS and _day_follows(tokens, ahead))):
            break
        ahead += 1
    named = any(tokens[j].low in _DAYS for j in range(start, ahead))
    if ahead == start or not (named or introduction):
        return None
    return When(i, ahead - i, introduction[0] if introduction else "", None, is_said=False)
