"""Staff enter what no feed says: read in a message, typed into a form, confirmed, undone."""

from typing import Any

import discord
import pytest
import simcord

from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.service.asker import Asker
from tests.cogs.conftest import Room, bot_for
from tests.conftest import START, reading

POST = "Biden still out in front by 14,101. 96 of 159 counties have certified."


@pytest.fixture
async def told(room: Room) -> Room:
    """Return a room whose channel was told that Biden leads by 14,101."""
    await room.ask("follow", contest="ga")
    await room.newsroom.take(reading(2_471_895, 2_457_794, total=4_992_198))
    await room.publish()
    return room


@pytest.fixture
def dee(room: Room) -> simcord.MemberActor:
    """Return a second person who may write."""
    managers = room.guild.create_role("More managers", permissions=discord.Permissions(manage_guild=True))
    return room.guild.add_member(room.env.create_user("dee"), roles=[managers])


async def read(room: Room, text: str, who: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
    """Return what **Read as tally** on a message answers."""
    message = await room.reporter.send(room.count, text)
    result = await (who or room.editor).context_menu(room.count, "Read as tally", message)
    assert result.response is not None
    assert result.ephemeral
    return result.response


async def choose(
    room: Room, card: simcord.ResponseMessage, which: str, values: list[str], who: simcord.MemberActor | None = None
) -> simcord.ResponseMessage:
    (key,) = [key for key in keys(card) if key.endswith(f":{which}")]
    result = await (who or room.editor).select(card, values, custom_id=key)
    assert result.response is not None
    return result.response


async def press(
    room: Room,
    card: simcord.ResponseMessage | discord.Message,
    label: str,
    who: simcord.MemberActor | None = None,
) -> simcord.ResponseMessage:
    result = await (who or room.editor).click(card, label=label)
    assert result.response is not None
    return result.response


def keys(card: simcord.ResponseMessage) -> list[str]:
    return [child["custom_id"] for row in card.components for child in row["components"]]


async def entered(room: Room) -> list[Statement]:
    rows = await room.newsroom.database.rows("SELECT body FROM statements WHERE retracted_at IS NULL ORDER BY id")
    return [Statement.model_validate_json(body) for (body,) in rows]


async def test_a_message_is_read_and_shown_before_anything_is_entered(told: Room) -> None:
    card = await read(told, POST)
    assert card.content == (
        "**To enter: President**, Georgia\n"
        "1. Biden ahead by 14,101 · “Biden still out in front by 14,101”\n"
        "2. 96 of 159 counties certified · “96 of 159 counties have certified”\n"
        "Whose word: **not said yet: choose below** · true as of 7 a.m."
    )
    assert await entered(told) == []
    assert not any(key.endswith(":enter") for key in keys(card))


async def test_what_says_its_own_time_is_not_given_another(told: Room) -> None:
    card = await read(told, "Biden leads by 14,101, as of 6:40 a.m.")
    assert card.content.endswith("Whose word: **not said yet: choose below**")
    card = await read(told, "96 of 159 counties have certified as of 6:40 a.m. Biden leads by 14,101.")
    assert card.content.endswith(" · the rest true as of 7 a.m.")


async def test_what_is_posted_already_is_said_with_its_number_and_time(told: Room) -> None:
    card = await choose(told, await read(told, "Biden still out in front by 14,101"), "source", ["reporter"])
    assert (
        "**Nothing goes out: the margin is posted already, #1, 7 a.m.** It is stored as our reporter's word"
        in card.content
    )
    done = await press(told, card, "Enter")
    assert done.content.startswith(
        "**Entered.** Nothing is posted: the margin is posted already, #1; it is stored as our reporter's word and answers questions."
    )
    (statement,) = await entered(told)
    assert (statement.source, statement.leader, statement.margin) == ("reporter", "biden", 14101)
    assert statement.words == "Biden still out in front by 14,101"
    assert statement.entered_by == f"{told.editor.name} ({told.editor.id})"
    assert (statement.link or "").startswith("https://discord.com/channels/")


async def test_what_will_go_out_is_what_goes_out(told: Room) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["ga-sos"])
    shown = card.content.split("> ")[1].split("\n")[0]
    assert shown.startswith("**Two margins in Georgia:**")
    assert await told.newsroom.posts(told.count.id) == await told.newsroom.posts(told.count.id)
    before = len(await told.newsroom.posts())
    done = await press(told, card, "Enter")
    posts = await told.newsroom.posts()
    assert len(posts) == before + 1
    assert posts[-1].headline == shown
    assert done.content.startswith(f"**Entered.** Goes out as #2 in <#{told.count.id}>.")


