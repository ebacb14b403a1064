"""Tests `/margin` as a member types it: which contest, and as of which time."""

import pytest

from tests.cogs.answering import morning, read_by_the_public
from tests.cogs.conftest import HOSTILE, Room
from tests.conftest import reading


async def test_anyone_may_ask_where_the_count_stands(room: Room) -> None:
    await morning(room)
    answer = await room.card("margin", room.reporter, contest="ga")
    assert "by 14,101 votes" in answer.content
    (embed,) = answer.embeds
    assert "2,471,895" in (embed.description or "")
    assert embed.footer.text == "Unofficial."  # it changed, and was checked, at the time beside its source


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("7:10", "At 7:10 a.m., Biden led in Georgia by 10 votes"),
        ("30 minutes ago", "At 7:30 a.m., Biden led in Georgia by 20 votes"),
        ("now", "At 8 a.m., Biden led in Georgia by 30 votes"),
        (
            "yesterday 7pm",
            "No figures on record for Georgia by 7 p.m. Tuesday** from the Times; the first are as of 7:05 a.m.\n-# 7 p.m. Tuesday",
        ),
    ],
)
async def test_it_answers_for_an_earlier_time(room: Room, at: str, says: str) -> None:
    await room.newsroom.take(reading(110, 100, 5), reading(120, 100, 25), reading(130, 100, 55))
    room.newsroom.at(60)
    assert (await room.ask("margin", contest="ga", at=at)).startswith(f"**{says}")


@pytest.mark.parametrize(
    ("at", "says"),
    [
        (
            "5",
            'Which time is "5"? It could be a.m. or p.m. 5 p.m. EST Tuesday, Nov. 10 or 5 a.m. EST Wednesday, Nov. 11?',
        ),
        ("14,101", '"14,101" is not clearly a time; try 3:05 a.m., yesterday 7 p.m., Nov. 9 6 p.m. or 20 min ago.'),
        ("[x](https://evil.example)", r'"\[x\](https\://evil.example)" is not clearly a time'),
        ("tomorrow 5pm", '"tomorrow 5pm" has not come yet; type an earlier time, such as 3:05 or last night.'),
    ],
)
async def test_a_time_that_is_none_or_ahead_is_refused(room: Room, at: str, says: str) -> None:
    assert (await room.refused("margin", contest="ga", at=at)).startswith(says)


@pytest.mark.parametrize("typed", ["President", " PRESIDENT ", "GA"])
async def test_a_contest_may_be_typed_by_its_name(room: Room, typed: str) -> None:
    assert "for Georgia**" in await room.ask("margin", contest=typed)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("georgia ", '"georgia" could be President or U.S. Senate.'),
        ("School board", '"School board" could be any of 30.'),
    ],
)
async def test_a_name_of_several_contests_is_refused(room: Room, typed: str, says: str) -> None:
    assert await room.refused("margin", contest=typed) == says
    assert "School board 1:" not in await room.ask("margin", contest="School board 1")  # which 10 begins with, too


async def test_an_unknown_contest_is_refused_without_its_formatting(room: Room) -> None:
    said = await room.refused("margin", contest="**@everyone** <@&7>" + "x" * 500)
    assert said.startswith(r'No contest is called "\*\*@' + "\u200b" + r"everyone\*\* \<@" + "\u200b" + "&7>xxx")
    assert said.endswith("choose one from the list that comes up as you type.")
    assert len(said) < 300


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


async def test_where_the_public_reads_a_contest_led_by_a_source_for_the_newsroom_only_is_not_told(room: Room) -> None:
    await read_by_the_public(room)
    room.hide_the_times()
    assert (await room.refused("margin", contest="ga")).startswith("What is known of that contest is for the newsroom")
