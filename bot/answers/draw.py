"""Draw a chart or a map: one as JSON, a PNG comes back. In the box, where alone this is imported.

matplotlib takes some 40 MiB that a bot which draws twice a night should not keep.
"""

import gzip
import io
import itertools
import json
import math
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform

_DPI = 100

_PAPER, _INK, _GREY, _RULE = "#1f2226", "#f4f1ea", "#c3c7cd", "#4a4f57"
"""Dark paper with light ink, framed: it reads the same on a dark and on a light page. No colour tells anything alone."""

_TITLE, _WORDS, _SMALL = 56, 38, 34
"""Pixels of letters in a square picture. A phone shows it 310 wide or so: 34 pixels are 10 there, and grow with a tap."""

_EDGE = 42
"""Pixels that stay empty around a square picture."""

_GAP = 13
"""Pixels between a label and its point in a square picture."""

_ROWS, _SHARE = 4, 0.45
"""Rows of lead changes above the line, at most, and how much of the height they may take."""

_LEAST = 0.85
"""Letters become so much smaller at most before a line is broken in two."""

_MANY = 120
"""From so many updates on their dots are smaller."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A picture's size in pixels."""

    wide: int
    high: int
    scale: float
    """Of letters and lines: a phone shows a wide picture as narrow as a square one, so that it needs larger ones."""

    def points(self, pixels: float) -> float:
        """Return a size in matplotlib's points."""
        return pixels * self.scale * 72 / _DPI

    @property
    def edge(self) -> float:
        """The pixels at each edge that stay empty."""
        return _EDGE * self.scale


_PAGES: Final[Mapping[str, _Page]] = {
    "square": _Page(1080, 1080, 1.0),
    "wide": _Page(1920, 1080, 1.6),
    "tall": _Page(1080, 1920, 1.1),
}


