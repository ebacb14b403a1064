"""Posts about a change: the headline, which can be read out on air, and the card.

The headline reports what moved: the lead; new votes, with their origin and split; or only progress (precincts, units,
results status, votes expected). The headline of a revision begins with "Count revised". A revision is never described
as our error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.count.change import Change, compare, net
from bot.count.fall import Fall, fall_between, fall_ends_lead, falls_together
from bot.count.margin import margin_of
from bot.count.post_threshold import is_early_count
from bot.count.reading import Reading, Status
from bot.count.relation import agrees
from bot.count.statement import Statement
from bot.desk.desk_file import Contest, Source
from bot.tally.leading_source_words import margin_now_from
from bot.tally.other_sources_words import with_line_below
from bot.tally.run_watchers import news_between
from bot.tally.standing_words import (
    MOST_OTHERS,
    OtherSource,
    ballots_left_text,
    held_note,
    margin_stated,
    other_line,
    standing,
)
from bot.tally.watchers import WatchedCount
from bot.wording.card import AMBER, CHALK, SLATE, Block, Card, Line, Link, StatedMargin, lines
from bot.wording.context import ContestContext, Movement, Setting, Tense, contest_context, may_be_named, source_name
from bot.wording.credit import credit_line, footer
from bot.wording.entered_before import EnteredBefore, entered_before_sentence, without_unnameable_source
from bot.wording.escape import capitalised, possessive, stopped
from bot.wording.limits import DESCRIPTION, fitted, joined
from bot.wording.lines import RequiredShare, leaders_share, required_share, so_far
from bot.wording.margin import MOST_NAMED, ahead_by, top_candidates
from bot.wording.names import listed, unit_list
from bot.wording.numbers import commas, counted, more_votes, spelled, votes
from bot.wording.times import length
from bot.wording.votes_table import (
    by_size,
    count_notes,
    new_votes_by_unit_line,
    reporting_line,
    total_lags,
    votes_table,
    whole,
)

_LONG = timedelta(hours=14)
"""From this duration on, more than a night, the headline of a change has the time at which it began."""

_NOTES = 1500
"""The most characters for the notes under the table."""

_MOST_TURNS = 3
"""The most lead changes that a post lists one by one. If there are more, the post has their number and the last
one.
"""

STATUS_WORDS: dict[Status, str] = {
    "pre-election": "pre-election",
    "unofficial-partial": "unofficial and partial",
    "unofficial-complete": "unofficial and complete",
    "certified": "certified",
    "correction": "corrected",
    "recount": "of a recount",
}
"""A results status, worded to follow "the results are"."""

_GROWS: dict[Tense, str] = {"present": "grows", "past": "grew", "perfect": "has grown"}

_NARROWS: dict[Tense, str] = {"present": "narrows", "past": "narrowed", "perfect": "has narrowed"}

_TAKES: dict[Tense, str] = {"present": "takes", "past": "took", "perfect": "has taken"}

_STAYS: dict[Tense, str] = {"present": "stays", "past": "stayed", "perfect": "stays"}
"""For a net of several changes it is "stays", not "has stayed": the lead may have moved in between."""

_COLOURS = {"lead_change": CHALK, "revision": AMBER}
"""The colours of kinds of change; all others are slate."""


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """A change to post. `change` may be the net of several."""

    contest: Contest
    source: Source
    kind: str
    """The change's own kind, or `roll_up`."""
    change: Change
    before: Reading | None
    after: Reading
    now: datetime
    """The news clock's time when the text is written; dates are relative to it."""
    checked_at: datetime
    """When the source was last asked."""
    steps: int = 1
    """How many changes are in the net."""
    held_for: timedelta | None = None
    """How long a revision was held until the source had repeated it."""
    replaces: Link | None = None
    """The post that a revision replaces."""
    confirms: EnteredBefore | None = None
    """The figure that the desk had entered and this source has now, or None."""
    held: str | None = None
    """Why a later reading is held (a `HoldReason` value), or None."""
    fall: Fall | None = None
    """The votes the source took back in the revisions among the changes. For a single change None: the readings
    show it.
    """
    puts_right: bool = False
    """True if the earlier posts were the desk's own error, because an editor had posted held figures."""
    lead_changes: tuple[Change, ...] = ()
    """See `Movement.lead_changes`."""
    beside: bool = False
    """See `Movement.beside`."""
    others: tuple[OtherSource, ...] = ()
    """Other sources' present figures, if posts about them were merged into this one."""
    crossings: tuple[str, ...] = ()
    """Sentences about lines that the count has crossed in the meantime."""


@dataclass(frozen=True, slots=True)
class FormerMargin:
    """The last posted margin of the source that led a contest before."""

    source: Source | None
    """None if the desk file no longer has the source."""
    leader: str
    margin: int


@dataclass(frozen=True, slots=True)
class FormerSourceMargin:
    """A margin of the former leading source, with the source's id."""

    source: str
    leader: str
    margin: int


