"""The answer to /draft: plain text to copy, with the credit of its sources.

Copy is used outside of Discord, so nothing is escaped. Only backticks are replaced, because they could end the code
block around the copy.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.answers.history_words import CertifiedCount, ask_sources
from bot.answers.story_words import CopyFacts, story
from bot.count.reading import Reading
from bot.desk.desk_file import Source
from bot.outcomes.calls_words import CallFacts
from bot.outcomes.certification_words import ResultsFacts, certified_phrase
from bot.tally.reported_batches_words import BatchOnRecord, on_record_line
from bot.tally.standing_words import (
    MarginFacts,
    change_to,
    held_note,
    no_figures_headline,
    standing_phrase,
)
from bot.wording.card import Block, Card, Line
from bot.wording.context import may_be_named
from bot.wording.credit import changed_when, credit_line
from bot.wording.escape import clean, stopped, to_copy, without_markdown
from bot.wording.question import Question, muted_sources

_MOST_CREDIT = 80

_MOST_REPORTED = 3


def copy_of_count(
    facts: MarginFacts,
    before: Reading | None,
    certified: CertifiedCount | None,
    reported: Sequence[BatchOnRecord],
    question: Question,
    took_lead: datetime | None = None,
) -> Card:
    """Return news copy about a count: a headline, at most three sentences, and the credit.

    Copy has nothing that is for the newsroom only. On a phone people copy a whole message, so the message is the copy
    alone. Notes about the copy are in an embed below.

    Args:
        facts: the contest's standing according to its leading source.
        before: the reading before the last batch. If None, copy does not report what that batch changed.
        certified: how many units have certified, according to a public source. None if unknown or its post was corrected.
        reported: batches that the count may not include, newest first. They are noted below the copy, not in it.
        question: the question to answer.
        took_lead: when the leader took the lead. None if that was more than half a day ago.
    """
    reading, setting = facts.reading, question.setting
    if reading is None:
        context = question.context()
        credit = credit_line(setting, facts.source, question.at or question.now, question.now)
        nothing = no_figures_headline(context, facts.source, question.at, facts.first_at)
        return Card.of(f"{nothing} There is nothing to draft.{ask_sources(facts.first_at)}", credit=credit)
    context = question.context(reading.names)
    change = change_to(reading, facts.change)
    small = credit_line(setting, facts.source, reading.as_of, question.now, received=reading.as_of_is == "received")
    if facts.corrected:
        said = f"**Nothing to copy:** our post that {standing_phrase(context, change, reading)} was {facts.corrected.phrase}"
        text = f"{stopped(said)} /margin has the source's figures."
        return Card((Line(text, posts=facts.corrected.posts),), small)
    notes = [Line(_ages(facts, question))]
    if certified and certified.corrected:
        left_out = stopped(f"Left out: {certified_phrase(context, certified.count)}, {certified.corrected.phrase}")
        notes.append(Line(left_out, (certified.source.id,), certified.corrected.posts))
        certified = None
    to_tell = CopyFacts(
        question,
        facts.source,
        reading,
        change,
        before,
        certified,
        _results(facts, question),
        _calls(facts, question),
        took_lead,
    )
    told, named = story(to_tell)
    sources = (facts.source, *(one for one in named if one.id != facts.source.id))
    copy = f"{_marks(question)}{as_copy(told)}\n\n{credit_of(*sources)}"
    notes += [on_record_line(context, one) for one in reported[:_MOST_REPORTED]]
    if facts.held:
        notes.append(Line(held_note(facts.held)))
    if question.mark:
        notes.append(question.mark.line(leads=True))
    return Card(
        (Line(to_copy(copy), tuple(one.id for one in sources)),),
        blocks=(Block(tuple(notes), footer=without_markdown(small)),),
    )


def _marks(question: Question) -> str:
    """Return the warning with which copy begins, or "" if no warning is needed.

    Copy warns of a rehearsal, and of a source that is muted or silent.
    """
    return f"{question.setting.loud_mark}{f'{question.mark.brief}. ' if question.mark else ''}"


def _may_be_printed(source: Source, question: Question) -> bool:
    muted = muted_sources(question.marks, question.contest.leads)
    return source.public and not source.person and source.id not in muted and may_be_named(source, question.setting)


def _calls(facts: MarginFacts, question: Question) -> tuple[CallFacts, ...]:
    """Return the calls that were posted and may be printed, newest first, also those that were withdrawn."""
    return tuple(
        one
        for one in sorted(facts.calls, key=lambda one: one.as_of, reverse=True)
        if one.posted
        and not one.waits
        and (one.call.is_call or (one.withdrawn is not None and one.withdrawn.says == "called"))
        and _may_be_printed(one.source, question)
    )


def _results(facts: MarginFacts, question: Question) -> ResultsFacts | None:
    results = facts.results
    return results if results and not results.waits and _may_be_printed(results.source, question) else None


def _ages(facts: MarginFacts, question: Question) -> str:
    """Return a note with the times when the votes last changed and were last checked.

    If the question is about a past time, the note states only that time.
    """
    if question.at is not None:
        return stopped(f"Copy as of {question.context().when(question.at)}")
    parts = []
    if facts.changed_at is not None:
        parts.append(f"changed {changed_when(question.context(), facts.changed_at, facts.checked_at)}")
    if facts.checked_at is not None:
        parts.append(f"checked {question.context().when(facts.checked_at)}")
    return stopped(f"Votes {', '.join(parts)}") if parts else "When the votes last changed is unknown."


def credit_of(source: Source, *others: Source) -> str:
    """Return the credit line for copy, such as "Source: The New York Times.".

    The line has the credit that `source` requires, or else the name of `source`. After that come the credits that any
    of the `others` require. Other sources without a required credit are omitted, because the copy's sentences name
    them.
    """
    demanded = [source.credit or source.name, *(other.credit for other in others if other.credit)]
    shown = list(dict.fromkeys(clean(one, _MOST_CREDIT) for one in demanded))
    return stopped(f"{'Source' if len(shown) == 1 else 'Sources'}: {'; '.join(shown)}").replace("`", "'")


def as_copy(words: str) -> str:
    """Return a sentence without markdown, and without anything that could end a code block."""
    return without_markdown(words).replace("`", "'").replace("\u200b", "")
