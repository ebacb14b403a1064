"""Corrections and retractions in the database: new posts that replace old ones, in one transaction."""

import json
import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from bot.count.judgement import POSTED
from bot.count.statement import Statement
from bot.database.database import fetch, to_micros
from bot.entries.corrections_words import Tells, correction_post, retraction_post
from bot.entries.pieces_words import StandingStatement
from bot.entries.statements_store import valid_statements
from bot.errors import BadInputError
from bot.outbox.approval_store import drop_unsent, update_questions
from bot.outbox.approval_words import Decision
from bot.outbox.follow_up_store import update_earlier
from bot.outbox.kinds import Kind
from bot.outbox.outbox import PostingStore
from bot.outbox.proposals_store import PostProposal
from bot.outbox.rows import Action, AuditRow, OutboxRow, Post, audit_text
from bot.outbox.rows_store import read_post
from bot.outbox.states import State
from bot.outbox.threads_store import is_public
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_row, use_variant
from bot.outcomes.certification_words import without_before
from bot.outcomes.outcomes_store import forget_outcomes, write_outcomes
from bot.tally.other_sources_store import (
    strike_relations,
    unstrike_relations,
)
from bot.tally.silences_store import strike_silence, unstrike_silence
from bot.wording.card import Card, Link, address_of, card_of
from bot.wording.context import Setting

_UNSENT = (State.PENDING, State.AWAITING)

_UNKNOWN = (State.SENDING, State.DOUBTFUL)
"""States in which a post may have arrived. A post that replaces it waits until that is known."""

_UNPOSTED = {"awaiting": "waits for Publish", "dropped": "discarded"}
"""State → text, for unsent posts that `/retract` finds. `recent` uses the greatest state; 'sent' sorts last."""

_PUT_RIGHT_SINCE = "something was retracted or corrected since"
"""The reason recorded when an unsent shared answer or morning list is dropped."""


@dataclass(frozen=True, slots=True)
class PostedNumber:
    """A post number, with the text and channels of its posts, offered as a choice while somebody types a number."""

    number: int
    card: Card
    channels: frozenset[int]
    became: str = ""
    """For an unsent post: "discarded" or "waits for Publish"."""


@dataclass(frozen=True, slots=True)
class ReplacementEffects:
    """The effects of a correction or a retraction, for the answer to the editor and for a later undo."""

    channels: int
    """How many channels have a sent post that is corrected or retracted."""
    unsent: tuple[int, ...] = ()
    """Outbox ids of posts that were dropped before they were sent."""
    unfound: int = 0
    """How many of `channels` have a post whose message is unknown: an editor confirmed that it arrived, but the bot can't edit
    it or link to it.
    """
    late: int = 0
    """How many posts may not have arrived. The posts that replace them wait until that is known."""
    posts: tuple[OutboxRow, ...] = ()
    """The correction or retraction posts."""
    made: tuple[int, ...] = ()
    """The outbox ids of `posts`."""
    before: tuple[Card | None, ...] = ()
    """The cards of the posts replaced or dropped, each once; None for a post that has no text yet."""
    statements: tuple[int, ...] = ()
    """The statements that were retracted."""
    numbers: tuple[int, ...] = ()
    """The numbers of the retracted posts, in order."""
    corrections: tuple[int, ...] = ()
    """The numbers of those posts' corrections, which are marked as retracted, too."""
    same: tuple[StandingStatement, ...] = ()
    """Valid statements of the same source in other entries with the same figures."""

    @property
    def dropped(self) -> int:
        """How many posts were dropped before they were sent."""
        return len(self.unsent)


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    channel: int
    number: int
    state: State
    message: int | None
    contest: str | None
    source: str | None
    card: Card | None
    """The post's card; None if its text is not written yet."""
    thread: int | None = None


