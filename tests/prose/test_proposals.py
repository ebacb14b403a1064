"""What may be claimed beside what is sure, for a person to tick."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.desk_file import Desk
from bot.prose.reader import understood
from tests.prose.conftest import TUNED, cases, is_offered, read

MISSED = [case for name in TUNED for case in cases(name) if case.missed]


def proposed(text: str, desk: Desk) -> list[dict[str, Any]]:
    return [json.loads(one.to_json()) for one in understood(text, desk).proposals]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Clayton County still had 4,355 absentee ballots to process on Nov. 11 at 8:30 p.m.", {"claim": "outstanding", "ballots": 4355, "units": ["Clayton"], "approximate": False, "time": "20:30"}),
        ("Georgia's count stood at 4,992,198 when we looked.", {"claim": "total", "votes": 4992198, "approximate": False, "time": None}),
        ("A new batch out of Floyd shaved 48 from it, they say", {"claim": "margin_change", "candidate": None, "votes": -48, "approximate": False, "units": ["Floyd"], "time": None}),
        ("Some 96 of the 159 are done certifying in the state.", {"claim": "certified", "done": 96, "of": 159, "before": None, "time": None}),
    ],
)  # fmt: skip
def test_a_number_near_a_word_of_the_trade_is_offered_with_what_could_be_read(
    georgia: Desk, text: str, said: dict[str, Any]
) -> None:
    (found,) = proposed(text, georgia)
    assert found.pop("words") == text
    assert found.pop("sure") is False
    assert {name: found[name] for name in said if name in found} | {"before": None} == said | {"before": None}


@pytest.mark.parametrize(
    "text",
    [
        "He went to the store with 12 people in 2020.",
        "District 6 votes on Nov. 3.",
        "Pennsylvania: Biden up 45,000",
        "Turnout is at 65 percent in Cobb.",
        "",
    ],
)
def test_a_number_of_something_else_is_not(georgia: Desk, text: str) -> None:
    assert proposed(text, georgia) == []


@pytest.mark.parametrize(
    ("text", "margins"),
    [
        ("Biden 2,471,910, Trump 2,457,853 (SoS, 8:40 a.m.)", [("biden", 14057)]),
        ("Biden 2,471,910 Trump 2,457,853, lead is 14,057 as of 8:40 a.m.", [("biden", 14057), (None, 14057)]),
        ("Biden leads Trump 2,471,910 to 2,457,853", []), ("Trump gains 31 in Cobb; lead 14,070", [(None, 14070)]),
        ("Fulton adds Biden 120, Trump 30", []), ("Cobb adds 120 for Biden and 30 for Trump", []),
        ("Gwinnett: Biden +120, Trump +30", []), ("provisional ballots are counted, 553 of them", []),
        ("Cobb: Biden 2,471,910, Trump 2,457,853", []),
    ],
)  # fmt: skip
def test_votes_of_one_candidate_are_no_claim_and_two_in_the_state_are_their_margin(
    georgia: Desk, text: str, margins: list[tuple[str | None, int]]
) -> None:
    found = understood(text, georgia).proposals
    assert [(one.candidate, one.votes) for one in found if one.claim == "margin"] == margins
    assert len(found) == len(margins)


def test_a_number_of_a_sure_claim_is_not_offered_again(georgia: Desk) -> None:
    found = understood("Biden leads by 14,101 votes.", georgia)
    assert len(found.claims) == 1
    assert found.proposals == ()


@pytest.mark.parametrize("case", MISSED, ids=lambda case: case.text[:60])
def test_what_is_not_understood_is_offered(georgia: Desk, case: Any) -> None:
    found = understood(case.text, georgia)
    sure = [claim.fields() for claim in found.claims]
    numbers = {abs(value) for one in found.proposals for value in (one.votes, one.ballots, one.done, one.of) if value}
    for claim in case.claims:
        wanted = {abs(claim[name]) for name in ("votes", "ballots", "done") if claim.get(name)}
        if not any(all(one.get(name) == value for name, value in claim.items()) for one in sure):
            assert wanted <= numbers, claim


@pytest.mark.parametrize("name", ["unseen", "likely", "likely_2"])
def test_of_44_sentences_at_least_40_are_offered_in_full_and_what_is_sure_is_so(georgia: Desk, name: str) -> None:
    of_file = cases(name)
    assert len(of_file) == 44
    for case in of_file:
        assert all(claim in case.claims for claim in read(case.text, georgia)), case.text
    assert sum(is_offered(case, georgia) for case in of_file) >= 40


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(["Biden", "leads", "48", "of", "159", "Floyd", ".", "votes", "left", "(", ")", "14,101"])
    ).map(" ".join)
)
def test_words_are_the_texts_own_and_no_text_is_too_strange(georgia: Desk, text: str) -> None:
    for one in understood(text, georgia).proposals:
        assert one.words in text
