from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.count.judgement import DROPPED, POSTED, REPEATED, UNDONE, Hold, HoldReason
from bot.count.reading import Reading
from bot.desk.desk_file import load_desk
from bot.outbox.outbox_words import Delivery
from bot.tally.holds_words import (
    HeldReading,
    HoldOutcome,
    HoldState,
    PostedHold,
    Undone,
    confirm_question,
    held,
    held_answer,
    held_figures,
    held_line,
    held_table,
    hold_answer,
    newer_answer,
    newer_words,
    not_settled,
    posted_hold_line,
    rejected_words,
    second_person_answer,
    settled_answer,
    still_held,
    sure_answer,
    undone_answer,
    wait_answer,
    withdraw_question,
    withdrawn_post,
)
from bot.wording.card import Card
from bot.wording.context import ContestContext, Setting
from bot.wording.message import render
from tests.conftest import COUNT, START, reading, small_desk

DESK = load_desk(Path(__file__).parents[2] / "data/desks/georgia-2020.toml")
TIMES = DESK.sources[0]
GEORGIA = ContestContext(
    DESK.contests[0], DESK.desk.style, ZoneInfo("America/New_York"), datetime(2020, 11, 20, 1, 41, tzinfo=UTC)
)


@pytest.mark.parametrize("reason", HoldReason)
def test_a_hold_says_all_that_ends_it(reason: HoldReason) -> None:
    """A return to the figures before the hold ends the hold, unless the source goes back and forth."""
    text = held(GEORGIA, TIMES, reason)
    assert text.startswith("**Held for the desk:** the Times' figures for Georgia ")
    end = "." if reason is HoldReason.FLAPPING else ", or until the Times goes back to its earlier figures."
    assert text.endswith(f" until an editor posts or discards them with `/held`{end}")


@pytest.mark.parametrize(
    ("reason", "until"),
    [
        (HoldReason.FALL, "the source repeats that or withdraws it"),
        (HoldReason.MANY_UNITS, "the source goes back to its earlier figures"),
        (HoldReason.VANISHED, "the source lists every candidate again"),
        (HoldReason.FLAPPING, "the source shows other figures"),
    ],
)
def test_where_no_desk_decides_a_hold_says_what_of_its_source_ends_it(reason: HoldReason, until: str) -> None:
    for text in (held(GEORGIA, TIMES, reason, "nowhere"), still_held(GEORGIA, TIMES, reason, GEORGIA.now, "nowhere")):
        assert text.startswith(("**Held:** the Times' ", "**Still held:** the Times' "))
        assert text.endswith(f". These figures wait for their source: nothing newer from it is posted until {until}.")
        assert "desk" not in text
        assert "editor" not in text
    other = ", or another server's desk posts or discards them"
    for text in (
        held(GEORGIA, TIMES, reason, "elsewhere"),
        still_held(GEORGIA, TIMES, reason, GEORGIA.now, "elsewhere"),
    ):
        assert text.endswith(
            f". These figures wait for their source: nothing newer from it is posted until {until}{other}."
        )


def figures(votes: dict[str, int], **said: object) -> Reading:
    return Reading.model_validate(
        {"source": "times", "contest": "ga", "as_of": datetime(2020, 11, 20, 1, 41, tzinfo=UTC), "votes": votes} | said
    )


@pytest.mark.parametrize(
    ("reading", "text"),
    [
        (figures({"biden": 2, "trump": 1}, total=5), "Biden ahead by 1, with 5 votes counted, as of 8:41 p.m."),
        (figures({"biden": 2, "trump": 2}), "the count tied, with 4 votes counted, as of 8:41 p.m."),
        (figures({"biden": 7}), "7 votes counted, as of 8:41 p.m."),
        (
            figures({"biden": 2, "trump": 1}, as_of_is="received"),
            "Biden ahead by 1, with 3 votes counted, received 8:41 p.m.",
        ),
    ],
)
def test_held_figures_are_told_with_their_votes_and_their_time(reading: Reading, text: str) -> None:
    assert held_figures(GEORGIA, reading) == text


