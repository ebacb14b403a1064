"""What is under an entry, pressed twice, a day later, by two people at once: a clear answer, and nothing half-done."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.count.entry import Entry
from bot.entries import drafts as drafts_module
from bot.entries.corrections_words import Replacement
from bot.entries.drafts import Form
from bot.entries.texts import ReadText, read_text
from bot.errors import BadInputError
from bot.outbox.proposals_store import Asker
from bot.rehearsal.standin.guild import Channel
from bot.wording.message import render
from tests.cogs.conftest import Person, Room, Seen, history, last
from tests.cogs.entering import ask_second, choose, entered, press, read, shown_on
from tests.conftest import START

SEEN = Entry(contest="ga", as_of=START, pieces=())
LATER = START + timedelta(days=1, minutes=1)
COUNTIES = "Appling, Bacon and Cobb counties have certified."


async def ready(room: Room, text: str = "Biden leads by 14,000 votes") -> Seen:
    return await choose(room, await read(room, text), "source", ["ga-sos"])


async def states(room: Room) -> list[str]:
    return [state for (state,) in await room.newsroom.database.rows("SELECT state FROM proposals ORDER BY id")]


async def kept(room: Room) -> list[int]:
    newsroom = room.newsroom
    return [len(await newsroom.posts()), len(await entered(room)), await newsroom.count("audit")]


@pytest.mark.parametrize(
    ("act", "again"), [("enter", "that is already entered"), ("drop", "that was already discarded")]
)
async def test_two_presses_at_once_do_it_once_and_the_other_says_so(told: Room, act: str, again: str) -> None:
    shown = shown_on(await ready(told), "Enter")
    asker = Asker(told.guild.id, told.editor.id, "olga")
    drafts, decisions = told.newsroom.drafts, told.newsroom.decisions
    both = [decisions.enter(asker, 1, shown) if act == "enter" else drafts.drop(asker, 1) for _ in range(2)]
    said = await asyncio.gather(*both, return_exceptions=True)
    assert [again in str(one) for one in said if isinstance(one, BadInputError)] == [True]
    assert await states(told) == ["done" if act == "enter" else "dropped"]
    once = await kept(told)
    for late in (
        decisions.enter(asker, 1, shown),
        drafts.drop(asker, 1),
        drafts.filled(asker, 1),
        drafts.own(asker, 1),
    ):
        with pytest.raises(BadInputError, match=again):
            await late
    assert await kept(told) == once


COUNT = "{} of 159 counties have certified"


async def test_enter_lets_out_nothing_but_what_its_card_shows(told: Room, dee: Person) -> None:
    await press(told, await ready(told, COUNT.format(96)), "Enter")
    card = await ready(told, COUNT.format(97))
    assert "> **Certified so far: 97 of 159 Georgia counties,** up from 96." in card.content
    other = await choose(told, await read(told, COUNT.format(98), dee), "source", ["ga-sos"], dee)
    await press(told, other, "Enter", dee)
    anew = await press(told, card, "Enter")
    assert anew.content.startswith(
        "**Not entered:** what goes out has changed since that card.\n**New entry: President**"
    )
    assert "> **Certified so far: revised to 97 of 159 Georgia counties,** from 98." in anew.content
    assert await states(told) == ["done", "draft", "done"]
    assert (await press(told, anew, "Enter")).content.startswith("**Entered.** #3 goes out")


async def test_a_second_person_lets_out_nothing_but_what_they_are_shown(told: Room, two: Channel, dee: Person) -> None:
    for count in (96, 97, 98):
        await press(told, await ready(told, COUNT.format(count)), "Ask the desk")
        await told.publish()
        if count != 97:
            await press(told, last(two), "Confirm", dee)
    waits = history(two)[1]
    assert (await press(told, waits, "Confirm", dee)).content == (
        "**Not entered:** what goes out has changed since that question. Confirm it as it is now?\n"
        f"**This goes out in <#{told.count.id}>:**\n> **Certified so far: revised to 97 of 159 Georgia counties,** from 98."
    )
    assert len(await entered(told)) == 2
    anew = await dee.click(waits, "Confirm")
    assert (await press(told, anew, "Confirm", dee)).content.startswith("**Confirmed.** #")
    await told.publish()
    assert [one.content.split(" ")[0] for one in history(two)] == ["**Confirmed**"] * 3


async def test_what_nothing_goes_out_of_any_more_is_entered_at_once(told: Room) -> None:
    first, again = await ready(told), await ready(told, "Biden leads by 14,000 votes as of 6:59 a.m.")
    await press(told, first, "Enter")
    assert (await press(told, again, "Enter")).content.startswith("**Entered,** not posted.")


async def test_a_source_that_is_chosen_while_a_text_is_read_for_another_contest_is_not_lost(
    told: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read(told, "Biden leads by 14,000 votes")
    asker, drafts = Asker(told.guild.id, told.editor.id, "olga"), told.newsroom.drafts

    async def slowly(*about: Any) -> list[ReadText]:
        await drafts.source(asker, 1, "ga-sos")
        return await read_text(*about)

    monkeypatch.setattr(drafts_module, "read_text", slowly)
    with pytest.raises(BadInputError, match="the entry changed while its text was read; choose the contest again"):
        await drafts.contest(asker, 1, "senate")
    ((body,),) = await told.newsroom.database.rows("SELECT body FROM proposals")
    assert (Entry.model_validate_json(body).contest, Entry.model_validate_json(body).source) == ("ga", "ga-sos")


async def test_no_text_of_somebody_else_s_draft_is_read(told: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    await read(told, "Biden leads by 14,000 votes")
    monkeypatch.delattr(drafts_module, "read_text")
    with pytest.raises(BadInputError, match="belongs to someone else"):
        await told.newsroom.drafts.contest(Asker(told.guild.id, 77, "dee"), 1, "senate")


async def test_two_undos_at_once_take_it_back_once(told: Room) -> None:
    await press(told, await ready(told), "Enter")
    await told.publish()
    asker, undo = Asker(told.guild.id, told.editor.id, "olga"), told.newsroom.decisions.undo
    said = await asyncio.gather(undo(asker, 1), undo(asker, 1), return_exceptions=True)
    assert ["that was already undone, by olga" in str(one) for one in said if isinstance(one, BadInputError)] == [True]
    assert [one.kind for one in await told.newsroom.posts()].count("retraction") == 1
    assert await entered(told) == []


async def test_whose_word_it_is_pressed_twice_is_as_it_was(told: Room) -> None:
    card = await ready(told, COUNTIES)
    turned = await press(told, card, "Counties' own announcement")
    assert "certified, by their own announcement" in turned.content
    assert "certified" in (await press(told, turned, "Listed by the source")).content
    assert await told.newsroom.count("proposals") == 1


@pytest.mark.parametrize("label", ["Enter", "Discard", "Edit", "Counties' own announcement"])
async def test_a_day_later_nothing_of_a_draft_goes_out(told: Room, label: str) -> None:
    card = await ready(told, COUNTIES)
    told.newsroom.clock.set(LATER)
    result = await told.editor.click(card, label)
    assert await entered(told) == []
    if label == "Discard":
        assert await states(told) == ["dropped"]
        return
    assert result.content.startswith("That card is over a day old; read it again")


async def test_a_day_later_a_list_changes_nothing_and_says_why(told: Room) -> None:
    card = await read(told, "Biden leads by 14,000 votes")
    told.newsroom.clock.set(LATER)
    assert (await choose(told, card, "source", ["reporter"])).content.startswith("That card is over a day old")


async def test_a_question_that_is_confirmed_a_day_later_enters_nothing(told: Room, two: Channel, dee: Person) -> None:
    await ask_second(told)
    question = last(two)
    told.newsroom.clock.set(LATER)
    late = await press(told, question, "Confirm", dee)
    assert late.content == (
        "That card is over a day old; reject it, and let it be read again, so nothing old is posted as new."
    )
    assert await entered(told) == []
    assert (await press(told, question, "Reject", dee)).content.startswith("**Rejected.**")


async def test_a_question_that_is_answered_is_answered_once(told: Room, two: Channel, dee: Person) -> None:
    asked = await ask_second(told)
    question = last(two)
    await press(told, question, "Confirm", dee)
    posts = len(await told.newsroom.posts())
    for label, who in (("Confirm", dee), ("Reject", dee)):
        assert (await press(told, question, label, who)).content == "That is already entered, by dee."
    assert (await press(told, asked, "Withdraw")).content == "That is already entered, by dee."
    assert len(await entered(told)) == 1
    assert len(await told.newsroom.posts()) == posts


async def test_two_who_confirm_at_once_enter_it_once(told: Room, two: Channel, dee: Person) -> None:
    await ask_second(told)
    decisions, shown = told.newsroom.decisions, shown_on(last(two), "Confirm")
    people = [Asker(told.guild.id, dee.id, "dee"), Asker(told.guild.id, 77, "sam")]
    said = await asyncio.gather(*(decisions.confirm(one, 1, shown) for one in people), return_exceptions=True)
    assert sum(isinstance(one, BadInputError) for one in said) == 1
    assert len(await entered(told)) == 1
    await told.publish()
    message = last(two)
    assert message.content.startswith("**Confirmed** by ")


async def test_one_who_takes_it_back_while_another_confirms_it_leaves_one_outcome(
    told: Room, two: Channel, dee: Person
) -> None:
    await ask_second(told)
    decisions, shown = told.newsroom.decisions, shown_on(last(two), "Confirm")
    olga, other = Asker(told.guild.id, told.editor.id, "olga"), Asker(told.guild.id, dee.id, "dee")
    said = await asyncio.gather(decisions.reject(olga, 1), decisions.confirm(other, 1, shown), return_exceptions=True)
    assert sum(isinstance(one, BadInputError) for one in said) == 1
    (state,) = await states(told)
    assert (state, len(await entered(told))) in (("dropped", 0), ("entered", 1))
    assert last(two) is not None


async def test_an_entry_that_waits_for_a_second_person_is_changed_by_nobody(
    told: Room, two: Channel, dee: Person
) -> None:
    assert two
    await ask_second(told)
    drafts, decisions = told.newsroom.drafts, told.newsroom.decisions
    olga, other = Asker(told.guild.id, told.editor.id, "olga"), Asker(told.guild.id, dee.id, "dee")
    with pytest.raises(BadInputError, match="that is already waiting for a second person"):
        await drafts.filled(olga, 1)
    with pytest.raises(BadInputError, match="that is already waiting for a second person"):
        await drafts.keep(olga, 1, [])
    with pytest.raises(BadInputError, match="that is already waiting for a second person"):
        await decisions.enter(olga, 1, shown_on(last(two), "Confirm"))
    with pytest.raises(BadInputError, match="that entry belongs to someone else"):
        await drafts.filled(other, 1)
    assert await states(told) == ["asked"]


async def test_two_on_one_draft_only_who_began_it_changes_it(told: Room, dee: Person) -> None:
    shown = shown_on(await ready(told), "Enter")
    drafts, decisions = told.newsroom.drafts, told.newsroom.decisions
    olga, other = Asker(told.guild.id, told.editor.id, "olga"), Asker(told.guild.id, dee.id, "dee")
    opened = await drafts.filled(olga, 1)
    for act in (
        drafts.filled(other, 1),
        drafts.drop(other, 1),
        drafts.keep(other, 1, []),
        decisions.enter(other, 1, shown),
    ):
        with pytest.raises(BadInputError, match="that entry belongs to someone else"):
            await act
    with pytest.raises(BadInputError, match="that entry belongs to someone else"):
        await drafts.mend(other, 1, Form("Biden 1"), None, opened.seen)
    assert await states(told) == ["draft"]


@pytest.mark.parametrize("state", ["draft", "entered", "asked"])
async def test_an_entry_s_key_is_nothing_in_another_server(told: Room, two: Channel, dee: Person, state: str) -> None:
    assert two
    if state == "asked":
        await ask_second(told)
    else:
        for who in (told.editor, dee):
            await told.set_two_person(on=False, who=who)
        card = await ready(told, COUNTIES)
        if state == "entered":
            await press(told, card, "Enter")
    newsroom = told.newsroom
    before = [await newsroom.database.rows(f"SELECT * FROM {table}") for table in ("proposals", "audit", "outbox")]
    drafts, decisions = newsroom.drafts, newsroom.decisions
    for user in (told.editor.id, dee.id):
        far = Asker(7, user, "olga")
        acts = [
            drafts.unit(far, 1, "13067"),
            drafts.own(far, 1),
            drafts.keep(far, 1, ["0"]),
            drafts.source(far, 1, "reporter"),
            drafts.contest(far, 1, "ga"),
            drafts.leader(far, 1, 0),
            drafts.filled(far, 1),
            drafts.mend(far, 1, Form("Biden 1"), None, SEEN),
            drafts.mend_words(far, 1, "units", ["Cobb"], None, SEEN),
            drafts.drop(far, 1),
            decisions.enter(far, 1, 0),
            decisions.confirm(far, 1, 0),
            decisions.reject(far, 1),
            decisions.undo(far, 1),
            newsroom.entering.picture(far, 1),
            newsroom.rooms.entries.corrections.begin(far, Replacement("retract", "why", None, 1)),
        ]
        for act in acts:
            with pytest.raises(BadInputError, match=r"no such entry in this server|of this server"):
                await act
        assert render(await newsroom.entering.mine(far)).content.startswith("You have no entries yet.")
    after = [await newsroom.database.rows(f"SELECT * FROM {table}") for table in ("proposals", "audit", "outbox")]
    assert after == before


AT_640 = "Biden leads by 14,000 votes as of 6:40 a.m., 4,992,198 votes counted"


async def test_what_is_on_record_is_said_first_and_entered_by_nobody_else(told: Room, dee: Person) -> None:
    late = await choose(told, await read(told, AT_640, dee), "source", ["ga-sos"], dee)
    assert "Enter" in late.buttons
    await press(told, await ready(told, AT_640), "Enter")
    again = await ready(told, AT_640)
    assert again.content == (
        "**Already on record, entry 2: President**, Georgia, as of 6:40 a.m.\nBiden ahead by 14,000\n4,992,198 votes counted"
    )
    assert list(again.buttons) == ["Leave out a line", "Edit", "Discard"]
    assert (await press(told, late, "Enter", dee)).content == "Already on record, entry 2: nothing was entered."
    assert len(await entered(told)) == 1
    edited = await told.editor.submit(await told.editor.click(again, "Edit"), ["Biden 14,010"])
    assert (edited.content.split(":")[0], "Enter" in edited.buttons) == ("**New entry", True)


async def test_what_is_posted_is_named_by_its_number_and_counts_no_more_once_it_is_retracted(told: Room) -> None:
    await press(told, await ready(told), "Enter")
    await told.publish()
    assert (await ready(told)).content.startswith("**Already on record, #2: President**, Georgia, as of 7 a.m.\n")
    assert (await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["reporter"])).buttons[
        "Enter"
    ]
    await told.replace("retract", post="#2", why="misread")
    assert "Enter" in (await ready(told)).buttons


async def test_of_what_is_partly_on_record_only_the_rest_is_entered(told: Room) -> None:
    await press(told, await ready(told, AT_640), "Enter")
    card = await ready(told, f"{AT_640}. 304 ballots left in Cobb as of 6:40 a.m.")
    assert card.content.split("\n")[-2:] == [
        "**Not posted;** answers use it.",
        "**Already on record, entry 1:** Biden ahead by 14,000; 4,992,198 votes counted, as of 6:40 a.m.",
    ]
    await press(told, card, "Enter")
    assert [(one.margin, one.outstanding is None) for one in await entered(told)] == [(14_000, True), (None, False)]


async def test_ballots_left_and_certification_by_name_are_on_record_by_county(told: Room) -> None:
    for text in ("118 ballots left in Floyd. 304 ballots left in Cobb", COUNTIES, "Floyd County has certified."):
        await press(told, await ready(told, text), "Enter")
    assert "Enter" not in (await ready(told, "118 ballots left in Floyd.")).buttons
    assert "Enter" not in (await ready(told, COUNTIES)).buttons
    assert "Enter" in (await ready(told, "304 ballots left in Floyd.")).buttons


async def test_what_a_later_entry_of_the_same_time_contradicts_can_be_entered_anew(told: Room) -> None:
    for text in (AT_640, AT_640.replace("14,000", "14,010"), AT_640):
        await press(told, await ready(told, text), "Enter")
    assert [one.margin for one in await entered(told)] == [14_000, 14_010, 14_000]


async def test_who_confirms_a_retraction_is_told_what_says_the_same_and_stays(
    told: Room, two: Channel, dee: Person
) -> None:
    for text in ("Biden leads by 14,000 votes", AT_640):
        await press(told, await ready(told, text), "Ask the desk")
        await told.publish()
        await press(told, last(two), "Confirm", dee)
        await told.publish()
    await press(told, await told.card("retract", post="#3", why="Misread"), "Retract")
    await told.publish()
    assert last(two).content.split("\n")[1] == (
        "Entry 2 says the same and stays: Biden +14,000, as of 6:40 a.m. To take it back, too: `/retract` entry 2."
    )


async def test_nobody_confirms_what_is_on_record_meanwhile(told: Room, two: Channel, dee: Person) -> None:
    first, late = await ready(told), await ready(told)
    asked = await ready(told)
    for card in (first, late):
        await press(told, card, "Ask the desk")
        await told.publish()
    confirm, other = (seen for seen in history(two) if "Confirm" in seen.buttons)
    await press(told, confirm, "Confirm", dee)
    assert (await press(told, other, "Confirm", dee)).content == "Already on record, #4: nothing was entered."
    assert (await press(told, asked, "Ask the desk")).content == "Already on record, #4: nothing was entered."
    assert len(await entered(told)) == 1
    assert (await press(told, other, "Reject", dee)).content.startswith("**Rejected.**")