async def test_pieces_can_be_left_out(told: Room) -> None:
    card = await choose(told, await read(told, POST), "source", ["reporter"])
    card = await choose(told, card, "keep", ["1"])
    assert "1. Left out: Biden ahead by 14,101" in card.content
    await press(told, card, "Enter")
    (statement,) = await entered(told)
    assert (statement.margin, statement.certified) == (None, (96, 159))


async def test_nothing_kept_can_t_be_entered(told: Room) -> None:
    card = await choose(told, await read(told, POST), "source", ["reporter"])
    card = await choose(told, card, "keep", [])
    assert "**Not ready:** nothing is kept." in card.content
    assert not any(key.endswith(":enter") for key in keys(card))


async def test_a_text_that_claims_nothing_says_so_and_enters_nothing(told: Room) -> None:
    card = await read(told, "Trump would lead by 300,000 if that were true. @everyone")
    assert card.content.startswith("Nothing was read in that.")
    assert "`/tally report`" in card.content
    assert await told.newsroom.database.rows("SELECT 1 FROM entries") == []


async def test_a_pasted_text_is_read_of_the_contest_that_is_named(told: Room) -> None:
    result = await told.editor.slash(
        told.count, "tally read", text="Biden leads by 14,000 votes", contest="ga", source="reporter", as_of="6:30"
    )
    assert result.response is not None
    assert "Whose word: **our reporter** · true as of 6:30 a.m." in result.response.content


async def report(room: Room, values: dict[str, str], **options: Any) -> simcord.InteractionResult:  # noqa: ANN401
    shown = await room.editor.slash(room.count, "tally report", contest="ga", **options)
    assert shown.modal is not None
    fields = {
        component["component"]["custom_id"]
        if "component" in component
        else component["components"][0]["custom_id"]: label
        for component, label in zip(
            shown.modal["components"], ("margin", "votes", "left", "certified", "at"), strict=True
        )
    }
    return await room.editor.submit_modal(
        shown, {key: values[label] for key, label in fields.items() if label in values}
    )


async def test_a_form_is_shown_as_it_will_go_out(told: Room) -> None:
    result = await report(
        told,
        {"margin": "Biden 14,000", "left": "Clayton 4,355", "at": "6:40"},
        source="reporter",
        reason="on the phone",
    )
    assert result.response is not None
    assert "1. Biden ahead by 14,000; 4,355 ballots left in Clayton" in result.response.content
    assert "true as of 6:40 a.m." in result.response.content
    await press(told, result.response, "Enter")
    (statement,) = await entered(told)
    assert statement.outstanding is not None
    assert (statement.margin, statement.outstanding.units) == (14000, ("Clayton",))


async def test_a_form_that_can_t_be_read_is_answered_and_changes_nothing(told: Room) -> None:
    cursor = told.env.error_cursor
    result = await report(told, {"margin": "Bidne 14,000"})
    assert result.response is not None
    assert result.response.content == "Bidne is nobody in President; there are Biden, Trump."
    assert told.env.errors_since(cursor)
    assert told.env.errors  # looked at
    assert await told.newsroom.database.rows("SELECT 1 FROM entries") == []


async def test_who_leads_is_asked_by_a_button_and_never_guessed(told: Room) -> None:
    result = await report(told, {"margin": "14,000"}, source="reporter")
    card = result.response
    assert card is not None
    assert "who leads is not said" in card.content
    assert "**Not ready:**" in card.content
    card = await press(told, card, "Biden leads")
    assert "1. Biden ahead by 14,000" in card.content
    assert any(key.endswith(":enter") for key in keys(card))


async def test_an_entry_is_mended_in_the_form(told: Room) -> None:
    card = await choose(told, await read(told, POST), "source", ["reporter"])
    (key,) = [key for key in keys(card) if key.endswith(":mend")]
    shown = await told.editor.click(card, custom_id=key)
    assert shown.modal is not None
    assert "Biden 14,101" in str(shown.modal)
    ids = [
        component["component"]["custom_id"] if "component" in component else component["components"][0]["custom_id"]
        for component in shown.modal["components"]
    ]
    mended = await told.editor.submit_modal(shown, {ids[0]: "Biden 14,110", ids[3]: "96"})
    assert mended.response is not None
    assert (
        "1. Biden ahead by 14,110; 96 of 159 counties certified · “Biden still out in front" in mended.response.content
    )


async def mend(room: Room, card: simcord.ResponseMessage, **typed: str) -> simcord.ResponseMessage:
    """Press Mend, type into the fields of these places ("f0", "f1"), send the form; return what is shown then."""
    shown = await room.editor.click(card, label="Mend")
    assert shown.modal is not None
    ids = [
        component["component"]["custom_id"] if "component" in component else component["components"][0]["custom_id"]
        for component in shown.modal["components"]
    ]
    result = await room.editor.submit_modal(shown, {ids[int(place[1:])]: text for place, text in typed.items()})
    assert result.response is not None
    return result.response


