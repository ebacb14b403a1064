"""Tests the drill's invented names: none is a real person's or place's, and no two are alike."""

from pathlib import Path
from random import Random

from bot.rehearsal.drill.counties import STATE, all_county_names, draw_county_names, draw_people

REAL = {
    line.strip().casefold()
    for line in (Path(__file__).parent / "us_counties.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
}


def test_the_list_of_real_counties_is_whole() -> None:
    assert len(REAL) > 1900
    assert {"clayton", "floyd", "de kalb", "dekalb", "los angeles"} & REAL >= {"clayton", "floyd", "los angeles"}


def test_no_county_that_a_drill_can_have_is_a_real_one() -> None:
    possible = {name.casefold() for name in all_county_names()}
    assert len(possible) == len(all_county_names()) > 1000
    assert possible & REAL == set()
    assert STATE.casefold() not in REAL


def test_names_differ_from_each_other_and_come_from_the_seed() -> None:
    names = draw_county_names(Random(3), 159)
    assert len(set(names)) == 159
    assert names == draw_county_names(Random(3), 159)
    assert names != draw_county_names(Random(4), 159)
    who = draw_people(Random(3), 7)
    assert len({forename for forename, _ in who}) == len({surname for _, surname in who}) == 7