@dataclass(frozen=True, slots=True)
class Span:
    """The facts that a post covers: two readings of a series, and the changes between them."""

    kind: str
    source: str
    news_at: datetime
    """The news clock's time when the post was caused."""
    checked_at: datetime
    """When the source had last been asked at `news_at`."""
    start: Reading | None
    """The reading before the changes; None if the series begins with `end`."""
    led_before: str | None
    """Who led at `start`."""
    end: Reading
    changes: tuple[Change, ...]
    falls: tuple[Fall, ...] = ()
    """The votes that the source took back in each revision among the changes."""
    held_for: timedelta | None = None
    """How long a revision was held until the source had repeated it."""
    replaces: Link | None = None
    """The post in the same channel that a revision replaces."""
    confirms: tuple[Statement, int | None] | None = None
    """(entry, number of its post in the channel) if the source has at `end` what staff had entered."""
    was: FormerSourceMargin | None = None
    """The former leading source's margin that was last posted in the channel; None if the same source led."""
    held: str | None = None
    """Why a later reading is held now (a `HoldReason` value), or None."""
    puts_right: bool = False
    """True if the channel was shown figures that an editor had posted from a hold, and the source has abandoned
    them.
    """
    previous: tuple[Reading, str] | None = None
    """(reading before the last change, leader at it) if only the last of several changes is a lead change."""
    beside: bool = False
    """True if the source does not lead in the post's server. The post is then a revision."""
    merged: bool = False
    """True if several posts were merged into this one, including posts about other sources and lines crossed."""
    others: tuple[OtherSource, ...] = ()
    """Other sources' present figures, if the post is `merged`."""


def span_post(span: Span, setting: Setting) -> Card | None:
    """Return the post about a span of changes. None if the desk file no longer has its contest or source."""
    contest, source = setting.desk.contest(span.end.contest), setting.desk.source(span.source)
    if contest is None or source is None:
        return None
    start, led_before, changes = span.start, span.led_before, span.changes
    # A lead change is told by itself, though smaller changes waited before it; a roll-up tells of all.
    alone = span.kind != "roll_up" and not any(step.kind == "revision" for step in changes)
    if span.previous is not None and alone:
        (start, led_before), changes = span.previous, changes[-1:]
    if span.kind == "first" or span.was is not None or not changes:
        start = None
    change = compare(None, span.end) if start is None else net(start, span.end, changes, led_before)
    if change is None:
        return None
    if start is not None and (span.kind == "revision" or [step.kind for step in changes] == ["revision"]):
        change = change.model_copy(update={"kind": "revision"})  # also one that is back to more votes, or after a rise
    turns = [step for step in changes if step.lead_changed]
    # A lead change that is the last of the changes is told as one.
    lead_changes = () if start is None or turns == list(changes[-1:]) else tuple(turns)
    # A change of reporting alone that was not told is part of what comes next, and is not counted.
    steps = sum(step.kind != "progress" for step in changes)
    facts = ChangeFacts(
        contest,
        source,
        _kind(span.kind, change, lead_changes),
        change,
        start,
        span.end,
        span.news_at,
        span.checked_at,
        steps=max(steps, 1),
        held_for=span.held_for,
        replaces=span.replaces,
        confirms=_desk_figure_of(span, setting),
        puts_right=span.puts_right,
        held=span.held,
        fall=falls_together(span.falls, max(steps, 1)),
        lead_changes=lead_changes,
        beside=span.beside,
        others=span.others,
        crossings=news_between(WatchedCount(contest, source, span.end, setting, span.news_at), span.start, change)
        if span.merged and span.start is not None
        else (),
    )
    if span.was is not None:
        before = FormerMargin(setting.desk.source(span.was.source), span.was.leader, span.was.margin)
        return margin_now_post(facts, before, setting)
    return change_post(facts, setting)


def with_ballots_left(draft: Card, span: Span, statements: Sequence[tuple[Statement, int]], setting: Setting) -> Card:
    """Add the ballots still to be counted to a post: to the headline of a progress post, else to the card.

    `statements`: see `ballots_left_text`.
    """
    contest = setting.desk.contest(span.end.contest)
    line = ballots_left_text(contest_context(contest, setting, span.news_at), statements, setting) if contest else ""
    if not line:
        return draft
    if draft.kind == "progress":
        return draft.then(line)
    return replace(draft, blocks=with_line_below(draft.blocks, line))


def _kind(written: str, change: Change, lead_changes: Sequence[Change]) -> str:
    """Return the kind of a post according to its change. `written` is the kind under which it was queued."""
    if change.kind == "revision":
        return "revision"
    if written == "roll_up":
        return "roll_up"
    return "lead_change" if lead_changes else change.kind


def _desk_figure_of(span: Span, setting: Setting) -> EnteredBefore | None:
    """Return the desk's entry that a post confirms, for the text.

    None if there is none, or if the source's figures have changed.
    """
    statement, told_as = span.confirms or (None, None)
    source = setting.desk.source(statement.source) if statement else None
    if statement is None or source is None:
        return None
    margin = margin_of(span.end.votes)
    by_margin = (
        statement.leader is not None
        and statement.margin is not None
        and margin.votes is not None
        and agrees(
            statement.leader, statement.margin, (margin.leader, margin.votes), about="margin" in statement.approximate
        )
    )
    if not by_margin and statement.total != span.end.total:
        return None
    return EnteredBefore.of(statement, "margin" if by_margin else "total", source, told_as)


