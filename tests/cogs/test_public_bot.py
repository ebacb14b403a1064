"""Tests a bot that any server may add. Sources for the operator's own newsrooms appear nowhere in other servers."""

from typing import Any

import pytest

from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Person, Room, Seen
from tests.conftest import reading

INSIDE = ("Secretary of State", "Sec. of State", "ga-sos", "7,777", "7777")


@pytest.fixture
async def elsewhere(room: Room) -> tuple[Channel, Person]:
    """Return a channel and a manager of a server that the operator did not name. The channel follows the contest."""
    room.change_sources(lambda source: {"public": source.public and source.id != "ga-sos"})
    channel, eve = room.elsewhere()
    for where in (room.count, channel):
        follow = room.newsroom.following.follow
        await follow(room.newsroom.following.contest("ga"), where.guild.id, where.id, None, "eve", board=False)
    await room.newsroom.take(reading(1000, 500))
    await room.newsroom.take(reading(10_777, 3000, 20, source="ga-sos"), reading(1200, 510, 21))
    await room.newsroom.take(reading(10_776, 2999, 22, source="ga-sos"))  # it is held
    await room.publish()
    return channel, eve


def whole(answer: Seen) -> str:
    return answer.content + "".join(str(embed.to_dict()) for embed in answer.embeds)


async def exported(who: Person, channel: Channel) -> str:
    (file,) = (await who.slash(channel, "export", contest="ga", file="json")).attachments
    return file.content.decode()


ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("why", {"at": "7:01 a.m."}),
    ("history", {"since": "6 a.m."}),
    ("since", {"since": "6:30 a.m.", "county": "Floyd"}),
    ("county", {"since": "6:30 a.m.", "county": "Floyd"}),
)
"""Commands with options, for questions during a night."""

QUESTIONS: dict[str, dict[str, Any]] = {
    "margin": {},
    "sources": {},
    "why": {},
    "history": {},
    "since": {"since": "7 a.m."},
    "draft": {},
    "recount": {},
    "outstanding": {},
    "status": {},
}


async def test_no_answer_to_another_server_has_anything_of_a_source_for_the_newsroom_only(
    room: Room, elsewhere: tuple[Channel, Person]
) -> None:
    channel, eve = elsewhere
    assert "Secretary of State" in whole(await room.card("sources", contest="ga"))
    assert "Secretary of State" in whole(await room.card("status"))
    for command, options in (*QUESTIONS.items(), *ASKED):
        about = {} if command == "status" else {"contest": "ga"}
        answer = whole(await eve.slash(channel, command, **about, **options))
        assert not [word for word in INSIDE if word in answer], command


async def test_no_other_server_finds_a_source_for_the_newsroom_only_by_its_name_or_its_margin(
    elsewhere: tuple[Channel, Person],
) -> None:
    channel, eve = elsewhere
    answer = whole(await eve.slash(channel, "history", contest="ga", source="ga-sos"))
    assert answer.startswith('No source is called "ga-sos"; there is the Times, ')
    assert "Secretary" not in answer
    assert "Secretary" not in whole(await eve.slash(channel, "margin", contest="ga", figure="7,777"))


async def test_no_export_of_another_server_has_it(room: Room, elsewhere: tuple[Channel, Person]) -> None:
    channel, eve = elsewhere
    assert "ga-sos" in await exported(room.editor, room.count)
    there = await exported(eve, channel)
    assert '"times"' in there
    assert not [word for word in INSIDE if word in there]


async def test_no_post_in_another_server_has_it(room: Room, elsewhere: tuple[Channel, Person]) -> None:
    channel, _ = elsewhere
    assert any("Secretary of State" in message.content + str(message.embeds) for message in room.count.messages)
    posts = [message.content + str(message.embeds) for message in channel.messages]
    assert posts
    assert not [word for word in INSIDE for post in posts if word in post]


async def test_where_such_a_source_leads_another_server_is_told_the_way_out(
    room: Room, elsewhere: tuple[Channel, Person]
) -> None:
    channel, eve = elsewhere
    room.hide_the_times()
    for command, options in (QUESTIONS | {"chart": {}}).items():
        if command == "status":
            continue
        said = (await eve.slash(channel, command, contest="ga", **options)).content
        assert said == (
            "The source that leads there is for the bot's own newsrooms only; `/mute` lets another one lead."
        ), command
