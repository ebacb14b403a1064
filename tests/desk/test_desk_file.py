import io
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.count.phase import Phase
from bot.count.reading import Reading, Unit, recount_under_way
from bot.count.rules import Rule
from bot.desk.desk_file import Desk, Source, load_desk
from bot.desk.toml_file import MOST_BYTES, load_toml, shipped
from bot.errors import BadInputError
from bot.events.deadlines_by_law import Law
from bot.feeds import csv_sheet
from bot.feeds.reader import ReaderContext

DeskOf = Callable[[str], Desk]

SMALL = """
[desk]
zone = "America/New_York"

[[contests]]
id = "mayor"
name = "Mayor"
leads = "clerk"
candidates = [{id = "ann", name = "Ann Ames", last = "Ames"}, {id = "bob", name = "Bob Bell", last = "Bell"}]
feeds.clerk = {key = "7", candidates = {"ann-ames-d" = "ann", "ann-ames-w" = "ann", "bob-bell" = "bob"}}

[[sources]]
id = "clerk"
name = "the clerk"

[[sources]]
id = "paper"
name = "the Paper"
"""


@pytest.fixture
def desk_of(tmp_path: Path) -> DeskOf:
    """Return a function that loads a desk file from text."""

    def load(text: str) -> Desk:
        path = tmp_path / "desk.toml"
        path.write_text(text, encoding="utf-8")
        return load_desk(path)

    return load


def reading(source: str, contest: str, votes: dict[str, int], **fields: Any) -> Reading:
    said = {"source": source, "contest": contest, "as_of": datetime(2020, 11, 11, tzinfo=UTC), "votes": votes}
    return Reading.model_validate(said | fields)


def test_the_shipped_desk_file_is_georgia_s_count_of_2020() -> None:
    desk = load_desk(shipped("desks", "georgia-2020.toml"))
    president, senate = desk.contest("ga-2020-president"), desk.contest("ga-2020-senate")
    assert president is not None
    assert senate is not None
    assert [candidate.last for candidate in president.candidates] == ["Biden", "Trump", "Jorgensen"]
    assert (president.leads, president.units, president.contest_rule) == ("times", "counties", Rule())
    assert senate.contest_rule == Rule("majority-runoff", 1, Fraction(1, 2))
    assert (str(desk.zone), desk.desk.rundown, desk.desk.style.conference) == (
        "America/New_York",
        time(8),
        "press conference",
    )
    times = desk.source("times")
    assert times is not None
    assert (times.every, times.stale_after, times.brief) == (timedelta(minutes=1), timedelta(days=1), "the Times")


@pytest.mark.parametrize("file", sorted(shipped("desks").iterdir()), ids=lambda file: file.name)
def test_every_shipped_desk_file_can_be_used(file: Path) -> None:
    desk = load_desk(file)
    for contest in desk.contests:
        leading = desk.source(contest.leads)
        assert leading is not None
        for source in contest.feeds:
            ours = set(contest.feeds[source].candidates.values())
            assert ours == {candidate.id for candidate in contest.candidates}, (contest.id, source)


def test_the_desk_file_of_a_live_count_fetches_what_leads_and_keeps_the_ap_inside() -> None:
    desk = load_desk(shipped("desks", "georgia-live.toml"))
    assert all((leading := desk.source(contest.leads)) and leading.format for contest in desk.contests)
    assert not any(source.own_network for source in desk.sources)
    ap = desk.source("ap")
    assert ap is not None
    assert (ap.public, ap.key_env) == (False, "AP_KEY")
    assert ap.url is not None
    assert "key" not in ap.url


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:80"])
def test_a_key_may_go_to_this_machine_itself_without_https(host: str) -> None:
    said = {"id": "ap", "name": "the AP", "format": "ap", "url": f"http://{host}/v3", "key_env": "AP_KEY"}
    assert Source.model_validate(said).key_env == "AP_KEY"
    with pytest.raises(ValidationError):
        Source.model_validate(said | {"url": f"http://{host.partition(':')[0].strip('[')}.example.org/v3"})


