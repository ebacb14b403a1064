"""The card of a draft: the pieces read, their source, a preview of the posts, and the menus and buttons."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.count.entry import Entry, Piece, Refused
from bot.desk.counties import similar_counties
from bot.desk.desk_file import Contest, Desk, Source
from bot.entries.pieces_words import (
    MOST_QUOTED,
    StandingStatement,
    figures_of,
    on_record_already,
    piece_line,
    statement_figures,
    taken_for,
    true_as_of,
    whose_word,
)
from bot.entries.times_in_text import TimeInText, unused_times, without_times
from bot.errors import BadInputError
from bot.wording.card import Button, Card, Choice, Line, Select
from bot.wording.context import ContestContext, Setting, contest_context, source_name
from bot.wording.escape import capitalised, clean, escape, stopped, without_markdown
from bot.wording.limits import cut, joined
from bot.wording.names import is_plain, name_of
from bot.wording.numbers import counted
from bot.wording.states import STATES
from bot.wording.typed_names import either, sources_in
from bot.wording.undo import undo_label

MOST_CHOICES = 25

MOST_SENTENCE = 500

MOST_LEFT_OVER = 60

_MOST_LEFTOVERS = 2

_MOST_LABEL = 100

_MOST_ASKED = 80

_MOST_PIECES_TEXT = 1000
"""The most characters of the pieces in the card. The menu below it has all of them."""

PUBLIC = "Use in public answers"

_CALLS = re.compile(
    r"\b(?:calls|called|calling|uncalled|(?:its|the|their) call|too close to call|retracts?|retracted|projects|projected|declares|declared"
    r"|apparent winner|decision desk)\b",
    re.IGNORECASE,
)
"""Words that suggest a race call. They matter in a text without figures."""

_CERTIFIES = re.compile(r"\b(?:un)?certif(?:y|ies|ied|ying)\b", re.IGNORECASE)

_TICK = "**Tick what is right in the list below.**"

_ALL_RIGHT = {2: "Both are right", 3: "All three are right"}
"""Number of unsure claims → the label of the button that ticks them all. More than three are ticked in the menu.

The claims may not contradict each other, and each is shown on its own line. The button enters nothing: the new card shows
the posts, and has an **Enter** button.
"""


@dataclass(frozen=True, slots=True)
class EntryPostPreview:
    """A post that an entry would cause or has caused."""

    headline: str
    channels: tuple[int, ...]
    number: int | None = None
    """The post's number; None in a preview."""


