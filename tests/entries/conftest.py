"""What tests of entries share: statements that staff enter, readers of answers, and a deadline."""

from datetime import datetime, timedelta

import pytest

from bot.count.entry import Entry
from bot.count.statement import Statement
from bot.desk.desk_file import Desk
from bot.entries import text_reading
from bot.entries.texts import TextToRead
from bot.events.event import Event
from bot.outbox.proposals_store import Asker
from bot.wording.card import Card
from bot.wording.message import render
from tests.conftest import AWAY, COUNT, OTHER_SERVER, SERVER, START, WHO, Newsroom

DESK = 19
OLGA = Asker(SERVER, 1, "olga (1)")


@pytest.fixture
async def following(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that follows Georgia. Another server follows Georgia, too."""
    await newsroom.follow()
    await newsroom.follow(AWAY, server=OTHER_SERVER)
    return newsroom


async def say(newsroom: Newsroom, minute: float = 0, *, server: int = SERVER, **said: object) -> None:
    """Enter a statement of the secretary of state, made `minute` minutes after the start."""
    document = {"source": "ga-sos", "contest": "ga", "as_of": START + timedelta(minutes=minute), **said}
    await newsroom.statements.take_in(Statement.model_validate(document), server, WHO)


async def let_public_read(newsroom: Newsroom, channel: int = COUNT) -> None:
    """Make a channel public, so that the desk has to publish each post."""
    await newsroom.control.set_desk_channel(DESK, SERVER, WHO)
    await newsroom.control.set_public(channel, SERVER, WHO, public=True)


def deadline(**more: object) -> Event:
    """Return the deadline by which counties must certify: 5 p.m. Friday."""
    said = {"kind": "deadline", "title": "Counties certify", "wall": "2020-11-13T17:00", "zone": "America/New_York"}
    return Event.model_validate(said | {"certifies": "units"} | more)


def read_by_all(card: Card) -> str:
    """Return an answer's text, with that of its embeds."""
    message = render(card)
    return "\n".join([message.content, *(str(embed.get("description", "")) for embed in message.embeds)])


async def count_of(newsroom: Newsroom, server: int = SERVER) -> int | None:
    """Return the number of certified counties that a server's staff entered. None if they have entered no count."""
    known = await newsroom.queries.certified("ga", server, START + timedelta(hours=1), (), reader="newsroom")
    return known.count.done if known else None


def read_of(desk: Desk, text: str, at: datetime, source: str | None = None) -> Entry:
    """Return the entry read from a text about the desk file's first contest, without a worker process."""
    contest = desk.contests[0]
    asked = TextToRead(text=text, contests=[contest.id], at=at, source=source, link=None)
    return text_reading.read_of(contest, desk, asked).entry
