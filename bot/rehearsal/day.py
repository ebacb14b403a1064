"""A recorded day: what became known when, as a desk would have learned it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, JsonValue, model_validator

from bot.count.reading import Frozen, Id, Label, Moment, Reading
from bot.count.statement import Statement
from bot.desk.toml_file import check_document, shipped, toml_document
from bot.errors import BadInputError
from bot.events.event import Event, WallTime
from bot.follows.preferences import least_votes
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
"""The name of the file in errors."""


class ReadingStep(Frozen):
    """A source's feed shows a new reading."""

    at: Moment
    does: Literal["reading"]
    reading: Reading


class AnswerStep(Frozen):
    """A source publishes a new JSON document, in its own format, at one of its addresses."""

    at: Moment
    does: Literal["answer"]
    source: Id
    url: Label
    """One of the source's addresses in the desk file."""
    answer: JsonValue


class StatementStep(Frozen):
    """The desk enters a statement."""

    at: Moment
    does: Literal["statement"]
    statement: Statement


class ScheduleStep(Frozen):
    """The desk puts events into the schedule."""

    at: Moment
    does: Literal["schedule"]
    events: Annotated[list[Event], Field(min_length=1)]


class MoveStep(Frozen):
    """The desk moves an event of the schedule."""

    at: Moment
    does: Literal["move"]
    title: Label
    """Part of the event's title that no other event's title has."""
    to: WallTime
    """The new time, in the event's own time zone."""
    why: Label | None = None


class CallOffStep(Frozen):
    """The desk cancels an event of the schedule."""

    at: Moment
    does: Literal["cancel"]
    title: Label
    why: Label | None = None


class LeadingSourceStep(Frozen):
    """The desk chooses the leading source of a contest."""

    at: Moment
    does: Literal["lead"]
    contest: Id
    source: Id
    why: Label | None = None


class HoldStep(Frozen):
    """The desk decides on a contest's held reading, or undoes its last decision."""

    at: Moment
    does: Literal["hold"]
    contest: Id
    press: Literal["post", "drop", "undo", "withdraw"]


class ReplaceStep(Frozen):
    """The desk corrects a post, retracts its entry, or undoes either."""

    at: Moment
    does: Literal["correct", "retract", "undo"]
    number: Annotated[int, Field(ge=1)]
    """The post's number."""
    text: Label = "a mistake"
    """The correction, or the reason to retract."""


class PauseStep(Frozen):
    """The desk pauses all posts of its newsroom, or resumes them after reading what would go out."""

    at: Moment
    does: Literal["pause", "resume"]
    length: PauseLength | None = None
    """How long to pause; None: until a step resumes it."""


class MuteStep(Frozen):
    """The desk mutes a source, or unmutes it after reading what would go out."""

    at: Moment
    does: Literal["mute", "unmute"]
    source: Id


def _smaller(value: object) -> object:
    if value in (None, "hourly", "next") or (type(value) is int and 5 <= value <= 24 * 60):
        return value
    raise ValueError('should be "hourly", "next" or minutes from 5 to 1440')


class PreferStep(Frozen):
    """An editor fills in the form with a channel's preferences for a contest; None leaves a field unchanged."""

    at: Moment
    does: Literal["prefer"]
    channel: Label
    contest: Id
    quiet: Label | None = None
    """The quiet hours, as typed: "23:00-06:30", or "none"."""
    threshold: Annotated[int, Field(ge=1)] | None = None
    """The smallest change of the margin that is posted at once, in votes."""
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
            least_votes(str(self.threshold or ""))
        except BadInputError as error:
            raise ValueError(str(error)) from None
        return self


class PublicStep(Frozen):
    """A manager makes a channel public, or no longer public."""

    at: Moment
    does: Literal["public"]
    channel: Label
    public: bool


class DecideStep(Frozen):
    """The desk publishes or discards a post that awaits approval."""

    at: Moment
    does: Literal["publish", "discard"]
    number: Annotated[int, Field(ge=1)]
    """The post's number."""


class CheckStep(Frozen):
    """The sources are polled and have nothing new."""

    at: Moment
    does: Literal["check"]


class MessageStep(Frozen):
    """A colleague writes in a channel what they heard. The bot does not read it."""

    at: Moment
    does: Literal["message"]
    who: Label
    words: Label
    channel: Label | None = None
    """The channel's name; None: the day's first."""


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
    """Something that a desk should notice; the scorecard's file lists them for the trainer."""

    at: Moment
    what: HappeningKind
    words: Label
    contest: Id | None = None


class DayChannel(Frozen):
    """A channel of the simulated newsroom."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,100}$")]
    follows: list[Id] = []
    board: bool = False
    """Each followed contest has a pinned board."""
    thread: bool = False
    """Each followed contest has its own thread."""


class Day(Frozen):
    """A recorded day."""

    title: Label
    facts_from: Label
    """Where the figures come from."""
    desk: Label
    """A shipped desk file's name, or a path relative to the day's file."""
    newsroom: Label = "Newsroom"
    staff: Label = "desk"
    """The name of the desk editor."""
    channels: Annotated[list[DayChannel], Field(min_length=1)]
    starts: Moment
    ends: Moment
    steps: Annotated[list[Step], Field(min_length=1)]
    test_data: bool = False
    """True if the figures are a vendor's test data; every post then says so."""
    happenings: list[Happening] = []
    """What a desk should notice, in order of time."""

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
    """A file that adds steps to another recorded day instead of repeating it."""

    based_on: Label
    """The name of the shipped day that it changes."""
    title: Label
    facts_from: Label
    ends: Moment | None = None
    """When it ends; None: with the other day."""
    steps: list[Step] = []
    happenings: list[Happening] = []

    def of(self, day: Day) -> dict[str, Any]:
        """Return the fields of the whole day: those of `day`, with this file's changes and additions."""
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
    """Return the names of the recorded days that Tallydesk ships."""
    return sorted(path.stem for path in shipped("days").glob("*.toml"))


def load_day(name: str) -> tuple[Day, Path]:
    """Return a shipped day by name, or the day in a file by path; and the path of its desk file.

    Raises:
        BadInputError: there is no such day, or it is invalid.

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
