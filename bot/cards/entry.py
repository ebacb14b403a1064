"""What whoever enters something is shown: what was understood, whose word it is, and what will go out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.cards.control import name_of
from bot.cards.draft import Button, Choice, Draft, Select
from bot.cards.facts import Setting
from bot.cards.limits import CONTENT, joined, size
from bot.cards.lost import notice
from bot.cards.post import telling
from bot.count.entry import Entry, Piece
from bot.counties import like
from bot.deskfile import Contest, Desk, Source
from bot.errors import BadInputError
from bot.wording.entry_sentences import figures_of
from bot.wording.escape import clean, escape
from bot.wording.names import last_name
from bot.wording.numbers import counted
from bot.wording.places import STATES
from bot.wording.punctuation import capitalised, possessive, stopped
from bot.wording.telling import Telling, source_name
from bot.wording.times import when

MOST_CHOICES = 25
_MOST_QUOTED = 90
_MOST_SENTENCE = 500
_MOST_LEFTOVERS = 2
_MOST_PIECES = 1100
"""Characters of the list of pieces, and of what goes out, of the 2,000 that a message may have."""
_MOST_GOING_OUT = 600
_MOST_LABEL = 100


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
            [_line(told, place, piece, setting.desk) for place, piece in enumerate(entry.pieces, start=1)],
            _MOST_PIECES,
            "and {} more",
        ),
        *_not_understood(entry),
        *_not_offered(entry.strangers),
        _whose_line(told, entry, setting.desk),
        wrong or _goes_out(consequences, source, now, setting, second=second),
        *_asks_which(entry, contest),
        *(consequences.notes if consequences else ()),
    ]
    ready = consequences is not None and not wrong
    return EntryCard(
        joined([line for line in lines if line], CONTENT),
        tuple(_selects(key, entry, contest, sources, others)),
        (*_who_leads(key, entry, contest), *_actions(key, entry, ready=ready, second=second)),
    )


def _whose_line(told: Telling, entry: Entry, desk: Desk) -> str:
    """Return whose word it is, and as of when; what has its own source says that itself."""
    source = desk.source(entry.source) if entry.source else None
    if source is None and entry.kept and not entry.needs_source:
        return f"True as of {told.when(entry.as_of)}" if _true_as_of(told, entry) else ""
    whose = f"**{source_name(source)}**" if source else "**not said yet: choose below**"
    return f"Whose word: {whose}{_true_as_of(told, entry)}"


def whose_word(entry: Entry, desk: Desk) -> Source | None:
    """Return whose word an entry is, where it is known; of one with several owners, the first's."""
    if entry.needs_source:
        return None
    own = next((piece.source for piece in entry.kept if piece.source), None)
    return desk.source(entry.source or own or "")


def _not_offered(strangers: Sequence[str]) -> list[str]:
    if not strangers:
        return []
    more = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
    first = escape(strangers[0], _MOST_QUOTED)
    why = "By the desk file nobody of that name makes calls; a source with `calls` does."
    return [f"-# Not offered: “{first}”{more}. {why}"]


def nothing_read(contest: Contest | None, leftovers: Sequence[str], strangers: Sequence[str] = ()) -> str:
    """Return the answer where a text claims nothing of the contest (None: of none that is followed)."""
    of = f" of {escape(contest.name)}" if contest else ""
    shown = [f"> {escape(text, _MOST_SENTENCE)}" for text in leftovers[:_MOST_LEFTOVERS]]
    head = (
        f"Nothing{of} was read in that. What is not certain is left out: a margin needs who leads, and the contest's own "
        "state or none. `/tally report` enters it by hand."
    )
    return joined([head, *_not_offered(strangers), *shown], CONTENT)


def entered_card(key: int, consequences: Consequences, source: Source | None, until: datetime) -> EntryCard:
    """Return what is said once it is entered, with a button that takes it back until `until`."""
    whose = f"{possessive(source_name(source))} word" if source else "a word"
    if consequences.posts:
        said = "; ".join(f"#{post.number} in {_channels(post.channels)}" for post in consequences.posts)
        what = f"**Entered.** Goes out as {said}."
    else:
        what = f"**Entered.** Nothing is posted{_already(consequences)}; it is stored as {whose} and answers questions.{_named(consequences)}"
    undo = f"Undo takes it back until <t:{int(until.timestamp())}:T>; later `/tally retract` does, with a reason."
    return EntryCard(f"{what}\n{undo}", (), (Button("Undo", f"entry:{key}:undo", "danger"),))


def asked_card(key: int, channel: int) -> EntryCard:
    """Return what is said once a second person is asked in the desk's channel."""
    return EntryCard(
        f"**Waits for a second person,** who is asked in <#{channel}>. Nothing counts and nothing is posted until then.",
        (),
        (Button("Take it back", f"entry:{key}:reject", "danger"),),
    )


