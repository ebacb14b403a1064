"""The texts about holds: the notice and its buttons, the answers to them, and how a hold ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.count.change import new_votes_by_unit
from bot.count.judgement import CONFIRMED_BY_SOURCE, DROPPED, MANY_UNITS, POSTED, UNDONE, Hold, HoldReason
from bot.count.margin import margin_for, margin_of
from bot.count.reading import Reading, Reporting
from bot.desk.desk_file import Contest, Source
from bot.outbox.outbox_words import Delivery, delivery_words
from bot.wording.card import AMBER, Block, Button, Card, Link, Section, lines
from bot.wording.context import ContestContext, Setting, SettledBy, contest_context, source_name
from bot.wording.credit import credit_line, desk_credit, results_status
from bot.wording.escape import capitalised, clean, escape, possessive, stopped
from bot.wording.limits import cut
from bot.wording.margin import ahead_by, signed_margin
from bot.wording.names import count_name, listed, name_of
from bot.wording.numbers import commas, counted, signed, spelled, votes
from bot.wording.times import dated, when
from bot.wording.undo import undo_time

HELD_AGAIN = "held again"
"""The outcome in a notice whose hold is open again."""

JUDGED_AGAIN = "checked again"
"""Why readings after a withdrawn one were dropped: they are judged and stored again."""

MOST_DECIDED = 5
"""The most held readings (or other items) with buttons in one message, which has room for five rows."""

_MOST_LABEL = 15
"""The most characters of a source's name on a button."""

HoldOutcome = Literal["post", "drop", "withdraw"]
"""A desk's decision: to post or drop a held reading, or to withdraw one it had posted."""

HoldRefusal = Literal["", "gone", "late", "elsewhere", "moved on", "left"]

_UNDO_REFUSALS = {
    "gone": "The desk's decision on that no longer stands, so there is nothing to undo.",
    "late": "That was decided over two minutes ago, so it is not undone. Those figures stand in answers until their source "
    "shows others or the desk withdraws them; `/correct` corrects a post alone.",
    "elsewhere": "The desk of another server decided that, and only it can undo it.",
    "moved on": "The source has changed since it was discarded, so it is not on hold again.",
    "left": "Its source has moved off those figures since, so there is nothing to withdraw.",
}

_LATE_DROP = (
    "That was decided over two minutes ago, so it is not undone. It is held again once the source shows newer figures that "
    "go on from it."
)

_NOT_BY_ITSELF = (
    "No channel in this server gets a post of it now: it waits for quiet hours to end, or to reach the minimum change."
)

_BY_ITSELF: dict[HoldReason, str] = {
    HoldReason.FALL: "the source repeats that or withdraws it",
    HoldReason.MANY_UNITS: "the source goes back to its earlier figures",
    HoldReason.VANISHED: "the source lists every candidate again",
    HoldReason.FLAPPING: "the source shows other figures",
    HoldReason.WENT_BACK: "the source repeats that or leaves it again",
}
"""How the source itself can end a hold, for each reason."""

_MOST_UNITS = 3
"""The most units named next to held figures."""

_MOST_UNIT_NAME = 40
"""The most characters of a unit's name next to held figures."""

_LATE = "late in the count"

_MOST_OTHERS = 2
"""The most other sources whose figures are listed below held ones."""

HELD_NOW_LABEL = "**Held now:**"
"""Begins the line with newer figures, below those with which a notice was posted."""


@dataclass(frozen=True, slots=True)
class Editor:
    """The editor who decides on a held reading."""

    server: int
    who: str
    """The editor, as named in the audit log."""
    confirmed_by: str | None = None
    """The second person, if the desk requires two."""
    newsroom: str | None = None
    """The name of the editor's server."""

    def named_in(self, server: int) -> str:
        """Return the editor's name for the audit log of a server.

        In the logs of other servers, the name is that of the editor's desk, with the id of the editor's server.
        """
        return self.who if server == self.server else f"{desk_of(self.newsroom)} ({self.server})"


@dataclass(frozen=True, slots=True)
class HeldReading:
    """A reading on hold in a contest that a channel follows, with the facts for notices, answers and buttons."""

    contest: str
    source: str
    count: str
    reason: HoldReason
    since: datetime
    deadline: datetime
    """When the desk is asked, unless the source has ended the hold before."""
    key: str = ""
    """The reading's `held_key`, for its buttons."""
    ask_at: datetime | None = None
    """When the desk is asked again, if somebody pressed Wait."""
    figures: tuple[Reading, Reading] | None = None
    """(held reading, reading accepted so far)."""
    others: tuple[Reading, ...] = ()
    """Other sources' readings of the same count, newest first."""


