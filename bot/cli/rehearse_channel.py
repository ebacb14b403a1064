"""`tallydesk rehearse --channel`: a day in a test channel of a real server."""

import asyncio
from functools import partial
from pathlib import Path

from rich.console import Console

from bot.cli.run import log_in
from bot.desk.desk_file import Desk
from bot.desk.settings import load_settings
from bot.errors import BadInputError
from bot.rehearsal.day import Day
from bot.rehearsal.player import Scored, Show
from bot.rehearsal.real_server import RealChannel, play_on_server


def rehearse_in_channel(
    day: Day, desk: Desk, database: Path, pace: float | None, show: Show, scored: Scored, channel: int, console: Console
) -> None:
    """Play a day in a channel of a real server, and say where its posts are: they stay there, however it ends.

    The token and the servers come from the settings.

    Raises:
        BadInputError: there is no token, or the channel is none to rehearse in.

    """
    settings = load_settings()
    token = settings.token.get_secret_value() if settings.token else ""
    if not token:
        raise BadInputError("TALLYDESK_TOKEN is not set: a rehearsal on a real server needs the bot's token")
    where: list[str] = []

    def found(name: str, address: str) -> None:
        where.append(f"{name}, {address}")
        console.print(f"In {where[0]}\n", soft_wrap=True, markup=False)

    place = RealChannel(channel, settings.servers or (), partial(log_in, token=token), found, scored)
    try:
        asyncio.run(play_on_server(day, desk, database, pace, show, place))
    finally:
        if where:
            console.print(f"What was posted stays in {where[0]}", soft_wrap=True, markup=False)
