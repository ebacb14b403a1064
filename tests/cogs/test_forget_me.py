"""Tests the "Forget me" button under `/help`, which deletes a person's data in every server."""

import sqlite3
from contextlib import closing
from functools import partial

from bot.database.anonymize import FORGOTTEN
from bot.entries.drafts import TallyFields
from bot.entries.drafts_store import Evidence
from bot.follows.levels import can_see_all
from bot.outbox.proposals_store import Asker
from bot.rehearsal.standin.permissions import Permission
from bot.wording.card import Card, card_of
from bot.wording.viewer import Viewer
from tests.cogs.conftest import Room
from tests.cogs.entering import entered, report
from tests.conftest import small_desk


def kept(room: Room) -> str:
    """Return the whole database as SQL text."""
    with closing(sqlite3.connect(room.newsroom.database.path)) as connection:
        return "\n".join(connection.iterdump())


def _execute(sql: str, values: tuple[object, ...], connection: sqlite3.Connection) -> None:
    connection.execute(sql, values)


async def test_a_person_is_out_of_all_that_is_kept(room: Room) -> None:
    dee = room.person("dee_dee", room.role("Chiefs", Permission.MANAGE_GUILD))
    await room.follow("ga", who=dee)
    await room.mute("times", "a test", who=dee)
    await room.ask("pause", dee)
    await dee.click(await room.card("schedule add", dee, title="Press conference", at="10:30 a.m."), "Save")
    await room.ask("remindme", dee, event="press", before="10")
    asker = Asker(room.guild.id, dee.id, f"dee_dee ({dee.id})")
    contest = small_desk().contests[0]
    card = await room.newsroom.entering.report(
        asker, contest, TallyFields(margin="Biden 13,000"), source="ga-sos", evidence=Evidence("screen.png", b"png")
    )
    await room.newsroom.enter(asker, card)
    await report(room, {"margin": "Biden 12,000"}, source="ga-sos")
    await room.newsroom.control.set_desk_channel(room.count.id, room.guild.id, "Olga")
    await room.unmute("times", who=dee)
    await room.publish()
    named, server = f"dee_dee ({dee.id})", room.guild.id
    for sql, values in (
        (
            """INSERT INTO proposals (server, user, asked_by, begun_at, kind, body, state, decided_by)
               VALUES (?, ?, ?, 0, 'correct', '{"number": 1, "text": "the lead is 501"}', 'done', ?)""",
            (server, dee.id, named, named),
        ),
        ("UPDATE servers SET two_person_ended_by = ? WHERE id = ?", (named, server)),
    ):
        await room.newsroom.database.write(partial(_execute, sql, values))
    assert str(dee.id) in kept(room)
    answer = await room.ask("help > Your data > Forget me > Yes, forget me", dee)
    assert answer.startswith("**Forgotten.** Your name and ID are deleted from ")
    left = kept(room)
    assert str(dee.id) not in left
    assert "dee_dee" not in left
    assert FORGOTTEN in left
    assert await room.newsroom.count("evidence") == 0
    assert len(await entered(room)) == 1
    assert (await room.ask("help > Your data > Forget me > Yes, forget me", dee)).startswith("**Nothing to forget.**")


async def test_an_answer_is_forgotten_if_it_is_theirs_or_names_them(room: Room) -> None:
    dee = room.person("dee_dee", room.role("Chiefs", Permission.MANAGE_GUILD))
    await room.follow("ga", who=dee)
    for person, said in (
        (dee.id, "Biden leads"),
        (room.editor.id, r"Muted by dee\_dee."),
        (room.editor.id, "All is well"),
    ):
        viewer = Viewer(room.guild.id, room.count.id, can_see_all)
        await room.newsroom.rooms.answers.kept.keep(viewer, person, Card.of(said), paged=True)
    assert (await room.ask("help > Your data > Forget me > Yes, forget me", dee)).startswith("**Forgotten.**")
    left = await room.newsroom.database.rows("SELECT card FROM kept_answers")
    assert [card_of(stored).headline for (stored,) in left] == ["All is well"]
    assert (await room.ask("help > Your data > Forget me > Yes, forget me", dee)).startswith("**Nothing to forget.**")


async def test_who_asked_for_a_correction_is_not_forgotten_before_a_second_person_has_answered(room: Room) -> None:
    dee = room.person("dee_dee", room.role("Chiefs", Permission.MANAGE_GUILD))
    await room.follow("ga", who=dee)
    sql = """INSERT INTO proposals (server, user, asked_by, begun_at, kind, body, state)
             VALUES (?, ?, ?, 0, 'correct', '{"number": 1, "text": "the lead is 501"}', 'asked')"""
    values = (room.guild.id, dee.id, f"dee_dee ({dee.id})")
    await room.newsroom.database.write(partial(_execute, sql, values))
    answer = await room.ask("help > Your data > Forget me > Yes, forget me", dee)
    assert "waiting for a second person" in answer
    assert str(dee.id) in kept(room)
