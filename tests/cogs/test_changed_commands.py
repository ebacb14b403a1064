"""Tests commands that Discord still has in an old version, for example because an older process registered them."""

from tests.cogs.conftest import Room

CHANGED = "That command was changed. Try again in a minute."


async def test_a_command_that_the_bot_no_longer_has_is_answered_and_discord_given_todays(room: Room) -> None:
    world = room.newsroom.world
    today = world.commands()
    old = {"name": "tally-now", "type": 1, "description": "As it was called"}
    world.register([*today, old])
    assert (await room.editor.slash(room.count, "tally-now")).content == CHANGED
    assert [command["name"] for command in world.commands()] == [command["name"] for command in today]
    world.register([*today, old])
    assert (await room.editor.slash(room.count, "tally-now")).content == CHANGED
    assert len(world.commands()) == len(today) + 1  # not again so soon
