"""What posts follow from certified results, in the transaction of the entry that says so.

Results that are taken back are a post of kind `certified`, `about` the row that told it: as one of kind `revision` a later
revision of votes would take it for the post that it replaces.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from bot.count.certification import SourceCounts, named_by
from bot.count.statement import Statement
from bot.desk.desk_file import Contest, Source
from bot.outbox.kinds import Kind
from bot.outcomes.certification_words import results_post
from bot.outcomes.outcomes_store import Outcomes
from bot.wording.card import Card
from bot.wording.context import Setting

Made: TypeAlias = tuple[Card, int | None]
"""A post, and the row of the post that it takes back, if it does."""


class CertifiedPost(Kind):
    """What is certified."""

    name = "certified"
    does = "reports certifications"
    on_page = {
        "certified so far": "more (or fewer) counties have certified than at the last count",
    }
    published_as = "certified"
    outdated_by_next = True
    replaces_as = "Withdrawn"


class CallPost(Kind):
    """Who calls the outcome."""

    name = "call"
    does = "reports on a call by others"
    on_page = {
        "call": "somebody who calls races has called one, or takes a call back; from a feed only where `/desk setup` says so",
    }
    urgent = True
    published_as = "certified"
    outdated_by_next = True
    replaces_as = "Withdrawn"


def entered_results(
    contest: Contest,
    source: Source,
    statement: Statement,
    outcomes: Outcomes,
    channel: int,
    setting: Setting,
    now: datetime,
) -> Made | None:
    """Return the post for a channel of results that are certified, or are so no more; None where it is no news.

    It is none where the source has said the same before, or something newer; that results are not certified is news
    only after somebody has said that they are.
    """
    said, last = statement.results_certified, outcomes.results
    if said is None or (last is not None and (last[0] == said.taken_back or last[1] > statement.as_of)):
        return None
    if said.taken_back and last is None:
        return None
    told = outcomes.told.get(channel) if said.taken_back else None
    standing = (
        (statement.leader, statement.margin)
        if statement.leader is not None and statement.margin is not None and statement.exact("margin")
        else None
    )
    before = (last[1], told.arrived_as if told else None) if last is not None else None
    draft = results_post(contest, source, said, standing, before, statement.as_of, setting, now)
    return draft, told.row if told else None


def too_few(said: Sequence[SourceCounts], statement: Statement) -> int | None:
    """Return how many a source has listed by name, where a count of it without names is below that; else None."""
    if statement.certified is None:
        return None
    named = len(named_by([one for one in said if one.as_of <= statement.as_of]))
    return named if named > statement.certified[0] else None
