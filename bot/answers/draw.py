"""Draw a chart: one on standard input (JSON), a PNG on standard output. In a process of its own, which then ends.

matplotlib takes some 40 MiB that a bot which draws twice a night should not keep. Nothing else imports this.
"""

import json
import sys
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

WIDTH, HEIGHT = 1080, 1080
"""Pixels. A phone shows it 330 wide or so: letters of 34 pixels are 10 there, and grow with a tap."""


_LEFT, _LOW, _WIDE, _HIGH = 0.175, 0.215, 0.785, 0.545
"""Where the axes are, in shares of the picture: the numbers beside them have up to seven digits."""


_DPI = 100


_PAPER, _INK, _GREY, _RULE = "#1f2226", "#f4f1ea", "#c3c7cd", "#4a4f57"
"""Dark paper with light ink, framed: it reads the same on a dark and on a light page. No colour tells anything."""


_TITLE, _BIG, _WORDS, _SMALL = 56, 41, 38, 34
"""Pixels."""


_BEHIND: dict[str, Any] = {"facecolor": _PAPER, "edgecolor": "none", "pad": 2, "alpha": 0.85}


_FAR = 0.7
"""Across and up together, in shares of the axes: the line to a label farther away would cross others."""


_CELLS = 64
"""The axes are taken as so many cells each way when room for words is looked for."""


_MANY = 120
"""From so many batches on their dots are smaller."""


def draw(chart: Mapping[str, Any], target: Any) -> None:  # noqa: ANN401 - a binary file
    """Draw a chart (`bot.answers.chart_words.Chart` as JSON) into a file."""
    figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    _frame(figure, chart)
    axes = figure.add_axes((_LEFT, _LOW, _WIDE, _HIGH), facecolor=_PAPER)
    _scales(axes, chart)
    _line(axes, chart)
    room = _Room(axes, chart)
    _sides(axes, chart, room)
    _labels(axes, chart, room)
    figure.savefig(target, format="png", facecolor=_PAPER)


def _frame(figure: Figure, chart: Mapping[str, Any]) -> None:
    _write(figure, 0.04, 0.955, chart["title"], _TITLE, weight="bold", va="top")
    _write(figure, 0.04, 0.885, chart["subtitle"], _WORDS, color=_GREY, va="top", linespacing=1.25)
    _write(figure, 0.04, 0.03, chart["small"], _SMALL, color=_GREY, va="bottom", linespacing=1.25)
    figure.patch.set_edgecolor(_RULE)
    figure.patch.set_linewidth(4)


def _scales(axes: Axes, chart: Mapping[str, Any]) -> None:
    low, high = min(*chart["y"], 0), max(*chart["y"], 0)
    room = max(high - low, 1) * 0.16
    axes.set_ylim(low - (room if chart["below"] else room * 0.3), high + room)
    left, right = chart["x"][0], max(chart["until"], chart["x"][-1])
    wide = max(right - left, 60)
    axes.set_xlim(left - wide * 0.03, right + wide * 0.03)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    size = _points(_SMALL)
    axes.set_xticks(
        [x for x, _ in chart["x_ticks"]], [words for _, words in chart["x_ticks"]], fontsize=size, color=_INK
    )
    axes.set_yticks(
        [y for y, _ in chart["y_ticks"]], [words for _, words in chart["y_ticks"]], fontsize=size, color=_INK
    )
    axes.tick_params(length=0, pad=10)
    axes.grid(axis="y", color=_RULE, linewidth=1.5)
    axes.set_axisbelow(True)
    axes.axhline(0, color=_INK, linewidth=3)


