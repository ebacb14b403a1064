"""The measured figures, and how they are printed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure and its target. With `target` None, the figure is only printed."""

    name: str
    value: float
    unit: str
    target: float | None = None

    @property
    def over(self) -> bool:
        return self.target is not None and self.value > self.target

    def __str__(self) -> str:
        verdict = "" if self.target is None else f" target={self.target:g} {'over' if self.over else 'ok'}"
        return f"bench {self.name} {self.value:.3f} {self.unit}{verdict}"


def sized(count: int, size: float, least: int = 1) -> int:
    """Scale a count by the size of a benchmark. Size 1.0 is the full benchmark, for which the targets are meant."""
    return max(least, round(count * size))


def percentile(values: list[float], share: float) -> float:
    """Return the smallest value that is at least as large as `share` of all values."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
