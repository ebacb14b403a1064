"""The text of changes in a feed since its last comparison.

Contests and candidates are compared by name, and elections by id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from bot.desk.desk_file import Source
from bot.outbox.outbox_words import desk_notice
from bot.wording.card import Card
from bot.wording.context import Setting, source_name
from bot.wording.escape import capitalised, escape
from bot.wording.limits import CONTENT, joined

_ALIKE = 80.0
"""The similarity, up to 100, from which a removed and a new candidate count as the same person, renamed."""

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class ListedContest:
    """The names that a feed gives to a contest and its candidates."""

    name: str
    candidates: Mapping[str, str]
    """The candidates' names, by the feed's ids."""


@dataclass(frozen=True, slots=True)
class FeedContents:
    """The names that a feed gives to the desk file's contests, and the elections on its site."""

    contests: Mapping[str, ListedContest] = field(default_factory=dict)
    """The names of each contest, by the contest's id in the desk file."""
    elections: Mapping[str, str] = field(default_factory=dict)
    """The names of the elections that the site lists, by id."""


def changes_between(
    before: FeedContents, after: FeedContents, refused: frozenset[str], setting: Setting
) -> Mapping[str | None, Sequence[str]]:
    """Return sentences about the changes in a feed, by contest id.

    The key None is for the site's list of elections. `before` and `after` are the feed's contents on two days.
    Contests in `refused`, which could not be read this time, are skipped.
    """
    changed: dict[str | None, list[str]] = {}
    for key, was in before.contests.items():
        contest = setting.desk.contest(key)
        if contest is None or key in refused:
            continue
        ours, now = escape(contest.name, _SHOWN), after.contests.get(key)
        parts = [f"{ours} is no longer in its answer."] if now is None else _of_contest(ours, was, now)
        if parts:
            changed[key] = parts
    new = [one for one in after.elections if one not in before.elections] if before.elections else []
    if new:
        changed[None] = [f"its site lists another election now: {escape(after.elections[one], _SHOWN)}." for one in new]
    return changed


def _of_contest(ours: str, was: ListedContest, now: ListedContest) -> list[str]:
    said = []
    if was.name != now.name:
        said.append(f"{ours} was called “{escape(was.name, _SHOWN)}” there, and is “{escape(now.name, _SHOWN)}” now.")
    gone = [key for key in was.candidates if key not in now.candidates]
    new = [key for key in now.candidates if key not in was.candidates]
    for key in gone:
        name = was.candidates[key]
        alike = max(new, key=lambda one: fuzz.token_set_ratio(name, now.candidates[one]), default=None)
        if alike is not None and fuzz.token_set_ratio(name, now.candidates[alike]) >= _ALIKE:
            new.remove(alike)
            said.append(f"in {ours}, {escape(name, _SHOWN)} is called {escape(now.candidates[alike], _SHOWN)} now.")
        else:
            said.append(f"in {ours}, {escape(name, _SHOWN)} is no longer listed, and may have withdrawn.")
    said += [f"in {ours}, {escape(now.candidates[key], _SHOWN)} is new." for key in new]
    said += [
        f"in {ours}, {escape(name, _SHOWN)} is called {escape(now.candidates[key], _SHOWN)} now."
        for key, name in was.candidates.items()
        if key in now.candidates and now.candidates[key] != name
    ]
    return said


def feed_changed(source: Source, lines: Sequence[str], setting: Setting) -> Card:
    """Return the notice to the desk that a source's feed has changed. `lines` describe the changes."""
    head = f"**What {source_name(source)} publishes has changed.** Nothing changed here: the operator has to fix the desk file."
    return desk_notice(
        joined([head, *(f"- {capitalised(line)}" for line in lines)], CONTENT - 200, "and {} more"), setting
    )
