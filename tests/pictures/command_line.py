"""Writes docs/command-line.md: every subcommand with its options, as `--help` prints them."""

import inspect
from pathlib import Path
from typing import Any

import typer.main

from bot.__main__ import app
from tests.pictures.declared import DOCS, MADE, joined, table, value

PAGE = DOCS / "command-line.md"


def page() -> str:
    parts = ["# The command line", f"As `tallydesk COMMAND --help` prints it. {MADE} from `bot/__main__.py`."]
    for name, command in sorted(typer.main.get_command(app).commands.items()):  # type: ignore[attr-defined]  # a group has them
        parts += [f"## tallydesk {name}", " ".join(inspect.cleandoc(command.help or "").split())]
        rows = [(_called(one), str(one.help or "").rstrip("."), value(_default(one))) for one in command.params]
        if rows:
            parts.append(table(("option", "what it is", "default"), rows))
    return joined(parts)


def _called(parameter: Any) -> str:  # of click, as typer has it
    if parameter.param_type_name == "argument":
        return f"`{parameter.metavar}`"
    return f"`{parameter.opts[0]}{'' if parameter.is_flag else f' {parameter.metavar}'}`"


def _default(parameter: Any) -> str | Path | None:
    return parameter.default if isinstance(parameter.default, str | Path) else None
