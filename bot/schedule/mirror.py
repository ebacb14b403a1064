"""Copies a newsroom's schedule to its server's scheduled events on Discord, every minute, if the server wants it.

The mirror works in one direction. Discord's events are not posts and bypass the outbox. The last line of each event's
description has a mark, by which the schedule is compared with Discord's list. Nothing is stored, so a crash duplicates
no event. A request without a response can leave two events with the same mark; the second is then deleted.
"""

from collections.abc import Sequence
from typing import Protocol

import discord
import structlog

from bot.clock import Clock
from bot.errors import TallydeskError
from bot.events.mirror_changes import MOST, DiscordEvent, GuildEvent, MirrorStep, steps
from bot.logs import worth_a_line
from bot.outbox.discord import sort_failure
from bot.schedule.schedule_store import MirrorStore, ScheduleStore

MOST_STEPS = 10
"""The maximum number of requests to one server in each update. Posts share Discord's rate limits, and have
priority.
"""

log = structlog.get_logger()


class ServerEvents(Protocol):
    """An interface to the scheduled events of Discord servers."""

    def may(self, server: int) -> bool:
        """Return True if the bot may create events in a server."""
        ...

    def is_open(self, server: int, channel: int) -> bool:
        """Return True if every member of a server can see the channel."""
        ...

    async def there(self, server: int) -> Sequence[GuildEvent]:
        """Return a server's Discord events that are not over."""
        ...

    async def do(self, server: int, step: MirrorStep) -> None:
        """Send one request to Discord: create, change or cancel an event."""
        ...


class Mirror:
    """A service that shows newsrooms' schedules as scheduled events on Discord."""

    EVERY = 60.0
    """Seconds between two updates."""

    def __init__(self, store: MirrorStore, schedule: ScheduleStore, clock: Clock) -> None:
        """Create a service that shows the entries of `schedule` in the servers that `store` lists."""
        self._store = store
        self._schedule = schedule
        self._clock = clock
        self._failures: dict[int, int] = {}

    async def set(self, server: int, who: str, *, on: bool) -> str:
        """Turn the mirror on or off in a server. Returns the answer to the person who used the command."""
        changed = await self._store.set(server, who, on=on)
        if on:
            return (
                "The next 100 events on the schedule will show as server events within about a minute."
                if changed
                else "No change."
            )
        return (
            "The schedule no longer shows as server events; existing ones stay until someone deletes them."
            if changed
            else "No change."
        )

    async def is_on(self, server: int) -> bool:
        """Return True if the schedule is shown as Discord events in a server."""
        return server in await self._store.servers()

    async def look(self, events: ServerEvents) -> None:
        """Update the Discord events of every server in which the mirror is on.

        Failures are logged, and retried in the next update.
        """
        for server in await self._store.servers():
            try:
                await self._show(server, events)
            except TallydeskError as error:
                self._failures[server] = failures = self._failures.get(server, 0) + 1
                if worth_a_line(failures):
                    log.warning("a server's events could not be kept", server=server, why=str(error), failures=failures)
            else:
                self._failures.pop(server, None)

    async def _show(self, server: int, events: ServerEvents) -> None:
        if not events.may(server):
            raise TallydeskError("the bot lacks the permission to create events there")
        now = self._clock.now()
        # Every member sees a server's own events: what is bound to a channel that some do not see is not among them.
        ahead = await self._schedule.ahead(server, now, MOST)
        entries = [one for one in ahead if one.channel is None or events.is_open(server, one.channel)]
        failed: TallydeskError | None = None
        for step in steps(entries, await events.there(server), await self._store.mark(), now)[:MOST_STEPS]:
            try:
                await events.do(server, step)
            except TallydeskError as error:
                failed = failed or error  # the others are still shown
        if failed is not None:
            raise failed


class MirrorError(TallydeskError):
    """Discord refused to list or change a server's events, or did not respond."""


class DiscordEvents:
    """The scheduled events of servers, accessed through Discord's API."""

    def __init__(self, client: discord.Client) -> None:
        """Create an object that sends requests through `client`."""
        self._client = client

    def may(self, server: int) -> bool:
        """Return True if the bot is in the server and may create events there."""
        guild = self._client.get_guild(server)
        return guild is not None and guild.me.guild_permissions.create_events

    def is_open(self, server: int, channel: int) -> bool:
        """Return True if everyone can see the channel; for a thread, its parent channel.

        Always False for private threads.
        """
        guild = self._client.get_guild(server)
        place = guild.get_channel_or_thread(channel) if guild else None
        parent = place.parent if isinstance(place, discord.Thread) else place
        if guild is None or place is None or parent is None or place.type is discord.ChannelType.private_thread:
            return False
        return parent.permissions_for(guild.default_role).view_channel

    async def there(self, server: int) -> list[GuildEvent]:
        """Return a server's Discord events that are not over.

        Raises:
            MirrorError: the events can't be listed.

        """
        guild = self._client.get_guild(server)
        try:
            events = await guild.fetch_scheduled_events(with_counts=False) if guild else []
        except (discord.DiscordException, OSError, TimeoutError) as error:
            raise MirrorError(str(sort_failure(error))) from None
        me = self._client.user.id if self._client.user else 0
        open_ones = (discord.EventStatus.scheduled, discord.EventStatus.active)
        return [
            GuildEvent(event.id, event.creator_id == me, _shown(event)) for event in events if event.status in open_ones
        ]

    async def do(self, server: int, step: MirrorStep) -> None:
        """Send one request to Discord: create, change or cancel an event.

        Raises:
            MirrorError: Discord refused the request, or did not respond. The next update shows whether it took effect.
        """
        guild = self._client.get_guild(server)
        if guild is None:
            raise MirrorError("the bot is not in that server")
        try:
            await _request(guild, step)
        except (discord.DiscordException, OSError, TimeoutError) as error:
            raise MirrorError(str(sort_failure(error))) from None


async def _request(guild: discord.Guild, step: MirrorStep) -> None:
    shown = step.shown
    if shown is None:
        event = await guild.fetch_scheduled_event(step.there or 0, with_counts=False)
        await event.delete()
    elif step.there is None:
        await guild.create_scheduled_event(
            name=shown.name,
            start_time=shown.starts_at,
            end_time=shown.ends_at,
            location=shown.place,
            description=shown.words,
            entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
        )
    else:
        event = await guild.fetch_scheduled_event(step.there, with_counts=False)
        await event.edit(
            name=shown.name,
            start_time=shown.starts_at,
            end_time=shown.ends_at,
            location=shown.place,
            description=shown.words,
            entity_type=discord.EntityType.external,
        )


def _shown(event: discord.ScheduledEvent) -> DiscordEvent:
    return DiscordEvent(
        event.name, event.location or "", event.description or "", event.start_time, event.end_time or event.start_time
    )