def earlier_batch_sentence(span: Span, said: Statement, number: int, setting: Setting) -> str:
    """Return a sentence about the batch in the statement `said`, which post `number` has already reported.

    Example: "Our reporter had 10,588 of these votes at 2:45 a.m. (#74).". Empty if the source may not be named, or the
    change is smaller than the batch.
    """
    contest, source, batch = setting.desk.contest(said.contest), setting.desk.source(said.source), said.batch
    if contest is None or source is None or batch is None or not may_be_named(source, setting):
        return ""
    new = sum(change.new_votes or 0 for change in span.changes)
    about = "batch" in said.approximate
    them = "these votes" if new == batch.votes else f"{'about ' if about else ''}{commas(batch.votes)} of these votes"
    at = contest_context(contest, setting, span.news_at).when(said.as_of)
    return stopped(f"{capitalised(source_name(source))} had {them} at {at} (#{number})") if batch.votes <= new else ""


def change_post(facts: ChangeFacts, setting: Setting) -> Card:
    """Return the post about a change in a source's count, or about the net of several changes."""
    context = contest_context(facts.contest, setting, facts.now, facts.after.names, facts.after.count)
    movement = Movement(
        facts.change, facts.before, facts.after, facts.source, facts.steps, facts.lead_changes, facts.beside, facts.fall
    )
    received = facts.after.as_of_is == "received"
    corrects = facts.puts_right and facts.before is not None
    sentence = (
        replace_outdated(context, movement)
        if corrects
        else headline(context, movement, roll_up=facts.kind == "roll_up")
    )
    kind = facts.kind
    if facts.held is not None:
        sentence = f"{sentence} {held_note(facts.held)}"
    posts: tuple[int, ...] = ()
    if facts.confirms is not None and may_be_named(facts.confirms.source, setting):
        posts = _named(facts.confirms)
        sentence = f"{sentence} {entered_before_sentence(context, facts.confirms)}"
        kind = kind if facts.change.kind in ("revision", "lead_change") else "statement"
    if facts.crossings:
        sentence = " ".join([sentence, *facts.crossings])
    return Card(
        (Line(sentence, posts=posts),),
        credit=credit_line(setting, facts.source, facts.after.as_of, facts.now, received=received),
        blocks=(_change_block(context, facts, setting),),
        kind=kind,
        quiet=not _notifies(facts),
        states=_stated(facts),
        corrects=corrects,
    )


def _stated(facts: ChangeFacts) -> tuple[StatedMargin, ...]:
    """Return the margins that a post states: its own source's, and those of the other sources it lists."""
    contest, count = facts.contest.id, facts.after.count
    own = margin_stated(facts.contest, facts.source, facts.after, facts.change)
    others = (
        StatedMargin(contest, one.source.id, count, one.leader, one.margin, one.total)
        for one in facts.others[:MOST_OTHERS]
    )
    return (own, *others)


def margin_now_post(facts: ChangeFacts, before: FormerMargin, setting: Setting) -> Card:
    """Return the post about a switch to another leading source.

    `facts` describe its present figures like a first reading.

    The post notifies if the new leading source has a different candidate ahead.
    """
    context = contest_context(facts.contest, setting, facts.now, facts.after.names, facts.after.count)
    change, earlier = facts.change, (before.leader, before.margin)
    named = before.source if may_be_named(before.source, setting) else None
    sentence = margin_now_from(context, facts.source, (change.leader, change.margin or 0), named, earlier)
    if share := required_share(context, facts.after):
        sentence = f"**Margin now from {source_name(facts.source)}:** {share.sentence}."
    if facts.confirms is not None:
        sentence = f"{sentence} {entered_before_sentence(context, without_unnameable_source(facts.confirms, setting))}"
    lead_changes = bool(change.margin and before.margin) and change.leader != before.leader
    quiet = not lead_changes or is_early_count(facts.after, facts.contest.night_until)
    return replace(
        change_post(replace(facts, confirms=None), setting),
        kind="statement",
        head=(Line(sentence, posts=_named(facts.confirms)),),
        quiet=quiet,
    )


def _named(desk_figure: EnteredBefore | None) -> tuple[int, ...]:
    """Return the number of the post about the desk's entry, as a tuple; empty if there is none."""
    return () if desk_figure is None or desk_figure.number is None else (desk_figure.number,)


def _notifies(facts: ChangeFacts) -> bool:
    """Return True if the post notifies: for lead changes and revisions.

    On election night, when leads come and go, only revisions notify.
    """
    if "revision" in (facts.kind, facts.change.kind):
        return True
    changed = facts.kind == "lead_change" or facts.change.lead_changed or bool(facts.lead_changes)
    return changed and not is_early_count(facts.after, facts.contest.night_until)


