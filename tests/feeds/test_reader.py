import pytest

from bot.feeds.reader import Refusal, quoted


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        ("a\nb", "'a\\nb'"),
        ("x" * 1000, "'" + "x" * 59 + "…'"),
        (12, "12"),
        ([1, 2], "a list"),
        ({"a": 1}, "an object"),
        (10**100, "1" + "0" * 58 + "…"),
    ],
)
def test_values_are_shown_short_and_in_json_words(value: object, shown: str) -> None:
    assert quoted(value) == shown


def test_refusal_names_the_place_the_contest_and_what_is_wrong() -> None:
    assert str(Refusal("a.json", "V is wrong", "5000", "President")) == "a.json: 5000 (President): V is wrong"
    assert str(Refusal("a.jsonl:3", "is empty")) == "a.jsonl:3: is empty"


def test_a_refusal_is_one_line_of_plain_text_whatever_the_feed_calls_its_contest() -> None:
    said = str(Refusal("a.jsonl:3", "is empty", "c\x00\n1", "Pres\u202eident\ufeff"))
    assert said == r"a.jsonl:3: c\x00\n1 (Pres\u202eident\ufeff): is empty"
