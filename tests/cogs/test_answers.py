"""Tests questions by members: answers that only they see, paging, and answers opened from a post's number."""

from datetime import timedelta
from typing import Any

import pytest

from bot.desk.desk_file import Desk
from bot.feeds.polling import SourceHealth
from bot.feeds.receivers import Delivery
from bot.rehearsal.standin.guild import Channel
from bot.wording.typed_times import past_time
from cogs.answers import HistoryPage
from tests.answers.asked import entered
from tests.cogs.answering import EVERYTHING, morning, say, shared_words, whole
from tests.cogs.conftest import Person, Room, last
from tests.conftest import START, reading
from tests.pictures.guide import leaves


def set_contest(room: Room, **fields: object) -> None:
    """Change fields of the first contest in the desk file, such as its rule."""
    desk = room.newsroom.setting.desk
    contest = desk.contests[0].model_copy(update=fields)
    changed = Desk(desk=desk.desk, contests=[contest, *desk.contests[1:]], sources=desk.sources)
    object.__setattr__(room.bot.rooms.follows, "_desk", changed)
    object.__setattr__(room.newsroom.setting, "desk", changed)


async def test_no_time_that_a_command_offers_as_an_example_is_asked_back(room: Room) -> None:
    offered = {
        example
        for name, command in leaves(room.bot.tree).items()
        for parameter in getattr(command, "parameters", ())  # a message's menu has none
        if parameter.name in ("at", "since", "as_of") and not name.startswith("schedule")
        for example in parameter.description.partition(": ")[2].partition(";")[0].split(", ")
        if example
    }
    assert {"11 p.m.", "yesterday 7 p.m.", "20 min ago"} <= offered
    zone = room.newsroom.setting.desk.zone
    for hours in range(24):
        for example in offered:
            assert past_time(example, START + timedelta(hours=hours, minutes=7), zone)  # else it raises


async def test_history_is_paged_by_buttons_that_work_after_a_restart(room: Room) -> None:
    await room.newsroom.take(*(reading(1000 + 10 * step, 900, step) for step in range(20)))
    answer = await room.card("history", room.reporter, contest="ga")
    assert answer.content.startswith("**Georgia: updates 13 through 20, newest first.**\n**7:19 a.m.**")
    assert list(answer.buttons) == ["Older"]
    room.bot.remove_dynamic_items(HistoryPage)
    room.bot.add_dynamic_items(HistoryPage)
    page = await room.reporter.click(answer, "Older")
    assert "updates 5 through 12" in page.content
    assert set(page.buttons) == {"Newer", "Older"}
    back = await room.reporter.click(page, "Newer")
    assert back.content == answer.content


@pytest.mark.parametrize(
    ("typed", "first"), [("flo", "Floyd"), ("foyld", "Floyd"), ("dekal", "DeKalb"), ("st maries", None)]
)
async def test_counties_come_up_however_they_are_spelled(room: Room, typed: str, first: str | None) -> None:
    found = await room.reporter.autocomplete(room.count, "county", "county", typed, contest="ga")
    assert len(found) <= 25
    if first:
        assert found[0]["value"] == first
    everything = await room.reporter.autocomplete(room.count, "county", "county", "", contest="ga")
    assert len(everything) == 25


async def test_margin_has_a_button_to_everything_on_one_card_of_the_time_that_was_asked_about(room: Room) -> None:
    await morning(room)
    await say(room, certified=(96, 159))
    answer = await room.card(EVERYTHING, room.reporter, contest="ga", at="7:30")
    assert answer.content.startswith("**At 7:30 a.m., ")
    (embed,) = answer.embeds
    assert [field.name for field in embed.fields] == ["Latest updates", "Recount", "Certified", "Ballots left"]
    assert "96 of 159" in (embed.fields[2].value or "")


