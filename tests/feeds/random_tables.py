"""Makes random tables of votes in the layouts that election offices use, with the correct figures.

`python -m tests.feeds.random_tables 20000` reads that many tables. It prints the numbers of those that were read
wrong, and how many were right, refused and wrong. A table depends only on its number, so `--only N` shows one again.
With `--guessed`, the meaning of the columns is guessed too.
"""

import argparse
import io
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.count.reading import Reading
from bot.desk.sheet_layout import SheetLayout
from bot.errors import BadInputError
from bot.feeds import csv_sheet
from bot.feeds.ballot import slug
from bot.feeds.reader import ReaderContext
from bot.feeds.sheet_mapping import mapping_of

NOW = datetime(2026, 11, 4, 1, tzinfo=UTC)

FIRST = ("Ada", "Bo", "Cy", "Di", "Eli", "Fay", "Gus", "Ida", "José", "Zoë", "Renée", "Kay", "Lou", "Mia", "Ned", "Ola")
LAST = ("Quill", "Reed", "Moss", "Voss", "Hart", "Núñez", "O'Neil", "Stone", "Lane", "Pike", "Wolfe", "Marsh", "Birch")
OFFICES = (
    "Governor",
    "U.S. Senate",
    "Sheriff",
    "Coroner",
    "State Senate",
    "State House",
    "Mayor",
    "Clerk",
    "Treasurer",
)
MEASURES = ("Amendment", "Question", "Proposition", "Issue")
PARTIES = ("Republican", "Democratic", "Libertarian", "Green")
NO_VOTES = (
    *("Undervotes", "Overvotes", "Under Votes:", "Over Votes:", "Blank", "Void", "Times Counted", "Ballots Cast"),
    *("Registered Voters", "Number of Under Votes", "Times Cast", "Total Votes Cast", "Scattering", "Rejected"),
)
HEADINGS: Mapping[str, Sequence[str]] = {
    "contest": ("Race", "Contest", "race name", "Contest Title", "Office", "ContestName", "office_name"),
    "candidate": ("Candidate", "Choice Name", "CandidateName", "Name on Ballot", "candidate", "Choice"),
    "unit": ("County", "counties", "Precinct", "Parish", "County Name", "Town", "precinct_name"),
    "party": ("Party", "party", "PartyName", "Party Code"),
    "votes": (
        "Votes",
        "TOTAL VOTES",
        "CandidateVotes",
        "SumOfCount",
        "total_votes",
        "Vote Count",
        "Votes for candidate",
    ),
}
TOTALS = ("Total", "Totals", "TOTAL", "Statewide", "Grand Total", "All")


@dataclass(slots=True)
class RandomTable:
    """A table with the votes that a reader should find."""

    data: bytes = b""
    name: str = "results.csv"
    columns: dict[str, str] = field(default_factory=dict)
    charset: str = "utf-8"
    truth: dict[str, dict[str, int]] = field(default_factory=dict)
    """Contest key → candidate → votes."""


@dataclass(slots=True)
class _Contest:
    name: str
    candidates: list[tuple[str, str]]
    """(name, party) of each candidate."""
    units: list[str]


def _has_two_of_a_party(contest: _Contest) -> bool:
    parties = Counter(party for _, party in contest.candidates)
    return len(parties) > 1 and max(parties.values()) > 1


