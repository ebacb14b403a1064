"""Sentences about a reading that is held for the desk."""

from datetime import datetime

from bot.count.judgement import DROPPED, POSTED, HoldReason
from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.deskfile import Source
from bot.wording.numbers import votes
from bot.wording.punctuation import possessive, stopped
from bot.wording.standing_sentences import ahead_by
from bot.wording.telling import Telling, source_name

_WAY_OUT = "Nothing more of that count is posted until an editor posts or drops it with `/desk hold`."
_OR_BACK = (
    "Nothing more of that count is posted until an editor posts or drops it with `/desk hold`, "
    "or the source goes back to its earlier numbers."
)


def held(telling: Telling, source: Source, reason: HoldReason) -> str:
    """Return that a source's newest figures wait for an editor, and why."""
    way_out = _WAY_OUT if reason is HoldReason.FLAPPING else _OR_BACK
    return f"**Held for the desk:** {_figures(telling, source, reason)}. {way_out}"


def held_since(telling: Telling, source: Source, reason: HoldReason, since: datetime, deadline: datetime) -> str:
    """Return that a source's newest figures have been held since a time, why, until when, and how to answer."""
    held = f"**Held since {telling.when(since)}:** {_figures(telling, source, reason)}."
    if reason is not HoldReason.FALL or deadline <= telling.now:
        return f"{held} They wait until an editor posts or drops them with `/desk hold`."
    return (
        f"{held} Until {telling.when(deadline)} the source may repeat that or take it back, then the desk is asked; "
        "`/desk hold` posts or drops them now."
    )


def still_held(telling: Telling, source: Source, reason: HoldReason, since: datetime) -> str:
    """Return that a source's figures have waited since a time, and nothing the source has shown settles it."""
    figures = f"{possessive(source_name(source))} figures of {telling.the_count}"
    if reason is HoldReason.FLAPPING:
        return (
            f"**Held for the desk:** {figures} have gone to and fro since {telling.when(since)}, back to some that the "
            f"source had left. {_WAY_OUT}"
        )
    return (
        f"**Still held:** {figures} fell at {telling.when(since)}, and the source has neither repeated that "
        f"nor taken it back. {_WAY_OUT}"
    )


def _figures(telling: Telling, source: Source, reason: HoldReason) -> str:
    figures = f"{possessive(source_name(source))} newest figures of {telling.the_count}"
    match reason:
        case HoldReason.MANY_UNITS:
            why = f"change in ten or more {telling.contest.units} at once, with nearly all of it reported; the feed may have moved to another count"
        case HoldReason.VANISHED:
            why = "no longer list a candidate who had votes"
        case HoldReason.FALL:
            why = "are lower than before"
        case HoldReason.FLAPPING:
            why = "are some that it had left before"
    return f"{figures} {why}"


def choice(telling: Telling, shown: Reading, accepted: Reading) -> str:
    """Return what held figures show and what is accepted till now: between these two the desk decides."""
    held = stopped(f"Held: {figures_of(telling, shown)}")
    return stopped(f"{held} Accepted till now: {figures_of(telling, accepted)}")


def figures_of(telling: Telling, reading: Reading) -> str:
    """Return a reading's margin, votes and time: "Biden ahead by 12,670 of 4,998,482 votes, as of 8:41 p.m."."""
    margin = margin_of(reading.votes)
    total, time = votes(reading.counted), "received" if reading.as_of_is == "received" else "as of"
    if margin.votes is None:
        figures = f"{total} counted"
    else:
        figures = f"{ahead_by(telling, margin.leader, margin.votes)}{' of' if margin.votes else ' with'} {total}"
    return f"{figures}, {time} {telling.when(reading.as_of)}"


def ended(telling: Telling, source: Source, since: datetime, outcome: str, at: datetime, by: str | None) -> str:
    """Return how a hold ended, and when; `by`: the editor who answered, escaped, or None."""
    figures = f"{possessive(source_name(source))} figures of {telling.the_count}, held since {telling.when(since)}"
    verb = {POSTED: "Posted", DROPPED: "Dropped"}.get(outcome)
    if verb is None:
        return f"**No longer held, {telling.when(at)}:** {figures}; {outcome}."
    return stopped(f"**{verb}{f' by {by}' if by else ''}, {telling.when(at)}:** {figures}")
