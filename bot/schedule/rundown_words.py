"""Renders the morning list, as a post and as text to copy.

The list has each contest's current count and certification, the events of the day, and deadlines.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from bot.count.certification import CertificationCount
from bot.count.change import Change
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.desk.desk_file import Source
from bot.events.event import Event
from bot.outcomes.calls_words import status_section
from bot.outcomes.certification_words import certified_phrase, certified_units
from bot.schedule.reminders_words import later_words, local_hour, status_words, what
from bot.tally.standing_words import MarginFacts, change_to, held_note, no_count_sentence, standing_phrase, stood_phrase
from bot.wording.card import Block, Button, Card, Line, Section, lines
from bot.wording.context import ContestContext, Setting, contest_context, source_name
from bot.wording.corrected import Corrected
from bot.wording.credit import changed_and_checked, credit_line, footer
from bot.wording.escape import capitalised, escape, possessive, stopped, to_copy, without_markdown
from bot.wording.limits import ALL_EMBEDS, EMBEDS, fitted
from bot.wording.lines import leaders_share, recount_sentence, required_share, rule_line, share_passed, so_far
from bot.wording.margin import ahead_by
from bot.wording.message import block_size
from bot.wording.names import count_name, unit_list
from bot.wording.numbers import begins, commas, counted, spelled, votes
from bot.wording.question import SourceWarning
from bot.wording.times import clock, date_line, day, day_is_enough, length_between, when
from bot.wording.votes_table import by_size

COPY = "rundown:copy"
"""The key of the copy button below the list."""

UNOFFICIAL = "Unofficial unless marked certified."
"""The last sentence of a copied list, in place of each contest's results status."""

_OLD = timedelta(minutes=10)
"""If a list is older than this, copying it shows a warning."""

_MOST_IN_HEADLINE = 2

_EVENTS_SIZE = 900

_NOTE_SIZE = 100
"""Characters reserved for a note that some contests are not shown."""

_DESCRIPTION = 1800
"""The maximum length of one contest's text in characters, so that there is room for the day ahead."""

_PLACES = 3
"""The maximum number of later places named for each event."""

_MOST_SOURCE = 80

_MOST_UNITS = 4
"""If more units together changed the lead, none of them is named."""

_STRETCH = timedelta(hours=3)
"""A margin that lasted for less than this is not reported as the overnight margin."""


@dataclass(frozen=True, slots=True)
class OvernightFacts:
    """The changes of one contest's count since last evening, according to its leading source."""

    since: datetime
    """Last evening's hour, from which changes are counted."""
    changes: int
    """The number of changes with votes since last evening."""
    earlier: Change | None
    """The count before the latest change since the evening; without such a change, the current count."""
    earlier_from: datetime | None
    """When the count `earlier` was reached."""
    earlier_until: datetime | None
    """When the latest change replaced the count `earlier`; None if that is still current."""
    at_evening: Change | None
    """The count last evening."""
    opened: bool = False
    """True if the first change is the source's first reading, which does not count as an update."""
    lead_changes: tuple[Change, ...] = ()
    """The changes in which the lead changed hands."""
    share_passed: Reading | None = None
    """The count when the share that the contest's rule requires was last reached or lost."""

    @property
    def took_lead(self) -> Change | None:
        """The last lead change; None if there was none, or if it gave the lead back to last evening's leader."""
        last = self.lead_changes[-1] if self.lead_changes else None
        led = self.at_evening.leader if self.at_evening and self.at_evening.margin else None
        return last if last is not None and last.leader != led else None


