import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.count.reading import Reading, Reporting, Unit
from bot.errors import BadInputError
from bot.feeds.clarity import detail as clarity_detail
from bot.feeds.reader import ReaderContext, Refusal
from tests.feeds.clarity_files import Cells, Types, block, choice, contest, detail, tag, zipped
from tests.feeds.conftest import RECEIVED, failure, items_of, refusal_in, sole

DAY, MAIL, ADVANCE, PROVISIONAL = (
    "Election Day Votes",
    "Absentee by Mail Votes",
    "Advanced Voting Votes",
    "Provisional Votes",
)
ADA = choice(
    "Ada B. Quill (I) (Rep)", 60, {DAY: {"Appling": 10, "De Kalb": 20}, ADVANCE: {"Appling": 30, "De Kalb": 0}}
)
BO = choice("Bo Reed (Dem)", 40, {DAY: {"Appling": 15, "De Kalb": 5}, ADVANCE: {"Appling": 7, "De Kalb": 13}}, key="2")
COUNTIES: dict[str, tuple[object, object]] = {"Appling": (4, 9), "De Kalb": (3, 3)}
GOOD = contest(
    ADA,
    BO,
    counties=COUNTIES,
    precinctsReported=7,
    precinctsParticipating=12,
    countiesReported=1,
    countiesParticipating=2,
)


def read_one(*contests: str, **head: str) -> Reading:
    return sole(items_of(clarity_detail.read, detail(*(contests or (GOOD,)), **head)))


def refusal(*contests: str) -> str:
    return refusal_in(items_of(clarity_detail.read, detail(*contests)))


def refused(data: bytes) -> str:
    said = failure(clarity_detail.read, data)
    assert said.startswith("feed: ")
    return said.removeprefix("feed: ")


def test_contest_becomes_a_reading() -> None:
    assert read_one() == Reading(
        source="clarity-detail",
        contest="7000",
        contest_name="Keeper of the Lamp",
        as_of=datetime(2020, 11, 20, 20, 37, 6, tzinfo=UTC),
        votes={"ada-b-quill": 60, "bo-reed": 40},
        names={"ada-b-quill": "Ada B. Quill", "bo-reed": "Bo Reed"},
        parties={"ada-b-quill": "R", "bo-reed": "D"},
        reporting=Reporting(precincts=(7, 12), units=(1, 2)),
        by_type={"election-day": {"ada-b-quill": 30, "bo-reed": 20}, "early": {"ada-b-quill": 30, "bo-reed": 20}},
        units={
            "Appling": Unit(
                fips="13001",
                votes={"ada-b-quill": 40, "bo-reed": 22},
                reported=(4, 9),
                by_type={
                    "election-day": {"ada-b-quill": 10, "bo-reed": 15},
                    "early": {"ada-b-quill": 30, "bo-reed": 7},
                },
            ),
            "De Kalb": Unit(
                fips="13089",
                votes={"ada-b-quill": 20, "bo-reed": 18},
                reported=(3, 3),
                by_type={"election-day": {"ada-b-quill": 20, "bo-reed": 5}, "early": {"ada-b-quill": 0, "bo-reed": 13}},
            ),
        },
    )


def test_county_file_has_its_votes_by_precinct() -> None:
    votes = {DAY: {"Pearson City": 2, "Axson": 4}, MAIL: {"Pearson City": 1, "Axson": 0}}
    reading = read_one(
        contest(choice("Ada", 7, votes, unit="Precinct"), precinctsReporting=4, precinctsReported=2),
        region="Atkinson",
    )
    assert reading.reporting == Reporting(precincts=(2, 4))
    assert reading.units == {
        "Pearson City": Unit(votes={"ada": 3}, by_type={"election-day": {"ada": 2}, "absentee-mail": {"ada": 1}}),
        "Axson": Unit(votes={"ada": 4}, by_type={"election-day": {"ada": 4}, "absentee-mail": {"ada": 0}}),
    }


