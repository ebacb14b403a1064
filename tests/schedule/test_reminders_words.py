from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.events.event import Event
from bot.schedule.reminders_words import (
    ReminderFacts,
    begun_card,
    event_phrase,
    moved_sentences,
    reminder_post,
    reminder_sentences,
    what,
)
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import small_desk

ZONE = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def event(**more: object) -> Event:
    said = {"kind": "rally", "title": "Rally: Sen. Doe", "wall": "2020-11-11T10:00", "zone": "America/New_York"}
    return Event.model_validate(said | more)


def reminded(of: Event, now: datetime, due: datetime | None = None) -> str:
    return reminder_sentences(of, of.wall, due or now, now, ZONE)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Rally: Sen. Doe", "rally, Sen. Doe"),
        ("News conference: the office", "news conference, the office"),
        ("Georgia: a rally", "Georgia: a rally"),
        ("The polls close", "The polls close"),
        ("@everyone **x**", "@\u200beveryone \\*\\*x\\*\\*"),
    ],
)
def test_a_title_within_a_sentence(title: str, said: str) -> None:
    assert event_phrase(event(title=title)) == said


@pytest.mark.parametrize(
    ("ahead", "opening"),
    [
        (timedelta(minutes=30), "In 30 minutes"),
        (HOUR, "In 1 hour"),
        (timedelta(minutes=1), "In 1 minute"),
        (timedelta(hours=24), "Tomorrow"),
        (timedelta(hours=23), "Tomorrow"),
        (timedelta(days=3), "In 3 days"),
        (timedelta(seconds=20), "Scheduled for now"),
        (timedelta(0), "Scheduled for now"),
        (-timedelta(minutes=10), "Scheduled 10 minutes ago"),
    ],
)
def test_how_long_it_still_is_goes_by_now(ahead: timedelta, opening: str) -> None:
    assert reminded(event(), event().starts_at - ahead).startswith(f"**{opening}: rally, Sen. Doe,** 10 a.m.")


def test_an_event_in_another_zone_has_the_hour_on_the_spot_too() -> None:
    chicago = event(zone="America/Chicago")
    assert reminded(chicago, chicago.starts_at).endswith("11 a.m. (10 a.m. there).")


def test_an_expected_one_is_never_said_to_be_certain() -> None:
    expected = event(status="expected")
    assert reminded(expected, expected.starts_at - HOUR).endswith("It is expected, not confirmed.")
    assert reminded(expected, expected.starts_at) == ("**Expected now: rally, Sen. Doe,** 10 a.m. It is not confirmed.")


def test_a_late_one_says_when_it_was_due() -> None:
    now = event().starts_at - timedelta(minutes=10)
    assert reminded(event(), now, now - HOUR).endswith("This reminder is late: it was due at 8:50 a.m.")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({}, {"wall": "2020-11-11T11:00"}, "**Moved: rally, Sen. Doe,** from 10 a.m. to 11 a.m."),
        ({}, {"wall": "2020-11-12T17:00"}, "**Moved: rally, Sen. Doe,** from 10 a.m. to 5 p.m. Thursday."),
        (
            {"place": "Macon"},
            {"wall": "2020-11-11T11:00", "place": "Atlanta"},
            "**Moved: rally, Sen. Doe, Atlanta,** from 10 a.m. to 11 a.m. It is at Atlanta now; it was Macon.",
        ),
        ({}, {"status": "canceled"}, "**Canceled: rally, Sen. Doe,** which was scheduled for 10 a.m."),
        (
            {"status": "expected"},
            {"status": "canceled"},
            "**Canceled: rally, Sen. Doe,** which was expected for 10 a.m.",
        ),
        ({"status": "canceled"}, {}, "**Back on: rally, Sen. Doe,** 10 a.m."),
        (
            {},
            {"later": [{"place": "Macon", "wall": "2020-11-11T12:00"}]},
            "**Hours have changed: rally, Sen. Doe,** 10 a.m. Later in Macon noon.",
        ),
    ],
)
def test_what_has_changed_says_from_what_to_what(
    before: dict[str, object], after: dict[str, object], said: str
) -> None:
    now = datetime(2020, 11, 11, 13, tzinfo=UTC)
    assert moved_sentences(event(**before), event(**after), now, ZONE, None) == said


def test_a_list_has_the_title_as_it_was_entered() -> None:
    assert what(event(place="Macon")) == "Rally: Sen. Doe, Macon"


def test_a_place_that_the_title_ends_with_is_said_once() -> None:
    assert event_phrase(event(title="Rally: Perdue and Loeffler in Cumming", place="Cumming")) == (
        "rally, Perdue and Loeffler in Cumming"
    )
    assert what(event(title="Rally: Perdue, Cobb County", place="Cobb County")) == "Rally: Perdue, Cobb County"
    assert event_phrase(event(title="Rally: the Atlanta mayor", place="Atlanta")) == "rally, the Atlanta mayor, Atlanta"


def test_what_has_begun_is_expected_no_more() -> None:
    setting, at = Setting(small_desk()), event().starts_at
    expected = event(status="expected")
    asked = reminder_post(ReminderFacts(1, expected, timedelta(0), expected.wall, at, at), setting)
    assert asked.headline == "**Expected now: rally, Sen. Doe,** 10 a.m. It is not confirmed."
    begun = begun_card(asked, 3, "desk editor (5)", at, setting)
    assert begun.headline == "**Under way,** says desk editor, 10 a.m.\n**Scheduled for now: rally, Sen. Doe,** 10 a.m."
    assert begun.buttons == ()
    closed = begun_card(Card.of("**Polls have closed,** 7 p.m."), 3, "desk editor", at, setting, "polls_close")
    assert closed.headline == "**Polls closed,** says desk editor, 10 a.m.\n**Polls have closed,** 7 p.m."


def test_a_reminder_of_what_has_begun_says_so_and_when_it_was_to_begin() -> None:
    starts = event().starts_at
    said = "**Under way: rally, Sen. Doe,** scheduled for 10 a.m."
    assert reminded(event(status="started"), starts + timedelta(minutes=8), starts) == said
    polls = event(kind="polls_close", title="The polls close", status="started")
    assert reminded(polls, starts) == "**The polls have closed,** 10 a.m."


def test_the_contest_that_an_event_is_about_is_not_taken_for_what_it_is() -> None:
    about = event(title="Secretary of State to announce the audited race", contest="ga")
    facts = ReminderFacts(1, about, HOUR, about.wall, about.starts_at, about.starts_at)
    (card,) = render(reminder_post(facts, Setting(small_desk()))).embeds
    assert card["description"] == "About: President"
