import ast
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import get_args

import pytest

from bot.desk.desk_file import Format, Source
from bot.desk.results_formats import FORMATS
from bot.errors import BadInputError
from bot.feeds import csv_sheet, enhanced_voting, readings
from bot.feeds.ap import reader as ap
from bot.feeds.clarity import detail as clarity_detail
from bot.feeds.clarity import settings as clarity_settings
from bot.feeds.clarity import summary as clarity_summary
from bot.feeds.formats import OTHERS, all_formats, line_reader_of, reader_of
from bot.feeds.nist import reader as nist
from bot.feeds.reader import ReaderContext
from tests.benchmarks.readers import RACES
from tests.faults.fuzz import FUZZED
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


def test_every_format_is_declared_under_its_name() -> None:
    assert [one.name for one in all_formats()] == [*FORMATS, *OTHERS]


def test_every_format_can_stand_in_the_desk_file_and_has_an_interval_that_can() -> None:
    assert set(get_args(Format)) == {*FORMATS, "push"}
    for one in all_formats():
        if one.name in FORMATS:
            layout = {"preset": "florida"} if one.name == "csv" else {}
            url = "https://results.example.org/"
            Source.model_validate({"id": "s", "name": "S", "format": one.name, "url": url, "every": one.every} | layout)


def test_every_format_has_its_example_and_its_bench() -> None:
    assert FUZZED.keys() >= FORMATS.keys()
    assert {race.format for race in RACES} == FORMATS.keys()


def test_nothing_but_the_register_lists_formats() -> None:
    root = Path(__file__).parents[2]
    register = root / "bot" / "desk" / "results_formats.py"
    files = [*(root / "bot").rglob("*.py"), *(root / "cogs").rglob("*.py")]
    texts = {file: file.read_text(encoding="utf-8") for file in files if file != register}
    lists = [
        f"{file.relative_to(root)}:{node.lineno}"
        for file, text in texts.items()
        if sum(f'"{name}"' in text for name in FORMATS) > 2
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict) and len(_strings(node) & FORMATS.keys()) > 2
    ]
    assert lists == []


def _strings(node: ast.List | ast.Tuple | ast.Set | ast.Dict) -> set[object]:
    items = node.keys if isinstance(node, ast.Dict) else node.elts
    return {item.value for item in items if isinstance(item, ast.Constant)}


def test_settings_can_be_printed_and_hold_no_readings() -> None:
    assert line_reader_of("clarity-settings") is clarity_settings.read
    assert line_reader_of("readings") is readings.read
    with pytest.raises(BadInputError, match=r"the format clarity-settings holds no readings; readings, .+ do"):
        reader_of("clarity-settings")


def test_unknown_format_says_which_there_are() -> None:
    with pytest.raises(BadInputError, match=r"there is no format 'tally'; readings, .+ can be read"):
        reader_of("tally")
