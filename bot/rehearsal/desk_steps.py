"""What the desk does on a recorded day: each step, through the room's function that a press or a command calls."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from bot.app import App
from bot.entries.corrections_words import Replacement
from bot.entries.drafts import Asker
from bot.errors import BadInputError, naming
from bot.follows.levels import sees_everything
from bot.follows.preferences import BY_RULE
from bot.newsroom.status_store import StatusStore
from bot.outbox.approval import ApprovalPress
from bot.outbox.approval_words import outcome_answer
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
from bot.wording.draft import Answer


@dataclass(frozen=True, slots=True)
class DayServer:
    """The server in which a day is played."""

    id: int
    channels: Mapping[str, int]
    """The channels' ids by the day's names for them."""
    desk_channel: int | None
    """The channel that becomes the desk's when a channel is made public; None: there is none."""


async def change_schedule(app: App, server: int, step: MoveStep | CallOffStep, who: str) -> None:
    """Let the desk move an event of the schedule, or cancel it."""
    entry = await app.rooms.schedule.events.found(server, step.title, sees_everything)
    if isinstance(step, MoveStep):
        await app.rooms.schedule.events.move(server, entry.id, step.to, who, step.why)
    else:
        await app.rooms.schedule.events.cancel(server, entry.id, who, step.why)


async def let_lead(app: App, server: int, step: LeadingSourceStep, who: str) -> None:
    """Let the desk say which source leads a contest."""
    contest = app.rooms.follows.contest(step.contest)
    await app.rooms.tally.leading_source.lead(contest, step.source, server, who, step.why)


async def answer_hold(app: App, server: int, step: HoldStep, who: str) -> None:
    """Let the desk decide on what is held, or undo what it decided; where there is no such thing, nothing is done."""
    held = [one for one in await app.rooms.tally.holds.open(server) if one.contest == step.contest]
    holds, intake = app.rooms.tally.holds, app.rooms.tally.intake
    if step.press == "undo" and (last := await holds.last_decided(step.contest)):
        await intake.undo(*last, server, who, "undo")
    if step.press == "withdraw":
        posted = [one for one in await holds.let_through(server) if one.held.contest == step.contest]
        for first in posted[-1:]:  # and with it all that rests on it
            await intake.undo(int(first.held.key.split(":")[0]), first.held.since, server, who, "withdraw")
    for one in held if step.press in ("post", "drop") else ():
        await app.rooms.tally.intake.settle(step.contest, one.key, server, who, post=step.press == "post")


async def replace_post(app: App, server: int, step: ReplaceStep, who: str) -> None:
    """Let the desk correct a post or take its entry back, or undo what it did last; done already, it is not done again."""
    corrections, asker = app.rooms.entries.corrections, Asker(server, 0, who)
    press: Literal["undo", "post"] = "undo" if step.does == "undo" else "post"
    with suppress(BadInputError):
        if step.does != "undo":
            await corrections.begin(asker, Replacement(step.does, step.text, step.number))
        if (key := await corrections.last(server, step.number)) is not None:
            await corrections.press(press, asker, key)


async def suspend_or_resume(app: App, server: DayServer, step: PauseStep | MuteStep | PublicStep, who: str) -> None:
    """Pause, mute or make public; or the opposite, after reading what would go out."""
    suspensions = app.rooms.newsroom.suspensions
    match step:
        case PauseStep(does="pause"):
            await suspensions.pause(server.id, who, None)
        case PauseStep():
            asked = await suspensions.ask_to_resume(server.id, who, None, sees_everything)
            await _let_go(app, server.id, asked, who)
        case MuteStep(does="mute"):
            await suspensions.mute(step.source, server.id, who)
        case MuteStep():
            asked = await suspensions.ask_to_unmute(step.source, server.id, who, None, sees_everything)
            await _let_go(app, server.id, asked, who)
        case PublicStep(public=True):
            if server.desk_channel is not None and await app.rooms.outbox.channels.desk_channel(server.id) is None:
                await suspensions.set_desk_channel(server.desk_channel, server.id, who)  # as the set-up asks first
            await suspensions.set_public(server.channels[step.channel], server.id, who, public=True)
        case PublicStep():
            asked = await suspensions.ask_to_free(server.channels[step.channel], server.id, who)
            await _let_go(app, server.id, asked, who)


_MOST_PRESSES = 3
"""How often the desk presses a button whose question is shown again because something changed."""


async def _let_go(app: App, server: int, asked: Answer, who: str) -> None:
    """Press the button under what would go out; without one, nothing waited and it is done."""
    for _ in range(_MOST_PRESSES):
        if not asked.buttons:
            break
        what, _, shown = asked.buttons[0].key.removeprefix("letgo:").rpartition(":")
        asked = await app.rooms.newsroom.suspensions.let_go(what, int(shown), server, who, sees_everything)
    if asked.buttons:
        raise BadInputError(f"what would go out was shown {_MOST_PRESSES} times and changed each time")


async def set_preferences(app: App, server: DayServer, step: PreferStep, who: str) -> None:
    """Fill in the form of a follow; a field that the step does not have stays as the form shows it.

    Where the channel no longer follows the contest, nothing is done.
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


_SMALLER: dict[str | int, str] = {"hourly": BY_RULE, "next": "0"}
"""How the form has what a day says of smaller changes."""


async def decide_on_post(app: App, server: int, step: DecideStep, who: str) -> None:
    """Press Publish or Discard once under the question about a post.

    Where the count has moved since it was shown nothing goes out: it is shown again, and waits for another step.

    Raises:
        BadInputError: no post of that number waits for the desk, or it can't be published yet.

    """
    press: ApprovalPress = "publish" if step.does == "publish" else "drop"
    waiting = await _waiting(app, server, step.number)
    if not waiting:
        raise BadInputError(f"no post #{step.number} waits for the desk")
    for row in waiting:
        outcome = await app.rooms.outbox.approval.decide(press, row, server, who)
        if outcome.what not in ("published", "dropped", "changed"):
            raise BadInputError(outcome_answer(outcome))
    await app.rooms.outbox.dispatcher.drained()


async def _waiting(app: App, server: int, number: int) -> list[int]:
    """Return the rows of a post that wait for the desk, one a channel."""
    status = await StatusStore(app.database, None).status(server)
    return [one.row for one in status.awaiting if one.number == number]


SCRIPT = "the rehearsal's script"
"""Who enters what the day has the staff enter: whoever plays the desk editor is not said to have entered it."""

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
"""What the desk does."""


async def do_as_desk(app: App, server: DayServer, step: DeskStep, who: str) -> None:
    """Let the desk do what a step says.

    Raises:
        BadInputError: it can't be done; the error names the step.

    """
    with naming(f"{step.at.isoformat()}, {step.does}"):
        await _do(app, server, step, who)


async def _do(app: App, server: DayServer, step: DeskStep, who: str) -> None:
    match step:
        case StatementStep():
            await app.rooms.entries.statements.take_in(step.statement, server.id, SCRIPT)
        case LeadingSourceStep():
            await let_lead(app, server.id, step, who)
        case HoldStep():
            await answer_hold(app, server.id, step, who)
        case ReplaceStep():
            await replace_post(app, server.id, step, who)
        case ScheduleStep():
            await app.rooms.schedule.events.add(server.id, step.events, who)
        case MoveStep() | CallOffStep():
            await change_schedule(app, server.id, step, who)
        case PauseStep() | MuteStep() | PublicStep():
            await suspend_or_resume(app, server, step, who)
        case PreferStep():
            await set_preferences(app, server, step, who)
        case DecideStep():
            await decide_on_post(app, server.id, step, who)