def _line(axes: Axes, chart: Mapping[str, Any]) -> None:
    """Draw the margin as steps: solid where the one who leads now led, dashed where the other did."""
    x, y = chart["x"], chart["y"]
    ends = [*x[1:], max(chart["until"], x[-1])]
    ahead, behind, turns = (_Strokes() for _ in range(3))
    for place, (start, end, votes) in enumerate(zip(x, ends, y, strict=True)):
        (behind if votes < 0 else ahead).add((start, votes), (end, votes))
        if place + 1 < len(x):
            turns.add((end, votes), (end, y[place + 1]))
    axes.plot(*turns.values, color=_INK, linewidth=3.5, solid_capstyle="butt")
    axes.plot(*ahead.values, color=_INK, linewidth=5, solid_capstyle="butt")
    axes.plot(*behind.values, color=_INK, linewidth=5, linestyle=(0, (1.6, 1.1)))
    if chart["dots"]:
        size = 8 if len(x) <= _MANY else 6
        for wanted, face in ((True, _INK), (False, _PAPER)):
            points = [(a, b) for a, b in zip(x, y, strict=True) if (b >= 0) is wanted]
            if points:
                how: dict[str, Any] = {"markersize": size, "markerfacecolor": face, "markeredgecolor": _INK, "mew": 2}
                axes.plot(*zip(*points, strict=True), "o", **how)


