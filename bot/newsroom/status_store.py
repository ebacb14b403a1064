"""Queries on a server's status: what is stopped, closed, held, waiting or in doubt."""

import json

from bot.database.database import Database, from_micros, moment
from bot.desk.desk_file import Desk
from bot.newsroom.status_words import AwaitedConfirmation, ClosedChannel, OpenPost, ServerStatus
from bot.outbox.notices_store import NoticePost
from bot.outbox.suspensions_store import paused_of
from bot.tally.feed_proofs_store import read_proofs
from bot.tally.holds_store import held_in
from bot.wording.card import Link, address_of, card_of
from bot.wording.credit import SetBy

_OPEN = f"""
SELECT o.id, o.number, o.channel, o.card, o.state, (
  SELECT json_array(q.channel, q.message) FROM outbox q
  WHERE q.about = o.id AND q.kind = '{NoticePost.name}' AND q.action = 'post' AND q.message IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.about = q.id AND e.kind = '{NoticePost.name}')
  ORDER BY q.id DESC LIMIT 1)
FROM outbox o INDEXED BY outbox_awaiting WHERE o.server = ? AND o.state IN ('awaiting', 'doubtful') ORDER BY o.id
"""

_ASKED = """
SELECT p.kind, p.asked_by, q.channel, q.number, q.message FROM proposals p JOIN outbox q ON q.id = p.question
WHERE p.server = ? AND p.state = 'asked' ORDER BY q.id
"""


class StatusStore:
    """Queries on a server's paused posts, closed channels, held readings, waiting posts and doubtful posts."""

    def __init__(self, database: Database, desk: Desk | None) -> None:
        """Create an object that reads from `database`.

        `desk` is the desk file with the sources whose feeds are part of the status. With None, no sources are
        included.
        """
        self._database = database
        self._desk = desk

    async def status(self, server: int) -> ServerStatus:
        """Return a server's status. All parts are read from one snapshot of the database."""
        async with self._database.snapshot():
            return await self._status(server)

    async def _status(self, server: int) -> ServerStatus:
        rows = self._database.rows
        row = self._database.row
        known = await row(
            "SELECT desk_channel, paused_at, paused_by, paused_why, paused_until FROM servers WHERE id = ?", (server,)
        )
        desk_channel, *paused = known or (None, None)
        muted = await rows(
            "SELECT source, muted_by, muted_at, why FROM mutes WHERE server = ? ORDER BY muted_at, source", (server,)
        )
        channels = await rows(
            "SELECT id, public, closed_since, closed_why FROM channels WHERE server = ? ORDER BY id", (server,)
        )
        waiting = await row(
            """SELECT count(*), min(news_at) FROM outbox INDEXED BY outbox_open
               WHERE state IN ('pending', 'sending') AND server = ? AND action = 'post'""",
            (server,),
        )
        awaiting, doubtful = await self._open(server)
        held = await held_in(self._database, server)
        return ServerStatus(
            paused=None if paused[0] is None else paused_of(*paused),
            muted={source: SetBy(from_micros(at), who, why) for source, who, at, why in muted},
            closed=[
                ClosedChannel(key, from_micros(since), why or "")
                for key, _, since, why in channels
                if since is not None
            ],
            awaiting=awaiting,
            doubtful=doubtful,
            waiting=waiting[0] if waiting else 0,
            oldest=moment(waiting[1]) if waiting else None,
            desk_channel=desk_channel,
            public=[key for key, public, _, _ in channels if public],
            held=held,
            asked=[
                AwaitedConfirmation(
                    what, who, channel, Link(number, address_of(server, channel, message)) if message else None
                )
                for what, who, channel, number, message in await rows(_ASKED, (server,))
            ],
            proofs=await read_proofs(self._database, self._desk) if self._desk else {},
        )

    async def _open(self, server: int) -> tuple[list[OpenPost], list[OpenPost]]:
        """Return the posts that wait for Publish, and the posts that may or may not have arrived."""
        found: dict[str, list[OpenPost]] = {"awaiting": [], "doubtful": []}
        for key, number, channel, card, state, asked in await self._database.rows(_OPEN, (server,)):
            question = Link(number, address_of(server, *json.loads(asked))) if asked else None
            found[state].append(OpenPost(key, number, channel, card_of(card).first_line if card else "", question))
        return found["awaiting"], found["doubtful"]
