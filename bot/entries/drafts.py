"""Drafts of entries: begun from a text or a form, previewed, edited, discarded.

A draft is stored before it is first shown, so its menus and buttons (`entry:ID:…`) work after a restart. To preview its
posts, `EntryStore.preview` runs the transaction that would enter the draft and rolls it back. `review.py` enters drafts.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from bot.box.box import Box
from bot.clock import Clock
from bot.count.entry import MOST_TEXT, Entry, Piece
from bot.count.judgement import AHEAD_AT_MOST
from bot.count.margin import margin_of
from bot.count.statement import Statement
from bot.desk.counties import county_of
from bot.desk.desk_file import Contest, Desk, added_caller_of
from bot.entries.drafts_store import Entered, EntryStore, Evidence, StoredEntry
from bot.entries.drafts_words import (
    EntryConsequences,
    EntryPostPreview,
    OwnEntry,
    confirmed_card,
    draft_card,
    entered_card,
    name_in_question,
    not_ready_line,
    nothing_read,
    own_entries_answer,
    own_entry_card,
    pieces_hash,
)
from bot.entries.edit_form import EditForm, FormKind, form_of, typed_figures, with_figures, with_words
from bot.entries.pieces_words import in_short, statement_figures, whose_word
from bot.entries.statements import entry_notes
from bot.entries.statements_store import StoredStatement
from bot.entries.texts import TextToRead, read_text
from bot.entries.times_in_text import unused_times
from bot.errors import BadInputError
from bot.follows.follows import with_leading_source
from bot.follows.follows_store import ServerStore
from bot.outbox.outbox_words import delivery_words
from bot.outbox.proposals_store import Asker, ProposalState
from bot.outbox.room import OutboxRoom
from bot.outcomes.calls_words import withdrew_button
from bot.outcomes.certification_store import AddedCallers
from bot.prose.form import pieces_of_form
from bot.prose.sentences import sentences_of
from bot.tally.other_sources import SkippedChannel
from bot.tally.other_sources_words import margin_not_posted
from bot.tally.standing import Standings
from bot.wording.card import Card
from bot.wording.context import Setting, contest_context
from bot.wording.escape import capitalised, stopped
from bot.wording.states import STATES
from bot.wording.times import when
from bot.wording.typed_names import source_named, sources_in

LARGEST_PICTURE_BYTES = 8 * 1024 * 1024
"""The largest picture that an entry can have."""


@dataclass(frozen=True, slots=True)
class TallyFields:
    """The fields of the form behind `/tally`, as typed; a field left blank is an empty string."""

    margin: str = ""
    votes: str = ""
    left: str = ""
    certified: str = ""

    def pieces(self, contest: Contest) -> tuple[Piece, ...]:
        """Return the form's figures as pieces of an entry; see `pieces_of_form`."""
        return pieces_of_form(contest, margin=self.margin, votes=self.votes, left=self.left, certified=self.certified)


@dataclass(frozen=True, slots=True)
class OpenedForm:
    """A form filled in with an entry's figures, to be opened for editing."""

    form: TallyFields | EditForm
    seen: Entry
    """The entry when the form was opened. If it has changed by the time the form is sent, the form is refused."""
    times: tuple[str, ...] = ()
    """Times of day in the entry's text that no piece uses."""
    as_of: str = ""
    """The common time of all ticked pieces, as text; empty if the times differ."""


