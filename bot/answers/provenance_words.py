"""Provenance in words: a post's way from its source to the channel, what was not posted and why, and each source's state."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.answers.moves_words import batch_line
from bot.count.change import Change
from bot.count.judgement import DROPPED, HoldReason
from bot.count.statement import Statement
from bot.count.worth import LEAST_SHARE
from bot.desk.desk_file import Source
from bot.follows.preferences import DEFAULT_PREFERENCES, FollowPreferences
from bot.tally.silences_words import units_silent
from bot.tally.standing_words import HELD_WORDS, LONG_AGO
from bot.wording.context import ContestContext, Setting, may_be_named, source_name
from bot.wording.corrected import Corrected
from bot.wording.credit import SetBy, changed_when, credit_line, who_of
from bot.wording.draft import SLATE, Answer, Link, PostKind, address_of
from bot.wording.escape import capitalised, escape, possessive, stopped
from bot.wording.margin import plus
from bot.wording.numbers import commas, counted, round_percent, spelled, votes
from bot.wording.question import Question
from bot.wording.times import length_between, when

OWN_WORDS = ("correction", "retraction")
"""Posts that are the desk's own word, whatever source the post that they replace was by."""

_MOST_WHY = 200

_MOST_WORDS = 200

_MOST_AGREEING = 5


@dataclass(frozen=True, slots=True)
class ToldReading:
    """The reading that a post tells up to."""

    as_of: datetime
    """The source's time."""
    received_at: datetime | None
    held: str | None
    """Why it had been held before it was taken."""
    batches: int
    """How many batches the post covers."""
    moved: int | None = None
    """By how many votes it moved the margin since the channel's last post; None: it changed hands, or there was none."""
    least: int | None = None
    """How far the margin had to move there for a post of its own, as the channel was set then; None: it was not weighed."""
    of_lead: bool = False
    """That was a share of the lead (`LEAST_SHARE`), not a number of votes."""
    since: datetime | None = None
    """When the first update that the post covers came in."""


@dataclass(frozen=True, slots=True)
class PostFate:
    """What became of a post."""

    state: str
    approved_by: str | None = None
    dropped_by: str | None = None
    """The editor on whose word it was not posted."""
    why: str | None = None
    message: int | None = None
    thread: int | None = None
    """The thread of the channel that it is in; None: the channel itself."""
    merged_into: int | None = None
    """The number of the post that tells it too."""

    @property
    def waits(self) -> bool:
        """True of what may be posted, and is not yet."""
        return self.state in ("pending", "awaiting")

    @property
    def let_out_by_nobody(self) -> bool:
        """True of what was not posted: it waits, was discarded, or goes by another number."""
        return self.waits or self.state == "dropped" or (self.state == "superseded" and self.approved_by is None)


@dataclass(frozen=True, slots=True)
class PostProvenance:
    """A post in one channel, and what it was made of."""

    channel: int
    number: int
    kind: PostKind
    contest: str | None
    source: str | None
    news_at: datetime
    fate: PostFate
    reading: ToldReading | None = None
    statement: Statement | None = None
    replaced_by: tuple[int, str] | None = None
    """The number and kind of the last correction or retraction of it that was posted and stands."""
    replaces: int | None = None
    switched_by: str | None = None
    """Of the post that another source leads now: who let it lead, as the audit names them."""
    let_by: str | None = None
    """Who let a held reading through, or made a correction or a retraction, as the audit names them."""
    agreeing: tuple[Statement, ...] = ()
    """What others were entered to say that is the same."""


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """What waits in a channel: too small for a post of its own."""

    channel: int
    since: datetime
    due_at: datetime | None
    """When it is rolled up at the latest."""
    batches: tuple[Change, ...]
    """What waits, oldest first."""
    moved: int | None
    """By how many votes the margin moved since the channel's last post; None: it changed hands, or there is none."""
    least: int | None
    """How far it has to move for a post."""
    preferences: FollowPreferences = DEFAULT_PREFERENCES
    """How the channel wants to be told."""


@dataclass(frozen=True, slots=True)
class NotTold:
    """What no post tells of a contest."""

    readings: tuple[tuple[str, str, str | None, datetime], ...]
    """(source, verdict, reason, as of), held ones first."""
    waiting: tuple[WaitingChange, ...]
    refusals: tuple[tuple[str, str, datetime], ...]
    """(source, why, when last)."""
    paused: SetBy | None
    muted: dict[str, SetBy]
    followed: bool
    """A channel of the server follows the contest."""
    open: tuple[tuple[str, int, int, datetime], ...] = ()
    """(state, number, channel, since when): posts that wait for Publish, or may have arrived."""
    hidden: bool = False
    """Such posts are not for who asks, whether there are any or not."""


