"""The texts of the answers to /why: where a post came from, what was not posted, and why."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.answers.history_words import batch_line
from bot.count.change import Change
from bot.count.judgement import DROPPED, HoldReason
from bot.count.post_threshold import LEAST_SHARE
from bot.count.statement import Statement
from bot.desk.desk_file import Source
from bot.follows.preferences import DEFAULT_PREFERENCES, FollowPreferences
from bot.tally.standing_words import HELD_WORDS, OtherSource, other_figures
from bot.wording.card import Card, Line, Link, Readers, address_of, lines
from bot.wording.context import ContestContext, Setting, may_be_named, source_name
from bot.wording.credit import SetBy, credit_line
from bot.wording.escape import capitalised, escape, possessive, stopped
from bot.wording.names import listed, name_of
from bot.wording.numbers import commas, round_percent, spelled, votes
from bot.wording.question import Question
from bot.wording.times import when
from bot.wording.viewer import Viewer, seen_by

NEW_LEADING_SOURCE = "reports the margin from a new leading source"
"""The text of /why about a post on a new leading source, to follow the post's number."""

_NOT_POSTED = "Not posted"

_STATES = {
    "pending": "Waiting to be sent",
    "awaiting": "Waiting for Publish",
    "sending": "On its way",
    "sent": "Posted",
    "failed": _NOT_POSTED,
    "superseded": "Not posted on its own",
    "doubtful": "May or may not have arrived",
    "dropped": _NOT_POSTED,
}

_OPEN = {"awaiting": "Waits for Publish", "doubtful": "May not have arrived; the desk has been asked"}

_MOST_WHY = 200

_MOST_WORDS = 200

_MOST_AGREEING = 5

_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})")

TimeFormatter = Callable[[datetime], str]
"""A function that formats a time in the desk's zone, with the day unless that is today."""

_NameStaff = Callable[[str], str]
"""A function that returns a staff member's name for an answer, such as "olga (81)", given the audit's name."""


@dataclass(frozen=True, slots=True)
class PostedReading:
    """The last reading that a post reports."""

    as_of: datetime
    """The time that the source gives for its figures."""
    received_at: datetime | None
    held: str | None
    """Why the reading was on hold before it was accepted, or None if it was not."""
    batches: int
    """How many batches the post covers."""
    moved: int | None = None
    """By how many votes the margin has moved since the channel's last post.

    None if the lead changed or no earlier post exists.
    """
    least: int | None = None
    """The channel's minimum for an immediate post at that time, in votes, or None if it did not matter."""
    of_lead: bool = False
    """True if `least` was computed as a share of the lead (`LEAST_SHARE`)."""
    since: datetime | None = None
    """For a roll-up, when the first update in it came in, else None."""
    ignores_minimum: bool = False
    """True if the post is sent however little the margin moved."""


@dataclass(frozen=True, slots=True)
class PostFate:
    """The outcome of a post: sent, waiting, discarded or merged."""

    state: str
    approved_by: str | None = None
    dropped_by: str | None = None
    """The editor who discarded the post."""
    why: str | None = None
    message: int | None = None
    thread: int | None = None
    """The post's thread, or None if it is in the channel itself."""
    merged_into: int | None = None
    """The number of the post into which this post was merged."""

    @property
    def waits(self) -> bool:
        """True if the post may still be sent."""
        return self.state in ("pending", "awaiting")

    @property
    def is_unapproved(self) -> bool:
        """True if nobody approved the post: it waits, was discarded, or was merged into another post."""
        return self.waits or self.state == "dropped" or (self.state == "superseded" and self.approved_by is None)


@dataclass(frozen=True, slots=True)
class PostProvenance:
    """A post in one channel, with its origin: source, reading, entry and decisions."""

    channel: int
    number: int
    does: str
    """What the post does, to follow its number: "reports a lead change"."""
    contest: str | None
    source: str | None
    news_at: datetime
    fate: PostFate
    reading: PostedReading | None = None
    statement: Statement | None = None
    replaced_by: tuple[int, str] | None = None
    """The number of the post's last correction or retraction, with "Corrected" or "Retracted".

    None if no correction or retraction was posted, or it was undone.
    """
    replaces: int | None = None
    switched_by: str | None = None
    """For a post about a new leading source: who chose the source, as recorded in the audit."""
    let_by: str | None = None
    """Who approved the held reading, corrected or retracted, as recorded in the audit."""
    agreeing: tuple[Statement, ...] = ()
    """Entries that give the same margin from other sources."""
    is_own_correction: bool = False
    """True if the post is the desk's own correction or retraction, whatever source the replaced post had."""
    to_desk: bool = False
    """True if the post is a notice or a question to the desk."""


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """Batches that are not posted in a channel yet, because they are too small for a post of their own."""

    channel: int
    since: datetime
    due_at: datetime | None
    """The latest time at which a roll-up will post them."""
    batches: tuple[Change, ...]
    """The batches, oldest first."""
    moved: int | None
    """By how many votes the margin has moved since the channel's last post.

    None if the lead changed or no earlier post exists.
    """
    least: int | None
    """The minimum for a post, in votes."""
    preferences: FollowPreferences = DEFAULT_PREFERENCES
    """The channel's preferences."""


