"""The dispatcher's interface to Discord: posts, edits, pins, threads and histories, and what each failure means.

This module alone turns each failed request into one of five errors:

- `RefusedError`: Discord will never take the message.
- `LaterError`: Discord surely did not take the message, but may later (rate limits, slow mode, a refused login). The row is
  pending again.
- `PartRefusedError`: try again at once without the picture or the cards. A 403 does not say whether only they are
  forbidden, so the row is claimed again with that part as text: the part for which the bot lacks the permission, as far as
  the gateway says, else the picture. If that fails too, the channel is closed.
- `ClosedError`: try again much later. The channel is gone or may not be written to, or a thread is locked or can't be
  opened. The desk is notified once. An archived thread is no such failure: posts and edits open it.
- `UnknownError`: the message may have arrived, so the history is read first. These are 5xx, timeouts, client and OS errors,
  answers that can't be parsed, and any refusal after discord.py repeated a request that had no clear answer by itself
  (`requests.py` watches for those, below discord.py).

Discord shows an empty history to a bot that may not read it, so the permission is checked first.
"""

import asyncio
import io
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, Literal, Protocol

import aiohttp
import discord
from discord.utils import MISSING

from bot.outbox.requests import RequestOutcomes, Requests
from bot.wording.card import Button, Picture, Select

PostPart = Literal["file", "cards"]
"""A part without which a post can still be sent: its picture, or its cards (Discord's embeds)."""

_NUMBER = re.compile(r"-# (?:(?:#|DM )(\d+) · .*|.* · question (\d+))")

_AGAIN_LATER = {
    20016,  # slow mode
    20028,  # too many messages in this channel
    30046,  # too many edits of messages older than an hour
}

_CLOSED = {
    0,  # no code at all: a proxy in front of Discord refused the request
    10003,  # unknown channel
}
"""Error codes of a 404 that closes a channel for now. A 403 closes the channel whatever its code."""

_ARCHIVED = 50083
"""Discord's error code for a thread that is archived."""

_CLOSED_THREAD = {
    30033,  # the thread is full, so the bot can't join it by writing
    _ARCHIVED,
    160005,  # a locked thread
    160006,  # the server has too many active threads to open another
    160007,  # the same in an announcement channel
}
"""Error codes of a thread that can't be written to for now.

The HTTP status does not matter: Discord answers most of them with 400. All lists of codes are from
https://docs.discord.com/developers/topics/opcodes-and-status-codes.
"""

_NOT_OURS = {50005, 50021}
"""Error codes of a message that can't be edited because somebody else, or Discord itself, wrote it."""

_GONE = 10008
"""Discord's error code for a message that does not exist, or no longer exists."""

_PUBLISHED = 40033
"""Discord's error code for a message that is published already."""

_LACKS = 50013
"""Discord's error code for a permission that the bot lacks."""

_HAS_THREAD = 160004
"""Discord's error code for a message that has a thread already."""

_ARCHIVED_AFTER_MINUTES: Final = 10080
"""The time without messages after which Discord archives a thread. A week is the longest that Discord allows."""

_NO_DIRECT = {
    50007,  # the person takes none from the bot
    50278,  # the person shares no server with the bot
}
"""Error codes of a direct message that is not delivered."""

_NOT_SEEN = {
    10003,  # unknown channel
    10004,  # unknown guild
    50001,  # missing access
    50013,  # missing permissions
}

_STYLES = {
    "primary": discord.ButtonStyle.primary,
    "secondary": discord.ButtonStyle.secondary,
    "danger": discord.ButtonStyle.danger,
}

_DIRECT_WITHIN_SECONDS = 15.0
"""How long to wait for Discord to say whether somebody takes direct messages."""

_MOST_ROWS, _BUTTONS_A_ROW = 5, 5
"""Discord takes so many rows of buttons in a message, and so many buttons in a row."""

_FAILURES = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)


class RefusedError(Exception):
    """Raised if Discord refuses a request for good, or the bot may not read the history.

    Retrying won't help.
    """


