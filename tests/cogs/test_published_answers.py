"""Tests that public answers contain nothing that still waits to be posted.

Public answers are those in public channels, to guests, and in shared messages.
"""

from datetime import timedelta

import pytest

from bot.rehearsal.standin.guild import Channel
from tests.answers.asked import entered
from tests.cogs.answering import EVERYTHING, asked, morning, read_by_the_public, say, share, shared_words, tells, whole
from tests.cogs.conftest import Person, Room, Seen, history, last
from tests.cogs.entering import press, tick
from tests.conftest import START, reading

USE = "Use in public answers"


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the drawing of charts, which takes a second."""

    async def png(*_: object) -> bytes:
        return b"\x89PNG\r\n\x1a\n and so on"

    monkeypatch.setattr("bot.answers.chart.drawn", png)


# In public channels: sources for the newsroom only.


async def test_where_the_public_reads_nothing_of_an_inside_source_is_told(room: Room) -> None:
    await morning(room)
    await read_by_the_public(room)
    room.hide_the_times()
    for command, options in asked(room).items():
        if command != EVERYTHING:
            assert "for the newsroom only" in await room.refused(command, **options), command


async def test_an_inside_source_beside_is_named_to_no_guest_and_not_where_the_public_reads_nor_is_a_muted_one(
    room: Room,
) -> None:
    await morning(room)
    await say(room, leader="biden", margin=14101, certified=(92, 159))
    await say(room, source="reporter", outstanding={"ballots": 444, "units": ["Floyd"]})
    await say(room, source="reporter", certified=(33, 159))
    await say(room, source="reporter", leader="biden", margin=55)
    room.change_sources(lambda source: {"public": source.public and source.id != "nbc"})
    await say(room, source="nbc", call={"says": "called", "candidates": ["biden"], "verb": "projected"})
    await room.mute("ga-sos")
    hidden = ("reporter", "444", "33 of", "by 55", "NBC", "Secretary", "92 of")
    assert await in_answers(room, room.reporter, *hidden) == set()
    await read_by_the_public(room)
    assert await in_answers(room, room.editor, *hidden) == set()


# In public channels: posts that wait for Publish.


def questions_in(desk: Channel) -> list[Seen]:
    """Return the questions to the desk whether to publish a post."""
    return [seen for seen in history(desk) if "Publish" in seen.buttons]


async def publish_all(room: Room) -> None:
    for question in questions_in(room.guild.channel("desk")):
        await room.press(question, "Publish")
    await room.publish()


async def followed(room: Room) -> None:
    """Follow Georgia in a public channel, with a morning's figures and a first count of counties posted."""
    await room.follow("ga")
    await morning(room)
    await say(room, certified=(92, 159), outstanding={"ballots": 321, "units": ["Floyd"]})
    await room.publish()
    await read_by_the_public(room)
    room.newsroom.at(60)


async def waiting(room: Room, text: str, source: str = "ga-sos") -> Seen:
    """Enter a text whose post has to wait for Publish. Returns the question to the desk."""
    await followed(room)
    await press(room, await tick(room, await room.card("tally", text=text, contest="ga", source=source)), "Enter")
    await room.publish()
    (question,) = questions_in(room.guild.channel("desk"))
    return question


async def enter_all(room: Room, minute: float = 0) -> None:
    """Enter a call, a count of certified counties, certified results and a margin. Each of them has a post."""
    called = {"says": "called", "candidates": ["biden"], "verb": "called"}
    await say(
        room,
        entered(minute, source="ap", call=called),
        entered(minute, certified=(96, 159)),
        entered(minute, source="nbc", results_certified={"taken_back": False}),
        entered(minute, leader="biden", margin=444),
    )


async def in_answers(room: Room, who: Person, *words: str, channel: Channel | None = None) -> set[tuple[str, str]]:
    """Ask every question in a channel. Returns (command, word) for each word found in an answer."""
    found, here, room.count = set[tuple[str, str]](), room.count, channel or room.count
    for command, options in asked(room).items():
        said = whole(await room.card(command, who, **options))
        found |= {(command, word) for word in words if word in said}
    room.count = here
    return found


THAT_WAIT = ("P called", "96 of 159", "up from 92", "NBC", "444")
NOT_POSTED = "ot posted yet"


