"""What /since and /history answer: the net change since a time, and the batches one by one."""

from dataclasses import dataclass
from datetime import datetime

from bot.cards.answer import change_to
from bot.cards.asked import Asked, contest_tag
from bot.cards.colours import SLATE
from bot.cards.credit import credit_line, footer
from bot.cards.draft import Answer, Button
from bot.cards.limits import CONTENT, DESCRIPTION, joined
from bot.cards.tally import notes, table, where_from, whole
from bot.count.change import Change
from bot.count.reading import Reading
from bot.deskfile import Source
from bot.wording.moves_sentences import batch_line, batches_in, history_head, no_batches, nothing_since
from bot.wording.sentences import headline
from bot.wording.standing_sentences import held_note, nothing_in, standing
from bot.wording.telling import Movement

_NOTES = 1500
_HEAD = 300


@dataclass(frozen=True, slots=True)
class SinceFacts:
    """What changed from one time to another."""

    source: Source
    since: datetime
    before: Reading | None
    """As it stood at `since`; None: nothing was in."""
    after: Reading | None
    change: Change | None
    """The net; None where nothing changed."""
    standing: Change | None
    """The change that led to `after`."""
    batches: int
    changed_at: datetime | None
    checked_at: datetime | None
    held: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A batch in the list."""

    number: int
    change: Change


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """A page of batches, newest first."""

    source: Source
    batches: tuple[Shown, ...]
    names: dict[str, str] | None
    newer: str | None
    """The key of the button to the page of newer ones; None: there are none."""
    older: str | None
    checked_at: datetime | None


def since_answer(facts: SinceFacts, asked: Asked) -> Answer:
    """Return the net change as a sentence that can be read out, with the votes of all batches together in the card."""
    after = facts.after
    told = asked.told(after.names if after else None)
    end = asked.at or asked.now
    if after is None:
        sentence = nothing_in(told, facts.source, asked.at)
    elif facts.change is None:
        sentence = nothing_since(told, change_to(after, facts.standing), after, facts.since, asked.at)
    elif facts.before is None:
        first = change_to(after, None)
        sentence = asked.then(f"{standing(told, first, after, facts.source)} {no_batches(told, facts.since)}")
    else:
        # What stood then stood at the time that was asked about, which is the one to say.
        before = facts.before.model_copy(update={"as_of": facts.since})
        movement = Movement(facts.change, before, after, facts.source, max(facts.batches, 1))
        sentence = asked.then(headline(told, movement, roll_up=True))
    held = f" {held_note(facts.held)}" if facts.held and asked.at is None else ""
    as_of = after.as_of if after else end
    received = after is not None and after.as_of_is == "received"
    credit = credit_line(asked.setting, facts.source, as_of, asked.now, received=received)
    answer = Answer(f"{sentence}{held}\n-# {credit}")
    if after is None:
        return answer
    change = facts.change or change_to(after, facts.standing)
    lines = [whole(after, facts.change), *([batches_in(told, facts.batches, facts.since)] if facts.batches else [])]
    lines += where_from(told, facts.change) if facts.change else []
    lines += notes(told, change, after, asked.setting.recount_line(asked.contest))
    batch = facts.change.batch if facts.change and facts.before else None
    card = {
        "description": joined(["\n".join(table(told, after, batch)), "", joined(lines, _NOTES)], DESCRIPTION),
        "color": SLATE,
        "footer": {"text": footer(told, facts.source, after, (facts.changed_at, facts.checked_at))},
    }
    return asked.shareable(Answer(answer.content, (card,)))


def history_answer(facts: HistoryFacts, asked: Asked) -> Answer:
    """Return a page of batches: when, how many votes, for whom, from where, and the lead after each."""
    told = asked.told(facts.names)
    head = history_head(told, facts.source, [shown.number for shown in facts.batches], asked.at)
    lines = [batch_line(told, shown.change) for shown in facts.batches]
    as_of = facts.batches[0].change.as_of if facts.batches else asked.at or asked.now
    credit = credit_line(asked.setting, facts.source, as_of, asked.now)
    room = CONTENT - len(credit) - _HEAD
    content = f"{head}\n{joined(lines, room)}\n-# {credit}" if lines else f"{head}\n-# {credit}"
    buttons = tuple(
        Button(label, f"history:{contest_tag(asked.contest)}:{key}")
        for label, key in (("Newer", facts.newer), ("Older", facts.older))
        if key
    )
    return asked.shareable(Answer(content, (), buttons))
