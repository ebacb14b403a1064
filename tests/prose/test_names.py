import pytest

from bot.desk.desk_file import Candidate, Contest, Desk
from bot.prose.names import Names
from bot.prose.tokens import tokens_of


def named(text: str, contest: Contest) -> list[tuple[str, str]]:
    """Return (candidate's id, the words that name the candidate) for each mention in a text."""
    tokens = tokens_of(text, 0, len(text))
    names = Names(contest)
    found = [one for i in range(len(tokens)) if (one := names.at(tokens, i))]
    return [(one.candidate, text[tokens[one.first].start : tokens[one.first + one.length - 1].end]) for one in found]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Biden", "Biden"),
        ("biden", "biden"),
        ("BIDEN", "BIDEN"),
        ("Joe Biden", "Joe Biden"),
        ("Bidens lead", "Bidens"),
        ("Joseph R. Biden", "Joseph R. Biden"),
        ("President-elect Joe Biden", "President-elect Joe Biden"),
        ("that Democrat Joe Biden's", "Democrat Joe Biden"),
        ("@JoeBiden", "@JoeBiden"),
        ("But Biden", "Biden"),
        ("for Mr. Biden", "Mr. Biden"),
    ],
)
def test_candidate_is_known_by_last_name_title_and_first_names(georgia: Desk, text: str, name: str) -> None:
    ((candidate, words),) = named(text, georgia.contests[0])
    assert (candidate, words.removeprefix("President-elect ").removeprefix("elect ")) == (
        "biden",
        name.removeprefix("President-elect "),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Hunter Biden leads",
        "when Hunter Biden",
        "and Eric Trump",
        "Donald Trump Jr.",
        "@notbiden",
        "the president",
        "Bid en",
    ],
)
def test_others_of_the_same_name_are_not_the_candidate(georgia: Desk, text: str) -> None:
    assert named(text, georgia.contests[0]) == []


def test_two_of_one_last_name_need_their_first_names() -> None:
    candidates = [
        {"id": "joe", "name": "Joseph King", "last": "King"},
        {"id": "ann", "name": "Ann King", "last": "King"},
    ]
    contest = Contest.model_validate({"id": "x", "name": "Mayor", "leads": "times", "candidates": candidates})
    assert named("King leads, Joe King says; and Ann King?", contest) == [("joe", "Joe King"), ("ann", "Ann King")]


def test_last_name_that_is_a_word_of_the_grammar_is_not_read() -> None:
    candidates = [{"id": "yes", "name": "Lead", "last": "Lead"}, {"id": "no", "name": "No", "last": "No"}]
    contest = Contest.model_validate({"id": "x", "name": "Amendment 1", "leads": "times", "candidates": candidates})
    assert named("Lead and No", contest) == []


def test_initials_and_what_the_desk_file_also_calls_somebody_are_names() -> None:
    candidates = [
        {"id": "ccm", "name": "Catherine Cortez Masto", "last": "Cortez Masto", "also": ["Senator Cat"]},
        {"id": "laxalt", "name": "Adam Paul Laxalt", "last": "Laxalt"},
    ]
    contest = Contest.model_validate({"id": "x", "name": "Senate", "leads": "times", "candidates": candidates})
    assert named("CCM up, APL behind, Senator Cat leads; ccm", contest) == [
        ("ccm", "CCM"),
        ("laxalt", "APL"),
        ("ccm", "Senator Cat"),
    ]


def test_initials_and_parties_are_names_beside_a_number_where_one_candidate_alone_has_them() -> None:
    candidates = [
        {"id": "biden", "name": "Joseph R. Biden", "last": "Biden", "party": "D"},
        {"id": "trump", "name": "Donald J. Trump", "last": "Trump", "party": "R"},
        {"id": "day", "name": "Jo Day", "last": "Day", "party": "D"},
    ]
    contest = Contest.model_validate({"id": "x", "name": "President", "leads": "times", "candidates": candidates})
    assert named("T+18,042, B 2,449,371, 366 R and JB: 917", contest) == [
        ("trump", "T"),
        ("biden", "B"),
        ("trump", "R"),
        ("biden", "JB"),
    ]
    assert named("Plan B, R. Smith and D 12", contest) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Joe is up", "Biden is up"),
        ("Don 8, Joe 9", "Trump 8, Biden 9"),
        ("Joe Biden is up", "Joe Biden is up"),
        ("Joe Manchin is up", "Joe Manchin is up"),
        ("a J in a cup of joe", "a J in a cup of joe"),
    ],
)
def test_a_first_name_stands_for_the_only_candidate_who_has_it(georgia: Desk, text: str, meant: str) -> None:
    assert with_last_names(text, georgia.contests[0]) == meant


def test_a_first_name_is_not_replaced_if_it_is_shared_or_a_last_name(georgia: Desk) -> None:
    candidates = [
        Candidate(id="a", name="Jeff Van Drew", last="Van Drew", party="R"),
        Candidate(id="b", name="James Lankford", last="Lankford", party="D"),
        Candidate(id="c", name="Kendra James", last="James", party="L"),
        Candidate(id="d", name="Kendra Ward", last="Ward", party="I"),
    ]
    contest = georgia.contests[0].model_copy(update={"candidates": candidates})
    assert with_last_names("Jeff 5, James 4, Kendra 3", contest) == "Van Drew 5, James 4, Kendra 3"


def with_last_names(text: str, contest: Contest) -> str:
    tokens = Names(contest).with_last_names(tokens_of(text, 0, len(text)))
    return " ".join(token.text for token in tokens).replace(" ,", ",")
