"""Draws a chart or a map, given as JSON, as a PNG. Imported only in the worker process that draws.

matplotlib takes some 40 MiB of memory, too much for a bot that draws twice a night.
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
from matplotlib.patheffects import Normal, Stroke
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform

from bot.answers.palette import PALETTES, Palette

_DPI = 100

_TITLE, _WORDS, _SMALL = 56, 38, 34
"""Font sizes in a square picture, in pixels. A phone shows it about 310 pixels wide, so 34 become 10."""

_SMALLEST = 0.7
"""The smallest factor by which a title is scaled that is longer than two lines."""

_MARK, _AROUND = "#ffb000", "#17191c"
"""Color around the counties of the last batch and behind REHEARSAL; and color around those, or of letters on it."""

_GAP = 13
"""Pixels between a label and its point in a square picture."""

_BREAKS = re.compile(r"(?<=[ -])(?![0-9(])")
"""The places where a line may be broken: after a space or hyphen, but not within "Nov. 4-11" or "Cobb (1,200)"."""

_KEY, _LEAST_KEY = (46, 34), 22
"""Width and height of a box in a map's legend, and the least font size there; pixels in a square picture."""

_ROWS, _SHARE = 4, 0.45
"""The most rows of lead changes above the line, and the most of the height that they may take."""

_LEAST = 0.85
"""The smallest factor by which letters are scaled before a line is broken in two."""


@dataclass(frozen=True, slots=True)
class _Page:
    """The size, margins and scale of a picture, in pixels."""

    wide: int
    high: int
    scale: float
    """The factor for letters and lines. It is larger in wide pictures, because a phone shows these smaller."""
    side: float
    """The empty margin at the left and right, in pixels."""
    ends: float
    """The empty margin at the top and bottom, in pixels."""
    credit: float
    """The font size of the source line, in pixels."""

    def points(self, pixels: float) -> float:
        """Convert a size in pixels to matplotlib's points."""
        return pixels * self.scale * 72 / _DPI


_PAGES: Final[Mapping[str, _Page]] = {
    "square": _Page(1080, 1080, 1.0, 42, 30, _SMALL),
    # A television may cut off the edges. What is within 95% of them is seen: EBU R 95, SMPTE ST 2046-1.
    "wide": _Page(1920, 1080, 1.5, 1920 * 0.05, 1080 * 0.05, 26),
    "tall": _Page(1080, 1920, 1.1, 46, 34, _SMALL),
}


