"""Who publishes results, state by state and for some counties, read from `data/feeds.toml` and checked."""

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
    """Where most of the state's people live."""
    publisher: Label
    """The name in a sentence: the secretary of state."""
    kind: Label
    """How it is published, in a word or two: enhanced-voting, csv preset, html only, blocked."""
    format: Label | None = None
    """The format for `tallydesk read --format`; None: no reader fits, or a program can't fetch it."""
    preset: Label | None = None
    """The preset, for the format csv."""
    address: Label
    """Where it is, and how the election's id is found."""
    give: Label | None = None
    """The address for `tallydesk new`; None: it has to be looked up, or there is none."""
    every: Duration | None = None
    """The shortest polite time between two requests; None: unknown."""
    night: Label | None = None
    """What to expect while votes are counted."""
    obstacle: Label | None = None
    """What keeps a program from reading it."""
    instead: Label | None = None
    """What to do instead."""
    sources: list[Label]
    """Where this was read, with the day."""
    verified: Literal["file", "document", "unknown"]
    """How this is known: from a recorded file, from a document, or not for certain."""


class KnownCounties(Config):
    """Counties that publish their own results; fields are as in `KnownFeed`."""

    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    counties: list[Label]
    kind: Label
    format: Label | None = None
    address: Label
    night: Label | None = None
    obstacle: Label | None = None
    """What keeps a program from reading it, and what to do instead."""
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