@dataclass(frozen=True, slots=True)
class NotPostedFacts:
    """The facts for the answer about what was not posted about a contest: readings, refusals and open posts."""

    readings: tuple[tuple[str, str, str | None, datetime], ...]
    """Readings as (source, verdict, reason, time of the figures). Held readings come first."""
    waiting: tuple[WaitingChange, ...]
    refusals: tuple[tuple[str, str, datetime], ...]
    """Refused parts of sources' responses, as (source, latest reason, latest time)."""
    paused: SetBy | None
    muted: dict[str, SetBy]
    followed: bool
    """True if a channel of the server follows the contest."""
    open: tuple[tuple[str, int, int, datetime], ...] = ()
    """Posts that wait for Publish or may have arrived, as (state, number, channel, since when)."""
    hidden: bool = False
    """True if the reader may not know whether posts wait for Publish or may have arrived."""


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A post about a batch or an entry."""

    number: int
    state: str
    channel: int


@dataclass(frozen=True, slots=True)
class FoundBatch:
    """A batch from the minute that was asked about, by the time of its figures or the time of its receipt."""

    source: str
    """The source's id."""
    change: Change
    received_at: datetime
    posts: tuple[FoundPost, ...] = ()
    waits_in: tuple[int, ...] = ()
    """The channels in which the batch waits, because it is too small for a post of its own."""


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry that was made in the minute asked about, or is about a time in that minute."""

    said: Statement
    posts: tuple[FoundPost, ...] = ()
    waits: bool = False
    """True if the entry is not posted yet."""
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class ListedPost:
    """A post in a list of posts, with its channels and its correction."""

    number: int
    at: datetime
    """The time of the post's news."""
    source: str | None
    """The id of the post's source."""
    says: str
    """The post's first line."""
    places: tuple[tuple[int, int, int | None], ...]
    """Each copy of the post, as (channel, thread, message). Without a thread, the channel is repeated."""
    replaced_by: tuple[int, str] | None = None
    """The number of the post's last correction or retraction, with "Corrected" or "Retracted"."""


@dataclass(frozen=True, slots=True)
class PostsFacts:
    """The posts about a contest, or about one of its sources, newest first."""

    posts: tuple[ListedPost, ...]
    source: Source | None
    """The source asked about, or None for all sources."""
    since: datetime | None
    more: bool
    """True if there are older posts, too."""


@dataclass(frozen=True, slots=True)
class MomentFacts:
    """The updates and entries of one minute, with the outcome of each."""

    minute: datetime
    leads: Source
    batches: tuple[FoundBatch, ...] = ()
    unused: tuple[tuple[str, str, str | None, datetime], ...] = ()
    """Readings that were held, ignored or dropped, as (source, verdict, reason, time of the figures)."""
    entries: tuple[FoundEntry, ...] = ()
    followed: bool = True
    """True if a channel of the server follows the contest."""
    near: tuple[Change, ...] = ()
    """The leading source's changes before and after that minute, if the minute itself has none."""


def why_answer(posts: list[PostProvenance], viewer: Viewer, setting: Setting, now: datetime) -> Card:
    """Return a card that explains a post: its source, reading, holds and thresholds, and the decisions about it.

    Only the desk sees which member of staff did what.
    """
    to_desk, to_all = (
        _where_from(posts, viewer.server, setting, _clock(setting, now), name)
        for name in (name_of, lambda _: "someone in the newsroom")
    )
    head = tuple(
        line if line == unnamed else replace(line, readers="desk", otherwise=unnamed)
        for line, unnamed in zip(to_desk, to_all, strict=True)
    )
    return seen_by(Card(head, credit_line(setting, None, now, now)), viewer).card


