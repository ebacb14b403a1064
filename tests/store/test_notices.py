"""Notices in the outbox."""

from bot.cards.draft import Draft
from bot.store.notices import NoticeStore
from tests.conftest import COUNT, SERVER, START, Newsroom, reading


async def test_a_notice_is_a_post_with_a_number_of_its_own(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(100, 50))
    draft = Draft("notice", "**A word**", "noon", ({"description": "more"},))
    await NoticeStore(newsroom.database).post(SERVER, COUNT, draft, START)
    await newsroom.publish()
    assert newsroom.channels.contents(COUNT)[-1] == "**A word**\n-# #2 · noon"
    assert await newsroom.kinds() == ["first", "notice"]
    await newsroom.take(reading(200, 50, 1))
    assert [row.number for row in await newsroom.posts()] == [1, 2, 3]
