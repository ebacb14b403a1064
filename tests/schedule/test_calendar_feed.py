"""A followed calendar, fetched over real sockets on the loopback interface."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web

from bot.box.box import Box
from bot.desk.desk_file import Calendar
from bot.events.icalendar import MOST_BYTES
from bot.feeds.fetch import FeedError
from bot.schedule.calendars import CalendarFeed

NOW = datetime(2020, 11, 11, 14, tzinfo=UTC)
BODY = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Hearing\r\n"
    b"DTSTART:20201112T150000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
PAGES = {"/a.ics": BODY, "/none.ics": b"<html>", "/large.ics": b"x" * (MOST_BYTES + 1)}


async def _answer(request: web.Request) -> web.Response:
    if request.headers.get("If-None-Match") == '"1"':
        return web.Response(status=304)
    return web.Response(body=PAGES[request.path], headers={"ETag": '"1"'})


@pytest.fixture
async def address() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{path:.*}", _answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def feed(session: aiohttp.ClientSession, box: Box, url: str) -> CalendarFeed:
    return CalendarFeed(Calendar(id="board", name="the board", url=url), session, box, "America/New_York")


async def test_a_calendar_is_read_once_and_then_asked_only_for_news(
    address: str, session: aiohttp.ClientSession, box: Box
) -> None:
    board = feed(session, box, f"{address}/a.ics")
    read = await board.events(NOW)
    assert read is not None
    assert [(imported.event.title, imported.event.source) for imported in read.events] == [("Hearing", "the board")]
    assert await board.events(NOW) is None
    board.forget()
    assert await board.events(NOW) == read


@pytest.mark.parametrize(
    ("page", "why"), [("/none.ics", "board: that is no calendar"), ("/large.ics", "board: .* is larger than 5 MiB")]
)
async def test_what_is_no_calendar_names_it_and_is_asked_for_again(
    address: str, session: aiohttp.ClientSession, box: Box, page: str, why: str
) -> None:
    board = feed(session, box, address + page)
    for _ in range(2):
        with pytest.raises(FeedError, match=why):
            await board.events(NOW)
