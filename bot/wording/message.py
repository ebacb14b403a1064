"""Turns cards into Discord messages: the small last line with a post's number, embeds, pages, within Discord's limits."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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

OWN_ERROR = "Corrected"
"""`Replaced.word` for a post that was our own error."""

REVISED = "Revised"
"""`Replaced.word` for a post whose source revised its count. It is not struck through, since it was right at its time."""

_PAGE = CONTENT - 100
"""The most characters of a page. A shared page also has a number."""

_MOST_PICTURE_WORDS = 1024
"""The most characters of a file's description: Discord's limit."""


@dataclass(frozen=True, slots=True)
class Message:
    """A card in Discord's form: text and embeds."""

    content: str
    embeds: tuple[Embed, ...] = ()


def render(card: Card, number: int | None = None, *, direct: bool = False, blocks: bool = True) -> Message:
    """Return a card as one message, even if it exceeds Discord's limits.

    Args:
        card: the card, with its head, blocks and notices.
        number: the post's number, shown in the small last line; None for an answer.
        direct: True for a direct message, which is numbered separately: "DM 3".
        blocks: False if the bot may not embed; the blocks then become text.
    """
    last = last_line(card, number, direct=direct)
    texts = _struck(card, last) if card.replaced else [card.headline, *(note.text for note in card.notes)]
    if card.blocks and not blocks:
        texts += _as_text(card, [*texts, last])
    return Message("\n".join([*texts, last] if last else texts), embeds_of(card) if blocks else ())


def _struck(card: Card, last: str) -> list[str]:
    """Return the lines of a post that was replaced: the notices, then the card's own lines.

    The notices are the newest one and, if older, the last one about our own error. All lines are cut to fit. The
    card's lines are struck through, unless only revisions by the source have replaced the post.
    """
    newest, ours = card.replaced[-1], [one for one in card.replaced if one.word == OWN_ERROR]
    above = "\n".join(newest.lines)
    lines = [one.lines[0] for one in ours[-1:] if newest.word != OWN_ERROR]
    strike = "" if {one.word for one in card.replaced} == {REVISED} else "~~"
    lines += [f"> {strike}{text}{strike}" for text in card.headline.split("\n") if text.strip()]
    room = CONTENT - size(last) - 1
    while lines and size("\n".join([above, *lines])) > room:
        lines.pop()
    return [above if size(above) <= room else newest.brief, *lines]


def last_line(card: Card, number: int | None = None, *, direct: bool = False) -> str:
    """Return the small last line of a card. Empty if the card has neither a credit nor a number."""
    if number is None:
        return f"{_SMALL}{card.credit}" if card.credit else ""
    if card.asks:
        return f"{_SMALL}{card.credit} · question {number}"
    return f"{_SMALL}{'DM ' if direct else '#'}{number} · {card.credit}"


def embeds_of(card: Card) -> tuple[Embed, ...]:
    """Return the blocks of a card as embeds."""
    return tuple(_embed(block) for block in card.blocks)


def quoted(card: Card, most: int = CONTENT) -> list[str]:
    """Return the text above a post's blocks as lines of a quotation, cut to `most` characters."""
    text = card.headline if len(card.headline) <= most else f"{card.headline[:most]}…"
    return [f"> {line}" for line in text.split("\n")]


def block_size(block: Block) -> int:
    """Return a block's size in UTF-16 units; the embeds of a message may have 6,000 together."""
    return embed_size(_embed(block))


def without_picture(card: Card, picture: Picture) -> Card:
    """Return a card with its picture replaced by a block with the alternative text.

    Used if the picture can't be attached.
    """
    text = f"**The chart could not be attached here.** In words: {escape(picture.words, _MOST_PICTURE_WORDS)}"
    return replace(card, picture=None, blocks=(*card.blocks, Block((Line(text),))))


def _as_text(card: Card, beside: Sequence[str]) -> list[str]:
    """Return the text of a card's blocks, cut so that it fits into one message with the lines `beside`."""
    below = [text for block in card.blocks for text in _block_texts(block)]
    mark = "-# Its card could not be embedded here, and is shown as text above."
    shown = joined(below, CONTENT - size("\n".join([*beside, mark])) - 2, "and {} more lines")
    return [shown, mark] if shown else [mark]


def _block_texts(block: Block) -> list[str]:
    texts = [f"**{block.title}**"] if block.title else []
    texts += [line.text for line in block.lines]
    for section in block.sections:
        texts += [f"**{section.title}**", *(line.text for line in section.lines)]
    texts.append(block.footer)
    return [text for part in texts for text in part.split("\n") if text.strip()]


