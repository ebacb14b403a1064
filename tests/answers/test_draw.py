"""A chart is drawn in a process of its own: whole, in bounds, and not at the bot's expense."""

import asyncio
import io
import json
import struct
import warnings
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from bot.answers.chart import Drawing, _environment
from bot.answers.chart_words import (
    At,
    Chart,
    ChartFacts,
    CountyMap,
    Shown,
    chart_of,
    chart_words,
    scale_of,
    x_ticks,
    y_ticks,
)
from bot.answers.export import export_answer
from bot.errors import TallydeskError
from bot.wording.context import Setting
from bot.wording.draft import PictureShape
from bot.wording.question import Question
from tests.conftest import START, small_desk


def facts_of(points: list[tuple[int, str]], **names: str) -> tuple[ChartFacts, Question]:
    desk = small_desk()
    asked = Question(desk.contests[0], 1, 2, Setting(desk), START)
    drawn, before = [], ""
    for minute, (margin, leader) in enumerate(points):
        votes = {"trump": 2_000_000, leader: 2_000_000 + margin}
        moved = bool(before) and leader != before
        drawn.append(At(START + timedelta(minutes=minute), leader, margin, moved, votes))
        before = leader
    return ChartFacts(desk.sources[0], drawn, len(drawn), START + timedelta(minutes=len(drawn)), names), asked


def chart(points: list[tuple[int, str]], shape: PictureShape = "square", shown: Shown = "lead", **names: str) -> Chart:
    facts, asked = facts_of(points, **names)
    return chart_of(facts, asked, shape, shown)


def drawn_here(picture: Chart | CountyMap) -> bytes:
    """Draw in this process: one of its own would load matplotlib each time."""
    file = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setenv("MPLCONFIGDIR", _environment()["MPLCONFIGDIR"])
        from bot.answers.draw import draw  # noqa: PLC0415 - as above

        draw(json.loads(msgspec.json.encode(picture)), file)
    return file.getvalue()


def test_the_line_to_the_end_is_left_out_where_it_would_cross_the_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.axes import Axes  # noqa: PLC0415 - as above

    lines, words = [], []
    write = Axes.text

    def text(axes: Axes, x: float, y: float, said: str, **how: Any) -> object:
        words.append(said)
        return write(axes, x, y, said, **how)

    monkeypatch.setattr(Axes, "annotate", lambda *_, **how: lines.append(how))
    monkeypatch.setattr(Axes, "text", text)
    drawn_here(
        chart(
            [*[(14149, "biden")] * 40, (14101, "biden"), (14101, "biden"), (14111, "biden"), (14112, "biden")], "wide"
        )
    )
    end, beginning = (said.split("\n")[0] for said in words if said[0].isdigit())
    assert (end, beginning) == ("14,112", "14,149")
    assert lines == []


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


async def test_a_chart_is_drawn_in_a_process_of_its_own() -> None:
    drawn = chart([(900, "trump"), (917, "biden")])
    assert await Drawing(within=50).png(drawn) == drawn_here(drawn)


@pytest.mark.parametrize("points", [[(0, "biden")], [(5, "biden")] * 400, [(5, "a"), (6, "b"), (7, "c"), (9, "$x^{$")]])
def test_what_is_odd_is_drawn_too(points: list[tuple[int, str]]) -> None:
    assert size_of(drawn_here(chart(points, a="A" * 90, c="\u4e2d\U0001f5f3"))) == (1080, 1080)


def test_who_led_is_told_by_the_side_not_by_a_colour() -> None:
    drawn = chart([(900, "trump"), (917, "biden")])
    assert (drawn.y, drawn.above, drawn.below) == ([-900, 917], "Biden", "Trump")
    assert [mark.words for mark in drawn.marks] == ["Biden moves ahead\n7:01 a.m. Nov. 11"]
    assert drawn.small == "Source: the Times.\nAs of 7:01 a.m. ET Nov. 11, 2020. Unofficial."


