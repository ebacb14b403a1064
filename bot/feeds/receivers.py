"""The interfaces through which feeds hand on readings and statements. Rooms above implement them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.count.phase import Phase
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.feeds.pushes_store import PushRow

READINGS_IN_PART = 25
"""How many readings are stored in one transaction. It takes about 100 ms, even if each makes posts in several channels."""


class IntakeCounts(Protocol):
    """How many readings of a delivery were accepted, unchanged, held and ignored."""

    accepted: int
    unchanged: int
    held: int
    ignored: int
    notes: list[str]
    """A line for each reading that was held or ignored, with its contest and why."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a source said in one poll or one push, or a part of it."""

    source: str
    readings: Sequence[Reading] = ()
    refusals: Sequence[str] = ()
    """A line for each part that can't be used."""
    contests: Collection[str] = ()
    """All contests in it by the source's own keys, also those that the desk doesn't cover. They show that it was read."""
    unchanged: Collection[tuple[str, str]] = ()
    """(contest by the source's own key, count) of readings that are unchanged and not repeated in it."""
    remember: Callable[[IntakeCounts], PushRow] | None = None
    """For a push, makes its row in `pushes`, once all its readings are stored."""

    def parts(self) -> Iterator["Delivery"]:
        """Yield the delivery in parts, each small enough for one transaction.

        The refusals are in the first part. The fields that hold for the whole delivery are in the last.
        """
        rest = self
        while len(rest.readings) > READINGS_IN_PART:
            yield Delivery(rest.source, rest.readings[:READINGS_IN_PART], rest.refusals)
            rest = replace(rest, readings=rest.readings[READINGS_IN_PART:], refusals=())
        yield rest


class ReadingReceiver(Protocol):
    """Stores readings."""

    async def accept(self, delivery: Delivery) -> object:
        """Store what a source said, together with the changes and posts that follow from it."""
        ...

    def phases(self, readings: Sequence[Reading]) -> Mapping[str, Phase]:
        """Return the phase of the count that each reading shows, by the desk's id of the contest."""
        ...


class StatementReceiver(Protocol):
    """Stores statements."""

    async def take_in_pushed(self, statement: Statement, remember: Callable[[int], PushRow]) -> None:
        """Store a statement for each server that follows its contest.

        Args:
            statement: the statement.
            remember: makes the push's row in `pushes`, given the number of these servers.

        Raises:
            BadInputError: the statement can't be used.

        """
        ...
