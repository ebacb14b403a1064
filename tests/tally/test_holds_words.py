from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.count.judgement import Hold, HoldReason
from bot.count.reading import Reading
from bot.desk.desk_file import load_desk
from bot.tally.holds_words import held, held_figures, held_post, held_table, newer_words, still_held
from bot.wording.context import ContestContext, Setting

DESK = load_desk(Path(__file__).parents[2] / "data/desks/georgia-2020.toml")
TIMES = DESK.sources[0]
GEORGIA = ContestContext(
    DESK.contests[0], DESK.desk.style, ZoneInfo("America/New_York"), datetime(2020, 11, 20, 1, 41, tzinfo=UTC)
)


@pytest.mark.parametrize("reason", HoldReason)
def test_a_hold_says_all_that_ends_it(reason: HoldReason) -> None:
    """A source that goes back to the figures before the hold ends it by itself; not one that goes to and fro."""
    text = held(GEORGIA, TIMES, reason)
    assert text.startswith("**Held for the desk:** the Times' newest figures of Georgia's count ")
    end = "." if reason is HoldReason.FLAPPING else ", or the source goes back to its earlier numbers."
    assert text.endswith(f" until an editor posts or discards it with `/held`{end}")


def test_a_question_with_buttons_says_by_when_it_is_to_be_answered() -> None:
    reading, since = figures({"biden": 2, "trump": 1}), GEORGIA.now
    many, fall = (
        Hold(reading, reason, since, since + timedelta(minutes=15))
        for reason in (HoldReason.MANY_UNITS, HoldReason.FALL)
    )

    def asked(hold: Hold, now: datetime, *, overdue: bool = False, asks: str | None = "7:1") -> str:
        setting = Setting(DESK)
        post = held_post(GEORGIA.contest, TIMES, hold, setting, now, instead_of=reading, overdue=overdue, asks=asks)
        return post.headline.split("\n")[0]

    assert asked(many, since).endswith("earlier numbers. Answer by 8:56 p.m.")
    assert asked(fall, fall.deadline, overdue=True).endswith("earlier numbers. Answer by 9:11 p.m.")
    assert "Answer by" not in asked(many, since, asks=None)
    assert "Answer by" not in asked(many, many.deadline)  # it is held again


@pytest.mark.parametrize(
    ("reason", "until"),
    [
        (HoldReason.FALL, "the source repeats that or withdraws it"),
        (HoldReason.MANY_UNITS, "the source goes back to its earlier numbers"),
        (HoldReason.VANISHED, "the source lists every candidate again"),
        (HoldReason.FLAPPING, "the source comes to other numbers"),
    ],
)
def test_where_no_desk_decides_a_hold_says_what_of_its_source_ends_it(reason: HoldReason, until: str) -> None:
    for text in (held(GEORGIA, TIMES, reason, "nowhere"), still_held(GEORGIA, TIMES, reason, GEORGIA.now, "nowhere")):
        assert text.endswith(f". It waits for its source: nothing more of that count is posted until {until}.")
        assert "desk" not in text
        assert "editor" not in text
    other = ", or another server's desk posts or discards it"
    for text in (
        held(GEORGIA, TIMES, reason, "elsewhere"),
        still_held(GEORGIA, TIMES, reason, GEORGIA.now, "elsewhere"),
    ):
        assert text.endswith(f". It waits for its source: nothing more of that count is posted until {until}{other}.")


def figures(votes: dict[str, int], **said: object) -> Reading:
    return Reading.model_validate(
        {"source": "times", "contest": "ga", "as_of": datetime(2020, 11, 20, 1, 41, tzinfo=UTC), "votes": votes} | said
    )