@dataclass(frozen=True, slots=True)
class PostedHold:
    """A held reading that a desk posted and that is still the basis of the count."""

    held: HeldReading
    """The reading; its `figures` have the reading before it, too."""
    at: datetime
    by: str | None
    """The editor of this server who posted it; None if an editor of another server did."""
    where: int


@dataclass(frozen=True, slots=True)
class Undone:
    """The result of undoing an editor's decision on a held reading."""

    refused: HoldRefusal = ""
    """Why nothing was done, or "".

    `gone`: no editor has decided it, or the decision is already undone. `late`: more than two minutes have passed.
    `elsewhere`: another server's desk decided. `moved on`: a dropped reading can't be held again, since the source has shown
    something else. `left`: the source has abandoned a posted reading.
    """
    posted: bool = False
    """True if the reading had been posted; False if it had been dropped, and is now held again."""
    reading: Reading | None = None
    """The reading that the decision was about."""
    later: tuple[Reading, ...] = ()
    """The readings after it that are judged again, oldest first."""
    dropped: int = 0
    """How many unsent posts were dropped."""
    channels: int = 0
    """How many channels get a retraction, because posts were sent in them or may have been."""


@dataclass(frozen=True, slots=True)
class HoldState:
    """A hold's outcome and who decided, as far as one server may know."""

    contest: str
    source: str
    count: str
    since: datetime
    settled_at: datetime | None
    """When the hold ended; None while it is open."""
    outcome: str | None
    settled_by: str | None
    """The editor of this server who decided; None if nobody did, or an editor of another server."""
    settled_in: int | None
    ask_at: datetime | None
    """When this server's desk is asked again; None if nobody pressed Wait."""


def held_post(
    contest: Contest,
    source: Source,
    hold: Hold,
    setting: Setting,
    now: datetime,
    *,
    instead_of: Reading | None = None,
    shown: bool = True,
    settled: SettledBy = "here",
    overdue: bool = False,
    asks: str | None = None,
    others: Sequence[Reading] = (),
) -> Card:
    """Return the notice saying that a source's reading is on hold.

    `instead_of` is the reading accepted so far. With `shown`, the notice shows the held figures, as in desk channels and
    channels where the desk decides. Other channels get no figures, so that nobody takes them for news. `asks` is the held
    reading's key, for notices with buttons. `others` are other sources' readings of the same count. `settled` is whose desk
    may decide, as seen from the notice's server.
    """
    context = contest_context(contest, setting, now, hold.reading.names, hold.reading.count)
    reason, figures = hold.reason, None if instead_of is None else (hold.reading, instead_of)
    sentence = (
        still_held(context, source, reason, hold.since, settled, figures)
        if overdue
        else held(context, source, reason, settled, figures)
    )
    received = hold.reading.as_of_is == "received"
    table = (held_table(context, source, hold.reading, instead_of, others, setting),) if instead_of and shown else ()
    return Card(
        lines(sentence),
        kind="notice",
        credit=credit_line(setting, source, hold.reading.as_of, now, received=received),
        blocks=table,
        quiet=False,
        buttons=hold_buttons(asks) if asks else (),
    )


def hold_buttons(key: str, which: str = "") -> tuple[Button, ...]:
    """Return the Post, Wait and Discard buttons for the held reading with this key.

    `which` is a prefix for their labels.
    """
    return (
        Button(f"{which}Post", f"hold:post:{key}", "primary"),
        Button(f"{which}Wait", f"hold:wait:{key}"),
        Button(f"{which}Discard", f"hold:drop:{key}", "danger"),
    )


def undo_button(key: str) -> Button:
    """Return the button that undoes an editor's decision on the held reading with this key."""
    return Button("Undo", f"hold:undo:{key}")


def sure_answer(hold: HeldReading, setting: Setting, now: datetime, *, second: bool) -> Card | None:
    """Return the question to an editor who pressed Post on a notice: really post these figures?

    None if the desk file no longer has the contest or the source. `second`: another editor has to confirm, too.
    """
    contest, source = setting.desk.contest(hold.contest), setting.desk.source(hold.source)
    if contest is None or source is None or hold.figures is None:
        return None
    reading, accepted = hold.figures
    context = contest_context(contest, setting, now, reading.names, hold.count)
    total = commas(reading.counted)
    whose = f"as {possessive(source_name(source))} figures for {context.place}"
    then = "Someone else on the desk must confirm it." if second else "You can undo it for two minutes."
    asked = f"**Post {total} as the count?** It would go out {whose}. {then}"
    why = f"Held since {context.when(hold.since)}: they {_why(context, hold.reason, hold.figures)}."
    return Card(
        lines(asked, why),
        blocks=(held_table(context, source, reading, accepted, hold.others, setting),),
        buttons=(Button(f"Post {total}", f"hold:sure:{hold.key}", "primary"),),
    )


