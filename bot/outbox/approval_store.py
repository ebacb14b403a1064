"""Approval: posts that wait for an editor's Publish, and posts that may not have arrived.

A post for a channel that the public reads is first shown to the desk. Its text is written and stored, its state is
`awaiting`, and a question is posted in the desk's channel. The answer edits that question. The buttons' keys name the
row (`publish:ROW`), so they work after a restart. A newer post of the same count supersedes a waiting post, if the two
can be merged. If a decision changes the text of later posts about the contest, these posts are shown again.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.database.database import fetch, from_micros
from bot.outbox.approval_words import Decision, DecisionKind, PressOutcome, decided_line, publish_question
from bot.outbox.follow_up_store import latest_card
from bot.outbox.kinds import NotPosted
from bot.outbox.merging_store import merge, requeue
from bot.outbox.outbox import PostingStore
from bot.outbox.outbox_words import doubtful_notice
from bot.outbox.post_text_store import changed_text, has_final_text, word
from bot.outbox.rows import COLUMNS, Action, OutboxRow, Post, audit_text, post_of
from bot.outbox.rows_store import read_post
from bot.outbox.states import State, Transition, next_state
from bot.outbox.threads_store import is_public
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_retractions, drop_row, waiting_replacements
from bot.wording.card import Card, Link, address_of
from bot.wording.context import Setting

INTERNAL_SOURCE = "the channel is public, and its source is for the newsroom only"
"""The reason stored with a post that would have named an internal source in a public channel."""

_POSTED = "(o.state IN ('sending', 'sent', 'doubtful'))"
"""SQL that is true if the post `o` is in its channel, or may be."""

_READ_BY_THE_PUBLIC = "EXISTS (SELECT 1 FROM channels c WHERE c.id = o.channel AND c.public)"

_AFTER_PUBLISH: frozenset[DecisionKind] = frozenset({"outdated", "changed", "corrected", "taken back"})
"""Decisions that overrule an editor's Publish, before the post is sent."""