def _change_block(context: ContestContext, facts: ChangeFacts, setting: Setting) -> Block:
    change, after = facts.change, facts.after
    notes = [whole(after, change, net=facts.fall is not None), *new_votes_by_unit_line(context, change)]
    if change.kind == "revision":
        whose = "The error was ours." if facts.puts_right else "The source changed its own figures."
        see = f" {'It corrects' if facts.puts_right else 'Earlier figures:'} {facts.replaces}."
        notes.append(f"{whose}{see if facts.replaces else ''}")
    notes += count_notes(context, change, after, setting.recount_line(facts.contest))
    candidates = "\n".join(votes_table(context, after, change.batch))
    if facts.others:
        named = [other_line(context, one).text for one in facts.others[:MOST_OTHERS]]
        notes += ["", "Other sources:", *named]
    moved = change.kind not in ("first", "progress") and facts.held is None  # what is held may have changed them since
    held = length(facts.held_for) if facts.held_for is not None else None
    return Block(
        lines(*fitted([candidates, "", joined(notes, _NOTES)], DESCRIPTION)),
        # A roll-up that hides a lead change or a revision takes their colour.
        colour=_COLOURS.get(change.kind, _COLOURS.get(facts.kind, SLATE)),
        footer=footer(context, facts.source, after, after.as_of if moved else None, facts.checked_at, held),
    )


def headline(context: ContestContext, movement: Movement, *, roll_up: bool = False) -> str:
    """Return the headline of a change, in one to three sentences.

    Args:
        context: the contest, and the time at which the headline is read.
        movement: the change, or the net of several.
        roll_up: True for several small changes together; the headline then begins with the present lead.
    """
    sentence = _sentence(context, movement, roll_up=roll_up)
    if movement.before is None or movement.change.kind == "progress" or not status_moved(movement):
        return sentence
    return f"{sentence} {stopped(capitalised(status_now(movement.after, movement.source)))}"


def _sentence(context: ContestContext, movement: Movement, *, roll_up: bool) -> str:
    change, before = movement.change, movement.before
    if change.kind == "revision" and before:
        return revised(context, movement)
    if before is None or (any(movement.after.votes.values()) and not any(before.votes.values())):
        return standing(context, movement.change, movement.after, movement.source)
    if change.kind == "progress":
        return progressed(context, movement)
    return _votes_moved(context, movement, roll_up=roll_up)


def _votes_moved(context: ContestContext, movement: Movement, *, roll_up: bool) -> str:
    change = movement.change
    if change.margin is None or change.margin_before is None:
        return _without_margin(context, movement)
    if not change.margin:
        return _tied(context, movement)
    if share := required_share(context, movement.after):
        return _against_share(context, movement, share)
    if movement.lead_changes:
        return _led_meanwhile(context, movement)
    if change.lead_changed or change.margin_before <= 0:
        return _moved_ahead(context, movement)
    tell = _rolled_up if roll_up else _margin_moved if change.margin_change else _margin_stayed
    return tell(context, movement)


def _margin_moved(context: ContestContext, movement: Movement) -> str:
    change = movement.change
    move, by, to = change.margin_change or 0, votes(abs(change.margin_change or 0)), commas(change.margin or 0)
    after = cause(context, movement, "after") + _whose(context, change)
    from_then = since(context, movement)
    verb = (_GROWS if move > 0 else _NARROWS)[_tense(movement) if from_then else movement.tense]
    return _lead_moved(context, movement, f"{verb} by {by}{from_then}, to {to}", after)


def _lead_moved(context: ContestContext, movement: Movement, moved: str, after: str) -> str:
    """Return how a lead moved. A leader's share that is near the required majority, or has crossed it, follows."""
    lead = f"**{capitalised(context.lead_of(movement.change.leader))} in {context.place} {moved},**{after}"
    return f"{stopped(lead)}{_leader_has(context, movement)}"


def _leader_has(context: ContestContext, movement: Movement) -> str:
    """Return the leader's share of the vote as a sentence to append.

    Empty if the contest requires no majority, or the share is far from it and has not crossed it.
    """
    was, now = (leaders_share(context, one) if one else None for one in (movement.before, movement.after))
    crossed = was is not None and now is not None and was.reached != now.reached
    if now is None or not (now.near or crossed):
        return ""
    has = "had" if movement.tense == "past" else "now has" if crossed else "has"
    who = capitalised(context.who(now.leader))
    return f" {who} {has} {now.share} of the vote{so_far(movement.after)}, {now.stands}."


def _against_share(context: ContestContext, movement: Movement, now: RequiredShare) -> str:
    """Return the headline for a measure with Yes ahead: the share of the vote, not the lead."""
    after = cause(context, movement, "after") + _whose(context, movement.change)
    earlier = required_share(context, movement.before) if movement.before else None
    moved, verb = "", "was" if movement.tense == "past" else "is"
    if earlier:
        stays = earlier.reached == now.reached
        now = required_share(context, movement.after, f"{verb} still" if stays else "is now") or now
    if movement.before and earlier and earlier.share != now.share:
        way, then = "up" if now.exact > earlier.exact else "down", context.when(movement.before.as_of)
        moved = f". That {verb} {way} from {earlier.share} at {then}"
    elif earlier:
        moved = ", as before"
    return stopped(f"**{now.head},** with {now.share} for {now.choice}{moved},{after}")


