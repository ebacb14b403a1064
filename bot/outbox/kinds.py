"""Kinds of post: what delivery has to know of each, what it says, and what follows from what became of it.

Delivery knows no topic. A kind is one class in its topic's room, and is registered once, where `bot/app.py` makes the `Kinds`.
"""

# ruff: noqa: ARG002 - what follows by itself needs less than what kinds let follow

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from bot.outbox.follow_up_store import tell_desk, update_earlier
from bot.outbox.outbox_words import refused_notice
from bot.outbox.rows import Action, Post, TopicRow
from bot.outbox.states import State, Transition
from bot.outbox.tx import Tx
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.message import REVISED

Published = Literal["lead_change", "revision", "certified", "rest"]
"""A class of posts that a channel can publish; `rest` goes only while Discord's ten an hour last."""

PUBLISHED: tuple[Published, ...] = get_args(Published)

Copy = Callable[[sqlite3.Connection, int, int], None]
"""Copies what a room remembers of a post to the row that queues it again: (the old row, the new one)."""


@dataclass(frozen=True, slots=True)
class PostWords:
    """What a post says."""

    card: Card
    about: int | None = None
    """The row that it refers to."""
    mention: int | None = None
    """The one role that it mentions."""


@dataclass(frozen=True, slots=True)
class NotPosted:
    """Why a post is not posted."""

    why: str
    transition: Transition = Transition.REJECTED
    """REJECTED: it is not wanted any more. REFUSED: there is nothing to say it about."""
    wordless: bool = False
    """True: the bot failed to put it into words."""


class Kind:
    """A kind of post: the base of them all. Each method is part of the transaction under way.

    A kind whose words are made when it is written, and which nothing follows from, has no more than its name and its flags.
    Kinds that are worded alike share a base class of their topic.
    """

    name: ClassVar[str]
    """As the outbox stores it."""
    does: ClassVar[str]
    """What a post of this kind does, after its number in the answer of `/why`: "reports a lead change"."""
    on_page: ClassVar[Mapping[str, str]] = {}
    """Its rows in docs/posts.md: when it is posted, by the name on that page."""
    tells: ClassVar[tuple[type[TopicRow], ...]] = ()
    """What a post of this kind tells of: rows of these, each in a table of its topic."""
    perishable: ClassVar[bool] = False
    """What it says may be wrong by the time it is claimed: its words are made anew for as long as it was never attempted.
    One that an editor was shown does not go out once it would say something else: it is shown anew, or dropped."""
    urgent: ClassVar[bool] = False
    """It goes before others."""
    mergeable: ClassVar[bool] = False
    """It says where a count stands: what waits of these about one contest in a channel becomes one post."""
    merges_late: ClassVar[bool] = False
    """It becomes one post with those of its series only where it has waited, too."""
    own_word: ClassVar[bool] = False
    """It is the newsroom's own word, of whatever source the post was that it replaces: no mute holds it, and it waits
    until it is known whether that post is in its channel."""
    takes_back: ClassVar[bool] = False
    """It takes back the post that it replaces, and is not posted where that was not."""
    yields: ClassVar[bool] = False
    """It is never in the way of another post: it comes last."""
    outside: ClassVar[bool] = False
    """It goes into the channel itself, and never into a contest's thread."""
    published_as: ClassVar[Published | None] = None
    """In which class it is published to the followers of an announcement channel; None: never."""
    outdated_by_next: ClassVar[bool] = False
    """Another of its kind about it says that it is so no more: it is not published once such a one waits, too."""
    always: ClassVar[bool] = False
    """It is posted however little the margin moved."""
    to_desk: ClassVar[bool] = False
    """It tells or asks the desk something, often about another post."""
    names_staff: ClassVar[bool] = False
    """Its words may name members, which are taken out of it when they want to be forgotten."""
    corrected: ClassVar[bool] = True
    """Staff can correct it: it says something of a count, and is not written anew by itself."""
    repeats: ClassVar[Literal["its contest", "everything"] | None] = None
    """Of what it says figures again that posts told: it is not posted once one of these was retracted or corrected."""
    restored_as: ClassVar[State | None] = None
    """What becomes of it in a restored copy, if it was open there. SENDING: its channel's history is asked; SUPERSEDED: it is
    made anew; None: it waits for the desk's answer, under a new number."""
    counts_down: ClassVar[bool] = False
    """It says how long something still is: what an editor approved is posted with the time that is left by then."""
    replaces_as: ClassVar[str] = REVISED
    """The word that the replaced post then begins with."""

    def words(self, tx: Tx, post: Post) -> PostWords | NotPosted | None:
        """Return what a post says now, or why it is not posted; None: what it was written to say."""
        return None

    def on_not_posted(self, tx: Tx, post: Post) -> None:
        """Make what a post was to say due again, where it is not posted because it came too late."""

    def count(self, tx: Tx, post: Post) -> str | None:
        """Return of which count of its contest a post tells, with another of which it is never merged."""
        return None

    def on_worded(self, tx: Tx, post: Post) -> None:
        """Keep what a post tells that is sent or shown to the desk now, where that is more than when it was written."""

    def merge(self, tx: Tx, run: Sequence[Post]) -> None:
        """Let the last of these posts tell of all that they tell of; it keeps its number."""

    def on_copied(self, tx: Tx, old: int, new: int) -> None:
        """Copy what a post tells of to the row that queues it again."""
        for topic in self.tells:
            topic.copy(tx.connection, old, new)

    def on_renumbered(self, tx: Tx, post: Post, number: int) -> None:
        """Keep that a new row with this number tells what a post was to tell."""

    def follows_on(self, post: Post, earlier: Post) -> bool:
        """Return whether a post that waits says something else once an earlier one of its contest is published."""
        return False

    def on_sent(self, tx: Tx, post: Post, message: int) -> None:
        """Add what follows once a post is in its channel as `message`.

        The post that it replaces is edited to say so.
        """
        update_earlier(tx, post, message, self.replaces_as)

    def on_refused(self, tx: Tx, post: Post, why: str, message: int | None) -> None:
        """Say to the desk what Discord will never take.

        `message`: of a post that is there, but from which no thread can be opened.
        """
        if post.action is Action.POST:
            notice = refused_notice(post.number, post.channel, post.card, why, tx.setting)
            tell_desk(tx, post.server, notice)

    def on_dropped(self, tx: Tx, post: Post, *, taken_as_told: bool = False) -> list[int]:
        """Let what a post was to tell be told otherwise, which surely is not posted.

        `taken_as_told`: where nothing tells it, it is not told again.

        Returns:
            The numbers of posts that are shown to the desk anew.

        """
        return []

    def replace_outdated(self, tx: Tx, post: Post) -> None:
        """Let a post be made anew that is not sent, since what it repeats was retracted or corrected."""

    def on_made_public(self, tx: Tx, channel: int) -> None:
        """Take away what the public is not to read in a channel which it reads from now on."""


