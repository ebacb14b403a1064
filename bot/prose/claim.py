"""Claims: what a text says of the followed contest, one thing each."""

import json
from typing import Annotated, Any, Literal, Self, TypeAlias

from msgspec import Struct
from pydantic import BeforeValidator, Field, model_validator

from bot.count.call import CallSays, Verb
from bot.count.reading import Fips, Frozen, Id, Label, Votes, VotesMoved, as_tuple

WallClock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of day by the desk's clock, HH:MM of 24 hours, without a day."""

Units = Annotated[tuple[Label, ...], BeforeValidator(as_tuple)]
"""Counties by their names in the county table, without "County"; none: none is named."""


Kind: TypeAlias = Literal["margin", "margin_change", "total", "certified", "outstanding", "no_change"]


class Claim(Frozen):
    """What a text says of the count: one figure, or that nothing has changed."""

    claim: Kind
    candidate: Id | None = None
    """Of a margin and of its change who leads, by the desk's id; of others, and where it can't be read, None."""
    votes: VotesMoved | None = None
    """Of a margin, a total, and a change: that from the leader's view, negative where the lead shrinks."""
    ballots: Votes | None = None
    """That are left to count."""
    done: Votes | None = None
    """How many reporting units have certified."""
    of: Votes | None = None
    """How many there are; None where the text does not say."""
    before: Votes | None = None
    """How many had certified before, as the text says."""
    approximate: bool = False
    """The text says about, just over, nearly; or rounds, as in 14K."""
    units: Units = ()
    """Where the votes of a change came from; where ballots are left (empty: in the whole contest). Of a margin none."""
    time: WallClock | None = None
    words: str
    """The part of the text that says so, letter for letter; the sentence, of one that is not sure."""
    sure: bool = True
    """It is exact; False: a number that may be this, with the fields that could be read, for a person to tick."""

    @model_validator(mode="after")
    def _names_who_leads(self) -> Self:
        if self.sure and self.claim in ("margin", "margin_change") and self.candidate is None:
            raise ValueError("a sure margin without its leader")
        return self

    def fields(self) -> dict[str, Any]:
        """Return what a claim of its kind has, `sure` last; what the text does not say is None."""
        said = self.model_dump(mode="json")
        return {name: said[name] for name in ("claim", *_FIELDS[self.claim], "time", "words", "sure")}

    def to_json(self) -> str:
        """Return the claim as one line of JSON."""
        return json.dumps(self.fields(), ensure_ascii=False)


_FIELDS: dict[Kind, tuple[str, ...]] = {
    "margin": ("candidate", "votes", "approximate", "units"),
    "margin_change": ("candidate", "votes", "approximate", "units"),
    "total": ("votes", "approximate"),
    "certified": ("done", "of", "before"),
    "outstanding": ("ballots", "units", "approximate"),
    "no_change": (),
}


class UnitsClaim(Frozen):
    """Counties that have certified, by name."""

    claim: Literal["units_certified"] = "units_certified"
    units: tuple[Fips, ...]
    """Their FIPS codes, each once."""
    time: WallClock | None = None
    words: str


class CallClaim(Frozen):
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


class Understood(Struct, frozen=True):
    """What was understood of a text, and what was not."""

    claims: tuple[Claim, ...]
    """In the order of the text."""
    leftovers: tuple[str, ...]
    """The sentences of which nothing was understood, letter for letter, in the order of the text."""
    words: tuple[WordClaim, ...] = ()
    """Counties certified by name and calls, in the order of the text."""
    proposals: tuple[Claim, ...] = ()
    """What may be claimed beside that, in the order of the text: for a person to tick."""
    strangers: tuple[str, ...] = ()
    """Calls, letter for letter, by somebody who makes none by the desk file: offered to nobody, and said to be so."""
