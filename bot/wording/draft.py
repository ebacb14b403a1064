"""A post before it has its number: its sentence, its card, its buttons. And an answer, which never has one.

The bar beside a card has no party's colour, and is never the only sign of anything: the words say it too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Literal

from pydantic_core import to_json

Embed = Mapping[str, Any]
"""An embed in the shape of Discord's API (https://docs.discord.com/developers/resources/message)."""

ButtonStyle = Literal["primary", "secondary", "danger"]

PictureShape = Literal["square", "wide", "tall"]
"""A picture's shape: 1080 x 1080 pixels for a post, 1920 x 1080 for a screen, 1080 x 1920 for a phone held upright."""

SLATE = 0x5B6770
"""The colour of the bar beside most cards."""

CHALK = 0xD9D5CB
"""Where the lead changes."""

AMBER = 0xC08A2D
"""Where care is due."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a post. The cog that registered its key handles it."""

    label: str
    key: str
    """At most 100 characters; Discord's custom id."""
    style: ButtonStyle = "secondary"


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list to choose from."""

    label: str
    """At most 100 characters, without markdown."""
    value: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose from under an answer; 25 choices at most."""

    key: str
    """At most 100 characters; Discord's custom id."""
    hint: str
    """Shown while nothing is chosen."""
    choices: tuple[Choice, ...] = ()
    least: int = 1
    most: int = 1
    of: Literal["choices", "channels", "roles"] = "choices"
    """For `channels` and `roles` Discord lists the server's own, and `choices` is empty."""
    chosen: int | None = None
    """The id of the channel or role that is chosen now."""


@dataclass(frozen=True, slots=True)
class Link:
    """A post that another one points to."""

    number: int
    address: str

    def __str__(self) -> str:
        """Return it as Discord shows a link."""
        return f"[{'DM ' if '/@me/' in self.address else '#'}{self.number}]({self.address})"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with a post or an answer."""

    png: bytes
    words: str
    """Alternative text; at most 1,024 characters, Discord's limit for a file's description."""
    name: str = "chart.png"


@dataclass(frozen=True, slots=True)
class StatedMargin:
    """A margin that a post states in the present tense. `/margin` must answer the same when the post is sent."""

    contest: str
    source: str
    """Whose count it is."""
    count: str
    """Which count: `election`, `audit`, `recount` …"""
    leader: str | None
    """None: no votes are in, or nobody is said to lead."""
    margin: int | None
    """None: there is one candidate only."""
    total: int | None = None
    """All votes counted; None: the source does not say, or the post doesn't."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A post's words, card, buttons and picture."""

    kind: str
    """The name of its kind (`bot/outbox/kinds.py`)."""
    headline: str
    """The content without its last line: what notifications and copies show."""
    credit: str
    """The last line after the number: "the Times, 7:35 a.m."."""
    embeds: tuple[Embed, ...] = ()
    quiet: bool = True
    """True: posted without a notification."""
    buttons: tuple[Button, ...] = ()
    picture: Picture | None = None
    asks: bool = False
    """True: a question to the desk about another post. People use that post's number, so its own stands last."""
    states: tuple[StatedMargin, ...] = ()
    """The margins that it states in the present tense."""

    @property
    def words(self) -> tuple[str, str, str]:
        """All that it says but its number; equal for two drafts of the same post."""
        return (self.headline, self.credit, self.embeds_json())

    def embeds_json(self) -> str:
        """Return the embeds as compact JSON, letters not escaped."""
        return to_json(self.embeds).decode()

    def states_json(self) -> str | None:
        """Return `states` as compact JSON, or None if empty."""
        return to_json([astuple(one) for one in self.states]).decode() if self.states else None

    def buttons_json(self) -> str | None:
        """Return the buttons as compact JSON, or None if there are none."""
        return buttons_json(self.buttons) if self.buttons else None

    def content(self, number: int, *, direct: bool = False) -> str:
        """Return the message's content. Its small last line has the post's number, by which the post is found again.

        `direct`: it is a direct message; these have numbers of their own, "DM 3".
        """
        if self.asks:
            return f"{self.headline}\n-# {self.credit} · question {number}"
        return f"{self.headline}\n-# {'DM ' if direct else '#'}{number} · {self.credit}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a slash command, however long: `pages_of` splits it into messages. It has no number."""

    content: str
    """Its small last line has the source and the time."""
    embeds: tuple[Embed, ...] = ()
    buttons: tuple[Button, ...] = ()
    picture: Picture | None = None
    share: Button | None = None
    """Its Share button (`share_button`); None if it can't be shared."""
    selects: tuple[Select, ...] = ()
    a_row: int = 5
    """How many buttons stand in a row."""


def buttons_json(buttons: Sequence[Button]) -> str:
    """Return buttons as compact JSON."""
    return to_json([(button.label, button.key, button.style) for button in buttons]).decode()


def address_of(server: int, channel: int, message: int) -> str:
    """Return the address under which Discord shows a message; server 0: a direct message."""
    return f"https://discord.com/channels/{server or '@me'}/{channel}/{message}"
