import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.count.statement import Statement
from bot.events.event import Event
from bot.schedule.schedule_store import NewEntry
from bot.wording.message import render
from tests.conftest import (
    AWAY,
    COUNT,
    LIVE,
    OTHER_SERVER,
    SERVER,
    START,
    WHO,
    Newsroom,
    OpenNewsroom,
    delivery,
    reading,
    small_desk,
)


def day(date: str, hour: str) -> datetime:
    """Return a date and hour in UTC."""
    return datetime.fromisoformat(f"{date}T{hour}:00+00:00").astimezone(UTC)


EIGHT = day("2020-11-11", "13:00")
"""Eight in the morning in Atlanta, one hour after the start."""


@pytest.fixture
async def following(newsroom: Newsroom) -> Newsroom:
    await newsroom.follow()
    return newsroom


async def post_at(newsroom: Newsroom, moment: datetime = EIGHT) -> None:
    """Post the morning lists that are due at a moment."""
    newsroom.clock.set(moment)
    await newsroom.rundown.post_due()


async def certify(newsroom: Newsroom, done: int, server: int = SERVER, **more: Any) -> None:
    """Enter a count of certified counties. `more` are further fields of the statement."""
    said = {"source": "ga-sos", "contest": "ga", "as_of": START, "certified": (done, 159)} | more
    await newsroom.statements.take_in(Statement.model_validate(said), server, WHO)


async def at_eight(newsroom: Newsroom) -> str:
    """Post the 8 a.m. list, and return its text and embeds."""
    await post_at(newsroom)
    (row,) = await newsroom.database.rows("SELECT content, embeds FROM outbox WHERE kind = 'rundown'")
    fields = json.loads(row[1])
    return "\n".join(
        [row[0], *(embed.get("description", "") for embed in fields), json.dumps(fields, ensure_ascii=False)]
    )


def event(title: str, wall: str, **more: object) -> Event:
    said = {"kind": "rally", "title": title, "wall": wall, "zone": "America/New_York"}
    return Event.model_validate(said | more)


# When.


async def test_a_list_that_waits_is_made_anew_once_something_in_it_is_retracted(following: Newsroom) -> None:
    await following.follow(LIVE)
    for done in (96, 97):
        await certify(following, done)
    await following.control.pause(SERVER, WHO, None)
    await post_at(following)
    ((number,),) = await following.database.rows("SELECT DISTINCT number FROM statement_posts")
    await following.corrections.retract(SERVER, number, "misheard", WHO)
    for _ in range(2):
        await following.rundown.post_due()
    rows = await following.database.rows(
        "SELECT channel, state, embeds LIKE '%97 of 159%' FROM outbox WHERE kind = 'rundown' ORDER BY id"
    )
    assert rows == [(COUNT, "dropped", 1), (LIVE, "dropped", 1), (COUNT, "pending", 0), (LIVE, "pending", 0)]


async def test_the_list_is_due_at_the_desks_hour_and_posted_once(following: Newsroom) -> None:
    assert await following.rundown.next_due() == EIGHT
    await post_at(following, EIGHT - timedelta(seconds=1))
    assert await following.kinds() == []
    await post_at(following)
    await following.rundown.post_due()
    assert await following.kinds() == ["rundown"]
    assert following.woken == [COUNT]
    assert await following.rundown.next_due() == EIGHT + timedelta(days=1)


