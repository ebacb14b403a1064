"""The dispatcher: sends the outbox's rows, channel by channel, in order, each once.

Each channel with waiting rows has one task, which ends when no row waits. An idle bot has no tasks. A task waits for
its turn (`pacing.py`) before it claims a row, so rows that wait for a turn can still be merged.
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
    """The waits between retries in seconds: `first`, then twice as long each time, up to `most`."""

    first: float
    most: float
    jitter: float
    """The most seconds that are added at random, so that rows that failed together are not retried together."""

    def seconds_after(self, attempts: int) -> float:
        """Return how many seconds to wait after the given number of failed attempts."""
        doubled = self.first * 2.0 ** min(max(attempts, 1) - 1, 60)
        return min(doubled + random.uniform(0, self.jitter), self.most)  # noqa: S311 - no secret


SEND_WITHIN_SECONDS = 20.0
"""How long a request to Discord may take. Without this limit, discord.py would wait for five minutes."""

LOOK_WITHIN_SECONDS = 120.0
"""How long it may take to search a channel's history, which may have many pages."""

LOOK_BACK_SECONDS = 60.0
"""How long before the first attempt the search of the history begins, because clocks differ."""

LOOK_AHEAD_SECONDS = 300.0
"""How long after the last attempt the search of the history ends."""

NONCE_KEPT_SECONDS = 120.0
"""How long after the first attempt Discord surely remembers a nonce. Its docs say "past few minutes"."""

LONGEST_WAIT_SECONDS = 60.0

RETRY_EVERY_SECONDS = 10.0
"""The least time between two tries of a closed channel, however often the server's settings change."""

_RETRY = Backoff(0.5, most=LONGEST_WAIT_SECONDS, jitter=0.5)

_CLOSED_RETRY = Backoff(300, most=3600, jitter=60)
"""The waits for a closed channel: from five minutes to an hour.

Somebody has to change a permission. The gateway reports such a change, and `retry_closed` then retries at once.
"""

log = structlog.get_logger()


