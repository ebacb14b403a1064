"""Guesses what the columns of an unknown table contain, from the words of their headings and from the cells below.

A heading with two possible meanings is not guessed, unless the cells decide it.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

from bot.desk.sheet_layout import Charset, ColumnName, SheetLayout
from bot.errors import BadInputError
from bot.feeds.ballot import spaced
from bot.feeds.choices import WHOLE, is_answer, is_write_ins, role_of
from bot.feeds.reader import plain, shortened
from bot.feeds.sheet_headings import bare, is_party, words_of
from bot.feeds.sheet_table import SheetTable, first_rows_of, table_of

_MOST_ROWS = 100_000

_MOST_SHARED = 10
"""One in this many candidates may run in two districts."""

_SHOWN_ROWS, _SHOWN_CELL, _MOST_RESIDUAL = 3, 24, 10

_PRECINCT = "precinct( (name|code|number|id))?|ward( name)?"

_MEANS: Mapping[ColumnName, Sequence[str]] = {
    "contest": (
        "(contest|race|office|question|measure)( (title|name|description))",
        "contest|race|office|question|measure|contest(s)? or question|ballot question|election contest",
    ),
    "candidate": (
        "candidate( full)? name|name on ballot|ballot name|choice( name)?|candidate(s)?",
        "candidate or (measure )?(choice|response)|candidate choice|option( name)?|selection|response|name",
    ),
    "votes": (
        "candidate votes|votes for candidate|votes? received|candidate total( votes)?",
        "votes?|vote count|votes? count|number of votes|sum of (count|votes?)",
        "total votes?|votes? total|total votes? (cast|received)|votes? cast|count|tally|totals?",
    ),
    "unit": (
        "count(y|ies)( name)?|parish( name)?",
        "(city )?(or )?(town|city|municipality|township|borough|village)( name)?|reporting unit( name)?|unit( name)?",
        f"{_PRECINCT}|polling place|jurisdiction( name)?",
    ),
    "type": ("(vote|ballot|voting|counting|count) (type|method|mode|group)|type|method|mode",),
    "as_of": ("as of|(last )?updated( at)?|time|time ?stamp|date ?time",),
    "reported": ("precincts report(ing|ed)|report(ing|ed)( precincts)?",),
    "of": ("(total )?precincts( total)?|of",),
}
"""Patterns for headings, by the contents of their columns. The most specific pattern comes first."""

_IDS = re.compile("(contest|race|office) (id|key|code)")

_NAME_PARTS = (
    "first( name)?|given( name)?|candidate first( name)?",
    "middle( name)?",
    "last( name)?|surname|candidate last( name)?",
)

_DISTRICTS = re.compile("(office |contest )?(district|juris(diction)?|area|division|seat)( (name|number|code))?")


Columns: TypeAlias = Mapping[ColumnName, str | list[str]]
"""The heading or headings for each kind of contents."""


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """A guess of what a table's columns contain."""

    columns: Columns
    charset: Charset | None = None
    """The charset of text that isn't UTF-8 or UTF-16, or None."""
    lines: Sequence[str] = field(default=())
    """Lines to show: the headings, the first rows, and the guessed contents of each column with the reason."""


def mapping_of(data: bytes, changes: Columns) -> SheetMapping:
    """Guess what the columns of a table contain.

    Args:
        data: the file.
        changes: the contents of some columns according to a person. They override the guesses.

    Raises:
        BadInputError: the file is not a table, or it is unclear which column has the candidates or the votes.

    """
    rows, charset = first_rows_of(io.BytesIO(data))
    headings: Sequence[str] = max(_rows_of_headings(rows), key=_score, default=[])
    columns, why = _by_headings(headings)
    columns, why = changed(columns, changes), why | dict.fromkeys(changes, "you said so")
    if missing := [what for what in ("candidate", "votes") if what not in columns]:
        raise BadInputError(_unclear_columns(headings, missing, columns))
    cells = _Cells(table_of(io.BytesIO(data), SheetLayout.model_validate({"columns": columns})), headings)
    if not changes:
        _by_cells(cells, columns, why)
    return SheetMapping(columns, charset, [*_shown(cells), *_explained(columns, why, cells)])


def mapping_by(data: bytes, columns: Columns, because: str) -> SheetMapping:
    """Return a complete mapping of a table's columns, with lines that explain it.

    Args:
        data: the file.
        columns: the mapping.
        because: the reason to show for each column.

    Raises:
        BadInputError: the file is not a table, or lacks one of the headings.

    """
    table = table_of(io.BytesIO(data), SheetLayout.model_validate({"columns": columns}))
    rows, charset = first_rows_of(io.BytesIO(data))
    headings = next((row for row in _rows_of_headings(rows) if [*map(bare, row)] == table.headings), table.headings)
    why: dict[str, str] = dict.fromkeys(columns, because)
    cells = _Cells(table, headings)
    return SheetMapping(columns, charset, [*_shown(cells), *_explained(columns, why, cells)])


