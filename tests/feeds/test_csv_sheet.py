import io
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.count.reading import Reading, Reporting, Unit
from bot.desk.desk_file import ColumnName
from bot.errors import BadInputError
from bot.feeds import csv_sheet
from bot.feeds import csv_sheet as csv_rows
from bot.feeds.reader import ReaderContext, Refusal
from tests.feeds.conftest import RECEIVED
from tests.feeds.mutations import outcome_of

Columns = Mapping[ColumnName, str]
COLUMNS: Columns = {"contest": "Race", "candidate": "Candidate", "unit": "County", "votes": "Votes"}
MORE: Columns = {
    **COLUMNS,
    "type": "Type", "party": "Party", "total": "All", "reported": "In", "of": "Precincts", "as_of": "Updated",
}  # fmt: skip
HEAD = "Race,Candidate,County,Votes\n"
GOOD = (
    HEAD
    + "Governor,Ada Quill,Appling County,6\nGovernor,Bo Reed,Appling County,5\nGovernor,Ada Quill,Bacon,4\nGovernor,Bo Reed,Bacon,15\n"
)
FULL_HEAD = "Race,Candidate,County,Votes,Type,Party,All,In,Precincts,Updated\n"


def read_all(text: str | bytes, columns: Columns = COLUMNS, source: str | None = None) -> list[Reading | Refusal]:
    data = text.encode() if isinstance(text, str) else text
    return list(csv_sheet.read(io.BytesIO(data), ReaderContext("feed", RECEIVED, "received", source, columns)))


def read_one(text: str | bytes, columns: Columns = COLUMNS) -> Reading:
    (found,) = read_all(text, columns)
    assert isinstance(found, Reading), found
    return found


def refusal(text: str, columns: Columns = COLUMNS) -> str:
    (found,) = read_all(text, columns)
    assert isinstance(found, Refusal), found
    return str(found)


def failure(text: str | bytes, columns: Columns = COLUMNS) -> str:
    with pytest.raises(BadInputError) as caught:
        read_all(text, columns)
    return str(caught.value)


def both(one: int, other: int) -> dict[str, int]:
    return {"ada-quill": one, "bo-reed": other}


def test_sheet_becomes_readings_and_its_counties_are_added_up() -> None:
    assert read_one(GOOD) == Reading(
        source="csv",
        contest="governor",
        contest_name="Governor",
        as_of=RECEIVED,
        as_of_is="received",
        votes=both(10, 20),
        names={"ada-quill": "Ada Quill", "bo-reed": "Bo Reed"},
        units={"Appling": Unit(votes=both(6, 5)), "Bacon": Unit(votes=both(4, 15))},
    )


def test_every_column_is_read() -> None:
    text = FULL_HEAD + (
        "Governor,Ada Quill,,10,,Dem,,,,\n"
        "Governor,Bo Reed,Statewide,20,Total,Rep,35,7,9,2026-11-03T21:14-05:00\n"
        "Governor,Ada Quill,Bacon,4,Election Day,,,,,\n"
        "Governor,Bo Reed,Bacon,15,Advance Voting,,,3,4,11/3/2026 9:00:00 PM EST\n"
    )
    reading = read_one(text, MORE)
    assert (reading.as_of, reading.as_of_is) == (datetime(2026, 11, 4, 2, 14, tzinfo=UTC), None)
    assert (reading.votes, reading.total) == (both(10, 20), 35)
    assert reading.parties == {"ada-quill": "D", "bo-reed": "R"}
    assert reading.reporting == Reporting(precincts=(7, 9))
    assert reading.by_type is None
    assert reading.units == {
        "Bacon": Unit(
            votes=both(4, 15), reported=(3, 4), by_type={"election-day": {"ada-quill": 4}, "early": {"bo-reed": 15}}
        )
    }


def test_types_are_added_up_where_there_is_no_total() -> None:
    text = FULL_HEAD + "Governor,Ada Quill,,4,Election Day,,,,,\nGovernor,Ada Quill,,3,Absentee by Mail,,,,,\n"
    reading = read_one(text, MORE)
    assert reading.votes == {"ada-quill": 7}
    assert reading.by_type == {"election-day": {"ada-quill": 4}, "absentee-mail": {"ada-quill": 3}}


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_any_way_to_export_it_says_the_same(charset: str, delimiter: str, ending: str, quote: str) -> None:
    lines = [delimiter.join(f"{quote}{cell}{quote}" for cell in line.split(",")) for line in GOOD.splitlines()]
    assert read_one(ending.join(lines).encode(charset)) == read_one(GOOD)


