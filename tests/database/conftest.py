"""Fixtures for tests of the database."""

from pathlib import Path

import pytest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a path at which a database can be created."""
    return tmp_path / "desk.sqlite3"
