"""What a source's answer means by the desk file: each slip that people make is named."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.cli.read_aloud import Heard, read_aloud, wrong_zone
from bot.count.reading import Reading
from bot.desk.desk_file import Desk

CONTEST: dict[str, Any] = {
    "id": "ga-sen",
    "name": "U.S. Senate",
    "state": "GA",
    "leads": "sos",
    "candidates": [
        {"id": "warnock", "name": "Raphael Warnock", "last": "Warnock"},
        {"id": "walker", "name": "Herschel Junior Walker", "last": "Walker"},
        {"id": "oliver", "name": "Chase Oliver", "last": "Oliver"},
    ],
    "feeds": {
        "sos": {
            "key": "100",
            "candidates": {
                "raphael-warnock": "warnock", "herschel-junior-walker": "walker", "chase-oliver": "oliver",
            },
        }
    },
}  # fmt: skip
VOTES = {"raphael-warnock": 1_946_117, "herschel-junior-walker": 1_908_442, "chase-oliver": 81_365}
NAMES = {
    "raphael-warnock": "Raphael Warnock",
    "herschel-junior-walker": "Herschel Junior Walker",
    "chase-oliver": "Chase Oliver",
}


def heard(contest: dict[str, Any] | None = None, **reading: object) -> list[Heard]:
    sources = [{"id": "sos", "name": "the Secretary of State", "format": "readings", "url": "https://example.org/a"}]
    desk = Desk.model_validate(
        {"desk": {"zone": "America/New_York"}, "contests": [CONTEST | (contest or {})], "sources": sources}
    )
    said: dict[str, Any] = {
        "source": "sos",
        "contest": "100",
        "contest_name": "US Senate",
        "as_of": datetime(2022, 11, 9, tzinfo=UTC),
    }
    one = Reading.model_validate(said | {"votes": VOTES, "names": NAMES} | reading)
    return list(read_aloud(desk, desk.sources[0], [one]))


def mapped(**changed: str) -> dict[str, Any]:
    feed = CONTEST["feeds"]["sos"]
    return {
        "feeds": {
            "sos": feed
            | {"candidates": feed["candidates"] | {key.replace("_", "-"): value for key, value in changed.items()}}
        }
    }


def test_what_is_right_is_read_aloud_with_votes_and_who_leads() -> None:
    assert heard() == [
        (
            "sos: US Senate (100) = ga-sen (U.S. Senate)",
            None,
            [
                "Raphael Warnock = Warnock, 1,946,117",
                "Herschel Junior Walker = Walker, 1,908,442",
                "Chase Oliver = Oliver, 81,365",
                "Warnock leads by 37,675, with 3,935,924 counted",
            ],
        )
    ]


@pytest.mark.parametrize(
    ("contest", "reading", "said"),
    [
        (mapped(raphael_warnock="walker", herschel_junior_walker="warnock"), {}, "Raphael Warnock is Herschel Junior Walker by the desk file, and Raphael Warnock by the name: they look swapped"),
        (mapped(chase_oliver="walker"), {}, "Chase Oliver is Herschel Junior Walker by the desk file, and Chase Oliver by the name"),
        ({"feeds": {"sos": {"key": "999"}}}, {}, "there is no contest 999 in its answer; look at feeds.sos.key: there are 100 (US Senate)"),
        ({"feeds": {"sos": {"key": "100"}}}, {}, 'Raphael Warnock is nobody in the desk file; say who in feeds.sos.candidates, such as {"raphael-warnock" = "warnock"}'),
        ({}, {"votes": VOTES | {"ann-new": 2_000_000}, "names": NAMES | {"ann-new": "Ann New"}}, "Ann New is nobody in the desk file; say who in feeds.sos.candidates: add them to candidates"),
        ({}, {"units": {name: {"total": 1} for name in ("Miami-Dade", "Broward", "Palm Beach", "Duval")}}, "its units are not counties of GA (Miami-Dade, Broward, Palm Beach)"),
        (mapped(ann_new="oliver"), {"votes": VOTES | {"ann-new": 2}, "names": NAMES | {"ann-new": "Ann New"}}, "both Chase Oliver and Ann New are Chase Oliver by the desk file"),
        (mapped(raphael_warnok="warnock", raphael_warnock="warnock"), {"votes": {"herschel-junior-walker": 5, "chase-oliver": 3}, "names": {}}, "nobody there is Raphael Warnock: feeds.sos.candidates says raphael-warnock, which is not in its answer"),
    ],
)  # fmt: skip
def test_each_slip_is_named(contest: dict[str, Any], reading: dict[str, Any], said: str) -> None:
    (_, wrong, _), *_ = heard(contest, **reading)
    assert wrong is not None
    assert said in wrong


def test_a_stranger_far_behind_is_no_mistake() -> None:
    ((_, wrong, rows),) = heard(votes=VOTES | {"cy-late": 3}, names=NAMES | {"cy-late": "Cy Late"})
    assert wrong is None
    assert "Cy Late = nobody, 3" in rows


@pytest.mark.parametrize(
    ("zone", "is_wrong"), [("Etc/GMT+5", True), ("EST", True), ("America/Phoenix", False), ("America/New_York", False)]
)
def test_a_zone_without_daylight_saving_is_asked_about(zone: str, is_wrong: bool) -> None:
    assert (wrong_zone(ZoneInfo(zone)) is not None) == is_wrong
