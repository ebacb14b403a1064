"""The texts of the answer to /sources: each source's figures, when they changed, and whether the source works."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.desk.desk_file import Source
from bot.tally.silences_words import units_silent
from bot.tally.standing_words import HELD_WORDS, LONG_AGO
from bot.wording.card import Block, Card, Line, Readers
from bot.wording.context import ContestContext, source_name
from bot.wording.corrected import Corrected
from bot.wording.credit import SetBy, changed_when, credit_line
from bot.wording.escape import capitalised, escape, stopped
from bot.wording.margin import signed_margin
from bot.wording.numbers import counted, votes
from bot.wording.question import Question
from bot.wording.times import length_between

_MOST_WHY = 150

_A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class UnitSilence:
    """The units whose last figures are older than the limit that the source's settings allow."""

    limit: timedelta
    """The source's limit."""
    units: Mapping[str, datetime]
    """When each unit last sent figures, by the unit's name. The longest silence comes first."""


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """The newest figures from a source."""

    as_of: datetime
    leader: str | None = None
    margin: int | None = None
    total: int | None = None
    approximate: frozenset[str] = frozenset()
    """The names "margin" and "total", as far as that figure is approximate."""
    entered: bool = False
    """True if staff entered the figures."""
    changed_at: datetime | None = None
    gives_units: bool | None = None
    """True if the figures show from which units votes come, or None if that is unknown."""
    corrected: Corrected | None = None
    """The correction of the post about the figures, or None."""
    waits: bool = False
    """True if staff entered the figures and they are not posted yet."""
    overtaken: bool = False
    """True if votes have changed since the time asked about.

    The figures are then certain only up to `as_of`.
    """


@dataclass(frozen=True, slots=True)
class SourceReach:
    """The times at which a source was reached, and why it can't be reached now."""

    checked_at: datetime | None = None
    failing_since: datetime | None = None
    problem: str | None = None
    pushed_at: datetime | None = None
    """When a source that pushes its figures last did, or None if no push is on record."""


@dataclass(frozen=True, slots=True)
class RefusedParts:
    """The number of parts of a source's responses that were refused so far, with the last reason."""

    parts: int
    last: str
    """The reason for the latest refusal."""
    last_at: datetime


class Precision(Enum):
    """The precision of the time at which a source's figures last changed."""

    EXACT = auto()
    ABOUT = auto()
    BY = auto()
    """The change came before that time: staff then entered different figures, and nobody noted when they changed."""


@dataclass(frozen=True, slots=True)
class EnteredChange:
    """The last change of a source's figures that staff noticed and entered."""

    at: datetime
    precision: Precision
    after: datetime | None = None
    """With `BY`: when staff last entered the previous figures."""
    unchanged_at: datetime | None = None
    """When staff last saw that the figures had not changed since, or None with `BY`."""
    waits: bool = False
    """True if an entry about the change is not posted yet."""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source's figures in a contest, and the state of the source."""

    source: Source
    leads: bool
    figures: SourceFigures | None = None
    """The source's figures, or None if it has none."""
    reach: SourceReach = SourceReach()
    held: str | None = None
    refused: RefusedParts | None = None
    unit_silence: UnitSilence | None = None
    """The units that are late.

    None if the source does not show when units send figures, or has no limit.
    """
    entered_change: EnteredChange | None = None
    """The last change that staff entered, or None if staff entered nothing later than the feed has."""

    @property
    def looked_at(self) -> datetime | None:
        """When the figures were last known to be unchanged, or None if nobody checked."""
        if self.entered_change is not None:
            return self.entered_change.unchanged_at
        if self.figures is not None and self.figures.overtaken:
            return self.figures.as_of
        return self.reach.pushed_at or self.reach.checked_at


def sources_answer(sources: list[SourceFacts], question: Question, chosen: SetBy | None) -> Card:
    """Return a card with a paragraph for each source, in the given order.

    `chosen` is who chose the server's leading source, and when.
    """
    context = question.context()
    leading = next((one for one in sources if one.leads), None)
    head = Line(f"**{context.head}: who says what.**")
    if leading is not None:
        first = f"**{context.head}: posts follow {source_name(leading.source)}.**"
        of = (leading.source.id,)
        head = Line(first, of)
        if chosen is not None:
            to_desk, to_all = (
                chosen.to_desk(question.setting, question.now),
                chosen.to_all(question.setting, question.now),
            )
            head = Line(
                f"{first} Chosen {to_desk}.", of, readers="desk", otherwise=Line(f"{first} Chosen {to_all}.", of)
            )
    credit = credit_line(question.setting, None, question.at or question.now, question.now)
    block = Block(tuple(_paragraph(context, one, question) for one in sources))
    return question.with_share_button(Card((head,), credit, (block,)))


def _paragraph(context: ContestContext, one: SourceFacts, question: Question) -> Line:
    times = _times(context, one, question)
    units = ""
    if one.figures is not None and one.figures.gives_units is False:
        units = f"It does not say from which {context.contest.units} votes come."
    says = _says(context, one, public=question.setting.public)

    def text(health: Iterable[str]) -> str:
        return " ".join(stopped(part) for part in (says, *times, *health, units) if part)

    of = (one.source.id,)
    posts = one.figures.corrected.posts if one.figures and one.figures.corrected else ()
    readers: Readers = "public"
    posted = None
    if one.figures and one.figures.waits:
        readers = "newsroom"
    elif one.entered_change and one.entered_change.waits:
        readers = "newsroom"
        if one.figures:
            posted = _paragraph(context, replace(one, entered_change=None), question)
    if question.at is not None:
        return Line(text(()), of, posts, readers, posted)
    to_all = Line(text(_health(context, one)), of, posts, readers, posted)
    return Line(text(_health(context, one, raw=True)), of, posts, readers="desk", otherwise=to_all)


