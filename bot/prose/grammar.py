"""Patterns over classes of words, compiled to regular expressions in which each item is one character.

A pattern is a regular expression whose letters are names of classes, and `<name: … >` captures: in
`<leader:NAME> BE? UP BY? <votes:NUM>` "Biden is up by 14,101" is four items. White space is ignored. One name
may be used for several captures, if only one of them can match.
"""

import re
from collections.abc import Iterable
from functools import cache
from itertools import count

from bot.prose.lexicon import CLASSES

MARKS = {
    ",": "COMMA",
    ";": "SEMI",
    ":": "COLON",
    "-": "DASH",
    "–": "DASH",
    "—": "DASH",
    "/": "SLASH",
    "+": "PLUS",
    "=": "COLON",
    "->": "TO",
    "=>": "TO",
    "→": "TO",
}

_OTHERS = ("NAME", "COUNTY", "ELSEWHERE", "NUM", "ODD", "YEAR", "PCT", "TIME", "STOP", "OTHER", "THIS")
"""Classes that do not come from the word lists. OTHER is a word in no class, THIS the number in question."""

_LETTERS = {name: chr(0xE000 + number) for number, name in enumerate((*CLASSES, *_OTHERS, *sorted({*MARKS.values()})))}

_CLASS = re.compile(r"[A-Z][A-Z_]*")


def encoded(classes: Iterable[str]) -> str:
    """Return a string with one character for each class of words."""
    return "".join(_LETTERS[name] for name in classes)


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern to a regular expression for strings from `encoded`. Read its captures with `captured`."""
    lettered = _CLASS.sub(lambda found: _LETTERS[found[0]], re.sub(r"\((?!\?)", "(?:", pattern)).replace(">", ")")
    number = count()
    named = re.sub(r"<([a-z]+):", lambda found: f"(?P<{found[1]}_{next(number)}>", lettered)
    return re.compile("".join(named.split()))


def captured(match: re.Match[str], name: str) -> tuple[int, int] | None:
    """Return the span of the capture `name` in a match. Returns None if the capture did not match."""
    spans = (match.span(group) for group in match.re.groupindex if group.split("_")[0] == name)
    return next((span for span in spans if span[0] >= 0), None)
