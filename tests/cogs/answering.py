"""Helpers for tests of answers: store readings, enter statements, use commands, share answers."""

from typing import Any

from bot.count.statement import Statement
from bot.rehearsal.standin.guild import Channel
from tests.answers.asked import MORNING, entered
from tests.cogs.conftest import Person, Room, Seen, history
from tests.cogs.matrix import questions

EVERYTHING = "margin > Everything known"


async def morning(room: Room) -> None:
    """Store the readings of the morning of Nov. 11."""
    await room.newsroom.take(*MORNING)


async def say(room: Room, *statements: Statement, minute: float = 0, **fields: object) -> None:
    """Enter statements as staff. Without statements, enter one from the secretary of state with these fields."""
    await room.newsroom.desk_store.join(room.guild.id)
    for one in statements or (entered(minute, **fields),):
        await room.newsroom.statements.take_in(one, room.guild.id, "Olga")


async def read_by_the_public(room: Room) -> None:
    await room.set_desk(room.guild.add_channel("desk"))
    await room.set_public(room.count, public=True)


def whole(answer: Seen) -> str:
    """Return the text of a message and its embeds."""
    return answer.content + "".join(str(embed.to_dict()) for embed in answer.embeds)


def asked(room: Room) -> dict[str, dict[str, Any]]:
    """Return the commands that ask about Georgia: command → its options."""
    return {**questions(room), EVERYTHING: {"contest": "ga"}}


async def tells(room: Room, command: str, words: str, channel: Channel, who: Person | None = None) -> bool:
    """Use a command in a channel. Returns True if the answer contains `words`."""
    here, room.count = room.count, channel
    answer = whole(await room.card(command, who, **asked(room)[command]))
    room.count = here
    return words in answer


async def share(room: Room, answer: Seen) -> str:
    """Press the Share button under an answer, as the editor. Returns the reply."""
    (label,) = (label for label in answer.buttons if label.startswith("Share "))
    result = await room.editor.click(answer, label)
    return (result.later or (result,))[0].content


async def shared_words(room: Room, answer: Seen) -> str:
    """Share an answer. Returns the text of the shared message and its embeds."""
    assert "Shared in" in await share(room, answer)
    await room.publish()
    return whole(history(room.count)[-1])
