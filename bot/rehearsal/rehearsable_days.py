"""The days that can be rehearsed, by name: the recorded ones, the drill, and a file of one's own."""

from pathlib import Path

from bot.desk.desk_file import Desk, load_desk
from bot.errors import BadInputError
from bot.rehearsal.day import Day, load_day, recorded_days
from bot.rehearsal.drill.drill import drill

DRILL = "drill"

FIRST_SEED = 1
"""The drill that is played when nobody names a seed."""


def day_names() -> list[str]:
    """Return the names of the days that can be played without a file of one's own."""
    return [*recorded_days(), DRILL]


def day_titles(seed: int | None = None) -> list[tuple[str, str]]:
    """Return each of those days as (name, what it is), for a list to choose from; `seed`: which drill."""
    return [(name, open_day(name, seed if name == DRILL else None)[0].title) for name in day_names()]


def open_day(name: str, seed: int | None = None) -> tuple[Day, Desk]:
    """Return the day of that name, or in the file of that path, with its desk file.

    Args:
        name: one of `day_names`, or the path of a recorded day's file.
        seed: which drill; only the drill has one.

    Raises:
        BadInputError: there is no such day, it says something that can't be, or it has no seed.

    """
    if name == DRILL:
        told = drill(FIRST_SEED if seed is None else seed)
        return told.day, told.desk
    if seed is not None:
        raise BadInputError(f"--seed goes with --day {DRILL}: {name} is recorded and always the same")
    if name not in recorded_days() and not Path(name).is_file():
        names = ", ".join(day_names())
        raise BadInputError(f"{name}: no such day; there are {names}, or a file's path")
    day, desk_path = load_day(name)
    return day, load_desk(desk_path)
