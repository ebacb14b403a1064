"""A contest's history as a file: its contents, their order, and what is excluded."""

import csv
import gzip
import json
from typing import Any

import pytest

from bot.answers import export as module
from bot.answers import export_store as history
from bot.answers.export import FileFormat, history_lines
from bot.answers.export_store import HistoryStore
from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.follows.levels import can_see_all
from bot.quotas import ALLOWANCE, HISTORY, Caller, QuotaError
from tests.conftest import COUNT, OTHER_SERVER, SERVER, START, WHO, Newsroom, reading, small_desk


@pytest.fixture
async def told(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with two posted readings, a third on hold, and a statement that staff entered."""
    await newsroom.follow(COUNT)
    await newsroom.post(reading(1000, 500), reading(1200, 510, 1, names={"biden": "=cmd()"}, total=1800))
    await newsroom.take(reading(900, 510, 2))
    for server, words in ((SERVER, "@ours"), (OTHER_SERVER, "theirs")):
        said = Statement(
            source="reporter", contest="ga", as_of=START, leader="biden", margin=690, words=words, entered_by=WHO
        )
        await newsroom.statements.take_in(said, server, WHO)
    await newsroom.publish()
    return newsroom


async def written(newsroom: Newsroom, kind: FileFormat, server: int | None = SERVER) -> str:
    contest = small_desk().contest("ga")
    assert contest
    found = HistoryStore(newsroom.database, newsroom.post_kinds).events(contest.id, server)
    return "".join([line async for line in history_lines(contest, kind, found)])


async def events(newsroom: Newsroom, server: int | None = SERVER) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(await written(newsroom, "json", server))["events"]
    return found


async def test_it_has_all_that_came_in_was_held_entered_and_posted(told: Newsroom) -> None:
    found = await events(told)
    kinds = [event["what"] for event in found]
    assert sorted(set(kinds)) == ["entry", "hold", "post", "reading"]
    assert [event["at"] for event in found] == sorted(event["at"] for event in found)
    readings = [event for event in found if event["what"] == "reading"]
    assert [(event["state"], event["reading"]["votes"]["biden"]) for event in readings] == [
        ("accepted", 1000),
        ("accepted", 1200),
        ("held", 900),
    ]
    assert readings[1]["change"]["margin"] == 690
    assert readings[2]["change"] is None
    (hold,) = [event for event in found if event["what"] == "hold"]
    assert (hold["reading"], hold["outcome"], hold["settled_at"]) == (readings[2]["id"], None, None)


async def test_a_post_leads_back_to_its_readings_and_to_its_message(told: Newsroom) -> None:
    found = await events(told)
    readings = [event["id"] for event in found if event["what"] == "reading"]
    posts = [event for event in found if event["what"] == "post" and event["kind"] in ("first", "margin")]
    assert [event["up_to_reading"] for event in posts] == readings[:2]
    assert posts[1]["after_reading"] == readings[0]
    assert posts[0]["link"].startswith(f"https://discord.com/channels/{SERVER}/{COUNT}/")
    assert posts[0]["state"] == "sent"
    assert "Biden" in posts[0]["content"]


async def test_a_correction_is_nobody_elses_word_and_leads_to_the_post_that_it_replaces(told: Newsroom) -> None:
    await told.corrections.correct(SERVER, 2, "The lead is 690.", WHO)
    (correction,) = [event for event in await events(told) if event.get("kind") == "correction"]
    assert (correction["source"], correction["replaces"]) == (None, 2)
    (row,) = [row for row in csv.DictReader((await written(told, "csv")).splitlines()) if row["change"] == "correction"]
    assert (row["source"], row["replaces"]) == ("", "2")


async def test_another_server_s_entries_and_posts_are_left_out(told: Newsroom) -> None:
    ours = await events(told)
    theirs = await events(told, OTHER_SERVER)
    assert "theirs" not in json.dumps(ours)
    assert "@ours" not in json.dumps(theirs)
    assert not [event for event in theirs if event["what"] == "post"]
    everything = json.dumps(await events(told, None))
    assert "theirs" in everything
    assert "@ours" in everything


async def test_a_row_says_what_was_said_and_is_empty_where_nobody_does(told: Newsroom) -> None:
    rows = list(csv.DictReader((await written(told, "csv")).splitlines()))
    readings = [row for row in rows if row["what"] == "reading"]
    assert [(row["votes.biden"], row["votes.trump"], row["total"]) for row in readings] == [
        ("1000", "500", ""),
        ("1200", "510", "1800"),
        ("900", "510", ""),
    ]
    assert readings[1]["as_of"] == "2020-11-11T12:01:00Z"
    assert (readings[1]["change"], readings[1]["margin"], readings[1]["margin_change"]) == ("margin", "690", "190")
    assert [row["margin_change"] for row in readings[2:]] == [""]
    (entry,) = [row for row in rows if row["what"] == "entry"]
    assert (entry["leader"], entry["margin"], entry["who"], entry["state"]) == ("biden", "690", WHO, "entered")


async def test_a_figure_that_was_said_as_about_is_no_exact_one(told: Newsroom) -> None:
    said = {"source": "reporter", "contest": "ga", "as_of": START, "leader": "biden", "margin": 700, "total": 1800}
    await told.statements.take_in(Statement.model_validate(said | {"approximate": ["margin"]}), SERVER, WHO)
    rows = csv.DictReader((await written(told, "csv")).splitlines())
    assert [row["approximate"] for row in rows if row["what"] == "entry"] == ["", "margin"]


async def test_a_hold_says_which_editor_of_the_newsroom_answered_it_and_no_other(told: Newsroom) -> None:
    await told.settle(post=False)

    async def answered(server: int | None) -> tuple[str, str, str]:
        rows = csv.DictReader((await written(told, "csv", server)).splitlines())
        (hold,) = [row for row in rows if row["what"] == "hold"]
        return hold["state"], hold["who"], hold["server"]

    assert await answered(SERVER) == await answered(None) == ("dropped by the desk", WHO, str(SERVER))
    assert await answered(OTHER_SERVER) == ("dropped by the desk", "", "")


async def test_no_cell_is_a_formula(told: Newsroom) -> None:
    rows = list(csv.DictReader((await written(told, "csv")).splitlines()))
    (entry,) = [row for row in rows if row["what"] == "entry"]
    assert entry["content"] == "'@ours"


@pytest.mark.parametrize("first", "=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - Excel takes full-width letters, too
def test_no_text_begins_as_a_formula_does(first: str) -> None:
    assert module._cell(f"{first}1+1") == f"'{first}1+1"
    assert module._cell(-1) == -1


async def test_a_long_history_comes_in_pages(told: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = await written(told, "csv")
    monkeypatch.setattr(history, "PAGE", 1)
    assert await written(told, "csv") == whole


async def test_the_file_for_discord_is_packed_where_it_is_large_and_refused_where_it_is_too_large(
    told: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    contest, export = small_desk().contests[0], told.rooms.answers.export
    plain = await export.file(contest, "json", Caller(SERVER, 5, staff=True), WHO, START, can_see_all)
    assert plain.name == "ga-2020-11-11.json"
    monkeypatch.setattr(module, "LARGEST_BYTES", len(plain.body) - 1)
    packed = await export.file(contest, "json", Caller(SERVER, 5, staff=True), WHO, START, can_see_all)
    assert packed.name == "ga-2020-11-11.json.gz"
    assert gzip.decompress(packed.body) == plain.body
    monkeypatch.setattr(module, "LARGEST_BYTES", 10)
    with pytest.raises(BadInputError, match="`tallydesk export ga` writes all of it"):
        await export.file(contest, "json", Caller(SERVER, 5, staff=True), WHO, START, can_see_all)
    monkeypatch.setattr(module, "_LARGEST_UNPACKED_BYTES", 10)
    with pytest.raises(BadInputError, match="too large for Discord"):
        await export.file(contest, "json", Caller(SERVER, 5, staff=True), WHO, START, can_see_all)


async def test_a_person_gets_a_few_files_in_a_row_and_nobody_else_pays_for_it(told: Newsroom) -> None:
    contest, export = small_desk().contests[0], told.rooms.answers.export
    told.rooms.quotas._allowance = ALLOWANCE
    for _ in range(int(ALLOWANCE / HISTORY)):
        await export.file(contest, "csv", Caller(SERVER, 5, staff=True), WHO, START, can_see_all)
    with pytest.raises(QuotaError, match=r"you have asked for a lot within minutes; try again in \d+ seconds"):
        await export.file(contest, "csv", Caller(SERVER, 5, staff=True), WHO, START, can_see_all)
    assert await export.file(contest, "csv", Caller(SERVER, 6, staff=True), WHO, START, can_see_all)
