"""Kills the bot's worker processes at random moments while a day is played. The channels have to end up the same as
without.

A worker dies when it receives a job, in the middle of the job, or just after. The source is then polled again.
"""

from itertools import cycle

from bot.desk.desk_file import load_desk
from bot.rehearsal.day import load_day
from bot.rehearsal.drill.drill import drill
from tests.faults import every_step
from tests.faults.compare import Tally, against_undisturbed
from tests.faults.outcome import Outcome

DAY = "2020-11-11-georgia"


async def run(seed: int, kills: int) -> Outcome:
    """Play the recorded day and the drill in turn, until `kills` workers have been killed."""
    day, desk = load_day(DAY)
    made = drill(7, counties=12, hours=2)
    days = [(day, load_desk(desk)), (made.day, made.desk)]
    undisturbed = [await every_step.undisturbed(*one) for one in days]
    tally, killed, played = Tally(), 0, 0
    for one, expected in cycle(zip(days, undisturbed, strict=True)):
        now = await every_step.undisturbed(*one, flaw="loses workers")
        tally += against_undisturbed(expected.shown, now.shown) | now.tally
        killed += sum(life.killed for life in now.lives)
        played += 1
        if killed >= kills or not tally.clean:
            break
    return Outcome("box", tally, seed, {"killed": killed, "days": played}, tally.wrong[:20])
