"""The outbox in the database: the rows that wait, the claim of a channel's next row, and the record of its outcome.

`SentPosts` reads the posts that were sent, with their edits.
"""

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from bot.database.database import Store, fetch, from_micros
from bot.outbox.approval_store import (
    ask_to_publish,
    show_reworded,
    waits_for_editor,
    withdraw_outdated,
)
from bot.outbox.consequences_store import (
    after_closed,
    after_declined,
    after_doubtful,
    after_refused,
    after_sent,
    after_text_error,
)
from bot.outbox.discord import PostPart
from bot.outbox.kinds import Kinds
from bot.outbox.merging_store import merge, to_merge
from bot.outbox.outbox import PostingStore
from bot.outbox.post_text_store import has_final_text, word
from bot.outbox.publishing_store import defer_publishing
from bot.outbox.rows import COLUMNS, Action, Post, post_of
from bot.outbox.rows_store import picture_of
from bot.outbox.states import State, Transition, next_state
from bot.outbox.threads_store import (
    is_in_replaced_thread,
    queue_thread_post,
    retry_place,
    thread_sql,
    thread_to_open,
    waits_for_thread_sql,
)
from bot.outbox.tx import Tx
from bot.wording.card import Card, Picture, card_of
from bot.wording.message import Embed, embeds_of, render, without_picture

_MOST_ROWS_CHECKED = 100
"""How many of a channel's rows are read to choose the next one."""

_SET_BACK_MICROS = 60_000_000
"""If the wall clock is this far before a row's last attempt, somebody has set the clock back."""


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """The outcome of claiming a channel's next row: the row, or the time to try again."""

    post: Post | None
    """The row to send, with its text but in the state before the claim, or None if no row is due."""
    next: int | None = None
    """If no row is due: when to try again, in microseconds of the wall clock, or None if nothing waits."""
    more: bool = False
    """True if more rows wait behind the claimed row."""
    urgent: bool = False
    """True if one of the rows behind the claimed row is urgent."""
    board: bool = False
    """True if no row was claimed because only a board waits and boards were not asked for."""
    message: int | None = None
    """The message that the row edits, pins or deletes."""
    picture: Picture | None = None
    """The picture that is sent with the post."""
    new_thread: str | None = None
    """The name of the thread to open from the post once it is sent."""


@dataclass(frozen=True, slots=True)
class PostPreview:
    """A post that would be sent if posting were resumed or a source unmuted."""

    channel: int
    headline: str
    shown: bool
    """True if an editor has to publish the post first."""
    closed: bool = False
    """True if the post's channel can't be written to."""
    source: str | None = None
    """The source that the post quotes."""
    is_own_correction: bool = False
    """True if the post is a correction or retraction, which no mute stops."""
    place: int = 0
    """The post's channel, or the channel that has the post's thread."""
    news_at: int = 0
    """When the news came in, in microseconds of the news clock."""


