import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.count.reading import Reading, Reporting, Unit
from bot.feeds import enhanced_voting
from bot.feeds.reader import Refusal
from tests.feeds.conftest import RECEIVED, failure, items_of, refusal_in, sole
from tests.feeds.georgia_files import APPLING, BACON, GOOD, STATE, TYPES, county, export, item, option


def read_all(data: bytes) -> list[Reading | Refusal]:
    return items_of(enhanced_voting.read_georgia_export, data)


def read_one(data: bytes) -> Reading:
    return sole(read_all(data))


def refusal(data: bytes) -> str:
    return refusal_in(read_all(data))


def both(one: int, other: int) -> dict[str, int]:
    return {"ada-quill": one, "bo-reed": other}


def test_contest_becomes_a_reading_by_county_and_type() -> None:
    assert read_one(GOOD) == Reading(
        source="georgia-export",
        contest="5000",
        contest_name="Keeper of the Lamp",
        as_of=RECEIVED,
        as_of_is="received",
        votes=both(10, 20),
        names={"ada-quill": "Ada Quill", "bo-reed": "Bo Reed"},
        parties={"ada-quill": "R", "bo-reed": "D"},
        by_type={
            "election-day": both(4, 8),
            "absentee-mail": both(3, 6),
            "early": both(2, 4),
            "provisional": both(1, 2),
        },
        units={
            "Appling": Unit(
                fips="13001",
                votes=both(6, 5),
                by_type={
                    "election-day": both(2, 2),
                    "absentee-mail": both(2, 1),
                    "early": both(1, 1),
                    "provisional": both(1, 1),
                },
            ),
            "Bacon": Unit(
                fips="13005",
                votes=both(4, 15),
                reported=(7, 9),
                by_type={
                    "election-day": both(2, 6),
                    "absentee-mail": both(1, 5),
                    "early": both(1, 3),
                    "provisional": both(0, 1),
                },
            ),
        },
    )


@pytest.mark.parametrize("kind", ["Advanced Voting Votes", "Advance Voting Votes", "Advance Voting", "Early Voting"])
def test_early_votes_are_known_by_any_name(kind: str) -> None:
    types = ("Election Day", kind)
    reading = read_one(export([item(option("1", 3, 1, 2, types=types))], []))
    assert reading.by_type == {"election-day": {"ada-quill": 1}, "early": {"ada-quill": 2}}


@pytest.mark.parametrize("election", ["General Election Recount ", "District 105 Recount"])
def test_recount_is_a_count_of_its_own(election: str) -> None:
    assert read_one(export([STATE], [], election)).count == "recount"


def test_precincts_of_a_contest_are_told_where_the_state_has_them() -> None:
    told = STATE | {"precinctsParticipating": 9, "precinctsReporting": 4}
    assert read_one(export([told], [])).reporting == Reporting(precincts=(4, 9))


def test_choices_in_another_order_are_those_of_the_state() -> None:
    turned = APPLING | {"ballotOptions": APPLING["ballotOptions"][::-1]}
    reading = read_one(export([STATE], [county("Appling County", turned), county("Bacon County", BACON)]))
    assert reading == read_one(GOOD)


def test_votes_that_are_null_in_a_county_are_unsaid() -> None:
    silent = item(option("1", None, 2, None), option("2", 5, None, None, None, None))
    unit = (read_one(export([STATE], [county("Appling County", silent)])).units or {})["Appling"]
    assert unit == Unit(fips="13001", votes={"bo-reed": 5}, by_type={"election-day": {"ada-quill": 2}})


def test_more_votes_of_a_type_than_in_all_are_refused() -> None:
    wrong = item(option("1", 6, 2, 7), option("2", 5, 1, 4))
    state = item(option("1", 6, 7), option("2", 5))
    for data, where in (
        (export([state], []), ""),
        (export([STATE], [county("Appling County", wrong)]), "Appling: "),
    ):
        kind = "absentee-mail" if where else "election-day"
        said = refusal(data)
        assert said.endswith(f": {where}ada-quill has 7 votes of the type {kind} and 6 in all")


