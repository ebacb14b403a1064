from datetime import UTC, date, datetime

from bot.desk.desk_file import Desk
from bot.desk.toml_file import load_toml, shipped
from bot.events.deadlines_by_law import Law
from bot.schedule.deadlines import Deadlines
from tests.conftest import SERVER, WHO, Newsroom, small_desk

LAW = load_toml(shipped("deadlines.toml"), Law, "the table of deadlines")


def deadlines(newsroom: Newsroom) -> Deadlines:
    small = small_desk()
    contests = [contest.model_copy(update={"election_day": date(2020, 11, 3)}) for contest in small.contests]
    desk = Desk(desk=small.desk, contests=contests, sources=small.sources)
    return Deadlines(LAW, desk, newsroom.calendar_store, newsroom.desk_store)


async def shown(newsroom: Newsroom) -> list[tuple[str, str | None, bool, str]]:
    entries = await newsroom.schedule_store.between(
        SERVER, datetime(2020, 11, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    )
    return [
        (entry.event.wall.strftime("%d %H:%M"), entry.event.contest, entry.event.verified, entry.event.status)
        for entry in entries
    ]


async def test_who_follows_a_contest_has_its_deadlines_once(newsroom: Newsroom) -> None:
    await newsroom.desk_store.join(SERVER)
    rule = deadlines(newsroom)
    await rule.look()
    assert await shown(newsroom) == []
    await newsroom.follow()
    await rule.look()
    await rule.look()
    assert await shown(newsroom) == [
        ("13 17:00", "ga", False, "confirmed"),
        ("20 17:00", "ga", True, "confirmed"),
        ("24 23:59", "ga", True, "confirmed"),
    ]


async def test_a_deadline_of_two_contests_that_are_followed_is_there_once(newsroom: Newsroom) -> None:
    await newsroom.desk_store.join(SERVER)
    await newsroom.follow()
    await deadlines(newsroom).look()
    await newsroom.follow(contest="senate")
    await deadlines(newsroom).look()
    assert [contest for _, contest, _, _ in await shown(newsroom)] == [None, None, None]


async def test_what_staff_changed_of_a_deadline_stays(newsroom: Newsroom) -> None:
    await newsroom.desk_store.join(SERVER)
    await newsroom.follow()
    await deadlines(newsroom).look()
    await newsroom.schedule.cancel(SERVER, 1, WHO)
    await deadlines(newsroom).look()
    assert (await shown(newsroom))[0][3] == "canceled"
