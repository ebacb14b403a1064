"""Ballots that are left: who says so, of which kind, and what the runner-up would need of them."""

from datetime import datetime

from bot.count.outstanding import Needed
from bot.count.reading import VoteType
from bot.count.statement import Statement
from bot.deskfile import Source
from bot.wording.names import unit_list
from bot.wording.numbers import commas, counted, share_percent, votes
from bot.wording.punctuation import capitalised, stopped
from bot.wording.telling import Telling, source_name

TYPES: dict[VoteType, str] = {
    "election-day": "Election Day",
    "absentee-mail": "absentee",
    "early": "advance",
    "provisional": "provisional",
    "other": "other",
}
"""Kinds of ballot as a sentence has them before "ballots"."""
_MOST_UNITS = 6


def left_line(telling: Telling, said: Statement, source: Source) -> str:
    """Return one claim: "**Clayton County:** about 4,355 absentee ballots left (our reporter, 9:40 p.m.)"."""
    left = said.outstanding
    assert left is not None  # noqa: S101 - the caller takes only statements that say it
    where = capitalised(unit_list(telling.contest, left.units, _MOST_UNITS)) if left.units else telling.head
    about = "about " if "outstanding" in said.approximate else ""
    kind = f"{TYPES[left.type]} " if left.type else ""
    ballots = f"{about}{counted(left.ballots, f'{kind}ballot')}"
    entered = ", entered by staff" if said.entered_by is not None and not source.person else ""
    return f"**{where}:** {ballots} left ({source_name(source)}, {telling.when(said.as_of)}{entered})"


def expected_line(telling: Telling, source: Source, expected: int, left: int, as_of: datetime) -> str:
    """Return what a source expects in the end, which is its estimate."""
    return stopped(
        f"{capitalised(source_name(source))} expects {votes(expected)} in all, an estimate: {commas(left)} more than "
        f"are counted, as of {telling.when(as_of)}"
    )


def nothing_left_known(telling: Telling, at: datetime | None) -> str:
    """Return that nobody has said how many ballots are left."""
    then = f" by {telling.when(at)}" if at else ""
    verb = "had" if at else "has"
    return f"**{stopped(f'Unknown: nobody {verb} said how many ballots are left in {telling.place}{then}')}**"


def needed_sentence(
    telling: Telling, need: Needed, leader: str, runner_up: str, basis: str, *, about: bool = False
) -> str:
    """Return what the runner-up needs of so many ballots, with all that it is made of.

    Args:
        telling: the contest.
        need: the numbers.
        leader: who leads now.
        runner_up: who would have to catch up.
        basis: whose number of ballots it is, with its time, to follow "left": ", by our reporter at 9:40 p.m.".
        about: the number of ballots is not exact.

    """
    first, second = telling.who(leader), telling.who(runner_up)
    ballots = f"{'about ' if about else ''}{counted(need.ballots, 'ballot')} left{basis}"
    lead = f"{first} leads by {commas(need.margin)}" if need.margin else f"{first} and {second} are tied"
    if not need.ballots:
        return stopped(f"**No ballots are left{basis.replace(', ', ',** ', 1)}: {lead}")
    if need.would_tie:
        return (
            f"**{capitalised(second)} can't catch up on these:** {lead}, with {ballots}; all of them would make a tie."
        )
    if not need.possible:
        return stopped(f"**{capitalised(second)} can't catch up on these:** {lead}, with {ballots}")
    share = share_percent(need.votes, need.ballots)
    return stopped(
        f"**{capitalised(second)} needs {'about ' if about else ''}{commas(need.votes)} of the ballots left ({share}) "
        f"to move ahead,** if each is for one of the two: {lead}, with {ballots}"
    )


def counted_since(telling: Telling, new: int, said_at: datetime) -> str:
    """Return that votes came in after somebody said how many ballots were left."""
    return stopped(f"{counted(new, 'vote')} {'has' if new == 1 else 'have'} come in since {telling.when(said_at)}")
