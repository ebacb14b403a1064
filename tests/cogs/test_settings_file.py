"""Tests a server's settings as a file, the audit log, and the deletion of a server's data."""

import json
from typing import Any

import pytest

from bot.count.statement import Statement
from bot.newsroom.server_settings import LARGEST
from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Person, Room, Seen, history, last
from tests.cogs.entering import tick
from tests.conftest import START, reading


async def exported(room: Room) -> bytes:
    card = await room.editor.click(await room.overview(), "Export settings")
    (file,) = card.attachments
    assert file.filename == "tallydesk-settings.json"
    return file.content


async def imported(room: Room, body: bytes, who: Person | None = None) -> Seen:
    answer = await (who or room.editor).slash(room.count, "desk setup", file=("settings.json", body))
    assert answer.ephemeral
    return answer


APPLIED = "**Applied.** `/desk setup` shows the settings."
SAME = "No change: this server already has these settings."


def settings(**changes: Any) -> bytes:
    return json.dumps({"tallydesk_settings": 1} | changes).encode()


async def test_what_is_exported_and_imported_again_is_the_same(room: Room, desk: Channel) -> None:
    role = room.role("Desk")
    await room.set_role(role)
    await room.set_desk(desk)
    await room.follow("ga", at_least=300)
    await room.set_public(room.count, public=True)
    body = await exported(room)
    assert (await imported(room, body)).content == SAME
    await room.unfollow("ga")
    await room.set_public(room.count, public=False)
    await room.set_desk(None)
    card = await imported(room, body)
    assert card.content.split("\n")[1:] == [
        f"~ Desk channel: none → <#{desk.id}>",
        f"~ <#{room.count.id}>: now public",
        f"+ <#{room.count.id}> follows **President**, minimum change 300 votes, with a board",
    ]
    assert await room.follows() == []
    assert await room.press(card, "Apply") == APPLIED
    assert await exported(room) == body
    assert (await room.audit())[-1][:2] == (str(room.editor), "desk import")


async def test_a_file_lets_nothing_out_that_waits_for_publish(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await room.follow("ga")
    body = await exported(room)
    await room.set_public(room.count, public=True)
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    assert await room.press(await imported(room, body), "Apply") == (
        "1 post waits for Publish in a channel that the public would no longer read, so nothing is changed: that channel's "
        "card in `/desk setup` shows what would go out, and asks."
    )
    await room.publish()
    assert history(room.count) == []


async def test_lead_times_are_set_by_a_file_and_one_without_them_has_none(room: Room) -> None:
    card = await imported(room, settings(reminders={"rally": [30, 60], "debate": []}))
    assert card.content.split("\n")[1:] == [
        "~ Reminders, rally: as in the desk file → 60 minutes, 30 minutes before",
        "~ Reminders, debate: as in the desk file → at its time only",
    ]
    await room.press(card, "Apply")
    body = await exported(room)
    assert json.loads(body)["reminders"] == {"debate": [], "rally": [60, 30]}
    assert (await imported(room, body)).content == SAME
    none = await imported(room, settings())
    assert "~ Reminders, rally: 60 minutes, 30 minutes before → as in the desk file" in none.content


async def test_a_file_is_decided_on_once(room: Room) -> None:
    await room.follow("ga")
    card = await imported(room, settings())
    again = await imported(room, settings())
    assert "Applied" in await room.press(card, "Apply")
    audit = len(await room.audit())
    other = await imported(room, settings(two_person=False))
    assert other.content == SAME
    said = await room.press(again, "Apply")
    assert said.startswith("Someone changed the settings since this was shown")
    assert len(await room.audit()) == audit
    assert await room.follows() == []
    assert await room.press(again, "Discard") == "**Discarded.** The settings are unchanged."


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"[]", "That is no settings file of Tallydesk"),
        (b" " * (LARGEST + 1), "The file has 262,145 bytes"),
        (
            settings(desk_channel=123),
            "The file names 123, which is no channel that the bot sees in this server; a thread is none",
        ),
        (settings(desk_role=123), "The file names the role 123, which this server does not have"),
    ],
)
async def test_garbage_and_what_is_not_here_is_refused_with_one_line(room: Room, body: bytes, answer: str) -> None:
    said = (await imported(room, body)).content
    assert said.startswith(answer)
    assert "\n" not in said
    assert await room.audit() == []


