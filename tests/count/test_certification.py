from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.count.certification import (
    CertificationCount,
    CertificationKind,
    SourceCounts,
    compare_counts,
    implied,
    named_by,
)


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [(None, 92, "first"), (92, 96, "more"), (96, 96, "same"), (96, 92, "fewer")],
)
def test_a_count_of_certified_units_is_compared_with_the_one_before(
    before: int | None, now: int, kind: CertificationKind
) -> None:
    earlier = None if before is None else CertificationCount(before, None)
    assert compare_counts(earlier, CertificationCount(now, 159)) == kind


@pytest.mark.parametrize(("done", "of"), [(-1, None), (160, 159)])
def test_more_than_all_and_fewer_than_none_can_t_have_certified(done: int, of: int | None) -> None:
    with pytest.raises(ValueError, match="can't have certified"):
        CertificationCount(done, of)


def said(key: int, *, count: tuple[int, int] | None = None, units: str = "", back: bool = False) -> SourceCounts:
    """Return a source's certification report at hour `key`. Each letter in `units` is a county."""
    at = datetime(2020, 11, 11, tzinfo=UTC) + timedelta(hours=key)
    return SourceCounts(key, at, CertificationCount(*count) if count else None, frozenset(units), back, 159)


def test_names_alone_are_counted_as_no_more_than_names() -> None:
    assert implied([said(1, units="ab"), said(2, units="c")]) == {
        1: CertificationCount(2, 159, named=True),
        2: CertificationCount(3, 159, named=True),
    }


def test_names_that_may_be_among_a_count_do_not_raise_it() -> None:
    assert implied([said(1, count=(3, 159)), said(2, units="abc")]) == {}


def test_more_names_than_the_count_raise_it() -> None:
    assert implied([said(1, count=(2, 159)), said(2, units="abc")]) == {2: CertificationCount(3, 159)}


def test_a_name_taken_back_lowers_the_count_only_where_all_of_it_is_named() -> None:
    assert implied([said(1, units="abc"), said(2, units="a", back=True)])[2].done == 2
    assert implied([said(1, count=(9, 159)), said(2, units="abc"), said(3, units="a", back=True)]) == {}


def test_a_name_said_twice_counts_once() -> None:
    assert list(implied([said(1, units="ab"), said(2, units="ab")])) == [1]


@given(st.lists(st.builds(lambda units, back: (units, back), st.text("abcdef", min_size=1), st.booleans()), max_size=8))
def test_with_names_alone_the_last_count_is_how_many_are_named(steps: list[tuple[str, bool]]) -> None:
    whole = [said(key, units=units, back=back) for key, (units, back) in enumerate(steps)]
    found = implied(whole)
    named: set[str] = set()
    for units, back in steps:
        named = named - set(units) if back else named | set(units)
    last = list(found.values())[-1].done if found else 0
    assert last == len(named) == len(named_by(whole))


@given(
    st.permutations([said(1, count=(2, 159)), said(2, units="abc"), said(3, units="a", back=True), said(4, units="d")])
)
def test_the_order_of_entering_makes_no_difference(steps: list[SourceCounts]) -> None:
    assert implied(steps) == implied(sorted(steps, key=lambda one: one.key))
