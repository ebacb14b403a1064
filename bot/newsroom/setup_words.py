"""The cards of `/desk setup`: each step with the present settings, menus, and buttons to other steps."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.desk.desk_file import Desk, Source
from bot.events.event import EventKind
from bot.events.reminder import LEAD_TIMES
from bot.follows.levels import Role, Sees
from bot.follows.preferences import minimum_words, smaller_changes_words
from bot.newsroom.follow_card_words import MAY
from bot.newsroom.night_checklist_words import desk_file_line
from bot.newsroom.server_settings import ChannelSettings, ServerSettings
from bot.outbox.outbox_words import desk_notice
from bot.schedule.reminders_words import KINDS
from bot.wording.card import Button, Card, Choice, Select
from bot.wording.context import Setting, source_name
from bot.wording.escape import escape, stopped
from bot.wording.limits import cut
from bot.wording.names import listed, name_of
from bot.wording.times import clock, exact_length, of_day
from bot.wording.typed_names import contest_label

_STEPS = (
    ("role", "1 Roles"),
    ("desk", "2 Desk channel"),
    ("channels", "3 Channels"),
    ("reminders", "4 Reminders"),
    ("alone", "5 Calls and events"),
    ("night", "6 The night"),
)

_ROLES: dict[Role, str] = {"reporter": "Reporters", "desk": "The desk", "manager": "Managers"}

_SHOW_TO_MANAGERS = (
    "Discord shows `/desk setup` only to people who can manage the server. To show it to the manager role: Server "
    "Settings, Integrations, Tallydesk, `/desk`, *Add Roles or Members*. The roles set here still decide who can do what."
)

_READ_BY_ALL = (
    "Everyone in this server can read it, with held figures and the names of staff. Let only the desk see it."
)

_NOBODY_ELSE = (
    "No desk role is set, so only others who can manage the server can confirm; with nobody else, no entry takes effect. "
    "Set one in step 1."
)

A_PAGE = 25
"""The most contests in a menu, because Discord allows 25 choices."""

_MOST_NAMED = 4
"""How many of a channel's contests are named. The rest are counted."""

LET_MENTION = (
    "To let the bot mention a role: in Server Settings, Roles, open it and turn on “Allow anyone to @mention "
    "this role”, or give the bot's role “Mention @everyone, @here, and All Roles”."
)

AS_THE_DESK_FILE = "as in the desk file"

_AT_ITS_TIME = "at its time only"


class Lacks(Protocol):
    """A function that returns the permissions that the bot lacks in a channel."""

    def __call__(
        self, channel: int, board: bool, threads: bool, mentions: Collection[int | None] = (), /
    ) -> tuple[str, ...] | None:
        """Return the permissions that the bot lacks in `channel`, as text, or None if the bot can't see the channel.

        Args:
            channel: the channel.
            board: True if the channel has a pinned board, which needs more permissions.
            threads: True if posts go into threads, which need more permissions.
            mentions: roles that lead changes mention in the channel, which may need another permission.
        """


def seen_by(settings: ServerSettings, sees: Sees) -> ServerSettings:
    """Return the settings without the channels that the asker can't see.

    `sees` returns True for channels that the asker sees. The desk's channel is included in any case.
    """
    return settings.model_copy(update={"channels": tuple(one for one in settings.channels if sees(one.channel))})


