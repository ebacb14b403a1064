from datetime import UTC, datetime

import pytest

from bot.count.reading import Reading, Reporting, Unit
from bot.errors import BadInputError
from bot.feeds.nist import reader as nist
from bot.feeds.reader import Refusal
from tests.feeds.conftest import RECEIVED, failure, items_of, refusal_in, sole
from tests.feeds.nist_files import CANDIDATES, choice, contest, count, in_english, report, unit


def by_county(app: object, bac: object, total: object, kind: str = "total") -> list[object]:
    return [count(total, kind=kind), count(app, "app", kind), count(bac, "bac", kind)]


PLAIN = contest(choice("ada", *by_county(6, 4, 10)), choice("bo", *by_county(5, 15, 20)))
TYPED = contest(
    choice("ada", *by_county(6, 4, 10), *by_county(2, 1, 3, "election-day"), *by_county(4, 3, 7, "absentee-mail")),
    choice("bo", *by_county(5, 15, 20), *by_county(1, 9, 10, "election-day"), *by_county(4, 6, 10, "absentee-mail")),
)


def read_all(data: bytes) -> list[Reading | Refusal]:
    return items_of(nist.read, data)


def read_one(data: bytes) -> Reading:
    return sole(read_all(data))


def refusal(data: bytes) -> str:
    return refusal_in(read_all(data))


def both(one: int, other: int) -> dict[str, int]:
    return {"ada-quill": one, "bo-reed": other}


def test_contest_becomes_a_reading_by_county_and_type() -> None:
    data = report(TYPED | {"SubUnitsReported": 1, "TotalSubUnits": 2})
    assert read_one(data) == Reading(
        source="nist",
        contest="gov",
        contest_name="Governor",
        as_of=datetime(2026, 11, 4, 2, 14, tzinfo=UTC),
        status="unofficial-partial",
        votes=both(10, 20),
        names={"ada-quill": "Ada Quill", "bo-reed": "Bo Reed"},
        parties={"ada-quill": "D", "bo-reed": "R"},
        reporting=Reporting(units=(1, 2)),
        by_type={"election-day": both(3, 10), "absentee-mail": both(7, 10)},
        units={
            "Appling": Unit(
                fips="13001",
                reported=(3, 9),
                votes=both(6, 5),
                by_type={"election-day": both(2, 1), "absentee-mail": both(4, 4)},
            ),
            "Bacon": Unit(
                fips="13005", votes=both(4, 15), by_type={"election-day": both(1, 9), "absentee-mail": both(3, 6)}
            ),
        },
    )


def test_names_of_drafts_are_read() -> None:
    draft = {key: value for key, value in PLAIN.items() if key not in ("ElectionDistrictId", "ContestSelection")}
    draft |= {"ElectoralDistrictId": "state", "BallotSelection": PLAIN["ContestSelection"]}
    assert read_one(report(draft)) == read_one(report(PLAIN))


def test_more_votes_of_a_type_than_in_all_are_refused() -> None:
    said = refusal(report(contest(choice("ada", count(6), count(7, kind="election-day")))))
    assert said == "feed: gov (Governor): ada-quill has 7 votes of the type election-day and 6 in all"


def test_units_alone_are_added_up() -> None:
    data = report(
        contest(choice("ada", count(6, "app"), count(4, "bac")), choice("bo", count(5, "app"), count(15, "bac")))
    )
    reading = read_one(data)
    assert reading == read_one(report(PLAIN))


def test_of_units_within_one_another_the_topmost_are_read() -> None:
    units = [
        unit("state", "Georgia", "state", ["app", "bac"]),
        unit("app", "Appling County", parts=["p1", "p2"]),
        unit("bac", "Bacon County"),
        unit("p1", "One", "precinct"),
        unit("p2", "Two", "precinct"),
    ]
    counts = [count(6, "app"), count(4, "bac"), count(2, "p1"), count(4, "p2")]
    reading = read_one(report(contest(choice("ada", *counts)), units=units))
    assert reading.votes == {"ada-quill": 10}
    assert set(reading.units or ()) == {"Appling", "Bacon"}


