from tests.faults import box


async def test_a_day_on_which_workers_are_killed_comes_out_as_undisturbed() -> None:
    outcome = await box.run(seed=1, kills=1)
    assert outcome.clean, outcome.details
    assert outcome.figures["killed"] >= 1
