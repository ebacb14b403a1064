"""Rows of the outbox, before they are inserted (`OutboxRow`) and after they are read (`Post`), and of the audit."""

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

import pydantic_core

from bot.database.database import Row, to_micros
from bot.outbox.states import State
from bot.wording.card import Button, Card, StatedMargin, buttons_json, card_json, card_of
from bot.wording.message import render

COLUMNS = """id, server, channel, action, number, kind, contest, source, chain, about,
             card, content, embeds, components, quiet, news_at, state, approved_by, wall_created, wall_attempted,
             wall_last, wall_next, attempts, picture, mention, thread,
             file_refused, cards_refused, states"""

_NAMES = [name.strip() for name in COLUMNS.split(",")]

_ACTION, _CARD, _EMBEDS, _BUTTONS, _QUIET, _STATE, _STATES = (
    _NAMES.index(name) for name in ("action", "card", "embeds", "components", "quiet", "state", "states")
)

Wake = Callable[[Mapping[int, bool]], None]
"""A function to call with the channels that have rows waiting.

The value of each channel is True if one of its rows is urgent.
"""


class Action(StrEnum):
    """The action of an outbox row on Discord, such as post, edit or pin."""

    POST = "post"
    EDIT = "edit"
    PIN = "pin"
    DELETE = "delete"
    PUBLISH = "publish"
    """Discord's crosspost: copy a post to the channels that follow an announcement channel."""


@dataclass(frozen=True, slots=True)
class Post:
    """A row of `outbox`.

    `created`, `attempted`, `last` and `next` are times of the wall clock, and `news_at` is a time of the news clock.
    All are in microseconds since 1970.
    """

    id: int
    server: int
    channel: int
    action: Action
    number: int
    kind: str
    contest: str | None
    source: str | None
    chain: int | None
    """The id of the row's chain, or None. Each row of a chain begins where the row before it ended."""
    about: int | None
    """The id of the row whose message this row replaces, edits, pins or deletes."""
    card: Card | None
    """The post's contents; for an edit, the contents of the edited message.

    None: the text is not written yet, or the row has none.
    """
    content: str | None
    """The card's text in the form that Discord gets."""
    embeds: tuple[Mapping[str, Any], ...] | None
    """The message's embeds, or None for an edit that does not change them."""
    buttons: tuple[Button, ...] | None
    """The message's buttons, or None for a post without buttons or an edit that does not change them."""
    quiet: bool
    news_at: int
    state: State
    approved_by: str | None
    created: int
    attempted: int | None
    """When sending was first attempted, or None if it never was."""
    last: int | None
    """When sending was last attempted."""
    next: int | None
    """When the retry is due, or None if the row is due now."""
    attempts: int
    picture: int | None = None
    """The id of the post's picture in `pictures`."""
    mention: int | None = None
    """Discord's id of the role that the post notifies."""
    thread: int | None = None
    """The thread that the post goes into or was last attempted in, or None for the channel itself."""
    file_refused: str | None = None
    """Why Discord refused the picture, without which the post is now sent, or None."""
    cards_refused: str | None = None
    """Why Discord refused the cards, without which the post is now sent, or None."""
    states: tuple[StatedMargin, ...] = ()
    """The margins that the text states in the present tense."""

    @property
    def destination(self) -> int:
        """The id of the post's thread, or of its channel if the post is in no thread."""
        return self.channel if self.thread is None else self.thread

    @property
    def unattempted(self) -> bool:
        """True if the post was never attempted and waits for no editor, and its text can still change.

        An approved post is also pending, but is sent as the editor saw it.
        """
        return self.state is State.PENDING and self.approved_by is None


def post_of(row: Row) -> Post:
    """Return the post in a row that was selected with `COLUMNS`."""
    columns = list(row)
    columns[_ACTION] = Action(row[_ACTION])
    columns[_CARD] = None if row[_CARD] is None else card_of(row[_CARD])
    columns[_EMBEDS] = None if row[_EMBEDS] is None else tuple(json.loads(row[_EMBEDS]))
    columns[_BUTTONS] = None if row[_BUTTONS] is None else tuple(Button(*one) for one in json.loads(row[_BUTTONS]))
    columns[_QUIET] = bool(row[_QUIET])
    columns[_STATE] = State(row[_STATE])
    columns[_STATES] = tuple(StatedMargin(*one) for one in json.loads(row[_STATES] or "[]"))
    return Post(*columns)


