"""The interfaces to which feeds pass readings and statements. Other packages implement them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.count.phase import Phase
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.feeds.pushes_store import PushRow

READINGS_IN_PART = 25
"""The most readings that are stored in one transaction. It takes about 100 ms, even if each reading causes posts in
several channels.
"""


class IntakeCounts(Protocol):
    """The numbers of readings in a delivery that were accepted, unchanged, put on hold and ignored."""

    accepted: int
    unchanged: int
    held: int
    ignored: int
    notes: list[str]
    """A line for each reading that was held or ignored, with the contest and the reason."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The contents of one poll or one push of a source, or a part of them."""

    source: str
    readings: Sequence[Reading] = ()
    refusals: Sequence[str] = ()
    """A line for each part of the answer that can't be used."""
    contests: Collection[str] = ()
    """All contests in the delivery by the source's keys, including those that are not in the desk file. They show
    that it was read.
    """
    unchanged: Collection[tuple[str, str]] = ()
    """(the source's key of the contest, count) of readings that are unchanged and not repeated in the delivery."""
    remember: Callable[[IntakeCounts], PushRow] | None = None
    """For a push, returns the row for `pushes` once all readings are stored."""

    def parts(self) -> Iterator["Delivery"]:
        """Yield the delivery in parts, each small enough for one transaction.

        The refusals are in the first part. Fields that apply to the whole delivery are in the last part.
        """
        rest = self
        while len(rest.readings) > READINGS_IN_PART:
            yield Delivery(rest.source, rest.readings[:READINGS_IN_PART], rest.refusals)
            rest = replace(rest, readings=rest.readings[READINGS_IN_PART:], refusals=())
        yield rest


class ReadingReceiver(Protocol):
    """The interface for storing readings. The intake implements it."""

    async def accept(self, delivery: Delivery) -> object:
        """Store a delivery, together with the changes and posts that follow from its readings."""
        ...

    def phases(self, readings: Sequence[Reading]) -> Mapping[str, Phase]:
        """Return the phase of the count for each reading, by the desk file's id of the contest."""
        ...


class StatementReceiver(Protocol):
    """The interface for storing statements."""

    async def take_in_pushed(self, statement: Statement, remember: Callable[[int], PushRow]) -> None:
        """Store a statement for each server that follows its contest.

        Args:
            statement: the statement.
            remember: returns the push's row for `pushes`, given the number of these servers.

        Raises:
            BadInputError: the statement can't be used.

        """
        ...