@dataclass(frozen=True, slots=True)
class RundownContest:
    """The part of the morning list about one followed contest."""

    standing: MarginFacts
    overnight: OvernightFacts
    certified: CertificationCount | None = None
    certified_by: Source | None = None
    certified_at: datetime | None = None
    official: Statement | None = None
    """The official source's latest total and margin, if the official source is not the leading source."""
    official_source: Source | None = None
    official_updated: datetime | None = None
    """When staff last saw the official figures change, if that is long ago."""
    mark: SourceWarning | None = None
    """A warning about the leading source, such as that it is muted."""
    certified_corrected: Corrected | None = None
    """The correction of the post about certification."""
    official_corrected: Corrected | None = None
    """The correction of the post with the official total or margin."""


@dataclass(frozen=True, slots=True)
class RundownFacts:
    """The facts for the morning list of one channel."""

    now: datetime
    contests: Sequence[RundownContest]
    today: Sequence[Event]
    """Events later today, in order of time."""
    deadlines: Sequence[Event]
    """Deadlines and certifications after today, in order of time."""


def rundown_post(facts: RundownFacts, setting: Setting) -> Card:
    """Return the morning list of one channel as a card."""
    return Card(
        lines(_headline(facts, setting)),
        credit_line(setting, None, facts.now, facts.now),
        _blocks(facts, setting) if facts.contests or facts.today or facts.deadlines else (),
        "rundown",
        buttons=() if setting.public else (Button("Copy for live blog", COPY),),
        states=tuple(stated for one in facts.contests if (stated := one.standing.stated) is not None),
    )


def _headline(facts: RundownFacts, setting: Setting) -> str:
    told = [_ContestPart.of(one, setting) for one in facts.contests]
    phrases = [one.standing_phrase() for one in told[:_MOST_IN_HEADLINE]]
    if (more := len(told) - _MOST_IN_HEADLINE) > 0:
        phrases.append(f"{_more_contests(more, setting)} below")
    elif len(told) == 1 and (certified := told[0].certified_phrase()) and not told[0].facts.certified_corrected:
        phrases.append(certified)
    if any(one.facts.standing.held for one in told):
        phrases.append("newer figures are on hold")
    phrases += dict.fromkeys(mark.brief.lower() for one in told if (mark := one.facts.mark))
    if not phrases:
        number = len(facts.today)
        phrases = [
            f"{spelled(number, 'event')} on the schedule today" if number else "nothing is on the schedule today"
        ]
    return stopped(f"**{date_line(facts.now, setting.desk.zone)}:** {'; '.join(phrases)}")


def _blocks(facts: RundownFacts, setting: Setting) -> tuple[Block, ...]:
    """Return a block for each contest, as many as fit into Discord's limits, and a block for the day ahead."""
    quiet = _quiet_line(facts, setting)
    ahead = _day_ahead(facts, setting)
    alone = len(facts.contests) == 1
    blocks = [
        _contest_block(_ContestPart.of(one, setting), setting, alone=alone, night=not _unchanged(facts))
        for one in facts.contests
    ]
    day = Block(lines(quiet) if quiet else (), ahead)
    if alone:
        (block,) = blocks
        return (replace(block, lines=block.lines + day.lines, sections=block.sections + day.sections),)
    room = ALL_EMBEDS - block_size(day) - _NOTE_SIZE
    shown: list[Block] = []
    for block in blocks[: EMBEDS - 1]:
        room -= block_size(block)
        if room < 0:
            break
        shown.append(block)
    if left := len(blocks) - len(shown):
        more = Section("Also followed", lines(f"{_more_contests(left, setting)}; /margin has them."))
        day = replace(day, sections=(more, *ahead))
    return (*shown, day)


def _quiet_line(facts: RundownFacts, setting: Setting) -> str:
    """Return the line for a day without events; empty for a day with events."""
    if facts.today:
        return ""
    evening = max((one.overnight.since for one in facts.contests), default=None)
    since = when(evening, facts.now, setting.desk.zone) if evening is not None and _unchanged(facts) else None
    return quiet_line(since, deadlines=bool(facts.deadlines))


