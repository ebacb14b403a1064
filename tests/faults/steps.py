"""The steps of a bot's day: each commit, each request sent, and each answer received.

In the bot's process, the database, aiohttp and discord.py are patched to count the steps. The bot itself needs no code
for that.

The bot's channels work concurrently, and their order differs from run to run. Each channel therefore has its own lane
of steps. A step is identified by its kind, and by how many steps of that kind came before it in the same lane and
moment. The same step therefore has the same identity in every run, even if a restarted bot has to do something else
first.
"""

import asyncio
import json
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from unittest.mock import patch

import aiohttp
import discord
from yarl import URL

from bot.database import database as store

T = TypeVar("T")

DIED = 77
"""The exit status of a bot that died at the planned step."""

_CHANNEL = re.compile(r"/channels/(\d+)")
_EVENTS = re.compile(r"/guilds/\d+/scheduled-events")


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """A step in a lane: the `nth` (from 1) of its kind at a moment of the day (from 0)."""

    moment: int
    lane: str
    what: str
    nth: int

    def __str__(self) -> str:
        return f"moment {self.moment}, {self.lane}: {self.what} ({self.nth})"


@dataclass(frozen=True, slots=True, order=True)
class Death:
    """A planned death of a bot, just before or just after a step."""

    step: Step
    after: bool

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'} {self.step}"


class Record:
    """A file to which a bot writes what it does, line by line. The file survives the bot's death."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, what: str, *fields: object) -> None:
        os.write(self._file, json.dumps([what, *fields]).encode() + b"\n")


class Steps:
    """The counter and record of a bot's steps. The bot dies at one of the steps if that is planned."""

    def __init__(self, record: Record, lanes: Mapping[int, str], death: Death | None) -> None:
        """Use `lanes` as the names of the channels' lanes. With `death` None, the bot does not die."""
        self._record = record
        self._lanes = lanes
        self._death = death
        self._moment = 0
        self._taken: Counter[tuple[str, str]] = Counter()

    def begin(self, moment: int) -> None:
        """Begin another moment of the day. The counts restart at 0."""
        self._moment = moment
        self._taken.clear()

    def before(self, lane: str, what: str) -> Step:
        """Record a step that is about to happen, or die if a death is planned before the step."""
        self._taken[lane, what] += 1
        step = Step(self._moment, lane, what, self._taken[lane, what])
        self._record.write("step", *astuple(step))
        self._die_at(step, after=False)
        return step

    def after(self, step: Step) -> None:
        """Die if a death is planned after this step."""
        self._die_at(step, after=True)

    def lane_of_channel(self, channel: int) -> str:
        """Return the name of a channel's lane. A thread belongs to the lane of the channel whose task is running."""
        task = asyncio.current_task()
        name = task.get_name() if task else ""
        if channel not in self._lanes and name.startswith("channel "):
            channel = int(name.split()[1].rstrip(","))
        return self._lanes.get(channel, "another channel")

    def lane_of_task(self) -> str:
        """Return the name of the lane of the current task.

        A channel's task has the channel's lane. Other tasks have their own.
        """
        task = asyncio.current_task()
        name = task.get_name() if task else ""
        if name.startswith("channel "):
            return self.lane_of_channel(int(name.split()[1].rstrip(",")))
        return "task" if name.startswith("Task-") else name

    def _die_at(self, step: Step, *, after: bool) -> None:
        if self._death == Death(step, after):
            self._record.write("died")
            os._exit(DIED)


def watch(steps: Steps) -> None:
    """Count and record the steps of this process from now on."""
    _watch_commits(steps)
    _watch_requests(steps)


@dataclass(frozen=True, slots=True)
class _Work(Generic[T]):
    """A function that runs in a transaction, with the lane that it belongs to."""

    work: store.Work[T]
    lane: str

    @property
    def what(self) -> str:
        name = getattr(self.work, "__qualname__", type(self.work).__name__)
        return f"commit {name.split('.<locals>')[0]}"

    def __call__(self, connection: sqlite3.Connection) -> T:
        return self.work(connection)


def _watch_commits(steps: Steps) -> None:
    """Make each commit that wrote something a step."""
    run, write = store._transact, store.Database.write

    def watched(named: store.Work[T], connection: sqlite3.Connection, *, keep: bool) -> T:
        if not isinstance(named, _Work):  # a rehearsal, which leaves nothing
            seen: T = run(named, connection, keep=keep)
            return seen
        taken: list[Step] = []

        def work(connection: sqlite3.Connection) -> T:
            written = connection.total_changes
            result: T = named(connection)
            if connection.total_changes != written:
                taken.append(steps.before(named.lane, named.what))
            return result

        result = run(work, connection, keep=keep)
        for step in taken:
            steps.after(step)
        return result

    async def named(self: store.Database, work: store.Work[T]) -> T:
        return await write(self, _Work(work, steps.lane_of_task()))

    patch.object(store, "_transact", watched).start()
    patch.object(store.Database, "write", named).start()


def _watch_requests(steps: Steps) -> None:
    """Make each request and each answer a step.

    The step of a request ends when the request was sent. The step of an answer begins when the answer arrives, and
    ends when it has been read.
    """
    send, start, request = aiohttp.ClientRequest.send, aiohttp.ClientResponse.start, discord.http.HTTPClient.request
    under_way: dict[str, Step] = {}

    async def sent(self: aiohttp.ClientRequest, connection: Any) -> aiohttp.ClientResponse:
        if (lane := _lane_of(steps, self.url)) is not None:
            under_way[lane] = steps.before(lane, f"request {_route(self.method, self.url)}")
        return await send(self, connection)

    async def started(self: aiohttp.ClientResponse, connection: Any) -> aiohttp.ClientResponse:
        lane = _lane_of(steps, self.url)
        if lane is None:
            return await start(self, connection)
        if self._writer is not None:
            await asyncio.shield(self._writer)
        steps.after(under_way.pop(lane))
        response = await start(self, connection)
        under_way[lane] = steps.before(lane, f"answer to {_route(self.method, self.url)}")
        return response

    async def requested(self: discord.http.HTTPClient, route: discord.http.Route, **options: Any) -> Any:
        try:
            return await request(self, route, **options)
        finally:
            if (lane := _lane_of(steps, URL(route.url))) is not None:
                step = under_way.pop(lane, None)
                if step is not None:
                    steps.after(step)

    patch.object(aiohttp.ClientRequest, "send", sent).start()
    patch.object(aiohttp.ClientResponse, "start", started).start()
    patch.object(discord.http.HTTPClient, "request", requested).start()


def _lane_of(steps: Steps, address: URL) -> str | None:
    """Return the lane of a request about a channel or about a server's Discord events, or None for other requests."""
    if _EVENTS.search(address.path):
        return "the server's events"
    found = _CHANNEL.search(address.path)
    return steps.lane_of_channel(int(found[1])) if found else None


def _route(method: str, address: URL) -> str:
    """Return a request's method and path, with each id replaced by *."""
    path = address.path[re.search("/(channels|guilds)/", address.path).start() :]  # type: ignore[union-attr]  # it has a lane
    return f"{method} {re.sub(r'/[0-9]+', '/*', path)}"
