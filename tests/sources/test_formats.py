import pytest

from bot.errors import BadInputError
from bot.sources import clarity_summary, readings
from bot.sources.formats import PLANNED, reader_of


def test_formats_have_their_readers() -> None:
    assert reader_of("readings") is readings.read
    assert reader_of("clarity-summary") is clarity_summary.read


@pytest.mark.parametrize("name", PLANNED)
def test_planned_format_says_that_it_cannot_be_read_yet(name: str) -> None:
    with pytest.raises(BadInputError, match=f"the format {name} can't be read yet; readings and clarity-summary can"):
        reader_of(name)


def test_unknown_format_says_which_there_are() -> None:
    with pytest.raises(BadInputError, match="there is no format 'tally'; readings and clarity-summary can be read"):
        reader_of("tally")