@dataclass(frozen=True, slots=True)
class EntryConsequences:
    """The effects of entering an entry: its posts, or why there are none, and notes for the person who enters it."""

    posts: tuple[EntryPostPreview, ...] = ()
    known: tuple[tuple[int | None, datetime], ...] = ()
    """(post number, time of the figure) for each of the entry's margins that was already posted."""
    silent: frozenset[str] = frozenset()
    """The names of the entry's figures (fields of a piece) that are in none of its posts."""
    why: str = ""
    """Why nothing is posted, or why the margin is not."""
    public: bool = False
    """True if a public channel follows the contest. Answers in that channel exclude entries that are not posted."""
    notes: tuple[str, ...] = ()
    """Notes on contradictions with the source's earlier statements."""
    older: str = ""
    """The source's newer figures that answers use instead, as text; empty if there are none."""
    waits: str = ""
    """Why the entry's posts wait, as text; empty if all are sent at once."""
    partly: bool = False
    """True if the posts are sent at once in some channels, and wait in others."""
    to_publish: bool = False
    """True if the posts wait for Publish and nothing else."""
    publish: int | None = None
    """The outbox id of the post that waits for Publish, if there is only one."""
    on_record: tuple[StandingStatement, ...] = ()
    """Earlier statements that already have some of the figures. That part is not entered again."""
    nothing_new: bool = False
    """True if all figures are already on record."""


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """One of a person's last entries, as listed by `/entries`."""

    key: int
    state: str
    decided_by: str | None
    what: str
    """The entry in one line; see `in_short`."""
    posts: tuple[int, ...]
    """The numbers of the entry's posts."""
    retracted: tuple[int, ...] = ()
    """The numbers in `posts` that were retracted, if the rest of the entry is valid."""

    @property
    def became(self) -> str:
        """The entry's state as text: "entered", "waiting to be confirmed", "rejected by olga"."""
        if self.state == "asked":
            return "waiting to be confirmed"
        by = f" by {name_of(self.decided_by)}" if self.state == "rejected" and self.decided_by else ""
        return f"{self.state}{by}"

    def __str__(self) -> str:
        """Return the entry as a line for the list of `/entries`."""
        posted = ", ".join(
            f"#{number} retracted" if number in self.retracted else f"#{number}" for number in self.posts
        )
        return f"**Entry {self.key}, {self.became}:** {self.what} · {posted or 'not posted'}"


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
) -> Card:
    """Return the card of a draft.

    Args:
        key: the draft's id.
        entry: the draft.
        contest: its contest.
        consequences: the effects of entering the draft now; None if that is not possible yet.
        sources: the sources to choose from, in the order of the menu.
        others: other contests for which the same text can be read.
        setting: the desk file and the reader.
        now: the news clock's time.
        second: True if a second person must confirm the entry.
        wrong: why the draft can't be entered as it is.
        listed: show the menu of the draft's pieces even if all are ticked.
    """
    context = contest_context(contest, setting, now)
    source = whose_word(entry, setting.desk)
    given = sources_in(entry.text, sources)
    known = consequences.on_record if consequences and consequences.nothing_new else ()
    ready = consequences is not None and not wrong and not known
    times = times_of(key, context, entry, setting.desk, ready=ready)
    is_known = bool(known) and len(entry.kept) == len(entry.pieces)
    listed = len(entry.pieces) > 1 and (listed or len(entry.kept) < len(entry.pieces))
    dated = entry
    if not times:  # otherwise the card asks for the time
        pieces = [piece.model_copy(update={"as_of": piece.as_of or entry.as_of}) for piece in entry.pieces]
        dated = entry.model_copy(update={"pieces": tuple(pieces)})
    moments = {piece.as_of for piece in dated.pieces}
    once = moments.pop() if len(moments) == 1 else None
    place = f", {context.place}" if is_plain(context.place) else ""  # other places are the name of the race
    is_call = all(piece.call for piece in entry.pieces) and bool(consequences and consequences.posts)  # which says when
    head = capitalised(on_record_already(known)) if is_known else "New entry"
    lines = [
        f"**{head}: {escape(contest.name)}**{place}{f', as of {context.when(once)}' if once and not is_call else ''}",
        joined(
            _piece_lines(context, dated, setting.desk, numbered=listed, timed=once is None),
            _MOST_PIECES_TEXT,
            "-# and {} more",
        )
        if entry.text or not _is_in_a_post(entry, consequences)
        else "",
        *_not_understood(entry),
        *_refused(entry.refused),
        *_not_offered(entry.strangers),
        _asks_source(entry, given),
        *_other_times(context, entry, setting.desk, times),
        *(
            ()
            if is_known or (ready and times)  # the time must be chosen before the preview
            else _would_come(entry, consequences, source, wrong, context, second=second)
        ),
        *_asks_which(entry, contest),
        *(consequences.notes if consequences else ()),
    ]
    leaders = leaders_of(key, entry, contest)
    actions = actions_of(
        key,
        entry,
        contest,
        consequences.posts if consequences else (),
        ready=ready and not times,
        second=second,
        listed=listed,
    )
    # A message has five rows: three are for menus, two for five buttons each.
    fitting = times[: max(0, 10 - len(leaders) - len(actions))]
    return Card.of(
        *filter(None, lines),
        buttons=(*leaders, *fitting, *actions),
        selects=tuple(selects_of(key, entry, contest, sources, others, given, listed=listed)),
    )