class CorrectionStore(PostingStore):
    """Finds posts and replaces them, in transactions of `ReplacementStore` and `EntryStore`."""

    async def recent(self, server: int, *, entries: bool) -> list[PostedNumber]:
        """Return the last 100 posts of a newsroom, newest first, each number once.

        With `entries`, only posts of entries are returned. Unsent posts are included if they wait for Publish, or if
        they were discarded although their entry is still valid.
        """
        ours, key, state = "outbox o", "o", "o.state = 'sent'"
        if entries:
            ours, key = "statement_posts p JOIN outbox o ON o.id = p.post JOIN statements s ON s.id = p.statement", "p"
            unposted = "o.state IN ('awaiting', 'dropped') AND s.retracted_at IS NULL"
            state = f"({state} OR {unposted})"
        rows = await self._database.rows(
            f"""SELECT {key}.number AS number, o.card, json_group_array(DISTINCT o.channel), max(o.state) FROM {ours}
                WHERE {key}.server = ? AND o.action = 'post' AND o.card IS NOT NULL AND {state} AND o.kind NOT IN {self._outbox.kinds.uncorrected}
                GROUP BY {key}.number ORDER BY number DESC LIMIT 100""",
            (server,),
        )
        return [
            PostedNumber(number, card_of(card), frozenset(json.loads(channels)), _UNPOSTED.get(state, ""))
            for number, card, channels, state in rows
        ]

    async def channels(self, server: int, number: int) -> list[int]:
        """Return the channels that a post number was queued for, whether sent or not."""
        rows = await self._database.rows(
            "SELECT DISTINCT channel FROM outbox WHERE server = ? AND number = ? AND action = 'post'", (server, number)
        )
        return [channel for (channel,) in rows]

    async def entered(self, server: int, entry: int) -> tuple[Statement, ...]:
        """Return an entry's statements that are not retracted. Empty if there is no such entry."""
        rows = await self._database.rows(
            "SELECT body FROM statements WHERE entry = ? AND server = ? AND retracted_at IS NULL ORDER BY id",
            (entry, server),
        )
        return tuple(Statement.model_validate_json(body) for (body,) in rows)

    async def first_post_of_chain(self, server: int, number: int) -> int:
        """Return the number of the original post that a correction is about, even if it corrects another correction.

        For a post that is no correction, that is `number` itself.
        """
        row = await self._database.row(
            """WITH RECURSIVE corrected (id, number, kind, about) AS (
                 SELECT id, number, kind, about FROM outbox WHERE server = ? AND number = ? AND action = 'post'
                 UNION SELECT o.id, o.number, o.kind, o.about FROM corrected c JOIN outbox o ON o.id = c.about
                 WHERE c.kind = 'correction')
               SELECT number FROM corrected ORDER BY id LIMIT 1""",
            (server, number),
        )
        return row[0] if row is not None else number

    async def tells(self, server: int, number: int) -> Tells | tuple[Statement, ...]:
        """Return the origin of a post's figures: "feed", "let through", or the entered statements behind the post.

        "let through" means that a desk posted the figures from a hold. Retracted statements are excluded.
        """
        row = await self._database.row(
            """SELECT EXISTS (SELECT 1 FROM holds h WHERE h.series = o.chain AND h.outcome = ? AND h.reading <= s.to_reading
                              AND h.reading > coalesce(s.from_reading, 0))
               FROM outbox o JOIN spans s ON s.post = o.id
               WHERE o.server = ? AND o.number = ? AND o.action = 'post' AND o.chain IS NOT NULL LIMIT 1""",
            (POSTED, server, number),
        )
        if row is not None:
            return "let through" if row[0] else "feed"
        rows = await self._database.rows(
            """SELECT DISTINCT s.id, s.body FROM statement_posts p JOIN statements s ON s.id = p.statement
               WHERE p.server = ? AND p.number = ? AND s.retracted_at IS NULL ORDER BY s.id""",
            (server, number),
        )
        return tuple(Statement.model_validate_json(body) for _, body in rows)

    async def rest_of(self, server: int, number: int) -> tuple[int, tuple[StandingStatement, ...]]:
        """Return the id of the entry behind a post, and the entry's other statements that are not retracted.

        Returns (0, ()) if there are no others. Statements that a source pushed have no entry: the id is 0, and the
        others are those of the same push.
        """
        rows = await self._database.rows(
            """WITH told AS (SELECT DISTINCT s.* FROM statement_posts p JOIN statements s ON s.id = p.statement
                             WHERE p.server = ? AND p.number = ? AND s.retracted_at IS NULL),
                 rest AS (SELECT t.* FROM told CROSS JOIN statements t ON t.entry = told.entry
                          UNION SELECT t.* FROM told CROSS JOIN statements t ON t.contest = told.contest AND t.as_of = told.as_of
                          WHERE (t.server, t.source, t.entered_at) = (told.server, told.source, told.entered_at)
                            AND told.entry IS NULL AND t.entry IS NULL)
               SELECT r.id, coalesce(r.entry, 0), r.body,
                 (SELECT json_group_array(DISTINCT other.number) FROM statement_posts other JOIN outbox o ON o.id = other.post
                  WHERE other.statement = r.id AND o.state NOT IN ('superseded', 'dropped', 'failed'))
               FROM rest r WHERE r.retracted_at IS NULL AND r.id NOT IN (SELECT id FROM told) ORDER BY r.id""",
            (server, number),
        )
        rest = [
            StandingStatement(Statement.model_validate_json(body), tuple(sorted(json.loads(numbers))))
            for _, _, body, numbers in rows
        ]
        return (rows[0][1], tuple(rest)) if rows else (0, ())

    def correct_in(self, tx: Tx, server: int, number: int, text: str, audit: AuditRow) -> ReplacementEffects:
        """Queue a correction of post `number` with this text, in each channel that the post was queued for.

        In channels where post `number` is not sent yet, the correction is sent instead of it. Runs within the
        transaction `tx`, as the methods below do.

        Raises:
            BadInputError: the post is unsent, has been retracted, or already has a correction with the same text.
        """

        def make(replaced: Link | None, setting: Setting) -> Card:
            return correction_post(number, replaced, text, setting, tx.now)

        if is_retracted(tx.connection, server, number):
            raise _unfit(tx.connection, server, number, "has been retracted: there is nothing left of it to correct")
        rows = _rows(tx, "server = ? AND number = ?", server, number)
        sent, unknown, unsent = _by_state(rows)
        if not sent:
            raise _unfit(tx.connection, server, number, "can't be corrected: it is not sent yet, or not of a count")
        _refuse_twice(tx.connection, server, sent[0], make(Link(sent[0].number, ""), tx.setting).headline)
        drop_unsent(tx, [row.id for row in unsent], Decision("corrected", audit.who, tx.now))
        of = "SELECT contest FROM outbox WHERE id IN (SELECT value FROM json_each(?2))"
        self._drop_repeating(tx, server, of, [row.id for row in rows])
        replaced = self._replace(tx, server, [*sent, *unknown, *unsent], make, audit)
        return replace(
            replaced,
            channels=len(sent),
            unsent=tuple(row.id for row in unsent),
            unfound=sum(row.message is None for row in sent),
            late=len(unknown),
        )

    def retract_in(self, tx: Tx, server: int, number: int, why: str, audit: AuditRow) -> ReplacementEffects:
        """Retract the statement behind post `number`, and all posts of that statement.

        The rest of its entry stays valid.

        `why` is the reason, which the retraction states.

        Raises:
            BadInputError: post `number` is not from an entry, does not exist, or has already been retracted.
        """
        return self.take_back(tx, server, [_statement_of_post(tx.connection, server, number)], why, audit)

    def retract_entry(self, tx: Tx, server: int, entry: int, why: str, audit: AuditRow) -> ReplacementEffects:
        """Retract all statements of an entry that are not retracted yet.

        `why` is the reason, which the retraction states.

        Raises:
            BadInputError: there is no such entry in the server, or all of it is already retracted.
        """
        rows = tx.rows("SELECT state FROM proposals WHERE id = ? AND server = ? AND kind = 'entry'", (entry, server))
        if not rows:
            raise BadInputError("there is no such entry in this server; `/entries` lists yours")
        statements = tx.rows("SELECT id FROM statements WHERE entry = ? AND retracted_at IS NULL ORDER BY id", (entry,))
        if not statements:
            text = "has already been retracted" if rows[0][0] == "done" else f"is {rows[0][0]}"
            raise BadInputError(f"entry {entry} {text}")
        return self.take_back(tx, server, [one for (one,) in statements], why, audit)

    def take_back(
        self, tx: Tx, server: int, statements: Sequence[int], why: str, audit: AuditRow
    ) -> ReplacementEffects:
        """Retract statements by their ids. Each channel that has posts of these statements gets one retraction.

        `why` is the reason, which the retraction states.
        """
        rows = _rows(
            tx,
            "id IN (SELECT post FROM statement_posts WHERE statement IN (SELECT value FROM json_each(?)))",
            json.dumps(statements),
        )
        sent, unknown, unsent = _by_state(rows)
        unsent += _by_state(_corrections(tx, server, rows))[2]
        drop_unsent(tx, [row.id for row in unsent], Decision("taken back", audit.who, tx.now))
        of = "SELECT contest FROM statements WHERE id IN (SELECT value FROM json_each(?2))"
        self._drop_repeating(tx, server, of, statements)
        for one in statements:
            _strike(tx, server, one, audit.who)
        stated = [_read_statement(tx.connection, one) for one in statements]
        for gone in stated:
            if gone.certified is not None:
                use_variant(tx, server, (gone.contest, gone.source, "certified"), without_before(gone.certified[0]))

        newest = list({row.channel: row for row in sent}.values())
        numbers = sorted({row.number for row in [*sent, *unknown]})
        # The retraction repeats only figures that were posted.
        told = [
            _read_statement(tx.connection, one)
            for one in _statements_of_posts(tx.connection, [row.id for row in (*sent, *unknown)])
        ]
        stands = [other for one in told for other in _on_record_otherwise(tx.connection, server, one)]
        replaced = self._replace(
            tx,
            server,
            [*newest, *unknown],
            lambda replaced, setting: retraction_post(numbers, replaced, why, told, stands, setting, tx.now),
            audit,
            [*sent, *unknown, *unsent],
        )
        made = [post for key in replaced.made if (post := read_post(tx.connection, key)) is not None]
        with_them = {
            one for post in made for _, one, kind in _also_retracted(tx.connection, post) if kind == "correction"
        }
        return replace(
            replaced,
            channels=len(newest),
            unsent=tuple(row.id for row in unsent),
            unfound=sum(row.message is None for row in newest),
            late=len(unknown),
            statements=tuple(statements),
            numbers=tuple(sorted({row.number for row in sent if row.message is not None})),
            corrections=tuple(sorted(with_them)),
            same=_same_elsewhere(tx.connection, server, statements, stated),
        )

    def _drop_repeating(self, tx: Tx, server: int, contests: str, of: Sequence[int]) -> None:
        """Drop shared answers and morning lists that were not sent yet, since they may repeat the error.

        `contests` is SQL that selects the answers' contests by the ids `of`.
        """
        every, some = tx.kinds.repeating, tx.kinds.repeating_contest
        waiting = tx.rows(
            f"""WITH of (contest) AS ({contests})
               SELECT id FROM outbox INDEXED BY outbox_awaiting
               WHERE server = ?1 AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
                 AND action = 'post' AND (kind IN {every} OR (kind IN {some} AND contest IN (SELECT contest FROM of)))
               UNION ALL SELECT id FROM outbox INDEXED BY outbox_open
               WHERE state IN ('pending', 'sending') AND state = 'pending' AND server = ?1
                 AND action = 'post' AND (kind IN {every} OR (kind IN {some} AND contest IN (SELECT contest FROM of)))""",
            (server, json.dumps(of)),
        )
        for (key,) in waiting:
            if (post := read_post(tx.connection, key)) is not None:
                drop_row(tx.connection, key, post.state, _PUT_RIGHT_SINCE)
                tx.kinds[post.kind].replace_outdated(tx, post)
                update_questions(tx, post, Decision("outdated", why=_PUT_RIGHT_SINCE))

    def _replace(
        self,
        tx: Tx,
        server: int,
        rows: Sequence[_Row],
        make: Callable[[Link | None, Setting], Card],
        audit: AuditRow,
        gone: Sequence[_Row] | None = None,
    ) -> ReplacementEffects:
        """Queue a post, written by `make`, to replace each post in `rows`.

        `make` takes a link to the replaced post, if it has one, and the channel's setting. `gone` has all posts
        replaced or dropped, for the audit log; None means `rows`.
        """
        gone = rows if gone is None else gone
        posts = []
        for row in rows:
            there = (
                None
                if row.message is None
                else Link(row.number, address_of(server, row.thread or row.channel, row.message))
            )
            draft = make(there, tx.setting.in_channel(server, public=is_public(tx.connection, row.channel)))
            number = tx.number(server, draft.headline)
            about = None if row.state in _UNSENT else row.id
            posts.append(
                OutboxRow.worded(
                    server,
                    row.channel,
                    number,
                    draft,
                    tx.now,
                    row.contest,
                    row.source,
                    about=about,
                )
            )
        made = tx.add(posts)
        after = [
            {
                "number": post.number,
                "channel": post.channel,
                "content": post.card and post.card.headline,
                "said": post.card and post.card.first_line,
            }
            for post in posts
        ]
        confirmed = [audit.after] if audit.after else []
        before = [
            {
                "number": row.number,
                "channel": row.channel,
                "state": row.state,
                **audit_text(row.card, row.number),
            }
            for row in gone
        ]
        tx.audit_row(replace(audit, before=before, after=[*after, *confirmed]))
        before_it = tuple(dict.fromkeys(row.card for row in gone))
        return ReplacementEffects(len(posts), posts=tuple(posts), made=tuple(made), before=before_it)


