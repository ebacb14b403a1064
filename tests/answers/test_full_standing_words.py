from dataclasses import replace
from datetime import timedelta

import pytest

from bot.answers.full_standing_words import CertifiedStanding, standing_answer
from bot.answers.moves_words import CertifiedCount
from bot.answers.units_words import OutstandingFacts
from bot.count.certification import CertificationCount
from bot.events.event import Event
from bot.outcomes.certification_words import ResultsFacts
from bot.tally.standing_words import MarginFacts
from bot.wording.context import Setting
from bot.wording.question import Question
from bot.wording.viewer import seen_by
from tests.conftest import EDITOR, START, small_desk

DESK = small_desk()
TIMES, SECRETARY, _, _, NBC = DESK.sources
GEORGIA = DESK.contests[0]


@pytest.mark.parametrize(("left_out", "last"), [((), "Results certified, NBC News"), (("nbc",), "Georgia has until")])
def test_a_line_that_somebody_may_not_read_takes_no_room_in_everything_known(
    left_out: tuple[str, ...], last: str
) -> None:
    counts = (CertifiedCount(one, CertificationCount(92, 159), START, None) for one in (SECRETARY, TIMES))
    wall = (START + timedelta(days=9)).replace(tzinfo=None)
    deadline = Event(kind="deadline", title="Certification", wall=wall, zone="UTC", certifies="state")
    results = ResultsFacts(NBC, taken_back=False, as_of=START)
    certified = CertifiedStanding(tuple(counts), (deadline,), results=results)
    viewer = replace(EDITOR, left_out=frozenset(left_out))
    asked = Question(GEORGIA, viewer, Setting(DESK, left_out=viewer.left_out), START)
    facts = MarginFacts(contest=GEORGIA, source=TIMES, now=START, reading=None)
    answer = standing_answer(facts, (), certified, OutstandingFacts(TIMES, None, None, ()), asked)
    sections = {section.title: section.lines for section in seen_by(answer, viewer).card.blocks[0].sections}
    assert len(sections["Certified"]) == 3
    assert sections["Certified"][-1].text.startswith(last)
