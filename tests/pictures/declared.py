"""Helpers for generated reference pages: descriptions from the source code, values as users write them, and tables."""

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
"""Characters that have to be escaped in a cell of a Markdown table."""


def docstrings(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the docstring below each field of a model: name → docstring. Fields without a docstring are missing."""
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
    """Return a field's row for a table: name, description with the choices, and default."""
    choices = _choices(field.annotation)
    about = f"{words} One of {', '.join(f'`{one}`' for one in choices)}." if choices else words
    if field.is_required():
        return called, about, "required"
    return called, about, value(field.default) if field.default_factory is None else ""


def _choices(annotation: object) -> tuple[str, ...]:
    """Return the literal values that a field accepts. Empty if the field also accepts other values."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    inside = [one for one in get_args(annotation) if one is not type(None)]
    return _choices(inside[0]) if len(inside) == 1 else ()


def value(given: object) -> str:
    """Return a value as written in a desk file, or "" for None."""
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
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.translate(_ESCAPED) for cell in line)} |" for line in lines)


def joined(parts: Iterable[str]) -> str:
    """Return the text of a page made from its parts."""
    return "\n\n".join(part for part in parts if part) + "\n"