def test_county_without_groups_has_votes_alone() -> None:
    bare = item(option("1", 6, groupResults=None), option("2", 5, groupResults=[]))
    unit = (read_one(export([STATE], [county("Appling County", bare)])).units or {})["Appling"]
    assert unit == Unit(fips="13001", votes=both(6, 5))


def test_group_that_comes_twice_is_added_up() -> None:
    virtual = option("1", 10, 4, 3, types=("Election Day", "Election Day"))
    assert read_one(export([item(virtual)], [])).by_type == {"election-day": {"ada-quill": 7}}


def test_undervotes_are_nobodys_votes() -> None:
    under = {"id": "9", "name": "Undervotes", "voteCount": 7, "politicalParty": None, "groupResults": []}
    reading = read_one(export([item(option("1", 3, 3), under)], [county("Bacon", item(option("1", 3, 3), under))]))
    assert reading.votes == {"ada-quill": 3}
    assert (reading.units or {})["Bacon"].votes == {"ada-quill": 3}


def test_county_that_is_nowhere_in_georgia_has_no_code() -> None:
    reading = read_one(export([STATE], [county("Nowhere County", APPLING)]))
    assert (reading.units or {})["Nowhere"].fips is None


def test_county_s_own_contest_is_told_apart_from_another_s() -> None:
    one, two = (item(option("1", votes, votes), key="L10") for votes in (3, 4))
    items = read_all(export([], [county("Bacon County", one), county("Ben Hill County", two)]))
    assert [(item.contest, item.contest_name, item.votes) for item in items if isinstance(item, Reading)] == [
        ("bacon-l10", "Bacon: Keeper of the Lamp", {"ada-quill": 3}),
        ("ben-hill-l10", "Ben Hill: Keeper of the Lamp", {"ada-quill": 4}),
    ]


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (STATE | {"ballotOptions": []}, "ballotOptions has no choices"),
        (STATE | {"ballotOptions": None}, "ballotOptions should be a list, not null"),
        (STATE | {"ballotOptions": ["Ada"]}, "ballotOptions[0] should be an object, not 'Ada'"),
        (item(option("1", None, 4)), "votes of Ada Quill (I) (Rep) should be a whole number, not null"),
        (item(option("1", "10", 4)), "ballotOptions[0].voteCount should be a whole number, not '10'"),
        (item(option("1", True, 4)), "should be a whole number, not true"),
        (item(option("1", 10.0, 4)), "should be a whole number, not 10.0"),
        (item(option("1", -1, 4)), "is -1; votes are 0 or more"),
        (item(option("1", 10**11, 4)), "is 100000000000; votes are 10,000,000,000 at most"),
        (item(option("1", 10, "4")), "ballotOptions[0].groupResults[0].voteCount should be a whole number, not '4'"),
        (item(option("1", 10), option("1", 10)), "ballotOptions has an id twice"),
        (item(option("1", 10, name=" ")), "the name of a choice should be plain text"),
        (item(option("1", 10, name="Ada\u200b")), "the name of a choice should be plain text"),
        (item(option("1", 10, politicalParty=5)), "politicalParty should be text, not 5"),
        (item(option("1", 10), name=5), "name should be text, not 5"),
        (item(option("1", 10), precinctsParticipating=3, precinctsReporting=4), "precincts: 4 of 3 is more than all"),
    ],
)
def test_contest_that_cannot_be_used_is_refused_by_name(state: object, what: str) -> None:
    sentence = refusal(export([state], []))
    assert sentence.startswith("feed: 5000")
    assert what in sentence


@pytest.mark.parametrize(
    ("of", "what"),
    [
        (item(option("1", "6")), "Appling: ballotOptions[0].voteCount should be a whole number, not '6'"),
        (
            item(option("1", 6, name="Cy Moss")),
            "Appling: 'Cy Moss' is no choice that the state's totals have with the id '1'",
        ),
        (
            APPLING | {"precinctsParticipating": 1, "precinctsReporting": 2},
            "Appling: precincts: 2 of 1 is more than all",
        ),
    ],
)
def test_bad_share_of_a_county_costs_the_contest_and_names_the_county(of: object, what: str) -> None:
    assert what in refusal(export([STATE], [county("Appling County", of)]))


