"""Progress without votes: precincts, units, the results status, the votes expected."""

from bot.count.reading import Reading, Status
from bot.deskfile import Source
from bot.wording.numbers import commas, votes
from bot.wording.telling import Movement, Telling, source_name

STATUS_WORDS: dict[Status, str] = {
    "pre-election": "pre-election",
    "unofficial-partial": "unofficial and partial",
    "unofficial-complete": "unofficial and complete",
    "certified": "certified",
    "correction": "a correction",
    "recount": "a recount",
}
"""A results status as a sentence says it after "is"."""


def progressed(telling: Telling, movement: Movement) -> str:
    """Return what moved besides votes, and that the standing is what it was."""
    return f"{telling.head}: {_what_moved(telling, movement)}; {_standing(telling, movement)}."


def status_moved(movement: Movement) -> bool:
    """Return True if the results status is news: it moved, or a first one says more than "unofficial"."""
    if movement.change.status_before is not None:
        return True
    earlier = movement.before.status if movement.before else None
    return earlier is None and movement.after.status in ("certified", "correction", "recount")


def status_now(reading: Reading, source: Source) -> str:
    """Return "the status is now certified, by the Secretary of State"."""
    word = STATUS_WORDS[reading.status] if reading.status else "no longer given"
    return f"the status is now {word}, by {source_name(source)}"


def reporting_line(telling: Telling, reading: Reading) -> str:
    """Return "2,644 of 2,655 precincts and 158 of 159 counties have reported"; nothing where the source says neither."""
    said = reading.reporting
    pairs = [
        (said.precincts, "precinct", "precincts"),
        (said.units if telling.contest.unit != "precinct" else None, telling.contest.unit, telling.contest.units),
    ] if said else []  # fmt: skip
    parts = [_of(pair, one, many) for pair, one, many in pairs if pair and pair[1]]
    return f"{' and '.join(parts)} {_have(parts[-1])} reported" if parts else ""


def _what_moved(telling: Telling, movement: Movement) -> str:
    before, after = movement.before, movement.after
    if status_moved(movement):
        return status_now(after, movement.source)
    if before and before.reporting != after.reporting and (line := reporting_line(telling, after)):
        return line
    if before and after.expected_total is not None and before.expected_total != after.expected_total:
        was = f", {commas(before.expected_total)} before" if before.expected_total is not None else ""
        return f"{source_name(movement.source)} now expects {votes(after.expected_total)} in all{was}"
    return f"{source_name(movement.source)} has new details, no new votes"


def _standing(telling: Telling, movement: Movement) -> str:
    change = movement.change
    if not any(movement.after.votes.values()):
        return "no votes are in yet"
    if change.margin is None:
        return f"{votes(change.total)} {'is' if change.total == 1 else 'are'} counted"
    if not change.margin:
        return "the count stays tied"
    return f"{telling.lead_of(change.leader)} stays at {commas(change.margin)}"


def _of(pair: tuple[int, int], one: str, many: str) -> str:
    done, of = pair
    noun = one if of == 1 else many
    if done == of:
        return f"all {commas(of)} {noun}" if of > 1 else f"the only {one}"
    return f"{commas(done)} of {commas(of)} {noun}"


def _have(last: str) -> str:
    return "has" if last.startswith(("1 of ", "the only ")) else "have"
