"""Texts that compare a count with a line: the recount line, or the places or share that a rule requires.

Nothing in this module calls a contest or predicts a result.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bot.count.change import Change
from bot.count.margin import margin_for
from bot.count.reading import Reading
from bot.count.recount_line import DecidingMargin, RecountLine, RecountOutlook, against_line, deciding
from bot.count.rules import Outlook, Rule, majority_outlook, outlook, passing_choice
from bot.wording.context import ContestContext
from bot.wording.escape import capitalised, escape, possessive, stopped
from bot.wording.names import listed, state_name
from bot.wording.numbers import (
    commas,
    percent_beside,
    points,
    round_percent,
    round_points,
    spelled,
    votes,
)
from bot.wording.times import full_date

_WHOLE = {
    "all_votes": "",
    "top_two": " of the top two's votes",
    "leader": " of the leader's votes",
}
"""The base of a recount line's share, worded to follow a figure. Empty for all votes, which need no mention."""

_NEAR = Fraction(2, 100)
"""How far from the required majority a leader's share may be for posts about a change of the lead to state it."""

_MOST_LAW = 300

_OF = {
    "all_votes": "of all votes in the contest",
    "top_two": "of the top two's votes",
    "leader": "of the leader's votes",
}
"""The base of a recount line's share."""

_MOST_NAMED = 6

_MOST_NAME = 80


def recount_line(change: Change, reading: Reading, line: RecountLine | None, rule: Rule, verb: str = "is") -> str:
    """Return the margin compared with the recount line: "Within recount range: 0.28 percentage points (limit 0.5).".

    If the margin is far from the line, or no line is verified, the text is "The margin is 1.25 percentage points.".
    Empty without a margin, and for a measure that needs another share than half. In a contest for several places, the
    margin for the last place is compared. Pass "was" as `verb` for an earlier time.
    """
    if change.margin is None or not reading.counted or not any(reading.votes.values()):
        return ""
    found = _against(reading, line, rule)
    if line is None or found is None or _is_far(line, *found):
        # Of a measure it would sound like how far Yes is from the share that it needs.
        of_measure = rule.name == "measure" and rule.threshold != Fraction(1, 2)
        return "" if of_measure else f"The margin {verb} {points(change.margin, reading.counted)}."
    decides, stands = found
    side, place = "Within" if stands.inside else "Outside", for_places(decides)
    if line.votes is not None or line.share is None:
        return f"{side} recount range{place} ({limits(line)}): the margin {verb} {votes(decides.margin.votes or 0)}."
    share = _shown(stands.share, line.share)
    whole = _WHOLE[line.denominator]
    return f"{side} recount range{place}: {share} percentage points (limit {round_points(line.share)}){whole}."


def recount_sentence(change: Change, reading: Reading, line: RecountLine | None, rule: Rule, verb: str = "is") -> str:
    """Return the text of `recount_line` for the morning list, and who may ask for a recount by when."""
    found = _against(reading, line, rule)
    if line is None or found is None or not found[1].inside or change.margin is None:
        return recount_line(change, reading, line, rule, verb)
    decides, stands = found
    place, whole = for_places(decides), _WHOLE[line.denominator]
    if line.votes is not None or line.share is None:
        margin, of = votes(decides.margin.votes or 0), f" ({limits(line)})"
    else:
        margin = f"{_shown(stands.share, line.share)} percentage points{whole}"
        of = f" of {round_points(line.share)} points"
    inside = f"The margin{place} {verb} {margin}, inside the recount range{of}"
    if line.kind == "automatic":
        return f"{inside}: if it still is when the count is certified, the law calls for a recount."
    return stopped(f"{inside}: {line.who} may ask for a recount {line.deadline}")


@dataclass(frozen=True, slots=True)
class MarginInRange:
    """The margin that decides a contest, and whether it is close enough for a recount."""

    exact: Fraction | int
    """The margin as a share, which `text` has in percentage points; in votes if the law counts votes."""
    text: str
    """The margin as text: "0.28 percentage points", "24 votes"."""
    place: str = ""
    """" for the last of two places"; empty if only one candidate wins."""
    side: str = ""
    """"within the range for a recount". Empty far from the range, and if no rule may be stated as fact."""