def confirm_question(hold: HeldReading, press: HoldOutcome, who: str, setting: Setting, now: datetime) -> Card | None:
    """Return the question to a second person whether to post, drop or withdraw a held reading, as `who` wants.

    None if the desk file no longer has the contest or the source, or the reading's figures are unknown.
    """
    contest, source = setting.desk.contest(hold.contest), setting.desk.source(hold.source)
    if contest is None or source is None or hold.figures is None:
        return None
    reading, accepted = hold.figures
    context = contest_context(contest, setting, now, reading.names, hold.count)
    what = f"{press} {commas(reading.counted)}, held of {possessive(source_name(source))} figures for {context.place}"
    if press == "withdraw":
        what = f"withdraw {commas(reading.counted)}, which was held and posted as {possessive(source_name(source))}"
    became = "posted" if press == "withdraw" else "on hold"
    return Card(
        lines(f"**Confirm?** {name_of(who)} wants to {what}."),
        blocks=(held_table(context, source, reading, accepted, hold.others, setting, became),),
        kind="notice",
        credit=credit_line(setting, source, reading.as_of, now, received=reading.as_of_is == "received"),
        quiet=False,
        buttons=(
            Button("Confirm", f"hold:confirm:{hold.key}", "primary"),
            Button("Reject", f"hold:reject:{hold.key}", "danger"),
        ),
    )


def second_person_answer(desk: int, press: HoldOutcome) -> str:
    """Return the answer to an editor whose decision a second person has to confirm.

    `desk` is the desk channel's id.
    """
    not_yet = {"post": "Not posted yet", "drop": "Not discarded yet", "withdraw": "Not withdrawn yet"}[press]
    return f"**{not_yet}:** someone else on the desk must confirm it in <#{desk}>; your own second press does not."


def rejected_words(who: str, now: datetime, setting: Setting, *, posted: bool) -> str:
    """Return the text to add above a question that the second person `who` rejected.

    `posted`: the question was about withdrawing a posted reading.
    """
    stays = "It stays as posted." if posted else "It stays held."
    return f"**Rejected by {name_of(who)}, {stopped(when(now, now, setting.desk.zone))}** {stays}"


def withdrawn_post(
    contest: Contest, numbers: Sequence[int], replaced: Link | None, stands: Reading, setting: Setting, now: datetime
) -> Card:
    """Return a retraction: a desk had posted held figures, and has withdrawn them.

    `numbers` are the retracted posts, and `replaced` is a link to the last of them, if known. `stands` is the reading
    whose figures apply again.
    """
    context = contest_context(contest, setting, now, stands.names, stands.count)
    posts = listed([f"#{number}" for number in numbers])
    figures = stopped(f"As before, {context.the_count} has {held_figures(context, stands)}")
    text = f"we posted those figures by mistake. {figures}"
    return Card(
        lines(text),
        label=f"**Retraction** of {posts}: ",
        credit=desk_credit(setting, now),
        blocks=(Block(lines(f"It replaces {replaced}."), colour=AMBER),) if replaced else (),
        kind="retraction",
        quiet=False,
    )


def undone_answer(
    undone: Undone, contest: Contest | None, setting: Setting, now: datetime, *, again: bool = False
) -> str:
    """Return the answer to an editor who pressed Undo.

    `again`: the button was below a withdrawal, not below a decision.
    """
    if undone.refused:
        dropped = undone.refused == "late" and not undone.posted
        return _LATE_DROP if dropped else _UNDO_REFUSALS[undone.refused]
    reading = undone.reading
    if contest is None or reading is None:
        return "**Undone.**"
    context = contest_context(contest, setting, now, reading.names, reading.count)
    figures = held_figures(context, reading)
    if not undone.posted:
        text = " Its posts stay withdrawn; press Post to post it again." if again else ""
        return f"**Undone.** It is held again: {stopped(figures)}{text}"
    parts = [f"**Undone.** {capitalised(figures)}, is withdrawn as if discarded."]
    if undone.dropped:
        parts.append(f"{counted(undone.dropped, 'unsent post')} won't go out.")
    if undone.channels:
        parts.append(f"What was posted is retracted in {counted(undone.channels, 'channel')}.")
    if undone.later:
        parts.append(
            f"{counted(len(undone.later), 'reading')} that came since {'is' if len(undone.later) == 1 else 'are'} "
            "checked again."
        )
    return " ".join(parts)


def withdraw_button(one: HeldReading) -> tuple[Button, ...]:
    """Return the button that asks to withdraw a held reading that was posted."""
    total = f" {commas(one.figures[0].counted)}" if one.figures else ""
    return (Button(f"Withdraw{total}", f"hold:withdraw:{one.key}", "danger"),)


