"""A newsroom's settings as one value, which is changed in one transaction with audit rows."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.database.database import fetch, to_micros
from bot.errors import BadInputError
from bot.follows.follows_store import FollowRow, choices_in
from bot.follows.levels import ROLES
from bot.follows.preferences import FollowSettings, preferences_of
from bot.newsroom.server_settings import ChannelSettings, LeadingSourceSettings, ServerSettings
from bot.newsroom.suspensions_words import KEPT_FOR_CONFIRMING
from bot.outbox.channels_store import mark_public, place_desk
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import OutboxRow
from bot.outbox.servers_store import ensure_server, set_role
from bot.outbox.two_person_store import set_two_person
from bot.outbox.tx import Tx
from bot.schedule.reminders_store import reminders_in, set_reminders_in
from bot.tally.following_store import follow_in, unfollow_in
from bot.tally.leading_source_store import switch_in
from bot.tally.leading_source_switch import LeadingSourceChange
from bot.wording.card import Card
from bot.wording.numbers import counted

Edit = Callable[[ServerSettings], ServerSettings]
"""A function that returns new settings, given the current ones.

It is called inside the transaction, has no side effects, and may raise a BadInputError.
"""

_TEST_AGAIN = timedelta(minutes=1)
"""The least time between two test posts in a channel."""


@dataclass(frozen=True, slots=True)
class Import:
    """An uploaded settings file that was previewed, and whether it was applied or discarded since."""

    body: str
    was: str
    """The digest of the settings with which the file was compared."""
    state: str
    decided_by: str | None


class ServerSettingsStore(PostingStore):
    """The storage of servers' settings.

    Each method is one transaction.
    """

    async def read(self, server: int) -> ServerSettings:
        """Return a server's settings, with defaults for a server that has none."""
        return await self._database.write(lambda connection: settings_in(connection, server))

    async def change(self, server: int, who: str, edit: Edit) -> ServerSettings:
        """Change a server's settings with the function `edit`, all or nothing, and return the new settings.

        Raises:
            BadInputError: `edit` raised the error, or the new settings contradict each other.
        """

        def work(tx: Tx) -> ServerSettings:
            before = settings_in(tx.connection, server)
            after = edit(before)
            _apply(tx, server, who, before, after)
            return after

        return await self._outbox.write(work)

    async def store_import(self, server: int, who: str, now: datetime, settings: ServerSettings, was: str) -> int:
        """Store a settings file after its preview, until somebody applies or discards it. Returns its id.

        `was` is the digest of the server's settings with which the file was compared.
        """

        def work(connection: sqlite3.Connection) -> int:
            ensure_server(connection, server)
            row = connection.execute(
                "INSERT INTO imports (server, begun_by, begun_at, was, body) VALUES (?, ?, ?, ?, ?)",
                (server, who, to_micros(now), was, settings.model_dump_json()),
            )
            return row.lastrowid or 0

        return await self._database.write(work)

    async def stored_import(self, server: int, key: int) -> Import | None:
        """Return the settings file with the id `key`, or None if it was already applied or discarded."""
        row = await self._database.row(
            "SELECT body, was, state, decided_by FROM imports WHERE server = ? AND id = ?", (server, key)
        )
        return Import(*row) if row else None

    async def drop_import(self, server: int, key: int, who: str) -> bool:
        """Discard the settings file with the id `key`. Returns False if it was already applied or discarded."""
        return await self._database.write(lambda connection: _decide(connection, server, key, who, "dropped"))

    async def apply_import(self, server: int, key: int, who: str, settings: ServerSettings, was: str) -> bool:
        """Apply the settings in a file. Returns False if the file was already applied or discarded.

        `was` is the digest of the server's settings with which the file was compared.

        Raises:
            BadInputError: the settings have changed since the preview, or the new settings contradict each other.
        """

        def work(tx: Tx) -> bool:
            if not _decide(tx.connection, server, key, who, "applied"):
                return False
            before = settings_in(tx.connection, server)
            if before.digest != was:
                raise BadInputError(
                    "someone changed the settings since this was shown, so nothing was changed; give `/desk setup` the "
                    "file again"
                )
            _apply(tx, server, who, before, settings)
            tx.audit(server, who, "desk import", None, before.model_dump(), settings.model_dump())
            return True

        return await self._outbox.write(work)

    async def greet(self, server: int, channel: int, draft: Card) -> None:
        """Post the greeting in a channel, unless the bot has posted in the server before."""

        def work(tx: Tx) -> None:
            ensure_server(tx.connection, server)
            ((number,),) = tx.rows("SELECT next_number FROM servers WHERE id = ?", (server,))
            if number == 1:
                tx.add([OutboxRow.worded(server, channel, tx.number(server), draft, tx.now)])

        await self._outbox.write(work)

    async def test_post(self, server: int, channel: int, draft: Card, who: str) -> tuple[int, bool]:
        """Queue a test post in a channel, and return the post's number and True.

        If the channel had a test post within the last minute, return that post's number and False.
        """

        def work(tx: Tx) -> tuple[int, bool]:
            recent = tx.rows(
                """SELECT after ->> 'number' FROM audit
                   WHERE server = ? AND at > ? AND what = 'desk test' AND after ->> 'channel' = ? ORDER BY id""",
                (server, to_micros(tx.now - _TEST_AGAIN), channel),
            )
            if recent:
                return recent[-1][0], False
            ensure_server(tx.connection, server)
            number = tx.number(server)
            tx.add([OutboxRow.worded(server, channel, number, draft, tx.now)])
            tx.audit(server, who, "desk test", after={"channel": channel, "number": number})
            return number, True

        return await self._outbox.write(work)


