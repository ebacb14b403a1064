"""Staff enter what no feed says: read in a message, confirmed, undone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.count.entry import Entry
from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.outbox.proposals_store import Asker
from bot.rehearsal.standin.guild import Channel
from cogs.entries import news_time
from tests.cogs.conftest import Person, Room, history, last, said
from tests.cogs.entering import choose, entered, press, read, report, shown_on
from tests.conftest import START, reading

POST = "Biden still out in front by 14,101. 96 of 159 counties have certified."


async def test_a_message_is_read_and_shown_before_anything_is_entered(told: Room) -> None:
    card = await read(told, POST)
    assert card.content == (
        "**New entry: President**, Georgia, as of 7 a.m.\n"
        "Biden ahead by 14,101 · “Biden still out in front by 14,101”\n"
        "96 of 159 counties certified\n"  # which is what the text says
        "Source: **choose one below**"
    )
    assert await entered(told) == []
    assert not any(":enter" in key for key in card.keys)


async def test_what_says_its_own_time_is_not_given_another(told: Room) -> None:
    card = await read(told, "Biden leads by 14,101, as of 6:40 a.m.")
    assert card.content.startswith("**New entry: President**, Georgia, as of 6:40 a.m.\nBiden ahead by 14,101\n")
    card = await read(told, "96 of 159 counties have certified as of 6:40 a.m. Biden leads by 14,101.")
    assert card.content.startswith(
        "**New entry: President**, Georgia\n96 of 159 counties certified, as of 6:40 a.m.\nBiden ahead by 14,101, as of 7 a.m.\n"
    )


async def test_a_time_that_is_not_certain_is_said_and_proposed_and_not_silently_replaced(told: Room) -> None:
    card = await read(told, "Biden's lead is down to 14,057, per the SOS site at 6:40")
    assert card.content.endswith("\nThe text says 6:40. **As of when?** Press the right time, or **Edit**.")
    assert "as of 7 a.m." not in card.content
    form = await told.editor.click(card, "Edit")
    assert form.fields[-1]["placeholder"] == "6:40, as the text says; or now, yesterday 7pm"
    card = await told.editor.submit(form, [None] * (len(form.fields) - 1) + ["6:40 am"])
    assert "as of 6:40 a.m.\nBiden ahead by 14,057 · " in card.content
    assert "as of 7 a.m." not in card.content.partition("**This goes out")[0]
    card = await read(told, "96 of 159 counties certified at 6:40. Next update at 9 a.m. Meeting at 10:15 a.m.")
    assert "\nThe text says 6:40, 9 a.m. and 1 more. **As of when?**" in card.content
    assert "The text says" not in (await read(told, "6:40 a.m. Biden leads by 14,057")).content


async def test_where_the_text_has_another_time_one_is_pressed_before_enter(told: Room) -> None:
    for pressed in ("As of 6:40 a.m.", "As of 7 a.m."):
        card = await read(told, "Biden's lead is down to 14,057, per the SOS site at 6:40")
        card = await choose(told, card, "source", ["ga-sos"])
        assert list(card.buttons) == ["As of 6:40 a.m.", "As of 7 a.m.", "Edit", "Discard"]
        card = await press(told, card, pressed)
        assert list(card.buttons) == ["Enter", "Edit", "Discard"]
        assert f", {pressed[:1].lower()}{pressed[1:]}\nBiden ahead by 14,057 · " in card.content


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Biden leads by 14,000 votes, per SOS", "The Secretary of State (in text)"),
        (
            "SoS site: Biden leads by 14,000 votes. 96 of 159 counties have certified, per SOS.",
            "The Secretary of State (in text)",
        ),
        (
            "Biden leads by 14,000 votes, per SOS. 96 of 159 counties have certified.",
            "choose one below** (the text says the",
        ),
        ("The AP has not called it. Biden leads by 14,000 votes.", "choose one below** (the text says the AP)"),
        (
            "Per SOS and our reporter, Biden leads by 14,000 votes",
            "choose one below** (the text says the Secretary of State or",
        ),
    ],
)
async def test_the_source_that_each_sentence_gives_is_chosen_already(told: Room, text: str, source: str) -> None:
    card = await read(told, text)
    (sources,) = [part["options"] for part in card.parts if part["custom_id"].endswith(":source")]
    chosen = [one["label"] for one in sources if one.get("default")]
    assert (f"Source: **{source}" in card.content) == (not chosen)
    assert chosen in ([], [source])
    assert ("Enter" in card.buttons) == bool(chosen)


async def test_a_time_alone_is_no_sentence_that_was_not_read(told: Room) -> None:
    card = await read(told, "Biden's lead is down to 14,057. 6:40 a.m.")
    assert "The text says 6:40 a.m. **As of when?**" in card.content
    assert "not read" not in card.content


async def test_a_time_of_the_text_that_was_not_taken_is_taken_by_one_press(told: Room) -> None:
    card = await read(told, "Biden's lead is down to 14,057, per the SOS site at 6:40.\n\nNext update at 9 a.m.")
    times = [label for label in card.buttons if label.startswith("As of")]
    assert times == ["As of 6:40 a.m.", "As of 7 a.m."]  # not 6:40 p.m. Tuesday, nor what is ahead
    card = await press(told, card, "As of 6:40 a.m.")
    assert card.content.startswith("**New entry: President**, Georgia, as of 6:40 a.m.\n")
    await press(told, await choose(told, card, "source", ["reporter"]), "Enter")
    (statement,) = await entered(told)
    assert statement.as_of == datetime(2020, 11, 11, 11, 40, tzinfo=UTC)


async def test_what_is_posted_already_is_said_with_its_number_and_time(told: Room) -> None:
    card = await choose(told, await read(told, "Biden still out in front by 14,101"), "source", ["reporter"])
    goes = "**Nothing goes out: #1 has this margin already** and will name this source, too. Answers use it."
    assert card.content.split("\n")[-1] == goes
    done = await press(told, card, "Enter")
    assert done.content == "**Entered,** not posted.\n> Our reporter: Biden ahead by 14,101, as of 7 a.m."
    assert list(done.buttons) == ["Undo until 7:02 a.m."]
    (statement,) = await entered(told)
    assert (statement.source, statement.leader, statement.margin) == ("reporter", "biden", 14101)
    assert statement.words == "Biden still out in front by 14,101"
    assert statement.entered_by == f"{told.editor.name} ({told.editor.id})"
    assert (statement.link or "").startswith("https://discord.com/channels/")


async def test_why_quotes_what_staff_typed_as_typed_and_no_part_of_it_twice(told: Room) -> None:
    typed = "SoS site just moved: Biden 2,471,950 Trump 2,457,780"
    card = await read(told, typed)
    card = await press(told, await choose(told, card, "source", ["ga-sos"]), "Tick: Biden ahead by 14,170")
    await press(told, card, "Enter")
    await told.publish()
    assert f'As typed: "{typed}"\n' in await told.ask("why", post="#2")


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
    assert done.content == f"**Entered.** #2 goes out in <#{told.count.id}>."
    assert list(done.buttons) == ["Undo until 7:02 a.m. (posts a retraction)"]


async def test_pieces_can_be_left_out(told: Room) -> None:
    card = await choose(told, await read(told, POST), "source", ["reporter"])
    assert not any(key.endswith(":keep") for key in card.keys)
    card = await press(told, card, "Leave out a line")
    card = await choose(told, card, "keep", ["1"])
    assert "1. Left out: Biden ahead by 14,101" in card.content
    await press(told, card, "Enter")
    (statement,) = await entered(told)
    assert (statement.margin, statement.certified) == (None, (96, 159))


def test_a_message_in_a_rehearsal_was_written_by_its_clock() -> None:
    asked, written = datetime(2026, 11, 27, 18, 40, tzinfo=UTC), datetime(2026, 11, 27, 18, 35, tzinfo=UTC)
    assert news_time(written, asked, asked + timedelta(seconds=3)) == written
    news = datetime(2035, 11, 7, 13, 44, tzinfo=UTC)
    assert news_time(written, asked, news) == datetime(2035, 11, 7, 13, 39, tzinfo=UTC)


async def test_nothing_kept_can_t_be_entered(told: Room) -> None:
    card = await choose(told, await read(told, POST), "source", ["reporter"])
    card = await choose(told, await press(told, card, "Leave out a line"), "keep", [])
    assert "**Tick what is right in the list below.**" in card.content
    assert not any(":enter" in key for key in card.keys)


async def test_a_text_that_claims_nothing_says_so_and_enters_nothing(told: Room) -> None:
    card = await read(told, "Trump would be happy if that were true. @everyone")
    assert card.content.startswith(
        "**No figures in the text.** For example: Biden leads by 14,101 as of 8:40 a.m. To enter"
    )
    assert "`/tally`" in card.content
    assert await told.newsroom.database.rows("SELECT 1 FROM proposals") == []


async def test_what_a_number_may_say_is_offered_unticked_with_its_sentence_and_entered_once_it_is_ticked(
    told: Room,
) -> None:
    card = await read(told, "4,991,741 votes are counted.\n\nBiden has pulled out to a 4,224-vote cushion over Trump.")
    lines = card.content.split("\n")
    assert lines[1].startswith("1. 4,991,741 votes counted")
    assert lines[2].startswith("2. Right? A margin of 4,224; leader not given · “Biden has pulled out")
    (keep, *_) = [part for part in card.parts if part["custom_id"].endswith(":keep")]
    assert [one.get("default", False) for one in keep["options"]] == [True, False]
    assert keep["options"][1]["label"] == "2. a margin of 4,224"
    card = await told.editor.choose(card, keep["custom_id"], "1")
    assert "1. Left out: 4,991,741 votes counted" in card.content
    assert "2. A margin of 4,224" in card.content
    card = await told.editor.click(card, "Biden leads")
    assert "2. Biden ahead by 4,224" in card.content


async def test_a_net_gain_of_more_than_the_lead_is_offered_as_the_lead_of_each_who_may_lead(told: Room) -> None:
    card = await read(told, "Trump nets 15,000 in Floyd.")
    lines = card.content.split("\n")
    assert [line.split(" · ")[0] for line in lines[1:3]] == [
        "1. Right? Biden's lead down 15,000 from Floyd County",
        "2. Right? Trump's lead up 15,000 from Floyd County",
    ]
    (keep, *_) = [part for part in card.parts if part["custom_id"].endswith(":keep")]
    assert [one["label"] for one in keep["options"]] == ["1. Biden's lead down 15,000", "2. Trump's lead up 15,000"]
    assert list(card.buttons) == ["Edit", "Discard"]  # both can't be right: no button says so
    assert "**Tick what is right in the list below.**" in card.content


async def test_a_smaller_one_is_offered_as_a_move_of_the_lead_that_there_is(told: Room) -> None:
    card = await read(told, "Cobb adds 111 for Trump and 40 for Biden")
    assert "Biden's lead down 71" in card.content
    assert "Trump's lead" not in card.content


async def test_a_text_with_nothing_sure_is_offered_and_nothing_of_it_is_entered_by_itself(told: Room) -> None:
    card = await read(told, "My uncle: Trump leads by 300,000.")
    assert "\nRight? Trump ahead by 300,000 · “My uncle" in card.content
    assert list(card.buttons) == ["Tick: Trump ahead by 300,000", "Edit", "Discard"]
    assert not any(":enter" in key for key in card.keys)


async def test_a_text_that_says_that_it_is_none_is_not_offered_and_the_card_says_why(told: Room) -> None:
    card = await read(told, "Rumor: Trump leads by 300,000.")
    assert card.content.endswith("-# Not offered, a rumor: “Rumor: Trump leads by 300,000.”")


async def test_what_alone_may_be_right_is_ticked_with_one_press(told: Room) -> None:
    card = await read(told, "AP has Biden +14,118")
    assert list(card.buttons) == ["Tick: Biden ahead by 14,118", "Edit", "Discard"]
    assert not any(key.endswith(":keep") for key in card.keys)
    card = await press(told, card, "Tick: Biden ahead by 14,118")
    assert "\nBiden ahead by 14,118 · “AP has Biden +14,118”\n" in card.content
    assert list(card.buttons) == ["Enter", "Edit", "Discard"]


UNSURE = "SoS site has Biden 2,471,960, Trump 2,457,801 w/ 4,992,270 total"


async def test_two_claims_that_may_be_right_are_ticked_with_one_press_that_enters_nothing(told: Room) -> None:
    card = await read(told, UNSURE)
    assert card.content.split("\n")[1:] == [
        f"1. Right? Biden ahead by 14,159 · “{UNSURE}”",
        "2. Right? 4,992,270 votes counted",
    ]
    assert list(card.buttons) == ["Both are right", "Edit", "Discard"]
    card = await press(told, card, "Both are right")
    assert await entered(told) == []
    assert "> **Two margins in Georgia:** the Secretary of State has Biden ahead by 14,159" in card.content
    assert list(card.buttons) == ["Enter", "Leave out a line", "Edit", "Discard"]
    await press(told, card, "Enter")
    assert [(one.margin, one.total) for one in await entered(told)] == [(14_159, 4_992_270)]


async def test_a_lead_that_did_not_move_is_unchanged_in_the_list_too(told: Room) -> None:
    card = await choose(
        told, await read(told, "Biden's lead grew by 0 votes. 304 ballots left in Cobb"), "source", ["ga-sos"]
    )
    card = await press(told, card, "Leave out a line")
    assert "1. Biden's lead unchanged · “Biden's lead grew by 0 votes”" in card.content
    (pieces,) = [part["options"] for part in card.parts if part["custom_id"].endswith(":keep")]
    assert [one["label"] for one in pieces] == ["1. Biden's lead unchanged", "2. 304 ballots left"]


async def test_a_press_on_a_card_that_has_changed_ticks_nothing(told: Room) -> None:
    card = await read(told, UNSURE)
    asker = Asker(told.guild.id, told.editor.id, told.editor.name)
    await told.newsroom.drafts.contest(asker, 1, "senate")
    assert (await press(told, card, "Both are right")).content == (
        "The entry changed after that card, so nothing was ticked; look at it again."
    )
    assert '"kept":false' in (await told.newsroom.database.rows("SELECT body FROM proposals"))[0][0]


async def test_a_pasted_text_is_read_of_the_contest_that_is_named(told: Room) -> None:
    result = await told.editor.slash(
        told.count, "tally", text="Biden leads by 14,000 votes", contest="ga", source="reporter", as_of="6:30"
    )
    assert result.content.startswith("**New entry: President**, Georgia, as of 6:30 a.m.\n")


async def test_a_text_that_may_be_of_several_contests_is_of_the_channel_s(told: Room) -> None:
    senate = told.guild.add_channel("senate")
    await told.follow("senate", senate)
    for channel, name in ((told.count, "President"), (senate, "U.S. Senate")):
        card = await told.editor.slash(channel, "tally", text="The lead went to 14,000, they say")
        assert card.content.startswith(f"**New entry: {name}**")


async def test_within_two_minutes_it_is_undone_with_one_press(told: Room) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["ga-sos"])
    done = await press(told, card, "Enter")
    await told.publish()
    undone = await press(told, done, "Undo")
    assert undone.content == (
        f"**Retracted.** The retraction goes out in <#{told.count.id}>. #2 will be marked Retracted."
    )
    assert await entered(told) == []
    assert (await told.newsroom.posts())[-1].kind == "retraction"


async def test_a_retraction_tells_no_figure_that_no_post_told(told: Room) -> None:
    text = "Biden leads by 13,999 votes. 444 ballots left in Floyd County"
    card = await choose(told, await read(told, text), "source", ["ga-sos"])
    done = await press(told, card, "Enter")
    await told.publish()
    await press(told, done, "Undo")
    await told.publish()
    retraction = history(told.count)[-1].content
    assert ("13,999" in retraction, "444" in retraction) == (True, False)


async def test_the_audit_calls_a_draft_that_was_discarded_so(told: Room) -> None:
    await press(told, await read(told, "Biden leads by 14,000 votes"), "Discard")
    assert "**entry 1 discarded**" in (await told.card("audit")).content


@pytest.mark.parametrize(
    ("text", "asked"), [("Trump leads by 14,000 votes", True), ("Biden leads by 14,000 votes", False)]
)
async def test_a_margin_by_which_another_leads_than_by_every_source_is_asked_about(
    told: Room, text: str, asked: bool
) -> None:
    card = await choose(told, await read(told, text), "source", ["ga-sos"])
    assert ("Right? Trump ahead by 14,000" in card.content, "Enter" in card.buttons) == (asked, not asked)


async def test_what_of_an_entry_no_post_tells_is_said_before_it_is_entered(told: Room) -> None:
    text = "Biden leads by 13,999 votes. 444 ballots left in Floyd County"
    card = await choose(told, await read(told, text), "source", ["ga-sos"])
    assert "**Not posted:** 444 ballots left in Floyd; answers use it." in card.content.split("\n")


@pytest.mark.parametrize(
    ("text", "source", "why"),
    [
        ("Biden leads by 13,990 votes as of 7:01 a.m.", "ga-sos", "a post says already that it differs from the Times"),
        ("Biden leads by 13,990 votes as of 6:05 a.m.", "reporter", "it is older than the margin of #1"),
        ("Biden leads by 14,101 votes", "reporter", "the Times had that margin earlier"),
        ("Biden leads by 13,990 votes", "times", "the Times' margin is posted from a feed alone"),
    ],
)
async def test_why_a_margin_is_not_posted_is_said_before_it_is_entered(
    told: Room, text: str, source: str, why: str
) -> None:
    await press(
        told, await choose(told, await read(told, "Biden leads by 13,999 votes"), "source", ["ga-sos"]), "Enter"
    )
    await told.publish()
    told.newsroom.at(1)
    if "earlier" in why:
        await told.newsroom.take(reading(2_472_000, 2_457_800, 1, total=4_992_400))
    card = await choose(told, await read(told, text), "source", [source])
    assert f"**Not posted:** {why}; answers use it." in card.content.split("\n")


async def test_a_margin_whose_post_waits_for_publish_is_not_said_to_be_posted(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await room.follow("ga")
    await room.set_public(room.count, public=True)
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    card = await room.card("tally", text="Biden leads by 500", source="reporter", contest="ga")
    assert (
        "\n**Nothing goes out: #1 has this margin already**. Answers use it, except in public channels." in card.content
    )


async def test_a_margin_before_anything_is_posted_or_followed_is_said_to_have_no_post(room: Room) -> None:
    card = await report(room, {"margin": "Biden 14,000"}, source="reporter")
    assert card.content.endswith("\n**Not posted:** no channel follows this contest; answers use it.")
    await room.follow("ga")
    card = await report(room, {"margin": "Biden 14,000"}, source="reporter")
    why = "nothing of the Times is posted to compare it with"
    assert card.content.endswith(f"\n**Not posted:** {why}; answers use it.")


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("Biden leads by 14,101 as of 6:05 a.m., 4,991,741 votes counted", ["6:05", "6:05"]),
        ("As of 6:05 a.m. Biden leads by 14,101. 4,991,741 votes are counted.", ["6:05", "7:00"]),
        ("Biden leads by 14,101 as of 6:05 a.m., 4,991,741 votes counted at 6:30 a.m.", ["6:05", "6:30"]),
        ("Biden leads by 14,101 as of 6:05 a.m., 4,991,741 votes are now counted", ["6:05", "7:00"]),
    ],
)
async def test_all_of_a_sentence_is_as_of_its_one_time(told: Room, text: str, times: list[str]) -> None:
    await read(told, text)
    ((body,),) = await told.newsroom.database.rows("SELECT body FROM proposals")
    entry, zone = Entry.model_validate_json(body), ZoneInfo("America/New_York")
    moments = [(piece.as_of or entry.as_of).astimezone(zone) for piece in entry.kept]
    assert [f"{at:%-H:%M}" for at in moments] == times


async def test_what_was_entered_has_one_time_said_once_and_two_each_with_its_figure(told: Room) -> None:
    said = "96 of 159 counties have certified as of 6:40 a.m. 118 ballots are left in Floyd"
    done = await press(told, await choose(told, await read(told, said), "source", ["ga-sos"]), "Enter")
    both = "96 of 159 counties certified, as of 6:40 a.m.; 118 ballots left in Floyd, as of 7 a.m."
    assert done.content.split("\n")[1] == f"> The Secretary of State, President: {both}"
    assert f"{both} · " in await told.ask("entries")
    card = await choose(
        told, await read(told, "96 of 159 counties certified. 117 ballots left in Floyd"), "source", ["ga-sos"]
    )
    done = await press(told, card, "Enter")
    assert done.content.endswith(": 96 of 159 counties certified; 117 ballots left in Floyd, as of 7 a.m.")


async def test_in_a_rehearsal_the_time_to_undo_is_not_the_days(told: Room) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["ga-sos"])
    object.__setattr__(told.newsroom.setting, "rehearsal", True)
    done = await press(told, card, "Enter")
    assert list(done.buttons) == ["Undo within two minutes (posts a retraction)"]
    told.newsroom.at(60)
    assert (await press(told, done, "Undo")).content.startswith("**Retracted.**")


async def test_what_was_entered_says_that_it_waits_while_the_server_is_paused(told: Room) -> None:
    await told.ask("pause")
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["ga-sos"])
    assert (
        "\nIt waits: this server's posts have been paused since"
        in card.content.partition(f"**This goes out in <#{told.count.id}>, but not yet:**")[2]
    )
    done = await press(told, card, "Enter")
    assert done.content.startswith("**Entered.** #2 waits: this server's posts have been paused since")
    assert list(done.buttons) == ["Undo until 7:02 a.m. (retracts it if out)"]


async def test_what_goes_out_in_one_channel_and_waits_in_another_is_said_for_each(told: Room, desk: Channel) -> None:
    await told.set_desk(desk)
    await told.newsroom.follow(desk.id, server=told.guild.id)
    await told.newsroom.control.set_public(told.count.id, told.guild.id, "olga (1)", public=True)
    first = await choose(told, await read(told, "92 of 159 counties have certified."), "source", ["ga-sos"])
    await press(told, first, "Enter")
    card = await choose(told, await read(told, "96 of 159 counties have certified."), "source", ["ga-sos"])
    goes = f"goes out in <#{desk.id}>. In <#{told.count.id}> it waits for Publish in <#{desk.id}>."
    assert "**This goes out:**\n" in card.content
    assert f"It {goes}" in card.content
    done = await press(told, card, "Enter")
    assert done.content == f"**Entered.** #2 {goes}"


async def test_what_waits_for_publish_is_published_from_its_receipt_or_at_the_desk_and_once(
    told: Room, desk: Channel
) -> None:
    await told.set_desk(desk)
    await told.newsroom.control.set_public(told.count.id, told.guild.id, "olga (1)", public=True)
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["ga-sos"])
    goes = f"**This goes out in <#{told.count.id}> once it is published:**\n> **Two margins in Georgia:** the Secretary"
    assert goes in card.content
    said = card.content.partition("published:**\n")[2]
    done = await press(told, card, "Enter")
    assert done.content == f"**Entered.** #2 waits for Publish.\n{said}"
    assert list(done.buttons) == ["Publish", "Undo until 7:02 a.m. (retracts it if out)"]
    assert await told.press(done, "Publish") == "#2 is not ready yet: press again in a moment."
    await told.publish()
    (question,) = [seen for seen in history(desk) if "Publish" in seen.buttons]
    assert await told.press(done, "Publish") == f"**Published:** #2 in <#{told.count.id}>."
    await told.publish()
    assert [len(seen.buttons) for seen in history(desk) if seen.id == question.id] == [0]
    assert await told.press(done, "Publish") == "#2 is already posted, published by olga."
    assert len(history(told.count)) == 3  # the message that was read, #1 and #2


async def test_after_two_minutes_it_takes_a_reason(told: Room) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["ga-sos"])
    done = await press(told, card, "Enter")
    told.newsroom.wall.move(121)
    late = await press(told, done, "Undo")
    assert late.content.startswith("That was entered over two minutes ago; use `/retract`")
    assert len(await entered(told)) == 1


async def test_buttons_work_after_a_restart(told: Room) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["reporter"])
    await told.restart()
    done = await press(told, card, "Enter")
    assert done.content.startswith("**Entered.**")


async def test_a_draft_from_yesterday_is_not_entered(told: Room) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["reporter"])
    told.newsroom.clock.set(START.replace(day=13))
    late = await press(told, card, "Enter")
    assert late.content.startswith("That card is over a day old; read it again")
    assert await entered(told) == []


async def test_an_entry_is_only_for_who_made_it(told: Room, dee: Person) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["reporter"])
    other, shown = Asker(told.guild.id, dee.id, "dee"), shown_on(card, "Enter")
    with pytest.raises(BadInputError, match="that entry belongs to someone else"):
        await told.newsroom.decisions.enter(other, 1, shown)
    with pytest.raises(BadInputError, match="no such entry in this server"):
        await told.newsroom.decisions.enter(Asker(7, told.editor.id, "olga"), 1, shown)


async def test_mine_lists_what_came_of_it(told: Room) -> None:
    assert (await told.ask("entries")).startswith("You have no entries yet.")
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["ga-sos"])
    await press(told, card, "Enter")
    card = await choose(told, await read(told, "Biden still out in front by 14,101"), "source", ["reporter"])
    await press(told, card, "Enter")
    assert await told.ask("entries") == (
        "**Your last entries**\n"
        "**Entry 2, entered:** our reporter: Biden ahead by 14,101, as of 7 a.m. · not posted\n"
        "**Entry 1, entered:** the Secretary of State: Biden ahead by 14,000, as of 7 a.m. · #2"
    )


async def two_posts(told: Room) -> tuple[int, int, list[str]]:
    """Enter a count of counties and a margin as one entry; return the numbers of their posts, and all that is shown then."""
    first = await choose(told, await read(told, "92 of 159 counties have certified."), "source", ["ga-sos"])
    await press(told, first, "Enter")
    card = await read(told, "Biden leads by 14,000 votes. 96 of 159 counties have certified.")
    await press(told, await choose(told, card, "source", ["ga-sos"]), "Enter")
    await told.newsroom.publish()
    shown = [one.content for one in history(told.count)]
    numbers = [int(content.rpartition("-# #")[2].split(" ")[0]) for content in shown[-2:]]
    assert "**Certified so far: 96 of 159" in shown[-2]
    assert "**Two margins in Georgia:**" in shown[-1]
    return numbers[0], numbers[1], shown


async def test_one_post_of_an_entry_is_retracted_alone_and_the_rest_stands(told: Room) -> None:
    count, margin, before = await two_posts(told)
    corrected = await told.card("correct", post=f"#{count}", text="95 counties")
    assert f"to replace it, retract #{count} and enter it again." in corrected.content
    card = await told.card("retract", post=f"#{count}", why="the count was misread")
    assert card.content.startswith(
        f"**Retract #{count}?** Answers will no longer use it. The rest of its entry stands: Biden +14,000 (#{margin}).\n"
    )
    goes = f"**We retract #{count}** (the Secretary of State: 96 of 159 counties certified). The count was misread."
    assert goes in card.content
    assert "14,000" not in card.content.partition("This goes out:")[2]
    done = await told.editor.click(card, "Retract")
    assert f"#{count} will be marked Retracted." in done.content
    await told.publish()
    shown = [one.content for one in history(told.count)]
    assert shown[-3].startswith("**Retracted;")
    assert shown[-2] == before[-1]
    assert shown[-1].startswith(goes)
    assert [one.margin for one in await entered(told) if one.margin] == [14000]
    assert [one.certified for one in await entered(told) if one.certified] == [(92, 159)]
    assert (
        f"**Entry 2, entered:** the Secretary of State: Biden ahead by 14,000; 96 of 159 counties certified, as of 7 a.m. · #{count} retracted, #{margin}"
        in await told.ask("entries")
    )
    await told.press(done, "Undo")
    await told.publish()
    assert [one.content for one in history(told.count)][-4:-2] == before[-2:]
    assert [one.certified for one in await entered(told) if one.certified] == [(92, 159), (96, 159)]


async def test_the_other_post_of_an_entry_is_retracted_later_with_its_own_reason(told: Room) -> None:
    count, margin, _ = await two_posts(told)
    await told.replace("retract", post=f"#{count}", why="the count was misread")
    await told.publish()
    card = await told.card("retract", post=f"#{margin}", why="the margin was, too")
    assert "The rest of its entry" not in card.content
    assert list(card.buttons) == ["Retract", "Discard"]
    await told.editor.click(card, "Retract")
    await told.publish()
    shown = [one.content for one in history(told.count)][-4:]
    assert [content.split(" ")[0] for content in shown] == ["**Retracted;"] * 2 + ["**We"] * 2
    assert "The margin was, too." in shown[1]
    assert "The count was misread." in shown[0]
    assert (await told.ask("entries")).split("\n")[1].startswith("**Entry 2, retracted:**")


async def test_an_entry_with_two_posts_is_retracted_whole_on_a_press_and_undone_whole(told: Room) -> None:
    count, margin, before = await two_posts(told)
    card = await told.card("retract", post=f"#{margin}", why="misread")
    card = await told.editor.click(card, "Whole entry instead")
    assert card.content.startswith(
        f"**Retract #{count} and #{margin}?** They came from one entry. Answers will no longer use it.\n"
    )
    assert (
        f"**We retract #{count} and #{margin}** (the Secretary of State: Biden +14,000, 96 of 159 counties certified). Misread."
        in card.content
    )
    done = await told.editor.click(card, "Retract")
    assert f"#{count} and #{margin} will be marked Retracted." in done.content
    await told.publish()
    shown = [one.content for one in history(told.count)][-3:]
    assert [content.split(" ")[0] for content in shown] == ["**Retracted;", "**Retracted;", "**We"]
    assert [one.certified for one in await entered(told)] == [(92, 159)]
    await told.press(done, "Undo")
    await told.publish()
    assert [one.content for one in history(told.count)][-4:-2] == before[-2:]
    assert f"we retracted #{count} and #{margin} by mistake. They stand as posted." in history(told.count)[-1].content


async def test_a_post_whose_own_retraction_was_undone_is_marked_when_its_whole_entry_is_retracted(told: Room) -> None:
    count, margin, _ = await two_posts(told)
    done = await told.replace("retract", post=f"#{count}", why="misread")
    await told.publish()
    await told.press(done, "Undo")
    await told.publish()
    card = await told.card("retract", post=f"#{margin}", why="misread after all")
    await told.editor.click(await told.editor.click(card, "Whole entry instead"), "Retract")
    await told.publish()
    marked = [one.content for one in history(told.count) if one.content.startswith("**Retracted;")]
    assert [content.split("-# #")[1].split(" ")[0] for content in marked[:2]] == [str(count), str(margin)]
    assert all("Misread after all." in content for content in marked)


async def test_undo_of_a_retraction_posts_what_it_had_kept_from_being_posted(told: Room) -> None:
    await told.ask("pause")
    card = await told.card("tally", text="Biden leads by 14,000 votes", contest="ga", source="ga-sos")
    await press(told, card, "Enter")
    done = await told.replace("retract", post="#2", why="misread")
    assert await told.press(done, "Undo") == (
        "**Undone.** Answers use the entry again. 1 post that had not been sent goes out after all."
    )
    await told.resume()
    await told.publish()
    assert said(told.count)[1:] == [one for one in said(told.count) if "14,000" in one]
    assert len(said(told.count)) == 2


@pytest.mark.parametrize("what", ["the count", "the margin, undone"])
async def test_what_stands_of_a_source_after_a_retraction_is_not_told_again(told: Room, what: str) -> None:
    count, margin, _ = await two_posts(told)
    done = await told.replace("retract", post=f"#{count if what == 'the count' else margin}", why="misread")
    await told.publish()
    if what == "the margin, undone":
        await told.press(done, "Undo")
        await told.publish()
    told.newsroom.at(60)
    card = await read(told, "Biden leads by 14,000 votes.")
    await press(told, await choose(told, card, "source", ["ga-sos"]), "Enter")
    await told.publish()
    assert len([one for one in said(told.count) if one.startswith("**Two margins")]) == 1


async def test_what_other_entries_say_the_same_is_named_before_a_retraction_and_not_on_record_in_it(told: Room) -> None:
    told.newsroom.at(5)
    for minute, votes in enumerate(("13,990", "13,980", "13,990", "13,990")):
        text = f"Biden leads by {votes} votes as of 7:0{minute} a.m., 4,992,198 votes counted"
        await press(told, await choose(told, await read(told, text), "source", ["ga-sos"]), "Enter")
        await told.publish()
    card = await told.card("retract", post="#2", why="Misread the screen")
    head, goes, post = card.content.split("\n")
    assert head == (
        "**Retract #2?** Entry 4 and entry 3 say the same and stay: Biden +13,990, 4,992,198 votes, as of 7:03 a.m.; "
        "Biden +13,990, 4,992,198 votes, as of 7:02 a.m. To take them back, too: `/retract` each."
    )
    assert goes.startswith("**This goes out in")
    assert post == ("> **We retract #2** (the Secretary of State: Biden +13,990, 4,992,198 votes). Misread the screen.")
    await told.replace("retract", post="entry 4", why="Misread the screen")
    card = await told.card("retract", post="#2", why="Misread the screen")
    assert card.content.split("\n")[0].endswith(" To take it back, too: `/retract` entry 3.")
    await told.replace("retract", post="entry 3", why="Misread the screen")
    card = await told.card("retract", post="#2", why="Misread the screen")
    assert card.content.startswith("**Retract #2?** Answers will no longer use it.\n")
    assert card.content.endswith(
        " On record from the Secretary of State: Biden +13,980, 4,992,198 votes, as of 7:01 a.m."
    )


async def test_what_was_retracted_is_corrected_no_more(told: Room) -> None:
    count, _, _ = await two_posts(told)
    corrected = await told.replace("correct", post=f"#{count}", text="It is 95 counties")
    await told.publish()
    await told.replace("retract", post=f"#{count}", why="misread")
    await told.publish()
    for number in (count, count + 2):  # the post, and what had corrected it
        assert "has been retracted" in await told.refused("correct", post=f"#{number}", text="It is 94 counties")
    assert "has been retracted since" in await told.press(corrected, "Undo")
    await told.publish()
    marked = [one.partition(";")[0] for one in said(told.count) if one.startswith(("**Retracted;", "**Corrected;"))]
    assert marked == ["**Retracted", "**Retracted"]


async def test_undo_of_a_correction_leaves_a_post_as_a_later_one_corrected_it(told: Room) -> None:
    count, _, _ = await two_posts(told)
    first = await told.replace("correct", post=f"#{count}", text="It is 95 counties")
    await told.publish()
    await told.replace("correct", post=f"#{count}", text="It is 94 counties")
    await told.publish()
    await told.press(first, "Undo")
    await told.publish()
    corrected = [one for one in said(told.count) if one.startswith("**Corrected;")]
    assert [one.rpartition("** ")[2] for one in corrected] == ["It is 94 counties."]


async def enter_count(told: Room, count: int) -> None:
    card = await told.card("tally", text=f"{count} of 159 counties have certified.", contest="ga", source="ga-sos")
    await press(told, card, "Enter")


async def test_undo_of_a_retraction_posts_no_count_after_a_later_one(told: Room) -> None:
    await enter_count(told, 92)
    await told.ask("pause")
    await enter_count(told, 96)
    done = await told.replace("retract", post="#2", why="misread")
    await enter_count(told, 98)
    assert "1 post stays unsent: a later one tells more." in await told.press(done, "Undo")
    await told.resume()
    await told.publish()
    assert said(told.count)[1:] == ["**Certified so far: 98 of 159 Georgia counties,** up from 92."]


async def test_what_waits_is_not_up_from_a_count_that_was_retracted(told: Room) -> None:
    await enter_count(told, 92)
    await enter_count(told, 94)
    await told.publish()
    await told.ask("pause")
    await enter_count(told, 96)
    await told.replace("retract", post="#2", why="misread")
    await told.resume()
    await told.publish()
    assert "**Certified so far: 96 of 159 Georgia counties.**" in said(told.count)


async def test_who_discards_a_retraction_is_told_that_the_post_stays_as_it_is(told: Room, desk: Channel) -> None:
    await enter_count(told, 92)
    await enter_count(told, 94)
    await told.publish()
    await told.set_desk(desk)
    await told.set_public(told.count, public=True)
    await told.replace("retract", post="#2", why="misread")
    await told.publish()
    question = next(one for one in history(desk) if "Publish" in one.buttons)
    assert (await told.press(question, "Discard")).endswith(
        "; a post that it corrects or retracts stays as it is there."
    )


async def test_undo_of_a_correction_posts_what_it_took_the_place_of(told: Room, desk: Channel) -> None:
    await told.follow("ga", desk)
    await told.set_desk(told.guild.add_channel("questions"))
    await told.set_public(desk, public=True)
    card = await told.card("tally", text="Biden leads by 14,000 votes", contest="ga", source="ga-sos")
    await press(told, card, "Enter")
    await told.publish()
    done = await told.replace("correct", post="#2", text="It is 14,001")
    await told.press(done, "Undo")
    await told.set_public(desk, public=False)
    await told.publish()
    assert [one.split(";")[0] for one in said(desk)] == [
        "**Two margins in Georgia:** the Secretary of State has Biden ahead by 14,000, as of 7 a.m. (entered by staff)"
    ]


@pytest.mark.parametrize("waits_for", ["Publish", "Resume"])
@pytest.mark.parametrize(("minutes", "posted"), [(14, True), (16, False)])
async def test_an_answer_that_waited_for_long_to_be_shared_is_not_any_more(
    told: Room, desk: Channel, waits_for: str, minutes: int, posted: bool
) -> None:
    if waits_for == "Publish":
        await told.set_desk(desk)
        await told.set_public(told.count, public=True)
    else:
        await told.ask("pause")
    await told.editor.click(await told.card("margin"), "Share here")
    await told.publish()
    told.newsroom.at(minutes)
    if waits_for == "Resume":
        await told.resume()
    else:
        answer = await told.press(last(desk), "Publish")
        assert posted or "that answer is over 15 minutes old; ask again" in answer
    await told.publish()
    assert [one.content.split("\n")[-1] for one in history(told.count)[1:]] == ["-# #2 · the Times, 7 a.m."] * posted


@pytest.mark.parametrize("waits_for", ["Publish", "Resume"])
@pytest.mark.parametrize("what", ["retract", "correct"])
async def test_an_answer_that_waits_to_be_shared_is_not_once_something_in_it_is_put_right(
    told: Room, desk: Channel, what: str, waits_for: str
) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["ga-sos"])
    await press(told, card, "Enter")
    await told.publish()
    if waits_for == "Publish":
        await told.set_desk(desk)
        await told.set_public(told.count, public=True)
    answer = await told.card("margin")
    if waits_for == "Resume":
        await told.ask("pause")
    await told.editor.click(answer, "Share here")
    await told.publish()
    await told.replace(what, post="#2", **({"why": "misheard"} if what == "retract" else {"text": "It is 14,100."}))
    await told.publish()
    if waits_for == "Publish":
        asked = next(one for one in history(desk) if "14,101 votes,** with" in one.content)
        assert asked.buttons == {}
        assert "something was retracted or corrected since" in asked.content
    else:
        await told.resume()
        await told.publish()
    assert not any("14,101 votes,** with" in words for words in said(told.count)[1:])


@pytest.mark.parametrize("how", ["retract", "undo"])
async def test_a_call_whose_withdrawal_was_our_mistake_stands_again(told: Room, how: str) -> None:
    for candidate in ("biden", "trump"):
        card = await told.card("call", contest="ga", caller="ap", says="called it", candidate=candidate)
        entered_card = await press(told, card, "Enter")
        await told.publish()
    called = "**The AP has called Georgia for Biden** (as of 7 a.m.)."
    assert said(told.count)[1].startswith("**Withdrawn; see [#3]")
    taken_back = (
        await told.replace("retract", post="#3", why="misheard")
        if how == "retract"
        else await press(told, entered_card, "Undo")
    )
    await told.publish()
    assert said(told.count)[1] == called
    assert said(told.count)[2].startswith("**Retracted; see [#4]")
    if how == "retract":
        await press(told, taken_back, "Undo")
        await told.publish()
        assert said(told.count)[1].startswith("**Withdrawn; see [#3]")
        assert not said(told.count)[2].startswith("**Retracted")


async def test_no_post_stands_again_where_it_never_went_out(told: Room, desk: Channel) -> None:
    public = told.guild.add_channel("public")
    await told.set_desk(desk)
    await told.follow("ga", public, board=False)
    await told.set_public(public, public=True)
    for candidate in ("biden", "trump"):
        card = await told.card("call", contest="ga", caller="ap", says="called it", candidate=candidate)
        await press(told, card, "Enter")
        await told.publish()
    for question, decision in zip(history(desk), ("Discard", "Publish"), strict=True):
        await told.press(question, decision)
    await told.publish()
    await told.replace("retract", post="#4", why="misheard")
    await told.publish()
    edits = await told.newsroom.database.rows("SELECT channel, state FROM outbox WHERE action = 'edit' AND number = 2")
    assert (told.count.id, "sent") in edits
    assert public.id not in [channel for channel, _ in edits]


async def test_undo_of_a_correction_says_of_no_post_that_it_stands_where_it_was_not_posted(
    told: Room, desk: Channel
) -> None:
    public = told.guild.add_channel("public")
    await told.set_desk(desk)
    await told.follow("ga", public, board=False)
    await told.set_public(public, public=True)
    await told.newsroom.take(reading(2_471_995, 2_457_794, 1))
    await told.publish()
    corrected = await told.replace("correct", post="#2", text="It is 14,202.")
    for _ in range(2):
        await told.publish()
        await told.press(last(desk), "Publish")
        await told.publish()
        if "Undo" in " ".join(corrected.buttons):
            corrected = await press(told, corrected, "Undo")
    withdrawn = "**Retraction** of #4: we withdraw this correction."
    assert [said(told.count)[-1], said(public)[-1]] == [f"{withdrawn} #2 stands as posted.", withdrawn]


async def test_undo_of_a_correction_holds_it_back_where_it_is_shown_to_the_desk_anew(told: Room, desk: Channel) -> None:
    await told.set_desk(desk)
    await told.set_public(told.count, public=True)
    await told.newsroom.forbid_history(told.count.id)
    await told.newsroom.take(reading(2_472_895, 2_457_794, 1))
    await told.publish()
    told.newsroom.will(told.count.id, "lost")
    await told.press(next(one for one in history(desk) if "Publish" in one.buttons), "Publish")
    await told.publish()
    await told.newsroom.take(reading(2_473_895, 2_457_794, 2))
    await told.publish()
    done = await told.replace("correct", post="#1", text="It is 14,100")
    await told.publish()
    doubtful = next(one for one in history(desk) if "Discard it" in one.buttons)
    assert "shown again" in await told.press(doubtful, "Discard it")
    await told.publish()
    await told.press(done, "Undo")
    await told.publish()
    waiting = [one for one in history(desk) if "Publish" in one.buttons]
    assert not [one.content for one in waiting if "14,100" in one.content]


async def test_what_came_together_without_an_entry_is_said_to_stand_too(told: Room) -> None:
    said = {"source": "ga-sos", "contest": "ga", "leader": "biden", "margin": 14000}
    for minute, certified in enumerate(((92, 159), (96, 159))):
        as_of = START + timedelta(minutes=minute)
        statement = Statement.model_validate(said | {"as_of": as_of, "certified": certified})
        await told.newsroom.statements.take_in(statement, told.guild.id, "pushed")
        await told.publish()
        told.newsroom.at(5)
    card = await told.card("retract", post="#3", why="the count was misread")
    assert card.content.startswith(
        "**Retract #3?** Answers will no longer use it. The rest of its entry stands: Biden +14,000.\n"
    )
    assert list(card.buttons) == ["Retract", "Discard"]


async def test_undo_of_an_entry_with_two_posts_is_one_post_that_marks_both(told: Room) -> None:
    first = await choose(told, await read(told, "92 of 159 counties have certified."), "source", ["ga-sos"])
    await press(told, first, "Enter")
    card = await read(told, "Biden leads by 14,000 votes. 96 of 159 counties have certified.")
    done = await press(told, await choose(told, card, "source", ["ga-sos"]), "Enter")
    await told.publish()
    await press(told, done, "Undo")
    await told.publish()
    shown = [one.content for one in history(told.count)][-3:]
    assert [content.split(" ")[0] for content in shown] == ["**Retracted;", "**Retracted;", "**We"]
    assert [one.certified for one in await entered(told)] == [(92, 159)]


async def test_an_entry_that_was_not_posted_is_retracted_by_its_own_number(told: Room) -> None:
    card = await choose(told, await read(told, "Biden still out in front by 14,101"), "source", ["reporter"])
    await press(told, card, "Enter")
    suggested = await told.editor.autocomplete(told.count, "retract", "post", "ahead")
    assert suggested == [{"name": "entry 1 · our reporter: Biden ahead by 14,101, as of 7 a.m.", "value": "entry 1"}]
    card = await told.card("retract", post="entry 1", why="misheard on the phone")
    assert card.content.startswith(
        "**Retract entry 1?** Our reporter: Biden +14,101, as of 7 a.m. Answers will no longer use it.\nNothing goes out"
    )
    said = await told.replace("retract", post="entry 1", why="misheard on the phone")
    assert (said.content, list(said.buttons)) == ("**Retracted.** Nothing had been posted.", ["Undo until 7:02 a.m."])
    assert await entered(told) == []
    assert await told.refused("retract", post="entry 1", why="again") == "Entry 1 has already been retracted."
    assert "no such entry" in await told.refused("retract", post="entry 99", why="a typo")


async def test_undo_of_a_retraction_names_its_source_again_at_the_post_that_says_the_same(told: Room) -> None:
    card = await choose(told, await read(told, "Biden still out in front by 14,101"), "source", ["reporter"])
    await press(told, card, "Enter")
    await told.publish()
    named = str(history(told.count)[0].embeds[0].description)
    assert named.endswith("Also: our reporter, 7 a.m.")
    done = await told.replace("retract", post="entry 1", why="misheard on the phone")
    await told.publish()
    assert "Also" not in str(history(told.count)[0].embeds[0].description)
    await told.press(done, "Undo")
    await told.publish()
    assert str(history(told.count)[0].embeds[0].description) == named


async def test_a_call_in_a_message_is_its_caller_s_word_and_goes_out_as_such(told: Room) -> None:
    card = await read(told, "The AP has called Georgia for Biden. CNN projects Biden will win Georgia.")
    assert "\nGeorgia called for Biden · the AP\n" in card.content
    assert "Not offered: “CNN projects Biden will win Georgia”. No caller of that name is set up" in card.content
    assert (
        f"**This goes out in <#{told.count.id}>:**\n> **The AP has called Georgia for Biden** (as of 7 a.m.)."
        in card.content
    )
    assert "Whose word" not in card.content
    done = await press(told, card, "Enter")
    assert done.content.startswith("**Entered.** #2 goes out in <#")
    (statement,) = await entered(told)
    assert (statement.source, statement.call and statement.call.candidates) == ("ap", ("biden",))


async def test_a_call_by_a_stranger_alone_enters_nothing_and_says_why(told: Room) -> None:
    card = await read(told, "CNN projects Biden will win Georgia.")
    assert "Not offered: “CNN projects Biden will win Georgia”" in card.content
    assert card.content.startswith("**No figures read.**")


async def test_counties_and_a_call_in_one_message_are_entered_each_as_whose_word_it_is(told: Room) -> None:
    card = await read(told, "Appling, Bacon and Cobb counties have certified. The AP has called Georgia for Biden.")
    assert "Source: **choose one below**" in card.content
    card = await choose(told, card, "source", ["ga-sos"])
    assert "\nAppling, Bacon and Cobb counties certified\n" in card.content
    await press(told, card, "Enter")
    assert sorted((one.source, bool(one.call), bool(one.units_certified)) for one in await entered(told)) == [
        ("ap", True, False),
        ("ga-sos", False, True),
    ]


async def test_mine_says_of_what_was_retracted_that_it_was(told: Room) -> None:
    card = await choose(told, await read(told, "Biden leads by 14,000 votes"), "source", ["ga-sos"])
    await press(told, card, "Enter")
    await told.publish()
    await told.replace("retract", post="#2", why="misheard on the phone")
    assert (await told.ask("entries")).endswith(
        "**Entry 1, retracted:** the Secretary of State: Biden ahead by 14,000, as of 7 a.m. · #2"
    )


async def test_what_was_retracted_is_not_undone_once_more(told: Room) -> None:
    card = await choose(told, await read(told, "Biden still out in front by 14,101"), "source", ["reporter"])
    done = await press(told, card, "Enter")
    await told.replace("retract", post="entry 1", why="misheard on the phone")
    assert (await press(told, done, "Undo")).content == "That has already been retracted."
    assert (await told.ask("entries")).count("retracted:") == 1


async def test_a_text_s_source_can_be_typed_by_its_name(told: Room) -> None:
    card = await told.card("tally", contest="ga", text="Biden leads by 14,000 votes", source="Sec of State")
    assert "the Secretary of State has Biden ahead by 14,000" in card.content
    assert "Not ready" not in card.content
    assert "Enter" in card.buttons
