"""A map of a state's counties worked out before it is drawn: who leads where, what came in last, and both in words.

A picture has no markdown: names come cleaned, not escaped.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from bot.answers.chart_words import PictureShape, chart_title, dated, name_in_picture, place_in_picture, source_line
from bot.count.reading import Reading, Unit
from bot.desk.desk_file import Source
from bot.wording.escape import clean, possessive
from bot.wording.numbers import commas, spelled
from bot.wording.question import Question

Fill = Literal["first", "second", "other", "tie", "none"]
"""How a county is drawn: the one who leads in the most is first."""

_NAMED = 3
"""Counties of the last batch that are named; of more, how many they were."""

_MOST_WORDS = 1000


class LastBatch(Struct, frozen=True):
    """The counties that came in last, by name, each with its new votes."""

    votes: Mapping[str, int]
    fips: Sequence[str]
    as_of: datetime


class MapFacts(Struct, frozen=True):
    """Where a count stands in each county, by one source."""

    source: Source
    reading: Reading
    leader: str
    margin: int
    counties: Mapping[str, Unit]
    """By FIPS code: those of which the source gives candidates' votes."""
    of: int
    """How many counties the state has."""
    last: LastBatch | None
    status: str
    """The results status in words."""


class CountyMap(Struct, frozen=True):
    """What is drawn."""

    shape: PictureShape
    title: str
    subtitle: str
    small: str
    """The source and the time."""
    atlas: str
    """The path of the file that has the counties' shapes."""
    state: str
    """The state's two digits in a FIPS code."""
    counties: Mapping[str, Fill]
    """By FIPS code."""
    last: Sequence[str]
    """The FIPS codes of those that came in last."""
    legend: Sequence[tuple[Fill | Literal["last"], str]]


def map_of(facts: MapFacts, asked: Question, atlas: str, state: str, shape: PictureShape = "square") -> CountyMap:
    """Return what the map shows."""
    told = asked.told(facts.reading.names)
    ahead = {fips: _leads(unit) for fips, unit in facts.counties.items()}
    most = [key for key, _ in _by_counties(ahead)]
    place: dict[str, Fill] = dict.fromkeys(most, "other")
    place |= dict(zip(most, ("first", "second"), strict=False))
    return CountyMap(
        shape=shape,
        title=chart_title(name_in_picture(told, facts.leader), facts.margin),
        subtitle=f"{place_in_picture(told)}: who leads in each county,\n{dated(told, facts.reading.as_of)}",
        small=source_line(
            told,
            facts.source,
            facts.status,
            facts.reading.as_of,
            loud_mark=asked.setting.loud_mark,
            mark=asked.marks.get(facts.source.id),
        ),
        atlas=atlas,
        state=state,
        counties={fips: place[key] if key in place else _without_leader(key) for fips, key in ahead.items()},
        last=facts.last.fips if facts.last else (),
        legend=_legend(facts, asked, ahead, place),
    )


def map_words(facts: MapFacts, asked: Question) -> str:
    """Return what the map shows, for who can't see it; at most 1,000 characters."""
    told = asked.told(facts.reading.names)
    ahead = {fips: _leads(unit) for fips, unit in facts.counties.items()}
    said = [words for _, words in _legend(facts, asked, ahead, {})]
    by = possessive(clean(facts.source.name, 40))
    return clean(
        f"{asked.setting.loud_mark}County map of {place_in_picture(told)} by {by} count. {'. '.join(said)}.",
        _MOST_WORDS,
    )


_TIE, _NO_VOTES = "", " "
"""Instead of who leads: several have the same, nobody has any."""


def _leads(unit: Unit) -> str:
    """Return who has the most of a county's votes."""
    votes = unit.votes or {}
    most = max(votes.values(), default=0)
    if not most:
        return _NO_VOTES
    first = [key for key, has in votes.items() if has == most]
    return first[0] if len(first) == 1 else _TIE


def _without_leader(key: str) -> Fill:
    return "tie" if key == _TIE else "none"


def _by_counties(ahead: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return who leads in how many counties, the most first."""
    return Counter(key for key in ahead.values() if key not in (_TIE, _NO_VOTES)).most_common()


def _legend(
    facts: MapFacts, asked: Question, ahead: Mapping[str, str], place: Mapping[str, Fill]
) -> list[tuple[Fill | Literal["last"], str]]:
    told = asked.told(facts.reading.names)
    found: list[tuple[Fill | Literal["last"], str]] = []
    others = 0
    for key, number in _by_counties(ahead):
        if place.get(key, "first") == "other":
            others += number
        else:
            found.append((place.get(key, "first"), f"{name_in_picture(told, key)} leads in {_counties(number)}"))
    if others:
        found.append(("other", f"Others lead in {_counties(others)}"))
    ties = sum(key == _TIE for key in ahead.values())
    if ties:
        found.append(("tie", f"Tied in {_counties(ties)}"))
    empty = sum(key == _NO_VOTES for key in ahead.values())
    if empty:
        found.append(("none", f"No votes yet in {_counties(empty)}"))
    if missing := facts.of - len(ahead):
        found.append(("none", f"No figures for {_counties(missing)}"))
    if facts.last and facts.last.votes:
        found.append(("last", _last_words(facts.last)))
    return found


def _counties(number: int) -> str:
    return spelled(number, "county", "counties")


def _last_words(last: LastBatch) -> str:
    """Return what came in last: "Last in: Floyd (74 votes)"."""
    if len(last.votes) > _NAMED:
        return f"Last in: {_counties(len(last.votes))}, {commas(sum(last.votes.values()))} votes"
    named = (f"{clean(name, 24)} ({commas(votes)})" for name, votes in last.votes.items())
    return f"Last in: {', '.join(named)}"
