"""What the person who looks after the bot is told: what is down and for how long, and what works again."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.wording.escape import escape
from bot.wording.numbers import counted
from bot.wording.punctuation import capitalised, possessive, stopped
from bot.wording.times import length, when

_MOST_NAME = 60
_MOST_WHY = 200


def feed_is_down(source: str, lasted: timedelta, why: str | None) -> str:
    """Return that a source has failed for so long, and what its last try said."""
    return _with(f"**{_feed_of(source)} has been down for {length(lasted)}.**", why)


def feed_is_back(source: str, lasted: timedelta) -> str:
    """Return that a source answers again, after so long."""
    return f"**{_feed_of(source)} is back,** after {length(lasted)}."


def posts_wait(channel: int, posts: int, lasted: timedelta, why: str | None) -> str:
    """Return that so many posts wait for a channel, the oldest for so long, and what Discord said."""
    waits = "waits" if posts == 1 else "wait"
    oldest = "" if posts == 1 else "the oldest "
    return _with(f"**{counted(posts, 'post')} {waits} for <#{channel}>,** {oldest}for {length(lasted)}.", why)


def posts_no_longer_wait(channel: int, lasted: timedelta) -> str:
    """Return that no post waits for long any more for a channel, after so long."""
    return f"**Posts for <#{channel}> no longer wait,** after {length(lasted)}."


def post_is_doubtful(channel: int, number: int) -> str:
    """Return that nobody knows whether a post arrived."""
    return (
        f"**Post #{number} for <#{channel}> is doubtful.** It was sent and no answer came, "
        "and the bot can't read the channel's history to see whether it arrived."
    )


def bot_was_down(since: datetime, until: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return that the bot was not running, from when to when."""
    span = f"from {when(since, now, zone)} to {when(until, now, zone)}"
    return stopped(f"**Tallydesk was down for {length(until - since)},** {span}")


def and_more(number: int) -> str:
    """Return that there is more than is said."""
    return f"And {number:,} more."


def _feed_of(source: str) -> str:
    return f"{capitalised(possessive(escape(source, _MOST_NAME)))} feed"


def _with(sentence: str, why: str | None) -> str:
    reason = escape(why, _MOST_WHY) if why else ""
    return f"{sentence} {stopped(capitalised(reason))}" if reason else sentence
