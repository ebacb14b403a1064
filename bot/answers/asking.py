"""The first step of every answer: which contest, as of when, and who may read the answer.

People type times by the desk's clock ("3:05 a.m.", "yesterday 7pm", "last night"). If a time could have several
meanings, the bot asks and never guesses (`bot/events/time_meaning.py`). A wrong time would give a wrong answer that
looks right.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.desk.desk_file import Contest
from bot.errors import BadInputError, TallydeskError
from bot.follows.follows import Follows
from bot.follows.follows_store import ServerStore
from bot.follows.levels import Sees, can_see_all
from bot.tally.silences import SourceWarnings
from bot.tally.standing_store import StandingStore
from bot.wording.context import Setting
from bot.wording.question import Question, SourceWarning, with_hidden_sources
from bot.wording.typed_times import typed_minute
from bot.wording.viewer import Viewer

NO_SERVER = 0
"""The server id for use outside of the newsrooms' servers, where the bot has no entries, mutes or follows."""

_MOST_PEOPLE = 10_000


class NewsroomOnlyError(TallydeskError):
    """Raised if an answer is for the newsroom only and its channel is public."""

    def __init__(self) -> None:
        super().__init__("what is known of that contest is for the newsroom only; ask in a channel of its own")


class Asking:
    """The factory that makes a `Question` from a contest and the time that somebody typed."""

    def __init__(
        self,
        following: Follows,
        store: ServerStore,
        queries: StandingStore,
        marks: SourceWarnings,
        setting: Setting,
        clock: Clock,
    ) -> None:
        self._queries = queries
        self._marks = marks
        self._following = following
        self._store = store
        self._setting = setting
        self._clock = clock
        self._last: dict[tuple[int, int], str] = {}

    @property
    def now(self) -> datetime:
        """The present time by the news clock, which is simulated in a rehearsal."""
        return self._clock.now()

    async def viewer(
        self,
        server: int,
        channel: int,
        *,
        desk: bool = True,
        newsroom: bool = True,
        sees: Sees = can_see_all,
        person: int | None = None,
    ) -> Viewer:
        """Return the person who asks, with their rights to read in this channel.

        A channel outside of the newsrooms' servers is treated as public.

        Args:
            server: the server's id, or `NO_SERVER`.
            channel: the channel's id.
            desk: True if the person has at least the desk's level.
            newsroom: True if the person has a role in the newsroom.
            sees: returns True for each channel that the person sees.
            person: the person's id, if known.
        """
        public = server == NO_SERVER or await self._store.is_public(channel)
        inside = [source.id for source in self._setting.desk.sources if not source.public]
        hidden = frozenset(inside if public or not newsroom else self._setting.inside(server))
        return Viewer(
            server, channel, sees, newsroom=newsroom, desk=desk, public=public, left_out=hidden, person=person
        )

    async def about(self, contest: Contest, viewer: Viewer, at: str | None = None) -> Question:
        """Return a question about a contest, with the server's leading source, as of a typed time or else now.

        Raises:
            BadInputError: `at` is no time; or the leading source is only for newsrooms that the operator lists.
            NewsroomOnlyError: the channel is public, and the contest's leading source is for the newsroom only.
        """
        server, now = viewer.server, self._clock.now()
        contest = await self._following.with_leading_source(contest, server)
        viewer, marks = await self._asked_by(viewer, contest.leads)
        setting = self.setting(viewer)
        moment = typed_minute(at, now, setting.desk.zone) if at else None
        count = await self._queries.count_to_show(contest.id, contest.leads)
        corrected = await self._queries.corrected(contest.id, server, reader=setting.reader)
        return Question(contest, viewer, setting, now, moment, count, marks, corrected)

    async def again(self, viewer: Viewer, leads: str | None) -> Viewer:
        """Check that a viewer may still read an earlier answer, and return the viewer with their present rights.

        `leads` is the source that led the answer's contest, or None if the answer is about no contest.

        Raises:
            BadInputError: the source is only for newsrooms that the operator lists.
            NewsroomOnlyError: the channel is public, and the source is for the newsroom only.
        """
        return viewer if leads is None else (await self._asked_by(viewer, leads))[0]

    async def _asked_by(self, viewer: Viewer, leads: str) -> tuple[Viewer, Mapping[str, SourceWarning]]:
        source = self._setting.desk.source(leads)
        if source is None or (viewer.public and not source.public):
            raise NewsroomOnlyError
        if leads in self._setting.inside(viewer.server):
            raise BadInputError(
                "the source that leads there is for the bot's own newsrooms only; `/mute` lets another one lead"
            )
        marks = await self._marks.of(viewer.server, self._setting, self._clock.now())
        return with_hidden_sources(viewer, marks, leads), marks

    def setting(self, viewer: Viewer) -> Setting:
        """Return the desk file, restricted to what the viewer may read. Answers to the viewer are written with it."""
        return replace(
            self._setting,
            public=viewer.public,
            guest=not viewer.newsroom,
            names_staff=viewer.desk,
            left_out=viewer.left_out,
        )

    async def meant(self, server: int, channel: int, person: int, sees: Sees) -> list[Contest]:
        """Return the contests that a question may be about if it names none.

        These are the contests that the channel follows. If the channel follows none, they are the contests followed in
        other channels that the person sees, or else all contests. The contest that the person last asked about comes
        first.
        """
        here = await self.followed(server, channel)
        if not here:
            rows = [row for row in await self._store.following(server) if sees(row.channel)]
            here = self._known({row.contest for row in rows}) or list(self._setting.desk.contests)
        last = self._last.get((server, person))
        return sorted(here, key=lambda contest: contest.id != last)

    async def followed(self, server: int, channel: int) -> list[Contest]:
        """Return the contests that a channel follows.

        For a contest's own thread, the result is that contest. For another thread, the result is the contests of its
        parent channel.
        """
        told = await self._store.contest_of_thread(channel)
        if told is not None and (known := self._known({told})):
            return known
        channel = await self._store.channel_of(channel)
        return self._known({row.contest for row in await self._store.following(server) if row.channel == channel})

    def _known(self, keys: Collection[str]) -> list[Contest]:
        return [contest for contest in self._setting.desk.contests if contest.id in keys]

    def keep_last(self, contest: Contest, server: int, person: int) -> None:
        """Remember which contest a person last asked about.

        The bot forgets it on a restart, and remembers only the last `_MOST_PEOPLE` people.
        """
        self._last.pop((server, person), None)
        self._last[server, person] = contest.id
        if len(self._last) > _MOST_PEOPLE:
            self._last.pop(next(iter(self._last)))
