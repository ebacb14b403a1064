"""A reading: what one source said of one contest at one time; and its parts.

Names follow NIST SP 1500-100 (Election Results Common Data Format, version 2.0,
https://doi.org/10.6028/NIST.SP.1500-100r2): contest, candidate, reporting unit, results status.
Throughout, a missing value is None and means that the source does not say; it never means zero.
"""

import reprlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from dataclasses import Field as DataclassField
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal, Self, get_type_hints

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import core_schema, to_json, to_jsonable_python

MOST_VOTES = 10_000_000_000
"""More votes than any contest on Earth can hold; a larger number is a mistake of the feed."""

UNDERWAY = timedelta(hours=12)
"""From the beginning of election day in UTC until 7 a.m. in New York, before which nobody in the country counts."""

_ITSELF = (int, str)
"""Types that JSON has itself."""

_PLAIN = {
    "missing": "is missing",
    "extra_forbidden": "is no field that is known here",
    "dict_type": "should be an object",
    "model_type": "should be an object",
    "too_short": "should not be empty",
    "int_type": "should be a whole number",
    "int_from_float": "should be a whole number",
    "string_type": "should be text",
    "bool_type": "should be true or false",
}
"""What a person would say, by pydantic's own names of errors (https://docs.pydantic.dev/latest/errors/)."""

_ABOUT_THE_KEY = {"missing", "extra_forbidden", "too_short"}
"""Errors that are about the key: showing the value would not help."""


