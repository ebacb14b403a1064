"""The settings card of one follow: its preferences in words, with lists and buttons to change them."""

from bot.desk.desk_file import Desk
from bot.follows.follows_store import FollowThread
from bot.follows.preferences import SKIPPABLE, FollowPreferences, Skippable
from bot.newsroom.server_settings import FollowSettings
from bot.outbox.kinds import PUBLISHED, Published
from bot.wording.draft import Answer, Button, Choice, Select
from bot.wording.escape import escape
from bot.wording.numbers import votes

_KINDS: dict[Skippable, str] = {
    "margin": "Each batch that moves the margin far enough",
    "roll_up": "Small changes together, now and then",
    "lead_change": "Lead changes, by themselves",
    "status": "Reporting and status: complete, certified",
    "other_sources": "Other sources that confirm or contradict",
}


PUBLISHED_AS: dict[Published, str] = {
    "lead_change": "Lead changes",
    "revision": "Revisions, corrections and retractions",
    "certified": "Certifications, and calls by others",
    "rest": "Everything else, while some of the ten are left",
}


_ROLL_UPS = (None, 5, 15, 30, 60, 120, 240)


def preferences_card(
    key: int, channel: int, follow: FollowSettings, desk: Desk, note: str = "", thread: FollowThread | None = None
) -> Answer:
    """Return how a channel follows a contest, with lists and buttons to change it; `thread`: the one that is open."""
    preferences = follow.preferences
    contest = desk.contest(follow.contest)
    name = escape(contest.name, 80) if contest else escape(follow.contest, 80)
    least = votes(follow.at_least) if follow.at_least is not None else "25 votes or 0.3% of the lead"
    left_out = [_KINDS[kind].lower() for kind in SKIPPABLE if kind in preferences.without]
    lines = [
        f"**How <#{channel}> is told of {name}.**",
        f"A post when the margin moves by {least}; {_board(follow)}.",
        f"Makes no post of its own, and is told by the next one: {'; '.join(left_out)}." if left_out else "",
        f"Small changes are told together after {_minutes(preferences.roll_up)}.",
        _quiet(preferences),
        _where(preferences, thread),
        (
            "On election night a digest, and lead changes come without a notification."
            if preferences.night
            else "Election night is told like any other time."
        ),
        f"A lead change mentions <@&{preferences.mention}>; nothing else ever mentions anybody."
        if preferences.mention
        else "Nobody is mentioned.",
        "A first reading and a revision always post.",
        _published(preferences),
    ]
    kinds = tuple(Choice(label, kind, kind not in preferences.without) for kind, label in _KINDS.items())
    rolls = tuple(
        Choice(f"Small changes together after {_minutes(minutes)}", str(minutes or 0), minutes == preferences.roll_up)
        for minutes in _ROLL_UPS
    )
    selects = (
        Select(f"follow:kinds:{key}", "Nothing but first readings and revisions", kinds, 0, len(kinds)),
        Select(f"follow:rolls:{key}", f"Small changes together after {_minutes(preferences.roll_up)}", rolls),
        Select(f"follow:mention:{key}", "A role that a lead change mentions; choose none for nobody", least=0, of="roles", chosen=preferences.mention),
    )  # fmt: skip
    through, night = ("off" if preferences.through else "on"), ("off" if preferences.night else "on")
    buttons: tuple[Button, ...] = (
        Button("Least votes, quiet hours", f"follow:form:{key}"),
        Button("Quiet hours hold lead changes" if preferences.through else "Lead changes break quiet hours", f"follow:through:{key}:{through}"),
        Button("No election-night mode" if preferences.night else "Election-night mode", f"follow:night:{key}:{night}"),
        Button("No thread" if preferences.thread else "Thread", f"follow:thread:{key}:{'off' if preferences.thread else 'on'}"),
        Button("No board" if follow.board else "Board", f"follow:board:{key}:{'off' if follow.board else 'on'}"),
    )  # fmt: skip
    buttons += (Button("Publish to followers", f"follow:publish:{key}"),)
    if follow.board:
        chart = ("Board without chart", "off") if preferences.board_chart else ("Chart on the board", "on")
        buttons += (Button(chart[0], f"follow:board_chart:{key}:{chart[1]}"),)
    buttons += (Button("Unfollow", f"follow:unfollow:{key}", "danger"),)
    if preferences.thread and thread and thread.closed:
        buttons += (Button("Open another thread", f"follow:thread:{key}:on"),)
    return Answer("\n".join(line for line in (note, *lines) if line), (), buttons, selects=selects)


def _board(follow: FollowSettings) -> str:
    if not follow.board:
        return "without a board"
    return "with a board that has a chart" if follow.preferences.board_chart else "with a board"


def _published(preferences: FollowPreferences) -> str:
    if not preferences.publish:
        return "Nothing is published to followers."
    classes = "; ".join(PUBLISHED_AS[one].lower() for one in PUBLISHED if one in preferences.publish)
    return f"Published to the channels that follow it, at most ten posts an hour: {classes}."


def _where(preferences: FollowPreferences, thread: FollowThread | None) -> str:
    if not preferences.thread:
        return "Its posts go into the channel itself."
    if thread is None:
        return "Its posts go into a thread, which the first of them opens."
    closed = "; it can't be written to, so they go into the channel" if thread.closed else ""
    return f"Its posts go into <#{thread.thread}>{closed}."


def _quiet(preferences: FollowPreferences) -> str:
    if preferences.quiet is None:
        return "No quiet hours."
    start, end = (f"{minute // 60}:{minute % 60:02}" for minute in preferences.quiet)
    through = (
        "lead changes and revisions are posted all the same"
        if preferences.through
        else "lead changes and revisions wait too, and are then told each by itself"
    )
    return f"Quiet from {start} to {end}: what waits is told in one post at the end; {through}."


def _minutes(minutes: int | None) -> str:
    if minutes is None:
        return "an hour, on election night a quarter of one"
    return f"{minutes} minutes" if minutes < 60 else "an hour" if minutes == 60 else f"{minutes // 60} hours"  # noqa: PLR2004 - minutes of an hour