def png(picture: bytes) -> Iterator[bytes]:
    """Yield the PNG of a chart or a map, in one part; `picture` is its JSON."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font lacks is a box in the picture, and no fault
        draw(json.loads(picture), file)
    yield file.getvalue()


def draw(picture: Mapping[str, Any], target: Any) -> None:  # noqa: ANN401 - a binary file
    """Draw a chart (`bot.answers.chart_words.Chart` as JSON) or a map (`CountyMap`) into a file."""
    figure_of(picture).savefig(target, format="png", facecolor=_PAPER)


def figure_of(picture: Mapping[str, Any]) -> Figure:
    """Return the same as a figure; what a chart has in it is named by `gid`."""
    page = _PAGES[picture["shape"]]
    figure = Figure(figsize=(page.wide / _DPI, page.high / _DPI), dpi=_DPI, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    free = _frame(figure, page, picture)
    if "counties" in picture:
        _map(figure, page, picture, free)
    else:
        _Lines(figure, page, picture, free).draw()
    return figure


def _frame(figure: Figure, page: _Page, picture: Mapping[str, Any]) -> tuple[float, float]:
    """Write what stands above and below; return what is left between them, from and to, in pixels from below."""
    figure.patch.set_edgecolor(_RULE)
    figure.patch.set_linewidth(4)
    room = page.wide - 2 * page.edge
    at: dict[str, Any] = {"x": page.edge, "linespacing": 1.2}
    title = _fitted(figure, page, picture["title"], _TITLE, room, weight="bold", gid="title")
    title.set(y=page.high - page.edge * 0.7, va="top", **at)
    subtitle = _fitted(figure, page, picture["subtitle"], _WORDS, room, color=_GREY, gid="subtitle")
    subtitle.set(y=_box(title).y0 - _GAP * page.scale, va="top", **at)
    small = _fitted(figure, page, picture["small"], _SMALL, room, color=_GREY, gid="small")
    small.set(y=page.edge * 0.7, va="bottom", **at)
    return _box(small).y1 + _GAP * page.scale, _box(subtitle).y0 - _GAP * page.scale


def _fitted(figure: Figure, page: _Page, words: str, size: int, room: float, **how: Any) -> Text:  # noqa: ANN401 - matplotlib's
    """Return words as a text that is to be placed, in pixels: broken where they would be wider than `room`, else smaller."""
    points = page.points(size)
    styled: dict[str, Any] = {"color": _INK, "fontsize": points, "parse_math": False} | how
    text = figure.text(0, 0, "", transform=IdentityTransform(), **styled)
    lines = []
    for line in words.split("\n"):
        lines.append("")
        for part in [line] if _wide(text, line) * _LEAST <= room else re.split(r"(?<=[ -])", line):
            if lines[-1] and _wide(text, lines[-1] + part.rstrip()) > room:
                lines.append("")
            lines[-1] += part
    if (width := _wide(text, "\n".join(line.rstrip() for line in lines))) > room:
        text.set_fontsize(points * room / width)
    return text


def _wide(text: Text, words: str) -> float:
    """Return how wide a text is, in pixels, with words that it has from now on."""
    text.set_text(words)
    return _box(text).width


def _box(text: Text) -> Bbox:
    """Return where a text is, in pixels."""
    box: Bbox = text.get_window_extent()
    return box


@dataclass(frozen=True, slots=True)
class _Flag:
    """Who moved ahead when: words beside a pole that stands on its point. In pixels."""

    text: Text
    pole: float
    y: int
    """Of the point, in votes."""
    left: float
    right: float
    row: int
    """The lowest row is 0; the pole goes up through each, to the top of its own."""

    def crosses(self, other: "_Flag", gap: float) -> bool:
        """Return True if words would lie over words, or as near to the other's pole as to their own, which is a gap away."""
        near = self.near(other.pole, 2 * gap) and self.row <= other.row
        nearer = other.near(self.pole, 2 * gap) and other.row <= self.row
        beside = self.left - gap < other.right and other.left - gap < self.right
        return near or nearer or (beside and self.row == other.row)

    def near(self, pole: float, gap: float) -> bool:
        """Return True if words would have a pole within a gap."""
        return self.left - gap < pole < self.right + gap