class OutboxStore(PostingStore):
    """The waiting rows and their outcomes.

    Each method is one transaction or one query.
    """

    @property
    def kinds(self) -> Kinds:
        """The registry of all kinds of post."""
        return self._outbox.kinds

    def now(self) -> int:
        """Return the wall clock's time in microseconds."""
        return self._database.micros()

    async def installation(self) -> str:
        """Return the id of this installation, which is part of every nonce."""
        row = await self._database.row("SELECT id FROM installation")
        return str(row[0]) if row else ""

    async def channels(self, server: int | None = None) -> dict[int, bool]:
        """Return the channels that have rows to send, in one server or in all.

        The value of each channel is True if one of its rows is urgent.
        """
        rows = await self._database.rows(
            f"""SELECT channel, max(kind IN {self.kinds.urgent}) FROM outbox o
                WHERE {sendable_sql(self.kinds)} AND ? IN (server, -1) GROUP BY channel""",
            (-1 if server is None else server,),
        )
        return {channel: bool(is_urgent) for channel, is_urgent in rows}

    def is_urgent(self, post: Post) -> bool:
        """Return True if a post is sent before posts that are not urgent."""
        return self.kinds[post.kind].urgent

    async def claim(self, channel: int, *, boards: bool = True) -> ClaimResult:
        """Claim a channel's next row. With `boards` False, boards are not claimed.

        Posts that can be merged are merged first. The text is written and stored now, so that each attempt sends the
        same. No post overtakes an earlier post whose retry is not due yet.
        """

        def work(tx: Tx) -> ClaimResult:
            while True:
                waiting = _waiting(tx, channel)
                if _may_merge(waiting, tx.kinds):
                    _merge(tx, channel)
                    waiting = _waiting(tx, channel)
                row, until = _choose(waiting, tx.kinds, tx.wall)
                if row is None:
                    return ClaimResult(None, until, urgent=_has_urgent(waiting, tx.kinds))
                post = post_of(tx.rows(f"SELECT {COLUMNS} FROM outbox WHERE id = ?", (row.id,))[0])
                if withdraw_outdated(tx, post) or defer_publishing(tx, post):
                    continue
                if tx.kinds[post.kind].sent_last and not boards:
                    return ClaimResult(None, board=True)
                if waits_for_editor(tx.connection, post):
                    unsaid = ask_to_publish(tx, post)
                    if unsaid is not None and unsaid.text_failed:
                        after_text_error(tx, post)
                    continue
                if queue_thread_post(tx, post):
                    continue
                worded = post if has_final_text(post, tx.kinds) else word(tx, post)
                if isinstance(worded, Post):
                    show_reworded(tx, post, worded)
                    worded = _without_refused_cards(tx, worded)
                    _mark_claimed(tx, post, row.thread)
                    behind = [other for other in waiting if other.id != row.id]
                    worded, picture = _with_parts(tx.connection, worded)
                    return ClaimResult(
                        replace(worded, thread=row.thread),
                        more=bool(behind),
                        urgent=_has_urgent(behind, tx.kinds),
                        message=_message(tx.connection, post),
                        picture=picture,
                        new_thread=thread_to_open(tx.connection, post),
                    )
                if worded.text_failed:
                    after_text_error(tx, post)

        return await self._outbox.write(work)

    async def preview_posts(self, server: int, first: Callable[[Tx], None]) -> list[PostPreview]:
        """Return the posts that a server would get after the change that `first` makes, oldest first.

        For example, `first` ends a pause. The change is made, posts are merged and their texts are written, all in a
        transaction that is rolled back.
        """

        def work(tx: Tx) -> list[PostPreview]:
            first(tx)
            rows = tx.rows(
                f"SELECT DISTINCT channel FROM outbox o INDEXED BY outbox_open WHERE {sendable_sql(tx.kinds)} AND server = ?",
                (server,),
            )
            return [post for (channel,) in rows for post in _preview(tx, channel)]

        return await self._outbox.rehearse(work)

    async def settle(
        self, post: Post, event: Transition, *, message: int | None = None, why: str | None = None
    ) -> None:
        """Record the outcome of a claimed row: the message's id, or why no message was sent.

        `event` is the transition to the row's new state.
        """
        state = next_state(State.SENDING, event)

        def work(tx: Tx) -> None:
            tx.execute("UPDATE outbox SET state = ?, message = ?, why = ? WHERE id = ?", (state, message, why, post.id))
            if event is Transition.ABSENT:
                tx.execute(
                    "UPDATE outbox SET wall_attempted = NULL, wall_last = NULL, wall_next = NULL WHERE id = ?",
                    (post.id,),
                )
                after_declined(tx, post)
            elif state is State.SENT and message is not None:
                after_sent(tx, post, message)
            elif state is State.DOUBTFUL:
                after_doubtful(tx, post, why or "")
            elif state is State.FAILED:
                after_refused(tx, post, why or "", message)

        await self._outbox.write(work)

    async def defer(
        self,
        post: Post,
        until: int,
        why: str,
        event: Transition = Transition.DEFERRED,
        *,
        closed: bool = False,
        without: PostPart | None = None,
    ) -> None:
        """Set the time at which a claimed row is retried.

        Args:
            post: the row, as claimed.
            until: when to retry, in microseconds of the wall clock.
            why: Discord's reason.
            event: DECLINED if Discord surely did not take the post. The post is then treated as never attempted.
            closed: True if the channel can't be written to.
            without: the part that Discord did not take. The row is sent without that part, unless its channel turns out to be
                closed.
        """
        state = next_state(State.SENDING, event)
        file = why if without == "file" else None if closed else post.file_refused
        cards = why if without == "cards" else None if closed else post.cards_refused
        if closed and event is Transition.DECLINED and post.thread is not None:
            until = self.now()  # at once, into the channel itself

        def work(tx: Tx) -> None:
            if closed and post.action is not Action.POST and is_in_replaced_thread(tx.connection, post):
                given_up = (next_state(State.SENDING, Transition.REFUSED), why, post.id)
                tx.execute("UPDATE outbox SET state = ?, why = ? WHERE id = ?", given_up)
                after_refused(tx, post, why)
                return
            tx.execute(
                "UPDATE outbox SET state = ?, wall_next = ?, why = ?, file_refused = ?, cards_refused = ? WHERE id = ?",
                (state, until, why, file, cards, post.id),
            )
            if event is Transition.DECLINED:
                tx.execute("UPDATE outbox SET wall_attempted = NULL, wall_last = NULL WHERE id = ?", (post.id,))
            if closed:
                after_closed(tx, post, why)
            if event is Transition.DECLINED:
                after_declined(tx, post)

        await self._outbox.write(work)

    async def retry_closed(self, server: int, among: Collection[int]) -> list[int]:
        """Retry a server's closed channels: make their rows due at once, and return the channels.

        Only channels in `among` are retried. A thread is a channel, too, as in Discord's API.
        """
        rows = await self._database.rows(
            "SELECT id FROM channels WHERE server = ? AND closed_since IS NOT NULL", (server,)
        )
        closed = [key for (key,) in rows if key in among]

        def work(tx: Tx) -> None:
            for key in closed:
                retry_place(tx, key)

        if closed:
            await self._outbox.write(work)
        return closed