def test_the_desk_file_of_a_live_count_has_every_kind_of_source() -> None:
    desk = load_desk(shipped("desks", "georgia-live.toml"))
    assert {source.format for source in desk.sources} == {"clarity-detail", "ap", "csv", "push", None}
    parts = [contest for contest in desk.contests if contest.unit == "precinct"]
    assert [contest.state for contest in parts] == [None, None], "no recount line applies to a part of a contest"


def test_the_sheet_and_the_pushes_of_a_live_count_reach_its_contests() -> None:
    desk = load_desk(shipped("desks", "georgia-live.toml"))
    runners = desk.source("runners")
    assert runners is not None
    # Floyd County's figures are made up.
    sheet = "Race,County,Candidate,Votes,Updated\n" + "".join(
        f'President,Floyd,{name},"{votes}",2020-11-11T07:35:00-05:00\n'
        for name, votes in (("Biden", "11,917"), ("Trump", "28,906"), ("Jorgensen", "411"))
    )
    context = ReaderContext("sheet.csv", datetime(2020, 11, 12, tzinfo=UTC), "received", "runners", runners.layout)
    (typed,) = csv_sheet.read(io.BytesIO(sheet.encode()), context)
    assert isinstance(typed, Reading)
    ours = desk.translate(typed)
    assert ours is not None
    assert ours.series == ("runners", "ga-2020-president", "election")
    assert ours.votes == {"biden": 11_917, "trump": 28_906, "jorgensen": 411}
    assert ours.as_of == datetime(2020, 11, 11, 12, 35, tzinfo=UTC)
    assert desk.translate(reading("floyd", "floyd-2020-president", {"biden": 11_917})) is not None


@pytest.mark.parametrize(
    ("name", "units", "whole", "part"),
    [
        ("U.S. Senate", ("Floyd", "Bibb"), False, (2, 159)),
        ("U.S. Senate", ("Floyd", "Bibb"), True, None),
        ("U.S. House District 2", ("Floyd", "Bibb"), False, None),
        ("U.S. Senate", ("Floyd", "Ward 3"), False, None),
    ],
)
def test_a_table_of_some_counties_is_no_margin_of_the_state(
    name: str, units: tuple[str, ...], whole: bool, part: tuple[int, int] | None
) -> None:
    sheet = {"id": "s", "name": "the sheet", "columns": {"candidate": "C", "votes": "V"}, "whole": whole}
    candidates = [{"id": "a", "name": "Ann Quill", "last": "Quill"}]
    contest = {"id": "sen", "name": name, "state": "GA", "leads": "s", "candidates": candidates}
    desk = Desk.model_validate({"desk": {"zone": "America/New_York"}, "contests": [contest], "sources": [sheet]})
    of = {unit: Unit(votes={"a": 4}) for unit in units}
    one = Reading(
        source="s", contest="sen", as_of=datetime(2026, 11, 4, tzinfo=UTC), votes={"a": 4 * len(of)}, units=of
    )
    ours = desk.translate(one)
    assert ours is not None
    assert (ours.part_of_units, recount_under_way(ours)) == (part, part is not None)
    assert (ours.reporting and ours.reporting.units) == part
    stated = desk.translate(one.model_copy(update={"votes": {"a": 900}}))
    assert stated is not None
    assert stated.part_of_units is None


def test_the_shipped_desk_file_maps_the_official_feed_to_its_own_ids() -> None:
    desk = load_desk(shipped("desks", "georgia-2020.toml"))
    # Figures of the official summary of 12 Nov 2020.
    votes = {"joseph-r-biden": 2_471_955, "donald-j-trump": 2_457_910, "jo-jorgensen": 62_058}
    translated = desk.translate(reading("ga-sos", "5000", votes, total=4_991_923))
    assert translated is not None
    assert translated.series == ("ga-sos", "ga-2020-president", "election")
    assert translated.votes == {"biden": 2_471_955, "trump": 2_457_910, "jorgensen": 62_058}
    assert desk.translate(reading("ga-sos", "9999", votes)) is None
    assert desk.translate(reading("ga-sos", "ga-2020-president", votes)) is None  # it has a key of its own


