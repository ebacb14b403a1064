"""A sentence as the patterns see it: the classes of its words, without words that do not change the meaning.

Omitted are words of the class SKIP, the contest's own state ("in Georgia"), times ("as of 3:05 a.m."), earlier values
of a number ("up from 92", ", which was 14,149 overnight,") and quotation marks. Times and earlier values are recorded
in attributes. Text in parentheses becomes a stream of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from bot.desk.desk_file import Contest
from bot.prose.grammar import MARKS, encoded
from bot.prose.lexicon import WORDS
from bot.prose.names import Names
from bot.prose.places import NamedPlace, places_in
from bot.prose.tokens import Token
from bot.prose.whens import When, unintroduced_at, when_at

_DROPPED_MARKS = frozenset("’‘'.*")

_PLACE_WORDS = frozenset({"in", "across", "of", "for", "within", "throughout", "around", "from"})

_BEFORE_A_PLACE = _PLACE_WORDS | {"the", "here"}

_LONGEST_PLACING = 3

_THEN = (
    "(?:@|yesterday|last|night|nite|evening|earlier|overnight|this|morning|on|monday|tuesday|wednesday|thursday|friday"
    "|saturday|sunday|at|as|of|the|a|an|noon|midnight|days?|hours?|week|before|ago|previous|previously|update|in|afternoon"
    "|late|early|time|votes?|count|counties|county|certified|just|only|about|nearly)"
)
_FROM = re.compile(
    r"(?P<lead>(?:(?:, )?(?:(?:up |down )?from|compared (?:with|to))|^(?:was|were|had|yesterday|previously|earlier)) (?:(?:the|a|just|only) )*)#"
    rf"(?: {_THEN}(?= |$)){{0,6}}"
)
_SYMBOLS = {"number": "#", "time": "@"}
_CLOSED_BY = {"(": ")", "[": "]"}
_FROM_BEGINS = frozenset({",", "up", "down", "from", "compared"})
"""Words that may begin an earlier value, "up from 92", in the middle of a sentence."""
_ONCE = re.compile(rf"[,–—-] (?=[^,–—-]*[#@])(?:(?:#|{_THEN}) ){{1,7}}[,–—-](?= |$)")
YEARS = range(1960, 2040)
"""A number outside this range is taken for votes and not for a year."""


@dataclass(frozen=True, slots=True)
class Item:
    """A unit that patterns match: a word, phrase, name, number or punctuation mark."""

    kind: str
    first: int
    """The index of the item's first token in the stream's tokens."""
    last: int
    token: Token
    """The item's first token. For a number, the number's token."""
    said: str | None = None
    """The candidate's id, or the county's name. None for other items."""


@dataclass(frozen=True, slots=True)
class EarlierValue:
    """An earlier value of a number, as in "up from 92"."""

    first: int
    number: Token


@dataclass(slots=True)
class Stream:
    """A part of a sentence as items: the text outside parentheses, or the text in one pair of them."""

    tokens: list[Token]
    words: list[str]
    """The tokens in lower case."""
    items: list[Item] = field(default_factory=list)
    places: list[NamedPlace] = field(default_factory=list)
    times: list[When] = field(default_factory=list)
    befores: list[EarlierValue] = field(default_factory=list)
    inner: bool = False
    """True if the text is in parentheses."""

    @property
    def encoded(self) -> str:
        """The classes of the stream's items as a string, one character each."""
        return encoded(item.kind for item in self.items)


def streams_of(tokens: Sequence[Token], contest: Contest, names: Names) -> list[Stream]:
    """Return the stream of a sentence, and one for each pair of parentheses in the sentence."""
    outer, inner = _parted(tokens)
    return [_Builder(part, contest, names, inner=part is not outer).stream() for part in (outer, *inner)]