async def test_where_the_public_reads_what_waits_is_in_each_answer_once_it_is_published(room: Room) -> None:
    await followed(room)
    await enter_all(room, minute=60)
    await say(room, minute=60, outstanding={"ballots": 118, "units": ["Floyd"]})  # which has no post
    await room.publish()
    lobby = room.guild.add_channel("lobby")
    await room.set_public(lobby, public=True)  # it was told nothing
    inside = await in_answers(room, room.editor, *THAT_WAIT, channel=room.guild.channel("desk"))
    assert {word for _, word in inside} == set(THAT_WAIT)
    assert {command for command, _ in inside} >= {*QUESTIONS, EVERYTHING, "since", "county"}
    assert "draft" not in {command for command, _ in inside}  # copy contains only what was posted
    for channel in (room.count, lobby):
        assert await in_answers(room, room.editor, *THAT_WAIT, "118", channel=channel) == set()
    await publish_all(room)
    for channel in (room.count, lobby):
        told = await in_answers(room, room.editor, *THAT_WAIT, "118", channel=channel)
        assert told == inside | {("draft", "up from 92")}


@pytest.mark.parametrize(
    ("post", "text", "commands"),
    [
        ("3", "It is 95 counties, not 96", {"certified", EVERYTHING, "county"}),
        ("2", "The votes came from Floyd County.", {"margin", EVERYTHING, "since", "history", "county"}),
    ],
)
async def test_where_the_public_reads_a_correction_is_told_once_it_is_published(
    room: Room, post: str, text: str, commands: set[str]
) -> None:
    await correction_waits(room, f"#{post}", text)
    people = (room.person("guest"), room.editor)
    inside = await in_answers(room, room.editor, text, channel=room.guild.channel("desk"))
    assert {command for command, _ in inside} >= commands
    for who in people:
        assert await in_answers(room, who, text) == set()
        assert "Corrected in" not in await room.ask("why", who, post=post)
    assert "no copy of that contest here now" in await room.refused("draft", contest="ga")
    await publish_all(room)
    await room.publish()
    for who in people:
        assert {command for command, _ in await in_answers(room, who, text)} >= commands
        assert "**Corrected in #4.**" in await room.ask("why", who, post=post)
    assert "96 of 159" not in await room.ask("draft", contest="ga") or post != "3"


async def test_of_a_correction_that_was_discarded_nobody_is_told(room: Room) -> None:
    await correction_waits(room)
    (question,) = questions_in(room.guild.channel("desk"))
    await room.press(question, "Discard")
    for who in (room.person("guest"), room.editor):
        assert "#4" not in await room.ask("why", who, post="3")


async def correction_waits(room: Room, post: str = "#3", text: str = "It is 95 counties, not 96") -> None:
    """Correct a post in a public channel. The correction waits for Publish.

    Post #3 is a count of 96 counties.
    """
    await room.follow("ga")
    await morning(room)
    await say(room, entered(certified=(92, 159)), entered(certified=(96, 159)))
    await room.publish()
    await read_by_the_public(room)
    await room.replace("correct", post=post, text=text)
    await room.publish()


MARGIN, COUNT = "Biden leads by 13,999", "98 of 159 counties certified"


@pytest.mark.parametrize(
    ("command", "text", "words"), [("margin", MARGIN, "13,999"), ("certified", COUNT, "98 of 159")]
)
@pytest.mark.parametrize("decided", ["Discard", None])
async def test_where_the_public_reads_what_was_discarded_or_is_entered_once_more_waits_as_it_did(
    room: Room, command: str, text: str, words: str, decided: str | None
) -> None:
    question = await waiting(room, text)
    if decided:
        await room.press(question, decided)
    room.newsroom.at(61)  # as of a minute later
    await press(room, await tick(room, await room.card("tally", text=text, contest="ga", source="ga-sos")), "Enter")
    await room.publish()
    assert await tells(room, command, words, room.guild.channel("desk"))
    assert not await tells(room, command, words, room.count)


async def test_where_the_public_reads_what_was_let_out_and_corrected_before_it_went_is_left_out(room: Room) -> None:
    await room.follow("ga", room.guild.add_channel("inside"))
    question = await waiting(room, COUNT)
    await room.ask("pause")
    await room.press(question, "Publish")
    await room.publish()
    number = question.content.partition("Publish #")[2].partition(" ")[0]
    await room.replace("correct", post=f"#{number}", text="It is 97 counties, not 98")
    assert not await tells(room, "certified", "98 of 159", room.count)
    assert await tells(room, "certified", "98 of 159", room.guild.channel("desk"))