@pytest.mark.parametrize(
    ("reading", "text"),
    [
        (figures({"biden": 2, "trump": 1}, total=5), "Biden ahead by 1 of 5 votes, as of 8:41 p.m."),
        (figures({"biden": 2, "trump": 2}), "the count tied with 4 votes, as of 8:41 p.m."),
        (figures({"biden": 7}), "7 votes counted, as of 8:41 p.m."),
        (figures({"biden": 2, "trump": 1}, as_of_is="received"), "Biden ahead by 1 of 3 votes, received 8:41 p.m."),
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
                "**Status:** unofficial → certified, says the source",
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
    assert table(shown, before) == ["Before → on hold", *rows, time, "None has this count."]


def test_below_the_table_is_what_other_sources_have_and_the_source_s_page() -> None:
    reading = figures({"biden": 9, "trump": 5})
    assert table(reading, reading, figures({"biden": 7, "trump": 5}, source="ap"))[-1] == (
        "The AP: Biden ahead by 2 of 12 votes, as of 8:41 p.m."
    )
    paged = TIMES.model_copy(update={"page": "https://results.example.org/ga"})
    last = held_table(GEORGIA, paged, reading, reading, (), Setting(DESK)).all_lines[-1].text
    assert last == "[The Times' page](https://results.example.org/ga)"


@pytest.mark.parametrize(
    ("held", "accepted", "difference"),
    [
        (figures({"biden": 9, "trump": 5}), figures({"biden": 8, "trump": 5}), "+1 in Biden's lead, +1 vote"),
        (figures({"biden": 5, "trump": 8}), figures({"biden": 8, "trump": 6}), "−5 in Biden's lead, −1 vote"),  # noqa: RUF001 - as `signed` writes it
        (figures({"biden": 5, "trump": 8}), figures({"biden": 6, "trump": 6}), "+3 in Trump's lead, +1 vote"),
        (figures({"biden": 5, "trump": 4}), figures({"biden": 5, "trump": 4}), "no change in Biden's lead, same total"),
        (figures({"biden": 7, "trump": 6}), figures({"biden": 5, "trump": 4}), "no change in Biden's lead, +4 votes"),
        (figures({"trump": 4}), figures({"biden": 5, "trump": 4}), "−5 votes"),  # noqa: RUF001 - as `signed` writes it
        (figures({"biden": 7}), figures({"biden": 5}), "+2 votes"),
        (figures({"biden": 5, "trump": 4}, total=9), figures({"biden": 5, "trump": 1}), "−3 in Biden's lead"),  # noqa: RUF001 - as `signed` writes it
        (figures({"biden": 7}, total=9), figures({"biden": 5}), None),
    ],
)
def test_the_difference_is_told_where_both_say_what_it_is_of(
    held: Reading, accepted: Reading, difference: str | None
) -> None:
    """A lead by who led at what is accepted; totals only where both, or neither, are the source's own."""
    hold = Hold(held, HoldReason.FALL, GEORGIA.now, GEORGIA.now)
    said = newer_words(GEORGIA.contest, hold, accepted, Setting(DESK)).partition(" Difference: ")
    assert said[2] == ("" if difference is None else f"{difference}.")


def test_a_candidate_whom_the_desk_file_does_not_list_keeps_the_readings_name() -> None:
    reading = figures({"biden": 1, "x9": 3}, names={"x9": "Ann *Ex*"})
    assert held_figures(replace(GEORGIA, names=reading.names), reading).startswith("Ann \\*Ex\\* ahead by 2 of 4 votes")


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (HoldReason.FALL, "fell at 8:41 p.m., and the source has neither repeated that nor withdrawn it"),
        (HoldReason.FLAPPING, "have kept switching since 8:41 p.m., back to figures the source had left"),
        (HoldReason.VANISHED, "no longer list a candidate who had votes"),
        (HoldReason.MANY_UNITS, "change in 10 or more counties at once, with nearly all reported; "),
    ],
)
def test_a_desk_that_is_asked_again_reads_why_it_is_held(reason: HoldReason, why: str) -> None:
    """Only of figures that are lower is it said that they fell."""
    text = still_held(GEORGIA, TIMES, reason, GEORGIA.now)
    assert why in text
    assert ("fell" in text) == (reason is HoldReason.FALL)
