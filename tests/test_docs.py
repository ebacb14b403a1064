"""Tests that every command, setting, option and file named in the docs exists."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main
from pydantic import BaseModel

from bot.__main__ import app
from bot.desk.desk_file import Calendar, Contest, Format, Source
from bot.desk.settings import Settings
from bot.desk.sheet_layout import ColumnName
from bot.wording.escape import COMMAND
from cogs.help import TOPICS
from tests.faults.__main__ import options as fault_options
from tests.pictures.__main__ import options as picture_options
from tests.pictures.guide import anchor

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXT = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
TEXTS = "\n".join(TEXT.values())
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group has them


def slash_commands() -> set[str]:
    """Return every slash command that `/help` lists.

    `tests/pictures/test_guide.py` compares that list with the code.
    """
    return {name for names in TOPICS.values() for name in names if name[0].islower()}


def test_the_newsroom_s_page_says_when_to_use_every_slash_command() -> None:
    screen = TEXT["editor.md"].partition("\n## What the posts mean\n")[0]
    assert [name for name in slash_commands() if f"`/{name}`" not in screen] == []


def named_in(text: str) -> set[str]:
    """Return the slash commands that a text names.

    Command groups, and the web addresses that the bot serves, are not included.
    """
    others = {*(name.split()[0] for name in slash_commands()), "healthz", "metrics"}
    return set(re.findall(rf"`/({COMMAND})`", text)) - others


def test_slash_commands_named_in_passing_exist() -> None:
    assert named_in(TEXTS) <= slash_commands()


@pytest.mark.parametrize("folder", ["bot", "cogs", "data"])
def test_slash_commands_that_sentences_name_exist(folder: str) -> None:
    """Check every text in the code: posts, errors and docstrings."""
    for path in (ROOT / folder).rglob("*"):
        if path.suffix in (".py", ".toml", ".sql", ".js", ".html"):
            assert named_in(path.read_text(encoding="utf-8")) <= slash_commands(), path


def test_subcommands_and_options_that_are_named_exist() -> None:
    assert set(re.findall(r"tallydesk ([a-z]+)\b(?!\.)", "\n".join(re.findall(r"`[^`\n]*`", TEXTS)))) <= set(COMMANDS)
    options = {name for command in COMMANDS.values() for parameter in command.params for name in parameter.opts}
    options |= {*fault_options()._option_string_actions, *picture_options()._option_string_actions}
    others = {"--strict", "--pip-args", "--rm", "--variant", "--register", "--keep-unit"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXTS)) - others <= options


def test_settings_that_are_named_exist() -> None:
    settings = {f"TALLYDESK_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"TALLYDESK_[A-Z_]+", TEXTS)) <= settings


def test_every_format_is_in_the_table_of_formats_and_no_other() -> None:
    table = TEXT["desk-file.md"].partition("## Feed formats\n")[2]
    assert set(re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE)) == {*get_args(Format), "format"}


def test_every_column_is_documented() -> None:
    for name in get_args(ColumnName):
        assert f"`{name}`" in TEXT["sheets.md"], name


TABLES = {"contests": Contest, "sources": Source, "calendars": Calendar}


def examples(table: str) -> list[dict[str, Any]]:
    """Return all entries of one table in the docs' example desk files."""
    blocks = [tomllib.loads(block) for block in re.findall(r"^ *```toml\n(.*?)```", TEXTS, re.DOTALL | re.MULTILINE)]
    assert not {name for block in blocks for name in block} - TABLES.keys()
    return [one for block in blocks for one in block.get(table, ())]


def test_every_format_has_an_example_of_a_source_that_can_be_used() -> None:
    formats = {Source.model_validate(source).format for source in examples("sources")}
    other_names = set(re.findall(r"^\| `([\w-]+)` \| the other name of `", TEXT["desk-file.md"], re.MULTILINE))
    assert formats - {None} == set(get_args(Format)) - other_names


def headings(page: Path) -> set[str]:
    """Return the anchors of the headings on a page."""
    return {anchor(title) for title in re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)}


def test_links_and_paths_lead_somewhere() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if target.startswith("https://"):
                continue
            file, _, heading = target.partition("#")
            there = page.parent / file if file else page
            assert there.exists(), f"{page.name}: {target}"
            assert not heading or heading in headings(there), f"{page.name}: {target}"
        for path in re.findall(r"`((?:bot|cogs|data|tests|docs|requirements)/[\w./-]*)`", text):
            assert (ROOT / path).exists(), f"{page.name}: {path}"


