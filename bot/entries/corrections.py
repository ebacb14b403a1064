"""Correct what we posted, and retract what the desk entered: in the open, in every channel that has it.

Each is played back first, by the very transaction that does it, taken back. The undo of an entry and a
retraction are the same code (`CorrectionStore.take_back`).
"""

from collections.abc import Callable, Sequence
from typing import Literal

from bot.clock import Clock
from bot.count.statement import Statement
from bot.entries.corrections_store import CorrectionStore, Make, MakeRetraction, PostedNumber, Replaced
from bot.entries.corrections_words import (
    Preview,
    Replacement,
    Tells,
    correction_answer,
    correction_post,
    played_back,
    replace_asked,
    replace_question,
    retraction_answer,
    retraction_post,
    undoable,
    unreplaced_answer,
    unreplaced_post,
)
from bot.entries.drafts import Asker
from bot.entries.pieces_words import Standing
from bot.entries.replacements_store import ReplacementStore, StoredReplacement
from bot.entries.review_words import decided_question
from bot.errors import BadInputError
from bot.follows.levels import Sees
from bot.outbox.outbox_words import delivery_words
from bot.outbox.room import OutboxRoom
from bot.outbox.rows import Post
from bot.wording.context import Setting
from bot.wording.draft import Answer, Draft, Link

ReplacePress = Literal["post", "whole", "discard", "confirm", "reject", "undo"]

_MOST_FOUND = 25


