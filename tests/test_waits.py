from hypothesis import given
from hypothesis import strategies as st

from bot.waits import Wait, seconds_after


@given(st.integers(1, 5000))
def test_each_wait_is_twice_as_long_up_to_a_limit_and_a_little_random(attempts: int) -> None:
    least = min(0.5 * 2.0 ** min(attempts - 1, 40), 60)
    seconds = seconds_after(attempts, Wait(multiplier=0.5, max=60, jitter=0.5))
    assert least <= seconds <= min(least + 0.5, 60)


def test_no_attempt_waits_like_one() -> None:
    assert seconds_after(0, Wait(multiplier=3, max=60, jitter=0)) == 3
