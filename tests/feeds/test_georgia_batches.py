import ast
import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from bot.__main__ import main

Row: TypeAlias = dict[str, str]
Json: TypeAlias = dict[str, Any]
Shape: TypeAlias = Callable[[list[Row]], list[Json]]


@pytest.fixture
def rows(feeds: Path) -> list[Row]:
    with (feeds / "batches" / "georgia-2020.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_reading(row: Row, units: Json) -> Json:
    votes = {
        row[f"{who}_candidate_name"].lower(): int(row[f"{who}_candidate_votes"]) for who in ("leading", "trailing")
    }
    return {
        "source": "times",
        "contest": "ga-2020-president",
        "as_of": row["timestamp"].replace(" ", "T") + "Z",
        "votes": votes,
        "total": int(row["total_votes_count"]),
        "reporting": {"precincts": [int(row["precincts_reporting"]), int(row["precincts_total"])]},
    } | units


def with_unit_batches(rows: list[Row]) -> list[Json]:
    return [as_reading(row, {"unit_batch": ast.literal_eval(row["counties_partition"])}) for row in rows]


def with_unit_totals(rows: list[Row]) -> list[Json]:
    """Return readings with county totals, added up from the batches. The tracker has no county totals, so each
    starts at a round number.
    """
    batches = [ast.literal_eval(row["counties_partition"]) for row in rows]
    totals = {county: 1000 for batch in batches for county in batch}
    readings = []
    for row, batch in zip(rows, batches, strict=True):
        totals |= {county: totals[county] + votes for county, votes in batch.items()}
        readings.append(as_reading(row, {"units": {county: {"total": votes} for county, votes in totals.items()}}))
    return readings


def changes_of(readings: list[Json], file: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Json]:
    file.write_text("".join(json.dumps(reading) + "\n" for reading in readings))
    assert main(["changes", str(file)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return {change["as_of"]: change for change in map(json.loads, out.splitlines())}


def expected(before: Json, row: Row) -> Json:
    """Return the change between two rows, computed from the tracker's own figures without the bot's code."""
    leader, other = (row[f"{who}_candidate_name"].lower() for who in ("leading", "trailing"))
    now = {leader: int(row["leading_candidate_votes"]), other: int(row["trailing_candidate_votes"])}
    margin, margin_before = int(row["vote_differential"]), before["votes"][leader] - before["votes"][other]
    new_votes = int(row["total_votes_count"]) - before["total"]
    batch = {name: now[name] - before["votes"][name] for name in now}
    kinds = {
        "revision": new_votes < 0 or min(batch.values()) < 0,
        "lead_change": margin_before < 0,
        "margin": margin != margin_before,
        "no_margin_change": new_votes != 0 or any(batch.values()),
        "progress": True,
    }
    return {
        "kind": next(kind for kind, fits in kinds.items() if fits),
        "lead_changed": margin_before < 0,
        "leader": leader,
        "margin": margin,
        "margin_before": margin_before,
        "margin_change": margin - margin_before,
        "new_votes": new_votes,
        "batch": batch,
    }


@pytest.mark.parametrize("shape", [with_unit_totals, with_unit_batches])
def test_every_batch_agrees_with_the_trackers_own_figures(
    rows: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str], shape: Shape
) -> None:
    readings = shape(rows)
    changes = changes_of(readings, tmp_path / "georgia.jsonl", capsys)
    compared = 0
    for row, before, after in zip(rows[1:], readings, readings[1:], strict=False):
        change = changes.get(after["as_of"])
        if before | {"as_of": ""} == after | {"as_of": ""}:
            assert change is None
            continue
        assert change is not None
        compared += 1
        assert {field: change[field] for field in expected(before, row)} == expected(before, row)
        assert sum((change["units"] or {}).values()) + (change["unexplained"] or 0) == change["new_votes"]
    assert len(changes) == compared + 1


def test_hard_cases_are_there(rows: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes = list(changes_of(with_unit_totals(rows), tmp_path / "georgia.jsonl", capsys).values())
    assert len(changes) == 224
    assert [change["as_of"][:16] for change in changes if change["lead_changed"]] == ["2020-11-06T09:50"]
    assert sum(change["new_votes"] < 0 for change in changes[1:]) == 12
    (fell,) = (change for change in changes if change["as_of"].startswith("2020-11-20T01:55"))
    assert fell["kind"] == "revision"
    assert fell["new_votes"] > 0
