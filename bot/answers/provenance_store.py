"""Queries on where a post came from, what was not posted, and the state of each source."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.answers.provenance_words import (
    FoundBatch,
    FoundEntry,
    FoundPost,
    ListedPost,
    PostedReading,
    PostFate,
    PostProvenance,
    WaitingChange,
)
from bot.answers.sources_words import RefusedParts
from bot.count.change import Change
from bot.count.judgement import AHEAD_AT_MOST
from bot.count.post_threshold import MinimumChange, moved_by
from bot.count.statement import Statement
from bot.database.database import Database, Row, Store, from_micros, moment, to_micros
from bot.follows.preferences import preferences_of
from bot.outbox.approval_store import not_posted_sql, readable_sql, released_sql
from bot.outbox.kinds import Kinds
from bot.tally.changes_store import RollUpPost
from bot.tally.silences_store import CERTIFIED
from bot.wording.card import card_of
from bot.wording.context import Audience

_MOST_ROWS = 20

_MOST_FOUND = 12
"""The most batches, readings or entries in one minute that are returned."""

_MOST_BATCHES = 5
"""The most waiting batches that are returned, from the newest back."""

_POST = """
SELECT o.channel, o.number, o.kind, o.state, o.contest, o.source, o.news_at, o.approved_by, o.dropped_by, o.why,
       o.message, (SELECT m.number FROM outbox m WHERE m.id = o.superseded_by),
       r.as_of, r.received_at, r.reason,
       iif(p.was IS NULL, 1, 0) * (SELECT c.batches FROM changes c WHERE c.reading = p.to_reading)
         - coalesce((SELECT c.batches FROM changes c WHERE c.reading = p.from_reading), 0),
       (SELECT s.body FROM statements s WHERE s.id = coalesce(e.statement, p.confirms)),
       (SELECT json_array(x.number, x.kind) FROM outbox x
        WHERE x.about = o.id AND x.action = 'post' AND x.kind IN {own_words} AND x.state = 'sent'
          AND NOT EXISTS (SELECT 1 FROM proposal_posts made JOIN proposals r ON r.id = made.proposal
                          WHERE made.post = x.id AND r.state = 'undone')
        ORDER BY x.id DESC LIMIT 1),
       (SELECT b.number FROM outbox b WHERE b.id = o.about), o.thread,
       (SELECT c.body FROM changes c WHERE c.reading = p.to_reading),
       (SELECT json_array(c.leader, c.margin) FROM changes c WHERE c.reading = p.from_reading),
       p.least, p.of_lead,
       (SELECT a.who FROM audit a WHERE p.was IS NOT NULL AND a.server = o.server AND a.what = 'source lead'
          AND a.at = o.news_at AND a.after ->> 'contest' = o.contest ORDER BY a.id DESC LIMIT 1),
       (SELECT f.received_at FROM readings f JOIN changes c ON c.reading = f.id WHERE f.series = r.series AND f.verdict = 'accepted'
          AND f.id > coalesce(p.from_reading, 0) AND f.id <= p.to_reading AND c.moved ORDER BY f.id LIMIT 1)
FROM outbox o LEFT JOIN spans p ON p.post = o.id LEFT JOIN statement_posts e ON e.post = o.id
  LEFT JOIN readings r ON r.id = p.to_reading
WHERE o.server = ? AND o.number = ? AND o.action = 'post' ORDER BY o.id LIMIT ?
"""

_AGREEING = """
SELECT DISTINCT o.channel, s.body FROM outbox o JOIN json_each(o.states) t
  JOIN statements s ON s.server = o.server AND s.contest = o.contest AND s.as_of >= o.news_at
    AND json_extract(s.body, '$.margin') IS NOT NULL
WHERE o.server = ? AND o.number = ? AND o.action = 'post' AND s.source NOT IN (o.source, t.value ->> 1)
  AND t.value ->> 0 = o.contest AND coalesce(s.body ->> 'count', 'election') = t.value ->> 2
  AND (s.body ->> 'leader', s.body ->> 'margin') = (t.value ->> 3, t.value ->> 4) AND s.retracted_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM statement_posts p WHERE p.statement = s.id)
