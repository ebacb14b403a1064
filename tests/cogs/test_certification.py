"""Tests `/certify` and `/call` as staff use them in Discord."""

from datetime import timedelta

import pytest

from tests.cogs.conftest import Room, last, said
from tests.cogs.entering import choose, entered, press
from tests.cogs.test_answers import set_contest
from tests.conftest import START


@pytest.fixture
async def following(room: Room) -> Room:
    await room.follow("ga")
    return room


async def test_a_list_is_shown_entered_and_undone(following: Room) -> None:
    card = await following.card("certify", contest="ga", what="Cobb, Floyd", source="ga-sos")
    assert "Cobb and Floyd" in card.content
    done = await press(following, card, "Enter")
    assert await following.newsroom.count("unit_certifications") == 2
    await press(following, done, "Undo")
    assert await following.newsroom.count("unit_certifications") == 0


async def test_a_name_that_is_no_county_is_asked_about_with_a_list(following: Room) -> None:
    card = await following.card("certify", contest="ga", what="Cobb, Dekalp", source="ga-sos")
    assert "“Dekalp”" in card.content
    card = await choose(following, card, "unit", ["13089:Dekalp"])
    assert "Cobb and DeKalb" in card.content
    assert not any(key.endswith(":unit") for key in card.keys)
    await press(following, card, "Enter")


async def test_the_form_takes_a_long_list_with_its_lines(following: Room) -> None:
    result = await following.editor.slash(following.count, "certify", contest="ga", source="ga-sos")
    sent = await following.editor.submit(result, ["- Cobb\n- Floyd\n- Ben Hill", "6:30"])
    assert "Ben Hill, Cobb and Floyd counties" in sent.content
    assert "as of 6:30 a.m." in sent.content


async def test_a_source_is_asked_for_and_of_counties_own_word_who_passed_it_on(following: Room) -> None:
    card = await following.card("certify", contest="ga", what="Cobb, Floyd")
    assert list(card.buttons) == ["Counties' own announcement", "Edit", "Discard"]
    card = await press(following, card, "Counties' own announcement")
    assert list(card.buttons) == ["Listed by the source", "Edit", "Discard"]
    await press(following, await choose(following, card, "source", ["reporter"]), "Enter")
    assert [(one.source, one.units_certified and one.units_certified.own) for one in await entered(following)] == [
        ("reporter", True)
    ]


@pytest.mark.parametrize("what", ["the state", "Cobb"])
async def test_who_certified_may_take_it_back_with_a_reason(following: Room, what: str) -> None:
    for withdrawn in ({}, {"withdrawn": "two counties recertify"}):
        card = await following.card("certify", contest="ga", what=what, source="ga-sos", **withdrawn)
        assert ("wo counties recertify" in card.content) == bool(withdrawn)
        await press(following, card, "Enter")
    await following.publish()
    assert "Two counties recertify." in last(following.count).content
    listed = await following.card("certified", following.reporter, contest="ga")
    assert ("Results not certified" in str(listed)) == (what == "the state")
    certified = [one.units_certified or one.results_certified for one in await entered(following)]
    assert [one and one.taken_back for one in certified] == [False, True]


async def test_a_call_is_shown_posted_answered_and_withdrawn(following: Room) -> None:
    card = await following.card("call", contest="ga", caller="nbc", candidate="Biden")
    assert any(key.endswith(":mend") for key in card.keys)
    shown = card.content.split("\n")[-1]
    await press(following, card, "Enter")
    await following.publish()
    assert shown == f"> {said(following.count)[-1]}"
    listed = await following.card("calls", following.reporter, contest="ga")
    assert "NBC News" in str(listed.embeds[0].description)
    margin = await following.card("margin", following.reporter, contest="ga")
    assert any("NBC News" in str(field.value) for field in margin.embeds[0].fields)
    card = await following.card("call", contest="ga", caller="nbc", says="withdrew its call")
    assert "withdrawn" in card.content


async def test_that_a_caller_withdrew_is_a_button_of_the_receipt_and_right_hours_and_a_restart_later(
    following: Room,
) -> None:
    card = await following.card("call", contest="ga", caller="nbc", candidate="Biden", as_of="6:30 a.m.")
    receipt = await press(following, card, "Enter")
    assert list(receipt.buttons) == ["Undo until 7:02 a.m.", "Enter a withdrawal by NBC News"]
    await following.publish()
    await following.restart()
    following.newsroom.at(300)
    card = await following.editor.click(receipt, "Enter a withdrawal by NBC News")
    assert list(card.buttons) == ["Enter", "Edit", "Discard"]
    shown = card.content.split("\n")[-1]
    assert ("noon" in shown, "6:30 a.m." in shown) == (True, True)  # when it was withdrawn, and made
    done = await press(following, card, "Enter")
    assert not any("withdrew" in label for label in done.buttons)
    assert shown == f"> {(await following.newsroom.posts(following.count.id))[-1].headline}"
    again = await following.editor.click(receipt, "Enter a withdrawal by NBC News")
    assert "nothing to withdraw" in again.content


