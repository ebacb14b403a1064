"""What `/desk setup` shows: each step with what is set now, lists to choose from, and the way on."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.cards.control import name_of
from bot.cards.draft import Answer, Button, Choice, Draft, Select
from bot.cards.facts import Setting
from bot.cards.limits import CONTENT, joined
from bot.cards.lost import notice
from bot.cards.setup_reminders import own_said
from bot.deskfile import Contest, Desk
from bot.server_settings import ChannelSettings, ServerSettings
from bot.wording.escape import escape
from bot.wording.numbers import votes
from bot.wording.times import clock

Lacks = Callable[[int, bool, bool], tuple[str, ...] | None]
"""Returns which permissions the bot lacks in a channel, with a board or without, with threads or without; None: it does
not see the channel."""

A_PAGE = 25
"""Contests in one list; Discord takes no more."""
_STEPS = (("role", "1 Role"), ("desk", "2 Desk's channel"), ("channels", "3 Channels"), ("reminders", "4 Reminders"))
_MOST_NAMED = 4
"""Contests of a channel that are named in the overview."""


def first_step(settings: ServerSettings) -> str:
    """Return the first step that nothing has been said in yet."""
    if settings.desk_role is None:
        return "role"
    if settings.desk_channel is None:
        return "desk"
    return "start" if any(channel.follows for channel in settings.channels) else "channels"


def overview(settings: ServerSettings, setting: Setting, lacks: Lacks, now: datetime, note: str = "") -> Answer:
    """Return everything that is set, what the bot lacks where, and a button to each step."""
    role = (
        f"<@&{settings.desk_role}>"
        if settings.desk_role
        else "not set, so only who may manage the server changes anything"
    )
    second = (
        "Two people: what one enters, another confirms." if settings.two_person else "What staff enter counts at once."
    )
    lines = [
        "**Setting up Tallydesk in this server.** Leave whenever you like; `/desk setup` shows how far it is.",
        f"1. The desk's role: {role}.",
        f"2. The desk is asked in: {_channel(settings.desk_channel) or 'no channel yet'}. {second}",
        "3. Channels that get posts:" if settings.channels else "3. No channel gets posts yet.",
        *(f"- {_follows(channel, setting.desk)}" for channel in settings.channels),
        f"4. Reminders: {own_said(settings.reminders)}.",
        (
            f"Times are those of {setting.desk.zone.key}, where it is {clock(now, setting.desk.zone, 'exact')} now. "
            "The operator sets that, as `zone` in the desk file."
        ),
    ]
    lines += _lacking(settings, lacks)
    step = first_step(settings)
    buttons = tuple(
        Button(label, f"setup:go:{key}", "primary" if key == step else "secondary") for key, label in _STEPS
    )
    return Answer(_content(note, lines), (), buttons)


def role_card(settings: ServerSettings, note: str = "") -> Answer:
    """Return the step of the desk's role."""
    now = (
        f"Now: <@&{settings.desk_role}>."
        if settings.desk_role
        else "Now: no role; only those who may manage the server can."
    )
    lines = [
        (
            "**Step 1 of 4: the desk's role.** Who has it may set what channels follow, enter, confirm and correct. "
            "Setting it takes the permission to manage the server."
        ),
        now,
    ]
    select = Select("setup:role", "The desk's role", of="roles", chosen=settings.desk_role)
    buttons = (*_clear(settings.desk_role, "No role", "setup:norole"), *_ways("desk", "Next: desk's channel"))
    return Answer(_content(note, lines), (), buttons, selects=(select,))


def desk_card(settings: ServerSettings, lacks: Lacks, note: str = "") -> Answer:
    """Return the step of the desk's channel."""
    channel = settings.desk_channel
    lines = [
        (
            "**Step 2 of 4: the desk's channel.** There the desk is told what goes wrong, and asked: posts to publish, held "
            "readings, entries to confirm. The public must not read it."
        ),
        f"Now: {_channel(channel) or 'none; nobody is asked'}.",
        *_lack(channel, lacks(channel, False, False) if channel else ()),
    ]
    buttons: tuple[Button, ...] = _clear(channel, "No channel", "setup:nodesk")
    if channel is not None:
        on = not settings.two_person
        label = "A second person confirms entries" if on else "Entries count at once"
        buttons += (
            Button(label, f"setup:confirm:{'on' if on else 'off'}"),
            Button("Test post", f"setup:test:{channel}"),
        )
    select = Select("setup:desk", "The desk's channel", of="channels", chosen=channel)
    return Answer(_content(note, lines), (), (*buttons, *_ways("channels", "Next: channels")), selects=(select,))


def channels_card(settings: ServerSettings, setting: Setting, lacks: Lacks, note: str = "") -> Answer:
    """Return the step in which a channel is chosen."""
    lines = [
        (
            "**Step 3 of 4: channels that get posts.** Choose one; then its contests, from how many votes on it gets a post, "
            "whether it has boards, and whether the public reads it."
        ),
        *(f"- {_follows(channel, setting.desk)}" for channel in settings.channels),
        *_lacking(settings, lacks),
    ]
    select = Select("setup:where", "A channel", of="channels")
    return Answer(_content(note, lines), (), _ways("reminders", "Next: reminders"), selects=(select,))