async def test_what_was_discarded_comes_up_as_such_for_retract_which_says_what_it_is(room: Room) -> None:
    async def offered() -> set[str]:
        found = [
            await room.editor.autocomplete(room.count, "retract", "post", typed) for typed in ("3", "#3", "98 of", "")
        ]
        return {f"{choice['name'].split(' · ')[0]} = {choice['value']}" for choices in found for choice in choices}

    question = await waiting(room, COUNT)
    assert await offered() == {"#3, waits for Publish = 3"}
    await room.press(question, "Discard")
    assert "#3, discarded = 3" in await offered()
    card = await room.card("retract", post="#3", why="misread")
    assert card.content.startswith(
        "**Retract #3?** The Secretary of State: 98 of 159 counties certified, as of 8 a.m. "
    )
    await room.editor.click(card, "Retract")
    assert await offered() == set()


# In public channels: entries without a post, such as a source's first count.

UNPOSTED = [
    ("outstanding", "Biden leads by 13,999. 444 ballots left in Floyd County", "444"),
    (EVERYTHING, "Biden leads by 13,999. 93 of 159 counties certified", "93 of 159"),
]


@pytest.mark.parametrize(("command", "text", "words"), UNPOSTED)
async def test_where_the_public_reads_nothing_is_told_that_no_question_showed(
    room: Room, command: str, text: str, words: str
) -> None:
    await waiting(room, text, source="nbc")
    await publish_all(room)
    assert await tells(room, command, words, room.guild.channel("desk"))
    assert not await tells(room, command, words, room.count)


@pytest.mark.parametrize(("command", "text", "words"), UNPOSTED)
async def test_where_the_public_reads_what_has_no_post_is_told_once_the_desk_lets_it_be(
    room: Room, command: str, text: str, words: str
) -> None:
    await room.follow("ga")
    await morning(room)
    await room.publish()
    await read_by_the_public(room)
    card = await tick(room, await room.card("tally", text=text, contest="ga", source="nbc"))
    assert f", in public channels once you press **{USE}**" in card.content
    done = await press(room, card, "Enter")
    entry, labels = done.content, [*done.buttons]
    assert not await tells(room, command, words, room.count)
    used = await press(room, done, USE)
    assert used.content == f"{entry}\n**In public answers, too.** To take it out: **Undo**, or `/retract` entry 1."
    assert [*used.buttons] == [label for label in labels if label != USE]
    assert await tells(room, command, words, room.count)
    assert not await tells(room, "margin", "13,999", room.count)  # it has a post, which waits for Publish
    rows = await room.newsroom.database.rows("SELECT who, after FROM audit WHERE what = 'entry public'")
    assert rows == [(str(room.editor), '{"entry":1}')]
    await press(room, used, "Undo")
    assert not await tells(room, command, words, room.count)


async def test_where_the_public_reads_an_own_entry_is_let_out_later_and_retract_takes_it_back(room: Room) -> None:
    await room.follow("ga")
    await read_by_the_public(room)
    await press(room, await room.card("certify", contest="ga", what="Cobb", source="ga-sos"), "Enter")
    listed = await room.card("entries")
    shown = await room.editor.choose(listed, listed.lists[0], "1")
    await press(room, shown, USE)
    assert await tells(room, "certified", "Named so far, as of 7 a.m.: Cobb County.", room.count)
    assert USE not in (await room.editor.choose(listed, listed.lists[0], "1")).buttons
    await room.replace("retract", post="entry 1", why="misread")
    assert not await tells(room, "certified", "Cobb", room.count)


async def test_where_the_public_reads_nothing_is_offered_that_it_may_not_know_or_has_a_post_of(room: Room) -> None:
    await room.follow("ga")
    await morning(room)
    await room.publish()
    done = await press(
        room, await tick(room, await room.card("tally", text="444 ballots left", contest="ga", source="nbc")), "Enter"
    )
    assert USE not in done.buttons  # no channel is public
    await read_by_the_public(room)
    for text, source in (
        ("444 ballots left", "reporter"),  # for the newsroom only
        ("Biden leads by 13,999", "ga-sos"),  # has a post
        ("Biden's lead grew by 90 votes", "nbc"),  # in no answer
    ):
        card = await tick(room, await room.card("tally", text=text, contest="ga", source=source))
        assert USE not in card.content, text
        assert USE not in (await press(room, card, "Enter")).buttons, text


async def test_where_the_public_reads_nothing_is_said_to_be_unknown_that_staff_entered(room: Room) -> None:
    await morning(room)
    await read_by_the_public(room)
    desk = room.guild.channel("desk")
    for command, words, to_desk in (
        ("certified", "Unknown: nothing published here says", "Unknown: no source has said"),
        ("outstanding", "Unknown: nothing published here says", "Unknown: no source has said"),
        ("calls", "No call of Georgia is published here.", "No call of Georgia is on record."),
        ("county", "Certification unknown: no source published here names this county", "no source names this county"),
    ):
        assert await tells(room, command, words, room.count), command
        assert await tells(room, command, to_desk, desk), command


