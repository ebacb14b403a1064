"""Who publishes results, state by state and for some counties, read from `data/feeds.toml` and checked."""

from functools import cache
from typing import Annotated, Literal

from pydantic import StringConstraints

from bot.count.reading import Label
from bot.desk.desk_file import Config, Duration, Zone
from bot.desk.toml_file import load_toml, shipped


class KnownFeed(Config):
    """What is known of the results that a state publishes, as of the documents named."""

    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    zone: Zone
    """Where most of the state's people live."""
    publisher: Label
    """What a sentence says: the Secretary of State."""
    kind: Label
    """How it is published, in a word or two: enhanced-voting, csv preset, html only, blocked."""
    format: Label | None = None
    """What `tallydesk read --format` is told; None: no reader fits, or nothing is open to a program."""
    preset: Label | None = None
    """Of the format csv."""
    address: Label
    """Where it is, and how the election's id is found."""
    give: Label | None = None
    """The address that `tallydesk new` can be given as it stands; None: it has to be looked up, or there is none."""
    every: Duration | None = None
    """The shortest time between two polite requests; None: nobody knows."""
    night: Label | None = None
    """What to expect while votes are counted."""
    obstacle: Label | None = None
    """What stands in the way of a program."""
    instead: Label | None = None
    """The honest way out."""
    sources: list[Label]
    """Where this was read, with the day."""
    verified: Literal["file", "document", "unknown"]
    """A recorded file was read; a document says so; nobody knows."""


class KnownCounties(Config):
    """What is known of counties that publish for themselves; a field means what it does in `KnownFeed`."""

    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    counties: list[Label]
    kind: Label
    format: Label | None = None
    address: Label
    night: Label | None = None
    obstacle: Label | None = None
    """What stands in the way, with the way out."""
    sources: list[Label]
    verified: Literal["file", "document", "unknown"]


class _Table(Config):
    feeds: list[KnownFeed]
    counties: list[KnownCounties]


def known_feeds() -> dict[str, KnownFeed]:
    """Return what is known of each state's feed, by the state's postal code."""
    return {feed.state: feed for feed in _table().feeds}


def known_counties(state: str) -> list[KnownCounties]:
    """Return what is known of a state's counties that publish for themselves."""
    return [one for one in _table().counties if one.state == state]


@cache
def _table() -> _Table:
    return load_toml(shipped("feeds.toml"), _Table, "the table of feeds")
