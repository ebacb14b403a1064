"""Where the program starts. `tallydesk run` goes on for a year, and does without the library of the command line."""

import os
import sys

from bot.cli import terminal

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
    terminal.leave_out_rich()
    from bot.cli.run import run

    return run()