class Kinds:
    """Every kind of post, by its name."""

    def __init__(
        self,
        setting: Setting,
        kinds: Iterable[Kind],
        copies: Iterable[Copy],
        was_entered: Callable[[sqlite3.Connection, int], bool],
    ) -> None:
        """Register kinds; `copies` are of what rooms remember of posts of other rooms, `setting` is how the desk is told and asked.

        `was_entered` says of a post's row whether it tells what was entered, which answers show whether it is posted or not.

        Raises:
            ValueError: two kinds have the same name.

        """
        self.setting = setting
        self.copies = tuple(copies)
        self.was_entered = was_entered
        self._kinds: dict[str, Kind] = {}
        for kind in kinds:
            if kind.name in self._kinds:
                raise ValueError(f"two kinds of post are called {kind.name}")
            self._kinds[kind.name] = kind
        self.urgent = self.names(lambda kind: kind.urgent)
        self.own_words = self.names(lambda kind: kind.own_word)
        self.corrections = self.names(lambda kind: kind.own_word and not kind.takes_back)
        self.yielding = self.names(lambda kind: kind.yields)
        self.unmutable = self.names(lambda kind: kind.yields or kind.own_word)
        self.uncorrected = self.names(lambda kind: not kind.corrected)
        self.repeating = self.names(lambda kind: kind.repeats == "everything")
        self.repeating_contest = self.names(lambda kind: kind.repeats == "its contest")
        self.outside = self.names(lambda kind: kind.outside)

    def __getitem__(self, name: str) -> Kind:
        return self._kinds[name]

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def names(self, which: Callable[[Kind], bool]) -> str:
        """Return the names of some kinds as SQL lists them: `('correction', 'retraction')`."""
        return "({})".format(", ".join(f"'{kind.name}'" for kind in self if which(kind)))

    def is_mergeable(self, post: Post) -> bool:
        """Return whether a post can become one with others: never attempted, of a kind that is merged, and of a series."""
        return post.unattempted and self[post.kind].mergeable and post.chain is not None
