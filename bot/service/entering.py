"""Staff enter what no feed says yet: read in a text or typed into a form, seen as it will go out, confirmed, undone."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from bot.cards.correction import retraction_answer, retraction_post
from bot.cards.draft import Draft, Link
from bot.cards.entry import EntryCard, draft_card, entered_card, mine_answer, nothing_read, refused
from bot.cards.entry_lines import Consequences, in_short, whose_word
from bot.cards.entry_question import asked_card, decided_question, entry_question
from bot.cards.facts import Setting
from bot.clock import Clock
from bot.count.entry import MOST_PIECES, MOST_TEXT, MOST_WORDS, Entry, Piece
from bot.counties import county_of
from bot.deskfile import Contest, Desk, Source
from bot.errors import BadInputError
from bot.prose.claim import Understood
from bot.prose.form import piece_of
from bot.prose.pieces import pieces_of
from bot.prose.reader import understood
from bot.service.going_out import consequences_of
from bot.service.ingest import Wake
from bot.service.led import led
from bot.service.mending import Kind, MendForm, form_of, typed_figures, with_figures, with_words
from bot.service.statements import Statements
from bot.store.corrections import Replaced
from bot.store.desk import DeskStore
from bot.store.entries import EntryStore
from bot.store.entry_questions import EntryQuestionStore
from bot.store.rows import AuditRow, joined
from bot.store.statements import Prepared
from bot.store.stored_entry import Entered, EntryState, Evidence, StoredEntry

UNDO = timedelta(minutes=2)
"""So long an entry can be taken back with one press."""
STALE = timedelta(hours=24)
"""After so long a draft can't be entered any more: what was true a day ago is to be looked at anew."""
LARGEST_PICTURE = 8 * 1024 * 1024
"""Bytes of a picture that is kept with an entry."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who enters something, and where."""

    server: int
    user: int
    """Discord's id."""
    name: str
    """As the audit names them."""


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed into the form."""

    margin: str = ""
    votes: str = ""
    left: str = ""
    certified: str = ""

    def piece(self, contest: Contest) -> Piece:
        """Return what it says; see `piece_of`."""
        return piece_of(contest, margin=self.margin, votes=self.votes, left=self.left, certified=self.certified)


class Entering:
    """Takes entries from their first draft to what becomes of them."""

    def __init__(
        self,
        store: EntryStore,
        questions: EntryQuestionStore,
        statements: Statements,
        desk_store: DeskStore,
        setting: Setting,
        clock: Clock,
        wake: Wake,
        to_the_second: Callable[[], float],
    ) -> None:
        """Keep entries in `store` and `questions`; what they say goes through `statements`; `to_the_second` is the wall clock."""
        self._store = store
        self._questions = questions
        self._statements = statements
        self._desk_store = desk_store
        self._setting = setting
        self._clock = clock
        self._wake = wake
        self._wall = to_the_second

    async def read(
        self,
        asker: Asker,
        text: str,
        *,
        contest: Contest | None = None,
        source: str | None = None,
        link: str | None = None,
        said_at: datetime | None = None,
    ) -> EntryCard:
        """Read a text and return what it claims, to be looked at.

        Args:
            asker: who asks.
            text: of it the first 4,000 letters are read.
            contest: None: of the contests that the server follows, that of which it says most.
            source: whose word it is, where it is known.
            link: where it was said.
            said_at: when it was written; None: now.

        """
        now = self._clock.now()
        at = min(said_at or now, now)
        shown = text[:MOST_TEXT]
        asked = [contest] if contest else await self._followed(asker.server)
        best: Entry | None = None
        for one in asked:
            entry = self._read_of(one, shown, at, source, link)
            if entry.pieces and (best is None or len(entry.pieces) > len(best.pieces)):
                best = entry
        if best is None:
            read = understood(shown, self._setting.desk, asked[0].id) if asked else Understood((), ())
            return EntryCard(nothing_read(contest, read.leftovers, read.strangers))
        return await self._begin(asker, best)

    async def report(
        self,
        asker: Asker,
        contest: Contest,
        form: Form,
        *,
        source: str | None = None,
        as_of: datetime | None = None,
        reason: str | None = None,
        evidence: Evidence | None = None,
    ) -> EntryCard:
        """Return what was typed into the form, to be looked at.

        Raises:
            BadInputError: a field can't be read, or the source is unknown.

        """
        entry = Entry(
            contest=contest.id,
            source=known_source(self._setting.desk, source),
            as_of=as_of or self._clock.now(),
            pieces=(form.piece(contest),),
            reason=reason,
        )
        return await self._begin(asker, entry, evidence)

    async def begin(self, asker: Asker, entry: Entry) -> EntryCard:
        """Keep what somebody is about to enter, and return it to be looked at."""
        return await self._begin(asker, entry)

    async def unit(self, asker: Asker, key: int, chosen: str) -> EntryCard:
        """Say which county the first name is that is none for certain; anything but a county leaves it out."""

        def change(entry: Entry) -> Entry:
            found = county_of(self._contest(entry.contest).state or "", chosen)
            return entry.with_county(found.fips if found else None)

        return await self._change(asker, key, change)

    async def own(self, asker: Asker, key: int) -> EntryCard:
        """Say that it is the counties' own word instead of a list's, or the other way round."""
        return await self._change(asker, key, Entry.turned_round)

    async def keep(self, asker: Asker, key: int, places: Sequence[str]) -> EntryCard:
        """Keep the pieces at these places, and leave the others out."""
        chosen = {int(place) for place in places if place.isdigit()}

        def change(entry: Entry) -> Entry:
            pieces = tuple(
                piece.model_copy(update={"kept": place in chosen}) for place, piece in enumerate(entry.pieces)
            )
            return entry.model_copy(update={"pieces": pieces})

        return await self._change(asker, key, change)

    async def source(self, asker: Asker, key: int, source: str) -> EntryCard:
        """Say whose word it is."""
        return await self._change(asker, key, lambda entry: entry.model_copy(update={"source": source}))

    async def contest(self, asker: Asker, key: int, contest: str) -> EntryCard:
        """Read the same text of another contest."""

        def change(entry: Entry) -> Entry:
            return self._read_of(self._contest(contest), entry.text, entry.as_of, entry.source, entry.link)

        return await self._change(asker, key, change)

    async def leader(self, asker: Asker, key: int, place: int) -> EntryCard:
        """Say who leads, by the place in the desk file, where the text does not."""

        def change(entry: Entry) -> Entry:
            candidates = self._contest(entry.contest).candidates
            leader = candidates[place].id if place < len(candidates) else None
            pieces = tuple(
                piece.model_copy(update={"leader": leader}) if piece.lacks_leader else piece for piece in entry.pieces
            )
            return entry.model_copy(update={"pieces": pieces})

        return await self._change(asker, key, change)

    async def filled(self, asker: Asker, key: int) -> Form | MendForm:
        """Return what the form has in it when an entry is mended: that of a tally, or of what is said in words.

        Raises:
            BadInputError: two of what is kept are one figure, and the form has a field for each figure once.

        """
        stored = await self._store.read(key, asker.server)
        contest = self._contest(stored.entry.contest)
        return form_of(stored.entry, contest) or Form(**typed_figures(stored.entry, contest))

    async def mend(self, asker: Asker, key: int, form: Form, as_of: datetime | None) -> EntryCard:
        """Take what the form says instead of what was kept; the words that it was read in stay beside it."""

        def change(entry: Entry) -> Entry:
            return with_figures(entry, self._contest(entry.contest), asdict(form), as_of)

        return await self._change(asker, key, change)

    async def mend_words(
        self, asker: Asker, key: int, kind: Kind, typed: Sequence[str], as_of: datetime | None
    ) -> EntryCard:
        """Take what a form says of counties, of a call or of a change instead of what was kept."""

        def change(entry: Entry) -> Entry:
            source = whose_word(entry.model_copy(update={"pieces": _calls(entry)}), self._setting.desk)
            return with_words(entry, self._contest(entry.contest), source, kind, typed, as_of)

        return await self._change(asker, key, change)

    async def drop(self, asker: Asker, key: int) -> EntryCard:
        """Give a draft up."""
        await self._store.drop(key, asker.server, asker.user, asker.name, self._clock.now())
        return EntryCard("Dropped. Nothing was entered.")

    async def enter(self, asker: Asker, key: int) -> EntryCard:
        """Enter a draft; or, where the desk wants two people, ask a second one.

        Raises:
            BadInputError: it can't be entered as it is, it is decided already, or it is from yesterday.

        """
        now = self._clock.now()
        stored = await self._store.read(key, asker.server)
        if stored.state is EntryState.DRAFT and now - stored.begun_at > STALE:
            raise BadInputError("that was begun over a day ago; read it anew, so that nothing old goes out as new")
        if not await self._store.asks_two(asker.server):
            entered = await self._store.enter(key, asker.server, asker.user, now, self._prepare)
            self._wake(entered.wake)
            return self._entered(entered)
        consequences = await self._preview(stored)

        def make(stored: StoredEntry) -> Draft:
            contest = self._contest(stored.entry.contest)
            return entry_question(key, stored.entry, contest, consequences, stored.entered_by, self._setting, now)

        _, wake = await self._questions.ask(key, asker.server, asker.user, now, make)
        self._wake(wake)
        return asked_card(key, next(iter(wake)))

    async def confirm(self, asker: Asker, key: int) -> str:
        """Confirm what somebody else entered; return the answer."""
        now = self._clock.now()

        def prepare(stored: StoredEntry) -> list[Prepared]:
            return self._prepare(stored, confirmed_by=asker.name)

        def decided(_: StoredEntry, old: str) -> str:
            return decided_question(old, "Confirmed", asker.name, now, self._setting)

        entered = await self._questions.confirm(key, asker.server, asker.user, asker.name, now, prepare, decided)
        self._wake(entered.wake)
        return self._entered(entered).content.split("\n")[0].replace("**Entered.**", "**Confirmed.**")

    async def reject(self, asker: Asker, key: int) -> str:
        """Say no to what somebody entered, or take one's own back before it is confirmed; return the answer."""
        now = self._clock.now()

        def decided(stored: StoredEntry, old: str) -> str:
            what = "Taken back" if stored.state is EntryState.DROPPED else "Rejected"
            return decided_question(old, what, asker.name, now, self._setting)

        stored, wake = await self._questions.reject(key, asker.server, asker.user, asker.name, now, decided)
        self._wake(wake)
        own = stored.state is EntryState.DROPPED
        return "**Taken back.** Nothing was entered." if own else "**Rejected.** Nothing is posted, and nothing counts."

    async def undo(self, asker: Asker, key: int) -> EntryCard:
        """Take back an entry of the last two minutes.

        Raises:
            BadInputError: it is older, undone already, or somebody else's.

        """
        now = self._clock.now()

        def make(link: Link | None, numbers: list[int]) -> Draft:
            return retraction_post(numbers, link, "it was entered by mistake", self._setting)

        _, replaced = await self._store.undo(key, asker.server, asker.user, asker.name, now - UNDO, now, make)
        return EntryCard(self._taken_back(replaced))

    async def retract(self, asker: Asker, key: int, why: str) -> str:
        """Take back an entry of which nothing was posted, by its own id; return the answer."""
        audit = AuditRow(self._clock.now(), asker.server, asker.name, "retract", why, after={"entry": key})

        def make(link: Link | None, numbers: list[int]) -> Draft:
            return retraction_post(numbers, link, why, self._setting)

        return self._taken_back(await self._store.retract(key, asker.server, make, audit))

    async def mine(self, asker: Asker) -> str:
        """Return what somebody entered last, each with its posts."""
        now = self._clock.now()
        rows = [
            (stored.id, stored.state.value, in_short(stored.entry, contest, self._setting, now), numbers)
            for stored, numbers in await self._store.of_user(asker.server, asker.user)
            if (contest := self._setting.desk.contest(stored.entry.contest))
        ]
        return mine_answer(rows)

    async def picture(self, asker: Asker, key: int) -> Evidence:
        """Return the picture that goes with an entry.

        Raises:
            BadInputError: there is none.

        """
        found = await self._store.evidence(key, asker.server)
        if found is None:
            raise BadInputError(f"no picture goes with an entry {key} of this server")
        return found

    def _read_of(self, contest: Contest, text: str, at: datetime, source: str | None, link: str | None) -> Entry:
        read = understood(text, self._setting.desk, contest.id)
        pieces = pieces_of([*read.claims, *read.words], contest, at, self._setting.desk.zone)
        leftovers = tuple(sentence[:300] for sentence in read.leftovers[:20])
        return Entry(
            contest=contest.id, source=source, as_of=at, pieces=pieces, text=text, leftovers=leftovers, link=link,
            strangers=tuple(stranger[:MOST_WORDS] for stranger in read.strangers[:MOST_PIECES]),
        )  # fmt: skip

    async def _followed(self, server: int) -> list[Contest]:
        rows = await self._desk_store.following(server)
        wanted = {row.contest for row in rows}
        return [contest for contest in self._setting.desk.contests if contest.id in wanted]

    async def _begin(self, asker: Asker, entry: Entry, evidence: Evidence | None = None) -> EntryCard:
        now = self._clock.now()
        stored = await self._store.begin(entry, asker.server, asker.user, asker.name, now, evidence)
        return await self._card(stored)

    async def _change(self, asker: Asker, key: int, change: Callable[[Entry], Entry]) -> EntryCard:
        return await self._card(await self._store.change(key, asker.server, asker.user, change))

    async def _card(self, stored: StoredEntry) -> EntryCard:
        entry, contest = stored.entry, self._contest(stored.entry.contest)
        consequences, wrong = None, None
        if not entry.needs_source:
            try:
                consequences = await self._preview(stored)
            except (ValueError, BadInputError) as error:
                wrong = refused(error)
        others = [one for one in await self._followed(stored.server) if one is not contest] if entry.text else []
        return draft_card(
            stored.id, entry, contest, consequences, self._sources(await led(contest, stored.server, self._setting.desk, self._desk_store)), others, self._setting, self._clock.now(),
            second=await self._store.asks_two(stored.server), wrong=wrong,
        )  # fmt: skip

    def _sources(self, contest: Contest) -> list[Source]:
        """Return whose word it may be: people first, and the feed that leads last."""
        return sorted(self._setting.desk.sources, key=lambda source: (not source.person, source.id == contest.leads))

    async def _preview(self, stored: StoredEntry) -> Consequences:
        prepared = self._prepare(stored)
        taken = await self._store.preview(prepared, stored.server, self._clock.now())
        statements = [one.statement for one in prepared]
        return consequences_of(taken, statements, stored.server, self._setting.desk, numbered=False)

    def _prepare(self, stored: StoredEntry, confirmed_by: str | None = None) -> list[Prepared]:
        try:
            statements = stored.entry.statements(stored.entered_by, confirmed_by)
        except ValueError as error:
            raise BadInputError(_plainly(error)) from None
        return [self._statements.prepared(one, stored.server, stored.entered_by) for one in statements]

    def _entered(self, entered: Entered) -> EntryCard:
        entry = entered.stored.entry
        said = entry.statements(entered.stored.entered_by)
        consequences = consequences_of(entered.taken, said, entered.stored.server, self._setting.desk, numbered=True)
        until = datetime.fromtimestamp(self._wall(), UTC) + UNDO
        return entered_card(entered.stored.id, consequences, whose_word(entry, self._setting.desk), until)

    def _taken_back(self, replaced: Sequence[Replaced]) -> str:
        if replaced:
            self._wake(joined(*(one.wake for one in replaced)))
        return retraction_answer(
            max((one.channels for one in replaced), default=0),
            sum(one.dropped for one in replaced),
            max((one.unfound for one in replaced), default=0),
            sum(one.late for one in replaced),
        )

    def _contest(self, key: str) -> Contest:
        contest = self._setting.desk.contest(key)
        if contest is None:
            raise BadInputError(f"{key[:60]}: the desk file no longer has that contest")
        return contest


def known_source(desk: Desk, source: str | None) -> str | None:
    """Return a source's id as it was typed or chosen; None where it is to be said later.

    Raises:
        BadInputError: the desk file has none of that id.

    """
    if source is not None and desk.source(source) is None:
        raise BadInputError(f"{source[:60]}: the desk file has no such source; choose one from the list")
    return source


def _calls(entry: Entry) -> tuple[Piece, ...]:
    return tuple(piece for piece in entry.kept if piece.call is not None)


def _plainly(error: ValueError) -> str:
    """Return why statements can't be made of an entry, in a few words; pydantic's own would be many."""
    errors = getattr(error, "errors", None)
    return str(errors()[0]["msg"]).removeprefix("Value error, ") if errors else str(error)
