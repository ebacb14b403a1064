"""Claims: what a text says of the followed contest, one thing each, each kind with its own fields."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from bot.count.call import CallSays, Verb
from bot.count.reading import Fips, Frozen, Id, Label, Votes, VotesMoved, as_tuple
from bot.count.reported_batch import CandidateVotes

WallClock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of day by the desk's clock, HH:MM of 24 hours, without a day."""

Units = Annotated[tuple[Label, ...], BeforeValidator(as_tuple)]
"""Counties by their names in the county table, without "County"; none: none is named."""


class Said(Frozen):
    """One thing that a text says."""

    claim: str
    time: WallClock | None = None
    words: str = ""
    """The part of the text that says so, letter for letter; the sentence, of one that is not sure."""


class Claim(Said):
    """What a text says of the count. Each kind has its own fields; what the text does not say is None."""

    sure: bool = True
    """It is exact; False: a number that may be this, with the fields that could be read, for a person to tick."""
    stamp: WallClock | None = Field(default=None, exclude=True)
    """The time that stands before its line, as in a live blog: when it was written, which is no part of what it says."""

    def fields(self) -> dict[str, Any]:
        """Return what a claim of its kind has, `sure` last."""
        said = self.model_dump(mode="json")
        return said | {name: said.pop(name) for name in ("time", "words", "sure")}

    def to_json(self) -> str:
        """Return the claim as one line of JSON."""
        return json.dumps(self.fields(), ensure_ascii=False)


class LeadClaim(Claim):
    """A margin, or a change of one."""

    candidate: Id | None = None
    """Who leads, by the desk's id; None where it can't be read, which is never sure."""
    votes: VotesMoved
    approximate: bool = False
    """The text says about, just over, nearly; or rounds, as in 14K."""
    units: Units = ()

    @model_validator(mode="after")
    def _names_who_leads(self) -> Self:
        if self.sure and self.candidate is None:
            raise ValueError("a sure margin without its leader")
        return self


class MarginClaim(LeadClaim):
    """By how much somebody leads."""

    claim: Literal["margin"] = "margin"
    votes: Votes
    units: Annotated[tuple[()], BeforeValidator(as_tuple)] = ()


class ChangeClaim(LeadClaim):
    """By how much a lead has changed: negative where it shrinks; `units` are where the votes came from."""

    claim: Literal["margin_change"] = "margin_change"


class TotalClaim(Claim):
    """How many votes are counted."""

    claim: Literal["total"] = "total"
    votes: Votes
    approximate: bool = False


class CertifiedClaim(Claim):
    """How many reporting units have certified."""

    claim: Literal["certified"] = "certified"
    done: Votes
    of: Votes | None = None
    before: Votes | None = None
    """How many had before, as the text says."""


class LeftClaim(Claim):
    """How many ballots are left to count; no units: in the whole contest."""

    claim: Literal["outstanding"] = "outstanding"
    ballots: Votes
    units: Units = ()
    approximate: bool = False


class NoChangeClaim(Claim):
    """That nothing has changed."""

    claim: Literal["no_change"] = "no_change"


class VotesClaim(Claim):
    """How many votes a candidate has; no units: in the whole contest."""

    claim: Literal["votes"] = "votes"
    candidate: Id
    votes: Votes
    approximate: bool = False
    units: Units = ()


class ReportingClaim(Claim):
    """How much of the count is in, as a percentage."""

    claim: Literal["reporting"] = "reporting"
    percent: Annotated[str, Field(pattern=r"^(100|[1-9]?[0-9](\.[0-9]{1,3})?)$")]
    of: Literal["precincts", "counties", "votes"] | None = None
    """Precincts, counties, or an estimate of the votes; None: that is not said."""
    units: Units = ()
    approximate: bool = False


class BatchClaim(Claim):
    """Votes that came in together. How the lead moved by them depends on who leads, and is no part of it."""

    claim: Literal["batch"] = "batch"
    votes: Votes
    split: dict[Id, Votes] | None = None
    net: CandidateVotes | None = None
    """By how many votes a candidate did better in it than the rival."""
    units: Units = ()
    approximate: bool = False


class UnitsClaim(Said):
    """Counties that have certified, by name."""

    claim: Literal["units_certified"] = "units_certified"
    units: tuple[Fips, ...]
    """Their FIPS codes, each once."""


class CallClaim(Said):
    """What somebody who makes calls says of the outcome; never more than that they say so."""

    claim: Literal["call"] = "call"
    caller: Id
    """Whose word it is: a source of the desk file that makes calls."""
    says: CallSays
    candidate: Id | None = None
    """For whom it is called; None where it is called for nobody."""
    verb: Verb
    """How the caller puts it; of a word that is no call, how the desk file says it puts one."""


WordClaim: TypeAlias = UnitsClaim | CallClaim
"""What is said by name or of the outcome: for staff to look at, and no part of what `read --format prose` prints."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of a text, and what was not."""

    claims: tuple[Claim, ...]
    """In the order of the text."""
    leftovers: tuple[str, ...]
    """The sentences of which nothing was understood, letter for letter, in the order of the text."""
    refused: tuple[tuple[str, str], ...] = ()
    """Sentences that say themselves that they are no claim, each with why in a few words, in the order of the text."""
    words: tuple[WordClaim, ...] = ()
    """Counties certified by name and calls, in the order of the text."""
    proposals: tuple[Claim, ...] = ()
    """What may be claimed beside that, in the order of the text: for a person to tick."""
    strangers: tuple[str, ...] = ()
    """Calls, letter for letter, by somebody who makes none by the desk file: offered to nobody, and said to be so."""
