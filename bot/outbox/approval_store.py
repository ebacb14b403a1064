"""What an editor decides on: posts that wait for Publish, and posts that may not have arrived."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from bot.database.database import Database, fetch
from bot.outbox.approval_questions_store import tell_decided
from bot.outbox.approval_words import Became, Decision, PressOutcome
from bot.outbox.kinds import Kinds
from bot.outbox.merging_store import read_post
from bot.outbox.post import Post
from bot.outbox.replacing_store import drop_retractions, replaced_by
from bot.outbox.rows import AuditRow, joined_messages
from bot.outbox.rows_store import INSERT_AUDIT
from bot.outbox.states import State, Transition, moved
from bot.outbox.unsent_store import drop
from bot.outbox.waiting_store import naming, show_what_follows
from bot.wording.draft import Link, address_of

PressDone = tuple[PressOutcome, dict[int, bool]]
"""What pressing a button did, and channels to wake."""


class ApprovalStore:
    """Keeps what an editor decided; each method is one transaction, and decides a post once."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        """Use `database`; `kinds` are those of posts."""
        self._database = database
        self._kinds = kinds

    async def publish(self, key: int, server: int, who: str, now: datetime) -> PressDone:
        """Let a post out that waits for an editor, unless one of its contest waits before it."""

        def decide(connection: sqlite3.Connection, post: Post) -> PressDone:
            if refused := _not_yet(connection, post, self._kinds):
                return refused, {}
            connection.execute(
                "UPDATE outbox SET state = ?, approved_by = ? WHERE id = ?",
                (moved(post.state, Transition.APPROVED), who, post.id),
            )
            wake, anew = show_what_follows(connection, post, self._kinds, self._database.micros())
            outcome = PressOutcome(
                "published", post.number, post.channel, _is_paused(connection, server), anew=tuple(anew)
            )
            return outcome, joined_messages(wake, {post.channel: self._kinds[post.kind].urgent})

        return await self._decide(key, server, State.AWAITING, "published", who, now, decide)

    async def drop(self, key: int, server: int, who: str, now: datetime) -> PressDone:
        """Let a post that waits for an editor not be posted; the next one tells what it was to tell."""
        return await self._reject(key, server, State.AWAITING, "dropped", who, now)

    async def there(self, key: int, server: int, who: str, now: datetime) -> PressDone:
        """Take an editor's word that a doubtful post is in its channel."""

        def decide(connection: sqlite3.Connection, post: Post) -> PressDone:
            connection.execute(
                "UPDATE outbox SET state = ?, why = ? WHERE id = ?",
                (moved(post.state, Transition.FOUND), f"seen there by {who}", post.id),
            )
            wake = {post.channel: True} if replaced_by(connection, post, self._kinds) else {}
            return PressOutcome("there", post.number, post.channel, replaces=post.about is not None), wake

        return await self._decide(key, server, State.DOUBTFUL, "there", who, now, decide)

    async def absent(self, key: int, server: int, who: str, now: datetime) -> PressDone:
        """Take an editor's word that a doubtful post is not in its channel: it is as if it had never been attempted.

        Unless what came later has been told there since, or it was corrected or taken back.
        """

        def decide(connection: sqlite3.Connection, post: Post) -> PressDone:
            if replaced_by(connection, post, self._kinds):
                return PressOutcome("replaced", post.number, post.channel), {}
            if later := _told_later(connection, post, self._kinds):
                return PressOutcome("passed", post.number, post.channel, other=later), {}
            connection.execute(
                """UPDATE outbox SET state = ?, approved_by = ?, wall_attempted = NULL, wall_last = NULL, wall_next = NULL
                   WHERE id = ?""",
                (moved(post.state, Transition.ABSENT), who, post.id),
            )
            outcome = PressOutcome("absent", post.number, post.channel, _is_paused(connection, server))
            return outcome, {post.channel: self._kinds[post.kind].urgent}

        return await self._decide(key, server, State.DOUBTFUL, "absent", who, now, decide)

    async def give_up(self, key: int, server: int, who: str, now: datetime) -> PressDone:
        """Let a doubtful post not be posted again."""
        return await self._reject(key, server, State.DOUBTFUL, "given up", who, now)

    async def _reject(self, key: int, server: int, state: State, what: Became, who: str, now: datetime) -> PressDone:
        def decide(connection: sqlite3.Connection, post: Post) -> PressDone:
            drop(connection, post.id, post.state, None, who)
            drop_retractions(connection, post, self._kinds)
            wake, anew = self._kinds.family(post.kind).dropped(connection, post, self._kinds, self._database.micros())
            if replaced_by(connection, post, self._kinds):  # its corrections, which go out alone
                wake = joined_messages(wake, {post.channel: True})
            speaking = tuple(naming(connection, post, self._kinds))
            return PressOutcome(what, post.number, post.channel, anew=tuple(anew), speaking=speaking), wake

        return await self._decide(key, server, state, what, who, now, decide)

    async def _decide(
        self,
        key: int,
        server: int,
        state: State,
        what: Became,
        who: str,
        now: datetime,
        decide: Callable[[sqlite3.Connection, Post], PressDone],
    ) -> PressDone:
        """Decide on a post of a server that is in `state`, keep who did, and say so where the desk was asked."""

        def work(connection: sqlite3.Connection) -> PressDone:
            post = read_post(connection, key)
            if post is None or post.server != server:
                return PressOutcome("unknown"), {}
            if post.state is not state:
                return _already(connection, post), {}
            outcome, wake = decide(connection, post)
            if outcome.what != what:
                return outcome, wake
            after = {"number": post.number, "channel": post.channel, "content": post.content}
            connection.execute(INSERT_AUDIT, AuditRow(now, server, who, f"post {what}", after=after).values())
            decision = Decision(what, who, now)
            return outcome, joined_messages(
                wake, tell_decided(connection, post, self._kinds.setting, decision, self._database.micros())
            )

        return await self._database.transact(work)


