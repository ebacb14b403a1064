"""The colors of charts and maps on a dark or a light background, and which party colors are visible on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

PictureLook = Literal["dark", "light"]
"""A picture's background."""

LEAST_CONTRAST = 3.0
"""The least contrast between a line and its background: https://www.w3.org/TR/WCAG22/#non-text-contrast."""


@dataclass(frozen=True, slots=True)
class Palette:
    """A picture's colors, as #rrggbb.

    No color carries meaning alone: lines are also dashed, and counties are also patterned.
    """

    paper: str
    ink: str
    grey: str
    """The color of less important text, such as the subtitle."""
    rule: str
    """The color of the grid lines and the frame."""
    edge: str
    """The color of counties' borders and patterns."""
    first: str
    second: str
    other: str
    tie: str
    """The fill of counties with a tie; `first`, `second` and `other` are the fills of other counties."""


PALETTES: Final[Mapping[PictureLook, Palette]] = {
    "dark": Palette(
        paper="#1f2226",
        ink="#f4f1ea",
        grey="#c3c7cd",
        rule="#4a4f57",
        edge="#c3c7cd",
        first="#ece6d6",
        second="#6d6457",
        other="#9a9286",
        tie="#45494f",
    ),
    "light": Palette(
        paper="#fbf9f4",
        ink="#17191c",
        grey="#4b5058",
        rule="#d3cfc6",
        edge="#33373d",
        first="#8a919b",
        second="#e3dccb",
        other="#b9b1a2",
        tie="#f0ece2",
    ),
}


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors, from 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    """Return a color's relative luminance: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def is_seen(color: str, look: PictureLook) -> bool:
    """Return True if a line in this color has enough contrast with a picture's background."""
    return contrast(color, PALETTES[look].paper) >= LEAST_CONTRAST
