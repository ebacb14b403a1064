"""The publisher: sends what waits in the outbox, channel by channel, in order, once.

Every channel that something waits for has one task, which ends when nothing waits; an idle bot has none.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

import structlog

from bot.delivery.channels import Channels, LaterError, Message, RefusedError, UnknownError
from bot.store.outbox import Compose, OutboxStore
from bot.store.outbox_state import Event, State
from bot.store.post import Post

SEND_WITHIN = 20.0
"""Seconds for a request to Discord; discord.py alone would wait for five minutes."""
LOOK_BACK = 60.0
"""Seconds before the first attempt from which on the history is read: clocks differ."""
LOOK_AHEAD = 300.0
"""Seconds after the last attempt up to which it is read."""
TRIED_ONCE = 1.0
"""Seconds within which discord.py has made one request at most: it waits so long before it repeats one."""
LONGEST_WAIT = 60.0

log = structlog.get_logger()


class Publisher:
    """Sends what waits."""

    def __init__(
        self,
        store: OutboxStore,
        channels: Channels,
        compose: Compose,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Send what waits in `store` through `channels`; `compose` makes the words of changes."""
        self._store = store
        self._channels = channels
        self._compose = compose
        self._sleep = sleep
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._woken: set[int] = set()
        self._pausing: set[int] = set()
        self._installation = ""
        self._idle = asyncio.Event()
        self._idle.set()
        self._open = False

    async def start(self) -> None:
        """Take up what was left in the outbox, and from now on what is added to it."""
        self._installation = await self._store.installation()
        self._open = True
        self.wake(await self._store.channels())

    def wake(self, channels: Iterable[int]) -> None:
        """Say that something waits for these channels."""
        for channel in channels:
            self._woken.add(channel)
            if self._open and channel not in self._tasks:
                self._idle.clear()
                task = asyncio.create_task(self._work(channel), name=f"channel {channel}")
                self._tasks[channel] = task
                task.add_done_callback(partial(self._ended, channel))

    async def drained(self) -> None:
        """Wait until nothing waits any more."""
        await self._idle.wait()

    async def stop(self, within: float = 5.0) -> None:
        """Take up nothing more; let what is under way end.

        What has no answer after `within` seconds is cut off, and its row is looked up at the next start.
        """
        self._open = False
        tasks = dict(self._tasks)
        for channel in self._pausing:
            tasks[channel].cancel()
        if tasks:
            await asyncio.wait(tasks.values(), timeout=within)
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _pause(self, channel: int, seconds: float) -> None:
        """Wait, with nothing under way: the stop does not wait for it."""
        self._pausing.add(channel)
        try:
            if self._open:
                await self._sleep(seconds)
        finally:
            self._pausing.discard(channel)

    def _ended(self, channel: int, task: asyncio.Task[None]) -> None:
        self._tasks.pop(channel, None)
        if self._open and channel in self._woken and not task.cancelled():
            self.wake([channel])
        if not self._tasks:
            self._idle.set()

    async def _work(self, channel: int) -> None:
        """Send what waits for one channel until nothing does; whatever goes wrong, it is tried again."""
        while self._open:
            self._woken.discard(channel)
            try:
                if not await self._take_up(channel):
                    return
            except Exception:
                log.exception("a channel's posts wait: something unforeseen", channel=channel)
                await self._pause(channel, LONGEST_WAIT)

    async def _take_up(self, channel: int) -> bool:
        """Send the oldest post of a channel, or wait for its time; return False if there is none."""
        post = await self._store.claim(channel, self._compose)
        if post is None:
            return False
        now = self._store.now()
        if post.next is not None and post.next > now:
            await self._pause(channel, (post.next - now) / 1_000_000)
        else:
            await self._deliver(post)
        return True

    async def _deliver(self, post: Post) -> None:
        """Send one claimed post, after a look into the history if it was attempted before."""
        try:
            if post.state is State.SENDING and (found := await self._find(post)):
                await self._store.settle(post, Event.FOUND, message=found)
                return
        except RefusedError as error:
            log.warning("a post is doubtful: the history can't be read", number=post.number, channel=post.channel)
            await self._store.settle(post, Event.UNREADABLE, why=str(error))
            return
        except (LaterError, UnknownError) as error:
            await self._defer(post, error)
            return
        await self._send(post)

    async def _send(self, post: Post) -> None:
        message = Message(post.content or "", post.embeds, post.quiet, self._nonce(post))
        started = time.monotonic()
        try:
            async with asyncio.timeout(SEND_WITHIN):
                sent = await self._channels.send(post.channel, message)
        except RefusedError as error:
            log.warning("a post was refused", number=post.number, channel=post.channel, why=str(error))
            await self._store.settle(post, Event.REFUSED, why=str(error))
        except LaterError as error:
            # Surely not taken; but what was attempted before without an answer may have been, by us or by discord.py,
            # which tries again by itself after a second.
            once = post.state is State.PENDING and time.monotonic() - started < TRIED_ONCE
            await self._defer(post, error, Event.DECLINED if once else Event.DEFERRED)
        except (UnknownError, TimeoutError) as error:
            await self._defer(post, error)
        else:
            await self._store.settle(post, Event.ACCEPTED, message=sent)

    def _nonce(self, post: Post) -> str:
        """Return the post's nonce, 24 characters; its time is in it since a restored backup gives ids anew."""
        made_of = f"{self._installation}-{post.id}-{post.created}"
        return hashlib.blake2b(made_of.encode(), digest_size=12).hexdigest()

    async def _find(self, post: Post) -> int | None:
        first = (post.attempted or post.created) / 1_000_000 - LOOK_BACK
        last = (post.last or self._store.now()) / 1_000_000 + LOOK_AHEAD
        try:
            async with asyncio.timeout(SEND_WITHIN):
                return await self._channels.find(post.channel, post.number, first, last)
        except TimeoutError:
            raise UnknownError("the history did not answer in time") from None

    async def _defer(self, post: Post, error: Exception, event: Event = Event.DEFERRED) -> None:
        """Put a post off: as long as Discord says, else twice as long each time."""
        said = error.seconds if isinstance(error, LaterError) else None
        seconds = said if said is not None else min(2.0 ** min(post.attempts, 10) / 2, LONGEST_WAIT)
        why = str(error) or "no answer in time"
        log.warning("a post is put off", number=post.number, channel=post.channel, seconds=seconds, why=why)
        await self._store.defer(post, self._store.now() + int(seconds * 1_000_000), why, event)
