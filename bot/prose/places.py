"""Finds places in a text: the contest's state and its counties, and other states and their counties."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.desk.counties import counties_of
from bot.prose.lexicon import GROUPS, TABLES, phrases, words_of
from bot.prose.tokens import Token
from bot.wording.states import AP_STATES, STATES

_CODES_THAT_ARE_WORDS = frozenset({"IN", "OR", "ME", "OK", "HI", "OH", "AS", "LA", "MA", "PR", "ID"})
"""State codes that may be words in a headline all in capitals."""

_NO_PLACE = tuple(phrases(TABLES["places"]["no_place"]))
_NO_PLACE_STARTS = frozenset(name[0] for name in _NO_PLACE)

_SHORTEST_MISSPELT, _LONGEST_MISSPELT = 6, 20

_KINDS = frozenset({"county", "counties", "parish", "co", "cty"})

_JOINS = frozenset({",", "and", "&", "/"})
_HAS = frozenset({"has", "still", "'s", "reports", "added", "adds"})
"""Words that may stand between a county's name and its number: "Hall has 402"."""
_COMMON = words_of("places.common")
_NOT_NAMES = words_of("places.not_names")
_MAY_PRECEDE = words_of("places.may_precede")
_OFFICES = words_of("places.offices")
_STAND_FOR = {code: tuple(name.strip() for name in text.split("|")) for code, text in TABLES["stand_for"].items()}


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A mention of a state or county in a list of tokens."""

    first: int
    length: int
    is_own: bool
    """True if the place is the contest's state, or a county in that state."""
    county: str | None = None
    """The county's name without "County". None if the place is a state."""


