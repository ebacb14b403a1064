"""A server's own scheduled events: listed, made, changed and taken away through discord.py."""

import discord

from bot.delivery.discord_channels import sort_failure
from bot.errors import TallydeskError
from bot.schedule.mirror import Shown, Step, There


class MirrorError(TallydeskError):
    """Discord does not let the server's events be listed or changed, or gives no answer."""


class DiscordEvents:
    """The scheduled events of the servers that the bot is in."""

    def __init__(self, client: discord.Client) -> None:
        """Ask through `client`."""
        self._client = client

    def may(self, server: int) -> bool:
        """Return True if the bot is in the server and may make events there."""
        guild = self._client.get_guild(server)
        return guild is not None and guild.me.guild_permissions.create_events

    async def there(self, server: int) -> list[There]:
        """Return a server's events that are not over.

        Raises:
            MirrorError: they can't be listed.

        """
        guild = self._client.get_guild(server)
        try:
            events = await guild.fetch_scheduled_events(with_counts=False) if guild else []
        except (discord.DiscordException, OSError, TimeoutError) as error:
            raise MirrorError(str(sort_failure(error))) from None
        me = self._client.user.id if self._client.user else 0
        open_ones = (discord.EventStatus.scheduled, discord.EventStatus.active)
        return [There(event.id, event.creator_id == me, _shown(event)) for event in events if event.status in open_ones]

    async def do(self, server: int, step: Step) -> None:
        """Make one request.

        Raises:
            MirrorError: it was refused, or has no answer; then the next look at what is there shows which.

        """
        guild = self._client.get_guild(server)
        if guild is None:
            raise MirrorError("the bot is not in that server")
        try:
            await _request(guild, step)
        except (discord.DiscordException, OSError, TimeoutError) as error:
            raise MirrorError(str(sort_failure(error))) from None


async def _request(guild: discord.Guild, step: Step) -> None:
    shown = step.shown
    if shown is None:
        event = await guild.fetch_scheduled_event(step.there or 0, with_counts=False)
        await event.delete()
    elif step.there is None:
        await guild.create_scheduled_event(
            name=shown.name, start_time=shown.starts_at, end_time=shown.ends_at, location=shown.place,
            description=shown.words, entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
        )  # fmt: skip
    else:
        event = await guild.fetch_scheduled_event(step.there, with_counts=False)
        await event.edit(
            name=shown.name, start_time=shown.starts_at, end_time=shown.ends_at, location=shown.place,
            description=shown.words, entity_type=discord.EntityType.external,
        )  # fmt: skip


def _shown(event: discord.ScheduledEvent) -> Shown:
    return Shown(
        event.name, event.location or "", event.description or "", event.start_time, event.end_time or event.start_time
    )
