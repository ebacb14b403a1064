"""Sentences about a bot whose records were restored from a copy."""

from bot.wording.numbers import counted
from bot.wording.punctuation import stopped

OLD_BOARD = "A board that was pinned here since then is not kept up to date: delete it."


def restored(copied: str) -> str:
    """Return that the records are those of an earlier time: `copied` is when they were copied."""
    sentence = stopped(f"The bot's records were restored from a copy made at {copied}")
    return f"**{sentence}**"


def missing(posts: int, first: int | None, last: int | None) -> str:
    """Return which posts stand and are not in the records; none: the channel's history can't be read."""
    if not posts:
        return (
            "Posts made here since then stand, but are not in the records; which they are is not known, "
            "because the bot may not read this channel's history."
        )
    if posts == 1:
        return f"Post #{first} stands, but is not in the records."
    return f"{counted(posts, 'post')} from #{first} to #{last} stand, but are not in the records."


def goes_on(*, all_asked: bool) -> str:
    """Return from where on changes are told again."""
    if all_asked:
        return "What changed since then is not told again; this is where the count stands now."
    return "What changed since then is not told again. A source that has not answered yet is told when it does."
