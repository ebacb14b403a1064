"""Answers about what a channel follows."""

from collections.abc import Sequence

from msgspec import Struct

from bot.desk.desk_file import Contest
from bot.follows.levels import Role
from bot.wording.draft import Answer, Button, Choice, Select
from bot.wording.escape import escape
from bot.wording.limits import CONTENT, cut, size
from bot.wording.numbers import votes

_A_PAGE = 25
"""Follows on a page; Discord takes no more in a list."""


_ROOM = CONTENT - 60
"""What a page's lines may take, with room for its last."""


def unfollow_answer(contest: str, channel: int, *, did: bool) -> str:
    """Return what unfollowing answers; `contest` is its name."""
    verb = "no longer follows" if did else "did not follow"
    return f"<#{channel}> {verb} **{escape(contest)}**."


class FollowedContest(Struct, frozen=True):
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


def following_card(rows: Sequence[FollowedContest], page: int, *, may_change: bool) -> Answer:
    """Return a page of what the channels of a server follow, with buttons to the pages beside it.

    Args:
        rows: all of it.
        page: from 0; past the last one: the last.
        may_change: who asks is the desk, and gets a list of the page's follows to change one.

    """
    if not rows:
        return Answer("No channel you can see follows a contest. Start with **Follow here**.")
    pages = _pages(rows)
    page = min(page, len(pages) - 1)
    shown = pages[page]
    lines = [_line(row) for row in shown]
    buttons: tuple[Button, ...] = ()
    if len(pages) > 1:
        lines.append(f"-# Page {page + 1} of {len(pages)}; {len(rows)} in all")
        earlier = (Button("Earlier", f"following:page:{page - 1}"),) if page else ()
        later = (Button("Next", f"following:page:{page + 1}"),) if page + 1 < len(pages) else ()
        buttons = (*earlier, *later)
    return Answer("\n".join(lines), (), buttons, selects=(_select(shown),) if may_change else ())


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
    return f"<#{row.channel}>: {_named(row.known, row.contest)}, minimum change {least_said(row.least)}"


def _select(rows: Sequence[FollowedContest]) -> Select:
    named = [(row, row.known.name if row.known else row.contest) for row in rows]
    choices = tuple(Choice(cut(f"#{row.name}: {contest}", 100), str(row.key)) for row, contest in named)
    return Select("follow:choose", "Change one of them", choices)


MAY: dict[Role, str] = {
    "reporter": "enter what no feed has; the desk confirms it",
    "desk": "enter, confirm, publish, correct and mute",
    "manager": "set up channels, roles and confirmation",
}
"""What a role that a newsroom sets lets its members do; each may do what those above it may."""


def _named(contest: Contest | None, key: str) -> str:
    return f"**{escape(contest.name)}**" if contest else f"{escape(key)} (no longer in the desk file)"


def least_said(least: int | None) -> str:
    """Return from how large a move on a channel gets a post: "25 votes or 0.3% of the lead"; None: nothing was set."""
    return votes(least) if least is not None else "25 votes or 0.3% of the lead"
