"""The command line `tallydesk`: its subcommands with their options; what they do is in `bot/cli/`."""

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
        help="The format: readings, clarity-summary, ap, csv, …; read also takes auto, which finds it, and prose.",
    ),
]

SourceName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The source's id. Default: the one in the file, or the format's name."),
]

DeskFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The desk file, for a table's columns and for prose.")
]

Preset = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="For csv: the office whose layout the table has, such as florida."),
]

_NUMBERS = (
    (re.compile(r"Input should be a valid integer.*"), "it should be a whole number"),
    (re.compile(r"Input should be greater than or equal to (-?\d+)"), r"it should be \1 or more"),
    (re.compile(r"Input should be less than or equal to (-?\d+)"), r"it should be \1 or less"),
    (re.compile(r"Unable to parse input string as an integer.*"), "it should be a whole number of usual size"),
)
"""Typer's error messages about numbers, and the sentences that replace them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    The status is 0 for success, 1 for a failed check, and 2 for bad usage or bad input.

    Args:
        arguments: the command line's words after the program's name. None means the arguments of this process.

    """
    return terminal.run_command(partial(_asked, arguments))


def _asked(arguments: Sequence[str] | None) -> int:
    """Run the subcommand, and turn typer's errors into BadInputErrors. Returns the exit status."""
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

    Results go to standard output, and each failure is one line on standard error. The exit status is 2 for bad usage
    or bad input, and 1 for a check that failed.
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
            help="The feed file; - is standard input. Several files are read one by one, but those of knowink and texas "
            "together.",
        ),
    ],
    *,
    format_name: Format,
    contest: Annotated[
        str | None,
        typer.Option(
            metavar="PATTERN",
            help="Only contests whose id or name matches, such as '*president*'. Case does not matter.",
        ),
    ] = None,
    source: SourceName = None,
    desk: DeskFile = None,
    preset: Preset = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT=HEADING,...",
            help="For csv: the heading of each column, such as contest=race+party,candidate=Name,votes=Votes.",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="The time of the count, if the feed has none of its own: ISO 8601 with a zone. "
            "Default: now, marked as received.",
        ),
    ] = None,
) -> int:
    """Print the readings in feed files, as JSON lines.

    A bad contest or line gets a line on standard error and does not stop the others. The exit status is then 2.
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
    """Print what changed from reading to reading, as JSON.

    Readings of the same source, contest and count are compared in the order given, across all files.
    """
    from bot.cli.changes import changes as run

    return run(files, format_name, desk=desk, source=source, preset=preset)


@app.command()
def new(
    feeds: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ADDRESS or FILE]...", help="The address of a results page or of its data, or a saved file."
        ),
    ] = None,
    *,
    contest: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Add the contests with this in their name, with this key, or that match *governor*. Repeat it for more.",
        ),
    ] = None,
    state: Annotated[
        str | None,
        typer.Option(metavar="ST", help="The state's postal code, if the feed does not say it."),
    ] = None,
    election: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The election's id, or its day such as 2026-11-03, if the site lists several."),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="For a table: the office whose layout it has, such as florida. Default: found by its headings.",
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT=HEADING,...",
            help="For a table: the heading of each column, such as contest=race+party,votes=Total Votes. Others are guessed.",
        ),
    ] = None,
    pair: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID=KEY",
            help="Pair a contest of the desk file with one of the feed whose name differs. Repeat it for more.",
        ),
    ] = None,
    output: Annotated[Path, typer.Option(metavar="FILE", help="The desk file. What is in it stays.")] = Path(
        "desk.toml"
    ),
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing. What is not sure is left out and named.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Write an example instead: Georgia in 2020.")] = False,
) -> int:
    """Write a desk file from a feed, or add a feed to it.

    Pick contests by typing a part of their name, or by --contest. Candidates, keys and the state's rules are filled
    in, and guesses are marked. The contests of a second feed are paired with those in the file. Without a feed, the
    command prints where a state publishes its results.
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
        Path | None, typer.Argument(metavar="[FILE]", help="With --grow: a saved file with the finished count.")
    ] = None,
    *,
    day: Annotated[
        str,
        typer.Option(metavar="DAY", help="The day's name, drill, or the path of a recorded day. list: show all days."),
    ] = "2020-11-11-georgia",
    desk: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Rehearse this desk file instead of a day, with its sources as they are now."
        ),
    ] = None,
    feeds: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="With --desk: play what `tallydesk record` kept in FOLDER.")
    ] = None,
    grow: Annotated[
        bool,
        typer.Option(
            "--grow",
            help="With --desk: grow a count from zero to that of FILE, or to that of the sources now.",
        ),
    ] = False,
    drill: Annotated[
        bool,
        typer.Option(
            "--drill", help="With --desk: add a count that falls, a reporter who is ahead, and the certification."
        ),
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="The number of the drill, or of the order in which a count grows. The same number plays the same again.",
        ),
    ] = None,
    speed: Annotated[str, typer.Option(metavar="N", help="How many times as fast as the day, or max.")] = "60",
    channel: Annotated[
        int | None,
        typer.Option(
            metavar="ID",
            help="Rehearse in this channel of a real server, with the token in the settings. "
            "Its topic has to contain: tallydesk test channel.",
        ),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the page's address, and open no browser.")
    ] = False,
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="The page's port. Default: a free one.")] = 0,
    transcript: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append every post to this file, one JSON object a line.")
    ] = None,
    until_end: Annotated[
        bool, typer.Option("--until-end", help="End with the day. Otherwise the page stays until Ctrl-C.")
    ] = False,
) -> int:
    """Play a recorded day or a drill on a simulated Discord.

    No token is needed. Posts are printed, and shown on a page in your browser, where you can use the commands. No wait
    is longer than five seconds. A drill is a made-up night and the days after it: --day drill --seed 7.
    """
    from bot.cli.rehearse import OwnRehearsal
    from bot.cli.rehearse import rehearse as run

    if desk is None and (feeds or grow or drill):
        raise typer.BadParameter("--feeds, --grow and --drill go with --desk")
    if finished is not None and not grow:
        raise typer.BadParameter(f"{finished}: a file goes with --desk and --grow")
    own = None if desk is None else OwnRehearsal(desk=desk, feeds=feeds, grow=grow, finished=finished, drill=drill)

    return run(
        day,
        speed,
        transcript,
        seed,
        channel,
        browser=not no_browser,
        until_end=until_end,
        port=port,
        own=own,
    )