def test_precinct_that_is_called_county_keeps_its_name_and_a_county_does_not() -> None:
    of_precincts = contest(choice("Ada", 3, {DAY: {"Pearson County": 3}}, unit="Precinct"))
    of_counties = contest(choice("Ada", 3, {DAY: {"Appling County": 3}}), key="2")
    first, second = items_of(clarity_detail.read, detail(of_precincts, of_counties))
    assert isinstance(first, Reading)
    assert isinstance(second, Reading)
    assert set(first.units or ()) == {"Pearson County"}
    assert {name: unit.fips for name, unit in (second.units or {}).items()} == {"Appling": "13001"}


@pytest.mark.parametrize("region", ["Atkinson", "", "XX"])
def test_counties_of_no_known_state_have_no_code(region: str) -> None:
    units = read_one(region=region).units or {}
    assert [unit.fips for unit in units.values()] == [None, None]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Election Day Votes", "election-day"),
        ("ELECTION DAY", "election-day"),
        ("Election Day Voting", "election-day"),
        ("Absentee by Mail Votes", "absentee-mail"),
        ("Vote By Mail", "absentee-mail"),
        ("Mail-In Ballots", "absentee-mail"),
        ("Advanced Voting Votes", "early"),
        ("Advance Voting", "early"),
        ("Early Voting", "early"),
        ("In-Person Absentee", "early"),
        ("Provisional Votes", "provisional"),
        ("UOCAVA", "other"),
        ("Absentee", "other"),
        ("", "other"),
    ],
)
def test_vote_types_are_told_apart(name: str, kind: str) -> None:
    reading = read_one(contest(choice("Ada", 5, {name: {"Appling": 3}, "Limited": {"Appling": 2}})))
    votes = {"ada": 3} if kind != "other" else {"ada": 5}
    assert (reading.by_type or {})[kind] == votes  # type: ignore[index]  # a word of the file
    assert ((reading.units or {})["Appling"].by_type or {})[kind] == votes  # type: ignore[index]  # a word of the file


def test_absentee_is_by_mail_where_early_votes_have_their_own_type() -> None:
    types = {"Absentee": {"Appling": 3}, "Early Voting": {"Appling": 2}}
    assert read_one(contest(choice("Ada", 5, types))).by_type == {
        "absentee-mail": {"ada": 3},
        "early": {"ada": 2},
    }


@pytest.mark.parametrize("name", ["Total Votes", "Election", "Total", "Election Day"])
def test_single_block_of_all_votes_is_no_type(name: str) -> None:
    reading = read_one(contest(choice("Ada", 5, {name: {"Appling": 5}})))
    assert reading.by_type is None
    assert reading.units == {"Appling": Unit(fips="13001", votes={"ada": 5})}


def test_total_beside_types_is_not_added_to_them() -> None:
    types = {DAY: {"Appling": 2}, MAIL: {"Appling": 3}, "Total Votes": {"Appling": 6}}
    reading = read_one(contest(choice("Ada", 6, types)))
    assert reading.by_type == {"election-day": {"ada": 2}, "absentee-mail": {"ada": 3}}
    assert (reading.units or {})["Appling"].votes == {"ada": 6}


def test_two_types_of_one_kind_are_added() -> None:
    types = {"UOCAVA": {"Appling": 2}, "Limited": {"Appling": 3}, DAY: {"Appling": 1}}
    reading = read_one(contest(choice("Ada", 6, types)))
    assert reading.by_type == {"other": {"ada": 5}, "election-day": {"ada": 1}}
    assert (reading.units or {})["Appling"].by_type == reading.by_type


def test_what_was_not_voted_is_no_candidate_and_no_type() -> None:
    beside = block("Undervotes", {"Appling": 9}) + block("Overvotes", {"Appling": 1})
    strange = block("Number of Precincts for Race", {}, votes=439) + block("Times Blank Voted", {}, votes=5842)
    as_choices = choice("Under Votes", 9, {DAY: {"Appling": 9}}) + choice("OVERVOTES", 1, {DAY: {"Appling": 1}})
    ada = choice("Ada", 3, {MAIL: {"Appling": 3}, "Undervotes": {"Appling": 5}}, key="3")
    reading = read_one(contest(beside, strange, as_choices, ada))
    assert reading.votes == {"ada": 3}
    assert reading.by_type == {"absentee-mail": {"ada": 3}}
    assert (reading.units or {})["Appling"].votes == {"ada": 3}