def quiet_line(unchanged_since: str | None, *, deadlines: bool) -> str:
    """Return a line which states that there are no events today, no deadlines soon, and no changes in the counts.

    Args:
        unchanged_since: since when no count has changed ("6 p.m. Tuesday"); None if a count has changed, or if that is unknown.
        deadlines: True if the list has deadlines.
    """
    ahead = "nothing is on the schedule today" + ("" if deadlines else ", and no deadline falls within two weeks")
    if unchanged_since is None:
        return f"{capitalised(ahead)}."
    return f"No change since {unchanged_since}; {ahead}."


def _unchanged(facts: RundownFacts) -> bool:
    """Return True if no count has changed since the evening, every source was checked, and today has no events."""
    return not facts.today and all(
        one.overnight.changes == 0
        and not one.standing.held
        and one.standing.checked_at is not None
        and one.standing.checked_at >= one.overnight.since
        for one in facts.contests
    )


def _contest_block(told: "_ContestPart", setting: Setting, *, alone: bool, night: bool) -> Block:
    facts, standing = told.facts, told.facts.standing
    sections = []
    if certified := told.certified():
        sections.append(Section("Certified", (Line(certified, _ids(facts.certified_by)),)))
    if tally := official_tally(told.context, facts.official, facts.official_updated):
        by = facts.official_source
        tally = f"{tally} {facts.official_corrected.mark()}" if facts.official_corrected else tally
        text = f"{capitalised(source_name(by))}: {tally}" if by else tally
        sections.append(Section("Official tally", (Line(text, _ids(by)),)))
    posted = replace(standing, calls=tuple(one for one in standing.calls if one.posted))
    sections += status_section(told.context, posted.calls, posted.results, setting)
    heading = "Where it stands" if alone else told.context.head
    stands = fitted([f"**{heading}**", *told.where_it_stands(setting, night=night)], _DESCRIPTION)
    small = footer(told.context, standing.source, standing.reading, None, None) if standing.reading else ""
    return Block(tuple(Line(text, (standing.source.id,)) for text in stands), tuple(sections), footer=small)


def _ids(source: Source | None) -> tuple[str, ...]:
    return (source.id,) if source is not None else ()


