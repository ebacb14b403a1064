"""A measured figure, and how it is printed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, beside its target; `target` None: only told."""

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
    """Return how many of `count` a benchmark of this size does: 1.0 is all, and what its targets are for."""
    return max(least, round(count * size))


def percentile(values: list[float], share: float) -> float:
    """Return the value that `share` of all values do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
