"""What /county answers: one reporting unit of a contest."""

from dataclasses import dataclass
from datetime import datetime

from bot.cards.asked import Asked
from bot.cards.colours import SLATE
from bot.cards.credit import credit_line
from bot.cards.draft import Answer
from bot.cards.limits import DESCRIPTION, joined
from bot.cards.outstanding import Left
from bot.cards.post import may_be_named
from bot.count.certification import CertificationCount
from bot.count.reading import Reading, Unit
from bot.deskfile import Source
from bot.wording.certifying_sentences import unit_word
from bot.wording.county_sentences import (
    added_last,
    no_unit_figures,
    not_certified_by_name,
    unit_reported,
    unit_standing,
    unit_votes,
)
from bot.wording.names import listed
from bot.wording.outstanding_sentences import left_line
from bot.wording.punctuation import stopped
from bot.wording.standing_sentences import changed_and_checked
from bot.wording.statement_sentences import certified_phrase
from bot.wording.telling import source_name

_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Added:
    """What a unit added last, by a source."""

    source: Source
    votes: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class CountyFacts:
    """One reporting unit."""

    name: str
    source: Source
    """Whose figures they are; the leading source where there are none."""
    unit: Unit | None
    reading: Reading | None
    added: Added | None
    uploaded_at: datetime | None
    """When the unit sent its figures to the source, where the source says so."""
    checked_at: datetime | None
    left: tuple[Left, ...]
    certified: CertificationCount | None
    certified_by: Source | None
    certified_at: datetime | None
    asked_sources: tuple[Source, ...] = ()
    by_name: tuple["NamedWord", ...] = ()
    """What is said of its certification by name, newest first."""


@dataclass(frozen=True, slots=True)
class NamedWord:
    """What is said of one county's certification."""

    source: Source
    own: bool
    """True: it is the county's own word, which `source` told the desk."""
    taken_back: bool
    as_of: datetime


def county_answer(facts: CountyFacts, asked: Asked) -> Answer:
    """Return where a unit stands, what it added last, what is known of its certification, and how fresh all is."""
    reading, unit, setting = facts.reading, facts.unit, asked.setting
    told = asked.told(reading.names if reading else None)
    as_of = asked.at or asked.now
    if unit is not None and reading is not None:
        sentence, as_of = asked.then(unit_standing(told, facts.name, unit, facts.source)), reading.as_of
    else:
        others = [source_name(source) for source in facts.asked_sources if may_be_named(source, setting)]
        sentence = asked.then(no_unit_figures(told, facts.name, listed(others[:5])))
    lines = [*unit_votes(told, unit), ""] if unit and unit.votes else []
    if facts.added is not None:
        lines.append(added_last(told, facts.added.votes, facts.added.as_of, facts.added.source))
    if unit is not None and (reported := unit_reported(unit)):
        lines.append(reported)
    lines += [left_line(told, one.said, one.source) for one in facts.left if may_be_named(one.source, setting)][:5]
    lines.append(_certified(facts, asked))
    if facts.uploaded_at is not None:
        lines.append(stopped(f"Sent to {source_name(facts.source)} {told.when(facts.uploaded_at)}"))
    if fresh := changed_and_checked(told, facts.added.as_of if facts.added else None, facts.checked_at):
        lines.append(stopped(fresh[:1].upper() + fresh[1:]))
    credit = credit_line(setting, facts.source, as_of, asked.now)
    card = {"description": joined(lines, DESCRIPTION), "color": SLATE}
    return asked.shareable(Answer(f"{sentence}\n-# {credit}", (card,)))


def _certified(facts: CountyFacts, asked: Asked) -> str:
    told, by = asked.told(), facts.certified_by
    if facts.by_name:
        return " ".join(
            unit_word(told, one.source, own=one.own, taken_back=one.taken_back, as_of=one.as_of)
            for one in facts.by_name[:_MOST_WORDS]
        )
    if facts.certified is None or by is None or facts.certified_at is None or not may_be_named(by, asked.setting):
        return not_certified_by_name("")
    if facts.certified.of == facts.certified.done:
        return stopped(f"Certified: all are, says {source_name(by)}, {told.when(facts.certified_at)}")
    phrase = certified_phrase(told, facts.certified)
    return not_certified_by_name(stopped(f"In all {phrase}, says {source_name(by)}, {told.when(facts.certified_at)}"))
