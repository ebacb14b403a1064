"""The message to the person who looks after the bot: all that begins and ends at one moment, in one."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from bot.cards.draft import Draft
from bot.health.incidents import Incident, Trouble, Turn
from bot.health.vitals import Vitals, presentable
from bot.wording.incident_sentences import (
    and_more,
    bot_was_down,
    feed_is_back,
    feed_is_down,
    post_is_doubtful,
    posts_no_longer_wait,
    posts_wait,
)
from bot.wording.times import when

_MOST = 1700
"""Characters of a message's sentences; Discord takes 2,000."""


def notice(turn: Turn, vitals: Vitals, zone: ZoneInfo) -> Draft | None:
    """Return what the person is told of incidents that begin and end, or None where there is nothing to say."""
    bad = [_begun(trouble, vitals) for trouble in turn.begun]
    good = [sentence for incident in turn.ended if (sentence := _ended(incident, vitals, zone))]
    if not bad and not good:
        return None
    loud = bool(bad) or any(incident.kind == "down" for incident in turn.ended)
    return Draft("notice", _joined([*bad, *good]), f"Tallydesk, {when(vitals.at, vitals.at, zone)}", quiet=not loud)


def _begun(trouble: Trouble, vitals: Vitals) -> str:
    lasted, outbox = vitals.at - trouble.since, vitals.outbox
    match trouble.kind:
        case "feed":
            source = next(source for source in vitals.sources if source.id == trouble.subject)
            return feed_is_down(source.name, lasted, source.problem and presentable(source.problem))
        case "channel" if outbox:
            row = next(row for row in outbox.waiting if str(row.channel) == trouble.subject)
            return posts_wait(row.channel, row.posts, lasted, row.why and presentable(row.why))
        case "doubtful" if outbox:
            post = next(post for post in outbox.doubtful if str(post.row) == trouble.subject)
            return post_is_doubtful(post.channel, post.number)
    raise ValueError(f"nothing is known of {trouble.kind} {trouble.subject}")


def _ended(incident: Incident, vitals: Vitals, zone: ZoneInfo) -> str | None:
    """Return that something is over; None where that goes without saying."""
    lasted = (incident.ended or vitals.at) - incident.since
    match incident.kind:
        case "down":
            return bot_was_down(incident.since, incident.ended or vitals.at, vitals.at, zone)
        case "channel":
            return posts_no_longer_wait(int(incident.subject), lasted)
        case "feed":
            # One that is no longer in the desk file is not back.
            name = next((source.name for source in vitals.sources if source.id == incident.subject), None)
            return name and feed_is_back(name, lasted)
    return None


def _joined(sentences: Iterable[str]) -> str:
    """Return the sentences, a line each, as many as a message takes."""
    sentences = list(sentences)
    taken, size = 0, 0
    for sentence in sentences:
        size += len(sentence) + 1
        if size > _MOST and taken:
            break
        taken += 1
    more = len(sentences) - taken
    return "\n".join([*sentences[:taken], *([and_more(more)] if more else [])])
