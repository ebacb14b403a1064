"""What is played back before a Save fits into one message, whatever was typed."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.events.event import Event
from bot.schedule.planning_words import EventPlan, plan_answer
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import small_desk

SETTING = Setting(small_desk())
NOW = datetime(2020, 11, 1, tzinfo=UTC)
LEAD_TIMES = tuple(timedelta(days=days) for days in range(1, 6))


def event(letter: str, wall: str, places: int) -> Event:
    said = dict.fromkeys(("title", "who", "place", "source"), letter * 300) | {"contest": letter * 100}
    later = [{"place": letter * 300, "wall": "2020-11-19T10:00"}] * places
    return Event.model_validate(
        said
        | {"kind": "polls_close", "wall": wall, "ends": "2020-11-20T23:59", "zone": "America/Argentina/ComodRivadavia"}
        | {"link": f"https://{'_' * 490}", "verified": False, "later": later}
    )


@pytest.mark.parametrize("letters", ["*_", "*x", "xy", "@#"])
@pytest.mark.parametrize("why", [None, "*" * 300])
def test_the_longest_event_is_played_back_whole_with_its_time_and_buttons(letters: str, why: str | None) -> None:
    before, after = event(letters[0], "2020-11-12T10:00", 50), event(letters[1], "2020-11-13T10:00", 49)
    said = plan_answer(10**17, EventPlan("schedule edit", after, before, LEAD_TIMES, (10**19,) * 9, why), NOW, SETTING)
    assert render(said).content.count("\nLater in ") == 49
    assert "Friday, Nov. 13, 10 a.m." in render(said).content
    assert "Before: Thursday, Nov. 12, 10 a.m." in render(said).content
    assert len(said.buttons) == 2


def test_what_is_canceled_where_nobody_is_told_of_it_is_said_not_to_be_posted() -> None:
    was = event("x", "2020-11-12T10:00", 0)
    off = was.model_copy(update={"status": "canceled"})
    said = plan_answer(1, EventPlan("schedule cancel", off, was, LEAD_TIMES, ()), NOW, SETTING)
    assert render(said).content.endswith("\nNothing is posted.")
    assert [button.label for button in said.buttons] == ["Save", "Discard"]