def _moved_ahead(context: ContestContext, movement: Movement) -> str:
    """Return the headline of a lead change or a broken tie.

    It names the new leader, the votes that caused the change, and the former leader.
    """
    change = movement.change
    long = change.lead_changed and _is_long(movement)
    takes = _TAKES[_tense(movement) if long else movement.tense]
    verb = f"{takes} the lead" if change.lead_changed else "leads"
    lead = f"{context.who(change.leader)} {verb} in {context.place}, by {votes(change.margin or 0)}"
    before = stopped(f"{_standing_before(context, movement)}{since(context, movement, 'at')}")
    before += _leader_has(context, movement)
    new, broke = change.new_votes or 0, _broke(context, movement)
    if not broke:
        after = cause(context, movement, "after") + _whose(context, change)
        return f"{stopped(f'**{lead},**{after}')} {before}"
    units = _from_units(context, movement, new)
    if movement.steps == 1 and (not units or len(change.units or ()) == 1):
        after = f"{votes(new)}{f' from {units}' if units else ''} {broke}"
        return f"{stopped(f'**{lead},** after {after}')} {before}"
    over = f"Over {spelled(movement.steps, 'update')}, " if movement.steps > 1 else ""
    came = f"{units} reported {more_votes(new)}, which {broke}" if units else f"{more_votes(new)} {broke}"
    return f"**{lead}.** {stopped(capitalised(over + came))} {before}"


def _broke(context: ContestContext, movement: Movement) -> str:
    """Return how new votes split between the new leader and the former one: "broke 1,602 to 222 for Biden".

    Empty if the source gives no split, all votes are for one candidate, or the split does not explain the change.
    """
    change, batch = movement.change, movement.change.batch or {}
    earlier = margin_of(movement.before.votes).leader if movement.before else change.leader
    won, lost = batch.get(change.leader), batch.get(earlier)
    if (
        won is None
        or lost is None
        or won <= lost
        or lost <= 0
        or total_lags(change)
        or won + lost > (change.new_votes or 0)
    ):
        return ""
    return f"broke {commas(won)} to {commas(lost)} for {context.who(change.leader)}"


def _led_meanwhile(context: ContestContext, movement: Movement) -> str:
    """Return who leads after several changes during which the lead changed hands."""
    change, lead_changes, by = movement.change, movement.lead_changes, f"by {votes(movement.change.margin or 0)}"
    leads = f"{context.who(change.leader)} leads in {context.place} {by}"
    last = context.when(lead_changes[-1].as_of)
    if len(lead_changes) == 1:
        head, turns = f"**{stopped(f'{leads}, ahead since {last}')}**", ""
    else:
        went = "went " + listed(
            [f"to {context.who(step.leader)} at {context.when(step.as_of)}" for step in lead_changes]
        )
        if len(lead_changes) > _MOST_TURNS:
            went = f"changed hands {spelled(len(lead_changes), 'time')}, most recently at {last}"
        head, turns = f"**{leads}.**", f" {stopped(f'The lead {went}')}"
    before = (
        f"{_standing_before(context, movement)}{since(context, movement, 'at')}{cause(context, movement, 'before')}"
    )
    return f"{head} {stopped(before)}{turns}{_leader_has(context, movement)}"


def _standing_before(context: ContestContext, movement: Movement) -> str:
    earlier = margin_of(movement.before.votes if movement.before else {movement.change.leader: 0})
    if not earlier.votes:
        return "The count had been tied"
    return f"{capitalised(context.who(earlier.leader))} had led by {commas(earlier.votes)}"


def _tied(context: ContestContext, movement: Movement) -> str:
    after = movement.after.votes
    if not movement.change.margin_before:
        stays = f"the count {_STAYS[movement.tense]} tied, at {commas(max(after.values()))} for {top_candidates(context, after)}"
        return f"{context.head}: {_more_are_in(context, movement)}; {stays}."
    each = f"with {votes(max(after.values()))} each for {top_candidates(context, after)}"
    batch, tied = _whose(context, movement.change), f"**The count is tied in {context.place},** {each}"
    if movement.steps == 1 and not _is_long(movement):
        return stopped(f"{tied},{cause(context, movement, 'after')}{batch}")
    led = f"{_standing_before(context, movement)}{since(context, movement, 'at')}{cause(context, movement, 'before')}{batch}"
    return f"{stopped(tied)} {stopped(led)}"


def _rolled_up(context: ContestContext, movement: Movement) -> str:
    change = movement.change
    move = change.margin_change or 0
    moved = f"{'up' if move > 0 else 'down'} {commas(abs(move))}" if move else "the same"
    then = f" {'since' if move else 'as at'} {context.when(movement.before.as_of)}" if movement.before else ""
    after = cause(context, movement, "after") + _whose(context, change)
    return _lead_moved(context, movement, f"is {commas(change.margin or 0)}, {moved}{then}", after)


def _margin_stayed(context: ContestContext, movement: Movement) -> str:
    change = movement.change
    lead = f"{context.lead_of(change.leader)} {_STAYS[movement.tense]} at {commas(change.margin or 0)}"
    return f"{context.head}: {_more_are_in(context, movement)}; {lead}."