def _where_from(
    posts: list[PostProvenance], server: int, setting: Setting, clock: TimeFormatter, name: _NameStaff
) -> list[Line]:
    first = posts[0]
    source = setting.desk.source(first.source) if first.source else None
    of = (source.id,) if source else ()
    does = NEW_LEADING_SOURCE if first.switched_by else first.does
    # The line on the reading or the entry already has the source, and usually the same time.
    from_entry = first.statement is not None and may_be_named(setting.desk.source(first.statement.source), setting)
    said_at = (
        first.reading.as_of if first.reading else first.statement.as_of if first.statement and from_entry else None
    )
    alike = said_at is not None and clock(said_at) == clock(first.news_at)
    at = "of" if does.startswith("is ") else "at"
    about = f"**#{first.number} {does}{'.**' if alike else f'** {at} {stopped(clock(first.news_at))}'}"
    if first.reading is not None and first.reading.since is not None:
        what = "a change that" if first.reading.batches == 1 else "changes that"
        since = stopped(f"{what} had waited since {clock(first.reading.since)}")
        about = f"**#{first.number}, at {clock(first.news_at)}, reports {since}**"
    if first.is_own_correction:
        by = f": {name(first.let_by)} entered it" if first.let_by else ""
        about = stopped(f"{about} It is the newsroom's own post{by}")
    head = [Line(about)]
    if source is not None and not first.is_own_correction and first.reading is None and not from_entry:
        head = [Line(f"{about} Source: {source_name(source)}.", of, otherwise=head[0])]
    if first.switched_by is not None:
        switched = f"Posted because the leading source changed: {name(first.switched_by)} switched it"
        head += lines(stopped(switched))
    if (reading := first.reading) is not None:
        said = (reading.as_of, reading.received_at, reading.batches, clock)
        head.append(Line(from_reading(source, *said), of, otherwise=Line(from_reading(None, *said))))
        head += lines(*threshold(reading))
        if reading.held is not None:
            head += lines(judged(reading.held, name(first.let_by) if first.let_by else None, clock))
    if first.statement is not None:
        head += _entry(first.statement, setting, clock, name)
    head += _agreeing(posts, setting, clock, name)
    out = [post for post in posts if post.fate.state == "sent"]
    head += [_became(post, server, name) for post in out]
    head += [_became(post, server, name, also=bool(out)) for post in posts if post not in out]
    if first.replaces is not None:
        head.append(Line(f"It replaces #{first.replaces}.", posts=(first.replaces,)))
    if first.replaced_by is not None:
        number, became = first.replaced_by
        head.append(Line(f"**{became} in #{number}.**", posts=(number,)))
    return head


def not_posted_answer(facts: NotPostedFacts, question: Question) -> Card:
    """Return a card that lists what was not posted about a contest, each item with the reason."""
    setting, clock = question.setting, _clock(question.setting, question.now)
    context, known = question.context(), setting.desk.source
    found: list[Line] = []
    if facts.paused:
        paused, to_all = (
            f"**Paused since {words}:** nothing is posted until someone resumes posts (`/pause`)."
            for words in (facts.paused.to_desk(setting, question.now), facts.paused.to_all(setting, question.now))
        )
        found.append(Line(paused, readers="desk", otherwise=Line(to_all)))
    for key, since in facts.muted.items():
        if source := known(key):
            muted, to_all = (
                stopped(f"**Muted:** {source_name(source)}, since {words}")
                for words in (since.to_desk(setting, question.now), since.to_all(setting, question.now))
            )
            found.append(Line(muted, (key,), readers="desk", otherwise=Line(to_all, (key,))))
    if not facts.followed:
        found += lines("**No channel in this server follows it:** `/following` changes that.")
    for one in facts.waiting:
        by = tuple(dict.fromkeys(change.source for change in one.batches))
        found.append(Line(_waits(one, clock, one.preferences.quiet_until(question.now, setting.desk.zone)), by))
        found += [Line(f"> {batch_line(context, change)}", (change.source,)) for change in one.batches]
    found += [
        Line(
            stopped(f"**{_OPEN.get(state, state.capitalize())}:** #{number} in <#{channel}>, since {clock(since)}"),
            posts=(number,),
        )
        for state, number, channel, since in facts.open
    ]
    found += [
        Line(not_posted(source, verdict, reason, as_of, clock), (key,))
        for key, verdict, reason, as_of in facts.readings
        if (source := known(key))
    ]
    for key, why, at in facts.refusals:
        if source := known(key):
            refused = f"**Refused:** {source_name(source)}, last {clock(at)}"
            to_desk = stopped(f"{refused}: {escape(why, _MOST_WHY)}")
            found.append(Line(to_desk, (key,), readers="desk", otherwise=Line(stopped(refused), (key,))))
    card = seen_by(Card(tuple(found), credit_line(setting, None, question.now, question.now)), question.viewer).card
    if card.head:
        head = f"**{context.place}, not posted:**"
    else:
        nothing = (
            "**Nothing to show here.**" if facts.hidden else f"**Nothing about {context.place} is waiting or on hold.**"
        )
        head = f"{nothing} Give `post:` for one post, `at:` for a minute."
    return card.above(head)


