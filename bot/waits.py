"""How long to wait before something is tried again."""

from tenacity import RetryCallState, wait_exponential_jitter

Wait = wait_exponential_jitter
"""A rule: `Wait(initial=0.5, max=60, jitter=0.5)` waits half a second, then twice as long each time, up to a minute."""


def seconds_after(attempts: int, rule: Wait) -> float:
    """Return the seconds to wait after so many failed attempts, jitter included.

    Jitter keeps what failed together from coming back together.
    """
    state = RetryCallState(None, None, (), {})  # type: ignore[arg-type]  # tenacity's rules only read the number
    state.attempt_number = max(attempts, 1)
    return float(rule(state))
