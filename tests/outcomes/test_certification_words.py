"""Texts about certification and calls stay within limits with many counties, many callers and hostile names."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.standing_answers_words import CertifiedStanding, certified_answer
from bot.count.call import Call
from bot.count.certification import CertificationCount, ResultsCertified, UnitsCertified
from bot.desk.counties import counties_of
from bot.desk.desk_file import Desk
from bot.events.event import Event
from bot.outcomes.calls_words import CallFacts, call_post, calls_answer, status_section
from bot.outcomes.certification_words import (
    CertifiedFacts,
    CertifyingFacts,
    ListedCounties,
    OwnAnnouncement,
    ResultsFacts,
    certified,
    certified_post,
    results_post,
    units_back_post,
)
from bot.tally.standing_words import MarginFacts
from bot.wording.card import Block, Card, lines
from bot.wording.context import Setting, contest_context
from bot.wording.limits import CONTENT, DESCRIPTION, FIELD_VALUE, size
from bot.wording.message import pages, render
from bot.wording.question import Question
from tests.conftest import EDITOR, share, small_desk

NOW = datetime(2020, 11, 11, 13, 25, tzinfo=UTC)
NASTY = "@everyone <@&1> **b** [x](https://e.vil) `c` ||s|| ~~t~~"
EVERY = tuple(one.fips for one in counties_of("GA"))
NUMBERS = st.integers(0, 159)


def hostile_desk() -> Desk:
    desk = small_desk()
    candidates = [one.model_copy(update={"name": NASTY, "last": NASTY}) for one in desk.contests[0].candidates]
    contest = desk.contests[0].model_copy(update={"name": NASTY, "where": NASTY, "candidates": candidates})
    sources = [
        source.model_copy(update={"id": f"s{number}", "name": NASTY, "short": NASTY, "public": number % 2 == 0})
        for number, source in enumerate([*desk.sources, *desk.sources, *desk.sources])
    ]
    return Desk(desk=desk.desk, contests=[contest.model_copy(update={"leads": "s0"})], sources=sources)


DESK = hostile_desk()
CONTEST = DESK.contests[0]
SOURCES = st.sampled_from(DESK.sources)
TIMES = st.integers(0, 5000).map(lambda minutes: NOW - timedelta(minutes=minutes))
UNITS = st.frozensets(st.sampled_from(EVERY))
CALLS = st.one_of(
    st.builds(
        Call,
        says=st.just("called"),
        candidates=st.sampled_from([("biden",), ("biden", "trump"), (NASTY, *map(str, range(99)))]),
        verb=st.sampled_from(["called", "projected", "declared", "apparent_winner"]),
        since=st.sampled_from(["at", "by"]),
    ),
    st.builds(Call, says=st.just("runoff"), candidates=st.just(("biden", "trump"))),
    st.builds(Call, says=st.sampled_from(["too_close", "too_early", "none"])),
)
LISTED = st.builds(
    ListedCounties,
    source=SOURCES,
    as_of=TIMES,
    count=st.none() | NUMBERS.map(lambda done: CertificationCount(done, 159)),
    units=UNITS,
)
REASON = st.none() | st.just((NASTY * 9)[:300].strip())


def inert(text: str) -> None:
    assert "@everyone" not in text
    assert "<@&1>" not in text
    assert "](https://e.vil)" not in text.replace("\\]", "")


def in_bounds(answer: Card) -> None:
    for page in map(render, pages(answer)):
        assert 0 < size(page.content) <= CONTENT
        inert(page.content)
        for embed in page.embeds:
            assert 0 < size(embed["description"]) <= DESCRIPTION
            inert(embed["description"])
            assert "overdue" not in embed["description"].casefold()


@share(0.4)
@given(
    st.lists(LISTED, max_size=15).map(tuple),
    st.dictionaries(
        st.sampled_from(EVERY), st.builds(OwnAnnouncement, taken_back=st.booleans(), source=SOURCES, as_of=TIMES)
    ),
    st.sampled_from([(), ("2020-11-10T17:00",), ("2020-11-13T17:00",), ("2020-11-10T17:00", "2020-11-13T17:00")]),
    st.booleans(),
)
def test_the_list_of_who_has_certified(
    listed: tuple[ListedCounties, ...], own: dict[str, OwnAnnouncement], walls: tuple[str, ...], public: bool
) -> None:
    said = {"kind": "deadline", "title": NASTY, "zone": "America/New_York", "certifies": "units", "verified": False}
    deadlines = tuple(Event.model_validate(said | {"wall": wall}) for wall in walls)
    asked = Question(CONTEST, EDITOR, Setting(DESK, public=public), NOW)
    facts = CertifyingFacts(asked, EVERY, listed, own, deadlines)
    results = ResultsFacts(DESK.sources[0], True, NOW)
    in_bounds(certified_answer(CertifiedStanding((), deadlines, (), results), asked, facts))


@share(0.4)
@given(SOURCES, CALLS, st.none() | st.tuples(CALLS, TIMES, st.none() | st.integers(1, 10**9)), TIMES)
def test_the_post_of_a_call(
    source: object, call: Call, before: tuple[Call, datetime, int | None] | None, at: datetime
) -> None:
    post = call_post(CONTEST, source, call, at, before, Setting(DESK), NOW)  # type: ignore[arg-type]  # any of its words
    assert size(render(post, 10**9).content) <= CONTENT
    inert(render(post, 1).content)
    assert not post.quiet


@share(0.4)
@given(
    st.lists(st.builds(CallFacts, source=SOURCES, call=CALLS, as_of=TIMES, posted=st.booleans()), max_size=20).map(
        tuple
    )
)
def test_the_list_of_calls(calls: tuple[CallFacts, ...]) -> None:
    facts = MarginFacts(CONTEST, DESK.sources[0], NOW, None, calls=calls)
    in_bounds(calls_answer(Question(CONTEST, EDITOR, Setting(DESK), NOW), facts.calls, facts.results, DESK.sources))
    sections = status_section(contest_context(CONTEST, Setting(DESK), NOW), facts.calls, facts.results, Setting(DESK))
    for page in map(render, pages(Card(lines("Calls"), blocks=(Block(sections=sections),) if sections else ()))):
        assert all(0 < size(one["value"]) <= FIELD_VALUE for embed in page.embeds for one in embed["fields"])


@share(0.4)
@given(SOURCES, st.frozensets(st.sampled_from(EVERY), min_size=1), st.booleans(), REASON)
def test_what_is_taken_back(source: object, units: frozenset[str], own: bool, reason: str | None) -> None:
    said = UnitsCertified(units=tuple(units), own=own, taken_back=True, of=159, reason=reason)
    counts = (CertificationCount(95, 159), CertificationCount(96, 159))
    post = units_back_post(CONTEST, source, said, *counts, NOW, Setting(DESK), NOW)  # type: ignore[arg-type]  # any of its words
    assert size(render(post, 10**9).content) <= CONTENT
    inert(render(post, 1).content)
    results = ResultsCertified(taken_back=True, reason=reason)
    post = results_post(CONTEST, source, results, None, (NOW, 12), NOW, Setting(DESK), NOW)  # type: ignore[arg-type]  # any of its words
    assert size(render(post, 10**9).content) <= CONTENT
    inert(render(post, 1).content)


def test_a_source_for_the_newsroom_alone_is_not_named_where_the_public_reads() -> None:
    inside = DESK.sources[1].model_copy(update={"name": "Inside", "short": "Inside"})
    call = CallFacts(inside, Call(says="called", candidates=("biden",)), NOW)
    facts = MarginFacts(CONTEST, DESK.sources[0], NOW, None, calls=(call,))
    assert (
        status_section(
            contest_context(CONTEST, Setting(DESK), NOW), facts.calls, facts.results, Setting(DESK, public=True)
        )
        == ()
    )
    assert status_section(contest_context(CONTEST, Setting(DESK), NOW), facts.calls, facts.results, Setting(DESK)) != ()


def test_certified_counts_are_credited() -> None:
    desk = small_desk()
    facts = CertifiedFacts(
        desk.contests[0], desk.sources[1], CertificationCount(96, 159), CertificationCount(92, 159), NOW, NOW
    )
    draft = certified_post(facts, Setting(desk))
    assert render(draft, 216).content.endswith(
        "up from 92, the Secretary of State says.\n-# #216 · Sec. of State, 8:25 a.m."
    )
    assert (draft.kind, draft.quiet) == ("certified", True)


OFFICE = small_desk().sources[1]
PLAIN = small_desk().contests[0]
FRIDAY = Event(
    kind="certification",
    title="Counties certify",
    wall=datetime(2020, 11, 13, 17, tzinfo=UTC).replace(tzinfo=None),
    zone="America/New_York",
)


@pytest.mark.parametrize(
    ("count", "before", "said"),
    [
        (
            (96, 159),
            (92, 159),
            (
                "**Ninety-six of Georgia's 159 counties have certified their results,** up from 92, the Secretary of State says. "
                "The deadline is 5 p.m. Friday."
            ),
        ),
        (
            (90, 159),
            (92, 159),
            (
                "**Revised: Ninety of Georgia's 159 counties have certified their results,** down from 92, the Secretary of State says. "
                "The deadline is 5 p.m. Friday."
            ),
        ),
        (
            (1, 159),
            None,
            "**One of Georgia's 159 counties has certified its results,** the Secretary of State says. The deadline is 5 p.m. Friday.",
        ),
        (
            (0, 159),
            None,
            "**None of Georgia's 159 counties has certified its results,** the Secretary of State says. The deadline is 5 p.m. Friday.",
        ),
        (
            (12, None),
            None,
            "**Twelve Georgia counties have certified their results,** the Secretary of State says. The deadline is 5 p.m. Friday.",
        ),
        ((1, 1), None, "**Georgia's only county has certified its results,** the Secretary of State says."),
        (
            (159, 159),
            (143, 159),
            "**All 159 Georgia counties have certified their results,** the Secretary of State says.",
        ),
    ],
)
def test_a_count_of_certified_counties_is_a_sentence(
    count: tuple[int, int | None], before: tuple[int, int] | None, said: str
) -> None:
    desk = small_desk()
    told = contest_context(PLAIN, Setting(desk), NOW)
    earlier = CertificationCount(*before) if before else None
    assert certified(told, OFFICE, CertificationCount(*count), earlier, FRIDAY) == said
    late = contest_context(PLAIN, Setting(desk), NOW + timedelta(days=3))
    assert certified(late, OFFICE, CertificationCount(96, 159), None, FRIDAY).endswith(
        " The deadline was 5 p.m. Friday."
    )


def test_counties_that_are_only_named_are_said_to_be() -> None:
    told = contest_context(PLAIN, Setting(small_desk()), NOW)
    named = CertificationCount(2, 159, named=True)
    assert (
        certified(told, OFFICE, named, None)
        == "**Two of Georgia's 159 counties have been named as certified,** the Secretary of State says."
    )
