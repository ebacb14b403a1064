"""The candidates of a contest's choices."""

import pytest

from bot.errors import BadInputError
from bot.feeds.ballot import ballot_of


def test_what_was_not_voted_is_no_candidate() -> None:
    ballot = ballot_of(("Ada Quill (Dem)", "Times Over Voted", "Under Votes (Rep)", "BLANKS"))
    assert ballot.ids == ("ada-quill", "times-over-voted", "under-votes", "blanks")
    assert (ballot.names, ballot.parties) == ({"ada-quill": "Ada Quill"}, {"ada-quill": "D"})
    with pytest.raises(BadInputError, match="has no choice but what was not voted"):
        ballot_of(("Undervotes", "Overvotes"))


def test_ballots_and_voters_are_no_candidates() -> None:
    ballot = ballot_of(("Ada Quill", "BALLOTS CAST - TOTAL", "Registered Voters", "Ballots Cast"))
    assert ballot.names == {"ada-quill": "Ada Quill"}


@pytest.mark.parametrize(
    "nobody", ["No Candidate Qualified", "NO CANDIDATE FILED (Dem)", "No Candidate", "No Candidates"]
)
def test_a_party_s_empty_place_is_no_candidate(nobody: str) -> None:
    assert ballot_of(("Ada Quill (Rep)", nobody)).names == {"ada-quill": "Ada Quill"}


@pytest.mark.parametrize(
    "name", ["No", "None of These Candidates", "Noah Candidate", "Candi No Date", "Ann No-Candidate"]
)
def test_who_sounds_like_nobody_is_a_candidate(name: str) -> None:
    assert name in ballot_of(("Ada Quill", name)).names.values()


def test_who_has_withdrawn_keeps_name_id_and_party() -> None:
    before, after = ballot_of(("Ada Quill (Dem)",)), ballot_of(("Ada Quill (Withdrawn) (Dem)",))
    assert before == after
    assert ballot_of(("Ada Quill (Withdrawn)",)).parties == {}


@pytest.mark.parametrize("party", ["WI", "Write-In", "WRI"])
def test_a_write_in_s_label_is_no_party(party: str) -> None:
    assert ballot_of(("Ada Quill", "WRITE-IN"), ("DFL", party)).parties == {"ada-quill": "DFL"}


def test_quotes_that_a_file_s_program_doubled_are_single_again() -> None:
    ballot = ballot_of(('Ada ""Addie"" Quill (I) (Rep)',))
    assert (ballot.ids, ballot.names) == (("ada-addie-quill",), {"ada-addie-quill": 'Ada "Addie" Quill'})


def test_a_name_of_over_300_characters_is_refused() -> None:
    assert ballot_of(("A" * 300, "Bo")).names["bo"] == "Bo"
    with pytest.raises(BadInputError, match="the name of a choice should be plain text of at most 300 characters"):
        ballot_of(("A" * 301, "Bo"))
