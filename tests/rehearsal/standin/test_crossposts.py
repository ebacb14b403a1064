from typing import TYPE_CHECKING

import discord
import pytest

from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.message import Flag
from bot.rehearsal.standin.rate_limits import Bucket
from bot.rehearsal.standin.server import StandIn

if TYPE_CHECKING:
    from tests.rehearsal.standin.conftest import Bot


@pytest.fixture
def wire(newsroom: Guild) -> Channel:
    return newsroom.add_channel("wire", announcement=True)


@pytest.fixture
async def news(bot: "Bot", wire: Channel) -> discord.TextChannel:
    found = await bot.fetch_channel(wire.id)
    assert isinstance(found, discord.TextChannel)
    assert found.is_news()
    return found


async def test_a_published_message_is_shown_where_it_is_followed(
    news: discord.TextChannel, wire: Channel, standin: StandIn
) -> None:
    reader = standin.world.add_guild("Reader").add_channel("from the desk")
    wire.follow(reader)
    sent = await news.send("14,101", embed=discord.Embed(title="Georgia"))
    await sent.publish()
    (kept,) = wire.messages
    assert kept.flags & Flag.CROSSPOSTED
    (copy,) = reader.messages
    assert (copy.content, copy.embeds, copy.author.name) == ("14,101", kept.embeds, "Newsroom #wire")
    assert copy.flags & Flag.IS_CROSSPOST
    await sent.edit(content="14,057")
    assert copy.content == "14,057"
    assert copy.edited is not None


async def test_a_message_is_published_once_and_where_it_can_be(
    news: discord.TextChannel, text: discord.TextChannel
) -> None:
    sent = await news.send("14,101")
    await sent.publish()
    with pytest.raises(discord.HTTPException) as caught:
        await sent.publish()
    assert (caught.value.status, caught.value.code) == (400, 40033)
    with pytest.raises(discord.HTTPException) as caught:
        await (await text.send("14,101")).publish()
    assert (caught.value.status, caught.value.code) == (400, 50024)


async def test_publishing_anothers_message_takes_a_permission(
    news: discord.TextChannel, wire: Channel, newsroom: Guild
) -> None:
    said = wire.say(newsroom.member("Ed"), "14,101")
    with pytest.raises(discord.Forbidden):
        await news.get_partial_message(said.id).publish()
    wire.allow("MANAGE_MESSAGES")
    await news.get_partial_message(said.id).publish()


async def test_too_much_publishing_is_told_in_the_body(news: discord.TextChannel, bot: "Bot", standin: StandIn) -> None:
    bot.http.max_ratelimit_timeout = 30.0
    standin.pacing.set(2, per=3600, bucket=Bucket.CROSSPOSTS)
    standin.pacing.set(1, per=1200, bucket=Bucket.CROSSPOST_EDITS)
    sent = [await news.send(str(number)) for number in range(3)]
    for message in sent[:2]:
        await message.publish()
    with pytest.raises(discord.RateLimited) as limited:
        await sent[2].publish()
    assert 3599 < limited.value.retry_after <= 3600
    await sent[0].edit(content="once")
    with pytest.raises(discord.RateLimited) as limited:
        await sent[0].edit(content="twice")
    assert 1199 < limited.value.retry_after <= 1200
    assert [request.status for request in standin.requests].count(429) == standin.rejected == 2
