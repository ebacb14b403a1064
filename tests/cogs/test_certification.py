"""`/certify` and `/call` as staff use them in Discord."""

import pytest

from tests.cogs.conftest import HOSTILE, Room, last
from tests.cogs.entering import choose, press
from tests.cogs.test_answers import set_contest


@pytest.fixture
async def following(room: Room) -> Room:
    await room.follow("ga")
    return room


async def test_a_list_is_shown_entered_and_undone(following: Room) -> None:
    card = await following.card("certify", contest="ga", what="Cobb, Floyd", source="ga-sos")
    assert card.content == (
        "**New entry: President**, Georgia, as of 7 a.m.\nCobb and Floyd counties certified\n"
        "**Not posted;** `/certified` shows it."
    )
    done = await press(following, card, "Enter")
    assert done.content.startswith("**Entered,** not posted.\n> The Secretary of State")
    undone = await press(following, done, "Undo")
    assert undone.content == "**Retracted.** Nothing had been posted."
    assert await following.newsroom.database.rows("SELECT 1 FROM unit_certifications") == []


async def test_a_count_that_is_no_news_is_said_to_be_none(following: Room) -> None:
    card = await following.card("certify", contest="ga", what="92 of 159", source="ga-sos")
    assert card.content.endswith(
        "**Not posted;** `/certified` shows it. A source's first or unchanged count is not posted."
    )


@pytest.mark.parametrize(
    ("command", "newest", "other", "as_of", "said"),
    [
        (
            "certify",
            {"what": "97 of 159"},
            {"what": "96 of 159"},
            "6:05 a.m.",
            "**Not posted:** it is older than what answers use: 97 of 159 counties certified, as of 6:30 a.m.",
        ),
        (
            "call",
            {"caller": "ap", "candidate": "biden"},
            {"caller": "ap", "candidate": "trump"},
            "6:05 a.m.",
            "**Not posted:** it is older than what answers use: Georgia called for Biden, as of 6:30 a.m.",
        ),
        (
            "tally",
            {"text": "118 ballots left in Floyd County"},
            {"text": "218 ballots left in Floyd County"},
            "6:30 a.m.",
            "**Not posted;** `/outstanding` shows it.\nIt replaces 118 ballots left in Floyd, as of 6:30 a.m.",
        ),
    ],
)
async def test_a_card_says_of_what_is_older_that_no_answer_uses_it_and_of_the_same_time_what_it_replaces(
    following: Room, command: str, newest: dict[str, str], other: dict[str, str], as_of: str, said: str
) -> None:
    source = {} if command == "call" else {"source": "ga-sos"}
    card = await following.card(command, contest="ga", as_of="6:30 a.m.", **newest, **source)
    await press(following, card, "Enter")
    card = await following.card(command, contest="ga", as_of=as_of, **other, **source)
    assert card.content.endswith(f"\n{said}")


async def test_a_name_that_is_no_county_is_asked_about_with_a_list(following: Room) -> None:
    card = await following.card("certify", contest="ga", what="Cobb, Dekalp", source="ga-sos")
    assert "**Which county is “Dekalp”?**" in card.content
    card = await choose(following, card, "unit", ["13089:Dekalp"])
    assert "Cobb and DeKalb counties certified" in card.content
    assert not any(key.endswith(":unit") for key in card.keys)
    await press(following, card, "Enter")


async def test_the_form_takes_a_long_list_with_its_lines(following: Room) -> None:
    result = await following.editor.slash(following.count, "certify", contest="ga", source="ga-sos")
    sent = await following.editor.submit(result, ["- Cobb\n- Floyd\n- Ben Hill", "6:30"])
    assert "Ben Hill, Cobb and Floyd counties" in sent.content
    assert "as of 6:30 a.m." in sent.content


async def test_a_source_is_asked_for_and_of_counties_own_word_who_passed_it_on(following: Room) -> None:
    card = await following.card("certify", contest="ga", what="Cobb, Floyd")
    assert card.content.split("\n")[1:] == ["Cobb and Floyd counties certified", "Source: **choose one below**"]
    card = await press(following, card, "Counties' own announcement")
    assert card.content.split("\n")[1:] == [
        "Cobb and Floyd counties certified, by their own announcement",
        "Source: **choose below who told the newsroom**",
    ]
    card = await choose(following, card, "source", ["reporter"])
    assert "**Not posted;** `/certified` shows it" in card.content


async def test_whose_word_is_turned_round_by_a_button(following: Room) -> None:
    card = await following.card("certify", contest="ga", what="Cobb", source="ga-sos")
    card = await press(following, card, "Counties' own announcement")
    assert "Cobb County certified, by its own announcement" in card.content
    assert "**Not posted;** `/certified` shows it." in card.content


async def test_what_only_the_newsroom_may_read_is_said_not_to_show_where_the_public_reads(following: Room) -> None:
    await following.set_desk(following.guild.add_channel("desk"))
    await following.set_public(following.count, public=True)
    card = await following.card("certify", contest="ga", what="Cobb", source="reporter")
    card = await press(following, card, "Counties' own announcement")
    assert "**Not posted;** `/certified` shows it, except in public channels." in card.content
    card = await choose(following, card, "source", ["ga-sos"])
    assert (
        "**Not posted;** `/certified` shows it, in public channels once you press **Use in public answers**."
        in card.content
    )


