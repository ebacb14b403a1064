"""What any reader has to make of any file."""

from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds.reader import Reader
from tests.feeds.conftest import ReadBytes


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
