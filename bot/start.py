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
    # What is installed, and with it zipfile, two libraries would look through for plugins: there are none.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    installed = SimpleNamespace(version=lambda _: "3", PackageNotFoundError=ImportError, entry_points=lambda **_: ())
    load_without("pydantic.plugin._loader", {"importlib.metadata": installed})
    terminal.load_structlog()
    # Its pools of threads and processes bring multiprocessing along; our jobs run in the event loop.
    pools = SimpleNamespace(ThreadPoolExecutor=None)
    load_without("apscheduler.schedulers.base", {"apscheduler.executors.pool": pools, "importlib.metadata": installed})
    from bot.cli.run import run

    return run()
