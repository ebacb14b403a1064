"""Who takes in what feeds say: the rooms above, of which feeds know only this."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.count.phase import Phase
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.feeds.pushes_store import RememberedPush

READINGS_IN_PART = 25
"""Readings that are stored in one transaction: even where each is a post in several channels, it takes some 100 ms."""


class TakenIn(Protocol):
    """What became of the readings of a delivery."""

    accepted: int
    unchanged: int
    held: int
    ignored: int
    notes: list[str]
    """Why readings were held or ignored, each with its contest."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a source said by one poll or one push, or a part of that."""

    source: str
    readings: Sequence[Reading] = ()
    refusals: Sequence[str] = ()
    """Why parts of it can't be used."""
    contests: Collection[str] = ()
    """All contests in it, by the source's own keys, also those that are not taken: the proof that it was read."""
    standing: Collection[tuple[str, str]] = ()
    """(contest by the source's own key, count) of what the source has not changed, and did not say again."""
    remember: Callable[[TakenIn], RememberedPush] | None = None
    """Makes the row that remembers a push, of what became of all its readings."""

    def parts(self) -> Iterator["Delivery"]:
        """Yield it in parts, each small enough for one transaction.

        The first has the refusals; the last has what is true once all of it was read.
        """
        rest = self
        while len(rest.readings) > READINGS_IN_PART:
            yield Delivery(rest.source, rest.readings[:READINGS_IN_PART], rest.refusals)
            rest = replace(rest, readings=rest.readings[READINGS_IN_PART:], refusals=())
        yield rest


class ReadingReceiver(Protocol):
    """Takes in readings."""

    async def accept(self, delivery: Delivery) -> object:
        """Store what a source said, and all that follows from it."""
        ...

    def phases(self, readings: Sequence[Reading]) -> Mapping[str, Phase]:
        """Return which phase of its count each contest is in, by the desk's id of the contest."""
        ...


class StatementReceiver(Protocol):
    """Takes in statements."""

    async def take_in_pushed(self, statement: Statement, remember: Callable[[int], RememberedPush]) -> None:
        """Take in a statement for each server that follows its contest.

        `remember`: makes the row that remembers the push, of how many those are.

        Raises:
            BadInputError: it can't be taken in.

        """
        ...