def overview(settings: ServerSettings, lacks: Lacks, desk: Desk) -> Card:
    """Return the first card of the setup, the overview.

    The card has the settings, missing permissions, a menu of the channels that are set up, and a button to each step.
    """
    roles = [f"{name.lower()} <@&{role}>" for may, name in _ROLES.items() if (role := settings.role(may))]
    if roles and settings.desk_role is settings.manager_role is None:
        roles[-1] += "; the desk is whoever can manage the server"
    second = " A second person confirms entries." if settings.two_person else ""
    lines = [
        f"1. Roles: {', '.join(roles) or 'none yet'}.",
        f"2. Desk channel: {_channel(settings.desk_channel) or 'none yet'}.{second}",
        "3. Channels:" if settings.channels else "3. No channel gets posts yet.",
        *(_channel_row(channel, desk) for channel in settings.channels),
        *([f"4. Reminders: {own_reminders_line(settings.reminders)}."] if settings.reminders else []),
        *lacking_where(settings, lacks),
    ]
    step = first_step(settings)
    buttons = tuple(
        Button(label, f"setup:go:{key}", "primary" if key == step else "secondary") for key, label in _STEPS
    )
    file = (Button("Export settings", "setup:export"), Button("Forget this server", "forget:first", "danger"))
    channel = (Select("setup:where", "Set up a channel", of="channels"),) if settings.channels else ()
    return Card.of(*lines, buttons=(*buttons, *file), selects=channel)


def first_step(settings: ServerSettings) -> str:
    """Return the name of the first step of the setup that has no setting yet: roles, desk or channels.

    Returns "start", the overview, if all three have a setting.
    """
    if settings.desk_role is None:
        return "role"
    if settings.desk_channel is None:
        return "desk"
    return "start" if any(channel.follows for channel in settings.channels) else "channels"


def role_card(settings: ServerSettings, setting: Setting, now: datetime) -> Card:
    """Return the card for the setup step in which a manager chooses the three roles.

    It has a hint on how Discord shows commands to the members of a role.
    """
    lines = [
        (
            "**Step 1 of 6: roles.** Leave one empty if nobody should have it. Only people who can manage the server "
            "may set roles; they can do everything. Stop any time; `/desk setup` picks up here."
        ),
        (
            f"{desk_file_line(setting.desk)} Times are in {setting.desk.zone.key}, where it is "
            f"{clock(now, setting.desk.zone, 'exact')}."
        ),
        *(
            f"- {name}, {f'<@&{role}>' if (role := settings.role(may)) else 'no role'}: can {MAY[may]}."
            for may, name in _ROLES.items()
        ),
        *([_SHOW_TO_MANAGERS] if settings.manager_role else []),
    ]
    selects = tuple(
        Select(
            f"setup:role:{may}",
            f"{may.capitalize()} role",
            least=0,
            of="roles",
            chosen=settings.role(may),
        )
        for may in _ROLES
    )
    return Card.of(*lines, buttons=_step_buttons("desk", "Next: desk channel"), selects=selects)


def desk_card(
    settings: ServerSettings,
    lacks: Lacks,
    sees: Sees,
    read_by_all: Callable[[int], bool],
    back_to: int | None = None,
) -> Card:
    """Return the card for the setup step in which a manager chooses the desk's channel.

    `read_by_all` returns True if every member of the server can read a channel. `back_to` is a channel to make public
    once a desk channel is chosen.
    """
    channel = settings.desk_channel
    step = (
        "**Step 2 of 6: the desk channel.** Problems and questions for the desk go there: posts to publish, "
        "figures on hold, entries to confirm. Keep it private."
    )
    now = f"Now: {_channel(channel)}." if channel else "None is chosen yet, so nobody is asked."
    lines = [
        *((step, now) if back_to is None else (_makes_public(channel_of(settings, back_to)),)),
        *lack_lines(channel, lacks(channel, False, False) if channel else ()),
        *([_READ_BY_ALL] if channel and read_by_all(channel) else []),
        *([_NOBODY_ELSE] if settings.two_person and settings.desk_role is settings.manager_role is None else []),
    ]
    buttons: tuple[Button, ...] = ()
    if channel is not None:
        on = not settings.two_person
        label = "Require a second person" if on else "Stop requiring a second person"
        buttons = (
            Button("Remove desk channel", "setup:nodesk"),
            Button(label, f"setup:confirm:{'on' if on else 'off'}"),
            Button("Test post", f"setup:test:{channel}"),
        )
    shown = channel if channel is not None and sees(channel) else None
    select = Select(
        f"setup:desk:{back_to}" if back_to else "setup:desk", "Choose the desk channel", of="channels", chosen=shown
    )
    ways = _step_buttons("channels", "Next: channels")
    if back_to is not None:
        ways = (Button("Back", f"setup:page:{back_to}:0"),)
    return Card.of(*lines, buttons=(*buttons, *ways), selects=(select,))


