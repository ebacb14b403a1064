"""What `/desk setup` shows: each step with what is set now, lists to choose from, and the way on."""

from collections.abc import Sequence
from datetime import datetime

from bot.cards.control import name_of
from bot.cards.draft import Answer, Button, Draft, Select
from bot.cards.facts import Setting
from bot.cards.limits import CONTENT, joined
from bot.cards.lost import notice
from bot.cards.setup_channel import Lacks, follows_line, has_boards, has_threads, lack_lines
from bot.cards.setup_reminders import own_said
from bot.server_settings import ServerSettings
from bot.wording.times import clock

_STEPS = (("role", "1 Role"), ("desk", "2 Desk's channel"), ("channels", "3 Channels"), ("reminders", "4 Reminders"))


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
        *(f"- {follows_line(channel, setting.desk)}" for channel in settings.channels),
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
        *lack_lines(channel, lacks(channel, False, False) if channel else ()),
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
        *(f"- {follows_line(channel, setting.desk)}" for channel in settings.channels),
        *_lacking(settings, lacks),
    ]
    select = Select("setup:where", "A channel", of="channels")
    return Answer(_content(note, lines), (), _ways("reminders", "Next: reminders"), selects=(select,))


def test_post(who: str, setting: Setting) -> Draft:
    """Return the test post, which says that it is one."""
    return notice(
        f"**Test.** Posts of Tallydesk arrive here. This one says nothing of any count; {name_of(who)} asked for it.",
        setting,
        quiet=True,
    )


def _channel(channel: int | None) -> str | None:
    return f"<#{channel}>" if channel else None


def _lacking(settings: ServerSettings, lacks: Lacks) -> list[str]:
    lines = (
        lack_lines(settings.desk_channel, lacks(settings.desk_channel, False, False)) if settings.desk_channel else []
    )
    for channel in settings.channels:
        lines += lack_lines(channel.channel, lacks(channel.channel, has_boards(channel), has_threads(channel)))
    return lines


def _clear(chosen: int | None, label: str, key: str) -> tuple[Button, ...]:
    return () if chosen is None else (Button(label, key),)


def _ways(step: str, label: str) -> tuple[Button, ...]:
    overview_button = Button("Overview", "setup:go:start")
    return (overview_button, Button(label, f"setup:go:{step}", "primary"))


def _content(note: str, lines: Sequence[str]) -> str:
    return joined([note, *lines] if note else lines, CONTENT, "and {} more lines")
