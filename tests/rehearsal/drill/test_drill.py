"""Tests what holds for the drill with every random seed."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.count.change import compare
from bot.count.judgement import HoldReason, JudgedState, judge, repeated
from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.desk.desk_file import Contest, Desk
from bot.rehearsal.day import (
    Day,
    Happening,
    HappeningKind,
    MessageStep,
    MuteStep,
    PauseStep,
    PreferStep,
    ReadingStep,
    ScheduleStep,
    StatementStep,
)
from bot.rehearsal.drill import drill as drill_module
from bot.rehearsal.drill.contests import GOVERNOR, OFFICE, SENATE, SURVEYOR, WIRE
from bot.rehearsal.drill.drill import Drill, drill
from bot.rehearsal.drill.night import ELECTION_DAY
from tests.conftest import share

SEEDS = st.integers()
RECORDED_ONLY = {"announced", "taken_back"}
WAITS: set[HappeningKind] = {"muted", "quiet_hours", "paused"}
"""Happenings that make posts wait. They occur only in nights of four hours and more."""

Check = Callable[[Drill], None]


def of_every_drill(check: Check) -> Callable[[], None]:
    """Make a Hypothesis test that runs `check` on small drills. A failing drill is shown by its seed and size."""
    WHOLE.append(check)

    @share(0.2)
    @given(seed=SEEDS, counties=st.sampled_from([12, 13, 30]), hours=st.sampled_from([2, 4]))
    def of_a_drill(seed: int, counties: int, hours: int) -> None:
        check(drill(seed, counties, hours))

    return of_a_drill


WHOLE: list[Check] = []
"""The checks of every drill. They also run on a drill of full size."""


def readings(day: Day, source: str | None = None, contest: str | None = None, count: str = "election") -> list[Reading]:
    return [
        step.reading
        for step in day.steps
        if isinstance(step, ReadingStep)
        and source in (None, step.reading.source)
        and contest in (None, step.reading.contest)
        and step.reading.count == count
    ]


def happening(day: Day, what: HappeningKind) -> Happening:
    """Return the only happening of a kind. Fails if there are several or none."""
    (found,) = [one for one in day.happenings if one.what == what]
    return found


def series(day: Day) -> Iterator[list[Reading]]:
    """Return the readings of each source and contest, in order of publication."""
    for key in sorted({reading.series for reading in readings(day)}):
        yield readings(day, key[0], key[1])


@of_every_drill
def test_the_counties_add_up_to_the_state_in_every_reading(told: Drill) -> None:
    for count in ("election", "audit"):
        for reading in readings(told.day, count=count):
            units = (reading.units or {}).values()
            assert len(units) == len(told.counties)
            assert sum(unit.total or 0 for unit in units) == reading.total == sum(reading.votes.values())
            for candidate, votes in reading.votes.items():
                assert sum((unit.votes or {})[candidate] for unit in units) == votes
            assert sum(sum(cast.values()) for cast in (reading.by_type or {}).values()) == reading.total
            assert reading.reporting is not None
            assert reading.reporting.precincts == (
                sum(unit.reported[0] for unit in units if unit.reported),
                sum(unit.reported[1] for unit in units if unit.reported),
            )


@of_every_drill
def test_no_county_has_more_votes_than_voters(told: Drill) -> None:
    registered = {county.name: county.registered for county in told.counties}
    for reading in readings(told.day) + readings(told.day, count="audit"):
        for name, unit in (reading.units or {}).items():
            assert (unit.total or 0) <= registered[name]


@of_every_drill
def test_nothing_falls_but_in_the_revision_and_where_the_feed_comes_back(told: Drill) -> None:
    falls = []
    for shown in series(told.day):
        for before, after in pairwise(shown):
            change = compare(before, after)
            if change is not None and change.kind == "revision":
                falls.append((change.source, change.contest, change.as_of))
            assert before.as_of < after.as_of
            for name, unit in (after.units or {}).items():
                if falls[-1:] != [(after.source, after.contest, after.as_of)]:
                    assert (unit.total or 0) >= ((before.units or {})[name].total or 0)
    named = [happening(told.day, what).at for what in ("revision", "feed_returns")]
    assert falls == [(WIRE, GOVERNOR, moment) for moment in named]


@of_every_drill
def test_the_lead_changes_hands_twice_at_least_and_the_list_says_when(told: Drill) -> None:
    counted = [reading for reading in readings(told.day, WIRE, GOVERNOR) if reading.counted]
    leaders = [margin_of(reading.votes) for reading in counted]
    changes = [
        reading.as_of
        for reading, (was, now) in zip(counted[1:], pairwise(leaders), strict=True)
        if was.leader != now.leader and now.votes
    ]
    assert len(changes) >= 2
    assert changes == [one.at for one in told.day.happenings if one.what == "lead_change"]
    surge = happening(told.day, "late_surge").at
    assert changes[-1] >= surge  # its first ballots alone may do it


@of_every_drill
def test_every_kind_of_happening_is_in_every_drill_in_order_of_time(told: Drill) -> None:
    whats = [one.what for one in told.day.happenings]
    assert set(whats) | WAITS == set(get_args(HappeningKind)) - RECORDED_ONLY
    assert len(WAITS.intersection(whats)) in (0, len(WAITS))
    moments = [one.at for one in told.day.happenings]
    assert moments == sorted(moments)
    assert told.day.starts <= moments[0]
    assert moments[-1] <= told.day.ends


@of_every_drill
def test_the_feed_s_move_is_held_for_the_desk_and_only_that(told: Drill) -> None:
    known, holds = JudgedState(), []
    for reading in readings(told.day, WIRE, GOVERNOR):
        if known.hold is not None and not known.hold.for_desk:
            known = repeated(known, reading.as_of).known  # the player asks again after a minute
        verdict = judge(reading, known, reading.as_of)
        known = verdict.known
        assert verdict.ignored is None
        if verdict.held:
            holds.append((verdict.held, reading.as_of))
    moves = happening(told.day, "feed_moves").at
    revision = happening(told.day, "revision").at
    assert holds[:2] == [(HoldReason.FALL, revision), (HoldReason.MANY_UNITS, moves)]
    assert {reason for reason, _ in holds[2:]} == {HoldReason.MANY_UNITS}
    assert known.hold is None  # it ended when the feed came back
    assert len(holds) == 4


@of_every_drill
def test_a_minute_passes_after_the_revision_before_the_wire_says_more(told: Drill) -> None:
    revision = happening(told.day, "revision").at
    later = [reading.as_of for reading in readings(told.day, WIRE, GOVERNOR) if reading.as_of > revision]
    assert later[0] - revision >= timedelta(seconds=61)


@of_every_drill
def test_the_office_has_a_margin_that_the_wire_never_had_and_then_goes_along_with_it(told: Drill) -> None:
    said = happening(told.day, "disagreement").at
    wire = readings(told.day, WIRE, GOVERNOR)
    earlier = {margin_of(reading.votes) for reading in wire if reading.as_of <= said}
    for reading in readings(told.day, OFFICE, GOVERNOR):
        if reading.as_of == said:
            assert margin_of(reading.votes) not in earlier
        else:  # it is behind, and has what the wire had
            assert any(one.votes == reading.votes for one in wire if one.as_of <= reading.as_of + timedelta(minutes=5))


@of_every_drill
def test_the_reporter_is_ahead_of_the_wire_by_just_what_it_shows_next(told: Drill) -> None:
    ahead = happening(told.day, "desk_ahead").at
    (said,) = [
        step.statement
        for step in told.day.steps
        if isinstance(step, StatementStep) and step.statement.margin is not None
    ]
    following = next(reading for reading in readings(told.day, WIRE, GOVERNOR) if reading.as_of > ahead)
    now = margin_of(following.votes)
    assert (said.as_of, said.leader, said.margin) == (ahead, now.leader, now.votes)


@of_every_drill
def test_the_reporter_s_batch_is_what_the_wire_shows_of_that_county_next(told: Drill) -> None:
    (said,) = [
        step.statement
        for step in told.day.steps
        if isinstance(step, StatementStep) and step.statement.batch is not None
    ]
    assert said.batch is not None
    wire = readings(told.day, WIRE, GOVERNOR)
    place = next(place for place, reading in enumerate(wire) if reading.as_of > said.as_of)
    (county,) = said.batch.units
    was, now = ((one.units or {})[county].votes or {} for one in (wire[place - 1], wire[place]))
    assert {one.candidate: one.votes for one in said.batch.split} == {
        candidate: votes - was[candidate] for candidate, votes in now.items() if votes > was[candidate]
    }
    assert said.batch.votes == sum(now.values()) - sum(was.values())


@of_every_drill
def test_what_is_said_to_be_left_is_what_comes_in_late(told: Drill) -> None:
    left = {
        step.statement.outstanding.units[0]: step.statement.outstanding.ballots
        for step in told.day.steps
        if isinstance(step, StatementStep) and step.statement.outstanding
    }
    surge, quiet = happening(told.day, "late_surge").at, happening(told.day, "quiet").at
    wire = readings(told.day, WIRE, GOVERNOR)
    before = next(reading for reading in reversed(wire) if reading.as_of < surge)
    after = next(reading for reading in reversed(wire) if reading.as_of < quiet)
    assert before.units is not None
    assert after.units is not None
    moved = {name: (unit.total or 0) - (before.units[name].total or 0) for name, unit in after.units.items()}
    assert {name for name, votes in moved.items() if votes} == set(left)
    for name, ballots in left.items():
        assert ballots * 9 // 10 < moved[name] <= ballots


@of_every_drill
def test_the_majority_is_lost_when_the_list_says_so_and_an_only_candidate_has_no_margin(told: Drill) -> None:
    lost = happening(told.day, "majority_line").at
    senate = readings(told.day, WIRE, SENATE)
    (place,) = [place for place, reading in enumerate(senate) if reading.as_of == lost]
    over = [2 * max(reading.votes.values()) > reading.counted for reading in senate]
    assert over[place - 1]
    assert not any(over[place:])
    assert all(margin_of(reading.votes).votes is None for reading in readings(told.day, WIRE, SURVEYOR))


def waits(day: Day) -> dict[HappeningKind, tuple[datetime, datetime]]:
    """Return when the waiting of posts begins and ends: kind of happening → (begin, end)."""
    mute, unmute = [step for step in day.steps if isinstance(step, MuteStep)]
    pause, resume = [step for step in day.steps if isinstance(step, PauseStep)]
    assert [step.does for step in (mute, unmute, pause, resume)] == ["mute", "unmute", "pause", "resume"]
    (hours,) = {step.quiet or "" for step in day.steps if isinstance(step, PreferStep)}
    begin, end = [time.fromisoformat(text) for text in hours.split("-")]
    evening = ELECTION_DAY.date()
    since, until = [
        datetime.combine(evening + timedelta(days=of_day < time(12)), of_day, ELECTION_DAY.tzinfo)
        for of_day in (begin, end)
    ]
    return {"muted": (mute.at, unmute.at), "quiet_hours": (since, until), "paused": (pause.at, resume.at)}


@share(0.1)
@given(SEEDS, st.sampled_from([4, 8, 11]))
def test_on_a_long_night_posts_wait_while_nothing_has_to_be_answered(seed: int, hours: int) -> None:
    day = drill(seed, counties=12, hours=hours).day
    found = waits(day)
    assert found.keys() == WAITS
    waiting = {
        "muted": readings(day, OFFICE),
        "quiet_hours": readings(day, WIRE, SENATE),
        "paused": readings(day, WIRE, GOVERNOR),
    }
    for what, (begin, end) in found.items():
        assert happening(day, what).at <= begin
        assert any(begin < reading.as_of < end for reading in waiting[what])
        answered = [
            one.at for one in day.happenings if one.what in ("disagreement", "revision", "desk_ahead", "stale_source")
        ]
        assert not any(begin - timedelta(minutes=1) < moment <= end for moment in answered)
        assert not any(begin <= step.at <= end for step in day.steps if isinstance(step, StatementStep))
        assert end < happening(day, "late_surge").at


@pytest.mark.parametrize("hours", [2, 8])
def test_all_else_of_a_drill_is_drawn_as_without_its_waits(hours: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = drill(5, 12, hours).day
    monkeypatch.setattr(drill_module, "add_waits", lambda *_: None)
    without = drill(5, 12, hours).day
    said = [one.words for one in whole.happenings if one.what in WAITS]
    others = [
        step
        for step in whole.steps
        if not isinstance(step, MuteStep | PauseStep | PreferStep) and getattr(step, "words", "") not in said
    ]
    assert others == without.steps
    assert [one for one in whole.happenings if one.what not in WAITS] == without.happenings
    assert (len(said), len(whole.steps) - len(others)) == ((3, 9) if hours == 8 else (0, 0))


def test_a_seed_gives_one_drill_and_another_seed_another() -> None:
    assert drill(7, 12, 2) == drill(7, 12, 2)
    assert drill(7, 12, 2).day.steps != drill(8, 12, 2).day.steps


@of_every_drill
def test_everything_says_that_it_is_made_up(told: Drill) -> None:
    assert "made up" in told.day.title
    assert "made up" in told.day.facts_from
    assert all("(drill)" in contest.name for contest in told.desk.contests)
    for source in told.desk.sources:
        assert source.person or "make-believe" in source.name.casefold()
    events = [event for step in told.day.steps if isinstance(step, ScheduleStep) for event in step.events]
    assert {event.source for event in events} == {"made up for the drill"}


@pytest.mark.parametrize("seed", [1, 2026])
def test_the_whole_state_is_as_sound_as_a_small_one(seed: int) -> None:
    told = drill(seed)
    assert len(told.counties) == 159
    assert 250 < len(told.day.steps) < 500
    for check in WHOLE:
        check(told)


def test_a_small_drill_has_fewer_counties_and_readings() -> None:
    small, whole = drill(5, counties=12, hours=2), drill(5)
    assert len(small.counties) == 12
    assert len(small.day.steps) * 2 < len(whole.day.steps)


@pytest.mark.parametrize("hours", [1, 12])
def test_a_night_too_short_or_too_long_is_refused(hours: int) -> None:
    with pytest.raises(ValueError, match=f"from 2 to 11 hours, not {hours}"):
        drill(1, hours=hours)


def test_messages_are_the_newsroom_s_and_short() -> None:
    for step in drill(1, 12, 2).day.steps:
        if isinstance(step, MessageStep):
            assert step.who == "reporter"
            assert len(step.words) < 200


def test_the_desk_file_has_everything_that_the_day_speaks_of() -> None:
    told = drill(2, 12, 2)
    desk: Desk = told.desk
    for reading in readings(told.day):
        contest = desk.contest(reading.contest)
        assert isinstance(contest, Contest)
        assert all(contest.candidate(key) for key in reading.votes)
        assert desk.source(reading.source)


def test_a_seed_gives_the_same_drill_in_every_process() -> None:
    code = "from bot.rehearsal.drill.drill import drill; print(drill(7).day.model_dump_json())"
    hashes = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"  # others than here
    found = subprocess.check_output(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": hashes}, text=True
    )
    assert found == drill(7).day.model_dump_json() + "\n"