def _would_come(
    entry: Entry,
    consequences: EntryConsequences | None,
    source: Source | None,
    wrong: str | None,
    context: ContestContext,
    *,
    second: bool,
) -> list[str]:
    """Return lines with the posts that a draft would cause, or why it can't be entered yet.

    `wrong` is the error that prevents it, or None. `second`: a second person must confirm the entry.
    """
    if not entry.kept:
        return [] if _ticks(entry) else [_TICK]
    if wrong or consequences is None:
        return ["" if entry.unmatched else wrong or ""]  # the card asks below which county it is
    return goes_out(consequences, entry, source, context, second=second)


def _is_in_a_post(entry: Entry, consequences: EntryConsequences | None) -> bool:
    """Return True if the previewed post has everything in the entry. The pieces then need no lines on the card."""
    if consequences is None or not consequences.posts or len(entry.pieces) != 1:
        return False
    said = tuple(entry.pieces[0].figures)
    return said in (
        ("margin",),
        ("certified",),
        ("batch",),
        ("call",),
    )  # a post of counties by name has only the new ones


def _piece_lines(context: ContestContext, entry: Entry, desk: Desk, *, numbered: bool, timed: bool) -> list[str]:
    """Return a line for each piece. Words that several pieces were read from are quoted only once.

    `numbered`: with numbers as in the menu below. `timed`: with the pieces' times.
    """
    lines: list[str] = []
    quoted: set[str] = set()
    for place, piece in enumerate(entry.pieces, start=1):
        quotes = piece.words not in quoted
        said = piece if timed else piece.model_copy(update={"as_of": None})
        number = place if numbered else None
        lines.append(piece_line(context, number, said, desk, quotes=quotes))
        if piece.kept or piece.likely:
            quoted.add(piece.words)
    return lines


def _not_understood(entry: Entry) -> list[str]:
    """Return a line with the sentences that were not read, except those that are only a time of day."""
    unread = [one for one in entry.leftovers if without_times(one).strip(" .,;:()")]
    if not unread:
        return []
    more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
    return [f"-# {counted(len(unread), 'sentence')} not read: “{escape(unread[0], MOST_LEFT_OVER)}”{more}"]


def _refused(refused: Sequence[Refused]) -> list[str]:
    """Return a line about the sentences that were read but can't be entered.

    Example: "Not offered, a forecast: “Biden should lead by 20,000”".
    """
    if not refused:
        return []
    more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
    return [f"-# Not offered, {refused[0].why}: “{escape(refused[0].words, MOST_LEFT_OVER)}”{more}"]


def _not_offered(strangers: Sequence[str]) -> list[str]:
    if not strangers:
        return []
    more = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
    first = escape(strangers[0], MOST_QUOTED)
    why = "No caller of that name is set up; the desk can add it with `/call`."
    return [f"-# Not offered: “{first}”{more}. {why}"]


def _shown_where(entry: Entry) -> str:
    """Return a clause about where the figures of an entry without a post are shown: "answers will use it"."""
    figures = {name for piece in entry.kept for name in piece.figures}
    if figures <= {"certified", "units_certified"}:
        return "`/certified` will show it"
    if figures == {"batch"}:
        return "`/entries` will keep it"
    return "`/outstanding` will show it" if figures == {"outstanding"} else "answers will use it"


def _in_public(consequences: EntryConsequences, source: Source, *, second: bool) -> str:
    """Return the end of a sentence: when answers in public channels will use an entry that is not posted.

    Empty if no public channel follows the entry's contest. `second`: a second person confirms the entry, and gets the
    button that releases it.
    """
    if not consequences.public:
        return ""
    who = "the desk presses" if second else "you press"
    return f", in public channels once {who} **{PUBLIC}**" if source.public else ", except in public channels"


def _asks_which(entry: Entry, contest: Contest) -> list[str]:
    """Return the line that asks which county is meant by the first name that matches none.

    Empty if all names match.
    """
    if not entry.unmatched:
        return []
    first, left = escape(entry.unmatched[0], MOST_QUOTED), len(entry.unmatched) - 1
    more = f" {counted(left, 'more name')} after it." if left else ""
    state = STATES.get(contest.state or "", contest.state or "the state")
    return [f"**Which {contest.unit} is “{first}”?** No exact match in {state}.{more}"]


