from pathlib import Path

import pytest

from bot.database.database import Database
from bot.outbox.servers_store import ensure_server
from bot.rehearsal.standin.server import StandIn
from bot.wording.card import Block, Card, card_json, lines
from tests.faults.compare import against_database, against_undisturbed, shown


@pytest.mark.parametrize(
    ("now", "lost", "doubled", "disordered", "wrong"),
    [
        (["one", "two", "three"], 0, 0, 0, 0),
        (["one", "three"], 1, 0, 0, 0),
        (["one", "two", "two", "three"], 0, 1, 0, 0),
        (["one", "three", "two"], 0, 0, 1, 0),
        (["one", "two", "three", "four"], 0, 0, 0, 1),
        (["one", "2", "three"], 1, 0, 0, 1),
        ([], 3, 0, 0, 0),
    ],
)
def test_what_differs_from_an_undisturbed_day_is_named(
    now: list[str], lost: int, doubled: int, disordered: int, wrong: int
) -> None:
    tally = against_undisturbed({"count": ["one", "two", "three"]}, {"count": now})
    assert (tally.lost, tally.doubled, tally.disordered, len(tally.wrong)) == (lost, doubled, disordered, wrong)


def test_a_message_is_the_same_wherever_its_links_lead_and_another_once_it_is_pinned() -> None:
    guild = StandIn().world.add_guild("Newsroom")
    channels = [guild.add_channel(name) for name in ("one", "two")]
    for channel in channels:
        channel.say(guild.me, f"see [#1](https://discord.com/channels/{guild.id}/{channel.id}/77)")
    assert shown(channels[0]) == shown(channels[1])
    next(iter(channels[1].messages)).pinned = True
    assert shown(channels[0]) != shown(channels[1])


@pytest.mark.parametrize(
    ("refused", "said", "is_right"),
    [
        (None, "lead\n-# #1 · Wire", True),
        ("50013", "lead\n-# #1 · Wire", False),
        (
            "50013",
            "lead\n14,101\n-# Its card could not be embedded here, and is shown as text above.\n-# #1 · Wire",
            True,
        ),
    ],
)
async def test_a_post_whose_cards_were_refused_says_them_in_words(
    tmp_path: Path, refused: str | None, said: str, is_right: bool
) -> None:
    guild = StandIn().world.add_guild("Newsroom")
    channel = guild.add_channel("count")
    message = channel.say(guild.me, said)
    told = Card(lines("lead"), "Wire", (Block(lines("14,101")),))
    database = await Database.open(tmp_path / "desk.sqlite3")
    await database.write(lambda connection: ensure_server(connection, guild.id))
    await database.write(
        lambda connection: connection.execute(
            """INSERT INTO outbox (server, channel, number, kind, news_at, wall_created, state, message, content, card, cards_refused)
               VALUES (?, ?, 1, 'first', 0, 0, 'sent', ?, ?, ?, ?)""",
            (guild.id, channel.id, message.id, "lead\n-# #1 · Wire", card_json(told), refused),
        )
    )
    await database.close()
    assert against_database(tmp_path / "desk.sqlite3", [channel]).clean is is_right