async def test_a_chart_is_deferred_and_comes_with_its_words(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []

    async def png(_: object, __: object, chart: object) -> bytes:
        drawn.append(chart)
        return b"\x89PNG"

    monkeypatch.setattr("bot.answers.chart.drawn", png)
    await morning(room)
    for show, begins in (("lead", "Line chart of the margin in Georgia"), ("map", "County map of Georgia")):
        answer = await room.editor.slash(room.count, "chart", contest="ga", show=show)
        (callback,) = [sent for sent in room.requests if sent.path.endswith("/callback") and sent.json][-1:]
        assert callback.json["type"] == 5  # thinking, while it is drawn
        assert answer.ephemeral
        (file,) = answer.attachments
        assert file.filename == "chart.png"
        assert (file.description or "").startswith(begins)
    assert len(drawn) == 2
    for show in ("lead", "map"):
        await room.editor.slash(room.count, "chart", contest="ga", show=show, look="light", **{"for": "wide"})
        assert (drawn[-1].shape, drawn[-1].look) == ("wide", "light")
    assert "shows one moment" in await room.refused("chart", contest="ga", show="map", since="7 a.m.")


async def test_only_the_desk_reads_a_feeds_address_and_its_sites_own_words(room: Room, desk: Channel) -> None:
    await room.follow("ga", board=False)
    await room.newsroom.take(reading(1000, 500))
    problem = "times: inner.example:443 answered 403 keep out"
    room.newsroom.health["times"] = SourceHealth(failing_since=START, problem=problem)
    await room.newsroom.ingest.accept(Delivery("times", refusals=["inner.example: ga: keep out"]))

    async def said(who: Person, command: str) -> str:
        return whole(await room.card(command, who, contest="ga"))

    for command, words in (
        ("sources", "**Can't be read since 7 a.m.**. 1 part of its answers refused so far, last 7 a.m."),
        ("why", "**Refused:** the Times, last 7 a.m.\n"),
    ):
        assert "keep out" in await said(room.editor, command)
        to_guest = await said(room.reporter, command)
        assert (words in to_guest, "inner.example" in to_guest, "keep out" in to_guest) == (True, False, False)
    assert "inner.example" not in await shared_words(room, await room.card("sources", contest="ga"))
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    assert "keep out" not in await said(room.editor, "sources") + await said(room.editor, "why")


# /why, and corrections.


async def test_why_of_what_is_no_posts_number_says_what_has_no_post(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 900, 1), reading(990, 900, 2))
    unposted = await room.ask("why", contest="ga")
    assert "**Held:**" in unposted
    assert await room.ask("why") == unposted  # the channel follows one
    assert await room.ask("why", post="Wheeler") == (f"“Wheeler” is not a post number. What has no post:\n{unposted}")
    assert "there is no #9" in (await room.refused("why", post="9")).lower()


async def test_the_posts_that_an_answer_names_are_in_a_list_that_opens_where_each_comes_from(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 900))
    await room.publish()
    shown = await room.card("draft", contest="ga")
    assert shown.lists == []  # it names none
    await room.set_desk(room.guild.add_channel("desk"))
    await room.set_public(room.count, public=True)
    await room.newsroom.take(reading(1100, 900, 5))
    await room.publish()
    shown = await room.card("why", contest="ga")
    assert "#2" in shown.content
    opened = await room.editor.choose(shown, "why", "2")
    assert opened.ephemeral
    assert opened.content == (await room.card("why", post="#2")).content
    asked = (await room.card("why", post="#3")).content
    assert asked == opened.content.replace("\n-# ", "\nQuestion 3 to the desk is about it.\n-# ")


async def corrected(room: Room) -> None:
    """Post counts of 92 and then 96 certified counties (#1), and correct the second in #2."""
    await room.follow("ga", board=False)
    await say(room, entered(-5, certified=(92, 159)), entered(certified=(96, 159)))
    await room.publish()
    await room.replace("correct", post="#1", text="It is 95 counties, not 96")
    await room.publish()


async def test_why_says_that_a_corrected_post_was_retracted(room: Room) -> None:
    await corrected(room)
    await room.editor.click(await room.card("retract", post="#1", why="misread"), "Retract")
    await room.publish()
    assert "**Retracted in #3.**" in await room.ask("why", post="1")


async def test_a_correction_of_a_correction_is_told(room: Room) -> None:
    await corrected(room)
    await room.replace("correct", post="#2", text="it is 94 counties")
    await room.publish()
    assert "**Corrected (#3):** It is 94" in await room.ask("certified", contest="ga")


async def test_where_the_public_reads_no_correction_is_named_that_it_has_not_got(room: Room, desk: Channel) -> None:
    public = room.guild.add_channel("public")
    await room.set_desk(desk)
    for channel in (room.count, public):
        await room.follow("ga", channel, board=False)
    await room.set_public(public, public=True)
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    await room.press(last(desk), "Discard")
    await room.replace("correct", post="#1", text="It is 501.")
    await room.publish()
    mark = "\n**Corrected{}:** It is 501.\n"
    assert mark.format(" (#3)") in await room.ask("margin", contest="ga")
    assert mark.format("") in (await room.editor.slash(public, "margin", contest="ga")).content
    assert " **Corrected:** It is 501." in (await room.editor.slash(public, "history", contest="ga")).content
    await room.newsroom.take(reading(1500, 500, 1))
    assert "no copy" not in (await room.editor.slash(public, "draft", contest="ga")).content
