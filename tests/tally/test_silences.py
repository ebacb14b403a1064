from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.count.statement import Statement
from bot.desk.desk_file import Desk
from bot.events.event import Event
from bot.feeds.polling import SourceHealth
from bot.follows.preferences import FollowPreferences
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
    reading,
    small_desk,
)

HOUR = 60
NIGHT: dict[str, Any] = {"reporting": {"precincts": (10, 100)}}
ALL_IN: dict[str, Any] = {"reporting": {"precincts": (100, 100)}}


def desk(**limits: str) -> Desk:
    """Return the small desk file with feeds for two sources, which have the silence limits `limits`."""
    plain = small_desk()
    limits = limits or {"stale_after": "24h", "stale_after_night": "30m"}
    fetched = [
        {"format": "readings", "url": "http://localhost/", **limits} if source.id in ("times", "ga-sos") else {}
        for source in plain.sources
    ]
    sources = [
        {**source.model_dump(exclude_none=True, exclude_unset=True, exclude={"every"}), **more}
        for source, more in zip(plain.sources, fetched, strict=True)
    ]
    return Desk.model_validate(plain.model_dump() | {"sources": sources})


@pytest.fixture
async def room(open_newsroom: OpenNewsroom) -> Newsroom:
    """Return a newsroom that follows Georgia, with 1,000 votes for Biden and 500 for Trump at the start."""
    room = await open_newsroom(desk())
    await room.follow()
    await room.take(reading(1000, 500, **ALL_IN))
    return room


async def asked(room: Newsroom, minute: float, source: str = "times") -> None:
    """Fetch a source that has nothing new, look for silences, and send the posts."""
    await room.repeat(minute, source)
    await room.silences.look()
    await room.publish()


async def failing(room: Newsroom, since: float, now: float, source: str = "times", failures: int = 9) -> None:
    """Let fetching a source fail from a minute on, look for silences, and send the posts."""
    room.health[source] = SourceHealth(failures, "down", None, START + timedelta(minutes=since))
    room.at(now)
    await room.silences.look()
    await room.publish()


async def answering(room: Newsroom, minute: float, source: str = "times") -> None:
    """Let a source answer again with nothing new."""
    room.health[source] = SourceHealth(reached_at=START + timedelta(minutes=minute))
    await asked(room, minute, source)


async def told(room: Newsroom, channel: int = COUNT) -> list[str]:
    return [row.headline for row in await room.posts(channel) if row.kind == "stale"]


# What waited.


async def test_a_silence_that_is_over_before_its_post_goes_out_is_told_in_no_post(room: Newsroom) -> None:
    await room.control_store.pause(SERVER, WHO, None)
    await failing(room, 20, 100)
    await answering(room, 200)
    await room.control_store.resume(SERVER, WHO, None)
    await room.publish()
    assert [row.state for row in await room.posts(COUNT) if row.kind == "stale"] == ["dropped"]


async def test_a_silence_that_lasts_when_its_post_goes_out_is_told_with_how_long_it_is_by_then(room: Newsroom) -> None:
    await room.control_store.pause(SERVER, WHO, None)
    await failing(room, 20, 100)
    await room.control_store.resume(SERVER, WHO, None)
    await failing(room, 20, 200)
    await failing(room, 20, 201)
    sent = [row.headline for row in await room.posts(COUNT) if row.kind == "stale" and row.state == "sent"]
    (silent,) = sent
    assert "since 7:20 a.m., for 3 hours, 1 minute." in silent


async def test_a_silence_that_waits_for_publish_can_be_published_as_it_was_shown(room: Newsroom) -> None:
    await room.control.set_desk_channel(LIVE, SERVER, WHO)
    await room.publish()
    await room.control.set_public(COUNT, SERVER, WHO, public=True)
    await failing(room, 20, 100)
    (waits,) = [row for row in await room.posts(COUNT) if row.kind == "stale"]
    assert waits.state == "awaiting"
    room.at(110)
    await room.queue.press("publish", waits.id, SERVER, WHO)
    await room.publish()
    assert "The Times" in room.contents()[-1]


# Quiet hours.


