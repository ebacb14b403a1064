"""Tests buttons under an entry that are pressed twice, a day later, or by two people at once.

The reply has to be clear, and nothing may be half done.
"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from bot.count.entry import Entry
from bot.entries import drafts as drafts_module
from bot.entries.corrections_words import Replacement
from bot.entries.drafts import TallyFields
from bot.entries.texts import ReadText, read_text
from bot.errors import BadInputError
from bot.outbox.proposals_store import Asker
from bot.rehearsal.standin.guild import Channel
from bot.wording.message import render
from tests.cogs.conftest import Person, Room, history, last
from tests.cogs.entering import COUNTIES, LEAD, ask_second, choose, enter, entered, press, read, ready, shown_on
from tests.conftest import START

SEEN = Entry(contest="ga", as_of=START, pieces=())
LATER = START + timedelta(days=1, minutes=1)
COUNT = "{} of 159 counties have certified"


@pytest.fixture
def olga(told: Room) -> Asker:
    return Asker(told.guild.id, told.editor.id, "olga")


@pytest.fixture
def other(told: Room, dee: Person) -> Asker:
    return Asker(told.guild.id, dee.id, "dee")


async def states(room: Room) -> list[str]:
    return [state for (state,) in await room.newsroom.database.rows("SELECT state FROM proposals ORDER BY id")]


async def kept(room: Room) -> list[Any]:
    """Return all database rows that a press could change."""
    tables = ("proposals", "audit", "outbox", "statements")
    return [await room.newsroom.database.rows(f"SELECT * FROM {table}") for table in tables]


def refusals(said: Iterable[object]) -> list[str]:
    return [str(one) for one in said if isinstance(one, BadInputError)]


# Pressed twice.


@pytest.mark.parametrize(
    ("act", "state", "again"),
    [("enter", "done", "that is already entered"), ("drop", "dropped", "that was already discarded")],
)
async def test_two_presses_at_once_do_it_once_and_the_other_says_so(
    told: Room, olga: Asker, act: str, state: str, again: str
) -> None:
    shown = shown_on(await ready(told), "Enter")
    drafts, decisions = told.newsroom.drafts, told.newsroom.decisions
    both = [decisions.enter(olga, 1, shown) if act == "enter" else drafts.drop(olga, 1) for _ in range(2)]
    (refusal,) = refusals(await asyncio.gather(*both, return_exceptions=True))
    assert again in refusal
    assert await states(told) == [state]
    once = await kept(told)
    for late in (decisions.enter(olga, 1, shown), drafts.drop(olga, 1), drafts.filled(olga, 1), drafts.own(olga, 1)):
        with pytest.raises(BadInputError, match=again):
            await late
    assert await kept(told) == once


async def test_two_undos_at_once_take_it_back_once(told: Room, olga: Asker) -> None:
    await told.ask("pause")
    await enter(told)
    undo = told.newsroom.decisions.undo
    said = await asyncio.gather(undo(olga, 1), undo(olga, 1), return_exceptions=True)
    assert refusals(said) == ["that was already undone, by olga"]
    assert [one.kind for one in await told.newsroom.posts()].count("retraction") == 0
    assert await entered(told) == []


async def test_whose_word_it_is_pressed_twice_is_as_it_was(told: Room) -> None:
    card = await ready(told, COUNTIES)
    before = card.content
    turned = await press(told, card, "Counties' own announcement")
    assert turned.content != before
    assert (await press(told, turned, "Listed by the source")).content == before
    assert await told.newsroom.count("proposals") == 1


async def test_a_question_that_is_answered_is_answered_once(told: Room, two: Channel, dee: Person) -> None:
    asked = await ask_second(told)
    question = last(two)
    await press(told, question, "Confirm", dee)
    once = await kept(told)
    for card, label, who in ((question, "Confirm", dee), (question, "Reject", dee), (asked, "Withdraw", told.editor)):
        assert (await press(told, card, label, who)).content == "That is already entered, by dee."
    assert await kept(told) == once


@pytest.mark.parametrize("against", ["another who confirms", "who takes it back"])
async def test_two_who_decide_at_once_leave_one_outcome(
    told: Room, two: Channel, olga: Asker, other: Asker, against: str
) -> None:
    await ask_second(told)
    decisions, shown = told.newsroom.decisions, shown_on(last(two), "Confirm")
    sam = Asker(told.guild.id, 77, "sam")
    first = decisions.reject(olga, 1) if against == "who takes it back" else decisions.confirm(sam, 1, shown)
    said = await asyncio.gather(first, decisions.confirm(other, 1, shown), return_exceptions=True)
    assert len(refusals(said)) == 1
    (state,) = await states(told)
    assert (state, len(await entered(told))) in (("done", 1), ("dropped", 0))
    await told.publish()
    assert not last(two).parts


# What a card shows.


async def test_enter_lets_out_nothing_but_what_its_card_shows(told: Room, dee: Person) -> None:
    await enter(told, COUNT.format(96))
    card = await ready(told, COUNT.format(97))
    assert (
        "> **Ninety-seven of Georgia's 159 counties have certified their results,** up from 96, the Secretary of State says."
        in card.content
    )
    await enter(told, COUNT.format(98), who=dee)
    anew = await press(told, card, "Enter")
    assert anew.content.startswith(
        "**Not entered:** what goes out has changed since that card.\n**New entry: President**"
    )
    assert (
        "> **Revised: Ninety-seven of Georgia's 159 counties have certified their results,** down from 98, the Secretary of State says."
        in anew.content
    )
    assert await states(told) == ["done", "draft", "done"]
    assert "#3" in (await press(told, anew, "Enter")).content


async def test_a_second_person_lets_out_nothing_but_what_they_are_shown(told: Room, two: Channel, dee: Person) -> None:
    for count in (96, 97, 98):
        await ask_second(told, COUNT.format(count))
        if count != 97:
            await press(told, last(two), "Confirm", dee)
    waits = history(two)[1]
    assert (await press(told, waits, "Confirm", dee)).content == (
        "**Not entered:** what goes out has changed since that question. Confirm it as it is now?\n"
        f"**This will go out in <#{told.count.id}>:**\n> **Revised: Ninety-seven of Georgia's 159 counties have "
        "certified their results,** down from 98, the Secretary of State says."
    )
    assert len(await entered(told)) == 2
    anew = await dee.click(waits, "Confirm")
    await press(told, anew, "Confirm", dee)
    assert len(await entered(told)) == 3
    await told.publish()
    assert [one.content.split(" ")[0] for one in history(two)] == ["**Confirmed**"] * 3


async def test_what_nothing_goes_out_of_any_more_is_entered_at_once(told: Room) -> None:
    again = await ready(told, f"{LEAD} as of 6:59 a.m.")
    await enter(told)
    await press(told, again, "Enter")
    assert (len(await entered(told)), len(await told.newsroom.posts())) == (2, 2)


# A text that is read meanwhile.


async def test_a_source_that_is_chosen_while_a_text_is_read_for_another_contest_is_not_lost(
    told: Room, olga: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read(told, LEAD)
    drafts = told.newsroom.drafts

    async def slowly(*about: Any) -> list[ReadText]:
        await drafts.source(olga, 1, "ga-sos")
        return await read_text(*about)

    monkeypatch.setattr(drafts_module, "read_text", slowly)
    with pytest.raises(BadInputError, match="the entry changed while its text was read; choose the contest again"):
        await drafts.contest(olga, 1, "senate")
    ((body,),) = await told.newsroom.database.rows("SELECT body FROM proposals")
    assert (Entry.model_validate_json(body).contest, Entry.model_validate_json(body).source) == ("ga", "ga-sos")


async def test_no_text_of_somebody_else_s_draft_is_read(
    told: Room, other: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read(told, LEAD)
    monkeypatch.delattr(drafts_module, "read_text")
    with pytest.raises(BadInputError, match="belongs to someone else"):
        await told.newsroom.drafts.contest(other, 1, "senate")


# A day later.


@pytest.mark.parametrize("label", ["Enter", "Edit", "Counties' own announcement", "the list of sources", "Discard"])
async def test_a_day_later_nothing_of_a_draft_goes_out(told: Room, label: str) -> None:
    card = await ready(told, COUNTIES)
    told.newsroom.clock.set(LATER)
    late = await (choose(told, card, "source", ["reporter"]) if "list" in label else press(told, card, label))
    assert late.content.startswith("That card is over a day old; read it again") == (label != "Discard")
    assert await states(told) == ["dropped" if label == "Discard" else "draft"]


async def test_a_question_that_is_confirmed_a_day_later_enters_nothing(told: Room, two: Channel, dee: Person) -> None:
    await ask_second(told)
    question = last(two)
    told.newsroom.clock.set(LATER)
    late = await press(told, question, "Confirm", dee)
    assert late.content == (
        "That card is over a day old; reject it, and let it be read again, so nothing old is posted as new."
    )
    assert await entered(told) == []
    await press(told, question, "Reject", dee)
    assert await states(told) == ["rejected"]


# By somebody else.


async def test_an_entry_that_waits_for_a_second_person_is_changed_by_nobody(
    told: Room, two: Channel, olga: Asker, other: Asker
) -> None:
    await ask_second(told)
    drafts, decisions = told.newsroom.drafts, told.newsroom.decisions
    shown = shown_on(last(two), "Confirm")
    for act in (drafts.filled(olga, 1), drafts.keep(olga, 1, []), decisions.enter(olga, 1, shown)):
        with pytest.raises(BadInputError, match="that is already waiting for a second person"):
            await act
    with pytest.raises(BadInputError, match="that entry belongs to someone else"):
        await drafts.filled(other, 1)
    assert await states(told) == ["asked"]


async def test_two_on_one_draft_only_who_began_it_changes_it(told: Room, olga: Asker, other: Asker) -> None:
    shown = shown_on(await ready(told), "Enter")
    drafts, decisions = told.newsroom.drafts, told.newsroom.decisions
    opened = await drafts.filled(olga, 1)
    for act in (
        drafts.filled(other, 1),
        drafts.drop(other, 1),
        drafts.keep(other, 1, []),
        drafts.mend(other, 1, TallyFields("Biden 1"), None, opened.seen),
        decisions.enter(other, 1, shown),
    ):
        with pytest.raises(BadInputError, match="that entry belongs to someone else"):
            await act
    assert await states(told) == ["draft"]


@pytest.mark.parametrize("state", ["draft", "entered", "asked"])
async def test_an_entry_s_key_is_nothing_in_another_server(told: Room, two: Channel, dee: Person, state: str) -> None:
    assert two
    if state == "asked":
        await ask_second(told)
    else:
        for who in (told.editor, dee):
            await told.set_two_person(on=False, who=who)
        await (enter(told, COUNTIES) if state == "entered" else ready(told, COUNTIES))
    newsroom, before = told.newsroom, await kept(told)
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
            drafts.mend(far, 1, TallyFields("Biden 1"), None, SEEN),
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
        assert "Entry" not in render(await newsroom.entering.own_entries(far)).content
    assert await kept(told) == before


# On record already.

AT_640 = "Biden leads by 14,000 votes as of 6:40 a.m., 4,992,198 votes counted"


async def test_what_is_on_record_is_said_first_and_entered_by_nobody_else(told: Room, dee: Person) -> None:
    late = await ready(told, AT_640, who=dee)
    await enter(told, AT_640)
    again = await ready(told, AT_640)
    assert "entry 2: President" in again.content.split("\n")[0]
    assert list(again.buttons) == ["Leave out a line", "Edit", "Discard"]
    assert (await press(told, late, "Enter", dee)).content == "Already on record, entry 2: nothing was entered."
    assert len(await entered(told)) == 1
    edited = await told.editor.submit(await told.editor.click(again, "Edit"), ["Biden 14,010"])
    assert "Enter" in edited.buttons


async def test_what_is_posted_is_named_by_its_number_and_counts_no_more_once_it_is_retracted(told: Room) -> None:
    await enter(told)
    await told.publish()
    assert "#2: President**" in (await ready(told)).content
    assert "Enter" in (await ready(told, source="reporter")).buttons
    await told.replace("retract", post="#2", why="misread")
    assert "Enter" in (await ready(told)).buttons


async def test_of_what_is_partly_on_record_only_the_rest_is_entered(told: Room) -> None:
    await enter(told, AT_640)
    card = await ready(told, f"{AT_640}. 304 ballots left in Cobb as of 6:40 a.m.")
    assert "entry 1:" in card.content.split("\n")[-1]
    await press(told, card, "Enter")
    assert [(one.margin, one.outstanding is None) for one in await entered(told)] == [(14_000, True), (None, False)]


async def test_ballots_left_and_certification_by_name_are_on_record_by_county(told: Room) -> None:
    for text in ("118 ballots left in Floyd. 304 ballots left in Cobb", COUNTIES, "Floyd County has certified."):
        await enter(told, text)
    for text, new in (("118 ballots left in Floyd.", False), (COUNTIES, False), ("304 ballots left in Floyd.", True)):
        assert ("Enter" in (await ready(told, text)).buttons) == new


async def test_what_a_later_entry_of_the_same_time_contradicts_can_be_entered_anew(told: Room) -> None:
    for text in (AT_640, AT_640.replace("14,000", "14,010"), AT_640):
        await enter(told, text)
    assert [one.margin for one in await entered(told)] == [14_000, 14_010, 14_000]


async def test_who_confirms_a_retraction_is_told_what_says_the_same_and_stays(
    told: Room, two: Channel, dee: Person
) -> None:
    for text in (LEAD, AT_640):
        await ask_second(told, text)
        await press(told, last(two), "Confirm", dee)
        await told.publish()
    await press(told, await told.card("retract", post="#3", why="Misread"), "Retract")
    await told.publish()
    assert last(two).content.split("\n")[1].startswith("Entry 2 says the same and stays")


async def test_nobody_confirms_what_is_on_record_meanwhile(told: Room, two: Channel, dee: Person) -> None:
    cards = [await ready(told) for _ in range(3)]
    for card in cards[:2]:
        await press(told, card, "Ask the desk")
        await told.publish()
    confirm, late = (seen for seen in history(two) if "Confirm" in seen.buttons)
    await press(told, confirm, "Confirm", dee)
    for pressed in (press(told, late, "Confirm", dee), press(told, cards[2], "Ask the desk")):
        assert (await pressed).content == "Already on record, #4: nothing was entered."
    assert len(await entered(told)) == 1
    await press(told, late, "Reject", dee)
    assert (await states(told))[1] == "rejected"
