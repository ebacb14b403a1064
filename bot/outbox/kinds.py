"""Kinds of post: how the outbox treats each, what it says, and what happens once it is sent, refused or dropped.

The outbox knows no topic. Each kind is a class in its topic's room, registered once, in `KINDS` of `bot/app.py`.
"""

# ruff: noqa: ARG002 - the base class's hooks use fewer arguments than those of the kinds

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
"""A class of posts that an announcement channel can publish; `rest` only while some of Discord's ten an hour are left."""

PUBLISHED: tuple[Published, ...] = get_args(Published)

Copy = Callable[[sqlite3.Connection, int, int], None]
"""Copies what a room stores about a post when the post is queued again; called with the old row and the new one."""


@dataclass(frozen=True, slots=True)
class PostWords:
    """The words of a post."""

    card: Card
    about: int | None = None
    """The row that it refers to."""
    mention: int | None = None
    """The role that it notifies, by Discord's id."""


@dataclass(frozen=True, slots=True)
class NotPosted:
    """Why a post is not posted."""

    why: str
    transition: Transition = Transition.REJECTED
    """REJECTED: it is not wanted any more. REFUSED: its subject is gone."""
    wordless: bool = False
    """True: the bot failed to put it into words."""


class Kind:
    """The base class of all kinds of post. Each method runs in the transaction under way.

    If a kind's text is written when its row is queued, and nothing follows once it is sent, a name and flags are enough.
    Kinds with similar text share a base class in the package of their topic.
    """

    name: ClassVar[str]
    """As the outbox stores it."""
    does: ClassVar[str]
    """What a post of this kind does, as `/why` says after its number: "reports a lead change"."""
    on_page: ClassVar[Mapping[str, str]] = {}
    """Its rows in docs/posts.md: when it is posted, by the name on that page."""
    tells: ClassVar[tuple[type[TopicRow], ...]] = ()
    """The classes of the rows that say what a post of this kind reports, each in a table of its topic."""
    perishable: ClassVar[bool] = False
    """Its words may be wrong by the time it is claimed, so they are made again until it is first attempted.
    If an editor was shown it and it would say something else by now, it is shown again, or dropped."""
    urgent: ClassVar[bool] = False
    """It is sent before other posts."""
    mergeable: ClassVar[bool] = False
    """It says where a count stands: all such posts that wait in a channel about one count become one post."""
    merges_late: ClassVar[bool] = False
    """It merges with others of its series only after a minute's wait, not at once."""
    own_word: ClassVar[bool] = False
    """It is the newsroom's own correction or retraction of another post, so no mute of a source holds it. It waits until it
    is known whether the other post arrived."""
    takes_back: ClassVar[bool] = False
    """It retracts another post, and is not posted if that one was not."""
    yields: ClassVar[bool] = False
    """It is sent after all other posts, as a board is."""
    outside: ClassVar[bool] = False
    """It is posted in the channel itself, never in a contest's thread."""
    published_as: ClassVar[Published | None] = None
    """Its class when an announcement channel publishes posts; None: it is never published."""
    outdated_by_next: ClassVar[bool] = False
    """A later post of the same kind that is about it makes it untrue: an editor can't publish it while that one waits."""
    always: ClassVar[bool] = False
    """It is posted however little the margin moved."""
    to_desk: ClassVar[bool] = False
    """It tells or asks the desk something, often about another post."""
    names_staff: ClassVar[bool] = False
    """Its words may name staff, who are removed from it if they ask to be forgotten."""
    corrected: ClassVar[bool] = True
    """Staff can correct it. False if it says nothing about a count, or is updated by itself."""
    repeats: ClassVar[Literal["its contest", "everything"] | None] = None
    """It repeats figures from other posts, of its contest or of all, so it is not sent once one of those was corrected or
    retracted."""
    restored_as: ClassVar[State | None] = None
    """The state that it gets when the database is restored from a copy in which it was open. SENDING: its channel's history
    is searched for it. SUPERSEDED: it is made again. None: it waits for the desk's answer, under a new number."""
    counts_down: ClassVar[bool] = False
    """It says how much time is left, which is updated when it is sent even if an editor approved it."""
    replaces_as: ClassVar[str] = REVISED
    """The word that the replaced post then begins with."""

    def words(self, tx: Tx, post: Post) -> PostWords | NotPosted | None:
        """Return a post's words as of now, or why it is not posted; None: it keeps the words that it has."""
        return None

    def on_not_posted(self, tx: Tx, post: Post) -> None:
        """Do what follows if a post is out of date and not posted, such as making its news due again."""

    def count(self, tx: Tx, post: Post) -> str | None:
        """Return which count of its contest a post reports; posts of two counts are never merged. None: of no count."""
        return None

    def on_worded(self, tx: Tx, post: Post) -> None:
        """Store what a post covers once its words are made: it may be more than when its row was written."""

    def merge(self, tx: Tx, run: Sequence[Post]) -> None:
        """Make the last of these posts cover all of them; it keeps its number."""

    def on_copied(self, tx: Tx, old: int, new: int) -> None:
        """Copy the rows that say what a post reports, from the old outbox row to the one that queues it again."""
        for topic in self.tells:
            topic.copy(tx.connection, old, new)

    def on_renumbered(self, tx: Tx, post: Post, number: int) -> None:
        """Store the new number of a post that is queued again."""

    def follows_on(self, post: Post, earlier: Post) -> bool:
        """Return True if publishing an earlier post of the contest changes what this waiting post says."""
        return False

    def on_sent(self, tx: Tx, post: Post, message: int) -> None:
        """Add what follows once a post is in its channel as `message`: an edit of the post that it replaces."""
        update_earlier(tx, post, message, self.replaces_as)

    def on_refused(self, tx: Tx, post: Post, why: str, message: int | None) -> None:
        """Tell the desk of a post that Discord refused for good.

        `message`: it was posted, but no thread can be opened from it.
        """
        if post.action is Action.POST:
            notice = refused_notice(post.number, post.channel, post.card, why, tx.setting)
            tell_desk(tx, post.server, notice)

    def on_dropped(self, tx: Tx, post: Post, *, taken_as_told: bool = False) -> list[int]:
        """Have a later post cover a post that surely is not posted.

        `taken_as_told`: if no later post waits, its changes count as posted.

        Returns:
            The numbers of posts that are shown to the desk again.

        """
        return []

    def replace_outdated(self, tx: Tx, post: Post) -> None:
        """Have a post made again, because a post that it repeats was corrected or retracted before it was sent."""

    def on_made_public(self, tx: Tx, channel: int) -> None:
        """Remove posts from a channel that is public from now on, if the public may not read them."""


class Kinds:
    """Every kind of post, by its name."""

    def __init__(
        self,
        setting: Setting,
        kinds: Iterable[Kind],
        copies: Iterable[Copy],
        was_entered: Callable[[sqlite3.Connection, int], bool],
    ) -> None:
        """Register kinds.

        Args:
            setting: the desk file, and whether this is a rehearsal.
            kinds: one of each kind.
            copies: functions of packages that store something about other packages' posts; each copies it when such a post is
                queued again.
            was_entered: returns True if the post in a row reports an entry, which answers show even if it is not posted.

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
        """Return True if a post can be merged: it was never attempted, its kind can be merged, and it is in a chain."""
        return post.unattempted and self[post.kind].mergeable and post.chain is not None
