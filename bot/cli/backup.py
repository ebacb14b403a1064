"""`tallydesk backup` and `tallydesk restore`: copy the database, even while the bot runs, and restore a copy.

At the next start after a restore, the bot asks each newsroom what to do about posts since the copy.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.cli.terminal import DONE, progress, refuse_to_replace, say, terminal_line
from bot.clock import SystemClock
from bot.database.backup import Contents, back_up, examine, restore
from bot.database.database import from_micros, newest_version, refuse_newer
from bot.database.sqlite_errors import DatabaseError
from bot.desk.settings import load_settings
from bot.errors import BadInputError
from bot.wording.numbers import counted


def backup(target: Path, *, force: bool) -> int:
    """Copy the database to `target`, check the copy, and print a summary of the copy. Returns the exit status.

    Raises:
        BadInputError: `target` exists and `force` is False, or `target` can't be a file.
        DatabaseError: there is no database, or the copy failed and was removed.

    """
    database = load_settings().database
    if not database.exists():
        raise DatabaseError(f"{database}: there is no database to copy; set TALLYDESK_DATABASE, or start the bot first")
    refuse_to_replace(target, force=force)
    with ExitStack() as stack:
        report = None
        if sys.stderr.isatty():
            columns = (TextColumn("copying"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
            bar = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
            task = bar.add_task("copying", total=None)

            def report(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

        else:
            stack.enter_context(progress(str(target)))
        contents = back_up(database, target, progress=report)
    say(terminal_line(f"{target}: {contents_line(contents)}"))
    return DONE


def contents_line(contents: Contents) -> str:
    """Return a line that summarizes a checked file: "the copy is whole: 12 readings, 5 posts, made at …"."""
    counts = f"{counted(contents.readings, 'reading')}, {counted(contents.posts, 'post')}"
    if contents.copied_at is None:
        return f"the database is whole: {counts}"
    return f"the copy is whole: {counts}, made at {utc_label(contents.copied_at)}"


def utc_label(micros: int) -> str:
    """Format a time in microseconds since 1970: "2026-09-30 12:04:05 UTC"."""
    return f"{from_micros(micros):%Y-%m-%d %H:%M:%S} UTC"


def restore_copy(file: Path) -> int:
    """Replace the database with a copy, and print the old database's new path. Returns the exit status.

    Raises:
        BadInputError: the file is not a copy.
        DatabaseError: the copy is damaged or of a newer version, or the database is in use or can't be written.

    """
    database = load_settings().database
    if not file.is_file():
        raise BadInputError(f"{file}: there is no such file; name a copy that `tallydesk backup` or the bot made")
    if file.suffix == ".toml":
        raise BadInputError(
            f"{file}: is a desk file, and no copy of the database; `tallydesk reload` reads a changed one"
        )
    with progress(str(file)):
        contents = examine(file)
        refuse_newer(file, contents.version, newest_version())
        aside = restore(file, database, SystemClock().now())
    say(terminal_line(f"{database}: {contents_line(contents)}"))
    if aside is not None:
        say(terminal_line(f"{aside}: the old database; it is deleted after 90 days"))
    say("Start the bot: each newsroom is paused, and its desk asked whether to post what changed since the copy.")
    return DONE
