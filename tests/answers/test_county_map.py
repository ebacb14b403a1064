"""The map of who leads in each county and of the last batch. Its shapes are the counties of the county table."""

import gzip
import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answers.chart import ATLAS
from bot.answers.chart_words import LastBatch, MapFacts, map_of, map_words
from bot.answers.palette import PictureLook
from bot.count.reading import Reading, Unit
from bot.desk.counties import counties_of, states
from bot.desk.toml_file import shipped
from bot.wording.card import PictureShape
from bot.wording.context import Setting
from bot.wording.question import Question
from tests.answers.test_draw import apart, drawn_here, figure_here, size_of, words_of
from tests.conftest import EDITOR, START, share, small_desk

DESK = small_desk()
ASKED = Question(DESK.contests[0], EDITOR, Setting(DESK), START)
GEORGIA = counties_of("GA")


def facts(votes: Sequence[tuple[int, int]], last: LastBatch | None = None) -> MapFacts:
    """Return the facts for a map in which Georgia's first counties have these votes for (Biden, Trump)."""
    units = {
        known.fips: Unit(fips=known.fips, votes={"biden": biden, "trump": trump})
        for known, (biden, trump) in zip(GEORGIA, votes, strict=False)
    }
    reading = Reading(source="times", contest="ga", as_of=START, votes={"biden": 2_474_507, "trump": 2_461_854})
    return MapFacts(DESK.sources[0], reading, "biden", 12_653, units, len(GEORGIA), last, "Unofficial.")


def test_each_county_is_filled_by_who_leads_there_and_the_legend_says_how_many() -> None:
    last = LastBatch({"Floyd": 74}, ["13115"], START - timedelta(hours=1))
    drawn = map_of(facts([(1, 9), (2, 9), (9, 1), (5, 5), (0, 0)], last), ASKED, "atlas", "13", "square")
    fips = [known.fips for known in GEORGIA[:5]]
    assert drawn.counties == dict(zip(fips, ["first", "first", "second", "tie", "none"], strict=True))
    assert drawn.legend == [
        ("first", "Trump leads in two counties"),
        ("second", "Biden leads in one county"),
        ("tie", "Tied in one county"),
        ("none", "No votes yet in one county"),
        ("none", "No figures for 154 counties"),
        ("last", "Last in: Floyd (74)"),
    ]
    assert (drawn.title, drawn.subtitle) == ("Georgia by county, Nov. 11", "President: Biden leads by 12,653")
    assert drawn.last == ["13115"]
    assert drawn.small == "Source: the Times.\nAs of 7 a.m. ET Nov. 11, 2020. Unofficial."


def test_a_map_is_told_in_words_too() -> None:
    last = LastBatch(dict.fromkeys(("Bacon", "Baker", "Banks", "Ben Hill"), 100), [], START)
    unreal = replace(ASKED, setting=replace(ASKED.setting, rehearsal=True, test_data=True))
    assert map_words(facts([(1, 9)], last), unreal).startswith("TEST DATA, REHEARSAL. County map of")
    assert map_of(facts([(1, 9)], last), unreal, "atlas", "13", "square").loud == "TEST DATA, REHEARSAL"
    assert map_words(facts([(1, 9)], last), ASKED) == (
        "County map of Georgia by the Times' count. Trump leads in one county. No figures for 158 counties. "
        "Last in: four counties, 400 votes."
    )


@pytest.mark.parametrize(("shape", "size"), [("square", (1080, 1080)), ("wide", (1920, 1080)), ("tall", (1080, 1920))])
def test_a_map_becomes_a_picture(shape: PictureShape, size: tuple[int, int]) -> None:
    drawn = map_of(facts([(1, 9), (9, 1), (5, 5)]), ASKED, str(shipped(ATLAS)), "13", shape)
    assert size_of(drawn_here(drawn)) == size


def test_the_shapes_are_of_the_counties_that_the_table_has() -> None:
    with gzip.open(shipped(ATLAS), "rt", encoding="utf-8") as file:
        shapes = {one["id"] for one in json.load(file)["objects"]["counties"]["geometries"]}
    missing = {known.fips for state in states() for known in counties_of(state)} - shapes
    assert {fips[:2] for fips in missing} == {
        "09"
    }  # Connecticut's counties of before 2022, when regions took their place


@settings(share(0.3), suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=159),
    st.dictionaries(
        st.sampled_from(["Floyd", "Prince George's", "Chattahoochee", "Northampton"]), st.integers(0, 99_999)
    ),
    st.sampled_from(["square", "wide", "tall"]),
    st.sampled_from(["dark", "light"]),
    st.sampled_from(["Georgia", "the North Carolina race for superintendent of public instruction"]),
    st.booleans(),
)
def test_a_maps_words_lie_over_nothing(
    votes: list[tuple[int, int]],
    last: dict[str, int],
    shape: PictureShape,
    look: PictureLook,
    place: str,
    rehearsal: bool,
) -> None:
    contest = DESK.contests[0].model_copy(update={"where": place})
    setting = Setting(small_desk(party_colors={"D": "#4a86d8", "R": "#d9483b"}), rehearsal=rehearsal)
    asked = replace(ASKED, contest=contest, setting=setting)
    found = facts(votes, LastBatch(last, ["13115"], START))
    figure = figure_here(map_of(found, asked, str(shipped(ATLAS)), "13", shape, look))
    wide, high = figure.bbox.size
    side, end = (wide * 0.05, high * 0.05) if shape == "wide" else (20, 20)
    words = words_of(figure)
    for _, text, box in words:
        assert side - 1 < box[0] < box[2] < wide - side + 1, text
        assert end - 1 < box[1] < box[3] < high - end + 1, text
    for (_, text, box), (_, other, beside) in itertools.combinations(words, 2):
        assert apart(box, beside), (text, other)
    (axes,) = figure.axes
    assert not any(apart(axes.get_window_extent().extents, box) == 0 for _, _, box in words)
    if shape == "wide":
        assert min(float(text.get_fontsize()) for text in figure.texts) * figure.dpi / 72 >= 28
