"""Tests notices in the outbox."""

from bot.outbox.notices_store import NoticeStore
from bot.wording.card import Block, Card, lines
from tests.conftest import COUNT, SERVER, Newsroom, reading


async def test_a_notice_is_a_post_with_a_number_of_its_own(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(100, 50))
    draft = Card(lines("**A word**"), "noon", (Block(lines("more"), colour=None),), "notice")
    await NoticeStore(newsroom.rooms.outbox.outbox).post(SERVER, COUNT, draft)
    await newsroom.publish()
    assert newsroom.contents(COUNT)[-1] == "**A word**\n-# #2 · noon"
    assert await newsroom.kinds() == ["first", "notice"]
    await newsroom.take(reading(200, 50, 1))
    assert [row.number for row in await newsroom.posts()] == [1, 2, 3]


async def test_the_desks_channel_is_known_once_somebody_has_said_which_it_is(newsroom: Newsroom) -> None:
    notices = NoticeStore(newsroom.rooms.outbox.outbox)
    assert await notices.desk_channel(SERVER) is None
    await newsroom.follow()
    assert await notices.desk_channel(SERVER) is None
    await newsroom.control.set_desk_channel(77, SERVER, "Olga")
    assert await notices.desk_channel(SERVER) == 77
