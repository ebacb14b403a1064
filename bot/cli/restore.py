"""`tallydesk restore`: a copy in the place of the database; the next start asks each newsroom what becomes of the gap."""

from pathlib import Path

from bot.cli.backup import in_words
from bot.cli.terminal import DONE, one_line, progress, say
from bot.clock import SystemClock
from bot.database.backup import examine, restore
from bot.database.database import migrations, refuse_newer
from bot.desk.settings import load_settings
from bot.errors import BadInputError


def restore_copy(file: Path) -> int:
    """Put a copy in the place of the database, and say what is where; return the exit status.

    Raises:
        BadInputError: the file is no copy.
        DatabaseError: it is not whole or of a newer version, a bot uses the database, or it can't be written.

    """
    database = load_settings().database
    if not file.is_file():
        raise BadInputError(f"{file}: there is no such file; name a copy that `tallydesk backup` or the bot made")
    with progress(str(file)):
        contents = examine(file)
        refuse_newer(file, contents.version, migrations()[-1][0])
        aside = restore(file, database, SystemClock().now())
    say(one_line(f"{database}: {in_words(contents)}"))
    if aside is not None:
        say(one_line(f"{aside}: the database before; delete it once all is well, or leave it: it goes after 90 days"))
    say("Start the bot: it posts nothing twice, and asks each newsroom's desk once what becomes of what changed since.")
    return DONE
