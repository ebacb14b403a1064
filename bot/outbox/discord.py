"""Discord as delivery uses it: posts, edits, pins, threads and histories through discord.py, and its failures sorted.

What a failed request means is decided here alone:

- `RefusedError`, never: this message can't be sent, now or later.
- `LaterError`, again later: surely not taken (rate limits, slow mode, a refused login); the row is pending again.
- `PartRefusedError`, at once without its picture or its cards: a 403 to a post that has some does not say whether they
  alone are forbidden. The row is claimed again with the part in words: the one that the bot lacks the permission for as
  far as the gateway tells, else the picture first. If all of it is forbidden the post's channel is closed, and the parts
  are tried again with it.
- `ClosedError`, much later: the channel is gone or may not be written to, or a thread is locked or can't be opened. The
  desk is told once, and what waits merges when the channel works. An edit opens a thread that archived itself, as a
  post does.
- `UnknownError`, ask the history: 5xx, timeouts, client and OS errors, an answer that can't be parsed or whatever else
  fails once a request was made, and any refusal after discord.py's own repeat of a request that had no clear answer
  (`requests.py` watches for those, below discord.py).

Discord shows an empty history to who may not read it, so the permission is checked before a history is believed.
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
"""What a post can go without: its picture, or its cards (Discord's embeds)."""

_NUMBER = re.compile(r"-# (?:(?:#|DM )(\d+) · .*|.* · question (\d+))")

_AGAIN_LATER = {
    20016,  # slow mode
    20028,  # too many messages in this channel
    30046,  # too many edits of messages older than an hour
}

_CLOSED = {
    0,  # no code at all: whoever stands before Discord turned us away
    10003,  # unknown channel
}
"""Codes of a 404 that says that a channel can't be written to for now; a 403 says so with any code."""

_ARCHIVED = 50083
"""The code of a thread that is archived."""

_CLOSED_THREAD = {
    30033,  # so many people are in the thread that the bot can't join it by writing
    _ARCHIVED,
    160005,  # a locked thread
    160006,  # so many threads are open in the server that none can be opened by writing to it
    160007,  # the same of an announcement channel
}
"""Codes of a thread that can't be written to for now, whatever the status: Discord answers most with 400. All lists are
from https://docs.discord.com/developers/topics/opcodes-and-status-codes."""

_NOT_OURS = {50005, 50021}
"""Codes of a message that is somebody else's, or Discord's own, and can't be edited."""

_GONE = 10008
"""The code of a message that is not there (any more)."""

_PUBLISHED = 40033
"""The code of a message that was published before."""

_LACKS = 50013
"""The code of a permission that the bot lacks."""

_HAS_THREAD = 160004
"""The code of a message from which a thread was started before."""

_ARCHIVED_AFTER_MINUTES: Final = 10080
"""Without a post: a week, the longest that Discord has."""

_NO_DIRECT = {
    50007,  # they take none from the bot
    50278,  # they share no server with it
}
"""Codes of a person to whom direct messages are not delivered."""

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
"""For Discord to say whether somebody takes direct messages."""

_MOST_ROWS, _BUTTONS_A_ROW = 5, 5
"""A message's rows, and the buttons in each, at most."""

_FAILURES = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)


class RefusedError(Exception):
    """Discord refused the request for good, or the bot may not read the history; retrying won't help."""


class LaterError(Exception):
    """Discord surely did not take the message, and may take it later."""

    def __init__(self, why: str, seconds: float | None = None) -> None:
        """Say why. `seconds` is how long Discord asks us to wait; None: it does not say."""
        super().__init__(why)
        self.seconds = seconds


class PartRefusedError(LaterError):
    """Discord surely did not take the message; it may take it without one part, which is to be tried at once."""

    def __init__(self, why: str, part: PostPart) -> None:
        """Say why, and which part to leave out."""
        super().__init__(why)
        self.part = part


class ClosedError(LaterError):
    """The channel is gone or may not be written to, until somebody changes that; retry much later."""


class UnknownError(Exception):
    """The post may have arrived or not; only the channel's history can tell."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message as it is sent."""

    content: str
    embeds: Sequence[Mapping[str, Any]]
    quiet: bool
    nonce: str
    """At most 25 characters; Discord answers with the first message when it sees one again soon."""
    buttons: Sequence[Button] = ()
    picture: Picture | None = None
    mention: int | None = None
    """The one role that it may mention."""


class Channels(Protocol):
    """Discord's channels, as far as the dispatcher needs them.

    Each method raises RefusedError, LaterError or ClosedError where it was not done, and UnknownError where nobody
    knows; `send` and `edit` of a picture or cards PartRefusedError, too. All but `send` may be repeated without harm.
    """

    async def send(self, channel: int, message: OutgoingMessage) -> int:
        """Send a message; return its id."""
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
        """Change the message with the id `key`; `embeds`, `buttons` or `picture` None: leave what is there."""
        ...

    async def pin(self, channel: int, key: int) -> None:
        """Pin the message with the id `key`."""
        ...

    async def delete(self, channel: int, key: int) -> None:
        """Delete the message with the id `key`; one that is gone already is no failure."""
        ...

    async def publish(self, channel: int, key: int) -> None:
        """Publish the message with the id `key`; one that is published already is no failure."""
        ...

    async def open_thread(self, channel: int, key: int, name: str) -> None:
        """Open the public thread of the message with the id `key`, whose id it has; one that is open is no failure."""
        ...

    async def find(self, channel: int, number: int, since: float, until: float) -> int | None:
        """Return the id of our own post with this number in the channel's history, or None.

        Args:
            channel: the channel.
            number: the post's number, as its last line carries it.
            since: from when on to look, in seconds since 1970 by Discord's clock.
            until: up to when.

        Raises:
            RefusedError: the history may not be read.
            LaterError, UnknownError: it can't be read now.

        """
        ...