def png(picture: bytes) -> Iterator[bytes]:
    """Yield the PNG of a chart or a map as one item. `picture` is its JSON."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter missing in the font is drawn as a box
        draw(json.loads(picture), file)
    yield file.getvalue()


def draw(picture: Mapping[str, Any], target: Any) -> None:  # noqa: ANN401 - a binary file
    """Draw a chart (`bot.answers.chart_words.Chart` as JSON) or a map (`CountyMap`) into a file."""
    figure = figure_of(picture)
    figure.savefig(target, format="png", facecolor=figure.get_facecolor())


def figure_of(picture: Mapping[str, Any]) -> Figure:
    """Draw a chart or a map, and return the matplotlib figure.

    The parts of the figure are named by `gid`.
    """
    page, palette = _PAGES[picture["shape"]], PALETTES[picture["look"]]
    figure = Figure(figsize=(page.wide / _DPI, page.high / _DPI), dpi=_DPI, facecolor=palette.paper)
    FigureCanvasAgg(figure)
    free = _frame(figure, page, palette, picture)
    if "counties" in picture:
        _map(figure, page, palette, picture, free)
    else:
        _Lines(figure, page, palette, picture, free).draw()
    return figure


def _frame(figure: Figure, page: _Page, palette: Palette, picture: Mapping[str, Any]) -> tuple[float, float]:
    """Draw title and source line.

    Returns the lower and upper edge of the space between them, in pixels from the bottom.
    """
    on_air = page.wide > page.high
    if not on_air:  # it reads the same on a dark and on a light page
        figure.patch.set_edgecolor(palette.rule)
        figure.patch.set_linewidth(4)
    room, gap = page.wide - 2 * page.side, _GAP * page.scale
    at: dict[str, Any] = {"x": page.side, "linespacing": 1.2}
    top = page.high - page.ends
    if picture["loud"]:
        top -= _loud(figure, page, picture["loud"], top) + gap
    title = _fitted(figure, page, picture["title"], _TITLE, room, 2, color=palette.ink, weight="bold", gid="title")
    title.set(y=top, va="top", **at)
    subtitle = _fitted(figure, page, picture["subtitle"], _WORDS, room, color=palette.grey, gid="subtitle")
    subtitle.set(y=_box(title).y0 - gap, va="top", **at)
    credit = picture["small"].replace("\n", " ") if on_air else picture["small"]
    small = _fitted(figure, page, credit, page.credit, room, color=palette.grey, gid="small")
    small.set(y=page.ends, va="bottom", **at)
    return _box(small).y1 + gap, _box(subtitle).y0 - gap


def _loud(figure: Figure, page: _Page, words: str, top: float) -> float:
    """Draw the mark of a rehearsal, `words`, in capitals below `top`, and return its height in pixels."""
    letters, pad = _SMALL * page.scale, _GAP * page.scale
    capitals = 0.73 * letters  # of the font that matplotlib has
    high = capitals + 2 * pad
    how: dict[str, Any] = {"color": _AROUND, "weight": "bold", "gid": "loud"}
    text = _fitted(figure, page, words, _SMALL, page.wide - 2 * page.side - 2 * pad, **how)
    text.set(x=page.side + pad, y=top - pad - capitals, va="baseline")
    box = (page.side, top - high)
    figure.add_artist(Rectangle(box, _box(text).width + 2 * pad, high, transform=IdentityTransform(), facecolor=_MARK))
    return high


def _fitted(
    figure: Figure,
    page: _Page,
    words: str,
    size: float,
    room: float,
    most_lines: int | None = None,
    **how: Any,  # noqa: ANN401 - matplotlib's
) -> Text:
    """Add `words` to the figure as a text that is at most `room` pixels wide, and return the text.

    The caller moves the text to its place. A long text is broken into lines, and made smaller if a line is still too
    wide or there are more than `most_lines`.
    """
    points = page.points(size)
    text = figure.text(0, 0, "", transform=IdentityTransform(), fontsize=points, parse_math=False, **how)
    lines = _broken(text, words, room)
    least = points * _SMALLEST
    while most_lines and len(lines) > most_lines and points > least:
        points = max(points * 0.95, least)
        text.set_fontsize(points)
        lines = _broken(text, words, room)
    text.set_text("\n".join(lines))
    while (width := _box(text).width) > room:  # letters sit on whole pixels, so width is not proportional to size
        points *= min(room / width, 0.99)
        text.set_fontsize(points)
    return text


def _broken(text: Text, words: str, room: float) -> list[str]:
    """Break `words` into lines that are at most `room` pixels wide in the style of `text`, where possible."""
    lines = []
    for line in words.split("\n"):
        lines.append("")
        for part in [line] if _wide(text, line) * _LEAST <= room else _BREAKS.split(line):
            if lines[-1] and _wide(text, lines[-1] + part.rstrip()) > room:
                lines.append("")
            lines[-1] += part
    return [line.rstrip() for line in lines]


def _wide(text: Text, words: str) -> float:
    """Replace the contents of a text with `words`, and return the text's width in pixels."""
    text.set_text(words)
    return _box(text).width


def _box(text: Text) -> Bbox:
    """Return a text's bounding box, in pixels."""
    box: Bbox = text.get_window_extent()
    return box


@dataclass(frozen=True, slots=True)
class _Flag:
    """The label of a lead change, beside a vertical pole above its point. Positions are in pixels."""

    text: Text
    pole: float
    y: int
    """The point's height, in votes."""
    left: float
    right: float
    row: int
    """The label's row. Row 0 is the lowest, and the pole goes up to the top of the label's row."""

    def crosses(self, other: "_Flag", gap: float) -> bool:
        """Return True if two labels overlap, or if one label is within `gap` pixels of the other's pole."""
        near = self.near(other.pole, 2 * gap) and self.row <= other.row
        nearer = other.near(self.pole, 2 * gap) and other.row <= self.row
        beside = self.left - gap < other.right and other.left - gap < self.right
        return near or nearer or (beside and self.row == other.row)

    def near(self, pole: float, gap: float) -> bool:
        """Return True if the label is within `gap` pixels of a pole."""
        return self.left - gap < pole < self.right + gap