def why_answer(posts: list[PostProvenance], server: int, setting: Setting, now: datetime) -> Answer:
    """Return where a post's number came from: source, reading, judgement, who published it, what became of it."""
    first, clock = posts[0], _clock(setting, now)
    source = setting.desk.source(first.source) if first.source else None
    kind = NEW_LEADING_SOURCE if first.switched_by else KINDS[first.kind]
    named = source if may_be_named(source, setting) else None
    # The line of the reading or of the entry has the source, and mostly the same time.
    from_entry = first.statement is not None and may_be_named(setting.desk.source(first.statement.source), setting)
    said_at = (
        first.reading.as_of if first.reading else first.statement.as_of if first.statement and from_entry else None
    )
    alike = said_at is not None and clock(said_at) == clock(first.news_at)
    at = "of" if kind.startswith("is ") else "at"
    lines = [f"**#{first.number} {kind}{'.**' if alike else f'** {at} {stopped(clock(first.news_at))}'}"]
    if first.kind == "roll_up" and first.reading is not None and first.reading.since is not None:
        what = "a change that" if first.reading.batches == 1 else "changes that"
        since = stopped(f"{what} had waited since {clock(first.reading.since)}")
        lines[0] = f"**#{first.number}, at {clock(first.news_at)}, reports {since}**"
    if first.kind in OWN_WORDS:
        by = f": {who_of(first.let_by, setting)} entered it" if first.let_by else ""
        lines[0] = stopped(f"{lines[0]} It is the newsroom's own post{by}")
    elif named is not None and first.reading is None and not from_entry:
        lines[0] += f" Source: {source_name(named)}."
    if first.switched_by is not None:
        lines.append(
            stopped(f"Posted because the leading source changed: {who_of(first.switched_by, setting)} switched it")
        )
    if (reading := first.reading) is not None:
        lines.append(from_reading(named, reading.as_of, reading.received_at, reading.batches, clock))
        lines += threshold(first.kind, reading)
        if reading.held is not None:
            lines.append(judged(reading.held, who_of(first.let_by, setting) if first.let_by else None, clock))
    if first.statement is not None:
        lines += _entry(first.statement, setting, clock)
    lines += _agreeing(posts, setting, clock)
    out = [post for post in posts if post.fate.state == "sent"]
    lines += [_became(post, server, setting) for post in out]
    lines += [
        _became(post, server, setting).replace("Not posted in ", "Not in " if out else "Not posted in ", 1)
        for post in posts
        if post not in out
    ]
    if first.replaces is not None:
        lines.append(f"It replaces #{first.replaces}.")
    if first.replaced_by is not None:
        number, kind = first.replaced_by
        lines.append(f"**{'Corrected' if kind == 'correction' else 'Retracted'} in #{number}.**")
    credit = credit_line(setting, None, now, now)
    return Answer("\n".join([*lines, f"-# {credit}"]))


def not_told_answer(facts: NotTold, asked: Question) -> Answer:
    """Return what of a contest was not posted, each with its reason."""
    setting, clock = asked.setting, _clock(asked.setting, asked.now)
    named = setting.desk.source
    lines = []
    if facts.paused:
        words = facts.paused.words(setting, asked.now)
        lines.append(f"**Paused since {words}:** nothing posts until someone resumes it (`/pause`).")
    lines += [
        stopped(f"**Muted:** {source_name(source)}, since {since.words(setting, asked.now)}")
        for key, since in facts.muted.items()
        if (source := named(key)) and may_be_named(source, setting)
    ]
    if not facts.followed:
        lines.append("**No channel in this server follows it:** `/following` changes that.")
    told = asked.told()
    for one in facts.waiting:
        lines.append(_waits(one, clock, one.preferences.quiet_until(asked.now, setting.desk.zone)))
        lines += [f"> {batch_line(told, change)}" for change in one.batches]
    lines += [
        stopped(f"**{_OPEN.get(state, state.capitalize())}:** #{number} in <#{channel}>, since {clock(since)}")
        for state, number, channel, since in facts.open
    ]
    lines += [
        not_posted(named(key), verdict, reason, as_of, clock)
        for key, verdict, reason, as_of in facts.readings
        if may_be_named(named(key), setting)
    ]
    lines += [
        stopped(
            f"**Refused:** {source_name(source)}, last {clock(at)}{f': {escape(why, _MOST_WHY)}' if _is_desk(setting) else ''}"
        )
        for key, why, at in facts.refusals
        if (source := named(key)) and may_be_named(source, setting)
    ]
    if lines:
        head = f"**{told.place}, not posted:**"
    else:
        head = "**Nothing to show here.**" if facts.hidden else f"**Nothing about {told.place} is waiting or on hold.**"
    credit = credit_line(setting, None, asked.now, asked.now)
    return Answer("\n".join([head, *lines, f"-# {credit}"]))


