"""Who says so and when: the small last line, and the small print under a card."""

from dataclasses import dataclass
from datetime import datetime

from bot.count.reading import Reading
from bot.desk.desk_file import Source
from bot.wording.context import ContestContext, Setting
from bot.wording.escape import capitalised, clean, escape, stopped
from bot.wording.names import name_of
from bot.wording.times import when

_MOST_BRIEF = 40

_MOST_CREDIT = 80

_MOST_WHY = 150

NOT_POSTED = "Not posted yet."
"""Follows what staff entered and whose post waits, where the newsroom reads it."""


def credit_line(
    setting: Setting,
    source: Source | None,
    at: datetime,
    now: datetime,
    *,
    received: bool = False,
    withdraws: int | None = None,
) -> str:
    """Return the last line after the number: "the Times, 7:35 a.m.".

    Args:
        setting: a rehearsal is said to be one.
        source: None for a list that has several: the time stands alone.
        at: when the source said it.
        now: a time of another day carries its day.
        received: the source gave no time, and `at` is when the reading came in.
        withdraws: the number of the post that is so no more: "the AP, 7:35 a.m. · see #3". What is said does not name it,
            since the mark of that post repeats what is said.

    """
    brief = escape(source.brief, _MOST_BRIEF) if source else ""
    parts = [brief, when(at, now, setting.desk.zone), "as received" if received else ""]
    see = f" · see #{withdraws}" if withdraws is not None else ""
    return ", ".join(part for part in parts if part) + see + setting.mark


def credit_of_two(
    setting: Setting, count: tuple[Source, datetime], left: tuple[Source, datetime], now: datetime
) -> str:
    """Return the last line of a count beside ballots left: "count: the Times, 7:35 a.m.; ballots: our reporter, 7:40 a.m."."""
    source, at = count
    brief = escape(source.brief, _MOST_BRIEF)
    return f"count: {brief}, {when(at, now, setting.desk.zone)}; ballots: {credit_line(setting, *left, now)}"


def desk_credit(setting: Setting, now: datetime) -> str:
    """Return the last line of the desk's own word on its posts: "the desk, 7:35 a.m."."""
    return f"the desk, {credit_line(setting, None, now, now)}"


def footer(
    context: ContestContext,
    source: Source,
    reading: Reading,
    times: tuple[datetime | None, datetime | None],
    held_for: str | None = None,
) -> str:
    """Return the small print of a post, without markdown: status, when votes last changed, when the source was checked.

    Args:
        context: whose clock.
        source: whose reading.
        reading: its status.
        times: (votes last changed, last checked), None where unknown.
        held_for: how long a revision was held, in words.

    """
    known = changed_and_checked(context, *times)
    parts = [
        results_status_words(reading, source),
        stopped(capitalised(known)) if known else "",
        f"Held {held_for} until the source repeated it." if held_for else "",
        stopped(f"Source: {clean(source.credit, _MOST_CREDIT)}") if source.credit else "",
    ]
    return " ".join(part for part in parts if part)


def answer_footer(
    context: ContestContext,
    source: Source,
    reading: Reading,
    setting: Setting,
    times: tuple[datetime | None, datetime | None],
) -> str:
    """Return the small print of an answer, whose last line has its source and time: status, when votes changed, the check.

    Where the public reads it stands with the credit that the source demands. `times`: as in `footer`; they are left out where
    both are this minute, or the sentence has them.
    """
    changed_at, checked_at = times
    this_minute = {at and context.when(at) for at in times} == {context.when(context.now)}
    in_sentence = checked_at is None and changed_at == reading.as_of  # of an earlier time, which has it
    known = "" if this_minute or in_sentence else freshness(context, *times)
    credit = stopped(f"Source: {clean(source.credit, _MOST_CREDIT)}") if source.credit and setting.public else ""
    parts = [results_status_words(reading, source), stopped(capitalised(known)) if known else "", credit]
    return " ".join(part for part in parts if part)


def freshness(context: ContestContext, changed_at: datetime | None, checked_at: datetime | None) -> str:
    """Return "changed 8:46 a.m., checked 8:49 a.m.", in an answer; of one time "changed and checked 8:46 a.m.".

    Without a check, which of an earlier time is not known: "votes last changed 7:24 p.m. Tuesday".
    """
    if checked_at is None:
        return changed_and_checked(context, changed_at, None)
    changed, checked = changed_when(context, changed_at, checked_at), context.when(checked_at)
    if changed and changed == checked:
        return f"changed and checked {changed}"
    return ", ".join(part for part in (changed and f"changed {changed}", checked and f"checked {checked}") if part)


def results_status_words(reading: Reading, source: Source) -> str:
    """Return the results status: "Unofficial." unless the reading itself says otherwise."""
    match reading.status:
        case "certified":
            return stopped(f"Certified, says {clean(source.name, _MOST_BRIEF)}")
        case "unofficial-complete":
            return "Unofficial, complete."
        case "pre-election":
            return "Before the election."
        case "correction":
            return stopped(f"Unofficial; a correction by {clean(source.name, _MOST_BRIEF)}")
        case "recount":
            return "Recount, unofficial."
    return "Unofficial."


def changed_and_checked(context: ContestContext, changed_at: datetime | None, checked_at: datetime | None) -> str:
    """Return "votes last changed 7:35 a.m., last checked 7:36 a.m."; what is not known is left out."""
    changed = f"votes last changed {changed_when(context, changed_at, checked_at)}" if changed_at else ""
    checked = f"last checked {context.when(checked_at)}" if checked_at else ""
    return ", ".join(part for part in (changed, checked) if part)


def changed_when(context: ContestContext, changed_at: datetime | None, checked_at: datetime | None) -> str:
    """Return when votes last changed; of a source whose time is ahead of the check that saw it, by whose clock that is."""
    if changed_at is None:
        return ""
    said = context.when(changed_at)
    ahead = checked_at is not None and changed_at > checked_at and said != context.when(checked_at)
    return f"{said} by the source's clock" if ahead else said


def who_of(who: str, setting: Setting) -> str:
    """Return who of the newsroom did something, by the audit's name; who is not of the desk reads none."""
    return name_of(who) if setting.names_staff else "someone in the newsroom"


@dataclass(frozen=True, slots=True)
class SetBy:
    """Who set something, and when by the news clock."""

    at: datetime
    who: str
    """As the audit names them: "olga (81)"."""
    why: str | None = None
    """As they typed it."""

    def words(self, setting: Setting, now: datetime) -> str:
        """Return "7:35 a.m. by olga", and why, where they said so: "7:35 a.m. by olga: figures of another count".

        Who is not of the desk, and the public, reads the time alone.
        """
        if setting.public or not setting.names_staff:
            return when(self.at, now, setting.desk.zone)
        why = f": {escape(self.why, _MOST_WHY).rstrip('. ')}" if self.why else ""
        return f"{when(self.at, now, setting.desk.zone)} by {name_of(self.who)}{why}"
