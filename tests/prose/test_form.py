"""Strict reading of what is typed into the form for a tally."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.count.entry import MOST_PIECES, Piece
from bot.count.statement import Outstanding
from bot.desk.counties import counties_of
from bot.desk.desk_file import load_desk
from bot.desk.toml_file import shipped
from bot.errors import BadInputError, ChooseError
from bot.prose.form import piece_of, pieces_of_form, typed_batch

PRESIDENT = load_desk(shipped("desks", "georgia-2020.toml")).contests[0]


def read(**fields: str) -> Piece:
    return piece_of(PRESIDENT, **({"margin": "", "votes": "", "left": "", "certified": ""} | fields))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"margin": "Biden 14,101"}, {"leader": "biden", "margin": 14101}),
        ({"margin": "Biden +14101"}, {"leader": "biden", "margin": 14101}),
        ({"margin": "joseph r. biden: 14,101 votes"}, {"leader": "biden", "margin": 14101}),
        ({"margin": "Biden leads by 14,170"}, {"leader": "biden", "margin": 14170}),
        ({"margin": "biden ahead by 14,170 votes"}, {"leader": "biden", "margin": 14170}),
        ({"margin": "Joseph R. Biden is up 14,170"}, {"leader": "biden", "margin": 14170}),
        ({"margin": "Biden by 14170"}, {"leader": "biden", "margin": 14170}),
        ({"margin": "Biden\u2019s lead: 14,170"}, {"leader": "biden", "margin": 14170}),
        (
            {"margin": "Trump has a lead of about 2,000"},
            {"leader": "trump", "margin": 2000, "approximate": ("margin",)},
        ),
        ({"margin": "14,101"}, {"leader": None, "margin": 14101}),
        ({"margin": "about 14,000"}, {"leader": None, "margin": 14000, "approximate": ("margin",)}),
        ({"margin": "Trump just over 2,000"}, {"leader": "trump", "margin": 2000, "approximate": ("margin",)}),
        ({"votes": "4,991,741"}, {"total": 4991741}),
        ({"votes": "total 4,991,741 votes"}, {"total": 4991741}),
        (
            {"votes": "Biden 2,471,895; Trump 2,457,794; Jorgensen 62,509; total 4,992,198"},
            {"leader": "biden", "margin": 14101, "total": 4992198},
        ),
        ({"votes": "Biden 2,471,895, Trump 2,457,794, Jorgensen 62,509"}, {"leader": "biden", "margin": 14101}),
        ({"left": "4,355"}, {"outstanding": Outstanding(ballots=4355)}),
        ({"left": "Clayton County 4,355"}, {"outstanding": Outstanding(ballots=4355, units=("Clayton",))}),
        ({"left": "4355 ballots left in De Kalb"}, {"outstanding": Outstanding(ballots=4355, units=("DeKalb",))}),
        (
            {"left": "about 4,000 in Clayton and Fulton"},
            {"outstanding": Outstanding(ballots=4000, units=("Clayton", "Fulton")), "approximate": ("outstanding",)},
        ),
        ({"certified": "96 of 159"}, {"certified": (96, 159)}),
        ({"certified": "96/159"}, {"certified": (96, 159)}),
        ({"certified": "96"}, {"certified": (96, 159)}),
    ],
)
def test_a_field_says_what_was_typed(fields: dict[str, str], said: dict[str, Any]) -> None:
    piece = read(**fields)
    assert {name: getattr(piece, name) for name in said} == said


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "nothing was filled in"),
        ({"margin": "a lot"}, 'margin: "a lot" can\'t be read; try Biden 14,101'),
        ({"margin": "14.101"}, 'margin: "14.101" can\'t be read'),
        ({"margin": "1,41,01"}, 'margin: "1,41,01" can\'t be read'),
        ({"margin": "-5"}, 'margin: "-5" can\'t be read; try Biden 14,101'),
        ({"margin": "Biden -14,101"}, 'margin: "Biden -14,101" can\'t be read'),
        ({"margin": "Trump trails by 14,101"}, 'margin: "Trump trails by 14,101" can\'t be read'),
        ({"margin": "Biden's lead up 48"}, "margin: \"Biden's lead up 48\" can't be read"),
        ({"margin": "Biden leads Trump by 14,101"}, 'margin: "Biden leads Trump by 14,101" can\'t be read'),
        (
            {"margin": "Bidne leads by 14,101"},
            'margin: no candidate of President is called "Bidne". Did you mean Joseph R. Biden?',
        ),
        (
            {"margin": "Bidne 14,101"},
            'margin: no candidate of President is called "Bidne". Did you mean Joseph R. Biden?',
        ),
        ({"margin": "J 14,101"}, 'margin: "J" could be Joseph R. Biden, Donald J. Trump or Jo Jorgensen'),
        ({"margin": "Biden 99999999999999"}, "more than any contest can have"),
        ({"votes": "Biden 10; Trump 5"}, "Jorgensen is not there, so who leads can't be told"),
        ({"votes": "Biden 10; Biden 5"}, "Biden is there twice"),
        ({"votes": "10; 12"}, "two totals, 10 and 12"),
        ({"votes": "Biden 10; Trump 5; Jorgensen 1; total 12"}, "16 together, more than the total, 12"),
        ({"votes": "Biden 10; Trump 5; Jorgensen 1", "margin": "Biden 6"}, "Biden by 5, and the margin says 6"),
        ({"votes": "Biden 10; Trump 5; Jorgensen 1", "margin": "Trump 5"}, "one of the two is a slip"),
        ({"left": "Cobbb 30"}, 'ballots left: no county of GA is called "Cobbb". Did you mean Cobb,'),
        ({"certified": "160 of 159"}, "160 of 159 is more than all"),
        ({"certified": "96 of 67"}, "more than all"),
        ({"certified": "96 of 160"}, "Georgia has 159 counties, not 160"),
        ({"certified": "many"}, 'certified: "many" can\'t be read'),
    ],
)
def test_what_can_t_be_read_is_refused_in_a_sentence_that_names_it(fields: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read(**fields)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_margin_that_agrees_with_the_votes_takes_its_leader_from_them() -> None:
    piece = read(votes="Biden 10; Trump 5; Jorgensen 1", margin="5")
    assert (piece.leader, piece.margin) == ("biden", 5)


def test_two_candidates_votes_are_enough_where_the_margin_is_said_and_is_theirs() -> None:
    votes = "Biden 2,471,950, Trump 2,457,801, total 4,992,260"
    for margin in ("Biden 14,149", "14,149"):
        piece = read(votes=votes, margin=margin)
        assert (piece.leader, piece.margin, piece.total) == ("biden", 14149, 4992260)
    with pytest.raises(BadInputError, match="one of the two is a slip"):
        read(votes=votes, margin="Biden 14,101")
    with pytest.raises(BadInputError, match="Jorgensen is not there"):
        read(votes=votes)


def test_a_place_that_is_no_county_is_kept_without_hidden_characters() -> None:
    precincts = PRESIDENT.model_copy(update={"unit": "precinct", "state": None})
    piece = piece_of(precincts, margin="", votes="", left="Lamp\u202e  City\u200d, \u2066 and Ward 4,355", certified="")
    assert piece.outstanding == Outstanding(ballots=4355, units=("Lamp City", "Ward"))


@given(st.sampled_from(["margin", "votes", "left", "certified"]), st.text(max_size=60))
def test_whatever_is_typed_of_precincts_gives_a_piece_or_a_sentence(field: str, text: str) -> None:
    precincts = PRESIDENT.model_copy(update={"unit": "precinct", "state": None})
    empty = {"margin": "", "votes": "", "left": "", "certified": ""}
    try:
        said: Piece | str = piece_of(precincts, **(empty | {field: f"{text} 12" if field == "left" else text}))
    except BadInputError as error:
        said = str(error)
    assert 0 < len(said) < 400 if isinstance(said, str) else said.figures


@given(st.sampled_from(["margin", "votes", "left", "certified"]), st.text(max_size=60))
def test_whatever_is_typed_gives_a_piece_or_a_sentence(field: str, text: str) -> None:
    try:
        said: Piece | str = read(**{field: text})
    except BadInputError as error:
        said = str(error)
    assert 0 < len(said) < 400 if isinstance(said, str) else said.figures


@pytest.mark.parametrize(
    ("votes", "margin", "leader", "change"),
    [
        ("Trump-Biden: Fulton 61-13, DeKalb 40-9", "Biden 14,101", "biden", -79),
        ("Biden leads; Trump-Biden: Fulton 61-13; Dekalb 40 - 9", "", "biden", -79),
        ("Biden-Trump: Fulton 1,061-13\nDeKalb 40-9", "Biden 14,101", "biden", 1079),
        ("trump leads, Biden-Trump: fulton 61-13", "", "trump", -48),
    ],
)
def test_new_votes_by_county_are_a_change_of_the_lead(votes: str, margin: str, leader: str, change: int) -> None:
    piece = read(votes=votes, margin=margin)
    assert (piece.leader, piece.margin_change) == (leader, change)
    assert votes.rsplit(maxsplit=1)[-1] in piece.words


def test_whose_new_votes_are_and_who_leads_is_asked() -> None:
    typed = "Fulton 61-13, DeKalb 40-9"
    with pytest.raises(ChooseError, match="votes: whose votes come first") as caught:
        read(votes=typed)
    assert [label for label, _ in caught.value.choices] == [f"Biden-Trump: {typed}", f"Trump-Biden: {typed}"]
    ordered = caught.value.choices[1][1]
    with pytest.raises(ChooseError, match="votes: who leads") as caught:
        read(votes=ordered)
    assert read(votes=caught.value.choices[0][1]).margin_change == -79
    with pytest.raises(ChooseError, match="Did you mean Fulton"):
        read(votes="Biden leads; Trump-Biden: Foulton 61-13")
    with pytest.raises(BadInputError, match="of who leads, and of who is second"):
        read(votes="Jorgensen leads; Trump-Biden: Fulton 61-13")


@pytest.mark.parametrize(
    "left", ["Clayton 4,355, Cobb 700", "Clayton: 4,355\nCobb: 700", "4,355 in Clayton; 700 in Cobb"]
)
def test_a_list_of_counties_with_ballots_left_is_a_piece_each(left: str) -> None:
    first, second = pieces_of_form(PRESIDENT, margin="Biden 14,101", votes="", left=left, certified="")
    assert (first.margin, first.outstanding) == (14_101, Outstanding(ballots=4355, units=("Clayton",)))
    assert second.figures == {"outstanding": Outstanding(ballots=700, units=("Cobb",))}


@pytest.mark.parametrize("shared", ["about 4,000 in Clayton, Fulton", "Clayton, Fulton about 4,000"])
def test_counties_that_share_one_figure_stay_one_piece(shared: str) -> None:
    fields = {"margin": "", "votes": "", "certified": ""}
    (piece,) = pieces_of_form(PRESIDENT, left=shared, **fields)
    assert piece.outstanding == Outstanding(ballots=4000, units=("Clayton", "Fulton"))
    assert len(pieces_of_form(PRESIDENT, left=f"{shared}; Cobb 700", **fields)) == 2


@pytest.mark.parametrize(
    ("left", "what"),
    [
        ("Cobb 700, Clayton 4,355, Cobb County 800", "Cobb"),
        ("Clayton, Cobb 4,000; Cobb 700", "Cobb"),
        ("4,355; Cobb 700; about 5,000", "the whole contest"),
    ],
)
def test_two_figures_of_ballots_left_in_one_place_are_refused(left: str, what: str) -> None:
    with pytest.raises(BadInputError, match=f"^ballots left: {what} is there twice$"):
        pieces_of_form(PRESIDENT, margin="", votes="", left=left, certified="")


def test_more_counties_with_ballots_left_than_an_entry_holds_are_refused_and_not_cut_off() -> None:
    left = ", ".join(f"{county.short} 7" for county in counties_of("GA")[: MOST_PIECES + 1])
    with pytest.raises(
        BadInputError, match=r"^ballots left: 26 figures are more than an entry holds, 25: enter the rest"
    ):
        pieces_of_form(PRESIDENT, margin="", votes="", left=left, certified="")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("Gwinnett", "3,600", "Biden +2,100"), ((3600, ("Gwinnett",), [], ("biden", 2100)), False)),
        (
            ("dekalb county, Cobb", "about 1414 more votes", "biden 824; Trump: 568"),
            ((1414, ("DeKalb", "Cobb"), [("biden", 824), ("trump", 568)], None), True),
        ),
        (("", "+74", ""), ((74, (), [], None), False)),
    ],
)
def test_a_batch_is_typed_as_it_is_said(typed: tuple[str, str, str], said: object) -> None:
    batch, about = typed_batch(PRESIDENT, *typed)
    net = (batch.net.candidate, batch.net.votes) if batch.net else None
    split = [(one.candidate, one.votes) for one in batch.split]
    assert ((batch.votes, batch.units, split, net), about) == said


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("Gwinett", "3,600", ""), 'where: .*"Gwinett"'),
        (("", "many", ""), 'new votes: "many" can\'t be read'),
        (("", "3,600", "2,100"), 'for whom: "2,100" can\'t be read; try Biden 2,850, or Biden \\+2,100'),
        (("", "3,600", "Biden 3,000, Trump 700"), "for whom: more than the 3,600 votes"),
        (("", "3,600", "Biden +2,100, Trump 700"), "for whom: a batch has a split or a net"),
    ],
)
def test_a_batch_that_can_t_be_read_is_refused_in_a_sentence(typed: tuple[str, str, str], sentence: str) -> None:
    with pytest.raises(BadInputError, match=sentence):
        typed_batch(PRESIDENT, *typed)


@pytest.mark.parametrize(
    ("votes", "margin", "said"),
    [
        ("Gwinnett 3,600: Biden +2,100", "", [("Gwinnett", 3600, None)]),
        ("Cobb, Floyd: about 74 more votes: Trump 61; Biden 13", "", [("Cobb", 74, None)]),
        ("Gwinnett 3,600: Biden +2,100", "Biden 14,101", [("Gwinnett", 3600, None), (None, None, 14_101)]),
        ("total 4,992,198", "Biden 14,101", [(None, None, 14_101)]),
    ],
)
def test_a_batch_may_stand_in_the_field_for_votes(votes: str, margin: str, said: object) -> None:
    pieces = pieces_of_form(PRESIDENT, margin=margin, votes=votes, left="", certified="")
    first = [(one.batch.units[0], one.batch.votes, None) if one.batch else (None, None, one.margin) for one in pieces]
    assert first == said


def test_all_candidates_votes_after_the_total_are_no_batch() -> None:
    for typed in ("total 4,992,198: Biden 2,471,895", "4,992,198: Biden 2,471,895, Trump 2,457,794"):
        with pytest.raises(BadInputError, match=r"votes: .* can't be read"):
            pieces_of_form(PRESIDENT, margin="", votes=typed, left="", certified="")


@given(st.tuples(st.text(max_size=30), st.text(max_size=10), st.text(max_size=60)))
def test_whatever_is_typed_of_a_batch_gives_one_or_a_sentence(typed: tuple[str, str, str]) -> None:
    try:
        said: object = typed_batch(PRESIDENT, typed[0], f"{typed[1]}12", typed[2])
    except BadInputError as error:
        said = str(error)
    assert said
