"""The rehearsal's page in a real Chromium: a hundred posts a second, and a channel of ten thousand messages.

A long task is what keeps the page's main thread from answering; Chromium tells of those over 50 ms, so that 0 means: none
was longer. The heap is measured after a collection.
"""

import asyncio
import sys
import time

from tests.benchmarks.figures import Figure
from tests.chromium import Browser, Tab, running, why_not
from tests.rehearsal.page.newsroom import Newsroom, newsroom

RATE, SECONDS = 100, 10
MESSAGES = 10_000
LAST = "[...document.querySelectorAll('.message')].at(-1)"
EMBED = {
    "color": 0x5C6B73,
    "description": "**Biden** (D) 2,471,895 · 49.52% · +13\n**Trump** (R) 2,457,794 · 49.23% · +61\n\n4,992,198 votes counted.",
    "footer": {"text": "Unofficial. Votes last changed 7:35 a.m., last checked 7:36 a.m."},
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


async def run() -> list[Figure]:
    """Measure, or say why not."""
    if why := why_not():
        print(f"the page is not measured: {why}", file=sys.stderr)
        return []
    async with running() as browser:
        return [*await _flood(browser), *await _long_channel(browser)]


async def _opened(browser: Browser, room: Newsroom) -> Tab:
    tab = await browser.open(f"{room.page.url}?theme=dark")
    await tab.until("document.body.dataset.ready")
    await asyncio.sleep(1)  # what a page does when it opens is not what is measured
    await tab.run(WATCH)
    return tab


async def _flood(browser: Browser) -> list[Figure]:
    """Post a hundred messages a second for ten seconds, and see what the page's main thread does."""
    async with newsroom(connected=False) as room:
        tab = await _opened(browser, room)
        start = time.monotonic()
        for number in range(RATE * SECONDS):
            say(room, number)
            await asyncio.sleep(max(0.0, start + (number + 1) / RATE - time.monotonic()))
        sent = time.monotonic()
        await tab.until(f"{LAST}?.innerText.includes('number {RATE * SECONDS - 1}.')")
        late = time.monotonic() - sent
        longest, gap = await tab.run("[longest, gap]")
        await browser.close_tabs()
    return [
        Figure("page-100-posts-a-second-longest-task", longest, "ms", 100.0),
        Figure("page-100-posts-a-second-longest-frame", gap, "ms"),
        Figure("page-100-posts-a-second-last-one-shown-after", late * 1000, "ms", 1000.0),
    ]


async def _long_channel(browser: Browser) -> list[Figure]:
    """Scroll up through ten thousand messages, and back."""
    async with newsroom(connected=False) as room:
        for number in range(MESSAGES):
            say(room, number)
        tab = await _opened(browser, room)
        start = time.monotonic()
        reached = await tab.run(SCROLL_UP)
        took = time.monotonic() - start
        longest = await tab.run("longest")
        heap = await tab.heap()
        shown = await tab.run("document.querySelectorAll('.message').length")
        await tab.click(".bar")
        await tab.until(f"{LAST}?.innerText.includes('number {MESSAGES - 1}.')")
        await browser.close_tabs()
    assert reached, "the first message was never reached"
    return [
        Figure("page-10000-messages-scrolled-up", took, "s", 60.0),
        Figure("page-10000-messages-longest-task", longest, "ms", 100.0),
        Figure("page-10000-messages-heap", heap, "MB", 150.0),
        Figure("page-10000-messages-shown-at-once", float(shown), "messages", 300.0),
    ]


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
