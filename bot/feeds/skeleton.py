"""The one way through every reader of a feed: bytes, the vendor's own typed model, readings; refusals by contest.

A format is a file with two functions, `read = reader(NAME, find, read_contest)` of them, and its `FORMAT`:

- `find(stream, context)` takes the file apart, and yields each contest as (its own key, its name, the contest, its words).
  A file that is none of its vendor's it refuses before anything is yielded. What of a file can't be used and is no
  contest's it may yield as a Refusal.
- `read_contest(contest, key, context)` returns the reading of one, made by `reading_of`; None for a contest in which
  nobody stands, or without a vote yet. What it refuses costs that contest alone.

Contests in a JSON list are made into a model each by `json_contests`. Loops over candidates and units are plain ones:
they take a third of the time of zip, map and comprehensions.

A contest without a key is refused here, and so is one that has an earlier one's key and differs from it; one that
repeats an earlier one word for word is dropped.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, BinaryIO, TypeAlias, TypeVar

from bot.count.reading import UNDERWAY, Reading, Reporting, Status, Unit
from bot.errors import BadInputError
from bot.feeds.ballot import Ballot, checked_label, key_of, label
from bot.feeds.reader import Reader, ReaderContext, Refusal, plain, quoted, shortened
from bot.feeds.strict_json import VendorModel, shaped
from bot.feeds.vote_types import ByType, refuse_above

Contest = TypeVar("Contest")

Found: TypeAlias = tuple[object, object, Contest | BadInputError, object]
"""(its own key, its name, the contest, its words): key and name as the file has them, of whatever kind; in place of the
contest, why it is refused. The words are what two contests of one key are compared by."""

Find: TypeAlias = Callable[[BinaryIO, ReaderContext], Iterable[Found[Contest] | Refusal]]

ReadContest: TypeAlias = Callable[[Contest, str, ReaderContext], Reading | None]

TWICE = "is there twice, and the second differs from the first"


def reader(name: str, find: Find[Contest], read_contest: ReadContest[Contest]) -> Reader:
    """Return the reader of the format called `name`, made of its two functions."""

    def read(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
        context = replace(context, source=context.source or name, as_of=context.as_of_utc)
        seen: dict[str, object] = {}
        try:
            for number, found in enumerate(find(stream, context), start=1):
                if isinstance(found, Refusal):
                    yield found
                    continue
                own, called, contest, words = found
                key = key_of(own) if isinstance(own, str) else ""
                if not key or key in seen:
                    yield from _left_out(number, key, found, seen, context)
                    continue
                seen[key] = words
                try:
                    if isinstance(contest, BadInputError):
                        raise contest
                    item = read_contest(contest, key, context)
                except BadInputError as error:
                    yield refused(str(error), key, called, context)
                else:
                    if item is None:
                        context.unvoted.append(key)
                    else:
                        yield item
        except BadInputError as error:
            raise BadInputError(f"{context.name}: {plain(str(error))}") from None

    return read


def _left_out(
    number: int, key: str, found: Found[Any], seen: Mapping[str, object], context: ReaderContext
) -> Iterator[Refusal]:
    """Yield why a contest without a key is refused, or one that has an earlier one's key; nothing where it repeats that."""
    own, called, _, words = found
    if not key:
        what = f"contest {number} of the file: its key should be text, not {quoted(own)}"
        yield Refusal(context.name, what)
    elif seen[key] != words:
        yield refused(TWICE, key, called, context)


Shape = TypeVar("Shape", bound=VendorModel)

Said = TypeVar("Said")

Named: TypeAlias = Callable[[Mapping[str, Any]], tuple[object, object]]
"""Returns a contest's own key and its name, as JSON has them: also of one that has not its shape."""


def json_contests(
    listed: object,
    shape: type[Shape],
    named: Named,
    said: Said,
    context: ReaderContext,
    what: str = "the contests",
) -> Iterator[Found[tuple[Said, Shape]] | Refusal]:
    """Yield each contest of a JSON list, as `find` does, with what the file says of every contest alike.

    Raises:
        BadInputError: it is no list; `what` says what it was to be.

    """
    for number, value in enumerate(shaped(listed, list[Any], what), start=1):
        if not isinstance(value, dict):
            yield Refusal(context.name, f"contest {number} of the file: should be an object, not {quoted(value)}")
            continue
        try:
            contest: tuple[Said, Shape] | BadInputError = said, shaped(value, shape)
        except BadInputError as error:
            contest = error
        yield *named(value), contest, value


def refused(what: str, key: str, name: object, context: ReaderContext) -> Refusal:
    """Return a contest's refusal."""
    return Refusal(context.name, what, key, plain(shortened(" ".join(name.split()))) if isinstance(name, str) else None)


