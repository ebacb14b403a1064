"""`make faults`: prints one line for each run, such as `faults NAME lost=0 doubled=0 disordered=0 seed=N`, with more
figures.

The exit status is 1 unless all problem counts are 0. Details of each problem go to standard error.
"""

import argparse
import asyncio
import random
import sys
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any

from bot.desk.desk_file import load_desk
from bot.rehearsal.day import load_day
from bot.rehearsal.drill.drill import drill as make_drill
from tests.faults import box, editors, every_step, examples, fuzz, guards, hostile, kill, permissions, soak, waiting
from tests.faults.outcome import Outcome
from tests.faults.proposal_day import KINDS, ProposalKind, proposal_day
from tests.faults.schedule_day import schedule_day
from tests.faults.small_day import batch_day, day_in_threads, desk_day, lead_day, small_desk, waiting_day

SEED_DAY = "2020-11-11-georgia"
KILLS = 200

AT_ONCE = 2
"""The number of runs at the same time. Most runs leave a core idle at times."""

HELP = """Never lost, never doubled: the bot dies at every step of a day, and is killed at random.
Then each reader of feeds gets mutated files, fuzz-NAME, and hostile ones. All of it takes 20 minutes on two cores."""


async def seed_day(seed: int) -> Outcome:
    """Kill the bot at every step of the recorded day."""
    day, desk = load_day(SEED_DAY)
    return (await every_step.run(day, load_desk(desk))).outcome("every-step-seed-day", seed)


async def threads(seed: int) -> Outcome:
    """Kill the bot at every step of a small day with posts in threads."""
    return (await every_step.run(day_in_threads(), small_desk())).outcome("every-step-threads", seed)


async def drill(seed: int) -> Outcome:
    """Kill the bot at every step of an invented election night."""
    made = make_drill(seed, counties=12, hours=2)
    return (await every_step.run(made.day, made.desk)).outcome("every-step-drill", seed)


async def schedule(seed: int) -> Outcome:
    """Kill the bot at every step of a day with a changing calendar, Discord events and a clock that jumps."""
    return (await every_step.run(schedule_day(), small_desk())).outcome("every-step-schedule", seed)


async def lead(seed: int) -> Outcome:
    """Kill the bot at every step of a morning on which the desk changes the leading source."""
    return (await every_step.run(lead_day(), small_desk())).outcome("every-step-lead", seed)


async def desk(seed: int) -> Outcome:
    """Kill the bot at every step of a morning on which the desk posts and drops holds, and undoes those decisions."""
    return (await every_step.run(desk_day(), small_desk())).outcome("every-step-desk", seed)


async def proposals(kind: ProposalKind, seed: int) -> Outcome:
    """Kill the bot at every step of a morning on which two members of the desk decide on proposals of one kind."""
    return (await every_step.run(proposal_day(kind), small_desk())).outcome(f"every-step-{kind}", seed)


async def waits(seed: int) -> Outcome:
    """Kill the bot at every step of a morning with waiting posts. They wait for the end of a pause or a mute, or
    for approval.
    """
    return (await every_step.run(waiting_day(), small_desk())).outcome("every-step-waits", seed)


async def batches(seed: int) -> Outcome:
    """Kill the bot at every step of a morning on which a reporter enters batches before the leading source has
    them.
    """
    return (await every_step.run(batch_day(), small_desk())).outcome("every-step-batches", seed)


async def fuzz_reader(name: str, seed: int, inputs: int) -> Outcome:
    """Feed mutated files to one of the bot's readers."""
    return fuzz.run(name, seed, inputs)


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make faults", description=HELP)
    parser.add_argument(
        "--only",
        metavar="NAME",
        help="one of every-step-seed-day, -threads, -drill, -schedule, -lead, -desk, -entry, -correct, -retract, -hold, -waits, -batches, permissions, guards, editors, examples, waiting, kill, box, hostile, soak, fuzz-NAME",
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000), help="repeats a run")
    parser.add_argument(
        "--kills", type=int, default=KILLS, help=f"how often the bot, or a worker of it, is killed at random; {KILLS}"
    )
    parser.add_argument(
        "--polls", type=int, default=soak.POLLS, help=f"of the soak: polls a source; {soak.POLLS}, two days"
    )
    parser.add_argument(
        "--histories", type=int, default=waiting.HISTORIES, help=f"of what waits: histories; {waiting.HISTORIES}"
    )
    parser.add_argument(
        "--examples", type=int, default=examples.EXAMPLES, help=f"of each test that draws them; {examples.EXAMPLES}"
    )
    parser.add_argument("--hostile", type=int, default=hostile.INPUTS, help=f"hostile files a format; {hostile.INPUTS}")
    parser.add_argument("--inputs", type=int, default=fuzz.INPUTS, help=f"mutated files a reader; {fuzz.INPUTS}")
    return parser


def main() -> int:
    """Run the tests chosen on the command line. Returns the exit status."""
    parser = options()
    asked = parser.parse_args()
    runs: dict[str, Callable[[int], Coroutine[Any, Any, Outcome]]] = {
        # The long runs first, so that none of them runs alone at the end.
        "examples": lambda seed: examples.run(seed, asked.examples),
        "soak": lambda seed: soak.run(seed, asked.polls),
        "waiting": lambda seed: waiting.run(seed, asked.histories),
        "every-step-drill": drill,
        "every-step-schedule": schedule,
        "kill": lambda seed: kill.run(seed, asked.kills),
        "box": lambda seed: box.run(seed, asked.kills),
        "hostile": lambda seed: hostile.run(seed, asked.hostile),
        "permissions": permissions.run,
        "editors": editors.run,
        "guards": guards.run,
        "every-step-seed-day": seed_day,
        "every-step-threads": threads,
        "every-step-lead": lead,
        "every-step-desk": desk,
        **{f"every-step-{kind}": partial(proposals, kind) for kind in KINDS},
        "every-step-waits": waits,
        "every-step-batches": batches,
        **{f"fuzz-{name}": partial(fuzz_reader, name, inputs=asked.inputs) for name in fuzz.FUZZED},
    }
    if asked.only is None:
        return asyncio.run(_all(runs, asked.seed))
    if asked.only not in runs:
        parser.error(f"--only {asked.only}: there is no such run; there are {', '.join(runs)}")
    outcome = asyncio.run(runs[asked.only](asked.seed))
    print(outcome, flush=True)
    print("".join(f"  {detail}\n" for detail in outcome.details), end="", file=sys.stderr, flush=True)
    return 0 if outcome.clean else 1


async def _all(names: Iterable[str], seed: int) -> int:
    """Run all named tests, each in its own process. Returns 1 if any of them found a problem, else 0."""
    free = asyncio.Semaphore(AT_ONCE)

    async def alone(name: str) -> int:
        async with free:
            command = [sys.executable, "-m", "tests.faults", *sys.argv[1:], "--seed", str(seed), "--only", name]
            return await (await asyncio.create_subprocess_exec(*command)).wait()

    return int(any(await asyncio.gather(*map(alone, names))))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
