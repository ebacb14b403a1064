"""`tallydesk changes`: reads feed files and prints the change from each reading to the next, as JSON lines.

It does not judge readings: no change is held, merged or ignored.
"""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.cli.feed_file import STANDARD_INPUT, file_label, items_of, layout_of, most_complaints
from bot.cli.terminal import BAD_INPUT, DONE, Complaints, complain, say
from bot.clock import Clock, SystemClock
from bot.count.change import CandidateVanishedError, Change, compare, leader_after
from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds.clarity.settings import CountyUpload
from bot.feeds.formats import refuse_without_readings
from bot.feeds.reader import ReaderContext, Refusal


class Follower:
    """The last good reading of each series, and who led in it. A series' next reading is compared with its last."""

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str, str], tuple[Reading, str | None]] = {}

    def follow(self, reading: Reading) -> Change | None:
        """Return the change that `reading` made since the last good reading of its series, or None if it made none.

        Raises:
            CandidateVanishedError: a candidate is missing. The next reading is compared with the last good reading.
        """
        before, led_before = self._latest.get(reading.series, (None, None))
        change = compare(before, reading, led_before)
        self._latest[reading.series] = (reading, leader_after(change, led_before) if change else led_before)
        return change


def changes(
    files: Sequence[str],
    format_name: str,
    clock: Clock | None = None,
    *,
    desk: Path | None = None,
    source: str | None = None,
    preset: str | None = None,
) -> int:
    """Print the changes in all `files`, in the order given. Returns the exit status: 2 after any refusal.

    A file that can't be read is reported on standard error and skipped.

    Args:
        files: paths, or `-` for standard input.
        format_name: the files' format.
        clock: the clock; None for the system's.
        desk: the desk file with the columns of the sheet. The whole file is checked.
        source: the id of the source in the desk file.
        preset: the office whose layout the sheet has.

    Raises:
        BadInputError: there is no such format, or standard input is given twice.

    """
    try:
        refuse_without_readings(format_name)
    except BadInputError as error:
        raise BadInputError(f"{file_label(files[0])}: {error}") from None
    if files.count(STANDARD_INPUT) > 1:
        raise BadInputError("standard input: can be read once, and - is there twice")
    sheet = layout_of(format_name, desk, source, preset)
    clock, follower = clock or SystemClock(), Follower()
    accepted = [
        _print_changes(
            format_name, ReaderContext(file_label(file), clock.now(), source=source, sheet=sheet), file, follower
        )
        for file in files
    ]
    return DONE if all(accepted) else BAD_INPUT


def _print_changes(format_name: str, context: ReaderContext, file: str, follower: Follower) -> bool:
    """Print the changes in a file. Returns True if everything in the file could be used."""
    with closing(Complaints(context.name, most_complaints(format_name))) as complaints:
        try:
            for item in items_of(file, format_name, context):
                if why := _print_change(item, context.name, follower):
                    complaints.add(why, item.times if isinstance(item, Refusal) else 1)
        except BadInputError as error:
            complain(str(error))
            return False
    return not complaints.lines


def _print_change(item: Reading | Refusal | CountyUpload, name: str, follower: Follower) -> str | None:
    """Print the change that a reading made. Returns an error about the item, or None."""
    if not isinstance(item, Reading):
        return str(item)
    try:
        change = follower.follow(item)
    except CandidateVanishedError as error:
        return f"{name}: {error}"
    if change:
        say(change.to_json())
    return None
