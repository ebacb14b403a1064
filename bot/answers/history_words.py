"""The texts of the answers to /since, to /history, and to /margin with a figure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.count.certification import CertificationCount
from bot.count.change import Change
from bot.count.reading import Reading
from bot.desk.desk_file import Source
from bot.outcomes.calls_words import CallFacts, call_lines
from bot.outcomes.certification_words import certified_phrase
from bot.tally.changes_words import headline, votes_by_candidate
from bot.tally.reported_batches_words import BatchOnRecord, on_record_line
from bot.tally.standing_words import (
    MarginFacts,
    OtherSource,
    change_to,
    has_total,
    held_note,
    no_figures_headline,
    other_figures,
    past_standing_phrase,
    standing,
    standing_phrase,
)
from bot.wording.card import Block, Button, Card, Line
from bot.wording.context import ContestContext, Movement, source_name
from bot.wording.corrected import Corrected
from bot.wording.credit import answer_footer, credit_line
from bot.wording.escape import capitalised, possessive, stopped
from bot.wording.margin import signed_margin
from bot.wording.names import listed, unit_list
from bot.wording.numbers import commas, more_votes, signed, spelled, votes
from bot.wording.question import Question, contest_tag
from bot.wording.votes_table import by_size, count_notes, new_votes_by_unit_line, votes_table, whole

_MOST_PLACES = 3

_MOST_REVISIONS = 3

_MOST_CORRECTED = 3

_MOST_REPORTED = 3

_MOST_CALLS = 3


_SOURCES = "`/sources` says when each source was last checked."
"""A hint for answers without figures."""


@dataclass(frozen=True, slots=True)
class SinceFacts:
    """The facts for /since: what changed from one time to another."""

    source: Source
    since: datetime
    before: Reading | None
    """The reading as of `since`, or None if there was none."""
    after: Reading | None
    change: Change | None
    """The net change, or None if no votes changed."""
    standing: Change | None
    """The change with which the reading `after` came in."""
    batches: int
    changed_at: datetime | None
    checked_at: datetime | None
    held: str | None = None
    first_at: datetime | None = None
    """The time of the first reading, if that is after `since`, else None."""
    revisions: tuple[Change, ...] = ()
    """The revisions among the batches, oldest first."""
    also: tuple["CertifiedCount | OtherSource", ...] = ()
    """The news from other sources since then."""
    calls: tuple[CallFacts, ...] = ()
    """The calls made or withdrawn since then, newest first."""
    reported: tuple[BatchOnRecord, ...] = ()
    """Batches since then that the leading source's count may not include, newest first."""
    corrected: tuple[tuple[datetime, Corrected], ...] = ()
    """Pairs of update time and correction, for updates whose post was corrected, newest first."""


@dataclass(frozen=True, slots=True)
class CertifiedCount:
    """One source's count of the units that have certified, and its time."""

    source: Source
    count: CertificationCount
    as_of: datetime
    before: CertificationCount | None
    """The source's previous count, or None if unknown or not needed."""
    corrected: Corrected | None = None
    """The correction of the post about this count, or None."""
    waits: bool = False
    """True if staff entered the count and it is not posted yet."""


@dataclass(frozen=True, slots=True)
class ListedBatch:
    """A batch in a list of batches, with its correction."""

    number: int
    change: Change
    corrected: Corrected | None = None
    """The correction of the post about this batch, or None."""


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """A page of batches, newest first."""

    source: Source
    batches: tuple[ListedBatch, ...]
    names: dict[str, str] | None
    newer: str | None
    """The key of the page of newer batches, or None if this is the newest page."""
    older: str | None
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class PastMargin:
    """A margin that a source has or had, with the time at which it began and ended."""

    source: Source
    leader: str
    margin: int
    since: datetime
    until: datetime | None = None
    """When the votes changed next, or None if they did not change up to the time asked about."""
    entered: bool = False
    """True if staff entered the margin."""
    corrected: Corrected | None = None
    """The correction of the post about this margin, or None."""
    waits: bool = False
    """True if staff entered the margin and it is not posted yet."""


