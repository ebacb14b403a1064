"""An entry as it is shown: what it says, and what would come of it, found out by taking it in and taking that back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.cards.entry import EntryCard, draft_card, entered_card, refused
from bot.cards.entry_lines import Consequences, whose_word
from bot.cards.facts import Setting
from bot.clock import Clock
from bot.deskfile import Contest, Source
from bot.errors import BadInputError
from bot.service.going_out import consequences_of
from bot.service.led import led
from bot.service.statements import Statements
from bot.store.desk import DeskStore
from bot.store.entries import EntryStore
from bot.store.statements import Prepared
from bot.store.stored_entry import Entered, StoredEntry

UNDO = timedelta(minutes=2)
"""So long an entry can be taken back with one press."""


class EntryCards:
    """Makes the cards of entries."""

    def __init__(
        self,
        store: EntryStore,
        statements: Statements,
        desk_store: DeskStore,
        setting: Setting,
        clock: Clock,
        to_the_second: Callable[[], float],
    ) -> None:
        """Look at what is in `store`; `statements` says what it would do; `to_the_second` is the wall clock."""
        self._store = store
        self._statements = statements
        self._desk_store = desk_store
        self._setting = setting
        self._clock = clock
        self._wall = to_the_second

    async def card(self, stored: StoredEntry) -> EntryCard:
        """Return an entry as it is shown before it is entered."""
        entry, contest = stored.entry, self.contest(stored.entry.contest)
        consequences, wrong = None, None
        if not entry.needs_source:
            try:
                consequences = await self.preview(stored)
            except (ValueError, BadInputError) as error:
                wrong = refused(error)
        others = [one for one in await self.followed(stored.server) if one is not contest] if entry.text else []
        return draft_card(
            stored.id, entry, contest, consequences, self._sources(await led(contest, stored.server, self._setting.desk, self._desk_store)), others, self._setting, self._clock.now(),
            second=await self._store.asks_two(stored.server), wrong=wrong,
        )  # fmt: skip

    def _sources(self, contest: Contest) -> list[Source]:
        """Return whose word it may be: people first, and the feed that leads last."""
        return sorted(self._setting.desk.sources, key=lambda source: (not source.person, source.id == contest.leads))

    async def preview(self, stored: StoredEntry) -> Consequences:
        """Return what would come of an entry if it were entered now."""
        prepared = self.prepare(stored)
        taken = await self._store.preview(prepared, stored.server, self._clock.now())
        statements = [one.statement for one in prepared]
        return consequences_of(taken, statements, stored.server, self._setting.desk, numbered=False)

    def prepare(self, stored: StoredEntry, confirmed_by: str | None = None) -> list[Prepared]:
        """Return the statements that an entry makes, each with what it does.

        Raises:
            BadInputError: it can't be entered as it is.

        """
        try:
            statements = stored.entry.statements(stored.entered_by, confirmed_by)
        except ValueError as error:
            raise BadInputError(_plainly(error)) from None
        return [self._statements.prepared(one, stored.server, stored.entered_by) for one in statements]

    def entered(self, entered: Entered) -> EntryCard:
        """Return what is said once an entry is entered."""
        entry = entered.stored.entry
        said = entry.statements(entered.stored.entered_by)
        consequences = consequences_of(entered.taken, said, entered.stored.server, self._setting.desk, numbered=True)
        until = datetime.fromtimestamp(self._wall(), UTC) + UNDO
        return entered_card(entered.stored.id, consequences, whose_word(entry, self._setting.desk), until)

    def contest(self, key: str) -> Contest:
        """Return a contest of the desk file.

        Raises:
            BadInputError: it has none of that id any more.

        """
        contest = self._setting.desk.contest(key)
        if contest is None:
            raise BadInputError(f"{key[:60]}: the desk file no longer has that contest")
        return contest

    async def followed(self, server: int) -> list[Contest]:
        """Return the contests that a server follows."""
        rows = await self._desk_store.following(server)
        wanted = {row.contest for row in rows}
        return [contest for contest in self._setting.desk.contests if contest.id in wanted]


def _plainly(error: ValueError) -> str:
    """Return why statements can't be made of an entry, in a few words; pydantic's own would be many."""
    errors = getattr(error, "errors", None)
    return str(errors()[0]["msg"]).removeprefix("Value error, ") if errors else str(error)
