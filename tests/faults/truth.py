"""Whether what a post says in the present is what `/margin` answers at the minute when it is sent.

Compared by the margins that the outbox's row states (`states`), never by reading its words.
"""

import json
from collections.abc import Callable

from bot.app import App
from bot.count.margin import margin_of
from bot.outbox.discord import OutgoingMessage
from bot.outbox.dispatcher import NONCE_KEPT
from bot.tally.standing_words import MarginFacts
from bot.wording.draft import StatedMargin


def hold_to_margin(app: App, report: Callable[[str], None]) -> None:
    """Look at every post of a bot just before it is sent; call `report` with each thing it says that `/margin` does not."""
    channels = app.rooms.outbox.discord
    send = channels.send

    async def checked(channel: int, message: OutgoingMessage) -> int:
        for problem in await untrue(app, message.content):
            report(problem)
        return await send(channel, message)

    channels.send = checked  # the one door through which posts go


async def untrue(app: App, content: str) -> list[str]:
    """Return what a post that is being sent says in the present and `/margin` does not answer."""
    row = await app.database.row(
        """SELECT server, number, states, wall_attempted, wall_last FROM outbox
           WHERE content = ? AND state = 'sending' AND action = 'post' ORDER BY id DESC LIMIT 1""",
        (content,),
    )
    if row is None or row[2] is None:
        return []
    server, number, states, first, last = row
    if first < last <= first + NONCE_KEPT * 1_000_000:
        return []  # tried again unchanged: Discord may have taken it before
    found = []
    for one in json.loads(states):
        stated = StatedMargin(*one)
        problem = await _against_margin(app, server, stated, last)
        if problem:
            found.append(
                f"#{number} says {stated.leader} +{stated.margin} ({stated.total}) by {stated.source}: {problem}"
            )
    return found


async def _against_margin(app: App, server: int, stated: StatedMargin, last: int) -> str:
    contest = app.rooms.setting.desk.contest(stated.contest)
    if contest is None:
        return "the desk file has no such contest"
    facts = await app.rooms.tally.standing.margin(contest, server, reader="newsroom")
    answered = _answered(facts, stated)
    if answered is None:
        newer = await _received_after(app, stated, last)
        return "" if newer else "`/margin` has nothing of that source"
    leader, margin, total = answered
    same = stated.margin == margin and (stated.leader == leader or not margin)
    if same and (None in (stated.total, total) or stated.total == total):
        return ""
    if await _received_after(app, stated, last):
        return ""  # it came while the post was on its way
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


async def _received_after(app: App, stated: StatedMargin, last: int) -> bool:
    """Return True where the source's newest reading came after a post was claimed; by a clock that runs as the wall does."""
    row = await app.database.row(
        """SELECT r.received_at FROM series s JOIN readings r ON r.id = s.accepted
           WHERE (s.contest, s.source, s.count) = (?, ?, ?)""",
        (stated.contest, stated.source, stated.count),
    )
    return row is not None and row[0] >= last
