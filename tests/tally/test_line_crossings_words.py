from bot.count.recount_line import RecountLine, against_line, deciding
from bot.desk.desk_file import Source
from bot.tally.line_crossings_words import crossed_recount
from tests.wording.test_lines import READING, RUNOFF, TOLD


def test_who_may_ask_is_unknown_where_the_rule_does_not_say() -> None:
    line = RecountLine("GA", True, None, "all_votes", "on_request", None, None, "law", "2026-11-25", True, 20)
    decides = deciding(RUNOFF.contest_rule, READING)
    assert decides is not None
    stands = against_line(line, decides.margin, READING)
    assert stands is not None
    said = crossed_recount(TOLD, line, stands, decides, Source(id="t", name="the Wire"))
    assert said.endswith("by the Wire's count. Who may ask for a recount is not known here.")