def entry_question(
    key: int, entry: Entry, contest: Contest, consequences: Consequences, who: str, setting: Setting, now: datetime
) -> Draft:
    """Return the question to the desk whether what somebody entered is right."""
    told = telling(contest, setting, now)
    source = whose_word(entry, setting.desk)
    lines = [
        f"**Is this right? {name_of(who)} entered it for {escape(contest.name)}.**",
        joined(
            [_line(told, place, piece, setting.desk) for place, piece in enumerate(entry.kept, start=1)],
            _MOST_PIECES,
            "and {} more",
        ),
        _whose_line(told, entry, setting.desk),
        f"Said at {entry.link}" if entry.link else "",
        f"Why: {escape(entry.reason, _MOST_SENTENCE)}" if entry.reason else "",
        _goes_out(consequences, source, now, setting, second=False),
        *consequences.notes,
    ]
    buttons = (
        Button("Confirm", f"entry:{key}:confirm", "primary"), Button("Reject", f"entry:{key}:reject", "danger"),
    )  # fmt: skip
    return notice(joined([line for line in lines if line], CONTENT - 100), setting, buttons=buttons)


def decided_question(old: str, what: str, who: str, at: datetime, setting: Setting) -> str:
    """Return the content of a question (`old`) once it is answered: "Confirmed by dee, 7:35 a.m." and what it was."""
    _, _, rest = old.partition("\n")
    said = stopped(f"**{what}** by {name_of(who)}, {when(at, at, setting.desk.zone)}")
    return f"{said}\n{rest}"


def mine_answer(rows: Sequence[tuple[int, str, str, Sequence[int]]]) -> str:
    """Return what `/tally mine` answers, of (id, state, what and of which contest, its posts' numbers), newest first."""
    if not rows:
        return "You have entered nothing yet. `/tally report` does, and **Read as tally** on any message."
    lines = [
        f"**Entry {key}, {state}:** {what}{' · ' + ', '.join(f'#{number}' for number in numbers) if numbers else ' · not posted'}"
        for key, state, what, numbers in rows
    ]
    return joined(["**Your last entries**", *lines], CONTENT, "and {} more")


def in_short(entry: Entry, contest: Contest, setting: Setting, now: datetime) -> str:
    """Return what an entry says in a line: "our reporter: Biden ahead by 14,101, 8:25 a.m."."""
    told = telling(contest, setting, now)
    source = whose_word(entry, setting.desk)
    said = "; ".join(figures_of(told, piece) for piece in entry.kept[:3])
    return f"{source_name(source) if source else 'nobody'}: {said}, {told.when(entry.as_of)}"


def _line(told: Telling, place: int, piece: Piece, desk: Desk) -> str:
    owner = desk.source(piece.source) if piece.source else None
    said = capitalised(figures_of(told, piece)) + (f" · {possessive(source_name(owner))} word" if owner else "")
    quoted = f" · “{escape(piece.words, _MOST_QUOTED)}”" if piece.words else ""
    return f"{place}. {said}{quoted}" if piece.kept else f"{place}. Left out: {said}"


def _true_as_of(told: Telling, entry: Entry) -> str:
    """Return when that is true which does not say its own time; nothing where all of it does."""
    timed = sum(piece.as_of is not None for piece in entry.kept)
    if timed and timed == len(entry.kept):
        return ""
    return f" · {'the rest ' if timed else ''}true as of {told.when(entry.as_of)}"


def _not_understood(entry: Entry) -> list[str]:
    if not entry.leftovers:
        return []
    return [
        f"-# {counted(len(entry.leftovers), 'sentence')} of it {'is' if len(entry.leftovers) == 1 else 'are'} not read."
    ]


def _goes_out(
    consequences: Consequences | None, source: Source | None, now: datetime, setting: Setting, *, second: bool
) -> str:
    if consequences is None or source is None:
        return ""
    if not consequences.posts:
        nothing = stopped(f"Nothing goes out{_already(consequences, setting, now)}")
        return f"**{nothing}** It is stored as {possessive(source_name(source))} word and answers questions.{_named(consequences)}"
    after = " once a second person has confirmed it" if second else ""
    lines = [f"**This goes out{after}:**"]
    for post in consequences.posts:
        shown = post.headline if size(post.headline) <= _MOST_SENTENCE else f"{post.headline[:_MOST_SENTENCE]}…"
        lines += [f"> {shown}", f"-# in {_channels(post.channels)}"]
    return joined(lines, _MOST_GOING_OUT, "and {} lines more")


def _already(consequences: Consequences, setting: Setting | None = None, now: datetime | None = None) -> str:
    if not consequences.known:
        return ""
    number, at = consequences.known[0]
    post = f"#{number}" if number is not None else "told when this channel began to follow"
    time = f", {when(at, now, setting.desk.zone)}" if setting and now else ""
    return f": the margin is posted already, {post}{time}"


