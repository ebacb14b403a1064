from tests.faults import kill


async def test_what_is_killed_in_a_storm_of_faults_tells_each_change_once_and_in_order() -> None:
    outcome = await kill.run(seed=1, kills=3)
    assert outcome.clean, outcome.details
