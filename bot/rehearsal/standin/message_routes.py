"""The API routes of messages: posting, editing, deleting, reacting, publishing to following channels, and pinning."""

from datetime import datetime, timedelta

from bot.rehearsal.standin.destination import ANNOUNCEMENT, FORUM, Destination, DirectChannel
from bot.rehearsal.standin.guild import Channel, Thread
from bot.rehearsal.standin.message import Flag, Message, User, emoji_json
from bot.rehearsal.standin.message_body import change_message, new_message, refer
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.rate_limits import Bucket, RateLimits
from bot.rehearsal.standin.refusal import (
    already_crossposted,
    cannot_message,
    edit_of_another,
    invalid_form,
    missing_permissions,
    no_mutual_guilds,
    not_text,
    old_edits,
    refuse_if,
    system_message,
    thread_archived,
    thread_locked,
    too_many_pins,
    unknown_message,
    write_limit,
    wrong_channel_type,
    wrong_range,
)
from bot.rehearsal.standin.routes import NO_CONTENT, Access, ApiCall, Reply, Routes, as_id
from bot.rehearsal.standin.world import World

POST_MESSAGE = "POST /channels/*/messages"

_PAGE, _MAX_PAGE = 50, 100

_ITS_AUTHORS = {"content", "embeds", "components", "attachments"}  # fields that only the author may change

_OLD = timedelta(hours=1)  # older messages have a stricter limit of edits

_COPIED = ("content", "embeds", "components", "attachments")

MAX_PINS = 250

_PINS_PAGE = 50


class MessageRoutes:
    """The API routes of messages. The bot's permissions are checked."""

    def __init__(self, world: World, rate_limits: RateLimits) -> None:
        self._world = world
        self._rate_limits = rate_limits
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the request handlers by route, such as "GET /channels/*", with a star for each variable part."""
        return {
            POST_MESSAGE: self.create,
            "GET /channels/*/messages": self.page,
            "GET /channels/*/messages/*": self.one,
            "PATCH /channels/*/messages/*": self.edit,
            "DELETE /channels/*/messages/*": self.delete,
        }

    def create(self, call: ApiCall) -> Reply:
        """Post a message, and respond with it.

        If a recent message has the same nonce, respond with that message instead.
        """
        body = call.fields
        destination = self._access.destination(call)
        needed = destination.sending
        if body.get("embeds"):
            needed |= Permission.EMBED_LINKS
        if call.uploads:
            needed |= Permission.ATTACH_FILES
        if destination.bot_permissions & needed != needed:
            raise missing_permissions()
        self._check_taken(destination)
        nonce = body.get("nonce")
        earlier = None
        if nonce is not None and body.get("enforce_nonce"):
            earlier = self._world.posted_before(self._world.bot, nonce)
        if earlier is not None:
            return self._again(earlier)
        message = new_message(self._world, destination, call, body)
        refer(destination, message, body)
        return self._post(destination, message)

    def _check_taken(self, destination: Destination) -> None:
        """Refuse to post a message in a forum itself, in a locked thread, or to a person who accepts no messages."""
        if destination.kind == FORUM:
            raise not_text()
        _check_unlocked(destination)
        if isinstance(destination, DirectChannel):
            if not self._world.shares_server(destination.person):
                raise no_mutual_guilds()
            if not destination.person.takes_direct:
                raise cannot_message()

    def _again(self, message: Message) -> Reply:
        # The earlier message, in whichever channel it is. If it was deleted, the call fails
        # (discord-api-docs, pull request 6647).
        if message.deleted or message.channel_id not in self._world.destinations:
            raise unknown_message()
        return Reply(body=message.json() | {"nonce": message.nonce})

    def _post(self, destination: Destination, message: Message) -> Reply:
        destination.post(message)
        self._world.remember_nonce(message)
        self._tell(destination, message, edited=False)
        shown = message.json()
        return Reply(body=shown if message.nonce is None else shown | {"nonce": message.nonce})

    def _tell(self, destination: Destination, message: Message, *, edited: bool) -> None:
        if isinstance(destination, Channel):
            self._world.tell_posted(destination, message, edited=edited)

    def page(self, call: ApiCall) -> Reply:
        """Respond with up to `limit` messages, newest first. The list is empty if the bot may not read the history."""
        destination = self._access.destination(call)
        limit = as_id(call.query.get("limit", str(_PAGE)), "limit")
        refuse_if(wrong_range({"limit": limit}, "limit", 1, _MAX_PAGE))
        # No error: the documentation says that then "no messages will be returned".
        if not destination.bot_permissions & Permission.READ_MESSAGE_HISTORY:
            return Reply(body=[])
        ends = {key: as_id(call.query[key], key) for key in ("before", "after", "around") if key in call.query}
        return Reply(body=[message.json() for message in destination.messages.page(limit, **ends)])

    def one(self, call: ApiCall) -> Reply:
        """Respond with a message."""
        _, message = self._access.message(call, Permission.READ_MESSAGE_HISTORY)
        return Reply(body=message.json())

    def edit(self, call: ApiCall) -> Reply:
        """Edit the bot's own message, and respond with it.

        With MANAGE_MESSAGES, the flags of others' messages can be changed.
        """
        destination, message = self._access.changeable(call)
        _check_unlocked(destination)
        if message.author is not self._world.bot:
            if "flags" not in call.fields or call.fields.keys() & _ITS_AUTHORS:
                raise edit_of_another()
            if not destination.bot_permissions & Permission.MANAGE_MESSAGES:
                raise missing_permissions()
        if not message.kind.by_somebody:
            raise system_message()
        if call.fields.get("embeds") and not destination.bot_permissions & Permission.EMBED_LINKS:
            raise missing_permissions()
        self._check_edits(message, call.args[0])
        change_message(self._world, destination, message, call, call.fields)
        destination.changed(message)
        self._tell(destination, message, edited=True)
        for copy in message.copies:
            follower = self._world.destination(copy.channel_id)
            if follower is not None:
                update_copy(message, copy)
                follower.changed(copy)
        return Reply(body=message.json())

    def _check_edits(self, message: Message, channel: str) -> None:
        """Refuse an edit if old or published messages were edited too often."""
        if self._world.wire.now() - message.timestamp >= _OLD:
            wait = self._rate_limits.take_seldom(Bucket.OLD_EDITS, channel)
            if wait is not None:
                raise old_edits(wait)
        if message.flags & Flag.CROSSPOSTED:
            wait = self._rate_limits.take_seldom(Bucket.CROSSPOST_EDITS, channel)
            if wait is not None:
                raise write_limit(wait)

    def delete(self, call: ApiCall) -> Reply:
        """Delete a message. The bot needs MANAGE_MESSAGES to delete another user's message."""
        destination, message = self._access.message(call)
        if message.author is not self._world.bot and not destination.bot_permissions & Permission.MANAGE_MESSAGES:
            raise missing_permissions()
        if isinstance(destination, Thread) and destination.archived:
            _check_unlocked(destination)
        destination.remove(message)
        return NO_CONTENT


