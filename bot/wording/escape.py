"""Text from outside, made to show in Discord as itself: no markdown, mention, link or hidden character acts.

Discord's markdown takes a backslash before any character that is neither a letter, a digit nor a space as
"this character, plainly". Mentions are looked for in the raw text, before markdown, so a backslash does not
stop them; a zero-width space inside does, as in discord.py's `escape_mentions`. Also possessives, a first capital and a
last full stop.
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
"""Headings, quotes, lists, small print (`-#`), numbered lists; `*` lists are among the above."""

COMMAND = r"[a-z-]+(?: [a-z-]+)?"
"""A pattern of the names of commands: margin, desk setup."""

_COMMAND_IN_MARKS = re.compile(rf"\\`(/{COMMAND})\\`")
"""A command in escaped code marks."""

_MARKDOWN = re.compile(r"\\([^\sA-Za-z0-9])|\*\*|~~|^> ", re.MULTILINE)
"""Our own markdown in a sentence or line, and what `escape` adds to text from outside."""

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that Unicode counts as letters, marks or symbols and that show nothing."""


@lru_cache(maxsize=4096)  # the same few names stand in every post of a night
def clean(text: str, most: int) -> str:
    """Return `text` as one line of at most `most` UTF-16 units without hidden characters; for places without markdown.

    Control, zero-width and direction characters are gone, line breaks and runs of spaces are one space; what
    is too long ends in an ellipsis.
    """
    shown = " ".join("".join(_visible(character) for character in text).split())
    return shown if size(shown) <= most else cut(shown, most - 1) + "…"


@lru_cache(maxsize=4096)
def escape(text: str, most: int = 100) -> str:
    """Return `text` cleaned, `most` characters of it at most, and escaped so that Discord shows it as it is.

    The result is at most twice as long, and may be empty.
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
    """Return a message that a phone copies whole: `text`, in a code block only if markdown would change it. It may hold no backticks."""
    plain = all(escape(line, size(line)) == line for line in text.split("\n"))
    return text if plain else f"```\n{text}\n```"


def without_markdown(words: str) -> str:
    """Return our own text without markdown, for places that show none."""
    return _MARKDOWN.sub(lambda found: found[1] or "", words)


def possessive(name: str) -> str:
    """Return "Georgia's"; a name that ends in s takes the apostrophe alone, as AP has it: "the Times'"."""
    return f"{name}'" if name.endswith(("s", "S")) else f"{name}'s"


def capitalised(text: str) -> str:
    """Return `text` with its first letter large, as a sentence begins; "the Times" → "The Times"."""
    return text[:1].upper() + text[1:]


def stopped(text: str) -> str:
    """Return `text` with a full stop unless it ends in one already, as "8 a.m." does."""
    return text if text.endswith((".", "…")) else f"{text}."


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    is_hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs") or character in _INVISIBLE
    return "" if is_hidden else character