ORDER BY s.id LIMIT ?
"""
"""SQL for entries with the margin of a post that made no post of their own."""


@dataclass(frozen=True, slots=True)
class Unposted:
    """A reading that no post reports."""

    source: str
    as_of: datetime
    received_at: datetime
    verdict: str
    reason: str | None


_BATCHES_AT = """
SELECT s.id, s.source, r.id, r.received_at, c.body FROM series s
  JOIN readings r ON r.series = s.id AND r.verdict = 'accepted' JOIN changes c ON c.reading = r.id AND c.moved
WHERE s.contest = ? AND r.as_of BETWEEN ? AND ? AND (r.as_of BETWEEN ? AND ? OR r.received_at BETWEEN ? AND ?)
ORDER BY r.as_of, r.id LIMIT ?
"""

_UNUSED_AT = """
SELECT s.source, r.verdict, r.reason, r.as_of FROM series s
  JOIN readings r ON r.series = s.id AND r.verdict IN ('ignored', 'dropped') AND r.received_at BETWEEN ?2 AND ?3
WHERE s.contest = ?1 AND (r.as_of BETWEEN ?4 AND ?5 OR r.received_at BETWEEN ?4 AND ?5)
UNION ALL
SELECT s.source, r.verdict, h.reason, r.as_of FROM series s
  JOIN holds h ON h.series = s.id AND h.settled_at IS NULL JOIN readings r ON r.id = h.reading AND r.verdict = 'held'
WHERE s.contest = ?1 AND (r.as_of BETWEEN ?4 AND ?5 OR r.received_at BETWEEN ?4 AND ?5)
ORDER BY 4 LIMIT ?6
"""

_POSTS_OF_READING = f"""
SELECT o.number, o.state, o.channel FROM outbox told JOIN spans p ON p.post = told.id
  JOIN outbox o ON o.id = coalesce(told.superseded_by, told.id)
WHERE told.server = ?1 AND told.action = 'post' AND told.chain = ?2 AND p.to_reading >= ?3 AND coalesce(p.from_reading, 0) < ?3
  AND o.state <> 'superseded' AND {readable_sql("?4")}
UNION
SELECT o.number, o.state, o.channel FROM outbox told JOIN comparisons p ON p.post = told.id AND p.statement IS NULL
  JOIN outbox o ON o.id = coalesce(told.superseded_by, told.id) JOIN changes c ON c.reading = ?3
WHERE told.server = ?1 AND told.action = 'post' AND told.chain = ?2 AND o.state <> 'superseded' AND {readable_sql("?4")}
  AND EXISTS (SELECT 1 FROM json_each(o.states) s
              WHERE s.value ->> 1 = told.source AND s.value ->> 3 = c.leader AND s.value ->> 4 = c.margin
                AND (s.value ->> 5 IS NULL OR s.value ->> 5 = c.body ->> 'total'))
ORDER BY 1
"""
"""SQL for the posts that report a batch, and the posts that compare its margin with the leading source's."""

_WAITS_IN = """
SELECT DISTINCT f.channel FROM last_posts t JOIN follows f ON f.id = t.follow
WHERE t.series = ? AND t.reading < ? AND f.server = ? ORDER BY f.channel
"""

_ENTRIES_AT = f"""
SELECT statements.id, body, {not_posted_sql("statements.id")}, retracted_at IS NOT NULL FROM statements
WHERE server = ? AND contest = ? AND (as_of BETWEEN ? AND ? OR entered_at BETWEEN ? AND ?) AND {released_sql("statements.id")}
ORDER BY as_of, id LIMIT ?
"""

_POSTS_OF_ENTRY = f"""
SELECT DISTINCT o.number, o.state, o.channel FROM statement_posts p JOIN outbox o ON o.id = p.post AND o.action = 'post'
WHERE p.statement = ? AND o.server = ? AND o.state <> 'superseded' AND {readable_sql()} ORDER BY o.number
"""