class ReplacingPost(Kind):
    """Base kind of posts that replace one of our own posts."""

    urgent = True
    is_own_correction = True
    published_as = "revision"
    tells = (PostProposal,)


class CorrectionPost(ReplacingPost):
    """The post kind for corrections: what an earlier post had wrong, and what is right."""

    name = "correction"
    does = "corrects a post of ours"
    on_page = {
        "correction": "an editor corrected our own error; it notifies, and the earlier post is marked",
    }
    replaced_label = "Corrected"


class RetractionPost(ReplacingPost):
    """The post kind for retractions of an earlier post's statement."""

    name = "retraction"
    does = "retracts an entry"
    on_page = {
        "retraction": "an editor took back what staff had entered; it notifies, and the posts that rest on it are marked",
    }
    is_retraction = True
    replaced_label = "Retracted"

    def on_sent(self, tx: Tx, post: Post, message: int) -> None:
        """Mark the retracted post, the other posts of its entry, and their corrections as retracted."""
        super().on_sent(tx, post, message)
        for other, _, _ in _also_retracted(tx.connection, post):
            update_earlier(tx, post, message, self.replaced_label, other)


def _also_retracted(connection: sqlite3.Connection, retraction: Post) -> list[tuple[int, int, str]]:
    """Return the other posts that a retraction applies to, as (outbox id, number, kind), oldest first.

    These are posts in the retraction's channel from the same statement, or from statements of the same entry retracted
    at the same time. Corrections of those posts are included.
    """
    return fetch(
        connection,
        """WITH RECURSIVE taken_back (statement) AS (
             SELECT statement FROM statement_posts WHERE post = ?1
             UNION SELECT t.id FROM statement_posts p JOIN statements s ON s.id = p.statement
               JOIN statements t ON t.entry = s.entry AND t.retracted_at = s.retracted_at
             WHERE p.post = ?1
           ), ours (id, kind) AS (
             SELECT p.post, o.kind FROM taken_back b JOIN statement_posts p ON p.statement = b.statement
               JOIN outbox o ON o.id = p.post AND o.channel = ?2
             UNION SELECT c.id, c.kind FROM ours w
               JOIN outbox c ON c.about = w.id AND c.action = 'post' AND c.kind = 'correction'
           )
           SELECT o.id, o.number, o.kind FROM ours w CROSS JOIN outbox o ON o.id = w.id
           WHERE o.id <> ?1 AND o.state = 'sent' AND +o.id < ?3 AND NOT EXISTS (
             SELECT 1 FROM outbox t WHERE t.about = o.id AND t.action = 'post' AND t.kind = 'retraction' AND t.state = 'sent')
           ORDER BY o.id""",
        (retraction.about, retraction.channel, retraction.id),
    )