_OPEN = {"awaiting": "Waits for Publish", "doubtful": "May not have arrived; the desk has been asked"}

TellTime = Callable[[datetime], str]
"""Tells a time by the desk's clock, with its day unless that is today."""


def _entry(said: Statement, setting: Setting, clock: TellTime) -> list[str]:
    source = setting.desk.source(said.source)
    if not may_be_named(source, setting) or source is None:
        return []
    who = f", entered by {who_of(said.entered_by, setting)}" if said.entered_by else ""
    by = f", confirmed by {who_of(said.confirmed_by, setting)}" if said.confirmed_by else ""
    lines = [stopped(f"From an entry: {source_name(source)}, as of {clock(said.as_of)}{who}{by}")]
    if said.words and setting.names_staff:  # they may say more than what was made of them
        lines.append(f'As typed: "{escape(said.words, _MOST_WORDS)}"')
    return lines


def _agreeing(posts: list[PostProvenance], setting: Setting, clock: TellTime) -> list[str]:
    """Return who says the same, each once, by which entry."""
    said = {one.source: one for post in reversed(posts) for one in reversed(post.agreeing)}
    lines = []
    for one in list(said.values())[::-1][:_MOST_AGREEING]:
        source = setting.desk.source(one.source)
        if source is not None and may_be_named(source, setting):
            who = f", entered by {who_of(one.entered_by, setting)}" if one.entered_by else ""
            lines.append(
                stopped(f"{capitalised(source_name(source))} has the same margin, as of {clock(one.as_of)}{who}")
            )
    return lines


def _became(post: PostProvenance, server: int, setting: Setting) -> str:
    where, fate = f"in <#{post.channel}>", post.fate
    if fate.state == "sent":
        link = (
            f" ({Link(post.number, address_of(server, fate.thread or post.channel, fate.message))})"
            if fate.message
            else ""
        )
        by = f", published by {who_of(fate.approved_by, setting)}" if fate.approved_by else ""
        return stopped(f"Posted {where}{link}{by}")
    if fate.state == "superseded":
        told = f"#{fate.merged_into} covers it" if fate.merged_into else "a newer post covers it"
        return f"Not posted on its own {where}: {told}."
    if fate.state == "dropped" and fate.dropped_by:
        return stopped(f"Discarded {where} by {who_of(fate.dropped_by, setting)}")
    said = f"{STATES.get(fate.state, 'Not posted')} {where}"
    if fate.approved_by and fate.state in ("dropped", "failed"):
        said = f"Published by {who_of(fate.approved_by, setting)}, but not posted {where}"
    if fate.why:
        said = f"{said}: {escape(fate.why, _MOST_WHY)}"
    return stopped(capitalised(said))


def _clock(setting: Setting, now: datetime) -> TellTime:
    def told(moment: datetime) -> str:
        return when(moment, now, setting.desk.zone)

    return told


_SOURCES_MOST_WHY = 150

_A_MINUTE = timedelta(minutes=1)
_A_WHILE = timedelta(minutes=5)
"""A look so long ago is not now: what is said up to then has its time."""


@dataclass(frozen=True, slots=True)
class UnitSilence:
    """Which units have sent a source nothing for long."""

    limit: timedelta
    """How long that is."""
    units: Mapping[str, datetime]
    """By name, when each last did; the longest silent first."""


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """The newest figures of a source."""

    as_of: datetime
    leader: str | None = None
    margin: int | None = None
    total: int | None = None
    approximate: frozenset[str] = frozenset()
    """Which of `margin` and `total` were said as about."""
    entered: bool = False
    """Staff entered them."""
    changed_at: datetime | None = None
    gives_units: bool | None = None
    """Whether they say where votes come from; None: unknown."""
    corrected: Corrected | None = None
    """Of the post that told them."""
    waits: bool = False
    """Staff entered them, and their post waits."""
    overtaken: bool = False
    """Its votes have changed since the time asked about: that these stood is known up to `as_of`, not up to that time."""


