"""Another source leads a contest now: where its margin stands beside the one that was told before."""

from bot.deskfile import Source
from bot.wording.numbers import commas, votes
from bot.wording.punctuation import stopped
from bot.wording.telling import Telling, source_name


def margin_now_from(
    telling: Telling, source: Source, now: tuple[str, int], before: Source | None, was: tuple[str, int]
) -> str:
    """Return "**Margin now from the Secretary of State:** Biden leads in Georgia by 14,101 votes, was 14,149 by …".

    Args:
        telling: the contest.
        source: the source that leads now.
        now: who leads by it, and by how much.
        before: the source that led before; None: it may not be named, or nobody knows it any more.
        was: who led by that, and by how much.

    """
    by = f" by {source_name(before)}" if before is not None else ""
    leader, margin = now
    stands = f"{telling.who(leader)} leads in {telling.place} by {votes(margin)}" if margin else _tied(telling)
    if not was[1]:
        earlier = f"where the count was tied{by}"
    elif was[0] == leader and margin:
        earlier = f"was {commas(was[1])}{by}"
    else:
        earlier = f"where {telling.who(was[0])} led by {commas(was[1])}{by}"
    return stopped(f"**Margin now from {source_name(source)}:** {stands}, {earlier}")


def _tied(telling: Telling) -> str:
    return f"the count is tied in {telling.place}"
