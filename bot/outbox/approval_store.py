"""What an editor decides on: posts that wait for Publish, and posts that may not have arrived.

A post of a channel that the public reads is not claimed but shown: its words are made and kept, it is `awaiting`, and a
question is posted in the desk's channel, edited once it is answered. The buttons' keys say all (`publish:ROW`), so they work
after any restart. A newer row that may be merged supersedes one that awaits. What waits behind it is shown anew where it says
something else by the decision.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.database.database import Database, fetch, from_micros
from bot.outbox.approval_words import Became, Decision, PressOutcome, decided_content, publish_question
from bot.outbox.kinds import Kinds, Unsaid
from bot.outbox.merging_store import merge, read_post, requeue
from bot.outbox.outbox_words import doubtful_notice
from bot.outbox.rows import COLUMNS, Action, AuditRow, OutboxRow, Post, joined_wakes, post_of, to_wake
from bot.outbox.rows_store import INSERT_AUDIT, add_rows
from bot.outbox.servers_store import skip_numbers
from bot.outbox.states import State, Transition, moved
from bot.outbox.threads_store import is_public
from bot.outbox.unsent_store import drop_retractions, drop_row, replaced_by
from bot.outbox.words_store import as_of_now, has_words, word
from bot.wording.context import Setting
from bot.wording.draft import Draft, Link, address_of

INSIDE = "the channel is public, and its source is for the newsroom only"
"""Why a post failed that would have named such a source."""

_POSTED = "(o.state IN ('sending', 'sent', 'doubtful'))"
"""True of a post `o` that is in its channel, or may be."""

_READ_BY_THE_PUBLIC = "EXISTS (SELECT 1 FROM channels c WHERE c.id = o.channel AND c.public)"

_AFTER_ALL: frozenset[Became] = frozenset({"outdated", "changed", "corrected", "taken back"})
"""What may become of a post that an editor published, before it goes out."""

PressDone = tuple[PressOutcome, dict[int, bool]]
"""What pressing a button did, and channels to wake."""


class ApprovalStore:
    """Stores what an editor decided; each method is one transaction, and a post is decided once."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        """Use `database`; `kinds` are those of posts."""
        self._database = database
        self._kinds = kinds

    async def publish(self, key: int, server: int, who: str, now: datetime) -> PressDone:
        """Approve a post that waits for an editor, unless one of its contest waits before it or it is out of date."""

        def decide(connection: sqlite3.Connection, post: Post) -> PressDone:
            if (told := lapsed(connection, post, self._kinds, self._database.micros())) is not None:
                return _already(connection, read_post(connection, post.id) or post), told
            if refused := _not_yet(connection, post, self._kinds):
                return refused, {}
            if as_of_now(connection, post, self._kinds) is not None:
                return PressOutcome("changed", post.number, post.channel), show_again(
                    connection, post, self._kinds, self._database.micros()
                )
            connection.execute(
                "UPDATE outbox SET state = ?, approved_by = ? WHERE id = ?",
                (moved(post.state, Transition.APPROVED), who, post.id),
            )
            wake, anew = show_what_follows(connection, post, self._kinds, self._database.micros())
            outcome = PressOutcome(
                "published", post.number, post.channel, _is_paused(connection, server), anew=tuple(anew)
            )
            return outcome, joined_wakes(wake, {post.channel: self._kinds[post.kind].urgent})

        return await self._decide(key, server, State.AWAITING, "published", who, now, decide)

    async def drop(self, key: int, server: int, who: str, now: datetime) -> PressDone:
        """Discard a post that waits for an editor; the next one of its chain tells what it was to tell."""
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

    async def discard_doubtful(self, key: int, server: int, who: str, now: datetime) -> PressDone:
        """Discard a doubtful post: it is not posted again."""
        return await self._reject(key, server, State.DOUBTFUL, "given up", who, now)

    async def _reject(self, key: int, server: int, state: State, what: Became, who: str, now: datetime) -> PressDone:
        def decide(connection: sqlite3.Connection, post: Post) -> PressDone:
            drop_row(connection, post.id, post.state, None, who)
            drop_retractions(connection, post, self._kinds)
            wake, anew = self._kinds.family(post.kind).dropped(connection, post, self._kinds, self._database.micros())
            if replaced_by(connection, post, self._kinds):  # its corrections, which go out alone
                wake = joined_wakes(wake, {post.channel: True})
            speaking = tuple(waiting_that_name(connection, post, self._kinds))
            entered = self._kinds.was_entered(connection, post.id)
            return PressOutcome(
                what,
                post.number,
                post.channel,
                replaces=self._kinds[post.kind].own_word,
                anew=tuple(anew),
                speaking=speaking,
                entered=entered,
                covered=post.chain is not None,
            ), wake

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
            return outcome, joined_wakes(
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
    state = "unshown" if waits_for_editor(connection, post) else post.state.value
    return PressOutcome("already", post.number, post.channel, state=state, by=by or "", why=why or "", other=other)


def _is_paused(connection: sqlite3.Connection, server: int) -> bool:
    return bool(fetch(connection, "SELECT 1 FROM servers WHERE id = ? AND paused_at IS NOT NULL", (server,)))


def show_what_follows(
    connection: sqlite3.Connection, post: Post, kinds: Kinds, now: int
) -> tuple[dict[int, bool], list[int]]:
    """Show anew what waits behind a post that is published, from the first on that says something else by that.

    Returns:
        Channels to wake, and the numbers of posts that are shown anew.

    """
    waiting = waiting_behind(connection, post, kinds)
    for place, later in enumerate(waiting):
        if kinds.family(later.kind).follows_on(later, post):
            wake, numbers, _ = show_posts_anew(connection, waiting[place:], kinds, now)
            return wake, numbers
    return {}, []


def waiting_that_name(connection: sqlite3.Connection, post: Post, kinds: Kinds) -> list[int]:
    """Return the numbers of posts that wait behind a post and name it."""
    named = f"(#{post.number})"
    return [
        later.number for later in waiting_behind(connection, post, kinds) if later.content and named in later.content
    ]


def waiting_behind(connection: sqlite3.Connection, post: Post, kinds: Kinds) -> list[Post]:
    """Return what waits of a post's contest in its channel behind it, and was never attempted, oldest first."""
    rows = connection.execute(
        f"""SELECT {COLUMNS} FROM outbox
            WHERE channel = :channel AND state IN ('pending', 'sending') AND state = 'pending'
              AND contest = :contest AND action = 'post' AND kind NOT IN {kinds.yielding}
              AND approved_by IS NULL AND id > :after
            UNION ALL
            SELECT {COLUMNS} FROM outbox
            WHERE server = :server AND channel = :channel AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
              AND contest = :contest AND action = 'post' AND kind NOT IN {kinds.yielding} AND id > :after
            ORDER BY id""",
        {"server": post.server, "channel": post.channel, "contest": post.contest, "after": post.id},
    )
    return [post_of(row) for row in rows]