def test_a_source_without_a_mapping_speaks_the_desk_s_own_ids(desk_of: DeskOf) -> None:
    desk = desk_of(SMALL)
    said = reading("paper", "mayor", {"ann": 5})
    assert desk.translate(said) is said
    assert desk.translate(reading("stranger", "mayor", {"ann": 5})) is None  # no source of the desk file
    assert desk.translate(reading("paper", "7", {"ann": 5})) is None


def test_one_candidate_on_two_lines_of_the_feed_is_added_up_and_nobody_is_lost(desk_of: DeskOf) -> None:
    cast = {"ann-ames-d": 10, "ann-ames-w": 2, "bob-bell": 5, "write-in": 1}
    said = reading(
        "clerk",
        "7",
        cast,
        total=18,
        names={"ann-ames-d": "Ann Ames", "ann-ames-w": "Ames, Ann"},
        parties={"ann-ames-d": "D", "ann-ames-w": "W"},
        by_type={"early": cast},
        units={"Ward 1": {"votes": cast, "by_type": {"early": cast}}, "Ward 2": {"total": 3}},
    )
    translated = desk_of(SMALL).translate(said)
    added = {"ann": 12, "bob": 5, "write-in": 1}
    assert translated is not None
    assert (translated.contest, translated.votes, translated.total) == ("mayor", added, 18)
    assert (translated.names, translated.parties) == ({"ann": "Ann Ames"}, {"ann": "D"})
    assert translated.by_type == {"early": added}
    assert translated.units is not None
    assert (translated.units["Ward 1"].votes, translated.units["Ward 1"].by_type) == (added, {"early": added})
    assert translated.units["Ward 2"].votes is None
    assert Reading.model_validate_json(translated.to_json()) == translated


@pytest.mark.parametrize(
    ("text", "value"),
    [("60s", 60), ("5m", 300), ("24h", 86_400), ("2d", 172_800), ("1s", 1)],
)
def test_a_duration_is_a_number_and_a_unit(desk_of: DeskOf, text: str, value: int) -> None:
    source = desk_of(SMALL + f'every = "{text}"\n').source("paper")
    assert source is not None
    assert source.every == timedelta(seconds=value)


@pytest.mark.parametrize(
    ("text", "value"), [("60%", (3, 5)), ("3/5", (3, 5)), ("0.6", (3, 5)), ("66.67 %", (6667, 10_000)), ("0%", (0, 1))]
)
def test_a_share_is_exact(desk_of: DeskOf, text: str, value: tuple[int, int]) -> None:
    contest = desk_of(SMALL.replace('leads = "clerk"', f'leads = "clerk"\nthreshold = "{text}"')).contest("mayor")
    assert contest is not None
    assert contest.threshold == Fraction(*value)


def test_the_servers_that_settle_what_is_held_are_named(desk_of: DeskOf) -> None:
    assert desk_of(SMALL).desk.settles == ()
    assert desk_of(SMALL.replace("[desk]", "[desk]\nsettles = [81384788765712384, 5]")).desk.settles == (
        81384788765712384,
        5,
    )


@pytest.mark.parametrize("written", ['"06:30"', "06:30:00"])
def test_a_time_of_day_is_text_or_toml_s_own(desk_of: DeskOf, written: str) -> None:
    assert desk_of(SMALL.replace("[desk]", f"[desk]\nrundown = {written}")).desk.rundown == time(6, 30)


def test_the_morning_list_may_never_be_posted(desk_of: DeskOf) -> None:
    assert desk_of(SMALL.replace("[desk]", '[desk]\nrundown = "never"')).desk.rundown is None


def test_a_file_as_windows_writes_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load_desk(path).contest("mayor")


