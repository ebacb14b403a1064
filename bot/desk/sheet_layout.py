"""The layout of a table of votes: the meaning of each column. It comes from the desk file or from a preset.

The presets are in `data/sheets.toml`. Each was made from real files of one office, and names its source.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from bot.count.reading import Frozen, Label, as_tuple
from bot.desk.toml_file import load_toml, shipped
from bot.errors import BadInputError

MOST_COLUMNS = 500

_SEVERAL = frozenset({"contest", "contest_name", "candidate", "unit", "other"})
"""Values that may be spread over several columns."""

ColumnName = Literal[
    "contest",
    "contest_name",
    "candidate",
    "candidate_key",
    "votes",
    "unit",
    "part",
    "type",
    "party",
    "total",
    "reported",
    "of",
    "as_of",
    "election_day",
    "other",
]
"""The kinds of values in a column: see `bot.feeds.csv_sheet`."""

Heading: TypeAlias = Label | Annotated[int, Field(ge=1, le=MOST_COLUMNS)]
"""A column's heading, or its number, counted from 1, if the table has no headings."""

Column = Annotated[
    tuple[Heading, ...],
    Field(min_length=1, max_length=20),
    BeforeValidator(lambda value: as_tuple(value) if isinstance(value, (list, tuple)) else (value,)),
]
"""One column, or several whose cells are read as one: first and last name."""

Labels = Annotated[tuple[Label, ...], BeforeValidator(as_tuple)]


Charset: TypeAlias = Literal["utf-8", "utf-16", "cp1252", "latin-1"]


class UnitSheet(Frozen):
    """A second worksheet of a workbook, with each unit's precincts and time. They apply to all contests."""

    worksheet: Label
    unit: Label
    """The heading of the unit's code, which both worksheets have."""
    reported: Label
    of: Label
    as_of: Label


class SheetLayout(Frozen):
    """The layout of one publisher's table."""

    columns: dict[ColumnName, Column]
    types: dict[Label, Label] = {}
    """Columns that hold the votes of one type: the type's name, by heading."""
    empty: Labels = ()
    """Headings of columns that have to be empty. No file with a value there was seen, so its meaning is unknown."""
    charset: Charset | None = None
    """The charset of text that is not UTF-8 or UTF-16; None means Windows' own, cp1252."""
    worksheet: Label | None = None
    """The worksheet of a workbook; None means all worksheets that have the headings."""
    units: UnitSheet | None = None
    zone: Label | None = None
    """The zone of times that name none; if None, such times are refused."""
    primaries: bool | None = None
    """True if candidates of several parties in one contest form a primary for each party. In a preset, True means
    only that they may. If None, the file's texts decide, and such contests are refused if the texts give no answer.
    """
    marks: Labels = ()
    """Letters that come before a candidate's name and do not belong to the name."""
    vouched: bool = False
    """True for presets. They were checked against real files, so columns that a preset does not list can be
    ignored.
    """

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        needed = ("candidate",) if self.types else ("candidate", "votes")
        if missing := [name for name in needed if name not in self.columns]:
            raise ValueError(f"columns should say which heading is {' and '.join(missing)}")
        if several := [name for name, column in self.columns.items() if len(column) > 1 and name not in _SEVERAL]:
            raise ValueError(f"columns.{several[0]} should be one column")
        if len({type(heading) for column in self.columns.values() for heading in column}) > 1:
            raise ValueError("columns should all be headings, or all be numbers")
        if "part" in self.columns and "unit" not in self.columns:
            raise ValueError(f"columns.part goes with unit: put {self.columns['part'][0]} into unit")
        if self.numbered and (self.types or self.empty):
            raise ValueError("types goes with headings")
        return self

    @property
    def numbered(self) -> bool:
        """True if the table has no headings and its columns are given by number."""
        return isinstance(self.columns["candidate"][0], int)


class _Preset(Frozen):
    """A preset in `data/sheets.toml`."""

    publisher: Label
    source: Label
    """The files from which the layout was made, and when."""
    layout: SheetLayout


class _Presets(Frozen):
    presets: dict[Annotated[str, StringConstraints(pattern=r"^[a-z-]{2,40}$")], _Preset]


@cache
def presets() -> Mapping[str, SheetLayout]:
    """Return the layouts that Tallydesk ships, by name.

    Raises:
        BadInputError: the shipped file is wrong.

    """
    read = load_toml(shipped("sheets.toml"), _Presets, "the table of sheets")
    return {name: one.layout.model_copy(update={"vouched": True}) for name, one in read.presets.items()}


def preset(name: str) -> SheetLayout:
    """Return the preset layout called `name`.

    Raises:
        BadInputError: there is no such preset. The error lists the presets.

    """
    if found := presets().get(name):
        return found
    raise BadInputError(f"there is no preset {name[:40]!r}; there are {', '.join(presets())}")
