"""Answers about what a channel follows."""

from collections.abc import Sequence

from bot.cards.answer import margin_answer
from bot.cards.facts import MarginFacts, Setting
from bot.cards.limits import CONTENT, joined
from bot.deskfile import Contest
from bot.wording.escape import escape
from bot.wording.numbers import votes


def follow_answer(
    contest: Contest,
    channel: int,
    least: int | None,
    facts: MarginFacts,
    setting: Setting,
    *,
    again: bool,
    board: bool = False,
    wants: Sequence[str] = (),
) -> str:
    """Return what `/follow` answers: what will be posted, what is wanted otherwise (`wants`), and where the contest stands."""
    verb = "still follows" if again else "now follows"
    pinned = "A pinned board there says where it stands now. " if board else ""
    return (
        f"<#{channel}> {verb} **{escape(contest.name)}** and gets a post when the margin moves by {_when(least)}; "
        f"lead changes and revisions always. {pinned}".rstrip()
        + "".join(f"\n{line}" for line in wants)
        + f"\n{margin_answer(facts, setting).content}"
    )


def unfollow_answer(contest: Contest, channel: int, *, did: bool) -> str:
    """Return what `/unfollow` answers."""
    verb = "no longer follows" if did else "did not follow"
    return f"<#{channel}> {verb} **{escape(contest.name)}**."


def following_answer(rows: Sequence[tuple[int, Contest | None, str, int | None]]) -> str:
    """Return what `/following` answers, from (channel, contest, its id, least votes); a contest may be gone."""
    if not rows:
        return "No channel of this server follows a contest yet. `/follow` starts it."
    lines = [f"<#{channel}>: {_named(contest, key)}, from {_when(least)}" for channel, contest, key, least in rows]
    return joined(lines, CONTENT, "and {} more")


def role_answer(role: int | None) -> str:
    """Return what `/desk role` answers."""
    if role is None:
        return "From now on only those who may manage the server can set what its channels follow, enter, confirm and correct."
    return f"From now on <@&{role}> can set what this server's channels follow, enter, confirm and correct."


def _named(contest: Contest | None, key: str) -> str:
    return f"**{escape(contest.name)}**" if contest else f"{escape(key)} (no longer in the desk file)"


def _when(least: int | None) -> str:
    return votes(least) if least is not None else "25 votes or 0.3% of the lead"
