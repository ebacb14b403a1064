"""What came in with a change: how many votes, from where, for whom."""

from collections.abc import Mapping

from bot.wording.names import listed, unit_list
from bot.wording.numbers import commas, counted, more_votes
from bot.wording.telling import Movement, Telling

_MOST_NAMED = 3


def cause(telling: Telling, movement: Movement, word: str) -> str:
    """Return what moved the count, to follow a statement of the lead: " after Floyd County reported 74 more votes".

    Args:
        telling: the contest.
        movement: the change; its votes may not have gone down.
        word: "after" or "before".

    """
    new = movement.change.new_votes
    if new is None:
        return ""
    if new <= 0:
        return f" {word} a change within an unchanged total"
    if _gains(movement.change.batch) > new:  # the source's total lags behind its candidates
        return f" {word} an update{_over(movement.steps)}"
    return f" {word} {_what_came(telling, movement, new)}{_over(movement.steps)}"


def _gains(batch: Mapping[str, int | None] | None) -> int:
    return sum(votes for votes in (batch or {}).values() if votes and votes > 0)


def for_whom(telling: Telling, batch: Mapping[str, int | None] | None) -> str:
    """Return the new votes by candidate, most first: " (Trump 61, Biden 13)"; nothing where none are known."""
    gains = [(votes, key) for key, votes in (batch or {}).items() if votes]
    gains.sort(key=lambda gain: (-gain[0], gain[1]))
    if not gains:
        return ""
    parts = [f"{telling.who(key)} {commas(votes)}" for votes, key in gains[:_MOST_NAMED]]
    if rest := sum(votes for votes, _ in gains[_MOST_NAMED:]):
        parts.append(f"others {commas(rest)}")
    return f" ({', '.join(parts)})"


def since(telling: Telling, movement: Movement, word: str = "since") -> str:
    """Return from when on a net of several changes is told: " since 9:46 a.m."; nothing for a single change."""
    if movement.steps < 2 or movement.before is None:  # noqa: PLR2004 - a net has two changes or more
        return ""
    return f" {word} {telling.when(movement.before.as_of)}"


def voters_for(telling: Telling, votes: Mapping[str, int]) -> str:
    """Return the names of those who have the most votes: "Biden and Trump"."""
    most = max(votes.values())
    tied = sorted(key for key, number in votes.items() if number == most)
    rest = len(tied) - _MOST_NAMED
    return listed([telling.who(key) for key in tied[:_MOST_NAMED]], counted(rest, "other") if rest > 0 else "")


def by_size(units: Mapping[str, int]) -> list[str]:
    """Return the units in order of how far they moved, most first."""
    return sorted(units, key=lambda unit: (-abs(units[unit]), unit))


def _what_came(telling: Telling, movement: Movement, new: int) -> str:
    """Return a clause that can follow "after" and "before"."""
    units = movement.change.units or {}
    explained = sum(units.values())
    if not units or explained > new or any(votes < 0 for votes in units.values()):
        return f"{more_votes(new)} {'was' if new == 1 else 'were'} counted"
    names = unit_list(telling.contest, by_size(units), _MOST_NAMED)
    if explained == new:
        return f"{names} reported {more_votes(new)}"
    return f"{more_votes(new)}, {commas(explained)} of them from {names}"


def _over(steps: int) -> str:
    return f" over {counted(steps, 'update')}" if steps > 1 else ""