def posted_hold_line(one: PostedHold, setting: Setting, now: datetime) -> str | None:
    """Return the line about a held reading that a desk posted: the figures, the figures before it, when and by whom.

    None if the figures are unknown.
    """
    contest, source = setting.desk.contest(one.held.contest), setting.desk.source(one.held.source)
    if contest is None or source is None or one.held.figures is None:
        return None
    reading, before = one.held.figures
    context = contest_context(contest, setting, now, reading.names, one.held.count)
    by = name_of(one.by) if one.by else desk_of(setting.newsrooms.get(one.where))
    whose = f"{possessive(source_name(source))} figures for {context.place}"
    figures = stopped(f"{whose}, {held_figures(context, reading)}")
    return (
        f"**Posted by {by}, {context.when(one.at)}:** {figures} {stopped(f'Before: {held_figures(context, before)}')}"
    )


def withdraw_question(
    one: PostedHold,
    would: Undone,
    texts: Sequence[str],
    delivery: Delivery,
    setting: Setting,
    now: datetime,
    *,
    second: bool,
) -> str:
    """Return a preview of a withdrawal: the posted figures, the posts to come, and the figures that apply then.

    Args:
        one: the reading.
        would: the result that the withdrawal would have.
        texts: the texts that would be posted in this server, each once.
        delivery: how these posts would be delivered.
        setting: the server's setting.
        now: the news clock's time.
        second: True if another editor has to confirm.
    """
    total = f" {commas(one.held.figures[0].counted)}" if one.held.figures else ""
    lines = [f"**Withdraw{total}?** Nothing is done yet.", posted_hold_line(one, setting, now) or ""]
    if would.dropped:
        lines.append(f"{counted(would.dropped, 'post')} that had not been sent would not be.")
    if texts:
        lines += ["This would be posted:", *(f"> {text}" for text in texts), delivery_words(delivery, setting, now)]
    if would.later:
        lines.append(f"{counted(len(would.later), 'reading')} that came since would be checked again.")
    lines.append("Someone else on the desk must confirm it." if second else "You can undo it for two minutes.")
    return "\n".join(line for line in lines if line)


def settled_words(
    key: tuple[str, str, str], hold: Hold, outcome: str, editor: Editor | None, setting: Setting, now: datetime
) -> Callable[[int, bool, bool], str]:
    """Return a function that writes the text of a notice once its hold has ended.

    The function takes (server, whether the channel is public, whether the notice had buttons). The editor is named
    only in notices with buttons, since many people may read the other channels. Servers don't learn who decided in
    another server, and public channels name nobody.

    Args:
        key: the series as (source, contest, count).
        hold: the hold that ended.
        outcome: how it ended.
        editor: the editor who decided, or None.
        setting: the desk file and the reader.
        now: the news clock's time.
    """
    source, contest = setting.desk.source(key[0]), setting.desk.contest(key[1])

    def said(server: int, public: bool, asked: bool) -> str:
        if source is None or contest is None:
            return "**No longer held.**"
        by = None
        if editor is not None and not public:
            by = name_of(editor.named_in(server)) if asked or server != editor.server else "the desk"
            if editor.confirmed_by and server == editor.server and asked:
                by = f"{by}, confirmed by {name_of(editor.confirmed_by)}"
        return ended(contest_context(contest, setting, now, count=key[2]), source, hold.since, outcome, now, by)

    return said


def wait_words(who: str, ask_at: datetime, setting: Setting, now: datetime) -> str:
    """Return the line that is added to a notice after the editor `who` pressed Wait."""
    pressed, again = when(now, now, setting.desk.zone), when(ask_at, now, setting.desk.zone)
    return stopped(f"{name_of(who)} pressed Wait at {pressed}, for the desk to be asked again at {again}")


def newer_words(
    contest: Contest, hold: Hold, accepted: Reading, setting: Setting, others: Sequence[Reading] = ()
) -> str:
    """Return the line of a notice about figures that are newer than those its buttons decide about.

    Times have their date unless it is the day the hold began, since the notice may be read on a later day. `others` are other
    sources' readings of the same count by now.
    """
    context = contest_context(contest, setting, hold.since, hold.reading.names, hold.reading.count)
    return " ".join([held_figures_now(context, hold.reading, accepted), *_others_have(context, others, setting)])


def wait_answer(ask_at: datetime, setting: Setting, now: datetime) -> str:
    """Return the answer to an editor who pressed Wait."""
    again = when(ask_at, now, setting.desk.zone)
    return stopped(f"**It stays held.** If nothing has settled it, the desk is asked again at {again}")


def hold_answer(state: HoldState | None, setting: Setting, now: datetime) -> str:
    """Return the answer to an editor who pressed a button too late: how the hold ended, when and by whom."""
    if state is None:
        return "Those figures are no longer on hold in this server."
    source, contest = setting.desk.source(state.source), setting.desk.contest(state.contest)
    if source is None or contest is None:
        return "The desk file no longer has the contest or the source of that reading."
    if state.settled_at is None:
        return "Still on hold: press again."
    by = None
    if state.settled_in is not None:
        desk = f"{desk_of(setting.newsrooms.get(state.settled_in))} ({state.settled_in})"
        by = name_of(state.settled_by or desk)
    context = contest_context(contest, setting, now, count=state.count)
    how = ended(context, source, state.since, state.outcome or "", state.settled_at, by)
    return f"That was already decided. {how}"


