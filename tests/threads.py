"""Opens a thread of each kind in the simulated Discord, as members would."""

from typing import Literal, get_args

from bot.rehearsal.standin.guild import Guild, Member, Thread

Kind = Literal["public", "from a message", "private", "announcement", "forum"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def open_thread(guild: Guild, owner: Member, kind: Kind) -> Thread:
    """Return a new thread that a member opened in a new channel. The bot does not join private threads."""
    channel = guild.add_channel(kind, announcement=kind == "announcement", forum=kind == "forum")
    if kind == "forum":
        return guild.start_post(channel, "How many are left?", owner.user, "In Clayton, say.")
    source = channel.say(owner, "How many are left?") if kind == "from a message" else None
    return guild.start_thread(channel, "Talk", owner.user, source=source, private=kind == "private")
