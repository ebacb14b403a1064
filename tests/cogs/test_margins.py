"""/margin as a member types it."""

from datetime import timedelta

import pytest

from bot.count.statement import Statement
from tests.cogs.conftest import HOSTILE, Room
from tests.conftest import SERVER, START, reading


async def test_before_anything_is_in_it_says_so(room: Room) -> None:
    assert await room.ask("margin", contest="ga") == (
        "**No count is in yet for Georgia** from the Times. It has no feed: staff enter its figures with `/tally`.\n-# 7 a.m."
    )


async def test_anyone_may_ask_where_the_count_stands(room: Room) -> None:
    await room.newsroom.take(reading(2471895, 2457794, 35, total=4992198))
    answer = await room.card("margin", room.reporter, contest="ga")
    assert (
        answer.content == "**Biden leads in Georgia by 14,101 votes,** with 4,992,198 counted.\n-# the Times, 7:35 a.m."
    )
    (embed,) = answer.embeds
    assert embed.description is not None
    assert "2,471,895" in embed.description
    assert embed.footer.text is not None
    assert embed.footer.text == "Unofficial."  # it changed, and was checked, at the time beside its source


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("7:10", "At 7:10 a.m., Biden led in Georgia by 10 votes"),
        ("7:10 a.m.", "At 7:10 a.m., Biden led in Georgia by 10 votes"),
        ("30 minutes ago", "At 7:30 a.m., Biden led in Georgia by 20 votes"),
        ("now", "At 8 a.m., Biden led in Georgia by 30 votes"),
        (
            "yesterday 7pm",
            "No figures on record for Georgia by 7 p.m. Tuesday** from the Times; the first are as of 7:05 a.m.\n-# 7 p.m. Tuesday",
        ),
        ("3:05", "No figures on record for Georgia by 3:05 a.m."),
    ],
)
async def test_it_answers_for_an_earlier_time(room: Room, at: str, said: str) -> None:
    await room.newsroom.take(reading(110, 100, 5), reading(120, 100, 25), reading(130, 100, 55))
    room.newsroom.at(60)
    assert (await room.ask("margin", contest="ga", at=at)).startswith(f"**{said}")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (
            "5",
            'Which time is "5"? It could be a.m. or p.m. 5 p.m. EST Tuesday, Nov. 10 or 5 a.m. EST Wednesday, Nov. 11?',
        ),
        (
            "14,101",
            '"14,101" is not clearly a time; try 3:05 a.m., yesterday 7pm, Nov. 9 6 p.m. or 20 min ago.',
        ),
        ("[x](https://evil.example)", r'"\[x\](https\://evil.example)" is not clearly a time'),
        ("tomorrow 5pm", '"tomorrow 5pm" has not come yet; type an earlier time, such as 3:05 or last night.'),
        ("today 5pm", '"today 5pm" has not come yet; type an earlier time, such as 3:05 or last night.'),
    ],
)
async def test_a_time_that_is_none_or_ahead_is_refused(room: Room, at: str, said: str) -> None:
    assert (await room.refused("margin", contest="ga", at=at)).startswith(said)


@pytest.mark.parametrize("typed", ["President", "president", " PRESIDENT ", "georgia ", "GA"])
async def test_a_contest_may_be_typed_by_its_name(room: Room, typed: str) -> None:
    if typed.strip().casefold() == "georgia":
        assert await room.refused("margin", contest=typed) == '"georgia" could be President or U.S. Senate.'
    else:
        assert "for Georgia**" in await room.ask("margin", contest=typed)


async def test_an_exact_name_goes_before_a_part_of_others(room: Room) -> None:
    assert "School board 1:" not in await room.ask("margin", contest="School board 1")
    assert await room.refused("margin", contest="School board") == '"School board" could be any of 30.'


async def test_an_unknown_contest_is_refused_without_its_formatting(room: Room) -> None:
    said = await room.refused("margin", contest="**@everyone** <@&7>" + "x" * 500)
    assert said.startswith(r'No contest is called "\*\*@' + "\u200b" + r"everyone\*\* \<@" + "\u200b" + "&7>xxx")
    assert said.endswith("choose one from the list that comes up as you type.")
    assert len(said) < 300


async def test_a_revision_that_is_held_is_said(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5), reading(110, 100, 6))
    said = await room.ask("margin", contest="ga")
    assert "leads in Georgia by 20 votes" in said
    assert "Later figures are on hold: the count went down, and the source has not repeated it yet." in said