def changed(columns: Columns, changes: Columns) -> dict[ColumnName, str | list[str]]:
    """Return a mapping with some changes applied. A heading in the changes is removed from its former place."""
    kept = {name: held for name, held in columns.items() if name in changes or held not in changes.values()}
    return kept | dict(changes)


def columns_typed(typed: str) -> dict[ColumnName, str | list[str]]:
    """Parse a typed mapping: `contest=race+party,candidate=Name on Ballot`.

    Raises:
        BadInputError: the text does not have that form.

    """
    found: dict[ColumnName, str | list[str]] = {}
    for part in typed.split(","):
        name, equals, heading = part.partition("=")
        headings = [one.strip() for one in heading.split("+") if one.strip()]
        if not equals or not headings:
            raise BadInputError(
                f"--columns: {plain(shortened(part.strip()))} should be as in contest=race+party,votes=Votes"
            )
        found[name.strip()] = headings[0] if len(headings) == 1 else headings  # type: ignore[index]  # the layout checks it
    return found


def _rows_of_headings(rows: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Yield each row as possible headings: alone, and joined with the row above it."""
    above: Sequence[str] = ()
    for row in rows:
        cells = [spaced(cell) for cell in row]
        yield cells
        yield [spaced(f"{upper} {lower}") for upper, lower in zip(above, cells, strict=False)] + cells[len(above) :]
        above = cells


def _score(headings: Sequence[str]) -> tuple[int, int]:
    columns, _ = _by_headings(headings)
    return len(columns), sum(map(bool, headings))


def _by_headings(headings: Sequence[str]) -> tuple[dict[ColumnName, str | list[str]], dict[str, str]]:
    """Return a mapping based on the headings alone, and the reasons. Each heading is used once."""
    there = {words_of(heading): heading for heading in reversed(headings) if words_of(heading)}
    columns: dict[ColumnName, str | list[str]] = {}
    why: dict[str, str] = {}
    taken: set[str] = set()
    for name, ranks in _MEANS.items():
        for words in ranks:
            found = [heading for text, heading in there.items() if re.fullmatch(words, text) and heading not in taken]
            if found:
                columns[name], why[name] = found[-1], "its heading says so"
                taken.add(found[-1])
                break
    parts = [next((there[text] for text in there if re.fullmatch(words, text)), None) for words in _NAME_PARTS]
    if "candidate" not in columns and parts[0] and parts[2]:
        columns["candidate"], why["candidate"] = [part for part in parts if part], "the parts of a name"
    if party := [heading for heading in headings if is_party(heading)]:
        columns["party"], why["party"] = party[-1], "its heading says so"
    key = next((heading for text, heading in there.items() if _IDS.fullmatch(text)), None)
    if key is not None and "contest" in columns:
        columns["contest_name"], columns["contest"] = columns["contest"], key
        why["contest_name"], why["contest"] = "its heading says so", "names may be there twice, a key is not"
    if "reported" not in columns:  # the number of all precincts is useless alone
        columns.pop("of", None)
    return columns, why


class _Cells:
    """The cells of a table, by column."""

    def __init__(self, table: SheetTable, headings: Sequence[str]) -> None:
        self.headings = headings
        self.rows = [cells for _, cells in islice(table.rows(), _MOST_ROWS)]
        self._at = {heading: place for place, heading in enumerate(table.headings)}

    def of(self, held: str | list[str]) -> list[str]:
        """Return the cells of a column. For several columns, the cells of each row are joined with spaces."""
        places = [self._at[bare(one)] for one in ([held] if isinstance(held, str) else held)]
        return [spaced(" ".join(cells[place] for place in places)) for cells in self.rows]


def _by_cells(cells: _Cells, columns: dict[ColumnName, str | list[str]], why: dict[str, str]) -> None:
    """Correct the mapping with the help of the cells, where the headings alone are not enough.

    `why` has the reason for each column, and is corrected, too.

    Raises:
        BadInputError: the cells don't decide it either.
    """
    _choose_votes(cells, columns, why)
    _choose_units(cells, columns, why)
    contest = columns.get("contest")
    used = {bare(one) for held in columns.values() for one in ([held] if isinstance(held, str) else held)}
    for heading in cells.headings:
        if not isinstance(contest, str) or bare(heading) in used or not _DISTRICTS.fullmatch(words_of(heading)):
            continue
        if _differ_by_district(cells.of(contest), cells.of(heading), cells.of(columns["candidate"])):
            columns["contest"], why["contest"] = [contest, heading], f"{heading} tells contests of one {contest} apart"
            return


def _choose_votes(cells: _Cells, columns: dict[ColumnName, str | list[str]], why: dict[str, str]) -> None:
    """Decide whether the column Votes or the column Total Votes has a candidate's votes.

    The decision is written into `columns`, and its reason into `why`.
    """
    votes = columns["votes"]
    totals = [one for one in cells.headings if re.fullmatch(_MEANS["votes"][-1], words_of(one)) and one != votes]
    if not totals or re.fullmatch(_MEANS["votes"][-1], words_of(str(votes))):
        return
    total, parts = totals[0], cells.of(totals[0])
    if parts == cells.of(votes):
        return
    places = zip(*(cells.of(columns[name]) for name in ("contest", "unit", "part") if name in columns), strict=True)
    groups: dict[object, set[str]] = {}
    for place, cell in zip(places, parts, strict=False):
        groups.setdefault(place, set()).add(cell)
    if not groups or any(len(of) > 1 for of in groups.values()):
        raise BadInputError(
            f"is a table with {votes} and {total}, and nothing says which of them has a candidate's votes; say it with "
            f"--columns votes={total}"
        )
    columns["total"], why["total"] = total, "it is the same for all candidates"


def _choose_units(cells: _Cells, columns: dict[ColumnName, str | list[str]], why: dict[str, str]) -> None:
    """Decide which column has the units, and write it into `columns`, with the reason in `why`.

    Precincts of one county are units; precincts of several counties are parts of units.
    """
    precincts = [heading for heading in cells.headings if re.fullmatch(_PRECINCT, words_of(heading))]
    unit = columns.get("unit")
    if unit is None or not precincts:
        return
    best = min(precincts, key=lambda heading: sum(not cell for cell in cells.of(heading)))
    if unit in precincts:
        columns["unit"], why["unit"] = best, "its heading says so" if len(precincts) == 1 else "the fewest rows lack it"
    elif len({cell for cell in cells.of(unit) if cell.casefold() not in WHOLE}) > 1:
        columns["part"], why["part"] = best, f"what is added up to each {unit}"
    else:
        columns["unit"], why["unit"] = best, f"there is one {unit}"


def _differ_by_district(contests: Sequence[str], districts: Sequence[str], candidates: Sequence[str]) -> bool:
    """Return True if contests with the same name have different candidates in each district."""
    found: dict[str, dict[str, set[str]]] = {}
    for contest, district, candidate in zip(contests, districts, candidates, strict=True):
        if contest and role_of(candidate) == "candidate" and not (is_answer(candidate) or is_write_ins(candidate)):
            found.setdefault(contest, {}).setdefault(candidate, set()).add(district)
    several = [of for of in found.values() if len(set().union(*of.values())) > 1]
    return bool(several) and all(_MOST_SHARED * sum(len(one) > 1 for one in of.values()) <= len(of) for of in several)


def _shown(cells: _Cells) -> Iterator[str]:
    yield "headings: " + " | ".join(_cell(heading) or "(none)" for heading in cells.headings)
    for row in cells.rows[:_SHOWN_ROWS]:
        yield "          " + " | ".join(map(_cell, row))


def _cell(text: str) -> str:
    return plain(shortened(spaced(text), _SHOWN_CELL))


def _explained(columns: Columns, why: Mapping[str, str], cells: _Cells) -> Iterator[str]:
    used = set[str]()
    for name, held in columns.items():
        named = [held] if isinstance(held, str) else held
        used |= {bare(one) for one in named}
        yield f"{name} = {' + '.join(map(_cell, named))}: {why.get(name, '')}"
    if left := [
        _cell(heading) or "the one without a heading" for heading in cells.headings if bare(heading) not in used
    ]:
        yield f"not read: {', '.join(left)}"
    choices = dict.fromkeys(cells.of(columns["candidate"]))
    if residual := [_cell(name) for name in choices if role_of(name) in ("not voted", "nobody")]:
        yield f"nobody's votes: {', '.join(residual[:_MOST_RESIDUAL])}"


def _unclear_columns(headings: Sequence[str], missing: Sequence[str], columns: Columns) -> str:
    """Return an error message stating that the headings don't show which columns have the `missing` contents.

    The message contains the mapping so far, to be completed by a person.
    """
    there = " | ".join(_cell(heading) or "(none)" for heading in headings)
    so_far = ",".join(f"{name}={held if isinstance(held, str) else '+'.join(held)}" for name, held in columns.items())
    wanted = ",".join(f"{name}=…" for name in missing)
    return (
        f"is a table, and its headings don't say which column has the {' and the '.join(_IN_WORDS[one] for one in missing)}: "
        f"{there}; say it with --columns {','.join(filter(None, (so_far, wanted)))}"
    )


_IN_WORDS = {"candidate": "candidates", "votes": "votes"}
