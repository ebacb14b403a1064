"""Staff begin to enter what no feed says yet: read in a text, typed into a form; and look up what they entered."""

from dataclasses import dataclass
from datetime import datetime

from bot.cards.entry import EntryCard, mine_answer, nothing_read
from bot.cards.entry_lines import in_short
from bot.cards.facts import Setting
from bot.clock import Clock
from bot.count.entry import MOST_PIECES, MOST_TEXT, MOST_WORDS, Entry, Piece
from bot.deskfile import Contest, Desk
from bot.errors import BadInputError
from bot.prose.claim import Understood
from bot.prose.form import piece_of
from bot.prose.pieces import pieces_of
from bot.prose.reader import understood
from bot.service.asker import Asker
from bot.service.entry_cards import EntryCards
from bot.store.entries import EntryStore
from bot.store.stored_entry import Evidence

LARGEST_PICTURE = 8 * 1024 * 1024
"""Bytes of a picture that is kept with an entry."""


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
    """Begins entries, and shows them."""

    def __init__(self, store: EntryStore, cards: EntryCards, setting: Setting, clock: Clock) -> None:
        """Keep entries in `store`, and show them with `cards`."""
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
        asked = [contest] if contest else await self._cards.followed(asker.server)
        best: Entry | None = None
        for one in asked:
            entry = read_of(one, self._setting.desk, shown, at, source, link)
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

    async def mine(self, asker: Asker) -> str:
        """Return what somebody entered last, each with its posts."""
        now = self._clock.now()
        rows = [
            (
                stored.id,
                "retracted" if retracted else stored.state.value,
                in_short(stored.entry, contest, self._setting, now),
                numbers,
            )
            for stored, numbers, retracted in await self._store.of_user(asker.server, asker.user)
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

    async def _begin(self, asker: Asker, entry: Entry, evidence: Evidence | None = None) -> EntryCard:
        now = self._clock.now()
        stored = await self._store.begin(entry, asker.server, asker.user, asker.name, now, evidence)
        return await self._cards.card(stored)


def read_of(contest: Contest, desk: Desk, text: str, at: datetime, source: str | None, link: str | None) -> Entry:
    """Return what a text claims of a contest, as an entry."""
    read = understood(text, desk, contest.id)
    pieces = pieces_of([*read.claims, *read.words], contest, at, desk.zone)
    leftovers = tuple(sentence[:300] for sentence in read.leftovers[:20])
    return Entry(
        contest=contest.id, source=source, as_of=at, pieces=pieces, text=text, leftovers=leftovers, link=link,
        strangers=tuple(stranger[:MOST_WORDS] for stranger in read.strangers[:MOST_PIECES]),
    )  # fmt: skip


def known_source(desk: Desk, source: str | None) -> str | None:
    """Return a source's id as it was typed or chosen; None where it is to be said later.

    Raises:
        BadInputError: the desk file has none of that id.

    """
    if source is not None and desk.source(source) is None:
        raise BadInputError(f"{source[:60]}: the desk file has no such source; choose one from the list")
    return source
