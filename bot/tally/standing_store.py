"""Standings in the database: the state of each source's count at a time, with statements and calls. Read only."""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.count.call import Call
from bot.count.certification import CertificationCount
from bot.count.change import Change
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.database.database import Row, Store, fetch, from_micros, moment, to_micros
from bot.events.event import Event
from bot.follows.follows_store import LeadingSourceChoice, choice_of
from bot.outbox.approval_store import not_posted_sql, readable_sql, released_sql, unreleased_sql
from bot.outbox.rows import to_json
from bot.outcomes.certification import CertifiedPost
from bot.outcomes.certification_words import without_before
from bot.wording.card import card_of
from bot.wording.context import Audience
from bot.wording.corrected import CorrectedPost, CorrectedPosts

SERIES_TO_SHOW = """(SELECT id FROM series WHERE contest = ?1 AND source = ?2 AND accepted IS NOT NULL
  ORDER BY count <> 'election', id DESC LIMIT 1)"""
"""The id of a source's (?2) series to show for a contest (?1): the election count, or else the newest other count. Some
feeds have only a recount.
"""

_RELEASED = released_sql("statements.id")

_CALL_RELEASED = released_sql("c.statement", "?4")

_RESULTS_RELEASED = released_sql("results_certifications.statement")

_COUNT_RELEASED = released_sql("certification_counts.statement")

_GOES_OUT = "(o.state NOT IN ('failed', 'dropped'))"

_MOST_CORRECTIONS = 200

_STANDING = """
SELECT s.id, s.source, r.body, c.body, r.received_at, s.checked_at,
       (SELECT h.reason FROM holds h WHERE h.series = s.id AND h.settled_at IS NULL)
FROM series s JOIN readings r ON r.series = s.id AND r.verdict = 'accepted' JOIN changes c ON c.reading = r.id
"""

_NEWEST = "ORDER BY r.as_of DESC, r.id DESC LIMIT 1"

_MOST_SAID = 300

_OUTSTANDING = f"""
SELECT json_array(json_extract(body, '$.count'), source, json_extract(body, '$.outstanding.units'), json_extract(body, '$.outstanding.type')),
       body
FROM statements
WHERE server = ? AND contest = ? AND as_of <= ? AND json_extract(body, '$.outstanding') IS NOT NULL
  AND retracted_at IS NULL AND {_RELEASED} ORDER BY as_of DESC, id DESC LIMIT ?"""


@dataclass(frozen=True, slots=True)
class StoredStanding:
    """The state of a series, now or at an earlier time."""

    source: str
    reading: Reading
    change: Change
    received_at: datetime
    changed_at: datetime | None
    """As of when votes had last changed at that time."""
    checked_at: datetime | None
    """When the source was last asked, up to now."""
    held: str | None
    """Why a reading is held now (a `HoldReason` value), or None."""
    is_first: bool = False
    """True if `changed_at` is of the first votes on record, which may have been there before."""


@dataclass(frozen=True, slots=True)
class SourceCertifiedCount:
    """A source's count of certified units, for answers."""

    source: str
    as_of: datetime
    count: CertificationCount
    waits: bool = False
    """True if the post about the count is not sent yet."""


@dataclass(frozen=True, slots=True)
class LastCall:
    """A caller's last call in a contest, with what a server's readers may see of it."""

    source: str
    call: Call
    as_of: datetime
    posted: bool
    """True if the server's staff entered the call, or the server repeats that caller's calls."""
    withdrawn: Call | None = None
    """The call that the caller withdrew, if it makes none now."""
    waits: bool = False
    """True if the call was entered and its post is not sent yet."""


