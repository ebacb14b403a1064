"""Tests the drill's ballots: votes are whole numbers that add up, and planned results are met exactly."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearsal.drill.contests import WHOLE, Script, mark
from bot.rehearsal.drill.counties import DrillPhase, late_counties, make_counties, make_parcels
from tests.conftest import share


@share(0.4)
@given(seed=st.integers(), counties=st.integers(12, 30), goal=st.integers(45_000, 55_000))
def test_the_first_candidate_has_the_goal_s_share_at_the_phase_s_end(seed: int, counties: int, goal: int) -> None:
    chance = Random(seed)
    places = make_counties(chance, counties)
    parcels = make_parcels(chance, places)
    goals = {DrillPhase.EARLY: (goal, goal), DrillPhase.ELECTION_DAY: (goal, goal)}
    marked = mark(chance, Script(("a", "b", "c"), goals=goals, third=(10, 20)), places, parcels)
    first = second = 0
    for phase in (DrillPhase.EARLY, DrillPhase.ELECTION_DAY):
        first += sum(votes[0] for votes in marked[phase])
        second += sum(votes[1] for votes in marked[phase])
        assert first == (first + second) * goal // WHOLE


@share(0.4)
@given(seed=st.integers(), counties=st.integers(12, 30))
def test_no_parcel_holds_more_votes_than_ballots_and_none_below_zero(seed: int, counties: int) -> None:
    chance = Random(seed)
    places = make_counties(chance, counties)
    parcels = make_parcels(chance, places)
    goals = {DrillPhase.EARLY: (51_000, 53_000), DrillPhase.LATE: (49_000, 50_000)}
    marked = mark(chance, Script(("a", "b"), "all", goals), places, parcels)
    for phase in DrillPhase:
        for parcel, votes in zip(parcels[phase], marked[phase], strict=True):
            assert min(votes) >= 0
            assert 0 < sum(votes) <= parcel.ballots


@share(0.4)
@given(seed=st.integers(), counties=st.integers(12, 159))
def test_a_county_s_parcels_are_its_ballots_and_its_precincts(seed: int, counties: int) -> None:
    chance = Random(seed)
    places = make_counties(chance, counties)
    parcels = make_parcels(chance, places)
    for index, county in enumerate(places):
        own = [parcel for phase in DrillPhase for parcel in parcels[phase] if parcel.county == index]
        assert sum(parcel.ballots for parcel in own) == county.ballots < county.registered
        assert sum(parcel.precincts for parcel in own) == county.precincts
        assert min(parcel.ballots for parcel in own) > 0
    assert set(late_counties(parcels)) == {0, 1, 2, 3}


@share(0.4)
@given(seed=st.integers(), counties=st.integers(12, 159))
def test_nearly_all_has_reported_only_with_the_largest_county_s_last_parcel(seed: int, counties: int) -> None:
    chance = Random(seed)
    places = make_counties(chance, counties)
    last = make_parcels(chance, places)[DrillPhase.ELECTION_DAY][-1]
    assert last.county == 0
    assert last.precincts * 100 > sum(county.precincts for county in places)


def test_a_goal_that_can_not_be_reached_is_refused() -> None:
    chance = Random(1)
    places = make_counties(chance, 12)
    parcels = make_parcels(chance, places)
    goals = {DrillPhase.EARLY: (10_000, 10_000), DrillPhase.AFTER: (90_000, 90_000)}
    with pytest.raises(ValueError, match="can't be reached"):
        mark(chance, Script(("a", "b"), goals=goals), places, parcels)


def test_a_state_of_few_counties_is_refused() -> None:
    with pytest.raises(ValueError, match="a drill needs 12 counties, not 11"):
        make_counties(Random(1), 11)
