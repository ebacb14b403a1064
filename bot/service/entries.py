"""All that takes an entry from its first draft to what becomes of it, wired over one database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from bot.cards.facts import Setting
from bot.clock import Clock
from bot.service.drafts import Drafts
from bot.service.entering import Entering
from bot.service.entry_cards import EntryCards
from bot.service.entry_decisions import EntryDecisions
from bot.service.ingest import Wake
from bot.service.statements import Statements
from bot.store.corrections import CorrectionStore
from bot.store.database import Database
from bot.store.desk import DeskStore
from bot.store.entries import EntryStore
from bot.store.entry_questions import EntryQuestionStore


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
        desk_store: DeskStore,
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
