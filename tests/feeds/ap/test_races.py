"""Tests the AP's races in a worker process, with the texts that the bot stores for each race."""

import json

import pytest

from bot.feeds.answer_parts import Part
from bot.feeds.ap.races import ApPart, ApRace, RacesRequest, read_races, take_apart
from tests.feeds.ap_files import answer, race, unit
from tests.feeds.conftest import RECEIVED


def apart(body: bytes) -> list[ApRace]:
    return [race for part in take_apart(b"ap", body) for race in ApPart.model_validate_json(part).races]


def read(races: list[ApRace]) -> Part:
    asked = RacesRequest(name="ap", as_of=RECEIVED, source="ap", day=None).model_dump_json().encode()
    *_, part = read_races(asked, *(json.dumps([race.key, race.words]).encode() for race in races))
    return Part.from_json(part)


@pytest.mark.parametrize(
    ("instead", "what"),
    [
        (
            b'"voteCount":70,"voteCount":71',
            "candidates[0] should be an object, not \"one that has the key 'voteCount' twice\"",
        ),
        (b'"voteCount":1e999', "is not JSON: Infinity is no number"),
        (b'"voteCount":70,"suffix":"A\xff"', "suffix should be text in UTF-8"),
    ],
)
def test_a_race_that_can_hardly_be_kept_costs_itself_alone(instead: bytes, what: str) -> None:
    body = answer(race(unit(None, 70, 50)), race(unit(None, 7, 5), number="2"))
    part = read(apart(json.dumps(json.loads(body), separators=(",", ":")).encode().replace(b'"voteCount":70', instead)))
    assert [reading.contest for reading in part.readings] == ["ga-2"]
    (refusal,) = part.refusals
    assert str(refusal).startswith("ap: ga-10005")
    assert what in str(refusal)
