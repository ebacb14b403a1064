"""What tests of entering do at the simulated Discord: read, choose, press, type into a form; and what was entered."""

from typing import Any

import discord
import simcord

from bot.count.statement import Statement
from tests.cogs.conftest import Room


async def read(room: Room, text: str, who: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
    """Return what **Read as tally** on a message answers."""
    message = await room.reporter.send(room.count, text)
    result = await (who or room.editor).context_menu(room.count, "Read as tally", message)
    assert result.response is not None
    assert result.ephemeral
    return result.response


async def choose(
    room: Room, card: simcord.ResponseMessage, which: str, values: list[str], who: simcord.MemberActor | None = None
) -> simcord.ResponseMessage:
    (key,) = [key for key in keys(card) if key.endswith(f":{which}")]
    result = await (who or room.editor).select(card, values, custom_id=key)
    assert result.response is not None
    return result.response


async def press(
    room: Room,
    card: simcord.ResponseMessage | discord.Message,
    label: str,
    who: simcord.MemberActor | None = None,
) -> simcord.ResponseMessage:
    result = await (who or room.editor).click(card, label=label)
    assert result.response is not None
    return result.response


def keys(card: simcord.ResponseMessage) -> list[str]:
    return [child["custom_id"] for row in card.components for child in row["components"]]


async def entered(room: Room) -> list[Statement]:
    rows = await room.newsroom.database.rows("SELECT body FROM statements WHERE retracted_at IS NULL ORDER BY id")
    return [Statement.model_validate_json(body) for (body,) in rows]


async def report(room: Room, values: dict[str, str], **options: Any) -> simcord.InteractionResult:  # noqa: ANN401
    shown = await room.editor.slash(room.count, "tally report", contest="ga", **options)
    assert shown.modal is not None
    fields = {
        component["component"]["custom_id"]
        if "component" in component
        else component["components"][0]["custom_id"]: label
        for component, label in zip(
            shown.modal["components"], ("margin", "votes", "left", "certified", "at"), strict=True
        )
    }
    return await room.editor.submit_modal(
        shown, {key: values[label] for key, label in fields.items() if label in values}
    )


async def mend(room: Room, card: simcord.ResponseMessage, **typed: str) -> simcord.ResponseMessage:
    """Press Mend, type into the fields of these places ("f0", "f1"), send the form; return what is shown then."""
    shown = await room.editor.click(card, label="Mend")
    assert shown.modal is not None
    ids = [
        component["component"]["custom_id"] if "component" in component else component["components"][0]["custom_id"]
        for component in shown.modal["components"]
    ]
    result = await room.editor.submit_modal(shown, {ids[int(place[1:])]: text for place, text in typed.items()})
    assert result.response is not None
    return result.response


async def ask_second(room: Room, text: str = "Biden leads by 14,000 votes") -> simcord.ResponseMessage:
    card = await choose(room, await read(room, text), "source", ["ga-sos"])
    asked = await press(room, card, "Ask a second person")
    await room.publish()
    return asked
