"""The format `clarity-summary`: `summary.json` of a Clarity results site (SOE Software).

The file is a list of contests, a state's of today an object that has the list as `Contests`. Of each this reads: K the
key; C the name and CAT the category; CH the choices, P their parties and V their votes, three lists side by side; T all
votes; PR of TP reporting units; and IsContestNoChoice. Seen in Georgia's file of 12 November 2020 (version 271066), in
Colorado's of 2022, in one of a New Jersey county of June 2026 and in the readers of washingtonpost/elex-clarity and
openelections/clarify. What the files show:

- T is new: a file of 2020 has none, nor does every one of today. 0 is "not said", and the total is the sum of the votes.
  The same is held of TP.
- TV is not read: it is 0, or the voters registered, ten times the votes (West Virginia). Nor is BC, the ballots
  cast: in Colorado it was behind the votes, and where several are elected there are fewer ballots than votes.
- TP and PR count counties in a state's file, never precincts.
- W, the winner flags, are 0 throughout, and calling a contest is not a count's business: not read.
- It carries no time and no results status.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, BinaryIO

from pydantic import ValidationError

from bot.count.reading import Reading, Reporting
from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.ballot import (
    Ballot,
    ballot_of,
    candidate_ids,
    checked_label,
    count_named,
    label,
    party_of,
    slug,
    split_marks,
)
from bot.feeds.reader import ReaderContext, Refusal, described, quoted, shortened
from bot.feeds.strict_json import are_whole, is_on
from bot.feeds.vote_table import trusted

FORMAT = "clarity-summary"

_FIELDS = itemgetter("C", "CH", "P", "V", "PR", "TP")


_VOTES, _UNITS = itemgetter(3), itemgetter(4, 5)


_slug = lru_cache(maxsize=5000)(slug)


_PLACES = tuple(map(str, range(1, 1001)))


def read(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    """Yield a reading of each contest, in the file's order, or why it is refused.

    A block that repeats an earlier one word for word is dropped, as is a contest that the file itself says
    has no choice; a block that has an earlier one's key and differs from it is refused.
    """
    seen: dict[str, object] = {}
    said = {"source": context.source or FORMAT, "as_of": context.as_of_utc, "as_of_is": context.as_of_is}
    same = {name: field.default for name, field in Reading.model_fields.items()} | said
    blocks = _blocks(stream, context)
    for number, (block, row) in enumerate(zip(blocks, _rows(blocks), strict=True), start=1):
        key = _slug(block["K"]) if isinstance(block, dict) and isinstance(block.get("K"), str) else ""
        if not key:
            yield Refusal(context.name, f"contest {number} of the file: {_without_key(block)}")
        elif key not in seen:
            seen[key] = block
            if row and (reading := _quickly(key, block, row, same)):
                yield reading
            else:
                yield from _read_contest(key, block, context)
        elif seen[key] != block:
            yield _refusal(key, block, context, "is there twice, and the second differs from the first")


def _blocks(stream: BinaryIO, context: ReaderContext) -> list[Any]:
    try:
        document = strict_json.read_document(stream)
    except BadInputError as error:
        raise BadInputError(f"{context.name}: {error}") from None
    blocks = document.get("Contests", document) if isinstance(document, dict) else document
    if not isinstance(blocks, list):
        what = "a list of contests, or an object with it as Contests"
        raise BadInputError(f"{context.name}: should be {what}, not {quoted(blocks)}")
    return blocks


def _without_key(block: object) -> str:
    if not isinstance(block, dict):
        return f"should be an object, not {quoted(block)}"
    return f"K should be the contest's key, not {quoted(block['K'])}" if "K" in block else "K, its key, is missing"


def _read_contest(key: str, block: dict[str, Any], context: ReaderContext) -> Iterator[Reading | Refusal]:
    choices = block.get("CH")
    if choices == [] and is_on(block.get("IsContestNoChoice")):
        return
    if what := _misshapen(choices, block):
        yield _refusal(key, block, context, what)
        return
    try:
        yield Reading.model_validate(_fields(key, block, context))
    except BadInputError as error:
        yield _refusal(key, block, context, str(error))
    except ValidationError as error:
        yield _refusal(key, block, context, described(error))


def _rows(blocks: list[Any]) -> Sequence[tuple[Any, ...] | None]:
    """Return `_FIELDS` of each block, whose numbers are all whole; None for each where one of them is not."""
    try:
        rows = list(map(_FIELDS, blocks))
        totals = [block["T"] for block in blocks if block.get("T") is not None]
        numbers = [*chain.from_iterable(map(_VOTES, rows)), *chain.from_iterable(map(_UNITS, rows)), *totals]
    except (KeyError, TypeError):
        numbers = [None]
    return rows if are_whole(numbers) else [None] * len(blocks)


def _quickly(key: str, block: dict[str, Any], row: tuple[Any, ...], same: dict[str, Any]) -> Reading | None:
    """Return the reading of a contest that is as it should be, without asking pydantic; None of any other.

    What `same` says holds of every contest of the file.
    """
    (name, texts, parties, cast, reported, of), total = row, block.get("T") or 0
    try:
        if not type(texts) is type(parties) is type(cast) is list or not len(texts) == len(parties) == len(cast) > 0:
            return None
        called, count, ballot = _described(name, block.get("CAT"), tuple(texts), tuple(parties))
    except (TypeError, AttributeError, BadInputError):
        return None
    if reported > of or 0 < total < sum(cast):
        return None
    return trusted(
        Reading,
        {
            **same,
            "contest": key,
            "contest_name": called,
            "count": count,
            "votes": dict(zip(ballot.ids, cast, strict=True)),
            "names": dict(ballot.names),
            "parties": dict(ballot.parties) or None,
            "total": total or None,
            "reporting": _units(reported, of) if of else None,
        },
    )


@lru_cache(maxsize=5000)
def _described(
    name: str, category: object, texts: tuple[str, ...], parties: tuple[str | None, ...]
) -> tuple[str | None, str, Ballot]:
    """Return what a contest is called, which count of it this is, and who stands; it stays the same all night."""
    called = label(name)
    if called:
        checked_label(called, "name")
    return called, count_named(name, category), ballot_of(texts, parties, _PLACES[: len(texts)])


@lru_cache(maxsize=1000)
def _units(reported: int, of: int) -> Reporting:
    return trusted(Reporting, {"precincts": None, "units": (reported, of)})


def _misshapen(choices: object, block: dict[str, Any]) -> str | None:
    """Return what keeps the three lists from being read side by side, or None."""
    if not isinstance(choices, list) or not choices:
        return f"CH should be a list of choices, not {quoted(choices)}"
    for choice in choices:
        if not isinstance(choice, str) or not choice.strip():
            return f"CH should hold names, not {quoted(choice)}"
    for field in ("V", "P"):
        values = block.get(field)
        if field == "P" and values is None:
            continue
        if not isinstance(values, list):
            return f"{field} should be a list, not {quoted(values)}"
        if len(values) != len(choices):
            return f"{field} has {len(values)} values for {len(choices)} choices"
    return next(
        (f"P should hold parties, not {quoted(party)}" for party in block.get("P") or () if not _is_party(party)), None
    )


def _is_party(party: object) -> bool:
    return party is None or isinstance(party, str)


def _fields(key: str, block: dict[str, Any], context: ReaderContext) -> dict[str, Any]:
    choices: list[str] = block["CH"]
    marked = [split_marks(choice) for choice in choices]
    names = [name for name, _ in marked]
    listed: Sequence[str | None] = block.get("P") or [None] * len(choices)
    parties = [party_of(mark) or party_of(own) for (_, mark), own in zip(marked, listed, strict=True)]
    ids = candidate_ids(names, parties, [str(place) for place in range(1, len(choices) + 1)])
    units = _said(block.get("TP"))
    return {
        "source": context.source or FORMAT,
        "contest": key,
        "contest_name": _name(block.get("C")),
        "count": count_named(block.get("C"), block.get("CAT")),
        "as_of": context.as_of,
        "as_of_is": context.as_of_is,
        "votes": _by_id(ids, block["V"]),
        "names": _by_id(ids, [_name(name) for name in names]),
        "parties": {candidate: party for candidate, party in zip(ids, parties, strict=True) if party} or None,
        "total": _said(block.get("T")),
        "reporting": None if units is None else {"units": [block.get("PR"), units]},
    }


def _name(text: Any) -> Any:  # noqa: ANN401 - what is no text is for the reading to refuse
    return label(text) if isinstance(text, str) else text


def _said(number: Any) -> Any:  # noqa: ANN401 - what is no number is for the reading to refuse
    return None if type(number) is int and number == 0 else number


def _by_id(ids: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(ids, values, strict=True))


def _refusal(key: str, block: dict[str, Any], context: ReaderContext, what: str) -> Refusal:
    name = block.get("C")
    return Refusal(context.name, what, key, shortened(name) if isinstance(name, str) else None)
