"""Tests direct messages to the person on call while the bot is stopped and started. Each incident is reported once."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.desk.desk_file import Source
from bot.errors import TallydeskError
from bot.feeds.polling import SourceHealth
from bot.operations.health_check import HealthCheck
from bot.operations.health_store import HealthStore
from bot.operations.on_call import OnCallContact
from bot.outbox.states import Transition
from tests.conftest import COUNT, START, Newsroom, reading

OLGA, DM = 5, 99
AFTER = timedelta(minutes=10)


class Running:
    """A bot after a start, with the messages to the person on call as time passes."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.asked: list[int] = []
        self.fails: list[str] = []
        self.admitted: set[int] = set()
        self.start()

    def start(self) -> None:
        newsroom = self.newsroom
        store = HealthStore(newsroom.rooms.outbox.outbox)
        sources = [Source.model_validate({"id": key, "name": f"the {key.title()}"}) for key in ("times", "sos")]
        self.health = {source.id: SourceHealth() for source in sources}
        self.health_check = HealthCheck(store, sources, self.health, lambda: True, newsroom.clock.now, AFTER)
        zone = newsroom.following._desk.zone
        self.person = OnCallContact(OLGA, store, self.open_channel, zone, AFTER, self.admitted.add)

    async def open_channel(self, user: int) -> int:
        self.asked.append(user)
        await asyncio.sleep(0)
        if self.fails:
            raise TallydeskError(self.fails.pop(0))
        return DM

    async def at(self, minute: float) -> None:
        """Set the clock to `minute` minutes after the start, and run the health check."""
        self.newsroom.at(minute)
        self.newsroom.wall.now = self.newsroom.clock.now().timestamp()
        await self.person.tell(await self.health_check.look())

    async def pass_by(self, first: int, last: int) -> None:
        for minute in range(first, last + 1):
            await self.at(minute)

    def fail(self, source: str, minute: float) -> None:
        since = START + timedelta(minutes=minute)
        self.health[source] = SourceHealth(1, f"{source}: https://a:KEY@example.org/ answered 503", None, since)

    def work(self, source: str) -> None:
        self.health[source] = SourceHealth(reached_at=self.newsroom.clock.now())

    async def told(self) -> list[str]:
        return await self.newsroom.headlines(DM)


@pytest.fixture
def running(newsroom: Newsroom) -> Running:
    return Running(newsroom)


async def test_a_feed_that_is_down_and_back_is_two_messages(running: Running) -> None:
    await running.pass_by(0, 4)
    running.fail("times", 5)
    await running.pass_by(5, 40)
    running.work("times")
    await running.pass_by(41, 60)
    down, back = await running.told()
    assert "down for 10 minutes" in down
    assert "KEY" not in down
    assert "after 36 minutes" in back


async def test_a_restart_tells_nothing_twice(running: Running) -> None:
    running.fail("times", 0)
    await running.pass_by(0, 15)
    running.start()
    await running.pass_by(16, 20)  # not asked yet
    running.fail("times", 20)
    await running.pass_by(21, 25)
    running.start()
    running.fail("times", 26)
    await running.pass_by(26, 60)
    assert len(await running.told()) == 1
    running.start()
    running.work("times")
    await running.pass_by(61, 70)
    _, back = await running.told()
    assert "after 1 hour, 1 minute." in back


async def test_a_short_failure_is_nobody_s_business(running: Running) -> None:
    await running.pass_by(0, 1)
    running.fail("times", 1)
    await running.pass_by(2, 10)
    running.work("times")
    await running.pass_by(11, 30)
    assert await running.told() == []


async def test_a_bot_that_was_down_says_so_once_when_it_is_started(running: Running) -> None:
    await running.pass_by(0, 3)
    running.start()
    await running.pass_by(45, 48)
    running.start()
    await running.pass_by(50, 52)
    (said,) = await running.told()
    assert "from 7:03 a.m. to 7:45 a.m." in said


async def test_a_channel_whose_posts_wait_is_told_of_until_it_works(running: Running, newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    post = (await newsroom.outbox.claim(COUNT)).post
    assert post is not None
    await newsroom.outbox.defer(
        post, newsroom.outbox.now(), "Discord answered 403, error 50013: Missing Permissions", closed=True
    )
    await running.pass_by(1, 30)
    await newsroom.outbox.settle(post, Transition.ACCEPTED, message=1)
    await running.pass_by(31, 60)
    waits, over = await running.told()
    assert "for 10 minutes. Discord answered 403, error 50013: Missing Permissions." in waits
    assert "after 31 minutes" in over


async def test_a_doubtful_post_is_told_of_once(running: Running, newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    post = (await newsroom.outbox.claim(COUNT)).post
    assert post is not None
    await newsroom.outbox.settle(post, Transition.UNREADABLE, why="it may not be read")
    await running.pass_by(1, 5)
    running.start()
    await running.pass_by(6, 9)
    (said,) = await running.told()
    assert said.startswith("**Post #1 for <#11> is doubtful.**")


async def test_messages_that_can_not_be_sent_make_no_more_messages(running: Running, newsroom: Newsroom) -> None:
    running.fail("times", 0)
    await running.pass_by(0, 600)
    assert len(await running.told()) == 1
    await newsroom.publish()
    assert len(newsroom.contents(DM)) == 1


async def test_the_channel_is_asked_for_once_and_known_before_anything_is_sent(running: Running) -> None:
    await running.pass_by(0, 5)
    running.start()
    running.admitted.clear()
    assert await running.person.channel(START) == DM
    assert running.admitted == {DM}
    assert running.asked == [OLGA]


async def test_a_person_whom_discord_does_not_know_is_asked_for_every_five_minutes(running: Running) -> None:
    running.fails = ["Discord opens no direct messages"] * 5
    running.fail("times", 0)
    with capture_logs() as logged:
        await running.pass_by(0, 24)
    assert running.asked == [OLGA] * 5
    assert [line["failures"] for line in logged] == [1, 2, 4]
    assert await running.told() == []
    await running.pass_by(25, 26)
    assert len(await running.told()) == 1  # what was wrong meanwhile is told now