async def say(room: Room, **fields: object) -> None:
    statement = {"source": "ga-sos", "contest": "ga", "as_of": START, **fields}
    await room.newsroom.desk_store.join(room.guild.id)
    await room.newsroom.statements.take_in(Statement.model_validate(statement), room.guild.id, "Olga")


async def others(room: Room) -> str:
    (embed,) = (await room.card("margin", contest="ga")).embeds
    return "\n".join(field.value or "" for field in embed.fields if field.name == "Other sources")


async def test_other_sources_stand_beside_it(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5), reading(130, 100, 6, source="ga-sos", total=231))
    await say(room, source="reporter", leader="biden", margin=19, total=219)
    assert await others(room) == (
        "The Secretary of State: Biden +30, 231 votes (7:06 a.m.)\nOur reporter: Biden +19, 219 votes (7 a.m.)"
    )


async def test_only_what_was_said_as_about_is_about(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5))
    await say(room, leader="biden", margin=19, margin_change=-1, approximate=["margin_change"])
    assert await others(room) == "The Secretary of State: Biden +19 (7 a.m., entered by staff)"
    await say(room, leader="biden", margin=20, total=220, approximate=["margin", "total"])
    assert await others(room) == "The Secretary of State: Biden about +20 (7 a.m., entered by staff)"


async def test_what_staff_entered_as_the_leading_source_s_word_stands_beside_its_feed_while_it_is_newer(
    room: Room,
) -> None:
    await room.newsroom.take(reading(120, 100, 5))
    await say(room, source="times", leader="biden", margin=25, as_of=START + timedelta(minutes=4))
    assert await others(room) == ""
    await say(room, source="times", leader="biden", margin=30, as_of=START + timedelta(minutes=5, seconds=30))
    assert await others(room) == "The Times: Biden +30 (7:05 a.m., entered by staff)"
    await room.newsroom.take(reading(131, 100, 6))
    assert await others(room) == ""


async def test_another_count_of_the_contest_does_not_stand_beside_it(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5))
    await say(room, leader="trump", margin=5, count="recount")
    assert await others(room) == ""


async def test_what_another_server_entered_is_not_told(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5))
    await room.newsroom.desk_store.join(SERVER)
    statement = Statement.model_validate(
        {"source": "reporter", "contest": "ga", "as_of": START, "leader": "trump", "margin": 5}
    )
    await room.newsroom.statements.take_in(statement, SERVER, "Eve")
    assert await others(room) == ""


async def test_suggestions_are_25_at_most(room: Room) -> None:
    choices = await room.choices("")
    assert len(choices) == 25
    assert choices[0] == {"name": "President", "value": "ga"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [("pres", ["ga"]), ("SENATE", ["senate"]), ("board 30", ["board-30"]), ("lamp city", 25), ("zebra", [])],
)
async def test_suggestions_match_what_is_typed(room: Room, typed: str, found: list[str] | int) -> None:
    values = [choice["value"] for choice in await room.choices(typed)]
    assert values == found if isinstance(found, list) else len(values) == found


async def test_a_hostile_name_does_nothing(room: Room) -> None:
    said = await room.ask("margin", contest="evil")
    assert "@everyone" not in said
    assert "<@&1>" not in said.replace("\\<", "")
    assert "[here](" not in said
    (choice,) = await room.choices("mayor")
    assert choice["name"] == HOSTILE.rstrip("\u202e")  # choices have no markdown


async def read_by_the_public(room: Room) -> None:
    desk = room.guild.add_channel("desk")
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)


async def test_where_the_public_reads_sources_for_the_newsroom_only_are_not_named(room: Room) -> None:
    await room.newsroom.take(reading(120, 100, 5))
    await say(room, source="reporter", leader="biden", margin=19, total=219)
    await room.newsroom.take(reading(121, 101, 5, source="ga-sos"))
    await read_by_the_public(room)
    assert await others(room) == "The Secretary of State: Biden +20 (7:05 a.m.)"


async def test_where_the_public_reads_a_contest_led_by_such_a_source_is_not_told(room: Room) -> None:
    await read_by_the_public(room)
    room.hide_the_times()
    assert (await room.refused("margin", contest="ga")).startswith("What is known of that contest is for the newsroom")
