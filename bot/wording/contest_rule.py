"""Where a count stands against the contest's own rule: places, and the majority or share that it asks for."""

from fractions import Fraction

from bot.count.reading import Reading
from bot.count.rules import Outlook, majority_outlook, outlook, yes_of
from bot.wording.context import ContestContext
from bot.wording.escape import capitalised, stopped
from bot.wording.names import listed
from bot.wording.numbers import commas, percent_beside, round_percent, spelled, votes

_MOST_NAMED = 6


def rule_line(context: ContestContext, reading: Reading) -> str:
    """Return how the count stands against the contest's rule, in one line; nothing where plain plurality decides."""
    rule = context.contest.contest_rule
    if rule.name == "ranked":
        return "First choices only: later choices are not in these figures."
    if (rule.name == "plurality" and rule.seats == 1) or not reading.counted or not any(reading.votes.values()):
        return ""
    if rule.name in ("majority-runoff", "measure"):
        seen = majority_outlook(rule, reading, yes_of(context.contest.candidates[0].id, reading))
        return majority(context, seen.outlook, seen.choice, reading) if seen else ""
    return _cut_line(context, reading, outlook(rule, reading.votes, reading.counted), rule.seats)


def _cut_line(context: ContestContext, reading: Reading, stands: Outlook, seats: int) -> str:
    places = spelled(seats, "place")
    if stands.cut is None:
        return f"No more candidates than places: {len(reading.votes)} for {commas(seats)}."
    rest = len(stands.ahead) - _MOST_NAMED
    names = [context.who(key) for key in stands.ahead[:_MOST_NAMED]]
    ahead = listed(names, spelled(rest, "other") if rest > 0 else "")
    if not stands.cut:
        return stopped(f"Tied for the last of {places}{f'; in front: {ahead}' if ahead else ''}")
    return f"In front for {places}: {ahead}; {votes(stands.cut)} between the last of them and the next."


def majority(context: ContestContext, stands: Outlook, leader: str, reading: Reading) -> str:
    """Return where the leader (of a measure: the choice) stands against the share that the contest's rule asks for."""
    threshold = context.contest.contest_rule.threshold
    if stands.over_line is None or stands.share is None:
        return ""
    done = reading.status in ("unofficial-complete", "certified")
    has = (
        f"{capitalised(context.who(leader))} has {percent_beside(stands.share, threshold)}%{'' if done else ' so far'}"
    )
    return f"{has}, {past_share(stands.over_line, threshold)}."


def past_share(over: int, threshold: Fraction) -> str:
    """Return how many votes over or short of the share; the fewest that pass it are none over, and at it."""
    goal = "a majority" if threshold == Fraction(1, 2) else f"the required {round_percent(threshold)}"
    if not over:
        return f"just at {goal}"
    return f"{votes(over)} over {goal}" if over > 0 else f"{votes(-over)} short of {goal}"
