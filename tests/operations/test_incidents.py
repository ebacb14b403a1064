from datetime import timedelta
from typing import Any

import pytest

from bot.operations.incidents import Incident, incident_changes
from bot.operations.vitals import Doubtful, OutboxVitals, SourceVitals, WaitingPosts
from tests.conftest import COUNT, LIVE, SERVER, START
from tests.operations.conftest import HOUR, MakeVitals, source

MINUTE = timedelta(minutes=1)


def failing(minutes: float, every: timedelta = MINUTE) -> SourceVitals:
    return source(failing_since=START - minutes * MINUTE, failures=3, problem="times: down", every=every)


def waits(minutes: float, channel: int = COUNT, server: int = SERVER) -> WaitingPosts:
    return WaitingPosts(server, channel, 2, START - minutes * MINUTE, None, closed=False)


def told(kind: str, subject: str) -> Incident:
    return Incident(1, kind, subject, START - 30 * MINUTE)  # type: ignore[arg-type]  # one of them


FEED, HERE, THERE, POST = ("feed", "times"), ("channel", str(COUNT)), ("channel", str(LIVE)), ("doubtful", "7")
DOUBTFUL = Doubtful(7, SERVER, COUNT, 214, START)
FOUND: dict[str, tuple[list[Incident], dict[str, Any], list[tuple[str, str]], list[tuple[str, str]]]] = {
    # What was told before, what is found now, what begins, what ends.
    "all is well": ([], {}, [], []),
    "a feed fails": ([], {"sources": (failing(0),)}, [], []),
    "a feed has failed for nearly ten minutes": ([], {"sources": (failing(9.9),)}, [], []),
    "a feed has failed for ten minutes": ([], {"sources": (failing(10),)}, [FEED], []),
    "a feed has failed for long": ([], {"sources": (failing(500),)}, [FEED], []),
    "a feed that is asked rarely failed twice": ([], {"sources": (failing(179, every=HOUR),)}, [], []),
    "a feed that is asked rarely failed three times": ([], {"sources": (failing(180, every=HOUR),)}, [FEED], []),
    "all lasts that was told": (
        [told(*FEED), told(*HERE), told(*POST)],
        {"sources": (failing(600),), "outbox": OutboxVitals((waits(600),), (DOUBTFUL,), 1)},
        [],
        [],
    ),
    "a feed answers again": ([told(*FEED)], {}, [], [FEED]),
    "a feed was not asked since a restart": ([told(*FEED)], {"sources": (source(reached_at=None),)}, [], []),
    "a feed fails anew since a restart": ([told(*FEED)], {"sources": (failing(0),)}, [], []),
    "a feed left the desk file": ([told(*FEED)], {"sources": ()}, [], [FEED]),
    "posts wait in one channel for long enough": (
        [],
        {"outbox": OutboxVitals((waits(10), waits(9, LIVE)), (), 0)},
        [HERE],
        [],
    ),
    "posts wait in one channel of two no longer for long": (
        [told(*HERE), told(*THERE)],
        {"outbox": OutboxVitals((waits(10), waits(9, LIVE)), (), 0)},
        [],
        [THERE],
    ),
    "posts waited at the start": (
        [],
        {"outbox": OutboxVitals((waits(60),), (), 0), "started": START - 9 * MINUTE},
        [],
        [],
    ),
    "posts that were told of waited at the start": (
        [told(*HERE)],
        {"outbox": OutboxVitals((waits(60),), (), 0), "started": START - 9 * MINUTE},
        [],
        [],
    ),
    "a post may have arrived": ([], {"outbox": OutboxVitals((), (DOUBTFUL,), 1)}, [POST], []),
    "what is for the person waits": (
        [],
        {"outbox": OutboxVitals((waits(60, 99, 0),), (Doubtful(7, 0, 99, 1, START),), 1)},
        [],
        [],
    ),
    "the database says nothing": ([told(*HERE), told(*POST)], {"outbox": None, "database": "locked"}, [], []),
    "the bot was down": ([Incident(1, "down", "", START - HOUR, START)], {}, [], [("down", "")]),
    "a feed fails again that was back": (
        [Incident(1, "feed", "times", START - 5 * HOUR, START - 4 * HOUR)],
        {"sources": (failing(60),)},
        [FEED],
        [FEED],
    ),
}


@pytest.mark.parametrize(("known", "found", "begun", "ended"), FOUND.values(), ids=FOUND)
def test_what_begins_and_ends_is_told_once(
    vitals: MakeVitals,
    known: list[Incident],
    found: dict[str, Any],
    begun: list[tuple[str, str]],
    ended: list[tuple[str, str]],
) -> None:
    changes = incident_changes(known, vitals(**found), 10 * MINUTE)
    assert ([one.key for one in changes.begun], [one.key for one in changes.ended]) == (begun, ended)
