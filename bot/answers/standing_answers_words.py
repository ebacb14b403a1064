"""The cards that answer **Everything known**, /certified and /recount."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.answers.history_words import CertifiedCount, ListedBatch, update_lines
from bot.answers.units_words import OutstandingFacts, outstanding_card, unknown_start
from bot.count.reading import Reading
from bot.count.recount_line import DecidingMargin, RecountLine, RecountOutlook, against_line
from bot.count.rules import majority_outlook, passing_choice
from bot.desk.desk_file import Source
from bot.events.event import Event
from bot.outcomes.certification_words import (
    CertifyingFacts,
    ResultsFacts,
    certified_phrase,
    certifying_lines,
    has_date,
    results_line,
)
from bot.tally.line_crossings_words import deciding_of
from bot.tally.standing_words import MarginFacts, change_to, has_total, margin_answer, with_age
from bot.wording.card import Block, Card, Line, Section
from bot.wording.context import ContestContext, may_be_named, source_name
from bot.wording.credit import NOT_POSTED, answer_footer, credit_line
from bot.wording.escape import capitalised, escape, possessive, stopped
from bot.wording.lines import against_limit, law, law_source, lead_of, majority, recount_line
from bot.wording.names import state_name
from bot.wording.numbers import commas, round_percent, votes
from bot.wording.question import Question
from bot.wording.times import clock, day, day_is_enough
from bot.wording.viewer import seen_by
from bot.wording.votes_table import whole

_MOST_BATCHES = 3

_LEFT_LINES = 5

_MOST_LAW = 120


@dataclass(frozen=True, slots=True)
class CertifiedStanding:
    """What is known about a contest's certification: counts of certified units, deadlines and certified results."""

    counts: tuple[CertifiedCount, ...]
    """Counts of certified units, newest first. Counts from a person come last."""
    deadlines: tuple[Event, ...]
    whole: tuple[tuple[Source, datetime], ...] = ()
    """Pairs of source and time, for sources that mark their own results as certified."""
    results: ResultsFacts | None = None
    """The newest entry on whether the results are certified."""


def standing_answer(
    facts: MarginFacts,
    batches: tuple[ListedBatch, ...],
    certified: CertifiedStanding,
    outstanding: OutstandingFacts,
    question: Question,
) -> Card:
    """Return the card with everything known about a contest.

    The card begins with the answer of /margin. The last batches, the recount limit, certification and ballots left
    follow.
    """
    margin = margin_answer(facts, question.setting, full=True)
    context = question.context(facts.reading.names if facts.reading else None)
    (block,) = margin.blocks or (Block(colour=None),)
    if facts.reading is not None:
        again = _said_again(facts.reading, facts, context, question)
        *kept, last = (line for line in block.lines if line.text not in again)
        block = replace(block, lines=(*kept, last) if last.text else tuple(kept))
    parts = (
        ("Latest updates", update_lines(context, batches[:_MOST_BATCHES])),
        (
            "Recount",
            _first(
                recount_card(facts, question), 2 if question.setting.recount_line(question.contest) else 3, question
            ),
        ),
        ("Certified", _first(certified_card(certified, question), 3, question)),
        ("Ballots left", _first(outstanding_card(outstanding, question), _LEFT_LINES, question)),
    )
    sections = tuple(Section(name, found) for name, found in parts if found)
    whole = replace(margin, blocks=(replace(block, sections=(*block.sections, *sections)),))
    return question.with_share_button(with_age(whole, facts))


def _first(card: Card, most: int, question: Question) -> tuple[Line, ...]:
    """Return a card's head and the first lines of its first block, as far as the viewer may read them.

    At most `most - 1` lines of the block are returned, so that a head of one line makes `most` lines in all.
    """
    seen = seen_by(card, question.viewer).card
    below = seen.blocks[0].lines if seen.blocks else ()
    return (*seen.head, *below[: most - 1])


def _said_again(reading: Reading, facts: MarginFacts, context: ContestContext, question: Question) -> tuple[str, ...]:
    """Return the lines of /margin's card that repeat the card's own sentences about the margin or the recount."""
    change = change_to(reading, facts.change)
    total = (whole(reading),) if facts.at is None and has_total(context, change, reading) else ()
    contest, rules = question.contest, question.setting.recount_lines
    decides = deciding_of(contest, reading, change)
    in_sentence = next(
        (
            line
            for line in rules
            if decides and line.state == contest.state and line.verified and against_line(line, decides.margin, reading)
        ),
        None,
    )
    if in_sentence is None or in_sentence.share is None:
        return total
    return (*total, recount_line(change, reading, question.setting.recount_line(contest), contest.contest_rule))


