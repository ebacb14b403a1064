"""Tests what a source's answer means under the desk file. Common mistakes in the desk file are named."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.cli.read_aloud import ReadAloud, read_aloud, wrong_zone
from bot.count.reading import Reading
from bot.desk.desk_file import Desk
from bot.feeds.reader import Refusal

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
                "raphael-warnock": "warnock",
                "herschel-junior-walker": "walker",
                "chase-oliver": "oliver",
            },
        }
    },
}
VOTES = {"raphael-warnock": 1_946_117, "herschel-junior-walker": 1_908_442, "chase-oliver": 81_365}
NAMES = {
    "raphael-warnock": "Raphael Warnock",
    "herschel-junior-walker": "Herschel Junior Walker",
    "chase-oliver": "Chase Oliver",
}


def heard(contest: dict[str, Any] | None = None, **reading: object) -> list[ReadAloud]:
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
        (
            mapped(raphael_warnock="walker", herschel_junior_walker="warnock"),
            {},
            "Raphael Warnock and Herschel Junior Walker are swapped: look at feeds.sos.candidates",
        ),
        (
            mapped(chase_oliver="walker"),
            {},
            "Herschel Junior Walker and Chase Oliver are both Herschel Junior Walker by the desk file; leave one of them in feeds.sos.candidates",
        ),
        (
            {"feeds": {"sos": {"key": "999"}}},
            {},
            "its answer has no contest 999; correct feeds.sos.key; it has 100 (US Senate)",
        ),
        (
            {"feeds": {"sos": {"key": "100"}}},
            {},
            'Raphael Warnock, Herschel Junior Walker and Chase Oliver are nobody in the desk file; say who in feeds.sos.candidates: "raphael-warnock" = "warnock", "herschel-junior-walker" = "walker", "chase-oliver" = "oliver"',
        ),
        (
            {},
            {"votes": VOTES | {"ann-new": 2_000_000}, "names": NAMES | {"ann-new": "Ann New"}},
            "Ann New is nobody in the desk file, and among the first two: add them to candidates, and to feeds.sos.candidates under ann-new",
        ),
        (
            {},
            {"units": {name: {"total": 1} for name in ("Miami-Dade", "Broward", "Palm Beach", "Duval")}},
            "its units are not counties of GA (Miami-Dade, Broward, Palm Beach)",
        ),
        (
            {},
            {"reporting": {"units": [40, 180]}},
            "180 units report, and GA has 159 counties; set unit to precinct or town",
        ),
        (
            mapped(ann_new="oliver"),
            {"votes": VOTES | {"ann-new": 2}, "names": NAMES | {"ann-new": "Ann New"}},
            "Chase Oliver and Ann New are both Chase Oliver by the desk file",
        ),
        (
            mapped(raphael_warnok="warnock", raphael_warnock="warnock"),
            {"votes": {"herschel-junior-walker": 5, "chase-oliver": 3}, "names": {}},
            "Raphael Warnock is not in its answer: feeds.sos.candidates says raphael-warnock; remove it",
        ),
    ],
)
def test_each_slip_is_named(contest: dict[str, Any], reading: dict[str, Any], said: str) -> None:
    (_, wrong, _), *_ = heard(contest, **reading)
    assert wrong is not None
    assert said in wrong


def test_a_key_that_is_not_there_is_named_with_the_one_that_is_meant() -> None:
    feed = CONTEST["feeds"]["sos"]
    misspelt = {"raphael-warnok": "warnock", "herschel-junior-walker": "walker", "chase-oliver": "oliver"}
    ((_, wrong, rows),) = heard({"feeds": {"sos": feed | {"candidates": misspelt}}})
    assert wrong is not None
    assert wrong.endswith('candidates: "raphael-warnock" = "warnock" instead of raphael-warnok')
    assert rows[-1].startswith("Raphael Warnock leads by 37,675")


def test_what_is_refused_is_said_in_place_of_what_is_missing() -> None:
    source = {"id": "sos", "name": "the clerk", "format": "readings", "url": "https://example.org/a"}
    desk = Desk.model_validate({"desk": {"zone": "America/New_York"}, "contests": [CONTEST], "sources": [source]})
    ((_, wrong, _),) = read_aloud(desk, desk.sources[0], [], [Refusal("feed", "has candidates of two parties", "100")])
    assert wrong == "has candidates of two parties"


def test_a_contest_without_votes_yet_is_not_missing() -> None:
    source = {"id": "sos", "name": "the clerk", "format": "readings", "url": "https://example.org/a"}
    desk = Desk.model_validate({"desk": {"zone": "America/New_York"}, "contests": [CONTEST], "sources": [source]})
    ((what, wrong, _),) = read_aloud(desk, desk.sources[0], [], no_votes_yet=["100"])
    assert (what.rpartition(": ")[2], wrong) == ("no votes yet", None)


def test_times_counted_are_never_to_be_added_to_the_candidates() -> None:
    votes, names = VOTES | {"times-counted": 9_000_000}, NAMES | {"times-counted": "Times Counted"}
    ((_, wrong, _),) = heard(votes=votes, names=names)
    assert wrong is None


def test_another_contest_is_named_with_the_one_that_has_the_desks_candidates() -> None:
    sources = [{"id": "sos", "name": "the Secretary of State", "format": "readings", "url": "https://example.org/a"}]
    wrong_key = CONTEST | {"feeds": {"sos": {"key": "200"}}}
    desk = Desk.model_validate({"desk": {"zone": "America/New_York"}, "contests": [wrong_key], "sources": sources})
    readings = [
        Reading.model_validate(
            {"source": "sos", "contest": key, "contest_name": name, "as_of": datetime(2022, 11, 9, tzinfo=UTC)} | more
        )
        for key, name, more in (
            ("100", "US Senate", {"votes": VOTES, "names": NAMES}),
            ("200", "Governor", {"votes": {"a": 2, "b": 1}, "names": {"a": "Brian Kemp", "b": "Stacey Abrams"}}),
        )
    ]
    ((_, wrong, rows),) = read_aloud(desk, desk.sources[0], readings)
    assert wrong == (
        "it is another contest: of Brian Kemp and Stacey Abrams nobody is in the desk file's; look at feeds.sos.key; "
        "US Senate has them: its key is 100"
    )
    assert rows == ["Brian Kemp = nobody, 2", "Stacey Abrams = nobody, 1", "Brian Kemp leads by 1, with 3 counted"]


def test_a_stranger_far_behind_is_no_mistake() -> None:
    ((_, wrong, rows),) = heard(votes=VOTES | {"cy-late": 3}, names=NAMES | {"cy-late": "Cy Late"})
    assert wrong is None
    assert "Cy Late = nobody, 3" in rows


@pytest.mark.parametrize(
    ("zone", "is_wrong"), [("Etc/GMT+5", True), ("EST", True), ("America/Phoenix", False), ("America/New_York", False)]
)
def test_a_zone_without_daylight_saving_is_asked_about(zone: str, is_wrong: bool) -> None:
    assert (wrong_zone(ZoneInfo(zone)) is not None) == is_wrong
