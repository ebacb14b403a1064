"""Tests reminders with a clock that jumps to and fro, and a bot that is restarted at any moment. None may be lost or
doubled.

The every-step runs cover deaths between two steps. Here the news clock is wrong, also between storing a reminder in
the outbox and sending it.
"""

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.events.event import Event
from bot.events.reminder import EARLY_BY, OVER_AFTER
from tests.conftest import COUNT, SERVER, START, WHO, Newsroom, examples, small_desk

MINUTE = timedelta(minutes=1)
LEAD = 30 * MINUTE
FIRST, LAST = START + timedelta(hours=1), START + timedelta(hours=8)
SLIPS = (-90, -20, -1, 3, 45, 200)
"""How wrong the clock is for a while, in minutes."""


def _shown(draw: random.Random, true: datetime) -> datetime:
    """Return the time that the clock shows. Sometimes it is wrong."""
    return true + draw.choice(SLIPS) * MINUTE if draw.random() < 0.2 else true


@pytest.mark.seeds
@pytest.mark.parametrize("seed", range(round(examples() * 0.06)))
async def test_whatever_the_clock_does_each_reminder_comes_once(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    async with Newsroom(tmp_path / "desk.sqlite3", small_desk()) as room:
        await _live(draw, room)


async def _live(draw: random.Random, room: Newsroom) -> None:
    await room.follow()
    starts = [FIRST + draw.randrange(0, 400) * MINUTE for _ in range(6)]
    events = [
        Event(kind="other", title=f"Event {place}", wall=start.replace(tzinfo=None), zone="UTC")
        for place, start in enumerate(starts)
    ]
    await room.schedule.add(SERVER, events, WHO)
    looked: list[tuple[datetime, datetime]] = []
    """Pairs of the clock's time when the bot searched for due reminders, and when it sent them."""
    true = START
    while true < LAST:
        true += draw.randrange(1, 12) * MINUTE
        shown, sent = _shown(draw, true), _shown(draw, true)
        room.clock.set(shown)
        looked.append((shown, sent))
        await room.remind.post_due()
        if draw.random() < 0.3:  # it dies before what is due was sent, and another starts
            await room.restart()
            await room.remind.post_due()
        room.clock.set(sent)
        await room.publish()
    told = [content.split("\n")[0] for content in room.contents(COUNT)]
    for event in events:
        of_it = [said for said in told if f"{event.title}," in said]
        assert len(of_it) <= 2, "doubled"
        before = [said for said in of_it if said.startswith("**In ")]
        at_its_time = [said for said in of_it if not said.startswith("**In ")]
        assert (len(before) <= 1, len(at_its_time) <= 1) == (True, True), "doubled"
        assert at_its_time, f"lost: nothing of {event.title} at its time"
        due = event.starts_at - LEAD
        if any(due <= look < event.starts_at and due - EARLY_BY < send < event.starts_at for look, send in looked):
            assert before, f"lost: nothing of {event.title} before it"


def test_what_is_looked_at_is_ahead() -> None:
    assert START < FIRST - LEAD
    assert OVER_AFTER >= 12 * MINUTE  # the longest step between two looks by the true clock
