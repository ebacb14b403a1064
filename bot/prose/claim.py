"""Claims: single statements that a text makes about the followed contest. Each kind has its own fields."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from bot.count.call import CallSays, Verb
from bot.count.reading import Fips, Frozen, Id, Label, Votes, VotesMoved, as_tuple
from bot.count.reported_batch import CandidateVotes

WallClock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of day in the desk's time zone, as 24-hour HH:MM, without a date."""

Units = Annotated[tuple[Label, ...], BeforeValidator(as_tuple)]
"""Names of counties as in the county table, without "County". Empty if the text names none."""


class ClaimBase(Frozen):
    """A statement in a text: the base of all claims."""

    claim: str
    time: WallClock | None = None
    words: str = ""
    """The sentence that makes the claim, verbatim."""


class Claim(ClaimBase):
    """A claim about the count. Fields that the text does not give are None."""

    stamp: WallClock | None = Field(default=None, exclude=True)
    """The time at the beginning of the line, as in a live blog: when the line was written, not a time that the
    claim gives.
    """

    def fields(self) -> dict[str, Any]:
        """Return the fields as JSON types. The last ones are `time` and `words`."""
        said = self.model_dump(mode="json")
        return said | {name: said.pop(name) for name in ("time", "words")}

    def to_json(self) -> str:
        """Return the claim as one line of JSON, with the fields in the order of `fields`."""
        return json.dumps(self.fields(), ensure_ascii=False)


class LeadClaim(Claim):
    """The base of claims about a margin or about a change of the margin."""

    candidate: Id | None = None
    """The id of the candidate who leads. None if that can't be read."""
    votes: VotesMoved
    approximate: bool = False
    """True if the text says "about", "just over" or "nearly", or rounds, as in "14K"."""
    units: Units = ()


class MarginClaim(LeadClaim):
    """A claim that a candidate leads by a number of votes."""

    claim: Literal["margin"] = "margin"
    votes: Votes
    units: Annotated[tuple[()], BeforeValidator(as_tuple)] = ()


class ChangeClaim(LeadClaim):
    """A claim that a lead changed by a number of votes, which is negative if the lead shrank.

    `units` are the counties whose votes changed the lead.
    """

    claim: Literal["margin_change"] = "margin_change"


class TotalClaim(Claim):
    """A claim about the number of votes counted so far."""

    claim: Literal["total"] = "total"
    votes: Votes
    approximate: bool = False


class CertifiedClaim(Claim):
    """A claim about how many reporting units have certified."""

    claim: Literal["certified"] = "certified"
    done: Votes
    of: Votes | None = None
    before: Votes | None = None
    """How many had certified earlier, if the text gives the number: "up from 92"."""


class LeftClaim(Claim):
    """A claim about how many ballots are left to count, in the whole contest if `units` is empty."""

    claim: Literal["outstanding"] = "outstanding"
    ballots: Votes
    units: Units = ()
    approximate: bool = False


class NoChangeClaim(Claim):
    """A claim that the count has not changed."""

    claim: Literal["no_change"] = "no_change"


class VotesClaim(Claim):
    """A claim about a candidate's number of votes, in the whole contest if `units` is empty."""

    claim: Literal["votes"] = "votes"
    candidate: Id
    votes: Votes
    approximate: bool = False
    units: Units = ()


class ReportingClaim(Claim):
    """A claim about how much of the count is in, as a percentage."""

    claim: Literal["reporting"] = "reporting"
    percent: Annotated[str, Field(pattern=r"^(100|[1-9]?[0-9](\.[0-9]{1,3})?)$")]
    of: Literal["precincts", "counties", "votes"] | None = None
    """What the percentage is a share of. None if the text does not say."""
    units: Units = ()
    approximate: bool = False


class BatchClaim(Claim):
    """A claim about votes that came in together.

    Its effect on the lead is not part of the claim, since that depends on who leads.
    """

    claim: Literal["batch"] = "batch"
    votes: Votes
    split: dict[Id, Votes] | None = None
    net: CandidateVotes | None = None
    """A candidate, and by how many votes the candidate beat the rival in this batch."""
    units: Units = ()
    approximate: bool = False


class UnitsClaim(ClaimBase):
    """A claim that certain counties, listed by name, have certified."""

    claim: Literal["units_certified"] = "units_certified"
    units: tuple[Fips, ...]
    """The counties' FIPS codes, without duplicates."""


class CallClaim(ClaimBase):
    """A claim about a call: a contest called, "too close to call", or a call withdrawn."""

    claim: Literal["call"] = "call"
    caller: Id
    """The id of the source that made the call. In the desk file, that source makes calls."""
    says: CallSays
    candidate: Id | None = None
    """The id of the candidate for whom the contest is called. None if it is called for nobody."""
    verb: Verb
    """The caller's verb, such as "projected". If the text has none, the verb that the desk file gives for this caller."""


WordClaim: TypeAlias = UnitsClaim | CallClaim
"""Claims without a figure, which are offered to staff only. `read --format prose` does not print them."""


@dataclass(frozen=True, slots=True)
class ParsedText:
    """The result of reading a text: its claims, and the sentences without any."""

    claims: tuple[Claim, ...]
    """In the order of the text."""
    leftovers: tuple[str, ...]
    """The sentences in which no claim was found, verbatim, in the order of the text."""
    refused: tuple[tuple[str, str], ...] = ()
    """(sentence, reason) of sentences that claim nothing about this count, such as forecasts, in the order of the text."""
    words: tuple[WordClaim, ...] = ()
    """Counties certified by name and calls, in the order of the text."""
    strangers: tuple[str, ...] = ()
    """Calls, verbatim, by somebody who is no caller in the desk file. They are not offered, only mentioned."""
