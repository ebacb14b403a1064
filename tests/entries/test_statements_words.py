from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.count.certification import CertificationCount
from bot.count.relation import PostedMargin, Relation
from bot.desk.desk_file import load_desk
from bot.outcomes.certification_words import certified, certified_phrase
from bot.tally.other_sources_words import RelationFacts, related
from bot.tally.silences_words import has_meanwhile, stale
from bot.wording.context import ContestContext
from tests.entries.conftest import deadline

DESK = load_desk(Path(__file__).parents[2] / "data/desks/georgia-2020.toml")
TIMES, SOS, REPORTER, *_ = DESK.sources
NOW = datetime(2020, 11, 11, 13, 5, tzinfo=UTC)
EARLIER = NOW - timedelta(minutes=30)
GEORGIA = ContestContext(DESK.contests[0], DESK.desk.style, ZoneInfo("America/New_York"), NOW)
POSTED = PostedMargin(None, "biden", 14101, EARLIER)
SAYS = RelationFacts(
    DESK.contests[0],
    SOS,
    TIMES,
    Relation.CONFIRMS,
    "biden",
    14101,
    None,
    POSTED,
    NOW,
    NOW,
    approximate=False,
    entered=False,
)
"""The secretary of state confirms the margin in the Times' post."""
COUNTED = replace(SAYS, total=4991741, posted=replace(POSTED, number=214, total=4991741))
DIFFERS = replace(SAYS, relation=Relation.CONTRADICTS)