ROOMS = {package.parent.name for package in (ROOT / "bot").glob("*/__init__.py")}


def test_every_room_is_in_the_table_of_rooms_and_no_other() -> None:
    rows = re.findall(r"^\| `bot/(\w+)/`", TEXT["architecture.md"], re.MULTILINE)
    assert sorted(rows) == sorted(ROOMS)


def test_files_of_rooms_that_are_named_exist() -> None:
    named = re.findall(rf"(?<![\w/])((?:{'|'.join(sorted(ROOMS))})/[\w/]*\w+\.py)", TEXTS)
    assert len(named) > 10
    assert not [path for path in named if not (ROOT / "bot" / path).exists()]


@pytest.mark.parametrize("folder", ["bot", "cogs"])
def test_files_that_docstrings_name_exist(folder: str) -> None:
    """Check paths relative to the project, or to the folder of the file that names them."""
    for module in (ROOT / folder).rglob("*.py"):
        text = module.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if ".py`" in text else ():
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                for path in re.findall(r"`([\w/]+\.py)`", ast.get_docstring(node) or ""):
                    assert (module.parent / path).exists() or (ROOT / path).exists(), f"{module}: {path}"


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = "\n".join(re.findall(r"^    .*|`[^`\n]*`", TEXTS, re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", code)) <= targets


@pytest.mark.parametrize("page", ["README.md", "operator.md"])
def test_the_steps_close_the_bot_to_strangers(page: str) -> None:
    assert "*Public Bot* off" in TEXT[page]
    assert "TALLYDESK_SERVERS" in TEXT[page]


def test_the_first_screen_of_the_readme_names_both_commands_of_a_fresh_machine() -> None:
    screen = "\n".join(TEXT["README.md"].split("\n")[:25])
    assert re.findall(r"^    (make \w+)", screen, re.MULTILINE) == ["make rehearse", "make test"]


@pytest.mark.parametrize(("table", "model"), TABLES.items())
def test_toml_in_the_docs_is_toml_that_the_desk_file_takes(table: str, model: type[BaseModel]) -> None:
    for one in examples(table):
        model.model_validate(one)


def test_make_help_names_every_target_but_the_parts_of_make_test() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert targets - set(re.findall(r'@echo "make ([a-z]+) ', makefile)) == {"help", "lint", "types", "imports", "unit"}


def test_each_word_of_the_glossary_is_there_once_and_found_in_the_code() -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| `(\w+)` \|$", TEXT["glossary.md"], re.MULTILINE)
    assert len({word for word, _ in rows}) == len(rows) >= 40
    code = "\n".join(module.read_text(encoding="utf-8") for module in (ROOT / "bot").rglob("*.py"))
    assert not {name for _, name in rows} - set(re.findall(r"\w+", code))


def test_the_way_of_a_reading_goes_through_functions_that_exist() -> None:
    walk = TEXT["architecture.md"].partition("## The way of a reading")[2].partition("\n## ")[0]
    path, missing = "", []
    for where, function in re.findall(r"^\| (?:`(bot/\S+\.py)`)? ?\| (?:↑ )?(`.+?) \|", walk, re.MULTILINE):
        path = where or path
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        missing += [
            f"{path}: {name}" for name in re.findall(r"`([\w.]+)`", function) if not _has(tree, name.split("."))
        ]
    assert path
    assert missing == []


def _has(tree: ast.AST, names: list[str]) -> bool:
    """Return True if nested functions or classes with these names are in the code, such as `Class.method`."""
    found = [one for one in ast.iter_child_nodes(tree) if getattr(one, "name", None) == names[0]]
    return bool(found) and (len(names) == 1 or _has(found[0], names[1:]))


@pytest.mark.parametrize("excerpt", re.findall(r"```python\n(.*?)```", TEXT["patterns.md"], re.DOTALL))
def test_each_excerpt_of_the_patterns_page_is_in_the_file_that_it_names(excerpt: str) -> None:
    named, code = excerpt.split("\n", maxsplit=1)
    assert code in (ROOT / named.removeprefix("# ")).read_text(encoding="utf-8")