async def test_mending_figures_keeps_their_time_and_what_the_form_has_no_field_for(told: Room) -> None:
    text = "No change overnight. Biden leads Georgia by 14,101, as of 6:40 a.m."
    card = await choose(told, await read(told, text), "source", ["reporter"])
    card = await mend(told, card, f0="Biden 14,110")
    assert "Biden ahead by 14,110, at 6:40 a.m." in card.content
    assert "No change" in card.content


async def test_a_call_is_mended_in_a_form_of_its_own(told: Room) -> None:
    card = await read(told, "The AP has called Georgia for Biden.")
    card = await mend(told, card, f0="called", f1="Trump", f2="declared", f3="6:40")
    assert "> **The AP declared Trump the winner in Georgia** at 6:40 a.m." in card.content
    card = await mend(told, card, f0="too close to call", f1="", f2="")
    assert "too close to call" in card.content
    assert "said: elected can't be read" in (await mend(told, card, f0="elected", f1="")).content
    assert told.env.errors  # looked at


async def test_counties_by_name_are_mended_and_what_is_no_county_is_asked(told: Room) -> None:
    text = "Appling, Bacon and Cobb counties have certified."
    card = await choose(told, await read(told, text), "source", ["ga-sos"])
    card = await mend(told, card, f0="Cobb, Floyd, Atlantis")
    assert "Certified, as listed: Cobb and Floyd counties" in card.content
    assert "Which county is “Atlantis”?" in card.content


async def test_a_change_of_the_lead_is_mended_with_its_sign(told: Room) -> None:
    card = await choose(told, await read(told, "Biden's lead shrank by 48 votes."), "source", ["reporter"])
    assert "Biden's lead down 48" in card.content
    card = await mend(told, card, f0="Biden", f1="-50")
    assert "Biden's lead down 50" in card.content
    assert "try -48, or up 10" in (await mend(told, card, f0="Biden", f1="50")).content
    assert told.env.errors  # looked at


async def test_within_two_minutes_it_is_undone_with_one_press(told: Room) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["ga-sos"])
    done = await press(told, card, "Enter")
    await told.publish()
    undone = await press(told, done, "Undo")
    assert undone.content.startswith("Taken back in 1 channel.")
    assert await entered(told) == []
    assert (await told.newsroom.posts())[-1].kind == "retraction"


async def test_after_two_minutes_it_takes_a_reason(told: Room) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["ga-sos"])
    done = await press(told, card, "Enter")
    told.newsroom.clock.set(START.replace(minute=3))
    late = await press(told, done, "Undo")
    assert late.content.startswith("That was entered over two minutes ago; `/tally retract` takes it back")
    assert len(await entered(told)) == 1


async def test_buttons_work_after_a_restart(told: Room) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["reporter"])
    await told.env.restart_bot(bot_for(told.newsroom, []))
    done = await press(told, card, "Enter")
    assert done.content.startswith("**Entered.**")


async def test_a_draft_from_yesterday_is_not_entered(told: Room) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["reporter"])
    told.newsroom.clock.set(START.replace(day=13))
    late = await press(told, card, "Enter")
    assert late.content.startswith("That was begun over a day ago; read it anew")
    assert await entered(told) == []


async def test_an_entry_is_only_for_who_made_it_and_who_may_write(told: Room, dee: simcord.MemberActor) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["reporter"])
    (key,) = [int(key.split(":")[1]) for key in keys(card) if key.endswith(":enter")]
    other = Asker(told.guild.id, dee.id, "dee")
    with pytest.raises(BadInputError, match="that entry is somebody else's"):
        await told.newsroom.decisions.enter(other, key)
    with pytest.raises(BadInputError, match="no such entry in this server"):
        await told.newsroom.decisions.enter(Asker(7, told.editor.id, "olga"), key)
    answer = await read(told, POST, told.reporter)
    assert answer.content == "That takes the desk's role, or the permission to manage the server."
    assert told.env.errors  # looked at


async def test_mine_lists_what_came_of_it(told: Room) -> None:
    assert (await told.ask("tally mine")).startswith("You have entered nothing yet.")
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["ga-sos"])
    await press(told, card, "Enter")
    card = await choose(told, await read(told, "Biden still out in front by 14,101"), "source", ["reporter"])
    await press(told, card, "Enter")
    assert await told.ask("tally mine") == (
        "**Your last entries**\n"
        "**Entry 2, entered:** our reporter: Biden ahead by 14,101, 7 a.m. · not posted\n"
        "**Entry 1, entered:** the Secretary of State: Biden ahead by 14,000, 7 a.m. · #2"
    )