async def test_where_the_public_reads_no_list_of_names_is_said_to_lack_what_staff_entered(room: Room) -> None:
    await room.follow("ga")
    await say(room, entered(-5, certified=(92, 159)), entered(certified=(96, 159)))
    await room.publish()
    await read_by_the_public(room)
    await press(room, await room.card("certify", contest="ga", what="Cobb", source="ga-sos"), "Enter")
    assert await tells(room, "certified", "Named so far, as of 7 a.m.: Cobb County.", room.guild.channel("desk"))
    shown = whole(await room.card("certified", contest="ga"))
    assert ("96 of 159" in shown, "Cobb" in shown, "names" in shown) == (True, False, False)


# While posts are paused.


@pytest.fixture
async def guest(room: Room) -> Person:
    """Return a guest of a server that follows Georgia. The server has posted a lead of 500, and is now paused."""
    await room.follow("ga")
    await room.set_role(room.role("Reporters"), "reporter")
    await room.newsroom.take(reading(1000, 500))
    await say(room, minute=-30, certified=(92, 159))
    await room.publish()
    await room.ask("pause")
    return room.person("guest")


QUESTIONS = ("margin", "calls", "certified", "sources")
"""Commands whose answers include entries by staff."""


async def resume(room: Room) -> None:
    await room.resume()
    await room.publish()


async def test_what_waits_is_in_no_guests_answer_and_in_the_newsrooms_with_a_mark(room: Room, guest: Person) -> None:
    await enter_all(room)
    inside = await in_answers(room, room.editor, *THAT_WAIT)
    assert {command for command, _ in inside} >= {*QUESTIONS, EVERYTHING}
    for command, marks in (("margin", 3), ("calls", 2), ("certified", 2), ("sources", 1)):
        assert whole(await room.card(command, contest="ga")).count(NOT_POSTED) == marks, command
    assert await in_answers(room, guest, *THAT_WAIT, NOT_POSTED) == set()
    posted = {command for command, _ in await in_answers(room, guest, "92 of")}
    assert posted >= {"certified", EVERYTHING, "county", "draft"}
    await resume(room)
    for who in (guest, room.editor):
        assert await in_answers(room, who, *THAT_WAIT, NOT_POSTED) == inside | {
            ("draft", "up from 92"),
        }


async def share_once_resumed(room: Room, answer: Seen) -> str:
    """Share an answer while posts wait, then resume posting. Returns the whole text of the shared message."""
    assert "Not posted yet" in await share(room, answer)
    await resume(room)
    (number,) = [row.message for row in await room.newsroom.posts() if row.kind == "shared"]
    return next(whole(post) for post in history(room.count) if post.message and post.message.id == number)


@pytest.mark.usefixtures("guest")
@pytest.mark.parametrize("command", ["margin", EVERYTHING, "sources", "calls", "since", "county"])
async def test_what_waits_is_in_nothing_that_is_shared(room: Room, command: str) -> None:
    await enter_all(room)
    options = asked(room)[command] | ({"since": "6:55"} if command == "since" else {})
    said = await share_once_resumed(room, await room.card(command, **options))
    assert [word for word in (*THAT_WAIT, NOT_POSTED) if word in said] == []
    if command == "calls":
        assert said.startswith("**No call of Georgia is on record.**")


@pytest.fixture
async def names_wait(room: Room) -> None:
    """Enter certified counties by name.

    Entries about Floyd and Fulton counties are posted or have no post. The post about Cobb County waits.
    """
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    await say(
        room,
        entered(-30, certified=(92, 159)),
        entered(source="ap", units_certified={"units": ["13121"]}),
        entered(source="nbc", units_certified={"units": ["13115"]}),
        entered(units_certified={"units": ["13115"], "own": True, "taken_back": True}),
    )
    await room.publish()
    await room.ask("pause")
    await say(
        room,
        entered(source="nbc", units_certified={"units": ["13067"]}),
        entered(units_certified={"units": ["13067"], "own": True, "taken_back": True}),
    )


