"""Draw a chart or a map: one on standard input (JSON), a PNG on standard output. In a process of its own, which then ends.

matplotlib takes some 40 MiB that a bot which draws twice a night should not keep. Nothing else imports this.
"""

import gzip
import json
import math
import sys
import textwrap
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from msgspec import Struct

_DPI = 100


_PAPER, _INK, _GREY, _RULE = "#1f2226", "#f4f1ea", "#c3c7cd", "#4a4f57"
"""Dark paper with light ink, framed: it reads the same on a dark and on a light page. No colour tells anything alone."""


_TITLE, _WORDS, _SMALL = 56, 38, 34
"""Pixels of letters in a square picture. A phone shows it 360 wide or so: 34 pixels are 11 there, and grow with a tap."""


_BEHIND: dict[str, Any] = {"facecolor": _PAPER, "edgecolor": "none", "pad": 2, "alpha": 0.95}


_FAR = 0.7
"""Across and up together, in shares of the axes: the line to a label farther away would cross others."""


_BESIDE = 0.07
"""In shares of the axes: a label so near its point needs no line to it."""


_CELLS = 64
"""The axes are taken as so many cells each way when room for words is looked for."""


_MANY = 120
"""From so many batches on their dots are smaller."""


class _Page(Struct, frozen=True):
    """A picture's size and where things stand in it, in pixels."""

    wide: int
    high: int
    scale: float
    """Of letters and lines: a wide picture is shown as small on a phone as a square one, and seen from afar on a screen."""
    lines: int
    """Of the subtitle and of the source: a wide picture has room for each in one."""

    def points(self, pixels: float) -> float:
        """Return a size in matplotlib's points."""
        return pixels * self.scale * 72 / _DPI

    @property
    def head(self) -> float:
        """What the title and the subtitle take at the top, as a share of the height."""
        return (_TITLE * 1.9 + _WORDS * 1.35 * self.lines + 12) * self.scale / self.high

    @property
    def foot(self) -> float:
        """What the source takes at the bottom, as a share of the height."""
        return (_SMALL * 1.35 * self.lines + 36) * self.scale / self.high

    @property
    def side(self) -> float:
        """The margin at the left and the right, as a share of the width."""
        return 42 * self.scale / self.wide

    def lined(self, words: str) -> str:
        """Return words in as many lines as there is room for."""
        return words if self.lines > 1 else words.replace("\n", " ")


_PAGES: Final[Mapping[str, _Page]] = {
    "square": _Page(1080, 1080, 1.0, 2),
    "wide": _Page(1920, 1080, 1.45, 1),
    "tall": _Page(1080, 1920, 1.1, 2),
}


