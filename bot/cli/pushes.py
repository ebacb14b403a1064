"""What `tallydesk check` says of sources that push, and of the port on which they do."""

import asyncio
import errno
from collections.abc import AsyncIterator

import aiohttp
from yarl import URL

from bot.desk.desk_file import Desk
from bot.desk.settings import Settings
from bot.feeds.signatures import secrets_of
from bot.listening import SERVER

_ANSWERS_WITHIN = aiohttp.ClientTimeout(total=3)


async def push_findings(desk: Desk, settings: Settings) -> AsyncIterator[tuple[str, str | None]]:
    """Yield each thing that was looked at with what is wrong with it, or None; nothing where nothing is to be pushed."""
    sources = [source for source in desk.sources if source.pushes]
    _, without = secrets_of(sources)
    for source in sources:
        yield f"source {source.id}: it pushes, signed with what {source.secret_env} holds", without.get(source.id)
    if settings.push_port is not None:
        yield await _port(settings.push_host, settings.push_port)
    elif sources:
        yield "port for pushes", "TALLYDESK_PUSH_PORT is not set, so sources that push have nowhere to"


async def _port(host: str, port: int) -> tuple[str, str | None]:
    what = f"port {port} of {host}, for pushes"
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and await _is_ours(host, port):
            return f"{what}: Tallydesk listens there", None
        mend = "choose another in TALLYDESK_PUSH_PORT, or stop what uses it"
        return what, f"nobody can listen there ({error.strerror or error}); {mend}"
    server.close()
    return what, None


async def _is_ours(host: str, port: int) -> bool:
    """Return True if it is a Tallydesk that answers there: the one that runs on this set-up."""
    try:
        address = URL.build(scheme="http", host=host, port=port, path="/")
        async with aiohttp.ClientSession(timeout=_ANSWERS_WITHIN) as session, session.get(address) as response:
            return response.headers.get("Server") == SERVER
    except (aiohttp.ClientError, OSError, ValueError, TimeoutError):
        return False
