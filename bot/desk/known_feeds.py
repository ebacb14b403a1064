"""The table `data/feeds.toml`: the publishers of results in each state and in some counties."""

from functools import cache
from typing import Annotated, Literal

from pydantic import StringConstraints

from bot.count.reading import Label
from bot.desk.desk_file import Config, Duration, Zone
from bot.desk.toml_file import load_toml, shipped


class KnownFeed(Config):
    """A state's own results feed, according to the documents named in `sources`."""

    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    zone: Zone
    """The zone in which most people of the state live."""
    publisher: Label
    """The name in a sentence: the secretary of state."""
    kind: Label
    """How results are published, in a word or two: enhanced-voting, csv preset, html only, blocked."""
    format: Label | None = None
    """The format for `tallydesk read --format`; None if no reader fits, or if a program can't fetch the file."""
    preset: Label | None = None
    """The preset, for the format csv."""
    address: Label
    """Where the results are, and how to find the election's id, in words."""
    give: Label | None = None
    """The address to give `tallydesk new`; None if it has to be looked up, or if there is none."""
    every: Duration | None = None
    """The shortest polite time between two requests; None if unknown."""
    night: Label | None = None
    """What to expect while votes are counted."""
    obstacle: Label | None = None
    """What prevents a program from reading the results."""
    instead: Label | None = None
    """What to do if there is an obstacle."""
    sources: list[Label]
    """The documents or files behind this row, with the day on which they were read."""
    verified: Literal["file", "document", "unknown"]
    """How this is known: from a recorded file, from a document, or not for certain."""


class KnownCounties(Config):
    """Counties that publish their own results. The fields have the meanings of those in `KnownFeed`."""

    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    counties: list[Label]
    kind: Label
    format: Label | None = None
    address: Label
    night: Label | None = None
    obstacle: Label | None = None
    """What prevents a program from reading the results, and what to do instead."""
    sources: list[Label]
    verified: Literal["file", "document", "unknown"]


class _Table(Config):
    feeds: list[KnownFeed]
    counties: list[KnownCounties]


def known_feeds() -> dict[str, KnownFeed]:
    """Return each state's feed by postal code."""
    return {feed.state: feed for feed in _table().feeds}


def known_counties(state: str) -> list[KnownCounties]:
    """Return a state's counties that publish their own results."""
    return [one for one in _table().counties if one.state == state]


@cache
def _table() -> _Table:
    return load_toml(shipped("feeds.toml"), _Table, "the table of feeds")
