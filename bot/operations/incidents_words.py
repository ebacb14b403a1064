"""The text of the message to the on-call contact.

All incidents that begin or end at one health check are in one message.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.operations.incidents import Incident, IncidentChanges, Trouble
from bot.operations.vitals import Vitals, presentable
from bot.wording.card import Card, Line, lines
from bot.wording.escape import capitalised, escape, possessive, stopped
from bot.wording.numbers import counted
from bot.wording.times import length, length_between, when

_MOST = 1700
"""The most characters of a message's sentences; Discord takes 2,000."""

_MOST_NAME = 60

_MOST_WHY = 200


def incident_notice(changes: IncidentChanges, vitals: Vitals, zone: ZoneInfo) -> Card | None:
    """Return the message about incidents that begin and end; None if no message is needed."""
    beginnings = [_begin_sentence(trouble, vitals) for trouble in changes.begun]
    endings = [sentence for incident in changes.ended if (sentence := _end_sentence(incident, vitals, zone))]
    if not beginnings and not endings:
        return None
    loud = bool(beginnings) or any(incident.kind == "down" for incident in changes.ended)
    credit = f"Tallydesk, {when(vitals.at, vitals.at, zone)}"
    return Card(_fitting_lines([*beginnings, *endings]), credit, kind="notice", quiet=not loud)


def _begin_sentence(trouble: Trouble, vitals: Vitals) -> str:
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
        case "unlisted":
            return server_is_unlisted(trouble.subject)
    raise ValueError(f"nothing is known of {trouble.kind} {trouble.subject}")


def _end_sentence(incident: Incident, vitals: Vitals, zone: ZoneInfo) -> str | None:
    """Return the sentence that reports an incident's end; None for incidents whose end needs no message."""
    lasted = (incident.ended or vitals.at) - incident.since
    match incident.kind:
        case "down":
            return bot_was_down(incident.since, incident.ended or vitals.at, vitals.at, zone)
        case "channel":
            return posts_no_longer_wait(int(incident.subject), lasted)
        case "unlisted":
            return f"**The server {incident.subject} is no longer suspended,** after {length(lasted)}."
        case "feed":
            # One that is no longer in the desk file is not back.
            name = next((source.name for source in vitals.sources if source.id == incident.subject), None)
            return name and feed_is_back(name, lasted)
    return None


def _fitting_lines(sentences: Sequence[str]) -> tuple[Line, ...]:
    """Return as many sentences as fit into a message, one to a line, and a last line with the number of the others."""
    fitting, size = 0, 0
    for sentence in sentences:
        size += len(sentence) + 1
        if size > _MOST and fitting:
            break
        fitting += 1
    more = len(sentences) - fitting
    return lines(*sentences[:fitting], *([and_more(more)] if more else []))


def feed_is_down(source: str, lasted: timedelta, why: str | None) -> str:
    """Return a sentence which reports for how long a source's feed has failed, and why."""
    return _with_reason(f"**{_feed_of(source)} has been down for {length(lasted)}.**", why)


def feed_is_back(source: str, lasted: timedelta) -> str:
    """Return a sentence which reports that a source's feed works again, and for how long it had failed."""
    return f"**{_feed_of(source)} is back,** after {length(lasted)}."


def posts_wait(channel: int, posts: int, lasted: timedelta, why: str | None) -> str:
    """Return a sentence which reports that posts wait for a channel: how many, for how long, and why."""
    waits = "waits" if posts == 1 else "wait"
    oldest = "" if posts == 1 else "the oldest "
    return _with_reason(f"**{counted(posts, 'post')} {waits} for <#{channel}>,** {oldest}for {length(lasted)}.", why)


def posts_no_longer_wait(channel: int, lasted: timedelta) -> str:
    """Return a sentence which reports that a channel's posts no longer wait, and how long they waited."""
    return f"**Posts for <#{channel}> no longer wait,** after {length(lasted)}."


def post_is_doubtful(channel: int, number: int) -> str:
    """Return a sentence on a post that may not have arrived."""
    return (
        f"**Post #{number} for <#{channel}> is doubtful.** It was sent and no answer came, "
        "and the bot can't read the channel's history to see whether it arrived."
    )


def server_is_unlisted(server: str) -> str:
    """Return a sentence on a server that follows contests but was removed from the operator's list."""
    return (
        f"**The server {server} is suspended: TALLYDESK_SERVERS does not list it.** It was served before. Nothing is posted or "
        f"answered there, and what waits is kept. List it again, or end it with `tallydesk leave {server}`."
    )


def bot_was_down(since: datetime, until: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return a sentence which reports that the bot was down, from `since` to `until`."""
    span = f"from {when(since, now, zone)} to {when(until, now, zone)}"
    return stopped(f"**Tallydesk was down for {length_between(since, until)},** {span}")


def and_more(number: int) -> str:
    """Return a sentence with the number of further incidents, which don't fit into the message."""
    return f"And {number:,} more."


def _feed_of(source: str) -> str:
    return f"{capitalised(possessive(escape(source, _MOST_NAME)))} feed"


def _with_reason(sentence: str, why: str | None) -> str:
    reason = escape(why, _MOST_WHY) if why else ""
    return f"{sentence} {stopped(capitalised(reason))}" if reason else sentence