def table(shown: Reading, before: Reading, *others: Reading) -> list[str]:
    block = held_table(GEORGIA, TIMES, shown, before, others, Setting(DESK))
    return [line.text for line in block.all_lines]


@pytest.mark.parametrize(
    ("before", "shown", "rows"),
    [
        (
            figures({"biden": 9, "trump": 5}, reporting={"units": (3, 159)}),
            figures({"biden": 8, "trump": 5}, reporting={"units": (3, 159)}, status="certified"),
            [
                "**Lead:** Biden +4 → Biden +3 (−1)",  # noqa: RUF001 - as `signed` writes it
                "**Votes counted:** 14 → 13 (−1)",  # noqa: RUF001 - as `signed` writes it
                "**Counties reported:** 3 of 159 (no change)",
                "**Status:** unofficial → certified, says the Times",
            ],
        ),
        (
            figures({"biden": 9, "trump": 5}),
            figures({"biden": 5, "trump": 9}, reporting={"precincts": (1, 2)}),
            [
                "**Lead:** Biden +4 → Trump +4; **the lead changes**",
                "**Votes counted:** 14 (no change)",
                "**Precincts reported:** not said → 1 of 2",
                "**Status:** unofficial (no change)",
            ],
        ),
        (
            figures({"biden": 9, "trump": 5}, total=20),
            figures({"biden": 9, "trump": 9}),
            ["**Lead:** Biden +4 → tied (−4)", "**Votes counted:** 20 → 18", "**Status:** unofficial (no change)"],  # noqa: RUF001 - as `signed` writes it
        ),
        (
            figures({"biden": 9}),
            figures({"biden": 10}),
            ["**Votes counted:** 9 → 10 (+1)", "**Status:** unofficial (no change)"],
        ),
    ],
)
def test_the_desk_decides_by_a_table_of_before_and_held(before: Reading, shown: Reading, rows: list[str]) -> None:
    time = "**As of:** 8:41 p.m. (no change)"
    assert table(shown, before) == [
        "Before → on hold at 8:41 p.m. Thursday",
        *rows,
        time,
        "No other feed had this count at 8:41 p.m. Thursday. For what staff entered: `/sources`.",
    ]


def test_below_the_table_is_what_other_sources_have_and_the_source_s_page() -> None:
    reading = figures({"biden": 9, "trump": 5})
    assert table(reading, reading, figures({"biden": 7, "trump": 5}, source="ap"))[-1] == (
        "The AP: Biden ahead by 2, with 12 votes counted, as of 8:41 p.m."
    )
    paged = TIMES.model_copy(update={"page": "https://results.example.org/ga"})
    last = held_table(GEORGIA, paged, reading, reading, (), Setting(DESK)).all_lines[-1].text
    assert last == "[The Times' page](https://results.example.org/ga)"


