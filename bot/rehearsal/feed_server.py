"""The recorded day's feeds, served on loopback as a results site would: with an ETag, and 304 for nothing new."""

import hashlib
from typing import Self

from aiohttp import web

from bot.count.reading import Reading


class FeedServer:
    """Serves each source's newest reading of each contest as JSON Lines."""

    def __init__(self) -> None:
        """Have nothing to serve yet; enter it as a context to start."""
        self._newest: dict[str, dict[tuple[str, str, str], Reading]] = {}
        self._runner: web.AppRunner | None = None
        self.base = ""

    def show(self, reading: Reading) -> None:
        """Let a source's feed show a reading from now on."""
        self._newest.setdefault(reading.source, {})[reading.series] = reading

    def url(self, source: str) -> str:
        """Return the address of a source's feed."""
        return f"{self.base}/{source}.jsonl"

    async def __aenter__(self) -> Self:
        """Start on a free port of loopback."""
        app = web.Application()
        app.router.add_get("/{source}.jsonl", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        readings = self._newest.get(request.match_info["source"], {})
        body = "".join(f"{reading.to_json()}\n" for reading in readings.values()).encode()
        etag = hashlib.sha256(body).hexdigest()[:16]
        if request.headers.get("If-None-Match") == f'"{etag}"':
            return web.Response(status=304)
        return web.Response(body=body, content_type="application/x-ndjson", headers={"ETag": f'"{etag}"'})
