"""A draft as its author sees it: what was understood, whose word it is, a preview of the posts, and the lists and buttons."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.count.entry import Entry, Piece
from bot.desk.counties import like
from bot.desk.desk_file import Contest, Desk, Source
from bot.entries.pieces_words import (
    MOST_QUOTED,
    Standing,
    figures_of,
    on_record_already,
    piece_line,
    statement_figures,
    taken_for,
    true_as_of,
    whose_word,
)
from bot.entries.said_times import SaidTime, untaken, without_times
from bot.errors import BadInputError
from bot.wording.context import ContestContext, Setting, contest_context, source_name
from bot.wording.draft import Answer, Button, Choice, Select
from bot.wording.escape import capitalised, clean, escape, stopped, without_markdown
from bot.wording.limits import cut, joined
from bot.wording.names import is_plain, name_of
from bot.wording.numbers import counted
from bot.wording.states import STATES
from bot.wording.typed_names import either, sources_in
from bot.wording.undo import undo_label

_MOST_LEFTOVERS = 2

_PIECES = 1000
"""Characters of the list of what was read; Discord's own list below it has all."""

_CALLS = re.compile(
    r"\b(?:calls|called|calling|uncalled|(?:its|the|their) call|too close to call|retracts?|retracted|projects|projected|declares|declared"
    r"|apparent winner|decision desk)\b",
    re.IGNORECASE,
)
"""Words of a race call; who is called, is read elsewhere."""

_CERTIFIES = re.compile(r"\b(?:un)?certif(?:y|ies|ied|ying)\b", re.IGNORECASE)

_TICK = "**Tick what is right in the list below.**"

_ALL_RIGHT = {2: "Both are right", 3: "All three are right"}
"""What one press may say of so many claims that are not sure, where none contradicts another: more are ticked in the list.

The press is a person's act like a tick, of claims that stand above it, each in a line of its own. It enters nothing: what would
go out is shown next, and **Enter** is another press.
"""


