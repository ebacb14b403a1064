import pytest

from bot.count.certification import CertificationCount, CertificationKind, compare_counts


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
