"""Helpers for tests of entries: read a text, choose, press buttons, fill in forms, and check the entries."""

from typing import Any

from bot.count.statement import Statement
from tests.cogs.conftest import Person, Room, Seen

LEAD = "Biden leads by 14,000 votes"
COUNTIES = "Appling, Bacon and Cobb counties have certified."


async def offered(room: Room, text: str, who: Person | None = None) -> Seen:
    """Use **Read as tally** on a message with this text. Returns the reply, with nothing ticked."""
    answer = await (who or room.editor).about(room.reporter.say(room.count, text), "Read as tally")
    assert answer.ephemeral
    return answer


async def read(room: Room, text: str, who: Person | None = None) -> Seen:
    """Use **Read as tally** on a message with this text, and tick what is offered. Returns the card."""
    return await tick(room, await offered(room, text, who), who)


async def tick(room: Room, card: Seen, who: Person | None = None) -> Seen:
    """Tick what a card offers, if it offers anything. Returns the card."""
    label = next((label for label in card.buttons if label.startswith("Tick: ") or label.endswith(" are right")), None)
    return await press(room, card, label, who) if label else card


async def choose(room: Room, card: Seen, which: str, values: list[str], who: Person | None = None) -> Seen:
    (key,) = [key for key in card.keys if key.endswith(f":{which}")]
    return await (who or room.editor).choose(card, key, *values)


async def press(room: Room, card: Seen, label: str, who: Person | None = None) -> Seen:
    return await (who or room.editor).click(card, label)


async def ready(room: Room, text: str = LEAD, source: str = "ga-sos", who: Person | None = None) -> Seen:
    """Read a text and choose its source. Returns the card."""
    return await choose(room, await read(room, text, who), "source", [source], who)


async def enter(room: Room, text: str = LEAD, source: str = "ga-sos", who: Person | None = None) -> Seen:
    """Enter the figures in a text. Returns the receipt."""
    return await press(room, await ready(room, text, source, who), "Enter", who)


async def ask_second(room: Room, text: str = LEAD, who: Person | None = None) -> Seen:
    """Ask the desk to confirm the figures in a text. Returns the reply."""
    asked = await press(room, await ready(room, text, who=who), "Ask the desk", who)
    await room.publish()
    return asked


def shown_on(card: Seen, label: str) -> int:
    """Return the number at the end of a button's custom id. It identifies the posts shown on the card."""
    return int(card.buttons[label].rpartition(":")[2].removeprefix(label.lower()))


async def entered(room: Room) -> list[Statement]:
    rows = await room.newsroom.database.rows("SELECT body FROM statements WHERE retracted_at IS NULL ORDER BY id")
    return [Statement.model_validate_json(body) for (body,) in rows]


async def report(room: Room, values: dict[str, str], **options: Any) -> Seen:
    form = await room.editor.slash(room.count, "tally", contest="ga", **options)
    names = ("margin", "votes", "left", "at")
    return await room.editor.submit(form, [values.get(name) for name in names])


async def mend(room: Room, card: Seen, **typed: str) -> Seen:
    """Press Edit, fill in fields by position ("f0", "f1"), and submit. Returns the new card."""
    form = await room.editor.click(card, "Edit")
    return await room.editor.submit(form, [typed.get(f"f{place}") for place in range(len(form.fields))])
