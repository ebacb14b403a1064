"""The scorecard: what a desk missed in a rehearsal."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards.colours import colour_of
from bot.cards.credit import credit_line
from bot.cards.draft import Draft
from bot.cards.facts import Setting
from bot.cards.limits import FIELD_VALUE, joined
from bot.wording.scorecard_sentences import hold_line, reminder_line, scorecard_headline, unread_line


@dataclass(frozen=True, slots=True)
class MissedPost:
    """A post that nobody read, or acknowledged, in time."""

    number: int
    channel: str
    """Its name."""
    kind: str
    headline: str
    posted_at: datetime
    read_at: datetime | None = None
    """When somebody first read it; None: nobody did."""


@dataclass(frozen=True, slots=True)
class MissedHold:
    """A reading that waited for the desk's decision, and had none in time."""

    contest: str
    source: str
    """Their ids."""
    since: datetime
    answer_by: datetime
    answered_at: datetime | None
    """When the desk decided all the same; None: it did not."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What a desk missed."""

    posts: int
    """How many there were."""
    limit: timedelta
    """How long a post may be unread."""
    unread: tuple[MissedPost, ...] | None
    """None: nobody knows who read what."""
    holds: tuple[MissedHold, ...]
    reminders: tuple[MissedPost, ...]


def scorecard_post(card: Scorecard, setting: Setting, now: datetime) -> Draft:
    """Return the scorecard as a post: how much was missed in its headline, what in its card."""
    zone = setting.desk.zone
    unread = [
        unread_line(post.number, post.channel, post.posted_at, post.read_at, now, zone) for post in card.unread or ()
    ]
    holds = [_hold_line(hold, setting, now) for hold in card.holds]
    reminders = [reminder_line(post.number, post.channel, post.posted_at, now, zone) for post in card.reminders]
    fields = [
        {"name": name, "value": joined(lines, FIELD_VALUE, "and {} more")}
        for name, lines in (("Unread", unread), ("Not answered in time", holds), ("Not acknowledged", reminders))
        if lines
    ]
    number = None if card.unread is None else len(unread)
    return Draft(
        kind="notice",
        headline=scorecard_headline(card.posts, number, len(holds), len(reminders), card.limit),
        credit=credit_line(setting, None, now, now),
        embeds=({"color": colour_of("notice"), "fields": fields},) if fields else (),
    )


def _hold_line(hold: MissedHold, setting: Setting, now: datetime) -> str:
    contest, source = setting.desk.contest(hold.contest), setting.desk.source(hold.source)
    return hold_line(
        contest.name if contest else hold.contest,
        source.name if source else hold.source,
        (hold.since, hold.answer_by, hold.answered_at),
        now,
        setting.desk.zone,
    )
