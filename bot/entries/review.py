"""Decisions on entries: enter, ask a second person, confirm, reject, withdraw, undo, release for public answers."""

from bot.clock import Clock
from bot.entries.corrections_words import undone_answer
from bot.entries.drafts import EntryCards
from bot.entries.drafts_store import EntryStore, StoredEntry, nothing_new
from bot.entries.review_words import asked_again_answer, asked_card, entry_question, posts_changed, released_answer
from bot.outbox.proposals_store import Asker, ContentChangedError, ProposalState
from bot.wording.card import Card
from bot.wording.context import Setting


class EntryDecisions:
    """Enters, confirms, rejects and undoes entries. Each decision is made only once."""

    def __init__(self, store: EntryStore, cards: EntryCards, setting: Setting, clock: Clock) -> None:
        """Create the service that decides on the entries in `store`. `cards` creates the answers."""
        self._store = store
        self._cards = cards
        self._setting = setting
        self._clock = clock

    async def enter(self, asker: Asker, key: int, shown: int) -> Card:
        """Enter a draft. If a second person must confirm it, or a reporter asks, post a question to the desk instead.

        `shown`: the `posts_hash` of the card. If the posts have changed since, nothing is entered and a new card is
        returned.

        Raises:
            BadInputError: the entry is incomplete, already on record, already decided, or over a day old.
        """
        now = self._clock.now()
        stored = await self._store.read(key, asker.server)
        if not asker.reports and not await self._cards.is_two_person(asker.server):
            try:
                entered = await self._store.do(key, asker, shown)
            except ContentChangedError:
                return (await self._cards.card(stored, asker)).above(posts_changed("card"))
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
        """Confirm an entry as the second person. Returns the answer.

        `shown`: the `posts_hash` of the question. If the posts have changed since, nothing is entered, and the answer
        asks again with the new posts.

        Raises:
            BadInputError: the entry is the asker's own, already decided, over a day old, or can't be entered.
        """
        try:
            entered = await self._store.confirm(key, asker, shown)
        except ContentChangedError:
            stored = await self._store.read(key, asker.server)
            contest, consequences = self._cards.contest(stored.what.contest), await self._cards.preview(stored)
            return asked_again_answer(key, stored.what, contest, consequences, self._setting, self._clock.now())
        return await self._cards.confirmed(*entered)

    async def release_for_public(self, asker: Asker, key: int, *, undo: bool) -> str:
        """Release an entry's unposted figures for public answers. Returns the answer. `undo`: see `released_answer`.

        Raises:
            BadInputError: nothing remains to release.
        """
        paused = await self._store.release_for_public(key, asker)
        return released_answer(key, undo=undo, paused=paused)

    async def count_unreleased(self, channel: int) -> int:
        """Return how many entries about a channel's contests are not in public answers, but could be released."""
        return await self._store.count_unreleased(channel, self._setting.desk.public_sources)

    async def take_back(self, asker: Asker, key: int) -> str:
        """Withdraw the asker's own entry before anybody confirms it. Returns the answer.

        Raises:
            BadInputError: the entry is already decided, or somebody else's.
        """
        self._store.own(await self._store.read(key, asker.server), asker, ProposalState.ASKED)
        return await self.reject(asker, key)

    async def reject(self, asker: Asker, key: int) -> str:
        """Reject an entry that waits for a second person. Returns the answer.

        If the entry is the asker's own, it is withdrawn instead.
        """
        own = (await self._store.reject(key, asker)).state is ProposalState.DROPPED
        return "**Withdrawn.** Nothing was entered." if own else "**Rejected.** Nothing is posted or used in answers."

    async def undo(self, asker: Asker, key: int) -> Card:
        """Undo an entry within two minutes after it was entered, while none of its posts is out. Returns the answer.

        Raises:
            BadInputError: the two minutes are over, a post is out, or the entry is already undone or somebody else's.
        """
        _, dropped = await self._store.undo(key, asker)
        return Card.of(undone_answer("Answers no longer use it.", dropped))
