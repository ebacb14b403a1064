"""Tests permission checks: each command, button, list and form is used by each role in every situation.

`lost` counts what was wrongly refused. `doubled` counts what a second press did again. `wrong` counts what was done
for somebody without permission, or shown to a member of another server.
"""

import tempfile
from pathlib import Path

from tests.cogs.matrix import SITUATIONS, Found, opened
from tests.faults.compare import Tally
from tests.faults.outcome import Outcome


async def run(seed: int) -> Outcome:
    """Try every combination of input, role and situation. Nothing is random, so the seed is not used."""
    looks: list[Found] = []
    for situation in SITUATIONS:
        with tempfile.TemporaryDirectory() as folder:
            async with opened(Path(folder) / "guards.sqlite3") as matrix:
                looks.append(await matrix.look(situation))
    lost, doubled, wrong = (
        [cell for look in looks for cell in getattr(look, what)] for what in ("lost", "doubled", "wrong")
    )
    cells = sum(look.cells for look in looks)
    tally = Tally(lost=len(lost), doubled=len(doubled), wrong=wrong, told=cells)
    return Outcome("guards", tally, seed, {"cells": cells}, [*lost, *doubled, *wrong])