CONTEST, SOURCE = 'leads = "clerk"', 'id = "paper"'
WRONG = [
    ("contest mayor names the source nobody", CONTEST, CONTEST + '\nfeeds.nobody = {key = "1"}'),
    ("feeds.clerk names the candidate bob", 'id = "bob"', 'id = "rob"'),
    ("contests.mayor.seats", CONTEST, CONTEST + "\nseats = true"),
    ("contests.mayor.threshold: should be a share", CONTEST, CONTEST + '\nthreshold = "1e999999999"'),
    ("contests.mayor.threshold: should be a share", CONTEST, CONTEST + '\nthreshold = "1/0"'),
    ("contests.mayor.ruel: is no field", CONTEST, CONTEST + '\nruel = "plurality"'),
    ("contests.mayor.candidates", 'candidates = [{id = "ann"', 'candidates = 5\nold = [{id = "ann"'),
    ("sources.paper.every: should be a duration", SOURCE, SOURCE + '\nevery = "60"'),
    ("sources.paper.every: should be a duration", SOURCE, SOURCE + '\nevery = "1h30m"'),
    ("sources.paper.stale_after: should be a duration", SOURCE, SOURCE + '\nstale_after = "-1d"'),
    ("source paper: page should be the address of a page", SOURCE, SOURCE + '\npage = "https://a.org/(x)"'),
    ("county is for Clarity sites only", SOURCE, SOURCE + '\ncounty = "Bibb"'),
    ("source paper: url should be an address", SOURCE, SOURCE + '\nformat = "readings"\nurl = "file:///etc/passwd"'),
    ("sources.paper.every_night: should be a duration", SOURCE, SOURCE + "\nevery_night = 5"),
    ("key_env needs a url with https", SOURCE, SOURCE + '\nkey_env = "KEY"'),
    (
        "key_env needs a url with https",
        SOURCE,
        SOURCE + '\nformat = "ap"\nurl = "http://10.0.0.1/x"\nown_network = true\nkey_env = "KEY"',
    ),
    ("key_env should be the name of", SOURCE, SOURCE + '\nkey_env = "A KEY"'),
    ("not beginning with TALLYDESK_", SOURCE, SOURCE + '\nkey_env = "TALLYDESK_TOKEN"'),
    ("not beginning with TALLYDESK_", SOURCE, SOURCE + '\nkey_env = "Tallydesk_Token"'),
    ("sources.paper.own_network: should be true or false", SOURCE, SOURCE + '\nown_network = "yes"'),
    ("sources.paper.name", "the Paper", "x" * 5000),
    ("desk.zone: should be a zone", '"America/New_York"', "5"),
    ("desk.zone: should be a zone", "America/New_York", "../../etc/passwd"),
    ("desk.rundown: should be a time of day", "[desk]", '[desk]\nrundown = "8 a.m."'),
    ("desk.settles: should be ids of servers", "[desk]", '[desk]\nsettles = ["81384788765712384"]'),
    ("desk.settles: should be ids of servers", "[desk]", "[desk]\nsettles = [81384788765712384, 0]"),
    ("desk.settles: should be ids of servers", "[desk]", "[desk]\nsettles = 81384788765712384"),
    ("desk.settles: the server 5 is there twice", "[desk]", "[desk]\nsettles = [5, 5]"),
    ("desk: is missing", "[desk]", "[disk]"),
    ("not TOML", "[desk]", "[desk"),
    ("not TOML", "[desk]", "[desk]\nrundown = " + "9" * 5000),
    ("not TOML", "[desk]", "[desk]\nrundown = " + "[" * 5000),
    ("style", "[desk]", "[desk]\nstyle = " + "[" * 100 + "]" * 100),
]


@pytest.mark.parametrize(("words", "right", "wrong"), WRONG)
def test_a_mistake_is_one_short_line_that_names_the_file_and_the_place(
    desk_of: DeskOf, words: str, right: str, wrong: str
) -> None:
    assert right in SMALL
    with pytest.raises(BadInputError) as caught:
        desk_of(SMALL.replace(right, wrong))
    line = str(caught.value)
    assert "desk.toml: " in line
    assert words in line
    assert line.isprintable()
    assert len(line.partition("desk.toml: ")[2]) <= 600


