"""The answer to `/status`: what is stopped in a server, and what the bot does next."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.clock import Clock
from bot.follows.levels import Sees
from bot.newsroom.status_store import StatusStore
from bot.newsroom.status_words import Jobs, status_answer
from bot.wording.card import Card
from bot.wording.context import Setting


class NewsroomStatus:
    """A service that answers `/status`."""

    def __init__(self, store: StatusStore, setting: Setting, clock: Clock, jobs: Callable[[], Jobs]) -> None:
        """Create the service. It reads from `store`; `jobs` returns the state of the background jobs."""
        self._store = store
        self._setting = setting
        self._clock = clock
        self._jobs = jobs

    async def of(self, server: int, sees: Sees, lacking: Sequence[str] = ()) -> Card:
        """Return the answer to `/status`: what is stopped or waiting in a server, and which job of the bot runs next.

        `sees` returns True for channels that the asker sees. `lacking` are lines with missing permissions, one for
        each channel.
        """
        status, settled = (await self._store.status(server)).seen_by(sees), self._setting.settled(server)
        inside = self._setting.inside(server)
        status = replace(status, held=[one for one in status.held if one.source not in inside])
        return status_answer(status, lacking, self._jobs(), self._setting, self._clock.now(), settled)
