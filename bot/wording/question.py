"""A question about a contest, and what every answer needs: its source's marks, its Share button."""

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

SHARE = "Share here"

_MOST_LABEL = 80
"""Characters on a button at Discord."""


@dataclass(frozen=True, slots=True)
class SourceMark:
    """A warning about a source: it is muted, can't be reached, or has not changed for long."""

    source: str
    """Its id."""
    words: str
    """What everybody reads: "The Times has been muted here since 7:35 a.m."."""
    to_desk: str
    """What the desk reads: "The Times has been muted here since 7:35 a.m. by olga: figures of another count."."""
    brief: str
    """At the beginning of copy: "SOURCE MUTED"."""
    muted: bool = False

    def line(self, *, leads: bool) -> Line:
        """Return it as a line of an answer; only the desk reads of a muted source, unless it is the one that `leads`."""
        to_all = Line(self.words, (self.source,), note=True)
        if not self.muted:
            return to_all
        return Line(self.to_desk, (self.source,), readers="desk", otherwise=to_all if leads else None)


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a contest: asked where, and as of when."""

    contest: Contest
    viewer: Viewer
    setting: Setting
    """Says who reads the channel."""
    now: datetime
    at: datetime | None = None
    """The time asked about; None for now."""
    count: str = "election"
    """Which count of the leading source is answered: a recount if its feed has nothing else."""
    marks: Mapping[str, SourceMark] = field(default_factory=dict)
    """By source id."""
    corrected: CorrectedPosts = field(default_factory=CorrectedPosts)
    """The contest's corrected posts, as far as the channel may know of them."""

    @property
    def server(self) -> int:
        """The server in which it is asked."""
        return self.viewer.server

    @property
    def until(self) -> datetime:
        """The end of the time asked about. For now, a little later: a source's clock may be ahead of ours."""
        return self.at or self.now + AHEAD_AT_MOST

    def context(self, names: Mapping[str, str] | None = None) -> ContestContext:
        """Return the context for sentences about the contest; `names` are the reading's own."""
        return contest_context(self.contest, self.setting, self.now, names, self.count)

    def then(self, sentence: str) -> str:
        """Return a sentence in the present tense, with "As of …: " before it if an earlier time is asked about."""
        return sentence if self.at is None else f"As of {self.context().when(self.at)}: {sentence}"

    @property
    def mark(self) -> SourceMark | None:
        """The mark of the leading source, or None."""
        return self.marks.get(self.contest.leads)

    def shareable(self, answer: Card, *sources: str) -> Card:
        """Add the Share button, and the marks of the sources that the answer rests on.

        `sources` are their ids; without any it is the leading source. A muted source that the answer names is marked too.
        """
        named = {source for line in answer.all_lines for source in line.sources}
        muted = [one.id for one in self.setting.desk.sources if one.id in named and self._is_muted(one.id)]
        rests_on = dict.fromkeys([*(sources or (self.contest.leads,)), *muted])
        marks = [
            self.marks[source].line(leads=source == self.contest.leads) for source in rests_on if source in self.marks
        ]
        here = seen_by(answer, self.viewer)
        seen = seen_by(here.card, for_everybody(self.viewer, self.setting.desk, self.marks, self.contest.leads))
        without = [one for one in self.setting.desk.sources if one.id in seen.without]
        lost = here.rests_on or seen.rests_on or not seen.card.head
        share = None if lost else share_button(self.contest, self.setting, without)
        return replace(answer.below(*marks), share=share)

    def _is_muted(self, source: str) -> bool:
        return source in self.marks and self.marks[source].muted


def asked_by(viewer: Viewer, marks: Mapping[str, SourceMark], leads: str) -> Viewer:
    """Return who asks about a contest: they read of the source that leads it, and only the desk of other muted ones."""
    muted = frozenset() if viewer.reads("desk") else muted_of(marks, leads)
    return replace(viewer, left_out=(viewer.left_out | muted) - {leads}, leads=leads)


def for_everybody(viewer: Viewer, desk: Desk, marks: Mapping[str, SourceMark], leads: str) -> Viewer:
    """Return everybody who reads the channel of `viewer`, guests too: what is shared there is for them.

    They read of no muted source and of none for the newsroom only; of the leading one they read already.
    """
    muted = muted_of(marks, leads)
    left_out = (one.id for one in desk.sources if one.id != leads and (not one.public or one.id in muted))
    return replace(viewer, newsroom=False, desk=False, left_out=frozenset(left_out))


def muted_of(marks: Mapping[str, SourceMark], leads: str) -> frozenset[str]:
    """Return the muted sources but the leading one. Only the desk reads their figures."""
    return frozenset(source for source, mark in marks.items() if mark.muted and source != leads)


def contest_tag(contest: Contest) -> str:
    """Return eight characters for a contest's id, since a button's key is short."""
    return _tag(contest.id)


def source_tag(source: Source) -> str:
    """Return the same for a source's id."""
    return _tag(source.id)


def _tag(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=4).hexdigest()


def at_key(question: Question) -> str:
    """Return the time asked about for a button's key: seconds since 1970, or "now"."""
    return str(int(question.at.timestamp())) if question.at else "now"


def tagged(desk: Desk, tag: str) -> Contest | None:
    """Return the contest with a tag, or None if the desk file no longer has it."""
    return next((contest for contest in desk.contests if contest_tag(contest) == tag), None)


def share_key(contest: Contest | None, setting: Setting) -> str:
    """Return a Share button's key: whether the public may read the answer, and which contest it is about."""
    return f"share:{'open' if setting.public else 'inside'}:{contest_tag(contest) if contest else 'none'}"


def share_button(contest: Contest | None, setting: Setting, without: Sequence[Source]) -> Button:
    """Return the button that shares an answer in the channel; its label names the sources whose lines are left out."""
    behind = listed([possessive(clean(one.name, _MOST_LABEL) or one.id) for one in without])
    label = f"Share without {behind} figures" if behind else SHARE
    if size(label) > _MOST_LABEL:
        label = f"Share without the figures of {len(without)} sources"
    return Button(label, share_key(contest, setting))
