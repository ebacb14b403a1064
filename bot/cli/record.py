"""`tallydesk record`: polls the desk file's sources as the bot does, and saves each new answer for a rehearsal."""

import asyncio
from datetime import datetime
from functools import partial
from pathlib import Path

from bot import __version__
from bot.box.box import Box
from bot.cli.terminal import DONE, complain, say
from bot.clock import Clock, SystemClock
from bot.count.phase import Phase, phase_of
from bot.desk.desk_file import Desk, load_desk
from bot.desk.settings import load_settings
from bot.errors import BadInputError, RunFailedError
from bot.feeds.fetch import Feed, FeedError
from bot.feeds.own_network import Sessions
from bot.feeds.recording import Recorder
from bot.feeds.source_feeds import feed_of
from bot.logs import set_up_logs
from bot.scheduler import Scheduler
from bot.wording.numbers import counted


def record(folder: Path, desk_file: Path | None, clock: Clock | None = None) -> int:
    """Record until Ctrl-C or SIGTERM, which are treated as success. Returns the exit status.

    Raises:
        BadInputError: the desk file can't be read or has no source to poll, or the folder contains something
            else.
    """
    set_up_logs("error")
    path = desk_file or load_settings().desk
    desk = load_desk(path)
    if not any(source.fetched for source in desk.sources):
        raise BadInputError(f"{path}: none of its sources is fetched, so there is nothing to record")
    recorder = Recorder(folder)
    sources = counted(sum(source.fetched for source in desk.sources), "source")
    say(f"{folder}: {sources} asked until Ctrl-C; each new answer is kept")
    try:
        asyncio.run(_record(desk, recorder, clock or SystemClock()))
    except KeyboardInterrupt:
        say(f"{folder}: {counted(recorder.kept, 'new answer')} kept")
    return DONE


async def _record(desk: Desk, recorder: Recorder, clock: Clock) -> None:
    scheduler = Scheduler()
    async with Sessions(f"Tallydesk/{__version__}") as sessions, Box() as box:
        for source in desk.sources:
            if source.fetched:
                feed = feed_of(source, sessions.of(source), box)
                feed.recorder = recorder
                every = source.polling_interval(Phase.NIGHT).total_seconds()
                scheduler.add(f"record {source.id}", partial(_ask, feed, desk, recorder, clock), every)
        scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            await scheduler.stop()


async def _ask(feed: Feed, desk: Desk, recorder: Recorder, clock: Clock) -> float:
    """Poll a source once, and print what is new. Returns the seconds until the next poll.

    Raises:
        RunFailedError: the source can't be reached, or its answer can't be used.

    """
    now, before = clock.now(), recorder.kept
    try:
        news = await feed.news(now)
    except FeedError as error:
        complain(str(error))
        seconds = max(feed.source.every.total_seconds(), error.wait or 0.0)
        raise RunFailedError(str(error), seconds) from None
    if recorder.kept > before:
        what = counted(len(news.readings), "contest") if news else "nothing new to read"
        say(f"{_stamp(now, desk)}  {feed.source.id}: {counted(recorder.kept - before, 'new answer')}, {what}")
    phases = [
        phase_of(reading, contest.night_until)
        for reading in (news.readings if news else ())
        if (contest := desk.contest_with_key(reading.source, reading.contest)) is not None
    ]
    return feed.source.polling_interval(min(phases, default=Phase.NIGHT)).total_seconds()


def _stamp(now: datetime, desk: Desk) -> str:
    return now.astimezone(desk.zone).strftime("%H:%M:%S")
