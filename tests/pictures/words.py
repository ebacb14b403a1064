"""Turns a message or a form into one line of text. It is a picture's description for people who can't see the
picture.
"""

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from bot.rehearsal.standin.guild import Guild

_ENDS = (".", ":", ";", ",", "?", "…")
_BLOCKS = frozenset({"p", "br", "li", "div", "small", "blockquote"})


def words_of(message: Mapping[str, Any], guild: Guild) -> str:
    """Return the text of a message in the page's order: content, card, files, lists and buttons."""
    lines = list(_lines(message["html"]))
    for embed in message["embeds"]:
        for html in (embed["title"], embed["html"]):
            lines += _lines(html or "")
        for field in embed["fields"]:
            lines += [*_lines(field["name"]), *_lines(field["html"])]
        lines += _lines(embed["footer"] or "")
    lines += [_file(file) for file in message["files"]]
    parts = [part for row in message["components"] for part in row["components"]]
    lines += [f"List: {_list_says(part, guild)}" for part in parts if part["type"] != _BUTTON]
    if buttons := [part["label"] for part in parts if part["type"] == _BUTTON]:
        lines.append(f"Buttons: {', '.join(buttons)}")
    return _sentences(lines)


def words_of_form(form: Mapping[str, Any]) -> str:
    """Return the text of a form: its title, its fields, and what they contain."""
    lines = [f"A form: {form['title']}"]
    for field in fields_of(form):
        chosen = ", ".join(one["label"] for one in field.get("options") or () if one.get("default"))
        within = field.get("value") or chosen or field.get("placeholder")
        lines.append(f"{field['label']}: {within}" if within else field["label"])
    return _sentences(lines)


def fields_of(form: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the fields of a form, each with its label."""
    fields: list[Mapping[str, Any]] = []
    for part in form["components"]:
        fields += part.get("components") or [{**part["component"], "label": part["label"]}]
    return fields


_BUTTON = 2


def _list_says(part: Mapping[str, Any], guild: Guild) -> str:
    chosen = [one["label"] for one in part.get("options") or () if one.get("default")]
    known = {**guild.roles, **guild.channels, **guild.members}
    chosen += [str(getattr(known.get(int(one["id"])), "name", "")) for one in part.get("default_values") or ()]
    return ", ".join(chosen) or str(part.get("placeholder") or "")


def _file(file: Mapping[str, Any]) -> str:
    return f"A picture: {file['description']}" if file["picture"] else f"A file: {file['name']}"


def _sentences(lines: list[str]) -> str:
    """Join lines to one text, each line as a sentence."""
    whole = [" ".join(line.split()) for line in lines if line.strip()]
    return " ".join(line if line.endswith(_ENDS) else f"{line}." for line in whole)


def _lines(html: str) -> Iterator[str]:
    text = _Text()
    text.feed(html)
    text.close()
    yield from "".join(text.pieces).split("\n")


class _Text(HTMLParser):
    """An HTML parser that extracts text, with a line for each block element."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS or dict(attrs).get("class") == "subtext":
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
