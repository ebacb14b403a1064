"""Texts about a batch that somebody reports: its post, the mark once it is counted, and its line in answers."""

from dataclasses import dataclass
from datetime import datetime

from bot.count.reading import Reading
from bot.count.reported_batch import InCount, ReportedBatch, margin_with
from bot.count.statement import Statement
from bot.desk.desk_file import Contest, Source
from bot.tally.changes_words import votes_by_candidate
from bot.wording.card import Card, Line, StatedMargin
from bot.wording.context import ContestContext, Setting, contest_context, may_be_named, source_name
from bot.wording.corrected import Corrected
from bot.wording.credit import credit_line
from bot.wording.escape import capitalised, possessive, stopped
from bot.wording.margin import ahead_by, signed_margin
from bot.wording.names import count_name, unit_list
from bot.wording.numbers import commas, more_votes


@dataclass(frozen=True, slots=True)
class ReportedBatchFacts:
    """A batch that somebody reports, and the leading source's count to compare the batch with."""

    contest: Contest
    source: Source
    """The source that reports the batch."""
    said: Statement
    leading: Source
    in_count: InCount
    """Whether the leading source's count has the batch."""
    now: datetime
    reading: Reading | None = None
    """The leading source's reading; None if it has none."""
    standing: tuple[str, int] | None = None
    """(leader, margin) in that reading; None if no votes are in or there is only one candidate."""


@dataclass(frozen=True, slots=True)
class BatchOnRecord:
    """A batch that staff entered and that the leading source's count may lack, for an answer."""

    said: Statement
    source: Source
    leading: Source
    is_missing: bool
    """True if the count does not have the batch; False if that is unknown."""
    corrected: Corrected | None = None
    """The correction of the batch's post, or None."""
    waits: bool = False
    """True if the batch's post is not sent yet."""


def batch_post(facts: ReportedBatchFacts, setting: Setting) -> Card:
    """Return the post about a batch: what was counted and who reports it.

    If the leading source's count lacks the batch, the post also has the margin with it.

    Raises:
        ValueError: the statement has no batch.
    """
    reading = facts.reading
    context = contest_context(facts.contest, setting, facts.now, reading.names if reading else None, facts.said.count)
    beside, states = _beside(context, facts) if may_be_named(facts.leading, setting) else ("", ())
    return Card(
        (Line(f"{reported(context, facts.source, facts.said)} {beside}".strip()),),
        credit=credit_line(
            setting, facts.source, facts.said.as_of, facts.now, entered=facts.said.entered_by is not None
        ),
        kind="batch",
        states=states,
    )


def reported(context: ContestContext, source: Source, statement: Statement) -> str:
    """Return who reported how many votes: "**Gwinnett County reported 3,600 more votes,** a net 2,100 …"."""
    batch = _batch_of(statement)
    about = "batch" in statement.approximate
    more = f"{'about ' if about else ''}{more_votes(batch.votes)}"
    count = "" if context.count == "election" else f" in the {count_name(context.count)}"
    if batch.units:
        what = f"{capitalised(unit_list(context.contest, batch.units))} reported {more}{count}"
    else:
        what = f"{capitalised(more)} {'was' if batch.votes == 1 else 'were'} counted in {context.place}"
    whom = votes_by_candidate(
        context, {one.candidate: one.votes for one in batch.split}, None if about else batch.votes
    )
    net = f" a net {commas(batch.net.votes)} for {context.who(batch.net.candidate)}," if batch.net else ""
    what = f"**{what}**{whom}," if whom else f"**{what},**"
    return stopped(f"{what}{net} {source_name(source)} says")


def _beside(context: ContestContext, facts: ReportedBatchFacts) -> tuple[str, tuple[StatedMargin, ...]]:
    """Return a sentence comparing the leading source's count with a batch, and the margins that the sentence states.

    The sentence has the margin before and after adding the batch, or says only whether the count includes the batch.
    It is empty if the source has no count yet, or is known to include the batch.
    """
    batch, reading, leading = _batch_of(facts.said), facts.reading, facts.leading
    if reading is None or facts.in_count is InCount.YES:
        return "", ()
    name, them = source_name(leading), "it" if batch.votes == 1 else "them"
    if facts.in_count is InCount.UNKNOWN:
        return f"Whether {possessive(name)} count has {them} is not known.", ()
    as_of = f"as of {context.when(reading.as_of)}"
    standing = None if "batch" in facts.said.approximate else facts.standing
    made = margin_with(reading, standing[0], batch) if standing is not None else None
    if standing is None or made is None:
        return stopped(f"{capitalised(possessive(name))} count, {as_of}, did not have {them} yet"), ()
    leader, margin = standing
    same = made[0] == leader and made[1] and margin
    then = f"the lead would have been {commas(made[1])}" if same else f"it would have had {ahead_by(context, *made)}"
    # In the past, since the mark that the count has them by now stands beside it.
    text = f"{capitalised(name)} had {ahead_by(context, leader, margin)} without {them}, {as_of}; with {them}, {then}"
    return stopped(text), (StatedMargin(facts.contest.id, leading.id, reading.count, leader, margin),)


def counted_mark(context: ContestContext, leading: Source, as_of: datetime) -> str:
    """Return the mark for the post about a batch that is now counted: "Since counted: this batch was in the Times' count by …"."""
    return stopped(
        f"**Since counted:** this batch was in {possessive(source_name(leading))} count by {context.when(as_of)}"
    )


def batch_phrase(context: ContestContext, batch: ReportedBatch, *, about: bool, placed: bool = True) -> str:
    """Return a batch for a list: "3,600 more votes from Gwinnett County, Biden +2,100".

    With `placed` False, the place is omitted. `about`: the number is approximate.
    """
    where = f" from {unit_list(context.contest, batch.units)}" if batch.units and placed else ""
    net = f", {signed_margin(context, batch.net.candidate, batch.net.votes)}" if batch.net else ""
    whom = votes_by_candidate(
        context, {one.candidate: one.votes for one in batch.split}, None if about else batch.votes
    )
    return f"{'about ' if about else ''}{more_votes(batch.votes)}{where}{whom}{net}"


def on_record_line(context: ContestContext, one: BatchOnRecord) -> Line:
    """Return the line about a batch in an answer: "**Gwinnett County:** 3,600 more votes, Biden +2,100 …".

    Until the post about the batch is sent, only the newsroom may read the line.
    """
    statement, batch = one.said, _batch_of(one.said)
    where = capitalised(unit_list(context.contest, batch.units)) if batch.units else context.head
    entered = ", entered by staff" if statement.entered_by is not None and not one.source.person else ""
    what = batch_phrase(context, batch, about="batch" in statement.approximate, placed=False)
    owner, them = possessive(source_name(one.leading)), "it" if batch.votes == 1 else "them"
    known = f"not in {owner} count yet" if one.is_missing else f"whether {owner} count has {them} is not known"
    corrected = f"; {one.corrected.phrase}" if one.corrected else ""
    waits = "; not posted yet" if one.waits else ""
    at = f"({source_name(one.source)}, {context.when(statement.as_of)}{entered})"
    return Line(
        stopped(f"**{where}:** {what} {at}; {known}{waits}{corrected}"),
        tuple(dict.fromkeys((one.source.id, one.leading.id))),
        one.corrected.posts if one.corrected else (),
        "newsroom" if one.waits else "public",
    )


def _batch_of(statement: Statement) -> ReportedBatch:
    if statement.batch is None:
        raise ValueError("the statement is of no batch")
    return statement.batch
