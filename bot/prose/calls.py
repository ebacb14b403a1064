"""Calls in a text: that an organisation has called, projected or declared a contest, or has taken that back.

A call is read only where its whole clause is understood: who calls, how, for whom, and in the contest's own state, at
the beginning of a sentence. Whatever else a sentence has in it must not say if, not, or when else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from bot.count.call import CallSays, Verb
from bot.desk.desk_file import Contest, Desk, Source
from bot.prose import vetoes
from bot.prose.claim import CallClaim
from bot.prose.context import is_of_another_contest
from bot.prose.lexicon import Phrases
from bot.prose.names import Names
from bot.prose.stream import Stream
from bot.prose.tokens import Token
from bot.prose.whens import When, when_at

_ORGANISATIONS = (
    ("ap", "associated press"), ("nbc", "nbc news"), ("abc", "abc news"), ("cbs", "cbs news"), ("cnn",),
    ("fox", "fox news"), ("nyt", "ny times", "new york times", "times"), ("ddhq", "decision desk hq", "decision desk"),
    ("reuters",), ("edison", "edison research"), ("newsnation",), ("bloomberg", "bloomberg news"), ("msnbc",),
    ("npr",), ("pbs", "pbs newshour"), ("univision",), ("telemundo",), ("washington post", "wapo"), ("usa today",),
    ("politico",), ("bbc", "bbc news"), ("vote hub", "votehub"),
)  # fmt: skip
"""What organisations that make or carry calls are called in copy, in small letters without "the"."""


class Caller(Struct, frozen=True):
    """An organisation at a place in a list of tokens."""

    length: int
    source: Source | None
    """None: no source of the desk file that makes calls."""


class Callers:
    """The organisations that a text may name as making a call."""

    def __init__(self, desk: Desk) -> None:
        self._known: dict[tuple[str, ...], Source | None] = {}
        for group in _ORGANISATIONS:
            self._known |= dict.fromkeys((tuple(name.split()) for name in group), None)
        for source in desk.sources:
            if source.calls is not None:
                self._known |= dict.fromkeys(_names_of(source), source)

    def at(self, tokens: Sequence[Token], i: int) -> Caller | None:
        """Return the organisation whose name begins at `i`, the longest there is, or None."""
        for length in (4, 3, 2, 1):
            part = tokens[i : i + length]
            words = tuple(token.low for token in part)
            if len(part) == length and words in self._known and part[0].text[:1].isupper():
                return Caller(length, self._known[words])
        return None


def _names_of(source: Source) -> Iterator[tuple[str, ...]]:
    own = {_bare(name) for name in (source.id, source.name, source.short, source.credit) if name}
    for group in _ORGANISATIONS:
        if own.intersection(group):
            own.update(group)
    yield from (tuple(name.split()) for name in own if name)


def _bare(name: str) -> str:
    return " ".join(name.casefold().split()).removeprefix("the ")


_DROPPED = frozenset("the a an now just has have officially finally also".split())
"""Words that change nothing of a call."""


_OPENS = r"(?:(?:breaking|new|update|updated|urgent|alert|news|live|and|but|meanwhile|in|just|TIME)(?: news| alert)? [:,.|—–-]? ?)*"


_RACE = (
    r"(?:(?P<kind>presidential )?(?:race|contest|election) (?:in|for) HERE|HERE 's (?P<kind2>presidential )?(?:race|contest)"
    r"|HERE (?P<kind3>presidential )?(?:race|contest)|HERE)"
)


_FOR = r"CALLER (?P<who>[0-9]+)"


_WHOM = r"NAME (?P<whom>\S+)"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(
        _OPENS + text.replace("RACE", _RACE).replace("CALLER", _FOR).replace("WHOM", _WHOM) + r"(?P<end> |$)"
    )


_CALLS: tuple[tuple[re.Pattern[str], CallSays, Verb | None], ...] = (
    (_pattern("CALLER (?:called|calls|is calling) RACE for WHOM"), "called", "called"),
    (_pattern("CALLER (?:projected|projects|is projecting) RACE for WHOM"), "called", "projected"),
    (
        _pattern(
            "CALLER (?:projected|projects|is projecting) (?:that )?WHOM (?:will win|wins|won|to win|(?:as|is) (?:projected )?"
            "winner (?:of|in)|will carry|carries) RACE"
        ),
        "called",
        "projected",
    ),
    (_pattern("CALLER (?:declared|declares) WHOM (?:as )?winner (?:of|in) RACE"), "called", "declared"),
    (_pattern("CALLER (?:names|named) WHOM (?:as )?projected winner (?:of|in) RACE"), "called", "projected"),
    (
        _pattern(
            "CALLER (?:says|projects|names|named|declares) (?:that )?WHOM (?:is |as )?apparent winner (?:of|in) RACE"
        ),
        "called",
        "apparent_winner",
    ),
    (_pattern("RACE been called for WHOM by CALLER"), "called", "called"),
    (
        _pattern(
            "CALLER (?:retracted|retracts|withdrew|withdraws|withdrawn|rescinded|rescinds|took back|takes back|taken back"
            "|pulled back|pulls back) (?:its|their|his) (?:call|projection) (?:of|in|for|on) RACE(?: for WHOM)?"
        ),
        "none",
        None,
    ),
    (_pattern("CALLER (?:un - called|un - calls|uncalled|uncalls) RACE(?: for WHOM)?"), "none", None),
    (_pattern("CALLER (?:says|:) (?:that )?RACE (?:is|remains|still) too close to call"), "too_close", None),
    (_pattern("RACE (?:is|remains) too close to call , CALLER (?:says|said)"), "too_close", None),
    (_pattern("CALLER (?:says|:) (?:that )?RACE (?:is|remains|still) too early to call"), "too_early", None),
)
"""How a call is put, over symbols: CALLER and NAME with whom, HERE for the state, TIME, small letters for the rest."""


_NEEDED = frozenset(
    "called calls call calling projected projects projecting projection declared declares named names winner uncalled"
    " uncalls".split()
)
"""A sentence without any of these words is no call: most need not be looked at."""


_GOES_ON = re.compile(r"(?:[.!,;—–)(-]|TIME|after|while|as|this)(?: |$)")


_AGAINST = (
    Phrases({name: text for name, text in vetoes.SENTENCE.items() if name != "forecast"}),
    vetoes.table(
        "a poll", "mock | straw | poll | polls | exit poll | odds | bet | simulation | model | expected to | estimate"
    ),
    vetoes.table("somebody's word", vetoes.SPEECH),
    vetoes.table("a condition", vetoes.MODAL),
    vetoes.table("a denial", vetoes.NEGATION),
    vetoes.table(
        "another time",
        f"{vetoes.LONG_AGO} | last evening | earlier | previously | previous | then | since | had | was | were | prior | old",
    ),
    vetoes.table("another count", vetoes.OTHER_COUNT),
)
"""What must not be said beside a call; a caller's own "projects" is no forecast of ours."""