def _parted(tokens: Sequence[Token]) -> tuple[list[Token], list[list[Token]]]:
    outer: list[Token] = []
    inner: list[list[Token]] = []
    i = 0
    while i < len(tokens):
        close = _CLOSED_BY.get(tokens[i].text)
        end = next((j for j in range(i + 1, len(tokens)) if tokens[j].text == close), None) if close else None
        if end is None:
            outer.append(tokens[i])
            i += 1
            continue
        inside, around = tokens[i + 1 : end], tokens[max(i - 1, 0) : end]
        if _is_share(inside) or _is_whose(around) or _is_behind_a_percentage(around) or _is_split(inside):
            outer.extend(inside)
        else:
            inner.append([*inside])
        i = end + 1
    return outer, inner


def _is_share(tokens: Sequence[Token]) -> bool:
    """Return True for "(of 159)" and "(out of 159)", which belong to the number before the parentheses."""
    words = [token.low for token in tokens[:-1]]
    return words in (["of"], ["out", "of"]) and tokens[-1].kind == "number"


def _is_whose(tokens: Sequence[Token]) -> bool:
    """Return True if a number is followed by one word in parentheses: "7,248 (Biden"."""
    return [token.kind for token in tokens] == ["number", "mark", "word"]


def _is_behind_a_percentage(tokens: Sequence[Token]) -> bool:
    """Return True if a number in parentheses follows a percentage: "49.5% (2,461,854"."""
    return len(tokens) == len("%(#") and tokens[0].kind in ("percent", "odd") and tokens[-1].kind == "number"


def _is_split(tokens: Sequence[Token]) -> bool:
    """Return True if votes are split by candidate: "B 1,290, T 195" or "1,290 B / 195 T"."""
    kinds = [token.kind for token in tokens]
    return kinds in (["word", "number", "mark", "word", "number"], ["number", "word", "mark", "number", "word"])