@dataclass(frozen=True, slots=True)
class SourceReach:
    """How a source can be reached."""

    checked_at: datetime | None = None
    failing_since: datetime | None = None
    problem: str | None = None
    pushed_at: datetime | None = None
    """Of a source that pushes: when it last did; None: not since its readings are kept."""


@dataclass(frozen=True, slots=True)
class RefusedParts:
    """What of a source's answers was refused so far."""

    parts: int
    last: str
    """Why, the last time."""
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """One source's word on a contest, and how it does."""

    source: Source
    leads: bool
    figures: SourceFigures | None = None
    """None: it has said nothing."""
    reach: SourceReach = SourceReach()
    held: str | None = None
    refused: RefusedParts | None = None
    unit_silence: UnitSilence | None = None
    """None: it does not tell when units send figures, or has no limit for that."""
    moved: tuple[datetime, Literal["", "about ", "by "]] | None = None
    """When its figures last changed, as staff entered it, later than its feed says; None: nobody did.

    "by ": then other figures were entered than before, and nobody said when they had changed.
    """
    moved_after: datetime | None = None
    """With "by ": when staff last entered the figures of before."""
    moved_seen: datetime | None = None
    """When staff last saw figures that had not changed since `moved`; None: the feed alone says when they changed."""

    @property
    def looked_at(self) -> datetime | None:
        """Until when it is known that nothing changed since it last did; None: nobody looked."""
        if self.moved is None and self.figures is not None and self.figures.overtaken:
            return self.figures.as_of
        return self.moved_seen if self.moved is not None else self.reach.pushed_at or self.reach.checked_at


def sources_answer(sources: list[SourceFacts], asked: Question, chosen: SetBy | None = None) -> Answer:
    """Return a paragraph a source, the leading one first; `chosen`: who chose that in this server, and when."""
    told = asked.told()
    shown = [one for one in sources if may_be_named(one.source, asked.setting)]
    leading = next((one for one in shown if one.leads), None)
    head = f"**{told.head}: who says what.**"
    if leading is not None:
        head = f"**{told.head}: posts follow {source_name(leading.source)}.**"
        if chosen is not None:
            head += f" Chosen {chosen.words(asked.setting, asked.now)}."
    lines = [_paragraph(told, one, asked) for one in shown]
    credit = credit_line(asked.setting, None, asked.at or asked.now, asked.now)
    card = {"description": "\n".join(lines), "color": SLATE}
    return asked.shareable(Answer(f"{head}\n-# {credit}", (card,)))


def _is_desk(setting: Setting) -> bool:
    """Return True if a source's site may be quoted, which can name its address: to the desk, where the public does not read."""
    return setting.names_staff and not setting.public


def _paragraph(told: ContestContext, one: SourceFacts, asked: Question) -> str:
    changed = _changed(told, one, asked)
    checked, rest = (
        (_checked(told, one, asked.now, public=asked.setting.public), _health(told, one, raw=_is_desk(asked.setting)))
        if asked.at is None
        else ("", [])
    )
    if changed and checked == changed.replace("Changed", "Checked"):
        changed, checked = changed.replace("Changed", "Changed and checked"), ""
    if one.figures is not None and one.figures.gives_units is False:
        rest.append(f"It does not say from which {told.contest.units} votes come.")
    return " ".join(
        stopped(part) for part in (_says(told, one, public=asked.setting.public), changed, checked, *rest) if part
    )


def _says(told: ContestContext, one: SourceFacts, *, public: bool) -> str:
    """Return a source's figures, with their time where that is not the one of their change, which follows."""
    name, said = f"**{capitalised(source_name(one.source))}:**", one.figures
    if said is None:
        return f"{name} no figures {'published here' if public else 'yet'}"
    figures = []
    if said.leader is not None and said.margin is not None:
        figures.append(plus(told, said.leader, said.margin, about="margin" in said.approximate))
    if said.total is not None:
        figures.append(f"{'about ' if 'total' in said.approximate else ''}{votes(said.total)}")
    changed = said.changed_at if one.moved is None else None
    as_of = f", as of {told.when(said.as_of)}" if changed is None or told.when(changed) != told.when(said.as_of) else ""
    entered = ", entered by staff" if said.entered and not one.source.person else ""
    corrected = f"; {said.corrected.phrase}" if said.corrected else ""
    waits = ", not posted yet" if said.waits else ""
    return f"{name} {', '.join(figures) or 'no margin'}{as_of}{entered}{waits}{corrected}"


