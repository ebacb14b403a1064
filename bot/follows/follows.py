"""Which channel follows which contest, and who may say so."""

from datetime import datetime
from typing import Protocol

from bot.clock import Clock
from bot.desk.desk_file import Contest, Desk
from bot.errors import BadInputError
from bot.follows.follows_store import FollowRow, ServerStore
from bot.follows.lead_choices_store import LeadChoice
from bot.follows.preferences import FollowPreferences

_MOST_SHOWN = 100


class Choices(Protocol):
    """Knows what servers chose."""

    async def choice(self, server: int, contest: str) -> LeadChoice | None:
        """Return which source a server chose to lead a contest, or None."""
        ...


async def led(contest: Contest, server: int, desk: Desk, choices: Choices) -> Contest:
    """Return a contest with the source that leads it in a server: the one chosen there, else the desk file's."""
    choice = await choices.choice(server, contest.id)
    return desk.led(contest, choice.source if choice else None)


class FollowChanges(Protocol):
    """Changes follows, in one transaction with what the channel is told from then on, and its board."""

    async def follow(self, row: FollowRow) -> FollowRow | None:
        """Let a channel follow a contest; return how it did before, or None."""
        ...

    async def unfollow(self, row: FollowRow) -> bool:
        """Let a channel no longer follow a contest; return False if it did not."""
        ...

    async def renew_thread(self, server: int, channel: int, contest: str, who: str, now: datetime) -> dict[int, bool]:
        """Let another thread be opened for a contest where its own can't be written to; return channels to wake."""
        ...


class Follows:
    """Lets channels follow contests, and says who may."""

    def __init__(self, servers: ServerStore, changes: FollowChanges, desk: Desk, clock: Clock) -> None:
        """Read follows in `servers`, and change them by `changes`; contests are those of `desk`."""
        self.servers = servers
        self.changes = changes
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
        return await led(contest, server, self._desk, self.servers)

    def matching(self, typed: str) -> list[Contest]:
        """Return the contests whose id, name or place contains what was typed, in the desk file's order."""
        wanted = typed.casefold().strip()
        return [
            contest
            for contest in self._desk.contests
            if wanted in f"{contest.id} {contest.name} {contest.where or ''}".casefold()
        ]

    async def follow(
        self,
        contest: Contest,
        server: int,
        channel: int,
        least: int | None,
        who: str,
        *,
        board: bool = False,
        preferences: FollowPreferences | None = None,
    ) -> FollowRow | None:
        """Let a channel follow a contest, with a pinned board or without; return how it followed it before, or None.

        `preferences` None: as it was, or as everybody is told.
        """
        await self.servers.join(server)
        row = FollowRow(server, channel, contest.id, least, who, self._clock.now(), board, preferences)
        return await self.changes.follow(row)

    async def unfollow(self, contest: str, server: int, channel: int, who: str) -> bool:
        """Let a channel no longer follow a contest, by its id; return False if it did not."""
        return await self.changes.unfollow(FollowRow(server, channel, contest, None, who, self._clock.now()))
