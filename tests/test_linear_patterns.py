"""Tests that every regular expression takes linear time, so that no text or file can block the bot.

Each pattern of the bot is tried on texts made from the letters and character classes in the pattern. A text begins
with what the pattern needs before a repetition. Then the repeated part follows many times, and an end that doesn't
match.

Only processor time counts. A pattern fails if a text of four times the length repeatedly takes far more than four
times as long.
"""

import ast
import builtins
import importlib
import pkgutil
import re
import signal
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from re import _constants as parts  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]  # what a pattern repeats, only Python's own parser says
from time import thread_time
from types import FrameType, ModuleType
from typing import Any

import pytest

import bot
import cogs
from bot.feeds import csv_sheet
from bot.prose import clauses, offers

_METHODS = frozenset({"fullmatch", "match", "search", "finditer", "findall", "sub", "subn", "split"})
_ANY = frozenset({"fullmatch", "match", "search"})
_DEPTH = 4
_MAY_USE = re.compile(r"\bre\b|\.(?:fullmatch|match|search|finditer|findall|sub)\b")
_LENGTH = 500
"""The length of the shorter text, in characters."""
_UNSEEN_SECONDS = 0.001
"""Shorter times are ignored.

On a text of 2,000 characters, linear time is about a tenth of this limit, and quadratic time several times as much.
"""
_LIMIT_SECONDS = 0.2
_MOST_GROWTH = 10
_MOST_VARIANTS = 40


@dataclass(frozen=True, slots=True)
class Used:
    """A regular expression in the bot's code, with its location and the methods that are called on it."""

    where: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]


@pytest.fixture(autouse=True)
def _interrupted() -> Iterator[None]:
    """Set up the timer signal that stops a search at the limit of processor time."""
    before = signal.signal(signal.SIGVTALRM, _stop)
    yield
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.timeout(180)  # the whole product is imported
def test_no_pattern_takes_more_than_linear_time() -> None:
    assert [slow for used in used_patterns() if (slow := slow_text(used))] == []


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"(?:alert (?:: )?| ?alert ?)*called", "match"),
        (r"(?:a+)+b", "fullmatch"),
        (r"(.*?) *- YES", "fullmatch"),
        (r"\s*,\s*", "split"),
        (r"[a-z]+\.xml", "search"),
        (r"\[[^\]]*\]\(", "sub"),
        (r"a(?!.*b)", "finditer"),
        (b" *x$", "search"),
    ],
)
def test_the_measure_sees_what_grows(pattern: str | bytes, method: str) -> None:
    assert slow_text(Used("here", re.compile(pattern), frozenset({method})))


@pytest.mark.parametrize(
    ("pattern", "method"),
    [(r"(?:alert )*+called", "match"), (r"[a-z]+\.xml", "match"), (r"(?<!\s)\s*x$", "search"), (r"a{1,99}b", "search")],
)
def test_the_measure_passes_what_is_linear(pattern: str, method: str) -> None:
    assert slow_text(Used("here", re.compile(pattern), frozenset({method}))) is None


@pytest.mark.timeout(180)
def test_patterns_are_found_wherever_they_stand() -> None:
    found = {used.pattern.pattern: used.methods for used in used_patterns()}
    assert found[csv_sheet._CELLS.pattern] == {"search"}  # of a module
    assert found[clauses._CALLS[0].pattern] >= {"match"}  # in a list
    assert found[offers._SCORE.pattern] >= {"match"}  # compiled from words
    assert found["^The "] == {"sub"}  # written where it is used
    assert any("(?P<row>[0-9]{1,18})" in str(pattern) for pattern in found)  # of a button


class _TooLongError(Exception):
    pass


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _TooLongError


def _seconds(find: Callable[[Any], object], text: Any) -> float:
    """Return the processor time of a search, in seconds. At the limit, the search is stopped."""
    signal.setitimer(signal.ITIMER_VIRTUAL, _LIMIT_SECONDS)
    started = thread_time()
    try:
        find(text)
    except _TooLongError:
        return _LIMIT_SECONDS
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return thread_time() - started


def _grows(find: Callable[[Any], object], text: Callable[[int], Any]) -> bool:
    """Return True if a text of four times the length takes far more than four times as long.

    The quickest of three tries counts for each length.
    """
    long = _LIMIT_SECONDS
    for _ in range(3):
        long = min(long, _seconds(find, text(4 * _LENGTH)))
        if long < _UNSEEN_SECONDS:
            return False
    if long == _LIMIT_SECONDS:
        return True
    return long >= _MOST_GROWTH * min(_seconds(find, text(_LENGTH)) for _ in range(3))


def _finds(used: Used) -> Iterator[tuple[str, Callable[[Any], object]]]:
    pattern = used.pattern
    yield from ((name, getattr(pattern, name)) for name in used.methods & _ANY)
    if used.methods - _ANY:
        yield "finditer", lambda text: sum(1 for _ in pattern.finditer(text))