def certified_answer(facts: CertifiedStanding, question: Question, listing: CertifyingFacts | None = None) -> Card:
    """Return the answer to /certified, with the sources that it is based on."""
    basis_sources = [one.source.id for one in facts.counts if may_be_named(one.source, question.setting)]
    basis_sources += [one.source.id for one in listing.sources] if listing else []
    basis_sources = basis_sources or [source.id for source, _ in facts.whole] or [""]
    return question.with_share_button(certified_card(facts, question, listing), *basis_sources)


def certified_card(facts: CertifiedStanding, question: Question, listing: CertifyingFacts | None = None) -> Card:
    """Return a card with the newest count of certified units in a sentence.

    Other sources' counts, deadlines and certified results follow. `listing` has the names of the units that certified,
    are due or are late, and comes first below the sentence.
    """
    context, setting = question.context(), question.setting
    said = [certified_line(context, source, at) for source, at in facts.whole if may_be_named(source, setting)]
    counts = [one for one in facts.counts if may_be_named(one.source, setting)]
    if counts:
        newest = counts[0]
        whose = count_source_phrase(context, newest, timed=listing is None)
        first = f"**{context.head}: {certified_phrase(context, newest.count)},** {whose.text}"
        head = replace(whose, text=question.then(first) if listing else first)
        credit = credit_line(setting, newest.source, newest.as_of, question.now)
    else:
        nobody = Line(count_unknown_sentence(context, question.at, public=setting.public))
        head = replace(said[0], text=f"**{said[0].text}**") if said else nobody
        credit = credit_line(setting, None, question.at or question.now, question.now)
    dated = [event for event in facts.deadlines[:6] if listing and has_date(listing, event)]
    law = next((escape(event.source, _MOST_LAW) for event in dated if event.source), "")
    below = certifying_lines(listing, law) if listing else []
    # Skip a count that only adds up the names above.
    named = {one.source.id for one in listing.sources if one.units} if listing else set()
    for one in counts[1:8]:
        if not one.count.named or one.corrected or one.source.id not in named:
            whose = count_source_phrase(context, one)
            below.append(replace(whose, text=f"{certified_phrase(context, one.count)}, {whose.text}"))
    below += said if counts else said[1:]
    if facts.results:
        below.append(results_line(context, facts.results))
    below += [
        Line(deadline_sentence(context, event, question.at or question.now))
        for event in facts.deadlines[:6]
        if event not in dated
    ]
    shown = tuple(replace(line, text=line.text[:1].upper() + line.text[1:]) for line in below)
    return Card((head,), credit, (Block(shown),) if shown else ())


def recount_answer(facts: MarginFacts, question: Question) -> Card:
    """Return the answer to /recount, with the sources that it is based on."""
    return question.with_share_button(recount_card(facts, question))


def recount_card(facts: MarginFacts, question: Question) -> Card:
    """Return a card that compares the margin with the recount limit, with the law and its source below."""
    reading, setting = facts.reading, question.setting
    context = question.context(reading.names if reading else None)
    rules = [line for line in setting.recount_lines if line.state == question.contest.state]
    checked = [line for line in rules if line.verified]
    change = change_to(reading, facts.change) if reading else None
    decides = deciding_of(question.contest, reading, change)
    stands = [
        (line, against_line(line, decides.margin, reading) if decides and reading else None)
        for line in checked or rules
    ]
    first = next(((line, seen) for line, seen in stands if seen is not None), None)
    below: list[str] = []
    if not rules:
        content = no_line(context)
    elif not checked:
        content = unverified(context)
    elif decides is None and reading and any(reading.votes.values()) and change and change.margin is not None:
        content = question.then(not_by_margin(context))
    elif first is None or decides is None:
        content = question.then(no_margin(context))
    else:
        content = question.then(side(context, first[0], first[1], decides))
    in_sentence = first[0] if checked and first is not None else None  # its limit is in the sentence
    for line, seen in stands:
        below += [law(context, line, limit_said=line is in_sentence), law_source(line, brief=True)]
        if reading and line.verified and seen is not None and decides is not None and line is not in_sentence:
            below.append(line_in_votes(limit_now(seen, decides), reading.counted))
    if reading is not None:
        rule = question.contest.contest_rule
        if seen_majority := majority_outlook(rule, reading, passing_choice(question.contest.candidates[0].id, reading)):
            below.append(majority(context, seen_majority.outlook, seen_majority.choice, reading))
    credit = credit_line(setting, facts.source, reading.as_of if reading else question.now, question.now)
    by, small = (facts.source.id,), ""
    if reading is not None:
        checked_at = None if question.at else facts.checked_at
        small = answer_footer(context, facts.source, reading, setting, facts.changed_at, checked_at)
    block = Block(tuple(Line(line, by) for line in below if line), footer=small)
    return Card((Line(content, by),), credit, (block,) if below else ())


