"""`tallydesk run`: the bot on the real Discord."""

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack

import aiohttp
import discord
import structlog

from bot import __version__
from bot.app import App, cared_for, pushed_to, wired
from bot.cli.terminal import DONE
from bot.client import while_connected
from bot.clock import SystemClock
from bot.desk.desk_file import Desk, load_desk
from bot.desk.settings import Settings, load_settings
from bot.errors import BadInputError, TallydeskError
from bot.logs import set_up_logs
from bot.operations.systemd import notify

log = structlog.get_logger()

NO_SERVERS = (
    "TALLYDESK_SERVERS is not set: name the servers that may use the bot by their ids, as 1234,5678 (in Discord, with "
    "Developer Mode on: right-click the server, Copy Server ID), or say all"
)


def run() -> int:
    """Run until stopped by a signal; return the exit status.

    Raises:
        BadInputError: a setting, the desk file or the token can't be used.
        TallydeskError: the database can't be opened, or Discord can't be reached.

    """
    settings = load_settings()
    token = settings.token.get_secret_value() if settings.token else ""
    if not token:
        raise BadInputError(
            "TALLYDESK_TOKEN is not set: put the bot's token, from Discord's developer portal, "
            "into the environment or into .env; `tallydesk rehearse` needs none"
        )
    if settings.servers is None:
        raise BadInputError(NO_SERVERS)
    desk = load_desk(settings.desk)
    set_up_logs(settings.log_level, settings.log_format)
    asyncio.run(_serve(settings, desk, token))
    return DONE


async def _serve(settings: Settings, desk: Desk, token: str) -> None:
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(
            wired(desk, settings.database, SystemClock(), servers=settings.servers or ())
        )
        person = await stack.enter_async_context(cared_for(app, settings))
        await log_in(app.bot, token)
        if person is not None:
            await person.channel(SystemClock().now())  # to be known before anything is sent there
        await app.rooms.operations.restore.take_up()
        await app.rooms.tally.lead_source.fall_back()
        await app.rooms.outbox.dispatcher.start()
        await stack.enter_async_context(pushed_to(app, settings))
        app.scheduler.start()
        stack.push_async_callback(app.scheduler.stop)
        log.info(
            "running", version=__version__, contests=len(desk.contests), sources=len(desk.sources),
            database=str(settings.database),
        )  # fmt: skip
        notify("READY=1")
        await while_connected(app.bot, _until_stopped(app))
        log.info("stopped")


async def _until_stopped(app: App) -> None:
    """Go on until a signal; then take up nothing more and let what is under way end, still connected."""
    await _stop_signal()
    log.info("stopping")
    notify("STOPPING=1")
    await asyncio.gather(app.scheduler.stop(), app.rooms.outbox.dispatcher.stop())


async def log_in(client: discord.Client, token: str) -> None:
    """Log in to Discord.

    Raises:
        BadInputError: Discord refuses the token; the token is not shown.
        TallydeskError: Discord can't be reached.

    """
    try:
        await client.login(token)
    except discord.LoginFailure:
        raise BadInputError(
            "Discord refuses the token in TALLYDESK_TOKEN: copy it anew from the developer portal "
            "(Bot, Reset Token); a token works once shown and until it is reset"
        ) from None
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise TallydeskError(f"Discord can't be reached ({error}); try again when it can") from None


def _go_on() -> None:
    log.warning("SIGHUP changes nothing: a change of the desk file or of a setting needs a restart")


async def _stop_signal() -> None:
    """Wait for SIGTERM or SIGINT, or for the terminal to close; a second one ends the process at once."""
    stopped = asyncio.Event()

    def stop() -> None:
        if stopped.is_set():
            log.warning("ended at once, by a second signal")
            os._exit(DONE)  # whatever dies half done is looked up at the next start
        stopped.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    # A terminal that closes sends it, too. What starts services sends it to have a file read anew.
    loop.add_signal_handler(signal.SIGHUP, stop if sys.stdin is not None and sys.stdin.isatty() else _go_on)
    await stopped.wait()
