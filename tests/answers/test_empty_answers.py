"""An answer without a result states what to ask or enter instead."""

import pytest

from tests.answers.asked import ask
from tests.conftest import Newsroom, reading

CHECKS = "`/sources` says when each source was last checked."
EMPTY = {
    "since 6:30": f"**No count is in yet for Georgia** from the Times. {CHECKS}",
    "history": f"**Georgia: no updates.** {CHECKS}",
    "history at 6:30": "**Georgia: no updates by 6:30 a.m.** Ask for a later time, or leave out `at:`.",
    "draft": f"**No count is in yet for Georgia** from the Times. There is nothing to draft. {CHECKS}",
    "county Cobb": "**Cobb County: no figures.** No county totals. `/margin` has the whole count.",
    "why": "**No channel in this server follows it:** `/following` changes that.",
}


@pytest.mark.parametrize(("question", "says"), EMPTY.items())
async def test_an_empty_answer_says_what_to_ask(newsroom: Newsroom, question: str, says: str) -> None:
    newsroom.at(1)
    assert says in await ask(newsroom, question)


async def test_where_nothing_waits_why_says_what_else_it_answers(newsroom: Newsroom) -> None:
    await newsroom.follow()
    says = "**Nothing about Georgia is waiting or on hold.** Give `post:` for one post, `at:` for a minute."
    assert says in await ask(newsroom, "why")


async def test_a_time_before_the_first_figures_says_as_of_when_they_are(newsroom: Newsroom) -> None:
    await newsroom.take(reading(1000, 900, 5))
    newsroom.at(9)
    says = "**No figures on record for Georgia by 7:01 a.m.** from the Times; the first are as of 7:05 a.m."
    for question in ("draft at 7:01", "since 6:30 at 7:01"):
        answer = await ask(newsroom, question)
        assert says in answer
        assert CHECKS not in answer