def test_units_of_several_kinds_without_a_tree_are_not_added_up() -> None:
    units = [unit("app", "Appling County"), unit("p1", "One", "precinct")]
    counts = [count(6, "app"), count(2, "p1")]
    said = refusal(report(contest(choice("ada", *counts)), units=units))
    assert said == "feed: gov (Governor): has votes by county and precinct, and does not say which is in which"
    whole = read_one(report(contest(choice("ada", count(8), *counts)), units=[*units, unit("state", "G", "state")]))
    assert (whole.votes, whole.units) == ({"ada-quill": 8}, None)


def test_precincts_of_one_name_are_told_apart_by_their_county() -> None:
    units = [unit("app", "Appling County", parts=["p1"]), unit("bac", "Bacon County", parts=["p2"])]
    units += [unit("p1", "Ward 1", "precinct"), unit("p2", "Ward 1", "precinct")]
    told = contest(choice("ada", count(1, "p1"), count(2, "p2")), SubUnitsReported=1, TotalSubUnits=2)
    reading = read_one(report(told, units=units))
    assert set(reading.units or ()) == {"Ward 1, Appling", "Ward 1, Bacon"}
    assert reading.reporting == Reporting(precincts=(1, 2))


@pytest.mark.parametrize(
    ("kind", "ours"),
    [
        ("election-day", "election-day"),
        ("absentee-mail", "absentee-mail"),
        ("absentee-in-person", "early"),
        ("early", "early"),
        ("provisional", "provisional"),
        ("uocava", "other"),
        ("absentee-fwab", "other"),
        ("write-in", "other"),
        ("other", "other"),
    ],
)
def test_types_are_ours(kind: str, ours: str) -> None:
    reading = read_one(report(contest(choice("ada", count(9), count(4, kind=kind)))))
    assert reading.votes == {"ada-quill": 9}
    assert reading.by_type == {ours: {"ada-quill": 4}}


def test_types_without_a_total_are_added_up() -> None:
    data = report(contest(choice("ada", count(3, kind="election-day"), count(4, kind="early"))))
    assert read_one(data).votes == {"ada-quill": 7}


def test_absentee_votes_beside_a_part_of_them_are_not_counted_twice() -> None:
    counts = [count(9, kind="absentee"), count(4, kind="absentee-mail"), count(5, kind="election-day")]
    said = refusal(report(contest(choice("ada", *counts))))
    assert said == "feed: gov (Governor): has absentee votes of Ada Quill beside a part of them, and no total"
    reading = read_one(report(contest(choice("ada", count(14), *counts))))
    assert reading.by_type == {"absentee-mail": {"ada-quill": 4}, "election-day": {"ada-quill": 5}}


def test_what_is_suppressed_is_unknown_and_not_zero() -> None:
    hidden = count(0, "bac", IsSuppressedForPrivacy=True)
    data = report(contest(choice("ada", count(10), count(6, "app"), hidden), choice("bo", *by_county(5, 15, 20))))
    assert (read_one(data).units or {})["Bacon"].votes == {"bo-reed": 15}
    summed = report(contest(choice("ada", count(6, "app"), hidden)))
    assert refusal(summed) == "feed: gov (Governor): votes of Ada Quill are suppressed for privacy"


def test_only_the_first_round_of_a_ranked_contest_is_read() -> None:
    data = report(contest(choice("ada", count(10, Round=1), count(14, Round=2)), choice("bo", count(9, Round=1))))
    assert read_one(data).votes == both(10, 9)
    later = report(contest(choice("ada", count(14, Round=2))))
    assert refusal(later) == "feed: gov (Governor): has no first round for Ada Quill"


def test_counts_by_device_are_added_up_where_there_is_no_other() -> None:
    parts = [count(3, DeviceClass={"Type": "opscan-central"}), count(4, DeviceClass={"Type": "opscan-precinct"})]
    assert read_one(report(contest(choice("ada", *parts)))).votes == {"ada-quill": 7}
    assert read_one(report(contest(choice("ada", count(8), *parts)))).votes == {"ada-quill": 8}