def test_titles_blank_lines_and_other_columns_are_passed_over() -> None:
    text = "Results of the night\n,,,,\nrace , CANDIDATE,Note,County,Votes\n\nGovernor,Ada Quill,late,,10\n,,,,\n"
    assert read_one(text).votes == {"ada-quill": 10}


def test_heading_over_two_lines_and_short_rows_are_read() -> None:
    text = 'Race,Candidate,Votes,"County\n"\nGovernor,Ada Quill,10\n'
    assert read_one(text).votes == {"ada-quill": 10}


@pytest.mark.parametrize(
    ("cell", "votes"),
    [
        ("4355", 4355), ("0", 0), ("4,355", 4355), ("1,004,355", 1004355), ("4 355", 4355), ("4'355", 4355),
        ("4\u00a0355", 4355), ("4\u202f355", 4355), ("4355.0", 4355), ("4355.00", 4355), (" 12 ", 12),
    ],
)  # fmt: skip
def test_numbers_are_read_as_typed(cell: str, votes: int) -> None:
    assert read_one(HEAD + f'Governor,Ada Quill,,"{cell}"\n').votes == {"ada-quill": votes}


@pytest.mark.parametrize(
    "cell",
    ["4.355", "48.1", "48.125", "4,35", "4,3555", "1,004 355", "-4", "4%", "x", "1e5", "\u0664", "9" * 30, "4355.000"],
)
def test_what_may_be_no_number_of_votes_is_refused(cell: str) -> None:
    said = refusal(HEAD + f'Governor,Ada Quill,,"{cell}"\n')
    assert said.startswith("feed: governor (Governor): line 2: votes should be a whole number, not ")


def test_comma_between_semicolons_may_be_a_fraction() -> None:
    said = refusal((HEAD + "Governor,Ada Quill,,").replace(",", ";") + "4,355")
    assert said == "feed: governor (Governor): line 2: votes may be a fraction: '4,355'; write it without a separator"


@pytest.mark.parametrize("cell", ["", "-", "\u2013", "\u2014", " "])
def test_empty_cell_is_unsaid_and_not_zero(cell: str) -> None:
    rows = f"Governor,Ada Quill,,10\nGovernor,Ada Quill,Bacon,{cell}\nSenate,Cy Moss,,{cell}\n"
    reading = read_one(HEAD + rows)
    assert (reading.contest, reading.votes) == ("governor", {"ada-quill": 10})
    assert reading.units == {"Bacon": Unit()}


def test_half_typed_contest_is_refused() -> None:
    said = refusal(HEAD + "Governor,Ada Quill,,10\nGovernor,Bo Reed,,\n")
    assert said == "feed: governor (Governor): votes of Bo Reed are empty while others' are not"
    said = refusal(GOOD.replace("Bo Reed,Bacon,15", "Bo Reed,Bacon,"))
    assert said == "feed: governor (Governor): votes of Bo Reed in Bacon are empty while others' are not"


def test_rows_of_totals_are_totals() -> None:
    rows = "Governor,Total,Appling,12\nGovernor,Total,,31\nGovernor,Undervotes,,3\n,Grand total,,31\nTotal,,,31\n"
    reading = read_one(GOOD + rows)
    assert (reading.votes, reading.total) == (both(10, 20), 31)
    assert (reading.units or {})["Appling"].total == 12
    assert refusal(GOOD + "Governor,Total,,29\n").endswith("total 29 is below the sum of the votes, 30")
    assert refusal(GOOD + "Governor,Total,Bacon,18\n").endswith("Bacon: total 18 is below the sum of the votes, 19")


def test_row_that_is_there_twice_is_taken_once() -> None:
    again = "Governor,Ada Quill,Bacon County,4\n"
    assert read_one(GOOD + again) == read_one(GOOD)
    said = refusal(GOOD + again.replace(",4", ",5"))
    assert said == "feed: governor (Governor): line 6: votes of Ada Quill is there twice, as 4 and as 5"


def test_one_bad_contest_does_not_cost_the_others() -> None:
    bad, reading = read_all(HEAD + "Senate,Cy Moss,,many\n" + GOOD.removeprefix(HEAD))
    assert isinstance(bad, Refusal)
    assert reading == read_one(GOOD)


def test_row_without_a_contest_is_refused_by_its_line() -> None:
    refused, reading = read_all(GOOD + ",Ada Quill,,4\n")
    assert str(refused) == "feed:6: contest is missing"
    assert isinstance(reading, Reading)