def desk_of(newsroom: str | None) -> str:
    """Return the name of another server's desk. It has the newsroom's name if Discord has given the server's name."""
    return f"the desk of {clean(newsroom, 60)}" if newsroom else "the desk of another server"


def held_line(
    hold: HeldReading, setting: Setting, now: datetime, settled: SettledBy = "here", *, asks: bool = False
) -> str | None:
    """Return the line of an answer about a hold: the source, the reason, and until when the figures are on hold.

    None if the desk file no longer has the contest. With `asks`, buttons are below the line, so it does not mention
    other ways to decide.
    """
    contest, source = setting.desk.contest(hold.contest), setting.desk.source(hold.source)
    if contest is None or source is None:
        return None
    context = contest_context(contest, setting, now, hold.figures[0].names if hold.figures else None, hold.count)
    again = stopped(f"The desk is asked again at {when(hold.ask_at, now, setting.desk.zone)}") if hold.ask_at else ""
    parts = (
        held_since(context, source, hold.reason, hold.since, hold.figures),
        "" if asks else held_until(context, hold.reason, hold.deadline, settled),
        again,
    )
    return " ".join(part for part in parts if part)


def held_tables(holds: Sequence[HeldReading], setting: Setting, now: datetime) -> tuple[Block, ...]:
    """Return a table for each hold. If there are several, each has a title."""
    found = []
    for one in holds:
        contest, source = setting.desk.contest(one.contest), setting.desk.source(one.source)
        if contest is not None and source is not None and one.figures is not None:
            context = contest_context(contest, setting, now, one.figures[0].names, one.count)
            table = held_table(context, source, *one.figures, one.others, setting)
            name = f"{contest.name}: {source.brief}, {count_name(one.count)}"
            found.append(replace(table, title=escape(name)) if len(holds) > 1 else table)
    return tuple(found)


def held_answer(
    contest: Contest, holds: Sequence[HeldReading], posted: Sequence[PostedHold], setting: Setting, now: datetime
) -> Card:
    """Return the answer of `/held`: a contest's figures on hold next to the accepted ones, with buttons.

    `posted` are readings that the desk posted from a hold and that the count is still based on. They are listed last.
    """
    open_lines = [(line, one) for one in holds[:MOST_DECIDED] if (line := held_line(one, setting, now, asks=True))]
    room = MOST_DECIDED - len(open_lines)
    newest = sorted(posted[:room], key=lambda one: one.at)  # with the first, all that came after it is withdrawn
    through = [(line, one.held) for one in newest if (line := posted_hold_line(one, setting, now))]
    none = [] if open_lines else [f"Nothing on **{escape(contest.name)}** is on hold."]
    buttons: list[Button] = []
    for _, one in open_lines:
        which = which_series(one, holds, setting)
        buttons += hold_buttons(one.key, f"{which}: " if which else "")
    for _, one in through:
        buttons += withdraw_button(one)
    said = lines(*none, *(line for line, _ in [*open_lines, *through]))
    return Card(said, blocks=held_tables([one for _, one in open_lines], setting, now), buttons=tuple(buttons))


def which_series(hold: HeldReading, among: Sequence[HeldReading], setting: Setting) -> str:
    """Return the source and count of a hold, for a button: "the Times, audit".

    Empty if the contest has no other hold.
    """
    source = setting.desk.source(hold.source)
    if source is None or len([one for one in among if one.contest == hold.contest]) == 1:
        return ""
    return f"{cut(source.brief, _MOST_LABEL)}, {count_name(hold.count)}"


def newer_answer(hold: HeldReading, shown: Reading | None, setting: Setting, now: datetime) -> Card | None:
    """Return the answer to a press of a button whose figures are no longer the newest on hold.

    It shows both readings, with buttons for the newest. `shown` is the reading that the editor was shown, or None if
    it is unknown. Returns None if the desk file no longer has the contest.
    """
    contest, source = setting.desk.contest(hold.contest), setting.desk.source(hold.source)
    if contest is None or source is None or hold.figures is None:
        return None
    first = "**Not decided yet: newer figures came in.**"
    if shown is not None:
        seen = held_figures(contest_context(contest, setting, now, shown.names, hold.count), shown)
        first = f"{first} {stopped(f'You were shown: {seen}')}"
    context = contest_context(contest, setting, now, hold.figures[0].names, hold.count)
    table = held_table(context, source, *hold.figures, hold.others, setting)
    return Card(lines(first), blocks=(table,), buttons=hold_buttons(hold.key))


