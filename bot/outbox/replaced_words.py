"""The edit of an earlier post that a newer one replaces, so that nobody who scrolls back reads the old one as true."""

import re

from bot.wording.draft import Link
from bot.wording.escape import capitalised
from bot.wording.limits import CONTENT, size

_LABEL = re.compile(r"^\*\*(?:Correction|Retraction)(?:\*\* (?:to|of) [^:]+: |:\*\* )")
"""What the new post begins with, where the old one's first word says it already."""

CORRECTED = "**Corrected;"
"""Begins the mark of our own error."""


def updated_content(word: str, old: str, new: str, link: Link | str, shown: str = "") -> str:
    """Return the content of a post that `new` replaces: "**Corrected; see #18.**", what `new` says, the old struck through.

    The small last line with the number stays the last, and finds the post as before.

    Args:
        word: what became of the old post: Revised by its source, Corrected or Retracted by us, Changed.
        old: the post's content as it was posted.
        new: the new post's content.
        link: where the new post is, or its number.
        shown: what the post says by now. A mark of our own error stays in it, below a source's.

    """
    headline, _, last = old.rpartition("\n")
    said, _, _ = new.rpartition("\n")
    first = f"**{word}; see {link}.** {capitalised(_LABEL.sub('', said))}"
    ours = [line for line in shown.split("\n") if line.startswith(CORRECTED) and f"**{word};" != CORRECTED]
    lines = [*ours[:1], *(f"> ~~{line}~~" for line in headline.split("\n") if line.strip())]
    room = CONTENT - size(last) - 1
    while lines and size("\n".join([first, *lines])) > room:
        lines.pop()
    if size(first) > room:
        first = f"**{word}; see {link}.**"
    return "\n".join([first, *lines, last])