async def hush(room: Newsroom, start: int, end: int, contest: str = "ga") -> None:
    """Set quiet hours for the channel, by the desk's clock. The test starts at 7."""
    await room.follow(contest=contest, preferences=FollowPreferences(quiet=(start * 60, end * 60)))


async def test_a_silence_waits_for_the_end_of_quiet_hours(room: Newsroom) -> None:
    await hush(room, 9, 12)
    await failing(room, 120, 200)
    assert await told(room) == []
    assert await room.silences.next_due() == START + timedelta(hours=5)
    await failing(room, 120, 300)
    (silent,) = await told(room)
    assert "since 9 a.m., for three hours." in silent


async def test_a_silence_that_is_over_by_the_end_of_quiet_hours_is_not_told(room: Newsroom) -> None:
    await hush(room, 9, 12)
    await failing(room, 120, 200)
    await answering(room, 210)
    await answering(room, 301)
    assert await told(room) == []


async def test_the_end_of_a_told_silence_waits_and_says_when_it_really_was(room: Newsroom) -> None:
    await failing(room, 20, 100)
    assert len(await told(room)) == 1
    await hush(room, 9, 12)
    await answering(room, 200)
    await answering(room, 250)
    assert len(await told(room)) == 1
    await answering(room, 300)
    await answering(room, 310)
    _, over = await told(room)
    assert over.endswith("after three hours.")


async def test_a_silence_is_told_where_another_contest_of_the_channel_is_not_quiet(room: Newsroom) -> None:
    await hush(room, 9, 12)
    await room.follow(contest="senate")
    await room.take(reading(10, 5, contest="senate"))
    await failing(room, 120, 200)
    assert len(await told(room)) == 1


# It answers and shows the same.


async def test_a_source_that_stands_still_is_told_once_after_its_limit_and_once_when_it_moves(room: Newsroom) -> None:
    for minute in (23 * HOUR, 24 * HOUR, 24 * HOUR + 1, 30 * HOUR):
        await asked(room, minute)
    (silent,) = await told(room)
    assert silent.startswith("**No change for 24 hours**")
    await room.take(reading(1001, 500, 31 * HOUR, **ALL_IN))
    for _ in range(2):
        await room.silences.look()
    (_, moved) = await told(room)
    assert moved.endswith("after 31 hours without a change.")


async def test_another_silence_is_told_anew(room: Newsroom) -> None:
    await asked(room, 24 * HOUR)
    await room.take(reading(1001, 500, 25 * HOUR, **ALL_IN))
    await asked(room, 49 * HOUR)
    assert ["No change" in headline for headline in await told(room)] == [True, False, True]


async def test_on_election_night_the_limit_is_shorter(room: Newsroom) -> None:
    await room.take(reading(1010, 510, 1, **NIGHT))
    await asked(room, 30)
    assert await told(room) == []
    await asked(room, 31)
    assert "No change for 30 minutes" in (await told(room))[0]


async def test_a_source_that_does_not_lead_is_told_in_other_words_with_what_the_leading_one_has(room: Newsroom) -> None:
    await room.take(reading(900, 400, 1, source="ga-sos", **NIGHT))
    await asked(room, 31, "ga-sos")
    (silent,) = await told(room)
    assert silent.startswith("**The Secretary of State's figures")
    assert "The Times has Biden ahead by 500" in silent


async def test_a_source_is_not_silent_while_any_contest_of_it_moves(room: Newsroom) -> None:
    await room.follow(contest="senate")
    await room.take(reading(5, 4, 20 * HOUR, contest="senate", **ALL_IN))
    await asked(room, 24 * HOUR)
    assert await told(room) == []
    await asked(room, 44 * HOUR)
    assert len(await told(room)) == 1


async def test_what_is_held_shows_that_the_source_moves(room: Newsroom) -> None:
    await room.take(reading(990, 500, 20 * HOUR, **ALL_IN))
    await room.settle(post=False)
    await asked(room, 43 * HOUR)
    assert await told(room) == []


