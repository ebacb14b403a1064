"""The rooms' rules that import-linter has no contract for; which room may know which is in pyproject.toml."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

from tests.product_sql import statements

ROOT = Path(__file__).parent.parent
FILES = sorted(path for room in ("bot", "cogs") for path in (ROOT / room).rglob("*.py"))

PURE = ("bot.count", "bot.events", "bot.wording", "bot.prose")
"""Rooms that work things out and do nothing; as do the modules whose names end in _words."""

IMPURE = {"asyncio", "sqlite3", "aiosqlite", "discord", "aiohttp", "apscheduler", "structlog", "logging"}


@cache
def graph() -> grimp.ImportGraph:
    """Return who imports whom, for types alone too."""
    return grimp.build_graph("bot", "cogs", include_external_packages=True, cache_dir=None)


def modules() -> list[str]:
    return sorted(name for name in graph().modules if name.partition(".")[0] in {"bot", "cogs"})


def is_pure(module: str) -> bool:
    return module.endswith("_words") or f"{module}.".startswith(tuple(f"{room}." for room in PURE))


def test_no_two_modules_import_each_other_directly_or_around() -> None:
    try:
        TopologicalSorter({name: graph().find_modules_directly_imported_by(name) for name in modules()}).prepare()
    except CycleError as error:
        pytest.fail("a circle: " + ", which imports ".join(reversed(error.args[1])))


def test_what_is_pure_has_no_clock_network_database_logging_or_discord() -> None:
    pure = [name for name in modules() if is_pure(name)]
    assert any(name.endswith("_words") for name in pure)
    assert {room for room in PURE for name in pure if name.startswith(f"{room}.")} == set(PURE)
    found = {(name, other) for name in pure for other in graph().find_modules_directly_imported_by(name) & IMPURE}
    assert found == set()


def test_sql_is_in_stores_and_in_the_database_alone() -> None:
    files = {one.place.partition(":")[0] for one in statements() if one.room != "database"}
    assert {name for name in files if not name.endswith("_store.py")} == set()


SPECIAL = re.compile(r"contract format|settings|row of a table", re.IGNORECASE)
"""What may have many fields; its docstring says so."""


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in FILES}


def classes() -> list[tuple[Path, ast.ClassDef]]:
    return [(path, node) for path, tree in trees().items() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def test_what_has_more_than_fifteen_fields_says_which_of_the_exceptions_it_is() -> None:
    wide = {
        f"{path.relative_to(ROOT)}: {node.name}"
        for path, node in classes()
        if sum(isinstance(one, ast.AnnAssign) for one in node.body) > 15
        and not SPECIAL.search(ast.get_docstring(node) or "")
    }
    assert wide == set()


def test_no_constructor_takes_more_than_eight_arguments() -> None:
    wide = {
        f"{path.relative_to(ROOT)}: {node.name}"
        for path, node in classes()
        for one in node.body
        if isinstance(one, ast.FunctionDef)
        and one.name == "__init__"
        and len([*one.args.args, *one.args.kwonlyargs]) > 9
    }
    assert wide == set()


def names() -> Iterator[tuple[str, str]]:
    """Yield each public class, function and type that a room has for itself or others, with its room.

    A process begins with a function `main`, and the command line has the names of its subcommands, which `bot/cli/` has too.
    """
    for path, tree in trees().items():
        room = path.relative_to(ROOT).parts[1] if path.parts[-2] not in ("bot", "cogs") else path.parts[-2]
        for node in tree.body if path.name != "__main__.py" else ():
            match node:
                case ast.ClassDef(name) | ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
                    pass
                case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), value=value) if (
                    name[0].isupper() and not name.isupper() and "TypeVar(" not in ast.unparse(value or node)
                ):
                    pass
                case _:
                    continue
            if name != "main" and not name.startswith("_"):
                yield name, room


def test_no_name_stands_in_two_rooms_for_two_things() -> None:
    rooms: dict[str, set[str]] = {}
    for name, room in names():
        rooms.setdefault(name, set()).add(room)
    assert {name: sorted(several) for name, several in rooms.items() if len(several) > 1} == {}
