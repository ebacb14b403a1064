"""Who enters something, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asker:
    """Who enters something, and where."""

    server: int
    user: int
    """Discord's id."""
    name: str
    """As the audit names them."""