def _check_unlocked(destination: Destination) -> None:
    if (
        isinstance(destination, Thread)
        and destination.locked
        and not destination.bot_permissions & Permission.MANAGE_THREADS
    ):
        raise thread_archived() if destination.archived else thread_locked()


class ReactionRoutes:
    """The API routes of reactions and of the typing indicator. The bot's permissions are checked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the request handlers by route, such as "GET /channels/*", with a star for each variable part."""
        return {
            "PUT /channels/*/messages/*/reactions/*/@me": self.react,
            "DELETE /channels/*/messages/*/reactions/*/@me": self.take_back,
            "GET /channels/*/messages/*/reactions/*": self.who,
            "POST /channels/*/typing": self.type,
        }

    def react(self, call: ApiCall) -> Reply:
        """Add the bot's reaction to a message. The first reaction with an emoji needs an additional permission."""
        destination, message = self._access.changeable(call, Permission.READ_MESSAGE_HISTORY)
        emoji = call.args[2]
        users = message.reactions.get(emoji, [])
        if not users and not destination.bot_permissions & Permission.ADD_REACTIONS:
            raise missing_permissions()
        if self._world.bot not in users:
            message.reactions[emoji] = [*users, self._world.bot]
            self._tell("MESSAGE_REACTION_ADD", destination, message, emoji)
        return NO_CONTENT

    def take_back(self, call: ApiCall) -> Reply:
        """Remove the bot's own reaction."""
        destination, message = self._access.changeable(call)
        emoji = call.args[2]
        if self._world.bot in message.reactions.get(emoji, []):
            message.reactions[emoji].remove(self._world.bot)
            if not message.reactions[emoji]:
                del message.reactions[emoji]
            self._tell("MESSAGE_REACTION_REMOVE", destination, message, emoji)
        return NO_CONTENT

    def who(self, call: ApiCall) -> Reply:
        """Respond with the people who reacted with an emoji."""
        _, message = self._access.message(call, Permission.READ_MESSAGE_HISTORY)
        return Reply(body=[user.json() for user in message.reactions.get(call.args[2], [])])

    def type(self, call: ApiCall) -> Reply:
        """Show the typing indicator for a while."""
        destination = self._access.destination(call)
        if not destination.bot_permissions & destination.sending:
            raise missing_permissions()
        body = {"channel_id": str(destination.id), "user_id": str(self._world.bot.id)} | destination.jsons_guild
        now = int(self._world.wire.now().timestamp())
        self._world.wire.emit("TYPING_START", destination.guild_id, body | {"timestamp": now})
        return NO_CONTENT

    def _tell(self, name: str, destination: Destination, message: Message, emoji: str) -> None:
        body = {"user_id": str(self._world.bot.id), "channel_id": str(destination.id), "message_id": str(message.id)}
        reaction = {"emoji": emoji_json(emoji), "type": 0, "burst": False, **destination.jsons_guild}
        self._world.wire.emit(name, destination.guild_id, body | reaction)


