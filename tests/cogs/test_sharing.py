"""Tests shared answers: who may share, only once, and without anything that is not public. Also tests muted
sources.
"""

from datetime import timedelta

import pytest

from bot.answers.kept_answers_store import AnswerStore
from bot.database.sqlite_errors import DatabaseError
from bot.feeds.polling import SourceHealth
from bot.follows.levels import can_see_all
from bot.rehearsal.standin.guild import Channel
from bot.wording.card import Block, Card, Line
from bot.wording.viewer import Viewer
from tests.cogs.answering import EVERYTHING, morning, read_by_the_public, say, share, shared_words, whole
from tests.cogs.conftest import Person, Room, Seen, history, said
from tests.cogs.matrix import notice_with
from tests.conftest import START, reading

WHY = "figures of another count"


async def test_who_may_write_shares_an_answer_once(room: Room) -> None:
    await morning(room)
    assert (await room.card("recount", room.reporter, contest="ga")).buttons == {}
    answer = await room.card("recount", contest="ga")
    assert list(answer.buttons) == ["Share here"]
    assert await share(room, answer) == f"Shared in <#{room.count.id}> as #1."
    assert await share(room, answer) == "That is in the channel already, as #1."
    await room.publish()
    (post,) = history(room.count)
    assert whole(post) == whole(answer).replace("-# ", "-# #1 · ")
    (audit,) = [row for row in await room.audit() if row[1] == "share"]
    assert audit[0] == str(room.editor)


async def test_the_margin_is_shared_beside_its_own_button(room: Room) -> None:
    await morning(room)
    room.newsroom.at(60)
    assert "Shared in" in await share(room, await room.card("margin", contest="ga"))
    assert set((await room.card("margin", room.reporter, contest="ga")).buttons) == {"Everything known"}


