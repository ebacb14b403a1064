"""A recorded day of counting: what became known, and when, as a desk would have learned it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, JsonValue, model_validator

from bot.count.reading import Frozen, Id, Label, Moment, Reading
from bot.count.statement import Statement
from bot.desk.toml_file import check_document, shipped, toml_document
from bot.errors import BadInputError
from bot.events.event import Event, WallTime
from bot.follows.preferences import parse_minimum
from bot.outbox.suspensions_store import PauseLength
from bot.wording.typed_times import quiet_hours

HappeningKind = Literal[
    "zeros",
    "early_votes",
    "absentee",
    "uncontested",
    "batch",
    "lead_change",
    "majority_line",
    "disagreement",
    "revision",
    "stale_source",
    "desk_ahead",
    "late_surge",
    "quiet",
    "feed_moves",
    "feed_returns",
    "certified",
    "announced",
    "taken_back",
    "state_certified",
    "paused",
    "muted",
    "quiet_hours",
]

_FILE = "the recorded day"
"""The name of the day's file in error messages."""


class ReadingStep(Frozen):
    """A step in which a source's feed shows a new reading."""

    at: Moment
    does: Literal["reading"]
    reading: Reading


class AnswerStep(Frozen):
    """A step in which a source publishes a new JSON document at one of its URLs, in the source's own format."""

    at: Moment
    does: Literal["answer"]
    source: Id
    url: Label
    """One of the source's addresses in the desk file."""
    answer: JsonValue


class StatementStep(Frozen):
    """A step in which the desk enters a statement."""

    at: Moment
    does: Literal["statement"]
    statement: Statement


class ScheduleStep(Frozen):
    """A step in which the desk adds events to the schedule."""

    at: Moment
    does: Literal["schedule"]
    events: Annotated[list[Event], Field(min_length=1)]


class MoveStep(Frozen):
    """A step in which the desk moves an event of the schedule to another time."""

    at: Moment
    does: Literal["move"]
    title: Label
    """A part of the event's title that occurs in no other event's title."""
    to: WallTime
    """The new time, in the event's own time zone."""
    why: Label | None = None


class CallOffStep(Frozen):
    """A step in which the desk cancels an event of the schedule."""

    at: Moment
    does: Literal["cancel"]
    title: Label
    why: Label | None = None


class LeadingSourceStep(Frozen):
    """A step in which the desk chooses the leading source of a contest."""

    at: Moment
    does: Literal["lead"]
    contest: Id
    source: Id
    why: Label | None = None


class HoldStep(Frozen):
    """A step in which the desk decides on a contest's held reading, or undoes the last such decision."""

    at: Moment
    does: Literal["hold"]
    contest: Id
    press: Literal["post", "drop", "undo", "withdraw"]


class ReplaceStep(Frozen):
    """A step in which the desk corrects a post, retracts the entry that a post reports, or undoes one of these."""

    at: Moment
    does: Literal["correct", "retract", "undo"]
    number: Annotated[int, Field(ge=1)]
    """The post's number."""
    text: Label = "a mistake"
    """The correction, or the reason to retract."""


class PauseStep(Frozen):
    """A step in which the desk pauses all posts of its newsroom, or resumes them after seeing what would be posted."""

    at: Moment
    does: Literal["pause", "resume"]
    length: PauseLength | None = None
    """How long to pause. With None, posts are paused until a later step resumes them."""


class MuteStep(Frozen):
    """A step in which the desk mutes a source, or unmutes it after seeing what would be posted."""

    at: Moment
    does: Literal["mute", "unmute"]
    source: Id


def _smaller(value: object) -> object:
    if value in (None, "hourly", "next") or (type(value) is int and 5 <= value <= 24 * 60):
        return value
    raise ValueError('should be "hourly", "next" or minutes from 5 to 1440')


class PreferStep(Frozen):
    """A step in which an editor fills in the form with a channel's preferences for a contest.

    A field that is None keeps its value.
    """

    at: Moment
    does: Literal["prefer"]
    channel: Label
    contest: Id
    quiet: Label | None = None
    """The quiet hours, as typed: "23:00-06:30", or "none"."""
    threshold: Annotated[int, Field(ge=1)] | None = None
    """The smallest change of the margin, in votes, that is posted at once."""
    smaller: Annotated[str | int | None, BeforeValidator(_smaller)] = None
    """When smaller changes are posted: "hourly" (on election night every 15 minutes), "next" (with the next post), or a number
    of minutes.
    """

    @model_validator(mode="after")
    def _form_takes_it(self) -> Self:
        if self.quiet is None and self.threshold is None and self.smaller is None:
            raise ValueError("should have quiet, threshold or smaller")
        try:
            quiet_hours(self.quiet or "")
            parse_minimum(str(self.threshold or ""))
        except BadInputError as error:
            raise ValueError(str(error)) from None
        return self


