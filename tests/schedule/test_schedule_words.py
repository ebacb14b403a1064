"""The answers to the schedule's commands: lists, the next event, changes of an event, and its history."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.events.event import EntryChange, Event, EventStatus, ScheduleEntry
from bot.outbox.outbox_words import Delivery
from bot.schedule.schedule_words import (
    entry_label,
    event_changed_answer,
    event_history_answer,
    event_undone_answer,
    next_answer,
    reminded_answer,
    today_answer,
    week_answer,
)
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import COUNT, SERVER, START, WHO, small_desk

SETTING = Setting(small_desk())
TITLE = "Press conference: the Secretary of State"
CREDIT = "\n-# the schedule, 7 a.m."


def entry(title: str = TITLE, wall: str = "2020-11-11T10:30", **more: Any) -> ScheduleEntry:
    fields = {"kind": "press_conference", "title": title, "wall": wall, "zone": "America/New_York"}
    return ScheduleEntry(1, SERVER, None, Event.model_validate(fields | more), None, WHO, START)


CONFERENCE, RALLY = entry(status="expected"), entry("Rally: Sen. Doe", "2020-11-11T12:00")
CERTIFY = entry("Counties certify", "2020-11-13T17:00", status="expected")
OFF = replace(RALLY, event=RALLY.event.model_copy(update={"status": "canceled"}))
POLLS = entry(
    "Polls close",
    "2020-11-11T19:00",
    later=[{"place": "Cobb County", "wall": "2020-11-11T21:00"}, {"place": "Macon", "wall": "2020-11-12T00:30"}],
)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([], ["Nothing has been entered yet for Wednesday, Nov. 11."]),
        ([CONFERENCE], ["**Wednesday, Nov. 11:** one event.", f"**10:30 a.m.** {TITLE} (expected, not confirmed)"]),
        ([OFF], ["**Wednesday, Nov. 11:** one canceled event.", "**Canceled:** noon, Rally: Sen. Doe"]),
        (
            [RALLY, OFF],
            [
                "**Wednesday, Nov. 11:** one event and one canceled.",
                "**Noon** Rally: Sen. Doe",
                "**Canceled:** noon, Rally: Sen. Doe",
            ],
        ),
        (
            [POLLS],
            [
                "**Wednesday, Nov. 11:** one event.",
                "**7 p.m.** Polls close; later in Cobb County 9 p.m., Macon 12:30 a.m.",
            ],
        ),
    ],
    ids=["nothing", "one", "a canceled one", "one more that is canceled", "later in some places"],
)
def test_today_is_a_list_of_its_events(entries: list[ScheduleEntry], said: list[str]) -> None:
    answer = render(today_answer(entries, START, SETTING))
    listed = [line for card in answer.embeds for line in card["description"].split("\n")]
    assert [answer.content.removesuffix(CREDIT), *listed] == said


def test_a_week_is_listed_by_day() -> None:
    assert render(week_answer([], START, SETTING)).content == "Nothing has been entered yet for the next seven days."
    answer = render(week_answer([CONFERENCE, CERTIFY], START, SETTING))
    assert answer.content == f"**From Wednesday, Nov. 11:** two events in the next seven days.{CREDIT}"
    assert answer.embeds[0]["description"].split("\n") == [
        "__Wednesday, Nov. 11__",
        f"**10:30 a.m.** {TITLE} (expected, not confirmed)",
        "__Friday, Nov. 13__",
        "**5 p.m.** Counties certify (expected, not confirmed)",
    ]


@pytest.mark.parametrize(
    ("ahead", "under_way", "begun_today", "said"),
    [
        ([], [], False, ["Nothing is on the schedule yet."]),
        ([], [], True, ["Nothing more is on the schedule."]),
        (
            [CONFERENCE, CERTIFY],
            [],
            False,
            [
                "**In 3 hours, 30 minutes:** press conference by the Secretary of State, 10:30 a.m. (expected, not confirmed).",
                "Then: Counties certify, 5 p.m. Friday (expected, not confirmed).",
            ],
        ),
        ([entry("A rally", "2020-11-11T07:00")], [], True, ["**Due now:** a rally, 7 a.m."]),
        (
            [],
            [entry("A rally", "2020-11-11T06:00", status="started")],
            False,
            ["**Under way:** A rally, since 6 a.m.", "Nothing more is on the schedule."],
        ),
    ],
    ids=["nothing", "nothing more", "two", "at its time", "under way"],
)
def test_next_is_what_is_ahead_and_what_is_under_way(
    ahead: list[ScheduleEntry], under_way: list[ScheduleEntry], begun_today: bool, said: list[str]
) -> None:
    answer = next_answer(ahead, under_way, START, SETTING, begun_today=begun_today)
    assert render(answer).content.split("\n") == said


PLAIN = entry(status="expected", place="Macon", link="https://example.org/a", ends="2020-11-11T11:30").event
HISTORY: dict[str, tuple[str, dict[str, Any] | None, str | None, str]] = {
    "added": ("schedule add", None, None, "added"),
    "its status": (
        "schedule edit",
        {"status": "confirmed"},
        "they say so",
        "edited; before: status: expected (they say so)",
    ),
    "its title and end": (
        "schedule edit",
        {"title": "Briefing", "ends": None},
        None,
        f"edited; before: title: {TITLE}; end: 11:30 a.m.",
    ),
    "its kind and link": (
        "schedule edit",
        {"kind": "hearing", "link": None},
        None,
        "edited; before: kind: news conference; link: https\\://example.org/a",
    ),
    "nothing of itself": ("schedule edit", {}, None, "edited: reminders or channels"),
    "canceled": (
        "schedule cancel",
        {"status": "canceled"},
        "no speaker",
        "**Canceled: press conference by the Secretary of State, Macon.** It was expected for 10:30 a.m. (no speaker)",
    ),
}


@pytest.mark.parametrize(("what", "changed", "why", "said"), HISTORY.values(), ids=HISTORY)
def test_the_history_says_what_each_thing_was(
    what: str, changed: dict[str, Any] | None, why: str | None, said: str
) -> None:
    before, after = (None, None) if changed is None else (PLAIN, PLAIN.model_copy(update=changed))
    happened = EntryChange(START, "olga (5)", what, why, before, after)
    content = render(event_history_answer(CONFERENCE, [happened], START, SETTING)).content
    assert content.split("\n") == [f"**{TITLE},** 10:30 a.m. (expected, not confirmed).", f"7 a.m., olga: {said}"]


HERE = Delivery((COUNT,))
GOES = f"The change goes out in <#{COUNT}>."


@pytest.mark.parametrize(
    ("status", "delivery", "saved", "said"),
    [
        ("started", Delivery(), False, f"**Under way:** {TITLE}."),
        ("canceled", HERE, True, f"**Canceled.** {GOES}"),
        ("expected", HERE, True, f"**Saved.** {GOES}"),
        (
            "canceled",
            Delivery(),
            True,
            "**Canceled: press conference by the Secretary of State.** It was scheduled for 10:30 a.m.",
        ),
        ("expected", Delivery(), True, f"**Saved:** {TITLE}, 10:30 a.m. (expected, not confirmed)."),
        ("confirmed", Delivery(), False, "No change: the schedule already says that."),
    ],
)
def test_a_change_is_answered_with_what_it_was_and_where_it_goes(
    status: EventStatus, delivery: Delivery, saved: bool, said: str
) -> None:
    before = entry().event
    after = before.model_copy(update={"status": status})
    assert render(event_changed_answer(before, after, delivery, START, SETTING, saved=saved)).content == said


def test_what_is_undone_is_answered_with_what_stands_again() -> None:
    event = CONFERENCE.event
    stands = f"**Undone:** {TITLE}, 10:30 a.m. (expected, not confirmed)."
    assert render(event_undone_answer(event, HERE, START, SETTING)).content == f"{stands} {GOES}"
    assert render(event_undone_answer(event, Delivery(), START, SETTING)).content == f"{stands} Nothing is posted."


REMINDED = f"10:20 a.m. for: {TITLE}, 10:30 a.m."


@pytest.mark.parametrize(
    ("others", "fresh", "said"),
    [
        ([], True, f"You'll get a DM at {REMINDED}"),
        ([], False, f"You already have a reminder: a DM at {REMINDED}"),
        ([30], True, f"You'll get a DM at {REMINDED} Your reminder at 10 a.m. stays."),
        ([30, 15], True, f"You'll get a DM at {REMINDED} Your reminders at 10 a.m. and 10:15 a.m. stay."),
    ],
)
def test_who_asks_for_a_reminder_reads_when_it_comes_and_which_stay(others: list[int], fresh: bool, said: str) -> None:
    starts = entry().event.starts_at
    before = [starts - timedelta(minutes=minutes) for minutes in others]
    answer = reminded_answer(entry(), starts - timedelta(minutes=10), before, START, SETTING, fresh=fresh)
    assert render(answer).content == said


def test_a_choice_says_when_it_is_and_that_it_is_canceled() -> None:
    labels = [entry_label(one.event, START, SETTING.desk.zone) for one in (CONFERENCE, OFF)]
    assert labels == [f"10:30 a.m. · {TITLE}", "noon · canceled: Rally: Sen. Doe"]
