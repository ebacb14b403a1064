"""Tests docs/commands.md: every command has a section and a picture, and the text agrees with the code."""

import re

import pytest

from cogs.help import TOPICS
from tests.pictures.__main__ import MOST_BYTES, MOST_BYTES_IN_ALL, main
from tests.pictures.camera import name_of
from tests.pictures.guide import DOCS, FOLDER, PAGE, Commands, Example, every_command, examples_of, page
from tests.pictures.guide import pictures_of as shown_on
from tests.pictures.newsroom import Camera, Newsroom, Seen, played
from tests.pictures.words import words_of_form

TEXT = PAGE.read_text(encoding="utf-8")
AGAIN = 'make pictures ARGS="--text" writes it anew'


@pytest.fixture
async def commands() -> Commands:
    return await every_command()


async def test_every_command_is_in_one_group_and_has_its_section_and_picture(commands: Commands) -> None:
    grouped = [name for names in TOPICS.values() for name in names]
    assert sorted(grouped) == sorted(commands), "TOPICS in cogs/help.py has every command once"
    examples = examples_of(TEXT)
    assert set(examples) == set(commands), "a new command is asked in tests/pictures/scenes.py; then make pictures"
    assert shown_on(TEXT) == {f"pictures/commands/{name_of(name)}" for name in commands}


async def test_the_page_says_what_the_code_and_the_permissions_say(commands: Commands) -> None:
    assert page(commands, examples_of(TEXT)) == TEXT, AGAIN


async def test_examples_are_typed_as_the_commands_take_them(commands: Commands) -> None:
    for name, example in examples_of(TEXT).items():
        command = commands[name]
        options = {one.name: one for one in getattr(command, "parameters", ())}
        if options or hasattr(command, "parameters"):
            assert example.typed.startswith(f"/{name}"), name
            typed = set(re.findall(r" (\w+):(?=\S)", example.typed))
            assert {key for key, one in options.items() if one.required} <= typed, name


def test_no_picture_is_orphaned_and_none_is_large() -> None:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in (*DOCS.glob("*.md"), DOCS.parent / "README.md"))
    pictures = sorted(FOLDER.parent.rglob("*.png"))
    assert pictures
    for picture in pictures:
        assert f"pictures/{picture.relative_to(FOLDER.parent)}" in texts, picture.name
        assert picture.stat().st_size <= MOST_BYTES, picture.name
    assert sum(picture.stat().st_size for picture in pictures) <= MOST_BYTES_IN_ALL


def test_every_picture_has_words_that_say_more_than_its_name() -> None:
    for name, example in examples_of(TEXT).items():
        assert len(example.words) > len(name) + 10, name
        assert "**" not in example.words, name
        assert "<" not in example.words, name


async def test_words_and_examples_are_read_back_as_they_were_written(commands: Commands) -> None:
    example = Example('/margin contest:"A & B"', 'Lead is "1" < 2 & more.')
    assert examples_of(page(commands, {"margin": example})) == {"margin": example}


def test_a_picture_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "nothing"]) == 2
    assert capsys.readouterr().err.startswith("no such picture: nothing; there are page, ")


def test_without_a_browser_nothing_is_taken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert main(["--only", "margin"]) == 1
    assert capsys.readouterr().out.count("\n") == 1


def test_the_docs_pictures_are_dark(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--theme", "light"]) == 2
    assert "--into" in capsys.readouterr().err


async def test_a_scene_is_asked_and_described_without_a_browser() -> None:
    seen: list[Seen] = []

    async def opened(_: str) -> Camera:
        async def take(one: Seen) -> None:
            seen.append(one)

        return take

    async def act(room: Newsroom) -> None:
        await room.show("margin", contest="President", at="7:36")
        form = await room.show("tally", contest="President", source="reporter")
        drafted = await room.fill_in(form, ballots="Floyd 118", **{"as": "7:36"})
        await room.picture("tally", "/tally", await room.press(drafted, "Enter"))

    await played("2020-11-11-georgia", "2020-11-11T07:40-05:00", act, opened)
    margin, form, entered = seen
    assert margin.typed == "/margin contest:President at:7:36"
    assert margin.words.startswith("At 7:36 a.m., Biden led in Georgia by 14,101 votes, by the Times' count")
    assert margin.words.endswith("Buttons: Everything known, Share without our reporter's figures.")
    assert (form.message, form.words[:22]) == (0, "A form: Enter figures:")
    assert entered.words.startswith("Entered, not posted.")


def test_a_form_is_described_by_its_fields() -> None:
    field = {"type": 4, "label": "Margin", "placeholder": "Biden 14,101"}
    assert words_of_form({"title": "President", "components": [{"type": 1, "components": [field]}]}) == (
        "A form: President. Margin: Biden 14,101."
    )
