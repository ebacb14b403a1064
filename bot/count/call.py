"""Calls: the statements of a caller, such as AP, about a contest's outcome. The bot never makes a call itself."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from bot.count.reading import Frozen, Id, SourceSays, as_tuple

CallSays = Literal["called", "runoff", "too_close", "too_early", "none"]
"""`runoff`: the contest goes to a runoff. `none`: no call, or an earlier one is withdrawn."""

Verb = Literal["called", "projected", "declared", "apparent_winner"]
"""The verb that a caller uses: AP declares and calls, other callers project, NBC names an "apparent winner"."""

_NAMES_SOMEBODY = frozenset({"called", "runoff"})

_BY_FEED: dict[str, CallSays] = {
    "too close to call": "too_close",
    "too early to call": "too_early",
    "uncalled": "none",
    "not called": "none",
}
"""AP's values of raceCallStatus (developer.ap.org, Elections_Response_Data_Elements), as read for
`bot/feeds/ap/reader.py`.
"""


class Call(Frozen):
    """A caller's statement about a contest's outcome."""

    says: CallSays
    candidates: Annotated[tuple[Id, ...], BeforeValidator(as_tuple), Field(max_length=100)] = ()
    """The winners, or those who go to the runoff. Empty if nothing is called."""
    verb: Verb = "called"
    since: Literal["at", "by"] = "at"
    """`by`: the call was there when the source was first read, so it was made then or at any time before."""

    @model_validator(mode="after")
    def _names_whom_it_is_for(self) -> Self:
        if (self.says in _NAMES_SOMEBODY) != bool(self.candidates):
            needs = "needs whom it is for" if self.says in _NAMES_SOMEBODY else "is for nobody"
            raise ValueError(f"a call that says {self.says} {needs}")
        return self

    @property
    def is_call(self) -> bool:
        """True if the call names a winner or states that there is a runoff.

        False for "too close", "too early" and "none".
        """
        return self.says in _NAMES_SOMEBODY

    def same_as(self, other: "Call | None") -> bool:
        """Return True if both calls state the same outcome for the same candidates.

        The verb and the order don't matter.
        """
        return other is not None and (self.says, set(self.candidates)) == (other.says, set(other.candidates))


def called_by(says: SourceSays | None, verb: Verb) -> Call | None:
    """Return the call in a feed's answer. None if the answer has no call, or contradicts itself.

    `verb` is the caller's word for a call. An answer contradicts itself if it has winners together with "Uncalled", or
    "Called" without winners. The feed's earlier call then remains valid.
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
        return Call(says="none")  # version 2 of AP's API has only marks; if they are gone, the call was withdrawn
    return Call(says=by_word, verb=verb) if by_word else None


def call_is_news(call: Call, before: Call | None) -> bool:
    """Return True if a call is worth a post. `before` is the caller's previous call, or None.

    "Too early" and "none" are news only if they withdraw an earlier call.
    """
    if call.same_as(before):
        return False
    return call.says not in ("none", "too_early") or (before is not None and before.is_call)
