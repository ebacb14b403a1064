"""Creates the posts about certified results, in the transaction of the entry.

If a certification is withdrawn, the post has the kind `certified` and is `about` the outbox row of the certification. If it
were a `revision`, a later revision of votes would replace it.
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

PostAndEdit: TypeAlias = tuple[Card, int | None]
"""A post, and the outbox id of the post that it withdraws, if any."""


class CertifiedPost(Kind):
    """The post kind for certification."""

    name = "certified"
    does = "reports certifications"
    on_page = {
        "certified so far": "more (or fewer) counties have certified than at the last count",
    }
    published_as = "certified"
    outdated_by_next = True
    replaced_label = "Withdrawn"


class CallPost(Kind):
    """The post kind for calls."""

    name = "call"
    does = "reports on a call by others"
    on_page = {
        "call": "somebody who calls races has called one, or takes a call back; from a feed only where `/desk setup` says so",
    }
    urgent = True
    published_as = "certified"
    outdated_by_next = True
    replaced_label = "Withdrawn"


def entered_results(
    contest: Contest,
    source: Source,
    statement: Statement,
    outcomes: Outcomes,
    channel: int,
    setting: Setting,
    now: datetime,
) -> PostAndEdit | None:
    """Return the post for a channel about certified results, or about their withdrawal.

    None if that is not news in the channel. It is not news if the source reported the same before, or something newer.
    A withdrawal is news only if the source had reported the certification.
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
    """Return how many units a source has listed by name, if its entered count is below that; else None."""
    if statement.certified is None:
        return None
    named = len(named_by([one for one in said if one.as_of <= statement.as_of]))
    return named if named > statement.certified[0] else None
