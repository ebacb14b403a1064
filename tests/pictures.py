"""`make pictures`: the docs' pictures, taken of the rehearsal's page in a headless Chromium while the real bot plays.

Where there is no Chromium and one can install it (root, with Debian's apt-get), it is installed; else nothing is taken.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from bot.deskfile import load_desk
from bot.logs import set_up_logs
from bot.rehearsal.day import load_day
from bot.rehearsal.player import Watching, play_day
from tests.chromium import Browser, Tab, chromium, running

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
DAY = "2020-11-11-georgia"
ZONE = "America/New_York"
UP_TO = "narrows by 48"
MOST_BYTES = 250_000


def main() -> int:
    if chromium() is None and not _installed():
        print("no pictures taken: there is no Chromium, and it can't be installed here (Debian: apt install chromium)")
        return 0
    set_up_logs("error")
    FOLDER.mkdir(exist_ok=True)
    asyncio.run(_take_all())
    large = [path.name for path in FOLDER.glob("*.png") if path.stat().st_size > MOST_BYTES]
    if large:
        print(f"over {MOST_BYTES} bytes: {', '.join(large)}", file=sys.stderr)
    return 1 if large else 0


def _installed() -> bool:
    """Install Chromium from Debian, if that may be done here; return whether it is there."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    command = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
    done = subprocess.run(command, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    return done.returncode == 0 and chromium() is not None


@asynccontextmanager
async def _playing() -> AsyncIterator[str]:
    """Play the day, slowly, and give the address of its page."""
    day, desk_path = load_day(DAY)
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    watching = Watching(0, address.set_result, lambda: None, stays=True)
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


async def _take_all() -> None:
    async with _playing() as url, running() as browser:
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
        await _take(phone, "rundown")
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
    await tab.picture(path)
    print(f"{path.name} {path.stat().st_size} bytes")


if __name__ == "__main__":
    sys.exit(main())