def test_sheet_without_a_column_of_contests_is_one_contest() -> None:
    (reading,) = read_all("Who,Votes\nAda,10\n", {"candidate": "Who", "votes": "Votes"}, "tally-sheet")
    assert isinstance(reading, Reading)
    assert (reading.source, reading.contest, reading.contest_name) == ("tally-sheet", "tally-sheet", None)


@pytest.mark.parametrize(
    ("stamp", "what"),
    [
        ("2026-11-03T21:14", "as_of has no zone: '2026-11-03T21:14'; write it as 2020-11-20T15:37-05:00"),
        ("11/3/2026 9:00 PM", "as_of is no time: '11/3/2026 9:00 PM'; write it as"),
        ("yesterday", "as_of is no time: 'yesterday'"),
    ],
)
def test_time_without_a_zone_is_refused(stamp: str, what: str) -> None:
    assert what in refusal(FULL_HEAD + f"Governor,Ada Quill,,10,,,,,,{stamp}\n", MORE)


@pytest.mark.parametrize(("done", "of"), [("", "9"), ("10", "9")])
def test_precincts_that_cannot_be_are_refused(done: str, of: str) -> None:
    said = refusal(FULL_HEAD + f"Governor,Ada Quill,,10,,,,{done},{of},\n", MORE)
    assert f"reported should be a number of the 9 precincts, not '{done}'" in said


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"", "feed: is empty"),
        (b"\xef\xbb\xbf \n", "feed: is empty"),
        ("Race,Candidate,County\nx,y,z\n", "feed: has no column headed Votes; it has Race, Candidate, County"),
        ("a;b\n1;2\n", "feed: has no column headed Race or Candidate or County or Votes; it has a, b"),
        ("Race,Candidate,County,Votes,votes \n", "feed: has two columns headed Votes"),
        (
            "Race,Candidate,County,Votes\nG,\xc9va,,1\n".encode("latin-1"),
            "feed: is not UTF-8 text (offset 30); save it as CSV UTF-8",
        ),
        ("Race".encode("utf-16-le"), "feed: has characters that no text has (NUL); save it as CSV UTF-8"),
        (b"\xff\xfeR\x00a", "feed: is not UTF-16 text (offset 4); save it as CSV UTF-8"),
        (HEAD + 'Governor,"Ada,,1\n', "feed: line 2 is no line of a table (unexpected end of data)"),
        (HEAD + "x," * 600, "feed: line 2 has more than 500 cells"),
        (HEAD + "x" * 10_001, "feed: line 2 has a cell of more than 10000 characters"),
        (HEAD + "x" * 200_000, "feed: line 2 is no line of a table (field larger than field limit (131072))"),
    ],
)
def test_what_is_no_such_sheet_gives_nothing(text: str | bytes, what: str) -> None:
    assert failure(text) == what


def test_large_sheets_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MOST_ROWS", 3)
    assert failure(GOOD) == "feed: has more than 3 rows"
    monkeypatch.setattr(csv_rows, "MOST_SHEET", 3)
    assert failure(GOOD) == "feed: is over 0 MiB, too large for a sheet"


def test_sheet_without_a_source_says_what_it_needs() -> None:
    assert failure(GOOD, {}) == (
        "feed: a sheet is read by the columns that its source has in the desk file: give --desk, --source"
    )


cells = st.sampled_from(
    [
        "",
        "Governor",
        "Senate",
        "Ada Quill",
        "Total",
        "Bacon",
        "7",
        "7",
        "12",
        "4,355",
        "-",
        "x",
        "Ada\u200b",
        "9" * 11,
        "Early",
        "3/4",
    ]
)


@given(st.lists(st.lists(cells, max_size=10), max_size=8), st.sampled_from(",;\t"))
def test_any_cells_are_read_by_the_rules_or_refused_in_a_line(rows: list[list[str]], delimiter: str) -> None:
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in rows]
    check((FULL_HEAD.replace(",", delimiter) + "\n".join(lines)).encode(), MORE)


@given(st.binary(), st.integers(0, len(GOOD)))
def test_any_bytes_are_read_by_the_rules_or_refused_in_a_line(data: bytes, at: int) -> None:
    check(data, COLUMNS)
    check(GOOD[:at].encode() + data + GOOD[at:].encode(), COLUMNS)


def check(data: bytes, columns: Columns) -> None:
    outcome_of(lambda _, text: read_all(text, columns), csv_sheet.read, data)
