"""Kills the bot just before and just after every step of a day. After each death, the bot is started again and
finishes the day.

First a day is played without a death, and the steps are recorded. In each later run, the bot dies at one step of each
moment of the day. It is started again on the same database and the same simulated Discord. In the end, the channels
have to show the same as in the first run. The bot also dies at the steps of the recovery after a start.
"""

import asyncio
import itertools
import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from bot.desk.desk_file import Desk
from bot.rehearsal.day import Day
from bot.rehearsal.standin import world
from tests.faults.broken import Flaw
from tests.faults.compare import Tally, against_undisturbed
from tests.faults.outcome import Outcome
from tests.faults.stage import Cut, Played, Stage
from tests.faults.steps import Death, Step
from tests.faults.zygote import prepared

SIDE_BY_SIDE = 2
"""The number of runs at a time, if all deaths are tried. Tests already run side by side."""
_SETTLED = "commit OutboxStore.settle"
_GUILTY_AT_MOST = 3
"""The most deaths that are identified as the cause of a problem."""


@dataclass(slots=True)
class Report:
    """The combined result of all deaths."""

    tally: Tally = field(default_factory=Tally)
    deaths: int = 0
    kinds: set[str] = field(default_factory=set)
    """The kinds of steps at which a bot died."""
    guilty: list[str] = field(default_factory=list)
    """The first few deaths that caused a problem, with the problem."""

    def outcome(self, name: str, seed: int) -> Outcome:
        """Convert the report to an outcome that can be printed."""
        return Outcome(name, self.tally, seed, {"cuts": self.deaths}, self.guilty)


async def run(day: Day, desk: Desk) -> Report:
    """Kill the bot at every step of a day, and at every step of recovering from a request without an answer."""
    return await _run(day, desk, list, SIDE_BY_SIDE)


async def run_each_kind(day: Day, desk: Desk, among: Collection[str] | None = None) -> Report:
    """Kill the bot once before and once after each kind of step, of the day and of the recoveries.

    With `among`, only these kinds of steps are tried, and no recoveries. Another day covers the others.
    """

    def choose(all_cuts: Iterable[Cut]) -> list[Cut]:
        return one_of_each_kind(cut for cut in all_cuts if among is None or cut.deaths[-1].step.what in among)

    return await _run(day, desk, choose)


async def _run(day: Day, desk: Desk, choose: Callable[[Iterable[Cut]], list[Cut]], side_by_side: int = 1) -> Report:
    report = Report()
    async with _stages(day, desk, side_by_side) as stages:
        undisturbed = await stages[0].play()
        report.tally |= undisturbed.tally
        chosen = choose(cuts(undisturbed.lives[0].steps))
        played = await _play_all(stages, undisturbed, chosen, report)
        await _play_all(stages, undisturbed, choose(cuts_of_recoveries(played)), report)
    return report


async def run_one(day: Day, desk: Desk, what: str, *, after: bool, flaw: Flaw | None) -> Tally:
    """Kill the bot once, at the first step of the kind `what`. A `flaw` breaks the bot on purpose."""
    async with _stages(day, desk) as [stage]:
        undisturbed = await stage.play(flaw=flaw)
        step = next(step for step in undisturbed.lives[0].steps if step.what == what)
        return await _compared(stage, undisturbed, [Cut((Death(step, after),))], flaw)


async def undisturbed(day: Day, desk: Desk, flaw: Flaw | None = None) -> Played:
    """Play a day to the end without a death. A `flaw` breaks the bot on purpose."""
    async with _stages(day, desk) as [stage]:
        return await stage.play(flaw=flaw)


def cuts(steps: Iterable[Step]) -> Iterable[Cut]:
    """Return a death before and a death after each step, without those that would be equal.

    A channel does nothing lasting between two of its steps at one moment. A death after a commit or an answer
    therefore equals the death before the channel's next step.

    There are two exceptions. After a request, Discord may or may not have acted. After a commit of the day itself, its
    posts are sent before the day's next step.
    """
    last: dict[tuple[int, str], Step] = {}
    for step in steps:
        before = last.pop((step.moment, step.lane), None)
        if before and (before.what.startswith("request ") or not before.lane.startswith("#")):
            yield Cut((Death(before, after=True),))
        yield Cut((Death(step, after=False),))
        last[step.moment, step.lane] = step
    yield from (Cut((Death(step, after=True),)) for step in last.values())


def cuts_of_recoveries(played: Iterable[tuple[Cut, Sequence[Step]]]) -> Iterable[Cut]:
    """Return deaths at every step of the recovery from each request without an answer.

    Each bot finds the same state as the bot before. All these deaths can therefore happen in one run.

    Args:
        played: deaths, each with the steps that the next bot took at that moment.
    """
    for cut, steps in played:
        first = cut.deaths[0]
        if first.after and first.step.what.startswith("request "):
            lane = [step for step in steps if step.lane == first.step.lane]
            until = next((place for place, step in enumerate(lane, 1) if step.what == _SETTLED), 0)
            deaths = [death for again in cuts(lane[:until]) for death in again.deaths]
            yield Cut((first, *deaths))


