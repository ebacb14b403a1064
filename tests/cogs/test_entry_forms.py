"""Tests the forms for entries: filled in, edited, and submitted late."""

import pytest

from bot.desk.counties import counties_of
from bot.entries.drafts import TallyFields
from bot.errors import BadInputError
from bot.outbox.proposals_store import Asker
from tests.cogs.conftest import Room, Seen
from tests.cogs.entering import COUNTIES, LEAD, entered, mend, press, read, ready, report

PICTURE = b"\x89PNG\r\n\x1a\n"


def filled_in(form: Seen) -> list[str]:
    """Return the initial values of a form's fields."""
    return [one.get("value") or "" for one in form.fields]


# A new one.


async def test_a_form_is_shown_as_it_will_go_out(told: Room) -> None:
    typed = {"margin": "Biden 14,000", "left": "Clayton 4,355", "at": "6:40"}
    card = await report(told, typed, source="reporter", reason="on the phone")
    assert card.content.startswith(
        "**New entry: President**, Georgia, as of 6:40 a.m.\nBiden ahead by 14,000; 4,355 ballots left in Clayton\n"
    )
    await press(told, card, "Enter")
    margin, left = await entered(told)
    assert left.outstanding is not None
    assert (margin.margin, left.outstanding.units) == (14000, ("Clayton",))


async def test_a_form_that_can_t_be_read_is_answered_and_changes_nothing(told: Room) -> None:
    result = await report(told, {"margin": "Bidne 14,000"})
    assert "Bidne" in result.content
    assert len(told.failures) == 1
    assert await told.newsroom.count("proposals") == 0


async def test_who_leads_is_asked_by_a_button_and_never_guessed(told: Room) -> None:
    card = await report(told, {"margin": "14,000"}, source="reporter")
    assert "**Not ready:**" in card.content
    await press(told, await press(told, card, "Biden leads"), "Enter")
    assert [(one.leader, one.margin) for one in await entered(told)] == [("biden", 14_000)]


@pytest.mark.parametrize("command", ["tally", "certify"])
async def test_no_form_names_another_place_than_its_contests(told: Room, command: str) -> None:
    form = str((await told.editor.slash(told.count, command, contest="ga")).form)
    assert not [name for name in ("Clayton", "Cobb", "Floyd") if name in form]


async def test_an_empty_field_shows_an_example_that_can_t_be_taken_for_a_figure(told: Room) -> None:
    form = await told.editor.slash(told.count, "tally", contest="ga")
    assert [field["placeholder"] for field in form.fields if field.get("placeholder")] == [
        "such as Biden 14,101",
        "such as 4,991,741; Fulton 61-13, DeKalb 40-9; a batch, Fulton 3,600: Biden +2,100",
        "such as 4,355; or each county with its number",
        "now; or 9:40 a.m., yesterday 7 p.m.",
    ]


async def test_a_reporter_s_batch_is_entered_in_the_field_for_votes(told: Room) -> None:
    card = await report(told, {"votes": "Gwinnett 3,600: Biden +2,100"}, source="reporter")
    assert "**Gwinnett County reported 3,600 more votes,** a net 2,100 for Biden" in card.content
    await press(told, card, "Enter")
    (said,) = [one.batch for one in await entered(told) if one.batch]
    assert (said.units, said.votes, said.net and said.net.votes) == (("Gwinnett",), 3600, 2100)


async def test_the_picture_of_it_is_sent_with_the_form(told: Room) -> None:
    printout = told.newsroom.world.keep_file(told.count.id, "printout.png", "image/png", PICTURE)
    form = await told.editor.slash(told.count, "tally", contest="ga", source="ga-sos")
    card = await told.editor.submit(form, ["Biden 14,110", None, None, None, [printout]])
    await told.editor.click(card, "Enter")
    listed = await told.card("entries")
    (picture,) = (await told.editor.choose(listed, listed.lists[0], "1")).attachments
    assert (picture.filename, picture.content) == ("printout.png", PICTURE)


