"""What becomes of an entry: entered, put before a second person, confirmed, rejected, undone, retracted."""

from collections.abc import Sequence
from dataclasses import replace

from bot.clock import Clock
from bot.count.statement import Statement
from bot.entries.corrections_words import retraction_answer, retraction_post
from bot.entries.drafts import Asker, EntryCards, refuse_old
from bot.entries.drafts_store import EntryState, EntryStore, Look, OthersGoOutError, StoredEntry, owned
from bot.entries.drafts_words import EntryCard, PostPreview, posts_hash
from bot.entries.pieces_words import Standing, on_record_already
from bot.entries.review_store import EntryQuestionStore
from bot.entries.review_words import (
    asked_anew,
    asked_card,
    decided_question,
    entry_question,
    let_public_answer,
    others_go_out,
    public_question,
)
from bot.entries.statements_store import Prepared, StatementTaken
from bot.errors import BadInputError
from bot.wording.context import Setting
from bot.wording.draft import Draft, Link


class EntryDecisions:
    """Enters, confirms, rejects and undoes entries; each step happens once."""

    def __init__(
        self,
        store: EntryStore,
        questions: EntryQuestionStore,
        cards: EntryCards,
        setting: Setting,
        clock: Clock,
    ) -> None:
        """Decide on entries in `store`; `questions` asks a second person, `cards` shows what came of it."""
        self._store = store
        self._questions = questions
        self._cards = cards
        self._setting = setting
        self._clock = clock

    async def enter(self, asker: Asker, key: int, shown: int) -> EntryCard:
        """Enter a draft, or ask the desk to confirm it (under the two-person rule, or for a reporter).

        `shown`: the `posts_hash` of the card. If other posts would go out by now, nothing is entered and a new card is shown.

        Raises:
            BadInputError: it can't be entered as it is, it is decided already, or it is from yesterday.

        """
        now = self._clock.now()
        stored = await self._store.read(key, asker.server)
        if stored.state is EntryState.DRAFT:
            refuse_old(stored, now)
        if not asker.reports and not await self._cards.asks_two(asker.server):
            try:
                entered = await self._store.enter(
                    key,
                    asker.server,
                    asker.user,
                    self._cards.prepare,
                    self._look(shown),
                    self._setting.desk.public_sources,
                )
            except OthersGoOutError:
                card = await self._cards.card(stored, asker)
                return replace(card, content=f"{others_go_out('card')}\n{card.content}")
            return await self._cards.entered(entered)
        consequences = await self._cards.preview(stored)
        if consequences.nothing_new:
            raise _nothing_new(consequences.on_record)
        picture = await self._store.evidence(key, asker.server) is not None

        def make(stored: StoredEntry) -> Draft:
            contest = self._cards.contest(stored.entry.contest)
            return entry_question(
                key, stored.entry, contest, consequences, stored.entered_by, self._setting, now, picture=picture
            )

        await self._questions.ask(key, asker.server, asker.user, make)
        return asked_card(key)

    async def confirm(self, asker: Asker, key: int, shown: int) -> EntryCard:
        """Confirm what somebody else entered; return the answer.

        `shown`: the `posts_hash` of the question. If other posts would go out by now, nothing is entered and it is asked again.

        Raises:
            BadInputError: it is decided already, is one's own, is from yesterday, or can't be entered as it is.

        """
        now = self._clock.now()

        def prepare(stored: StoredEntry) -> list[Prepared]:
            refuse_old(stored, now)
            return self._cards.prepare(stored, confirmed_by=asker.name)

        def decided(_: StoredEntry, old: str) -> str:
            return decided_question(old, "Confirmed", asker.name, now, self._setting)

        try:
            entered = await self._questions.confirm(
                key,
                asker.server,
                asker.user,
                asker.name,
                prepare,
                self._look(shown),
                decided,
                self._setting.desk.public_sources,
            )
        except OthersGoOutError:
            stored = await self._store.read(key, asker.server)
            contest, consequences = self._cards.contest(stored.entry.contest), await self._cards.preview(stored)
            return asked_anew(key, stored.entry, contest, consequences, self._setting, now)
        return await self._cards.confirmed(entered)

    async def let_public(self, asker: Asker, key: int, *, undo: bool) -> str:
        """Release what an entry has not posted for public answers; return the answer. `undo`: see `let_public_answer`.

        Raises:
            BadInputError: nothing is left to release.

        """
        now = self._clock.now()

        def decided(stored: StoredEntry, old: str) -> str:
            at = stored.decided_at or now
            confirmed, _, _ = decided_question(old, "Confirmed", stored.decided_by or "", at, self._setting).partition(
                "\n"
            )
            return public_question(old, confirmed, asker.name, now, self._setting)

        sources = self._setting.desk.public_sources
        await self._questions.let_public(key, asker.server, asker.name, sources, decided)
        return let_public_answer(key, undo=undo)

    async def left_out(self, channel: int) -> int:
        """Return how many entries on the contests of a channel are in no public answer until `let_public` releases them."""
        return await self._store.left_out(channel, self._setting.desk.public_sources)

    async def take_back(self, asker: Asker, key: int) -> str:
        """Withdraw one's own entry before it is confirmed; return the answer.

        Raises:
            BadInputError: it is decided already, or somebody else's.

        """
        owned(await self._store.read(key, asker.server), asker.user, EntryState.ASKED)
        return await self.reject(asker, key)

    async def reject(self, asker: Asker, key: int) -> str:
        """Reject what somebody entered, or withdraw one's own entry, before it is confirmed; return the answer."""
        now = self._clock.now()

        def decided(stored: StoredEntry, old: str) -> str:
            what = "Withdrawn" if stored.state is EntryState.DROPPED else "Rejected"
            return decided_question(old, what, asker.name, now, self._setting)

        stored = await self._questions.reject(key, asker.server, asker.user, asker.name, decided)
        own = stored.state is EntryState.DROPPED
        return "**Withdrawn.** Nothing was entered." if own else "**Rejected.** Nothing is posted or used in answers."

    async def undo(self, asker: Asker, key: int) -> EntryCard:
        """Undo an entry of the last two minutes.

        Raises:
            BadInputError: it is older, undone already, or somebody else's.

        """
        now = self._clock.now()

        def make(
            link: Link | None,
            setting: Setting,
            numbers: list[int],
            stated: Sequence[Statement],
            stands: Sequence[Statement],
        ) -> Draft:
            return retraction_post(numbers, link, "it was entered by mistake", stated, stands, setting, now)

        done = await self._store.undo(key, asker.server, asker.user, asker.name, make)
        goes = await self._cards.goes_out(asker.server, {post.channel for post in done.posts}, "The retraction")
        return EntryCard(
            retraction_answer(
                done.channels, done.dropped, done.unfound, done.late, goes, done.numbers, done.corrections
            )
        )

    def _look(self, shown: int) -> Look:
        """Return the check that an entry is not all on record, and posts nothing but what was shown."""

        def look(taken: Sequence[StatementTaken]) -> None:
            known = [one.on_record for one in taken if one.on_record]
            if len(known) == len(taken):
                raise _nothing_new(known)
            posts = [PostPreview(row.draft.headline, ()) for one in taken for row in one.posts if row.draft]
            if posts and posts_hash(posts) != shown:
                raise OthersGoOutError

        return look


def _nothing_new(known: Sequence[Standing]) -> BadInputError:
    return BadInputError(f"{on_record_already(known)}: nothing was entered")
