"""Tests the kinds of post. Each is registered once, and its rows wake the channel as the kind specifies."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import pytest

from bot.app import KINDS, post_kinds
from bot.count.change import ChangeKind
from bot.count.statement import Statement
from bot.follows.preferences import SKIPPABLE
from bot.outbox.kinds import Kind, Kinds
from bot.outbox.notices_store import NoticePost
from bot.outbox.rows import OutboxRow
from bot.tally.changes_store import CHANGE_POSTS
from bot.wording.context import Setting
from tests.conftest import COUNT, SERVER, START, WHO, Newsroom, reading, small_desk
from tests.outbox.rows import insert

ROOT = Path(__file__).parents[2]


class Telegram(Kind):
    """An invented kind of post. Delivery knows nothing about it except its attributes."""

    name = "telegram"
    urgent = True


class Postcard(Kind):
    """Another invented kind of post."""

    name = "postcard"
    sent_last = True


def _named(base: type[Kind]) -> Iterator[type[Kind]]:
    """Yield the concrete kinds of post in `bot`, without their shared base classes."""
    for kind in base.__subclasses__():
        if kind.__module__.startswith("bot.") and "name" in vars(kind):
            yield kind
        yield from _named(kind)


def test_every_kind_of_post_is_registered() -> None:
    assert {type(kind) for kind in post_kinds(Setting(small_desk()))} == set(_named(Kind))


def test_every_kind_of_post_says_in_why_what_it_does() -> None:
    assert all(kind.does for kind in KINDS)


def test_whatever_a_channel_may_skip_is_of_some_kind() -> None:
    assert {kind.skipped_by for kind in CHANGE_POSTS if kind.skipped_by} == set(SKIPPABLE)


ROOMS = {kind.name: kind.__module__.split(".")[1] for kind in KINDS}

ALSO_OF_COUNTS = {*get_args(ChangeKind), "certified", "call"}
"""Names of kinds of post that are also names of changes or entries. Other packages may compare with those."""

IN_SQL = re.compile(r"(\w+\.)?kind(?: (?:=|<>|IS|IS NOT) ('\w+')| (?:NOT )?IN \(((?:'\w+'(?:, )?)+))")


def _listed(room: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield where a module names another package's kinds of post.

    That may be in SQL, in a comparison, in a list, or in a new row of the outbox.
    """
    foreign = {name for name, of in ROOMS.items() if of != room}
    told_apart = foreign - ALSO_OF_COUNTS
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text), lineno=line):
                for alias, *names in IN_SQL.findall(text):
                    found = foreign & set(re.findall(r"\w+", " ".join(names)))
                    if found and not (alias == "c." and found <= ALSO_OF_COUNTS):  # the table of changes
                        yield line, ", ".join(found)
            case ast.Compare(left=left, comparators=[right], lineno=line):
                if any(isinstance(one, ast.Attribute) and one.attr == "kind" for one in (left, right)):
                    yield from ((line, name) for name in told_apart & _texts(left, right))
            case ast.Tuple(elts=elements, lineno=line) | ast.List(elts=elements, lineno=line):
                yield from _several(line, _constants(elements), told_apart)
            case ast.Set(elts=elements, lineno=line) | ast.Dict(keys=elements, lineno=line):
                yield from _several(line, _constants(elements), told_apart)
            case ast.Call(func=ast.Name(id="OutboxRow"), args=given, lineno=line):
                yield from ((line, name) for name in foreign & _constants(given))


def _several(line: int, elements: set[str], told_apart: set[str]) -> Iterator[tuple[int, str]]:
    of_a_follow = {"board", "thread"}  # which it may have
    if len(elements) > 1 and elements <= ROOMS.keys() and elements & told_apart and elements != of_a_follow:
        yield line, ", ".join(sorted(elements))


def _constants(nodes: Iterable[ast.AST | None]) -> set[str]:
    return {one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def _texts(*nodes: ast.AST) -> set[str]:
    return {text for node in nodes for text in _constants(ast.walk(node))}


def test_no_room_names_the_kinds_of_posts_of_another() -> None:
    """A kind's class has everything to know about the kind. A package at a higher layer may use the class."""
    a_kind = re.compile(rf"""["'](?:{"|".join(ROOMS)})["']""")
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for folder in ("bot", "cogs")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if a_kind.search(text := path.read_text(encoding="utf-8"))  # most need not be parsed
        for line, name in _listed(path.relative_to(ROOT).parts[1], ast.parse(text))
    ]
    assert found == []


def test_two_kinds_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two kinds of post are called notice"):
        Kinds(Setting(small_desk()), [NoticePost(), NoticePost()], (), lambda *_: False)


def test_what_a_kind_says_of_itself_is_what_queries_go_by() -> None:
    kinds = Kinds(Setting(small_desk()), [Telegram(), Postcard()], (), lambda *_: False)
    assert (kinds.urgent, kinds.yielding, kinds.own_words) == ("('telegram')", "('postcard')", "()")


@pytest.mark.parametrize("action", ["lead change", "correction", "call"])
async def test_a_row_of_an_urgent_kind_wakes_its_channel_in_a_hurry(
    newsroom: Newsroom, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    woken: list[dict[int, bool]] = []
    monkeypatch.setattr(newsroom.publisher, "wake", lambda channels: woken.append(dict(channels)))
    match action:
        case "lead change":
            await newsroom.take(reading(1000, 1600, 1))
        case "correction":
            await newsroom.corrections.correct(SERVER, 1, "the lead was 501", WHO)
        case "call":
            said = {
                "contest": "ga",
                "source": "ap",
                "as_of": START,
                "call": {"says": "called", "candidates": ["biden"]},
            }
            await newsroom.statements.take_in(Statement.model_validate(said), SERVER, WHO)
    assert {COUNT: True} in woken


async def test_a_kind_that_makes_no_words_fails_a_row_without_them(newsroom: Newsroom) -> None:
    await insert(newsroom, OutboxRow(SERVER, COUNT, 1, "rundown", START))
    await newsroom.publish()
    stored = await newsroom.database.rows("SELECT state, why FROM outbox")
    assert stored == [("failed", "there is nothing to say it about")]
