"""Proposals: likely claims, for a person to select."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.count.reported_batch import CandidateVotes
from bot.desk.desk_file import Desk
from bot.prose.claim import (
    BatchClaim,
    CertifiedClaim,
    ChangeClaim,
    Claim,
    LeadClaim,
    LeftClaim,
    MarginClaim,
    ReportingClaim,
    TotalClaim,
    VotesClaim,
)
from bot.prose.reader import understood


def offered_of_old(text: str, desk: Desk) -> list[Claim]:
    """Return the proposals of the oldest kinds: all but votes, batches and percentages."""
    return [one for one in understood(text, desk).proposals if one.claim not in ("votes", "batch", "reporting")]


def number_of(one: Claim) -> int:
    return next(int(getattr(one, name)) for name in ("votes", "ballots", "done") if hasattr(one, name))


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (
            "Clayton County still had 4,355 absentee ballots to process on Nov. 11 at 8:30 p.m.",
            LeftClaim(ballots=4355, units=("Clayton",), time="20:30"),
        ),
        ("Georgia's count stood at 4,992,198 when we looked.", TotalClaim(votes=4992198)),
        (
            "A new batch out of Floyd shaved 48 from it, they say",
            ChangeClaim(votes=-48, units=("Floyd",), sure=False),
        ),
        ("Georgia has received certifications from 121 of the 159 counties.", CertifiedClaim(done=121, of=159)),
        ("The site says 14,112. That is Biden's lead.", MarginClaim(candidate="biden", votes=14112)),
        ("Still certifying, 58 counties left", CertifiedClaim(done=101)),
        ("14 of Georgia's 159 counties have yet to certify.", CertifiedClaim(done=145, of=159)),
        ("Some 96 of the 159 are done certifying in the state.", CertifiedClaim(done=96, of=159)),
        ("Joe up 5,500 in Georgia, y'all", MarginClaim(candidate="biden", votes=5500)),
        ("Montco aside, Cobb has 0 left, our stringer says", LeftClaim(ballots=0, units=("Cobb",))),
        ("Cobb reports zero ballots left to count, per the clerk there", LeftClaim(ballots=0, units=("Cobb",))),
        ("The probate judge in Cobb says 310 ballots are left", LeftClaim(ballots=310, units=("Cobb",))),
        ("Biden +14,101 and Ossoff +900 now", MarginClaim(candidate="biden", votes=14101)),
        ("Lead now: Biden - 14,101 votes", MarginClaim(candidate="biden", votes=14101)),
        ("Cobb has counted all but 4,355 ballots", LeftClaim(ballots=4355, units=("Cobb",))),
        ("BIDEN TAKES LEAD IN GA: +917", MarginClaim(candidate="biden", votes=917)),
        ("Trump extends his lead by 1,600 overnight", ChangeClaim(candidate="trump", votes=1600)),
        ("Cobb Elections tells us 4,200 absentees are yet to be opened", LeftClaim(ballots=4200, units=("Cobb",))),
        ("The Secretary has certified results from 97 of 159 counties in hand", CertifiedClaim(done=97, of=159)),
        ("Cobb and Bibb are in: Biden +14,101 statewide", MarginClaim(candidate="biden", votes=14101)),
    ],
)
def test_a_number_near_a_word_of_the_trade_is_offered_with_what_could_be_read(
    georgia: Desk, text: str, claim: Claim
) -> None:
    assert offered_of_old(text, georgia) == [claim.model_copy(update={"words": text, "sure": False})]


@pytest.mark.parametrize(
    "text",
    [
        "He went to the store with 12 people in 2020.",
        "District 6 votes on Nov. 3.",
        "Pennsylvania: Biden up 45,000",
        "Pennsylvania: Biden 3,361,000, Trump 3,300,000",
        "Turnout is at 65 percent in Cobb.",
        "Boebert is up 1,122 on Frisch",
        "Biden watches as Ossoff leads by 1,122",
        "5 more counties have no printer",
        "Biden 2,471,960",
        "Trump 2,457,800, Biden still ahead",
        "",
    ],
)
def test_a_number_of_something_else_is_not(georgia: Desk, text: str) -> None:
    assert offered_of_old(text, georgia) == []


@pytest.mark.parametrize(
    ("text", "margins"),
    [
        ("Biden 2,471,910, Trump 2,457,853 (SoS, 8:40 a.m.)", [("biden", 14057)]),
        ("Biden 2,471,910 Trump 2,457,853, lead is 14,057 as of 8:40 a.m.", [("biden", 14057), (None, 14057)]),
        ("Biden leads Trump 2,471,910 to 2,457,853", [("biden", 14057)]),
        ("Trump gains 31 in Cobb; lead 14,070", [(None, 14070)]),
        ("Trump gained 120, lead down to 13,992", [(None, 13992)]),
        ("Trump now down only 14,010 in GA", [("biden", 14010)]),
        ("Trump closes gap to 14,010", [("biden", 14010)]),
        ("Trump trails by 14,010", [("biden", 14010)]),
        ("Trump behind 14,010 votes", [("biden", 14010)]),
        ("Trump loses by 14,010", [("biden", 14010)]),
        ("Trump needs 14,011 more votes to catch Biden", []),
        ("Trump overtaken, lead now 917", [("biden", 917)]),
        ("Trump 917 votes back", [(None, 917)]),
        ("Trump now 917 short", [(None, 917)]),
        ("Biden cuts lead to 665", [("trump", 665)]),
        ("Trump sees his lead cut to 463", [("trump", 463)]),
        ("Biden 14,118 per SoS", [(None, 14118)]),
        ("The gap is 14,118 for Trump to make up", [("biden", 14118)]),
        ("Biden somehow back in front by 917", [("biden", 917)]),
        ("It is Trump by 917", [("trump", 917)]),
        ("Trump led by 463. Biden leads.", [(None, 463)]),
        ("Trump's 48-vote gain cuts the margin to 14,101", [(None, 48), (None, 14101)]),
        ("Biden trails by 463, now leads by 917", [(None, 463), (None, 917)]),
        ("Biden trailed by 463 and now leads by 917", [(None, 463), ("biden", 917)]),
        ("The president leads Biden by 463", [("trump", 463)]),
        ("Biden over Trump by 463", [("biden", 463)]),
        ("the gap is 1,463 Biden", [("biden", 1463)]),
        ("Biden's lead falls below 12k: 11,737", [("biden", 12000), ("biden", 11737)]),
        ("The former vice president is up 917 votes on Trump", [("biden", 917)]),
        ("Biden's lead over Trump fell below 10,000 votes", [("biden", 10000)]),
        ("Trump pulls to within 463 votes of Biden", [("biden", 463)]),
        ("Trump closes to within 1,200 of Biden", [("biden", 1200)]),
        ("Jorgensen trails by 14,010", []),
        ("Biden: down to a lead of some 14,010", [("biden", 14010)]),
        ("Biden leads Trump 49.5% to 49.23%, 14,112 vote margin", [("biden", 14112)]),
        ("Biden is down 1,097 in Georgia, they tell us", [("trump", 1097)]),
        ("Biden's deficit is down to 463 votes", [("trump", 463)]),
        ("Biden is behind by 463 in it all", [("trump", 463)]),
        ("provisional ballots are counted, 553 of them", []),
        ("Cobb: Biden 2,471,910, Trump 2,457,853", []),
        ("Cobb: Biden 221,847, Trump 165,459", []),
        ("Trump gains 31 in Cobb", []),
    ],
)
def test_votes_of_one_candidate_are_no_claim_and_two_in_the_state_are_their_margin(
    georgia: Desk, text: str, margins: list[tuple[str | None, int]]
) -> None:
    found = offered_of_old(text, georgia)
    assert [(one.candidate, one.votes) for one in found if isinstance(one, MarginClaim)] == margins
    assert len(found) == len(margins)


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("Trump nets 48", [("biden", -48), ("trump", 48)]),
        ("Trump nets 48. Biden leads.", [("biden", -48)]),
        ("Trump nets 48; Jorgensen is far behind", [("biden", -48), ("trump", 48)]),
        ("Jorgensen nets 48", []),
        ("Trump netting 41 in Laurens County", [("biden", -41), ("trump", 41)]),
        ("Fulton adds Biden 120, Trump 30", [("biden", 90), ("trump", -90)]),
        ("Fulton adds Biden 12,000, Trump 3,000", [("biden", 9000), ("trump", -9000)]),
        ("Biden 12,000, Trump 3,000 in Fulton", []),
        ("Cobb adds 120 for Biden and 30 for Trump", [("biden", 90), ("trump", -90)]),
        ("just in from Fulton: 61 for Trump 13 for Biden", [("biden", -48), ("trump", 48)]),
        ("Dekalb added 40 votes - Biden 33 Trump 7 - as of 1015", [("biden", 26), ("trump", -26)]),
        ("Trump gained 91 votes on Biden overnight", [("biden", -91), ("trump", 91)]),
        ("Gwinnett: Biden +120, Trump +130", [("biden", -10), ("trump", 10)]),
        ("Biden leads. Gwinnett: Biden +120, Trump +130", [("biden", -10)]),
        ("Fulton adds Biden 120, Trump 120", []),
        ("Fulton adds Biden about 120, Trump 30", []),
        ("Newest drop from Gwinnett: Biden +1,532 net", [("biden", 1532), ("trump", -1532)]),
        ("Forsyth's batch cost Biden 1,120", [("biden", -1120), ("trump", 1120)]),
        ("Tift moved the margin 31 votes", [(None, 31), (None, -31)]),
        ("A batch out of Floyd shaved 48 from it", [(None, -48)]),
        ("Trump makes up 1,200 on Biden in Cobb", [("biden", -1200), ("trump", 1200)]),
        ("Biden's lead is smaller by 48", [("biden", -48)]),
        ("Biden's lead grows as Trump loses 48 net votes in Floyd", [("biden", 48), ("biden", -48)]),
        ("Fulton: net +420 Biden", [("biden", 420), ("trump", -420)]),
        ("Biden -48 in Floyd", [("biden", -48), ("trump", 48)]),
        ("Trump: minus 1,097 in Gwinnett", [("biden", 1097), ("trump", -1097)]),
        ("Biden cut his deficit by 1,380 in Clayton", [(None, 1380), (None, -1380)]),
        ("Biden's advantage, bigger now: another 48 in Floyd", [("biden", 48)]),
        ("Lowndes whacked another 48 off the Biden lead", [("biden", -48)]),
        ("Trump has gained in all 48 in Cobb, and Biden keeps his lead", [(None, 48), (None, -48)]),
        ("Chatham adds, for Biden's lead, some 48", [("biden", 48)]),
    ],
)
def test_which_way_a_lead_moves_is_never_guessed(georgia: Desk, text: str, moves: list[tuple[str | None, int]]) -> None:
    found = offered_of_old(text, georgia)
    assert [(one.candidate, one.votes) for one in found if isinstance(one, ChangeClaim)] == moves
    assert len(found) == len(moves)


WAYS = (
    "{who} nets {n} in Cobb",
    "{who} netted {n}",
    "a net {n} for {who} out of Gordon",
    "{who} picks up {n} in Floyd",
    "a net gain of {n} for {who}",
    "{who} +{n} net in Cobb",
    "that was worth {n} net votes to {who}",
    "Cobb gives {who} {n} more",
    "{who} gained {n} on {other} in Cobb",
    "Cobb costs {other} {n}",
    "Cobb adds {who} {m}, {other} 7",
    "{who} shaves {n} off {other}'s lead",
    "{other}'s lead loses {n}",
    "{other}'s lead is down {n} after Cobb",
    "Cobb whittled {n} from {other}'s margin",
    "{who} grows {who}'s lead by {n}",
    "{who} padded his lead with {n} in Cobb",
    "{other} drops {n} of his lead",
    "{who} led {other} by {n} in the Cobb batch",
    "{who} ahead of {other} by {n} in Cobb's upload",
    "{other}: -{n} in Cobb",
    "{n} more for {who}'s lead out of Cobb",
    "{who} is up {n} more in Cobb; {other}'s lead shrinks",
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("who", "other"), [("Biden", "Trump"), ("Trump", "Biden")])
def test_however_it_is_put_a_gain_is_never_its_loss(georgia: Desk, way: str, who: str, other: str) -> None:
    text = way.format(who=who, other=other, n="48", m="55")
    found = understood(text, georgia)
    moves = [(one.candidate, one.votes) for one in (*found.claims, *found.proposals) if isinstance(one, ChangeClaim)]
    for leader, loss in ((who, -48), (other, 48)):
        both = {(leader.casefold(), loss), (leader.casefold(), -loss)}
        assert (leader.casefold(), loss) not in moves or both <= {*moves}, moves
    assert moves or any(isinstance(one, MarginClaim) for one in found.proposals), found


def test_a_total_beside_two_candidates_votes_is_offered_with_their_margin(georgia: Desk) -> None:
    text = "as of 10:20 am: Biden 2,471,950, Trump 2,457,801 with 4,992,260 votes counted"
    assert {(one.claim, one.time) for one in understood(text, georgia).proposals} == {
        ("total", "10:20"),
        ("margin", "10:20"),
        ("votes", "10:20"),
    }


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Biden 2,471,910, Trump 2,457,853 (SoS, 8:40 a.m.)", "08:40"),
        ("8:40 a.m.: Biden 2,471,910, Trump 2,457,853", "08:40"),
        ("8:40 a.m. Biden 2,471,910, Trump 2,457,853", "08:40"),
        ("8:40: Biden 2,471,910, Trump 2,457,853", None),
        ("Biden 2,471,910, Trump 2,457,853 (8:40 a.m. PT)", None),
    ],
)
def test_the_hour_in_front_or_in_brackets_is_a_proposal_s(georgia: Desk, text: str, time: str | None) -> None:
    (one,) = offered_of_old(text, georgia)
    assert (one.time or one.stamp) == time


@pytest.mark.parametrize(
    "text",
    [
        "Still waiting on ballots: Cobb 700, Floyd 444",
        "Ballots left: 700 Cobb, 444 Floyd",
        "Trump +700 Cobb, +444 Floyd",
    ],
)
def test_numbers_of_several_counties_are_each_county_s_own(georgia: Desk, text: str) -> None:
    found = [one for one in offered_of_old(text, georgia) if isinstance(one, LeftClaim | ChangeClaim)]
    assert {(abs(number_of(one)), one.units) for one in found} == {(700, ("Cobb",)), (444, ("Floyd",))}


def test_a_number_of_a_sure_claim_is_not_offered_again(georgia: Desk) -> None:
    found = understood("Biden leads by 14,101 votes.", georgia)
    assert len(found.claims) == 1
    assert found.proposals == ()


@pytest.mark.parametrize(
    "text",
    [
        "Nothing has moved.",
        "ga hasnt budged",
        "Not one new vote.",
        "No update overnight from anyone.",
        "Georgia: same exact count.",
        "The count is exactly where we left it.",
        "Numbers frozen.",
        "The totals remain as they were.",
        "Same as last hour.",
        "Fulton posted nothing new overnight, and the statewide totals are the same.",
    ],
)
def test_that_nothing_has_changed_is_offered(georgia: Desk, text: str) -> None:
    assert [one.claim for one in offered_of_old(text, georgia)] == ["no_change"]


@pytest.mark.parametrize(
    "text", ["Floyd has no new votes.", "No change in Pennsylvania.", "Biden leads.", "News: all the votes are in."]
)
def test_what_is_of_a_part_or_of_elsewhere_is_no_unchanged_count(georgia: Desk, text: str) -> None:
    assert understood(text, georgia).proposals == ()


@pytest.mark.parametrize(
    "text",
    [
        "President (unofficial)\nBiden (D)  2,472,098\nTrump (R)  2,457,880\nJorgensen (L)  62,129",
        "Donald J. Trump (I) (Rep) | 2,457,880\nJoseph R. Biden (Dem) | 2,472,098",
        "Biden\t2,472,098\nTrump\t2,457,880\nTotal\t4,987,345",
        "Trump 2,457,880; Biden 2,472,098.",
        "JUST IN: Biden 2,472,098. Trump 2,457,880.",
        "Biden (D) 49.5% 2,472,098\nTrump (R) 49.3% 2,457,880",
        "B 2,472,098 T 2,457,880",
        "Biden has 2,472,098 votes to 2,457,880 for Trump.",
        "Biden has 2,472,098 votes to Mr. Trump's 2,457,880.",
        "President: Trump (Rep) 2,457,880 | Biden (Dem) 2,472,098 | Jorgensen (Lib) 61,888",
    ],
)
def test_the_candidates_lines_of_a_table_are_read_together(georgia: Desk, text: str) -> None:
    margins = [one for one in offered_of_old(text, georgia) if isinstance(one, MarginClaim)]
    assert [(one.candidate, one.votes) for one in margins] == [("biden", 14218)]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("Provisional ballots are all that is left. Cobb has 1,206 of them.", [("outstanding", None, 1206)]),
        ("The difference is razor thin. It is 463 votes.", [("margin", None, 463)]),
        ("Who still has ballots to count? Gwinnett 4,800.", [("outstanding", None, 4800)]),
        ("only nine of the 159 counties havent certified yet", [("certified", None, 150)]),
        ("total votes on the page 4,988,310", [("total", None, 4988310)]),
        ("Change in Biden's lead: -503", [("margin_change", "biden", -503)]),
        ("Net effect on Biden's lead: minus 813 votes", [("margin_change", "biden", -813)]),
        ("Thats up 29 since 8:05", [("margin_change", None, 29)]),
        (
            "Biden's lead shrinks 210 votes, now 13,902, they say",
            [("margin_change", "biden", -210), ("margin", "biden", 13902)],
        ),
        (
            "Biden lead 12,781 now. It was 176 fatter.",
            [("margin", "biden", 12781), ("margin_change", None, 176), ("margin_change", None, -176)],
        ),
        ("another 1,107 off Trump's lead", [("margin_change", "trump", -1107)]),
        ("another twelve hundred votes off Trump's lead", [("margin_change", "trump", -1200)]),
        ("trump gains 35 on him in Cobb, biden leads", [("margin_change", "biden", -35)]),
        (
            "Cobb netted the president 449, shrinking Biden's margin",
            [("margin_change", "biden", 449), ("margin_change", "biden", -449)],
        ),
        ("+594 net Biden in Gwinnett", [("margin_change", "biden", 594), ("margin_change", "trump", -594)]),
        ("Net gain for Biden in Cobb: 28", [("margin_change", "biden", 28), ("margin_change", "trump", -28)]),
        (
            "That's 50 more than an hour ago for Biden's lead.",
            [("margin_change", "biden", 50), ("margin_change", "biden", -50)],
        ),
        ("another 1,107 off trumps lead", [("margin_change", "trump", -1107)]),
        (
            "Biden lead: 10,353. Change from last update: +1,200.",
            [("margin", "biden", 10353), ("margin_change", None, 1200), ("margin_change", None, -1200)],
        ),
        (
            "Biden margin in GA: 10,621 (+268 since noon)",
            [("margin", "biden", 10621), ("margin_change", None, 268), ("margin_change", None, -268)],
        ),
        ("Biden lead cut by 241, now 9,922.", [("margin_change", "biden", -241), ("margin", "biden", 9922)]),
        ("CORRECTION: the lead is 14,021 not 14,201", [("margin", None, 14021)]),
        ("Lead 14,112 at 10:25 -> 14,057 at 11:20", [("margin", None, 14112), ("margin", None, 14057)]),
        ("Lead is 14,130 they say, per SoS at 825", [("margin", None, 14130)]),
        ("Lead is 14,130, they say 20 min ago", [("margin", None, 14130)]),
        ("Lead is 14,130, they say at 8:25a", [("margin", None, 14130)]),
        ("The lead stands at 825 they say", [("margin", None, 825)]),
        ("Biden no longer leads by 14,112; the lead is 13,990", []),
        ("SoS 1125: lead is 14,130 they say", [("margin", None, 14130)]),
        ("Lead is 14,130 they say (1125)", [("margin", None, 14130)]),
        ("Lead is 14,130 they say, 0825", [("margin", None, 14130)]),
        ("Trump leads by 14,130 in Cobb", []),
        ("Fulton done: B 381,144 T 137,240", []),
        ("Cobb: B 201, T 111", [("margin_change", "biden", 90), ("margin_change", "trump", -90)]),
        ("Fulton B 381,144 T 137,240", []),
        ("Cobb B 201 T 111", [("margin_change", "biden", 90), ("margin_change", "trump", -90)]),
        ("Biden 14,202 ahead, AP, 4,992,330 in", [("margin", "biden", 14202), ("total", None, 4992330)]),
        ("biden lead could hit 15k, unconfirmed", []),
        ("Will Biden's lead reach 15,000 by tonight?", []),
        ("Floyd will count 1,200 ballots that are left", [("outstanding", None, 1200)]),
        ("Do not call 555, not 556", []),
        (
            "Biden's cushion just went north of 10K",
            [("margin_change", "biden", 10000), ("margin_change", "biden", -10000), ("margin", "biden", 10000)],
        ),
        ("Biden's edge: 45,646 in Pennsylvania, 14,057 in Georgia, 20,540 in Wisconsin.", [("margin", "biden", 14057)]),
    ],
)
def test_a_number_is_what_the_words_around_it_make_it(
    georgia: Desk, text: str, offered: list[tuple[str, str | None, int]]
) -> None:
    found = offered_of_old(text, georgia)
    assert [(one.claim, getattr(one, "candidate", None), number_of(one)) for one in found] == offered


@pytest.mark.parametrize(
    "text",
    ["All but 1,234 of Georgia's 159 counties have certified.", f"Lowndes County became the {'5' * 90}th to certify."],
)
def test_more_than_there_can_be_is_offered_as_nothing(georgia: Desk, text: str) -> None:
    assert [one for one in offered_of_old(text, georgia) if isinstance(one, CertifiedClaim)] == []


@pytest.mark.parametrize(
    "text",
    [
        "SoS has Biden 2,471,960, Trump 2,457,801 w/ 4,992,270 total",
        "trump gained 120, lead down to 13,992",
        "No change for Biden.",
    ],
)
def test_what_names_only_another_contest_s_candidates_is_of_that_one(georgia: Desk, text: str) -> None:
    assert understood(text, georgia).proposals != ()
    assert understood(text, georgia, "ga-2020-senate").proposals == ()


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(["Biden", "leads", "48", "of", "159", "Floyd", ".", "votes", "left", "(", ")", "14,101"])
    ).map(" ".join)
)
def test_words_are_the_texts_own_and_no_text_is_too_strange(georgia: Desk, text: str) -> None:
    for one in offered_of_old(text, georgia):
        assert one.words in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Biden 2,461,854, Trump 2,459,825", [("biden", 2461854, ()), ("trump", 2459825, ())]),
        ("Cobb: Biden 221,847, Trump 165,459", [("biden", 221847, ("Cobb",)), ("trump", 165459, ("Cobb",))]),
        ("Biden has 2,461,854 votes in Georgia", [("biden", 2461854, ())]),
        ("Biden/Trump: 2,461,854 / 2,459,825", [("biden", 2461854, ()), ("trump", 2459825, ())]),
        ("2,461,854 for Biden to Trump's 2,459,825", [("biden", 2461854, ()), ("trump", 2459825, ())]),
        ("Biden 49.5 (2,461,854), Trump 49.2 (2,459,825)", [("biden", 2461854, ()), ("trump", 2459825, ())]),
        ("Jorgensen up to 61,792", [("jorgensen", 61792, ())]),
        ("🔵 2,461,854 🔴 2,459,825", []),
        ("Cobb adds Biden 120, Trump 30", []),
        ("Biden - 2,461,854, Trump - 2,459,825", [("biden", 2461854, ()), ("trump", 2459825, ())]),  # no minus
        ("Biden's page had 18 million visitors", []),
    ],
)
def test_votes_of_candidates_are_offered_as_theirs(
    georgia: Desk, text: str, said: list[tuple[str, int, tuple[str, ...]]]
) -> None:
    found = [one for one in understood(text, georgia).proposals if isinstance(one, VotesClaim)]
    assert [(one.candidate, one.votes, one.units) for one in found] == said


@pytest.mark.parametrize(
    ("text", "votes", "county", "net", "split"),
    [
        ("Gwinnett just uploaded 3,600, Biden +2,100 from it", 3600, "Gwinnett", ("biden", 2100), None),
        ("Floyd adds 74: Trump 61, Biden 13", 74, "Floyd", None, {"trump": 61, "biden": 13}),
        ("640 more votes in from Cobb", 640, "Cobb", None, None),
        ("Cobb posted 1,414 votes. Biden 824, Trump 568", 1414, "Cobb", None, {"biden": 824, "trump": 568}),
        ("Cobb: 1,414 more absentees. Biden +311 there.", 1414, "Cobb", ("biden", 311), None),
        ("Floyd, 412 ballots, net Trump 36", 412, "Floyd", ("trump", 36), None),
        ("Floyd - 812 ballots tonight, Trump by 350 in that group", 812, "Floyd", ("trump", 350), None),
        ("Cobb update: 4,131 ballots, 3,029 Biden, 1,062 Trump", 4131, "Cobb", None, {"biden": 3029, "trump": 1062}),
        ("Cobb drop: about 7,500 votes.", 7500, "Cobb", None, None),
        ("Fulton adds 1,200. Biden leads by 917.", 1200, "Fulton", None, None),  # the lead is no batch's
        ("Cobb upload: 1,200 votes, broke 70-30 Biden", 1200, "Cobb", None, None),  # a share is no split
        ("latest cobb batch was 1,200 ballots, Biden wins it 77-22", 1200, "Cobb", None, None),
        ("Cobb dropped 1,200, Biden got 900 of them", 1200, "Cobb", None, {"biden": 900}),
        ("Gwinnett's 3,600 votes cut Trump's lead", 3600, "Gwinnett", None, None),
        ("Fulton drops 4,900 votes, Biden's lead grows", 4900, "Fulton", None, None),
        ("Cobb added 1,210 ballots, costing Trump 300", 1210, "Cobb", None, None),  # a loss is no net gain
        ("cobb posts 1,200 more, Biden wins that batch by 450", 1200, "Cobb", ("biden", 450), None),
    ],
)
def test_a_batch_is_offered_with_its_size_and_never_as_a_lead_s_change_of_that_size(
    georgia: Desk, text: str, votes: int, county: str, net: tuple[str, int] | None, split: dict[str, int] | None
) -> None:
    found = understood(text, georgia).proposals
    (batch,) = [one for one in found if isinstance(one, BatchClaim)]
    assert (batch.votes, batch.units, batch.split) == (votes, (county,), split)
    assert (batch.net and (batch.net.candidate, batch.net.votes)) == net
    assert votes not in {abs(one.votes) for one in found if isinstance(one, LeadClaim)}


@pytest.mark.parametrize(
    ("text", "percent", "of"),
    [
        ("Biden up by 14,101 in Georgia with 99% in", "99", None),
        ("With 99.3% of precincts reporting, Biden leads by 14,101", "99.3", "precincts"),
        ("AP: 99% of the vote counted", "99", "votes"),
        ("ninety-nine percent in, folks", "99", None),
        ("Biden leads by 14,101 votes (0.28%)", None, None),
        ("Turnout is at 65 percent in Cobb", None, None),
    ],
)
def test_how_much_is_in_is_a_percentage_that_says_so(
    georgia: Desk, text: str, percent: str | None, of: str | None
) -> None:
    read = understood(text, georgia)
    found = [one for one in (*read.claims, *read.proposals) if isinstance(one, ReportingClaim)]
    assert [(one.percent, one.of) for one in found] == ([(percent, of)] if percent else [])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("If Biden leads by 14,101, he wins", "an if"),
        ("Is Biden's lead really 14,101 votes?", "a question"),
        ("Our model has Biden up 14,101", "a forecast"),
        ("Rumor: Biden leads by 14,101", "a rumor"),
        ("It is false that Biden leads by 14,101", "a denial"),
        ("In 2016 Trump led by 211,141", "another year"),
        ("Biden leads by 45,646 in Pennsylvania", "another place"),
        ("Perdue leads by 88,098", "another contest"),
        ("GA-07: Bourdeaux leads by 8,264, Biden is ahead", "another contest"),
        ("Biden at -350 at the sportsbook", "a forecast"),
        ("Biden's crowd was 14,101", "a crowd"),
        ("14,101 people voted early for Biden", "turnout"),
        ("Biden has raised 14,101 dollars", "money"),
        ("Hawks lead 105-98 at the half, great game", "sports"),
        ("Biden leads by 14,101 and " + "so on and " * 200, "too long"),
    ],
)
def test_nothing_is_offered_where_the_text_says_that_it_is_none_and_why(georgia: Desk, text: str, why: str) -> None:
    found = understood(text, georgia)
    assert (found.claims, found.proposals, found.refused) == ((), (), ((text.strip(), why),))


def test_each_county_of_a_list_has_what_its_heading_says(georgia: Desk) -> None:
    found = understood("What's left, per SOS:\nGwinnett 4,800\nCobb 700\nTotal 5,500", georgia).proposals
    assert [(one.ballots, one.units) for one in found if isinstance(one, LeftClaim)] == [
        (4800, ("Gwinnett",)),
        (700, ("Cobb",)),
        (5500, ()),
    ]


@pytest.mark.parametrize(
    "text", ["Biden 49.5%; Trump 49.3%", "Fulton 96%; Biden", "100.0% of precincts reporting", "007% in"]
)
def test_a_text_of_percentages_is_read_without_an_error(georgia: Desk, text: str) -> None:
    found = understood(text, georgia)
    assert all(isinstance(one, ReportingClaim) for one in (*found.claims, *found.proposals))


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Clayton's director called. 1,414 ballots left there.", LeftClaim(ballots=1414, units=("Clayton",))),
        (
            "Bucks? No: Bibb is finished. B 43,408, T 26,559",
            VotesClaim(candidate="trump", votes=26559, units=("Bibb",)),
        ),
        ("Biden gains 4,156 on Trump. That puts him up 7,220", MarginClaim(candidate="biden", votes=7220)),
        ("DJT is behind. He is down 14,101", MarginClaim(candidate="biden", votes=14101)),
        (
            "Bibb adds 1,210. Nets Biden 890",
            BatchClaim(votes=1210, net=CandidateVotes(candidate="biden", votes=890), units=("Bibb",)),
        ),
        ("Trump 49.4, Biden 49.3. The gap is 3,486", MarginClaim(candidate="trump", votes=3486)),
        ("Jorgensen's at 61,201.", VotesClaim(candidate="jorgensen", votes=61201)),
        ("Floyd: about 2,600 need to be scanned", LeftClaim(ballots=2600, units=("Floyd",), approximate=True)),
        ("Peach's latest is 1,285 ballots", BatchClaim(votes=1285, units=("Peach",))),
        ("BIDEN LEADS. 2,450,186 to 2,448,565", VotesClaim(candidate="trump", votes=2448565)),
        ("Trump picks up 312 on Biden's lead. It's 12,614 now", MarginClaim(candidate="biden", votes=12614)),
        ("Cobb: Biden nets 60, so he's up 10,413 in Georgia", MarginClaim(candidate="biden", votes=10413)),
        ("Bibb adds 1,210. 890 of those to Biden", BatchClaim(votes=1210, split={"biden": 890}, units=("Bibb",))),
    ],
)
def test_a_sentence_is_read_with_what_the_one_before_it_names(georgia: Desk, text: str, claim: Claim) -> None:
    found = [one.model_copy(update={"words": "", "sure": True}) for one in understood(text, georgia).proposals]
    assert claim in found


@pytest.mark.parametrize(
    "text",
    [
        "Boebert by 1,122 over Frisch in the 3rd",
        "Raiders 31, Chargers 26",
        "Lt. Gov: Kounalakis 5,914,206, Underwood 3,981,553",
        "Biden 264 electoral votes, Trump 214",
        "Biden up 8 in Georgia",
        "Biden 51, Trump 44 in Georgia",
        "June's tally: Biden 1,088,729, Trump 947,352",
        "Trump by 211,141 in '16",
        "Exits: Biden +14 with women. n=4,385 in all",
        "Some 1.5 million requested a ballot",
        "Biden's crowd in Atlanta: 365 cars",
        "June was Biden 1,088,729, Trump 947,352",
        "2016 rewind: Trump +211,141 in Georgia at the end",
        "3 notes: 1) Biden runs up Gwinnett 2) Trump holds on",
        "He'd be up 14,101 in Georgia, says Biden",
        "Biden isn't up by 4,000",
        "Hearing Biden is up 2,000, not confirmed",
        "In the hand recount Biden leads by 12,284",
        "Biden leads the electoral vote 264-214",
        "96 of 159 counties have reported",
    ],
)
def test_nothing_is_offered_of_somebody_and_something_else(georgia: Desk, text: str) -> None:
    assert understood(text, georgia).proposals == ()


def test_each_county_has_its_own_percentage(georgia: Desk) -> None:
    found = understood("Precincts: Fulton 96%, DeKalb 91%, Clayton all in.", georgia).proposals
    said = [(one.percent, one.units) for one in found if isinstance(one, ReportingClaim)]
    assert said == [("96", ("Fulton",)), ("91", ("DeKalb",)), ("100", ("Clayton",))]


def test_votes_of_a_county_with_all_precincts_in_are_no_batch(georgia: Desk) -> None:
    found = understood("Taliaferro: Biden 561, Trump 360, 100% of precincts", georgia).proposals
    votes = [(one.candidate, one.votes, one.units) for one in found if isinstance(one, VotesClaim)]
    assert votes == [("biden", 561, ("Taliaferro",)), ("trump", 360, ("Taliaferro",))]
