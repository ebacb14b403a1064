"""What callers say of an outcome. Each sentence has its owner and its time: the bot itself never calls a contest."""

from datetime import datetime

from bot.count.call import Call
from bot.deskfile import Source
from bot.wording.names import listed
from bot.wording.punctuation import capitalised, stopped
from bot.wording.telling import Telling, source_name

_MOST_NAMED = 4


def call_sentence(telling: Telling, source: Source, call: Call, as_of: datetime) -> str:
    """Return what a caller says, as a post: "**The AP called Georgia for Biden** at 7:40 p.m."."""
    return stopped(f"**{capitalised(_said(telling, source, call))}** {_time(telling, call, as_of)}")


def taken_back(
    telling: Telling,
    source: Source,
    call: Call,
    before: tuple[Call, datetime, int | None],
    as_of: datetime,
) -> str:
    """Return that a caller no longer says what it said, and what it says now.

    Args:
        telling: the contest.
        source: the caller.
        call: what it says now.
        before: what it had said, as of when, and the number of the post that told it (None: not posted).
        as_of: when it said the new thing.

    """
    old, old_at, number = before
    post = f" (#{number})" if number is not None else ""
    first = (
        f"**{capitalised(source_name(source))} took back its call of {telling.place} for {_whom(telling, old)}**"
        if old.says == "called"
        else f"**{capitalised(source_name(source))} no longer says that {telling.place} goes to a runoff**"
    )
    now = "" if call.says == "none" else f" It now says: {_what(telling, call)}."
    made = f"{'made' if old.says == 'called' else 'said'} {_time(telling, old, old_at)}"
    return f"{stopped(f'{first} {call.since} {telling.when(as_of)}; it was {made}{post}')}{now}"


def call_phrase(telling: Telling, source: Source, call: Call, as_of: datetime) -> str:
    """Return what a caller says, in a line of a list."""
    return stopped(f"{capitalised(_said(telling, source, call))} {_time(telling, call, as_of)}")


def call_words(telling: Telling, call: Call) -> str:
    """Return what a call says without whose it is, for whoever is about to enter it."""
    if call.says == "none":
        return f"the call of {telling.place} taken back"
    return f"called: {_what(telling, call)}" if call.says == "called" else _what(telling, call)


def no_call(telling: Telling, source: Source, as_of: datetime) -> str:
    """Return that a caller has taken back what it had said."""
    return stopped(f"{capitalised(source_name(source))} has no call of {telling.place}, as of {telling.when(as_of)}")


def _said(telling: Telling, source: Source, call: Call) -> str:
    """Return "the AP called Georgia for Biden", "the AP says Georgia is too close to call"."""
    owner = source_name(source)
    if call.says == "none":
        return f"{owner} has no call of {telling.place}"
    if call.says != "called":
        return f"{owner} says {_what(telling, call)}"
    whom, place = _whom(telling, call), telling.place
    winner = "winners" if len(call.candidates) > 1 else "winner"
    by_verb = {
        "called": f"called {place} for {whom}",
        "projected": f"projected {whom} as the {winner} in {place}",
        "declared": f"declared {whom} the {winner} in {place}",
        "apparent_winner": f"named {whom} the apparent {winner} in {place}",
    }
    return f"{owner} {by_verb[call.verb]}"


def _what(telling: Telling, call: Call) -> str:
    """Return what is said, without who says it: "Georgia is too close to call"."""
    if call.says == "called":
        return f"{telling.place} for {_whom(telling, call)}"
    if call.says == "runoff":
        return f"{_whom(telling, call)} {'go' if len(call.candidates) > 1 else 'goes'} to a runoff in {telling.place}"
    return f"{telling.place} is too {'close' if call.says == 'too_close' else 'early'} to call"


def _whom(telling: Telling, call: Call) -> str:
    named = [telling.who(key) for key in call.candidates[:_MOST_NAMED]]
    left = len(call.candidates) - len(named)
    return listed(named, f"{left} more" if left else "")


def _time(telling: Telling, call: Call, as_of: datetime) -> str:
    """Return "at 7:40 p.m.", "by 7:40 p.m." where nobody saw it come; of what is still so "as of"."""
    if call.says in ("too_close", "too_early"):
        return f"as of {telling.when(as_of)}"
    return f"{call.since} {telling.when(as_of)}"