def test_two_contests_under_one_key_of_a_source_are_refused(desk_of: DeskOf) -> None:
    twin = SMALL[SMALL.index("[[contests]]") : SMALL.index("[[sources]]")].replace('id = "mayor"', 'id = "clerk"')
    with pytest.raises(BadInputError, match="two contests have the key 7 at clerk"):
        desk_of(SMALL + twin)


def test_a_file_that_is_missing_too_large_or_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    with pytest.raises(BadInputError, match=r"desk\.toml: the desk file can't be read \(No such file"):
        load_desk(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadInputError, match="is not UTF-8 text"):
        load_desk(path)
    path.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(BadInputError, match=f"over {MOST_BYTES} bytes"):
        load_desk(path)
    with pytest.raises(BadInputError, match="can't be read"):
        load_desk(tmp_path)


def test_what_a_source_says_beside_the_numbers_gets_the_desk_s_ids_too(desk_of: DeskOf) -> None:
    says = {"call": "Called", "winners": ["ann-ames-d", "ann-ames-w"], "runoff": ["stranger"]}
    votes = {"ann-ames-d": 2, "ann-ames-w": 1, "bob-bell": 1}
    translated = desk_of(SMALL).translate(reading("clerk", "7", votes, says=says))
    assert translated is not None
    assert translated.says is not None
    assert translated.says.said() == {
        "call": "Called",
        "winners": ("ann",),
        "runoff": ("stranger",),
    }


def test_how_often_a_source_is_asked_goes_by_the_phase_of_its_counts() -> None:
    plain = {"id": "paper", "name": "the Paper"}
    told = Source.model_validate(plain | {"every": "60s", "every_night": "10s", "every_quiet": "30m"})
    assert [told.polling_interval(phase).total_seconds() for phase in Phase] == [1800, 60, 10]
    silent = Source.model_validate(plain | {"every": "90s"})
    assert {silent.polling_interval(phase).total_seconds() for phase in Phase} == {90}


PUSHED = """
[[sources]]
id = "county"
name = "the county"
format = "push"
secret_env = "COUNTY_SECRET"
"""


def test_a_source_may_push(desk_of: DeskOf) -> None:
    source = desk_of(SMALL + PUSHED).source("county")
    assert source is not None
    assert (source.pushes, source.fetched) == (True, False)
    clerk = desk_of(SMALL).source("clerk")
    assert clerk is not None
    assert (clerk.pushes, clerk.fetched) == (False, False)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('url = "https://example.org"', "nothing is fetched, so url means nothing"),
        ('every = "60s"', "nothing is fetched, so every means nothing"),
        ('county = "Floyd"', "nothing is fetched, so county means nothing"),
        ('user_agent = "x"', "nothing is fetched, so user_agent means nothing"),
        ('columns = {votes = "V"}', "nothing is fetched, so columns means nothing"),
    ],
)
def test_what_only_a_fetched_source_has_is_refused_of_one_that_pushes(desk_of: DeskOf, more: str, words: str) -> None:
    with pytest.raises(BadInputError, match=f'source county: with format = "push" {words}'):
        desk_of(f"{SMALL}{PUSHED}{more}\n")


@pytest.mark.parametrize(
    "secret", ["whsec_aHVudGVyMi1odW50ZXIyLWh1bnRlcjI", "county_secret", "TALLYDESK_TOKEN", "", "A B"]
)
def test_a_secret_in_the_desk_file_is_refused_and_not_shown(desk_of: DeskOf, secret: str) -> None:
    with pytest.raises(BadInputError, match="needs secret_env, the name of the environment variable") as caught:
        desk_of(SMALL + PUSHED.replace("COUNTY_SECRET", secret))
    assert len(secret) < 4 or secret not in str(caught.value)


def test_no_source_but_one_that_pushes_has_a_secret(desk_of: DeskOf) -> None:
    with pytest.raises(BadInputError, match="source county: secret_env is for sources"):
        desk_of(SMALL + PUSHED.replace('format = "push"', ""))