def moment_answer(facts: MomentFacts, question: Question) -> Card:
    """Return a card with the batches, readings and entries of a minute.

    Each has the posts about it, or the reason why none was sent.
    """
    context, clock, known = question.context(), _clock(question.setting, question.now), question.setting.desk.source
    found = [_batch_found(context, one, facts, source, clock) for one in facts.batches if (source := known(one.source))]
    found += [
        Line(not_posted(source, verdict, reason, as_of, clock), (key,))
        for key, verdict, reason, as_of in facts.unused
        if (source := known(key))
    ]
    found += [_entry_found(context, one, source) for one in facts.entries if (source := known(one.said.source))]
    card = seen_by(
        Card(tuple(found), credit_line(question.setting, None, question.now, question.now)), question.viewer
    ).card
    if card.head:
        return card.above(f"**{context.place}, stamped or received at {clock(facts.minute)}:**")
    near = [
        Line(
            stopped(f"{'Before' if change.as_of < facts.minute else 'After'} it: {batch_line(context, change)}"),
            (facts.leads.id,),
        )
        for change in facts.near
    ]
    nothing = f"**Nothing on {context.place} is stamped {clock(facts.minute)}, or came in then.** `/history` lists all updates."
    return seen_by(replace(card, head=(Line(nothing), *near)), question.viewer).card


def posts_answer(facts: PostsFacts, question: Question) -> Card:
    """Return a card that lists a newsroom's posts: number, time, source and first line of each."""
    context, known = question.context(), question.setting.desk.source
    number = spelled(len(facts.posts), "post") if facts.posts else "no posts"
    whose = f" from {source_name(facts.source)}" if facts.source else ""
    since = f" since {context.when(facts.since)}" if facts.since else ""
    until = f" until {context.when(question.at)}" if question.at else ""
    first = f"{'the last ' if facts.more else ''}{number}{whose}{since}{until}"
    order = ", newest first" if len(facts.posts) > 1 else ""
    wider = [f"{option}:" for option, given in (("source", facts.source), ("since", facts.since)) if given]
    ask = f" For more, leave out {' or '.join(f'`{one}`' for one in wider)}." if wider and not facts.posts else ""
    head = Line(f"**{stopped(f'{context.head}: {first}{order}')}**{ask}", _of(facts.source))
    found = []
    for post in facts.posts:
        channel, place, message = post.places[0]
        address = address_of(question.server, place, message) if message and question.viewer.sees(channel) else ""
        source = None if facts.source else known(post.source or "")
        text = f"{Link(post.number, address) if address else f'#{post.number}'}, {context.when(post.at)}"
        text = f"{text}, {source_name(source)}: {post.says}" if source else f"{text}: {post.says}"
        became = post.replaced_by
        posts = (post.number, became[0]) if became else (post.number,)
        found.append(
            Line(f"{text} **{became[1]} in #{became[0]}.**" if became else text, _of(source or facts.source), posts)
        )
    credit = credit_line(question.setting, None, question.at or question.now, question.now)
    return seen_by(Card((head, *found), credit), question.viewer).card


def _of(source: Source | None) -> tuple[str, ...]:
    return (source.id,) if source else ()


def _batch_found(
    context: ContestContext, one: FoundBatch, facts: MomentFacts, source: Source, clock: TimeFormatter
) -> Line:
    """Return a line about a batch and its posts.

    For example "The Times, **9:40 p.m.** +74 (Trump 61, Biden 13), Floyd County; Biden +14,101 (+13). Posted in
    #214.".
    """
    came = clock(one.received_at)
    received = f", received at {came}" if came != clock(one.change.as_of) else ""
    batch = stopped(f"{capitalised(source_name(source))}, {batch_line(context, one.change)}{received}")
    if one.posts:
        became = _told_in(one.posts)
    elif one.waits_in:
        became = f"Too small for a post of its own; it waits for the next one in {listed([f'<#{channel}>' for channel in one.waits_in])}."
    elif not facts.followed:
        became = "No channel in this server follows the contest."
    elif source != facts.leads:
        became = f"No post of its own: posts here follow {source_name(facts.leads)}."
    else:
        became = "No post that you can see tells of it."
    return Line(f"{batch} {became}", (source.id,), tuple(post.number for post in one.posts))


