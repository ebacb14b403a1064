"""The outbox's parts, gathered for other packages."""

from dataclasses import dataclass

from bot.outbox.approval import Approval
from bot.outbox.channels_store import ChannelStore
from bot.outbox.discord import DiscordChannels
from bot.outbox.dispatcher import Dispatcher
from bot.outbox.outbox import Outbox
from bot.outbox.outbox_store import OutboxStore, SentPosts
from bot.outbox.pacing import Pacing
from bot.outbox.suspensions_store import SuspensionStore
from bot.outbox.two_person_store import TwoPersonStore


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRoom:
    """The outbox's stores, approval and dispatcher, for use by other packages and by cogs."""

    outbox: Outbox
    store: OutboxStore
    sent: SentPosts
    suspensions: SuspensionStore
    two_person: TwoPersonStore
    channels: ChannelStore
    approval: Approval
    pacing: Pacing
    discord: DiscordChannels
    dispatcher: Dispatcher
