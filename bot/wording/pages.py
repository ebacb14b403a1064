"""An answer that is longer than Discord lets a message be, as pages: nothing of it is left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.wording.draft import Answer, Embed
from bot.wording.limits import ALL_EMBEDS, CONTENT, DESCRIPTION, EMBEDS, FIELD_VALUE, FIELDS, cut, embed_size, size

_SMALL, _FENCE = "-# ", "```"

_PAGE = CONTENT - 100
"""Of an answer in pages: what is shared of it gets a number."""


def pages_of(answer: Answer) -> tuple[Answer, ...]:
    """Return an answer as pages that Discord takes, each with its buttons and lists; one page: the answer as it is.

    The small last line is on each, with the page's number; so is the text, where only the cards are long.
    """
    *lines, last = answer.content.split("\n")
    small = last if last.startswith(_SMALL) else ""
    text = "\n".join(lines) if small else answer.content
    texts = [text] if size(answer.content) <= CONTENT else list(_split(text, _PAGE - size(small)))
    cards = list(_packed([part for embed in answer.embeds for part in _parts(embed)])) or [()]
    # The cards are with the end of the text.
    pages = [(one, ()) for one in texts[:-1]] + [(texts[-1], part) for part in cards]
    if len(pages) == 1:
        return (replace(answer, embeds=cards[0]),)
    return tuple(
        replace(answer, content="\n".join([said, _numbered(small, place, len(pages))]), embeds=shown)
        for place, (said, shown) in enumerate(pages, start=1)
    )


def _numbered(small: str, page: int, pages: int) -> str:
    credit = small.removeprefix(_SMALL)
    return f"{_SMALL}Page {page} of {pages}{f' · {credit}' if credit else ''}"


def _split(text: str, most: int) -> Iterator[str]:
    """Yield a text in parts of whole lines, or of words where a line alone is too long; a fenced block goes on fenced."""
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
    """Yield a card as it is or, where it is too long, as several."""
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
    for group in _fields(fields):
        yield {**shown, "fields": group}
        shown = below
    if "footer" in embed:
        yield {**below, "footer": embed["footer"]}


def _field(field: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a field as it is or, where it is too long, as several of its name."""
    value = field["value"]
    for part in [value] if size(value) <= FIELD_VALUE else _split(value, FIELD_VALUE):
        yield {**field, "value": part}


def _fields(fields: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    for field in fields:
        if group and (len(group) == FIELDS or embed_size({"fields": [*group, field]}) > DESCRIPTION):
            yield group
            group = []
        group.append(field)
    if group:
        yield group


def _packed(embeds: Sequence[Embed]) -> Iterator[tuple[Embed, ...]]:
    """Yield as many cards together as a message takes."""
    group: tuple[Embed, ...] = ()
    for embed in embeds:
        if group and (len(group) == EMBEDS or sum(map(embed_size, (*group, embed))) > ALL_EMBEDS):
            yield group
            group = ()
        group = (*group, embed)
    if group:
        yield group
