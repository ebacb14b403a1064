"""Readings, each one source's figures for one contest at one time, and the parts of a reading.

Names follow NIST SP 1500-100 (Election Results Common Data Format, version 2.0,
https://doi.org/10.6028/NIST.SP.1500-100r2): contest, candidate, reporting unit, results status. Throughout, None means
that the source does not give the value. It never means zero.
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
"""The most votes that are accepted; a larger number is an error in the feed."""

UNDERWAY = timedelta(hours=12)
"""From the start of election day in UTC until 7 a.m. in New York (EST), before which nobody in the country counts."""

_ITSELF = (int, str)
"""Types whose values JSON represents unchanged."""

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
"""Readable messages by pydantic error type (https://docs.pydantic.dev/latest/errors/)."""

_ABOUT_THE_KEY = {"missing", "extra_forbidden", "too_short"}
"""Error types that are about the key, so the value is not shown."""


def _printable(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("should be plain text in one line, without spaces around it")
    return text


def as_tuple(value: object) -> object:
    """Turn a list into a tuple. JSON and TOML have only lists, which strict validation would refuse."""
    return tuple(value) if isinstance(value, list) else value


def _in_order(pair: tuple[int, int]) -> tuple[int, int]:
    if pair[0] > pair[1]:
        raise ValueError(f"{pair[0]} of {pair[1]} is more than all")
    return pair


def _from_text(value: object) -> object:
    """Parse an ISO 8601 time. A number is not accepted as a time, because its unit is unknown."""
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
"""The number of votes by which a figure moved; negative if it fell."""

Pair = Annotated[tuple[Votes, Votes], BeforeValidator(as_tuple), AfterValidator(_in_order)]
"""(reported, of): how many have reported, out of how many."""

Moment = Annotated[AwareDatetime, BeforeValidator(_from_text), AfterValidator(_to_utc)]
"""An aware time, converted to UTC."""

Status = Literal["pre-election", "unofficial-partial", "unofficial-complete", "certified", "correction", "recount"]
"""NIST SP 1500-100 results status of a whole count."""

CountName = Annotated[str, StringConstraints(pattern=r"^(election|(audit|recount)(-[2-9]|-[1-9][0-9])?)$")]
"""Which count of the contest: election, audit, recount, recount-2 … Nothing is compared across counts."""

VoteType = Literal["election-day", "absentee-mail", "early", "provisional", "other"]
"""How the ballots came in; `early` is advance voting in person."""

Fips = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
"""A county's FIPS code: five digits, the state's two first."""


class Frozen(BaseModel):
    """The base class of immutable pydantic models: strict types, no unknown fields, validated once."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


class Record:
    """The base class of frozen dataclasses that feed readers build by the thousand.

    For speed, the constructor does not validate. Validate data from outside with `model_validate`, as for a pydantic
    model. It is strict, and refuses unknown fields.
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, DataclassField[Any]]]
    """Set by `dataclass` in each subclass."""

    @classmethod
    def model_validate(cls, value: object) -> Self:
        """Validate a value from outside, and return it as a record.

        Raises:
            ValidationError: the value is not a valid record.

        """
        one: Self = _adapter(cls).validate_python(value)
        return one

    @classmethod
    def model_validate_json(cls, text: str | bytes) -> Self:
        """Validate JSON from outside, and return it as a record.

        Raises:
            ValidationError: the JSON is not a valid record.

        """
        one: Self = _adapter(cls).validate_json(text)
        return one

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        """Return the JSON Schema of the input that `model_validate_json` accepts."""
        return _adapter(cls).json_schema()

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """Return a copy with some fields changed, without validation."""
        return replace(self, **update)

    def said(self) -> dict[str, Any]:
        """Return the fields that are not None, as values that JSON can represent."""
        return {name: value for name in self.__dataclass_fields__ if (value := _plain(getattr(self, name))) is not None}

    def check(self) -> None:
        """Raise ValueError if fields that are valid by themselves contradict each other."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        # Pydantic's own strict schema of a dataclass accepts only instances, no dict.
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
    """The extent to which a count has reported, as (reported, of) pairs; None if the source does not give them."""

    precincts: Pair | None = None
    units: Pair | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit(Record):
    """A source's figures for one reporting unit, such as a county."""

    fips: Fips | None = None
    """The county's FIPS code, if its name is in the county table."""
    total: Votes | None = None
    """All votes of the unit in the contest."""
    votes: dict[Id, Votes] | None = None
    """The unit's votes by candidate id."""
    reported: Pair | None = None
    """The unit's precincts, (reported, of)."""
    by_type: dict[VoteType, dict[Id, Votes]] | None = None

    def check(self) -> None:
        """Raise a ValueError if the total is less than the sum of the votes."""
        _check_total(self.total, self.votes)

    @property
    def counted(self) -> int | None:
        """All votes of the unit: the total if there is one, or else the sum of the candidates' votes.

        None if there is neither.
        """
        if self.total is not None:
            return self.total
        return sum(self.votes.values()) if self.votes else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSays(Record):
    """What a source says about a contest besides its figures, in the source's own words.

    Texts attribute it to that source. The bot's own statements never depend on it.
    """

    call: Label | None = None
    """The source's call status: "Called", "Uncalled", "Too Close to Call"."""
    winners: Annotated[tuple[Id, ...], BeforeValidator(as_tuple)] | None = None
    """Ids of the candidates that the source marks as winners. None if the source marks nobody, or has removed the
    mark.
    """
    runoff: Annotated[tuple[Id, ...], BeforeValidator(as_tuple)] | None = None
    """Ids of the candidates that the source marks as going to a runoff."""
    tabulation: Label | None = None
    """The state of the source's own tabulation: "Active Tabulation", "Vote Certified"."""
    expected_percent: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$")] | None = None
    """How much of the expected vote is counted, in percent of the source's estimate. Never converted to votes."""
    measure: Literal[True] | None = None
    """True if the source marks the contest as a ballot measure."""
    threshold_percent: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$")] | None = None
    """The share of the vote that a measure needs, in percent, perhaps rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutstandingBallots(Record):
    """Ballots still to be counted according to a source: in total, of one vote type, or in some units."""

    ballots: Votes
    units: Annotated[tuple[Label, ...], BeforeValidator(as_tuple)] = ()
    """Where; empty: in the whole contest."""
    type: VoteType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Record):
    """One source's figures for one contest at one time. Other programs depend on its JSON format.

    The sum of the units may differ from the totals. The bot mentions a difference where it matters, and does not
    correct it.
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
    """The source's estimate of the final number of votes."""
    by_type: dict[VoteType, dict[Id, Votes]] | None = None
    units: dict[Label, Unit] | None = None
    part_of_units: Pair | None = None
    """(units in the source's table, units in the contest), if the table has only some. It then gives no margin."""
    unit_batch: dict[Label, VotesMoved] | None = None
    """New votes by unit according to the source, if it gives no unit totals."""
    outstanding: Annotated[tuple[OutstandingBallots, ...], BeforeValidator(as_tuple)] | None = None
    """The ballots left to count, according to the source."""
    says: SourceSays | None = None
    """The source's statements besides its figures, such as a call."""

    def check(self) -> None:
        """Raise a ValueError if the total is less than the sum of the votes."""
        _check_total(self.total, self.votes)

    @property
    def counted(self) -> int:
        """All votes in the contest: the source's total if there is one, or else the sum of the candidates' votes."""
        return self.total if self.total is not None else sum(self.votes.values())

    @property
    def series(self) -> tuple[str, str, str]:
        """The reading's (source, contest, count). Readings are compared only within one series."""
        return (self.source, self.contest, self.count)

    def to_json(self) -> str:
        """Return the reading as one line of JSON. Fields that are None are omitted."""
        return to_json(self.said()).decode()


