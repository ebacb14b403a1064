"""What /outstanding answers: ballots left, as said by whom and when, and what the runner-up needs of them."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from bot.cards.answer import change_to
from bot.cards.asked import Asked
from bot.cards.colours import SLATE
from bot.cards.credit import credit_line
from bot.cards.draft import Answer
from bot.cards.limits import DESCRIPTION, joined
from bot.cards.post import may_be_named
from bot.count.change import Change
from bot.count.outstanding import needed
from bot.count.reading import Reading
from bot.count.rules import Rule
from bot.count.statement import Statement
from bot.deskfile import Source
from bot.wording.numbers import counted, round_percent
from bot.wording.outstanding_sentences import (
    counted_since,
    expected_line,
    left_line,
    needed_sentence,
    nothing_left_known,
)
from bot.wording.punctuation import stopped
from bot.wording.standing_sentences import standing_phrase
from bot.wording.telling import Telling, source_name

MOST_CLAIMS = 25


@dataclass(frozen=True, slots=True)
class Left:
    """A claim of ballots left, the newest of its source, units and type."""

    said: Statement
    source: Source
    new_since: int | None
    """Votes that the leading source has counted since; None: unknown."""


@dataclass(frozen=True, slots=True)
class OutstandingFacts:
    """Ballots left."""

    source: Source
    reading: Reading | None
    """The leading source's."""
    change: Change | None
    left: tuple[Left, ...]
    """Newest first."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A number of ballots of which a share can be told."""

    ballots: int
    words: str
    """Whose it is, with its time, to follow "left"."""
    said_at: datetime
    about: bool = False


def outstanding_answer(facts: OutstandingFacts, asked: Asked) -> Answer:
    """Return how many ballots are left by whom, and what the runner-up needs of each number that is for the whole."""
    reading = facts.reading
    told = asked.told(reading.names if reading else None)
    left = [one for one in facts.left if may_be_named(one.source, asked.setting)]
    lines = [left_line(told, one.said, one.source) for one in left[:MOST_CLAIMS]]
    if (rest := len(left) - MOST_CLAIMS) > 0:
        lines.append(f"and {counted(rest, 'older number')} of ballots left.")
    expected = _expected(told, facts)
    shares = [_share(told, facts, basis) for basis in _bases(told, left)]
    if reading is not None and (basis := _expectation(told, facts)):
        shares.append(_share(told, facts, basis))
    known = [share for share in shares if share]
    content = (
        asked.then(known[0] if known else _counted(left, facts, asked.contest.contest_rule))
        if known or left
        else nothing_left_known(told, asked.at)
    )
    if expected and not left:
        content = f"{content}\n{expected}" if not known else content
    newest = left[0].said.as_of if left else reading.as_of if reading else asked.at or asked.now
    by = left[0].source if left else facts.source
    credit = credit_line(asked.setting, by, newest, asked.now)
    below = [*lines, *([expected] if expected and left else []), *known[1:], *_count_line(told, facts)]
    if left and left[0].new_since:
        below.append(counted_since(told, left[0].new_since, left[0].said.as_of))
    card = {"description": joined(below, DESCRIPTION, "and {} more"), "color": SLATE}
    return asked.shareable(Answer(f"{content}\n-# {credit}", (card,) if below else ()))


def _lead_decides(rule: Rule) -> bool:
    """Return False of a measure that takes another share than a half: to be ahead is not to pass."""
    return rule.name != "measure" or rule.threshold == Fraction(1, 2)


def _count_line(told: Telling, facts: OutstandingFacts) -> list[str]:
    reading = facts.reading
    if reading is None:
        return []
    phrase = standing_phrase(told, change_to(reading, facts.change), reading)
    return [stopped(f"The count: {phrase}, by {source_name(facts.source)}, as of {told.when(reading.as_of)}")]


def _counted(left: list[Left], facts: OutstandingFacts, rule: Rule) -> str:
    number = counted(len(left), "number of ballots left is", "numbers of ballots left are")
    if facts.reading is not None and not any(facts.reading.votes.values()):
        why = "no votes are in yet"
    else:
        why = "no margin is" if _lead_decides(rule) else f"it takes {round_percent(rule.threshold)}, not a lead"
    return f"**{number} known,** and no share is told: {why}."


def _expected(told: Telling, facts: OutstandingFacts) -> str:
    reading = facts.reading
    if reading is None or reading.expected_total is None or reading.expected_total <= reading.counted:
        return ""
    more = reading.expected_total - reading.counted
    return expected_line(told, facts.source, reading.expected_total, more, reading.as_of)


def _expectation(told: Telling, facts: OutstandingFacts) -> Basis | None:
    reading = facts.reading
    if reading is None or reading.expected_total is None or reading.expected_total <= reading.counted:
        return None
    words = f", the estimate of {source_name(facts.source)} as of {told.when(reading.as_of)}"
    return Basis(reading.expected_total - reading.counted, words, reading.as_of, about=True)


def _bases(told: Telling, left: list[Left]) -> list[Basis]:
    """Return the numbers of which a share can be told: what was said of the whole contest, and the sum of the places'."""
    whole = [
        Basis(
            one.said.outstanding.ballots,
            f", by {source_name(one.source)} at {told.when(one.said.as_of)}",
            one.said.as_of,
            "outstanding" in one.said.approximate,
        )
        for one in left
        if one.said.outstanding and not one.said.outstanding.units and one.said.outstanding.type is None
    ]
    parts = _apart(left)
    if len(parts) < 2 and whole:  # noqa: PLR2004 - one place's ballots are no sum
        return whole
    return [*whole, *([_sum(told, parts)] if parts else [])]


def _apart(left: list[Left]) -> list[Left]:
    """Return claims of places that share no ballot, the newest of each place and kind."""
    taken: dict[str, set[str | None]] = {}
    parts = []
    for one in left:
        said = one.said.outstanding
        if said is None or not said.units:
            continue
        kinds = [taken.get(unit.casefold(), set()) for unit in said.units]
        if any(None in of_unit or said.type in of_unit or (said.type is None and of_unit) for of_unit in kinds):
            continue
        for unit in said.units:
            taken.setdefault(unit.casefold(), set()).add(said.type)
        parts.append(one)
    return parts


def _sum(told: Telling, parts: list[Left]) -> Basis:
    ballots = sum(one.said.outstanding.ballots for one in parts if one.said.outstanding)
    units = {unit for one in parts if one.said.outstanding for unit in one.said.outstanding.units}
    oldest = min(one.said.as_of for one in parts)
    noun = told.contest.unit if len(units) == 1 else told.contest.units
    said = f"said {'at' if len(parts) == 1 else 'from'} {told.when(oldest)}{'' if len(parts) == 1 else ' on'}"
    words = f" that are known, in {len(units)} {noun}, {said}; there may be others elsewhere"
    return Basis(ballots, words, oldest, any("outstanding" in one.said.approximate for one in parts))


def _share(told: Telling, facts: OutstandingFacts, basis: Basis) -> str:
    reading = facts.reading
    if reading is None or not any(reading.votes.values()) or not _lead_decides(told.contest.contest_rule):
        return ""
    change = change_to(reading, facts.change)
    if change.margin is None or change.runner_up is None:
        return ""
    need = needed(change.margin, basis.ballots)
    return needed_sentence(told, need, change.leader, change.runner_up, basis.words, about=basis.about)