@dataclass(frozen=True, slots=True)
class FigureFacts:
    """The facts for the answer to the question when the margin was a certain number of votes."""

    margin: int
    """The figure asked about."""
    stands: MarginFacts
    nearest: PastMargin | None
    """The leading source's margin that equals the figure or is nearest to it, or None without figures."""
    others: tuple[PastMargin, ...] = ()
    """Margins of other sources that have or had the figure."""


def since_answer(facts: SinceFacts, question: Question) -> Card:
    """Return a card with the net change in a sentence to read aloud, and the votes below."""
    after = facts.after
    context = question.context(after.names if after else None)
    end = question.at or question.now
    if after is None:
        sentence = (
            f"{no_figures_headline(context, facts.source, question.at, facts.first_at)}{ask_sources(facts.first_at)}"
        )
    elif facts.change is None:
        change, checked = change_to(after, facts.standing), facts.checked_at
        if question.at is not None and checked is not None and checked > question.at:
            sentence = nothing_between(context, change, after, facts.source, facts.since, question.at)
        else:
            sentence = nothing_since(context, change, after, facts.source, facts.since, checked)
    elif facts.before is None:
        first = change_to(after, None)
        sentence = question.then(f"{standing(context, first, after, facts.source)}{_none_before(context, facts)}")
    else:
        # The reading before was current at the time asked about, so name that time.
        before = facts.before.model_copy(update={"as_of": facts.since})
        movement = Movement(facts.change, before, after, facts.source, max(facts.batches, 1), tense="perfect")
        moved = headline(context, movement, roll_up=True)
        sentence = question.then(f"{moved}{_none_before(context, facts)}")
    held = f" {held_note(facts.held)}" if facts.held and question.at is None else ""
    as_of = after.as_of if after else end
    received = after is not None and after.as_of_is == "received"
    credit = credit_line(question.setting, facts.source, as_of, question.now, received=received)
    by = (facts.source.id,)
    corrected = [
        Line(one.mark(f"{context.when(at)} update"), by, one.posts) for at, one in facts.corrected[:_MOST_CORRECTED]
    ]
    head = (Line(f"{sentence}{held}", by), *corrected)
    also = (
        *call_lines(context, facts.calls, question.setting)[:_MOST_CALLS],
        *_also_since(context, facts),
        *(on_record_line(context, one) for one in facts.reported[:_MOST_REPORTED]),
    )
    if after is None:
        return Card(head, credit, (Block(also),) if also else ())
    change = facts.change or change_to(after, facts.standing)
    notes = []
    begins = facts.before is None or not any(facts.before.votes.values())  # then the sentence has only the standing
    if facts.change is None or not begins or not has_total(context, facts.change, after):
        notes.append(whole(after, None if _says_how_many(sentence, facts.change) else facts.change))
    if facts.batches and facts.before and " update" not in sentence:
        notes.append(updates_in(facts.batches))
    notes += [_revised_by(context, facts.revisions)] if facts.revisions else []
    corrections = [one.number for one in dict.fromkeys(one for _, one in facts.corrected[:_MOST_CORRECTED])]
    where = new_votes_by_unit_line(context, facts.change, corrections) if facts.change else []
    posts = tuple(number for number in corrections if number is not None)
    below = (
        *(Line(note, by) for note in notes),
        *(Line(line, by, posts) for line in where),
        *(Line(note, by) for note in _notes_that_changed(context, change, facts, question)),
        *also,
    )
    table = votes_table(context, after, facts.change.batch if facts.change and facts.before else None)
    checked_at = None if question.at else facts.checked_at
    small = answer_footer(context, facts.source, after, question.setting, facts.changed_at, checked_at)
    rows = tuple(Line(row, by) for row in table)
    return question.with_share_button(
        Card(head, credit, (Block((*rows, *((Line(""), *below) if below else ())), footer=small),))
    )


