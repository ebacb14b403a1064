"""Tests that no sentence declares a winner, predicts an outcome or breaks the newsroom's style, whatever the facts.

Every function that writes sentences is tried, and every text in the code.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import bot
import cogs
from bot.errors import BadInputError
from bot.wording.card import Card
from tests.conftest import share
from tests.property.facts import SOURCES, Drawn, worlds
from tests.style import jargon, not_ap, too_long
from tests.voice import verdicts

OTHERWISE = re.compile(
    # a caller's own verb after the caller's name: nobody else may use it
    rf"(?:{'|'.join(one.removeprefix('the ') for one in SOURCES)}) (?:has )?"
    r"(?:project(?:ed|s) [\w ]+ as|declare[ds] [\w ]+|name[ds] [\w ]+) (?:the )?(?:apparent )?winners? in "
    # what was read in a text, whether a name is a county's, and a thread that Discord has closed
    r"|What is not certain is left out|none of that name for certain|stays locked",
    re.IGNORECASE,
)
"""Matches sentences that are allowed although they look like a verdict."""
CALLERS_VERBS = (
    "apparent winner",
    "projected {} as the {} in {}",
    "declared {} the {} in {}",
    "named {} the apparent {} in {}",
)
"""Texts in the code that always follow the name of a race caller."""

HEADLINE = "a post's headline"

KEYS = ("taken back",)
"""Internal keys in the code that look like sentences. No reader sees them."""


def found_in(text: str) -> list[str]:
    return verdicts(OTHERWISE.sub("", text))


def headlines(made: object) -> Iterator[str]:
    """Yield the headline of each card that a function returned."""
    if isinstance(made, Card):
        yield made.headline
    elif isinstance(made, tuple | list):
        for one in made:
            yield from headlines(one)


def modules() -> list[ModuleType]:
    """Return the modules that write sentences: `bot.wording`, and every module whose name ends in `_words`."""
    names = [one.name for one in pkgutil.walk_packages(bot.__path__, "bot.")]
    return [
        importlib.import_module(name) for name in names if name.startswith("bot.wording.") or name.endswith("_words")
    ]


def functions(module: ModuleType) -> list[Callable[..., Any]]:
    """Return the public functions defined in a module, without those in `NOT_ALONE`."""
    named = [(name, inspect.unwrap(one)) for name, one in vars(module).items() if callable(one) and name[0] != "_"]
    return [
        one
        for _, one in named
        if inspect.isfunction(one) and one.__module__ == module.__name__ and one.__name__ not in NOT_ALONE
    ]


NOT_ALONE = ("incident_notice", "named", "matching")
"""Functions that can't be called with random facts.

Their arguments have to match each other, or may be of any type. The functions around them are tested.
"""
REFUSES = (
    "crossed_post",
    "card_of",
    "chart_of",
    "chart_words",
    "past_time",
    "typed_minute",
    "quiet_hours",
    "source_named",
    "contest_named",
    "candidate_named",
    "county_named",
)
"""Functions that may raise an error for some facts, as their docstrings state.

A count may have no recount line to cross, for example, and a text may be no time.
"""
WORDED = [module for module in modules() if functions(module)]


def texts(made: object) -> Iterator[str]:
    """Yield every text in what a function returned.

    The keys and values of buttons are not included, since nobody reads them.
    """
    if isinstance(made, str):
        yield made
    elif is_dataclass(made):
        for one in fields(made):
            if one.name not in ("key", "value", "share"):
                yield from texts(getattr(made, one.name))
    elif isinstance(made, Mapping):
        yield from texts(tuple(made.values()))
    elif isinstance(made, Sequence) and not isinstance(made, bytes):
        for one in made:
            yield from texts(one)


@st.composite
def worded(draw: st.DrawFn, module: ModuleType) -> list[tuple[str, str]]:
    """Call each function of a module with facts from one world. Returns pairs of the function's name and a text."""
    drawn = Drawn(draw, draw(worlds()))
    said = []
    for function in functions(module):
        try:
            made = function(**drawn.arguments(function))
        except (ValueError, BadInputError):
            if function.__name__ not in REFUSES:
                raise
        else:
            said += [(function.__name__, text) for text in texts(made)]
            said += [(HEADLINE, text) for text in headlines(made)]
    return said


@pytest.mark.parametrize("module", WORDED, ids=lambda module: module.__name__)
@settings(share(0.1), phases=[Phase.generate])  # facts are small as they are drawn
@given(data=st.data())
def test_no_sentence_is_a_verdict_whatever_the_facts(module: ModuleType, data: st.DataObject) -> None:
    said = data.draw(worded(module))
    assert [one for one in said if found_in(one[1])] == []
    assert [long for what, text in said if what == HEADLINE for long in too_long(text)] == []
    assert [(one, jargon(one[1]) + not_ap(one[1])) for one in said if jargon(one[1]) or not_ap(one[1])] == []


@cache
def written(file: Path) -> list[str]:
    """Return all texts of several words in a Python file.

    Placeholders in f-strings become {}. Docstrings and regular expressions are not included.
    """
    return list(texts_of(ast.parse(file.read_text(encoding="utf-8"))))