_POSTED = """
SELECT o.number, min(o.news_at), o.source, o.card, json_group_array(json_array(o.channel, coalesce(o.thread, o.channel), o.message)),
       (SELECT json_array(x.number, x.kind) FROM outbox x
        WHERE x.about = o.id AND x.action = 'post' AND x.kind IN {own_words} AND x.state = 'sent'
          AND NOT EXISTS (SELECT 1 FROM proposal_posts made JOIN proposals r ON r.id = made.proposal
                          WHERE made.post = x.id AND r.state = 'undone')
        ORDER BY x.id DESC LIMIT 1)
FROM outbox o
WHERE o.server = ? AND o.contest = ? AND o.action = 'post' AND o.state = 'sent' AND o.card IS NOT NULL
  AND o.kind NOT IN {uncorrected} AND o.source IS coalesce(?, o.source) AND o.news_at > ? AND o.news_at <= ? AND {readable}
GROUP BY o.number, o.card ORDER BY o.number DESC LIMIT ?
"""

_LATEST = timedelta(days=1)
"""How long after its own time a batch that came in late is still found."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of a source's count in a contest: its last check, the reason for a hold, and what was refused."""

    source: str
    checked_at: datetime | None
    held: str | None
    refused: RefusedParts | None


class Provenance(Store):
    """Queries for /why and /sources."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        super().__init__(database)
        self._kinds = kinds

    async def post(self, server: int, number: int) -> list[PostProvenance]:
        """Return the posts with this number, one item for each channel."""
        rows = await self._database.rows(_POST.format(own_words=self._kinds.own_words), (server, number, _MOST_ROWS))
        agreeing = await self._database.rows(_AGREEING, (server, number, _MOST_ROWS))
        also = tuple((Statement.model_validate_json(body), channel) for channel, body in agreeing)
        return [
            replace(told, agreeing=tuple(statement for statement, channel in also if channel == told.channel))
            for told in (_post(row, self._kinds) for row in rows)
        ]

    async def settled_by(self, server: int, contest: str, at: datetime) -> str | None:
        """Return the editor who approved a contest's reading that was on hold, at exactly the time `at`, or None.

        The editor's name is as recorded in the audit.
        """
        row = await self._database.row(
            "SELECT who FROM audit WHERE server = ? AND at = ? AND what = 'hold post' AND why = ? LIMIT 1",
            (server, to_micros(at), contest),
        )
        return row[0] if row else None

    async def replaced_by(self, server: int, at: datetime) -> str | None:
        """Return the editor who corrected or retracted a post at exactly the time `at`.

        The editor's name is as recorded in the audit. Returns None if nobody did, or several people did.
        """
        rows = await self._database.rows(
            "SELECT DISTINCT who FROM audit WHERE server = ? AND at = ? AND what IN ('correct', 'retract') LIMIT 2",
            (server, to_micros(at)),
        )
        return rows[0][0] if len(rows) == 1 else None

    async def unposted(self, contest: str, at: datetime, most: int) -> list[Unposted]:
        """Return a contest's readings up to `at` that were put on hold, ignored or dropped.

        Readings on hold come first, then the others, the newest first.
        """
        series = await self._database.rows("SELECT id, source FROM series WHERE contest = ?", (contest,))
        found: list[Unposted] = []
        for key, source in series:
            rows = await self._database.rows(
                """SELECT as_of, received_at, verdict, reason FROM readings
                   WHERE series = ? AND verdict IN ('ignored', 'dropped') AND received_at <= ?
                   ORDER BY received_at DESC LIMIT ?""",
                (key, to_micros(at), most),
            )
            held = await self._database.rows(
                """SELECT r.as_of, r.received_at, 'held', h.reason FROM holds h JOIN readings r ON r.id = h.reading
                   WHERE h.series = ? AND h.settled_at IS NULL""",
                (key,),
            )
            found += [
                Unposted(source, from_micros(as_of), from_micros(received), verdict, reason)
                for as_of, received, verdict, reason in [*held, *rows]
            ]
        return sorted(found, key=lambda one: (one.verdict == "held", one.received_at), reverse=True)[:most]

    async def waiting(self, server: int, contest: str) -> list[WaitingChange]:
        """Return the batches of a contest that are too small for a post of their own and are not posted yet.

        The result has one item for each channel of the server in which such batches wait.
        """
        rows = await self._database.rows(
            """SELECT f.channel, t.waiting_since, t.due_at, f.least, t.leader, t.margin,
                      f.preferences,
                      (SELECT json_group_array(body) FROM
                        (SELECT c.body FROM readings r JOIN changes c ON c.reading = r.id
                         WHERE r.series = t.series AND r.id > t.reading AND r.verdict = 'accepted' AND c.moved = 1
                         ORDER BY r.id DESC LIMIT ?))
               FROM follows f JOIN last_posts t ON t.follow = f.id
               WHERE f.contest = ? AND f.server = ? AND t.waiting_since IS NOT NULL ORDER BY f.channel LIMIT 20""",
            (_MOST_BATCHES, contest, server),
        )
        found = []
        for channel, since, due, least, leader, margin, preferences, bodies in rows:
            batches = tuple(Change.model_validate_json(body) for body in reversed(json.loads(bodies)))
            moved = _moved(leader, margin, batches[-1]) if batches else None
            needed = MinimumChange(least).of(margin) if margin is not None else None
            wants = preferences_of(preferences)
            found.append(WaitingChange(channel, from_micros(since), moment(due), batches, moved, needed, wants))
        return found

    async def open(self, server: int, contest: str) -> list[tuple[str, int, int, datetime]]:
        """Return the posts about a contest that wait for the desk, oldest first.

        Each is (state, number, channel, since when).
        """
        rows = await self._database.rows(
            """SELECT state, number, channel, news_at FROM outbox INDEXED BY outbox_awaiting
               WHERE server = ? AND state IN ('awaiting', 'doubtful') AND contest = ? AND action = 'post' ORDER BY id LIMIT 20""",
            (server, contest),
        )
        return [(state, number, channel, from_micros(at)) for state, number, channel, at in rows]

    async def certified(self, server: int, contest: str) -> bool:
        """Return True if a server's desk has marked the whole contest as certified."""
        rows = await self._database.rows(
            f"SELECT 1 FROM ({CERTIFIED}) WHERE server = ? AND (contest = ? OR contest IS NULL) LIMIT 1",
            (server, contest),
        )
        return bool(rows)

    async def batches_at(
        self, server: int, contest: str, minute: tuple[datetime, datetime], *, reader: Audience
    ) -> list[FoundBatch]:
        """Return a contest's batches in one minute, with the server's posts about each batch.

        `minute` is its start and end. A batch is included if the time of its figures, or the time at which the bot
        received it, is in that minute. Posts that `reader` may not read are excluded.
        """
        start, end = map(to_micros, minute)
        within = (to_micros(minute[0] - _LATEST), to_micros(minute[1] + AHEAD_AT_MOST))
        rows = await self._database.rows(_BATCHES_AT, (contest, *within, start, end, start, end, _MOST_FOUND))
        found = []
        for series, source, key, received, body in rows:
            posts = await self._database.rows(_POSTS_OF_READING, (server, series, key, reader))
            waits = [] if posts else await self._database.rows(_WAITS_IN, (series, key, server))
            change, channels = Change.model_validate_json(body), tuple(channel for (channel,) in waits)
            told = tuple(FoundPost(*post) for post in posts)
            found.append(FoundBatch(source, change, from_micros(received), told, channels))
        return found

    async def posted(
        self,
        server: int,
        contest: str,
        source: str | None,
        between: tuple[datetime | None, datetime],
        most: int,
        *,
        reader: Audience,
    ) -> list[ListedPost]:
        """Return the last posts about a contest in a span of time, at most `most` of them, newest first.

        If `source` is given, only posts about that source are returned. Posts that `reader` may not read are excluded.
        """
        since, until = between
        kinds = self._kinds
        query = _POSTED.format(own_words=kinds.own_words, uncorrected=kinds.uncorrected, readable=readable_sql())
        after = -1 if since is None else to_micros(since)
        rows = await self._database.rows(query, (server, contest, source, after, to_micros(until), reader, most))
        found = []
        for number, at, of, card, places, replacing in rows:
            again = json.loads(replacing) if replacing is not None else None
            replaced = (again[0], kinds[again[1]].replaced_label) if again is not None else None
            found.append(
                ListedPost(
                    number,
                    from_micros(at),
                    of,
                    card_of(card).first_line,
                    tuple(map(tuple, json.loads(places))),
                    replaced,
                )
            )
        return found

    async def unused_at(
        self, contest: str, minute: tuple[datetime, datetime]
    ) -> list[tuple[str, str, str | None, datetime]]:
        """Return the readings in one minute that were put on hold, ignored or dropped.

        `minute` is its start and end. Each item is (source, verdict, reason, time of the figures).
        """
        start, end = map(to_micros, minute)
        within = (to_micros(minute[0] - AHEAD_AT_MOST), to_micros(minute[1] + _LATEST))
        rows = await self._database.rows(_UNUSED_AT, (contest, *within, start, end, _MOST_FOUND))
        return [(source, verdict, reason, from_micros(as_of)) for source, verdict, reason, as_of in rows]

    async def entries_at(
        self, server: int, contest: str, minute: tuple[datetime, datetime], *, reader: Audience
    ) -> list[FoundEntry]:
        """Return the entries that were made in one minute, or are about a time in it, with the posts about each.

        `minute` is its start and end. Entries and posts that `reader` may not read are excluded.
        """
        start, end = map(to_micros, minute)
        rows = await self._database.rows(_ENTRIES_AT, (server, contest, start, end, start, end, reader, _MOST_FOUND))
        found = []
        for key, body, waits, retracted in rows:
            posts = await self._database.rows(_POSTS_OF_ENTRY, (key, server, reader))
            statement = Statement.model_validate_json(body)
            told = tuple(FoundPost(*post) for post in posts)
            found.append(FoundEntry(statement, told, waits=bool(waits), retracted=bool(retracted)))
        return found

    async def sources(self, contest: str) -> list[SourceState]:
        """Return the state of each source that was ever checked for a contest or sent a reading."""
        rows = await self._database.rows(
            """SELECT s.source, s.checked_at,
                      (SELECT h.reason FROM holds h WHERE h.series = s.id AND h.settled_at IS NULL),
                      (SELECT count(*) FROM refusals f WHERE f.source = s.source),
                      (SELECT f.why FROM refusals f WHERE f.source = s.source ORDER BY f.last_at DESC LIMIT 1),
                      (SELECT max(f.last_at) FROM refusals f WHERE f.source = s.source)
               FROM series s WHERE s.contest = ? AND NOT EXISTS (
                 SELECT 1 FROM series t WHERE t.contest = s.contest AND t.source = s.source
                 AND (t.accepted IS NULL, t.count <> 'election', -t.id) < (s.accepted IS NULL, s.count <> 'election', -s.id))
               ORDER BY s.source""",
            (contest,),
        )
        return [
            SourceState(source, moment(checked), held, RefusedParts(parts, last, from_micros(at)) if parts else None)
            for source, checked, held, parts, last, at in rows
        ]


