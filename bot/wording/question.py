"""A question about a contest, and the parts of every answer: warnings about its sources and a Share button."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.count.judgement import AHEAD_AT_MOST
from bot.desk.desk_file import Contest, Desk, Source
from bot.wording.card import Button, Card, Line
from bot.wording.context import ContestContext, Setting, contest_context
from bot.wording.corrected import CorrectedPosts
from bot.wording.escape import clean, possessive
from bot.wording.limits import size
from bot.wording.names import listed
from bot.wording.viewer import Viewer, seen_by

SHARE_LABEL = "Share here"

_MOST_LABEL = 80
"""The most characters of a button's label: Discord's limit."""


@dataclass(frozen=True, slots=True)
class SourceWarning:
    """The texts of a warning that a source is muted, can't be reached, or has not changed for long."""

    source: str
    """The source's id."""
    words: str
    """The warning for everybody: "The Times has been muted here since 7:35 a.m."."""
    to_desk: str
    """The warning for the desk: "The Times has been muted here since 7:35 a.m. by olga: figures of another count."."""
    brief: str
    """The warning at the beginning of copy: "SOURCE MUTED"."""
    muted: bool = False

    def line(self, *, leads: bool) -> Line:
        """Return the warning as a line of an answer.

        If the source is muted, only the desk sees the line, unless the source is the leading one (`leads`).
        """
        to_all = Line(self.words, (self.source,), note=True)
        if not self.muted:
            return to_all
        return Line(self.to_desk, (self.source,), readers="desk", otherwise=to_all if leads else None)


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a contest: who asks where, and the time that the question is about."""

    contest: Contest
    viewer: Viewer
    setting: Setting
    """The setting of the channel in which the question is asked."""
    now: datetime
    at: datetime | None = None
    """The time that the question is about; None for now."""
    count: str = "election"
    """The leading source's count that the answer gives: a recount if the feed has nothing else."""
    marks: Mapping[str, SourceWarning] = field(default_factory=dict)
    """Warnings about sources, by source id."""
    corrected: CorrectedPosts = field(default_factory=CorrectedPosts)
    """Corrections of the contest's posts, without those that the channel may not see."""

    @property
    def server(self) -> int:
        """The server in which the question is asked."""
        return self.viewer.server

    @property
    def until(self) -> datetime:
        """The time up to which the answer uses figures.

        For a question about now, this is slightly later than now, since a source's clock may be ahead of ours.
        """
        return self.at or self.now + AHEAD_AT_MOST

    def context(self, names: Mapping[str, str] | None = None) -> ContestContext:
        """Return the context for sentences about the contest. `names` are the reading's own names."""
        return contest_context(self.contest, self.setting, self.now, names, self.count)

    def then(self, sentence: str) -> str:
        """Return a sentence in the present tense. For an earlier time, "As of …: " is added in front of it."""
        return sentence if self.at is None else f"As of {self.context().when(self.at)}: {sentence}"

    @property
    def mark(self) -> SourceWarning | None:
        """The warning about the contest's leading source, or None."""
        return self.marks.get(self.contest.leads)

    def with_share_button(self, answer: Card, *sources: str) -> Card:
        """Add the Share button to an answer, and warnings about its sources.

        `sources` are the ids of the sources that the answer depends on; by default the leading source. Muted sources that the
        answer names get a warning, too.
        """
        named = {source for line in answer.all_lines for source in line.sources}
        muted = [one.id for one in self.setting.desk.sources if one.id in named and self._is_muted(one.id)]
        basis_sources = dict.fromkeys([*(sources or (self.contest.leads,)), *muted])
        marks = [
            self.marks[source].line(leads=source == self.contest.leads)
            for source in basis_sources
            if source in self.marks
        ]
        here = seen_by(answer, self.viewer)
        seen = seen_by(here.card, viewer_for_everybody(self.viewer, self.setting.desk, self.marks, self.contest.leads))
        without = [one for one in self.setting.desk.sources if one.id in seen.without]
        lost = here.basis_sources or seen.basis_sources or not seen.card.head
        share = None if lost else share_button(self.contest, self.setting, without)
        return replace(answer.below(*marks), share=share)

    def _is_muted(self, source: str) -> bool:
        return source in self.marks and self.marks[source].muted


def with_hidden_sources(viewer: Viewer, marks: Mapping[str, SourceWarning], leads: str) -> Viewer:
    """Return a viewer from whom muted sources are also hidden, for an answer about a contest.

    `marks` has the warnings about sources, and `leads` is the contest's leading source, which is never hidden. From
    the desk no source is hidden because of a mute.
    """
    muted = frozenset() if viewer.reads("desk") else muted_sources(marks, leads)
    return replace(viewer, left_out=(viewer.left_out | muted) - {leads}, leads=leads)


def viewer_for_everybody(viewer: Viewer, desk: Desk, marks: Mapping[str, SourceWarning], leads: str) -> Viewer:
    """Return a viewer for an answer shared in a channel, limited to what every reader of the channel may see.

    Muted sources and those for the newsroom only are hidden, except the leading source `leads`.
    """
    muted = muted_sources(marks, leads)
    left_out = (one.id for one in desk.sources if one.id != leads and (not one.public or one.id in muted))
    return replace(viewer, newsroom=False, desk=False, left_out=frozenset(left_out))


def muted_sources(marks: Mapping[str, SourceWarning], leads: str) -> frozenset[str]:
    """Return the ids of all muted sources except the leading one. Only the desk sees their figures."""
    return frozenset(source for source, mark in marks.items() if mark.muted and source != leads)


def contest_tag(contest: Contest) -> str:
    """Return an eight-character tag for a contest, since a button's key has no room for the contest's id."""
    return _tag(contest.id)


def source_tag(source: Source) -> str:
    """Return an eight-character tag for a source, since a button's key has no room for the source's id."""
    return _tag(source.id)


def _tag(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=4).hexdigest()


def time_key(question: Question) -> str:
    """Return, for a button's key, the time that a question is about: seconds since 1970, or "now"."""
    return str(int(question.at.timestamp())) if question.at else "now"


def contest_by_tag(desk: Desk, tag: str) -> Contest | None:
    """Return the contest with this tag, or None if the desk file no longer has the contest."""
    return next((contest for contest in desk.contests if contest_tag(contest) == tag), None)


def share_key(contest: Contest | None, setting: Setting) -> str:
    """Return a Share button's key. It has the contest's tag, and "open" if the public may read the answer."""
    return f"share:{'open' if setting.public else 'inside'}:{contest_tag(contest) if contest else 'none'}"


def share_button(contest: Contest | None, setting: Setting, without: Sequence[Source]) -> Button:
    """Return the button that shares an answer in the channel.

    Its label names the sources `without`, whose lines would be removed.
    """
    behind = listed([possessive(clean(one.name, _MOST_LABEL) or one.id) for one in without])
    label = f"Share without {behind} figures" if behind else SHARE_LABEL
    if size(label) > _MOST_LABEL:
        label = f"Share without the figures of {len(without)} sources"
    return Button(label, share_key(contest, setting))
