"""Corrections of our posts and retractions of the desk's entries, posted in every channel that has the original.

The preview runs the same transaction and rolls it back. Undoing an entry and retracting it use the same code
(`CorrectionStore.take_back`).
"""

from collections.abc import Sequence
from typing import Literal

from bot.clock import Clock
from bot.count.statement import Statement
from bot.entries.corrections_store import CorrectionStore, PostedNumber, ReplacementEffects
from bot.entries.corrections_words import (
    Preview,
    Replacement,
    Tells,
    correction_answer,
    replace_asked,
    replace_question,
    replacement_preview,
    retraction_answer,
    undo_answer,
    undone_answer,
)
from bot.entries.pieces_words import StandingStatement
from bot.entries.replacements_store import ReplacementStore, StoredReplacement
from bot.errors import BadInputError
from bot.follows.levels import Sees
from bot.outbox.outbox_words import delivery_words
from bot.outbox.proposals_store import Asker
from bot.outbox.room import OutboxRoom
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.message import render

ReplacePress = Literal["post", "whole", "discard", "confirm", "reject", "undo"]

_MOST_FOUND = 25


class Corrections:
    """Corrects our own errors and retracts entries.

    Each is previewed first, and carried out when a button is pressed.
    """

    def __init__(
        self,
        store: ReplacementStore,
        posted: CorrectionStore,
        outbox: OutboxRoom,
        setting: Setting,
        clock: Clock,
    ) -> None:
        """Create the service for corrections and retractions, which are stored in `store`.

        `posted` finds the posts that they replace. `outbox` knows if posts are paused or need two people.
        """
        self._store = store
        self._posted = posted
        self._outbox = outbox
        self._setting = setting
        self._clock = clock

    async def last(self, server: int, number: int) -> int | None:
        """Return the id of the last correction or retraction begun for a post, or None."""
        return await self._store.last(server, number)

    async def begin(self, asker: Asker, what: Replacement) -> Card:
        """Store the correction or retraction `what` as a draft, and return a preview with buttons.

        Nothing is posted yet.

        Raises:
            BadInputError: the post can't be corrected, or the entry can't be retracted.
        """
        now = self._clock.now()
        seen = await self._store.preview(self._store.unsaved_proposal(asker, what, now))
        key = (await self._store.begin(asker, what)).id
        second = await self._outbox.two_person.is_two_person(asker.server, now)
        desk = await self._outbox.channels.desk_channel(asker.server) if second else None
        figures_post: int | None = None
        tells: Tells | Sequence[Statement]
        if what.number is None:
            tells = await self._posted.entered(asker.server, what.entry or 0)
        else:
            figures_post = await self._posted.first_post_of_chain(asker.server, what.number)
            tells = await self._posted.tells(asker.server, figures_post)
        preview = await self._preview(asker.server, seen)
        entry, rest = await self._rest(asker.server, what)
        return replacement_preview(
            key, what, preview, tells, figures_post, desk, self._setting, now, rest, may_take_all=bool(entry)
        )

    async def press(self, press: ReplacePress, asker: Asker, key: int) -> Card:
        """Handle a press of a preview's button. Returns the answer.

        Args:
            press: which button.
            asker: who pressed the button.
            key: the id of the correction or retraction.

        Raises:
            BadInputError: the draft is already decided, somebody else's, too old, or no longer possible.
        """
        server, store = asker.server, self._store
        match press:
            case "post":
                if await self._outbox.two_person.is_two_person(server, self._clock.now()):
                    return await self._ask(asker, key)
                return await self._answer(*await store.do(key, asker))
            case "whole":
                what = (await store.read(key, server)).what
                entry, _ = await self._rest(server, what)
                return await self.begin(asker, Replacement("retract", what.text, None, entry) if entry else what)
            case "confirm":
                return await self._answer(*await store.confirm(key, asker))
            case "undo":
                stored, dropped = await store.undo(key, asker)
                then = "Answers use the entry again." if stored.what.kind == "retract" else ""
                return Card.of(undone_answer(then, dropped))
            case "discard":
                await store.drop(key, asker)
                return Card.of("**Discarded.** Nothing was posted.")
            case "reject":
                await store.reject(key, asker)
                return Card.of("**Rejected.** Nothing is posted.")

    async def refuse_unseen(self, server: int, number: int, sees: Sees) -> None:
        """Raise an error, as for an unknown post, if the asker can't see any channel with post `number`.

        `sees` returns True for the channels that the asker sees.

        Raises:
            BadInputError: the asker sees none of the post's channels.
        """
        channels = await self._posted.channels(server, number)
        if channels and not any(sees(channel) for channel in channels):
            raise BadInputError(f"there is no #{number} in this newsroom, or none that you can see")

    async def matching(self, server: int, typed: str, sees: Sees, *, entries: bool) -> list[PostedNumber]:
        """Return recent posts that match what was typed and that the asker can see, newest first, at most 25.

        Typed digits match the beginning of the number, other text any part of the post's text. `entries`: see
        `CorrectionStore.recent`.
        """
        wanted = typed.strip().lstrip("#").casefold()
        recent = [post for post in await self._posted.recent(server, entries=entries) if any(map(sees, post.channels))]
        if wanted.isdigit():
            found = [post for post in recent if str(post.number).startswith(wanted)]
        else:
            found = [post for post in recent if wanted in render(post.card, post.number).content.casefold()]
        return found[:_MOST_FOUND]

    async def _rest(self, server: int, what: Replacement) -> tuple[int, tuple[StandingStatement, ...]]:
        """Return the entry of a post to be retracted, and the entry's other valid statements.

        Returns (0, ()) for a correction, or if there are no others.
        """
        return await self._posted.rest_of(server, what.number) if what.kind == "retract" and what.number else (0, ())

    async def _ask(self, asker: Asker, key: int) -> Card:
        """Ask a second person to confirm a correction or retraction, with a fresh preview.

        Returns the answer to the asker.
        """
        now = self._clock.now()
        stored = await self._store.read(key, asker.server)
        preview = await self._preview(asker.server, await self._store.preview(stored))

        def make(stored: StoredReplacement) -> Card:
            return replace_question(key, stored.what, preview, stored.asked_by, self._setting, now)

        return replace_asked(key, await self._store.ask(key, asker, make))

    async def _answer(self, stored: StoredReplacement, done: ReplacementEffects) -> Card:
        what, now = stored.what, self._clock.now()
        delivery = (await self._preview(stored.server, done)).delivery
        all_now = delivery.now == delivery.channels  # the preview said so already
        if what.kind == "correct":
            goes = (
                "**Correction going out.**"
                if all_now
                else delivery_words(delivery, self._setting, now, "The correction")
            )
            words = correction_answer(what.number or 0, goes, done.channels, done.dropped, done.unfound, done.late)
        else:
            goes = "" if all_now else delivery_words(delivery, self._setting, now, "The retraction")
            words = retraction_answer(
                done.channels, done.dropped, done.unfound, done.late, goes, done.numbers, done.corrections
            )
        return undo_answer(stored.id, words, self._setting, now)

    async def _preview(self, server: int, seen: ReplacementEffects) -> Preview:
        after = next((post.card for post in seen.posts if post.card), None)
        channels = dict.fromkeys(post.channel for post in seen.posts)
        delivery = await self._outbox.suspensions.delivery(server, channels)
        return Preview(seen.before, after, delivery, seen.numbers, seen.corrections, seen.same)
