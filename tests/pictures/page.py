"""The pictures of the rehearsal's page, taken while the day plays slowly."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from bot.desk.desk_file import load_desk
from bot.rehearsal.day import load_day
from bot.rehearsal.player import Watching, play_day, stay
from tests.chromium import Browser, Tab
from tests.pictures.camera import keep

FOLDER = Path(__file__).parent.parent.parent / "docs" / "pictures"
DAY = "2020-11-11-georgia"
ZONE = "America/New_York"
UP_TO = "narrows by 48"
_COLOURS = 64


@asynccontextmanager
async def _playing() -> AsyncIterator[str]:
    """Play the day, slowly, and give the address of its page."""
    day, desk_path = load_day(DAY)
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    watching = Watching(0, address.set_result, lambda: None, stay)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "pictures.sqlite3"
        playing = asyncio.create_task(play_day(day, load_desk(desk_path), database, 60.0, lambda _: None, watching))
        either: set[asyncio.Future[Any]] = {playing, address}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if playing.done():
            playing.result()
        try:
            yield address.result()
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)


async def take_all(browser: Browser) -> None:
    """Take every picture of the page that the docs have."""
    async with _playing() as url:
        first = await _opened(browser, f"{url}?theme=dark")
        await first.click("#clock .pause")
        await _go_on_to(first, UP_TO)
        await _take(first, "wide-dark")
        await _take(await _opened(browser, f"{url}?theme=light"), "wide-light")
        await _take(await _opened(browser, f"{url}?theme=dark", phone=True), "phone-dark")
        await first.click("#composer textarea")
        await first.type("/")
        await first.until("document.querySelector('.popup li')")
        await _take(first, "slash-picker")
        await first.type("margin Pres")
        await first.until("document.querySelector('.popup li')?.innerText.includes('President')")
        await first.press("Enter")
        await first.type("at:3:05")
        await first.press("Enter")
        await first.until("document.querySelector('.message.private .embed')")
        await _take(first, "private-answer")
        await _command(first, "schedule add", "dialog.form[open] input")
        await _take(first, "add-form")
        await first.press("Escape")
        phone = await _opened(browser, f"{url}?theme=dark", phone=True)
        await _go_on_to(phone, "Wednesday, Nov. 11")
        await phone.resize(360, 1080)  # from its headline to its button
        await phone.run("document.querySelector('.message:last-of-type').scrollIntoView({block: 'end'})")
        await _take(phone, "rundown")
        await phone.resize(360, 740)
        await _go_on_to(phone, "Pushed 15")
        await _take(phone, "reminder")


async def _command(tab: Tab, command: str, until: str) -> None:
    """Type a command that needs no option, send it, and wait for what comes of it."""
    await tab.click("#composer textarea")
    await tab.type(f"/{command}")
    await tab.until(f"document.querySelector('.popup li')?.innerText.includes('{command}')")
    await tab.press("Enter")
    await tab.press("Enter")
    await tab.until(f"document.querySelector('{until}')")


async def _go_on_to(tab: Tab, words: str) -> None:
    """Go from post to post, with the clock paused, until one has these words."""
    for _ in range(40):
        count = len(await tab.texts(".message"))
        if words in " ".join(await tab.texts(".message")):
            return
        await tab.click("#clock .jump")
        # What comes next may be an edit, or be in another channel.
        with suppress(AssertionError):
            await tab.until(f"document.querySelectorAll('.message').length > {count}", 3.0)
    raise AssertionError(f"no post says {words}")


async def _opened(browser: Browser, url: str, *, phone: bool = False) -> Tab:
    tab = await browser.open("about:blank", width=360 if phone else 1180, height=740 if phone else 760, touch=phone)
    await tab.zone(ZONE)
    await tab.go(url)
    await tab.until(
        "document.body.dataset.ready && document.querySelector('.message') && document.fonts.status === 'loaded'"
    )
    return tab


async def _take(tab: Tab, name: str) -> None:
    path = FOLDER / f"{name}.png"
    await tab.until("[...document.images].every((image) => image.complete && image.naturalWidth)")
    keep(await tab.picture(), path, _COLOURS)
    print(f"{path.name} {path.stat().st_size} bytes")
