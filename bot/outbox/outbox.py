"""What others hold of the outbox."""

from dataclasses import dataclass

from bot.outbox.approval import Approval
from bot.outbox.channels_store import ChannelStore
from bot.outbox.discord import DiscordChannels
from bot.outbox.dispatcher import Dispatcher
from bot.outbox.outbox_store import OutboxStore, SentPosts
from bot.outbox.pacing import Pacing
from bot.outbox.rows import Wake
from bot.outbox.suspensions_store import SuspensionStore
from bot.outbox.two_person_store import TwoPersonStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Posts on their way."""

    store: OutboxStore
    sent: SentPosts
    suspensions: SuspensionStore
    two_person: TwoPersonStore
    channels: ChannelStore
    approval: Approval
    pacing: Pacing
    discord: DiscordChannels
    dispatcher: Dispatcher
    wake: Wake
    """Call it after each transaction, with the channels for which that wrote a post."""
