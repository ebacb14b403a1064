"""Tests an answer that comes back from a worker process in parts."""

import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given

from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds import answer_parts, boxed
from bot.feeds.answer_parts import WholeAnswer, parts_of
from bot.feeds.clarity.settings import CountyUpload
from bot.feeds.reader import ReaderContext, Refusal
from tests.feeds.clarity_files import choice, contest, detail
from tests.property.strategies import readings

CONTEXT = ReaderContext("feed", datetime(2026, 11, 4, 3, tzinfo=UTC))


@given(readings())
def test_a_reading_comes_out_of_the_box_as_it_went_in(reading: Reading) -> None:
    whole = WholeAnswer()
    for part in parts_of([("feed:7", reading)], CONTEXT):
        whole.take(part)
    assert (whole.readings, whole.places) == ([reading], ["feed:7"])


def test_a_reading_with_many_units_comes_in_several_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_parts, "_AT_ONCE", 2)
    units = {f"County {number}": {"votes": {"a": number}, "reported": [1, 2]} for number in range(5)}
    said = {"source": "s", "contest": "c", "as_of": "2026-11-04T03:00:00Z", "votes": {"a": 10}, "units": units}
    reading = Reading.model_validate(said)
    parts = [*parts_of([("feed:1", reading), ("feed:2", reading)], CONTEXT)]
    whole = WholeAnswer()
    for part in parts:
        whole.take(part)
    assert (whole.readings, whole.places) == ([reading, reading], ["feed:1", "feed:2"])
    assert len(parts) > 2 * 3


def test_refusals_and_uploads_come_out_of_the_box_as_they_went_in() -> None:
    refusal = Refusal("feed:3", "is no reading", "c", "Lamp Keeper")
    upload = CountyUpload("Floyd", "12", datetime(2026, 11, 4, 2, tzinfo=UTC), "105371")
    whole = WholeAnswer()
    for part in parts_of([("", refusal), ("", upload)], ReaderContext("feed", CONTEXT.as_of, tests={"feed"})):
        whole.take(part)
    assert (whole.refusals, whole.uploads, whole.has_tests) == ([refusal], [upload], True)


def test_of_a_long_answer_a_worker_holds_the_parts_and_not_the_readings() -> None:
    cells = {f"Precinct {number}": number for number in range(400)}
    body = detail(*(contest(choice("Ada", 79_800, {"Election Day": cells}), key=key) for key in range(30)))
    job = boxed._job("clarity-detail", body, CONTEXT)
    tracemalloc.start()
    try:
        parts = [*answer_parts.read(*job.parts)]
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(parts) > 60
    assert most - held < 1_000_000


def test_a_contest_with_more_choices_than_a_ballot_has_is_refused_by_the_file_s_name() -> None:
    choices = {f"{number:0100}": number for number in range(11_000)}
    said = {"source": "s", "contest": "ga", "as_of": "2026-11-04T03:00:00Z", "votes": choices}
    with pytest.raises(BadInputError, match=r"^feed, ga: says over 1024 KiB beside its units$"):
        [*parts_of([("", Reading.model_validate(said))], CONTEXT)]
