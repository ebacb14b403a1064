"""A feed that catches up with what the desk had entered: "now confirmed by"."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from bot.count.statement import Figure, Statement
from bot.desk.desk_file import Source
from bot.wording.context import ContestContext, Setting, may_be_named, source_name
from bot.wording.escape import stopped
from bot.wording.margin import stands_by
from bot.wording.numbers import commas, votes


@dataclass(frozen=True, slots=True)
class EnteredBefore:
    """What the desk entered before the feeds had it, and one of them has now."""

    source: Source | None
    """Whose word was entered; None where that may not be named."""
    as_of: datetime
    margin: tuple[str, int] | None = None
    """Who leads by it, by how much; None: another figure is confirmed."""
    total: int | None = None
    approximate: bool = False
    """True: it was said as about."""
    number: int | None = None
    """The post that told it; None: none did."""

    @classmethod
    def of(cls, said: Statement, figure: Figure, source: Source, number: int | None = None) -> Self:
        """Return the margin or the total of a statement by `source`."""
        if figure == "margin" and said.leader is not None and said.margin is not None:
            return cls(source, said.as_of, (said.leader, said.margin), None, "margin" in said.approximate, number)
        return cls(source, said.as_of, None, said.total, number=number)


def confirmed_change(
    context: ContestContext, source: Source, had: EnteredBefore, headline: str, standing: tuple[str, int]
) -> str:
    """Return the headline of a change with which a source has what the desk had entered.

    Args:
        context: the contest.
        source: the feed that confirms.
        had: what was entered.
        headline: what the change itself says.
        standing: who leads, by how much, after it.

    """
    by = f"**Now confirmed by {source_name(source)}: "
    if had.total is not None:
        said = stopped(f"{by}{votes(had.total)} in {context.the_count},** {as_had(context, had)}")
    else:
        ahead = _ahead(context, *standing)
        said = stopped(f"{by}{ahead},** {as_had(context, had)}")
    return f"{said} {_rest(headline)}"


def confirmed_beside(
    context: ContestContext,
    source: Source,
    had: EnteredBefore,
    said: tuple[str, int, int | None],
    posted: tuple[Source, str, int, datetime | None],
    newer: tuple[str, int, datetime] | None = None,
) -> str:
    """Return that a source beside the leading one has what the desk had entered, and what the leading one has.

    Args:
        context: the contest.
        source: the feed that confirms.
        had: what was entered.
        said: who leads by the feed, by how much, and of how many votes (None: unsaid).
        posted: the leading source, who leads by it, by how much, and as of when (None: unknown).
        newer: who leads by the leading source since, by how much, as of when; None: as posted.

    """
    leader, margin, total = said
    figure = f"{votes(total)} in {context.the_count}" if had.total is not None and total is not None else None
    first = f"**Now confirmed by {source_name(source)}: {figure or _ahead(context, leader, margin)},**"
    leading, posted_leader, posted_margin, at = posted
    has = stands_by(context, source_name(leading), (posted_leader, posted_margin), at, newer)
    return stopped(f"{first} {as_had(context, had)}; {has}")


def also_had(context: ContestContext, had: EnteredBefore) -> str:
    """Return, to follow a revision, that it comes to what the desk had entered."""
    return stopped(f"That is {_what(had)} {_who(had)} had at {context.when(had.as_of)}{_post(had)}")


def as_had(context: ContestContext, had: EnteredBefore) -> str:
    """Return who had the figure when, to follow it: "as our reporter had at 4:27 a.m. (#212)"."""
    at = f"at {context.when(had.as_of)}{_post(had)}"
    if had.approximate and had.margin is not None:
        return f"where {_who(had)} had about {commas(had.margin[1])} {at}"
    return f"as {_who(had)} had {at}"


def _ahead(context: ContestContext, leader: str, margin: int) -> str:
    if not margin:
        return f"the count is tied in {context.place}"
    return f"{context.who(leader)} is ahead in {context.place} by {votes(margin)}"


def _what(had: EnteredBefore) -> str:
    return "the total" if had.total is not None else "about the margin" if had.approximate else "the margin"


def _who(had: EnteredBefore) -> str:
    return source_name(had.source) if had.source is not None else "the desk"


def _post(had: EnteredBefore) -> str:
    return f" (#{had.number})" if had.number is not None else ""


def _rest(headline: str) -> str:
    """Return what a headline adds to its first sentence, where that stands alone; else all of it, in plain type."""
    first, end, rest = headline.partition(".** ")
    return rest if end and first.startswith("**") else headline.replace("**", "")


def nameable(had: EnteredBefore, setting: Setting) -> EnteredBefore:
    """Return what the desk had, without its source where the channel may not read that it said something."""
    return had if may_be_named(had.source, setting) else replace(had, source=None)
