"""A row of the outbox as delivery sees it."""

import json
from enum import StrEnum
from typing import Any

from msgspec import Struct

from bot.database.database import Row
from bot.outbox.states import State
from bot.wording.draft import Button, PostKind


class Action(StrEnum):
    """What a row of the outbox does."""

    POST = "post"
    EDIT = "edit"
    PIN = "pin"
    DELETE = "delete"
    PUBLISH = "publish"
    """Discord's crosspost: it is handed on to the channels that follow an announcement channel."""


COLUMNS = """id, server, channel, action, number, kind, contest, source, chain, about,
             content, embeds, components, quiet, news_at, state, approved_by, wall_created, wall_attempted,
             wall_last, wall_next, attempts, picture, mention, thread,
             file_refused, cards_refused"""


class Post(Struct, frozen=True):
    """A row of the outbox that is to be sent. `created`, `attempted` and `next` are the wall clock's microseconds."""

    id: int
    server: int
    channel: int
    action: Action
    number: int
    kind: PostKind
    contest: str | None
    source: str | None
    chain: int | None
    """It goes on where the row before it of the same chain ended; None: it stands by itself."""
    about: int | None
    """The row whose message this one replaces, edits, pins or deletes."""
    content: str | None
    """None: its words have not been made."""
    embeds: tuple[dict[str, Any], ...] | None
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
    """Not again before then."""
    attempts: int
    picture: int | None = None
    """The row of the picture that it shows."""
    mention: int | None = None
    """The one role that it mentions."""
    thread: int | None = None
    """The thread that it goes into, or was last attempted in; None: its channel itself."""
    file_refused: str | None = None
    """Why Discord did not take its picture, without which it goes from then on; None: it was not refused."""
    cards_refused: str | None = None
    """The same of its cards."""

    @property
    def place(self) -> int:
        """Return where Discord has it: its thread or its channel."""
        return self.channel if self.thread is None else self.thread

    @property
    def unattempted(self) -> bool:
        """True if it waits for its turn, and no editor approved its words."""
        return self.state is State.PENDING and self.approved_by is None


_NAMES = [name.strip() for name in COLUMNS.split(",")]


_ACTION, _EMBEDS, _BUTTONS, _QUIET, _STATE = (
    _NAMES.index(name) for name in ("action", "embeds", "components", "quiet", "state")
)


def post_of(row: Row) -> Post:
    """Return the post in a row of `COLUMNS`, which has its fields in their order."""
    columns = list(row)
    columns[_ACTION] = Action(row[_ACTION])
    columns[_EMBEDS] = None if row[_EMBEDS] is None else tuple(json.loads(row[_EMBEDS]))
    columns[_BUTTONS] = None if row[_BUTTONS] is None else tuple(Button(*one) for one in json.loads(row[_BUTTONS]))
    columns[_QUIET] = bool(row[_QUIET])
    columns[_STATE] = State(row[_STATE])
    return Post(*columns)
