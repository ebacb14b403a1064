"""Runs every benchmark at a thousandth of its size. This tests that the benchmarks work, not how fast the bot is."""

import math

import pytest

from tests.benchmarks.__main__ import BENCHMARKS
from tests.chromium import why_not

SMALL = 0.001


@pytest.mark.parametrize("name", BENCHMARKS)
async def test_every_benchmark_runs(name: str) -> None:
    if name == "page" and (why := why_not()):
        pytest.skip(why)
    figures = await BENCHMARKS[name](SMALL)
    assert figures
    assert all(math.isfinite(figure.value) for figure in figures)