def show_posts_anew(
    connection: sqlite3.Connection, posts: list[Post], kinds: Kinds, now: int
) -> tuple[dict[int, bool], list[int], int]:
    """Put posts at the end of the outbox; return channels to wake, the numbers of those shown, the first one's id."""
    keys = requeue(connection, posts, kinds)
    wake, shown = {posts[0].channel: False}, []
    for old, key in zip(posts, keys, strict=True):
        if old.state is State.AWAITING:
            ((number,),) = fetch(connection, "SELECT number FROM outbox WHERE id = ?", (key,))
            wake = joined_wakes(
                wake, tell_decided(connection, old, kinds.setting, Decision("replaced", number=number), now)
            )
            shown.append(number)
    return wake, shown, keys[0]


def waits_for_editor(connection: sqlite3.Connection, post: Post) -> bool:
    """Return whether a post whose turn has come has to be shown to the desk first."""
    if post.action is not Action.POST or post.state is not State.PENDING or post.approved_by is not None:
        return False
    # What a thread hangs on comes of a post that an editor published, and says nothing of the count.
    return post.kind != "thread" and is_public(connection, post.channel)


def ask_to_publish(connection: sqlite3.Connection, post: Post, kinds: Kinds, now: int) -> dict[int, bool]:
    """Show the desk a post whose turn has come; return channels to wake.

    One of the same contest that the desk has not answered yet is told by this one, where both may be merged.
    """
    if post.source is not None:
        source = kinds.setting.desk.source(post.source)
        if source is None or not source.public:
            connection.execute(
                "UPDATE outbox SET state = ?, why = ? WHERE id = ?",
                (moved(post.state, Transition.REFUSED), INSIDE, post.id),
            )
            return {}
    wake: dict[int, bool] = {}
    older = _mergeable_before(connection, post, kinds)
    if older is not None:
        merge(connection, [older, post], kinds)
        wake = tell_decided(connection, older, kinds.setting, Decision("replaced", number=post.number), now)
        post = read_post(connection, post.id) or post
    worded = post if has_words(post, kinds) else word(connection, post, kinds)
    if worded is None:
        return wake
    kinds.family(post.kind).worded(connection, post)
    connection.execute("UPDATE outbox SET state = ? WHERE id = ?", (moved(post.state, Transition.SHOWN), post.id))
    return joined_wakes(wake, ask(connection, worded, _to_publish(worded, kinds), kinds, now))