def pages(card: Card) -> tuple[Card, ...]:
    """Split an answer into cards that each fit into one message. No text is lost.

    Each card has the small last line with its page number. If only the blocks are too long, each page repeats the
    head.
    """
    fits = size(render(card).content) <= CONTENT
    heads = [card.head] if fits else list(_split(card.head, _PAGE - size(last_line(card))))
    parts = [part for block in card.blocks for part in _parts(block)]
    groups = [tuple(group) for group in _grouped(parts, _fit_into_a_message)] or [()]
    if len(heads) == 1 and len(groups) == 1:
        return (replace(card, blocks=groups[0]),)
    # The blocks are with the end of the head.
    shown = [(head, ()) for head in heads[:-1]] + [(heads[-1], group) for group in groups]
    of, credit = len(shown), f" · {card.credit}" if card.credit else ""
    return tuple(
        replace(card, head=head, blocks=group, credit=f"Page {page} of {of}{credit}")
        for page, (head, group) in enumerate(shown, start=1)
    )


def _embed(block: Block) -> Embed:
    embed: dict[str, Any] = {"title": block.title} if block.title else {}
    if block.lines:
        embed["description"] = _text(block.lines)
    if block.colour is not None:
        embed["color"] = block.colour
    if block.sections:
        embed["fields"] = [_field_of(section) for section in block.sections]
    if block.footer:
        embed["footer"] = {"text": block.footer}
    return embed


def _field_of(section: Section) -> dict[str, Any]:
    return {"name": section.title, "value": _text(section.lines)}


def _text(lines: Iterable[Line]) -> str:
    return "\n".join(line.text for line in lines)


def _split(lines: Iterable[Line], most: int) -> Iterator[tuple[Line, ...]]:
    """Yield groups of lines of at most `most` UTF-16 units each.

    A line that is too long is split between words; code blocks remain code blocks.
    """
    room, fenced = most - 2 * (len(_FENCE) + 1), False
    fence = Line(_FENCE)
    part: list[Line] = []
    for line in _short(lines, room):
        if part and size(_text([*part, line])) > room:
            yield tuple([*part, fence] if fenced else part)
            part = [fence] if fenced else []
        part.append(line)
        fenced ^= line.text.startswith(_FENCE)
    yield tuple(part)


def _short(lines: Iterable[Line], most: int) -> Iterator[Line]:
    for line in lines:
        for number, text in enumerate(piece for one in line.text.split("\n") for piece in _pieces(one, most)):
            # What others read in its place stands once.
            yield replace(line, text=text, otherwise=None if number else line.otherwise)


def _pieces(text: str, most: int) -> Iterator[str]:
    left = text if size(text) <= most else text.strip()
    while size(left) > most:
        first = cut(left, most)
        first = first[: first.rfind(" ")] if " " in first.strip() else first
        yield first
        left = left[len(first) :].lstrip()
    yield left


def _parts(block: Block) -> Iterator[Block]:
    """Yield a block, or several blocks if it is too long for one."""
    sections = tuple(part for section in block.sections for part in _section_parts(section))
    whole = replace(block, sections=sections)
    if size(_text(block.lines)) <= DESCRIPTION and len(sections) <= FIELDS and block_size(whole) <= ALL_EMBEDS:
        yield whole
        return
    shown, below = replace(block, lines=(), sections=(), footer=""), Block(colour=block.colour)
    for lines in _split(block.lines, DESCRIPTION) if block.lines else ():
        yield replace(shown, lines=lines)
        shown = below
    for group in _grouped(sections, _fit_into_a_block):
        yield replace(shown, sections=tuple(group))
        shown = below
    if block.footer:
        yield replace(below, footer=block.footer)


def _section_parts(section: Section) -> Iterator[Section]:
    """Yield a section, or several sections with the same title if it is too long for one."""
    fits = size(_text(section.lines)) <= FIELD_VALUE
    for lines in [section.lines] if fits else _split(section.lines, FIELD_VALUE):
        yield replace(section, lines=lines)


def _grouped(parts: Iterable[_T], fits: Callable[[list[_T]], bool]) -> Iterator[list[_T]]:
    """Yield groups of as many parts as `fits` accepts. A part that is too large alone is a group of its own."""
    group: list[_T] = []
    for part in parts:
        if group and not fits([*group, part]):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _fit_into_a_block(sections: list[Section]) -> bool:
    return len(sections) <= FIELDS and block_size(Block(sections=tuple(sections))) <= DESCRIPTION


def _fit_into_a_message(blocks: list[Block]) -> bool:
    return len(blocks) <= EMBEDS and sum(map(block_size, blocks)) <= ALL_EMBEDS
