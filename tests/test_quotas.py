"""Tests quotas: who is refused and for how long, and who is never refused."""

import pytest

from bot.quotas import ALLOWANCE, HISTORY, PEOPLE, PRESS, WORK, Caller, QuotaError, Quotas

GUEST, OTHER, EDITOR = Caller(1, 5), Caller(1, 6), Caller(1, 7, staff=True)


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def quotas(clock: Clock) -> Quotas:
    return Quotas(now=clock)


def refused(quotas: Quotas, caller: Caller, seconds: float = PRESS) -> str | None:
    try:
        quotas.use(caller, seconds)
    except QuotaError as error:
        return str(error)
    return None


def use_up(quotas: Quotas, caller: Caller) -> None:
    while refused(quotas, caller, WORK) is None:
        pass


def test_a_person_can_use_so_much_at_once_and_is_told_when_to_try_again(quotas: Quotas, clock: Clock) -> None:
    assert [refused(quotas, GUEST, WORK) for _ in range(int(ALLOWANCE / WORK))] == [None] * 30
    assert refused(quotas, GUEST, WORK) == "you have asked for a lot within minutes; try again in 10 seconds"
    assert refused(quotas, GUEST) == "you have asked for a lot within minutes; try again in 1 second"
    clock.seconds = 1.0
    assert refused(quotas, GUEST) is None
    assert refused(quotas, GUEST, HISTORY) == "you have asked for a lot within minutes; try again in 60 seconds"
    clock.seconds += 60.0
    assert refused(quotas, GUEST, HISTORY) is None


def test_what_is_refused_costs_nothing(quotas: Quotas) -> None:
    use_up(quotas, GUEST)
    assert {refused(quotas, GUEST) for _ in range(100)} == {
        "you have asked for a lot within minutes; try again in 1 second"
    }


def test_one_persons_load_refuses_nobody_else(quotas: Quotas) -> None:
    use_up(quotas, GUEST)
    assert [refused(quotas, one) for one in (OTHER, EDITOR, Caller(2, 8))] == [None] * 3


def test_one_servers_load_refuses_no_other_and_not_its_own_staff(quotas: Quotas) -> None:
    for person in range(PEOPLE):
        use_up(quotas, Caller(1, 100 + person))
    assert refused(quotas, OTHER, WORK) == "this server has asked for a lot within minutes; try again in 1 second"
    assert refused(quotas, EDITOR, WORK) is None
    assert refused(quotas, Caller(2, 6), WORK) is None


def test_many_of_its_staff_use_up_a_server(quotas: Quotas) -> None:
    for person in range(PEOPLE):
        use_up(quotas, Caller(1, 100 + person, staff=True))
    assert refused(quotas, EDITOR, WORK) == "this server has asked for a lot within minutes; try again in 1 second"


def test_outside_of_servers_each_person_pays_alone(quotas: Quotas) -> None:
    for person in range(2 * PEOPLE):
        use_up(quotas, Caller(0, 100 + person))
    assert refused(quotas, Caller(0, 6), HISTORY) is None


def test_the_bot_itself_is_never_refused(quotas: Quotas) -> None:
    assert {refused(quotas, Caller(1, None), WORK) for _ in range(1000)} == {None}


def test_who_has_all_of_it_again_is_forgotten(quotas: Quotas, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.quotas._MOST_KEPT", 4)
    quotas.use(GUEST)
    clock.seconds = 2.0
    for person in range(3):
        quotas.use(Caller(0, 100 + person))
    assert len(quotas._full_at) == 3
