"""A post before it has its number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic_core import to_json

PostKind = Literal[
    "first", "revision", "lead_change", "margin", "no_margin_change", "progress", "roll_up",
    "certified", "statement", "stale", "rundown", "notice",
]  # fmt: skip
"""What a post is about: a change's kind, or one of the others that the transcript's contract names."""

Embed = Mapping[str, Any]
"""An embed in the shape of Discord's API (https://docs.discord.com/developers/resources/message)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a post says."""

    kind: PostKind
    headline: str
    """The content but for its last line: what notifications and copies show."""
    credit: str
    """The last line after the number: "the Times, 7:35 a.m."."""
    embeds: tuple[Embed, ...] = field(default=())
    quiet: bool = True
    """True: posted without a notification."""

    @property
    def words(self) -> tuple[str, str, str]:
        """All that it says but its number: what is the same in two drafts that are one post."""
        return (self.headline, self.credit, self.embeds_json())

    def embeds_json(self) -> str:
        """Return the embeds as compact JSON, letters kept as they are."""
        return to_json(self.embeds).decode()

    def content(self, number: int) -> str:
        """Return the message's content, whose small last line carries the post's number and finds it again."""
        return f"{self.headline}\n-# #{number} · {self.credit}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a slash command answers; it has no number."""

    content: str
    embeds: tuple[Embed, ...] = field(default=())