def _entry_found(context: ContestContext, one: FoundEntry, source: Source) -> Line:
    statement = one.said
    figures = OtherSource(
        source,
        statement.as_of,
        statement.leader,
        statement.margin,
        statement.total,
        approximate="margin" in statement.approximate,
    )
    has = other_figures(context, figures)
    by = "sent" if statement.entered_by is None else "entered by staff"
    became = "It was retracted." if one.retracted else _told_in(one.posts) if one.posts else "No post of its own."
    text = stopped(f"{capitalised(source_name(source))}, **{context.when(statement.as_of)}**, {by}: {has}")
    posts = tuple(post.number for post in one.posts)
    readers: Readers = "newsroom" if one.waits or one.retracted else "public"
    return Line(f"{text} {became}", (source.id,), posts, readers)


def _told_in(posts: Sequence[FoundPost]) -> str:
    """Return a sentence with the numbers of posts, grouped by state.

    For example "Posted in #214 and #216. Waiting for Publish: #217.".
    """
    by_state: dict[str, dict[str, None]] = {}
    for post in posts:
        by_state.setdefault(_STATES.get(post.state, _NOT_POSTED), {})[f"#{post.number}"] = None
    return " ".join(
        stopped(f"{state}{' in' if state == _STATES['sent'] else ':'} {listed(list(numbers))}")
        for state, numbers in by_state.items()
    )


def _entry(statement: Statement, setting: Setting, clock: TimeFormatter, name: _NameStaff) -> list[Line]:
    source = setting.desk.source(statement.source)
    if source is None:
        return []
    who = f", entered by {name(statement.entered_by)}" if statement.entered_by else ""
    by = f", confirmed by {name(statement.confirmed_by)}" if statement.confirmed_by else ""
    entry = Line(
        stopped(f"From an entry: {source_name(source)}, as of {clock(statement.as_of)}{who}{by}"), (source.id,)
    )
    if not statement.words:
        return [entry]
    # The typed words may say more than what was read from them.
    return [entry, Line(f'As typed: "{escape(statement.words, _MOST_WORDS)}"', (source.id,), readers="desk")]


def _agreeing(posts: list[PostProvenance], setting: Setting, clock: TimeFormatter, name: _NameStaff) -> list[Line]:
    """Return a line for each source that has the same margin as the posts, such as "The AP has the same margin …".

    These are the sources, other than the posts' own, whose figures staff entered.
    """
    said = {one.source: one for post in reversed(posts) for one in reversed(post.agreeing)}
    found = []
    for one in list(said.values())[::-1][:_MOST_AGREEING]:
        if source := setting.desk.source(one.source):
            who = f", entered by {name(one.entered_by)}" if one.entered_by else ""
            same = f"{capitalised(source_name(source))} has the same margin, as of {clock(one.as_of)}{who}"
            found.append(Line(stopped(same), (source.id,)))
    return found


def _became(post: PostProvenance, server: int, name: _NameStaff, *, also: bool = False) -> Line:
    """Return a line with the outcome of a post in a channel.

    `also`: True if an earlier line already names another channel in which the post was sent.
    """
    where, fate = f"in <#{post.channel}>", post.fate
    if fate.state == "sent":
        address = address_of(server, fate.thread or post.channel, fate.message) if fate.message else ""
        link = f" ({Link(post.number, address)})" if address else ""
        by = f", published by {name(fate.approved_by)}" if fate.approved_by else ""
        return Line(stopped(f"Posted {where}{link}{by}"))
    if fate.state == "superseded":
        sentence = f"#{fate.merged_into} covers it" if fate.merged_into else "a newer post covers it"
        covering = (fate.merged_into,) if fate.merged_into else ()
        return Line(f"Not posted on its own {where}: {sentence}.", posts=covering)
    if fate.state == "dropped" and fate.dropped_by:
        return Line(stopped(f"Discarded {where} by {name(fate.dropped_by)}"))
    state = _STATES.get(fate.state, _NOT_POSTED)
    text = f"{'Not' if also and state == _NOT_POSTED else state} {where}"
    if fate.approved_by and fate.state in ("dropped", "failed"):
        text = f"Published by {name(fate.approved_by)}, but not posted {where}"
    if fate.why:
        text = f"{text}: {escape(fate.why, _MOST_WHY)}"
    return Line(stopped(capitalised(text)))