class Corrections:
    """Corrects our own errors and retracts what the desk entered. Each is shown first, and done by a button."""

    def __init__(
        self,
        store: ReplacementStore,
        posted: CorrectionStore,
        outbox: OutboxRoom,
        setting: Setting,
        clock: Clock,
    ) -> None:
        """Keep them in `store`; `posted` finds the posts that they are about.

        `outbox` says what posts wait for, and whether a second person has to confirm.
        """
        self._store = store
        self._posted = posted
        self._outbox = outbox
        self._setting = setting
        self._clock = clock

    async def last(self, server: int, number: int) -> int | None:
        """Return the id of the last correction or retraction that was begun for a post, or None."""
        return await self._store.last(server, number)

    async def begin(self, asker: Asker, what: Replacement) -> Answer:
        """Show what a correction or retraction would do, with buttons; nothing is done yet.

        Raises:
            BadInputError: it can't be done.

        """
        now = self._clock.now()
        key, seen = await self._store.begin(what, asker.server, asker.user, asker.name, now, self._make)
        second = await self._outbox.two_person.asks_two(asker.server, now)
        desk = await self._outbox.channels.desk_channel(asker.server) if second else None
        told_by: int | None = None
        tells: Tells | Sequence[Statement]
        if what.number is None:
            tells = await self._posted.entered(asker.server, what.entry or 0)
        else:
            told_by = await self._posted.first_told(asker.server, what.number)
            tells = await self._posted.tells(asker.server, told_by)
        preview = await self._preview(asker.server, seen)
        entry, rest = await self._rest(asker.server, what)
        return played_back(key, what, preview, tells, told_by, desk, self._setting, now, rest, may_take_all=bool(entry))

    async def press(self, press: ReplacePress, asker: Asker, key: int) -> Answer:
        """Do what a button says; return the answer.

        Raises:
            BadInputError: it is decided already, somebody else's, too old, or can't be done any more.

        """
        server, user, name = asker.server, asker.user, asker.name
        store = self._store
        match press:
            case "post":
                if await self._outbox.two_person.asks_two(server, self._clock.now()):
                    return await self._ask(asker, key)
                return await self._answer(server, key, await store.do(key, server, user, name, self._make))
            case "whole":
                what = (await store.read(key, server)).what
                entry, _ = await self._rest(server, what)
                return await self.begin(asker, Replacement("retract", what.text, None, entry) if entry else what)
            case "confirm":
                done = await store.confirm(key, server, user, name, self._make, self._said("Confirmed", name))
                return await self._answer(server, key, done)
            case "undo":
                stored, undone = await store.undo(key, server, name, self._take_back)
                return Answer(
                    unreplaced_answer(
                        stored.what, undone.dropped, undone.channels, undone.numbers, undone.again, undone.overtaken
                    )
                )
            case _:
                await store.reject(key, server, user, name, self._said("Rejected", name))
                return Answer(
                    "**Discarded.** Nothing was posted." if press == "discard" else "**Rejected.** Nothing is posted."
                )

    async def refuse_unseen(self, server: int, number: int, sees: Sees) -> None:
        """Refuse a post whose channels the asker can't see, with the same error as for one that does not exist.

        Raises:
            BadInputError: the asker sees none of the post's channels.

        """
        channels = await self._posted.channels(server, number)
        if channels and not any(sees(channel) for channel in channels):
            raise BadInputError(f"there is no #{number} in this newsroom, or none that you can see")

    async def matching(self, server: int, typed: str, sees: Sees, *, entries: bool) -> list[PostedNumber]:
        """Return recent posts that the asker can see, newest first.

        Their number begins with what was typed, or their words contain it.
        """
        wanted = typed.strip().lstrip("#").casefold()
        recent = [post for post in await self._posted.recent(server, entries=entries) if any(map(sees, post.channels))]
        if wanted.isdigit():
            found = [post for post in recent if str(post.number).startswith(wanted)]
        else:
            found = [post for post in recent if wanted in post.content.casefold()]
        return found[:_MOST_FOUND]

    async def _rest(self, server: int, what: Replacement) -> tuple[int, tuple[Standing, ...]]:
        """Return the entry of the post that is retracted, and what of it stands; 0 where there is none, or nothing does."""
        return await self._posted.rest_of(server, what.number) if what.kind == "retract" and what.number else (0, ())

    async def _ask(self, asker: Asker, key: int) -> Answer:
        """Ask a second person, and show what would come of it now."""
        now = self._clock.now()
        stored = await self._store.read(key, asker.server)
        preview = await self._preview(asker.server, await self._store.look(stored, self._make))

        def make(stored: StoredReplacement) -> Draft:
            return replace_question(key, stored.what, preview, stored.asked_by, self._setting, now)

        return replace_asked(key, await self._store.ask(key, asker.server, asker.user, make))

    async def _answer(self, server: int, key: int, done: Replaced) -> Answer:
        stored, now = await self._store.read(key, server), self._clock.now()
        what, delivery = stored.what, (await self._preview(server, done)).delivery
        all_now = delivery.now == delivery.channels  # as its card has just said
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
        return undoable(key, what, words, delivery, self._setting, now)

    async def _preview(self, server: int, seen: Replaced) -> Preview:
        after = tuple(dict.fromkeys(post.draft.headline for post in seen.posts if post.draft))
        channels = dict.fromkeys(post.channel for post in seen.posts)
        delivery = await self._outbox.suspensions.delivery(server, channels)
        return Preview(seen.before, after, delivery, seen.numbers, seen.corrections, seen.same)

    def _make(self, what: Replacement) -> tuple[Make, MakeRetraction]:
        def correction(replaced: Link | None, setting: Setting) -> Draft:
            return correction_post(what.number or 0, replaced, what.text, setting, self._clock.now())

        def retraction(
            replaced: Link | None,
            setting: Setting,
            numbers: list[int],
            stated: Sequence[Statement],
            stands: Sequence[Statement],
        ) -> Draft:
            return retraction_post(numbers, replaced, what.text, stated, stands, setting, self._clock.now())

        return correction, retraction

    def _take_back(self, stored: StoredReplacement, post: Post, numbers: Sequence[int], replaced: Link | None) -> Draft:
        return unreplaced_post(
            stored.what,
            post.number,
            numbers,
            replaced,
            self._setting,
            self._clock.now(),
            is_there=post.about is not None,
        )

    def _said(self, what: str, who: str) -> Callable[[str], str]:
        now = self._clock.now()
        return lambda old: decided_question(old, what, who, now, self._setting)
