"""Guesses from the headings of a table of votes what the columns contain."""

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

from bot.desk.sheet_layout import ColumnName
from bot.feeds.ballot import spaced

TellsApart: TypeAlias = Literal["contest", "candidate"]

_CONTEST_WORDS = re.compile(r"race|contest|office|district|juris(?!diction)|area|question|measure|seat|worksheet")

_JURISDICTION = re.compile(r"jurisdiction")
"""A jurisdiction may be the contest's district if the units have a column of their own."""

_CANDIDATE_WORDS = re.compile(r"first|given|middle|candidate|\bcan(?!cel)|choice|option")

_UNIT_WORDS = re.compile(r"count(y|ies)|parish|town|city|municipal|borough|village|jurisdiction")

_PART_WORDS = re.compile(r"precinct|ward|box|unit|poll")

_TYPE_WORDS = re.compile(r"type|method|mode|group")

_PARTY_WORDS = re.compile(r"(candidate ?|political ?)?part(y|ies)( ?(name|code|abbreviation|abbr|affiliation))?")

_NO_NAME_WORDS = re.compile(r"vote|total|percent|pct|%|report|ballot|rank|order|url|link|incumb|winner|status|note")
"""Words in headings of columns that contain no names, whatever else the heading says."""


def bare(heading: str) -> str:
    """Return a heading in a form for comparison: lowercase, with single spaces."""
    return spaced(heading).casefold()


def is_party(heading: str) -> bool:
    """Return True for the heading of a column that contains candidates' parties."""
    return _PARTY_WORDS.fullmatch(words_of(heading)) is not None


def watched_columns(
    headings: Sequence[str], places: Sequence[int], *, has_units: bool
) -> tuple[tuple[int, TellsApart], ...]:
    """Return the columns at `places` whose headings suggest that they distinguish contests or candidates.

    Each is (position, what it distinguishes). `has_units`: True if the table has a column of units, so that a column
    of jurisdictions may distinguish contests.
    """
    found: list[tuple[int, TellsApart]] = []
    for at in places:
        heading = headings[at]
        if _NO_NAME_WORDS.search(heading):
            continue
        if _CANDIDATE_WORDS.search(heading):
            found.append((at, "candidate"))
        elif _CONTEST_WORDS.search(heading) or (has_units and _JURISDICTION.search(heading)):
            found.append((at, "contest"))
    return tuple(found)


def where_it_goes(headings: Sequence[str], mapped: Sequence[ColumnName]) -> tuple[str, ColumnName] | None:
    """Return the heading of the column that probably distinguishes two rows, and the name of its contents.

    None if no column does.

    Args:
        headings: the headings of the columns in which the rows differ.
        mapped: the contents of the table's mapped columns.

    """
    names = [one for one in headings if _TYPE_WORDS.search(bare(one)) or not _NO_NAME_WORDS.search(bare(one))]
    ranks: Sequence[tuple[re.Pattern[str], ColumnName]] = (
        (_PARTY_WORDS, "candidate"),
        (_CONTEST_WORDS, "contest"),
        (_CANDIDATE_WORDS, "candidate"),
        (_UNIT_WORDS, "unit" if "unit" not in mapped else "contest"),
        (_PART_WORDS, "unit" if "unit" not in mapped else "part"),
        (_TYPE_WORDS, "type"),
    )
    for words, holds in ranks:
        for heading in names:
            if words.search(bare(heading)):
                return heading, holds
    return (names[0], "candidate") if names else None


def words_of(heading: str) -> str:
    """Return a heading's words in lowercase: `CandidateName` and `candidate_name` give `candidate name`."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return " ".join(re.findall(r"[a-z]+", parted.casefold()))
