"""Calls: the post of one, and the list of them. The words are always the caller's, with its name and the time."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.cards.asked import Asked
from bot.cards.colours import SLATE
from bot.cards.credit import credit_line
from bot.cards.draft import Answer, Draft
from bot.cards.facts import CallFacts, ResultsFacts, Setting
from bot.cards.limits import DESCRIPTION, FIELD_VALUE, joined
from bot.cards.post import may_be_named, telling
from bot.count.call import Call
from bot.deskfile import Contest, Source
from bot.wording.call_sentences import call_phrase, call_sentence, no_call, taken_back
from bot.wording.certifying_sentences import results_phrase
from bot.wording.names import listed
from bot.wording.telling import Telling, source_name

_MOST_CALLERS = 8


def call_post(
    contest: Contest,
    source: Source,
    call: Call,
    as_of: datetime,
    before: tuple[Call, datetime, int | None] | None,
    setting: Setting,
    now: datetime,
    names: Mapping[str, str] | None = None,
) -> Draft:
    """Return the post of what a caller says, or of a call that it took back.

    Args:
        contest: of which contest.
        source: the caller.
        call: what it says.
        as_of: when it said so.
        before: what it had said, as of when, and the number of the post that told it; None: nothing.
        setting: how it is said.
        now: the news clock's time.
        names: the reading's own names of candidates.

    """
    told = telling(contest, setting, now, names)
    if before is not None and before[0].is_call:
        sentence = taken_back(told, source, call, before, as_of)
    else:
        sentence = call_sentence(told, source, call, as_of)
    return Draft("call", sentence, credit_line(setting, source, as_of, now), quiet=False)


def calls_answer(
    asked: Asked, calls: Sequence[CallFacts], results: ResultsFacts | None, repeated: Sequence[Source]
) -> Answer:
    """Return what `/call list` answers: each caller's last word, and (asked of now) whose calls go out by themselves."""
    setting, told = asked.setting, asked.told()
    lines = status_lines(told, calls, results, setting)
    head = f"**Calls in {told.place}.**" if lines else f"**Nobody's call of {told.place} is on record.**"
    shown = [source for source in repeated if may_be_named(source, setting)][:_MOST_CALLERS]
    names = listed([source_name(source) for source in shown])
    going = (
        f"Calls by {names} go out by themselves when {'its feed shows' if len(shown) == 1 else 'their feeds show'} them."
        if names
        else "No caller's calls go out by themselves; `/call repeat` changes that."
    )
    card = {"description": joined(lines, DESCRIPTION), "color": SLATE}
    credit = credit_line(setting, None, asked.at or asked.now, asked.now)
    content = asked.then(head if asked.at else f"{head} {going}")
    return asked.shareable(Answer(f"{content}\n-# {credit}", (card,) if lines else ()))


def status_field(
    told: Telling, calls: Sequence[CallFacts], results: ResultsFacts | None, setting: Setting
) -> list[dict[str, str]]:
    """Return what others say of the outcome as a field of a card; nothing where nobody says anything."""
    value = joined(status_lines(told, calls, results, setting), FIELD_VALUE)
    return [{"name": "Calls and certification", "value": value}] if value else []


def status_lines(
    told: Telling, calls: Sequence[CallFacts], results: ResultsFacts | None, setting: Setting
) -> list[str]:
    """Return a line for the word on certified results, and one for each caller that may be named."""
    lines = (
        [results_phrase(told, results.source, results.taken_back, results.as_of)]
        if results and may_be_named(results.source, setting)
        else []
    )
    named = [one for one in calls if may_be_named(one.source, setting)][:_MOST_CALLERS]
    return lines + [_line(told, one) for one in named]


def _line(told: Telling, facts: CallFacts) -> str:
    if facts.call.says == "none":
        return no_call(told, facts.source, facts.as_of)
    return call_phrase(told, facts.source, facts.call, facts.as_of)