@pytest.mark.parametrize("total", ["Total", "TOTALS", "Total Votes", "Grand Total"])
@pytest.mark.parametrize("unit", ["Precinct", "County"])
def test_row_of_all_units_is_no_unit(unit: str, total: str) -> None:
    votes = block(DAY, {"Axson": 3, total: 7, "Pearson City": 4}, votes=7, unit=unit)
    reading = read_one(contest(tag("Choice", votes, key="1", text="Ada", totalVotes=7)))
    assert {name: one.votes for name, one in (reading.units or {}).items()} == {
        "Axson": {"ada": 3},
        "Pearson City": {"ada": 4},
    }


def test_ballots_cast_are_no_contests_total() -> None:
    turnout = tag(
        "ElectionVoterTurnout",
        tag("Counties", tag("County", name="Appling", totalVoters=90, ballotsCast=70, precinctsReported=9)),
        totalVoters=99,
        ballotsCast=77,
    )
    reading = read_one(turnout, GOOD)
    assert reading.total is None
    assert reading.counted == 100
    assert (reading.units or {})["Appling"].total is None


def test_sums_that_differ_are_not_mended() -> None:
    ada = tag("Choice", block(MAIL, {"Appling": 3}, votes=8), key="1", text="Ada", totalVotes=10)
    reading = read_one(contest(ada))
    assert reading.votes == {"ada": 10}
    assert reading.by_type == {"absentee-mail": {"ada": 8}}
    assert (reading.units or {})["Appling"].votes == {"ada": 3}


def test_unit_that_a_block_does_not_list_is_unsaid_there() -> None:
    ada = choice("Ada", 9, {DAY: {"Appling": 3, "Bacon": 4}, MAIL: {"Bacon": 2}})
    bo = choice("Bo", 1, {DAY: {"Clarke": 1}, MAIL: {}}, key="2")
    assert read_one(contest(ada, bo)).units == {
        "Appling": Unit(fips="13001", votes={"ada": 3}, by_type={"election-day": {"ada": 3}}),
        "Bacon": Unit(
            fips="13005", votes={"ada": 6}, by_type={"election-day": {"ada": 4}, "absentee-mail": {"ada": 2}}
        ),
        "Clarke": Unit(fips="13059", votes={"bo": 1}, by_type={"election-day": {"bo": 1}}),
    }


def test_blocks_may_list_units_in_another_order() -> None:
    ada = choice("Ada", 7, {DAY: {"Appling": 3, "Bacon": 4}})
    bo = choice("Bo", 3, {DAY: {"Bacon": 2, "Appling": 1}}, key="2")
    units = read_one(contest(ada, bo)).units or {}
    assert {name: unit.votes for name, unit in units.items()} == {
        "Appling": {"ada": 3, "bo": 1},
        "Bacon": {"ada": 4, "bo": 2},
    }


def test_choice_without_types_has_its_total() -> None:
    reading = read_one(contest(choice("Ada", 7), choice("Bo", 3, key="2")))
    assert reading.votes == {"ada": 7, "bo": 3}
    assert reading.units is None
    assert reading.by_type is None


@pytest.mark.parametrize("types", [None, {"Undervotes": {"Appling": 1, "Bacon": 2}}])
@pytest.mark.parametrize("bacon", [{"Bacon": 4}, {}])
def test_choice_without_types_beside_others_is_unsaid_in_their_units(types: Types | None, bacon: Cells) -> None:
    said: Types = {"Election Day Votes": {"Appling": 3, **bacon}, "Provisional Votes": {"Appling": 1, "Bacon": 0}}
    reading = read_one(contest(choice("Ada", 8, said), choice("Bo", 2, types, key="2")))
    assert reading.votes == {"ada": 8, "bo": 2}
    assert reading.by_type is not None
    assert all("bo" not in votes for votes in reading.by_type.values())
    units = reading.units or {}
    assert {name: unit.votes for name, unit in units.items()} == {
        "Appling": {"ada": 4},
        "Bacon": {"ada": bacon.get("Bacon", 0)},
    }


