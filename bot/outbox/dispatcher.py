"""The dispatcher: sends what waits in the outbox, channel by channel, in order, once.

Each channel that something waits for has one task, which ends when nothing waits; an idle bot has none. A task takes
its turn (`pacing.py`) before it claims a row, so what waits for a turn can still be merged.
"""

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from bot.logs import worth_a_line
from bot.outbox.discord import (
    Channels,
    ClosedError,
    LaterError,
    OutgoingMessage,
    PartRefusedError,
    RefusedError,
    UnknownError,
)
from bot.outbox.outbox_store import ClaimResult, OutboxStore
from bot.outbox.pacing import Pacing, SendPermit
from bot.outbox.rows import Action, Post
from bot.outbox.states import State, Transition
from bot.wording.card import Picture


@dataclass(frozen=True, slots=True)
class Backoff:
    """A rule: `Backoff(0.5, most=60, jitter=0.5)` waits half a second, then twice as long each time, up to a minute."""

    first: float
    most: float
    jitter: float
    """Up to so much is added: what failed together does not come back together."""

    def seconds_after(self, attempts: int) -> float:
        """Return how long to wait after so many failed attempts."""
        doubled = self.first * 2.0 ** min(max(attempts, 1) - 1, 60)
        return min(doubled + random.uniform(0, self.jitter), self.most)  # noqa: S311 - no secret


SEND_WITHIN_SECONDS = 20.0
"""For a request to Discord; discord.py alone would wait for five minutes."""

LOOK_WITHIN_SECONDS = 120.0
"""For a look into a channel's history, which may have many pages."""

LOOK_BACK_SECONDS = 60.0
"""The history is read from so long before the first attempt: clocks differ."""

LOOK_AHEAD_SECONDS = 300.0
"""The history is read up to so long after the last attempt."""

NONCE_KEPT_SECONDS = 120.0
"""Discord surely knows a nonce for so long after the first attempt; its docs say "past few minutes"."""

LONGEST_WAIT_SECONDS = 60.0

RETRY_EVERY_SECONDS = 10.0
"""Between two tries of a closed channel, however often its server changes something."""

_RETRY = Backoff(0.5, most=LONGEST_WAIT_SECONDS, jitter=0.5)

_CLOSED_RETRY = Backoff(300, most=3600, jitter=60)
"""From five minutes to an hour: somebody has to change something, and then the gateway tells us (`retry_closed`)."""

log = structlog.get_logger()