def _mergeable_before(connection: sqlite3.Connection, post: Post, kinds: Kinds) -> Post | None:
    """Return the last post of the same count that waits for an editor before this one, if the two may be merged."""
    if not kinds.is_mergeable(post) or post.contest is None:
        return None
    rows = fetch(
        connection,
        f"""SELECT {COLUMNS} FROM outbox
            WHERE server = ? AND channel = ? AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
              AND contest = ? AND chain IS NOT NULL AND id < ? ORDER BY id DESC""",
        (post.server, post.channel, post.contest, post.id),
    )
    count = kinds.family(post.kind).count(connection, post)
    for before in map(post_of, rows):
        if kinds[before.kind].mergeable and kinds.family(before.kind).count(connection, before) == count:
            return before
    return None


def ask(
    connection: sqlite3.Connection, post: Post, question: tuple[Draft, ...], kinds: Kinds, now: int
) -> dict[int, bool]:
    """Post a question about a post in the desk's channel, if there is one; return channels to wake.

    The last draft is the question, with the buttons; what is before it is shown under the post's own number.
    """
    rows = fetch(
        connection,
        "SELECT desk_channel, next_number FROM servers WHERE id = ? AND desk_channel IS NOT NULL",
        (post.server,),
    )
    if not rows:
        return {}
    channel, number = rows[0]
    at = from_micros(now)
    skip_numbers(connection, post.server, 1)
    *shown, asked = question
    added = [OutboxRow.worded(post.server, channel, post.number, draft, at) for draft in shown]
    added.append(OutboxRow.worded(post.server, channel, number, asked, at, about=post.id))
    added[0] = replace(added[0], picture=post.picture)  # what shows the post
    add_rows(connection, added, now)
    return {channel: kinds[post.kind].urgent}


def _to_publish(post: Post, kinds: Kinds) -> tuple[Draft, ...]:
    """Return the question to the desk whether to publish a post; the last has the buttons."""
    return publish_question(post.id, post.number, post.channel, post.content or "", post.embeds or (), kinds.setting)


def is_it_there(post: Post, why: str, setting: Setting) -> Draft:
    """Return the question to the desk whether a post is in its channel."""
    return doubtful_notice(post.id, post.number, post.channel, post.content or "", why, setting)


def lapsed(connection: sqlite3.Connection, post: Post, kinds: Kinds, now: int) -> dict[int, bool] | None:
    """Keep a post from going out as an editor saw it, if it came too late for that.

    One that is not said any more is dropped. One that was approved and would say something else now waits to be shown again.

    Returns:
        Channels to wake, since its questions say so, also where they said that it was published; None: nothing has changed.

    """
    made = as_of_now(connection, post, kinds)
    if isinstance(made, Unsaid):
        drop_row(connection, post.id, post.state, made.why)
        kinds.family(post.kind).unsaid(connection, post)
        decision = Decision("outdated", why=made.why)
    elif made is not None and post.state is State.PENDING:
        return show_again(connection, post, kinds, now)
    else:
        return None
    return tell_decided(connection, post, kinds.setting, decision, now)


def show_again(connection: sqlite3.Connection, post: Post, kinds: Kinds, now: int) -> dict[int, bool]:
    """Show a post to the desk once more, under its number and in the words of now; return channels to wake."""
    connection.execute(
        "UPDATE outbox SET state = ?, approved_by = NULL, content = NULL WHERE id = ?",
        (moved(post.state, Transition.CHANGED), post.id),
    )
    shown = {"number": post.number, "channel": post.channel, "content": post.content, "approved_by": post.approved_by}
    audit = AuditRow(kinds.news_now(), post.server, "Tallydesk", "post changed", "the count has moved", shown)
    connection.execute(INSERT_AUDIT, audit.values())
    said = tell_decided(connection, post, kinds.setting, Decision("changed"), now)
    return joined_wakes(said, {post.channel: kinds[post.kind].urgent})


