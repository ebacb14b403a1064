"""Tests the guards: each command, button, list and form, used by each role in every situation.

`lost` counts what was wrongly refused, `doubled` what a second press did again, `wrong` what was done for somebody who
may not, or shown to a member of another server.
"""

import tempfile
from pathlib import Path

from tests.cogs.matrix import SITUATIONS, Found, opened
from tests.faults.compare import Tally
from tests.faults.outcome import Outcome


async def run(seed: int) -> Outcome:
    """Try every cell of the matrix. The seed is not used."""
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
