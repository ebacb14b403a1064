"""Tests that all mistakes in a desk file are reported at once, in words for readers who don't know the source code."""

import re
from pathlib import Path
from typing import get_args

import pytest

from bot.desk.desk_file import load_desk
from bot.desk.mistakes import desk_mistakes
from bot.desk.toml_file import shipped
from bot.errors import BadInputError
from bot.events.event import EventKind

RIGHT = """
[desk]
zone = "America/New_York"
rundown = "08:00"
evening = "18:00"
style = {contest = "race", conference = "news conference"}
reminders = {rally = ["1h"]}

[[contests]]
id = "lamp"
name = "Lamp Keeper"
state = "GA"
rule = "plurality"
election_day = 2026-11-03
leads = "ga-sos"
candidates = [
  {id = "quill", name = "Ann Quill", last = "Quill", party = "D"},
  {id = "reed", name = "Bo Reed", last = "Reed", party = "R"},
]
feeds.ga-sos = {key = "100", candidates = {"ann-quill" = "quill", "bo-reed" = "reed"}}
feeds.runners = {key = "lamp"}

[[contests]]
id = "bell"
name = "Amendment 2"
rule = "measure"
threshold = "60%"
leads = "ap"
candidates = [{id = "yes", name = "Yes", last = "Yes"}, {id = "no", name = "No", last = "No"}]
feeds.ap = {key = "ga-7"}
deadlines = [{title = "Protests", wall = 2026-11-10T09:00:00, source = "the board"}]

[[sources]]
id = "ga-sos"
name = "the Secretary of State"
format = "clarity-summary"
url = "https://results.example.org/GA/1"
every = "60s"
stale_after = "24h"

[[sources]]
id = "ap"
name = "the AP"
format = "ap"
url = "https://api.example.org/v3/elections/2026-11-03"
key_env = "AP_KEY"
public = false

[[sources]]
id = "runners"
name = "our runners"
format = "csv"
url = "https://sheets.example.org/x.csv"
columns = {contest = "Race", candidate = "Candidate", votes = "Votes"}

[[sources]]
id = "county"
name = "the county"
format = "push"
secret_env = "COUNTY_SECRET"

[[calendars]]
id = "court"
name = "the court's calendar"
url = "https://court.example.org/a.ics"
every = "15m"
contest = "lamp"
"""

