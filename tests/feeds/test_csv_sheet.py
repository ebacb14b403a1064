import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.count.reading import Reading, Reporting, Unit
from bot.desk.sheet_layout import ColumnName, SheetLayout
from bot.errors import BadInputError
from bot.feeds import csv_sheet
from bot.feeds.reader import ReaderContext, Refusal
from tests.feeds.conftest import RECEIVED, refusal_in, sole

Columns = Mapping[ColumnName, str | int | list[str]]
COLUMNS: Columns = {"contest": "Race", "candidate": "Candidate", "unit": "County", "votes": "Votes"}
MORE: Columns = {
    **COLUMNS,
    "type": "Type",
    "party": "Party",
    "total": "All",
    "reported": "In",
    "of": "Precincts",
    "as_of": "Updated",
}
HEAD = "Race,Candidate,County,Votes\n"
GOOD = (
    HEAD
    + "Governor,Ada Quill,Appling County,6\nGovernor,Bo Reed,Appling County,5\nGovernor,Ada Quill,Bacon,4\nGovernor,Bo Reed,Bacon,15\n"
)
FULL_HEAD = "Race,Candidate,County,Votes,Type,Party,All,In,Precincts,Updated\n"


def read_all(text: str | bytes, columns: Columns = COLUMNS, source: str | None = None) -> list[Reading | Refusal]:
    data = text.encode() if isinstance(text, str) else text
    return list(csv_sheet.read(io.BytesIO(data), ReaderContext("feed", RECEIVED, "received", source, layout(columns))))


def layout(columns: Columns, **more: object) -> SheetLayout:
    return SheetLayout.model_validate({"columns": dict(columns), **more})


def read_one(text: str | bytes, columns: Columns = COLUMNS) -> Reading:
    return sole(read_all(text, columns))


def refusal(text: str, columns: Columns = COLUMNS) -> str:
    return refusal_in(read_all(text, columns))


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


@pytest.mark.parametrize(("unit", "where"), [("", ""), ("Bacon", "Bacon: ")])
def test_more_votes_of_a_type_than_in_all_are_refused(unit: str, where: str) -> None:
    rows = f"Governor,Ada Quill,{unit},4,,,,,,\nGovernor,Ada Quill,{unit},5,Election Day,,,,,\n"
    said = refusal(FULL_HEAD + rows + f"Governor,Ada Quill,{unit},0,Absentee by Mail,,,,,\n", MORE)
    assert said == f"feed: governor (Governor): {where}ada-quill has 5 votes of the type election-day and 4 in all"


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
        ("4355", 4355),
        ("0", 0),
        ("4,355", 4355),
        ("1,004,355", 1004355),
        ("4 355", 4355),
        ("4'355", 4355),
        ("4\u00a0355", 4355),
        ("4\u202f355", 4355),
        ("4355.0", 4355),
        ("4355.00", 4355),
        (" 12 ", 12),
    ],
)
def test_numbers_are_read_as_typed(cell: str, votes: int) -> None:
    assert read_one(HEAD + f'Governor,Ada Quill,,"{cell}"\n').votes == {"ada-quill": votes}


@pytest.mark.parametrize(
    "cell",
    ["4.355", "48.1", "48.125", "4,35", "4,3555", "1,004 355", "-4", "4%", "x", "1e5", "\u0664", "9" * 30, "4355.000"],
)
def test_what_may_be_no_number_of_votes_is_refused(cell: str) -> None:
    said = refusal(HEAD + f'Governor,Ada Quill,,"{cell}"\n')
    assert said.startswith("feed: governor (Governor): line 2: votes should be a whole number, not ")


@pytest.mark.parametrize("cell", ["", "-", "\u2013", "\u2014", " "])
def test_empty_cell_is_unsaid_and_not_zero(cell: str) -> None:
    rows = f"Governor,Ada Quill,,10\nGovernor,Ada Quill,Bacon,{cell}\nSenate,Cy Moss,,{cell}\n"
    reading = read_one(HEAD + rows)
    assert (reading.contest, reading.votes) == ("governor", {"ada-quill": 10})
    assert reading.units == {"Bacon": Unit()}


