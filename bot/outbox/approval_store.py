"""What an editor decides on: posts that wait for Publish, and posts that may not have arrived.

A post of a channel that the public reads is not claimed but shown: its words are made and kept, it is `awaiting`, and a
question is posted in the desk's channel, edited once it is answered. The buttons' keys say all (`publish:ROW`), so they work
after any restart. A newer row that may be merged supersedes one that awaits. What waits behind it is shown anew where it says
something else by the decision.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import replace

from bot.database.database import fetch, from_micros
from bot.outbox.approval_words import Decision, DecisionKind, PressOutcome, decided_line, publish_question
from bot.outbox.follow_up_store import latest_card
from bot.outbox.kinds import NotPosted
from bot.outbox.merging_store import merge, requeue
from bot.outbox.outbox import PostingStore
from bot.outbox.outbox_words import doubtful_notice
from bot.outbox.rows import COLUMNS, Action, OutboxRow, Post, audited_words, post_of
from bot.outbox.rows_store import read_post
from bot.outbox.states import State, Transition, moved
from bot.outbox.threads_store import is_public
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_retractions, drop_row, waiting_replacements
from bot.outbox.words_store import changed_words, has_words, word
from bot.wording.card import Card, Link, address_of
from bot.wording.context import Setting

INTERNAL_SOURCE = "the channel is public, and its source is for the newsroom only"
"""Why a post failed that would have named such a source."""

_POSTED = "(o.state IN ('sending', 'sent', 'doubtful'))"
"""True of a post `o` that is in its channel, or may be."""

_READ_BY_THE_PUBLIC = "EXISTS (SELECT 1 FROM channels c WHERE c.id = o.channel AND c.public)"

_AFTER_PUBLISH: frozenset[DecisionKind] = frozenset({"outdated", "changed", "corrected", "taken back"})
"""What may become of a post that an editor published, before it goes out."""


class ApprovalStore(PostingStore):
    """Stores what an editor decided; each method is one transaction, and a post is decided once."""

    async def publish(self, key: int, server: int, who: str) -> PressOutcome:
        """Approve a post that waits for an editor, unless one of its contest waits before it or it is out of date."""

        def decide(tx: Tx, post: Post) -> PressOutcome:
            if withdraw_outdated(tx, post):
                return _decided_already(tx.connection, read_post(tx.connection, post.id) or post)
            if refused := _publish_obstacle(tx, post):
                return refused
            if changed_words(tx, post) is not None:
                show_again(tx, post)
                return PressOutcome("changed", post.number, post.channel)
            tx.execute(
                "UPDATE outbox SET state = ?, approved_by = ? WHERE id = ?",
                (moved(post.state, Transition.APPROVED), who, post.id),
            )
            anew = show_what_follows(tx, post)
            tx.wake(post.channel, urgent=tx.kinds[post.kind].urgent)
            is_paused = _is_paused(tx.connection, server)
            return PressOutcome("published", post.number, post.channel, is_paused, shown_again=tuple(anew))

        return await self._decide(key, server, State.AWAITING, "published", who, decide)

    async def drop(self, key: int, server: int, who: str) -> PressOutcome:
        """Discard a post that waits for an editor; the next one of its chain tells what it was to tell."""
        return await self._reject(key, server, State.AWAITING, "dropped", who)

    async def confirm_arrived(self, key: int, server: int, who: str) -> PressOutcome:
        """Take an editor's word that a doubtful post is in its channel."""

        def decide(tx: Tx, post: Post) -> PressOutcome:
            tx.execute(
                "UPDATE outbox SET state = ?, why = ? WHERE id = ?",
                (moved(post.state, Transition.FOUND), f"seen there by {who}", post.id),
            )
            if waiting_replacements(tx, post):
                tx.wake(post.channel, urgent=True)
            return PressOutcome("there", post.number, post.channel, replaces=post.about is not None)

        return await self._decide(key, server, State.DOUBTFUL, "there", who, decide)

    async def confirm_missing(self, key: int, server: int, who: str) -> PressOutcome:
        """Take an editor's word that a doubtful post is not in its channel: it is as if it had never been attempted.

        Unless what came later has been told there since, or it was corrected or taken back.
        """

        def decide(tx: Tx, post: Post) -> PressOutcome:
            if waiting_replacements(tx, post):
                return PressOutcome("replaced", post.number, post.channel)
            if later := _later_post(tx, post):
                return PressOutcome("passed", post.number, post.channel, other=later)
            tx.execute(
                """UPDATE outbox SET state = ?, approved_by = ?, wall_attempted = NULL, wall_last = NULL, wall_next = NULL
                   WHERE id = ?""",
                (moved(post.state, Transition.ABSENT), who, post.id),
            )
            tx.wake(post.channel, urgent=tx.kinds[post.kind].urgent)
            return PressOutcome("absent", post.number, post.channel, _is_paused(tx.connection, server))

        return await self._decide(key, server, State.DOUBTFUL, "absent", who, decide)

    async def discard_doubtful(self, key: int, server: int, who: str) -> PressOutcome:
        """Discard a doubtful post: it is not posted again."""
        return await self._reject(key, server, State.DOUBTFUL, "given up", who)

    async def _reject(self, key: int, server: int, state: State, what: DecisionKind, who: str) -> PressOutcome:
        def decide(tx: Tx, post: Post) -> PressOutcome:
            drop_row(tx.connection, post.id, post.state, None, who)
            drop_retractions(tx, post)
            anew = tx.kinds[post.kind].on_dropped(tx, post)
            if waiting_replacements(tx, post):  # its corrections, which go out alone
                tx.wake(post.channel, urgent=True)
            mentions = tuple(waiting_mentions(tx, post))
            entered = tx.kinds.was_entered(tx.connection, post.id)
            return PressOutcome(
                what,
                post.number,
                post.channel,
                replaces=tx.kinds[post.kind].own_word,
                shown_again=tuple(anew),
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
        """Decide on a post of a server that is in `state`, keep who did, and say so where the desk was asked."""

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
                    **audited_words(post.card, post.number),
                }
                tx.audit(server, who, f"post {what}", after=after)
                update_questions(tx, post, Decision(what, who, tx.now))
            return outcome

        return await self._outbox.write(work)