def settled_answer(
    contest: Contest,
    settled: Reading,
    delivery: Delivery,
    setting: Setting,
    now: datetime,
    *,
    post: bool,
) -> str:
    """Return the answer to an editor who posted or discarded a held reading.

    The answer has the figures, the channels of the resulting posts, and the time until which the decision can be
    undone. `delivery` is where the posts go in this server.
    """
    source = setting.desk.source(settled.source)
    context = contest_context(contest, setting, now, settled.names, settled.count)
    name = source_name(source) if source else escape(settled.source)
    first = "**Accepted:**" if post else "**Discarded.** Not posted:"
    figures = stopped(f"{capitalised(name)}, {context.the_count}: {held_figures(context, settled)}")
    goes = (delivery_words(delivery, setting, now) or _NOT_BY_ITSELF) if post else ""
    undo = stopped(f"You can undo it {undo_time(setting, now)}")
    return f"{first}\n- {figures}\n{f'{goes} ' if goes else ''}{undo}"


def held(
    context: ContestContext,
    source: Source,
    reason: HoldReason,
    settled: SettledBy = "here",
    figures: tuple[Reading, Reading] | None = None,
) -> str:
    """Return the sentence that a source's figures are on hold and why, and who can settle that."""
    return f"**Held{_for(settled)}:** {_figures(context, source, reason, figures)}. {_resolution_sentence(source, reason, settled)}"


def held_since(
    context: ContestContext,
    source: Source,
    reason: HoldReason,
    since: datetime,
    figures: tuple[Reading, Reading] | None,
) -> str:
    """Return the sentence that a source's figures have been held since a time, and why."""
    return f"**Held since {context.when(since)}:** {_figures(context, source, reason, figures)}."


def held_until(context: ContestContext, reason: HoldReason, deadline: datetime, settled: SettledBy = "here") -> str:
    """Return the sentence about how long figures stay on hold, and how an editor can decide earlier.

    `settled` is whose desk may decide, as seen from the reader's server.
    """
    if settled != "here":
        return f"These figures wait for their source{_or_elsewhere(settled)}."
    if reason not in CONFIRMED_BY_SOURCE:
        return "These figures wait until an editor posts or discards them with `/held`."
    if deadline <= context.now:
        return "These figures post automatically once the source shows them again. To decide now: `/held`."
    return (
        f"Until {context.when(deadline)} the source may repeat that, which posts it automatically, or correct it; "
        "then the desk is asked. To decide now: `/held`."
    )


def not_settled(settled: SettledBy) -> str:
    """Return the error message for an editor whose desk may not decide on held readings.

    `settled` is whose desk may, as seen from that editor's server.
    """
    return (
        "what is held is on hold for every server, so only servers the operator names may post or discard it, and this "
        f"one is not among them: it waits for its source{_or_elsewhere(settled)}"
    )


def still_held(
    context: ContestContext,
    source: Source,
    reason: HoldReason,
    since: datetime,
    settled: SettledBy = "here",
    figures: tuple[Reading, Reading] | None = None,
) -> str:
    """Return the sentence that a source's figures are still held, because nothing the source has shown settles it."""
    whose = f"{possessive(source_name(source))} figures for {context.place}"
    match reason:
        case HoldReason.FLAPPING:
            text = (
                f"**Held{_for(settled)}:** {whose} have kept switching since {context.when(since)}, back to "
                "figures the source had left"
            )
        case HoldReason.FALL:
            text = (
                f"**Still held:** {whose} fell at {context.when(since)}, and the source has neither repeated that "
                "nor withdrawn it"
            )
        case HoldReason.WENT_BACK:
            text = (
                f"**Still held:** {whose} moved off what the desk had posted at {context.when(since)}; the source has not "
                "confirmed either"
            )
        case _:
            text = f"**Still held:** {_figures(context, source, reason, figures)}"
    return f"{text}. {_resolution_sentence(source, reason, settled, overdue=True)}"


def _resolution_sentence(source: Source, reason: HoldReason, settled: SettledBy, *, overdue: bool = False) -> str:
    """Return the sentence about what ends a hold: the source's next figures, or an editor.

    With `overdue`, the time that the source had to take back or repeat its figures is over.
    """
    if settled == "here":
        confirms_itself = (
            overdue and reason in CONFIRMED_BY_SOURCE
        )  # held for so long that the source's next word is enough
        name = source_name(source)
        by_itself = (
            "These figures are posted automatically once the source shows them again. " if confirms_itself else ""
        )
        back = "" if reason is HoldReason.FLAPPING else f", or until {name} goes back to its earlier figures"
        wait = f"{'Otherwise they' if confirms_itself else 'These figures'} wait"
        return f"{by_itself}{wait} until an editor posts or discards them with `/held`{back}."
    other = ", or another server's desk posts or discards them" if settled == "elsewhere" else ""
    return f"These figures wait for their source: nothing newer from it is posted until {_BY_ITSELF[reason]}{other}."


