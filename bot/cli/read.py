"""`tallydesk read`: one feed file in, its readings out as JSON lines."""

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.cli.feed_file import columns_of, items_of, name_of
from bot.cli.terminal import BAD_INPUT, DONE, Complaints, complain, say
from bot.clock import Clock, SystemClock
from bot.count.reading import Id, Moment, Reading, describe_refusal
from bot.errors import BadInputError
from bot.feeds.clarity.settings import CountyUpload
from bot.feeds.formats import line_reader_of
from bot.feeds.reader import ReaderContext, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for, as typed."""

    format: str
    contest: str | None = None
    """A case-insensitive glob on the contest's id or name; None: every contest."""
    source: str | None = None
    desk: Path | None = None
    as_of: str | None = None


def read(file: str, options: Options, clock: Clock | None = None) -> int:
    """Print the readings of `file` and return the exit status: 2 when anything in it was refused.

    A refusal of a contest that `options.contest` does not ask for is none of the asker's business; one whose
    contest can't be made out is told.

    Raises:
        BadInputError: an option is wrong, or nothing of the file can be read.

    """
    if options.format == "prose":
        from bot.cli.read_prose import read_prose  # noqa: PLC0415 - only prose needs it

        return read_prose(file, options.desk, options.contest)
    try:
        reader = line_reader_of(options.format)
    except BadInputError as error:
        raise BadInputError(f"{name_of(file)}: {error}") from None
    context = replace(
        _context(file, options, clock or SystemClock()),
        columns=columns_of(options.format, options.desk, options.source),
    )
    found = False
    with closing(Complaints(context.name)) as complaints:
        for item in items_of(file, reader, context):
            if options.contest is not None and not _asked_for(item, options.contest):
                continue
            found = True
            if isinstance(item, Refusal):
                complaints.add(str(item))
            else:
                say(item.to_json())
    if options.contest is not None and not found:
        complain(f"{context.name}: no contest is called {options.contest}")
    return BAD_INPUT if complaints.lines else DONE


def _context(file: str, options: Options, clock: Clock) -> ReaderContext:
    source = None if options.source is None else _checked(Id, options.source, "--source")
    if options.as_of is None:
        return ReaderContext(name_of(file), clock.now(), "received", source)
    moment: datetime = _checked(Moment, options.as_of, "--as-of")
    return ReaderContext(name_of(file), moment, None, source)


def _checked(kind: Any, text: str, option: str) -> Any:  # noqa: ANN401 - as the kind says
    try:
        return TypeAdapter(kind).validate_python(text, strict=True)
    except ValidationError as error:
        what = describe_refusal(error).removeprefix("reading: ")
        raise BadInputError(f"{option}: {what}") from None


def _asked_for(item: Reading | CountyUpload | Refusal, pattern: str) -> bool:
    if isinstance(item, CountyUpload):
        return True  # of all contests of the county
    names = [name.casefold() for name in (item.contest, item.contest_name) if name]
    return not names or any(fnmatchcase(name, pattern.casefold()) for name in names)
