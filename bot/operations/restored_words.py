"""The texts after a restore: the notice, the list of waiting posts, and the answers to the desk."""

from collections.abc import Sequence
from datetime import datetime

from bot.outbox.outbox_store import PostPreview
from bot.outbox.outbox_words import desk_notice
from bot.wording.card import Block, Button, Card, lines
from bot.wording.context import Setting
from bot.wording.escape import escape, stopped
from bot.wording.names import listed
from bot.wording.numbers import counted
from bot.wording.times import when

_MOST_NAMED = 10


def restored_notice(copied_at: datetime, now: datetime, key: int, setting: Setting, *, board: bool) -> Card:
    """Return the notice to a newsroom, which asks whether to post the waiting posts.

    Args:
        copied_at: when the copy was made.
        now: when the copy was restored.
        key: identifies this restore in the keys of the buttons.
        setting: the desk's names and clock.
        board: True if a channel of the newsroom has a pinned board.
    """
    zone = setting.desk.zone
    made, back = when(copied_at, now, zone), when(now, now, zone)
    head = stopped(f"The bot's records were restored from a copy made at {made}")
    sentences = [
        (
            f"**{head}** Posts from then until {back} remain but are not on record. Entries and settings from that "
            "time are lost: enter them again."
        ),
        "**Posting is paused.** What would go out now may have been posted already, in part.",
        "Delete boards pinned since then; they no longer update." if board else "",
        "See what is waiting, then post or discard it.",
    ]
    buttons = (
        Button("Show what is waiting", f"restored:show:{key}", "primary"),
        Button("Discard it", f"restored:drop:{key}", "danger"),
    )
    return desk_notice(" ".join(sentence for sentence in sentences if sentence), setting, buttons=buttons)


def waiting_answer(
    waiting: Sequence[PostPreview], unpolled_contests: Sequence[str], key: int, setting: Setting
) -> Card:
    """Return the list of posts that would be released, with buttons to post or discard them.

    Args:
        waiting: the posts.
        unpolled_contests: ids of contests on which no source has reported since the restore.
        key: identifies this restore in the keys of the buttons.
        setting: the desk's names and clock.
    """
    unpolled = _unpolled_sentence(unpolled_contests, setting)
    if not waiting:
        text = "Nothing is waiting to post, by the sources that have been heard since the restore."
        return Card.of(f"{text}{unpolled}", buttons=(Button("Resume", f"restored:post:{key}", "primary"),))
    channels: dict[str, list[int]] = {}
    for one in waiting:
        channels.setdefault(one.headline, []).append(one.channel)
    posts = (f"{listed([f'<#{channel}>' for channel in ours])}: {words}" for words, ours in channels.items())
    buttons = (
        Button(f"Post {counted(len(waiting), 'post')}", f"restored:post:{key}", "primary"),
        Button("Discard them" if len(waiting) > 1 else "Discard it", f"restored:drop:{key}", "danger"),
    )
    text = "What is waiting to post. Channels may already have part of it. It will be posted up to the newest figures."
    return Card(lines(f"{text}{unpolled}"), blocks=(Block(lines(*posts)),), buttons=buttons)


def decided_answer(posts: int, *, post: bool) -> str:
    """Return the answer to the person who decided to post or to discard the waiting posts.

    `posts` is how many posts waited; `post` is True if they are posted.
    """
    if not post:
        return "**Discarded.** What was waiting will not be posted; changes from now on will."
    if not posts:
        return "**Resumed.** Nothing was waiting."
    return f"**Resumed. {counted(posts, 'post')} {'goes' if posts == 1 else 'go'} out now.**"


def answered_line(posts: int, who: str, now: datetime, setting: Setting, *, post: bool) -> str:
    """Return a line to add to the notice: who decided to post or to discard the waiting posts, and when.

    `posts` is how many posts waited; `post` is True if they are posted.
    """
    decision = f"Resumed, with {counted(posts, 'post')} waiting" if post else "Resumed; what was waiting is not posted"
    return stopped(f"{decision}, said {escape(who)} at {when(now, now, setting.desk.zone)}")


def answered_already(who: str) -> str:
    """Return the answer to a person who pressed a button after `who` had already decided."""
    return f"{escape(who)} has already decided this."


def gone_answer() -> str:
    """Return the answer to a person who pressed a button of the notice from an earlier restore."""
    return "The records were restored once more since then: answer the newer notice."


def _unpolled_sentence(unpolled_contests: Sequence[str], setting: Setting) -> str:
    """Return a sentence with the contests on which no source has reported since the restore; else ""."""
    contests = [contest for key in unpolled_contests if (contest := setting.desk.contest(key)) is not None]
    if not contests:
        return ""
    names = [escape(contest.name, 80) for contest in contests[:_MOST_NAMED]]
    more = len(contests) - len(names)
    text = listed([*names, f"{more} more"] if more else names)
    return f" Not heard since: {text}; press this again once the source answers."