def tell_decided(
    connection: sqlite3.Connection, post: Post, setting: Setting, decision: Decision, now: int
) -> dict[int, bool]:
    """Edit the questions about a post to say what became of it, without buttons; return channels to wake."""
    return to_wake(say_decided(connection, post, setting, decision, now))


def say_decided(
    connection: sqlite3.Connection, post: Post, setting: Setting, decision: Decision, now: int
) -> list[OutboxRow]:
    """As `tell_decided`; return the edits.

    A question that has not been sent is not sent any more; one that says that it was published, and it does not go out after
    all, says that.
    """
    questions = fetch(
        connection,
        """SELECT id, channel, number, state, content FROM outbox q
           WHERE about = ?1 AND kind = 'notice' AND action = 'post' AND state IN ('pending', 'sending', 'sent')
             AND (?2 OR NOT EXISTS (SELECT 1 FROM outbox e WHERE e.about = q.id AND e.kind = 'notice'))""",
        (post.id, decision.what in _AFTER_ALL),
    )
    edits = []
    for key, channel, number, state, content in questions:
        if state == State.PENDING:
            connection.execute(
                "UPDATE outbox SET state = ?, superseded_by = ? WHERE id = ?",
                (moved(State.PENDING, Transition.MERGED), post.id, key),
            )
            continue
        answered = decided_content(content, post.number, post.channel, decision, setting)
        edits.append(_question_edit(post.server, channel, number, key, answered, now))
    add_rows(connection, edits, now)
    return edits


def show_reworded(connection: sqlite3.Connection, asked: Post, worded: Post, kinds: Kinds, now: int) -> dict[int, bool]:
    """Edit the questions about a post that goes out in other words than they showed (`asked`); return channels to wake.

    So does a reminder, which says how long it still is.
    """
    if asked.content is None or asked.content == worded.content:
        return {}
    questions = fetch(
        connection,
        """SELECT q.id, channel, number, (SELECT content FROM outbox e
             WHERE e.about = q.id AND e.kind = 'notice' AND e.action = 'edit' ORDER BY e.id DESC LIMIT 1)
           FROM outbox q WHERE about = ? AND kind = 'notice' AND action = 'post' AND state IN ('sending', 'sent')""",
        (asked.id,),
    )
    edits = []
    for key, channel, number, content in questions:
        became, _, shown = (content or "").partition("\n")
        was, is_now = (_to_publish(post, kinds)[-1].content(number).partition("\n")[2] for post in (asked, worded))
        if shown == was != is_now:
            edits.append(_question_edit(asked.server, channel, number, key, f"{became}\n{is_now}", now))
    add_rows(connection, edits, now)
    return to_wake(edits)


def _question_edit(server: int, channel: int, number: int, question: int, content: str, now: int) -> OutboxRow:
    """Return the edit of a question to the desk that is answered: without buttons."""
    return OutboxRow(
        server,
        channel,
        number,
        "notice",
        from_micros(now),
        about=question,
        action=Action.EDIT,
        content=content,
        buttons=(),
    )


def ask_again(
    connection: sqlite3.Connection, server: int, kinds: Kinds, now: int, *, anew: bool = False
) -> tuple[int, dict[int, bool]]:
    """Ask in the desk's channel what it has not been asked there; return how much, and channels to wake.

    `anew`: ask also what it has been asked there.
    """
    rows = fetch(
        connection,
        f"""SELECT why, {COLUMNS} FROM outbox o INDEXED BY outbox_awaiting
            WHERE server = ? AND state IN ('awaiting', 'doubtful') AND (? OR NOT EXISTS (
              SELECT 1 FROM outbox q WHERE q.about = o.id AND q.kind = 'notice'
              AND q.state IN ('pending', 'sending', 'sent')
              AND q.channel = (SELECT desk_channel FROM servers WHERE id = o.server)))
            ORDER BY id""",
        (server, anew),
    )
    wake: dict[int, bool] = {}
    for why, *columns in rows:
        post = post_of(tuple(columns))
        connection.execute(
            """UPDATE outbox SET state = ?, superseded_by = ? WHERE about = ? AND kind = 'notice' AND action = 'post'
               AND state = 'pending'""",
            (moved(State.PENDING, Transition.MERGED), post.id, post.id),
        )
        awaits = post.state is State.AWAITING
        question = _to_publish(post, kinds) if awaits else (is_it_there(post, why or "", kinds.setting),)
        wake = joined_wakes(wake, ask(connection, post, question, kinds, now))
    return (len(rows) if wake else 0), wake


