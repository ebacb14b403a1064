from datetime import timedelta

import pytest

from bot.operations.incidents import Incident, IncidentChanges, incident_changes
from bot.operations.vitals import Doubtful, OutboxVitals, SourceVitals, Vitals, WaitingPosts
from tests.conftest import COUNT, LIVE, SERVER, START
from tests.operations.conftest import HOUR, MakeVitals, source

MINUTE = timedelta(minutes=1)
AFTER = 10 * MINUTE


def failing(minutes: float, every: timedelta = MINUTE) -> SourceVitals:
    return source(failing_since=START - minutes * MINUTE, failures=3, problem="times: down", every=every)


def waits(minutes: float, channel: int = COUNT, server: int = SERVER) -> WaitingPosts:
    return WaitingPosts(server, channel, 2, START - minutes * MINUTE, None, closed=False)


def keys(news: IncidentChanges) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    return [one.key for one in news.begun], [one.key for one in news.ended]


def told(kind: str, subject: str, minutes: float = 30) -> Incident:
    return Incident(1, kind, subject, START - minutes * MINUTE)  # type: ignore[arg-type]  # one of them


def news(known: list[Incident], vitals: Vitals) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    return keys(incident_changes(known, vitals, AFTER))


def test_a_bot_that_is_well_is_no_news(vitals: MakeVitals) -> None:
    assert news([], vitals()) == ([], [])


@pytest.mark.parametrize(("minutes", "begins"), [(0, False), (9.9, False), (10, True), (500, True)])
def test_a_feed_is_told_of_when_it_has_failed_for_long(vitals: MakeVitals, minutes: float, *, begins: bool) -> None:
    begun, ended = news([], vitals(sources=(failing(minutes),)))
    assert (begun, ended) == ([("feed", "times")] if begins else [], [])


def test_a_feed_that_is_asked_rarely_has_three_times_to_fail(vitals: MakeVitals) -> None:
    assert news([], vitals(sources=(failing(179, every=HOUR),))) == ([], [])
    assert news([], vitals(sources=(failing(180, every=HOUR),))) == ([("feed", "times")], [])


def test_what_was_told_is_not_told_again_however_long_it_lasts(vitals: MakeVitals) -> None:
    outbox = OutboxVitals((waits(600),), (Doubtful(7, SERVER, COUNT, 214, START - HOUR),), 1)
    known = [told("feed", "times"), told("channel", str(COUNT)), told("doubtful", "7")]
    assert news(known, vitals(sources=(failing(600),), outbox=outbox)) == ([], [])


def test_a_feed_that_answers_is_back(vitals: MakeVitals) -> None:
    assert news([told("feed", "times")], vitals()) == ([], [("feed", "times")])


def test_after_a_restart_a_feed_that_was_not_asked_yet_or_fails_anew_is_not_back(vitals: MakeVitals) -> None:
    known = [told("feed", "times")]
    assert news(known, vitals(sources=(source(reached_at=None),))) == ([], [])
    assert news(known, vitals(sources=(failing(0),))) == ([], [])


def test_a_feed_that_is_no_longer_in_the_desk_file_is_over(vitals: MakeVitals) -> None:
    assert news([told("feed", "times")], vitals(sources=())) == ([], [("feed", "times")])


def test_each_channel_whose_posts_wait_is_told_of(vitals: MakeVitals) -> None:
    outbox = OutboxVitals((waits(10), waits(9, LIVE)), (), 0)
    assert news([], vitals(outbox=outbox)) == ([("channel", str(COUNT))], [])
    known = [told("channel", str(COUNT)), told("channel", str(LIVE))]
    assert news(known, vitals(outbox=outbox)) == ([], [("channel", str(LIVE))])


def test_what_was_found_waiting_at_the_start_has_its_time_and_what_was_told_before_is_not_over(
    vitals: MakeVitals,
) -> None:
    started = vitals(outbox=OutboxVitals((waits(60),), (), 0), started=START - 9 * MINUTE)
    assert news([], started) == ([], [])
    assert news([told("channel", str(COUNT))], started) == ([], [])


def test_a_doubtful_post_is_told_of_at_once(vitals: MakeVitals) -> None:
    outbox = OutboxVitals((), (Doubtful(7, SERVER, COUNT, 214, START),), 1)
    assert news([], vitals(outbox=outbox)) == ([("doubtful", "7")], [])


def test_the_person_is_not_told_of_what_waits_for_the_person(vitals: MakeVitals) -> None:
    outbox = OutboxVitals((waits(60, 99, 0),), (Doubtful(7, 0, 99, 1, START),), 1)
    assert news([], vitals(outbox=outbox)) == ([], [])


def test_what_the_database_does_not_say_is_not_over(vitals: MakeVitals) -> None:
    known = [told("channel", str(COUNT)), told("doubtful", "7")]
    assert news(known, vitals(outbox=None, database="locked")) == ([], [])


def test_that_the_bot_was_down_is_told_although_it_is_over(vitals: MakeVitals) -> None:
    was_down = Incident(1, "down", "", START - HOUR, START)
    assert news([was_down], vitals()) == ([], [("down", "")])


def test_an_incident_that_is_over_hides_no_new_one(vitals: MakeVitals) -> None:
    over = Incident(1, "feed", "times", START - 5 * HOUR, START - 4 * HOUR)
    assert news([over], vitals(sources=(failing(60),))) == ([("feed", "times")], [("feed", "times")])
