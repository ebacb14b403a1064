"""The recorded day's feeds, served on loopback as a results site would: with an ETag, and 304 for nothing new."""

import hashlib
import json
from typing import Self

from aiohttp import web
from pydantic import JsonValue
from yarl import URL

from bot.count.reading import Reading


class FeedServer:
    """Serves each source's newest reading of each contest as JSON Lines; or its own answers, at its own paths."""

    def __init__(self) -> None:
        """Have nothing to serve yet; enter it as a context to start."""
        self._newest: dict[str, dict[tuple[str, str, str], Reading]] = {}
        self._answers: dict[str, bytes] = {}
        self._addresses: dict[str, set[str]] = {}
        self._runner: web.AppRunner | None = None
        self.base = ""

    def show(self, reading: Reading) -> None:
        """Let a source's feed show a reading from now on."""
        self._newest.setdefault(reading.source, {})[reading.series] = reading

    def answer(self, source: str, address: str, document: JsonValue) -> None:
        """Let a source's feed answer a JSON document at one of its addresses from now on."""
        self._answers[self._own(source, address)] = json.dumps(document, ensure_ascii=False).encode()

    def stand_for(self, source: str, address: str) -> str:
        """Return where we serve from now on what a source serves at `address`; nothing yet."""
        own = self._own(source, address)
        self._addresses.setdefault(source, set()).add(own)
        return own

    def answers_all(self, source: str) -> bool:
        """Return True if there is something at each address of a source for which we stand."""
        return self._addresses.get(source, set()) <= self._answers.keys()

    def _own(self, source: str, address: str) -> str:
        return f"{self.base}/{source}{URL(address).raw_path}"

    def url(self, source: str) -> str:
        """Return the address of a source's feed."""
        return f"{self.base}/{source}.jsonl"

    async def __aenter__(self) -> Self:
        """Start on a free port of loopback."""
        app = web.Application()
        app.router.add_get("/{source}.jsonl", self._answer)
        app.router.add_get("/{source}/{path:.*}", self._own_answer)
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

    async def _own_answer(self, request: web.Request) -> web.Response:
        body = self._answers.get(f"{self.base}{request.rel_url.raw_path}")
        return web.Response(status=404) if body is None else _tagged(request, body, "application/json")

    async def _answer(self, request: web.Request) -> web.Response:
        readings = self._newest.get(request.match_info["source"], {})
        body = "".join(f"{reading.to_json()}\n" for reading in readings.values()).encode()
        return _tagged(request, body, "application/x-ndjson")


def _tagged(request: web.Request, body: bytes, content_type: str) -> web.Response:
    etag = hashlib.sha256(body).hexdigest()[:16]
    if request.headers.get("If-None-Match") == f'"{etag}"':
        return web.Response(status=304)
    return web.Response(body=body, content_type=content_type, headers={"ETag": f'"{etag}"'})
