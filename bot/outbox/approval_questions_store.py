"""Posts of a channel that the public reads: shown to the desk, and the question edited once it is answered.

Such a row is not claimed but shown: its words are made and kept, it is `awaiting`, and a question is posted in the
desk's channel. The buttons' keys say all (`publish:ROW`), so they work after any restart. A newer row that may be
merged supersedes one that awaits.
"""

import sqlite3

from msgspec.structs import replace

from bot.database.database import fetch, from_micros
from bot.outbox.approval_words import Decision, decided_content, publish_question
from bot.outbox.kinds import Kinds
from bot.outbox.kinds_store import word
from bot.outbox.merging_store import merge, read_post
from bot.outbox.post import COLUMNS, Action, Post, post_of
from bot.outbox.rows import AuditRow, OutboxRow, joined_messages, to_wake
from bot.outbox.rows_store import INSERT_AUDIT, add_rows
from bot.outbox.servers_store import skip_numbers
from bot.outbox.states import State, Transition, moved
from bot.outbox.threads_store import is_public
from bot.outbox.undelivered_words import doubtful_notice
from bot.wording.context import Setting
from bot.wording.draft import Draft

INSIDE = "the channel is public, and its source is for the newsroom only"
"""Why a post failed that would have named such a source."""


def waits_for_editor(connection: sqlite3.Connection, post: Post) -> bool:
    """Return whether a post whose turn has come has to be shown to the desk first."""
    if post.action is not Action.POST or post.state is not State.PENDING or post.approved_by is not None:
        return False
    # What a thread hangs on comes of a post that an editor published, and says nothing of the count.
    return post.kind != "thread" and is_public(connection, post.channel)


def ask_to_publish(connection: sqlite3.Connection, post: Post, kinds: Kinds, now: int) -> dict[int, bool]:
    """Show the desk a post whose turn has come; return channels to wake.

    One of the same contest and chain that the desk has not answered yet is told by this one, where both may be merged.
    """
    if post.source is not None and not _may_tell(post.source, kinds.setting):
        _fail(connection, post, INSIDE)
        return {}
    wake: dict[int, bool] = {}
    older = _mergeable_before(connection, post, kinds)
    if older is not None:
        merge(connection, [older, post], kinds)
        wake = tell_decided(connection, older, kinds.setting, Decision("replaced", number=post.number), now)
        post = read_post(connection, post.id) or post
    worded = post if post.content is not None else word(connection, post, kinds)
    if worded is None:
        return wake
    connection.execute("UPDATE outbox SET state = ? WHERE id = ?", (moved(post.state, Transition.SHOWN), post.id))
    return joined_messages(wake, ask(connection, worded, _to_publish(worded, kinds.setting), kinds, now))


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
    (channel, number), at = rows[0], from_micros(now)
    skip_numbers(connection, post.server, 1)
    *shown, asked = question
    added = [OutboxRow.worded(post.server, channel, post.number, draft, at) for draft in shown]
    added.append(OutboxRow.worded(post.server, channel, number, asked, at, about=post.id))
    added[0] = replace(added[0], picture=post.picture)  # what shows the post
    add_rows(connection, added, now)
    return {channel: kinds[post.kind].urgent}


def tell_decided(
    connection: sqlite3.Connection, post: Post, setting: Setting, decision: Decision, now: int
) -> dict[int, bool]:
    """Edit the questions about a post to say what became of it, without buttons; return channels to wake.

    One that has not been sent is not sent any more.
    """
    questions = fetch(
        connection,
        """SELECT id, channel, number, state, content FROM outbox q
           WHERE about = ? AND kind = 'notice' AND action = 'post' AND state IN ('pending', 'sending', 'sent')
             AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.about = q.id AND e.kind = 'notice')""",
        (post.id,),
    )
    edits = []
    for key, channel, number, state, content in questions:
        if state == State.PENDING:
            connection.execute(
                "UPDATE outbox SET state = ?, superseded_by = ? WHERE id = ?",
                (moved(State.PENDING, Transition.MERGED), post.id, key),
            )
            continue
        edit = OutboxRow(
            post.server, channel, number, "notice", from_micros(now), about=key, action=Action.EDIT,
            content=decided_content(content, post.number, post.channel, decision, setting), buttons=(),
        )  # fmt: skip
        edits.append(edit)
    add_rows(connection, edits, now)
    return to_wake(edits)


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
        question = _to_publish(post, kinds.setting) if awaits else (is_it_there(post, why or "", kinds.setting),)
        wake = joined_messages(wake, ask(connection, post, question, kinds, now))
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
        connection.execute(
            "UPDATE outbox SET state = ?, content = iif(chain IS NULL, content, NULL) WHERE id = ?",
            (moved(post.state, Transition.APPROVED), post.id),
        )
        if decision.at is not None:
            shown = {"number": post.number, "channel": post.channel, "content": post.content}
            audit = AuditRow(decision.at, server, decision.who, f"post {decision.what}", before=shown)
            connection.execute(INSERT_AUDIT, audit.values())
        said = tell_decided(connection, post, kinds.setting, decision, now)
        wake = joined_messages(wake, said, {post.channel: kinds[post.kind].urgent})
    return len(rows), wake


def _mergeable_before(connection: sqlite3.Connection, post: Post, kinds: Kinds) -> Post | None:
    """Return the post of the same contest that waits for an editor just before this one, if the two may be merged."""
    if not kinds.is_mergeable(post) or post.contest is None:
        return None
    rows = fetch(
        connection,
        f"""SELECT {COLUMNS} FROM outbox
            WHERE server = ? AND channel = ? AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
              AND contest = ? AND id < ? ORDER BY id DESC LIMIT 1""",
        (post.server, post.channel, post.contest, post.id),
    )
    if not rows:
        return None
    before = post_of(rows[0])
    return before if kinds[before.kind].mergeable and before.chain == post.chain else None


def is_it_there(post: Post, why: str, setting: Setting) -> Draft:
    """Return the question to the desk whether a post is in its channel."""
    return doubtful_notice(post.id, post.number, post.channel, post.content or "", why, setting)


def _to_publish(post: Post, setting: Setting) -> tuple[Draft, ...]:
    """Return the question to the desk whether to publish a post; the last has the buttons."""
    return publish_question(post.id, post.number, post.channel, post.content or "", post.embeds or (), setting)


def _may_tell(source: str, setting: Setting) -> bool:
    """Return whether the public may read that a source said something; one that nobody knows says nothing."""
    known = setting.desk.source(source)
    return known is not None and known.public


def _fail(connection: sqlite3.Connection, post: Post, why: str) -> None:
    connection.execute(
        "UPDATE outbox SET state = ?, why = ? WHERE id = ?", (moved(post.state, Transition.REFUSED), why, post.id)
    )
