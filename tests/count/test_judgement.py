"""Tests design rule 7, about accepting and holding readings, in all branches.

Times are minutes after noon, both for the source and for the receipt.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest

from bot.count.judgement import (
    HOLD_AT_MOST,
    MOST_LEFT,
    Hold,
    HoldReason,
    JudgedState,
    Trail,
    Verdict,
    drop_held,
    fingerprint,
    gives_units,
    judge,
    release,
    repeated,
)
from bot.count.reading import Reading, Reporting
from tests.count.readings import NOON, reading

NEARLY_ALL_IN: dict[str, Any] = {"reporting": {"precincts": [99, 100]}}
NOT_QUITE_IN: dict[str, Any] = {"reporting": {"precincts": [98, 100]}}


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def judged(known: JudgedState, *readings: Reading) -> Verdict:
    """Judge readings in order, each received at its own time. Returns the last verdict."""
    verdict = Verdict(known)
    for one in readings:
        verdict = judge(one, verdict.known, one.as_of)
    return verdict


def units(votes: int, number: int = 12) -> dict[str, Any]:
    return {"units": {f"County {n}": {"total": votes} for n in range(number)}}


def kinds(verdict: Verdict) -> list[str]:
    return [taken.change.kind for taken in verdict.taken]


@pytest.fixture
def hundred() -> JudgedState:
    """Return the state after a first reading of 60 to 40 at noon."""
    return judged(JudgedState(), reading({"a": 60, "b": 40})).known


@pytest.fixture
def fallen(hundred: JudgedState) -> JudgedState:
    """Return the state after a reading with ten votes fewer at 12:05."""
    return judged(hundred, reading({"a": 50, "b": 40}, 5)).known


@pytest.fixture
def nearly_all() -> JudgedState:
    """Return the state of a count in which all but one of a hundred precincts have reported."""
    return judged(JudgedState(), reading({"a": 60_000, "b": 40_000}, **NEARLY_ALL_IN, **units(1000))).known


class TestTakenOrIgnored:
    def test_the_first_reading_is_taken(self) -> None:
        verdict = judged(JudgedState(), reading({"a": 60, "b": 40}))
        assert kinds(verdict) == ["first"]
        assert verdict.known.leader == "a"

    def test_a_rise_is_taken(self, hundred: JudgedState) -> None:
        verdict = judged(hundred, reading({"a": 61, "b": 44}, 5))
        assert kinds(verdict) == ["margin"]
        assert verdict.known.accepted == reading({"a": 61, "b": 44}, 5)

    def test_a_reading_equal_in_all_but_its_time_is_no_news(self, hundred: JudgedState) -> None:
        assert judged(hundred, reading({"b": 40, "a": 60}, 5)) == Verdict(hundred)

    def test_an_older_reading_is_ignored_and_says_why(self, hundred: JudgedState) -> None:
        verdict = judge(reading({"a": 70, "b": 40}, -1), hundred, at(5))
        assert verdict == Verdict(hundred, ignored="older than the reading as of 2020-11-11T12:00:00+00:00")

    def test_other_numbers_of_the_same_time_are_judged(self, hundred: JudgedState) -> None:
        assert kinds(judge(reading({"a": 61, "b": 40}), hundred, at(1))) == ["margin"]
        assert judge(reading({"a": 59, "b": 40}), hundred, at(1)).held is HoldReason.FALL

    def test_a_reading_of_the_far_future_is_ignored_so_that_the_next_is_not_too_old(self, hundred: JudgedState) -> None:
        future = judge(reading({"a": 61, "b": 40}, as_of="2031-01-01T00:00:00Z"), hundred, at(5))
        assert (future.taken, future.known) == ((), hundred)
        assert future.ignored == "as of 2031-01-01T00:00:00+00:00, which is still ahead"
        assert kinds(judged(future.known, reading({"a": 61, "b": 40}, 6))) == ["margin"]

    def test_a_source_s_clock_may_be_a_little_ahead(self, hundred: JudgedState) -> None:
        assert kinds(judge(reading({"a": 61, "b": 40}, 59), hundred, at(0))) == ["margin"]

    def test_the_leader_is_remembered_through_a_tie(self, hundred: JudgedState) -> None:
        tied = judged(hundred, reading({"a": 60, "b": 61}, 1), reading({"a": 61, "b": 61}, 2))
        assert (kinds(tied), tied.known.leader) == (["margin"], "b")
        assert kinds(judged(tied.known, reading({"a": 62, "b": 61}, 3))) == ["lead_change"]

    def test_two_who_pass_the_leader_and_tie_change_the_lead_when_one_of_them_leads(self) -> None:
        known = judged(JudgedState(), reading({"a": 60, "b": 40, "c": 40})).known
        tied = judged(known, reading({"a": 60, "b": 70, "c": 70}, 1))
        assert (kinds(tied), tied.taken[0].change.leader, tied.taken[0].change.margin) == (["margin"], "b", 0)
        assert kinds(judged(tied.known, reading({"a": 60, "b": 71, "c": 70}, 2))) == ["lead_change"]

    def test_a_batch_that_the_source_goes_on_saying_is_told_once(self, hundred: JudgedState) -> None:
        batch = {"unit_batch": {"Floyd": 5}}
        known = judged(hundred, reading({"a": 65, "b": 40}, 1, **batch)).known
        assert judged(known, reading({"a": 65, "b": 40}, 2, **batch)) == Verdict(known)
        assert judged(known, reading({"a": 65, "b": 40}, 2, unit_batch={})) == Verdict(known)
        (progress,) = judged(known, reading({"a": 65, "b": 40}, 2, **batch, **NOT_QUITE_IN)).taken
        assert (progress.change.kind, progress.change.units, progress.change.unexplained) == ("progress", {}, 0)


class TestFall:
    @pytest.mark.parametrize("votes", [{"a": 50, "b": 40}, {"a": 59, "b": 90}])
    def test_a_fall_is_held(self, hundred: JudgedState, votes: dict[str, int]) -> None:
        verdict = judged(hundred, reading(votes, 5))
        assert (verdict.taken, verdict.held) == ((), HoldReason.FALL)
        assert verdict.hold == Hold(reading(votes, 5), HoldReason.FALL, at(5), at(5) + HOLD_AT_MOST)
        assert verdict.known.accepted == hundred.accepted
        assert verdict.hold.for_desk is False

    def test_a_fall_of_the_total_alone_is_held(self) -> None:
        known = judged(JudgedState(), reading({"a": 60, "b": 40}, total=110)).known
        assert judged(known, reading({"a": 60, "b": 40}, 5, total=105)).held is HoldReason.FALL

    @pytest.mark.parametrize(("seconds", "confirmed"), [(59, False), (60, True), (600, True)])
    def test_a_fall_is_taken_when_the_source_shows_it_again_after_a_minute(
        self, fallen: JudgedState, seconds: int, confirmed: bool
    ) -> None:
        verdict = judge(reading({"a": 50, "b": 40}, 5), fallen, at(5) + timedelta(seconds=seconds))
        assert kinds(verdict) == (["revision"] if confirmed else [])
        assert (verdict.hold is None) is confirmed

    @pytest.mark.parametrize(("seconds", "confirmed"), [(59, False), (60, True)])
    def test_a_source_that_says_unchanged_repeats_the_fall(
        self, fallen: JudgedState, seconds: int, confirmed: bool
    ) -> None:
        verdict = repeated(fallen, at(5) + timedelta(seconds=seconds))
        assert kinds(verdict) == (["revision"] if confirmed else [])
        assert verdict.known.accepted == (fallen.hold.reading if confirmed and fallen.hold else fallen.accepted)

    def test_unchanged_says_nothing_where_nothing_is_held(self, hundred: JudgedState) -> None:
        assert repeated(hundred, at(60)) == Verdict(hundred)

    def test_a_newer_reading_still_below_is_taken_in_its_place(self, fallen: JudgedState) -> None:
        verdict = judge(reading({"a": 45, "b": 40}, 5.1), fallen, at(5.1))
        assert kinds(verdict) == ["revision"]
        assert verdict.taken[0].change.new_votes == -15
        assert verdict.dropped == "a newer reading, still below, took its place"

    def test_a_partial_recovery_is_still_below(self, fallen: JudgedState) -> None:
        verdict = judged(fallen, reading({"a": 55, "b": 40}, 6))
        assert [taken.change.new_votes for taken in verdict.taken] == [-5]

    def test_a_rise_above_posts_both_parts(self, fallen: JudgedState) -> None:
        verdict = judged(fallen, reading({"a": 62, "b": 41}, 6))
        assert [(taken.change.kind, taken.change.new_votes) for taken in verdict.taken] == [
            ("revision", -10),
            ("margin", 13),
        ]
        assert verdict.hold is None

    def test_a_flap_back_drops_the_fall(self, fallen: JudgedState) -> None:
        verdict = judged(fallen, reading({"a": 60, "b": 40}, 6))
        assert (verdict.taken, verdict.hold) == ((), None)
        assert verdict.dropped == "the source went back to its earlier figures"

    def test_what_else_moved_at_a_flap_back_is_taken(self, fallen: JudgedState) -> None:
        verdict = judged(fallen, reading({"a": 60, "b": 40}, 6, **NOT_QUITE_IN))
        assert (kinds(verdict), verdict.dropped) == (["progress"], "the source went back to its earlier figures")

    def test_a_reading_that_contradicts_the_fall_is_judged_alone(self, hundred: JudgedState) -> None:
        verdict = judged(hundred, reading({"a": 50, "b": 80}, 5), reading({"a": 60, "b": 70}, 6))
        assert (kinds(verdict), verdict.dropped) == (["lead_change"], "the source contradicted it")

    def test_an_older_reading_does_not_disturb_the_hold(self, fallen: JudgedState) -> None:
        verdict = judge(reading({"a": 60, "b": 40}, 4), fallen, at(6))
        assert verdict.known == fallen
        assert verdict.ignored

    def test_what_else_moves_meanwhile_waits_with_the_fall_and_keeps_its_minute(self, fallen: JudgedState) -> None:
        early = judge(reading({"a": 50, "b": 40}, 5.5, **NOT_QUITE_IN), fallen, at(5.5))
        assert (early.held, early.dropped) == (HoldReason.FALL, "a newer reading took its place")
        verdict = repeated(early.known, at(6))
        assert kinds(verdict) == ["revision"]
        assert verdict.taken[0].reading.reporting is not None

    def test_a_candidate_that_vanishes_during_a_hold_is_held_for_the_desk(self, fallen: JudgedState) -> None:
        verdict = judged(fallen, reading({"a": 50}, 6))
        assert (verdict.held, verdict.dropped) == (HoldReason.VANISHED, "a candidate vanished meanwhile")

    def test_the_units_of_a_fall_and_of_the_newer_reading_add_up(self, hundred: JudgedState) -> None:
        verdict = judged(
            hundred,
            reading({"a": 50, "b": 40}, 5, unit_batch={"Floyd": -10}),
            reading({"a": 53, "b": 40}, 6, unit_batch={"Floyd": 1, "Cobb": 2}),
        )
        (taken,) = verdict.taken
        assert (taken.change.units, taken.change.unexplained) == ({"Cobb": 2, "Floyd": -9}, 0)

    def test_the_units_of_a_fall_are_unsaid_where_the_newer_reading_does_not_say_its_own(
        self, hundred: JudgedState
    ) -> None:
        fall = reading({"a": 50, "b": 40}, 5, unit_batch={"Floyd": -10})
        (taken,) = judged(hundred, fall, reading({"a": 53, "b": 40}, 6)).taken
        assert taken.change.units is None

    def test_a_repeated_fall_counts_its_units_once(self, hundred: JudgedState) -> None:
        batch = {"unit_batch": {"Floyd": -10}}
        (taken,) = judged(
            hundred, reading({"a": 50, "b": 40}, 5, **batch), reading({"a": 50, "b": 40}, 6, **batch)
        ).taken
        assert taken.change.units == {"Floyd": -10}


class TestManyUnits:
    def batch(self, minute: float = 5, votes: int = 1001, number: int = 12, **fields: Any) -> Reading:
        moved = {"a": 60_000 + 100 * minute, "b": 40_000 + 50 * minute}
        said = {key: int(value) for key, value in moved.items()}
        return reading(said, minute, **(NEARLY_ALL_IN | units(votes, number) | fields))

    def test_a_late_batch_all_over_the_state_is_held_for_the_desk(self, nearly_all: JudgedState) -> None:
        verdict = judged(nearly_all, self.batch())
        assert (verdict.taken, verdict.held) == ((), HoldReason.MANY_UNITS)
        assert verdict.hold is not None
        assert verdict.hold.for_desk

    @pytest.mark.parametrize(("number", "held"), [(9, None), (10, HoldReason.MANY_UNITS)])
    def test_ten_counties_are_many(self, nearly_all: JudgedState, number: int, held: HoldReason | None) -> None:
        assert judged(nearly_all, self.batch(number=number)).held is held

    def test_the_source_s_own_batch_counts_the_units_that_moved(self) -> None:
        known = judged(JudgedState(), reading({"a": 6000, "b": 4000}, **NEARLY_ALL_IN)).known
        still = {f"County {n}": 0 for n in range(12)}
        moved = {f"County {n}": 1 for n in range(12)}
        after = reading({"a": 6012, "b": 4000}, 5, unit_batch=still)
        assert kinds(judged(known, after)) == ["margin"]
        assert judged(known, after.model_copy(update={"unit_batch": moved})).held is HoldReason.MANY_UNITS

    def test_votes_that_move_between_candidates_touch_a_unit_whose_total_stays(self) -> None:
        def counted(a: int, minute: int) -> Reading:
            counties = {f"County {n}": {"total": 100, "votes": {"a": a, "b": 100 - a}} for n in range(12)}
            return reading({"a": 5000 + minute, "b": 4000}, minute, units=counties, **NEARLY_ALL_IN)

        assert judged(JudgedState(), counted(50, 0), counted(51, 1)).held is HoldReason.MANY_UNITS

    def test_before_nearly_all_is_in_such_a_batch_is_the_count_itself(self) -> None:
        first = reading({"a": 60_000, "b": 40_000}, **NOT_QUITE_IN, **units(1000))
        assert kinds(judged(JudgedState(), first, self.batch())) == ["margin"]

    def test_a_source_without_counties_is_not_held(self) -> None:
        verdict = judged(JudgedState(), reading({"a": 60, "b": 40}, **NEARLY_ALL_IN), reading({"a": 65, "b": 44}, 5))
        assert kinds(verdict) == ["margin"]

    def test_everything_after_it_is_held_until_the_desk_says_post_and_then_posted_once(
        self, nearly_all: JudgedState
    ) -> None:
        held = judged(nearly_all, self.batch())
        later = judged(held.known, self.batch(6, 1001, reporting={"precincts": [100, 100]}))
        assert (later.taken, later.held, later.dropped) == ((), HoldReason.MANY_UNITS, "a newer reading took its place")
        fall = judged(later.known, self.batch(7).model_copy(update={"votes": {"a": 1, "b": 2}}))
        last = judged(fall.known, self.batch(8, 1003))
        assert last.hold is not None
        assert last.hold.since == at(5)
        assert repeated(last.known, at(500)) == Verdict(last.known)
        released = release(last.known)
        assert [(taken.change.kind, taken.change.new_votes) for taken in released.taken] == [("margin", 1200)]
        assert released.taken[0].change.units == {f"County {n}": 3 for n in range(12)}
        assert judged(released.known, self.batch(9, 1003)).held is None

    def test_the_held_numbers_fetched_again_are_no_news(self, nearly_all: JudgedState) -> None:
        held = judged(nearly_all, self.batch()).known
        assert judge(self.batch(), held, at(60)) == Verdict(held)

    def test_progress_of_the_held_numbers_waits_with_them(self, nearly_all: JudgedState) -> None:
        held = judged(nearly_all, self.batch()).known
        verdict = judged(held, self.batch(5, reporting={"precincts": [100, 100]}))
        assert verdict.held is HoldReason.MANY_UNITS
        assert verdict.hold is not None
        assert verdict.hold.reading.reporting == Reporting(precincts=(100, 100))

    def test_a_feed_that_goes_back_is_free_again(self, nearly_all: JudgedState) -> None:
        held = judged(nearly_all, self.batch())
        verdict = judged(held.known, reading({"a": 60_000, "b": 40_000}, 6, **NEARLY_ALL_IN, **units(1000)))
        assert (verdict.taken, verdict.hold) == ((), None)
        assert verdict.dropped == "the source went back to its earlier figures"

    def test_a_late_fall_all_over_the_state_is_for_the_desk_and_no_repetition_confirms_it(
        self, nearly_all: JudgedState
    ) -> None:
        fall = reading({"a": 59_000, "b": 39_000}, 5, **NEARLY_ALL_IN, **units(900))
        held = judged(nearly_all, fall)
        assert held.held is HoldReason.MANY_UNITS
        assert judge(fall, held.known, at(60)).taken == ()

    def test_such_a_batch_does_not_slip_in_behind_a_fall(self, nearly_all: JudgedState) -> None:
        fall = reading({"a": 59_990, "b": 40_000}, 4, **NEARLY_ALL_IN, **units(1000))
        below = reading({"a": 59_000, "b": 40_000}, 5, **NEARLY_ALL_IN, **units(900))
        assert judged(nearly_all, fall, below).held is HoldReason.MANY_UNITS
        above = judged(nearly_all, fall, self.batch())
        assert (kinds(above), above.held) == (["revision"], HoldReason.MANY_UNITS)


class TestWrongWordOfTheDesk:
    """Tests a reading that the desk released by mistake.

    It is revised after the source has shown its earlier figures twice.
    """

    def moved(self, minute: float, more: int = 0) -> Reading:
        return reading({"a": 60_500 + more, "b": 40_700}, minute, **NEARLY_ALL_IN, **units(1100))

    def right(self, minute: float, more: int = 0) -> Reading:
        return reading({"a": 60_000 + more, "b": 40_000}, minute, **NEARLY_ALL_IN, **units(1000))

    def posted_holds(self, nearly_all: JudgedState) -> JudgedState:
        released = release(judged(nearly_all, self.moved(5)).known)
        assert kinds(released) == ["margin"]
        return released.known

    @pytest.mark.parametrize("more", [0, 12])
    def test_a_feed_back_from_another_count_confirms_itself(self, nearly_all: JudgedState, more: int) -> None:
        wrong = self.posted_holds(nearly_all)
        back = judged(wrong, self.right(50, more))
        assert (back.taken, back.held) == ((), HoldReason.WENT_BACK)
        again = repeated(back.known, at(51))
        assert (kinds(again), again.known.accepted) == (["revision"], self.right(50, more))
        assert again.known.stood is None

    def test_it_goes_by_what_stood_before_the_first_wrong_word_of_several(self, nearly_all: JudgedState) -> None:
        once = self.posted_holds(nearly_all)
        further = reading({"a": 61_000, "b": 41_000}, 12, **NEARLY_ALL_IN, **units(1200))
        twice = release(judged(once, further).known)
        crept = judged(twice.known, reading({"a": 61_001, "b": 41_000}, 14, **NEARLY_ALL_IN, **units(1200)))
        assert kinds(crept) == ["margin"]
        back = judged(crept.known, self.right(50))
        assert back.held is HoldReason.WENT_BACK

    def test_a_fall_that_the_source_takes_back_is_a_revision_and_no_rise(self, fallen: JudgedState) -> None:
        wrong = release(fallen).known
        back = judged(wrong, reading({"a": 60, "b": 40}, 8))
        assert (back.taken, back.held) == ((), HoldReason.WENT_BACK)
        assert kinds(judge(reading({"a": 60, "b": 40}, 8), back.known, at(9))) == ["revision"]

    def test_a_rise_after_a_fall_that_was_right_is_a_rise(self, fallen: JudgedState) -> None:
        assert kinds(judged(release(fallen).known, reading({"a": 61, "b": 40}, 8))) == ["margin"]

    def test_a_candidate_who_is_listed_again_takes_no_lead_but_is_revised_back(self, hundred: JudgedState) -> None:
        gone = judged(hundred, reading({"b": 40}, 5))
        back = judged(release(gone.known).known, reading({"a": 61, "b": 40}, 8))
        assert (back.taken, back.held) == ((), HoldReason.WENT_BACK)
        assert kinds(repeated(back.known, at(9))) == ["revision"]

    def test_figures_that_were_let_through_rightly_are_gone_on_from(self, nearly_all: JudgedState) -> None:
        known = self.posted_holds(nearly_all)
        assert kinds(judged(known, self.moved(9, 3))) == ["margin"]
        other = reading({"a": 60_400, "b": 40_600}, 9, **NEARLY_ALL_IN, **units(1080))
        assert judged(known, other).held is HoldReason.MANY_UNITS


class TestVanished:
    def test_a_vanished_candidate_is_held_for_the_desk(self, hundred: JudgedState) -> None:
        verdict = judged(hundred, reading({"a": 70}, 5))
        assert (verdict.taken, verdict.held) == ((), HoldReason.VANISHED)
        assert judge(reading({"a": 70}, 5), verdict.known, at(60)).taken == ()

    def test_when_all_are_listed_again_the_count_goes_on(self, hundred: JudgedState) -> None:
        verdict = judged(hundred, reading({"a": 70}, 5), reading({"a": 70, "b": 41}, 6))
        assert (kinds(verdict), verdict.hold) == (["margin"], None)
        assert verdict.dropped == "the candidates are all listed again"

    def test_the_desk_can_release_what_is_left(self) -> None:
        known = judged(JudgedState(), reading({"a": 60, "b": 40, "c": 5}), reading({"a": 70, "c": 9}, 5)).known
        (taken,) = release(known).taken
        assert (taken.change.kind, taken.change.batch) == ("revision", {"a": 10, "c": 4})
        assert (taken.change.margin_before, taken.change.margin, taken.change.new_votes) == (20, 61, -26)

    def test_without_a_leader_who_vanished_another_leads(self) -> None:
        known = judged(JudgedState(), reading({"a": 60, "b": 40, "c": 5}), reading({"b": 41, "c": 5}, 5)).known
        (taken,) = release(known).taken
        assert (taken.change.kind, taken.change.leader, taken.change.lead_changed) == ("revision", "b", True)
        assert (taken.change.margin_before, taken.change.margin) == (-20, 36)

    def test_released_with_all_others_as_they_were_it_is_progress(self) -> None:
        known = judged(JudgedState(), reading({"a": 60, "b": 40, "c": 0}), reading({"a": 60, "b": 40}, 5)).known
        released = release(known)
        assert kinds(released) == ["progress"]
        assert released.known.accepted == reading({"a": 60, "b": 40}, 5)

    def test_where_nobody_is_left_the_count_begins_anew(self, hundred: JudgedState) -> None:
        verdict = release(judged(hundred, reading({"x": 1, "y": 2}, 5)).known)
        assert (kinds(verdict), verdict.known.leader) == (["first"], "y")


class TestDesk:
    def test_the_desk_releases_a_fall_at_once(self, fallen: JudgedState) -> None:
        assert kinds(release(fallen)) == ["revision"]

    def test_the_desk_drops_what_is_held(self, hundred: JudgedState, fallen: JudgedState) -> None:
        assert fallen.hold is not None
        known = replace(hundred, dropped=fallen.hold.reading)
        assert drop_held(fallen) == Verdict(known, dropped="dropped by the desk")

    def test_what_the_desk_dropped_is_nothing_new_until_something_else_is_taken(self, fallen: JudgedState) -> None:
        assert fallen.hold is not None
        known = drop_held(fallen).known
        again = fallen.hold.reading.model_copy(update={"as_of": fallen.hold.reading.as_of + timedelta(minutes=5)})
        assert judge(again, known, again.as_of) == Verdict(known)

    def test_there_is_nothing_to_release_or_drop_where_nothing_is_held(self, hundred: JudgedState) -> None:
        assert release(hundred) == drop_held(hundred) == Verdict(hundred)

    def test_nothing_can_be_held_before_a_first_reading(self, fallen: JudgedState) -> None:
        with pytest.raises(ValueError, match="nothing is accepted"):
            JudgedState(hold=fallen.hold)


class TestFlapping:
    """Tests a source that shows A, B, A, B: 60 and 61 votes for the same candidate, or 60 and 59."""

    A: ClassVar[dict[str, int]] = {"a": 60, "b": 40}
    RISE: ClassVar[dict[str, int]] = {"a": 61, "b": 40}
    FALL: ClassVar[dict[str, int]] = {"a": 59, "b": 40}

    def shown(self, known: JudgedState, *shows: tuple[dict[str, int], float]) -> list[Verdict]:
        verdicts = []
        for votes, minute in shows:
            verdicts.append(judge(reading(votes, minute), known, at(minute)))
            known = verdicts[-1].known
        return verdicts

    def test_numbers_that_are_each_taken_are_held_for_the_desk_at_the_second_return(self, hundred: JudgedState) -> None:
        rise, fall, back, again, and_back = self.shown(
            hundred, (self.RISE, 1), (self.A, 2), (self.A, 4), (self.RISE, 6), (self.A, 8)
        )
        assert [kinds(verdict) for verdict in (rise, fall, back)] == [["margin"], [], ["revision"]]
        assert (again.taken, again.held) == ((), HoldReason.FLAPPING)
        assert again.hold is not None
        assert (again.hold.for_desk, again.hold.asks_at_once) == (True, False)
        assert and_back == Verdict(again.known)
        assert repeated(and_back.known, at(60)) == Verdict(and_back.known)

    def test_a_fall_that_comes_and_goes_is_held_for_the_desk_when_it_comes_again(self, hundred: JudgedState) -> None:
        held, back, again, confirmed = self.shown(hundred, (self.FALL, 1), (self.A, 2), (self.FALL, 3), (self.FALL, 9))
        assert (held.held, back.hold, again.held) == (HoldReason.FALL, None, HoldReason.FLAPPING)
        assert confirmed == Verdict(again.known)

    def test_a_vanished_candidate_who_comes_and_goes_is_one_hold(self, hundred: JudgedState) -> None:
        *_, again, back, third = self.shown(
            hundred, ({"a": 70}, 1), (self.A, 2), ({"a": 70}, 3), (self.A, 4), ({"a": 70}, 5)
        )
        assert again.held is HoldReason.FLAPPING
        assert (back.hold, third.hold) == (again.hold, again.hold)

    def test_a_return_is_one_for_an_hour(self, hundred: JudgedState) -> None:
        early = self.shown(hundred, (self.FALL, 1), (self.A, 2), (self.FALL, 62))[-1]
        late = self.shown(hundred, (self.FALL, 1), (self.A, 2), (self.FALL, 62.1))[-1]
        assert (early.held, late.held) == (HoldReason.FLAPPING, HoldReason.FALL)

    def test_a_source_that_goes_on_to_other_numbers_is_free_again(self, hundred: JudgedState) -> None:
        *_, on = self.shown(hundred, (self.FALL, 1), (self.A, 2), (self.FALL, 3), ({"a": 66, "b": 41}, 4))
        assert (kinds(on), on.hold, on.dropped) == (["margin"], None, "the source went on to other figures")
        assert on.taken[0].change.margin_before == 20

    def test_a_server_that_stays_behind_is_held_again(self, hundred: JudgedState) -> None:
        on, behind = self.shown(
            hundred, (self.FALL, 1), (self.A, 2), (self.FALL, 3), ({"a": 66, "b": 41}, 4), (self.A, 5)
        )[-2:]
        assert (on.hold, behind.held) == (None, HoldReason.FLAPPING)

    def test_of_a_batch_that_follows_a_flapping_nobody_can_say_where_it_came_from(self, hundred: JudgedState) -> None:
        known = judged(hundred, reading(self.FALL, 1), reading(self.A, 2), reading(self.FALL, 3)).known
        (taken,) = judged(known, reading({"a": 66, "b": 41}, 4, unit_batch={"Floyd": 8})).taken
        assert (taken.change.units, taken.change.new_votes) == (None, 7)

    def test_reporting_that_moves_meanwhile_is_taken_and_the_hold_stays(self, hundred: JudgedState) -> None:
        known = judged(hundred, reading(self.FALL, 1), reading(self.A, 2), reading(self.FALL, 3)).known
        verdict = judged(known, reading(self.A, 4, **NOT_QUITE_IN))
        assert (kinds(verdict), verdict.hold) == (["progress"], known.hold)
        waiting = judged(verdict.known, reading(self.FALL, 5, **NOT_QUITE_IN))
        assert (waiting.held, waiting.dropped) == (HoldReason.FLAPPING, "a newer reading took its place")

    def test_the_desk_says_which_numbers_are_right(self, hundred: JudgedState) -> None:
        known = judged(hundred, reading(self.FALL, 1), reading(self.A, 2), reading(self.FALL, 3)).known
        released = release(known)
        assert kinds(released) == ["revision"]
        assert judged(released.known, reading(self.A, 4)).held is HoldReason.FLAPPING
        dropped = drop_held(known).known
        assert judged(dropped, reading(self.FALL, 4)) == Verdict(dropped)

    def test_three_numbers_in_turn_flap_as_two_do(self, hundred: JudgedState) -> None:
        higher = {"a": 62, "b": 40}
        rounds = [(self.RISE, 1), (higher, 2), (self.A, 3), (self.A, 5), (self.RISE, 6)]
        assert self.shown(hundred, *rounds)[-1].held is HoldReason.FLAPPING

    def test_a_flap_during_a_fall_is_held_for_the_desk(self, hundred: JudgedState) -> None:
        lower = {"a": 55, "b": 40}
        verdicts = self.shown(hundred, (self.FALL, 1), (self.A, 2), (lower, 3), (self.FALL, 3.5))
        assert (verdicts[-1].held, verdicts[-1].dropped) == (HoldReason.FLAPPING, "a newer reading took its place")


def test_a_fingerprint_goes_by_votes_and_total_and_by_nothing_else() -> None:
    one = fingerprint(reading({"a": 60, "b": 40}, 1, total=100))
    assert one == fingerprint(reading({"b": 40, "a": 60}, 9, total=100, status="certified"))
    assert (
        len({one, fingerprint(reading({"a": 60, "b": 40})), fingerprint(reading({"a": 40, "b": 60}, total=100))}) == 3
    )


def test_numbers_left_are_remembered_for_an_hour_and_not_too_many() -> None:
    trail = Trail()
    for minute in range(20):
        trail = trail.leave(reading({"a": minute}), NOON + timedelta(minutes=minute))
    assert len(trail.left) == MOST_LEFT
    assert trail.left[0].numbers == fingerprint(reading({"a": 19}))
    later = trail.leave(reading({"a": 99}), NOON + timedelta(minutes=76))
    assert [left.at.minute for left in later.left] == [16, 19, 18, 17, 16]


def test_numbers_left_twice_are_remembered_once() -> None:
    trail = Trail().leave(reading({"a": 1}), NOON).leave(reading({"a": 2}), NOON).leave(reading({"a": 1}), NOON)
    assert [left.numbers for left in trail.left] == [fingerprint(reading({"a": 1})), fingerprint(reading({"a": 2}))]


@pytest.mark.parametrize(
    ("fields", "gives"),
    [
        ({}, False),
        ({"reporting": {"units": [1, 2]}}, False),  # how many have reported is not where from
        ({"units": {"Floyd": {"total": 9}}}, True),
        ({"unit_batch": {"Floyd": 9}}, True),
        ({"unit_batch": {}}, True),
    ],
)
def test_a_source_gives_units_where_it_says_where_votes_come_from(fields: dict[str, Any], gives: bool) -> None:
    assert gives_units(reading({"a": 60, "b": 40}, **fields)) is gives
