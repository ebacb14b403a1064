"""A certification deadline has reminders until all units that must certify by then have done so."""

from datetime import datetime
from typing import Any

import pytest

from bot.count.statement import Statement
from tests.conftest import COUNT, SERVER, START, WHO, Newsroom, reading
from tests.schedule.test_remind import add, at, event

STATE: dict[str, Any] = {"results_certified": {}}

BACK: dict[str, Any] = {"results_certified": {"taken_back": True}}


@pytest.fixture
async def room(newsroom: Newsroom) -> Newsroom:
    await newsroom.follow()
    return newsroom


async def say(room: Newsroom, said: dict[str, Any]) -> None:
    about = {"source": "ga-sos", "contest": "ga", "as_of": START}
    await room.statements.take_in(Statement.model_validate(about | said), SERVER, WHO)


async def reminded(room: Newsroom, moment: datetime) -> list[str]:
    """Return the openings of the reminders that are posted at a moment, such as "Coming up"."""
    before = len(room.contents(COUNT))
    room.clock.set(moment)
    await room.remind.post_due()
    await room.publish()
    said = [content.partition(":")[0] for content in room.contents(COUNT)[before:]]
    return [opening.removeprefix("**") for opening in said if opening.startswith(("**Coming up", "**Due"))]


@pytest.mark.parametrize("contest", ["ga", None])
@pytest.mark.parametrize(
    ("certifies", "met", "not_met"),
    [("units", {"certified": (159, 159)}, {"certified": (158, 159)}), ("state", STATE, BACK)],
)
async def test_a_deadline_that_all_have_met_is_not_reminded_of(
    room: Newsroom, certifies: str, met: dict[str, Any], not_met: dict[str, Any], contest: str | None
) -> None:
    await add(room, event("17:00", "deadline", 13, title="Counties certify", certifies=certifies, contest=contest))
    assert await reminded(room, at("17:00", 12)) == ["Coming up"]
    await say(room, met)
    assert await reminded(room, at("17:00", 13)) == []
    assert await room.remind.next_due() is None
    await say(room, not_met | {"as_of": at("17:04", 13)})
    assert await reminded(room, at("17:05", 13)) == ["Due five minutes ago"]


async def test_a_feed_too_says_that_the_results_are_certified(room: Newsroom) -> None:
    await add(room, event("17:00", "certification", 13, title="The state certifies", certifies="state", contest="ga"))
    await room.take(reading(2, 1, 0))
    assert await reminded(room, at("17:00", 12)) == ["Coming up"]
    await room.take(reading(2, 1, 1, status="certified"))
    assert await reminded(room, at("17:00", 13)) == []


async def test_a_reminder_that_waits_is_not_posted_once_all_have_certified(room: Newsroom) -> None:
    await add(room, event("17:00", "deadline", 13, title="Counties certify", certifies="units"))
    room.clock.set(at("17:00", 12))
    await room.remind.post_due()
    await say(room, {"certified": (159, 159)})
    await room.publish()
    assert await reminded(room, at("17:01", 12)) == []
    rows = await room.database.rows("SELECT why FROM outbox WHERE kind = 'reminder'")
    assert rows == [("all have certified",)]
