"""All that takes an entry from its first draft to what becomes of it, wired over one database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from bot.clock import Clock
from bot.database.database import Database
from bot.entries.corrections_store import CorrectionStore
from bot.entries.drafts import Drafts, Entering, EntryCards
from bot.entries.drafts_store import EntryStore
from bot.entries.review import EntryDecisions
from bot.entries.review_store import EntryQuestionStore
from bot.entries.statements import Statements
from bot.follows.servers_store import ServerStore
from bot.outbox.rows import Wake
from bot.wording.context import Setting


@dataclass(frozen=True, slots=True)
class Entries:
    """What takes entries: begun, changed, decided."""

    entering: Entering
    drafts: Drafts
    decisions: EntryDecisions

    @classmethod
    def of(
        cls,
        database: Database,
        corrections: CorrectionStore,
        statements: Statements,
        desk_store: ServerStore,
        setting: Setting,
        clock: Clock,
        wake: Wake,
        wall: Callable[[], float],
    ) -> Self:
        """Wire it over `database`; what entries say goes through `statements`; `wall` is the wall clock, in seconds."""
        store, questions = EntryStore(database, corrections, wall), EntryQuestionStore(database, wall)
        cards = EntryCards(store, statements, desk_store, setting, clock, wall)
        return cls(
            Entering(store, cards, setting, clock),
            Drafts(store, cards, setting, clock),
            EntryDecisions(store, questions, cards, setting, clock, wake),
        )