class _Builder:
    def __init__(self, tokens: list[Token], contest: Contest, names: Names, *, inner: bool) -> None:
        self._tokens = tokens
        self._contest = contest
        self._words = [token.low for token in tokens]
        said = [_SYMBOLS.get(token.kind) or token.low.replace(" ", "_") for token in tokens]
        self._said = " ".join(said)
        """The tokens as symbols with spaces between: # for a number, @ for a time, otherwise the word."""
        self._starts = [*accumulate((len(symbol) + 1 for symbol in said), initial=0)]
        self._named = {named.first: named for i in range(len(tokens)) if (named := names.at(tokens, i))}
        self._result = Stream(tokens, self._words, inner=inner)

    def stream(self) -> Stream:
        taken = {i for named in self._named.values() for i in range(named.first, named.first + named.length)}
        where, also = self._contest.where or "", self._contest.also
        if " " in where:  # "LA" for Los Angeles
            also = {**also, where: [*also.get(where, ()), "".join(word[0] for word in where.split())]}
        self._result.places = [
            replace(place, county=None) if place.county == where else place
            for place in places_in(self._tokens, self._contest.state, also)
            if place.first not in taken
        ]
        self._places = {place.first: place for place in self._result.places}
        i = 0
        while i < len(self._tokens):
            i += self._step(i)
        return self._result

    def _step(self, i: int) -> int:
        """Add the item that begins at token `i`, and return its length in tokens."""
        for take in (self._name, self._place, self._before, self._once, self._time, self._number):
            if taken := take(i):
                return taken
        return self._word(i)

    def _add(self, kind: str, first: int, length: int, said: str | None = None, token: Token | None = None) -> int:
        self._result.items.append(Item(kind, first, first + length - 1, token or self._tokens[first], said))
        return length

    def _name(self, i: int) -> int:
        named = self._named.get(i)
        return self._add("NAME", i, named.length, named.candidate) if named else 0

    def _place(self, i: int) -> int:
        """Add a county or another place, and return its length in tokens.

        The contest's own state is skipped, with "in" before it and "'s" after it.
        """
        ahead = i
        while ahead < len(self._words) and ahead - i < _LONGEST_PLACING and self._words[ahead] in _BEFORE_A_PLACE:
            ahead += 1
        place = self._places.get(ahead)
        if place is None and ahead > i and self._words[ahead - 1 : ahead + 1] == ["the", "state"]:
            place = NamedPlace(ahead, 1, is_own=True)
        if place is None:
            return 0
        if place.county is not None or not place.is_own:
            if ahead > i:
                return 0  # the preposition first
            return self._add("COUNTY" if place.is_own else "ELSEWHERE", i, place.length, place.county)
        end = place.first + place.length
        if self._words[end : end + 1] != ["'s"]:
            return end - i
        return 0 if self._words[i] in _PLACE_WORDS else end + 1 - i  # "of Georgia's 159 counties": of the counties

    def _before(self, i: int) -> int:
        """Record an earlier value, and return its length in tokens.

        Examples are "from 92", "up from 92 earlier", "compared with 14,149 last night", "(was 97)".
        """
        match = _FROM.match(self._said, self._starts[i]) if i == 0 or self._words[i] in _FROM_BEGINS else None
        if match is None or (i and self._words[i - 1].startswith("certif")):  # "certifications from 121 so far"
            return 0
        if match["lead"] == "from " and self._words[i + 2 : i + 3] in (["of"], ["out"], ["counties"]):
            return 0  # "results from 97 of 159 counties"
        self._result.befores.append(EarlierValue(i, self._tokens[i + match["lead"].count(" ")]))
        return match[0].count(" ") + 1

    def _once(self, i: int) -> int:
        """Skip an earlier value of a lead between commas or dashes, and return its length in tokens.

        An example is ", 18,000 at midnight," before "is down to 9,000".
        """
        items = self._result.items
        match = _ONCE.match(self._said, self._starts[i]) if items and items[-1].kind == "LEAD" else None
        if match is None:
            return 0
        length = match[0].count(" ") + 1
        return length if any(self._moves(j) for j in range(i + length, min(i + length + 3, len(self._words)))) else 0

    def _moves(self, i: int) -> bool:
        found = WORDS.at(self._words, i)
        return found is not None and found[0] in ("LESS", "MORE", "UP", "DOWN")

    def _time(self, i: int) -> int:
        when = when_at(self._tokens, i, inner=self._result.inner) or unintroduced_at(self._tokens, i)
        if when is None:
            return 0
        self._result.times.append(when)
        return when.length

    def _number(self, i: int) -> int:
        token = self._tokens[i]
        if token.kind in ("word", "mark"):
            return 0
        if token.kind != "number":
            kinds = {"odd": "ODD", "other": "ODD", "percent": "PCT", "time": "TIME"}
            return self._add(kinds.get(token.kind, "STOP"), i, 1)
        before = self._tokens[i - 1] if i else None
        after = self._words[i + 1] if i + 1 < len(self._words) else ""
        if (
            before
            and before.text == "-"
            and before.end == token.start
            and (i == 1 or self._tokens[i - 2].end < before.start)
        ):
            return self._add("ODD", i, 1)
        is_year = token.value in YEARS and token.text.isdigit() and not after.startswith(("vote", "ballot"))
        return self._add("YEAR" if is_year else "NUM", i, 1)

    def _word(self, i: int) -> int:
        found = WORDS.at(self._words, i)
        if found and (name := next((j for j in range(i + 1, i + found[1]) if j in self._named), 0)):
            found = WORDS.at(self._words[:name], i)  # "for President Trump" is not "for president"
        if found is None:
            text = self._tokens[i].text
            if text in _DROPPED_MARKS:
                return 1
            is_mark = self._tokens[i].kind == "mark"
            return self._add(MARKS.get(text, "STOP") if is_mark else "OTHER", i, 1)
        kind, length = found
        return length if kind == "SKIP" else self._add(kind, i, length)