def draw(picture: Mapping[str, Any], target: Any) -> None:  # noqa: ANN401 - a binary file
    """Draw a chart (`bot.answers.chart_words.Chart` as JSON) or a map (`county_map_words.CountyMap`) into a file."""
    page = _PAGES[picture["shape"]]
    figure = Figure(figsize=(page.wide / _DPI, page.high / _DPI), dpi=_DPI, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    _frame(figure, page, picture)
    if "counties" in picture:
        _map(figure, page, picture)
    else:
        _chart(figure, page, picture)
    figure.savefig(target, format="png", facecolor=_PAPER)


def _frame(figure: Figure, page: _Page, picture: Mapping[str, Any]) -> None:
    top = 1 - 44 * page.scale / page.high
    _write(figure, page, top, picture["title"], _TITLE, weight="bold", va="top")
    below = top - _TITLE * 1.4 * page.scale / page.high
    _write(figure, page, below, page.lined(picture["subtitle"]), _WORDS, color=_GREY, va="top", linespacing=1.25)
    low = 30 * page.scale / page.high
    _write(figure, page, low, page.lined(picture["small"]), _SMALL, color=_GREY, va="bottom", linespacing=1.25)
    figure.patch.set_edgecolor(_RULE)
    figure.patch.set_linewidth(4)


def _write(figure: Figure, page: _Page, y: float, words: str, size: int, **how: Any) -> None:  # noqa: ANN401 - matplotlib's
    """Write words at the left, smaller where they would be wider than the picture."""
    styled: dict[str, Any] = {"color": _INK, "fontsize": page.points(size), "parse_math": False} | how
    text = figure.text(page.side, y, words, **styled)
    room = page.wide * (1 - 2 * page.side)
    if (width := text.get_window_extent().width) > room:
        text.set_fontsize(page.points(size) * room / width)


def _chart(figure: Figure, page: _Page, chart: Mapping[str, Any]) -> None:
    digits = max((len(words) for _, words in chart["axes"]["y_ticks"]), default=1)
    left = page.side + (digits * 0.62 * _SMALL + 14) * page.scale / page.wide
    low = page.foot + _SMALL * 3.1 * page.scale / page.high
    box = (left, low, 1 - page.side - left, 1 - page.head - low)
    axes = figure.add_axes(box, facecolor=_PAPER)
    _scales(axes, page, chart)
    room = _Room(axes, page, chart)
    for values, is_dashed in ((chart["y"], False), (chart["other"], True)):
        if values is not None:
            _line(axes, page, chart, values, dashed=is_dashed)
            room.cover_line(chart, values)
    if chart["other"] is None:
        _sides(axes, page, chart, room)
    _labels(axes, page, chart, room)


def _scales(axes: Axes, page: _Page, chart: Mapping[str, Any]) -> None:
    low, high = chart["axes"]["scale"]
    room = max(high - low, 1) * 0.16
    end = chart["last"]["y"]
    above, below = (2 * room if abs(end - edge) < 2 * room else room for edge in (high, low))  # for the end's label
    axes.set_ylim(low - (below if chart["below"] or low > 0 else room * 0.3), high + above)
    left, right = chart["axes"]["since"], max(chart["axes"]["until"], chart["x"][-1])
    wide = max(right - left, 60)
    axes.set_xlim(left - wide * 0.03, right + wide * 0.03)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    size = page.points(_SMALL)
    axes.set_xticks(
        [x for x, _ in chart["axes"]["x_ticks"]],
        [words for _, words in chart["axes"]["x_ticks"]],
        fontsize=size,
        color=_INK,
    )
    axes.set_yticks(
        [y for y, _ in chart["axes"]["y_ticks"]],
        [words for _, words in chart["axes"]["y_ticks"]],
        fontsize=size,
        color=_INK,
    )
    axes.tick_params(length=0, pad=10)
    axes.grid(axis="y", color=_RULE, linewidth=1.5)
    axes.set_axisbelow(True)
    if low <= 0 <= high:
        axes.axhline(0, color=_INK, linewidth=3 * page.scale)
    else:
        axes.spines["bottom"].set(visible=True, color=_RULE, linewidth=2.5, linestyle=(0, (1, 2)))


def _line(axes: Axes, page: _Page, chart: Mapping[str, Any], y: Sequence[int], *, dashed: bool) -> None:
    """Draw steps: solid where the one who leads now led, dashed where the other did or whose votes they are."""
    x = chart["x"]
    ends = [*x[1:], max(chart["axes"]["until"], x[-1])]
    ahead, behind, turns = (_Strokes() for _ in range(3))
    for place, (start, end, votes) in enumerate(zip(x, ends, y, strict=True)):
        (behind if votes < 0 or dashed else ahead).add((start, votes), (end, votes))
        if place + 1 < len(x):
            turns.add((end, votes), (end, y[place + 1]))
    axes.plot(*turns.values, color=_INK, linewidth=(2 if dashed else 3.5) * page.scale, solid_capstyle="butt")
    axes.plot(*ahead.values, color=_INK, linewidth=5 * page.scale, solid_capstyle="butt")
    axes.plot(*behind.values, color=_INK, linewidth=5 * page.scale, linestyle=(0, (1.6, 1.1)))
    if chart["dots"]:
        size = (8 if len(x) <= _MANY else 6) * page.scale
        for wanted, face in ((True, _INK), (False, _PAPER)):
            points = [(a, b) for a, b in zip(x, y, strict=True) if (b >= 0 and not dashed) is wanted]
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

    def __init__(self, axes: Axes, page: _Page, chart: Mapping[str, Any]) -> None:
        self._x, self._y = axes.get_xlim(), axes.get_ylim()
        box = axes.get_position()
        self._wide, self._high = box.width * page.wide / page.scale, box.height * page.high / page.scale
        low, high = chart["axes"]["scale"]
        self.zero = self.up(0) if low <= 0 <= high else None
        self._taken = np.zeros((_CELLS, _CELLS), dtype=int)

    def cover_line(self, chart: Mapping[str, Any], y: Sequence[int]) -> None:
        """Keep where a line goes."""
        x = chart["x"]
        ends = [*x[1:], max(chart["axes"]["until"], x[-1])]
        for place, (start, end, votes) in enumerate(zip(x, ends, y, strict=True)):
            self._cover((start, votes), (end, votes))
            if place + 1 < len(x):
                self._cover((end, votes), (end, y[place + 1]))

    def across(self, x: float) -> float:
        return (x - self._x[0]) / (self._x[1] - self._x[0])

    def up(self, y: float) -> float:
        return (y - self._y[0]) / (self._y[1] - self._y[0])

    def wide(self, *words: str) -> float:
        """Return about how wide words are."""
        return min(0.95, max(len(line) for line in words) * _SMALL * 0.56 / self._wide + 0.03)

    def high(self, lines: int) -> float:
        """Return how high lines of words are."""
        return min(0.9, (lines * _SMALL * 1.25 + 8) / self._high)

    def _cover(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        (left, low), (right, high) = ((self.across(x), self.up(y)) for x, y in (start, end))
        steps = max(1, int(max(abs(right - left), abs(high - low)) / 0.02))
        for step in range(steps + 1):
            share = step / steps
            self._taken[_cell(left + (right - left) * share), _cell(low + (high - low) * share)] = 1

    def crowded(self, left: float, low: float, wide: float, high: float) -> int:
        """Return how much of what is drawn is in a box."""
        return int(self._box(left, low, wide, high).sum())

    def crossed(self, edge: tuple[float, float], point: tuple[float, float]) -> int:
        """Return how much of what is drawn a line from a label's edge to its point crosses; at the point it may."""
        length = math.dist(edge, point)
        steps = int(length * _CELLS * 2)
        shares = [step / steps for step in range(steps) if (1 - step / steps) * length > _BESIDE]
        cells = {tuple(_cell(a + (b - a) * share) for a, b in zip(edge, point, strict=True)) for share in shares}
        return sum(int(self._taken[cell]) for cell in cells)

    def fill(self, left: float, low: float, wide: float, high: float) -> None:
        """Keep a box for words that stand there."""
        self._box(left, low, wide, high)[:] = 1

    def _box(self, left: float, low: float, wide: float, high: float) -> Any:  # noqa: ANN401 - a view into the cells
        across, up = (slice(_cell(a), _cell(a + b) + 1) for a, b in ((left, wide), (low, high)))
        return self._taken[across, up]


def _cell(share: float) -> int:
    """Return the row or column of cells in which a share of the axes is."""
    return min(max(int(share * _CELLS), 0), _CELLS - 1)


def _sides(axes: Axes, page: _Page, chart: Mapping[str, Any], room: _Room) -> None:
    """Say which side of zero is whose, where the line is not."""
    above = f"\N{BLACK UP-POINTING TRIANGLE} {chart['above']} ahead" if chart["signed"] else "Margin of who leads"
    below = f"\N{BLACK DOWN-POINTING TRIANGLE} {chart['below']} ahead" if chart["below"] else ""
    how: dict[str, Any] = {"fontsize": page.points(_SMALL), "color": _GREY, "parse_math": False, "zorder": 4}
    how |= {"transform": axes.transAxes, "ha": "left"}
    high, taken, zero = room.high(1), 0.0, room.zero if room.zero is not None else 0.0
    for words, low, up, side in ((above, zero, 0.012, "bottom"), (below, zero - high - 0.02, high + 0.005, "top")):
        if words:
            wide = room.wide(words)
            places = [taken, *((0.99 - wide) * step / 12 for step in range(13))]
            crowds = [room.crowded(place, low, wide, high) for place in places]
            left = places[crowds.index(min(crowds))]
            room.fill(left, low, wide, high)
            axes.text(left + 0.01, low + up, words, va=side, **how)
            taken = left


def _labels(axes: Axes, page: _Page, chart: Mapping[str, Any], room: _Room) -> None:
    """Label the end and the last lead changes, each where there is room."""
    last = chart["last"]
    axes.plot([last["x"]], [last["y"]], "D", markersize=17 * page.scale, color=_INK)
    room.fill(room.across(last["x"]) - 0.02, room.up(last["y"]) - 0.02, 0.04, 0.04)
    marks = [mark for mark in chart["marks"] if mark["x"] != last["x"]]  # the last one has its label
    for mark in marks:  # beside it no other's label is to stand
        room.fill(room.across(mark["x"]) - 0.03, room.up(mark["y"]) - 0.04, 0.06, 0.08)
    begins = [chart["begins"]] if chart["begins"] and chart["begins"]["y"] != last["y"] else []
    for mark in [last, *reversed(marks), *begins]:
        point = (room.across(mark["x"]), room.up(mark["y"]))
        found = _free(room, point, mark["words"], _BESIDE if mark in begins else _FAR)
        if found is None:
            continue
        words, (left, low, wide, high) = found
        room.fill(left, low, wide, high)
        edge = _nearest(left, low, wide, high, point)
        # The end has a sign of its own, so it needs no line that would look like a branch of the curve.
        if math.dist(edge, point) > _BESIDE and not (mark is last and room.crossed(edge, point)):
            line: dict[str, Any] = {"arrowstyle": "-", "color": _GREY, "linewidth": 2 * page.scale, "shrinkA": 0}
            line |= {"shrinkB": page.points(20), "linestyle": (0, (1, 2)), "zorder": 1}
            axes.annotate("", point, edge, xycoords="axes fraction", textcoords="axes fraction", arrowprops=line)
        axes.text(
            left + 0.01, low + high / 2, words, transform=axes.transAxes, va="center", ha="left",
            fontsize=page.points(_SMALL), color=_INK, parse_math=False, zorder=5, bbox=_BEHIND,
            weight="bold" if mark is last else "normal",
        )  # fmt: skip


_Box: TypeAlias = tuple[float, float, float, float]
"""The left, the low edge, the width and the height, in shares of the axes."""


def _free(room: _Room, point: tuple[float, float], words: str, most: float) -> tuple[str, _Box] | None:
    """Return the words as they are broken, and the box without anything in it that is nearest, or None within `most` of it.

    A box whose line to the point crosses less of what is drawn is better than a nearer one.
    """
    best: tuple[int, float, str, _Box] | None = None
    for broken in dict.fromkeys((words, _narrow(words))):
        lines = broken.split("\n")
        wide, high = room.wide(*lines), room.high(len(lines))
        for column in range(41):
            for row in range(41):
                left, low = column / 40 * (0.99 - wide), row / 40 * (0.99 - high)
                crosses_zero = room.zero is not None and low - 0.01 < room.zero < low + high + 0.01
                # On the other side of zero, words would give the lead to the other candidate.
                turned = room.zero is not None and (low > room.zero) != (point[1] >= room.zero)
                if crosses_zero or turned or room.crowded(left - 0.015, low - 0.015, wide + 0.03, high + 0.03):
                    continue
                edge = _nearest(left, low, wide, high, point)
                away = abs(edge[0] - point[0]) + abs(edge[1] - point[1])
                if away <= most and (best is None or (0, away) < best[:2]):
                    found = (room.crossed(edge, point), away, broken, (left, low, wide, high))
                    best = found if best is None or found[:2] < best[:2] else best
    return best[2:] if best else None


def _narrow(words: str) -> str:
    """Return words in more lines, each shorter."""
    return "\n".join(textwrap.fill(line, max(8, math.ceil(len(line) * 0.6))) for line in words.split("\n"))


def _nearest(left: float, low: float, wide: float, high: float, point: tuple[float, float]) -> tuple[float, float]:
    """Return where a box is nearest to a point."""
    return min(max(point[0], left), left + wide), min(max(point[1], low), low + high)


_FILLS: Final[Mapping[str, Mapping[str, Any]]] = {
    "first": {"facecolor": "#ece6d6"},
    "second": {"facecolor": "#6d6457", "hatch": "//"},
    "other": {"facecolor": "#9a9286", "hatch": ".."},
    "tie": {"facecolor": "#45494f", "hatch": "xx"},
    "none": {"facecolor": _PAPER},
}
"""How a county is filled: each its own brightness and pattern, so that it reads without colours."""


_LAST = "#ffb000"
"""The outline of what came in last."""


def _map(figure: Figure, page: _Page, picture: Mapping[str, Any]) -> None:
    legend = picture["legend"]
    beside = page.wide > page.high  # the legend, left of the map
    row = _SMALL * 1.5 * page.scale / page.high
    foot = page.foot + 18 * page.scale / page.high
    edge, low = (0.46, foot) if beside else (page.side, foot + (len(legend) + 0.4) * row)
    axes = figure.add_axes((edge, low, 1 - page.side - edge, 0.985 - page.head - low), facecolor=_PAPER)
    axes.set_axis_off()
    shapes = dict(_counties(picture["atlas"], picture["state"]))
    for how, given in _FILLS.items():
        keys = [key for key in shapes if picture["counties"].get(key, "none") == how]
        patches = [PathPatch(shapes[key]) for key in keys]
        axes.add_collection(PatchCollection(patches, edgecolor=_GREY, linewidth=1.2 * page.scale, **given))
    last = [PathPatch(shapes[key]) for key in picture["last"] if key in shapes]
    axes.add_collection(PatchCollection(last, facecolor="none", edgecolor=_LAST, linewidth=5 * page.scale, zorder=3))
    seen = [key for key in shapes if key in picture["counties"]] or list(shapes)
    # A district's map shows the district; a state's the state.
    drawn = seen if len(seen) * 2 < len(shapes) else list(shapes)
    corners = np.concatenate([shapes[key].vertices for key in drawn])
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_aspect("equal", adjustable="datalim" if len(seen) * 2 < len(shapes) else "box")
    top = 1 - page.head - row if beside else foot + (len(legend) - 1) * row
    for place, (how, words) in enumerate(legend):
        _key(figure, page, (page.side, top - place * row), how, words, edge if beside else 1 - page.side)


def _key(figure: Figure, page: _Page, at: tuple[float, float], how: str, words: str, right: float) -> None:
    """Draw one line of a map's legend; what would reach over `right` is smaller."""
    wide, high = 46 * page.scale / page.wide, 34 * page.scale / page.high
    given = {"facecolor": "none", "edgecolor": _LAST, "linewidth": 5 * page.scale} if how == "last" else _FILLS[how]
    edge: dict[str, Any] = {"edgecolor": _GREY, "linewidth": 1.2 * page.scale} | dict(given)
    figure.add_artist(Rectangle(at, wide, high, transform=figure.transFigure, **edge))
    left = at[0] + wide + 14 * page.scale / page.wide
    styled: dict[str, Any] = {"va": "center", "color": _INK, "fontsize": page.points(_SMALL), "parse_math": False}
    text = figure.text(left, at[1] + high / 2, words, **styled)
    if (width := text.get_window_extent().width) > (room := (right - left) * page.wide):
        text.set_fontsize(page.points(_SMALL) * room / width)


def _counties(atlas: str, state: str) -> Iterator[tuple[str, Outline]]:
    """Yield the outline of each county of a state (the two digits of its FIPS code), by the county's code.

    `atlas`: a file of TopoJSON (https://github.com/topojson/topojson-specification), compressed. The projection is the plain one: a degree of longitude is as long as it is in the state's middle.
    """
    with gzip.open(atlas, "rt", encoding="utf-8") as file:
        topology = json.load(file)
    (wide, high), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = {
        one["id"]: [one["arcs"]] if one["type"] == "Polygon" else one["arcs"]
        for one in topology["objects"]["counties"]["geometries"]
        if one["id"].startswith(state)
    }

    def points(arc: int) -> Any:  # noqa: ANN401 - an array of numpy's
        steps = np.cumsum(np.array(topology["arcs"][~arc if arc < 0 else arc]), axis=0)
        line = steps * (wide, high) + (west, south)
        line[:, 0] -= np.where(line[:, 0] > 0, 360.0, 0.0)  # the Aleutians reach over the date line
        return line[::-1] if arc < 0 else line

    outlines = {
        key: [np.concatenate([points(arc) for arc in ring]) for polygon in polygons for ring in polygon]
        for key, polygons in found.items()
    }
    latitudes = [ring[:, 1].mean() for rings in outlines.values() for ring in rings]
    squeeze = math.cos(math.radians(sum(latitudes) / len(latitudes))) if latitudes else 1.0
    for key, rings in outlines.items():
        for ring in rings:
            ring[:, 0] *= squeeze
        yield key, Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))


def main() -> None:
    """Draw what is on standard input."""
    warnings.simplefilter("ignore")  # a letter that the font lacks is a box in the picture, and no fault
    draw(json.load(sys.stdin), sys.stdout.buffer)


if __name__ == "__main__":
    main()
