"""Breaks bots on purpose, to test that the fault runs would notice a bug."""

import random
import threading
from collections.abc import Iterator
from typing import Literal
from unittest.mock import patch

from bot.box import box as box_module
from bot.box.box import Job, Worker
from bot.events.mirror_changes import GuildEvent
from bot.outbox import outbox_store
from bot.outbox.discord import DiscordChannels
from bot.outbox.outbox_store import ClaimResult, OutboxStore
from bot.outbox.states import Transition
from bot.schedule.mirror import DiscordEvents
from bot.tally import changes_store
from tests.faults.steps import Record

Flaw = Literal["never looks", "settles first", "lives on", "mirrors blindly", "tells what was so", "loses workers"]
"""A way to break the bot.

With `lives on`, the bot does not die when it should. A fault run then tests nothing.
"""

WORKERS_LOST = 20
"""The most workers that are killed between two starts of a bot."""


def break_bot(flaw: Flaw | None, record: Record) -> None:
    """Break the bot in this process. With `flaw` None, nothing changes."""
    match flaw:
        case "never looks":
            patch.object(DiscordChannels, "find", _find_nothing).start()
        case "settles first":
            _settle_first()
        case "loses workers":
            _lose_workers(record)
        case "mirrors blindly":
            patch.object(DiscordEvents, "there", _see_nothing).start()
        case "tells what was so":
            patch.object(changes_store, "_up_to_now", lambda *of: of[-1]).start()
            patch.object(outbox_store, "to_merge", lambda *_: []).start()


async def _find_nothing(*_: object) -> None:
    """Find no message. A post that may have arrived is then posted again."""


async def _see_nothing(*_: object) -> list[GuildEvent]:
    """Return none of a server's Discord events. The bot then creates them again."""
    return []


def _settle_first() -> None:
    """Mark claimed posts as sent before they are."""
    claim = OutboxStore.claim

    async def claim_and_settle(self: OutboxStore, channel: int, *, boards: bool = True) -> ClaimResult:
        claimed = await claim(self, channel, boards=boards)
        if claimed.post is not None:
            await self.settle(claimed.post, Transition.ACCEPTED, message=1)
        return claimed

    patch.object(OutboxStore, "claim", claim_and_settle).start()


def _lose_workers(record: Record) -> None:
    """Kill worker processes of this bot at random moments. Each death is recorded."""
    chance, left, start = random.Random(), iter(range(WORKERS_LOST)), box_module.Worker

    def doomed() -> Worker:
        worker = start()
        do = worker.do

        def do_and_die(job: Job) -> Iterator[bytes]:
            if chance.random() < 0.5 and next(left, None) is not None:
                record.write("killed")
                threading.Timer(chance.uniform(0.0, 0.03), worker._process.kill).start()
            return do(job)

        worker.do = do_and_die  # of this one
        return worker

    box_module.Worker = doomed  # type: ignore[misc, assignment]  # for the rest of this process
