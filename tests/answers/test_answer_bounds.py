"""Every answer stays within Discord's limits, and hostile text from feeds, desk files and people has no effect."""

import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answers.chart_words import ChartFacts, ChartPoint, chart_of, chart_words
from bot.answers.copy_words import copy_of_count
from bot.answers.history_words import (
    CertifiedCount,
    FigureFacts,
    HistoryFacts,
    ListedBatch,
    PastMargin,
    SinceFacts,
    figure_answer,
    history_answer,
    since_answer,
)
from bot.answers.provenance_words import (
    FoundBatch,
    FoundEntry,
    FoundPost,
    MomentFacts,
    NotPostedFacts,
    PostedReading,
    PostFate,
    PostProvenance,
    WaitingChange,
    moment_answer,
    not_posted_answer,
    why_answer,
)
from bot.answers.sources_words import RefusedParts, SourceFacts, SourceFigures, SourceReach, sources_answer
from bot.answers.standing_answers_words import (
    CertifiedStanding,
    certified_answer,
    recount_answer,
    standing_answer,
)
from bot.answers.units_words import (
    BallotsLeft,
    CountedSince,
    CountyFacts,
    OutstandingFacts,
    UnitUpdate,
    county_answer,
    outstanding_answer,
)
from bot.count.certification import CertificationCount
from bot.count.change import Change
from bot.count.reading import Reading, Unit
from bot.count.recount_line import RecountLine
from bot.count.statement import Statement
from bot.desk.desk_file import Desk
from bot.events.event import Event
from bot.tally.line_crossings_words import LineName, crossed_post
from bot.tally.standing_words import MarginFacts, OtherSource
from bot.wording.card import Card, lines
from bot.wording.context import Setting
from bot.wording.corrected import Corrected
from bot.wording.credit import SetBy
from bot.wording.limits import CONTENT, size
from bot.wording.message import pages, render
from bot.wording.question import Question, contest_by_tag, contest_tag, share_key
from tests.answers.test_card_bounds import NOW, changes, check, count, desks, label
from tests.conftest import EDITOR, share

Given = tuple[Reading | None, Reading, Change]
few = settings(share(0.2), suppress_health_check=[HealthCheck.too_slow])
LONG = "[x](https://e.vil) @everyone **b** `c` " * 20


def asking(desk: Desk, lines: tuple[RecountLine, ...] = (), *, earlier: bool = False) -> Question:
    setting = Setting(desk, lines, rehearsal=earlier)
    return Question(desk.contests[0], EDITOR, setting, NOW, NOW - timedelta(days=1) if earlier else None)


def held(answer: Card) -> None:
    """Check that an answer's pages and buttons are within Discord's limits.

    Each page must have room for the number that a shared answer gets.
    """
    for page in map(render, pages(answer)):
        check(
            page.content.replace("\n-# ", f"\n-# #{10**11} · ") if size(page.content) < CONTENT - 20 else page.content,
            page.embeds,
        )
    for button in answer.buttons:
        assert len(button.key) <= 100
        assert 0 < len(button.label) <= 80


def held_links(answer: Card) -> None:
    """Check an answer with links to our own channels, posts and commands, and with no other markup."""
    own = r"<#9>|\(\[#1000000000\]\(https://discord\.com/channels/1/9/5\)\)|`/(pause|following|sources)`|`at:`"
    held(replace(answer, head=lines(re.sub(own, "x", answer.headline))))


CORRECTED = Corrected(10**9, LONG)


def standing_of(desk: Desk, told: Given) -> MarginFacts:
    return MarginFacts(
        desk.contests[0],
        desk.sources[0],
        NOW,
        told[1],
        told[2],
        changed_at=NOW,
        checked_at=NOW,
        held="fall",
        corrected=CORRECTED,
    )


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    units = draw(st.lists(label, max_size=12))
    kind = draw(st.sampled_from([None, "absentee-mail", "provisional"]))
    left = {"ballots": draw(count), "units": units, "type": kind}
    about = draw(st.sampled_from([[], ["outstanding"]]))
    words = draw(st.none() | label)
    said = {"source": "t", "contest": "x", "as_of": NOW, "outstanding": left, "approximate": about, "words": words}
    return Statement.model_validate(said | {"entered_by": draw(st.none() | label)})


@st.composite
def recount_lines(draw: st.DrawFn) -> RecountLine:
    return RecountLine(
        "GA",
        draw(st.booleans()),
        draw(st.none() | st.sampled_from([Fraction(0), Fraction(1, 200), Fraction(1, 3)])),
        draw(st.sampled_from(["all_votes", "top_two", "leader"])),
        draw(st.sampled_from(["on_request", "automatic", "none"])),
        draw(st.none() | label),
        draw(st.none() | label),
        draw(label),
        "2026-11-25",
        draw(st.booleans()),
        draw(st.none() | st.integers(0, 10_000)),
        draw(st.sampled_from(["lesser", "greater"])),
        draw(st.none() | label),
        draw(st.none() | label),
    )


