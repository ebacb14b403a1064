"""What `make test` shows by few examples, by many others: texts, facts, days of an outbox, clocks that jump, copies restored."""

import asyncio
import re
import sys
from pathlib import Path

from tests.faults.compare import Tally
from tests.faults.outcome import Outcome

ROOT = Path(__file__).parents[2]
PLACES = (
    "tests/property", "tests/prose/test_properties.py", "tests/outbox/test_coverage.py", "tests/faults/test_reminders.py",
    "tests/faults/test_restored.py", "tests/answers/test_card_bounds.py", "tests/answers/test_answer_bounds.py",
    "tests/entries/test_drafts_words.py", "tests/entries/test_review_words.py", "tests/outcomes/test_certification_words.py",
    "tests/rehearsal/drill", "tests/wording/test_pages.py",
)  # fmt: skip


async def run(seed: int) -> Outcome:
    """Run these tests with ten times as many examples, which the seed decides."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "--timeout", "3600",
        "--hypothesis-profile", "many", "--hypothesis-seed", str(seed), *PLACES, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    out, _ = await process.communicate()
    said = out.decode()
    passed = sum(int(count) for count in re.findall(r"(\d+) passed", said))
    wrong = re.findall(r"^(?:FAILED|ERROR) .*", said, re.MULTILINE)
    if process.returncode and not wrong:
        wrong = [f"pytest ended with {process.returncode}: {said[-2000:]}"]
    return Outcome("examples", Tally(wrong=wrong, told=passed), seed, {"tests": passed}, wrong)
