"""Publishing: a message of an announcement channel is shown in the channels that follow it, edits too."""

from bot.rehearsal.standin.access import Access
from bot.rehearsal.standin.calls import Call, Reply, Routes
from bot.rehearsal.standin.destination import ANNOUNCEMENT
from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.message import Flag, Message, User
from bot.rehearsal.standin.pacing import Bucket, Pacing
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.refusal import already_crossposted, missing_permissions, write_limit, wrong_channel_type
from bot.rehearsal.standin.world import World

_COPIED = ("content", "embeds", "components", "attachments")


class CrosspostRoutes:
    """What the bot publishes, as far as it may."""

    def __init__(self, world: World, pacing: Pacing) -> None:
        self._world = world
        self._pacing = pacing
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the handlers by method and path, a star for each variable part."""
        return {"POST /channels/*/messages/*/crosspost": self.crosspost}

    def crosspost(self, call: Call) -> Reply:
        """Publish a message, the bot's own or with MANAGE_MESSAGES anyone's, and answer with it."""
        place, message = self._access.message(call, Permission.SEND_MESSAGES)
        if not isinstance(place, Channel) or place.type != ANNOUNCEMENT:
            raise wrong_channel_type()
        if message.author is not self._world.bot and not place.bot_permissions & Permission.MANAGE_MESSAGES:
            raise missing_permissions()
        if message.flags & Flag.CROSSPOSTED:
            raise already_crossposted()
        if wait := self._pacing.take_seldom(Bucket.CROSSPOSTS, call.args[0]):
            raise write_limit(wait)
        message.flags |= Flag.CROSSPOSTED
        place.changed(message)
        for target in place.followers:
            message.copies.append(target.post(_copy(message, place, target)))
        return Reply(body=message.json())


def _copy(message: Message, source: Channel, target: Channel) -> Message:
    """Return what a follower is shown: the message as by a webhook that is named for where it comes from."""
    webhook = User(source.id, f"{source.guild.name} #{source.name}", bot=True)
    wire = target.wire
    copy = Message(wire.new_id(), target.id, target.guild_id, webhook, wire.now(), flags=Flag.IS_CROSSPOST)
    copy.webhook_id = webhook.id
    copy.reference = source.pointing_to(message)
    update_copy(message, copy)
    return copy


def update_copy(message: Message, copy: Message) -> None:
    """Let a copy say what the message says now."""
    for name in _COPIED:
        setattr(copy, name, getattr(message, name))
    copy.edited = message.edited