def _makes_public(channel: ChannelSettings) -> str:
    """Return the line that asks for a desk channel, without which another channel can't be made public."""
    goes = "; its board goes" if has_boards(channel) else ""
    return f"**Choose a private desk channel to make <#{channel.channel}> public.** Its posts then wait there for Publish; what is posted stays{goes}."


def channels_card(settings: ServerSettings, setting: Setting, lacks: Lacks) -> Card:
    """Return the card for the setup step in which a manager chooses a channel to set up."""
    lines = [
        "**Step 3 of 6: channels that get posts.** Choose one to set it up.",
        *(_channel_row(channel, setting.desk) for channel in settings.channels),
        *lacking_where(settings, lacks),
    ]
    select = Select("setup:where", "Set up a channel", of="channels")
    return Card.of(*lines, buttons=_step_buttons("reminders", "Next: reminders"), selects=(select,))


def _channel(channel: int | None) -> str | None:
    return f"<#{channel}>" if channel else None


def lacking_where(settings: ServerSettings, lacks: Lacks) -> list[str]:
    """Return the permissions that the bot lacks in the desk's channel and in channels that get posts.

    `lacks` returns the missing permissions in a channel. There is one line for each of these channels.
    """
    lines = (
        lack_lines(settings.desk_channel, lacks(settings.desk_channel, False, False)) if settings.desk_channel else []
    )
    for channel in settings.channels:
        lacking = lacks(channel.channel, has_boards(channel), has_threads(channel), mentions_of(channel))
        if channel.follows or lacking is None:  # otherwise nothing is posted there automatically
            lines += lack_lines(channel.channel, lacking)
    return lines


def _step_buttons(step: str, label: str) -> tuple[Button, ...]:
    """Return the buttons to other cards of the setup: the overview, the previous step, and the next step.

    `step` is the next step, and `label` is its button's text. There may be no previous step.
    """
    keys = [key for key, _ in _STEPS]
    before = keys[: keys.index(step) - 1][-1:]
    back = tuple(Button("Back", f"setup:go:{key}") for key in before)
    return (Button("Overview", "setup:go:start"), *back, Button(label, f"setup:go:{step}", "primary"))


def channel_card(
    key: int,
    settings: ServerSettings,
    setting: Setting,
    lacks: Lacks,
    page: int = 0,
    *,
    brief: bool = False,
) -> Card:
    """Return a channel's card: its settings, a page of contests to follow, and buttons for other settings.

    Args:
        key: the channel's id.
        settings: the server's settings.
        setting: the desk file and the reader.
        lacks: returns the permissions that the bot lacks.
        page: the page of contests, from 0.
        brief: True to show only the most frequent settings, with a button to the rest.
    """
    channel = channel_of(settings, key)
    desk = setting.desk
    pages = _pages(desk)
    page %= pages
    lines = [
        _follows_line(channel, desk),
        *(_quiet_and_mentions(channel) if channel.follows else ()),
        *lack_lines(key, lacks(key, has_boards(channel), has_threads(channel), mentions_of(channel))),
    ]
    ways: tuple[Button, ...] = (
        (Button("More settings", f"setup:page:{key}:{page}"),) if brief else (Button("Overview", "setup:go:start"),)
    )
    if pages > 1:
        ways = (Button("More contests", f"setup:page:{key}:{(page + 1) % pages}"), *ways)
    every = Button("Follow all contests", f"setup:every:{key}")
    first = (every,) if not channel.follows and 1 < len(desk.contests) <= A_PAGE else ()
    buttons = (*first, *_buttons(channel, brief=brief), *ways)
    lists = _lists(channel, desk, page)
    return Card.of(*lines, buttons=buttons, selects=lists[:1] if brief else lists)


