"""A reading: what one source said of one contest at one time; and its parts.

Names follow NIST SP 1500-100 (Election Results Common Data Format, version 2.0,
https://doi.org/10.6028/NIST.SP.1500-100r2): contest, candidate, reporting unit, results status.
Throughout, a missing value is None and means that the source does not say; it never means zero.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

MOST_VOTES = 10_000_000_000
"""More votes than any contest on Earth can hold; a larger number is a mistake of the feed."""


def _printable(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("should be plain text in one line, without spaces around it")
    return text


def _as_pair(value: object) -> object:
    # JSON has arrays, not tuples; strict mode would refuse a list.
    return tuple(value) if isinstance(value, list) else value


def _in_order(pair: tuple[int, int]) -> tuple[int, int]:
    if pair[0] > pair[1]:
        raise ValueError(f"{pair[0]} of {pair[1]} is more than all")
    return pair


def _from_text(value: object) -> object:
    """Read an ISO 8601 time; a number is not a time, whatever unit it may be in."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value[:40]!r} is not an ISO 8601 time") from None
    return value


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the calendar") from None


Id = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_printable)]
"""A contest's, source's or candidate's key: printable, at most 100 characters (Discord's limit for a choice)."""

Label = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_printable)]
"""A name as a source spells it: a candidate's, a contest's, a reporting unit's."""

Votes = Annotated[int, Field(ge=0, le=MOST_VOTES)]
"""A number of votes (or ballots, or units): whole, never negative."""

Pair = Annotated[tuple[Votes, Votes], BeforeValidator(_as_pair), AfterValidator(_in_order)]
"""(reported, of): how many have reported, of how many there are."""

Moment = Annotated[AwareDatetime, BeforeValidator(_from_text), AfterValidator(_to_utc)]
"""An aware time, kept in UTC."""

Status = Literal[
    "pre-election", "unofficial-partial", "unofficial-complete", "certified", "correction", "recount"
]
"""NIST SP 1500-100 results status of a whole count."""

CountName = Annotated[str, StringConstraints(pattern=r"^(election|(audit|recount)(-[2-9]|-[1-9][0-9])?)$")]
"""Which count of the contest: election, audit, recount, recount-2 … Nothing is compared across counts."""

VoteType = Literal["election-day", "absentee-mail", "early", "provisional", "other"]
"""How the ballots came in; `early` is advance voting in person."""


class Frozen(BaseModel):
    """Checked once, on the way in; can't change afterwards; refuses unknown fields and lax types."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Reporting(Frozen):
    """How much of the count has reported, as (reported, of); None where the source does not say."""

    precincts: Pair | None = None
    units: Pair | None = None


class Unit(Frozen):
    """What a source says of one reporting unit (in Georgia, a county)."""

    total: Votes | None = None
    """All votes of the unit in the contest."""
    votes: dict[Id, Votes] | None = None
    """The unit's votes by candidate id."""
    reported: Pair | None = None
    """The unit's precincts, (reported, of)."""
    by_type: dict[VoteType, dict[Id, Votes]] | None = None

    @model_validator(mode="after")
    def _total_covers_votes(self) -> Self:
        return _check_total(self)

    @property
    def counted(self) -> int | None:
        """All votes of the unit: its total, else the sum of its candidates, else None."""
        if self.total is not None:
            return self.total
        return sum(self.votes.values()) if self.votes else None


class Reading(Frozen):
    """What one source said of one contest at one time.

    The sum of the units may differ from the totals: a difference is said where it matters, not mended.
    """

    source: Id
    contest: Id
    contest_name: Label | None = None
    count: CountName = "election"
    as_of: Moment
    """The source's own time for these numbers."""
    as_of_is: Literal["received"] | None = None
    """`received`: the source gave no time, and `as_of` is when the reading came in."""
    status: Status | None = None
    votes: Annotated[dict[Id, Votes], Field(min_length=1)]
    """Votes by candidate id."""
    names: dict[Id, Label] | None = None
    parties: dict[Id, Label] | None = None
    total: Votes | None = None
    """All votes in the contest; may exceed the sum of `votes` (write-ins not listed)."""
    reporting: Reporting | None = None
    expected_total: Votes | None = None
    """How many votes the source expects in the end: an estimate of the source's."""
    by_type: dict[VoteType, dict[Id, Votes]] | None = None
    units: dict[Label, Unit] | None = None
    unit_batch: dict[Label, int] | None = None
    """New votes by unit as the source itself says, for sources that give no unit totals."""

    @model_validator(mode="after")
    def _total_covers_votes(self) -> Self:
        return _check_total(self)

    @property
    def counted(self) -> int:
        """All votes in the contest: the total where the source gives one, else the sum of the candidates."""
        return self.total if self.total is not None else sum(self.votes.values())

    @property
    def series(self) -> tuple[str, str, str]:
        """(source, contest, count): what readings are compared within, and never across."""
        return (self.source, self.contest, self.count)

    def to_json(self) -> str:
        """Return the reading as one line of JSON in the contract's shape; what is not said is absent."""
        return self.model_dump_json(exclude_none=True)


_Counted = TypeVar("_Counted", Unit, Reading)


def _check_total(self: _Counted) -> _Counted:
    if self.total is not None and self.votes and self.total < (votes := sum(self.votes.values())):
        raise ValueError(f"total {self.total} is below the sum of the votes, {votes}")
    return self


def describe_refusal(error: ValidationError) -> str:
    """Return, in one short line, the first thing that is wrong with a value, and where: `votes.biden: …`."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part)[:60] for part in first["loc"]) or "reading"
    value = first.get("input")
    shown = "" if isinstance(value, (Mapping, BaseModel)) or value is None else f", not {_shortened(value)}"
    return f"{place}: {first['msg'].removeprefix('Value error, ')}{shown}"


def _shortened(value: Any) -> str:  # noqa: ANN401 - whatever the feed held
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
