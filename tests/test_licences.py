"""Tests that the documented licences are those of the installed packages."""

import re
from importlib.metadata import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PINNED = sorted(set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements/run.txt").read_text("utf-8"), re.MULTILINE)))


def licence_of(package: str) -> str:
    said = metadata(package).json
    return f"{said.get('license_expression', '')} {str(said.get('license', ''))[:100]} {said.get('classifier', '')}"


@pytest.mark.parametrize("package", PINNED)
def test_a_library_under_a_licence_that_asks_for_something_is_named_in_the_readme(package: str) -> None:
    try:
        licence = licence_of(package)
    except ModuleNotFoundError:
        pytest.skip("not for this platform")
    if re.search(r"\b([AL]?GPL|MPL|EPL|CDDL)\b|Mozilla", licence):
        assert f"`{package}`" in (ROOT / "README.md").read_text("utf-8")
