"""What the desk is told of a reading that is held, and what `/desk hold` answers."""

from datetime import datetime

from bot.cards.credit import credit_line
from bot.cards.draft import Draft
from bot.cards.facts import Setting
from bot.cards.post import telling
from bot.count.judgement import Hold
from bot.deskfile import Contest, Source
from bot.wording.escape import escape
from bot.wording.held_sentences import held, still_held
from bot.wording.numbers import counted


def held_post(
    contest: Contest, source: Source, hold: Hold, setting: Setting, now: datetime, *, overdue: bool = False
) -> Draft:
    """Return the notice that a source's reading waits for an editor; `overdue`: nothing settled it in time."""
    told = telling(contest, setting, now, hold.reading.names, hold.reading.count)
    sentence = still_held(told, source, hold.reason, hold.since) if overdue else held(told, source, hold.reason)
    received = hold.reading.as_of_is == "received"
    return Draft(
        kind="notice",
        headline=sentence,
        credit=credit_line(setting, source, hold.reading.as_of, now, received=received),
        quiet=False,
    )


def settled_answer(contest: Contest, number: int, *, post: bool) -> str:
    """Return what `/desk hold` answers when so many held readings were let through, or dropped."""
    if not number:
        return f"Nothing of **{escape(contest.name)}** is held."
    what = counted(number, "held reading")
    return f"{what} of **{escape(contest.name)}** {'goes out now' if post else 'was dropped'}."
