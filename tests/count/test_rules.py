from fractions import Fraction

import pytest

from bot.count.rules import Outlook, Rule, RuleName, outlook


@pytest.mark.parametrize(
    ("seats", "votes", "ahead", "cut"),
    [
        (1, {"a": 5, "b": 9}, ("b",), 4),
        (1, {"a": 9, "b": 9}, (), 0),
        (2, {"a": 5, "b": 9, "c": 7}, ("b", "c"), 2),
        (2, {"a": 5, "b": 9, "c": 5}, ("b",), 0),  # a tie at the cut: the rule does not decide between the two
        (3, {"a": 5, "b": 9}, ("b", "a"), None),  # as many seats as candidates
        (2, {"a": 0, "b": 0, "c": 0}, (), 0),
        (1, {"a": 0}, ("a",), None),
    ],
)
@pytest.mark.parametrize("name", ["plurality", "top-n"])
def test_so_many_get_through_as_there_are_seats_but_for_a_tie_at_the_cut(
    name: RuleName, seats: int, votes: dict[str, int], ahead: tuple[str, ...], cut: int | None
) -> None:
    seen = outlook(Rule(name, seats), votes, sum(votes.values()))
    assert seen == Outlook(ahead=ahead, cut=cut)


@pytest.mark.parametrize(
    ("votes", "counted", "ahead", "line", "over"),
    [
        ({"a": 51, "b": 49}, 100, ("a",), 51, 0),
        ({"a": 50, "b": 50}, 100, (), 51, -1),  # half is not a majority
        ({"a": 497, "b": 480}, 1000, (), 501, -4),
        ({"a": 51, "b": 49}, 101, ("a",), 51, 0),
        ({"a": 51, "b": 49}, 102, (), 52, -1),  # write-ins count in the denominator
        ({"a": 0, "b": 0}, 0, (), 1, -1),
    ],
)
@pytest.mark.parametrize("name", ["majority-runoff", "ranked"])
def test_a_majority_is_more_than_half_of_all_votes(
    name: RuleName, votes: dict[str, int], counted: int, ahead: tuple[str, ...], line: int, over: int
) -> None:
    share = Fraction(votes["a"], counted) if counted else None
    assert outlook(Rule(name), votes, counted) == Outlook(ahead, line, over, share)


@pytest.mark.parametrize(
    ("yes", "counted", "ahead", "line", "over"),
    [(60, 100, (), 61, -1), (61, 100, ("yes",), 61, 0), (599, 1000, (), 601, -2)],
)
def test_a_measure_has_to_pass_its_threshold(
    yes: int, counted: int, ahead: tuple[str, ...], line: int, over: int
) -> None:
    rule = Rule("measure", threshold=Fraction(60, 100))
    seen = outlook(rule, {"yes": yes, "no": counted - yes}, counted)
    assert seen == Outlook(ahead, line, over, Fraction(yes, counted))


def test_a_measure_s_yes_may_have_another_name() -> None:
    assert outlook(Rule("measure"), {"for": 4, "against": 6}, 10).over_line == -2
    assert outlook(Rule("measure"), {"oui": 7, "non": 3}, 10, yes="oui").ahead == ("oui",)


def test_of_a_measure_without_a_known_yes_only_the_line_is_said() -> None:
    assert outlook(Rule("measure"), {"a": 7, "b": 3}, 10) == Outlook((), 6)
    assert outlook(Rule("measure"), {"a": 7, "b": 3}, 10, yes="c") == Outlook((), 6)


@pytest.mark.parametrize(("seats", "threshold"), [(0, Fraction(1, 2)), (1, Fraction(3, 2)), (1, Fraction(-1))])
def test_a_rule_that_no_contest_can_have_is_refused(seats: int, threshold: Fraction) -> None:
    with pytest.raises(ValueError, match="can't be"):
        Rule("plurality", seats, threshold)
