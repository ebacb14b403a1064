"""Posts about a source's silence, and its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards.credit import credit_line
from bot.cards.draft import Draft
from bot.cards.facts import Setting
from bot.cards.post import telling
from bot.count.staleness import Silence
from bot.deskfile import Contest, Source
from bot.wording.silence_sentences import speaks_again, unchanged, unreached
from bot.wording.statement_sentences import has_meanwhile


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What the leading source has while another is silent."""

    leading: Source
    leader: str
    margin: int
    changed_at: datetime | None
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SilenceFacts:
    """A silence of a source, for the post in one channel."""

    contests: Sequence[Contest]
    """Those that the channel follows and the source has; at least one."""
    source: Source
    kind: Silence
    since: datetime
    """Of one that does not change: its newest figures' own time."""
    checked_at: datetime
    """When it was last asked."""
    leads: bool
    """Posts in the channel follow its count."""
    now: datetime
    meanwhile: Meanwhile | None = None


def silence_post(facts: SilenceFacts, setting: Setting) -> Draft:
    """Return the post that a source is silent."""
    told = telling(facts.contests[0], setting, facts.now)
    if facts.kind is Silence.UNREACHED:
        sentence = unreached(told, facts.source, facts.since, leads=facts.leads)
        credit = credit_line(setting, None, facts.now, facts.now)  # it said nothing
    else:
        sentence = unchanged(told, facts.source, facts.since, facts.checked_at, leads=facts.leads)
        credit = credit_line(setting, facts.source, facts.checked_at, facts.now)
    if (other := facts.meanwhile) is not None:
        standing = (other.leader, other.margin)
        sentence += f" {has_meanwhile(told, other.leading, standing, other.changed_at, other.checked_at)}"
    return Draft("stale", sentence, credit)


def silence_over_post(
    contest: Contest, source: Source, kind: Silence, at: datetime, lasted: timedelta, setting: Setting, now: datetime
) -> Draft:
    """Return the post that a source that was silent for so long speaks again, since `at`."""
    sentence = speaks_again(telling(contest, setting, now), source, kind, at, lasted)
    return Draft("stale", sentence, credit_line(setting, source, at, now))
