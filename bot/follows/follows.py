"""Which channel follows which contest, and who may say so."""

from collections.abc import Collection
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.desk.desk_file import Contest, Desk
from bot.errors import BadInputError
from bot.follows.preferences import FollowPreferences
from bot.follows.servers_store import FollowRow, ServerStore
from bot.tally.lead_source import led

_MOST_SHOWN = 100


KEPT_AFTER_LEAVING = timedelta(days=30)
"""A bot that was removed by mistake finds everything as it was for so long."""

log = structlog.get_logger()


class Following:
    """Lets channels follow contests, and says who may."""

    def __init__(self, store: ServerStore, desk: Desk, clock: Clock) -> None:
        """Keep follows in `store`; contests are those of `desk`."""
        self._store = store
        self._desk = desk
        self._clock = clock

    def contest(self, key: str) -> Contest:
        """Return the contest that somebody typed or chose, by its id or name.

        Raises:
            BadInputError: there is none, or more than one, of that name.

        """
        if found := self._desk.contest(key):
            return found
        wanted = key.casefold().strip()
        matching = self.matching(key)
        named = [contest for contest in matching if wanted in (contest.id.casefold(), contest.name.casefold())]
        named = named or matching
        if len(named) == 1:
            return named[0]
        which = "more than one contest is" if named else "no contest is"
        raise BadInputError(f"{which} called {key[:_MOST_SHOWN]}; choose one from the list that comes up as you type")

    async def led(self, contest: Contest, server: int) -> Contest:
        """Return a contest as it is led in a server."""
        return await led(contest, server, self._desk, self._store)

    def matching(self, typed: str) -> list[Contest]:
        """Return the contests whose id, name or place contains what was typed, in the desk file's order."""
        wanted = typed.casefold().strip()
        return [
            contest
            for contest in self._desk.contests
            if wanted in f"{contest.id} {contest.name} {contest.where or ''}".casefold()
        ]

    async def may_write(self, server: int, roles: Collection[int], *, manages_server: bool) -> bool:
        """Return True if a member with these roles may change what a server's channels follow.

        Until a desk role is set only those who may manage the server can; they always can.
        """
        return manages_server or await self._store.desk_role(server) in roles

    async def follow(
        self,
        contest: Contest,
        server: int,
        channel: int,
        least: int | None,
        who: str,
        *,
        board: bool = False,
        taste: FollowPreferences | None = None,
    ) -> FollowRow | None:
        """Let a channel follow a contest, with a pinned board or without; return how it followed it before, or None.

        `taste` None: as it was, or as everybody is told.
        """
        await self._store.join(server)
        row = FollowRow(server, channel, contest.id, least, who, self._clock.now(), board, taste)
        return await self._store.follow(row, self._desk.leading)

    async def unfollow(self, contest: Contest, server: int, channel: int, who: str) -> bool:
        """Let a channel no longer follow a contest; return False if it did not."""
        return await self._store.unfollow(FollowRow(server, channel, contest.id, None, who, self._clock.now()))

    async def following(self, server: int) -> list[FollowRow]:
        """Return what the channels of a server follow."""
        return await self._store.following(server)

    async def forget_left(self) -> None:
        """Delete what belongs to servers that the bot left 30 days ago or earlier."""
        forgotten = await self._store.forget(self._clock.now() - KEPT_AFTER_LEAVING)
        if forgotten:
            log.info("servers forgotten that the bot left long ago", servers=forgotten)

    async def set_desk_role(self, server: int, role: int | None, who: str) -> None:
        """Set the role that may write; None: those who may manage the server."""
        await self._store.join(server)
        await self._store.set_desk_role(server, role, who, self._clock.now())
