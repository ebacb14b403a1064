"""A draft of an entry is changed until it says what is to be entered: by its lists, its buttons, its forms."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from bot.cards.entry import EntryCard
from bot.cards.entry_choices import asked_name
from bot.cards.entry_lines import whose_word
from bot.cards.facts import Setting
from bot.clock import Clock
from bot.count.entry import Entry, Piece
from bot.counties import county_of
from bot.errors import BadInputError
from bot.service.asker import Asker
from bot.service.entering import Form, read_of
from bot.service.entry_cards import EntryCards
from bot.service.mending import Kind, MendForm, form_of, typed_figures, with_figures, with_words
from bot.store.entries import EntryStore
from bot.store.stored_entry import EntryState, StoredEntry, owned

STALE = timedelta(hours=24)
"""After so long a draft can't be entered any more: what was true a day ago is to be looked at anew."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A form over an entry, filled in."""

    form: Form | MendForm
    seen: Entry
    """The entry that it was filled in from; sent over another it would say what nobody has looked at."""


class Drafts:
    """Changes entries that are not entered yet."""

    def __init__(self, store: EntryStore, cards: EntryCards, setting: Setting, clock: Clock) -> None:
        """Change what is in `store`, and show it with `cards`."""
        self._store = store
        self._cards = cards
        self._setting = setting
        self._clock = clock

    async def unit(self, asker: Asker, key: int, chosen: str) -> EntryCard:
        """Say which county the first name is that is none for certain; anything but a county leaves it out.

        Raises:
            BadInputError: the choice (see `asked_name`) is of another name.

        """
        fips, _, name = chosen.partition(":")

        def change(entry: Entry) -> Entry:
            contest = self._cards.contest(entry.contest)
            if not entry.unmatched or name != asked_name(entry):
                raise BadInputError(f"which {contest.unit} that name is, is said already")
            found = county_of(contest.state or "", fips)
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
            return read_of(
                self._cards.contest(contest), self._setting.desk, entry.text, entry.as_of, entry.source, entry.link
            )

        return await self._change(asker, key, change)

    async def leader(self, asker: Asker, key: int, place: int) -> EntryCard:
        """Say who leads, by the place in the desk file, where the text does not."""

        def change(entry: Entry) -> Entry:
            candidates = self._cards.contest(entry.contest).candidates
            leader = candidates[place].id if place < len(candidates) else None
            pieces = tuple(
                piece.model_copy(update={"leader": leader}) if piece.lacks_leader else piece for piece in entry.pieces
            )
            return entry.model_copy(update={"pieces": pieces})

        return await self._change(asker, key, change)

    async def filled(self, asker: Asker, key: int) -> Opened:
        """Return what the form has in it when an entry is mended: that of a tally, or of what is said in words.

        Raises:
            BadInputError: two of what is kept are one figure, and the form has a field for each figure once; or it is
                no draft of theirs, or an old one.

        """
        stored = owned(await self._store.read(key, asker.server), asker.user, EntryState.DRAFT)
        refuse_old(stored, self._clock.now())
        contest = self._cards.contest(stored.entry.contest)
        form = form_of(stored.entry, contest) or Form(**typed_figures(stored.entry, contest))
        return Opened(form, stored.entry)

    async def mend(self, asker: Asker, key: int, form: Form, as_of: datetime | None, seen: Entry) -> EntryCard:
        """Take what the form says instead of what was kept; the words that it was read in stay beside it.

        Raises:
            BadInputError: a field can't be read, or the entry was changed since the form was filled in from `seen`.

        """

        def change(entry: Entry) -> Entry:
            _refuse_changed(entry, seen)
            return with_figures(entry, self._cards.contest(entry.contest), asdict(form), as_of)

        return await self._change(asker, key, change)

    async def mend_words(
        self, asker: Asker, key: int, kind: Kind, typed: Sequence[str], as_of: datetime | None, seen: Entry
    ) -> EntryCard:
        """Take what a form says of counties, of a call or of a change instead of what was kept.

        Raises:
            BadInputError: as `mend`.

        """

        def change(entry: Entry) -> Entry:
            _refuse_changed(entry, seen)
            source = whose_word(entry.model_copy(update={"pieces": _calls(entry)}), self._setting.desk)
            return with_words(entry, self._cards.contest(entry.contest), source, kind, typed, as_of)

        return await self._change(asker, key, change)

    async def drop(self, asker: Asker, key: int) -> EntryCard:
        """Give a draft up."""
        await self._store.drop(key, asker.server, asker.user, asker.name, self._clock.now())
        return EntryCard("Dropped. Nothing was entered.")

    async def _change(self, asker: Asker, key: int, change: Callable[[Entry], Entry]) -> EntryCard:
        now = self._clock.now()

        def work(stored: StoredEntry) -> Entry:
            refuse_old(stored, now)
            return change(stored.entry)

        return await self._cards.card(await self._store.change(key, asker.server, asker.user, work))


def refuse_old(stored: StoredEntry, now: datetime) -> None:
    """Refuse what was begun so long ago that it may not be true any more."""
    if now - stored.begun_at > STALE:
        first = "reject it, and let it be read" if stored.state is EntryState.ASKED else "read it"
        raise BadInputError(f"that was begun over a day ago; {first} anew, so that nothing old goes out as new")


def _refuse_changed(entry: Entry, seen: Entry) -> None:
    """Refuse a form that was filled in from another state of the entry than it has now."""
    if (entry.contest, entry.pieces, entry.unmatched) != (seen.contest, seen.pieces, seen.unmatched):
        raise BadInputError(
            "the entry was changed since this form was opened, so nothing of the form was kept; press Mend again"
        )


def _calls(entry: Entry) -> tuple[Piece, ...]:
    return tuple(piece for piece in entry.kept if piece.call is not None)
