"""The differences between two versions of a desk file."""

from collections.abc import Sequence
from datetime import timedelta

from yarl import URL

from bot.desk.desk_file import Calendar, Candidate, Config, Contest, Desk, Source

_Row = Contest | Source | Calendar | Candidate

_MOST_SHOWN = 80

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def desk_change(before: Desk, after: Desk) -> list[str]:
    """Return a line for each difference between the desk files `before` and `after`.

    Differences are contests, sources and calendars that were added, removed, reordered or changed, and changed desk
    settings.
    """
    lines = [f"desk: {line}" for line in _fields(before.desk, after.desk)]
    lines += _rows("contest", before.contests, after.contests)
    lines += _rows("source", before.sources, after.sources)
    return lines + _rows("calendar", before.calendars, after.calendars)


def _rows(what: str, before: Sequence[_Row], after: Sequence[_Row]) -> list[str]:
    old, new = {one.id: one for one in before}, {one.id: one for one in after}
    lines = [f"{what} {key}: new" for key in new.keys() - old.keys()]
    lines += [f"{what} {key}: gone" for key in old.keys() - new.keys()]
    lines += [f"{what} {key}: {line}" for key in old.keys() & new.keys() for line in _fields(old[key], new[key])]
    moved = [key for key in old if key in new] != [key for key in new if key in old]
    return sorted(lines) + ([f"{what}s: in another order"] if moved else [])


def _fields(before: Config, after: Config) -> list[str]:
    lines = []
    for name in type(before).model_fields:
        was, now = getattr(before, name), getattr(after, name)
        if was == now:
            continue
        if name == "url":
            lines.append(_addresses(was, now))
        elif isinstance(before, Contest) and isinstance(after, Contest) and name == "candidates":
            lines += _rows("candidate", before.candidates, after.candidates)
        elif isinstance(was, list | tuple | dict) and len(was) == len(now):
            lines.append(f"{name} changed")
        else:
            lines.append(f"{name} {_value_text(was)} → {_value_text(now)}")
    return lines


def _addresses(was: str | None, now: str | None) -> str:
    """Describe a changed address by its hosts only, since the rest may contain a key."""
    if was is None or now is None:
        return f"url {_host(was)} → {_host(now)}"
    return f"another url, {_host(now)}"


def _host(url: str | None) -> str:
    return "left out" if url is None else f"of {URL(url).host}"


def _value_text(value: object) -> str:
    """Return a value as the desk file writes it. Of a list or table, only the length is shown."""
    match value:
        case None:
            return "left out"
        case bool():
            return str(value).lower()
        case timedelta():
            seconds = int(value.total_seconds())
            size, letter = next((size, letter) for size, letter in _UNITS if seconds % size == 0)
            return f"{seconds // size}{letter}"
        case list() | tuple() | dict():
            return "1 entry" if len(value) == 1 else f"{len(value)} entries"
        case _:
            return str(value)[:_MOST_SHOWN]
