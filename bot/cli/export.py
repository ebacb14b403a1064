"""`tallydesk export`: writes a contest's whole history as CSV or JSON, even while the bot runs."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

from bot.answers.export import FileFormat, history_lines
from bot.answers.export_store import HistoryStore
from bot.app import post_kinds
from bot.cli.terminal import DONE, OutputClosedError, progress, refuse_to_replace
from bot.database.database import Database
from bot.desk.desk_file import Contest, load_desk
from bot.desk.settings import load_settings
from bot.errors import BadInputError, TallydeskError
from bot.files import WholeFile
from bot.outbox.kinds import Kinds
from bot.wording.context import Setting


def export(contest: str, kind: str, output: Path | None, *, force: bool = False) -> int:
    """Write the history of a contest to `output`, or to standard output if None. Returns the exit status.

    Raises:
        BadInputError: there is no such format or contest, `output` exists and `force` is False, or `output`
            can't be written.
        DatabaseError: there is no database, or it can't be read.

    """
    if kind not in ("csv", "json"):
        raise BadInputError(f"--format {kind}: there are csv and json")
    if output is not None:
        refuse_to_replace(output, force=force)
    settings = load_settings()
    desk = load_desk(settings.desk)
    asked = desk.contest(contest)
    if asked is None:
        known = ", ".join(one.id for one in desk.contests[:10])
        raise BadInputError(f"{contest}: the desk file has no such contest; it has {known}")
    if not settings.database.exists():
        raise TallydeskError(
            f"{settings.database}: there is no database yet; set TALLYDESK_DATABASE, or start the bot first"
        )
    with progress(contest):
        history = _export(
            settings.database, post_kinds(Setting(desk)), asked, "csv" if kind == "csv" else "json", output
        )
        asyncio.run(history)
    return DONE


async def _export(path: Path, kinds: Kinds, contest: Contest, kind: FileFormat, output: Path | None) -> None:
    database = await Database.open(path, read_only=True)
    try:
        lines = history_lines(contest, kind, HistoryStore(database, kinds).events(contest.id))
        await (_to_terminal(lines) if output is None else _to_file(lines, output))
    finally:
        await database.close()


async def _to_terminal(lines: AsyncIterator[str]) -> None:
    try:
        async for line in lines:
            sys.stdout.write(line)
        sys.stdout.flush()
    except BrokenPipeError:
        raise OutputClosedError from None


async def _to_file(lines: AsyncIterator[str], output: Path) -> None:
    """Write the lines to the file. If that fails, an existing file is unchanged."""
    try:
        with closing(WholeFile(output)) as file:
            async for line in lines:
                file.stream.write(line)
            file.put()
    except OSError as error:
        raise BadInputError(f"{output}: can't be written ({error.strerror})") from None
