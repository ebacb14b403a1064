"""The result of a fault run, and the line printed for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.faults.compare import Tally


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a fault run."""

    name: str
    tally: Tally
    seed: int
    figures: Mapping[str, int]
    """More figures to print: name → number."""
    details: list[str] = field(default_factory=list)
    """A description of each problem, with its place."""

    @property
    def clean(self) -> bool:
        return self.tally.clean

    def __str__(self) -> str:
        tally = self.tally
        counts = f"{tally} seed={self.seed}"
        figures = {"told": tally.told, **self.figures}
        return f"faults {self.name} {counts} " + " ".join(f"{name}={figure}" for name, figure in figures.items())