def test_rows_of_totals_are_totals() -> None:
    rows = "Governor,Total,Appling,12\nGovernor,Total,,31\nGovernor,Undervotes,,3\n,Grand total,,31\nTotal,,,31\n"
    reading = read_one(GOOD + rows)
    assert (reading.votes, reading.total) == (both(10, 20), 31)
    assert (reading.units or {})["Appling"].total == 12
    assert refusal(GOOD + "Governor,Total,,29\n").endswith("total 29 is below the sum of the votes, 30")
    assert refusal(GOOD + "Governor,Total,Bacon,18\n").endswith("Bacon: total 18 is below the sum of the votes, 19")


def test_total_that_may_have_undervotes_counted_in_is_left_out() -> None:
    nobody_s = "Governor,Undervotes,Appling,2\nGovernor,Overvotes,Bacon,1\nGovernor,Undervotes,Bacon,n/a\n"
    reading = read_one(GOOD + nobody_s + "Governor,Total,,33\nGovernor,Total,Appling,13\nGovernor,Total,Bacon,19\n")
    assert (reading.votes, reading.total) == (both(10, 20), None)
    assert {name: unit.total for name, unit in (reading.units or {}).items()} == {"Appling": None, "Bacon": 19}


def test_row_that_is_there_twice_is_taken_once() -> None:
    again = "Governor,Ada Quill,Bacon County,4\n"
    assert read_one(GOOD + again) == read_one(GOOD)
    said = refusal(GOOD + again.replace(",4", ",5"))
    assert said == "feed: governor (Governor): line 6: votes of Ada Quill is there twice, as 4 and as 5"


def test_one_bad_contest_does_not_cost_the_others() -> None:
    bad, reading = read_all(HEAD + "Senate,Cy Moss,,many\n" + GOOD.removeprefix(HEAD))
    assert isinstance(bad, Refusal)
    assert reading == read_one(GOOD)


def test_two_contests_whose_long_names_begin_alike_are_two() -> None:
    long = "Shall the Charter of the City be amended to provide for a bond of seventy million dollars for its parks, "
    rows = "".join(f'"{long}{what}",Yes,,{votes}\n' for what, votes in (("and lakes", 4), ("and roads", 5)))
    first, second = (one for one in read_all(HEAD + rows) if isinstance(one, Reading))
    assert (first.votes, second.votes) == ({"yes": 4}, {"yes": 5})
    assert first.contest != second.contest


@pytest.mark.parametrize(("before", "line"), [("", 6), (",Total,,4\n", 7)])
def test_row_without_a_contest_is_refused_by_its_line(before: str, line: int) -> None:
    refused, reading = read_all(f"{GOOD}{before},Ada Quill,,4\n,Ada Quill,,4\n")
    assert str(refused) == f"feed:{line}: contest is missing"
    assert isinstance(reading, Reading)


def test_sheet_without_a_column_of_contests_is_one_contest() -> None:
    (reading,) = read_all("Who,Votes\nAda,10\n", {"candidate": "Who", "votes": "Votes"}, "tally-sheet")
    assert isinstance(reading, Reading)
    assert (reading.source, reading.contest, reading.contest_name) == ("tally-sheet", "tally-sheet", None)


