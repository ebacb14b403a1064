"""The routes of channels themselves: their settings, and who may do what in them."""

from collections.abc import Mapping
from typing import Any

from bot.rehearsal.standin.access import Access
from bot.rehearsal.standin.calls import NO_CONTENT, Call, Reply, Routes
from bot.rehearsal.standin.form import refuse_if, wrong_choice, wrong_length, wrong_range
from bot.rehearsal.standin.guild import DURATIONS, MEMBER, ROLE, Channel, Thread
from bot.rehearsal.standin.permissions import Overwrite, Permission
from bot.rehearsal.standin.refusal import missing_permissions, thread_archived, unknown_overwrite, wrong_channel_type
from bot.rehearsal.standin.world import World

MAX_SLOW_MODE = 21_600  # seconds


_SETTINGS = {"name": (1, 100), "topic": (0, 1024)}


_MODERATED = ("locked", "rate_limit_per_user")


class ChannelRoutes:
    """What the bot does with channels and threads, as far as it may."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the handlers by method and path, a star for each variable part."""
        return {
            "GET /channels/*": self.channel,
            "PATCH /channels/*": self.edit,
            "DELETE /channels/*": self.delete,
            "PUT /channels/*/permissions/*": self.overwrite,
            "DELETE /channels/*/permissions/*": self.drop_overwrite,
        }

    def channel(self, call: Call) -> Reply:
        """Answer with a channel, a thread or a direct channel."""
        return Reply(body=self._access.place(call).json())

    def edit(self, call: Call) -> Reply:
        """Change a channel or thread and answer with it."""
        channel, body = self._access.channel(call), call.fields
        wrong = [
            *wrong_length(body, _SETTINGS),
            *wrong_range(body, "rate_limit_per_user", 0, MAX_SLOW_MODE),
            *wrong_choice(body, "auto_archive_duration", DURATIONS),
        ]
        refuse_if(wrong)
        if isinstance(channel, Thread):
            self._edit_thread(channel, body)
        else:
            _need(channel, Permission.MANAGE_CHANNELS)
            channel.topic = body.get("topic", channel.topic)
        channel.name = body.get("name") or channel.name
        channel.slow_mode = body.get("rate_limit_per_user") or (
            0 if "rate_limit_per_user" in body else channel.slow_mode
        )
        channel.updated()
        return Reply(body=channel.json())

    def _edit_thread(self, thread: Thread, body: Mapping[str, Any]) -> None:
        manages = bool(thread.bot_permissions & Permission.MANAGE_THREADS)
        opens = body.get("archived") is False
        if thread.archived and not opens:
            raise thread_archived()
        only_opens = opens and set(body) <= {"archived"} and not thread.locked
        mine = (
            thread.owner_id == self._world.bot.id and not thread.locked and not any(key in body for key in _MODERATED)
        )
        if not (manages or mine or only_opens):
            raise missing_permissions()
        if "locked" in body:
            thread.locked = bool(body["locked"])
        if body.get("auto_archive_duration"):
            thread.duration = body["auto_archive_duration"]
            thread.active_at = thread.turned_at = thread.wire.now()
        if "archived" in body and bool(body["archived"]) != thread.archived:
            thread.archived = bool(body["archived"])
            thread.active_at = thread.turned_at = thread.wire.now()

    def delete(self, call: Call) -> Reply:
        """Delete a channel or thread and answer with what it was."""
        channel = self._access.channel(call)
        _need(channel, Permission.MANAGE_THREADS if isinstance(channel, Thread) else Permission.MANAGE_CHANNELS)
        channel.delete()
        return Reply(body=channel.json())

    def overwrite(self, call: Call) -> Reply:
        """Set what a channel adds to and takes from a role or member."""
        channel, body = self._overwritable(call), call.fields
        refuse_if(wrong_choice({"type": body.get("type", -1)}, "type", (ROLE, MEMBER)))
        allow, deny = int(body.get("allow") or 0), int(body.get("deny") or 0)
        # Nobody hands on what they have not got themselves.
        if (allow | deny) & ~channel.bot_permissions:
            raise missing_permissions()
        channel.overwrites[call.id(1)] = (body["type"], Overwrite(allow, deny))
        channel.updated()
        return NO_CONTENT

    def drop_overwrite(self, call: Call) -> Reply:
        """Let a channel add nothing to a role or member, and take nothing."""
        channel = self._overwritable(call)
        if channel.overwrites.pop(call.id(1), None) is None:
            raise unknown_overwrite()
        channel.updated()
        return NO_CONTENT

    def _overwritable(self, call: Call) -> Channel:
        channel = self._access.channel(call, Permission.MANAGE_ROLES)
        if isinstance(channel, Thread):
            raise wrong_channel_type()
        return channel


def _need(channel: Channel, needed: int) -> None:
    if not channel.bot_permissions & needed:
        raise missing_permissions()
