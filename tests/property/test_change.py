from collections.abc import Iterable
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.count.change import Change, compare, leader_after, net
from bot.count.margin import margin_for, margin_of, percent
from bot.count.reading import Reading
from tests.conftest import share
from tests.property.strategies import START, reading_of, readings, series, small, tallies


def changes(sequence: list[Reading]) -> list[Change]:
    """Return the change from each reading to the next. The last leader is remembered through ties."""
    made: list[Change] = []
    before, leader = None, None
    for reading in sequence:
        change = compare(before, reading, leader)
        if change is not None:
            made.append(change)
            leader = leader_after(change, leader)
        before = reading
    return made


def total(values: Iterable[int | None]) -> int:
    return sum(value or 0 for value in values)


@share(0.4)
@given(readings(), st.integers(1, 10**6))
def test_a_reading_compared_with_itself_or_a_later_copy_is_no_change(reading: Reading, micros: int) -> None:
    assert compare(reading, reading) is None
    later = reading.model_copy(update={"as_of": START.replace(microsecond=micros % 10**6)})
    assert compare(reading, later) is None


@share(0.4)
@given(readings())
def test_a_first_reading_says_no_change(reading: Reading) -> None:
    first = compare(None, reading)
    assert first is not None
    assert (first.kind, first.new_votes, first.batch, first.units, first.margin_before) == ("first", *[None] * 4)


@given(series())
def test_units_add_up_to_the_new_votes_or_what_is_missing_is_said(sequence: list[Reading]) -> None:
    for change in changes(sequence)[1:]:
        assert (change.units is None) == (change.unexplained is None)
        if change.units is not None and change.new_votes is not None:
            assert change.new_votes - sum(change.units.values()) == change.unexplained


@given(series())
def test_changes_add_up_to_the_last_reading(sequence: list[Reading]) -> None:
    first, last = sequence[0], sequence[-1]
    steps = changes(sequence)[1:]
    assert first.counted + total(step.new_votes for step in steps) == last.counted
    for candidate, votes in last.votes.items():
        assert first.votes[candidate] + total((step.batch or {})[candidate] for step in steps) == votes


@given(series())
def test_the_net_of_changes_is_what_changed_in_all(sequence: list[Reading]) -> None:
    first, last = sequence[0], sequence[-1]
    steps = changes(sequence)[1:]
    in_all, compared = net(first, last, steps), compare(first, last)
    assert first.counted + (in_all.new_votes or 0) == last.counted
    assert in_all.batch == {candidate: votes - first.votes[candidate] for candidate, votes in last.votes.items()}
    if compared is not None:
        assert in_all.model_copy(update={"units": None, "unexplained": None}) == compared.model_copy(
            update={"units": None, "unexplained": None}
        )
        if last.units is not None:
            assert in_all.units == compared.units
    units: dict[str, int] = {}
    for step in steps:
        for unit, votes in (step.units or {}).items():
            units[unit] = units.get(unit, 0) + votes
    assert (in_all.units or {}) == {unit: votes for unit, votes in units.items() if votes}


@given(series(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_changes_nothing(sequence: list[Reading], random: object) -> None:
    assert hasattr(random, "shuffle")
    turned = []
    for reading in sequence:
        order = list(reading.votes.items())
        random.shuffle(order)
        turned.append(reading.model_copy(update={"votes": dict(order)}))
    assert changes(turned) == changes(sequence)


@given(tallies)
def test_the_margin_is_exact(votes: dict[str, int]) -> None:
    margin = margin_of(votes)
    best = sorted(votes.values(), reverse=True)
    assert votes[margin.leader] == best[0]
    assert margin.votes == (best[0] - best[1] if len(best) > 1 else None)
    assert margin.votes == margin_for(margin.leader, votes)


@given(series(candidates=2))
def test_a_lead_change_is_the_same_from_either_side(sequence: list[Reading]) -> None:
    mirrored = [
        reading.model_copy(update={"votes": {"a": reading.votes["b"], "b": reading.votes["a"]}}) for reading in sequence
    ]
    assume(sequence[0].votes["a"] != sequence[0].votes["b"])  # else the lowest id leads, in both
    other = {"a": "b", "b": "a"}
    for here, there in zip(changes(sequence), changes(mirrored), strict=True):
        assert here.leader == other[there.leader]
        assert (here.kind, here.lead_changed, here.margin) == (there.kind, there.lead_changed, there.margin)
        assert (here.margin_before, here.margin_change) == (there.margin_before, there.margin_change)


@given(series(candidates=3))
def test_the_lead_changes_by_a_strict_lead_only_and_a_tie_keeps_the_leader(sequence: list[Reading]) -> None:
    leader = margin_of(sequence[0].votes).leader
    readings_by_time = {reading.as_of: reading for reading in sequence}
    for change in changes(sequence)[1:]:
        votes = readings_by_time[change.as_of].votes
        strictly = [one for one in votes if all(votes[one] > votes[other] for other in votes if other != one)]
        assert change.lead_changed == (strictly not in ([], [leader]))
        if change.lead_changed:
            assert change.margin_before is not None
            assert change.margin_before <= 0
            leader = change.leader
        if votes[leader] == max(votes.values()):
            assert change.leader == leader


@given(series(candidates=3))
def test_the_kind_is_the_first_that_fits(sequence: list[Reading]) -> None:
    for change in changes(sequence)[1:]:
        fell = [change.new_votes or 0, *(votes or 0 for votes in (change.batch or {}).values())]
        if min(fell) < 0:
            assert change.kind == "revision"
        elif change.lead_changed:
            assert change.kind == "lead_change"
        elif change.margin_change:
            assert change.kind == "margin"
        else:
            assert change.kind == ("no_margin_change" if any(fell) else "progress")


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 10**9), min_size=2), small)
def test_the_percentage_is_the_exact_fraction_rounded_half_up(votes: dict[str, int], more: int) -> None:
    counted = sum(votes.values()) + more
    assume(counted)
    first = compare(None, reading_of(votes, total=counted))
    assert first is not None
    assert first.margin is not None
    assert first.margin_percent is not None
    whole, decimals = first.margin_percent.split(".")
    assert len(decimals) == 4
    exact, said = Fraction(first.margin * 100, counted), Fraction(f"{whole}.{decimals}")
    assert Fraction(-1, 20_000) < exact - said < Fraction(1, 20_000) or said - exact == Fraction(1, 20_000)


@given(st.fractions(-2, 2), st.integers(0, 6))
def test_a_percentage_is_within_half_of_its_last_digit(exact: Fraction, decimals: int) -> None:
    assert abs(Fraction(percent(exact, decimals)) - exact * 100) <= Fraction(1, 2 * 10**decimals)