async def test_the_state_certifies_and_takes_it_back(following: Room) -> None:
    card = await following.card("certify", contest="ga", what="the state", source="ga-sos")
    assert "> **The results in Georgia are certified,** the Secretary of State says." in card.content
    await press(following, card, "Enter")
    card = await following.card(
        "certify", contest="ga", what="the state", source="ga-sos", withdrawn="two counties recertify"
    )
    assert "are not certified after all:** the Secretary of State withdraws its announcement" in card.content
    assert "Two counties recertify." in card.content
    await press(following, card, "Enter")
    await following.publish()
    listed = await following.card("certified", following.reporter, contest="ga")
    assert "Results not certified" in str(listed.embeds[0].description)


async def test_a_county_is_taken_back_with_a_reason(following: Room) -> None:
    card = await following.card("certify", contest="ga", what="Cobb", withdrawn="scanned twice", source="ga-sos")
    assert "\nCertification of Cobb County withdrawn (scanned twice)" in card.content
    await press(following, card, "Enter")
    headline = (await following.newsroom.posts(following.count.id))[-1].headline
    assert headline.startswith(
        "**Cobb County is no longer listed as certified** by the Secretary of State. Scanned twice."
    )


async def test_a_call_is_shown_and_posted_in_its_caller_s_word(following: Room) -> None:
    card = await following.card("call", contest="ga", caller="nbc", candidate="Biden")
    assert "> **NBC News has projected Biden as the winner in Georgia** (as of 7 a.m.)." in card.content
    assert any(key.endswith(":mend") for key in card.keys)
    await press(following, card, "Enter")
    await following.publish()
    listed = await following.card("calls", following.reporter, contest="ga")
    assert "NBC News has projected Biden" in str(listed.embeds[0].description)
    margin = await following.card("margin", following.reporter, contest="ga")
    assert any("NBC News has projected Biden" in str(field.value) for field in margin.embeds[0].fields)
    card = await following.card("call", contest="ga", caller="nbc", says="withdrew its call")
    assert "> **NBC News has withdrawn its call of Georgia for Biden**" in card.content


async def test_that_a_caller_withdrew_is_a_button_of_the_receipt_and_right_hours_and_a_restart_later(
    following: Room,
) -> None:
    card = await following.card("call", contest="ga", caller="nbc", candidate="Biden", as_of="6:30 a.m.")
    receipt = await press(following, card, "Enter")
    assert list(receipt.buttons) == ["Undo until 7:02 a.m. (posts a retraction)", "NBC News withdrew its call"]
    await following.publish()
    await following.restart()
    following.newsroom.at(300)
    card = await following.editor.click(receipt, "NBC News withdrew its call")
    assert list(card.buttons) == ["Enter", "Edit", "Discard"]
    withdrew = "**NBC News has withdrawn its call of Georgia for Biden** (as of noon); it was made at 6:30 a.m."
    assert f"\n> {withdrew}" in card.content
    entered = await press(following, card, "Enter")
    assert not any("withdrew" in label for label in entered.buttons)
    assert (await following.newsroom.posts(following.count.id))[-1].headline == withdrew
    again = await following.editor.click(receipt, "NBC News withdrew its call")
    assert again.content.startswith("No call of Georgia by NBC News is on record, so there is nothing to withdraw")


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
    card = await following.editor.click(receipt, "NBC News withdrew its call")
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
    assert list(listed.buttons) == ["The AP withdrew its call", "NBC News withdrew its call", "Share here"]
    await press(following, await following.editor.click(listed, "The AP withdrew its call"), "Enter")
    assert list((await following.card("calls", contest="ga")).buttons) == ["NBC News withdrew its call", "Share here"]
    assert list((await following.card("calls", contest="ga", at="6:45 a.m.")).buttons) == ["Share here"]
    await following.set_role(following.role("Reporters"), "reporter")
    assert (await following.card("calls", following.person("guest"), contest="ga")).buttons == {}


async def test_for_whom_is_asked_with_a_button_each_and_what_was_typed_is_kept(following: Room) -> None:
    card = await following.card("call", contest="ga", caller="nbc", says="called it", how="declared", as_of="6:30 a.m.")
    assert card.content == "Who did NBC News call it for? Biden or Trump?"
    assert list(card.buttons) == ["Biden", "Trump"]
    card = await following.editor.click(card, "Trump")
    assert "> **NBC News declared Trump the winner in Georgia** at 6:30 a.m." in card.content


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


async def test_a_hostile_list_and_a_hostile_contest_show_as_text(following: Room) -> None:
    card = await following.card("certify", contest="ga", what=f"Cobb, {HOSTILE}", source="ga-sos")
    assert "@everyone" not in card.content
    assert "<@&1>" not in card.content
    listed = await following.card("certified", contest="evil")
    assert "@everyone" not in listed.content
