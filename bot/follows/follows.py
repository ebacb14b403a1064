"""Starts and ends the follows of channels, and finds contests by name."""

from typing import Protocol

from bot.clock import Clock
from bot.desk.desk_file import Contest, Desk
from bot.follows.follows_store import FollowRow, LeadingSourceChoice, ServerStore
from bot.follows.preferences import FollowPreferences
from bot.wording.typed_names import contest_named, contests_matching


class FollowChanges(Protocol):
    """An interface to store and delete follows.

    Each change is one transaction, together with the first post in the channel and its pinned board.
    """

    async def follow(self, row: FollowRow) -> FollowRow | None:
        """Store a follow. Returns the follow that it replaces, or None."""
        ...

    async def unfollow(self, row: FollowRow) -> bool:
        """Delete a follow. Returns False if the channel did not follow the contest."""
        ...

    async def renew_thread(self, server: int, channel: int, contest: str, who: str) -> bool:
        """Request a new thread for a contest if the bot can't post in the old one.

        Returns True if a thread will be opened.
        """
        ...


class Follows:
    """A service that starts and ends follows, and finds contests by name."""

    def __init__(self, servers: ServerStore, changes: FollowChanges, desk: Desk, clock: Clock) -> None:
        """Create the service.

        Args:
            servers: reads follows.
            changes: changes follows.
            desk: the desk file, with the contests.
            clock: gives the time of a change.

        """
        self.servers = servers
        self.changes = changes
        self._desk = desk
        self._clock = clock

    def contest(self, key: str) -> Contest:
        """Return the contest whose id or name somebody typed or chose.

        Raises:
            BadInputError: no contest, or more than one, has that name.

        """
        return self._desk.contest(key) or contest_named(key, self._desk.contests)

    async def with_leading_source(self, contest: Contest, server: int) -> Contest:
        """Return a copy of a contest whose `leads` is the source that leads the contest in this server."""
        return await with_leading_source(contest, server, self._desk, self.servers)

    def matching(self, typed: str) -> list[Contest]:
        """Return the contests whose name begins with `typed`, in the desk file's order, for autocompletion."""
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
        """Make a channel follow a contest, or change how the channel follows it.

        Args:
            contest: the contest.
            server: the server's id.
            channel: the channel's id.
            least: by how many votes the margin must change to be posted separately; None for the default rule.
            who: the person who makes the change, for the audit log.
            board: True if the channel should have a pinned board.
            preferences: None keeps the current preferences, or sets the defaults for a new follow.

        Returns:
            The follow that was replaced, or None.
        """
        await self.servers.join(server)
        row = FollowRow(server, channel, contest.id, least, who, self._clock.now(), board, preferences)
        return await self.changes.follow(row)

    async def unfollow(self, contest: str, server: int, channel: int, who: str) -> bool:
        """End a channel's follow of a contest, given by id. Returns False if the channel did not follow it."""
        return await self.changes.unfollow(FollowRow(server, channel, contest, None, who, self._clock.now()))


class Choices(Protocol):
    """An interface to look up the leading sources that servers chose."""

    async def choice(self, server: int, contest: str) -> LeadingSourceChoice | None:
        """Return the source that a server chose to lead a contest, or None if it chose none."""
        ...


async def with_leading_source(contest: Contest, server: int, desk: Desk, choices: Choices) -> Contest:
    """Return a copy of a contest whose `leads` is the source that the server chose, or else the desk file's."""
    choice = await choices.choice(server, contest.id)
    return desk.with_leading_source(contest, choice.source if choice else None)
