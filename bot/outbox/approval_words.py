"""The texts of approval: the desk's questions, the answers to their buttons, and the questions once they are decided.

The module also writes the notice that somebody turned off confirmation by a second person.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.outbox.outbox_words import desk_notice
from bot.wording.card import Button, Card, Link
from bot.wording.context import Setting
from bot.wording.escape import escape, stopped
from bot.wording.limits import CONTENT, size
from bot.wording.message import render
from bot.wording.names import name_of
from bot.wording.times import when

_ROOM = 400
"""Characters reserved for a question's first line and its small last line, whoever answers it."""

_MOST_NAMED = 20
"""The most post numbers that an answer lists."""

DecisionKind = Literal[
    "published",
    "dropped",
    "freed",
    "replaced",
    "corrected",
    "taken back",
    "outdated",
    "changed",
    "there",
    "absent",
    "given up",
]
"""What became of a post that an editor was asked about.

- `published`, `dropped`: an editor pressed Publish or Discard.
- `freed`: the channel no longer needs an editor's Publish.
- `replaced`: a newer post covers the post.
- `corrected`: a correction is posted instead.
- `taken back`: the entry was retracted.
- `outdated`: the subject has changed since, and the post is not sent.
- `changed`: an editor published the post, but the count moved before it could be sent.
- `there`, `absent`, `given up`: an editor reported whether a doubtful post arrived, or discarded the post.
"""

