"""Tests how candidates are made from the choices of a contest."""

import io
import json
from collections.abc import Callable

import pytest

from bot.errors import BadInputError
from bot.feeds.ballot import ballot_of
from bot.feeds.formats import reader_of
from bot.feeds.reader import ReaderContext
from tests.feeds import clarity_files, georgia_files
from tests.feeds.conftest import RECEIVED


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


def _summary(*names: str) -> bytes:
    return json.dumps([{"K": "7", "C": "Lamp", "CH": names, "V": [0] * len(names)}]).encode()


def _detail(*names: str) -> bytes:
    return clarity_files.detail(clarity_files.contest(*(clarity_files.choice(one, 0) for one in names), key=7))


def _export(*names: str) -> bytes:
    options = [georgia_files.option("1", 0) | {"id": f"{at}", "name": one} for at, one in enumerate(names)]
    return georgia_files.export([georgia_files.item(*options, key="7")], [])


def _los_angeles(*names: str) -> bytes:
    people = [{"Name": one, "Party": "", "Votes": 0} for one in names]
    contest = {"Title": "7", "Type": "Candidate", "VoteFor": "", "Candidates": people}
    groups = [{"Name": "x", "Contests": [contest]}]
    election = {"ID": 1, "Title": "General", "Date": "2026-11-03T00:00:00", "ContestGroups": groups}
    return json.dumps({"Timestamp": "2026-11-04T01:00:00", "Election": election}).encode()


@pytest.mark.parametrize(
    ("format_name", "file"),
    [
        ("clarity-summary", _summary),
        ("clarity-detail", _detail),
        ("georgia-export", _export),
        ("los-angeles", _los_angeles),
    ],
)
@pytest.mark.parametrize("more", [(), ("Under Votes",)])
def test_a_contest_in_which_nobody_stands_is_no_reading_and_no_refusal(
    format_name: str, file: Callable[..., bytes], more: tuple[str, ...]
) -> None:
    context = ReaderContext("feed", RECEIVED)
    data = file("No Candidate Qualified", *more)
    assert (list(reader_of(format_name)(io.BytesIO(data), context)), context.no_votes_yet) == ([], ["7"])


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
