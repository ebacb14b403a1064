"""Kinds of post: the text of each, how the outbox treats it, and what follows once it is sent, refused or dropped.

The outbox knows no topic. Each kind is a class in its topic's package, and is registered once, in `KINDS` of
`bot/app.py`.
"""

# ruff: noqa: ARG002 - the base class's hooks use fewer arguments than those of the kinds

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from bot.outbox.follow_up_store import notify_desk, update_earlier
from bot.outbox.outbox_words import refused_notice
from bot.outbox.rows import Action, Post, TopicRow
from bot.outbox.states import State, Transition
from bot.outbox.tx import Tx
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.message import REVISED

Published = Literal["lead_change", "revision", "certified", "rest"]
"""A class of posts that an announcement channel can publish.

Class `rest` is published only while enough of Discord's ten an hour are left.
"""

PUBLISHED: tuple[Published, ...] = get_args(Published)

Copy = Callable[[sqlite3.Connection, int, int], None]
"""A function that copies a package's own rows about a post when the post is queued again.

Called with the connection, the old row's id and the new row's id.
"""


@dataclass(frozen=True, slots=True)
class PostText:
    """The text of a post, with the earlier post that it refers to and the role that it notifies."""

    card: Card
    about: int | None = None
    """The id of the row that the post refers to."""
    mention: int | None = None
    """Discord's id of the role that the post notifies."""


@dataclass(frozen=True, slots=True)
class NotPosted:
    """The reason why a post is not sent."""

    why: str
    transition: Transition = Transition.REJECTED
    """REJECTED if the post is no longer wanted, REFUSED if its subject is gone."""
    text_failed: bool = False
    """True if the bot failed to write the post's text."""


class Kind:
    """The base class of all kinds of post. Each method runs in the transaction under way.

    A subclass needs only a name and flags if its text is written when the row is queued, and sending it has no
    follow-up. Kinds with similar text share a base class in the package of their topic.
    """

    name: ClassVar[str]
    """The kind's name in the outbox."""
    does: ClassVar[str]
    """What a post of this kind does, as `/why` puts it after the post's number: "reports a lead change"."""
    on_page: ClassVar[Mapping[str, str]] = {}
    """The kind's rows in docs/posts.md: when it is posted, by the name on that page."""
    tells: ClassVar[tuple[type[TopicRow], ...]] = ()
    """The classes of the rows with the facts that a post of this kind reports, each in a table of its topic."""
    perishable: ClassVar[bool] = False
    """True if a post's text may be wrong by the time the post is claimed.

    The text is then written again until the first attempt. If an editor has seen the post and its text would now
    differ, the post is shown again, or dropped.
    """
    urgent: ClassVar[bool] = False
    """True if the post is sent before other posts."""
    mergeable: ClassVar[bool] = False
    """True if the post states where a count stands.

    All such posts that wait in a channel about one count become one post.
    """
    merges_late: ClassVar[bool] = False
    """True if the post merges with others of its series only after a minute's wait, not at once."""
    is_own_correction: ClassVar[bool] = False
    """True if the post is the newsroom's own correction or retraction of another post.

    Muting a source does not stop it. It waits until the bot knows whether the other post arrived.
    """
    is_retraction: ClassVar[bool] = False
    """True if the post retracts another post. It is not sent if that other post was not sent."""
    sent_last: ClassVar[bool] = False
    """True if the post is sent after all other posts, as boards are."""
    skips_thread: ClassVar[bool] = False
    """True if the post goes to the channel itself, never to a contest's thread."""
    published_as: ClassVar[Published | None] = None
    """The class under which announcement channels publish the post, or None if they never do."""
    outdated_by_next: ClassVar[bool] = False
    """True if a later post of the same kind about this post makes it untrue.

    An editor can't publish the earlier post while the later one waits.
    """
    ignores_minimum: ClassVar[bool] = False
    """True if the post is sent however little the margin moved."""
    to_desk: ClassVar[bool] = False
    """True if the post is a notice or question to the desk, often about another post."""
    names_staff: ClassVar[bool] = False
    """True if the text may name staff. The names are removed when staff ask to be forgotten."""
    corrected: ClassVar[bool] = True
    """True if staff can correct the post. False if it reports no count, or is updated by itself."""
    repeats: ClassVar[Literal["its contest", "everything"] | None] = None
    """The scope of the other posts whose figures this post repeats, or None.

    The post is not sent once one of the posts in that scope was corrected or retracted.
    """
    restored_as: ClassVar[State | None] = None
    """The state of a row that was open in a copy from which the database was restored.

    SENDING: the channel's history is searched for the post. SUPERSEDED: the post is made again. None: the post waits
    for the desk's answer, under a new number.
    """
    counts_down: ClassVar[bool] = False
    """True if the text states how much time is left. It is then updated on sending, even after an editor's
    approval.
    """
    replaced_label: ClassVar[str] = REVISED
    """The word with which an earlier post begins once a post of this kind has replaced it."""

    def words(self, tx: Tx, post: Post) -> PostText | NotPosted | None:
        """Return a post's text as of now, or why the post is not sent.

        Returns None if the stored text remains valid.
        """
        return None

    def on_not_posted(self, tx: Tx, post: Post) -> None:
        """Take the steps that follow if an outdated post is not sent, such as making its news due again."""

    def count(self, tx: Tx, post: Post) -> str | None:
        """Return which count a post reports (election, recount and so on), or None if it reports none.

        Posts about different counts are never merged.
        """
        return None

    def on_text_written(self, tx: Tx, post: Post) -> None:
        """Store which changes a post covers, once its text is written.

        The post may cover more changes than when its row was inserted.
        """

    def merge(self, tx: Tx, run: Sequence[Post]) -> None:
        """Merge posts into the last of `run`, which then covers all their changes under its own number."""

    def on_copied(self, tx: Tx, old: int, new: int) -> None:
        """Copy the topic's rows about a post from the old outbox row to the new row that queues the post again."""
        for topic in self.tells:
            topic.copy(tx.connection, old, new)

    def on_renumbered(self, tx: Tx, post: Post, number: int) -> None:
        """Store the new number of a post that is queued again."""

    def follows_on(self, post: Post, earlier: Post) -> bool:
        """Return True if publishing `earlier` changes the text of `post`, a later post of the contest that waits."""
        return False

    def on_sent(self, tx: Tx, post: Post, message: int) -> None:
        """Add the rows that follow once a post is in its channel, such as the edit of a post that it replaces.

        `message` is the id of the post's message.
        """
        update_earlier(tx, post, message, self.replaced_label)

    def on_refused(self, tx: Tx, post: Post, why: str, message: int | None) -> None:
        """Notify the desk of a post that Discord refused for good, for the reason `why`.

        `message` is the message's id if the post was sent, but no thread can be opened from it.
        """
        if post.action is Action.POST:
            notice = refused_notice(post.number, post.channel, post.card, why, tx.setting)
            notify_desk(tx, post.server, notice)

    def on_dropped(self, tx: Tx, post: Post, *, counted_as_posted: bool = False) -> list[int]:
        """Have a later post cover the changes of a post that was surely not sent.

        `counted_as_posted`: record the changes as posted if no later post waits.

        Returns:
            The numbers of posts that the desk is shown again.
        """
        return []

    def replace_outdated(self, tx: Tx, post: Post) -> None:
        """Have a post written again, because it repeats figures from a post that was corrected or retracted.

        Called if the correction or retraction came before the post was sent.
        """

    def on_made_public(self, tx: Tx, channel: int) -> None:
        """Remove posts that the public may not read from a channel that has just become public."""


