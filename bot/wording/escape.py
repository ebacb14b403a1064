"""Escapes text from outside, so that Discord shows it literally: no markdown, mentions, links or hidden characters.

In Discord's markdown, a backslash makes any character literal that is not a letter, a digit or a space. Mentions are
found in the raw text, before markdown, so a backslash does not stop them; a zero-width space inside does, as in
discord.py's `escape_mentions`. The module also has functions for possessives, initial capitals and final full stops.
"""

import re
import unicodedata
from functools import lru_cache

from bot.wording.limits import cut, size

_ACTIVE = re.compile(
    r"""
    [\\*_~|`\[\]<]                                  # emphasis, spoilers, code, masked links, <@1> <#1> <t:1> <:e:1>
    | :(?=//)                                       # a bare link
    | :(?=[^\s:]+:)                                 # an emoji's short code
    | (?:(?<=discord\.gg)|(?<=discord\.com)|(?<=discordapp\.com))/   # an invitation, which needs no https
    | @(?=everyone|here|[!&]?\d)                    # a mention
    """,
    re.VERBOSE | re.IGNORECASE,
)

_AT_LINE_START = re.compile(r"[#>+\-]|\d+(?=[.)](\s|$))")
"""Headings, quotes, lists, small print (`-#`) and numbered lists. Lists with `*` are in the pattern above."""

COMMAND = r"[a-z-]+(?: [a-z-]+)?"
"""A pattern for command names: margin, desk setup."""

_COMMAND_IN_MARKS = re.compile(rf"\\`(/{COMMAND})\\`")
"""A command in escaped backticks."""

_MARKDOWN = re.compile(r"\\([^\sA-Za-z0-9])|\*\*|~~|^> ", re.MULTILINE)
"""Our own markdown in a sentence or line, and the backslashes that `escape` adds to text from outside."""

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that Unicode counts as letters, marks or symbols, but that are invisible."""


@lru_cache(maxsize=4096)  # the same few names stand in every post of a night
def clean(text: str, most: int) -> str:
    """Return `text` as one line of at most `most` UTF-16 units without hidden characters, for places without markdown.

    Control, zero-width and direction characters are removed. Line breaks and runs of spaces become one space. Longer text
    is cut and ends in an ellipsis.
    """
    shown = " ".join("".join(_visible(character) for character in text).split())
    return shown if size(shown) <= most else cut(shown, most - 1) + "…"


@lru_cache(maxsize=4096)
def escape(text: str, most: int = 100) -> str:
    """Return `text` cleaned, cut to `most` characters, and escaped so that Discord shows it literally.

    Escaping can make the result up to twice as long. It may be empty.
    """
    shown = clean(text, most)
    start = _AT_LINE_START.match(shown)
    escaped = _ACTIVE.sub(lambda found: "@\u200b" if found[0] == "@" else f"\\{found[0]}", shown)
    if not start:
        return escaped
    digits = start[0] if start[0].isdigit() else ""
    return f"{digits}\\{escaped[len(digits) :]}"


def escape_sentence(text: str, most: int) -> str:
    """Return `text` escaped, except for backticks around a command, which are harmless."""
    return _COMMAND_IN_MARKS.sub(r"`\1`", escape(text, most))


def to_copy(text: str) -> str:
    """Return `text` for a message that is copied as a whole, in a code block if markdown would change it.

    The text must not contain backticks.
    """
    plain = all(escape(line, size(line)) == line for line in text.split("\n"))
    return text if plain else f"```\n{text}\n```"


def without_markdown(words: str) -> str:
    """Remove the markdown from our own text, for places that don't render it."""
    return _MARKDOWN.sub(lambda found: found[1] or "", words)


def possessive(name: str) -> str:
    """Return a name's possessive: "Georgia's".

    In AP style, a name that ends in s takes only the apostrophe: "the Times'".
    """
    return f"{name}'" if name.endswith(("s", "S")) else f"{name}'s"


def capitalised(text: str) -> str:
    """Return `text` with its first letter in upper case: "the Times" → "The Times"."""
    return text[:1].upper() + text[1:]


def stopped(text: str) -> str:
    """Return `text` with a full stop at its end, unless it already has one, such as "8 a.m."."""
    return text if text.endswith((".", "…")) else f"{text}."


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    is_hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs") or character in _INVISIBLE
    return "" if is_hidden else character