def figure_answer(facts: FigureFacts, question: Question) -> Card:
    """Return a card that shows when the margin was the number asked about, or else the nearest margin.

    Below are the present margin and other sources.
    """
    stands, nearest = facts.stands, facts.nearest
    reading, source = stands.reading, stands.source
    context, by = question.context(reading.names if reading else None), (source.id,)
    others = tuple(_other_past_margin(context, one) for one in facts.others)
    if nearest is None or reading is None:
        head = f"{no_figures_headline(context, source, question.at, stands.first_at)}{ask_sources(stands.first_at)}"
        below = others
    else:
        is_it = nearest.margin == facts.margin
        head = (
            past_margin_sentence(context, nearest)
            if is_it
            else margin_not_on_record(context, facts.margin, nearest, question.at)
        )
        now = f"{standing_phrase(context, change_to(reading, stands.change), reading, placed=False)}, as of {context.when(reading.as_of)}"
        moved_on = () if nearest.until is None else (Line(question.then(f"{capitalised(stopped(now))}"), by),)
        below = (*moved_on, *others)
    lines = [Line(head, by)]
    if nearest is not None and nearest.corrected:
        lines.append(Line(nearest.corrected.mark(), by, nearest.corrected.posts))
    credit = credit_line(question.setting, source, nearest.since if nearest else question.now, question.now)
    return question.with_share_button(Card(tuple(lines), credit, (Block(below),) if below else ()))


def ask_sources(first_at: datetime | None) -> str:
    """Return the hint to use `/sources`, or "" if the answer has the time of the first figures."""
    return "" if first_at else f" {_SOURCES}"


def past_margin_sentence(context: ContestContext, had: PastMargin) -> str:
    """Return a sentence on a past margin of a source.

    For example "**Biden led in Georgia by 9,400 votes from 9:35 p.m. until 9:42 p.m.,** by the Times' count.".
    """
    is_so, whose = had.until is None, f"by {possessive(source_name(had.source))} count"
    if had.margin:
        text = f"{context.who(had.leader)} {'leads' if is_so else 'led'} in {context.place} by {votes(had.margin)}"
    else:
        text = f"The count {'is' if is_so else 'was'} tied in {context.place}"
    return stopped(f"**{text} {_while(context, had)},** {whose}")


def margin_not_on_record(context: ContestContext, margin: int, nearest: PastMargin, at: datetime | None) -> str:
    """Return a sentence stating that `margin` is not on record, and the nearest margin that is."""
    by = f" by {context.when(at)}" if at else ""
    whose = f"{capitalised(possessive(source_name(nearest.source)))} count"
    of = f"{possessive(context.who(nearest.leader))} lead of {commas(nearest.margin)}" if nearest.margin else "a tie"
    near = stopped(f"The nearest {'is' if nearest.until is None else 'was'} {of}, {_while(context, nearest)}")
    return f"**{whose} has no margin of {votes(margin)} on record in {context.place}{by}.** Only margins are searched. {near}"


def _while(context: ContestContext, had: PastMargin) -> str:
    since = context.when(had.since)
    if had.until is None:
        return f"since {since}"
    until = context.when(had.until)
    return f"at {since}" if since == until else f"from {since} until {until}"


def _other_past_margin(context: ContestContext, had: PastMargin) -> Line:
    """Return a line with a past margin of another source.

    For example "The AP: Biden +9,400 from 9:35 p.m. until 9:42 p.m.".
    """
    time = f"as of {context.when(had.since)}, entered by staff" if had.entered else _while(context, had)
    waits = ", not posted yet" if had.waits else ""
    text = stopped(
        f"{capitalised(source_name(had.source))}: {signed_margin(context, had.leader, had.margin)} {time}{waits}"
    )
    text, posts = (f"{text} {had.corrected.mark()}", had.corrected.posts) if had.corrected else (text, ())
    return Line(text, (had.source.id,), posts, "newsroom" if had.waits else "public")


def history_answer(facts: HistoryFacts, question: Question) -> Card:
    """Return a page of batches, each with its time, votes, candidates, units and the lead after it."""
    context = question.context(facts.names)
    head = history_head(
        context, [shown.number for shown in facts.batches], question.at, whole=not (facts.newer or facts.older)
    )
    as_of = facts.batches[0].change.as_of if facts.batches else question.at or question.now
    credit = credit_line(question.setting, facts.source, as_of, question.now)
    buttons = tuple(
        Button(label, f"history:{contest_tag(question.contest)}:{key}")
        for label, key in (("Newer", facts.newer), ("Older", facts.older))
        if key
    )
    lines = (Line(head, (facts.source.id,)), *update_lines(context, facts.batches))
    return question.with_share_button(Card(lines, credit, buttons=buttons))