def channel_card(
    key: int, settings: ServerSettings, setting: Setting, lacks: Lacks, page: int = 0, note: str = ""
) -> Answer:
    """Return what one channel follows, with a page of contests to choose from and what else can be set."""
    channel = channel_of(settings, key)
    followed = {follow.contest for follow in channel.follows}
    desk = setting.desk
    pages = max(1, -(-len(desk.contests) // A_PAGE))
    page %= pages
    listed = desk.contests[page * A_PAGE : (page + 1) * A_PAGE]
    choices = tuple(Choice(_label(contest), contest.id, contest.id in followed) for contest in listed)
    board, threads = has_boards(channel), has_threads(channel)
    lines = [
        f"**<#{key}>** {_follows(channel, desk).partition(' ')[2]}",
        *_lack(key, lacks(key, board, threads)),
        "Choose all the contests that it is to follow; whatever is left out of the list is followed no more.",
    ]
    more = f", page {page + 1} of {pages}" if pages > 1 else ""
    select = Select(
        f"setup:contests:{key}:{page}:{version(channel)}", f"Contests{more}", choices, least=0, most=len(choices)
    )
    buttons: tuple[Button, ...] = ()
    if channel.follows:
        buttons += (
            Button("Least votes", f"setup:least:{key}"),
            Button("No boards" if board else "Boards", f"setup:board:{key}:{'off' if board else 'on'}"),
        )
    public = Button(
        "The public does not read it" if channel.public else "The public reads it",
        f"setup:public:{key}:{'off' if channel.public else 'on'}",
    )
    buttons += (public, Button("Test post", f"setup:test:{key}"))
    ways: tuple[Button, ...] = (Button("Channels", "setup:go:channels"), Button("Overview", "setup:go:start"))
    if pages > 1:
        ways = (Button("More contests", f"setup:page:{key}:{(page + 1) % pages}"), *ways)
    return Answer(_content(note, lines), (), (*buttons, *ways), selects=(select,))


def channel_of(settings: ServerSettings, key: int) -> ChannelSettings:
    """Return what is set of a channel, which may be nothing."""
    return next((one for one in settings.channels if one.channel == key), ChannelSettings(channel=key))


def has_boards(channel: ChannelSettings) -> bool:
    """Return True if something is followed there with a board."""
    return any(follow.board for follow in channel.follows)


def has_threads(channel: ChannelSettings) -> bool:
    """Return True if something is followed there in a thread."""
    return any(follow.taste.thread for follow in channel.follows)


def version(channel: ChannelSettings) -> str:
    """Return what is in the keys of a channel's lists: another, once somebody has changed what it follows."""
    return ServerSettings(channels=(channel,)).digest


def test_post(who: str, setting: Setting) -> Draft:
    """Return the test post, which says that it is one."""
    return notice(
        f"**Test.** Posts of Tallydesk arrive here. This one says nothing of any count; {name_of(who)} asked for it.",
        setting,
        quiet=True,
    )


def _follows(channel: ChannelSettings, desk: Desk) -> str:
    read = "; the public reads it, and each post waits for Publish" if channel.public else ""
    if not channel.follows:
        return f"<#{channel.channel}> follows nothing yet{read}."
    names = [_name(follow.contest, desk) for follow in channel.follows[:_MOST_NAMED]]
    more = len(channel.follows) - len(names)
    named = ", ".join(names) + (f" and {more} more" if more else "")
    leasts = {follow.at_least for follow in channel.follows}
    least = leasts.pop() if len(leasts) == 1 else 0
    when = "25 votes or 0.3% of the lead" if least is None else votes(least) if least else "what each contest has set"
    boards = "with boards" if any(follow.board for follow in channel.follows) else "without boards"
    return f"<#{channel.channel}> follows {named}; a post from {when} on, {boards}{read}."


def _name(contest: str, desk: Desk) -> str:
    found = desk.contest(contest)
    return f"**{escape(found.name, 60)}**" if found else f"{escape(contest, 60)} (no longer in the desk file)"


def _label(contest: Contest) -> str:
    where = f" · {contest.where}" if contest.where and contest.where != contest.name else ""
    return f"{contest.name}{where}"[:100]


def _channel(channel: int | None) -> str | None:
    return f"<#{channel}>" if channel else None


def _lacking(settings: ServerSettings, lacks: Lacks) -> list[str]:
    lines = _lack(settings.desk_channel, lacks(settings.desk_channel, False, False)) if settings.desk_channel else []
    for channel in settings.channels:
        lines += _lack(channel.channel, lacks(channel.channel, has_boards(channel), has_threads(channel)))
    return lines


def _lack(channel: int | None, lacking: Sequence[str] | None) -> list[str]:
    if lacking is None:
        return [f"⚠ The bot does not see <#{channel}>: it is gone, or hidden from the bot."]
    if not lacking:
        return []
    return [f"⚠ In <#{channel}> the bot lacks the permission to {' and to '.join(lacking)}."]


def _clear(chosen: int | None, label: str, key: str) -> tuple[Button, ...]:
    return () if chosen is None else (Button(label, key),)


def _ways(step: str, label: str) -> tuple[Button, ...]:
    overview_button = Button("Overview", "setup:go:start")
    return (overview_button, Button(label, f"setup:go:{step}", "primary"))


def _content(note: str, lines: Sequence[str]) -> str:
    return joined([note, *lines] if note else lines, CONTENT, "and {} more lines")
