"""The list of follows in a server, and the settings card of one follow, with menus and buttons."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.count.post_threshold import LEAST_ALONE
from bot.count.relation import DIFFERS_AFTER
from bot.count.staleness import ENTERED_VALID_FOR
from bot.desk.desk_file import Contest, Desk
from bot.follows.levels import Role
from bot.follows.preferences import (
    PREFERENCES,
    ChoiceList,
    FollowersForm,
    FollowView,
    RoleList,
    Switch,
    minimum_words,
)
from bot.wording.card import Button, Card, Choice, Select
from bot.wording.escape import escape
from bot.wording.limits import CONTENT, cut, size
from bot.wording.times import length, of_day
from bot.wording.typed_names import contest_label

_A_PAGE = 25
"""The most follows on a page, because a Discord menu has at most 25 choices."""

_ROOM = CONTENT // 2
"""The most characters of a page's lines. The rest of the message is for the settings of the present channel."""

MAY: dict[Role, str] = {
    "reporter": "enter what no feed has; the desk confirms it",
    "desk": "enter, confirm, publish, correct and mute",
    "manager": "set up channels, roles and confirmation",
}
"""What members of a role may do, besides everything that the roles listed before may do."""


def preferences_card(key: int, channel: int, shown: FollowView, desk: Desk) -> Card:
    """Return the settings card of a follow, with menus and buttons to change the settings.

    `key` is the follow's key, and `shown` is the follow with the facts that the card shows.
    """
    follow = shown.settings
    contest = desk.contest(follow.contest)
    lines = [
        f"**What <#{channel}> gets on {escape(contest.name if contest else follow.contest, 80)}**",
        *(preference.line(shown) for preference in PREFERENCES.values() if preference.line),
    ]
    selects: list[Select] = []
    buttons = [Button("Minimum change, quiet hours", f"follow:form:{key}")]
    for name, preference in PREFERENCES.items():
        control, value = preference.control, follow.value(name)
        if isinstance(control, Switch) and (control.shown is None or control.shown(follow)):
            label, word = (control.turn_off, "off") if value else (control.turn_on, "on")
            buttons.append(Button(label, f"follow:{name}:{key}:{word}"))
        elif isinstance(control, FollowersForm):
            buttons.append(Button(control.button, f"follow:{name}:{key}"))
        elif isinstance(control, RoleList):
            role = value if isinstance(value, int) else None
            selects.append(Select(f"follow:{control.key}:{key}", control.hint, least=0, of="roles", chosen=role))
        elif isinstance(control, ChoiceList):
            choices = control.choices(value)
            least, most = (0, len(choices)) if control.several else (1, 1)
            selects.append(Select(f"follow:{control.key}:{key}", control.hint, choices, least, most))
    buttons.append(Button("Unfollow", f"follow:unfollow:{key}", "danger"))
    if follow.preferences.thread and shown.thread and shown.thread.closed:
        buttons.append(Button("Open another thread", f"follow:thread:{key}:on"))
    return Card.of(*filter(None, lines), buttons=tuple(buttons), selects=tuple(selects))


def unfollow_answer(contest: str, channel: int, *, did: bool) -> str:
    """Return the answer to the person who unfollowed the contest named `contest` in a channel.

    `did` is False if the channel had not followed the contest.
    """
    verb = "no longer follows" if did else "did not follow"
    return f"<#{channel}> {verb} **{escape(contest)}**."


@dataclass(frozen=True, slots=True)
class FollowedContest:
    """A contest that a channel follows: an item of the list that `following_card` returns."""

    key: int
    """The key of the follow."""
    channel: int
    name: str
    """The channel's name."""
    contest: str
    """The contest's id."""
    known: Contest | None
    """The contest, or None if it is no longer in the desk file."""
    least: int | None
    quiet: tuple[int, int] | None = None
    """The quiet hours, as (from, until) in minutes of the day."""
    public: bool = False
    """True if the channel is public. Each post then waits for Publish."""


def following_card(rows: Sequence[FollowedContest], page: int, here: int | None = None, *, may_change: bool) -> Card:
    """Return a page of the list of follows, with buttons to the previous and next page.

    Args:
        rows: all follows that the asker sees.
        page: the number of the page, from 0. A number that is too high gives the last page.
        here: the channel that is described above the list, and is not repeated in its lines, or None.
        may_change: True to add a menu that opens the settings of a follow on the page.
    """
    if not rows:
        return Card(()) if here else Card.of("No channel you can see follows a contest.")
    pages = _pages(rows)
    page = min(page, len(pages) - 1)
    shown = pages[page]
    lines = [_line(row) for row in shown if row.channel != here]
    if not page:
        lines.append(
            f"-# Updates with fewer than {LEAST_ALONE} new votes wait for the next post. A difference between feeds is posted once a margin "
            f"has stood for {length(DIFFERS_AFTER)}. Figures that staff enter stay in answers for {length(ENTERED_VALID_FOR)}."
        )
    buttons: tuple[Button, ...] = ()
    if len(pages) > 1:
        lines.append(f"-# Page {page + 1} of {len(pages)}; {len(rows)} in all")
        earlier = (Button("Earlier", f"following:page:{page - 1}"),) if page else ()
        later = (Button("Next", f"following:page:{page + 1}"),) if page + 1 < len(pages) else ()
        buttons = (*earlier, *later)
    if not may_change:
        return Card.of(*lines, buttons=buttons)
    known = [row.known for row in shown if row.known]
    named = [(row, contest_label(row.known, known) if row.known else row.contest) for row in shown]
    choices = tuple(Choice(cut(f"#{row.name}: {contest}", 100), str(row.key)) for row, contest in named)
    select = Select("follow:choose", "Settings of one contest", choices)
    return Card.of(*lines, buttons=buttons, selects=(select,))


def _pages(rows: Sequence[FollowedContest]) -> list[list[FollowedContest]]:
    """Return the follows in pages, each of which fits into a message and a menu."""
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
    least = f", minimum change {minimum_words(row.least)}" if row.least is not None else ""
    contest = f"**{escape(row.known.name)}**" if row.known else f"{escape(row.contest)} (no longer in the desk file)"
    return f"<#{row.channel}>: {contest}{least}{quiet}{public}"