def _says_how_many(sentence: str, change: Change | None) -> bool:
    """Return True if a sentence already has the number of votes that a change added or removed."""
    new = (change.new_votes if change is not None else None) or 0
    return bool(new) and (more_votes(new) if new > 0 else f"down {votes(-new)}") in sentence


def _notes_that_changed(context: ContestContext, change: Change, facts: SinceFacts, question: Question) -> list[str]:
    """Return the notes that are new or different since the start of the period.

    The notes are about the recount limit, the contest's rule and the share reported.
    """
    line = question.setting.recount_line(question.contest)
    had = count_notes(context, change_to(facts.before, None), facts.before, line) if facts.before else []
    return [note for note in count_notes(context, change, facts.after, line) if note not in had] if facts.after else []


def nothing_since(
    context: ContestContext, change: Change, reading: Reading, source: Source, since: datetime, until: datetime | None
) -> str:
    """Return a sentence stating that no new votes have come in since a time.

    The sentence also has the last check and the standing. `until` is when the source was last checked, or None if
    unknown.
    """
    phrase = standing_phrase(context, change, reading, placed=False)
    name, then = source_name(source), context.when(since)
    if until is None:
        return stopped(f"**No new votes in {context.place} since {then},** as far as is known: {phrase}")
    if until <= since:
        asked = f"{phrase} as of {context.when(until)}, when {name} was last checked"
        return stopped(f"**No new votes known in {context.place} since {then}:** {asked}")
    return stopped(
        f"**No new votes in {context.place} between {then} and {context.when(until)},** when {name} was last checked: {phrase}"
    )


def nothing_between(
    context: ContestContext, change: Change, reading: Reading, source: Source, since: datetime, until: datetime
) -> str:
    """Return a sentence stating that no new votes are known between two past times.

    The sentence also has the standing at the later time. The time of the source's last check is not stored, so the
    sentence can't have it.
    """
    stood = past_standing_phrase(context, change, reading, source)
    return f"**No new votes known in {context.place} between {context.when(since)} and {context.when(until)}:** {stood}"


def _revised_by(context: ContestContext, revisions: Sequence[Change]) -> str:
    """Return a sentence stating that the period includes revisions by the source, with their votes and times."""
    shown = [
        f"{_signed_votes(one.new_votes) if one.new_votes else 'unchanged total'} at {context.when(one.as_of)}"
        for one in revisions[:_MOST_REVISIONS]
    ]
    more = len(revisions) - len(shown)
    what = "a revision" if len(revisions) == 1 else spelled(len(revisions), "revision")
    return stopped(f"That includes {what} by the source: {listed(shown, f'{more} more' if more else '')}")


def _signed_votes(new: int) -> str:
    return f"{signed(new)} {'vote' if abs(new) == 1 else 'votes'}"


def _none_before(context: ContestContext, facts: SinceFacts) -> str:
    """Return a note stating that the record begins after the time asked about, or "" if it does not."""
    if facts.first_at is None:
        return ""
    then = "then" if facts.since == facts.first_at and facts.batches > 1 else None
    return f" {none_before(context, facts.first_at, then)}"


def none_before(context: ContestContext, first: datetime, then: str | None = None) -> str:
    """Return a sentence stating that no figures are on record before the first reading.

    If `then` is given, the sentence has this text instead of the reading's time.
    """
    return stopped(f"No figures on record before {then or context.when(first)}")


def _also_since(context: ContestContext, facts: SinceFacts) -> tuple[Line, ...]:
    """Return a line for each source and time in `facts.also`.

    For example "Also, the AP (8:05 a.m.): 96 of 159 counties certified".
    """
    said: dict[tuple[str, datetime], list[CertifiedCount | OtherSource]] = {}
    for one in facts.also:
        said.setdefault((one.source.id, one.as_of), []).append(one)
    return tuple(_also(context, news) for news in said.values())


