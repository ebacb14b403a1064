"""The texts of a card: the candidates' votes, the new votes, and how far the count is."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from bot.count.change import Change
from bot.count.reading import Reading
from bot.count.recount_line import RecountLine
from bot.wording.context import ContestContext
from bot.wording.escape import capitalised, escape
from bot.wording.lines import recount_line, rule_line, so_far
from bot.wording.names import listed, unit_kind
from bot.wording.numbers import commas, percent_beside, share_percent, signed, spelled, votes

MOST_CANDIDATES = 8

MOST_UNITS = 6

_MOST_PARTY = 20

_MOST_UNIT = 50


def votes_table(context: ContestContext, reading: Reading, batch: Mapping[str, int | None] | None = None) -> list[str]:
    """Return a line for each candidate, most votes first: "**Biden** (D) 2,471,895 · 49.52% · +13". At most eight.

    The last column is missing for a candidate without new votes, and for all candidates if `batch` is None.
    """
    order = sorted(reading.votes, key=lambda key: (-reading.votes[key], key))
    decimals = _decimals(context, reading)
    lines = [_row(context, reading, key, batch, decimals) for key in order[:MOST_CANDIDATES]]
    if rest := order[MOST_CANDIDATES:]:
        left = sum(reading.votes[key] for key in rest)
        lines.append(f"and {spelled(len(rest), 'other')}, {votes(left)} together")
    return lines


def whole(reading: Reading, change: Change | None = None, *, net: bool = False) -> str:
    """Return the votes counted and how many are new: "4,992,198 votes counted, 74 of them new.".

    The part about new votes is omitted without `change`, if all votes are new, or if the source's total lags behind
    the candidates' votes. With `net`, or for a revision, votes were also taken back, so it is "74 more than before".
    """
    total = f"{votes(reading.counted)} counted"
    new = change.new_votes if change else None
    if new is None or new == reading.counted or (change is not None and total_lags(change)):
        return f"{total}."
    if new < 0:
        return f"{total}, {spelled(-new, 'vote')} fewer than before."
    if net or (change is not None and change.kind == "revision"):
        return f"{total}, {f'{commas(new)} more than' if new else 'as many as'} before."
    return f"{total}, {commas(new)} of them new." if new else f"{total} (no change)."


def total_lags(change: Change) -> bool:
    """Return True if the source's total has grown by fewer votes than the candidates have gained together."""
    gains = sum(moved for moved in (change.batch or {}).values() if moved and moved > 0)
    return change.kind != "revision" and change.new_votes is not None and gains > change.new_votes > 0


def new_votes_by_unit_line(
    context: ContestContext, change: Change, corrections: Sequence[int | None] = ()
) -> list[str]:
    """Return the new votes by reporting unit, and the part that no unit explains.

    Empty if the headline already has the unit. `corrections` are the numbers of the corrections of posts that reported
    these votes; None for a correction that may not be named.
    """
    units = change.units or {}
    kind, kinds = unit_kind(context.contest, [*units])
    new, lines = change.new_votes or 0, []
    if len(units) > 1 or (units and sum(units.values()) != new) or any(moved < 0 for moved in units.values()):
        order = sorted(by_size(units), key=lambda unit: units[unit] > 0)  # first where votes were taken back
        most = MOST_UNITS + (len(order) == MOST_UNITS + 1)  # rather the last name than "one other county"
        rest = len(order) - most
        named = [f"{escape(unit, _MOST_UNIT)} {signed(units[unit])}" for unit in order[:most]]
        others = spelled(rest, f"other {kind}", f"other {kinds}")
        numbers = listed([f"#{number}" for number in corrections if number is not None])
        before = f", before correction{'s' if len(corrections) > 1 else ''} {numbers}".rstrip() if corrections else ""
        lines.append(f"By {kind}{before}: {listed(named, others if rest > 0 else '')}.")
    if change.unexplained and change.units is not None:
        lines.append(_unexplained(kind, kinds, change.unexplained, new))
    return lines


def count_notes(context: ContestContext, change: Change, reading: Reading, line: RecountLine | None) -> list[str]:
    """Return how far the count is: margin and recount line, the contest's rule, reporting, votes expected."""
    reporting = reporting_line(context, reading)
    expected = reading.expected_total
    notes = line_notes(context, change, reading, line)
    notes += [f"{capitalised(reporting)}."] if reporting else []
    return notes + ([f"The source expects {votes(expected)} in all."] if expected is not None else [])


