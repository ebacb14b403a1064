"""What posts follow from certified results and from calls, in the transaction of the entry, or of the reading, that says so.

What a feed says of the outcome becomes a call here. A call of a held reading is heard too (what its votes are held for
says nothing of the call); one of an ignored reading is not. An un-call is a post of kind `call`, results that are taken
back one of kind `certified`, both `about` the row that told it. They are not of kind `revision`: a later revision of
votes would take them for the post that it replaces.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from bot.count.call import Call, call_is_news, called_by
from bot.count.certification import CertificationCount, Said, UnitsCertified, named_by
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.database.database import to_micros
from bot.desk.desk_file import Contest, Source
from bot.outbox.rows import OutboxRow
from bot.outcomes.calls_words import call_post
from bot.outcomes.certification_words import results_post, units_back_post
from bot.outcomes.outcomes_store import FeedCalls, OutcomePost, Outcomes, SaidCall
from bot.tally.intake_store import Ledger, Series, Writes
from bot.wording.context import Setting
from bot.wording.draft import Draft

Facts: TypeAlias = tuple[Contest, Source, Statement, Outcomes]


UnitsBack: TypeAlias = tuple[
    Contest, Source, UnitsCertified, tuple[CertificationCount | None, CertificationCount | None], datetime
]


Made: TypeAlias = tuple[Draft, int | None]
"""A post, and the row of the post that it takes back, if it does."""


def entered_units_back(facts: UnitsBack, setting: Setting, now: datetime) -> Draft:
    """Return the post of counties whose certification is taken back."""
    return units_back_post(*facts, setting, now)


def entered_results(facts: Facts, channel: int, setting: Setting, now: datetime) -> Made | None:
    """Return the post for a channel of results that are certified, or are so no more; None where it is no news.

    It is none where the source has said the same before, or something newer; that results are not certified is news
    only after somebody has said that they are.
    """
    contest, source, statement, outcomes = facts
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
    before = (last[1], _number(told)) if last is not None else None
    draft = results_post(contest, source, said, standing, before, statement.as_of, setting, now)
    return draft, told.row if told else None


def entered_call(facts: Facts, channel: int, setting: Setting, now: datetime, *, pushed: bool = False) -> Made | None:
    """Return the post for a channel of what a caller says, as staff entered it; None where it is no news.

    What staff enter they have seen in the preview. A call that its caller `pushed` is like one of a feed.
    """
    contest, source, statement, outcomes = facts
    last = outcomes.call
    if statement.call is None or (last is not None and last.as_of > statement.as_of):
        return None
    told = outcomes.told.get(channel)
    if pushed and not outcomes.repeated and not _takes_back(statement.call, last, told):
        return None
    return _call(contest, source, SaidCall(statement.call, statement.as_of), last, told, setting, now)


def too_few(said: Sequence[Said], statement: Statement) -> int | None:
    """Return how many a source has listed by name, where a count of it without names is below that; else None."""
    if statement.certified is None:
        return None
    named = len(named_by([one for one in said if one.as_of <= statement.as_of]))
    return named if named > statement.certified[0] else None


class Calls:
    """Hears what feeds say of the outcome, and tells the newsrooms that repeat that caller."""

    def __init__(self, ledger: Ledger, writes: Writes, setting: Setting, now: datetime) -> None:
        """Read from `ledger`, add to `writes`; `now` is the news clock's time."""
        self._ledger = ledger
        self._writes = writes
        self._setting = setting
        self._now = now

    def hear(self, series: Series, reading: Reading, before: Reading | None, reading_id: int | None) -> None:
        """Keep what a reading says of the outcome, if that is new, and tell it; held votes hold no call.

        A call that is there in the first reading of its source is kept and answered, and not posted: when it was made,
        nobody here knows. `before` is the reading that came before it, `reading_id` its own id.
        """
        source, contest = self._setting.desk.source(series.key[0]), self._setting.desk.contest(series.key[1])
        known = self._ledger.calls.get((reading.contest, reading.source))
        if source is None or contest is None or known is None or reading.count != "election":
            return
        call = called_by(reading.says, source.calls or "called")
        if call is None or call.same_as(known.feed.call if known.feed else None):
            return
        if known.feed is None and call.says == "none":
            return
        seen = before is not None and before.says is not None
        call = call if seen or known.feed else call.model_copy(update={"since": "by"})
        self._writes.calls.append(
            (contest.id, source.id, to_micros(reading.as_of), to_micros(self._now), reading_id,
             call.model_dump_json(exclude_defaults=True))
        )  # fmt: skip
        if call.since == "at":
            self._tell(contest, source, SaidCall(call, reading.as_of), known, series, reading)
        self._ledger.calls[contest.id, source.id] = FeedCalls(
            SaidCall(call, reading.as_of), {}, known.repeated, known.told
        )

    def _tell(
        self, contest: Contest, source: Source, said: SaidCall, known: FeedCalls, series: Series, reading: Reading
    ) -> None:
        for follow in self._ledger.follows.get(series.key, ()):
            last, told = known.known(follow.server), known.told.get(follow.channel)
            if follow.server not in known.repeated and not _takes_back(said.call, last, told):
                continue
            made = _call(contest, source, said, last, told, self._setting, self._now, reading)
            if made is not None:
                draft, about = made
                number = self._ledger.numbers.number(follow.server, draft.words)
                self._writes.outbox.append(
                    OutboxRow.worded(
                        follow.server, follow.channel, number, draft, self._now, contest.id, source.id, about=about
                    )
                )


def _takes_back(call: Call, last: SaidCall | None, told: OutcomePost | None) -> bool:
    """Return True if a call is gone that was posted in a channel: readers are told, whatever is repeated now."""
    posted = _of(told, last) is not None
    return posted and last is not None and last.call.is_call and not call.same_as(last.call)


def _call(
    contest: Contest,
    source: Source,
    said: SaidCall,
    last: SaidCall | None,
    told: OutcomePost | None,
    setting: Setting,
    now: datetime,
    reading: Reading | None = None,
) -> Made | None:
    if not call_is_news(said.call, last.call if last else None):
        return None
    before, told = None, _of(told, last)
    if last is not None and last.call.is_call:
        before = (last.call, last.as_of, _number(told))
    draft = call_post(contest, source, said.call, said.as_of, before, setting, now, reading.names if reading else None)
    return draft, told.row if told and before else None


def _of(told: OutcomePost | None, last: SaidCall | None) -> OutcomePost | None:
    """Return the post of a channel if it told the caller's last word, and not an older one."""
    return told if told is not None and last is not None and told.at >= last.as_of else None


def _number(told: OutcomePost | None) -> int | None:
    return told.number if told is not None and told.arrived else None