def _printable(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("should be plain text in one line, without spaces around it")
    return text


def as_tuple(value: object) -> object:
    """Turn a list into a tuple: JSON and TOML have only lists, which strict mode would refuse."""
    return tuple(value) if isinstance(value, list) else value


def _in_order(pair: tuple[int, int]) -> tuple[int, int]:
    if pair[0] > pair[1]:
        raise ValueError(f"{pair[0]} of {pair[1]} is more than all")
    return pair


def _from_text(value: object) -> object:
    """Read an ISO 8601 time; a number is not a time, whatever unit it may be in."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("should be an ISO 8601 time with its zone, such as 2020-11-11T12:35:03Z")
    return moment


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

VotesMoved = Annotated[int, Field(ge=-MOST_VOTES, le=MOST_VOTES)]
"""By how many votes something moved; negative where it fell."""

Pair = Annotated[tuple[Votes, Votes], BeforeValidator(as_tuple), AfterValidator(_in_order)]
"""(reported, of): how many have reported, of how many there are."""

Moment = Annotated[AwareDatetime, BeforeValidator(_from_text), AfterValidator(_to_utc)]
"""An aware time, kept in UTC."""

Status = Literal["pre-election", "unofficial-partial", "unofficial-complete", "certified", "correction", "recount"]
"""NIST SP 1500-100 results status of a whole count."""

CountName = Annotated[str, StringConstraints(pattern=r"^(election|(audit|recount)(-[2-9]|-[1-9][0-9])?)$")]
"""Which count of the contest: election, audit, recount, recount-2 … Nothing is compared across counts."""

VoteType = Literal["election-day", "absentee-mail", "early", "provisional", "other"]
"""How the ballots came in; `early` is advance voting in person."""

Fips = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
"""A county's FIPS code: five digits, the state's two first."""


class Frozen(BaseModel):
    """Checked once, on the way in; can't change afterwards; refuses unknown fields and lax types."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


class Record:
    """A frozen dataclass: feed readers build thousands of them, unchecked and fast.

    What comes from outside is checked by pydantic, strictly and without unknown fields, with the calls of any model:
    `Reading.model_validate(value)`.
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, DataclassField[Any]]]
    """Each record is a dataclass."""

    @classmethod
    def model_validate(cls, value: object) -> Self:
        """Check a value from outside, and return it as a record.

        Raises:
            ValidationError: it is no such record.

        """
        one: Self = _adapter(cls).validate_python(value)
        return one

    @classmethod
    def model_validate_json(cls, text: str | bytes) -> Self:
        """Check JSON from outside, and return it as a record.

        Raises:
            ValidationError: it is no such record.

        """
        one: Self = _adapter(cls).validate_json(text)
        return one

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        """Return the JSON Schema of what `model_validate_json` accepts."""
        return _adapter(cls).json_schema()

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """Return a copy with some fields changed, which nobody checks."""
        return replace(self, **update)

    def said(self) -> dict[str, Any]:
        """Return the fields that are not None, as JSON's own values."""
        return {name: value for name in self.__dataclass_fields__ if (value := _plain(getattr(self, name))) is not None}

    def check(self) -> None:
        """Raise a ValueError where fields that are valid by themselves contradict each other."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        # For a dataclass pydantic's own strict schema takes instances alone, no dict.
        hints = get_type_hints(cls, include_extras=True)
        parts = {
            one.name: core_schema.typed_dict_field(
                handler.generate_schema(hints[one.name]),
                required=one.default is MISSING and one.default_factory is MISSING,
            )
            for one in fields(cls)
        }
        strict = core_schema.CoreConfig(strict=True, extra_fields_behavior="forbid")
        checked = core_schema.typed_dict_schema(parts, cls_name=cls.__name__, config=strict, ref=cls.__name__)

        def built(value: object, check: Callable[[object], dict[str, Any]]) -> Record:
            if isinstance(value, cls):
                return value
            one = cls(**check(value))
            one.check()
            return one

        dumped = core_schema.plain_serializer_function_ser_schema(_plain)
        return core_schema.no_info_wrap_validator_function(built, checked, serialization=dumped)


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(record: type[Any]) -> TypeAdapter[Any]:
    if record not in _ADAPTERS:
        _ADAPTERS[record] = TypeAdapter(record)
    return _ADAPTERS[record]


def _plain(value: object) -> object:
    if value is None or type(value) in _ITSELF:
        return value
    if isinstance(value, Record):
        return value.said()
    if isinstance(value, dict):
        flat = type(next(iter(value.values()), None)) in _ITSELF  # votes, names: all values are alike
        return dict(value) if flat else {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(_plain(one) for one in value)
    return to_jsonable_python(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting(Record):
    """How much of the count has reported, as (reported, of); None where the source does not say."""

    precincts: Pair | None = None
    units: Pair | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit(Record):
    """What a source says of one reporting unit (in Georgia, a county)."""

    fips: Fips | None = None
    """Of a county whose name the county table knows."""
    total: Votes | None = None
    """All votes of the unit in the contest."""
    votes: dict[Id, Votes] | None = None
    """The unit's votes by candidate id."""
    reported: Pair | None = None
    """The unit's precincts, (reported, of)."""
    by_type: dict[VoteType, dict[Id, Votes]] | None = None

    def check(self) -> None:
        """Raise a ValueError where the total is below the sum of the votes."""
        _check_total(self.total, self.votes)

    @property
    def counted(self) -> int | None:
        """All votes of the unit: its total, else the sum of its candidates, else None."""
        if self.total is not None:
            return self.total
        return sum(self.votes.values()) if self.votes else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSays(Record):
    """What a source says of a contest beside its numbers, in its own words.

    It is that source's word, shown with its name where it is shown at all; no sentence of the bot's own rests on it.
    """

    call: Label | None = None
    """Whether the source has called the contest: "Called", "Uncalled", "Too Close to Call"."""
    winners: Annotated[tuple[Id, ...], BeforeValidator(as_tuple)] | None = None
    """Ids of the candidates whom it marks as winners; None: it marks nobody, or has taken the mark back."""
    runoff: Annotated[tuple[Id, ...], BeforeValidator(as_tuple)] | None = None
    """Ids of those whom it marks as going into a runoff."""
    tabulation: Label | None = None
    """How far it says its own counting is: "Active Tabulation", "Vote Certified"."""
    expected_percent: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$")] | None = None
    """How much of the expected vote it says is counted, in percent of its own estimate; never made into votes."""
    measure: Literal[True] | None = None
    """True: it says that the contest is a ballot measure."""
    threshold_percent: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$")] | None = None
    """How much of the vote it says a measure needs, in percent, perhaps rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutstandingBallots(Record):
    """Ballots that are left to count, as a source says of all of them, or of those of one kind or in some units."""

    ballots: Votes
    units: Annotated[tuple[Label, ...], BeforeValidator(as_tuple)] = ()
    """Where; empty: in the whole contest."""
    type: VoteType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Record):
    """What one source said of one contest at one time: a contract format.

    The sum of the units may differ from the totals: a difference is said where it matters, not corrected.
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
    part_of_units: Pair | None = None
    """(the units that its table has, all of the contest's), where it has only some: it is no margin of the contest."""
    unit_batch: dict[Label, VotesMoved] | None = None
    """New votes by unit as the source itself says, for sources that give no unit totals."""
    outstanding: Annotated[tuple[OutstandingBallots, ...], BeforeValidator(as_tuple)] | None = None
    """Ballots left, as the source says."""
    says: SourceSays | None = None
    """What the source says beside the numbers: whether it has called the contest, and the like."""

    def check(self) -> None:
        """Raise a ValueError where the total is below the sum of the votes."""
        _check_total(self.total, self.votes)

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
        return to_json(self.said()).decode()


def _check_total(total: int | None, votes: Mapping[str, int] | None) -> None:
    if total is not None and votes and total < (cast := sum(votes.values())):
        raise ValueError(f"total {total} is below the sum of the votes, {cast}")


def describe_refusal(error: ValidationError, document: object = None, whole: str | None = "reading") -> str:
    """Return, in one short line, the first thing that is wrong with a value, and where: `votes.biden: …`.

    Whatever the feed held, the line has no line break and stays under some 600 characters. With `document`,
    which was refused, an item of a list is named by its id: `contests.ga-2020-senate.seats`. `whole` names the value
    where the error is of no part of it; None: nothing does.
    """
    first = error.errors(include_url=False)[0]
    place = place_in(first["loc"], document) or whole
    begin = f"{place}: " if place else ""
    value = first.get("input")
    plain = _PLAIN.get(first["type"])
    if plain is not None and first["type"] in _ABOUT_THE_KEY:
        return f"{begin}{plain}"
    text = ""
    if not isinstance(value, (Mapping, BaseModel)):
        text = f", not {'null' if value is None else _SHORT.repr(value)[:80]}"
    said = first["msg"].removeprefix("Value error, ").partition("\n")[0]
    return f"{begin}{plain or _shortened(said, 200)}{text}"


def place_in(loc: tuple[int | str, ...], document: object) -> str:
    """Return where a value is, with an item of a list by its id: `contests.ga-2020-senate.seats`."""
    names: list[str] = []
    for part in loc[:5]:
        name: str | int = part
        if isinstance(document, list) and isinstance(part, int) and part < len(document):
            document = document[part]
            key = document.get("id") if isinstance(document, dict) else None
            name = key if isinstance(key, str) else part
        else:
            document = document.get(part) if isinstance(document, dict) else None
        names.append(_shortened(name))
    return ".".join(names)


class _Short(reprlib.Repr):
    """Shows any value in a few characters, without walking through all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = 60
        self.maxlevel = 2

    def repr_int(self, x: int, level: int) -> str:
        """Return the number in digits; Python refuses to write one of thousands of digits."""
        return super().repr_int(x, level) if abs(x) < MOST_VOTES**4 else "a number of over 40 digits"


_SHORT = _Short()


def _shortened(text: str | int, most: int = 60) -> str:
    line = "".join(letter if letter.isprintable() else " " for letter in str(text)[: most + 1])
    return line if len(line) <= most else line[: most - 1] + "…"


def reporting_share(reading: Reading) -> Fraction | None:
    """Return how much of the count has reported: by precincts, else by units, else of the expected votes.

    None where the source says none of them.
    """
    said = reading.reporting
    for pair in (said.precincts, said.units) if said else ():
        if pair and pair[1]:
            return Fraction(*pair)
    if reading.expected_total:
        return min(Fraction(reading.counted, reading.expected_total), Fraction(1))
    return None


def recount_under_way(reading: Reading) -> bool:
    """Return True for a recount of which its source says that a part is still to come, and for a table of some units.

    A partial recount would show the loser ahead for hours: counties are counted one after the other. One whose source
    says nothing of how much is in is taken as whole. A table that has 12 of a state's 159 counties shows those for good.
    """
    if reading.part_of_units is not None:
        return True
    if not reading.count.startswith("recount"):
        return False
    said = [reading.reporting.units, reading.reporting.precincts] if reading.reporting else []
    said += [unit.reported for unit in (reading.units or {}).values()]
    return any(pair is not None and pair[0] < pair[1] for pair in said)
