"""Claims as pieces of an entry, and an entry as statements."""

from datetime import UTC, datetime

import pytest

from bot.count.entry import Entry, Piece
from bot.count.reported_batch import CandidateVotes
from bot.desk.desk_file import load_desk
from bot.desk.toml_file import shipped
from bot.prose.claim import BatchClaim, ChangeClaim, LeftClaim, MarginClaim
from bot.prose.pieces import pieces_of
from tests.prose.conftest import claims

DESK = load_desk(shipped("desks", "georgia-2020.toml"))
PRESIDENT = DESK.contests[0]
AT = datetime(2020, 11, 11, 13, 25, tzinfo=UTC)  # 8:25 a.m. by the desk's clock


def read(text: str) -> tuple[Piece, ...]:
    return tuple(ticked(piece) for piece in pieces_of(claims(text, DESK), PRESIDENT, AT, DESK.zone))


def ticked(piece: Piece) -> Piece:
    """Return a piece as it is after a person has selected it."""
    return piece.model_copy(update={"kept": True})


def entry(*pieces: Piece, source: str | None = "reporter") -> Entry:
    return Entry(contest=PRESIDENT.id, source=source, as_of=AT, pieces=pieces)


def test_each_claim_is_a_piece_with_its_words() -> None:
    margin, certified, total = read(
        "Biden still out in front by 14,101. 96 of 159 counties have certified. 4,991,741 votes have been counted."
    )
    assert (margin.leader, margin.margin, margin.words) == ("biden", 14101, "Biden still out in front by 14,101")
    assert certified.certified == (96, 159)
    assert total.total == 4991741


def test_what_is_said_twice_is_one_piece() -> None:
    assert len(read("Biden leads by 14,101. The Biden lead stands at 14,101.")) == 1


def test_a_time_of_day_is_the_latest_one_up_to_when_it_was_written() -> None:
    (early,) = read("As of 3:05 a.m. Biden leads by 14,149.")
    assert early.as_of == datetime(2020, 11, 11, 8, 5, tzinfo=UTC)
    (late,) = read("As of 7:24 p.m. Biden leads by 14,149.")
    assert late.as_of == datetime(2020, 11, 11, 0, 24, tzinfo=UTC)


def test_a_time_a_little_ahead_is_of_a_fast_clock_and_not_yesterday_s() -> None:
    (fast,) = read("SoS at 8:26 a.m.: Biden leads by 14,149")
    assert fast.as_of == datetime(2020, 11, 11, 13, 26, tzinfo=UTC)
    (hour,) = read("As of 9:26 a.m. Biden leads by 14,149.")
    assert hour.as_of == datetime(2020, 11, 10, 14, 26, tzinfo=UTC)


def test_by_noon_is_no_time_of_a_figure() -> None:
    (piece,) = read("SoS: Biden ahead by 14,149 by noon")
    assert piece.as_of is None


def test_a_count_of_certified_counties_is_of_all_that_there_are() -> None:
    (piece,) = read("So far 96 counties have certified")
    assert piece.certified == (96, 159)


def test_a_claim_has_the_fields_of_its_kind_and_its_number_always() -> None:
    with pytest.raises(ValueError, match="ballots"):
        LeftClaim.model_validate({"words": "ballots are left"})
    with pytest.raises(ValueError, match="units"):
        MarginClaim.model_validate({"candidate": "biden", "votes": 5, "units": ("Cobb",)})


def test_a_stamp_is_when_it_was_written_and_no_part_of_what_is_printed() -> None:
    (claim,) = claims("8:05 a.m. | Biden leads by 14,101.", DESK)
    assert claim.fields()["time"] is None
    (piece,) = read("8:05 a.m. | Biden leads by 14,101.")
    assert piece.as_of == datetime(2020, 11, 11, 13, 5, tzinfo=UTC)
    assert [one.as_of for one in read("8:05 a.m. PT | Biden leads by 14,101.")] == [None]


def test_different_figures_of_one_time_are_one_statement() -> None:
    (statement,) = entry(*read("Biden leads by 14,101. 4,991,741 votes have been counted.")).statements("ed (1)")
    assert (statement.leader, statement.margin, statement.total) == ("biden", 14101, 4991741)
    assert statement.words == "Biden leads by 14,101 … 4,991,741 votes have been counted"
    assert (statement.entered_by, statement.as_of) == ("ed (1)", AT)