class EntryCards:
    """Creates the cards of entries, with a preview of their posts."""

    def __init__(
        self,
        store: EntryStore,
        servers: ServerStore,
        outbox: OutboxRoom,
        setting: Setting,
        clock: Clock,
    ) -> None:
        """Create the writer of cards for the entries in `store`.

        `servers` has the servers' leading sources. `outbox` knows if posts are paused, and if a second person must
        confirm entries.
        """
        self._store = store
        self._servers = servers
        self._outbox = outbox
        self._added = AddedCallers(outbox.outbox)
        self._setting = setting
        self._clock = clock

    async def added_callers(self, server: int) -> tuple[str, ...]:
        """Return the ids of the callers that a server added."""
        return tuple(await self._added.of(server))

    async def card(self, stored: StoredEntry, asker: Asker, *, listed: bool = False) -> Card:
        """Return the card of a draft. `listed`: as for `draft_card`."""
        entry, contest = stored.what, self.contest(stored.what.contest)
        consequences, wrong = None, None
        if not entry.needs_source:
            try:
                consequences = await self.preview(stored)
            except (ValueError, BadInputError) as error:
                wrong = not_ready_line(error)
        others = [one for one in await self.followed(stored.server) if one is not contest] if entry.text else []
        leads = (await with_leading_source(contest, stored.server, self._setting.desk, self._servers)).leads
        # People first, and the feed that leads last.
        sources = sorted(self._setting.desk.sources, key=lambda source: (not source.person, source.id == leads))
        if entry.source is not None and (added := added_caller_of(entry.source)) is not None:
            sources.insert(0, added)
        return draft_card(
            stored.id,
            entry,
            contest,
            consequences,
            sources,
            others,
            self._setting,
            self._clock.now(),
            second=asker.reports or await self.is_two_person(stored.server),
            wrong=wrong,
            listed=listed,
        )

    async def is_two_person(self, server: int) -> bool:
        """Return True if a second person must confirm entries in a server."""
        return await self._outbox.two_person.is_two_person(server, self._clock.now())

    async def goes_out(self, server: int, channels: Collection[int], what: str) -> str:
        """Return the clause with the channels that a post goes to and, if the post waits, the reason.

        `what` names the post.
        """
        delivery = await self._outbox.suspensions.delivery(server, channels)
        return delivery_words(delivery, self._setting, self._clock.now(), what)

    async def preview(self, stored: StoredEntry) -> EntryConsequences:
        """Return the effects of entering an entry now."""
        taken = (await self._store.preview(stored)).taken
        statements = stored.what.statements(stored.asked_by)
        consequences = consequences_of(taken, statements, self._setting.desk, numbered=False)
        if consequences.silent or not consequences.posts:
            follows = [
                row for row in await self._servers.following(stored.server) if row.contest == stored.what.contest
            ]
            public = [await self._servers.is_public(row.channel) for row in follows]
            why = consequences.why if follows else "no channel follows this contest"
            consequences = replace(consequences, why=why, public=any(public))
        if not consequences.posts and not consequences.known:
            new = [statement for one, statement in zip(taken, statements, strict=True) if one.on_record is None]
            consequences = await self._with_newest(stored, new, consequences)
        return await self._with_waits(stored.server, taken, consequences)

    async def _with_newest(
        self, stored: StoredEntry, statements: Sequence[Statement], consequences: EntryConsequences
    ) -> EntryConsequences:
        """Add to the effects what the source had stated before, if that matters.

        That is: newer figures, which answers use instead of the entry, or figures for the same time, which the entry
        replaces.
        """
        newest = [one for statement in statements if (one := await self._store.standing(statement, stored.server))]
        if not newest or len(newest) < len(statements):
            return consequences
        context = contest_context(self.contest(stored.what.contest), self._setting, self._clock.now())
        figures = stopped("; ".join(statement_figures(context, one) for one in newest))
        if all(one.as_of > statement.as_of for one, statement in zip(newest, statements, strict=True)):
            return replace(consequences, older=figures)
        same = all(one.as_of == statement.as_of for one, statement in zip(newest, statements, strict=True))
        return replace(consequences, notes=(*consequences.notes, f"It replaces {figures}")) if same else consequences

    async def _with_waits(
        self, server: int, taken: Sequence[StoredStatement], consequences: EntryConsequences
    ) -> EntryConsequences:
        """Add the reason why the entry's posts wait, unless all are sent at once."""
        rows = [row for one in taken for row in one.posts]
        sources = {row.source for row in rows if row.source}
        delivery = await self._outbox.suspensions.delivery(server, [row.channel for row in rows], sources)
        if delivery.now == delivery.channels:
            return consequences
        numbers = {f"#{post.number}" for post in consequences.posts if post.number is not None}
        what = numbers.pop() if len(numbers) == 1 else "It"
        waits = delivery_words(delivery, self._setting, self._clock.now(), what)
        to_publish = delivery.waits_for_publish
        publish = await self._store.post_of([one.id for one in taken if one.posts]) if to_publish else None
        return replace(consequences, waits=waits, partly=bool(delivery.now), to_publish=to_publish, publish=publish)

    async def entered(self, stored: StoredEntry, entered: Entered) -> Card:
        """Return the card of an entry that was just entered. `entered` has the stored statements and their posts."""
        entry, consequences, now = stored.what, await self._came_of(stored, entered), self._clock.now()
        short = in_short(entry, self.contest(entry.contest), self._setting, now)
        unposted = any(not one.posts for one in entered.taken)
        called = (
            withdrew_button(self.contest(entry.contest), source)
            for one in entry.statements(stored.asked_by)
            if one.call is not None and one.call.is_call and (source := self._setting.desk.source(one.source))
        )
        return entered_card(
            stored.id,
            consequences,
            self._setting,
            now,
            capitalised(short) if unposted else "",
            tuple(dict.fromkeys(called)),
            public=entered.public,
        )

    async def confirmed(self, stored: StoredEntry, entered: Entered) -> Card:
        """Return the answer to a second person who confirmed an entry.

        `entered` has the stored statements and their posts.
        """
        return confirmed_card(stored.id, await self._came_of(stored, entered), public=entered.public)

    async def _came_of(self, stored: StoredEntry, entered: Entered) -> EntryConsequences:
        statements = stored.what.statements(stored.asked_by)
        consequences = consequences_of(entered.taken, statements, self._setting.desk, numbered=True)
        return await self._with_waits(stored.server, entered.taken, consequences)

    def contest(self, key: str) -> Contest:
        """Return a contest of the desk file.

        Raises:
            BadInputError: the desk file no longer has the contest.
        """
        contest = self._setting.desk.contest(key)
        if contest is None:
            raise BadInputError(f"{key[:60]}: the desk file no longer has that contest")
        return contest

    async def followed(self, server: int) -> list[Contest]:
        """Return the contests that a server follows."""
        rows = await self._servers.following(server)
        wanted = {row.contest for row in rows}
        return [contest for contest in self._setting.desk.contests if contest.id in wanted]


