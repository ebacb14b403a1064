"""All that answers questions, for the commands to call."""

from dataclasses import dataclass
from typing import Self

from bot.cards.facts import Setting
from bot.clock import Clock
from bot.service.asking import Asking
from bot.service.charts import Charts
from bot.service.drawing import Drawing
from bot.service.following import Following
from bot.service.ingest import Wake
from bot.service.moves import Movements
from bot.service.places import PlaceAnswers
from bot.service.provenance import Health, ProvenanceAnswers
from bot.service.query import Query
from bot.service.sharing import Sharing
from bot.service.standing import StandingAnswers
from bot.service.unit_silence import Uploads
from bot.store.certifying import CertifyingStore
from bot.store.control import ControlStore
from bot.store.database import Database
from bot.store.desk import DeskStore
from bot.store.moves import Moves
from bot.store.places import Places
from bot.store.provenance import Provenance
from bot.store.queries import Queries
from bot.store.sharing import SharingStore
from bot.store.status import StatusStore


@dataclass(frozen=True, slots=True)
class Stores:
    """Where answers are read, and shared ones go."""

    database: Database
    queries: Queries
    desk: DeskStore
    control: ControlStore
    sharing: SharingStore


@dataclass(frozen=True, slots=True)
class Questions:
    """What answers questions."""

    asking: Asking
    moves: Movements
    places: PlaceAnswers
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
        """Wire them to the stores; `uploads` and `health` are what the watch knows of the sources."""
        queries, moves, places = stores.queries, Moves(stores.database), Places(stores.database)
        query = Query(queries, setting, clock)
        asking = Asking(following, stores.desk, setting, clock)
        answers = PlaceAnswers(queries, moves, places, CertifyingStore(stores.database), uploads)
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
