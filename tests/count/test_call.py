"""Tests a race call in a feed, and when the call is news."""

import pytest
from pydantic import ValidationError

from bot.count.call import Call, call_is_news, called_by
from bot.count.reading import SourceSays

BIDEN = Call(says="called", candidates=("biden",))
NONE, CLOSE, EARLY = Call(says="none"), Call(says="too_close"), Call(says="too_early")


@pytest.mark.parametrize(
    ("says", "call"),
    [
        (SourceSays(call="Called", winners=("biden",)), BIDEN),
        (SourceSays(winners=("biden",)), BIDEN),  # version 2 has the mark alone
        (SourceSays(call="Uncalled"), NONE),
        (SourceSays(expected_percent="98.5"), NONE),  # it says something, and marks nobody
        (SourceSays(call="Too Close to Call"), CLOSE),
        (SourceSays(call="Too Early to Call"), EARLY),
        (SourceSays(runoff=("biden", "trump")), Call(says="runoff", candidates=("biden", "trump"))),
        (SourceSays(call="Called"), None),  # for whom?
        (SourceSays(call="Uncalled", winners=("biden",)), None),
        (SourceSays(call="Something New"), None),
        (None, None),
    ],
)
def test_a_feed_is_taken_at_its_word_or_not_at_all(says: SourceSays | None, call: Call | None) -> None:
    assert called_by(says, "called") == call


def test_a_call_is_put_as_its_caller_puts_it() -> None:
    made = called_by(SourceSays(winners=("biden",)), "projected")
    assert made is not None
    assert made.verb == "projected"


@pytest.mark.parametrize(
    ("call", "before", "news"),
    [
        (BIDEN, None, True),
        (BIDEN, BIDEN, False),
        (BIDEN, CLOSE, True),
        (NONE, BIDEN, True),
        (NONE, None, False),
        (NONE, CLOSE, False),
        (CLOSE, None, True),
        (CLOSE, BIDEN, True),
        (EARLY, None, False),
        (EARLY, BIDEN, True),
        (Call(says="called", candidates=("biden",), verb="declared"), BIDEN, False),
        (Call(says="called", candidates=("trump",)), BIDEN, True),
    ],
)
def test_what_is_news_after_what(call: Call, before: Call | None, news: bool) -> None:
    assert call_is_news(call, before) is news


@pytest.mark.parametrize("wrong", [{"says": "called"}, {"says": "none", "candidates": ("biden",)}, {"says": "won"}])
def test_a_call_that_can_not_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Call.model_validate(wrong)
