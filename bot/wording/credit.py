"""The source and time of figures: the small last line of a message, and the small print under a card."""

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
"""The note on figures that staff entered and that are not posted yet; for the newsroom only."""


def credit_line(
    setting: Setting,
    source: Source | None,
    at: datetime,
    now: datetime,
    *,
    received: bool = False,
    entered: bool = False,
    withdraws: int | None = None,
) -> str:
    """Return the last line of a message, after its number: "the Times, 7:35 a.m.".

    Args:
        setting: the zone, and whether it is a rehearsal.
        source: None if there are several; the line then has only the time.
        at: the source's time.
        now: the present time; a time on another day is shown with its day.
        received: the source gave no time, so `at` is when the reading was received.
        entered: staff entered the source's figures. Not mentioned for a person, whose figures always are.
        withdraws: the number of the post that this one withdraws: "the AP, 7:35 a.m. · see #3". The number
            is not in the sentence, because the withdrawn post repeats that sentence in its notice.
    """
    brief = escape(source.brief, _MOST_BRIEF) if source else ""
    by_staff = entered and source is not None and not source.person
    received_or_entered = "as received" if received else "entered by staff" if by_staff else ""
    parts = [brief, when(at, now, setting.desk.zone), received_or_entered]
    see = f" · see #{withdraws}" if withdraws is not None else ""
    return ", ".join(part for part in parts if part) + see + setting.mark


def credit_of_two(setting: Setting, source: Source, at: datetime, now: datetime, second: str) -> str:
    """Return the last line of a post with two sources: "the Times, 7:35 a.m.; the AP, 7:40 a.m.". `second` is a `credit_line`."""
    return f"{escape(source.brief, _MOST_BRIEF)}, {when(at, now, setting.desk.zone)}; {second}"


def desk_credit(setting: Setting, now: datetime) -> str:
    """Return the last line of a post by the desk about other posts: "the desk, 7:35 a.m."."""
    return f"the desk, {credit_line(setting, None, now, now)}"


def footer(
    context: ContestContext,
    source: Source,
    reading: Reading,
    changed_at: datetime | None,
    checked_at: datetime | None,
    held_for: str | None = None,
) -> str:
    """Return the small print of a post, without markdown.

    It has the results status, when votes last changed, and when the source was last checked.

    Args:
        context: the contest, for the desk's clock.
        source: the reading's source.
        reading: the reading, for its status.
        changed_at: when votes last changed; None if unknown.
        checked_at: when the source was last checked; None if unknown.
        held_for: how long a revision was held, as text.
    """
    known = changed_and_checked(context, changed_at, checked_at)
    parts = [
        results_status_words(reading, source),
        stopped(capitalised(known)) if known else "",
        f"Posted {held_for} later, once the source had repeated the figures." if held_for else "",
        stopped(f"Source: {clean(source.credit, _MOST_CREDIT)}") if source.credit else "",
    ]
    return " ".join(part for part in parts if part)


def answer_footer(
    context: ContestContext,
    source: Source,
    reading: Reading,
    setting: Setting,
    changed_at: datetime | None,
    checked_at: datetime | None,
) -> str:
    """Return the small print of an answer: status, when votes last changed, when the source was checked.

    For the public, the credit that the source demands is added. The two times are omitted if both are in the present
    minute, or if the answer's sentence already has them.
    """
    this_minute = {at and context.when(at) for at in (changed_at, checked_at)} == {context.when(context.now)}
    in_sentence = checked_at is None and changed_at == reading.as_of  # an answer as of an earlier time has it
    known = "" if this_minute or in_sentence else freshness(context, changed_at, checked_at)
    credit = stopped(f"Source: {clean(source.credit, _MOST_CREDIT)}") if source.credit and setting.public else ""
    parts = [results_status_words(reading, source), stopped(capitalised(known)) if known else "", credit]
    return " ".join(part for part in parts if part)