async def test_an_entry_that_was_not_posted_is_retracted_by_its_own_number(told: Room) -> None:
    card = await choose(told, await read(told, "Biden still out in front by 14,101"), "source", ["reporter"])
    await press(told, card, "Enter")
    said = await told.ask("tally retract", post="entry 1", why="misheard on the phone")
    assert said == "Taken back. Nothing had been posted of it."
    assert await entered(told) == []
    assert await told.refused("tally retract", post="entry 1", why="again") == "Entry 1 has been taken back already."
    assert "no such entry" in await told.refused("tally retract", post="entry 99", why="a typo")


@pytest.fixture
async def two(told: Room, dee: simcord.MemberActor) -> simcord.ChannelHandle:
    """Return the desk's channel of a room in which a second person confirms."""
    assert dee
    desk = told.guild.create_text_channel("desk")
    assert "no desk channel" in await told.refused("desk confirm", entries="on")
    await told.ask("desk channel", channel=desk)
    assert (await told.ask("desk confirm", entries="on")).startswith("From now on")
    return desk


async def ask_second(room: Room, text: str = "Biden leads by 14,000 votes") -> simcord.ResponseMessage:
    card = await choose(room, await read(room, text), "source", ["ga-sos"])
    asked = await press(room, card, "Ask a second person")
    await room.publish()
    return asked


async def test_where_the_desk_wants_it_a_second_person_confirms(
    told: Room, two: simcord.ChannelHandle, dee: simcord.MemberActor
) -> None:
    asked = await ask_second(told)
    assert asked.content.startswith("**Waits for a second person,**")
    assert await entered(told) == []
    question = two.last_message
    assert question is not None
    assert question.content.startswith("**Is this right? olga entered it for President.**")
    assert "> **Two margins in Georgia:**" in question.content
    own = await press(told, question, "Confirm")
    assert own.content == "You entered that yourself; another of the desk has to confirm it."
    done = await press(told, question, "Confirm", dee)
    assert done.content == f"**Confirmed.** Goes out as #3 in <#{told.count.id}>."
    await told.publish()
    (statement,) = await entered(told)
    assert statement.confirmed_by == f"dee ({dee.id})"
    message = two.last_message
    assert isinstance(message, discord.Message)
    assert message.content.startswith("**Confirmed** by dee, 7 a.m.\n")
    assert not message.components
    with pytest.raises(BadInputError, match="that is entered already, by dee"):
        await told.newsroom.decisions.reject(Asker(told.guild.id, dee.id, "dee"), 1)


async def test_a_second_person_can_say_no_and_who_asked_can_take_it_back(
    told: Room, two: simcord.ChannelHandle, dee: simcord.MemberActor
) -> None:
    await ask_second(told)
    question = two.last_message
    assert question is not None
    no = await press(told, question, "Reject", dee)
    assert no.content == "**Rejected.** Nothing is posted, and nothing counts."
    asked = await ask_second(told, "Biden leads by 13,000 votes")
    back = await press(told, asked, "Take it back")
    assert back.content == "**Taken back.** Nothing was entered."
    assert await entered(told) == []


async def test_a_call_in_a_message_is_its_caller_s_word_and_goes_out_as_such(told: Room) -> None:
    card = await read(told, "The AP has called Georgia for Biden. CNN projects Biden will win Georgia.")
    assert "1. Called: Georgia for Biden · the AP's word · “The AP has called Georgia for Biden”" in card.content
    assert "Not offered: “CNN projects Biden will win Georgia”. By the desk file nobody of that name" in card.content
    assert "**This goes out:**\n> **The AP called Georgia for Biden** at 7 a.m." in card.content
    assert "Whose word" not in card.content
    done = await press(told, card, "Enter")
    assert done.content.startswith("**Entered.** Goes out as #2")
    (statement,) = await entered(told)
    assert (statement.source, statement.call and statement.call.candidates) == ("ap", ("biden",))


async def test_a_call_by_a_stranger_alone_enters_nothing_and_says_why(told: Room) -> None:
    card = await read(told, "CNN projects Biden will win Georgia.")
    assert "Not offered: “CNN projects Biden will win Georgia”" in card.content
    assert card.content.startswith("Nothing was read in that.")


async def test_counties_and_a_call_in_one_message_are_entered_each_as_whose_word_it_is(told: Room) -> None:
    card = await read(told, "Appling, Bacon and Cobb counties have certified. The AP has called Georgia for Biden.")
    assert "Whose word: **not said yet: choose below**" in card.content
    card = await choose(told, card, "source", ["ga-sos"])
    assert "1. Certified, as listed: Appling, Bacon and Cobb counties" in card.content
    await press(told, card, "Enter")
    assert sorted((one.source, bool(one.call), bool(one.units_certified)) for one in await entered(told)) == [
        ("ap", True, False), ("ga-sos", False, True),
    ]  # fmt: skip