class StandingStore(Store):
    """Reads standings, staff's entries, and calls."""

    async def choice(self, server: int, contest: str) -> LeadingSourceChoice | None:
        """Return the leading source that a server chose for a contest, or None."""
        return await choice_of(self._database, server, contest)

    async def count_to_show(self, contest: str, source: str) -> str:
        """Return the name of the count to show for a source: the election count, or else its newest other count."""
        row = await self._database.row(f"SELECT count FROM series WHERE id = {SERIES_TO_SHOW}", (contest, source))
        return str(row[0]) if row else "election"

    async def standing(self, contest: str, source: str, at: datetime) -> StoredStanding | None:
        """Return the state of a source's count (see `count_to_show`) as of `at`.

        None if the source had no figures by then.
        """
        row = await self._database.row(
            f"{_STANDING} WHERE s.id = {SERIES_TO_SHOW} AND r.as_of <= ? {_NEWEST}", (contest, source, to_micros(at))
        )
        return await self._with_moved(row, at) if row else None

    async def first(self, contest: str, source: str) -> datetime | None:
        """Return the `as_of` of the first accepted reading in a source's count (see `count_to_show`), or None."""
        row = await self._database.row(
            f"SELECT min(as_of) FROM readings WHERE series = {SERIES_TO_SHOW} AND verdict = 'accepted'",
            (contest, source),
        )
        return moment(row[0]) if row else None

    async def others(self, contest: str, leading: str, at: datetime, count: str | None = None) -> list[StoredStanding]:
        """Return the state as of `at` of a count by every source except the source `leading`.

        Sources without figures are missing.

        `count` is the count's name; None for the count that answers show for the source `leading`.
        """
        count = count or await self.count_to_show(contest, leading)
        rows = await self._database.rows(
            "SELECT id FROM series WHERE contest = ? AND count = ? AND source <> ? AND accepted IS NOT NULL",
            (contest, count, leading),
        )
        found = [
            await self._database.row(f"{_STANDING} WHERE s.id = ? AND r.as_of <= ? {_NEWEST}", (series, to_micros(at)))
            for (series,) in rows
        ]
        return [await self._with_moved(row, at) for row in found if row]

    async def checked(self, contest: str, source: str) -> datetime | None:
        """Return when a source was last asked about a contest, or None."""
        row = await self._database.row(
            "SELECT max(checked_at) FROM series WHERE (contest, source) = (?, ?)", (contest, source)
        )
        return moment(row[0]) if row else None

    async def refusals(self, source: str) -> list[tuple[str, datetime, datetime]]:
        """Return why parts of a source's answers were refused, the newest first: (reason, first time, last time)."""
        rows = await self._database.rows(
            "SELECT why, first_at, last_at FROM refusals WHERE source = ? ORDER BY last_at DESC, first_at DESC, why",
            (source,),
        )
        return [(why, from_micros(first), from_micros(last)) for why, first, last in rows]

    async def changes_between(self, contest: str, source: str, start: datetime, end: datetime) -> list[Change]:
        """Return the changes of votes after `start`, up to `end`, oldest first; the newest 1,000 at most."""
        rows = await self._database.rows(
            f"""SELECT c.body FROM series s JOIN readings r ON r.series = s.id AND r.verdict = 'accepted'
               JOIN changes c ON c.reading = r.id AND c.moved
               WHERE s.id = {SERIES_TO_SHOW} AND r.as_of > ? AND r.as_of <= ?
               ORDER BY r.as_of DESC, r.id DESC LIMIT 1000""",
            (contest, source, to_micros(start), to_micros(end)),
        )
        return [Change.model_validate_json(body) for (body,) in reversed(rows)]

    async def statements(self, contest: str, server: int, at: datetime, *, reader: Audience) -> Sequence[Statement]:
        """Return the statements of a contest that a server's staff entered, newest first; at most 200.

        `reader` is who reads the answer; statements that this reader may not see yet are excluded (`released_sql`).
        """
        rows = await self._database.rows(
            f"""SELECT body FROM statements
               WHERE contest = ? AND as_of <= ? AND server = ? AND retracted_at IS NULL AND {_RELEASED}
               ORDER BY as_of DESC, id DESC LIMIT 200""",
            (contest, to_micros(at), server, reader),
        )
        return [Statement.model_validate_json(body) for (body,) in rows]

    async def figures(
        self, contest: str, server: int, at: datetime, *, reader: Audience
    ) -> Sequence[tuple[Statement, bool]]:
        """Return (statement, True if its post is not sent yet) for statements with a margin or a total.

        Newest first; at most 100. Otherwise as `statements`.
        """
        rows = await self._database.rows(
            f"""SELECT body, {not_posted_sql("statements.id")} FROM statements
               WHERE server = ? AND contest = ? AND as_of <= ? AND retracted_at IS NULL
                 AND (json_extract(body, '$.margin') IS NOT NULL OR json_extract(body, '$.total') IS NOT NULL)
                 AND {_RELEASED}
               ORDER BY as_of DESC, id DESC LIMIT 100""",
            (server, contest, to_micros(at), reader),
        )
        return [(Statement.model_validate_json(body), bool(waits)) for body, waits in rows]

    async def last_moves(
        self, contest: str, server: int, at: datetime, *, reader: Audience
    ) -> Sequence[tuple[Statement, bool]]:
        """Return each source's last statement that reports when the source's own figures last changed.

        Returns (statement, True if its post is not sent yet), as `figures` does.
        """
        rows = await self._database.rows(
            f"""SELECT body, {not_posted_sql("statements.id")}, max(as_of) FROM statements
               WHERE server = ? AND contest = ? AND as_of <= ? AND retracted_at IS NULL
                 AND json_extract(body, '$.last_updated') IS NOT NULL AND {_RELEASED} GROUP BY source""",
            (server, contest, to_micros(at), reader),
        )
        return [(Statement.model_validate_json(body), bool(waits)) for body, waits, _ in rows]

    async def certified(
        self, contest: str, server: int, at: datetime, persons: Collection[str], *, reader: Audience
    ) -> SourceCertifiedCount | None:
        """Return the newest count of certified units that a server knows, or None.

        Counts from `persons`, and those derived from names alone, are used only if there is no other. `reader`: as in
        `statements`.
        """
        row = await self._database.row(
            f"""SELECT source, as_of, done, of, by_name = 2 AS named FROM certification_counts
               WHERE contest = ? AND as_of <= ? AND server = ? AND {_COUNT_RELEASED}
               ORDER BY source IN (SELECT value FROM json_each(?)), named, as_of DESC, statement DESC LIMIT 1""",
            (contest, to_micros(at), server, reader, to_json(list(persons))),
        )
        return (
            SourceCertifiedCount(row[0], from_micros(row[1]), CertificationCount(row[2], row[3], bool(row[4])))
            if row
            else None
        )

    async def calls(self, contest: str, server: int, at: datetime, *, reader: Audience) -> list[LastCall]:
        """Return each caller's last call as of `at` that is known in a server, newest first.

        `reader`: as in `statements`.
        """
        rows = await self._database.rows(
            f"""SELECT c.source, c.body, c.as_of, (c.server IS NOT NULL AND NOT c.pushed) OR r.server IS NOT NULL,
                 {not_posted_sql("c.statement")} FROM calls c
               LEFT JOIN repeated_callers r ON r.server = ?2 AND r.source = c.source
               WHERE c.contest = ?1 AND c.as_of <= ?3 AND (c.server IS NULL OR c.server = ?2)
                 AND {_CALL_RELEASED}
               ORDER BY c.as_of DESC, c.id DESC LIMIT 500""",
            (contest, server, to_micros(at), reader),
        )
        newest: dict[str, LastCall] = {}
        for source, body, as_of, posted, waits in rows:
            call, last = Call.model_validate_json(body), newest.get(source)
            if last is None:
                newest[source] = LastCall(source, call, from_micros(as_of), bool(posted), waits=bool(waits))
            elif last.call.says == "none" and call.says != "none" and last.withdrawn is None:
                newest[source] = replace(last, withdrawn=call)
        return list(newest.values())

    async def corrected(self, contest: str, server: int, *, reader: Audience) -> CorrectedPosts:
        """Return a server's posts about a contest that were corrected, each with its last correction.

        Answers about an earlier time use the corrections too, since the post was already wrong at that time. `reader`:
        as in `statements`.
        """
        rows = await self._database.rows(
            f"""SELECT r.body ->> 'number', r.body ->> 'text', r.decided_at, json_group_array(DISTINCT o.number) FILTER (WHERE {_GOES_OUT}),
                 min(o.number) FILTER (WHERE {_GOES_OUT} AND {readable_sql()})
               FROM proposals r JOIN proposal_posts made ON made.proposal = r.id JOIN outbox o ON o.id = made.post
               WHERE r.server = ? AND r.kind = 'correct' AND r.state = 'done' AND o.contest = ?
               GROUP BY r.id HAVING max({_GOES_OUT}) AND NOT {unreleased_sql()} ORDER BY r.id DESC LIMIT ?""",
            (reader, server, contest, reader, _MOST_CORRECTIONS),
        )
        corrects = {own: number for number, _, _, made, _ in rows for own in json.loads(made)}
        last: dict[int, tuple[int | None, str, datetime]] = {}
        for number, text, at, _, shown in rows:
            first = number
            while first in corrects:  # a correction of a correction corrects the original post
                first = corrects[first]
            last.setdefault(first, (shown, text, from_micros(at)))
        if not last:
            return CorrectedPosts()
        order = list(last)
        told = await self._database.rows(
            """SELECT o.number, o.kind, s.body, NULL, NULL FROM json_each(?2) n
                 CROSS JOIN statement_posts p ON p.server = ?1 AND p.number = n.value JOIN outbox o ON o.id = p.post
                 JOIN statements s ON s.id = p.statement AND s.retracted_at IS NULL
               UNION SELECT o.number, o.kind, NULL, r.body, iif(spans.was IS NULL, f.as_of, r.as_of) FROM json_each(?2) n
                 CROSS JOIN outbox o ON o.server = ?1 AND o.number = n.value AND o.action = 'post'
                 JOIN spans ON spans.post = o.id JOIN readings r ON r.id = spans.to_reading
                 LEFT JOIN readings f ON f.id = spans.from_reading""",
            (server, to_json(list(last))),
        )
        found = [
            CorrectedPost(
                *last[number],
                kind,
                Reading.model_validate_json(reading) if reading else Statement.model_validate_json(said),
                moment(after),
            )
            for number, kind, said, reading, after in sorted(told, key=lambda row: order.index(row[0]))
        ]
        return CorrectedPosts(tuple(found))

    async def results_certified(
        self, contest: str, server: int, at: datetime, *, reader: Audience
    ) -> tuple[str, bool, datetime, bool] | None:
        """Return the last statement as of `at` about certified results: (source, withdrawn, as of, post not sent yet).

        None if there is none. `reader`: as in `statements`.
        """
        row = await self._database.row(
            f"""SELECT source, taken_back, as_of, {not_posted_sql("results_certifications.statement")} FROM results_certifications
               WHERE server = ? AND contest = ? AND as_of <= ? AND {_RESULTS_RELEASED} ORDER BY as_of DESC, statement DESC LIMIT 1""",
            (server, contest, to_micros(at), reader),
        )
        return (row[0], bool(row[1]), from_micros(row[2]), bool(row[3])) if row else None

    async def _with_moved(self, row: Row, at: datetime) -> StoredStanding:
        """Build a standing from a row of `_STANDING`, and look up when its votes had last changed by `at`."""
        series, source, reading, change, received, checked, held = row
        moved = await self._database.row(
            """SELECT r.as_of, c.kind = 'first' FROM readings r JOIN changes c ON c.reading = r.id
               WHERE r.series = ? AND r.verdict = 'accepted' AND r.as_of <= ? AND c.moved
               ORDER BY r.as_of DESC, r.id DESC LIMIT 1""",
            (series, to_micros(at)),
        )
        return StoredStanding(
            source=source,
            reading=Reading.model_validate_json(reading),
            change=Change.model_validate_json(change),
            received_at=from_micros(received),
            changed_at=moment(moved[0]) if moved else None,
            is_first=bool(moved and moved[1]),
            checked_at=moment(checked),
            held=held,
        )


