"""A headless Chromium, driven over its own DevTools protocol on a websocket: for the page's tests, figures and pictures.

It needs no more than aiohttp, which is there anyway. Playwright and Selenium would bring a browser's driver of fifty
megabytes, or a second process, for the dozen calls that are used here.
"""

import asyncio
import base64
import itertools
import json
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

Json = dict[str, Any]

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
    "--no-first-run", "--mute-audio", "--hide-scrollbars", "--disable-extensions", "--disable-component-update",
    "--disable-features=Translate,MediaRouter,OptimizationHints", "--remote-debugging-port=0",
    "--js-flags=--expose-gc", "--enable-precise-memory-info", "--lang=en-US",
)  # fmt: skip
KEYS = {
    "Enter": (13, "\r"), "Tab": (9, ""), "Escape": (27, ""), "Backspace": (8, ""), "ArrowUp": (38, ""),
    "ArrowDown": (40, ""), "ArrowLeft": (37, ""), "ArrowRight": (39, ""),
}  # fmt: skip
SOON = 10.0


def chromium() -> str | None:
    """Return where Chromium is, None where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None


def why_not() -> str | None:
    """Return why no browser can be driven here, None when one can."""
    if os.environ.get("CI"):
        return "CI is set: no browser is driven there"
    return None if chromium() else "there is no Chromium here (Debian: apt install chromium)"


class ProtocolError(AssertionError):
    """Chromium, or the page's script, says that something went wrong."""


