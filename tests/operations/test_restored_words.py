"""The notice after a restore: whole sentences, each number with its source and time, within Discord's limits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.count.change import compare
from bot.operations.restored_words import RestoredFacts, restored_post
from bot.tally.standing_words import MarginFacts
from bot.wording.context import Setting
from bot.wording.limits import CONTENT, DESCRIPTION, size
from tests.conftest import START, reading, small_desk

DESK = small_desk()
NOW = START + timedelta(hours=3)
FACTS = RestoredFacts(START, 14, 201, 220, [], all_asked=True, now=NOW)


def standing(**fields: object) -> MarginFacts:
    """Return where the President's contest stands, at noon UTC."""
    contest, source = DESK.contest("ga"), DESK.source("times")
    assert contest is not None
    assert source is not None
    known = reading(2471895, 2457794)
    facts = MarginFacts(
        contest, source, NOW, known, compare(None, known), changed_at=START, checked_at=NOW - timedelta(minutes=1)
    )
    return replace(facts, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("posts", "first", "last", "words"),
    [
        (14, 201, 220, "14 posts from #201 to #220 stand, but are not in the records."),
        (1, 201, 201, "Post #201 stands, but is not in the records."),
        (
            0,
            None,
            None,
            (
                "Posts made here since then stand, but are not in the records; which they are is not known, because the bot "
                "may not read this channel's history."
            ),
        ),
    ],
)
def test_which_posts_are_missing(posts: int, first: int | None, last: int | None, words: str) -> None:
    draft = restored_post(replace(FACTS, posts=posts, first=first, last=last), Setting(DESK))
    assert draft.content(321) == (
        f"**The bot's records were restored from a copy made at 7 a.m.** {words}\n-# #321 · 10 a.m."
    )
    assert (draft.kind, draft.quiet, draft.embeds) == ("notice", False, ())


def test_where_the_counts_stand_has_a_source_and_a_time() -> None:
    facts = replace(FACTS, copied_at=START - timedelta(days=1, hours=9), contests=[standing(), standing(reading=None)])
    draft = restored_post(facts, Setting(DESK, rehearsal=True))
    assert "from a copy made at 10 p.m. Monday.** " in draft.headline
    assert draft.headline.endswith("What changed since then is not told again; this is where the count stands now.")
    assert draft.embeds[0]["description"] == (
        "Biden leads in Georgia by 14,101, by the Times' count as of 7 a.m. "
        "Votes last changed 7 a.m., last checked 9:59 a.m.\n"
        "**No count is in yet for Georgia** from the Times."
    )
    assert draft.credit == "10 a.m. · rehearsal"


def test_a_source_that_has_not_answered_and_a_reading_that_is_held_are_said() -> None:
    facts = replace(FACTS, all_asked=False, contests=[standing(held="fall", checked_at=None)])
    draft = restored_post(facts, Setting(DESK))
    assert draft.headline.endswith("A source that has not answered yet is told when it does.")
    assert "A later reading is held: " in draft.embeds[0]["description"]


def test_that_a_board_may_be_left_is_said() -> None:
    draft = restored_post(replace(FACTS, has_board=True), Setting(DESK))
    assert draft.headline.endswith(" A board that was pinned here since then is not kept up to date: delete it.")


def test_however_many_contests_it_fits() -> None:
    draft = restored_post(replace(FACTS, contests=[standing()] * 200), Setting(DESK))
    assert size(draft.content(10**9)) <= CONTENT
    assert size(draft.embeds[0]["description"]) <= DESCRIPTION
    assert draft.embeds[0]["description"].endswith(" more")