@few
@given(desks(), changes(), st.booleans(), st.integers(0, 10**6))
def test_since_and_history(desk: Desk, told: Given, earlier: bool, batches: int) -> None:
    before, after, change = told
    asked = asking(desk, earlier=earlier)
    facts = SinceFacts(
        desk.sources[0],
        NOW - timedelta(days=2),
        before,
        after,
        change if before else None,
        change,
        batches,
        NOW,
        NOW,
        "fall",
        corrected=((NOW, CORRECTED),) * 4,
        also=(
            CertifiedCount(desk.sources[0], CertificationCount(96, 159), NOW, None, CORRECTED),
            *[OtherSource(desk.sources[0], NOW, "c0", 10**8, 10**9, corrected=CORRECTED)] * 2,
        ),
    )
    held_links(since_answer(facts, asked))
    stands = MarginFacts(contest=desk.contests[0], source=desk.sources[0], now=NOW, reading=after, change=change)
    had = PastMargin(desk.sources[0], change.leader, 10**8, NOW, NOW, entered=True, corrected=CORRECTED, waits=True)
    held(figure_answer(FigureFacts(10**12, stands, replace(had, entered=False), (had,) * 20), asked))
    shown = tuple(ListedBatch(number, change, CORRECTED) for number in range(1, 9))
    keys = (f"n:{10**16}:{10**9}", f"o:{10**16}:{10**9}")
    held(history_answer(HistoryFacts(desk.sources[0], shown, after.names, *keys, NOW), asked))
    held_links(history_answer(HistoryFacts(desk.sources[0], (), None, None, None, None), asked))


@few
@given(desks(), changes(), st.lists(statements(), max_size=40), label)
def test_what_is_left_and_one_county(desk: Desk, told: Given, said: list[Statement], name: str) -> None:
    _, after, change = told
    asked, source = asking(desk), desk.sources[0]
    left = tuple(BallotsLeft(one, source, CountedSince(5, there=True, complete=True)) for one in said)
    held(outstanding_answer(OutstandingFacts(source, after, change, left), asked))
    unit = Unit(votes=dict(after.votes), reported=(1, 2))
    known = CertifiedCount(source, CertificationCount(1, 159), NOW, None)
    for there in (unit, None):
        facts = CountyFacts(
            name, source, there, after, UnitUpdate(source, -5, NOW), NOW, NOW, left, known, (source,) * 9
        )
        held(county_answer(facts, asked))


@few
@given(desks(), changes(), st.lists(recount_lines(), max_size=3), st.booleans())
def test_recount_and_a_line_that_is_crossed(desk: Desk, told: Given, lines: list[RecountLine], earlier: bool) -> None:
    _, after, change = told
    asked = asking(desk, tuple(lines), earlier=earlier)
    answer = recount_answer(standing_of(desk, told), asked)
    held(answer)
    if lines and not any(line.verified for line in lines) and desk.contests[0].state:
        assert render(answer).content.startswith("**Unverified")
    for line in lines:
        setting = asking(desk, (line,), earlier=earlier).setting
        for name in get_args(LineName):
            try:
                draft = crossed_post(desk.contests[0], desk.sources[0], after, change, name, setting, NOW)
            except ValueError:
                continue
            check(render(draft, 10**11).content, render(draft).embeds)


@few
@given(desks(), changes(), st.lists(label, max_size=20), st.lists(statements(), max_size=9))
def test_certified_and_everything_on_one_card(
    desk: Desk, told: Given, titles: list[str], said: list[Statement]
) -> None:
    asked, source = asking(desk), desk.sources[0]
    count_of = CertifiedCount(source, CertificationCount(96, 159), NOW, CertificationCount(92, 159), CORRECTED)
    wall = NOW.replace(tzinfo=None)
    events = tuple(
        Event(
            kind="deadline",
            title=title,
            wall=wall,
            zone="America/Chicago",
            certifies="units",
            source=title,
            verified=False,
        )
        for title in titles
    )
    certified = CertifiedStanding((count_of,) * 9, events, ((source, NOW),) * 5)
    held(certified_answer(certified, asked))
    left = tuple(BallotsLeft(one, source, None) for one in said)
    outstanding = OutstandingFacts(source, told[1], told[2], left)
    held(standing_answer(standing_of(desk, told), (ListedBatch(1, told[2]),) * 3, certified, outstanding, asked))
    posts = tuple(FoundPost(number, "sent", 9) for number in range(20))
    batches = (FoundBatch(source.id, told[2], NOW, posts), FoundBatch(source.id, told[2], NOW, (), (9,))) * 6
    entries = tuple(FoundEntry(one) for one in said)
    held_links(moment_answer(MomentFacts(NOW, source, batches, entries=entries), asked))