def margin_in_range(change: Change, reading: Reading, line: RecountLine | None, rule: Rule) -> MarginInRange | None:
    """Return the margin that decides a contest, worded for copy. Far from a recount, its text has one decimal.

    None if there is no margin, or if the margin does not decide the contest.
    """
    if change.margin is None or not reading.counted or not any(reading.votes.values()):
        return None
    found = _against(reading, line, rule)
    if line is None or found is None or _is_far(line, *found):
        if rule.seats > 1 or (rule.name == "measure" and rule.threshold != Fraction(1, 2)):
            return None
        exact = Fraction(change.margin, reading.counted)
        return MarginInRange(exact, f"{percent_beside(exact, Fraction(0))} percentage points")
    decides, stands = found
    by_law = " in which the law calls for a recount" if line.kind == "automatic" else " for a recount"
    side, place = f"{'within' if stands.inside else 'outside'} the range{by_law}", for_places(decides)
    if line.votes is not None or line.share is None:
        margin = decides.margin.votes or 0
        return MarginInRange(margin, votes(margin), place, side)
    share = f"{_shown(stands.share, line.share)} percentage points{_WHOLE[line.denominator]}"
    return MarginInRange(stands.share, share, place, side)


def _against(reading: Reading, line: RecountLine | None, rule: Rule) -> tuple[DecidingMargin, RecountOutlook] | None:
    if line is None or not line.verified or reading.count.startswith("recount"):
        return None
    decides = deciding(rule, reading) if any(reading.votes.values()) else None
    stands = against_line(line, decides.margin, reading) if decides else None
    return (decides, stands) if decides and stands else None


def _shown(share: Fraction, line: Fraction) -> str:
    """Return a margin's share with enough decimals to differ from the line, or "less than 0.01" instead of 0.00."""
    text = percent_beside(share, line, 2)
    return "less than 0.01" if share and text == "0.00" else text


def _is_far(line: RecountLine, decides: DecidingMargin, stands: RecountOutlook) -> bool:
    if line.share is not None:
        return stands.share > 2 * line.share
    return (decides.margin.votes or 0) > 2 * (line.votes or 0)


def lead_of(context: ContestContext, decides: DecidingMargin) -> str:
    """Return the lead that a recount could change: "Biden leads by 14,101 votes".

    In a contest for several places: "Lee is ahead of Roe by 5 votes for the last of two places".
    """
    ahead, margin = context.who(decides.margin.leader), decides.margin.votes or 0
    if decides.places == 1 or decides.margin.runner_up is None:
        return f"{ahead} leads by {votes(margin)}" if margin else "the count is tied"
    behind, where = context.who(decides.margin.runner_up), for_places(decides)
    return (
        f"{ahead} is ahead of {behind} by {votes(margin)}{where}" if margin else f"{ahead} and {behind} are tied{where}"
    )


def for_places(decides: DecidingMargin) -> str:
    """Return the place that a margin decides: " for the last of two places". Empty if only one candidate wins.

    If a runoff is possible, the text is " for second place", since nobody knows yet whether there will be a runoff.
    """
    if decides.places == 1:
        return ""
    return " for second place" if decides.runoff else f" for the last of {spelled(decides.places, 'place')}"


def law(context: ContestContext, line: RecountLine, *, limit_said: bool = False) -> str:
    """Return the recount law as a sentence: the largest margin, who may ask for a recount, and by when.

    `limit_said`: the text already has the largest margin, so the sentence omits it.
    """
    most = limits(line)
    only = f" In {escape(line.only, 60)}." if line.only else ""
    state = state_name(context.contest) or "the state"
    if line.kind == "none":
        return f"{capitalised(state)} has no recount in its law.{only}"
    margin = f" where the margin is {most}" if most else ", at any margin" if line.kind == "on_request" else ""
    if line.kind == "automatic":
        recount = (
            "Within the range, the law calls for a recount" if limit_said else f"The law calls for a recount{margin}"
        )
        return stopped(recount) + only
    when = f" {escape(line.deadline, 150)}" if line.deadline else ""
    unknown = [words for words, known in (("by whom", line.who), ("by when", line.deadline)) if not known]
    may = f"{escape(line.who, 150)} may ask for a recount" if line.who else "a recount may be asked for"
    not_known = f"; {' and '.join(unknown)} is not known here" if unknown else ""
    return stopped(f"{'Within the range,' if limit_said else f'On request{margin}:'} {may}{when}{not_known}") + only


