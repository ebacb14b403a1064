"""The answers to /chart: the margin or votes over time, or a map of counties.

Pictures are drawn in a separate worker process.
"""

from dataclasses import replace
from datetime import datetime

from pydantic_core import to_json

from bot.answers.batches_store import BatchStore
from bot.answers.chart_words import (
    Chart,
    ChartFacts,
    ChartPoint,
    CountyMap,
    LastBatch,
    MapFacts,
    Shown,
    chart_of,
    chart_words,
    map_of,
    map_words,
)
from bot.answers.history import answering_source
from bot.answers.history_words import none_before
from bot.answers.palette import PictureLook
from bot.box.box import JOB_SECONDS, Box, Job
from bot.count.reading import Unit
from bot.desk.counties import counties_of, county, county_name
from bot.desk.desk_file import Contest
from bot.desk.toml_file import shipped
from bot.errors import BadInputError, TallydeskError
from bot.quotas import Caller
from bot.tally.standing import Standings
from bot.tally.standing_store import StandingStore, StoredStanding
from bot.tally.standing_words import margin_answer
from bot.wording.card import Card, Picture, PictureShape
from bot.wording.context import may_be_named
from bot.wording.credit import results_status_words
from bot.wording.question import Question
from bot.wording.typed_times import typed_minute
from bot.wording.viewer import Viewer


class Charts:
    """The answers to /chart with the margin or the votes over time."""

    def __init__(self, standings: Standings, batches: BatchStore, box: Box) -> None:
        """Create the answers from the figures in `standings` and `moves`.

        Pictures are drawn in a worker process of `box`.
        """
        self._standings = standings
        self._batches = batches
        self._box = box

    async def chart(
        self,
        question: Question,
        since: str | None = None,
        *,
        shape: PictureShape = "square",
        look: PictureLook = "dark",
        shown: Shown = "lead",
    ) -> Card:
        """Return a card with a chart up to the time asked about.

        The chart begins at the typed time `since`, or else at the first figures. `shown` selects the lead or the two
        candidates' votes, and `look` dark or light colors.

        Raises:
            BadInputError: `since` is no time, or that period has no figures.
            TallydeskError: the chart could not be drawn.
        """
        start = typed_minute(since, question.now, question.setting.desk.zone, start=True) if since else None
        facts = await self._facts(question, start)
        picture = await self._picture(facts, question, shape, shown, look)
        margin = margin_answer(await self._standings.asked(question, question.at), question.setting)
        if facts.begins is not None:
            margin = margin.below(none_before(question.context(), facts.begins))
        return question.with_share_button(replace(margin, blocks=(), picture=picture))

    async def picture(self, question: Question, shape: PictureShape) -> Picture:
        """Return a picture of the margin from the first figures on. Raises the same errors as `chart`."""
        return await self._picture(await self._facts(question, None), question, shape, "lead", "dark")

    async def _picture(
        self, facts: ChartFacts, question: Question, shape: PictureShape, shown: Shown, look: PictureLook
    ) -> Picture:
        png = await drawn(self._box, question.viewer, chart_of(facts, question, shape, shown, look))
        return Picture(png, chart_words(facts, question, shown))

    async def _facts(self, question: Question, start: datetime | None) -> ChartFacts:
        contest, source = question.contest, answering_source(question, question.contest.leads)
        margin = await self._standings.asked(question, question.at)
        points = await self._batches.points(contest.id, source.id, question.until, start)
        if not points:
            raise BadInputError("there is no margin to draw: nothing came in in that time")
        batches = await self._batches.batches(contest.id, source.id, question.until)
        if start is not None:
            batches -= await self._batches.batches(contest.id, source.id, start)
        until = question.at or margin.checked_at or points[-1].as_of
        then = await self._standings.asked(question, start) if start else None
        first = []
        if (
            start
            and then
            and then.reading
            and any(then.reading.votes.values())
            and then.change
            and then.change.margin is not None
        ):
            first = [
                ChartPoint(start, then.change.leader, then.change.margin, votes=then.reading.votes)
            ]  # as the chart begins
        status = results_status_words(margin.reading, source) if margin.reading else "Unofficial."
        drawn = first + [ChartPoint(one.as_of, one.leader, one.margin, one.lead_changed, one.votes) for one in points]
        names, as_of = (margin.reading.names, margin.reading.as_of) if margin.reading else (None, None)
        begins = (then.first_at or points[0].as_of) if then and then.reading is None else None
        return ChartFacts(source, drawn, batches, until, names, status, start, as_of, begins)


