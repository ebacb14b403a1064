"""Backs up a running bot, lets it run on, kills it, and restores the backup. Nothing may be posted twice.

The bots are real processes, with a simulated Discord.
"""

import asyncio
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import open_app
from bot.clock import SystemClock
from bot.count.reading import Reading
from bot.database.backup import back_up, examine
from bot.outbox.discord import number_of
from bot.rehearsal.stage import FeedServer
from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.server import StandIn
from tests.conftest import examples
from tests.faults.playing import Address
from tests.faults.restored_process import Order, desk, live
from tests.faults.zygote import prepared

SOON = 30.0
NOTICE = "**The bot's records were restored from a copy made at "


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON):
        while not true():
            await asyncio.sleep(0.01)


class Count:
    """A feed whose leader changes with each reading, by more votes than a post needs."""

    def __init__(self, feeds: FeedServer) -> None:
        self._feeds = feeds
        self.step = 0

    def go_on(self) -> None:
        self.step += 1
        lead = 10_000 + 61 * self.step
        votes = {"ames": 990_000 + 500 * self.step + lead, "bell": 990_000 + 500 * self.step}
        self._feeds.show(Reading(source="wire", contest="ga", as_of=datetime.now(UTC), votes=votes))


def told(channel: Channel) -> list[str]:
    """Return the leader in each post of a channel. The notice of the restore is skipped."""
    texts = [message.content for message in channel.messages if not message.content.startswith(NOTICE)]
    return [lead for text in texts if (lead := lead_in(text))]


def lead_in(text: str) -> str | None:
    match = re.search(r"(?:to|by) (\d\d,\d{3})\b", text)
    return match[1] if match else None


def notices(channel: Channel) -> list[str]:
    return [message.content for message in channel.messages if message.content.startswith(NOTICE)]


@pytest.mark.seeds
@pytest.mark.parametrize("seed", range(1, 2 + examples() // 50))
async def test_a_restored_backup_posts_nothing_twice(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    database, copy = tmp_path / "desk.sqlite3", tmp_path / "copy.sqlite3"
    async with StandIn() as standin, FeedServer() as feeds, prepared() as zygote:
        guild = standin.world.add_guild("Newsroom")
        channels = [guild.add_channel(name) for name in ("count", "live")]
        feed, count = feeds.url("wire"), Count(feeds)
        order = Order(Address(standin.base, standin.gateway_url), feed, database)
        async with open_app(desk(feed), database, SystemClock()) as app:
            for channel in channels:
                await app.rooms.follows.follow(app.rooms.follows.contest("ga"), guild.id, channel.id, None, "faults")
        count.go_on()

        async def feeding(posts: int) -> None:
            """Publish new readings until each channel has `posts` more posts."""
            before = [len(channel.messages) for channel in channels]
            while any(len(c.messages) < n + posts for c, n in zip(channels, before, strict=True)):
                count.go_on()
                await asyncio.sleep(chance.uniform(0.02, 0.08))

        await zygote.start(live, order)
        async with asyncio.timeout(SOON):
            await feeding(3)
            for _ in range(chance.randrange(2)):
                standin.faults.lose_answer()
            await asyncio.to_thread(back_up, database, copy)
            in_the_copy = [len(channel.messages) for channel in channels]
            await feeding(4)
        zygote.kill()
        await zygote.ended(SOON)
        at_the_kill = [len(channel.messages) for channel in channels]

        for leftover in tmp_path.glob("desk.sqlite3*"):
            leftover.unlink()
        database.write_bytes(copy.read_bytes())
        await zygote.start(live, order)
        await until(lambda: notices(channels[0]))  # no desk channel is set: the first that follows
        async with asyncio.timeout(SOON):
            await feeding(3)
        zygote.kill()
        await zygote.ended(SOON)

        for channel, known, killed in zip(channels, in_the_copy, at_the_kill, strict=True):
            leads = told(channel)
            assert len(leads) == len(set(leads)), leads
            assert len(leads) > killed > known >= 3
            assert [int(lead.replace(",", "")) for lead in leads] == sorted(
                int(lead.replace(",", "")) for lead in leads
            )
        assert [len(notices(channel)) for channel in channels] == [1, 0]
        # What was told before may differ: what waited in one channel is one post there.
        leads_told: dict[int | None, str | None] = {}
        for channel in channels:
            numbers = [number_of(message.content) for message in channel.messages]
            assert len(numbers) == len(set(numbers))
            for message in channel.messages:
                lead = lead_in(message.content) if not message.content.startswith(NOTICE) else "the notice"
                assert leads_told.setdefault(number_of(message.content), lead) == lead
        assert examine(database).copied_at is None
        assert standin.unknown == []
