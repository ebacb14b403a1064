"""Notes when a desk file was last rehearsed to the end, in a small file next to it. The running bot reads the note.

The note is not in the database, because a rehearsal and the bot share only the desk file: somebody may rehearse as
another user, without the bot's settings, or on another machine.
"""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from bot.files import write_whole

_HEAD = (
    "# Made by `tallydesk rehearse`: when the desk file beside this was played to its end, and with which contests. The list",
    "# for the night in /desk setup goes by it. Without this file that item is open again, and nothing else is lost.",
)


def note_rehearsed(desk_file: Path, contests: Collection[str], now: datetime) -> None:
    """Record that a desk file was rehearsed to the end with these contests, given by id.

    Raises:
        OSError: the note can't be written.

    """
    write_whole(_note(desk_file), "\n".join([*_HEAD, now.isoformat(), *contests, ""]))


def rehearsed_at(desk_file: Path, contests: Collection[str]) -> datetime | None:
    """Return when a desk file was rehearsed with all of these contests; None if its note does not include them."""
    try:
        lines = _note(desk_file).read_text(encoding="utf-8").splitlines()
        text, *played = [line for line in lines if not line.startswith("#")]
        moment = datetime.fromisoformat(text)
    except (OSError, ValueError):
        return None
    return moment if moment.tzinfo and set(contests) <= set(played) else None


def _note(desk_file: Path) -> Path:
    return desk_file.with_name(f"{desk_file.name}.rehearsed")
