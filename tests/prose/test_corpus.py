"""Measures what the reader offers of texts as reporters write them, and of traps, which claim nothing.

The corpus is split in two by the hash of each text. The reader is built with one half; nobody who works on it looks at
the other half, whose figures are the measure.
"""

import sys

import pytest

from tests.prose.conftest import Graded, claims, corpus, desk_of, is_it

CLAIMS_AT_LEAST, TRAPS_AT_MOST = 0.7, 0.3


def offered(one: Graded) -> list[dict[str, object]]:
    return [claim.fields() for claim in claims(one.text, desk_of(one.contest))]


@pytest.mark.parametrize("half", [0, 1])
def test_most_claims_and_few_traps_are_offered(half: int, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [one for one in corpus() if one.half == half]
    real, traps = [one for one in texts if not one.is_trap], [one for one in texts if one.is_trap]
    found = [
        any(is_it(offer, claim) for offer in offers) for one in real if (offers := offered(one)) for claim in one.claims
    ]
    wanted, right = sum(len(one.claims) for one in real), sum(found)
    trapped = sum(bool(offered(one)) for one in traps)
    with capsys.disabled():
        name = "never looked at" if half else "built with"
        line = f"prose, half {name}: {right} of {wanted} claims offered, {trapped} of {len(traps)} traps"
        sys.stdout.write(f"\n{line}\n")
    assert right >= CLAIMS_AT_LEAST * wanted
    assert trapped <= TRAPS_AT_MOST * len(traps)


def test_both_halves_are_large_enough_to_tell() -> None:
    for half in (0, 1):
        texts = [one for one in corpus() if one.half == half]
        assert sum(one.is_trap for one in texts) >= 200
        assert sum(len(one.claims) for one in texts) >= 600
