"""What /certified answers: how many units have certified, by whose word, and until when the others have."""

from dataclasses import dataclass
from datetime import datetime

from bot.cards.asked import Asked
from bot.cards.colours import SLATE
from bot.cards.credit import credit_line
from bot.cards.draft import Answer
from bot.cards.facts import ResultsFacts
from bot.cards.limits import DESCRIPTION, joined
from bot.cards.post import may_be_named
from bot.count.certification import CertificationCount
from bot.deskfile import Source
from bot.schedule.event import Event
from bot.wording.certified_sentences import by_whom, deadline_sentence, nobody_counts, state_says
from bot.wording.certifying_sentences import results_phrase
from bot.wording.statement_sentences import certified_phrase


@dataclass(frozen=True, slots=True)
class CertifiedCount:
    """A source's count."""

    source: Source
    count: CertificationCount
    as_of: datetime
    before: CertificationCount | None


@dataclass(frozen=True, slots=True)
class CertifiedStanding:
    """What is known of a contest's certification."""

    counts: tuple[CertifiedCount, ...]
    """Newest first."""
    deadlines: tuple[Event, ...]
    whole: tuple[tuple[Source, datetime], ...] = ()
    """Sources whose own results status is certified, and as of when."""
    results: ResultsFacts | None = None
    """The last word that was entered on whether the results are certified."""


def certified_answer(facts: CertifiedStanding, asked: Asked) -> Answer:
    """Return the newest count as a sentence; other sources' counts, the deadlines and the state's own word below."""
    told, setting = asked.told(), asked.setting
    said = [state_says(told, source, at) for source, at in facts.whole if may_be_named(source, setting)]
    counts = [one for one in facts.counts if may_be_named(one.source, setting)]
    if counts:
        newest = counts[0]
        phrase = certified_phrase(told, newest.count)
        content = f"**{told.head}: {phrase},** {by_whom(told, newest.source, newest.as_of, newest.before)}"
        credit = credit_line(setting, newest.source, newest.as_of, asked.now)
    else:
        content = f"**{said[0]}**" if said else nobody_counts(told, asked.at)
        credit = credit_line(setting, None, asked.at or asked.now, asked.now)
    lines = [
        f"{certified_phrase(told, one.count)}, {by_whom(told, one.source, one.as_of, one.before)}"
        for one in counts[1:8]
    ]
    lines += said if counts else said[1:]
    if facts.results and may_be_named(facts.results.source, setting):
        lines.append(results_phrase(told, facts.results.source, facts.results.taken_back, facts.results.as_of))
    lines += [deadline_sentence(told, event, asked.at or asked.now) for event in facts.deadlines[:6]]
    card = {"description": joined([line[:1].upper() + line[1:] for line in lines], DESCRIPTION), "color": SLATE}
    return asked.shareable(Answer(f"{content}\n-# {credit}", (card,) if lines else ()))
