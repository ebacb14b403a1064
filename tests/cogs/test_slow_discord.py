"""Tests that members get an answer within three seconds while all other requests to Discord take four."""

from pathlib import Path

import pytest

from bot.rehearsal.standin.faults import FILES
from bot.rehearsal.standin.message import Attachment
from bot.wording.card import Card
from tests.cogs.conftest import Room
from tests.cogs.entering import tick
from tests.cogs.matrix import opened
from tests.cogs.test_schedule import add
from tests.cogs.test_settings_file import SAME, settings

DEFERRED = 5
"""Discord's response type for a deferred answer."""

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


def slow_down(room: Room) -> None:
    """Make Discord take four seconds for every request that does not answer a member."""
    for route in {*room.newsroom.standin.faults._routes, FILES}:
        if "/interactions/" not in route and "/webhooks/" not in route:
            room.newsroom.standin.faults.delay(4.0, before=True, route=route)


def printout(room: Room) -> Attachment:
    return room.newsroom.world.keep_file(room.count.id, "printout.png", "image/png", PICTURE)


async def test_tally_with_a_photo(told: Room) -> None:
    slow_down(told)
    card = await tick(
        told,
        await told.editor.slash(
            told.count, "tally", text="Biden leads by 14,110", source="ga-sos", photo=printout(told)
        ),
    )
    assert "Biden ahead in Georgia by 14,110" in card.content
    assert card.ephemeral


async def test_the_form_of_tally_with_a_photo(told: Room) -> None:
    form = await told.editor.slash(told.count, "tally", contest="ga", source="ga-sos")
    slow_down(told)
    card = await told.editor.submit(form, ["Biden 14,110", None, None, None, [printout(told)]])
    assert "Biden ahead in Georgia by 14,110" in card.content
    assert card.ephemeral


async def test_a_form_with_a_photo_that_is_sent_again_is_answered_in_the_place_of_the_refusal(told: Room) -> None:
    form = await told.editor.slash(told.count, "tally", contest="ga", source="ga-sos")
    refused = await told.editor.submit(form, ["Nobody 14,110", None, None, None, [printout(told)]])
    slow_down(told)
    for typed in ("Still nobody 14,110", "Biden 14,110"):
        again = await told.editor.click(refused, "Edit and send again")
        answered = await told.editor.submit(again, [typed, None, None, None, None])
        assert answered.id == refused.id
        assert answered.later == ()
    assert "Biden ahead in Georgia by 14,110" in answered.content


async def test_a_photo_that_discord_does_not_hand_over(told: Room) -> None:
    photo = printout(told)
    told.newsroom.world.files.clear()
    card = await tick(
        told, await told.editor.slash(told.count, "tally", text="Biden leads by 14,110", source="ga-sos", photo=photo)
    )
    assert card.content == "Discord did not deliver the file; try again."


async def test_a_settings_file(room: Room) -> None:
    slow_down(room)
    card = await room.editor.slash(room.count, "desk setup", file=("settings.json", settings()))
    assert card.content == SAME


async def test_a_private_reminder(room: Room) -> None:
    await add(room)
    slow_down(room)
    said = await room.ask("remindme", room.reporter, event="press", before="10")
    assert "10:20 a.m." in said


async def test_help(room: Room) -> None:
    slow_down(room)
    assert "You can do everything." in await room.ask("help")


async def test_a_server_that_takes_four_seconds_to_be_forgotten(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = room.bot.rooms.newsroom.settings_file
    forget = settings.forget

    async def slowly(server: int, who: str, asked_at: int) -> Card:
        room.newsroom.wall.move(4.0)
        return await forget(server, who, asked_at)

    sure = await room.editor.click(await room.editor.click(await room.overview(), "Forget this server"), "Forget")
    monkeypatch.setattr(settings, "forget", slowly)
    assert (await room.press(sure, "Yes, forget everything")).startswith("**Forgotten.**")


async def test_an_entrys_picture_that_takes_long_to_upload(told: Room) -> None:
    card = await tick(
        told,
        await told.editor.slash(
            told.count, "tally", text="Biden leads by 14,110", source="ga-sos", photo=printout(told)
        ),
    )
    await told.editor.click(card, "Enter")
    listed = await told.card("entries")
    told.newsroom.standin.faults.delay(4.0, before=True, route="POST /webhooks/*/*")
    (picture,) = (await told.editor.choose(listed, listed.lists[0], "1")).attachments
    assert picture.content == PICTURE
    (first, *_) = [one.json for one in told.requests if one.path.endswith("/callback")][-1:]
    assert first["type"] == DEFERRED


async def test_everything_else(tmp_path: Path) -> None:
    """Try every command, button, list and form. The bot must not wait for Discord before the first answer."""
    async with opened(tmp_path / "matrix.sqlite3") as matrix:
        slow_down(matrix.room)
        matrix.people = {"owner": matrix.people["owner"]}
        tried = [one async for one in matrix._ready("fresh", matrix.room.count, ())]
        assert len(tried) > 100
        unanswered = []
        for one in tried:
            try:
                await one.use()
            except TimeoutError:
                unanswered.append(one.what)
        assert unanswered == []
