"""All that answers questions, a field a subject, for the commands to call."""

from dataclasses import dataclass
from typing import Self

from bot.answers.asking import Asking
from bot.answers.chart import Charts, Drawing
from bot.answers.moves import Movements
from bot.answers.moves_store import Moves
from bot.answers.provenance import Health, ProvenanceAnswers
from bot.answers.provenance_store import Provenance
from bot.answers.sharing import Sharing
from bot.answers.sharing_store import SharingStore
from bot.answers.standing import StandingAnswers
from bot.answers.units import UnitAnswers, Uploads
from bot.clock import Clock
from bot.database.database import Database
from bot.follows.follows import Following
from bot.follows.servers_store import ServerStore
from bot.newsroom.status_store import StatusStore
from bot.outbox.rows import Wake
from bot.outbox.suspensions_store import SuspensionStore
from bot.outcomes.certification_store import CertifyingStore
from bot.tally.standing import Standings
from bot.tally.standing_store import StandingStore
from bot.tally.units_store import UnitStore
from bot.wording.context import Setting


@dataclass(frozen=True, slots=True)
class Stores:
    """Where answers are read, and shared ones go."""

    database: Database
    queries: StandingStore
    desk: ServerStore
    control: SuspensionStore
    sharing: SharingStore


@dataclass(frozen=True, slots=True)
class Answers:
    """What the commands ask, a field a subject."""

    asking: Asking
    moves: Movements
    places: UnitAnswers
    standing: StandingAnswers
    provenance: ProvenanceAnswers
    charts: Charts
    sharing: Sharing

    @classmethod
    def of(
        cls,
        stores: Stores,
        following: Following,
        setting: Setting,
        clock: Clock,
        wake: Wake,
        uploads: Uploads,
        health: Health,
    ) -> Self:
        """Wire them to the stores; `uploads` and `health` are what polling knows of the sources."""
        queries, moves, places = stores.queries, Moves(stores.database), UnitStore(stores.database)
        query = Standings(queries, setting, clock)
        asking = Asking(following, stores.desk, setting, clock)
        answers = UnitAnswers(queries, moves, places, CertifyingStore(stores.database), uploads)
        return cls(
            asking,
            Movements(queries, moves),
            answers,
            StandingAnswers(query, queries, moves, places, answers),
            ProvenanceAnswers(
                asking, queries, Provenance(stores.database), stores.desk, stores.control,
                StatusStore(stores.database), health, uploads,
            ),
            Charts(query, moves, Drawing()),
            Sharing(stores.sharing, stores.desk, setting, clock, wake),
        )  # fmt: skip
