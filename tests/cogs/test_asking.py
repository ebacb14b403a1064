"""Tests which contest a command is about if none is given: the channel's contest, or one chosen from a list."""

from tests.cogs.conftest import Room
from tests.conftest import reading

SEVERAL = "Which contest?"


async def test_the_contest_that_a_channel_follows_need_not_be_named(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5))
    await room.follow("ga")
    await room.follow("senate", room.guild.add_channel("senate"))
    assert (await room.ask("margin", room.reporter)).startswith("**Biden leads in Georgia by 20 votes")
    thread = room.guild.start_thread(room.count, "Talk", room.reporter.member.user)
    answer = await room.reporter.slash(thread, "margin")
    assert answer.content.startswith("**Biden leads in Georgia by 20 votes")


async def test_where_a_channel_follows_none_the_only_one_of_the_server_is_meant(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5))
    await room.follow("ga", room.guild.add_channel("elsewhere"))
    assert (await room.ask("margin", room.reporter)).startswith("**Biden leads in Georgia by 20 votes")


async def test_a_contest_that_is_followed_only_where_the_asker_sees_nothing_is_not_meant(room: Room) -> None:
    hidden = room.guild.add_channel("hidden")
    await room.follow("ga", hidden)
    hidden.forbid("VIEW_CHANNEL", to=room.guild.everyone)
    hidden.allow("VIEW_CHANNEL")
    await room.newsroom.heard()
    assert (await room.ask("margin", room.reporter)) == SEVERAL


async def test_of_several_a_list_asks_and_goes_on_with_what_was_typed(room: Room) -> None:
    await room.newsroom.take(reading(100, 90, 0), reading(120, 100, 5))
    room.newsroom.at(60)
    await room.follow("ga")
    await room.follow("senate")
    asked = await room.card("since", room.reporter, since="7:02 a.m.", at="7:06")
    assert asked.content == SEVERAL
    await room.restart()
    answer = await room.reporter.choose(asked, asked.lists[0], "ga")
    assert answer.content.startswith("As of 7:06 a.m.: **Biden's lead in Georgia is 20, up 10 since 7:02 a.m.")


async def test_the_contest_last_asked_about_comes_first(room: Room) -> None:
    await room.follow("ga")
    await room.follow("senate")
    suggested = [choice["value"] for choice in await room.choices("")]
    assert suggested[:2] == ["ga", "senate"]
    await room.ask("margin", room.reporter, contest="senate")
    suggested = [choice["value"] for choice in await room.choices("")]
    assert suggested[:2] == ["senate", "ga"]
    listed = (await room.card("margin", room.reporter)).parts[0]["options"]
    assert [option["value"] for option in listed] == ["senate", "ga"]
    others = await room.editor.autocomplete(room.count, "margin", "contest", "")
    assert others[0]["value"] == "ga"


async def test_the_list_asks_for_the_commands_own_level(room: Room) -> None:
    await room.follow("ga")
    await room.follow("senate")
    asked = await room.card("export")
    refused = await room.reporter.choose(asked, asked.lists[0], "ga")
    assert refused.content.startswith("You need the desk role")


async def test_options_of_the_only_contest_come_up_without_its_name(room: Room) -> None:
    await room.follow("ga")
    found = await room.reporter.autocomplete(room.count, "county", "county", "flo")
    assert found[0]["value"] == "Floyd"