def slow_text(used: Used) -> str | None:
    """Return a text on which a pattern takes more than linear time, or None if none was found."""
    binary = isinstance(used.pattern.pattern, bytes)
    tree = parser.parse(used.pattern.pattern, used.pattern.flags)
    letters = "".join(dict.fromkeys(["a0 A,\n", *_letters(tree)]))
    for before, unit in _repeated(tree, letters):
        for name, find in _finds(used):
            for end in ("\n\0", letters):

                def text(length: int, before: str = before, unit: str = unit, end: str = end) -> str | bytes:
                    said = before + unit * (length // len(unit)) + end
                    return said.encode("latin-1", "replace") if binary else said

                if _grows(find, text):
                    return f"{used.where}: {name} of {before!r} + {unit!r} * n + {end!r}"
    return None


# What a pattern repeats.


def _repeated(tree: Any, letters: str) -> Iterable[tuple[str, str]]:
    """Return pairs for each repetition in a pattern: a text that leads up to the repetition, and a text that is
    repeated.
    """
    found: dict[tuple[str, str], None] = {}
    for before, body in _repetitions(tree, "", letters):
        for unit in filter(None, _variants(body, letters)):
            found |= dict.fromkeys([(before, unit), ("", unit), ("", before + unit)])
    return found


def _letters(tree: Any) -> Iterator[str]:
    """Yield the literal letters in a parsed pattern."""
    for op, value in tree:
        if op in {parts.LITERAL, parts.NOT_LITERAL}:
            yield chr(value)
        elif op is parts.RANGE:
            yield chr(value[0])
        elif op is parts.IN:
            yield from _letters(value)
        else:
            for inner in _inside(op, value):
                yield from _letters(inner)


def _inside(op: Any, value: Any) -> list[Any]:
    """Return the subpatterns of an item of a parsed pattern. The list is empty for a letter, a class or a position."""
    if op in {parts.MAX_REPEAT, parts.MIN_REPEAT, parts.POSSESSIVE_REPEAT}:
        return [value[2]]
    if op is parts.BRANCH:
        return list(value[1])
    if op in {parts.SUBPATTERN, parts.ASSERT, parts.ASSERT_NOT}:
        return [value[-1]]
    if op is parts.ATOMIC_GROUP:
        return [value]
    return [one for one in value[1:] if one] if op is parts.GROUPREF_EXISTS else []


def _repetitions(tree: Any, before: str, letters: str) -> Iterator[tuple[str, Any]]:
    """Yield each unlimited repetition in a parsed pattern, as a text that leads up to the repetition and the
    repeated subpattern.
    """
    for op, value in tree:
        inside = _inside(op, value)
        if op in {parts.MAX_REPEAT, parts.MIN_REPEAT, parts.POSSESSIVE_REPEAT} and value[1] is parts.MAXREPEAT:
            yield before, value[2]
        for inner in inside:
            yield from _repetitions(inner, before, letters)
        before += _variants([(op, value)], letters)[0]


def _variants(tree: Any, letters: str) -> list[str]:
    """Return texts that a subpattern accepts: the first choice everywhere, then texts that differ from it in one
    place.
    """
    each = [_of_one(op, value, letters) or [""] for op, value in tree]
    first = [one[0] for one in each]
    found = {"".join(first): None}
    for i, one in enumerate(each):
        found |= dict.fromkeys("".join([*first[:i], other, *first[i + 1 :]]) for other in one[1:])
    return list(found)[:_MOST_VARIANTS]


def _of_one(op: Any, value: Any, letters: str) -> list[str]:
    if op is parts.LITERAL:
        return [chr(value)]
    if op in {parts.ANY, parts.NOT_LITERAL}:
        return [one for one in letters if ord(one) != (value or ord("\n"))]
    if op is parts.IN:
        return [one for one in letters if _is_in(one, value)]
    if op in {parts.ASSERT, parts.ASSERT_NOT}:
        return [""]
    within = [one for inner in _inside(op, value) for one in _variants(inner, letters)]
    if op in {parts.MAX_REPEAT, parts.MIN_REPEAT, parts.POSSESSIVE_REPEAT}:
        return ["" if value[0] == 0 else one * value[0] for one in within[:1]] + within
    return within


def _is_in(letter: str, items: Any) -> bool:
    negated = items[0][0] is parts.NEGATE
    return negated is not any(_is_one_of(letter, op, value) for op, value in items)


def _is_one_of(letter: str, op: Any, value: Any) -> bool:
    if op is parts.LITERAL:
        return letter == chr(value)
    if op is parts.RANGE:
        return ord(letter) in range(value[0], value[1] + 1)
    if op is parts.CATEGORY:
        return re.fullmatch(_CATEGORIES[value], letter) is not None
    return False


_CATEGORIES = {
    parts.CATEGORY_DIGIT: r"\d",
    parts.CATEGORY_NOT_DIGIT: r"\D",
    parts.CATEGORY_SPACE: r"\s",
    parts.CATEGORY_NOT_SPACE: r"\S",
    parts.CATEGORY_WORD: r"\w",
    parts.CATEGORY_NOT_WORD: r"\W",
}


# Where patterns are.


@dataclass
class _Source:
    """A Python file of the bot."""

    module: ModuleType
    tree: ast.Module
    direct: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Name → the regular expression methods that are called on the name."""
    handed: set[str] = field(default_factory=set)
    """Names that the code passes as arguments, stores or loops over."""

    def __post_init__(self) -> None:
        called = set()
        for node in ast.walk(self.tree):  # `ast.walk` yields a call before the name that it is called on
            if isinstance(node, ast.Attribute) and node.attr in _METHODS:
                self.direct[node.value.id if isinstance(node.value, ast.Name) else ""].add(node.attr)
                called.add(node.value)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node not in called:
                self.handed.add(node.id)


@cache
def _sources() -> list[_Source]:
    names = [
        one.name for package in (bot, cogs) for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    modules = [importlib.import_module(name) for name in names]
    texts = [(module, Path(str(module.__file__)).read_text("utf-8")) for module in modules]
    return [_Source(module, ast.parse(text)) for module, text in texts if _MAY_USE.search(text)]


@cache
def _mentioning() -> dict[str, list[_Source]]:
    found: dict[str, list[_Source]] = defaultdict(list)
    for source in _sources():
        for name in {*source.direct, *source.handed}:
            found[name].append(source)
    return found


def _methods_of(name: str, value: object) -> frozenset[str]:
    """Return the names of the methods called on a pattern, in its own module and in modules that import it.

    If a module passes the pattern on or loops over it, every method called there on an unknown object may be meant.
    """
    found: set[str] = set()
    for one in _mentioning()[name]:
        if getattr(one.module, name, None) is value:
            found |= one.direct.get(name, set())
            if name in one.handed:
                others = (methods for called, methods in one.direct.items() if not hasattr(one.module, called))
                found |= set[str]().union(*others) - {"split"}  # a method of strings, too
    return frozenset(found) or _ANY


def _patterns_in(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """Yield the patterns in the value of a module's variable, including those in containers and class attributes."""
    inside: Iterable[object] = ()
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(getattr(value, "__self__", None), re.Pattern):
        yield value.__self__  # type: ignore[attr-defined]  # `fullmatch` of a pattern, kept by itself
    elif isinstance(value, Mapping):
        inside = [*value, *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        inside = value
    elif isinstance(value, type) and value.__module__.split(".")[0] in {"bot", "cogs"}:
        inside = list(vars(value).values())
    for one in inside if depth < _DEPTH else ():
        yield from _patterns_in(one, depth + 1)


class _Anything(str):
    """A stand-in for a value known only at run time that is part of a pattern, such as a name."""

    __slots__ = ()

    def __getattr__(self, _name: str) -> "_Anything":
        return self

    def __call__(self, *_: object) -> "_Anything":
        return self


class _Names(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return vars(builtins).get(name, _Anything("name"))


def _in_calls(source: _Source) -> Iterator[Used]:
    """Yield the patterns that are written inside a call, such as `re.search("…", text)`."""
    names = _Names(vars(source.module))
    functions = [one for one in ast.walk(source.tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    within = {node for one in functions for node in ast.walk(one)}
    for node in within:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=method), args=[said, *more]) if (
                method in _METHODS or method == "compile"
            ):
                pattern = eval(ast.unparse(said), {}, names)
                asked = (ast.unparse(one) for one in [*more, *(one.value for one in node.keywords)])
                flags = [eval(one) for one in asked if re.fullmatch(r"re\.[A-Z]+( \| re\.[A-Z]+)*", one)]
                yield Used(
                    f"{source.module.__name__}:{node.lineno}",
                    re.compile(pattern if isinstance(pattern, bytes) else str(pattern), *flags),
                    frozenset({method}) if method in _METHODS else _ANY,
                )


@cache
def used_patterns() -> list[Used]:
    """Return every regular expression in the bot's code."""
    found: dict[re.Pattern[Any], Used] = {}

    def add(one: Used) -> None:
        known = found.get(one.pattern)
        found[one.pattern] = replace(one, methods=one.methods | known.methods) if known else one

    for source in _sources():
        for name, value in list(vars(source.module).items()):
            where = f"{source.module.__name__}.{name}"
            for pattern in _patterns_in(value):
                add(Used(where, pattern, _methods_of(name, value)))
        for one in _in_calls(source):
            add(one)
    return list(found.values())
