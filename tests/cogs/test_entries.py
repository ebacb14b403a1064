"""Tests entries by staff: read from a message, confirmed, undone, corrected and retracted."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.count.statement import Statement
from bot.outbox.proposals_store import Asker
from bot.rehearsal.standin.guild import Channel
from cogs.entries import news_time
from tests.cogs.conftest import Room, Seen, history, last, said
from tests.cogs.entering import LEAD, choose, enter, entered, offered, press, read, ready
from tests.conftest import START

POST = "Biden still out in front by 14,101. 96 of 159 counties have certified."
AHEAD = "Biden still out in front by 14,101"
COUNTED = "{} of 159 counties have certified."
NEITHER = "Trump would be happy if that were true. @everyone"


def starts(channel: Channel) -> list[str]:
    """Return the first word of each message in a channel."""
    return [seen.content.split(" ")[0] for seen in history(channel)]


# Read, changed, entered.


@pytest.mark.parametrize("text", [POST, NEITHER])
async def test_a_message_is_read_and_shown_before_anything_is_entered(told: Room, text: str) -> None:
    card = await read(told, text)
    assert ("14,101 ·" in card.content) == (text == POST)
    assert not any(":enter" in key for key in card.keys)
    assert await entered(told) == []
    assert await told.newsroom.count("proposals") == (text == POST)


@pytest.mark.parametrize(("label", "at"), [("As of 6:40 a.m.", START - timedelta(minutes=20)), ("As of 7 a.m.", START)])
async def test_where_the_text_has_another_time_one_is_pressed_before_enter(
    told: Room, label: str, at: datetime
) -> None:
    card = await ready(told, "Biden's lead is down to 14,057, per the SOS site at 6:40.\n\nNext update at 9 a.m.")
    assert list(card.buttons) == ["As of 6:40 a.m.", "As of 7 a.m.", "Edit", "Discard"]
    card = await press(told, card, label)
    assert list(card.buttons) == ["Enter", "Edit", "Discard"]
    await press(told, card, "Enter")
    assert [one.as_of for one in await entered(told)] == [at]


async def test_a_time_that_is_not_certain_is_typed_in_the_form(told: Room) -> None:
    card = await ready(told, "Biden's lead is down to 14,057, per the SOS site at 6:40")
    form = await told.editor.click(card, "Edit")
    assert form.fields[-1]["placeholder"] == "6:40, as the text says; or now, yesterday 7 p.m."
    card = await told.editor.submit(form, [None] * (len(form.fields) - 1) + ["6:40 am"])
    assert ", as of 6:40 a.m.\n" in card.content
    assert "Enter" in card.buttons


async def test_what_is_entered_has_its_source_its_words_who_entered_it_and_where_it_was_said(told: Room) -> None:
    card = await ready(told, AHEAD, "reporter")
    assert "#1" in card.content.split("\n")[-1]  # has this margin already
    done = await press(told, card, "Enter")
    assert list(done.buttons) == ["Undo until 7:02 a.m."]
    assert "\n> Our reporter: " in done.content
    (statement,) = await entered(told)
    assert (statement.source, statement.leader, statement.margin) == ("reporter", "biden", 14101)
    assert (statement.words, statement.entered_by) == (AHEAD, str(told.editor))
    assert (statement.link or "").startswith("https://discord.com/channels/")


async def test_why_quotes_what_staff_typed_as_typed_and_no_part_of_it_twice(told: Room) -> None:
    typed = "SoS site just moved: Biden 2,471,950 Trump 2,457,780"
    await press(told, await ready(told, typed), "Enter")
    await told.publish()
    assert f'As typed: "{typed}"\n' in await told.ask("why", post="#2")


async def test_what_will_go_out_is_what_goes_out(told: Room) -> None:
    card = await ready(told)
    shown = card.content
    done = await press(told, card, "Enter")
    _, post = await told.newsroom.posts(told.count.id)
    assert f"\n> {post.headline}" in shown
    assert f"#2 goes out in <#{told.count.id}>" in done.content


async def test_pieces_can_be_left_out_but_not_all(told: Room) -> None:
    card = await ready(told, POST, "reporter")
    assert not any(key.endswith(":keep") for key in card.keys)
    card = await choose(told, await press(told, card, "Leave out a line"), "keep", [])
    assert not any(":enter" in key for key in card.keys)
    await press(told, await choose(told, card, "keep", ["1"]), "Enter")
    assert [(one.margin, one.certified) for one in await entered(told)] == [(None, (96, 159))]


def test_a_message_in_a_rehearsal_was_written_by_its_clock() -> None:
    asked, written = datetime(2026, 11, 27, 18, 40, tzinfo=UTC), datetime(2026, 11, 27, 18, 35, tzinfo=UTC)
    assert news_time(written, asked, asked + timedelta(seconds=3)) == written
    news = datetime(2035, 11, 7, 13, 44, tzinfo=UTC)
    assert news_time(written, asked, news) == datetime(2035, 11, 7, 13, 39, tzinfo=UTC)


async def test_what_a_number_may_say_is_ticked_in_the_list_and_its_leader_is_pressed(told: Room) -> None:
    card = await offered(told, "4,991,741 votes are counted.\n\nthe cushion is 4,224 votes")
    (keep, *_) = [part for part in card.parts if part["custom_id"].endswith(":keep")]
    assert [one.get("default", False) for one in keep["options"]] == [False, False]
    assert keep["options"][1]["label"] == "2. a margin of 4,224"
    card = await told.editor.click(await told.editor.choose(card, keep["custom_id"], "1"), "Biden leads")
    await press(told, await choose(told, card, "source", ["ga-sos"]), "Enter")
    assert [(one.leader, one.margin, one.total) for one in await entered(told)] == [("biden", 4224, None)]


@pytest.mark.parametrize(
    ("text", "label", "lists", "figures"),
    [
        ("AP has Biden +14,118", "Tick: Biden ahead by 14,118", 0, (14_118, None)),
        (
            "SoS site has Biden 2,471,960, Trump 2,457,801 w/ 4,992,270 total",
            "Both are right",
            1,
            (14_159, 4_992_270),
        ),
    ],
)
async def test_what_may_be_right_is_ticked_with_one_press_that_enters_nothing(
    told: Room, text: str, label: str, lists: int, figures: tuple[int, int | None]
) -> None:
    card = await choose(told, await offered(told, text), "source", ["ga-sos"])
    assert list(card.buttons) == [label, "Edit", "Discard"]
    assert sum(key.endswith(":keep") for key in card.keys) == lists
    card = await press(told, card, label)
    assert await entered(told) == []
    await press(told, card, "Enter")
    assert [(one.margin, one.total) for one in await entered(told)] == [figures]


async def test_what_is_typed_in_one_line_is_offered_with_source_and_time_and_entered_in_two_taps(told: Room) -> None:
    typed = "Biden +14,118, Gwinnett 3,600 more, 2,850-750, from SoS 6:30 a.m."
    card = await told.editor.slash(told.count, "tally", text=typed)
    await press(told, await press(told, card, "Both are right"), "Enter")
    margin, batch = sorted(await entered(told), key=lambda one: one.margin is None)
    assert (margin.leader, margin.margin, margin.source, margin.as_of) == (
        "biden",
        14_118,
        "ga-sos",
        START - timedelta(minutes=30),
    )
    assert batch.batch is not None
    assert (batch.batch.votes, batch.batch.units, batch.source, batch.as_of) == (
        3_600,
        ("Gwinnett",),
        "ga-sos",
        START - timedelta(minutes=30),
    )
    assert [(one.candidate, one.votes) for one in batch.batch.split] == [("biden", 2_850), ("trump", 750)]


async def test_a_press_on_a_card_that_has_changed_ticks_nothing(told: Room) -> None:
    card = await offered(told, "AP has Biden +14,118")
    asker = Asker(told.guild.id, told.editor.id, told.editor.name)
    await told.newsroom.drafts.contest(asker, 1, "senate")
    assert (await press(told, card, "Tick: Biden ahead by 14,118")).content == (
        "The entry changed after that card, so nothing was ticked; look at it again."
    )
    assert '"kept":false' in (await told.newsroom.database.rows("SELECT body FROM proposals"))[0][0]


async def test_a_pasted_text_is_of_the_contest_the_source_and_the_time_that_are_typed(told: Room) -> None:
    card = await told.card("tally", text=LEAD, contest="ga", source="Sec of State", as_of="6:30")
    await press(told, await press(told, card, "Tick: Biden ahead by 14,000"), "Enter")
    (statement,) = await entered(told)
    assert (statement.contest, statement.source, statement.as_of) == ("ga", "ga-sos", START - timedelta(minutes=30))


async def test_a_text_that_may_be_of_several_contests_is_of_the_channel_s(told: Room) -> None:
    senate = told.guild.add_channel("senate")
    await told.follow("senate", senate)
    for channel, name in ((told.count, "President"), (senate, "U.S. Senate")):
        card = await told.editor.slash(channel, "tally", text="The lead went to 14,000, they say")
        assert card.content.startswith(f"**New entry: {name}**")


async def test_calls_and_counties_in_a_message_are_entered_each_as_whose_word_it_is(told: Room) -> None:
    await press(told, await read(told, "The AP has called Georgia for Biden."), "Enter")  # asks for no source
    await enter(told, "Appling, Bacon and Cobb counties have certified. NBC News projects Biden will win Georgia.")
    assert sorted((one.source, bool(one.call), bool(one.units_certified)) for one in await entered(told)) == [
        ("ap", True, False),
        ("ga-sos", False, True),
        ("nbc", True, False),
    ]


async def test_the_audit_calls_a_draft_that_was_discarded_so(told: Room) -> None:
    await press(told, await read(told, LEAD), "Discard")
    assert "**entry 1 discarded**" in (await told.card("audit")).content


async def test_mine_lists_what_came_of_it(told: Room) -> None:
    assert "Entry" not in await told.ask("entries")
    await enter(told)
    await enter(told, AHEAD, "reporter")
    await told.publish()
    await told.replace("retract", post="#2", why="misheard on the phone")
    assert [line.partition(":**")[0] for line in (await told.ask("entries")).split("\n")[1:]] == [
        "**Entry 2, entered",
        "**Entry 1, retracted",
    ]


# Undone.


async def test_an_entry_that_waits_is_undone_with_one_press_after_a_restart_too(told: Room) -> None:
    await told.ask("pause")
    card = await ready(told)
    await told.restart()
    done = await press(told, card, "Enter")
    await told.restart()
    answer = "**Undone.** 1 unsent post won't go out. Answers no longer use it."
    assert (await press(told, done, "Undo")).content == answer
    assert await entered(told) == []
    await told.resume()
    await told.publish()
    assert [post.state for post in await told.newsroom.posts() if post.number == 2] == ["dropped"]
    assert "retraction" not in [post.kind for post in await told.newsroom.posts()]


async def test_an_entry_that_went_out_is_not_undone_and_the_way_forward_is_said(told: Room) -> None:
    done = await enter(told)
    await told.publish()
    refused = await press(told, done, "Undo")
    assert refused.content == "That went out in #2, so it is not undone; use `/retract`, with a reason."
    assert len(await entered(told)) == 1
    assert (await told.newsroom.posts())[-1].number == 2


async def test_an_entry_of_which_one_channel_has_a_post_is_not_undone_in_the_other(told: Room, desk: Channel) -> None:
    public = told.guild.add_channel("public")
    await told.set_desk(desk)
    await told.follow("ga", public, board=False)
    await told.set_public(public, public=True)
    done = await enter(told)
    await told.publish()
    assert "so it is not undone" in (await press(told, done, "Undo")).content
    assert "Publish" in list(last(desk).buttons)


async def test_in_a_rehearsal_the_time_to_undo_is_not_the_days(told: Room) -> None:
    await told.ask("pause")
    card = await ready(told)
    object.__setattr__(told.newsroom.setting, "rehearsal", True)
    done = await press(told, card, "Enter")
    assert "Undo within two minutes" in done.buttons
    told.newsroom.at(60)
    await press(told, done, "Undo")
    assert await entered(told) == []


async def test_after_two_minutes_it_takes_a_reason(told: Room) -> None:
    done = await enter(told)
    told.newsroom.wall.move(121)
    late = await press(told, done, "Undo")
    assert late.content.startswith("That was entered over two minutes ago; use `/retract`")
    assert len(await entered(told)) == 1


async def test_what_was_retracted_is_not_undone_once_more(told: Room) -> None:
    done = await enter(told, AHEAD, "reporter")
    await told.replace("retract", post="entry 1", why="misheard on the phone")
    assert (await press(told, done, "Undo")).content == "That has already been retracted."
    assert (await told.ask("entries")).count("retracted:") == 1


# What waits.


async def test_what_was_entered_says_that_it_waits_while_the_server_is_paused(told: Room) -> None:
    await told.ask("pause")
    card = await ready(told)
    assert f" in <#{told.count.id}>, but not yet:**" in card.content
    assert "paused since" in card.content.split("\n")[-1]
    assert "#2 waits: " in (await press(told, card, "Enter")).content


async def test_what_goes_out_in_one_channel_and_waits_in_another_is_said_for_each(told: Room, desk: Channel) -> None:
    await told.set_desk(desk)
    await told.newsroom.follow(desk.id, server=told.guild.id)
    await told.set_public(told.count, public=True)
    await enter(told, "92 of 159 counties have certified.")
    card = await ready(told, "96 of 159 counties have certified.")
    goes = f"goes out in <#{desk.id}>. In <#{told.count.id}> it waits for Publish in <#{desk.id}>."
    assert f"It {goes}" in card.content
    assert (await press(told, card, "Enter")).content.endswith(f"#2 {goes}")


async def test_what_waits_for_publish_is_published_from_its_receipt_or_at_the_desk_and_once(
    told: Room, desk: Channel
) -> None:
    await told.set_desk(desk)
    await told.set_public(told.count, public=True)
    done = await enter(told)
    assert [label.split(" ")[0] for label in done.buttons] == ["Publish", "Undo"]
    assert await told.press(done, "Publish") == "#2 is not ready yet: press again in a moment."
    await told.publish()
    (question,) = [seen for seen in history(desk) if "Publish" in seen.buttons]
    assert await told.press(done, "Publish") == f"**Published:** #2 in <#{told.count.id}>."
    await told.publish()
    assert [len(seen.buttons) for seen in history(desk) if seen.id == question.id] == [0]
    assert await told.press(done, "Publish") == "#2 is already posted, published by olga."
    assert len(history(told.count)) == 3  # the message that was read, #1 and #2


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
    await enter(told)
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


# An entry of two posts.

COUNT, MARGIN = 2, 3
"""The numbers of the posts made by `two_posts`."""


@pytest.fixture
async def two_posts(told: Room) -> Seen:
    """Enter a count of counties and a margin as entry 2, and post both. Returns the receipt."""
    await enter(told, "92 of 159 counties have certified.")
    receipt = await enter(told, "Biden leads by 14,000 votes. 96 of 159 counties have certified.")
    await told.publish()
    return receipt


async def retract(told: Room, number: int, why: str = "misread", *, whole: bool = False) -> Seen:
    """Retract a post or its whole entry, and send the retraction. Returns the reply."""
    card = await told.card("retract", post=f"#{number}", why=why)
    if whole:
        card = await told.editor.click(card, "Whole entry instead")
    done = await told.editor.click(card, "Retract")
    await told.publish()
    return done


async def undo(told: Room, done: Seen) -> str:
    answer = await told.press(done, "Undo")
    await told.publish()
    return answer


def post_of(told: Room, number: int) -> str:
    (content,) = [seen.content for seen in history(told.count) if f"\n-# #{number} " in seen.content]
    return content


@pytest.mark.parametrize(
    ("steps", "marked"),
    [
        (["the count"], ["the count", None]),
        (["the count", "the margin"], ["the count", "the margin"]),
        (["both"], ["both", "both"]),
    ],
    ids=str,
)
async def test_posts_of_one_entry_are_retracted_alone_or_together_each_with_its_reason(
    told: Room, two_posts: Seen, steps: list[str], marked: list[str | None]
) -> None:
    assert two_posts
    before, messages = [post_of(told, COUNT), post_of(told, MARGIN)], len(history(told.count))
    for step in steps:
        done = await retract(told, COUNT if step == "the count" else MARGIN, f"{step} misread", whole=step == "both")
        assert "so it is not undone" in await undo(told, done)
    shown = [post_of(told, COUNT), post_of(told, MARGIN)]
    for was, content, why in zip(before, shown, marked, strict=True):
        assert (content == was) == (why is None)
        assert content.startswith("**Retracted;") == (why is not None)
        assert not why or f"{why.capitalize()} misread." in content
    standing = await entered(told)
    assert [(one.certified, one.margin) for one in standing if one.certified != (92, 159)] == [
        said for said, why in zip([((96, 159), None), (None, 14_000)], marked, strict=True) if why is None
    ]
    assert len(history(told.count)) == messages + len(steps)


async def test_a_retraction_that_waits_is_undone_and_its_entry_stands_as_it_did(told: Room, two_posts: Seen) -> None:
    assert two_posts
    before, facts = [seen.content for seen in history(told.count)], await kept(told)
    await told.ask("pause")
    done = await retract(told, MARGIN)
    assert await kept(told) != facts
    assert await undo(told, done) == "**Undone.** 1 unsent post won't go out. Answers use the entry again."
    assert await kept(told) == facts
    await told.resume()
    await told.publish()
    assert [seen.content for seen in history(told.count)] == before


async def kept(told: Room) -> list[object]:
    """Return the statements, and what rests on them."""
    rows = told.newsroom.database.rows
    return [
        await rows("SELECT id, retracted_at, retracted_by FROM statements ORDER BY id"),
        await rows("SELECT * FROM relations ORDER BY 1, 2, 3"),
        await rows("SELECT * FROM certification_counts ORDER BY statement"),
    ]


async def test_a_retraction_for_which_unsent_posts_were_dropped_is_not_undone(told: Room) -> None:
    await told.ask("pause")
    await enter(told, LEAD)
    done = await told.replace("retract", post="#2", why="misread")
    assert "so it is not undone; enter it again" in await told.press(done, "Undo")
    assert [one.margin for one in await entered(told)] == []


async def test_what_of_an_entry_stands_is_said_before_one_post_of_it_is_retracted(told: Room, two_posts: Seen) -> None:
    assert two_posts
    card = await told.card("retract", post=f"#{COUNT}", why="the count was misread")
    stands, _, goes = card.content.partition("This will go out")
    assert (f"Biden +14,000 (#{MARGIN})" in stands, "14,000" in goes) == (True, False)
    await told.editor.click(card, "Retract")
    await told.publish()
    assert f"#{COUNT} retracted, #{MARGIN}" in await told.ask("entries")
    card = await told.card("retract", post=f"#{MARGIN}", why="the margin was, too")
    assert list(card.buttons) == ["Retract", "Discard"]  # there is no whole entry any more
    await told.editor.click(card, "Retract")
    assert "**Entry 2, retracted:**" in await told.ask("entries")


@pytest.mark.usefixtures("two_posts")
async def test_what_was_retracted_is_corrected_no_more(told: Room) -> None:
    corrected = await told.replace("correct", post=f"#{COUNT}", text="It is 95 counties")
    await told.publish()
    await retract(told, COUNT)
    for number in (COUNT, MARGIN + 1):  # the post, and what had corrected it
        assert "has been retracted" in await told.refused("correct", post=f"#{number}", text="It is 94 counties")
    assert "so it is not undone; use `/correct`" in await undo(told, corrected)
    marked = [one for one in starts(told.count) if one in ("**Retracted;", "**Corrected;")]
    assert marked == ["**Retracted;", "**Retracted;"]


# Retracted and undone.


async def test_an_entry_that_was_not_posted_is_retracted_by_its_own_number(told: Room) -> None:
    await enter(told, AHEAD, "reporter")
    suggested = await told.editor.autocomplete(told.count, "retract", "post", "ahead")
    assert [one["value"] for one in suggested] == ["entry 1"]
    assert "14,101" in suggested[0]["name"]
    done = await told.replace("retract", post="entry 1", why="misheard on the phone")
    assert list(done.buttons) == ["Undo until 7:02 a.m."]
    assert await entered(told) == []
    assert await told.refused("retract", post="entry 1", why="again") == "Entry 1 has already been retracted."
    assert "no such entry" in await told.refused("retract", post="entry 99", why="a typo")


async def test_what_other_entries_say_the_same_is_named_before_a_retraction_and_not_on_record_in_it(told: Room) -> None:
    told.newsroom.at(5)
    for minute, votes in enumerate(("13,990", "13,980", "13,990", "13,990")):
        await enter(told, f"Biden leads by {votes} votes as of 7:0{minute} a.m., 4,992,198 votes counted")
        await told.publish()
    for named in ("Entry 4 and entry 3", "Entry 3"):
        card = await told.card("retract", post="#2", why="Misread the screen")
        head, *_, post = card.content.split("\n")
        assert head.startswith(f"**Retract #2?** {named} ")
        assert "On record" not in post
        await told.replace(
            "retract", post=f"entry {named[-1] if ' and ' not in named else 4}", why="Misread the screen"
        )
    card = await told.card("retract", post="#2", why="Misread the screen")
    assert card.content.endswith(
        " On record from the Secretary of State: Biden +13,980, 4,992,198 votes, as of 7:01 a.m."
    )


async def test_what_waits_is_not_up_from_a_count_that_was_retracted(told: Room) -> None:
    for count in (92, 94):
        await enter(told, COUNTED.format(count))
    await told.publish()
    await told.ask("pause")
    await enter(told, COUNTED.format(96))
    await told.replace("retract", post="#2", why="misread")
    await told.resume()
    await told.publish()
    (post,) = [one for one in said(told.count) if one.startswith("**Ninety-")]
    assert ("Ninety-six" in post, "up from" in post) == (True, False)


async def test_who_discards_a_retraction_is_told_that_the_post_stays_as_it_is(told: Room, desk: Channel) -> None:
    for count in (92, 94):
        await enter(told, COUNTED.format(count))
    await told.publish()
    await told.set_desk(desk)
    await told.set_public(told.count, public=True)
    await retract(told, 2)
    question = next(one for one in history(desk) if "Publish" in one.buttons)
    assert (await told.press(question, "Discard")).endswith(
        "; a post that it corrects or retracts stays as it is there."
    )


async def test_what_came_together_without_an_entry_is_said_to_stand_too(told: Room) -> None:
    said = {"source": "ga-sos", "contest": "ga", "leader": "biden", "margin": 14000}
    for minute, certified in enumerate(((92, 159), (96, 159))):
        as_of = START + timedelta(minutes=minute)
        statement = Statement.model_validate(said | {"as_of": as_of, "certified": certified})
        await told.newsroom.statements.take_in(statement, told.guild.id, "pushed")
        await told.publish()
        told.newsroom.at(5)
    card = await told.card("retract", post="#3", why="the count was misread")
    assert card.content.split("\n")[0].endswith(" stands: Biden +14,000.")
    assert list(card.buttons) == ["Retract", "Discard"]