@pytest.mark.parametrize(
    ("held", "accepted", "difference"),
    [
        (
            figures({"biden": 9, "trump": 5}),
            figures({"biden": 8, "trump": 5}),
            "Biden's lead is 1 larger, and the total is 1 vote higher",
        ),
        (
            figures({"biden": 5, "trump": 8}),
            figures({"biden": 8, "trump": 6}),
            "the lead changes, and the total is 1 vote lower",
        ),
        (
            figures({"biden": 5, "trump": 8}),
            figures({"biden": 6, "trump": 6}),
            "Trump's lead is 3 larger, and the total is 1 vote higher",
        ),
        (
            figures({"biden": 5, "trump": 4}),
            figures({"biden": 5, "trump": 4}),
            "Biden's lead is the same, and the total is the same",
        ),
        (
            figures({"biden": 7, "trump": 6}),
            figures({"biden": 5, "trump": 4}),
            "Biden's lead is the same, and the total is 4 votes higher",
        ),
        (figures({"trump": 4}), figures({"biden": 5, "trump": 4}), "the total is 5 votes lower"),
        (figures({"biden": 7}), figures({"biden": 5}), "the total is 2 votes higher"),
        (figures({"biden": 5, "trump": 4}, total=9), figures({"biden": 5, "trump": 1}), "Biden's lead is 3 smaller"),
        (figures({"biden": 7}, total=9), figures({"biden": 5}), None),
    ],
)
def test_the_difference_is_told_where_both_say_what_it_is_of(
    held: Reading, accepted: Reading, difference: str | None
) -> None:
    """The difference between leads is given for the accepted reading's leader. Totals are compared only if both
    readings, or neither, have the source's own total.
    """
    hold = Hold(held, HoldReason.FALL, GEORGIA.now, GEORGIA.now)
    said = newer_words(GEORGIA.contest, hold, accepted, Setting(DESK)).partition(
        " Compared with the figures of 8:41 p.m. Thursday, "
    )
    assert said[2] == ("" if difference is None else f"{difference}.")


def test_a_candidate_whom_the_desk_file_does_not_list_keeps_the_readings_name() -> None:
    reading = figures({"biden": 1, "x9": 3}, names={"x9": "Ann *Ex*"})
    assert held_figures(replace(GEORGIA, names=reading.names), reading).startswith(
        "Ann \\*Ex\\* ahead by 2, with 4 votes counted"
    )


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (HoldReason.FALL, "fell at 8:41 p.m., and the source has neither repeated that nor withdrawn it"),
        (HoldReason.FLAPPING, "have kept switching since 8:41 p.m., back to figures the source had left"),
        (HoldReason.VANISHED, "no longer listed a candidate who had votes"),
        (HoldReason.MANY_UNITS, "changed in many counties, late in the count; "),
    ],
)
def test_a_desk_that_is_asked_again_reads_why_it_is_held(reason: HoldReason, why: str) -> None:
    """The text says that figures fell only if they are lower."""
    text = still_held(GEORGIA, TIMES, reason, GEORGIA.now)
    assert why in text
    assert ("fell" in text) == (reason is HoldReason.FALL)


@pytest.mark.parametrize(
    ("reporting", "late"),
    [
        ({"precincts": [2644, 2655], "units": [159, 159]}, "after 2,644 of 2,655 precincts had reported"),
        ({"units": [159, 159]}, "after all 159 counties had reported"),
        ({}, "late in the count"),
    ],
)
def test_a_late_change_says_what_had_reported_before_it(reporting: dict[str, object], late: str) -> None:
    before = figures({"biden": 8}, reporting=reporting)
    text = held(GEORGIA, TIMES, HoldReason.MANY_UNITS, figures=(figures({"biden": 9}), before))
    assert f"changed in many counties, {late}; " in text


# What the desk is answered, in a small newsroom: at 7:01 the source moved to another count; it is 7:16.

SMALL = Setting(small_desk(), newsrooms={5: "the Gazette"})
PRESIDENT = SMALL.desk.contests[0]
SINCE, NOW = START + timedelta(minutes=1), START + timedelta(minutes=16)
BEFORE = reading(1000, 500)
SHOWN = reading(1310, 620, 1, unit_batch={f"County {number}": 1 for number in range(10)})
OTHER = reading(1005, 500, source="ga-sos")
MOVED = HeldReading(
    "ga", "times", "election", HoldReason.MANY_UNITS, SINCE, NOW, "7:1", None, (SHOWN, BEFORE), (OTHER,)
)
FALL = HeldReading("ga", "times", "election", HoldReason.FALL, SINCE, NOW, "7:1", None, (reading(900, 500, 1), BEFORE))
THROUGH = PostedHold(replace(MOVED, others=()), SINCE, "olga (5)", 1)

