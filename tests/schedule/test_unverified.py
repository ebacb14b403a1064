"""A deadline by a rule that nobody has verified is marked as unverified wherever it is named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.events.calendar_changes import CalendarChange
from bot.events.event import Event, ScheduleEntry
from bot.events.icalendar import ExportedEvent, write_ics
from bot.events.mirror_changes import steps
from bot.outbox.outbox_words import Delivery
from bot.schedule.planning_words import EventPlan, plan_answer, saved_answer
from bot.schedule.reminders_words import MovedFacts, ReminderFacts, moved_post, reminder_post
from bot.schedule.rundown_words import UNOFFICIAL, RundownFacts, copy_answer, rundown_post
from bot.schedule.schedule_files_words import ImportPreview, preview_answer
from bot.schedule.schedule_words import (
    entry_label,
    event_changed_answer,
    event_history_answer,
    next_answer,
    reminded_answer,
    today_answer,
    week_answer,
)
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import small_desk

NOW = datetime(2020, 11, 11, 14, tzinfo=UTC)
SETTING = Setting(small_desk())
RULE = Event.model_validate(
    {
        "kind": "deadline",
        "title": "Last day to ask for a recount",
        "wall": "2020-11-11T17:00",
        "zone": "America/New_York",
        "source": "O.C.G.A. 21-2-495",
        "verified": False,
    }
)
ENTRY = ScheduleEntry(1, 1, None, RULE, None, "Olga", NOW)
PLAN = EventPlan("schedule add", RULE, None, (), ())
LATER = RULE.model_copy(update={"wall": RULE.wall + timedelta(hours=1)})
STARTED = RULE.model_copy(update={"status": "started"})


def reminder(lead: timedelta) -> str:
    at = RULE.starts_at - lead
    return reminder_post(ReminderFacts(1, RULE, lead, RULE.wall, at, at), SETTING).headline


def list_of(today: list[Event], deadlines: list[Event]) -> str:
    draft = rundown_post(RundownFacts(NOW, [], today, deadlines), SETTING)
    copied = render(copy_answer(draft, NOW, NOW, Setting(SETTING.desk, rehearsal=True))).content
    assert copied.count("not verified") == 1, "the copy for a live blog says it too"
    assert copied.startswith("REHEARSAL. As of 9 a.m. Wednesday, Nov. 11: ")
    later = copy_answer(draft, NOW, NOW + timedelta(minutes=51), SETTING)
    assert (
        render(later).embeds[0]["description"] == "This is the list of 51 minutes ago; `/draft` has the figures of now."
    )
    assert "As of " in render(later).content
    assert copied.endswith(UNOFFICIAL)
    return str(render(draft).embeds)


SAID: dict[str, Callable[[], str]] = {
    "a reminder before it": lambda: reminder(timedelta(hours=1)),
    "a reminder at its time": lambda: reminder(timedelta(0)),
    "that it moved": lambda: moved_post(MovedFacts(RULE, LATER, NOW), SETTING).headline,
    "the morning list of today": lambda: list_of([RULE], []),
    "the morning list's deadlines": lambda: list_of([], [RULE]),
    "today": lambda: str(today_answer([ENTRY], NOW, SETTING)),
    "week": lambda: str(week_answer([ENTRY], NOW, SETTING)),
    "history": lambda: render(event_history_answer(ENTRY, [], NOW, SETTING)).content,
    "/next": lambda: render(next_answer([ENTRY], [], NOW, SETTING, begun_today=False)).content,
    "/next of what is under way": lambda: (
        render(next_answer([], [replace(ENTRY, event=STARTED)], NOW, SETTING, begun_today=True)).content
    ),
    "/remindme": lambda: render(reminded_answer(ENTRY, NOW, [], NOW, SETTING, fresh=True)).content,
    "what is played back": lambda: render(plan_answer(1, PLAN, NOW, SETTING)).content,
    "what was saved": lambda: (
        saved_answer(ScheduleEntry(1, 1, None, RULE, None, "", NOW), (), (), NOW, SETTING).headline
    ),
    "what was changed": lambda: render(event_changed_answer(RULE, RULE, Delivery(), NOW, SETTING, saved=True)).content,
    "that it has begun": lambda: render(event_changed_answer(RULE, STARTED, Delivery(), NOW, SETTING)).content,
    "a list of choices": lambda: entry_label(RULE.model_copy(update={"title": "x" * 300}), NOW, SETTING.desk.zone),
    "what a list would put into the schedule": lambda: str(
        render(preview_answer(ImportPreview(1, [CalendarChange("new", "a", RULE, "a", 0)], 1, []), NOW, SETTING)).embeds
    ),
    "the server's own events": lambda: str(steps([ENTRY], [], "mark-", NOW)),
    "the exported calendar": lambda: write_ics([ExportedEvent(uid="a", event=RULE)], NOW, "A schedule").decode(),
}


@pytest.mark.parametrize("where", SAID)
def test_an_unverified_rule_is_marked_wherever_it_is_named(where: str) -> None:
    assert "not verified" in SAID[where]() or "not been verified" in SAID[where]()


def test_a_choice_is_never_longer_than_discord_takes() -> None:
    assert len(SAID["a list of choices"]()) <= 100
