import json
import time
from pathlib import Path

import pytest

from bot.count.reading import Reading, Reporting
from bot.feeds import los_angeles
from bot.feeds.ballot import slug
from bot.feeds.reader import Refusal
from tests.feeds.conftest import failure, items_of
from tests.feeds.state_files import ETS, LONG, LOS_ANGELES, group, la_contest
from tests.feeds.state_files import los_angeles as document


def fixed(*lines: str) -> bytes:
    return "\r\n".join(lines or ETS).encode()


def good(data: bytes) -> list[Reading]:
    items = items_of(los_angeles.read, data)
    assert all(isinstance(one, Reading) for one in items), items
    return [one for one in items if isinstance(one, Reading)]


def test_the_county_s_json_becomes_readings() -> None:
    lamp, first, second = good(LOS_ANGELES)
    assert lamp == Reading(
        source="los-angeles",
        contest="keeper-of-the-lamp",
        contest_name="KEEPER OF THE LAMP",
        as_of=lamp.as_of,
        votes={"ada-quill": 7, "bo-reed": 5},
        names={"ada-quill": "ADA QUILL", "bo-reed": "BO REED"},
    )
    assert lamp.as_of.isoformat() == "2022-11-09T11:35:19.817000+00:00"
    assert (first.contest_name, second.contest_name) == (f"{LONG}1", f"{LONG}2")


def test_titles_too_long_for_a_key_are_cut_and_stay_their_own() -> None:
    _, first, second = good(LOS_ANGELES)
    assert first.contest != second.contest
    assert max(len(first.contest), len(second.contest)) <= 100
    again = good(LOS_ANGELES.replace(b'"Votes": 3', b'"Votes": 300'))
    assert [one.contest for one in again] == [one.contest for one in good(LOS_ANGELES)]


def test_a_time_before_the_election_s_day_is_no_count() -> None:
    (early,) = good(document(group(la_contest("X", ("A", 1))), stamp="2022-11-07T23:59:59"))
    assert early.status == "pre-election"
    staged = [line.replace("11/07/2018", "10/11/2018") for line in ETS]
    assert {one.status for one in good(fixed(*staged))} == {"pre-election"}


def test_the_fixed_width_file_becomes_readings() -> None:
    measure, keeper, justice = good(fixed())
    assert (measure.contest, measure.votes) == ("001", {"yes": 52_870, "no": 26_176})
    assert measure.contest_name == "LA CO FLOOD CONTROL DIST, MEASURE W, W - FLOOD CONTROL DISTRICT"
    assert measure.reporting == Reporting(precincts=(1846, 4551))
    assert measure.as_of.isoformat() == "2018-11-08T00:29:00+00:00"
    assert (keeper.votes, keeper.parties) == ({"ada-quill": 1200, "bo-reed": 134}, {"ada-quill": "R"})
    assert justice.contest_name == "APPELLATE COURT JUSTICES, ASSOCIATE JUSTICE DIV 1, CY MOSS"
    assert justice.votes == {"yes": 157_059, "no": 78_179}


def test_precincts_that_have_reported_and_are_left_blank_are_unsaid() -> None:
    lines = [line.replace("PRECINCTS REPORTING     1,846    40.56", "") for line in ETS]
    assert [one.reporting for one in good(fixed(*lines))] == [None] * 3


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_the_fixed_width_file_has_its_accents_in_either_charset(charset: str) -> None:
    text = fixed().decode().replace("ADA QUILL ", "ADA NUÑEZ ")
    (_, keeper, _) = good(text.encode(charset))
    assert (keeper.names, keeper.votes) == (
        {"ada-nunez": "ADA NUÑEZ", "bo-reed": "BO REED"},
        {"ada-nunez": 1200, "bo-reed": 134},
    )


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (fixed(*ETS[:-1]), "feed: is cut short: its last line should be one of EF and say 13 lines"),
        (fixed(*ETS[:5], ETS[-1]), "feed: is cut short: its last line should be one of EF and say 6 lines"),
        (b"Governor,Ada,7", "feed: is neither JSON nor a file of fixed width"),
        (b'{"Election": {}}', "feed: Election.ContestGroups is missing"),
        (document(group(), stamp="soon"), "feed: 'soon' is no time that is known here"),
    ],
)
def test_what_is_no_such_file_gives_nothing(data: bytes, what: str) -> None:
    assert failure(los_angeles.read, data).startswith(what)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (document(group(la_contest("X", ("A", "1")))), "candidates[0].Votes should be a whole number, not '1'"),
        (fixed(*(line.replace("1,200", "1.200") for line in ETS)), "votes of ADA QUILL should be a number in text"),
        (fixed(*(line.replace("- YES  ", "       ") for line in ETS)), "should have yes or no and the votes"),
    ],
)
def test_one_bad_contest_does_not_cost_the_others(data: bytes, what: str) -> None:
    items = items_of(los_angeles.read, data)
    assert any(isinstance(one, Refusal) and what.casefold() in str(one).casefold() for one in items), items


@pytest.mark.parametrize("name", ["2022-11-09T0831", "2022-12-07T1105"])
def test_the_county_s_own_json(feeds: Path, name: str) -> None:
    data = (feeds / "los-angeles" / f"{name}.json").read_bytes()
    found = good(data)
    contests = [one for of in json.loads(data)["Election"]["ContestGroups"] for one in of["Contests"]]
    assert len(found) == len({one.contest for one in found}) == len(contests) == 430
    for one, contest in zip(found, contests, strict=True):
        assert one.contest_name == contest["Title"]
        assert list(one.votes.values()) == [candidate["Votes"] for candidate in contest["Candidates"]]
        assert [slug(candidate["Name"]) for candidate in contest["Candidates"]] == list(one.votes)
        assert one.status is None


@pytest.mark.parametrize("name", ["start", "end"])
def test_the_county_s_own_fixed_width(feeds: Path, name: str) -> None:
    data = (feeds / "los-angeles" / f"0018nov18-{name}.ets").read_bytes()
    found = {one.contest: one for one in good(data)}
    lines = data.decode("latin-1").splitlines()
    expected: dict[str, list[int]] = {}
    for line in lines:
        if line[3:5] in {"CN", "MT", "JN"}:
            expected.setdefault(line[:3], []).append(int(line[73:82].replace(",", "")))
    assert {key: list(one.votes.values()) for key, one in found.items()} == expected
    assert len(found) == 308
    for line in lines:
        if line[3:5] == "PR" and line[:3] in found:
            precincts = (int(line[77:82].replace(",", "")), int(line[36:41].replace(",", "")))
            assert found[line[:3]].reporting == (Reporting(precincts=precincts) if any(precincts) else None)
    assert {one.status for one in found.values()} == {"pre-election"}


def test_a_line_of_many_spaces_takes_time_in_proportion() -> None:
    """An earlier version took a minute for a line of 300 KB of spaces."""

    def seconds(spaces: int) -> float:
        lines = [*ETS[:3], ETS[3][:18] + " " * spaces, *ETS[4:]]
        began = time.process_time()
        assert any(isinstance(one, Refusal) for one in items_of(los_angeles.read, fixed(*lines)))
        return time.process_time() - began

    assert any(seconds(16_000) < 8 * seconds(4_000) for _ in range(5))
