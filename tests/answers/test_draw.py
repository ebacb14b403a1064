"""Charts are drawn in a separate process: complete, within limits, and without blocking the bot."""

import io
import itertools
import json
import math
import re
import struct
import warnings
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from bot.answers.chart import drawn
from bot.answers.chart_words import (
    Chart,
    ChartFacts,
    ChartPoint,
    CountyMap,
    Shown,
    chart_of,
    chart_words,
    scale_of,
    x_ticks,
    y_ticks,
)
from bot.answers.export import export_answer
from bot.answers.palette import PictureLook
from bot.box.box import Box, _environment
from bot.errors import TallydeskError
from bot.wording.card import PictureShape
from bot.wording.context import Setting
from bot.wording.question import Question
from tests.conftest import EDITOR, START, share, small_desk

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def facts_of(points: list[tuple[int, str]], **names: str) -> tuple[ChartFacts, Question]:
    desk = small_desk()
    asked = Question(desk.contests[0], EDITOR, Setting(desk), START)
    drawn, before = [], ""
    for minute, (margin, leader) in enumerate(points):
        votes = {"trump": 2_000_000, leader: 2_000_000 + margin}
        moved = bool(before) and leader != before
        drawn.append(ChartPoint(START + timedelta(minutes=minute), leader, margin, moved, votes))
        before = leader
    return ChartFacts(desk.sources[0], drawn, len(drawn), START + timedelta(minutes=len(drawn)), names), asked


def chart(points: list[tuple[int, str]], shape: PictureShape = "square", shown: Shown = "lead", **names: str) -> Chart:
    facts, asked = facts_of(points, **names)
    return chart_of(facts, asked, shape, shown)


Frame: TypeAlias = tuple[float, float, float, float]


def figure_here(picture: Chart | CountyMap) -> "Figure":
    """Draw a figure in this process, since each new process would load matplotlib."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setenv("MPLCONFIGDIR", _environment()["MPLCONFIGDIR"])
        from bot.answers.draw import figure_of  # noqa: PLC0415 - as above

        return figure_of(json.loads(to_json(picture)))


def drawn_here(picture: Chart | CountyMap) -> bytes:
    """Draw a picture in this process, as a PNG."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure = figure_here(picture)
        figure.savefig(file, format="png", facecolor=figure.get_facecolor())
    return file.getvalue()


class Laid:
    """The positions of a chart's texts and lines, in pixels, as (left, bottom, right, top)."""

    def __init__(self, drawn: Chart) -> None:
        figure = figure_here(drawn)
        self.chart = drawn
        self.wide, self.high = (float(side) for side in figure.bbox.size)
        self.words = words_of(figure)
        self.letters = [float(text.get_fontsize()) * figure.dpi / 72 for text in figure.texts]
        """How high they are, in pixels."""
        self.strokes = [stroke for line in figure.artists if line.get_gid() == "line" for stroke in strokes(line)]
        self.poles = [stroke for line in figure.artists if line.get_gid() == "pole" for stroke in strokes(line)]

    def of(self, gid: str) -> list[tuple[str, Frame]]:
        """Return the texts of the kind `gid` with their boxes."""
        return [(text, box) for known, text, box in self.words if known == gid]

    def x(self, time: float) -> float:
        """Return the horizontal position of a time."""
        left, right = min(stroke[0] for stroke in self.strokes), max(stroke[2] for stroke in self.strokes)
        since, until = self.chart.axes.since, self.chart.axes.until
        return left + (time - since) / (until - since) * (right - left)


def words_of(figure: "Figure") -> list[tuple[str, str, Frame]]:
    """Return the texts in a picture, as (kind, text, box)."""
    return [(str(text.get_gid()), text.get_text(), text.get_window_extent().extents) for text in figure.texts]


def strokes(line: Any) -> list[Frame]:
    """Return the boxes of a line's segments, which are horizontal or vertical."""
    pairs = itertools.pairwise(line.get_xydata().tolist())
    return [
        (min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))
        for (x, y), (to_x, to_y) in pairs
        if not math.isnan(x + to_x)
    ]


