"""Tests guessing what the columns of an unknown table contain."""

from collections.abc import Mapping

import pytest

from bot.desk.sheet_layout import ColumnName
from bot.errors import BadInputError
from bot.feeds.sheet_mapping import columns_typed, mapping_of


def columns(*lines: str) -> Mapping[ColumnName, str | list[str]]:
    return mapping_of("\n".join(lines).encode(), {}).columns


@pytest.mark.parametrize(
    "votes",
    [
        *("Votes", "CandidateVotes", "TOTAL VOTES", "SumOfCount", "total_votes", "Votes for candidate", "Vote Count"),
        *("Count", "Total", "votes_received", "Number of Votes"),
    ],
)
@pytest.mark.parametrize("candidate", ["Candidate", "CandidateName", "Name on Ballot", "Choice Name", "choice", "Name"])
def test_headings_are_known_by_their_words(votes: str, candidate: str) -> None:
    assert columns(f"Contest Title,{candidate},{votes}", "Issue,Yes,4") == {
        "contest": "Contest Title",
        "candidate": candidate,
        "votes": votes,
    }


def test_what_tells_contests_of_one_name_apart_is_part_of_the_contest() -> None:
    rows = ("House,1,Ada Quill,Bacon,4", "House,2,Bo Reed,Bacon,5")
    assert columns("race,jurisdiction,candidate,county,votes", *rows)["contest"] == ["race", "jurisdiction"]
    same = ("House,1,Ada Quill,Bacon,4", "House,2,Ada Quill,Coffee,5")
    assert columns("race,jurisdiction,candidate,county,votes", *same)["contest"] == "race"


def test_precincts_of_one_county_are_units_and_those_of_several_are_parts() -> None:
    head = "County,Precinct,Contest,Candidate,Votes"
    one = columns(head, "Bacon,1,Issue,Yes,4", "Bacon,2,Issue,Yes,5")
    assert (one["unit"], "part" in one) == ("Precinct", False)
    several = columns(head, "Bacon,1,Issue,Yes,4", "Coffee,1,Issue,Yes,5")
    assert (several["unit"], several["part"]) == ("County", "Precinct")


def test_the_precincts_column_that_has_no_gaps_is_taken() -> None:
    rows = ("901,2154,Issue,Yes,4", "Owner,,Issue,Yes,5")
    assert columns("Precinct Code,Precinct Number,Contest,Choice,Votes", *rows)["unit"] == "Precinct Code"


def test_the_total_of_a_contest_is_no_candidate_s_votes() -> None:
    head = "Contest,Candidate,Votes,Total Votes"
    found = columns(head, "Issue,Yes,4,9", "Issue,No,5,9")
    assert (found["votes"], found["total"]) == ("Votes", "Total Votes")
    with pytest.raises(BadInputError, match="nothing says which of them has a candidate's votes"):
        columns(head, "Issue,Yes,4,9", "Issue,No,5,11")


def test_a_key_tells_contests_apart_better_than_a_name_and_parts_of_a_name_are_one() -> None:
    found = columns("RaceID,RaceName,First Name,Last Name,Votes", "7,Mayor,Ada,Quill,4")
    assert found == {
        "contest": "RaceID",
        "contest_name": "RaceName",
        "candidate": ["First Name", "Last Name"],
        "votes": "Votes",
    }


def test_titles_and_headings_in_two_rows_are_known() -> None:
    assert columns("Results,,", ",Contest,Total", "Choice,Title,Votes", "Yes,Issue,4") == {
        "contest": "Contest Title",
        "candidate": "Choice",
        "votes": "Total Votes",
    }


def test_what_is_not_known_is_asked_for_with_what_is() -> None:
    with pytest.raises(BadInputError) as caught:
        columns("Race,Who,Votes", "Mayor,Ada Quill,4")
    assert str(caught.value) == (
        "is a table, and its headings don't say which column has the candidates: Race | Who | Votes; say it with --columns "
        "contest=Race,votes=Votes,candidate=\u2026"
    )


def test_columns_are_typed_with_plus_for_several() -> None:
    assert columns_typed("contest=race+party, candidate=Name on Ballot") == {
        "contest": ["race", "party"],
        "candidate": "Name on Ballot",
    }
