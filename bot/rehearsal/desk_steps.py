"""Carries out the desk's steps of a recorded day, by calling the functions behind the buttons and commands."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from bot.app import App
from bot.entries.corrections_words import Replacement
from bot.errors import BadInputError, naming
from bot.follows.levels import can_see_all
from bot.follows.preferences import BY_RULE
from bot.newsroom.status_store import StatusStore
from bot.outbox.approval import ApprovalPress
from bot.outbox.approval_words import outcome_answer
from bot.outbox.proposals_store import Asker
from bot.rehearsal.day import (
    CallOffStep,
    DecideStep,
    HoldStep,
    LeadingSourceStep,
    MoveStep,
    MuteStep,
    PauseStep,
    PreferStep,
    PublicStep,
    ReplaceStep,
    ScheduleStep,
    StatementStep,
)
from bot.wording.card import Card

_MOST_PRESSES = 3
"""The maximum number of presses of Resume. If the waiting posts have changed since they were shown, the desk is
asked again.
"""

_SMALLER: dict[str | int, str] = {"hourly": BY_RULE, "next": "0"}
"""The values in the preferences form, by the keywords in a day's file."""

SCRIPT = "the rehearsal's script"
"""The author of the day's entries. Thus no entry is attributed to the person who plays the desk editor."""

DeskStep = (
    StatementStep
    | LeadingSourceStep
    | HoldStep
    | ReplaceStep
    | ScheduleStep
    | MoveStep
    | CallOffStep
    | PauseStep
    | MuteStep
    | PreferStep
    | PublicStep
    | DecideStep
)
"""A step of a recorded day that the desk takes."""


@dataclass(frozen=True, slots=True)
class DayServer:
    """The server in which a day is played, with the ids of its channels."""

    id: int
    channels: Mapping[str, int]
    """The channels' Discord ids, by the names in the day's file."""
    desk_channel: int | None
    """The channel to use as the desk's channel when a channel is made public, or None."""


async def do_as_desk(app: App, server: DayServer, step: DeskStep, who: str) -> None:
    """Carry out a step as the desk editor `who`.

    Raises:
        BadInputError: the step can't be carried out. The message names the step.

    """
    with naming(f"{step.at.isoformat()}, {step.does}"):
        match step:
            case StatementStep():
                await app.rooms.entries.statements.take_in(step.statement, server.id, SCRIPT)
            case LeadingSourceStep():
                contest = app.rooms.follows.contest(step.contest)
                await app.rooms.tally.leading_source.lead(contest, step.source, server.id, who, step.why)
            case HoldStep():
                await _decide_on_hold(app, server.id, step, who)
            case ReplaceStep():
                await _replace_post(app, server.id, step, who)
            case ScheduleStep():
                await app.rooms.schedule.events.add(server.id, step.events, who)
            case MoveStep():
                entry = await app.rooms.schedule.events.found(server.id, step.title, can_see_all)
                await app.rooms.schedule.events.move(server.id, entry.id, step.to, who, step.why)
            case CallOffStep():
                entry = await app.rooms.schedule.events.found(server.id, step.title, can_see_all)
                await app.rooms.schedule.events.cancel(server.id, entry.id, who, step.why)
            case PauseStep() | MuteStep() | PublicStep():
                await _suspend_or_resume(app, server, step, who)
            case PreferStep():
                await _set_preferences(app, server, step, who)
            case DecideStep():
                await _decide_on_post(app, server.id, step, who)


async def _decide_on_hold(app: App, server: int, step: HoldStep, who: str) -> None:
    """Accept or drop the contest's held readings, undo the last decision, or withdraw an accepted reading.

    Does nothing if there is no such reading or decision.
    """
    holds, asker = app.rooms.tally.holds, Asker(server, 0, who)
    match step.press:
        case "post" | "drop":
            for one in [one for one in await holds.open(server) if one.contest == step.contest]:
                await holds.decide(one, "post" if step.press == "post" else "drop", asker)
        case "undo":
            if last := await holds.last_decided(step.contest):
                await holds.undo(*last, asker)
        case "withdraw":
            posted = [one for one in await holds.posted_holds(server) if one.held.contest == step.contest]
            for first in posted[-1:]:  # the oldest; later ones depend on it
                await holds.decide(first.held, "withdraw", asker)


