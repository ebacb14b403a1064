"""The candidates of a contest's choices."""

import pytest

from bot.errors import BadInputError
from bot.feeds.ballot import ballot_of


@pytest.mark.parametrize("odd", [0, 5, False, [], b"Ada"])
def test_a_name_or_a_party_that_is_no_text_is_refused_empty_or_not(odd: object) -> None:
    with pytest.raises(BadInputError, match="the name of a choice should be text, not "):
        ballot_of.__wrapped__((odd,), (None,), ("1",))
    with pytest.raises(BadInputError, match="the party should be text, not "):
        ballot_of.__wrapped__(("Ada Quill",), (odd,), ("1",))