def line_notes(context: ContestContext, change: Change, reading: Reading, line: RecountLine | None) -> list[str]:
    """Return the margin compared with the recount line, and the count's position under the contest's rule."""
    notes = (recount_line(change, reading, line, context.contest.contest_rule), rule_line(context, reading))
    return [note for note in notes if note]


def reporting_line(context: ContestContext, reading: Reading) -> str:
    """Return how many units have reported: "2,644 of 2,655 precincts and 158 of 159 counties have reported".

    Empty if the source reports neither number. If all have reported, "though more votes may follow" is added. A count of 0
    is omitted if there are votes. If more counties have votes than have reported, the number is that of counties of which
    every precinct has reported: "4 of 99 precincts have reported, including every precinct in 1 of 159 counties".
    """
    reporting = reading.reporting
    if reporting is None:
        return ""
    units = reporting.units if context.contest.unit != "precinct" else None
    kind, kinds = unit_kind(context.contest, [*(reading.units or reading.unit_batch or ())])
    partly = units if units and units[0] < _with_votes(reading) else None
    said = [(reporting.precincts, "precinct", "precincts"), (None if partly else units, kind, kinds)]
    shown = [(*of, one, many) for of, one, many in said if of and of[1] and (of[0] or not reading.counted)]
    if partly and not shown:
        who, have = _done_of(*partly, kind, kinds) if partly[0] else f"no {kind}", "have" if partly[0] > 1 else "has"
        in_full = "all its precincts" if reporting.precincts else "in full, as the source counts them"
        return f"{who} {have} reported {in_full}"
    if not shown:
        return ""
    have = "has" if shown[-1][0] == 1 else "have"
    done = all(done == of for done, of, *_ in shown)
    reported = f"{(' in ' if done else ' and ').join(_done_of(*one) for one in shown)} {have} reported"
    if done:
        return f"{reported}, though more votes may follow" if so_far(reading) else reported
    if partly and partly[0]:
        return f"{reported}, including every precinct in {_done_of(*partly, kind, kinds)}"
    return reported


def by_size(units: Mapping[str, int]) -> list[str]:
    """Return the units by the size of their change, largest first."""
    return sorted(units, key=lambda unit: (-abs(units[unit]), unit))


def _decimals(context: ContestContext, reading: Reading) -> int:
    """Return how many decimals show that the leader's share is not the next one's, nor the share that is required."""
    shares = [Fraction(votes, reading.counted or 1) for votes in sorted(reading.votes.values(), reverse=True)[:2]]
    apart = (percent_beside(shares[0], line, 2) for line in (*shares[1:], context.contest.contest_rule.threshold))
    return max(len(text.partition(".")[2]) for text in apart)


def _row(
    context: ContestContext, reading: Reading, key: str, batch: Mapping[str, int | None] | None, decimals: int
) -> str:
    known = context.contest.candidate(key)
    party = (known.party if known else None) or (reading.parties or {}).get(key)
    label = f" ({escape(party, _MOST_PARTY)})" if party else ""
    columns = [commas(reading.votes[key])]
    if share := share_percent(reading.votes[key], reading.counted, decimals):
        columns.append(share)
    if batch is not None and (moved := batch.get(key)) != 0:
        columns.append("not listed before" if moved is None else signed(moved))
    return f"**{context.who(key)}**{label} {' · '.join(columns)}"


def _unexplained(kind: str, kinds: str, unexplained: int, new: int) -> str:
    if 0 < unexplained <= new:
        verb = "is" if unexplained == 1 else "are"
        return f"Of the new votes, {commas(unexplained)} {verb} not broken down by {kind}."
    explained = new - unexplained
    return f"The source's total {_moved(new)}, but its {kinds}' figures {_moved(explained)}."


def _moved(by: int) -> str:
    return f"{'rose' if by > 0 else 'fell'} by {commas(abs(by))}" if by else "did not change"


def _with_votes(reading: Reading) -> int:
    """Return how many units have votes, as far as the reading shows. At least 1 if any votes are counted."""
    units = [name for name, unit in (reading.units or {}).items() if unit.counted]
    return max(len(units), len(reading.unit_batch or ()), 1 if reading.counted else 0)


def _done_of(done: int, of: int, one: str, many: str) -> str:
    noun = one if of == 1 else many
    if done == of:
        return f"all {commas(of)} {noun}" if of > 1 else f"the only {one}"
    return f"{commas(done)} of {commas(of)} {noun}"
