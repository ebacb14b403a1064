"""The texts about calls: posts, lists and lines of cards.

Each call is given with its caller and time. The bot itself never calls a contest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.count.call import Call
from bot.desk.desk_file import Contest, Source
from bot.outcomes.certification_words import ResultsFacts, results_line
from bot.wording.card import Block, Button, Card, Line, Section
from bot.wording.context import ContestContext, Setting, contest_context, may_be_named, source_name
from bot.wording.credit import NOT_POSTED, credit_line
from bot.wording.escape import capitalised, clean, stopped
from bot.wording.names import listed
from bot.wording.question import Question, contest_tag, source_tag

_MOST_CALLERS = 8

_MOST_LABEL = 60
"""The most characters of a name on a button, whose label can have 80."""

_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class CallFacts:
    """A call of a contest with its caller, for an answer."""

    source: Source
    call: Call
    as_of: datetime
    posted: bool = True
    """False if the call comes from the caller's feed, and the newsroom does not post that caller's calls."""
    withdrawn: Call | None = None
    """The call that the caller withdrew, if it has made no other since."""
    waits: bool = False
    """True if the call was entered, and its post is not sent yet."""


def call_post(
    contest: Contest,
    source: Source,
    call: Call,
    as_of: datetime,
    before: tuple[Call, datetime, int | None] | None,
    setting: Setting,
    now: datetime,
    names: Mapping[str, str] | None = None,
) -> Card:
    """Return the post about a call, or about its withdrawal.

    Args:
        contest: the contest.
        source: the caller.
        call: the new call, or what the caller says after the withdrawal.
        as_of: the time of `call`.
        before: the caller's withdrawn call, its time, and the number of its post; None if nothing is withdrawn.
        setting: the setting of the channel.
        now: the news clock's time.
        names: the reading's own names of candidates.
    """
    context = contest_context(contest, setting, now, names)
    back = before if before is not None and before[0].is_call else None
    sentence = taken_back(context, source, call, back, as_of) if back else call_sentence(context, source, call, as_of)
    credit = credit_line(setting, source, as_of, now, withdraws=back[2] if back else None)
    return Card((Line(sentence, (source.id,)),), credit, kind="call", quiet=False)


def calls_answer(
    question: Question, calls: Sequence[CallFacts], results: ResultsFacts | None, repeated: Sequence[Source]
) -> Card:
    """Return the answer of `/calls`: each caller's latest call.

    For a question about the present, the answer also lists `repeated`, the callers whose calls are posted
    automatically, and has buttons to enter withdrawals.
    """
    setting, context = question.setting, question.context()
    lines = _status_lines(context, calls, results, setting)
    shown = [source for source in repeated if may_be_named(source, setting)][:_MOST_CALLERS]
    names = listed([source_name(source) for source in shown])
    going = (
        f"Calls by {names} are posted automatically when {'its feed shows' if len(shown) == 1 else 'their feeds show'} them."
        if names
        else "Only calls that staff enter are posted."
    )
    credit = credit_line(setting, None, question.at or question.now, question.now)
    named = _named(calls, setting)
    basis_sources = [one.source.id for one in named] or [""]
    stands = () if question.at else (one.source for one in named if one.call.is_call)
    buttons = tuple(withdrew_button(question.contest, source) for source in stands)

    def head(first: str) -> Line:
        return (
            Line(question.then(first))
            if question.at
            else Line(f"{first} {going}", tuple(source.id for source in shown))
        )

    none = head(f"**No call of {context.place} is {'published here' if setting.public else 'on record'}.**")
    some = head(f"**Calls in {context.place}.**")
    if all(line.readers == "newsroom" for line in lines):
        some = replace(some, readers="newsroom", otherwise=none)
    card = Card((some,), credit, (Block(lines),), buttons=buttons) if lines else Card((none,), credit, buttons=buttons)
    return question.with_share_button(card, *basis_sources)


def withdrew_button(contest: Contest, source: Source) -> Button:
    """Return the button with which staff enter that a caller withdrew its call.

    Pressing it opens a preview of the post.
    """
    name = clean(source.name, _MOST_LABEL) or "the caller"
    return Button(f"Enter a withdrawal by {name}", f"call:withdrew:{contest_tag(contest)}:{source_tag(source)}")


def status_section(
    context: ContestContext, calls: Sequence[CallFacts], results: ResultsFacts | None, setting: Setting
) -> tuple[Section, ...]:
    """Return the section of a card with the calls and the certification. Empty if there are none."""
    lines = _status_lines(context, calls, results, setting)
    return (Section("Calls and certification", lines),) if lines else ()


def _status_lines(
    context: ContestContext, calls: Sequence[CallFacts], results: ResultsFacts | None, setting: Setting
) -> tuple[Line, ...]:
    """Return a line on certified results, and one for each caller that may be named."""
    lines = [results_line(context, results)] if results and may_be_named(results.source, setting) else []
    return (*lines, *call_lines(context, calls, setting))


def call_lines(context: ContestContext, calls: Sequence[CallFacts], setting: Setting) -> tuple[Line, ...]:
    """Return a line for each call whose caller may be named. Only the newsroom can read calls that wait to be posted."""
    return tuple(_line(context, one) for one in _named(calls, setting))


def _named(calls: Sequence[CallFacts], setting: Setting) -> list[CallFacts]:
    return [one for one in calls if may_be_named(one.source, setting)][:_MOST_CALLERS]


def _line(context: ContestContext, facts: CallFacts) -> Line:
    if facts.call.says == "none":
        text = no_call(context, facts.source, facts.as_of, facts.withdrawn)
    else:
        text = call_phrase(context, facts.source, facts.call, facts.as_of)
    by = (facts.source.id,)
    return Line(f"{text} {NOT_POSTED}", by, readers="newsroom") if facts.waits else Line(text, by)


def call_sentence(context: ContestContext, source: Source, call: Call, as_of: datetime) -> str:
    """Return a call as a sentence for a post: "**The AP called Georgia for Biden** at 7:40 p.m.".

    If the time of the call is unknown: "**The AP has called Georgia for Biden** (as of 7:40 p.m.)".
    """
    return stopped(f"**{capitalised(_said(context, source, call))}**{_time(context, call, as_of)}")


def taken_back(
    context: ContestContext,
    source: Source,
    call: Call,
    before: tuple[Call, datetime, int | None],
    as_of: datetime,
) -> str:
    """Return sentences about a caller's withdrawal: the withdrawn call, and what the caller says now.

    Args:
        context: the contest.
        source: the caller.
        call: what the caller says now.
        before: the withdrawn call, its time, and the number of its post (None if not posted).
        as_of: when the caller withdrew the call.
    """
    old, old_at, number = before
    withdrew = "withdrew" if call.since == "at" else "has withdrawn"
    first = (
        f"**{capitalised(source_name(source))} {withdrew} its call of {context.place} for {_whom(context, old)}**"
        if old.says == "called"
        else f"**{capitalised(source_name(source))} no longer says that {context.place} goes to a runoff**"
    )
    now = "" if call.says == "none" else f" It now says: {_what(context, call)}."
    was = "was made" if old.says == "called" else "said so"
    made = f"; it {was} at {context.when(old_at)}"
    if old.since != "at":  # when, nobody knows but that it was then or earlier, as its post says
        made = f"{made} or earlier" if number is None else ""
    return f"{stopped(f'{first}{_since(context, call, as_of)}{made}')}{now}"


def call_phrase(context: ContestContext, source: Source, call: Call, as_of: datetime) -> str:
    """Return a call as an item of a list, with caller and time."""
    return stopped(f"{capitalised(_said(context, source, call))}{_time(context, call, as_of)}")


def call_words(context: ContestContext, call: Call) -> str:
    """Return a call without its caller, for the person who is about to enter the call."""
    if call.says == "none":
        return f"call of {context.place} withdrawn"
    return f"{context.place} called for {_whom(context, call)}" if call.says == "called" else _what(context, call)


def no_call(context: ContestContext, source: Source, as_of: datetime, before: Call | None = None) -> str:
    """Return a sentence saying that a caller has withdrawn its call.

    `before` is the withdrawn call, None if unknown.
    """
    whom = f" for {_whom(context, before)}" if before is not None and before.says == "called" else ""
    return stopped(
        f"{capitalised(source_name(source))} has withdrawn its call of {context.place}{whom}, as of {context.when(as_of)}"
    )


def _said(context: ContestContext, source: Source, call: Call) -> str:
    """Return a call as a clause: "the AP called Georgia for Biden", "the AP says Georgia is too close to call"."""
    owner = source_name(source)
    if call.says == "none":
        return f"{owner} has withdrawn its call of {context.place}"
    if call.says != "called":
        return f"{owner} says {_what(context, call)}"
    return called_for(context, source_name(source), call, _whom(context, call))


def called_for(context: ContestContext, caller: str, call: Call, whom: str) -> str:
    """Return "the AP called Georgia for Biden", with the verb that the caller uses.

    `whom` has the candidates' names.
    """
    place = context.place
    winner = "winners" if len(call.candidates) > 1 else "winner"
    has = "has " if call.since == "by" else ""
    by_verb = {
        "called": f"called {place} for {whom}",
        "projected": f"projected {whom} as the {winner} in {place}",
        "declared": f"declared {whom} the {winner} in {place}",
        "apparent_winner": f"named {whom} the apparent {winner} in {place}",
    }
    return f"{caller} {has}{by_verb[call.verb]}"


def _what(context: ContestContext, call: Call) -> str:
    """Return a call without its caller: "Georgia is too close to call"."""
    if call.says == "called":
        return f"{context.place} for {_whom(context, call)}"
    if call.says == "runoff":
        return f"{_whom(context, call)} {'go' if len(call.candidates) > 1 else 'goes'} to a runoff in {context.place}"
    return f"{context.place} is too {'close' if call.says == 'too_close' else 'early'} to call"


def _whom(context: ContestContext, call: Call) -> str:
    named = [context.who(key) for key in call.candidates[:_MOST_NAMED]]
    left = len(call.candidates) - len(named)
    return listed(named, f"{left} more" if left else "")


def _time(context: ContestContext, call: Call, as_of: datetime) -> str:
    """Return a call's time: " at 7:40 p.m.".

    If it is unknown when the call was made: " (as of 7:40 p.m.)". For "too close" or "too early": " as of 7:40 p.m.".
    """
    if call.says in ("too_close", "too_early"):
        return f" as of {context.when(as_of)}"
    return _since(context, call, as_of)


def _since(context: ContestContext, call: Call, as_of: datetime) -> str:
    return f" at {context.when(as_of)}" if call.since == "at" else f" (as of {context.when(as_of)})"


def caller_added(caller: Source) -> str:
    """Return the answer saying that a caller was added to a newsroom."""
    verb = (caller.calls or "called").replace("_", " ")
    return f"**{capitalised(source_name(caller))} is a caller here now** ({verb}). `/desk setup`, step 5, removes it."
