"""A newsroom's settings as one value: read, and changed in one transaction, each change with its audit row."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.database.database import Database, fetch, to_micros
from bot.database.forgotten import Person
from bot.errors import BadInputError
from bot.follows.follows_store import FollowRow, choices_in
from bot.follows.levels import ROLES
from bot.follows.preferences import preferences_of
from bot.newsroom.server_settings import ChannelSettings, FollowSettings, LeadingSourceSettings, ServerSettings
from bot.newsroom.suspensions_words import KEPT_FOR_CONFIRMING
from bot.outbox.channels_store import mark_public, place_desk
from bot.outbox.kinds import Kinds
from bot.outbox.rows import AuditRow, OutboxRow, joined_wakes, to_wake
from bot.outbox.rows_store import INSERT_AUDIT, add_rows
from bot.outbox.servers_store import know_server, set_role, take_number
from bot.outbox.two_person_store import two_person_in
from bot.schedule.reminders_store import reminders_in, set_reminders_in
from bot.tally.following_store import follow_in, unfollow_in
from bot.tally.leading_source_store import switch_in
from bot.tally.leading_source_switch import Switch
from bot.wording.draft import Draft
from bot.wording.numbers import counted

Edit = Callable[[ServerSettings], ServerSettings]
"""Returns the settings as they are to be, from what they are inside the transaction; pure, and may raise BadInputError."""

_TEST_AGAIN = timedelta(minutes=1)
"""A channel gets no second test post within this time."""


@dataclass(frozen=True, slots=True)
class Import:
    """A settings file that waits for its button, or had it."""

    body: str
    was: str
    """Digest of the settings that the difference was shown against."""
    state: str
    decided_by: str | None


class ServerSettingsStore:
    """Reads and changes settings; each method is one transaction."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        """Use `database`."""
        self._database = database
        self._kinds = kinds

    async def read(self, server: int) -> ServerSettings:
        """Return what a server has set."""
        return await self._database.transact(lambda connection: settings_in(connection, server))

    async def change(self, server: int, who: str, now: datetime, edit: Edit) -> tuple[ServerSettings, dict[int, bool]]:
        """Change a server's settings, all or nothing; return what they are now, and channels to wake.

        Raises:
            BadInputError: `edit` refused, or the settings can't be so.

        """

        def work(connection: sqlite3.Connection) -> tuple[ServerSettings, dict[int, bool]]:
            before = settings_in(connection, server)
            after = edit(before)
            return after, self._apply(connection, server, who, now, before, after)

        return await self._database.transact(work)

    async def keep_import(self, server: int, who: str, now: datetime, settings: ServerSettings, was: str) -> int:
        """Keep a settings file until its button is pressed; return its key."""

        def work(connection: sqlite3.Connection) -> int:
            know_server(connection, server)
            row = connection.execute(
                "INSERT INTO imports (server, begun_by, begun_at, was, body) VALUES (?, ?, ?, ?, ?)",
                (server, who, to_micros(now), was, settings.model_dump_json()),
            )
            return row.lastrowid or 0

        return await self._database.transact(work)

    async def kept_import(self, server: int, key: int) -> Import | None:
        """Return a settings file that was kept for a server, or None."""
        row = await self._database.row(
            "SELECT body, was, state, decided_by FROM imports WHERE server = ? AND id = ?", (server, key)
        )
        return Import(*row) if row else None

    async def drop_import(self, server: int, key: int, who: str) -> bool:
        """Drop a settings file that waits; return False if it does not."""

        def work(connection: sqlite3.Connection) -> bool:
            return _decide(connection, server, key, who, "dropped")

        return await self._database.transact(work)

    async def apply_import(
        self, server: int, key: int, who: str, now: datetime, settings: ServerSettings, was: str
    ) -> tuple[bool, dict[int, bool]]:
        """Make a server's settings those of a file; return False, and nothing changed, where it was decided before.

        Raises:
            BadInputError: the settings have changed since the difference was shown, or can't be so.

        """

        def work(connection: sqlite3.Connection) -> tuple[bool, dict[int, bool]]:
            if not _decide(connection, server, key, who, "applied"):
                return False, {}
            before = settings_in(connection, server)
            if before.digest != was:
                raise BadInputError(
                    "someone changed the settings since this was shown, so nothing was changed; give `/desk setup` the "
                    "file again"
                )
            wake = self._apply(connection, server, who, now, before, settings)
            row = AuditRow(now, server, who, "desk import", None, before.model_dump(), settings.model_dump())
            connection.execute(INSERT_AUDIT, row.values())
            return True, wake

        return await self._database.transact(work)

    async def greet(self, server: int, channel: int, draft: Draft, now: datetime) -> bool:
        """Post the greeting in a channel of a server; return False where something was posted in the server before."""

        def work(connection: sqlite3.Connection) -> bool:
            know_server(connection, server)
            ((number,),) = fetch(connection, "SELECT next_number FROM servers WHERE id = ?", (server,))
            if number > 1:
                return False
            row = OutboxRow.worded(server, channel, take_number(connection, server), draft, now)
            add_rows(connection, [row], self._database.micros())
            return True

        return await self._database.transact(work)

    async def test_post(self, server: int, channel: int, draft: Draft, who: str, now: datetime) -> tuple[int, bool]:
        """Post a test in a channel; return its number, and False where one was posted within the last minute."""

        def work(connection: sqlite3.Connection) -> tuple[int, bool]:
            recent = fetch(
                connection,
                """SELECT after ->> 'number' FROM audit
                   WHERE server = ? AND at > ? AND what = 'desk test' AND after ->> 'channel' = ? ORDER BY id""",
                (server, to_micros(now - _TEST_AGAIN), channel),
            )
            if recent:
                return recent[-1][0], False
            know_server(connection, server)
            number = take_number(connection, server)
            row = OutboxRow.worded(server, channel, number, draft, now)
            add_rows(connection, [row], self._database.micros())
            after = {"channel": channel, "number": number}
            connection.execute(INSERT_AUDIT, AuditRow(now, server, who, "desk test", after=after).values())
            return number, True

        return await self._database.transact(work)

    def _apply(
        self,
        connection: sqlite3.Connection,
        server: int,
        who: str,
        now: datetime,
        before: ServerSettings,
        after: ServerSettings,
    ) -> dict[int, bool]:
        """Change the settings step by step, in an order in which each step is allowed; return channels to wake."""
        wall = self._database.micros()
        know_server(connection, server)
        setting, wakes = self._kinds.setting, list[Mapping[int, bool]]()
        if before.two_person and not after.two_person:
            wakes.append(two_person_in(connection, server, who, now, setting, wall, on=False).wake)
        was, is_now = ({c.channel for c in each.channels if c.public} for each in (before, after))
        wakes += [self._close_to_public(connection, server, channel, who, now) for channel in sorted(was - is_now)]
        if before.desk_channel != after.desk_channel:
            placed = place_desk(connection, server, after.desk_channel, who, now, self._kinds, wall)
            if placed.refused or placed.confirming:
                why = "the desk needs its own channel while others are public"
                raise BadInputError(KEPT_FOR_CONFIRMING if placed.confirming else why)
            wakes.append(placed.wake)
        for channel in sorted(is_now - was):
            marked = mark_public(connection, server, channel, who, now, self._kinds, wall, public=True)
            if marked.lacking or marked.is_desk:
                raise BadInputError("the desk needs its own channel before another goes public")
            wakes.append(marked.wake)
        if after.two_person and not before.two_person:
            confirms = two_person_in(connection, server, who, now, setting, wall, on=True)
            if confirms.lacking:
                raise BadInputError("confirmation needs a desk channel, where a second person is asked")
            wakes.append(confirms.wake)
        for may in ROLES:
            if before.role(may) != after.role(may):
                set_role(connection, server, may, after.role(may))
                row = AuditRow(now, server, who, f"{may} role", None, before.role(may), after.role(may))
                connection.execute(INSERT_AUDIT, row.values())
        wakes.append(self._lead(connection, server, who, now, before, after))
        set_reminders_in(
            connection, server, who, now, before.reminders, after.reminders, setting.desk.desk.lead_times_of
        )
        changed = self._follow(connection, server, who, now, before, after, wall)
        return joined_wakes(*wakes, dict.fromkeys(changed, False))

    def _close_to_public(
        self, connection: sqlite3.Connection, server: int, channel: int, who: str, now: datetime
    ) -> Mapping[int, bool]:
        """Mark a channel as private. Refuse it where posts wait for Publish: nobody was shown them."""
        wall = self._database.micros()
        freed = mark_public(connection, server, channel, who, now, self._kinds, wall, public=False)
        if freed.freed:
            raise BadInputError(
                f"{counted(freed.freed, 'post')} {'waits' if freed.freed == 1 else 'wait'} for Publish in a channel that the "
                "public would no longer read, so nothing is changed: that channel's card in `/desk setup` shows what would go out, and asks"
            )
        return freed.wake

    def _lead(
        self,
        connection: sqlite3.Connection,
        server: int,
        who: str,
        now: datetime,
        before: ServerSettings,
        after: ServerSettings,
    ) -> dict[int, bool]:
        """Switch leading sources, before channels follow anything new: a new follow starts from its source's figures."""
        had, has = ({one.contest: one.source for one in each.leads} for each in (before, after))
        wakes = []
        for contest in sorted(had.keys() | has.keys()):
            if had.get(contest) == has.get(contest) or self._kinds.setting.desk.leading(contest, None) is None:
                continue
            switch = Switch(server, contest, has.get(contest), who, None, now)
            switched = switch_in(connection, switch, self._kinds.setting, self._database.micros())
            if switched.refused:
                why = "is muted" if switched.refused == "muted" else "has no figures yet"
                raise BadInputError(
                    f"{contest[:60]}: {switched.after[:60]} {why}, so it can't lead; nothing was changed"
                )
            wakes.append(to_wake(switched.posts))
        return joined_wakes(*wakes)

    def _follow(
        self,
        connection: sqlite3.Connection,
        server: int,
        who: str,
        now: datetime,
        before: ServerSettings,
        after: ServerSettings,
        wall: int,
    ) -> list[int]:
        """Change what channels follow; return the channels for which something changed."""
        had, has = _follows(before), _follows(after)
        changed = []
        for channel, contest in sorted(had.keys() - has.keys()):
            unfollow_in(connection, FollowRow(server, channel, contest, None, who, now), wall)
            changed.append(channel)
        for (channel, contest), follow in has.items():
            if had.get((channel, contest)) != follow:
                row = FollowRow(server, channel, contest, follow.at_least, who, now, follow.board, follow.preferences)
                follow_in(connection, row, self._kinds.setting.desk.leading, wall)
                changed.append(channel)
        return changed


def settings_in(connection: sqlite3.Connection, server: int) -> ServerSettings:
    """Return what a server has set, in the transaction under way."""
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


def forget_server_imports(connection: sqlite3.Connection, server: int) -> None:
    """Delete the settings files that somebody brought into a server."""
    connection.execute("DELETE FROM imports WHERE server = ?", (server,))


def forget_person_imports(connection: sqlite3.Connection, person: Person) -> None:
    """Take a person's name off the settings files that they brought in or decided on."""
    connection.execute(
        """UPDATE imports SET begun_by = unname(begun_by), decided_by = unname(decided_by)
           WHERE begun_by LIKE ?1 OR decided_by LIKE ?1""",
        (person.like,),
    )
