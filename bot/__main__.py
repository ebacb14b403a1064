"""The command line. What a subcommand does is in `bot/cli/`; here is what it is called and what it takes."""

import re
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli import terminal
from bot.errors import BadInputError

# Heavy imports wait until a subcommand needs them: `tallydesk --help` answers at once.
# ruff: noqa: PLC0415

app = typer.Typer(
    name="tallydesk",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    subcommand_metavar="COMMAND ...",
    context_settings={"help_option_names": ["-h", "--help"]},
)

Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="What the file holds: readings, clarity-summary, clarity-detail…; for read also prose, and auto, which finds it.",
    ),
]

SourceName = Annotated[
    str | None, typer.Option(metavar="NAME", help="The source's id; by default the line's own, or the format's name.")
]

DeskFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The desk file, for formats that need one; it is checked.")
]

Preset = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Of the format csv: the office whose layout the sheet has, such as florida."),
]

_NUMBERS = (
    (re.compile(r"Input should be a valid integer.*"), "it should be a whole number"),
    (re.compile(r"Input should be greater than or equal to (-?\d+)"), r"it should be \1 or more"),
    (re.compile(r"Input should be less than or equal to (-?\d+)"), r"it should be \1 or less"),
    (re.compile(r"Unable to parse input string as an integer.*"), "it should be a whole number of usual size"),
)
"""What typer says of a number, and what an operator reads in its place."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0; 1 a check failed; 2 bad usage or bad input.

    Args:
        arguments: the words after the program's name; None: those of the process.

    """
    return terminal.run_command(partial(_asked, arguments))


def _asked(arguments: Sequence[str] | None) -> int:
    """Do what the words say; typer's own errors become ours."""
    if arguments is None:
        terminal.refuse_copied()
    try:
        command = typer.main.get_command(app)
        return int(command.main(arguments, prog_name="tallydesk", standalone_mode=False) or terminal.DONE)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.TyperException as error:
        message = error.format_message()
        for theirs, ours in _NUMBERS:
            message = theirs.sub(ours, message)
        raise BadInputError(f"tallydesk: {message}") from None