def places_in(
    tokens: Sequence[Token], state: str | None, also: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> list[NamedPlace]:
    """Return the states and counties that `tokens` name, in order and without overlaps.

    If a county's name is also a word or a person's name, the county is returned only if a number seems to follow, as
    in "Hall 402". `also` has other names of counties, for each county's usual name.
    """
    known = _named_counties(state) | {_letters(one): name for name, said in also.items() for one in said}
    found: list[NamedPlace] = []
    small = not _is_capitalised(tokens, 0) if tokens else False
    words = [token.low.removeprefix("#") for token in tokens]
    i = 0
    while i < len(tokens):
        if tokens[i].kind not in ("word", "handle"):
            i += 1
            continue
        if words[i] in _NO_PLACE_STARTS and any(tuple(words[i : i + len(name)]) == name for name in _NO_PLACE):
            i += 2
            continue
        county = _county(tokens, words, i, known, state, small=small)
        place = county or _state(tokens, words, i, state, small=small)
        if place:
            found.append(place)
        i += place.length if place else 1
    return found


def _state(tokens: Sequence[Token], words: Sequence[str], i: int, own: str | None, *, small: bool) -> NamedPlace | None:
    if words[i - 1 : i] == ["in"] and tokens[i].text.upper() == own not in _CODES_THAT_ARE_WORDS:
        return NamedPlace(i, 1, is_own=True)  # "up 14,101 in ga"
    said = tokens[i].text.removeprefix("#")[:1].isupper() or small or words[i - 1 : i] in (["in"], ["for"], ["across"])
    if not said and words[i] not in ("georgia", "statewide"):
        return None
    for length in range(min(3, len(words) - i), 0, -1):
        if code := _named_states().get(tuple(words[i : i + length])):
            if code == own and tokens[i].text.removeprefix("#") in _STAND_FOR.get(code, ()):
                return None
            return NamedPlace(i, length, code == own)
    text = tokens[i].text.removeprefix("#")
    if text in STATES and (text not in _CODES_THAT_ARE_WORDS or text == own):
        return NamedPlace(i, 1, text == own)
    return None


def _county(
    tokens: Sequence[Token],
    words: Sequence[str],
    i: int,
    known: Mapping[str, str],
    state: str | None,
    *,
    small: bool,
) -> NamedPlace | None:
    if tokens[i].kind != "word":
        return None
    named = _is_capitalised(tokens, i) or _is_placed(words, i) or (small and _is_named_small(tokens, words, i))
    if not (named or _KINDS.intersection(words[i + 1 : i + 4])):
        return None
    for length in (3, 2, 1):
        part = words[i : i + length]
        if len(part) < length or any(word in _KINDS for word in part) or not part[-1][:1].isalpha():
            continue
        name = known.get("".join(part)) or (_misspelt("".join(part), state) if length == 1 and state else None)
        said = _is_called_a_county(tokens, words, i + length)
        if name and (said or (named and _is_bare_county(tokens, words, i, length))):
            return NamedPlace(i, length, is_own=True, county=name)
        foreign = said and known and name is None and length == 1
        if foreign and _is_capitalised(tokens, i) and words[i] not in _NOT_NAMES:
            return NamedPlace(i, length, is_own=False, county=tokens[i].text)
    return None


def _is_called_a_county(tokens: Sequence[Token], words: Sequence[str], i: int) -> bool:
    """Return True if "County" follows the name that ends before token `i`, or words such as "and Laurens counties"."""
    while i + 1 < len(words) and words[i] in _JOINS and _is_capitalised(tokens, i + 1):
        i += 1
        while i < len(words) and _is_capitalised(tokens, i):
            i += 1
        if words[i : i + 1] == ["counties"]:
            return True
    return words[i : i + 1] != [] and words[i] in _KINDS


def _is_named_small(tokens: Sequence[Token], words: Sequence[str], i: int) -> bool:
    """Return True if a word in lower case may be a county, as in "forsyth came in".

    False for "worth" and "george floyd".
    """
    before = words[i - 1] if i and tokens[i - 1].kind == "word" else ""
    known = not before or before in _MAY_PRECEDE or GROUPS.at([before], 0) is not None
    return known and GROUPS.at([words[i]], 0) is None


def _is_bare_county(tokens: Sequence[Token], words: Sequence[str], i: int, length: int) -> bool:
    """Return True if a county's name without "County" means the county.

    False if the name is just a word, or a part of a person's name.
    """
    if "".join(words[i : i + length]) in _COMMON and not _has_a_number(tokens, i, i + length):
        return False
    before = tokens[i - 1] if i else None
    after = tokens[i + length] if i + length < len(tokens) else None
    if before and before.kind == "word" and _is_name_part(before) and words[i - 1] not in _MAY_PRECEDE:
        return False
    is_office = after is not None and after.low in _OFFICES  # "Cobb Elections"
    return is_office or not (after and after.kind == "word" and _is_name_part(after) and not tokens[i].text.isupper())


def _has_a_number(tokens: Sequence[Token], first: int, end: int) -> bool:
    """Return True if a number next to a place belongs to the place.

    Examples are "Hall 402", "Douglas has 129", "Cherokee: +37", "Hall's upload", and "444 ballots in Taylor".
    """
    before = [token.kind for token in tokens[max(first - 3, 0) : max(first - 1, 0)]]
    if first and tokens[first - 1].low == "in" and "number" in before:
        return True
    after = next((token for token in tokens[end : end + 3] if token.text not in ":+-–—"), None)
    return after is not None and (after.kind == "number" or after.low in _HAS)


def _is_name_part(token: Token) -> bool:
    of_the_trade = token.low in _KINDS or GROUPS.at([token.low], 0) is not None  # "DeKalb Adds 48"
    return token.text[:1].isupper() and not token.text.isupper() and not of_the_trade


def _is_placed(words: Sequence[str], i: int) -> bool:
    """Return True if the words around `i` fit a county's name in lower case: "in cobb", "clayton has 4,355 left"."""
    return words[i - 1 : i] in (["in"], ["from"], ["of"]) or words[i + 1 : i + 2] in (["has"], ["still"], ["'s"])


def _is_capitalised(tokens: Sequence[Token], i: int) -> bool:
    return tokens[i].text[:1].isupper()


@cache
def _named_states() -> dict[tuple[str, ...], str]:
    named: dict[tuple[str, ...], str] = {}
    for code, name in STATES.items():
        plain = name.removeprefix("the ").casefold()
        for said in (plain, *map(str.casefold, _STAND_FOR.get(code, ()))):
            named[tuple(re.findall(r"[a-z.]+", said))] = code
    for code, short in AP_STATES.items():
        named[(*re.findall(r"[a-z.]+", short.casefold()), ".")] = code
    return named


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


@cache
def _named_counties(state: str | None) -> dict[str, str]:
    """Return the names of the state's counties, without "County". Keys are the names' letters in lower case."""
    named: dict[str, str] = {}
    for name in (county.short for county in counties_of(state)) if state else ():
        letters = _letters(name)
        named[letters] = name
        if letters.startswith("st"):
            named["saint" + letters[2:]] = name
    return named


@lru_cache(4096)
def _misspelt(word: str, state: str) -> str | None:
    """Return the county of a name with one letter more, less, other or swapped: "gwinett"."""
    if not _SHORTEST_MISSPELT <= len(word) <= _LONGEST_MISSPELT or GROUPS.at([word], 0) or is_a_states_name(word):
        return None
    named = [name for name in _named_counties(state) if name[0] == word[0] and len(name) >= _SHORTEST_MISSPELT]
    found = process.extract(word, named, scorer=OSA.distance, score_cutoff=1, limit=2)
    return _named_counties(state)[found[0][0]] if len(found) == 1 else None


def is_a_states_name(word: str) -> bool:
    """Return True if a word in lower case is a state's name or abbreviation."""
    return (word,) in _named_states() or (word, ".") in _named_states()
