"""Export and import of a newsroom's settings, its audit, and the deletion of all its data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.box.box import Box, Job
from bot.clock import Clock
from bot.errors import BadInputError
from bot.follows.levels import ROLES, Sees
from bot.newsroom.audit_store import AuditStore
from bot.newsroom.data_deletion import DataDeletion
from bot.newsroom.server_settings import ServerSettings, read_settings
from bot.newsroom.server_settings_store import ServerSettingsStore
from bot.newsroom.settings_file_words import audit_card, difference, forget_card, import_card
from bot.newsroom.setup_words import Lacks, has_boards, has_threads
from bot.quotas import Caller
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.names import listed, name_of
from bot.wording.numbers import counted

SURE_WITHIN = timedelta(minutes=10)
"""How long the second question before a server's data is deleted remains valid."""


@dataclass(frozen=True, slots=True)
class Importer:
    """The person who imports a settings file, with facts about their server to check the file."""

    server: int
    person: int
    who: str
    manages: bool
    """True if the person may manage the server."""
    lacks: Lacks
    is_role: Callable[[int], bool]
    """Returns True if the server has a role with that id."""
    sees: Sees


class NewsroomSettings:
    """A service that exports and imports settings, shows the audit log, and deletes a server's data."""

    def __init__(
        self,
        store: ServerSettingsStore,
        audit: AuditStore,
        forgetting: DataDeletion,
        setting: Setting,
        clock: Clock,
        wall: Callable[[], float],
        box: Box,
    ) -> None:
        """Create the service. It changes settings through `store`.

        `wall` returns seconds since 1970. `box` reads files in a worker process.
        """
        self._box = box
        self._store = store
        self._audit = audit
        self._forgetting = forgetting
        self._setting = setting
        self._clock = clock
        self._wall = wall

    async def export(self, server: int, sees: Sees) -> bytes:
        """Return a server's settings as the bytes of a JSON file.

        Raises:
            BadInputError: the settings name channels that the asker can't see.
        """
        settings = await self._store.read(server)
        _refuse_unseen(settings, sees)
        return settings.to_file()

    async def preview(self, importer: Importer, body: bytes) -> Card:
        """Return a preview of the changes that a settings file makes, with buttons to apply or discard it.

        Raises:
            BadInputError: the file is no settings file. Or it names something that this server or the desk file lacks, or a
                channel that the importer can't see. Or it changes roles without the permission to manage the server.
        """
        job = Job("server settings", "the file", (body,))
        (settings,) = await self._box.read(
            Caller(importer.server, importer.person, staff=True), job, ServerSettings.model_validate_json
        )
        self._check(importer, settings)
        before = await self._store.read(importer.server)
        _refuse_unseen(before, importer.sees)
        lines = difference(before, settings, self._setting.desk)
        if not lines:
            return Card.of("No change: this server already has these settings.")
        _check_role(importer, before, settings)
        key = await self._store.store_import(importer.server, importer.who, self._clock.now(), settings, before.digest)
        return import_card(key, lines)

    async def decide(self, importer: Importer, key: int, press: Literal["apply", "drop"]) -> Card:
        """Apply or discard a previewed settings file, and return the answer. A second press changes nothing.

        `key` is the file's id.
        """
        kept = await self._store.stored_import(importer.server, key)
        if kept is None:
            return Card.of("That settings file no longer exists in this server.")
        if kept.state != "shown":
            return Card.of(f"That file was already {kept.state}, by {name_of(kept.decided_by or '')}.")
        if press == "drop":
            await self._store.drop_import(importer.server, key, importer.who)
            return Card.of("**Discarded.** The settings are unchanged.")
        settings = read_settings(kept.body.encode())
        self._check(importer, settings)
        before = await self._store.read(importer.server)
        _refuse_unseen(before, importer.sees)
        _check_role(importer, before, settings)
        did = await self._store.apply_import(importer.server, key, importer.who, settings, kept.was)
        return Card.of("**Applied.** `/desk setup` shows the settings." if did else "That file was already decided.")

    async def audit(self, server: int, sees: Sees, *, before: int | None = None, after: int | None = None) -> Card:
        """Return a page of the audit log.

        Rows about a channel that the asker can't see show no details.

        Args:
            server: the server.
            sees: returns True for channels that the asker sees.
            before: the id of a row, for the page that is older than this row.
            after: the id of a row, for the page that is newer than this row. Without both, the newest page is returned.
        """
        rows, newer, older = await self._audit.page(server, before=before, after=after)
        return audit_card(rows, newer, older, self._setting, self._clock.now(), sees)

    def ask_forget(self, *, again: bool) -> Card:
        """Return the card that asks whether to delete a server's data.

        With `again`, the card asks for the second time.
        """
        return forget_card(int(self._wall()) if again else None)

    async def forget(self, server: int, who: str, asked_at: int) -> Card:
        """Delete a server's data if its second question is still valid; otherwise ask again. Returns the answer.

        `asked_at` is when the second question was asked, in seconds since 1970.
        """
        if not 0 <= self._wall() - asked_at <= SURE_WITHIN.total_seconds():
            return forget_card(None)
        await self._forgetting.forget(server, who)
        return Card.of("**Forgotten.** This server follows nothing now; start again with `/desk setup`.")

    def _check(self, importer: Importer, settings: ServerSettings) -> None:
        """Raise a BadInputError if the settings name channels, roles, contests or sources that don't exist.

        Channels that the importer can't see are refused, too.
        """
        channels = {channel.channel: (has_boards(channel), has_threads(channel)) for channel in settings.channels}
        posted = {channel.channel for channel in settings.channels if channel.follows}
        if settings.desk_channel is not None:
            channels.setdefault(settings.desk_channel, (False, False))
            posted.add(settings.desk_channel)
        for channel, wants in channels.items():
            lacking = importer.lacks(channel, *wants)
            if lacking is None:
                raise BadInputError(
                    f"the file names {channel}, which is no channel that the bot sees in this server; a thread is none"
                )
            if lacking and channel in posted:
                raise BadInputError(
                    f"in the file's channel {channel} the bot lacks the permission to {listed(lacking)}"
                )
        _refuse_unseen(settings, importer.sees)
        _check_roles(importer, settings)
        self._check_leads(settings)
        for channel_settings in settings.channels:
            for follow in channel_settings.follows:
                if self._setting.desk.contest(follow.contest) is None:
                    raise BadInputError(f"the file follows {follow.contest[:60]}, which is not in the desk file")

    def _check_leads(self, settings: ServerSettings) -> None:
        """Raise a BadInputError if the settings choose a leading source that can't lead.

        A leading source has to be in the desk file and send figures. Its contest has to be in the desk file, too.
        """
        for one in settings.leads:
            if self._setting.desk.contest(one.contest) is None:
                raise BadInputError(
                    f"the file says which source leads {one.contest[:60]}, which is not in the desk file"
                )
            if not self._setting.desk.may_lead(one.source):
                raise BadInputError(
                    f"the file lets {one.source[:60]} lead, which is not in the desk file or sends no figures"
                )