FIGURES = "Biden ahead by 690, with 1,930 votes counted, as of 7:01 a.m."
STOOD = "Biden ahead by 500, with 1,500 votes counted, as of 7 a.m."
ROWS = """**Lead:** Biden +500 → Biden +690 (+190)
**Votes counted:** 1,500 → 1,930 (+430)
**Counties that changed:** County 0 +1, County 1 +1, County 2 +1 and seven other counties
**Status:** unofficial (no change)
**As of:** 7 a.m. → 7:01 a.m."""
BOTH = f"Before → on hold at 7:16 a.m. Wednesday\n{ROWS}\nThe Secretary of State: Biden ahead by 505, with 1,505 votes counted, as of 7 a.m."
MISTAKE = f"we posted those figures by mistake. As before, Georgia's count has {STOOD}"


def state(
    outcome: str | None, by: str | None = None, where: int | None = None, settled_at: datetime = NOW
) -> HoldState:
    return HoldState("ga", "times", "election", SINCE, settled_at if outcome else None, outcome, by, where, None)


def text(card: Card | str | None) -> str:
    if not isinstance(card, Card):
        return str(card)
    return "\n".join([render(card).content, *(line.text for block in card.blocks for line in block.all_lines)])


def question(press: HoldOutcome) -> str:
    """Return the question to a second person, without the small last line."""
    asked = confirm_question(MOVED, press, "olga (5)", SMALL, NOW)
    return text(replace(asked, credit="")) if asked else ""


