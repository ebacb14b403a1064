"""`tallydesk run`: runs the bot on the real Discord."""

import asyncio
import gc
import os
import signal
import sys
from contextlib import AsyncExitStack
from threading import current_thread, main_thread

import aiohttp
import discord
import structlog

from bot import __version__
from bot.app import App, open_app, serve_pushes, start_operations
from bot.cli.first_steps import first_steps, step_lines
from bot.cli.reload import dropped_contests, in_use, may_remove
from bot.cli.terminal import DONE, say
from bot.client import while_connected
from bot.clock import SystemClock
from bot.desk.desk_change import desk_change
from bot.desk.desk_file import Desk, load_desk
from bot.desk.mistakes import desk_mistakes
from bot.desk.settings import Settings, load_settings
from bot.errors import BadInputError, TallydeskError
from bot.files import write_whole
from bot.logs import set_up_logs
from bot.operations.heartbeat import notify

log = structlog.get_logger()


def run() -> int:
    """Run until a signal stops the bot. Returns the exit status.

    Raises:
        BadInputError: a setting, the desk file or the token can't be used.
        TallydeskError: the database can't be opened, or Discord can't be reached.

    """
    settings = load_settings()
    token = settings.token.get_secret_value() if settings.token else ""
    if not token or settings.servers is None:
        steps = first_steps(settings)
        for line in step_lines(steps):
            say(line)
        missing = "TALLYDESK_SERVERS" if token else "TALLYDESK_TOKEN"
        following = next(step for step in steps if not step.done)
        raise BadInputError(f"{missing} is not set; next is {following.title}. `tallydesk rehearse` needs no token")
    desk = load_desk(settings.desk)
    set_up_logs(settings.log_level, settings.log_format)
    _ignore_reloads()
    gc.freeze()  # modules are never garbage, and each collection that checks them stops the event loop for 0.1 s
    next_desk: Desk | None = desk
    while next_desk is not None:
        next_desk = asyncio.run(_serve(settings, next_desk, token))
    return DONE


async def _serve(settings: Settings, desk: Desk, token: str) -> Desk | None:
    """Run the bot until it is stopped. Returns the desk file to restart with, or None to exit."""
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(
            open_app(desk, settings.database, SystemClock(), servers=settings.servers or (), desk_file=settings.desk)
        )
        person = await stack.enter_async_context(start_operations(app, settings))
        await log_in(app.bot, token)
        if person is not None:
            await person.channel(SystemClock().now())  # opens it before anything is sent there
        await app.rooms.operations.restore.pause_newsrooms()
        await app.rooms.tally.leading_source.fall_back()
        await app.rooms.outbox.dispatcher.start()
        await stack.enter_async_context(serve_pushes(app, settings))
        app.scheduler.start()
        stack.push_async_callback(app.scheduler.stop)
        log.info(
            "running",
            version=__version__,
            contests=len(desk.contests),
            sources=len(desk.sources),
            database=str(settings.database),
        )
        stopping = _Stopping(app, settings, desk)
        stopping.listen()  # before READY=1, after which signals come
        stack.callback(stopping.ignore_reloads)
        keep_in_use(settings)
        stack.callback(in_use(settings.database).unlink, missing_ok=True)
        notify("READY=1")
        await while_connected(app.bot, _until_stopped(app, stopping))
        log.info("stopped")
    return stopping.next_desk


async def _until_stopped(app: App, stopping: "_Stopping") -> None:
    """Wait for a signal. Then stop claiming posts, and wait for those in flight while the bot is still connected."""
    await stopping.wait()
    log.info("stopping" if stopping.next_desk is None else "reloading the desk file")
    notify("STOPPING=1" if stopping.next_desk is None else "RELOADING=1")
    await asyncio.gather(app.scheduler.stop(), app.rooms.outbox.dispatcher.stop())


def keep_in_use(settings: Settings) -> None:
    """Save a copy of the bot's desk file, so that `tallydesk reload` can show the changes."""
    try:
        write_whole(in_use(settings.database), settings.desk.read_text(encoding="utf-8-sig"))
    except OSError as error:  # only `tallydesk reload` needs the copy
        log.warning("no copy of the desk file is kept for tallydesk reload", why=str(error))


async def log_in(client: discord.Client, token: str) -> None:
    """Log in to Discord.

    Raises:
        BadInputError: Discord refuses the token. The error does not show the token.
        TallydeskError: Discord can't be reached.

    """
    try:
        await client.login(token)
    except discord.LoginFailure:
        raise BadInputError(
            "Discord refuses the token in TALLYDESK_TOKEN: copy it again from the developer portal "
            "(Bot, Reset Token); a token works once shown and until it is reset"
        ) from None
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise TallydeskError(f"Discord can't be reached ({error}); try again when it can") from None


class _Stopping:
    """The handler of signals. After SIGHUP, its `next_desk` is the desk file to restart with."""

    def __init__(self, app: App, settings: Settings, desk: Desk) -> None:
        self._app, self._settings, self._desk = app, settings, desk
        self._stopped = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self.next_desk: Desk | None = None
        """The desk file to restart with; None: exit."""

    def listen(self) -> None:
        """Start to handle signals.

        SIGTERM, SIGINT or a closed terminal stop the bot. A second signal ends the process at once.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._stop if _in_terminal() else self._reload)

    def ignore_reloads(self) -> None:
        """Ignore SIGHUP while the bot restarts."""
        asyncio.get_running_loop().remove_signal_handler(signal.SIGHUP)  # else the loop does, as it closes
        _ignore_reloads()

    async def wait(self) -> None:
        """Wait until the bot has to stop or restart."""
        await self._stopped.wait()

    def _stop(self) -> None:
        if self._stopped.is_set() and self.next_desk is None:
            log.warning("ended at once, by a second signal")
            os._exit(DONE)  # the next start looks up the posts in flight
        self.next_desk = None
        self._stopped.set()

    def _reload(self) -> None:
        if not self._stopped.is_set() and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._restart_if_valid(), name="reload")

    async def _restart_if_valid(self) -> None:
        """Restart with the changed desk file, if it is valid and drops no followed contest."""
        settings = self._settings
        if mistakes := await asyncio.to_thread(desk_mistakes, settings.desk):
            log.error("the desk file was not reloaded", mistakes=len(mistakes), first=mistakes[0])
            return
        desk = await asyncio.to_thread(load_desk, settings.desk)
        changes = desk_change(self._desk, desk)
        dropped = await dropped_contests(self._app.database, desk)
        allowed = may_remove(settings.database)
        if dropped and not allowed.exists():
            log.error("the desk file was not reloaded: it drops contests that are followed", contests=dropped)
            return
        allowed.unlink(missing_ok=True)
        log.info("the desk file was read", changes=changes)
        if changes:
            self.next_desk = desk
            self._stopped.set()


def _ignore_reloads() -> None:
    """Ignore SIGHUP until the bot handles it.

    By default the signal kills the process, which systemd takes for a clean exit.
    """
    if not _in_terminal() and current_thread() is main_thread():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _in_terminal() -> bool:
    """Return True if SIGHUP means that our terminal was closed. Under a service manager, it means reload."""
    return sys.stdin is not None and sys.stdin.isatty()
