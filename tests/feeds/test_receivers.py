"""Tests a delivery in parts."""

from datetime import UTC, datetime

from bot.count.reading import Reading
from bot.feeds.pushes_store import PushRow
from bot.feeds.receivers import READINGS_IN_PART, Delivery, IntakeCounts

AT = datetime(2031, 11, 4, tzinfo=UTC)


def remember(_: IntakeCounts) -> PushRow:
    return PushRow("wire", "1", b"", 200, "{}", 0)


def test_only_the_last_part_says_what_is_so_once_all_of_it_was_read() -> None:
    readings = [
        Reading(source="wire", contest="a", as_of=AT, votes={"x": number}) for number in range(2 * READINGS_IN_PART + 1)
    ]
    whole = Delivery("wire", readings, ["b: no votes"], {"a", "b"}, {("c", "election")}, remember)
    first, second, last = whole.parts()
    assert [*first.readings, *second.readings, *last.readings] == readings
    assert (first.refusals, second.refusals, last.refusals) == (["b: no votes"], (), ())
    for part in (first, second):
        assert (part.contests, part.unchanged, part.remember) == ((), (), None)
    assert (last.contests, last.unchanged, last.remember) == (whole.contests, whole.unchanged, remember)


def test_what_is_small_or_has_no_readings_is_one_part() -> None:
    for whole in (Delivery("wire"), Delivery("wire", unchanged={("a", "election")})):
        assert [*whole.parts()] == [whole]
