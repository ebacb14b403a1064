"""`tallydesk backup`: a copy of the database, also while the bot runs, that can be restored."""

import sys
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.cli.terminal import DONE, one_line, progress, refuse_to_replace, say
from bot.database.backup import Contents, back_up
from bot.database.database import from_micros
from bot.database.failure import DatabaseError
from bot.desk.settings import load_settings
from bot.wording.numbers import counted


def backup(target: Path, *, force: bool) -> int:
    """Copy the database to `target`, look the copy over, and say what it has; return the exit status.

    Raises:
        BadInputError: `target` is there already and `force` was not said, or can't be a file.
        DatabaseError: there is no database, or no whole copy could be made; there is none then.

    """
    database = load_settings().database
    if not database.exists():
        raise DatabaseError(
            f"{database}: there is no database to copy; TALLYDESK_DATABASE names it, the first run makes it"
        )
    refuse_to_replace(target, force=force)
    with ExitStack() as stack:
        shown = None
        if sys.stderr.isatty():
            columns = (TextColumn("copying"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
            bar = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
            task = bar.add_task("copying", total=None)

            def shown(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

        else:
            stack.enter_context(progress(str(target)))
        contents = back_up(database, target, progress=shown)
    say(one_line(f"{target}: {in_words(contents)}"))
    return DONE


def in_words(contents: Contents) -> str:
    """Return what a file that is whole has: "the copy is whole: 12 readings, 5 posts, made at …"."""
    counts = f"{counted(contents.readings, 'reading')}, {counted(contents.posts, 'post')}"
    if contents.copied_at is None:
        return f"the database is whole: {counts}"
    return f"the copy is whole: {counts}, made at {spelled(contents.copied_at)}"


def spelled(micros: int) -> str:
    """Return a time in microseconds since 1970 as an operator reads it: "2026-09-30 12:04:05 UTC"."""
    return f"{from_micros(micros):%Y-%m-%d %H:%M:%S} UTC"
