"""The edit of an earlier post that a newer one replaces, so that nobody who scrolls back reads the old one as true."""

from bot.wording.draft import Link
from bot.wording.limits import CONTENT, size

CORRECTED = "**Correction:**"
"""Begins the mark of our own error."""


def updated_content(word: str, old: str, new: str, link: Link | str, shown: str = "") -> str:
    """Return the content of a post that `new` replaces.

    It begins with the word and what replaced it; below stands, struck through, what was posted; the small last line
    with the number stays the last, and finds the post as before.

    Args:
        word: what the new post is: a source's revision, our correction, the desk's retraction.
        old: the post's content as it was posted.
        new: the new post's content.
        link: where the new post is, or its number.
        shown: what the post says by now. A mark of our own error stays in it, below a source's.

    """
    headline, _, last = old.rpartition("\n")
    said, _, _ = new.rpartition("\n")
    first = f"**{word}:** {link} replaces this post. {said}"
    ours = [line for line in shown.split("\n") if line.startswith(CORRECTED) and f"**{word}:**" != CORRECTED]
    lines = [*ours[:1], *(f"> ~~{line}~~" for line in headline.split("\n") if line.strip())]
    room = CONTENT - size(last) - 1
    while lines and size("\n".join([first, *lines])) > room:
        lines.pop()
    if size(first) > room:
        first = f"**{word}:** {link} replaces this post."
    return "\n".join([first, *lines, last])
