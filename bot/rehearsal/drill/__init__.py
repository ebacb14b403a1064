"""The drill: a night of counting, and the days after, in a state that is not there; the same for the same seed.

It draws a state, its counties and their ballots, marks the ballots so that the leads change when they should, lets them
come in, and notes what happens when. Pure: a number in, a day and a desk file out, by whole numbers alone.
"""

from dataclasses import dataclass, field
from random import Random

from bot.desk.desk_file import Desk
from bot.rehearsal.day import Day, DayChannel
from bot.rehearsal.drill.after import ENDS, plan_evening, tell_days_after
from bot.rehearsal.drill.contests import GOVERNOR, MEASURE, PLACE, SENATE, make_ballot
from bot.rehearsal.drill.counties import County, make_counties, make_parcels
from bot.rehearsal.drill.night import tell_night
from bot.rehearsal.drill.story import Story, at
from bot.rehearsal.drill.votes import mark

COUNTIES = 159


HOURS = 8


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill: the day to play, its desk file, and the counties, which hold how many may vote."""

    seed: int
    day: Day = field(repr=False)
    desk: Desk = field(repr=False)
    counties: tuple[County, ...] = field(repr=False)


def drill(seed: int, counties: int = COUNTIES, hours: int = HOURS) -> Drill:
    """Return the drill that belongs to a seed.

    Args:
        seed: any whole number.
        counties: how many counties the state has, twelve at least.
        hours: how long the night's count takes, from two to eleven; fewer hours are fewer readings.

    Raises:
        ValueError: there are too few counties, or the night is too short or too long.

    """
    if not 2 <= hours <= 11:  # noqa: PLR2004 - shorter, readings would crowd; longer, it would be morning
        raise ValueError(f"a drill's night takes from 2 to 11 hours, not {hours}")
    chance = Random(seed)  # noqa: S311 - it is a story, and keeps no secret
    places = make_counties(chance, counties)
    parcels = make_parcels(chance, places)
    ballot = make_ballot(chance)
    marked = {contest: mark(chance, script, places, parcels) for contest, script in ballot.scripts.items()}
    story = Story(chance, places, parcels, ballot, marked)
    plan_evening(story)
    tell_night(story, hours)
    tell_days_after(story)
    return Drill(seed, _day(story, seed), ballot.desk, tuple(places))


def _day(story: Story, seed: int) -> Day:
    return Day(
        title=f"A drill in {PLACE}, seed {seed}: everything in it is made up",
        facts_from=f"nobody: every place, person and number is made up from the seed {seed}",
        desk="drill",
        newsroom="Newsroom (drill)",
        staff="desk editor",
        channels=[
            DayChannel(name="governor", follows=[GOVERNOR]),
            DayChannel(name="senate-and-measures", follows=[SENATE, MEASURE]),
        ],
        starts=at(18, 45),
        ends=ENDS,
        steps=sorted(story.steps, key=lambda step: step.at),
        happenings=sorted(story.happenings, key=lambda happening: happening.at),
    )