async def drawn(box: Box, viewer: Viewer, picture: Chart | CountyMap) -> bytes:
    """Draw a chart or a map, and return it as a PNG.

    The drawing is charged to the viewer's quota.

    Raises:
        QuotaError: the viewer's quota is used up.
        TallydeskError: the picture could not be drawn, or drawing takes too long.
    """
    caller = Caller(viewer.server, viewer.person, staff=viewer.newsroom)
    try:
        (png,) = await box.read(caller, Job("chart", "the chart", (to_json(picture),), JOB_SECONDS), bytes)
    except BadInputError as error:
        why = str(error).removeprefix("the chart: ")
        raise TallydeskError(f"the chart could not be drawn ({why}); /history has its figures") from None
    return png


ATLAS = "counties-10m.json.gz"
"""The file of the counties' shapes.

us-atlas, 2023 edition, from the Census Bureau's cartographic boundaries (`data/counties-10m.LICENSE`).
"""


class CountyMaps:
    """The answers to /chart with a map of counties."""

    def __init__(self, queries: StandingStore, standings: Standings, batches: BatchStore, box: Box) -> None:
        """Create the answers from the figures in `queries`, `standings` and `moves`.

        Maps are drawn in a worker process of `box`.
        """
        self._queries = queries
        self._standings = standings
        self._batches = batches
        self._box = box

    async def map(self, question: Question, shape: PictureShape = "square", look: PictureLook = "dark") -> Card:
        """Return a card with a map of who leads in each county.

        The map shows the leading source if it has county votes, or else the first source with county votes.

        Raises:
            BadInputError: the contest has no state or is not counted by county, or no source gives county votes.
            TallydeskError: the map could not be drawn.
        """
        contest = question.contest
        if contest.state is None or not (known := counties_of(contest.state)):
            raise BadInputError("a map needs the contest's state, which the desk file does not say")
        standing, counties = await self._standing(question, contest)
        source = answering_source(question, standing.source)
        facts = MapFacts(
            source=source,
            reading=standing.reading,
            leader=standing.change.leader,
            margin=standing.change.margin or 0,
            counties=counties,
            of=len(known),
            last=await self._last(question, contest, standing.source),
            status=results_status_words(standing.reading, source),
        )
        picture = map_of(facts, question, str(shipped(ATLAS)), known[0].fips[:2], shape, look)
        png = await drawn(self._box, question.viewer, picture)
        margin = margin_answer(await self._standings.asked(question, question.at), question.setting)
        *first, last = margin.head
        head = (*first, replace(last, sources=tuple(dict.fromkeys([*last.sources, source.id]))))  # the map uses it
        answer = replace(margin, head=head, blocks=(), picture=Picture(png, map_words(facts, question)))
        return question.with_share_button(answer, contest.leads, source.id)

    async def _standing(self, question: Question, contest: Contest) -> tuple[StoredStanding, dict[str, Unit]]:
        """Return the figures of the first source that has county votes, and its counties by FIPS code.

        The leading source is tried first.

        Raises:
            BadInputError: no source gives county votes.
        """
        leads = await self._queries.standing(contest.id, contest.leads, question.until)
        others = await self._queries.others(contest.id, contest.leads, question.until)
        silent = []
        for one in [*([leads] if leads else []), *others]:
            source = question.setting.desk.source(one.source)
            if not may_be_named(source, question.setting):
                continue
            if counties := _by_fips(contest, one):
                return one, counties
            silent.append(answering_source(question, one.source).name)
        raise BadInputError(
            f"there is no map: no county votes from {' or '.join(silent)}" if silent else "no count is in yet"
        )

    async def _last(self, question: Question, contest: Contest, source: str) -> LastBatch | None:
        """Return the counties in a source's last batch, or None if the source does not name them."""
        batches = await self._batches.last(contest.id, source, question.until, 1)
        units = (batches[0].change.units or {}) if batches else {}
        found = {known.fips: votes for name, votes in units.items() if (known := county(contest.state or "", name))}
        if not found:
            return None
        named = {county_name(contest.state or "", fips): votes for fips, votes in found.items()}
        return LastBatch(named, list(found), batches[0].change.as_of)


def _by_fips(contest: Contest, standing: StoredStanding) -> dict[str, Unit]:
    """Return the counties in a source's figures by FIPS code, without counties that lack candidates' votes."""
    found = {}
    for name, unit in (standing.reading.units or {}).items():
        known = unit.fips or (one.fips if (one := county(contest.state or "", name)) else None)
        if known is not None and unit.votes is not None:
            found[known] = unit
    return found