class ApprovalStore(PostingStore):
    """The database's record of editors' decisions.

    Each method is one transaction. A post is decided only once.
    """

    async def publish(self, key: int, server: int, who: str) -> PressOutcome:
        """Approve the post with the row id `key`, which waits for an editor.

        Publish is refused if the post is out of date or its source is muted, or if an earlier post of its contest
        still waits.
        """

        def decide(tx: Tx, post: Post) -> PressOutcome:
            if withdraw_outdated(tx, post):
                return _decided_already(tx.connection, read_post(tx.connection, post.id) or post)
            if refused := _publish_obstacle(tx, post):
                return refused
            if changed_text(tx, post) is not None:
                show_again(tx, post)
                return PressOutcome("changed", post.number, post.channel)
            tx.execute(
                "UPDATE outbox SET state = ?, approved_by = ? WHERE id = ?",
                (next_state(post.state, Transition.APPROVED), who, post.id),
            )
            shown_again = show_what_follows(tx, post)
            tx.wake(post.channel, urgent=tx.kinds[post.kind].urgent)
            is_paused = _is_paused(tx.connection, server)
            return PressOutcome("published", post.number, post.channel, is_paused, shown_again=tuple(shown_again))

        return await self._decide(key, server, State.AWAITING, "published", who, decide)

    async def drop(self, key: int, server: int, who: str) -> PressOutcome:
        """Discard a post that waits for an editor. The next post of its chain covers the discarded changes."""
        return await self._reject(key, server, State.AWAITING, "dropped", who)

    async def confirm_arrived(self, key: int, server: int, who: str) -> PressOutcome:
        """Mark a doubtful post as sent, because an editor saw it in its channel."""

        def decide(tx: Tx, post: Post) -> PressOutcome:
            tx.execute(
                "UPDATE outbox SET state = ?, why = ? WHERE id = ?",
                (next_state(post.state, Transition.FOUND), f"seen there by {who}", post.id),
            )
            if waiting_replacements(tx, post):
                tx.wake(post.channel, urgent=True)
            return PressOutcome("there", post.number, post.channel, replaces=post.about is not None)

        return await self._decide(key, server, State.DOUBTFUL, "there", who, decide)

    async def confirm_missing(self, key: int, server: int, who: str) -> PressOutcome:
        """Send a doubtful post again, because an editor did not find it in its channel.

        The request is refused if later news of the contest has been posted in the channel, or if the post was
        corrected or retracted.
        """

        def decide(tx: Tx, post: Post) -> PressOutcome:
            if waiting_replacements(tx, post):
                return PressOutcome("replaced", post.number, post.channel)
            if later := _later_post(tx, post):
                return PressOutcome("passed", post.number, post.channel, other=later)
            tx.execute(
                """UPDATE outbox SET state = ?, approved_by = ?, wall_attempted = NULL, wall_last = NULL, wall_next = NULL
                   WHERE id = ?""",
                (next_state(post.state, Transition.ABSENT), who, post.id),
            )
            tx.wake(post.channel, urgent=tx.kinds[post.kind].urgent)
            return PressOutcome("absent", post.number, post.channel, _is_paused(tx.connection, server))

        return await self._decide(key, server, State.DOUBTFUL, "absent", who, decide)

    async def discard_doubtful(self, key: int, server: int, who: str) -> PressOutcome:
        """Discard a doubtful post, so that it is not sent again."""
        return await self._reject(key, server, State.DOUBTFUL, "given up", who)

    async def _reject(self, key: int, server: int, state: State, what: DecisionKind, who: str) -> PressOutcome:
        def decide(tx: Tx, post: Post) -> PressOutcome:
            drop_row(tx.connection, post.id, post.state, None, who)
            drop_retractions(tx, post)
            shown_again = tx.kinds[post.kind].on_dropped(tx, post)
            if waiting_replacements(tx, post):  # its corrections, which are then posted alone
                tx.wake(post.channel, urgent=True)
            mentions = tuple(waiting_mentions(tx, post))
            entered = tx.kinds.was_entered(tx.connection, post.id)
            return PressOutcome(
                what,
                post.number,
                post.channel,
                replaces=tx.kinds[post.kind].is_own_correction,
                shown_again=tuple(shown_again),
                mentions=mentions,
                entered=entered,
                covered_by_next=post.chain is not None,
            )

        return await self._decide(key, server, state, what, who, decide)

    async def _decide(
        self,
        key: int,
        server: int,
        state: State,
        what: DecisionKind,
        who: str,
        decide: Callable[[Tx, Post], PressOutcome],
    ) -> PressOutcome:
        """Run `decide` on a server's post, which has to be in `state`.

        If `decide` makes the decision `what`, an audit row is written, and the desk's questions about the post are
        edited.
        """

        def work(tx: Tx) -> PressOutcome:
            post = read_post(tx.connection, key)
            if post is None or post.server != server:
                return PressOutcome("unknown")
            if post.state is not state:
                return _decided_already(tx.connection, post)
            outcome = decide(tx, post)
            if outcome.what == what:
                after = {
                    "number": post.number,
                    "channel": post.channel,
                    **audit_text(post.card, post.number),
                }
                tx.audit(server, who, f"post {what}", after=after)
                update_questions(tx, post, Decision(what, who, tx.now))
            return outcome

        return await self._outbox.write(work)