def test_zeros_that_mean_unsaid_are_unsaid() -> None:
    reading = read_one(
        contest(ADA, counties={"Appling": (0, 0), "De Kalb": (0, 3)}, precinctsReported=0, precinctsParticipating=0),
    )
    assert reading.reporting is None
    units = reading.units or {}
    assert (units["Appling"].reported, units["De Kalb"].reported) == (None, (0, 3))


def test_counties_may_be_listed_without_precincts() -> None:
    listed = tag("ParticipatingCounties", tag("County", name="Appling"))
    units = read_one(contest(listed, choice("Ada", 3, {DAY: {"Appling": 3}}))).units or {}
    assert units["Appling"].reported is None


def test_time_that_is_not_given_is_the_receipts() -> None:
    (item,) = items_of(clarity_detail.read, detail(GOOD, timestamp=None))
    assert isinstance(item, Reading)
    assert (item.as_of, item.as_of_is) == (RECEIVED, "received")


@pytest.mark.parametrize(
    ("stamp", "what"),
    [
        ("11/20/2020 3:37:06 PM XYZ", "Timestamp: '11/20/2020 3:37:06 PM XYZ' is in the zone XYZ, which is not known"),
        ("11/20/2020 3:37:06 PM", "Timestamp: '11/20/2020 3:37:06 PM' has no zone"),
        ("2020-11-20T15:37:06Z", "Timestamp: should be a time such as 11/20/2020 3:37:06 PM EST, not '2020-11-20T"),
        ("11/31/2020 3:37:06 PM EST", "Timestamp: '11/31/2020 3:37:06 PM EST' is not in the calendar"),
    ],
)
def test_time_that_cannot_be_understood_refuses_the_file(stamp: str, what: str) -> None:
    assert refused(detail(GOOD, timestamp=stamp)).startswith(what)


@pytest.mark.parametrize(("head", "key"), [({"name": "2020 Presidential Recount"}, "name"), ({}, "text")])
def test_recount_is_a_count_of_its_own(head: dict[str, str], key: str) -> None:
    text = "President - RECOUNT" if key == "text" else "President"
    assert read_one(contest(ADA, text=text), **head).count == "recount"


def test_party_primary_takes_its_party_from_the_attribute() -> None:
    parties = read_one(contest(choice("Ada", 1, party="DEM"), choice("Bo", 2, party=None, key="2"))).parties
    assert parties == {"ada": "D"}


def test_equal_names_are_told_apart_by_party_then_key() -> None:
    three = [choice("Ada (Rep)", 1), choice("Ada (Dem)", 2, key="8"), choice("Ada (Dem)", 3, key="9")]
    assert read_one(contest(*three)).votes == {"ada-r": 1, "ada-d-8": 2, "ada-d-9": 3}


