"""Texts about silent sources: posts that one is silent or is back, and warnings below answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.count.change import Change
from bot.count.reading import Reading
from bot.count.staleness import Silence
from bot.desk.desk_file import Contest, Source
from bot.tally.standing_words import margin_stated
from bot.wording.card import Card, StatedMargin, lines
from bot.wording.context import ContestContext, Setting, contest_context, may_be_named, source_name
from bot.wording.credit import SetBy, changed_when, credit_line
from bot.wording.escape import capitalised, possessive, stopped
from bot.wording.margin import ahead_by
from bot.wording.names import listed, unit_name
from bot.wording.numbers import spelled
from bot.wording.question import SourceWarning
from bot.wording.times import length, length_between, when

MOST_UNITS = 5
"""The most silent units that are named."""


@dataclass(frozen=True, slots=True)
class StaleFacts:
    """The facts for a post that a source's site or figures have not changed for long."""

    contest: Contest
    source: Source
    last_updated: datetime
    approximate: bool
    said_by: Source | None
    """The person who noticed; None for the bot itself."""
    as_of: datetime
    """When that was noticed."""
    now: datetime
    leading: Source
    reading: Reading | None = None
    """The leading source's reading meanwhile, or None."""
    change: Change | None = None
    """The change that led to that reading: who leads and by how much."""
    changed_at: datetime | None = None
    checked_at: datetime | None = None


def stale_post(facts: StaleFacts, setting: Setting) -> Card:
    """Return the post saying that a source's site or figures have not changed for long."""
    context = contest_context(facts.contest, setting, facts.now, facts.reading.names if facts.reading else None)
    change = facts.change
    standing = (change.leader, change.margin) if change and change.margin is not None else None
    silent = stale(context, facts.source, facts.last_updated, facts.as_of, about=facts.approximate)
    meanwhile = has_meanwhile(context, facts.leading, standing, facts.changed_at, facts.checked_at)
    seen_by = facts.said_by if may_be_named(facts.said_by, setting) else facts.source
    return Card(
        lines(f"{silent} {meanwhile}".strip()),
        kind="stale",
        credit=credit_line(setting, seen_by, facts.as_of, facts.now),
        states=(margin_stated(facts.contest, facts.leading, facts.reading, change),)
        if facts.reading and change
        else (),
    )


def stale(context: ContestContext, source: Source, last_updated: datetime, seen: datetime, *, about: bool) -> str:
    """Return since when a source has been silent: "As of 8:05 a.m., the Secretary of State's site had not been …".

    `seen` is when somebody last looked. `about`: `last_updated` is approximate.
    """
    what = "figures" if source.person else "site"
    then = f"{'about ' if about else ''}{context.when(last_updated)}"
    silent = f"{possessive(source_name(source))} {what} had not been updated since {then}"
    return f"**{stopped(f'As of {context.when(seen)}, {silent}')}**"


def has_meanwhile(
    context: ContestContext,
    leading: Source,
    standing: tuple[str, int] | None,
    changed_at: datetime | None,
    checked_at: datetime | None,
) -> str:
    """Return the leading source's margin: "The Times has Biden ahead by 14,101; its count last changed …".

    `standing` is (leader, margin). Empty if it is None.
    """
    if standing is None:
        return ""
    has = f"{capitalised(source_name(leading))} has {ahead_by(context, *standing)}"
    changed, checked = changed_when(context, changed_at, checked_at), context.when(checked_at) if checked_at else ""
    times = (
        changed and f"last changed at {changed}",
        checked != changed and checked and f"was last checked at {checked}",
    )
    known = " and ".join(part for part in times if part)
    return stopped(f"{has}{known and f'; its count {known}'}")


@dataclass(frozen=True, slots=True)
class LeadingFigures:
    """The leading source's figures, for a post that another source is silent."""

    leading: Source
    leader: str
    margin: int
    changed_at: datetime | None
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SilenceFacts:
    """The facts for a channel's post about a source's silence."""

    contests: Sequence[Contest]
    """The contests that the channel follows and the source has; at least one."""
    source: Source
    kind: Silence
    since: datetime
    """Since when the source can't be reached or, for one that does not change, the time of its newest figures."""
    checked_at: datetime
    """When the source was last asked."""
    leads: bool
    """True if posts in the channel follow the source's count."""
    now: datetime
    meanwhile: LeadingFigures | None = None


def silence_post(facts: SilenceFacts, setting: Setting) -> Card:
    """Return the post saying that a source can't be reached, or has not changed for long."""
    context = contest_context(facts.contests[0], setting, facts.now)
    if facts.kind is Silence.UNREACHED:
        sentence = unreached(context, facts.source, facts.since, leads=facts.leads)
        credit = credit_line(setting, None, facts.now, facts.now)  # it said nothing
    else:
        sentence = unchanged(context, facts.source, facts.since, facts.checked_at, leads=facts.leads)
        credit = credit_line(setting, facts.source, facts.checked_at, facts.now)
    states: tuple[StatedMargin, ...] = ()
    if (other := facts.meanwhile) is not None:
        standing = (other.leader, other.margin)
        sentence += f" {has_meanwhile(context, other.leading, standing, other.changed_at, other.checked_at)}"
        states = (StatedMargin(facts.contests[0].id, other.leading.id, "election", *standing),)
    return Card(lines(sentence), credit, kind="stale", states=states)


