"""Handles AP's races in worker processes: splits answers into races, merges races with their changes, and reads them.

The bot itself stores the JSON of each race as text and never parses it.
"""

import io
import json
from collections.abc import Iterator, Mapping
from datetime import date

from bot.count.reading import Frozen, Moment, Reading
from bot.errors import BadInputError
from bot.feeds.answer_parts import Part, parts_of
from bot.feeds.ap.reader import Race, answer_of, is_test, key_of, race_key_refusal, read_race
from bot.feeds.reader import ReaderContext, Refusal, plain
from bot.feeds.strict_json import parse, read_document

_AT_ONCE = 256 * 1024
"""The most bytes of races in one part of an answer."""


class ApHead(Frozen):
    """The fields of an answer besides its races."""

    link: str | None = None
    """The link for the next request, unchecked; None if there is none."""
    is_truncated: bool
    day: date | None
    """Election day."""


class ApRace(Frozen):
    """A race, or a change of a race, as JSON."""

    words: str
    """The race as JSON."""
    key: str | None
    """The race's key; None if it can't be read."""
    refusal: Refusal | None
    """The refusal of a race without a key; None if there is a key."""
    is_test: bool


class ApPart(Frozen):
    """A part of AP's answer, as a worker sends it to the bot."""

    head: ApHead | None = None
    """The answer's other fields. Only the first part has them."""
    races: list[ApRace] = []


class RacesRequest(Frozen):
    """The parameters of a job that reads races."""

    name: str
    as_of: Moment
    source: str
    day: date | None


def take_apart(name: bytes, body: bytes) -> Iterator[bytes]:
    """Yield an answer in parts, each an `ApPart` as JSON. `name` is the answer's name for errors."""
    try:
        answer = answer_of(read_document(io.BytesIO(body)))
    except BadInputError as error:
        raise BadInputError(f"{name.decode()}: {error}") from None
    link = answer.head.nextrequest
    head = ApHead(
        link=None if link is None else plain(str(link)), is_truncated=answer.head.is_truncated is True, day=answer.day
    )
    yield ApPart(head=head).model_dump_json().encode()
    races: list[ApRace] = []
    size = 0
    for number, race in enumerate(answer.races, start=1):
        key = key_of(race)
        refusal = race_key_refusal(number, race, name.decode()) if key is None else None
        text = _as_json(race) if key else ""
        races.append(ApRace(words=text, key=key, refusal=refusal, is_test=is_test(race, answer.head)))
        size += len(text) + 1000
        if size >= _AT_ONCE:
            yield ApPart(races=races).model_dump_json().encode()
            races, size = [], 0
    yield ApPart(races=races).model_dump_json().encode()


def read_races(request: bytes, *races: bytes) -> Iterator[bytes]:
    """Merge races with their changes, and read the merged races.

    Yields parts with merged races and readings, each a `Part` as JSON.

    Args:
        request: the parameters, a `RacesRequest` as JSON.
        races: for each race, a JSON list of the race's key, the race, and its changes, oldest first.

    """
    parameters = RacesRequest.model_validate_json(request)
    context = ReaderContext(parameters.name, parameters.as_of, "received", parameters.source)
    items: list[tuple[str, Reading | Refusal]] = []
    for one in races:
        key, *texts = json.loads(one)
        race: Race = {}
        try:
            for text in texts:
                race = merged(race, parse(text))
        except BadInputError as error:
            items.append(("", Refusal(parameters.name, str(error), key)))
            continue
        if len(texts) > 1:
            yield Part(races={key: _as_json(race)}).to_json()
        item = read_race(key, race, parameters.day, context)
        items += [] if item is None else [("", item)]
    yield from parts_of(items, context)


def _as_json(race: object) -> str:
    """Return a race as JSON. An object with a duplicate key becomes a text, so that it will still be refused."""
    return json.dumps(race, separators=(",", ":"), default=repr)


def merged(before: Race, race: Race) -> Race:
    """Merge `before`, a race, with `race`, a change of that race.

    A unit in the change replaces the earlier unit as a whole. So if the change lacks a candidate's winner mark, the
    mark is removed, as AP intends.
    """
    units = race.get("reportingUnits")
    if not isinstance(units, list) or not isinstance(before.get("reportingUnits"), list):
        return race
    kept = {_unit_key(unit): unit for unit in before["reportingUnits"]}
    return before | race | {"reportingUnits": [*(kept | {_unit_key(unit): unit for unit in units}).values()]}


def _unit_key(unit: object) -> str:
    if not isinstance(unit, Mapping):
        return repr(unit)
    fields = ("level", "statePostal", "reportingunitID", "fipsCode", "reportingunitName")
    return repr([unit.get(field) for field in fields])