class TopicRow(ABC):
    """A row with the facts that a post reports, in a table of the post's topic.

    The key is the post's id in the outbox.
    """

    __slots__ = ()

    INSERT: ClassVar[str]
    """The SQL statement that inserts the row. Its first value is the post's id in the outbox."""

    @abstractmethod
    def values(self) -> tuple[object, ...]:
        """Return the columns for `INSERT` after the post's id."""

    @classmethod
    @abstractmethod
    def of(cls, connection: sqlite3.Connection, post: int) -> Self | None:
        """Return the row about the post with this id, or None if this table has none."""

    @classmethod
    def copy(cls, connection: sqlite3.Connection, old: int, new: int) -> None:
        """Copy the topic's row, if there is one, from an old post to the new outbox row that queues it again."""
        if (row := cls.of(connection, old)) is not None:
            connection.execute(cls.INSERT, (new, *row.values()))


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row to insert into `outbox`.

    If the row has no card, its text is written when the row is claimed. An edit, pin or deletion is `about` the row
    whose message it changes, and has that post's number.
    """

    server: int
    channel: int
    number: int
    kind: str
    news_at: datetime
    contest: str | None = None
    source: str | None = None
    about: int | None = None
    chain: int | None = None
    """The id of the row's chain (see `Post.chain`)."""
    topic: TopicRow | None = None
    """The facts that the post reports, for a table of its topic."""
    card: Card | None = None
    """The post's contents; for an edit, the contents of the edited message."""
    action: Action = Action.POST
    blocks: bool = True
    """False if an edit does not change the message's blocks."""
    buttons: bool = True
    """False if an edit does not change the message's buttons."""
    picture: int | None = None
    """The id of the post's picture in `pictures`."""

    @classmethod
    def worded(
        cls,
        server: int,
        channel: int,
        number: int,
        card: Card,
        news_at: datetime,
        contest: str | None = None,
        source: str | None = None,
        about: int | None = None,
        *,
        chain: int | None = None,
        topic: TopicRow | None = None,
    ) -> Self:
        """Return a row for a post whose text is already known: the contents of `card`."""
        return cls(
            server,
            channel,
            number,
            card.kind,
            news_at,
            contest,
            source,
            about=about,
            chain=chain,
            topic=topic,
            card=card,
        )

    @classmethod
    def edit(
        cls,
        old: Post,
        card: Card,
        at: datetime,
        kind: str | None = None,
        *,
        blocks: bool = False,
        buttons: bool = False,
        topic: TopicRow | None = None,
    ) -> Self:
        """Return a row that replaces the contents of an existing message with those of `card`.

        Args:
            old: the post that the message belongs to.
            card: the message's new contents.
            at: the time by the news clock, which is simulated in a rehearsal.
            kind: the edit's kind. None means the post's own kind.
            blocks: True if the edit replaces the blocks, too.
            buttons: True if the edit replaces the buttons, too.
            topic: the facts that the edit reports.
        """
        return cls(
            old.server,
            old.channel,
            old.number,
            kind or old.kind,
            at,
            old.contest,
            old.source,
            about=old.id,
            topic=topic,
            card=card,
            action=Action.EDIT,
            blocks=blocks,
            buttons=buttons,
        )

    def values(self, wall: int) -> tuple[object, ...]:
        """Return the values of the columns that `add_rows` writes. `wall` is the wall clock in microseconds."""
        card, edits = self.card, self.action is Action.EDIT
        stored, content, embeds = (None, None, None) if card is None else stored_text(card, self.number, self.server)
        buttons = None
        if card is not None and self.buttons and (edits or card.buttons):
            buttons = buttons_json(card.buttons)
        return (
            self.server,
            self.channel,
            self.action,
            self.number,
            self.kind,
            self.contest,
            self.source,
            self.chain,
            self.about,
            stored,
            content,
            embeds if self.blocks else None,
            buttons,
            int(card.quiet) if card and not edits else None,
            to_micros(self.news_at),
            wall,
            self.picture,
            card.states_json() if card and not edits else None,
        )


def stored_text(card: Card, number: int, server: int) -> tuple[str, str, str]:
    """Return the columns `card`, `content` and `embeds` of post `number`: its card, and the message that Discord gets.

    `server`: 0 for a direct message.
    """
    message = render(card, number, direct=not server)
    return card_json(card), message.content, to_json(message.embeds)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A row of `audit`: who changed something, when and why, with the values before and after."""

    at: datetime
    server: int | None
    who: str
    what: str
    why: str | None = None
    before: object = None
    after: object = None
    entry: int | None = None
    """The id of the changed entry of the schedule, whose history includes the row."""

    def values(self) -> tuple[object, ...]:
        """Return the values of the columns that `INSERT_AUDIT` writes."""
        return (
            to_micros(self.at),
            self.server,
            self.who,
            self.what,
            self.why,
            None if self.before is None else to_json(self.before),
            None if self.after is None else to_json(self.after),
            self.entry,
        )


def to_json(value: object) -> str:
    """Return a value as compact JSON, in which letters beyond ASCII are not escaped."""
    return pydantic_core.to_json(value).decode()


def audit_text(card: Card | None, number: int) -> dict[str, object]:
    """Return the texts that an audit row stores about post `number`.

    `content` is the whole text. `said` is the first line, which lists of changes show.
    """
    if card is None:
        return {"content": None, "said": None}
    return {"content": render(card, number).content, "said": card.first_line}