def test_one_bad_contest_does_not_cost_the_others() -> None:
    bad = contest(choice("Ada", "-3"), key="2")
    items = items_of(clarity_detail.read, detail(GOOD, bad, contest(BO, key="3")))
    assert [type(item) for item in items] == [Reading, Refusal, Reading]
    assert str(items[1]) == "feed: 2 (Keeper of the Lamp): totalVotes of Ada should be a whole number, not '-3'"


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (contest(choice("Ada", "1e3")), "totalVotes of Ada should be a whole number, not '1e3'"),
        (contest(choice("Ada", "NaN")), "totalVotes of Ada should be a whole number, not 'NaN'"),
        (contest(choice("Ada", "")), "totalVotes of Ada should be a whole number, not ''"),
        (contest(choice("Ada", " 3 ")), "totalVotes of Ada should be a whole number, not ' 3 '"),
        (contest(choice("Ada", "1,234")), "totalVotes of Ada should be a whole number, not '1,234'"),
        (contest(choice("Ada", "٣")), "totalVotes of Ada should be a whole number, not '٣'"),
        (contest(choice("Ada", "1_0")), "totalVotes of Ada should be a whole number, not '1_0'"),
        (contest(choice("Ada", "10000000001")), "totalVotes of Ada should be a whole number, not '10000000001'"),
        (contest(choice("Ada", "9" * 5000)), "totalVotes of Ada should be a whole number, not '9999"),
        (contest(choice("Ada", None)), "totalVotes of Ada is missing"),
        (contest(choice("", 3)), "the name of a choice should be plain text"),
        (contest(choice("Ada\u200b", 3)), "the name of a choice should be plain text"),
        (contest(choice("Ada", 3), choice("Ada", 4)), "two candidates come out as ada-1"),
        (contest(choice("Ada", 3, {DAY: {"Appling": 3}}).replace('votes="3"', 'votes="-3"', 1)), "votes of the type"),
        (
            contest(
                tag(
                    "Choice",
                    tag("VoteType", tag("County", name="Appling", votes=x), name=DAY, votes=1),
                    key=1,
                    text="Ada",
                    totalVotes=1,
                )
            )
            if (x := "2.5")
            else "",
            "votes of Appling should be a whole number, not '2.5'",
        ),
        (
            contest(tag("Choice", tag("VoteType", name=DAY), key=1, text="Ada", totalVotes=1)),
            "votes of the type 'Election Day Votes' is missing",
        ),
        (
            contest(choice("Ada", 3, {DAY: {"Appling": 3}}, unit="Ward")),
            "has votes by 'Ward', neither counties nor precincts",
        ),
        (
            contest(choice("Ada", 3, {DAY: {"Appling": 3}}), choice("Bo", 3, {DAY: {"A": 3}}, key=2, unit="Precinct")),
            "has votes by something else than a County",
        ),
        (
            contest(
                tag(
                    "Choice",
                    tag("VoteType", tag("County", name="A"), tag("County", votes=1), name=DAY, votes=1),
                    key=1,
                    text="Ada",
                    totalVotes=1,
                )
            ),
            "has votes by something else than a County",
        ),
        (
            contest(
                tag(
                    "Choice",
                    tag(
                        "VoteType",
                        tag("County", name="A", votes=1),
                        tag("County", name="A", votes=2),
                        name=DAY,
                        votes=1,
                    ),
                    key=1,
                    text="Ada",
                    totalVotes=1,
                )
            ),
            "A is there twice among the votes",
        ),
        (
            contest(choice("Ada", 3, {DAY: {"Appling": 1, "Appling County": 2}})),
            "has a County twice, spelled in two ways",
        ),
        (contest(choice("Ada", 3, {DAY: {"": 1}})), "the County should be plain text"),
        (contest(choice("Ada", 3, {DAY: {"App\u200bling": 1}})), "the County should be plain text"),
        (contest(choice("Ada", 3, {DAY: {"A": 10**10}, MAIL: {"A": 1}})), "votes add up to 10000000001"),
        (contest(choice("Ada", 3, {"x": {"A": 10**10}, "y": {"A": 1}})), "votes add up to 10000000001"),
        (contest(ADA, precinctsReported=8, precinctsParticipating=7), "precinctsReported: 8 of 7 is more than all"),
        (contest(ADA, precinctsParticipating=7), "precinctsReported is missing"),
        (contest(ADA, countiesReported="x", countiesParticipating=7), "countiesReported should be a whole number"),
        (contest(ADA, counties={"Appling": (5, 4)}), "precinctsReported Appling: 5 of 4 is more than all"),
        (contest(ADA, counties={"Appling": (None, 4)}), "ParticipatingCounties has a county without its name or its"),
        (contest(ADA, text="Lamp\u200b"), "the name should be plain text"),
        (contest(tag("Option", name="Ada", votes=3)), "has 'Option' where choices should be"),
    ],
)
def test_contest_that_cannot_be_used_is_refused_by_key_and_value(bad: str, what: str) -> None:
    sentence = refusal(bad)
    assert sentence.startswith("feed: 7000")
    assert what in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("key", ["", " ", "…", None])
def test_contest_without_a_key_is_refused_by_its_place(key: str | None) -> None:
    first, second = items_of(clarity_detail.read, detail(GOOD, contest(ADA, key=key)))
    assert isinstance(first, Reading)
    assert str(second).startswith("feed: contest 2 of the file: its key should be text, not ")


def test_contest_without_choices_is_passed_over() -> None:
    assert len(items_of(clarity_detail.read, detail(contest(key="2"), GOOD))) == 1


