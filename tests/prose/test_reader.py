"""The reading of whole texts: what is carried over, times, leftovers, other contests and other desks."""

import json

import pytest

from bot.desk.desk_file import Desk
from bot.errors import BadInputError
from bot.prose.claim import CertifiedClaim, ChangeClaim, MarginClaim, UnitsClaim
from bot.prose.reader import MOST_LETTERS, understood
from tests.prose.conftest import claims


def test_claim_is_one_line_of_json_with_the_contract_s_fields(georgia: Desk) -> None:
    (claim,) = claims("Biden’s lead is 14,101 votes.", georgia)
    assert json.loads(claim.to_json()) == {
        "claim": "margin",
        "candidate": "biden",
        "votes": 14101,
        "approximate": False,
        "units": [],
        "time": None,
        "words": "Biden’s lead is 14,101 votes",
    }
    assert claim.to_json().startswith(chr(123) + '"claim": ')


def test_what_is_not_understood_is_left_over_word_for_word(georgia: Desk) -> None:
    read = understood("7 a.m. | It rains. Biden leads by 14,101.\n\nWe project he leads by 20,000.", georgia)
    assert read.leftovers == ("It rains.",)
    assert read.refused == (("We project he leads by 20,000.", "a forecast"),)


def test_what_is_typed_in_one_line_is_offered_whole(georgia: Desk) -> None:
    margin, batch, *_ = claims("Biden +1,097, Gwinnett 3,600 more, 2,850-750, from the county 6:10 a.m.", georgia)
    assert (margin.claim, margin.fields()["candidate"], margin.fields()["votes"]) == ("margin", "biden", 1097)
    fields = batch.fields()
    assert (fields["votes"], fields["split"], fields["units"]) == (3600, {"biden": 2850, "trump": 750}, ["Gwinnett"])
    assert fields["net"] == {"candidate": "biden", "votes": 2100}


def test_a_later_sentence_completes_a_batch(georgia: Desk) -> None:
    (batch, *_) = claims("Cobb posted 1,414 ballots. Biden 824, Trump 568.", georgia)
    assert (batch.fields()["votes"], batch.fields()["split"]) == (1414, {"biden": 824, "trump": 568})


def test_a_misspelt_name_is_known_if_one_letter_is_wrong(georgia: Desk) -> None:
    (claim, *_) = claims("bidne leads by 14,101", georgia)
    assert claim.fields()["candidate"] == "biden"
    (left,) = claims("Gwinett has 4,400 ballots left", georgia)
    assert left.fields()["units"] == ["Gwinnett"]


@pytest.mark.parametrize(
    "text", ["Supervisor Floyd has 444 ballots left.", "Elections Director Clayton has 4,355 ballots left."]
)
def test_a_person_with_a_county_s_name_is_no_county(georgia: Desk, text: str) -> None:
    assert all(claim.fields()["units"] == [] for claim in claims(text, georgia))


@pytest.mark.parametrize(
    "text",
    [
        "Trump leads Jorgensen by 2,380,000 votes.",
        "Jorgensen trails Trump by 2,380,000 votes.",
        "Biden's lead over Jorgensen is 2,380,000 votes.",
        "Biden leads by 2,380,000 votes over Jorgensen.",
    ],
)
def test_a_lead_over_a_third_candidate_is_not_the_margin(georgia: Desk, text: str) -> None:
    read = understood(text, georgia)
    assert [one for one in read.claims if isinstance(one, MarginClaim)] == []


@pytest.mark.parametrize("text", ["Biden leads in Floyd County by 300", "Biden leads by 300 votes in Floyd County."])
def test_a_lead_in_one_county_is_not_the_margin(georgia: Desk, text: str) -> None:
    assert claims(text, georgia) == ()


