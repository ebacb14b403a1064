"""Each button and list that a card has is answered: its key, as the code makes it, is one that a cog registers."""

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
"""Where a button's and a list's key stands among its arguments."""
VALUES = ("1", "12", "1:1", "1:1:0a1b2c3d4e5f6789", "1:202011110700", "1:0:0a1b2c3d4e5f", "0a1b2c3d", "n:0:0")
"""What keys are made of beside words: ids, times, tags and what several of them are together."""

Key = list[tuple[str, ...]]
"""A key's parts in order, each with what it can be; nothing: a value that is only known when the code runs."""


def keys_made() -> dict[str, Key]:
    """Return each key that is written where a button or list is made, by the place."""
    return {
        f"{path.relative_to(ROOT)}:{call.lineno}": parts
        for folder in ("bot", "cogs")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if re.search(r"\b(?:Button|Select)\(", text := path.read_text("utf-8"))
        for call, parts in made_in(ast.parse(text))
    }


def made_in(module: ast.Module) -> Iterator[tuple[ast.Call, Key]]:
    """Yield the calls of a module that make a button or list, with its key; what is handed over is written elsewhere."""
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
    """Return what a part of a key can be, as far as that is written where the key is made."""
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
    """Return True if for each of the words that a key is written with some value makes it one that is answered."""
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