def test_county_of_which_nothing_is_processed_is_unsaid() -> None:
    waiting = {"CountStatus": [{"Type": "total", "Status": "not-processed"}]}
    units = [
        unit("state", "Georgia", "state", ["app", "bac"]),
        unit("app", "Appling County"),
        unit("bac", "Bacon", **waiting),
    ]
    reading = read_one(report(contest(choice("ada", *by_county(6, 0, 6))), units=units))
    assert set(reading.units or ()) == {"Appling"}
    assert set(read_one(report(PLAIN, units=units)).units or ()) == {"Appling", "Bacon"}


def test_write_ins_and_tickets_and_measures_have_names() -> None:
    write_in = choice(None, count(3), IsWriteIn=True)
    top: dict[str, dict[str, object]] = {"cy": CANDIDATES["cy"] | {"IsTopTicket": True}}
    ticket = choice("ada", count(9)) | {"CandidateIds": ["ada", "cy"]}
    reading = read_one(report(contest(ticket, write_in), candidates=CANDIDATES | top))
    assert reading.names == {"cy-moss": "Cy Moss", "write-in": "Write-in"}
    answers = [
        {"@id": key, "Selection": in_english(key), "VoteCounts": [count(votes)]}
        for key, votes in (("Yes", 4), ("No", 5))
    ]
    assert read_one(report(contest(*answers))).votes == {"yes": 4, "no": 5}
    parties = [{"@id": "x", "PartyIds": ["dem"], "VoteCounts": [count(7)]}]
    assert read_one(report(contest(*parties))).votes == {"dem": 7}


@pytest.mark.parametrize("field", ["OtherCounts", "SummaryCounts"])
def test_write_ins_counted_beside_the_selections_are_in_the_total(field: str) -> None:
    reading = read_one(report(PLAIN | {field: [{"Type": "total", "WriteIns": 4, "Overvotes": 2}]}))
    assert reading.total == 34
    elsewhere = PLAIN | {field: [{"GpUnitId": "app", "WriteIns": 4}]}
    assert read_one(report(elsewhere)).total is None


@pytest.mark.parametrize(
    "status", ["pre-election", "unofficial-partial", "unofficial-complete", "certified", "correction"]
)
def test_status_is_the_report_s(status: str) -> None:
    reading = read_one(report(PLAIN, Status=status))
    assert (reading.status, reading.count) == (status, "election")


def test_contest_still_counted_in_a_complete_report_is_not_complete() -> None:
    counting = PLAIN | {"CountStatus": [{"Type": "total", "Status": "in-process"}]}
    assert read_one(report(counting, Status="unofficial-complete")).status == "unofficial-partial"


def test_recount_is_a_count_of_its_own() -> None:
    reading = read_one(report(PLAIN, Status="recount"))
    assert (reading.status, reading.count) == ("recount", "recount")
    named = report(PLAIN, election={"Name": in_english("General Election Recount")})
    assert read_one(named).count == "recount"


def test_county_s_code_is_the_report_s_or_its_name_s() -> None:
    units = [
        unit("app", "Appling County", ExternalIdentifier=[{"Type": "fips", "Value": "99999"}]),
        unit(
            "bac",
            "Autauga",
            ExternalIdentifier=[{"Type": "ocd-id", "Value": "ocd-division/country:us/state:al/county:autauga"}],
        ),
    ]
    reading = read_one(report(contest(choice("ada", count(1, "app"), count(2, "bac"))), units=units))
    assert {name: of.fips for name, of in (reading.units or {}).items()} == {"Appling": "99999", "Autauga": "01001"}
    nowhere = report(contest(choice("ada", count(1, "app"))), units=[unit("app", "Appling")], IssuerAbbreviation="XX")
    assert (read_one(nowhere).units or {})["Appling"].fips is None


