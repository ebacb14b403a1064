"""Tests that each button and list on a card is answered, because a cog has registered its custom id."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from tests.cogs.conftest import Room
from tests.cogs.permissions import items

ROOT = Path(__file__).parent.parent.parent
KEY_AT = {"Button": 1, "Select": 0}
"""The position of the custom id among a button's and a list's arguments."""
VALUES = ("1", "12", "1:1", "1:1:0a1b2c3d4e5f6789", "1:202011110700", "1:0:0a1b2c3d4e5f", "0a1b2c3d", "n:0:0")
"""Examples of the variable parts in custom ids: ids, times, hashes, and combinations."""

Key = list[tuple[str, ...]]
"""The parts of a custom id in order. Each part has its possible values, or none if the value is known only at run
time.
"""


def keys_made() -> dict[str, Key]:
    """Return each custom id in the code: file and line → parts."""
    return {
        f"{path.relative_to(ROOT)}:{call.lineno}": parts
        for folder in ("bot", "cogs")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if re.search(r"\b(?:Button|Select)\(", text := path.read_text("utf-8"))
        for call, parts in made_in(ast.parse(text))
    }


def made_in(module: ast.Module) -> Iterator[tuple[ast.Call, Key]]:
    """Yield the calls in a module that create a button or list, with the parts of the custom id.

    A custom id that was passed in as an argument is skipped.
    """
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        named = {
            target.id: node.value
            for node in (*module.body, *ast.walk(function))
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEY_AT:
                key = next((one.value for one in call.keywords if one.arg == "key"), None)
                key = key or (call.args[KEY_AT[call.func.id]] if len(call.args) > KEY_AT[call.func.id] else None)
                key = named.get(key.id) if isinstance(key, ast.Name) else key
                if isinstance(key, ast.Constant | ast.JoinedStr):
                    yield call, parts_of(key)


def parts_of(key: ast.expr) -> Key:
    return [words_of(part) for part in (key.values if isinstance(key, ast.JoinedStr) else [key])]


def words_of(part: ast.expr) -> tuple[str, ...]:
    """Return the possible values of one part of a custom id, or () if the value is known only at run time."""
    match part:
        case ast.Constant(value=str(word)):
            return (word,)
        case ast.FormattedValue(value=value):
            return words_of(value)
        case ast.IfExp(body=one, orelse=other) if words_of(one) and words_of(other):
            return (*words_of(one), *words_of(other))
        case _:
            return ()


def is_answered(key: Key, templates: list[str]) -> bool:
    """Return True if every alternative of a custom id can match one of the registered patterns."""
    return all(
        any(fits(words, template) for template in templates) for words in product(*(one or (None,) for one in key))
    )


def fits(words: tuple[str | None, ...], template: str) -> bool:
    values = (*VALUES, *set(re.findall(r"[a-z_]+", template)))
    return any(
        re.fullmatch(template, "".join(tried))
        for tried in product(*((word,) if word is not None else values for word in words))
    )


async def test_every_key_on_a_card_is_one_that_is_answered(room: Room) -> None:
    made, templates = keys_made(), list(items(room.bot))
    assert len(made) > 100
    assert [place for place, key in made.items() if not is_answered(key, templates)] == []


@pytest.mark.parametrize(
    "key", ["'setup:nowhere'", "f'hold:keep:{one.key}'", 'f\'follow:board:{key}:{"on" if on else "no"}\'']
)
async def test_a_key_that_nothing_answers_is_found(room: Room, key: str) -> None:
    ((_, parts),) = made_in(ast.parse(f"def card(): return Button('Press', {key})"))
    assert not is_answered(parts, list(items(room.bot)))
