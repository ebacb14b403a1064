"""AP's races in the box: an answer taken apart, and what AP has said of a race since the start put together and read.

The bot keeps each race as the texts that AP sent of it, and looks into none of them.
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
"""Bytes of races in one part of an answer."""


class ApHead(Frozen):
    """What an answer says beside its races."""

    link: str | None = None
    """Of the next request, as it came; None: the answer has none."""
    is_truncated: bool
    day: date | None
    """The election's."""


class ApRace(Frozen):
    """A race, or what has changed in it."""

    words: str
    """As JSON."""
    key: str | None
    """None: it can't be made out."""
    refusal: Refusal | None
    """Why that is."""
    is_test: bool


class ApPart(Frozen):
    """Some of an answer."""

    head: ApHead | None = None
    """In the first part."""
    races: list[ApRace] = []


class AskedRaces(Frozen):
    """What holds for all races that are to be read."""

    name: str
    as_of: Moment
    source: str
    day: date | None


def take_apart(name: bytes, body: bytes) -> Iterator[bytes]:
    """Yield an answer in parts, an `ApPart` each; `name` is what errors call it."""
    try:
        told = answer_of(read_document(io.BytesIO(body)))
    except BadInputError as error:
        raise BadInputError(f"{name.decode()}: {error}") from None
    link = told.head.nextrequest
    head = ApHead(
        link=None if link is None else plain(str(link)), is_truncated=told.head.is_truncated is True, day=told.day
    )
    yield ApPart(head=head).model_dump_json().encode()
    races: list[ApRace] = []
    size = 0
    for number, race in enumerate(told.races, start=1):
        key = key_of(race)
        refusal = race_key_refusal(number, race, name.decode()) if key is None else None
        text = _written(race) if key else ""
        races.append(ApRace(words=text, key=key, refusal=refusal, is_test=is_test(race, told.head)))
        size += len(text) + 1000
        if size >= _AT_ONCE:
            yield ApPart(races=races).model_dump_json().encode()
            races, size = [], 0
    yield ApPart(races=races).model_dump_json().encode()


def read_races(asked: bytes, *races: bytes) -> Iterator[bytes]:
    """Yield what AP has said of some races, put together, and their readings, in parts that are a `Part` each.

    Each race is a list, its key and its texts in order.
    """
    said = AskedRaces.model_validate_json(asked)
    context = ReaderContext(said.name, said.as_of, "received", said.source)
    items: list[tuple[str, Reading | Refusal]] = []
    for one in races:
        key, *texts = json.loads(one)
        race: Race = {}
        try:
            for text in texts:
                race = merged(race, parse(text))
        except BadInputError as error:
            items.append(("", Refusal(said.name, str(error), key)))
            continue
        if len(texts) > 1:
            yield Part(races={key: _written(race)}).to_json()
        item = read_race(key, race, said.day, context)
        items += [] if item is None else [("", item)]
    yield from parts_of(items, context)


def _written(race: object) -> str:
    """Return a race as JSON; what is no object in it, for a key that is there twice, is none afterwards either."""
    return json.dumps(race, separators=(",", ":"), default=repr)


def merged(before: Race, race: Race) -> Race:
    """Return a race with what has changed in it: a unit that comes again replaces the one before as a whole.

    As a whole, since a winner's mark that is missing has been taken back.
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
