"""Forms of entering: typed, mended, sent late."""

from tests.cogs.conftest import Room
from tests.cogs.entering import choose, entered, keys, mend, press, read, report

POST = "Biden still out in front by 14,101. 96 of 159 counties have certified."


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
