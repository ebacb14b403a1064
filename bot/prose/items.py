"""A sentence as a list of items: names, places, numbers, times, words of the trade, and other words.

Each item has a symbol. The symbols of a sentence, joined by spaces, are what the patterns of `offers.py` match:
`N` is a candidate, `C` a county of the contest's state, `E` another place, `#` a number, `%` a percentage, `@` a time,
`X` a capitalised word that is unknown, and capitals such as `LEAD` a group of words in `data/prose.toml`. Any other
word is itself, in lower case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.desk.desk_file import Contest
from bot.prose.lexicon import GROUPS
from bot.prose.names import HARMLESS_CAPITALS, Names
from bot.prose.places import NamedPlace, places_in
from bot.prose.tokens import Token
from bot.prose.whens import When, unintroduced_at, when_at

YEARS = range(1960, 2040)
"""A number outside this range is taken for votes and not for a year."""

_DROPPED_MARKS = frozenset("’‘'.*\"“”\ufe0f")
_OPENS = frozenset("([")
_PRONOUNS = frozenset(
    "he she it they we you i his her their our its who that this there hes shes thats he's it's that's here".split()
)
_DASHES = dict.fromkeys("-–—", "-")
_ALIKE = {"=": ":", "->": "to", "=>": "to", "→": "to", "➡": "to", "⇒": "to", "[": "(", "]": ")", "&": "and"}


@dataclass(frozen=True, slots=True)
class Item:
    """A name, place, number, time or word of a sentence."""

    symbol: str
    token: Token
    """The item's first token. For a number, the number's token."""
    said: str | None = None
    """The candidate's id, or the county's name. None for other items."""


@dataclass(slots=True)
class Items:
    """The items of a sentence, and what was found on the way."""

    tokens: Sequence[Token]
    items: list[Item] = field(default_factory=list)
    places: list[NamedPlace] = field(default_factory=list)
    times: list[When] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """The tokens in lower case."""
        return [token.low for token in self.tokens]

    @property
    def counties(self) -> tuple[str, ...]:
        """The counties named, each once, in order."""
        return tuple(dict.fromkeys(one.said for one in self.items if one.symbol == "C" and one.said))


def items_of(tokens: Sequence[Token], contest: Contest, names: Names) -> Items:
    """Return a sentence's items. Words that change nothing ("now", "the") and the contest's own state are left out."""
    found = Items(tokens)
    named = {one.first: one for i in range(len(tokens)) if (one := names.at(tokens, i))}
    taken = {i for one in named.values() for i in range(one.first, one.first + one.length)}
    found.places = [place for place in _places(tokens, contest) if place.first not in taken]
    places = {place.first: place for place in found.places}
    words = found.words
    shouted = sum(token.text.isupper() for token in tokens) > len(tokens) / 2
    i = opened = 0
    while i < len(tokens):
        token, length = tokens[i], 1
        opened = i + 1 if token.text in _OPENS else 0 if token.text in ")]" else opened
        place, name = places.get(i), named.get(i)
        if token.text in _OPENS and words[i + 2 : i + 3] in ([")"], ["]"]) and _is_party(tokens[i + 1]):
            length = 3
        elif name:
            length = name.length
            found.items.append(Item("N", token, name.candidate))
        elif place:
            length = place.length
            if not place.is_own or place.county:
                found.items.append(Item("C" if place.is_own else "E", token, place.county))
        elif when := _when(tokens, i, opened):
            length = when.length
            found.times.append(when)
            found.items.append(Item("@", token))
        elif token.kind in ("word", "mark"):
            group, length = _group(words, i, taken)
            if group != "SKIP" and token.text not in _DROPPED_MARKS:
                unknown = token.text[:1].isupper() and not shouted and token.low not in HARMLESS_CAPITALS | _PRONOUNS
                other = "X" if unknown and len(token.text) > 1 else _ALIKE.get(token.text) or _DASHES.get(token.text)
                found.items.append(Item(group or other or token.low.replace(" ", "_"), token))
        else:
            found.items.append(Item(_symbol(tokens, i), token))
        i += length
    return found


def _when(tokens: Sequence[Token], i: int, opened: int) -> When | None:
    """Return the time at token `i`. `opened`: where the text in parentheses begins that `i` is in, or 0."""
    if opened and tokens[i].kind == "time":
        closed = next((j for j in range(i, min(i + 8, len(tokens))) if tokens[j].text in ")]"), len(tokens))
        return when_at(tokens[:closed], i, inner=True)
    if tokens[i].kind == "time" and tokens[i].value is not None and i > 0 and i + 1 == len(tokens):
        return When(i, 1, "at", tokens[i].value)  # "from the county 6:10 a.m."
    return when_at(tokens, i) or unintroduced_at(tokens, i)


def _is_party(token: Token) -> bool:
    return (len(token.text) == 1 and token.text.isupper()) or token.low in ("dem", "rep", "gop", "lib")


def _group(words: list[str], i: int, taken: set[int]) -> tuple[str, int]:
    """Return (group, number of words) of the phrase that begins at `i`; ("", 1) if none does."""
    group = GROUPS.at(words, i)
    name = next((j for j in range(i + 1, i + group[1]) if j in taken), None) if group else None
    if name is not None:  # "for President Trump" is not "for president"
        group = GROUPS.at(words[:name], i)
    return group or ("", 1)


def _places(tokens: Sequence[Token], contest: Contest) -> list[NamedPlace]:
    """Return the places named. The contest's own city or district is a place of its own, and no county."""
    where, also = contest.where or "", contest.also
    if " " in where:  # "LA" for Los Angeles
        also = {**also, where: [*also.get(where, ()), "".join(word[0] for word in where.split())]}
    found = places_in(tokens, contest.state, also)
    return [replace(place, county=None) if place.county == where else place for place in found]


def _symbol(tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    if token.kind == "percent":
        return "%"
    if token.kind == "time":
        return "@"
    if token.kind != "number":
        return token.kind
    after = tokens[i + 1].low if i + 1 < len(tokens) else ""
    is_year = token.value in YEARS and token.text.isdigit() and not after.startswith(("vote", "ballot"))
    return "year" if is_year else "#"
