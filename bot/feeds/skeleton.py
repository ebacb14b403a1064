"""The one way through every reader of a feed: bytes, the vendor's own typed model, readings; refusals by contest.

A format is a file with two functions, and `read = reader(FORMAT, find, read_contest)` of them:

- `find(stream, context)` parses the whole, and yields each contest as (its own key, its name, the contest). What can't
  be parsed it refuses before anything is yielded. What is wrong with the file and is no contest's it may yield as a
  Refusal.
- `read_contest(contest, key, context)` returns the reading of one, made by `reading_of`; None for a contest without a
  choice, or without a vote yet. What it refuses costs that contest alone.

A contest without a key is refused here, and so is one that has an earlier one's key and differs from it; one that
repeats an earlier one word for word is dropped.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO, TypeAlias, TypeVar

from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds.ballot import Ballot, checked_label, label, slug
from bot.feeds.reader import Reader, ReaderContext, Refusal, plain, quoted, shortened

Contest = TypeVar("Contest")


Found: TypeAlias = tuple[object, object, Contest]
"""(its own key, its name, the contest): as the file has them, of whatever kind."""


Find: TypeAlias = Callable[[BinaryIO, ReaderContext], Iterable[Found[Contest] | Refusal]]


ReadContest: TypeAlias = Callable[[Contest, str, ReaderContext], Reading | None]


TWICE = "is there twice, and the second differs from the first"


def reader(name: str, find: Find[Contest], read_contest: ReadContest[Contest]) -> Reader:
    """Return the reader of the format called `name`, made of its two functions."""

    def read(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
        context = context if context.source else replace(context, source=name)
        try:
            yield from _each(find(stream, context), read_contest, context)
        except BadInputError as error:
            raise BadInputError(f"{context.name}: {plain(str(error))}") from None

    return read


def _each(
    contests: Iterable[Found[Contest] | Refusal], read_contest: ReadContest[Contest], context: ReaderContext
) -> Iterator[Reading | Refusal]:
    seen: dict[str, Contest] = {}
    number = 0
    for found in contests:
        if isinstance(found, Refusal):
            yield found
            continue
        number += 1
        own, name, contest = found
        key = slug(own) if isinstance(own, str) else ""
        if not key:
            yield Refusal(context.name, f"contest {number} of the file: its key should be text, not {quoted(own)}")
        elif key not in seen:
            seen[key] = contest
            yield from read_one(read_contest, contest, key, name, context)
        elif seen[key] != contest:
            yield refused(TWICE, key, name, context)


def read_one(
    read_contest: ReadContest[Contest], contest: Contest, key: str, name: object, context: ReaderContext
) -> Iterator[Reading | Refusal]:
    """Yield a contest's reading, or why it is refused; nothing where there is nothing to tell yet."""
    try:
        reading = read_contest(contest, key, context)
    except BadInputError as error:
        yield refused(str(error), key, name, context)
    else:
        if reading is not None:
            yield reading


def refused(what: str, key: str, name: object, context: ReaderContext) -> Refusal:
    """Return a contest's refusal."""
    return Refusal(context.name, what, key, shortened(" ".join(name.split())) if isinstance(name, str) else None)


def reading_of(
    context: ReaderContext,
    contest: str,
    ballot: Ballot,
    votes: Sequence[int],
    *,
    name: str | None = None,
    as_of: datetime | None = None,
    total: int | None = None,
    **said: Any,  # noqa: ANN401 - the other fields of a reading
) -> Reading:
    """Return a contest's reading.

    Args:
        context: of the file; its source is the format's name where nobody says otherwise.
        contest: the feed's own key as a slug.
        ballot: who stands.
        votes: in the ballot's order.
        name: the contest's, as the file has it; empty is unsaid.
        as_of: the feed's own time; None: it gives none, and the context's is taken.
        total: all votes, None where the feed does not say.
        said: more fields of the reading, checked as the model of the file checks them.

    Raises:
        BadInputError: the name is no plain text, or the total is below the sum of the votes.

    """
    called = label(name) if name else None
    if total is not None and total < (cast := sum(votes)):
        raise BadInputError(f"total {total} is below the sum of the votes, {cast}")
    return Reading(
        source=context.source or "",
        contest=contest,
        contest_name=checked_label(called, "name") if called else None,
        as_of=as_of or context.as_of_utc,
        as_of_is=None if as_of else context.as_of_is,
        votes=dict(zip(ballot.ids, votes, strict=True)),
        names=dict(ballot.names),
        parties=dict(ballot.parties) or None,
        total=total,
        **said,
    )