def count_source_phrase(context: ContestContext, one: CertifiedCount, *, timed: bool = True) -> Line:
    """Return a line with the source of a count of certified units.

    For example "the Secretary of State says, as of 8:05 a.m.; up from 92.". If the post about the count was corrected,
    a mark follows. `timed`: False if the small print has the time.
    """
    text = f"{source_name(one.source)} says{f', as of {context.when(one.as_of)}' if timed else ''}"
    before = one.before.done if one.before is not None else one.count.done
    way = "up" if before < one.count.done else "down"
    whose = stopped(text if before == one.count.done else f"{text}; {way} from {commas(before)}")
    whose = f"{whose} {NOT_POSTED}" if one.waits else whose
    line = Line(whose, (one.source.id,), readers="newsroom" if one.waits else "public")
    return replace(line, text=f"{whose} {one.corrected.mark()}", posts=one.corrected.posts) if one.corrected else line


def count_unknown_sentence(context: ContestContext, at: datetime | None, *, public: bool) -> str:
    """Return a sentence stating that the number of certified units is unknown.

    `public`: True if the sentence must not reveal whether staff made entries.
    """
    then = f" by {context.when(at)}" if at else ""
    nobody = unknown_start(at, public=public)
    unknown = f"Unknown: {nobody} how many {context.contest.units} have certified in {context.place}{then}"
    return f"**{stopped(unknown)}**"


def certified_line(context: ContestContext, source: Source, as_of: datetime) -> Line:
    """Return a line stating that a source marks its own results as certified."""
    text = f"{capitalised(source_name(source))} calls its results certified, as of {context.when(as_of)}"
    return Line(stopped(text), (source.id,))


def deadline_sentence(context: ContestContext, event: Event, now: datetime) -> str:
    """Return the deadline for units or the state to certify, with its law.

    A note follows if nobody has verified the date.
    """
    moment, zone = event.starts_at, context.zone
    who = f"the {context.contest.units}" if event.certifies == "units" else (state_name(context.contest) or "the state")
    date = day(moment, now, zone)
    if date == "today":
        until = "today" if day_is_enough(moment, zone) else clock(moment, zone)
    else:
        until = date if day_is_enough(moment, zone) else f"{clock(moment, zone)} {date}"
    law = f" ({escape(event.source, _MOST_LAW)})" if event.source else ""
    if not event.verified:
        law += ", unverified"
    if moment < now:
        return stopped(f"The date set for {who} to certify was {until}{law}")
    verb = "are expected to have" if event.status == "expected" else "has" if event.certifies == "state" else "have"
    return stopped(f"{capitalised(who)} {verb} until {until} to certify{law}")


def side(context: ContestContext, line: RecountLine, stands: RecountOutlook, decides: DecidingMargin) -> str:
    """Return a sentence that compares the margin with the limit.

    For example "**Within Georgia's recount range:** … The limit comes to …".
    """
    state = state_name(context.contest)
    line_of = f"{possessive(state)} recount range" if state else "recount range"
    lead, limit = lead_of(context, decides), votes(limit_now(stands, decides))
    where = "Within" if stands.inside else "Outside"
    far = (
        f"{commas(stands.votes_to_line)} {'more' if stands.inside else 'fewer'} than"
        if stands.votes_to_line
        else "just"
    )
    return (
        f"**{where} {line_of}:** {lead}, {against_limit(line, stands)}. The limit comes to {limit}, {far} the margin."
    )


def limit_now(stands: RecountOutlook, decides: DecidingMargin) -> int:
    """Return the largest margin, in votes, that is within the recount range at the present total."""
    return (decides.margin.votes or 0) + (stands.votes_to_line if stands.inside else -stands.votes_to_line)


def not_by_margin(context: ContestContext) -> str:
    """Return a sentence that explains why the margin can't be compared with the recount limit."""
    contest = context.contest.contest_rule
    if contest.name == "ranked":
        why = "only first choices are known here"
    elif contest.name == "measure":
        why = f"the rule asks for {round_percent(contest.threshold)}, not a lead"
    else:
        why = "no more candidates are listed than get through"
    return f"**Recount range unknown in {context.place}:** {why}."


def unverified(context: ContestContext) -> str:
    """Return a warning that nobody has verified the law cited in the next line."""
    state = possessive(state_name(context.contest) or "the state")
    return f"**Unverified: no one here has checked {state} recount law.** Do not use this on air:"


def no_line(context: ContestContext) -> str:
    """Return a sentence stating that no recount limit is known."""
    place = state_name(context.contest)
    return f"**No recount rule is known here for {place or context.place}.**"


def no_margin(context: ContestContext) -> str:
    """Return a sentence stating that the contest has no margin to compare with the recount limit."""
    return f"**No margin is known in {context.place},** so the recount range is unknown."


def line_in_votes(largest: int, total: int) -> str:
    """Return the recount limit as a number of votes: "With 4,991,741 votes counted, the limit is 24,959."."""
    return f"With {votes(total)} counted, the limit is {commas(largest)}."
