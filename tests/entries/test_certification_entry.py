"""Counties certified by name, results certified as a whole, and retractions of both."""

from typing import Any

import pytest

from bot.desk.counties import counties_of, county
from bot.errors import BadInputError
from bot.outbox.proposals_store import Asker
from bot.wording.card import Card
from tests.conftest import AWAY, COUNT, OTHER_SERVER, SERVER, START, WHO, Newsroom, question_in
from tests.entries.conftest import OLGA, count_of, deadline, read_by_all, say

DEE = Asker(SERVER, 2, "dee (2)")


def codes(*names: str) -> tuple[str, ...]:
    return tuple(found.fips for name in names if (found := county("GA", name)))


async def draft(newsroom: Newsroom, typed: str, minute: float = 0, *, source: str = "ga-sos", **more: Any) -> Card:
    """Return the card shown to somebody who types counties that a source reports as certified."""
    newsroom.at(minute)
    return await newsroom.certifying.add(OLGA, newsroom.following.contest("ga"), typed, source=source, **more)


def key_of(card: Card) -> int:
    return int(card.buttons[0].key.split(":")[1])


async def enter(newsroom: Newsroom, typed: str, minute: float = 0, **more: Any) -> Card:
    return await newsroom.enter(OLGA, await draft(newsroom, typed, minute, **more))


async def back(newsroom: Newsroom, typed: str, minute: float, *, own: bool = False) -> Card:
    newsroom.at(minute)
    contest, why = newsroom.following.contest("ga"), "a batch was scanned twice"
    card = await newsroom.certifying.back(OLGA, contest, typed, why, source="ga-sos", own=own)
    return await newsroom.enter(OLGA, card)


async def results(newsroom: Newsroom, minute: float, *, taken_back: bool = False) -> None:
    newsroom.at(minute)
    contest = newsroom.following.contest("ga")
    card = await newsroom.certifying.results(OLGA, contest, taken_back=taken_back, source="ga-sos")
    await newsroom.enter(OLGA, card)
    await newsroom.publish()


async def listed(newsroom: Newsroom, server: int = SERVER, at: str | None = None) -> str:
    asked = await question_in(newsroom.questions, server, COUNT, at)
    return read_by_all(await newsroom.questions.standing.certified(asked))


# Counts and names.


async def test_a_pasted_list_is_one_post_with_the_names(following: Newsroom) -> None:
    await enter(following, "Cobb, Floyd")
    assert await following.posts() == []  # a first list is no news
    await enter(following, "DeKalb\nFulton\nBibb", 1)
    (row,) = await following.posts()
    assert (row.channel, row.kind) == (COUNT, "certified")
    assert row.headline == (
        "**Five of Georgia's 159 counties have been named as certified,** up from 2, the Secretary of State says. "
        "Newly listed by the Secretary of State: Bibb, DeKalb and Fulton counties."
    )


async def test_what_goes_out_is_shown_before_it_does(following: Newsroom) -> None:
    await enter(following, "Cobb")
    card = await draft(following, "Floyd, DeKalb", 1)
    assert "\nDeKalb and Floyd counties certified\n" in card.headline
    assert (
        f"**This will go out in <#{COUNT}>:**\n> **Three of Georgia's 159 counties have been named as certified,** up from 1, the Secretary of State says."
        in card.headline
    )
    assert await following.posts() == []


async def test_names_that_may_be_in_a_count_without_names_leave_it_and_say_so(following: Newsroom) -> None:
    await enter(following, "92 of 159")
    card = await draft(following, "Cobb, Floyd", 1)
    assert "The Secretary of State's count stays at 92, which may include these." in card.headline
    await following.enter(OLGA, card)
    assert await following.posts() == []
    assert await count_of(following) == 92


async def test_a_count_below_the_names_of_the_same_source_never_goes_by_in_silence(following: Newsroom) -> None:
    await enter(following, "Cobb, Floyd, DeKalb")
    card = await draft(following, "2 of 159", 1)
    said = "The Secretary of State has listed 3 by name, more than the 2 in its count."
    assert said in card.headline
    await following.enter(OLGA, card)
    assert (await following.headlines())[-1].endswith(said)
    assert said in await listed(following)


@pytest.mark.parametrize("taken_back", [False, True])
async def test_a_count_is_up_from_none_that_only_names_made(following: Newsroom, taken_back: bool) -> None:
    await (back(following, "Cobb", 0) if taken_back else enter(following, "Cobb, Floyd"))
    posts = len(await following.posts())
    await enter(following, "100 of 159", 1)
    assert ("100 of 159" in await listed(following), "up from" in await listed(following)) == (True, False)
    await enter(following, "101 of 159", 2)
    (row,) = (await following.posts())[posts:]
    assert (
        row.headline
        == "**In Georgia, 101 of 159 counties have certified their results,** up from 100, the Secretary of State says."
    )


