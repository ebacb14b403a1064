"""The cards of **Everything known**, /certified and /recount."""

from dataclasses import dataclass
from datetime import datetime

from bot.answers.moves_words import CertifiedCount, ListedBatch, update_lines
from bot.answers.units_words import OutstandingFacts, nobody_said, outstanding_answer
from bot.count.reading import Reading
from bot.count.recount_line import DecidingMargin, RecountLine, RecountOutlook, against_line
from bot.count.rules import majority_outlook, yes_of
from bot.desk.desk_file import Source
from bot.events.event import Event
from bot.outcomes.certification_words import (
    CertifyingFacts,
    ResultsFacts,
    certified_phrase,
    certifying_lines,
    due_line,
    results_line,
)
from bot.tally.line_crossings_words import deciding_of
from bot.tally.standing_words import MarginFacts, change_to, margin_answer, with_age
from bot.wording.card import SLATE, Card
from bot.wording.context import ContestContext, may_be_named, source_name
from bot.wording.credit import NOT_POSTED, answer_footer, credit_line
from bot.wording.draft import answer_card
from bot.wording.escape import capitalised, escape, possessive, stopped
from bot.wording.lines import against_limit, law, law_source, lead_of, majority, recount_line
from bot.wording.message import render
from bot.wording.names import state_name
from bot.wording.numbers import commas, round_percent, votes
from bot.wording.question import Question
from bot.wording.times import clock, day, day_is_enough
from bot.wording.votes_table import whole

_MOST_BATCHES = 3

_LEFT_LINES = 5

_MOST_LAW = 120


@dataclass(frozen=True, slots=True)
class CertifiedStanding:
    """What is known of a contest's certification."""

    counts: tuple[CertifiedCount, ...]
    """Newest first, but what a person heard comes last."""
    deadlines: tuple[Event, ...]
    whole: tuple[tuple[Source, datetime], ...] = ()
    """(source, as of when) of those whose own results status is certified."""
    results: ResultsFacts | None = None
    """The newest entry on whether the results are certified."""


def standing_answer(
    facts: MarginFacts,
    batches: tuple[ListedBatch, ...],
    certified: CertifiedStanding,
    outstanding: OutstandingFacts,
    asked: Question,
) -> Card:
    """Return /margin's answer with the last batches, the recount line, certification and ballots left below it."""
    margin = with_age(margin_answer(facts, asked.setting, full=True), facts)
    told = asked.told(facts.reading.names if facts.reading else None)
    recount = _said(asked, recount_answer(facts, asked), 2 if asked.setting.recount_line(asked.contest) else 3)
    parts = [
        ("Latest updates", update_lines(told, batches[:_MOST_BATCHES])),
        ("Recount", recount),
        ("Certified", _said(asked, certified_answer(certified, asked), 3)),
        ("Ballots left", _said(asked, outstanding_answer(outstanding, asked), _LEFT_LINES)),
    ]
    card = dict(render(margin).embeds[0]) if margin.blocks else {}
    if facts.reading is not None:
        again = _said_again(facts.reading, facts, render(margin).content, recount, asked)
        lines = [line for line in card["description"].split("\n") if line not in again]
        card["description"] = "\n".join(lines).rstrip("\n")
    fields = list(card.get("fields", ()))
    for name, lines in parts:
        if value := "\n".join(lines):
            fields.append({"name": name, "value": value})
    card["fields"] = fields
    return asked.shareable(answer_card(render(margin).content, (card,)))