def nothing_read(
    contest: Contest | None,
    leftovers: Sequence[str],
    strangers: Sequence[str],
    read_of: Contest | None,
    refused: Sequence[Refused] = (),
) -> Card:
    """Return the answer to a text in which nothing was read for `contest`; None means any followed contest.

    `leftovers`, `strangers`, `refused`: see `ReadText`. `read_of`: a contest, to give an example of a text that can be
    read.
    """
    of = f" for {escape(contest.name)}" if contest else ""
    shown = [*_refused(refused), *(f"> {escape(text, MOST_SENTENCE)}" for text in leftovers[:_MOST_LEFTOVERS])]
    head = f"**No figures read{of}.**"
    if leftovers:
        head += " A margin has to say who leads; what is about other states is not read."
    said = (without_times(text) for text in (*leftovers, *strangers, *(one.words for one in refused)))
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
                return Card.of(f"**No figures{of} in the text.** {command}", *shown)
    return Card.of(f"{head} To enter it by hand: `/tally`.", *_not_offered(strangers), *shown)


def not_ready_line(error: ValueError | BadInputError) -> str:
    """Return why an entry can't be entered yet, as a line for its card."""
    return stopped(f"**Not ready:** {escape(str(error), MOST_SENTENCE)}")


def entered_card(
    key: int,
    consequences: EntryConsequences,
    setting: Setting,
    now: datetime,
    entered: str,
    called: Sequence[Button],
    *,
    public: bool,
) -> Card:
    """Return the card of an entry that was just entered, with an Undo button that works for two minutes.

    `entered`: the entry in short, for an entry that is not fully in its posts. `called`: buttons to enter that a
    caller withdrew its call. `public`: add the button that releases the entry for public answers.
    """
    quoted = [*(post.headline for post in consequences.posts if consequences.publish), entered]
    buttons = (
        *((Button("Publish", f"publish:{consequences.publish}", "primary"),) if consequences.publish else ()),
        *((public_button(key),) if public else ()),
        Button(undo_label(setting, now), f"entry:{key}:undo"),
        *called,
    )
    return Card.of(_done("Entered", consequences), *(f"> {one}" for one in quoted if one), buttons=buttons)


def confirmed_card(key: int, consequences: EntryConsequences, *, public: bool) -> Card:
    """Return the answer to a second person who confirmed an entry. `public`: as for `entered_card`."""
    return Card.of(_done("Confirmed", consequences), buttons=(public_button(key),) if public else ())


def _done(what: str, consequences: EntryConsequences) -> Line:
    """Return the line saying that a decision was carried out, with its posts: "**Entered.** #8 goes out in <#5>.".

    `what` is the decision: "Entered".
    """
    waits, numbers = consequences.waits, dict.fromkeys(post.number for post in consequences.posts)
    posts = tuple(number for number in numbers if number is not None)
    if not consequences.posts:
        return Line(f"**{what},** not posted.")
    if consequences.publish:
        return Line(f"**{what}.** #{consequences.posts[0].number} waits for Publish.", posts=posts[:1])
    if waits:
        how = waits if len(numbers) == 1 else f"{_goes_where(consequences)}. {waits}"
        return Line(f"**{what}.** {how}", posts=posts)
    return Line(f"**{what}.** {_goes_where(consequences)}.", posts=posts)


def _goes_where(consequences: EntryConsequences) -> str:
    """Return the posts with their channels: "#8 goes out in <#5>; #9 goes out in <#5>".

    If the posts may wait: "#8 in <#5>".
    """
    goes = "" if consequences.waits else "goes out "
    return "; ".join(f"#{post.number} {goes}in {preview_channels(post.channels)}" for post in consequences.posts)


def public_button(key: int) -> Button:
    """Return the button that releases an entry's unposted figures for answers in public channels."""
    return Button(PUBLIC, f"entry:{key}:public")