async def _replace_post(app: App, server: int, step: ReplaceStep, who: str) -> None:
    """Correct a post, retract the entry that it reports, or undo the latest correction or retraction.

    Does nothing if the change was already made.
    """
    corrections, asker = app.rooms.entries.corrections, Asker(server, 0, who)
    press: Literal["undo", "post"] = "undo" if step.does == "undo" else "post"
    with suppress(BadInputError):
        if step.does != "undo":
            await corrections.begin(asker, Replacement(step.does, step.text, step.number))
        if (key := await corrections.last(server, step.number)) is not None:
            await corrections.press(press, asker, key)


async def _suspend_or_resume(app: App, server: DayServer, step: PauseStep | MuteStep | PublicStep, who: str) -> None:
    """Carry out a step that pauses posting, mutes a source or makes a channel public, or that undoes one of these.

    Before an undo, the desk sees the posts to be released, and releases them.
    """
    suspensions = app.rooms.newsroom.suspensions
    match step:
        case PauseStep(does="pause"):
            await suspensions.pause(server.id, who, None, step.length)
        case PauseStep():
            question = await suspensions.ask_to_resume(server.id, who, None, can_see_all)
            await _release_posts(app, server.id, question, who)
        case MuteStep(does="mute"):
            await suspensions.mute(step.source, server.id, who)
        case MuteStep():
            question = await suspensions.ask_to_unmute(step.source, server.id, who, None, can_see_all)
            await _release_posts(app, server.id, question, who)
        case PublicStep(public=True):
            # Setup requires a desk channel before a channel is made public.
            if server.desk_channel is not None and await app.rooms.outbox.channels.desk_channel(server.id) is None:
                await suspensions.set_desk_channel(server.desk_channel, server.id, who)
            await suspensions.set_public(server.channels[step.channel], server.id, who, public=True)
        case PublicStep():
            question = await suspensions.ask_to_release(server.channels[step.channel], server.id, who)
            await _release_posts(app, server.id, question, who)


async def _release_posts(app: App, server: int, question: Card | str, who: str) -> None:
    """Press the button below the list of posts to be released. Does nothing if no posts wait.

    `question` is the card with the list, or the answer if no posts waited.
    """
    for _ in range(_MOST_PRESSES):
        if isinstance(question, str):
            return
        what, _, text = question.buttons[0].key.removeprefix("letgo:").rpartition(":")
        question = await app.rooms.newsroom.suspensions.release_posts(what, int(text), server, who, can_see_all)
    if isinstance(question, Card):
        raise BadInputError(f"what would go out was shown {_MOST_PRESSES} times and changed each time")


async def _set_preferences(app: App, server: DayServer, step: PreferStep, who: str) -> None:
    """Fill in the preferences form. Fields that the step does not set keep their values.

    Does nothing if the channel no longer follows the contest.
    """
    card, channel = app.rooms.newsroom.preferences, server.channels[step.channel]
    keys = {follow: key for key, follow in (await app.rooms.follows.servers.follow_keys(server.id)).items()}
    key = keys.get((channel, step.contest))
    if key is None:
        return
    least, hours, choices = await card.form(server.id, key)
    least = least if step.threshold is None else str(step.threshold)
    hours = hours if step.quiet is None else step.quiet
    chosen = next(choice.value for choice in choices if choice.chosen)
    smaller = chosen if step.smaller is None else _SMALLER.get(step.smaller, str(step.smaller))
    await card.fill(server.id, key, who, least, hours, smaller)


async def _decide_on_post(app: App, server: int, step: DecideStep, who: str) -> None:
    """Press Publish or Discard below a post that awaits approval, once.

    If the count has changed, the desk is asked again, and a later step must answer.
    """
    press: ApprovalPress = "publish" if step.does == "publish" else "drop"
    status = await StatusStore(app.database, None).status(server)
    copies = [one for one in status.awaiting if one.number == step.number]
    if not copies:
        raise BadInputError(f"no post #{step.number} waits for the desk")
    for copy in copies:
        outcome = await app.rooms.outbox.approval.decide(press, copy.row, server, who)
        if outcome.what not in ("published", "dropped", "changed"):
            raise BadInputError(outcome_answer(outcome))
    await app.rooms.outbox.dispatcher.drained()
