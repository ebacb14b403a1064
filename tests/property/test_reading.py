import json
from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.count.reading import Reading, describe_refusal
from tests.conftest import share
from tests.property.strategies import readings

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50) | st.text(min_size=5000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = [*(one.name for one in fields(Reading)), "nonsense\nkey"]


@share(0.4)
@given(readings())
def test_a_reading_survives_json(reading: Reading) -> None:
    line = reading.to_json()
    assert "\n" not in line
    assert Reading.model_validate_json(line) == reading
    assert Reading.model_validate(json.loads(line)) == reading


@share(0.4)
@given(readings(), st.sampled_from(FIELDS), anything)
def test_whatever_stands_in_a_field_is_read_or_refused_in_one_short_line(
    reading: Reading, field: str, value: object
) -> None:
    said = json.loads(reading.to_json()) | {field: value}
    try:
        Reading.model_validate(said)
    except ValidationError as error:
        line = describe_refusal(error, said)
        assert line.isprintable()
        assert len(line) <= 600
