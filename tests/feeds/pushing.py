"""A newsroom with two sources that push, and a sender that signs requests as docs/push.md describes."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from standardwebhooks import Webhook

from bot.desk.desk_file import Desk
from bot.feeds.push_server import serving_pushes
from bot.feeds.pushes import Pushes
from bot.feeds.signatures import Secrets
from tests.conftest import START, Newsroom, lay_new, small_desk

HOST = "127.0.0.1"
COUNTY, PHONE, STRANGER = (f"whsec_{base64.b64encode(letter * 32).decode()}" for letter in (b"c", b"p", b"x"))


def push_desk() -> Desk:
    """Return the small desk file with two pushing sources: a county with its own names for candidates, and a phone."""
    desk = small_desk().model_dump(mode="json", exclude_unset=True)
    desk["desk"] = {"zone": "America/New_York"}
    desk["sources"] += [
        {"id": "county", "name": "Floyd County", "format": "push", "secret_env": "COUNTY_SECRET", "stale_after": "2h"},
        {"id": "phone", "name": "the phone", "format": "push", "secret_env": "PHONE_SECRET"},
    ]
    desk["contests"][0]["feeds"] = {"county": {"key": "5000", "candidates": {"jrb": "biden", "djt": "trump"}}}
    return Desk.model_validate(desk)


def said(biden: int, trump: int, minute: float = 0, **fields: Any) -> dict[str, Any]:
    """Return a reading in the form that the county pushes."""
    as_of = (START + timedelta(minutes=minute)).isoformat()
    return {"source": "county", "contest": "5000", "as_of": as_of, "votes": {"jrb": biden, "djt": trump}} | fields


@dataclass(frozen=True)
class Reply:
    """The bot's answer to a push."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


class Sender:
    """A client that signs pushes and sends them to the bot."""

    def __init__(self, newsroom: Newsroom, pushes: Pushes, port: int) -> None:
        self.newsroom = newsroom
        self.pushes = pushes
        self.port = port
        self._ids = count(1)

    async def push(
        self,
        *values: Any,
        path: str = "/v1/readings",
        body: bytes | None = None,
        secret: str = COUNTY,
        key: str | None = None,
        at: datetime | None = None,
        kind: str = "application/x-ndjson",
        headers: dict[str, str] | None = None,
        method: str = "POST",
    ) -> Reply:
        """Push values as JSON Lines, or push `body` unchanged."""
        if body is None:
            body = "\n".join(json.dumps(value) for value in values).encode()
        signed = self.signed(body, secret, key, at) | {"Content-Type": kind} | (headers or {})
        return await self.send(method, path, body, signed)

    def signed(
        self, body: bytes, secret: str = COUNTY, key: str | None = None, at: datetime | None = None
    ) -> dict[str, str]:
        """Return the headers of a signed push, as any library for such signatures makes them."""
        key, at = key or f"msg_{next(self._ids)}", at or datetime.now(UTC)
        signature = Webhook(secret).sign(key, at, body.decode("utf-8", "replace"))
        return {"webhook-id": key, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}

    async def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Reply:
        """Send a request and return the answer."""
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"http://{HOST}:{self.port}{path}", data=body, headers=headers) as response,
        ):
            return Reply(response.status, await response.json(), dict(response.headers))


@asynccontextmanager
async def pushing(folder: Path, body_within: float = 5.0) -> AsyncIterator[Sender]:
    """Start a newsroom that accepts pushes on loopback, and give a sender."""
    path = folder / "desk.sqlite3"
    await lay_new(path)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COUNTY_SECRET", COUNTY)
        environment.setenv("PHONE_SECRET", PHONE)
        secrets = Secrets(push_desk().sources)
    async with (
        Newsroom(path, push_desk()) as newsroom,
        serving_pushes(HOST, 0, newsroom.rooms.feeds.pushes, secrets, body_within) as port,
    ):
        yield Sender(newsroom, newsroom.rooms.feeds.pushes, port)