def _publish_obstacle(tx: Tx, post: Post) -> PressOutcome | None:
    """Return an outcome with the reason why a post can't be published now, or None if it can.

    A post can't be published if its source is muted, if it is outdated, or if an earlier post of its contest waits.
    """
    muted = tx.rows("SELECT 1 FROM mutes WHERE server = ? AND source = ?", (post.server, post.source))
    if muted and not tx.kinds[post.kind].is_own_correction:
        return PressOutcome("muted", post.number, post.channel)
    if tx.kinds[post.kind].outdated_by_next:
        newer = tx.rows(
            """SELECT id, number FROM outbox
               WHERE server = ? AND channel = ? AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
                 AND about = ? AND kind = ? ORDER BY id LIMIT 1""",
            (post.server, post.channel, post.id, post.kind),
        )
        if newer:
            other = question_of(tx.connection, post.server, *newer[0])
            return PressOutcome("outdated", post.number, post.channel, other=other)
    before = tx.rows(
        """SELECT id, number FROM outbox
           WHERE server = ? AND channel = ? AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
             AND contest = ? AND id < ? ORDER BY id LIMIT 1""",
        (post.server, post.channel, post.contest, post.id),
    )
    if not before:
        return None
    key, number = before[0]
    return PressOutcome("after", post.number, post.channel, other=question_of(tx.connection, post.server, key, number))


def _later_post(tx: Tx, post: Post) -> Link | str | None:
    """Return a link to the next sent post with the same channel, contest, source and chain.

    If it is not known whether that post arrived, its number is returned, as `#number`. Returns None if no later post
    was sent.
    """
    key = (post.channel, post.contest, post.source, post.chain, post.id)
    rows = tx.rows(
        f"""SELECT id, number, message, coalesce(thread, channel) FROM outbox
           WHERE channel = ? AND contest = ? AND source = ? AND chain IS ? AND id > ? AND state = 'sent'
             AND action = 'post' AND kind NOT IN {tx.kinds.unmutable}
           UNION ALL
           SELECT id, number, NULL, NULL FROM outbox
           WHERE channel = ? AND contest = ? AND source = ? AND chain IS ? AND id > ? AND state IN ('pending', 'sending')
             AND state = 'sending' AND action = 'post' AND kind NOT IN {tx.kinds.unmutable}
           ORDER BY 1 LIMIT 1""",
        (*key, *key),
    )
    if not rows or tx.kinds[post.kind].sent_last or tx.kinds[post.kind].is_own_correction:
        return None
    _, number, message, place = rows[0]
    return f"#{number}" if message is None else Link(number, address_of(post.server, place, message))


def question_of(connection: sqlite3.Connection, server: int, key: int, number: int) -> Link | str:
    """Return a link to the last question that the desk was asked about the outbox row `key`.

    If no question was sent, the result is the post's number, as `#number`.
    """
    rows = fetch(
        connection,
        """SELECT channel, message FROM outbox
           WHERE about = ? AND kind = 'notice' AND action = 'post' AND message IS NOT NULL ORDER BY id DESC LIMIT 1""",
        (key,),
    )
    return Link(number, address_of(server, *rows[0])) if rows else f"#{number}"


def _decided_already(connection: sqlite3.Connection, post: Post) -> PressOutcome:
    """Return the answer for an editor who presses a button too late.

    The answer names the outcome of the post, and who decided it.
    """
    ((why, dropped_by, newer),) = fetch(
        connection, "SELECT why, dropped_by, superseded_by FROM outbox WHERE id = ?", (post.id,)
    )
    number = None
    while newer is not None:
        ((number, newer),) = fetch(connection, "SELECT number, superseded_by FROM outbox WHERE id = ?", (newer,))
    by = dropped_by if post.state is State.DROPPED else post.approved_by
    other = None if number is None else f"#{number}"
    state = "unshown" if waits_for_editor(connection, post) else post.state.value
    return PressOutcome("already", post.number, post.channel, state=state, by=by or "", why=why or "", other=other)


def _is_paused(connection: sqlite3.Connection, server: int) -> bool:
    return bool(fetch(connection, "SELECT 1 FROM servers WHERE id = ? AND paused_at IS NOT NULL", (server,)))


def show_what_follows(tx: Tx, post: Post) -> list[int]:
    """Show the desk those waiting posts again whose text changes because `post` is published.

    Shown again are the first such post and all waiting posts after it.
    """
    waiting = waiting_behind(tx, post)
    for place, later in enumerate(waiting):
        if tx.kinds[later.kind].follows_on(later, post):
            numbers, _ = show_posts_again(tx, waiting[place:])
            return numbers
    return []


