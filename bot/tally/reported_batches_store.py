"""Batches that staff entered, and the mark on their posts once the leading source's count includes the batch.

`counted_batches` records which reading's count includes a batch. It is written in the transaction that stores the
reading, so each post is marked once, and unmarked if the reading is withdrawn. Whether other batches are counted is
looked up each time.
"""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.count.judgement import AHEAD_AT_MOST
from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.count.relation import CAUGHT_UP_WITHIN
from bot.count.reported_batch import REPORTED_WITHIN, InCount, ReportedBatch, UnitsAround, in_count
from bot.count.staleness import ENTERED_VALID_FOR
from bot.count.statement import Statement
from bot.database.database import Row, Store, fetch, from_micros, to_micros
from bot.desk.desk_file import Contest
from bot.desk.same_unit import same_unit
from bot.outbox.approval_store import not_posted_sql, released_sql
from bot.outbox.follow_up_store import latest_card
from bot.outbox.kinds import Kind, NotPosted, PostText
from bot.outbox.rows import OutboxRow, Post, to_json
from bot.outbox.rows_store import read_post
from bot.outbox.threads_store import is_public
from bot.outbox.tx import Tx
from bot.tally.intake_store import leads_in
from bot.tally.reported_batches_words import BatchOnRecord, ReportedBatchFacts, batch_post, counted_mark
from bot.wording.context import contest_context, may_be_named
from bot.wording.question import Question

_MOST_ON_RECORD = 20

_MARK = "counted"
"""The name under which the mark is stored on a post's card."""

_COUNT = """
SELECT n.id, n.body, l.leader, b.body,
  EXISTS (SELECT 1 FROM holds h WHERE h.series = s.id AND h.settled_at IS NULL),
  (SELECT json_group_array(json_array(r.as_of, json(c.body -> '$.units'))) FROM readings r JOIN changes c ON c.reading = r.id
   WHERE r.series = s.id AND r.verdict = 'accepted' AND r.as_of > ?4 AND r.as_of <= ?5 AND c.moved)
FROM series s
JOIN readings n ON n.id = (SELECT id FROM readings WHERE series = s.id AND verdict = 'accepted' AND as_of <= ?5
                           ORDER BY as_of DESC, id DESC LIMIT 1)
JOIN changes l ON l.reading = n.id
LEFT JOIN readings b ON b.id = (SELECT id FROM readings WHERE series = s.id AND verdict = 'accepted' AND as_of <= ?4
                                ORDER BY as_of DESC, id DESC LIMIT 1)
WHERE (s.contest, s.source, s.count) = (?1, ?2, ?3)"""
"""A series' newest reading up to ?5 and its last one up to ?4, whether a reading is held, and the votes by unit in
between.
"""

_ON_RECORD = f"""
SELECT body, {not_posted_sql("statements.id")} FROM statements
WHERE contest = ? AND server = ? AND json_extract(body, '$.batch') IS NOT NULL AND as_of > ? AND as_of <= ?
  AND retracted_at IS NULL AND {released_sql("statements.id")} ORDER BY as_of DESC, id DESC LIMIT ?"""


@dataclass(frozen=True, slots=True)
class BatchComparison:
    """The leading source's reading, and whether its count includes a batch that staff entered."""

    reading_id: int
    reading: Reading
    standing: tuple[str, int] | None
    """(leader, margin) in that count; None if no votes are in or there is only one candidate."""
    in_count: InCount


def compare_batch(
    connection: sqlite3.Connection, contest: Contest, statement: Statement, now: datetime
) -> BatchComparison | None:
    """Return the leading source's count compared with a batch. None if the source has no count yet."""
    rows = fetch(connection, _COUNT, _values(contest, statement, now + AHEAD_AT_MOST))
    return _beside(rows[0], contest, statement) if rows else None


def _values(contest: Contest, statement: Statement, until: datetime) -> tuple[str | int, ...]:
    before = to_micros(statement.as_of - REPORTED_WITHIN)
    return (contest.id, contest.leads, statement.count, before, to_micros(until))