def apart(one: Frame, other: Frame) -> float:
    """Return the distance between two boxes, in pixels; 0 if they overlap."""
    across, up = (max(one[side] - other[side + 2], other[side] - one[side + 2], 0.0) for side in (0, 1))
    return math.hypot(across, up)


def check_laid_out(drawn: Chart) -> Laid:
    """Check a chart's layout: no text overlaps anything, labels are at their points, and the axis encloses the
    line.
    """
    laid = Laid(drawn)
    for (_, text, box), (_, other, beside) in itertools.combinations(laid.words, 2):
        assert apart(box, beside), (text, other)
    left, low = (laid.wide * 0.05, laid.high * 0.05) if drawn.shape == "wide" else (20, 20)  # title-safe on air
    for _, text, box in laid.words:
        assert left - 1 < box[0] < box[2] < laid.wide - left + 1, text
        assert low - 1 < box[1] < box[3] < laid.high - low + 1, text
        assert all(apart(box, stroke) for stroke in (*laid.strokes, *laid.poles)), text
    heights = [(low + high) / 2 for _, (_, low, _, high) in laid.of("margin")]
    assert min(heights) - 3 < min(low for _, low, _, _ in laid.strokes)
    assert max(high for *_, high in laid.strokes) < max(heights) + 3
    end = max(right for _, _, right, _ in laid.strokes)
    assert all(end < left for _, (left, *_) in laid.of("end"))
    if drawn.other is None:
        last = next(low for _, low, right, high in laid.strokes if right == end and low == high)
        ((_, (_, low, _, high)),) = laid.of("end")
        assert low < last < high
    else:
        (_, first), (_, second) = laid.of("end")
        assert bool(first[1] > second[1]) == (drawn.y[-1] >= drawn.other[-1])
    for _, box in laid.of("begins"):
        start = min(laid.strokes)[:2]
        corners = {(x, y) for left, low, right, high in laid.strokes for x in (left, right) for y in (low, high)}
        assert apart(box, start * 2) <= min(apart(box, corner * 2) for corner in corners if corner[1] != start[1])
    for text, box in laid.of("change"):
        own = [laid.x(mark.x) for mark in drawn.marks if "".join(mark.words.split()) == "".join(text.split())]
        passing = [pole for pole in laid.poles if pole[3] > box[1]]
        nearest = passing[min(range(len(passing)), key=lambda place: apart(box, passing[place]))]
        assert min(abs(nearest[0] - x) for x in own) < 1
    return laid


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(
    ("shape", "shown", "size"),
    [("square", "lead", (1080, 1080)), ("wide", "lead", (1920, 1080)), ("tall", "votes", (1080, 1920))],
)
def test_a_chart_becomes_a_picture_for_a_post_a_screen_or_a_phone(
    shape: PictureShape, shown: Shown, size: tuple[int, int]
) -> None:
    png = drawn_here(chart([(900, "trump"), (100, "trump"), (50, "biden"), (917, "biden")], shape, shown))
    assert size_of(png) == size
    assert len(png) < 1 << 20


def at(points: list[tuple[float, int, str]], shape: PictureShape, shown: Shown = "lead", **names: str) -> Chart:
    """Return a chart from points of (hours after the start, margin, leader)."""
    facts, asked = facts_of([(margin, leader) for _, margin, leader in points], **names)
    hours = [START + timedelta(hours=hour) for hour, *_ in points]
    drawn = [replace(point, as_of=hour) for point, hour in zip(facts.points, hours, strict=True)]
    return chart_of(replace(facts, points=drawn, until=hours[-1] + timedelta(minutes=4)), asked, shape, shown)


SHAPES: tuple[PictureShape, ...] = ("square", "wide", "tall")
SHOWN: tuple[Shown, ...] = ("lead", "votes")


@pytest.mark.parametrize("shape", SHAPES)
def test_the_last_value_is_labelled_at_its_own_height_and_the_scale_encloses_the_line(shape: PictureShape) -> None:
    laid = check_laid_out(at([(-11.6, 14_149, "biden"), (0.6, 14_101, "biden"), (1.8, 14_111, "biden")], shape))
    ((said, (_, low, _, high)),) = laid.of("end")
    turns = {stroke[1] for stroke in laid.strokes} | {stroke[3] for stroke in laid.strokes}
    assert said == "14,111"
    assert len([turn for turn in turns if low < turn < high]) == 1  # 14,101 is elsewhere
    assert [text for text, _ in laid.of("begins")] == ["14,149"]
    assert "Nov. 11" in [text for text, _ in laid.of("time")]
    margins = [text for text, _ in laid.of("margin")]
    assert (margins[0], margins[-1]) == ("14,100", "14,160" if shape == "wide" else "14,150")