_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


class CallsSaid(Struct, frozen=True):
    """The calls of a sentence."""

    claims: tuple[CallClaim, ...] = ()
    strangers: tuple[str, ...] = ()
    """Calls by somebody who makes none by the desk file, letter for letter."""


class _Symbols(Struct, frozen=True):
    """A sentence in symbols, and which token each began with."""

    text: str
    starts: Mapping[int, int]
    """Place in `text` → the token."""
    whens: Sequence[When]
    callers: Sequence[Source | None]


class CallReader:
    """Reads calls of one contest."""

    def __init__(self, desk: Desk, contest: Contest, names: Names) -> None:
        self._contest = contest
        self._names = names
        self._callers = Callers(desk)
        self._alone = sum(one.state == contest.state for one in desk.contests) == 1

    def read(self, text: str, streams: Sequence[Stream]) -> CallsSaid:
        """Return what a sentence says of calls outside parentheses; nothing where anything speaks against it."""
        if not streams or not streams[0].tokens:
            return CallsSaid()
        stream = streams[0]
        if _NEEDED.isdisjoint(stream.words) or not stream.places:
            return CallsSaid()
        if is_of_another_contest(stream, self._contest, self._names) or any(
            not place.is_own for place in stream.places
        ):
            return CallsSaid()
        symbols = self._symbols(stream)
        for pattern, says, verb in _CALLS:
            match = pattern.match(symbols.text)
            if match is None:
                continue
            if self._is_of_this(match) and not self._is_spoken_against(stream, symbols, match):
                return self._said(text, stream, symbols, match, (says, verb))
            break
        return CallsSaid()

    def _is_of_this(self, match: re.Match[str]) -> bool:
        """Return True if the contest is certain: by the candidate, by its kind, or because the state has no other here."""
        named = any(match[group] for group in ("kind", "kind2", "kind3"))
        president = "president" in self._contest.name.casefold()
        return (not named or president) and bool(match.groupdict().get("whom") or self._alone or named)

    def _is_spoken_against(self, stream: Stream, symbols: _Symbols, match: re.Match[str]) -> bool:
        rest = symbols.text[match.end() :]
        if (rest and not _GOES_ON.match(rest)) or any(not when.is_said for when in symbols.whens):
            return True  # "for Biden supporters"; "on Saturday", of which nobody knows when that was
        if any(word in ("?", '"', "“", "”") for word in stream.words) or set(stream.words[:1]) & vetoes.ASKING:
            return True
        end = symbols.starts.get(match.end(), len(stream.words)) if rest else len(stream.words)
        outside = stream.words[end:]
        years = (word for word in stream.words if _YEAR.fullmatch(word))
        own = f"{self._contest.id} {self._contest.name}"
        return any(table.has_any(outside) for table in _AGAINST) or any(year not in own for year in years)

    def _said(
        self, text: str, stream: Stream, symbols: _Symbols, match: re.Match[str], how: tuple[CallSays, Verb | None]
    ) -> CallsSaid:
        says, verb = how
        source, whom = symbols.callers[int(match["who"])], match.groupdict().get("whom")
        first = stream.tokens[0]
        end = symbols.starts.get(match.end(), len(stream.tokens)) - 1
        words = text[first.start : stream.tokens[end].end]
        if source is None:
            return CallsSaid(strangers=(words,))
        time = next((when.clock for when in symbols.whens if when.clock and when.introduction == "at"), None)
        claim = CallClaim(
            caller=source.id, says=says, candidate=whom if says == "called" else None,
            verb=verb or source.calls or "called", time=time, words=words,
        )  # fmt: skip
        return CallsSaid((claim,))

    def _symbols(self, stream: Stream) -> _Symbols:
        tokens, places = stream.tokens, {place.first: place for place in stream.places}
        named = {one.first: one for i in range(len(tokens)) if (one := self._names.at(tokens, i))}
        parts: list[str] = []
        starts: dict[int, int] = {}
        whens: list[When] = []
        callers: list[Source | None] = []
        i = at = 0
        while i < len(tokens):
            place = places.get(i)
            if one := named.get(i):
                symbol, length = f"NAME {one.candidate}", one.length
            elif caller := self._callers.at(tokens, i):
                symbol, length = f"CALLER {len(callers)}", caller.length
                callers.append(caller.source)
            elif place and place.county is None:
                symbol, length = "HERE", place.length
            elif when := when_at(tokens, i):
                symbol, length = "TIME", when.length
                whens.append(when)
            else:
                symbol, length = _plain(tokens[i]), 1
            if symbol:
                starts[at] = i
                parts.append(symbol)
                at += len(symbol) + 1
            i += length
        return _Symbols(" ".join(parts), starts, whens, callers)


def _plain(token: Token) -> str:
    """Return a word as the patterns have it; empty for one that changes nothing."""
    return "" if token.low in _DROPPED else token.low.replace(" ", "")