class Browser:
    """One running Chromium; each tab is a browser of its own, with nothing in common with the others."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._listeners: dict[str, list[Callable[[str, Json], None]]] = {}
        self._reading = asyncio.create_task(self._read())
        self._contexts: list[str] = []

    async def _read(self) -> None:
        async for message in self._socket:
            body = json.loads(message.data)
            if "id" in body:
                waiting = self._waiting.pop(body["id"], None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(body)
            else:
                for listener in self._listeners.get(body.get("sessionId", ""), ()):
                    listener(body["method"], body["params"])

    def listen(self, session: str, listener: Callable[[str, Json], None]) -> None:
        self._listeners.setdefault(session, []).append(listener)

    async def call(self, method: str, params: Json | None = None, session: str | None = None) -> Json:
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        body: Json = {"id": number, "method": method, "params": params or {}}
        await self._socket.send_str(json.dumps(body if session is None else body | {"sessionId": session}))
        async with asyncio.timeout(60):
            reply = await self._waiting[number]
        if "error" in reply:
            raise ProtocolError(f"{method}: {reply['error']['message']}")
        result: Json = reply.get("result", {})
        return result

    async def open(self, url: str, *, width: int = 1280, height: int = 800, touch: bool = False) -> "Tab":
        """Open an address in a browser of its own, as big as this."""
        context = (await self.call("Target.createBrowserContext"))["browserContextId"]
        self._contexts.append(context)
        target = await self.call("Target.createTarget", {"url": "about:blank", "browserContextId": context})
        attached = await self.call("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
        tab = Tab(self, attached["sessionId"])
        await tab.prepare(width, height, touch=touch)
        await tab.go(url)
        return tab

    async def close_tabs(self) -> None:
        while self._contexts:
            await self.call("Target.disposeBrowserContext", {"browserContextId": self._contexts.pop()})

    async def close(self) -> None:
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)


class Tab:
    """One page in the browser."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session
        self.problems: list[str] = []
        browser.listen(session, self._hear)

    def _hear(self, method: str, params: Json) -> None:
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.problems.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    async def call(self, method: str, params: Json | None = None) -> Json:
        return await self._browser.call(method, params, self._session)

    async def prepare(self, width: int, height: int, *, touch: bool) -> None:
        for domain in ("Page", "Runtime", "Log"):
            await self.call(f"{domain}.enable")
        await self.resize(width, height)
        if touch:
            await self.call("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})

    async def resize(self, width: int, height: int, *, scale: int = 1) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 500}
        await self.call("Emulation.setDeviceMetricsOverride", size)

    async def zone(self, name: str) -> None:
        await self.call("Emulation.setTimezoneOverride", {"timezoneId": name})

    async def go(self, url: str) -> None:
        await self.call("Page.navigate", {"url": url})

    async def run(self, script: str) -> Any:  # noqa: ANN401 - whatever the script returns
        """Return what an expression is, awaited; it is evaluated in the page."""
        params = {"expression": script, "awaitPromise": True, "returnByValue": True, "userGesture": True}
        reply = await self.call("Runtime.evaluate", params)
        if "exceptionDetails" in reply:
            details = reply["exceptionDetails"]
            raise ProtocolError(f"{script[:200]}: {details.get('exception', {}).get('description', details['text'])}")
        return reply["result"].get("value")

    async def until(self, condition: str, seconds: float = SOON) -> None:
        """Wait until an expression is true, looked at with every frame."""
        end = int(seconds * 1000)
        script = (
            f"new Promise((done) => {{ const end = performance.now() + {end}; const look = () => {{"
            f" let yes = false; try {{ yes = Boolean({condition}); }} catch {{}}"
            " if (yes || performance.now() > end) done(yes); else setTimeout(look, 15); }; look(); })"
        )
        if not await self.run(script):
            shown = await self.run("document.body.innerText.slice(-1500)")
            raise AssertionError(f"never true: {condition}\nthe page's end:\n{shown}\nproblems: {self.problems}")

    async def texts(self, selector: str) -> list[str]:
        found: list[str] = await self.run(f"[...document.querySelectorAll({selector!r})].map((one) => one.innerText)")
        return found

    async def point(self, selector: str, text: str = "") -> tuple[float, float]:
        """Return the middle of the element that fits the selector and has the text, scrolled into view."""
        script = (
            f"(() => {{ const one = [...document.querySelectorAll({json.dumps(selector)})]"
            f".find((one) => one.textContent.includes({json.dumps(text)}));"
            " if (!one) return null; one.scrollIntoViewIfNeeded(); const box = one.getBoundingClientRect();"
            " return [box.left + box.width / 2, box.top + box.height / 2]; })()"
        )
        await self.until(f"{script} !== null")
        x, y = await self.run(script)
        return x, y

    async def click(self, selector: str, text: str = "", button: str = "left") -> None:
        x, y = await self.point(selector, text)
        where: Json = {"x": x, "y": y, "button": button, "clickCount": 1}
        await self.call("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y})
        await self.call("Input.dispatchMouseEvent", {"type": "mousePressed", **where})
        await self.call("Input.dispatchMouseEvent", {"type": "mouseReleased", **where})

    async def hold(self, selector: str, text: str = "") -> None:
        """Press for long with a finger; the finger stays down until `lift`."""
        x, y = await self.point(selector, text)
        await self.call("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})

    async def lift(self) -> None:
        await self.call("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    async def type(self, text: str) -> None:
        for letter in text:
            await self.call("Input.dispatchKeyEvent", {"type": "char", "text": letter})

    async def press(self, *keys: str) -> None:
        for key in keys:
            code, text = KEYS[key]
            event: Json = {"key": key, "code": key, "windowsVirtualKeyCode": code}
            down = {"type": "keyDown" if text else "rawKeyDown", **event, **({"text": text} if text else {})}
            await self.call("Input.dispatchKeyEvent", down)
            await self.call("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    async def picture(self) -> bytes:
        """Return a picture of the whole page, as a PNG."""
        reply = await self.call("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": False})
        return base64.b64decode(reply["data"])

    async def picture_of(self, selector: str) -> bytes:
        """Return a picture of the element that fits the selector, as a PNG; it has to be in view."""
        box = await self.run(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return { x: box.x, y: box.y, width: box.width, height: box.height }; })()"
        )
        reply = await self.call("Page.captureScreenshot", {"format": "png", "clip": {**box, "scale": 1}})
        return base64.b64decode(reply["data"])

    async def heap(self) -> float:
        """Return what is alive after a collection, in MB: the script's objects, the page's elements, and buffers."""
        await self.call("HeapProfiler.enable")
        await self.call("HeapProfiler.collectGarbage")
        usage = await self.call("Runtime.getHeapUsage")
        parts = ("usedSize", "embedderHeapUsedSize", "backingStorageSize")
        return sum(float(usage.get(part, 0)) for part in parts) / 1e6


@asynccontextmanager
async def running() -> AsyncIterator[Browser]:
    """Start Chromium, and end it with all its processes."""
    path = chromium()
    assert path is not None
    with tempfile.TemporaryDirectory(prefix="tallydesk-chromium-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            path, *FLAGS, f"--user-data-dir={profile}", "about:blank",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        try:
            address = await _address(process)
            drained = asyncio.create_task(_drain(process))
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(address, max_msg_size=0, heartbeat=None) as socket,
            ):
                browser = Browser(socket)
                try:
                    yield browser
                finally:
                    await browser.close()
            drained.cancel()
            await asyncio.gather(drained, return_exceptions=True)
        finally:
            # The group that was started above, and nothing else.
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async with asyncio.timeout(30):
        async for line in process.stderr:
            if b"DevTools listening on " in line:
                return line.decode().split("listening on ")[1].strip()
    raise AssertionError("Chromium did not start")


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    while await process.stderr.read(65536):
        pass
