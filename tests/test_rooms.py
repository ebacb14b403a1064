"""Tests the rules between the bot's packages that import-linter can't express. The other rules are in
pyproject.toml.
"""

from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

from tests.product_sql import statements

ROOT = Path(__file__).parent.parent
FILES = sorted(path for room in ("bot", "cogs") for path in (ROOT / room).rglob("*.py"))

PURE = ("bot.count", "bot.events", "bot.wording", "bot.prose")
"""Packages that contain only pure functions. So do all modules whose names end in `_words`."""

IMPURE = {"asyncio", "sqlite3", "aiosqlite", "discord", "aiohttp", "apscheduler", "structlog", "logging"}


@cache
def graph(*, types: bool = True) -> grimp.ImportGraph:
    """Return the graph of all imports. Without `types`, imports for type checking are not included."""
    return grimp.build_graph(
        "bot", "cogs", include_external_packages=True, exclude_type_checking_imports=not types, cache_dir=None
    )


def modules() -> list[str]:
    return sorted(name for name in graph().modules if name.partition(".")[0] in {"bot", "cogs"})


def is_pure(module: str) -> bool:
    return module.endswith("_words") or f"{module}.".startswith(tuple(f"{room}." for room in PURE))


def test_no_two_modules_import_each_other_directly_or_around() -> None:
    """Imports for type checking don't count.

    A transaction has the kinds of post as an attribute, and their methods take a transaction.
    """
    run = graph(types=False)
    try:
        TopologicalSorter({name: run.find_modules_directly_imported_by(name) for name in modules()}).prepare()
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