def test_times_that_would_run_into_each_other_are_fewer() -> None:
    names = {"a": "Krishnamoorthi-Featherstonehaugh", "b": "Van der Waals-Rodriguez"}
    laid = check_laid_out(at([(0, 7_000_000, "a"), (236, 7_000_009, "a")], "tall", "votes", **names))
    assert 0 < len(laid.of("time")) < len(laid.chart.axes.x_ticks)


def test_lead_changes_stand_above_the_line_each_at_its_pole_the_last_ones_first() -> None:
    points = [(0, 300, "trump"), (1, 20, "biden"), (1.2, 30, "trump"), (1.4, 31, "biden"), (9, 900, "trump")]
    laid = check_laid_out(at(points, "tall"))
    assert len(laid.of("change")) == len(laid.poles) == 4
    assert all(box[1] > max(stroke[3] for stroke in laid.strokes) for _, box in laid.of("change"))
    kept = check_laid_out(at(points, "wide")).of("change")
    assert [text for text, _ in kept] == [text for text, _ in laid.of("change")][-len(kept) :]
    assert 0 < len(kept) < 4


@settings(share(0.4), suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.floats(0.01, 9), st.integers(0, 40) | st.integers(13_900, 14_200), st.sampled_from("ab")),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from(SHAPES),
    st.sampled_from(SHOWN),
    st.sampled_from([("Li", "Wu"), ("Krishnamoorthi-Featherstonehaugh", "Van der Waals-Rodriguez")]),
)
def test_words_lie_over_nothing(
    moves: list[tuple[float, int, str]], shape: PictureShape, shown: Shown, names: tuple[str, str]
) -> None:
    hours = itertools.accumulate(gap for gap, *_ in moves)
    points = [(hour, margin, leader) for hour, (_, margin, leader) in zip(hours, moves, strict=True)]
    check_laid_out(at(points, shape, shown, a=names[0], b=names[1], trump="Trump"))


async def test_a_chart_is_drawn_in_a_process_of_its_own(box: Box) -> None:
    picture = chart([(900, "trump"), (917, "biden")])
    assert await drawn(box, EDITOR, picture) == drawn_here(picture)


@pytest.mark.parametrize("points", [[(0, "biden")], [(5, "biden")] * 400, [(5, "a"), (6, "b"), (7, "c"), (9, "$x^{$")]])
def test_what_is_odd_is_drawn_too(points: list[tuple[int, str]]) -> None:
    assert size_of(drawn_here(chart(points, a="A" * 90, c="\u4e2d\U0001f5f3"))) == (1080, 1080)


def test_who_led_is_told_by_the_side_not_by_a_colour() -> None:
    drawn = chart([(900, "trump"), (917, "biden")])
    assert (drawn.y, drawn.above, drawn.below) == (
        [-900, 917],
        "\N{BLACK UP-POINTING TRIANGLE} Biden ahead",
        "\N{BLACK DOWN-POINTING TRIANGLE} Trump ahead",
    )
    assert [mark.words for mark in drawn.marks] == ["Biden moves ahead\n7:01 a.m. Nov. 11"]
    assert drawn.small == "Source: the Times.\nAs of 7:01 a.m. ET Nov. 11, 2020. Unofficial."
    assert drawn.title == "The lead in Georgia, Nov. 11"