def waiting_mentions(tx: Tx, post: Post) -> list[int]:
    """Return the numbers of the later waiting posts whose text refers to `post` by its number."""
    return [later.number for later in waiting_behind(tx, post) if later.card and post.number in later.card.posts]


def waiting_behind(tx: Tx, post: Post) -> list[Post]:
    """Return the later posts in the same contest and channel that were never attempted, oldest first."""
    rows = tx.execute(
        f"""SELECT {COLUMNS} FROM outbox
            WHERE channel = :channel AND state IN ('pending', 'sending') AND state = 'pending'
              AND contest = :contest AND action = 'post' AND kind NOT IN {tx.kinds.yielding}
              AND approved_by IS NULL AND id > :after
            UNION ALL
            SELECT {COLUMNS} FROM outbox
            WHERE server = :server AND channel = :channel AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
              AND contest = :contest AND action = 'post' AND kind NOT IN {tx.kinds.yielding} AND id > :after
            ORDER BY id""",
        {"server": post.server, "channel": post.channel, "contest": post.contest, "after": post.id},
    )
    return [post_of(row) for row in rows]


def show_posts_again(tx: Tx, posts: list[Post]) -> tuple[list[int], int]:
    """Give posts new numbers and queue them again, and edit the desk's questions about them.

    The question about each old post then names the new number. Returns the new numbers of the posts that the desk had
    been shown, and the new row id of the first post.
    """
    keys, shown = requeue(tx, posts), []
    for old, key in zip(posts, keys, strict=True):
        if old.state is State.AWAITING:
            ((number,),) = tx.rows("SELECT number FROM outbox WHERE id = ?", (key,))
            update_questions(tx, old, Decision("replaced", number=number))
            shown.append(number)
    return shown, keys[0]


def waits_for_editor(connection: sqlite3.Connection, post: Post) -> bool:
    """Return True if the desk has to see a post before it is sent, because the post's channel is public."""
    if post.action is not Action.POST or post.state is not State.PENDING or post.approved_by is not None:
        return False
    # A thread's first message follows from a post that an editor published, and says nothing about the count.
    return post.kind != "thread" and is_public(connection, post.channel)


def ask_to_publish(tx: Tx, post: Post) -> NotPosted | None:
    """Show the desk a post and ask whether to publish it.

    An earlier post of the same count that still waits for the desk is merged into the new post, if both can be merged.
    A post about an internal source is refused.

    If the post could not be written, no question is asked, and the result is the reason.
    """
    if post.source is not None:
        source = tx.setting.desk.source(post.source)
        if source is None or not source.public:
            tx.execute(
                "UPDATE outbox SET state = ?, why = ? WHERE id = ?",
                (next_state(post.state, Transition.REFUSED), INTERNAL_SOURCE, post.id),
            )
            return None
    older = _mergeable_before(tx, post)
    if older is not None:
        merge(tx, [older, post])
        update_questions(tx, older, Decision("replaced", number=post.number))
        post = read_post(tx.connection, post.id) or post
    worded = post if has_final_text(post, tx.kinds) else word(tx, post)
    if isinstance(worded, NotPosted):
        return worded
    tx.kinds[post.kind].on_text_written(tx, post)
    tx.execute("UPDATE outbox SET state = ? WHERE id = ?", (next_state(post.state, Transition.SHOWN), post.id))
    ask(tx, worded, _to_publish(worded, tx.setting))
    return None


