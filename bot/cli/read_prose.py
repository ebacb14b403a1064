"""`tallydesk read --format prose`: reads a text and prints its claims about a contest as JSON lines."""

from fnmatch import fnmatchcase
from pathlib import Path

from bot.box.box import Job, own_worker
from bot.cli.feed_file import file_label, opened
from bot.cli.terminal import DONE, complain, say
from bot.desk.desk_file import Contest, Desk, load_desk
from bot.desk.toml_file import shipped
from bot.errors import BadInputError
from bot.prose.reader import MOST_LETTERS

_MOST_BYTES = 4 * MOST_LETTERS
"""A character has at most four bytes in UTF-8."""


def read_prose(file: str, desk: Path | None, pattern: str | None) -> int:
    """Print the claims in `file`, then the entries that the claims propose. Returns the exit status.

    Args:
        file: a path, or `-` for standard input.
        desk: the desk file; None for the shipped example.
        pattern: a case-insensitive glob on the contest's id or name; None for the desk file's first contest.

    Raises:
        BadInputError: the file or the desk file can't be read, or the pattern matches several contests.

    """
    desk_file = load_desk(desk or shipped("desks", "georgia-2020.toml"))
    text = _text(file)
    contest = _contest_of(desk_file, pattern, file_label(file))
    if contest is None:
        complain(f"{file_label(file)}: no contest is called {pattern}")
        return DONE
    parts = (text.encode(), desk_file.model_dump_json(exclude_defaults=True).encode(), contest.id.encode())
    with own_worker() as worker:
        for claims in worker.do(Job("claims", file_label(file), parts)):
            say(claims.decode())
    return DONE


def _contest_of(desk: Desk, pattern: str | None, name: str) -> Contest | None:
    if pattern is None:
        return desk.contests[0]
    wanted = pattern.casefold()
    matching = [
        contest
        for contest in desk.contests
        if fnmatchcase(contest.id.casefold(), wanted) or fnmatchcase(contest.name.casefold(), wanted)
    ]
    if len(matching) > 1:
        ids = ", ".join(contest.id for contest in matching)
        raise BadInputError(f"{name}: prose is read for one contest, and {pattern} is {ids}")
    return matching[0] if matching else None


def _text(file: str) -> str:
    name = file_label(file)
    try:
        with opened(file) as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise BadInputError(f"{name}: can't be read ({error.strerror or error})") from None
    return prose_text(content, name)


def prose_text(content: bytes, name: str) -> str:
    """Decode a text as UTF-8. `name` is the file's name for use in errors.

    Raises:
        BadInputError: the text isn't UTF-8, or is too long for prose.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(content) <= _MOST_BYTES:
            raise BadInputError(f"{name}: is not UTF-8 text (byte {error.start})") from None
        text = ""
    if len(content) > _MOST_BYTES or len(text) > MOST_LETTERS:
        raise BadInputError(f"{name}: is over {MOST_LETTERS} letters, which is no prose")
    return text
