"""The answer to /draft: plain text to copy, with the credit that its source requires.

The first answer is a story. Buttons replace it with a line for a live blog, a script for air or a push alert. Copy is
used outside of Discord, so nothing is escaped. Only backticks are replaced, because they could end the code block
around the copy.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from bot.answers.air_words import script
from bot.answers.history_words import CertifiedCount, ask_sources
from bot.answers.story_words import MOST_CALLS, CopyFacts, PrintStyle, Sentences, headlines, paragraph, story
from bot.count.reading import Reading
from bot.desk.desk_file import Source
from bot.outcomes.calls_words import CallFacts
from bot.outcomes.certification_words import ResultsFacts, certified_phrase
from bot.tally.changes_words import headline as headline_of
from bot.tally.reported_batches_words import BatchOnRecord, on_record_line
from bot.tally.standing_words import (
    MarginFacts,
    change_to,
    held_note,
    no_figures_headline,
    past_standing_sentence,
    standing,
    standing_phrase,
)
from bot.wording.card import Block, Button, Card, Line
from bot.wording.context import Movement, may_be_named, source_name
from bot.wording.credit import changed_when, credit_line, results_status_words
from bot.wording.escape import capitalised, clean, stopped, to_copy, without_markdown
from bot.wording.limits import cut, size
from bot.wording.question import Question, contest_tag, muted_sources, time_key
from bot.wording.times import clock

CopyForm = Literal["story", "blog", "air", "push"]

LABELS: dict[CopyForm, str] = {"story": "Story", "blog": "Live blog", "air": "On air", "push": "Push"}
"""The forms of copy, with their button labels."""

POST = 300
"""The longest line for a live blog, in characters."""

PUSH = 120
"""The longest push alert, in characters."""

_MOST_CREDIT = 80

_MOST_REPORTED = 3


def copy_of_count(
    facts: MarginFacts,
    before: Reading | None,
    certified: CertifiedCount | None,
    reported: Sequence[BatchOnRecord],
    question: Question,
    form: CopyForm = "story",
    took_lead: datetime | None = None,
) -> Card:
    """Return news copy about a count in one form, with buttons for the other forms.

    Copy has nothing that is for the newsroom only. On a phone people copy a whole message, so the message is the copy
    alone. Notes about the copy are in an embed below.

    Args:
        facts: the contest's standing according to its leading source.
        before: the reading before the last batch. If None, copy does not report what that batch changed.
        certified: how many units have certified, according to a public source. None if unknown or its post was corrected.
        reported: batches that the count may not include, newest first. They are noted below the copy, not in it.
        question: the question to answer.
        form: a story, a line for a live blog, a script for air, or a push alert.
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
    copy, of = _MADE[form](to_tell, _marks(question))
    notes += [on_record_line(context, one) for one in reported[:_MOST_REPORTED]]
    if facts.held:
        notes.append(Line(held_note(facts.held)))
    if question.mark:
        notes.append(question.mark.line(leads=True))
    others = (one for one in LABELS if one != form)
    return Card(
        (Line(to_copy(copy), of),),
        blocks=(Block(tuple(notes), footer=without_markdown(small)),),
        buttons=tuple(
            Button(LABELS[one], f"draft:{contest_tag(question.contest)}:{time_key(question)}:{one}") for one in others
        ),
    )


class BlogStyle(PrintStyle):
    """A formatter of names and times for a live blog: last names, and the day only if it is not today."""

    def who(self, key: str) -> str:
        """Return a candidate's last name."""
        return self.context.who(key)

    def source(self, source: Source) -> str:
        """Return a source's name in the form for use within a sentence."""
        return source_name(source)

    def moment(self, moment: datetime) -> str:
        """Return a time, with its day unless that is today."""
        return self.context.when(moment)


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


def _story(facts: CopyFacts, marks: str) -> tuple[str, tuple[str, ...]]:
    sources = (*facts.named_sources, *facts.callers)
    credit = f"\n\n{credit_of(*sources)}" if any(one.credit for one in sources) else ""
    return f"{marks}{as_copy(story(facts))}{credit}", _ids(sources)


def _script(facts: CopyFacts, marks: str) -> tuple[str, tuple[str, ...]]:
    sources = (*facts.named_sources, *facts.callers)
    credit = f" {credit_of(*sources)}" if any(one.credit for one in sources) else ""
    return f"{marks}{as_copy(script(facts))}{credit}", _ids(sources)