def _beside(row: Row, contest: Contest, statement: Statement) -> BatchComparison | None:
    batch = statement.batch
    if batch is None:
        return None
    key, body, led, earlier, is_held, moves = row
    reading = Reading.model_validate_json(body)
    before, since = 0, 0
    for at, units in json.loads(moves):
        votes = sum(votes for unit, votes in (units or {}).items() if _is_of(contest, batch, unit))
        before, since = (before, since + votes) if from_micros(at) > statement.as_of else (before + votes, since)
    # What is held may have it.
    desk_figure = None if earlier is None or is_held else _total(contest, batch, Reading.model_validate_json(earlier))
    around = UnitsAround(desk_figure, _total(contest, batch, reading), before, since)
    margin = margin_of(reading.votes, led)
    standing = (margin.leader, margin.votes) if margin.votes is not None and any(reading.votes.values()) else None
    return BatchComparison(key, reading, standing, in_count(batch, around, about="batch" in statement.approximate))


def _is_of(contest: Contest, batch: ReportedBatch, unit: str) -> bool:
    return any(same_unit(contest, unit, one) for one in batch.units)


def _total(contest: Contest, batch: ReportedBatch, reading: Reading) -> int | None:
    """Return all votes in a reading for the batch's units. None if the reading lacks a total for one of them."""
    totals = [unit.counted for name, unit in (reading.units or {}).items() if _is_of(contest, batch, name)]
    known = [total for total in totals if total is not None]
    return sum(known) if len(known) == len(totals) == len(batch.units) else None


class BatchPost(Kind):
    """The post kind for batches: votes that came in together, as entered by staff."""

    name = "batch"
    does = "reports a batch by another source"
    on_page = {
        "batch": (
            "staff entered votes that came in together. The margin with them is named only where the leading "
            'source\'s count lacks them; once it has them, the post is marked "Since counted"'
        ),
    }
    perishable = True
    published_as = "rest"

    def words(self, tx: Tx, post: Post) -> PostText | NotPosted | None:
        """Return the post's text, which includes the leading source's present count.

        Returns `NotPosted` if that count already includes the batch, or if the desk file no longer has the contest or
        a source.
        """
        _, said = _told_in(tx.connection, post.id)
        desk = tx.setting.desk
        contest, source = desk.contest(said.contest), desk.source(said.source)
        leading = desk.source(leads_in(tx.connection, post.server, said.contest, desk.leading))
        if contest is None or source is None or leading is None:
            return NotPosted("the desk file no longer has its contest or source")
        contest = desk.with_leading_source(contest, leading.id)
        beside = compare_batch(tx.connection, contest, said, tx.now)
        if beside is not None and beside.in_count is InCount.YES:
            return NotPosted("the leading source's count has it by now")
        facts = ReportedBatchFacts(contest, source, said, leading, InCount.UNKNOWN, tx.now)
        setting = tx.setting.in_channel(post.server, public=is_public(tx.connection, post.channel))
        return PostText(batch_post(with_count(facts, beside), setting))

    def on_sent(self, tx: Tx, post: Post, message: int) -> None:
        """Mark the post if the leading source's count came to include the batch while the post was being sent."""
        super().on_sent(tx, post, message)
        statement, _ = _told_in(tx.connection, post.id)
        _show(tx, statement)


def with_count(facts: ReportedBatchFacts, beside: BatchComparison | None) -> ReportedBatchFacts:
    """Add the leading source's count to the facts of a batch, if that source has a count."""
    if beside is None:
        return facts
    return replace(facts, in_count=beside.in_count, reading=beside.reading, standing=beside.standing)


def _told_in(connection: sqlite3.Connection, post: int) -> tuple[int, Statement]:
    """Return the id and the statement of the batch in a post, by the post's outbox id."""
    ((key, body),) = fetch(
        connection,
        "SELECT s.id, s.body FROM statement_posts p JOIN statements s ON s.id = p.statement WHERE p.post = ?",
        (post,),
    )
    return key, Statement.model_validate_json(body)


