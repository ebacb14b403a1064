"""Sentences that would claim something, but are questions, denials, hopes, quotations, or about the past or another
place.
"""

import pytest

from bot.desk.desk_file import Desk
from bot.prose.reader import claims

PLAIN = [
    "Biden leads by 14,101 votes",
    "Joe Biden is ahead of Trump by about 14,000 votes",
    "Biden's lead is down to 14,101",
    "Biden has a 14,101-vote lead",
    "Biden's lead shrank by 48 votes",
    "Floyd County cut Biden's lead by 48 votes",
    "4,991,741 votes have been counted",
    "the vote total stands at 4,991,741",
    "96 of 159 counties have certified",
    "there are 4,355 ballots left in Clayton County",
    "Clayton County has 4,355 ballots outstanding",
]
BEFORE = [
    "If",
    "Unless",
    "In Pennsylvania",
    "In Arizona,",
    "Over in Wisconsin,",
    "In 2016,",
    "Four years ago,",
    "Imagine that",
    "It is not true that",
    "It is false that",
    "Rumor has it that",
    "Trump said",
    "Trump claims that",
    "Trump tweeted that",
    "His supporters say",
    "Some guy says",
    "A new poll says",
    "We project that",
    "In the Senate race,",
    "Nationwide,",
    "At one point",
    "On election night",
    "By our model,",
    "Nobody says that",
    "According to a friend,",
    "According to the Trump campaign,",
    "It is a lie that",
    "Is it true that",
    "He would like it if",
]
BEHIND = [
    "?",
    " in Pennsylvania.",
    ", in Pennsylvania.",
    " in Nevada.",
    " in 2016.",
    " last night.",
    " yesterday.",
    ", Trump said.",
    ", according to Trump.",
    ", the Trump campaign says.",
    ", a supporter said.",
    " in the Senate race.",
    ", a new poll says.",
    " if the trend holds.",
    " nationwide.",
    ", or so the rumor goes.",
    " four years ago.",
]


@pytest.mark.parametrize("plain", PLAIN)
def test_plain_sentence_claims_one_thing(georgia: Desk, plain: str) -> None:
    assert len(claims(f"{plain}.", georgia)) == 1
    assert len(claims(f"{plain} in Georgia", georgia)) == 1 or "Clayton" in plain


@pytest.mark.parametrize("plain", PLAIN)
def test_what_stands_before_voids_it(georgia: Desk, plain: str) -> None:
    assert [before for before in BEFORE if claims(f"{before} {plain}.", georgia)] == []


@pytest.mark.parametrize("plain", PLAIN)
def test_what_stands_behind_voids_it(georgia: Desk, plain: str) -> None:
    assert [behind for behind in BEHIND if claims(f"{plain}{behind}", georgia)] == []


@pytest.mark.parametrize("plain", PLAIN)
def test_what_is_quoted_is_not_claimed(georgia: Desk, plain: str) -> None:
    assert claims(f'A man in a hat: "{plain}."', georgia) == []
    assert claims(f"“{plain},” said a man in a hat.", georgia) == []


@pytest.mark.parametrize("plain", PLAIN)
def test_officials_are_taken_at_their_word(georgia: Desk, plain: str) -> None:
    assert len(claims(f"The secretary of state says {plain}.", georgia)) == 1
    assert len(claims(f"{plain}, according to the secretary of state's office.", georgia)) == 1


@pytest.mark.parametrize("plain", PLAIN[:5])
def test_another_state_on_the_line_before_voids_it_when_it_is_a_heading(georgia: Desk, plain: str) -> None:
    assert claims(f"PENNSYLVANIA\n{plain}.", georgia) == []
    assert claims(f"Counting goes on in Pennsylvania. {plain}.", georgia) == []
    assert claims(f"Pennsylvania is next. {plain}.", georgia) == []


@pytest.mark.parametrize("auxiliary", ["could", "may", "might", "would", "should", "does not", "will", "did not"])
def test_what_may_be_is_not(georgia: Desk, auxiliary: str) -> None:
    assert claims(f"Biden {auxiliary} lead by 14,101 votes.", georgia) == []
    assert claims(f"Floyd County {auxiliary} cut Biden's lead by 48 votes.", georgia) == []
    assert claims(f"Biden's lead {auxiliary} shrink by 48 votes.", georgia) == []


@pytest.mark.parametrize("verb", ["led", "was ahead", "had led", "was leading", "used to lead"])
def test_past_tense_is_past(georgia: Desk, verb: str) -> None:
    assert claims(f"Biden {verb} by 14,101 votes.", georgia) == []


@pytest.mark.parametrize(
    "number",
    [
        "14.101",
        "14,1011",
        "1,41,01",
        "l4,101",
        "14,10l",
        "14, 101",
        "14-101",
        "0.28%",
        "$14,101",
        "14/101",
        "-14,101",
        "between 14,000 and 15,000",
        "14,000 to 15,000",
        "up to 14,101",
        "14,000 or 15,000",
        "№14",
        "014,101",
    ],
)
def test_what_is_not_one_number_is_not_read(georgia: Desk, number: str) -> None:
    assert claims(f"Biden leads by {number} votes.", georgia) == []