@few
@given(desks(), changes(), st.integers(0, 12))
def test_sources(desk: Desk, told: Given, number: int) -> None:
    figures = SourceFigures(
        NOW,
        told[2].leader,
        told[2].margin,
        told[2].total,
        frozenset(("margin", "total")),
        entered=True,
        changed_at=NOW - timedelta(days=3),
        gives_units=False,
    )
    reach = SourceReach(NOW, NOW, LONG)
    one = SourceFacts(desk.sources[0], True, figures, reach, "fall", RefusedParts(9, LONG, NOW))
    held(sources_answer([one] * number, asking(desk), None))


@few
@given(
    desks(),
    statements(),
    st.sampled_from(["sent", "failed", "dropped", "superseded", "pending", "doubtful"]),
    st.booleans(),
)
def test_why(desk: Desk, said: Statement, state: str, dropped: bool) -> None:
    setting = Setting(desk)
    fate = PostFate(state, f"{LONG} (1)", f"{LONG} (1)" if dropped else None, LONG, 5, 9, 7)
    told = PostProvenance(
        9,
        10**9,
        "reports a margin change",
        "x",
        "t",
        NOW,
        fate,
        PostedReading(NOW, NOW, "fall", 3),
        said,
        (8, "Retracted"),
        6,
        f"{LONG} (2)",
    )
    held_links(why_answer([told] * 9, EDITOR, setting, NOW))
    since = SetBy(NOW, f"{LONG} (1)")
    facts = NotPostedFacts(
        (("t", "ignored", LONG, NOW),) * 12,
        (WaitingChange(9, NOW, NOW, (), 3, 25),) * 20,
        (("t", LONG, NOW),) * 9,
        since,
        {"t": since},
        False,
    )
    held_links(not_posted_answer(facts, asking(desk)))
    waits = replace(facts, readings=(), waiting=(WaitingChange(9, NOW, NOW, (), None, 25),))
    assert (
        "**Not posted yet in <#9>:** a change at 8 a.m. It will"
        in render(not_posted_answer(waits, asking(desk))).content
    )


@few
@given(desks(), changes(), st.booleans())
def test_copy_is_a_block_that_nothing_ends_early(desk: Desk, told: Given, earlier: bool) -> None:
    before, *_ = told
    certified = CertifiedCount(desk.sources[0], CertificationCount(96, 159), NOW, None)
    standing, asked = standing_of(desk, told), asking(desk, earlier=earlier)
    held(copy_of_count(standing, before, certified, (), asked))
    corrected = replace(certified, corrected=CORRECTED)
    answer = copy_of_count(replace(standing, corrected=None), before, corrected, (), asked)
    block = render(answer).content
    if block.startswith("```"):
        _, block, after = block.split("```")
        assert after == ""
        assert "`" not in block
    else:
        check(block, render(answer).embeds)
    assert size(block.strip()) <= CONTENT


@few
@given(
    desks(),
    changes(),
    st.lists(st.tuples(st.integers(0, 10**6), st.booleans(), st.booleans()), min_size=1, max_size=30),
)
def test_a_chart_has_words_for_who_cannot_see_it(desk: Desk, told: Given, drawn: list[tuple[int, bool, bool]]) -> None:
    keys = [*told[1].votes][:2] * 2
    points = [
        ChartPoint(NOW + timedelta(minutes=place), keys[second], margin, changed)
        for place, (margin, second, changed) in enumerate(drawn)
    ]
    facts = ChartFacts(desk.sources[0], points, len(points), NOW, told[1].names)
    asked = asking(desk)
    chart = chart_of(facts, asked, "square", "lead")
    assert 0 < len(chart_words(facts, asked, "lead")) <= 1024
    assert len(chart.x) == len(chart.y) == len(points)
    assert 1 <= len(chart.axes.x_ticks) <= 6
    assert chart.axes.y_ticks[0][0] <= min(chart.y) <= max(chart.y) <= chart.axes.y_ticks[-1][0]
    for text in (chart.title, chart.subtitle, chart.small, chart.above, chart.below):
        assert not re.search(r"[\u202a-\u202e\u200b]", text)


def test_a_buttons_key_finds_its_contest_again() -> None:
    contests: list[dict[str, Any]] = [
        {
            "id": f"{'c' * 90}{number}",
            "name": "Mayor",
            "leads": "t",
            "candidates": [{"id": "a", "name": "A", "last": "A"}],
        }
        for number in range(3)
    ]
    desk = Desk.model_validate(
        {"desk": {"zone": "UTC"}, "contests": contests, "sources": [{"id": "t", "name": "the Times"}]}
    )
    for contest in desk.contests:
        assert contest_by_tag(desk, contest_tag(contest)) is contest
        assert len(share_key(contest, Setting(desk))) <= 100
    assert contest_by_tag(desk, "00000000") is None
