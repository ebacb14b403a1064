import pytest

from bot.rehearsal.day import Day
from tests.faults import every_step
from tests.faults.small_day import small_day, small_desk


@pytest.fixture
def first_post() -> Day:
    """A day of one reading, told in one channel."""
    day = small_day()
    return day.model_copy(update={"channels": day.channels[:1], "steps": day.steps[:1], "ends": day.steps[0].at})


async def test_a_bot_that_dies_before_and_after_each_kind_of_step_loses_and_doubles_nothing() -> None:
    report = await every_step.run_each_kind(small_day(), small_desk())
    assert report.tally.clean, report.guilty
    requests = {
        f"{what} {route}"
        for what in ("request", "answer to")
        for route in ("POST /channels/*/messages", "PATCH /channels/*/messages/*", "GET /channels/*/messages")
    }
    commits = {
        f"commit {method}"
        for method in (
            "ReminderStore.post_due",
            "ScheduleStore.add",
            "ScheduleStore.change",
            "DeskStore.keep_commands_digest",
            "IntakeStore.checked",
            "IntakeStore.take_in",
            "OutboxStore.claim",
            "OutboxStore.settle",
            "RundownStore.post",
            "StatementStore.take_in",
        )
    }
    assert report.kinds >= requests | commits


async def test_the_harness_sees_a_bot_that_posts_again_without_a_look(first_post: Day) -> None:
    what = "answer to POST /channels/*/messages"
    tally = await every_step.run_one(first_post, small_desk(), what, after=False, flaw="never looks")
    assert (tally.lost, tally.doubled, tally.disordered) == (0, 1, 0), tally.wrong


async def test_the_harness_sees_a_bot_that_calls_a_post_sent_before_it_is(first_post: Day) -> None:
    what = "request POST /channels/*/messages"
    tally = await every_step.run_one(first_post, small_desk(), what, after=False, flaw="settles first")
    assert (tally.lost, tally.doubled, tally.disordered) == (1, 0, 0), tally.wrong


async def test_the_harness_sees_a_bot_that_does_not_die(first_post: Day) -> None:
    what = "request POST /channels/*/messages"
    tally = await every_step.run_one(first_post, small_desk(), what, after=False, flaw="lives on")
    assert tally.wrong == [f"no bot died before moment 1, #governor 2: {what}"]
