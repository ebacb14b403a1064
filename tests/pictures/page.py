"""Takes the pictures of the rehearsal's web page while a day plays slowly."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.desk.desk_file import load_desk
from bot.rehearsal.day import load_day
from bot.rehearsal.player import Watching, play_day, stay
from tests.pictures.camera import begin, images_are_there, keep

FOLDER = Path(__file__).parent.parent.parent / "docs" / "pictures"
DAY = "2020-11-11-georgia"
ZONE = "America/New_York"
UP_TO = "narrows by 48"
_COLOURS = 64


@asynccontextmanager
async def _playing() -> AsyncIterator[str]:
    """Play the day slowly, and give the address of the page."""
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
    """Take every picture of the page that the docs show."""
    async with _playing() as url:
        first = await _opened(browser, f"{url}?theme=dark")
        await first.locator("#clock .pause").click()
        await _go_on_to(first, UP_TO)
        await _take(first, "wide-dark")
        await _take(await _opened(browser, f"{url}?theme=light"), "wide-light")
        await _take(await _opened(browser, f"{url}?theme=dark", phone=True), "phone-dark")
        await first.locator("#composer textarea").click()
        await first.keyboard.type("/")
        await first.locator(".popup li").first.wait_for()
        await _take(first, "slash-picker")
        await first.keyboard.type("margin")
        await expect(first.locator(".popup li").first).to_contain_text("margin")
        await first.keyboard.press("Enter")
        await first.keyboard.type("at:3:05 a.m.")
        await first.keyboard.press("Enter")
        await first.locator(".message.private .embed").wait_for()
        await _take(first, "private-answer")
        await _command(first, "schedule add", "dialog.form[open] input")
        await _take(first, "add-form")
        await first.keyboard.press("Escape")
        phone = await _opened(browser, f"{url}?theme=dark", phone=True)
        await _go_on_to(phone, "Wednesday, Nov. 11")
        await phone.set_viewport_size(ViewportSize(width=360, height=1080))  # from its headline to its button
        await phone.locator(".message").last.evaluate("(one) => one.scrollIntoView({block: 'end'})")
        await _take(phone, "rundown")
        await phone.set_viewport_size(ViewportSize(width=360, height=740))
        await _go_on_to(phone, "Delay 15 min")
        await _take(phone, "reminder")


async def _command(page: Page, command: str, until: str) -> None:
    """Type and send a command without options, and wait for the text `until`."""
    await page.locator("#composer textarea").click()
    await page.keyboard.type(f"/{command}")
    await expect(page.locator(".popup li").first).to_contain_text(command)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await page.locator(until).first.wait_for()


async def _go_on_to(page: Page, words: str) -> None:
    """Step from post to post, with the clock paused, until a post contains `words`."""
    messages = page.locator(".message")
    for _ in range(40):
        there = await messages.all_inner_texts()
        if words in " ".join(there):
            return
        await page.locator("#clock .jump").click()
        # The next event may be an edit, or in another channel.
        with suppress(AssertionError):
            await expect(messages.nth(len(there))).to_be_attached(timeout=3000)
    raise AssertionError(f"no post says {words}")


async def _opened(browser: Browser, url: str, *, phone: bool = False) -> Page:
    size = ViewportSize(width=360, height=740) if phone else ViewportSize(width=1180, height=760)
    page = await browser.new_page(viewport=size, is_mobile=phone, has_touch=phone, timezone_id=ZONE)
    await begin(page, url)
    return page


async def _take(page: Page, name: str) -> None:
    path = FOLDER / f"{name}.png"
    await images_are_there(page)
    keep(await page.screenshot(caret="initial"), path, _COLOURS)
    print(f"{path.name} {path.stat().st_size} bytes")