def test_a_contest_of_a_city_is_known_by_the_city_s_name_and_initials(georgia: Desk) -> None:
    contest = georgia.contests[0].model_copy(update={"state": "CA", "where": "Los Angeles"})
    desk = georgia.model_copy(update={"contests": [contest]})
    for where in ("Los Angeles", "LA"):
        read = understood(f"Biden leads by 14,101 votes in {where}", desk)
        (fields,) = [one.fields() for one in read.claims]
        assert (fields["claim"], fields["votes"], fields["units"]) == ("margin", 14101, [])


def test_a_person_of_another_year_is_no_county(georgia: Desk) -> None:
    contest = georgia.contests[0].model_copy(update={"state": "PA", "where": "Pennsylvania"})
    desk = georgia.model_copy(update={"contests": [contest]})
    assert claims("Biden is doing better than Clinton: up 14,101", desk) == ()


@pytest.mark.parametrize("text", ["95% in, DeKalb has 700 ballots left.", "95% in and DeKalb has 700 ballots left."])
def test_a_percentage_is_not_of_the_county_in_the_next_part(georgia: Desk, text: str) -> None:
    assert [claim.fields()["units"] for claim in claims(text, georgia)] == [[], ["DeKalb"]]


def test_a_net_gain_is_offered_for_each_who_may_lead(georgia: Desk) -> None:
    changes = [claim.fields() for claim in claims("Trump picked up 176 net votes.", georgia)]
    assert [(one["candidate"], one["votes"]) for one in changes] == [("biden", -176), ("trump", 176)]


def test_a_lead_is_of_who_was_named_before(georgia: Desk) -> None:
    (claim,) = claims("Biden still leads. His lead is 14,101.", georgia)
    assert claim.fields()["candidate"] == "biden"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("8:40 a.m. Biden leads by 14,057", "08:40"),
        ("8:40 a.m., Biden leads by 14,057", "08:40"),
        ("Biden's lead is down to 14,057, per the SOS site at 8:40 a.m.", "08:40"),
        ("Biden leads by 14,057, according to Sec. of State at 8:40 p.m. today.", "20:40"),
        ("8:40 a.m. Biden leads by 14,057 as of 8:30 a.m.", "08:30"),
        ("Biden leads by 14,057 in Georgia, 8:40 a.m.", "08:40"),
        ("It's 8:40 a.m. and Biden leads by 14,057", "08:40"),
        ("It is 8:40 a.m. here in Georgia and Biden leads by 14,057", "08:40"),
        ("It's 8:40 a.m. PT and Biden leads by 14,057", None),
        ("SoS at 8:40 a.m.: Biden leads by 14,057", "08:40"),
        ("NBC News at 8:40 a.m. has Biden up by 14,057", "08:40"),
        ("The Secretary of State at 8:40 a.m.: Biden leads by 14,057", "08:40"),
        ("Biden leads by 14,057 (NBC News, 8:40 a.m.)", "08:40"),
        ("Biden leads by 14,057, per the SOS site at 8:40", None),
    ],
)
def test_a_time_first_or_behind_the_credit_is_that_of_the_claim(georgia: Desk, text: str, time: str | None) -> None:
    assert [(one.fields()["votes"], one.time) for one in claims(text, georgia)] == [(14057, time)]


def test_counties_certified_by_name_may_follow_a_time(georgia: Desk) -> None:
    (said,) = understood("8:40 a.m. Appling, Bacon and Cobb counties have certified.", georgia).words
    assert isinstance(said, UnitsClaim)
    assert len(said.units) == 3


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("Biden leads by 14,101 as of 3:05 a.m.", ["03:05"]),
        ("As of noon, Biden leads by 14,101 and 96 of 159 counties have certified.", ["12:00", "12:00"]),
        ("Biden leads by 14,101 (8:05 p.m.).", ["20:05"]),
        ("Biden leads by 14,101 (SoS, 8:05 p.m.).", ["20:05"]),
        ("Biden leads by 14,101 as of 8 a.m. ET.", ["08:00"]),
        ("Biden leads by 14,101 as of 8 a.m. PT.", [None]),
        ("Biden leads by 14,101 as of 730am.", ["07:30"]),
        ("Biden leads by 14,101 as of about 8 a.m.", [None]),
        ("Biden leads by 14,101 as of 3:05.", [None]),
        ("8:05 a.m.: Biden leads by 14,101.", [None]),
        ("Biden leads by 14,101, no change since 3:05 a.m.", [None, "03:05"]),
    ],
)
def test_time_is_the_claim_s_own(georgia: Desk, text: str, times: list[str | None]) -> None:
    assert [claim.time for claim in claims(text, georgia)] == times


