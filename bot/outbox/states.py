"""The outbox as a state machine: every state of a row, and what can move it to another.

A row in `sending` has been attempted and may have arrived: before it is sent again, the channel's own history is
asked. One that Discord surely did not take is pending again, as if it had never been attempted. The drawing is in
docs/developer.md, and a test holds it against the table.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a row of the outbox is on its way."""

    PENDING = "pending"
    """Never attempted."""
    AWAITING = "awaiting"
    """Never attempted: its words were shown to the desk, and it waits for an editor's Publish."""
    SENDING = "sending"
    """Attempted, and not known to have arrived."""
    SENT = "sent"
    FAILED = "failed"
    """Discord will never take it; `why` says so."""
    SUPERSEDED = "superseded"
    """Another row says it; it was never attempted."""
    DOUBTFUL = "doubtful"
    """Attempted, and the history that would tell can't be read: the desk decides."""
    DROPPED = "dropped"
    """An editor decided against it."""


class Transition(StrEnum):
    """What happens to a row."""

    SHOWN = "shown"
    """The desk was shown its words and asked whether to publish it."""
    APPROVED = "approved"
    """An editor published it."""
    CHANGED = "changed"
    """The count has moved since the desk saw it: its words are made anew and shown again."""
    CLAIMED = "claimed"
    """The dispatcher claimed it, for the first time or again."""
    ACCEPTED = "accepted"
    """Discord answered with the message."""
    FOUND = "found"
    """The channel's history has it, or an editor has seen it there."""
    DEFERRED = "deferred"
    """No answer: it may have arrived."""
    DECLINED = "declined"
    """Discord surely did not take it now, and may later: a rate limit, a channel that may not be written to."""
    REFUSED = "refused"
    """Discord said no for good."""
    UNREADABLE = "unreadable"
    """The history can't be read."""
    MERGED = "merged"
    """A newer row tells what it was to tell."""
    ABSENT = "absent"
    """It is surely not in the channel: an editor looked, or the history lacks it and Discord no longer knows its nonce."""
    REJECTED = "rejected"
    """An editor decided against it."""


TRANSITIONS: dict[tuple[State, Transition], State] = {
    (State.PENDING, Transition.SHOWN): State.AWAITING,
    (State.PENDING, Transition.CHANGED): State.PENDING,
    (State.PENDING, Transition.CLAIMED): State.SENDING,
    (State.PENDING, Transition.MERGED): State.SUPERSEDED,
    (State.PENDING, Transition.REFUSED): State.FAILED,
    (State.PENDING, Transition.REJECTED): State.DROPPED,
    (State.AWAITING, Transition.APPROVED): State.PENDING,
    (State.AWAITING, Transition.CHANGED): State.PENDING,
    (State.AWAITING, Transition.MERGED): State.SUPERSEDED,
    (State.AWAITING, Transition.REJECTED): State.DROPPED,
    (State.SENDING, Transition.CLAIMED): State.SENDING,
    (State.SENDING, Transition.ACCEPTED): State.SENT,
    (State.SENDING, Transition.FOUND): State.SENT,
    (State.SENDING, Transition.DEFERRED): State.SENDING,
    (State.SENDING, Transition.DECLINED): State.PENDING,
    (State.SENDING, Transition.ABSENT): State.PENDING,
    (State.SENDING, Transition.REFUSED): State.FAILED,
    (State.SENDING, Transition.UNREADABLE): State.DOUBTFUL,
    (State.DOUBTFUL, Transition.FOUND): State.SENT,
    (State.DOUBTFUL, Transition.ABSENT): State.PENDING,
    (State.DOUBTFUL, Transition.REJECTED): State.DROPPED,
}


class ImpossibleMoveError(Exception):
    """A row was to make a move that the table does not have."""


def moved(state: State, event: Transition) -> State:
    """Return the state after `event`.

    Raises:
        ImpossibleMoveError: the table has no such move.

    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise ImpossibleMoveError(f"a {state} row can't be {event}") from None