def _mergeable_before(tx: Tx, post: Post) -> Post | None:
    """Return the last earlier post of the same count that waits for an editor, if the two posts may be merged."""
    if not tx.kinds.is_mergeable(post) or post.contest is None:
        return None
    rows = tx.rows(
        f"""SELECT {COLUMNS} FROM outbox
            WHERE server = ? AND channel = ? AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
              AND contest = ? AND chain IS NOT NULL AND id < ? ORDER BY id DESC""",
        (post.server, post.channel, post.contest, post.id),
    )
    count = tx.kinds[post.kind].count(tx, post)
    for before in map(post_of, rows):
        if tx.kinds[before.kind].mergeable and tx.kinds[before.kind].count(tx, before) == count:
            return before
    return None


def ask(tx: Tx, post: Post, question: tuple[Card, ...]) -> bool:
    """Post a question about a post in the desk's channel.

    The last card is the question, with the buttons. A card before the question shows the post, under the post's own
    number.

    Returns False if the server has no desk channel.
    """
    rows = tx.rows("SELECT desk_channel FROM servers WHERE id = ? AND desk_channel IS NOT NULL", (post.server,))
    if not rows:
        return False
    ((channel,),) = rows
    at = from_micros(tx.wall)
    *shown, last = question
    added = [OutboxRow.worded(post.server, channel, post.number, draft, at) for draft in shown]
    added.append(OutboxRow.worded(post.server, channel, tx.number(post.server), last, at, about=post.id))
    added[0] = replace(added[0], picture=post.picture)  # the card that shows the post
    tx.add(added)
    tx.wake(channel, urgent=tx.kinds[post.kind].urgent)
    return True


def _to_publish(post: Post, setting: Setting) -> tuple[Card, ...]:
    """Return the cards that ask whether to publish a post. The last card has the buttons."""
    return publish_question(post.id, post.number, post.channel, post.card or Card.of(""), setting)


def arrival_question(post: Post, why: str, setting: Setting) -> Card:
    """Return a card that asks whether a doubtful post is in its channel.

    `why` explains why the bot can't know.
    """
    return doubtful_notice(post.id, post.number, post.channel, post.card, why, setting)


def withdraw_outdated(tx: Tx, post: Post) -> bool:
    """Withdraw a post that an editor saw, if the post is out of date by now.

    A post with nothing left to report is dropped. An approved post whose text would change is shown to the desk again.
    The desk's questions about the post are edited, including those that already read "published".

    Returns True if the post was withdrawn.
    """
    words = changed_text(tx, post)
    if isinstance(words, NotPosted):
        drop_row(tx.connection, post.id, post.state, words.why)
        tx.kinds[post.kind].on_not_posted(tx, post)
        update_questions(tx, post, Decision("outdated", why=words.why))
        return True
    if words is not None and post.state is State.PENDING:
        show_again(tx, post)
        return True
    return False


def show_again(tx: Tx, post: Post) -> None:
    """Queue a post for the desk to see again, under the same number and with a new text."""
    tx.execute(
        "UPDATE outbox SET state = ?, approved_by = NULL, card = NULL, content = NULL WHERE id = ?",
        (next_state(post.state, Transition.CHANGED), post.id),
    )
    shown = {
        "number": post.number,
        "channel": post.channel,
        **audit_text(post.card, post.number),
        "approved_by": post.approved_by,
    }
    tx.audit(post.server, "Tallydesk", "post changed", "the count has moved", shown)
    update_questions(tx, post, Decision("changed"))
    tx.wake(post.channel, urgent=tx.kinds[post.kind].urgent)


def drop_unsent(tx: Tx, posts: Sequence[int], decision: Decision) -> int:
    """Drop those of some posts that were not sent yet, and return how many these are.

    If a post belongs to a series, the series' next post covers its changes. `decision` is the reason, which is shown on
    the questions to editors about the dropped posts.
    """
    unsent = [
        post
        for key in posts
        if (post := read_post(tx.connection, key)) and post.state in (State.PENDING, State.AWAITING)
    ]
    for post in unsent:
        drop_row(tx.connection, post.id, post.state, None, decision.who)
        update_questions(tx, post, decision)
        tx.kinds[post.kind].on_dropped(tx, post)
    return len(unsent)