class Entering:
    """Begins entries from a text or a form, and shows them."""

    def __init__(
        self, store: EntryStore, cards: EntryCards, standings: Standings, setting: Setting, clock: Clock, box: Box
    ) -> None:
        """Create the service that begins entries. They are stored in `store` and shown with `cards`.

        `standings` has the present leaders, and `box` is the worker process that reads texts.
        """
        self._box = box
        self._standings = standings
        self._store = store
        self._cards = cards
        self._setting = setting
        self._clock = clock

    async def read(
        self,
        asker: Asker,
        text: str,
        *,
        contest: Contest | None = None,
        here: Sequence[Contest] = (),
        source: str | None = None,
        link: str | None = None,
        said_at: datetime | None = None,
        reason: str | None = None,
        evidence: Evidence | None = None,
    ) -> Card:
        """Read a text and begin an entry of its claims. Returns the entry's card, or the answer that nothing was read.

        Args:
            asker: who asks.
            text: the text; only its first 4,000 characters are read.
            contest: the contest of the text; None for the followed contest with the most certain claims.
            here: the contests that the channel follows; they win a tie.
            source: the source as typed or chosen; None for the source that the text names, if it names only one.
            link: where the text was published.
            said_at: when the text was written; None for now.
            reason: a note for whoever confirms the entry.
            evidence: a picture to store with the entry.

        Raises:
            BadInputError: the desk file has no such source.
        """
        now, shown = self._clock.now(), text[:MOST_TEXT]
        at = min(said_at or now, now)
        whose = known_source(self._setting.desk, source)
        asked = [contest] if contest else await self._cards.followed(asker.server)
        if not asked:
            return nothing_read(contest, (), (), None)
        text_of = TextToRead(
            text=shown,
            contests=[one.id for one in asked],
            at=at,
            source=whose,
            link=link,
            callers=await self._cards.added_callers(asker.server),
        )
        read = await read_text(self._box, asker, self._setting.desk, text_of)
        best: Entry | None = None
        for one in read:
            if one.entry.pieces and (best is None or _text_score(one.entry, here) > _text_score(best, here)):
                best = one.entry
        if best is None:
            return nothing_read(contest, read[0].leftovers, read[0].strangers, asked[0], read[0].refused)
        best = await self._without_who_trails(best, asker.server)
        if best.source is None:
            best = best.model_copy(update={"source": _source_in_text(best, self._setting.desk)})
        return await self.begin(asker, best.model_copy(update={"reason": reason}) if reason else best, evidence)

    async def _without_who_trails(self, entry: Entry, server: int) -> Entry:
        """Remove pieces about a trailing candidate's lead, if a piece about the leader's lead says the same.

        For instance, "Biden gained 500" is kept and "Trump lost 500" removed while Biden leads.
        """
        moves = {(piece.leader, piece.margin_change) for piece in entry.pieces if piece.likely and piece.margin_change}
        if len({leader for leader, _ in moves}) == 1:
            return entry
        facts = await self._standings.margin(self._cards.contest(entry.contest), server, reader="newsroom")
        margin = margin_of(facts.reading.votes) if facts.reading else None
        if margin is None or margin.votes is None or any(abs(votes) >= margin.votes for _, votes in moves):
            return entry
        trails = {
            (leader, votes) for leader, votes in moves if leader != margin.leader and (margin.leader, -votes) in moves
        }
        kept = [
            piece for piece in entry.pieces if not piece.likely or (piece.leader, piece.margin_change) not in trails
        ]
        return entry.model_copy(update={"pieces": tuple(kept)})

    async def report(
        self,
        asker: Asker,
        contest: Contest,
        form: TallyFields,
        *,
        source: str | None = None,
        as_of: datetime | None = None,
        reason: str | None = None,
        evidence: Evidence | None = None,
    ) -> Card:
        """Begin an entry of a form's figures, and return the entry's card.

        Raises:
            BadInputError: a field can't be read, or the source is unknown.
        """
        entry = Entry(
            contest=contest.id,
            source=known_source(self._setting.desk, source),
            as_of=as_of or self._clock.now(),
            pieces=form.pieces(contest),
            reason=reason,
        )
        return await self.begin(asker, entry, evidence)

    async def begin(self, asker: Asker, entry: Entry, evidence: Evidence | None = None) -> Card:
        """Store an entry as a draft, and return the draft's card."""
        stored = await self._store.begin(asker, entry, evidence)
        return await self._cards.card(stored, asker)

    async def own_entries(self, asker: Asker) -> Card:
        """Return the answer to `/entries`: the asker's last entries, each with its posts."""
        return own_entries_answer(await self._mine(asker))

    async def unposted(self, asker: Asker, typed: str) -> list[OwnEntry]:
        """Return the asker's last valid entries that have no post, for the choices while somebody types.

        `typed` is the text or number typed so far; only matching entries are returned.
        """
        wanted = typed.strip().casefold().removeprefix("entry").strip()
        rows = [row for row in await self._mine(asker) if row.state == "entered" and not row.posts]
        return [row for row in rows if wanted in row.what.casefold() or str(row.key).startswith(wanted)]

    async def one(self, asker: Asker, key: int) -> tuple[Card, Evidence | None]:
        """Return one of the asker's last entries, with its picture if there is one.

        Raises:
            BadInputError: the entry is not among the asker's last entries.
        """
        found = [row for row in await self._mine(asker) if row.key == key]
        if not found:
            raise BadInputError(f"entry {key} is not among your latest; use /entries again")
        may = not asker.reports and found[0].state == "entered"
        public = may and await self._store.may_be_public(key, self._setting.desk.public_sources)
        card = own_entry_card(found[0], may_retract=may, public=public)
        return card, await self._store.evidence(key, asker.server)

    async def _mine(self, asker: Asker) -> list[OwnEntry]:
        now = self._clock.now()
        return [
            OwnEntry(
                stored.id,
                "retracted" if retracted else stored.state.value.replace("done", "entered"),
                stored.decided_by,
                in_short(stored.what, contest, self._setting, now),
                tuple(numbers),
                tuple(number for number, gone in numbers.items() if gone and not retracted),
            )
            for stored, numbers, retracted in await self._store.of_user(asker.server, asker.user)
            if (contest := self._setting.desk.contest(stored.what.contest))
        ]

    async def picture(self, asker: Asker, key: int) -> Evidence:
        """Return the picture of an entry.

        Raises:
            BadInputError: the entry has no picture, or a reporter asks for somebody else's.
        """
        found = await self._store.evidence(key, asker.server)
        if found is None or (asker.reports and (await self._store.read(key, asker.server)).user != asker.user):
            raise BadInputError(f"no picture goes with an entry {key} of this server")
        return found


