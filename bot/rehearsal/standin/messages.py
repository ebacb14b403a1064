"""The routes of channels and their messages."""

from bot.rehearsal.standin.calls import NO_CONTENT, Call, Reply, Routes, as_id
from bot.rehearsal.standin.drafting import change_message, new_message
from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.refusal import (
    edit_of_another,
    invalid_form,
    missing_access,
    missing_permissions,
    unknown_channel,
    unknown_message,
)
from bot.rehearsal.standin.world import World

POST_MESSAGE = "POST /channels/*/messages"

_PAGE, _MAX_PAGE = 50, 100


class MessageRoutes:
    """What the bot does in channels, as far as it may."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> Routes:
        """Return the handlers by method and path, a star for each variable part."""
        return {
            "GET /channels/*": self.channel,
            POST_MESSAGE: self.create,
            "GET /channels/*/messages": self.page,
            "GET /channels/*/messages/*": self.one,
            "PATCH /channels/*/messages/*": self.edit,
            "DELETE /channels/*/messages/*": self.delete,
        }

    def channel(self, call: Call) -> Reply:
        """Answer with a channel."""
        return Reply(body=self._channel(call).json())

    def create(self, call: Call) -> Reply:
        """Post a message and answer with it; or with the one its nonce was used for already."""
        body = call.fields
        needed = Permission.SEND_MESSAGES
        if body.get("embeds"):
            needed |= Permission.EMBED_LINKS
        if call.uploads:
            needed |= Permission.ATTACH_FILES
        channel = self._channel(call, needed)
        nonce = body.get("nonce")
        known = None
        if nonce is not None and body.get("enforce_nonce"):
            known = self._world.posted_before(self._world.bot, nonce)
        return self._again(known) if known else self._post(channel, new_message(self._world, channel, call, body))

    def _again(self, message: Message) -> Reply:
        # The same message, whichever channel it went to; once deleted it is not posted anew, the call fails
        # (discord-api-docs, pull request 6647).
        channel = self._world.channel_by_id(message.channel_id)
        if channel is None or channel.messages.get(message.id) is None:
            raise unknown_message()
        return Reply(body=message.json() | {"nonce": message.nonce})

    def _post(self, channel: Channel, message: Message) -> Reply:
        channel.post(message)
        self._world.remember_nonce(message)
        self._world.tell_posted(channel, message, edited=False)
        shown = message.json()
        return Reply(body=shown if message.nonce is None else shown | {"nonce": message.nonce})

    def page(self, call: Call) -> Reply:
        """Answer with up to `limit` messages, newest first; with none where the history may not be read."""
        channel = self._channel(call)
        limit = as_id(call.query.get("limit", str(_PAGE)), "limit")
        if not 1 <= limit <= _MAX_PAGE:
            words = f"int value should be between 1 and {_MAX_PAGE}."
            raise invalid_form({"limit": {"_errors": [{"code": "NUMBER_TYPE_RANGE", "message": words}]}})
        # Not an error: the documentation says that then "no messages will be returned".
        if not channel.permissions(channel.guild.me) & Permission.READ_MESSAGE_HISTORY:
            return Reply(body=[])
        ends = {key: as_id(call.query[key], key) for key in ("before", "after", "around") if key in call.query}
        return Reply(body=[message.json() for message in channel.messages.page(limit, **ends)])

    def one(self, call: Call) -> Reply:
        """Answer with a message."""
        _, message = self._message(call, Permission.READ_MESSAGE_HISTORY)
        return Reply(body=message.json())

    def edit(self, call: Call) -> Reply:
        """Change a message of the bot and answer with it."""
        channel, message = self._message(call)
        if message.author is not self._world.bot:
            raise edit_of_another()
        change_message(self._world, channel, message, call, call.fields)
        channel.changed(message)
        self._world.tell_posted(channel, message, edited=True)
        return Reply(body=message.json())

    def delete(self, call: Call) -> Reply:
        """Delete a message: the bot's own, or with MANAGE_MESSAGES anyone's."""
        channel, message = self._message(call)
        if message.author is not self._world.bot:
            self._channel(call, Permission.MANAGE_MESSAGES)
        channel.remove(message)
        return NO_CONTENT

    def _channel(self, call: Call, needed: int = 0) -> Channel:
        """Return the channel if the bot sees it and may do all of `needed` there."""
        channel = self._world.channel_by_id(call.id(0))
        if channel is None:
            raise unknown_channel()
        granted = channel.permissions(channel.guild.me)
        if not granted & Permission.VIEW_CHANNEL:
            raise missing_access()
        if granted & needed != needed:
            raise missing_permissions()
        return channel

    def _message(self, call: Call, needed: int = 0) -> tuple[Channel, Message]:
        channel = self._channel(call, needed)
        message = channel.messages.get(call.id(1))
        if message is None:
            raise unknown_message()
        return channel, message