async def test_a_contest_that_is_not_covered_is_refused(room: Room) -> None:
    channel = {"channel": room.count.id, "follows": [{"contest": "nowhere"}]}
    said = (await imported(room, settings(channels=[channel]))).content
    assert said == "The file follows nowhere, which is not in the desk file."


async def test_what_can_not_be_is_refused_whole(room: Room) -> None:
    channel = {"channel": room.count.id, "public": True, "follows": [{"contest": "ga"}]}
    card = await imported(room, settings(channels=[channel]))
    assert await room.press(card, "Apply") == "The desk needs its own channel before another goes public."
    assert await room.follows() == []
    assert await room.audit() == []


@pytest.mark.parametrize("second", [True, False])
async def test_no_file_takes_the_desk_channel_away_while_a_second_person_confirms(
    room: Room, desk: Channel, second: bool
) -> None:
    """Without a desk channel, a second file could end two-person confirmation at once, and nobody would be
    notified.
    """
    await room.set_desk(desk)
    await room.set_two_person(on=True)
    before = await room.audit()
    card = await imported(room, settings(desk_channel=None, two_person=second))
    assert (await room.press(card, "Apply")).startswith("The desk channel stays while a second person confirms")
    assert await room.audit() == before


async def test_who_did_what_is_told_with_names_and_without_ids(room: Room) -> None:
    role = room.role("Desk")
    await room.follow("ga", at_least=50)
    await room.set_role(role)
    await room.set_desk(room.count)
    await room.set_two_person(on=True)
    await room.mute("times")
    await room.follow("ga", at_least=75)
    await room.follow("ga")
    await room.ask("pause", reason="a wrong number")
    await room.resume()
    lines = (await room.card("audit")).content.split("\n")[1:]
    assert lines == [
        "7 a.m., olga: **resumed posts**: they had been paused since 7 a.m. by olga",
        "7 a.m., olga: **paused all posts** (a wrong number)",
        f"7 a.m., olga: **<#{room.count.id}>, President**: minimum change 75 votes → default",
        f"7 a.m., olga: **<#{room.count.id}>, President**: minimum change 50 votes → 75 votes",
        "7 a.m., olga: **muted**: the Times",
        "7 a.m., olga: **second person for entries**: no → yes",
        f"7 a.m., olga: **desk channel**: <#{room.count.id}>",
        f"7 a.m., olga: **desk role**: <@&{role.id}>",
    ]


async def test_who_did_what_is_shown_by_pages(room: Room) -> None:
    assert (await room.card("audit")).content == "No changes in this server yet."
    for number in range(10):
        await room.follow("ga", at_least=number + 1)
    card = await room.card("audit")
    lines = card.content.split("\n")
    assert len(lines) == 9
    assert lines[1] == f"7 a.m., olga: **<#{room.count.id}>, President**: minimum change 9 votes → 10 votes"
    older = await room.editor.click(card, "Older")
    assert [line.split("minimum change ")[1] for line in older.content.split("\n")[1:]] == [
        "1 vote → 2 votes",
        "1 vote, with a board",
    ]
    newer = await room.editor.click(older, "Newer")
    assert newer.content == card.content


async def test_forgetting_takes_two_presses_and_leaves_other_servers_alone(room: Room) -> None:
    channel, eve = room.elsewhere()
    await room.follow("ga", channel, who=eve)
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    card = await room.editor.click(await room.overview(), "Forget this server")
    assert "What stays:" in card.content
    sure = await room.editor.click(card, "Forget")
    assert len(await room.follows()) == 2
    assert (await room.press(sure, "Yes, forget everything")).startswith("**Forgotten.**")
    assert [row[0] for row in await room.follows()] == [channel.id]
    assert [(what, server) for what, server in await room.newsroom.database.rows("SELECT what, server FROM audit")] == [
        ("follow", channel.guild.id),
        ("desk forget", room.guild.id),
    ]
    await room.follow("ga")
    await room.newsroom.take(reading(1200, 500, 1))
    await room.publish()
    assert [message.content.split("#")[-1].split(" ")[0] for message in history(room.count)] == ["1", "2"]


async def test_a_second_press_that_comes_late_asks_anew(room: Room) -> None:
    await room.follow("ga")
    sure = await room.editor.click(await room.editor.click(await room.overview(), "Forget this server"), "Forget")
    room.newsroom.wall.move(601)
    assert (await room.press(sure, "Yes, forget everything")).startswith("**Forget this server?**")
    assert len(await room.follows()) == 1