@dataclass(frozen=True, slots=True)
class _ContestPart:
    """The facts of the list about one contest, with the methods that write its sentences."""

    facts: RundownContest
    context: ContestContext

    @classmethod
    def of(cls, facts: RundownContest, setting: Setting) -> Self:
        standing = facts.standing
        if (reading := standing.reading) is None:
            return cls(facts, contest_context(standing.contest, setting, standing.now))
        return cls(facts, contest_context(standing.contest, setting, standing.now, reading.names, reading.count))

    def standing_phrase(self) -> str:
        facts = self.facts.standing
        if facts.reading is None:
            return f"no count is in yet for {self.context.place}"
        change = change_to(facts.reading, facts.change)
        phrase = self._phrase(change, facts.reading)
        took = self._overnight_leader()
        short = required_share(self.context, facts.reading)
        if took and took.leader == change.leader and change.margin and not short and not facts.held:
            ahead = f"{self.context.who(change.leader)} moved ahead in {self.context.place} overnight"
            phrase = f"{ahead} and leads by {commas(change.margin or 0)}"
        if change.margin and (has := leaders_share(self.context, facts.reading)):
            phrase = f"{phrase}, with {has.share} of the vote{so_far(facts.reading)}, {has.stands}"
        if facts.held:
            phrase = f"{phrase} as of {self.context.when(facts.reading.as_of)}"
        if (corrected := facts.corrected) is None:
            return phrase
        return f"{phrase} ({'corrected' if corrected.number is None else f'see #{corrected.number}'})"

    def _phrase(self, change: Change, reading: Reading, *, placed: bool = True) -> str:
        """Return the standing, in the past if the source has other figures by now."""
        worded = stood_phrase if self.facts.standing.held else standing_phrase
        return worded(self.context, change, reading, placed=placed)

    def _overnight_leader(self) -> Change | None:
        """Return the change in which somebody took the lead after midnight, or None.

        A change at 7:47 p.m. is not overnight.
        """
        if (took := self.facts.overnight.took_lead) is None:
            return None
        taken, today = (moment.astimezone(self.context.zone).date() for moment in (took.as_of, self.context.now))
        return took if taken == today else None

    def where_it_stands(self, setting: Setting, *, night: bool) -> list[str]:
        """Return lines about a contest's current count. With `night`, they include the changes since last evening."""
        facts, reading = self.facts.standing, self.facts.standing.reading
        changed_at = None if facts.held else facts.changed_at  # what is held may have changed them since
        times = changed_and_checked(self.context, changed_at, facts.checked_at)
        held = held_note(facts.held) if facts.held else ""
        mark = self.facts.mark.words if self.facts.mark else ""
        if reading is None:
            return [line for line in (no_count_sentence(self.context, facts.source), _stop(times), held, mark) if line]
        change = change_to(reading, facts.change)
        line, rule = setting.recount_line(facts.contest), facts.contest.contest_rule
        said = [
            self._standing(change, reading),
            facts.corrected.mark() if facts.corrected else "",
            held,
            _stop(times),
            mark,
            *(self._overnight(change) if night else ()),
            recount_sentence(change, reading, line, rule, "was" if held else "is"),
            "" if held else rule_line(self.context, reading),
        ]
        return [line for line in said if line]

    def _standing(self, change: Change, reading: Reading) -> str:
        leads = capitalised(self._phrase(change, reading, placed=False))
        count = f"{possessive(source_name(self.facts.standing.source))} {count_name(reading.count)}"
        # Otherwise the line below has the time.
        dated = self.facts.standing.held or self.facts.standing.changed_at is None
        at = f" as of {self.context.when(reading.as_of)}" if dated else ""
        return stopped(f"{leads}, in {count} of {votes(reading.counted)}{at}")

    def certified_phrase(self) -> str:
        """Return a text such as "92 of 159 counties had certified as of 3 p.m. Wednesday".

        Returns "" if the number is unknown.
        """
        if self.facts.certified is None:
            return ""
        if self.facts.certified_at is None:
            return certified_phrase(self.context, self.facts.certified)
        phrase = certified_phrase(self.context, self.facts.certified, "had certified")
        return f"{phrase} as of {self.context.when(self.facts.certified_at)}"

    def certified(self) -> str:
        if self.facts.certified is None:
            return ""
        count = capitalised(certified_units(self.context, self.facts.certified))
        at = f" as of {self.context.when(self.facts.certified_at)}" if self.facts.certified_at else ""
        by = f", {source_name(self.facts.certified_by)} says" if self.facts.certified_by else ""
        counted = stopped(f"{count}{at}{by}")
        corrected = self.facts.certified_corrected
        return f"{counted} {corrected.mark()}" if corrected else counted

    def _overnight(self, change: Change) -> list[str]:
        night = self.facts.overnight
        if self.facts.standing.held:
            return []  # the held figures may be from overnight
        told = []
        if night.lead_changes:
            told += [lead_changed(self.context, self.facts.standing.source, night.lead_changes, night.since)]
        if night.share_passed:
            told += [share_passed_at(self.context, self.facts.standing.source, night.share_passed, night.since)]
        return [
            *(told or [overnight(self.context, change, night.earlier, (night.earlier_from, night.earlier_until))]),
            since_evening(self.context, night.changes - night.opened, night.at_evening, night.since),
        ]