def _apply(tx: Tx, server: int, who: str, before: ServerSettings, after: ServerSettings) -> None:
    """Change a server's settings from `before` to `after`, in an order in which each step is allowed."""
    ensure_server(tx.connection, server)
    if before.two_person and not after.two_person:
        set_two_person(tx, server, who, on=False)
    was, is_now = ({c.channel for c in each.channels if c.public} for each in (before, after))
    for channel in sorted(was - is_now):
        _close_to_public(tx, server, channel, who)
    if before.desk_channel != after.desk_channel:
        placed = place_desk(tx, server, after.desk_channel, who)
        if placed.refused or placed.needs_confirmation:
            why = "the desk needs its own channel while others are public"
            raise BadInputError(KEPT_FOR_CONFIRMING if placed.needs_confirmation else why)
    for channel in sorted(is_now - was):
        marked = mark_public(tx, server, channel, who, public=True)
        if marked.no_desk or marked.is_desk:
            raise BadInputError("the desk needs its own channel before another goes public")
    if after.two_person and not before.two_person and set_two_person(tx, server, who, on=True).no_desk:
        raise BadInputError("confirmation needs a desk channel, where a second person is asked")
    for may in ROLES:
        if before.role(may) != after.role(may):
            set_role(tx.connection, server, may, after.role(may))
            tx.audit(server, who, f"{may} role", None, before.role(may), after.role(may))
    _lead(tx, server, who, before, after)
    set_reminders_in(tx, server, who, before.reminders, after.reminders, tx.setting.desk.desk.lead_times_of)
    _follow(tx, server, who, before, after)


def _close_to_public(tx: Tx, server: int, channel: int, who: str) -> None:
    """Mark a channel as private.

    Raises a BadInputError if posts to the channel wait for Publish, because nobody has seen a preview of them.
    """
    freed = mark_public(tx, server, channel, who, public=False).released
    if freed:
        raise BadInputError(
            f"{counted(freed, 'post')} {'waits' if freed == 1 else 'wait'} for Publish in a channel that the "
            "public would no longer read, so nothing is changed: that channel's card in `/desk setup` shows what would go out, and asks"
        )


def _lead(tx: Tx, server: int, who: str, before: ServerSettings, after: ServerSettings) -> None:
    """Set the leading sources in which `after` differs from `before`.

    This step has to come before new follows, because a new follow starts from the figures of its leading source.
    """
    had, has = ({one.contest: one.source for one in each.leads} for each in (before, after))
    for contest in sorted(had.keys() | has.keys()):
        if had.get(contest) == has.get(contest) or tx.setting.desk.leading(contest, None) is None:
            continue
        switched = switch_in(tx, LeadingSourceChange(server, contest, has.get(contest), who, None, tx.now))
        if switched.refused:
            why = "is muted" if switched.refused == "muted" else "has no figures yet"
            raise BadInputError(f"{contest[:60]}: {switched.after[:60]} {why}, so it can't lead; nothing was changed")


def _follow(tx: Tx, server: int, who: str, before: ServerSettings, after: ServerSettings) -> None:
    """Store the follows in which `after` differs from `before`, and delete follows that are missing in `after`.

    The dispatcher is notified about the changed channels, whose waiting posts may now be due.
    """
    had, has = _follows(before), _follows(after)
    for channel, contest in sorted(had.keys() - has.keys()):
        unfollow_in(tx, FollowRow(server, channel, contest, None, who, tx.now))
        tx.wake(channel)
    for (channel, contest), follow in has.items():
        if had.get((channel, contest)) != follow:
            row = FollowRow(server, channel, contest, follow.at_least, who, tx.now, follow.board, follow.preferences)
            follow_in(tx, row, tx.setting.desk.leading)
            tx.wake(channel)


def settings_in(connection: sqlite3.Connection, server: int) -> ServerSettings:
    """Return a server's settings, in the open transaction."""
    rows = fetch(
        connection,
        """SELECT reporter_role, desk_role, manager_role, desk_channel, two_person AND two_person_ends IS NULL
           FROM servers WHERE id = ?""",
        (server,),
    )
    reporters, editors, managers, desk, two_person = rows[0] if rows else (None, None, None, None, 0)
    channels: dict[int, list[FollowSettings]] = {}
    for channel, contest, least, board, preferences in fetch(
        connection,
        "SELECT channel, contest, least, board, preferences FROM follows WHERE server = ? ORDER BY channel, contest",
        (server,),
    ):
        follow = FollowSettings(
            contest=contest, at_least=least, board=bool(board), preferences=preferences_of(preferences)
        )
        channels.setdefault(channel, []).append(follow)
    public = {row[0] for row in fetch(connection, "SELECT id FROM channels WHERE server = ? AND public", (server,))}
    return ServerSettings(
        reporter_role=reporters,
        desk_role=editors,
        manager_role=managers,
        desk_channel=desk,
        two_person=bool(two_person),
        leads=tuple(
            LeadingSourceSettings(contest=contest, source=choice.source)
            for contest, choice in choices_in(connection, server).items()
        ),
        reminders=reminders_in(connection, server),
        channels=tuple(
            ChannelSettings(channel=key, public=key in public, follows=tuple(channels.get(key, ())))
            for key in sorted(channels.keys() | public)
        ),
    )


def _follows(settings: ServerSettings) -> dict[tuple[int, str], FollowSettings]:
    return {(channel.channel, follow.contest): follow for channel in settings.channels for follow in channel.follows}


def _decide(connection: sqlite3.Connection, server: int, key: int, who: str, state: str) -> bool:
    return bool(
        connection.execute(
            "UPDATE imports SET state = ?, decided_by = ? WHERE server = ? AND id = ? AND state = 'shown'",
            (state, who, server, key),
        ).rowcount
    )
