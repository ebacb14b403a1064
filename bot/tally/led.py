"""A contest as it is led in a server, for whoever asks or answers there."""

from typing import Protocol

from bot.desk.desk_file import Contest, Desk
from bot.tally.lead_source_store import Choice


class Choices(Protocol):
    """Knows what servers chose."""

    async def choice(self, server: int, contest: str) -> Choice | None:
        """Return which source a server chose to lead a contest, or None."""
        ...


async def led(contest: Contest, server: int, desk: Desk, choices: Choices) -> Contest:
    """Return a contest with the source that leads it in a server: the one chosen there, else the desk file's."""
    choice = await choices.choice(server, contest.id)
    return desk.led(contest, choice.source if choice else None)
