"""Which channel follows which contest, and who may say so."""

from typing import Protocol

from bot.clock import Clock
from bot.desk.desk_file import Contest, Desk
from bot.follows.follows_store import FollowRow, LeadingSourceChoice, ServerStore
from bot.follows.preferences import FollowPreferences
from bot.wording.typed_names import contest_named, contests_matching


class FollowChanges(Protocol):
    """Changes follows, each in one transaction with what the channel is told from then on and with its board."""

    async def follow(self, row: FollowRow) -> FollowRow | None:
        """Store a follow; return the one before, or None."""
        ...

    async def unfollow(self, row: FollowRow) -> bool:
        """Delete a follow; return False if the channel did not follow the contest."""
        ...

    async def renew_thread(self, server: int, channel: int, contest: str, who: str) -> bool:
        """Open another thread for a contest if its own can't be written to; return whether one is opened."""
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
        return self._desk.contest(key) or contest_named(key, self._desk.contests)

    async def with_leading_source(self, contest: Contest, server: int) -> Contest:
        """Return a contest with the source that leads it in a server."""
        return await with_leading_source(contest, server, self._desk, self.servers)

    def matching(self, typed: str) -> list[Contest]:
        """Return the contests that match what was typed so far, in the desk file's order."""
        return contests_matching(typed, self._desk.contests)

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
        """Make a channel follow a contest, with a pinned board or without; return the follow before, or None.

        `preferences` None: as before, or the default ones.
        """
        await self.servers.join(server)
        row = FollowRow(server, channel, contest.id, least, who, self._clock.now(), board, preferences)
        return await self.changes.follow(row)

    async def unfollow(self, contest: str, server: int, channel: int, who: str) -> bool:
        """End a follow; `contest` is the contest's id. Return False if the channel did not follow it."""
        return await self.changes.unfollow(FollowRow(server, channel, contest, None, who, self._clock.now()))


class Choices(Protocol):
    """Knows what servers chose."""

    async def choice(self, server: int, contest: str) -> LeadingSourceChoice | None:
        """Return which source a server chose to lead a contest, or None."""
        ...


async def with_leading_source(contest: Contest, server: int, desk: Desk, choices: Choices) -> Contest:
    """Return a contest with the source that leads it in a server: the one chosen there, else the desk file's."""
    choice = await choices.choice(server, contest.id)
    return desk.with_leading_source(contest, choice.source if choice else None)
