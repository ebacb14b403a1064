"""Measures the rehearsal's web page in a real Chromium: a hundred posts a second, and a channel with ten thousand
messages.

A long task blocks the page's main thread. Chromium reports tasks longer than 50 ms, so 0 means that no task was
longer. The heap is measured after a garbage collection.
"""

import asyncio
import sys
import time

from playwright.async_api import Browser, Page

from tests.benchmarks.figures import Figure, sized
from tests.chromium import running, why_not
from tests.rehearsal.page.newsroom import Newsroom, newsroom

RATE, SECONDS = 100, 10
MESSAGES = 10_000
SHOWN = """
async (text) => {
  while (![...document.querySelectorAll('.message')].at(-1)?.innerText.includes(text)) await new Promise(requestAnimationFrame);
}
"""
EMBED = {
    "color": 0x5C6B73,
    "description": "**Biden** (D) 2,471,895 · 49.52% · +13\n**Trump** (R) 2,457,794 · 49.23% · +61\n\n4,992,198 votes counted.",
    "footer": {"text": "Unofficial. Votes last changed at 7:35 a.m., last checked at 7:36 a.m."},
}
WATCH = """
window.longest = 0; window.longs = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) { longs += 1; longest = Math.max(longest, one.duration); } })
  .observe({ type: 'longtask', buffered: true });
window.gap = 0; let before = performance.now();
const look = (now) => { gap = Math.max(gap, now - before); before = now; requestAnimationFrame(look); };
requestAnimationFrame(look);
"""


def say(room: Newsroom, number: int) -> None:
    room.post(
        f"**Biden's lead in Georgia narrows by 48 votes,** number {number}.\n-# #{number} · the Times", embeds=[EMBED]
    )


async def run(size: float = 1.0) -> list[Figure]:
    """Measure the page, or print why no browser can be started."""
    if why := why_not():
        print(f"the page is not measured: {why}", file=sys.stderr)
        return []
    async with running() as browser:
        return [*await _flood(browser, size), *await _long_channel(browser, size)]


async def _opened(browser: Browser, room: Newsroom, size: float) -> Page:
    page = await browser.new_page()
    await page.goto(f"{room.page.url}?theme=dark")
    await page.locator("body[data-ready]").wait_for()
    await asyncio.sleep(1.0 * size)  # what the page does when it opens is not measured
    await page.evaluate(WATCH)
    return page


async def _flood(browser: Browser, size: float) -> list[Figure]:
    """Post a hundred messages a second for ten seconds, and measure the page's long tasks."""
    async with newsroom(connected=False) as room:
        page = await _opened(browser, room, size)
        posts = sized(RATE * SECONDS, size)
        start = time.monotonic()
        for number in range(posts):
            say(room, number)
            await asyncio.sleep(max(0.0, start + (number + 1) / RATE - time.monotonic()))
        sent = time.monotonic()
        await page.evaluate(SHOWN, f"number {posts - 1}.")
        late = time.monotonic() - sent
        longest, gap = await page.evaluate("[longest, gap]")
        await page.close()
    return [
        Figure("page-100-posts-a-second-longest-task", longest, "ms", 100.0),
        Figure("page-100-posts-a-second-longest-frame", gap, "ms"),
        Figure("page-100-posts-a-second-last-one-shown-after", late * 1000, "ms", 1000.0),
    ]


async def _long_channel(browser: Browser, size: float) -> list[Figure]:
    """Scroll up through ten thousand messages, and back down."""
    async with newsroom(connected=False) as room:
        messages = sized(MESSAGES, size, 300)  # more than the page shows at a time
        for number in range(messages):
            say(room, number)
        page = await _opened(browser, room, size)
        start = time.monotonic()
        reached = await page.evaluate(SCROLL_UP)
        took = time.monotonic() - start
        longest = await page.evaluate("longest")
        heap = await _heap(page)
        shown = await page.locator(".message").count()
        await page.locator(".bar").click()
        await page.evaluate(SHOWN, f"number {messages - 1}.")
        await page.close()
    assert reached, "the first message was never reached"
    return [
        Figure("page-10000-messages-scrolled-up", took, "s", 60.0),
        Figure("page-10000-messages-longest-task", longest, "ms", 100.0),
        Figure("page-10000-messages-heap", heap, "MB", 150.0),
        Figure("page-10000-messages-shown-at-once", float(shown), "messages", 300.0),
    ]


async def _heap(page: Page) -> float:
    """Return the page's memory after a garbage collection, in MB: objects of the script, elements and buffers."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("HeapProfiler.collectGarbage")
    usage = await devtools.send("Runtime.getHeapUsage")
    return sum(float(usage[part]) for part in ("usedSize", "embedderHeapUsedSize", "backingStorageSize")) / 1e6


SCROLL_UP = """
(async () => {
  const scroller = document.querySelector('#scroller');
  for (let turn = 0; turn < 3000 && !document.querySelector('.opening'); turn += 1) {
    scroller.scrollTop = 0;
    await new Promise((done) => setTimeout(done, 20));
  }
  scroller.scrollTop = 0;
  return document.querySelector('.message').innerText.includes('number 0.');
})()
"""