def _for(settled: SettledBy) -> str:
    return " for the desk" if settled == "here" else ""


def _or_elsewhere(settled: SettledBy) -> str:
    return ", or for the desk of another server" if settled == "elsewhere" else ""


def _figures(
    context: ContestContext, source: Source, reason: HoldReason, figures: tuple[Reading, Reading] | None
) -> str:
    return f"{possessive(source_name(source))} figures for {context.place} {_why(context, reason, figures)}"


def _why(context: ContestContext, reason: HoldReason, figures: tuple[Reading, Reading] | None) -> str:
    """Return why figures are held, worded as the end of a sentence: "changed in 22 counties".

    `figures` are the held and the accepted reading. A unit in which votes only moved from one candidate to another is not in
    the number.
    """
    match reason:
        case HoldReason.MANY_UNITS:
            changed = _new_votes(figures[1], figures[0]) if figures else {}
            units = f"{commas(len(changed)) if len(changed) >= MANY_UNITS else 'many'} {context.contest.units}"
            late = _how_late(context, figures[1]) if figures else _LATE
            return f"changed in {units}, {late}; the feed may now show a different count, such as an audit"
        case HoldReason.VANISHED:
            return "no longer listed a candidate who had votes"
        case HoldReason.FALL:
            return "were lower than before"
        case HoldReason.FLAPPING:
            return "were figures it had left before"
        case HoldReason.WENT_BACK:
            return "continued from figures before those the desk posted"


def _how_late(context: ContestContext, reading: Reading) -> str:
    """Return "after 2,644 of 2,655 precincts had reported", by precincts or else by units."""
    said = reading.reporting or Reporting()
    for kinds, pair in {"precincts": said.precincts, context.contest.units: said.units}.items():
        if pair and pair[1]:
            done = f"{commas(pair[0])} of" if pair[0] != pair[1] else "all"
            return f"after {done} {commas(pair[1])} {kinds} had reported"
    return _LATE


def held_table(
    context: ContestContext,
    source: Source,
    reading: Reading,
    before: Reading,
    others: Sequence[Reading],
    setting: Setting,
    became: str = "on hold",
) -> Block:
    """Return a table of held figures, with the accepted figures, other sources' figures, and the source's own page.

    `before` is the accepted reading, and `others` are other sources' newest readings of the same count. `became` is
    the state of the held figures now.
    """
    rows = {
        "Lead": _lead(context, before, reading),
        "Votes counted": _number(
            before.counted, reading.counted, alike=(reading.total is None) == (before.total is None)
        ),
        **{f"{capitalised(name)} reported": text for name, text in _reporting(context, before, reading).items()},
        f"{capitalised(context.contest.units)} that changed": units_changed(context, before, reading),
        "Status": _moved(results_status(before, source), results_status(reading, source)),
        "As of": _moved(context.when(before.as_of), context.when(reading.as_of)),
    }
    table = [f"**{what}:** {text}" for what, text in rows.items() if text]
    have = _others_have(context, others, setting)
    page = [f"[{capitalised(possessive(source_name(source)))} page]({source.page})"] if source.page else []
    at = dated(context.now, context.now, context.zone)
    none = f"No other feed had this count at {stopped(at)} For what staff entered: `/sources`."
    return Block(
        lines(f"Before → {became} at {at}", *table),
        (Section("Other sources", lines(*(have or [none]), *page)),),
        colour=AMBER,
    )


def _others_have(context: ContestContext, others: Sequence[Reading], setting: Setting) -> list[str]:
    known = [(other, one) for one in others if (other := setting.desk.source(one.source))][:_MOST_OTHERS]
    return [stopped(f"{capitalised(source_name(other))}: {held_figures(context, one)}") for other, one in known]


def _lead(context: ContestContext, before: Reading, reading: Reading) -> str:
    """Return the two leads: "Biden +500 → Biden +400". If somebody else leads now, "the lead changes" is added."""
    then, now = margin_of(before.votes), margin_of(reading.votes, margin_of(before.votes).leader)
    if then.votes is None or now.votes is None:
        return ""
    text = f"{signed_margin(context, then.leader, then.votes)} → {signed_margin(context, now.leader, now.votes)}"
    if then.votes and now.votes and then.leader != now.leader:
        return f"{text}; **the lead changes**"
    moved = now.votes - then.votes
    return f"{text} ({signed(moved) if moved else 'no change'})"