class _Lines:
    """The layout of a chart, in which no label overlaps another label or a line.

    The last value is right of the end of its line. Labels of lead changes are above the highest tick. So is the label
    that names the candidate who leads while the line is above zero. The label for the other candidate is below the
    lowest tick. The first value is above or below its point, if it fits and no other point is nearer.
    """

    def __init__(
        self, figure: Figure, page: _Page, palette: Palette, chart: Mapping[str, Any], free: tuple[float, float]
    ) -> None:
        """Create the layout of `chart` between the lower and the upper height in `free`, in pixels."""
        self._figure, self._page, self._palette, self._chart = figure, page, palette, chart
        colors: tuple[str, str] = chart["colors"] or (palette.ink, palette.ink)
        self._ahead, self._behind = colors
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
        self._left = page.side + max(_box(text).width for _, text in self._margins) + self._gap
        self._first = self._left + 1.5 * self._gap
        self._beyond = (2 if len(self._ends) == 1 else 4) * self._gap  # from the end of a line to its label
        self._right = page.wide - page.side - max(_box(text).width for text in self._ends) - self._beyond
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
        """Return the horizontal position of a time, in pixels."""
        share = (time - self._since) / self._span if self._span else 1.0
        return float(self._first + share * (self._right - self._first))

    def y(self, votes: float) -> float:
        """Return the vertical position of a number of votes, in pixels."""
        (low, _), *_, (high, _) = self._margins
        return self._lowest + (votes - low) / (high - low) * (self._highest - self._lowest)

    def draw(self) -> None:
        """Draw the lines, axes and labels."""
        self._draw_axes()
        curve = self._draw_line(self._chart["y"], dashed=False)
        if self._chart["other"] is not None:
            self._draw_line(self._chart["other"], dashed=True)
        taken = self._draw_flags()
        self._draw_ends()
        if self._chart["begins"] is not None:
            self._draw_beginning(curve, taken)

    def _text(self, words: str, gid: str, room: float, **how: Any) -> Text:  # noqa: ANN401 - matplotlib's
        styled: dict[str, Any] = {"gid": gid, "zorder": 5, "linespacing": 1.15, "color": self._palette.ink} | how
        return _fitted(self._figure, self._page, words, _SMALL, room, **styled)

    def _stroke(self, x: Iterable[float], y: Iterable[float], width: float, **how: Any) -> None:  # noqa: ANN401 - as above
        look: dict[str, Any] = {"color": self._palette.ink, "solid_capstyle": "butt", "solid_joinstyle": "miter"}
        styled = look | {"linewidth": self._page.points(width)} | how
        self._figure.add_artist(Line2D([*x], [*y], transform=IdentityTransform(), **styled))

    def _draw_axes(self) -> None:
        for y, text in self._margins:
            text.set(x=self._left - self._gap, y=self.y(y))
            self._stroke(
                (self._left, self._right),
                [self.y(y)] * 2,
                4 if y == 0 else 2,
                color=self._palette.grey if y == 0 else self._palette.rule,
                zorder=0,
            )
        for x, text in self._times:
            inside = self._page.side + _box(text).width / 2
            text.set(x=min(max(self.x(x), inside), self._page.wide - inside), y=self._foot + 0.6 * self._gap)
        shown = [text for _, text in self._times]
        while any(_box(two).x0 - _box(one).x1 < self._gap for one, two in itertools.pairwise(shown)):
            day = next((place for place, text in enumerate(shown) if text.get_text()[-1].isdigit()), 0)
            for text in shown[1 - day % 2 :: 2]:  # remove every second label, but keep those of days
                text.remove()
            shown = shown[day % 2 :: 2]

    def _draw_line(self, y: Sequence[int], *, dashed: bool) -> list[tuple[float, float]]:
        """Draw a line of steps, and return its corners in pixels.

        The line is solid while the final leader led. It is dashed while the other candidate led, and for the other's
        votes.
        """
        x = [self.x(time) for time in self._chart["x"]]
        ends = [*x[1:], self._right]
        ahead, behind = _Strokes(), _Strokes()
        corners: list[tuple[float, float]] = []
        for place, (start, end, votes) in enumerate(zip(x, ends, y, strict=True)):
            corners += [(start, self.y(votes)), (end, self.y(votes))]
            own = behind if votes < 0 or dashed else ahead
            own.add(*corners[-2:])
            if place + 1 < len(x):
                following, turned = y[place + 1], (end, self.y(y[place + 1]))
                if votes < 0 < following or following < 0 < votes:  # each side of zero has its own color
                    own.add(corners[-1], (end, self.y(0)))
                    (ahead if own is behind else behind).add((end, self.y(0)), turned)
                else:
                    (behind if following < 0 else own).add(corners[-1], turned)
        self._stroke(*ahead.values, 5, color=self._ahead, zorder=2, gid="line")
        self._stroke(*behind.values, 5, color=self._behind, zorder=2, gid="line", linestyle=(0, (1.6, 1.1)))
        if self._chart["dots"]:
            for filled in (True, False):
                of = [place for place, votes in enumerate(y) if (votes >= 0 and not dashed) is filled]
                self._dots([x[place] for place in of], [self.y(y[place]) for place in of], 8, filled=filled)
        return corners

    def _dots(self, x: Iterable[float], y: Iterable[float], size: float, marker: str = "o", *, filled: bool) -> None:
        color = self._ahead if filled else self._behind
        how: dict[str, Any] = {
            "markersize": size * self._page.scale,
            "markeredgecolor": color,
            "markeredgewidth": self._page.points(2.5),
        }
        how |= {"marker": marker, "markerfacecolor": color if filled else self._palette.paper, "linestyle": "none"}
        self._stroke(x, y, 1, zorder=3, **how)

    def _draw_ends(self) -> None:
        """Label the ends of the lines, on their right.

        Two labels that would overlap are moved apart, and each is connected to its end by a thin line.
        """
        points = [self.y(end["y"]) for end in self._chart["ends"]]
        places = _apart(points, [_box(text).height + self._gap for text in self._ends], self._low, self._high)
        labels = list(zip(self._ends, points, places, (True, False), strict=False))
        for text, point, place, filled in labels[::-1]:  # draw the leader last, on top
            left = self._right + self._beyond
            self._dots([self._right], [point], 17, "D", filled=filled)
            text.set(x=left, y=place, va="center")
            if len(points) > 1:
                self._stroke((self._right, left - self._gap / 2), (point, place), 2, color=self._palette.grey, zorder=1)

    def _raised(self) -> list[_Flag]:
        """Return the labels above the line.

        One label names the candidate who leads while the line is above zero. The others are for as many of the last
        lead changes as fit.
        """
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
        """Return the labels in `before`, and labels for as many of the marks as fit without overlap.

        Once a mark does not fit, the remaining marks get no label.
        """
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
        return self._text(words, "side", self._right - self._left, color=self._palette.grey) if words else None

    def _beside(self, side: Text | None, flags: Sequence[_Flag]) -> list[_Flag]:
        """Place `side`, the label of the candidate who leads above zero, at the left or right edge.

        The label goes into the lowest row in which it crosses none of `flags`. If there is no such label, the result
        is empty.
        """
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
        """Draw the labels above the highest tick and below the lowest, and return their bounding boxes."""
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
                look: dict[str, Any] = {"color": self._palette.grey, "linestyle": (0, (1, 1.5)), "zorder": 1}
                self._stroke([flag.pole] * 2, (point, box.y1), 2.5, gid="pole", **look)
                found.append(Bbox([[flag.pole - 1, point], [flag.pole + 1, box.y1]]))
        return found

    def _draw_beginning(self, curve: Sequence[tuple[float, float]], taken: Sequence[Bbox]) -> None:
        """Label the first point of `curve`, above or below the point.

        There is no label if it would overlap a label in `taken`, or if another corner of the line is as near.
        """
        begins = self._chart["begins"]
        if begins["y"] == self._chart["ends"][0]["y"]:
            return
        behind = {"facecolor": self._palette.paper, "edgecolor": "none", "pad": 2}
        text = self._text(begins["words"], "begins", self._page.wide, bbox=behind)
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
    """Return the height of each row of labels in pixels, including `gap`, the lowest row first."""
    rows = range(max((flag.row for flag in flags), default=-1) + 1)
    return [max((_box(flag.text).height + gap for flag in flags if flag.row == row), default=0) for row in rows]