def _post(row: Row, kinds: Kinds) -> PostProvenance:
    (
        channel,
        number,
        name,
        state,
        contest,
        source,
        news_at,
        approved_by,
        dropped_by,
        why,
        message,
        merged_into,
        as_of,
        received_at,
        held,
        batches,
        said,
        replacing,
        replaces,
        thread,
        body,
        last_posted,
        least,
        of_lead,
        switched_by,
        since,
    ) = row
    kind, moved = kinds[name], None
    if body is not None and last_posted is not None:
        leader, margin = json.loads(last_posted)
        moved = _moved(leader, margin, Change.model_validate_json(body))
    again = json.loads(replacing) if replacing is not None else None
    return PostProvenance(
        channel=channel,
        number=number,
        does=kind.does,
        contest=contest,
        source=source,
        news_at=from_micros(news_at),
        fate=PostFate(state, approved_by, dropped_by, why, message, thread, merged_into),
        reading=PostedReading(
            from_micros(as_of),
            moment(received_at),
            held,
            batches or 0,
            moved,
            least,
            bool(of_lead),
            moment(since) if name == RollUpPost.name else None,
            ignores_minimum=kind.ignores_minimum,
        )
        if as_of is not None
        else None,
        statement=Statement.model_validate_json(said) if said is not None else None,
        replaced_by=(again[0], kinds[again[1]].replaced_label) if again is not None else None,
        replaces=replaces,
        switched_by=switched_by,
        is_own_correction=kind.is_own_correction,
        to_desk=kind.to_desk,
    )


def _moved(leader: str, margin: int | None, change: Change) -> int | None:
    """Return by how many votes the margin differs from the last posted margin.

    Returns None if the leader has changed, or no margin was posted.
    """
    if margin is None or change.margin is None or leader != change.leader:
        return None
    return moved_by((leader, margin), change)
