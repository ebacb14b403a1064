"""A margin in words: who has the most votes, and who is ahead by how much."""

from collections.abc import Mapping
from datetime import datetime

from bot.wording.context import ContestContext
from bot.wording.names import listed
from bot.wording.numbers import commas, counted, signed, spelled

MOST_NAMED = 3


def voters_for(context: ContestContext, votes: Mapping[str, int]) -> str:
    """Return the candidates tied for the most votes: "Biden and Trump"."""
    most = max(votes.values())
    tied = sorted(key for key, number in votes.items() if number == most)
    rest = len(tied) - MOST_NAMED
    return listed([context.who(key) for key in tied[:MOST_NAMED]], spelled(rest, "other") if rest > 0 else "")


def ahead_by(context: ContestContext, leader: str, margin: int, *, about: bool = False, place: str = "") -> str:
    """Return a phrase to follow "has": "Biden ahead by 14,101"; in a tie "the count tied".

    For a measure, which may need more than a lead: "50,373 more votes for Yes than for No". `place`: " in Georgia".
    """
    nearly = "about " if about else ""
    if not margin:
        return f"the count {'nearly ' if about else ''}tied{place}"
    others = [one.id for one in context.contest.candidates if one.id != leader]
    if context.contest.rule == "measure" and len(others) == 1:
        more = f"{nearly}{counted(margin, 'more vote')}"
        return f"{more} for {context.who(leader)} than for {context.who(others[0])}{place}"
    return f"{context.who(leader)} ahead{place} by {nearly}{commas(margin)}"


def plus(context: ContestContext, leader: str, margin: int, *, about: bool = False) -> str:
    """Return the lead for a list: "Biden +14,101", "Biden about +14,000"; in a tie "tied"."""
    if not margin:
        return "nearly tied" if about else "tied"
    return f"{context.who(leader)} {'about ' if about else ''}{signed(margin)}"


def stands_by(
    context: ContestContext,
    name: str,
    posted: tuple[str, int],
    at: datetime | None,
    newer: tuple[str, int, datetime] | None,
    post: int | None = None,
) -> str:
    """Return a source's lead: "the Times has Biden ahead by 14,101, as of 7:35 a.m. (#3)".

    If it has moved on since that post: "the Times has Biden ahead by 14,111, as of 8:46 a.m. (14,101 as posted in #3)".

    Args:
        context: the contest.
        name: the source.
        posted: (leader, margin) as posted.
        at: the time of the posted margin; None if unknown.
        newer: the source's present (leader, margin, as of when); None if unchanged.
        post: the number of the post; None if it was not posted.

    """
    since = f", as of {context.when(at)}" if at else ""
    if newer is None:
        return f"{name} has {ahead_by(context, *posted)}{since}{f' (#{post})' if post is not None else ''}"
    if post is None:
        return f"{name} had {ahead_by(context, *posted)}{since}, and {has_since(context, posted[0], newer)}"
    now_leads, margin, at_last = newer
    had = commas(posted[1]) if now_leads == posted[0] and posted[1] else ahead_by(context, *posted)
    return (
        f"{name} has {ahead_by(context, now_leads, margin)}, as of {context.when(at_last)} ({had} as posted in #{post})"
    )


def has_since(context: ContestContext, leader: str, newer: tuple[str, int, datetime]) -> str:
    """Return "has 14,112, as of 10:25 a.m."; names the leader if it is no longer `leader`."""
    now_leads, margin, at = newer
    figure = commas(margin) if now_leads == leader and margin else ahead_by(context, now_leads, margin)
    return f"has {figure}, as of {context.when(at)}"
