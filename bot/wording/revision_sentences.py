"""Revisions: a source took votes back. The word stands first; it is never called an error of ours."""

from bot.count.margin import margin_of
from bot.wording.batch_sentences import since
from bot.wording.names import listed
from bot.wording.numbers import commas, counted, votes
from bot.wording.punctuation import capitalised, stopped
from bot.wording.telling import Movement, Telling, source_name

_MOST_NAMED = 3


def revised(telling: Telling, movement: Movement) -> str:
    """Return what a source's revision did to its total and to the lead; a lead that changed hands comes first."""
    change = movement.change
    if change.lead_changed and change.margin:
        lead = (
            f"**Count revised: {telling.who(change.leader)} now leads in {telling.place}, by {votes(change.margin)}.**"
        )
        return f"{lead} {capitalised(_what_fell(telling, movement))}; {_led_before(telling, movement)}."
    now = _lead_now(telling, movement)
    fell = stopped(f"**Count revised:** {_what_fell(telling, movement)}")
    return f"{fell} {stopped(capitalised(now))}" if now else fell


def _what_fell(telling: Telling, movement: Movement) -> str:
    new, then = movement.change.new_votes or 0, since(telling, movement)
    if new < 0:
        return f"{telling.total_of(movement.source)} is down {votes(-new)}{then}"
    fallen = sorted(
        ((number, key) for key, number in (movement.change.batch or {}).items() if number is not None and number < 0)
    )
    parts = [f"{counted(-number, 'fewer vote')} for {telling.who(key)}" for number, key in fallen[:_MOST_NAMED]]
    rest = len(fallen) - _MOST_NAMED
    losses = listed(parts, f"fewer for {counted(rest, 'other')}" if rest > 0 else "")
    total = f"up {commas(new)}" if new else "unchanged"
    return f"{source_name(movement.source)} has {losses} in {telling.place}{then}; the total is {total}"


def _lead_now(telling: Telling, movement: Movement) -> str:
    change = movement.change
    if change.margin is None:
        return ""
    if not change.margin:
        return f"the count is tied now; {_led_before(telling, movement)}"
    lead = telling.lead_of(change.leader)
    before = change.margin_before
    if before is None or before < 0:
        return f"{lead} is {commas(change.margin)}"
    if not before:
        return f"{lead} is {commas(change.margin)}; the count was tied before"
    if before == change.margin:
        return f"{lead} is unchanged at {commas(change.margin)}"
    way = "down" if change.margin < before else "up"
    return f"{lead} is {commas(change.margin)}, {way} from {commas(before)}"


def _led_before(telling: Telling, movement: Movement) -> str:
    earlier = margin_of(movement.before.votes if movement.before else {movement.change.leader: 0})
    if not earlier.votes:
        return "the count was tied before"
    return f"{telling.who(earlier.leader)} led by {commas(earlier.votes)} before"