class _Strokes:
    """Lines apart from each other, which matplotlib draws as one."""

    def __init__(self) -> None:
        self.values: tuple[list[float], list[float]] = ([], [])

    def add(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        for values, one, other in zip(self.values, start, end, strict=True):
            values += [one, other, float("nan")]


class _Room:
    """Where in the axes something is drawn, so that words can go where nothing is; places are shares of the axes."""

    def __init__(self, axes: Axes, chart: Mapping[str, Any]) -> None:
        self._x, self._y = axes.get_xlim(), axes.get_ylim()
        x, y = chart["x"], chart["y"]
        ends = [*x[1:], max(chart["until"], x[-1])]
        self.zero = self.up(0)
        self._taken = np.zeros((_CELLS, _CELLS), dtype=int)
        for place, (start, end, votes) in enumerate(zip(x, ends, y, strict=True)):
            self._cover((start, votes), (end, votes))
            if place + 1 < len(x):
                self._cover((end, votes), (end, y[place + 1]))

    def across(self, x: float) -> float:
        return (x - self._x[0]) / (self._x[1] - self._x[0])

    def up(self, y: float) -> float:
        return (y - self._y[0]) / (self._y[1] - self._y[0])

    def _cover(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        (left, low), (right, high) = ((self.across(x), self.up(y)) for x, y in (start, end))
        steps = max(1, int(max(abs(right - left), abs(high - low)) / 0.02))
        for step in range(steps + 1):
            share = step / steps
            self._taken[_cell(left + (right - left) * share), _cell(low + (high - low) * share)] = 1

    def crowded(self, left: float, low: float, wide: float, high: float) -> int:
        """Return how much of what is drawn is in a box."""
        return int(self._box(left, low, wide, high).sum())

    def fill(self, left: float, low: float, wide: float, high: float) -> None:
        """Keep a box for words that stand there."""
        self._box(left, low, wide, high)[:] = 1

    def _box(self, left: float, low: float, wide: float, high: float) -> Any:  # noqa: ANN401 - a view into the cells
        across, up = (slice(_cell(a), _cell(a + b) + 1) for a, b in ((left, wide), (low, high)))
        return self._taken[across, up]


def _cell(share: float) -> int:
    """Return the row or column of cells in which a share of the axes is."""
    return min(max(int(share * _CELLS), 0), _CELLS - 1)


def _sides(axes: Axes, chart: Mapping[str, Any], room: _Room) -> None:
    """Say which side of zero is whose, where the line is not."""
    above = f"\N{BLACK UP-POINTING TRIANGLE} {chart['above']} ahead" if chart["signed"] else "Margin of who leads"
    below = f"\N{BLACK DOWN-POINTING TRIANGLE} {chart['below']} ahead" if chart["below"] else ""
    how: dict[str, Any] = {"fontsize": _points(_SMALL), "color": _GREY, "parse_math": False, "zorder": 4}
    how |= {"transform": axes.transAxes, "ha": "left"}
    high, taken = 0.08, 0.0
    for words, low, up, side in (
        (above, room.zero, 0.012, "bottom"),
        (below, room.zero - high - 0.02, high + 0.005, "top"),
    ):
        if words:
            wide = _wide(words)
            places = [taken, *((0.99 - wide) * step / 12 for step in range(13))]
            crowds = [room.crowded(place, low, wide, high) for place in places]
            left = places[crowds.index(min(crowds))]
            room.fill(left, low, wide, high)
            axes.text(left + 0.01, low + up, words, va=side, **how)
            taken = left


def _labels(axes: Axes, chart: Mapping[str, Any], room: _Room) -> None:
    """Label the last margin and the last lead changes, each where there is room."""
    last = chart["last"]
    axes.plot([last["x"]], [last["y"]], "D", markersize=17, color=_INK)
    room.fill(room.across(last["x"]) - 0.02, room.up(last["y"]) - 0.02, 0.04, 0.04)
    marks = [mark for mark in chart["marks"] if mark["x"] != last["x"]]  # the last one has its label
    for mark in [last, *reversed(marks)]:
        point = (room.across(mark["x"]), room.up(mark["y"]))
        wide, high = _wide(*mark["words"].split("\n")), 0.125
        found = _free(room, point, wide, high)
        if found is None:
            continue
        room.fill(*found, wide, high)
        axes.annotate(
            mark["words"], (mark["x"], mark["y"]), (found[0] + 0.01, found[1] + high / 2), textcoords="axes fraction",
            va="center", ha="left", fontsize=_points(_SMALL), color=_INK, parse_math=False, zorder=5,
            weight="bold" if mark is last else "normal", bbox=_BEHIND,
            arrowprops={"arrowstyle": "-", "color": _GREY, "linewidth": 2.5, "shrinkB": 10, "shrinkA": 2},
        )  # fmt: skip


def _free(room: _Room, point: tuple[float, float], wide: float, high: float) -> tuple[float, float] | None:
    """Return the lower left corner of the nearest box without anything in it, or None where none is near."""
    best: tuple[float, tuple[float, float]] | None = None
    for column in range(21):
        for row in range(21):
            left, low = column / 20 * (0.99 - wide), row / 20 * (0.99 - high)
            crosses_zero = low - 0.01 < room.zero < low + high + 0.01
            if crosses_zero or room.crowded(left - 0.015, low - 0.015, wide + 0.03, high + 0.03):
                continue
            away = abs(left + wide / 2 - point[0]) + abs(low + high / 2 - point[1])
            if best is None or away < best[0]:
                best = (away, (left, low))
    return best[1] if best and best[0] <= _FAR else None


def _wide(*words: str) -> float:
    """Return about how wide words are, as a share of the axes."""
    return min(0.95, max(len(line) for line in words) * _SMALL * 0.56 / (WIDTH * _WIDE) + 0.03)


def _write(figure: Figure, x: float, y: float, words: str, size: int, **how: Any) -> None:  # noqa: ANN401 - matplotlib's
    """Write words, smaller where they would be wider than the picture."""
    styled: dict[str, Any] = {"color": _INK, "fontsize": _points(size), "parse_math": False} | how
    text = figure.text(x, y, words, **styled)
    box = text.get_window_extent()
    if box.width > WIDTH * 0.92:
        text.set_fontsize(_points(size) * WIDTH * 0.92 / box.width)


def _points(pixels: int) -> float:
    return pixels * 72 / _DPI


def main() -> None:
    """Draw what is on standard input."""
    warnings.simplefilter("ignore")  # a letter that the font lacks is a box in the picture, and no fault
    draw(json.load(sys.stdin), sys.stdout.buffer)


if __name__ == "__main__":
    main()
