import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.box.box import WorkerEndedError
from bot.desk.desk_file import Desk
from bot.feeds import pushes
from bot.feeds.reader import MOST_REFUSED
from tests.conftest import AWAY, COUNT, LIVE, OTHER_SERVER, SERVER, START, Newsroom
from tests.feeds.pushing import PHONE, Sender, pushing, said


@pytest.fixture
async def sender(tmp_path: Path) -> AsyncIterator[Sender]:
    async with pushing(tmp_path) as sender:
        yield sender


@pytest.fixture
def newsroom(sender: Sender) -> Newsroom:
    return sender.newsroom


def certified(done: int, minute: int = 0, **fields: Any) -> dict[str, Any]:
    as_of = (START + timedelta(minutes=minute)).isoformat()
    return {"source": "county", "contest": "5000", "as_of": as_of, "certified": [done, 159]} | fields


async def state(sender: Sender, value: Any, **fields: Any) -> tuple[int, dict[str, Any]]:
    reply = await sender.push(value, path="/v1/statements", kind="application/json", **fields)
    return reply.status, reply.body


async def test_a_reading_gets_the_desk_s_ids_and_goes_the_way_of_a_fetched_one(
    sender: Sender, newsroom: Newsroom
) -> None:
    await newsroom.follow()
    await sender.push(said(100, 90))
    row = await newsroom.database.row(
        "SELECT s.contest, s.source, s.checked_at FROM series s WHERE accepted IS NOT NULL"
    )
    assert row is not None
    assert row[:2] == ("ga", "county")
    assert row[2] == int(START.timestamp() * 1_000_000)
    assert newsroom.ingest.taken_in == {("county", "accepted"): 1}


async def test_a_fall_is_held_and_confirmed_by_the_same_pushed_again(sender: Sender, newsroom: Newsroom) -> None:
    await sender.push(said(100, 90))
    held = await sender.push(said(95, 90, 1))
    assert (held.status, held.body["held"], held.body["why"]) == (200, 1, ["ga: held: fall"])
    newsroom.at(3)
    assert (await sender.push(said(95, 90, 1))).body["taken"] == 1


async def test_the_same_push_again_gets_the_same_answer_and_does_nothing(sender: Sender, newsroom: Newsroom) -> None:
    first = await sender.push(said(100, 90), key="msg_a")
    tables = ("readings", "changes", "pushes", "refusals", "audit")
    before = [await newsroom.count(table) for table in tables]
    again = await sender.push(said(100, 90), key="msg_a")
    assert (again.status, again.body) == (first.status, first.body)
    assert [await newsroom.count(table) for table in tables] == before
    assert newsroom.ingest.taken_in == {("county", "accepted"): 1}


async def test_an_id_that_comes_with_another_body_is_409_and_does_nothing(sender: Sender, newsroom: Newsroom) -> None:
    await sender.push(said(100, 90), key="msg_a")
    reply = await sender.push(said(101, 90, 1), key="msg_a")
    assert reply.status == 409
    assert "msg_a" in reply.body["error"]
    assert await newsroom.count("readings") == 1


async def test_two_sources_may_use_the_same_id(sender: Sender) -> None:
    await sender.push(said(100, 90), key="1")
    reply = await sender.push(said(100, 90) | {"source": "phone", "contest": "senate"}, key="1", secret=PHONE)
    assert reply.status == 200


async def test_ids_are_forgotten_after_a_day_and_not_before(sender: Sender, newsroom: Newsroom) -> None:
    await sender.push(said(100, 90), key="old")
    newsroom.wall.move(86_000)
    await sender.push(said(100, 90), key="newer")
    await newsroom.rooms.newsroom.forgetting.delete_expired()
    assert await newsroom.count("pushes") == 2
    newsroom.wall.move(4_000)
    await newsroom.rooms.newsroom.forgetting.delete_expired()
    assert await newsroom.count("pushes") == 1


