"""Correct what we posted, and retract what the desk entered: in the open, in every channel that has it.

An undo and a retraction are the same code (`CorrectionStore.take_back`).
"""

from bot.clock import Clock
from bot.entries.corrections_store import CorrectionStore, PostedNumber, Replaced
from bot.entries.corrections_words import correction_post, retraction_post
from bot.errors import BadInputError
from bot.follows.levels import Sees
from bot.outbox.rows import AuditRow, Wake
from bot.wording.context import Setting
from bot.wording.draft import Draft, Link

_MOST_FOUND = 25


class Corrections:
    """Corrections are for our own errors, retractions for an entry of the desk."""

    def __init__(self, store: CorrectionStore, setting: Setting, clock: Clock, wake: Wake) -> None:
        """Store into `store`; `wake` is called after each transaction with the channels that have a post."""
        self._store = store
        self._setting = setting
        self._clock = clock
        self._wake = wake

    async def correct(self, server: int, number: int, text: str, who: str) -> Replaced:
        """Post a correction of `number`, in an editor's own words, wherever it was posted.

        Raises:
            BadInputError: nothing of that number was posted, or it has this very correction.

        """
        audit = AuditRow(self._clock.now(), server, who, "correct", text)

        def make(replaced: Link | None) -> Draft:
            return correction_post(number, replaced, text, self._setting)

        done = await self._store.correct(server, number, make, audit)
        self._wake(done.wake)
        return done

    async def retract(self, server: int, number: int, why: str, who: str) -> Replaced:
        """Take back the entry that post `number` came of, everywhere.

        Raises:
            BadInputError: it did not come of an entry of this newsroom, or has been taken back.

        """
        audit = AuditRow(self._clock.now(), server, who, "retract", why)

        def make(replaced: Link | None, numbers: list[int]) -> Draft:
            return retraction_post(numbers, replaced, why, self._setting)

        done = await self._store.retract(server, number, make, audit)
        self._wake(done.wake)
        return done

    async def refuse_unseen(self, server: int, number: int, sees: Sees) -> None:
        """Refuse a post that went to channels alone that who asks does not see, as one that is not there.

        Raises:
            BadInputError: it did.

        """
        channels = await self._store.channels(server, number)
        if channels and not any(sees(channel) for channel in channels):
            raise BadInputError(f"there is no #{number} in this newsroom, or none that you can see")

    async def matching(self, server: int, typed: str, sees: Sees, *, entries: bool) -> list[PostedNumber]:
        """Return recent posts that who asks sees, whose number begins with, or whose words contain, what was typed.

        The newest first.
        """
        wanted = typed.strip().lstrip("#").casefold()
        recent = [post for post in await self._store.recent(server, entries=entries) if any(map(sees, post.channels))]
        if wanted.isdigit():
            found = [post for post in recent if str(post.number).startswith(wanted)]
        else:
            found = [post for post in recent if wanted in post.content.casefold()]
        return found[:_MOST_FOUND]
