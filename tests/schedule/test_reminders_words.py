from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from bot.events.event import Event
from bot.schedule.reminders_words import (
    MovedFacts,
    ReminderFacts,
    begun_card,
    begun_sentence,
    event_phrase,
    moved_post,
    moved_sentences,
    reminder_post,
    reminder_sentences,
    what,
)
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import small_desk

SETTING = Setting(small_desk())
ZONE = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def event(**more: object) -> Event:
    said = {"kind": "rally", "title": "Rally: Sen. Doe", "wall": "2020-11-11T10:00", "zone": "America/New_York"}
    return Event.model_validate(said | more)


def reminded(of: Event, ahead: timedelta, late: timedelta = timedelta(0)) -> str:
    """Return the text of a reminder posted at the time `ahead` before its event, and `late` after the reminder was
    due.
    """
    now = of.starts_at - ahead
    return reminder_sentences(of, of.wall, now - late, now, ZONE)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Rally: Sen. Doe", "rally with Sen. Doe"),
        ("News conference: the office", "news conference by the office"),
        ("Georgia: a rally", "Georgia: a rally"),
        ("The polls close", "the polls close"),
        ("Counties' deadline to certify", "counties' deadline to certify"),
        ("The Rev. Doe", "the Rev. Doe"),
        ("Press conference: the office", "press conference by the office"),
        ("Theater night", "Theater night"),
        ("@everyone **x**", "@\u200beveryone \\*\\*x\\*\\*"),
    ],
)
def test_a_title_within_a_sentence(title: str, said: str) -> None:
    assert event_phrase(event(title=title)) == said


@pytest.mark.parametrize(
    ("ahead", "opening"),
    [
        (timedelta(minutes=30), "In 30 minutes"),
        (HOUR, "In one hour"),
        (timedelta(minutes=90), "In 1 hour, 30 minutes"),
        (timedelta(minutes=1), "In one minute"),
        (timedelta(hours=24), "Coming up"),
        (timedelta(hours=23), "Coming up"),
        (timedelta(days=3), "Coming up"),
        (timedelta(seconds=20), "Due now"),
        (timedelta(0), "Due now"),
        (-timedelta(minutes=10), "Due 10 minutes ago"),
    ],
)
def test_how_long_it_still_is_goes_by_now(ahead: timedelta, opening: str) -> None:
    assert reminded(event(), ahead).startswith(f"**{opening}: rally with Sen. Doe,** 10 a.m.")


class Reminder(NamedTuple):
    """A rally's reminder, and the fields in which the event differs from a plain rally."""

    said: str
    fields: dict[str, Any]
    ahead: timedelta = timedelta(0)
    late: timedelta = timedelta(0)


REMINDERS = {
    "on the day before": Reminder(
        "**Coming up: Counties certify,** 10 a.m. Wednesday.", {"title": "Counties certify"}, timedelta(days=1)
    ),
    "in another zone": Reminder(
        "**Due now: rally with Sen. Doe,** 11 a.m. (10 a.m. there).", {"zone": "America/Chicago"}
    ),
    "expected": Reminder(
        "**In one hour: rally with Sen. Doe,** 10 a.m. It is expected, not confirmed.", {"status": "expected"}, HOUR
    ),
    "expected, at its time": Reminder(
        "**Due now: rally with Sen. Doe,** 10 a.m. It has not been confirmed.", {"status": "expected"}
    ),
    "late, before it": Reminder(
        "**In 10 minutes: rally with Sen. Doe,** 10 a.m. This reminder is late: it was due at 8:50 a.m.",
        {},
        timedelta(minutes=10),
        HOUR,
    ),
    "late, after it": Reminder(
        "**Due 11 minutes ago: rally with Sen. Doe,** 10 a.m. This reminder is late: it was due at 10 a.m.",
        {},
        -timedelta(minutes=11),
        timedelta(minutes=11),
    ),
    "under a rule that nobody has verified": Reminder(
        "**Coming up, under a rule not verified: Recount request,** 10 a.m. Wednesday. "
        "We have not verified the rule behind it; check before using it.",
        {"title": "Recount request", "verified": False},
        timedelta(days=1),
    ),
    "begun": Reminder(
        "**Under way: rally with Sen. Doe,** scheduled for 10 a.m.",
        {"status": "started"},
        -timedelta(minutes=8),
        timedelta(minutes=8),
    ),
    "polls that have closed": Reminder(
        "**Polls closed** at 10 a.m.", {"kind": "polls_close", "title": "The polls close", "status": "started"}
    ),
}


@pytest.mark.parametrize("case", REMINDERS.values(), ids=REMINDERS)
def test_a_reminder_says_what_is_so_when_it_is_posted(case: Reminder) -> None:
    assert reminded(event(**case.fields), case.ahead, case.late) == case.said


def test_a_reminder_of_places_where_it_comes_later_names_them_and_the_hour_elsewhere() -> None:
    closing = event(title="Polls close", later=[{"place": "all of Spalding County", "wall": "2020-11-11T12:00"}])
    at = closing.moment(wall := closing.later[0].wall)
    assert reminder_sentences(closing, wall, at, at, ZONE) == (
        "**Due now: Polls close in all of Spalding County,** noon. Elsewhere it was 10 a.m."
    )


CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "another hour": ({}, {"wall": "2020-11-11T11:00"}, "**Moved: rally with Sen. Doe,** from 10 a.m. to 11 a.m."),
    "another day": (
        {},
        {"wall": "2020-11-12T17:00"},
        "**Moved: rally with Sen. Doe,** from 10 a.m. to 5 p.m. Thursday.",
    ),
    "another hour and place": (
        {"place": "Macon"},
        {"wall": "2020-11-11T11:00", "place": "Atlanta"},
        "**Moved: rally with Sen. Doe, Atlanta,** from 10 a.m. to 11 a.m. The place is now Atlanta; it was Macon.",
    ),
    "another hour of what is expected": (
        {"status": "expected"},
        {"status": "expected", "wall": "2020-11-11T11:00"},
        "**Moved: rally with Sen. Doe,** from 10 a.m. to 11 a.m. It is still expected, not confirmed.",
    ),
    "another place": (
        {"place": "Macon"},
        {"place": "Atlanta"},
        "**New place: rally with Sen. Doe, Atlanta,** 10 a.m. The earlier place was Macon.",
    ),
    "no place any more": (
        {"place": "Macon"},
        {},
        "**Place not known: rally with Sen. Doe,** 10 a.m. The earlier place was Macon.",
    ),
    "canceled": ({}, {"status": "canceled"}, "**Canceled: rally with Sen. Doe.** It was scheduled for 10 a.m."),
    "what was expected is canceled": (
        {"status": "expected"},
        {"status": "canceled"},
        "**Canceled: rally with Sen. Doe.** It was expected for 10 a.m.",
    ),
    "another hour and a place": (
        {},
        {"wall": "2020-11-11T11:00", "place": "Macon"},
        "**Moved: rally with Sen. Doe, Macon,** from 10 a.m. to 11 a.m. The place is now Macon.",
    ),
    "another hour and no place": (
        {"place": "Macon"},
        {"wall": "2020-11-11T11:00"},
        "**Moved: rally with Sen. Doe,** from 10 a.m. to 11 a.m. The place is no longer known; it was Macon.",
    ),
    "back on": ({"status": "canceled"}, {}, "**Back on: rally with Sen. Doe,** 10 a.m."),
    "later places": (
        {},
        {"later": [{"place": "Macon", "wall": "2020-11-11T12:00"}]},
        "**Hours have changed: rally with Sen. Doe,** 10 a.m. Later in Macon noon.",
    ),
}


@pytest.mark.parametrize(("before", "after", "said"), CHANGES.values(), ids=CHANGES)
def test_what_has_changed_says_from_what_to_what(before: dict[str, Any], after: dict[str, Any], said: str) -> None:
    now = datetime(2020, 11, 11, 13, tzinfo=UTC)
    assert moved_sentences(event(**before), event(**after), now, ZONE, None) == said
    assert moved_sentences(event(**before), event(**after), now, ZONE, "rain") == f"{said} Reason: rain."


def test_who_is_reminded_by_direct_message_reads_when_that_comes_now() -> None:
    moved, now = event(wall="2020-11-11T11:00"), datetime(2020, 11, 11, 13, tzinfo=UTC)
    said = moved_post(MovedFacts(event(), moved, now, remind_at=moved.starts_at - HOUR / 6), SETTING).headline
    assert said == "**Moved: rally with Sen. Doe,** from 10 a.m. to 11 a.m. Your reminder now comes at 10:50 a.m."


def test_a_list_has_the_title_as_it_was_entered() -> None:
    assert what(event(place="Macon")) == "Rally: Sen. Doe, Macon"


def test_a_place_that_the_title_ends_with_is_said_once() -> None:
    assert event_phrase(event(title="Rally: Perdue and Loeffler in Cumming", place="Cumming")) == (
        "rally with Perdue and Loeffler in Cumming"
    )
    assert what(event(title="Rally: Perdue, Cobb County", place="Cobb County")) == "Rally: Perdue, Cobb County"
    assert (
        event_phrase(event(title="Rally: the Atlanta mayor", place="Atlanta"))
        == "rally with the Atlanta mayor, Atlanta"
    )


@pytest.mark.parametrize(
    ("place", "said"),
    [("Cobb County", " in Cobb County"), ("State Capitol", ", State Capitol"), ("online", ", online")],
)
def test_a_preposition_is_said_only_before_a_county(place: str, said: str) -> None:
    assert event_phrase(event(place=place)) == f"rally with Sen. Doe{said}"


def test_what_has_begun_is_expected_no_more() -> None:
    at = event().starts_at
    expected = event(status="expected")
    asked = reminder_post(ReminderFacts(1, expected, timedelta(0), expected.wall, at, at), SETTING)
    begun = begun_card(asked, 3, "desk editor (5)", at, SETTING)
    assert begun.headline == "**Under way,** says desk editor, 10 a.m.\n**Due now: rally with Sen. Doe,** 10 a.m."
    assert begun.buttons == ()
    closed = begun_card(Card.of("**Polls closed** at 7 p.m."), 3, "desk editor", at, SETTING, "polls_close")
    assert closed.headline == "**Polls closed,** says desk editor, 10 a.m.\n**Polls closed** at 7 p.m."
    assert begun_sentence(None, at, ZONE) == "**Under way,** 10 a.m."


def test_the_contest_that_an_event_is_about_is_not_taken_for_what_it_is() -> None:
    about = event(title="Last day to ask for a recount", contest="ga")
    facts = ReminderFacts(1, about, HOUR, about.wall, about.starts_at, about.starts_at)
    (card,) = render(reminder_post(facts, SETTING)).embeds
    assert card["description"] == "About: President"
