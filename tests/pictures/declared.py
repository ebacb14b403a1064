"""What pages of reference share: the words of a declaration, its values as somebody writes them, and a table."""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Mapping
from datetime import time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

DOCS = Path(__file__).parents[2] / "docs"

MADE = "This page is made by `make pictures ARGS=--text`"

_ESCAPED = str.maketrans({"|": r"\|", "*": r"\*"})
"""What a cell of a table may not have as it is."""


def docstrings(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the docstring below each field of a model that has one, by the field's name."""
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(found, ast.ClassDef)
    pairs = zip(found.body, found.body[1:], strict=False)
    return {
        field.target.id: " ".join(ast.literal_eval(words.value).split())
        for field, words in pairs
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(words, ast.Expr) and isinstance(words.value, ast.Constant)
    }


def row(called: str, words: str, field: FieldInfo) -> tuple[str, str, str]:
    """Return the row of a field: what it is called, what it is, and its default."""
    choices = _choices(field.annotation)
    about = f"{words} One of {', '.join(f'`{one}`' for one in choices)}." if choices else words
    if field.is_required():
        return called, about, "required"
    return called, about, value(field.default) if field.default_factory is None else ""


def _choices(annotation: object) -> tuple[str, ...]:
    """Return the words that a field takes, none where it takes others too."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    inside = [one for one in get_args(annotation) if one is not type(None)]
    return _choices(inside[0]) if len(inside) == 1 else ()


def value(given: object) -> str:
    """Return a value as the desk file has it; nothing where there is none."""
    match given:
        case bool():
            text = str(given).lower()
        case timedelta():
            seconds = given // timedelta(seconds=1)
            sizes = ((86400, "d"), (3600, "h"), (60, "m"))
            text = next((f"{seconds // size}{unit}" for size, unit in sizes if seconds % size == 0), f"{seconds}s")
        case Fraction():
            text = f"{float(given):.0%}"
        case time():
            text = given.strftime("%H:%M")
        case str() | int() | Path():
            text = str(given)
        case _:
            return ""
    return f"`{text}`" if text else ""


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table of Markdown."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.translate(_ESCAPED) for cell in line)} |" for line in lines)


def joined(parts: Iterable[str]) -> str:
    """Return the parts of a page as its text."""
    return "\n\n".join(part for part in parts if part) + "\n"