def _preview(tx: Tx, channel: int) -> list[PostPreview]:
    """Return the posts that a channel would get, in the order in which `claim` would claim them."""
    waiting = _waiting(tx, channel)
    if _may_merge(waiting, tx.kinds):
        _merge(tx, channel)
    closed = bool(tx.rows("SELECT 1 FROM channels WHERE id = ? AND closed_since IS NOT NULL", (channel,)))
    parent = tx.rows("SELECT parent FROM channels WHERE id = ? AND parent IS NOT NULL", (channel,))
    place = parent[0][0] if parent else channel
    previews = []
    while waiting := _waiting(tx, channel):
        row = waiting[0]
        post = post_of(tx.rows(f"SELECT {COLUMNS} FROM outbox WHERE id = ?", (row.id,))[0])
        shown, is_own_correction = waits_for_editor(tx.connection, post), tx.kinds[row.kind].is_own_correction
        if withdraw_outdated(tx, post):
            continue
        if not shown and queue_thread_post(tx, post):
            continue
        tx.execute("UPDATE outbox SET state = ? WHERE id = ?", (State.SUPERSEDED, row.id))
        worded = post if has_final_text(post, tx.kinds) else word(tx, post)
        if row.action == Action.POST and isinstance(worded, Post) and worded.card is not None:
            headline = worded.card.first_line
            previews.append(
                PostPreview(channel, headline, shown, closed, post.source, is_own_correction, place, post.news_at)
            )
    return previews


@dataclass(frozen=True, slots=True)
class _WaitingRow:
    """A row that may be sent. Times are in microseconds of the wall clock."""

    id: int
    action: str
    kind: str
    contest: str | None
    next: int | None
    """When the row's retry is due."""
    state: str
    approved_by: str | None
    last: int | None
    """When the row was last attempted."""
    thread: int | None