def test_one_bad_contest_does_not_cost_the_others() -> None:
    bad = item(option("1", -1), key="6000")
    items = read_all(export([bad, STATE], [county("Appling County", bad, APPLING)]))
    assert [type(item) for item in items] == [Refusal, Reading]


def test_what_is_there_twice_and_differs_is_refused() -> None:
    twice = export([STATE, STATE, STATE | {"voteFor": 2}], [county("Appling", APPLING), county("Appling", BACON)])
    _, *refused = read_all(twice)
    assert [str(one).split(": ", 1)[1] for one in refused] == [
        "5000 (Keeper of the Lamp): is there twice, and the second differs from the first",
        "Appling is there twice, and the second differs from the first",
    ]
    both_ways = export([STATE], [county("Appling", APPLING, BACON)])
    assert "Appling: is there twice" in refusal(both_ways)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"[]", "feed: the file should be an object, not a list"),
        (b"{}", "feed: should be a media export or a /data answer of Enhanced Voting, and has no results"),
        (b'{"results": {}}', "feed: ballotItems should be a list, not null"),
        (GOOD[:-9], "feed: is cut short: the JSON ends too early"),
        (b'{"results": 1, "results": 2}', "feed: the file has the key 'results' twice"),
    ],
)
def test_file_that_cannot_be_parsed_gives_nothing(data: bytes, what: str) -> None:
    assert failure(enhanced_voting.read_georgia_export, data) == what


def test_export_made_soon_after_election_day_has_a_time_of_the_count() -> None:
    soon = export([STATE], [], electionDate="2026-11-03", createdAt="2026-11-04T03:14:15.1234567Z")
    reading = read_one(soon)
    assert (reading.as_of, reading.as_of_is) == (datetime(2026, 11, 4, 3, 14, 15, 123456, tzinfo=UTC), None)
    late = export([STATE], [], electionDate="2026-11-03", createdAt="2027-01-08T03:14:15Z")
    assert (read_one(late).as_of_is, read_one(late).status) == ("received", "pre-election")


@pytest.mark.parametrize(
    ("state", "county_name", "unit", "fips"),
    [
        ("Virginia", "KING & QUEEN COUNTY", "KING & QUEEN", "51097"),
        ("Virginia", "RICHMOND CITY", "RICHMOND CITY", "51760"),
        ("Virginia", "RICHMOND COUNTY", "RICHMOND", "51159"),
        ("Utah", "Salt Lake County", "Salt Lake", "49035"),
        ("State of Washington", "King", "King", "53033"),
        ("King County", "Seattle", "Seattle", None),
    ],
)
def test_counties_of_every_state_have_their_codes(state: str, county_name: str, unit: str, fips: str | None) -> None:
    results = {"name": state, "ballotItems": [STATE]}
    units = read_one(export([], [county(county_name, APPLING)], results=results)).units or {}
    assert {name: one.fips for name, one in units.items()} == {unit: fips}


def test_type_of_which_nothing_is_reported_is_unknown_and_not_nought() -> None:
    silent = [
        {"groupName": "Provisional Votes", "status": "Not Reported"},
        {"groupName": "Absentee by Mail Votes", "status": "Not Reported"},
    ]
    appling = item(option("1", 6, 4, 2, 0, 0), option("2", 5, 4, 1, 0, 0))
    data = export([STATE], [county("Appling County", appling) | {"reportingStatuses": silent}])
    unit = (read_one(data).units or {})["Appling"]
    assert unit.by_type == {"election-day": both(4, 4), "absentee-mail": both(2, 1), "early": both(0, 0)}


def text(words: str) -> list[dict[str, str]]:
    return [{"languageId": "es", "text": "no"}, {"languageId": "en", "text": words}]


def choice(name: str, votes: object, *parts: object, **more: object) -> dict[str, Any]:
    groups = [{"groupName": text(kind), "voteCount": cast} for kind, cast in zip(TYPES, parts, strict=False)]
    return {
        "id": name,
        "name": text(name),
        "party": {"abbreviation": "REP"},
        "voteCount": votes,
        "groupResults": groups,
    } | more