def test_contest_that_is_repeated_is_dropped_and_one_that_differs_refused() -> None:
    items = items_of(clarity_detail.read, detail(GOOD, contest(BO, key="2"), GOOD, contest(ADA), contest(ADA, key="3")))
    assert [item.contest for item in items] == ["7000", "2", "7000", "3"]
    assert str(items[2]) == "feed: 7000 (Keeper of the Lamp): is there twice, and the second differs from the first"


def test_good_contest_does_not_stand_in_for_a_bad_one_of_its_key() -> None:
    items = items_of(clarity_detail.read, detail(contest(choice("Ada", "x")), GOOD))
    assert [type(item) for item in items] == [Refusal, Refusal]


def test_zip_is_read_like_the_file_in_it() -> None:
    data = detail(GOOD)
    packed = zipped(("detail.xml", data))
    assert items_of(clarity_detail.read, packed) == items_of(clarity_detail.read, data)
    stored = zipped(("readme.txt", b"hello"), ("DETAIL.XML", data), packing=zipfile.ZIP_STORED)
    assert items_of(clarity_detail.read, stored) == items_of(clarity_detail.read, data)


def test_stream_that_cannot_be_wound_back_is_read() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise io.UnsupportedOperation

    items = list(clarity_detail.read(Pipe(zipped(("detail.xml", detail(GOOD)))), ReaderContext("feed", RECEIVED)))
    assert items == items_of(clarity_detail.read, detail(GOOD))


def mangled(change: Callable[[bytearray], None]) -> bytes:
    data = bytearray(zipped(("detail.xml", detail(GOOD))))
    change(data)
    return bytes(data)


def encrypted(data: bytearray) -> None:
    data[6] |= 1
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1


def flipped(data: bytearray) -> None:
    data[60] ^= 0xFF


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (zipped(), "is not XML"),
        (zipped(("readme.txt", b"")), "should be a zip with one XML file in it, not 0"),
        (zipped(("a.xml", b""), ("b.xml", b"")), "should be a zip with one XML file in it, not 2"),
        (zipped(("detail.xml", detail(GOOD)))[:-30], "is a zip that can't be opened"),
        (mangled(encrypted), "is a zip that can't be opened"),
        (mangled(flipped), "is a zip that can't be unpacked"),
        (zipped(("detail.xml", b"")), "is empty, not XML"),
        (zipped(("detail.xml", b"<a")), "is cut short"),
        (zipped(("detail.xml", zipped(("detail.xml", b"")))), "is not XML"),
    ],
)
def test_zip_that_cannot_be_used_is_refused(data: bytes, what: str) -> None:
    assert refused(data).startswith(what)


def test_zip_that_lies_about_its_size_gives_nothing() -> None:
    data = bytearray(zipped(("detail.xml", detail(GOOD) + b" " * 100_000)))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (50).to_bytes(4, "little")
    refused(bytes(data))


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE ElectionResult [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 50) for c in range(ord("b"), ord("k")))
    + b"]>"
)
PLAIN = detail(GOOD).partition(b"?>")[2].partition(b"-->")[2]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty, not XML"),
        (b"  \n", "is empty, not XML"),
        (b"{}", "is not XML"),
        (b"\x00\x01\x02", "is not XML"),
        (detail(GOOD)[:-5], "is cut short"),
        (detail(GOOD)[:-30], "is cut short"),
        (detail(GOOD)[:600], "is not XML: AttValue"),
        (detail(GOOD)[:40], "is cut short"),
        (b"<html><body>Just a moment</body></html>", "should be a Clarity ElectionResult, not 'html'"),
        (b"<html><body>Just a moment<br></body></html>", "is not XML"),
        (detail(GOOD, root="Results"), "should be a Clarity ElectionResult, not 'Results'"),
        (detail(GOOD) + b"<more/>", "is not XML"),
        (detail(GOOD, GOOD.replace(' key="7000"', ' key="7000" key="7001"', 1)), "is not XML: Attribute key redefined"),
        (detail(GOOD, GOOD.replace("Keeper", "Keeper&nope;")), "is not XML: Entity 'nope' not defined"),
        (detail(GOOD.replace("<Choice ", "&nope;<Choice ", 1)), "is not XML: Entity 'nope' not defined"),
        (detail(GOOD.replace("Ada", "Ad\xe4")).replace("ä".encode(), b"\xe4"), "is not XML"),
        (detail(GOOD).replace(b'"1.0"', b'"1.0" encoding="no-such"'), "is not XML"),
        (BOMB + PLAIN, "has a document type"),
        (BOMB + PLAIN.replace(b"Keeper", b"&j;"), ""),
        (b'<?xml version="1.0"?><!DOCTYPE r SYSTEM "file:///etc/passwd">' + PLAIN, "has a document type"),
        (
            b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + PLAIN.replace(b"GA", b"&x;"),
            "has a document type",
        ),
        (b"<ElectionResult>" + b"<a>" * 300 + b"</a>" * 300 + b"</ElectionResult>", "is not XML: Excessive depth"),
        (b"<ElectionResult>" + b"<a>" * 200_000, "is not XML: Excessive depth"),
    ],
)
def test_file_that_cannot_be_parsed_gives_nothing(data: bytes, what: str) -> None:
    assert refused(data).startswith(what)