class PublicStep(Frozen):
    """A step in which a manager marks a channel as public, or as not public."""

    at: Moment
    does: Literal["public"]
    channel: Label
    public: bool


class DecideStep(Frozen):
    """A step in which the desk publishes or discards a post that awaits approval."""

    at: Moment
    does: Literal["publish", "discard"]
    number: Annotated[int, Field(ge=1)]
    """The post's number."""


class CheckStep(Frozen):
    """A step in which the sources are polled and have no new figures."""

    at: Moment
    does: Literal["check"]


class MessageStep(Frozen):
    """A step in which a colleague writes in a channel what they heard. The bot does not read the message."""

    at: Moment
    does: Literal["message"]
    who: Label
    words: Label
    channel: Label | None = None
    """The channel's name; None for the day's first channel."""


Step = Annotated[
    ReadingStep
    | AnswerStep
    | StatementStep
    | ScheduleStep
    | MoveStep
    | CallOffStep
    | LeadingSourceStep
    | HoldStep
    | ReplaceStep
    | PauseStep
    | MuteStep
    | PreferStep
    | PublicStep
    | DecideStep
    | CheckStep
    | MessageStep,
    Field(discriminator="does"),
]


class Happening(Frozen):
    """An event in the count that a desk should notice."""

    at: Moment
    what: HappeningKind
    words: Label
    contest: Id | None = None


class DayChannel(Frozen):
    """A channel of the simulated newsroom, with the contests that it follows and its settings."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,100}$")]
    follows: list[Id] = []
    board: bool = False
    """True if each followed contest has a pinned board in the channel."""
    thread: bool = False
    """True if each followed contest has its own thread."""


class Day(Frozen):
    """A recorded day: its newsroom, with channels, and its steps in order of time."""

    title: Label
    facts_from: Label
    """The origin of the day's figures."""
    desk: Label
    """The name of a desk file that comes with Tallydesk, or a path relative to the day's file."""
    newsroom: Label = "Newsroom"
    staff: Label = "desk"
    """The display name of the simulated desk editor."""
    channels: Annotated[list[DayChannel], Field(min_length=1)]
    starts: Moment
    ends: Moment
    steps: Annotated[list[Step], Field(min_length=1)]
    test_data: bool = False
    """True if the figures are a vendor's test data. Every post is then marked as test data."""
    happenings: list[Happening] = []
    """The events that a desk should notice, in order of time."""

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

    @model_validator(mode="after")
    def _channels_are_there(self) -> Self:
        follows = {channel.name: channel.follows for channel in self.channels}
        for step in self.steps:
            if not isinstance(step, MessageStep | PreferStep | PublicStep) or step.channel is None:
                continue
            if step.channel not in follows:
                raise ValueError(f"{step.at.isoformat()}, {step.does}: there is no channel {step.channel}")
            if isinstance(step, PreferStep) and step.contest not in follows[step.channel]:
                raise ValueError(f"{step.at.isoformat()}, {step.does}: #{step.channel} does not follow {step.contest}")
        return self


class Variation(Frozen):
    """A recorded day given as changes to another recorded day: the file has only the additional steps."""

    based_on: Label
    """The name of the recorded day to change. It must come with Tallydesk."""
    title: Label
    facts_from: Label
    ends: Moment | None = None
    """When the day ends; None for the end of the other day."""
    steps: list[Step] = []
    happenings: list[Happening] = []

    def of(self, day: Day) -> dict[str, Any]:
        """Return the fields of the whole day: the fields of `day`, with this file's changes and additions."""
        ends = self.ends or day.ends
        steps = [step for step in day.steps if step.at <= ends] + self.steps
        happenings = [one for one in day.happenings if one.at <= ends] + self.happenings
        return dict(day) | {
            "title": self.title,
            "facts_from": self.facts_from,
            "ends": ends,
            "steps": sorted(steps, key=lambda step: step.at),
            "happenings": sorted(happenings, key=lambda one: one.at),
        }


def recorded_days() -> list[str]:
    """Return the names of the recorded days that come with Tallydesk."""
    return sorted(path.stem for path in shipped("days").glob("*.toml"))


def load_day(name: str) -> tuple[Day, Path]:
    """Load a recorded day by its name or by the path of its file. Returns the day and the path of its desk file.

    Raises:
        BadInputError: there is no such day, or the file is invalid.

    """
    path = shipped("days", f"{name}.toml") if name in recorded_days() else Path(name)
    document = toml_document(path, _FILE)
    if "based_on" in document:
        variation = check_document(document, path, Variation, _FILE)
        if variation.based_on not in recorded_days():
            raise BadInputError(f"{path}: based_on: {variation.based_on} is no recorded day")
        day, desk_path = load_day(variation.based_on)
        return check_document(variation.of(day), path, Day, _FILE), desk_path
    day = check_document(document, path, Day, _FILE)
    beside = path.parent / day.desk
    return day, beside if beside.is_file() else shipped("desks", f"{day.desk}.toml")