def _publish_obstacle(tx: Tx, post: Post) -> PressOutcome | None:
    """Return why a post can't be published now, or None if it can."""
    muted = tx.rows("SELECT 1 FROM mutes WHERE server = ? AND source = ?", (post.server, post.source))
    if muted and not tx.kinds[post.kind].own_word:
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
    """Return the way to the first post that told its channel of the same contest and source after this one, or None."""
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
    if not rows or tx.kinds[post.kind].yields or tx.kinds[post.kind].own_word:
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


def _decided_already(connection: sqlite3.Connection, post: Post) -> PressOutcome:
    """Return what has become of a post."""
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
    """Show anew what waits behind a post that is published, from the first on that says something else by that.

    Returns:
        The numbers of posts that are shown anew.

    """
    waiting = waiting_behind(tx, post)
    for place, later in enumerate(waiting):
        if tx.kinds[later.kind].follows_on(later, post):
            numbers, _ = show_posts_again(tx, waiting[place:])
            return numbers
    return []


def waiting_mentions(tx: Tx, post: Post) -> list[int]:
    """Return the numbers of posts that wait behind a post and name it."""
    return [later.number for later in waiting_behind(tx, post) if later.card and post.number in later.card.posts]


def waiting_behind(tx: Tx, post: Post) -> list[Post]:
    """Return what waits of a post's contest in its channel behind it, and was never attempted, oldest first."""
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
    """Put posts at the end of the outbox; return the numbers of those that are shown, and the first one's id."""
    keys, shown = requeue(tx, posts), []
    for old, key in zip(posts, keys, strict=True):
        if old.state is State.AWAITING:
            ((number,),) = tx.rows("SELECT number FROM outbox WHERE id = ?", (key,))
            update_questions(tx, old, Decision("replaced", number=number))
            shown.append(number)
    return shown, keys[0]


def waits_for_editor(connection: sqlite3.Connection, post: Post) -> bool:
    """Return whether a post whose turn has come has to be shown to the desk first."""
    if post.action is not Action.POST or post.state is not State.PENDING or post.approved_by is not None:
        return False
    # What a thread hangs on comes of a post that an editor published, and says nothing of the count.
    return post.kind != "thread" and is_public(connection, post.channel)


