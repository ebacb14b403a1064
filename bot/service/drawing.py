"""Draw charts in a process of their own, so that the bot stays as small as it was; a few at a time, each in bounds."""

import asyncio
import os
import sys
from pathlib import Path

from platformdirs import user_cache_path
from pydantic_core import to_json

from bot.cards.chart import Chart
from bot.errors import TallydeskError

AT_ONCE = 2
WAITING = 8
"""Charts that may wait for their turn; more are refused."""
WITHIN = 10.0
"""Seconds; the first one after an installation also looks for fonts."""
MOST_BYTES = 4 << 20


class Drawing:
    """Draws charts."""

    def __init__(self, *, at_once: int = AT_ONCE, within: float = WITHIN) -> None:
        """Draw so many at once, each within so many seconds."""
        self._turns = asyncio.Semaphore(at_once)
        self._most = at_once + WAITING
        self._within = within
        self._asked = 0

    async def png(self, chart: Chart) -> bytes:
        """Return the chart as a PNG.

        Raises:
            TallydeskError: too many are asked for at once, or it could not be drawn in time.

        """
        if self._asked >= self._most:
            raise TallydeskError("too many charts are asked for at once; ask again in a few seconds")
        self._asked += 1
        try:
            async with self._turns, asyncio.timeout(self._within):
                return await _drawn(to_json(chart))
        except TimeoutError:
            raise TallydeskError(
                f"the chart could not be drawn within {self._within:g} seconds; /history has its figures"
            ) from None
        finally:
            self._asked -= 1


async def _drawn(chart: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.draw", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, env=_environment(), cwd=_root(),
    )  # fmt: skip
    try:
        png, errors = await process.communicate(chart)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not png.startswith(b"\x89PNG") or len(png) > MOST_BYTES:
        why = errors.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1][:200]
        raise TallydeskError(f"the chart could not be drawn ({why or 'no picture came'}); /history has its figures")
    return png


def _environment() -> dict[str, str]:
    """Return what the process needs and no more: no token, and a place for matplotlib's list of fonts."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "SYSTEMROOT", "VIRTUAL_ENV") if key in os.environ}
    return kept | {"MPLCONFIGDIR": str(user_cache_path("tallydesk") / "fonts"), "MPLBACKEND": "agg"}


def _root() -> Path:
    """Return the folder that has the package: `python -m` finds it there, installed or not."""
    return Path(__file__).parents[2]
