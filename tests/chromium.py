"""Starts Debian's Chromium with Playwright, for tests of the web page and for the pictures and figures in the docs."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright


def chromium() -> str | None:
    """Return the path of Chromium, or None if Chromium is not installed."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None


def why_not() -> str | None:
    """Return the reason why no browser can be started here, or None if one can."""
    if os.environ.get("CI"):
        return "CI is set: no browser is driven there"
    return None if chromium() else "there is no Chromium here (Debian: apt install chromium)"


@asynccontextmanager
async def running() -> AsyncIterator[Browser]:
    """Start a headless Chromium, and end it when the context is left.

    Chromium's sandbox is off, because it doesn't work for root.
    """
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(
            executable_path=chromium(),
            chromium_sandbox=False,
            args=["--disable-gpu", "--disable-background-networking"],
        ) as browser,
    ):
        yield browser
