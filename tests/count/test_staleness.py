from datetime import UTC, datetime, timedelta

import pytest

from bot.count.staleness import Limits, OngoingSilence, Silence, SourceActivity, is_over, lasts, silences, silent_units

NOON = datetime(2020, 11, 11, 12, 0, tzinfo=UTC)
DAY, HALF_AN_HOUR = timedelta(hours=24), timedelta(minutes=30)


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("limits", "nights", "limit"),
    [
        (Limits(), [True], None),
        (Limits(DAY), [True, False], DAY),
        (Limits(DAY, HALF_AN_HOUR), [False, False], DAY),
        (Limits(DAY, HALF_AN_HOUR), [False, True], HALF_AN_HOUR),
        (Limits(HALF_AN_HOUR, DAY), [True], HALF_AN_HOUR),
        (Limits(None, HALF_AN_HOUR), [True], HALF_AN_HOUR),
        (Limits(None, HALF_AN_HOUR), [], None),
    ],
)
def test_the_limit_is_the_night_s_while_one_contest_is_in_its_night(
    limits: Limits, nights: list[bool], limit: timedelta | None
) -> None:
    assert limits.at(nights) == limit


def test_a_source_that_answers_and_shows_the_same_is_silent_from_its_newest_numbers_on() -> None:
    seen = SourceActivity(moved_at=at(0), checked_at=at(29))
    (silent,) = silences(seen, HALF_AN_HOUR)
    assert silent == OngoingSilence(Silence.UNCHANGED, at(0), at(30))
    assert not lasts(silent, seen, at(29))


def test_a_time_in_which_nobody_asked_is_not_the_source_s_silence() -> None:
    silent = OngoingSilence(Silence.UNCHANGED, at(0), at(30))
    assert not lasts(silent, SourceActivity(moved_at=at(0), checked_at=at(5)), at(600))
    assert lasts(silent, SourceActivity(moved_at=at(0), checked_at=at(600)), at(600))


def test_before_the_first_votes_nothing_stands_still() -> None:
    assert silences(SourceActivity(checked_at=at(0)), HALF_AN_HOUR) == []


@pytest.mark.parametrize(("limit", "minutes"), [(HALF_AN_HOUR, 30), (DAY, 60), (None, 60)])
def test_a_source_that_fails_is_told_after_its_limit_or_an_hour(limit: timedelta | None, minutes: float) -> None:
    seen = SourceActivity(failing_since=at(0), failures=2)
    (silent,) = silences(seen, limit)
    assert silent == OngoingSilence(Silence.UNREACHED, at(0), at(minutes))
    assert (lasts(silent, seen, at(minutes - 1)), lasts(silent, seen, at(minutes))) == (False, True)


def test_a_source_that_failed_once_is_not_away() -> None:
    assert silences(SourceActivity(failing_since=at(0), failures=1), HALF_AN_HOUR) == []


def test_a_source_that_stands_still_and_then_fails_is_silent_in_both_ways() -> None:
    seen = SourceActivity(moved_at=at(0), checked_at=at(40), failing_since=at(41), failures=40)
    assert [silent.kind for silent in silences(seen, HALF_AN_HOUR) if lasts(silent, seen, at(80))] == [
        "unreached",
        "unchanged",
    ]


@pytest.mark.parametrize(
    ("kind", "seen", "over"),
    [
        (Silence.UNCHANGED, SourceActivity(moved_at=at(0), checked_at=at(50)), None),
        (Silence.UNCHANGED, SourceActivity(moved_at=at(40), checked_at=at(50)), at(40)),
        (Silence.UNCHANGED, SourceActivity(), None),
        (Silence.UNREACHED, SourceActivity(failing_since=at(0), failures=9, reached_at=at(-1)), None),
        (Silence.UNREACHED, SourceActivity(reached_at=at(-1)), None),  # just after a restart: nobody has asked yet
        (Silence.UNREACHED, SourceActivity(failing_since=at(45), failures=1, reached_at=at(44)), None),
        (Silence.UNREACHED, SourceActivity(reached_at=at(50)), at(50)),
    ],
)
def test_a_silence_is_over_when_the_source_is_seen_to_move_or_to_answer(
    kind: Silence, seen: SourceActivity, over: datetime | None
) -> None:
    assert is_over(kind, at(0), seen) == over


def test_units_are_silent_by_their_own_upload_times_the_longest_first() -> None:
    uploads = {"Fulton": at(0), "Cobb": at(-60), "Floyd": at(25), "Echols": at(-300)}
    assert list(silent_units(uploads, at(30), HALF_AN_HOUR, complete=["Echols"]).items()) == [
        ("Cobb", at(-60)),
        ("Fulton", at(0)),
    ]


def test_a_source_that_pushes_is_silent_from_its_last_push_on() -> None:
    seen = SourceActivity(moved_at=at(0), checked_at=at(10), reached_at=at(10), listening_since=at(-60))
    unheard, unchanged = silences(seen, HALF_AN_HOUR)
    assert unheard == OngoingSilence(Silence.UNREACHED, at(10), at(40))
    assert unchanged == OngoingSilence(Silence.UNCHANGED, at(0), at(30))
    assert lasts(unheard, seen, at(40))
    assert not lasts(unchanged, seen, at(40))  # nothing said that it stood still up to then


def test_a_source_that_pushes_was_not_silent_while_nobody_listened() -> None:
    (silent,) = silences(SourceActivity(reached_at=at(-600), listening_since=at(0)), HALF_AN_HOUR)
    assert silent == OngoingSilence(Silence.UNREACHED, at(-600), at(30))


def test_a_source_that_pushes_may_never_have_been_heard_and_without_a_limit_nothing_is_told() -> None:
    (silent,) = silences(SourceActivity(listening_since=at(0)), HALF_AN_HOUR)
    assert silent == OngoingSilence(Silence.UNREACHED, at(0), at(30))
    assert silences(SourceActivity(listening_since=at(0)), None) == []
