"""The state machine of an outbox row: its states, and the transitions between them.

A row in `sending` was attempted and may have arrived, so the channel's history is searched before the row is sent
again. A row that Discord surely did not take is pending again, as if it had never been attempted. docs/developer.md
has a diagram, which a test compares with the table.
"""

from enum import StrEnum


class State(StrEnum):
    """The state of an outbox row, such as pending or sent."""

    PENDING = "pending"
    """Never attempted."""
    AWAITING = "awaiting"
    """Never attempted. The desk was shown the post, which waits for an editor's Publish."""
    SENDING = "sending"
    """Attempted, and not known to have arrived."""
    SENT = "sent"
    FAILED = "failed"
    """Discord will never take the post. Column `why` has the reason."""
    SUPERSEDED = "superseded"
    """Never attempted, because a newer row covers it."""
    DOUBTFUL = "doubtful"
    """Attempted, and the history can't be searched. The desk is asked whether the post arrived."""
    DROPPED = "dropped"
    """Not sent, because an editor discarded the post or it was no longer wanted."""


class Transition(StrEnum):
    """An event that moves a row from one state to another."""

    SHOWN = "shown"
    """The desk was shown the post and asked whether to publish it."""
    APPROVED = "approved"
    """An editor published the post."""
    CHANGED = "changed"
    """The count has moved since the desk saw the post, which is written and shown again."""
    CLAIMED = "claimed"
    """The dispatcher claimed the row, for the first time or again."""
    ACCEPTED = "accepted"
    """Discord answered with the message."""
    FOUND = "found"
    """The post is in the channel's history, or an editor has seen it in the channel."""
    DEFERRED = "deferred"
    """Discord gave no answer, and the post may have arrived."""
    DECLINED = "declined"
    """Discord surely did not take the post, but may later: a rate limit, a closed channel."""
    REFUSED = "refused"
    """Discord will never take the post."""
    UNREADABLE = "unreadable"
    """The history can't be read, and nobody knows whether the post arrived."""
    MERGED = "merged"
    """A newer row covers it."""
    ABSENT = "absent"
    """The post surely did not arrive.

    Either an editor looked, or the history does not have the post and Discord no longer remembers its nonce.
    """
    REJECTED = "rejected"
    """An editor discarded the post, or it is no longer wanted."""


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


class InvalidTransitionError(Exception):
    """Raised for a transition that is not allowed in the row's state."""


def next_state(state: State, event: Transition) -> State:
    """Return the state that `event` leads to from `state`.

    Raises:
        InvalidTransitionError: the event is not allowed in this state.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise InvalidTransitionError(f"a {state} row can't be {event}") from None
