"""Every sentence of `sentences/` claims what it says there, field for field, and nothing else."""

from collections import Counter

import pytest

from bot.desk.desk_file import Desk
from tests.prose.conftest import TUNED, cases, is_offered, read

ALL = [case for name in TUNED for case in cases(name)]
HELD_OUT = [*cases("held_out"), *cases("held_out_2"), *cases("held_out_3")]
SURE, OFFERED = 0.75, 0.95
"""Of what is claimed in sentences that the grammar was not made with: surely so, and of the sentences offered in full.

At the first look the sure tier had 53 of 60 claims of the first collection and none false, of the second 34 of 44 and one
false (ballots "left in a Chatham County office"), of the third 47 of 61 and two false ("across America", "at one stage"). All
were mended after that, so that they are a guard by now, and no measure.
"""


@pytest.mark.parametrize("name", TUNED)
def test_each_sentence_claims_what_it_says(georgia: Desk, name: str) -> None:
    said = {case.text: in_any_order(case.claims) for case in cases(name) if not case.missed}
    assert {text: in_any_order(read(text, georgia)) for text in said} == said


def test_what_is_not_understood_is_left_out_and_not_guessed(georgia: Desk) -> None:
    missed = {case.text: (read(case.text, georgia), case.claims) for case in ALL if case.missed}
    assert missed
    assert {text: found for text, (found, said) in missed.items() if any(claim not in said for claim in found)} == {}
    assert [text for text, (found, said) in missed.items() if len(found) >= len(said)] == []


def test_no_claim_of_a_sentence_held_back_is_false(georgia: Desk) -> None:
    false = {case.text: [one for one in read(case.text, georgia) if one not in case.claims] for case in HELD_OUT}
    assert {text: claims for text, claims in false.items() if claims} == {}


def test_most_claims_of_sentences_held_back_are_sure_and_nearly_all_are_offered(georgia: Desk) -> None:
    wanted = sum(len(case.claims) for case in HELD_OUT)
    assert sum(len(read(case.text, georgia)) for case in HELD_OUT) >= SURE * wanted
    assert sum(is_offered(case, georgia) for case in HELD_OUT) >= OFFERED * len(HELD_OUT)


def test_there_are_enough_sentences_and_a_third_are_traps() -> None:
    everything = [*ALL, *HELD_OUT]
    traps = [case for case in everything if not case.claims]
    assert len(everything) >= 200
    assert len(traps) * 3 >= len(everything)
    kinds = Counter(claim["claim"] for case in everything for claim in case.claims)
    assert (
        min(kinds[kind] for kind in ("margin", "margin_change", "total", "certified", "outstanding", "no_change")) >= 10
    )


def in_any_order(claims: list[dict[str, object]]) -> list[str]:
    return sorted(repr(sorted(claim.items())) for claim in claims)
