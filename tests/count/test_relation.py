from datetime import timedelta

import pytest

from bot.count.relation import Relation, relate, worth_saying

CONFIRMS, CONTRADICTS, OTHER_LEADS = Relation.CONFIRMS, Relation.CONTRADICTS, Relation.OTHER_LEADS
POSTED, EARLIER = ("a", 100), ("a", 90)
SHORT, LONG = timedelta(minutes=59), timedelta(hours=1)


@pytest.mark.parametrize(
    ("leader", "margin", "about", "relation"),
    [
        ("a", 100, False, Relation.CONFIRMS),
        ("a", 101, False, Relation.CONTRADICTS),
        ("b", 100, False, Relation.OTHER_LEADS),
        ("a", 105, True, Relation.CONFIRMS),
        ("a", 106, True, Relation.CONTRADICTS),
        ("b", 100, True, Relation.OTHER_LEADS),
        ("a", 200, False, None),  # the source is behind, and does not contradict
        ("a", 203, True, None),
        ("a", 203, False, Relation.CONTRADICTS),
    ],
)
def test_another_source_s_margin_confirms_contradicts_or_is_behind(
    leader: str, margin: int, about: bool, relation: Relation | None
) -> None:
    assert relate(leader, margin, ("a", 100), [("a", 150), ("a", 200)], about=about) is relation


def test_a_tie_agrees_with_a_tie_whoever_is_named() -> None:
    assert relate("b", 0, ("a", 0)) is Relation.CONFIRMS


@pytest.mark.parametrize(
    ("relation", "said", "standing_for", "news"),
    [
        (CONFIRMS, None, SHORT, True),
        (CONFIRMS, (CONFIRMS, POSTED), LONG, False),
        (CONFIRMS, (CONFIRMS, EARLIER), SHORT, False),  # two feeds with the same numbers
        (CONFIRMS, (CONFIRMS, EARLIER), LONG, True),
        (CONFIRMS, (CONTRADICTS, EARLIER), SHORT, True),
        (CONTRADICTS, None, SHORT, True),
        (CONTRADICTS, (CONFIRMS, POSTED), SHORT, True),
        (CONTRADICTS, (CONTRADICTS, EARLIER), LONG, False),
        (OTHER_LEADS, (CONTRADICTS, POSTED), SHORT, True),
        (OTHER_LEADS, (OTHER_LEADS, EARLIER), LONG, False),
        (CONTRADICTS, (OTHER_LEADS, POSTED), SHORT, True),
    ],
)
def test_a_relation_is_news_when_it_turns_or_the_margin_stood_unconfirmed_for_an_hour(
    relation: Relation, said: tuple[str, tuple[str, int]] | None, standing_for: timedelta, news: bool
) -> None:
    assert worth_saying(relation, said, POSTED, standing_for, person=False) is news


def test_a_person_s_agreement_is_no_news_and_a_contradiction_is() -> None:
    assert not worth_saying(CONFIRMS, (CONTRADICTS, POSTED), POSTED, LONG, person=True)
    assert worth_saying(CONTRADICTS, None, POSTED, SHORT, person=True)