async def test_an_answer_that_could_not_be_kept_is_given_and_not_shared(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await morning(room)

    async def fail(*_: object, **__: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(AnswerStore, "keep", fail)
    assert list((await room.card("margin", contest="ga")).buttons) == ["Everything known"]


async def chart(room: Room) -> Seen:
    """Ask for a chart, and share it. Returns the answer."""
    answer = await room.editor.slash(room.count, "chart", contest="ga")
    await share(room, answer)
    await room.publish()
    return answer


async def test_a_chart_is_shared_with_its_picture_and_its_words(room: Room) -> None:
    await morning(room)
    (shown,) = (await chart(room)).attachments
    (post,) = history(room.count)
    (shared,) = post.attachments
    assert (shared.content, shared.description) == (shown.content, shown.description)
    assert shared.content.startswith(b"\x89PNG")
    assert (shared.description or "").startswith("Line chart of the margin in Georgia")
    rows = await room.newsroom.database.rows("SELECT kind, state, picture FROM outbox")
    assert rows == [("shared", "sent", 1)]


async def test_where_files_may_not_be_attached_a_chart_goes_out_in_words_and_nothing_waits_behind_it(
    room: Room, desk: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drawn(*_: object) -> bytes:
        return b"\x89PNG, which nobody sees here"

    monkeypatch.setattr("bot.answers.chart.drawn", drawn)
    await room.set_desk(desk)
    room.count.forbid("ATTACH_FILES")
    await room.newsroom.heard()
    await morning(room)
    for _ in range(2):
        await chart(room)
    posts = history(room.count)
    assert [post.content.split("\n")[-1].split(" · ")[0] for post in posts] == ["-# #1", "-# #3"]
    for post in posts:
        (embed,) = post.embeds
        words = "**The chart could not be attached here.** In words: Line chart of the margin in Georgia"
        assert (embed.description or "").startswith(words)
        assert post.attachments == []
    assert said(desk) == [
        f"**The chart of #{number} could not be attached in <#{room.count.id}>,** so its figures appear as text. The bot "
        "may lack the permission to attach files there: once it has that, share the chart again. Discord's reason: "
        "Discord answered 403, error 50013: Missing Permissions"
        for number in (1, 3)
    ]
    assert await room.newsroom.database.rows("SELECT id FROM channels WHERE closed_since IS NOT NULL") == []


@pytest.mark.parametrize(
    ("what", "options"), [("retract", {"why": "misread"}), ("correct", {"text": "It is 97 counties, not 98"})]
)
async def test_an_answer_from_before_a_retraction_or_a_correction_is_not_shared(
    room: Room, what: str, options: dict[str, str]
) -> None:
    await room.follow("ga", board=False)
    await morning(room)
    for done in (92, 98):
        await say(room, certified=(done, 159))
    await room.publish()
    answer = await room.card("certified", contest="ga")
    await room.replace(what, post="#3", **options)
    assert "was retracted or corrected since; ask again" in await share(room, answer)
    room.newsroom.at(90)
    assert "Shared in" in await share(room, await room.card("certified", contest="ga"))


async def test_a_page_that_is_gone_is_shared_as_the_last_one(room: Room) -> None:
    await morning(room)
    answer = await room.card("recount", contest="ga")
    seen = await notice_with(room, room.count, answer.buttons["Share here"].removesuffix(":0") + ":7")
    result = await room.editor.click(seen, "Press")
    assert "Shared in" in (result.later or (result,))[0].content


async def test_an_answer_made_inside_is_not_shared_once_the_public_reads_the_channel(room: Room) -> None:
    await morning(room)
    answer = await room.card(EVERYTHING, contest="ga")
    await read_by_the_public(room)
    assert "for the newsroom only" in await share(room, answer)
    assert "> for Publish." in await share(room, await room.card(EVERYTHING, contest="ga"))


async def test_an_answer_that_is_too_old_is_not_shared(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    await morning(room)
    answer = await room.card("recount", contest="ga")
    monkeypatch.setattr("bot.answers.sharing.GOOD_FOR", timedelta(seconds=-1))
    assert "ask again" in await share(room, answer)
    assert await room.newsroom.count("outbox") == 0


@pytest.mark.parametrize(("source", "offers"), [("ga-sos", ["Share here"]), ("reporter", [])])
async def test_what_rests_on_a_source_for_the_newsroom_alone_offers_no_share(
    room: Room, source: str, offers: list[str]
) -> None:
    await room.newsroom.take(reading(1100, 1000, 5))
    await say(room, minute=6, source=source, outstanding={"ballots": 300})
    answer = await room.card("outstanding", contest="ga")
    assert [one for one in answer.buttons if "Share" in one] == offers


async def kept_pages(room: Room, *head: Line) -> Seen:
    """Store a two-page answer to a reporter. Returns a message with its Next button."""
    rows = (Line("The Times has it.", ("times",)), Line("Ours alone.", readers="desk"), Line("The list.", ("ga-sos",)))
    card = Card(head or (Line("Two pages"),), blocks=tuple(Block((Line("x" * 4000), *rows)) for _ in range(2)))
    viewer = Viewer(room.guild.id, room.count.id, can_see_all, leads="times")
    key = await room.newsroom.rooms.answers.kept.keep(viewer, room.reporter.id, card, paged=True)
    return await notice_with(room, room.count, f"page:{key}:1")


async def test_a_page_is_turned_to_what_the_reader_may_read_by_now(room: Room) -> None:
    await morning(room)
    seen = await kept_pages(room)
    await room.mute("ga-sos", WHY)
    await room.mute("times", WHY)
    said = whole(await room.reporter.click(seen, "Press"))
    assert ("The Times" in said, "Ours" in said, "The list" in said) == (True, False, False)


async def test_no_page_is_turned_of_an_answer_that_rests_on_what_its_reader_may_not_read(room: Room) -> None:
    await morning(room)
    seen = await kept_pages(room, Line("The Secretary of State has it.", ("ga-sos",)))
    await room.mute("ga-sos", WHY)
    assert (await room.reporter.click(seen, "Press")).content == (
        "That answer rests on what you can't read any more; ask again."
    )
    room.hide_the_times()
    await read_by_the_public(room)
    assert "for the newsroom only" in (await room.reporter.click(seen, "Press")).content


# Sources that are muted.


@pytest.mark.parametrize("command", ["margin", EVERYTHING, "recount", "history", "outstanding"])
async def test_an_answer_that_rests_on_a_muted_source_says_since_when_by_whom_and_why(told: Room, command: str) -> None:
    *before, last = (await told.ask(command, contest="ga")).split("\n")
    await told.mute("times", WHY)
    marked = [*before, f"The Times has been muted here since 7 a.m. by olga: {WHY}.", last]
    assert (await told.ask(command, contest="ga")).split("\n") == marked
    assert "muted" not in await told.ask("certified", contest="ga")  # which rests on another one


@pytest.mark.parametrize("command", ["margin", "draft", "sources", "why"])
async def test_who_is_not_of_the_desk_or_asks_where_the_public_reads_reads_since_when_alone(
    told: Room, desk: Channel, command: str
) -> None:
    """Other members see when a source was muted, but not by whom or why. A channel that is not marked public may
    still be open to guests.
    """
    await told.mute("times", WHY)

    async def reads(who: Person) -> tuple[bool, ...]:
        said = whole(await told.card(command, who, contest="ga"))
        return tuple(word in said for word in ("since 7 a.m.", "olga", WHY))

    assert await reads(told.reporter) == (True, False, False)
    assert await reads(told.editor) == (True, True, True)
    await told.set_desk(desk)
    await told.set_public(told.count, public=True)
    assert await reads(told.editor) == (True, False, False)


async def test_what_is_shared_names_nobody_who_muted(told: Room) -> None:
    await told.mute("times", WHY)
    await share(told, await told.card("margin", contest="ga"))
    (content,) = [row.content for row in await told.newsroom.posts() if row.kind == "shared"]
    assert "\nThe Times has been muted here since 7 a.m.\n" in content


async def test_sharing_says_what_its_post_waits_for(told: Room) -> None:
    card = await told.card("margin", contest="ga")
    await told.mute("times")
    assert await share(told, card) == (
        "Not posted yet. #2 waits: the Times has been muted since 7 a.m. by olga (`/mute`)."
    )
    await told.ask("pause")
    assert await share(told, await told.card("margin", contest="ga")) == (
        "Not posted yet. #3 waits: this server's posts have been paused since 7 a.m. by olga (`/pause`)."
    )


async def beside(room: Room) -> None:
    """Enter figures from the secretary of state and from a reporter, next to the Times' figures. Then mute the
    secretary of state.
    """
    await morning(room)
    await say(room, leader="biden", margin=14101, certified=(92, 159))
    await say(room, source="reporter", leader="biden", margin=55)
    room.newsroom.at(60)
    await room.mute("ga-sos", WHY)


@pytest.mark.parametrize("command", ["margin", EVERYTHING, "sources", "certified"])
async def test_the_desk_reads_of_a_muted_source_beside_that_it_is_muted(room: Room, command: str) -> None:
    await beside(room)
    said = str((await room.card(command, contest="ga")).message)
    assert said.count(f"The Secretary of State has been muted here since 8 a.m. by olga: {WHY}.") == 1


@pytest.mark.parametrize("command", ["margin", EVERYTHING, "sources"])
async def test_what_is_shared_has_nothing_of_a_muted_source_or_one_for_the_newsroom_only(
    room: Room, command: str
) -> None:
    await beside(room)
    answer = await room.card(command, contest="ga")
    assert "Share without the Secretary of State's and our reporter's figures" in answer.buttons
    said = await shared_words(room, answer)
    assert "Biden" in said
    assert [word for word in ("Secretary", "92 of", WHY, "olga", "reporter", "by 55") if word in said] == []


async def test_copy_of_a_muted_source_begins_with_that_and_has_nothing_of_one_beside(room: Room) -> None:
    await beside(room)
    assert "92 of" not in await room.ask("draft", contest="ga")
    await room.mute("times", WHY)
    copy = await room.card("draft", contest="ga")
    assert copy.content.startswith("SOURCE MUTED. ")
    assert f"The Times has been muted here since 8 a.m. by olga: {WHY}." in whole(copy)


async def test_an_answer_that_rests_on_a_muted_source_is_not_shared(room: Room) -> None:
    await morning(room)
    await say(room, certified=(92, 159))
    answer = await room.card("certified", contest="ga")
    await room.mute("ga-sos", WHY)
    said = await share(room, answer)
    assert "Share here" not in (await room.card("certified", contest="ga")).buttons
    assert "rests on the Secretary of State, which is muted here (`/mute`), so it is not shared" in said


async def test_what_is_shared_is_not_posted_once_another_source_in_it_is_muted(room: Room) -> None:
    await morning(room)
    await say(room, leader="biden", margin=14101, certified=(92, 159))
    room.newsroom.at(60)
    assert "Shared in" in await share(room, await room.card("sources", contest="ga"))
    await room.mute("ga-sos", WHY)
    await room.publish()
    assert history(room.count) == []


async def test_no_answer_rests_on_a_source_for_its_mark_alone(room: Room) -> None:
    await morning(room)
    room.change_sources(lambda source: {"public": source.public and source.id != "ap"})
    room.newsroom.health["ap"] = SourceHealth(failures=3, failing_since=START)
    await say(room, source="ap", call={"says": "called", "candidates": ["biden"]})
    answer = await room.card("calls", contest="ga")
    assert "\nThe AP has not been reached since 7 a.m.\n" in answer.content
    assert "Share without the AP's figures" in answer.buttons
    assert "AP" not in await shared_words(room, answer)


async def test_what_is_shared_does_not_say_who_chose_the_leading_source(room: Room) -> None:
    await morning(room)
    await room.newsroom.take(reading(2471895, 2457794, 36, source="ga-sos"))
    await room.lead("ga", "ga-sos", WHY)
    answer = await room.card("sources", contest="ga")
    assert "Chosen 7:36 a.m. by olga." in answer.content
    said = await shared_words(room, answer)
    assert ("Chosen 7:36 a.m." in said, "olga" in said) == (True, False)
