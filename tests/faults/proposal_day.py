"""Small invented days on which two members of the desk request, confirm, reject, drop and undo proposals of each kind.

After a death, the second member's decision is repeated. It has no effect if it was already stored.
"""

import re
from contextlib import suppress
from datetime import timedelta
from typing import Literal, get_args

from bot.app import App
from bot.count.reading import Frozen, Moment
from bot.entries.corrections_words import Replacement
from bot.entries.drafts import TallyFields
from bot.errors import BadInputError
from bot.outbox.proposals_store import Asker
from bot.rehearsal.day import Day
from bot.tally.holds import HoldPress
from tests.faults.small_day import GOVERNOR, desk_day

ProposalKind = Literal["entry", "correct", "retract", "hold"]
KINDS: tuple[ProposalKind, ...] = get_args(ProposalKind)

OLGA, DEE = "olga (1)", "dee (2)"


class Act(Frozen):
    """An action of one of the two members of the desk, at a step of the day."""

    at: Moment
    who: str
    press: str
    text: str = ""


class ProposalDay(Day):
    """A day on which the desk acts on proposals of one kind."""

    kind: ProposalKind
    acts: list[Act]


_LIVES: dict[ProposalKind, list[tuple[str, str, str]]] = {
    "entry": [
        (OLGA, "pause", ""),
        (OLGA, "begin", "Bell 450"),
        (OLGA, "do", ""),
        (OLGA, "undo", ""),
        (OLGA, "resume", ""),
        (OLGA, "two", ""),
        (OLGA, "begin", "Bell 460"),
        (OLGA, "ask", ""),
        (DEE, "confirm", ""),
        (OLGA, "undo", ""),
        (OLGA, "begin", "Bell 470"),
        (OLGA, "ask", ""),
        (DEE, "reject", ""),
        (OLGA, "begin", "Bell 480"),
        (OLGA, "drop", ""),
    ],
    "correct": [
        (OLGA, "pause", ""),
        (OLGA, "begin", "the total is of Monday"),
        (OLGA, "do", ""),
        (OLGA, "undo", ""),
        (OLGA, "resume", ""),
        (OLGA, "two", ""),
        (OLGA, "begin", "the total is of Tuesday"),
        (OLGA, "ask", ""),
        (DEE, "confirm", ""),
        (DEE, "undo", ""),
        (OLGA, "begin", "the total is of Wednesday"),
        (OLGA, "ask", ""),
        (DEE, "reject", ""),
        (OLGA, "begin", "the total is of Thursday"),
        (OLGA, "drop", ""),
    ],
    "retract": [
        (OLGA, "enter", "Bell 450"),
        (OLGA, "pause", ""),
        (OLGA, "begin", "it was misread"),
        (OLGA, "do", ""),
        (OLGA, "undo", ""),
        (OLGA, "resume", ""),
        (OLGA, "two", ""),
        (OLGA, "begin", "it was misheard"),
        (OLGA, "ask", ""),
        (DEE, "pause", ""),
        (DEE, "confirm", ""),
        (DEE, "undo", ""),
        (DEE, "resume", ""),
        (OLGA, "begin", "it was said twice"),
        (OLGA, "ask", ""),
        (DEE, "reject", ""),
    ],
    "hold": [
        (OLGA, "drop", ""),
        (OLGA, "undo", ""),
        (OLGA, "two", ""),
        (OLGA, "drop", ""),
        (DEE, "reject", ""),
        (OLGA, "drop", ""),
        (DEE, "confirm", ""),
        (OLGA, "undo", ""),
        (OLGA, "sure", ""),
        (DEE, "confirm", ""),
        (OLGA, "withdrawn", ""),
        (DEE, "confirm", ""),
        (OLGA, "again", ""),
    ],
}
"""Kind of proposal → (member, button or action, text) for each minute of the day."""


def proposal_day(kind: ProposalKind) -> ProposalDay:
    """Return a day with proposals of one kind.

    First one reading is posted, and a reading from another count is held.
    """
    fields = desk_day().model_dump(exclude={"steps", "happenings"})
    begins = desk_day().starts + timedelta(minutes=5)
    acts = [
        {"at": begins + timedelta(minutes=minute), "who": who, "press": press, "text": text}
        for minute, (who, press, text) in enumerate(_LIVES[kind])
    ]
    steps = [step.model_dump() for step in desk_day().steps[:2]] + [{"at": act["at"], "does": "check"} for act in acts]
    channels = [*fields["channels"], {"name": "desk"}]
    about = {"title": f"A morning of proposals: {kind}", "ends": acts[-1]["at"], "kind": kind, "acts": acts}
    return ProposalDay.model_validate(fields | about | {"steps": steps, "channels": channels})