def _without_margin(context: ContestContext, movement: Movement) -> str:
    """Return the headline if margins can't be compared: there is only one candidate, or one is newly listed."""
    change = movement.change
    sentence = f"{context.head}: {_more_are_in(context, movement)}"
    if change.margin is None:
        return f"{sentence}. {capitalised(context.who(change.leader))} is the only candidate listed."
    if not change.margin:
        return f"{sentence}; the count is tied."
    verb = f"{_TAKES[movement.tense]} the lead" if change.lead_changed else "leads"
    return f"{sentence}; {context.who(change.leader)} {verb}, by {commas(change.margin)}."


def _more_are_in(context: ContestContext, movement: Movement) -> str:
    new = movement.change.new_votes or 0
    over = f"{since(context, movement)}{_over(movement)}"
    if new <= 0:
        return f"candidates' votes moved within an unchanged total{over}"
    return f"{more_votes(new)} {'is' if new == 1 else 'are'} in{over}"


def cause(context: ContestContext, movement: Movement, word: str) -> str:
    """Return what moved the count, as a phrase to append: " after Floyd County reported 74 more votes".

    Args:
        context: the contest.
        movement: the change; its votes may not have gone down.
        word: "after" or "before".
    """
    new = movement.change.new_votes
    if new is None:
        return ""
    if new <= 0:
        return f" {word} a change within an unchanged total"
    if total_lags(movement.change):
        return f" {word} {spelled(movement.steps, 'update') if movement.steps > 1 else 'an update'}"
    return f" {word} {_new_votes_clause(context, movement, new)}{_over(movement)}"


def _over(movement: Movement) -> str:
    return f" over {spelled(movement.steps, 'update')}" if movement.steps > 1 else ""


def _whose(context: ContestContext, change: Change) -> str:
    """Return whom new votes are for, to append to a sentence: " (Trump 61, Biden 13)", ", all for Biden"."""
    gains = {key: votes for key, votes in (change.batch or {}).items() if votes}
    if change.new_votes is None or list(gains.values()) != [change.new_votes]:
        return votes_by_candidate(context, change.batch, change.new_votes)
    return f",{' all' if change.new_votes > 1 else ''} for {context.who(*gains)}"


def votes_by_candidate(context: ContestContext, batch: Mapping[str, int | None] | None, new: int | None = None) -> str:
    """Return the new votes by candidate, most first: " (Trump 61, Biden 13)". Empty if no split is known.

    `new` is the number of new votes in all. If the split adds up to less, newly listed candidates are named, or else no
    candidate is said to be given for the rest.
    """
    gains = [(votes, key) for key, votes in (batch or {}).items() if votes]
    gains.sort(key=lambda gain: (-gain[0], gain[1]))
    fresh = [key for key, votes in (batch or {}).items() if votes is None]
    parts = [f"{context.who(key)} {commas(votes)}" for votes, key in gains[:MOST_NAMED]]
    if rest := sum(votes for votes, _ in gains[MOST_NAMED:]):
        parts.append(f"others {commas(rest)}")
    said = [", ".join(parts)] if parts else []
    unknown = 0 if new is None else new - sum(votes for votes, _ in gains)
    if fresh and unknown:
        who = f"{context.who(fresh[0])} was" if len(fresh) == 1 else f"{commas(len(fresh))} candidates were"
        said.append(f"{who} not listed before")
    elif said and unknown > 0:
        said.append(f"no candidate given for {commas(unknown)}")
    return f" ({'; '.join(said)})" if said else ""


def since(context: ContestContext, movement: Movement, word: str = "since") -> str:
    """Return the time at which the net of several changes begins: " since 9:46 a.m.".

    Empty for a single change that took less than a day.
    """
    if movement.before is None or (movement.steps == 1 and not _is_long(movement)):
        return ""
    return f" {word} {context.when(movement.before.as_of)}"


def _is_long(movement: Movement) -> bool:
    return movement.before is not None and movement.after.as_of - movement.before.as_of >= _LONG


def _tense(movement: Movement) -> Tense:
    """Return the tense of a verb that is used with "since"."""
    return "perfect" if movement.tense == "present" else movement.tense


def _new_votes_clause(context: ContestContext, movement: Movement, new: int) -> str:
    """Return a clause about new votes that can follow "after" or "before": "Floyd County reported 74 more votes"."""
    if names := _from_units(context, movement, new):
        return f"{names} reported {more_votes(new)}"
    units = movement.change.units or {}
    explained = sum(units.values())
    if not units or explained > new or any(votes < 0 for votes in units.values()):
        return f"{more_votes(new)} {'was' if new == 1 else 'were'} counted"
    return (
        f"{more_votes(new)}, {commas(explained)} of them from {unit_list(context.contest, by_size(units), MOST_NAMED)}"
    )


def _from_units(context: ContestContext, movement: Movement, new: int) -> str:
    """Return the units that all new votes came from: "Clayton and Floyd counties".

    Empty if the source does not show that.
    """
    units = movement.change.units or {}
    if not units or sum(units.values()) != new or any(votes < 0 for votes in units.values()):
        return ""
    return unit_list(context.contest, by_size(units), MOST_NAMED)