def _waiting(tx: Tx, channel: int) -> list[_WaitingRow]:
    """Return a channel's rows that may be sent, oldest first.

    Boards and other kinds of low priority come last.
    """
    rows = tx.rows(
        f"""SELECT id, action, kind, contest, wall_next, state, approved_by, wall_last, {thread_sql(tx.kinds)}
            FROM outbox o WHERE channel = ? AND {sendable_sql(tx.kinds)}
            ORDER BY kind IN {tx.kinds.yielding}, id LIMIT {_MOST_ROWS_CHECKED}""",
        (channel,),
    )
    return [_WaitingRow(*row) for row in rows]


def sendable_sql(kinds: Kinds) -> str:
    """Return SQL that is true if the row `o` may be sent.

    The SQL is false in each of these cases:

    - Posting in the server is paused. The notice of the pause is sent all the same.
    - The bot has left the server, or the server is no longer listed.
    - The server muted the row's source. Corrections and retractions are sent all the same.
    - The row edits, corrects or retracts a post that is not sent yet.
    - An older edit of the same message still waits, and would undo this row's edit.
    - The row waits for its thread to be opened.
    """
    return f"""state IN ('pending', 'sending')
      AND NOT EXISTS (SELECT 1 FROM servers v
        WHERE v.id = o.server AND (
          v.paused_at IS NOT NULL AND v.restored_notice IS NOT o.id AND v.pause_notice IS NOT coalesce(o.about, o.id)
          OR v.left_at IS NOT NULL OR v.unlisted_at IS NOT NULL))
      AND (kind IN {kinds.own_words} OR NOT EXISTS (
        SELECT 1 FROM mutes m WHERE m.server = o.server AND m.source = o.source))
      AND (action = 'post' AND kind NOT IN {kinds.own_words} OR NOT EXISTS (
        SELECT 1 FROM outbox a WHERE a.id = o.about AND a.state IN ('pending', 'sending', 'doubtful')))
      AND (action NOT IN ('edit', 'delete') OR NOT EXISTS (
        SELECT 1 FROM outbox e
        WHERE e.channel = o.channel AND e.state IN ('pending', 'sending') AND e.about = o.about AND e.action = 'edit'
          AND e.id < o.id))
      AND NOT {waits_for_thread_sql(kinds)}"""


def _has_urgent(waiting: list[_WaitingRow], kinds: Kinds) -> bool:
    return any(kinds[row.kind].urgent for row in waiting)


def _choose(waiting: list[_WaitingRow], kinds: Kinds, now: int) -> tuple[_WaitingRow | None, int | None]:
    """Return the row to send next, or None and the time to try again, in microseconds of the wall clock.

    A post whose retry is not due blocks the later posts of its channel or thread, but not those of other threads.
    """
    blocked: set[int | None] = set()
    until = None
    for row in waiting:
        blocks = row.action == Action.POST and not kinds[row.kind].sent_last
        was_set_back = row.last is not None and now < row.last - _SET_BACK_MICROS
        if row.next is not None and row.next > now and not was_set_back:
            if blocks:
                blocked.add(row.thread)
            until = row.next if until is None else min(until, row.next)
        elif not (blocks and row.thread in blocked):
            return row, None
    return None, until


def _may_merge(waiting: list[_WaitingRow], kinds: Kinds) -> bool:
    """Return True if two of these rows could be merged, because both report the count of the same contest."""
    contests = [
        row.contest
        for row in waiting
        if row.state == State.PENDING and row.approved_by is None and kinds[row.kind].mergeable
    ]
    return len(contests) > len(set(contests))


def _merge(tx: Tx, channel: int) -> None:
    rows = tx.rows(
        f"""SELECT {COLUMNS} FROM outbox o
            WHERE channel = ? AND {sendable_sql(tx.kinds)} AND action = 'post' AND kind NOT IN {tx.kinds.yielding} ORDER BY id""",
        (channel,),
    )
    for run in to_merge(tx, [post_of(row) for row in rows]):
        merge(tx, run)


