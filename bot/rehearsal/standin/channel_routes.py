"""The API routes of channels, threads and direct channels: settings, permissions and members.

Threads work as described in discord/discord-api-docs, topics/threads and resources/channel, read 6 August 2026.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.rehearsal.standin.bodies import ChannelChange, DirectBody, OverwriteBody, ThreadBody, wrong_shape
from bot.rehearsal.standin.destination import ANNOUNCEMENT, ANNOUNCEMENT_THREAD, FORUM, PRIVATE_THREAD, PUBLIC_THREAD
from bot.rehearsal.standin.guild import Channel, Thread
from bot.rehearsal.standin.message import Flag, Message
from bot.rehearsal.standin.permissions import Overwrite, Permission
from bot.rehearsal.standin.refusal import (
    cannot_message,
    invalid_recipient,
    missing_permissions,
    refuse_if,
    system_message,
    thread_archived,
    thread_there,
    too_many_threads,
    unknown_overwrite,
    unknown_user,
    wrong_channel_type,
    wrong_choice,
    wrong_range,
)
from bot.rehearsal.standin.routes import NO_CONTENT, Access, ApiCall, Reply, Routes, as_id
from bot.rehearsal.standin.wire import JsonObject
from bot.rehearsal.standin.world import World

_MODERATED = ("locked", "rate_limit_per_user")

MAX_ACTIVE = 1000  # threads of a server; Discord does not document it

_PAGE, _MAX_PAGE = 50, 100


class ChannelRoutes:
    """The API routes of channels and threads. The bot's permissions are checked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the request handlers by route, such as "GET /channels/*", with a star for each variable part."""
        return {
            "GET /channels/*": self.channel,
            "PATCH /channels/*": self.edit,
            "DELETE /channels/*": self.delete,
            "PUT /channels/*/permissions/*": self.overwrite,
            "DELETE /channels/*/permissions/*": self.drop_overwrite,
        }

    def channel(self, call: ApiCall) -> Reply:
        """Respond with a channel, a thread or a direct channel."""
        return Reply(body=self._access.destination(call).json())

    def edit(self, call: ApiCall) -> Reply:
        """Change a channel or thread, and respond with the new version."""
        channel, body = self._access.channel(call), call.fields
        refuse_if(wrong_shape(ChannelChange, body))
        if isinstance(channel, Thread):
            self._edit_thread(channel, body)
        else:
            _need(channel, Permission.MANAGE_CHANNELS)
            channel.topic = body.get("topic", channel.topic)
        channel.name = body.get("name") or channel.name
        channel.slow_mode = body.get("rate_limit_per_user", channel.slow_mode) or 0
        channel.updated()
        return Reply(body=channel.json())

    def _edit_thread(self, thread: Thread, body: Mapping[str, Any]) -> None:
        manages = bool(thread.bot_permissions & Permission.MANAGE_THREADS)
        opens = body.get("archived") is False
        if thread.archived and not opens:
            raise thread_archived()
        only_opens = opens and set(body) <= {"archived"} and not thread.locked
        owns = thread.owner_id == self._world.bot.id and not thread.locked
        mine = owns and not any(key in body for key in _MODERATED)
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

    def delete(self, call: ApiCall) -> Reply:
        """Delete a channel or thread, and respond with its last version."""
        channel = self._access.channel(call)
        _need(channel, Permission.MANAGE_THREADS if isinstance(channel, Thread) else Permission.MANAGE_CHANNELS)
        channel.delete()
        return Reply(body=channel.json())

    def overwrite(self, call: ApiCall) -> Reply:
        """Set a role's or member's overwrite in a channel: the permissions that are allowed and denied."""
        channel, body = self._overwritable(call), call.fields
        refuse_if(wrong_shape(OverwriteBody, body))
        allow, deny = int(body.get("allow") or 0), int(body.get("deny") or 0)
        # Nobody can give permissions that they do not have.
        if (allow | deny) & ~channel.bot_permissions:
            raise missing_permissions()
        channel.overwrites[call.id(1)] = (body["type"], Overwrite(allow, deny))
        channel.updated()
        return NO_CONTENT

    def drop_overwrite(self, call: ApiCall) -> Reply:
        """Remove a role's or member's overwrite in a channel."""
        channel = self._overwritable(call)
        if channel.overwrites.pop(call.id(1), None) is None:
            raise unknown_overwrite()
        channel.updated()
        return NO_CONTENT

    def _overwritable(self, call: ApiCall) -> Channel:
        channel = self._access.channel(call, Permission.MANAGE_ROLES)
        if isinstance(channel, Thread):
            raise wrong_channel_type()
        return channel


def _need(channel: Channel, needed: int) -> None:
    if not channel.bot_permissions & needed:
        raise missing_permissions()


