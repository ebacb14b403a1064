import itertools
import re
from pathlib import Path

import pytest

from bot.outbox.states import TRANSITIONS, InvalidTransitionError, State, Transition, next_state

TERMINAL = {State.SENT, State.FAILED, State.SUPERSEDED, State.DROPPED}
DRAWN_IN = Path(__file__).parent.parent.parent / "docs" / "developer.md"


def test_every_state_is_reached_from_pending() -> None:
    reached = {State.PENDING}
    while more := {after for (before, _), after in TRANSITIONS.items() if before in reached} - reached:
        reached |= more
    assert reached == set(State)


def test_every_event_moves_something() -> None:
    assert {event for _, event in TRANSITIONS} == set(Transition)


def test_an_end_is_an_end() -> None:
    assert set(State) - {before for before, _ in TRANSITIONS} == TERMINAL


def test_from_every_other_state_an_end_can_be_reached() -> None:
    for start in set(State) - TERMINAL:
        reached = {start}
        while more := {after for (before, _), after in TRANSITIONS.items() if before in reached} - reached:
            reached |= more
        assert reached & TERMINAL


def test_what_was_attempted_is_never_merged() -> None:
    assert [before for before, event in TRANSITIONS if event is Transition.MERGED] == [State.PENDING, State.AWAITING]


def test_only_what_surely_did_not_arrive_is_pending_again() -> None:
    assert {move for move, after in TRANSITIONS.items() if after is State.PENDING} == {
        (State.AWAITING, Transition.APPROVED),  # never attempted
        (State.AWAITING, Transition.CHANGED),
        (State.PENDING, Transition.CHANGED),
        (State.SENDING, Transition.DECLINED),  # Discord says so
        (State.SENDING, Transition.ABSENT),  # the bot has looked
        (State.DOUBTFUL, Transition.ABSENT),  # an editor has
    }


def test_what_fails_was_refused_or_could_not_be_worded() -> None:
    assert {before for before, event in TRANSITIONS if event is Transition.REFUSED} == {State.PENDING, State.SENDING}
    assert {event for (_, event), after in TRANSITIONS.items() if after is State.FAILED} == {Transition.REFUSED}


def test_the_drawing_in_the_docs_is_the_table() -> None:
    drawn = re.findall(r"^    (\w+) --> (\w+): (\w+)$", DRAWN_IN.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted((before, event, after) for before, after, event in drawn) == sorted(
        (before.value, event.value, after.value) for (before, event), after in TRANSITIONS.items()
    )


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Transition)))
def test_a_move_is_in_the_table_or_impossible(state: State, event: Transition) -> None:
    if (state, event) in TRANSITIONS:
        assert next_state(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(InvalidTransitionError, match=f"a {state} row can't be {event}"):
            next_state(state, event)