def lead_changed(context: ContestContext, source: Source, changes: Sequence[Change], evening: datetime) -> str:
    """Return a sentence on who took the lead, when, and after votes from which units.

    For several changes, the sentence gives their number and the last one. If the first was before midnight, the
    sentence begins with "Since" and the `evening`, instead of "Overnight".
    """
    change = changes[-1]
    came = change.units or {}
    explained = (
        change.kind != "revision" and sum(came.values()) == change.new_votes and min(came.values(), default=0) > 0
    )
    units = by_size(came) if explained else []
    after = f"after votes from {unit_list(context.contest, units)}" if 0 < len(units) <= _MOST_UNITS else ""
    who, at = context.who(change.leader), context.when(change.as_of)
    count = f"in {possessive(source_name(source))} {count_name(context.count)}"
    span = _span(context, changes[0].as_of, evening)
    if len(changes) == 1:
        return stopped(f"{span} {who} took the lead at {at} {count}{f', {after}' if after else ''}")
    often = "twice" if len(changes) == 2 else spelled(len(changes), "time")
    last = f"the last time at {at}, when {who} moved ahead{f' {after}' if after else ''}"
    return stopped(f"{span} the lead changed hands {often} {count}, {last}")


def _span(context: ContestContext, began: datetime, evening: datetime) -> str:
    dates = {moment.astimezone(context.zone).date() for moment in (began, context.now)}
    return "**Overnight:**" if len(dates) == 1 else f"**Since {context.when(evening)}:**"


def share_passed_at(context: ContestContext, source: Source, reading: Reading, evening: datetime) -> str:
    """Return a sentence that the required share was reached or lost, and when: "**Overnight:** Lee's share dropped below …"."""
    at = f"at {context.when(reading.as_of)} in {possessive(source_name(source))} {count_name(reading.count)}"
    return stopped(f"{_span(context, reading.as_of, evening)} {share_passed(context, reading, at)}")


def overnight(
    context: ContestContext, standing: Change, earlier: Change | None, span: tuple[datetime | None, datetime | None]
) -> str:
    """Return a sentence on the margin during the night, with times; "" if the night has nothing worth mentioning.

    The sentence does not claim that the margin was the same all that time, since earlier polls of the source are not
    stored.

    Args:
        context: the contest.
        standing: the latest change.
        earlier: the change before the latest, or the latest if there was no change overnight.
        span: when `earlier` began and ended; None for an unknown beginning, or if `earlier` is still current.
    """
    since, until = span
    if earlier is None or earlier.margin is None:
        return ""
    if until is None:
        return "**Overnight:** no change posted."
    if since is not None and until - since < _STRETCH and _goes_on(standing, earlier):
        return ""  # a busy night; that another led, or a tie, is mentioned however short it was
    began = f" as of {context.when(since)}" if since else ""
    return stopped(f"**Overnight:** {_stood(context, earlier)}{began}; the next update came at {context.when(until)}")


def _stood(context: ContestContext, earlier: Change) -> str:
    if not earlier.margin:
        return "the count was tied"
    return f"{context.who(earlier.leader)} led by {commas(earlier.margin)}"


def _goes_on(standing: Change, earlier: Change) -> bool:
    return bool(earlier.margin) and earlier.leader == standing.leader


def since_evening(context: ContestContext, changes: int, at_evening: Change | None, since: datetime) -> str:
    """Return a text with the number of changes since last evening (`since`), and the margin at that time.

    The text is empty for fewer than two `changes`, because `overnight` covers a single change.
    """
    if changes <= 1:
        return ""
    sentence = f"{begins(changes)} updates since {context.when(since)}"
    if at_evening is None or at_evening.margin is None:
        return stopped(sentence)
    stood = (
        f"{context.who(at_evening.leader)} led by {commas(at_evening.margin)}" if at_evening.margin else "it was tied"
    )
    return f"{sentence}, when {stood}."


