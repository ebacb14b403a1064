"""How many reporting units have certified their results."""

from dataclasses import dataclass
from typing import Literal

CertificationKind = Literal["first", "same", "more", "fewer"]


@dataclass(frozen=True, slots=True)
class CertificationCount:
    """So many units have certified, of so many; `of` None where nobody has said."""

    done: int
    of: int | None

    def __post_init__(self) -> None:
        """Refuse a count that can't be."""
        if self.done < 0 or (self.of is not None and self.done > self.of):
            raise ValueError(f"{self.done} of {self.of} units can't have certified")


def compare_counts(before: CertificationCount | None, now: CertificationCount) -> CertificationKind:
    """Return what a new count says after an earlier one of the same source. A first one is no news yet."""
    if before is None:
        return "first"
    if now.done == before.done:
        return "same"
    return "more" if now.done > before.done else "fewer"