def mark_counted(tx: Tx, contests: Collection[str]) -> None:
    """Mark the posts of batches that the leading source's count now includes.

    `contests` are the ids of the contests whose counts just changed.
    """
    rows = tx.rows(
        """SELECT s.id, s.server, s.body FROM json_each(?) w JOIN statements s ON s.contest = w.value
           WHERE json_extract(s.body, '$.batch') IS NOT NULL AND s.as_of > ? AND s.retracted_at IS NULL
             AND s.server IS NOT NULL AND NOT EXISTS (SELECT 1 FROM counted_batches k WHERE k.statement = s.id)
           ORDER BY s.id""",
        (to_json(sorted(contests)), to_micros(tx.now - CAUGHT_UP_WITHIN)),
    )
    for key, server, body in rows:
        said = Statement.model_validate_json(body)
        contest = tx.setting.desk.contest(said.contest)
        if contest is None:
            continue
        leads = leads_in(tx.connection, server, said.contest, tx.setting.desk.leading)
        beside = compare_batch(tx.connection, tx.setting.desk.with_leading_source(contest, leads), said, tx.now)
        if beside is not None and beside.in_count is InCount.YES:
            tx.execute(
                "INSERT INTO counted_batches (statement, series, reading) SELECT ?, series, id FROM readings WHERE id = ?",
                (key, beside.reading_id),
            )
            _show(tx, key)


def forget_counted(tx: Tx, series: int, gone: Sequence[int]) -> None:
    """Remove the mark "Since counted" from posts about batches, because readings are withdrawn.

    `gone` has the ids of these readings. Only batches that were found in the count of such a reading are changed.
    """
    rows = tx.rows(
        """DELETE FROM counted_batches WHERE series = ? AND reading IN (SELECT value FROM json_each(?))
           RETURNING statement""",
        (series, to_json(list(gone))),
    )
    for (statement,) in sorted(rows):
        _show(tx, statement)


def _show(tx: Tx, statement: int) -> None:
    """Edit the sent posts of a batch, to add the mark or, if the count no longer includes the batch, to remove it.

    Posts in public channels are not edited, since an editor publishes every text in them.
    """
    rows = tx.rows(
        """SELECT r.as_of, s.source, s.contest, s.count, t.server FROM counted_batches k JOIN readings r ON r.id = k.reading
           JOIN series s ON s.id = k.series JOIN statements t ON t.id = k.statement WHERE k.statement = ?""",
        (statement,),
    )
    mark = ""
    for as_of, source, contest, count, server in rows:
        leading, of = tx.setting.desk.source(source), tx.setting.desk.contest(contest)
        if leading is not None and of is not None and leading.id not in tx.setting.inside(server):
            told = contest_context(of, tx.setting, tx.now, count=count)
            mark = counted_mark(told, leading, from_micros(as_of))
    posts = tx.rows(
        """SELECT o.id FROM statement_posts p JOIN outbox o ON o.id = p.post
           WHERE p.statement = ? AND o.state = 'sent' AND o.action = 'post' AND o.message IS NOT NULL ORDER BY o.id""",
        (statement,),
    )
    for (key,) in posts:
        post = read_post(tx.connection, key)
        shown = latest_card(tx.connection, post) if post else None
        if post is None or shown is None or is_public(tx.connection, post.channel):
            continue
        card = shown.with_note(_MARK, mark) if mark else shown.without_note(_MARK)
        if card != shown:
            tx.add([OutboxRow.edit(post, card, tx.now)])


class ReportedBatches(Store):
    """A reader of the batches that staff entered, for answers to questions."""

    async def on_record(self, asked: Question) -> tuple[BatchOnRecord, ...]:
        """Return the batches of the last 12 hours that the leading source's count may lack, newest first."""
        contest, desk = asked.contest, asked.setting.desk
        leading = desk.source(contest.leads)
        since, until = (asked.at or asked.now) - ENTERED_VALID_FOR, asked.until
        values = (contest.id, asked.server, to_micros(since), to_micros(until), asked.setting.reader, _MOST_ON_RECORD)
        found = []
        for body, waits in await self._database.rows(_ON_RECORD, values):
            said = Statement.model_validate_json(body)
            source = desk.source(said.source)
            if source is None or leading is None or not may_be_named(source, asked.setting):
                continue
            rows = await self._database.rows(_COUNT, _values(contest, said, until))
            beside = _beside(rows[0], contest, said) if rows else None
            known = beside.in_count if beside is not None else InCount.NO  # nothing is in
            if known is not InCount.YES:
                corrected = asked.corrected.of_statement(said)
                is_missing = known is InCount.NO
                found.append(BatchOnRecord(said, source, leading, is_missing, corrected, waits=bool(waits)))
        return tuple(found)
