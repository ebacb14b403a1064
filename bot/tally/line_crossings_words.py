"""The posts about a count that has crossed the recount line or the required majority."""

from datetime import datetime
from fractions import Fraction
from typing import Literal, TypeAlias

from bot.count.change import Change
from bot.count.post_threshold import is_early_count
from bot.count.reading import Reading
from bot.count.recount_line import DecidingMargin, RecountLine, RecountOutlook, against_line, deciding, inside_recount
from bot.count.rules import Outlook, has_majority, majority_outlook, passing_choice
from bot.desk.desk_file import Contest, Source
from bot.tally.standing_words import margin_stated
from bot.wording.card import Block, Card, lines
from bot.wording.context import ContestContext, Setting, contest_context, source_name
from bot.wording.credit import credit_line
from bot.wording.escape import capitalised, escape, possessive, stopped
from bot.wording.limits import DESCRIPTION, fitted
from bot.wording.lines import against_limit, law, law_source, lead_of, past_share, so_far
from bot.wording.numbers import counted, percent_beside

LineName: TypeAlias = Literal["recount", "majority"]


def sides(contest: Contest, reading: Reading, setting: Setting) -> dict[LineName, bool]:
    """Return for each line whether a count is inside it. Empty on election night, when margins swing too much."""
    if reading.count != "election" or is_early_count(reading, contest.night_until):
        return {}
    by_line: dict[LineName, bool | None] = {
        "recount": inside_recount(setting.recount_line(contest), contest.contest_rule, reading),
        "majority": has_majority(contest.contest_rule, reading, passing_choice(contest.candidates[0].id, reading)),
    }
    return {name: inside for name, inside in by_line.items() if inside is not None}


def crossed_post(
    contest: Contest,
    source: Source,
    reading: Reading,
    change: Change,
    name: LineName,
    setting: Setting,
    now: datetime,
) -> Card:
    """Return the post saying that a count crossed a line.

    Raises:
        ValueError: the contest's rule has no such line, or the count lacks the figures to compare with the line.
    """
    context = contest_context(contest, setting, now, reading.names, reading.count)
    line = setting.recount_line(contest) if name == "recount" else None
    if line is not None:
        decides = deciding_of(contest, reading, change)
        stands = against_line(line, decides.margin, reading) if decides else None
        if stands is None or decides is None:
            raise ValueError("no margin is measured against the recount line")
        sentence = crossed_recount(context, line, stands, decides, source)
        below = [law(context, line), law_source(line)]
    else:
        outlook = majority_outlook(contest.contest_rule, reading, passing_choice(contest.candidates[0].id, reading))
        if outlook is None:
            raise ValueError("the contest's rule has no majority")
        sentence = crossed_majority(context, outlook.outlook, outlook.choice, source, reading)
        below = [f"{counted(reading.counted, 'vote')} counted."]
    received = reading.as_of_is == "received"
    credit = credit_line(setting, source, reading.as_of, now, received=received)
    stated = margin_stated(contest, source, reading, change)
    block = Block(lines(*fitted(below, DESCRIPTION)))
    return Card(lines(sentence), credit, (block,), "recount_line", states=(stated,))


def crossed_recount(
    context: ContestContext, line: RecountLine, stands: RecountOutlook, decides: DecidingMargin, source: Source
) -> str:
    """Return the text about a margin that has come within the recount line, or is no longer within it."""
    by = f"by {possessive(source_name(source))} count"
    lead = lead_of(context, decides)
    where = "within" if stands.inside else "outside"
    head = f"**The margin in {context.place} is now {where} recount range.** {capitalised(lead)}, {against_limit(line, stands)}, {by}."
    return f"{head} {_who_may(line)}" if stands.inside else f"{head} It was within range before."


def crossed_majority(context: ContestContext, stands: Outlook, leader: str, source: Source, reading: Reading) -> str:
    """Return the text about a leader who has reached the required share of the vote, or fallen below it."""
    threshold = context.contest.contest_rule.threshold
    share = f"{percent_beside(stands.share or Fraction(0), threshold, 2)}%"
    has = f"{capitalised(context.who(leader))} now has {share} of the vote{so_far(reading)} in {context.place}"
    past = past_share(stands, reading.counted, threshold)
    return f"**{has},** {past}, by {possessive(source_name(source))} count."


def _who_may(line: RecountLine) -> str:
    if line.kind == "automatic":
        return "If it still is when the count is certified, the law calls for a recount."
    if not line.who:
        return "Who may ask for a recount is not known here."
    deadline = f" {escape(line.deadline, 150)}" if line.deadline else ""
    return stopped(f"{capitalised(escape(line.who, 150))} may ask for a recount{deadline}, if it still is then")


def deciding_of(contest: Contest, reading: Reading | None, change: Change | None) -> DecidingMargin | None:
    """Return the margin that decides the contest. None if there is no margin yet."""
    if reading is None or change is None or change.margin is None or not any(reading.votes.values()):
        return None
    return deciding(contest.contest_rule, reading, change.leader)
