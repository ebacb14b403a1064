"""When a desk file was last rehearsed to its end: a small file beside it says so, so that a running bot knows."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bot.files import write_whole


def note_rehearsed(desk_file: Path, now: datetime) -> None:
    """Note that a desk file was rehearsed; where nothing may be written beside it, nothing is."""
    with suppress(OSError):
        write_whole(_note(desk_file), f"{now.isoformat()}\n")


def rehearsed_at(desk_file: Path) -> datetime | None:
    """Return when that was; None: never, or not here."""
    try:
        moment = datetime.fromisoformat(_note(desk_file).read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
    return moment if moment.tzinfo else None


def _note(desk_file: Path) -> Path:
    return desk_file.with_name(f"{desk_file.name}.rehearsed")
