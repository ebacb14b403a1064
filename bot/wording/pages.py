"""Splits an answer that is longer than a Discord message into pages, leaving nothing out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bot.wording.draft import Answer, Embed
from bot.wording.limits import ALL_EMBEDS, CONTENT, DESCRIPTION, EMBEDS, FIELD_VALUE, FIELDS, cut, embed_size, size

_T = TypeVar("_T")

_SMALL = "-# "

_FENCE = "```"

_PAGE = CONTENT - 100
"""Leaves room for the number that a shared page gets."""


def pages_of(answer: Answer) -> tuple[Answer, ...]:
    """Return an answer as pages that Discord takes, each with its buttons and lists.

    Each has the small last line, with the page's number. If only the cards are long, each has the whole text too.
    """
    *lines, last = answer.content.split("\n")
    small = last if last.startswith(_SMALL) else ""
    text = "\n".join(lines) if small else answer.content
    texts = [text] if size(answer.content) <= CONTENT else list(_split(text, _PAGE - size(small)))
    parts = [part for embed in answer.embeds for part in _parts(embed)]
    cards = [tuple(group) for group in _grouped(parts, _fit_into_a_message)] or [()]
    # The cards are with the end of the text.
    pages = [(one, ()) for one in texts[:-1]] + [(texts[-1], part) for part in cards]
    if len(pages) == 1:
        return (replace(answer, embeds=cards[0]),)
    return tuple(
        replace(answer, content=f"{text}\n{_numbered(small, number, len(pages))}", embeds=embeds)
        for number, (text, embeds) in enumerate(pages, start=1)
    )


def _numbered(small: str, page: int, pages: int) -> str:
    credit = small.removeprefix(_SMALL)
    return f"{_SMALL}Page {page} of {pages}{f' · {credit}' if credit else ''}"


def _split(text: str, most: int) -> Iterator[str]:
    """Yield a text in parts of whole lines; a line that is too long is split between words. A code block goes on as one."""
    room, fenced = most - 2 * (len(_FENCE) + 1), False
    part: list[str] = []
    for line in _lines(text, room):
        if part and size("\n".join([*part, line])) > room:
            yield "\n".join([*part, _FENCE] if fenced else part)
            part = [_FENCE] if fenced else []
        part.append(line)
        fenced ^= line.startswith(_FENCE)
    yield "\n".join(part)


def _lines(text: str, most: int) -> Iterator[str]:
    for line in text.split("\n"):
        left = line if size(line) <= most else line.strip()
        while size(left) > most:
            first = cut(left, most)
            first = first[: first.rfind(" ")] if " " in first.strip() else first
            yield first
            left = left[len(first) :].lstrip()
        yield left


def _parts(embed: Embed) -> Iterator[Embed]:
    """Yield a card, or several if it is too long."""
    fields = [part for field in embed.get("fields", ()) for part in _field(field)]
    described = embed.get("description", "")
    whole = {**embed, "fields": fields} if fields else embed
    if size(described) <= DESCRIPTION and len(fields) <= FIELDS and embed_size(whole) <= ALL_EMBEDS:
        yield whole
        return
    shown = {key: value for key, value in embed.items() if key not in ("description", "fields", "footer")}
    below = {"color": embed["color"]} if "color" in embed else {}
    for part in _split(described, DESCRIPTION) if described else ():
        yield {**shown, "description": part}
        shown = below
    for group in _grouped(fields, _fit_into_a_card):
        yield {**shown, "fields": group}
        shown = below
    if "footer" in embed:
        yield {**below, "footer": embed["footer"]}


def _field(field: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a field, or several of the same name if it is too long."""
    value = field["value"]
    for part in [value] if size(value) <= FIELD_VALUE else _split(value, FIELD_VALUE):
        yield {**field, "value": part}


def _grouped(parts: Iterable[_T], fits: Callable[[list[_T]], bool]) -> Iterator[list[_T]]:
    """Yield as many parts together as fit; a part that does not fit alone stands alone."""
    group: list[_T] = []
    for part in parts:
        if group and not fits([*group, part]):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _fit_into_a_card(fields: list[dict[str, Any]]) -> bool:
    return len(fields) <= FIELDS and embed_size({"fields": fields}) <= DESCRIPTION


def _fit_into_a_message(cards: list[Embed]) -> bool:
    return len(cards) <= EMBEDS and sum(map(embed_size, cards)) <= ALL_EMBEDS