HELD_SINCE = "the Times' figures for Georgia, held since 7:01 a.m."
SAID: dict[str, tuple[Card | str | None, str]] = {
    "Post, first": (
        sure_answer(MOVED, SMALL, NOW, second=False),
        (
            "**Post 1,930 as the count?** It would go out as the Times' figures for Georgia. You can undo it for two "
            "minutes.\nHeld since 7:01 a.m.: they changed in 10 counties, late in the count; the feed may "
            f"now show a different count, such as an audit.\n{BOTH}"
        ),
    ),
    "Post, first, where a second person confirms": (
        text(sure_answer(MOVED, SMALL, NOW, second=True)).partition("\n")[0],
        (
            "**Post 1,930 as the count?** It would go out as the Times' figures for Georgia. Someone else on the desk "
            "must confirm it."
        ),
    ),
    "Post": (
        settled_answer(PRESIDENT, SHOWN, Delivery((COUNT,)), SMALL, NOW, post=True),
        f"**Accepted:**\n- The Times, Georgia's count: {FIGURES}\nIt goes out in <#{COUNT}>. You can undo it until 7:18 a.m.",
    ),
    "Post, where nobody gets one": (
        settled_answer(PRESIDENT, SHOWN, Delivery(), SMALL, NOW, post=True),
        (
            f"**Accepted:**\n- The Times, Georgia's count: {FIGURES}\nNo channel in this server gets a post of it now: it waits for "
            "quiet hours to end, or to reach the minimum change. You can undo it until 7:18 a.m."
        ),
    ),
    "Discard": (
        settled_answer(PRESIDENT, SHOWN, Delivery(), SMALL, NOW, post=False),
        f"**Discarded.** Not posted:\n- The Times, Georgia's count: {FIGURES}\nYou can undo it until 7:18 a.m.",
    ),
    "Wait": (
        wait_answer(NOW + timedelta(minutes=15), SMALL, NOW),
        "**It stays held.** If nothing has settled it, the desk is asked again at 7:31 a.m.",
    ),
    "a press about older figures": (
        newer_answer(replace(MOVED, others=()), reading(1010, 520, 1), SMALL, NOW),
        (
            "**Not decided yet: newer figures came in.** You were shown: Biden ahead by 490, with 1,530 votes counted, as of 7:01 a.m.\n"
            f"{BOTH.partition('The Sec')[0]}No other feed had this count at 7:16 a.m. Wednesday. For what staff entered: `/sources`."
        ),
    ),
    "newer figures below a notice": (
        newer_words(PRESIDENT, Hold(SHOWN, HoldReason.FALL, SINCE, NOW), BEFORE, SMALL, (OTHER,)),
        (
            f"**Held now:** {FIGURES} Compared with the figures of 7 a.m. Wednesday, Biden's lead is 190 larger, and the total is 430 votes higher. The Secretary of "
            "State: Biden ahead by 505, with 1,505 votes counted, as of 7 a.m."
        ),
    ),
    "too late: posted": (
        hold_answer(state(POSTED, "olga (5)", 1), SMALL, NOW),
        f"That was already decided. **Posted by olga, 7:16 a.m.:** {HELD_SINCE}",
    ),
    "too late: discarded, on the next day": (
        hold_answer(state(DROPPED, "olga (5)", 1), SMALL, NOW + timedelta(days=1)),
        "That was already decided. **Discarded by olga, 7:16 a.m. Wednesday:** the Times' figures for Georgia, held since 7:01 a.m. Wednesday.",
    ),
    "too late: withdrawn by another desk": (
        hold_answer(state(UNDONE, None, 5), SMALL, NOW),
        f"That was already decided. **Withdrawn by the desk of the Gazette, 7:16 a.m.:** {HELD_SINCE}",
    ),
    "too late: its source settled it": (
        hold_answer(state(REPEATED), SMALL, NOW),
        (
            "That was already decided. **The Times' figures for Georgia were on hold from 7:01 a.m. to 7:16 a.m.:** "
            "the source repeated it."
        ),
    ),
    "not held in this server": (hold_answer(None, SMALL, NOW), "Those figures are no longer on hold in this server."),
    "undone: what was posted": (
        undone_answer(Undone(posted=True, reading=SHOWN, later=(SHOWN,), channels=1), PRESIDENT, SMALL, NOW),
        (
            f"**Undone.** {FIGURES}, is withdrawn as if discarded. What was posted is retracted in 1 channel. "
            "1 reading that came since is checked again."
        ),
    ),
    "undone: what was not sent yet": (
        undone_answer(Undone(posted=True, reading=SHOWN, dropped=1), PRESIDENT, SMALL, NOW),
        f"**Undone.** {FIGURES}, is withdrawn as if discarded. 1 unsent post won't go out.",
    ),
    "undone: what was dropped": (
        undone_answer(Undone(reading=SHOWN), PRESIDENT, SMALL, NOW),
        f"**Undone.** It is held again: {FIGURES}",
    ),
    "undone: what was withdrawn": (
        undone_answer(Undone(reading=SHOWN), PRESIDENT, SMALL, NOW, again=True),
        f"**Undone.** It is held again: {FIGURES} Its posts stay withdrawn; press Post to post it again.",
    ),
    "not undone: done already": (
        undone_answer(Undone("gone"), PRESIDENT, SMALL, NOW),
        "The desk's decision on that no longer stands, so there is nothing to undo.",
    ),
    "not undone: too late": (
        undone_answer(Undone("late", posted=True), PRESIDENT, SMALL, NOW),
        (
            "That was decided over two minutes ago, so it is not undone. Those figures stand in answers until their source "
            "shows others or the desk withdraws them; `/correct` corrects a post alone."
        ),
    ),
    "not undone: dropped too long ago": (
        undone_answer(Undone("late"), PRESIDENT, SMALL, NOW),
        (
            "That was decided over two minutes ago, so it is not undone. It is held again once the source shows newer figures "
            "that go on from it."
        ),
    ),
    "not undone: another server's": (
        undone_answer(Undone("elsewhere"), PRESIDENT, SMALL, NOW),
        "The desk of another server decided that, and only it can undo it.",
    ),
    "/held, nothing held and one posted": (
        held_answer(PRESIDENT, [], [THROUGH], SMALL, NOW),
        (
            f"Nothing on **President** is on hold.\n**Posted by olga, 7:01 a.m.:** the Times' figures for Georgia, {FIGURES} "
            f"Before: {STOOD}"
        ),
    ),
    "posted by another desk": (
        posted_hold_line(replace(THROUGH, by=None, where=5), SMALL, NOW),
        f"**Posted by the desk of the Gazette, 7:01 a.m.:** the Times' figures for Georgia, {FIGURES} Before: {STOOD}",
    ),
    "Withdraw, first": (
        withdraw_question(
            THROUGH,
            Undone(posted=True),
            [f"**Retraction** of #3: {MISTAKE}"],
            Delivery((COUNT,)),
            SMALL,
            NOW,
            second=False,
        ),
        (
            f"**Withdraw 1,930?** Nothing is done yet.\n{posted_hold_line(THROUGH, SMALL, NOW)}\nThis would be posted:\n"
            f"> **Retraction** of #3: {MISTAKE}\nIt goes out in <#{COUNT}>.\nYou can undo it for two minutes."
        ),
    ),
    "a retraction": (
        withdrawn_post(PRESIDENT, [3, 4], None, BEFORE, SMALL, NOW).headline,
        f"**Retraction** of #3 and #4: {MISTAKE}",
    ),
    "to a second person: post": (
        question("post"),
        f"**Confirm?** olga wants to post 1,930, held of the Times' figures for Georgia.\n{BOTH}",
    ),
    "to a second person: withdraw": (
        question("withdraw"),
        f"**Confirm?** olga wants to withdraw 1,930, which was held and posted as the Times'.\n{BOTH.replace('on hold', 'posted')}",
    ),
    "to a second person: discard": (
        question("drop").partition("\n")[0],
        "**Confirm?** olga wants to drop 1,930, held of the Times' figures for Georgia.",
    ),
    "a second person has to confirm": (
        second_person_answer(19, "post"),
        "**Not posted yet:** someone else on the desk must confirm it in <#19>; your own second press does not.",
    ),
    "a second person has to confirm a drop": (
        second_person_answer(19, "drop").partition(" someone")[0],
        "**Not discarded yet:**",
    ),
    "a second person has to confirm a withdrawal": (
        second_person_answer(19, "withdraw").partition(" someone")[0],
        "**Not withdrawn yet:**",
    ),
    "a second person said no": (
        rejected_words("dee (6)", NOW, SMALL, posted=False),
        "**Rejected by dee, 7:16 a.m.** It stays held.",
    ),
    "a second person said no to a withdrawal": (
        rejected_words("dee (6)", NOW, SMALL, posted=True),
        "**Rejected by dee, 7:16 a.m.** It stays as posted.",
    ),
    "a server that the operator did not name": (
        not_settled("elsewhere"),
        (
            "what is held is on hold for every server, so only servers the operator names may post or discard it, and this one "
            "is not among them: it waits for its source, or for the desk of another server"
        ),
    ),
    "the status, until the desk is asked": (
        held_line(FALL, SMALL, NOW - timedelta(minutes=1)),
        (
            "**Held since 7:01 a.m.:** the Times' figures for Georgia were lower than before. Until 7:16 a.m. the "
            "source may repeat that, which posts it automatically, or correct it; then the desk is asked. To decide now: `/held`."
        ),
    ),
    "the status, once it is": (
        str(held_line(replace(FALL, figures=None), SMALL, NOW)).partition("before. ")[2],
        "These figures post automatically once the source shows them again. To decide now: `/held`.",
    ),
    "the status of a server that decides nothing": (
        str(held_line(replace(FALL, figures=None), SMALL, NOW, "elsewhere")).partition("before. ")[2],
        "These figures wait for their source, or for the desk of another server.",
    ),
    "the status, where somebody waits": (
        str(held_line(replace(FALL, figures=None, ask_at=NOW), SMALL, NOW, asks=True)).partition("before. ")[2],
        "The desk is asked again at 7:16 a.m.",
    ),
}


@pytest.mark.parametrize(("said", "words"), SAID.values(), ids=SAID)
def test_what_the_desk_is_answered(said: Card | str | None, words: str) -> None:
    assert text(said) == words
