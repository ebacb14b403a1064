from tests.faults import every_step
from tests.faults.small_day import shorter, small_day, small_desk


async def test_a_bot_that_dies_once_at_each_kind_of_step_loses_and_doubles_nothing() -> None:
    outcome = await every_step.run_each_kind("every-kind", small_day(), small_desk(), 0)
    print(outcome, outcome.details)
    assert outcome.clean, outcome.details


async def test_the_harness_sees_a_bot_that_posts_again_without_a_look() -> None:
    tally = await every_step.run_one(
        shorter(small_day(), 2), small_desk(), "answer to POST /channels/*/messages", after=False, flaw="never looks"
    )
    assert (tally.lost, tally.doubled, tally.disordered) == (0, 1, 0), tally.wrong


async def test_the_harness_sees_a_bot_that_calls_a_post_sent_before_it_is() -> None:
    tally = await every_step.run_one(
        shorter(small_day(), 2), small_desk(), "request POST /channels/*/messages", after=False, flaw="settles first"
    )
    assert (tally.lost, tally.doubled, tally.disordered) == (1, 0, 0), tally.wrong
