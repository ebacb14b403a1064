"""The preview before Save: the event or its post, and its former values, in one message of limited length."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.events.event import Event, ScheduleEntry
from bot.outbox.outbox_words import Delivery
from bot.schedule.planning_words import EventPlan, plan_answer, saved_answer
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import COUNT, START, small_desk

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


TITLE = "Press conference: the Secretary of State"
DESK_CHANNEL = 19


def plain(**more: object) -> Event:
    """Return an event of the morning of 11 November 2020. `more` are further fields."""
    said = {"kind": "press_conference", "title": TITLE, "wall": "2020-11-11T10:30", "zone": "America/New_York"}
    return Event.model_validate(said | more)


KNOWN = {"status": "expected", "place": "Atlanta", "source": "the office", "link": "https://example.org/a"}
LATER = [{"place": "Cobb County", "wall": "2020-11-11T21:00"}, {"place": "Macon", "wall": "2020-11-12T00:30"}]
POST = f"**This will go out in <#{COUNT}>:**"
PLANS: dict[str, tuple[EventPlan, list[str], str]] = {
    "a new one": (
        EventPlan("schedule add", plain(**KNOWN, contest="ga"), None, (timedelta(minutes=30),), (COUNT,)),
        [
            "**Add this to the schedule?**",
            f"**{TITLE}**",
            "10:30 a.m.",
            "News conference, expected",
            "Where: Atlanta",
            "Contest: President",
            "Source: the office",
            "Link: https\\://example.org/a",
            f"Reminders at 10 a.m., 10:30 a.m., in <#{COUNT}>.",
        ],
        "Save",
    ),
    "one that comes later in some places": (
        EventPlan(
            "schedule add",
            plain(kind="polls_close", title="Polls close", wall="2020-11-11T19:00", later=LATER),
            None,
            (timedelta(hours=1),),
            (COUNT,),
        ),
        [
            "**Add this to the schedule?**",
            "**Polls close**",
            "7 p.m.",
            "Later in Cobb County: 9 p.m.",
            "Later in Macon: Thursday, Nov. 12, 12:30 a.m.",
            "Polls close, confirmed",
            f"Reminders at 6 p.m., 7 p.m., 9 p.m., 12:30 a.m. Thursday, in <#{COUNT}>.",
        ],
        "Save",
    ),
    "moved": (
        EventPlan(
            "schedule move", plain(wall="2020-11-11T11:00"), plain(), (), (COUNT,), "the room", Delivery((COUNT,))
        ),
        [
            POST,
            "> **Moved: press conference by the Secretary of State,** from 10:30 a.m. to 11 a.m. Reason: the room.",
            "Reminder at 11 a.m.",
        ],
        "Move and post",
    ),
    "at another place": (
        EventPlan("schedule edit", plain(place="Atlanta"), plain(), (), (COUNT,), None, Delivery((COUNT,))),
        [
            "**Confirm change:**",
            f"**{TITLE}**",
            "10:30 a.m.",
            "Where: Atlanta",
            "Before: place: none",
            f"Reminder at 10:30 a.m., in <#{COUNT}>.",
            POST,
            "> **New place: press conference by the Secretary of State, Atlanta,** 10:30 a.m.",
        ],
        "Save and post",
    ),
    "with another end, kind and link": (
        EventPlan(
            "schedule edit", plain(kind="hearing"), plain(ends="2020-11-11T11:30", link=KNOWN["link"]), (), (COUNT,)
        ),
        [
            "**Confirm change:**",
            f"**{TITLE}**",
            "10:30 a.m.",
            "Court hearing, confirmed",
            "Before: end: 11:30 a.m.; kind: news conference; link: https\\://example.org/a",
            f"Reminder at 10:30 a.m., in <#{COUNT}>.",
        ],
        "Save",
    ),
    "canceled": (
        EventPlan("schedule cancel", plain(status="canceled"), plain(), (), (COUNT,), "no speaker", Delivery((COUNT,))),
        [
            POST,
            "> **Canceled: press conference by the Secretary of State.** It was scheduled for 10:30 a.m. Reason: no speaker.",
        ],
        "Cancel event and post",
    ),
    "canceled after it was to begin, where posts wait for Publish": (
        EventPlan(
            "schedule cancel",
            plain(status="canceled", wall="2020-11-11T06:30"),
            plain(wall="2020-11-11T06:30"),
            (),
            (COUNT,),
            None,
            Delivery((COUNT,), public=(COUNT,), desk=DESK_CHANNEL),
        ),
        [
            "It was scheduled to start 30 minutes ago.",
            "**This will go out:**",
            "> **Canceled: press conference by the Secretary of State.** It was scheduled for 6:30 a.m.",
            f"It waits in <#{DESK_CHANNEL}> for Publish.",
        ],
        "Cancel event and post",
    ),
}


@pytest.mark.parametrize(("plan", "said", "label"), PLANS.values(), ids=PLANS)
def test_what_would_be_saved_is_played_back_with_what_is_posted(plan: EventPlan, said: list[str], label: str) -> None:
    answer = plan_answer(1, plan, START, SETTING)
    assert render(answer).content.split("\n") == said
    assert [button.label for button in answer.buttons] == [label, "Discard"]


def test_what_was_saved_is_answered_with_its_reminders() -> None:
    answer = saved_answer(
        ScheduleEntry(1, 1, None, plain(place="Atlanta"), None, "", START),
        (timedelta(minutes=30),),
        [COUNT],
        START,
        SETTING,
    )
    assert render(answer).content == (
        f"**Added:** {TITLE}, Atlanta, 10:30 a.m.\nReminders at 10 a.m., 10:30 a.m., in <#{COUNT}>."
    )
