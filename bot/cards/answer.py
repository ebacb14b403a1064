"""What /margin answers: where a contest stands, now or at an earlier time, and what other sources have."""

from bot.cards.call import status_field
from bot.cards.colours import SLATE
from bot.cards.credit import credit_line, footer
from bot.cards.draft import Answer, Embed
from bot.cards.facts import MarginFacts, OtherSource, Setting
from bot.cards.limits import DESCRIPTION, FIELD_VALUE, joined
from bot.cards.post import may_be_named, telling
from bot.cards.tally import notes, table, whole
from bot.count.change import Change, compare
from bot.count.reading import Reading
from bot.wording.numbers import votes
from bot.wording.punctuation import capitalised, stopped
from bot.wording.standing_sentences import ahead_by, held_note, nothing_in, standing, stood_at
from bot.wording.telling import Telling, source_name

_MOST_OTHERS = 8


def margin_answer(facts: MarginFacts, setting: Setting) -> Answer:
    """Return where the contest stands by its leading source, with the votes, the times and the other sources."""
    reading = facts.reading
    told = telling(
        facts.contest, setting, facts.now, reading.names if reading else None, reading.count if reading else "election"
    )
    if reading is None:
        return _nothing_yet(told, facts, setting)
    change = change_to(reading, facts.change)
    if facts.at is None:
        sentence = standing(told, change, reading, facts.source)
    else:
        sentence = stood_at(told, change, reading, facts.source, facts.at)
    received = reading.as_of_is == "received"
    credit = credit_line(setting, facts.source, reading.as_of, facts.now, received=received)
    held = f" {held_note(facts.held)}" if facts.held else ""
    return Answer(f"{sentence}{held}\n-# {credit}", (_card(told, facts, setting, reading, change),))


def change_to(reading: Reading, change: Change | None) -> Change:
    """Return the change that led to `reading`; where it is not known, the reading taken as a first one."""
    if change is not None:
        return change
    first = compare(None, reading)
    assert first is not None  # noqa: S101 - a first reading always is a change
    return first


def other_lines(told: Telling, others: tuple[OtherSource, ...], setting: Setting) -> list[str]:
    """Return a line for each other source that may be named: its margin, its total and its time."""
    return [_other(told, other) for other in others if may_be_named(other.source, setting)]


def _nothing_yet(told: Telling, facts: MarginFacts, setting: Setting) -> Answer:
    checked = (
        stopped(f"Last checked {told.when(facts.checked_at)}") if facts.checked_at else "It has not been checked yet."
    )
    held = f" {held_note(facts.held)}" if facts.held else ""
    credit = credit_line(setting, facts.source, facts.now, facts.now)
    content = f"{nothing_in(told, facts.source, facts.at)} {checked}{held}\n-# {credit}"
    fields = _others_field(told, facts, setting) + status_field(told, facts.calls, facts.results, setting)
    return Answer(content, ({"color": SLATE, "fields": fields},) if fields else ())


def _card(told: Telling, facts: MarginFacts, setting: Setting, reading: Reading, change: Change) -> Embed:
    lines = [
        *table(told, reading),
        "",
        whole(reading),
        *notes(told, change, reading, setting.recount_line(facts.contest)),
    ]
    card = {
        "description": joined(lines, DESCRIPTION),
        "color": SLATE,
        "footer": {"text": footer(told, facts.source, reading, (facts.changed_at, facts.checked_at))},
    }
    fields = _others_field(told, facts, setting) + status_field(told, facts.calls, facts.results, setting)
    return card | {"fields": fields} if fields else card


def _others_field(told: Telling, facts: MarginFacts, setting: Setting) -> list[dict[str, str]]:
    lines = other_lines(told, facts.others, setting)
    value = joined(lines[:_MOST_OTHERS], FIELD_VALUE)
    return [{"name": "Other sources", "value": value}] if value else []


def _other(told: Telling, other: OtherSource) -> str:
    parts = []
    if other.leader is not None and other.margin is not None:
        parts.append(ahead_by(told, other.leader, other.margin, about=other.approximate))
    if other.total is not None:
        parts.append(f"{votes(other.total)} in the tally")
    said = ", ".join(parts) or "no figure of the margin"
    entered = ", entered by staff" if other.entered and not other.source.person else ""
    return f"{capitalised(source_name(other.source))}: {said} ({told.when(other.as_of)}{entered})"