def update_questions(tx: Tx, post: Post, decision: Decision) -> None:
    """Edit the desk's questions about a post to report the decision, and remove the questions' buttons.

    A question that was not sent yet is superseded. A question that reads "published" is edited again if the post is
    then not sent.
    """
    questions = tx.rows(
        f"""SELECT {COLUMNS} FROM outbox q
           WHERE about = ?1 AND kind = 'notice' AND action = 'post' AND state IN ('pending', 'sending', 'sent')
             AND (?2 OR NOT EXISTS (SELECT 1 FROM outbox e WHERE e.about = q.id AND e.kind = 'notice'))""",
        (post.id, decision.what in _AFTER_PUBLISH),
    )
    for question in map(post_of, questions):
        if question.state is State.PENDING:
            tx.execute(
                "UPDATE outbox SET state = ?, superseded_by = ? WHERE id = ?",
                (next_state(State.PENDING, Transition.MERGED), post.id, question.id),
            )
        elif question.card is not None:
            text = decided_line(post.number, post.channel, decision, tx.setting)
            tx.add([OutboxRow.edit(question, question.card.answered(text), from_micros(tx.wall), buttons=True)])


def show_reworded(tx: Tx, before: Post, worded: Post) -> None:
    """Edit the desk's questions about a post whose text has changed.

    `before` is the post as the questions show it. The text of a reminder changes, for example, because it states how
    much time is left.
    """
    if before.card is None or worded.card is None or before.content == worded.content:
        return
    questions = tx.rows(
        f"""SELECT {COLUMNS} FROM outbox
            WHERE about = ? AND kind = 'notice' AND action = 'post' AND state IN ('sending', 'sent')""",
        (before.id,),
    )
    was, now = (_to_publish(post, tx.setting)[-1] for post in (before, worded))
    for question in map(post_of, questions):
        shown = latest_card(tx.connection, question)
        if shown is not None and (shown.head[1:], shown.credit) == (was.head[1:], was.credit) != (
            now.head[1:],
            now.credit,
        ):
            card = replace(shown, head=(shown.head[0], *now.head[1:]), credit=now.credit)
            tx.add([OutboxRow.edit(question, card, from_micros(tx.wall), buttons=True)])


def ask_again(tx: Tx, server: int, *, everything: bool = False) -> int:
    """Post the open questions that are missing in the desk's present channel, and return how many.

    `everything`: post all open questions, including those that the channel already has.
    """
    rows = tx.rows(
        f"""SELECT why, {COLUMNS} FROM outbox o INDEXED BY outbox_awaiting
            WHERE server = ? AND state IN ('awaiting', 'doubtful') AND (? OR NOT EXISTS (
              SELECT 1 FROM outbox q WHERE q.about = o.id AND q.kind = 'notice'
              AND q.state IN ('pending', 'sending', 'sent')
              AND q.channel = (SELECT desk_channel FROM servers WHERE id = o.server)))
            ORDER BY id""",
        (server, everything),
    )
    count = 0
    for why, *columns in rows:
        post = post_of(tuple(columns))
        tx.execute(
            """UPDATE outbox SET state = ?, superseded_by = ? WHERE about = ? AND kind = 'notice' AND action = 'post'
               AND state = 'pending'""",
            (next_state(State.PENDING, Transition.MERGED), post.id, post.id),
        )
        awaits = post.state is State.AWAITING
        count += ask(
            tx, post, _to_publish(post, tx.setting) if awaits else (arrival_question(post, why or "", tx.setting),)
        )
    return count


