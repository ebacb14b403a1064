"""Days on which posts waited for the desk, and what went out then was found wrong on air.

`python -m tests.rehearsal.histories [NAME]...` plays them and prints the posts that go out at the end of each wait.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot.app import App, wired
from bot.desk.desk_file import Desk
from bot.rehearsal import player
from bot.rehearsal.day import Day
from bot.rehearsal.drill.contests import OFFICE
from bot.rehearsal.player import play_day
from bot.rehearsal.posts import Landed
from bot.rehearsal.rehearsable_days import DRILL, open_day
from tests.faults.truth import hold_to_margin

NIGHT, GEORGIA, PRESIDENT = "2020-11-05-georgia", "georgia-count", "ga-2020-president"

StepFields = Mapping[str, Any]
"""A step as a day's file has it."""


def with_steps(opened: tuple[Day, Desk], *steps: StepFields, until: str | None = None) -> tuple[Day, Desk]:
    """Return a day with more steps; `until`: it ends then, an ISO time with a zone."""
    day, desk = opened
    ends = datetime.fromisoformat(until) if until else day.ends
    kept = [step.model_dump(exclude_none=True) for step in day.steps if step.at <= ends]
    merged = sorted([*kept, *steps], key=lambda step: _moment(step["at"]))
    return Day.model_validate(day.model_dump(exclude_none=True) | {"steps": merged, "ends": ends}), desk


def _moment(at: str | datetime) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at


def paused_night() -> tuple[Day, Desk]:
    """Return the night of Nov. 5 with posting paused from 10 p.m. to 7:42 a.m.: the lead changes hands meanwhile."""
    pause = {"at": "2020-11-05T22:00:00-05:00", "does": "pause"}
    resume = {"at": "2020-11-06T07:42:00-05:00", "does": "resume"}
    return with_steps(open_day(NIGHT), pause, resume, until="2020-11-06T09:30:00-05:00")


def quiet_night() -> tuple[Day, Desk]:
    """Return the same night with quiet hours from 10 p.m. to 6:30 a.m.: the lead change of 4:50 a.m. breaks through."""
    prefer = {
        "at": "2020-11-05T21:58:00-05:00",
        "does": "prefer",
        "channel": GEORGIA,
        "contest": PRESIDENT,
        "quiet": "22:00-06:30",
    }
    return with_steps(open_day(NIGHT), prefer, until="2020-11-06T09:30:00-05:00")


def muted_drill() -> tuple[Day, Desk]:
    """Return the drill of seed 21, until 9:30 p.m., with its Elections Office muted from 7:50 to 8:40 p.m."""
    mute = {"at": "2035-11-06T19:50:00-05:00", "does": "mute", "source": OFFICE}
    unmute = {"at": "2035-11-06T20:40:00-05:00", "does": "unmute", "source": OFFICE}
    return with_steps(open_day(DRILL, 21), mute, unmute, until="2035-11-06T21:30:00-05:00")


HISTORIES = {"paused": paused_night, "quiet": quiet_night, "muted": muted_drill}


async def posts_of(opened: tuple[Day, Desk], untrue: list[str] | None = None) -> list[Landed]:
    """Play a day as fast as it goes; return what landed. What a post says and `/margin` does not is added to `untrue`."""
    landed: list[Landed] = []
    found = untrue if untrue is not None else []

    @asynccontextmanager
    async def watched(*args: Any, **kwargs: Any) -> AsyncIterator[App]:
        async with wired(*args, **kwargs) as app:
            hold_to_margin(app, found.append)
            yield app

    with tempfile.TemporaryDirectory() as folder, patch.object(player, "wired", watched):
        await play_day(*opened, Path(folder) / "played.sqlite3", None, landed.append)
    return landed


def main(names: Iterable[str]) -> None:
    """Play the histories of those names, or all, and print each new post and edit."""
    for name in names or HISTORIES:
        day, desk = HISTORIES[name]()
        print(f"== {name}: {day.title}")  # noqa: T201 - it is a script
        untrue: list[str] = []
        posts = asyncio.run(posts_of((day, desk), untrue))
        print(f"untrue={len(untrue)}", *untrue, sep="\n  ")  # noqa: T201
        for post in posts:
            at, edit = post.at.astimezone(desk.zone), "" if post.edit_of is None else f" (edit of #{post.edit_of})"
            headline = post.content.split("\n")[0]
            print(f"{at:%a %H:%M} #{post.channel} {post.kind} #{post.number}{edit}: {headline}")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
