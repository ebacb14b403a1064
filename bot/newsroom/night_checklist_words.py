"""The checklist before election night, which marks its own items as done.

The items are due two weeks, a week and a day ahead, and on the night.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.desk.desk_file import Contest, Desk
from bot.newsroom.server_settings import ServerSettings
from bot.tally.feed_proofs_words import FeedProof
from bot.wording.card import Button, Card
from bot.wording.context import Setting, source_name
from bot.wording.escape import escape
from bot.wording.limits import CONTENT, joined
from bot.wording.numbers import spelled
from bot.wording.times import day as day_of
from bot.wording.times import full_date

_MOST_NAMED = 3
_RECENTLY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ChecklistFacts:
    """The facts for the checklist before election night that are not in the server's settings."""

    proofs: Mapping[str, FeedProof] = field(default_factory=dict)
    failing: Sequence[str] = ()
    """Ids of sources whose last fetch failed, or that are not fetched."""
    rehearsed_at: datetime | None = None
    """When the desk file was last rehearsed to the end with all its contests, or None if it is not known to have
    been.
    """
    heartbeat: bool = False
    backups: bool = False
    stopped: bool = False
    """True if posts are paused or a source is muted."""
    lacking: Sequence[str] = ()
    """Permissions that the bot lacks, a line for each channel."""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """An item of the checklist before election night, with its state."""

    what: str
    done: bool
    how: str = ""
    """How to do the item, which is shown while it is not done."""


ChecklistStage = tuple[int, str, Sequence[ChecklistItem]]
"""Days before election day, heading, and the items that are due by that day."""


def checklist_card(settings: ServerSettings, facts: ChecklistFacts, setting: Setting, now: datetime) -> Card:
    """Return the card with the checklist for the newsroom's next election day."""
    desk, stages = setting.desk, _stages(settings, facts, setting, now)
    election_day = next_election_day(desk, now)
    items = [item for _, _, of_stage in stages for item in of_stage]
    done = sum(item.done for item in items)
    when = (
        f"Election day is {full_date(election_day)}."
        if election_day
        else "No contest has an `election_day` ahead in the desk file, so the list has no dates."
    )
    lines = [f"**Before the night: {done} of {len(items)} done.** {when} It ticks itself off."]
    for days, called, of_stage in stages:
        by = election_day - timedelta(days=days) if election_day else None
        late = by is not None and by < now.astimezone(desk.zone).date() and not all(one.done for one in of_stage)
        dated = f", {full_date(by)}" if by else ""
        lines.append(f"**{called}{dated}**{' ⚠ overdue' if late else ''}")
        lines += [
            f"{'☑' if one.done else '☐'} {one.what}{'' if one.done or not one.how else f': {one.how}'}"
            for one in of_stage
        ]
    buttons = (Button("Overview", "setup:go:start"), Button("Look again", "setup:go:night", "primary"))
    return Card.of(joined(lines, CONTENT, "and {} more lines"), buttons=buttons)


def next_election_day(desk: Desk, now: datetime) -> date | None:
    """Return the first election day in the desk file that is ahead or at most a day ago; None if there is none."""
    today = now.astimezone(desk.zone).date()
    days = [one.election_day for one in desk.contests if one.election_day and one.election_day >= today - _RECENTLY]
    return min(days, default=None)


def desk_file_line(desk: Desk) -> str:
    """Return a sentence with the contests in the desk file and the sources that have a feed."""
    contests = _listed([escape(one.name, 60) for one in desk.contests])
    asked = [source_name(one) for one in desk.sources if one.format is not None]
    fed = f"takes figures from {_listed(asked)}" if asked else "has no feed"
    return f"The desk file has {spelled(len(desk.contests), 'contest')} ({contests}) and {fed}."


def _stages(
    settings: ServerSettings, facts: ChecklistFacts, setting: Setting, now: datetime
) -> Sequence[ChecklistStage]:
    desk = setting.desk
    followed = {follow.contest for channel in settings.channels for follow in channel.follows}
    left = [one for one in desk.contests if one.id not in followed]
    single = [one for one in desk.contests if len(_feeds(one, desk)) < 2]  # a second feed checks the leading one
    leads = sorted({one.leads for one in desk.contests})
    unread = [key for key in leads if facts.proofs.get(key, FeedProof()).read_at is None]
    still = [key for key in leads if not _moved_lately(facts.proofs.get(key, FeedProof()), now)]
    failing = [key for key in leads if key in facts.failing]
    rehearsed = day_of(facts.rehearsed_at, now, desk.zone) if facts.rehearsed_at else ""
    return (
        (
            14,
            "Two weeks ahead",
            (
                ChecklistItem("The desk has a role", settings.desk_role is not None, "step 1"),
                ChecklistItem("The desk has a channel", settings.desk_channel is not None, "step 2"),
                ChecklistItem("Every contest is followed", not left, f"step 3; not yet {_contests(left)}"),
                ChecklistItem(
                    "A second source is paired for every contest",
                    not single,
                    f"`tallydesk new` with its address; one source only: {_contests(single)}",
                ),
            ),
        ),
        (
            7,
            "A week ahead",
            (
                ChecklistItem(
                    "A real file of each leading feed was read", not unread, f"never of {_sources(unread, desk)}"
                ),
                ChecklistItem(
                    f"This desk file was rehearsed{f', {rehearsed}' if rehearsed else ''}",
                    bool(rehearsed),
                    "`tallydesk rehearse --desk` with `--grow`, to its end",
                ),
            ),
        ),
        (
            1,
            "The day before",
            (
                ChecklistItem("The heartbeat is on", facts.heartbeat, "the operator sets `TALLYDESK_HEARTBEAT_URL`"),
                ChecklistItem("Backups are on", facts.backups, "the operator sets `TALLYDESK_BACKUPS`"),
                ChecklistItem(
                    "The bot has every permission it needs",
                    not facts.lacking,
                    "the overview names what is lacking where",
                ),
            ),
        ),
        (
            0,
            "The night",
            (
                ChecklistItem("Each leading feed answers", not failing, f"not now: {_sources(failing, desk)}"),
                ChecklistItem("Nothing is paused or muted", not facts.stopped, "`/status`"),
                ChecklistItem(
                    "Each leading feed was seen to change its votes", not still, f"not yet of {_sources(still, desk)}"
                ),
            ),
        ),
    )


def _feeds(contest: Contest, desk: Desk) -> list[str]:
    """Return the ids of the sources that have a feed for a contest."""
    named = {contest.leads, *contest.feeds}
    return [key for key in named if (source := desk.source(key)) is not None and source.format is not None]


def _moved_lately(proof: FeedProof, now: datetime) -> bool:
    return proof.moved_at is not None and now - proof.moved_at < _RECENTLY


def _contests(contests: Sequence[Contest]) -> str:
    return _listed([escape(one.name, 60) for one in contests])


def _sources(keys: Sequence[str], desk: Desk) -> str:
    return _listed([source_name(found) if (found := desk.source(key)) else escape(key) for key in keys])


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
