"""Tests rehearsal days made from an operator's own desk file."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.count.reading import Reading
from bot.desk.desk_file import Source, load_desk
from bot.errors import BadInputError
from bot.feeds.recording import Recorder
from bot.rehearsal.day import Day, DayChannel, ReadingStep, StatementStep
from bot.rehearsal.own_day import OwnDay, grown_day, recorded_day, with_happenings
from bot.rehearsal.stage import FeedServer, with_feeds
from tests.rehearsal.histories import posts_of

NOW = datetime(2026, 11, 4, 5, tzinfo=UTC)
URL = "https://results.example.org/feed.jsonl"


@pytest.fixture
def desk_file(tmp_path: Path) -> Path:
    """Write a desk file with a contest, a reporter, and a source that has its own ids for contest and candidates."""
    path = tmp_path / "desk.toml"
    path.write_text(
        """
[desk]
zone = "America/New_York"
[[contests]]
id = "lamp"
name = "Lamp Keeper"
election_day = 2026-11-03
leads = "sos"
candidates = [{id = "quill", name = "Ann Quill", last = "Quill"}, {id = "reed", name = "Bo Reed", last = "Reed"}]
feeds.sos = {key = "100", candidates = {"ann-quill" = "quill", "bo-reed" = "reed"}}
[[sources]]
id = "sos"
name = "the Secretary of State"
format = "readings"
url = "URL"
[[sources]]
id = "reporter"
name = "our reporter"
person = true
public = false
""".replace("URL", URL),
        encoding="utf-8",
    )
    return path


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """Write a file with the complete count of 20 counties."""
    path = tmp_path / "finished.jsonl"
    path.write_text(line(0, 0, units=20), encoding="utf-8")
    return path


def line(quill: int, reed: int, minute: int = 0, units: int = 0) -> str:
    reading: dict[str, object] = {
        "source": "sos",
        "contest": "100",
        "as_of": (NOW + timedelta(minutes=minute)).isoformat(),
        "votes": {"ann-quill": quill, "bo-reed": reed},
    }
    if units:  # the last ones are Quill's
        reading["units"] = {
            f"County {number}": {
                "total": 100,
                "votes": {"ann-quill": 30 if number < units / 2 else 90, "bo-reed": 0 if number >= units / 2 else 70},
            }
            for number in range(units)
        }
        reading["votes"] = {"ann-quill": units // 2 * 120, "bo-reed": units // 2 * 70}
        reading["total"] = units * 100
    return json.dumps(reading)


def readings(day: Day) -> list[tuple[int, int]]:
    return [
        (step.reading.votes["quill"], step.reading.votes["reed"]) for step in day.steps if isinstance(step, ReadingStep)
    ]


def test_a_finished_count_grows_from_nothing_to_its_end_unit_by_unit(desk_file: Path, finished: Path) -> None:
    day = grown_day(desk_file, finished, NOW, seed=3).day
    votes = readings(day)
    assert votes[0] == (0, 0)
    assert votes[-1] == (1200, 700)
    assert all(before[0] <= after[0] and before[1] <= after[1] for before, after in pairwise(votes))
    leads = [quill - reed for quill, reed in votes]
    assert min(leads) < 0 < leads[-1]  # who trails at the end leads at first
    assert day.starts == datetime(2026, 11, 4, 0, tzinfo=UTC)  # polls close at seven in the evening
    assert day == grown_day(desk_file, finished, NOW, seed=3).day
    assert day != grown_day(desk_file, finished, NOW, seed=4).day


def test_a_count_without_units_grows_evenly(desk_file: Path, tmp_path: Path) -> None:
    finished = tmp_path / "finished.jsonl"
    finished.write_text(line(4000, 2000), encoding="utf-8")
    votes = readings(grown_day(desk_file, finished, NOW).day)
    assert (votes[0], votes[20], votes[-1]) == ((0, 0), (2000, 1000), (4000, 2000))


def test_a_recording_is_the_same_day_each_time_and_each_answer_is_a_step_at_its_time(
    desk_file: Path, tmp_path: Path
) -> None:
    recorder = Recorder(tmp_path / "night")
    for minute, (quill, reed) in enumerate([(10, 20), (30, 25)]):
        at = NOW + timedelta(minutes=minute * 7)
        recorder.keep("sos", URL, line(quill, reed, minute * 7).encode(), at, None, None)
    recorder.keep("sos", URL, b"broken", NOW + timedelta(minutes=20), None, None)
    day = recorded_day(desk_file, tmp_path / "night").day
    assert [step.at - NOW for step in day.steps] == [timedelta(0), timedelta(minutes=7)]
    assert readings(day) == [(10, 20), (30, 25)]
    assert [channel.follows for channel in day.channels] == [["lamp"]]
    assert day == recorded_day(desk_file, tmp_path / "night").day


def test_happenings_come_on_top(desk_file: Path, finished: Path) -> None:
    own = grown_day(desk_file, finished, NOW)
    day = with_happenings(own).day
    falls = [after for before, after in pairwise(readings(day)) if min(after[0] - before[0], after[1] - before[1]) < 0]
    said = [step.statement for step in day.steps if isinstance(step, StatementStep)]
    assert len(falls) == 1
    expected = [("reporter", True, None), ("sos", False, (10, 20)), ("sos", False, (20, 20))]
    assert [(one.source, one.margin is not None, one.certified) for one in said] == expected
    without = own.desk.model_copy(update={"sources": own.desk.sources[:1]})  # as `tallydesk new` writes it
    drilled = with_happenings(OwnDay(own.day, without))
    assert [one.name for one in drilled.desk.sources if one.person] == ["our reporter"]
    said = [step.statement for step in drilled.day.steps if isinstance(step, StatementStep)]
    assert [(one.source, one.margin is not None, one.certified) for one in said] == expected


async def test_a_silence_on_top_is_told_where_the_source_is_to_be_told_as_silent(
    desk_file: Path, finished: Path
) -> None:
    text = desk_file.read_text(encoding="utf-8")
    desk_file.write_text(
        text.replace('format = "readings"', 'format = "readings"\nstale_after_night = "45m"'), encoding="utf-8"
    )
    own = grown_day(desk_file, finished, NOW)
    drilled = with_happenings(own)
    gaps = [after.at - before.at for before, after in pairwise(drilled.day.steps)]
    assert max(gaps) > timedelta(minutes=45)
    assert [step.at for step in drilled.day.steps] == sorted(step.at for step in drilled.day.steps)
    posts = await posts_of(drilled.day, drilled.desk)
    assert "stale" in {post.kind for post in posts}
    assert {"revision", "statement", "certified"} <= {post.kind for post in posts}


async def test_a_candidate_is_missing_until_the_desk_is_asked(desk_file: Path, tmp_path: Path) -> None:
    finished = tmp_path / "finished.jsonl"
    reading = json.loads(line(0, 0, units=20))
    for unit in reading["units"].values():
        unit["votes"]["cy-lund"] = 1
        unit["total"] = 101
    votes = reading["votes"] | {"cy-lund": 20}
    finished.write_text(json.dumps(reading | {"votes": votes, "total": 2020}), encoding="utf-8")
    drilled = with_happenings(grown_day(desk_file, finished, NOW))
    posts = await posts_of(drilled.day, drilled.desk)
    asked = [post.content for post in posts if post.kind == "notice"]
    assert any(said.startswith("**Held for the desk:**") and "no longer list" in said for said in asked), asked


AP_TEST = {
    "electionDate": "2026-11-03",
    "resultsType": "t",
    "races": [
        {
            "raceID": "100",
            "officeName": "Lamp Keeper",
            "statePostal": "GA",
            "reportingUnits": [
                {
                    "level": "state",
                    "statePostal": "GA",
                    "lastUpdated": "2026-10-20T15:00:00Z",
                    "candidates": [
                        {"candidateID": "1", "first": "Ann", "last": "Quill", "party": "Dem", "voteCount": 50},
                        {"candidateID": "2", "first": "Bo", "last": "Reed", "party": "GOP", "voteCount": 40},
                    ],
                }
            ],
        }
    ],
}


@pytest.fixture
def ap_desk(desk_file: Path) -> Path:
    text = desk_file.read_text(encoding="utf-8")
    desk_file.write_text(text.replace('"readings"', '"ap"').replace('key = "100"', 'key = "ga-100"'), encoding="utf-8")
    return desk_file


def test_a_vendors_test_data_is_taken_and_the_day_says_so(ap_desk: Path, tmp_path: Path) -> None:
    finished = tmp_path / "ap.json"
    finished.write_text(json.dumps(AP_TEST), encoding="utf-8")
    day = grown_day(ap_desk, finished, NOW).day
    assert day.test_data
    assert day.title.startswith("TEST DATA, desk.toml: ")
    assert readings(day)[-1] == (50, 40)
    assert all(step.reading.status is None for step in day.steps if isinstance(step, ReadingStep))
    finished.write_text(json.dumps(AP_TEST | {"resultsType": "l"}), encoding="utf-8")
    assert not grown_day(ap_desk, finished, NOW).day.test_data


async def test_every_post_of_test_data_says_that_it_is(ap_desk: Path, tmp_path: Path) -> None:
    finished = tmp_path / "ap.json"
    finished.write_text(json.dumps(AP_TEST), encoding="utf-8")
    own = with_happenings(grown_day(ap_desk, finished, NOW))
    posts = await posts_of(own.day, own.desk)
    assert len(posts) > 5
    assert all(" · TEST · rehearsal" in post.content for post in posts), [post.content for post in posts]


def test_test_data_is_taken_in_a_rehearsal_of_ones_own_desk_and_nowhere_else() -> None:
    root = Path(__file__).parents[2]
    taking = [
        path.relative_to(root).as_posix()
        for folder in ("bot", "cogs")
        for path in (root / folder).rglob("*.py")
        if re.search(r"feed\.tests\b|tests: set\[str\] = set\(\)", path.read_text(encoding="utf-8"))
    ]
    assert taking == ["bot/rehearsal/own_day.py"]


def test_a_file_of_other_contests_is_one_line(desk_file: Path, tmp_path: Path) -> None:
    finished = tmp_path / "finished.jsonl"
    finished.write_text(line(1, 2).replace('"100"', '"999"'), encoding="utf-8")
    with pytest.raises(BadInputError, match="has none of the desk file's contests"):
        grown_day(desk_file, finished, NOW)


async def test_a_sheet_s_columns_are_no_part_of_what_is_served(desk_file: Path) -> None:
    sheet = {"format": "csv", "url": URL, "columns": {"candidate": "Who", "votes": "How many"}, "every": "60s"}
    desk = load_desk(desk_file)
    source = Source.model_validate({"id": "sos", "name": "the sheet"} | sheet)
    mine = desk.model_copy(update={"sources": [source, *desk.sources[1:]]})
    at = NOW
    reading = Reading.model_validate(
        {"source": "sos", "contest": "lamp", "as_of": at, "votes": {"quill": 1, "reed": 2}}
    )
    day = Day(
        title="a day",
        facts_from="a test",
        desk="desk.toml",
        channels=[DayChannel(name="count", follows=["lamp"])],
        starts=at,
        ends=at,
        steps=[ReadingStep(at=at, does="reading", reading=reading)],
    )
    async with FeedServer() as feeds:
        served = with_feeds(mine, day, feeds).sources[0]
    assert (served.format, served.columns, served.every) == ("readings", {}, timedelta(seconds=60))
