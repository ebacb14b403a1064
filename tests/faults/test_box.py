import pytest

from tests.faults import box, hostile


async def test_a_day_on_which_workers_are_killed_comes_out_as_undisturbed() -> None:
    outcome = await box.run(seed=1, kills=1)
    assert outcome.clean, outcome.details
    assert outcome.figures["killed"] >= 1


async def test_no_hostile_file_harms_more_than_its_own_job() -> None:
    outcome = await hostile.run(seed=1, times=2)
    assert outcome.clean, outcome.details
    assert outcome.figures["refused"] > 0
    assert outcome.figures["read"] > 0


async def test_a_worker_that_says_or_holds_too_much_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostile, "MOST_SAID", 10)
    found = await hostile.run(seed=1, times=2, names=("ap",))
    assert "says 'the-feed: " in found.details[0]
    monkeypatch.setattr(hostile, "_TOO_MUCH_MIB", 1)
    found = await hostile.run(seed=1, times=1, names=("ap",))
    assert found.details[-1].startswith("a worker held ")
