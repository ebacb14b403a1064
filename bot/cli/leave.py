"""`tallydesk leave`: makes the bot leave a server. The bot itself never leaves a server that it has served."""

import asyncio

import aiohttp
import discord

from bot.cli.run import log_in
from bot.cli.terminal import DONE, progress, say
from bot.desk.settings import load_settings
from bot.errors import BadInputError, TallydeskError


def leave(server: int) -> int:
    """Leave a server. Returns the exit status.

    A running bot is notified by Discord. A stopped bot finds out at its next start.

    Raises:
        BadInputError: there is no token, Discord refuses the token, or the bot is not in that server.
        TallydeskError: Discord can't be reached.

    """
    token = load_settings().token
    if token is None:
        raise BadInputError("TALLYDESK_TOKEN is not set: the bot can't leave a server without it")
    with progress("Discord"):
        name = asyncio.run(_leave(server, token.get_secret_value()))
    say(f"left {name}; its data will be deleted in 30 days, unless the bot is invited again")
    return DONE


async def _leave(server: int, token: str) -> str:
    """Leave a server. Returns the server's name and id."""
    async with discord.Client(intents=discord.Intents.none()) as client:
        await log_in(client, token)
        try:
            guild = await client.fetch_guild(server, with_counts=False)
            await guild.leave()
        except discord.NotFound:
            raise BadInputError(f"the bot is in no server {server}") from None
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise TallydeskError(
                f"Discord did not let the bot leave the server {server} ({error}); try again"
            ) from None
        return f"{guild.name} ({server})"
