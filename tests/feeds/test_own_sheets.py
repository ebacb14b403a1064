"""Tests original tables of offices without a preset, to the vote."""

import io
from collections import Counter
from pathlib import Path

from bot.count.reading import Reading
from bot.desk.sheet_layout import SheetLayout
from bot.feeds import csv_sheet
from bot.feeds.ballot import slug
from bot.feeds.reader import ReaderContext, Refusal
from tests.feeds.conftest import RECEIVED, rows_in


def read_all(file: Path, **columns: str | list[str]) -> tuple[dict[str, Reading], list[Refusal]]:
    layout = SheetLayout.model_validate({"columns": columns})
    found = [*csv_sheet.read(io.BytesIO(file.read_bytes()), ReaderContext(file.name, RECEIVED, sheet=layout))]
    good = {one.contest: one for one in found if isinstance(one, Reading)}
    return good, [one for one in found if isinstance(one, Refusal)]


def test_tennessee_s_primaries_are_each_party_s_own(feeds: Path) -> None:
    file = feeds / "sheets" / "tennessee-2018-primary.csv"
    good, bad = read_all(
        file, contest=["race", "jurisdiction"], candidate="candidate", unit="county", party="party", votes="votes"
    )
    contests, empty = 254, 31  # in 31 of them no candidate qualified
    assert (len(good), bad) == (contests - empty, [])
    republicans, democrats = good["governor-statewide-r"].votes, good["governor-statewide-d"].votes
    assert (republicans["bill-lee"], republicans["randy-boyd"]) == (290_192, 192_089)
    assert (democrats["karl-dean"], democrats["craig-fitzhugh"]) == (279_324, 72_263)
    expected: Counter[tuple[str, str]] = Counter()
    for row in rows_in(file):
        if row["candidate"] == "No Candidate Qualified":
            continue
        key = slug(f"{row['race']} {row['jurisdiction']} {row['party'][0]}")
        expected[key, slug(row["candidate"])] += int(row["votes"].replace(",", "") or 0)
    both = {slug(f"{row['race']} {row['jurisdiction']}") for row in rows_in(file)}
    read = {(key, one): votes for key, reading in good.items() for one, votes in reading.votes.items()}
    alone = {key for key in good if key in both}  # of one party
    assert {(key, one): votes for (key, one), votes in expected.items() if key[:-2] not in alone} == {
        (key, one): votes for (key, one), votes in read.items() if key not in alone
    }


def test_tennessee_without_its_districts_is_refused_with_the_column_that_has_them(feeds: Path) -> None:
    file = feeds / "sheets" / "tennessee-2018-primary.csv"
    _, bad = read_all(file, contest="race", candidate="candidate", unit="county", votes="votes")
    assert len(bad) == 6
    assert all("jurisdiction is " in one.what and "put it into contest" in one.what for one in bad)


def test_utah_s_totals_are_the_whole_and_its_counties_the_units(feeds: Path) -> None:
    file = feeds / "sheets" / "utah-2018-primary.csv"
    good, bad = read_all(
        file, contest="race name", candidate="candidate", unit="counties", party="party", votes="votes"
    )
    assert good["republican-for-u-s-senate"].votes == {"mitt-romney": 217_049, "mike-kennedy": 85_622}
    assert len(good["republican-for-u-s-senate"].units or {}) == 29
    totals = {row["race name"] for row in rows_in(file) if row["counties"] == "Total"}
    assert {slug(name) for name in totals} <= good.keys()
    assert all("none of the other units' candidates" in one.what or "empty" in one.what for one in bad)
    _, bad = read_all(file, contest="race name", candidate="candidate", votes="votes")
    assert all("counties tells the rows apart: put it into unit" in one.what for one in bad[:5])


def test_boulder_s_property_owners_are_one_more_unit(feeds: Path) -> None:
    file = feeds / "sheets" / "boulder-2025-statement-of-votes.csv"
    columns = {"contest": "Contest Title", "candidate": "Choice Name", "votes": "Total Votes"}
    for unit in ("Precinct Number", "Precinct Code"):
        good, bad = read_all(file, **columns, unit=unit)
        assert (len(good), bad) == (32, [])
        assert next(one for key, one in good.items() if key.endswith("issue-7b")).votes == {
            "yes-for": 290,
            "no-against": 72,
        }


def test_new_york_s_blanks_are_nobody_s(feeds: Path) -> None:
    file = feeds / "sheets" / "new-york-2018-primary.csv"
    good, bad = read_all(file, contest="race name", candidate="candidate", unit="county", party="party", votes="votes")
    assert bad == []
    assert good["1st-congressional-district"].votes["perry-gershon"] == 7226
    assert good["11th-congressional-district-rep-primary"].votes["dan-donovan"] == 12_774
    assert good["11th-congressional-district-con-primary"].votes["dan-donovan"] == 563
    assert not any({"blank", "void"} & one.votes.keys() for one in good.values())
