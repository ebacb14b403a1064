"""Tests reading recorded days: the one that comes with the bot, an operator's own, and invalid files."""

from pathlib import Path

import pytest

from bot.desk.desk_file import load_desk
from bot.desk.toml_file import shipped
from bot.errors import BadInputError
from bot.rehearsal.day import MessageStep, ReadingStep, load_day, recorded_days

GEORGIA = "2020-11-11-georgia"

DAY = """
title = "A short day"
facts_from = "nobody"
desk = "georgia-2020"
starts = "2020-11-11T08:00:00-05:00"
ends = "2020-11-11T09:00:00-05:00"
channels = [{name = "count", follows = ["ga-2020-president"]}]

[[steps]]
at = "2020-11-11T08:30:00-05:00"
does = "check"
"""

PREFER = 'does = "prefer"\nchannel = "count"\ncontest = "ga-2020-president"'


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", recorded_days())
def test_every_shipped_day_is_sound_and_fits_its_desk_file(name: str) -> None:
    day, desk_path = load_day(name)
    desk = load_desk(desk_path)
    for channel in day.channels:
        assert all(desk.contest(contest) for contest in channel.follows)
    for step in day.steps:
        if isinstance(step, ReadingStep):
            assert step.reading.as_of <= step.at
            assert desk.source(step.reading.source)
    assert [one.at for one in day.happenings] == sorted(one.at for one in day.happenings)
    assert all(day.starts <= one.at <= day.ends for one in day.happenings)


def test_the_seeds_day_is_shipped() -> None:
    assert GEORGIA in recorded_days()
    day, desk_path = load_day(GEORGIA)
    assert desk_path == shipped("desks", "georgia-2020.toml")
    assert len(day.steps) > 10


def test_a_day_of_ones_own_is_read_by_its_path_with_the_desk_file_beside_it(tmp_path: Path) -> None:
    path = write(tmp_path, DAY)
    assert load_day(str(path))[1] == shipped("desks", "georgia-2020.toml")
    beside = write(tmp_path, "", "mine-desk.toml")
    path = write(tmp_path, DAY.replace('"georgia-2020"', '"mine-desk.toml"'))
    day, desk_path = load_day(str(path))
    assert (day.title, desk_path) == ("A short day", beside)


def test_somebody_writes_into_a_channel_of_the_day(tmp_path: Path) -> None:
    said = """
[[steps]]
at = "2020-11-11T08:40:00-05:00"
does = "message"
who = "reporter"
words = "It is off."
"""
    day, _ = load_day(str(write(tmp_path, DAY + said)))
    step = day.steps[-1]
    assert isinstance(step, MessageStep)
    assert (step.who, step.words, step.channel) == ("reporter", "It is off.", None)
    path = write(tmp_path, DAY + said + 'channel = "elsewhere"')
    with pytest.raises(BadInputError, match="there is no channel elsewhere"):
        load_day(str(path))


MORE = """
based_on = "2020-11-11-georgia"
title = "A longer morning"
facts_from = "nobody"

[[steps]]
at = "2020-11-11T09:00:00-05:00"
does = "pause"
"""


def test_a_day_that_is_based_on_another_has_its_steps_and_more(tmp_path: Path) -> None:
    day, desk_path = load_day(str(write(tmp_path, MORE)))
    base, base_desk_path = load_day(GEORGIA)
    (more,) = [step for step in day.steps if step not in base.steps]
    assert (more.at.isoformat(), more.does) == ("2020-11-11T14:00:00+00:00", "pause")
    assert [step for step in day.steps if step is not more] == base.steps
    assert day == base.model_copy(update={"title": "A longer morning", "facts_from": "nobody", "steps": day.steps})
    assert desk_path == base_desk_path


def test_a_day_that_ends_before_the_other_leaves_out_what_comes_later(tmp_path: Path) -> None:
    text = (
        MORE.replace("based_on", 'ends = "2020-11-06T00:00:00-05:00"\nbased_on')
        .replace("2020-11-11", "2020-11-05")
        .replace("T09", "T22")
    )
    day, _ = load_day(str(write(tmp_path, text)))
    assert day.ends.isoformat() == "2020-11-06T05:00:00+00:00"
    assert max(step.at for step in day.steps) <= day.ends
    assert [one.what for one in day.happenings] == ["batch"]


