"""The steps of `/desk setup`.

Each choice is saved at once and no progress is stored, so a manager can stop at any step.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.entries.call_entry import CallEntry
from bot.errors import BadInputError
from bot.events.event import EventKind
from bot.feeds.polling import SourceHealth
from bot.follows.levels import Role, Sees
from bot.follows.preferences import (
    DEFAULT_PREFERENCES,
    MIXED,
    FollowSettings,
    minimum_as_typed,
    parse_minimum,
    refuse_everyone,
    roll_up_of,
    smaller_choices,
)
from bot.newsroom.help_words import greeting
from bot.newsroom.night_checklist_words import ChecklistFacts, checklist_card
from bot.newsroom.server_settings import ChannelSettings, ServerSettings
from bot.newsroom.server_settings_store import Edit, ServerSettingsStore
from bot.newsroom.setup_words import (
    A_PAGE,
    Lacks,
    automatic_posts_card,
    channel_card,
    channel_of,
    channels_card,
    desk_card,
    first_step,
    lacking_where,
    minimum_changes,
    overview,
    quiet_hours_of,
    reminders_card,
    role_card,
    seen_by,
    test_post,
    typed_as,
    version,
)
from bot.newsroom.status_store import StatusStore
from bot.newsroom.suspensions import Suspensions
from bot.schedule.mirror import Mirror
from bot.schedule.reminders import read_lead_times
from bot.wording.card import Button, Card, Choice
from bot.wording.context import Setting
from bot.wording.names import listed
from bot.wording.typed_times import hours_label, quiet_hours

_MINUTE = timedelta(minutes=1)

_REMINDERS_MEANWHILE = "someone changed these reminders since you opened the form; nothing was changed, so check again"

_MEANWHILE = "someone changed what that channel follows since this was shown; nothing was changed, so check again"


@dataclass(frozen=True, slots=True)
class SettingsEditor:
    """A person who changes settings, with facts about their server that the steps need."""

    server: int
    who: str
    """The person's name, as recorded in the audit."""
    lacks: Lacks
    sees: Sees
    read_by_all: Callable[[int], bool]
    """Returns True if every member of the server can read a channel."""


@dataclass(frozen=True, slots=True)
class ChannelFormValues:
    """The values with which the form for a channel's settings was opened."""

    least: str
    quiet: str
    smaller: tuple[Choice, ...]
    version: str
    """The `version` of the channel's settings when the form was opened."""