ADA = FULL_HEAD + "Governor,Ada Quill,,10"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            (HEAD + "Governor,Ada Quill,,").replace(",", ";") + "4,355",
            "line 2: votes may be a fraction: '4,355'; write it without a separator",
        ),
        (HEAD + "Governor,Ada Quill,,10\nGovernor,Bo Reed,,\n", "votes of Bo Reed are empty while others' are not"),
        (
            GOOD.replace("Bo Reed,Bacon,15", "Bo Reed,Bacon,"),
            "votes of Bo Reed in Bacon are empty while others' are not",
        ),
        (
            f"{ADA},,,,,,2026-11-03T21:14",
            "line 2: as_of has no zone: '2026-11-03T21:14'; write it as 2020-11-20T15:37-05:00",
        ),
        (f"{ADA},,,,,,11/3/2026 9:00 PM", "line 2: as_of has no zone: '11/3/2026 9:00 PM'; write it as"),
        (f"{ADA},,,,,,yesterday", "line 2: as_of is no time: 'yesterday'"),
        (f"{ADA},,,,,9,", "line 2: reported should be a number of the 9 precincts, not ''"),
        (f"{ADA},,,,10,9,", "line 2: reported should be a number of the 9 precincts, not '10'"),
        (
            GOOD + "Governor,Ada Quill,Total,9\nGovernor,Bo Reed,Total,20\n",
            "the units have 10 votes for Ada Quill, and the row of the whole contest has 9",
        ),
        (
            GOOD + "Governor,Ballot pages total,Bacon,500\nGovernor,Ballot pages total,Appling,50\n",
            "Ballot pages total has 550 votes, more than all others together, and sounds like a count and no choice",
        ),
    ],
)
def test_what_may_be_wrong_is_refused_with_its_place_and_value(text: str, what: str) -> None:
    said = refusal(text, MORE if text.startswith(FULL_HEAD) else COLUMNS)
    assert said.startswith(f"feed: governor (Governor): {what}")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"", "feed: is empty"),
        (b"\xef\xbb\xbf \n", "feed: is empty"),
        ("Race,Candidate,County\nx,y,z\n", "feed: has no column headed Votes; it has Race, Candidate, County"),
        ("a;b\n1;2\n", "feed: has no column headed Race or Candidate or County or Votes; it has a, b"),
        ("Race,Candidate,County,Votes,votes \n", "feed: has two columns headed Votes"),
        (
            "Race,Candidate,County,Votes\nG,\xc9va,,1\nG,\xc9va \x81,,1\n".encode("latin-1"),
            "feed: is not UTF-8 text, and not CP1252 (offset 43); save it as CSV UTF-8",
        ),
        (
            "Race,Candidate,County,Votes\nG,\xc9va,,1\n".encode() + b"G,\xc9va,,1",
            "feed: is not UTF-8 text (offset 40); save it as CSV UTF-8",
        ),
        ("<!DOCTYPE html>\n<table><tr><td>1,2</td>", "feed: is a web page, and no results file"),
        (
            "Governor            Ada Quill     12\nGovernor            Bo Reed        9\n",
            "feed: is a text of fixed columns, which isn't read: have it saved as CSV",
        ),
        (
            "Measure W   YES   52,870   66.89\nMeasure W   NO    26,176   33.11\n",
            "feed: is a text of fixed columns, which isn't read: have it saved as CSV",
        ),
        (
            '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            (
                "feed: is Excel's XML of 2003, which isn't read; a Clarity page has detailxml.zip beside it, which is (format "
                "clarity-detail); of any other save it as .xlsx"
            ),
        ),
        ("Race".encode("utf-16-le"), "feed: has characters that no text has (NUL); save it as CSV UTF-8"),
        (b"\xff\xfeR\x00a", "feed: is not UTF-16 text (offset 4); save it as CSV UTF-8"),
        (HEAD + 'Governor,"Ada,,1\n', "feed: line 2 is no line of a table (unexpected end of data)"),
        (HEAD + "x," * 600, "feed: line 2 has more than 500 cells"),
        (HEAD + "x" * 200_000, "feed: line 2 is no line of a table (field larger than field limit (131072))"),
    ],
)
def test_what_is_no_such_sheet_gives_nothing(text: str | bytes, what: str) -> None:
    assert failure(text) == what


def test_sheet_without_a_source_says_what_it_needs() -> None:
    with pytest.raises(BadInputError) as caught:
        list(csv_sheet.read(io.BytesIO(GOOD.encode()), ReaderContext("feed", RECEIVED)))
    assert str(caught.value) == (
        "feed: a sheet is read by the columns that its source has in the desk file, or by a preset: "
        "give --desk and --source, or --preset"
    )


NAMES: Columns = {"contest": "Race", "candidate": "Last", "unit": "County", "votes": "Votes"}


