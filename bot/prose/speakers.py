"""Whose word it is: officials and news organisations are taken at theirs, candidates and strangers are not."""

from collections.abc import Collection, Iterable
from itertools import takewhile

from bot.prose.lexicon import WORDS, phrases_of
from bot.prose.names import HARMLESS_CAPITALS
from bot.prose.stream import Stream

_SPEECH = phrases_of("speakers.speech")

_OFFICIALS = phrases_of("speakers.publishers", "speakers.officials")

_PARTISANS = phrases_of("speakers.partisans")

_ENDS = frozenset(",:;|")

_NEAR = 4
"""How many words from a verb of saying its speaker may be."""

_LONGEST_NAME = 5

_OF_THE_COUNT = frozenset({"LEAD", "LEADS", "UP", "TRAILS", "VOTES", "BALLOTS", "TOTAL", "COUNT", "LEFT", "CERT"})


def says(words: list[str]) -> bool:
    """Return True if there is a verb of saying among the words."""
    return _SPEECH.has_any(words)


def is_hearsay(stream: Stream) -> bool:
    """Return True if somebody says it whose word is not taken: a candidate, a campaign, whoever is no official."""
    words = stream.words
    named = {i for item in stream.items if item.kind == "NAME" for i in range(item.first, item.last + 1)}
    official = _places(_OFFICIALS.all_in(words)) | {item.first for item in stream.items if item.kind == "COUNTY"}
    partisan = _places(_PARTISANS.all_in(words)) | named
    return (
        _begins_with_a_speaker(stream)
        or _begins_with_a_side(stream, partisan)
        or any(
            not _is_taken(words, range(first, first + length), official, partisan)
            for first, length, _ in _SPEECH.all_in(words)
        )
    )


def _is_taken(words: list[str], verb: range, official: Collection[int], partisan: Collection[int]) -> bool:
    """Return True if it is an official who says it: "X says …", "…, said X", "according to X"."""
    behind = takewhile(lambda i: words[i] not in _ENDS, range(verb.stop, min(len(words), verb.stop + _NEAR + 1)))
    ahead = range(max(verb.start - _NEAR, 0), verb.start)[::-1]
    before = words[verb.start - 1] if verb.start else ""
    sides = [*behind] if words[verb.start] in ("per", "according") else [*ahead]
    if before in (",", "|"):
        sides = [*behind, *sides]
    said = next((i for i in sides if i in partisan or i in official), None)
    return said is not None and said not in partisan


def _begins_with_a_side(stream: Stream, sided: set[int]) -> bool:
    """Return True for "Trump: …" and "Trump ally Pat Doe: …", but not for "Biden's lead: …"."""
    colon = next((i for i, word in enumerate(stream.words[: _LONGEST_NAME + 2]) if word == ":"), 0)
    label = {item.kind for item in stream.items if item.last < colon}
    return bool(sided & set(range(colon))) and not label & _OF_THE_COUNT


def _begins_with_a_speaker(stream: Stream) -> bool:
    """Return True for "Pat Doe: …": somebody of whom nothing is known."""
    end = next((i for i, word in enumerate(stream.words[:_LONGEST_NAME]) if word == ":"), 0)
    label = stream.tokens[:end]
    is_name = all(token.kind == "word" and token.text[:1].isupper() and not token.text.isupper() for token in label)
    return len(label) > 1 and is_name and not any(_is_known(stream, i) for i in range(end))


def _is_known(stream: Stream, i: int) -> bool:
    word = [stream.words[i]]
    return (
        word[0] in HARMLESS_CAPITALS
        or WORDS.at(word, 0) is not None
        or _OFFICIALS.at(word, 0) is not None
        or any(place.first <= i < place.first + place.length for place in stream.places)
    )


def _places(found: Iterable[tuple[int, int, str]]) -> set[int]:
    return {i for first, length, _ in found for i in range(first, first + length)}