async def test_a_form_with_a_file_that_is_no_picture_enters_nothing(told: Room) -> None:
    notes = told.newsroom.world.keep_file(told.count.id, "notes.txt", "text/plain", b"14,110")
    form = await told.editor.slash(told.count, "tally", contest="ga", source="ga-sos")
    refused = await told.editor.submit(form, ["Biden 14,110", None, None, None, [notes]])
    assert refused.content == "Notes.txt is not a picture; send a photo or a screenshot."
    assert await told.newsroom.count("proposals") == 0


# Over an entry.


async def test_an_entry_is_mended_in_the_form_and_keeps_its_words(told: Room) -> None:
    card = await ready(told, "Biden still out in front by 14,101. 96 of 159 counties have certified.", "reporter")
    form = await told.editor.click(card, "Edit")
    assert filled_in(form)[0] == "Biden 14,101"
    mended = await told.editor.submit(form, ["Biden 14,110", None, None, "96"])
    assert "\nBiden ahead by 14,110; 96 of 159 counties certified · “Biden still out in front" in mended.content


NO_CHANGE = "No change overnight. Biden leads Georgia by 14,101, as of 6:40 a.m."
SHRANK = "Biden's lead shrank by 48 votes."


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        (NO_CHANGE, {"f0": "Biden 14,110"}, ["Biden ahead by 14,110, as of 6:40 a.m.", "No change"]),
        (COUNTIES, {"f0": "Cobb, Floyd, Atlantis"}, ["Cobb and Floyd counties certified", "“Atlantis”"]),
        (SHRANK, {"f0": "Biden", "f1": "-50"}, ["Biden's lead down 50"]),
        (SHRANK, {"f0": "Biden", "f1": "50"}, ["try -48, or up 10"]),
    ],
)
async def test_each_kind_of_piece_is_mended_in_a_form_of_its_own_and_keeps_what_that_has_no_field_for(
    told: Room, text: str, typed: dict[str, str], shown: list[str]
) -> None:
    mended = await mend(told, await ready(told, text), **typed)
    assert [words for words in shown if words not in mended.content] == []


async def test_a_call_is_mended_in_a_form_of_its_own(told: Room) -> None:
    card = await read(told, "The AP has called Georgia for Biden.")
    card = await mend(told, card, f0="called", f1="Trump", f2="declared", f3="6:40")
    assert "> **The AP declared Trump the winner in Georgia** at 6:40 a.m." in card.content
    card = await mend(told, card, f0="too close to call", f1="", f2="")
    assert "too close to call" in card.content
    refused = (await mend(told, card, f0="elected", f1="", f3="sometime")).content
    assert refused.startswith('What is said: "elected" can\'t be read')
    assert ' As of: "sometime" is not clearly a time' in refused


async def test_results_as_a_whole_are_mended_in_a_form_of_their_own(told: Room) -> None:
    card = await told.card("certify", contest="ga", what="the state", source="ga-sos")
    card = await mend(told, card, f0="certification withdrawn", f1="a county's sheet is missing", f2="6:40")
    assert "as of 6:40 a.m.\nCertification of the results withdrawn (a county's sheet is missing)\n" in card.content
    card = await mend(told, card, f0="Certified", f1="")
    assert "as of 6:40 a.m.\nResults certified\n" in card.content
    refused = await mend(told, card, f0="perhaps")
    assert refused.content == 'Results: "perhaps" can\'t be read; say certified, or certification withdrawn.'
    refused = await mend(told, card, f0="certified", f1="because")
    assert refused.content == "Leave why empty, unless the certification was withdrawn."


async def test_why_a_certification_is_taken_back_is_mended_beside_the_counties(told: Room) -> None:
    card = await told.card("certify", contest="ga", what="Cobb", withdrawn="scanned twise", source="ga-sos")
    card = await mend(told, card, f0="Cobb, Floyd", f1="scanned twice")
    assert "ertification of Cobb and Floyd counties withdrawn (scanned twice)" in card.content