def test_a_picture_that_is_not_in_earnest_says_so_to_who_sees_it_and_who_does_not() -> None:
    facts, asked = facts_of([(900, "trump"), (917, "biden")])
    assert chart_of(facts, asked, "square", "lead").loud == ""
    for setting, said in (
        (replace(asked.setting, rehearsal=True), "REHEARSAL"),
        (replace(asked.setting, rehearsal=True, test_data=True), "TEST DATA, REHEARSAL"),
    ):
        unreal = replace(asked, setting=setting)
        drawn = chart_of(facts, unreal, "square", "lead")
        assert [text for text, _ in check_laid_out(drawn).of("loud")] == [drawn.loud] == [said]
        assert chart_words(facts, unreal, "lead").startswith(f"{said}. Line chart of")
        assert export_answer(asked.contest, setting).startswith(f"{said}. President: all that each source sent")


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([14_149, 14_101], (14_101, 14_149)),  # 48 votes would be no step on a scale from zero
        ([100, 14_101], (0, 14_101)),
        ([-900, 917], (-900, 917)),
        ([14_101, 14_101], (0, 14_101)),
    ],
)
def test_the_scale_begins_at_zero_only_where_what_moved_can_be_seen_then(
    values: list[int], scale: tuple[int, int]
) -> None:
    assert scale_of(values) == scale


def test_a_scale_that_does_not_begin_at_zero_says_so() -> None:
    drawn = chart([(14_149, "biden"), (14_101, "biden")])
    assert drawn.subtitle == "President: margin in votes (scale not from 0), from 7 a.m. Nov. 11"
    assert chart([(100, "biden"), (14_101, "biden")]).subtitle == "President: margin in votes, from 7 a.m. Nov. 11"


def test_votes_of_both_candidates_are_drawn_and_named_at_the_end() -> None:
    drawn = chart([(14_149, "biden"), (14_101, "biden")], shown="votes")
    assert (drawn.y, drawn.other) == ([2_014_149, 2_014_101], [2_000_000, 2_000_000])
    assert [(end.y, end.words) for end in drawn.ends] == [
        (2_014_101, "Biden\n2,014,101"),
        (2_000_000, "Trump\n2,000,000"),
    ]
    facts, asked = facts_of([(14_149, "biden"), (14_101, "biden")])
    words = chart_words(facts, asked, "votes")
    assert words.startswith(
        "Line chart of the votes of Biden and Trump in Georgia by the Times' count, one update after"
    )
    assert "At the end Biden has 2,014,101 and Trump has 2,000,000." in words


def test_a_chart_without_an_update_says_so_in_words() -> None:
    facts, asked = facts_of([(14_149, "biden")])
    assert "count, no update since" in chart_words(facts, asked, "lead")


def test_a_chart_asked_from_before_the_first_reading_begins_with_it() -> None:
    facts, asked = facts_of([(900, "biden"), (800, "biden")])
    drawn = chart_of(replace(facts, since=START - timedelta(hours=5), begins=START), asked, "square", "lead")
    assert drawn.axes.since == START.timestamp()
    assert drawn.subtitle.endswith(", from 7 a.m. Nov. 11")


def test_with_more_than_two_leaders_no_side_is_anybodys() -> None:
    drawn = chart([(5, "a"), (6, "b"), (7, "c")])
    assert (drawn.above, drawn.below, drawn.y) == ("", "", [5, 6, 7])
    assert drawn.subtitle.startswith("President: margin of whoever leads")


def test_times_are_round_and_a_midnight_is_its_date() -> None:
    zone = small_desk().zone

    def said(start: datetime, until: datetime, shape: PictureShape = "wide") -> list[str]:
        return [words for _, words in x_ticks(start, until, zone, shape)]

    assert said(START, START + timedelta(hours=9)) == ["8 a.m.", "10 a.m.", "noon", "2 p.m.", "4 p.m."]
    night = START - timedelta(hours=11.6)
    assert said(night, START + timedelta(hours=1.8)) == ["9 p.m.", "Nov. 11", "3 a.m.", "6 a.m."]
    assert said(START, START + timedelta(days=5))[:2] == ["Nov. 12", "Nov. 13"]
    assert said(START, START) == ["7 a.m."]


def test_a_narrow_shape_has_fewer_times_below_it() -> None:
    zone = small_desk().zone
    for span in (timedelta(hours=11), timedelta(minutes=66), timedelta(days=5, hours=10)):
        wide, tall = (x_ticks(START, START + span, zone, shape) for shape in ("wide", "tall"))
        assert len(tall) < len(wide)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (14_101, 14_149, ["14,100", "14,110", "14,120", "14,130", "14,140", "14,150"]),
        (-14_765, 14_149, ["20,000", "10,000", "0", "10,000", "20,000"]),
        (0, 0, ["0", "1"]),
        (0, 86_510, ["0", "20,000", "40,000", "60,000", "80,000", "100,000"]),
    ],
)
def test_margins_are_round_and_enclose_the_line(low: int, high: int, said: list[str]) -> None:
    ticks = y_ticks(low, high, "square")
    assert ticks[0][0] <= low <= high <= ticks[-1][0]
    assert [words for _, words in ticks] == said