def _number(before: int, shown: int, *, alike: bool = True) -> str:
    """Return two numbers and their difference: "400 → 500 (+100)".

    With `alike` False the numbers count different things, so no difference is given.
    """
    if not alike:
        return f"{commas(before)} → {commas(shown)}"
    return f"{commas(before)} → {commas(shown)} ({signed(shown - before)})" if shown != before else _same(commas(shown))


def _reporting(context: ContestContext, before: Reading, reading: Reading) -> dict[str, str]:
    """Return how many counties and precincts had reported in `before` and have in `reading`, by label.

    A label without any number is missing.
    """
    then, now = before.reporting or Reporting(), reading.reporting or Reporting()
    pairs = {context.contest.units: (then.units, now.units), "precincts": (then.precincts, now.precincts)}
    said = {
        name: [" of ".join(map(commas, one)) if one else "not said" for one in pair] for name, pair in pairs.items()
    }
    return {name: _moved(*said[name]) for name, pair in pairs.items() if any(pair)}


def _moved(before: str, text: str) -> str:
    return f"{before} → {text}" if before != text else _same(text)


def _same(text: str) -> str:
    return f"{text} (no change)"


def units_changed(context: ContestContext, before: Reading, after: Reading) -> str:
    """Return the units that changed, the largest change first: "Fulton +300, Floyd +74 and 12 other counties".

    Empty if the readings have no votes by unit.
    """
    changed = sorted(_new_votes(before, after).items(), key=lambda one: (-abs(one[1]), one[0]))
    named = [f"{escape(name, _MOST_UNIT_NAME)} {signed(number)}" for name, number in changed]
    more = len(named) - _MOST_UNITS
    others = spelled(more, f"other {context.contest.unit}", f"other {context.contest.units}") if more > 0 else ""
    return listed(named[:_MOST_UNITS], others)


def _new_votes(before: Reading, after: Reading) -> dict[str, int]:
    return {name: number for name, number in (new_votes_by_unit(before, after) or {}).items() if number}


def held_figures_now(context: ContestContext, reading: Reading, accepted: Reading) -> str:
    """Return the newest figures on hold, and their difference from the accepted ones."""
    now = stopped(f"{HELD_NOW_LABEL} {held_figures(context, reading)}")
    difference = _difference(context, reading, accepted)
    then = dated(accepted.as_of, context.now, context.zone)  # the notice is edited for days
    return stopped(f"{now} Compared with the figures of {then}, {difference}") if difference else now


def _difference(context: ContestContext, reading: Reading, accepted: Reading) -> str:
    """Return the difference between two readings: "Biden's lead is 74 larger, and the total is 5,207 votes higher".

    Unknown figures are skipped. The lead is that of the leader at `accepted` or, if that was a tie, of the leader at
    `reading`.
    """
    standing, parts = margin_of(accepted.votes), []
    leader = standing.leader if standing.votes else margin_of(reading.votes).leader
    before, after = margin_for(leader, accepted.votes), margin_for(leader, reading.votes)
    if before is not None and after is not None:
        moved, lead = after - before, context.lead_of(leader)
        larger = f"{commas(abs(moved))} {'larger' if moved > 0 else 'smaller'}" if moved else "the same"
        parts.append("the lead changes" if after < 0 else f"{lead} is {larger}")
    if (reading.total is None) == (accepted.total is None):
        more = reading.counted - accepted.counted
        than = f"{votes(abs(more))} {'higher' if more > 0 else 'lower'}" if more else "the same"
        parts.append(f"the total is {than}")
    return ", and ".join(parts)


def held_figures(context: ContestContext, reading: Reading) -> str:
    """Return a reading's margin, votes and time: "Biden ahead by 12,670, with 4,998,482 votes counted, as of 8:41 p.m."."""
    margin = margin_of(reading.votes)
    time = "received" if reading.as_of_is == "received" else "as of"
    figures = f"{votes(reading.counted)} counted"
    if margin.votes is not None:
        figures = f"{ahead_by(context, margin.leader, margin.votes)}, with {figures}"
    return f"{figures}, {time} {context.when(reading.as_of)}"


def ended(context: ContestContext, source: Source, since: datetime, outcome: str, at: datetime, by: str | None) -> str:
    """Return how and when a hold ended, as a sentence. `by` is the editor who decided, already escaped, or None."""
    whose = f"{possessive(source_name(source))} figures for {context.place}"
    figures = f"{whose}, held since {context.when(since)}"
    verb = {
        POSTED: "Posted",
        DROPPED: "Discarded",
        UNDONE: "Withdrawn",
        HELD_AGAIN: "Held again",
        JUDGED_AGAIN: "Checked again",
    }.get(outcome)
    if verb is None:
        return stopped(
            f"**{capitalised(whose)} were on hold from {context.when(since)} to {context.when(at)}:** {outcome}"
        )
    return stopped(f"**{verb}{f' by {by}' if by else ''}, {context.when(at)}:** {figures}")
