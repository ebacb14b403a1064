import pytest

from bot.errors import BadInputError
from bot.sources import ap, clarity_detail, clarity_settings, clarity_summary, readings
from bot.sources.formats import PLANNED, line_reader_of, reader_of


def test_formats_have_their_readers() -> None:
    assert reader_of("readings") is readings.read
    assert reader_of("clarity-summary") is clarity_summary.read
    assert reader_of("clarity-detail") is clarity_detail.read
    assert reader_of("ap") is ap.read


def test_settings_can_be_printed_and_hold_no_readings() -> None:
    assert line_reader_of("clarity-settings") is clarity_settings.read
    assert line_reader_of("readings") is readings.read
    with pytest.raises(BadInputError, match=r"the format clarity-settings holds no readings; readings, .+ do"):
        reader_of("clarity-settings")


@pytest.mark.parametrize("name", PLANNED)
def test_planned_format_says_that_it_cannot_be_read_yet(name: str) -> None:
    with pytest.raises(BadInputError, match=f"the format {name} can't be read yet; readings, .+ can"):
        reader_of(name)


def test_unknown_format_says_which_there_are() -> None:
    with pytest.raises(BadInputError, match=r"there is no format 'tally'; readings, .+ can be read"):
        reader_of("tally")
