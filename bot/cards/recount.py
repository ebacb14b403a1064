"""What /recount answers, and the post of a line that was crossed: the recount line, and the majority where there is one."""

from datetime import datetime

from bot.cards.answer import change_to
from bot.cards.asked import Asked
from bot.cards.colours import SLATE
from bot.cards.credit import credit_line, footer
from bot.cards.draft import Answer, Draft
from bot.cards.facts import MarginFacts, Setting
from bot.cards.limits import DESCRIPTION, joined
from bot.cards.post import telling
from bot.count.change import Change
from bot.count.lines import Deciding, deciding, majority_outlook, yes_of
from bot.count.reading import Reading
from bot.count.recount import RecountLine, against_line
from bot.deskfile import Contest, Source
from bot.wording.numbers import counted
from bot.wording.recount_sentences import (
    as_counted,
    crossed_majority,
    crossed_recount,
    law_source,
    line_in_votes,
    majority,
    no_line,
    no_margin,
    not_by_margin,
    rule,
    side,
    unverified,
)


def recount_answer(facts: MarginFacts, asked: Asked) -> Answer:
    """Return where the margin stands against the recount line, whose rule it is, who may ask, and by when."""
    reading, setting = facts.reading, asked.setting
    told = asked.told(reading.names if reading else None)
    lines = [line for line in setting.recount_lines if line.state == asked.contest.state]
    checked = [line for line in lines if line.verified]
    change = change_to(reading, facts.change) if reading else None
    decides = _deciding(asked.contest, reading, change)
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
    elif decides is None and change is not None and change.margin is not None and change.total:
        content = asked.then(not_by_margin(told))
    elif first is None or decides is None:
        content = asked.then(no_margin(told))
    else:
        content = asked.then(side(told, first[0], first[1], decides))
    for line, seen in stands:
        below += [rule(told, line), law_source(line)]
        if line.verified and seen is not None and decides is not None and decides.margin.votes is not None:
            room = seen.votes_to_line if seen.inside else -seen.votes_to_line
            below.append(line_in_votes(decides.margin.votes + room))
    if reading is not None:
        below += [*_majority(asked, reading), as_counted(told, reading.counted, facts.source, reading.as_of)]
    credit = credit_line(setting, facts.source, reading.as_of if reading else asked.now, asked.now)
    card: dict[str, object] = {"description": joined(below, DESCRIPTION), "color": SLATE}
    if reading is not None:
        card["footer"] = {"text": footer(told, facts.source, reading, (facts.changed_at, facts.checked_at))}
    return asked.shareable(Answer(f"{content}\n-# {credit}", (card,) if below else ()))


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
    told = telling(contest, setting, now, reading.names, reading.count)
    if line is not None:
        decides = _deciding(contest, reading, change)
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


def _deciding(contest: Contest, reading: Reading | None, change: Change | None) -> Deciding | None:
    """Return the margin that counts, where there are figures of one."""
    if reading is None or change is None or change.margin is None:
        return None
    return deciding(contest.contest_rule, reading, change.leader)


def _majority(asked: Asked, reading: Reading) -> list[str]:
    contest = asked.contest
    seen = majority_outlook(contest.contest_rule, reading, yes_of(contest.candidates[0].id, reading))
    return [majority(asked.told(reading.names), seen.outlook, seen.choice)] if seen else []