def refusal(path: Path) -> str:
    """Return the one-line error message for a day's file that can't be read."""
    with pytest.raises(BadInputError) as caught:
        load_day(str(path))
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 600
    return said


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ('does = "mute"', "steps.1.mute.source: is missing"),
        ('does = "pause"\nsource = "times"', "steps.1.pause.source: is no field that is known here"),
        ('does = "publish"\nnumber = 0', "number: Input should be greater than or equal to 1, not 0"),
        ('does = "public"\nchannel = "count"\npublic = "yes"', "public: should be true or false, not 'yes'"),
        (
            'does = "public"\nchannel = "elsewhere"\npublic = true',
            ": the recorded day: 2020-11-11T13:40:00+00:00, public: there is no channel elsewhere",
        ),
        (f"{PREFER}\nthreshold = 100".replace("count", "elsewhere"), ", prefer: there is no channel elsewhere"),
        (f"{PREFER}\nthreshold = 100".replace("president", "mayor"), ", prefer: #count does not follow ga-2020-mayor"),
        (PREFER, "steps.1.prefer: should have quiet, threshold or smaller"),
        (f'{PREFER}\nquiet = "25:00-6:00"', '"25:00-6:00" is not a range'),
        (f'{PREFER}\nquiet = "11 to 6"', 'which hours are "11 to 6"?'),
        (f"{PREFER}\nthreshold = 2000000", '"2000000" is not a number of votes from 1 to 1,000,000'),
        (
            f'{PREFER}\nsmaller = "daily"',
            'smaller: should be "hourly", "next" or minutes from 5 to 1440, not \'daily\'',
        ),
        (f"{PREFER}\nsmaller = 3", 'smaller: should be "hourly", "next" or minutes from 5 to 1440, not 3'),
        (f"{PREFER}\nsmaller = true", "not True"),
    ],
)
def test_a_step_of_the_desk_that_can_not_be_is_one_line_that_names_it(tmp_path: Path, fields: str, words: str) -> None:
    path = write(tmp_path, f'{DAY}\n[[steps]]\nat = "2020-11-11T08:40:00-05:00"\n{fields}\n')
    assert words in refusal(path)


@pytest.mark.parametrize(
    ("day", "before", "after", "words"),
    [
        (DAY, 'title = "A short day"', "", "title"),
        (DAY, 'does = "check"', 'does = "dance"', "does"),
        (DAY, 'at = "2020-11-11T08:30:00-05:00"', 'at = "2020-11-11T07:30:00-05:00"', "comes before"),
        (DAY, 'at = "2020-11-11T08:30:00-05:00"', 'at = "2020-11-11T09:30:00-05:00"', "after the day's end"),
        (DAY, 'at = "2020-11-11T08:30:00-05:00"', 'at = "2020-11-11T08:30:00"', "steps.0"),
        (DAY, 'name = "count"', 'name = "Count"', "channels.0.name"),
        (DAY, 'title = "A short day"', "title = ", "not TOML"),
        (DAY, 'title = "A short day"', "title = " + "9" * 5000, "not TOML"),
        (DAY, 'title = "A short day"', "title = " + "[" * 100_000, "TOML"),
        (DAY, 'does = "check"', 'does = "check"\nmore = 1', "more"),
        (MORE, "2020-11-11-georgia", "nothing", "based_on: nothing is no recorded day"),
        (MORE, "title", "starts", "is missing"),
        (MORE, 'at = "2020-11-11T09', 'at = "2020-11-12T09', "after the day's end"),
        (MORE, 'does = "pause"', f"{PREFER}\nthreshold = 5", "prefer: there is no channel count"),
        (MORE, 'does = "pause"', 'does = "dance"', "steps.0"),
    ],
)
def test_a_broken_day_is_one_line_that_names_its_file(
    tmp_path: Path, day: str, before: str, after: str, words: str
) -> None:
    assert before in day
    path = write(tmp_path, day.replace(before, after))
    said = refusal(path)
    assert said.startswith(f"{path}: ")
    assert words in said


def test_a_day_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadInputError, match="not UTF-8"):
        load_day(str(path))
