"""Answer /chart: the margin over time, drawn."""

from datetime import datetime

from bot.cards.answer import margin_answer
from bot.cards.asked import Asked
from bot.cards.chart import At, ChartFacts, chart_of, chart_words
from bot.cards.credit import status_words
from bot.cards.draft import Answer, Picture
from bot.errors import BadInputError
from bot.service.drawing import Drawing
from bot.service.moves import source_of
from bot.service.query import Query
from bot.service.when import past_time
from bot.store.moves import Moves


class Charts:
    """Answers with charts."""

    def __init__(self, query: Query, moves: Moves, drawing: Drawing) -> None:
        """Read through both and draw."""
        self._query = query
        self._moves = moves
        self._drawing = drawing

    async def chart(self, asked: Asked, since: str | None = None) -> Answer:
        """Return the margin over time up to the time asked about, from a time that somebody typed, or from the start.

        Raises:
            BadInputError: it is no time, or nothing came in between.
            TallydeskError: it could not be drawn.

        """
        start = past_time(since, asked.now, asked.setting.desk.zone) if since else None
        facts = await self._facts(asked, start)
        png = await self._drawing.png(chart_of(facts, asked))
        margin = margin_answer(await self._query.margin(asked.contest, asked.server, asked.at), asked.setting)
        return asked.shareable(Answer(margin.content, picture=Picture(png, chart_words(facts, asked))))

    async def _facts(self, asked: Asked, start: datetime | None) -> ChartFacts:
        contest, source = asked.contest, source_of(asked, asked.contest.leads)
        margin = await self._query.margin(contest, asked.server, asked.at)
        points = await self._moves.points(contest.id, source.id, asked.until, start)
        if not points:
            raise BadInputError("there is no margin to draw: nothing came in in that time")
        batches = await self._moves.batches(contest.id, source.id, asked.until)
        if start is not None:
            batches -= await self._moves.batches(contest.id, source.id, start)
        until = asked.at or margin.checked_at or points[-1].as_of
        then = await self._query.margin(contest, asked.server, start) if start else None
        first = []
        in_then = then is not None and then.reading is not None and any(then.reading.votes.values())
        if in_then and then and then.change and then.change.margin is not None and start is not None:
            first = [At(start, then.change.leader, then.change.margin)]  # where it stood when the chart begins
        status = status_words(margin.reading, source) if margin.reading else "Unofficial."
        drawn = first + [At(one.as_of, one.leader, one.margin, one.lead_changed) for one in points]
        return ChartFacts(source, drawn, batches, until, margin.reading.names if margin.reading else None, status)
