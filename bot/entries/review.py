"""What becomes of an entry: entered, put before a second person, confirmed, rejected, undone, retracted."""

from bot.clock import Clock
from bot.entries.corrections_words import retraction_answer
from bot.entries.drafts import EntryCards
from bot.entries.drafts_store import EntryStore, StoredEntry, nothing_new
from bot.entries.review_words import asked_anew, asked_card, entry_question, let_public_answer, others_go_out
from bot.outbox.proposals_store import Asker, ContentChangedError, ProposalState
from bot.wording.card import Card
from bot.wording.context import Setting


class EntryDecisions:
    """Enters, confirms, rejects and undoes entries; each step happens once."""

    def __init__(self, store: EntryStore, cards: EntryCards, setting: Setting, clock: Clock) -> None:
        """Decide on entries in `store`; `cards` shows what came of it."""
        self._store = store
        self._cards = cards
        self._setting = setting
        self._clock = clock

    async def enter(self, asker: Asker, key: int, shown: int) -> Card:
        """Enter a draft, or ask the desk to confirm it (under the two-person rule, or for a reporter).

        `shown`: the `posts_hash` of the card. If other posts would go out by now, nothing is entered and a new card is shown.

        Raises:
            BadInputError: it can't be entered as it is, it is decided already, or it is from yesterday.

        """
        now = self._clock.now()
        stored = await self._store.read(key, asker.server)
        if not asker.reports and not await self._cards.asks_two(asker.server):
            try:
                entered = await self._store.do(key, asker, shown)
            except ContentChangedError:
                return (await self._cards.card(stored, asker)).above(others_go_out("card"))
            return await self._cards.entered(*entered)
        if stored.state is ProposalState.DRAFT:
            self._store.refuse_stale(stored, now)
        consequences = await self._cards.preview(stored)
        if consequences.nothing_new:
            raise nothing_new(consequences.on_record)
        picture = await self._store.evidence(key, asker.server) is not None

        def make(stored: StoredEntry) -> Card:
            contest = self._cards.contest(stored.what.contest)
            return entry_question(
                key, stored.what, contest, consequences, stored.asked_by, self._setting, now, picture=picture
            )

        await self._store.ask(key, asker, make)
        return asked_card(key)

    async def confirm(self, asker: Asker, key: int, shown: int) -> Card:
        """Confirm what somebody else entered; return the answer.

        `shown`: the `posts_hash` of the question. If other posts would go out by now, nothing is entered and it is asked again.

        Raises:
            BadInputError: it is decided already, is one's own, is from yesterday, or can't be entered as it is.

        """
        try:
            entered = await self._store.confirm(key, asker, shown)
        except ContentChangedError:
            stored = await self._store.read(key, asker.server)
            contest, consequences = self._cards.contest(stored.what.contest), await self._cards.preview(stored)
            return asked_anew(key, stored.what, contest, consequences, self._setting, self._clock.now())
        return await self._cards.confirmed(*entered)

    async def let_public(self, asker: Asker, key: int, *, undo: bool) -> str:
        """Release what an entry has not posted for public answers; return the answer. `undo`: see `let_public_answer`.

        Raises:
            BadInputError: nothing is left to release.

        """
        paused = await self._store.let_public(key, asker)
        return let_public_answer(key, undo=undo, paused=paused)

    async def left_out(self, channel: int) -> int:
        """Return how many entries on the contests of a channel are in no public answer until `let_public` releases them."""
        return await self._store.left_out(channel, self._setting.desk.public_sources)

    async def take_back(self, asker: Asker, key: int) -> str:
        """Withdraw one's own entry before it is confirmed; return the answer.

        Raises:
            BadInputError: it is decided already, or somebody else's.

        """
        self._store.own(await self._store.read(key, asker.server), asker, ProposalState.ASKED)
        return await self.reject(asker, key)

    async def reject(self, asker: Asker, key: int) -> str:
        """Reject what somebody entered, or withdraw one's own entry, before it is confirmed; return the answer."""
        own = (await self._store.reject(key, asker)).state is ProposalState.DROPPED
        return "**Withdrawn.** Nothing was entered." if own else "**Rejected.** Nothing is posted or used in answers."

    async def undo(self, asker: Asker, key: int) -> Card:
        """Undo an entry of the last two minutes.

        Raises:
            BadInputError: it is older, undone already, or somebody else's.

        """
        _, done = await self._store.undo(key, asker)
        goes = await self._cards.goes_out(asker.server, {post.channel for post in done.posts}, "The retraction")
        return Card.of(
            retraction_answer(
                done.channels, done.dropped, done.unfound, done.late, goes, done.numbers, done.corrections
            )
        )
