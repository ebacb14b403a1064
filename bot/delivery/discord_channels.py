"""Discord's channels through discord.py; its exceptions sorted into never, later, much later and ask the history."""

import re
from collections.abc import Awaitable, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp
import discord
from discord.utils import MISSING

from bot.cards.draft import Button, Select
from bot.delivery.channels import ClosedError, LaterError, Message, RefusedError, UnknownError
from bot.delivery.requests import Requests

T = TypeVar("T")

_NUMBER = re.compile(r"^-# #(\d+) · ")
_AGAIN_LATER = {
    20016,  # slow mode
    20028,  # too many messages in this channel
    30046,  # too many edits of messages older than an hour
}
_CLOSED = {
    0,  # no code at all: whoever stands before Discord turned us away
    10003,  # unknown channel
    40333,  # Discord's own network
    50001,  # missing access
    50013,  # missing permissions
    50083,  # an archived thread
    160005,  # a locked thread
}
"""Error codes of a channel that can't be written to for now. Both lists are from
https://docs.discord.com/developers/topics/opcodes-and-status-codes."""
_NOT_OURS = {50005, 50021}
"""Codes of a message that is somebody else's, or Discord's own, and can't be edited."""
_GONE = 10008
"""The code of a message that is not there (any more)."""
_NOT_SEEN = {
    10003,  # unknown channel
    10004,  # unknown guild
    50001,  # missing access
    50013,  # missing permissions
}
_STYLES = {"primary": discord.ButtonStyle.primary, "secondary": discord.ButtonStyle.secondary,
           "danger": discord.ButtonStyle.danger}  # fmt: skip

_FAILURES = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)


class DiscordChannels:
    """Sends, changes and looks up posts through a discord.py client, without needing its cache."""

    def __init__(self, client: discord.Client, requests: Requests) -> None:
        """Use `client`, which has to be logged in, and whose requests `requests` watches."""
        self._client = client
        self._requests = requests
        self.direct: set[int] = set()
        """Channels of direct messages: the bot is in them, and sees all of their history."""

    async def send(self, channel: int, message: Message) -> int:
        """Send a message without any mention; return its id."""
        target = self._client.get_partial_messageable(channel)
        with self._requests.watched() as made:
            try:
                sent = await target.send(
                    message.content,
                    embeds=[discord.Embed.from_dict(dict(embed)) for embed in message.embeds],
                    nonce=message.nonce,
                    silent=message.quiet,
                    allowed_mentions=discord.AllowedMentions.none(),
                    view=view_of(message.buttons) if message.buttons else MISSING,
                )
            except _FAILURES as error:
                failure = sort_failure(error)
                if made.unsure:
                    # discord.py repeats what failed by itself, and an earlier try may have been taken.
                    raise UnknownError(str(failure)) from error
                raise failure from error
        return sent.id

    async def edit(
        self,
        channel: int,
        key: int,
        content: str,
        embeds: Sequence[Mapping[str, Any]] | None,
        buttons: Sequence[Button] | None = None,
    ) -> None:
        """Change a message."""
        shown = MISSING if embeds is None else [discord.Embed.from_dict(dict(embed)) for embed in embeds]
        view = MISSING if buttons is None else view_of(buttons) if buttons else None
        mentions = discord.AllowedMentions.none()
        await _done(
            self._message(channel, key).edit(content=content, embeds=shown, allowed_mentions=mentions, view=view)
        )

    async def pin(self, channel: int, key: int) -> None:
        """Pin a message; where it may not be pinned it never will be by this row."""
        try:
            await _done(self._message(channel, key).pin())
        except ClosedError as error:
            raise RefusedError(str(error)) from error

    async def delete(self, channel: int, key: int) -> None:
        """Delete a message."""
        try:
            await self._message(channel, key).delete()
        except discord.NotFound as error:
            if error.code != _GONE:
                raise sort_failure(error) from error
        except _FAILURES as error:
            raise sort_failure(error) from error

    async def find(self, channel: int, number: int, since: float, until: float) -> int | None:
        """Return the id of our own post with this number between two times, or None."""
        self._check_history(channel)
        target = self._client.get_partial_messageable(channel)
        user = self._client.user
        after, before = (datetime.fromtimestamp(moment, UTC) for moment in (since, until))
        try:
            async for message in target.history(limit=None, after=after, before=before, oldest_first=True):
                if user and message.author.id == user.id and number_of(message.content) == number:
                    return message.id
        except _FAILURES as error:
            raise sort_failure(error) from error
        return None

    def _message(self, channel: int, key: int) -> discord.PartialMessage:
        return self._client.get_partial_messageable(channel).get_partial_message(key)

    async def numbers(self, channel: int, since: float) -> list[tuple[int, int]]:
        """Return (number, message id) of each of our own posts from a time on, oldest first."""
        target, user = self._client.get_partial_messageable(channel), self._client.user
        try:
            if user is None or not await self._may_read(channel, user.id):
                raise RefusedError("the bot may not read the channel's history")
            after = datetime.fromtimestamp(since, UTC)
            return [
                (number, message.id)
                async for message in target.history(limit=None, after=after, oldest_first=True)
                if message.author.id == user.id and (number := number_of(message.content)) is not None
            ]
        except (discord.Forbidden, discord.NotFound) as error:
            if error.code in _NOT_SEEN:
                raise RefusedError("the channel is gone, or the bot may not see it") from error
            raise sort_failure(error) from error
        except _FAILURES as error:
            raise sort_failure(error) from error

    async def _may_read(self, channel: int, user: int) -> bool:
        """Ask Discord whether the channel's history may be read; without the permission it shows none."""
        where = await self._client.fetch_channel(channel)
        if not isinstance(where, discord.abc.GuildChannel | discord.Thread):
            return False
        guild = await self._client.fetch_guild(where.guild.id, with_counts=False)
        # A thread's permissions are those of the channel that it is in.
        place = await guild.fetch_channel(where.parent_id if isinstance(where, discord.Thread) else channel)
        return place.permissions_for(await guild.fetch_member(user)).read_message_history

    def _check_history(self, channel: int) -> None:
        """Refuse to take an empty history for an answer: without the permission to read it Discord shows none."""
        if channel in self.direct:
            return
        known = self._client.get_channel(channel)
        if known is None and (not self._client.is_ready() or any(guild.unavailable for guild in self._client.guilds)):
            raise LaterError("the channel is not known yet", 1.0)
        if not isinstance(known, discord.abc.GuildChannel | discord.Thread):
            raise RefusedError("the channel is gone, or the bot may not see it")
        if not known.permissions_for(known.guild.me).read_message_history:
            raise RefusedError("the bot may not read the channel's history")


