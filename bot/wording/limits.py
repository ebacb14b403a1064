"""Discord's size limits, and functions that cut texts to them.

The limits are from https://docs.discord.com/developers/resources/message, read August 2026.
"""

from collections.abc import Mapping, Sequence
from typing import Any

CONTENT = 2000

EMBEDS = 10

DESCRIPTION = 4096

FIELDS = 25

FIELD_VALUE = 1024

FOOTER = 2048

ALL_EMBEDS = 6000


def size(text: str) -> int:
    """Return a text's length in UTF-16 units, as Discord's client counts it. Never less than `len(text)`."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """Cut a text to at most `most` UTF-16 units, without trailing spaces."""
    while size(text) > most:
        text = text[: min(len(text) - 1, most)]
    return text.rstrip()


def embed_size(embed: Mapping[str, Any]) -> int:
    """Return an embed's size in UTF-16 units: title, description, field names and values, footer."""
    texts = [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
    for field in embed.get("fields", ()):
        texts += [field["name"], field["value"]]
    return sum(size(text) for text in texts)


def fitted(lines: Sequence[str], most: int, rest: str = "") -> list[str]:
    """Return as many whole lines as fit into `most` UTF-16 units. If some don't fit, `rest` is the last line.

    `rest` has a `{}` for the number of missing lines: "and {} more".
    """
    kept = list(lines)
    while kept:
        left = len(lines) - len(kept)
        shown = [*kept, rest.format(left)] if left and rest else kept
        text = "\n".join(shown)
        if 2 * len(text) <= most or size(text) <= most:
            return shown
        kept.pop()
    return []


def joined(lines: Sequence[str], most: int, rest: str = "") -> str:
    """Return the lines of `fitted` as one text."""
    return "\n".join(fitted(lines, most, rest))
