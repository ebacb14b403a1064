"""Creates the posts about calls, in the transaction of the entry or reading with the call.

Calls come from staff or from feeds. A call counts even if its reading is held, since only the votes are in doubt, but not
if the reading is ignored. The withdrawal of a call is a post of kind `call`, `about` the outbox row of the call. If it were
a `revision`, a later revision of votes would replace it.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.count.call import Call, call_is_news, called_by
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.desk.desk_file import Contest, Source
from bot.outcomes.calls_words import call_post
from bot.outcomes.certification import PostAndEdit
from bot.outcomes.outcomes_store import FeedCalls, OutcomePost, Outcomes, SaidCall
from bot.wording.context import Setting


def entered_call(
    contest: Contest,
    source: Source,
    statement: Statement,
    outcomes: Outcomes,
    channel: int,
    setting: Setting,
    now: datetime,
    *,
    pushed: bool,
) -> PostAndEdit | None:
    """Return the post for a channel about a call that staff entered. None if the call is not news in the channel.

    A call that its caller `pushed` is treated like one from a feed: no staff saw a preview.
    """
    last = outcomes.call
    if statement.call is None or (last is not None and last.as_of > statement.as_of):
        return None
    post = outcomes.told.get(channel)
    if pushed and not outcomes.repeated and not _takes_back(statement.call, last, post):
        return None
    return _call(contest, source, SaidCall(statement.call, statement.as_of), last, post, setting, now)


def new_call(source: Source, known: FeedCalls, reading: Reading, before: Reading | None) -> SaidCall | None:
    """Return the call in a feed's reading if it is new; else None.

    A call in a held reading is returned, too. `known` are the caller's known calls, and `before` is the reading before
    this one. A call that is already in a source's first reading is stored and shown in answers, but not posted, since
    the bot can't know when it was made.
    """
    if reading.count != "election":
        return None
    call = called_by(reading.says, source.calls or "called")
    if call is None or call.same_as(known.feed.call if known.feed else None):
        return None
    if known.feed is None and call.says == "none":
        return None
    seen = before is not None and before.says is not None
    return SaidCall(call if seen or known.feed else call.model_copy(update={"since": "by"}), reading.as_of)


def repeated_call(
    contest: Contest,
    source: Source,
    call: SaidCall,
    known: FeedCalls,
    server: int,
    channel: int,
    setting: Setting,
    now: datetime,
    names: Mapping[str, str] | None,
) -> PostAndEdit | None:
    """Return the post for a channel about a call in a feed.

    None if the call is not news in the channel, or the server does not post the source's calls automatically. `names`
    are the reading's own names of candidates.
    """
    last, post = known.known(server), known.told.get(channel)
    if server not in known.repeated and not _takes_back(call.call, last, post):
        return None
    return _call(contest, source, call, last, post, setting, now, names)


def _takes_back(call: Call, last: SaidCall | None, post: OutcomePost | None) -> bool:
    """Return True if `call` withdraws the caller's call `last`, and the channel's `post` is about that last call.

    The withdrawal is posted even if the server no longer posts the caller's calls automatically.
    """
    if last is None or _if_newest(post, last) is None:
        return False
    return last.call.is_call and not call.same_as(last.call)


def _call(
    contest: Contest,
    source: Source,
    call: SaidCall,
    last: SaidCall | None,
    post: OutcomePost | None,
    setting: Setting,
    now: datetime,
    names: Mapping[str, str] | None = None,
) -> PostAndEdit | None:
    if not call_is_news(call.call, last.call if last else None):
        return None
    before, post = None, _if_newest(post, last)
    if last is not None and last.call.is_call:
        before = (last.call, last.as_of, post.arrived_as if post else None)
    draft = call_post(contest, source, call.call, call.as_of, before, setting, now, names)
    return draft, post.row if post and before else None


def _if_newest(post: OutcomePost | None, last: SaidCall | None) -> OutcomePost | None:
    """Return a channel's post if it is about the caller's last call. None if it is about an older call."""
    return post if post is not None and last is not None and post.at >= last.as_of else None
