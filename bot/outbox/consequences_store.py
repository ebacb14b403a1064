"""What follows from what became of a row: more rows, in the same transaction.

The edit of the post that a revision, a correction or a retraction replaces; a new board's pin, and the end of the board
before it. A change to a message waits until the message is sent.
"""

import sqlite3
from dataclasses import dataclass

from bot.database.database import fetch
from bot.outbox.approval_store import ask, is_it_there
from bot.outbox.follow_up_store import tell_desk
from bot.outbox.kinds import Kinds
from bot.outbox.merging_store import read_post
from bot.outbox.outbox_words import (
    closed_notice,
    opened_notice,
    unattached_notice,
    uncarded_notice,
    wordless_notice,
)
from bot.outbox.publishing_store import publish, unpublished
from bot.outbox.rows import Action, Post, joined_wakes
from bot.outbox.states import State, Transition, moved
from bot.outbox.threads_store import try_again
from bot.outbox.unsent_store import drop_retractions, replaced_by
from bot.outbox.words_store import WORDLESS

_A_DAY_MICROS = 86_400_000_000
"""Of the wall clock."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """Adds rows to the outbox, in one transaction; what is peculiar to a kind, the kind adds."""

    connection: sqlite3.Connection
    kinds: Kinds
    now: int
    """The wall clock in microseconds."""

    def sent(self, post: Post, message: int) -> dict[int, bool]:
        """Add what follows once a post is in its channel as `message`; return channels to wake."""
        wake = self._opened(post)
        if post.file_refused is not None:
            said = unattached_notice(post.number, post.destination, post.file_refused, self.kinds.setting)
            wake = joined_wakes(wake, tell_desk(self.connection, post.server, said, self.now))
        if post.cards_refused is not None and self._is_first_without_cards(post):
            said = uncarded_notice(post.number, post.destination, post.cards_refused, self.kinds.setting)
            wake = joined_wakes(wake, tell_desk(self.connection, post.server, said, self.now))
        if post.action is not Action.POST:
            return wake | self._next_change(post)
        wake = joined_wakes(wake, publish(self.connection, post, self.kinds, self.now))
        if replaced_by(self.connection, post, self.kinds):
            wake = wake | {post.channel: True}  # by what could not go before it was known to have arrived
        return joined_wakes(wake, self.kinds.family(post.kind).sent(self.connection, post, message, self.now))

    def closed(self, post: Post, why: str) -> dict[int, bool]:
        """Keep that a post's channel or thread can't be written to, and tell the desk, once; return channels to wake."""
        fresh = self.connection.execute(
            """INSERT INTO channels (id, server, closed_since, closed_why) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
               SET closed_since = excluded.closed_since, closed_why = excluded.closed_why
               WHERE closed_since IS NULL AND server = excluded.server""",
            (post.destination, post.server, self.now, why),
        ).rowcount
        said = closed_notice(post.destination, why, self.kinds.setting, is_thread=post.thread is not None)
        return tell_desk(self.connection, post.server, said, self.now) if fresh else {}

    def doubtful(self, post: Post, why: str) -> dict[int, bool]:
        """Ask the desk about a post that may or may not have arrived; return channels to wake."""
        question = is_it_there(post, why, self.kinds.setting)
        return ask(self.connection, post, (question,), self.kinds, self.now)

    def declined(self, post: Post) -> dict[int, bool]:
        """Let a post that is surely not in its channel not be posted if it was replaced meanwhile; return channels to wake.

        Its correction goes out alone, its retraction does not.
        """
        if not replaced_by(self.connection, post, self.kinds):
            return {}
        self.connection.execute(
            "UPDATE outbox SET state = ?, why = 'replaced before it was posted' WHERE id = ?",
            (moved(State.PENDING, Transition.REJECTED), post.id),
        )
        drop_retractions(self.connection, post, self.kinds)
        wake, _ = self.kinds.family(post.kind).dropped(self.connection, post, self.kinds, self.now)
        return wake | {post.channel: True}

    def refused(self, post: Post, why: str, message: int | None = None) -> dict[int, bool]:
        """Let follow what follows from what Discord will never take; return channels to wake.

        What was to take it back is not posted either. `message`: it is there, but no thread can be opened from it.
        """
        if post.action is Action.PUBLISH:
            return unpublished(self.connection, post, why, self.kinds, self.now)
        drop_retractions(self.connection, post, self.kinds)
        wake = self.kinds.family(post.kind).refused(self.connection, post, why, message, self.kinds, self.now)
        return wake if post.action is Action.POST else joined_wakes(wake, self._next_change(post))

    def wordless(self, post: Post) -> dict[int, bool]:
        """Let the next post tell what failed because the bot could not say it, and tell the desk; return channels to wake.

        Where none waits it is taken as told: a reading that can't be put into words must not stop all that come after it.
        """
        rows = fetch(self.connection, "SELECT state, why FROM outbox WHERE id = ?", (post.id,))
        failed = read_post(self.connection, post.id)
        if failed is None or rows[0][0] != State.FAILED or not (rows[0][1] or "").startswith(WORDLESS):
            return {}
        family = self.kinds.family(failed.kind)
        wake, _ = family.dropped(self.connection, failed, self.kinds, self.now, taken_as_told=True)
        said = wordless_notice(failed.number, failed.channel, self.kinds.setting)
        return joined_wakes(wake, tell_desk(self.connection, failed.server, said, self.now))

    def _opened(self, post: Post) -> dict[int, bool]:
        """Keep that a post's channel or thread can be written to; tell the desk if it could not."""
        rows = self.connection.execute(
            "SELECT closed_since FROM channels WHERE id = ? AND closed_since IS NOT NULL", (post.destination,)
        ).fetchall()
        if not rows:
            return {}
        self.connection.execute(
            "UPDATE channels SET closed_since = NULL, closed_why = NULL WHERE id = ?", (post.destination,)
        )
        wake = try_again(self.connection, post.destination)  # what was put off for as long as it seemed closed
        again = opened_notice(post.destination, rows[0][0] // 1_000_000, self.kinds.setting)
        return wake | {post.channel: False} | tell_desk(self.connection, post.server, again, self.now)

    def _is_first_without_cards(self, post: Post) -> bool:
        """Return whether no other post went out without its cards in the same channel for a day."""
        return not fetch(
            self.connection,
            """SELECT 1 FROM outbox
               WHERE channel = ? AND cards_refused IS NOT NULL AND state = 'sent' AND wall_last > ? AND id <> ? LIMIT 1""",
            (post.channel, self.now - _A_DAY_MICROS, post.id),
        )

    def _next_change(self, post: Post) -> dict[int, bool]:
        """Return the channel of an edit if another change to the same message has waited for it."""
        waits = fetch(
            self.connection,
            """SELECT 1 FROM outbox
               WHERE channel = ? AND state IN ('pending', 'sending') AND about = ? AND id > ? LIMIT 1""",
            (post.channel, post.about, post.id),
        )
        return {post.channel: False} if waits else {}