async def test_a_reporter_s_names_are_compared_with_nobody_else_s(following: Newsroom) -> None:
    await enter(following, "92 of 159")
    await enter(following, "Cobb", 1, source="reporter")
    assert await following.posts() == []


async def test_a_list_that_is_taken_back_leaves_the_counts_as_if_it_had_never_been(following: Newsroom) -> None:
    first = await enter(following, "Cobb, Floyd")
    await enter(following, "DeKalb", 1)
    await following.decisions.undo(OLGA, key_of(first))
    rows = await following.database.rows("SELECT done FROM certification_counts ORDER BY as_of")
    assert rows == [(1,)]


async def test_names_entered_late_for_an_earlier_time_are_no_fall(following: Newsroom) -> None:
    await enter(following, "Cobb, Floyd", 50)
    await enter(following, "Bibb", 50, as_of=START)
    assert await following.posts() == []
    assert await count_of(following) == 3


async def test_another_server_sees_nothing_of_it(following: Newsroom) -> None:
    await enter(following, "Cobb")
    await enter(following, "Floyd", 1)
    assert "Unknown: no source has said" in await listed(following, OTHER_SERVER)
    assert await following.posts(AWAY) == []


# Names that are no county for certain.


async def test_a_name_that_is_no_county_is_shown_and_asked_and_never_guessed(following: Newsroom) -> None:
    card = await draft(following, "Cobb, Dekalp, Flyod")
    assert "**Which county is “Dekalp”?** No exact match in Georgia. 1 more name after it." in card.headline
    assert not any(button.label == "Enter" for button in card.buttons)
    with pytest.raises(BadInputError, match="no match for “Dekalp”"):
        await following.decisions.enter(OLGA, key_of(card), 0)
    assert card.selects[0].choices[1].label == "DeKalb County"
    card = await following.drafts.unit(OLGA, key_of(card), card.selects[0].choices[1].value)
    assert "“Flyod”" in card.headline
    card = await following.drafts.unit(OLGA, key_of(card), card.selects[0].choices[0].value)
    await following.enter(OLGA, card)
    rows = await following.database.rows("SELECT unit FROM unit_certifications ORDER BY unit")
    assert [row[0] for row in rows] == sorted(codes("Cobb", "DeKalb"))


async def test_a_second_press_on_the_list_is_not_taken_for_the_next_name(following: Newsroom) -> None:
    card = await draft(following, "Cobb, Dekalp, Flyod")
    leave_out = card.selects[0].choices[0].value
    await following.drafts.unit(OLGA, key_of(card), leave_out)
    with pytest.raises(BadInputError, match="which county that name is, is said already"):
        await following.drafts.unit(OLGA, key_of(card), leave_out)
    with pytest.raises(BadInputError, match="no match for “Flyod”"):
        await following.decisions.enter(OLGA, key_of(card), 0)