def own_entries_answer(rows: Sequence[OwnEntry]) -> Card:
    """Return the answer to `/entries`: the asker's last entries, newest first, with a menu to open one."""
    if not rows:
        return Card.of("You have no entries yet. Start with `/tally`, or **Read as tally** on any message.")
    choices = tuple(
        Choice(cut(f"Entry {row.key}, {without_markdown(row.became)}: {without_markdown(row.what)}", 100), str(row.key))
        for row in rows
    )
    select = Select("entries:choose", "Choose an entry to open", choices)
    return Card.of("**Your last entries**", *map(str, rows), selects=(select,))


def own_entry_card(row: OwnEntry, *, may_retract: bool, public: bool) -> Card:
    """Return the card of one of the asker's entries, with a button to withdraw or to retract the entry.

    `may_retract`: the entry is entered, and the asker may retract it. `public`: add the button that releases it for public
    answers.
    """
    if may_retract:
        use = (public_button(row.key),) if public else ()
        return Card.of(str(row), buttons=(*use, Button("Retract", f"entries:retract:{row.key}", "danger")))
    waits = row.state == "asked"
    return Card.of(str(row), buttons=(Button("Withdraw", f"entry:{row.key}:back", "danger"),) if waits else ())


def _asks_source(entry: Entry, given: Sequence[Source]) -> str:
    """Return the line asking for the entry's source, with the sources `given` in the text.

    Empty if the source is known.
    """
    if entry.source is not None or not (entry.needs_source or not entry.kept):
        return ""
    read = f" (the text says {either([source_name(one) for one in given])})" if given else ""
    choose = "choose below who told the newsroom" if _is_own_word(entry) else "choose one below"
    return f"Source: **{choose}**{read}"


def _is_own_word(entry: Entry) -> bool:
    """Return True if every piece to enter is an announcement by counties about themselves.

    The entry's source is then the source that reported the announcements to the newsroom.
    """
    named = [piece.units_certified for piece in entry.kept]
    return bool(named) and all(units is not None and units.own for units in named)


def _times_instead(context: ContestContext, entry: Entry, desk: Desk) -> list[TimeInText]:
    """Return the times in the text that no piece uses. Empty if every piece has a time."""
    return unused_times(entry, desk.zone) if true_as_of(context, entry) else []


def _other_times(context: ContestContext, entry: Entry, desk: Desk, offered: Sequence[Button]) -> list[str]:
    """Return the line that asks which time is right, or names the time in use. Empty if no time in the text is unused.

    `offered`: the buttons with times, if the card has any.
    """
    times = list(dict.fromkeys(one.words for one in _times_instead(context, entry, desk)))
    if not times:
        return []
    more = f" and {len(times) - 2} more" if len(times) > 2 else ""  # two are shown
    text = f"{', '.join(times[:2])}{more}" if more else " and ".join(times)
    if offered:
        return [f"The text says {stopped(text)} **As of when?** Press the right time, or **Edit**."]
    return [f"The text says {text}; as of {context.when(entry.as_of)} is used. Change it with **Edit**."]


def goes_out(
    consequences: EntryConsequences, entry: Entry, source: Source | None, context: ContestContext, *, second: bool
) -> list[str]:
    """Return the preview of an entry's posts, or why nothing is posted. Empty if the entry's source is not known.

    `second`: a second person must confirm the entry.
    """
    if source is None:
        return []
    first = ["a second person confirms it"] if second else []
    known = [
        f"**{capitalised(on_record_already([one]))}:** {stopped(statement_figures(context, one.said))}"
        for one in consequences.on_record
    ]
    if consequences.nothing_new:
        return known
    if not consequences.posts:
        if consequences.older:
            return [f"**Will not be posted:** it is older than what answers use: {consequences.older}"]
        if _are_changes(entry.kept):
            return ["**Will not be posted,** and no answer uses a change alone; `/entries` will keep it."]
        count_alone = {name for piece in entry.kept for name in piece.figures} == {"certified"}
        why = " A source's first or unchanged count is not posted." if count_alone and not consequences.why else ""
        then = _once(_shown_where(entry), first) + _in_public(consequences, source, second=second)
        return [_nothing_goes_out(consequences, then) + why, *known]
    first += ["it is published"] if consequences.to_publish else []
    waits = "" if consequences.to_publish else consequences.waits
    not_yet = ", but not yet" if waits and not consequences.partly else ""
    where = [preview_channels(post.channels) for post in consequences.posts]
    single = len(where) == 1
    named = f" in {where[0]}" if single and not consequences.partly else ""  # otherwise `waits` names the channels
    lines = [f"**{_once(f'This will go out{named}', first)}{not_yet}:**"]
    for post, channels in zip(consequences.posts, where, strict=True):
        lines += [f"> {post.headline}", *([] if single else [f"-# in {channels}"])]
    if quiet := [piece for piece in entry.kept if {*piece.figures} <= consequences.silent and piece.figures]:
        use = "no answer uses a change alone"
        if not _are_changes(quiet):
            use = f"answers will use it{_in_public(consequences, source, second=second)}"
        why = f" ({consequences.why})" if consequences.why else ""
        lines.append(f"**Will not be posted:** {'; '.join(figures_of(context, piece) for piece in quiet)}{why}; {use}.")
    return [*lines, *known, *([waits] if waits else [])]


