"""Tests the presets that come with Tallydesk, on small tables in each office's layout and on the offices' own
files.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from openpyxl import load_workbook

from bot.count.reading import Reading, Reporting, Unit
from bot.desk.sheet_layout import preset, presets
from bot.errors import BadInputError
from bot.feeds import csv_sheet
from bot.feeds.ballot import slug
from bot.feeds.reader import ReaderContext, Refusal
from tests.feeds.conftest import RECEIVED, rows_in
from tests.feeds.test_csv_sheet import workbook

Row: TypeAlias = dict[str, str]


def read_all(name: str, data: bytes) -> list[Reading | Refusal]:
    return list(csv_sheet.read(io.BytesIO(data), ReaderContext("feed", RECEIVED, sheet=preset(name))))


def read_good(name: str, data: str | bytes) -> list[Reading]:
    items = read_all(name, data.encode() if isinstance(data, str) else data)
    assert all(isinstance(item, Reading) for item in items), items
    return [item for item in items if isinstance(item, Reading)]


def test_a_preset_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(BadInputError, match="there is no preset 'guam'; there are florida, minnesota"):
        preset("guam")
    assert set(presets()) == {
        "florida",
        "minnesota",
        "new-mexico",
        "maryland",
        "illinois",
        "alabama",
        "wisconsin",
    }


FLORIDA = "ElectionDate\tPartyCode\tPartyName\tRaceCode\tRaceName\tCountyCode\tCountyName\tJuris1num\tJuris2num\tPrecincts\tPrecinctsReporting\tCanNameLast\tCanNameFirst\tCanNameMiddle\tCanVotes\r\n"


def florida(party: str, county: str, last: str, first: str, votes: int) -> str:
    return f"11/03/2020\t{party}\tx\tSTR\tHouse, District 7\tX\t{county}\t007\t \t9\t4\t{last}\t{first}\t\t{votes}\r\n"


def test_florida_has_a_row_a_candidate_and_county() -> None:
    rows = [florida("REP", "Alachua", "Reed", "Bo", 4), florida("DEM", "Alachua", "Reed", "Cy", 5)]
    rows += [florida("REP", "Bay", "Reed", "Bo", 6), florida("DEM", "Bay", "Reed", "Cy", 7)]
    (reading,) = read_good("florida", FLORIDA + "".join(rows))
    assert (reading.contest, reading.contest_name) == ("str-007", "House, District 7")
    assert reading.votes == {"bo-reed": 10, "cy-reed": 12}
    assert reading.parties == {"bo-reed": "R", "cy-reed": "D"}
    assert reading.reporting == Reporting(precincts=(8, 18))
    assert (reading.units or {})["Bay"] == Unit(votes={"bo-reed": 6, "cy-reed": 7}, reported=(4, 9))


def test_florida_s_primaries_are_one_contest_a_party() -> None:
    rows = [florida("REP", "Bay", "Reed", "Bo", 4), florida("REP", "Bay", "Moss", "Di", 5)]
    rows += [florida("DEM", "Bay", "Reed", "Cy", 6), florida("DEM", "Bay", "Quill", "Ada", 7)]
    found = read_good("florida", FLORIDA + "".join(rows))
    assert {one.contest: one.votes for one in found} == {
        "str-007-r": {"bo-reed": 4, "di-moss": 5},
        "str-007-d": {"cy-reed": 6, "ada-quill": 7},
    }
    assert [one.contest_name for one in found] == ["House, District 7 (R)", "House, District 7 (D)"]


def test_two_justices_of_one_code_are_never_added_up() -> None:
    rows = [florida("", "Bay", "Yes", "", 4), florida("", "Bay", "No", "", 3)]
    rows += [row.replace("House, District 7", "Justice Quill").replace("Bay", "Baker") for row in rows]
    (refused,) = read_all("florida", (FLORIDA + "".join(rows)).encode())
    assert str(refused) == (
        "feed: str-007 (House, District 7): line 4: is 'House, District 7' above and 'Justice Quill' here: if these are two "
        "contests, put RaceName into contest"
    )


def test_minnesota_has_semicolons_latin_1_and_no_headings() -> None:
    keeper = "MN;1;0010;0150;Keeper District 4;4"
    text = (
        f"{keeper};0101;Bo Núñez;;;R;1;2;5;50.00;10\r\n{keeper};0102;Cy Reed;Jr.;;DFL;1;2;4;40.00;10\r\n"
        f"{keeper};9901;WRITE-IN;;;WI;1;2;1;10.00;10\r\n"
    )
    (reading,) = read_good("minnesota", text.encode("latin-1"))
    assert (reading.contest, reading.contest_name) == ("0150-4", "Keeper District 4")
    assert reading.votes == {"bo-nunez": 5, "cy-reed-jr": 4, "write-in": 1}
    assert reading.units == {"1": Unit(votes=reading.votes, total=10, reported=(1, 2))}
    with pytest.raises(BadInputError, match="line 1 has 7 columns, and not the 16 of a table of votes"):
        read_all("minnesota", b"01010101;Bo Reed;0101;Keeper;88;01;R\r\n")


def test_minnesota_in_utf_8_is_read_as_it_is_spelled() -> None:
    (reading,) = read_good("minnesota", "MN;;;0102;Senator;;0101;Bo Núñez;;;R;1;2;5;50.00;5\r\n")
    assert reading.names == {"bo-nunez": "Bo Núñez"}


def test_new_mexico_tells_two_districts_questions_apart_by_the_race_s_number() -> None:
    head = "RaceID,RaceName,PartyCode,AreaNum,CandidateID,CandidateName,VoteFor,CandidateVotes,CandidatePercentage,PrecinctsReporting,CandidateAbsenteeVotes,CandidateElectionDayVotes,CandidateEarlyVotes\n"
    text = head + (
        '7,"Bond Question","","ALMA DISTRICT",9001,"Yes",1,6,0.6,3/9,1,2,3\n7,"Bond Question","","ALMA DISTRICT",9002,"No",1,4,0.4,3/9,1,1,2\n'
        '8,"Bond Question","","",9001,"Yes",1,2,1,1/1,,,\n'
    )
    alma, other = read_good("new-mexico", text)
    assert (alma.contest, alma.contest_name, alma.votes) == ("7", "Bond Question, ALMA DISTRICT", {"yes": 6, "no": 4})
    assert alma.by_type == {
        "absentee-mail": {"yes": 1, "no": 1},
        "election-day": {"yes": 2, "no": 1},
        "early": {"yes": 3, "no": 2},
    }
    assert alma.reporting == Reporting(precincts=(3, 9))
    assert (other.contest_name, other.votes, other.by_type) == ("Bond Question", {"yes": 2}, None)


def test_maryland_has_a_column_a_type_and_its_measures_are_not_guessed_at() -> None:
    kinds = ("Early", "Election Night", "Mail-In Ballot 1", "Provisional", "Mail-In Ballot 2", "Total")
    head = ["Office Name", "Office District", "Candidate Name", "Party"]
    head += [name for kind in kinds for name in (f"{kind} Votes", f"{kind} Votes Against")]
    text = ",".join(head) + "\nKeeper,,Bo Reed,DEM,1,,2,,3,,4,,5,,15,\nKeeper,,Other Write-Ins,,0,,1,,0,,0,,0,,1,\n"
    (reading,) = read_good("maryland", text)
    assert reading.votes == {"bo-reed": 15, "other-write-ins": 1}
    assert reading.by_type == {
        "early": {"bo-reed": 1, "other-write-ins": 0},
        "election-day": {"bo-reed": 2, "other-write-ins": 1},
        "absentee-mail": {"bo-reed": 8, "other-write-ins": 0},
        "provisional": {"bo-reed": 4, "other-write-ins": 0},
    }
    (refused,) = read_all("maryland", (text + "Question 1,,Fish,,1,1,2,2,3,3,4,4,5,5,15,15\n").encode())[1:]
    assert "Early Votes Against is filled in, and no file that was seen shows what it then means" in str(refused)


ILLINOIS = "JurisdictionID,JurisContainerID,JurisName,EISCandidateID,CandidateName,EISContestID,ContestName,PrecinctName,Registration,EISPartyID,PartyName,VoteCount\n"


@pytest.mark.parametrize(("under", "contests"), [("REPUBLICAN", ["150-d", "150-r"]), ("DEMOCRATIC", ["150"])])
def test_illinois_is_a_primary_where_undervotes_are_counted_by_party(under: str, contests: list[str]) -> None:
    rows = [
        f"1,0,ADAMS,{key},{name},150,KEEPER,{place},620,11,{party},{votes}\n"
        for place in ("CLAYTON 1", "CLAYTON 2")
        for key, name, party, votes in (
            (0, "Under Votes", "DEMOCRATIC", 3),
            (0, "Over Votes", under, 1),
            (7, "BO REED", "DEMOCRATIC", 5),
            (8, "CY MOSS", "REPUBLICAN", 6),
        )
    ]
    found = read_good("illinois", ILLINOIS + "".join(rows))
    assert [one.contest for one in found] == contests
    assert Counter({name: votes for one in found for name, votes in one.votes.items()}) == {
        "bo-reed": 10,
        "cy-moss": 12,
    }
    assert all(set(one.units or {}) == {"ADAMS"} for one in found)


@pytest.mark.parametrize("of_all", ["Total", ""])
def test_a_sum_among_the_precincts_is_not_counted_twice(of_all: str) -> None:
    rows = [f"1,0,ADAMS,7,BO REED,150,KEEPER,{place},620,11,,5\n" for place in ("CLAYTON 1", of_all)]
    (refused,) = read_all("illinois", (ILLINOIS + "".join(rows)).encode())
    assert str(refused) == (
        "feed: 150 (KEEPER): ADAMS has rows with PrecinctName and rows without, or with a total: if these are sums, leave "
        "them out"
    )


def test_alabama_has_its_counties_precincts_and_times_in_a_second_sheet() -> None:
    head = [
        "County Code",
        "County Name",
        "Contest Code",
        "Contest Title",
        "Candidate Number",
        "Candidate Name",
        "Votes",
        "Party Code",
    ]
    rows: list[list[object]] = [
        ["01", "Bacon", "00100", "KEEPER (REP)", f"00{place}", name, place * 5, "REP"]
        for place, name in ((1, "Bo"), (2, "Cy"))
    ]
    said: list[list[object]] = [
        ["County Code", "Total Precincts", "Precincts Reported", "Last Updated"],
        ["01", 9, 4, "2026-06-16T21:59:00"],
        ["", None],
    ]
    (reading,) = read_good("alabama", workbook({"AllResults": [head, *rows], "Statistics": said}))
    assert (reading.contest, reading.votes) == ("00100", {"bo": 5, "cy": 10})
    assert (reading.as_of.isoformat(), reading.as_of_is) == ("2026-06-17T02:59:00+00:00", None)
    assert (reading.units or {})["Bacon"].reported == (4, 9)


def test_wisconsin_s_party_marks_are_no_names_and_its_sums_nobody_s_votes() -> None:
    text = (
        "contest,candidate,votes,reporting_unit,county\n"
        'KEEPER,DEM REED / MOSS (DEMOCRATIC),4,TOWN OF A,X\nKEEPER,YES,"1,392",TOWN OF A,X\nKEEPER,CONTESTTOTALS,9,TOWN OF A,X\n'
        "KEEPER,DEM REED / MOSS (DEMOCRATIC),NA,TOWN OF B,X\nKEEPER,YES,NA,TOWN OF B,X\nKEEPER,WRITE -IN,,TOWN OF B,X\n"
        "KEEPER,WRITE-IN,3,TOWN OF A,X\n"
    )
    (reading,) = read_good("wisconsin", text)
    assert reading.votes == {"reed-moss": 4, "yes": 1392, "write-in": 3}
    assert (reading.names or {})["reed-moss"] == "REED / MOSS"
    assert reading.units == {"TOWN OF A": Unit(votes=reading.votes), "TOWN OF B": Unit()}


# The offices' own files, read here in another way: cell by cell, by what the folder's own notes say of each column.


def number(cell: str) -> int:
    return int(cell.replace(",", "")) if cell not in ("", "NA") else 0


def added_up(rows: Sequence[Row], votes: str, *columns: Callable[[Row], str]) -> Counter[tuple[str, ...]]:
    sums: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        sums[tuple(column(row) for column in columns)] += number(row[votes])
    return sums


def by_unit(readings: Sequence[Reading]) -> Iterator[tuple[tuple[str, str, str], int]]:
    for one in readings:
        for name, unit in (one.units or {}).items():
            for candidate, votes in (unit.votes or {}).items():
                yield (one.contest, name, candidate), votes


def totals(readings: Sequence[Reading]) -> dict[tuple[str, ...], int]:
    return {(one.contest, candidate): votes for one in readings for candidate, votes in one.votes.items()}


def units_add_up(readings: Sequence[Reading]) -> None:
    for one in readings:
        for candidate, votes in one.votes.items():
            assert votes == sum((unit.votes or {}).get(candidate, 0) for unit in (one.units or {}).values())


def test_florida_s_own_file(feeds: Path) -> None:
    file = feeds / "tables" / "florida-2026-03-24.txt"
    found = read_good("florida", file.read_bytes())
    rows = rows_in(file, "\t")
    expected = added_up(
        rows,
        "CanVotes",
        lambda row: slug(f"{row['RaceCode']} {row['Juris1num']}"),
        lambda row: row["CountyName"],
        lambda row: slug(f"{row['CanNameFirst']} {row['CanNameMiddle']} {row['CanNameLast']}"),
    )
    assert dict(by_unit(found)) == expected
    units_add_up(found)
    assert found[0].reporting == Reporting(precincts=(152, 152))


def test_minnesota_s_own_files(feeds: Path) -> None:
    tables = feeds / "tables"
    (found,) = read_good("minnesota", (tables / "minnesota-2024-11-05-ussenate.txt").read_bytes())
    lines = (tables / "minnesota-2024-11-05-ussenate.txt").read_text(encoding="latin-1").splitlines()
    rows = [line.split(";") for line in lines]
    assert found.votes == {slug(row[7]): int(row[13]) for row in rows}
    assert found.total == 3_189_323
    assert found.reporting == Reporting(precincts=(4103, 4103))
    with pytest.raises(BadInputError, match="and not the 16"):
        read_all("minnesota", (tables / "minnesota-2024-11-05-cand.txt").read_bytes())


def test_new_mexico_s_own_file(feeds: Path) -> None:
    file = feeds / "tables" / "new-mexico-2025-11-04-excerpt.csv"
    found = read_good("new-mexico", file.read_bytes())
    expected = added_up(
        rows_in(file), "CandidateVotes", lambda row: row["RaceID"], lambda row: slug(row["CandidateName"])
    )
    assert totals(found) == expected
    precincts = {row["RaceID"]: row["PrecinctsReporting"] for row in rows_in(file)}
    for one in found:
        assert one.reporting is not None
        assert one.reporting.precincts is not None
        assert "{}/{}".format(*one.reporting.precincts) == precincts[one.contest]
        assert one.by_type is None


def test_maryland_s_own_file(feeds: Path) -> None:
    file = feeds / "tables" / "maryland-2024-11-05-county01-us-senator.csv"
    (found,) = read_good("maryland", file.read_bytes())
    rows = rows_in(file)
    assert found.votes == {slug(row["Candidate Name"]): int(row["Total Votes"]) for row in rows}
    assert sum(found.votes.values()) == 31_411
    by_mail = {
        slug(row["Candidate Name"]): int(row["Mail-In Ballot 1 Votes"]) + int(row["Mail-In Ballot 2 Votes"])
        for row in rows
    }
    assert (found.by_type or {})["absentee-mail"] == by_mail
    assert (found.by_type or {})["early"] == {slug(row["Candidate Name"]): int(row["Early Votes"]) for row in rows}


def test_illinois_s_own_file(feeds: Path) -> None:
    file = feeds / "tables" / "illinois-2026-us-senator-sample.csv"
    found = read_good("illinois", file.read_bytes())
    rows = [row for row in rows_in(file) if row["EISCandidateID"] != "0"]
    expected = added_up(
        rows,
        "VoteCount",
        lambda row: f"{row['EISContestID']}-{row['PartyName'][0].lower()}",
        lambda row: row["JurisName"],
        lambda row: slug(row["CandidateName"]),
    )
    assert dict(by_unit(found)) == expected
    units_add_up(found)


def test_alabama_s_own_file(feeds: Path) -> None:
    file = feeds / "tables" / "alabama-2026-primary-runoff.xlsx"
    found = read_good("alabama", file.read_bytes())
    book = load_workbook(file)
    names, *rows = book["AllResults"].iter_rows(values_only=True)
    expected = added_up(
        [dict(zip(map(str, names), map(str, row), strict=True)) for row in rows],
        "Votes",
        lambda row: row["Contest Code"],
        lambda row: row["County Name"],
        lambda row: slug(row["Candidate Name"]),
    )
    assert dict(by_unit(found)) == expected
    units_add_up(found)
    senate = next(one for one in found if one.contest == "00100902")
    assert (senate.votes, len(senate.units or {})) == ({"jared-hudson": 137_340, "barry-moore": 173_418}, 67)
    jefferson = next(row for row in book["Statistics"].iter_rows(values_only=True, min_row=2) if row[2] == "01")
    assert (senate.units or {})["Jefferson"].reported == (jefferson[5], jefferson[4])


@pytest.mark.parametrize("county", ["dunn", "iron", "wood"])
def test_wisconsin_s_counties_own_files(feeds: Path, county: str) -> None:
    for file in sorted((feeds / "tables" / "wisconsin").glob(f"{county}-*.csv")):
        found = read_good("wisconsin", file.read_bytes())
        rows = rows_in(file)
        expected = added_up(
            rows, "votes", lambda row: slug(row["contest"]), lambda row: slug(row["candidate"].split("(")[0])
        )
        marked = {
            (
                one,
                name if name.split("-")[0] not in {"dem", "rep", "con", "lib", "wgr", "ind"} else name.split("-", 1)[1],
            ): votes
            for (one, name), votes in expected.items()
        }
        plain = {
            (one.contest, slug((one.names or {})[candidate].split("(")[0])): votes
            for one in found
            for candidate, votes in one.votes.items()
        }
        unread = {key: votes for key, votes in marked.items() if key not in plain}
        assert not any(unread.values()), unread  # a contest of which nothing is said yet
        assert plain == {key: votes for key, votes in marked.items() if key in plain}
        units_add_up(found)