class LaterError(Exception):
    """Raised if Discord surely did not take a message, but may take it later.

    `seconds` is how long Discord asks the bot to wait, or None if Discord gives no time.
    """

    def __init__(self, why: str, seconds: float | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds


class PartRefusedError(LaterError):
    """Raised if Discord surely did not take a message because of its picture or its cards.

    The message should be retried at once without that `part`.
    """

    def __init__(self, why: str, part: PostPart) -> None:
        super().__init__(why)
        self.part = part


class ClosedError(LaterError):
    """Raised if a channel is gone or can't be written to until somebody changes that.

    The request should be retried much later.
    """


class UnknownError(Exception):
    """Raised if it is unknown whether a post arrived. Only the channel's history shows that."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to send to Discord: text, embeds, buttons and picture."""

    content: str
    embeds: Sequence[Mapping[str, Any]]
    quiet: bool
    nonce: str
    """A string of at most 25 characters by which Discord recognizes a message that is sent twice.

    If the same nonce comes again within minutes, Discord returns the first message and posts no second one.
    """
    buttons: Sequence[Button] = ()
    picture: Picture | None = None
    mention: int | None = None
    """The one role that the message may notify."""


class Channels(Protocol):
    """Protocol of Discord's channels, as far as the dispatcher needs them.

    Each method raises RefusedError, LaterError or ClosedError if the request was not carried out, and UnknownError if
    it may have been carried out. With a picture or cards, `send` and `edit` also raise PartRefusedError. All methods
    but `send` may be repeated.
    """

    async def send(self, channel: int, message: OutgoingMessage) -> int:
        """Send a message and return its id."""
        ...

    async def edit(
        self,
        channel: int,
        key: int,
        content: str,
        embeds: Sequence[Mapping[str, Any]] | None,
        buttons: Sequence[Button] | None = None,
        picture: Picture | None = None,
    ) -> None:
        """Edit the message with the id `key`. None leaves the embeds, buttons or picture unchanged."""
        ...

    async def pin(self, channel: int, key: int) -> None:
        """Pin the message with the id `key`."""
        ...

    async def delete(self, channel: int, key: int) -> None:
        """Delete the message with the id `key`, if it still exists."""
        ...

    async def publish(self, channel: int, key: int) -> None:
        """Publish the message with the id `key` to the followers of its channel, unless it was published before."""
        ...

    async def open_thread(self, channel: int, key: int, name: str) -> None:
        """Open a public thread from the message with the id `key`, unless the message already has one.

        The thread has the same id as the message.
        """
        ...

    async def find(self, channel: int, number: int, since: float, until: float) -> int | None:
        """Return the id of the bot's own post with this number in the channel's history, or None.

        Args:
            channel: the channel.
            number: the post's number, which is in the last line of its text.
            since: the earliest time to search, in seconds since 1970 by Discord's clock.
            until: the latest time, likewise.

        Raises:
            RefusedError: the bot may not read the history.
            LaterError, UnknownError: the history can't be read now.
        """
        ...


class DiscordChannels:
    """An implementation of `Channels` with a discord.py client. It does not need the client's cache."""

    def __init__(self, client: discord.Client, requests: Requests) -> None:
        """Create an object whose requests are made by `client`, which has to be logged in.

        `requests` counts the client's requests and their answers.
        """
        self._client = client
        self._requests = requests
        self.direct: set[int] = set()
        """Known channels of direct messages: the bot can always read their history."""

    async def send(self, channel: int, message: OutgoingMessage) -> int:
        """Send a message and return its id. The message notifies at most the role in `message.mention`."""
        target = self._client.get_partial_messageable(channel)
        roles = False if message.mention is None else [discord.Object(message.mention)]
        mentions = discord.AllowedMentions(everyone=False, users=False, replied_user=False, roles=roles)
        with self._sorting_failures() as requests:
            try:
                sent = await target.send(
                    message.content,
                    embeds=[discord.Embed.from_dict(dict(embed)) for embed in message.embeds],
                    nonce=message.nonce,
                    silent=message.quiet,
                    allowed_mentions=mentions,
                    view=view_of(message.buttons) if message.buttons else MISSING,
                    file=file_of(message.picture) if message.picture else MISSING,
                )
            except _FAILURES as error:
                failure = sort_failure(error)
                if requests.unclear:
                    # discord.py repeats what failed by itself, and an earlier try may have been taken.
                    raise UnknownError(str(failure)) from error
                part = self._forbidden_part(channel, picture=message.picture is not None, cards=bool(message.embeds))
                if part and _is_of(error, _LACKS):
                    raise PartRefusedError(str(failure), part) from error
                raise failure from error
            return sent.id

    async def edit(
        self,
        channel: int,
        key: int,
        content: str,
        embeds: Sequence[Mapping[str, Any]] | None,
        buttons: Sequence[Button] | None = None,
        picture: Picture | None = None,
    ) -> None:
        """Edit a message. None leaves the embeds, buttons or picture unchanged."""
        shown = MISSING if embeds is None else [discord.Embed.from_dict(dict(embed)) for embed in embeds]
        view = MISSING if buttons is None else view_of(buttons) if buttons else None
        message, mentions = self._message(channel, key), discord.AllowedMentions.none()

        def change() -> Awaitable[object]:
            files = [file_of(picture)] if picture else MISSING  # made for each try: a file can be read only once
            return message.edit(content=content, embeds=shown, attachments=files, allowed_mentions=mentions, view=view)

        try:
            await self._change(channel, change)
        except ClosedError as error:
            part = self._forbidden_part(channel, picture=picture is not None, cards=bool(embeds))
            if part and _is_of(error.__cause__, _LACKS):
                raise PartRefusedError(str(error), part) from error
            raise

    async def pin(self, channel: int, key: int) -> None:
        """Pin a message.

        Raises RefusedError if the bot lacks the permission, because pinning is not retried.
        """
        try:
            await self._change(channel, self._message(channel, key).pin)
        except ClosedError as error:
            raise RefusedError(str(error)) from error

    async def publish(self, channel: int, key: int) -> None:
        """Publish a message of an announcement channel.

        Raises RefusedError if the bot lacks the permission, because publishing is not retried.
        """
        try:
            await self._change(channel, self._message(channel, key).publish)
        except ClosedError as error:
            raise RefusedError(str(error)) from error
        except RefusedError as error:
            if not _is_of(error.__cause__, _PUBLISHED):
                raise

    async def delete(self, channel: int, key: int) -> None:
        """Delete a message, or do nothing if it no longer exists."""
        try:
            await self._change(channel, self._message(channel, key).delete)
        except RefusedError as error:
            if not _is_of(error.__cause__, _GONE):
                raise

    async def open_thread(self, channel: int, key: int, name: str) -> None:
        """Open a public thread from a message."""
        with self._sorting_failures():
            place = self._client.get_channel(channel) or await self._client.fetch_channel(channel)
            if not isinstance(place, discord.TextChannel):
                raise RefusedError("only in a text channel can a message have a thread")
            try:
                await place.get_partial_message(key).create_thread(
                    name=name, auto_archive_duration=_ARCHIVED_AFTER_MINUTES
                )
            except discord.HTTPException as error:
                if error.code != _HAS_THREAD:
                    raise

    async def find(self, channel: int, number: int, since: float, until: float) -> int | None:
        """Return the id of the bot's own post with this number that was sent between two times, or None."""
        target = self._client.get_partial_messageable(channel)
        user = self._client.user
        after, before = (datetime.fromtimestamp(moment, UTC) for moment in (since, until))
        with self._sorting_failures():
            await self._check_history(channel)
            async for message in target.history(limit=None, after=after, before=before, oldest_first=True):
                if user and message.author.id == user.id and number_of(message.content) == number:
                    return message.id
        return None

    async def takes_direct(self, channel: int) -> bool:
        """Return False if Discord reports that a person takes no direct messages from the bot, else True.

        The bot sends an empty message, which Discord never delivers. Discord answers with error 50006 if it would
        deliver other messages. Discord does not document this behavior. It was observed in tryforge/ForgeScript, pull
        request 363, January 2025.
        """
        try:
            async with asyncio.timeout(_DIRECT_WITHIN_SECONDS):
                await self._client.get_partial_messageable(channel).send("")
        except (*_FAILURES, ValueError) as error:
            return not isinstance(error, discord.HTTPException) or error.code not in _NO_DIRECT
        return True

    @contextmanager
    def _sorting_failures(self) -> Iterator[RequestOutcomes]:
        """Turn failures of the requests inside the `with` block into this module's errors.

        Other errors that occur before any request are raised unchanged.
        """
        with self._requests.counting_outcomes() as requests:
            try:
                yield requests
            except (RefusedError, LaterError, UnknownError):
                raise
            except Exception as error:
                if isinstance(error, _FAILURES) or requests.made:
                    raise sort_failure(error) from error
                raise

    def _forbidden_part(self, channel: int, *, picture: bool, cards: bool) -> PostPart | None:
        """Return which part of a message to omit in a retry after Discord answered with 403 (forbidden).

        This is the part for which the bot lacks the permission, as far as is known, or else the picture. None if the
        bot may not post in the channel at all, or if the message has neither picture nor cards.
        """
        parts: list[tuple[PostPart, str]] = [("file", "attach_files")] if picture else []
        parts += [("cards", "embed_links")] if cards else []
        known = self._client.get_channel(channel)
        if isinstance(known, discord.abc.GuildChannel | discord.Thread):
            may = known.permissions_for(known.guild.me)
            if not (may.send_messages_in_threads if isinstance(known, discord.Thread) else may.send_messages):
                return None
            parts.sort(key=lambda part: getattr(may, part[1]))
        return parts[0][0] if parts else None

    def _message(self, channel: int, key: int) -> discord.PartialMessage:
        return self._client.get_partial_messageable(channel).get_partial_message(key)

    async def _change(self, channel: int, request: Callable[[], Awaitable[object]]) -> None:
        """Make a request that may be repeated without harm, and reopen the thread if it is archived.

        Discord archives a thread after some time without posts. A new post reopens the thread, but an edit does not.
        """
        with self._sorting_failures():
            try:
                await request()
            except discord.HTTPException as error:
                if error.code != _ARCHIVED:
                    raise
                thread = await self._client.fetch_channel(channel)
                if not isinstance(thread, discord.Thread):
                    raise
                await thread.edit(archived=False)
                await request()

    async def _check_history(self, channel: int) -> None:
        """Raise RefusedError if the bot may not read a channel's history.

        Discord would show such a history as empty.
        """
        if channel in self.direct:
            return
        known = self._client.get_channel(channel)
        if known is None and (not self._client.is_ready() or any(guild.unavailable for guild in self._client.guilds)):
            raise LaterError("the channel is not known yet", 1.0)
        if not isinstance(known, discord.abc.GuildChannel | discord.Thread):
            await self._ask_history(channel)  # the client does not know archived threads
        elif not known.permissions_for(known.guild.me).read_message_history:
            raise RefusedError("the bot may not read the channel's history")

    async def _ask_history(self, channel: int) -> None:
        """Raise RefusedError if the bot may not read the history of a channel that the client does not know.

        Does the same as `_check_history`, but asks Discord for the permissions.
        """
        user = self._client.user
        try:
            if user is None or not await self._may_read(channel, user.id):
                raise RefusedError("the bot may not read the channel's history")
        except _FAILURES as error:
            if isinstance(error, discord.Forbidden | discord.NotFound) and error.code in _NOT_SEEN:
                raise RefusedError("the channel is gone, or hidden from the bot") from error
            raise sort_failure(error) from error

    async def _may_read(self, channel: int, user: int) -> bool:
        where = await self._client.fetch_channel(channel)
        if not isinstance(where, discord.abc.GuildChannel | discord.Thread):
            return False
        guild = await self._client.fetch_guild(where.guild.id, with_counts=False)
        # A thread's permissions are those of the channel that it is in.
        place = await guild.fetch_channel(where.parent_id if isinstance(where, discord.Thread) else channel)
        return place.permissions_for(await guild.fetch_member(user)).read_message_history


def sort_failure(error: Exception) -> RefusedError | LaterError | UnknownError:
    """Convert the error of a failed request to one of this module's errors, which the dispatcher understands."""
    if isinstance(error, discord.RateLimited):
        return LaterError(str(error), error.retry_after)
    if not isinstance(error, discord.HTTPException) or isinstance(error, discord.DiscordServerError):
        return UnknownError(f"{type(error).__name__}: {error}"[:300])
    why = f"Discord answered {error.status}, error {error.code}: {error.text}"[:300]
    if error.status == HTTPStatus.UNAUTHORIZED:
        return LaterError(why, 60.0)
    if error.status == HTTPStatus.REQUEST_TIMEOUT:
        return UnknownError(why)
    if error.code in _CLOSED_THREAD:
        return ClosedError(why)
    if error.status == HTTPStatus.TOO_MANY_REQUESTS or error.code in _AGAIN_LATER:
        return LaterError(why)
    forbidden = error.status == HTTPStatus.FORBIDDEN and error.code not in _NOT_OURS
    if forbidden or (error.status == HTTPStatus.NOT_FOUND and error.code in _CLOSED):
        return ClosedError(why)
    return RefusedError(why)


def _is_of(error: BaseException | None, code: int) -> bool:
    return isinstance(error, discord.HTTPException) and error.code == code


def view_of(
    buttons: Sequence[Button], a_row: int = 5, selects: Sequence[Select] = (), below: Sequence[Button] = ()
) -> discord.ui.View:
    """Return a discord.py view of select menus, with buttons below.

    The view has no callbacks, because cogs handle the presses.

    Args:
        buttons: the buttons.
        a_row: how many buttons a row has.
        selects: the select menus, one in each row.
        below: buttons for a separate last row. If that made more than five rows, they follow the other buttons.
    """
    rows = [buttons[first : first + a_row] for first in range(0, len(buttons), a_row)]
    rows += [below] if below else []
    if len(selects) + len(rows) > _MOST_ROWS:
        together = (*buttons, *below)
        rows = [together[first : first + _BUTTONS_A_ROW] for first in range(0, len(together), _BUTTONS_A_ROW)]
    view = discord.ui.View(timeout=None)
    for place, select in enumerate(selects):
        view.add_item(_list_of(select, place))
    for place, row in enumerate(rows, start=len(selects)):
        for button in row:
            style = _STYLES[button.style]
            view.add_item(discord.ui.Button(label=button.label, style=style, custom_id=button.key, row=place))
    view.stop()  # else discord.py would keep the view in memory
    return view


def _list_of(select: Select, row: int) -> discord.ui.Item[Any]:
    chosen = [] if select.chosen is None else [select.chosen]
    if select.of == "channels":
        return discord.ui.ChannelSelect(
            custom_id=select.key,
            placeholder=select.hint,
            channel_types=[discord.ChannelType.text, discord.ChannelType.news],
            row=row,
            default_values=[
                discord.SelectDefaultValue(id=key, type=discord.SelectDefaultValueType.channel) for key in chosen
            ],
        )
    if select.of == "roles":
        return discord.ui.RoleSelect(
            custom_id=select.key,
            placeholder=select.hint,
            row=row,
            min_values=select.least,
            default_values=[
                discord.SelectDefaultValue(id=key, type=discord.SelectDefaultValueType.role) for key in chosen
            ],
        )
    options = [
        discord.SelectOption(label=choice.label, value=choice.value, default=choice.chosen) for choice in select.choices
    ]
    return discord.ui.Select(
        custom_id=select.key,
        placeholder=select.hint,
        min_values=select.least,
        max_values=select.most,
        options=options,
        row=row,
    )


def file_of(picture: Picture) -> discord.File:
    """Return a picture as an attachment, with its description for people who can't see it."""
    return discord.File(io.BytesIO(picture.png), picture.name, description=picture.words)


def number_of(content: str) -> int | None:
    """Return a post's number from the small last line of its text, or None if the message is no post."""
    match = _NUMBER.fullmatch(content.rsplit("\n", 1)[-1])
    return int(match[1] or match[2]) if match else None
