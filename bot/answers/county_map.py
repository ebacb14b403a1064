"""The map of /chart: who leads in each county of a state, and what came in last."""

from bot.answers.chart import Drawing
from bot.answers.chart_words import PictureShape
from bot.answers.county_map_words import LastBatch, MapFacts, map_of, map_words
from bot.answers.moves import answering_source
from bot.answers.moves_store import Moves
from bot.count.reading import Unit
from bot.desk.counties import called, counties_of, county
from bot.desk.desk_file import Contest
from bot.desk.toml_file import shipped
from bot.errors import BadInputError
from bot.tally.standing import Standings
from bot.tally.standing_store import StandingStore, StoredStanding
from bot.tally.standing_words import margin_answer
from bot.wording.context import may_be_named
from bot.wording.credit import results_status_words
from bot.wording.draft import Answer, Picture
from bot.wording.question import Question

ATLAS = "counties-10m.json.gz"
"""The counties' shapes: us-atlas, 2023 edition, of the Census Bureau's cartographic boundaries (`data/counties-10m.LICENSE`)."""


class CountyMaps:
    """Answers with maps."""

    def __init__(self, queries: StandingStore, standings: Standings, moves: Moves, drawing: Drawing) -> None:
        """Read through the first three and draw."""
        self._queries = queries
        self._standings = standings
        self._moves = moves
        self._drawing = drawing

    async def map(self, asked: Question, shape: PictureShape = "square") -> Answer:
        """Return who leads in each county, by the leading source or else the first that gives counties' votes.

        Raises:
            BadInputError: the contest has no state or is not counted by county, or no source gives counties' votes.
            TallydeskError: it could not be drawn.

        """
        contest = asked.contest
        if contest.state is None or not (known := counties_of(contest.state)):
            raise BadInputError("a map needs the contest's state, which the desk file does not say")
        standing, counties = await self._standing(asked, contest)
        source = answering_source(asked, standing.source)
        facts = MapFacts(
            source=source,
            reading=standing.reading,
            leader=standing.change.leader,
            margin=standing.change.margin or 0,
            counties=counties,
            of=len(known),
            last=await self._last(asked, contest, standing.source),
            status=results_status_words(standing.reading, source),
        )
        drawn = map_of(facts, asked, str(shipped(ATLAS)), known[0].fips[:2], shape)
        png = await self._drawing.png(drawn)
        margin = margin_answer(await self._standings.margin(contest, asked.server, asked.at), asked.setting)
        picture = Picture(png, map_words(facts, asked))
        return asked.shareable(Answer(margin.content, picture=picture), contest.leads, source.id)

    async def _standing(self, asked: Question, contest: Contest) -> tuple[StoredStanding, dict[str, Unit]]:
        """Return the standing that has counties' votes, with them by FIPS code."""
        leads = await self._queries.standing(contest.id, contest.leads, asked.until)
        others = await self._queries.others(contest.id, contest.leads, asked.until)
        silent = []
        for one in [*([leads] if leads else []), *others]:
            source = asked.setting.desk.source(one.source)
            if not may_be_named(source, asked.setting):
                continue
            if counties := _by_fips(contest, one):
                return one, counties
            silent.append(answering_source(asked, one.source).name)
        raise BadInputError(
            f"there is no map: no county votes from {' or '.join(silent)}" if silent else "no count is in yet"
        )

    async def _last(self, asked: Question, contest: Contest, source: str) -> LastBatch | None:
        """Return the counties that moved last, or None where nobody said which."""
        batches = await self._moves.last(contest.id, source, asked.until, 1)
        units = (batches[0].change.units or {}) if batches else {}
        found = {known.fips: votes for name, votes in units.items() if (known := county(contest.state or "", name))}
        if not found:
            return None
        named = {called(contest.state or "", fips): votes for fips, votes in found.items()}
        return LastBatch(named, list(found), batches[0].change.as_of)


def _by_fips(contest: Contest, standing: StoredStanding) -> dict[str, Unit]:
    """Return a reading's counties that have candidates' votes, by FIPS code."""
    found = {}
    for name, unit in (standing.reading.units or {}).items():
        known = unit.fips or (one.fips if (one := county(contest.state or "", name)) else None)
        if known is not None and unit.votes is not None:
            found[known] = unit
    return found
