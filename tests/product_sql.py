"""Collects the SQL statements in the bot's source code, whether or not a test runs them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from bot.app import post_kinds
from bot.outbox.kinds import Kinds
from bot.wording.context import Setting
from tests.conftest import small_desk

ROOT = Path(__file__).parents[1] / "bot"
_BEGINS = re.compile(r"\s*(?:SELECT|INSERT(?: OR \w+)? INTO|REPLACE INTO|UPDATE|DELETE FROM|WITH)\s")
_MAY_BEGIN = re.compile(r"\b(?:SELECT|INSERT|REPLACE|UPDATE|DELETE|WITH)\s|\"\{[A-Z_]+\}")
"""Matches somewhere in every file that contains SQL. Other files are not parsed."""

TOPIC_TABLES = """SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c ON c.name = 'post' AND c.pk
                  WHERE t.type = 'table' AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE pk AND name <> 'post')"""
"""Selects the names of the tables whose primary key is an outbox row. Each stores the subject of one kind of post."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An SQL statement found in the source code."""

    room: str
    """The folder or file of `bot/` that contains the statement."""
    place: str
    """File, line and function, such as "outbox/threads_store.py:94 opened"."""
    sql: str
    """The text of the statement, with the constants of the module and the kinds of post filled in.

    Parts known only at run time are in braces: "DELETE FROM {table}".
    """

    @property
    def is_whole(self) -> bool:
        """Return True if no part of the statement depends on run time."""
        return "{" not in self.sql


@cache
def statements() -> list[Statement]:
    """Return all SQL statements, file by file.

    A string that is only the beginning of another statement is skipped.
    """
    return [one for path in sorted(ROOT.rglob("*.py")) for one in _of_file(path)]


def _of_file(path: Path) -> Iterator[Statement]:
    text = path.read_text(encoding="utf-8")
    if not _MAY_BEGIN.search(text):
        return
    file, tree = path.relative_to(ROOT), ast.parse(text)
    nodes = list(ast.walk(tree))
    begun_with = {
        name.value.id
        for node in nodes
        if isinstance(node, ast.JoinedStr)
        and isinstance(name := node.values[0], ast.FormattedValue)
        and isinstance(name.value, ast.Name)
    }
    beginnings = [
        node.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(name := node.targets[0], ast.Name) and name.id in begun_with
    ]
    for node, names in _strings(tree, ()):
        sql = _text(node, file)
        if _BEGINS.match(sql) and node not in beginnings:
            yield Statement(file.parts[0].removesuffix(".py"), f"{file}:{node.lineno} {'.'.join(names)}", sql)


def _strings(node: ast.AST, names: tuple[str, ...]) -> Iterator[tuple[ast.JoinedStr | ast.Constant, tuple[str, ...]]]:
    """Yield each string in the code, with the names of the classes and functions around it."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node, names
        return
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        names = (*names, node.name)
    for child in ast.iter_child_nodes(node):
        yield from _strings(child, names)


def _text(node: ast.JoinedStr | ast.Constant, file: Path) -> str:
    if isinstance(node, ast.Constant):
        return _with_kinds(str(node.value)) if _BEGINS.match(str(node.value)) else str(node.value)
    text = "".join(
        f"{{{ast.unparse(part.value)}}}" if isinstance(part, ast.FormattedValue) else ast.literal_eval(part)
        for part in node.values
    )
    if not (_BEGINS.match(text) or re.match(r"\{[A-Z_]+\}", text)):
        return text  # other strings are not processed
    known = vars(import_module(".".join(("bot", *file.with_suffix("").parts))))
    return re.sub(r"\{(\w+)\}", lambda found: str(known.get(found[1], found[0])), _with_kinds(text))


def _with_kinds(text: str) -> str:
    """Fill in references to the kinds of post, such as {kinds.x}, in an SQL text."""
    return re.sub(r"\{(?:[\w.]*kinds\.)?(\w+)\}", lambda found: str(getattr(kinds(), found[1], found[0])), text)


@cache
def kinds() -> Kinds:
    return post_kinds(Setting(small_desk()))