class _Maker:
    def __init__(self, number: int) -> None:
        self.draw = random.Random(number)
        self.is_primary = self.draw.random() < 0.3
        self.says = self.draw.choice(
            ("name", "party", "title", "contest", "name", "party", "title", "contest", "nothing")
        )
        self.table = RandomTable()
        self._memory: dict[str, object] = {}

    def chance(self, share: float) -> bool:
        return self.draw.random() < share

    def make(self) -> RandomTable:
        draw, table = self.draw, self.table
        if self.is_primary and self.says == "name":
            table.name = "2026-primary-results.csv"
        units = [
            f"{draw.choice(('Bacon', 'Adams', 'Ward', 'Floyd', 'St. Mary'))} {at + 1}" for at in range(self._many(400))
        ]
        has_units = len(units) > 1 or self.chance(0.5)
        contests = list(self._contests(units))
        if self.says == "nothing" and not any(map(_has_two_of_a_party, contests)):
            self.is_primary = False  # nobody could tell it from a general election
        has_parties = self.is_primary or any(map(_has_two_of_a_party, contests)) or self.chance(0.6)
        rows = [row for contest in contests for row in self._rows(contest, has_units=has_units)]
        if has_units and self.chance(0.15):
            self._lose_a_unit(rows)
        if self.chance(0.2):
            draw.shuffle(rows)
        elif has_units and self.chance(0.4):
            rows.sort(key=lambda row: row["unit"])
        names = ["contest", "candidate", *(["unit"] if has_units else []), *(["party"] if has_parties else []), "votes"]
        if self.chance(0.7):
            draw.shuffle(names)
        table.columns = {name: draw.choice(HEADINGS[name]) for name in names}
        self._write(names, rows)
        return table

    def _many(self, most: int) -> int:
        return min(most, max(1, int(math.exp(self.draw.random() * math.log(most)) + 0.5)))

    def _contests(self, units: Sequence[str]) -> Iterator[_Contest]:
        draw, names = self.draw, set[str]()
        for _ in range(self._many(30)):
            of_measure = not self.is_primary and self.chance(0.2)
            name = draw.choice(MEASURES if of_measure else OFFICES)
            name += f" {draw.randrange(1, 60)}" if of_measure or self.chance(0.5) else ""
            if name in names:
                continue
            names.add(name)
            if self.is_primary and self.says == "contest":
                name = f"{name} - Primary"
            some = list(units) if self.chance(0.6) else sorted(draw.sample(units, draw.randrange(1, len(units) + 1)))
            if of_measure:
                yield _Contest(name, [("Yes", ""), ("No", "")], some)
                continue
            people = draw.sample([f"{first} {last}" for first in FIRST for last in LAST], draw.randrange(1, 7))
            if self.is_primary:
                parties = draw.sample(PARTIES[:2], draw.choice((1, 2, 2)))
                if self.says == "party":
                    parties = [f"{party} Primary" for party in parties]
                yield _Contest(name, [(one, draw.choice(parties)) for one in people], some)
            else:
                of = [*PARTIES, "Independent", "Independent"]
                yield _Contest(name, list(zip(people[:6], draw.sample(of, len(people[:6])), strict=True)), some)

    def _rows(self, contest: _Contest, *, has_units: bool) -> list[dict[str, str]]:
        draw = self.draw
        if not has_units:
            contest.units = contest.units[:1]
        parties = {party for _, party in contest.candidates if party}
        shares = {one: draw.random() for one, _ in contest.candidates}
        sums: Counter[str] = Counter()
        others = draw.sample(NO_VOTES, draw.randrange(1, 4)) if self.chance_for_all("no votes", 0.3) else []
        rows: list[dict[str, str]] = []
        for unit in contest.units:
            size = 10 ** (draw.random() * 5)
            for name, party in contest.candidates:
                votes = int(size * shares[name] * draw.random())
                sums[name] += votes
                rows.append(self._row(contest, name, unit, party, votes))
            for name in others:
                party = "" if len(parties) > 1 else next(iter(parties), "")
                rows.append(self._row(contest, name, unit, party, int(size * draw.random() * 3)))
        for name, party in contest.candidates:
            of_party = self.is_primary and len(parties) > 1
            key = slug(f"{contest.name} {_letter(party)}") if of_party else slug(contest.name)
            self.table.truth.setdefault(key, {})[slug(name)] = sums[name]
        if has_units and (len(contest.units) > 1 or self.chance(0.5)):
            total = str(self.for_all("totals", ("none", "none", "none", "none", "empty", *TOTALS)))
            if total != "none":
                cell = "" if total == "empty" else total
                sum_rows = [self._row(contest, name, cell, party, sums[name]) for name, party in contest.candidates]
                rows = sum_rows + rows if self.for_all("first", (True, False)) else rows + sum_rows
        return rows

    def for_all(self, what: str, choices: Sequence[object]) -> object:
        """Return a random choice that is the same in the whole table."""
        if what not in self._memory:
            self._memory[what] = self.draw.choice(choices)
        return self._memory[what]

    def chance_for_all(self, what: str, share: float) -> bool:
        return bool(self.for_all(what, (True,) * round(share * 10) + (False,) * round(10 - share * 10)))

    def _row(self, contest: _Contest, name: str, unit: str, party: str, votes: int) -> dict[str, str]:
        shown = f"{votes:,}" if self.chance_for_all("commas", 0.2) else str(votes)
        return {"contest": contest.name, "candidate": name, "unit": unit, "party": party, "votes": shown}

    def _lose_a_unit(self, rows: list[dict[str, str]]) -> None:
        lost = self.draw.choice(rows)
        if self.chance(0.5):
            lost["unit"] = ""
            return
        contest, unit = lost["contest"], lost["unit"]
        for row in rows:
            if (row["contest"], row["unit"]) == (contest, unit):
                row["unit"] = ""

    def _write(self, names: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
        draw, table = self.draw, self.table
        text = "".join(row["candidate"] for row in rows)
        charsets = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]
        table.charset = draw.choice(charsets if not text.isascii() else ["utf-8", "utf-8", "utf-8-sig", "utf-16"])
        commas = any("," in row["votes"] for row in rows)
        delimiter = draw.choice(",,\t" if commas else ",,,\t;|")
        has_index, more = self.chance(0.2), self.chance(0.2)
        lines: list[list[str]] = []
        if self.chance(0.2) or (self.is_primary and self.says == "title"):
            title = "Primary Election" if self.is_primary and self.says == "title" else "Election Results"
            lines += [[title], ["Unofficial"]]
        lines.append(
            [*([""] if has_index else []), *(table.columns[name] for name in names), *(["Percent"] if more else [])]
        )
        for at, row in enumerate(rows):
            cells = [row[name] for name in names]
            lines.append([*([str(at)] if has_index else []), *cells, *([f"{draw.random():.1%}"] if more else [])])
        ending = draw.choice(("\n", "\r\n"))
        made = ending.join(delimiter.join(_quoted(cell, delimiter) for cell in line) for line in lines) + ending
        table.data = made.encode(table.charset)


