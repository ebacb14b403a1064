"""Claims: what a text says of the followed contest, one thing each."""

import json
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from bot.count.call import CallSays, Verb
from bot.count.reading import Fips, Frozen, Id, Label, Votes, VotesMoved, as_tuple

WallClock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of day by the desk's clock, HH:MM of 24 hours, without a day."""

Units = Annotated[tuple[Label, ...], BeforeValidator(as_tuple)]
"""Counties by their names in the county table, without "County"; none: none is named."""


class _Claim(Frozen):
    sure: Literal[True] = True
    """A claim is exact; what is not is a `Proposal`."""

    def to_json(self) -> str:
        """Return the claim as one line of JSON, `sure` last; what the text does not say is null."""
        fields = self.model_dump(mode="json")
        return json.dumps(fields | {"sure": fields.pop("sure")}, ensure_ascii=False)


class MarginClaim(_Claim):
    """A candidate leads by so many votes."""

    claim: Literal["margin"] = "margin"
    candidate: Id
    """Who leads, by the desk's id."""
    votes: Votes
    approximate: bool = False
    """The text says about, just over, nearly; or rounds, as in 14K."""
    units: Units = ()
    """Always empty: a margin is the whole contest's."""
    time: WallClock | None = None
    words: str
    """The part of the text that says so, letter for letter."""


class MarginChangeClaim(_Claim):
    """The lead has grown or shrunk by so many votes."""

    claim: Literal["margin_change"] = "margin_change"
    candidate: Id
    """Who leads."""
    votes: VotesMoved
    """From the leader's view: negative where the lead shrinks."""
    approximate: bool = False
    units: Units = ()
    """Where the votes came from that did it."""
    time: WallClock | None = None
    words: str


class TotalClaim(_Claim):
    """All votes in the contest's tally."""

    claim: Literal["total"] = "total"
    votes: Votes
    approximate: bool = False
    time: WallClock | None = None
    words: str


class CertifiedClaim(_Claim):
    """So many reporting units have certified."""

    claim: Literal["certified"] = "certified"
    done: Votes
    of: Votes | None = None
    """How many there are; None where the text does not say."""
    before: Votes | None = None
    """How many it were before, as the text says."""
    time: WallClock | None = None
    words: str


class OutstandingClaim(_Claim):
    """Ballots that are left to count."""

    claim: Literal["outstanding"] = "outstanding"
    ballots: Votes
    units: Units = ()
    """Where; empty: in the whole contest."""
    approximate: bool = False
    time: WallClock | None = None
    words: str


class NoChangeClaim(_Claim):
    """Nothing has changed, in so many words."""

    claim: Literal["no_change"] = "no_change"
    time: WallClock | None = None
    """Since, or as of, when."""
    words: str


class UnitsClaim(_Claim):
    """Counties that have certified, by name."""

    claim: Literal["units_certified"] = "units_certified"
    units: tuple[Fips, ...]
    """Their FIPS codes, each once."""
    time: WallClock | None = None
    words: str


class CallClaim(_Claim):
    """What somebody who makes calls says of the outcome; never more than that they say so."""

    claim: Literal["call"] = "call"
    caller: Id
    """Whose word it is: a source of the desk file that makes calls."""
    says: CallSays
    candidate: Id | None = None
    """For whom it is called; None where it is called for nobody."""
    verb: Verb
    """How the caller puts it; of a word that is no call, how the desk file says it puts one."""
    time: WallClock | None = None
    words: str


WordClaim: TypeAlias = UnitsClaim | CallClaim
"""What is said by name or of the outcome: for staff to look at, and no part of what `read --format prose` prints."""


Claim: TypeAlias = MarginClaim | MarginChangeClaim | TotalClaim | CertifiedClaim | OutstandingClaim | NoChangeClaim


Kind: TypeAlias = Literal["margin", "margin_change", "total", "certified", "outstanding"]
"""What a number can be proposed as."""


class Proposal(Frozen):
    """A number that may be a claim, with the fields that could be read."""

    claim: Kind
    candidate: Id | None = None
    """Of a margin: who is named nearest. Of a change nobody: who leads is not said by standing near."""
    votes: VotesMoved | None = None
    ballots: Votes | None = None
    done: Votes | None = None
    of: Votes | None = None
    approximate: bool = False
    units: Units = ()
    time: WallClock | None = None
    words: str
    """The sentence, letter for letter."""
    sure: Literal[False] = False

    def to_json(self) -> str:
        """Return the proposal as one line of JSON, with the fields that a claim of its kind has."""
        fields = self.model_dump(mode="json")
        kept = {name: value for name, value in fields.items() if name in _FIELDS[self.claim]}
        return json.dumps(kept | {"sure": kept.pop("sure")}, ensure_ascii=False)


_FIELDS: dict[Kind, frozenset[str]] = {
    kind.model_fields["claim"].default: frozenset(kind.model_fields)
    for kind in (MarginClaim, MarginChangeClaim, TotalClaim, CertifiedClaim, OutstandingClaim)
}
"""What a claim of each kind has, and so a proposal."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of a text, and what was not."""

    claims: tuple[Claim, ...]
    """In the order of the text."""
    leftovers: tuple[str, ...]
    """The sentences of which nothing was understood, letter for letter, in the order of the text."""
    words: tuple[WordClaim, ...] = ()
    """Counties certified by name and calls, in the order of the text."""
    proposals: tuple[Proposal, ...] = ()
    """What may be claimed beside that, in the order of the text: for a person to tick."""
    strangers: tuple[str, ...] = ()
    """Calls, letter for letter, by somebody who makes none by the desk file: offered to nobody, and said to be so."""
