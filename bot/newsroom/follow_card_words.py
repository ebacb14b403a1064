"""What a channel follows, and the settings card of one follow: its preferences in words, with lists and buttons to change them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.count.staleness import ENTERED_STANDS
from bot.desk.desk_file import Contest, Desk
from bot.follows.follows_store import FollowThread
from bot.follows.levels import Role
from bot.follows.preferences import BY_RULE, MIXED, FollowPreferences, Skippable
from bot.newsroom.server_settings import FollowSettings
from bot.outbox.kinds import PUBLISHED, Published
from bot.wording.draft import Answer, Button, Choice, Select
from bot.wording.escape import capitalised, escape
from bot.wording.limits import CONTENT, cut, size
from bot.wording.numbers import votes
from bot.wording.times import length, of_day
from bot.wording.typed_names import contest_label

_KINDS: dict[Skippable, str] = {
    "margin": "Margin changes past the minimum",
    "lead_change": "Lead changes",
    "status": "Reporting and status: complete, certified",
    "other_sources": "Other sources that confirm or contradict",
}

PUBLISHED_AS: dict[Published, str] = {
    "lead_change": "Lead changes",
    "revision": "Revisions, corrections and retractions",
    "certified": "Certifications, and calls by others",
    "rest": "Everything else, up to Discord's 10 an hour",
}

_ROLL_UPS = (None, 0, 5, 15, 30, 120, 240)

_A_PAGE = 25
"""Follows on a page; Discord takes no more in a list."""

_ROOM = CONTENT // 2
"""Characters for a page's lines; the rest is for the settings of the channel where it is asked, above them."""

MAY: dict[Role, str] = {
    "reporter": "enter what no feed has; the desk confirms it",
    "desk": "enter, confirm, publish, correct and mute",
    "manager": "set up channels, roles and confirmation",
}
"""What members of a role may do; each role also includes those above it."""


def preferences_card(
    key: int,
    channel: int,
    follow: FollowSettings,
    desk: Desk,
    note: str = "",
    thread: FollowThread | None = None,
    *,
    public: bool,
) -> Answer:
    """Return how a channel follows a contest, with lists and buttons to change it.

    `thread`: the one that is open; `public`: the public reads the channel.
    """
    preferences = follow.preferences
    contest = desk.contest(follow.contest)
    name = escape(contest.name, 80) if contest else escape(follow.contest, 80)
    left_out = _kinds_said(preferences)
    lines = [
        f"**What <#{channel}> gets on {name}**",
        f"Minimum change: {least_said(follow.at_least)} ({smaller_said(preferences)}).{_board(follow, public=public)}",
        f"No posts of their own, included in the next one: {left_out}." if left_out else "",
        _quiet(preferences),
        _where(preferences, thread),
        (
            "On election night: a digest, and lead changes without a notification."
            if preferences.night
            else "Election night is like any other night."
        ),
        f"Lead changes mention <@&{preferences.mention}>; nothing else mentions anyone." if preferences.mention else "",
        f"Published to servers that follow the channel, at most 10 posts an hour: {_classes_said(preferences)}."
        if preferences.publish
        else "",
    ]
    kinds = tuple(Choice(label, kind, kind not in preferences.without) for kind, label in _KINDS.items())
    selects = (
        Select(f"follow:kinds:{key}", "Nothing but first figures and revisions", kinds, 0, len(kinds)),
        Select(
            f"follow:mention:{key}", "Mention a role on lead changes", least=0, of="roles", chosen=preferences.mention
        ),
    )
    through, night = ("off" if preferences.through else "on"), ("off" if preferences.night else "on")
    buttons: tuple[Button, ...] = (
        Button("Minimum change, quiet hours", f"follow:form:{key}"),
        *(
            [
                Button(
                    "Hold lead changes in quiet hours" if preferences.through else "Post lead changes in quiet hours",
                    f"follow:through:{key}:{through}",
                )
            ]
            if preferences.quiet
            else []
        ),
        Button(
            "No election-night mode" if preferences.night else "Use election-night mode", f"follow:night:{key}:{night}"
        ),
        Button(
            "Stop using a thread" if preferences.thread else "Use a thread",
            f"follow:thread:{key}:{'off' if preferences.thread else 'on'}",
        ),
        Button(
            "Remove board" if follow.board else "Show a board", f"follow:board:{key}:{'off' if follow.board else 'on'}"
        ),
        Button("Publish to followers", f"follow:publish:{key}"),
    )
    if follow.board:
        chart = ("Remove chart from board", "off") if preferences.board_chart else ("Add chart to board", "on")
        buttons += (Button(chart[0], f"follow:board_chart:{key}:{chart[1]}"),)
    buttons += (Button("Unfollow", f"follow:unfollow:{key}", "danger"),)
    if preferences.thread and thread and thread.closed:
        buttons += (Button("Open another thread", f"follow:thread:{key}:on"),)
    return Answer("\n".join(line for line in (note, *lines) if line), (), buttons, selects=selects)