def one_of_each_kind(all_cuts: Iterable[Cut]) -> list[Cut]:
    """Return one death for each kind of step, spread over the moments of the day."""
    by_kind: dict[tuple[str, bool], list[Cut]] = defaultdict(list)
    for cut in all_cuts:
        by_kind[cut.deaths[0].step.what, cut.deaths[0].after].append(cut)
    chosen: list[Cut] = []
    for choice in sorted(by_kind.values(), key=lambda choice: len({cut.moment for cut in choice})):
        taken = [cut.moment for cut in chosen]
        chosen.append(min(choice, key=lambda cut: taken.count(cut.moment)))
    return chosen


def runs(all_cuts: Iterable[Cut]) -> list[list[Cut]]:
    """Distribute the deaths over as few runs as possible. A run has at most one of them at a moment."""
    by_moment: dict[int, list[Cut]] = defaultdict(list)
    for cut in all_cuts:
        by_moment[cut.moment].append(cut)
    return [[cut for cut in run if cut] for run in itertools.zip_longest(*by_moment.values())]


class _stages:  # noqa: N801 - used like a function
    """A context in which several stages can be opened for one day.

    Discord forgets nonces at once on these stages, so that the bot has to search the channel's history.
    """

    def __init__(self, day: Day, desk: Desk, count: int = 1) -> None:
        self._day, self._desk, self._count = day, desk, count
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> list[Stage]:
        self._stack.enter_context(patch.object(world, "NONCE_LASTS", timedelta(0)))
        # Removed last: a bot that lives to the end of an interrupted run still writes.
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="tallydesk-faults-"))
        zygotes = [await self._stack.enter_async_context(prepared()) for _ in range(self._count)]
        return [Stage(self._day, self._desk, zygote, Path(folder)) for zygote in zygotes]

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()


async def _play_all(
    stages: Sequence[Stage], undisturbed: Played, all_cuts: Sequence[Cut], report: Report
) -> list[tuple[Cut, list[Step]]]:
    """Play the day with all deaths. Returns each death with the steps that the next bot took at that moment."""
    waiting = runs(all_cuts)[::-1]
    recovered: list[tuple[Cut, list[Step]]] = []
    deaths = [death for cut in all_cuts for death in cut.deaths]
    report.deaths += len(deaths)
    report.kinds |= {death.step.what for death in deaths}

    async def work(stage: Stage) -> None:
        while waiting:
            run = sorted(waiting.pop(), key=lambda cut: cut.moment)
            played = await stage.play(run)
            if played.missed and len(run) > 1:
                # After an earlier death, the step may already be done (as a note posted once in 12 hours): try this cut alone.
                first = next(place for place, cut in enumerate(run) if played.missed[0] in cut.deaths)
                waiting.extend(part for part in (run[first + 1 :], run[first : first + 1]) if part)
                run, played = run[:first], replace(played, missed=())
            tally = _compare(undisturbed, played)
            report.tally += tally
            if not tally.clean:
                await _find_guilty(stage, undisturbed, run, report)
            for cut, life in zip(run, played.after_cuts(run), strict=False):
                recovered.append((cut, [step for step in life.steps if step.moment == cut.moment]))

    async with asyncio.TaskGroup() as group:
        for stage in stages:
            group.create_task(work(stage))
    return recovered


def _compare(undisturbed: Played, played: Played) -> Tally:
    tally = played.tally | against_undisturbed(undisturbed.shown, played.shown)
    tally.wrong += [f"no bot died {death}" for death in played.missed]
    moments = undisturbed.lives[0].moments
    for life in played.lives:
        if any(moment not in moments for moment in life.moments):
            tally.wrong.append("the day went another way than undisturbed")
    return tally


async def _compared(stage: Stage, undisturbed: Played, run: Sequence[Cut], flaw: Flaw | None = None) -> Tally:
    return _compare(undisturbed, await stage.play(run, flaw))


async def _find_guilty(stage: Stage, undisturbed: Played, run: Sequence[Cut], report: Report) -> None:
    """Find one death that caused a problem in a run, by bisection, and add it to the report."""
    while len(run) > 1:
        half = run[: len(run) // 2]
        run = half if not (await _compared(stage, undisturbed, half)).clean else run[len(half) :]
        if len(report.guilty) >= _GUILTY_AT_MOST:
            return
    tally = await _compared(stage, undisturbed, run)
    report.guilty.append(f"{run[0]}: {tally}; {'; '.join(tally.wrong)[:2000] or 'not again by itself'}")
