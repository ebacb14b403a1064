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

from collections.abc import Iterator
from typing import BinaryIO, TypeAlias

from msgspec import field

from bot.count.reading import Reading, Reporting
from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.ballot import ballot_of, count_named
from bot.feeds.reader import ReaderContext, Refusal
from bot.feeds.skeleton import ContestModel, Found, json_contests, reader, reading_of
from bot.feeds.strict_json import Count, is_on, pair

FORMAT = "clarity-summary"


class _Contest(ContestModel):
    """A contest, its choices in lists side by side."""

    VOTES = b'"V"'
    times = 1

    key: str = field(name="K")
    choices: list[str] = field(name="CH")
    votes: list[Count] = field(name="V")
    name: str | None = field(name="C", default=None)
    category: str | None = field(name="CAT", default=None)
    parties: list[str | None] | None = field(name="P", default=None)
    total: Count | None = field(name="T", default=None)
    reported: Count | None = field(name="PR", default=None)
    units: Count | None = field(name="TP", default=None)
    has_no_choice: object = field(name="IsContestNoChoice", default=None)
    is_ranked: object = field(name="IsRCV", default=None)


_Told: TypeAlias = tuple[None, _Contest]


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[Found[_Told] | Refusal]:
    document = strict_json.read_document(stream)
    if document.lstrip()[:1] == b"{":
        document = strict_json.members(document, "the file").get("Contests", b"null")
    listed = strict_json.elements(document, "the contests, or Contests,")
    yield from json_contests(listed, _Contest, None, context)


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


read = reader(FORMAT, _find, _read)
