"""Lines about an entry that more than one of its cards have: what is in it, whose word it is, what goes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.facts import Setting
from bot.cards.limits import joined, size
from bot.cards.post import telling
from bot.count.entry import Entry, Piece
from bot.deskfile import Contest, Desk, Source
from bot.wording.entry_sentences import figures_of
from bot.wording.escape import escape
from bot.wording.punctuation import capitalised, possessive, stopped
from bot.wording.telling import Telling, source_name
from bot.wording.times import when

MOST_QUOTED = 90
MOST_SENTENCE = 500
MOST_PIECES = 1100
"""Characters of the list of pieces, and of what goes out, of the 2,000 that a message may have."""
_MOST_GOING_OUT = 600


@dataclass(frozen=True, slots=True)
class Going:
    """A post that an entry would make, or made."""

    headline: str
    channels: tuple[int, ...]
    number: int | None = None
    """None: it has none yet."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What comes of an entry."""

    posts: tuple[Going, ...] = ()
    known: tuple[tuple[int | None, datetime], ...] = ()
    """(post, as of when) of each of its figures that is posted already."""
    notes: tuple[str, ...] = ()
    """What does not agree with what the same source has said before."""
    named: bool = False
    """True: its source is named at these posts."""


def whose_word(entry: Entry, desk: Desk) -> Source | None:
    """Return whose word an entry is, where it is known; of one with several owners, the first's."""
    if entry.needs_source:
        return None
    own = next((piece.source for piece in entry.kept if piece.source), None)
    return desk.source(entry.source or own or "")


def in_short(entry: Entry, contest: Contest, setting: Setting, now: datetime) -> str:
    """Return what an entry says in a line: "our reporter: Biden ahead by 14,101, 8:25 a.m."."""
    told = telling(contest, setting, now)
    source = whose_word(entry, setting.desk)
    said = "; ".join(figures_of(told, piece) for piece in entry.kept[:3])
    return f"{source_name(source) if source else 'nobody'}: {said}, {told.when(entry.as_of)}"


def piece_line(told: Telling, place: int, piece: Piece, desk: Desk) -> str:
    """Return a piece as a line of its list, with the words that it was read in."""
    owner = desk.source(piece.source) if piece.source else None
    said = capitalised(figures_of(told, piece)) + (f" · {possessive(source_name(owner))} word" if owner else "")
    quoted = f" · “{escape(piece.words, MOST_QUOTED)}”" if piece.words else ""
    return f"{place}. {said}{quoted}" if piece.kept else f"{place}. Left out: {said}"


def whose_line(told: Telling, entry: Entry, desk: Desk) -> str:
    """Return whose word it is, and as of when; what has its own source says that itself."""
    source = desk.source(entry.source) if entry.source else None
    if source is None and entry.kept and not entry.needs_source:
        return f"True as of {told.when(entry.as_of)}" if _true_as_of(told, entry) else ""
    whose = f"**{source_name(source)}**" if source else "**not said yet: choose below**"
    return f"Whose word: {whose}{_true_as_of(told, entry)}"


def _true_as_of(told: Telling, entry: Entry) -> str:
    """Return when that is true which does not say its own time; nothing where all of it does."""
    timed = sum(piece.as_of is not None for piece in entry.kept)
    if timed and timed == len(entry.kept):
        return ""
    return f" · {'the rest ' if timed else ''}true as of {told.when(entry.as_of)}"


def goes_out(
    consequences: Consequences | None, source: Source | None, now: datetime, setting: Setting, *, second: bool
) -> str:
    """Return what goes out if it is entered; nothing where it can't be yet."""
    if consequences is None or source is None:
        return ""
    if not consequences.posts:
        nothing = stopped(f"Nothing goes out{already(consequences, setting, now)}")
        return f"**{nothing}** It is stored as {possessive(source_name(source))} word and answers questions.{named_there(consequences)}"
    after = " once a second person has confirmed it" if second else ""
    lines = [f"**This goes out{after}:**"]
    for post in consequences.posts:
        shown = post.headline if size(post.headline) <= MOST_SENTENCE else f"{post.headline[:MOST_SENTENCE]}…"
        lines += [f"> {shown}", f"-# in {channels_of(post.channels)}"]
    return joined(lines, _MOST_GOING_OUT, "and {} lines more")


def already(consequences: Consequences, setting: Setting | None = None, now: datetime | None = None) -> str:
    """Return that its margin is posted already, with the post and its time; nothing where it is not."""
    if not consequences.known:
        return ""
    number, at = consequences.known[0]
    post = f"#{number}" if number is not None else "told when this channel began to follow"
    time = f", {when(at, now, setting.desk.zone)}" if setting and now else ""
    return f": the margin is posted already, {post}{time}"


def named_there(consequences: Consequences) -> str:
    """Return that its source is named at a post that is there; nothing where it is not."""
    return " Its source is named there." if consequences.named else ""


def channels_of(channels: Sequence[int]) -> str:
    """Return channels in a list of five at most."""
    shown = ", ".join(f"<#{channel}>" for channel in channels[:5])
    return shown + (f" and {len(channels) - 5} more" if len(channels) > 5 else "")  # noqa: PLR2004 - five are shown
