"""The answer to /why for a minute, and the posts listed by /history."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.answers.provenance_words import (
    FoundBatch,
    FoundEntry,
    FoundPost,
    ListedPost,
    MomentFacts,
    PostsFacts,
    moment_answer,
    posts_answer,
)
from bot.count.change import compare
from bot.count.statement import Statement
from bot.desk.desk_file import Source
from bot.wording.context import Setting
from bot.wording.message import render
from bot.wording.question import Question
from tests.conftest import EDITOR, reading, small_desk

DESK = small_desk()
AT = datetime(2020, 11, 11, 12, 35, tzinfo=UTC)

BATCH = compare(reading(1000, 900), reading(1003, 900, 1))
THEIRS = "The Times, **7:01 a.m.** +3 (Biden 3); Biden +103 (+3)"


def of_the_minute(facts: MomentFacts, **viewer: Any) -> list[str]:
    asked = Question(DESK.contests[0], replace(EDITOR, **viewer), Setting(DESK), AT)
    return render(moment_answer(facts, asked)).content.split("\n")[1:-1]


@pytest.mark.parametrize(
    ("batch", "line"),
    [
        ({"posts": (FoundPost(5, "sent", 1), FoundPost(6, "sent", 2))}, f"{THEIRS}. Posted in #5 and #6."),
        (
            {"posts": (FoundPost(5, "sent", 1), FoundPost(6, "awaiting", 2), FoundPost(6, "awaiting", 3))},
            f"{THEIRS}. Posted in #5. Waiting for Publish: #6.",
        ),
        ({"posts": (FoundPost(5, "dropped", 1),)}, f"{THEIRS}. Not posted: #5."),
        ({"waits_in": (9,)}, f"{THEIRS}. Too small for a post of its own; it waits for the next one in <#9>."),
        ({"received_at": AT}, f"{THEIRS}, received at 7:35 a.m. No post that you can see tells of it."),
    ],
)
def test_a_batch_of_a_minute_says_what_became_of_it(batch: dict[str, Any], line: str) -> None:
    assert BATCH is not None
    found = replace(FoundBatch("times", BATCH, BATCH.as_of), **batch)
    assert of_the_minute(MomentFacts(AT, DESK.sources[0], (found,))) == [line]


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ({"posts": (FoundPost(3, "sent", 1),)}, "Posted in #3."),
        ({"waits": True, "posts": (FoundPost(3, "pending", 1),)}, "Waiting to be sent: #3."),
        ({"retracted": True}, "It was retracted."),
        ({}, "No post of its own."),
    ],
)
def test_an_entry_of_a_minute_says_what_became_of_it(entry: dict[str, Any], line: str) -> None:
    said = Statement(contest="ga", source="ap", as_of=AT, leader="biden", margin=9, entered_by="olga (81)")
    facts = MomentFacts(AT, DESK.sources[0], entries=(replace(FoundEntry(said), **entry),))
    assert of_the_minute(facts) == [f"The AP, **7:35 a.m.**, entered by staff: Biden +9. {line}"]
    hidden = "waits" in entry or "retracted" in entry
    assert bool(of_the_minute(facts, newsroom=False, desk=False)) != hidden


def listed(source: Source | None, *posts: ListedPost, more: bool = False, **question: Any) -> list[str]:
    asked = replace(Question(DESK.contests[0], EDITOR, Setting(DESK), AT), **question)
    return render(posts_answer(PostsFacts(posts, source, None, more), asked)).content.split("\n")[:-1]


POST = ListedPost(5, AT, "times", "**Biden leads.**", ((1, 2, 3),))


def test_posts_are_listed_with_number_time_source_and_first_line() -> None:
    link = "[#5](https://discord.com/channels/1/2/3)"
    assert listed(None, POST) == ["**Georgia: one post.**", f"{link}, 7:35 a.m., the Times: **Biden leads.**"]
    corrected = replace(POST, places=((1, 2, None),), replaced_by=(8, "Corrected"))
    assert listed(DESK.sources[0], corrected, corrected, at=AT) == [
        "**Georgia: two posts from the Times until 7:35 a.m., newest first.**",
        *["#5, 7:35 a.m.: **Biden leads.** **Corrected in #8.**"] * 2,
    ]
    assert listed(None, POST, POST, more=True)[0] == "**Georgia: the last two posts, newest first.**"
    assert listed(DESK.sources[3]) == ["**Georgia: no posts from the AP.** For more, leave out `source:`."]