@pytest.mark.parametrize(
    ("columns", "text", "what"),
    [
        (
            NAMES,
            "Race,District,Last,First,County,Votes\nHouse,,Reed,Bo,Bacon,4\nHouse,,Reed,Cy,Bacon,4\n",
            (
                "line 3: first is 'Bo' above and 'Cy' here: if it tells two candidates apart, put it into candidate, if not "
                "into other"
            ),
        ),
        (
            NAMES,
            "Race,District,Last,County,Votes\nBond Question,1,Yes,Bacon,4\nBond Question,2,Yes,Appling,5\n",
            (
                "line 3: district is '1' above and '2' here: if it tells two contests apart, put it into contest, if not "
                "into other"
            ),
        ),
        (
            NAMES,
            "Race,Town,Last,County,Votes\nMayor,Alma,Reed,Bacon,4\nMayor,Rockingham,Reed,Bacon,9\n",
            "line 3: votes of Reed is there twice, as 4 and as 9; town tells the rows apart: put it into contest",
        ),
        (
            NAMES,
            "Race,Precinct,Last,County,Votes\nMayor,A-1,Reed,Bacon,4\nMayor,A-2,Reed,Bacon,4\n",
            "line 3: votes of Reed is there twice, as 4 and as 4; precinct tells the rows apart: put it into part",
        ),
        (
            {**NAMES, "party": "Party"},
            "Race,Party,Last,County,Votes\nHouse,Dem,Reed,Bacon,4\nHouse,Wor,Reed,Appling,5\n",
            (
                "line 3: Reed is of Dem and of Wor: if these are two lines or two people, Party tells them apart: put it into "
                "candidate"
            ),
        ),
        (
            NAMES,
            "Race,Last,County,Votes\nSheriff,Reed,Bacon,4\nSheriff,Quill,Bacon,5\nSheriff,Moss,Appling,6\n",
            (
                "Bacon has none of the other units' candidates: if each is a contest of its own, add a second source with "
                "County in contest"
            ),
        ),
        (
            {**NAMES, "candidate_key": "Id"},
            "Race,Id,Last,County,Votes\nSheriff,7,Reed,Bacon,4\nSheriff,7,Moss,Appling,5\n",
            "line 3: the candidate 7 is Reed and Moss",
        ),
    ],
)
def test_two_people_or_two_contests_are_never_added_up(columns: Columns, text: str, what: str) -> None:
    assert refusal(text, columns).partition("): ")[2] == what


def test_columns_that_tell_nothing_apart_can_be_named_so() -> None:
    text = "Race,Candidate,County,District,Votes\nHouse,Reed,Bacon,north,4\nHouse,Reed,Appling,south,5\n"
    assert "put it into contest" in refusal(text)
    assert read_one(text, {**COLUMNS, "other": "District"}).votes == {"reed": 9}
    apart = read_all(text, {**COLUMNS, "contest": ["Race", "District"]})
    assert [one.contest for one in apart] == ["house-north", "house-south"]


def test_the_parts_of_a_unit_are_added_up() -> None:
    text = (
        "Race,Candidate,County,Precinct,Votes,All,In,Precincts\n"
        "House,Reed,Bacon,1,4,9,1,1\nHouse,Quill,Bacon,1,5,9,1,1\n"
        "House,Reed,Bacon,2,6,14,0,1\nHouse,Quill,Bacon,2,7,14,0,1\n"
    )
    columns: Columns = {**COLUMNS, "part": "Precinct", "total": "All", "reported": "In", "of": "Precincts"}
    reading = read_one(text, columns)
    assert reading.votes == {"reed": 10, "quill": 12}
    assert reading.units == {"Bacon": Unit(votes={"reed": 10, "quill": 12}, total=23, reported=(1, 2))}
    assert reading.reporting == Reporting(precincts=(1, 2))
    assert "votes of Quill in Bacon 2 are empty" in refusal(text.replace("Bacon,2,7", "Bacon,2,"), columns)


