"""Runs a bot in its own process. The bot polls its feeds and publishes until it is killed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.app import App, open_app
from bot.clock import SystemClock
from bot.rehearsal.standin.server import pointing_at
from tests.faults.playing import PER_SECOND, Address
from tests.faults.small_day import small_desk
from tests.faults.steps import Record
from tests.faults.truth import hold_to_margin


@dataclass(frozen=True, slots=True)
class Order:
    """The addresses and files for a bot, and how it starts."""

    address: Address
    feeds: Mapping[str, str]
    """Source id → address of the source's feed."""
    database: Path
    record: Path
    """The file for claims about the present in posts that `/margin` does not confirm."""
    hasty: bool
    """True if the bot sends posts before it knows its servers. That can happen after a start."""


def watch(order: Order) -> None:
    """Poll the feeds and publish, until the process is killed."""
    asyncio.run(_watch(order))


async def _watch(order: Order) -> None:
    desk = small_desk(order.feeds)
    with pointing_at(order.address):
        async with open_app(
            desk, order.database, SystemClock(), guild_ready_timeout=0.01, requests_per_second=PER_SECOND
        ) as app:
            hold_to_margin(app, partial(Record(order.record).write, "untrue"))
            await app.bot.login("a-token")
            async with asyncio.TaskGroup() as group:
                group.create_task(app.bot.connect())
                group.create_task(_work(app, hasty=order.hasty))


async def _work(app: App, *, hasty: bool) -> None:
    if not hasty:
        await app.bot.wait_until_ready()
    await app.rooms.outbox.dispatcher.start()
    while True:
        await app.rooms.feeds.polling.ask_all()
        await app.due.look()
        await asyncio.sleep(0.005)