def silence_over_post(
    contest: Contest, source: Source, kind: Silence, since: datetime, at: datetime, setting: Setting, now: datetime
) -> Card:
    """Return the post saying that the silence of a source is over.

    The silence began at `since` and ended at `at`.
    """
    sentence = silence_over_sentence(contest_context(contest, setting, now), source, kind, since, at)
    return Card(lines(sentence), credit_line(setting, source, at, now), kind="stale")


def unreached(context: ContestContext, source: Source, since: datetime, *, leads: bool) -> str:
    """Return since when a source can't be reached, and what that means for a channel.

    Args:
        context: the contest, and the time at which the text is read.
        source: the source.
        since: when fetching first failed.
        leads: True if posts in the channel follow the source's count.
    """
    away = f"since {context.when(since)}, for {length_between(since, context.now)}"
    if source.pushes:
        follows = (
            "Posts here follow its count, so there are none until it sends again."
            if leads
            else "Posts here follow another count and continue."
        )
        return f"**Nothing has come from {source_name(source)}** {away}. {follows}"
    if leads:
        return (
            f"**{capitalised(source_name(source))} can't be reached,** {away}. "
            "Posts here follow its count, so there are none until it answers."
        )
    return f"**{_feed_of(source)} can't be reached,** {away}. Posts here follow another count and continue."


def unchanged(context: ContestContext, source: Source, since: datetime, checked_at: datetime, *, leads: bool) -> str:
    """Return since when a source that still answers has not changed.

    Args:
        context: the contest, and the time at which the text is read.
        source: the source.
        since: the time that the source gives for its newest figures.
        checked_at: when the source was last asked; the duration is counted up to then.
        leads: True if posts in the channel follow the source's count.
    """
    lasted, when = length_between(since, checked_at), context.when(since)
    checked = f"last checked at {context.when(checked_at)}"
    figures = f"{possessive(source_name(source))} figures"
    if leads:
        standing = stopped(
            f"**No change for {lasted}** in the count that posts here follow: {figures} are as of {when}"
        )
        return stopped(f"{standing} {capitalised(source_name(source))} can be reached, {checked}")
    return stopped(f"**{capitalised(figures)} have not changed for {lasted},** since {when}; {checked}")


def silence_over_sentence(context: ContestContext, source: Source, kind: Silence, since: datetime, at: datetime) -> str:
    """Return the sentence saying that a source's silence is over: "updated again at 8:05 a.m., after 14 hours".

    The silence began at `since` and ended at `at`.
    """
    lasted = length_between(since, at)
    if kind is Silence.UNREACHED and source.pushes:
        return f"**{capitalised(source_name(source))} sends again,** after {lasted}."
    if kind is Silence.UNREACHED:
        return f"**{_feed_of(source)} can be reached again,** after {lasted}."
    figures = f"{possessive(source_name(source))} figures"
    return f"**{capitalised(figures)} were updated again at {context.when(at)},** after {lasted} without a change."


def units_silent(context: ContestContext, limit: timedelta, units: Mapping[str, datetime]) -> str:
    """Return the units that have sent nothing for at least `limit`, each with its last time, longest silence first.

    `units` must not be empty.
    """
    contest = context.contest
    head = f"{capitalised(spelled(len(units), contest.unit, contest.units))} still counting, with nothing sent for {length(limit)} or more"
    named = [f"{unit_name(contest, name)} (last {context.when(at)})" for name, at in list(units.items())[:MOST_UNITS]]
    more = f"{len(units) - MOST_UNITS} more" if len(units) > MOST_UNITS else ""
    return f"{head}: {listed(named, more)}"


def _feed_of(source: Source) -> str:
    return f"{capitalised(possessive(source_name(source)))} feed"


def warning_words(
    source: Source,
    muted: SetBy | None,
    unreached: datetime | None,
    unchanged: datetime | None,
    setting: Setting,
    now: datetime,
) -> SourceWarning | None:
    """Return the warnings about a source. None if there are none.

    Args:
        source: the source.
        muted: when, by whom and why the source was muted; None if it is not muted.
        unreached: since when the source can't be reached; None if it can.
        unchanged: since when its numbers have not changed, if that is long enough for a post; else None.
        setting: the desk file's time zone.
        now: the news clock's time.
    """
    name, parts, brief = capitalised(source_name(source)), [], ""
    if unreached is not None:
        parts.append(stopped(f"{name} has not been reached since {when(unreached, now, setting.desk.zone)}"))
        brief = "SOURCE NOT REACHED"
    elif unchanged is not None:
        parts.append(
            stopped(f"{name} has shown nothing new since {when(unchanged, now, setting.desk.zone)}, longer than usual")
        )
        brief = "SOURCE UNCHANGED"
    if muted is None:
        words = " ".join(parts)
        return SourceWarning(source.id, words, words, brief) if parts else None
    words, to_desk = (
        " ".join([stopped(f"{name} has been muted here since {since}"), *parts])
        for since in (muted.to_all(setting, now), muted.to_desk(setting, now))
    )
    return SourceWarning(source.id, words, to_desk, "SOURCE MUTED", muted=True)