@app.callback(invoke_without_command=True)
def tallydesk(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Tallydesk, the count desk of a newsroom.

    Results go to standard output; each failure is one line on standard error. The exit status is 2 for bad
    usage or bad input, 1 for a check that failed.
    """
    if version:
        terminal.say(f"tallydesk {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        known = sorted(one.name or one.callback.__name__ for one in app.registered_commands if one.callback)
        context.fail(f"say what to do: {', '.join(known)}; tallydesk --help says more")


@app.command()
def read(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            help="The feed file; - is standard input. Several are read one by one; of a format whose answer comes in several "
            "files (knowink, texas) they are one answer.",
        ),
    ],
    *,
    format_name: Format,
    contest: Annotated[
        str | None,
        typer.Option(
            metavar="PATTERN",
            help="Only the contests whose id or name match, as in '*president*'; upper and lower case are alike.",
        ),
    ] = None,
    source: SourceName = None,
    desk: DeskFile = None,
    preset: Preset = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT=HEADING,...",
            help="Of a sheet: what its columns hold, as in contest=race+party,candidate=Name,votes=Votes.",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="When it was true, for feeds without a time of their own: ISO 8601 with a zone. "
            "By default now, marked as received.",
        ),
    ] = None,
) -> int:
    """Read feed files and print their readings as JSON lines.

    One bad contest, or one bad line, does not cost the others: they are printed, the bad one gets its line on
    standard error, and the exit status is 2.
    """
    from bot.cli.read import ReadOptions
    from bot.cli.read import read_feed_files as run

    return run(
        files,
        ReadOptions(
            format=format_name,
            contest=contest,
            source=source,
            desk=desk,
            as_of=as_of,
            preset=preset,
            columns=columns,
        ),
    )


@app.command()
def changes(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Feed files, oldest first; - is standard input.")],
    format_name: Format = "readings",
    source: SourceName = None,
    desk: DeskFile = None,
    preset: Preset = None,
) -> int:
    """Print what changed from each reading to the next, as JSON lines.

    Readings are compared within one source, contest and count, in the order given, over all files. Nothing
    is judged, merged or left out.
    """
    from bot.cli.changes import changes as run

    return run(files, format_name, desk=desk, source=source, preset=preset)


@app.command()
def new(
    feeds: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ADDRESS or FILE]...", help="What officials publish: a results page's data, or a saved file of it."
        ),
    ] = None,
    *,
    contest: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Take the contests with this in their name, or that key, or a pattern as *governor*; again for more.",
        ),
    ] = None,
    state: Annotated[
        str | None,
        typer.Option(metavar="ST", help="The state's postal code, where neither address nor counties say it."),
    ] = None,
    election: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Of a site that lists several: the election's id, or its day as 2026-11-03."),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of a table: the office whose layout it has, such as florida, if not found."),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT=HEADING,...",
            help="Of a table: what its columns hold, as in contest=race+party,votes=Total Votes; the others are guessed.",
        ),
    ] = None,
    pair: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID=KEY",
            help="This contest of the desk file is that one of the feed, though names differ; again for more.",
        ),
    ] = None,
    output: Annotated[Path, typer.Option(metavar="FILE", help="The desk file; what is in it stays.")] = Path(
        "desk.toml"
    ),
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take what is sure, and name what is not.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Write the shipped example instead.")] = False,
) -> int:
    """Write a desk file from what a feed has, or add a further feed to the one that is there.

    Contests are picked by typing a part of their name, or by --contest. Names, parties, keys and what can be known of the
    state are filled in; what is a guess is marked with its reason. A further feed is paired with the contests that are
    there, shown side by side. Without a feed: what is known of the state's.
    """
    from bot.cli.new import NewOptions
    from bot.cli.new import example as write_example
    from bot.cli.new import new as run

    if example:
        return write_example(output)
    return run(
        feeds or [],
        NewOptions(
            contests=contest or (),
            pairs=pair or (),
            yes=yes,
            output=output,
            state=state,
            preset=preset,
            columns=columns,
            election=election,
        ),
    )


@app.command()
def schema() -> int:
    """Print the JSON Schema of a reading."""
    from bot.cli.schema import schema as run

    return run()


@app.command()
def rehearse(
    finished: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="With --grow: the finished count, as a feed's saved file.")
    ] = None,
    *,
    day: Annotated[
        str,
        typer.Option(
            metavar="DAY", help="The day's name (list: which there are), drill, or the path of a recorded day's file."
        ),
    ] = "2020-11-11-georgia",
    desk: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Rehearse this desk file instead of a day: its sources as they are now."),
    ] = None,
    feeds: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="With --desk: play what tallydesk record kept in FOLDER.")
    ] = None,
    grow: Annotated[
        bool,
        typer.Option(
            "--grow",
            help="With --desk: let a finished count grow from zeros, of FILE or of the sources as they are now.",
        ),
    ] = False,
    drill: Annotated[
        bool, typer.Option("--drill", help="With --desk: put a fall, a reporter ahead and the certification on top.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Which drill, or in which order a count grows, by any whole number: the same number, the same again.",
        ),
    ] = None,
    speed: Annotated[
        str, typer.Option(metavar="N", help="So many times as fast as the day went, or max: as fast as it goes.")
    ] = "60",
    channel: Annotated[
        int | None,
        typer.Option(
            metavar="ID",
            help="Rehearse in this channel of a real server, with the token of the settings. "
            "Its topic has to have the words: tallydesk test channel.",
        ),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Serve the page, but open no browser.")] = False,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="Serve the page on this port; by default a free one.")
    ] = 0,
    transcript: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append every post to this file, one JSON object a line.")
    ] = None,
    scorecard: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="At the end, write to this file what the desk missed, as JSON."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the scorecard's FILE if it is there.")] = False,
    until_end: Annotated[
        bool, typer.Option("--until-end", help="End with the day; otherwise the page stays up until Ctrl-C.")
    ] = False,
) -> int:
    """Play a recorded day, or a drill, through the bot on a simulated Discord: no token, a temporary database.

    Every post is printed as it lands, and says that it is a rehearsal. The channels are shown, and commands answered,
    on a page whose address is printed. No wait is longer than five seconds, unless the page asks for it.
    A drill is a night of counting and the days after in a state that is made up: --day drill --seed 7.
    """
    from bot.cli.rehearse import Own
    from bot.cli.rehearse import rehearse as run

    if desk is None and (feeds or grow or drill):
        raise typer.BadParameter("--feeds, --grow and --drill go with --desk")
    if finished is not None and not grow:
        raise typer.BadParameter(f"{finished}: a file goes with --desk and --grow")
    own = None if desk is None else Own(desk=desk, feeds=feeds, grow=grow, finished=finished, drill=drill)

    return run(
        day,
        speed,
        transcript,
        seed,
        channel,
        scorecard,
        browser=not no_browser,
        until_end=until_end,
        port=port,
        force=force,
        own=own,
    )


@app.command()
def record(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the answers are kept; a recording goes on.")],
    *,
    desk: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The desk file; by default that of the settings.")
    ] = None,
) -> int:
    """Ask the desk file's sources as the bot would, and keep each new answer, until Ctrl-C.

    Keys are left out. tallydesk rehearse --desk FILE --feeds FOLDER plays it. What is older than 60 days goes, and the
    oldest when the folder holds over 4 GiB.
    """
    from bot.cli.record import record as keep

    return keep(folder, desk)


@app.command()
def run() -> int:
    """Run the bot on Discord.

    The settings come from the environment or from .env: TALLYDESK_TOKEN, TALLYDESK_DESK (the desk file),
    TALLYDESK_DATABASE, TALLYDESK_SERVERS, TALLYDESK_LOG_LEVEL; and who is told when the bot or a feed is down:
    TALLYDESK_HEARTBEAT_URL, TALLYDESK_HEALTH_PORT, TALLYDESK_PERSON. docs/operator.md says more.
    """
    from bot.cli.run import run as serve

    return serve()


@app.command()
def reload(
    *,
    remove: Annotated[
        bool, typer.Option("--remove", help="Also drop contests that channels follow; what they posted stays.")
    ] = False,
) -> int:
    """Show what has changed in the desk file, and let the running bot take it over.

    The bot ends what is under way, reads the file and goes on: nothing is lost or said twice. With a mistake in the file it
    goes on by the old one.
    """
    from bot.cli.reload import reload as run

    return run(remove=remove)


@app.command()
def check(
    database: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Look at this database or copy alone, and at nothing else.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print each thing as a JSON object in a line.")] = False,
) -> int:
    """Look over the whole set-up, and say what is wrong and how to mend it.

    Settings, desk file, sources, database, token, and the permissions in each channel that follows something.
    The exit status is 1 if anything is wrong.
    """
    from bot.cli.check import check as look

    return look(database, as_json=as_json)


@app.command()
def healthcheck() -> int:
    """Tell a machine whether the bot is well: exit status 0, or 1 and a line that says why not.

    It asks /healthz where TALLYDESK_HEALTH_PORT is set, else the database when the bot last looked after itself.
    """
    from bot.cli.healthcheck import healthcheck as run

    return run()


@app.command()
def service(
    *,
    systemd: Annotated[bool, typer.Option("--systemd", help="Units for systemd, with a timer for backups.")] = False,
    compose: Annotated[bool, typer.Option("--compose", help="A compose file and a Containerfile.")] = False,
    folder: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write them.")] = Path("tallydesk-service"),
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
) -> int:
    """Write the files with which the bot runs as a service, and say what to do with them.

    An environment file with all settings is one of them: the token goes into it.
    """
    from bot.cli.service import service as run

    if systemd == compose:
        raise typer.BadParameter("say --systemd or --compose")
    return run("systemd" if systemd else "compose", folder, force=force)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to put the copy.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
) -> int:
    """Copy the database to a file, also while the bot runs.

    The copy is of one moment, is looked over, and is whole or not there at all. Nothing secret is in it.
    """
    from bot.cli.backup import backup as run

    return run(file, force=force)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy, as `tallydesk backup` or the bot makes them.")],
) -> int:
    """Put a copy in the place of the database, of which no bot may be running.

    The database before is kept under another name. At the next start each newsroom's desk is asked once what becomes of
    what changed since the copy was made.
    """
    from bot.cli.backup import restore_copy as run

    return run(file)


@app.command()
def upgrade(
    *,
    look: Annotated[bool, typer.Option("--look", help="Only say what would be done.")] = False,
) -> int:
    """Bring the database to the version that this Tallydesk needs, after a copy; say how to go back.

    `tallydesk run` does the same at its start.
    """
    from bot.cli.upgrade import upgrade as run

    return run(look=look)


@app.command()
def export(
    contest: Annotated[str, typer.Argument(metavar="CONTEST", help="The contest's id, as in the desk file.")],
    *,
    format_name: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="csv, a row for each thing; or json, all of each.")
    ] = "csv",
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; by default to standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
) -> int:
    """Write a contest's whole history: readings, changes, holds, entries and posts, with their sources and times.

    It works while the bot runs. Times are in UTC; what nobody says is empty.
    """
    from bot.cli.export import export as run

    return run(contest, format_name, output, force=force)


@app.command()
def invite(
    *,
    application: Annotated[
        int | None,
        typer.Option(metavar="ID", min=1, help="The application's id; by default that of the token in the settings."),
    ] = None,
) -> int:
    """Print the address that invites the bot into a server, with the least permissions that it needs."""
    from bot.cli.invite import invite as run

    return run(application)


@app.command()
def leave(
    server: Annotated[int, typer.Argument(metavar="ID", min=1, help="The server's id, as in TALLYDESK_SERVERS.")],
) -> int:
    """Let the bot leave a server. It does so by itself only where it was never served: a typo in the list ends nothing."""
    from bot.cli.leave import leave as run

    return run(server)


if __name__ == "__main__":
    sys.exit(main())
