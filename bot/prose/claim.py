"""Claims: single statements that a text makes about the followed contest. Each kind has its own fields."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from bot.count.call import CallSays, Verb
from bot.count.reading import Fips, Frozen, Id, Label, Votes, VotesMoved, as_tuple
from bot.count.reported_batch import CandidateVotes

WallClock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of day in the desk's time zone, as 24-hour HH:MM, without a date."""

Units = Annotated[tuple[Label, ...], BeforeValidator(as_tuple)]
"""Names of counties as in the county table, without "County". Empty if the text names none."""


class ClaimBase(Frozen):
    """One thing that a text says."""

    claim: str
    time: WallClock | None = None
    words: str = ""
    """The part of the text that says so, verbatim. For a claim that is not sure, the whole sentence."""


class Claim(ClaimBase):
    """A statement about the count. Fields that the text does not give are None."""

    sure: bool = True
    """True if the text surely says so. False for a guess about a number, which a person has to tick."""
    stamp: WallClock | None = Field(default=None, exclude=True)
    """The time at the beginning of its line, as in a live blog: when the line was written, not a time that the claim gives."""

    def fields(self) -> dict[str, Any]:
        """Return the fields as JSON types, with `time`, `words` and `sure` last."""
        said = self.model_dump(mode="json")
        return said | {name: said.pop(name) for name in ("time", "words", "sure")}

    def to_json(self) -> str:
        """Return the claim as one line of JSON."""
        return json.dumps(self.fields(), ensure_ascii=False)


class LeadClaim(Claim):
    """A margin, or a change of one."""

    candidate: Id | None = None
    """The id of who leads. None if that can't be read; such a claim is never sure."""
    votes: VotesMoved
    approximate: bool = False
    """True if the text says "about", "just over" or "nearly", or rounds, as in "14K"."""
    units: Units = ()

    @model_validator(mode="after")
    def _names_who_leads(self) -> Self:
        if self.sure and self.candidate is None:
            raise ValueError("a sure margin without its leader")
        return self


class MarginClaim(LeadClaim):
    """The margin: by how many votes a candidate leads."""

    claim: Literal["margin"] = "margin"
    votes: Votes
    units: Annotated[tuple[()], BeforeValidator(as_tuple)] = ()


class ChangeClaim(LeadClaim):
    """By how many votes a lead changed, negative if it shrank. `units` are the counties whose votes changed it."""

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
    """How many had certified earlier, if the text says so: "up from 92"."""


class LeftClaim(Claim):
    """How many ballots are left to count, in the whole contest if there are no `units`."""

    claim: Literal["outstanding"] = "outstanding"
    ballots: Votes
    units: Units = ()
    approximate: bool = False


class NoChangeClaim(Claim):
    """That nothing has changed."""

    claim: Literal["no_change"] = "no_change"


class VotesClaim(Claim):
    """How many votes a candidate has, in the whole contest if there are no `units`."""

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
    """What the percentage is of. None if the text does not say."""
    units: Units = ()
    approximate: bool = False


class BatchClaim(Claim):
    """Votes that came in together. It does not say how they changed the lead, which depends on who leads."""

    claim: Literal["batch"] = "batch"
    votes: Votes
    split: dict[Id, Votes] | None = None
    net: CandidateVotes | None = None
    """A candidate, and by how many votes they beat the rival in this batch."""
    units: Units = ()
    approximate: bool = False


class UnitsClaim(ClaimBase):
    """Counties that have certified, by name."""

    claim: Literal["units_certified"] = "units_certified"
    units: tuple[Fips, ...]
    """Their FIPS codes, without duplicates."""


class CallClaim(ClaimBase):
    """A caller's word on the outcome: a call, "too close to call", or a call withdrawn."""

    claim: Literal["call"] = "call"
    caller: Id
    """The id of the source that made the call: one that makes calls according to the desk file."""
    says: CallSays
    candidate: Id | None = None
    """The id of the candidate for whom it is called. None if nobody."""
    verb: Verb
    """The caller's verb, such as "projected". If the text has none, the verb that the desk file gives for this caller."""


WordClaim: TypeAlias = UnitsClaim | CallClaim
"""Claims for staff to look at. `read --format prose` does not print them."""


@dataclass(frozen=True, slots=True)
class ParsedText:
    """What was understood of a text, and what was not."""

    claims: tuple[Claim, ...]
    """In the order of the text."""
    leftovers: tuple[str, ...]
    """The sentences from which nothing was understood, verbatim, in the order of the text."""
    refused: tuple[tuple[str, str], ...] = ()
    """(sentence, reason) of sentences that claim nothing about this count, such as forecasts, in the order of the text."""
    words: tuple[WordClaim, ...] = ()
    """Counties certified by name and calls, in the order of the text."""
    proposals: tuple[Claim, ...] = ()
    """Further claims that are not sure, for a person to tick, in the order of the text."""
    strangers: tuple[str, ...] = ()
    """Calls, verbatim, by somebody who is no caller in the desk file. They are not offered, only mentioned."""