def _are_changes(pieces: Sequence[Piece]) -> bool:
    """Return True if the pieces only report that a lead changed by some votes, or did not change.

    No answer uses such pieces.
    """
    return {name for piece in pieces for name in piece.figures} <= {"margin_change", "no_change"}


def _once(text: str, first: Sequence[str]) -> str:
    return f"{text} once {' and '.join(first)}" if first else text


def _nothing_goes_out(consequences: EntryConsequences, then: str) -> str:
    """Return the line saying that nothing is posted, with the reason.

    `then` is the next clause: where the figures are shown.
    """
    if not consequences.known:
        return (
            f"**Will not be posted:** {consequences.why}; {then}."
            if consequences.why
            else f"**Will not be posted;** {then}."
        )
    number, _ = consequences.known[0]
    if number is None:
        return f"**Nothing will go out: the margin was posted when this channel began to follow.** {capitalised(then)}."
    return f"**Nothing will go out: #{number} has this margin already.** {capitalised(then)}."


def preview_channels(channels: Sequence[int]) -> str:
    """Return mentions of at most five channels, and the number of the others."""
    text = ", ".join(f"<#{channel}>" for channel in channels[:5])
    return text + (f" and {len(channels) - 5} more" if len(channels) > 5 else "")  # five are shown


def selects_of(
    key: int,
    entry: Entry,
    contest: Contest,
    sources: Sequence[Source],
    others: Sequence[Contest],
    given: Sequence[Source],
    *,
    listed: bool,
) -> list[Select]:
    """Return the menus under a draft: county, pieces (if `listed`), source, contest.

    Sources that the text names (`given`) come first. `others` are other contests for which the text can be read.
    """
    found = [_which(key, entry, contest)] if entry.unmatched else []
    if listed and len(entry.pieces) > 1:
        pieces = tuple(
            Choice(f"{place}. {_label(piece, contest)}", str(place - 1), chosen=piece.kept)
            for place, piece in enumerate(entry.pieces[:MOST_CHOICES], start=1)
        )
        found.append(Select(f"entry:{key}:keep", "Choose what to enter", pieces, least=0, most=len(pieces)))
    words = tuple(
        Choice(_source_label(source, read=source in given), source.id, chosen=source.id == entry.source)
        for source in sorted(sources, key=lambda one: one not in given)[:MOST_CHOICES]
    )
    if entry.source is not None or any(piece.source is None for piece in entry.pieces):
        hint = "Choose who told the newsroom" if _is_own_word(entry) else "Choose the source"
        found.append(Select(f"entry:{key}:source", hint, words))
    if others and not entry.unmatched:  # a message has five rows, and the county comes first
        contests = tuple(
            Choice(clean(f"{one.name} · {where_of(one)}", _MOST_LABEL) or one.id, one.id, chosen=one.id == contest.id)
            for one in [contest, *others][:MOST_CHOICES]
        )
        found.append(Select(f"entry:{key}:contest", "Choose the contest", contests))
    return found


def _source_label(source: Source, *, read: bool) -> str:
    after = " (in text)" if read else ""  # short: a phone's menu has room for 35 characters
    return f"{clean(capitalised(source.name), _MOST_LABEL - len(after)) or source.id}{after}"