def certified_answer(facts: CertifiedStanding, asked: Question, listing: CertifyingFacts | None = None) -> Card:
    """Return the newest count in a sentence, with other sources' counts, deadlines and certified results below.

    `listing`: who has certified by name, who is due and who is late; it comes first below the sentence.
    """
    told, setting = asked.told(), asked.setting
    said = [state_says(told, source, at) for source, at in facts.whole if may_be_named(source, setting)]
    counts = [one for one in facts.counts if may_be_named(one.source, setting)]
    if counts:
        newest = counts[0]
        phrase = certified_phrase(told, newest.count)
        content = f"**{told.head}: {phrase},** {by_whom(told, newest, timed=listing is None)}"
        content = asked.then(content) if listing else content
        credit = credit_line(setting, newest.source, newest.as_of, asked.now)
    else:
        content = f"**{said[0]}**" if said else nobody_counts(told, asked.at, public=setting.public)
        credit = credit_line(setting, None, asked.at or asked.now, asked.now)
    lines = certifying_lines(listing) if listing else []
    # A count that only adds up the names above is not repeated.
    named = {one.source.id for one in listing.sources if one.units} if listing else set()
    further = (one for one in counts[1:8] if not one.count.named or one.corrected or one.source.id not in named)
    lines += [f"{certified_phrase(told, one.count)}, {by_whom(told, one)}" for one in further]
    lines += said if counts else said[1:]
    if facts.results and may_be_named(facts.results.source, setting):
        lines.append(results_line(told, facts.results))
    for event in facts.deadlines[:6]:
        if (place := due_line(told, lines, event)) is None:
            lines.append(deadline_sentence(told, event, asked.at or asked.now))
        elif event.source:  # that line has the date
            lines[place] = lines[place].replace(":**", f"** ({escape(event.source, _MOST_LAW)}):", 1)
    card = {"description": "\n".join(line[:1].upper() + line[1:] for line in lines), "color": SLATE}
    rests_on = [one.source.id for one in counts] + [one.source.id for one in (listing.sources if listing else ())]
    rests_on = rests_on or [source.id for source, _ in facts.whole] or [""]
    return asked.shareable(answer_card(f"{content}\n-# {credit}", (card,) if lines else ()), *rests_on)


def recount_answer(facts: MarginFacts, asked: Question) -> Card:
    """Return where the margin stands against the recount line, with the law and its source below."""
    reading, setting = facts.reading, asked.setting
    told = asked.told(reading.names if reading else None)
    lines = [line for line in setting.recount_lines if line.state == asked.contest.state]
    checked = [line for line in lines if line.verified]
    change = change_to(reading, facts.change) if reading else None
    decides = deciding_of(asked.contest, reading, change)
    stands = [
        (line, against_line(line, decides.margin, reading) if decides and reading else None)
        for line in checked or lines
    ]
    first = next(((line, seen) for line, seen in stands if seen is not None), None)
    below: list[str] = []
    if not lines:
        content = no_line(told)
    elif not checked:
        content = unverified(told)
    elif decides is None and reading and any(reading.votes.values()) and change and change.margin is not None:
        content = asked.then(not_by_margin(told))
    elif first is None or decides is None:
        content = asked.then(no_margin(told))
    else:
        content = asked.then(side(told, first[0], first[1], decides))
    in_sentence = first[0] if checked and first is not None else None  # the sentence has its limit
    for line, seen in stands:
        below += [law(told, line, limit_said=line is in_sentence), law_source(line, brief=True)]
        if reading and line.verified and seen is not None and decides is not None and line is not in_sentence:
            below.append(line_in_votes(limit_now(seen, decides), reading.counted))
    if reading is not None:
        rule = asked.contest.contest_rule
        if seen_majority := majority_outlook(rule, reading, yes_of(asked.contest.candidates[0].id, reading)):
            below.append(majority(told, seen_majority.outlook, seen_majority.choice, reading))
    credit = credit_line(setting, facts.source, reading.as_of if reading else asked.now, asked.now)
    card: dict[str, object] = {"description": "\n".join(below), "color": SLATE}
    if reading is not None:
        checked_at = None if asked.at else facts.checked_at
        card["footer"] = {"text": answer_footer(told, facts.source, reading, setting, facts.changed_at, checked_at)}
    return asked.shareable(answer_card(f"{content}\n-# {credit}", (card,) if below else ()))


def _said_again(
    reading: Reading, facts: MarginFacts, sentence: str, recount: list[str], asked: Question
) -> tuple[str, ...]:
    """Return the lines of a margin's card that its sentence or the recount's already has."""
    total = whole(reading) if f"{commas(reading.counted)} counted" in sentence else ""
    if not any(" points" in line for line in recount):
        return (total,) if total else ()
    line, rule = asked.setting.recount_line(asked.contest), asked.contest.contest_rule
    return tuple(said for said in (total, recount_line(change_to(reading, facts.change), reading, line, rule)) if said)