def test_the_first_and_the_last_name_may_be_in_two_columns_and_types_in_columns_of_their_own() -> None:
    text = (
        "Race,First,Last,At the polls,By mail,Precincts\n"
        "House,Bo,Reed,4,6,3/9\nHouse,Cy,Reed,5,,3/9\nHouse, ,Quill,7,8,3/9\n"
    )
    columns: Columns = {"contest": "Race", "candidate": ["First", "Last"], "reported": "Precincts"}
    found = layout(columns, types={"At the polls": "Election Day", "By mail": "Mail"})
    (reading,) = csv_sheet.read(io.BytesIO(text.encode()), ReaderContext("feed", RECEIVED, sheet=found))
    assert isinstance(reading, Reading)
    assert reading.votes == {"bo-reed": 10, "cy-reed": 5, "quill": 15}
    assert reading.by_type == {
        "election-day": {"bo-reed": 4, "cy-reed": 5, "quill": 7},
        "absentee-mail": {"bo-reed": 6, "quill": 8},
    }
    assert reading.reporting == Reporting(precincts=(3, 9))


def test_a_sheet_without_headings_is_read_by_the_numbers_of_its_columns() -> None:
    numbers: Columns = {"contest": 1, "candidate": 2, "votes": 4}
    assert read_one("House;Bo Reed;x;4\n\nHouse;Cy Moss;y;5\n", numbers).votes == {"bo-reed": 4, "cy-moss": 5}
    assert failure("House;Bo Reed;4\n", numbers) == "feed: line 1 has 3 columns, and not the 4 of a table of votes"


def test_what_was_counted_before_the_election_s_day_is_pre_election() -> None:
    text = "Race,Candidate,Votes,Day\nHouse,Bo Reed,0,{}\n"
    columns: Columns = {"contest": "Race", "candidate": "Candidate", "votes": "Votes", "election_day": "Day"}
    assert read_one(text.format("11/13/2020"), columns).status == "pre-election"
    assert read_one(text.format("2020-11-12"), columns).status is None
    assert "election_day should be a day" in refusal(text.format("13/31/2020"), columns)


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_sheet_may_be_a_workbook_and_in_a_zip(times: int) -> None:
    data, text = workbook({"Results": [line.split(",") for line in ("Night,,,", *GOOD.splitlines())]}), GOOD.encode()
    for _ in range(times):
        data, text = zipped({"results.xlsx": data, "readme.md": b"x"}), zipped({"results.txt": text})
    assert read_one(data) == read_one(text) == read_one(GOOD)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (
            lambda: zipped({"a.csv": b"x", "b.csv": b"y"}),
            "feed: should be a zip with one table in it; it has a.csv, b.csv",
        ),
        (lambda: zipped({"a.pdf": b"x"}), "feed: should be a zip with one table in it; it has none"),
        (lambda: zipped({"xl/workbook.xml": b"<x/>"}), "feed: is a workbook that can't be opened"),
        (
            lambda: workbook({"One": [["Race"]], "Two": [["Race"]]}),
            "feed: is a workbook with the sheets One, Two, and none has Race and Candidate and County and Votes",
        ),
        (
            lambda: workbook({"One": [["Race", "Who"]]}),
            "feed: has no column headed Candidate or County or Votes; it has Race, Who",
        ),
        (lambda: workbook({"One": [["x"] * 501]}), "feed: row 1 has more than 500 cells"),
    ],
)
def test_what_is_no_such_workbook_or_zip_gives_nothing(data: Callable[[], bytes], what: str) -> None:
    assert failure(data()).startswith(what)


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(
                [int(cell) if isinstance(cell, str) and re.fullmatch("[1-9][0-9]*", cell) else cell for cell in row]
            )
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return file.getvalue()


