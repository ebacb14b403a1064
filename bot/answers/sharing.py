"""The Share button: posts an answer that only one person sees in the channel, once and with a number.

The post is the card as the person who asked saw it. It is stored for 15 minutes, without anything that some readers of
the channel may not see. The button's key is `share:open:TAG:KEY:PAGE` for an answer that the public may read, or else
`share:inside:…`. It has the contest's tag, the key of the stored answer, and the page that was shown.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.answers.asking import NewsroomOnlyError
from bot.answers.kept_answers_store import AnswerStore
from bot.answers.sharing_store import SharingStore, muted_beside
from bot.clock import Clock
from bot.database.database import from_micros
from bot.desk.desk_file import Contest
from bot.errors import BadInputError
from bot.follows.follows import with_leading_source
from bot.follows.follows_store import ServerStore
from bot.follows.levels import can_see_all
from bot.outbox.kinds import Kind, NotPosted, PostText
from bot.outbox.outbox_words import delivery_words
from bot.outbox.rows import Post
from bot.outbox.suspensions_store import SuspensionStore
from bot.outbox.tx import Tx
from bot.tally.silences import SourceWarnings
from bot.wording.card import Card, Picture
from bot.wording.context import Setting, source_name
from bot.wording.message import pages
from bot.wording.question import contest_by_tag, viewer_for_everybody
from bot.wording.viewer import Viewer, seen_by

GOOD_FOR = timedelta(minutes=15)
"""How long an answer can be shared. An older answer may be out of date."""


class SharedPost(Kind):
    """The kind of post for shared answers.

    A shared answer is posted only in the channel in which it was given. It is dropped if it could not be sent within
    15 minutes.
    """

    name = "shared"
    does = "is an answer that staff shared"
    on_page = {
        "shared": "an editor shared an answer",
    }
    perishable = True
    skips_thread = True
    repeats = "its contest"
    published_as = "rest"

    def words(self, tx: Tx, post: Post) -> PostText | NotPosted:
        """Return the shared answer, or why it is no longer posted."""
        if tx.now - from_micros(post.news_at) > GOOD_FOR:
            return NotPosted("that answer is over 15 minutes old; ask again")
        if post.card is None:
            return NotPosted("that answer is gone; ask again")
        if muted_beside(tx, post).intersection(source for line in post.card.all_lines for source in line.sources):
            return NotPosted("a source in that answer was muted since; ask again")
        return PostText(post.card)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRequest:
    """The facts about one press of the Share button under an answer."""

    message: int
    """The id of the answer's message."""
    key: int
    """The key of the stored answer."""
    page: int
    """The page that the message shows, from 0."""
    open: bool
    """True if the answer was made for a public channel."""
    contest_tag: str
    """The tag of the answer's contest (see the function `contest_tag`), or "none"."""
    server: int
    channel: int
    person: int
    who: str
    """The person's name, as recorded in the audit."""


class Sharing:
    """The action of the Share button, which posts an answer in the channel in which it was given."""

    def __init__(
        self,
        store: SharingStore,
        kept: AnswerStore,
        servers: ServerStore,
        suspensions: SuspensionStore,
        marks: SourceWarnings,
        setting: Setting,
        clock: Clock,
    ) -> None:
        self._kept = kept
        self._marks = marks
        self._suspensions = suspensions
        self._store = store
        self._servers = servers
        self._setting = setting
        self._clock = clock

    async def shared(self, message: int, server: int) -> str | None:
        """Return a sentence with the number of the post that already shares the answer, or None if none does."""
        number = await self._store.shared(message, server)
        return None if number is None else f"That is in the channel already, as #{number}."

    async def share(self, asked: ShareRequest, picture: Picture | None) -> str:
        """Post an answer with its picture, if it has one, and return the reply to the person who pressed Share.

        Raises:
            BadInputError: the answer is too old; an entry was retracted or a post corrected since; or the answer is based on a
                source that not everybody in the channel may read.
            NewsroomOnlyError: the channel is public now, and the answer is not for the public.
        """
        if (text := await self.shared(asked.message, asked.server)) is not None:
            return text
        kept = await self._kept.kept(asked.key, asked.server, asked.person)
        if kept is None or kept.age > GOOD_FOR:
            raise BadInputError(
                "that answer is over 15 minutes old; ask again, so that what is posted is what is known"
            )
        server, channel, now = asked.server, asked.channel, self._clock.now()
        contest = contest_by_tag(self._setting.desk, asked.contest_tag)
        if contest is not None:
            if await self._store.was_corrected_since(contest.id, server, now - kept.age):
                raise BadInputError("something was retracted or corrected since; ask again, so that it is not posted")
            contest = await with_leading_source(contest, server, self._setting.desk, self._servers)
        if await self._servers.is_public(channel):
            source = self._setting.desk.source(contest.leads) if contest else None
            if not asked.open or (source is not None and not source.public):
                raise NewsroomOnlyError
        shown = pages(kept.card)
        card = await self._for_everybody(shown[min(asked.page, len(shown) - 1)], server, channel, contest)
        draft = replace(card, kind="shared", buttons=(), selects=(), share=None, picture=picture)
        contest_id, leads = (contest.id, contest.leads) if contest else (None, None)
        done = await self._store.share(asked.message, server, channel, draft, contest_id, leads, asked.who)
        if done.again:
            return f"That is in the channel already, as #{done.number}."
        delivery = await self._suspensions.delivery(server, [channel], [leads] if leads else [])
        if delivery.now:
            return f"Shared in <#{channel}> as #{done.number}."
        return f"Not posted yet. {delivery_words(delivery, self._setting, now, f'#{done.number}')}"

    async def _for_everybody(self, card: Card, server: int, channel: int, contest: Contest | None) -> Card:
        """Return an answer without anything that some readers of the channel may not see.

        Raises:
            BadInputError: the answer is based on a source that is muted now, or for the newsroom only.
        """
        desk, now = self._setting.desk, self._clock.now()
        marks = await self._marks.of(server, self._setting, now)
        sharer = Viewer(server, channel, can_see_all)
        seen = seen_by(card, viewer_for_everybody(sharer, desk, marks, contest.leads if contest else ""))
        for source in desk.sources:
            if source.id in seen.basis_sources:
                why = "is for the newsroom only" if not source.public else "is muted here (`/mute`)"
                raise BadInputError(f"that answer rests on {source_name(source)}, which {why}, so it is not shared")
        return seen.card
