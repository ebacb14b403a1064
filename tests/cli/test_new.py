"""Tests `tallydesk new`, which writes a desk file from the contests in a feed."""

import json
import os
import signal
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli import new as new_module
from bot.cli import terminal
from bot.desk.desk_file import load_desk
from bot.feeds.ballot import slug
from tests.cli.conftest import Cli
from tests.feeds import ap_files
from tests.feeds.ap_files import race, unit

Feed = Callable[..., Path]


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    """Return a function that writes a feed file from contests: (key, name, {candidate's name: votes}).

    Without contests it writes the two in `DAY`, the second of which is Governor.
    """

    def write(*contests: tuple[str, str, dict[str, int]], name: str = "feed.jsonl", **more: object) -> Path:
        lines = [
            json.dumps(
                {
                    "source": "x",
                    "contest": key,
                    "contest_name": called,
                    "as_of": "2026-11-03T23:00:00Z",
                    "votes": {slug(one): votes for one, votes in people.items()},
                    "names": {slug(one): one for one in people},
                    "units": {unit: {"total": 1} for unit in ("Floyd", "Fulton", "Bibb", "DeKalb")},
                }
                | more
            )
            for key, called, people in contests or DAY
        ]
        path = tmp_path / name
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


DAY = (
    ("100", "Lamp Keeper of the State", {"Ann Quill": 50, "Bo van Reed Jr.": 40}),
    ("200", "GOVERNOR", {"ANA DIAZ": 0, "JOHN O'HARE": 0}),
    ("300", "Amendment 2", {"Yes": 5, "No": 6}),
)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "desk.toml"


class _Site(SimpleHTTPRequestHandler):
    """A web site that serves the temporary folder. A test may delay its answers, or interrupt the client."""

    address = ""
    asked: Callable[[str], object] = staticmethod(lambda _: None)

    def do_GET(self) -> None:
        type(self).asked(self.path)
        super().do_GET()

    def log_message(self, *args: object) -> None:
        del args


@pytest.fixture
def site(tmp_path: Path) -> Iterator[type[_Site]]:
    class Site(_Site):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Site.address = f"http://127.0.0.1:{server.server_port}"
    yield Site
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def address(site: type[_Site]) -> str:
    """Return the loopback address at which the temporary folder is served."""
    return site.address


