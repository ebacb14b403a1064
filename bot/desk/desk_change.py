"""What is another in a desk file than in the one before (pure)."""

from collections.abc import Sequence

from bot.desk.desk_file import Calendar, Config, Contest, Desk, Source

_MOST_SHOWN = 80


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
        if was != now:
            lines.append(f"{name} {_shown(was)} → {_shown(now)}")
    return lines


def _shown(value: object) -> str:
    if isinstance(value, list | dict):
        return f"{len(value)} entries"
    return str(value)[:_MOST_SHOWN]
