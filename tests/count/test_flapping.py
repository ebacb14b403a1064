from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.count.flapping import MOST_LEFT, Trail, fingerprint
from bot.count.reading import Reading

MakeReading = Callable[..., Reading]

NOON = datetime(2020, 11, 11, 12, 0, tzinfo=UTC)


def test_a_fingerprint_goes_by_votes_and_total_and_by_nothing_else(reading: MakeReading) -> None:
    one = fingerprint(reading({"a": 60, "b": 40}, 1, total=100))
    assert one == fingerprint(reading({"b": 40, "a": 60}, 9, total=100, status="certified"))
    assert (
        len({one, fingerprint(reading({"a": 60, "b": 40})), fingerprint(reading({"a": 40, "b": 60}, total=100))}) == 3
    )


def test_numbers_left_are_remembered_for_an_hour_and_not_too_many(reading: MakeReading) -> None:
    trail = Trail()
    for minute in range(20):
        trail = trail.leave(reading({"a": minute}), NOON + timedelta(minutes=minute))
    assert len(trail.left) == MOST_LEFT
    assert trail.left[0].numbers == fingerprint(reading({"a": 19}))
    later = trail.leave(reading({"a": 99}), NOON + timedelta(minutes=76))
    assert [left.at.minute for left in later.left] == [16, 19, 18, 17, 16]


def test_numbers_left_twice_are_remembered_once(reading: MakeReading) -> None:
    trail = Trail().leave(reading({"a": 1}), NOON).leave(reading({"a": 2}), NOON).leave(reading({"a": 1}), NOON)
    assert [left.numbers for left in trail.left] == [fingerprint(reading({"a": 1})), fingerprint(reading({"a": 2}))]
