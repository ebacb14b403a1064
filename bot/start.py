"""Where the program starts. `tallydesk run` goes on for a year, and does without the library of the command line."""

import os
import sys
from types import SimpleNamespace

from bot.cli import terminal
from bot.loading import load_without

# ruff: noqa: PLC0415


def main() -> int:
    """Do what the words of the process say, and return the exit status."""
    if sys.argv[1:] == ["run"]:
        return terminal.run_command(_run)
    from bot.__main__ import main as asked

    return asked()


def _run() -> int:
    terminal.refuse_copied()
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # or it looks for them in all that is installed; there are none
    terminal.load_structlog()
    # Its pools of threads and processes bring multiprocessing along; our jobs run in the event loop.
    pools = SimpleNamespace(ThreadPoolExecutor=None)
    load_without("apscheduler.schedulers.base", "apscheduler.executors.pool", pools)
    from bot.cli.run import run

    return run()
