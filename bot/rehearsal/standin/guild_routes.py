"""The API routes of servers, their members and roles, and their scheduled events.

Scheduled events work as described in discord/discord-api-docs, resources/guild-scheduled-event, read 6 August 2026.
Events in voice channels are refused, since the simulation has no voice channels. No event starts or ends by itself.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.rehearsal.standin.bodies import EventBody, EventChange, wrong_shape
from bot.rehearsal.standin.guild import Guild, GuildRole, Member, ScheduledEvent, ScheduledEventStatus
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.refusal import (
    Wrong,
    event_over,
    missing_permissions,
    refuse_if,
    too_many_events,
    unknown_event,
    unknown_member,
    unknown_role,
    wrong_range,
)
from bot.rehearsal.standin.routes import NO_CONTENT, Access, ApiCall, Reply, Routes, as_id
from bot.rehearsal.standin.world import World

MAX_EVENTS = 100  # the most events that are not over


class ServerRoutes:
    """The API routes of servers, members and roles."""

    def __init__(self, world: World) -> None:
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the request handlers by route, such as "GET /channels/*", with a star for each variable part."""
        return {
            "GET /guilds/*": self.guild,
            "GET /guilds/*/channels": self.channels,
            "GET /guilds/*/roles": self.roles,
            "GET /guilds/*/members": self.members,
            "GET /guilds/*/members/*": self.member,
            "PUT /guilds/*/members/*/roles/*": self.give,
            "DELETE /guilds/*/members/*/roles/*": self.take,
        }

    def guild(self, call: ApiCall) -> Reply:
        """Respond with a server, without its channels and members."""
        return Reply(body=self._access.guild(call).json())

    def channels(self, call: ApiCall) -> Reply:
        """Respond with the channels of a server, without its threads."""
        return Reply(body=[channel.json() for channel in self._access.guild(call).channels.values()])

    def roles(self, call: ApiCall) -> Reply:
        """Respond with the roles of a server."""
        return Reply(body=[role.json() for role in self._access.guild(call).roles.values()])

    def members(self, call: ApiCall) -> Reply:
        """Respond with up to `limit` members whose ids are greater than `after`, in order of id."""
        limit, after = as_id(call.query.get("limit", "1"), "limit"), as_id(call.query.get("after", "0"), "after")
        refuse_if(wrong_range({"limit": limit}, "limit", 1, 1000))
        members = self._access.guild(call).members
        return Reply(body=[members[key].json() for key in sorted(members) if key > after][:limit])

    def member(self, call: ApiCall) -> Reply:
        """Respond with a member of a server."""
        return Reply(body=self._member(call).json())

    def give(self, call: ApiCall) -> Reply:
        """Give a member a role."""
        member, role = self._role(call)
        member.give(role)
        return NO_CONTENT

    def take(self, call: ApiCall) -> Reply:
        """Remove a role from a member."""
        member, role = self._role(call)
        member.take(role)
        return NO_CONTENT

    def _member(self, call: ApiCall) -> Member:
        member = self._access.guild(call).members.get(call.id(1))
        if member is None:
            raise unknown_member()
        return member

    def _role(self, call: ApiCall) -> tuple[Member, GuildRole]:
        """Return a member and a role.

        The role must be below the bot's highest role. Only then may the bot give or remove it.
        """
        member = self._member(call)
        guild = member.guild
        role = guild.roles.get(call.id(2))
        if role is None:
            raise unknown_role()
        highest = max(own.position for own in guild.me.roles)
        if not guild.me.permissions & Permission.MANAGE_ROLES or role.position >= highest:
            raise missing_permissions()
        return member, role


