"""Tests the page's static files without a browser."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "bot" / "rehearsal" / "page" / "static"


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


PAIRS = [
    *(
        (text, ground)
        for text in ("text", "strong", "muted")
        for ground in ("ground", "side", "float", "field", "embed", "hover", "private", "ping-ground")
    ),
    *(("quiet", ground) for ground in ("ground", "side", "field")),
    ("link", "ground"),
    ("link", "private"),
    ("danger", "ground"),
    ("danger", "float"),
    ("mention", "mention-ground"),
    ("strong", "row-on"),
    ("text", "row-hover"),
    ("text", "code"),
    ("secondary-text", "secondary"),
    ("muted", "user"),
    ("text", "row-on"),
    ("text", "rail"),
    ("muted", "float-deep"),
    ("muted", "warn-ground"),
]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_text_stands_out_from_its_ground(theme: str) -> None:
    """WCAG 2.2, level AA, requires a contrast of 4.5 to 1."""
    css = (STATIC / "theme.css").read_text(encoding="utf-8")
    block = css.split(f'[data-theme="{theme}"] {{')[1].split("}")[0]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for text, ground in PAIRS:
        light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{text} on {ground}"


def test_nothing_of_the_page_comes_from_elsewhere() -> None:
    for path in STATIC.rglob("*"):
        if path.suffix in (".js", ".css", ".html", ".svg"):
            found = re.findall(r"(?:https?:)?//[\w.-]+\.\w+", path.read_text(encoding="utf-8"))
            assert set(found) <= {"http://www.w3.org"}, path.name


def test_every_file_that_one_names_is_there_and_every_one_is_named() -> None:
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    named = set(re.findall(r'"static/([\w./-]+)"', text))
    for module in STATIC.glob("*.js"):
        found = re.findall(r'from "\./([\w.]+)"|import "\./([\w.]+)"', module.read_text(encoding="utf-8"))
        named |= {name for pair in found for name in pair if name}
    assert named | {"index.html"} == {path.name for path in STATIC.iterdir() if path.is_file()}
    icons = set(re.findall(r'id="i-([\w-]+)"', text))
    used = set(
        re.findall(r'icon: "([\w-]+)"|icon\("([\w-]+)"\)', "".join(path.read_text() for path in STATIC.glob("*.js")))
    )
    assert {name for pair in used for name in pair if name} <= icons


def test_what_a_module_takes_from_another_is_there() -> None:
    given = {
        path.name: set(
            re.findall(r"export (?:async )?(?:function|const|class) (\w+)", path.read_text(encoding="utf-8"))
        )
        for path in STATIC.glob("*.js")
    }
    taken: dict[str, set[str]] = {name: set() for name in given}
    for path in STATIC.glob("*.js"):
        for names, source in re.findall(r'import \{ ([^}]+) \} from "\./([\w.]+)"', path.read_text(encoding="utf-8")):
            wanted = {name.strip() for name in names.split(",")}
            assert wanted <= given[source], f"{path.name} from {source}"
            taken[source] |= wanted
            text = path.read_text(encoding="utf-8")
            for name in wanted:
                assert len(re.findall(rf"\b{name}\b", text)) > 1, f"{path.name} does not use {name}"
    for name, names in given.items():
        assert names == taken[name], f"{name} gives what nobody takes: {names - taken[name]}"
