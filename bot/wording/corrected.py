"""Corrections of our posts, shown in answers next to the figures that those posts reported.

The figures in answers are always the source's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.count.certification import CertificationCount
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.wording.escape import capitalised, escape, stopped

_MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Corrected:
    """The correction of a post that reported a figure, for answers that use the figure."""

    number: int | None
    """The number of the correction; None if the public reads the answer, but the correction was not posted in public."""
    text: str
    """The correct fact, as it was typed."""

    @property
    def posts(self) -> tuple[int, ...]:
        """The number of the post that the texts name ("#3"); empty if they name none."""
        return () if self.number is None else (self.number,)

    @property
    def phrase(self) -> str:
        """The correction as a phrase: "corrected in #15: It is 95 counties, not 96"."""
        return f"corrected{'' if self.number is None else f' in #{self.number}'}: {self._right}"

    @property
    def word(self) -> str:
        """The correction in short: "Corrected (#15)"."""
        return f"Corrected{'' if self.number is None else f' (#{self.number})'}"

    def mark(self, of: str = "") -> str:
        """Return a sentence about the correction: "**7:05 a.m. update corrected (#15):** It is 95 counties, not 96.".

        `of` names the corrected post, such as "7:05 a.m. update".
        """
        return stopped(f"**{f'{of} {self.word.lower()}' if of else self.word}:** {self._right}")

    @property
    def _right(self) -> str:
        return capitalised(escape(self.text, _MOST_TEXT)).rstrip(". ")


@dataclass(frozen=True, slots=True)
class CorrectedPost:
    """A correction, with the figures that the corrected post reported."""

    number: int | None
    """The number of the correction; None as in `Corrected`."""
    text: str
    """The correct fact, as it was typed."""
    at: datetime
    kind: str
    """The corrected post's kind."""
    told: Statement | Reading
    after: datetime | None = None
    """For a post about readings: the time of the last update that the post does not cover; None if it covers all up
    to its own.
    """

    @property
    def corrected(self) -> Corrected:
        """The correction alone."""
        return Corrected(self.number, self.text)


@dataclass(frozen=True, slots=True)
class CorrectedPosts:
    """The corrections of a contest's posts in a server, newest first."""

    posts: tuple[CorrectedPost, ...] = ()

    @property
    def texts(self) -> list[tuple[datetime, str]]:
        """(time, text) of each correction, the same for all readers."""
        return [(post.at, post.text) for post in self.posts]

    def of_count(self, source: str, count: CertificationCount, as_of: datetime | None = None) -> Corrected | None:
        """Return the correction of the post about a source's count of certified units, or about the units by name.

        None if there is none. A correction does not apply to counts that are as of a later time (`as_of`).
        """

        def told(post: CorrectedPost) -> bool:
            said = post.told
            if not isinstance(said, Statement) or post.kind != "certified" or (as_of is not None and post.at < as_of):
                return False
            same = said.units_certified is not None or (said.certified is not None and said.certified[0] == count.done)
            return said.source == source and same

        return self._newest(told)

    def of_reading(self, reading: Reading) -> Corrected | None:
        """Return the correction of the post that reported a reading's votes, or None."""
        return self._newest(lambda post: _posted_votes(post, reading))

    def of_update(self, source: str, count: str, as_of: datetime) -> Corrected | None:
        """Return the correction of the post that reported an update, alone or together with others.

        None if there is none.
        """

        def told(post: CorrectedPost) -> bool:
            said = post.told
            if not isinstance(said, Reading) or (said.source, said.count) != (source, count):
                return False
            return as_of <= said.as_of and (post.after is None or post.after < as_of)

        return self._newest(told)

    def of_statement(self, statement: Statement) -> Corrected | None:
        """Return the correction of the post that reported a statement's margin, total or batch.

        None if there is none.
        """

        def told(post: CorrectedPost) -> bool:
            one = post.told
            if not isinstance(one, Statement) or post.kind == "certified" or post.at < statement.as_of:
                return False
            margin = statement.margin is not None and (one.leader, one.margin) == (statement.leader, statement.margin)
            total = statement.total is not None and one.total == statement.total
            return one.source == statement.source and (
                margin or total or (statement.batch is not None and one.batch == statement.batch)
            )

        return self._newest(told)

    def of_updates(self, reading: Reading, since: datetime) -> list[tuple[datetime, Corrected]]:
        """Return (as of when, correction) for the updates after `since` up to `reading`, newest first."""
        return [
            (post.told.as_of, post.corrected)
            for post in self.posts
            if isinstance(post.told, Reading)
            and (post.told.source, post.told.count) == (reading.source, reading.count)
            and (since < post.told.as_of < reading.as_of or _posted_votes(post, reading))
        ]

    def _newest(self, told: Callable[[CorrectedPost], bool]) -> Corrected | None:
        return next((post.corrected for post in self.posts if told(post)), None)


def _posted_votes(post: CorrectedPost, reading: Reading) -> bool:
    return isinstance(post.told, Reading) and (post.told.source, post.told.votes) == (reading.source, reading.votes)