def _clock(setting: Setting, now: datetime) -> TimeFormatter:
    def told(moment: datetime) -> str:
        return when(moment, now, setting.desk.zone)

    return told


def known_reason(reason: str, clock: TimeFormatter) -> str:
    """Return the reason why a reading was put on hold, ignored or dropped, in plain words.

    `reason` is as stored in the database. `clock` formats the times.
    """
    if reason in list(HoldReason):
        return HELD_WORDS.get(reason, escape(reason, _MOST_WHY))
    return escape(_STAMP.sub(lambda found: clock(datetime.fromisoformat(found[0])), reason), _MOST_WHY)


def from_reading(
    source: Source | None, as_of: datetime, received: datetime | None, batches: int, clock: TimeFormatter
) -> str:
    """Return a sentence on the figures behind a post.

    For example "From the Times' figures as of 7:35 a.m., received at 7:36 a.m.; it covers two updates.".
    """
    whose = possessive(source_name(source)) if source else "a source's"
    came = f", received at {clock(received)}" if received and clock(received) != clock(as_of) else ""
    of = f"; it covers {spelled(batches, 'update')}" if batches > 1 else ""
    return stopped(f"From {whose} figures as of {clock(as_of)}{came}{of}")


def threshold(reading: PostedReading) -> list[str]:
    """Return sentences that compare the margin's movement with the channel's minimum change.

    For example "The margin had moved by 48 votes since the post before; the minimum was 43 (0.3% of the lead).". The
    list is empty if either number is unknown.
    """
    if reading.ignores_minimum:
        return ["First figures, lead changes and revisions always post."]
    if reading.moved is None or reading.least is None:
        return []
    moved = f"The margin had moved by {votes(reading.moved)} since the post before"
    of_lead = f" ({round_percent(LEAST_SHARE)} of the lead)" if reading.of_lead else ""
    if reading.moved < reading.least:
        return [f"{moved}, below the minimum of {commas(reading.least)}{of_lead} for a post at once."]
    return [f"{moved}; the minimum was {commas(reading.least)}{of_lead}."]


def _waits(one: WaitingChange, clock: TimeFormatter, quiet_until: datetime | None) -> str:
    """Return why batches are not posted yet, and until when they wait."""
    if quiet_until is not None:
        return stopped(f"**Not posted yet in <#{one.channel}>:** quiet hours until {clock(quiet_until)}")
    why = ""
    if not one.batches:  # else each has its time
        why = f" a change at {clock(one.since)}"
    elif one.moved is not None and one.least is not None:
        least, moved = commas(one.least), f"the margin moved by {votes(one.moved)}"
        together = f", past the minimum of {least}; changes are being posted together"
        why = f" {moved}{f'; the minimum is {least}' if one.moved < one.least else together}"
    text = f"**Not posted yet in <#{one.channel}>{f':**{stopped(why)}' if why else '.**'}"
    then = f"a post by {clock(one.due_at)}" if one.due_at else "the next margin post"
    return text + stopped(f" It will be in {then}")


def judged(reason: str, by: str | None, clock: TimeFormatter) -> str:
    """Return a sentence on why a reading was on hold, and how the hold ended.

    `reason` is as stored in the database. `by` is the name of the editor who approved the reading, if one did.
    """
    let = f"; {by} approved it" if by else "; the source repeated it, or newer figures did"
    return f"On hold first: {known_reason(reason, clock)}{let}."


def not_posted(source: Source | None, verdict: str, reason: str | None, as_of: datetime, clock: TimeFormatter) -> str:
    """Return why a reading was not posted: "**Held:** the Times, 7:35 a.m.: the count went down …".

    `reason` is as stored in the database. `clock` formats the times.
    """
    name = source_name(source) if source else "a source that the desk file no longer has"
    because = f": {'by the desk' if reason == DROPPED else known_reason(reason, clock)}" if reason else ""
    return stopped(
        f"**{'Discarded' if verdict == 'dropped' else verdict.capitalize()}:** {name}, {clock(as_of)}{because}"
    )
