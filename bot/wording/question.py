"""A question about a contest, and what every answer needs of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.count.judgement import AHEAD_AT_MOST
from bot.desk.desk_file import Contest, Desk
from bot.wording.context import ContestContext, Setting, contest_context
from bot.wording.draft import Answer, Button

SHARE = "Share in this channel"


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

    @property
    def until(self) -> datetime:
        """Up to when what was said counts: a source's clock may be ahead of ours, and what was posted is answered."""
        return self.at or self.now + AHEAD_AT_MOST

    def told(self, names: Mapping[str, str] | None = None) -> ContestContext:
        """Return what sentences about it need."""
        return contest_context(self.contest, self.setting, self.now, names)

    def then(self, sentence: str) -> str:
        """Return a sentence in the present with the time asked about before it, at which it was true; now: the sentence."""
        return sentence if self.at is None else f"As of {self.told().when(self.at)}: {sentence}"

    def shareable(self, answer: Answer) -> Answer:
        """Return the answer as one that can be put into the channel."""
        return replace(answer, share=share_key(self.contest, self.setting))


def contest_tag(contest: Contest) -> str:
    """Return a contest's id in the eight characters that a button's key has room for."""
    return hashlib.blake2b(contest.id.encode(), digest_size=4).hexdigest()


def tagged(desk: Desk, tag: str) -> Contest | None:
    """Return the contest with that tag, or None where the desk file no longer has it."""
    return next((contest for contest in desk.contests if contest_tag(contest) == tag), None)


def share_key(contest: Contest | None, setting: Setting) -> str:
    """Return a Share button's key: whether the answer may be read by the public, and of which contest it is."""
    return f"share:{'open' if setting.public else 'inside'}:{contest_tag(contest) if contest else 'none'}"


def share_button(key: str) -> Button:
    """Return the button that puts an answer into the channel."""
    return Button(SHARE, key)