def _refuse_unseen(settings: ServerSettings, sees: Sees) -> None:
    """Raise a BadInputError if settings name channels that the asker can't see.

    A file without these channels would be dangerous: importing it would unfollow their contests.
    """
    named = {one.channel for one in settings.channels} | ({settings.desk_channel} - {None})
    if unseen := sum(channel is not None and not sees(channel) for channel in named):
        raise BadInputError(
            f"the settings include {counted(unseen, 'channel')} you can't see; someone who can see them all has to "
            "do that"
        )


def _check_role(importer: Importer, before: ServerSettings, after: ServerSettings) -> None:
    if any(before.role(may) != after.role(may) for may in ROLES) and not importer.manages:
        raise BadInputError("the file changes roles, which only people who can manage the server may do")


def _check_roles(importer: Importer, settings: ServerSettings) -> None:
    """Raise a BadInputError if the settings name a role that the server lacks, or @everyone.

    The id of the role @everyone is the server's id.
    """
    roles = [
        *(settings.role(may) for may in ROLES),
        *(f.preferences.mention for c in settings.channels for f in c.follows),
    ]
    if importer.server in roles:
        raise BadInputError("the file names @everyone as a role, which can't be a newsroom role or be mentioned")
    for role in roles:
        if role is not None and not importer.is_role(role):
            raise BadInputError(f"the file names the role {role}, which this server does not have")