class Dispatcher:
    """Sends what waits."""

    def __init__(
        self,
        store: OutboxStore,
        channels: Channels,
        pacing: Pacing,
        sleep: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep,
    ) -> None:
        """Send what waits in `store` through `channels`, in turns that `pacing` gives."""
        self._store = store
        self._channels = channels
        self._pacing = pacing
        self._sleep = sleep
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._later: dict[int, asyncio.Task[None]] = {}
        self._woken: set[int] = set()
        self._urgent: set[int] = set()
        self._boards: set[int] = set()
        """Channels for which only a board was found to wait."""
        self._retried: dict[int, float] = {}
        """When closed channels were last tried because something had changed."""
        self._under_way: set[int] = set()
        self._installation = ""
        self.outcomes: Counter[tuple[Action, Transition]] = Counter()
        """How many rows of each kind came to what, since the start; one that is put off comes to it each time."""
        self._idle = asyncio.Event()
        self._idle.set()
        self._open = False

    async def start(self) -> None:
        """Send what was left in the outbox, and from now on what is added to it."""
        self._installation = await self._store.installation()
        self._open = True
        self.wake(await self._store.channels())

    def wake(self, channels: Mapping[int, bool]) -> None:
        """Say that something waits for these channels, and for each whether it is urgent."""
        for channel, urgent in channels.items():
            self._woken.add(channel)
            self._boards.discard(channel)
            self._pacing.not_last(channel)
            if urgent:
                self._urgent.add(channel)
                self._pacing.hurry(channel)
            if self._open and channel not in self._tasks:
                self._idle.clear()
                task = asyncio.create_task(self._work(channel), name=f"channel {channel}")
                self._tasks[channel] = task
                task.add_done_callback(partial(self._ended, channel))

    async def wake_server(self, server: int) -> None:
        """Send what waits for a server's channels, because something was in its way and is not any more."""
        self.wake(await self._store.channels(server))

    async def retry_closed(self, server: int, writable: Collection[int]) -> None:
        """Try those of a server's closed channels at once that the bot may write to again, but not all the time."""
        now = asyncio.get_running_loop().time()
        due = [
            channel
            for channel in writable
            if now - self._retried.get(channel, -RETRY_EVERY_SECONDS) >= RETRY_EVERY_SECONDS
        ]
        self._retried |= dict.fromkeys(await self._store.retry_closed(server, due), now)

    async def drained(self) -> None:
        """Wait until nothing waits any more."""
        await self._idle.wait()

    async def stop(self, within: float = 5.0) -> None:
        """Stop claiming posts, and wait for those in flight.

        What has no answer after `within` seconds is cut off, and its row is looked up at the next start.
        """
        self._open = False
        for task in self._later.values():
            task.cancel()
        for channel, task in self._tasks.items():
            if channel not in self._under_way:
                task.cancel()
        tasks = [*self._tasks.values(), *self._later.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=within)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, channel: int, task: asyncio.Task[None]) -> None:
        self._tasks.pop(channel, None)
        if self._open and channel in self._woken and not task.cancelled():
            self.wake({channel: False})
        self._rest()

    def _rest(self) -> None:
        if not self._tasks and not self._later:
            self._idle.set()

    async def _work(self, channel: int) -> None:
        """Send what waits for one channel until nothing does; whatever goes wrong, it is tried again."""
        while self._open:
            self._woken.discard(channel)
            try:
                if not await self._do_next(channel):
                    return
            except Exception:
                log.exception("a channel's posts wait: something unforeseen", channel=channel)
                await self._sleep(LONGEST_WAIT_SECONDS)

    async def _do_next(self, channel: int) -> bool:
        """Do what is next for a channel; return False if nothing is.

        Boards delay no channel's posts: once nothing else is found, the channel waits for another turn.
        """
        await self._pacing.turn(channel, urgent=channel in self._urgent, last=channel in self._boards)
        self._urgent.discard(channel)  # whatever becomes urgent from now on is known by itself
        try:
            await self._pacing.allowed()
            claimed = await self._store.claim(channel, boards=channel in self._boards)
            permit = await self._pacing.permit() if claimed.post is not None else None
        finally:
            self._pacing.release()
        if claimed.urgent:
            self._urgent.add(channel)
        if claimed.board:
            self._boards.add(channel)
            return True
        self._boards.discard(channel)
        if claimed.post is None or permit is None:
            if claimed.next is not None:
                self._look_again(channel, claimed.next)
            return False
        self._under_way.add(channel)
        try:
            done = await self._deliver(claimed, claimed.post, permit)
        finally:
            self._under_way.discard(channel)
        if not done and self._store.is_urgent(claimed.post):
            self._urgent.add(channel)
        return claimed.more or not done or channel in self._woken

    def _look_again(self, channel: int, when: int) -> None:
        """Come back to a channel at a time of the wall clock, in microseconds; what comes in meanwhile wakes it too."""
        if (before := self._later.pop(channel, None)) is not None:
            before.cancel()
        seconds = max((when - self._store.now() + 1) / 1_000_000, 0.0)
        task = asyncio.create_task(self._sleep(seconds), name=f"channel {channel}, later")
        self._later[channel] = task
        task.add_done_callback(partial(self._slept, channel))

    def _slept(self, channel: int, task: asyncio.Task[None]) -> None:
        if self._later.get(channel) is task:
            del self._later[channel]
        if not task.cancelled():
            self.wake({channel: channel in self._urgent})
        self._rest()

    async def _deliver(self, claimed: ClaimResult, post: Post, permit: SendPermit) -> bool:
        """Do what a claimed row says, after a look into the history if it was attempted; return False if put off."""
        if post.action is not Action.POST or post.state is not State.SENDING:
            return await self._try(claimed, post, permit)
        try:
            found = await self._find(post, permit)
        except RefusedError as error:
            log.warning("a post is doubtful: the history can't be read", number=post.number, channel=post.channel)
            await self._settle(post, Transition.UNREADABLE, why=str(error))
            return True
        except (LaterError, UnknownError) as error:
            await self._defer(post, error, Transition.DEFERRED)
            return False
        if found is not None:
            return await self._arrived(claimed, post, Transition.FOUND, found)
        if self._store.now() - (post.attempted or post.created) > NONCE_KEPT_SECONDS * 1_000_000:
            await self._settle(post, Transition.ABSENT)  # what it says may be so no more: it is claimed anew
            return False
        return await self._try(claimed, post, await self._pacing.permit())

    async def _try(self, claimed: ClaimResult, post: Post, permit: SendPermit) -> bool:
        """Make the request; return False if the row was put off."""
        try:
            with permit:
                async with asyncio.timeout(SEND_WITHIN_SECONDS):
                    message = await self._request(post, claimed.message, claimed.picture)
        except RefusedError as error:
            log.warning(
                "a post was refused",
                number=post.number,
                channel=post.channel,
                action=post.action.value,
                why=str(error),
            )
            await self._settle(post, Transition.REFUSED, why=str(error))
        except LaterError as error:
            # Surely not taken; but what was attempted before without an answer may have been.
            once = post.state is State.PENDING or post.action is not Action.POST
            event = Transition.DECLINED if once else Transition.DEFERRED
            if isinstance(error, PartRefusedError):
                await self._leave_part_out(post, error, event)
            else:
                await self._defer(post, error, event)
            return False
        except (UnknownError, TimeoutError) as error:
            await self._defer(post, error, Transition.DEFERRED)
            return False
        else:
            return await self._arrived(claimed, post, Transition.ACCEPTED, message)
        return True

    async def _arrived(self, claimed: ClaimResult, post: Post, event: Transition, message: int) -> bool:
        """Keep that a row was done, once the thread is open that hangs on it; return False if that was put off.

        Opening it can be repeated: the row stays in `sending`, and the next look finds the message again.
        """
        if claimed.opens is not None:
            try:
                with await self._pacing.permit():
                    async with asyncio.timeout(SEND_WITHIN_SECONDS):
                        await self._channels.open_thread(post.channel, message, claimed.opens)
            except (RefusedError, ClosedError) as error:
                log.warning("a thread can't be opened", channel=post.channel, why=str(error))
                await self._settle(post, Transition.REFUSED, message=message, why=str(error))
                return True
            except (LaterError, UnknownError, TimeoutError) as error:
                await self._defer(post, error, Transition.DEFERRED)
                return False
        await self._settle(post, event, message=message)
        return True

    async def _request(self, post: Post, target: int | None, picture: Picture | None) -> int:
        """Post, edit, pin or delete; return the message's id."""
        if post.action is Action.POST:
            message = OutgoingMessage(
                post.content or "",
                post.embeds or (),
                post.quiet,
                self._nonce(post),
                post.buttons or (),
                picture,
                post.mention,
            )
            return await self._channels.send(post.destination, message)
        if target is None:
            raise RefusedError("the post that it changes was never sent")
        match post.action:
            case Action.EDIT:
                await self._channels.edit(
                    post.destination, target, post.content or "", post.embeds, post.buttons, picture
                )
            case Action.PIN:
                await self._channels.pin(post.destination, target)
            case Action.DELETE:
                await self._channels.delete(post.destination, target)
            case Action.PUBLISH:
                await self._channels.publish(post.destination, target)
        return target

    def _nonce(self, post: Post) -> str:
        """Return the post's nonce, 24 characters. It is made of the time, too: a restored backup gives the same ids again."""
        made_of = f"{self._installation}-{post.id}-{post.created}"
        return hashlib.blake2b(made_of.encode(), digest_size=12).hexdigest()

    async def _find(self, post: Post, permit: SendPermit) -> int | None:
        first = (post.attempted or post.created) / 1_000_000 - LOOK_BACK_SECONDS
        last = (post.last or self._store.now()) / 1_000_000 + LOOK_AHEAD_SECONDS
        try:
            with permit:
                async with asyncio.timeout(LOOK_WITHIN_SECONDS):
                    return await self._channels.find(post.destination, post.number, first, last)
        except TimeoutError:
            raise UnknownError("the history did not answer in time") from None

    async def _settle(
        self, post: Post, event: Transition, *, message: int | None = None, why: str | None = None
    ) -> None:
        await self._store.settle(post, event, message=message, why=why)
        self.outcomes[post.action, event] += 1

    async def _leave_part_out(self, post: Post, error: PartRefusedError, event: Transition) -> None:
        """Let a post go at once without its picture or its cards; if all is forbidden, its channel is closed."""
        why = str(error)
        log.warning(
            "a post is tried without a part", number=post.number, channel=post.destination, part=error.part, why=why
        )
        await self._store.defer(post, self._store.now(), why, event, without=error.part)
        self.outcomes[post.action, event] += 1

    async def _defer(self, post: Post, error: Exception, event: Transition) -> None:
        """Put a post off: as long as Discord says, else twice as long each time."""
        tries = post.attempts + 1
        closed = isinstance(error, ClosedError)
        seconds = error.seconds if isinstance(error, LaterError) else None
        if seconds is None:
            seconds = (_CLOSED_RETRY if closed else _RETRY).seconds_after(tries)
        why = str(error) or "no answer in time"
        if worth_a_line(tries):
            log.warning(
                "a post is put off",
                number=post.number,
                channel=post.channel,
                seconds=round(seconds, 1),
                tries=tries,
                why=why,
            )
        until = self._store.now() + int(seconds * 1_000_000)
        await self._store.defer(post, until, why, event, closed=closed)
        self.outcomes[post.action, event] += 1
