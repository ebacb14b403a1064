"""The format `clarity-summary`: `summary.json` of a Clarity results site (SOE Software).

The file is a list of contests, a state's of today an object that has the list as `Contests`. Seen in Georgia's file of
12 November 2020 (version 271066), in Colorado's of 2022, in one of a New Jersey county of June 2026 and in the readers
of washingtonpost/elex-clarity and openelections/clarify. What the files show:

- T is new: a file of 2020 has none, nor does every one of today. 0 is "not said", and the total is the sum of the votes.
  The same is held of TP.
- TV is not read: it is 0, or the voters registered, ten times the votes (West Virginia). Nor is BC, the ballots
  cast: in Colorado it was behind the votes, and where several are elected there are fewer ballots than votes.
- TP and PR count counties in a state's file, never precincts.
- IsRCV is off in every contest that was seen: of a ranked one nobody knows which round's votes V has, and it is refused.
- W, the winner flags, are 0 throughout, and calling a contest is not a count's business: not read.
- It carries no time and no results status.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, TypeAlias

from pydantic import Field

from bot.count.reading import Reading, Reporting, Votes
from bot.errors import BadInputError
from bot.feeds.ballot import ballot_of, count_named
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, Refusal
from bot.feeds.skeleton import Found, json_contests, reader, reading_of
from bot.feeds.strict_json import VendorModel, is_on, pair, parse, read_document

NAME = "clarity-summary"


class _Contest(VendorModel):
    """A contest, its choices in lists side by side."""

    key: str = Field(alias="K")
    choices: list[str] = Field(alias="CH")
    votes: list[Votes] = Field(alias="V")
    name: str | None = Field(None, alias="C")
    category: str | None = Field(None, alias="CAT")
    parties: list[str | None] | None = Field(None, alias="P")
    total: Votes | None = Field(None, alias="T")
    reported: Votes | None = Field(None, alias="PR")
    units: Votes | None = Field(None, alias="TP")
    has_no_choice: object = Field(None, alias="IsContestNoChoice")
    is_ranked: object = Field(None, alias="IsRCV")


def _named(contest: Mapping[str, Any]) -> tuple[object, object]:
    return contest.get("K"), contest.get("C")


_Told: TypeAlias = tuple[None, _Contest]


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[Found[_Told] | Refusal]:
    document = parse(read_document(stream))
    listed = document.get("Contests") if isinstance(document, dict) else document
    yield from json_contests(listed, _Contest, _named, None, context, "the contests, or Contests,")


def _read(told: _Told, key: str, context: ReaderContext) -> Reading | None:
    _, contest = told
    if not contest.choices and is_on(contest.has_no_choice):
        return None
    if is_on(contest.is_ranked):
        raise BadInputError("IsRCV is set, and no file that was seen shows which round's votes these are")
    choices, parties = contest.choices, contest.parties
    if len(contest.votes) != len(choices) or not choices:
        raise BadInputError(f"V has {len(contest.votes)} values for {len(choices)} choices")
    if parties is not None and len(parties) != len(choices):
        raise BadInputError(f"P has {len(parties)} values for {len(choices)} choices")
    units = pair(contest.reported, contest.units, "units")
    return reading_of(
        context,
        key,
        ballot_of(tuple(choices), tuple(parties or ())),
        contest.votes,
        name=contest.name,
        total=contest.total or None,
        count=count_named(contest.name, contest.category),
        reporting=Reporting(units=units) if units else None,
    )


read = reader(NAME, _find, _read)

FORMAT = Format(name=NAME, read=read, begins=lambda it: it.has("Contests") or {"K", "C"} <= it.first.keys())
