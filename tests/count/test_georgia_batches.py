"""Runs Georgia's count of 2020, as recorded by a public tracker, through the code that accepts or holds readings.

The table is `feeds/batches/georgia-2020.csv` (alex/nyt-2020-election-scraper), with 226 rows, oldest first.
"""

import ast
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest

from bot.count.judgement import AcceptedReading, HoldReason, JudgedState, Verdict, judge, release
from bot.count.reading import Reading

TABLE = Path(__file__).parents[3] / "shared" / "feeds" / "batches" / "georgia-2020.csv"
EVERY = timedelta(seconds=60)

pytestmark = pytest.mark.skipif(not TABLE.is_file(), reason=f"the recorded feeds are not at {TABLE}")

Units = Literal["unit_batch", "units"]


@dataclass
class Replay:
    """The verdicts on the readings of a replay."""

    verdicts: list[tuple[datetime, Verdict]] = field(default_factory=list)

    @property
    def taken(self) -> list[AcceptedReading]:
        return [taken for _, verdict in self.verdicts for taken in verdict.taken]

    @property
    def known(self) -> JudgedState:
        return self.verdicts[-1][1].known

    def revisions(self, first: datetime, last: datetime) -> list[AcceptedReading]:
        return [one for one in self.taken if one.change.kind == "revision" and first <= one.reading.as_of <= last]


