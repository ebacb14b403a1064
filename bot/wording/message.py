"""Makes Discord's messages of cards: the small last line with a post's number, the embeds, the pages; all within Discord's limits."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.wording.card import Block, Card, Line, Picture, Section
from bot.wording.escape import escape
from bot.wording.limits import (
    ALL_EMBEDS,
    CONTENT,
    DESCRIPTION,
    EMBEDS,
    FIELD_VALUE,
    FIELDS,
    cut,
    embed_size,
    joined,
    size,
)

Embed = Mapping[str, Any]
"""An embed in the shape of Discord's API (https://docs.discord.com/developers/resources/message)."""

_T = TypeVar("_T")

_SMALL = "-# "

_FENCE = "```"

_PAGE = CONTENT - 100
"""Leaves room for the number that a shared page gets."""

_MOST_PICTURE_WORDS = 1024
"""Discord's limit for what describes a file."""


@dataclass(frozen=True, slots=True)
class Message:
    """A card as Discord takes it."""

    content: str
    embeds: tuple[Embed, ...] = ()


def render(card: Card, number: int | None = None, *, direct: bool = False, blocks: bool = True) -> Message:
    """Return a card as one message, of whatever length.

    Args:
        card: what it says.
        number: the post's, by which it is found again in the small last line; None: an answer, which has none.
        direct: it is a direct message; these have numbers of their own, "DM 3".
        blocks: False where the bot may not embed: what they say is then in the text.

    """
    last = last_line(card, number, direct=direct)
    texts = [card.headline] if blocks or not card.blocks else [card.headline, *_as_text(card, last)]
    return Message("\n".join([*texts, last] if last else texts), embeds_of(card) if blocks else ())


def last_line(card: Card, number: int | None = None, *, direct: bool = False) -> str:
    """Return the small last line of a card; empty where it has neither a credit nor a number."""
    if number is None:
        return f"{_SMALL}{card.credit}" if card.credit else ""
    if card.asks:
        return f"{_SMALL}{card.credit} · question {number}"
    return f"{_SMALL}{'DM ' if direct else '#'}{number} · {card.credit}"


def embeds_of(card: Card) -> tuple[Embed, ...]:
    """Return the blocks of a card as embeds."""
    return tuple(_embed(block) for block in card.blocks)


def without_picture(card: Card, picture: Picture) -> Card:
    """Return a card with its picture's words in a block of its own, for where the picture can't be attached."""
    said = f"**The chart could not be attached here.** In words: {escape(picture.words, _MOST_PICTURE_WORDS)}"
    return replace(card, picture=None, blocks=(*card.blocks, Block((Line(said),))))


def _as_text(card: Card, last: str) -> list[str]:
    below = [text for block in card.blocks for text in _block_texts(block)]
    mark = "-# Its card could not be embedded here, and is shown as text above."
    shown = joined(below, CONTENT - size(f"{card.headline}\n{mark}\n{last}") - 2, "and {} more lines")
    return [shown, mark] if shown else [mark]


def _block_texts(block: Block) -> list[str]:
    texts = [f"**{block.title}**"] if block.title else []
    texts += [line.text for line in block.lines]
    for section in block.sections:
        texts += [f"**{section.title}**", *(line.text for line in section.lines)]
    texts.append(block.footer)
    return [text for part in texts for text in part.split("\n") if text.strip()]


def pages(card: Card) -> tuple[Message, ...]:
    """Return an answer as messages that Discord takes, leaving nothing out.

    Each has the small last line, with the page's number. If only the blocks are long, each has the whole head, too.
    """
    small = last_line(card)
    whole = render(card)
    texts = [card.headline] if size(whole.content) <= CONTENT else list(_split(card.headline, _PAGE - size(small)))
    parts = [part for embed in whole.embeds for part in _parts(embed)]
    groups = [tuple(group) for group in _grouped(parts, _fit_into_a_message)] or [()]
    if len(texts) == 1 and len(groups) == 1:
        return (replace(whole, embeds=groups[0]),)
    # The blocks are with the end of the head.
    shown = [(text, ()) for text in texts[:-1]] + [(texts[-1], group) for group in groups]
    of = len(shown)
    return tuple(
        Message(f"{text}\n{_SMALL}Page {page} of {of}{f' · {card.credit}' if card.credit else ''}", embeds)
        for page, (text, embeds) in enumerate(shown, start=1)
    )


def _embed(block: Block) -> Embed:
    embed: dict[str, Any] = {"title": block.title} if block.title else {}
    if block.lines:
        embed["description"] = "\n".join(line.text for line in block.lines)
    if block.colour is not None:
        embed["color"] = block.colour
    if block.sections:
        embed["fields"] = [_field_of(section) for section in block.sections]
    if block.footer:
        embed["footer"] = {"text": block.footer}
    return embed


def _field_of(section: Section) -> dict[str, Any]:
    return {"name": section.title, "value": "\n".join(line.text for line in section.lines)}


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