def official_tally(context: ContestContext, statement: Statement | None, updated: datetime | None) -> str:
    """Return the official source's figures as text: "4,989,046 votes; last updated about 5:35 p.m. Tuesday"."""
    parts = []
    if statement and statement.total is not None:
        parts.append(f"{'' if statement.exact('total') else 'about '}{votes(statement.total)}")
    if statement and statement.margin is not None and statement.leader is not None:
        parts.append(ahead_by(context, statement.leader, statement.margin, about=not statement.exact("margin")))
    if statement and parts:
        # What was last updated long before is not as of the time at which staff looked.
        parts[-1] += f"{' when checked at' if updated else ', as of'} {context.when(statement.as_of)}"
    if updated:
        parts.append(f"last updated about {context.when(updated)}")
    return stopped("; ".join(parts)) if parts else ""


def _day_ahead(facts: RundownFacts, setting: Setting) -> tuple[Section, ...]:
    zone = setting.desk.zone
    ahead = {
        "Today": [event_line(event, zone) for event in facts.today],
        "Deadlines": [deadline_line(event, facts.now, zone) for event in facts.deadlines],
    }
    return tuple(
        Section(title, lines(*shown))
        for title, events in ahead.items()
        if (shown := fitted(events, _EVENTS_SIZE, "and {} more"))
    )


def event_line(event: Event, zone: ZoneInfo) -> str:
    """Return an event of today as a line: "**10:30 a.m.** News conference: …, Atlanta (expected, not confirmed)"."""
    return _line(event, clock(event.starts_at, zone), zone)


def deadline_line(event: Event, now: datetime, zone: ZoneInfo) -> str:
    """Return the line for a deadline: "**5 p.m. Friday** Counties certify (the law)".

    Without an hour, only the day is shown.
    """
    moment = event.starts_at
    source = f" ({escape(_shortened(event.source))})" if event.source else ""
    at = day(moment, now, zone) if day_is_enough(moment, zone) else when(moment, now, zone)
    return f"{_line(event, at, zone)}{source}"


def _shortened(source: str) -> str:
    """Cut the name of a source to the clauses that fit into a line, or else to whole words."""
    if len(source) <= _MOST_SOURCE:
        return source
    clauses = source[:_MOST_SOURCE].rpartition("; ")[0]
    return clauses or f"{source[: _MOST_SOURCE - 1].rpartition(' ')[0] or source[: _MOST_SOURCE - 1]}…"


def _line(event: Event, at: str, zone: ZoneInfo) -> str:
    if event.status == "canceled":
        return f"**Canceled:** {at}, {what(event)}"
    later = f"; {words}" if (words := later_words(event, zone, _PLACES)) else ""
    return f"**{capitalised(at)}**{local_hour(event, zone)} {what(event)}{later}{status_words(event)}"


def _more_contests(number: int, setting: Setting) -> str:
    return counted(number, f"more {setting.desk.desk.style.contest}")


def _stop(clause: str) -> str:
    return stopped(capitalised(clause)) if clause else ""


def copy_answer(posted: Card, as_of: datetime, now: datetime, setting: Setting) -> Card:
    """Return a posted list as plain text to copy, without markdown, post numbers or small print.

    A corrected list begins with its correction. The text includes its time, that it is unofficial and, in a rehearsal,
    the mark of a rehearsal. For an old list, a separate note states the list's age, and the command for current
    figures.
    """
    # The list's own headline begins with its date: "As of 8 a.m. Wednesday, Nov. 11: Biden leads".
    texts = [
        f"As of {when(as_of, now, setting.desk.zone)}: {posted.replaced[-1].lines[0]}"
        if posted.replaced
        else f"As of {clock(as_of, setting.desk.zone)} {posted.headline}"
    ]
    for block in posted.blocks:
        texts += [line.text for line in block.lines]
        for section in block.sections:
            texts += [f"{section.title}:", *(line.text for line in section.lines)]
    text = "\n".join([setting.loud_mark + without_markdown("\n".join(texts)), UNOFFICIAL])
    age = now - as_of
    old = f"This is the list of {length_between(as_of, now)} ago; `/draft` has the figures of now."
    return Card(lines(to_copy(text.replace("`", ""))), blocks=(Block(lines(old)),) if age >= _OLD else ())