def readings(units: Units) -> list[Reading]:
    """Return each row as a reading.

    The counties have the tracker's new votes, or running totals.
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    batches = [ast.literal_eval(row["counties_partition"]) for row in rows]
    totals = {county: 100_000 for batch in batches for county in batch}
    made = []
    for row, batch in zip(rows, batches, strict=True):
        for county, votes in batch.items():
            totals[county] += votes
        said: dict[str, Any] = {
            "source": "times",
            "contest": "ga-2020-president",
            "as_of": datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC),
            "votes": {
                row["leading_candidate_name"].lower(): int(row["leading_candidate_votes"]),
                row["trailing_candidate_name"].lower(): int(row["trailing_candidate_votes"]),
            },
            "total": int(row["total_votes_count"]),
            "reporting": {"precincts": (int(row["precincts_reporting"]), int(row["precincts_total"]))},
        }
        counties = {county: {"total": votes} for county, votes in totals.items()}
        made.append(Reading.model_validate(said | ({"units": counties} if units == "units" else {"unit_batch": batch})))
    return made


def fetched_once(rows: list[Reading]) -> Iterator[tuple[datetime, Reading]]:
    yield from ((row.as_of, row) for row in rows)


def polled(rows: list[Reading]) -> Iterator[tuple[datetime, Reading]]:
    """Yield the result of a poll each minute: the newest row, again and again."""
    now = rows[0].as_of
    for row, following in pairwise(rows):
        while now < following.as_of:
            yield now, row
            now += EVERY
    yield now, rows[-1]
    yield now + EVERY, rows[-1]


def replay(fetches: Iterator[tuple[datetime, Reading]], released_at: datetime | None = None) -> Replay:
    """Judge the polls in order. The desk releases held readings once, at `released_at`."""
    done, known = Replay(), JudgedState()
    for now, row in fetches:
        if released_at is not None and now >= released_at:
            done.verdicts.append((now, release(known)))
            known, released_at = done.known, None
        done.verdicts.append((now, judge(row, known, now)))
        known = done.known
    return done


FETCHES = {"fetched once a row": fetched_once, "polled each minute": polled}
MORNING_AFTER = datetime(2020, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module", params=[(how, units) for how in FETCHES for units in ("unit_batch", "units")], ids=str)
def counted(request: pytest.FixtureRequest) -> tuple[str, list[Reading], Replay]:
    how, units = request.param
    rows = readings(units)
    return how, rows, replay(FETCHES[how](rows), MORNING_AFTER)


Counted = tuple[str, list[Reading], Replay]


def test_on_5_november_the_total_is_revised_down_by_4608(counted: Counted) -> None:
    how, _, done = counted
    revisions = done.revisions(datetime(2020, 11, 5, tzinfo=UTC), datetime(2020, 11, 6, tzinfo=UTC))
    steps = [one.change.new_votes for one in revisions]
    # The second revision came seven minutes after the first. A source polled each minute had repeated the first by then.
    assert steps == ([-4608] if how == "fetched once a row" else [-3242, -1366])
    last = revisions[-1].change
    assert (last.total, last.leader, last.margin) == (4_873_055, "trump", 37_322)


def test_on_19_november_the_total_is_revised_down_by_314(counted: Counted) -> None:
    how, _, done = counted
    revisions = done.revisions(datetime(2020, 11, 18, tzinfo=UTC), datetime(2020, 11, 20, tzinfo=UTC))
    assert [one.change.new_votes for one in revisions] == ([-314] if how == "fetched once a row" else [-313, -1])
    assert (revisions[-1].change.total, revisions[-1].change.margin) == (4_995_780, 13_558)


def test_the_feed_that_moves_to_another_count_is_held_until_the_desk_speaks(counted: Counted) -> None:
    _, _, done = counted
    night = datetime(2020, 11, 20, 1, 41, tzinfo=UTC)
    during = [(at, verdict) for at, verdict in done.verdicts if night < at < MORNING_AFTER]
    since = next(number for number, (_, verdict) in enumerate(during) if verdict.held)
    assert all(verdict.taken == () and verdict.hold for _, verdict in during[since:])
    assert {verdict.hold.reason for _, verdict in during[since:] if verdict.hold} == {HoldReason.MANY_UNITS}
    held = during[-1][1].hold
    assert held is not None
    assert held.reading.votes["biden"] - held.reading.votes["trump"] == 12_670


def test_what_the_desk_releases_is_one_change_of_the_margin(counted: Counted) -> None:
    _, _, done = counted
    ((_, released),) = [(at, verdict) for at, verdict in done.verdicts if at >= MORNING_AFTER and verdict.taken]
    (taken,) = released.taken
    change = taken.change
    assert (change.kind, change.margin, change.margin_before, change.margin_change) == ("margin", 12_670, 13_558, -888)
    assert change.new_votes == 4_998_566 - 4_995_780
    # The tracker's own county shares of that night add up to more than the total moved; that is said.
    assert sum((change.units or {}).values()) == 8_201
    assert change.unexplained == 2_786 - 8_201


def test_the_recount_of_5_december_is_held_for_the_desk(counted: Counted) -> None:
    _, rows, done = counted
    hold = done.known.hold
    assert hold is not None
    assert (hold.reason, hold.since.date().isoformat()) == (HoldReason.MANY_UNITS, "2020-12-05")
    assert hold.reading.votes == rows[-1].votes


def test_the_lead_changes_hands_once_on_6_november(counted: Counted) -> None:
    _, _, done = counted
    (turn,) = [taken.change for taken in done.taken if taken.change.lead_changed]
    assert (turn.leader, turn.margin, turn.margin_before) == ("biden", 917, -463)
    assert (turn.as_of.isoformat()[:16], turn.units) == ("2020-11-06T09:50", {"Clayton": 1843})


def test_nothing_is_hidden_inside_a_later_batch(counted: Counted) -> None:
    _, rows, done = counted
    accepted = done.known.accepted
    assert accepted is not None
    changes = [taken.change for taken in done.taken]
    assert changes[0].kind == "first"
    assert sum(change.new_votes or 0 for change in changes) == accepted.counted - rows[0].counted
    for candidate, votes in accepted.votes.items():
        moved = sum((change.batch or {}).get(candidate) or 0 for change in changes)
        assert moved == votes - rows[0].votes[candidate]


def test_every_taken_batch_is_explained_or_says_how_far_it_is_not(counted: Counted) -> None:
    _, _, done = counted
    for taken in done.taken[1:]:
        change = taken.change
        assert change.units is not None
        assert change.new_votes == sum(change.units.values()) + (change.unexplained or 0)