class _Lines:
    """A chart as it is drawn. All words have a place of their own, so that none lies over others or over a line.

    The last value stands beside the end of its line, where nothing else is. Above the highest tick: who moved ahead when, and
    whose side that is. Below the lowest: whose that is. The first value is above or below its point, if nothing is there and
    no other point is nearer.
    """

    def __init__(self, figure: Figure, page: _Page, chart: Mapping[str, Any], free: tuple[float, float]) -> None:
        """Lay out what is drawn between two heights, in pixels."""
        self._figure, self._page, self._chart = figure, page, chart
        self._gap = _GAP * page.scale
        axis = chart["axes"]
        room = page.wide * 0.3
        self._ends = [
            self._text(end["words"], "end", room, weight=weight)
            for end, weight in zip(chart["ends"], ("bold", "normal"), strict=False)
        ]
        self._times: list[tuple[float, Text]] = [
            (x, self._text(words, "time", room, ha="center")) for x, words in axis["x_ticks"]
        ]
        self._margins: list[tuple[int, Text]] = [
            (y, self._text(words, "margin", room, va="center", ha="right")) for y, words in axis["y_ticks"]
        ]
        self._left = page.edge + max(_box(text).width for _, text in self._margins) + self._gap
        self._first = self._left + 1.5 * self._gap
        self._beyond = (2 if len(self._ends) == 1 else 4) * self._gap  # from the end of a line to its label
        self._right = page.wide - page.edge - max(_box(text).width for text in self._ends) - self._beyond
        self._foot, self._high = free
        self._low = self._foot + max(_box(text).height for _, text in self._times) + self._gap
        self._since, self._span = axis["since"], axis["until"] - axis["since"]
        self._flags = self._raised()
        self._rows = _heights(self._flags, self._gap)
        line = _box(self._margins[0][1]).height + self._gap
        self._below = self._side("below")
        self._lowest = self._low + (_box(self._below).height + 1.5 * self._gap if self._below else line / 2)
        self._highest = self._high - max(sum(self._rows), line)

    def x(self, time: float) -> float:
        """Return where a time is, in pixels."""
        share = (time - self._since) / self._span if self._span else 1.0
        return float(self._first + share * (self._right - self._first))

    def y(self, votes: float) -> float:
        """Return where a margin is, in pixels."""
        (low, _), *_, (high, _) = self._margins
        return self._lowest + (votes - low) / (high - low) * (self._highest - self._lowest)

    def draw(self) -> None:
        """Draw it."""
        self._draw_axes()
        curve = self._draw_line(self._chart["y"], dashed=False)
        if self._chart["other"] is not None:
            self._draw_line(self._chart["other"], dashed=True)
        taken = self._draw_flags()
        self._draw_ends()
        if self._chart["begins"] is not None:
            self._draw_beginning(curve, taken)

    def _text(self, words: str, gid: str, room: float, **how: Any) -> Text:  # noqa: ANN401 - matplotlib's
        styled: dict[str, Any] = {"gid": gid, "zorder": 5, "linespacing": 1.15} | how
        return _fitted(self._figure, self._page, words, _SMALL, room, **styled)

    def _stroke(self, x: Iterable[float], y: Iterable[float], width: float, **how: Any) -> None:  # noqa: ANN401 - as above
        styled: dict[str, Any] = {"color": _INK, "linewidth": self._page.points(width), "solid_capstyle": "butt"} | how
        self._figure.add_artist(Line2D([*x], [*y], transform=IdentityTransform(), **styled))

    def _draw_axes(self) -> None:
        for y, text in self._margins:
            text.set(x=self._left - self._gap, y=self.y(y))
            self._stroke(
                (self._left, self._right),
                [self.y(y)] * 2,
                4 if y == 0 else 2,
                color=_INK if y == 0 else _RULE,
                zorder=0,
            )
        for x, text in self._times:
            inside = self._page.edge + _box(text).width / 2
            text.set(x=min(max(self.x(x), inside), self._page.wide - inside), y=self._foot + 0.6 * self._gap)
        shown = [text for _, text in self._times]
        while any(_box(two).x0 - _box(one).x1 < self._gap for one, two in itertools.pairwise(shown)):
            day = next((place for place, text in enumerate(shown) if text.get_text()[-1].isdigit()), 0)
            for text in shown[1 - day % 2 :: 2]:  # every second goes, not that of a day
                text.remove()
            shown = shown[day % 2 :: 2]

    def _draw_line(self, y: Sequence[int], *, dashed: bool) -> list[tuple[float, float]]:
        """Draw steps: solid where the one who leads now led, dashed where the other did or whose votes they are.

        Returns their corners, in pixels.
        """
        x = [self.x(time) for time in self._chart["x"]]
        ends = [*x[1:], self._right]
        ahead, behind, turns = (_Strokes() for _ in range(3))
        corners: list[tuple[float, float]] = []
        for place, (start, end, votes) in enumerate(zip(x, ends, y, strict=True)):
            corners += [(start, self.y(votes)), (end, self.y(votes))]
            (behind if votes < 0 or dashed else ahead).add(*corners[-2:])
            if place + 1 < len(x):
                turns.add(corners[-1], (end, self.y(y[place + 1])))
        self._stroke(*turns.values, 2 if dashed else 3.5, zorder=2, gid="line")
        self._stroke(*ahead.values, 5, zorder=2, gid="line")
        self._stroke(*behind.values, 5, zorder=2, gid="line", linestyle=(0, (1.6, 1.1)))
        if self._chart["dots"]:
            size = 8 if len(x) <= _MANY else 6
            for filled in (True, False):
                of = [place for place, votes in enumerate(y) if (votes >= 0 and not dashed) is filled]
                self._dots([x[place] for place in of], [self.y(y[place]) for place in of], size, filled=filled)
        return corners

    def _dots(self, x: Iterable[float], y: Iterable[float], size: float, marker: str = "o", *, filled: bool) -> None:
        how: dict[str, Any] = {
            "markersize": size * self._page.scale,
            "markeredgecolor": _INK,
            "markeredgewidth": self._page.points(2.5),
        }
        how |= {"marker": marker, "markerfacecolor": _INK if filled else _PAPER, "linestyle": "none"}
        self._stroke(x, y, 1, zorder=3, **how)

    def _draw_ends(self) -> None:
        """Label each end right of it; two, which stand apart where they are near each other, have a line to their own."""
        points = [self.y(end["y"]) for end in self._chart["ends"]]
        places = _apart(points, [_box(text).height + self._gap for text in self._ends], self._low, self._high)
        for text, point, place, filled in zip(self._ends, points, places, (True, False), strict=False):
            left = self._right + self._beyond
            self._dots([self._right], [point], 17, "D", filled=filled)
            text.set(x=left, y=place, va="center")
            if len(points) > 1:
                self._stroke((self._right, left - self._gap / 2), (point, place), 2, color=_GREY, zorder=1)

    def _raised(self) -> list[_Flag]:
        """Return what stands above the line: whose side that is, and the last lead changes, as many as there is room for."""
        wide = (self._right - self._left) * 0.6
        marks = [(mark, self._text(mark["words"], "change", wide)) for mark in self._chart["marks"]]
        side = self._side("above")
        for number in range(len(marks), 0, -1):
            wanted = marks[-number:]
            for order, side_first in itertools.product((wanted, wanted[::-1]), (True, False)):
                found = self._in_rows(order, self._beside(side, []) if side_first else [])
                if not side_first:
                    found += self._beside(side, found)
                high = sum(_heights(found, self._gap))
                if len(found) == number + bool(side) and high < (self._high - self._low) * _SHARE:
                    return found
            marks[-number][1].remove()
        return self._beside(side, [])

    def _in_rows(self, marks: Iterable[tuple[Mapping[str, Any], Text]], before: Sequence[_Flag]) -> list[_Flag]:
        """Return what is there before, and each mark where it crosses none of those, until one has no such place."""
        found = [*before]
        for mark, text in marks:
            pole, wide = self.x(mark["x"]), _box(text).width
            places = (
                _Flag(text, pole, mark["y"], left, left + wide, row)
                for row in range(_ROWS)
                for left in (pole - self._gap - wide, pole + self._gap)
                if self._left <= left <= self._right - wide
            )
            free = next((one for one in places if not any(one.crosses(other, self._gap) for other in found)), None)
            if free is None:
                break
            found.append(free)
        return found

    def _side(self, key: str) -> Text | None:
        words = self._chart[key]
        return self._text(words, "side", self._right - self._left, color=_GREY) if words else None

    def _beside(self, side: Text | None, flags: Sequence[_Flag]) -> list[_Flag]:
        """Return whose side is above, at the left or the right of the lowest row that has room for it."""
        if side is None:
            return []
        wide = _box(side).width
        places = (
            _Flag(side, -math.inf, 0, left, left + wide, row)
            for row in range(_ROWS + 1)
            for left in (self._left, self._right - wide)
        )
        return [next(one for one in places if not any(one.crosses(other, self._gap) for other in flags))]

    def _draw_flags(self) -> list[Bbox]:
        """Draw what stands above the highest tick and below the lowest; return where it is."""
        found = []
        if self._below:
            self._below.set(x=self._left, y=self._lowest - self._gap, va="top")
            found.append(_box(self._below))
        for flag in self._flags:
            low = self._highest + sum(self._rows[: flag.row]) + self._gap
            flag.text.set(x=flag.left, y=low, va="bottom")
            box = _box(flag.text)
            found.append(box)
            if flag.pole > 0:
                point = self.y(flag.y)
                self._dots([flag.pole], [point], 10, filled=flag.y >= 0)
                self._stroke(
                    [flag.pole] * 2, (point, box.y1), 2.5, color=_GREY, linestyle=(0, (1, 1.5)), zorder=1, gid="pole"
                )
                found.append(Bbox([[flag.pole - 1, point], [flag.pole + 1, box.y1]]))
        return found

    def _draw_beginning(self, curve: Sequence[tuple[float, float]], taken: Sequence[Bbox]) -> None:
        """Label the first point, above or below, if that is free and no other corner is as near."""
        begins = self._chart["begins"]
        if begins["y"] == self._chart["ends"][0]["y"]:
            return
        text = self._text(
            begins["words"], "begins", self._page.wide, bbox={"facecolor": _PAPER, "edgecolor": "none", "pad": 2}
        )
        point, zero = curve[0], self.y(0)
        others = [corner for corner in curve if corner[1] != point[1]]
        for va, y in (("bottom", point[1] + self._gap), ("top", point[1] - self._gap)):
            text.set(x=point[0] - self._gap / 2, y=y, va=va)
            box = _box(text)
            around = box.padded(self._gap / 2)
            if (
                not Outline(curve).intersects_bbox(around, filled=False)
                and not any(around.overlaps(other) for other in taken)
                and not around.y0 < zero < around.y1
                and box.y0 > self._low
                and all(_away(box, point) < _away(box, other) for other in others)
            ):
                return
        text.remove()


