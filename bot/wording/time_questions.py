"""What is asked of a typed time that could be more than one, and how a time is played back before it is saved."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.schedule.typed import Ahead, Question, Why
from bot.wording.times import clock, date_line

_ASKED: Mapping[Why, str] = {
    "half": "before or after noon",
    "passed": "that it is the next one, since this one is past",
    "today": "today or in a week",
    "next": "this coming one or the one a week later",
    "order": "which number is the month",
    "midnight": "which end of the day",
    "skipped": "another hour, since the clocks skip that one",
    "twice": "which of the two, since the clocks go through that hour twice",
}


def time_question(question: Question) -> str:
    """Return what is asked, in a sentence: "Please choose: before or after noon"."""
    if question.why == ("passed",) or len(question.choices) == 1:
        return "That time is past. Is the next one meant?"
    return f"Please choose: {'; '.join(_ASKED[why] for why in question.why)}."


def time_choice(choice: Ahead, now: datetime, zone: ZoneInfo, question: Question) -> str:
    """Return a choice as a button has it: "10:30 a.m. today", "5 p.m. Friday, Nov. 20", where it helps "1:30 a.m. EST"."""
    changing = bool({"skipped", "twice"}.intersection(question.why))
    at = clock(choice.moment, zone, "exact" if changing else None)
    if choice.moment.astimezone(zone).date() == now.astimezone(zone).date():
        return f"{at} today"
    return f"{at} {_dated(choice.moment, now, zone)}"


def played_back(ahead: Ahead, now: datetime, zone: ZoneInfo) -> str:
    """Return a time in full, as it is shown before it is saved: "Friday, Nov. 20, at 5 p.m. ET"."""
    twice = ahead.zone != zone.key
    return f"{_dated(ahead.moment, now, zone)}, at {clock(ahead.moment, zone, 'exact' if twice else 'generic')}"


def _dated(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return the day with its date, and its year unless that is this one: "Friday, Nov. 20"."""
    local = moment.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f", {local.year}"
    return date_line(moment, zone) + year
