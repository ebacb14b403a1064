"""The sentences about a batch that somebody reports."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.count.reported_batch import InCount
from bot.count.statement import Statement
from bot.tally.reported_batches_words import (
    BatchOnRecord,
    ReportedBatchFacts,
    batch_phrase,
    batch_post,
    counted_mark,
    on_record_line,
)
from bot.wording.context import Setting, contest_context
from bot.wording.corrected import Corrected
from tests.conftest import START, reading, small_desk

DESK = small_desk()
GEORGIA, (TIMES, SOS, REPORTER, *_) = DESK.contests[0], DESK.sources
SETTING = Setting(DESK)
TOLD = contest_context(GEORGIA, SETTING, START)
BIDEN, TRUMP = {"candidate": "biden", "votes": 2850}, {"candidate": "trump", "votes": 750}
NET = {"candidate": "biden", "votes": 2100}


def said(*, about: bool = False, source: str = "reporter", by: str | None = "olga", **batch: Any) -> Statement:
    document = {"source": source, "contest": "ga", "as_of": START - timedelta(minutes=20), "entered_by": by}
    of = {"votes": 3600, "units": ["Gwinnett"]} | batch
    return Statement.model_validate(document | {"batch": of, "approximate": ["batch"] if about else []})


def facts(statement: Statement, known: InCount = InCount.NO, **more: Any) -> ReportedBatchFacts:
    source = DESK.source(statement.source)
    assert source is not None
    count: dict[str, Any] = {"reading": reading(61_000, 46_899, -29), "standing": ("biden", 14_101)}
    return ReportedBatchFacts(GEORGIA, source, statement, TIMES, known, START, **count | more)


def post(statement: Statement, known: InCount = InCount.NO, **more: Any) -> str:
    return batch_post(facts(statement, known, **more), SETTING).headline


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (said(net=NET), "**Gwinnett County reported 3,600 more votes,** a net 2,100 for Biden, our reporter says."),
        (
            said(split=[BIDEN, TRUMP]),
            "**Gwinnett County reported 3,600 more votes** (Biden 2,850, Trump 750), our reporter says.",
        ),
        (said(), "**Gwinnett County reported 3,600 more votes,** our reporter says."),
        (said(about=True), "**Gwinnett County reported about 3,600 more votes,** our reporter says."),
        (
            said(units=["Gwinnett", "Cobb"]),
            "**Gwinnett and Cobb counties reported 3,600 more votes,** our reporter says.",
        ),
        (said(units=[], about=True), "**About 3,600 more votes were counted in Georgia,** our reporter says."),
        (said(units=[], votes=1), "**One more vote was counted in Georgia,** our reporter says."),
        (
            said(source="ga-sos"),
            "**Gwinnett County reported 3,600 more votes,** the Secretary of State says.",
        ),
        (said(source="ga-sos", by=None), "**Gwinnett County reported 3,600 more votes,** the Secretary of State says."),
    ],
)
def test_a_batch_is_said_by_whose_word_it_is(statement: Statement, sentence: str) -> None:
    assert post(statement, InCount.UNKNOWN, reading=None, standing=None) == sentence


@pytest.mark.parametrize(
    ("statement", "known", "beside"),
    [
        (
            said(net=NET),
            InCount.NO,
            "The Times had Biden ahead by 14,101 without them, as of 6:31 a.m.; with them, the lead would have been 16,201.",
        ),
        (
            said(votes=20_000, net={"candidate": "trump", "votes": 15_000}),
            InCount.NO,
            "The Times had Biden ahead by 14,101 without them, as of 6:31 a.m.; with them, it would have had Trump ahead by 899.",
        ),
        (
            said(votes=20_000, net={"candidate": "trump", "votes": 14_101}),
            InCount.NO,
            "The Times had Biden ahead by 14,101 without them, as of 6:31 a.m.; with them, it would have had the count tied.",
        ),
        (said(), InCount.NO, "The Times' count, as of 6:31 a.m., did not have them yet."),
        (said(net=NET, about=True), InCount.NO, "The Times' count, as of 6:31 a.m., did not have them yet."),
        (said(votes=1), InCount.UNKNOWN, "Whether the Times' count has it is not known."),
    ],
)
def test_what_the_margin_is_with_it_is_said_only_beside_a_count_without_it(
    statement: Statement, known: InCount, beside: str
) -> None:
    assert post(statement, known).partition(" our reporter says. ")[2] == beside
    states = batch_post(facts(statement, known), SETTING).states
    assert [(one.source, one.leader, one.margin) for one in states] == (
        [("times", "biden", 14_101)] if "ahead by 14,101" in beside else []
    )


def test_a_leading_source_for_the_newsroom_only_is_not_named_where_the_public_reads() -> None:
    inside = replace(facts(said(net=NET, source="ga-sos", by=None)), leading=REPORTER)
    sentence = batch_post(inside, replace(SETTING, public=True)).headline
    assert sentence.endswith("a net 2,100 for Biden, the Secretary of State says.")


def test_its_end_says_whose_count_has_it_and_since_when() -> None:
    assert counted_mark(TOLD, TIMES, START) == "**Since counted:** this batch was in the Times' count by 7 a.m."


@pytest.mark.parametrize(
    ("batch", "about", "phrase"),
    [
        ({"net": NET}, False, "3,600 more votes from Gwinnett County, Biden +2,100"),
        ({"split": [BIDEN, TRUMP]}, True, "about 3,600 more votes from Gwinnett County (Biden 2,850, Trump 750)"),
        ({"units": []}, False, "3,600 more votes"),
    ],
)
def test_in_a_list_it_has_its_place_and_its_net(batch: dict[str, Any], about: bool, phrase: str) -> None:
    found = said(**batch).batch
    assert found is not None
    assert batch_phrase(TOLD, found, about=about) == phrase


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (
            BatchOnRecord(said(net=NET), REPORTER, TIMES, is_missing=True),
            "**Gwinnett County:** 3,600 more votes, Biden +2,100 (our reporter, 6:40 a.m.); not in the Times' count yet.",
        ),
        (
            BatchOnRecord(said(source="ga-sos"), SOS, TIMES, is_missing=False, waits=True),
            (
                "**Gwinnett County:** 3,600 more votes (the Secretary of State, 6:40 a.m., entered by staff); whether the "
                "Times' count has them is not known; not posted yet."
            ),
        ),
        (
            BatchOnRecord(said(units=[]), REPORTER, TIMES, is_missing=True, corrected=Corrected(15, "it is 360")),
            "**Georgia:** 3,600 more votes (our reporter, 6:40 a.m.); not in the Times' count yet; corrected in #15: It is 360.",
        ),
    ],
)
def test_an_answer_says_whose_it_is_and_that_the_count_is_without_it(one: BatchOnRecord, line: str) -> None:
    made = on_record_line(TOLD, one)
    assert made.text == line
    assert made.sources == (one.source.id, "times")
    assert made.readers == ("newsroom" if one.waits else "public")