def newer(leader: str, margin: int) -> PostedMargin:
    """Return the posted margin, with the newer margin that its source has had for five minutes."""
    return replace(POSTED, number=11, newer=(leader, margin, NOW - timedelta(minutes=5)))


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            COUNTED,
            (
                "**The secretary of state also has Biden ahead in Georgia by 14,101,** with 4,991,741 votes counted, the same as "
                "the Times (#214)."
            ),
        ),
        (
            replace(COUNTED, posted=replace(COUNTED.posted, total=4992198)),
            (
                "**The secretary of state also has Biden ahead in Georgia by 14,101,** with 457 fewer votes counted than the "
                "Times (#214)."
            ),
        ),
        (
            replace(COUNTED, posted=replace(COUNTED.posted, total=None)),
            "**The secretary of state also has Biden ahead in Georgia by 14,101,** with 4,991,741 votes counted (#214).",
        ),
        (
            replace(SAYS, source=REPORTER, margin=14000, approximate=True),
            "**Our reporter also has Biden ahead in Georgia by about 14,000**; the Times has 14,101.",
        ),
        (
            replace(DIFFERS, posted=replace(POSTED, number=214, held=True)),
            (
                "**The secretary of state has Biden ahead in Georgia by 14,101,** as of 8:05 a.m.; the Times had Biden ahead "
                "by 14,101, as of 7:35 a.m. (#214), and its newer figures are on hold."
            ),
        ),
        (
            replace(DIFFERS, leader="trump", margin=80, posted=replace(POSTED, number=214)),
            (
                "**The secretary of state has Trump ahead in Georgia by 80,** as of 8:05 a.m.; "
                "the Times has Biden ahead by 14,101, as of 7:35 a.m. (#214)."
            ),
        ),
        (
            replace(DIFFERS, leader="trump", margin=0),
            (
                "**The secretary of state has the count tied in Georgia,** as of 8:05 a.m.; "
                "the Times has Biden ahead by 14,101, as of 7:35 a.m."
            ),
        ),
        (
            replace(DIFFERS, margin=14159, posted=newer("biden", 14102)),
            (
                "**The secretary of state has Biden ahead in Georgia by 14,159,** as of 8:05 a.m.; the Times "
                "has Biden ahead by 14,102, as of 8 a.m., up from 14,101 in #11."
            ),
        ),
        (
            replace(SAYS, posted=newer("trump", 20)),
            (
                "**The Times now has Trump ahead in Georgia by 20,** as of 8 a.m. The secretary of state, as of 8:05 a.m., "
                "has Biden ahead by 14,101, which was the Times' margin at 7:35 a.m. (#11)."
            ),
        ),
        (
            replace(SAYS, posted=newer("biden", 14112)),
            (
                "**The secretary of state has Biden ahead in Georgia by 14,101,** as of 8:05 a.m. That was the Times' margin at "
                "7:35 a.m. (#11); by 8 a.m. the Times had Biden ahead by 14,112."
            ),
        ),
    ],
    ids=[
        "as many votes counted",
        "other votes counted",
        "it is not shown how many are counted",
        "about as much confirms nothing exact",
        "the Times' newer figures are on hold",
        "two margins, and no verdict",
        "a tie",
        "the Times has left its margin since",
        "another leads by the Times since it had what this one confirms",
        "the Times has left what this one confirms",
    ],
)
def test_another_source_s_margin_is_held_against_the_one_posted(facts: RelationFacts, sentence: str) -> None:
    assert related(GEORGIA, facts) == sentence


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (
            (96, 159),
            (92, 159),
            "**Ninety-six of Georgia's 159 counties have certified their results,** up from 92, the secretary of state says.",
        ),
        (
            (95, 159),
            (96, 159),
            "**Revised: Ninety-five of Georgia's 159 counties have certified their results,** down from 96, the secretary of state says.",
        ),
        (
            (96, None),
            (92, None),
            "**Ninety-six Georgia counties have certified their results,** up from 92, the secretary of state says.",
        ),
        (
            (159, 159),
            (158, 159),
            "**All 159 Georgia counties have certified their results,** the secretary of state says.",
        ),
        (
            (96, 159),
            (96, 160),
            "**Ninety-six of Georgia's 159 counties have certified their results,** 96 of 160 before, the secretary of state says.",
        ),
        (
            (96, 159),
            None,
            "**Ninety-six of Georgia's 159 counties have certified their results,** the secretary of state says.",
        ),
        ((159, 159), None, "**All 159 Georgia counties have certified their results,** the secretary of state says."),
    ],
)
def test_certification_counts(now: tuple[int, int | None], before: tuple[int, int | None] | None, said: str) -> None:
    assert certified(GEORGIA, SOS, CertificationCount(*now), CertificationCount(*before) if before else None) == said


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({}, " The deadline is 5 p.m. Friday."),
        ({"wall": "2020-11-20T17:00"}, " The deadline is 5 p.m. Nov. 20."),
        ({"wall": "2020-11-11T17:00"}, " The deadline is 5 p.m."),
        ({"wall": "2020-11-11T23:59"}, " The deadline is today."),
        ({"status": "expected"}, " The deadline is expected to be 5 p.m. Friday."),
        ({"status": "canceled"}, ""),
        ({"wall": "2020-11-10T17:00"}, " The deadline was 5 p.m. Tuesday."),
    ],
)
def test_the_rest_have_until_the_deadline_and_are_never_overdue(event: dict[str, Any], said: str) -> None:
    counts = CertificationCount(96, 159), CertificationCount(92, 159)
    assert certified(GEORGIA, SOS, *counts, deadline(**event)) == certified(GEORGIA, SOS, *counts) + said


@pytest.mark.parametrize(
    ("done", "of", "said"),
    [
        (92, 159, "92 of 159 counties certified"),
        (159, 159, "all 159 counties certified"),
        (1, None, "1 county certified"),
    ],
)
def test_a_list_has_certification_in_a_phrase(done: int, of: int | None, said: str) -> None:
    assert certified_phrase(GEORGIA, CertificationCount(done, of)) == said


def test_a_silent_source_is_told_with_how_long_and_what_others_have() -> None:
    silent = stale(GEORGIA, SOS, NOW - timedelta(hours=14, minutes=30), NOW, about=True)
    assert (
        silent
        == "**As of 8:05 a.m., the secretary of state's site had not been updated since about 5:35 p.m. Tuesday.**"
    )
    assert stale(GEORGIA, REPORTER, NOW - timedelta(hours=1), NOW, about=False) == (
        "**As of 8:05 a.m., our reporter's figures had not been updated since 7:05 a.m.**"
    )
    assert has_meanwhile(GEORGIA, TIMES, ("biden", 14101), EARLIER, NOW) == (
        "The Times has Biden ahead by 14,101; its count last changed at 7:35 a.m. and was last checked at 8:05 a.m."
    )
    assert has_meanwhile(GEORGIA, TIMES, ("biden", 14101), None, None) == "The Times has Biden ahead by 14,101."
    assert has_meanwhile(GEORGIA, TIMES, None, NOW, NOW) == ""