async def test_a_long_list_of_places_fits_the_form_that_it_is_mended_in(told: Room) -> None:
    names = [one.short for one in counties_of("GA")[:25]]
    typed, filled = (f"{between.join(names)} 4,355" for between in (",", ", "))
    assert len(typed) <= 200 < len(filled)
    form = await told.editor.click(await report(told, {"left": typed}, source="reporter"), "Edit")
    assert all(len(one.get("value") or "") <= one["max_length"] for one in form.fields)
    assert filled_in(form)[2] == filled


# Sent late.


async def test_a_form_that_was_never_sent_leaves_nothing_and_the_next_one_counts(told: Room) -> None:
    await told.editor.slash(told.count, "tally", contest="ga")
    assert await told.newsroom.count("proposals") == 0
    card = await report(told, {"margin": "Biden 14,000"}, source="reporter")
    await told.editor.click(card, "Edit")
    await press(told, await mend(told, card, f0="Biden 14,010"), "Enter")
    assert [one.margin for one in await entered(told)] == [14_010]
    assert await told.newsroom.count("proposals") == 1


async def test_a_form_that_was_left_open_does_not_write_over_what_was_mended_since(told: Room) -> None:
    card = await ready(told)
    first, second = [await told.editor.click(card, "Edit") for _ in range(2)]
    await told.editor.submit(second, ["Biden 14,010"])
    late = await told.editor.submit(first, ["Biden 14,020"])
    assert late.content == (
        "The entry changed after you opened this form, so the form was not saved; press Edit again."
    )
    await press(told, card, "Enter")
    assert [one.margin for one in await entered(told)] == [14010]


async def test_a_form_over_what_was_read_of_another_contest_since_is_not_taken(told: Room) -> None:
    await ready(told)
    asker, drafts = Asker(told.guild.id, told.editor.id, told.editor.name), told.newsroom.drafts
    first = await drafts.filled(asker, 1)
    await drafts.contest(asker, 1, "senate")
    with pytest.raises(BadInputError, match="changed after you opened this form"):
        await drafts.mend(asker, 1, TallyFields("Biden 14,000"), None, first.seen)


@pytest.mark.parametrize(
    ("last", "already"), [("Enter", "That is already entered"), ("Discard", "That was already discarded")]
)
async def test_what_is_decided_has_no_form_any_more(told: Room, last: str, already: str) -> None:
    card = await ready(told)
    form = await told.editor.click(card, "Edit")
    await press(told, card, last)
    before = await entered(told)
    late = await told.editor.submit(form, ["Biden 14,020"])
    assert late.content.startswith(already)
    with pytest.raises(BadInputError, match=already[5:]):  # a press of Mend that was on its way
        await told.newsroom.drafts.filled(Asker(told.guild.id, told.editor.id, "olga"), 1)
    assert await entered(told) == before


@pytest.mark.parametrize(
    "text",
    [LEAD, COUNTIES, "The AP has called Georgia for Biden.", SHRANK, "No change overnight."],
    ids=["figures", "units", "call", "change", "time"],
)
async def test_every_form_over_an_entry_that_is_sent_after_a_restart_is_answered_and_changes_nothing(
    told: Room, text: str
) -> None:
    card = await read(told, text)
    form = await told.editor.click(card, "Edit")
    before = await told.newsroom.database.rows("SELECT body FROM proposals")
    await told.restart()
    late = await told.editor.submit(form, [*filled_in(form)[:-1], "6:40"])
    assert late.ephemeral
    assert late.content.startswith("The bot restarted since you opened this form")
    assert await told.newsroom.database.rows("SELECT body FROM proposals") == before
    mended = await told.editor.click(card, "Edit")  # the button under the entry still works
    done = await told.editor.submit(mended, [*filled_in(mended)[:-1], "6:40"])
    assert "6:40 a.m." in done.content
