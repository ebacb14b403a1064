"""The post of a recount line or a majority that was crossed."""

from datetime import datetime

from bot.count.change import Change
from bot.count.lines import DecidingMargin, deciding, majority_outlook, yes_of
from bot.count.reading import Reading
from bot.count.recount_line import RecountLine, against_line
from bot.desk.desk_file import Contest, Source
from bot.wording.context import Setting, contest_context
from bot.wording.credit import credit_line
from bot.wording.draft import SLATE, Draft
from bot.wording.limits import DESCRIPTION, joined
from bot.wording.numbers import counted
from bot.wording.recount_line import crossed_majority, crossed_recount, law_source, rule


def line_post(
    contest: Contest,
    source: Source,
    reading: Reading,
    change: Change,
    line: RecountLine | None,
    setting: Setting,
    now: datetime,
) -> Draft:
    """Return the post of a crossed line: the recount line (`line`), else (None) the majority of the contest's rule.

    Raises:
        ValueError: there is no such line in that count.

    """
    told = contest_context(contest, setting, now, reading.names, reading.count)
    if line is not None:
        decides = deciding_of(contest, reading, change)
        stands = against_line(line, decides.margin, reading) if decides else None
        if stands is None or decides is None:
            raise ValueError("no margin stands against the line")
        sentence = crossed_recount(told, line, stands, decides, source)
        lines = [rule(told, line), law_source(line)]
    else:
        outlook = majority_outlook(contest.contest_rule, reading, yes_of(contest.candidates[0].id, reading))
        if outlook is None:
            raise ValueError("the contest's rule has no majority")
        sentence = crossed_majority(told, outlook.outlook, outlook.choice, source)
        lines = [f"{counted(reading.counted, 'vote')} counted."]
    received = reading.as_of_is == "received"
    credit = credit_line(setting, source, reading.as_of, now, received=received)
    return Draft("recount_line", sentence, credit, ({"description": joined(lines, DESCRIPTION), "color": SLATE},))


def deciding_of(contest: Contest, reading: Reading | None, change: Change | None) -> DecidingMargin | None:
    """Return the margin that counts, where there are figures of one."""
    if reading is None or change is None or change.margin is None:
        return None
    return deciding(contest.contest_rule, reading, change.leader)
