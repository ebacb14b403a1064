"""The answer to an editor who chooses a leading source, and the post that another source leads now."""

from dataclasses import dataclass

from bot.desk.desk_file import Contest, Source
from bot.outbox.outbox_words import desk_notice
from bot.tally.standing_words import HELD_WORDS
from bot.wording.card import Card
from bot.wording.context import ContestContext, Setting, source_name
from bot.wording.credit import SetBy
from bot.wording.escape import escape, stopped
from bot.wording.names import name_of
from bot.wording.numbers import commas, counted, votes

_MOST_NAME = 80


@dataclass(frozen=True, slots=True)
class LeadingSourceFacts:
    """The facts for the answer to an editor who chose the leading source: the switch, and what follows from it."""

    contest: Contest
    before: Source
    after: Source
    by_desk_file: bool
    """True if the desk file's source leads again, not one chosen by name."""
    changed: bool
    since: str | None = None
    """When and by whom the present source was chosen, "7:35 a.m. by olga"; None if it has always led."""
    heard: bool = True
    """True if the source has figures."""
    held: str | None = None
    """Why a later reading of the source is held (a `HoldReason` value), or None."""
    dropped: int = 0
    """How many posts of the former source, held back by its mute, were dropped."""
    posts: int = 0
    """How many channels get a post about the switch."""
    followed: bool = True
    """True if a channel of the server follows the contest."""
    paused: bool = False


def leading_source_answer(facts: LeadingSourceFacts) -> str:
    """Return the answer to the editor: the switch, what happens next, and how posts continue."""
    contest, name = escape(facts.contest.name, _MOST_NAME), source_name(facts.after)
    way = " as in the desk file" if facts.by_desk_file else ""
    if not facts.changed:
        since = f", since {facts.since}" if facts.since else ""
        return f"**{contest}: posts already follow {name}{way}**{since}. No change."
    if facts.before.id == facts.after.id:
        whose = "as the desk file has it" if facts.by_desk_file else "by this server's choice"
        return f"**{contest}: posts follow {name}** as before, from now on {whose}."
    instead = f"in place of {source_name(facts.before)}"
    parts = [f"**{contest}: posts follow {name}** in this server from now on{way}, {instead}.", _next(facts)]
    if facts.held:
        parts.append(f"Its later figures are on hold: {HELD_WORDS.get(facts.held, 'the desk has to decide')}.")
    if facts.dropped:
        parts.append(
            f"{counted(facts.dropped, 'post')} of {source_name(facts.before)} that its mute held will not be posted."
        )
    if not facts.after.public:
        parts.append("It is for the newsroom only, so nothing from it posts in public channels.")
    return " ".join(parts)


def refused_words(contest: Contest, after: Source, before: Source, why: str, muted: SetBy | None) -> str:
    """Return the error message saying that the source `after` can't lead now.

    `why` is "muted" if that source is muted; otherwise it has no figures yet. `before` is the source that leads, and
    `muted` has who muted `after`.
    """
    name = source_name(after)
    if why == "muted":
        by = f", by {name_of(muted.who)}" if muted else ""
        return f"{name} is muted{by}, so no margin would be posted; unmute it first (`/mute`)"
    return (
        f"{name} has no figures of {escape(contest.name, _MOST_NAME)} yet, so no margin would be posted; "
        f"posts follow {source_name(before)} until it has"
    )


def gone_notice(contest: Contest, gone: str, after: Source, setting: Setting) -> Card:
    """Return the notice to the desk saying that the source it chose is no longer in the desk file."""
    return desk_notice(
        f"**{escape(contest.name, _MOST_NAME)}: posts follow {source_name(after)} again,** as in the desk file. "
        f"This server had chosen {escape(gone, _MOST_NAME)}, which is no longer in the desk file.",
        setting,
    )


def margin_now_from(
    context: ContestContext, source: Source, now: tuple[str, int], before: Source | None, was: tuple[str, int]
) -> str:
    """Return the headline of a switch: "**Margin now from the Secretary of State:** Biden leads in …".

    Args:
        context: the contest.
        source: the source that leads now.
        now: who leads according to that source, and by how much.
        before: the source that led before; None if it may not be named or is no longer known.
        was: who led according to the former source, and by how much.
    """
    by = f" by {source_name(before)}" if before is not None else ""
    leader, margin = now
    stands = f"{context.who(leader)} leads in {context.place} by {votes(margin)}"
    if not margin:
        stands = f"the count is tied in {context.place}"
    if not was[1]:
        earlier = f"where the count was tied{by}"
    elif was[0] == leader and margin:
        earlier = f"was {commas(was[1])}{by}"
    else:
        earlier = f"where {context.who(was[0])} led by {commas(was[1])}{by}"
    return stopped(f"**Margin now from {source_name(source)}:** {stands}, {earlier}")


def _next(facts: LeadingSourceFacts) -> str:
    if not facts.followed:
        return "No channel follows that contest, so nothing is posted; answers use it."
    if not facts.heard:
        return "It has no figures yet; its first ones are posted."
    if not facts.posts:
        return "Its margin matches the last post, so nothing is posted now."
    waits = " once posts resume (`/pause`)" if facts.paused else ""
    return f"Its margin goes to {counted(facts.posts, 'channel')}{waits or ' now'}."