def test_desk_s_first_contest_is_followed_unless_another_is_named(georgia: Desk) -> None:
    text = "Perdue leads Ossoff by 88,098."
    assert claims(text, georgia) == ()
    (claim,) = claims(text, georgia, "ga-2020-senate")
    assert claim.model_dump()["candidate"] == "perdue"
    assert claims("Biden leads by 14,101.", georgia, "ga-2020-senate") == ()


def test_another_desk_reads_its_own_state(georgia: Desk) -> None:
    contest = georgia.contests[0].model_copy(update={"state": "PA", "where": "Pennsylvania"})
    desk = georgia.model_copy(update={"contests": [contest]})
    assert len(claims("In Pennsylvania Biden leads by 45,646.", desk)) == 1
    assert claims("In Georgia Biden leads by 14,101.", desk) == ()
    assert len(claims("12 of 67 counties have certified.", desk)) == 1


def test_what_can_t_be_read_is_refused_in_one_sentence(georgia: Desk) -> None:
    with pytest.raises(BadInputError, match="mayor: the desk file has no such contest"):
        claims("x", georgia, "mayor")
    with pytest.raises(BadInputError, match="letters"):
        claims("x" * (MOST_LETTERS + 1), georgia)


def test_a_part_of_a_number_is_none(georgia: Desk) -> None:
    text = "As of noon, one hundred forty-six of our one hundred fifty-nine counties have certified."
    assert [one.done for one in claims(text, georgia) if isinstance(one, CertifiedClaim)] == [146]


@pytest.mark.parametrize(
    "after",
    [
        "Scratch that, wrong sheet, hold for a new number from the state.",
        "Ignore, that's off the practice file of last week.",
        "This is false.",
        "Ignore the last note.",
        "Never mind.",
        "My mistake.",
        "No: 14,110.",
        "Nope, 14,110 by the site.",
        "Not so.",
        "No, it is 14,110 by the figures of the Secretary of State.",
    ],
)
def test_what_the_next_sentence_takes_back_is_no_claim(georgia: Desk, after: str) -> None:
    for goes_on in ("Georgia has 4,991,741 votes counted.", "Biden leads Trump."):
        assert claims(f"Biden leads by 14,101 votes. {goes_on}", georgia)[0].claim == "margin"
    assert claims(f"Biden leads by 14,101 votes. {after}", georgia) == ()


def test_the_next_line_of_a_paragraph_may_take_a_line_back(georgia: Desk) -> None:
    said = "Biden leads by 14,110 votes."
    for after in ("\nCorrection: 14,101.", "\nThe chyron was wrong.", "\nThat was a typo."):
        assert claims(said + after, georgia) == ()
    for after in ("\n\nCorrection: 14,101.", "\n8:05 a.m. | Correction: the hearing is at 10.", "\n\nPolls open then."):
        assert len(claims(said + after, georgia)) == 1


def test_the_president_is_named_and_not_passed_over(georgia: Desk) -> None:
    found = claims("Cobb adds 111 for President Trump and 40 for Mr. Biden. Biden leads.", georgia)
    changes = [(one.candidate, one.votes) for one in found if isinstance(one, ChangeClaim)]
    assert ("biden", -71) in changes
