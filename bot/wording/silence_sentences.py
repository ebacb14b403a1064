"""A source is silent, or speaks again: it can't be reached, or it answers and shows the same."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.count.staleness import Silence
from bot.deskfile import Source
from bot.wording.names import listed, unit_name
from bot.wording.numbers import counted
from bot.wording.punctuation import capitalised, possessive, stopped
from bot.wording.telling import Telling, source_name
from bot.wording.times import length

MOST_UNITS = 5
"""That are named."""


def unreached(telling: Telling, source: Source, since: datetime, *, leads: bool) -> str:
    """Return since when a source can't be reached, and what that means in a channel.

    Args:
        telling: whose clock, and the time at which it is told.
        source: the source.
        since: when the first of its failures was.
        leads: posts in the channel follow its count.

    """
    away = f"since {telling.when(since)}, for {length(telling.now - since)}"
    if source.pushes:
        follows = (
            "Posts here follow its count: there is none to tell until it sends."
            if leads
            else "Posts here follow another count and go on."
        )
        return f"**Nothing has come from {source_name(source)}** {away}. {follows}"
    if leads:
        return (
            f"**{capitalised(source_name(source))} can't be reached,** {away}. "
            "Posts here follow its count: there is none to tell until it answers."
        )
    return f"**{_feed_of(source)} can't be reached,** {away}. Posts here follow another count and go on."


def unchanged(telling: Telling, source: Source, since: datetime, checked_at: datetime, *, leads: bool) -> str:
    """Return since when a source that answers has shown the same.

    Args:
        telling: whose clock.
        source: the source.
        since: the newest figures' own time.
        checked_at: when it was last asked: how long is counted up to then.
        leads: posts in the channel follow its count.

    """
    lasted, when = length(checked_at - since), telling.when(since)
    checked = f"last checked {telling.when(checked_at)}"
    figures = f"{possessive(source_name(source))} figures"
    if leads:
        standing = stopped(
            f"**No change for {lasted}** in the count that posts here follow: {figures} are as of {when}"
        )
        return stopped(f"{standing} {capitalised(source_name(source))} can be reached, {checked}")
    return stopped(f"**{capitalised(figures)} have not changed for {lasted},** since {when}; {checked}")


def speaks_again(telling: Telling, source: Source, kind: Silence, at: datetime, lasted: timedelta) -> str:
    """Return that a silence is over: "updated again at 8:05 a.m., after 14 hours"."""
    if kind is Silence.UNREACHED and source.pushes:
        return f"**{capitalised(source_name(source))} sends again,** after {length(lasted)}."
    if kind is Silence.UNREACHED:
        return f"**{_feed_of(source)} can be reached again,** after {length(lasted)}."
    figures = f"{possessive(source_name(source))} figures"
    return (
        f"**{capitalised(figures)} were updated again at {telling.when(at)},** after {length(lasted)} without a change."
    )


def units_silent(telling: Telling, limit: timedelta, units: Mapping[str, datetime]) -> str:
    """Return which units have sent nothing for as long as `limit`, each with when it last did: the longest first.

    `units` are not empty.
    """
    contest = telling.contest
    head = f"{counted(len(units), contest.unit, contest.units)} still counting, with nothing sent for {length(limit)} or more"
    named = [f"{unit_name(contest, name)} (last {telling.when(at)})" for name, at in list(units.items())[:MOST_UNITS]]
    more = f"{len(units) - MOST_UNITS} more" if len(units) > MOST_UNITS else ""
    return f"{head}: {listed(named, more)}"


def _feed_of(source: Source) -> str:
    return f"{capitalised(possessive(source_name(source)))} feed"