def _mark_claimed(tx: Tx, post: Post, thread: int | None) -> None:
    if post.unattempted:
        tx.kinds[post.kind].on_text_written(tx, post)
    tx.execute(
        """UPDATE outbox SET state = ?, attempts = attempts + 1, wall_next = NULL,
           wall_attempted = coalesce(wall_attempted, ?), wall_last = ?, thread = ? WHERE id = ?""",
        (next_state(post.state, Transition.CLAIMED), tx.wall, tx.wall, thread, post.id),
    )


def _without_refused_cards(tx: Tx, edit: Post) -> Post:
    """Return an edit without cards if its post was sent without cards. The text then has the cards' contents."""
    if edit.action is not Action.EDIT or edit.embeds is not None or edit.cards_refused is not None:
        return edit
    ((refused,),) = tx.rows("SELECT cards_refused FROM outbox WHERE id = ?", (edit.about,)) or [(None,)]
    tx.execute("UPDATE outbox SET cards_refused = ? WHERE id = ?", (refused, edit.id))
    return replace(edit, cards_refused=refused)


def _with_parts(connection: sqlite3.Connection, post: Post) -> tuple[Post, Picture | None]:
    """Return a post and its picture. A picture or cards that Discord refused become text in the post."""
    picture = None
    if post.picture is not None and post.action in (Action.POST, Action.EDIT):
        picture = picture_of(connection, post.picture)
    card, blocks = post.card, post.cards_refused is None
    if card is not None and picture is not None and post.file_refused is not None:
        card, picture = without_picture(card, picture), None
    if card is not None and (card is not post.card or (not blocks and card.blocks)):
        message = render(card, post.number, direct=not post.server, blocks=blocks)
        post = replace(post, content=message.content, embeds=message.embeds)
    return post, picture


def _message(connection: sqlite3.Connection, post: Post) -> int | None:
    """Return the id of the message that a row edits, pins or deletes.

    Returns None if the row posts a new message, or if the message to be changed was never sent.
    """
    if post.action is Action.POST:
        return None
    rows = fetch(connection, "SELECT message FROM outbox WHERE id = ?", (post.about,))
    return rows[0][0] if rows else None


@dataclass(frozen=True, slots=True)
class SentPost:
    """A post or an edit as it was sent."""

    row: int
    """The post's id in the outbox."""
    news_at: datetime
    """When the news came in, by the news clock."""
    channel: int
    message: int
    """The message's id on Discord."""
    kind: str
    number: int
    content: str
    card: Card
    edited: bool = False
    """True if this is an edit of an earlier message."""

    @property
    def headline(self) -> str:
        """The post's text without the small last line."""
        return self.card.headline

    @property
    def embeds(self) -> tuple[Embed, ...]:
        """The post's blocks as Discord embeds."""
        return embeds_of(self.card)


class SentPosts(Store):
    """Queries for the posts that were sent, and their edits."""

    async def after(self, row: int) -> list[SentPost]:
        """Return the sent posts and edits after the outbox row `row`, in the order of their rows. 0 returns all."""
        return await self._found("o.id > ?", row)

    async def of(self, message: int) -> list[SentPost]:
        """Return the post with this message id and its edits, oldest first.

        Returns an empty list if the bot did not post the message.
        """
        return await self._found("o.message = ?", message)

    async def _found(self, where: str, value: int) -> list[SentPost]:
        rows = await self._database.rows(
            f"""SELECT o.id, o.news_at, o.channel, o.message, o.kind, o.number, o.content, o.card, o.action = 'edit'
                FROM outbox o WHERE {where} AND o.state = 'sent' AND o.card IS NOT NULL AND o.action IN ('post', 'edit')
                ORDER BY o.id""",
            (value,),
        )
        return [
            SentPost(key, from_micros(at), channel, message, kind, number, content, card_of(card), bool(edited))
            for key, at, channel, message, kind, number, content, card, edited in rows
        ]
