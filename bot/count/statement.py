"""Statements: single figures about a count, according to somebody, without a whole reading."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, model_validator

from bot.count.call import Call
from bot.count.certification import ResultsCertified, UnitsCertified
from bot.count.reading import CountName, Frozen, Id, Label, Moment, Pair, Reading, Votes, VotesMoved, VoteType, as_tuple
from bot.count.reported_batch import ReportedBatch

Figure = Literal["margin", "margin_change", "total", "certified", "outstanding", "batch", "last_updated"]
"""The figures that a statement can have."""

_APART = (
    ("certified", "units_certified"),
    ("call",),
    ("leader", "margin", "margin_change", "total", "no_change", "results_certified"),
    ("batch",),
    ("outstanding",),
    ("last_updated",),
)
"""Groups of fields that are posted and retracted together, in the order of the posts."""


class Outstanding(Frozen):
    """Ballots still to be counted, according to somebody."""

    ballots: Votes
    units: Annotated[tuple[Label, ...], BeforeValidator(as_tuple)] = ()
    """Where; empty: in the whole contest."""
    type: VoteType | None = None


class StatementFigures(Frozen):
    """The figures of a statement. None for a figure that it does not give."""

    leader: Id | None = None
    """The candidate who leads by `margin`, or whose lead moved by `margin_change`."""
    margin: Votes | None = None
    """The leader's votes less the runner-up's."""
    margin_change: VotesMoved | None = None
    """How the leader's margin moved; negative: it shrank."""
    total: Votes | None = None
    """All votes in the tally."""
    certified: Pair | None = None
    """Units that have certified, (done, of)."""
    outstanding: Outstanding | None = None
    batch: ReportedBatch | None = None
    """Votes that came in together."""
    last_updated: Moment | None = None
    """When the source's own figures last changed, as somebody noticed."""
    units_certified: UnitsCertified | None = None
    results_certified: ResultsCertified | None = None
    call: Call | None = None
    """The source's call, in its own words."""
    no_change: bool = False
    """True if the source stated explicitly that nothing has changed."""
    approximate: Annotated[tuple[Figure, ...], BeforeValidator(as_tuple)] = ()
    """The figures that were given as approximate: "about", "nearly", "just over"."""


class Statement(StatementFigures):
    """A source's own statement about a contest, with nothing inferred.

    A statement's figure is compared only with figures of the same kind. The bot computes no batch from two margins,
    since they don't show how many votes came in, and no margin from a batch.
    """

    source: Id
    """The id of the source, which the desk file lists: official, independent or a person."""
    contest: Id
    count: CountName = "election"
    as_of: Moment
    words: Label | None = None
    link: Label | None = None
    entered_by: Label | None = None
    confirmed_by: Label | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        said = {figure for figure in get_args(Figure) if getattr(self, figure) is not None}
        words = (self.units_certified, self.results_certified, self.call)
        if not said and not self.no_change and not any(words):
            raise ValueError("a statement says at least one figure")
        if self.certified is not None and self.units_certified is not None:
            raise ValueError("a count and counties by name are two statements")
        if self.units_certified is not None and not self.units_certified.units:
            raise ValueError("no county is named")
        if {"margin", "margin_change"} & said and self.leader is None:
            raise ValueError("a margin needs the candidate who leads")
        if self.no_change and self.margin_change:
            raise ValueError(f"no change, and a margin change of {self.margin_change}, can't both be")
        if unsaid := set(self.approximate) - said:
            raise ValueError(f"{', '.join(sorted(unsaid))}: approximate, but not said")
        return self

    def apart(self) -> list[Self]:
        """Split the statement into parts that are posted and retracted separately, in the order of their posts."""
        parts = [{name: getattr(self, name) for name in names} for names in _APART]
        unsaid = StatementFigures().model_dump()
        return [
            self.model_copy(
                update=unsaid | part | {"approximate": tuple(one for one in self.approximate if one in part)}
            )
            for part in parts
            if any(part[name] != unsaid[name] for name in part if name != "leader")
        ]

    @property
    def figures(self) -> dict[tuple[str, tuple[str, ...]], tuple[Any, ...]]:
        """The statement's figures: (field, units) maps to (value, leader, approximate).

        The leader is None except for margins.
        """
        names = StatementFigures.model_fields.keys() - {"leader", "approximate"}
        said = {name: value for name in names if (value := getattr(self, name)) is not None and value is not False}
        return {
            (name, getattr(value, "units", ())): (
                value,
                self.leader if name in ("margin", "margin_change") else None,
                name in self.approximate,
            )
            for name, value in said.items()
        }

    def exact(self, figure: Figure) -> bool:
        """Return True if the statement gives `figure` as an exact number."""
        return getattr(self, figure) is not None and figure not in self.approximate


def ballots_left_by_feed(reading: Reading) -> list[Statement]:
    """Return a reading's outstanding ballots as statements."""
    return [
        Statement(
            source=reading.source,
            contest=reading.contest,
            count=reading.count,
            as_of=reading.as_of,
            outstanding=Outstanding(ballots=left.ballots, units=left.units, type=left.type),
        )
        for left in reading.outstanding or ()
    ]


def changed_between(statements: Sequence[Statement]) -> tuple[datetime, datetime] | None:
    """Return the two times between which the figures of a source last changed. None if they did not change.

    The first is the time of the source's last statement with the old figures, the second that of its first statement
    with the new ones. Approximate figures are not compared. If two statements have the same time, the later one
    corrects the earlier one, which is not a change.

    Args:
        statements: the source's statements about one count, newest first.
    """
    oldest_first = statements[::-1]
    totals = {one.as_of: one.total for one in oldest_first if one.exact("total")}
    margins = {one.as_of: (one.leader, one.margin) for one in oldest_first if one.exact("margin")}
    moved = [
        (older, newer)
        for told in (totals, margins)
        for (older, before), (newer, now) in pairwise(told.items())
        if now != before
    ]
    return max(moved, default=None, key=lambda one: one[1])
