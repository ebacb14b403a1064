"""Tests that the id of a caller added by a newsroom contains everything known about the caller."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.count.call import Verb
from bot.desk.desk_file import Desk, added_caller, added_caller_of
from tests.conftest import small_desk

NAMES = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=60).filter(
    lambda name: name.isprintable() and name == name.strip()
)


@given(NAMES, st.sampled_from(get_args(Verb)))
def test_an_added_caller_is_known_by_its_id_alone(name: str, verb: Verb) -> None:
    caller = added_caller(name, verb)
    assert small_desk().source(caller.id) == added_caller_of(caller.id) == caller
    assert (caller.name, caller.calls, caller.public, caller.person) == (name, verb, True, False)


@pytest.mark.parametrize(
    "key", ["caller:", "caller:CNN", "caller:shouted:CNN", "caller:called:", "caller:called: ", "called:CNN", "cnn"]
)
def test_no_other_id_is_a_caller(key: str) -> None:
    assert added_caller_of(key) is None


def test_the_desk_file_has_no_source_by_such_an_id() -> None:
    fields = small_desk().model_dump(exclude_unset=True)
    fields["sources"][0]["id"] = "caller:called:CNN"
    with pytest.raises(ValueError, match="ids that begin with caller: are of callers that newsrooms add"):
        Desk.model_validate(fields)
