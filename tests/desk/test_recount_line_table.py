from fractions import Fraction
from pathlib import Path

import pytest

from bot.desk.recount_line_table import load_recount_lines
from bot.errors import BadInputError

SHIPPED = Path(__file__).parents[2] / "data/recount_lines.toml"


def test_georgias_line_is_half_a_percent_of_all_votes_and_on_request() -> None:
    georgia, *_ = load_recount_lines(SHIPPED)
    assert (georgia.state, georgia.share, georgia.inclusive) == ("GA", Fraction(1, 200), True)
    assert (georgia.denominator, georgia.kind, georgia.verified) == ("all_votes", "on_request", True)
    assert "21-2-495" in georgia.source


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (("0.5%", "many"), "lines.0.share"),
        (("GA", "Georgia"), "lines.0.state"),
        (("all_votes", "some_votes"), "lines.0.denominator"),
        (("verified = true", 'verified = "yes"'), "lines.0.verified"),
        (("[[lines]]", "[[lines"), "not TOML"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, edit: tuple[str, str], fault: str) -> None:
    path = tmp_path / "lines.toml"
    path.write_text(SHIPPED.read_text("utf-8").replace(*edit, 1), "utf-8")
    with pytest.raises(BadInputError, match=fault):
        load_recount_lines(path)


def test_a_state_twice_a_missing_file_and_other_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "lines.toml"
    path.write_text(SHIPPED.read_text("utf-8") * 2, "utf-8")
    with pytest.raises(BadInputError, match="the state GA is there twice"):
        load_recount_lines(path)
    with pytest.raises(BadInputError, match="can't be read"):
        load_recount_lines(tmp_path / "none.toml")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadInputError, match=r"lines\.toml: .* not UTF-8"):
        load_recount_lines(path)
