"""What the desk file says of the schedule: deadlines of its own, calendars that are looked at."""

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator

from bot.count.reading import Id, Label
from bot.desk_values import Config, Duration, Url
from bot.schedule.deadlines import Certifies
from bot.schedule.event import Event, EventKind, Link, WallTime

SOONEST = timedelta(minutes=1)
"""A calendar is not asked more often."""

IMPORT = "import"
"""The calendar to which belongs what staff bring in by `/schedule import`."""

LAW = "law"
"""The calendar of the deadlines by law and by the desk file."""


def _from_toml(value: object) -> object:
    """Take a time as TOML has it, 2020-11-13T17:00:00, or as text."""
    return value.isoformat() if isinstance(value, datetime) else value


def _not_ours(value: str) -> str:
    if value in (IMPORT, LAW):
        raise ValueError(f"{value} is what the bot itself calls another source of events")
    return value


def _not_too_often(value: timedelta) -> timedelta:
    if value < SOONEST:
        raise ValueError("should be at least 1m")
    return value


class Deadline(Config):
    """A deadline of a contest that the operator knows of, in the newsroom's zone."""

    kind: EventKind = "deadline"
    title: Label
    wall: Annotated[WallTime, BeforeValidator(_from_toml)]
    source: Label
    """The law or the office that sets it."""
    link: Link | None = None
    certifies: Certifies | None = None
    """Who has to certify by then; it takes the place of the law's deadline for that."""
    verified: bool = True
    """False: nobody has looked it up yet."""

    def event(self, contest: str, zone: ZoneInfo) -> Event:
        """Return it as an event."""
        return Event(
            kind=self.kind, title=self.title, wall=self.wall, zone=zone.key, contest=contest, source=self.source,
            link=self.link, certifies=self.certifies, verified=self.verified,
        )  # fmt: skip


class Calendar(Config):
    """A calendar that is looked at from time to time: what changes in it changes the schedule."""

    id: Annotated[Id, AfterValidator(_not_ours)]
    name: Label
    """What the schedule says of where an event is from: the Governor's public calendar."""
    url: Url
    every: Annotated[Duration, AfterValidator(_not_too_often)] = timedelta(minutes=15)
    contest: Id | None = None
    """Its events are of this contest, and told where that is followed."""
    kind: EventKind = "other"
    """What its events are where their words do not say."""
    user_agent: Label | None = None
    """What to tell a site that turns unknown programs away."""
    own_network: bool = False
    """True: its address may be in the operator's own network."""
