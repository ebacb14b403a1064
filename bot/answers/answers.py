"""The objects that answer commands, one for each subject."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from bot.answers.asking import Asking
from bot.answers.batches_store import BatchStore
from bot.answers.chart import Charts, CountyMaps
from bot.answers.export import Export
from bot.answers.export_store import HistoryStore
from bot.answers.history import HistoryAnswers
from bot.answers.kept_answers_store import AnswerStore
from bot.answers.provenance import ProvenanceAnswers
from bot.answers.provenance_store import Provenance
from bot.answers.sharing import Sharing
from bot.answers.sharing_store import SharingStore
from bot.answers.standing_answers import StandingAnswers
from bot.answers.units import UnitAnswers
from bot.box.box import Box
from bot.clock import Clock
from bot.database.database import Database
from bot.desk.desk_file import Contest
from bot.feeds.feeds import Feeds
from bot.follows.follows import Follows
from bot.newsroom.status_store import StatusStore
from bot.outbox.room import OutboxRoom
from bot.outcomes.certification_store import CertificationStore
from bot.quotas import Quotas
from bot.tally.reported_batches_store import ReportedBatches
from bot.tally.standing_store import StandingStore, UnitStore
from bot.tally.tally import Tally
from bot.wording.card import Picture
from bot.wording.context import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The objects that answer commands, with one field for each subject."""

    asking: Asking
    history: HistoryAnswers
    units: UnitAnswers
    standing: StandingAnswers
    provenance: ProvenanceAnswers
    charts: Charts
    maps: CountyMaps
    sharing: Sharing
    export: Export
    kept: AnswerStore
    snapshot: Callable[[], AbstractAsyncContextManager[None]]
    """Returns a context manager. All reads inside its block see the same commit (`Database.snapshot`)."""

    async def board_chart(self, contest: Contest, server: int, channel: int) -> Picture:
        """Return the chart for a contest's pinned board in a channel.

        The picture is wide, because wide pictures need little space on a phone.

        Raises:
            TallydeskError: the contest has no figures yet, or the chart could not be drawn.
        """
        viewer = await self.asking.viewer(server, channel)
        return await self.charts.picture(await self.asking.about(contest, viewer), shape="wide")


def answers_of(
    database: Database,
    setting: Setting,
    clock: Clock,
    box: Box,
    quotas: Quotas,
    outbox: OutboxRoom,
    follows: Follows,
    tally: Tally,
    feeds: Feeds,
) -> Answers:
    """Create the objects that answer commands, from the public objects of other packages."""
    servers = follows.servers
    queries, batches, units = StandingStore(database), BatchStore(database), UnitStore(database)
    kept, reported = AnswerStore(database), ReportedBatches(database)
    asking = Asking(follows, servers, queries, tally.marks, setting, clock)
    left = UnitAnswers(queries, batches, units, CertificationStore(database), reported, feeds.polling.uploads)
    return Answers(
        asking=asking,
        history=HistoryAnswers(queries, batches, units, tally.standing, reported),
        units=left,
        standing=StandingAnswers(tally.standing, queries, batches, units, left, CertificationStore(database), reported),
        provenance=ProvenanceAnswers(
            asking=asking,
            queries=queries,
            batches=batches,
            provenance=Provenance(database, outbox.outbox.kinds),
            servers=servers,
            control=outbox.suspensions,
            status=StatusStore(database, setting.desk),
            health=feeds.health,
            uploads=feeds.polling.uploads,
        ),
        charts=Charts(tally.standing, batches, box),
        maps=CountyMaps(queries, tally.standing, batches, box),
        sharing=Sharing(SharingStore(outbox.outbox), kept, servers, outbox.suspensions, tally.marks, setting, clock),
        export=Export(HistoryStore(database, outbox.outbox.kinds), setting, quotas),
        kept=kept,
        snapshot=database.snapshot,
    )