async def test_a_time_in_which_the_bot_did_not_ask_is_not_the_source_s_silence(room: Newsroom) -> None:
    await asked(room, 5)
    room.at(30 * HOUR)  # the bot was down
    await room.silences.look()
    assert await told(room) == []
    await room.take(reading(1001, 500, 30 * HOUR, **ALL_IN))
    await asked(room, 31 * HOUR)
    assert await told(room) == []


async def test_a_restart_tells_nothing_twice(room: Newsroom) -> None:
    await asked(room, 24 * HOUR)
    await failing(room, 24 * HOUR, 26 * HOUR)
    await room.restart()
    room.at(27 * HOUR)
    await room.silences.look()
    await failing(room, 27 * HOUR, 30 * HOUR)
    assert len(await told(room)) == 2
    await answering(room, 31 * HOUR)
    assert "again" in (await told(room))[-1]


async def test_before_the_first_votes_nothing_is_silent(open_newsroom: OpenNewsroom) -> None:
    room = await open_newsroom(desk())
    await room.follow()
    await room.take(reading(0, 0, **NIGHT))
    await asked(room, 48 * HOUR)
    assert await told(room) == []


async def test_a_source_without_a_limit_may_stand_still(open_newsroom: OpenNewsroom) -> None:
    room = await open_newsroom(desk(credit="The Times"))
    await room.follow()
    await room.take(reading(1000, 500, **ALL_IN))
    await asked(room, 999 * HOUR)
    assert await told(room) == []


# It can't be reached.


async def test_a_source_that_can_t_be_reached_is_told_once_and_once_when_it_can(room: Newsroom) -> None:
    for minute in (59, 60, 61, 300):
        await failing(room, 0, minute)
    (silent,) = await told(room)
    assert "Posts here follow its count" in silent


async def test_a_source_that_fails_now_and_then_is_not_away(room: Newsroom) -> None:
    await failing(room, 0, 120, failures=1)
    assert await told(room) == []


async def test_a_source_beside_is_told_in_other_words(room: Newsroom) -> None:
    await room.take(reading(900, 400, 1, source="ga-sos", **ALL_IN))
    await failing(room, 2, 62, "ga-sos")
    await answering(room, 90, "ga-sos")
    silent, over = await told(room)
    assert "since 7:02 a.m., for one hour. Posts here follow another count" in silent
    assert over.endswith("after 1 hour, 28 minutes.")


async def test_the_leading_source_is_missed_even_if_it_was_never_reached(open_newsroom: OpenNewsroom) -> None:
    room = await open_newsroom(desk())
    await room.follow()
    await failing(room, 0, 60)
    await failing(room, 0, 60, "ga-sos")
    assert len(await told(room)) == 1


# Who is told.


async def test_only_channels_whose_contests_use_the_source_are_told(room: Newsroom) -> None:
    await room.follow(LIVE, "senate")
    await room.follow(AWAY, server=OTHER_SERVER)
    await room.take(reading(900, 400, 1, source="ga-sos", **ALL_IN))
    await asked(room, 24 * HOUR + 1, "ga-sos")
    assert [len(await told(room, channel)) for channel in (COUNT, LIVE, AWAY)] == [1, 0, 1]


async def test_a_channel_is_told_once_whatever_it_follows(room: Newsroom) -> None:
    await room.follow(contest="senate")
    await room.take(reading(5, 4, 1, contest="senate", **ALL_IN))
    await asked(room, 24 * HOUR + 1)
    assert len(await told(room)) == 1


async def test_a_channel_that_begins_to_follow_is_not_told_of_a_silence_that_was_known(room: Newsroom) -> None:
    await asked(room, 24 * HOUR)
    await room.follow(LIVE)
    await asked(room, 25 * HOUR)
    assert await told(room, LIVE) == []


async def test_a_channel_that_no_longer_follows_is_not_told_of_the_end(room: Newsroom) -> None:
    await asked(room, 24 * HOUR)
    await room.following.unfollow("ga", SERVER, COUNT, WHO)
    await room.take(reading(1001, 500, 25 * HOUR, **ALL_IN))
    await room.silences.look()
    assert len(await told(room)) == 1
    assert await room.database.rows("SELECT ended_at IS NULL FROM source_silences") == [(0,)]


