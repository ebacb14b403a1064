"""Posts that wait for an editor: the question in the desk's channel, and what it says once it is answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.outbox.undelivered_words import desk_notice
from bot.wording.context import Setting
from bot.wording.draft import Button, Draft, Embed, Link
from bot.wording.escape import escape, stopped
from bot.wording.limits import CONTENT, size
from bot.wording.names import name_of
from bot.wording.times import when

_ROOM = 400
"""Characters that the first line and the small last one of a question may take, whoever answers it."""


_MOST_NAMED = 20
"""Numbers of posts in an answer."""

What = Literal[
    "published", "dropped", "freed", "replaced", "corrected", "taken back", "outdated", "there", "absent", "given up"
]
"""What became of a post that an editor was asked about. `freed`: its channel needs no Publish any more. `corrected`: its
correction is posted instead. `taken back`: its entry was. `outdated`: what it tells of has changed since. The last three
answer whether a post arrived."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a post that an editor was asked about."""

    what: What
    who: str = ""
    """As the audit names them."""
    at: datetime | None = None
    """When, by the news clock."""
    number: int | None = None
    """Of the post that replaces it."""
    why: str = ""
    """Of what is outdated: by what."""


def publish_question(
    row: int, number: int, channel: int, content: str, embeds: tuple[Embed, ...], setting: Setting
) -> tuple[Draft, ...]:
    """Return the question whether to publish a post, which shows exactly what would be posted.

    Where that leaves no room for the question it is two posts: the first just what would be posted, and the question.
    """
    buttons = (Button("Publish", f"publish:{row}", "primary"), Button("Drop", f"drop:{row}", "danger"))
    if size(content) + _ROOM <= CONTENT:
        headline = f"**Publish this in <#{channel}>?**\n{content}"
        return (desk_notice(headline, setting, embeds=embeds, buttons=buttons),)
    words, _, last = content.rpartition("\n")
    shown = Draft("notice", words, last.removeprefix(f"-# #{number} · "), embeds)
    return (shown, desk_notice(f"**Publish #{number}, just above, in <#{channel}>?**", setting, buttons=buttons))


def decided_content(old: str, number: int, channel: int, decision: Decision, setting: Setting) -> str:
    """Return the content of a question (`old`) about post `number` in a channel once it is answered."""
    _, _, rest = old.partition("\n")
    return f"{_decided(number, channel, decision, setting)}\n{rest}"


_DECIDED: dict[What, str] = {
    "published": "**Published in {channel}** by {by}",
    "dropped": "**Dropped: not posted in {channel}.** By {by}",
    "freed": "**Posted in {channel},** where posts no longer wait for Publish, says {by}",
    "replaced": "**Replaced by #{newer}:** not posted in {channel}",
    "corrected": "**Corrected before it was posted:** not posted in {channel}. By {by}",
    "taken back": "**Taken back:** not posted in {channel}. By {by}",
    "there": "**#{number} is in {channel},** says {by}",
    "absent": "**#{number} was not in {channel}** and is posted now, says {by}",
    "outdated": "**Not posted in {channel}:** {why}",
    "given up": "**#{number} was dropped:** it is not posted in {channel} again. By {by}",
}


def _decided(number: int, channel: int, decision: Decision, setting: Setting) -> str:
    at = f", {when(decision.at, decision.at, setting.desk.zone)}" if decision.at else ""
    said = _DECIDED[decision.what].format(
        channel=f"<#{channel}>",
        number=number,
        newer=decision.number,
        why=decision.why,
        by=f"{name_of(decision.who)}{at}",
    )
    return stopped(said)


@dataclass(frozen=True, slots=True)
class PressOutcome:
    """What pressing a button did."""

    what: What | Literal["unknown", "already", "after", "muted", "passed"]
    """`unknown`: there is no such post in this server. `already`: it is decided. `after`: an earlier post of the contest
    has to be decided first. `muted`: its source is. `passed`: what came later has been told since.
    `replaced`: it was corrected or taken back meanwhile."""
    number: int = 0
    channel: int = 0
    paused: bool = False
    """The whole server is."""
    state: str = ""
    """What it is already: a state of the outbox."""
    by: str = ""
    """Who published or dropped it, as the audit names them; empty: nobody did."""
    why: str = ""
    """Why it failed, or was dropped on nobody's word."""
    other: Link | str | None = None
    """The post that replaced it, or the question that has to be answered first."""
    replaces: bool = False
    """It replaces another post."""
    anew: tuple[int, ...] = ()
    """Posts that are shown anew, because what they follow on has changed."""
    speaking: tuple[int, ...] = ()
    """Posts that wait and name one that was dropped."""


def outcome_answer(outcome: PressOutcome) -> str:
    """Return what who pressed a button is answered."""
    number, where = f"#{outcome.number}", f"<#{outcome.channel}>"
    later = " It goes out when posts are no longer paused (`/pause`)." if outcome.paused else ""
    answers = {
        "unknown": "There is no such post in this server any more.",
        "already": f"{number} {_already(outcome)}",
        "after": f"First decide on {outcome.other}, which tells of the same contest before {number}.",
        "muted": f"{number} waits: its source is muted. Unmute it first (`/source`).",
        "passed": f"{number} is not posted any more: {outcome.other} has told <#{outcome.channel}> what came later. Drop it; "
        "where readers miss something, `/correct` says it of that post.",
        "replaced": f"{number} was corrected or taken back meanwhile, so it is not posted again: drop it. "
        "If it is there after all, say so, and the correction follows.",
        "published": f"**Published.** {number} goes out in {where}.{later}",
        "dropped": f"**Dropped.** {number} is not posted in {where}; what it told comes with the next post.",
        "there": f"{number} is taken to be in {where}. The bot does not know which message it is: it can't be edited "
        f"or linked to when it is corrected{', and what it replaces is not edited' if outcome.replaces else ''}.",
        "absent": f"{number} is posted in {where} now.{later}",
        "given up": f"**Dropped.** {number} is not posted in {where} again.",
    }
    more = ""
    if outcome.anew:
        more += f" {_named(outcome.anew)} shown anew: what came before has changed."
    if outcome.speaking:
        more += f" Look again before you publish {_numbers(outcome.speaking)}: it names {number}."
    return answers[outcome.what] + more


def _already(outcome: PressOutcome) -> str:
    who = name_of(outcome.by)
    by = f", published by {who}" if who else ""
    said = {
        "superseded": f"was replaced by {outcome.other or 'a newer post'}.",
        "dropped": f"was dropped already, by {who}." if who else f"is not posted any more: {escape(outcome.why, 300)}.",
        "failed": f"could not be posted: {escape(outcome.why, 300)}.",
        "awaiting": "waits for Publish.",
        "doubtful": "may have arrived, or not: `/status` asks.",
        "sent": f"is posted already{by}.",
    }
    return said.get(outcome.state, f"is on its way already{by}.")


def _named(numbers: tuple[int, ...]) -> str:
    return f"{_numbers(numbers)} {'is' if len(numbers) == 1 else 'are'}"


def _numbers(numbers: tuple[int, ...]) -> str:
    more = len(numbers) - _MOST_NAMED
    named = [f"#{number}" for number in numbers[:_MOST_NAMED]]
    return " and ".join(named) if more <= 0 else f"{', '.join(named)} and {more} more"
