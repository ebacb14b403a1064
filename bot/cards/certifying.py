"""Certification by name: posts of what is taken back or certified as a whole, and the list of who has and who has not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.cards.asked import Asked
from bot.cards.colours import SLATE
from bot.cards.credit import credit_line
from bot.cards.draft import Answer, Draft
from bot.cards.facts import ResultsFacts, Setting
from bot.cards.limits import DESCRIPTION, joined
from bot.cards.post import may_be_named, telling
from bot.count.certification import CertificationCount, ResultsCertified, UnitsCertified
from bot.deskfile import Contest, Source
from bot.schedule.event import Event
from bot.wording.certifying_sentences import (
    listed_too_few,
    results_certified,
    results_phrase,
    results_taken_back,
    units_named,
    units_taken_back,
)
from bot.wording.numbers import commas, counted
from bot.wording.punctuation import capitalised, possessive, stopped
from bot.wording.statement_sentences import certified_phrase
from bot.wording.telling import Telling, source_name
from bot.wording.times import clock, day

_MOST_SOURCES = 5
_MOST_NAMED = 40
"""Counties in a line of the list: all of most, and never more than a card takes."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What one source has of a contest's counties."""

    source: Source
    as_of: datetime
    """When it last said something of them."""
    count: CertificationCount | None
    """Its last count; also one that follows from its names."""
    counted_at: datetime | None = None
    """When that count was true; None: there is none."""
    units: frozenset[str] = frozenset()
    """FIPS codes of those that it lists."""

    @property
    def whole(self) -> bool:
        """True if its names are all of its count, so that it is known who is left."""
        return self.count is not None and len(self.units) == self.count.done


@dataclass(frozen=True, slots=True)
class OwnWord:
    """What a county says itself."""

    taken_back: bool
    source: Source
    """Who told the desk."""
    as_of: datetime


@dataclass(frozen=True, slots=True)
class CertifyingFacts:
    """Who has certified, by whose word."""

    asked: Asked
    every: tuple[str, ...]
    """FIPS codes of all the state's counties; empty where they are not known."""
    listed: tuple[Listed, ...]
    """The source that was heard last first."""
    own: Mapping[str, OwnWord] = field(default_factory=dict)
    """By FIPS code."""
    deadlines: tuple[Event, ...] = ()
    """By when counties have to certify: the last that went by, and those ahead, in order."""
    results: ResultsFacts | None = None

    @property
    def contest(self) -> Contest:
        """The contest that is asked about."""
        return self.asked.contest

    @property
    def moment(self) -> datetime:
        """The time that is asked about."""
        return self.asked.at or self.asked.now


def units_back_post(
    contest: Contest,
    source: Source,
    said: UnitsCertified,
    counts: tuple[CertificationCount | None, CertificationCount | None],
    as_of: datetime,
    setting: Setting,
    now: datetime,
) -> Draft:
    """Return the post of counties whose certification is taken back; `counts` are (now, before), None where unknown."""
    told = telling(contest, setting, now)
    sentence = units_taken_back(told, source, said, *counts)
    return Draft("certified", sentence, credit_line(setting, source, as_of, now), quiet=False)


def results_post(
    contest: Contest,
    source: Source,
    said: ResultsCertified,
    standing: tuple[str, int] | None,
    before: tuple[datetime, int | None] | None,
    as_of: datetime,
    setting: Setting,
    now: datetime,
) -> Draft:
    """Return the post of results that are certified, or that are so no more (`before`: since when, in which post)."""
    told = telling(contest, setting, now)
    if said.taken_back:
        sentence = results_taken_back(told, source, said, before)
    else:
        sentence = results_certified(told, source, standing)
    return Draft("certified", sentence, credit_line(setting, source, as_of, now), quiet=False)


def certifying_answer(facts: CertifyingFacts) -> Answer:
    """Return what `/certify list` answers."""
    asked, setting = facts.asked, facts.asked.setting
    told = asked.told()
    sources = [one for one in facts.listed if may_be_named(one.source, setting)][:_MOST_SOURCES]
    first = max((one for one in sources if one.counted_at), key=_counted_at, default=None)
    if first is not None and first.count is not None:
        phrase, at = certified_phrase(told, first.count), _counted_at(first)
        content = stopped(f"**{told.head}: {phrase},** says {source_name(first.source)}, {told.when(at)}")
        credit = credit_line(setting, first.source, at, asked.now)
    else:
        content = f"**Unknown: nobody has said how many {facts.contest.units} have certified in {told.place}.**"
        credit = credit_line(setting, None, facts.moment, asked.now)
    lines = [line for one in sources for line in _of_source(told, facts, one, first=one is first)]
    lines += _own_words(told, facts, sources, setting)
    if facts.results and may_be_named(facts.results.source, setting):
        lines.append(results_phrase(told, facts.results.source, facts.results.taken_back, facts.results.as_of))
    card = {"description": joined(lines, DESCRIPTION, "and {} lines more"), "color": SLATE}
    return asked.shareable(Answer(f"{asked.then(content)}\n-# {credit}", (card,) if lines else ()))


