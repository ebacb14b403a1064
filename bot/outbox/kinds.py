"""Kinds of post: what delivery has to know of each, what it says, and what follows from what became of it.

Delivery knows no topic. A family of kinds is one class in its topic's room, and is registered once, where `bot/app.py` makes
the `Kinds`.
"""

# ruff: noqa: ARG002 - what follows by itself needs less than what families let follow

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from bot.outbox.follow_up_store import tell_desk, update_earlier
from bot.outbox.outbox_words import refused_notice
from bot.outbox.rows import Action, Post
from bot.outbox.states import Transition
from bot.outbox.tx import Tx
from bot.wording.context import Setting
from bot.wording.draft import Draft, PostKind

Published = Literal["lead_change", "revision", "certified", "rest"]
"""A class of posts that a channel can publish; `rest` goes only while Discord's ten an hour last."""

PUBLISHED: tuple[Published, ...] = get_args(Published)

Copy = Callable[[sqlite3.Connection, int, int], None]
"""Copies what a row tells, in a topic's own table, when its post is queued again: (the old row, the new one)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of post."""

    name: PostKind
    urgent: bool = False
    """It goes before others."""
    mergeable: bool = False
    """It says where a count stands: what waits of these about one contest in a channel becomes one post."""
    merges_late: bool = False
    """It becomes one post with those of its series only where it has waited, too."""
    own_word: bool = False
    """It is the newsroom's own word, of whatever source the post was that it replaces: no mute holds it, and it waits
    until it is known whether that post is in its channel."""
    takes_back: bool = False
    """It takes back the post that it replaces, and is not posted where that was not."""
    yields: bool = False
    """It is never in the way of another post: it comes last."""
    outside: bool = False
    """It goes into the channel itself, and never into a contest's thread."""
    published_as: Published | None = None
    """In which class it is published to the followers of an announcement channel; None: never."""
    outdated_by_next: bool = False
    """Another of its kind about it says that it is so no more: it is not published once such a one waits, too."""
    counts_down: bool = False
    """It says how long something still is: what an editor approved is posted with the time that is left by then."""
    replaces_as: str = "Revised"
    """The word that the replaced post then begins with."""


@dataclass(frozen=True, slots=True)
class Worded:
    """What a post says."""

    draft: Draft
    about: int | None = None
    """The row that it refers to."""
    mention: int | None = None
    """The one role that it mentions."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Why a post is not posted."""

    why: str
    transition: Transition = Transition.REJECTED
    """REJECTED: it is not wanted any more. REFUSED: there is nothing to say it about."""


class Family:
    """Kinds of post that are worded and followed up alike; each method is part of the transaction under way.

    Those of posts whose words are made when they are written, and which nothing follows from, have no more than their names.
    """

    kinds: ClassVar[tuple[Kind, ...]]
    perishable: ClassVar[bool] = False
    """What it says may be wrong by the time it is claimed: its words are made anew for as long as it was never attempted.
    One that an editor was shown does not go out once it would say something else: it is shown anew, or dropped."""

    @classmethod
    def is_urgent(cls, kind: PostKind) -> bool:
        """Return whether a kind of this family goes before others."""
        return any(one.urgent for one in cls.kinds if one.name == kind)

    def words(self, tx: Tx, post: Post) -> Worded | Unsaid | None:
        """Return what a post says now, or why it is not posted; None: what it was written to say."""
        return None

    def unsaid(self, tx: Tx, post: Post) -> None:
        """Make what a post was to say due again, where it is not posted because it came too late."""

    def count(self, tx: Tx, post: Post) -> str | None:
        """Return of which count of its contest a post tells, with another of which it is never merged."""
        return None

    def worded(self, tx: Tx, post: Post) -> None:
        """Keep what a post tells that is sent or shown to the desk now, where that is more than when it was written."""

    def merge(self, tx: Tx, run: Sequence[Post]) -> None:
        """Let the last of these posts tell of all that they tell of; it keeps its number."""

    def renumbered(self, tx: Tx, post: Post, number: int) -> None:
        """Keep that a new row with this number tells what a post was to tell."""

    def follows_on(self, post: Post, earlier: Post) -> bool:
        """Return whether a post that waits says something else once an earlier one of its contest is published."""
        return False

    def sent(self, tx: Tx, post: Post, message: int) -> None:
        """Add what follows once a post is in its channel as `message`.

        The post that it replaces is edited to say so.
        """
        kind = tx.kinds[post.kind]
        update_earlier(tx, post, message, kind.replaces_as, urgent=kind.urgent)

    def refused(self, tx: Tx, post: Post, why: str, message: int | None) -> None:
        """Say to the desk what Discord will never take.

        `message`: of a post that is there, but from which no thread can be opened.
        """
        if post.action is Action.POST:
            notice = refused_notice(post.number, post.channel, post.content or "", why, tx.setting)
            tell_desk(tx, post.server, notice)

    def dropped(self, tx: Tx, post: Post, *, taken_as_told: bool = False) -> list[int]:
        """Let what a post was to tell be told otherwise, which surely is not posted.

        `taken_as_told`: where nothing tells it, it is not told again.

        Returns:
            The numbers of posts that are shown to the desk anew.

        """
        return []

    def put_right(self, tx: Tx, post: Post) -> None:
        """Let a post be made anew that is not sent, since what it repeats was retracted or corrected."""

    def made_public(self, tx: Tx, channel: int) -> None:
        """Take away what the public is not to read in a channel which it reads from now on."""


class Kinds:
    """Every kind of post, by its name."""

    def __init__(
        self,
        setting: Setting,
        families: Iterable[Family],
        copies: Iterable[Copy],
        was_entered: Callable[[sqlite3.Connection, int], bool],
    ) -> None:
        """Register families, and what copies what posts tell of; `setting` is how the desk is told and asked.

        `was_entered` says of a post's row whether it tells what was entered, which answers show whether it is posted or not.

        Raises:
            ValueError: two families have a kind of the same name.

        """
        self.setting = setting
        self.families = tuple(families)
        self.copies = tuple(copies)
        self.was_entered = was_entered
        self._family: dict[str, Family] = {}
        self._kind: dict[str, Kind] = {}
        for family in self.families:
            for kind in family.kinds:
                if kind.name in self._kind:
                    raise ValueError(f"two families have a kind of post {kind.name}")
                self._family[kind.name], self._kind[kind.name] = family, kind
        # As SQL lists names: ('correction', 'retraction').
        self.urgent = self._names(lambda kind: kind.urgent)
        self.own_words = self._names(lambda kind: kind.own_word)
        self.yielding = self._names(lambda kind: kind.yields)
        self.unmutable = self._names(lambda kind: kind.yields or kind.own_word)
        self.outside = self._names(lambda kind: kind.outside)

    def __getitem__(self, name: str) -> Kind:
        return self._kind[name]

    def family(self, name: str) -> Family:
        """Return the family of a kind."""
        return self._family[name]

    def _names(self, which: Callable[[Kind], bool]) -> str:
        return "({})".format(", ".join(f"'{name}'" for name, kind in self._kind.items() if which(kind)))

    def is_mergeable(self, post: Post) -> bool:
        """Return whether a post can become one with others: never attempted, of a kind that is merged, and of a series."""
        return post.unattempted and self[post.kind].mergeable and post.chain is not None
