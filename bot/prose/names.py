"""Finds the desk file's candidates in a text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest

from rapidfuzz.distance import OSA

from bot.desk.desk_file import Candidate, Contest
from bot.prose.lexicon import GROUPS, TABLES, words_of
from bot.prose.places import is_a_states_name
from bot.prose.tokens import Token

HARMLESS_CAPITALS = words_of("names.harmless")
_TITLES = words_of("names.titles")
_LINEAGE = frozenset({"jr", "sr", "ii", "iii", "iv"})

_SHORTEST = 3
_SHORTEST_MISSPELT = 4


@dataclass(frozen=True, slots=True)
class Named:
    """A mention of a candidate in a list of tokens, including titles and first names."""

    first: int
    length: int
    candidate: str


class Names:
    """A finder for the names of a contest's candidates, and for last names from other contests."""

    def __init__(self, contest: Contest, others: Sequence[Contest] = ()) -> None:
        self._contest = contest
        self._others = others

    def at(self, tokens: Sequence[Token], i: int) -> Named | None:
        """Return the candidate whose last name, initials or handle begins at token `i`.

        Returns None if no candidate is named there for certain.
        """
        if tokens[i].kind == "handle":
            return self._handle(tokens[i], i)
        word = tokens[i].low
        candidate = self._by_initials.get(tokens[i].text)
        long = candidate and len(word) >= _SHORTEST
        small = len(word) >= _SHORTEST and self._by_initials.get(word.upper())
        if long or ((candidate or small) and _is_beside_a_number(tokens, i)):
            return Named(i, 1, candidate or small or "")
        if word not in self._beginnings and word[:-1] not in self._beginnings:
            candidates = self._misspelt(word) if tokens[i].kind == "word" else []
            return self._told(tokens, i, 1, candidates) if candidates else None
        for last, candidates in self._by_last.items():
            if tuple(token.low for token in tokens[i : i + len(last)]) == last:
                return self._told(tokens, i, len(last), candidates)
            ending = tokens[i].low.endswith("s") and (tokens[i].low[:-1],) == last
            if ending and tokens[i].kind == "word" and (tokens[i].low,) not in self._by_last:
                return self._told(tokens, i, 1, candidates)  # Bidens lead
        return None

    def _misspelt(self, word: str) -> list[Candidate]:
        """Return the candidates whose last name has one letter more, less, other or swapped: "Bidne"."""
        if len(word) < _SHORTEST_MISSPELT or word in HARMLESS_CAPITALS or GROUPS.at([word], 0):
            return []
        alike = (
            candidates
            for last, candidates in self._by_last.items()
            if len(last) == 1
            and len(last[0]) > _SHORTEST_MISSPELT
            and last[0][0] == word[0]
            and OSA.distance(last[0], word, score_cutoff=1) <= 1
        )
        return next(alike, [])

    def is_other(self, token: Token) -> bool:
        """Return True for the last name of a candidate of another contest.

        False if a candidate of this contest has the same last name.
        """
        return token.low in self._other_lasts or token.low.removesuffix("s") in self._other_lasts

    def with_last_names(self, tokens: Sequence[Token]) -> list[Token]:
        """Return the tokens with candidates' first names replaced by their last names: "Joe" by "Biden".

        A first name is replaced if only one candidate has it, no candidate has it as a last name, and no other name
        follows. That is good enough for a proposal, but not for a sure claim.
        """
        found = []
        for token, after in zip_longest(tokens, tokens[1:]):
            alone = after is None or not after.text[:1].isupper() or GROUPS.at([after.low], 0) is not None
            last = self._by_first.get(token.low) if alone and token.text.istitle() else None
            found += [replace(token, text=word) for word in last.split()] if last else [token]
        return found

    def _told(self, tokens: Sequence[Token], i: int, length: int, candidates: Sequence[Candidate]) -> Named | None:
        first, given = self._before(tokens, i, candidates)
        if given is None:
            return None
        after = tokens[i + length].low if i + length < len(tokens) else ""
        if after in _LINEAGE:
            return None
        alike = [one for one in candidates if not given or given & given_names(one)]
        return Named(first, i + length - first, alike[0].id) if len(alike) == 1 else None

    def _before(
        self, tokens: Sequence[Token], i: int, candidates: Sequence[Candidate]
    ) -> tuple[int, frozenset[str] | None]:
        """Return where the full name begins, and the first names in it.

        The first names are None if the full name is another person's.
        """
        known = frozenset().union(*(given_names(one) for one in candidates))
        first, given = i, set()
        while first > 0:
            token = tokens[first - 1]
            initial = token.low.rstrip(".")
            is_initial = len(initial) == 1 and token.text.isupper() and token.kind == "word"
            short = tokens[first - 2] if token.low == "." and first > 1 else None
            ends_one = short is not None and (len(short.text) == 1 or short.low in _TITLES)
            if token.low in known:
                given.add(token.low)
            elif not (is_initial or ends_one or (token.kind == "word" and token.low in _TITLES)):
                break
            first -= 1
        before = tokens[first - 1] if first else None
        if before is not None and not given and self._is_a_first_name(tokens, first - 1):
            return first, None
        return first, frozenset(given)

    def _is_a_first_name(self, tokens: Sequence[Token], i: int) -> bool:
        token = tokens[i]
        if token.kind != "word" or not token.text[:1].isupper() or token.text.isupper():
            return False
        if is_a_states_name(token.low):
            return False
        return (
            token.low not in HARMLESS_CAPITALS
            and GROUPS.at([token.low], 0) is None
            and tokens[i - 1].text not in ".:!?"
        )

    def _handle(self, token: Token, i: int) -> Named | None:
        said = token.low.lstrip("@#")
        found = [
            one.id
            for one in self._contest.candidates
            if said.endswith(one.last.casefold())
            and said.removesuffix(one.last.casefold()).removeprefix("real") in {"", *given_names(one)}
        ]
        return Named(i, 1, found[0]) if len(found) == 1 else None

    @cached_property
    def _by_last(self) -> dict[tuple[str, ...], list[Candidate]]:
        found: dict[tuple[str, ...], list[Candidate]] = {}
        for candidate in self._contest.candidates:
            for name in (candidate.last, *candidate.also):
                words = tuple(name.casefold().replace("’", "'").split())
                if len("".join(words)) >= _SHORTEST and not (len(words) == 1 and GROUPS.at(list(words), 0)):
                    found.setdefault(words, []).append(candidate)
        return found

    @cached_property
    def _by_first(self) -> dict[str, str]:
        """Return the candidates' last names, keyed by first names in lower case that only one candidate has."""
        given = [(name, one.last) for one in self._contest.candidates for name in given_names(one)]
        known = Counter(name for name, _ in given)
        return {
            name: last for name, last in given if known[name] == 1 and (name,) not in self._by_last and len(name) > 1
        }

    @cached_property
    def _by_initials(self) -> dict[str, str]:
        """Return the candidates' ids, keyed by initials and party letters such as JRB, JB, B and D.

        Letters that two candidates share are omitted.
        """
        said = {
            one.id: {
                "".join(word[0] for word in one.name.split()),
                one.name[:1] + one.last[:1],
                one.last[:1],
                (one.party or "")[:1],
            }
            for one in self._contest.candidates
        }
        known = Counter(initials for every in said.values() for initials in every)
        return {one: key for key, every in said.items() for one in every if known[one] == 1 and one.isupper()}

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(last[0] for last in self._by_last)

    @cached_property
    def _other_lasts(self) -> frozenset[str]:
        own = {candidate.last.casefold() for candidate in self._contest.candidates}
        return (
            frozenset(candidate.last.casefold() for contest in self._others for candidate in contest.candidates) - own
        )


def given_names(candidate: Candidate) -> frozenset[str]:
    """Return the candidate's first names and common short forms of these names, in lower case."""
    words = [word.strip(".,").casefold() for word in candidate.name.split()]
    given = words[: max(len(words) - len(candidate.last.split()), 0)]
    return frozenset(given).union(*(TABLES["short"].get(word, "").split() for word in given)) - {""}


def _is_beside_a_number(tokens: Sequence[Token], i: int) -> bool:
    """Return True if the letter at token `i` is next to a number, or before "leads".

    Examples are "B 2,471,950", "T+18,042", "5,993 T" and "R leads".
    """
    said = next((token.low for token in tokens[i + 1 : i + 3] if token.low != "'s"), "")
    if said in ("lead", "leads", "margin", "trails", "still", "gains", "nets", "holds"):
        return True
    ahead = i + 1 + any(token.text in ("+", ":", "=", "up", "by") for token in tokens[i + 1 : i + 2])
    beside = (*tokens[max(i - 1, 0) : i], *tokens[ahead : ahead + 1])
    return any(token.kind == "number" for token in beside)