def ask_to_publish(tx: Tx, post: Post) -> NotPosted | None:
    """Show the desk a post whose turn has come; return why it is not posted, if it has no words.

    One of the same contest that the desk has not answered yet is told by this one, where both may be merged.
    """
    if post.source is not None:
        source = tx.setting.desk.source(post.source)
        if source is None or not source.public:
            tx.execute(
                "UPDATE outbox SET state = ?, why = ? WHERE id = ?",
                (moved(post.state, Transition.REFUSED), INTERNAL_SOURCE, post.id),
            )
            return None
    older = _mergeable_before(tx, post)
    if older is not None:
        merge(tx, [older, post])
        update_questions(tx, older, Decision("replaced", number=post.number))
        post = read_post(tx.connection, post.id) or post
    worded = post if has_words(post, tx.kinds) else word(tx, post)
    if isinstance(worded, NotPosted):
        return worded
    tx.kinds[post.kind].on_worded(tx, post)
    tx.execute("UPDATE outbox SET state = ? WHERE id = ?", (moved(post.state, Transition.SHOWN), post.id))
    ask(tx, worded, _to_publish(worded, tx.setting))
    return None


def _mergeable_before(tx: Tx, post: Post) -> Post | None:
    """Return the last post of the same count that waits for an editor before this one, if the two may be merged."""
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
    """Post a question about a post in the desk's channel; return False if there is none.

    The last draft is the question, with the buttons; what is before it is shown under the post's own number.
    """
    rows = tx.rows("SELECT desk_channel FROM servers WHERE id = ? AND desk_channel IS NOT NULL", (post.server,))
    if not rows:
        return False
    ((channel,),) = rows
    at = from_micros(tx.wall)
    *shown, asked = question
    added = [OutboxRow.worded(post.server, channel, post.number, draft, at) for draft in shown]
    added.append(OutboxRow.worded(post.server, channel, tx.number(post.server), asked, at, about=post.id))
    added[0] = replace(added[0], picture=post.picture)  # what shows the post
    tx.add(added)
    tx.wake(channel, urgent=tx.kinds[post.kind].urgent)
    return True


def _to_publish(post: Post, setting: Setting) -> tuple[Card, ...]:
    """Return the question to the desk whether to publish a post; the last has the buttons."""
    return publish_question(post.id, post.number, post.channel, post.card or Card.of(""), setting)


def arrival_question(post: Post, why: str, setting: Setting) -> Card:
    """Return the question to the desk whether a post is in its channel."""
    return doubtful_notice(post.id, post.number, post.channel, post.card, why, setting)


def withdraw_outdated(tx: Tx, post: Post) -> bool:
    """Keep a post from going out as an editor saw it, if it came too late for that; return whether it did.

    One that is not said any more is dropped. One that was approved and would say something else now waits to be shown again.
    Its questions say so, also where they said that it was published.
    """
    made = changed_words(tx, post)
    if isinstance(made, NotPosted):
        drop_row(tx.connection, post.id, post.state, made.why)
        tx.kinds[post.kind].on_not_posted(tx, post)
        update_questions(tx, post, Decision("outdated", why=made.why))
        return True
    if made is not None and post.state is State.PENDING:
        show_again(tx, post)
        return True
    return False


def show_again(tx: Tx, post: Post) -> None:
    """Show a post to the desk once more, under its number and in the words of now."""
    tx.execute(
        "UPDATE outbox SET state = ?, approved_by = NULL, card = NULL, content = NULL WHERE id = ?",
        (moved(post.state, Transition.CHANGED), post.id),
    )
    shown = {
        "number": post.number,
        "channel": post.channel,
        **audited_words(post.card, post.number),
        "approved_by": post.approved_by,
    }
    tx.audit(post.server, "Tallydesk", "post changed", "the count has moved", shown)
    update_questions(tx, post, Decision("changed"))
    tx.wake(post.channel, urgent=tx.kinds[post.kind].urgent)


