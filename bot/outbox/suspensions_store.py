"""What a newsroom stops, and where its desk is: pauses, mutes, the desk's channel, channels that the public reads.

The claim looks at a pause and a mute. A mute holds no correction or retraction, which are the newsroom's own word.
"""

import sqlite3
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.database.database import Database, fetch, from_micros, to_micros
from bot.outbox.approval_questions_store import ask_again, free
from bot.outbox.approval_words import Decision
from bot.outbox.delivery_words import Delivery
from bot.outbox.kinds import Kinds
from bot.outbox.merging_store import requeue, to_requeue
from bot.outbox.post import Action
from bot.outbox.rows import AuditRow, OutboxRow, joined_messages, to_wake
from bot.outbox.rows_store import INSERT_AUDIT, add_rows
from bot.outbox.servers_store import know_server, take_number
from bot.outbox.states import State
from bot.outbox.two_person_words import two_person_decided, two_person_notice
from bot.outbox.unsent_store import drop
from bot.wording.context import Setting, source_name
from bot.wording.credit import SetBy

_PAUSED = "SELECT paused_at, paused_by FROM servers WHERE id = ? AND paused_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of setting the desk's channel."""

    refused: tuple[int, ...] = ()
    """Channels that the public reads, because of which it was not set."""
    asked: int = 0
    """How many questions are put there now."""
    wake: Mapping[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of saying whether the public reads a channel."""

    lacking: bool = False
    """It was not said: the server has no desk channel to ask in."""
    is_desk: bool = False
    """It was not said: the channel is the desk's."""
    changed: bool = False
    freed: int = 0
    """Posts that waited for Publish and go out now."""
    wake: Mapping[int, bool] = field(default_factory=dict)


ALONE_AFTER = timedelta(minutes=10)
"""So long after one person alone wanted it a second one is no longer needed, by the news clock."""


@dataclass(frozen=True, slots=True)
class TwoPerson:
    """What became of saying whether a second person confirms what one does."""

    lacking: bool = False
    """It was not said: the server has no desk channel to ask in."""
    changed: bool = False
    ends: datetime | None = None
    """It ends only then, since who says so is alone."""
    wake: Mapping[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PostsWaiting:
    """Posts on their way."""

    waiting: int = 0
    under_way: int = 0
    """Attempted, and not known to have arrived."""


class SuspensionStore:
    """Stops and lets go; each method is one transaction or one query."""

    def __init__(self, database: Database, kinds: Kinds, wall: Callable[[], float] = time.time) -> None:
        """Use `database`; `kinds` are those of posts; `wall` is the wall clock, in seconds."""
        self._database = database
        self._kinds = kinds
        self._wall = wall

    async def pause(self, server: int, who: str, why: str | None, now: datetime) -> tuple[SetBy | None, PostsWaiting]:
        """Hold every post of a server; return since when it was held already, and what waits."""

        def work(connection: sqlite3.Connection) -> tuple[SetBy | None, PostsWaiting]:
            before = _paused(connection, server)
            if before is None:
                know_server(connection, server)
                connection.execute(
                    "UPDATE servers SET paused_at = ?, paused_by = ? WHERE id = ?", (to_micros(now), who, server)
                )
                _audit(connection, AuditRow(now, server, who, "pause", why, None, {"paused": True}))
            return before, _load(connection, server, self._kinds)

        return await self._database.transact(work)

    async def ask_to_let_go(self, server: int, who: str, what: str, why: str | None, now: datetime) -> None:
        """Keep why somebody wants to let posts of a server go, who is shown them first."""
        await self._database.transact(lambda connection: _audit(connection, AuditRow(now, server, who, what, why)))

    async def resume(self, server: int, who: str, why: str | None, now: datetime) -> tuple[SetBy | None, PostsWaiting]:
        """Let the posts of a server go; return since when they were held, and what goes out now."""

        def work(connection: sqlite3.Connection) -> tuple[SetBy | None, PostsWaiting]:
            before = _paused(connection, server)
            if before:
                unpause(connection, server)
                was = {"paused": True, "at": before.at.isoformat(), "by": before.who}
                _audit(connection, AuditRow(now, server, who, "resume", why, was))
            return before, _load(connection, server, self._kinds, muted=False)

        return await self._database.transact(work)

    async def mute(
        self, server: int, source: str, who: str, why: str | None, now: datetime
    ) -> tuple[SetBy | None, PostsWaiting]:
        """Hold what tells a source's word in a server; return since when it was held already, and what waits."""

        def work(connection: sqlite3.Connection) -> tuple[SetBy | None, PostsWaiting]:
            before = _muted(connection, server, source)
            if before is None:
                know_server(connection, server)
                connection.execute(
                    "INSERT INTO mutes (server, source, muted_by, muted_at, why) VALUES (?, ?, ?, ?, ?)",
                    (server, source, who, to_micros(now), why),
                )
                _audit(connection, AuditRow(now, server, who, "source mute", why, None, {"source": source}))
            return before, _load(connection, server, self._kinds, source)

        return await self._database.transact(work)

    async def unmute(
        self, server: int, source: str, who: str, why: str | None, now: datetime
    ) -> tuple[SetBy | None, PostsWaiting, bool]:
        """Let a source's posts go, after all that has gone out since.

        Those never attempted get new rows at the end of the outbox, with new numbers.

        Returns:
            Since when the source was muted; what goes out now; whether the server is paused.

        """

        def work(connection: sqlite3.Connection) -> tuple[SetBy | None, PostsWaiting, bool]:
            before = _muted(connection, server, source)
            if before:
                unmute_in(connection, server, source, self._kinds)
                was = {"source": source, "at": before.at.isoformat(), "by": before.who}
                _audit(connection, AuditRow(now, server, who, "source unmute", why, was))
            return before, _load(connection, server, self._kinds, source), _paused(connection, server) is not None

        return await self._database.transact(work)

    async def paused(self, server: int) -> SetBy | None:
        """Return since when every post of a server is held, and by whom, or None."""
        row = await self._database.row(_PAUSED, (server,))
        return SetBy(from_micros(row[0]), row[1]) if row else None

    async def muted(self, server: int) -> dict[str, SetBy]:
        """Return the sources that a server muted."""
        rows = await self._database.rows(
            "SELECT source, muted_at, muted_by, why FROM mutes WHERE server = ? ORDER BY source", (server,)
        )
        return {source: SetBy(from_micros(at), who, why) for source, at, who, why in rows}

    async def desk_channel(self, server: int) -> int | None:
        """Return where a server's desk is asked; None: nowhere."""
        row = await self._database.row("SELECT desk_channel FROM servers WHERE id = ?", (server,))
        return row[0] if row else None

    async def asks_two(self, server: int, now: datetime) -> bool:
        """Return whether what one person of a server does is confirmed by another."""
        row = await self._database.row(
            "SELECT two_person AND coalesce(two_person_ends > ?, 1) FROM servers WHERE id = ?", (to_micros(now), server)
        )
        return bool(row and row[0])

    async def delivery(self, server: int, channels: Collection[int], sources: Collection[str] = ()) -> Delivery:
        """Return what stands between posts and these channels of a server; `sources`: whose word they tell."""
        rows = await self._database.rows(
            f"""SELECT c.id, c.public OR coalesce((SELECT p.public FROM channels p WHERE p.id = c.parent), 0), c.closed_since
                FROM channels c WHERE c.id IN ({", ".join("?" for _ in channels)})""",  # noqa: S608 - question marks
            tuple(channels),
        )
        muted = await self.muted(server) if sources else {}
        named = {source: self._kinds.setting.desk.source(source) for source in sources if source in muted}
        return Delivery(
            tuple(dict.fromkeys(channels)),
            await self.paused(server),
            {source_name(known) if known else source: muted[source] for source, known in named.items()},
            tuple(channel for channel, public, _ in rows if public),
            tuple(channel for channel, _, closed in rows if closed is not None),
        )

    async def set_desk_channel(self, server: int, channel: int | None, who: str, now: datetime) -> Placed:
        """Set where the desk is told and asked; what it has not answered yet, and was not asked there, is asked there."""
        return await self._database.transact(
            lambda connection: place_desk(connection, server, channel, who, now, self._kinds, self._now())
        )

    async def set_two_person(self, server: int, who: str, now: datetime, *, on: bool) -> TwoPerson:
        """Say whether what one person does waits for a second one; see `two_person_in`."""
        return await self._database.transact(
            lambda connection: two_person_in(connection, server, who, now, self._kinds.setting, self._now(), on=on)
        )

    async def set_public(self, server: int, channel: int, who: str, now: datetime, *, public: bool) -> Marked:
        """Say whether the public reads a channel; once it does not, what waits for Publish there waits no longer."""
        return await self._database.transact(
            lambda connection: mark_public(
                connection, server, channel, who, now, self._kinds, self._now(), public=public
            )
        )

    def _now(self) -> int:
        return int(self._wall() * 1_000_000)


def unpause(connection: sqlite3.Connection, server: int) -> None:
    """Let the posts of a server go, in the transaction under way."""
    connection.execute("UPDATE servers SET paused_at = NULL, paused_by = NULL WHERE id = ?", (server,))


def unmute_in(connection: sqlite3.Connection, server: int, source: str, kinds: Kinds) -> None:
    """Let a source's posts go, after all that has gone out since, in the transaction under way."""
    connection.execute("DELETE FROM mutes WHERE server = ? AND source = ?", (server, source))
    requeue(connection, to_requeue(connection, server, source, kinds), kinds)


def place_desk(
    connection: sqlite3.Connection, server: int, channel: int | None, who: str, now: datetime, kinds: Kinds, wall: int
) -> Placed:
    """Set where the desk is asked, in the transaction under way."""
    public = [
        row[0]
        for row in fetch(connection, "SELECT id FROM channels WHERE server = ? AND public ORDER BY id", (server,))
    ]
    if channel in public or (channel is None and public):
        return Placed(refused=tuple(public))
    know_server(connection, server)
    before = _desk_channel(connection, server)
    connection.execute("UPDATE servers SET desk_channel = ? WHERE id = ?", (channel, server))
    if before != channel:
        _audit(connection, AuditRow(now, server, who, "desk channel", None, before, channel))
    asked, wake = ask_again(connection, server, kinds, wall)
    return Placed(asked=asked, wake=wake)


def two_person_in(
    connection: sqlite3.Connection, server: int, who: str, now: datetime, setting: Setting, wall: int, *, on: bool
) -> TwoPerson:
    """Say whether a second person confirms what one does, in the transaction under way.

    While it is on, one person alone ends it only after ten minutes, which the desk's channel is told of; a second one who
    says so ends it at once.
    """
    know_server(connection, server)
    ((was, ends, by, question, channel),) = fetch(
        connection,
        """SELECT two_person, two_person_ends, two_person_ended_by, two_person_question, desk_channel
           FROM servers WHERE id = ?""",
        (server,),
    )
    active = bool(was) and (ends is None or ends > to_micros(now))
    if on and channel is None:
        return TwoPerson(lacking=True)
    if on == active and (ends is None or not active):
        return TwoPerson()
    if not on and ends is not None and id_of(by) == id_of(who):
        return TwoPerson(ends=from_micros(ends))
    if on or ends is not None or channel is None:
        connection.execute(
            """UPDATE servers SET two_person = ?, two_person_ends = NULL, two_person_ended_by = NULL,
               two_person_question = NULL WHERE id = ?""",
            (on, server),
        )
        _audit(connection, AuditRow(now, server, who, "desk confirm", None, active, on))
        wake = _say_decided(connection, question, two_person_decided(who, now, setting, on=on), now, wall)
        return TwoPerson(changed=True, wake=wake)
    until = now + ALONE_AFTER
    number = take_number(connection, server)
    row = OutboxRow.worded(server, channel, number, two_person_notice(who, until, setting, now), now)
    (key,) = add_rows(connection, [row], wall)
    connection.execute(
        """UPDATE servers SET two_person_ends = ?, two_person_ended_by = ?, two_person_question = ? WHERE id = ?""",
        (to_micros(until), who, key, server),
    )
    _audit(connection, AuditRow(now, server, who, "desk confirm", None, True, {"ends": until.isoformat()}))
    return TwoPerson(changed=True, ends=until, wake=to_wake([row]))


def _say_decided(
    connection: sqlite3.Connection, question: int | None, said: str, now: datetime, wall: int
) -> dict[int, bool]:
    """Let the notice that it ends say what was decided; one that was not sent is not sent any more."""
    rows = fetch(
        connection, "SELECT server, channel, number, state, content FROM outbox WHERE id = ?", (question or 0,)
    )
    if not rows or question is None:
        return {}
    server, channel, number, state, content = rows[0]
    if state == State.PENDING:
        drop(connection, question, State.PENDING, "it was decided before it was told")
        return {}
    words = f"{said}\n{content.rpartition(chr(10))[2]}"
    edit = OutboxRow(
        server, channel, number, "notice", now, about=question, action=Action.EDIT, content=words, buttons=()
    )
    add_rows(connection, [edit], wall)
    return to_wake([edit])


def id_of(who: str) -> str:
    """Return Discord's id in a name as the audit has it: "olga (81)"."""
    return who.rpartition("(")[2].removesuffix(")")


def mark_public(
    connection: sqlite3.Connection, server: int, channel: int, who: str, now: datetime, kinds: Kinds, wall: int, *,
    public: bool,
) -> Marked:  # fmt: skip
    """Say whether the public reads a channel, in the transaction under way."""
    desk_channel = _desk_channel(connection, server)
    if public and desk_channel in (None, channel):
        return Marked(lacking=desk_channel is None, is_desk=desk_channel == channel)
    before = fetch(connection, "SELECT public FROM channels WHERE id = ?", (channel,))
    changed = public != bool(before and before[0][0])
    if changed:
        connection.execute(
            """INSERT INTO channels (id, server, public) VALUES (?, ?, ?)
               ON CONFLICT DO UPDATE SET public = excluded.public""",
            (channel, server, public),
        )
        was, now_is = {"channel": channel, "public": not public}, {"channel": channel, "public": public}
        _audit(connection, AuditRow(now, server, who, "desk public", None, was, now_is))
    freed, wake = (
        (0, joined_messages(*(family.made_public(connection, channel, now, wall) for family in kinds.families)))
        if public
        else free(connection, server, channel, kinds, Decision("freed", who, now), wall)
    )
    return Marked(changed=changed, freed=freed, wake=wake)


def _desk_channel(connection: sqlite3.Connection, server: int) -> int | None:
    rows = fetch(connection, "SELECT desk_channel FROM servers WHERE id = ?", (server,))
    return rows[0][0] if rows else None


def _paused(connection: sqlite3.Connection, server: int) -> SetBy | None:
    rows = fetch(connection, _PAUSED, (server,))
    return SetBy(from_micros(rows[0][0]), rows[0][1]) if rows else None


def _muted(connection: sqlite3.Connection, server: int, source: str) -> SetBy | None:
    rows = fetch(
        connection, "SELECT muted_at, muted_by, why FROM mutes WHERE server = ? AND source = ?", (server, source)
    )
    return SetBy(from_micros(rows[0][0]), *rows[0][1:]) if rows else None


def _load(
    connection: sqlite3.Connection, server: int, kinds: Kinds, source: str | None = None, *, muted: bool = True
) -> PostsWaiting:
    """Return the posts on their way in a server; `source`: those that tell its word; `muted` False: but muted ones."""
    ((waiting, under_way),) = fetch(
        connection,
        f"""SELECT coalesce(sum(state = 'pending'), 0), coalesce(sum(state = 'sending'), 0)
           FROM outbox o INDEXED BY outbox_open
           WHERE state IN ('pending', 'sending') AND action = 'post' AND server = ?
             AND (? IS NULL OR (source = ? AND kind NOT IN {kinds.own_words}))
             AND (? OR kind IN {kinds.own_words}
                  OR NOT EXISTS (SELECT 1 FROM mutes m WHERE m.server = o.server AND m.source = o.source))""",  # noqa: S608 - our own names
        (server, source, source, muted),
    )
    return PostsWaiting(waiting, under_way)


def _audit(connection: sqlite3.Connection, row: AuditRow) -> None:
    connection.execute(INSERT_AUDIT, row.values())