def texts_of(tree: ast.AST) -> Iterator[str]:
    """Yield the texts of several words in a syntax tree, as `written` does for a file."""
    passed_over: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed_over.add(id(node.value))
        elif isinstance(node, ast.Call) and _called(node) == "compile":
            passed_over |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        text = ""
        if id(node) in passed_over:
            continue
        if isinstance(node, ast.JoinedStr):
            passed_over |= {id(part) for part in node.values}
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        if " " in text.strip():
            yield text


def _called(node: ast.Call) -> str:
    """Return the name of the function or method that a call names, without the object before the dot."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


FILES = [
    file
    for folder in (*bot.__path__, *cogs.__path__)
    for file in sorted(Path(folder).rglob("*.py"))
    if "cogs" in file.parts or "wording" in file.parts or file.stem.endswith("_words")
]

ROOMS = [file for file in sorted(Path(bot.__path__[0]).rglob("*.py")) if "migrations" not in file.parts]


def handed_over(file: Path) -> Iterator[str]:
    """Yield the texts of several words that a file passes to an error or to a card."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = _called(node)
            if called.endswith("Error") or called in ("of", "above", "below", "Button", "Select", "Choice"):
                yield from texts_of(node)


def test_no_error_and_no_answer_of_any_room_is_in_words_of_ours_or_against_ap_style() -> None:
    said = [(file, text) for file in ROOMS for text in handed_over(file)]
    assert len(said) > 500
    assert [(file.name, text) for file, text in said if jargon(text)] == []
    # Errors about files and sheets quote a time as the file has it.
    of_files = {"feeds", "desk"}
    assert [(file.name, text) for file, text in said if not_ap(text) and of_files.isdisjoint(file.parts)] == []


def test_no_text_in_the_code_of_a_sentence_a_card_or_a_command_is_a_verdict() -> None:
    assert len(FILES) > 50
    said = [(file.name, text) for file in FILES for text in written(file) if text not in CALLERS_VERBS]
    assert [one for one in said if found_in(one[1])] == []


def test_no_text_in_the_code_is_in_words_of_ours_or_against_ap_style() -> None:
    said = [(file, text) for file in FILES for text in written(file) if text not in KEYS]
    assert [(file.name, text) for file, text in said if jargon(text)] == []
    # A command's options show times as people type them.
    assert [(file.name, text) for file, text in said if not_ap(text) and "cogs" not in file.parts] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "It is the AP's: whose word counts",
        "1 channel is told its margin now.",
        "One of the desk has to confirm it.",
        "Biden's lead stands at 14,101.",
        "Votes last changed at 7:35 AM.",
        "The rally is at 10:00 a.m.",
        "Polls close at 12 p.m.",
        "Counties have until Fri. to certify.",
        "Biden leads by 14101 votes.",
        "The margin is 0.28 percent.",
        "Biden's lead grew by 10 over 2 updates.",
    ],
)
def test_what_is_not_our_style_is_known_for_it(sentence: str) -> None:
    assert jargon(sentence) or not_ap(sentence)


def test_a_headline_s_sentence_has_thirty_words_at_most() -> None:
    assert too_long("**Biden leads in Georgia by 14,101 votes.** Trump led at 7:05 a.m. Tuesday.") == []
    assert too_long(" ".join(["word"] * 31) + ".")


@pytest.mark.parametrize(
    "sentence",
    [
        "**Trump can't catch up on these:** Biden leads by 100, with 99 ballots left.",
        "Trump needs 76,694 of the ballots left.",
        "Biden leads by more than is left to count.",
        "The race is over.",
        "**Trump needs 201 of the ballots left (67.00%) to move ahead,** if each is for one of the two.",
        "Trump cannot overtake Biden.",
        "Trump can't hold Georgia.",
        "Biden's lead is insurmountable.",
        "Biden is out of reach.",
        "Biden is sure of Georgia.",
        "It is certain that Biden carries Georgia.",
        "99 ballots are not enough to change that.",
        "Biden wins Georgia.",
        "Biden has won in Georgia.",
        "Biden will win in Georgia.",
        "Georgia is safe for Biden.",
        "Georgia is locked up.",
        "Biden is projected to carry Georgia.",
        "The Wire projects Biden as the winner in Georgia.",
        "Biden has 50.15%, a majority, with 1,499 votes to spare.",
        "**Biden now has a majority in Georgia,** with 50.15%.",
        "Trump is ahead of Jorgensen by 2 votes for the second place in a runoff.",
        "10,850 votes more would still be inside.",
        "There will be a recount.",
        "Biden is likely ahead in what is left.",
        "74 votes were found in Floyd County.",
        "Biden leads!",
    ],
)
def test_a_verdict_is_known_for_one(sentence: str) -> None:
    assert verdicts(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "**Biden leads by 100 votes, with 99 ballots left,** by the Secretary of State at 7:06 a.m.",
        "**Biden moves ahead in Georgia's count, by 917 votes.** Trump led by 463 before.",
        "**Biden now has 50.1% of the vote in Georgia,** 1,499 votes more than a majority of those counted, by the Times' count.",
        "The Times expects 2,400 votes in all, an estimate: 300 more than are counted, as of 7:05 a.m.",
        "A candidate may ask for a recount within two business days of certification, if it still is then.",
        "The Secretary of State can't be reached, since 7 a.m., for two hours.",
        "The AP called Georgia for Biden at 7:40 p.m.",
        "Georgia is too close to call, says the AP.",
    ],
)
def test_figures_and_what_others_say_are_no_verdicts(sentence: str) -> None:
    assert verdicts(sentence) == []