def _which(key: int, entry: Entry, contest: Contest) -> Select:
    """Return the menu from which to choose the county meant by the first unmatched name."""
    likely = similar_counties(contest.state or "", entry.unmatched[0], MOST_CHOICES - 1)
    asked = name_in_question(entry)
    choices = [Choice(clean(one.name, _MOST_LABEL), f"{one.fips}:{asked}") for one in likely]
    hint = clean(f"Which {contest.unit} is {entry.unmatched[0]}?", _MOST_LABEL) or f"Which {contest.unit} is it?"
    return Select(f"entry:{key}:unit", hint, (Choice("None of these: leave it out", f"none:{asked}"), *choices))


def name_in_question(entry: Entry) -> str:
    """Return the unmatched county name that the card asks about.

    Each choice in the menu contains the name, so a second press of the menu can't be taken for the next name.
    """
    return clean(entry.unmatched[0], _MOST_ASKED) if entry.unmatched else ""


def where_of(contest: Contest) -> str:
    """Return a contest's place for menus, which show no markdown."""
    return contest.where or contest.state or contest.id


def _label(piece: Piece, contest: Contest) -> str:
    """Return a piece's label in a menu: its figure, or else the words it was read from."""
    figures = ", ".join(piece.figures)
    return clean(taken_for(piece, contest) or piece.words or figures, _MOST_LABEL - 4) or figures


def leaders_of(key: int, entry: Entry, contest: Contest) -> list[Button]:
    """Return buttons to choose who leads, if a margin to enter has no leader."""
    if not any(piece.lacks_leader for piece in entry.kept):
        return []
    return [
        Button(clean(f"{candidate.last} leads", 80), f"entry:{key}:leader{place}", "primary")
        for place, candidate in enumerate(contest.candidates[:5])
    ]


def times_of(key: int, context: ContestContext, entry: Entry, desk: Desk, *, ready: bool) -> list[Button]:
    """Return buttons for at most three unused times of the text, and for the time in use. Empty if there are none.

    `ready`: only the time is missing, so the buttons are highlighted.
    """
    typed = _times_instead(context, entry, desk)
    moments = [moment for one in typed for moment in one.moments(entry.as_of, desk.zone)]
    return [
        Button(
            f"As of {context.when(moment)}",
            f"entry:{key}:at{int(moment.timestamp())}",
            "primary" if ready else "secondary",
        )
        for moment in (*list(dict.fromkeys(moments))[:3], *([entry.as_of] if typed else []))
    ]


def actions_of(
    key: int,
    entry: Entry,
    contest: Contest,
    posts: Sequence[EntryPostPreview],
    *,
    ready: bool,
    second: bool,
    listed: bool,
) -> list[Button]:
    """Return the buttons under a draft.

    They enter it, mark likely pieces to be entered, change who announced the counties, remove a line, edit, or
    discard. `posts`: the previewed posts. `ready`: the draft can be entered. `second`: a second person must confirm
    it. `listed`: the menu of the draft's pieces is shown.
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
    """Return the pieces that the Tick button adds to those to enter. Empty if the card has no such button.

    These are all pieces not chosen yet, if they are few, likely and consistent.
    """
    left = [piece for piece in entry.pieces if not piece.kept]
    few = len(left) == 1 or (not entry.kept and len(left) in _ALL_RIGHT)
    alone = len(entry.pieces) == 1
    return left if few and (alone or entry.is_consistent) and all(piece.likely for piece in left) else []


def pieces_hash(entry: Entry) -> int:
    """Return a checksum of an entry's contest and pieces.

    Buttons carry it, so that a press on an outdated card is refused.
    """
    return zlib.crc32(entry.model_dump_json(include={"contest", "pieces"}).encode())


def posts_hash(posts: Sequence[EntryPostPreview]) -> int:
    """Return a checksum of previewed posts, 0 for none.

    Buttons carry it, so that only posts that were shown are sent.
    """
    return zlib.crc32("\n".join(sorted({post.headline for post in posts})).encode())
