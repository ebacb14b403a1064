"""A stand-in for Discord on loopback; `server.py` is where to begin reading."""

from bot.rehearsal.standin.api import Request
from bot.rehearsal.standin.direct import DirectChannel
from bot.rehearsal.standin.guild import Channel, Guild, Member, Thread
from bot.rehearsal.standin.interactions import Answer, Choice
from bot.rehearsal.standin.message import Attachment, Flag, Message
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.pointing import pointing_at
from bot.rehearsal.standin.server import StandIn
from bot.rehearsal.standin.wire import Event
from bot.rehearsal.standin.world import Posted, World

__all__ = [
    "Answer",
    "Attachment",
    "Channel",
    "Choice",
    "DirectChannel",
    "Event",
    "Flag",
    "Guild",
    "Member",
    "Message",
    "Permission",
    "Posted",
    "Request",
    "StandIn",
    "Thread",
    "World",
    "pointing_at",
]