def ballots_left(
    connection: sqlite3.Connection, contest: str, server: int, at: datetime, *, reader: Audience
) -> list[Statement]:
    """Return the same statements about uncounted ballots as `UnitStore.outstanding`, within a transaction."""
    return _newest_left(fetch(connection, _OUTSTANDING, (server, contest, to_micros(at), reader, _MOST_SAID)))


class UnitStore(Store):
    """Reads outstanding ballots, certified units and certification deadlines."""

    async def outstanding(self, contest: str, server: int, at: datetime, *, reader: Audience) -> list[Statement]:
        """Return the statements that staff entered about ballots still to be counted, newest first.

        Only the newest is returned for each combination of source, units and vote type, out of the last 300 such
        statements. `reader`: as in `StandingStore.statements`.
        """
        values = (server, contest, to_micros(at), reader, _MOST_SAID)
        return _newest_left(await self._database.rows(_OUTSTANDING, values))

    async def certified(
        self, contest: str, server: int, at: datetime, *, reader: Audience
    ) -> list[tuple[SourceCertifiedCount, CertificationCount | None]]:
        """Return each source's newest count of certified units as of `at`, with the source's last different count.

        The latter precedes the newest count; None if there is none. Newest first, with counts derived from names alone
        at the end. `reader`: as in `StandingStore.statements`.
        """
        rows = await self._database.rows(
            "SELECT DISTINCT source FROM certification_counts WHERE server = ? AND contest = ?", (server, contest)
        )
        found = []
        for (source,) in rows:
            counts = await self._database.rows(
                f"""SELECT as_of, done, of, by_name = 2, statement, {not_posted_sql("certification_counts.statement")}
                   FROM certification_counts
                   WHERE server = ? AND contest = ? AND source = ? AND as_of <= ?
                     AND {_COUNT_RELEASED}
                   ORDER BY as_of DESC, statement DESC LIMIT 20""",
                (server, contest, source, to_micros(at), reader),
            )
            if counts:
                as_of, done, of, named, statement, waits = counts[0]
                alike = (row for row in counts[1:] if row[1] != done and row[3] == named)
                before = next((CertificationCount(*row[1:3]) for row in alike), None)
                if before is None and reader == "public":
                    before = await self._up_from(server, contest, source, statement)
                count = CertificationCount(done, of, bool(named))
                found.append((SourceCertifiedCount(source, from_micros(as_of), count, bool(waits)), before))
        found.sort(key=lambda one: one[0].as_of, reverse=True)
        return sorted(found, key=lambda one: one[0].count.named)

    async def _up_from(self, server: int, contest: str, source: str, statement: int) -> CertificationCount | None:
        """Return the earlier count to which a statement's public post compares the new one ("up from …"), or None.

        The earlier count was the source's first, which has no post.
        """
        rows = await self._database.rows(
            f"""SELECT n.done, n.of, o.card FROM statement_posts p
               JOIN outbox o ON o.id = p.post AND o.action = 'post' AND o.kind = '{CertifiedPost.name}'
               JOIN channels c ON c.id = o.channel AND c.public
               JOIN certification_counts n ON n.server = ? AND n.contest = ? AND n.source = ?
               WHERE p.statement = ? GROUP BY o.id, n.statement HAVING NOT {unreleased_sql("'public'")} LIMIT 200""",
            (server, contest, source, statement),
        )
        said = (
            CertificationCount(done, of)
            for done, of, card in rows
            if card is not None and without_before(done) in {one.case for one in card_of(card).variants}
        )
        return next(said, None)

    async def certifying(self, server: int, contest: str, now: datetime) -> list[Event]:
        """Return a server's certification deadlines, past and future, oldest first (at most 50 of each)."""
        ahead, past = [
            await self._database.rows(
                f"""SELECT body FROM schedule_entries
                    WHERE server = ? AND json_extract(body, '$.certifies') IS NOT NULL AND starts_at {which}, id LIMIT 50""",
                (server, to_micros(now)),
            )
            for which in (">= ? ORDER BY starts_at", "< ? ORDER BY starts_at DESC")
        ]
        events = [Event.model_validate_json(body) for (body,) in [*reversed(past), *ahead]]
        return [event for event in events if event.contest in (None, contest) and event.status != "canceled"]


def _newest_left(rows: Sequence[Row]) -> list[Statement]:
    newest: dict[object, Statement] = {}
    bodies: dict[str, str] = dict(reversed(rows))
    for body in bodies.values():  # only the newest of each source, units and type is parsed
        statement = Statement.model_validate_json(body)
        if statement.outstanding is None or statement.count != "election":
            continue
        key = (statement.source, frozenset(statement.outstanding.units), statement.outstanding.type)
        if key not in newest or newest[key].as_of <= statement.as_of:
            newest[key] = statement
    return sorted(newest.values(), key=lambda statement: statement.as_of, reverse=True)
