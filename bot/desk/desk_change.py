"""What is another in a desk file than in the one before (pure)."""

from collections.abc import Sequence
from datetime import timedelta

from yarl import URL

from bot.desk.desk_file import Calendar, Config, Contest, Desk, Source

_MOST_SHOWN = 80
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def desk_change(before: Desk, after: Desk) -> list[str]:
    """Return a line for each contest, source and calendar that came, went or changed, and for the desk's own settings."""
    lines = [f"desk: {line}" for line in _fields(before.desk, after.desk)]
    lines += _rows("contest", before.contests, after.contests)
    lines += _rows("source", before.sources, after.sources)
    return lines + _rows("calendar", before.calendars, after.calendars)


def _rows(
    what: str, before: Sequence[Contest | Source | Calendar], after: Sequence[Contest | Source | Calendar]
) -> list[str]:
    old, new = {one.id: one for one in before}, {one.id: one for one in after}
    lines = [f"{what} {key}: new" for key in new.keys() - old.keys()]
    lines += [f"{what} {key}: gone" for key in old.keys() - new.keys()]
    lines += [f"{what} {key}: {line}" for key in old.keys() & new.keys() for line in _fields(old[key], new[key])]
    return sorted(lines)


def _fields(before: Config, after: Config) -> list[str]:
    lines = []
    for name in type(before).model_fields:
        was, now = getattr(before, name), getattr(after, name)
        if was != now and name == "url":
            lines.append(f"another url, of {URL(now or was or '').host}")  # what stands behind the host may be a key
        elif was != now:
            lines.append(f"{name} {_shown(was)} → {_shown(now)}")
    return lines


def _shown(value: object) -> str:
    """Return a value as the file would have it."""
    match value:
        case None:
            return "left out"
        case bool():
            return str(value).lower()
        case timedelta():
            seconds = int(value.total_seconds())
            size, letter = next((size, letter) for size, letter in _UNITS if seconds % size == 0)
            return f"{seconds // size}{letter}"
        case tuple() | dict():
            return f"{len(value)} entries"
        case _:
            return str(value)[:_MOST_SHOWN]
