"""Draw a chart: one on standard input (JSON), a PNG on standard output. In a process of its own, which then ends.

matplotlib takes some 40 MiB that a bot which draws twice a night should not keep. Nothing else imports this.
"""

import json
import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

WIDTH, HEIGHT = 1080, 1080
"""Pixels. A phone shows it 360 wide: letters of 33 pixels are 11 there."""
_DPI = 100
_PAPER, _INK, _GREY, _RULE = "#1f2226", "#f4f1ea", "#c3c7cd", "#4a4f57"
"""Dark paper with light ink, framed: it reads the same on a dark and on a light page. No colour tells anything."""
_TITLE, _BIG, _WORDS, _SMALL = 52, 38, 34, 29
"""Pixels."""
_LABELS_HIGH = 0.16
"""Of the axis' height: labels closer than that would overlap."""


def draw(chart: Mapping[str, Any], target: Any) -> None:  # noqa: ANN401 - a binary file
    """Draw a chart (`bot.cards.chart.Chart` as JSON) into a file."""
    figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    _frame(figure, chart)
    axes = figure.add_axes((0.155, 0.205, 0.805, 0.555), facecolor=_PAPER)
    _scales(axes, chart)
    _line(axes, chart)
    _sides(axes, chart)
    _labels(axes, chart)
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
    axes.set_xticks([x for x, _ in chart["x_ticks"]], [words for _, words in chart["x_ticks"]], fontsize=size, color=_INK)
    axes.set_yticks([y for y, _ in chart["y_ticks"]], [words for _, words in chart["y_ticks"]], fontsize=size, color=_INK)
    axes.tick_params(length=0, pad=10)
    axes.grid(axis="y", color=_RULE, linewidth=1.5)
    axes.set_axisbelow(True)
    axes.axhline(0, color=_INK, linewidth=3)


def _line(axes: Axes, chart: Mapping[str, Any]) -> None:
    """Draw the margin as steps: solid where the one who leads now led, dashed where the other did."""
    x, y = chart["x"], chart["y"]
    for start in range(len(x)):
        end = x[start + 1] if start + 1 < len(x) else max(chart["until"], x[start])
        style = (0, (1.6, 1.1)) if y[start] < 0 else "solid"
        axes.plot([x[start], end], [y[start]] * 2, color=_INK, linewidth=5, linestyle=style, solid_capstyle="butt")
        if start + 1 < len(x):
            axes.plot([end] * 2, [y[start], y[start + 1]], color=_INK, linewidth=3.5, solid_capstyle="butt")
    if chart["dots"]:
        ahead = [(a, b) for a, b in zip(x, y, strict=True) if b >= 0]
        behind = [(a, b) for a, b in zip(x, y, strict=True) if b < 0]
        for points, face in ((ahead, _INK), (behind, _PAPER)):
            if points:
                axes.plot(*zip(*points, strict=True), "o", markersize=8, markerfacecolor=face, markeredgecolor=_INK, mew=2)


def _sides(axes: Axes, chart: Mapping[str, Any]) -> None:
    """Say which side of zero is whose, where the line is not."""
    x, y = chart["x"], chart["y"]
    left, right = axes.get_xlim()
    # The side of the picture on which the line stays farther away from zero.
    middle = (left + right) / 2
    near_left = min((abs(b) for a, b in zip(x, y, strict=True) if a <= middle), default=0)
    near_right = min((abs(b) for a, b in zip(x, y, strict=True) if a > middle), default=abs(y[-1]))
    side = ("right", right) if near_right >= near_left else ("left", left)
    above = f"\N{BLACK UP-POINTING TRIANGLE} {chart['above']} ahead" if chart["signed"] else "Whoever leads"
    spot: dict[str, Any] = {"ha": side[0], "fontsize": _points(_SMALL), "color": _GREY, "parse_math": False}
    spot |= {"textcoords": "offset pixels"}
    edge = -12 if side[0] == "right" else 12
    axes.annotate(above, (side[1], 0), (edge, 10), va="bottom", **spot)
    if chart["below"]:
        axes.annotate(f"\N{BLACK DOWN-POINTING TRIANGLE} {chart['below']} ahead", (side[1], 0), (edge, -10), va="top", **spot)


def _labels(axes: Axes, chart: Mapping[str, Any]) -> None:
    last = chart["last"]
    axes.plot([last["x"]], [last["y"]], "D", markersize=17, color=_INK)
    marks: Sequence[Mapping[str, Any]] = chart["marks"]
    left, right = axes.get_xlim()
    shown: list[tuple[float, float]] = []
    low, high = axes.get_ylim()
    for mark in reversed(marks):
        across = (mark["x"] - left) / (right - left)
        to_left = across > 0.5
        place = _free(shown, across + (-0.3 if to_left else 0.05), (mark["y"] - low) / (high - low))
        if place is None:
            continue
        shown.append(place)
        axes.annotate(
            mark["words"], (mark["x"], mark["y"]), place, textcoords="axes fraction",
            va="center", ha="left", fontsize=_points(_SMALL), color=_INK, parse_math=False,
            arrowprops={"arrowstyle": "-", "color": _GREY, "linewidth": 2.5, "shrinkB": 8}, zorder=5,
            bbox={"facecolor": _PAPER, "edgecolor": "none", "pad": 6},
        )  # fmt: skip


def _free(shown: Sequence[tuple[float, float]], across: float, up: float) -> tuple[float, float] | None:
    """Return where a label of a point can stand, as shares of the axes; None where there is no room left."""
    for away in (-0.22, 0.22, -0.38, 0.38, -0.54, 0.54):
        place = (min(max(across, 0.01), 0.55), up + away)
        if 0.06 < place[1] < 0.94 and all(abs(place[1] - other[1]) > _LABELS_HIGH for other in shown):
            return place
    return None


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
