"""A recorded day: what became known when, as a desk would have learned it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.count.reading import Frozen, Id, Label, Moment, Reading
from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.schedule.event import Event
from bot.toml_file import load_toml, shipped


class ReadingStep(Frozen):
    """A source's feed shows a new reading."""

    at: Moment
    does: Literal["reading"]
    reading: Reading


class StatementStep(Frozen):
    """The desk enters what somebody said."""

    at: Moment
    does: Literal["statement"]
    statement: Statement


class ScheduleStep(Frozen):
    """The desk puts events into the schedule."""

    at: Moment
    does: Literal["schedule"]
    events: Annotated[list[Event], Field(min_length=1)]


class CheckStep(Frozen):
    """The sources are asked, and have nothing new."""

    at: Moment
    does: Literal["check"]


Step = Annotated[ReadingStep | StatementStep | ScheduleStep | CheckStep, Field(discriminator="does")]


class DayChannel(Frozen):
    """A channel of the simulated newsroom."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,100}$")]
    follows: list[Id] = []


class Day(Frozen):
    """A recorded day."""

    title: Label
    facts_from: Label
    """Where the figures come from."""
    desk: Label
    """The desk file's name among the shipped ones, or a path beside the day's file."""
    newsroom: Label = "Newsroom"
    staff: Label = "desk"
    """Who enters what the desk enters."""
    channels: Annotated[list[DayChannel], Field(min_length=1)]
    starts: Moment
    ends: Moment
    steps: Annotated[list[Step], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        before: datetime = self.starts
        for number, step in enumerate(self.steps, start=1):
            if step.at < before:
                raise ValueError(f"step {number}, {step.at.isoformat()}, comes before {before.isoformat()}")
            before = step.at
        if before > self.ends:
            raise ValueError(f"the last step, {before.isoformat()}, is after the day's end")
        return self


def day_names() -> list[str]:
    """Return the names of the days that Tallydesk ships."""
    return sorted(path.stem for path in shipped("days").glob("*.toml"))


def load_day(name: str) -> tuple[Day, Path]:
    """Return the recorded day of that name, or in the file of that path, and the desk file that goes with it.

    Raises:
        BadInputError: there is none, or it says something that can't be.

    """
    path = shipped("days", f"{name}.toml") if name in day_names() else Path(name)
    if not path.is_file():
        raise BadInputError(f"{name}: no such recorded day; there are {', '.join(day_names())}, or a file's path")
    day = load_toml(path, Day, "the recorded day")
    beside = path.parent / day.desk
    return day, beside if beside.is_file() else shipped("desks", f"{day.desk}.toml")
