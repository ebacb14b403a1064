"""`tallydesk rehearse`: plays a recorded day with the real bot on a simulated Discord.

It needs no token and uses a temporary database. With `--channel` it plays in a test channel of a real server.
"""

import asyncio
import os
import sys
import tempfile
import threading
import webbrowser
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from bot.cli.run import log_in
from bot.cli.terminal import DONE, OutputClosedError, progress, say
from bot.clock import SystemClock
from bot.desk.desk_file import Desk
from bot.desk.rehearsal_note import note_rehearsed
from bot.desk.settings import load_settings
from bot.errors import BadInputError
from bot.logs import set_up_logs
from bot.rehearsal.day import Day
from bot.rehearsal.own_day import day_as_it_is, grown_day, recorded_day, with_happenings
from bot.rehearsal.pace import parse_speed
from bot.rehearsal.player import Show, Watching, end_with_day, play_day, stay
from bot.rehearsal.posts import ArrivedPost, Terminal, Transcript
from bot.rehearsal.real_server import RealChannel, play_on_server
from bot.rehearsal.rehearsable_days import day_titles, open_day
from bot.tally.boards_store import BoardPost
from bot.wording.numbers import counted

LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRehearsal:
    """The options for a rehearsal of the operator's own desk file.

    The rehearsal plays a recording, a growing count, or the sources' current answers.
    """

    desk: Path
    feeds: Path | None = None
    """The folder of a recording."""
    grow: bool = False
    """True to make a finished count grow from zero."""
    finished: Path | None = None
    """The file with the finished count; None for the sources' current answers."""
    drill: bool = False
    """True to add the incidents of a drill."""

    def day(self, seed: int | None) -> tuple[Day, Desk]:
        """Return the day to play, and the desk file for it.

        Raises:
            BadInputError: the options contradict each other, or there is nothing to play.

        """
        if self.feeds is not None and self.grow:
            raise BadInputError(
                "tallydesk rehearse: --feeds plays what was recorded, --grow a finished count: give one"
            )
        if self.feeds is not None:
            own = recorded_day(self.desk, self.feeds)
        elif self.grow:
            own = grown_day(self.desk, self.finished, SystemClock().now(), seed or 1)
        else:
            own = day_as_it_is(self.desk, SystemClock().now())
        own = with_happenings(own) if self.drill else own
        return own.day, own.desk


def rehearse(
    day_name: str,
    speed: str,
    transcript: Path | None,
    seed: int | None = None,
    channel: int | None = None,
    *,
    browser: bool = True,
    until_end: bool = False,
    port: int = 0,
    own: OwnRehearsal | None = None,
) -> int:
    """Play a day, print each post as it arrives, and append it to `transcript`. Returns the exit status.

    After the day, the page stays available until Ctrl-C, which then counts as success.

    Args:
        day_name: a day's name, the path of a day's file, or "list" to print the days.
        speed: how many times as fast as the real day, or "max".
        transcript: the file to append posts to, or None.
        seed: the number of the drill; None for the first drill.
        channel: a channel of a real server to play in, without a page; None for a simulated server.
        browser: open the page in a browser, if there is a terminal and a display.
        until_end: stop when the day ends.
        port: the page's port; 0 for any free port.
        own: the operator's desk file to make the day from, instead of `day_name`.

    """
    if day_name == LIST:
        return list_days(seed)
    pace = parse_speed(speed)
    with progress("the day is being made"):
        day, desk = open_day(day_name, seed) if own is None else own.day(seed)
    set_up_logs("warning")
    console = _Console(width=100 if not sys.stdout.isatty() else None, highlight=False)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tallydesk-rehearsal-")))
        written = stack.enter_context(closing(Transcript(transcript))) if transcript else None
        output = _Output(Terminal(console, desk.zone), written)

        def open_browser(url: str) -> None:
            console.print(f"Watch it, and type commands, at [bold]{url}[/]\n", soft_wrap=True)
            if browser and somebody_looks():
                # In a thread: starting a browser may take time.
                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

        def announce_end() -> None:
            output.over = True
            console.print(f"[dim]The day is over: {counted(output.posts, 'post')}.[/]")
            _note(own, desk, console)
            if not until_end and channel is None:
                console.print("[dim]The page stays up until Ctrl-C.[/]")

        console.print(f"[bold]Rehearsal:[/] {day.title}. Facts from {day.facts_from}.\n", soft_wrap=True)
        database = folder / "rehearsal.sqlite3"
        if channel is not None:
            rehearse_in_channel(day, desk, database, pace, output.show, channel, console)
            announce_end()
            return DONE
        watching = Watching(port, open_browser, announce_end, end_with_day if until_end else stay, holds=not until_end)
        try:
            asyncio.run(play_day(day, desk, database, pace, output.show, watching))
        except KeyboardInterrupt:
            if not output.over:
                raise
        except BadInputError as error:
            raise BadInputError(f"{day_name}: {error}") from None
    return DONE


def list_days(seed: int | None = None) -> int:
    """Print the names and titles of all days. The drill's title depends on `seed`. Returns the exit status."""
    titles = day_titles(seed)
    longest = max(len(name) for name, _ in titles)
    for name, title in titles:
        say(f"{name:{longest}}  {title}")
    return DONE


def _note(own: OwnRehearsal | None, desk: Desk, console: Console) -> None:
    """Record that the operator's desk file was rehearsed to its end. If that fails, print the reason."""
    if own is None:
        return
    try:
        note_rehearsed(own.desk, [one.id for one in desk.contests], SystemClock().now())
    except OSError as error:
        text = f"The list for the night in /desk setup does not learn of it: {own.desk.parent}: {error.strerror}."
        console.print(text, style="dim", soft_wrap=True, markup=False)


class _Console(Console):
    """A console that ends the command once nobody reads its output, as after `| head`."""

    def on_broken_pipe(self) -> None:
        """Raise OutputClosedError, which ends the rehearsal."""
        raise OutputClosedError


class _Output:
    """The outputs of a rehearsal: the terminal, and the files named by the options."""

    def __init__(self, terminal: Terminal, transcript: Transcript | None) -> None:
        self._terminal = terminal
        self._transcript = transcript
        self.posts = 0
        self.over = False

    def show(self, post: ArrivedPost) -> None:
        """Print a post, and append it to the transcript."""
        self.posts += post.edit_of is None and post.kind != BoardPost.name
        self._terminal.add(post)
        if self._transcript:
            self._transcript.add(post)


def somebody_looks() -> bool:
    """Return True if there is a terminal, and a display for a browser."""
    display = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return display and sys.stdout.isatty()


def rehearse_in_channel(
    day: Day, desk: Desk, database: Path, pace: float | None, show: Show, channel: int, console: Console
) -> None:
    """Play a day in a channel of a real server, and print where its posts are. The posts are not deleted.

    The token and the servers come from the settings.

    Raises:
        BadInputError: there is no token, or the channel isn't marked as a test channel.

    """
    settings = load_settings()
    token = settings.token.get_secret_value() if settings.token else ""
    if not token:
        raise BadInputError("TALLYDESK_TOKEN is not set: a rehearsal on a real server needs the bot's token")
    where: list[str] = []

    def print_address(name: str, address: str) -> None:
        where.append(f"{name}, {address}")
        console.print(f"In {where[0]}\n", soft_wrap=True, markup=False)

    place = RealChannel(channel, settings.servers or (), partial(log_in, token=token), print_address)
    try:
        asyncio.run(play_on_server(day, desk, database, pace, show, place))
    finally:
        if where:
            console.print(f"What was posted stays in {where[0]}", soft_wrap=True, markup=False)
