"""Sentences about a feed that reports a figure the desk had entered before.

Example: "Our reporter had Biden ahead by 917 at 4:27 a.m. (#14).".
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from bot.count.statement import Figure, Statement
from bot.desk.desk_file import Source
from bot.wording.context import ContestContext, Setting, may_be_named, source_name
from bot.wording.escape import capitalised, stopped
from bot.wording.margin import ahead_by, stands_by
from bot.wording.numbers import commas, votes


@dataclass(frozen=True, slots=True)
class EnteredBefore:
    """A figure that the desk entered and that a feed reported later."""

    source: Source | None
    """The source of the entered figure; None if it may not be named."""
    as_of: datetime
    margin: tuple[str, int] | None = None
    """(leader, margin); None if another figure was entered."""
    total: int | None = None
    """None if another figure was entered."""
    approximate: bool = False
    """True for "about 14,000"."""
    number: int | None = None
    """The number of the figure's post; None if it was not posted."""

    @classmethod
    def of(cls, statement: Statement, figure: Figure, source: Source, number: int | None = None) -> Self:
        """Return the `figure` of a statement ("margin" or "total") as a figure entered before a feed had it.

        `number` is the number of its post, or None.
        """
        if figure == "margin" and statement.leader is not None and statement.margin is not None:
            return cls(
                source,
                statement.as_of,
                (statement.leader, statement.margin),
                None,
                "margin" in statement.approximate,
                number,
            )
        return cls(source, statement.as_of, None, statement.total, number=number)


def confirmed_beside(
    context: ContestContext,
    source: Source,
    had: EnteredBefore,
    said: tuple[str, int, int | None],
    posted: tuple[Source, str, int, datetime | None],
    newer: tuple[str, int, datetime] | None,
) -> str:
    """Return the headline saying that another source has the desk's figure, followed by the leading source's margin.

    Args:
        context: the contest.
        source: the feed's source, which confirms the figure.
        had: the entered figure.
        said: the feed's (leader, margin, total); a total of None is unknown.
        posted: (leading source, its leader, its margin, as of when) as posted; a time of None is unknown.
        newer: the leading source's (leader, margin, as of when) now; None if unchanged.
    """
    leader, margin, total = said
    figure = f"{votes(total)} in {context.the_count}" if had.total is not None and total is not None else None
    first = f"**Now confirmed by {source_name(source)}: {figure or _ahead(context, leader, margin)},**"
    leading, posted_leader, posted_margin, at = posted
    has = stands_by(context, source_name(leading), (posted_leader, posted_margin), at, newer)
    return stopped(f"{first} {as_had(context, had)}; {has}")


def also_had(context: ContestContext, had: EnteredBefore) -> str:
    """Return the sentence to add to the post about a change that confirms the desk's figure.

    Example: "Our reporter had Biden ahead by 917 at 4:27 a.m. (#14).".
    """
    figure = "that total" if had.margin is None else ahead_by(context, *had.margin, about=had.approximate)
    return stopped(f"{capitalised(_who(had))} had {figure} at {context.when(had.as_of)}{_post(had)}")


def as_had(context: ContestContext, had: EnteredBefore) -> str:
    """Return who had a figure and when, as the end of a sentence: "as our reporter had at 4:27 a.m. (#212)"."""
    at = f"at {context.when(had.as_of)}{_post(had)}"
    if had.approximate and had.margin is not None:
        return f"where {_who(had)} had about {commas(had.margin[1])} {at}"
    return f"as {_who(had)} had {at}"


def nameable(had: EnteredBefore, setting: Setting) -> EnteredBefore:
    """Return `had` without its source, if the source may not be named in the channel."""
    return had if may_be_named(had.source, setting) else replace(had, source=None)


def _ahead(context: ContestContext, leader: str, margin: int) -> str:
    if not margin:
        return f"the count is tied in {context.place}"
    return f"{context.who(leader)} is ahead in {context.place} by {votes(margin)}"


def _who(had: EnteredBefore) -> str:
    return source_name(had.source) if had.source is not None else "the desk"


def _post(had: EnteredBefore) -> str:
    return f" (#{had.number})" if had.number is not None else ""
