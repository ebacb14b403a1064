"""Tests that every submitted form is answered, even if the bot was restarted while the form was open."""

import importlib

import discord
import pytest

from bot.client import COGS
from bot.wording.escape import escape
from cogs.buttons import AnsweredForm
from tests.cogs.conftest import Room
from tests.cogs.matrix import FORMS


def subclasses(kind: type[discord.ui.Modal]) -> set[type[discord.ui.Modal]]:
    return {one for sub in kind.__subclasses__() for one in {sub, *subclasses(sub)}}


def test_every_form_of_the_commands_is_one_that_is_answered() -> None:
    for cog in COGS:
        importlib.import_module(cog)
    forms = {form for form in subclasses(discord.ui.Modal) if form.__module__.startswith("cogs.")}
    assert len(forms) >= 6
    assert [form for form in forms if not issubclass(form, AnsweredForm)] == []


@pytest.mark.parametrize("command", FORMS)
async def test_a_form_that_is_sent_after_a_restart_is_answered_and_keeps_nothing(room: Room, command: str) -> None:
    options, typed = FORMS[command]
    shown = await room.editor.slash(room.count, command, **options)
    await room.restart()
    result = await room.editor.submit(shown, typed)
    assert result.ephemeral
    assert result.content.startswith("The bot restarted since you opened this form, so nothing was saved. You typed: ")
    assert escape(typed[0], 500) in result.content
    tables = ("proposals", "event_proposals", "schedule_entries", "audit")
    assert [await room.newsroom.count(table) for table in tables] == [0, 0, 0, 0]


async def test_a_form_that_is_sent_twice_is_done_once_and_answered_both_times(room: Room) -> None:
    shown = await room.editor.slash(room.count, "schedule add")
    first = await room.editor.submit(shown, ["Rally: Sen. Doe", "10 a.m."])
    assert "Rally: Sen. Doe" in first.content or first.embeds
    again = await room.editor.submit(shown, ["Rally: Sen. Doe", "10 a.m."])
    assert again.content == "That form was already sent; what it did is in the first answer."
    assert await room.newsroom.count("event_proposals") == 1


async def test_a_form_that_is_refused_names_the_field_and_opens_again_as_it_was_sent(room: Room) -> None:
    shown = await room.editor.slash(room.count, "tally", contest="ga")
    refused = await room.editor.submit(shown, ["Biden 14,000", "", "", "sometime"])
    assert refused.content.startswith('As of: "sometime" is not clearly a time; try')
    again = await room.editor.click(refused, "Edit and send again")
    assert [field.get("value") or "" for field in again.fields[:4]] == ["Biden 14,000", "", "", "sometime"]
    card = await room.editor.submit(again, ["Biden 14,000", "", "", ""])
    assert "Biden ahead by 14,000" in card.content
    assert await room.newsroom.count("proposals") == 1


async def test_all_fields_that_can_not_be_read_are_named_at_once_and_one_answer_stays(room: Room) -> None:
    shown = await room.editor.slash(room.count, "tally", contest="ga")
    refused = await room.editor.submit(shown, ["lunch", "about five million", "", "sometime"])
    assert refused.content == (
        'Margin: "lunch" can\'t be read; try Biden 14,101, or 14,101. '
        'Votes: "about five million" can\'t be read; try 4,991,741, or each candidate with a number. '
        'As of: "sometime" is not clearly a time; try 3:05 a.m., yesterday 7 p.m., Nov. 9 6 p.m. or 20 min ago.'
    )
    again = await room.editor.submit(await room.editor.click(refused, "Edit and send again"), ["", "x", "", ""])
    assert again.id == refused.id
    assert again.content.startswith('Votes: "x" can\'t be read')
    card = await room.editor.submit(await room.editor.click(again, "Edit and send again"), ["Biden 14,000", "", "", ""])
    assert card.id == refused.id
    assert "Biden ahead by 14,000" in card.content


async def test_a_name_that_is_only_like_one_in_a_form_opens_it_again_with_the_one_that_is_pressed(room: Room) -> None:
    shown = await room.editor.slash(room.count, "tally", contest="ga")
    refused = await room.editor.submit(shown, ["Bidne 14,000", "", "Foulton 300", ""])
    assert refused.content.startswith("Margin: no candidate of President is called")
    again = await room.editor.click(refused, "Joseph R. Biden")
    assert again.fields[0]["value"] == "Biden 14,000"
    refused = await room.editor.submit(again, ["Biden 14,000", "", "Foulton 300", ""])
    assert refused.content.startswith("Ballots left: no county of GA is called")
    again = await room.editor.click(refused, "Fulton")
    assert [field.get("value") or "" for field in again.fields[:3]] == ["Biden 14,000", "", "Fulton 300"]


async def test_a_button_of_before_a_restart_is_answered(room: Room) -> None:
    refused = await room.editor.slash(room.count, "margin", contest="ga", at="yesterday 5")
    await room.restart()
    pressed = await room.editor.click(refused, next(iter(refused.buttons)))
    assert pressed.content == "The bot restarted since then, so nothing was saved. Use the command again."


async def test_what_could_be_several_in_a_command_has_a_button_each_that_asks_the_same_again(room: Room) -> None:
    asked = await room.editor.slash(room.count, "margin", contest="Presidnt", at="yesterday 5")
    assert asked.content.startswith("No contest is called")
    asked = await room.editor.click(asked, "President")
    assert asked.content.startswith('Which time is "yesterday 5"? It could be a.m. or p.m.')
    assert list(asked.buttons) == ["5 a.m. EST Tuesday, Nov. 10", "5 p.m. EST Tuesday, Nov. 10"]
    answer = await room.editor.click(asked, "5 p.m. EST Tuesday, Nov. 10")
    assert answer.ephemeral
    assert "5 p.m. Tuesday" in answer.content


async def test_a_choice_is_not_taken_from_who_may_not_use_the_command_any_more(room: Room) -> None:
    first, second = room.role("Desk"), room.role("Night desk")
    writer = room.person("sam", first)
    await room.set_role(first)
    asked = await writer.slash(room.count, "schedule add", title="Rally", at="10:30", contest="Presidnt")
    assert list(asked.buttons) == ["President"]
    await room.set_role(second)
    refused = await writer.click(asked, "President")
    assert refused.content.startswith("You need the ")