def progressed(context: ContestContext, movement: Movement) -> str:
    """Return the headline of a change without new votes: progress in reporting or status, and the lead."""
    if status_moved(movement) and movement.change.margin:
        share = required_share(context, movement.after)
        stands = share.apart if share else ahead_by(context, movement.change.leader, movement.change.margin)
        if has := leaders_share(context, movement.after):
            stands = f"{stands}, at {has.share} of the vote, {has.stands}"
        if (status := movement.after.status) is not None:
            head = f"**The results in {context.place} are {STATUS_WORDS[status]},**"
            return f"{head} {source_name(movement.source)} reports, with {stands}."
        return f"{context.head}: {_what_moved(context, movement)}, with {stands}."
    return f"{context.head}: {_what_moved(context, movement)}; {_standing(context, movement)}."


def status_moved(movement: Movement) -> bool:
    """Return True if the results status is news: it changed, or the first one is more than "unofficial"."""
    if movement.change.status_before is not None:
        return True
    earlier = movement.before.status if movement.before else None
    return earlier is None and movement.after.status in ("certified", "correction", "recount")


def status_now(reading: Reading, source: Source) -> str:
    """Return the results status as a clause: "the results are certified, the secretary of state reports"."""
    if reading.status is None:
        return f"{source_name(source)} no longer says how final the results are"
    return f"the results are {STATUS_WORDS[reading.status]}, {source_name(source)} reports"


def _what_moved(context: ContestContext, movement: Movement) -> str:
    before, after = movement.before, movement.after
    if status_moved(movement):
        return status_now(after, movement.source)
    if before and before.reporting != after.reporting and (line := reporting_line(context, after)):
        return line
    if before and after.expected_total is not None and before.expected_total != after.expected_total:
        was = f", {commas(before.expected_total)} before" if before.expected_total is not None else ""
        return f"{source_name(movement.source)} now expects {votes(after.expected_total)} in all{was}"
    return f"{source_name(movement.source)} has new details, no new votes"


def _standing(context: ContestContext, movement: Movement) -> str:
    change = movement.change
    if not any(movement.after.votes.values()):
        return "no votes are in yet"
    if change.margin is None:
        return f"{votes(change.total)} {'is' if change.total == 1 else 'are'} counted"
    if not change.margin:
        return "the count stays tied"
    if share := required_share(context, movement.after):
        return share.sentence
    if movement.after.status == "certified":  # a result has no lead
        return f"{context.who(change.leader)} is ahead by {commas(change.margin)}"
    return f"{context.lead_of(change.leader)} stays at {commas(change.margin)}"


def revised(context: ContestContext, movement: Movement) -> str:
    """Return the headline of a revision: the votes taken back and their effect on the lead, apart from new votes.

    A lead change comes first.
    """
    change, fall = movement.change, movement.fall
    if fall is None and movement.before is not None and movement.steps == 1:
        fall = fall_between(movement.before, movement.after)
    apart = fall if fall and not fall.alone and (fall.units or movement.steps > 1) else None
    fell = _taken_back(context, movement, apart) if apart else _what_fell(context, movement, fall)
    effect = _effect(context, apart) if apart else ""
    if share := required_share(context, movement.after):
        return f"{stopped(f'**Count revised:** {fell}')} {share.sentence}."
    if change.lead_changed and change.margin:
        whose = f" by {possessive(source_name(movement.source))} count" if movement.beside else ""
        leads = f"{context.who(change.leader)} now leads in {context.place}{whose}"
        lead = f"**Count revised: {leads}, by {votes(change.margin)}.**"
        led = effect if apart and fall_ends_lead(apart) else _led_before(context, movement)
        return f"{lead} {capitalised(fell)}; {led}."
    text = stopped(f"**Count revised:** {fell}{f'; {effect}' if effect else ''}")
    known = apart is not None and bool(effect) and not fall_ends_lead(apart) and apart.leader == change.leader
    now = _lead_now(context, movement, "the lead" if known else None)
    if not now:
        return text
    if apart is None:
        return f"{text} {stopped(capitalised(now))}"
    at = since(context, movement, "at") if change.margin and (change.margin_before or 0) > 0 else ""
    return stopped(f"{text} {_with_the_rest(context, change, apart)}, {now}{at}")


def _taken_back(context: ContestContext, movement: Movement, fall: Fall) -> str:
    """Return the votes that a source took back, and the units if the source names them."""
    source = source_name(movement.source)
    where = unit_list(context.contest, by_size(fall.units), MOST_NAMED) if fall.units else ""
    if not fall.votes:
        return f"{source} has {_losses(context, fall.by_candidate)} in {where or context.place}"
    if where:
        return f"{source} took back {votes(fall.votes)} in {where}"
    return f"{source} took {votes(fall.votes)} off its total"


def _effect(context: ContestContext, fall: Fall) -> str:
    """Return the effect of a fall alone on the lead: "that cut Biden's lead by 412". Empty if that is unknown."""
    if fall.margin_change is None or not fall.margin_before:
        return ""
    lead = context.lead_of(fall.leader)
    if fall_ends_lead(fall):
        return f"that ended {lead} of {commas(fall.margin_before)}"
    if not fall.margin_change:
        return f"that left {lead} unchanged"
    return f"that {'cut' if fall.margin_change < 0 else 'widened'} {lead} by {commas(abs(fall.margin_change))}"