def test_what_has_a_post_of_its_own_is_a_statement_of_its_own_with_its_own_words() -> None:
    made = entry(
        *read("Biden leads by 14,101. 96 of 159 counties have certified. 118 ballots are left in Floyd.")
    ).statements("ed (1)")
    assert [one.words for one in made] == [
        "96 of 159 counties have certified",
        "Biden leads by 14,101",
        "118 ballots are left in Floyd",
    ]
    assert [(one.certified, one.leader, one.margin, bool(one.outstanding)) for one in made] == [
        ((96, 159), None, None, False),
        (None, "biden", 14101, False),
        (None, None, None, True),
    ]


def test_two_of_one_figure_and_two_times_are_statements_of_their_own() -> None:
    two = entry(Piece(leader="biden", margin=14149), Piece(leader="biden", margin=14101)).statements("ed (1)")
    assert [one.margin for one in two] == [14149, 14101]
    times = entry(Piece(leader="biden", margin=5), Piece(total=7, as_of=AT.replace(hour=8))).statements("ed (1)")
    assert [one.as_of for one in times] == [AT, AT.replace(hour=8)]


def test_two_leaders_are_never_in_one_statement() -> None:
    two = entry(Piece(leader="biden", margin=5), Piece(leader="trump", margin_change=3)).statements("ed (1)")
    assert [one.leader for one in two] == ["biden", "trump"]


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (entry(Piece(total=5), source=None), "choose the source"),
        (entry(Piece(total=5, kept=False)), "nothing is kept"),
        (entry(Piece(margin=5)), "a margin needs the candidate who leads"),
    ],
)
def test_an_entry_that_is_not_whole_makes_no_statement(made: Entry, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        made.statements("ed (1)")


def test_a_change_keeps_the_counties_it_came_from() -> None:
    (piece,) = read("Floyd cut Biden's lead by 48 votes.")
    assert (piece.margin_change, piece.units) == (-48, ("Floyd",))


BIDEN, TRUMP = CandidateVotes(candidate="biden", votes=2850), CandidateVotes(candidate="trump", votes=750)


@pytest.mark.parametrize(
    ("split", "net", "said"),
    [
        ({"biden": 2850, "trump": 750}, None, ((BIDEN, TRUMP), None)),
        ({"biden": 2850, "trump": 750}, 2100, ((BIDEN, TRUMP), None)),  # it follows from the split
        ({"trump": 750}, None, ((TRUMP,), None)),
        ({"trump": 750}, 2100, ((), 2100)),
        (None, 2100, ((), 2100)),
        (None, 0, ((), None)),
        (None, None, ((), None)),
    ],
)
def test_a_batch_has_its_split_or_its_net(split: dict[str, int] | None, net: int | None, said: object) -> None:
    gain = None if net is None else CandidateVotes(candidate="biden", votes=net)
    claim = BatchClaim(votes=3600, split=split, net=gain, units=("Gwinnett",), approximate=True)
    (piece,) = pieces_of([claim], PRESIDENT, AT, DESK.zone)
    assert piece.batch is not None
    assert (piece.kept, piece.likely, piece.approximate) == (False, True, ("batch",))
    assert (piece.batch.split, piece.batch.net and piece.batch.net.votes) == said


def test_a_batch_that_contradicts_itself_is_not_offered() -> None:
    claim = BatchClaim(
        votes=3600, split={"biden": 2850, "trump": 750}, net=CandidateVotes(candidate="biden", votes=2000)
    )
    assert pieces_of([claim], PRESIDENT, AT, DESK.zone) == ()


def test_what_a_batch_did_to_the_lead_is_not_offered_beside_it() -> None:
    batch = BatchClaim(votes=3600, net=CandidateVotes(candidate="trump", votes=90), words="x")
    same = ChangeClaim(candidate="biden", votes=-90, words="x")
    other = ChangeClaim(candidate="biden", votes=-91, words="x")
    assert len(pieces_of([same, batch], PRESIDENT, AT, DESK.zone)) == 1
    assert len(pieces_of([other, batch], PRESIDENT, AT, DESK.zone)) == 2


def test_words_of_several_lines_are_one() -> None:
    (statement,) = entry(Piece(total=5, words="4\n991\u202e")).statements("ed (1)")
    assert statement.words == "4 991"