def _board(follow: FollowSettings, *, public: bool) -> str:
    if not follow.board:
        return ""
    if public:
        return " No board while the channel is public: boards update without Publish."
    return f" A pinned board shows the count{', with a chart' if follow.preferences.board_chart else ''}."


def _classes_said(preferences: FollowPreferences) -> str:
    return "; ".join(PUBLISHED_AS[one].lower() for one in PUBLISHED if one in preferences.publish)


def _kinds_said(preferences: FollowPreferences) -> str:
    return "; ".join(said.lower() for kind, said in _KINDS.items() if kind in preferences.without)


def _where(preferences: FollowPreferences, thread: FollowThread | None) -> str:
    if not preferences.thread:
        return ""
    if thread is None:
        return "Posts go to a thread, which the first one opens."
    closed = "; the bot can't post there, so they go to the channel" if thread.closed else ""
    return f"Posts go to <#{thread.thread}>{closed}."


def _quiet(preferences: FollowPreferences) -> str:
    if preferences.quiet is None:
        return ""
    start, end = map(of_day, preferences.quiet)
    through = (
        "lead changes and revisions still post"
        if preferences.through
        else "lead changes and revisions wait too, each for a post of its own"
    )
    return f"Quiet from {start} to {end}: what waits comes in one post at the end; {through}."


def unfollow_answer(contest: str, channel: int, *, did: bool) -> str:
    """Return what unfollowing answers; `contest` is its name."""
    verb = "no longer follows" if did else "did not follow"
    return f"<#{channel}> {verb} **{escape(contest)}**."


@dataclass(frozen=True, slots=True)
class FollowedContest:
    """A contest that a channel follows."""

    key: int
    """Of the follow."""
    channel: int
    name: str
    """The channel's."""
    contest: str
    """The contest's id."""
    known: Contest | None
    """None: it is no longer in the desk file."""
    least: int | None
    quiet: tuple[int, int] | None = None
    """From and until which minute of the day nothing is posted."""
    public: bool = False
    """Each post waits for Publish."""


def following_card(rows: Sequence[FollowedContest], page: int, here: int | None = None, *, may_change: bool) -> Answer:
    """Return a page of what the channels of a server follow, with buttons to the pages beside it.

    Args:
        rows: all of it.
        page: from 0; past the last one: the last.
        here: the channel of which it is said above; None: of none.
        may_change: who asks is the desk, and gets a list of the page's follows to change one.

    """
    if not rows:
        return Answer("" if here else "No channel you can see follows a contest.")
    pages = _pages(rows)
    page = min(page, len(pages) - 1)
    shown = pages[page]
    lines = [_line(row) for row in shown if row.channel != here]
    if not page:
        lines.append(f"-# Figures that staff enter stand beside the margin for {length(ENTERED_STANDS)}.")
    buttons: tuple[Button, ...] = ()
    if len(pages) > 1:
        lines.append(f"-# Page {page + 1} of {len(pages)}; {len(rows)} in all")
        earlier = (Button("Earlier", f"following:page:{page - 1}"),) if page else ()
        later = (Button("Next", f"following:page:{page + 1}"),) if page + 1 < len(pages) else ()
        buttons = (*earlier, *later)
    if not may_change:
        return Answer("\n".join(lines), (), buttons)
    known = [row.known for row in shown if row.known]
    named = [(row, contest_label(row.known, known) if row.known else row.contest) for row in shown]
    choices = tuple(Choice(cut(f"#{row.name}: {contest}", 100), str(row.key)) for row, contest in named)
    select = Select("follow:choose", "Settings of one contest", choices)
    return Answer("\n".join(lines), (), buttons, selects=(select,))


