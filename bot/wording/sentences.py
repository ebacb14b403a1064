"""Headlines of changes: the sentence that a notification shows and that can be read out on air."""

from bot.count.margin import margin_of
from bot.wording.batch_sentences import cause, for_whom, since, voters_for
from bot.wording.numbers import commas, counted, more_votes, votes
from bot.wording.progress_sentences import progressed, status_moved, status_now
from bot.wording.punctuation import capitalised, stopped
from bot.wording.revision_sentences import revised
from bot.wording.standing_sentences import standing
from bot.wording.telling import Movement, Telling


def headline(telling: Telling, movement: Movement, *, roll_up: bool = False) -> str:
    """Return what a change did to the count, in one to three sentences.

    Args:
        telling: the contest, and the time at which it is told.
        movement: the change, or the net of several.
        roll_up: several small changes are told together, and the standing comes before the move.

    """
    sentence = _sentence(telling, movement, roll_up=roll_up)
    if movement.before is None or movement.change.kind == "progress" or not status_moved(movement):
        return sentence
    return f"{sentence} {stopped(capitalised(status_now(movement.after, movement.source)))}"


def _sentence(telling: Telling, movement: Movement, *, roll_up: bool) -> str:
    change, before = movement.change, movement.before
    if change.kind == "revision" and before:
        return revised(telling, movement)
    if before is None or (any(movement.after.votes.values()) and not any(before.votes.values())):
        return standing(telling, movement.change, movement.after, movement.source)
    if change.kind == "progress":
        return progressed(telling, movement)
    return _votes_moved(telling, movement, roll_up=roll_up)


def _votes_moved(telling: Telling, movement: Movement, *, roll_up: bool) -> str:
    change = movement.change
    if change.margin is None or change.margin_before is None:
        return _without_margin(telling, movement)
    if not change.margin:
        return _tied(telling, movement)
    if change.lead_changed or change.margin_before <= 0:
        return _moved_ahead(telling, movement)
    if roll_up:
        return _rolled_up(telling, movement)
    return _margin_moved(telling, movement) if change.margin_change else _margin_stayed(telling, movement)


def _margin_moved(telling: Telling, movement: Movement) -> str:
    change = movement.change
    move, lead = change.margin_change or 0, f"{capitalised(telling.lead_of(change.leader))} in {telling.place}"
    verb = "grow" if move > 0 else "narrow"
    by, after = f"by {votes(abs(move))}", cause(telling, movement, "after") + for_whom(telling, change.batch)
    if from_then := since(telling, movement):
        return stopped(
            f"**{lead} has {verb}{'n' if verb == 'grow' else 'ed'} {by}{from_then}, to {commas(change.margin or 0)},**{after}"
        )
    return stopped(f"**{lead} {verb}s {by}, to {commas(change.margin or 0)},**{after}")


def _moved_ahead(telling: Telling, movement: Movement) -> str:
    """Tell a lead that somebody has taken, from another or out of a tie."""
    change = movement.change
    lead, margin = telling.who(change.leader), change.margin or 0
    verb = "moves ahead" if change.lead_changed else "leads"
    before = _standing_before(telling, movement)
    at = since(telling, movement, "at")
    return stopped(
        f"**{lead} {verb} in {telling.the_count}, by {votes(margin)}.** {before}{at}{cause(telling, movement, 'before')}"
    )


def _standing_before(telling: Telling, movement: Movement) -> str:
    earlier = margin_of(movement.before.votes if movement.before else {movement.change.leader: 0})
    if not earlier.votes:
        return "The count was tied"
    return f"{capitalised(telling.who(earlier.leader))} led by {commas(earlier.votes)}"


def _tied(telling: Telling, movement: Movement) -> str:
    after = movement.after.votes
    if not movement.change.margin_before:
        stays = f"the count stays tied, at {commas(max(after.values()))} for {voters_for(telling, after)}"
        return f"{telling.head}: {_more_are_in(telling, movement)}; {stays}."
    each = f"with {votes(max(after.values()))} each for {voters_for(telling, after)}"
    batch = for_whom(telling, movement.change.batch)
    return stopped(f"**The count is tied in {telling.place},** {each},{cause(telling, movement, 'after')}{batch}")


def _rolled_up(telling: Telling, movement: Movement) -> str:
    change = movement.change
    lead, move = f"{capitalised(telling.lead_of(change.leader))} in {telling.place}", change.margin_change or 0
    moved = f"{'up' if move > 0 else 'down'} {commas(abs(move))}" if move else "unchanged"
    then = f" since {telling.when(movement.before.as_of)}" if movement.before else ""
    after = cause(telling, movement, "after") + for_whom(telling, change.batch)
    return stopped(f"**{lead} is {commas(change.margin or 0)}, {moved}{then},**{after}")


def _margin_stayed(telling: Telling, movement: Movement) -> str:
    change = movement.change
    lead = f"{telling.lead_of(change.leader)} stays at {commas(change.margin or 0)}"
    return f"{telling.head}: {_more_are_in(telling, movement)}; {lead}."


def _without_margin(telling: Telling, movement: Movement) -> str:
    """Tell a change between whose ends no margin can be compared: one candidate, or one who was not listed before."""
    change = movement.change
    sentence = f"{telling.head}: {_more_are_in(telling, movement)}"
    if change.margin is None:
        return f"{sentence}. {capitalised(telling.who(change.leader))} is the only candidate listed."
    if not change.margin:
        return f"{sentence}; the count is tied."
    verb = "moves ahead" if change.lead_changed else "leads"
    return f"{sentence}; {telling.who(change.leader)} {verb}, by {commas(change.margin)}."


def _more_are_in(telling: Telling, movement: Movement) -> str:
    new = movement.change.new_votes or 0
    over = f"{since(telling, movement)} over {counted(movement.steps, 'update')}" if movement.steps > 1 else ""
    if new <= 0:
        return f"candidates' votes moved within an unchanged total{over}"
    return f"{more_votes(new)} {'is' if new == 1 else 'are'} in{over}"
