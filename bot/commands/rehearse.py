"""`tallydesk rehearse`: the real bot on a simulated Discord plays a recorded day; no token, a temporary database."""

import asyncio
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from bot.cards.scorecard import Scorecard
from bot.commands.rehearse_channel import rehearse_in_channel
from bot.commands.terminal import DONE, OutputClosedError, say
from bot.errors import BadInputError
from bot.logs import set_up_logs
from bot.rehearsal.days import day_titles, open_day
from bot.rehearsal.pace import parse_speed
from bot.rehearsal.player import play_day
from bot.rehearsal.posts import Landed, Terminal, Transcript
from bot.rehearsal.scoring import ScoreFile


class _Console(Console):
    """A console that lets the command line know when nobody reads any more, as after `| head`."""

    def on_broken_pipe(self) -> None:
        """Stop the rehearsal."""
        raise OutputClosedError


LIST = "list"


def list_days() -> int:
    """Print which days there are, each with its title; return the exit status."""
    titles = day_titles()
    longest = max(len(name) for name, _ in titles)
    for name, title in titles:
        say(f"{name:{longest}}  {title}")
    return DONE


def rehearse(
    day_name: str,
    speed: str,
    transcript: Path | None,
    seed: int | None = None,
    channel: int | None = None,
    scorecard: Path | None = None,
) -> int:
    """Play a day, print each post as it lands, and append it to `transcript`; return the exit status.

    A rehearsal ends with its day. `channel`: of a real server, instead of a simulated one. `scorecard`: written at the
    end of the day.
    """
    if day_name == LIST:
        return list_days()
    pace = parse_speed(speed)
    day, desk = open_day(day_name, seed)
    set_up_logs("warning")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # leave nothing behind, as with Ctrl-C
    console = _Console(width=100 if not sys.stdout.isatty() else None, highlight=False)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tallydesk-rehearsal-")))
        terminal = Terminal(console, desk.zone)
        written = Transcript(transcript) if transcript else None
        if written:
            stack.callback(written.close)
        score_file = ScoreFile(scorecard, day) if scorecard else None
        posts = 0

        def show(post: Landed) -> None:
            nonlocal posts
            posts += 1
            terminal.add(post)
            if written:
                written.add(post)

        def scored(card: Scorecard) -> None:
            if score_file:
                score_file.write(card)

        console.print(f"[bold]Rehearsal:[/] {day.title}. Facts from {day.facts_from}.\n", soft_wrap=True)
        database = folder / "rehearsal.sqlite3"
        try:
            if channel is None:
                asyncio.run(play_day(day, desk, database, pace, show, scored=scored))
        except BadInputError as error:
            raise BadInputError(f"{day_name}: {error}") from None
        if channel is not None:
            rehearse_in_channel(day, desk, database, pace, show, scored, channel, console)
        console.print(f"[dim]The day is over: {posts} posts.[/]")
    return DONE