# Until it is certified.


async def by_the_leading_source(room: Newsroom) -> None:
    await room.take(reading(1000, 500, 1, status="certified", **ALL_IN))


async def by_another_source(room: Newsroom) -> None:
    await room.take(reading(900, 400, 1, source="ga-sos", status="certified", **ALL_IN))


async def by_all_counties(room: Newsroom) -> None:
    said = {"source": "ga-sos", "contest": "ga", "as_of": START, "certified": (159, 159)}
    await room.statements.take_in(Statement.model_validate(said), SERVER, WHO)


async def by_the_schedule(room: Newsroom) -> None:
    said = {"kind": "certification", "title": "The state certifies", "wall": "2020-11-11T17:00", "status": "over"}
    event = Event.model_validate(said | {"zone": "America/New_York", "certifies": "state"})
    await room.schedule.add(SERVER, [event], WHO)


@pytest.mark.parametrize("certify", [by_the_leading_source, by_another_source, by_all_counties, by_the_schedule])
async def test_what_is_certified_may_stand_still(
    room: Newsroom, certify: Callable[[Newsroom], Awaitable[None]]
) -> None:
    await certify(room)
    await asked(room, 30 * HOUR)
    await failing(room, 30 * HOUR, 40 * HOUR)
    assert await told(room) == []


async def test_a_silence_that_certification_ends_has_no_other_end(room: Newsroom) -> None:
    await asked(room, 24 * HOUR)
    await room.take(reading(1000, 500, 25 * HOUR, status="certified", **ALL_IN))
    await room.silences.look()
    assert len(await told(room)) == 1


async def test_counties_that_are_not_all_certified_do_not_end_it(room: Newsroom) -> None:
    said = {"source": "ga-sos", "contest": "ga", "as_of": START, "certified": (158, 159)}
    await room.statements.take_in(Statement.model_validate(said), SERVER, WHO)
    await asked(room, 24 * HOUR)
    assert len(await told(room)) == 1


# What staff saw.


async def saw(room: Newsroom, minute: float, last_updated: float, source: str = "times") -> None:
    room.at(minute)
    said = {"source": source, "contest": "ga", "as_of": START + timedelta(minutes=minute)}
    silent = said | {"last_updated": START + timedelta(minutes=last_updated), "approximate": ["last_updated"]}
    await room.statements.take_in(Statement.model_validate(silent), SERVER, WHO)


async def test_a_silence_that_staff_saw_first_is_not_told_again_but_its_end_is(room: Newsroom) -> None:
    await saw(room, 14 * HOUR, -10)
    await asked(room, 24 * HOUR)
    assert len(await told(room)) == 1
    await room.take(reading(1001, 500, 25 * HOUR, **ALL_IN))
    await room.silences.look()
    assert "again" in (await told(room))[-1]


async def test_a_silence_that_the_bot_told_is_not_told_again_when_staff_see_it(room: Newsroom) -> None:
    await asked(room, 24 * HOUR)
    await saw(room, 25 * HOUR, 20)
    assert len(await told(room)) == 1


# When to look.


async def test_the_next_look_is_when_the_silence_would_be_told(room: Newsroom) -> None:
    assert await room.silences.next_due() == START + timedelta(hours=24)
    await asked(room, 24 * HOUR)
    assert await room.silences.next_due() is None
    room.at(24 * HOUR + 5)
    await room.take(reading(1001, 500, 24 * HOUR + 5, **ALL_IN))
    assert await room.silences.next_due() == room.clock.now()
    await room.silences.look()
    assert await room.silences.next_due() == START + timedelta(hours=48, minutes=5)


async def test_what_nobody_asked_about_is_not_overdue(room: Newsroom) -> None:
    room.at(30 * HOUR)
    await room.silences.look()
    assert await room.silences.next_due() is None


async def test_a_look_that_finds_nothing_wakes_nobody(room: Newsroom) -> None:
    await asked(room, 1)
    room.woken.clear()
    await asked(room, 2)
    assert room.woken == []
    assert await room.count("source_silences") == 0
