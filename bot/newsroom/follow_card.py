"""The settings card under `/following`.

Each change saves only the setting that was edited, so that editors don't undo each other's work.
"""

from collections.abc import Mapping, Sequence

from bot.errors import BadInputError
from bot.follows.follows import Follows
from bot.follows.preferences import (
    PREFERENCES,
    ChoiceList,
    FollowersForm,
    FollowSettings,
    FollowView,
    RoleList,
    minimum_as_typed,
    parse_minimum,
    refuse_everyone,
    roll_up_of,
    smaller_choices,
)
from bot.newsroom.follow_card_words import FollowedContest, following_card, preferences_card, unfollow_answer
from bot.newsroom.server_settings import ServerSettings
from bot.newsroom.server_settings_store import ServerSettingsStore
from bot.newsroom.setup_words import Lacks, channel_of
from bot.wording.card import Card, Choice
from bot.wording.context import Setting
from bot.wording.names import listed
from bot.wording.typed_times import hours_label, quiet_hours

_GONE = "that channel no longer follows the contest; see `/following`"


class FollowCard:
    """A service that shows the settings of a channel's follow of a contest as a card, and changes them.

    Most methods return the card to show next. `key` is the key of a follow. A BadInputError is raised if the channel
    no longer follows the contest.
    """

    def __init__(self, store: ServerSettingsStore, follows: Follows, setting: Setting) -> None:
        """Create the service. It reads and changes preferences through `store`, and ends follows through `follows`."""
        self._store = store
        self._follows = follows
        self._servers = follows.servers
        self._setting = setting

    async def listed(
        self, server: int, names: dict[int, str], page: int, here: int | None, *, may_change: bool
    ) -> Card:
        """Return a page of the list of follows in a server.

        Args:
            server: the server.
            names: the names of the channels that the asker sees, by id. Follows in other channels are omitted.
            page: the number of the page, from 0.
            here: the channel whose settings are shown above the list, or None.
            may_change: True to add a menu that opens a follow's settings.
        """
        keys = {follow: key for key, follow in (await self._servers.follow_keys(server)).items()}
        public = {one.channel for one in (await self._store.read(server)).channels if one.public}
        rows = [
            FollowedContest(
                keys[row.channel, row.contest],
                row.channel,
                names[row.channel],
                row.contest,
                self._setting.desk.contest(row.contest),
                row.least,
                row.preferences.quiet if row.preferences else None,
                row.channel in public,
            )
            for row in await self._servers.following(server)
            if (row.channel, row.contest) in keys and row.channel in names  # skip a follow that was added in between
        ]
        rows.sort(key=lambda row: row.channel != here)
        return following_card(rows, page, here, may_change=may_change)

    async def channel(self, server: int, key: int) -> int:
        """Return the id of the channel that a follow belongs to."""
        return (await self._find(server, key))[0]

    async def card(self, server: int, key: int) -> Card:
        """Return the settings card of a follow."""
        channel, contest = await self._find(server, key)
        settings = await self._store.read(server)
        follow = FollowView(
            _follow_of(settings, channel, contest),
            channel_of(settings, channel).public,
            await self._servers.thread(channel, contest),
        )
        return preferences_card(key, channel, follow, self._setting.desk)

    async def form(self, server: int, key: int) -> tuple[str, str, tuple[Choice, ...]]:
        """Return the current values for the form.

        They are the minimum change, the quiet hours, and the choices for smaller changes.
        """
        channel, contest = await self._find(server, key)
        follow = _follow_of(await self._store.read(server), channel, contest)
        smaller = smaller_choices([follow.preferences])
        return minimum_as_typed(follow.at_least), hours_label(follow.preferences.quiet), smaller

    async def fill(self, server: int, key: int, who: str, least: str, hours: str, smaller: str) -> Card:
        """Store the values that somebody typed or chose in the form, and return the changed card.

        Args:
            server: the server.
            key: the key of the follow.
            who: the person, for the audit log.
            least: the minimum change in votes.
            hours: the quiet hours.
            smaller: the choice for changes below the minimum.
        """
        values = {"at_least": parse_minimum(least), "quiet": quiet_hours(hours), **roll_up_of(smaller)}
        return await self._change(server, key, who, values)

    async def choose(self, server: int, key: int, who: str, name: str, chosen: Sequence[str]) -> Card:
        """Set the preference called `name` to the values chosen in its menu or form, and return the changed card."""
        control = PREFERENCES[name].control
        if not isinstance(control, ChoiceList | RoleList | FollowersForm):
            raise TypeError(f"{name} is not chosen from a list")
        value = control.read(chosen)
        if isinstance(control, RoleList):
            refuse_everyone(server, value)
        return await self._change(server, key, who, {name: value})

    async def boxes(self, server: int, key: int, name: str) -> tuple[int, tuple[Choice, ...]]:
        """Return the channel of a follow, and the checkboxes of the form for the preference called `name`."""
        channel, contest = await self._find(server, key)
        control = PREFERENCES[name].control
        if not isinstance(control, FollowersForm):
            raise TypeError(f"{name} has no form")
        return channel, control.choices(_follow_of(await self._store.read(server), channel, contest).value(name))

    async def switch(self, server: int, key: int, who: str, name: str, *, on: bool, lacks: Lacks) -> Card:
        """Turn the preference called `name` on or off, and return the changed card.

        Boards and threads are refused in channels where the bot lacks the permissions, according to `lacks`.
        """
        channel, contest = await self._find(server, key)
        board, thread = on and name == "board", on and name == "thread"
        if (board or thread) and (lacking := lacks(channel, board, thread)):
            raise BadInputError(f"the bot lacks the permission to {listed(lacking)} there; nothing was changed")
        if thread:
            await self._follows.changes.renew_thread(server, channel, contest, who)
        return await self._change(server, key, who, {name: on})

    async def unfollow(self, server: int, key: int, who: str) -> str:
        """End the follow, and return the answer to the person who asked."""
        channel, contest = await self._find(server, key)
        did = await self._follows.unfollow(contest, server, channel, who)
        known = self._setting.desk.contest(contest)
        return unfollow_answer(known.name if known else contest, channel, did=did)

    async def _find(self, server: int, key: int) -> tuple[int, str]:
        found = (await self._servers.follow_keys(server)).get(key)
        if found is None:
            raise BadInputError(_GONE)
        return found

    async def _change(self, server: int, key: int, who: str, values: Mapping[str, object]) -> Card:
        channel, contest = await self._find(server, key)

        def edit(now: ServerSettings) -> ServerSettings:
            was = _follow_of(now, channel, contest)
            changed = was.with_values(values)
            return now.model_copy(
                update={
                    "channels": tuple(
                        one.model_copy(update={"follows": tuple(changed if f is was else f for f in one.follows)})
                        for one in now.channels
                    )
                }
            )

        await self._store.change(server, who, edit)
        return (await self.card(server, key)).above("**Set.**")


def _follow_of(settings: ServerSettings, channel: int, contest: str) -> FollowSettings:
    for follow in channel_of(settings, channel).follows:
        if follow.contest == contest:
            return follow
    raise BadInputError(_GONE)
