"""What whoever enters something is shown: what was understood, whose word it is, and what will go out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.cards.draft import Button, Select
from bot.cards.entry_choices import actions_of, leaders_of, selects_of
from bot.cards.entry_lines import (
    MOST_PIECES,
    MOST_QUOTED,
    MOST_SENTENCE,
    Consequences,
    already,
    channels_of,
    goes_out,
    named_there,
    piece_line,
    whose_line,
    whose_word,
)
from bot.cards.facts import Setting
from bot.cards.limits import CONTENT, joined
from bot.cards.post import telling
from bot.count.entry import Entry
from bot.deskfile import Contest, Source
from bot.errors import BadInputError
from bot.wording.escape import escape
from bot.wording.numbers import counted
from bot.wording.places import STATES
from bot.wording.punctuation import possessive, stopped
from bot.wording.telling import source_name

_MOST_LEFTOVERS = 2


@dataclass(frozen=True, slots=True)
class EntryCard:
    """An answer with lists to choose from; only who enters it sees it."""

    content: str
    selects: tuple[Select, ...] = field(default=())
    buttons: tuple[Button, ...] = field(default=())


def draft_card(
    key: int,
    entry: Entry,
    contest: Contest,
    consequences: Consequences | None,
    sources: Sequence[Source],
    others: Sequence[Contest],
    setting: Setting,
    now: datetime,
    *,
    second: bool,
    wrong: str | None = None,
) -> EntryCard:
    """Return an entry as it is shown before it is entered.

    Args:
        key: its id.
        entry: what is in it.
        contest: of which contest.
        consequences: what would go out if it were entered now; None: it can't be yet.
        sources: whose word it may be.
        others: other contests of which the same text could be read.
        setting: how it is said.
        now: the news clock's time.
        second: True: a second person will be asked.
        wrong: why it can't be entered as it is.

    """
    told = telling(contest, setting, now)
    source = whose_word(entry, setting.desk)
    head = f"**To enter: {escape(contest.name)}**{f', {told.place}' if told.place != escape(contest.name) else ''}"
    lines = [
        head,
        joined(
            [piece_line(told, place, piece, setting.desk) for place, piece in enumerate(entry.pieces, start=1)],
            MOST_PIECES,
            "and {} more",
        ),
        *_not_understood(entry),
        *_not_offered(entry.strangers),
        whose_line(told, entry, setting.desk),
        wrong or goes_out(consequences, source, now, setting, second=second),
        *_asks_which(entry, contest),
        *(consequences.notes if consequences else ()),
    ]
    ready = consequences is not None and not wrong
    return EntryCard(
        joined([line for line in lines if line], CONTENT),
        tuple(selects_of(key, entry, contest, sources, others)),
        (*leaders_of(key, entry, contest), *actions_of(key, entry, ready=ready, second=second)),
    )


def _not_understood(entry: Entry) -> list[str]:
    if not entry.leftovers:
        return []
    return [
        f"-# {counted(len(entry.leftovers), 'sentence')} of it {'is' if len(entry.leftovers) == 1 else 'are'} not read."
    ]


def _not_offered(strangers: Sequence[str]) -> list[str]:
    if not strangers:
        return []
    more = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
    first = escape(strangers[0], MOST_QUOTED)
    why = "By the desk file nobody of that name makes calls; a source with `calls` does."
    return [f"-# Not offered: “{first}”{more}. {why}"]


def _asks_which(entry: Entry, contest: Contest) -> list[str]:
    """Return the names that are no county for certain, of which the first is asked about."""
    if not entry.unmatched:
        return []
    first, left = escape(entry.unmatched[0], MOST_QUOTED), len(entry.unmatched) - 1
    more = f" {counted(left, 'more name')} after it." if left else ""
    state = STATES.get(contest.state or "", contest.state or "the state")
    return [f"**Which {contest.unit} is “{first}”?** {state} has none of that name for certain.{more}"]


def nothing_read(contest: Contest | None, leftovers: Sequence[str], strangers: Sequence[str] = ()) -> str:
    """Return the answer where a text claims nothing of the contest (None: of none that is followed)."""
    of = f" of {escape(contest.name)}" if contest else ""
    shown = [f"> {escape(text, MOST_SENTENCE)}" for text in leftovers[:_MOST_LEFTOVERS]]
    head = (
        f"Nothing{of} was read in that. What is not certain is left out: a margin needs who leads, and the contest's own "
        "state or none. `/tally report` enters it by hand."
    )
    return joined([head, *_not_offered(strangers), *shown], CONTENT)


def refused(error: ValueError | BadInputError) -> str:
    """Return why an entry can't be entered as it is, as a line of its card."""
    return stopped(f"**Not ready:** {escape(str(error), MOST_SENTENCE)}")


def entered_card(key: int, consequences: Consequences, source: Source | None, until: datetime) -> EntryCard:
    """Return what is said once it is entered, with a button that takes it back until `until`."""
    whose = f"{possessive(source_name(source))} word" if source else "a word"
    if consequences.posts:
        said = "; ".join(f"#{post.number} in {channels_of(post.channels)}" for post in consequences.posts)
        what = f"**Entered.** Goes out as {said}."
    else:
        what = f"**Entered.** Nothing is posted{already(consequences)}; it is stored as {whose} and answers questions.{named_there(consequences)}"
    undo = f"Undo takes it back until <t:{int(until.timestamp())}:T>; later `/tally retract` does, with a reason."
    return EntryCard(f"{what}\n{undo}", (), (Button("Undo", f"entry:{key}:undo", "danger"),))


def mine_answer(rows: Sequence[tuple[int, str, str, Sequence[int]]]) -> str:
    """Return what `/tally mine` answers, of (id, state, what and of which contest, its posts' numbers), newest first."""
    if not rows:
        return "You have entered nothing yet. `/tally report` does, and **Read as tally** on any message."
    lines = [
        f"**Entry {key}, {state}:** {what}{' · ' + ', '.join(f'#{number}' for number in numbers) if numbers else ' · not posted'}"
        for key, state, what, numbers in rows
    ]
    return joined(["**Your last entries**", *lines], CONTENT, "and {} more")
