"""Tests a pause that ends by itself, as shown under the command and in the desk's channel."""

from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Room, history, last
from tests.conftest import reading


async def test_a_pause_with_a_length_is_in_the_desks_channel_with_its_button(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await room.follow("ga")
    assert (await room.ask("pause", **{"for": "10 minutes", "reason": "a wrong number"})).startswith(
        "**Paused until 7:10 a.m.** "
    )
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    assert last(desk).content.startswith("**Paused until 7:10 a.m. by olga:** a wrong number. ")
    asked = await room.editor.click(last(desk), "Resume")
    assert asked.content.startswith(
        "**Still paused, since 7 a.m. by olga, until 7:10 a.m.: a wrong number. This would go out"
    )
    assert await room.press(asked, "Resume") == "**Resumed.** One waiting post goes out now."
    await room.publish()
    assert len(history(room.count)) == 1
    assert last(desk).buttons == {}
