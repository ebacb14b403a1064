"""Makes cards of finished text, where a room does not make lines and blocks yet."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.wording.card import Block, Button, Card, Line, Picture, Section, Select, StatedMargin


def post_card(
    kind: str,
    headline: str,
    credit: str,
    embeds: Sequence[Mapping[str, Any]] = (),
    quiet: bool = True,
    buttons: tuple[Button, ...] = (),
    picture: Picture | None = None,
    asks: bool = False,
    states: tuple[StatedMargin, ...] = (),
) -> Card:
    """Return a post's card."""
    return Card(
        (Line(headline),),
        credit,
        blocks_of(embeds),
        kind,
        buttons=buttons,
        picture=picture,
        quiet=quiet,
        asks=asks,
        states=states,
    )


def answer_card(
    content: str,
    embeds: Sequence[Mapping[str, Any]] = (),
    buttons: tuple[Button, ...] = (),
    picture: Picture | None = None,
    share: Button | None = None,
    selects: tuple[Select, ...] = (),
    a_row: int = 5,
) -> Card:
    """Return an answer's card."""
    head, small, credit = content.rpartition("\n-# ")
    if not small or "\n" in credit:
        head, credit = content, ""
    return Card(
        (Line(head),),
        credit,
        blocks_of(embeds),
        buttons=buttons,
        picture=picture,
        share=share,
        selects=selects,
        a_row=a_row,
    )


def blocks_of(embeds: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Return embeds as blocks."""
    return tuple(
        Block(
            (Line(embed["description"]),) if embed.get("description") else (),
            tuple(Section(one["name"], (Line(one["value"]),)) for one in embed.get("fields", ())),
            embed.get("title", ""),
            embed.get("footer", {}).get("text", ""),
            embed.get("color"),
        )
        for embed in embeds
    )
