"""The format `clarity-summary`: `summary.json` of a Clarity results site (SOE Software).

The file is a list of contests, or in a state's newer files an object with the list as `Contests`. Seen: Georgia's file of
12 November 2020 (version 271066), Colorado's of 2022, a New Jersey county's of June 2026, and the readers of
washingtonpost/elex-clarity and openelections/clarify. They show:

- T, the total, is missing in 2020 and in some newer files. 0 means unknown, and then the total is the sum of the votes. The
  same goes for TP.
- TV is not read: it is 0, or the number of registered voters (West Virginia). Neither is BC, the ballots cast: in Colorado it
  was behind the votes, and it is smaller than the votes if several are elected.
- TP and PR in a state's file count counties, never precincts.
- IsRCV was off in every contest that was seen. A ranked contest is refused, since it is unknown which round's votes V has.
- W, the winner flags, are always 0, and not read.
- There is no time and no results status.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, TypeAlias

from pydantic import Field

from bot.count.reading import Reading, Reporting, Votes
from bot.errors import BadInputError
from bot.feeds.ballot import ballot_of, count_named
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, Refusal
from bot.feeds.skeleton import FeedContest, json_contests, reader, reading_of
from bot.feeds.strict_json import VendorModel, is_on, pair, parse, read_document

NAME = "clarity-summary"


class _Contest(VendorModel):
    """A contest. Names, votes and parties of its choices are in parallel lists."""

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


def _key_and_name(contest: Mapping[str, Any]) -> tuple[object, object]:
    return contest.get("K"), contest.get("C")


_FileContest: TypeAlias = tuple[None, _Contest]


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[FeedContest[_FileContest] | Refusal]:
    document = parse(read_document(stream))
    listed = document.get("Contests") if isinstance(document, dict) else document
    yield from json_contests(listed, _Contest, _key_and_name, None, context, "the contests, or Contests,")


def _read(parts: _FileContest, key: str, context: ReaderContext) -> Reading | None:
    _, contest = parts
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
