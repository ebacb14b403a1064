"""Runs the tests with random examples again, with more and different examples than `make test`.

These are the Hypothesis tests and the tests marked `seeds`. Only files that contain such tests are collected.
"""

import asyncio
import os
import re
import sys
from pathlib import Path

from tests.faults.compare import Tally
from tests.faults.outcome import Outcome

ROOT = Path(__file__).parents[2]
EXAMPLES = 500
"""The default number of examples for each test."""
DRAWS = re.compile(r"\bgiven\(|\bmark\.seeds\b")


async def run(seed: int, examples: int = EXAMPLES) -> Outcome:
    """Run the tests with `examples` examples each, drawn from the seed. `make test` uses 25."""
    places = [path for path in sorted((ROOT / "tests").rglob("test_*.py")) if DRAWS.search(path.read_text("utf-8"))]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--dist",
        "worksteal",
        "--timeout",
        "3600",
        "-m",
        "hypothesis or seeds",
        "--hypothesis-profile",
        "many",
        "--hypothesis-seed",
        str(seed),
        *map(str, places),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"EXAMPLES": str(examples)},
    )
    out, _ = await process.communicate()
    said = out.decode()
    passed = sum(int(count) for count in re.findall(r"(\d+) passed", said))
    wrong = re.findall(r"^(?:FAILED|ERROR) .*", said, re.MULTILINE)
    if process.returncode and not wrong:
        wrong = [f"pytest ended with {process.returncode}: {said[-2000:]}"]
    details = [*re.findall("^E  .*", said, re.MULTILINE)[:100], *wrong]
    return Outcome("examples", Tally(wrong=wrong, told=passed), seed, {"examples": examples, "tests": passed}, details)
