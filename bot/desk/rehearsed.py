"""When a desk file was last rehearsed to its end: noted in a small file beside it, where the running bot finds it.

It is not in the database, since only the desk file is common to a rehearsal and the bot: somebody may rehearse as another
user, without the bot's settings, or at another machine.
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
    """Note that a desk file was rehearsed with these contests.

    Raises:
        OSError: the file beside it can't be written.

    """
    write_whole(_note(desk_file), "\n".join([*_HEAD, now.isoformat(), *contests, ""]))


def rehearsed_at(desk_file: Path, contests: Collection[str]) -> datetime | None:
    """Return when a desk file was rehearsed with all of these contests; None: never, or elsewhere."""
    try:
        lines = _note(desk_file).read_text(encoding="utf-8").splitlines()
        text, *played = [line for line in lines if not line.startswith("#")]
        moment = datetime.fromisoformat(text)
    except (OSError, ValueError):
        return None
    return moment if moment.tzinfo and set(contests) <= set(played) else None


def _note(desk_file: Path) -> Path:
    return desk_file.with_name(f"{desk_file.name}.rehearsed")