def free(
    connection: sqlite3.Connection, server: int, channel: int, kinds: Kinds, decision: Decision, now: int
) -> tuple[int, dict[int, bool]]:
    """Let what waits for Publish in a channel and its threads go without it; return how much, and channels to wake.

    Nobody approved its words, and those of a chain are made anew when it is sent: what came before has gone out by then.
    """
    rows = fetch(
        connection,
        f"""SELECT {COLUMNS} FROM outbox INDEXED BY outbox_awaiting
            WHERE server = ? AND channel IN (SELECT ? UNION ALL SELECT id FROM channels WHERE parent = ?)
              AND state IN ('awaiting', 'doubtful') AND state = 'awaiting' ORDER BY id""",
        (server, channel, channel),
    )
    wake: dict[int, bool] = {}
    for row in rows:
        post = post_of(row)
        if (told := lapsed(connection, post, kinds, now)) is not None:
            wake = joined_wakes(wake, told)
            continue
        connection.execute(
            "UPDATE outbox SET state = ?, content = iif(chain IS NULL, content, NULL) WHERE id = ?",
            (moved(post.state, Transition.APPROVED), post.id),
        )
        if decision.at is not None:
            shown = {"number": post.number, "channel": post.channel, "content": post.content}
            audit = AuditRow(decision.at, server, decision.who, f"post {decision.what}", before=shown)
            connection.execute(INSERT_AUDIT, audit.values())
        said = tell_decided(connection, post, kinds.setting, decision, now)
        wake = joined_wakes(wake, said, {post.channel: kinds[post.kind].urgent})
    return len(rows), wake


def released(statement: str, reader: str = "?") -> str:
    """Return SQL that is true of a statement which may be in an answer.

    The newsroom reads every statement, a guest none whose posts all wait or were discarded. Where the public reads it, what
    staff entered is in an answer once a post of it is there, or where it has none there (ballots left, a first count, a
    county's name) once the desk lets answers use it (`statements.for_public`). What a source pushed itself is in it, unless all
    its posts there wait or were discarded.

    Args:
        statement: SQL of its id; of what a feed has NULL, which is answered.
        reader: SQL of who reads the answer, an `Audience`.

    """
    return f"""EXISTS (SELECT 1 FROM (SELECT {reader} AS reader) WHERE reader = 'newsroom' OR {statement} IS NULL OR EXISTS (
        SELECT 1 FROM statements own LEFT JOIN statement_posts p ON p.statement = own.id
          LEFT JOIN outbox o ON o.id = p.post AND o.action = 'post' LEFT JOIN channels c ON c.id = o.channel AND c.public
        WHERE own.id = {statement} GROUP BY own.id
        HAVING iif(reader = 'guest', coalesce(max({_POSTED}), 1),
          coalesce(max({_POSTED}) FILTER (WHERE c.id IS NOT NULL), own.for_public OR own.body ->> 'entered_by' IS NULL))))"""


def not_posted_yet(statement: str) -> str:
    """Return SQL that is true of a statement (SQL of its id) with posts that wait, none of which is in its channel."""
    return f"""coalesce((SELECT NOT max({_POSTED}) AND max(o.state IN ('pending', 'awaiting'))
        FROM statement_posts p JOIN outbox o ON o.id = p.post AND o.action = 'post' WHERE p.statement = {statement}), 0)"""


def unreleased(reader: str = "?") -> str:
    """Return SQL that is true of a group of posts `o`, none of which an `Audience` has read; false where it reads none."""
    return f"""(CASE {reader} WHEN 'newsroom' THEN 0 WHEN 'guest' THEN NOT max({_POSTED})
        ELSE coalesce(NOT max({_POSTED}) FILTER (WHERE {_READ_BY_THE_PUBLIC}), 0) END)"""


def readable(reader: str = "?") -> str:
    """Return SQL that is true of a post `o` which an answer to an `Audience` may name."""
    return f"(CASE {reader} WHEN 'newsroom' THEN 1 WHEN 'guest' THEN {_POSTED} ELSE {_READ_BY_THE_PUBLIC} AND {_POSTED} END)"
