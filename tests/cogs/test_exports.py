"""Tests `/export`, and who gets the file."""

from tests.cogs.conftest import Room
from tests.conftest import reading


async def test_an_editor_gets_the_history_for_their_eyes_only(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    answer = await room.editor.slash(room.count, "export", contest="ga", file="json")
    assert answer.ephemeral
    assert "check before you share it" in answer.content
    (attached,) = answer.attachments
    assert attached.filename == "ga-2020-11-11.json"
    assert len(attached.content) > len('{"biden": 1000, "trump": 500}')


async def test_who_took_a_file_is_in_the_audit(room: Room) -> None:
    await room.editor.slash(room.count, "export", contest="ga", file="json")
    lines = (await room.card("audit")).content.split("\n")[1:]
    assert lines == ["7 a.m., olga: **exported the history**: contest President, file json"]


async def test_who_may_not_write_gets_none(room: Room) -> None:
    said = await room.refused("export", room.reporter, contest="ga")
    assert said == "You need the desk role, or permission to manage the server."
