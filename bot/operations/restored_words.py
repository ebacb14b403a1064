"""The notice that the database was restored from a copy: which posts are missing, and where the counts stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.tally.standing_words import MarginFacts, change_to, held_note, nothing_in, standing_phrase
from bot.wording.context import Setting, contest_context, source_name
from bot.wording.credit import changed_and_checked, credit_line
from bot.wording.draft import SLATE, Draft
from bot.wording.escape import capitalised, possessive, stopped
from bot.wording.limits import DESCRIPTION, joined
from bot.wording.numbers import counted
from bot.wording.times import when


@dataclass(frozen=True, slots=True)
class RestoredFacts:
    """What a channel is told after a restore."""

    copied_at: datetime
    """When the copy was made."""
    posts: int
    """How many posts in the channel the records don't have; 0: its history can't be read."""
    first: int | None
    last: int | None
    """The numbers of the first and the last of them."""
    contests: Sequence[MarginFacts]
    """Where each contest that the channel follows stands, by its leading source."""
    all_asked: bool
    """Every leading source has been asked since."""
    now: datetime
    has_board: bool = False
    """The channel has a pinned board, which may have been posted anew since."""


def restored_post(facts: RestoredFacts, setting: Setting) -> Draft:
    """Return the notice; each standing in it has its source and its time."""
    sentences = [
        restored(when(facts.copied_at, facts.now, setting.desk.zone)),
        missing(facts.posts, facts.first, facts.last),
        goes_on(all_asked=facts.all_asked) if facts.contests else "",
        OLD_BOARD if facts.has_board else "",
    ]
    lines = [_standing(contest, setting) for contest in facts.contests]
    embeds = ({"description": joined(lines, DESCRIPTION, "and {} more"), "color": SLATE},) if lines else ()
    return Draft(
        kind="notice",
        headline=" ".join(sentence for sentence in sentences if sentence),
        credit=credit_line(setting, None, facts.now, facts.now),
        embeds=embeds,
        quiet=False,
    )


def _standing(facts: MarginFacts, setting: Setting) -> str:
    reading = facts.reading
    told = contest_context(
        facts.contest, setting, facts.now, reading.names if reading else None, reading.count if reading else "election"
    )
    if reading is None:
        return nothing_in(told, facts.source, None)
    phrase = standing_phrase(told, change_to(reading, facts.change), reading)
    said = f"{phrase}, by {possessive(source_name(facts.source))} count as of {told.when(reading.as_of)}"
    times = changed_and_checked(told, facts.changed_at, facts.checked_at)
    held = held_note(facts.held) if facts.held else ""
    return " ".join(part for part in (stopped(capitalised(said)), stopped(capitalised(times)), held) if part)


OLD_BOARD = "A board that was pinned here since then is not kept up to date: delete it."


def restored(copied: str) -> str:
    """Return that the records are those of an earlier time: `copied` is when they were copied."""
    sentence = stopped(f"The bot's records were restored from a copy made at {copied}")
    return f"**{sentence}**"


def missing(posts: int, first: int | None, last: int | None) -> str:
    """Return which posts stand and are not in the records; none: the channel's history can't be read."""
    if not posts:
        return (
            "Posts made here since then stand, but are not in the records; which they are is not known, "
            "because the bot may not read this channel's history."
        )
    if posts == 1:
        return f"Post #{first} stands, but is not in the records."
    return f"{counted(posts, 'post')} from #{first} to #{last} stand, but are not in the records."


def goes_on(*, all_asked: bool) -> str:
    """Return from where on changes are told again."""
    if all_asked:
        return "What changed since then is not told again; this is where the count stands now."
    return "What changed since then is not told again. A source that has not answered yet is told when it does."
