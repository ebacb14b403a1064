"""Tests that a recorded source can later be polled like the original."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import BadInputError
from bot.feeds.recording import ANSWERS, BODIES, Recorder, address_without_keys, open_recording

NOW = datetime(2026, 11, 4, 1, tzinfo=UTC)
ADDRESS = "https://results.example.org/a.json"


def test_each_new_answer_is_kept_once_and_read_as_of_its_time(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "night")
    kept = [
        recorder.keep("sos", ADDRESS, body, NOW + timedelta(minutes=minute), '"1"', None)
        for minute, body in enumerate([b"one", b"one", b"two", b"one"])
    ]
    assert kept == [True, False, True, True]
    recording = open_recording(tmp_path / "night")
    seen = []
    for minute in range(4):
        recording.now = NOW + timedelta(minutes=minute)
        found = recording.newest("sos", ADDRESS)
        seen.append(found and recording.body(found))
    assert seen == [b"one", b"one", b"two", b"one"]
    assert recording.newest("ap", ADDRESS) is None
    assert len(list((tmp_path / "night" / BODIES).iterdir())) == 2


def test_no_key_is_kept() -> None:
    address = "https://user:pass@api.example.org/v3?apikey=SECRET&level=FIPS&access_token=T#x"
    assert address_without_keys(address) == "https://api.example.org/v3?level=FIPS"


def test_a_recording_goes_on_after_a_restart_and_is_its_owners_alone(tmp_path: Path) -> None:
    Recorder(tmp_path / "night").keep("sos", ADDRESS, b"one", NOW, None, None)
    again = Recorder(tmp_path / "night")
    assert not again.keep("sos", ADDRESS, b"one", NOW, None, None)
    assert again.keep("sos", ADDRESS, b"two", NOW, None, None)
    assert len(open_recording(tmp_path / "night").answers) == 2
    files = [path for path in (tmp_path / "night").rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_what_is_old_or_too_much_goes_the_oldest_first(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "night", most_bytes=200, most_days=2)
    for day, body in enumerate([b"a", b"b", b"c"]):
        recorder.keep("sos", ADDRESS, body, NOW + timedelta(days=day, hours=day), None, None)
    assert [one.at - NOW for one in open_recording(tmp_path / "night").answers] == [
        timedelta(days=1, hours=1),
        timedelta(days=2, hours=2),
    ]
    for number in range(20):
        recorder.keep("sos", ADDRESS, bytes([number]) * 9, NOW + timedelta(days=2, hours=3 + number), None, None)
    sizes = [path.stat().st_size for path in (tmp_path / "night" / BODIES).iterdir()]
    assert sum(sizes) <= 200
    assert len(sizes) == len(open_recording(tmp_path / "night").answers)


def test_what_comes_again_after_it_was_let_go_is_there(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, most_days=2)
    for day, body in [(0, b"old"), (1, b"other"), (9, b"old")]:
        recorder.keep("sos", ADDRESS, body, NOW + timedelta(days=day), None, None)
    recording = open_recording(tmp_path)
    assert [recording.body(one) for one in recording.answers] == [b"old"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "answers.jsonl:1: it: Invalid JSON"),
        (json.dumps({"at": "2026-11-04T01:00:00", "source": "x", "address": "y", "body": "z"}), "should have a zone"),
        ("", "there is no recording in it"),
    ],
)
def test_what_is_no_recording_is_one_line(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / ANSWERS).write_text(line, encoding="utf-8")
    with pytest.raises(BadInputError, match=said):
        open_recording(tmp_path)


def test_a_body_that_is_gone_or_changed_is_named(tmp_path: Path) -> None:
    Recorder(tmp_path).keep("sos", ADDRESS, b"one", NOW, None, None)
    recording = open_recording(tmp_path)
    (body,) = (tmp_path / BODIES).iterdir()
    body.write_bytes(b"not gzip")
    with pytest.raises(BadInputError, match=r"take its lines out of answers\.jsonl"):
        recording.body(recording.answers[0])