async def test_a_push_that_fails_half_way_leaves_neither_readings_nor_its_id(
    sender: Sender, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError("the process dies here")

    with monkeypatch.context() as patched:
        patched.setattr("bot.outbox.tx.add_rows", fails)
        assert (await sender.push(said(100, 90), key="msg_a")).status == 500
    assert [await newsroom.count(table) for table in ("readings", "pushes")] == [0, 0]
    assert (await sender.push(said(100, 90), key="msg_a")).body["taken"] == 1


async def test_a_bad_reading_costs_no_other_and_each_gets_its_line(sender: Sender, newsroom: Newsroom) -> None:
    unknown, foreign = said(1, 1, contest="fl"), said(1, 1, source="times")
    reply = await sender.push(said(100, 90), unknown, foreign, said(3, 4, total=1), {"contest": "x"})
    assert (reply.status, reply.body["taken"], reply.body["refused"]) == (422, 1, 4)
    assert [why[: why.index(": ", 9)] for why in reply.body["why"]] == [
        "push:2: fl",
        "push:3: 5000",
        "push:4: 5000",
        "push:5: x",
    ]
    assert await newsroom.count("readings") == 1
    assert await newsroom.count("refusals") == 4
    assert newsroom.health["county"].problem == "4 parts of its last push were refused"


async def test_a_body_that_is_no_text_can_t_be_signed(sender: Sender) -> None:
    assert (await sender.push(body=b"\xff" + json.dumps(said(5, 4)).encode())).status == 401


@pytest.mark.parametrize("body", [b"\n\n", b" "])
async def test_a_push_without_a_reading_is_422(sender: Sender, body: bytes) -> None:
    reply = await sender.push(body=body)
    assert (reply.status, reply.body["why"]) == (422, ["push: there is no reading in it"])


async def test_one_reading_may_be_written_over_several_lines(sender: Sender) -> None:
    reply = await sender.push(body=json.dumps(said(100, 90), indent=2).encode(), kind="application/json; charset=UTF-8")
    assert (reply.status, reply.body["taken"]) == (200, 1)


async def test_several_readings_as_one_document_are_told_how_to_come(sender: Sender) -> None:
    body = b"\n".join([json.dumps(said(100, 90)).encode()] * 2)
    reply = await sender.push(body=body, kind="application/json")
    assert reply.status == 422
    assert reply.body["why"][0].endswith("more than one reading is sent as application/x-ndjson")


async def test_many_refusals_are_counted_and_only_some_are_told(sender: Sender) -> None:
    reply = await sender.push(*[said(1, 1, contest=f"c{number}") for number in range(80)])
    assert (reply.body["refused"], len(reply.body["why"]), reply.body["why"][-1]) == (80, 51, "and 30 more")


async def test_what_a_source_last_pushed_is_when_it_was_last_checked(sender: Sender, newsroom: Newsroom) -> None:
    assert newsroom.health["county"].reached_at is None
    newsroom.at(7)
    await sender.push(said(100, 90))
    assert newsroom.health["county"].reached_at == START + timedelta(minutes=7)
    newsroom.at(30)
    assert (await sender.push(said(100, 90))).body["unchanged"] == 1
    assert newsroom.health["county"].reached_at == START + timedelta(minutes=30)


async def lead_by_county(newsroom: Newsroom) -> None:
    """Follow the contest for which the county has figures, in channels of two servers."""
    await newsroom.follow()
    await newsroom.follow(AWAY, server=OTHER_SERVER)


async def test_a_source_that_sends_nothing_is_told_once_and_so_is_its_end(sender: Sender, newsroom: Newsroom) -> None:
    await lead_by_county(newsroom)
    await sender.push(said(100, 90))
    newsroom.at(119)
    await newsroom.silences.look()
    assert "stale" not in await newsroom.kinds()
    newsroom.at(121)
    await newsroom.silences.look()
    await newsroom.silences.look()
    assert [line for line in await newsroom.headlines() if "Nothing has come" in line] == [
        "**Nothing has come from Floyd County** since 7 a.m., for 2 hours, 1 minute. Posts here follow another count and continue."
    ]
    await newsroom.publish()
    newsroom.at(180)
    await sender.push(said(100, 90))
    await newsroom.silences.look()
    assert "**Floyd County sends again,** after three hours." in await newsroom.headlines()


async def test_a_source_that_never_sent_anything_is_told_too(newsroom: Newsroom) -> None:
    await newsroom.follow()
    newsroom.at(121)
    await newsroom.silences.look()
    assert (await newsroom.headlines())[-1].startswith("**Nothing has come from Floyd County** since 7 a.m.")


async def test_a_source_without_stale_after_may_be_silent_for_ever(sender: Sender, newsroom: Newsroom) -> None:
    await newsroom.follow(contest="senate")
    await sender.push(said(1, 2, contest="senate", source="phone", votes={"biden": 2, "trump": 1}), secret=PHONE)
    newsroom.at(60 * 24 * 9)
    await newsroom.silences.look()
    assert "stale" not in await newsroom.kinds()


async def test_a_statement_goes_to_each_server_that_follows_its_contest(sender: Sender, newsroom: Newsroom) -> None:
    await lead_by_county(newsroom)
    await newsroom.follow(LIVE, "senate")
    assert await state(sender, certified(92)) == (200, {"taken": 1, "servers": 2})
    assert await state(sender, certified(96, 1)) == (200, {"taken": 1, "servers": 2})
    rows = await newsroom.database.rows("SELECT server, contest, source FROM statements ORDER BY id")
    assert rows == [(1, "ga", "county"), (2, "ga", "county")] * 2
    assert [(row.channel, row.kind) for row in await newsroom.posts()] == [(COUNT, "certified"), (AWAY, "certified")]
    audit = await newsroom.database.rows("SELECT DISTINCT who FROM audit WHERE what = 'statement'")
    assert audit == [("pushed by county",)]


async def test_a_statement_of_a_source_for_the_newsroom_only_goes_to_the_servers_that_the_operator_names(
    sender: Sender, newsroom: Newsroom
) -> None:
    await newsroom.follow(COUNT)
    await newsroom.follow(AWAY)
    desk = newsroom.setting.desk
    sources = [source.model_copy(update={"public": source.id != "county"}) for source in desk.sources]
    object.__setattr__(newsroom.setting, "desk", Desk(desk=desk.desk, contests=desk.contests, sources=sources))
    newsroom.settles.remove(OTHER_SERVER)
    assert await state(sender, certified(92)) == (200, {"taken": 1, "servers": 1})
    assert await newsroom.database.rows("SELECT DISTINCT server FROM statements") == [(SERVER,)]


async def test_a_statement_that_comes_again_is_not_entered_again(sender: Sender, newsroom: Newsroom) -> None:
    await newsroom.follow()
    first = await state(sender, certified(92), key="s")
    assert await state(sender, certified(92), key="s") == first
    assert await newsroom.count("statements") == 1


async def test_an_id_used_for_a_reading_is_not_good_for_a_statement(sender: Sender) -> None:
    body = json.dumps(certified(92)).encode()
    assert (await sender.push(body=body, key="x", kind="application/json")).status == 422
    assert (await state(sender, None, body=body, key="x"))[0] == 409


async def test_a_margin_names_the_candidate_as_the_source_does(sender: Sender, newsroom: Newsroom) -> None:
    await newsroom.follow()
    status, _ = await state(sender, certified(1) | {"leader": "jrb", "margin": 14_101})
    assert status == 200
    rows = await newsroom.database.rows("SELECT body ->> 'leader', body ->> 'margin' FROM statements ORDER BY id")
    assert rows == [(None, None), ("biden", 14_101)]  # each can be taken back without the other


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"source": "times"}, "a source pushes only its own"),
        ({"contest": "fl"}, "no contest that county calls so"),
        ({"leader": "nobody", "margin": 4}, "no candidate nobody"),
        ({"entered_by": "Olga"}, "entered_by is for what staff enter"),
        ({"confirmed_by": "Olga"}, "confirmed_by is for what staff enter"),
        ({"certified": [5, 4]}, "certified: 5 of 4 is more than all"),
        ({"certified": None}, "a statement says at least one figure"),
        ({"as_of": "2031-01-01T00:00:00Z"}, "is still ahead"),
        ({"what": 1}, "is no field that is known here"),
    ],
)
async def test_a_statement_that_can_t_be_is_422_with_one_line(
    sender: Sender, newsroom: Newsroom, change: dict[str, Any], word: str
) -> None:
    status, body = await state(sender, certified(92, **change), key="s")
    assert (status, body["taken"], len(body["why"])) == (422, 0, 1)
    assert word in body["why"][0]
    assert await newsroom.count("statements") == 0
    assert await newsroom.count("refusals") == 1
    assert await state(sender, certified(92, **change), key="s") == (status, body)


