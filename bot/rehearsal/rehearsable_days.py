"""The days that can be rehearsed: recorded days, the drill, and days in files of the operator."""

from pathlib import Path

from bot.desk.desk_file import Desk, load_desk
from bot.errors import BadInputError
from bot.rehearsal.day import Day, load_day, recorded_days
from bot.rehearsal.drill.drill import drill

DRILL = "drill"

FIRST_SEED = 1
"""The drill's default seed."""


def day_names() -> list[str]:
    """Return the names of the recorded days that come with Tallydesk, and of the drill."""
    return [*recorded_days(), DRILL]


def day_titles(seed: int | None = None) -> list[tuple[str, str]]:
    """Return the name and title of each day in `day_names`. `seed` selects the drill."""
    return [(name, open_day(name, seed if name == DRILL else None)[0].title) for name in day_names()]


def open_day(name: str, seed: int | None = None) -> tuple[Day, Desk]:
    """Return a day with its desk file, by name or by the path of its file.

    Args:
        name: one of `day_names`, or the path of a recorded day's file.
        seed: selects the drill; other days have no seeds.

    Raises:
        BadInputError: there is no such day, it is invalid, or it has no seeds.

    """
    if name == DRILL:
        drawn = drill(FIRST_SEED if seed is None else seed)
        return drawn.day, drawn.desk
    if seed is not None:
        raise BadInputError(f"--seed goes with --day {DRILL}: {name} is recorded and always the same")
    if name not in recorded_days() and not Path(name).is_file():
        names = ", ".join(day_names())
        raise BadInputError(f"{name}: no such day; there are {names}, or a file's path")
    day, desk_path = load_day(name)
    return day, load_desk(desk_path)
