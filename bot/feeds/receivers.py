"""Who takes in what feeds say: the rooms above, of which feeds know only this."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from bot.count.phase import Phase
from bot.count.reading import Reading
from bot.count.statement import Statement


class TakenIn(Protocol):
    """What became of a batch of readings."""

    accepted: int
    unchanged: int
    held: int
    ignored: int
    notes: list[str]
    """Why readings were held or ignored, each with its contest."""


class ReadingReceiver(Protocol):
    """Takes in readings."""

    async def take_in(
        self, readings: Sequence[Reading], keep: Callable[[TakenIn], tuple[object, ...]] | None = None
    ) -> object:
        """Take in readings in the order given, all of them or, on an error, none.

        `keep`: of a push, makes the row of `pushes` that remembers it; stored with the readings.
        """
        ...

    async def unchanged(self, source: str, covered: Collection[tuple[str, str]]) -> None:
        """Take in that a source was asked and has nothing new of `covered`: (contest by its own key, count)."""
        ...

    async def read(self, source: str, readings: Sequence[Reading]) -> None:
        """Take in that an answer of a source was read, also one of before election day."""
        ...

    async def refused(self, source: str, reasons: Collection[str]) -> None:
        """Keep why parts of a source's answer were refused."""
        ...

    def phases(self, readings: Sequence[Reading]) -> Mapping[str, Phase]:
        """Return which phase of its count each contest is in, by the desk's id of the contest."""
        ...


class StatementReceiver(Protocol):
    """Takes in statements."""

    async def take_in_pushed(self, statement: Statement, keep: Callable[[int], tuple[object, ...]]) -> None:
        """Take in a statement for each server that follows its contest.

        `keep`: makes the row of `pushes` that remembers it, of how many those are.

        Raises:
            BadInputError: it can't be taken in.

        """
        ...