def test_a_picture_that_is_not_in_earnest_says_so_to_who_sees_it_and_who_does_not() -> None:
    facts, asked = facts_of([(900, "trump"), (917, "biden")])
    for setting, said in (
        (replace(asked.setting, rehearsal=True), "REHEARSAL. "),
        (replace(asked.setting, rehearsal=True, test_data=True), "TEST DATA, REHEARSAL. "),
    ):
        unreal = replace(asked, setting=setting)
        assert (
            chart_of(facts, unreal).small == f"{said}Source: the Times.\nAs of 7:01 a.m. ET Nov. 11, 2020. Unofficial."
        )
        assert chart_words(facts, unreal).startswith(f"{said}Line chart of")
        assert export_answer(asked.contest, setting).startswith(f"{said}President: all that each source sent")


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
    assert chart([(14_149, "biden"), (14_101, "biden")]).subtitle.startswith(
        "Georgia: margin in votes (scale not from 0).\n"
    )
    assert chart([(100, "biden"), (14_101, "biden")]).subtitle.startswith("Georgia: margin in votes.\n")


def test_votes_of_both_candidates_are_drawn_and_named_at_the_end() -> None:
    drawn = chart([(14_149, "biden"), (14_101, "biden")], shown="votes")
    assert (drawn.y, drawn.other) == ([2_014_149, 2_014_101], [2_000_000, 2_000_000])
    assert drawn.last.words == "\u2501 Biden 2,014,101\n\u254d Trump 2,000,000"
    facts, asked = facts_of([(14_149, "biden"), (14_101, "biden")])
    words = chart_words(facts, asked, "votes")
    assert words.startswith(
        "Line chart of the votes of Biden and Trump in Georgia by the Times' count, one update from"
    )
    assert "At the end Biden has 2,014,101 and Trump has 2,000,000." in words


def test_a_chart_without_an_update_says_so_in_words() -> None:
    facts, asked = facts_of([(14_149, "biden")])
    assert "count, no update since" in chart_words(facts, asked, "lead")


def test_a_chart_asked_from_before_the_first_reading_begins_with_it_and_says_so() -> None:
    facts, asked = facts_of([(900, "biden"), (800, "biden")])
    drawn = chart_of(replace(facts, since=START - timedelta(hours=5), begins=START), asked)
    assert drawn.axes.since == START.timestamp()
    assert drawn.subtitle.endswith("\nOne update since 7 a.m. Nov. 11, when our record begins")
    assert chart([(900, "biden")]).subtitle.endswith("\nNo update since 7 a.m. Nov. 11")


def test_with_more_than_two_leaders_no_side_is_anybodys() -> None:
    drawn = chart([(5, "a"), (6, "b"), (7, "c")])
    assert (drawn.signed, drawn.y) == (False, [5, 6, 7])


def test_times_are_round() -> None:
    zone = small_desk().zone
    assert [words for _, words in x_ticks(START, START + timedelta(hours=9), zone)] == [
        "8 a.m.\nNov. 11", "10 a.m.", "noon", "2 p.m.", "4 p.m.",
    ]  # fmt: skip
    assert [words for _, words in x_ticks(START, START + timedelta(days=5), zone)][:2] == ["Nov. 12", "Nov. 13"]


def test_a_narrow_shape_has_fewer_times_below_it() -> None:
    zone = small_desk().zone
    for span, most in ((timedelta(hours=9), 4), (timedelta(days=6), 4)):
        wide, tall = (x_ticks(START, START + span, zone, shape) for shape in ("wide", "tall"))
        assert len(tall) <= most < len(wide)


def test_margins_are_round() -> None:
    assert y_ticks(14_101, 14_149)[0] == (14_110, "14,110")
    assert y_ticks(-14_765, 14_149) == [
        (-10_000, "10,000"),
        (-5_000, "5,000"),
        (0, "0"),
        (5_000, "5,000"),
        (10_000, "10,000"),
    ]


async def test_a_chart_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(TallydeskError, match="could not be drawn within"):
        await Drawing(within=0.01).png(chart([(5, "biden")]))


async def test_only_so_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = asyncio.Event()

    async def drawn(_: bytes) -> bytes:
        await gate.wait()
        return b"\x89PNG"

    monkeypatch.setattr("bot.answers.chart._drawn", drawn)
    drawing = Drawing()
    tasks = [asyncio.create_task(drawing.png(chart([(5, "biden")]))) for _ in range(10)]
    await asyncio.sleep(0)
    with pytest.raises(TallydeskError, match="too many charts"):
        await drawing.png(chart([(5, "biden")]))
    gate.set()
    assert len(await asyncio.gather(*tasks)) == 10
