"""Why something was posted, or was not: in sentences."""

from collections.abc import Callable
from datetime import datetime

from bot.count.judgement import HoldReason
from bot.deskfile import Source
from bot.wording.escape import escape
from bot.wording.numbers import counted
from bot.wording.punctuation import possessive, stopped
from bot.wording.standing_sentences import HELD_WORDS
from bot.wording.telling import source_name

Clock = Callable[[datetime], str]
"""Tells a time by the desk's clock, with its day unless that is today."""
_MOST_WHY = 200
KINDS = {
    "first": "the first reading",
    "revision": "a revision by the source",
    "lead_change": "a lead change",
    "margin": "a change of the margin",
    "no_margin_change": "votes that left the margin as it was",
    "progress": "a change of the reporting or the status",
    "roll_up": "a roll-up of small changes",
    "certified": "who has certified",
    "call": "what a caller says of the outcome",
    "statement": "what somebody said beside the count",
    "stale": "the silence of a source",
    "rundown": "the morning list",
    "notice": "a notice to the desk",
    "board": "a board",
    "correction": "a correction of our own",
    "retraction": "a retraction of an entry",
    "recount_line": "a line that the count crossed",
    "shared": "an answer that staff shared",
    "reminder": "a reminder",
    "moved": "a change of the schedule",
}
"""What a kind of post is, in words."""

LEADS_NOW = "the margin by the source that leads from then on"
"""What a post is that tells the margin of a source that leads now."""

STATES = {
    "pending": "It waits to be sent",
    "awaiting": "It waits for an editor's Publish",
    "sending": "It is on its way",
    "sent": "It was posted",
    "failed": "It was not posted",
    "superseded": "It was not posted by itself",
    "doubtful": "Nobody knows whether it arrived",
    "dropped": "An editor dropped it",
}


def known_reason(reason: str) -> str:
    """Return why a reading was held, ignored or dropped, in words: a `HoldReason` or a sentence of ours."""
    return (
        HELD_WORDS.get(reason, escape(reason, _MOST_WHY)) if reason in list(HoldReason) else escape(reason, _MOST_WHY)
    )


def from_reading(source: Source | None, as_of: datetime, received: datetime | None, batches: int, clock: Clock) -> str:
    """Return what a post was made of: "From the Times' reading of 7:35 a.m., which came in at 7:36 a.m.; 1 batch."."""
    whose = possessive(source_name(source)) if source else "a"
    came = f", which came in at {clock(received)}" if received else ""
    of = f"; it covers {counted(batches, 'batch', 'batches')}" if batches > 0 else ""
    return stopped(f"From {whose} reading of {clock(as_of)}{came}{of}")


def judged(reason: str | None, by: str | None) -> str:
    """Return how the reading was judged."""
    if reason is None:
        return "It was taken as it came: nothing spoke against it."
    let = f"; {by} let it through" if by else "; the source stood by it, or newer figures did"
    return f"It was held first, because {known_reason(reason)}{let}."


def not_posted(source: Source | None, verdict: str, reason: str | None, as_of: datetime, clock: Clock) -> str:
    """Return one reading that no post tells, and why: "**Held:** the Times, 7:35 a.m.: the count went down …"."""
    name = source_name(source) if source else "a source that the desk file no longer has"
    because = f": {known_reason(reason)}" if reason else ""
    return stopped(f"**{verdict.capitalize()}:** {name}, {clock(as_of)}{because}")