@pytest.mark.parametrize("body", [b"[]", b"{", b"null", b'{"a": NaN}', b'{"a": 1, "a": 2}'])
async def test_what_is_no_statement_is_422(sender: Sender, body: bytes) -> None:
    status, answer = await state(sender, None, body=body)
    assert (status, len(answer["why"])) == (422, 1)


async def test_a_push_of_which_nearly_all_is_refused_is_refused_as_one(sender: Sender, newsroom: Newsroom) -> None:
    reply = await sender.push(said(100, 90), *({} for _ in range(MOST_REFUSED + 1)))
    assert (reply.status, reply.body["refused"]) == (422, 1)
    assert reply.body["why"] == ["push: more than 10,000 lines of it can't be read"]
    assert not await newsroom.count("readings")


async def test_a_push_that_nobody_could_read_is_to_be_sent_again_and_then_taken_in(
    sender: Sender, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ended(*_: object, **__: object) -> None:
        raise WorkerEndedError("push: the process that worked on it ended")

    with monkeypatch.context() as patch:
        patch.setattr(pushes, "read_pushed", ended)
        reply = await sender.push(said(100, 90), key="push-1")
        assert reply.status == 503
    assert not await newsroom.count("readings")
    assert (await sender.push(said(100, 90), key="push-1")).status == 200
    assert await newsroom.count("readings") == 1