BROKEN: list[tuple[str, str, list[str]]] = [
    ('leads = "ga-sos"', 'lead = "ga-sos"', ["contests.lamp.lead: is no key that is known here; did you mean leads?"]),
    (
        '"America/New_York"',
        '"New York"',
        ["desk.zone: should be a zone of the IANA list such as America/New_York, not 'New York'"],
    ),
    (
        '"America/New_York"',
        '"Eastern"',
        ["desk.zone: should be a zone of the IANA list such as America/New_York, not 'Eastern'"],
    ),
    (
        '"America/New_York"',
        '"Mountain time"',
        ["desk.zone: should be a zone of the IANA list such as America/Denver, not 'Mountain time'"],
    ),
    (
        '"America/New_York"',
        '"chicago"',
        ["desk.zone: should be a zone of the IANA list such as America/Chicago, not 'chicago'"],
    ),
    ('zone = "America/New_York"', "", ["desk.zone: is missing"]),
    ('rundown = "08:00"', 'rundown = "8"', ["desk.rundown: should be a time of day such as 08:00, not '8'"]),
    ('rundown = "08:00"', "rundown = 8", ["desk.rundown: should be a time of day such as 08:00, not 8"]),
    ('evening = "18:00"', 'evening = "6pm"', ["desk.evening: should be a time of day such as 08:00, not '6pm'"]),
    (
        'contest = "race"',
        'contest = "campaign"',
        ["desk.style.contest: should be one of race, contest, not 'campaign'"],
    ),
    (
        'style = {contest = "race", conference = "news conference"}',
        'style = "race"',
        ["desk.style: should be a table, as style = {…}, not 'race'"],
    ),
    (
        '{rally = ["1h"]}',
        '{raly = ["1h"]}',
        [f"desk.reminders.raly: should be one of {', '.join(get_args(EventKind))}, not 'raly'; did you mean rally?"],
    ),
    (
        '{rally = ["1h"]}',
        '{rally = ["1 hour"]}',
        ["desk.reminders.rally (the 1st): should be a duration such as 60s, 5m, 24h or 2d, not '1 hour'"],
    ),
    ('{rally = ["1h"]}', '{rally = "1h"}', ["desk.reminders.rally: should be a list, in square brackets, not '1h'"]),
    ('rundown = "08:00"', 'rundwon = "08:00"', ["desk.rundwon: is no key that is known here; did you mean rundown?"]),
    (
        "[desk]",
        "[newsroom]",
        ["desk: is missing", "newsroom: is no key that is known here; known are desk, contests, sources, calendars"],
    ),
    (
        'id = "lamp"',
        "id = 7",
        [
            "contests (the 1st).id: should be text, in quotes, not 7",
            "calendar court names the contest lamp, which is not in contests",
        ],
    ),
    (
        'id = "lamp"\n',
        "",
        ["contests (the 1st).id: is missing", "calendar court names the contest lamp, which is not in contests"],
    ),
    ('name = "Lamp Keeper"\n', "", ["contests.lamp.name: is missing"]),
    ('name = "Lamp Keeper"', 'name = ""', ["contests.lamp.name: should not be empty"]),
    ('name = "Lamp Keeper"', 'name = ["Lamp"]', ["contests.lamp.name: should be text, in quotes"]),
    (
        'state = "GA"',
        'state = "Georgia"',
        ["contests.lamp.state: should be a state's postal code, two capitals such as GA, not 'Georgia'"],
    ),
    (
        'state = "GA"',
        'state = "ga"',
        ["contests.lamp.state: should be a state's postal code, two capitals such as GA, not 'ga'"],
    ),
    (
        'rule = "plurality"',
        'rule = "pluralty"',
        [
            "contests.lamp.rule: should be one of plurality, majority-runoff, top-n, measure, ranked, not 'pluralty'; did you mean plurality?"
        ],
    ),
    (
        'rule = "plurality"',
        'rule = "runoff"',
        [
            "contests.lamp.rule: should be one of plurality, majority-runoff, top-n, measure, ranked, not 'runoff'; did you mean majority-runoff?"
        ],
    ),
    (
        'rule = "plurality"',
        'rule = "plurality"\nseats = "2"',
        ["contests.lamp.seats: should be a whole number, without quotes, not '2'"],
    ),
    ('rule = "plurality"', 'rule = "top-n"\nseats = 0', ["contests.lamp.seats: should be 1 or more, not 0"]),
    (
        'rule = "plurality"',
        'rule = "top-n"\nseats = 2.5',
        ["contests.lamp.seats: should be a whole number, without quotes, not 2.5"],
    ),
    (
        'threshold = "60%"',
        "threshold = 60",
        ['contests.bell.threshold: should be a share such as "50%" or "3/5", in quotes, not 60'],
    ),
    (
        'threshold = "60%"',
        'threshold = "sixty"',
        ['contests.bell.threshold: should be a share such as "50%" or "3/5", in quotes, not \'sixty\''],
    ),
    (
        'threshold = "60%"',
        'threshold = "160%"',
        ["contests.bell.threshold: should be a share from 0 to 100%, not '160%'"],
    ),
    (
        "election_day = 2026-11-03",
        'election_day = "2026-11-03"',
        ["contests.lamp.election_day: should be a day without quotes, such as 2026-11-03, not '2026-11-03'"],
    ),
    (
        "election_day = 2026-11-03",
        'election_day = "Nov. 3"',
        ["contests.lamp.election_day: should be a day without quotes, such as 2026-11-03, not 'Nov. 3'"],
    ),
    (
        "election_day = 2026-11-03",
        "election_day = 11/3/2026",
        ["line 14: election_day = 11/3/2026: a day has the year first, and no quotes, as 2026-11-03"],
    ),
    (
        "election_day = 2026-11-03",
        "election_day = 2026-11-03T20:00:00",
        ["contests.lamp.election_day: should be a day without quotes, such as 2026-11-03, not 2026-11-03 20:00:00"],
    ),
    (
        'leads = "ga-sos"',
        'leads = "ga-sso"',
        ["contest lamp names the source ga-sso, which is not in sources; did you mean ga-sos?"],
    ),
    ('leads = "ga-sos"\n', "", ["contests.lamp.leads: is missing"]),
    (
        "feeds.ga-sos = {key",
        "feeds.sos = {key",
        ["contest lamp names the source sos, which is not in sources; did you mean ga-sos?"],
    ),
    (
        '{key = "100",',
        '{keys = "100",',
        ["contests.lamp.feeds.ga-sos.keys: is no key that is known here; did you mean key?"],
    ),
    ('{key = "100",', "{key = 100,", ["contests.lamp.feeds.ga-sos.key: should be text, in quotes, not 100"]),
    (
        'feeds.runners = {key = "lamp"}',
        'feeds.runners = "lamp"',
        ["contests.lamp.feeds.runners: should be a table, as runners = {…}, not 'lamp'"],
    ),
    (
        '"bo-reed" = "reed"',
        '"bo-reed" = "read"',
        ["contests.lamp: feeds.ga-sos names the candidate read, who is not in candidates; did you mean reed?"],
    ),
    ('last = "Quill", ', "", ["contests.lamp.candidates.quill.last: is missing"]),
    (
        'last = "Quill"',
        'lst = "Quill"',
        ["contests.lamp.candidates.quill.lst: is no key that is known here; did you mean last?"],
    ),
    (
        'id = "reed", name',
        'id = "quill", name',
        [
            "contests.lamp: the candidate quill is there twice",
            "contests.lamp: feeds.ga-sos names the candidate reed, who is not in candidates",
        ],
    ),
    (
        '{id = "reed", name = "Bo Reed", last = "Reed", party = "R"},',
        '"Bo Reed",',
        ["contests.lamp.candidates (the 2nd): should be a table, as {…}, not 'Bo Reed'"],
    ),
    ('id = "bell"', 'id = "lamp"', ["the contest lamp is there twice"]),
    (
        'feeds.ap = {key = "ga-7"}',
        'feeds.ap = {key = "ga-7"}\nunit = "counties"',
        [
            "contests.bell.unit: should be one of county, parish, town, precinct, borough, not 'counties'; did you mean county?"
        ],
    ),
    (
        'feeds.ap = {key = "ga-7"}',
        'feeds.ap = {key = "ga-7"}\nnight_until = "lots"',
        ['contests.bell.night_until: should be a share such as "50%" or "3/5", in quotes, not \'lots\''],
    ),
    (
        "wall = 2026-11-10T09:00:00",
        "wall = 2026-11-10",
        [
            "contests.bell.deadlines (the 1st).wall: should be a day with a time, such as 2026-11-10T09:00:00, not 2026-11-10"
        ],
    ),
    (
        "wall = 2026-11-10T09:00:00",
        'wall = "Nov. 10"',
        [
            "contests.bell.deadlines (the 1st).wall: should be a day with a time, such as 2026-11-10T09:00:00, not 'Nov. 10'"
        ],
    ),
    (', source = "the board"', "", ["contests.bell.deadlines (the 1st).source: is missing"]),
    (
        'format = "clarity-summary"',
        'format = "clarity"',
        [
            "sources.ga-sos.format: should be one of readings, clarity-summary, clarity-detail, enhanced-voting, georgia-export, ap, nist, knowink, california, los-angeles, arizona, texas, nyt-2020, csv, push, not 'clarity'; did you mean clarity-summary or clarity-detail?"
        ],
    ),
    ('format = "clarity-summary"\n', "", ["sources.ga-sos: url and format go together, and format is missing"]),
    (
        'url = "https://results.example.org/GA/1"\n',
        "",
        ["sources.ga-sos: url and format go together, and url is missing"],
    ),
    ("https://results", "results", ["sources.ga-sos: url should be an address that begins with https:// or http://"]),
    ('every = "60s"', "every = 60", ["sources.ga-sos.every: should be a duration such as 60s, 5m, 24h or 2d, not 60"]),
    (
        'every = "60s"',
        'every = "1 minute"',
        ["sources.ga-sos.every: should be a duration such as 60s, 5m, 24h or 2d, not '1 minute'"],
    ),
    ('every = "60s"', 'every = "0s"', ["sources.ga-sos.every: should be at least 1s, not '0s'"]),
    (
        'stale_after = "24h"',
        'stale_afer = "24h"',
        ["sources.ga-sos.stale_afer: is no key that is known here; did you mean stale_after?"],
    ),
    ('stale_after = "24h"', 'columns = {votes = "Votes"}', ["sources.ga-sos: columns is for the format csv only"]),
    (
        'id = "ap"\nname = "the AP"',
        'id = "ga-sos"\nname = "the AP"',
        ["the source ga-sos is there twice", "contest bell names the source ap, which is not in sources"],
    ),
    (
        'key_env = "AP_KEY"',
        'key_env = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"',
        [
            "sources.ap: key_env should be the name of the environment variable that holds the key, in capitals and not beginning with TALLYDESK_, such as AP_KEY; never the key itself"
        ],
    ),
    ('key_env = "AP_KEY"', 'key = "AP_KEY"', ["sources.ap.key: is no key that is known here; did you mean key_env?"]),
    (
        'url = "https://api',
        'url = "http://api',
        ["sources.ap: key_env needs a url with https, so that nobody can read the key"],
    ),
    ("public = false", 'public = "no"', ["sources.ap.public: should be true or false, without quotes, not 'no'"]),
    ("public = false", "public = False", ["line 47: public = False: true and false are written small"]),
    (
        '{contest = "Race", candidate = "Candidate", votes = "Votes"}',
        '{contest = "Race", candidate = "Candidate"}',
        ["sources.runners: columns should say which heading is votes"],
    ),
    (
        'votes = "Votes"}',
        'vote = "Votes"}',
        [
            "sources.runners.columns.vote: should be one of contest, contest_name, candidate, candidate_key, votes, unit, part, type, party, total, reported, of, as_of, election_day, other, not 'vote'; did you mean votes?"
        ],
    ),
    (
        'columns = {contest = "Race", candidate = "Candidate", votes = "Votes"}',
        'preset = "florda"',
        [
            "sources.runners: there is no preset 'florda'; there are florida, minnesota, new-mexico, maryland, illinois, alabama, wisconsin"
        ],
    ),
    (
        'columns = {contest = "Race", candidate = "Candidate", votes = "Votes"}',
        'preset = "florida"\ncolumns = {votes = "Votes"}',
        ["sources.runners: preset says what the columns are: leave columns out"],
    ),
    (
        'columns = {contest = "Race", candidate = "Candidate", votes = "Votes"}\n',
        "",
        ["sources.runners: columns should say which heading is candidate and votes"],
    ),
    (
        'secret_env = "COUNTY_SECRET"',
        "",
        [
            'sources.county: format = "push" needs secret_env, the name of the environment variable that holds the source\'s secret, in capitals and not beginning with TALLYDESK_, such as COUNTY_PUSH_SECRET'
        ],
    ),
    (
        'secret_env = "COUNTY_SECRET"',
        'secret_env = "COUNTY_SECRET"\nurl = "https://a.example.org"',
        ['sources.county: with format = "push" nothing is fetched, so url means nothing'],
    ),
    (
        'secret_env = "COUNTY_SECRET"',
        'secret_env = "TALLYDESK_TOKEN"',
        [
            'sources.county: format = "push" needs secret_env, the name of the environment variable that holds the source\'s secret, in capitals and not beginning with TALLYDESK_, such as COUNTY_PUSH_SECRET'
        ],
    ),
    ('every = "15m"', 'every = "10s"', ["calendars.court.every: should be at least 1m, not '10s'"]),
    ('contest = "lamp"\n', 'contest = "lmap"\n', ["calendar court names the contest lmap, which is not in contests"]),
    (
        'id = "court"',
        'id = "law"',
        ["calendars.law.id: law is what the bot itself calls another source of events, not 'law'"],
    ),
    (
        "https://court",
        "webcal://court",
        ["calendars.court: url should be an address that begins with https:// or http://"],
    ),
    (
        "[[calendars]]",
        "[calendars]",
        ["calendars: should be a list, as calendars = […], or [[calendars]] where each has a heading"],
    ),
    (
        '[[sources]]\nid = "county"',
        '[sources]\nid = "county"',
        [
            "line 56: [sources]: the same key or heading is there twice: each contest begins with [[contests]], each source with [[sources]]"
        ],
    ),
    (
        '[[contests]]\nid = "bell"',
        '[[contest]]\nid = "bell"',
        ["contest: is no key that is known here; did you mean contests?"],
    ),
    (
        'name = "the AP"',
        "name = the AP",
        [
            "line 43: name = the AP: the value can't be read; text goes in quotes, and a bracket further up may not be closed"
        ],
    ),
    (
        'name = "the AP"',
        'name = "the AP',
        ['line 43: name = "the AP: a quote or a bracket is not closed, here or further up'],
    ),
    (
        '  {id = "reed", name = "Bo Reed", last = "Reed", party = "R"},\n]',
        '  {id = "reed", name = "Bo Reed", last = "Reed", party = "R"},',
        [
            'line 19: feeds.ga-sos = {key = "100", candidates = {"ann-quill" = "qu: the value can\'t be read; text goes in quotes, and a bracket further up may not be closed'
        ],
    ),
    ('name = "the AP"', "name = “the AP”", ['line 43: name = “the AP”: quotes should be straight ones, "as here"']),
    (
        'name = "the AP"\n',
        'name = "the AP"\nname = "AP"\n',
        [
            'line 44: name = "AP": the same key or heading is there twice: each contest begins with [[contests]], each source with [[sources]]'
        ],
    ),
    (
        "public = false",
        "public: false",
        ['line 47: public: false: a line should be a key and its value, as every = "60s"'],
    ),
]
"""Small edits that break a valid desk file, each with the expected messages."""

