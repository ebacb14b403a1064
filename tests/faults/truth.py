"""Checks that a post's claims about the present agree with `/margin` when the post is sent.

The check uses the margins in the outbox's row (`states`), not the text of the post. It runs in the transaction that
claims the row and writes the text. A post can't know what happens between that transaction and the request.
"""

import json
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import wraps
from typing import Any, TypeVar
from unittest.mock import patch

from bot.app import App, open_app
from bot.count.margin import margin_of
from bot.database.database import Row, Work, fetch
from bot.outbox.discord import OutgoingMessage
from bot.outbox.dispatcher import NONCE_KEPT_SECONDS
from bot.outbox.outbox_store import ClaimResult
from bot.outbox.rows import Action, Post
from bot.outbox.states import State
from bot.rehearsal import player
from bot.tally.standing_words import MarginFacts
from bot.wording.card import StatedMargin

T = TypeVar("T")

Report = Callable[[str], None]

_CLAIM = "OutboxStore.claim.<locals>.work"
"""The name of the function that runs in the transaction that claims a row of the outbox."""


@contextmanager
def held_to_margin(report: Report) -> Iterator[None]:
    """Check each post of the days played in this context against `/margin`."""

    @asynccontextmanager
    async def watched(*args: Any, **kwargs: Any) -> AsyncIterator[App]:
        async with open_app(*args, **kwargs) as app:
            hold_to_margin(app, report)
            yield app

    with patch.object(player, "open_app", watched):
        yield


def hold_to_margin(app: App, report: Report) -> None:
    """Check each post that a bot sends.

    `report` is called with each claim that `/margin` did not confirm when the row was claimed.
    """
    database, channels = app.database, app.rooms.outbox.discord
    write, rows, send = database.write, database.rows, channels.send
    claiming = threading.local()
    found: dict[tuple[int, str], list[str]] = {}

    async def read(sql: str, values: Sequence[Any] = ()) -> list[Row]:
        connection = getattr(claiming, "connection", None)
        return await rows(sql, values) if connection is None else fetch(connection, sql, values)

    async def watched(work: Work[T]) -> T:
        if getattr(work, "__qualname__", "") != _CLAIM:
            return await write(work)

        @wraps(work)
        def claim(connection: sqlite3.Connection) -> T:
            claimed = work(connection)
            claiming.connection = connection
            try:
                post = claimed.post if isinstance(claimed, ClaimResult) else None
                if post is not None and post.action is Action.POST:
                    found[post.destination, post.content or ""] = _at_once(_untrue(app, post))
            finally:
                del claiming.connection
            return claimed

        return await write(claim)

    async def checked(channel: int, message: OutgoingMessage) -> int:
        for problem in found.pop((channel, message.content)):
            report(problem)
        return await send(channel, message)

    database.rows = read
    database.write = watched
    channels.send = checked  # all posts go through this


def _at_once(reading: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that reads only from the database, without an event loop, and return its result."""
    try:
        reading.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("/margin waits for something else than the database")


async def _untrue(app: App, post: Post) -> list[str]:
    """Return the claims about the present in a post that `/margin` does not confirm."""
    if post.state is State.SENDING and app.database.micros() - (post.attempted or 0) <= NONCE_KEPT_SECONDS * 1_000_000:
        return []  # tried again unchanged: Discord may have taken it before
    ((states,),) = await app.database.rows("SELECT states FROM outbox WHERE id = ?", (post.id,))
    found = []
    for one in json.loads(states or "[]"):
        stated = StatedMargin(*one)
        if problem := await _against_margin(app, post.server, stated):
            found.append(
                f"#{post.number} says {stated.leader} +{stated.margin} ({stated.total}) by {stated.source}: {problem}"
            )
    return found


async def _against_margin(app: App, server: int, stated: StatedMargin) -> str:
    contest = app.rooms.setting.desk.contest(stated.contest)
    if contest is None:
        return "the desk file has no such contest"
    facts = await app.rooms.tally.standing.margin(contest, server, reader="newsroom")
    answered = _answered(facts, stated)
    if answered is None:
        return "`/margin` has nothing of that source"
    leader, margin, total = answered
    same = stated.margin == margin and (stated.leader == leader or not margin)
    if same and (None in (stated.total, total) or stated.total == total):
        return ""
    return f"`/margin` has {leader} +{margin} ({total})"


def _answered(facts: MarginFacts, stated: StatedMargin) -> tuple[str | None, int | None, int | None] | None:
    reading = facts.reading
    if facts.source.id == stated.source and reading is not None and reading.count == stated.count:
        led = facts.change.leader if facts.change else None
        margin = margin_of(reading.votes, led)
        leader = margin.leader if any(reading.votes.values()) else None
        return leader, margin.votes, reading.counted
    for other in facts.others:
        if other.source.id == stated.source:
            return other.leader, other.margin, other.total
    return None