def _apart(points: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return the vertical centers of one or two labels, as near to their points as possible without overlap."""
    if len(points) == 1:
        return [min(max(points[0], low + heights[0] / 2), high - heights[0] / 2)]
    below = 1 if points[0] >= points[1] else 0
    half, other_half = heights[below] / 2, heights[1 - below] / 2
    lower, upper = max(points[below], low + half), min(points[1 - below], high - other_half)
    if (missing := half + other_half - (upper - lower)) > 0:
        lower = min(max(lower - missing / 2, low + half), high - 2 * other_half - half)
        upper = lower + half + other_half
    return [upper, lower] if below else [lower, upper]


def _away(box: Bbox, point: tuple[float, float]) -> float:
    """Return the distance between a point and a box, in pixels."""
    return math.dist(point, (min(max(point[0], box.x0), box.x1), min(max(point[1], box.y0), box.y1)))


class _Strokes:
    """Segments that matplotlib draws as one line, with gaps where a segment does not continue the last."""

    def __init__(self) -> None:
        self.values: tuple[list[float], list[float]] = ([], [])

    def add(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        goes_on = start == tuple(values[-1] for values in self.values if values)
        for coordinates, one, other in zip(self.values, start, end, strict=True):
            coordinates.extend([other] if goes_on else [math.nan, one, other])


_HATCHES: Final[Mapping[str, str]] = {"second": "//", "other": "..", "tie": "xx"}


def _fills(palette: Palette, colors: tuple[str, str] | None) -> dict[str, dict[str, Any]]:
    """Return the style of each fill.

    Brightness and pattern differ, so that the map can be read without colors.
    """
    first, second = colors or (palette.first, palette.second)
    faces = {"first": first, "second": second, "other": palette.other, "tie": palette.tie, "none": palette.paper}
    return {how: {"facecolor": face, "hatch": _HATCHES.get(how)} for how, face in faces.items()}


def _map(figure: Figure, page: _Page, palette: Palette, picture: Mapping[str, Any], free: tuple[float, float]) -> None:
    foot, head = free
    beside = page.wide > page.high  # the legend, left of the map
    edge = page.wide * 0.46 if beside else page.side
    fills = _fills(palette, picture["colors"])
    last_in: dict[str, Any] = {"facecolor": "none", "edgecolor": _MARK, "linewidth": 4 * page.scale}
    last_in["path_effects"] = [Stroke(linewidth=8 * page.scale, foreground=_AROUND), Normal()]
    room = (edge if beside else page.wide - page.side) - page.side
    keys = _keys(figure, page, palette, picture["legend"], room, (head - foot) * (1 if beside else 0.5))
    low = foot if beside else foot + sum(high for _, _, high in keys)
    axes = figure.add_axes(
        (edge / page.wide, low / page.high, 1 - (page.side + edge) / page.wide, (head - low) / page.high),
        facecolor=palette.paper,
    )
    axes.set_axis_off()
    shapes = dict(_counties(picture["atlas"], picture["state"]))
    for how, given in fills.items():
        patches = [PathPatch(shapes[key]) for key in shapes if picture["counties"].get(key, "none") == how]
        axes.add_collection(PatchCollection(patches, edgecolor=palette.edge, linewidth=1.2 * page.scale, **given))
    last = [PathPatch(shapes[key]) for key in picture["last"] if key in shapes]
    axes.add_collection(PatchCollection(last, zorder=3, **last_in))
    seen = [key for key in shapes if key in picture["counties"]] or list(shapes)
    # If most of the state has no figures, as for a district, show only the counties that have some.
    drawn = seen if len(seen) * 2 < len(shapes) else list(shapes)
    corners = np.concatenate([shapes[key].vertices for key in drawn])
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_aspect("equal", adjustable="datalim" if len(seen) * 2 < len(shapes) else "box")
    wide, high = _KEY[0] * page.scale, _KEY[1] * page.scale
    top = head if beside else low
    for how, text, row in keys:
        top -= row
        patch: dict[str, Any] = {"edgecolor": palette.edge, "linewidth": 1.2 * page.scale} | (
            fills | {"last": last_in}
        )[how]
        key = Rectangle((page.side, top + (row - high) / 2), wide, high, transform=IdentityTransform(), **patch)
        figure.add_artist(key)
        text.set(x=page.side + wide + _GAP * page.scale, y=top + row / 2, va="center")


def _keys(
    figure: Figure, page: _Page, palette: Palette, legend: Sequence[tuple[str, str]], room: float, high: float
) -> list[tuple[str, Text, float]]:
    """Add the lines of a map's legend to the figure, and return them as (fill, text, height in pixels).

    The caller moves the texts to their places. `legend` has a fill and a label for each line. Each text is at most
    `room` pixels wide. The texts are made smaller until all lines together are at most `high` pixels high, or the
    smallest size is reached.
    """
    room -= (_KEY[0] + 2 * _GAP) * page.scale
    look: dict[str, Any] = {"color": palette.ink, "gid": "legend", "linespacing": 1.15}
    for size in range(_SMALL, _LEAST_KEY - 1, -4):
        texts = [(how, _fitted(figure, page, words, size, room, **look)) for how, words in legend]
        rows = [max(_box(text).height, _KEY[1] * page.scale) + _GAP * page.scale for _, text in texts]
        if sum(rows) <= high or size == _LEAST_KEY:
            break
        for _, text in texts:
            text.remove()
    return [(how, text, row) for (how, text), row in zip(texts, rows, strict=True)]


def _counties(atlas: str, state: str) -> Iterator[tuple[str, Outline]]:
    """Yield each county of a state as its FIPS code and outline.

    `state` is the two digits of the state in a FIPS code. `atlas` is the path of a gzipped TopoJSON file
    (https://github.com/topojson/topojson-specification). The projection is equirectangular: a degree of longitude is
    as long everywhere as in the state's middle.
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
        line[:, 0] -= np.where(line[:, 0] > 0, 360.0, 0.0)  # the Aleutians cross the date line
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
