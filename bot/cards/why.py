"""What /why answers: a post's way from its source to the channel, or what was not posted and why."""

from dataclasses import dataclass
from datetime import datetime

from bot.cards.asked import Asked
from bot.cards.control import Since, name_of
from bot.cards.credit import credit_line
from bot.cards.draft import Answer, Link, address_of
from bot.cards.facts import Setting
from bot.cards.limits import CONTENT, joined
from bot.cards.post import may_be_named
from bot.count.statement import Statement
from bot.wording.escape import escape
from bot.wording.punctuation import capitalised, stopped
from bot.wording.telling import source_name
from bot.wording.times import when
from bot.wording.why_sentences import KINDS, LEADS_NOW, STATES, Clock, from_reading, judged, not_posted

OWN_WORDS = ("correction", "retraction")
"""Posts that are the desk's own word, whatever source the post that they replace was by."""
_ROOM = 150
_MOST_WHY = 200
_MOST_WORDS = 200
_MOST_AGREEING = 5


@dataclass(frozen=True, slots=True)
class Told:
    """A post in one channel, and what it was made of."""

    channel: int
    number: int
    kind: str
    state: str
    contest: str | None
    source: str | None
    news_at: datetime
    approved_by: str | None
    why: str | None
    message: int | None
    merged_into: int | None
    """The number of the post that tells it too."""
    as_of: datetime | None
    """The source's time of the reading that it tells up to."""
    received_at: datetime | None
    reason: str | None
    """Why that reading had been held before it was taken."""
    batches: int | None
    """How many batches it covers."""
    statement: Statement | None
    replaced_by: int | None
    """The number of the correction or retraction that replaces it."""
    replaces: int | None
    thread: int | None = None
    """The thread of the channel that it is in; None: the channel itself."""
    switched_by: str | None = None
    """Of the post that another source leads now: who let it lead, as the audit names them."""
    let_by: str | None = None
    """Who let a held reading through, or made a correction or a retraction, as the audit names them."""
    agreeing: tuple[Statement, ...] = ()
    """What others were entered to say that is the same."""


@dataclass(frozen=True, slots=True)
class NotTold:
    """What no post tells of a contest."""

    readings: tuple[tuple[str, str, str | None, datetime], ...]
    """(source, verdict, reason, as of), held ones first."""
    waiting: tuple[tuple[int, datetime, datetime | None], ...]
    """(channel, since when, when it is rolled up)."""
    refusals: tuple[tuple[str, str, datetime], ...]
    """(source, why, when last)."""
    paused: Since | None
    muted: dict[str, Since]
    followed: bool
    """A channel of the server follows the contest."""


def why_answer(posts: list[Told], server: int, setting: Setting, now: datetime) -> Answer:
    """Return where a post's number came from: source, reading, judgement, who published it, what became of it."""
    first, clock = posts[0], _clock(setting, now)
    source = setting.desk.source(first.source) if first.source else None
    kind = LEADS_NOW if first.switched_by else KINDS.get(first.kind, "a post")
    lines = [stopped(f"**#{first.number} is {kind}** of {clock(first.news_at)}")]
    if first.kind in OWN_WORDS:
        by = f": {name_of(first.let_by)} entered it" if first.let_by else ""
        lines[0] = stopped(f"{lines[0]} It is this desk's own word{by}")
    elif source is not None and may_be_named(source, setting):
        lines[0] += f" Whose word it is: {source_name(source)}."
    if first.switched_by is not None:
        lines.append(stopped(f"It was told because another source had led: {name_of(first.switched_by)} switched"))
    if first.as_of is not None:
        named = source if may_be_named(source, setting) else None
        lines.append(from_reading(named, first.as_of, first.received_at, first.batches or 0, clock))
        lines.append(judged(first.reason, name_of(first.let_by) if first.let_by else None))
    if first.statement is not None:
        lines += _entry(first.statement, setting, clock)
    lines += _agreeing(posts, setting, clock)
    lines += [_became(post, server) for post in posts]
    if first.replaces is not None:
        lines.append(f"It replaces #{first.replaces}.")
    if first.replaced_by is not None:
        lines.append(f"**It has been replaced by #{first.replaced_by}.**")
    credit = credit_line(setting, None, now, now)
    return Answer(f"{joined(lines, CONTENT - _ROOM)}\n-# {credit}")


