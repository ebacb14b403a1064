from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.count.reading import Reading
from bot.count.recount_line import RecountLine, against_line, deciding
from bot.desk.desk_file import Contest, Source, Style
from bot.tally.line_crossings_words import crossed_recount
from bot.wording.context import ContestContext

NOW = datetime(2020, 11, 11, 13, tzinfo=UTC)
NAMES = [{"id": key, "name": key, "last": key.capitalize()} for key in ("ada", "bo", "cy")]
RUNOFF = Contest.model_validate(
    {"id": "x", "name": "x", "state": "GA", "leads": "t", "rule": "majority-runoff", "candidates": NAMES}
)
TOLD = ContestContext(RUNOFF, Style(), ZoneInfo("UTC"), NOW)
READING = Reading.model_validate(
    {"source": "t", "contest": "x", "as_of": NOW, "votes": {"ada": 400, "bo": 301, "cy": 299}}
)


def test_who_may_ask_is_unknown_where_the_rule_does_not_say() -> None:
    line = RecountLine("GA", True, None, "all_votes", "on_request", None, None, "law", "2026-11-25", True, 20)
    decides = deciding(RUNOFF.contest_rule, READING)
    assert decides is not None
    stands = against_line(line, decides.margin, READING)
    assert stands is not None
    said = crossed_recount(TOLD, line, stands, decides, Source(id="t", name="the Wire"))
    assert said.endswith("by the Wire's count. Who may ask for a recount is not known here.")