cells = st.sampled_from(
    [
        "",
        "x",
        "-",
        "7",
        "7",
        "12",
        "4,355",
        "3/4",
        "9" * 11,
        "Governor",
        "Senate",
        "Ada Quill",
        "Ada\u200b",
        "Total",
        "Bacon",
        "Early",
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
    try:
        items = read_all(data, columns)
    except BadInputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right
        return
    for one in items:
        if isinstance(one, Reading):
            assert Reading.model_validate_json(one.to_json()) == one
        else:
            assert "\n" not in str(one)


PRIMARY = (
    "Race,Candidate,County,Party,Votes\n"
    "Governor,Karl Moss,Bacon,Democratic,27\nGovernor,Ada Quill,Bacon,Democratic,7\n"
    "Governor,Bo Reed,Bacon,Republican,29\nGovernor,Di Voss,Bacon,Republican,19\n"
    "Clerk,Cy Hart,Bacon,Republican,9\n"
)
PARTIES: Columns = {**COLUMNS, "party": "Party"}
ASKED = (
    "has candidates of several parties, 2 of D and 2 of R: if these are the parties' primaries, put Party into contest or "
    "write primaries = true; if it is one contest, primaries = false"
)


def read_named(text: str, name: str, columns: Columns = PARTIES, **more: object) -> dict[str, object]:
    context = ReaderContext(name, RECEIVED, "received", None, layout(columns, **more))
    found = csv_sheet.read(io.BytesIO(text.encode()), context)
    return {one.contest or "": one.votes if isinstance(one, Reading) else one.what for one in found}


BY_PARTY = {
    "governor-d": {"karl-moss": 27, "ada-quill": 7},
    "governor-r": {"bo-reed": 29, "di-voss": 19},
    "clerk": {"cy-hart": 9},
}


def test_primaries_of_several_parties_are_a_contest_each() -> None:
    assert read_named(PRIMARY, "2018-primary.csv") == BY_PARTY
    assert read_named("Primary of May 5\n" + PRIMARY, "feed") == BY_PARTY
    assert read_named(PRIMARY.replace("Democratic", "DEM Primary"), "feed")["governor-dem-primary"] == {
        "karl-moss": 27,
        "ada-quill": 7,
    }
    assert read_named(PRIMARY, "feed", primaries=True) == BY_PARTY
    assert read_named(PRIMARY, "2018-primary.csv", COLUMNS) == BY_PARTY


def test_primaries_are_asked_about_where_nothing_says_that_they_are() -> None:
    one = {"karl-moss": 27, "ada-quill": 7, "bo-reed": 29, "di-voss": 19}
    assert read_named(PRIMARY, "feed") == {"governor": ASKED, "clerk": {"cy-hart": 9}}
    assert read_named(PRIMARY, "feed", primaries=False)["governor"] == one
    assert read_named(PRIMARY, "top-two-primary.csv")["governor"] == ASKED
    assert read_named(PRIMARY, "attorney-general.csv")["governor"] == ASKED
    assert read_named(PRIMARY, "2018__general__county.csv")["governor"] == one
    assert read_named(PRIMARY.replace("Governor", "Council (vote for 2)"), "feed")["council-vote-for-2"] == one


def test_primaries_are_a_contest_each_where_no_two_parties_share_a_ballot() -> None:
    text = PRIMARY.replace("Bacon,Democratic", "Bacon 1 D,Democratic").replace(
        "Bacon,Republican", "Bacon 1 R,Republican"
    )
    assert read_named(text, "feed") == BY_PARTY


def test_a_row_without_its_unit_does_not_say_who_shares_a_ballot() -> None:
    text = "Race,Candidate,County,Party,Votes\nGovernor,Di Quill,,Republican,0\nGovernor,Zoe Pike,Bacon,Green,2\n"
    asked = read_named(text, "feed")["governor"]
    assert str(asked).startswith(
        "has candidates of several parties, 1 of G and 1 of R: if these are the parties' primaries"
    )
    assert read_named(text, "feed", primaries=False) == {"governor": {"di-quill": 0, "zoe-pike": 2}}
    assert read_named(text, "general.csv") == {"governor": {"di-quill": 0, "zoe-pike": 2}}


def test_who_has_no_party_in_a_primary_is_in_nobody_s() -> None:
    found = read_named(PRIMARY + "Governor,Write-in,Bacon,,3\n", "primary.csv")
    assert found == BY_PARTY | {"governor": "Write-in has no party, and nobody can tell in whose primary it is"}


ISSUE = HEAD.replace("County", "Precinct") + "Issue,Yes,901,269\nIssue,No,901,57\nIssue,Yes,906,14\nIssue,No,906,7\n"
PRECINCTS: Columns = {**COLUMNS, "unit": "Precinct"}
UNCLEAR = (
    "has rows without Precinct, and nobody can tell whether they are the whole contest or one more of its units: write Total "
    "there, or a name"
)


@pytest.mark.parametrize(("name", "party"), [("Fay Lund (Write-in)", ""), ("Fay Lund", "WRI")])
def test_who_is_written_in_may_have_rows_in_some_units_alone(name: str, party: str) -> None:
    rows = GOOD.replace("Votes", "Votes,Party").replace("\n", ",\n").replace("Party,", "Party")
    reading = read_one(rows + f"Governor,{name},Bacon,3,{party}\n", {**COLUMNS, "party": "Party"})
    assert list(reading.votes.values()) == [10, 20, 3]


def test_row_without_a_unit_that_is_less_than_the_units_is_one_more() -> None:
    reading = read_one(ISSUE + "Issue,Yes,,7\nIssue,No,,8\n", PRECINCTS)
    assert reading.votes == {"yes": 290, "no": 72}
    assert (reading.units or {})["no Precinct"] == Unit(votes={"yes": 7, "no": 8})


def test_row_without_a_unit_that_is_the_sum_of_the_units_is_the_whole() -> None:
    reading = read_one(ISSUE + "Issue,Yes,,283\nIssue,No,,64\n", PRECINCTS)
    assert (reading.votes, len(reading.units or {})) == ({"yes": 283, "no": 64}, 2)


def test_one_candidate_s_row_may_lack_its_unit() -> None:
    reading = read_one(ISSUE.replace("Yes,906", "Yes,"), PRECINCTS)
    assert reading.votes == {"yes": 283, "no": 64}
    assert reading.units == {
        "901": Unit(votes={"yes": 269, "no": 57}),
        "906": Unit(votes={"no": 7}),
        "no Precinct": Unit(votes={"yes": 14}),
    }


@pytest.mark.parametrize("rows", ["Issue,Yes,,300\nIssue,No,,70\n", "Issue,Yes,,280\nIssue,No,,60\n"])
def test_row_without_a_unit_that_may_be_either_is_asked_about(rows: str) -> None:
    assert refusal(ISSUE + rows, PRECINCTS).endswith(UNCLEAR)
    said = ISSUE + rows.replace(",,", ",Total,").replace("280", "283").replace("60", "64")
    assert read_one(said, PRECINCTS).votes != {"yes": 283, "no": 65}


def test_parts_of_no_unit_are_refused_with_where_to_put_them() -> None:
    with pytest.raises(ValueError, match=r"columns\.part goes with unit: put Precinct into unit"):
        layout({"contest": "Race", "candidate": "Candidate", "part": "Precinct", "votes": "Votes"})
    text = "Race,Candidate,County,Precinct,Votes\nIssue,Yes,,1,4\nIssue,No,,1,5\nIssue,Yes,,2,6\nIssue,No,,2,5\n"
    assert read_one(text, {**COLUMNS, "part": "Precinct"}).votes == {"yes": 10, "no": 10}


NOBODYS = """
Times Counted, Times Cast, Total Votes Cast, Ballots Cast, Ballots Cast - Total, Registered Voters, Registered Voters - Total,
Overvotes, Over Votes:, Number of Under Votes, Blank, Blank Votes, VOID, Scattering, Rejected, Rejected write-ins,
Exhausted Ballots, Unresolved Write-In, Percent, Percent of Votes, Cards Cast, Contest Total, Total Ballots, Voter Turnout,
Invalid Votes, Spoiled, Precincts Reporting, Total Ballots Counted, Unqualified Write-Ins, Continuing Ballots
"""


@pytest.mark.parametrize("name", [name.strip() for name in NOBODYS.split(",")])
def test_what_is_nobody_s_votes_is_no_choice(name: str) -> None:
    reading = read_one(ISSUE + f"Issue,{name},901,5000\nIssue,{name},906,41.5%\n", PRECINCTS)
    assert (reading.votes, reading.total) == ({"yes": 283, "no": 64}, None)


def test_write_ins_may_be_more_than_all_others() -> None:
    assert read_one(ISSUE + "Issue,Write-in votes,901,500\nIssue,Write-in votes,906,50\n", PRECINCTS)


@pytest.mark.parametrize(
    ("heading", "holds"),
    [
        ("counties", "unit"),
        ("Precinct", "unit"),
        ("Vote Type", "type"),
        ("Jurisdiction", "unit"),
        ("Colour", "candidate"),
    ],
)
def test_the_advice_puts_a_column_where_it_belongs(heading: str, holds: str) -> None:
    text = f"Race,Candidate,{heading},Votes\nIssue,Yes,A,4\nIssue,Yes,B,5\n"
    columns: Columns = {"contest": "Race", "candidate": "Candidate", "votes": "Votes"}
    assert refusal(text, columns).endswith(f"; {heading.casefold()} tells the rows apart: put it into {holds}")


def test_text_in_windows_charset_is_read_as_it_is_spelled() -> None:
    reading = read_one((HEAD + "Governor,Ren\xe9e O\u2019Neil,,4\n").encode("cp1252"))
    assert reading.names == {"renee-o-neil": "Ren\xe9e O\u2019Neil"}


def test_headings_may_be_in_two_rows_and_the_first_column_have_none() -> None:
    text = "Results,,,\n,Contest,,Total\n,Title,Choice,Votes\n0,Issue,Yes,4\n1,Issue,No,5\n"
    columns: Columns = {"contest": "Contest Title", "candidate": "Choice", "votes": "Total Votes"}
    assert read_one(text, columns).votes == {"yes": 4, "no": 5}
    data = workbook({"One": [line.split(",") for line in text.splitlines()]})
    assert read_one(data, columns).votes == {"yes": 4, "no": 5}


TWO_SHEETS: dict[str, list[list[object]]] = {
    "Bacon": [["Race", "Candidate", "Votes"], ["Issue", "Yes", 4], ["Issue", "No", 5]],
    "Notes": [["Unofficial"]],
    "Coffee": [["Results"], ["Race", "Candidate", "Votes"], ["Issue", "Yes", 6], ["Issue", "No", 5]],
}


def test_worksheets_that_have_the_headings_are_one_table() -> None:
    columns: Columns = {"contest": "Race", "candidate": "Candidate", "votes": "Votes"}
    (refused,) = read_all(workbook(TWO_SHEETS), columns)
    assert isinstance(refused, Refusal)
    assert (
        "worksheet is 'Bacon' above and 'Coffee' here: if it tells two contests apart, put it into contest"
        in refused.what
    )
    reading = read_one(workbook(TWO_SHEETS), {**columns, "unit": "worksheet"})
    assert reading.votes == {"yes": 10, "no": 10}
    assert reading.units == {"Bacon": Unit(votes={"yes": 4, "no": 5}), "Coffee": Unit(votes={"yes": 6, "no": 5})}


def test_an_open_document_s_sheet_is_read() -> None:
    def cell(text: str) -> str:
        kind = f'office:value-type="float" office:value="{text}"' if text.isdecimal() else 'office:value-type="string"'
        return f"<table:table-cell {kind}><text:p>{text}</text:p></table:table-cell>"

    rows = "".join(
        f"<table:table-row>{''.join(map(cell, line.split(',')))}</table:table-row>" for line in GOOD.splitlines()
    )
    name = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{name}office:1.0" xmlns:table="{name}table:1.0" xmlns:text="{name}text:1.0">'
        f'<office:body><office:spreadsheet><table:table table:name="Votes">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{name}manifest:1.0"/>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    files = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    assert read_one(zipped({file: text.encode() for file, text in files.items()})) == read_one(GOOD)


def test_a_workbook_without_a_stylesheet_is_read() -> None:
    packed = zipfile.ZipFile(io.BytesIO(workbook({"One": [line.split(",") for line in GOOD.splitlines()]})))
    assert read_one(
        zipped({name: packed.read(name) for name in packed.namelist() if "styles" not in name})
    ) == read_one(GOOD)