def not_told_answer(facts: NotTold, asked: Asked) -> Answer:
    """Return what of a contest was not posted, each with its reason."""
    setting, clock = asked.setting, _clock(asked.setting, asked.now)
    named = setting.desk.source
    lines = []
    if facts.paused:
        words = facts.paused.words(setting, asked.now)
        lines.append(f"**Paused since {words}:** nothing is posted until `/desk resume`.")
    lines += [
        stopped(f"**Muted:** {source_name(source)}, since {since.words(setting, asked.now)}")
        for key, since in facts.muted.items()
        if (source := named(key)) and may_be_named(source, setting)
    ]
    if not facts.followed:
        lines.append("**No channel of this server follows it:** `/follow` changes that.")
    for channel, since, due in facts.waiting:
        then = f"; told together {clock(due)} at the latest" if due else ""
        lines.append(
            stopped(f"**Too small for a post of its own** in <#{channel}>: what came since {clock(since)}{then}")
        )
    lines += [
        not_posted(named(key), verdict, reason, as_of, clock)
        for key, verdict, reason, as_of in facts.readings
        if may_be_named(named(key), setting)
    ]
    lines += [
        stopped(f"**Refused:** {source_name(source)}, last {clock(at)}: {escape(why, _MOST_WHY)}")
        for key, why, at in facts.refusals
        if (source := named(key)) and may_be_named(source, setting)
    ]
    place = asked.told().place
    head = f"**Not posted of {place}, and why:**" if lines else f"**Nothing of {place} is held back.**"
    credit = credit_line(setting, None, asked.now, asked.now)
    return Answer(f"{joined([head, *lines], CONTENT - _ROOM, 'and {} more')}\n-# {credit}")


def _entry(said: Statement, setting: Setting, clock: Clock) -> list[str]:
    source = setting.desk.source(said.source)
    if not may_be_named(source, setting) or source is None:
        return []
    who = f", entered by {name_of(said.entered_by)}" if said.entered_by else ""
    by = f", confirmed by {name_of(said.confirmed_by)}" if said.confirmed_by else ""
    lines = [stopped(f"From an entry of the desk: {source_name(source)}, as of {clock(said.as_of)}{who}{by}")]
    if said.words:
        lines.append(f'Its words: "{escape(said.words, _MOST_WORDS)}"')
    return lines


def _agreeing(posts: list[Told], setting: Setting, clock: Clock) -> list[str]:
    """Return who says the same, each once, by which entry."""
    said = {one.source: one for post in reversed(posts) for one in reversed(post.agreeing)}
    lines = []
    for one in list(said.values())[::-1][:_MOST_AGREEING]:
        source = setting.desk.source(one.source)
        if source is not None and may_be_named(source, setting):
            who = f", entered by {name_of(one.entered_by)}" if one.entered_by else ""
            lines.append(stopped(f"{capitalised(source_name(source))} says so too, as of {clock(one.as_of)}{who}"))
    return lines


def _became(post: Told, server: int) -> str:
    where = f"in <#{post.channel}>"
    if post.state == "sent":
        link = (
            f" ({Link(post.number, address_of(server, post.thread or post.channel, post.message))})"
            if post.message
            else ""
        )
        by = f", published by {name_of(post.approved_by)}" if post.approved_by else ""
        return stopped(f"It was posted {where}{link}{by}")
    if post.state == "superseded":
        told = f"#{post.merged_into} tells it too" if post.merged_into else "a newer one tells it too"
        return f"It was not posted by itself {where}: {told}."
    said = f"{STATES.get(post.state, 'It was not posted')} {where}"
    if post.why:
        by_whom = name_of(post.why) if post.state == "dropped" else escape(post.why, _MOST_WHY)
        said = f"{said}: {by_whom}"
    return stopped(capitalised(said))


def _clock(setting: Setting, now: datetime) -> Clock:
    def told(moment: datetime) -> str:
        return when(moment, now, setting.desk.zone)

    return told
