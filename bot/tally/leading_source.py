"""Which source leads a contest in a server: the desk file's `leads`, unless the server's editors chose another one.

Always ask `with_leading_source`. It returns the contest with `leads` set for the server, so code that reads
`contest.leads` need not know about servers. At startup `LeadingSources.fall_back` drops chosen sources that are no longer
in the desk file.
"""

import structlog

from bot.clock import Clock
from bot.desk.desk_file import Contest, Source
from bot.errors import BadInputError
from bot.follows.follows import with_leading_source
from bot.follows.follows_store import ServerStore
from bot.outbox.suspensions_store import SuspensionStore
from bot.tally.leading_source_store import LeadingSourceStore, Switched
from bot.tally.leading_source_switch import LeadingSourceChange
from bot.tally.leading_source_words import LeadingSourceFacts, leading_source_answer, refused_words
from bot.wording.context import Setting
from bot.wording.typed_names import source_named, sources_matching

DESK_FILE = "desk-file:"
"""The value of the choice "as in the desk file". It can't be a source's id, since an id has no colon."""

AS_IN_DESK_FILE = "as in the desk file"

_NOBODY = "the desk file no longer has the source"
"""The actor named in the audit log when a chosen source has left the desk file."""

log = structlog.get_logger()


class LeadingSources:
    """Switches which source leads a contest in a server."""

    def __init__(
        self,
        store: LeadingSourceStore,
        servers: ServerStore,
        suspensions: SuspensionStore,
        setting: Setting,
        clock: Clock,
    ) -> None:
        self._store = store
        self._servers = servers
        self._suspensions = suspensions
        self._setting = setting
        self._clock = clock

    async def lead(self, contest: Contest, key: str, server: int, who: str, why: str | None) -> str:
        """Make a source lead a contest in a server. Returns the answer to the editor.

        Args:
            contest: the contest.
            key: the source's id or name, as typed or chosen, or `DESK_FILE`.
            server: the server.
            who: the editor who chose the source, for the audit log.
            why: the reason in the editor's words, or None.

        Raises:
            BadInputError: no such source feeds the contest, or it can't lead now.
        """
        source, now = await self._chosen(contest, key), self._clock.now()
        switched = await self._store.switch(LeadingSourceChange(server, contest.id, source, who, why, now))
        before, after = self._source(switched.before), self._source(switched.after)
        if switched.refused:
            muted = (await self._suspensions.muted(server)).get(after.id)
            raise BadInputError(refused_words(contest, after, before, switched.refused, muted))
        return leading_source_answer(await self._facts(contest, switched, server, by_desk_file=source is None))

    async def matching(self, contest: Contest, typed: str) -> list[tuple[str, str]]:
        """Return the choices that match what was typed, as (name, value). "As in the desk file" comes last."""
        wanted = typed.casefold().strip()
        found = [(one.name, one.id) for one in sources_matching(typed, await self._feeding(contest))]
        by_file = f"{AS_IN_DESK_FILE} ({self._source(contest.leads).name})"
        return [*found, (by_file, DESK_FILE)] if wanted in f"{by_file} {DESK_FILE}".casefold() else found

    async def contests_of(self, server: int, source: str) -> tuple[list[Contest], list[Contest]]:
        """Return two lists of contests that a server follows: those that a source leads, and those it could lead."""
        followed = {row.contest for row in await self._servers.following(server)}
        leads, could = list[Contest](), list[Contest]()
        for contest in self._setting.desk.contests:
            if contest.id in followed:
                if (await with_leading_source(contest, server, self._setting.desk, self._servers)).leads == source:
                    leads.append(contest)
                elif any(one.id == source for one in await self._feeding(contest)):
                    could.append(contest)
        return leads, could

    async def fall_back(self) -> None:
        """Switch back to the desk file's source if a chosen one is no longer in the desk file.

        The desk is notified once. Call this at startup, before any reading is accepted, and after a backup was
        restored.
        """
        for server, contest, choice in await self._store.all():
            if self._setting.desk.contest(contest) is None or self._setting.desk.may_lead(choice.source):
                continue
            log.warning(
                "the source that a server chose to lead is not in the desk file",
                server=server,
                contest=contest,
                source=choice.source,
                chosen_by=choice.since.who,
            )
            switch = LeadingSourceChange(server, contest, None, _NOBODY, None, self._clock.now(), forced=True)
            await self._store.switch(switch)

    async def _facts(
        self, contest: Contest, switched: Switched, server: int, *, by_desk_file: bool
    ) -> LeadingSourceFacts:
        was, now = switched.was, self._clock.now()
        rows = [row for row in await self._servers.following(server) if row.contest == contest.id]
        return LeadingSourceFacts(
            contest=contest,
            before=self._source(switched.before),
            after=self._source(switched.after),
            by_desk_file=by_desk_file,
            changed=switched.changed,
            since=was.since.words(self._setting, now) if was else None,
            heard=switched.heard,
            held=switched.held,
            dropped=switched.dropped,
            posts=len({post.channel for post in switched.posts if post.chain is not None}),
            followed=bool(rows),
            paused=await self._suspensions.paused(server) is not None,
        )

    async def _chosen(self, contest: Contest, key: str) -> str | None:
        """Return the id of the source that was typed or chosen. None for the desk file's own choice."""
        wanted = key.casefold().strip()
        if wanted in (DESK_FILE, AS_IN_DESK_FILE):
            return None
        feeding = await self._feeding(contest)
        other = self._setting.desk.source(key)
        if other is None or other in feeding:
            return source_named(key, feeding).id
        if other.format is None:
            raise BadInputError(f"{other.name} sends no figures of its own, staff enter them, so it can't lead")
        raise BadInputError(f"{other.name} does not feed {contest.name}, by the desk file, so it can't lead")

    async def _feeding(self, contest: Contest) -> list[Source]:
        """Return the sources that feed a contest, in the desk file's order."""
        known = self._setting.desk.contest(contest.id) or contest
        feeding = {known.leads, *known.feeds, *await self._store.heard(contest.id)}
        return [one for one in self._setting.desk.sources if not one.person and one.id in feeding]

    def _source(self, key: str) -> Source:
        return self._setting.desk.source(key) or Source(id=key, name=key)
