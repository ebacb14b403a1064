"""The pages of reference: keys of the desk file, settings, alerts and the command line, from where each is declared."""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Mapping
from datetime import time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer.main
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.__main__ import app
from bot.desk.desk_file import Calendar, Candidate, Contest, Deadline, DeskSection, FeedKey, Source, Style
from bot.desk.settings import Settings
from bot.desk.toml_file import shipped
from bot.events.reminder import LEAD_TIMES

DOCS = Path(__file__).parents[2] / "docs"

MADE = "This page is made by `make pictures ARGS=--text`"

_SECTIONS: Mapping[str, type[BaseModel]] = {
    "[desk]": DeskSection,
    "desk.style": Style,
    "[[contests]]": Contest,
    "contests.candidates": Candidate,
    "contests.feeds.SOURCE": FeedKey,
    "[[contests.deadlines]]": Deadline,
    "[[sources]]": Source,
    "[[calendars]]": Calendar,
}
"""The tables of a desk file, by what stands above each on the page."""

_ESCAPED = str.maketrans({"|": r"\|", "*": r"\*"})
"""What a cell of a table may not have as it is."""


def pages() -> dict[Path, str]:
    """Return the text of each page."""
    return {
        DOCS / "desk-file-keys.md": _desk_file(),
        DOCS / "settings.md": _settings(),
        DOCS / "alerts.md": _alerts(),
        DOCS / "command-line.md": _command_line(),
    }


def _desk_file() -> str:
    parts = [
        "# Keys of the desk file",
        f"How to write one: [desk-file.md](desk-file.md). {MADE} from `bot/desk/desk_file.py`.",
    ]
    for title, model in _SECTIONS.items():
        words = _words(model)
        rows = [
            (f"`{name}`", _sentence(words[name], _choices(field.annotation)), _default(field))
            for name, field in model.model_fields.items()
        ]
        parts += [f"## {title}", inspect.getdoc(model) or "", _table(("key", "what it is", "default"), rows)]
        if model is DeskSection:
            leads = ", ".join(f"`{kind}` {' and '.join(map(_value, leads))}" for kind, leads in LEAD_TIMES.items())
            parts.append(f"Lead times by default: {leads}.")
    return _page(parts)


def _settings() -> str:
    rows = [
        (f"`TALLYDESK_{name.upper()}`", _sentence(field.description or "", _choices(field.annotation)), _default(field))
        for name, field in Settings.model_fields.items()
    ]
    intro = (
        f"From the environment, else from the file `.env` in the folder where the bot is started. `~` in a path is your home. {MADE} "
        "from `bot/desk/settings.py`."
    )
    return _page(["# Settings", intro, _table(("setting", "what it is", "default"), rows)])


def _alerts() -> str:
    (group,) = yaml.safe_load(shipped("service", "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    rows = [(f"`{rule['alert']}`", rule["annotations"]["description"], "") for rule in group["rules"]]
    intro = (
        f"`tallydesk service` writes the rules for Prometheus, `alerts.yaml`. {MADE} from `data/service/alerts.yaml`."
    )
    return _page(["# Alerts", intro, _table(("alert", "what to do"), [row[:2] for row in rows])])


def _command_line() -> str:
    parts = ["# The command line", f"As `tallydesk COMMAND --help` prints it. {MADE} from `bot/__main__.py`."]
    for name, command in sorted(typer.main.get_command(app).commands.items()):  # type: ignore[attr-defined]  # a group has them
        parts += [f"## tallydesk {name}", " ".join(inspect.cleandoc(command.help or "").split())]
        rows = [(_called(one), str(one.help or "").rstrip("."), _value(_shown(one.default))) for one in command.params]
        if rows:
            parts.append(_table(("option", "what it is", "default"), rows))
    return _page(parts)


def _called(parameter: Any) -> str:  # of click, as typer has it
    if parameter.param_type_name == "argument":
        return f"`{parameter.metavar}`"
    return f"`{parameter.opts[0]}{'' if parameter.is_flag else f' {parameter.metavar}'}`"


def _shown(default: object) -> object:
    return default if isinstance(default, str | Path) else None


def _words(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstring below each field of a model; KeyError later where a field has none."""
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(found, ast.ClassDef)
    pairs = zip(found.body, found.body[1:], strict=False)
    return {
        field.target.id: " ".join(ast.literal_eval(words.value).split())
        for field, words in pairs
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(words, ast.Expr) and isinstance(words.value, ast.Constant)
    }


def _sentence(words: str, choices: tuple[str, ...]) -> str:
    return f"{words} One of {', '.join(f'`{one}`' for one in choices)}." if choices else words


def _choices(annotation: object) -> tuple[str, ...]:
    """Return the words that a field takes, none where it takes others too."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    inside = [one for one in get_args(annotation) if one is not type(None)]
    return _choices(inside[0]) if len(inside) == 1 else ()


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return _value(field.default) if field.default_factory is None else ""


def _value(value: object) -> str:
    """Return a value as the desk file has it; nothing where there is none."""
    match value:
        case bool():
            text = str(value).lower()
        case timedelta():
            seconds = value // timedelta(seconds=1)
            sizes = ((86400, "d"), (3600, "h"), (60, "m"))
            text = next((f"{seconds // size}{unit}" for size, unit in sizes if seconds % size == 0), f"{seconds}s")
        case Fraction():
            text = f"{float(value):.0%}"
        case time():
            text = value.strftime("%H:%M")
        case str() | int() | Path():
            text = str(value)
        case _:
            return ""
    return f"`{text}`" if text else ""


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.translate(_ESCAPED) for cell in line)} |" for line in lines)


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"