def _counted_at(one: Listed) -> datetime:
    return one.counted_at or one.as_of


def _of_source(told: Telling, facts: CertifyingFacts, one: Listed, *, first: bool) -> list[str]:
    """Return what one source counts, whom it lists, and whom it does not, with the deadline."""
    whose, lines = capitalised(possessive(source_name(one.source))), []
    if one.count is not None and not first:
        lines.append(stopped(f"{whose} count: {certified_phrase(told, one.count)}, {told.when(_counted_at(one))}"))
    if one.units:
        lines.append(f"{whose} list has {commas(len(one.units))} by name: {_names(facts, one.units)}.")
    if one.count is not None and len(one.units) > one.count.done:
        lines.append(listed_too_few(one.source, len(one.units), one.count.done))
    if one.source.person and any(not other.source.person for other in facts.listed):
        return lines  # who is due is said by whoever keeps a list
    left = frozenset(facts.every) - one.units
    if one.whole and facts.every and left:
        what = f"{counted(len(left), facts.contest.unit, facts.contest.units)} not on {possessive(source_name(one.source))} list"
        lines.append(f"{_due(told, facts, what, one.as_of)}: {_names(facts, left)}.")
    elif one.count is not None and one.count.of is not None and one.count.done < one.count.of:
        what = f"{counted(one.count.of - one.count.done, facts.contest.unit, facts.contest.units)} left by {possessive(source_name(one.source))} count"
        lines.append(f"{_due(told, facts, what, _counted_at(one))}; which, it does not say by name.")
    return lines


def _due(told: Telling, facts: CertifyingFacts, what: str, as_of: datetime) -> str:
    """Return who is due, or past the date that was set: always by which source, as of when."""
    ahead = [event for event in facts.deadlines if event.starts_at >= facts.moment]
    past = [event for event in facts.deadlines if event.starts_at < facts.moment]
    seen = f"as of {told.when(as_of)}"
    if past:
        event = past[-1]
        law = "" if event.verified else " (unverified)"
        return f"**Past the date set, {_moment(told, event)}{law}:** {what}, {seen}"
    if ahead:
        law = "" if ahead[0].verified else " (unverified)"
        return f"**Due by {_moment(told, ahead[0])}{law}:** {what}, {seen}"
    return f"**Still due, with no date in the schedule:** {what}, {seen}"


def _own_words(told: Telling, facts: CertifyingFacts, sources: Sequence[Listed], setting: Setting) -> list[str]:
    """Return what counties say themselves, and where that differs from what each source lists."""
    own = {fips: word for fips, word in facts.own.items() if may_be_named(word.source, setting)}
    certified = frozenset(fips for fips, word in own.items() if not word.taken_back)
    back = frozenset(own) - certified
    lines = []
    for what, units in (("", certified), (" no longer", back)):
        by_source: dict[str, list[str]] = {}
        for fips in sorted(units):
            by_source.setdefault(own[fips].source.id, []).append(fips)
        for named in by_source.values():
            source, newest = own[named[0]].source, max(own[fips].as_of for fips in named)
            lines.append(
                f"By their own word{what} certified, {source_name(source)} says, as of {told.when(newest)}: "
                f"{_names(facts, frozenset(named))}."
            )
    for one in sources:
        if not one.units:
            continue
        by = f"as of {told.when(one.as_of)}"
        if unlisted := certified - one.units:
            lines.append(f"Say so themselves, and not on {possessive(source_name(one.source))} list {by}: {_names(facts, unlisted)}.")  # fmt: skip
        if still := back & one.units:
            lines.append(f"Took it back themselves, and still on {possessive(source_name(one.source))} list {by}: {_names(facts, still)}.")  # fmt: skip
    return lines


def _names(facts: CertifyingFacts, units: frozenset[str]) -> str:
    return units_named(facts.contest, sorted(units), _MOST_NAMED)


def _moment(told: Telling, event: Event) -> str:
    moment = event.starts_at
    return f"{clock(moment, told.zone)} {day(moment, told.now, told.zone)}"