JARGON = re.compile(
    r"pydantic|validat|\binput\b|pattern|regex|\bdict\b|\bstr\b|\bint\b|\bfloat\b|\btuple\b|\bNone\b|NoneType|literal|schema|"
    r"Traceback|Error\b|_type|\[key\]|\bloc\b|can't be that"
)
"""Words that only readers of the source code understand."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.toml"


def mistakes(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    return [line.removeprefix(f"{path}: ") for line in desk_mistakes(path)]


def test_a_right_one_has_none(path: Path) -> None:
    assert mistakes(path, RIGHT) == []
    assert all(desk_mistakes(one) == [] for one in shipped("desks").glob("*.toml"))


@pytest.mark.parametrize(("was", "becomes", "said"), BROKEN, ids=range(len(BROKEN)))
def test_a_slip_is_named_with_what_it_should_be(path: Path, was: str, becomes: str, said: list[str]) -> None:
    assert was in RIGHT
    found = mistakes(path, RIGHT.replace(was, becomes, 1))
    assert found == said
    assert not any(JARGON.search(line) for line in found)
    with pytest.raises(BadInputError, match=f"^{re.escape(str(path))}: ") as caught:
        load_desk(path)
    assert str(caught.value).isprintable()


def test_any_two_of_them_are_said_in_one_run(path: Path) -> None:
    """Each mistake is combined with the seventh after it in the list. A wrong value must not hide a second mistake."""
    tried = 0
    # Without an id, a heading or a format other things are wrong about the rest than with it.
    alone = [
        one
        for one in BROKEN
        if not one[0].startswith(("id = ", "[", "format = ")) and not one[2][0].startswith("line ")
    ]
    for (was, becomes, said), (also_was, also_becomes, also_said) in zip(alone, alone[7:], strict=False):
        if also_was not in RIGHT.replace(was, becomes, 1):
            continue
        broken = RIGHT.replace(was, becomes, 1).replace(also_was, also_becomes, 1)
        if was in broken or also_was in broken:  # one has undone the other's place
            continue
        tried += 1
        found = mistakes(path, broken)
        assert set(said + also_said) <= set(found), (was, also_was, found)
        assert len(found) == len(set(found))
    assert tried > 40


def test_a_wrong_value_hides_nothing_of_its_neighbours(path: Path) -> None:
    text = RIGHT.replace('state = "GA"', 'state = "Georgia"').replace('"bo-reed" = "reed"', '"bo-reed" = "read"')
    text = text.replace('every = "60s"', "every = 60").replace(
        'stale_after = "24h"', 'columns = {votes = "Votes"}\ncounty = 5'
    )
    assert mistakes(path, text) == [
        "contests.lamp.state: should be a state's postal code, two capitals such as GA, not 'Georgia'",
        "sources.ga-sos.every: should be a duration such as 60s, 5m, 24h or 2d, not 60",
        "sources.ga-sos.county: should be text, in quotes, not 5",
        "contests.lamp: feeds.ga-sos names the candidate read, who is not in candidates; did you mean reed?",
        "sources.ga-sos: columns is for the format csv only",
    ]


def test_a_file_that_is_not_there(path: Path) -> None:
    assert desk_mistakes(path) == [f"{path}: the desk file can't be read (No such file or directory)"]