def update_questions(tx: Tx, post: Post, decision: Decision) -> None:
    """Edit the questions about a post to say what became of it, without buttons.

    A question that has not been sent is not sent any more; one that says that it was published, and it does not go out after
    all, says that.
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
                (moved(State.PENDING, Transition.MERGED), post.id, question.id),
            )
        elif question.card is not None:
            text = decided_line(post.number, post.channel, decision, tx.setting)
            tx.add([OutboxRow.edit(question, question.card.answered(text), from_micros(tx.wall), buttons=True)])


def show_reworded(tx: Tx, asked: Post, worded: Post) -> None:
    """Edit the questions about a post that goes out in other words than they showed (`asked`).

    So does a reminder, which says how long it still is.
    """
    if asked.card is None or worded.card is None or asked.content == worded.content:
        return
    questions = tx.rows(
        f"""SELECT {COLUMNS} FROM outbox
            WHERE about = ? AND kind = 'notice' AND action = 'post' AND state IN ('sending', 'sent')""",
        (asked.id,),
    )
    was, now = (_to_publish(post, tx.setting)[-1] for post in (asked, worded))
    for question in map(post_of, questions):
        shown = latest_card(tx.connection, question)
        if shown is not None and (shown.head[1:], shown.credit) == (was.head[1:], was.credit) != (
            now.head[1:],
            now.credit,
        ):
            card = replace(shown, head=(shown.head[0], *now.head[1:]), credit=now.credit)
            tx.add([OutboxRow.edit(question, card, from_micros(tx.wall), buttons=True)])


def ask_again(tx: Tx, server: int, *, anew: bool = False) -> int:
    """Ask in the desk's channel what it has not been asked there; return how much.

    `anew`: ask also what it has been asked there.
    """
    rows = tx.rows(
        f"""SELECT why, {COLUMNS} FROM outbox o INDEXED BY outbox_awaiting
            WHERE server = ? AND state IN ('awaiting', 'doubtful') AND (? OR NOT EXISTS (
              SELECT 1 FROM outbox q WHERE q.about = o.id AND q.kind = 'notice'
              AND q.state IN ('pending', 'sending', 'sent')
              AND q.channel = (SELECT desk_channel FROM servers WHERE id = o.server)))
            ORDER BY id""",
        (server, anew),
    )
    asked = 0
    for why, *columns in rows:
        post = post_of(tuple(columns))
        tx.execute(
            """UPDATE outbox SET state = ?, superseded_by = ? WHERE about = ? AND kind = 'notice' AND action = 'post'
               AND state = 'pending'""",
            (moved(State.PENDING, Transition.MERGED), post.id, post.id),
        )
        awaits = post.state is State.AWAITING
        asked += ask(
            tx, post, _to_publish(post, tx.setting) if awaits else (arrival_question(post, why or "", tx.setting),)
        )
    return asked


def release_channel(tx: Tx, server: int, channel: int, decision: Decision) -> int:
    """Let what waits for Publish in a channel and its threads go without it; return how much.

    Nobody approved its words, and those of a chain are made anew when it is sent: what came before has gone out by then.
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
            (moved(post.state, Transition.APPROVED), post.id),
        )
        if decision.at is not None:
            shown = {
                "number": post.number,
                "channel": post.channel,
                **audited_words(post.card, post.number),
            }
            tx.audit(server, decision.who, f"post {decision.what}", before=shown)
        update_questions(tx, post, decision)
        tx.wake(post.channel, urgent=tx.kinds[post.kind].urgent)
    return len(rows)


def released_sql(statement: str, reader: str = "?") -> str:
    """Return SQL that is true of a statement which may be in an answer.

    The newsroom reads every statement, a guest none whose posts all wait or were discarded. Where the public reads it, what
    staff entered is in an answer once a post of it is there, or where it has none there (ballots left, a first count, a
    county's name) once the desk lets answers use it (`statements.for_public`). What a source pushed itself is in it, unless all
    its posts there wait or were discarded. What staff entered while the newsroom's posts are paused is only the newsroom's until
    they are resumed, also what has no post.

    Args:
        statement: SQL of its id; of what a feed has NULL, which is answered.
        reader: SQL of who reads the answer, an `Audience`.

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
    """Return SQL that is true of a statement (SQL of its id) with posts that wait, none of which is in its channel."""
    return f"""coalesce((SELECT NOT max({_POSTED}) AND max(o.state IN ('pending', 'awaiting'))
        FROM statement_posts p JOIN outbox o ON o.id = p.post AND o.action = 'post' WHERE p.statement = {statement}), 0)"""


def unreleased_sql(reader: str = "?") -> str:
    """Return SQL that is true of a group of posts `o`, none of which an `Audience` has read; false where it reads none."""
    return f"""(CASE {reader} WHEN 'newsroom' THEN 0 WHEN 'guest' THEN NOT max({_POSTED})
        ELSE coalesce(NOT max({_POSTED}) FILTER (WHERE {_READ_BY_THE_PUBLIC}), 0) END)"""


def readable_sql(reader: str = "?") -> str:
    """Return SQL that is true of a post `o` which an answer to an `Audience` may name."""
    return f"(CASE {reader} WHEN 'newsroom' THEN 1 WHEN 'guest' THEN {_POSTED} ELSE {_READ_BY_THE_PUBLIC} AND {_POSTED} END)"
