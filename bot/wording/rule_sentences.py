"""What it takes: the contest's own rule and the recount line, in a line for the card. Nothing here calls a contest."""

from fractions import Fraction

from bot.count.change import Change
from bot.count.lines import Deciding, deciding
from bot.count.reading import Reading
from bot.count.recount import RecountLine, RecountOutlook, against_line
from bot.count.rules import Outlook, Rule, outlook
from bot.wording.names import listed
from bot.wording.numbers import commas, counted, percent_beside, points, round_percent, round_points, votes
from bot.wording.punctuation import capitalised, stopped
from bot.wording.recount_sentences import for_places, limits
from bot.wording.telling import Telling

_MOST_NAMED = 6
_PLAIN = Rule()
_WHOLE = {
    "all_votes": "",
    "top_two": " of the votes for the two in front",
    "leader": " of the leader's votes",
}
"""What a recount line's share is of, where that is not all votes."""


def rule_line(telling: Telling, reading: Reading) -> str:
    """Return how the count stands against the contest's rule, in one line; nothing where plain plurality decides."""
    rule = telling.contest.contest_rule
    if rule.name == "ranked":
        return "First choices only: later choices are not in these figures."
    if (rule.name == "plurality" and rule.seats == 1) or not reading.counted or not any(reading.votes.values()):
        return ""
    yes = _yes(telling, reading)
    if rule.name == "measure" and yes is None:
        return ""
    stands = outlook(rule, reading.votes, reading.counted, yes)
    if rule.name in ("majority-runoff", "measure"):
        return _threshold_line(telling, reading, stands, yes)
    return _cut_line(telling, reading, stands, rule.seats) if rule.name == "top-n" or rule.seats > 1 else ""


def recount_line(change: Change, reading: Reading, line: RecountLine | None, rule: Rule = _PLAIN) -> str:
    """Return where the margin stands against the recount line: "Inside the recount line: 0.28 of 0.50 …".

    Without a verified line, or far from it, the margin alone: "The margin is 1.25 percentage points."
    Nothing where there is no margin. Of a contest for several places the margin for the last of them counts.
    """
    if change.margin is None or not reading.counted:
        return ""
    found = _against(reading, line, rule)
    if line is None or found is None or _is_far(line, *found):
        return f"The margin is {points(change.margin, reading.counted)}."
    decides, stands = found
    side, place = "Inside" if stands.inside else "Outside", for_places(decides)
    if line.votes is not None or line.share is None:
        return f"{side} the recount line{place} ({limits(line)}): the margin is {votes(decides.margin.votes or 0)}."
    share = _shown(stands.share, line.share)
    of = percent_beside(line.share, stands.share)
    whole = _WHOLE[line.denominator]
    if not stands.inside:
        return f"Outside the recount line{place} of {of} percentage points{whole}: the margin is {share}."
    return f"Inside the recount line{place}: {share} of {of} percentage points{whole}."


def recount_sentence(change: Change, reading: Reading, line: RecountLine | None, rule: Rule = _PLAIN) -> str:
    """Return the same for the morning list: with who may ask, and by when."""
    found = _against(reading, line, rule)
    if line is None or found is None or not found[1].inside or change.margin is None:
        return recount_line(change, reading, line, rule)
    decides, stands = found
    place, whole = for_places(decides), _WHOLE[line.denominator]
    if line.votes is not None or line.share is None:
        margin, of = votes(decides.margin.votes or 0), f" ({limits(line)})"
    else:
        margin = f"{_shown(stands.share, line.share)} percentage points{whole}"
        of = f" of {round_points(line.share)}"
    inside = f"The margin{place} is {margin}, inside the recount line{of}"
    if line.kind == "automatic":
        return f"{inside}: the law calls for a recount."
    return stopped(f"{inside}: {line.who} may ask for a recount {line.deadline}")


def _shown(share: Fraction, line: Fraction) -> str:
    """Return a margin's share beside the line; a small one is never shown as none."""
    shown = percent_beside(share, line)
    return "less than 0.01" if share and shown == "0.00" else shown


def _is_far(line: RecountLine, decides: Deciding, stands: RecountOutlook) -> bool:
    if line.share is not None:
        return stands.share > 2 * line.share
    return (decides.margin.votes or 0) > 2 * (line.votes or 0)


def _against(reading: Reading, line: RecountLine | None, rule: Rule) -> tuple[Deciding, RecountOutlook] | None:
    if line is None or not line.verified or reading.count.startswith("recount"):
        return None
    decides = deciding(rule, reading) if any(reading.votes.values()) else None
    stands = against_line(line, decides.margin, reading) if decides else None
    return (decides, stands) if decides and stands else None


def _yes(telling: Telling, reading: Reading) -> str | None:
    """Return the choice of a measure that has to pass: `yes`, else the first one of the desk file."""
    first = telling.contest.candidates[0].id
    return next((key for key in ("yes", first) if key in reading.votes), None)


def _threshold_line(telling: Telling, reading: Reading, stands: Outlook, yes: str | None) -> str:
    rule, over = telling.contest.contest_rule, stands.over_line
    if over is None or stands.share is None:
        return ""
    most = max(reading.votes.values())
    leader = yes if rule.name == "measure" and yes else min(key for key, n in reading.votes.items() if n == most)
    has = f"{capitalised(telling.who(leader))} has {percent_beside(stands.share, rule.threshold)}%"
    goal = "a majority" if rule.threshold == Fraction(1, 2) else f"the {round_percent(rule.threshold)} needed"
    if over < 0:
        return f"{has}, short of {goal} by {votes(-over)}."
    reached = goal if goal == "a majority" else f"over {goal}"
    return f"{has} so far, {reached} with {votes(over)} to spare."


def _cut_line(telling: Telling, reading: Reading, stands: Outlook, seats: int) -> str:
    places = counted(seats, "place")
    if stands.cut is None:
        return f"No more candidates than places: {len(reading.votes)} for {commas(seats)}."
    rest = len(stands.ahead) - _MOST_NAMED
    names = [telling.who(key) for key in stands.ahead[:_MOST_NAMED]]
    ahead = listed(names, counted(rest, "other") if rest > 0 else "")
    if not stands.cut:
        return stopped(f"Tied for the last of {places}{f'; in front: {ahead}' if ahead else ''}")
    return f"In front for {places}: {ahead}; {votes(stands.cut)} between the last of them and the next."