def freshness(context: ContestContext, changed_at: datetime | None, checked_at: datetime | None) -> str:
    """Return when votes changed and when the source was checked: "changed 8:46 a.m., checked 8:49 a.m.".

    If both are the same: "changed and checked 8:46 a.m.". Without a check: "votes last changed at 7:24 p.m. Tuesday".
    """
    if checked_at is None:
        return changed_and_checked(context, changed_at, None)
    changed, checked = changed_when(context, changed_at, checked_at), context.when(checked_at)
    if changed and changed == checked:
        return f"changed and checked {changed}"
    return ", ".join(part for part in (changed and f"changed {changed}", checked and f"checked {checked}") if part)


def results_status_words(reading: Reading, source: Source, as_of: str = "") -> str:
    """Return the results status as a sentence: "Unofficial." unless the reading has another status.

    `as_of` adds a time: "Unofficial, as of 7:35 a.m.".
    """
    status = capitalised(results_status(reading, source))
    return stopped(f"{status}, as of {as_of}" if as_of else status)


def results_status(reading: Reading, source: Source) -> str:
    """Return the results status as a phrase: "unofficial", "certified, says the secretary of state"."""
    match reading.status:
        case "certified":
            return f"certified, says {clean(source.name, _MOST_BRIEF)}"
        case "unofficial-complete":
            return "unofficial, complete"
        case "pre-election":
            return "before the election"
        case "correction":
            return f"unofficial; a correction by {clean(source.name, _MOST_BRIEF)}"
        case "recount":
            return "recount, unofficial"
        case _:
            return "unofficial"


def changed_and_checked(context: ContestContext, changed_at: datetime | None, checked_at: datetime | None) -> str:
    """Return both times: "votes last changed at 7:35 a.m., last checked at 7:36 a.m.". Unknown times are omitted."""
    at, seen = changed_when(context, changed_at, checked_at), context.when(checked_at) if checked_at else ""
    if at and at == seen:
        return f"votes last changed and source last checked at {at}"
    changed, checked = f"votes last changed at {at}" if at else "", f"last checked at {seen}" if seen else ""
    return ", ".join(part for part in (changed, checked) if part)


def changed_when(context: ContestContext, changed_at: datetime | None, checked_at: datetime | None) -> str:
    """Return when votes last changed. A time later than the check is marked as "by the source's clock"."""
    if changed_at is None:
        return ""
    text = context.when(changed_at)
    ahead = checked_at is not None and changed_at > checked_at and text != context.when(checked_at)
    return f"{text} by the source's clock" if ahead else text


@dataclass(frozen=True, slots=True)
class SetBy:
    """Who muted, paused or chose something, when (by the news clock) and why."""

    at: datetime
    who: str
    """The person, in the audit log's form: "olga (81)"."""
    why: str | None = None
    """The reason as typed."""
    until: datetime | None = None
    """When the setting ends by itself; None if somebody has to end it."""

    def words(self, setting: Setting, now: datetime) -> str:
        """Return the text for whoever reads with `setting`: `to_desk` if only the desk reads it, else `to_all`."""
        return self.to_desk(setting, now) if setting.desk_reads else self.to_all(setting, now)

    def to_desk(self, setting: Setting, now: datetime) -> str:
        """Return time, person, end and reason: "7:35 a.m. by olga, until 8:35 a.m.: figures of another count"."""
        why = f": {escape(self.why, _MOST_WHY).rstrip('. ')}" if self.why else ""
        return f"{when(self.at, now, setting.desk.zone)} by {name_of(self.who)}{self._end(setting, now)}{why}"

    def to_all(self, setting: Setting, now: datetime) -> str:
        """Return only the times: "7:35 a.m.", "7:35 a.m., until 8:35 a.m."."""
        return f"{when(self.at, now, setting.desk.zone)}{self._end(setting, now)}"

    def _end(self, setting: Setting, now: datetime) -> str:
        return f", until {when(self.until, now, setting.desk.zone)}" if self.until else ""