def _text_score(entry: Entry, here: Sequence[Contest]) -> tuple[int, bool, int]:
    """Return a sort key for entries read from one text for different contests. The greatest key is the best match.

    The key is (ticked pieces, True if the channel follows the contest, all pieces). `here` has the contests that the
    channel follows.
    """
    return len(entry.kept), entry.contest in {one.id for one in here}, len(entry.pieces)


def known_source(desk: Desk, source: str | None) -> str | None:
    """Return the id of a source that was typed or chosen. None if `source` is None.

    Raises:
        BadInputError: the desk file has no such source; see `source_named`.
    """
    if source is None:
        return None
    return (desk.own_source(source) or source_named(source, desk.sources)).id


def _source_in_text(entry: Entry, desk: Desk) -> str | None:
    """Return the id of the source that the entry's text names, or None.

    None unless every sentence with a piece names that source and no other. Also None if the text names another state,
    whose office may have the same name.
    """
    given = sources_in(entry.text, desk.sources)
    contest = desk.contest(entry.contest)
    others = [name for key, name in STATES.items() if contest is None or key != contest.state]
    if len(given) != 1 or any(piece.source for piece in entry.pieces) or any(name in entry.text for name in others):
        return None
    sentences = [entry.text[one.start : one.end] for one in sentences_of(entry.text)]
    places = [[text for text in sentences if piece.words in text] for piece in entry.pieces]
    told = all(found and all(sources_in(text, desk.sources) for text in found) for found in places)
    return given[0].id if told else None


