"""The card of one channel in `/desk setup`: what it follows, and how it is told of all of that."""

from collections.abc import Callable, Sequence

from bot.cards.draft import Answer, Button, Choice, Select
from bot.cards.facts import Setting
from bot.cards.limits import CONTENT, joined
from bot.deskfile import Contest, Desk
from bot.server_settings import ChannelSettings, ServerSettings
from bot.wording.escape import escape
from bot.wording.numbers import votes

Lacks = Callable[[int, bool, bool], tuple[str, ...] | None]
"""Returns which permissions the bot lacks in a channel, with a board or without, with threads or without; None: it does
not see the channel."""

A_PAGE = 25
"""Contests in one list; Discord takes no more."""
_MOST_NAMED = 4
"""Contests of a channel that are named in the overview."""


def channel_card(
    key: int, settings: ServerSettings, setting: Setting, lacks: Lacks, page: int = 0, note: str = ""
) -> Answer:
    """Return what one channel follows, with a page of contests to choose from and what else can be set."""
    channel = channel_of(settings, key)
    desk = setting.desk
    pages = max(1, -(-len(desk.contests) // A_PAGE))
    page %= pages
    lines = [
        f"**<#{key}>** {follows_line(channel, desk).partition(' ')[2]}",
        *(_told_lines(channel) if channel.follows else ()),
        *lack_lines(key, lacks(key, has_boards(channel), has_threads(channel))),
        "Choose all the contests that it is to follow; whatever is left out of the list is followed no more.",
    ]
    ways: tuple[Button, ...] = (Button("Channels", "setup:go:channels"), Button("Overview", "setup:go:start"))
    if pages > 1:
        ways = (Button("More contests", f"setup:page:{key}:{(page + 1) % pages}"), *ways)
    content = joined([note, *lines] if note else lines, CONTENT, "and {} more lines")
    return Answer(content, (), (*_buttons(channel), *ways), selects=_lists(channel, desk, page, pages))


def _buttons(channel: ChannelSettings) -> tuple[Button, ...]:
    """Return what can be set of all that a channel follows, if it follows anything, and of the channel itself."""
    key, board, threads = channel.channel, has_boards(channel), has_threads(channel)
    of_all = (
        Button("Least votes, quiet hours", f"setup:least:{key}"),
        Button("No boards" if board else "Boards", f"setup:board:{key}:{'off' if board else 'on'}"),
        Button("No threads" if threads else "Threads", f"setup:thread:{key}:{'off' if threads else 'on'}"),
    )
    public = Button(
        "The public does not read it" if channel.public else "The public reads it",
        f"setup:public:{key}:{'off' if channel.public else 'on'}",
    )
    return (*(of_all if channel.follows else ()), public, Button("Test post", f"setup:test:{key}"))


def _lists(channel: ChannelSettings, desk: Desk, page: int, pages: int) -> tuple[Select, ...]:
    """Return a page of contests to follow and, if anything is followed, the role that lead changes mention."""
    followed = {follow.contest for follow in channel.follows}
    listed = desk.contests[page * A_PAGE : (page + 1) * A_PAGE]
    choices = tuple(Choice(_label(contest), contest.id, contest.id in followed) for contest in listed)
    more = f", page {page + 1} of {pages}" if pages > 1 else ""
    shown = f"{channel.channel}:{page}:{version(channel)}"
    contests = Select(f"setup:contests:{shown}", f"Contests{more}", choices, least=0, most=len(choices))
    if not channel.follows:
        return (contests,)
    hint = "A role that lead changes mention; choose none for nobody"
    mention = mentions_of(channel)
    role = Select(f"setup:mention:{shown}", hint, least=0, of="roles", chosen=mention[0] if len(mention) == 1 else None)
    return contests, role


def channel_of(settings: ServerSettings, key: int) -> ChannelSettings:
    """Return what is set of a channel, which may be nothing."""
    return next((one for one in settings.channels if one.channel == key), ChannelSettings(channel=key))


def has_boards(channel: ChannelSettings) -> bool:
    """Return True if something is followed there with a board."""
    return any(follow.board for follow in channel.follows)


def has_threads(channel: ChannelSettings) -> bool:
    """Return True if something is followed there in a thread."""
    return any(follow.taste.thread for follow in channel.follows)


def leasts_of(channel: ChannelSettings) -> list[int | None]:
    """Return from how many votes on something is told there: one value, where all contests have the same."""
    return list(dict.fromkeys(follow.at_least for follow in channel.follows))


def quiets_of(channel: ChannelSettings) -> list[tuple[int, int] | None]:
    """Return the quiet hours there: one value, where all contests have the same."""
    return list(dict.fromkeys(follow.taste.quiet for follow in channel.follows))


def mentions_of(channel: ChannelSettings) -> list[int | None]:
    """Return the roles that lead changes mention there: one value, where all contests have the same."""
    return list(dict.fromkeys(follow.taste.mention for follow in channel.follows))


def version(channel: ChannelSettings) -> str:
    """Return what is in the keys of a channel's lists: another, once somebody has changed what it follows."""
    return ServerSettings(channels=(channel,)).digest


def follows_line(channel: ChannelSettings, desk: Desk) -> str:
    """Return in one line what a channel follows and how, and whether the public reads it."""
    read = "; the public reads it, and each post waits for Publish" if channel.public else ""
    if not channel.follows:
        return f"<#{channel.channel}> follows nothing yet{read}."
    names = [_name(follow.contest, desk) for follow in channel.follows[:_MOST_NAMED]]
    more = len(channel.follows) - len(names)
    named = ", ".join(names) + (f" and {more} more" if more else "")
    leasts = leasts_of(channel)
    least = leasts[0] if len(leasts) == 1 else 0
    when = "25 votes or 0.3% of the lead" if least is None else votes(least) if least else "what each contest has set"
    boards = "with boards" if any(follow.board for follow in channel.follows) else "without boards"
    inside = [follow.taste.thread for follow in channel.follows]
    threads = ", in threads" if all(inside) else ", some in threads" if any(inside) else ""
    return f"<#{channel.channel}> follows {named}; a post from {when} on, {boards}{threads}{read}."


def _told_lines(channel: ChannelSettings) -> list[str]:
    """Return the quiet hours of a channel and whom its lead changes mention."""
    quiets, mentions = quiets_of(channel), mentions_of(channel)
    if len(quiets) > 1:
        quiet = "Quiet hours are what each contest has set."
    elif quiets[0] is None:
        quiet = "No quiet hours."
    else:
        quiet = "Quiet from {} to {}.".format(*(f"{minute // 60}:{minute % 60:02}" for minute in quiets[0]))
    if len(mentions) > 1:
        mention = "Whom a lead change mentions is what each contest has set."
    else:
        mention = f"A lead change mentions <@&{mentions[0]}>." if mentions[0] else "Nobody is mentioned."
    return [f"{quiet} {mention} `/following` sets each contest by itself."]


def _name(contest: str, desk: Desk) -> str:
    found = desk.contest(contest)
    return f"**{escape(found.name, 60)}**" if found else f"{escape(contest, 60)} (no longer in the desk file)"


def _label(contest: Contest) -> str:
    where = f" · {contest.where}" if contest.where and contest.where != contest.name else ""
    return f"{contest.name}{where}"[:100]


def lack_lines(channel: int | None, lacking: Sequence[str] | None) -> list[str]:
    """Return which permissions the bot lacks in a channel, as a line, or none where it lacks none."""
    if lacking is None:
        return [f"⚠ The bot does not see <#{channel}>: it is gone, or hidden from the bot."]
    if not lacking:
        return []
    return [f"⚠ In <#{channel}> the bot lacks the permission to {' and to '.join(lacking)}."]