class ScheduledEventRoutes:
    """The API routes of scheduled events. The bot's permissions are checked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the request handlers by route, such as "GET /channels/*", with a star for each variable part."""
        return {
            "GET /guilds/*/scheduled-events": self.all,
            "POST /guilds/*/scheduled-events": self.create,
            "GET /guilds/*/scheduled-events/*": self.one,
            "PATCH /guilds/*/scheduled-events/*": self.edit,
            "DELETE /guilds/*/scheduled-events/*": self.delete,
        }

    def all(self, call: ApiCall) -> Reply:
        """Respond with the events of a server that are not over."""
        events = self._access.guild(call).events.values()
        return Reply(body=[event.json() for event in events if not event.status.over])

    def one(self, call: ApiCall) -> Reply:
        """Respond with a scheduled event."""
        return Reply(body=self._event(call)[1].json())

    def create(self, call: ApiCall) -> Reply:
        """Create a scheduled event, and respond with the event."""
        guild, body = self._access.guild(call), call.fields
        if not guild.me.permissions & Permission.CREATE_EVENTS:
            raise missing_permissions()
        refuse_if(wrong_shape(EventBody, body) or self._wrong(body))
        if sum(not event.status.over for event in guild.events.values()) >= MAX_EVENTS:
            raise too_many_events()
        wire = guild.wire
        event = ScheduledEvent(
            wire.new_id(),
            guild.id,
            self._world.bot,
            body["name"],
            _time(body["scheduled_start_time"]),
            _time(body["scheduled_end_time"]),
            body["entity_metadata"]["location"],
            body.get("description"),
        )
        guild.events[event.id] = event
        wire.emit("GUILD_SCHEDULED_EVENT_CREATE", guild.id, event.json())
        return Reply(body=event.json())

    def edit(self, call: ApiCall) -> Reply:
        """Change a scheduled event, and respond with the event.

        The bot needs MANAGE_EVENTS to change another user's event.
        """
        guild, event = self._event(call)
        body = call.fields
        self._check_mine(guild, event)
        if event.status.over:
            raise event_over()
        refuse_if(wrong_shape(EventChange, body))
        status = ScheduledEventStatus(body.get("status") or event.status)
        refuse_if([*self._wrong(body, event), *_wrong_status(event, status)])
        event.status = status
        event.name = body.get("name", event.name)
        event.description = body.get("description", event.description)
        event.location = (body.get("entity_metadata") or {}).get("location", event.location)
        event.starts = _time(body.get("scheduled_start_time"), event.starts)
        event.ends = _time(body.get("scheduled_end_time"), event.ends)
        guild.wire.emit("GUILD_SCHEDULED_EVENT_UPDATE", guild.id, event.json())
        return Reply(body=event.json())

    def delete(self, call: ApiCall) -> Reply:
        """Delete a scheduled event. The bot needs MANAGE_EVENTS to delete another user's event."""
        guild, event = self._event(call)
        self._check_mine(guild, event)
        del guild.events[event.id]
        guild.wire.emit("GUILD_SCHEDULED_EVENT_DELETE", guild.id, event.json())
        return NO_CONTENT

    def _event(self, call: ApiCall) -> tuple[Guild, ScheduledEvent]:
        guild = self._access.guild(call)
        event = guild.events.get(call.id(1))
        if event is None:
            raise unknown_event()
        return guild, event

    def _check_mine(self, guild: Guild, event: ScheduledEvent) -> None:
        needed = Permission.CREATE_EVENTS if event.creator is self._world.bot else Permission.MANAGE_EVENTS
        if not guild.me.permissions & (needed | Permission.MANAGE_EVENTS):
            raise missing_permissions()

    def _wrong(self, body: Mapping[str, Any], event: ScheduledEvent | None = None) -> Iterator[Wrong]:
        """Yield the errors in the start and end times of a body.

        Missing times are taken from `event`, the event to be changed.
        """
        starts = _time(body.get("scheduled_start_time"), None if event is None else event.starts)
        ends = _time(body.get("scheduled_end_time"), None if event is None else event.ends)
        if "scheduled_start_time" in body and starts <= self._world.calendar():
            yield ("scheduled_start_time",), "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", "Cannot schedule event in the past."
        if ends <= starts:
            words = "Cannot schedule event to end before it starts."
            yield ("scheduled_end_time",), "GUILD_SCHEDULED_EVENT_SCHEDULE_END_BEFORE_START", words


def _wrong_status(event: ScheduledEvent, status: ScheduledEventStatus) -> Iterator[Wrong]:
    if status is not event.status and not event.status.may_become(status):
        yield ("status",), "TRANSITION_INVALID", f"Cannot go from {event.status.name} to {status.name}."


def _time(text: str | None, otherwise: datetime | None = None) -> datetime:
    """Parse a time in a body that was already validated. Returns `otherwise` if the time is absent."""
    return otherwise if text is None and otherwise is not None else datetime.fromisoformat(text or "")
