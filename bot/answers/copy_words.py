"""The answer of /draft: plain text to copy for a live blog or a post elsewhere, with the credit that a source demands.

Copy is used outside of Discord, so nothing is escaped; only backticks, which could end its code block, are replaced.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.count.change import Change
from bot.count.reading import Reading
from bot.count.worth import LeastMove
from bot.desk.desk_file import Source
from bot.tally.changes_words import headline
from bot.tally.standing_words import MarginFacts, change_to, held_note, nothing_in, standing, standing_phrase, stood_at
from bot.wording.card import SLATE, Card
from bot.wording.context import Movement
from bot.wording.credit import changed_when, credit_line, results_status_words
from bot.wording.draft import answer_card
from bot.wording.escape import capitalised, clean, stopped, to_copy, without_markdown
from bot.wording.limits import cut, size
from bot.wording.question import Question
from bot.wording.times import clock, length_between

POST = 300
"""The longest post elsewhere, in characters."""

_RECENT = timedelta(minutes=45)

_PAST = {
    "narrows by": "narrowed by",
    "grows by": "grew by",
    "stays at": "stayed at",
    "stays tied": "stayed tied",
    "moves ahead": "moved ahead",
}
"""Present tense to past, since copy is used later."""

_PRESENT = re.compile("|".join(_PAST))

_MOST_CREDIT = 80


@dataclass(frozen=True, slots=True)
class Further:
    """One more sentence for copy."""

    sentence: str
    source: Source | None = None
    """Its source, which is public; None if it follows from the count itself."""


def copy_of_count(
    facts: MarginFacts,
    before: Reading | None,
    asked: Question,
    more: tuple[Further, ...],
    left_out: str,
) -> Card:
    """Return at most `POST` characters for a live blog or a post elsewhere, with nothing that is for the newsroom only.

    A phone copies a whole message, so the message is the copy alone; notes on it are on a card.

    Args:
        facts: where the contest stands by its leading source.
        before: the reading before the last batch; None leaves out what that batch did.
        asked: the question.
        more: further sentences: certified so far, the recount line.
        left_out: what is left out and why, to stand after "Left out: "; may be empty.

    """
    reading, setting = facts.reading, asked.setting
    if reading is None:
        told = asked.told()
        credit = credit_line(setting, facts.source, asked.at or asked.now, asked.now)
        return answer_card(
            f"{nothing_in(told, facts.source, asked.at, facts.first_at)} There is nothing to draft.\n-# {credit}"
        )
    told = asked.told(reading.names)
    change = change_to(reading, facts.change)
    small = credit_line(setting, facts.source, reading.as_of, asked.now, received=reading.as_of_is == "received")
    if facts.corrected:
        said = (
            f"**Nothing to copy:** our post that {standing_phrase(told, change, reading)} was {facts.corrected.phrase}"
        )
        return answer_card(f"{stopped(said)} /margin has the source's figures.\n-# {small}")
    own, stamp = credit_of(facts.source), f"{clock(asked.now, told.zone)}: " if asked.at is None else ""
    of_count = [one.sentence for one in more if one.source is None]
    beside = [one.sentence for one in more if one.source]
    credit = credit_of(facts.source, *(one.source for one in more if one.source))
    last = _last(asked, facts, change, before, reading)
    if asked.at is None:
        whole = standing(told, change, reading, facts.source)
    else:
        whole = stood_at(told, change, reading, facts.source, asked.at)
    status = results_status_words(reading, facts.source)
    # For an earlier time the sentence itself says as of when.
    as_of = stopped(f"{status[:-1]}, as of {told.when(reading.as_of)}") if asked.at is None else status
    brief = stopped(capitalised(standing_phrase(told, change, reading))) if asked.at is None else whole
    rehearsal = f"{setting.loud_mark}{f'{asked.mark.brief}. ' if asked.mark else ''}"
    block = within_post(
        [
            ([last or whole, *of_count, as_of, *beside], credit),
            ([last or whole, as_of, *beside], credit),
            ([last or whole, *of_count, as_of], own),
            *(([sentence, as_of], own) for sentence in (last or whole, whole, brief)),
            ([brief, status], own),
        ],
        rehearsal + stamp,
    )
    notes = [
        _ages(facts, asked),
        stopped(f"Left out: {left_out}") if left_out else "",
        held_note(facts.held) if facts.held else "",
        asked.mark.words if asked.mark else "",
    ]
    about = {"description": "\n".join(filter(None, notes)), "color": SLATE, "footer": {"text": without_markdown(small)}}
    return answer_card(to_copy(block), (about,))


def _ages(facts: MarginFacts, asked: Question) -> str:
    """Return when the votes last changed and were checked; for an earlier time, which time it is."""
    if asked.at is not None:
        return stopped(f"Copy as of {asked.told().when(asked.at)}")
    parts = []
    if facts.changed_at is not None:
        parts.append(f"changed {changed_when(asked.told(), facts.changed_at, facts.checked_at)}")
    if facts.checked_at is not None:
        parts.append(f"checked {length_between(facts.checked_at, asked.now)} ago")
    return stopped(f"Votes {', '.join(parts)}") if parts else "When the votes last changed is unknown."


def _last(asked: Question, facts: MarginFacts, change: Change, before: Reading | None, reading: Reading) -> str | None:
    """Return what the last batch did, or None if it is old or too small for a post of its own.

    A line of a live blog begins with the present time, at which neither an hour-old batch nor one vote is news.
    """
    if asked.at is not None or before is None or change.kind in ("first", "progress"):
        return None
    if asked.now - reading.as_of > _RECENT or _is_small(change):
        return None
    said = headline(asked.told(reading.names), Movement(change, before, reading, facts.source))
    return _PRESENT.sub(lambda verb: _PAST[verb[0]], said)


def _is_small(change: Change) -> bool:
    """Return True if a change moved the margin by less than the default minimum for a post of its own."""
    if change.kind not in ("margin", "no_margin_change") or change.margin_before is None:
        return False
    return abs(change.margin_change or 0) < LeastMove().of(change.margin_before)


def within_post(choices: Sequence[tuple[Sequence[str], str]], before: str) -> str:
    """Return the first choice that fits into a post with its credit; if none does, the last one, cut.

    Args:
        choices: (sentences, credit), the fullest first; only the first sentence of the last choice may be cut.
        before: the beginning of the post: that it is a rehearsal, the time.

    """
    for sentences, credit in choices:
        text = f"{before}{' '.join(as_copy(sentence) for sentence in sentences if sentence)} {credit}"
        if size(text) <= POST:
            return text
    (first, *rest), credit = choices[-1]
    words, end = before + as_copy(first), " ".join([*map(as_copy, rest), credit])
    return f"{cut(words, POST - size(end) - 2)}… {end}"


def credit_of(source: Source, *others: Source) -> str:
    """Return "Source: The New York Times.": the credit that the source demands, else its name; then other demanded credits.

    Other sources are named in their own sentences, so one that demands no credit is left out.
    """
    demanded = [source.credit or source.name, *(other.credit for other in others if other.credit)]
    shown = list(dict.fromkeys(clean(one, _MOST_CREDIT) for one in demanded))
    return stopped(f"{'Source' if len(shown) == 1 else 'Sources'}: {'; '.join(shown)}").replace("`", "'")


def as_copy(words: str) -> str:
    """Return our own sentences without markdown, in one line, with nothing that could end a code block."""
    return without_markdown(" ".join(words.split("\n"))).replace("`", "'").replace("\u200b", "")