async def test_a_card_says_once_what_goes_out_where_it_only_refers_to_an_earlier_post_in_some_channels(
    following: Room,
) -> None:
    public, desk = following.guild.add_channel("public"), following.guild.add_channel("desk")
    await following.set_desk(desk)
    await following.follow("ga", public, board=False)
    await following.set_public(public, public=True)
    called = await following.card("call", contest="ga", caller="nbc", candidate="Biden", as_of="6:30 a.m.")
    receipt = await press(following, called, "Enter")
    await following.publish()
    card = await following.editor.click(receipt, "Enter a withdrawal by NBC News")
    assert card.content.count("has withdrawn its call of Georgia for Biden") == 1
    await press(following, card, "Enter")
    await following.publish()
    assert following.newsroom.contents(following.count.id)[-1].endswith(" · see #1")
    assert "see #1" not in last(desk).content  # which the public has not got


async def test_calls_lets_who_enters_say_that_a_caller_withdrew_what_stands(following: Room) -> None:
    for caller in ("nbc", "ap"):
        card = await following.card("call", contest="ga", caller=caller, candidate="Biden", as_of="6:30 a.m.")
        await press(following, card, "Enter")
    listed = await following.card("calls", contest="ga")
    assert list(listed.buttons) == ["Enter a withdrawal by the AP", "Enter a withdrawal by NBC News", "Share here"]
    await press(following, await following.editor.click(listed, "Enter a withdrawal by the AP"), "Enter")
    assert list((await following.card("calls", contest="ga")).buttons) == [
        "Enter a withdrawal by NBC News",
        "Share here",
    ]
    assert list((await following.card("calls", contest="ga", at="6:45 a.m.")).buttons) == ["Share here"]
    await following.set_role(following.role("Reporters"), "reporter")
    assert (await following.card("calls", following.person("guest"), contest="ga")).buttons == {}


async def test_for_whom_is_asked_with_a_button_each_and_what_was_typed_is_kept(following: Room) -> None:
    card = await following.card("call", contest="ga", caller="nbc", says="called it", how="declared", as_of="6:30 a.m.")
    assert card.content == "Who did NBC News call it for? Biden or Trump?"
    assert list(card.buttons) == ["Biden", "Trump"]
    await press(following, await following.editor.click(card, "Trump"), "Enter")
    (statement,) = await entered(following)
    assert statement.call is not None
    assert (statement.call.candidates, statement.call.verb) == (("trump",), "declared")
    assert statement.as_of == START - timedelta(minutes=30)


async def test_for_whom_several_seats_are_called_is_asked_with_a_list(following: Room) -> None:
    set_contest(following, rule="top-n", seats=2)
    card = await following.card("call", contest="ga", caller="nbc", says="called it", as_of="6:30 a.m.")
    assert card.content == "Who did NBC News call it for? Biden or Trump? Choose everyone it has called so far."
    card = await following.editor.choose(card, card.lists[0], "biden", "trump")
    assert "> **NBC News projected Biden and Trump as the winners in Georgia** at 6:30 a.m." in card.content
    found = await following.editor.autocomplete(following.count, "call", "candidate", "biden, tru", contest="ga")
    assert [(one["name"], one["value"]) for one in found] == [("biden, Donald J. Trump", "biden, trump")]


async def test_for_whom_is_asked_after_which_contest(following: Room) -> None:
    await following.follow("senate")
    card = await following.card("call", caller="nbc", says="called it", as_of="6:30 a.m.")
    card = await following.editor.choose(card, card.lists[0], "ga")
    assert list(card.buttons) == ["Biden", "Trump"]
    card = await following.editor.click(card, "Biden")
    assert "> **NBC News projected Biden as the winner in Georgia** at 6:30 a.m." in card.content


async def test_callers_and_candidates_come_up_as_one_types(following: Room) -> None:
    callers = await following.editor.autocomplete(following.count, "call", "caller", "")
    assert [one["value"] for one in callers] == ["ap", "nbc"]
    found = await following.editor.autocomplete(following.count, "call", "candidate", "bid", contest="ga")
    assert [one["value"] for one in found] == ["biden"]


async def test_whose_calls_are_repeated_is_set_and_audited(following: Room) -> None:
    card = await following.editor.click(await following.overview(), "5 Calls and events")
    assert "Calls posted automatically: none." in card.content
    card = await following.editor.choose(card, card.lists[0], "ap")
    assert card.content.startswith("**Calls by the AP will be posted automatically,**")
    assert "Calls posted automatically: the AP." in card.content
    assert ("calls posted", "false", "true") in [row[1:] for row in await following.audit()]
    card = await following.editor.choose(card, card.lists[0])
    assert "Calls posted automatically: none." in card.content


async def test_a_hostile_contest_shows_as_text(following: Room) -> None:
    assert "@everyone" not in (await following.card("certified", contest="evil")).content
