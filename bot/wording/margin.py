"""Texts about margins: who has the most votes, and who is ahead by how much."""

from collections.abc import Mapping
from datetime import datetime

from bot.wording.context import ContestContext
from bot.wording.names import listed
from bot.wording.numbers import commas, counted, signed, spelled

MOST_NAMED = 3


def top_candidates(context: ContestContext, votes: Mapping[str, int]) -> str:
    """Return the names of the candidates who are tied for the most votes: "Biden and Trump"."""
    most = max(votes.values())
    tied = sorted(key for key, number in votes.items() if number == most)
    rest = len(tied) - MOST_NAMED
    return listed([context.who(key) for key in tied[:MOST_NAMED]], spelled(rest, "other") if rest > 0 else "")


def ahead_by(context: ContestContext, leader: str, margin: int, *, about: bool = False, place: str = "") -> str:
    """Return the margin, worded to follow "has": "Biden ahead by 14,101". In a tie "the count tied".

    For a measure "50,373 more votes for Yes than for No", since more than a lead may be needed. `place`: " in Georgia", to add
    the place.
    """
    nearly = "about " if about else ""
    if not margin:
        return f"the count {'nearly ' if about else ''}tied{place}"
    others = [one.id for one in context.contest.candidates if one.id != leader]
    if context.contest.rule == "measure" and len(others) == 1:
        more = f"{nearly}{counted(margin, 'more vote')}"
        return f"{more} for {context.who(leader)} than for {context.who(others[0])}{place}"
    return f"{context.who(leader)} ahead{place} by {nearly}{commas(margin)}"


def signed_margin(context: ContestContext, leader: str, margin: int, *, about: bool = False) -> str:
    """Return the margin for a list: "Biden +14,101", "Biden about +14,000", or in a tie "tied"."""
    if not margin:
        return "nearly tied" if about else "tied"
    return f"{context.who(leader)} {'about ' if about else ''}{signed(margin)}"


def source_margin_phrase(
    context: ContestContext,
    name: str,
    posted: tuple[str, int],
    at: datetime | None,
    newer: tuple[str, int, datetime] | None,
    post: int | None = None,
    *,
    held: bool = False,
) -> str:
    """Return a source's margin: "the Times has Biden ahead by 14,101, as of 7:35 a.m. (#3)".

    If the margin has changed since post #3: "the Times has Biden ahead by 14,111, as of 8:46 a.m., up from 14,101 in
    #3".

    Args:
        context: the contest.
        name: the source.
        posted: (leader, margin) as posted.
        at: the time of the posted margin; None if unknown.
        newer: the source's (leader, margin, as of when) now; None if unchanged.
        post: the number of the post; None if it was not posted.
        held: newer figures from that source are on hold.
    """
    since = f", as of {context.when(at)}" if at else ""
    if newer is None:
        at_post = f" (#{post})" if post is not None else ""
        if held:
            return f"{name} had {ahead_by(context, *posted)}{since}{at_post}, and its newer figures are on hold"
        return f"{name} has {ahead_by(context, *posted)}{since}{at_post}"
    if post is None:
        return f"{name} had {ahead_by(context, *posted)}{since}, and {newer_margin_clause(context, newer)}"
    now_leads, margin, _ = newer
    was = f", where #{post} had {ahead_by(context, *posted)}"
    if now_leads == posted[0] and margin and posted[1]:
        was = f", {'up' if margin > posted[1] else 'down'} from {commas(posted[1])} in #{post}"
    return f"{name} {newer_margin_clause(context, newer)}{was}"


def newer_margin_clause(context: ContestContext, newer: tuple[str, int, datetime]) -> str:
    """Return a newer margin as a clause: "has Biden ahead by 14,112, as of 10:25 a.m."."""
    leader, margin, at = newer
    return f"has {ahead_by(context, leader, margin)}, as of {context.when(at)}"