def _check_total(total: int | None, votes: Mapping[str, int] | None) -> None:
    if total is not None and votes and total < (cast := sum(votes.values())):
        raise ValueError(f"total {total} is below the sum of the votes, {cast}")


def describe_refusal(error: ValidationError, document: object = None, whole: str | None = "reading") -> str:
    """Return the first validation error as one short line that begins with its place: `votes.biden: …`.

    The line has at most about 600 characters.

    Args:
        error: the error that pydantic raised.
        document: the refused value. If given, list items are named by id: `contests.ga-2020-senate.seats`.
        whole: the name of the whole value, for errors that have no place in it; None for no name.

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
    """Return a pydantic `loc` as a dotted path, with list items named by id: `contests.ga-2020-senate.seats`."""
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
    """A `reprlib.Repr` with short results for error messages. It does not walk through a whole value."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = 60
        self.maxlevel = 2

    def repr_int(self, x: int, level: int) -> str:
        """Return the number in digits, unless it has thousands of digits, which Python refuses to convert."""
        return super().repr_int(x, level) if abs(x) < MOST_VOTES**4 else "a number of over 40 digits"


_SHORT = _Short()


def _shortened(text: str | int, most: int = 60) -> str:
    line = "".join(letter if letter.isprintable() else " " for letter in str(text)[: most + 1])
    return line if len(line) <= most else line[: most - 1] + "…"


def reporting_share(reading: Reading) -> Fraction | None:
    """Return the share of the count that has reported, by precincts, or else by units, or else by expected votes.

    Returns None if the source gives none of these.
    """
    said = reading.reporting
    for pair in (said.precincts, said.units) if said else ():
        if pair and pair[1]:
            return Fraction(*pair)
    if reading.expected_total:
        return min(Fraction(reading.counted, reading.expected_total), Fraction(1))
    return None


def recount_under_way(reading: Reading) -> bool:
    """Return True if a reading covers only a part of the contest: an unfinished recount, or a table of some units.

    An unfinished recount could show the loser ahead for hours, since counties report one after the other. If the
    source does not state how much has been recounted, the recount is taken as complete.
    """
    if reading.part_of_units is not None:
        return True
    if not reading.count.startswith("recount"):
        return False
    said = [reading.reporting.units, reading.reporting.precincts] if reading.reporting else []
    said += [unit.reported for unit in (reading.units or {}).values()]
    return any(pair is not None and pair[0] < pair[1] for pair in said)
