"""Compares names of reporting units."""

from rapidfuzz import utils

from bot.desk.counties import county
from bot.desk.desk_file import Contest


def same_unit(contest: Contest, one: str, other: str) -> bool:
    """Return True if two names, perhaps spelled differently, mean the same reporting unit of a contest."""
    if one == other:
        return True
    if contest.state and contest.unit in ("county", "parish", "borough"):
        found = county(contest.state, one)
        return found is not None and found == county(contest.state, other)
    return utils.default_process(one) == utils.default_process(other)