def _with_the_rest(context: ContestContext, change: Change, fall: Fall) -> str:
    """Return "With votes from other counties" if other counties are known to have risen; else "With other votes"."""
    risen = [unit for unit, new in (change.units or {}).items() if new > 0 and unit not in fall.units]
    return f"With votes from other {context.contest.units}" if fall.units and len(risen) > 1 else "With other votes"


def _losses(context: ContestContext, lost: Mapping[str, int]) -> str:
    """Return the votes lost by candidate, most first: "20 fewer votes for Biden and 3 fewer votes for Trump"."""
    order = sorted(lost, key=lambda key: (-lost[key], key))
    parts = [f"{counted(lost[key], 'fewer vote')} for {context.who(key)}" for key in order[:MOST_NAMED]]
    rest = len(order) - MOST_NAMED
    return listed(parts, f"fewer for {spelled(rest, 'other')}" if rest > 0 else "")


def replace_outdated(context: ContestContext, movement: Movement) -> str:
    """Return the headline of our correction, after the source abandoned figures that an editor had posted.

    The figures come from a held reading.
    """
    change, source = movement.change, source_name(movement.source)
    earlier = margin_of(movement.before.votes if movement.before else {change.leader: 0})
    if change.margin is None:
        now = f"{context.the_count} has {votes(change.total)}"
    elif not change.margin:
        now = f"the count is tied in {context.place}"
    elif share := required_share(context, movement.after):
        now = share.sentence
    else:
        now = f"{context.who(change.leader)} leads in {context.place} by {votes(change.margin)}"
    if earlier.votes is None:
        we = f"{votes(movement.before.counted)}" if movement.before else "other figures"
    else:
        we = ahead_by(context, earlier.leader, earlier.votes)
    if (earlier.leader, earlier.votes) == (change.leader, change.margin):
        now, we = _what_else(context, movement) or (now, we)
    since_left = f"from figures that had been held and that {source} has left since"
    return f"**Correction: {capitalised(now)}.** We posted {stopped(f'{we}, {since_left}')}"


def _what_else(context: ContestContext, movement: Movement) -> tuple[str, str] | None:
    """Return the present and the former figure to show in a correction that leaves the margin unchanged.

    The figure is the total or, if that is unchanged too, one candidate's votes. None if neither has changed.
    """
    change, before, after = movement.change, movement.before, movement.after
    if before is None or change.margin is None:
        return None
    lead = f"{context.lead_of(change.leader)} is {commas(change.margin)}" if change.margin else "the count is tied"
    if before.counted != after.counted:
        return f"{context.the_count} has {votes(after.counted)}; {lead}", votes(before.counted)
    for key, number in (change.batch or {}).items():
        if number:
            has = f"{context.who(key)} has {votes(after.votes[key])} in {context.place}"
            return f"{has}; {lead}", f"{commas(after.votes[key] - number)} for {context.who(key)}"
    return None


def _what_fell(context: ContestContext, movement: Movement, fall: Fall | None) -> str:
    """Return what went down in a revision, if neither the lead nor the margin is known to have changed."""
    new, then = movement.change.new_votes or 0, since(context, movement)
    if fall is not None and fall.votes and fall.units:
        return f"{_taken_back(context, movement, fall)}{then}"
    if new < 0:
        return f"{context.total_of(movement.source)} is down {votes(-new)}{then}"
    lost = {key: -number for key, number in (movement.change.batch or {}).items() if number is not None and number < 0}
    if not lost:
        rise = f"up {votes(new)}" if new else "unchanged"
        return f"{context.total_of(movement.source)} is {rise}{then}"
    units = by_size(fall.units) if fall is not None and fall.by_candidate == lost else []
    where = unit_list(context.contest, units, MOST_NAMED) if units else context.place
    total = f"up {commas(new)}" if new else "unchanged"
    return f"{source_name(movement.source)} has {_losses(context, lost)} in {where}{then}; the total is {total}"


def _lead_now(context: ContestContext, movement: Movement, named: str | None = None) -> str:
    """Return the present and the former lead. `named` replaces the lead's usual name. Empty if there is no margin."""
    change = movement.change
    if change.margin is None:
        return ""
    if not change.margin:
        return f"the count is tied now; {_led_before(context, movement)}"
    lead = named or context.lead_of(change.leader)
    before = change.margin_before
    if before is None or before < 0:
        return f"{lead} is {commas(change.margin)}"
    if not before:
        return f"{lead} is {commas(change.margin)}; the count had been tied"
    if before == change.margin:
        return f"{lead} is unchanged at {commas(change.margin)}"
    way = "down" if change.margin < before else "up"
    return f"{lead} is {commas(change.margin)}, {way} from {commas(before)}"


def _led_before(context: ContestContext, movement: Movement) -> str:
    earlier = margin_of(movement.before.votes if movement.before else {movement.change.leader: 0})
    if not earlier.votes:
        return "the count had been tied"
    return f"{context.who(earlier.leader)} had led by {commas(earlier.votes)}"
