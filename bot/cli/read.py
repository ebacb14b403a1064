"""`tallydesk read`: reads feed files and prints their readings as JSON lines."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.cli.feed_file import (
    MAX_FILE_BYTES,
    STANDARD_INPUT,
    bytes_of,
    file_label,
    items_of,
    layout_of,
    most_complaints,
    no_votes_line,
)
from bot.cli.terminal import BAD_INPUT, DONE, Complaints, complain, say
from bot.clock import Clock, SystemClock
from bot.count.reading import Id, Moment, Reading, describe_refusal
from bot.errors import BadInputError
from bot.feeds.boxed import format_here
from bot.feeds.clarity.settings import CountyUpload
from bot.feeds.formats import AUTO, is_one_answer, refuse_unknown
from bot.feeds.reader import ReaderContext, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """The command's options, as the person typed them."""

    format: str
    contest: str | None = None
    """A case-insensitive glob on the contest's id or name; None for all contests."""
    source: str | None = None
    desk: Path | None = None
    as_of: str | None = None
    preset: str | None = None
    """For format csv: the office whose layout the sheet has."""
    columns: str | None = None
    """For format csv: what the columns hold, as `contest=race+party,candidate=Name,votes=Votes`."""


def read_feed_files(files: Sequence[str], options: ReadOptions, clock: Clock | None = None) -> int:
    """Print the readings in `files`. Returns the exit status: 2 if anything in them was refused.

    Files are read one by one. If the format has several files per answer, they are read together. Refusals of contests
    that don't match `options.contest` are not printed, unless their contest is unknown.

    Raises:
        BadInputError: an option is wrong, or the only file can't be read at all.

    """
    if options.format == "prose":
        from bot.cli.read_prose import read_prose  # noqa: PLC0415 - only prose needs it

        if len(files) > 1:
            raise BadInputError("prose is read from one file at a time")
        return read_prose(files[0], options.desk, options.contest)
    if options.format == AUTO and len(files) > 1 and (one := _one_answer(files)):
        options = replace(options, format=one)
    try:
        refuse_unknown(options.format)
    except BadInputError as error:
        raise BadInputError(f"{file_label(files[0])}: {error}") from None
    if files.count(STANDARD_INPUT) > 1:
        raise BadInputError("standard input: can be read once, and - is there twice")
    sheet = layout_of(options.format, options.desk, options.source, options.preset, options.columns)
    moment = _moment(options, clock or SystemClock())
    if len(files) == 1:
        return _print(files[0], replace(moment, name=file_label(files[0]), sheet=sheet), options)
    if is_one_answer(options.format):
        context = replace(moment, name=file_label(files[0]), sheet=sheet, other_files=_beside(files))
        return _print(files[0], context, options)
    status = DONE
    for file in files:
        try:
            status = max(status, _print(file, replace(moment, name=file_label(file), sheet=sheet), options))
        except BadInputError as error:
            complain(str(error))
            status = BAD_INPUT
    return status


def _beside(files: Sequence[str]) -> tuple[bytes, ...]:
    """Return the contents of all files except the first."""
    beside = tuple(bytes_of(file) for file in files[1:])
    if sum(map(len, beside)) > MAX_FILE_BYTES:
        raise BadInputError(f"{file_label(files[0])}: with its other files it is over {MAX_FILE_BYTES >> 20} MiB")
    return beside


def _one_answer(files: Sequence[str]) -> str | None:
    """Return the format if several files form one answer, else None."""
    begins = (format_here(bytes_of(file)) for file in files if file != STANDARD_INPUT)
    return next((name for name in begins if is_one_answer(name)), None)


def _print(file: str, context: ReaderContext, options: ReadOptions) -> int:
    any_reading = False
    context = replace(context, no_votes_yet=[])
    voted, zeros = set[str](), set[str]()
    with closing(Complaints(context.name, most_complaints(options.format))) as complaints:
        for item in items_of(file, options.format, context):
            if options.contest is not None and not _requested(item, options.contest):
                continue
            any_reading = True
            if isinstance(item, Refusal):
                complaints.add(str(item), item.times)
            else:
                say(item.to_json())
            if isinstance(item, Reading) and not any(item.votes.values()):
                zeros.add(item.contest)
            elif not isinstance(item, CountyUpload) and item.contest is not None:
                voted.add(item.contest)
    pattern = options.contest or "*"
    no_votes_yet = [key for key in context.no_votes_yet if fnmatchcase(key, pattern.casefold())]
    if line := no_votes_line(context.name, voted, no_votes_yet, zeros):
        complain(line)
    if options.contest is not None and not any_reading and not no_votes_yet:
        complain(f"{context.name}: no contest is called {options.contest}")
    return BAD_INPUT if complaints.lines else DONE


def _moment(options: ReadOptions, clock: Clock) -> ReaderContext:
    """Return the context for reading all files: the time and the source from the options, or the current time."""
    source = None if options.source is None else _checked(Id, options.source, "--source")
    if options.as_of is None:
        return ReaderContext("", clock.now(), "received", source)
    moment: datetime = _checked(Moment, options.as_of, "--as-of")
    return ReaderContext("", moment, None, source)


def _checked(kind: Any, text: str, option: str) -> Any:  # noqa: ANN401 - as the kind says
    try:
        return TypeAdapter(kind).validate_python(text, strict=True)
    except ValidationError as error:
        what = describe_refusal(error).removeprefix("reading: ")
        raise BadInputError(f"{option}: {what}") from None


def _requested(item: Reading | CountyUpload | Refusal, pattern: str) -> bool:
    if isinstance(item, CountyUpload):
        return True  # an upload covers all contests of the county
    names = [name.casefold() for name in (item.contest, item.contest_name) if name]
    return not names or any(fnmatchcase(name, pattern.casefold()) for name in names)
