"""The routes of messages."""

from datetime import timedelta

from bot.rehearsal.standin.access import Access
from bot.rehearsal.standin.calls import NO_CONTENT, Call, Reply, Routes, as_id
from bot.rehearsal.standin.crossposts import update_copy
from bot.rehearsal.standin.destination import FORUM, DirectChannel, Place
from bot.rehearsal.standin.drafting import change_message, new_message, refer
from bot.rehearsal.standin.form import refuse_if, wrong_range
from bot.rehearsal.standin.guild import Channel, Thread
from bot.rehearsal.standin.message import Flag, Message
from bot.rehearsal.standin.pacing import Bucket, Pacing
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.refusal import (
    cannot_message,
    edit_of_another,
    missing_permissions,
    no_mutual_guilds,
    not_text,
    old_edits,
    system_message,
    thread_archived,
    thread_locked,
    unknown_message,
    write_limit,
)
from bot.rehearsal.standin.world import World

POST_MESSAGE = "POST /channels/*/messages"

_PAGE, _MAX_PAGE = 50, 100


_ITS_AUTHORS = {"content", "embeds", "components", "attachments"}  # to change


_OLD = timedelta(hours=1)  # from this age on a message can't be edited as often


class MessageRoutes:
    """What the bot says in channels, threads and direct messages, as far as it may."""

    def __init__(self, world: World, pacing: Pacing) -> None:
        self._world = world
        self._pacing = pacing
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the handlers by method and path, a star for each variable part."""
        return {
            POST_MESSAGE: self.create,
            "GET /channels/*/messages": self.page,
            "GET /channels/*/messages/*": self.one,
            "PATCH /channels/*/messages/*": self.edit,
            "DELETE /channels/*/messages/*": self.delete,
        }

    def create(self, call: Call) -> Reply:
        """Post a message and answer with it; or with the one its nonce was used for already."""
        body = call.fields
        place = self._access.place(call)
        needed = place.sending
        if body.get("embeds"):
            needed |= Permission.EMBED_LINKS
        if call.uploads:
            needed |= Permission.ATTACH_FILES
        if place.bot_permissions & needed != needed:
            raise missing_permissions()
        self._check_taken(place)
        nonce = body.get("nonce")
        known = None
        if nonce is not None and body.get("enforce_nonce"):
            known = self._world.posted_before(self._world.bot, nonce)
        if known is not None:
            return self._again(known)
        message = new_message(self._world, place, call, body)
        refer(place, message, body)
        return self._post(place, message)

    def _check_taken(self, place: Place) -> None:
        """Refuse a message to a forum itself, to a locked thread, or to a person who takes none."""
        if place.kind == FORUM:
            raise not_text()
        _check_unlocked(place)
        if isinstance(place, DirectChannel):
            if not self._world.shares_server(place.person):
                raise no_mutual_guilds()
            if not place.person.takes_direct:
                raise cannot_message()

    def _again(self, message: Message) -> Reply:
        # The same message, whichever channel it went to; once deleted it is not posted anew, the call fails
        # (discord-api-docs, pull request 6647).
        if message.gone or message.channel_id not in self._world.places:
            raise unknown_message()
        return Reply(body=message.json() | {"nonce": message.nonce})

    def _post(self, place: Place, message: Message) -> Reply:
        place.post(message)
        self._world.remember_nonce(message)
        self._tell(place, message, edited=False)
        shown = message.json()
        return Reply(body=shown if message.nonce is None else shown | {"nonce": message.nonce})

    def _tell(self, place: Place, message: Message, *, edited: bool) -> None:
        if isinstance(place, Channel):
            self._world.tell_posted(place, message, edited=edited)

    def page(self, call: Call) -> Reply:
        """Answer with up to `limit` messages, newest first; with none where the history may not be read."""
        place = self._access.place(call)
        limit = as_id(call.query.get("limit", str(_PAGE)), "limit")
        refuse_if(wrong_range({"limit": limit}, "limit", 1, _MAX_PAGE))
        # Not an error: the documentation says that then "no messages will be returned".
        if not place.bot_permissions & Permission.READ_MESSAGE_HISTORY:
            return Reply(body=[])
        ends = {key: as_id(call.query[key], key) for key in ("before", "after", "around") if key in call.query}
        return Reply(body=[message.json() for message in place.messages.page(limit, **ends)])

    def one(self, call: Call) -> Reply:
        """Answer with a message."""
        _, message = self._access.message(call, Permission.READ_MESSAGE_HISTORY)
        return Reply(body=message.json())

    def edit(self, call: Call) -> Reply:
        """Change a message of the bot, or with MANAGE_MESSAGES the flags of anyone's, and answer with it."""
        place, message = self._access.changeable(call)
        _check_unlocked(place)
        if message.author is not self._world.bot:
            if "flags" not in call.fields or call.fields.keys() & _ITS_AUTHORS:
                raise edit_of_another()
            if not place.bot_permissions & Permission.MANAGE_MESSAGES:
                raise missing_permissions()
        if not message.kind.by_somebody:
            raise system_message()
        self._check_edits(message, call.args[0])
        change_message(self._world, place, message, call, call.fields)
        place.changed(message)
        self._tell(place, message, edited=True)
        for copy in message.copies:
            follower = self._world.place(copy.channel_id)
            if follower is not None:
                update_copy(message, copy)
                follower.changed(copy)
        return Reply(body=message.json())

    def _check_edits(self, message: Message, channel: str) -> None:
        """Refuse to edit what is old, or published, too often."""
        if self._world.wire.now() - message.timestamp >= _OLD:
            wait = self._pacing.take_seldom(Bucket.OLD_EDITS, channel)
            if wait is not None:
                raise old_edits(wait)
        if message.flags & Flag.CROSSPOSTED:
            wait = self._pacing.take_seldom(Bucket.CROSSPOST_EDITS, channel)
            if wait is not None:
                raise write_limit(wait)

    def delete(self, call: Call) -> Reply:
        """Delete a message: the bot's own, or with MANAGE_MESSAGES anyone's."""
        place, message = self._access.message(call)
        if message.author is not self._world.bot and not place.bot_permissions & Permission.MANAGE_MESSAGES:
            raise missing_permissions()
        if isinstance(place, Thread) and place.archived:
            _check_unlocked(place)
        place.remove(message)
        return NO_CONTENT


def _check_unlocked(place: Place) -> None:
    if isinstance(place, Thread) and place.locked and not place.bot_permissions & Permission.MANAGE_THREADS:
        raise thread_archived() if place.archived else thread_locked()