def _changed(told: ContestContext, one: SourceFacts, asked: Question) -> str:
    """Return when a source's figures last changed, and how long it has been silent; nothing where it has none."""
    figures = one.figures
    changed, about, entered = figures.changed_at if figures else None, "", ""
    if one.moved is not None:
        (changed, about), entered = one.moved, "" if figures and figures.entered else ", as entered by staff"
    newer = (
        figures is not None and one.moved_seen is not None and figures.as_of > one.moved_seen
    )  # than what was seen standing
    if changed is None or newer:
        return "When it last changed is unknown" if figures is not None else ""
    seen = min(asked.at or asked.now, one.looked_at) if one.looked_at and about != "by " else changed
    silent = f"; unchanged for {length_between(changed, seen)}" if seen - changed >= _A_MINUTE else ""
    stale = (asked.at or asked.now) - seen >= _A_WHILE
    silent += f" by {told.when(seen)}" if silent and (one.moved is not None or stale) else ""
    when_ = f"{about}{told.when(changed) if one.moved else changed_when(told, changed, one.looked_at)}"
    if one.moved_after is not None and told.when(one.moved_after) != told.when(changed):
        when_ = f"between {told.when(one.moved_after)} and {told.when(changed)}"
    return f"Changed {when_}{entered}{silent}"


def _checked(told: ContestContext, one: SourceFacts, now: datetime, *, public: bool) -> str:
    """Return when a source was last looked at; of one that can't be, for how long no newer figures have been entered."""
    reach = one.reach
    if reach.pushed_at is not None:
        return f"Last push {told.when(reach.pushed_at)}"
    if one.source.pushes:
        return "No push on record"
    if reach.checked_at is not None:
        if now - reach.checked_at < LONG_AGO:
            return f"Checked {told.when(reach.checked_at)}"
        return f"Last checked {told.when(reach.checked_at)}, {length_between(reach.checked_at, now)} ago"
    if one.source.format is not None:
        return "Not checked yet"
    newest = max(one.figures.as_of, one.moved_seen or one.figures.as_of) if one.figures else now
    silent = now - newest >= LONG_AGO and not public  # newer ones may wait for Publish
    newer = f"no newer vote figures for {length_between(newest, now)}" if silent else ""
    looked = f"staff last looked {told.when(newest)}; " if one.figures and one.figures.entered and not public else ""
    return capitalised("; ".join(filter(None, ("" if one.source.person else f"{looked}no feed", newer))))


def _health(told: ContestContext, one: SourceFacts, *, raw: bool) -> list[str]:
    """Return what keeps a source's figures from being read, posted or shown; `raw`: with its site's own words and address."""
    parts, reach = [], one.reach
    if reach.failing_since is not None:
        why = f": {escape(reach.problem, _SOURCES_MOST_WHY)}" if reach.problem and raw else ""
        parts.append(f"**Can't be read since {told.when(reach.failing_since)}**{why}")
    if one.held:
        parts.append(f"Later figures are on hold: {HELD_WORDS.get(one.held, 'the desk has to decide')}")
    if one.refused is not None:
        why = f": {escape(one.refused.last, _SOURCES_MOST_WHY)}" if raw else ""
        last = f"last {told.when(one.refused.last_at)}{why}"
        parts.append(f"{counted(one.refused.parts, 'part')} of its answers refused so far, {last}")
    if not one.source.public:
        parts.append("Newsroom only")
    if one.unit_silence is not None and one.unit_silence.units:
        parts.append(units_silent(told, one.unit_silence.limit, one.unit_silence.units))
    return parts


KINDS: Mapping[PostKind, str] = {
    "first": "reports the first figures",
    "revision": "reports a revision by the source",
    "lead_change": "reports a lead change",
    "margin": "reports a margin change",
    "no_margin_change": "reports votes that left the margin unchanged",
    "progress": "reports a change in reporting or status",
    "roll_up": "reports several changes together",
    "certified": "reports certifications",
    "call": "reports on a call by others",
    "statement": "reports a figure from another source",
    "stale": "reports that a source stopped changing",
    "rundown": "is the morning list",
    "notice": "is a notice to the desk",
    "board": "is a board",
    "correction": "corrects a post of ours",
    "retraction": "retracts an entry",
    "recount_line": "reports a recount or majority line crossed",
    "shared": "is an answer that staff shared",
    "reminder": "is a reminder",
    "moved": "reports a schedule change",
    "thread": "opens a contest's thread",
}
"""What a kind of post does, after its number."""