async def test_each_channel_that_follows_gets_its_list_and_each_server_once(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.follow(LIVE)
    await newsroom.follow(AWAY, server=OTHER_SERVER, contest="senate")
    await post_at(newsroom)
    assert [(row.channel, row.number) for row in await newsroom.posts()] == [(COUNT, 1), (LIVE, 1), (AWAY, 1)]
    await newsroom.rundown.post_due()
    assert await newsroom.count("outbox") == 3


async def test_a_server_that_the_bot_left_gets_none(following: Newsroom) -> None:
    await following.desk_store.leave(SERVER, START)
    await post_at(following)
    assert await following.posts() == []


async def test_nothing_followed_nothing_posted(newsroom: Newsroom) -> None:
    await post_at(newsroom)
    assert await newsroom.posts() == []
    assert await newsroom.rundown.next_due() == EIGHT + timedelta(days=1)


@pytest.mark.parametrize(("late", "posted"), [(timedelta(hours=2, minutes=59), True), (timedelta(hours=3), False)])
async def test_a_list_is_posted_up_to_three_hours_late(following: Newsroom, late: timedelta, posted: bool) -> None:
    await post_at(following, EIGHT + late)
    assert (await following.kinds() == ["rundown"]) is posted
    assert await following.rundown.next_due() == EIGHT + timedelta(days=1)


async def test_a_desk_that_wants_no_list_gets_none(open_newsroom: OpenNewsroom) -> None:
    desk = small_desk()
    quiet = desk.desk.model_copy(update={"rundown": None})
    newsroom = await open_newsroom(desk.model_copy(update={"desk": quiet}))
    await newsroom.follow()
    await post_at(newsroom)
    assert await newsroom.rundown.next_due() is None
    assert await newsroom.posts() == []


@pytest.mark.parametrize(
    ("hour", "now", "due"),
    [
        # The clocks went back on 1 November 2020 and forward on 14 March 2021, at two in the morning.
        ("08:00", day("2020-10-31", "12:30"), day("2020-11-01", "13:00")),
        ("08:00", day("2021-03-13", "14:30"), day("2021-03-14", "12:00")),
        ("08:00", day("2021-03-14", "04:30"), day("2021-03-14", "12:00")),
        ("00:15", day("2020-11-01", "04:30"), day("2020-11-02", "05:15")),
        ("02:30", day("2021-03-14", "05:30"), day("2021-03-14", "07:30")),
    ],
)
async def test_the_hour_is_the_walls_whatever_the_clocks_do(
    open_newsroom: OpenNewsroom, hour: str, now: datetime, due: datetime
) -> None:
    newsroom = await open_newsroom(small_desk(rundown=hour))
    newsroom.clock.set(now - timedelta(days=1))
    await newsroom.follow()
    await post_at(newsroom, now - timedelta(hours=1))
    await post_at(newsroom, now)
    assert await newsroom.rundown.next_due() == due
    newsroom.clock.set(due)
    before = await newsroom.count("outbox")
    await newsroom.rundown.post_due()
    assert await newsroom.count("outbox") == before + 1


async def test_late_is_by_the_clock_even_on_a_night_when_the_clocks_change(open_newsroom: OpenNewsroom) -> None:
    newsroom = await open_newsroom(small_desk(rundown="01:30"))
    await newsroom.follow()
    newsroom.clock.set(day("2021-03-14", "09:20"))  # 5:20 by the wall, 2 hours and 50 minutes late
    await newsroom.rundown.post_due()
    assert await newsroom.kinds() == ["rundown"]


# What.


async def test_before_anything_is_in_the_list_says_so(following: Newsroom) -> None:
    assert "no count is in yet" in await at_eight(following)


async def test_a_night_without_a_change_is_told_with_the_standing(following: Newsroom) -> None:
    following.clock.set(START - timedelta(hours=16))
    await following.ingest.accept(delivery([reading(1000, 500, -16 * 60)]))
    said = await at_eight(following)
    assert "Biden leads" in said or "Biden ahead" in said
    assert "no change" in said


@pytest.mark.parametrize(
    ("readings", "updates"),
    [
        ([(-16, 500), (-10, 540), (-6, 600), (-2, 700)], "Three updates since "),
        (
            [(-10, 540), (-6, 600), (-2, 700)],
            "Two updates since 6 p.m. Tuesday.",
        ),  # the first figures on record are none
    ],
)
async def test_updates_overnight_are_counted_from_the_evening(
    following: Newsroom, readings: list[tuple[int, int]], updates: str
) -> None:
    for hours, lead in readings:
        following.clock.set(START + timedelta(hours=hours))
        await following.ingest.accept(delivery([reading(500 + lead, 500, hours * 60)]))
    said = await at_eight(following)
    assert updates in said
    assert "700" in said


async def test_the_days_events_are_listed_and_what_was_canceled_is_not(following: Newsroom) -> None:
    events = [
        event("Rally downtown", "2020-11-11T14:00"),
        event("Rally canceled", "2020-11-11T15:00", status="canceled"),
        event("Rally over", "2020-11-11T07:30"),
        event("Rally tomorrow", "2020-11-12T14:00"),
        event("Counties certify", "2020-11-13T17:00", kind="deadline"),
        event("Deadline canceled", "2020-11-13T18:00", kind="deadline", status="canceled"),
        event("State certifies", "2020-11-20T17:00", kind="certification", status="expected"),
    ]
    await following.schedule.add(SERVER, events, WHO)
    await following.desk_store.join(OTHER_SERVER)
    await following.schedule.add(OTHER_SERVER, [event("Theirs", "2020-11-11T16:00")], WHO)
    said = await at_eight(following)
    assert "Rally downtown" in said
    assert "Counties certify" in said
    assert "State certifies" in said
    for absent in ("canceled", "Rally over", "Rally tomorrow", "Theirs"):
        assert absent not in said


async def test_an_event_that_is_bound_to_another_channel_is_in_no_list_but_its_own(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.follow(LIVE)
    await newsroom.schedule_store.add(SERVER, [NewEntry(event("Raid at the warehouse", "2020-11-11T14:00"), LIVE)], WHO)
    await post_at(newsroom)
    rows = await newsroom.database.rows("SELECT channel, embeds FROM outbox WHERE kind = 'rundown' ORDER BY channel")
    assert {channel: "Raid" in embeds for channel, embeds in rows} == {COUNT: False, LIVE: True}


async def test_certified_and_official_figures_come_from_the_servers_own_statements(following: Newsroom) -> None:
    await following.desk_store.join(OTHER_SERVER)
    for server, done, total in ((SERVER, 96, 4_991_741), (OTHER_SERVER, 80, 4_000_000)):
        await certify(following, done, server, total=total)
    said_at_eight = await at_eight(following)
    assert "96 of 159" in said_at_eight
    assert "4,991,741" in said_at_eight
    assert "80 of 159" not in said_at_eight
    assert "4,000,000" not in said_at_eight


async def test_a_figure_whose_post_was_corrected_says_so_beside_it(following: Newsroom) -> None:
    await following.take(reading(1000, 900))
    for done in (92, 96):
        await certify(following, done)
    await following.publish()
    await following.corrections.correct(SERVER, 1, "The lead is 99", WHO)
    await following.corrections.correct(SERVER, 2, "It is 95 counties, not 96", WHO)
    await following.publish()
    said_at_eight = await at_eight(following)
    assert "by 100 (see #3).\n-#" in said_at_eight
    assert "\n**Corrected (#3):** The lead is 99.\n" in said_at_eight
    assert " **Corrected (#4):** It is 95 counties, not 96." in said_at_eight


async def test_where_the_public_reads_it_a_list_names_no_correction_that_it_has_not_got(following: Newsroom) -> None:
    await following.take(reading(1000, 900))
    await following.publish()
    await following.corrections.correct(SERVER, 1, "The lead is 99", WHO)
    await following.publish()
    await following.control.set_desk_channel(COUNT, SERVER, WHO)
    await following.follow(LIVE)
    await following.control.set_public(LIVE, SERVER, WHO, public=True)
    await post_at(following)
    lists = {row.channel: row for row in await following.posts() if row.kind == "rundown"}
    assert lists[COUNT].headline.endswith("(see #2).")
    assert lists[LIVE].headline.endswith("(corrected).")


async def test_a_list_during_a_hold_says_so_and_claims_no_quiet_night(newsroom: Newsroom) -> None:
    newsroom.clock.set(EIGHT - timedelta(days=1))
    await newsroom.follow()
    await newsroom.take(
        reading(110, 100, as_of=EIGHT - timedelta(hours=20)), reading(90, 100, as_of=EIGHT - timedelta(hours=8))
    )
    await post_at(newsroom)
    row = (await newsroom.posts())[-1]
    assert row.kind == "rundown"
    assert row.headline.endswith(" as of noon Tuesday; newer figures are on hold.")
    embeds = await newsroom.database.rows("SELECT embeds FROM outbox WHERE kind = 'rundown'")
    assert "Overnight" not in embeds[0][0]
    assert "on hold" in embeds[0][0]


async def test_a_list_says_that_a_source_is_muted_and_names_nobody(following: Newsroom) -> None:
    await following.take(reading(1000, 500))
    await following.control.mute("times", SERVER, "olga (81)")
    said = await at_eight(following)
    assert "; source muted." in said
    assert "The Times has been muted here since 7 a.m." in said
    assert "olga" not in said


async def test_other_figures_entered_later_replace_when_the_official_site_was_said_to_have_changed(
    following: Newsroom,
) -> None:
    await following.take(reading(1000, 500))
    for minutes, total, last in ((55, 4_989_046, EIGHT - timedelta(hours=14)), (25, 4_991_741, None)):
        told = EIGHT - timedelta(minutes=minutes)
        said = Statement(source="ga-sos", contest="ga", as_of=told, total=total, last_updated=last)
        await following.statements.take_in(said, SERVER, WHO)
    told_at_eight = await at_eight(following)
    assert "4,991,741 votes, as of 7:35 a.m." in told_at_eight
    assert "last updated" not in told_at_eight


async def test_a_list_has_nothing_of_a_muted_source_beside_the_one_that_leads(following: Newsroom) -> None:
    await following.take(reading(1000, 500))
    await certify(following, 96, total=4_991_741)
    await following.control.mute("ga-sos", SERVER, WHO)
    told_at_eight = await at_eight(following)
    assert "500" in told_at_eight
    for word in ("Secretary of State", "96 of 159", "4,991,741"):
        assert word not in told_at_eight


async def test_the_public_does_not_read_of_sources_for_the_newsroom_only(following: Newsroom) -> None:
    await following.follow(LIVE)
    await following.control.set_desk_channel(19, SERVER, WHO)
    await following.control.set_public(COUNT, SERVER, WHO, public=True)
    await following.take(reading(1000, 500))
    await certify(following, 92, source="reporter")
    await post_at(following)
    rows = await following.database.rows("SELECT channel, content || embeds FROM outbox WHERE kind = 'rundown'")
    told = {channel: "92" in words and "reporter" in words for channel, words in rows}
    assert told == {COUNT: False, LIVE: True}


async def test_the_public_does_not_read_of_what_waits_for_publish(following: Newsroom) -> None:
    await following.control.set_desk_channel(19, SERVER, WHO)
    await following.control.set_public(COUNT, SERVER, WHO, public=True)
    await following.take(reading(1000, 500))
    for done in (92, 98):  # the first count is no news, and nobody let it out; the second waits
        await certify(following, done)
    await following.publish()
    told = await at_eight(following)
    assert ("92 of 159" in told, "98" in told) == (False, False)


async def test_a_list_is_copied_as_it_was_posted_and_a_corrected_one_says_so(following: Newsroom) -> None:
    await following.take(reading(1000, 900))
    await post_at(following)
    await following.publish()
    message = following.shown()[-1].id
    copied = render(await following.rundown.copy(message)).content
    assert copied.split("\n") == [
        "As of 8 a.m. Wednesday, Nov. 11: Biden leads in Georgia by 100.",
        "Where it stands",
        "Biden leads by 100, in the Times' count of 1,900 votes as of 7 a.m.",
        "Last checked at 7 a.m.",
        "The margin is 5.26 percentage points.",
        "Nothing is on the schedule today, and no deadline falls within two weeks.",
        "Unofficial unless marked certified.",
    ]
    ((number,),) = await following.database.rows("SELECT number FROM outbox WHERE kind = 'rundown'")
    await following.corrections.correct(SERVER, number, "the margin is 99", WHO)
    await following.publish()
    _, first, *_ = render(await following.rundown.copy(message)).content.split("\n")
    assert first.startswith("As of 8 a.m.: Corrected; see [#3](")
    assert first.endswith("). The margin is 99.")