_DECIDED: dict[DecisionKind, str] = {
    "published": "**#{number} published in {channel}** by {by}",
    "dropped": "**#{number} discarded: not posted in {channel}.** By {by}",
    "freed": "**#{number} released in {channel},** where posts no longer wait for Publish. By {by}",
    "replaced": "**#{number} replaced by #{newer}:** not posted in {channel}",
    "corrected": "**#{number} corrected before it was posted:** not posted in {channel}. By {by}",
    "taken back": "**#{number} retracted:** not posted in {channel}. By {by}",
    "there": "**#{number} is in {channel},** says {by}",
    "absent": "**#{number} is posted again in {channel}:** it was not there, says {by}",
    "outdated": "**#{number} not posted in {channel}:** {why}",
    "changed": "**#{number} not posted yet in {channel}:** the count moved before it could go out, so it is shown again",
    "given up": "**#{number} was discarded:** it will not be posted again in {channel}. By {by}",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about a post that the desk was asked about: what was decided, by whom and when."""

    what: DecisionKind
    who: str = ""
    """The editor's name, as recorded in the audit."""
    at: datetime | None = None
    """The time of the decision, by the news clock."""
    number: int | None = None
    """The number of the post that replaces the decided post."""
    why: str = ""
    """Why the post is outdated, if it is."""


def publish_question(row: int, number: int, channel: int, card: Card, setting: Setting) -> tuple[Card, ...]:
    """Return the cards that ask whether to publish a post, and that show the post exactly as it would appear.

    If both don't fit into one message, the first card is the post and the second the question.
    """
    buttons = (Button("Publish", f"publish:{row}", "primary"), Button("Discard", f"drop:{row}", "danger"))
    shown = Card(card.labelled, credit=card.credit, blocks=card.blocks, kind="notice")
    if size(render(card, number).content) + _ROOM <= CONTENT:
        question = shown.above(f"**Publish #{number} in <#{channel}>?**")
        return (replace(question, quiet=False, buttons=buttons, asks=True),)
    text = f"**Publish #{number}, just above, in <#{channel}>?**"
    return (shown, desk_notice(text, setting, buttons=buttons, asks=True))


def decided_line(number: int, channel: int, decision: Decision, setting: Setting) -> str:
    """Return the text that replaces the first line of a question about post `number` after the decision."""
    at = f", {when(decision.at, decision.at, setting.desk.zone)}" if decision.at else ""
    text = _DECIDED[decision.what].format(
        channel=f"<#{channel}>",
        number=number,
        newer=decision.number,
        why=decision.why,
        by=f"{name_of(decision.who)}{at}",
    )
    return stopped(text)


@dataclass(frozen=True, slots=True)
class PressOutcome:
    """The result of pressing a button under one of the desk's questions: the decision, or why none was made."""

    what: DecisionKind | Literal["unknown", "already", "after", "muted", "passed"]
    """A decision, or the reason why none was made:

    - `unknown`: the server has no such post.
    - `already`: the post was decided before.
    - `after`: an earlier post of the contest has to be decided first.
    - `muted`: the post's source is muted.
    - `passed`: later news was posted since.
    - `replaced`: the post was corrected or retracted meanwhile.
    - `changed`: the post would differ now from what was shown.
    """
    number: int = 0
    channel: int = 0
    paused: bool = False
    """True if posting is paused in the server."""
    state: str = ""
    """For `already`: the post's state in the outbox, or `unshown` if an editor will see the post later."""
    by: str = ""
    """The name of the editor who decided, as recorded in the audit, or empty if nobody did."""
    why: str = ""
    """Why sending failed, or why the bot dropped the post."""
    other: Link | str | None = None
    """The post that replaced this post, or the question that has to be answered first."""
    replaces: bool = False
    """True if the post replaces another post."""
    shown_again: tuple[int, ...] = ()
    """Numbers of posts that are shown again, because a post before them has changed."""
    mentions: tuple[int, ...] = ()
    """Numbers of waiting posts that name the dropped one."""
    entered: bool = False
    """True if the post reports an entry, which answers in the newsroom still show."""
    covered_by_next: bool = False
    """True if the next post of the contest covers the discarded changes."""


def outcome_answer(outcome: PressOutcome) -> str:
    """Return the answer for the editor who pressed a button."""
    number, where = f"#{outcome.number}", f"<#{outcome.channel}>"
    then = "goes out" if not outcome.paused else "waits until posts resume (`/pause`), then goes out"
    if outcome.entered:
        still = (
            ". The public won't see it; answers in the newsroom still use it. "
            f"To take it out there, too: `/retract` {number}."
        )
    elif outcome.replaces:
        still = "; a post that it corrects or retracts stays as it is there."
    elif outcome.covered_by_next:
        still = "; the next post covers its changes."
    else:
        still = "."
    answers = {
        "unknown": "That post no longer exists in this server.",
        "already": f"{number} {_already(outcome)}",
        "after": f"First decide on {outcome.other}, an earlier post of the same contest.",
        "outdated": f"{number} is out of date: {outcome.other}, which also waits, says what has changed. Discard {number}, "
        f"and read {outcome.other} again before you publish it.",
        "changed": f"**Not published:** the count has moved since {number} was shown. It is shown again, as of now.",
        "muted": f"{number} waits: its source is muted. Unmute it first (`/mute`).",
        "passed": f"{number} is out of date: {outcome.other} in <#{outcome.channel}> has later news. Discard it; "
        "if readers miss something, use `/correct` on that post.",
        "replaced": f"{number} was corrected or retracted since, so it will not be posted again: discard it. "
        "If it is there after all, press **It is there**, and the correction follows.",
        "published": f"**Published.** {number} {then} in {where}."
        if outcome.paused
        else f"**Published:** {number} in {where}.",
        "dropped": f"**Discarded.** {number} will not be posted in {where}{still}",
        "there": f"**Noted:** {number} is in {where}. The bot does not know which message it is, so it can't be edited "
        f"or linked to when corrected{', and what it replaces is not edited' if outcome.replaces else ''}.",
        "absent": f"{number} is to be posted again: it {then} in {where}.",
        "given up": f"**Discarded.** {number} will not be posted again in {where}.",
    }
    more = ""
    if outcome.shown_again:
        are = "is" if len(outcome.shown_again) == 1 else "are"
        more += f" {_numbers(outcome.shown_again)} {are} shown again: an earlier post has changed."
    if outcome.mentions:
        more += f" Check {_numbers(outcome.mentions)} before you publish: it names {number}."
    return answers[outcome.what] + more


def _already(outcome: PressOutcome) -> str:
    who = name_of(outcome.by)
    by = f", published by {who}" if who else ""
    answers = {
        "superseded": f"was replaced by {outcome.other or 'a newer post'}.",
        "dropped": f"was already discarded by {who}."
        if who
        else stopped(f"will not be posted: {escape(outcome.why, 300)}"),
        "failed": stopped(f"could not be posted: {escape(outcome.why, 300)}"),
        "awaiting": "waits for Publish.",
        "unshown": "is not ready yet: press again in a moment.",
        "doubtful": "may or may not have arrived: see `/status`.",
        "sent": f"is already posted{by}.",
    }
    return answers.get(outcome.state, f"is already on its way{by}.")


def _numbers(numbers: tuple[int, ...]) -> str:
    more = len(numbers) - _MOST_NAMED
    named = [f"#{number}" for number in numbers[:_MOST_NAMED]]
    return " and ".join(named) if more <= 0 else f"{', '.join(named)} and {more} more"


def two_person_notice(who: str, until: datetime, setting: Setting, now: datetime) -> Card:
    """Return the notice that confirmation by a second person ends at `until`, because `who` turned it off.

    The notice has a button to keep confirmation on, and a button to end it now.
    """
    ends = when(until, now, setting.desk.zone)
    text = (
        f"**Confirmation by a second person ends at {ends}:** {name_of(who)} wants it off. Until then, what one person "
        "enters, corrects or approves still waits for a second. Someone else on the desk can end it now; anyone on the desk can keep it."
    )
    buttons = (Button("Keep confirmation", "twoperson:keep", "primary"), Button("End it now", "twoperson:end"))
    return desk_notice(text, setting, buttons=buttons)


def two_person_decided(who: str, now: datetime, setting: Setting, *, on: bool) -> str:
    """Return the text of the notice about confirmation once `who` has answered it.

    `on`: True if confirmation stays on, False if it was ended.
    """
    verb = "kept" if on else "ended"
    return f"**Confirmation by a second person was {verb} by {name_of(who)}, {when(now, now, setting.desk.zone)}**"


def decided_by(what: str, who: str, at: datetime, setting: Setting) -> str:
    """Return the first line of an answered question, such as "**Confirmed** by dee, 7:35 a.m.".

    `what` is the decision ("Confirmed"), and `who` the editor's name, as recorded in the audit.
    """
    return stopped(f"**{what}** by {name_of(who)}, {when(at, at, setting.desk.zone)}")
