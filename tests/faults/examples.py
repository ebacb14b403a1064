"""What `make test` shows by few examples, by many others: texts, facts, days of an outbox, clocks that jump, copies restored.

Which tests those are is read from their files: they are given examples, or say how many they take.
"""

import asyncio
import re
import sys
from pathlib import Path

from tests.faults.compare import Tally
from tests.faults.outcome import Outcome

ROOT = Path(__file__).parents[2]
DRAWS = re.compile(r"\bgiven\(|\bexamples\(\)|\bshare\(0")


async def run(seed: int) -> Outcome:
    """Run these tests with twenty times as many examples, which the seed decides."""
    places = [path for path in sorted((ROOT / "tests").rglob("test_*.py")) if DRAWS.search(path.read_text("utf-8"))]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "--timeout", "3600",
        "--hypothesis-profile", "many", "--hypothesis-seed", str(seed), *map(str, places), stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    out, _ = await process.communicate()
    said = out.decode()
    passed = sum(int(count) for count in re.findall(r"(\d+) passed", said))
    wrong = re.findall(r"^(?:FAILED|ERROR) .*", said, re.MULTILINE)
    if process.returncode and not wrong:
        wrong = [f"pytest ended with {process.returncode}: {said[-2000:]}"]
    return Outcome("examples", Tally(wrong=wrong, told=passed), seed, {"tests": passed}, wrong)