def is_retracted(connection: sqlite3.Connection, server: int, number: int) -> bool:
    """Return True if a post's statement was retracted. For a correction, the corrected post's statement counts."""
    return bool(
        fetch(
            connection,
            """WITH RECURSIVE corrected (id, kind, about) AS (
                 SELECT id, kind, about FROM outbox WHERE server = ? AND number = ? AND action = 'post'
                 UNION SELECT o.id, o.kind, o.about FROM corrected c JOIN outbox o ON o.id = c.about
                 WHERE c.kind = 'correction')
               SELECT 1 FROM corrected c JOIN statement_posts p ON p.post = c.id
                 JOIN statements s ON s.id = p.statement AND s.retracted_at IS NOT NULL LIMIT 1""",
            (server, number),
        )
    )


def _by_state(rows: Sequence[_Row]) -> tuple[list[_Row], list[_Row], list[_Row]]:
    """Sort rows into three lists: sent, perhaps arrived, and not sent yet."""
    sent, unknown, unsent = ([row for row in rows if row.state in of] for of in ((State.SENT,), _UNKNOWN, _UNSENT))
    return sent, unknown, unsent


def _rows(tx: Tx, where: str, *values: int | str) -> list[_Row]:
    found = tx.rows(
        f"""SELECT id, channel, number, state, message, contest, source, card, thread FROM outbox
            WHERE {where} AND action = ? AND kind NOT IN {tx.kinds.uncorrected} ORDER BY id""",
        (*values, Action.POST),
    )
    return [
        _Row(key, channel, number, State(state), message, contest, source, card and card_of(card), thread)
        for key, channel, number, state, message, contest, source, card, thread in found
    ]