def _pages(rows: Sequence[FollowedContest]) -> list[list[FollowedContest]]:
    """Return follows in pages of which each fits into a message and its list."""
    pages: list[list[FollowedContest]] = [[]]
    left = _ROOM
    for row in rows:
        takes = size(_line(row)) + 1
        if pages[-1] and (takes > left or len(pages[-1]) == _A_PAGE):
            pages.append([])
            left = _ROOM
        pages[-1].append(row)
        left -= takes
    return pages


def _line(row: FollowedContest) -> str:
    quiet = f"; quiet from {of_day(row.quiet[0])} to {of_day(row.quiet[1])}" if row.quiet else ""
    public = "; public" if row.public else ""
    least = f", minimum change {least_said(row.least)}" if row.least is not None else ""
    contest = f"**{escape(row.known.name)}**" if row.known else f"{escape(row.contest)} (no longer in the desk file)"
    return f"<#{row.channel}>: {contest}{least}{quiet}{public}"


def smaller_said(preferences: FollowPreferences) -> str:
    """Return when a channel is told of changes below its minimum: "smaller ones hourly"."""
    return f"smaller ones {_smaller(preferences.roll_up)}"


def smaller_choices(follows: Sequence[FollowPreferences]) -> tuple[Choice, ...]:
    """Return when follows may be told of changes below the minimum, with what is set; `MIXED`: each as it is."""
    now = {preferences.roll_up for preferences in follows}
    known = dict.fromkeys([*_ROLL_UPS, *now])
    rule = Choice("Hourly, or every 15 minutes on election night", BY_RULE, now == {None})
    choices = tuple(
        rule if one is None else Choice(capitalised(_smaller(one)), str(one), now == {one}) for one in known
    )
    return choices if len(now) == 1 else (Choice("Set by contest", MIXED, chosen=True), *choices)


def _smaller(minutes: int | None) -> str:
    if minutes == 0:
        return "with the next post"
    return "hourly" if minutes in (None, 60) else f"every {length(timedelta(minutes=minutes))}"


_ASPECTS: tuple[tuple[str, Callable[[FollowSettings], str]], ...] = (
    ("minimum change ", lambda one: votes(one.at_least) if one.at_least is not None else "default"),
    ("smaller changes ", lambda one: _smaller(one.preferences.roll_up)),
    ("quiet hours ", lambda one: " to ".join(map(of_day, one.preferences.quiet)) if one.preferences.quiet else "none"),
    ("in quiet hours lead changes ", lambda one: "post" if one.preferences.through else "wait"),
    ("no posts of their own: ", lambda one: _kinds_said(one.preferences) or "nothing"),
    ("election-night mode ", lambda one: "on" if one.preferences.night else "off"),
    ("lead changes mention ", lambda one: f"<@&{one.preferences.mention}>" if one.preferences.mention else "nobody"),
    ("published to followers: ", lambda one: _classes_said(one.preferences) or "nothing"),
    ("", lambda one: "in a thread" if one.preferences.thread else "in the channel"),
    ("", lambda one: "with a board" if one.board else "without a board"),
    ("board's chart ", lambda one: "on" if one.preferences.board_chart else "off"),
)
"""What can be set of a follow, each with its value in words."""


def settings_said(follow: FollowSettings, before: FollowSettings | None = None) -> list[str]:
    """Return how a follow is told where that was set; with `before`, where it was otherwise: "quiet hours midnight to 5 a.m."."""
    plain, said = FollowSettings(contest=follow.contest), []
    for label, value in _ASPECTS:
        was, now = value(before or plain), value(follow)
        if was != now:
            said.append(f"{label}{now}" if was == value(plain) else f"{label}{was} → {now}")
    return said


def least_said(least: int | None) -> str:
    """Return from how large a move on a channel gets a post: "25 votes, or 0.3% of the lead if more"; None: nothing was set."""
    return votes(least) if least is not None else "25 votes, or 0.3% of the lead if more"