def release_channel(tx: Tx, server: int, channel: int, decision: Decision) -> int:
    """Release the posts that wait for Publish in a channel and its threads, and return how many.

    No editor has approved these posts. A post in a chain is therefore written again when it is sent.
    """
    rows = tx.rows(
        f"""SELECT {COLUMNS} FROM outbox INDEXED BY outbox_awaiting
            WHERE server = ? AND channel IN (SELECT ? UNION ALL SELECT id FROM channels WHERE parent = ?)
              AND state IN ('awaiting', 'doubtful') AND state = 'awaiting' ORDER BY id""",
        (server, channel, channel),
    )
    for row in rows:
        post = post_of(row)
        if withdraw_outdated(tx, post):
            continue
        tx.execute(
            "UPDATE outbox SET state = ?, content = iif(chain IS NULL, content, NULL), card = iif(chain IS NULL, card, NULL) WHERE id = ?",
            (next_state(post.state, Transition.APPROVED), post.id),
        )
        if decision.at is not None:
            shown = {
                "number": post.number,
                "channel": post.channel,
                **audit_text(post.card, post.number),
            }
            tx.audit(server, decision.who, f"post {decision.what}", before=shown)
        update_questions(tx, post, decision)
        tx.wake(post.channel, urgent=tx.kinds[post.kind].urgent)
    return len(rows)


def released_sql(statement: str, reader: str = "?") -> str:
    """Return SQL that is true if an answer may use a statement.

    - The newsroom may read every statement. A guest may not read a statement whose posts all wait or were discarded.
    - The public may read what staff entered once a post about it is in a public channel. If no such post exists (ballots
      left, a first count, a county's name), the desk has to release the statement (`statements.for_public`).
    - The public may read what a source pushed, unless all its posts in public channels wait or were discarded.
    - What staff enter while posting is paused is for the newsroom only until posting is resumed.

    Args:
        statement: SQL for the statement's id. NULL means that the figure is from a feed, which everybody may read.
        reader: SQL for the reader of the answer, an `Audience`.
    """
    return f"""EXISTS (SELECT 1 FROM (SELECT {reader} AS reader) WHERE reader = 'newsroom' OR {statement} IS NULL OR EXISTS (
        SELECT 1 FROM statements own LEFT JOIN statement_posts p ON p.statement = own.id
          LEFT JOIN outbox o ON o.id = p.post AND o.action = 'post' LEFT JOIN channels c ON c.id = o.channel AND c.public
        WHERE own.id = {statement} AND NOT (own.body ->> 'entered_by' IS NOT NULL AND EXISTS (
          SELECT 1 FROM servers v WHERE v.id = own.server AND v.paused_at < own.entered_at))
        GROUP BY own.id
        HAVING iif(reader = 'guest', coalesce(max({_POSTED}), 1),
          coalesce(max({_POSTED}) FILTER (WHERE c.id IS NOT NULL), own.for_public OR own.body ->> 'entered_by' IS NULL))))"""


def not_posted_sql(statement: str) -> str:
    """Return SQL that is true if a statement has waiting posts, but no sent posts.

    `statement` is SQL for the statement's id.
    """
    return f"""coalesce((SELECT NOT max({_POSTED}) AND max(o.state IN ('pending', 'awaiting'))
        FROM statement_posts p JOIN outbox o ON o.id = p.post AND o.action = 'post' WHERE p.statement = {statement}), 0)"""


def unreleased_sql(reader: str = "?") -> str:
    """Return SQL, for a group of posts `o`, that is true if a reader can't have read any of them yet.

    `reader` is SQL for the reader, an `Audience`. The SQL is false if the group has no posts for that audience.
    """
    return f"""(CASE {reader} WHEN 'newsroom' THEN 0 WHEN 'guest' THEN NOT max({_POSTED})
        ELSE coalesce(NOT max({_POSTED}) FILTER (WHERE {_READ_BY_THE_PUBLIC}), 0) END)"""


def readable_sql(reader: str = "?") -> str:
    """Return SQL that is true if an answer may name the post `o`. `reader` is SQL for the reader, an `Audience`."""
    return f"(CASE {reader} WHEN 'newsroom' THEN 1 WHEN 'guest' THEN {_POSTED} ELSE {_READ_BY_THE_PUBLIC} AND {_POSTED} END)"
