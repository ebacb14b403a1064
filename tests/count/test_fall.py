from typing import Any

from bot.count.fall import Fall, fall_between, falls_together
from tests.conftest import reading


def units(**votes: tuple[int, int]) -> dict[str, Any]:
    return {"units": {name: {"votes": {"biden": biden, "trump": trump}} for name, (biden, trump) in votes.items()}}


BEFORE = reading(1300, 700, **units(Floyd=(1000, 500), Bibb=(300, 200)))


def test_a_fall_is_set_apart_from_what_came_in_with_it() -> None:
    after = reading(1270, 695, 1, **units(Floyd=(950, 480), Bibb=(320, 215)))
    assert fall_between(BEFORE, after) == Fall(70, {"Floyd": 70}, {}, "biden", 600, -30, alone=False)


def test_votes_that_went_from_one_candidate_to_another_have_their_unit() -> None:
    after = reading(1280, 720, 1, **units(Floyd=(980, 520), Bibb=(300, 200)))
    assert fall_between(BEFORE, after) == Fall(0, {"Floyd": 0}, {"biden": 20}, "biden", 600, -40, alone=True)


def test_without_units_the_fall_is_that_of_the_total() -> None:
    assert fall_between(reading(100, 50), reading(90, 50, 1)) == Fall(10, {}, {}, "biden", 50, -10, alone=True)


def test_a_candidate_who_lost_more_than_the_units_say_has_no_unit() -> None:
    after = reading(1270, 720, 1, **units(Floyd=(980, 520), Bibb=(300, 200)))
    fall = fall_between(BEFORE, after)
    assert fall is not None
    assert fall.units == {}


def test_the_effect_of_a_unit_without_candidates_is_unknown() -> None:
    before = reading(1300, 700, units={"Floyd": {"total": 1500}, "Bibb": {"total": 500}})
    after = reading(1270, 695, 1, units={"Floyd": {"total": 1430}, "Bibb": {"total": 535}})
    fall = fall_between(before, after)
    assert fall is not None
    assert (fall.units, fall.margin_change) == ({"Floyd": 70}, None)


def test_what_did_not_fall_is_no_fall() -> None:
    assert fall_between(reading(100, 50), reading(110, 50, 1)) is None


def test_several_falls_add_up() -> None:
    one, other = Fall(70, {"Floyd": 70}, {}, "biden", 600, -30, True), Fall(5, {"Bibb": 5}, {}, "biden", 570, 5, True)
    assert falls_together([one, other], steps=2) == Fall(75, {"Floyd": 70, "Bibb": 5}, {}, "biden", 600, -25, True)
    assert falls_together([one], steps=2) == Fall(70, {"Floyd": 70}, {}, "biden", 600, -30, False)
    turned = Fall(5, {}, {}, "trump", 10, -5, True)
    assert falls_together([one, turned], steps=2) == Fall(75, {}, {}, "biden", 600, None, True)
    assert falls_together([], steps=2) is None