def _push(facts: CopyFacts, marks: str) -> tuple[str, tuple[str, ...]]:
    """Return a push alert of at most `PUSH` characters, and the ids of the sources that it names.

    The alert has the fullest headline that fits, the time, and the source. If space is short, it goes without the time,
    then without the place, then without the word "Unofficial". The last to go is what a credit that the source demands
    adds to its name.
    """
    source, at = facts.news_source
    status = ""
    if facts.newest == "count":
        status = results_status_words(facts.reading, facts.source)
    names_source = facts.newest in ("call", "results")
    credit = "" if names_source and not source.credit else credit_of(source)
    as_of = f"{',' if names_source else ' as of'} {facts.told.when(at)}"
    *heads, last = headlines(facts)  # the last may lack the place, which matters more than the time
    told = [f"{head}{time}" for time in (as_of, "") for head in heads] + [f"{last}{time}" for time in (as_of, "")]
    named = "" if names_source else stopped(f"Source: {clean(source.name, _MOST_CREDIT)}")
    brief_status = status.removeprefix("Unofficial.")
    endings = ((status, credit), (brief_status, credit), (brief_status, named))
    choices = [([stopped(one), kind], source_line) for kind, source_line in endings for one in told]
    return within(PUSH, choices, marks), (source.id,)


def _blog(facts: CopyFacts, marks: str) -> tuple[str, tuple[str, ...]]:
    """Return a line for a live blog of at most `POST` characters, and the ids of the sources that it names.

    The line reports the last batch if that batch is recent.
    """
    question, reading, change, source = facts.question, facts.reading, facts.change, facts.source
    context = facts.told
    written = Sentences(facts, BlogStyle(context, None))
    news, margin, certified = (paragraph([one]) for one in (written.news(), written.margin(), written.certified()))
    status = results_status_words(reading, source)
    if question.at is None:
        stamp, as_of = (
            f"{clock(question.now, context.zone)}: ",
            results_status_words(reading, source, context.when(reading.as_of)),
        )
        whole = standing(context, change, reading, source)
        brief = stopped(capitalised(standing_phrase(context, change, reading)))
    else:
        stamp, as_of = "", status  # the sentence has the time
        whole = brief = past_standing_sentence(context, change, reading, source, question.at)
    if question.contest.seats > 1 and change.margin is not None and any(reading.votes.values()):
        whole = brief = paragraph([written.stood() if question.at else written.standing_brief()])
    first = whole
    # Copy is read later, so the change is in the past tense.
    if facts.is_recent and facts.before is not None:
        first = headline_of(context, Movement(change, facts.before, reading, source, tense="past"))
    taken = "" if facts.is_recent and facts.takes_lead else paragraph([written.taken()])
    own, with_counties = credit_of(source), credit_of(*facts.named_sources)
    called = [
        (paragraph(written.calls(most)), credit_of(*facts.named_sources, *facts.callers[:most]))
        for most in range(MOST_CALLS, 0, -1)
        if facts.other_calls
    ]
    if news:
        choices = [([news, part, as_of, calls], credit) for part in (first, brief) for calls, credit in called]
        choices += [
            ([news, first, as_of], with_counties),
            ([news, brief, as_of], with_counties),
            ([news], with_counties),
        ]
    else:
        shorter: tuple[list[str], ...] = ([taken, margin], [taken], [margin], [])
        choices = [
            ([*parts, as_of, *more, calls], credit)
            for parts in (*([first, *one] for one in shorter), [brief])
            for calls, credit in called
            for more in ([certified], [])
        ]
        choices += [([first, *parts, as_of, certified], with_counties) for parts in shorter if certified]
        choices += [([first, *parts, as_of], own) for parts in shorter]
        choices += [([whole, as_of], own), ([brief, as_of], own), ([brief, status], own)]
    return within(POST, choices, marks + stamp), _ids((*facts.named_sources, *facts.callers))


def _ids(sources: Sequence[Source]) -> tuple[str, ...]:
    return tuple(one.id for one in sources)


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


def within(most: int, choices: Sequence[tuple[Sequence[str], str]], before: str) -> str:
    """Return the text of the first choice that fits. If none fits, the last choice is shortened.

    Args:
        most: the most characters.
        choices: pairs of sentences and credit, the longest first. Only the first sentence of the last pair may be cut.
        before: text in front of the sentences: the rehearsal mark, the time.
    """
    for sentences, credit in choices:
        text = f"{before}{' '.join(as_copy(sentence) for sentence in (*sentences, credit) if sentence)}"
        if size(text) <= most:
            return text
    (first, *rest), credit = choices[-1]
    words, end = before + as_copy(first), " ".join([as_copy(one) for one in (*rest, credit) if one])
    return f"{cut(words, most - size(end) - 2)}… {end}"


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


_MADE: dict[CopyForm, Callable[[CopyFacts, str], tuple[str, tuple[str, ...]]]] = {
    "story": _story,
    "blog": _blog,
    "air": _script,
    "push": _push,
}
"""For each form, a function that returns its copy and the ids of the sources that the copy names."""