class DiscordChannels:
    """Sends, changes and looks up posts through a discord.py client, without needing its cache."""

    def __init__(self, client: discord.Client, requests: Requests) -> None:
        """Use `client`, which has to be logged in, and whose requests `requests` watches."""
        self._client = client
        self._requests = requests
        self.direct: set[int] = set()
        """Channels of direct messages that are known by now: the bot is in them, and sees all of their history."""

    async def send(self, channel: int, message: OutgoingMessage) -> int:
        """Send a message that mentions nobody but its one role, if it has one; return its id."""
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
                if requests.unsure:
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
        """Change a message; None leaves its cards, buttons or picture as they are."""
        shown = MISSING if embeds is None else [discord.Embed.from_dict(dict(embed)) for embed in embeds]
        view = MISSING if buttons is None else view_of(buttons) if buttons else None
        message, mentions = self._message(channel, key), discord.AllowedMentions.none()

        def change() -> Awaitable[object]:
            files = [file_of(picture)] if picture else MISSING  # anew each time: what was read is used up
            return message.edit(content=content, embeds=shown, attachments=files, allowed_mentions=mentions, view=view)

        try:
            await self._change(channel, change)
        except ClosedError as error:
            part = self._forbidden_part(channel, picture=picture is not None, cards=bool(embeds))
            if part and _is_of(error.__cause__, _LACKS):
                raise PartRefusedError(str(error), part) from error
            raise

    async def pin(self, channel: int, key: int) -> None:
        """Pin a message; where it may not be pinned it never will be by this row."""
        try:
            await self._change(channel, self._message(channel, key).pin)
        except ClosedError as error:
            raise RefusedError(str(error)) from error

    async def publish(self, channel: int, key: int) -> None:
        """Publish a message of an announcement channel; where that may not be done it never will be by this row."""
        try:
            await self._change(channel, self._message(channel, key).publish)
        except ClosedError as error:
            raise RefusedError(str(error)) from error
        except RefusedError as error:
            if not _is_of(error.__cause__, _PUBLISHED):
                raise

    async def delete(self, channel: int, key: int) -> None:
        """Delete a message."""
        try:
            await self._change(channel, self._message(channel, key).delete)
        except RefusedError as error:
            if not _is_of(error.__cause__, _GONE):
                raise

    async def open_thread(self, channel: int, key: int, name: str) -> None:
        """Open the public thread of a message."""
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
        """Return the id of our own post with this number between two times, or None."""
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
        """Return False if Discord says that a person takes no direct messages from the bot; True where it does not say.

        It is asked by an empty message, which it never delivers. It answers 50006 where any other would be delivered; that
        it looks at the person first is seen in use, not promised (tryforge/ForgeScript, pull request 363, Jan. 2025).
        """
        try:
            async with asyncio.timeout(_DIRECT_WITHIN_SECONDS):
                await self._client.get_partial_messageable(channel).send("")
        except (*_FAILURES, ValueError) as error:
            return not isinstance(error, discord.HTTPException) or error.code not in _NO_DIRECT
        return True

    @contextmanager
    def _sorting_failures(self) -> Iterator[RequestOutcomes]:
        """Raise what a failure of the requests inside means; an error of our own before the first one stays what it is."""
        with self._requests.watched() as requests:
            try:
                yield requests
            except (RefusedError, LaterError, UnknownError):
                raise
            except Exception as error:
                if isinstance(error, _FAILURES) or requests.made:
                    raise sort_failure(error) from error
                raise

    def _forbidden_part(self, channel: int, *, picture: bool, cards: bool) -> PostPart | None:
        """Return which part of a message to leave out after a 403; None: the channel itself is closed."""
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
        """Make a request that may be repeated without harm; a thread that is archived is opened for it.

        A thread archives itself when nothing is posted for a day or so, and a post opens it, but an edit does not.
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
        """Refuse to take an empty history for an answer: without the permission to read it Discord shows none."""
        if channel in self.direct:
            return
        known = self._client.get_channel(channel)
        if known is None and (not self._client.is_ready() or any(guild.unavailable for guild in self._client.guilds)):
            raise LaterError("the channel is not known yet", 1.0)
        if not isinstance(known, discord.abc.GuildChannel | discord.Thread):
            await self._ask_history(channel)  # a thread that is archived is none that the client knows
        elif not known.permissions_for(known.guild.me).read_message_history:
            raise RefusedError("the bot may not read the channel's history")

    async def _ask_history(self, channel: int) -> None:
        """Refuse to read a channel's history if Discord says that the bot may not; it would show none."""
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
    """Return what a failed request means for the post."""
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
    """Return a discord.py view with lists and, below them, buttons, `a_row` in a row.

    `below`: buttons in a row of their own or, where a message's five rows are full, after the others.
    The view answers nobody; a cog does.
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
    view.stop()  # discord.py would keep every view that is not
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
    """Return a picture to attach, with a description for people who can't see it."""
    return discord.File(io.BytesIO(picture.png), picture.name, description=picture.words)


def number_of(content: str) -> int | None:
    """Return the number that a post's small last line carries, or None if the message is no post."""
    match = _NUMBER.fullmatch(content.rsplit("\n", 1)[-1])
    return int(match[1] or match[2]) if match else None