def _corrections(tx: Tx, server: int, rows: Sequence[_Row]) -> list[_Row]:
    """Return all corrections of the posts `rows`.

    Corrections of corrections are included, and corrections that were posted in place of an unsent post.
    """
    found = list[_Row]()
    while rows:
        made = tx.rows(
            """SELECT made.post FROM proposals r JOIN proposal_posts made ON made.proposal = r.id
               WHERE r.server = ? AND r.kind = 'correct' AND r.state = 'done'
                 AND r.body ->> 'number' IN (SELECT value FROM json_each(?))""",
            (server, json.dumps([row.number for row in rows])),
        )
        rows = _rows(tx, "id IN (SELECT value FROM json_each(?))", json.dumps([key for (key,) in made]))
        found += rows
    return found


def _statement_of_post(connection: sqlite3.Connection, server: int, number: int) -> int:
    """Return the id of a post's statement.

    Raises:
        BadInputError: the post has no statement, or the statement has been retracted.
    """
    rows = fetch(
        connection,
        """SELECT s.id, s.retracted_at FROM statement_posts p JOIN statements s ON s.id = p.statement
           WHERE p.server = ? AND p.number = ? LIMIT 1""",
        (server, number),
    )
    if not rows:
        raise _unfit(connection, server, number, "is not from an entry; use `/correct` for it")
    statement, retracted_at = rows[0]
    if retracted_at is not None:
        raise BadInputError(f"#{number} has already been retracted")
    return int(statement)