class Drafts:
    """Edits drafts. Each method changes a draft and returns the draft's new card."""

    def __init__(self, store: EntryStore, cards: EntryCards, setting: Setting, clock: Clock, box: Box) -> None:
        """Create the service that edits the drafts in `store`, and shows them with `cards`. `box` reads texts."""
        self._box = box
        self._store = store
        self._cards = cards
        self._setting = setting
        self._clock = clock

    async def unit(self, asker: Asker, key: int, chosen: str) -> Card:
        """Match the first unmatched name to the chosen county, or remove the name.

        `chosen` is "FIPS:NAME", or "none:NAME" to remove it; see `name_in_question`.

        Raises:
            BadInputError: the choice is about another name.
        """
        fips, _, name = chosen.partition(":")

        def change(entry: Entry) -> Entry:
            contest = self._cards.contest(entry.contest)
            if not entry.unmatched or name != name_in_question(entry):
                raise BadInputError(f"which {contest.unit} that name is, is said already")
            found = county_of(contest.state or "", fips)
            return entry.with_county(found.fips if found else None)

        return await self._change(asker, key, change)

    async def own(self, asker: Asker, key: int) -> Card:
        """Change an entry of certified counties from the counties' own announcement to a source's list, or back."""
        return await self._change(asker, key, Entry.turned_round)

    async def listed(self, asker: Asker, key: int) -> Card:
        """Return a draft's card with the menu from which to choose the pieces to enter."""
        stored = self._store.own(await self._store.read(key, asker.server), asker, ProposalState.DRAFT)
        return await self._cards.card(stored, asker, listed=True)

    async def tick(self, asker: Asker, key: int, seen: int) -> Card:
        """Mark the pieces that were likely read correctly as pieces to enter, besides those already marked.

        `seen` is the `pieces_hash` of the card whose button was pressed.

        Raises:
            BadInputError: the entry has changed since that card was shown.
        """

        def change(entry: Entry) -> Entry:
            if pieces_hash(entry) != seen:
                raise BadInputError("the entry changed after that card, so nothing was ticked; look at it again")
            pieces = (piece.model_copy(update={"kept": piece.kept or piece.likely}) for piece in entry.pieces)
            return entry.model_copy(update={"pieces": tuple(pieces)})

        return await self._change(asker, key, change)

    async def keep(self, asker: Asker, key: int, places: Sequence[str]) -> Card:
        """Mark the pieces at these indexes (from 0, as text) as the only ones to enter."""
        chosen = {int(place) for place in places if place.isdigit()}

        def change(entry: Entry) -> Entry:
            pieces = tuple(
                piece.model_copy(update={"kept": place in chosen}) for place, piece in enumerate(entry.pieces)
            )
            return entry.model_copy(update={"pieces": pieces})

        return await self._change(asker, key, change)

    async def source(self, asker: Asker, key: int, source: str) -> Card:
        """Set the entry's source by its id."""
        return await self._change(asker, key, lambda entry: entry.model_copy(update={"source": source}))

    async def contest(self, asker: Asker, key: int, contest: str) -> Card:
        """Read the entry's text again for another contest.

        Raises:
            BadInputError: the entry changed meanwhile, or belongs to somebody else.

        """
        before = self._store.own(await self._store.read(key, asker.server), asker, ProposalState.DRAFT).what
        text_of = TextToRead(
            text=before.text,
            contests=[self._cards.contest(contest).id],
            at=before.as_of,
            source=before.source,
            link=before.link,
            callers=await self._cards.added_callers(asker.server),
        )
        (read,) = await read_text(self._box, asker, self._setting.desk, text_of)

        def change(entry: Entry) -> Entry:
            if entry != before:
                raise BadInputError("the entry changed while its text was read; choose the contest again")
            return read.entry

        return await self._change(asker, key, change)

    async def leader(self, asker: Asker, key: int, place: int) -> Card:
        """Set the leader of margins for which none is known.

        `place` is the candidate's index in the contest, from 0.
        """

        def change(entry: Entry) -> Entry:
            candidates = self._cards.contest(entry.contest).candidates
            leader = candidates[place].id if place < len(candidates) else None
            pieces = tuple(
                piece.model_copy(update={"leader": leader}) if piece.lacks_leader else piece for piece in entry.pieces
            )
            return entry.model_copy(update={"pieces": pieces})

        return await self._change(asker, key, change)

    async def as_of(self, asker: Asker, key: int, moment: datetime) -> Card:
        """Set the time of the entry, which is also that of each piece without another time."""
        moment = min(moment, self._clock.now() + AHEAD_AT_MOST)

        def change(entry: Entry) -> Entry:
            pieces = tuple(
                piece if piece.as_of else piece.model_copy(update={"as_of": moment}) for piece in entry.pieces
            )
            return entry.model_copy(update={"as_of": moment, "pieces": pieces})

        return await self._change(asker, key, change)

    async def filled(self, asker: Asker, key: int) -> OpenedForm:
        """Return the form for editing an entry, filled in with the entry's figures.

        It is the form of `/tally`, or one for the kind of the piece to enter.

        Raises:
            BadInputError: two of the pieces to enter need the same field, or the draft is somebody else's or too old.
        """
        stored = self._store.own(await self._store.read(key, asker.server), asker, ProposalState.DRAFT)
        self._store.refuse_stale(stored, self._clock.now())
        contest = self._cards.contest(stored.what.contest)
        form = form_of(stored.what, contest) or TallyFields(**typed_figures(stored.what, contest))
        entry, zone = stored.what, self._setting.desk.zone
        moments = {piece.as_of or entry.as_of for piece in entry.kept}
        as_of = when(moments.pop(), self._clock.now(), zone) if len(moments) == 1 else ""
        return OpenedForm(form, entry, tuple(dict.fromkeys(one.words for one in unused_times(entry, zone))), as_of)

    async def mend(self, asker: Asker, key: int, form: TallyFields, as_of: datetime | None, seen: Entry) -> Card:
        """Replace the figures to enter with the form's. The quoted words that they were read from do not change.

        `seen` is the entry with which the form was opened.

        Raises:
            BadInputError: a field can't be read, or the entry has changed since the form was opened.
        """

        def change(entry: Entry) -> Entry:
            _refuse_changed(entry, seen)
            return with_figures(entry, self._cards.contest(entry.contest), asdict(form), as_of)

        return await self._change(asker, key, change)

    async def mend_words(
        self, asker: Asker, key: int, kind: FormKind, typed: Sequence[str], as_of: datetime | None, seen: Entry
    ) -> Card:
        """Replace the piece to enter with what was typed into its form, such as counties, a call or a change.

        `typed` are the form's fields in order, and `seen` is the entry with which the form was opened.

        Raises:
            BadInputError: as `mend`.
        """

        def change(entry: Entry) -> Entry:
            _refuse_changed(entry, seen)
            return self.with_typed(entry, kind, typed, as_of)

        return await self._change(asker, key, change)

    def with_typed(self, entry: Entry, kind: FormKind, typed: Sequence[str], as_of: datetime | None) -> Entry:
        """Return an entry with the piece of this kind replaced by what was typed into the form; see `with_words`."""
        calls = tuple(piece for piece in entry.kept if piece.call is not None)
        source = whose_word(entry.model_copy(update={"pieces": calls}), self._setting.desk)
        return with_words(entry, self._cards.contest(entry.contest), source, kind, typed, as_of)

    async def drop(self, asker: Asker, key: int) -> Card:
        """Discard a draft."""
        await self._store.drop(key, asker)
        return Card.of("**Discarded.** Nothing was entered.")

    async def _change(self, asker: Asker, key: int, change: Callable[[Entry], Entry]) -> Card:
        return await self._cards.card(await self._store.change(key, asker, change), asker)


