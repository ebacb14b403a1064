"""Makes cards of finished text, where a room does not make lines and blocks yet."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.wording.card import Block, Button, Card, Line, Picture, Section, Select, StatedMargin

_POST = re.compile(r"(?<![<\w])#([1-9][0-9]{0,8})\b")
"""A post's number in a sentence: "#214"; a channel is "<#776053614182400001>"."""


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
    about = _POST.match(head.removeprefix("**"))  # the post that the answer is about is not one that it names
    return Card(
        _lines(head, about and int(about[1])),
        credit,
        blocks_of(embeds, about and int(about[1])),
        buttons=buttons,
        picture=picture,
        share=share,
        selects=selects,
        a_row=a_row,
    )


def blocks_of(embeds: Sequence[Mapping[str, Any]], about: int | None = None) -> tuple[Block, ...]:
    """Return embeds as blocks; `about`: the number of the post that they are about."""
    return tuple(
        Block(
            _lines(embed["description"], about) if embed.get("description") else (),
            tuple(Section(one["name"], _lines(one["value"], about)) for one in embed.get("fields", ())),
            embed.get("title", ""),
            embed.get("footer", {}).get("text", ""),
            embed.get("color"),
        )
        for embed in embeds
    )


def _lines(text: str, about: int | None) -> tuple[Line, ...]:
    named = ((line, dict.fromkeys(int(number) for number in _POST.findall(line))) for line in text.split("\n"))
    return tuple(Line(line, posts=tuple(number for number in posts if number != about)) for line, posts in named)