def reading_of(
    context: ReaderContext,
    contest: str,
    ballot: Ballot,
    votes: Sequence[int],
    *,
    name: str | None = None,
    as_of: datetime | None = None,
    day: date | None = None,
    total: int | None = None,
    status: Status | None = None,
    count: str = "election",
    reporting: Reporting | None = None,
    by_type: ByType | None = None,
    units: dict[str, Unit] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Reading | None:
    """Return a contest's reading; None where nobody stands.

    Args:
        context: of the file; its source is the format's name where nobody says otherwise.
        contest: the feed's own key as a slug.
        ballot: who stands.
        votes: in the ballot's order; those of what was not voted are left out of the reading, of its types and its units too.
        name: the contest's, as the file has it; empty is unsaid.
        as_of: the feed's own time; None: it gives none, and the context's is taken.
        day: the election's; a reading of before it has the status `pre-election`, whatever the feed says.
        total: all votes, None where the feed does not say.
        status: as the feed has it.
        count: as in the reading, and so are
        reporting: …
        by_type: …
        units: …
        more: … and what else a reading has, by its fields; all of it checked, as the model of the file does.

    Raises:
        BadInputError: the name is no plain text, the total is below the sum of the votes, or a candidate has more votes of
            one type than in all.

    """
    if not ballot.names:
        return None
    voted: dict[str, int] = {}
    for place, one in enumerate(ballot.ids):  # which takes two thirds of the time of a zip
        voted[one] = votes[place]
    if ballot.nobodys:
        voted, total, by_type = _voted(ballot.nobodys, voted, total, by_type)
        units = units and {name: _unit_voted(ballot.nobodys, unit) for name, unit in units.items()}
    if total is not None and total < (cast := sum(voted.values())):
        raise BadInputError(f"total {total} is below the sum of the votes, {cast}")
    if by_type:
        refuse_above(by_type, voted)
    reading = Reading(  # of more than 15 arguments Python makes a dict first, which takes twice as long as all of this
        source=context.source or "",
        contest=contest,
        contest_name=checked_label(called, "name") if (called := label(name or "")) else None,
        as_of=(moment := as_of or context.as_of),
        as_of_is=None if as_of else context.as_of_is,
        votes=voted,
        names=ballot.names,
        parties=ballot.parties or None,
        total=total,
        status="pre-election" if day and is_before(moment, day) else status,
        count=count,
        reporting=reporting,
        by_type=by_type,
        units=units,
    )
    return reading.model_copy(update=more) if more else reading


Votes = TypeVar("Votes", dict[str, int], dict[str, int] | None)


def _voted(
    nobodys: frozenset[str], votes: Votes, total: int | None, by_type: ByType | None
) -> tuple[Votes, int | None, ByType | None]:
    """Return votes, total and votes by type without what was not voted.

    A total that may have it counted in is none of the votes, and left out.
    """
    if votes and total is not None and total >= sum(votes.values()) > sum(_named(nobodys, votes).values()):
        total = None
    types = {kind: left for kind, of in (by_type or {}).items() if (left := _named(nobodys, of))}
    return _named(nobodys, votes) if votes else votes, total, types or None


def _named(nobodys: frozenset[str], votes: Mapping[str, int]) -> dict[str, int]:
    return {one: cast for one, cast in votes.items() if one not in nobodys}


def _unit_voted(nobodys: frozenset[str], unit: Unit) -> Unit:
    votes, total, by_type = _voted(nobodys, unit.votes, unit.total, unit.by_type)
    return unit.model_copy(update={"votes": votes or None, "total": total, "by_type": by_type})


def moment_of(stamp: str, what: str) -> datetime:
    """Return an ISO 8601 time in UTC.

    Raises:
        BadInputError: it is none, or has no zone; `what` says what it was to be.

    """
    try:
        moment = datetime.fromisoformat(stamp)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    why = "has no zone" if moment else "is no time"
    raise BadInputError(f"{what} {why}: {quoted(stamp)}; it should be such as 2026-11-03T21:14:00-05:00")


def day_of(stamp: str | None, what: str) -> date | None:
    """Return an ISO 8601 day; None for None.

    Raises:
        BadInputError: it is none; `what` says what it was to be.

    """
    try:
        return None if stamp is None else date.fromisoformat(stamp[: len("2026-11-03")])
    except ValueError:
        raise BadInputError(f"{what} should be a day such as 2026-11-03, not {quoted(stamp)}") from None


def is_before(moment: datetime, day: date) -> bool:
    """Return True of a time at which nobody in the country has counted anything yet of the election on `day`."""
    return (moment - UNDERWAY).date() < day
