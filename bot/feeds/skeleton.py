"""The common frame of all readers, from bytes to the vendor's own models to readings.

Bad contests are refused one by one. A format is a module with two functions, the reader made of them, `read =
reader(NAME, find, read_contest)`, and a `FORMAT`:

- `find(stream, context)` splits a file into contests, and yields each as (key, name, contest, content). If the file is not
  the vendor's, it raises BadInputError before it yields anything. For a bad part that belongs to no contest, it yields a Refusal.
- `read_contest(contest, key, context)` returns a contest's reading, made by `reading_of`, or None if the contest has no
  candidates or no votes yet. If it raises BadInputError, only that contest is refused.

`json_contests` makes models of the contests in a JSON list. Loops over candidates and units are plain loops, which
take a third of the time of zip, map and comprehensions.

The frame refuses a contest that has no key, or the key of an earlier contest from which it differs. An exact
repetition of an earlier contest is dropped.
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

FeedContest: TypeAlias = tuple[object, object, Contest | BadInputError, object]
"""A contest in a file: (key, name, contest, content). Key and name are unchecked, of whatever type the file has. In
place of a bad contest there is the error. Two contests with one key are the same if their contents are equal.
"""

Find: TypeAlias = Callable[[BinaryIO, ReaderContext], Iterable[FeedContest[Contest] | Refusal]]

ReadContest: TypeAlias = Callable[[Contest, str, ReaderContext], Reading | None]

TWICE = "is there twice, and the second differs from the first"


def reader(name: str, find: Find[Contest], read_contest: ReadContest[Contest]) -> Reader:
    """Return the reader of the format called `name`, built from the format's two functions."""

    def read(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
        context = replace(context, source=context.source or name, as_of=context.as_of_utc)
        seen: dict[str, object] = {}
        try:
            for number, found in enumerate(find(stream, context), start=1):
                if isinstance(found, Refusal):
                    yield found
                    continue
                own_key, called, contest, content = found
                key = key_of(own_key) if isinstance(own_key, str) else ""
                if not key or key in seen:
                    yield from _refuse_duplicate(number, key, found, seen, context)
                    continue
                seen[key] = content
                try:
                    if isinstance(contest, BadInputError):
                        raise contest
                    item = read_contest(contest, key, context)
                except BadInputError as error:
                    yield refused(str(error), key, called, context)
                else:
                    if item is None:
                        context.no_votes_yet.append(key)
                    else:
                        yield item
        except BadInputError as error:
            raise BadInputError(f"{context.name}: {plain(str(error))}") from None

    return read


def _refuse_duplicate(
    number: int, key: str, found: FeedContest[Any], seen: Mapping[str, object], context: ReaderContext
) -> Iterator[Refusal]:
    """Yield a refusal if a contest has no key, or a key that an earlier contest has.

    Nothing is yielded if the contest repeats the earlier one exactly.
    """
    own_key, called, _, content = found
    if not key:
        what = f"contest {number} of the file: its key should be text, not {quoted(own_key)}"
        yield Refusal(context.name, what)
    elif seen[key] != content:
        yield refused(TWICE, key, called, context)


Shape = TypeVar("Shape", bound=VendorModel)

Header = TypeVar("Header")

KeyAndName: TypeAlias = Callable[[Mapping[str, Any]], tuple[object, object]]
"""Returns the key and the name of a contest in JSON, unchecked, since the contest may not be valid."""


def json_contests(
    listed: object,
    shape: type[Shape],
    key_and_name: KeyAndName,
    header: Header,
    context: ReaderContext,
    what: str = "the contests",
) -> Iterator[FeedContest[tuple[Header, Shape]] | Refusal]:
    """Yield each contest in a JSON list, in the form that a format's `find` yields.

    Args:
        listed: the list, unchecked.
        shape: the model of a contest.
        key_and_name: returns a contest's key and name.
        header: the file's fields that apply to all contests. It is yielded with each contest.
        context: the context of the file.
        what: the list's name in errors.

    Raises:
        BadInputError: `listed` is not a list.

    """
    for number, value in enumerate(shaped(listed, list[Any], what), start=1):
        if not isinstance(value, dict):
            yield Refusal(context.name, f"contest {number} of the file: should be an object, not {quoted(value)}")
            continue
        try:
            contest: tuple[Header, Shape] | BadInputError = header, shaped(value, shape)
        except BadInputError as error:
            contest = error
        yield *key_and_name(value), contest, value


def refused(what: str, key: str, name: object, context: ReaderContext) -> Refusal:
    """Return a record that the contest `key` in a file can't be used, with the reason `what`.

    `name` is the contest's name as in the file, which need not be text. `context` has the name of the file.
    """
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
    """Return a contest's reading, or None if the contest has no candidates.

    Residual choices, such as undervotes, are removed from the votes, the vote types and the units.

    Args:
        context: the context of the file.
        contest: the feed's key of the contest, as a slug.
        ballot: the contest's choices.
        votes: each choice's votes, in the ballot's order.
        name: the contest's name as in the file; None or empty if it has none.
        as_of: the feed's own time; if None, the context's time is used.
        day: election day. A reading from before it gets the status `pre-election`, whatever the feed says.
        total: the feed's total of all votes, or None.
        status: the feed's results status, or None.
        count: which count it is: `election` or `recount`.
        reporting: how much has reported, or None.
        by_type: votes by type and candidate, or None.
        units: the reporting units by name, or None.
        more: values of further fields of the reading. They are not checked, so they have to be valid.

    Raises:
        BadInputError: the name is not plain text, the total is below the sum of the votes, or a candidate has
            more votes of one type than in total.

    """
    if not ballot.names:
        return None
    voted: dict[str, int] = {}
    for place, one in enumerate(ballot.ids):  # two thirds of the time of a zip
        voted[one] = votes[place]
    if ballot.residual:
        voted, total, by_type = _votes_without_residual(ballot.residual, voted, total, by_type)
        units = units and {name: _unit_without_residual(ballot.residual, unit) for name, unit in units.items()}
    if total is not None and total < (cast := sum(voted.values())):
        raise BadInputError(f"total {total} is below the sum of the votes, {cast}")
    if by_type:
        refuse_above(by_type, voted)
    reading = Reading(  # at most 15 arguments: with more, Python makes a dict of them first, which doubles the time
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


def _votes_without_residual(
    residual: frozenset[str], votes: Votes, total: int | None, by_type: ByType | None
) -> tuple[Votes, int | None, ByType | None]:
    """Return votes, total and votes by type without the residual choices.

    The total becomes None if it may include the residual choices' numbers.
    """
    if votes and total is not None and total >= sum(votes.values()) > sum(_without_residual(residual, votes).values()):
        total = None
    types = {kind: left for kind, of in (by_type or {}).items() if (left := _without_residual(residual, of))}
    return _without_residual(residual, votes) if votes else votes, total, types or None


def _without_residual(residual: frozenset[str], votes: Mapping[str, int]) -> dict[str, int]:
    return {one: cast for one, cast in votes.items() if one not in residual}


def _unit_without_residual(residual: frozenset[str], unit: Unit) -> Unit:
    votes, total, by_type = _votes_without_residual(residual, unit.votes, unit.total, unit.by_type)
    return unit.model_copy(update={"votes": votes or None, "total": total, "by_type": by_type})


def moment_of(stamp: str, what: str) -> datetime:
    """Parse an ISO 8601 time, and return it in UTC.

    Raises:
        BadInputError: the text is not a time, or has no zone. `what` is its name in the error.

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
    """Parse an ISO 8601 day, or the day of an ISO 8601 time. None gives None.

    Raises:
        BadInputError: the text is not a day. `what` is its name in the error.

    """
    try:
        return None if stamp is None else date.fromisoformat(stamp[: len("2026-11-03")])
    except ValueError:
        raise BadInputError(f"{what} should be a day such as 2026-11-03, not {quoted(stamp)}") from None


def is_before(moment: datetime, day: date) -> bool:
    """Return True if `moment` is before counting can begin anywhere in the country for an election on `day`."""
    return (moment - UNDERWAY).date() < day