@dataclass(frozen=True, slots=True)
class EntryCard:
    """An answer with lists to choose from; only who enters it sees it."""

    content: str
    selects: tuple[Select, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class PostPreview:
    """A post that an entry would make, or made."""

    headline: str
    channels: tuple[int, ...]
    number: int | None = None
    """None: it has none yet."""


@dataclass(frozen=True, slots=True)
class EntryConsequences:
    """What comes of an entry."""

    posts: tuple[PostPreview, ...] = ()
    known: tuple[tuple[int | None, datetime], ...] = ()
    """(post, as of when) of each of its figures that is posted already."""
    silent: frozenset[str] = frozenset()
    """The figures, by a piece's fields, that no post of it tells."""
    why: str = ""
    """Why nothing of it is posted, or its margin, if that is among them."""
    public: bool = False
    """True: the public reads a channel that follows the contest: there answers don't have what is not posted."""
    notes: tuple[str, ...] = ()
    """What does not agree with what the same source has said before."""
    named: bool = False
    """True: its source is named at these posts."""
    older: str = ""
    """What of its source is newer, and answers use instead; empty: nothing is."""
    waits: str = ""
    """What its posts wait for, in words; empty: they go out at once."""
    partly: bool = False
    """True: in some channels they do."""
    to_publish: bool = False
    """True: they wait for Publish alone."""
    publish: int | None = None
    """The row of the only one that does."""
    on_record: tuple[Standing, ...] = ()
    """What says some of it already, which is not entered a second time."""
    nothing_new: bool = False
    """True: all of it is."""


def draft_card(
    key: int,
    entry: Entry,
    contest: Contest,
    consequences: EntryConsequences | None,
    sources: Sequence[Source],
    others: Sequence[Contest],
    setting: Setting,
    now: datetime,
    *,
    second: bool,
    wrong: str | None = None,
    listed: bool = False,
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
        listed: with the list of what is in it, also where all of it is to be entered.

    """
    told = contest_context(contest, setting, now)
    source = whose_word(entry, setting.desk)
    given = sources_in(entry.text, sources)
    known = consequences.on_record if consequences and consequences.nothing_new else ()
    ready = consequences is not None and not wrong and not known
    times = times_of(key, told, entry, setting.desk, ready=ready)
    is_known = bool(known) and len(entry.kept) == len(entry.pieces)
    listed = len(entry.pieces) > 1 and (listed or len(entry.kept) < len(entry.pieces))
    dated = _dated(entry, is_timed=not times)
    moments = {piece.as_of for piece in dated.pieces}
    once = moments.pop() if len(moments) == 1 else None
    place = f", {told.place}" if is_plain(told.place) else ""  # any other names the race itself
    is_call = all(piece.call for piece in entry.pieces) and bool(consequences and consequences.posts)  # which says when
    head = capitalised(on_record_already(known)) if is_known else "New entry"
    lines = [
        f"**{head}: {escape(contest.name)}**{place}{f', as of {told.when(once)}' if once and not is_call else ''}",
        joined(_piece_lines(told, dated, setting.desk, numbered=listed, timed=once is None), _PIECES, "-# and {} more")
        if entry.text or not _is_in_a_post(entry, consequences)
        else "",
        *_not_understood(entry),
        *_not_offered(entry.strangers),
        _asks_source(entry, given),
        *_other_times(told, entry, setting.desk, times),
        *(
            ()
            if is_known or (ready and times)  # what would go out has its time first
            else _would_come(entry, consequences, source, wrong, told, second=second)
        ),
        *_asks_which(entry, contest),
        *(consequences.notes if consequences else ()),
    ]
    return EntryCard(
        "\n".join(line for line in lines if line),
        tuple(selects_of(key, entry, contest, sources, others, given, listed=listed)),
        _fitting(
            leaders_of(key, entry, contest),
            actions_of(
                key,
                entry,
                contest,
                consequences.posts if consequences else (),
                ready=ready and not times,
                second=second,
                listed=listed,
            ),
            times,
        ),
    )


def _would_come(
    entry: Entry,
    consequences: EntryConsequences | None,
    source: Source | None,
    wrong: str | None,
    told: ContestContext,
    *,
    second: bool,
) -> list[str]:
    """Return what would go out, or why nothing can be entered as it is."""
    if not entry.kept:
        return [] if _ticks(entry) else [_TICK]
    if wrong or consequences is None:
        return ["" if entry.unmatched else wrong or ""]  # which county it is, is asked below
    return [goes_out(consequences, entry, source, told, second=second)]


def _dated(entry: Entry, *, is_timed: bool) -> Entry:
    """Return an entry whose pieces each have a time; `is_timed`: else those that say none get none, since it is asked."""
    if not is_timed:
        return entry
    pieces = [piece.model_copy(update={"as_of": piece.as_of or entry.as_of}) for piece in entry.pieces]
    return entry.model_copy(update={"pieces": tuple(pieces)})


def _is_in_a_post(entry: Entry, consequences: EntryConsequences | None) -> bool:
    """Return whether all that an entry says is in the post that it makes, word for word below."""
    if consequences is None or not consequences.posts or len(entry.pieces) > 1:
        return False
    said = tuple(entry.pieces[0].figures)
    return said in (("margin",), ("certified",), ("call",))  # of counties by name it has the new ones alone


def _fitting(leaders: list[Button], actions: list[Button], times: list[Button]) -> tuple[Button, ...]:
    """Return the buttons in two rows: lists take the other three of a message's five."""
    return (*leaders, *times[: max(0, 10 - len(leaders) - len(actions))], *actions)


def _piece_lines(told: ContestContext, entry: Entry, desk: Desk, *, numbered: bool, timed: bool) -> list[str]:
    """Return a line for each piece; words that several were read in are quoted with the first of them.

    `numbered`: as in the list below. `timed`: with its time.
    """
    lines: list[str] = []
    quoted: set[str] = set()
    for place, piece in enumerate(entry.pieces, start=1):
        quotes = piece.words not in quoted
        said = piece if timed else piece.model_copy(update={"as_of": None})
        number = place if numbered else None
        lines.append(piece_line(told, number, said, desk, quotes=quotes))
        if piece.kept or piece.likely:
            quoted.add(piece.words)
    return lines


def _not_understood(entry: Entry) -> list[str]:
    """Return which sentences were not read; one that is a time of day alone is none, and is asked about elsewhere."""
    unread = [one for one in entry.leftovers if without_times(one).strip(" .,;:()")]
    if not unread:
        return []
    more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
    return [f"-# {counted(len(unread), 'sentence')} not read: “{escape(unread[0], MOST_LEFT_OVER)}”{more}"]


def _not_offered(strangers: Sequence[str]) -> list[str]:
    if not strangers:
        return []
    more = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
    first = escape(strangers[0], MOST_QUOTED)
    why = "No caller of that name is set up; the bot's operator can add it."
    return [f"-# Not offered: “{first}”{more}. {why}"]


def _shown_where(entry: Entry) -> str:
    """Return where what is not posted is shown."""
    figures = {name for piece in entry.kept for name in piece.figures}
    where = "answers use it"
    if figures <= {"certified", "units_certified"}:
        where = "`/certified` shows it"
    elif figures == {"outstanding"}:
        where = "`/outstanding` shows it"
    return where


def _in_public(consequences: EntryConsequences, source: Source, *, second: bool) -> str:
    """Return what follows on where what is not posted is shown: in public channels only if the desk lets it be; nothing without any.

    `second`: somebody else confirms it, and has the button then.
    """
    if not consequences.public:
        return ""
    who = "the desk presses" if second else "you press"
    return f", in public channels once {who} **{PUBLIC}**" if source.public else ", except in public channels"


def _asks_which(entry: Entry, contest: Contest) -> list[str]:
    """Return the names that are no county for certain, of which the first is asked about."""
    if not entry.unmatched:
        return []
    first, left = escape(entry.unmatched[0], MOST_QUOTED), len(entry.unmatched) - 1
    more = f" {counted(left, 'more name')} after it." if left else ""
    state = STATES.get(contest.state or "", contest.state or "the state")
    return [f"**Which {contest.unit} is “{first}”?** No exact match in {state}.{more}"]


def nothing_read(
    contest: Contest | None, leftovers: Sequence[str], strangers: Sequence[str] = (), read_of: Contest | None = None
) -> str:
    """Return the answer where a text claims nothing of the contest (None: of none that is followed).

    `read_of`: the contest that it was read of, for an example of a text that can be read.
    """
    of = f" for {escape(contest.name)}" if contest else ""
    shown = [f"> {escape(text, MOST_SENTENCE)}" for text in leftovers[:_MOST_LEFTOVERS]]
    head = f"**No figures read{of}.**"
    if leftovers:
        head += " A margin has to say who leads; what is about other states is not read."
    said = (without_times(text) for text in (*leftovers, *strangers))
    has_figures = any(letter.isdigit() for text in said for letter in text)
    if read_of and read_of.candidates and not has_figures and not strangers:
        leader = escape(read_of.candidates[0].last)
        head = f"**No figures{of} in the text.** For example: {leader} leads by 14,101 as of 8:40 a.m."
    if not (strangers or has_figures):
        for words, command in (
            (_CALLS, "To enter who called it for whom, or took it back: `/call`."),
            (_CERTIFIES, "To enter who has certified: `/certify`."),
        ):
            if any(words.search(text) for text in leftovers):
                return "\n".join([f"**No figures{of} in the text.** {command}", *shown])
    return "\n".join([f"{head} To enter it by hand: `/tally`.", *_not_offered(strangers), *shown])


def not_ready_line(error: ValueError | BadInputError) -> str:
    """Return why an entry can't be entered as it is, as a line of its card."""
    return stopped(f"**Not ready:** {escape(str(error), MOST_SENTENCE)}")


def entered_card(
    key: int,
    consequences: EntryConsequences,
    setting: Setting,
    now: datetime,
    entered: str = "",
    called: Sequence[Button] = (),
    *,
    public: bool,
) -> EntryCard:
    """Return what is said once it is entered, with a button that takes it back for two minutes.

    `entered`: what, in short, where not all of it is in a post. `called`: buttons that say that a caller of it took its
    call back. `public`: the desk may let public answers use that.
    """
    how = ("retracts it if out" if consequences.waits else "posts a retraction") if consequences.posts else ""
    quoted = [*(post.headline for post in consequences.posts if consequences.publish), entered]
    buttons = (
        *((Button("Publish", f"publish:{consequences.publish}", "primary"),) if consequences.publish else ()),
        *((public_button(key),) if public else ()),
        Button(undo_label(setting, now, how), f"entry:{key}:undo"),
        *called,
    )
    return EntryCard("\n".join([_done("Entered", consequences), *(f"> {one}" for one in quoted if one)]), (), buttons)


def confirmed_card(key: int, consequences: EntryConsequences, *, public: bool) -> EntryCard:
    """Return what a second person is answered who confirmed it; `public`: as for `entered_card`."""
    return EntryCard(_done("Confirmed", consequences), (), (public_button(key),) if public else ())


def _done(what: str, consequences: EntryConsequences) -> str:
    """Return what was done, and what comes of it: "**Entered.** #8 goes out in <#5>."."""
    waits, numbers = consequences.waits, dict.fromkeys(post.number for post in consequences.posts)
    if not consequences.posts:
        return f"**{what},** not posted."
    if consequences.publish:
        return f"**{what}.** #{consequences.posts[0].number} waits for Publish."
    if waits:
        return f"**{what}.** {waits if len(numbers) == 1 else f'{_goes_where(consequences)}. {waits}'}"
    return f"**{what}.** {_goes_where(consequences)}."


def _goes_where(consequences: EntryConsequences) -> str:
    """Return "#8 goes out in <#5>; #9 goes out in <#5>", of what may wait "#8 in <#5>"."""
    goes = "" if consequences.waits else "goes out "
    return "; ".join(f"#{post.number} {goes}in {preview_channels(post.channels)}" for post in consequences.posts)


PUBLIC = "Use in public answers"


def public_button(key: int) -> Button:
    """Return the button that lets answers in public channels use what of an entry has no post there."""
    return Button(PUBLIC, f"entry:{key}:public")


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """One of what somebody entered last."""

    key: int
    state: str
    decided_by: str | None
    what: str
    """In short, with its contest."""
    posts: tuple[int, ...]
    """The numbers of what was posted of it."""
    retracted: tuple[int, ...] = ()
    """Of `posts`: those that were retracted, where the rest stands."""

    @property
    def became(self) -> str:
        """What became of it: "entered", "waiting to be confirmed", "rejected by olga"."""
        if self.state == "asked":
            return "waiting to be confirmed"
        by = f" by {name_of(self.decided_by)}" if self.state == "rejected" and self.decided_by else ""
        return f"{self.state}{by}"

    def __str__(self) -> str:
        """Return it as a line."""
        posted = ", ".join(
            f"#{number} retracted" if number in self.retracted else f"#{number}" for number in self.posts
        )
        return f"**Entry {self.key}, {self.became}:** {self.what} · {posted or 'not posted'}"


def mine_answer(rows: Sequence[OwnEntry]) -> Answer:
    """Return what `/entries` answers: what somebody entered last, newest first, with a list to look at one."""
    if not rows:
        return Answer("You have no entries yet. Start with `/tally`, or **Read as tally** on any message.")
    choices = tuple(
        Choice(cut(f"Entry {row.key}, {without_markdown(row.became)}: {without_markdown(row.what)}", 100), str(row.key))
        for row in rows
    )
    select = Select("entries:choose", "Choose an entry to open", choices)
    return Answer("\n".join(["**Your last entries**", *map(str, rows)]), selects=(select,))


def own_entry_card(row: OwnEntry, *, may_retract: bool, public: bool) -> Answer:
    """Return one entry of who asks, with the button that takes it back while it waits, and later where they may.

    `public`: they may let public answers use what of it has no post.
    """
    if may_retract:
        use = (public_button(row.key),) if public else ()
        return Answer(str(row), (), (*use, Button("Retract", f"entries:retract:{row.key}", "danger")))
    waits = row.state == "asked"
    return Answer(str(row), (), (Button("Withdraw", f"entry:{row.key}:back", "danger"),) if waits else ())


MOST_LEFT_OVER = 60

MOST_SENTENCE = 500


def _asks_source(entry: Entry, given: Sequence[Source]) -> str:
    """Return that the source has to be chosen, and whom the text itself names as one; nothing where it is known."""
    if entry.source is not None or not (entry.needs_source or not entry.kept):
        return ""
    read = f" (the text says {either([source_name(one) for one in given])})" if given else ""
    choose = "choose below who told the newsroom" if _is_own_word(entry) else "choose one below"
    return f"Source: **{choose}**{read}"


def _is_own_word(entry: Entry) -> bool:
    """Return whether all that is kept is counties' own word, which somebody passes on: they are no sources themselves."""
    named = [piece.units_certified for piece in entry.kept]
    return bool(named) and all(units is not None and units.own for units in named)


def _times_instead(told: ContestContext, entry: Entry, desk: Desk) -> list[SaidTime]:
    """Return the untaken times where some of the entry is as of when it was read or written."""
    return untaken(entry, desk.zone) if true_as_of(told, entry) else []


def _other_times(told: ContestContext, entry: Entry, desk: Desk, offered: Sequence[Button]) -> list[str]:
    """Return the line that asks as of when it is, or says which time is used, where the text has another."""
    times = list(dict.fromkeys(one.words for one in _times_instead(told, entry, desk)))
    if not times:
        return []
    more = f" and {len(times) - 2} more" if len(times) > 2 else ""  # noqa: PLR2004 - two are shown
    said = f"{', '.join(times[:2])}{more}" if more else " and ".join(times)
    if offered:
        return [f"The text says {stopped(said)} **As of when?** Press the right time, or **Edit**."]
    return [f"The text says {said}; as of {told.when(entry.as_of)} is used. Change it with **Edit**."]


def goes_out(
    consequences: EntryConsequences, entry: Entry, source: Source | None, told: ContestContext, *, second: bool
) -> str:
    """Return the preview: what is posted if it is entered, or what is not; nothing where its source is not known."""
    if source is None:
        return ""
    first = ["a second person confirms it"] if second else []
    known = [
        f"**{capitalised(on_record_already([one]))}:** {stopped(statement_figures(told, one.said))}"
        for one in consequences.on_record
    ]
    if consequences.nothing_new:
        return "\n".join(known)
    if not consequences.posts:
        if consequences.older:
            return f"**Not posted:** it is older than what answers use: {consequences.older}"
        if _are_changes(entry.kept):
            return "**Not posted,** and no answer uses a change alone; `/entries` keeps it."
        count_alone = {name for piece in entry.kept for name in piece.figures} == {"certified"}
        why = " A source's first or unchanged count is not posted." if count_alone and not consequences.why else ""
        then = _once(_shown_where(entry), first) + _in_public(consequences, source, second=second)
        return "\n".join([_nothing_goes_out(consequences, then) + why, *known])
    first += ["it is published"] if consequences.to_publish else []
    waits = "" if consequences.to_publish else consequences.waits
    not_yet = ", but not yet" if waits and not consequences.partly else ""
    where = [preview_channels(post.channels) for post in consequences.posts]
    single = len(where) == 1
    named = f" in {where[0]}" if single and not consequences.partly else ""  # else what it waits for says where
    lines = [f"**{_once(f'This goes out{named}', first)}{not_yet}:**"]
    for post, channels in zip(consequences.posts, where, strict=True):
        lines += [f"> {post.headline}", *([] if single else [f"-# in {channels}"])]
    if quiet := [piece for piece in entry.kept if {*piece.figures} <= consequences.silent and piece.figures]:
        use = "no answer uses a change alone"
        if not _are_changes(quiet):
            use = f"answers use it{_in_public(consequences, source, second=second)}"
        why = f" ({consequences.why})" if consequences.why else ""
        lines.append(f"**Not posted:** {'; '.join(figures_of(told, piece) for piece in quiet)}{why}; {use}.")
    return "\n".join([*lines, *known, *([waits] if waits else [])])


def _are_changes(pieces: Sequence[Piece]) -> bool:
    """Return whether pieces say no more than how a lead moved, or that nothing did: answers are of what stands."""
    return {name for piece in pieces for name in piece.figures} <= {"margin_change", "no_change"}


def _once(said: str, first: Sequence[str]) -> str:
    return f"{said} once {' and '.join(first)}" if first else said


def _nothing_goes_out(consequences: EntryConsequences, then: str) -> str:
    """Return that nothing is posted, where a post has its margin, which may wait to go out, and what becomes of it."""
    if not consequences.known:
        return f"**Not posted:** {consequences.why}; {then}." if consequences.why else f"**Not posted;** {then}."
    number, _ = consequences.known[0]
    if number is None:
        return f"**Nothing goes out: the margin was posted when this channel began to follow.** {capitalised(then)}."
    name = " and will name this source, too" if consequences.named else ""
    return f"**Nothing goes out: #{number} has this margin already**{name}. {capitalised(then)}."


def preview_channels(channels: Sequence[int]) -> str:
    """Return channels in a list of five at most."""
    shown = ", ".join(f"<#{channel}>" for channel in channels[:5])
    return shown + (f" and {len(channels) - 5} more" if len(channels) > 5 else "")  # noqa: PLR2004 - five are shown


MOST_CHOICES = 25

_MOST_LABEL = 100

_MOST_ASKED = 80


def selects_of(
    key: int,
    entry: Entry,
    contest: Contest,
    sources: Sequence[Source],
    others: Sequence[Contest],
    given: Sequence[Source] = (),
    *,
    listed: bool = True,
) -> list[Select]:
    """Return the lists under an entry: which county, what of it, whose word (first whose the text says), which contest.

    `listed`: with that of what is in it.
    """
    found = [_which(key, entry, contest)] if entry.unmatched else []
    if listed and len(entry.pieces) > 1:
        pieces = tuple(
            Choice(f"{place}. {_label(piece, contest)}", str(place - 1), chosen=piece.kept)
            for place, piece in enumerate(entry.pieces[:MOST_CHOICES], start=1)
        )
        found.append(Select(f"entry:{key}:keep", "Choose what to enter", pieces, least=0, most=len(pieces)))
    words = tuple(
        Choice(
            _source_label(source, source in given),
            source.id,
            chosen=source.id == entry.source,
        )
        for source in sorted(sources, key=lambda one: one not in given)[:MOST_CHOICES]
    )
    if entry.source is not None or any(piece.source is None for piece in entry.pieces):
        hint = "Choose who told the newsroom" if _is_own_word(entry) else "Choose the source"
        found.append(Select(f"entry:{key}:source", hint, words))
    if others and not entry.unmatched:  # which county it is comes first: a message has five rows
        contests = tuple(
            Choice(clean(f"{one.name} · {where_of(one)}", _MOST_LABEL) or one.id, one.id, chosen=one.id == contest.id)
            for one in [contest, *others][:MOST_CHOICES]
        )
        found.append(Select(f"entry:{key}:contest", "Choose the contest", contests))
    return found


def _source_label(source: Source, read: bool) -> str:
    after = " (in text)" if read else ""  # a phone's list has room for 35 letters
    return f"{clean(capitalised(source.name), _MOST_LABEL - len(after)) or source.id}{after}"


def _which(key: int, entry: Entry, contest: Contest) -> Select:
    """Return the list from which the first name is chosen that is no county for certain."""
    likely = like(contest.state or "", entry.unmatched[0], MOST_CHOICES - 1)
    asked = asked_name(entry)
    choices = [Choice(clean(one.name, _MOST_LABEL), f"{one.fips}:{asked}") for one in likely]
    hint = clean(f"Which {contest.unit} is {entry.unmatched[0]}?", _MOST_LABEL) or f"Which {contest.unit} is it?"
    return Select(f"entry:{key}:unit", hint, (Choice("None of these: leave it out", f"none:{asked}"), *choices))


def asked_name(entry: Entry) -> str:
    """Return the name that is asked about, as each choice carries it: a second press is no answer about the next one."""
    return clean(entry.unmatched[0], _MOST_ASKED) if entry.unmatched else ""


def where_of(contest: Contest) -> str:
    """Return where a contest is, for a list without markdown."""
    return contest.where or contest.state or contest.id


def _label(piece: Piece, contest: Contest) -> str:
    """Return a piece for a list of choices: what it is taken for, else the words that say it."""
    figures = ", ".join(piece.figures)
    return clean(taken_for(piece, contest) or piece.words or figures, _MOST_LABEL - 4) or figures


def leaders_of(key: int, entry: Entry, contest: Contest) -> list[Button]:
    """Return a button for each candidate who may lead, where that is not said."""
    if not any(piece.lacks_leader for piece in entry.kept):
        return []
    return [
        Button(clean(f"{candidate.last} leads", 80), f"entry:{key}:leader{place}", "primary")
        for place, candidate in enumerate(contest.candidates[:5])
    ]


def times_of(key: int, told: ContestContext, entry: Entry, desk: Desk, *, ready: bool) -> list[Button]:
    """Return a button for each untaken time of the text, at most three, and for the one used.

    `ready`: the entry could be entered but for its time, so one of these is to be pressed.
    """
    typed = _times_instead(told, entry, desk)
    moments = [moment for one in typed for moment in one.moments(entry.as_of, desk.zone)]
    return [
        Button(
            f"As of {told.when(moment)}",
            f"entry:{key}:at{int(moment.timestamp())}",
            "primary" if ready else "secondary",
        )
        for moment in (*list(dict.fromkeys(moments))[:3], *([entry.as_of] if typed else []))
    ]


def actions_of(
    key: int,
    entry: Entry,
    contest: Contest,
    posts: Sequence[PostPreview] = (),
    *,
    ready: bool,
    second: bool,
    listed: bool = True,
) -> list[Button]:
    """Return the buttons under an entry; `ready`: it can be entered. What may be right has one where it needs no list.

    `posts`: what would go out. `listed`: the list of what is in it is shown.
    """
    own = {piece.units_certified.own for piece in entry.kept if piece.units_certified}
    word = "Listed by the source" if True in own else "Counties' own announcement"
    whose = [Button(word, f"entry:{key}:own")] if own else []
    label = "Ask the desk" if second else "Enter"
    enter = [Button(label, f"entry:{key}:enter{posts_hash(posts)}", "primary")] if ready else []
    if ticked := _ticks(entry):
        one = f"Tick: {taken_for(ticked[0], contest) or 'that is right'}"
        label = one if len(ticked) == 1 else _ALL_RIGHT[len(ticked)]
        tick = Button(clean(label, _MOST_ASKED), f"entry:{key}:tick{pieces_hash(entry)}")
        enter.append(tick if enter else replace(tick, style="primary"))
    some = [] if listed or len(entry.pieces) == 1 else [Button("Leave out a line", f"entry:{key}:list")]
    edit, drop = Button("Edit", f"entry:{key}:mend"), Button("Discard", f"entry:{key}:drop")
    return [*enter, *whose, *some, edit, drop]


def _ticks(entry: Entry) -> list[Piece]:
    """Return what one press may tick: all that is not kept, where it may be right and nothing contradicts it."""
    left = [piece for piece in entry.pieces if not piece.kept]
    few = len(left) == 1 or (not entry.kept and len(left) in _ALL_RIGHT)
    alone = len(entry.pieces) == 1
    return left if few and (alone or entry.is_consistent) and all(piece.likely for piece in left) else []


def pieces_hash(entry: Entry) -> int:
    """Return a number for what an entry's card shows: a press on an older card is none about a newer one."""
    return zlib.crc32(entry.model_dump_json(include={"contest", "pieces"}).encode())


def posts_hash(posts: Sequence[PostPreview]) -> int:
    """Return a number for what goes out, 0 for nothing: a press under one card lets out no other posts."""
    return zlib.crc32("\n".join(sorted({post.headline for post in posts})).encode())
