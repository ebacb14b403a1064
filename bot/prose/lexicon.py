"""The word lists of the prose reader, from `data/prose.toml`.

Words of the trade are in groups, by what they say about a number. Words of the group SKIP are ignored, since they do not
change the meaning.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from bot.desk.toml_file import shipped

TABLES: Mapping[str, Any] = tomllib.loads(shipped("prose.toml").read_text(encoding="utf-8"))
"""Table → name → phrases separated by "|", or words separated by spaces."""


def phrases(text: str) -> Iterator[tuple[str, ...]]:
    """Yield each phrase of a text such as "a b | c" as a tuple of words.

    The word "trim~" means trim, trims, trimmed or trimming. "counted/tallied" means one of the two. "/still" means
    "still" or nothing.

    Raises:
        ValueError: a phrase without any word.
    """
    for phrase in text.split("|"):
        choices = (choice.split("/") if len(choice) > 1 else [choice] for choice in phrase.split())
        for words in product(*([form for word in choice for form in _forms(word)] for choice in choices)):
            if not any(words):
                raise ValueError(f"no word is left of the phrase {phrase!r}")
            yield tuple(filter(None, words))


_SIBILANT = re.compile(r"(?:s|x|z|ch|sh)$")

_SHORT = re.compile(r"^[^aeiou]*[aeiou][bdgklmnprt]$")
"""A pattern for verbs that double their last letter: "trimmed"."""


def _forms(word: str) -> tuple[str, ...]:
    if word == "~" or not word.endswith("~"):
        return (word,)
    verb = word[:-1]
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"
    stem = verb + verb[-1] if _SHORT.search(verb) else verb
    return verb, f"{verb}es" if _SIBILANT.search(verb) else f"{verb}s", f"{stem}ed", f"{stem}ing"


class Phrases:
    """A finder of phrases in a list of words. If several begin at one word, the longest wins."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes: dict[tuple[str, ...], str] = {}
        for name, text in classes.items():
            for words in phrases(text):
                if self._classes.setdefault(words, name) != name:
                    raise ValueError(f"{' '.join(words)} is in two classes, {self._classes[words]} and {name}")
        self._longest: dict[str, int] = {}
        for words in self._classes:
            self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))

    def at(self, words: list[str], first: int) -> tuple[str, int] | None:
        """Return (class, number of words) of the longest phrase that begins at `first`.

        Returns None if no phrase begins there.
        """
        for length in range(min(self._longest.get(words[first], 0), len(words) - first), 0, -1):
            if name := self._classes.get(tuple(words[first : first + length])):
                return name, length
        return None

    def all_in(self, words: list[str]) -> Iterable[tuple[int, int, str]]:
        """Yield (index, number of words, class) of every phrase in `words`. The phrases may overlap."""
        for first, word in enumerate(words):
            if word in self._longest and (found := self.at(words, first)):
                yield first, found[1], found[0]

    def has_any(self, words: list[str]) -> bool:
        """Return True if any phrase is in `words`."""
        return any(True for _ in self.all_in(words))


GROUPS = Phrases(TABLES["groups"])


def phrases_of(*names: str) -> Phrases:
    """Return a finder for the phrases in some entries of `data/prose.toml`.

    `names` are of the form "table.key": `phrases_of("near.modal", "near.past")`.
    """
    return Phrases({"said": " | ".join(_text(name) for name in names)})


def words_of(name: str) -> frozenset[str]:
    """Return the words of an entry of `data/prose.toml`: `words_of("breaks.hard")`."""
    return frozenset(_text(name).replace(" | ", " ").split())


def _text(name: str) -> str:
    table, _, key = name.partition(".")
    return str(TABLES[table][key])
