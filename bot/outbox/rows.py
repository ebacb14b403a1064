"""Rows of the outbox, before they are inserted (`OutboxRow`) and as they are read (`Post`); rows of the audit."""

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
"""Called with the channels that have rows waiting, and whether one of them is urgent."""


class Action(StrEnum):
    """What a row of the outbox does on Discord."""

    POST = "post"
    EDIT = "edit"
    PIN = "pin"
    DELETE = "delete"
    PUBLISH = "publish"
    """Discord's crosspost: copy a post to the channels that follow an announcement channel."""


@dataclass(frozen=True, slots=True)
class Post:
    """A row of `outbox`.

    `created`, `attempted`, `last` and `next` are microseconds of the wall clock since 1970, `news_at` of the news clock.
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
    """Rows of one chain continue each other: each begins where the one before it ended. None: it is in no chain."""
    about: int | None
    """The row whose message this one replaces, edits, pins or deletes."""
    card: Card | None
    """What it says, or, for an edit, what its message says afterwards. None: its words are not made yet, or it has none."""
    content: str | None
    """The card's text, as Discord gets it."""
    embeds: tuple[Mapping[str, Any], ...] | None
    """None: an edit leaves them as they are."""
    buttons: tuple[Button, ...] | None
    """None: it has none; an edit leaves them as they are."""
    quiet: bool
    news_at: int
    state: State
    approved_by: str | None
    created: int
    attempted: int | None
    """When it was first attempted; None: never."""
    last: int | None
    """When it was last attempted."""
    next: int | None
    """When its retry is due; None: now."""
    attempts: int
    picture: int | None = None
    """The id of its picture in `pictures`."""
    mention: int | None = None
    """The role that it notifies, by Discord's id."""
    thread: int | None = None
    """The thread that it goes into, or was last attempted in; None: the channel itself."""
    file_refused: str | None = None
    """Why Discord refused its picture, so that it is sent without; None: it did not."""
    cards_refused: str | None = None
    """Why Discord refused its cards, so that it is sent without; None: it did not."""
    states: tuple[StatedMargin, ...] = ()
    """The margins that its words state in the present tense."""

    @property
    def destination(self) -> int:
        """The id of its thread, else of its channel."""
        return self.channel if self.thread is None else self.thread

    @property
    def unattempted(self) -> bool:
        """True if it was never attempted and waits for no editor, so that its words can still change.

        An approved post is pending, too, but is sent as the editor saw it.
        """
        return self.state is State.PENDING and self.approved_by is None


def post_of(row: Row) -> Post:
    """Return the post in a row of `COLUMNS`."""
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
    """What a post reports: a row in a table of its topic, keyed by the post's id in the outbox."""

    __slots__ = ()

    INSERT: ClassVar[str]
    """The statement that inserts it; its first value is the id of the post's row."""

    @abstractmethod
    def values(self) -> tuple[object, ...]:
        """Return the values of `INSERT` after the first."""

    @classmethod
    @abstractmethod
    def of(cls, connection: sqlite3.Connection, post: int) -> Self | None:
        """Return what the post with this id reports; None: it has no row in this table."""

    @classmethod
    def copy(cls, connection: sqlite3.Connection, old: int, new: int) -> None:
        """Copy the row of the old post, if there is one, to the new row that queues the post again."""
        if (row := cls.of(connection, old)) is not None:
            connection.execute(cls.INSERT, (new, *row.values()))


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row to insert into `outbox`.

    Without a card, its words are made when it is claimed. An edit, pin or deletion is `about` the row whose message it
    changes, and has that post's number.
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
    """As in `Post`."""
    topic: TopicRow | None = None
    """What it reports, stored in a table of its topic."""
    card: Card | None = None
    """What it says, or, for an edit, what its message says afterwards."""
    action: Action = Action.POST
    blocks: bool = True
    """False: an edit leaves the message's blocks as they are."""
    buttons: bool = True
    """False: an edit leaves the message's buttons as they are."""
    picture: int | None = None
    """The id of its picture in `pictures`."""

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
        """Return a row for a post that says what `card` says."""
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
        """Return a row that edits the message of the post `old` to say what `card` says.

        Args:
            old: the post.
            card: the message's new contents.
            at: the news clock's time.
            kind: the edit's kind; None: the post's own.
            blocks: True: replace the blocks, too.
            buttons: True: replace the buttons, too.
            topic: what the edit reports.

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
        """Return the columns that `add_rows` writes; `wall` is the wall clock in microseconds."""
        card, edits = self.card, self.action is Action.EDIT
        stored, content, embeds = (None, None, None) if card is None else stored_words(card, self.number, self.server)
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


def stored_words(card: Card, number: int, server: int) -> tuple[str, str, str]:
    """Return the columns `card`, `content` and `embeds` of post `number`: the card, and the message that Discord gets.

    `server`: 0 for a direct message.
    """
    message = render(card, number, direct=not server)
    return card_json(card), message.content, to_json(message.embeds)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A row of `audit`: who did what, when and why, and what it was before and after."""

    at: datetime
    server: int | None
    who: str
    what: str
    why: str | None = None
    before: object = None
    after: object = None
    entry: int | None = None
    """The id of the schedule's entry that was changed: the row is part of its history."""

    def values(self) -> tuple[object, ...]:
        """Return the columns that `INSERT_AUDIT` writes."""
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
    """Return a value as compact JSON, with letters beyond ASCII unescaped."""
    return pydantic_core.to_json(value).decode()


def audited_words(card: Card | None, number: int) -> dict[str, object]:
    """Return what an audit row stores about post `number`: its text, and its first line, by which lists of changes name it."""
    if card is None:
        return {"content": None, "said": None}
    return {"content": render(card, number).content, "said": card.first_line}