def _statements_of_posts(connection: sqlite3.Connection, posts: Sequence[int]) -> list[int]:
    """Return the ids of the statements behind posts, given by outbox id."""
    rows = fetch(
        connection,
        """SELECT DISTINCT statement FROM statement_posts WHERE post IN (SELECT value FROM json_each(?)) ORDER BY statement""",
        (json.dumps(posts),),
    )
    return [statement for (statement,) in rows]


def _read_statement(connection: sqlite3.Connection, statement: int) -> Statement:
    ((body,),) = fetch(connection, "SELECT body FROM statements WHERE id = ?", (statement,))
    return Statement.model_validate_json(body)


def _same_elsewhere(
    connection: sqlite3.Connection, server: int, taken_back: Sequence[int], stated: Sequence[Statement]
) -> tuple[StandingStatement, ...]:
    """Return other entries' statements of the same source that agree with the retracted statements `stated`.

    For each retracted statement, the newest statement comes first. The statements are returned without figures that
    were not retracted.
    """
    others = "(s.entry IS NULL OR s.entry IS NOT (SELECT t.entry FROM statements t WHERE t.id = ?))"
    found = [
        replace(one, said=_only(one.said, gone.figures.keys()))
        for gone in stated
        for one in valid_statements(connection, server, gone, others, taken_back[0])
        if _agrees(one.said, gone)
    ]
    return tuple(dict.fromkeys(found))