@pytest.mark.usefixtures("names_wait")
async def test_counties_by_name_that_wait_are_in_no_list_that_is_shared(room: Room) -> None:
    answer = await room.card("certified", contest="ga")
    for words in (
        "NBC News, as of 7 a.m.: Cobb and Floyd",
        "of State says, as of 7 a.m.: Cobb and Floyd",
        "still on NBC",
    ):
        assert words in whole(answer)
    shared = await share_once_resumed(room, answer)
    assert "Named so far by the AP, as of 7 a.m.: Fulton County." in shared
    assert "Withdrawn by the counties, the Secretary of State says, as of 7 a.m.: Floyd County." in shared
    assert ("Cobb" in shared, "NBC News" in shared) == (False, False)
    assert "Cobb" in await shared_words(room, await room.card("certified", contest="ga"))


@pytest.mark.usefixtures("names_wait")
async def test_what_waits_of_one_county_is_not_shared_nor_is_it_called_unknown(room: Room) -> None:
    await say(room, source="ap", units_certified={"units": ["13115"]})
    floyd, cobb = [await room.card("county", contest="ga", county=name) for name in ("Floyd", "Cobb")]
    assert "Certified, the AP says, 7 a.m. Certification withdrawn by the county" in whole(floyd)
    assert "Certified, NBC News says, 7 a.m." in whole(cobb)
    shared = await share_once_resumed(room, floyd)
    assert "AP" not in shared
    assert "Certification withdrawn by the county, the Secretary of State says, 7 a.m." in shared
    assert "ertifi" not in await shared_words(room, cobb)


@pytest.mark.usefixtures("guest")
async def test_times_of_a_change_that_wait_are_in_nothing_that_is_shared(room: Room) -> None:
    later = reading(1000, 500, 41, source="ga-sos", reporting={"precincts": (2, 3)})
    await room.newsroom.take(reading(1000, 500, 1, source="ga-sos"), later)
    room.newsroom.at(60)
    await say(
        room,
        entered(55, source="times", last_updated=START + timedelta(minutes=50)),
        entered(source="nbc", last_updated=START - timedelta(hours=9)),
        entered(10, leader="biden", margin=443),
        entered(20, leader="biden", margin=444),
    )
    answer = await room.card("sources", contest="ga")
    for words in (
        "Biden +500, 1,500 votes, as of 7 a.m. Changed 7:50 a.m., as entered by staff; no change by 7:55 a.m.",
        "**NBC News:** no figures yet. Changed 10 p.m. Tuesday, as entered by staff",
        "Changed between 7:10 a.m. and 7:20 a.m., as entered by staff.",
    ):
        assert words in whole(answer)
    shared = await share_once_resumed(room, answer)
    assert "**The Times:** Biden +500, 1,500 votes. Changed 7 a.m. Last checked" in shared
    assert "**The Secretary of State:** Biden +500, 1,500 votes, as of 7:41 a.m. Changed 7:01 a.m. Checked" in shared
    assert [words for words in ("NBC News", "entered by staff", "7:50") if words in shared] == []
    assert "7:50 a.m., as entered by staff" in await shared_words(room, await room.card("sources", contest="ga"))


async def test_a_count_that_waits_is_not_offered_to_share(room: Room, guest: Person) -> None:
    await enter_all(room)
    assert "Share here" not in (await room.card("certified", contest="ga")).buttons
    assert "92 of" in await room.ask("certified", guest, contest="ga")
    await resume(room)
    assert "Share here" in (await room.card("certified", contest="ga")).buttons


async def test_what_was_published_while_paused_is_in_no_public_answer_before_it_is_posted(
    room: Room, guest: Person, desk: Channel
) -> None:
    await room.resume()
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    await say(room, source="ap", call={"says": "called", "candidates": ["biden"], "verb": "called"})
    await room.publish()
    await room.ask("pause")
    await room.press(last(desk), "Publish")
    assert not await tells(room, "calls", "the AP called", room.count, guest)
    await resume(room)
    assert await tells(room, "calls", "The AP called", room.count, guest)


async def test_figures_of_feeds_wait_for_nothing_and_what_has_no_post_for_the_end_of_the_pause(
    room: Room, guest: Person
) -> None:
    await room.newsroom.take(reading(1111, 500, 1))
    assert await tells(room, "margin", "by 611 votes", room.count, guest)
    room.newsroom.at(1)
    await say(room, outstanding={"ballots": 118, "units": ["Floyd"]})
    for who, knows in ((guest, False), (room.editor, True)):
        assert await tells(room, "outstanding", "118", room.count, who) == knows
        assert not await tells(room, "outstanding", "not posted yet", room.count, who)
    await resume(room)
    assert await tells(room, "outstanding", "118", room.count, guest)