@app.command()
def record(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder for the answers. A recording in it goes on.")
    ],
    *,
    desk: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The desk file. Default: that of the settings.")
    ] = None,
) -> int:
    """Record what the sources answer, until Ctrl-C.

    To play the recording, use `tallydesk rehearse --desk FILE --feeds FOLDER`. Each new answer is saved, without keys.
    Answers older than 60 days are deleted, and so are the oldest ones when the folder is over 4 GiB.
    """
    from bot.cli.record import record as keep

    return keep(folder, desk)


@app.command()
def run() -> int:
    """Run the bot on Discord until you stop it.

    Settings are read from the environment and from the file .env in this folder; the environment has priority.
    TALLYDESK_TOKEN and TALLYDESK_SERVERS are required, and docs/settings.md lists all settings. If one of the two is
    missing, the command prints the steps of the setup, marks the next step, and exits.
    """
    from bot.cli.run import run as serve

    return serve()


@app.command()
def reload(
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Also drop contests that channels follow.")] = False,
) -> int:
    """Make the running bot read the changed desk file.

    The command prints what has changed, and the bot continues within seconds. If the file has a mistake, the bot keeps
    the old one.
    """
    from bot.cli.reload import reload as run

    return run(remove=remove)


@app.command()
def check(
    database: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Check only this database or copy, every page of it.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,
) -> int:
    """Check the setup, and print how to fix what is wrong.

    The settings, the desk file, each source, the database and the token are checked, and the permissions in each
    channel that follows a contest. The exit status is 1 if anything is wrong.
    """
    from bot.cli.check import check as look

    return look(database, as_json=as_json)


@app.command()
def healthcheck() -> int:
    """Check that the running bot is well.

    The exit status is 0, or 1 with a line that gives the reason. If TALLYDESK_HEALTH_PORT is set, the command asks
    /healthz; otherwise it reads the database.
    """
    from bot.cli.healthcheck import healthcheck as run

    return run()


@app.command()
def service(
    *,
    systemd: Annotated[bool, typer.Option("--systemd", help="For systemd: a unit, and a timer for backups.")] = False,
    compose: Annotated[
        bool, typer.Option("--compose", help="For a container: a compose file and a Containerfile.")
    ] = False,
    folder: Annotated[Path, typer.Option(metavar="FOLDER", help="The folder for the files.")] = Path(
        "tallydesk-service"
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> int:
    """Write the files that run the bot as a service, and print how to install them.

    One of the files has the settings, with the token. Two are for Prometheus and Grafana.
    """
    from bot.cli.service import service as run

    if systemd == compose:
        raise typer.BadParameter("use --systemd or --compose")
    return run("systemd" if systemd else "compose", folder, force=force)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file for the copy.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")] = False,
) -> int:
    """Copy the database to a file. The bot may be running.

    The copy is checked. The token is not in it.
    """
    from bot.cli.backup import backup as run

    return run(file, force=force)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `tallydesk backup` or the bot has made.")],
) -> int:
    """Replace the database with a copy. Stop the bot first.

    The old database is renamed. At the next start, posts are paused in each newsroom, and its desk is asked whether to
    post what has changed since the copy.
    """
    from bot.cli.backup import restore_copy as run

    return run(file)


@app.command()
def upgrade(
    *,
    look: Annotated[bool, typer.Option("--look", help="Only say what it would do.")] = False,
) -> int:
    """Copy the database, then upgrade it to this version.

    The command prints how to go back. `tallydesk run` upgrades the database in the same way when it starts.
    """
    from bot.cli.upgrade import upgrade as run

    return run(look=look)


@app.command()
def export(
    contest: Annotated[str, typer.Argument(metavar="CONTEST", help="The contest's id, as in the desk file.")],
    *,
    format_name: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="csv, or json, which has more of each event.")
    ] = "csv",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="The file. Default: standard output.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")] = False,
) -> int:
    """Write a contest's history as CSV or JSON.

    The history has readings, changes, holds, entries and posts, with sources and times in UTC. An empty value means
    unknown. The bot may be running.
    """
    from bot.cli.export import export as run

    return run(contest, format_name, output, force=force)


@app.command()
def invite(
    *,
    application: Annotated[
        int | None,
        typer.Option(metavar="ID", min=1, help="The application's id. Default: that of the token in the settings."),
    ] = None,
) -> int:
    """Print the address that invites the bot to a server."""
    from bot.cli.invite import invite as run

    return run(application)


@app.command()
def leave(
    server: Annotated[int, typer.Argument(metavar="ID", min=1, help="The server's id, as in TALLYDESK_SERVERS.")],
) -> int:
    """Make the bot leave a server."""
    from bot.cli.leave import leave as run

    return run(server)


if __name__ == "__main__":
    sys.exit(main())
