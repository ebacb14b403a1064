"""`make bench`: prints one line for each figure, `bench NAME VALUE UNIT target=TARGET ok|over`. Exits 1 if any figure
is over its target.

Arguments are the names of benchmarks to run. Each benchmark takes its size as an argument, and `test_small.py` runs
all of them at a small size.
"""

import asyncio
import gc
import sys

from bot.logs import set_up_logs
from tests.benchmarks import (
    answers,
    delivery,
    flat_cost,
    hostile,
    idle,
    latency,
    many_servers,
    page,
    poll,
    push_attack,
    readers,
    schedule,
    stalls,
    start,
    tasks,
    trials,
)
from tests.benchmarks.figures import Figure

BENCHMARKS = {
    "flat-cost": flat_cost.run,
    "latency": latency.run,
    "delivery": delivery.run,
    "many-servers": many_servers.run,
    "answers": answers.run,
    "idle": idle.run,
    "start": start.run,
    "trials": trials.run,
    "tasks": tasks.run,
    "page": page.run,
    "schedule": schedule.run,
    "poll": poll.run,
    "push": push_attack.run,
    "readers": readers.run,
    "hostile": hostile.run,
    "stalls": stalls.run,
}


def main() -> int:
    set_up_logs("error")
    gc.freeze()  # as `tallydesk run` does
    over = 0
    unknown = set(sys.argv[1:]) - set(BENCHMARKS)
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name, run in BENCHMARKS.items():
        if not sys.argv[1:] or name in sys.argv[1:]:
            figures: list[Figure] = asyncio.run(run())
            for figure in figures:
                print(figure, flush=True)
                over += figure.over
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
