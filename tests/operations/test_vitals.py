import json
from datetime import timedelta
from typing import Any

import pytest

from bot.operations.vitals import Gateway, JobVitals, OutboxVitals, WaitingPosts, presentable, report, unhealthy_reason
from tests.conftest import COUNT, SERVER, START
from tests.operations.conftest import HOUR, MakeVitals, source

MINUTE = timedelta(minutes=1)
WAITS = 10 * MINUTE


def waits(minutes: float, *, closed: bool = False) -> OutboxVitals:
    return OutboxVitals((WaitingPosts(SERVER, COUNT, 2, START - minutes * MINUTE, "no answer", closed),), (), 0)


AWAY = [Gateway(connected=False, since=START - minutes * MINUTE) for minutes in (5, 6)]
DOWN = source(failing_since=START - HOUR, failures=9, problem="times: down", reached_at=None)
FOUND: dict[str, tuple[dict[str, Any], str | None]] = {
    "all is well": ({}, None),
    "the database takes nothing": (
        {"database": "it takes no transaction (disk full)", "outbox": None},
        "the database: it takes no transaction (disk full)",
    ),
    "the gateway is away for some minutes": ({"gateway": AWAY[0]}, None),
    "the gateway is away for longer": ({"gateway": AWAY[1]}, "Discord's gateway has been away for six minutes"),
    "the gateway was never reached": (
        {"started": START, "gateway": Gateway(connected=False, since=START)},
        "Discord's gateway has not been reached yet",
    ),
    "a post waits for some minutes": ({"outbox": waits(10)}, None),
    "a post waits for longer": ({"outbox": waits(11)}, "a post has waited for 11 minutes"),
    "a channel can't be written to": ({"outbox": waits(1000, closed=True)}, None),
    "a post waited at the start, a while ago": ({"outbox": waits(1000), "started": START - 9 * MINUTE}, None),
    "a post has waited since the start": (
        {"outbox": waits(1000), "started": START - 11 * MINUTE},
        "a post has waited for 17 hours",
    ),
    "a feed fails": ({"sources": (DOWN,)}, None),
}


@pytest.mark.parametrize(("found", "why"), FOUND.values(), ids=FOUND)
def test_what_is_the_bot_s_death_is_named(vitals: MakeVitals, found: dict[str, Any], why: str | None) -> None:
    assert unhealthy_reason(vitals(**found), START, WAITS) == why


def test_what_was_found_long_ago_says_nothing_of_now(vitals: MakeVitals) -> None:
    assert unhealthy_reason(vitals(), START + timedelta(seconds=60), WAITS) is None
    assert unhealthy_reason(vitals(), START + 3 * MINUTE, WAITS) == "its last check of itself was three minutes ago"


def test_the_report_says_all_of_it_in_json(vitals: MakeVitals) -> None:
    down = source(
        "sos", failing_since=START, failures=2, problem="sos: https://a:b@sos.gov/x?key=1 answered 503", reached_at=None
    )
    jobs = [
        JobVitals("health check"),
        JobVitals("poll sos", START + MINUTE, START, START - HOUR, START, "sos: https://a:b@sos.gov/x answered 503", 2),
    ]
    found = report(vitals(outbox=waits(3), sources=(source(), down)), START + timedelta(seconds=5), None, "1.2.3", jobs)
    assert json.loads(json.dumps(found)) == {
        "status": "ok",
        "why": None,
        "version": "1.2.3",
        "uptime_seconds": 7205,
        "looked_seconds_ago": 5,
        "gateway": {"connected": True, "since": "2020-11-11T11:00:00Z"},
        "database": {"ok": True, "problem": None},
        "outbox": {"waiting": 2, "oldest_waiting_seconds": 185, "doubtful": 0, "servers_no_longer_listed": 0},
        "sources": {
            "times": {"reached": "2020-11-11T12:00:00Z", "failures": 0, "problem": None},
            "sos": {"reached": None, "failures": 2, "problem": "sos: https://sos.gov answered 503"},
        },
        "jobs": {
            "health check": {
                "next_run": None,
                "last_run": None,
                "last_success": None,
                "last_failure": None,
                "problem": None,
                "failures": 0,
            },
            "poll sos": {
                "next_run": "2020-11-11T12:01:00Z",
                "last_run": "2020-11-11T12:00:00Z",
                "last_success": "2020-11-11T11:00:00Z",
                "last_failure": "2020-11-11T12:00:00Z",
                "problem": "sos: https://sos.gov answered 503",
                "failures": 2,
            },
        },
    }


def test_what_the_database_does_not_say_is_unknown_and_not_nothing(vitals: MakeVitals) -> None:
    found = report(vitals(database="it is gone", outbox=None), START, "the database: it is gone", "1", [])
    assert found["outbox"] == {
        "waiting": None,
        "oldest_waiting_seconds": None,
        "doubtful": None,
        "servers_no_longer_listed": None,
    }
    assert found["database"] == {"ok": False, "problem": "it is gone"}
    assert (found["status"], found["why"]) == ("ailing", "the database: it is gone")


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (
            "times: https://olga:geheim@a.org:8080/x/KEY?token=KEY#KEY can't be read",
            "times: https://a.org:8080 can't be read",
        ),
        ("InvalidURL('HTTPS://geheim@a.org/KEY')", "InvalidURL('HTTPS://a.org')"),
        ("(http://a.org/KEY) and http://b.org?KEY", "(http://a.org) and http://b.org"),
        ("http://olga:ge@heim@[::1]:8080/KEY is gone", "http://[::1]:8080 is gone"),
        ("https://a.org/KEY/@KEY and olga@a.org", "https://a.org and olga@a.org"),
        ("two\nlines", "two lines"),
    ],
)
def test_of_an_address_only_the_host_leaves_the_machine(problem: str, said: str) -> None:
    assert presentable(problem) == said


def test_a_long_problem_is_cut() -> None:
    assert len(presentable("x" * 10_000)) == 300