def _said(asked: Question, answer: Card, most: int) -> list[str]:
    """Return an answer's sentence without its small last line and marks, and the first lines of its card."""
    marks = [mark.words for mark in asked.marks.values()]
    sentence = [line for line in render(answer).content.split("\n")[:-1] if line not in marks]
    below = render(answer).embeds[0].get("description", "").split("\n") if answer.blocks else []
    return [*sentence, *below[: most - 1]]


def by_whom(context: ContestContext, one: CertifiedCount, *, timed: bool = True) -> str:
    """Return "the Secretary of State says, as of 8:05 a.m.; up from 92.", and the correction of its post, if any.

    `timed`: with the time; else the small print has it.
    """
    said = f"{source_name(one.source)} says{f', as of {context.when(one.as_of)}' if timed else ''}"
    before = one.before.done if one.before is not None else one.count.done
    way = "up" if before < one.count.done else "down"
    whose = stopped(said if before == one.count.done else f"{said}; {way} from {commas(before)}")
    whose = f"{whose} {NOT_POSTED}" if one.waits else whose
    return f"{whose} {one.corrected.mark()}" if one.corrected else whose


def nobody_counts(context: ContestContext, at: datetime | None, *, public: bool) -> str:
    """Return that nobody has said how many units have certified; `public`: as far as the public may know."""
    then = f" by {context.when(at)}" if at else ""
    nobody = nobody_said(at, public=public)
    unknown = f"Unknown: {nobody} how many {context.contest.units} have certified in {context.place}{then}"
    return f"**{stopped(unknown)}**"


def state_says(context: ContestContext, source: Source, as_of: datetime) -> str:
    """Return that a source calls its own results certified."""
    return stopped(f"{capitalised(source_name(source))} calls its results certified, as of {context.when(as_of)}")


def deadline_sentence(context: ContestContext, event: Event, now: datetime) -> str:
    """Return by when the units, or the state, have to certify, and by which law; an unverified date says so."""
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
    """Return the side of the line that the margin is on, and how far: "**Within Georgia's recount range by 10,850 votes:** …"."""
    state = state_name(context.contest)
    line_of = f"{possessive(state)} recount range" if state else "recount range"
    lead, limit = lead_of(context, decides), limit_now(stands, decides)
    where = "Within" if stands.inside else "Outside"
    far = f" by {votes(stands.votes_to_line)}" if stands.votes_to_line else ", at its limit"
    return f"**{where} {line_of}{far}:** {lead}, {against_limit(line, stands, limit)}."


def limit_now(stands: RecountOutlook, decides: DecidingMargin) -> int:
    """Return the largest margin within range at the present total, in votes."""
    return (decides.margin.votes or 0) + (stands.votes_to_line if stands.inside else -stands.votes_to_line)


def not_by_margin(context: ContestContext) -> str:
    """Return why the margin can't be compared with the recount line."""
    contest = context.contest.contest_rule
    if contest.name == "ranked":
        why = "only first choices are known here"
    elif contest.name == "measure":
        why = f"the rule asks for {round_percent(contest.threshold)}, not a lead"
    else:
        why = "no more candidates are listed than get through"
    return f"**Recount range unknown in {context.place}:** {why}."


def unverified(context: ContestContext) -> str:
    """Return a warning that nobody has checked the law below."""
    state = possessive(state_name(context.contest) or "the state")
    return f"**Unverified: no one here has checked {state} recount law.** Do not use this on air:"


def no_line(context: ContestContext) -> str:
    """Return that no recount line is known."""
    place = state_name(context.contest)
    return f"**No recount rule is known here for {place or context.place}.**"


def no_margin(context: ContestContext) -> str:
    """Return that there is no margin to compare with the line."""
    return f"**No margin is known in {context.place},** so the recount range is unknown."


def line_in_votes(largest: int, total: int) -> str:
    """Return the limit in votes at a total."""
    return f"With {votes(total)} counted, the limit is {commas(largest)}."