async def test_a_file_with_other_roles_takes_the_permission_to_manage_the_server(room: Room) -> None:
    role = room.role("Managers")
    await room.set_role(role, "manager")
    room.show_all_commands()
    said = (await imported(room, settings(manager_role=role.id, desk_role=role.id), room.person("mia", role))).content
    assert said == "The file changes roles, which only people who can manage the server may do."


async def test_the_audit_says_what_was_entered_in_words(room: Room) -> None:
    said = {"leader": "biden", "margin": 14_101, "certified": (96, 159), "approximate": ("margin",)}
    statement = Statement.model_validate({"source": "ga-sos", "contest": "ga", "as_of": START, **said})
    await room.newsroom.desk_store.join(room.guild.id)
    await room.newsroom.statements.take_in(statement, room.guild.id, str(room.editor))
    await room.editor.click(
        await room.card("schedule add", title="Polls close", at="7 p.m.", kind="polls_close"), "Save"
    )
    moved = await room.card("schedule move", event="polls", to="8 p.m.")
    await room.editor.click(moved, next(iter(moved.buttons)))
    content = (await room.card("audit")).content
    assert "**added to the schedule**: Polls close, at 7 p.m.\n" in content
    assert "**moved an event**: Polls close, at 7 p.m. → 8 p.m.\n" in content
    for figures in ("Biden ahead by about 14,101", "96 of 159 counties certified"):
        assert f"**entered figures**: President, {figures} (the Secretary of State, 7 a.m.)" in content
    assert "[" not in content


async def test_the_audit_has_a_line_for_what_was_entered_and_one_for_who_confirmed_it(
    told: Room, desk: Channel, dee: Person
) -> None:
    text = "Biden leads by 14,101"
    await told.editor.click(
        await tick(told, await told.card("tally", text=text, source="reporter", contest="ga")), "Enter"
    )
    figures = "President, Biden ahead by 14,101 (our reporter, 7 a.m.)"
    lines = (await told.card("audit")).content.split("\n")[1:]
    assert lines == [
        f"7 a.m., olga: **entry 1**: {figures}",
        f"7 a.m., olga: **<#{told.count.id}> follows President**: with a board",
    ]
    await told.set_desk(desk)
    await told.set_two_person(on=True)
    told.newsroom.at(1)
    card = await tick(told, await told.card("tally", text="Biden leads by 14,090", source="ga-sos", contest="ga"))
    await told.editor.click(card, "Ask the desk")
    await told.publish()
    await dee.click(last(desk), "Confirm")
    lines = (await told.card("audit")).content.split("\n")[1:4]
    assert lines == [
        "7:01 a.m., dee: **entry 2 confirmed**",
        "7:01 a.m., olga: **entry 2**: President, Biden ahead by 14,090 (the Secretary of State, 7:01 a.m.)",
        "7:01 a.m., olga: **entry 2 sent to the desk**",
    ]


async def test_the_audit_says_of_a_channel_what_was_set_in_words(room: Room, desk: Channel) -> None:
    await room.follow("ga", board=False)
    await room.follow("ga", board=True, quiet_hours="midnight to 5", roll_up=0)
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    await room.set_public(room.count, public=False)
    await room.unfollow("ga")
    lines = (await room.card("audit")).content.split("\n")[1:]
    here = f"<#{room.count.id}>"
    assert [line.removeprefix("7 a.m., olga: ") for line in lines] == [
        f"**{here} no longer follows President**",
        f"**made {here} private**",
        f"**made {here} public**",
        f"**desk channel**: <#{desk.id}>",
        f"**{here}, President**: smaller changes with the next post, quiet hours midnight to 5 a.m., with a board",
        f"**{here} follows President**",
    ]


async def test_the_audit_says_posts_as_they_read(room: Room, desk: Channel) -> None:
    await room.follow("ga")
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    await room.editor.click(last(desk), "Publish")
    lines = (await room.card("audit")).content.split("\n")[1:]
    assert lines[0].startswith(f"7 a.m., olga: **published**: #1 in <#{room.count.id}>: “Biden leads in Georgia by 500")
    assert "**" not in lines[0].split("**: ", 1)[1]
    assert "-#" not in "".join(lines)
