"""Posts about another source's margin."""

from datetime import timedelta
from typing import Any

from bot.count.reading import Reading
from bot.count.relation import PostedMargin, Relation
from bot.desk.desk_file import Contest
from bot.tally.other_sources_words import RelationFacts, relation_post
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import START, small_desk


def test_a_confirmation_is_credited_to_the_source_that_confirms() -> None:
    desk = small_desk()
    times, official, *_ = desk.sources
    later = START + timedelta(minutes=29)
    posted = PostedMargin(None, "biden", 14_101, START, 4_991_741)
    facts = RelationFacts(
        desk.contests[0], official, times, Relation.CONFIRMS, "biden", 14_101, 4_991_741, posted, later, later
    )
    draft = relation_post(facts, Setting(desk))
    assert render(draft, 217).content == (
        "**The Secretary of State also has Biden ahead in Georgia by 14,101,** with 4,991,741 votes counted, the same as "
        "the Times.\n-# #217 · Sec. of State, 7:29 a.m."
    )
    assert (draft.kind, draft.quiet, render(draft).embeds) == ("statement", True, ())


def counted(rule: dict[str, object], votes: dict[str, int], margin: int, **posted: Any) -> str:
    """Return the sentence that compares the secretary of state's reading with the Times' margin.

    `rule` has the contest's fields, such as its rule for who wins.
    """
    desk = small_desk()
    times, official, *_ = desk.sources
    contest = Contest.model_validate(desk.contests[0].model_dump(exclude_unset=True) | rule)
    leader = max(votes, key=lambda key: votes[key])
    said = {"source": official.id, "contest": contest.id, "as_of": START + timedelta(minutes=29), "votes": votes}
    one = Reading.model_validate(said)
    before = PostedMargin(11, leader, margin, START, **posted)
    facts = RelationFacts(
        contest,
        official,
        times,
        Relation.CONFIRMS,
        leader,
        margin,
        one.total,
        before,
        one.as_of,
        one.as_of,
        reading=one,
    )
    return relation_post(facts, Setting(desk)).headline


MEASURE: dict[str, object] = {
    "name": "Measure 4",
    "rule": "measure",
    "threshold": "60%",
    "where": "Georgia's vote on Measure 4",
    "candidates": [{"id": key.lower(), "name": key, "last": key} for key in ("Yes", "No")],
}


def test_another_source_tells_a_measure_and_a_majority_by_the_share_that_is_needed() -> None:
    short = "**By the Secretary of State's count, Measure 4 is short of the required 60% so far, with 52.00% for Yes.**"
    assert (
        counted(MEASURE, {"yes": 520, "no": 480}, 40)
        == f"{short} That count has 40 more votes for Yes than for No, as the Times has (#11)."
    )
    since = ("yes", 60, START + timedelta(minutes=20))
    assert counted(MEASURE, {"yes": 520, "no": 480}, 40, newer=since) == (
        f"{short} That count has 40 more votes for Yes than for No, as the Times had at 7 a.m. (#11); by 7:20 a.m. the Times had "
        "60 more votes for Yes than for No."
    )
    assert counted(MEASURE, {"yes": 480, "no": 520}, 40) == (
        "**The Secretary of State also has 40 more votes for No than for Yes in Georgia's vote on Measure 4** (#11)."
    )
    assert counted({"rule": "majority-runoff"}, {"biden": 520, "trump": 480}, 40) == (
        "**By the Secretary of State's count, Biden has 52.00% of the vote so far in Georgia, a majority.** "
        "That count has Biden ahead by 40, as the Times has (#11)."
    )