def _on_record_otherwise(connection: sqlite3.Connection, server: int, stated: Statement) -> list[Statement]:
    """Return a source's newest statements that differ from the retracted statement `stated`, newest first.

    For each retracted figure, the newest statement that is not retracted is returned if its figure differs. The
    statements are returned with those figures only. Votes are skipped for a source with a feed, since the feed has
    newer votes.
    """
    wanted = {figure for figure in stated.figures if figure[0] in ("margin", "total", "certified")}
    feed = "SELECT 1 FROM series WHERE contest = ? AND source = ? AND accepted IS NOT NULL LIMIT 1"
    if fetch(connection, feed, (stated.contest, stated.source)):
        wanted = {figure for figure in wanted if figure[0] == "certified"}
    found = []
    for one in (stands.said for stands in valid_statements(connection, server, stated, "true")):
        has = wanted & one.figures.keys()
        wanted -= has
        if has and not _agrees(said := _only(one, has), stated):
            found.append(said)
    return found


def _agrees(statement: Statement, stated: Statement) -> bool:
    """Return True if two statements have figures in common, and agree on all of them."""
    both = statement.figures.keys() & stated.figures.keys()
    return bool(both) and all(statement.figures[figure] == stated.figures[figure] for figure in both)


def _only(said: Statement, figures: Collection[tuple[str, tuple[str, ...]]]) -> Statement:
    """Return a copy of a statement without any figures that are not in `figures`."""
    return said.model_copy(update={name: None for name, where in said.figures if (name, where) not in figures})


def _refuse_twice(connection: sqlite3.Connection, server: int, row: _Row, headline: str) -> None:
    """Raise a BadInputError if a post already has a correction with this headline, queued or posted."""
    for number, card in fetch(
        connection,
        """SELECT number, card FROM outbox
           WHERE server = ? AND number > ? AND about = ? AND kind = 'correction' AND action = ?
             AND state NOT IN ('failed', 'dropped')""",
        (server, row.number, row.id, Action.POST),
    ):
        if card is not None and card_of(card).headline == headline:
            raise BadInputError(f"#{row.number} has been corrected in these words already, in #{number}")


def _unfit(connection: sqlite3.Connection, server: int, number: int, why: str) -> BadInputError:
    """Return the error for post `number`, which can't be corrected or retracted for the reason `why`.

    If no post has that number, the error states that instead.
    """
    there = fetch(connection, "SELECT 1 FROM outbox WHERE server = ? AND number = ? LIMIT 1", (server, number))
    return BadInputError(f"#{number} {why}" if there else f"there is no #{number} in this newsroom")


def _strike(tx: Tx, server: int, statement: int, who: str) -> None:
    """Mark a statement, and what rests on it, as retracted by `who`."""
    tx.execute(
        "UPDATE statements SET retracted_at = ?, retracted_by = ? WHERE id = ?", (to_micros(tx.now), who, statement)
    )
    said = _read_statement(tx.connection, statement)
    forget_outcomes(tx.connection, server, said.contest, said.source, statement)
    strike_relations(tx.connection, server, statement, said)
    strike_silence(tx.connection, server, statement, said)


def unstrike(tx: Tx, server: int, statement: int) -> None:
    """Let a statement stand as if it had not been retracted."""
    tx.execute("UPDATE statements SET retracted_at = NULL, retracted_by = NULL WHERE id = ?", (statement,))
    said = _read_statement(tx.connection, statement)
    write_outcomes(tx.connection, said, server, statement, tx.now, pushed=said.entered_by is None)
    unstrike_relations(tx.connection, statement)
    unstrike_silence(tx.connection, statement)