def _named(consequences: Consequences) -> str:
    return " Its source is named there." if consequences.named else ""


def _channels(channels: Sequence[int]) -> str:
    shown = ", ".join(f"<#{channel}>" for channel in channels[:5])
    return shown + (f" and {len(channels) - 5} more" if len(channels) > 5 else "")  # noqa: PLR2004 - five are shown


def _selects(
    key: int, entry: Entry, contest: Contest, sources: Sequence[Source], others: Sequence[Contest]
) -> list[Select]:
    found = [_which(key, entry, contest)] if entry.unmatched else []
    if len(entry.pieces) > 1:
        pieces = tuple(
            Choice(f"{place}. {_label(piece)}", str(place - 1), chosen=piece.kept)
            for place, piece in enumerate(entry.pieces[:MOST_CHOICES], start=1)
        )
        found.append(Select(f"entry:{key}:keep", "What is to be entered", pieces, least=0, most=len(pieces)))
    words = tuple(
        Choice(clean(capitalised(source.name), _MOST_LABEL) or source.id, source.id, chosen=source.id == entry.source)
        for source in sources[:MOST_CHOICES]
    )
    if entry.source is not None or any(piece.source is None for piece in entry.pieces):
        found.append(Select(f"entry:{key}:source", "Whose word is it?", words))
    if others and not entry.unmatched:  # which county it is comes first: a message has five rows
        contests = tuple(
            Choice(clean(f"{one.name} · {where_of(one)}", _MOST_LABEL) or one.id, one.id, chosen=one.id == contest.id)
            for one in [contest, *others][:MOST_CHOICES]
        )
        found.append(Select(f"entry:{key}:contest", "Which contest is it?", contests))
    return found


def where_of(contest: Contest) -> str:
    """Return where a contest is, for a list without markdown."""
    return contest.where or contest.state or contest.id


def _label(piece: Piece) -> str:
    said = piece.words or ", ".join(piece.figures)
    return clean(said, _MOST_LABEL - 4) or ", ".join(piece.figures)


def _who_leads(key: int, entry: Entry, contest: Contest) -> list[Button]:
    """Return a button for each candidate who may lead, where that is not said."""
    if not any(piece.lacks_leader for piece in entry.kept):
        return []
    return [
        Button(clean(f"{candidate.last} leads", 80), f"entry:{key}:leader{place}", "primary")
        for place, candidate in enumerate(contest.candidates[:5])
    ]


def _asks_which(entry: Entry, contest: Contest) -> list[str]:
    """Return the names that are no county for certain, of which the first is asked about."""
    if not entry.unmatched:
        return []
    first, left = escape(entry.unmatched[0], _MOST_QUOTED), len(entry.unmatched) - 1
    more = f" {counted(left, 'more name')} after it." if left else ""
    state = STATES.get(contest.state or "", contest.state or "the state")
    return [f"**Which {contest.unit} is “{first}”?** {state} has none of that name for certain.{more}"]


def _which(key: int, entry: Entry, contest: Contest) -> Select:
    """Return the list from which the first name is chosen that is no county for certain."""
    likely = like(contest.state or "", entry.unmatched[0], MOST_CHOICES - 1)
    choices = [Choice(clean(one.name, _MOST_LABEL), one.fips) for one in likely]
    hint = clean(f"Which {contest.unit} is {entry.unmatched[0]}?", _MOST_LABEL) or f"Which {contest.unit} is it?"
    return Select(f"entry:{key}:unit", hint, (Choice("None of these: leave it out", "none"), *choices))


def _actions(key: int, entry: Entry, *, ready: bool, second: bool) -> list[Button]:
    own = {piece.units_certified.own for piece in entry.kept if piece.units_certified}
    word = "It is the list" if True in own else "They say so themselves"
    whose = [Button(word, f"entry:{key}:own")] if own else []
    # Of results as a whole there is nothing to mend but by leaving them out.
    mend = [] if any(piece.results_certified for piece in entry.kept) else [Button("Mend", f"entry:{key}:mend")]
    enter = [Button("Ask a second person" if second else "Enter", f"entry:{key}:enter", "primary")] if ready else []
    return [*enter, *whose, *mend, Button("Drop", f"entry:{key}:drop", "danger")]


def refused(error: ValueError | BadInputError) -> str:
    """Return why an entry can't be entered as it is, as a line of its card."""
    return stopped(f"**Not ready:** {escape(str(error), _MOST_SENTENCE)}")


def names_of(contest: Contest) -> str:
    """Return the candidates' last names, for the hint in the form."""
    return ", ".join(last_name(contest, candidate.id) for candidate in contest.candidates[:3])