class ThreadRoutes:
    """The API routes of threads. The bot's permissions are checked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the request handlers by route, such as "GET /channels/*", with a star for each variable part."""
        return {
            "POST /channels/*/messages/*/threads": self.start_from,
            "POST /channels/*/threads": self.start,
            "GET /channels/*/threads/archived/public": self.archived,
            "GET /guilds/*/threads/active": self.active,
            "PUT /channels/*/thread-members/@me": self.join,
            "DELETE /channels/*/thread-members/@me": self.leave,
        }

    def start_from(self, call: ApiCall) -> Reply:
        """Start a thread from a message, and respond with the thread."""
        destination, message = self._access.message(call, Permission.CREATE_PUBLIC_THREADS)
        if not isinstance(destination, Channel) or isinstance(destination, Thread):
            raise wrong_channel_type()
        if message.flags & Flag.HAS_THREAD:
            raise thread_there()
        if not message.kind.by_somebody:
            raise system_message()
        return self._start(destination, call.fields, message)

    def start(self, call: ApiCall) -> Reply:
        """Start a thread without a message, private by default, and respond with the thread."""
        channel, body = self._access.channel(call), call.fields
        if isinstance(channel, Thread) or channel.type == FORUM:  # only people start posts in a forum
            raise wrong_channel_type()
        kinds = (ANNOUNCEMENT_THREAD,) if channel.type == ANNOUNCEMENT else (PUBLIC_THREAD, PRIVATE_THREAD)
        kind = body.get("type", PRIVATE_THREAD)
        refuse_if(wrong_choice({"type": kind}, "type", kinds))
        needed = Permission.CREATE_PRIVATE_THREADS if kind == PRIVATE_THREAD else Permission.CREATE_PUBLIC_THREADS
        if not channel.bot_permissions & needed:
            raise missing_permissions()
        return self._start(channel, body, private=kind == PRIVATE_THREAD)

    def _start(
        self, parent: Channel, body: Mapping[str, Any], source: Message | None = None, *, private: bool = False
    ) -> Reply:
        refuse_if(wrong_shape(ThreadBody, body))
        if len(parent.guild.active_threads()) >= MAX_ACTIVE:
            raise too_many_threads()
        duration = body.get("auto_archive_duration") or 1440
        thread = parent.guild.start_thread(
            parent, body["name"], self._world.bot, source=source, private=private, duration=duration
        )
        thread.slow_mode = body.get("rate_limit_per_user") or 0
        return Reply(201, thread.json())

    def active(self, call: ApiCall) -> Reply:
        """Respond with a server's active threads that the bot sees, newest first."""
        threads = self._access.guild(call).active_threads()
        return Reply(body=_listed([thread for thread in threads if thread.bot_permissions & Permission.VIEW_CHANNEL]))

    def archived(self, call: ApiCall) -> Reply:
        """Respond with some of a channel's archived public threads, the most recently archived first."""
        channel = self._access.channel(call, Permission.READ_MESSAGE_HISTORY)
        channel.guild.active_threads()  # archives those that are due
        limit = as_id(call.query.get("limit", str(_PAGE)), "limit")
        refuse_if(wrong_range({"limit": limit}, "limit", 1, _MAX_PAGE))
        before = call.query.get("before")
        threads = [
            thread
            for thread in channel.guild.threads.values()
            if thread.parent is channel and thread.archived and thread.type != PRIVATE_THREAD
            if before is None or thread.turned_at < datetime.fromisoformat(before)
        ]
        threads.sort(key=lambda thread: thread.turned_at, reverse=True)
        return Reply(body=_listed(threads[:limit]) | {"has_more": len(threads) > limit})

    def join(self, call: ApiCall) -> Reply:
        """Add the bot to a thread."""
        self._thread(call).join(self._world.bot.id)
        return NO_CONTENT

    def leave(self, call: ApiCall) -> Reply:
        """Remove the bot from a thread."""
        self._thread(call).leave(self._world.bot.id)
        return NO_CONTENT

    def _thread(self, call: ApiCall) -> Thread:
        channel = self._access.channel(call)
        if not isinstance(channel, Thread):
            raise wrong_channel_type()
        if channel.archived:
            raise thread_archived()
        return channel


def _listed(threads: list[Thread]) -> JsonObject:
    """Return threads as JSON, with the bot's membership in each."""
    members = [thread.member_json(thread.guild.bot_id) for thread in threads]
    return {
        "has_more": False,
        "threads": [thread.json() for thread in threads],
        "members": [member for member in members if member],
    }


class DirectMessageRoutes:
    """The API routes of people and direct channels."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> Routes:
        """Return the request handlers by route, such as "GET /channels/*", with a star for each variable part."""
        return {"GET /users/*": self.user, "POST /users/@me/channels": self.open}

    def user(self, call: ApiCall) -> Reply:
        """Respond with a person."""
        user = self._world.user(call.id(0))
        if user is None:
            raise unknown_user()
        return Reply(body=user.json())

    def open(self, call: ApiCall) -> Reply:
        """Respond with the direct channel with a person, which is the same each time."""
        refuse_if(wrong_shape(DirectBody, call.fields))
        person = self._world.user(int(call.fields["recipient_id"]))
        if person is None:
            raise invalid_recipient()
        if person.bot:
            raise cannot_message()
        return Reply(body=self._world.direct(person).json())
