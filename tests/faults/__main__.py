"""`make faults`: one line a run, `faults NAME lost=0 doubled=0 disordered=0 seed=N`; exits 1 unless all are 0.

Arguments: `--seed N` repeats a run, `--kills N` sets how often the bot is killed.
"""

import argparse
import asyncio
import random
import sys

from tests.faults import kill


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description="Never lost, never doubled: the fault runs.")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--kills", type=int, default=25)
    options = parser.parse_args()
    result = asyncio.run(kill.run(options.seed, options.kills))
    print(result, flush=True)
    return 0 if result.clean else 1


if __name__ == "__main__":
    sys.exit(main())
