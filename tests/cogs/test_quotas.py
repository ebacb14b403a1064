"""Tests quotas in Discord: who is refused, and who is not."""

import pytest

from bot.quotas import PRESS, WORK
from tests.cogs.conftest import Room
from tests.conftest import reading

CHARTS = 3


@pytest.fixture
def room(room: Room, monkeypatch: pytest.MonkeyPatch) -> Room:
    """Return a room where a member can request three charts at once, and the clock does not move."""
    quotas = room.newsroom.rooms.quotas
    monkeypatch.setattr(quotas, "_allowance", CHARTS * (PRESS + WORK))
    monkeypatch.setattr(quotas, "_now", lambda: 0.0)
    return room


async def png(*_: object) -> list[bytes]:
    return [b"\x89PNG\r\n\x1a\n"]


async def test_one_guests_charts_refuse_no_other_person_and_no_other_server(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, eve = room.elsewhere()
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500), reading(1100, 510, 1))
    monkeypatch.setattr(room.newsroom.app.rooms.answers.charts._box._people, "read", png)
    gus = room.person("gus")
    charts = [await gus.slash(room.count, "chart", contest="ga") for _ in range(CHARTS)]
    assert [len(answer.attachments) for answer in charts] == [1] * CHARTS
    assert await room.refused("chart", gus, contest="ga") == (
        "You have asked for a lot within minutes; try again in 1 second."
    )
    for person, where in ((room.editor, room.count), (eve, channel)):
        assert (await person.slash(where, "chart", contest="ga")).attachments


async def test_presses_forms_and_commands_count_and_a_guest_is_told_when_to_try_again(room: Room) -> None:
    gus = room.person("gus")
    for _ in range(CHARTS * int(PRESS + WORK)):
        await gus.slash(room.count, "help")
    assert await room.refused("help", gus) == "You have asked for a lot within minutes; try again in 1 second."
    assert "**" in (await room.card("help")).content
    assert (await room.editor.slash(room.count, "pause")).content.startswith("**Paused")


async def test_guests_who_use_up_their_half_of_a_server_refuse_no_question_of_the_newsroom(room: Room) -> None:
    uses = CHARTS * int(PRESS + WORK)
    for name in ("gus", "gil", "guy", "gwen", "gabe"):  # five people's worth is the guests' half
        guest = room.person(name)
        for _ in range(uses):
            await guest.slash(room.count, "help")
    assert (await room.refused("help", room.person("gene"))).startswith(
        "This server has asked for a lot within minutes"
    )
    assert (await room.editor.slash(room.count, "margin", contest="ga")).content.startswith("**No count is in yet")
