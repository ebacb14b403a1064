"""A call: what somebody says of a contest's outcome, in their own word for it. Nothing here ever makes one."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from bot.count.reading import Frozen, Id, SourceSays, as_tuple

CallSays = Literal["called", "runoff", "too_close", "too_early", "none"]
"""`runoff`: called for nobody yet, but said to go to a runoff. `none`: an earlier call is taken back."""

Verb = Literal["called", "projected", "declared", "apparent_winner"]
"""How a caller puts it: AP declares and calls, others project, NBC has an "apparent winner"."""

_NAMES_SOMEBODY = frozenset({"called", "runoff"})

_BY_FEED: dict[str, CallSays] = {
    "too close to call": "too_close",
    "too early to call": "too_early",
    "uncalled": "none",
    "not called": "none",
}
"""AP's raceCallStatus (developer.ap.org, Elections_Response_Data_Elements, as read for `bot/feeds/ap/reader.py`)."""


class Call(Frozen):
    """What one caller says of who has a contest."""

    says: CallSays
    candidates: Annotated[tuple[Id, ...], BeforeValidator(as_tuple), Field(max_length=100)] = ()
    """For whom it is called, or who goes to the runoff; empty otherwise."""
    verb: Verb = "called"
    since: Literal["at", "by"] = "at"
    """`by`: it was there when the source was first read, and nobody knows for how long."""

    @model_validator(mode="after")
    def _names_whom_it_is_for(self) -> Self:
        if (self.says in _NAMES_SOMEBODY) != bool(self.candidates):
            needs = "needs whom it is for" if self.says in _NAMES_SOMEBODY else "is for nobody"
            raise ValueError(f"a call that says {self.says} {needs}")
        return self

    @property
    def is_call(self) -> bool:
        """True if it says how the contest ends; "too close" and "too early" say that it does not yet."""
        return self.says in _NAMES_SOMEBODY

    def same_as(self, other: "Call | None") -> bool:
        """Return True if both say the same of the same candidates, in whatever word and order."""
        return other is not None and (self.says, set(self.candidates)) == (other.says, set(other.candidates))


def called_by(says: SourceSays | None, verb: Verb) -> Call | None:
    """Return what a feed says of the outcome; None where it says nothing, or nothing that is certain.

    A feed that marks somebody and says "Uncalled", or "Called" and marks nobody, contradicts itself: it is not
    taken at either word, and what it said before stands.
    """
    if says is None:
        return None
    status = says.call.casefold().strip() if says.call else None
    by_word = _BY_FEED.get(status) if status else None
    if says.winners:
        return None if by_word is not None else Call(says="called", candidates=says.winners, verb=verb)
    if says.runoff:
        return None if by_word is not None else Call(says="runoff", candidates=says.runoff, verb=verb)
    if status is None:
        return Call(says="none")  # version 2 of AP's API has marks alone; one that is gone is taken back
    return Call(says=by_word, verb=verb) if by_word else None


def call_is_news(call: Call, before: Call | None) -> bool:
    """Return True if a call is worth a post after what its caller said before (None: nothing).

    That polls have only just closed ("too early") is no news, nor is that nothing is said; that a call is gone is.
    """
    if call.same_as(before):
        return False
    return call.says not in ("none", "too_early") or (before is not None and before.is_call)