def law_source(line: RecountLine, *, brief: bool = False) -> str:
    """Return the source of the recount rule, and when it was last read.

    `brief` omits the name of whoever cites the source.
    """
    read = f"last read {full_date(date.fromisoformat(line.as_of))}"
    source = escape(line.source, _MOST_LAW)
    cited = f", as cited by {escape(line.cited_by, _MOST_LAW)}" if line.cited_by and not brief else ""
    return stopped(f"Rule: {source}{cited}; {read}")


def against_limit(line: RecountLine, stands: RecountOutlook) -> str:
    """Return a margin's share and the limit: "0.28 percentage points (limit 0.5)"; for a limit in votes, only the limit."""
    if line.share is None:
        return f"the limit is {limits(line)}"
    votes_too = f" and {votes(line.votes)}" if line.votes is not None else ""
    return f"{_shown(stands.share, line.share)} percentage points{_WHOLE[line.denominator]} (limit {round_points(line.share)}{votes_too})"


def limits(line: RecountLine) -> str:
    """Return, as text, the largest margin that allows a recount. Empty if the law sets no limit."""
    if line.votes == 0 and line.share is None:
        return "a tie"
    each = []
    if line.share is not None:
        each.append(f"{round_percent(line.share)} {_OF[line.denominator]}")
    if line.votes is not None:
        each.append(votes(line.votes))
    if not each:
        return ""
    most = "not more than" if line.inclusive else "less than"
    both = f", whichever is {'less' if line.combine == 'lesser' else 'more'}" if len(each) > 1 else ""
    return f"{most} {' or '.join(each)}{both}"


def rule_line(context: ContestContext, reading: Reading) -> str:
    """Return a comparison of the count with the contest's rule, as text. Empty if plain plurality decides."""
    rule = context.contest.contest_rule
    if rule.name == "ranked":
        return "First choices only: later choices are not in these figures."
    if (rule.name == "plurality" and rule.seats == 1) or not reading.counted or not any(reading.votes.values()):
        return ""
    if rule.name in ("majority-runoff", "measure"):
        seen = majority_outlook(rule, reading, passing_choice(context.contest.candidates[0].id, reading))
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
        return stopped(f"Tied for the last of {places}{f'; ahead: {ahead}' if ahead else ''}")
    apart = "separates" if stands.cut == 1 else "separate"
    return f"Ahead for {places}: {ahead}; {votes(stands.cut)} {apart} the last of them from the next."


def majority(context: ContestContext, stands: Outlook, leader: str, reading: Reading) -> str:
    """Return the share of the leader, or of a measure's leading choice, compared with the required share."""
    threshold = context.contest.contest_rule.threshold
    if stands.over_line is None or stands.share is None:
        return ""
    share = f"{percent_beside(stands.share, threshold, 2)}%"
    past = past_share(stands, reading.counted, threshold)
    return f"{capitalised(context.who(leader))} has {share} of the vote{so_far(reading)}, {past}."


@dataclass(frozen=True, slots=True)
class RequiredShare:
    """The share of Yes votes on a measure, compared with the share that is required to pass.

    Posts state this instead of "Yes leads", which would sound as if more votes than No were enough.
    """

    head: str
    """The headline: "Measure 4 is short of the required 60%"."""
    reached: bool
    exact: Fraction
    share: str
    """The share as text: "52.30%"."""
    choice: str
    """The choice's name: "Yes"."""
    side: str
    """The comparison: "short of the required 60% so far"."""

    @property
    def apart(self) -> str:
        """The share without the measure's name: "52.30% for Yes, short of the required 60% so far"."""
        return f"{self.share} for {self.choice}, {self.side}"

    @property
    def sentence(self) -> str:
        """The headline and the share: "Measure 4 is short of the required 60%, with 52.30% for Yes"."""
        return f"{self.head}, with {self.share} for {self.choice}"


