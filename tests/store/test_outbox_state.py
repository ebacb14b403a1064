import itertools

import pytest

from bot.store import outbox_state
from bot.store.outbox_state import TRANSITIONS, Event, ImpossibleMoveError, State, moved

TERMINAL = {State.SENT, State.FAILED, State.SUPERSEDED}


def test_every_state_is_reached_from_pending() -> None:
    reached = {State.PENDING}
    while more := {after for (before, _), after in TRANSITIONS.items() if before in reached} - reached:
        reached |= more
    assert reached == set(State)


def test_every_event_moves_something() -> None:
    assert {event for _, event in TRANSITIONS} == set(Event)


def test_what_is_sent_failed_or_superseded_stays_so() -> None:
    assert set(State) - {before for before, _ in TRANSITIONS} == TERMINAL


def test_from_every_other_state_an_end_can_be_reached() -> None:
    for start in set(State) - TERMINAL:
        reached = {start}
        while more := {after for (before, _), after in TRANSITIONS.items() if before in reached} - reached:
            reached |= more
        assert reached & TERMINAL


def test_what_was_attempted_is_never_merged() -> None:
    assert [before for before, event in TRANSITIONS if event is Event.MERGED] == [State.PENDING]


def test_only_what_was_surely_not_taken_is_pending_again() -> None:
    assert [move for move, after in TRANSITIONS.items() if after is State.PENDING] == [(State.SENDING, Event.DECLINED)]


def test_what_fails_was_refused_or_could_not_be_worded() -> None:
    assert {before for before, event in TRANSITIONS if event is Event.REFUSED} == {
        State.PENDING, State.SENDING, State.DOUBTFUL,
    }  # fmt: skip
    assert {event for (_, event), after in TRANSITIONS.items() if after is State.FAILED} == {Event.REFUSED}


def test_the_drawing_names_every_state_and_event() -> None:
    drawing = outbox_state.__doc__ or ""
    for name in (*State, *Event):
        assert name.value in drawing


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_a_move_is_in_the_table_or_impossible(state: State, event: Event) -> None:
    if (state, event) in TRANSITIONS:
        assert moved(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(ImpossibleMoveError, match=f"a {state} row can't be {event}"):
            moved(state, event)