def _letter(party: str) -> str:
    return {"Republican": "r", "Democratic": "d"}.get(party, party)


def _quoted(cell: str, delimiter: str) -> str:
    return f'"{cell}"' if delimiter in cell else cell


def table_of_number(number: int) -> RandomTable:
    """Return the table with this number. The same number always gives the same table."""
    return _Maker(number).make()


def outcome_of(table: RandomTable, *, guessed: bool = False) -> tuple[str, str]:
    """Return `right`, `refused` or `wrong`, with the reason.

    With `guessed`, the meaning of the columns is guessed from their content.
    """
    try:
        columns = mapping_of(table.data, {}).columns if guessed else table.columns
        layout = SheetLayout.model_validate({"columns": columns})
        items = list(csv_sheet.read(io.BytesIO(table.data), ReaderContext(table.name, NOW, sheet=layout)))
    except BadInputError as error:
        return "refused", str(error)
    refused = {one.contest: one.what for one in items if not isinstance(one, Reading)}
    for one in items:
        if isinstance(one, Reading) and one.votes != table.truth.get(one.contest):
            return "wrong", f"{one.contest}: {one.votes} and not {table.truth.get(one.contest)}"
    read = {one.contest for one in items if isinstance(one, Reading)}
    for key in table.truth.keys() - read:
        if not any(key.startswith(other or "") for other in refused):
            return "wrong", f"{key} is missing"
    return ("refused", f"{refused}") if refused else ("right", "")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("tables", type=int, nargs="?", default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--guessed", action="store_true")
    parser.add_argument("--only", type=int)
    asked = parser.parse_args()
    if asked.only is not None:
        table = table_of_number(asked.only)
        sys.stdout.write(
            f"{table.data.decode(table.charset)}\n{table.columns} {table.name}\n{outcome_of(table, guessed=asked.guessed)}\n"
        )
        return
    found: Counter[str] = Counter()
    for number in range(asked.first, asked.first + asked.tables):
        outcome, why = outcome_of(table_of_number(number), guessed=asked.guessed)
        found[outcome] += 1
        if outcome == "wrong":
            sys.stdout.write(f"wrong {number}: {why[:300]}\n")
    sys.stdout.write(
        f"tables={asked.tables} right={found['right']} refused={found['refused']} wrong={found['wrong']}\n"
    )


if __name__ == "__main__":
    main()