async def test_a_list_of_which_nothing_is_left_can_not_be_entered(following: Newsroom) -> None:
    card = await draft(following, "Nowhere")
    card = await following.drafts.unit(OLGA, key_of(card), card.selects[0].choices[0].value)
    assert "**Not ready:** no county is named." in card.headline


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("92 of 200", "can't be; there are 159 in Georgia"),
        ("160", "can't be"),
        (" , ", "no match for a county"),
        (",".join(f"Nowhere {number}x" for number in range(30)), "30 names of that are no counties of GA"),
    ],
)
async def test_what_can_not_be_is_refused(following: Newsroom, typed: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        await draft(following, typed)


# What counties say themselves.


async def test_a_county_s_own_word_is_kept_apart_from_the_list(following: Newsroom) -> None:
    await enter(following, "Cobb, Floyd")
    await enter(following, "DeKalb", 1, own=True)
    assert await following.posts() == []
    said = await listed(following)
    assert "Named so far, as of 7 a.m.: Cobb and Floyd counties." in said
    assert (
        "Certified, as announced by the counties, the Secretary of State says, as of 7:01 a.m.: DeKalb County." in said
    )
    assert "Announced by the counties, not on the Secretary of State's list as of 7 a.m.: DeKalb County." in said


async def test_whose_word_it_is_can_be_turned_round_before_it_is_entered(following: Newsroom) -> None:
    card = await draft(following, "Cobb")
    card = await following.drafts.own(OLGA, key_of(card))
    assert "Cobb County certified, by its own announcement" in card.headline
    card = await following.drafts.own(OLGA, key_of(card))
    assert "Cobb County certified" in card.headline


# Due, and past the date.


async def test_who_is_due_is_said_by_which_source_and_as_of_when(following: Newsroom) -> None:
    await following.schedule.add(SERVER, [deadline()], WHO)
    every = [found.short for found in counties_of("GA")]
    await enter(following, ", ".join(every[:157]))
    said = await listed(following)
    assert (
        f"**The deadline is 5 p.m. Friday:** two counties not on the Secretary of State's list, as of 7 a.m.: {every[157]} and "
        f"{every[158]} counties." in said
    )
    assert said.count("Friday") == 1


async def test_of_a_few_names_nobody_is_due_for_not_being_among_them(following: Newsroom) -> None:
    await following.schedule.add(SERVER, [deadline()], WHO)
    await enter(following, "Cobb, Floyd")
    said = await listed(following)
    assert ("157" in said, "due" in said.casefold()) == (False, False)


async def test_past_the_date_it_is_one_source_s_list_and_never_overdue(following: Newsroom) -> None:
    await following.schedule.add(SERVER, [deadline()], WHO)
    await enter(following, "96 of 159")
    following.at(4 * 24 * 60)
    said = await listed(following)
    assert (
        "**Past the date set, 5 p.m. Friday:** 63 counties have yet to certify, according to the Secretary of State's count"
        in said
    )
    assert "It gives no names." in said
    assert said.count("Friday") == 1
    assert "overdue" not in said.casefold()


async def test_with_no_date_in_the_schedule_nothing_is_said_to_be_past(following: Newsroom) -> None:
    await enter(following, "96 of 159")
    assert "**Still due, with no date in the schedule:** 63 counties have yet to certify." in await listed(following)


async def test_a_count_keeps_its_own_time_whatever_names_come_after_it(following: Newsroom) -> None:
    await enter(following, "96 of 159", 65)
    await enter(following, "Cobb, Floyd", 105)
    said = await listed(following)
    assert said.startswith(
        "**Georgia: 96 of 159 counties certified,** the Secretary of State says.\n-# Sec. of State, 8:05 a.m.\n"
    )
    assert "at most 63 counties have yet to certify." in said
    assert "Named so far, as of 8:45 a.m.: Cobb and Floyd counties, which the 96 may include." in said


async def test_a_count_that_came_after_the_names_is_not_doubted(following: Newsroom) -> None:
    await enter(following, "Cobb, Floyd", 60)
    await enter(following, "96 of 159", 65)
    said = await listed(following)
    assert "Named so far, as of 8:05 a.m.: Cobb and Floyd counties." in said
    assert "63 counties have yet to certify." in said


async def test_the_official_count_comes_first_whatever_a_reporter_heard_since(following: Newsroom) -> None:
    await enter(following, "92 of 159", 0)
    await enter(following, "96 of 159", 30, source="reporter")
    await enter(following, "Cobb, Floyd", 60)
    said = await listed(following)
    assert said.startswith(
        "**Georgia: 92 of 159 counties certified,** the Secretary of State says.\n-# Sec. of State, 7 a.m."
    )
    assert "67 counties have yet to certify, according to the Secretary of State's count, as of 7 a.m." in said
    assert "96 of 159 counties certified, our reporter says, as of 7:30 a.m." in said


async def test_an_earlier_time_is_answered_as_it_stood_then(following: Newsroom) -> None:
    await following.schedule.add(SERVER, [deadline()], WHO)
    await enter(following, "92 of 159", 0)
    await enter(following, "96 of 159", 65)
    following.at(4 * 24 * 60)
    then = await listed(following, at="Nov. 11 7:30 a.m.")
    assert then.startswith("As of 7:30 a.m. Wednesday: **Georgia: 92 of 159 ")
    assert "**The deadline is 5 p.m. Friday:** 67 counties have yet to certify" in then
    asked = await question_in(following.questions, at="Nov. 11 7:30 a.m.")
    assert (await following.questions.standing.certified(asked)).share is not None
    assert (await listed(following)).startswith("**Georgia: 96 of 159 ")


# Taken back.


async def test_a_county_is_taken_back_in_the_open_with_its_reason(following: Newsroom) -> None:
    await enter(following, "Cobb, Floyd")
    await back(following, "Cobb", 1)
    (row,) = await following.posts()
    assert row.kind == "certified"
    assert not row.quiet
    assert row.headline == (
        "**Cobb County is no longer listed as certified** by the Secretary of State. A batch was scanned twice. "
        "Named as certified so far: 1 of 159, down from 2."
    )


async def test_a_county_that_takes_its_own_word_back_changes_no_list(following: Newsroom) -> None:
    await enter(following, "Cobb, Floyd")
    await back(following, "Cobb", 1, own=True)
    assert (await following.headlines())[-1].startswith("**Cobb County withdrew its certification,**")
    assert (
        "Withdrawn by the counties, still on the Secretary of State's list as of 7 a.m.: Cobb County."
        in await listed(following)
    )


# The results as a whole.


async def test_certified_taken_back_and_certified_again_are_three_posts_and_reach_back(following: Newsroom) -> None:
    await results(following, 0)
    await results(following, 50, taken_back=True)
    await results(following, 300)
    assert following.contents(COUNT)[1].endswith("\n-# #2 · Sec. of State, 7:50 a.m. · see #1")
    first, second, third = (text.rsplit("\n", 1)[0] for text in following.contents(COUNT))
    assert first.startswith("**Withdrawn; see [#2]")
    assert "~~**The results in Georgia are certified,** the Secretary of State says.~~" in first
    assert second == (
        "**The Secretary of State has withdrawn the announcement, made at 7 a.m., that the results in Georgia were certified.**"
    )
    assert third == (
        "**The results in Georgia are certified,** the Secretary of State says. An earlier announcement was withdrawn at 7:50 a.m."
    )
    assert "Results certified, the Secretary of State says, as of noon." in await listed(following)


async def test_the_same_word_twice_is_one_post_and_on_the_answer(following: Newsroom) -> None:
    await enter(following, "92 of 159")
    await results(following, 0)
    await results(following, 1)
    assert await following.kinds() == ["certified"]
    assert "Results certified, the Secretary of State says, as of 7:01 a.m." in await listed(following)


async def test_that_results_are_not_certified_is_no_news_before_anybody_said_they_are(following: Newsroom) -> None:
    await results(following, 0, taken_back=True)
    assert await following.posts() == []


async def test_results_with_a_margin_say_who_is_ahead_in_them(following: Newsroom) -> None:
    await say(following, results_certified={}, leader="biden", margin=12670)
    assert "the Secretary of State says, with Biden ahead by 12,670." in (await following.headlines())[0]


async def test_who_certified_is_on_the_answer_and_the_board(following: Newsroom) -> None:
    await results(following, 0)
    contest = following.following.contest("ga")
    facts = await following.boards._standings.margin(contest, SERVER, reader="newsroom")
    assert facts.results is not None
    assert not facts.results.taken_back


async def test_two_people_are_asked_and_all_of_it_is_audited(following: Newsroom) -> None:
    await following.control.set_desk_channel(COUNT, SERVER, WHO)
    await following.database.write(lambda connection: connection.execute("UPDATE servers SET two_person = 1"))
    card = await draft(following, "Cobb")
    await following.enter(OLGA, card)
    key, nothing_goes_out = key_of(card), 0
    with pytest.raises(BadInputError, match="you entered that yourself"):
        await following.decisions.confirm(OLGA, key, nothing_goes_out)
    await following.decisions.confirm(DEE, key, nothing_goes_out)
    rows = await following.database.rows("SELECT who, what FROM audit WHERE what LIKE 'entry%' ORDER BY id")
    assert rows == [("olga (1)", "entry ask"), ("dee (2)", "entry entered")]


# In other answers.


async def test_a_county_s_answer_has_what_is_said_of_it_by_name(following: Newsroom) -> None:
    async def ask() -> str:
        return read_by_all(await following.questions.units.county(await question_in(following.questions), "Cobb"))

    assert "no source names this county" in await ask()
    await enter(following, "Cobb")
    await enter(following, "Cobb", 1, own=True)
    await back(following, "Cobb", 2)
    said = await ask()
    assert "No longer listed as certified by the Secretary of State, 7:02 a.m." in said
    assert "Certified, as announced by the county, the Secretary of State says, 7:01 a.m." in said
    assert "nobody" not in said


async def test_counties_of_a_state_that_nobody_named_are_known_by_count_alone(following: Newsroom) -> None:
    contest = following.following.contest("ga").model_copy(update={"state": None})
    with pytest.raises(BadInputError, match="so they are not known by name; enter a count such as 9 of 12"):
        await following.certifying.add(OLGA, contest, "Cobb, Floyd")
