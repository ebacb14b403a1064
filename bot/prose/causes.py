"""What a county that is named has to do with what is said: it caused the change, or it is spoken of for itself."""

from collections.abc import Iterator, Sequence
from enum import Enum, auto

from bot.prose.grammar import compiled
from bot.prose.stream import Item, Stream

_CAUSING = frozenset({"after", "following", "because of", "because", "thanks"})

_REPORTS = compiled(
    "(POSS|COUNTIES|OTHER|FURTHER|OF|VOTES|BALLOTS|BATCH|NUM|BE|HAVE|TOTAL|ADD)*(COUNTED|IN|ADD)(?=COMMA|SEMI|DASH|STOP|AND|NUM|$|OTHER|FURTHER|VOTES)"
)

_MOVES = compiled(
    "(POSS|COUNTIES|OTHER|FURTHER|OF|VOTES|BALLOTS|BATCH|NUM|HAVE|TOTAL|COUNT|COUNTED|AND|COUNTY)*"
    "([LESS MORE] INTO? NAME POSS? LEAD|[LESS ADD] NUM VOTES? (OFF|FROM|INTO|TO|OUT_OF) NAME|NETS)"
)

_TRANSITIVE = compiled(
    "[LESS MORE] INTO? NAME POSS? LEAD|[LESS ADD] NUM VOTES? (OFF|FROM|INTO|TO) NAME|GAIN|PICKS|NETS|ADD|NET"
)

_LEFT = compiled("(COUNTIES|POSS|BE|HAVE|OTHER|FURTHER|NUM|BALLOTS|VOTES|TYPE)*LEFT")

_ENDS = frozenset({"COMMA", "SEMI", "DASH", "COLON", "STOP", "BUT"})


class CountyRole(Enum):
    """What a county has to do with the sentence's numbers."""

    CAUSE = auto()
    """Its votes changed the count."""
    LEFT = auto()
    """It has ballots left."""
    OTHER = auto()
    """Spoken of for itself, or not certain."""


def roles_of(stream: Stream) -> list[tuple[Item, CountyRole]]:
    """Return each county of the stream with its role, in order; counties that go together have the same."""
    found: list[tuple[Item, CountyRole]] = []
    for first, last in _groups(stream.items):
        role = _role(stream, first, last)
        found.extend((item, role) for item in stream.items[first:last] if item.kind == "COUNTY")
    return found


def _groups(items: Sequence[Item]) -> Iterator[tuple[int, int]]:
    i = 0
    while i < len(items):
        if items[i].kind != "COUNTY":
            i += 1
            continue
        end = i + 1
        while end < len(items) and _continues(items, end):
            end += 1
        yield i, end
        i = end


def _continues(items: Sequence[Item], i: int) -> bool:
    """Return True if the item belongs to "Floyd County, Cobb and Clayton counties"."""
    if items[i].kind in ("COUNTY", "COUNTIES"):
        return True
    joins = items[i].kind in ("COMMA", "AND", "SLASH")
    after = items[i + 1].kind if i + 1 < len(items) else ""
    return joins and (
        after == "COUNTY" or (after == "AND" and items[i + 2 : i + 3] != [] and items[i + 2].kind == "COUNTY")
    )


def _role(stream: Stream, first: int, last: int) -> CountyRole:
    items, encoded = stream.items, stream.encoded
    if _LEFT.match(encoded, last):
        return CountyRole.LEFT
    before = items[first - 1] if first else None
    if before is not None:
        word = stream.tokens[before.first].low
        if before.kind in ("FROM", "OUT_OF", "WITH") or (before.kind == "AFTER" and word in _CAUSING):
            return CountyRole.CAUSE
        if before.kind == "IN":
            return CountyRole.CAUSE if _TRANSITIVE.search(encoded, *_segment(items, first)) else CountyRole.OTHER
    if _MOVES.match(encoded, last) or _REPORTS.match(encoded, last):
        return CountyRole.CAUSE
    return CountyRole.OTHER


def _segment(items: Sequence[Item], i: int) -> tuple[int, int]:
    """Return from where to where the part between commas goes that holds the item."""
    start = i
    while start > 0 and items[start - 1].kind not in _ENDS:
        start -= 1
    end = i
    while end < len(items) and items[end].kind not in _ENDS:
        end += 1
    return start, end