async def _done(request: Awaitable[T]) -> T:
    """Return what a request answers that may be repeated without harm."""
    try:
        return await request
    except _FAILURES as error:
        raise sort_failure(error) from error


def view_of(buttons: Sequence[Button], a_row: int = 5, selects: Sequence[Select] = ()) -> discord.ui.View:
    """Return lists and, below them, buttons as discord.py has them, so many in a row.

    Who uses them is answered by a cog, not by this.
    """
    view = discord.ui.View(timeout=None)
    for place, select in enumerate(selects):
        view.add_item(_list_of(select, place))
    for place, button in enumerate(buttons):
        style, row = _STYLES[button.style], len(selects) + place // a_row
        view.add_item(discord.ui.Button(label=button.label, style=style, custom_id=button.key, row=row))
    view.stop()  # discord.py would keep every view that is not
    return view


def _list_of(select: Select, row: int) -> discord.ui.Select[Any]:
    options = [
        discord.SelectOption(label=choice.label, value=choice.value, default=choice.chosen) for choice in select.choices
    ]
    return discord.ui.Select(
        custom_id=select.key, placeholder=select.hint, min_values=select.least, max_values=select.most,
        options=options, row=row,
    )  # fmt: skip


def number_of(content: str) -> int | None:
    """Return the number that a post's small last line carries, or None if the message is no post."""
    match = _NUMBER.match(content.rsplit("\n", 1)[-1])
    return int(match[1]) if match else None


def sort_failure(error: Exception) -> RefusedError | LaterError | UnknownError:
    """Return what a failed request means for the post."""
    if isinstance(error, discord.RateLimited):
        return LaterError(str(error), error.retry_after)
    if isinstance(error, discord.HTTPException) and not isinstance(error, discord.DiscordServerError):
        return _by_answer(error)
    return UnknownError(f"{type(error).__name__}: {error}"[:300])


def _by_answer(error: discord.HTTPException) -> RefusedError | LaterError | UnknownError:
    why = f"Discord answered {error.status}, error {error.code}: {error.text}"[:300]
    if error.status == HTTPStatus.UNAUTHORIZED:
        return LaterError(why, 60.0)
    if error.status == HTTPStatus.REQUEST_TIMEOUT:
        return UnknownError(why)
    if error.status == HTTPStatus.TOO_MANY_REQUESTS or error.code in _AGAIN_LATER:
        return LaterError(why)
    forbidden = error.status == HTTPStatus.FORBIDDEN and error.code not in _NOT_OURS
    if forbidden or (error.status == HTTPStatus.NOT_FOUND and error.code in _CLOSED):
        return ClosedError(why)
    return RefusedError(why)
