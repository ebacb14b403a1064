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
from bot.wording.margin import ahead_by, source_margin_phrase
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


def confirmed_headline(
    context: ContestContext,
    source: Source,
    desk_figure: EnteredBefore,
    said: tuple[str, int, int | None],
    posted: tuple[Source, str, int, datetime | None],
    newer: tuple[str, int, datetime] | None,
) -> str:
    """Return the headline saying that another source has the desk's figure, followed by the leading source's margin.

    Args:
        context: the contest.
        source: the feed's source, which confirms the figure.
        desk_figure: the entered figure.
        said: the feed's (leader, margin, total); a total of None is unknown.
        posted: (leading source, its leader, its margin, as of when) as posted; a time of None is unknown.
        newer: the leading source's (leader, margin, as of when) now; None if unchanged.
    """
    leader, margin, total = said
    figure = f"{votes(total)} in {context.the_count}" if desk_figure.total is not None and total is not None else None
    first = f"**Now confirmed by {source_name(source)}: {figure or _ahead(context, leader, margin)},**"
    leading, posted_leader, posted_margin, at = posted
    has = source_margin_phrase(context, source_name(leading), (posted_leader, posted_margin), at, newer)
    return stopped(f"{first} {entered_before_phrase(context, desk_figure)}; {has}")


def entered_before_sentence(context: ContestContext, desk_figure: EnteredBefore) -> str:
    """Return the sentence to add to the post about a change that confirms the desk's figure.

    Example: "Our reporter had Biden ahead by 917 at 4:27 a.m. (#14).".
    """
    figure = (
        "that total"
        if desk_figure.margin is None
        else ahead_by(context, *desk_figure.margin, about=desk_figure.approximate)
    )
    return stopped(
        f"{capitalised(_source_or_desk(desk_figure))} had {figure} at {context.when(desk_figure.as_of)}{_post(desk_figure)}"
    )


def entered_before_phrase(context: ContestContext, desk_figure: EnteredBefore) -> str:
    """Return who had a figure and when, as the end of a sentence: "as our reporter had at 4:27 a.m. (#212)"."""
    at = f"at {context.when(desk_figure.as_of)}{_post(desk_figure)}"
    if desk_figure.approximate and desk_figure.margin is not None:
        return f"where {_source_or_desk(desk_figure)} had about {commas(desk_figure.margin[1])} {at}"
    return f"as {_source_or_desk(desk_figure)} had {at}"


def without_unnameable_source(desk_figure: EnteredBefore, setting: Setting) -> EnteredBefore:
    """Return `desk_figure` without its source, if the source may not be named in the channel."""
    return desk_figure if may_be_named(desk_figure.source, setting) else replace(desk_figure, source=None)


def _ahead(context: ContestContext, leader: str, margin: int) -> str:
    if not margin:
        return f"the count is tied in {context.place}"
    return f"{context.who(leader)} is ahead in {context.place} by {votes(margin)}"


def _source_or_desk(desk_figure: EnteredBefore) -> str:
    return source_name(desk_figure.source) if desk_figure.source is not None else "the desk"


def _post(desk_figure: EnteredBefore) -> str:
    return f" (#{desk_figure.number})" if desk_figure.number is not None else ""