def _buttons(channel: ChannelSettings, *, brief: bool) -> tuple[Button, ...]:
    """Return buttons for a channel's settings, and for the settings of all its follows if it has any.

    With `brief`, only buttons for the most frequent settings are returned.
    """
    key, boards, threads = channel.channel, has_boards(channel), has_threads(channel)
    board = Button("Remove boards" if boards else "Show boards", f"setup:board:{key}:{'off' if boards else 'on'}")
    least = Button("Minimum change, quiet hours", f"setup:least:{key}")
    of_all = (
        least,
        *((board,) if not channel.public else ()),  # a public channel has no board
        Button("Stop using threads" if threads else "Use threads", f"setup:thread:{key}:{'off' if threads else 'on'}"),
    )
    goes = ", no board" if boards else ""
    public = Button(
        "Private: post without asking" if channel.public else f"Public: ask before each post{goes}",
        f"setup:public:{key}:{'off' if channel.public else 'on'}",
    )
    if brief:
        return (least, public) if channel.follows else (public,)
    return (*(of_all if channel.follows else ()), public, Button("Test post", f"setup:test:{key}"))


def _lists(channel: ChannelSettings, desk: Desk, page: int) -> tuple[Select, ...]:
    """Return a menu with a page of contests and, if the channel follows a contest, a menu of the role to mention.

    Lead changes mention that role.
    """
    contests = _contests_list(channel, desk, page)
    if not channel.follows:
        return (contests,)
    key, hint = f"setup:mention:{_shown(channel, page)}", "Mention a role on lead changes"
    mention = mentions_of(channel)
    role = Select(key, hint, least=0, of="roles", chosen=mention[0] if len(mention) == 1 else None)
    return contests, role


def _contests_list(channel: ChannelSettings, desk: Desk, page: int) -> Select:
    followed = {follow.contest for follow in channel.follows}
    listed = desk.contests[page * A_PAGE : (page + 1) * A_PAGE]
    choices = tuple(
        Choice(contest_label(contest, desk.contests), contest.id, contest.id in followed) for contest in listed
    )
    pages = _pages(desk)
    more = f", page {page + 1} of {pages}" if pages > 1 else ""
    key = f"setup:contests:{_shown(channel, page)}"
    return Select(key, f"Contests to follow{more}", choices, least=0, most=len(choices))


def _shown(channel: ChannelSettings, page: int) -> str:
    """Return the end of a menu's key: the channel, the page, and the `version` of the channel's settings."""
    return f"{channel.channel}:{page}:{version(channel)}"