def required_share(
    context: ContestContext, reading: Reading, verb: str = "is", decimals: int = 2
) -> RequiredShare | None:
    """Return the share of Yes votes on a measure, compared with the share that is required to pass.

    None if Yes is not ahead, if a simple majority is required and reached, or if the contest is no measure. `verb` is
    the verb of the headline, such as "is"; it is empty if the headline has no verb.
    """
    rule, yes = context.contest.contest_rule, passing_choice(context.contest.candidates[0].id, reading)
    seen = majority_outlook(rule, reading, yes) if rule.name == "measure" else None
    if seen is None or seen.outlook.share is None or (margin_for(seen.choice, reading.votes) or 0) <= 0:
        return None
    simple = rule.threshold == Fraction(1, 2)
    if seen.reached and simple:
        return None
    name = capitalised(escape(context.contest.name, _MOST_NAME))
    still = so_far(reading) if verb else ""
    if still and verb not in {"is", "was"}:
        still = f" in the count{still}"  # "is now over the required 60% in the count so far"
    side = f"{_beside(seen.outlook, rule.threshold)}{still}"
    head = " ".join(filter(None, (name, verb, side)))
    exact = seen.outlook.share
    share = f"{percent_beside(exact, rule.threshold, decimals)}%"
    return RequiredShare(head, seen.reached, exact, share, context.who(seen.choice), side)


@dataclass(frozen=True, slots=True)
class LeadersShare:
    """The leader's share of the vote compared with the majority that the contest's rule requires."""

    leader: str
    reached: bool
    share: str
    """The share as text: "49.90%"."""
    stands: str
    """The comparison: "short of a majority"."""
    near: bool
    """True if the share is within two percentage points of the majority."""


def leaders_share(context: ContestContext, reading: Reading, decimals: int = 2) -> LeadersShare | None:
    """Return a leader's share compared with the required majority. None if the contest requires no majority."""
    rule = context.contest.contest_rule
    seen = majority_outlook(rule, reading, None) if rule.name == "majority-runoff" else None
    if seen is None or seen.outlook.share is None:
        return None
    share = f"{percent_beside(seen.outlook.share, rule.threshold, decimals)}%"
    near = abs(seen.outlook.share - rule.threshold) <= _NEAR
    return LeadersShare(seen.choice, seen.reached, share, _beside(seen.outlook, rule.threshold), near)


def share_passed(context: ContestContext, reading: Reading, when: str) -> str:
    """Return a text on the required share, reached or lost `when`: "Lee's share rose above 50% at 4 a.m., to 50.01%".

    Empty if the contest requires no share.
    """
    rule = context.contest.contest_rule
    seen = majority_outlook(rule, reading, passing_choice(context.contest.candidates[0].id, reading))
    if seen is None or seen.outlook.share is None:
        return ""
    who = context.who(seen.choice)
    whose = f"the share for {who}" if rule.name == "measure" else f"{possessive(who)} share"
    goal = f"{'' if rule.threshold == Fraction(1, 2) else 'the required '}{round_percent(rule.threshold)}"
    share = f"{percent_beside(seen.outlook.share, rule.threshold, 2)}%"
    return f"{whose} {'rose above' if seen.reached else 'dropped below'} {goal} {when}, to {share}"


def share_of_leader(context: ContestContext, reading: Reading, verb: str = "has") -> str:
    """Return a leader's share as text: "Lee has 49.90% of the vote in Georgia, short of a majority".

    Empty if the contest requires no majority.
    """
    found = leaders_share(context, reading)
    if found is None:
        return ""
    return f"{context.who(found.leader)} {verb} {found.share} of the vote{so_far(reading)} in {context.place}, {found.stands}"


def so_far(reading: Reading) -> str:
    """Return " so far", or "" if the source reports a complete or certified count."""
    return "" if reading.status in ("unofficial-complete", "certified") else " so far"


def past_share(stands: Outlook, counted: int, threshold: Fraction) -> str:
    """Return how many votes a choice is above or below the required share: "3 votes short of the required 60%".

    If a majority is required, the votes are counted from the smallest majority: "5 votes more than a majority of those
    counted".
    """
    over = stands.over_line or 0
    if threshold == Fraction(1, 2):
        beside = f"{'more than' if over > 0 else 'short of' if over else 'at'} a majority of those counted"
    else:
        beside = _beside(stands, threshold)
        over += (counted * threshold).denominator == 1  # that many votes are the share itself, and not over it
    return f"{votes(abs(over)) if over else 'just'} {beside}"


def _beside(stands: Outlook, threshold: Fraction) -> str:
    over = (stands.over_line or 0) >= 0
    if threshold == Fraction(1, 2):
        return "a majority" if over else "short of a majority"
    side = "over" if over else "at, not over," if stands.share == threshold else "short of"
    return f"{side} the required {round_percent(threshold)}"
