"""Takes away each of the bot's permissions in turn, and checks the posts and every answer of the bot.

`lost` counts posts that were not sent although only a part of them needs the permission. `wrong` counts answers that
report a bug. The run also writes the table in docs/permissions.md.
"""

import asyncio
import re
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import discord

from bot.client import PERMISSIONS, lacking_permissions
from bot.errors import TallydeskError
from bot.outbox.dispatcher import Dispatcher
from bot.outbox.outbox_words import thread_post
from bot.rehearsal.player import Backstage, Watching, play_day
from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.permissions import EVERYONE, INVITED, bit
from bot.wording.context import Setting
from tests.cogs.matrix import opened
from tests.faults.compare import Tally, places_of
from tests.faults.outcome import Outcome
from tests.faults.small_day import small_day, small_desk
from tests.faults.truth import held_to_margin
from tests.pictures.guide import leaves

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
FOR_ALL = ("view_channel", "send_messages")
"""Permissions without which a channel gets no posts at all.

They are taken away in one channel at the start of the day, and given back at the end.
"""

CLOSED = "everything"
"""The channel that loses the permissions in `FOR_ALL`. In the small day it follows everything, and has a board and
threads.
"""

_WHAT = {
    "view_channel": "taken away in one channel: nothing there, every post in the others; given back, what waited is posted, merged",
    "send_messages": "taken away in one channel: nothing there, every post in the others; given back, what waited is posted, merged",
    "embed_links": "every post, its card in words",
    "attach_files": "every post; a shared chart in words",
    "read_message_history": "every post; one whose answer never came is doubtful, and the desk is asked",
    "pin_messages": "every post; a board stays where it was posted, not pinned",
    "create_public_threads": "every post, in the channel where it was to be in a thread",
    "send_messages_in_threads": "every post, in the channel where it was to be in a thread",
}

_OPENING = thread_post(small_desk().contests[0], Setting(small_desk())).headline.partition(":** ")[2]
"""The text of the message from which a thread is opened. The bot deletes the message if it can't open a thread."""

_HEAD = """# What works without a permission

Each row takes one permission away from the bot in a rehearsed day, and says what still goes out. "29, then 11": the 11 came when it
was given back. `/status`, `/desk setup` and `tallydesk check` name what is missing and where. A command, button or list that needs it
says so and changes nothing. This page is written by `make faults ARGS="--only permissions"`.

| without | posts of the day | with cards | pinned | in threads | what goes out | what `/status` says |
|---|---|---|---|---|---|---|
"""


@dataclass(slots=True)
class Seen:
    """The results of a day without one permission."""

    posts: int = 0
    by_place: dict[str, int] = field(default_factory=dict)
    later: int = 0
    """The number of posts sent after the permission was given back."""
    cards: int = 0
    pinned: int = 0
    in_threads: int = 0
    told: str = ""
    """What `/status` reports about the permission."""
    untrue: list[str] = field(default_factory=list)
    """Claims about the present in posts that `/margin` did not confirm."""


