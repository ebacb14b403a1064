"""A question about a contest, and what every answer needs: its source's marks, its Share button."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.count.judgement import AHEAD_AT_MOST
from bot.desk.desk_file import Contest, Desk, Source
from bot.wording.card import Button, Card
from bot.wording.context import ContestContext, Setting, contest_context, source_name
from bot.wording.corrected import CorrectedPosts
from bot.wording.escape import clean, possessive
from bot.wording.limits import size
from bot.wording.message import render
from bot.wording.names import listed

SHARE = "Share here"

_MOST_LABEL = 80
"""Characters on a button at Discord."""

_NAMED = re.compile(r"(?<![<\w])#([1-9][0-9]{0,8})\b")
"""A post's number in a sentence: "#214"; a channel is "<#776053614182400001>"."""


@dataclass(frozen=True, slots=True)
class SourceMark:
    """A warning about a source: it is muted, can't be reached, or has not changed for long."""

    words: str
    """In answers: "The Times has been muted here since 7:35 a.m. by olga: figures of another count."."""
    brief: str
    """At the beginning of copy: "SOURCE MUTED"."""
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a contest: asked where, and as of when."""

    contest: Contest
    server: int
    channel: int
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
    def until(self) -> datetime:
        """The end of the time asked about. For now, a little later: a source's clock may be ahead of ours."""
        return self.at or self.now + AHEAD_AT_MOST

    def told(self, names: Mapping[str, str] | None = None) -> ContestContext:
        """Return the context for sentences about the contest; `names` are the reading's own."""
        return contest_context(self.contest, self.setting, self.now, names, self.count)

    def then(self, sentence: str) -> str:
        """Return a sentence in the present tense, with "As of …: " before it if an earlier time is asked about."""
        return sentence if self.at is None else f"As of {self.told().when(self.at)}: {sentence}"

    @property
    def mark(self) -> SourceMark | None:
        """The mark of the leading source, or None."""
        return self.marks.get(self.contest.leads)

    def shareable(self, answer: Card, *sources: str) -> Card:
        """Add the Share button, and the marks of the sources that the answer rests on.

        `sources` are their ids; without any it is the leading source. A muted source that the answer names is marked too.
        """
        text = "\n".join(texts_of(answer))
        named = [one.id for one in self.setting.desk.sources if one.id in self.marks and names(text, one)]
        muted = [source for source in named if self.marks[source].muted]
        rests_on = dict.fromkeys([*(sources or (self.contest.leads,)), *muted])
        marks = [self.marks[source].words for source in rests_on if source in self.marks]
        without = self._unshared(answer)
        share = None if without is None else share_button(self.contest, self.setting, without)
        return replace(answer.below(*marks), share=share)

    def _unshared(self, answer: Card) -> list[Source] | None:
        """Return the sources whose lines are left out when the answer is shared: muted ones, and those for the newsroom only.

        None if the answer rests on such a source, so it can't be shared.
        """
        behind = [
            one
            for one in self.setting.desk.sources
            if one.id != self.contest.leads and (not one.public or one.id in muted_of(self.marks, self.contest.leads))
        ]
        if any(names(render(answer).content, one) for one in behind):
            return None
        return [one for one in behind if any(names(text, one) for text in texts_of(answer))]


def muted_of(marks: Mapping[str, SourceMark], leads: str) -> frozenset[str]:
    """Return the muted sources but the leading one. Only the desk reads their figures."""
    return frozenset(source for source, mark in marks.items() if mark.muted and source != leads)


def names(text: str, source: Source) -> bool:
    """Return True if one of our own sentences names a source."""
    first, rest = source_name(source)[:1], source_name(source)[1:]
    found = f"[{re.escape(first.lower() + first.upper())}]{re.escape(rest)}"
    return re.search(rf"(?<!\w){found}(?!\w)", text) is not None


def contest_tag(contest: Contest) -> str:
    """Return eight characters for a contest's id, since a button's key is short."""
    return _tag(contest.id)


def source_tag(source: Source) -> str:
    """Return the same for a source's id."""
    return _tag(source.id)


def _tag(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=4).hexdigest()


def at_key(asked: Question) -> str:
    """Return the time asked about for a button's key: seconds since 1970, or "now"."""
    return str(int(asked.at.timestamp())) if asked.at else "now"


def tagged(desk: Desk, tag: str) -> Contest | None:
    """Return the contest with a tag, or None if the desk file no longer has it."""
    return next((contest for contest in desk.contests if contest_tag(contest) == tag), None)


def posts_named(answer: Card) -> list[int]:
    """Return the numbers of the posts that an answer names, in its order, but for the one that it begins with: its subject."""
    about = _NAMED.match(render(answer).content.removeprefix("**"))
    named = dict.fromkeys(int(number) for text in texts_of(answer) for number in _NAMED.findall(text))
    return [number for number in named if about is None or number != int(about[1])]


def texts_of(answer: Card) -> list[str]:
    """Return an answer's texts, without the small print under its cards."""
    texts = [render(answer).content, *(str(embed.get("description", "")) for embed in render(answer).embeds)]
    return texts + [str(field["value"]) for embed in render(answer).embeds for field in embed.get("fields", ())]


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