def test_other_encodings_are_read() -> None:
    text = detail(contest(choice("José (Rep)", 3), text="Señor")).decode()
    plain = items_of(clarity_detail.read, text.encode())
    for encoding in ("iso-8859-1", "utf-16", "UTF-8", "windows-1252"):
        data = text.replace('"1.0"', f'"1.0" encoding="{encoding}"', 1).encode(encoding)
        assert items_of(clarity_detail.read, data) == plain
    assert items_of(clarity_detail.read, b"\xef\xbb\xbf" + text.encode()) == plain


@pytest.mark.parametrize(
    "inside",
    [
        f"<!-- {GOOD} -->",
        f"<![CDATA[{GOOD}]]>",
        f"<?php {GOOD} ?>",
        f"<junk>{GOOD}</junk>",
        contest(ADA, contest(BO, key="9"), key="1")
        .replace("<Contest", "<junk", 1)[::-1]
        .replace("tsetnoC", "knuj", 1)[::-1],
        GOOD.replace("<Contest ", "<Contested ", 1).replace("</Contest>", "</Contested>"),
    ],
)
def test_only_children_of_the_root_are_contests(inside: str) -> None:
    items = items_of(clarity_detail.read, detail(inside, contest(ADA, key="2"), inside))
    assert [item.contest for item in items] == ["2"]


def test_comments_instructions_and_other_spacing_change_nothing() -> None:
    plain = items_of(clarity_detail.read, detail(GOOD))
    for odd in (
        GOOD.replace("<Choice", "<!-- <Choice> --><Choice"),
        GOOD.replace("<Choice", "<?x y?><Choice"),
        GOOD.replace("</Contest>", "</Contest >"),
        GOOD.replace(" />", "/>").replace("\n", ""),
        GOOD.replace("\n", "\r\n\t"),
        GOOD.replace('"', "'"),
    ):
        assert items_of(clarity_detail.read, detail(odd)) == plain


def test_contest_that_ends_in_its_own_tag_costs_no_other() -> None:
    empty = '<Contest key="1" text="Nobody stood" />'
    assert [item.contest for item in items_of(clarity_detail.read, detail(empty, GOOD))] == ["7000"]


def test_bracket_in_an_attribute_is_read() -> None:
    assert read_one(contest(ADA, text="Taxes > fees").replace("&gt;", ">")).contest_name == "Taxes > fees"


def test_time_behind_the_contests_is_not_passed_over() -> None:
    late = detail(GOOD, "<Timestamp>11/20/2020 3:37:06 PM EST</Timestamp>", timestamp=None)
    try:
        (item,) = items_of(clarity_detail.read, late)
    except BadInputError as error:
        assert str(error) == "feed: says behind its contests what should stand before them"  # noqa: PT017 - both outcomes are right
    else:
        assert isinstance(item, Reading)
        assert item.as_of_is is None


@pytest.mark.parametrize("tag_of", ["\ufeff", "\u0a00\u3c00"])
def test_what_is_wrong_with_the_xml_is_told_in_plain_text(tag_of: str) -> None:
    data = f"<ElectionResult><Region>GA</{tag_of}></ElectionResult>".encode()
    assert failure(clarity_detail.read, data).isprintable()
