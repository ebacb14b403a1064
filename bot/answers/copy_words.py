"""The answer of /draft: plain text to copy for a live blog or a post elsewhere, with the credit that a source demands.

Copy is used outside of Discord, so nothing is escaped; only backticks, which could end its code block, are replaced.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.answers.moves_words import CertifiedCount
from bot.count.change import Change
from bot.count.reading import Reading
from bot.count.worth import LeastMove
from bot.desk.desk_file import Source
from bot.outcomes.certification_words import certified_phrase
from bot.tally.changes_words import headline
from bot.tally.reported_batches_words import BatchOnRecord, on_record_line
from bot.tally.standing_words import MarginFacts, change_to, held_note, nothing_in, standing, standing_phrase, stood_at
from bot.wording.card import Block, Card, Line
from bot.wording.context import Movement, source_name
from bot.wording.credit import changed_when, credit_line, results_status_words
from bot.wording.escape import capitalised, clean, stopped, to_copy, without_markdown
from bot.wording.limits import cut, size
from bot.wording.lines import recount_sentence
from bot.wording.question import Question
from bot.wording.times import clock, length_between

POST = 300
"""The longest post elsewhere, in characters."""

_RECENT = timedelta(minutes=45)

_MOST_CREDIT = 80

_MOST_REPORTED = 3


def copy_of_count(
    facts: MarginFacts,
    before: Reading | None,
    certified: CertifiedCount | None,
    reported: Sequence[BatchOnRecord],
    asked: Question,
) -> Card:
    """Return at most `POST` characters for a live blog or a post elsewhere, with nothing that is for the newsroom only.

    A phone copies a whole message, so the message is the copy alone; notes on it are on a card.

    Args:
        facts: where the contest stands by its leading source.
        before: the reading before the last batch; None leaves out what that batch did.
        certified: how many units have certified, by a public source; left out if its post was corrected.
        reported: batches that its count is not known to have, newest first: below the copy, and not in it.
        asked: the question.

    """
    reading, setting = facts.reading, asked.setting
    if reading is None:
        told = asked.told()
        credit = credit_line(setting, facts.source, asked.at or asked.now, asked.now)
        nothing = nothing_in(told, facts.source, asked.at, facts.first_at)
        return Card.of(f"{nothing} There is nothing to draft.", credit=credit)
    told = asked.told(reading.names)
    change = change_to(reading, facts.change)
    small = credit_line(setting, facts.source, reading.as_of, asked.now, received=reading.as_of_is == "received")
    if facts.corrected:
        said = (
            f"**Nothing to copy:** our post that {standing_phrase(told, change, reading)} was {facts.corrected.phrase}"
        )
        text = f"{stopped(said)} /margin has the source's figures."
        return Card((Line(text, posts=facts.corrected.posts),), small)
    stamp, verb, status = "", "was", results_status_words(reading, facts.source)
    if asked.at is None:
        stamp, verb = f"{clock(asked.now, told.zone)}: ", "is"
        whole = standing(told, change, reading, facts.source)
        brief = stopped(capitalised(standing_phrase(told, change, reading)))
        as_of = results_status_words(reading, facts.source, told.when(reading.as_of))
    else:
        whole = brief = stood_at(told, change, reading, facts.source, asked.at)
        as_of = status  # the sentence itself says as of when
    last = _last(asked, facts, change, before, reading) or whole
    line, rule = setting.recount_line(asked.contest), asked.contest.contest_rule
    recount = recount_sentence(facts.change, reading, line, rule, verb, brief=True) if facts.change else ""
    own = both = credit_of(facts.source)
    notes, of, counties = [Line(_ages(facts, asked))], [facts.source.id], ""
    if certified and certified.corrected:
        left_out = stopped(f"Left out: {certified_phrase(told, certified.count)}, {certified.corrected.phrase}")
        notes.append(Line(left_out, (certified.source.id,), certified.corrected.posts))
    elif certified:
        of.append(certified.source.id)
        had = certified_phrase(told, certified.count, "had certified")
        counties = stopped(
            f"{capitalised(source_name(certified.source))} said {had} as of {told.when(certified.as_of)}"
        )
        both = credit_of(facts.source, certified.source)
    rehearsal = f"{setting.loud_mark}{f'{asked.mark.brief}. ' if asked.mark else ''}"
    block = within_post(
        [
            ([last, recount, as_of, counties], both),
            ([last, as_of, counties], both),
            ([last, recount, as_of], own),
            *(([sentence, as_of], own) for sentence in (last, whole, brief)),
            ([brief, status], own),
        ],
        rehearsal + stamp,
    )
    notes += [on_record_line(told, one) for one in reported[:_MOST_REPORTED]]
    if facts.held:
        notes.append(Line(held_note(facts.held)))
    if asked.mark:
        notes.append(asked.mark.line(leads=True))
    return Card((Line(to_copy(block), tuple(of)),), blocks=(Block(tuple(notes), footer=without_markdown(small)),))


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
    # Copy is used later, so it tells of the change in the past.
    return headline(asked.told(reading.names), Movement(change, before, reading, facts.source, tense="past"))


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
    """Return one of our own sentences without markdown, and with nothing that could end a code block."""
    return without_markdown(words).replace("`", "'").replace("\u200b", "")
