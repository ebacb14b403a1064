"""`/desk setup`: a newsroom is walked through what it can set. Nothing is kept but the settings, so it can be left anywhere."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from bot.cards.draft import Answer
from bot.cards.facts import Setting
from bot.cards.setup import (
    A_PAGE,
    Lacks,
    channel_card,
    channel_of,
    channels_card,
    desk_card,
    first_step,
    overview,
    role_card,
    test_post,
    version,
)
from bot.cards.setup_reminders import reminders_card, typed_as
from bot.clock import Clock
from bot.errors import BadInputError
from bot.schedule.event import EventKind
from bot.server_settings import ChannelSettings, FollowSettings, ServerSettings
from bot.service.ingest import Wake
from bot.service.lead_times import lead_times
from bot.store.server_settings import Edit, ServerSettingsStore

MOST_VOTES = 1_000_000
_MINUTE = timedelta(minutes=1)
_REMINDERS_MEANWHILE = "somebody has changed these reminders since the form was opened; nothing was changed, look again"
_MEANWHILE = "somebody has changed what that channel follows since this was shown; nothing was changed, look again"


@dataclass(frozen=True, slots=True)
class Editor:
    """Who sets something."""

    server: int
    who: str
    """As the audit names them."""
    manages: bool
    """May manage the server."""
    lacks: Lacks


class SettingUp:
    """Shows the steps, and sets what is chosen; each method returns the card to show next."""

    def __init__(self, store: ServerSettingsStore, setting: Setting, clock: Clock, wake: Wake) -> None:
        """Set in `store`; `wake` is called with the channels for which something waits then."""
        self._store = store
        self._setting = setting
        self._clock = clock
        self._wake = wake

    async def go(self, editor: Editor, step: str | None = None, note: str = "") -> Answer:
        """Return a step; None: the first in which nothing has been said yet."""
        settings = await self._store.read(editor.server)
        match step or first_step(settings):
            case "role":
                return role_card(settings, note)
            case "desk":
                return desk_card(settings, editor.lacks, note)
            case "channels":
                return channels_card(settings, self._setting, editor.lacks, note)
            case "reminders":
                return reminders_card(settings, self._setting, note)
            case _:
                return overview(settings, self._setting, editor.lacks, self._clock.now(), note)

    async def channel(self, editor: Editor, channel: int, page: int = 0, note: str = "") -> Answer:
        """Return what a channel follows, with a page of contests."""
        settings = await self._store.read(editor.server)
        return channel_card(channel, settings, self._setting, editor.lacks, page, note)

    async def role(self, editor: Editor, role: int | None) -> Answer:
        """Set the desk's role; None: who may manage the server."""
        if not editor.manages:
            raise BadInputError("only who may manage the server can set the desk's role")
        await self._change(editor, lambda now: now.model_copy(update={"desk_role": role}))
        return await self.go(editor, "role", "**Set.**")

    async def desk(self, editor: Editor, channel: int | None) -> Answer:
        """Set where the desk is asked; None: nowhere."""
        if channel is not None:
            _refuse_lacking(editor, channel, board=False)
        await self._change(editor, lambda now: now.model_copy(update={"desk_channel": channel}))
        return await self.go(editor, "desk", "**Set.**")

    async def confirm(self, editor: Editor, *, on: bool) -> Answer:
        """Say whether a second person confirms entries."""
        await self._change(editor, lambda now: now.model_copy(update={"two_person": on}))
        return await self.go(editor, "desk", "**Set.**")

    async def contests(self, editor: Editor, channel: int, page: int, shown: str, chosen: Collection[str]) -> Answer:
        """Let a channel follow those contests of a page that were chosen; `shown`: the version that was chosen from."""
        listed = {contest.id for contest in self._setting.desk.contests[page * A_PAGE : (page + 1) * A_PAGE]}
        if chosen:
            _refuse_lacking(editor, channel, board=False)
        pins = not editor.lacks(channel, True, False)

        def edit(was: ChannelSettings) -> ChannelSettings:
            if version(was) != shown:
                raise BadInputError(_MEANWHILE)
            leasts = {follow.at_least for follow in was.follows}
            least = leasts.pop() if len(leasts) == 1 else None
            had = {follow.contest: follow for follow in was.follows}
            kept = [follow for key, follow in had.items() if key in chosen or key not in listed]
            new = [
                FollowSettings(contest=key, at_least=least, board=pins and not was.public)
                for key in sorted(listed & set(chosen) - had.keys())
            ]
            follows = tuple(sorted([*kept, *new], key=lambda follow: follow.contest))
            return was.model_copy(update={"follows": follows})

        await self._change(editor, _of_channel(channel, edit))
        return await self.channel(editor, channel, page, "**Set.** From now on it gets posts of what is chosen.")

    async def least(self, editor: Editor, channel: int, typed: str) -> Answer:
        """Set from how many votes on all contests of a channel get a post; nothing typed: the rule."""
        digits = typed.strip().replace(",", "")
        if digits and not (digits.isascii() and digits.isdigit() and 1 <= int(digits[:9]) <= MOST_VOTES):
            raise BadInputError(
                f"{typed[:20]} is no number of votes from 1 to {MOST_VOTES:,}; leave it empty for the rule"
            )
        least = int(digits) if digits else None
        await self._change(editor, _of_follows(channel, {"at_least": least}))
        return await self.channel(editor, channel, note="**Set.**")

    async def board(self, editor: Editor, channel: int, *, on: bool) -> Answer:
        """Say whether the contests of a channel have pinned boards."""
        if on:
            _refuse_lacking(editor, channel, board=True)
        await self._change(editor, _of_follows(channel, {"board": on}))
        return await self.channel(editor, channel, note="**Set.**")

    async def public(self, editor: Editor, channel: int, *, on: bool) -> Answer:
        """Say whether the public reads a channel."""
        await self._change(editor, _of_channel(channel, lambda was: was.model_copy(update={"public": on})))
        return await self.channel(editor, channel, note="**Set.**")

    async def reminders_form(self, editor: Editor, kind: EventKind) -> str:
        """Return what the form of a kind's reminders has now; empty: as in the desk file."""
        return typed_as((await self._store.read(editor.server)).reminders.get(kind))

    async def reminders(self, editor: Editor, kind: EventKind, shown: str, typed: str) -> Answer:
        """Set how long before each event of a kind it is spoken of; nothing typed: as in the desk file.

        Args:
            editor: who sets it.
            kind: the kind of event.
            shown: what the form had when it was opened.
            typed: what it has now.

        """
        leads = lead_times(typed, "that kind of event") if typed.strip() else None
        minutes = None if leads is None else tuple(sorted({lead // _MINUTE for lead in leads}, reverse=True))

        def edit(was: ServerSettings) -> ServerSettings:
            if typed_as(was.reminders.get(kind)) != shown:
                raise BadInputError(_REMINDERS_MEANWHILE)
            others = {one: leads for one, leads in was.reminders.items() if one != kind}
            return was.model_copy(update={"reminders": others if minutes is None else others | {kind: minutes}})

        await self._change(editor, edit)
        return await self.go(editor, "reminders", "**Set.** What is on the schedule is spoken of so from now on.")

    async def test(self, editor: Editor, channel: int) -> str:
        """Post a test in a channel of the server; return what to answer."""
        _refuse_lacking(editor, channel, board=False)
        draft = test_post(editor.who, self._setting)
        number, posted = await self._store.test_post(editor.server, channel, draft, editor.who, self._clock.now())
        if not posted:
            return f"<#{channel}> had a test post, #{number}, within the last minute."
        self._wake({channel: False})
        settings = await self._store.read(editor.server)
        if channel_of(settings, channel).public:
            return f"The test post is #{number}; it waits for Publish in the desk's channel, as the public reads <#{channel}>."
        return f"The test post, #{number}, goes out in <#{channel}> now. If it does not show, `/desk status` says why."

    async def _change(self, editor: Editor, edit: Edit) -> ServerSettings:
        settings, wake = await self._store.change(editor.server, editor.who, self._clock.now(), edit)
        self._wake(wake)
        return settings


def _of_channel(channel: int, edit: Callable[[ChannelSettings], ChannelSettings]) -> Edit:
    """Return what changes one channel's settings."""

    def whole(now: ServerSettings) -> ServerSettings:
        others = [one for one in now.channels if one.channel != channel]
        changed = edit(channel_of(now, channel))
        kept = [changed] if changed.follows or changed.public else []
        return now.model_copy(update={"channels": tuple(sorted([*others, *kept], key=lambda one: one.channel))})

    return whole


def _of_follows(channel: int, fields: dict[str, object]) -> Edit:
    """Return what changes all that a channel follows."""
    return _of_channel(
        channel,
        lambda was: was.model_copy(
            update={"follows": tuple(follow.model_copy(update=fields) for follow in was.follows)}
        ),
    )


def _refuse_lacking(editor: Editor, channel: int, *, board: bool) -> None:
    lacking = editor.lacks(channel, board, False)
    if lacking is None:
        raise BadInputError("the bot does not see that channel: it is gone, or hidden from the bot")
    if lacking:
        raise BadInputError(f"the bot lacks the permission to {' and to '.join(lacking)} there; nothing was changed")
