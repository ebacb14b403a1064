"""What follows from what became of a row: more rows, in the same transaction.

The edit of the post that a revision, a correction or a retraction replaces; a new board's pin, and the end of the board
before it. A change to a message waits until the message is sent.
"""

import sqlite3
from dataclasses import dataclass

from bot.database.database import fetch, from_micros
from bot.outbox.approval_store import ask
from bot.outbox.dropped_store import tell_with_next
from bot.outbox.kinds_store import WORDLESS, Words
from bot.outbox.merging_store import read_post
from bot.outbox.post import Action, Post
from bot.outbox.replacing_store import drop_retractions, replaced_by
from bot.outbox.rows import INSERT_OUTBOX, OutboxRow, joined_messages, to_wake
from bot.outbox.states import State, Transition, moved
from bot.outbox.threads_store import contest_of, opened, try_again
from bot.schedule.event_posts_store import update_earlier_posts
from bot.tally.other_sources_store import edits_of
from bot.wording.draft import Draft, Link, address_of


@dataclass(frozen=True, slots=True)
class Consequences:
    """Adds rows to the outbox, in one transaction."""

    connection: sqlite3.Connection
    words: Words
    now: int
    """The wall clock in microseconds."""

    def sent(self, post: Post, message: int) -> dict[int, bool]:
        """Add what follows once a post is in its channel as `message`; return channels to wake."""
        wake = self._opened(post)
        if post.file_refused is not None:
            wake = joined_messages(wake, self.tell_desk(post.server, self.words.unattached(post, post.file_refused)))
        if post.action is not Action.POST:
            return wake | self._next_change(post)
        if replaced_by(self.connection, post):
            wake = wake | {post.channel: True}  # by what could not go before it was known to have arrived
        if post.kind == "thread":
            opened(self.connection, post, message)
        if post.kind == "thread" or (post.kind == "notice" and (post.about is not None or self._is_edited(post))):
            return wake | {post.channel: False}  # what waits for it: of a notice, the edit if it was answered meanwhile
        if post.kind == "board":
            return wake | self._board_is_up(post)
        if post.kind == "moved":
            return joined_messages(wake, update_earlier_posts(self.connection, post, message, self.words, self.now))
        if post.about is not None and post.content is not None:
            return joined_messages(wake, self._reach_back(post, post.about, message))
        return joined_messages(wake, to_wake(edits_of(self.connection, post.id, self.words.also, self.now)))

    def closed(self, post: Post, why: str) -> dict[int, bool]:
        """Keep that a post's channel or thread can't be written to, and tell the desk, once; return channels to wake."""
        fresh = self.connection.execute(
            """INSERT INTO channels (id, server, closed_since, closed_why) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
               SET closed_since = excluded.closed_since, closed_why = excluded.closed_why WHERE closed_since IS NULL""",
            (post.place, post.server, self.now, why),
        ).rowcount
        said = self.words.closed(post.place, why, is_thread=post.thread is not None)
        return self.tell_desk(post.server, said) if fresh else {}

    def doubtful(self, post: Post, why: str) -> dict[int, bool]:
        """Ask the desk about a post that may or may not have arrived; return channels to wake."""
        return ask(self.connection, post, (self.words.doubtful(post, why),), self.now)

    def declined(self, post: Post) -> dict[int, bool]:
        """Let a post that is surely not in its channel not be posted if it was replaced meanwhile; return channels to wake.

        Its correction goes out alone, its retraction does not.
        """
        if not replaced_by(self.connection, post):
            return {}
        self.connection.execute(
            "UPDATE outbox SET state = ?, why = 'replaced before it was posted' WHERE id = ?",
            (moved(State.PENDING, Transition.REJECTED), post.id),
        )
        drop_retractions(self.connection, post)
        wake, _ = tell_with_next(self.connection, post, self.words, self.now)
        return wake | {post.channel: True}

    def refused(self, post: Post, why: str, message: int | None = None) -> dict[int, bool]:
        """Let the next post tell what Discord will never take, and say so to the desk; return channels to wake.

        What was to take it back is not posted either. A board that can't be edited, since somebody deleted its message,
        is posted anew. A message (`message`) from which no thread can be opened is taken away: what waits for it goes
        into the channel.
        """
        drop_retractions(self.connection, post)
        if post.kind == "thread" and post.action is Action.POST:
            return self._no_thread(post, why, message)
        if post.kind == "board":
            if post.action is Action.EDIT:
                self.connection.execute(
                    "UPDATE boards SET post = NULL, shown = NULL WHERE channel = ? AND contest = ?",
                    (post.channel, post.contest),
                )
            return self._next_change(post)
        if post.action is not Action.POST:
            return self._next_change(post)
        wake = tell_with_next(self.connection, post, self.words, self.now)[0] if post.series is not None else {}
        return wake | self.tell_desk(post.server, self.words.refused(post, why))

    def wordless(self, post: Post) -> dict[int, bool]:
        """Let the next post tell what failed because the bot could not say it, and tell the desk; return channels to wake.

        Where none waits it is taken as told: a reading that can't be put into words must not stop all that come after it.
        """
        rows = fetch(self.connection, "SELECT state, why FROM outbox WHERE id = ?", (post.id,))
        failed = read_post(self.connection, post.id)
        if failed is None or rows[0][0] != State.FAILED or not (rows[0][1] or "").startswith(WORDLESS):
            return {}
        wake, _ = tell_with_next(self.connection, failed, self.words, self.now, untell=False)
        return joined_messages(wake, self.tell_desk(post.server, self.words.wordless(failed)))

    def tell_desk(self, server: int, draft: Draft) -> dict[int, bool]:
        """Post a notice in the server's desk channel, if it has one that can be written to."""
        rows = fetch(
            self.connection,
            """SELECT s.desk_channel, s.next_number FROM servers s LEFT JOIN channels c ON c.id = s.desk_channel
               WHERE s.id = ? AND s.desk_channel IS NOT NULL AND s.left_at IS NULL AND c.closed_since IS NULL""",
            (server,),
        )
        if not rows:
            return {}
        channel, number = rows[0]
        self.connection.execute("UPDATE servers SET next_number = next_number + 1 WHERE id = ?", (server,))
        return self._add(OutboxRow.worded(server, channel, number, draft, from_micros(self.now)))

    def _is_edited(self, post: Post) -> bool:
        """Return whether an edit of a notice waits for it."""
        rows = fetch(
            self.connection,
            "SELECT 1 FROM outbox WHERE about = ? AND kind = 'notice' LIMIT 1",
            (post.id,),
        )
        return bool(rows)

    def _opened(self, post: Post) -> dict[int, bool]:
        """Keep that a post's channel or thread can be written to; tell the desk if it could not."""
        rows = self.connection.execute(
            "SELECT closed_since FROM channels WHERE id = ? AND closed_since IS NOT NULL", (post.place,)
        ).fetchall()
        if not rows:
            return {}
        self.connection.execute(
            "UPDATE channels SET closed_since = NULL, closed_why = NULL WHERE id = ?", (post.place,)
        )
        wake = try_again(self.connection, post.place)  # what was put off for as long as it seemed closed
        again = self.words.opened(post.place, rows[0][0] // 1_000_000)
        return wake | {post.channel: False} | self.tell_desk(post.server, again)

    def _no_thread(self, post: Post, why: str, message: int | None) -> dict[int, bool]:
        """Tell the desk that a thread can't be opened, and take away what it was to hang on; return channels to wake."""
        contest = contest_of(self.connection, post)
        wake = {post.channel: False}
        if contest is not None:
            wake |= self.tell_desk(post.server, self.words.no_thread(post.channel, contest, why))
        if message is None:
            return wake
        at = from_micros(post.news_at)
        row = OutboxRow(post.server, post.channel, post.number, "thread", at, about=post.id, action=Action.DELETE)
        return joined_messages(wake, self._add(row))

    def _reach_back(self, post: Post, replaced: int, message: int) -> dict[int, bool]:
        """Edit the post that this one replaces."""
        rows = fetch(
            self.connection,
            "SELECT number, content FROM outbox WHERE id = ? AND message IS NOT NULL AND content IS NOT NULL",
            (replaced,),
        )
        if not rows:
            return {}
        number, old = rows[0]
        link = Link(post.number, address_of(post.server, post.place, message))
        content = self.words.reached(post.kind, old, post.content or "", link)
        row = OutboxRow(
            post.server, post.channel, number, post.kind, from_micros(post.news_at), post.contest, post.source,
            about=replaced, action=Action.EDIT, content=content,
        )  # fmt: skip
        return self._add(row)

    def _next_change(self, post: Post) -> dict[int, bool]:
        """Return the channel of an edit if another change to the same message has waited for it."""
        waits = fetch(
            self.connection,
            """SELECT 1 FROM outbox
               WHERE channel = ? AND state IN ('pending', 'sending') AND about = ? AND id > ? LIMIT 1""",
            (post.channel, post.about, post.id),
        )
        return {post.channel: False} if waits else {}

    def _board_is_up(self, post: Post) -> dict[int, bool]:
        """Pin a new board and take down the one that it replaces; of one that is not wanted any more, take it down."""
        old = fetch(
            self.connection,
            """SELECT b.post, o.number FROM boards b JOIN outbox o ON o.id = b.post
               WHERE b.channel = ? AND b.contest = ?""",
            (post.channel, post.contest),
        )
        wanted = self.connection.execute(
            "UPDATE boards SET post = ?, old_edits = 0 WHERE channel = ? AND contest = ?",
            (post.id, post.channel, post.contest),
        ).rowcount
        changes = [(post.id, post.number, Action.PIN if wanted else Action.DELETE)]
        changes += [(key, number, Action.DELETE) for key, number in old]
        at = from_micros(post.news_at)
        return self._add(*(
            OutboxRow(post.server, post.channel, number, "board", at, post.contest, about=key, action=action)
            for key, number, action in changes
        ))  # fmt: skip

    def _add(self, *rows: OutboxRow) -> dict[int, bool]:
        self.connection.executemany(INSERT_OUTBOX, [row.values(self.now) for row in rows])
        return to_wake(rows)
