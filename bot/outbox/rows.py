"""Rows before they are written: posts with their numbers, audit rows."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from typing import ClassVar, Protocol, Self

from msgspec import Struct
from pydantic_core import to_json as encode

from bot.database.database import to_micros
from bot.outbox.post import Action
from bot.wording.draft import Button, Draft, PostKind, buttons_json


class TopicRow(Protocol):
    """What a post tells of: a row of its topic's own table, keyed by the post's."""

    INSERT: ClassVar[str]
    """Its first value is the post's row."""

    def values(self) -> tuple[object, ...]:
        """Return the others."""
        ...


class OutboxRow(Struct, frozen=True):
    """A post that is to be sent, before it has an id.

    Where it has no words yet they are made when it is taken up, of what it tells of. One that edits, pins or deletes is
    `about` the row whose message it changes, and carries that post's number.
    """

    server: int
    channel: int
    number: int
    kind: PostKind
    news_at: datetime
    contest: str | None = None
    source: str | None = None
    about: int | None = None
    chain: int | None = None
    """It goes on where the row before it of the same chain ended; None: it stands by itself."""
    topic: TopicRow | None = None
    """What it tells of, as its topic keeps it."""
    draft: Draft | None = None
    action: Action = Action.POST
    content: str | None = None
    """The words of an edit, whole."""
    embeds: str | None = None
    """The card of an edit as JSON; None: what is there stays."""
    buttons: tuple[Button, ...] | None = None
    """The buttons of an edit; None: those that are there stay."""
    picture: int | None = None
    """The row of the picture that it shows."""
    urgent: bool = False
    """Its kind goes before others, and so its channel is woken in a hurry."""

    @classmethod
    def worded(
        cls,
        server: int,
        channel: int,
        number: int,
        draft: Draft,
        news_at: datetime,
        contest: str | None = None,
        source: str | None = None,
        about: int | None = None,
        action: Action = Action.POST,
        *,
        topic: TopicRow | None = None,
        urgent: bool = False,
    ) -> Self:
        """Return a post whose words are made."""
        return cls(
            server, channel, number, draft.kind, news_at, contest, source,
            about=about, topic=topic, draft=draft, action=action, urgent=urgent,
        )  # fmt: skip

    def values(self, wall: int) -> tuple[object, ...]:
        """Return the columns that `add_rows` writes; `wall` is the wall clock in microseconds."""
        draft = self.draft
        buttons = None if self.buttons is None else buttons_json(self.buttons)
        return (
            self.server, self.channel, self.action, self.number, self.kind, self.contest, self.source, self.chain,
            self.about,
            draft.content(self.number, direct=not self.server) if draft else self.content,
            draft.embeds_json() if draft else self.embeds, draft.buttons_json() if draft else buttons,
            draft and int(draft.quiet),
            to_micros(self.news_at), wall, self.picture,
        )  # fmt: skip


def to_wake(rows: Iterable[OutboxRow]) -> dict[int, bool]:
    """Return the channels of these rows, each with whether something urgent is for it."""
    channels: dict[int, bool] = {}
    for row in rows:
        channels[row.channel] = channels.get(row.channel, False) or row.urgent
    return channels


def joined_messages(*wakes: Mapping[int, bool]) -> dict[int, bool]:
    """Return the channels of all of these, each with whether something urgent is for it."""
    channels: dict[int, bool] = {}
    for wake in wakes:
        for channel, urgent in wake.items():
            channels[channel] = channels.get(channel, False) or urgent
    return channels


class AuditRow(Struct, frozen=True):
    """Who did what, when and why; before and after."""

    at: datetime
    server: int | None
    who: str
    what: str
    why: str | None = None
    before: object = None
    after: object = None
    entry: int | None = None
    """Of a change of the schedule: the entry's id, of whose history this is a part."""

    def values(self) -> tuple[object, ...]:
        """Return the columns that `INSERT_AUDIT` writes."""
        return (
            to_micros(self.at), self.server, self.who, self.what, self.why,
            None if self.before is None else to_json(self.before),
            None if self.after is None else to_json(self.after),
            self.entry,
        )  # fmt: skip


class Numbers:
    """Gives posts their numbers: the same text in several channels of one server has one."""

    def __init__(self, next_numbers: dict[int, int]) -> None:
        """Go on from each server's next number."""
        self.next_numbers = next_numbers
        self._given: dict[tuple[int, Hashable], int] = {}

    def number(self, server: int, words: Hashable) -> int:
        """Return a server's number for `words`, or for what they will be made of: a new one, or that given before."""
        key = (server, words)
        if key not in self._given:
            self._given[key] = self.next_numbers[server]
            self.next_numbers[server] += 1
        return self._given[key]

    def worded(
        self, server: int, channel: int, draft: Draft, news_at: datetime, contest: str | None = None,
        source: str | None = None, *, about: int | None = None, topic: TopicRow | None = None, urgent: bool = False,
    ) -> OutboxRow:  # fmt: skip
        """Return a post whose words are made, with their number."""
        number = self.number(server, draft.words)
        return OutboxRow.worded(
            server, channel, number, draft, news_at, contest, source, about, topic=topic, urgent=urgent
        )


def to_json(value: object) -> str:
    """Return a value as compact JSON, letters kept as they are."""
    return encode(value).decode()


Wake = Callable[[Mapping[int, bool]], None]
"""Tells the dispatcher which channels have a post waiting, and whether an urgent one."""