def _says(context: ContestContext, one: SourceFacts, *, public: bool) -> str:
    """Return a source's figures as text.

    The time of the figures is included, unless it equals the time of their last change, which the next sentence has.
    """
    name = f"**{capitalised(source_name(one.source))}:**"
    said = one.figures
    if said is None:
        return f"{name} no figures {'published here' if public else 'yet'}"
    figures = []
    if said.leader is not None and said.margin is not None:
        figures.append(signed_margin(context, said.leader, said.margin, about="margin" in said.approximate))
    if said.total is not None:
        figures.append(f"{'about ' if 'total' in said.approximate else ''}{votes(said.total)}")
    changed = said.changed_at if one.entered_change is None else None
    is_of_change = changed is not None and _same_minute(changed, said.as_of)
    as_of = "" if is_of_change else f", as of {context.when(said.as_of)}"
    entered = ", entered by staff" if said.entered and not one.source.person else ""
    corrected = f"; {said.corrected.phrase}" if said.corrected else ""
    waits = ", not posted yet" if said.waits else ""
    return f"{name} {', '.join(figures) or 'no margin'}{as_of}{entered}{waits}{corrected}"


def _times(context: ContestContext, one: SourceFacts, question: Question) -> tuple[str, str]:
    """Return two texts: when a source's figures last changed, and when the source was last checked."""
    checked = "" if question.at is not None else _checked(context, one, question.now, public=question.setting.public)
    changed = _changed(context, one, question)
    if not changed:
        return "When it last changed is unknown" if one.figures else "", checked
    if checked == f"Checked {changed}":
        return f"Changed and checked {changed}", ""
    return f"Changed {changed}", checked


def _changed(context: ContestContext, one: SourceFacts, question: Question) -> str:
    """Return when a source's figures last changed and how long ago, or "" if unknown."""
    if one.entered_change is not None:
        return _changed_as_entered(context, one, one.entered_change, question)
    changed = one.figures.changed_at if one.figures else None
    if changed is None:
        return ""
    moment = changed_when(context, changed, one.looked_at)
    now = question.at or question.now
    seen = min(now, one.looked_at or changed)
    if seen - changed < _A_MINUTE:
        return moment
    return moment if question.at is None else f"{moment}; no change by {context.when(seen)}"


def _changed_as_entered(context: ContestContext, one: SourceFacts, change: EnteredChange, question: Question) -> str:
    figures = one.figures
    if figures is not None and change.unchanged_at is not None and figures.as_of > change.unchanged_at:
        return ""
    moment = context.when(change.at)
    entered = "" if figures and figures.entered else ", as entered by staff"
    if change.after is not None and not _same_minute(change.after, change.at):
        return f"between {context.when(change.after)} and {moment}{entered}"
    if change.precision is Precision.BY:
        return f"by {moment}{entered}"
    about = "about " if change.precision is Precision.ABOUT else ""
    seen = min(question.at or question.now, change.unchanged_at or change.at)
    if seen - change.at < _A_MINUTE:
        return f"{about}{moment}{entered}"
    return f"{about}{moment}{entered}; no change by {context.when(seen)}"


def _same_minute(one: datetime, other: datetime) -> bool:
    return one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)


def _checked(context: ContestContext, one: SourceFacts, now: datetime, *, public: bool) -> str:
    """Return when a source was last checked.

    For a source without a feed, return how long ago staff last entered its figures.
    """
    reach = one.reach
    if reach.pushed_at is not None:
        return f"Last push {context.when(reach.pushed_at)}"
    if one.source.pushes:
        return "No push on record"
    if reach.checked_at is not None:
        if now - reach.checked_at < LONG_AGO:
            return f"Checked {context.when(reach.checked_at)}"
        return f"Last checked {context.when(reach.checked_at)}, {length_between(reach.checked_at, now)} ago"
    if one.source.format is not None:
        return "Not checked yet"
    no_feed = [] if one.source.person else ["no feed"]
    if one.figures is None or public:  # there may be newer, unpublished ones
        return capitalised("; ".join(no_feed))
    unchanged_at = one.entered_change.unchanged_at if one.entered_change else None
    newest = max(one.figures.as_of, unchanged_at or one.figures.as_of)
    looked = [f"staff last looked {context.when(newest)}"] if one.figures.entered and no_feed else []
    newer = [f"no newer vote figures for {length_between(newest, now)}"] if now - newest >= LONG_AGO else []
    return capitalised("; ".join([*looked, *no_feed, *newer]))


def _health(context: ContestContext, one: SourceFacts, *, raw: bool = False) -> list[str]:
    """Return the problems with reading, posting or showing a source, one text for each.

    `raw`: True if the text includes the site's own error message and address.
    """
    parts = []
    reach = one.reach
    if reach.failing_since is not None:
        why = f": {escape(reach.problem, _MOST_WHY)}" if reach.problem and raw else ""
        parts.append(f"**Can't be read since {context.when(reach.failing_since)}**{why}")
    if one.held:
        parts.append(f"Later figures are on hold: {HELD_WORDS.get(one.held, 'the desk has to decide')}")
    if one.refused is not None:
        why = f": {escape(one.refused.last, _MOST_WHY)}" if raw else ""
        last = f"last {context.when(one.refused.last_at)}{why}"
        parts.append(f"{counted(one.refused.parts, 'part')} of its answers refused so far, {last}")
    if not one.source.public:
        parts.append("Newsroom only")
    if one.unit_silence is not None and one.unit_silence.units:
        parts.append(units_silent(context, one.unit_silence.limit, one.unit_silence.units))
    return parts
