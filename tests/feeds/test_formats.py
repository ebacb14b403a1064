from datetime import UTC, datetime
from io import BytesIO
from typing import get_args

import pytest

from bot.desk.desk_file import Format
from bot.errors import BadInputError
from bot.feeds import csv_sheet, enhanced_voting, readings
from bot.feeds.ap import reader as ap
from bot.feeds.clarity import detail as clarity_detail
from bot.feeds.clarity import settings as clarity_settings
from bot.feeds.clarity import summary as clarity_summary
from bot.feeds.formats import READERS, line_reader_of, reader_of
from bot.feeds.nist import reader as nist
from bot.feeds.reader import ReaderContext
from tests.feeds.clarity_files import choice, contest, detail


def test_formats_have_their_readers() -> None:
    assert reader_of("readings") is readings.read
    assert reader_of("clarity-summary") is clarity_summary.read
    assert reader_of("ap") is ap.read
    assert reader_of("enhanced-voting") is enhanced_voting.read
    assert reader_of("georgia-export") is enhanced_voting.read_georgia_export
    assert reader_of("nist") is nist.read
    assert reader_of("csv") is csv_sheet.read


def test_a_format_whose_library_is_large_is_read_as_by_its_own_reader() -> None:
    file = detail(contest(choice("Ada Quill (Dem)", 5), choice("Bo Reed (Rep)", 3)))
    context = ReaderContext("detail.xml", datetime(2020, 11, 20, tzinfo=UTC))
    items = list(reader_of("clarity-detail")(BytesIO(file), context))
    assert items == list(clarity_detail.read(BytesIO(file), context))
    assert len(items) == 1


def test_every_format_of_the_desk_file_has_a_reader() -> None:
    assert set(get_args(Format)) == {*READERS, "push"}


def test_settings_can_be_printed_and_hold_no_readings() -> None:
    assert line_reader_of("clarity-settings") is clarity_settings.read
    assert line_reader_of("readings") is readings.read
    with pytest.raises(BadInputError, match=r"the format clarity-settings holds no readings; readings, .+ do"):
        reader_of("clarity-settings")


def test_unknown_format_says_which_there_are() -> None:
    with pytest.raises(BadInputError, match=r"there is no format 'tally'; readings, .+ can be read"):
        reader_of("tally")
