"""`tallydesk read --format prose`: a text in, what it claims of the followed contest out as JSON lines."""

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
"""No letter has more bytes in UTF-8."""


def read_prose(file: str, desk: Path | None, pattern: str | None) -> int:
    """Print the claims of `file`, then the proposals beside them, and return the exit status.

    Args:
        file: a path, or `-` for standard input.
        desk: the desk file; None: the shipped example.
        pattern: a case-insensitive glob on the contest's id or name; None: the desk file's first contest.

    Raises:
        BadInputError: the file or the desk file can't be read, or the pattern is of several contests.

    """
    known = load_desk(desk or shipped("desks", "georgia-2020.toml"))
    text = _text(file)
    contest = _followed(known, pattern, file_label(file))
    if contest is None:
        complain(f"{file_label(file)}: no contest is called {pattern}")
        return DONE
    parts = (text.encode(), known.model_dump_json(exclude_defaults=True).encode(), contest.id.encode())
    with own_worker() as worker:
        for claims in worker.do(Job("claims", file_label(file), parts)):
            say(claims.decode())
    return DONE


def _followed(desk: Desk, pattern: str | None, name: str) -> Contest | None:
    if pattern is None:
        return desk.contests[0]
    wanted = pattern.casefold()
    found = [
        contest
        for contest in desk.contests
        if fnmatchcase(contest.id.casefold(), wanted) or fnmatchcase(contest.name.casefold(), wanted)
    ]
    if len(found) > 1:
        ids = ", ".join(contest.id for contest in found)
        raise BadInputError(f"{name}: prose is read for one contest, and {pattern} is {ids}")
    return found[0] if found else None


def _text(file: str) -> str:
    name = file_label(file)
    try:
        with opened(file) as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise BadInputError(f"{name}: can't be read ({error.strerror or error})") from None
    return prose_text(content, name)


def prose_text(content: bytes, name: str) -> str:
    """Return the text in a file's bytes; `name` is for the error.

    Raises:
        BadInputError: it is no text in UTF-8, or too long for prose.

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
