"""What the desk does on a recorded day: each step, through the room's function that a press or a command calls."""

from contextlib import suppress
from typing import Literal

from bot.app import App
from bot.entries.corrections_words import Replacement
from bot.entries.drafts import Asker
from bot.errors import BadInputError
from bot.follows.levels import sees_everything
from bot.rehearsal.day import (
    CallOffStep,
    HoldStep,
    LeadingSourceStep,
    MoveStep,
    ReplaceStep,
    ScheduleStep,
    StatementStep,
)


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
        await intake.undo(*last, server, who)
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


SCRIPT = "the rehearsal's script"
"""Who enters what the day has the staff enter: whoever plays the desk editor is not said to have entered it."""


async def do_as_desk(
    app: App,
    server: int,
    step: StatementStep | LeadingSourceStep | HoldStep | ReplaceStep | ScheduleStep | MoveStep | CallOffStep,
    who: str,
) -> None:
    """Let the desk do what a step says."""
    match step:
        case StatementStep():
            await app.rooms.entries.statements.take_in(step.statement, server, SCRIPT)
        case LeadingSourceStep():
            await let_lead(app, server, step, who)
        case HoldStep():
            await answer_hold(app, server, step, who)
        case ReplaceStep():
            await replace_post(app, server, step, who)
        case ScheduleStep():
            await app.rooms.schedule.events.add(server, step.events, who)
        case MoveStep() | CallOffStep():
            await change_schedule(app, server, step, who)