async def test_a_chart_that_could_not_be_drawn_is_one_line(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.answers.chart.JOB_SECONDS", 0.0)
    why = r"^the chart could not be drawn \(takes more than 0 seconds\); /history has its figures$"
    with pytest.raises(TallydeskError, match=why):
        await drawn(box, EDITOR, chart([(5, "biden")]))


SLATE = {
    f"c{place}": name
    for place, name in enumerate(("Ng", "Van der Waals-Rodriguez", "Krishnamoorthi-Featherstonehaugh"))
}
SLATE |= {f"c{place}": f"Candidate-{place}" for place in range(3, 12)}

COLORS = {"D": "#4a86d8", "R": "#d9483b"}


@pytest.mark.parametrize(
    ("points", "shown", "rule", "title"),
    [
        ([(0, 5, "biden"), (3, 7, "biden")], "lead", "plurality", "Biden's lead in Georgia, Nov. 11"),
        ([(0, 5, "biden"), (90, 7, "biden")], "lead", "plurality", "Biden's lead in Georgia, Nov. 11-15"),
        ([(0, 5, "biden"), (500, 7, "biden")], "lead", "plurality", "Biden's lead in Georgia, Nov. 11-Dec. 2"),
        ([(0, 5, "trump"), (3, 7, "biden")], "lead", "plurality", "The lead in Georgia, Nov. 11"),
        ([(0, 5, "biden"), (3, 0, "biden")], "lead", "plurality", "The lead in Georgia, Nov. 11"),
        ([(0, 5, "biden")], "lead", "measure", "The Biden lead in Georgia, Nov. 11"),
        ([(0, 5, "trump"), (3, 7, "biden")], "votes", "plurality", "Biden and Trump in Georgia, Nov. 11"),
    ],
)
def test_a_title_says_what_is_drawn_where_and_of_which_days(
    points: list[tuple[float, int, str]], shown: Shown, rule: str, title: str
) -> None:
    facts, asked = facts_of([(margin, leader) for _, margin, leader in points])
    hours = [START + timedelta(hours=hour) for hour, *_ in points]
    dated = [replace(point, as_of=hour) for point, hour in zip(facts.points, hours, strict=True)]
    asked = replace(asked, contest=asked.contest.model_copy(update={"rule": rule}))
    assert chart_of(replace(facts, points=dated, until=hours[-1]), asked, "square", shown).title == title


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([(5, "biden"), (7, "biden")], "7"),  # the title says whose lead it is
        ([(5, "trump"), (7, "biden")], "Biden\n7"),
        ([(5, "biden"), (0, "biden")], "Tied"),
        ([(5, "trump"), (7, "c2")], "7"),  # the side says it: the name is long
        ([(5, "trump"), (6, "biden"), (7, "c2")], "Krishnamoorthi-Featherstonehaugh\n7"),
    ],
)
def test_the_end_says_who_leads_by_how_much(points: list[tuple[int, str]], said: str) -> None:
    facts, asked = facts_of(points, **SLATE)
    assert [end.words for end in chart_of(facts, asked, "square", "lead").ends] == [said]


def test_two_of_one_last_name_are_called_by_their_full_names() -> None:
    facts, asked = facts_of([(5, "biden")])
    alike = [one.model_copy(update={"last": "Biden"}) for one in asked.contest.candidates]
    told = replace(asked, contest=asked.contest.model_copy(update={"candidates": alike}))
    assert chart_of(facts, told, "wide", "lead").title == "Joseph R. Biden's lead in Georgia, Nov. 11"


