"""A chart is drawn in a process of its own: whole, in bounds, and not at the bot's expense."""

import asyncio
import json
import struct
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.answers.chart import Drawing
from bot.answers.chart_words import At, Chart, ChartFacts, chart_of, x_ticks, y_ticks
from bot.errors import TallydeskError
from bot.wording.context import Setting
from bot.wording.question import Question
from tests.conftest import START, small_desk

ROOT = Path(__file__).parents[2]


def chart(points: list[tuple[int, str]], **names: str) -> Chart:
    desk = small_desk()
    asked = Question(desk.contests[0], 1, 2, Setting(desk), START)
    drawn, before = [], ""
    for minute, (margin, leader) in enumerate(points):
        drawn.append(At(START + timedelta(minutes=minute), leader, margin, bool(before) and leader != before))
        before = leader
    return chart_of(ChartFacts(desk.sources[0], drawn, len(drawn), START + timedelta(minutes=len(drawn)), names), asked)


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


async def test_a_chart_becomes_a_picture_that_a_phone_can_show() -> None:
    png = await Drawing(within=50).png(chart([(900, "trump"), (100, "trump"), (50, "biden"), (917, "biden")]))
    assert size_of(png) == (1080, 1080)
    assert len(png) < 1 << 20


@pytest.mark.parametrize("points", [[(0, "biden")], [(5, "biden")] * 400, [(5, "a"), (6, "b"), (7, "c"), (9, "$x^{$")]])
async def test_what_is_odd_is_drawn_too(points: list[tuple[int, str]]) -> None:
    assert size_of(await Drawing(within=50).png(chart(points, a="A" * 90, c="\u4e2d\U0001f5f3"))) == (1080, 1080)


def test_who_led_is_told_by_the_side_not_by_a_colour() -> None:
    drawn = chart([(900, "trump"), (917, "biden")])
    assert (drawn.y, drawn.above, drawn.below) == ([-900, 917], "Biden", "Trump")
    assert [mark.words for mark in drawn.marks] == ["Biden moves ahead\n7:01 a.m. Nov. 11"]
    assert drawn.small == "Source: the Times.\nAs of 7:01 a.m. ET Nov. 11, 2020. Unofficial."


def test_with_more_than_two_leaders_no_side_is_anybodys() -> None:
    drawn = chart([(5, "a"), (6, "b"), (7, "c")])
    assert (drawn.signed, drawn.y) == (False, [5, 6, 7])


def test_times_and_margins_are_round() -> None:
    zone = small_desk().zone
    assert [words for _, words in x_ticks(START, START + timedelta(hours=9), zone)] == [
        "8 a.m.\nNov. 11", "10 a.m.", "noon", "2 p.m.", "4 p.m.",
    ]  # fmt: skip
    assert [words for _, words in x_ticks(START, START + timedelta(days=5), zone)][:2] == ["Nov. 12", "Nov. 13"]
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


def test_the_bot_itself_never_imports_what_draws() -> None:
    seen = "import json, sys, bot.app, bot.client; import cogs.answers; print(json.dumps([m for m in sys.modules]))"
    run = subprocess.run([sys.executable, "-c", seen], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"matplotlib", "numpy"} & set(json.loads(run.stdout))
