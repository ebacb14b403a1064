"""Plays the drill with four editors who read only the bot's notices. No wrong figure may remain, whatever they press.

During the drill, the feed switches to another count. One editor follows the notice, and drops the reading. One posts
it each time, reads the post, and undoes it within two minutes. One notices after ten minutes, and retracts the post.
One posts it and never notices.

In the end no post may give a margin of the other count. It was never posted, it was retracted, or it was corrected
once the source returned to its own count. Each hold has to keep what the editor decided.
"""

import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bot.count.judgement import DROPPED, POSTED, REPEATED, UNDONE, HoldReason
from bot.count.margin import margin_of
from bot.rehearsal.day import Day, HoldStep, ReadingStep
from bot.rehearsal.drill.contests import GOVERNOR, WIRE
from bot.rehearsal.drill.drill import MOVES, RETURNS, Drill, drill
from bot.rehearsal.player import play_day
from bot.rehearsal.posts import ArrivedPost
from bot.wording.numbers import commas
from tests.faults.compare import Tally
from tests.faults.outcome import Outcome
from tests.faults.truth import held_to_margin

SEEDS = (7, 11)

_CHANGES = ("lead_change", "margin", "no_margin_change", "roll_up", "statement", "recount_line")

Presses = Sequence[tuple[int, str]]
"""Pairs of the seconds after the feed switched, and the button to press then."""

EDITORS: Mapping[str, Presses] = {
    "careful": [(60, "drop")],
    "hasty": [(60, "post"), (150, "undo")],
    "late": [(60, "post"), (600, "withdraw")],
    "asleep": [(60, "post")],
}


async def run(_: int) -> Outcome:
    """Play the drill with every seed and every editor."""
    tally = Tally()
    for seed in SEEDS:
        for editor, presses in EDITORS.items():
            untrue: list[str] = []
            with held_to_margin(untrue.append):
                wrong, told = await wrongs(drill(seed), editor, presses)
            tally.told += told
            tally.wrong += [f"seed {seed}, {editor}: {one}" for one in wrong]
            tally.add_untrue([f"seed {seed}, {editor}: {one}" for one in untrue])
    return Outcome("editors", tally, 0, {"editors": len(EDITORS) * len(SEEDS)}, tally.wrong)


async def wrongs(made: Drill, editor: str, presses: Presses) -> tuple[list[str], int]:
    """Play a drill with an editor. Returns the problems found, and the number of posts."""
    landed = list[ArrivedPost]()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "desk.sqlite3"
        await play_day(pressed(made.day, presses), made.desk, database, None, landed.append)
        decided = _decided(editor, database)
    return [*_standing(made, editor, landed), *decided], len(landed)


def pressed(day: Day, presses: Presses) -> Day:
    """Return the day with the editor's button presses added after each switch of the feed."""
    steps = [
        HoldStep.model_validate(
            {"at": move + timedelta(seconds=later), "does": "hold", "contest": GOVERNOR, "press": press}
        )
        for move in MOVES
        for later, press in presses
    ]
    return day.model_copy(update={"steps": sorted([*day.steps, *steps], key=lambda step: step.at)})


def _standing(made: Drill, editor: str, landed: Sequence[ArrivedPost]) -> list[str]:
    """Return the problems in the final posts, such as margins of the other count that are still posted."""
    kinds = {(post.channel, post.number): post.kind for post in landed if post.edit_of is None}
    shown = {(post.channel, post.edit_of or post.number): post.content for post in landed}  # the final text
    others = [
        commas(margin_of(step.reading.votes).votes or 0)
        for step in made.day.steps
        if isinstance(step, ReadingStep)
        and step.reading.source == WIRE
        and step.reading.contest == GOVERNOR
        and MOVES[0] <= step.at < RETURNS
    ]
    told = [
        content
        for key, content in shown.items()
        if kinds[key] in _CHANGES
        and any(f" {margin}," in content or f" {margin} votes" in content for margin in others)
    ]
    # A revision by the source marks only the last post. A retraction by the desk marks each post.
    unsaid = [
        content
        for content in told
        if not content.startswith(("**Retracted;", "**Revised;", "**Withdrawn;", "**Corrected;"))
    ]
    wrong = [f"still says {content!r}" for content in unsaid] if editor in ("hasty", "late") else []
    if editor == "asleep":
        wrong += [f"not put right: {content!r}" for content in told if not content.startswith("**Corrected;")]
    if editor == "careful" and told:
        wrong.append("a margin of the other count went out, although it was dropped")
    if editor != "careful" and not told:
        wrong.append("nothing went out that was posted by mistake")
    return wrong


def _decided(editor: str, database: Path) -> list[str]:
    """Return the mistakes in the stored holds: how the editor ended them, and whether the source left a posted one."""
    with closing(sqlite3.connect(database)) as connection:
        ended = connection.execute(
            "SELECT h.reason, h.outcome FROM holds h JOIN series s ON s.id = h.series WHERE s.contest = ? ORDER BY h.id",
            (GOVERNOR,),
        ).fetchall()
    did = {outcome for _, outcome in ended if outcome in (DROPPED, POSTED, UNDONE)}
    wanted = {"careful": DROPPED, "hasty": UNDONE, "late": UNDONE, "asleep": POSTED}[editor]
    wrong = [] if did == {wanted} else [f"the holds say {ended}"]
    if ((HoldReason.WENT_BACK, REPEATED) in ended) != (editor == "asleep"):
        wrong.append(f"whether the source left what was posted: the holds say {ended}")
    return wrong
