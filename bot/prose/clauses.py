"""Whole clauses, read from the first word to the last: who has called a contest, and which counties have certified.

Each word or name of a sentence becomes one symbol, and a pattern has to account for each symbol. Besides the clause, a
sentence may have only a time and a credit, and no place but the contest's own state. These claims are offered to staff
only.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.count.call import CallSays, Verb
from bot.desk.desk_file import Contest, Desk, Source
from bot.prose.claim import CallClaim, UnitsClaim, WordClaim
from bot.prose.county_list import counties_in
from bot.prose.items import Items
from bot.prose.lexicon import TABLES, phrases, phrases_of
from bot.prose.names import Names
from bot.prose.refusals import is_of_another_contest
from bot.prose.tokens import Token, tokens_of
from bot.prose.whens import When, when_at

_ORGANISATIONS = [tuple(phrases(group)) for group in TABLES["credit"]["callers"]]
_CREDITS = phrases_of("credit.publishers", "credit.says", "credit.harmless")
_DROPPED = frozenset("the a an now just has have officially finally also is".split())
"""Words that do not change the meaning of a clause."""
_OPENS = r"(?:(?:breaking|new|update|updated|urgent|alert|news|live|and|but|meanwhile|in|just|TIME) (?:[:,.|—–-] )?)*+"
"""What may stand before a clause. The quantifier is possessive: no part of this can belong to the clause."""
_RACE = r"(?:(?P<kind>presidential )?(?:race|contest|election) (?:in|for) HERE|HERE(?: 's)?(?P<kind2> presidential)?(?: (?:race|contest))?)"
_WINS = "(?:will win|wins|won|to win|will carry|carries)"
_IS_WINNER = "(?P<how>projected |apparent )?winner (?:of|in)"
_TOOK_BACK = (
    "(?:(?P<back>retracted|retracts|withdrew|withdraws|withdrawn|rescinded|rescinds|took back|takes back|taken back|pulled back"
    "|pulls back) (?:its|their|his) (?:call|projection) (?:of|in|for|on)|(?P<back2>un - called|un - calls|uncalled|uncalls))"
)
_CALLS = tuple(
    re.compile(
        _OPENS
        + text.replace("RACE", _RACE).replace("CALLER", r"CALLER=(?P<who>\d+)").replace("WHOM", r"NAME=(?P<whom>\S+)")
        + "(?= |$)"
    )
    for text in (
        "CALLER (?P<verb>call|project|declare)(?:ed|s|d|ing) RACE for WHOM",
        f"CALLER (?P<verb>project)(?:ed|s|ing) (?:that )?WHOM {_WINS} RACE",
        f"CALLER (?P<verb>project|declare|name)(?:ed|s|d|ing) (?:that )?WHOM (?:as )?{_IS_WINNER} RACE",
        "CALLER says (?:that )?WHOM (?:as )?(?P<how>apparent )winner (?:of|in) RACE",
        "RACE been (?P<verb>call)ed for WHOM by CALLER",
        f"CALLER {_TOOK_BACK} RACE(?: for WHOM)?",
        "CALLER (?:says|:) (?:that )?RACE (?:remains |still )?too (?P<too>close|early) to call",
        "RACE (?:remains )?too (?P<too>close|early) to call , CALLER (?:says|said)",
    )
)
"""Patterns for calls. CALLER=number and NAME=id are organisations and candidates, HERE the state, TIME a time; other words are in lower case."""
_VERBS: dict[str, Verb] = {
    "call": "called",
    "project": "projected",
    "name": "projected",
    "declare": "declared",
}
_ENDS = frozenset(". , ! … the".split())
_STEMS = ("call", "uncall", "project", "declare", "name", "apparent", "withdr", "rescind", "certified")
"""A sentence without a word that begins with one of these has no clause."""

_UNITS = frozenset("county counties parish parishes borough boroughs".split())
_CERTIFIED = (
    r"(?:(?:all|both|already|each) ){0,3}certified(?: (?:their|its))?(?: (?:own|official|general|presidential|november))*"
    r"(?: (?:election|vote))?(?: (?:results?|returns?|votes?|elections?|tall(?:y|ies)|counts?|totals?))?(?: so far| of)?"
)
_CERTIFIED_BY_LIST = re.compile(rf"{_OPENS}(?P<list>\S.*?) {_CERTIFIED}(?= [.!,;–—-]| after| while|$)")
_ANNOUNCED_LISTS = (
    re.compile(
        rf"{_OPENS}(?:(?:these|following) )*counties (?:that |which )?{_CERTIFIED} (?::|are|are :) (?P<list>[^:;!?]+?)(?: \.)?$"
    ),
    re.compile(rf"{_OPENS}certified(?: counties)?(?: so far| of)?(?: counties)? : (?P<list>[^:;!?]+?)(?: \.)?$"),
)


@dataclass(frozen=True, slots=True)
class Clauses:
    """The calls and certified counties in a sentence."""

    words: tuple[WordClaim, ...] = ()
    strangers: tuple[str, ...] = ()
    """Calls, verbatim, by somebody who is no caller in the desk file."""


class ClauseReader:
    """A reader of calls and certified counties, for one contest."""

    def __init__(self, desk: Desk, contest: Contest, names: Names) -> None:
        self._contest = contest
        self._names = names
        self._alone = sum(one.state == contest.state for one in desk.contests) == 1
        self._callers: dict[tuple[str, ...], Source | None] = dict.fromkeys(itertools.chain(*_ORGANISATIONS))
        for source in desk.sources:
            if source.calls is not None:
                self._callers |= dict.fromkeys(_names_of(source), source)
        self._most_words_of_a_caller = max(map(len, self._callers))

    def read(self, text: str, sentence: Items) -> Clauses:
        """Return the calls and certified counties in a sentence. Empty if the sentence has any other content."""
        if not any(word.startswith(_STEMS) for word in sentence.words):
            return Clauses()
        clause = self._clause(sentence)
        if any(not place.is_own for place in sentence.places):
            return Clauses()
        called = self._called(text, clause)
        return Clauses((*called.words, *self._certified(text, clause)), called.strangers)

    def _clause(self, sentence: Items) -> "_Clause":
        tokens = sentence.tokens
        places = {place.first: place for place in sentence.places}
        named = {one.first: one for i in range(len(tokens)) if (one := self._names.at(tokens, i))}
        clause = _Clause(sentence)
        i = 0
        while i < len(tokens):
            place = places.get(i)
            if one := named.get(i):
                symbol, length = f"NAME={one.candidate}", one.length
            elif length := self._words_of_caller(tokens, i):
                symbol = f"CALLER={len(clause.callers)}"
                clause.callers.append(self._callers[tuple(token.low for token in tokens[i : i + length])])
            elif place and place.county is None:
                symbol, length = "HERE", place.length
            elif when := when_at(tokens, i):
                symbol, length = "TIME", when.length
                clause.whens.append(when)
            else:
                symbol = "" if tokens[i].low in _DROPPED else tokens[i].low.replace(" ", "")
                length = 1
            if symbol:
                clause.spans.append((i, i + length - 1))
                clause.said += f" {symbol}" if clause.said else symbol
            i += length
        return clause

    def _words_of_caller(self, tokens: Sequence[Token], i: int) -> int:
        """Return the length, in tokens, of the longest name of a caller that begins at token `i`.

        Returns 0 if no caller's name begins there.
        """
        if not tokens[i].text[:1].isupper():
            return 0
        words = tuple(token.low for token in tokens[i : i + self._most_words_of_a_caller])
        return next((length for length in range(len(words), 0, -1) if words[:length] in self._callers), 0)

    # Calls.

    def _called(self, text: str, clause: "_Clause") -> Clauses:
        match = next((found for pattern in _CALLS if (found := pattern.match(clause.said))), None)
        if match is None or not self._is_of_this(match, clause.sentence) or not clause.ends_with(match):
            return Clauses()
        source = clause.callers[int(match["who"])]
        words = clause.words(text, match.end())
        if source is None:
            return Clauses(strangers=(words,))
        group = match.groupdict()
        says: CallSays = "called"
        if group.get("back") or group.get("back2"):
            says = "none"
        elif too := group.get("too"):
            says = "too_close" if too == "close" else "too_early"
        verb = _VERBS.get(group.get("verb") or "")
        if group.get("how") == "apparent ":
            verb = "apparent_winner"
        said = CallClaim(
            caller=source.id,
            says=says,
            candidate=group.get("whom") if says == "called" else None,
            verb=verb or source.calls or "called",
            time=clause.clock,
            words=words,
        )
        return Clauses((said,))

    def _is_of_this(self, match: re.Match[str], sentence: Items) -> bool:
        """Return True if a call is surely about this contest.

        The call has to name a candidate or the kind of contest, unless the desk follows no other contest in the state.
        """
        if is_of_another_contest(sentence, self._contest, self._names):
            return False
        named = match["kind"] or match["kind2"]
        return (not named or self._contest.presidential) and bool(match.groupdict().get("whom") or self._alone or named)

    # Counties certified by name.

    def _certified(self, text: str, clause: "_Clause") -> Iterator[UnitsClaim]:
        """Yield one claim with all counties in a list of certified counties.

        Yields nothing if any name is unknown, or may not be meant as a county.
        """
        state = self._contest.state
        match = next(
            (one for pattern in (_CERTIFIED_BY_LIST, *_ANNOUNCED_LISTS) if (one := pattern.match(clause.said))), None
        )
        if match is None or state is None or self._contest.unit not in ("county", "parish", "borough"):
            return
        first = clause.sentence.tokens[clause.first(match.start("list"))]
        last = clause.sentence.tokens[clause.last(match.end("list"))]
        found = counties_in(text[first.start : last.end], state)
        announced = match.re in _ANNOUNCED_LISTS and len(found.units) > 1
        plain = announced or not _UNITS.isdisjoint(match[0].split())
        if plain and found.units and not found.unmatched and clause.ends_with(match):
            yield UnitsClaim(units=found.units, time=clause.clock, words=clause.words(text, match.end()))


@dataclass(slots=True)
class _Clause:
    """A sentence as symbols, with spaces between them."""

    sentence: Items
    said: str = ""
    spans: list[tuple[int, int]] = field(default_factory=list)
    """The first and the last token of each symbol."""
    whens: list[When] = field(default_factory=list)
    callers: list[Source | None] = field(default_factory=list)
    """The organisations named, in order. None stands for one that is no caller in the desk file."""

    def first(self, start: int) -> int:
        """Return the index of the first token of the symbol that begins at `start` in `said`."""
        return self.spans[self.said.count(" ", 0, start)][0]

    def last(self, end: int) -> int:
        """Return the index of the last token of the symbol that ends at `end` in `said`."""
        return self.spans[self.said.count(" ", 0, end)][1]

    def ends_with(self, match: re.Match[str]) -> bool:
        """Return True if only punctuation, times and credits follow the match."""
        start = self.last(match.end()) + 1
        behind = self.sentence.words[start:]
        known = {i for i, word in enumerate(behind, start) if word in _ENDS}
        for first, length, _ in _CREDITS.all_in(behind):
            known.update(range(start + first, start + first + length))
        for when in self.whens:
            known.update(range(when.first, when.first + when.length))
        return all(when.is_said for when in self.whens) and known.issuperset(range(start, len(self.sentence.words)))

    def words(self, text: str, end: int) -> str:
        """Return the text from the beginning of the sentence to the symbol that ends at `end` in `said`."""
        return text[self.sentence.tokens[0].start : self.sentence.tokens[self.last(end)].end]

    @property
    def clock(self) -> str | None:
        """The time of day that follows "at" in the sentence, as HH:MM; None without such a time."""
        return next((when.clock for when in self.whens if when.clock and when.introduction == "at"), None)


def _names_of(source: Source) -> Iterator[tuple[str, ...]]:
    names = (
        name.casefold().removeprefix("the ") for name in (source.id, source.name, source.short, source.credit) if name
    )
    own = {tuple(token.low for token in tokens_of(name, 0, len(name))) for name in names}
    yield from own.union(*(group for group in _ORGANISATIONS if own.intersection(group)))