class Dispatcher:
    """The tasks that send the outbox's rows, channel by channel."""

    def __init__(
        self,
        store: OutboxStore,
        channels: Channels,
        pacing: Pacing,
        sleep: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep,
    ) -> None:
        """Create a dispatcher. It sends nothing before `start`.

        Args:
            store: the outbox's rows.
            channels: Discord's channels.
            pacing: decides when a channel may claim a row, and when a request may be made.
            sleep: waits before a retry.
        """
        self._store = store
        self._channels = channels
        self._pacing = pacing
        self._sleep = sleep
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._later: dict[int, asyncio.Task[None]] = {}
        self._woken: set[int] = set()
        self._urgent: set[int] = set()
        self._boards: set[int] = set()
        """Channels in which only a board's row waits."""
        self._retried: dict[int, float] = {}
        """When each closed channel was last retried because its server changed, by the event loop's clock."""
        self._under_way: set[int] = set()
        self._installation = ""
        self.outcomes: Counter[tuple[Action, Transition]] = Counter()
        """How often a row of each action made each transition since the start; a row counts each time that it is deferred."""
        self._idle = asyncio.Event()
        self._idle.set()
        self._open = False

    async def start(self) -> None:
        """Send the waiting rows, and from now on all new rows."""
        self._installation = await self._store.installation()
        self._open = True
        self.wake(await self._store.channels())

    def wake(self, channels: Mapping[int, bool]) -> None:
        """Send the waiting rows of these channels. The value of each channel is True if one of its rows is urgent."""
        for channel, urgent in channels.items():
            self._woken.add(channel)
            self._boards.discard(channel)
            self._pacing.not_last(channel)
            if urgent:
                self._urgent.add(channel)
                self._pacing.make_urgent(channel)
            if self._open and channel not in self._tasks:
                self._idle.clear()
                task = asyncio.create_task(self._work(channel), name=f"channel {channel}")
                self._tasks[channel] = task
                task.add_done_callback(partial(self._on_worker_end, channel))

    async def wake_server(self, server: int) -> None:
        """Send the waiting rows of a server's channels, for example because a pause ended."""
        self.wake(await self._store.channels(server))

    async def retry_closed(self, server: int, writable: Collection[int]) -> None:
        """Retry those closed channels of a server that are in `writable`, each at most every ten seconds."""
        now = asyncio.get_running_loop().time()
        due = [
            channel
            for channel in writable
            if now - self._retried.get(channel, -RETRY_EVERY_SECONDS) >= RETRY_EVERY_SECONDS
        ]
        self._retried |= dict.fromkeys(await self._store.retry_closed(server, due), now)

    async def drained(self) -> None:
        """Wait until the outbox has no row left to send."""
        await self._idle.wait()

    async def stop(self, within: float = 5.0) -> None:
        """Stop claiming posts, and wait for those in flight.

        A request without an answer after `within` seconds is canceled. The next start searches the history for its
        post.
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

    def _on_worker_end(self, channel: int, task: asyncio.Task[None]) -> None:
        self._tasks.pop(channel, None)
        if self._open and channel in self._woken and not task.cancelled():
            self.wake({channel: False})
        self._rest()

    def _rest(self) -> None:
        if not self._tasks and not self._later:
            self._idle.set()

    async def _work(self, channel: int) -> None:
        """Send a channel's rows until none waits. After an unexpected error, continue a minute later."""
        while self._open:
            self._woken.discard(channel)
            try:
                if not await self._send_next(channel):
                    return
            except Exception:
                log.exception("a channel's posts wait: something unforeseen", channel=channel)
                await self._sleep(LONGEST_WAIT_SECONDS)

    async def _send_next(self, channel: int) -> bool:
        """Claim and send a channel's next row, and return False if no row waits.

        Boards delay no other channel's posts. If only a board waits, the channel takes another turn after all others.
        """
        await self._pacing.turn(channel, urgent=channel in self._urgent, last=channel in self._boards)
        self._urgent.discard(channel)  # `wake` adds it again if something urgent comes in
        try:
            await self._pacing.wait_until_allowed()
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
        """Wake a channel at `when`, in microseconds of the wall clock, unless a new row wakes it earlier."""
        if (before := self._later.pop(channel, None)) is not None:
            before.cancel()
        seconds = max((when - self._store.now() + 1) / 1_000_000, 0.0)
        task = asyncio.create_task(self._sleep(seconds), name=f"channel {channel}, later")
        self._later[channel] = task
        task.add_done_callback(partial(self._on_wake_timer, channel))

    def _on_wake_timer(self, channel: int, task: asyncio.Task[None]) -> None:
        if self._later.get(channel) is task:
            del self._later[channel]
        if not task.cancelled():
            self.wake({channel: channel in self._urgent})
        self._rest()

    async def _deliver(self, claimed: ClaimResult, post: Post, permit: SendPermit) -> bool:
        """Send a claimed row.

        If the history shows that an earlier attempt arrived, the row is recorded as sent. Returns False if the row was
        deferred.
        """
        if post.action is not Action.POST or post.state is not State.SENDING:
            return await self._attempt(claimed, post, permit)
        try:
            message = await self._find(post, permit)
        except RefusedError as error:
            log.warning("a post is doubtful: the history can't be read", number=post.number, channel=post.channel)
            await self._settle(post, Transition.UNREADABLE, why=str(error))
            return True
        except (LaterError, UnknownError) as error:
            await self._defer(post, error, Transition.DEFERRED)
            return False
        if message is not None:
            return await self._record_sent(claimed, post, Transition.FOUND, message)
        if self._store.now() - (post.attempted or post.created) > NONCE_KEPT_SECONDS * 1_000_000:
            await self._settle(post, Transition.ABSENT)  # it is claimed again, with new words
            return False
        return await self._attempt(claimed, post, await self._pacing.permit())

    async def _attempt(self, claimed: ClaimResult, post: Post, permit: SendPermit) -> bool:
        """Make the Discord request for a claimed row, and return False if the row was deferred."""
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
            # This attempt surely failed; an earlier one without an answer may have arrived.
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
            return await self._record_sent(claimed, post, Transition.ACCEPTED, message)
        return True

    async def _record_sent(self, claimed: ClaimResult, post: Post, event: Transition, message: int) -> bool:
        """Open the thread of a sent row, if it has one, and record that the row was sent.

        Returns False if opening the thread failed for now. The row then remains in `sending`. The retry finds its
        message in the channel's history, and tries again to open the thread.
        """
        if claimed.new_thread is not None:
            try:
                with await self._pacing.permit():
                    async with asyncio.timeout(SEND_WITHIN_SECONDS):
                        await self._channels.open_thread(post.channel, message, claimed.new_thread)
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
        """Carry out the row's action on Discord, and return the id of the message."""
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
        """Return the post's nonce of 24 characters.

        The nonce includes the time, because a restored backup uses row ids again.
        """
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
        """Retry a post at once without the part that Discord refused: its picture or its cards."""
        why = str(error)
        log.warning(
            "a post is tried without a part", number=post.number, channel=post.destination, part=error.part, why=why
        )
        await self._store.defer(post, self._store.now(), why, event, without=error.part)
        self.outcomes[post.action, event] += 1

    async def _defer(self, post: Post, error: Exception, event: Transition) -> None:
        """Retry a post after the time that Discord asks for, or after a wait that doubles with each attempt."""
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