def test_report_without_a_time_is_as_of_its_receipt() -> None:
    reading = read_one(report(PLAIN, GeneratedDate=None))
    assert (reading.as_of, reading.as_of_is) == (RECEIVED, "received")


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (
            {"GeneratedDate": "2026-11-03T21:14:00"},
            "GeneratedDate has no zone: '2026-11-03T21:14:00'; it should be such as",
        ),
        ({"GeneratedDate": "yesterday"}, "GeneratedDate is no time: 'yesterday'"),
        ({"GeneratedDate": 5}, "GeneratedDate should be text, not 5"),
        ({"IsTest": True}, "is a test (IsTest): its numbers are no results"),
        ({"SequenceEnd": 3}, "is part 1 of a report in 3 (SequenceStart, SequenceEnd); only whole reports are read"),
        ({"SequenceStart": "1"}, "SequenceStart should be a whole number, not '1'"),
        ({"Status": "final"}, "Status should be one of pre-election, unofficial-partial, "),
        ({"Election": 5}, "Election should be a list, not 5"),
        ({"Party": [{}]}, "Party: [0].@id is missing"),
        ({"units": [unit("a", "A"), unit("a", "B")]}, "GpUnit has the @id 'a' twice"),
        ({"units": [unit("a", 5)]}, "GpUnit: [0].Name should be text, not 5"),
    ],
)
def test_report_that_cannot_be_read_gives_nothing(more: dict[str, object], what: str) -> None:
    said = failure(nist.read, report(PLAIN, **more))  # type: ignore[arg-type]  # wrong on purpose
    assert said.startswith("feed: ")
    assert what in said


@pytest.mark.parametrize("data", [b"{}", b'{"votes": 5}'])
def test_other_json_is_no_report(data: bytes) -> None:
    with pytest.raises(BadInputError, match="feed: should be an ElectionReport of NIST SP 1500-100"):
        read_all(data)


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (contest(), "ContestSelection has no selections"),
        (contest(choice("eve", count(1))), "has the candidate 'eve', whom Candidate does not have"),
        (
            contest(choice(None, count(1)) | {"CandidateIds": [""]}),
            "has the candidate '', whom Candidate does not have",
        ),
        (contest(choice(None, count(1))), "has a selection that is no candidate, party, write-in or answer"),
        (contest(choice("ada", count(1, "mars"))), "has votes of the unit 'mars', which GpUnit does not have"),
        (
            contest(choice("ada", count("1"))),
            "ContestSelection[0].VoteCounts[0].Count should be a whole number, not '1'",
        ),
        (contest(choice("ada", count(1.5))), "VoteCounts[0].Count should be a whole number, not 1.5"),
        (contest(choice("ada", count(True))), "VoteCounts[0].Count should be a whole number, not true"),
        (contest(choice("ada", count(-1))), "VoteCounts[0].Count is -1; votes are 0 or more"),
        (
            contest(choice("ada", count(1), count(2))),
            "has two counts of Ada Quill for the unit state and the type total",
        ),
        (contest(choice("ada", count(1, 5))), "VoteCounts[0].GpUnitId should be text, not 5"),
        (contest(choice("ada")), "has no votes of Ada Quill"),
        (contest(choice("ada", count(1)), choice("bo")), "has no votes of Bo Reed"),
        (contest(choice("ada", count(1)), SubUnitsReported=3, TotalSubUnits=2), "SubUnits: 3 of 2 is more than all"),
        (contest(choice("ada", count(9 * 10**9, "app"), count(9 * 10**9, "bac"))), "votes of Ada Quill add up to"),
        (contest(choice("ada", count(1)), name=5), "Name should be text, not 5"),
    ],
)
def test_contest_that_cannot_be_used_is_refused_and_the_others_are_read(bad: object, what: str) -> None:
    good = PLAIN | {"@id": "senate"}
    refused, reading = read_all(report(bad, good))
    assert isinstance(reading, Reading)
    assert str(refused).startswith("feed: gov")
    assert what in str(refused)


def test_whole_numbers_written_as_fractions_are_whole() -> None:
    assert read_one(report(contest(choice("ada", count(12.0))))).votes == {"ada-quill": 12}


def test_contest_without_a_key_or_there_twice_is_refused() -> None:
    items = read_all(report(PLAIN, PLAIN, PLAIN | {"Name": "X"}, PLAIN | {"@id": " "}))
    assert [str(one) for one in items[1:]] == [
        "feed: gov (X): is there twice, and the second differs from the first",
        "feed: contest 4 of the file: its key should be text, not ' '",
    ]