@pytest.fixture
def desk(cli: Cli, feed: Feed, output: Path) -> Path:
    """Return a desk file with the contest named Lamp."""
    assert cli("new", feed(), "--contest", "lamp*", "--output", output).status == 0
    return output


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Answer the next questions on the terminal, as a person would."""
    said = iter(answers)
    monkeypatch.setattr(new_module, "_can_ask", lambda _: True)
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: next(said))


def _served(folder: Path, path: str, answer: object) -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(answer), encoding="utf-8")
    return file


def _clarity(folder: Path, place: str, **contest: object) -> None:
    """Write the files of an election on a Clarity site."""
    one = {"K": "5", "C": "Lamp Keeper", "CH": ["Ann Quill", "Bo Reed"], "V": [50, 40]} | contest
    for name, answer in (
        ("current_ver.txt", 1),
        ("1/json/en/summary.json", [one]),
        ("1/json/en/electionsettings.json", {}),
    ):
        _served(folder, f"{place}/{name}", answer)


def written(output: Path) -> dict[str, Any]:
    load_desk(output)
    return tomllib.loads(output.read_text(encoding="utf-8"))


def test_a_picked_contest_is_filled_in_and_each_guess_is_marked(cli: Cli, feed: Feed, output: Path) -> None:
    outcome = cli("new", feed(), "--contest", "lamp*", "--output", output)
    assert (outcome.status, outcome.err) == (0, [])
    document = written(output)
    (contest,) = document["contests"]
    assert contest["id"] == "ga-2026-lamp-keeper-of-the-state"
    assert (contest["state"], contest["leads"]) == ("GA", "ga-readings")
    assert contest["candidates"] == [
        {"id": "quill", "name": "Ann Quill", "last": "Quill"},
        {"id": "van-reed", "name": "Bo van Reed Jr.", "last": "van Reed"},
    ]
    assert contest["feeds"]["ga-readings"] == {
        "key": "100",
        "candidates": {"ann-quill": "quill", "bo-van-reed-jr": "van-reed"},
    }
    text = output.read_text(encoding="utf-8")
    assert 'rule = "majority-runoff" # a guess: Georgia asks for more than half (O.C.G.A. 21-2-501)' in text
    assert 'zone = "America/New_York" # a guess: where most of Georgia lives' in text
    assert "election_day = 2026-11-03 # a guess: the general election of 2026; the feed does not say" in text
    assert any("Ann Quill leads by 10, with 90 counted" in line for line in outcome.out)
    assert any(line.startswith("look up what is marked as a guess: ") for line in outcome.out)


def test_capitals_zeros_and_a_measure(cli: Cli, feed: Feed, output: Path) -> None:
    outcome = cli("new", feed(), "--contest", "governor", "--contest", "300", "--output", output, "--state", "FL")
    assert outcome.status == 0
    governor, measure = written(output)["contests"]
    assert governor["name"] == "Governor"
    assert [(one["name"], one["last"]) for one in governor["candidates"]] == [
        ("Ana Diaz", "Diaz"),
        ("John O'hare", "O'hare"),
    ]
    assert (measure["rule"], measure["threshold"]) == ("measure", "60%")
    assert any("no votes yet" in line for line in outcome.out)


def test_a_further_feed_is_paired_side_by_side_and_a_persons_words_stay(cli: Cli, feed: Feed, desk: Path) -> None:
    mine = (
        desk.read_text(encoding="utf-8")
        .replace('id = "quill"', 'id = "quill"')
        .replace('last = "Quill"}', 'last = "Quill-Rye"}')
        + "\n# the desk's own remark\n"
    )
    desk.write_text(mine, encoding="utf-8")
    other = feed(
        ("7", "Keeper of the State's Lamp", {"QUILL-RYE, ANN": 70, "Bo van Reed": 41, "Write-in": 1}),
        name="other.jsonl",
    )
    outcome = cli("new", other, "--output", desk, "--yes")
    assert (outcome.status, outcome.err) == (0, [])
    assert "  Ann Quill = QUILL-RYE, ANN, 70 votes" in outcome.out
    document = written(desk)
    (contest,) = document["contests"]
    assert contest["feeds"]["ga-readings-2"]["candidates"] == {"quill-rye-ann": "quill", "bo-van-reed": "van-reed"}
    assert [one["id"] for one in document["sources"]] == ["ga-readings", "ga-readings-2"]
    assert "# the desk's own remark" in desk.read_text(encoding="utf-8")
    assert 'last = "Quill-Rye"}' in desk.read_text(encoding="utf-8")


def test_a_pair_may_be_typed_where_nobody_can_be_asked(cli: Cli, feed: Feed, desk: Path) -> None:
    other = feed(("7", "Guardian of Lights", {"Ann Quill": 70, "Robert Reed": 41}), name="other.jsonl")
    ours = "ga-2026-lamp-keeper-of-the-state"
    outcome = cli("new", other, "--output", desk, "--pair", f"{ours}=7")
    assert (outcome.status, outcome.err) == (0, [])
    (contest,) = written(desk)["contests"]
    assert contest["feeds"]["ga-readings-2"] == {"key": "7", "candidates": {"ann-quill": "quill"}}
    for wrong, said in (
        (f"{ours}=8", "has no contest 8; it has Guardian of Lights (7)"),
        ("x=7", "has no contest x; it has"),
    ):
        outcome = cli("new", other, "--output", desk, "--pair", wrong)
        assert outcome.status == 2
        assert said in outcome.err[-1]


@pytest.mark.parametrize(
    ("words", "way"),
    [
        (("FEED",), "--contest"),
        (("SITE",), "--election"),
        ((), "--state"),
        (("OTHER", "--contest", "7"), "--pair"),
        (("TABLE",), "--preset"),
    ],
)
@pytest.mark.usefixtures("listed")
def test_whatever_would_be_asked_names_the_option_that_says_it(
    cli: Cli, feed: Feed, output: Path, tmp_path: Path, address: str, words: tuple[str, ...], way: str
) -> None:
    (tmp_path / "a.csv").write_text("A,B,C\nLamp,Quill,5\n", encoding="utf-8")
    places = {"FEED": str(feed()), "SITE": f"{address}/results/public/Virginia", "TABLE": str(tmp_path / "a.csv")}
    if "OTHER" in words:
        cli("new", feed(), "--contest", "lamp*", "--output", output)
        places["OTHER"] = str(
            feed(("7", "Lamp Keeper of the State", {"Ann Quill": 7, "Cy Lund": 4}), name="other.jsonl")
        )
    outcome = cli("new", *(places.get(word, word) for word in words), "--output", output)
    assert outcome.status == 2
    assert any(way in line for line in outcome.err), outcome.err


def test_what_takes_long_is_said_to_go_on(
    cli: Cli, feed: Feed, output: Path, site: type[_Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    feed()
    waited = threading.Event()
    complain = terminal.complain

    def heard(line: str) -> None:
        complain(line)
        if "still working" in line:
            waited.set()

    monkeypatch.setattr(terminal, "_PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(terminal, "complain", heard)

    site.asked = staticmethod(lambda _: waited.wait(20))
    outcome = cli("new", f"{site.address}/feed.jsonl", "--contest", "lamp*", "--output", output)
    assert outcome.status == 0
    assert outcome.err[0].startswith(f"{site.address}/feed.jsonl: still working, ")


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Make Ctrl-C interrupt. A shell that runs the tests in the background would make them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_leaves_nothing_behind(cli: Cli, feed: Feed, output: Path, tmp_path: Path, site: type[_Site]) -> None:
    feed()
    before = sorted(tmp_path.iterdir())
    site.asked = staticmethod(lambda _: os.kill(os.getpid(), signal.SIGINT))
    assert cli("new", f"{site.address}/feed.jsonl", "--contest", "lamp*", "--output", output).status == 130
    assert sorted(tmp_path.iterdir()) == before
    cli("new", tmp_path / "feed.jsonl", "--contest", "lamp*", "--output", output)
    was = output.read_bytes()
    assert cli("new", f"{site.address}/feed.jsonl", "--contest", "300", "--output", output).status == 130
    assert output.read_bytes() == was


def test_a_contest_with_a_stranger_in_place_of_a_candidate_is_not_paired_unasked(
    cli: Cli, feed: Feed, desk: Path
) -> None:
    before = desk.read_bytes()
    other = feed(("7", "Lamp Keeper of the State", {"Ann Quill": 70, "Cy Stranger": 41}), name="other.jsonl")
    outcome = cli("new", other, "--output", desk, "--yes", "--contest", "7")
    assert outcome.status == 2
    assert any("is not paired with Lamp Keeper of the State" in line for line in outcome.err)
    assert "  nobody here = Cy Stranger, 41 votes" in outcome.out
    assert desk.read_bytes() != before  # it was asked for by --contest: as a contest of its own
    assert [one["id"] for one in written(desk)["contests"]] == [
        "ga-2026-lamp-keeper-of-the-state",
        "ga-2026-lamp-keeper-of-the-state-2",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            (),
            "has 3 contests; choose with --contest and a part of the name",
        ),
        (
            ("--contest", "mayor"),
            "no contest is called mayor; the nearest are ",
        ),
        (("--state", "XX"), "--state: XX is not a state's postal code, such as GA"),
    ],
)
def test_what_can_t_be_done_is_one_line_and_writes_nothing(
    cli: Cli, feed: Feed, output: Path, words: tuple[str, ...], said: str
) -> None:
    outcome = cli("new", feed(), "--output", output, *words)
    assert outcome.status == 2
    assert len(outcome.err) == 1
    assert said in outcome.err[0]
    assert not output.exists()


def test_the_nearest_contest_comes_first_however_its_feed_spells_it(cli: Cli, feed: Feed, output: Path) -> None:
    outcome = cli("new", feed(), "--contest", "govenor", "--output", output)
    assert outcome.status == 2
    assert "no contest is called govenor; the nearest are GOVERNOR (200); " in outcome.err[0]


def test_where_a_feed_has_no_names_a_part_of_the_key_finds_the_contest(cli: Cli, feed: Feed, output: Path) -> None:
    keys = (("Lamp Keeper of the State", "", {"Ann": 5, "Bo": 4}), ("Wick Trimmer", "", {"Cy": 3, "Di": 2}))
    assert cli("new", feed(*keys, contest_name=None), "--contest", "keeper", "--output", output).status == 0
    assert [one["name"] for one in written(output)["contests"]] == ["Lamp Keeper of the State"]


def test_a_person_searches_by_typing_and_picks_by_number(
    cli: Cli, feed: Feed, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, "lamp", "1", "")
    outcome = cli("new", feed(), "--output", output)
    assert outcome.status == 0
    assert "1 contest with lamp" in outcome.out
    assert [one["name"] for one in written(output)["contests"]] == ["Lamp Keeper of the State"]


def test_contests_are_listed_a_line_each_and_taken_by_a_part_of_their_name(cli: Cli, feed: Feed, output: Path) -> None:
    path = feed(*DAY, (f"{'0' * 30}4", "Lamp Oil Levy", {"Yes": 1, "No": 2}))
    outcome = cli("new", path, "--output", output)
    assert outcome.status == 2
    assert outcome.out[1:] == [
        "  Lamp Keeper of the State (100)",
        "  GOVERNOR (200)",
        "  Amendment 2 (300)",
        "  Lamp Oil Levy",
    ]
    for part, names in (
        ("lamp", ["Lamp Keeper of the State", "Lamp Oil Levy"]),
        ("200", ["Governor"]),
        ("Lamp Oil Levy", ["Lamp Oil Levy"]),
    ):
        assert cli("new", path, "--contest", part, "--output", output).status == 0
        assert [one["name"] for one in written(output)["contests"]] == names
        output.unlink()


def test_the_one_election_that_is_ahead_is_taken(cli: Cli, tmp_path: Path, output: Path, address: str) -> None:
    api, coming = "results/public/api", (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
    listed = [
        {"publicElectionId": key, "electionDate": day, "name": [{"languageId": "en", "text": key}]}
        for key, day in (("then", "2024-11-05"), ("coming", coming), ("demo", coming))
    ]
    _served(tmp_path, f"{api}/jurisdictions/Virginia", {"elections": listed})
    _served(tmp_path, f"{api}/elections/Virginia/coming/data", _data("2026-11-04T01:00:00Z"))
    outcome = cli("new", f"{address}/results/public/Virginia", "--output", output)
    assert outcome.status == 0
    assert f"taking coming, {coming}, the next election; --election chooses another" in outcome.out


def test_without_a_feed_it_says_what_is_known_of_the_state(cli: Cli) -> None:
    outcome = cli("new", "--state", "ny")
    assert outcome.status == 0
    assert outcome.out[0].startswith("New York: the State Board of Elections; blocked (no format of ours reads it; ")
    assert any(line.startswith("  instead: ") for line in outcome.out)


def test_the_example_is_written_and_replaces_nothing(cli: Cli, output: Path) -> None:
    assert cli("new", "--example", "--output", output).status == 0
    assert written(output)["contests"][0]["id"] == "ga-2020-president"
    outcome = cli("new", "--example", "--output", output)
    assert (outcome.status, outcome.err) == (2, [f"{output}: is there already; choose another file with --output"])


def test_an_address_becomes_a_source_that_is_asked(cli: Cli, feed: Feed, output: Path, address: str) -> None:
    feed()
    outcome = cli("new", f"{address}/feed.jsonl", "--contest", "lamp*", "--output", output)
    assert (outcome.status, outcome.err) == (0, [])
    (source,) = written(output)["sources"]
    assert (source["format"], source["url"], source["own_network"]) == ("readings", f"{address}/feed.jsonl", True)


def test_a_clarity_site_is_known_by_its_path_wherever_it_is(
    cli: Cli, tmp_path: Path, output: Path, address: str
) -> None:
    _clarity(tmp_path, "GA/105369", CH=["Ann Quill (Dem)", "Bo Reed (Rep)"], P=["DEM", "REP"])
    outcome = cli("new", f"{address}/GA/105369/web.264614/", "--output", output)
    assert outcome.status == 0, outcome.err
    document = written(output)
    assert document["sources"][0]["url"] == f"{address}/GA/105369"
    assert document["contests"][0]["state"] == "GA"
    assert [one.get("party") for one in document["contests"][0]["candidates"]] == ["D", "R"]


def test_a_tie_is_no_count_without_votes_and_two_of_one_name_have_an_id_each(
    cli: Cli, feed: Feed, output: Path
) -> None:
    path = feed(("9", "Lamp Keeper", {"Ann Lee": 5, "Bob Lee": 5}), as_of_is="received")
    outcome = cli("new", path, "--output", output)
    assert outcome.status == 0
    assert any("nobody leads, with 10 counted" in line for line in outcome.out)
    (contest,) = written(output)["contests"]
    assert contest["id"] == "ga-lamp-keeper"  # of a file's own time no year is made
    assert [one["id"] for one in contest["candidates"]] == ["ann-lee", "bob-lee"]


SHEETS = {
    "florida": (
        "ElectionDate\tPartyCode\tRaceCode\tRaceName\tCountyName\tJuris1num\tJuris2num\tPrecincts\tPrecinctsReporting"
        "\tCanNameLast\tCanNameFirst\tCanNameMiddle\tCanVotes\n"
        "11/03/2026\tREP\tGOV\tGovernor\tPolk\t000\t\t9\t9\tQuill\tAnn\t\t50\n"
        "11/03/2026\tDEM\tGOV\tGovernor\tPolk\t000\t\t9\t9\tReed\tBo\t\t40\n"
    ),
    "minnesota": (
        "MN;;;0102;U.S. Senator;;0301;Ann Quill;;;DFL;9;9;50;55.5;90\nMN;;;0102;U.S. Senator;;0202;Bo Reed;;;R;9;9;40;44.4;90\n"
    ),
}


@pytest.mark.parametrize("preset", SHEETS)
@pytest.mark.parametrize("named", [True, False])
def test_an_offices_table_is_known_by_its_layout_or_by_name(
    cli: Cli, tmp_path: Path, output: Path, address: str, preset: str, *, named: bool
) -> None:
    (tmp_path / "table.txt").write_text(SHEETS[preset], encoding="utf-8")
    outcome = cli("new", f"{address}/table.txt", "--output", output, *(("--preset", preset) if named else ()))
    assert (outcome.status, outcome.err) == (0, [])
    document = written(output)
    assert document["contests"][0]["state"] == preset[:2].upper().replace("MI", "MN")
    assert document["sources"][0]["preset"] == preset
    assert any("Ann Quill leads by 10, with 90 counted" in line for line in outcome.out)


def test_a_runners_sheet_is_read_by_what_its_headings_seem_to_be(
    cli: Cli, tmp_path: Path, output: Path, address: str
) -> None:
    sheet = "Race,Candidate,County,Votes,Updated\nLamp,Ann Quill,Floyd,12,11/3 9:14\nLamp,Bo Reed,Floyd,10,11/3 9:14\n"
    (tmp_path / "sheet.csv").write_text(sheet, encoding="utf-8")
    assert cli("new", f"{address}/sheet.csv", "--output", output).status == 0
    (source,) = written(output)["sources"]
    columns = {"contest": "Race", "candidate": "Candidate", "votes": "Votes", "unit": "County", "other": "Updated"}
    assert source["columns"] == columns
    assert "# a guess: what its headings seem to be" in output.read_text(encoding="utf-8")


def test_times_without_a_zone_are_the_states_and_marked_so(cli: Cli, tmp_path: Path, output: Path) -> None:
    path = tmp_path / "sheet.csv"
    rows = ("Ann Quill,Floyd,12", "Bo Reed,Floyd,10")
    text = "Race,Candidate,County,Votes,Updated\n" + "".join(f"Lamp,{row},11/3/2026 9:14:00 PM\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    outcome = cli("new", path, "--state", "KS", "--output", output)
    assert "  as_of: its times name no zone; they are taken to be Kansas's, America/Chicago" in outcome.out
    assert 'zone = "America/Chicago" # a guess: its times name no zone; most of Kansas lives' in output.read_text()
    (source,) = load_desk(output).sources
    assert source.layout is not None
    (reading,) = cli("read", "--format", "csv", path, "--desk", output).printed
    assert reading["as_of"] == "2026-11-04T03:14:00Z"
    assert "as_of_is" not in reading
    output.unlink()
    outcome = cli("new", path, "--output", output)  # nobody knows which state's
    assert "  as_of: its times are none that can be read, and are left out" in outcome.out
    assert written(output)["sources"][0]["columns"]["other"] == "Updated"


def test_a_sheet_of_one_contest_has_its_sources_name_for_a_key(
    cli: Cli, tmp_path: Path, output: Path, address: str
) -> None:
    (tmp_path / "lamp_keeper.csv").write_text("Name,Votes\nAnn Quill,12\nBo Reed,10\n", encoding="utf-8")
    assert cli("new", f"{address}/lamp_keeper.csv", "--output", output).status == 0
    (contest,), (source,) = (written(output)[part] for part in ("contests", "sources"))
    assert (contest["name"], contest["feeds"][source["id"]]["key"]) == ("lamp keeper", source["id"])


def test_a_table_of_which_nobody_knows_the_columns_is_told_what_says_them(
    cli: Cli, tmp_path: Path, output: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("A,B,C\nLamp,Quill,5\n", encoding="utf-8")
    outcome = cli("new", path, "--output", output)
    assert outcome.status == 2
    assert outcome.err[0].startswith(
        f"{path}: is a table, and its headings don't say which column has the candidates and the votes: A | B | C; say it with "
        "--columns candidate=\u2026,votes=\u2026; --preset says whose it is: florida, "
    )
    assert cli("new", path, "--output", output, "--columns", "contest=A,candidate=B,votes=C", "--yes").status == 0
    assert written(output)["sources"][0]["columns"] == {"contest": "A", "candidate": "B", "votes": "C"}


def test_a_mapping_is_shown_with_its_reasons_and_the_largest_contests(cli: Cli, tmp_path: Path, output: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        ",Race,District,CandidateName,County,Votes\n0,House,1,Ren\u00e9e Quill,Floyd,12\n1,House,2,Bo Reed,Bibb,10\n"
        "2,House,1,Under Votes:,Floyd,3\n3,House,2,Times Counted,Bibb,13\n4,House,2,Under Votes:,Bibb,3\n",
        encoding="cp1252",
    )
    outcome = cli("new", path, "--output", output, "--contest", "house 1")
    assert outcome.out[1:12] == [
        "  headings: (none) | Race | District | CandidateName | County | Votes",
        "            0 | House | 1 | Ren\u00e9e Quill | Floyd | 12",
        "            1 | House | 2 | Bo Reed | Bibb | 10",
        "            2 | House | 1 | Under Votes: | Floyd | 3",
        "  contest = Race + District: District tells contests of one Race apart",
        "  candidate = CandidateName: its heading says so",
        "  votes = Votes: its heading says so",
        "  unit = County: its heading says so",
        "  not read: the one without a heading",
        "  nobody's votes: Under Votes:, Times Counted",
        "  House 1: Ren\u00e9e Quill 12; 12 in all",
    ]
    (source,) = written(output)["sources"]
    assert (source["charset"], source["name"], source["public"]) == ("cp1252", "our own sheet", False)
    assert "credit" not in source


def test_columns_of_the_desk_file_are_what_a_mapping_starts_from(
    cli: Cli, tmp_path: Path, output: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = "Race,Who,Seat,Votes,Updated\nLamp,Ann Quill,1,12,noon\nLamp,Bo Reed,1,10,noon\n"
    for name in ("may", "june"):
        (tmp_path / f"{name}.csv").write_text(table, encoding="utf-8")
    answering(monkeypatch, "candidate=Whom", "candidate=Who,contest=Race+Seat", "")
    outcome = cli("new", f"{address}/may.csv", "--output", output, "--columns", "candidate=Seat")
    assert any("has no column headed Whom; it has Race, Who, Seat, Votes, Updated" in line for line in outcome.err)
    before = output.read_bytes()
    mine = {"contest": ["Race", "Seat"], "candidate": "Who", "votes": "Votes", "other": "Updated"}
    assert written(output)["sources"][0]["columns"] == mine
    assert 'name = "Lamp 1" # a guess: what Race and Seat say' in output.read_text(encoding="utf-8")

    answering(monkeypatch, "contest=Race", "")
    outcome = cli("new", f"{address}/may.csv", "--output", output)
    assert "  contest = Race + Seat: as in the source sheet" in outcome.out
    assert "  contest = Race: you said so" in outcome.out
    there, line = outcome.out[-5:-3]
    assert there == f"{address}/may.csv: is in the desk file already, as the source sheet; nothing was changed"
    assert line.startswith('to have it read as above, give sheet this line: columns = {contest = "Race", ')
    assert output.read_bytes() == before

    answering(monkeypatch, "")
    assert cli("new", f"{address}/june.csv", "--output", output).status == 0
    assert [source["columns"] for source in written(output)["sources"]] == [mine, mine]


def test_while_a_person_thinks_nothing_is_said_onto_the_question(
    cli: Cli, tmp_path: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(terminal, "_PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(terminal, "complain", lines.append)

    def thinking(*_: object, **__: object) -> str:
        time.sleep(0.05)  # a line that was on its way when the question came
        before = len(lines)
        time.sleep(0.2)
        assert lines[before:] == []
        return ""

    monkeypatch.setattr(new_module, "_can_ask", lambda _: True)
    monkeypatch.setattr(typer, "prompt", thinking)
    (tmp_path / "lamp.csv").write_text("Name,Votes\nAnn Quill,12\nBo Reed,10\n", encoding="utf-8")
    assert cli("new", tmp_path / "lamp.csv", "--output", output).status == 0


def test_a_list_of_contests_says_how_many_it_leaves_out(
    cli: Cli, feed: Feed, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = feed(*((str(number), f"Lamp {number}", {"Ann Quill": 50, "Bo Reed": 40}) for number in range(100, 154)))
    answering(monkeypatch, "lamp 11", "nobody", "1", "")
    outcome = cli("new", path, "--output", output)
    assert [line for line in outcome.out if " more" in line] == ["      and 34 more"]
    assert "10 contests with lamp 11" in outcome.out
    assert written(output)["contests"][0]["name"] == "Lamp 110"


def test_of_a_file_nothing_is_fetched_and_so_only_the_rehearsal_is_next(
    cli: Cli, tmp_path: Path, output: Path, address: str
) -> None:
    path = tmp_path / "lamp.csv"
    path.write_text("Name,Votes\nAnn Quill,12\nBo Reed,10\n", encoding="utf-8")
    rehearsal = f"tallydesk rehearse --desk {output} --grow"
    assert cli("new", path, "--output", output).out[-1] == f"next: `{rehearsal} {path}` shows what the bot will post"
    output.unlink()
    last = cli("new", f"{address}/lamp.csv", "--output", output).out[-1]
    assert last == f"next: `tallydesk check` compares it with its sources; `{rehearsal}` shows what the bot will post"


def test_what_the_name_of_a_file_says_of_primaries_is_kept(cli: Cli, tmp_path: Path, output: Path) -> None:
    text = "Race,Candidate,Party,Votes\nLamp,Ann Quill,DEM,12\nLamp,Bo Reed,DEM,10\nLamp,Cy Moss,REP,9\n"
    for name, says in (("primary", True), ("general", False)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        assert cli("new", tmp_path / f"{name}.csv", "--output", output, "--contest", "lamp*").status == 0
        assert written(output)["sources"][0]["primaries"] is says
        output.unlink()


def test_one_name_in_every_county_is_read_by_a_second_source_of_the_same_table(
    cli: Cli, tmp_path: Path, output: Path, address: str
) -> None:
    rows = ["Senate,Ann Quill,Bacon,12", "Senate,Bo Reed,Bacon,10", "Senate,Ann Quill,Bibb,5", "Senate,Bo Reed,Bibb,9"]
    rows += [
        "Sheriff,Cy Moss,Bacon,12",
        "Sheriff,Di Voss,Bacon,10",
        "Sheriff,Eli Hart,Bibb,8",
        "Sheriff,Fay Lund,Bibb,9",
    ]
    (tmp_path / "a.csv").write_text("\n".join(["Race,Candidate,County,Votes", *rows]), encoding="utf-8")
    table = (f"{address}/a.csv", "--state", "GA", "--output", output)
    outcome = cli("new", *table)
    assert outcome.err == [
        (
            f"{address}/a.csv: sheriff (Sheriff): Bacon has none of the other units' candidates: if each is a contest of its own, "
            "add a second source with County in contest"
        )
    ]
    outcome = cli("new", *table, "--columns", "contest=Race+County", "--contest", "sheriff bibb", "--yes")
    assert (outcome.status, outcome.err) == (0, [])
    senate, sheriff = written(output)["contests"]
    assert (senate["name"], list(senate["feeds"])) == ("Senate", ["ga-sheet"])
    assert (sheriff["name"], list(sheriff["feeds"])) == ("Bibb County Sheriff", ["ga-sheet-2"])
    assert "# a guess: the feed says Sheriff Bibb" in output.read_text(encoding="utf-8")
    assert [one["columns"]["contest"] for one in written(output)["sources"]] == ["Race", ["Race", "County"]]


def test_several_seats_are_said_where_a_party_has_several_candidates(cli: Cli, tmp_path: Path, output: Path) -> None:
    text = "Race,Candidate,Party,Votes\nLamp,Ann Quill,DEM,12\nLamp,Bo Reed,DEM,10\nLamp,Cy Moss,REP,9\n"
    (tmp_path / "general.csv").write_text(text, encoding="utf-8")
    outcome = cli("new", tmp_path / "general.csv", "--output", output)
    assert any(line.endswith("with 31 counted; 2 seats, look up how many are elected") for line in outcome.out)
    assert written(output)["contests"][0]["seats"] == 2
    assert 'rule = "top-n" # a guess: a party has 2 candidates, as where several are elected' in output.read_text()


def test_an_address_that_is_there_already_changes_nothing(cli: Cli, tmp_path: Path, output: Path, address: str) -> None:
    (tmp_path / "lamp.csv").write_text("Name,Votes\nAnn Quill,12\nBo Reed,10\n", encoding="utf-8")
    assert cli("new", f"{address}/lamp.csv", "--output", output).status == 0
    before = output.read_bytes()
    outcome = cli("new", f"{address}/lamp.csv", "--output", output)
    assert (outcome.status, output.read_bytes()) == (0, before)
    assert any(
        line.endswith("is in the desk file already, as the source sheet; nothing was changed") for line in outcome.out
    )


def test_a_source_is_the_states_office_only_where_address_or_person_says_so_and_no_two_have_one_name(
    cli: Cli, feed: Feed, tmp_path: Path, output: Path, address: str
) -> None:
    for path in ("GA/105369", "GA/Floyd/105370"):
        _clarity(tmp_path, path)
    (tmp_path / "fl.txt").write_text(SHEETS["florida"], encoding="utf-8")
    feed()
    given = (
        (f"{address}/GA/105369", "the secretary of state"),
        (f"{address}/GA/Floyd/105370", "the elections office"),  # the county's
        (f"{address}/feed.jsonl", "the elections office 2"),  # its counties are Georgia's: that is not whose it is
        (f"{address}/fl.txt", "the elections office 3"),  # so is a layout
    )
    for place, _ in given:
        cli("new", place, "--contest", "*", "--output", output)
    cli("new", tmp_path / "fl.txt", "--preset", "florida", "--contest", "*", "--output", output)
    sources = written(output)["sources"]
    assert [one["name"] for one in sources] == [*(name for _, name in given), "the Division of Elections"]
    assert ["credit" in one for one in sources] == [True, False, False, False, True]


@pytest.mark.usefixtures("listed")
def test_an_election_that_contradicts_the_desk_file_or_the_address_is_refused(
    cli: Cli, output: Path, address: str
) -> None:
    site = f"{address}/results/public/Virginia"
    assert cli("new", site, "--election", "2026-11-03", "--output", output).status == 0
    before = output.read_bytes()
    outcome = cli("new", site, "--election", "2026-08-04", "--output", output)
    assert outcome.err[-1] == (
        f"{site}: is of the election on 2026-08-04, and {output} is of 2026-11-03: choose another file with --output"
    )
    named = f"{address}/results/public/api/elections/Virginia/2026-Nov/data"
    outcome = cli("new", named, "--election", "2026-Aug", "--output", output)
    assert outcome.err == [
        f"{named}: is of the election 2026-Nov, and --election says 2026-Aug; use one of them",
    ]
    assert (outcome.status, output.read_bytes()) == (2, before)


def _data(last_updated: str, votes: tuple[int, int] = (50, 40)) -> dict[str, object]:
    """Return the answer of an Enhanced Voting site for one election."""

    def text(said: str) -> list[dict[str, str]]:
        return [{"languageId": "en", "text": said}]

    options = [
        {"id": name, "name": text(name), "voteCount": count, "party": None}
        for name, count in zip(("Ann Quill", "Bo Reed"), votes, strict=True)
    ]
    item = {"id": "1", "name": text("Lamp Keeper"), "summaryResults": {"ballotOptions": options}}
    election = {
        "lastUpdated": last_updated,
        "electionDate": "2026-11-03",
        "isProduction": True,
        "name": text("November General"),
    }
    return {"election": election, "ballotItems": [item]}


@pytest.fixture
def listed(tmp_path: Path) -> None:
    """Serve an Enhanced Voting site that lists one election twice, and another once."""
    api = "results/public/api"
    listed = [
        {"publicElectionId": key, "electionDate": day, "name": [{"languageId": "en", "text": name}]}
        for key, day, name in (
            ("_copy", "2026-11-03", "November General"),
            ("2026-Nov", "2026-11-03", "November General"),
            ("2026-Aug", "2026-08-04", "August Primary"),
        )
    ]
    _served(tmp_path, f"{api}/jurisdictions/Virginia", {"elections": listed})
    _served(tmp_path, f"{api}/elections/Virginia/_copy/data", _data("2026-11-04T01:00:00Z", (5, 4)))
    _served(tmp_path, f"{api}/elections/Virginia/2026-Nov/data", _data("2026-11-04T02:00:00Z"))
    _served(tmp_path, f"{api}/elections/Virginia/2026-Aug/data", _data("2026-08-05T02:00:00Z"))


@pytest.mark.parametrize("path", ["Virginia", "api/jurisdictions/Virginia", "Virginia/elections"])
@pytest.mark.usefixtures("listed")
def test_of_an_election_that_is_listed_twice_the_newer_count_is_taken(
    cli: Cli, output: Path, address: str, path: str
) -> None:
    outcome = cli("new", f"{address}/results/public/{path}", "--election", "2026-11-03", "--output", output)
    assert outcome.status == 0
    assert outcome.err == [
        "November General is listed 2 times, as _copy and 2026-Nov",
        "2026-Nov is taken, whose count is the newest, and not _copy",
    ]
    document = written(output)
    assert document["sources"][0]["url"] == f"{address}/results/public/api/elections/Virginia/2026-Nov/data"
    assert document["contests"][0]["state"] == "VA"
    assert "election_day = 2026-11-03\n" in output.read_text(encoding="utf-8")  # the list says it: no guess
    assert any("Ann Quill leads by 10, with 90 counted" in line for line in outcome.out)


@pytest.mark.usefixtures("listed")
def test_elections_are_listed_and_one_that_is_not_published_is_said_to_be_so(
    cli: Cli, output: Path, address: str
) -> None:
    site = f"{address}/results/public/Virginia"
    outcome = cli("new", site, "--output", output)
    assert outcome.status == 2
    assert "lists 3 elections; choose one with --election and its id or day" in outcome.err[-1]
    assert "  _copy, 2026-11-03, November General" in outcome.out
    outcome = cli("new", site, "--election", "2027-11-02", "--output", output)
    assert outcome.status == 2
    assert "does not list 2027-11-02: its id may not be published yet" in outcome.err[-1]
    assert not output.exists()


@pytest.mark.usefixtures("listed")
def test_an_election_is_picked_by_typing(cli: Cli, output: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "general", "1")
    outcome = cli("new", f"{address}/results/public/Virginia", "--output", output)
    assert outcome.status == 0
    assert "   3  2026-Aug, 2026-08-04, August Primary" in outcome.out


def test_a_clarity_sites_list_may_be_empty_and_its_counties_are_taken_where_they_are(
    cli: Cli, tmp_path: Path, output: Path, address: str
) -> None:
    _served(tmp_path, "SC/elections.json", [])
    outcome = cli("new", f"{address}/SC/", "--output", output)
    assert outcome.status == 2
    (said,) = outcome.err
    assert said.startswith(f"{address}/SC/: lists no election, perhaps because the next one's id is not published yet")


def test_of_a_clarity_states_list_the_states_own_is_taken_or_a_countys_by_its_number(
    cli: Cli, tmp_path: Path, output: Path, address: str
) -> None:
    rows = [
        {"ElectionName": "General", "Date": "11/03/2026 07:00:00", "State": "SC", "County": county, "EID": key}
        for key, county in ((21, "Charleston"), (22, "York"), (30, None))
    ]
    _served(tmp_path, "SC/elections.json", rows)
    for place in ("SC/30", "SC/Charleston/21"):
        _clarity(tmp_path, place)
    for words, url in (
        ((), "SC/30"),
        (("--election", "2026-11-03"), "SC/30"),
        (("--election", "21"), "SC/Charleston/21"),
    ):
        outcome = cli("new", f"{address}/SC/", *words, "--output", output)
        assert outcome.status == 0, outcome.err
        assert written(output)["sources"][0]["url"] == f"{address}/{url}"
        output.unlink()


def test_ap_is_asked_with_its_key_by_its_path_wherever_it_is(
    cli: Cli, tmp_path: Path, output: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "v3/elections/2026-11-03"
    file.parent.mkdir(parents=True)
    file.write_bytes(ap_files.answer(race(unit(None, 50, 40))))
    site = f"{address}/v3/elections/2026-11-03?statePostal=GA"
    monkeypatch.delenv("AP_KEY", raising=False)
    outcome = cli("new", site, "--output", output)
    assert (outcome.status, outcome.err) == (1, ["feed: its key is missing: set AP_KEY in the environment or in .env"])
    monkeypatch.setenv("AP_KEY", "not-to-be-shown")
    outcome = cli("new", site, "--output", output)
    assert (outcome.status, outcome.err) == (0, [])
    (source,) = written(output)["sources"]
    assert (source["format"], source["key_env"], source["public"]) == ("ap", "AP_KEY", False)
    assert source["url"] == f"{site}&format=json&level=FIPScode"
    zeros = unit(None, 0, 0, precinctsReporting=0)
    file.write_bytes(ap_files.answer(race(zeros), race(number="11")))
    outcome = cli("new", site, "--output", tmp_path / "morning.toml")
    assert outcome.out[-1] == f"{site}: 2 of 2 contests have no votes yet"
    assert outcome.err == [f"{site}: has no contest that can be read"]
    assert "not-to-be-shown" not in output.read_text(encoding="utf-8") + "".join(outcome.out)


def test_aps_days_are_listed_and_one_state_is_asked_for(
    cli: Cli, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Ap(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            days = {"elections": [{"electionDate": "2026-06-16", "liveResults": True}, {"electionDate": "2026-11-03"}]}
            of_day = ap_files.answer(race(unit(None, 50, 40)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(of_day if "2026-11-03" in self.path else json.dumps(days).encode())

        def log_message(self, *args: object) -> None:
            del args

    monkeypatch.setenv("AP_KEY", "not-to-be-shown")
    with ThreadingHTTPServer(("127.0.0.1", 0), Ap) as server:
        threading.Thread(target=server.serve_forever).start()
        site = f"http://127.0.0.1:{server.server_port}/v3/elections"
        outcome = cli("new", site, "--output", output)
        assert "lists 2 elections; choose one with --election and its id or day" in outcome.err[-1]
        assert outcome.out[-2:] == ["  2026-11-03", "  2026-06-16"]
        outcome = cli("new", site, "--election", "2026-11-03", "--state", "ga", "--output", output)
        server.shutdown()
    assert (outcome.status, outcome.err) == (0, [])
    assert asked[-2:] == [
        "/v3/elections?format=json",
        "/v3/elections/2026-11-03?statePostal=GA&format=json&level=FIPScode",
    ]
    assert written(output)["contests"][0]["election_day"] == date(2026, 11, 3)


def test_files_that_are_one_answer_are_one_source(cli: Cli, tmp_path: Path, output: Path) -> None:
    contest = {"contestID": "7", "choices": [{"choiceID": "1", "totalVotes": 50}, {"choiceID": "2", "totalVotes": 40}]}
    names = {"contestName": "Lamp Keeper", "choices": {"1": {"name": "Ann Quill"}, "2": {"name": "Bo Reed"}}}
    _served(tmp_path, "results.json", {"electionID": "9", "response": {"contests": {"7": contest}}})
    _served(tmp_path, "names.json", {"electionID": "9", "response": {"contests": {"7": names}}})
    outcome = cli("new", tmp_path / "results.json", tmp_path / "names.json", "--output", output)
    assert (outcome.status, outcome.err) == (0, [])
    assert [one["name"] for one in written(output)["contests"][0]["candidates"]] == ["Ann Quill", "Bo Reed"]


def test_a_file_that_is_no_desk_file_is_left_as_it_is(cli: Cli, feed: Feed, output: Path) -> None:
    output.write_text("x = [", encoding="utf-8")
    outcome = cli("new", feed(), "--contest", "lamp*", "--output", output)
    assert outcome.status == 2
    assert outcome.err[-1].startswith(f"{output}: ")
    assert output.read_text(encoding="utf-8") == "x = ["


def test_an_address_without_its_scheme_is_told_so(cli: Cli, output: Path) -> None:
    outcome = cli("new", "nowhere.example/a.json", "--output", output)
    assert (outcome.status, outcome.err) == (
        2,
        ["nowhere.example/a.json: there is no such file; an address begins with https://"],
    )


def test_a_report_of_ap_s_proposes_lines_and_writes_nothing(cli: Cli, feed: Feed, output: Path, tmp_path: Path) -> None:
    assert cli("new", feed(), "--contest", "lamp*", "--contest", "300", "--output", output).status == 0
    before = output.read_text(encoding="utf-8")
    closing = {"statePostal": "GA", "lastPollClosingET": "7:00 PM", "notes": "Courts may extend"}
    report = {"lastUpdated": "10/28/2026", "StatePollingHours": [closing, closing | {"statePostal": "FL"}]}
    hours = _served(tmp_path, "hours.json", {"APPollHoursReport": report})
    rows = [
        {"Date": day, "State": state, "Election": "GE", "Calendar_Event": what}
        for day, state, what in (
            ("11/10/2026", "GEORGIA", 'The "canvass"'),
            ("11/10/2026", "FLORIDA", "x"),
            ("05/19/2026", "GEORGIA", "x"),
        )
    ]
    days = _served(tmp_path, "days.json", {"DeadlinesMilestones2026": {"EventInformation": rows}})
    outcome = cli("new", hours, days, "--output", output)
    assert (outcome.status, outcome.err) == (0, [])
    assert output.read_text(encoding="utf-8") == before
    assert "# AP: Courts may extend" in outcome.out
    text = before.replace("[[sources]]", "\n".join([*outcome.out, "", "[[sources]]"]), 1)
    output.write_text(text, encoding="utf-8")
    first, second = load_desk(output).contests[-1].deadlines
    assert (first.kind, first.title) == ("polls_close", "Last polls close in Georgia")
    assert (second.kind, second.title) == ("deadline", 'The "canvass"')
    assert [f"{one.wall}" for one in (first, second)] == ["2026-11-03 19:00:00", "2026-11-10 23:59:00"]
    assert (first.source, first.verified) == ("AP's Poll Hours report, updated 10/28/2026", False)
    again = cli("new", hours, "--output", output)
    assert (again.status, again.out) == (2, [])
    assert "has nothing for" in again.err[0]


def test_polls_that_close_after_midnight_eastern_time_do_so_in_the_night(
    cli: Cli, feed: Feed, output: Path, tmp_path: Path
) -> None:
    assert cli("new", feed(), "--contest", "lamp*", "--state", "AK", "--output", output).status == 0
    row = {"statePostal": "AK", "lastPollClosingET": "1:00 AM"}
    file = _served(tmp_path, "hours.json", {"APPollHoursReport": {"StatePollingHours": row}})
    assert "wall = 2026-11-03T21:00:00" in cli("new", file, "--output", output).out


def test_ap_s_recount_rules_are_proposed_as_remarks_alone(cli: Cli, desk: Path, tmp_path: Path) -> None:
    before = desk.read_text(encoding="utf-8")
    rows = [
        {"State": "GEORGIA", "Threshold": 'At most 0.5%\n[desk]\nname = "x"\r# \u2028\x00', "Automatic": False},
        {"State": "FLORIDA", "Threshold": "y"},
    ]
    file = _served(tmp_path, "rules.json", {"RecountRules2026": {"lastUpdated": "10/28/2026", "Rules": rows}})
    outcome = cli("new", file, "--output", desk)
    assert (outcome.status, outcome.err) == (0, [])
    assert outcome.out[2:] == [
        (
            "# Georgia's recounts, from AP's Recount Rules report, updated 10/28/2026, word for word. "
            "The bot does not go by this: look up the law,"
        ),
        "# and set the rows of GA in data/recount_lines.toml (kind, share, votes, who, deadline, source, verified).",
        '# Threshold: At most 0.5% [desk] name = "x" # \\x00',
        "# Automatic: false",
    ]
    desk.write_text("\n".join([*outcome.out, before]), encoding="utf-8")
    with_remarks = load_desk(desk)
    desk.write_text(before, encoding="utf-8")
    assert with_remarks == load_desk(desk)


def test_a_flood_of_recount_rules_is_cut(cli: Cli, desk: Path, tmp_path: Path) -> None:
    rows = [{"State": "GA", "Rule": ["x" * 2000] * 40}] * 50
    file = _served(tmp_path, "rules.json", {"RecountRules2026": {"Rules": rows}})
    outcome = cli("new", file, "--output", desk)
    assert (outcome.status, outcome.out[-1]) == (0, "# and 1900 more, which are left out")
    assert len("\n".join(outcome.out)) < 110_000


def test_recount_rules_without_the_desk_s_state_are_refused(cli: Cli, desk: Path, tmp_path: Path) -> None:
    file = _served(tmp_path, "rules.json", {"RecountRules2026": {"Rules": [{"State": "FLORIDA", "Rule": "y"}]}})
    outcome = cli("new", file, "--output", desk)
    assert (outcome.status, outcome.out) == (2, [])
    assert outcome.err == [f"{file}: AP's Recount Rules report has nothing for {desk}, by the state GA"]


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({"WriteInRules2026": {}}, "hours.json: WriteInRules2026 is a report that is not read; of AP's are"),
        ({"RecountRules2026": {}}, "hours.json: RecountRules2026 should have one list, of a row a state, not 0"),
        (
            {"APPollHoursReport": {"StatePollingHours": []}},
            "desk.toml: has no contest yet that a report could be about",
        ),
    ],
)
def test_a_report_that_nothing_can_be_made_of_is_refused_in_one_line(
    cli: Cli, output: Path, tmp_path: Path, document: object, what: str
) -> None:
    outcome = cli("new", _served(tmp_path, "hours.json", document), "--output", output)
    assert outcome.status == 2
    assert len(outcome.err) == 1
    assert what in outcome.err[0]


def test_a_report_and_a_feed_are_not_given_together(cli: Cli, feed: Feed, output: Path, tmp_path: Path) -> None:
    file = _served(tmp_path, "hours.json", {"APPollHoursReport": {"StatePollingHours": []}})
    outcome = cli("new", feed(), file, "--output", output)
    assert (outcome.status, output.exists()) == (2, False)
    assert "is a report and no feed; give it without the others" in outcome.err[0]