class Desk:
    """The two members of the desk, who act at the day's steps."""

    def __init__(self, day: ProposalDay, app: App, server: int, desk: int) -> None:
        self._kind = day.kind
        self._acts = {act.at: act for act in day.acts}
        self._app = app
        self._server = server
        self._desk = desk

    async def act(self, at: Moment) -> None:
        """Do what is planned for this time. If that was done before a death, the bot refuses it."""
        act = self._acts[at]
        if act.press in ("pause", "resume"):
            await getattr(self._app.rooms.newsroom.suspensions, act.press)(self._server, act.who, None)
            return
        if act.press == "two":
            await self._app.rooms.newsroom.suspensions.set_desk_channel(self._desk, self._server, act.who)
            await self._app.rooms.outbox.two_person.set(self._server, act.who, on=True)
            return
        with suppress(BadInputError):
            match self._kind:
                case "hold":
                    await self._hold(act)
                case "entry":
                    await self._entry(act, act.press)
                case _ if act.press == "enter":
                    await self._entry(act, "begin")
                    await self._entry(act, "do")
                case _:
                    await self._replacement(act)

    async def _entry(self, act: Act, press: str) -> None:
        entries, asker, key = self._app.rooms.entries, self._asker(act.who), await self._newest("entry")
        match press:
            case "begin" if not await self._has_begun(f":{act.text[-3:]}"):
                contest = next(one for one in self._app.rooms.setting.desk.contests if one.id == GOVERNOR)
                await entries.entering.report(asker, contest, TallyFields(margin=act.text), source="reporter")
            case "do" | "ask":
                card = await entries.drafts.listed(asker, key)
                (shown,) = re.findall(r"entry:\d+:enter(\d+)", str(card.buttons))
                await entries.review.enter(asker, key, int(shown))
            case "confirm":
                question = await self._app.database.row(
                    "SELECT o.components FROM proposals p JOIN outbox o ON o.id = p.question WHERE p.id = ?", (key,)
                )
                (shown,) = re.findall(r"entry:\d+:confirm(\d+)", str(question))
                await entries.review.confirm(asker, key, int(shown))
            case "reject":
                await entries.review.reject(asker, key)
            case "undo":
                await entries.review.undo(asker, key)
            case "drop":
                await entries.drafts.drop(asker, key)

    async def _replacement(self, act: Act) -> None:
        corrections, asker = self._app.rooms.entries.corrections, self._asker(act.who)
        kind: Literal["correct", "retract"] = "correct" if self._kind == "correct" else "retract"
        key = await self._newest(kind)
        match act.press:
            case "begin" if not await self._has_begun(act.text):
                row = await self._app.database.row("SELECT max(number) FROM statement_posts")
                number = row[0] if row and kind == "retract" else 1
                await corrections.begin(asker, Replacement(kind, act.text, number))
            case "do" | "ask":
                await corrections.press("post", asker, key)
            case "confirm" | "reject" | "undo":
                await corrections.press(act.press, asker, key)
            case "drop":
                await corrections.press("discard", asker, key)

    async def _hold(self, act: Act) -> None:
        holds = self._app.rooms.tally.holds
        keys = [one.key for one in await holds.open(self._server) if one.contest == GOVERNOR]
        keys += [one.held.key for one in await holds.posted_holds(self._server)]
        keys += [
            f"{series}:{since}:{'0' * 16}"
            for series, since in await self._app.database.rows("SELECT series, since FROM holds")
        ]
        series, since, figures = keys[0].split(":")
        press: HoldPress = act.press  # type: ignore[assignment]  # the acts of this kind are of these
        await holds.press(press, int(series), int(since), figures, self._asker(act.who))

    async def _newest(self, kind: str) -> int:
        row = await self._app.database.row("SELECT max(id) FROM proposals WHERE kind = ?", (kind,))
        return row[0] or 0 if row else 0

    async def _has_begun(self, text: str) -> bool:
        return await self._app.database.row("SELECT 1 FROM proposals WHERE instr(body, ?)", (text,)) is not None

    def _asker(self, who: str) -> Asker:
        return Asker(self._server, int(who[-2]), who)