def test_a_contest_has_its_own_deadlines_beside_those_of_the_law(desk_of: DeskOf) -> None:
    contest = """election_day = 2020-11-03
state = "GA"
deadlines = [
  {title = "The board hears challenges", wall = 2020-11-10T09:00:00, source = "the board"},
  {kind = "certification", title = "The city certifies", wall = "2020-11-12T12:00", source = "the charter", certifies = "units"},
]
"""
    desk = desk_of(SMALL.replace('leads = "clerk"\n', 'leads = "clerk"\n' + contest))
    law = load_toml(shipped("deadlines.toml"), Law, "the table of deadlines")
    (mayor,) = desk.contests
    found = mayor.all_deadlines(law, desk.zone)
    assert [(event.wall.day, event.certifies) for event in found] == [
        (10, None),
        (12, "units"),
        (20, "state"),
        (24, None),
    ]
    assert {event.contest for event in found} == {"mayor"}
    assert found[0].zone == "America/New_York"


@pytest.mark.parametrize(
    ("calendars", "why"),
    [
        ('{id = "a", name = "A", url = "https://example.org/a.ics"}', None),
        ('{id = "a", name = "A", url = "file:///etc/passwd"}', "url"),
        (
            '{id = "a", name = "A", url = "https://x.org/"}, {id = "a", name = "B", url = "https://y.org/"}',
            "there twice",
        ),
    ],
)
def test_calendars_are_checked(desk_of: DeskOf, calendars: str, why: str | None) -> None:
    text = f"calendars = [{calendars}]\n{SMALL}"
    if why is None:
        assert desk_of(text).calendars[0].every == timedelta(minutes=15)
        return
    with pytest.raises(BadInputError, match=why):
        desk_of(text)


@pytest.mark.parametrize(
    "key", ["AKIAIOSFODNN7EXAMPLE", "hunter2", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY", "whsec_MTIz"]
)
@pytest.mark.parametrize("field", ["key_env", "secret_env"])
def test_a_key_where_its_variable_s_name_should_be_is_refused_and_not_shown(
    tmp_path: Path, field: str, key: str
) -> None:
    kind = 'format = "push"' if field == "secret_env" else 'format = "ap"\nurl = "https://a.example/x"'
    path = tmp_path / "desk.toml"
    path.write_text(SMALL.replace(SOURCE, f'{SOURCE}\n{kind}\n{field} = "{key}"'))
    with pytest.raises(BadInputError, match=field) as caught:
        load_desk(path)
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["htps://a.example/hunter2", "https:///hunter2", f"https://a.example/hunter2{'x' * 2001}"]
)
@pytest.mark.parametrize("of", ["source", "calendar"])
def test_an_address_that_can_t_be_one_is_refused_and_not_shown(tmp_path: Path, of: str, url: str) -> None:
    path = tmp_path / "desk.toml"
    source = f'{SOURCE}\nformat = "readings"\nurl = "{url}"'
    calendar = f'\n[[calendars]]\nid = "cal"\nname = "A calendar"\nurl = "{url}"\n'
    path.write_text(SMALL.replace(SOURCE, source) if of == "source" else SMALL + calendar)
    with pytest.raises(BadInputError, match=f"{of} .*: url should be an address") as caught:
        load_desk(path)
    assert "hunter2" not in str(caught.value)


def test_a_partys_color_is_six_digits_as_html_has_them(desk_of: DeskOf) -> None:
    for good in ("#4a86d8", "#4A86D8"):
        desk = desk_of(SMALL.replace("[desk]", f'[desk]\nparty_colors = {{D = "{good}"}}', 1))
        assert desk.desk.party_colors == {"D": "#4a86d8"}
    assert desk_of(SMALL).desk.party_colors == {}
    for bad in ('"blue"', '"#48d"', '"4a86d8"', '"#4a86d8ff"', '"#4a86dg"', '"#4a86d\\u0668"', "4", "[]"):
        with pytest.raises(BadInputError, match=r'party_colors\.D.*should be a color of six digits such as "#4a86d8"'):
            desk_of(SMALL.replace("[desk]", f"[desk]\nparty_colors = {{D = {bad}}}", 1))