class Kinds:
    """A mapping of all kinds of post by name."""

    def __init__(
        self,
        setting: Setting,
        kinds: Iterable[Kind],
        copies: Iterable[Copy],
        was_entered: Callable[[sqlite3.Connection, int], bool],
    ) -> None:
        """Create the mapping of all kinds of post.

        Args:
            setting: the desk file, and whether this is a rehearsal.
            kinds: one instance of each kind.
            copies: functions of packages that store rows about other packages' posts. Each copies its rows when a post is
                queued again.
            was_entered: returns True if the post in a row reports an entry, which answers show even if the post is not sent.


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
        self.own_words = self.names(lambda kind: kind.is_own_correction)
        self.corrections = self.names(lambda kind: kind.is_own_correction and not kind.is_retraction)
        self.yielding = self.names(lambda kind: kind.sent_last)
        self.unmutable = self.names(lambda kind: kind.sent_last or kind.is_own_correction)
        self.uncorrected = self.names(lambda kind: not kind.corrected)
        self.repeating = self.names(lambda kind: kind.repeats == "everything")
        self.repeating_contest = self.names(lambda kind: kind.repeats == "its contest")
        self.skips_thread = self.names(lambda kind: kind.skips_thread)

    def __getitem__(self, name: str) -> Kind:
        return self._kinds[name]

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def names(self, which: Callable[[Kind], bool]) -> str:
        """Return a SQL list of the names of the kinds for which `which` is true: `('correction', 'retraction')`."""
        return "({})".format(", ".join(f"'{kind.name}'" for kind in self if which(kind)))

    def is_mergeable(self, post: Post) -> bool:
        """Return True if a post can be merged.

        The post must never have been attempted, its kind must be mergeable, and it must be part of a chain.
        """
        return post.unattempted and self[post.kind].mergeable and post.chain is not None