@pytest.mark.parametrize(
    ("colors", "points", "look", "drawn"),
    [
        ({}, [(5, "trump"), (7, "biden")], "dark", None),
        (COLORS, [(5, "trump"), (7, "biden")], "dark", (COLORS["D"], COLORS["R"])),
        (COLORS, [(7, "biden")], "light", (COLORS["D"], COLORS["R"])),
        ({"D": COLORS["D"]}, [(5, "trump"), (7, "biden")], "dark", None),  # one alone would say something
        ({"D": COLORS["D"], "R": COLORS["D"]}, [(5, "trump"), (7, "biden")], "dark", None),
        ({"D": "#00205b", "R": COLORS["R"]}, [(5, "trump"), (7, "biden")], "dark", None),  # not to be seen
        ({"D": "#00205b", "R": COLORS["R"]}, [(5, "trump"), (7, "biden")], "light", ("#00205b", COLORS["R"])),
        (COLORS, [(5, "trump"), (7, "biden"), (8, "ann")], "dark", None),
        (COLORS, [(7, "ann")], "dark", None),
    ],
)
def test_parties_colors_are_drawn_where_both_have_one_that_can_be_seen(
    colors: dict[str, str], points: list[tuple[int, str]], look: PictureLook, drawn: tuple[str, str] | None
) -> None:
    facts, asked = facts_of(points)
    colored = replace(asked, setting=Setting(small_desk(party_colors=colors)))
    assert chart_of(facts, colored, "square", "lead", look).colors == drawn


def test_a_color_is_never_the_only_sign() -> None:
    facts, asked = facts_of([(5, "trump"), (7, "biden")])
    colored = replace(asked, setting=Setting(small_desk(party_colors=COLORS)))
    for shown in SHOWN:
        figure = figure_here(chart_of(facts, colored, "square", shown))
        curves: list[Any] = [line for line in figure.artists if line.get_gid() == "line"]
        lines = {line.get_color(): line for line in curves if len(line.get_xydata())}
        assert set(lines) == set(COLORS.values())
        assert lines[COLORS["R"]].is_dashed()
        assert not lines[COLORS["D"]].is_dashed()
        named = " ".join(text for gid, text, _ in words_of(figure) if gid in ("above", "side", "end"))
        assert "Biden" in named
        assert "Trump" in named


PLACES = (
    "Georgia",
    "Louisiana's 6th Congressional District",
    "the North Carolina race for commissioner of agriculture",
)


@settings(share(0.4), suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(2, 12).flatmap(
        lambda most: st.lists(
            st.tuples(st.floats(0.01, 60), st.integers(0, 9) | st.integers(0, 3_000_000), st.integers(0, most - 1)),
            min_size=1,
            max_size=90,
        )
    ),
    st.sampled_from(SHAPES),
    st.sampled_from(SHOWN),
    st.sampled_from(["dark", "light"]),
    st.sampled_from(PLACES),
    st.booleans(),
)
def test_words_lie_over_nothing_and_nothing_is_cut_however_many_stand_and_whatever_they_are_called(
    moves: list[tuple[float, int, int]],
    shape: PictureShape,
    shown: Shown,
    look: PictureLook,
    place: str,
    rehearsal: bool,
) -> None:
    facts, asked = facts_of([(margin, f"c{leader}") for _, margin, leader in moves], **SLATE)
    hours = itertools.accumulate(gap for gap, *_ in moves)
    points = [
        replace(point, as_of=START + timedelta(hours=hour)) for point, hour in zip(facts.points, hours, strict=True)
    ]
    told = replace(
        asked,
        contest=asked.contest.model_copy(update={"where": place}),
        setting=Setting(small_desk(party_colors=COLORS), rehearsal=rehearsal),
    )
    drawn = chart_of(
        replace(facts, points=points, until=points[-1].as_of + timedelta(minutes=4)), told, shape, shown, look
    )
    laid = check_laid_out(drawn)
    assert not [text for _, text, _ in laid.words if "…" in text]
    assert not [text for _, text, _ in laid.words if re.search(r"Nov\.\n|[0-9]-\n", text)]
    assert "".join(laid.of("title")[0][0].split()) == "".join(drawn.title.split())
    if shape == "wide":
        assert min(laid.letters) >= 28


def test_a_picture_is_the_same_to_the_byte() -> None:
    picture = chart([(900, "trump"), (917, "biden")], "wide")
    assert drawn_here(picture) == drawn_here(picture)
