"""What every question needs before it is answered: which contest, as of when, and who may read the answer."""

from dataclasses import replace
from datetime import datetime

from bot.cards.asked import Asked
from bot.cards.facts import Setting
from bot.cards.post import may_be_named
from bot.clock import Clock
from bot.deskfile import Contest
from bot.errors import TallydeskError
from bot.service.following import Following
from bot.service.when import past_time
from bot.store.desk import DeskStore


class InsideError(TallydeskError):
    """The public reads the channel, and may not read what the answer would say."""

    def __init__(self) -> None:
        """Say where to ask."""
        super().__init__("what is known of that contest is for the newsroom only; ask in a channel of its own")


class Asking:
    """Understands questions."""

    def __init__(self, following: Following, store: DeskStore, setting: Setting, clock: Clock) -> None:
        """Find contests through `following`; whether the public reads a channel is in `store`."""
        self._following = following
        self._store = store
        self._setting = setting
        self._clock = clock

    @property
    def now(self) -> datetime:
        """The news clock's time."""
        return self._clock.now()

    async def asked(self, contest: str, server: int, channel: int, at: str | None = None) -> Asked:
        """Return a question about a contest that somebody typed or chose, in a channel, as of a time that they typed.

        Raises:
            BadInputError: there is no such contest, or it is no time.
            InsideError: the public reads the channel, and may not read of the contest's leading source.

        """
        return await self.about(self._following.contest(contest), server, channel, at)

    async def about(self, contest: Contest, server: int, channel: int, at: str | None = None) -> Asked:
        """Return a question about a contest of the desk file, as it is led in the server; see `asked`."""
        contest = await self._following.led(contest, server)
        setting, now = await self.setting(channel), self._clock.now()
        source = setting.desk.source(contest.leads)
        if not may_be_named(source, setting):
            raise InsideError
        moment = past_time(at, now, setting.desk.zone) if at else None
        return Asked(contest, server, channel, setting, now, moment)

    async def setting(self, channel: int) -> Setting:
        """Return what cards go by in a channel."""
        return replace(self._setting, public=await self._store.is_public(channel))

    async def only_contest(self, server: int, channel: int) -> Contest | None:
        """Return the contest that a channel follows, if it follows one, else the desk file's only one, or None."""
        followed = {row.contest for row in await self._store.following(server) if row.channel == channel}
        if len(followed) == 1:
            return self._setting.desk.contest(followed.pop())
        contests = self._setting.desk.contests
        return contests[0] if len(contests) == 1 else None
