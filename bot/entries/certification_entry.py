"""Entries about certification: a count of counties, counties by name, or the results as a whole.

County names can be pasted as a list.
"""

from datetime import datetime

from bot.clock import Clock
from bot.count.certification import ResultsCertified
from bot.count.entry import Entry, Piece
from bot.count.reading import Pair
from bot.desk.counties import counties_of
from bot.desk.desk_file import Contest
from bot.entries.drafts import Entering, known_source
from bot.entries.edit_form import typed_line
from bot.errors import BadInputError
from bot.outbox.proposals_store import Asker
from bot.prose.county_list import typed_count
from bot.prose.form import BY_NAME, typed_units
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.states import STATES


class CertificationEntry:
    """Starts drafts of entries about certification."""

    def __init__(self, entering: Entering, setting: Setting, clock: Clock) -> None:
        """Create the service for certifications, which begins entries with `entering`."""
        self._entering = entering
        self._setting = setting
        self._clock = clock

    async def add(
        self,
        asker: Asker,
        contest: Contest,
        typed: str,
        *,
        source: str | None = None,
        own: bool = False,
        as_of: datetime | None = None,
    ) -> Card:
        """Begin an entry from a typed count ("92 of 159") or from typed county names, and return the entry's card.

        `own`: the counties announced their certification themselves. `as_of` is when the count or the list was true;
        None for now.

        Raises:
            BadInputError: the text is neither, the source is unknown, or the contest's units have no known names.
        """
        piece, unmatched = typed_certified(contest, typed, own=own)
        return await self._begin(asker, contest, source, as_of, piece, unmatched)

    async def back(
        self,
        asker: Asker,
        contest: Contest,
        typed: str,
        why: str,
        *,
        source: str | None = None,
        own: bool = False,
        as_of: datetime | None = None,
    ) -> Card:
        """Begin an entry saying that counties withdrew their certification, and return the entry's card.

        `typed` has the counties' names, and `why` the reason. `own`: the counties announced it themselves.

        Raises:
            BadInputError: as `add`.
        """
        piece, unmatched = typed_units(contest, typed)
        if piece is None:
            raise BadInputError(f"{typed[:80]}: no match for a {contest.unit}")
        certified = piece.model_copy(update={"own": own, "taken_back": True, "reason": typed_line(why)})
        return await self._begin(asker, contest, source, as_of, Piece(units_certified=certified), unmatched)

    async def results(
        self,
        asker: Asker,
        contest: Contest,
        *,
        taken_back: bool,
        source: str | None = None,
        as_of: datetime | None = None,
        why: str | None = None,
    ) -> Card:
        """Begin an entry saying that the results as a whole are certified, and return the entry's card.

        With `taken_back`, the entry says that the certification was withdrawn, and `why` has the reason.
        """
        certified = ResultsCertified(taken_back=taken_back, reason=typed_line(why) if why else None)
        return await self._begin(asker, contest, source, as_of, Piece(results_certified=certified))

    async def _begin(
        self,
        asker: Asker,
        contest: Contest,
        source: str | None,
        as_of: datetime | None,
        piece: Piece,
        unmatched: tuple[str, ...] = (),
    ) -> Card:
        entry = Entry(
            contest=contest.id,
            source=known_source(self._setting.desk, source),
            as_of=as_of or self._clock.now(),
            pieces=(piece,),
            unmatched=unmatched,
        )
        return await self._entering.begin(asker, entry)


def typed_certified(contest: Contest, typed: str, *, own: bool) -> tuple[Piece, tuple[str, ...]]:
    """Read a typed count or county names. Returns the piece, and the names that match no county.

    Raises:
        BadInputError: as `CertificationEntry.add`.
    """
    count = typed_count(typed, len(counties_of(contest.state)) or None if contest.state else None)
    if count is not None:
        if own:
            raise BadInputError("a count can't be the counties' own announcement; name the counties")
        return _counted(contest, count), ()
    piece, unmatched = typed_units(contest, typed)
    if piece is None:
        raise BadInputError(f"{typed[:80]}: no match for a {contest.unit}, and no count such as 92 of 159")
    return Piece(units_certified=piece.model_copy(update={"own": own})), unmatched


def _counted(contest: Contest, count: Pair) -> Piece:
    done, of = count
    known = len(counties_of(contest.state)) if contest.state and contest.unit in BY_NAME else None
    if done > of or (known is not None and of > known):
        all_of_them = (
            f"; there are {known} in {STATES.get(contest.state or '', contest.state)}" if known is not None else ""
        )
        raise BadInputError(f"{done} of {of} {contest.units} can't be{all_of_them}")
    return Piece(certified=count)
