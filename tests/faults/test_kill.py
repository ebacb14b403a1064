from tests.faults import kill


async def test_what_is_killed_twice_tells_each_change_once_and_in_order() -> None:
    result = await kill.run(seed=1, kills=2)
    assert result.clean, result