def _not_yet(connection: sqlite3.Connection, post: Post, kinds: Kinds) -> PressOutcome | None:
    """Return why a post can't be published now, or None if it can."""
    muted = fetch(connection, "SELECT 1 FROM mutes WHERE server = ? AND source = ?", (post.server, post.source))
    if muted and not kinds[post.kind].own_word:
        return PressOutcome("muted", post.number, post.channel)
    if kinds[post.kind].outdated_by_next:
        newer = fetch(
            connection,
            """SELECT id, number FROM outbox
               WHERE server = ? AND channel = ? AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
                 AND about = ? AND kind = ? ORDER BY id LIMIT 1""",
            (post.server, post.channel, post.id, post.kind),
        )
        if newer:
            other = question_of(connection, post.server, *newer[0])
            return PressOutcome("outdated", post.number, post.channel, other=other)
    before = fetch(
        connection,
        """SELECT id, number FROM outbox
           WHERE server = ? AND channel = ? AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
             AND contest = ? AND id < ? ORDER BY id LIMIT 1""",
        (post.server, post.channel, post.contest, post.id),
    )
    if not before:
        return None
    key, number = before[0]
    return PressOutcome("after", post.number, post.channel, other=question_of(connection, post.server, key, number))


def _told_later(connection: sqlite3.Connection, post: Post, kinds: Kinds) -> Link | str | None:
    """Return the way to the first post that told its channel of the same contest and source after this one, or None."""
    key = (post.channel, post.contest, post.source, post.chain, post.id)
    rows = fetch(
        connection,
        f"""SELECT id, number, message, coalesce(thread, channel) FROM outbox
           WHERE channel = ? AND contest = ? AND source = ? AND chain IS ? AND id > ? AND state = 'sent'
             AND action = 'post' AND kind NOT IN {kinds.unmutable}
           UNION ALL
           SELECT id, number, NULL, NULL FROM outbox
           WHERE channel = ? AND contest = ? AND source = ? AND chain IS ? AND id > ? AND state IN ('pending', 'sending')
             AND state = 'sending' AND action = 'post' AND kind NOT IN {kinds.unmutable}
           ORDER BY 1 LIMIT 1""",
        (*key, *key),
    )
    if not rows or kinds[post.kind].yields or kinds[post.kind].own_word:
        return None
    _, number, message, place = rows[0]
    return f"#{number}" if message is None else Link(number, address_of(post.server, place, message))


def question_of(connection: sqlite3.Connection, server: int, key: int, number: int) -> Link | str:
    """Return the way to the last question about a row that was sent, or its number where none was."""
    asked = fetch(
        connection,
        """SELECT channel, message FROM outbox
           WHERE about = ? AND kind = 'notice' AND action = 'post' AND message IS NOT NULL ORDER BY id DESC LIMIT 1""",
        (key,),
    )
    return Link(number, address_of(server, *asked[0])) if asked else f"#{number}"


def _already(connection: sqlite3.Connection, post: Post) -> PressOutcome:
    """Return what has become of a post."""
    ((why, dropped_by, newer),) = fetch(
        connection, "SELECT why, dropped_by, superseded_by FROM outbox WHERE id = ?", (post.id,)
    )
    number = None
    while newer is not None:
        ((number, newer),) = fetch(connection, "SELECT number, superseded_by FROM outbox WHERE id = ?", (newer,))
    by = dropped_by if post.state is State.DROPPED else post.approved_by
    other = None if number is None else f"#{number}"
    return PressOutcome(
        "already", post.number, post.channel, state=post.state.value, by=by or "", why=why or "", other=other
    )


def _is_paused(connection: sqlite3.Connection, server: int) -> bool:
    return bool(fetch(connection, "SELECT 1 FROM servers WHERE id = ? AND paused_at IS NOT NULL", (server,)))