def _also(context: ContestContext, news: Sequence["CertifiedCount | OtherSource"]) -> Line:
    """Return a line with news that one source reported at a given time.

    Only the newsroom can read the parts that are not posted yet.
    """
    parts, source, at = [], news[0].source, context.when(news[0].as_of)
    for one in news:
        what = other_figures(context, one) if isinstance(one, OtherSource) else certified_phrase(context, one.count)
        what = f"{what}, {one.corrected.phrase}" if one.corrected else what
        if isinstance(one, OtherSource) and one.entered and not one.source.person:
            what += ", entered by staff"
        parts.append(f"{what}, not posted yet" if one.waits else what)
    posts = tuple(number for one in news if one.corrected for number in one.corrected.posts)
    line = Line(stopped(f"Also, {source_name(source)} ({at}): {'; '.join(parts)}"), (source.id,), posts)
    posted = [one for one in news if not one.waits]
    if len(posted) == len(news):
        return line
    return replace(line, readers="newsroom", otherwise=_also(context, posted) if posted else None)


def updates_in(updates: int) -> str:
    """Return the number of updates as a sentence: "Three updates."."""
    return stopped(capitalised(spelled(updates, "update")))


def history_head(context: ContestContext, numbers: Sequence[int], at: datetime | None, *, whole: bool) -> str:
    """Return the first line of a page of batches: "**Georgia: updates 219 through 226, newest first.**".

    `whole`: True if the page has all updates, as in "**Georgia: three updates, newest first.**".
    """
    if not numbers:
        then = f" by {context.when(at)}" if at else ""
        ask = "Ask for a later time, or leave out `at:`." if at else _SOURCES
        return f"**{stopped(f'{context.head}: no updates{then}')}** {ask}"
    first, last = min(numbers), max(numbers)
    if first == last:
        return f"**{context.head}: update {commas(last)}.**"
    if whole:
        return f"**{context.head}: {spelled(len(numbers), 'update')}, newest first.**"
    return f"**{context.head}: updates {commas(first)} through {commas(last)}, newest first.**"


def update_lines(context: ContestContext, batches: Sequence[ListedBatch]) -> tuple[Line, ...]:
    """Return a line for each batch, with the correction of its post. The text of each correction appears once."""
    lines, said = [], set[Corrected]()
    for one in batches:
        line, by, corrected = batch_line(context, one.change), (one.change.source,), one.corrected
        if corrected is None:
            lines.append(Line(line, by))
            continue
        mark = f"**{corrected.word}.**" if corrected in said else corrected.mark()
        lines.append(Line(f"{stopped(line)} {mark}", by, corrected.posts))
        said.add(corrected)
    return tuple(lines)


def batch_line(context: ContestContext, change: Change) -> str:
    """Return the line of one batch: "**7:35 a.m.** +74 (Trump 61, Biden 13), Floyd County; Biden +14,101 (+13)"."""
    when = f"**{context.when(change.as_of)}**"
    if change.kind == "first":
        lead = f"; {_lead(context, change)}" if change.total and change.margin is not None else ""
        return f"{when} first on record: {votes(change.total)}{lead}"
    units = by_size(change.units or {})
    where = f", {unit_list(context.contest, units, _MOST_PLACES)}" if units else ""
    new = "revised" if change.kind == "revision" else signed(change.new_votes) if change.new_votes else "same total"
    whom = votes_by_candidate(context, change.batch, change.new_votes)
    return f"{when} {new}{whom}{where}; {_lead(context, change)}"


def _lead(context: ContestContext, change: Change) -> str:
    if change.margin is None:
        return f"{votes(change.total)} in all"
    if not change.margin:
        return "tied"
    first = change.new_votes == change.total  # there were only zeros before, so nobody was ahead
    ahead = " moves ahead," if change.lead_changed and not first else ""
    moved = f" ({signed(change.margin_change)})" if change.margin_change and not first else ""
    return f"{context.who(change.leader)}{ahead} +{commas(change.margin)}{moved}"