NEW_LEADING_SOURCE = "reports the margin from a new leading source"
"""What a post does that tells the margin of a source that leads now."""

STATES = {
    "pending": "Waiting to be sent",
    "awaiting": "Waiting for Publish",
    "sending": "On its way",
    "sent": "Posted",
    "failed": "Not posted",
    "superseded": "Not posted on its own",
    "doubtful": "May or may not have arrived",
    "dropped": "Not posted",
}

_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})")


def known_reason(reason: str, clock: TellTime) -> str:
    """Return why a reading was held, ignored or dropped, in words: a `HoldReason` or a sentence of ours, with its times told."""
    if reason in list(HoldReason):
        return HELD_WORDS.get(reason, escape(reason, _MOST_WHY))
    return escape(_STAMP.sub(lambda found: clock(datetime.fromisoformat(found[0])), reason), _MOST_WHY)


def from_reading(
    source: Source | None, as_of: datetime, received: datetime | None, batches: int, clock: TellTime
) -> str:
    """Return what a post was made of: "From the Times' reading of 7:35 a.m., received at 7:36 a.m.; it covers two updates."."""
    whose = possessive(source_name(source)) if source else "a"
    came = f", received at {clock(received)}" if received and clock(received) != clock(as_of) else ""
    of = f"; it covers {spelled(batches, 'update')}" if batches > 1 else ""
    return stopped(f"From {whose} reading of {clock(as_of)}{came}{of}")


def threshold(kind: str, reading: ToldReading) -> list[str]:
    """Return the move of the margin beside the least for a post: "The margin moved by 48 votes; the minimum was 43 (0.3% of the lead)."."""
    if kind in ("lead_change", "revision", "first"):
        return ["First figures, lead changes and revisions always post."]
    if reading.moved is None or reading.least is None:
        return []
    moved = f"The margin moved by {votes(reading.moved)} since the last post"
    of_lead = f" ({round_percent(LEAST_SHARE)} of the lead)" if reading.of_lead else ""
    if reading.moved < reading.least:
        return [f"{moved}, below the minimum of {commas(reading.least)}{of_lead} for a post at once."]
    return [f"{moved}; the minimum was {commas(reading.least)}{of_lead}."]


def _waits(one: WaitingChange, clock: TellTime, quiet_until: datetime | None) -> str:
    """Return why what waits has no post yet, with the numbers, and until when it waits."""
    why = ""
    if quiet_until is not None:
        return stopped(f"**Not posted yet in <#{one.channel}>:** quiet hours until {clock(quiet_until)}")
    if not one.batches:  # else each has its time
        why = f" a change at {clock(one.since)}"
    elif one.moved is not None and one.least is not None:
        least, moved = commas(one.least), f"the margin moved by {votes(one.moved)}"
        together = f", past the minimum of {least}; changes are being posted together"
        why = f" {moved}{f'; the minimum is {least}' if one.moved < one.least else together}"
    said = f"**Not posted yet in <#{one.channel}>{f':**{stopped(why)}' if why else '.**'}"
    then = f"a post by {clock(one.due_at)}" if one.due_at else "the next margin post"
    return said + stopped(f" It will be in {then}")


def judged(reason: str, by: str | None, clock: TellTime) -> str:
    """Return why a reading was on hold, and who or what let it through."""
    let = f"; {by} approved it" if by else "; the source repeated it, or newer figures did"
    return f"On hold first: {known_reason(reason, clock)}{let}."


def not_posted(source: Source | None, verdict: str, reason: str | None, as_of: datetime, clock: TellTime) -> str:
    """Return one reading that no post tells, and why: "**Held:** the Times, 7:35 a.m.: the count went down …"."""
    name = source_name(source) if source else "a source that the desk file no longer has"
    because = f": {'by the desk' if reason == DROPPED else known_reason(reason, clock)}" if reason else ""
    return stopped(
        f"**{'Discarded' if verdict == 'dropped' else verdict.capitalize()}:** {name}, {clock(as_of)}{because}"
    )