class CrosspostRoutes:
    """The API route to publish messages to following channels. The bot's permissions are checked."""

    def __init__(self, world: World, rate_limits: RateLimits) -> None:
        self._world = world
        self._rate_limits = rate_limits
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the request handlers by route, such as "GET /channels/*", with a star for each variable part."""
        return {"POST /channels/*/messages/*/crosspost": self.crosspost}

    def crosspost(self, call: ApiCall) -> Reply:
        """Publish a message, and respond with it. The bot needs MANAGE_MESSAGES to publish another user's message."""
        destination, message = self._access.message(call, Permission.SEND_MESSAGES)
        if not isinstance(destination, Channel) or destination.type != ANNOUNCEMENT:
            raise wrong_channel_type()
        if message.author is not self._world.bot and not destination.bot_permissions & Permission.MANAGE_MESSAGES:
            raise missing_permissions()
        if message.flags & Flag.CROSSPOSTED:
            raise already_crossposted()
        if wait := self._rate_limits.take_seldom(Bucket.CROSSPOSTS, call.args[0]):
            raise write_limit(wait)
        message.flags |= Flag.CROSSPOSTED
        destination.changed(message)
        for target in destination.followers:
            message.copies.append(target.post(_copy(message, destination, target)))
        return Reply(body=message.json())


def _copy(message: Message, source: Channel, target: Channel) -> Message:
    """Return the copy of a message for a following channel. Its author is a webhook named after the source channel."""
    webhook = User(source.id, f"{source.guild.name} #{source.name}", bot=True)
    wire = target.wire
    copy = Message(wire.new_id(), target.id, target.guild_id, webhook, wire.now(), flags=Flag.IS_CROSSPOST)
    copy.webhook_id = webhook.id
    copy.reference = source.pointing_to(message)
    update_copy(message, copy)
    return copy


def update_copy(message: Message, copy: Message) -> None:
    """Update a copy of a published message after an edit."""
    for name in _COPIED:
        setattr(copy, name, getattr(message, name))
    copy.edited = message.edited


class PinRoutes:
    """The API routes of pinned messages. The bot's permissions are checked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the request handlers by route, such as "GET /channels/*", with a star for each variable part."""
        return {
            "GET /channels/*/messages/pins": self.page,
            "PUT /channels/*/messages/pins/*": self.pin,
            "DELETE /channels/*/messages/pins/*": self.unpin,
            "GET /channels/*/pins": self.first,
            "PUT /channels/*/pins/*": self.pin,
            "DELETE /channels/*/pins/*": self.unpin,
        }

    def page(self, call: ApiCall) -> Reply:
        """Respond with up to `limit` pins, latest first. The list is empty if the bot may not read the history."""
        limit = as_id(call.query.get("limit", str(_PINS_PAGE)), "limit")
        refuse_if(wrong_range({"limit": limit}, "limit", 1, _PINS_PAGE))
        pins = self._pins(self._access.destination(call), call.query.get("before"))
        items = [{"pinned_at": at.isoformat(), "message": message.json()} for at, message in pins[:limit]]
        return Reply(body={"items": items, "has_more": len(pins) > limit})

    def first(self, call: ApiCall) -> Reply:
        """Respond with the 50 messages pinned last, latest pin first."""
        return Reply(body=[message.json() for _, message in self._pins(self._access.destination(call))[:_PINS_PAGE]])

    def _pins(self, destination: Destination, before: str | None = None) -> list[tuple[datetime, Message]]:
        if not destination.bot_permissions & Permission.READ_MESSAGE_HISTORY:
            return []
        try:
            end = datetime.fromisoformat(before) if before is not None else None
        except ValueError:
            words = "Could not parse. Should be ISO8601."
            raise invalid_form({"before": {"_errors": [{"code": "DATE_TIME_TYPE_PARSE", "message": words}]}}) from None
        pinned = [
            (at, destination.messages.get(key))
            for key, at in reversed(destination.pins.items())
            if end is None or at < end
        ]
        return [(at, message) for at, message in pinned if message is not None]

    def pin(self, call: ApiCall) -> Reply:
        """Pin a message. Does nothing if it is already pinned."""
        destination, message = self._access.changeable(call, Permission.PIN_MESSAGES)
        if message.pinned:
            return NO_CONTENT
        if not message.kind.by_somebody:
            raise system_message()
        if len(destination.pins) >= MAX_PINS:
            raise too_many_pins(MAX_PINS)
        destination.pin(message, self._world.bot)
        return NO_CONTENT

    def unpin(self, call: ApiCall) -> Reply:
        """Unpin a message."""
        destination, message = self._access.changeable(call, Permission.PIN_MESSAGES)
        destination.unpin(message)
        return NO_CONTENT
