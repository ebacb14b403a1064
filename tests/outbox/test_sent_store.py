"""What was sent, as it is read back."""

from bot.outbox.sent_store import SentPosts
from tests.conftest import Newsroom, reading


async def test_what_was_sent_is_told_once_and_in_order(newsroom: Newsroom) -> None:
    sent = SentPosts(newsroom.database)
    await newsroom.follow()
    await newsroom.take(reading(100, 50), reading(200, 50, 1))
    assert await sent.after(0) == []  # nothing has been sent yet
    await newsroom.publish()
    first, second = await sent.after(0)
    assert [first.number, second.number] == [1, 2]
    assert (first.kind, second.kind) == ("first", "margin")
    assert first.content == newsroom.contents(11)[0]
    assert first.embeds[0]["description"]
    assert await sent.after(first.row) == [second]
    assert await sent.after(second.row) == []