def _heights(flags: Sequence[_Flag], gap: float) -> list[float]:
    """Return how high each row is, in pixels, from the lowest."""
    rows = range(max((flag.row for flag in flags), default=-1) + 1)
    return [max((_box(flag.text).height + gap for flag in flags if flag.row == row), default=0) for row in rows]


def _apart(points: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return the middles of one or two labels as near to their points as they can be, one above the other, between two heights."""
    if len(points) == 1:
        return [*points]
    below = 1 if points[0] >= points[1] else 0
    half, other_half = heights[below] / 2, heights[1 - below] / 2
    lower, upper = max(points[below], low + half), min(points[1 - below], high - other_half)
    if (missing := half + other_half - (upper - lower)) > 0:
        lower = min(max(lower - missing / 2, low + half), high - 2 * other_half - half)
        upper = lower + half + other_half
    return [upper, lower] if below else [lower, upper]


def _away(box: Bbox, point: tuple[float, float]) -> float:
    """Return how far a point is from a box."""
    return math.dist(point, (min(max(point[0], box.x0), box.x1), min(max(point[1], box.y0), box.y1)))


class _Strokes:
    """Lines apart from each other, which matplotlib draws as one."""

    def __init__(self) -> None:
        self.values: tuple[list[float], list[float]] = ([], [])

    def add(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        for values, one, other in zip(self.values, start, end, strict=True):
            values += [one, other, float("nan")]


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


def _map(figure: Figure, page: _Page, picture: Mapping[str, Any], free: tuple[float, float]) -> None:
    legend = picture["legend"]
    foot, head = free[0] / page.high + 0.015, free[1] / page.high
    beside = page.wide > page.high  # the legend, left of the map
    side, row = page.edge / page.wide, _SMALL * 1.5 * page.scale / page.high
    edge, low = (0.46, foot) if beside else (side, foot + (len(legend) + 0.4) * row)
    axes = figure.add_axes((edge, low, 1 - side - edge, head - low), facecolor=_PAPER)
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
    top = head - row if beside else foot + (len(legend) - 1) * row
    for place, (how, words) in enumerate(legend):
        _key(figure, page, (side, top - place * row), how, words, edge if beside else 1 - side)


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
