"""Damage done to a JSON document, and what any reader has to make of it."""

import copy
import json
from typing import Any

from hypothesis import strategies as st

from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds.reader import Reader
from tests.feeds.conftest import ReadBytes

ODD: st.SearchStrategy[object] = st.sampled_from(
    [None, True, -1, 2.5, 10**11, "", "x", [], {}, "Ada\u200b", float("inf"), 7]
)


def mutated(document: bytes, data: st.DataObject) -> bytes:
    """Return a document some of whose values are replaced, gone or doubled."""
    value = json.loads(document)
    for _ in range(data.draw(st.integers(1, 3))):
        _mutate(value, data)
    return json.dumps(value).replace("Infinity", "1e999").encode()


def outcome_of(read_bytes: ReadBytes, reader: Reader, text: bytes) -> None:
    """Read it; what comes out keeps the rules of a reading, or is refused in one line."""
    try:
        items = read_bytes(reader, text)
    except BadInputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right
        return
    for one in items:
        if isinstance(one, Reading):
            assert Reading.model_validate_json(one.to_json()) == one
        else:
            assert "\n" not in str(one)


def _mutate(document: Any, data: st.DataObject) -> None:  # noqa: ANN401 - any JSON
    places: list[tuple[Any, Any]] = []
    ahead = [document]
    while ahead:
        holder = ahead.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            places.append((holder, key))
            if isinstance(holder[key], (dict, list)):
                ahead.append(holder[key])
    if not places:
        return
    holder, key = data.draw(st.sampled_from(places))
    what = data.draw(st.sampled_from(["odd", "gone", "twice"]))
    if what == "odd":
        holder[key] = data.draw(ODD)
    elif what == "gone":
        del holder[key]
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
