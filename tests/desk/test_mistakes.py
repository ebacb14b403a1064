"""Every mistake of a desk file in one look, each in words that need no source code."""

from pathlib import Path

import pytest

from bot.desk.mistakes import desk_mistakes
from bot.desk.toml_file import shipped

RIGHT = """
[desk]
zone = "America/New_York"

[[contests]]
id = "lamp"
name = "Lamp Keeper"
state = "GA"
rule = "plurality"
election_day = 2026-11-03
leads = "ga-sos"
candidates = [{id = "quill", name = "Ann Quill", last = "Quill"}]
feeds.ga-sos = {key = "100"}

[[sources]]
id = "ga-sos"
name = "the Secretary of State"
format = "clarity-summary"
url = "https://results.example.org/GA/1"
every = "60s"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.toml"


def mistakes(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    return [line.removeprefix(f"{path}: ") for line in desk_mistakes(path)]


def test_a_right_one_has_none(path: Path) -> None:
    assert mistakes(path, RIGHT) == []
    assert all(desk_mistakes(one) == [] for one in shipped("desks").glob("*.toml"))


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('leads = "ga-sos"', 'lead = "ga-sos"', "contests.lamp.lead: is no key that is known here; did you mean leads?"),
        ('"America/New_York"', '"New York"', "desk.zone: should be a zone of the IANA list such as America/New_York, not 'New York'"),
        ("election_day = 2026-11-03", 'election_day = "2026-11-03"', "contests.lamp.election_day: should be a day without quotes, such as 2026-11-03, not '2026-11-03'"),
        ("https://results", "results", "sources.ga-sos: source ga-sos: url should be an address that begins with https:// or http://"),
        ('rule = "plurality"', 'rule = "pluralty"', "contests.lamp.rule: should be one of plurality, majority-runoff, top-n, measure, ranked, not 'pluralty'; did you mean plurality?"),
        ('state = "GA"', 'state = "Georgia"', "contests.lamp.state: should be a state's postal code, two capitals such as GA, not 'Georgia'"),
        ('every = "60s"', "every = 60", "sources.ga-sos.every: should be a duration such as 60s, 5m, 24h or 2d, not 60"),
        ('name = "Lamp Keeper"', "", "contests.lamp.name: is missing"),
        ('leads = "ga-sos"', 'leads = "ga-sso"', "contest lamp names the source ga-sso, which is not in sources; did you mean ga-sos?"),
        ('format = "clarity-summary"', 'format = "clarity"', "did you mean clarity-detail?"),
        ("{key = ", "{keys = ", "contests.lamp.feeds.ga-sos.keys: is no key that is known here; did you mean key?"),
        ('last = "Quill"', 'lst = "Quill"', "contests.lamp.candidates.quill.lst: is no key that is known here; did you mean last?"),
        ("candidates = [{", "candidates = [] # {", "contests.lamp.candidates: should not be empty"),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_what_it_should_be(path: Path, was: str, becomes: str, said: str) -> None:
    assert was in RIGHT
    found = mistakes(path, RIGHT.replace(was, becomes, 1))
    assert any(said in line for line in found), found
    assert not any("pattern" in line or "pydantic" in line or "Input" in line for line in found)


def test_all_of_them_are_said_at_once(path: Path) -> None:
    text = RIGHT.replace('"GA"', '"G"').replace('leads = "ga-sos"', 'leads = "sos"')
    text = text.replace('"60s"', '"often"')
    found = mistakes(path, text)
    assert [line.partition(": ")[0] for line in found] == [
        "contests.lamp.state", "sources.ga-sos.every", "contest lamp names the source sos, which is not in sources; did you mean ga-sos?",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rule = plurality", "line 9: rule = plurality: invalid value; text goes in quotes"),
        ('name = "Lamp', "a quote or a bracket is not closed"),
        ('id = "lamp"\nid = "lamp"', "the same key is there twice"),
    ],
)
def test_what_is_no_toml_is_named_by_its_line(path: Path, line: str, said: str) -> None:
    text = RIGHT.replace('rule = "plurality"', line) if "rule" in line else RIGHT.replace('id = "lamp"', line, 1)
    (found,) = mistakes(path, text)
    assert said in found


def test_a_file_that_is_not_there(path: Path) -> None:
    assert desk_mistakes(path) == [f"{path}: the desk file can't be read (No such file or directory)"]
