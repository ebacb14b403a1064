"""What /sources answers: who says what, as of when, when last checked, how long silent, and which leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards.asked import Asked
from bot.cards.colours import SLATE
from bot.cards.control import Since
from bot.cards.credit import credit_line
from bot.cards.draft import Answer
from bot.cards.limits import DESCRIPTION, joined
from bot.cards.post import may_be_named
from bot.deskfile import Source
from bot.wording.escape import escape
from bot.wording.numbers import counted, votes
from bot.wording.punctuation import capitalised, stopped
from bot.wording.silence_sentences import units_silent
from bot.wording.standing_sentences import HELD_WORDS, ahead_by
from bot.wording.telling import Telling, source_name
from bot.wording.times import length

_MOST_WHY = 150


@dataclass(frozen=True, slots=True)
class UnitSilence:
    """Which units have sent a source nothing for long."""

    limit: timedelta
    """How long that is."""
    units: Mapping[str, datetime]
    """By name, when each last did; the longest silent first."""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """One source's word on a contest, and how it does."""

    source: Source
    leads: bool
    as_of: datetime | None = None
    """Of its newest figures; None: it has said nothing."""
    leader: str | None = None
    margin: int | None = None
    total: int | None = None
    approximate: bool = False
    entered: bool = False
    """Staff entered it."""
    changed_at: datetime | None = None
    checked_at: datetime | None = None
    failing_since: datetime | None = None
    problem: str | None = None
    held: str | None = None
    refused: int = 0
    refusal: str | None = None
    refused_at: datetime | None = None
    muted: Since | None = None
    gives_units: bool | None = None
    """Whether its figures say where votes come from; None: unknown."""
    pushed_at: datetime | None = None
    """Of a source that pushes: when it last did; None: not since its readings are kept."""
    unit_silence: UnitSilence | None = None
    """None: it does not tell when units send figures, or has no limit for that."""
    about_total: bool = False
    """The total was said as about, as `approximate` says of the margin."""


def sources_answer(sources: list[SourceFacts], asked: Asked, chosen: Since | None = None) -> Answer:
    """Return a paragraph a source, the leading one first; `chosen`: who chose that in this server, and when."""
    told = asked.told()
    shown = [one for one in sources if may_be_named(one.source, asked.setting)]
    leading = next((one for one in shown if one.leads), None)
    said = sum(one.as_of is not None for one in shown)
    head = f"**{told.head}: {counted(said, 'source has', 'sources have')} figures.**"
    if leading is not None:
        head += f" {capitalised(source_name(leading.source))} leads: its changes are what is posted."
        if chosen is not None:
            head += f" Chosen {chosen.words(asked.setting, asked.now)}."
    lines = [_paragraph(told, one, asked) for one in shown]
    credit = credit_line(asked.setting, None, asked.at or asked.now, asked.now)
    card = {"description": joined(lines, DESCRIPTION, "and {} more"), "color": SLATE}
    return asked.shareable(Answer(f"{head}\n-# {credit}", (card,)))


def _paragraph(told: Telling, one: SourceFacts, asked: Asked) -> str:
    parts = [_says(told, one)]
    if one.changed_at is not None:
        end = asked.at or one.checked_at
        still = f", {length(end - one.changed_at)} before it was last checked" if end and end > one.changed_at else ""
        parts.append(f"Votes last changed {told.when(one.changed_at)}{'' if asked.at else still}")
    if asked.at is None:
        parts += _health(told, one, asked)
        if one.unit_silence is not None and one.unit_silence.units:
            parts.append(units_silent(told, one.unit_silence.limit, one.unit_silence.units))
    if one.gives_units is False:
        parts.append(f"It does not say from which {told.contest.units} votes come.")
    return " ".join(stopped(part) for part in parts)


def _says(told: Telling, one: SourceFacts) -> str:
    name = f"**{capitalised(source_name(one.source))}{' (leads)' if one.leads else ''}:**"
    if one.as_of is None:
        return f"{name} nothing yet"
    figures = []
    if one.leader is not None and one.margin is not None:
        figures.append(ahead_by(told, one.leader, one.margin, about=one.approximate))
    if one.total is not None:
        figures.append(f"{'about ' if one.about_total else ''}{votes(one.total)} in the tally")
    entered = ", entered by staff" if one.entered else ""
    return f"{name} {', '.join(figures) or 'no figure of the margin'}, as of {told.when(one.as_of)}{entered}"


def _health(told: Telling, one: SourceFacts, asked: Asked) -> list[str]:
    parts = []
    if one.pushed_at is not None:
        parts.append(f"Last push {told.when(one.pushed_at)}")
    elif one.source.pushes:
        parts.append("It has pushed nothing that is still on record")
    elif one.checked_at is not None:
        parts.append(f"Last checked {told.when(one.checked_at)}")
    elif one.source.format is not None:
        parts.append("Not checked yet")
    if one.failing_since is not None:
        why = f": {escape(one.problem, _MOST_WHY)}" if one.problem else ""
        parts.append(f"**It can't be read since {told.when(one.failing_since)}**{why}")
    if one.held:
        parts.append(f"A later reading is held: {HELD_WORDS.get(one.held, 'the desk has to decide on it')}")
    if one.refused and one.refused_at is not None:
        why = f": {escape(one.refusal, _MOST_WHY)}" if one.refusal else ""
        parts.append(
            f"Refused so far: {counted(one.refused, 'part')} of its answers, last {told.when(one.refused_at)}{why}"
        )
    if one.muted is not None:
        parts.append(f"Muted since {one.muted.words(asked.setting, asked.now)}")
    if not one.source.public:
        parts.append("For the newsroom only")
    return parts