def _refuse_changed(entry: Entry, seen: Entry) -> None:
    """Raise a BadInputError if the entry has changed since a form was opened with `seen`."""
    if (entry.contest, entry.pieces, entry.unmatched) != (seen.contest, seen.pieces, seen.unmatched):
        raise BadInputError("the entry changed after you opened this form, so the form was not saved; press Edit again")


def consequences_of(
    taken: Sequence[StoredStatement], statements: Sequence[Statement], desk: Desk, *, numbered: bool
) -> EntryConsequences:
    """Return the effects of statements: posts, figures already posted, and notes on contradictions.

    `numbered`: the posts already have their final numbers.
    """
    posts: dict[tuple[int | None, str], list[int]] = {}
    known: list[tuple[int | None, datetime]] = []
    silent: set[str] = set()
    why = ""
    for one, statement in zip(taken, statements, strict=True):
        for row in one.posts:
            headline = row.card.headline if row.card else ""
            posts.setdefault((row.number if numbered else None, headline), []).append(row.channel)
        if not one.posts and one.on_record is None:
            already = [same.posted for same in one.skipped_channels if same.why == "posted" and same.posted]
            known += [(posted.number, posted.as_of) for posted in already]
            silent |= set() if already else statement.model_dump(exclude_defaults=True).keys()
            why = why or ("" if already else _why_silent(one.skipped_channels, desk))
    made = tuple(EntryPostPreview(headline, tuple(channels), number) for (number, headline), channels in posts.items())
    beside = [
        note
        for one, statement in zip(taken, statements, strict=True)
        if one.on_record is None and (source := desk.source(statement.source))
        for note in entry_notes(one, statement, source)
    ]
    on_record = tuple(one.on_record for one in taken if one.on_record)
    return EntryConsequences(
        made,
        tuple(dict.fromkeys(known)),
        frozenset(silent),
        why,
        notes=tuple(beside),
        on_record=on_record,
        nothing_new=len(on_record) == len(taken),
    )


def _why_silent(skipped_channels: Sequence[SkippedChannel], desk: Desk) -> str:
    """Return why a statement's margin is not posted, according to the channels `skipped_channels`.

    The text names the post that already has the margin, if there is one.
    """
    one = min(skipped_channels, key=lambda one: one.posted is None, default=None)
    leading = desk.source(one.follow.leads) if one and one.follow.leads else None
    if one is None or leading is None:
        return ""
    return margin_not_posted(one.why, leading, one.posted.number if one.posted else None)