async def run(seed: int) -> Outcome:
    """Take away each permission in turn. Nothing is random, so the seed is not used."""
    whole = await _day(None)
    rows, tally = [_row(None, whole)], Tally(told=whole.posts)
    tally.add_untrue(whole.untrue)
    for name in PERMISSIONS:
        seen = await _day(name)
        tally.wrong += await _commands(name)
        tally.told += seen.posts
        tally.add_untrue(seen.untrue)
        due = {place: posts for place, posts in whole.by_place.items() if name not in FOR_ALL or not _is_closed(place)}
        tally.lost += sum(
            max(0, posts - seen.by_place.get(place, 0)) for place, posts in due.items() if name in FOR_ALL
        )
        tally.lost += max(0, sum(due.values()) - seen.posts)
        if name in FOR_ALL and not (seen.later and seen.posts == sum(due.values())):
            tally.wrong.append(f"without {name} in #{CLOSED}: {seen.by_place}, then {seen.later}")
        if not _named(name, seen.told):
            tally.wrong.append(f"without {name} `/status` says: {seen.told}")
        rows.append(_row(name, seen))
    PAGE.write_text(_HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return Outcome("permissions", tally, seed, {"permissions": len(PERMISSIONS)}, list(tally.wrong))


def _is_closed(place: str) -> bool:
    return place.partition("/")[0] == CLOSED


def _named(permission: str, said: str) -> bool:
    """Return True if a text states that the bot lacks the permission."""
    (name,) = lacking_permissions(discord.Permissions.none(), [permission])
    return any(
        name in re.split(", | and ", lacking) for lacking in re.findall(r"lacks the permission to ([^.\n]+)", said)
    )


def _row(without: str | None, seen: Seen) -> str:
    posts = f"{seen.posts}, then {seen.later}" if seen.later else str(seen.posts)
    counts = (posts, seen.cards, seen.pinned, seen.in_threads)
    lines = [line for line in seen.told.split("\n") if line.startswith("⚠")]
    said = re.sub(r"<#\d+>", "#…", lines[0]) if lines else "nothing"
    name = "nothing" if without is None else f"`{without}`"
    return f"| {name} | {' | '.join(map(str, counts))} | {_WHAT.get(without or '', 'every post')} | {said} |"


async def _day(without: str | None) -> Seen:
    """Play the small day, with a board and threads, without one of the bot's permissions."""
    day = small_day()
    *others, last = day.channels
    day = day.model_copy(update={"channels": [*others, last.model_copy(update={"thread": True})]})
    seen = Seen()

    def posts_in(guild: Guild) -> dict[str, list[Message]]:
        named = [channel for channel in guild.channels.values() if channel.name != "desk"]
        return {
            place: [
                one
                for one in channel.messages
                if one.author.bot and one.kind.by_somebody and _OPENING not in one.content
            ]
            for place, channel in places_of(named)
        }

    async def look(backstage: Backstage) -> None:
        await backstage.app.rooms.outbox.dispatcher.drained()
        guild = backstage.guild
        ours = posts_in(guild)
        seen.by_place = {place: len(posts) for place, posts in ours.items()}
        seen.posts = sum(seen.by_place.values())
        seen.cards = sum(bool(one.embeds) for posts in ours.values() for one in posts)
        seen.in_threads = sum(posts for place, posts in seen.by_place.items() if "/" in place)
        seen.pinned = sum(len(channel.pins) for _, channel in places_of(guild.channels.values()))
        desk, editor = guild.channel("desk"), guild.member(day.staff)
        desk.allow("VIEW_CHANNEL", "SEND_MESSAGES", to=editor)
        answer = await backstage.standin.slash(desk.id, editor.id, "status")
        seen.told = answer.content
        if without in FOR_ALL:
            guild.channel(CLOSED).allow(without.upper(), to=guild.me)
            while not backstage.app.rooms.outbox.dispatcher._tasks:
                await asyncio.sleep(0)
            await backstage.app.rooms.outbox.dispatcher.drained()
            seen.later = sum(map(len, posts_in(guild).values())) - seen.posts

    made = Guild.add_channel

    def add_channel(guild: Guild, name: str, **options: Any) -> Channel:
        channel = made(guild, name, **options)
        if without in FOR_ALL and name == CLOSED:
            channel.forbid(without.upper(), to=guild.me)
        return channel

    lost = 0 if without is None or without in FOR_ALL else bit(without.upper())
    with (
        tempfile.TemporaryDirectory() as folder,
        held_to_margin(seen.untrue.append),
        patch.object(Guild, "add_channel", add_channel),
        patch.object(Dispatcher, "drained", _sent) if without in FOR_ALL else nullcontext(),
        patch("bot.rehearsal.standin.guild.INVITED", INVITED & ~lost),
        patch("bot.rehearsal.standin.guild.EVERYONE", EVERYONE & ~lost),
    ):
        watching = Watching(0, lambda _: None, lambda: None, look)
        await play_day(day, small_desk(), Path(folder) / "day.sqlite3", None, lambda _: None, watching)
    return seen


async def _sent(dispatcher: Dispatcher) -> None:
    """Wait until all posts are sent. Posts to closed channels are not waited for, since those are tried again
    minutes later.
    """
    while dispatcher._tasks:
        await asyncio.sleep(0)


async def _commands(without: str) -> list[str]:
    """Use every command, button and list. Returns the bugs that the bot reported in its answers."""
    # Posts delayed for a closed channel stay delayed. Their hours would pass at once, and a thousand refusals stop all posts.
    with tempfile.TemporaryDirectory() as folder, patch.object(Dispatcher, "_look_again", lambda *_: None):
        async with opened(Path(folder) / "commands.sqlite3") as matrix:
            room = matrix.room
            if without in FOR_ALL:
                room.count.forbid(without.upper(), to=room.guild.me)
            else:
                (own,) = (role for role in room.guild.me.roles if role.bot_id)
                for role in (own, room.guild.everyone):
                    role.permissions &= ~bit(without.upper())
                    told = {"guild_id": str(room.guild.id), "role": role.json()}
                    room.guild.wire.emit("GUILD_ROLE_UPDATE", room.guild.id, told)
            await room.newsroom.heard()
            # A message with buttons has to be posted first, which is impossible without these two permissions.
            await matrix.look("fresh", [f"/{name}" for name in leaves(room.bot.tree)] if without in FOR_ALL else ())
            faults = [repr(one) for one in room.failures if not isinstance(one, TallydeskError)]
            room.failures.clear()
    return [f"without {without}: {one}" for one in faults]
