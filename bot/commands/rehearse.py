"""`tallydesk rehearse`: the real bot on a simulated Discord plays a recorded day; no token, a temporary database."""

import asyncio
import os
import signal
import sys
import tempfile
import threading
import webbrowser
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from bot.commands.terminal import DONE, OutputClosedError
from bot.deskfile import load_desk
from bot.errors import BadInputError
from bot.logs import set_up_logs
from bot.rehearsal.day import load_day
from bot.rehearsal.pace import parse_speed
from bot.rehearsal.player import Watching, play_day
from bot.rehearsal.posts import Landed, Terminal, Transcript


class _Console(Console):
    """A console that lets the command line know when nobody reads any more, as after `| head`."""

    def on_broken_pipe(self) -> None:
        """Stop the rehearsal."""
        raise OutputClosedError


def rehearse(
    day_name: str, speed: str, transcript: Path | None, *, browser: bool = True, until_end: bool = False, port: int = 0
) -> int:
    """Play a day, print each post as it lands, and append it to `transcript`; return the exit status.

    The page stays up after the day until Ctrl-C; with `until_end` the rehearsal ends with its day. `browser`: open the
    page, if there is anybody to look at it. `port`: of the page; 0 for a free one.
    """
    pace = parse_speed(speed)
    day, desk_path = load_day(day_name)
    desk = load_desk(desk_path)
    set_up_logs("warning")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # leave nothing behind, as with Ctrl-C
    console = _Console(width=100 if not sys.stdout.isatty() else None, highlight=False)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tallydesk-rehearsal-")))
        terminal = Terminal(console, desk.zone)
        written = Transcript(transcript) if transcript else None
        if written:
            stack.callback(written.close)
        posts = 0

        def show(post: Landed) -> None:
            nonlocal posts
            posts += 1
            terminal.add(post)
            if written:
                written.add(post)

        def opened(url: str) -> None:
            console.print(f"Watch it, and type commands, at [bold]{url}[/]\n", soft_wrap=True)
            if browser and somebody_looks():
                # It may take its time, and the rehearsal has none to lose.
                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

        def over() -> None:
            console.print(f"[dim]The day is over: {posts} posts.[/]")
            if not until_end:
                console.print("[dim]The page stays up until Ctrl-C.[/]")

        console.print(f"[bold]Rehearsal:[/] {day.title}. Facts from {day.facts_from}.\n", soft_wrap=True)
        watching = Watching(port, opened, over, stays=not until_end)
        try:
            asyncio.run(play_day(day, desk, folder / "rehearsal.sqlite3", pace, show, watching))
        except BadInputError as error:
            raise BadInputError(f"{day_name}: {error}") from None
    return DONE


def somebody_looks() -> bool:
    """Return whether there is a terminal, and a display that a browser could come up on."""
    display = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return display and sys.stdout.isatty()
