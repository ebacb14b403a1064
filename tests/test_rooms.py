"""The rooms' rules that import-linter has no contract for; which room may know which is in pyproject.toml."""

import re
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
_CLASS = re.compile(r"^class (\w+).*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^    \w+: ", re.MULTILINE)
_CONSTRUCTOR = re.compile(r"def __init__\((.*?)\) -> None:", re.DOTALL)
_NAMED = re.compile(
    r"^(?:class|def|async def) ([A-Za-z]\w*)|^([A-Z]\w*[a-z]\w*)(?:: TypeAlias)? = (?!TypeVar)", re.MULTILINE
)
"""A class, function or type that a module has for others."""


@cache
def texts() -> dict[Path, str]:
    return {path: path.read_text("utf-8") for path in FILES}


def test_what_has_more_than_fifteen_fields_says_which_of_the_exceptions_it_is() -> None:
    classes = {
        f"{path.relative_to(ROOT)}: {one[1]}": one[0] for path, text in texts().items() for one in _CLASS.finditer(text)
    }
    wide = {name: text for name, text in classes.items() if len(_FIELD.findall(text)) > 15}
    assert len(wide) > 5
    assert {
        name for name, text in wide.items() if not SPECIAL.search(text.partition('"""')[2].partition('"""')[0])
    } == set()


def test_no_constructor_takes_more_than_eight_arguments() -> None:
    taken = {
        f"{path.relative_to(ROOT)}: {arguments}": len(re.findall(r"\b\w+: ", arguments))
        for path, text in texts().items()
        for arguments in _CONSTRUCTOR.findall(text)
    }
    assert len(taken) > 100
    assert {place for place, many in taken.items() if many > 8} == set()


def test_no_name_stands_in_two_rooms_for_two_things() -> None:
    """A process begins with a function `main`, and the command line has the names of its subcommands, which `bot/cli/` has too."""
    rooms: dict[str, set[str]] = {}
    for path, text in texts().items():
        room = path.relative_to(ROOT).parts[1] if path.parent.name not in ("bot", "cogs") else path.parent.name
        for name in map("".join, _NAMED.findall(text)) if path.name != "__main__.py" else ():
            rooms.setdefault(name, set()).add(room)
    assert len(rooms) > 1000
    del rooms["main"]
    assert {name: sorted(several) for name, several in rooms.items() if len(several) > 1} == {}
