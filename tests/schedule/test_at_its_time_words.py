"""A reminder at its event's time states only what is known then."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.events.event import Event
from bot.schedule.reminders_words import polls_closed, reminder_sentences

ZONE = ZoneInfo("America/New_York")

COBB = {"place": "Cobb County", "wall": "2020-11-03T21:00"}

SAID = [
    ({"title": "Rally: Sen. Doe", "kind": "rally"}, 0, "**Due now: rally with Sen. Doe,** 7 p.m."),
    (
        {"title": "The secretary of state's announcement of the race to be audited", "kind": "audit"},
        0,
        "**Due now: the secretary of state's announcement of the race to be audited,** 7 p.m.",
    ),
    ({"title": "Counties certify", "kind": "certification"}, 0, "**Due now: Counties certify,** 7 p.m."),
    ({"title": "Rally: Sen. Doe", "kind": "rally"}, 5, "**Due five minutes ago: rally with Sen. Doe,** 7 p.m."),
    ({"title": "Counties certify", "kind": "certification"}, 5, "**Due five minutes ago: Counties certify,** 7 p.m."),
    ({"title": "The polls close in Georgia"}, 0, "**Polls were due to close in Georgia** at 7 p.m."),
    ({"title": "The polls close in Georgia"}, 5, "**Polls were due to close in Georgia** at 7 p.m."),
    ({"title": "The polls close in Georgia"}, -60, "**In one hour: the polls close in Georgia,** 7 p.m."),
    ({"title": "The polls close", "place": "Georgia"}, 0, "**Polls were due to close in Georgia** at 7 p.m."),
    ({"title": "The polls close", "place": "Georgia"}, -60, "**In one hour: the polls close in Georgia,** 7 p.m."),
    (
        {"title": "Polls close", "place": "Georgia", "later": [COBB, {"place": "Macon", "wall": "2020-11-03T20:30"}]},
        0,
        "**Polls were due to close in Georgia** at 7 p.m., but not yet in Cobb County (9 p.m.) and Macon (8:30 p.m.).",
    ),
    (
        {"title": "Polls close", "status": "expected"},
        0,
        "**Due now: Polls close,** 7 p.m. It has not been confirmed.",
    ),
    (
        {"title": "Polls close", "verified": False},
        0,
        (
            "**Due now, under a rule not verified: Polls close,** 7 p.m. We have not verified the rule behind it; "
            "check before using it."
        ),
    ),
]


@pytest.mark.parametrize(("fields", "late", "said"), SAID)
def test_a_reminder_says_what_is_known_at_its_time(fields: dict[str, object], late: int, said: str) -> None:
    plain = {"kind": "polls_close", "wall": "2020-11-03T19:00", "zone": "America/New_York"}
    event = Event.model_validate(plain | fields)
    now = event.starts_at + timedelta(minutes=late)
    assert reminder_sentences(event, event.wall, now, now, ZONE) == said


@pytest.mark.parametrize(
    ("title", "due", "seen"),
    [
        ("Polls close", "Polls were due to close", "Polls closed"),
        ("the polls will close in Ohio", "Polls were due to close in Ohio", "Polls closed in Ohio"),
        ("Last poll closing in Hawaii", "Last polls were due to close in Hawaii", "Last polls closed in Hawaii"),
        ("Voting ends in Nevada", "Voting was due to end in Nevada", "Voting ended in Nevada"),
        ("Georgia, 7 p.m.", "Polls due to close: Georgia, 7 p.m.", "Polls closed: Georgia, 7 p.m."),
    ],
)
def test_polls_were_due_to_close_until_somebody_has_seen_it(title: str, due: str, seen: str) -> None:
    assert polls_closed(title, seen=False) == due
    assert polls_closed(title, seen=True) == seen
