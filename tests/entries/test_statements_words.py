from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.count.certification import CertificationCount
from bot.count.relation import PostedMargin, Relation
from bot.desk.desk_file import Source, load_desk
from bot.events.event import Event, EventStatus
from bot.outcomes.certification_words import certified, certified_phrase
from bot.tally.other_sources_words import RelationFacts, related
from bot.tally.silences_words import has_meanwhile, stale
from bot.wording.context import ContestContext

DESK = load_desk(Path(__file__).parents[2] / "data/desks/georgia-2020.toml")
TIMES, SOS, REPORTER, *_ = DESK.sources
NOW = datetime(2020, 11, 11, 13, 5, tzinfo=UTC)
GEORGIA = ContestContext(DESK.contests[0], DESK.desk.style, ZoneInfo("America/New_York"), NOW)
POSTED = PostedMargin(None, "biden", 14101, NOW - timedelta(minutes=30))


def compare(
    relation: Relation,
    source: Source,
    leader: str,
    margin: int,
    posted: PostedMargin,
    *,
    total: int | None = None,
    about: bool = False,
    entered: bool = False,
) -> str:
    contest = DESK.contests[0]
    return related(
        GEORGIA,
        RelationFacts(
            contest,
            source,
            TIMES,
            relation,
            leader,
            margin,
            total,
            posted,
            NOW,
            NOW,
            approximate=about,
            entered=entered,
        ),
    )


def deadline(status: EventStatus = "confirmed", wall: str = "2020-11-13T17:00") -> Event:
    return Event(kind="deadline", title="x", wall=datetime.fromisoformat(wall), zone="America/New_York", status=status)


@pytest.mark.parametrize(
    ("theirs", "entered", "said"),
    [
        (4991741, False, "now confirms Biden ahead in Georgia by 14,101**, with 4,991,741 votes counted (#214)."),
        (
            4992198,
            False,
            "now confirms Biden ahead in Georgia by 14,101**, with 4,991,741 votes counted; the Times has 4,992,198 (#214).",
        ),
        (None, False, "also has Biden ahead in Georgia by 14,101**, with 4,991,741 votes counted (#214)."),
        (
            4991741,
            True,
            "also has Biden ahead in Georgia by 14,101, as entered by staff**, with 4,991,741 votes counted (#214).",
        ),
    ],
)
def test_confirms_is_said_by_the_source_itself_where_both_totals_are_shown(
    theirs: int | None, entered: bool, said: str
) -> None:
    posted = replace(POSTED, number=214, total=theirs)
    sentence = compare(Relation.CONFIRMS, SOS, "biden", 14101, posted, total=4991741, entered=entered)
    assert sentence == f"**The Secretary of State {said}"


def test_what_was_said_as_about_confirms_nothing_exact() -> None:
    assert compare(Relation.CONFIRMS, REPORTER, "biden", 14000, POSTED, about=True) == (
        "**Our reporter also has Biden ahead in Georgia by about 14,000**; the Times has 14,101."
    )


def test_a_contradiction_names_both_sources_and_times_and_no_verdict() -> None:
    assert compare(Relation.CONTRADICTS, SOS, "trump", 80, replace(POSTED, number=214)) == (
        "**Two margins in Georgia:** the Secretary of State has Trump ahead by 80, as of 8:05 a.m.; "
        "the Times has Biden ahead by 14,101, as of 7:35 a.m. (#214)."
    )
    assert compare(Relation.CONTRADICTS, SOS, "trump", 0, POSTED) == (
        "**Two margins in Georgia:** the Secretary of State has the count tied, as of 8:05 a.m.; "
        "the Times has Biden ahead by 14,101, as of 7:35 a.m."
    )


def test_a_margin_posted_that_its_source_has_left_since_is_said_to_be_past() -> None:
    newer = replace(POSTED, number=11, newer=("biden", 14102, NOW - timedelta(minutes=5)))
    assert compare(Relation.CONTRADICTS, SOS, "biden", 14159, newer) == (
        "**Two margins in Georgia:** the Secretary of State has Biden ahead by 14,159, as of 8:05 a.m.; the Times has "
        "Biden ahead by 14,102, as of 8 a.m. (14,101 as posted in #11)."
    )
    turned = replace(POSTED, number=11, newer=("trump", 20, NOW - timedelta(minutes=5)))
    assert compare(Relation.CONFIRMS, SOS, "biden", 14101, turned) == (
        "**The Secretary of State also has Biden ahead in Georgia by 14,101 in its count** (#11); the Times has Trump "
        "ahead by 20, as of 8 a.m."
    )


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        ((96, 159), (92, 159), "**Certified so far: 96 of 159 Georgia counties,** up from 92."),
        ((95, 159), (96, 159), "**Certified so far: revised to 95 of 159 Georgia counties,** from 96."),
        ((96, None), (92, None), "**Certified so far: 96 Georgia counties,** up from 92."),
        ((159, 159), (158, 159), "**All 159 Georgia counties have certified,** up from 158."),
        ((96, 159), (96, 160), "**Certified so far: 96 of 159 Georgia counties,** of 160 before."),
    ],
)
def test_certification_counts(now: tuple[int, int | None], before: tuple[int, int | None], said: str) -> None:
    assert certified(GEORGIA, CertificationCount(*now), CertificationCount(*before)) == said


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (deadline(), " The rest have until Friday."),
        (deadline(wall="2020-11-20T17:00"), " The rest have until Nov. 20."),
        (deadline(wall="2020-11-11T17:00"), " The rest have until 5 p.m."),
        (deadline(wall="2020-11-11T23:59"), " The rest have until today."),
        (deadline("expected"), " The rest are expected to have until Friday."),
        (deadline("canceled"), ""),
        (deadline(wall="2020-11-10T17:00"), " The date set for the rest was Tuesday."),
    ],
)
def test_the_rest_have_until_the_deadline_and_are_never_overdue(event: Event, said: str) -> None:
    start = "**Certified so far: 96 of 159 Georgia counties,** up from 92."
    assert certified(GEORGIA, CertificationCount(96, 159), CertificationCount(92, 159), event) == start + said


def test_a_list_has_certification_in_a_phrase() -> None:
    assert certified_phrase(GEORGIA, CertificationCount(92, 159)) == "92 of 159 counties certified"
    assert certified_phrase(GEORGIA, CertificationCount(159, 159)) == "all 159 counties certified"
    assert certified_phrase(GEORGIA, CertificationCount(1, None)) == "1 county certified"


def test_a_silent_source_is_told_with_how_long_and_what_others_have() -> None:
    silent = stale(GEORGIA, SOS, NOW - timedelta(hours=14, minutes=30), NOW, about=True)
    assert silent == "**The Secretary of State's site was last updated about 5:35 p.m. Tuesday, 14 hours ago.**"
    assert stale(GEORGIA, REPORTER, NOW - timedelta(hours=1), NOW, about=False) == (
        "**Our reporter's figures were last updated 7:05 a.m., one hour ago.**"
    )
    assert has_meanwhile(GEORGIA, TIMES, ("biden", 14101), NOW - timedelta(minutes=30), NOW) == (
        "The Times has Biden ahead by 14,101; votes last changed at 7:35 a.m., last checked 8:05 a.m."
    )
    assert has_meanwhile(GEORGIA, TIMES, ("biden", 14101), None, None) == "The Times has Biden ahead by 14,101."
    assert has_meanwhile(GEORGIA, TIMES, None, NOW, NOW) == ""
