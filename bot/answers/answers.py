"""All that answers questions, a field a subject, for the commands to call."""

from msgspec import Struct

from bot.answers.asking import Asking
from bot.answers.chart import Charts, CountyMaps
from bot.answers.export import Export
from bot.answers.full_standing import StandingAnswers
from bot.answers.moves import Movements
from bot.answers.pages_store import PageStore
from bot.answers.provenance import ProvenanceAnswers
from bot.answers.sharing import Sharing
from bot.answers.units import UnitAnswers
from bot.desk.desk_file import Contest
from bot.wording.draft import Picture


class Answers(Struct, frozen=True, kw_only=True):
    """What the commands ask, a field a subject."""

    asking: Asking
    moves: Movements
    units: UnitAnswers
    standing: StandingAnswers
    provenance: ProvenanceAnswers
    charts: Charts
    maps: CountyMaps
    sharing: Sharing
    export: Export
    pages: PageStore

    async def board_chart(self, contest: Contest, server: int, channel: int) -> Picture:
        """Return the chart of a contest's board in a channel: small on a phone, so wide.

        Raises:
            TallydeskError: nothing is in yet, or it could not be drawn.

        """
        return await self.charts.picture(await self.asking.about(contest, server, channel), shape="wide")
