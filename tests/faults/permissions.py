"""Each of the bot's permissions taken away in turn: what of a day goes out, and what every command, button and list answers.

`lost` counts posts that did not go out although what was taken away is needed for a part of them alone; `wrong` are answers
that were the bot's own fault. The table stands in docs/permissions.md, which the run writes.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from bot.client import PERMISSIONS
from bot.errors import TallydeskError
from bot.rehearsal.player import Backstage, Watching, play_day
from bot.rehearsal.standin.permissions import EVERYONE, INVITED, bit
from tests.cogs.matrix import opened
from tests.faults.compare import Tally, places_of
from tests.faults.outcome import Outcome
from tests.faults.small_day import small_day, small_desk

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
FOR_ALL = ("view_channel", "send_messages")
"""Without these a channel gets nothing, and what waits for it comes, merged, when they are given back: of that no
day is played, which would wait for it."""

_WHAT = {
    "view_channel": "nothing is posted in the channel; what waits is merged into one post a contest when it is given back",
    "send_messages": "nothing is posted in the channel; what waits is merged into one post a contest when it is given back",
    "embed_links": "every post, its card in words",
    "attach_files": "every post; a shared chart in words",
    "read_message_history": "every post; one whose answer never came is doubtful, and the desk is asked",
    "pin_messages": "every post; a board stays where it was posted, not pinned",
    "create_public_threads": "every post, in the channel where it was to be in a thread",
    "send_messages_in_threads": "every post, in the channel where it was to be in a thread",
}

_OPENING = "is posted in this thread."
"""How the message ends that a thread is opened from, which is taken away where none can be."""

_HEAD = """# Each permission taken away

What the bot still does where it has all that its invitation asks for but one. `/status` names what it lacks where, as
`/desk setup` and `tallydesk check` do; a command that needs it says so and changes nothing. Written by `make faults
ARGS="--only permissions"`, which plays a day and uses every command, button and list without each.

| without | posts of the day | with cards | pinned | in threads | what goes out | answered for want of it |
|---|---|---|---|---|---|---|
"""


@dataclass(slots=True)
class Seen:
    """What a day came to without one permission."""

    posts: int = 0
    cards: int = 0
    pinned: int = 0
    in_threads: int = 0
    told: str = ""
    """What `/status` says of it."""


async def run(seed: int) -> Outcome:
    """Take each away in turn; nothing of it is random."""
    whole = await _day(None)
    rows, tally = [_row(None, whole, set())], Tally(told=whole.posts)
    for name in PERMISSIONS:
        seen = None if name in FOR_ALL else await _day(name)
        refused, faults = (set[str](), []) if name in FOR_ALL else await _commands(name)
        tally.wrong += faults
        if seen is not None:
            tally.told += seen.posts
            tally.lost += max(0, whole.posts - seen.posts)
            if f"permission to {name.replace('_', ' ')}" not in seen.told.replace(" and to ", " permission to "):
                tally.wrong.append(f"without {name} `/status` says: {seen.told}")
        rows.append(_row(name, seen, refused))
    PAGE.write_text(_HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return Outcome("permissions", tally, seed, {"permissions": len(PERMISSIONS)}, list(tally.wrong))


def _row(without: str | None, seen: Seen | None, refused: set[str]) -> str:
    counts = ("-",) * 4 if seen is None else (seen.posts, seen.cards, seen.pinned, seen.in_threads)
    said = " ".join(sorted(refused)) or ("-" if without in FOR_ALL else "nothing")
    name = "nothing" if without is None else f"`{without}`"
    return f"| {name} | {' | '.join(map(str, counts))} | {_WHAT.get(without or '', 'every post')} | {said} |"


async def _day(without: str | None) -> Seen:
    """Play the small day, with a board and threads, where the bot has all but one permission."""
    day = small_day()
    *others, last = day.channels
    day = day.model_copy(update={"channels": [*others, last.model_copy(update={"thread": True})]})
    seen = Seen()

    async def look(backstage: Backstage) -> None:
        await backstage.app.rooms.outbox.dispatcher.drained()
        guild = backstage.guild
        named = [channel for channel in guild.channels.values() if channel.name != "desk"]
        for place, channel in places_of(named):
            told = [one for one in channel.messages if one.author.bot and one.kind.by_somebody]
            ours = [one for one in told if _OPENING not in one.content]
            seen.posts += len(ours)
            seen.cards += sum(bool(one.embeds) for one in ours)
            seen.pinned += len(channel.pins)
            seen.in_threads += len(ours) if "/" in place else 0
        desk, editor = guild.channel("desk"), guild.member(day.staff)
        desk.allow("VIEW_CHANNEL", "SEND_MESSAGES", to=editor)
        answer = await backstage.standin.slash(desk.id, editor.id, "status")
        seen.told = answer.content

    lost = 0 if without is None else bit(without.upper())
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("bot.rehearsal.standin.guild.INVITED", INVITED & ~lost),
        patch("bot.rehearsal.standin.guild.EVERYONE", EVERYONE & ~lost),
    ):
        watching = Watching(0, lambda _: None, lambda: None, look)
        await play_day(day, small_desk(), Path(folder) / "day.sqlite3", None, lambda _: None, watching)
    return seen


async def _commands(without: str) -> tuple[set[str], list[str]]:
    """Use everything that members can use; return what was answered for want of the permission, and the bot's own faults."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder) / "commands.sqlite3") as matrix:
            room = matrix.room
            (own,) = (role for role in room.guild.me.roles if role.bot_id)
            for role in (own, room.guild.everyone):
                role.permissions &= ~bit(without.upper())
                told = {"guild_id": str(room.guild.id), "role": role.json()}
                room.guild.wire.emit("GUILD_ROLE_UPDATE", room.guild.id, told)
            await room.newsroom.heard()
            await matrix.look("fresh")
            said = [str(one) for one in room.failures if isinstance(one, TallydeskError)]
            faults = [repr(one) for one in room.failures if not isinstance(one, TallydeskError)]
            room.failures.clear()
    wanted = f"permission to {without.replace('_', ' ')}"
    return {one for one in said if wanted in one}, [f"without {without}: {one}" for one in faults]