class Setup:
    """A service for `/desk setup`, which sets up a server step by step.

    Most methods save a choice and return the card to show next.
    """

    def __init__(
        self,
        *,
        store: ServerSettingsStore,
        status: StatusStore,
        suspensions: Suspensions,
        calls: CallEntry,
        mirror: Mirror,
        health: Mapping[str, SourceHealth],
        jobs: Callable[[], Collection[str]],
        rehearsed: Callable[[], datetime | None],
        setting: Setting,
        clock: Clock,
    ) -> None:
        """Create the service.

        Args:
            store: the settings.
            status: returns what is stopped in a server, and which feeds were seen to work.
            suspensions: sets the desk's channel, the two-person rule, and which channels are public.
            calls: sets the callers whose calls are posted automatically.
            mirror: copies the schedule to the server's own Discord events.
            health: the health of each source, by its id.
            jobs: returns the names of the background jobs.
            rehearsed: returns when the desk file was last rehearsed to the end with all its contests, or None if no such
                rehearsal is known.
            setting: the desk file and the recount lines.
            clock: the news clock, which is simulated in a rehearsal.
        """
        self._store = store
        self._status = status
        self._suspensions = suspensions
        self._calls = calls
        self._mirror = mirror
        self._health = health
        self._jobs = jobs
        self._rehearsed = rehearsed
        self._setting = setting
        self._clock = clock

    async def go(self, editor: SettingsEditor, step: str | None = None, *done: str) -> Card:
        """Return the card of a step of the setup.

        Without `step`, the result is the overview if a channel gets posts, or else the first step without a setting.
        `done` are sentences about the settings just made, shown above the step.
        """
        settings = seen_by(await self._store.read(editor.server), editor.sees)
        used = any(channel.follows for channel in settings.channels)
        match step or ("start" if used else first_step(settings)):
            case "role":
                card = role_card(settings, self._setting, self._clock.now())
            case "desk":
                card = desk_card(settings, editor.lacks, editor.sees, editor.read_by_all)
            case "channels":
                card = channels_card(settings, self._setting, editor.lacks)
            case "reminders":
                card = reminders_card(settings, self._setting)
            case "alone":
                repeated, mirrored = await self._calls.repeated(editor.server), await self._mirror.is_on(editor.server)
                added = await self._calls.added(editor.server)
                card = automatic_posts_card(self._calls.callers(), repeated, mirrored=mirrored, added=added)
            case "night":
                facts = await self._facts(editor, lacking_where(settings, editor.lacks))
                card = checklist_card(settings, facts, self._setting, self._clock.now())
            case _:
                card = overview(settings, editor.lacks, self._setting.desk)
        return card.above(*done)

    async def _facts(self, editor: SettingsEditor, lacking: Sequence[str]) -> ChecklistFacts:
        status, jobs = await self._status.status(editor.server), self._jobs()
        return ChecklistFacts(
            proofs=status.proofs,
            failing=[
                source.id
                for source in self._setting.desk.sources
                if (one := self._health.get(source.id)) is None or one.failures or one.reached_at is None
            ],
            rehearsed_at=self._rehearsed(),
            heartbeat="heartbeat" in jobs,
            backups="backup" in jobs,
            stopped=bool(status.paused or status.muted),
            lacking=lacking,
        )

    async def lacking(self, editor: SettingsEditor) -> list[str]:
        """Return a line for each channel in which the bot lacks permissions, with these permissions."""
        return lacking_where(seen_by(await self._store.read(editor.server), editor.sees), editor.lacks)

    async def channel(
        self, editor: SettingsEditor, channel: int, page: int = 0, *done: str, brief: bool = False
    ) -> Card:
        """Return the card with a channel's settings.

        Args:
            editor: the person who changes the settings.
            channel: the channel.
            page: the page of contests to show, from 0.
            done: sentences about the settings just made, shown above the card.
            brief: True to show only the most frequent settings.
        """
        settings = await self._store.read(editor.server)
        return channel_card(channel, settings, self._setting, editor.lacks, page, brief=brief).above(*done)

    async def role(self, editor: SettingsEditor, may: Role, role: int | None) -> Card:
        """Set the Discord role that makes members reporters, desk editors or managers, according to `may`.

        With `role` None, the setting is removed.
        """
        refuse_everyone(editor.server, role)
        await self._change(editor, lambda now: now.model_copy(update={f"{may}_role": role}))
        return await self.go(editor, "role", "**Set.**")

    async def desk(self, editor: SettingsEditor, channel: int | None, back_to: int | None = None) -> Card:
        """Set the channel of the desk. None removes the setting.

        `back_to` is a channel that the editor wants to make public next. The result is then that channel's card.
        """
        if channel is not None:
            _refuse_lacking(editor, channel)
        answer = await self._suspensions.set_desk_channel(channel, editor.server, editor.who)
        if back_to is not None:
            return await self.public(editor, back_to, on=True)
        return await self.go(editor, "desk", answer)

    async def confirm(self, editor: SettingsEditor, *, on: bool) -> Card:
        """Turn the two-person rule on or off. Under the rule, a second person must confirm what one person enters."""
        answer = await self._suspensions.set_two_person(editor.server, editor.who, on=on)
        return await self.go(editor, "desk", answer)

    async def repeat(self, editor: SettingsEditor, chosen: Collection[str]) -> Card:
        """Set which callers' calls are posted automatically: those in `chosen`, and no others."""
        had = await self._calls.repeated(editor.server)
        parts = [
            await self._calls.repeat(editor.server, one.id, editor.who, on=one.id in chosen)
            for one in self._calls.callers()
            if (one.id in chosen) != (one.id in had)
        ]
        return await self.go(editor, "alone", *parts)

    async def remove_callers(self, editor: SettingsEditor, chosen: Collection[str]) -> Card:
        """Remove the chosen callers from those that the server added."""
        text = await self._calls.remove_callers(editor.server, editor.who, chosen)
        return await self.go(editor, "alone", *([text] if text else []))

    async def mirror(self, editor: SettingsEditor, *, on: bool) -> Card:
        """Start or stop copying the schedule to the server's own Discord events."""
        return await self.go(editor, "alone", await self._mirror.set(editor.server, editor.who, on=on))

    async def contests(
        self, editor: SettingsEditor, channel: int, page: int, text: str, chosen: Collection[str]
    ) -> Card:
        """Follow the chosen contests on a page, and unfollow the page's other contests.

        New follows get the preferences that all of the channel's follows share. `text` is the `version` of the
        settings from which the menu was made; if the settings changed since, the choice is refused.
        """
        listed = {contest.id for contest in self._setting.desk.contests[page * A_PAGE : (page + 1) * A_PAGE]}
        if chosen:
            _refuse_lacking(editor, channel)
        pins, opens = not editor.lacks(channel, True, False), not editor.lacks(channel, False, True)

        def edit(was: ChannelSettings) -> ChannelSettings:
            if version(was) != text:
                raise BadInputError(_MEANWHILE)
            leasts, wanted = minimum_changes(was), {follow.preferences for follow in was.follows}
            least = leasts[0] if len(leasts) == 1 else None
            preferences = wanted.pop() if len(wanted) == 1 else DEFAULT_PREFERENCES
            preferences = preferences.model_copy(update={"thread": preferences.thread and opens})
            had = {follow.contest: follow for follow in was.follows}
            kept = [follow for key, follow in had.items() if key in chosen or key not in listed]
            new = [
                FollowSettings(contest=key, at_least=least, board=pins and not was.public, preferences=preferences)
                for key in sorted(listed & set(chosen) - had.keys())
            ]
            follows = tuple(sorted([*kept, *new], key=lambda follow: follow.contest))
            return was.model_copy(update={"follows": follows})

        await self._change(editor, _of_channel(channel, edit))
        return await self.channel(editor, channel, page, "**Set.**")

    async def every_contest(self, editor: SettingsEditor, channel: int) -> Card:
        """Follow all contests in the desk file. If they need several pages, follow the first page only."""
        text = version(channel_of(await self._store.read(editor.server), channel))
        return await self.contests(editor, channel, 0, text, [one.id for one in self._setting.desk.contests[:A_PAGE]])

    async def form(self, editor: SettingsEditor, channel: int) -> ChannelFormValues:
        """Return the current values with which the form for a channel's settings is opened."""
        now = channel_of(await self._store.read(editor.server), channel)
        leasts, quiets = minimum_changes(now), quiet_hours_of(now)
        return ChannelFormValues(
            minimum_as_typed(leasts[0]) if len(leasts) == 1 else MIXED,
            hours_label(quiets[0]) if len(quiets) == 1 else MIXED,
            smaller_choices([follow.preferences for follow in now.follows]),
            version(now),
        )

    async def fill(
        self, editor: SettingsEditor, channel: int, shown: ChannelFormValues, least: str, quiet: str, smaller: str
    ) -> Card:
        """Set the minimum change, the quiet hours and the handling of smaller changes for all contests of a channel.

        A field that was not edited leaves its setting unchanged.

        Args:
            editor: the person who changes the settings.
            channel: the channel.
            shown: the form's values when it was opened.
            least: the minimum change in votes as typed. Empty means the default rule.
            quiet: the quiet hours as typed. Empty means none.
            smaller: the choice for changes below the minimum.
        """
        values = roll_up_of(smaller)
        if least.strip() != shown.least:
            values["at_least"] = parse_minimum(least)
        if quiet.strip() != shown.quiet:
            values["quiet"] = quiet_hours(quiet)
        await self._change(editor, _of_follows(channel, values, shown.version))
        return await self.channel(editor, channel, 0, "**Set.**")

    async def mention(self, editor: SettingsEditor, channel: int, page: int, text: str, role: int | None) -> Card:
        """Set the role that lead changes mention in a channel, or None for no role.

        `text` is the `version` of the settings from which the menu was made; if the settings changed since, the choice
        is refused.
        """
        refuse_everyone(editor.server, role)
        await self._change(editor, _of_follows(channel, {"mention": role}, text))
        return await self.channel(editor, channel, page, "**Set.**")

    async def thread(self, editor: SettingsEditor, channel: int, *, on: bool) -> Card:
        """Start or stop posting each of a channel's contests in a separate thread."""
        if on:
            _refuse_lacking(editor, channel, threads=True)
        await self._change(editor, _of_follows(channel, {"thread": on}))
        return await self.channel(editor, channel, 0, "**Set.**")

    async def board(self, editor: SettingsEditor, channel: int, *, on: bool) -> Card:
        """Start or stop showing a pinned board for each of a channel's contests."""
        if on:
            _refuse_lacking(editor, channel, board=True)
        await self._change(editor, _of_follows(channel, {"board": on}))
        return await self.channel(editor, channel, 0, "**Set.**")

    async def public(self, editor: SettingsEditor, channel: int, *, on: bool) -> Card:
        """Mark a channel as public or private.

        If making the channel private would release waiting posts, the editor is asked to confirm first. If the server
        has no desk channel, making a channel public asks for one.
        """
        settings = await self._store.read(editor.server)
        if on and settings.desk_channel is None:
            return desk_card(settings, editor.lacks, editor.sees, editor.read_by_all, back_to=channel)
        answer: Card | str
        if on:
            answer = await self._suspensions.set_public(channel, editor.server, editor.who, public=True)
        else:
            answer = await self._suspensions.ask_to_release(channel, editor.server, editor.who)
        if isinstance(answer, Card):
            return replace(answer, buttons=(*answer.buttons, Button("Back", f"setup:page:{channel}:0")))
        return await self.channel(editor, channel, 0, answer)

    async def reminders_form(self, editor: SettingsEditor, kind: EventKind) -> str:
        """Return the initial text for the form that sets the reminders for a kind of event.

        The text is empty if the desk file's reminders are used.
        """
        return typed_as((await self._store.read(editor.server)).reminders.get(kind))

    async def reminders(self, editor: SettingsEditor, kind: EventKind, text: str, typed: str) -> Card:
        """Set how long before events of a kind reminders are posted.

        Args:
            editor: the person who changes the setting.
            kind: the kind of event.
            text: the form's text when it was opened.
            typed: the text now. Empty means the desk file's reminders.
        """
        leads = read_lead_times(typed, "that kind of event") if typed.strip() else None
        minutes = None if leads is None else tuple(sorted({lead // _MINUTE for lead in leads}, reverse=True))

        def edit(was: ServerSettings) -> ServerSettings:
            if typed_as(was.reminders.get(kind)) != text:
                raise BadInputError(_REMINDERS_MEANWHILE)
            others = {one: leads for one, leads in was.reminders.items() if one != kind}
            return was.model_copy(update={"reminders": others if minutes is None else others | {kind: minutes}})

        await self._change(editor, edit)
        return await self.go(editor, "reminders", "**Set.** Events on the schedule now use these reminders.")

    async def greet(self, server: int, channel: int) -> None:
        """Post the greeting in a server that the bot has joined, unless the bot has posted in the server before."""
        await self._store.greet(server, channel, greeting(self._setting))

    async def test(self, editor: SettingsEditor, channel: int) -> str:
        """Post a test in a channel, and return the answer."""
        _refuse_lacking(editor, channel)
        draft = test_post(editor.who, self._setting)
        number, posted = await self._store.test_post(editor.server, channel, draft, editor.who)
        if not posted:
            return f"<#{channel}> had a test post, #{number}, within the last minute."
        settings = await self._store.read(editor.server)
        if channel_of(settings, channel).public:
            return (
                f"The test post is #{number}; it waits for Publish in the desk channel, since <#{channel}> is public."
            )
        return f"The test post, #{number}, goes out in <#{channel}> now. If it does not appear, see `/status`."

    async def _change(self, editor: SettingsEditor, edit: Edit) -> None:
        await self._store.change(editor.server, editor.who, edit)


def _of_channel(channel: int, edit: Callable[[ChannelSettings], ChannelSettings]) -> Edit:
    """Return an edit of the server's settings that applies `edit` to one channel."""

    def whole(now: ServerSettings) -> ServerSettings:
        others = [one for one in now.channels if one.channel != channel]
        changed = edit(channel_of(now, channel))
        kept = [changed] if changed.follows or changed.public else []
        return now.model_copy(update={"channels": tuple(sorted([*others, *kept], key=lambda one: one.channel))})

    return whole


def _of_follows(channel: int, values: Mapping[str, object], shown: str | None = None) -> Edit:
    """Return an edit of the server's settings that sets `values` on all follows of a channel.

    The edit is refused if the channel's `version` no longer equals `shown`.
    """

    def edit(was: ChannelSettings) -> ChannelSettings:
        if shown is not None and version(was) != shown:
            raise BadInputError(_MEANWHILE)
        return was.model_copy(update={"follows": tuple(follow.with_values(values) for follow in was.follows)})

    return _of_channel(channel, edit)


def _refuse_lacking(editor: SettingsEditor, channel: int, *, board: bool = False, threads: bool = False) -> None:
    lacking = editor.lacks(channel, board, threads)
    if lacking is None:
        raise BadInputError("the bot can't see that channel: it is gone, or hidden from the bot")
    if lacking:
        raise BadInputError(f"the bot lacks the permission to {listed(lacking)} there; nothing was changed")