def _pages(desk: Desk) -> int:
    return max(1, -(-len(desk.contests) // A_PAGE))


def channel_of(settings: ServerSettings, key: int) -> ChannelSettings:
    """Return the settings of a channel, or the defaults if none are stored."""
    return next((one for one in settings.channels if one.channel == key), ChannelSettings(channel=key))


def has_boards(channel: ChannelSettings) -> bool:
    """Return True if any of the channel's contests has a board."""
    return any(follow.board for follow in channel.follows)


def has_threads(channel: ChannelSettings) -> bool:
    """Return True if any of the channel's contests is posted in a thread."""
    return any(follow.preferences.thread for follow in channel.follows)


def minimum_changes(channel: ChannelSettings) -> list[int | None]:
    """Return the different minimum changes among a channel's contests, in votes."""
    return list(dict.fromkeys(follow.at_least for follow in channel.follows))


def quiet_hours_of(channel: ChannelSettings) -> list[tuple[int, int] | None]:
    """Return the different quiet hours among a channel's contests."""
    return list(dict.fromkeys(follow.preferences.quiet for follow in channel.follows))


def mentions_of(channel: ChannelSettings) -> list[int | None]:
    """Return the different roles that lead changes mention in a channel.

    None in the list stands for contests whose lead changes mention no role.
    """
    return list(dict.fromkeys(follow.preferences.mention for follow in channel.follows))


def version(channel: ChannelSettings) -> str:
    """Return a hash of a channel's settings.

    The keys of menus contain this hash, so that a choice from an outdated menu is refused.
    """
    return ServerSettings(channels=(channel,)).digest


def _channel_row(channel: ChannelSettings, desk: Desk) -> str:
    """Return a line of the list of channels: the channel, its contests, and whether it is public."""
    return f"- <#{channel.channel}>: {_followed(channel, desk) or 'nothing yet'}{'; public' if channel.public else ''}"


def _follows_line(channel: ChannelSettings, desk: Desk) -> str:
    """Return the first line of a channel's card.

    The line has the followed contests, the minimum change, threads, and whether the channel is public.
    """
    read = "; public" if channel.public else ""
    if not channel.follows:
        return f"**<#{channel.channel}>** follows nothing yet{read}."
    leasts = minimum_changes(channel)
    when = minimum_words(leasts[0]) if len(leasts) == 1 else "set by contest"
    together = {smaller_changes_words(follow.preferences) for follow in channel.follows}
    when += f" ({together.pop()})" if len(together) == 1 else ""
    inside = [follow.preferences.thread for follow in channel.follows]
    threads = "; in threads" if all(inside) else "; some in threads" if any(inside) else ""
    return f"**<#{channel.channel}>** follows {_followed(channel, desk)}; minimum change {when}{threads}{read}."


def _followed(channel: ChannelSettings, desk: Desk) -> str:
    names = [_name(follow.contest, desk) for follow in channel.follows[:_MOST_NAMED]]
    more = len(channel.follows) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _quiet_and_mentions(channel: ChannelSettings) -> list[str]:
    """Return one line with a channel's quiet hours and the role that lead changes mention.

    Returns an empty list if the channel has neither.
    """
    quiets, mentions = quiet_hours_of(channel), mentions_of(channel)
    said = []
    if len(quiets) > 1:
        said.append("Quiet hours are set by contest.")
    elif quiets[0] is not None:
        said.append(stopped("Quiet from {} to {}".format(*map(of_day, quiets[0]))))
    if len(mentions) > 1:
        said.append("Mentions are set by contest.")
    elif mentions[0] is not None:
        said.append(f"Lead changes mention <@&{mentions[0]}>.")
    if len(channel.follows) > 1:
        said.append("One contest alone: **Settings of one contest** under `/following`.")
    return [" ".join(said)] if said else []


def _name(contest: str, desk: Desk) -> str:
    found = desk.contest(contest)
    return f"**{escape(found.name, 60)}**" if found else f"{escape(contest, 60)} (no longer in the desk file)"


def lack_lines(channel: int | None, lacking: Sequence[str] | None) -> list[str]:
    """Return one line with the permissions that the bot lacks in a channel, or an empty list if it lacks none.

    `lacking` are the permissions that `Lacks` returned. With None, the line reports that the bot can't see the
    channel.
    """
    if lacking is None:
        return [f"⚠ The bot can't see <#{channel}>: it is gone, or hidden from the bot."]
    if not lacking:
        return []
    way = f" {LET_MENTION}" if any(one.startswith("mention ") for one in lacking) else ""
    return [f"⚠ In <#{channel}> the bot lacks the permission to {listed(lacking)}.{way}"]


def reminders_card(settings: ServerSettings, setting: Setting) -> Card:
    """Return the card for the setup step with the reminders: the lead times for each kind of event.

    The card also shows whether the server or the desk file set them.
    """
    lines = [
        (
            "**Step 4 of 6: reminders.** How long before each kind of event a reminder is posted; one more is posted "
            "at its time. Events with reminders of their own keep them."
        ),
        *(f"- {name}: {_in_force(kind, settings, setting)}" for kind, name in KINDS.items()),
        "Choose a kind to change it; events already on the schedule change too.",
    ]
    choices = tuple(Choice(name, kind) for kind, name in KINDS.items())
    select = Select("setup:kind", "Choose a kind of event", choices)
    return Card.of(*lines, buttons=_step_buttons("alone", "Next: calls and events"), selects=(select,))


def automatic_posts_card(
    callers: Sequence[Source], repeated: Sequence[str], *, mirrored: bool, added: Sequence[Source] = ()
) -> Card:
    """Return the card for the setup step about calls and events that are posted without an editor.

    Args:
        callers: the callers that can be chosen.
        repeated: the ids of callers whose calls are posted automatically.
        mirrored: True if the schedule is copied to the server's Discord events.
        added: the callers that this server added.
    """
    callers = callers[:A_PAGE]
    names = [source_name(one) for one in callers if one.id in repeated]
    lines = [
        "**Step 5 of 6: calls and events.** A call that a source's feed shows is posted only if its caller is chosen here.",
        f"Calls posted automatically: {', '.join(names) or 'none'}." if callers else "The desk file names no callers.",
        *(
            [f"Callers added here with `/call`: {listed([source_name(one) for one in added[:A_PAGE]])}."]
            if added
            else []
        ),
        "The next 100 events on the schedule also show as this server's own events."
        if mirrored
        else "The schedule does not show as this server's own events.",
    ]
    choices = tuple(Choice(cut(one.name, 100), one.id, one.id in repeated) for one in callers)
    select = Select("setup:calls", "Post these callers' calls", choices, least=0, most=len(choices))
    switch = Button("Don't show events" if mirrored else "Show events", f"setup:mirror:{'off' if mirrored else 'on'}")
    buttons = (switch, *_step_buttons("night", "Next: the night"))
    selects: tuple[Select, ...] = (select,) if choices else ()
    if added:
        gone = tuple(Choice(cut(one.name, 100), one.id) for one in added[:A_PAGE])
        selects += (Select("setup:uncaller", "Remove an added caller", gone),)
    return Card.of(*lines, buttons=buttons, selects=selects)


def test_post(who: str, setting: Setting) -> Card:
    """Return a post that is marked as a test. `who` asked for it, and is named in it."""
    return desk_notice(
        f"**Test post.** Tallydesk posts arrive here. This one has no figures; {name_of(who)} asked for it.",
        setting,
        quiet=True,
    )


def own_reminders_line(reminders: Mapping[EventKind, Sequence[int]]) -> str:
    """Return the lead times that the newsroom has set, as text for the overview."""
    own = "; ".join(f"{KINDS[kind].lower()} {lead_times_phrase(leads)}" for kind, leads in reminders.items())
    return f"{own}; other kinds {AS_THE_DESK_FILE}" if len(reminders) < len(KINDS) else own


def lead_times_phrase(minutes: Sequence[int] | None) -> str:
    """Return lead times as text: "1 day, 60 minutes before".

    None stands for the lead times in the desk file.
    """
    if minutes is None:
        return AS_THE_DESK_FILE
    return f"{_listed(minutes)} before" if minutes else _AT_ITS_TIME


def typed_as(minutes: Sequence[int] | None) -> str:
    """Return lead times in the form in which people type them: "1 day, 60 minutes".

    Returns "none" for no lead time, and "" for None.
    """
    return "" if minutes is None else _listed(minutes) or "none"


def _in_force(kind: EventKind, settings: ServerSettings, setting: Setting) -> str:
    own, by_file = settings.reminders.get(kind), setting.desk.desk.reminders
    if own is not None:
        return f"{lead_times_phrase(own)} (this server's)"
    leads = [lead // timedelta(minutes=1) for lead in by_file.get(kind, LEAD_TIMES[kind])]
    return lead_times_phrase(leads) + (" (the desk file's)" if kind in by_file else "")


def _listed(minutes: Iterable[int]) -> str:
    return ", ".join(exact_length(timedelta(minutes=one)) for one in minutes)
