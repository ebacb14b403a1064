"""The form to edit an entry, filled in from the stored entry."""

import pytest

from bot.count.entry import Entry, Piece
from bot.count.statement import Outstanding
from bot.entries.edit_form import typed_figures
from bot.errors import BadInputError
from tests.conftest import small_desk
from tests.entries.hostile_entries import NOW

CONTEST = small_desk().contests[0]


def left(ballots: int, *units: str) -> Piece:
    return Piece(outstanding=Outstanding(ballots=ballots, units=units), approximate=("outstanding",))


def test_ballots_left_in_several_counties_are_typed_as_a_list_and_of_the_whole_contest_once() -> None:
    counties = Entry(contest="ga", as_of=NOW, pieces=(left(4_000, "Clayton"), left(700, "Cobb")))
    assert typed_figures(counties, CONTEST) == {"left": "Clayton about 4,000; Cobb about 700"}
    with pytest.raises(BadInputError, match="two figures of one kind are ticked"):
        typed_figures(Entry(contest="ga", as_of=NOW, pieces=(left(4_000), left(5_000))), CONTEST)