def answer(*options: object, of: dict[str, object] | None = None, **election: object) -> bytes:
    said = {
        "lastUpdated": "2026-11-04T03:14:15.1234567Z",
        "asOf": "2026-11-04T09:00:00Z",
        "electionDate": "2026-11-03",
        "isProduction": True,
    }
    contest = {
        "id": "0A-1",
        "name": text("Keeper of the Lamp"),
        "voteTotal": 0,
        "summaryResults": {"ballotOptions": options},
    }
    reported = {"reportingStatus": {"reportingUnits": 3, "totalUnits": 9}}
    return json.dumps({"election": said | election, "ballotItems": [contest | reported | (of or {})]}).encode()


def test_live_answer_has_the_time_of_its_count() -> None:
    ada = choice('Ada ""Addy"" Quill (I) (Dem) *', 10, 6, 4)
    (reading,) = items_of(enhanced_voting.read, answer(ada, choice("Bo Reed", 20, 8, 12), isOfficialResults=True))
    assert reading == Reading(
        source="enhanced-voting",
        contest="0a-1",
        contest_name="Keeper of the Lamp",
        status="certified",
        as_of=datetime(2026, 11, 4, 3, 14, 15, 123456, tzinfo=UTC),
        votes={"ada-addy-quill": 10, "bo-reed": 20},
        names={"ada-addy-quill": 'Ada "Addy" Quill', "bo-reed": "Bo Reed"},
        parties={"ada-addy-quill": "D", "bo-reed": "R"},
        reporting=Reporting(units=(3, 9)),
        by_type={
            "election-day": {"ada-addy-quill": 6, "bo-reed": 8},
            "absentee-mail": {"ada-addy-quill": 4, "bo-reed": 12},
        },
    )


def live(data: bytes) -> Reading:
    return sole(items_of(enhanced_voting.read, data))


def test_live_answer_of_before_election_day_says_so() -> None:
    staged = answer(choice("Ada", 0), lastUpdated="2026-10-06T20:01:43.2Z")
    assert (live(staged).status, live(staged).votes) == ("pre-election", {"ada": 0})
    assert live(answer(choice("Ada", 0), lastUpdated="2026-11-04T00:30:00Z")).status is None


def test_all_votes_of_a_live_answer_are_its_total_and_nought_is_none() -> None:
    assert live(answer(choice("Ada", 5), of={"voteTotal": 7})).total == 7
    assert live(answer(choice("Ada", 5))).total is None


def test_ranked_contest_is_refused_while_nobody_knows_of_which_round_its_votes_are() -> None:
    rounds = {"rounds": [{"round": 1}]}
    of_data = answer(choice("Ada", 5), of={"rankedChoiceSummaryResults": rounds})
    of_export = export([STATE | {"rankedChoiceResults": rounds}], [])
    for data in (of_data, of_export):
        said = refusal_in(items_of(enhanced_voting.read, data))
        assert "has ranked choices, and no file that was seen shows which round's votes these are" in said
    assert live(answer(choice("Ada", 5), of={"rankedChoiceSummaryResults": None})).votes == {"ada": 5}


def test_contest_without_an_id_is_called_by_its_name() -> None:
    data = json.loads(answer(choice("Ada", 5)))
    del data["ballotItems"][0]["id"]
    assert live(json.dumps(data).encode()).contest == "keeper-of-the-lamp"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (answer(choice("Ada", 5), isProduction=False), "feed: is a test (isProduction is false)"),
        (answer(choice("Ada", 5), lastUpdated="soon"), "feed: lastUpdated is no time: 'soon'"),
        (
            answer(choice("Ada", 5), electionDate="soon"),
            "feed: electionDate should be a day such as 2026-11-03, not 'soon'",
        ),
        (
            b'{"elections": [{"publicElectionId": "old", "electionDate": "2024-11-05"}, {"publicElectionId": "new", "electionDate": "2026-11-03"}]}',
            "feed: is a list of elections, no count; ask for /data of one of them: new (2026-11-03), old (2024-11-05)",
        ),
        (
            '{"elections": [{"publicElectionId": "a\u202eb", "electionDate": "\\u00002026"}]}'.encode(),
            "feed: is a list of elections, no count; ask for /data of one of them: ab (2026)",
        ),
    ],
)
def test_answer_that_is_no_count_is_refused(data: bytes, what: str) -> None:
    assert failure(enhanced_voting.read, data).startswith(what)
