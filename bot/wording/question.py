"""A question about a contest, and what every answer needs of it."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.count.judgement import AHEAD_AT_MOST
from bot.desk.desk_file import Contest, Desk, Source
from bot.wording.context import ContestContext, Setting, contest_context, source_name
from bot.wording.corrected import CorrectedPosts
from bot.wording.draft import Answer, Button
from bot.wording.escape import clean, possessive
from bot.wording.limits import size
from bot.wording.names import listed

SHARE = "Share here"

_MOST_LABEL = 80
"""Characters on a button at Discord."""

_NAMED = re.compile(r"(?<![<\w])#([1-9][0-9]{0,8})\b")
"""A post's number in a sentence: "#214"; a channel is "<#776053614182400001>"."""


@dataclass(frozen=True, slots=True)
class SourceMark:
    """What sets a source apart for now."""

    words: str
    """In sentences: "The Times has been muted here since 7:35 a.m. by olga: figures of another count."."""
    brief: str
    """What copy begins with: "SOURCE MUTED"."""
    muted: bool = False


def muted_of(marks: Mapping[str, SourceMark], leads: str) -> frozenset[str]:
    """Return the muted sources beside the one that leads: what they say is told to the desk alone."""
    return frozenset(source for source, mark in marks.items() if mark.muted and source != leads)


def names(text: str, source: Source) -> bool:
    """Return True if a sentence of ours names a source."""
    first, rest = source_name(source)[:1], source_name(source)[1:]
    found = f"[{re.escape(first.lower() + first.upper())}]{re.escape(rest)}"
    return re.search(rf"(?<!\w){found}(?!\w)", text) is not None


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks where about what, and as of when."""

    contest: Contest
    server: int
    channel: int
    setting: Setting
    """With whether the public reads the channel."""
    now: datetime
    at: datetime | None = None
    """The time asked about; None: now."""
    count: str = "election"
    """Which count is told of the source that leads: a recount, where its feed has nothing else."""
    marks: Mapping[str, SourceMark] = field(default_factory=dict)
    """By source: what sets it apart for now."""
    corrected: CorrectedPosts = field(default_factory=CorrectedPosts)
    """Which posts of it were corrected, as may be known where it is asked."""

    @property
    def until(self) -> datetime:
        """Up to when what was said counts: a source's clock may be ahead of ours, and what was posted is answered."""
        return self.at or self.now + AHEAD_AT_MOST

    def told(self, names: Mapping[str, str] | None = None) -> ContestContext:
        """Return what sentences about it need."""
        return contest_context(self.contest, self.setting, self.now, names, self.count)

    def then(self, sentence: str) -> str:
        """Return a sentence in the present with the time asked about before it, at which it was true; now: the sentence."""
        return sentence if self.at is None else f"As of {self.told().when(self.at)}: {sentence}"

    @property
    def mark(self) -> SourceMark | None:
        """What sets the source apart that leads the contest; None: nothing does."""
        return self.marks.get(self.contest.leads)

    def shareable(self, answer: Answer, *sources: str) -> Answer:
        """Return the answer as one that can be put into the channel, with what sets its sources apart for now.

        `sources`: on which it rests, by id; none: on the one that leads the contest. A muted one that it names is marked too.
        """
        said = "\n".join(texts_of(answer))
        named = [one.id for one in self.setting.desk.sources if one.id in self.marks and names(said, one)]
        muted = [source for source in named if self.marks[source].muted]
        rests_on = dict.fromkeys([*(sources or (self.contest.leads,)), *muted])
        marks = [self.marks[source].words for source in rests_on if source in self.marks]
        content = marked(answer.content, marks) if marks else answer.content
        without = self._unshared(answer)
        share = None if without is None else share_button(self.contest, self.setting, without)
        return replace(answer, content=content, share=share)

    def _unshared(self, answer: Answer) -> list[Source] | None:
        """Return the sources whose lines stay behind when an answer is shared: the newsroom's alone, and muted ones.

        None where it rests on one: then it is not shared.
        """
        behind = [
            one
            for one in self.setting.desk.sources
            if one.id != self.contest.leads and (not one.public or one.id in muted_of(self.marks, self.contest.leads))
        ]
        if any(names(answer.content, one) for one in behind):
            return None
        return [one for one in behind if any(names(text, one) for text in texts_of(answer))]


def marked(content: str, marks: Sequence[str]) -> str:
    """Return an answer's content with marks above its small last line."""
    head, _, last = content.rpartition("\n")
    return "\n".join([head, *marks, last])


def contest_tag(contest: Contest) -> str:
    """Return a contest's id in the eight characters that a button's key has room for."""
    return _tag(contest.id)


def source_tag(source: Source) -> str:
    """Return a source's id in as many."""
    return _tag(source.id)


def _tag(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=4).hexdigest()


def at_key(asked: Question) -> str:
    """Return the time asked about as a button's key has it: seconds since 1970, or "now"."""
    return str(int(asked.at.timestamp())) if asked.at else "now"


def tagged(desk: Desk, tag: str) -> Contest | None:
    """Return the contest with that tag, or None where the desk file no longer has it."""
    return next((contest for contest in desk.contests if contest_tag(contest) == tag), None)


def posts_named(answer: Answer) -> list[int]:
    """Return the numbers of the posts that an answer names, in its order; of a long one, on any of its pages.

    Not the one that it is about: it begins with that.
    """
    said = texts_of(answer)
    about = _NAMED.match(answer.content.removeprefix("**"))
    named = dict.fromkeys(int(number) for text in said for number in _NAMED.findall(text))
    return [number for number in named if about is None or number != int(about[1])]


def texts_of(answer: Answer) -> list[str]:
    """Return what an answer says, its small print aside."""
    said = [answer.content, *(str(embed.get("description", "")) for embed in answer.embeds)]
    return said + [str(field["value"]) for embed in answer.embeds for field in embed.get("fields", ())]


def share_key(contest: Contest | None, setting: Setting) -> str:
    """Return a Share button's key: whether the answer may be read by the public, and of which contest it is."""
    return f"share:{'open' if setting.public else 'inside'}:{contest_tag(contest) if contest else 'none'}"


def share_button(contest: Contest | None, setting: Setting, without: Sequence[Source] = ()) -> Button:
    """Return the button that puts an answer into the channel; it names the sources `without` whose lines it does."""
    behind = listed([possessive(clean(one.name, _MOST_LABEL) or one.id) for one in without])
    label = f"Share without {behind} figures" if behind else SHARE
    if size(label) > _MOST_LABEL:
        label = f"Share without the figures of {len(without)} sources"
    return Button(label, share_key(contest, setting))
