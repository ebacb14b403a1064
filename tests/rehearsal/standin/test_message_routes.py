import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest
from discord.ext import commands

from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.message import Flag
from bot.rehearsal.standin.message_routes import MAX_PINS
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.rate_limits import Bucket
from bot.rehearsal.standin.server import StandIn
from bot.rehearsal.standin.wire import GatewayEvent
from bot.rehearsal.standin.world import PostedMessage
from tests.rehearsal.standin.refusals import refused

if TYPE_CHECKING:
    from tests.rehearsal.standin.conftest import Bot, Later


@pytest.fixture
def posts(standin: StandIn) -> list[PostedMessage]:
    seen: list[PostedMessage] = []
    standin.on_message(seen.append)
    return seen


async def test_a_post_comes_back_is_kept_and_is_told(
    text: discord.TextChannel, channel: Channel, posts: list[PostedMessage]
) -> None:
    embed = discord.Embed(title="Georgia", description="Biden leads").add_field(name="Margin", value="14,101")
    sent = await text.send("Biden's lead narrows", embed=embed, silent=True)
    (kept,) = channel.messages
    assert (kept.id, kept.content, kept.flags) == (sent.id, "Biden's lead narrows", 4096)
    assert sent.embeds[0].fields[0].value == "14,101"
    assert sent.flags.suppress_notifications
    assert abs(datetime.now(UTC) - sent.created_at) < timedelta(seconds=5)
    assert [(post.channel, post.message, post.edited) for post in posts] == [(channel, kept, False)]


async def test_an_edit_changes_the_message_in_place(
    text: discord.TextChannel, channel: Channel, posts: list[PostedMessage]
) -> None:
    sent = await text.send("14,101", embed=discord.Embed(title="kept"))
    edited = await sent.edit(content="14,057")
    assert edited.edited_at is not None
    assert edited.embeds[0].title == "kept"
    assert [message.content for message in channel.messages] == ["14,057"]
    assert [post.edited for post in posts] == [False, True]


async def test_a_deleted_message_is_gone(text: discord.TextChannel, channel: Channel) -> None:
    sent = await text.send("oops")
    await sent.delete()
    assert len(channel.messages) == 0
    with refused(404, 10008):
        await text.fetch_message(sent.id)


async def test_anothers_message_is_neither_edited_nor_deleted(
    text: discord.TextChannel, newsroom: Guild, channel: Channel
) -> None:
    said = channel.say(newsroom.member("Ed"), "hello")
    message = await text.fetch_message(said.id)
    with refused(403, 50005):
        await message.edit(content="bye")
    with refused(403, 50013):
        await message.delete()


async def test_history_pages_as_discord_does(text: discord.TextChannel, bot: commands.AutoShardedBot) -> None:
    sent = [await text.send(str(number)) for number in range(7)]

    async def page(limit: int, **end: discord.Message) -> list[str]:
        ids = {name: message.id for name, message in end.items()}
        return [message["content"] for message in await bot.http.logs_from(text.id, limit, **ids)]

    assert await page(3) == ["6", "5", "4"]
    assert await page(2, before=sent[4]) == ["3", "2"]
    assert await page(2, after=sent[2]) == ["4", "3"]
    assert await page(3, around=sent[3]) == ["4", "3", "2"]
    assert [message.content async for message in text.history(after=sent[4])] == ["5", "6"]
    recent = text.history(after=sent[0].created_at - timedelta(minutes=1))
    assert [message.id async for message in recent] == [message.id for message in sent]


async def test_history_that_may_not_be_read_is_empty_and_no_error(text: discord.TextChannel, channel: Channel) -> None:
    sent = await text.send("there")
    channel.forbid("READ_MESSAGE_HISTORY")
    assert [message async for message in text.history()] == []
    with pytest.raises(discord.Forbidden):
        await text.fetch_message(sent.id)


async def test_a_nonce_posts_once(text: discord.TextChannel, channel: Channel, standin: StandIn) -> None:
    first = await text.send("14,101", nonce="desk-214")
    again = await text.send("something else", nonce="desk-214")
    assert (again.id, again.content, again.nonce) == (first.id, "14,101", "desk-214")
    assert len(channel.messages) == 1
    assert standin.requests[-1].json["enforce_nonce"] is True
    read = await text.fetch_message(first.id)
    assert read.nonce is None  # history does not tell it


async def test_a_nonce_whose_message_was_deleted_fails(text: discord.TextChannel) -> None:
    await (await text.send("14,101", nonce="desk-214")).delete()
    with pytest.raises(discord.NotFound):
        await text.send("14,101", nonce="desk-214")


async def test_embeds_that_are_too_long_together_are_refused(text: discord.TextChannel) -> None:
    with refused(400, 50035, "embeds: Embed size exceeds maximum size of 6000"):
        await text.send("x", embeds=[discord.Embed(description="d" * 4096)] * 2)


async def test_an_edit_that_leaves_nothing_is_refused_and_changes_nothing(
    text: discord.TextChannel, channel: Channel
) -> None:
    sent = await text.send("14,101")
    with refused(400, 50006):
        await sent.edit(content="")
    assert next(iter(channel.messages)).content == "14,101"


@pytest.mark.parametrize(("lost", "code"), [("VIEW_CHANNEL", 50001), ("SEND_MESSAGES", 50013)])
async def test_a_forbidden_channel_says_why(text: discord.TextChannel, channel: Channel, lost: str, code: int) -> None:
    channel.forbid(lost)
    with refused(403, code):
        await text.send("hello")
    channel.allow(lost)
    await text.send("hello")


async def test_embeds_and_files_need_their_permissions(text: discord.TextChannel, channel: Channel) -> None:
    channel.forbid("EMBED_LINKS", "ATTACH_FILES")
    for content in ({"embed": discord.Embed(title="t")}, {"file": discord.File(io.BytesIO(b"x"), "x.png")}):
        with refused(403, 50013):
            await text.send("hello", **content)


async def test_a_bot_that_was_invited_without_a_permission_is_refused(
    text: discord.TextChannel, newsroom: Guild
) -> None:
    (invited,) = newsroom.me.roles
    invited.permissions &= ~int(Permission.ATTACH_FILES | Permission.CREATE_PUBLIC_THREADS)
    sent = await text.send("hello", embed=discord.Embed(title="t"))
    for asked in (text.send(file=discord.File(io.BytesIO(b"x"), "x.png")), sent.create_thread(name="t")):
        with refused(403, 50013):
            await asked


async def test_what_is_not_there_is_unknown(
    text: discord.TextChannel, newsroom: Guild, bot: commands.AutoShardedBot
) -> None:
    with refused(404, 10003):
        await bot.fetch_channel(1)
    newsroom.channel("count").delete()
    with refused(404, 10003):
        await text.send("hello")


async def test_a_file_is_served_and_shown_in_its_embed(text: discord.TextChannel) -> None:
    embed = discord.Embed(title="Margin").set_image(url="attachment://margin.png")
    sent = await text.send(embed=embed, file=discord.File(io.BytesIO(b"picture"), "margin.png"))
    (attachment,) = sent.attachments
    assert (attachment.filename, attachment.size) == ("margin.png", 7)
    assert attachment.content_type == "image/png"  # by its name: discord.py does not say
    assert sent.embeds[0].image.url == attachment.url
    assert await attachment.read() == b"picture"


async def test_a_ping_takes_text_and_allowance(
    text: discord.TextChannel, newsroom: Guild, channel: Channel, standin: StandIn
) -> None:
    role = newsroom.role("Editor")
    role.mentionable = True
    await text.send(f"<@&{role.id}>", allowed_mentions=discord.AllowedMentions.none())
    await text.send(f"<@&{role.id}>", allowed_mentions=discord.AllowedMentions(roles=[discord.Object(role.id)]))
    assert [message.mention_roles for message in channel.messages] == [[], [role.id]]
    assert standin.requests[-2].json["allowed_mentions"] == {"parse": []}


async def test_who_may_mention_everyone_also_mentions_a_role_that_lets_nobody(
    text: discord.TextChannel, newsroom: Guild, channel: Channel
) -> None:
    role = newsroom.role("Editor")
    allowed = discord.AllowedMentions(everyone=True, roles=[discord.Object(role.id)])
    await text.send(f"<@&{role.id}> @everyone", allowed_mentions=allowed)
    newsroom.grant("MENTION_EVERYONE")
    await text.send(f"<@&{role.id}> @everyone", allowed_mentions=allowed)
    assert [(one.mention_roles, one.mention_everyone) for one in channel.messages] == [([], False), ([role.id], True)]


async def test_a_reaction_that_nobody_gave_takes_a_permission(
    text: discord.TextChannel, newsroom: Guild, channel: Channel
) -> None:
    said = await text.send("14,101")
    with pytest.raises(discord.Forbidden):
        await said.add_reaction("👍")
    newsroom.grant("ADD_REACTIONS")
    await said.add_reaction("👍")
    (reaction,) = (await text.fetch_message(said.id)).reactions
    assert (reaction.emoji, reaction.count, reaction.me) == ("👍", 1, True)
    assert [user.id async for user in reaction.users()] == [newsroom.bot_id]
    await said.remove_reaction("👍", discord.Object(newsroom.bot_id))
    assert (await text.fetch_message(said.id)).reactions == []
    async with text.typing():
        channel.forbid("SEND_MESSAGES")
    with pytest.raises(discord.Forbidden):
        await text.typing()


async def test_a_reply_refers_to_a_message_of_its_channel(
    text: discord.TextChannel, newsroom: Guild, channel: Channel
) -> None:
    said = channel.say(newsroom.member("Ed"), "how many?")
    answer = await text.send("14,101", reference=text.get_partial_message(said.id))
    assert answer.type is discord.MessageType.reply
    assert answer.reference is not None
    assert (answer.reference.message_id, answer.reference.channel_id) == (said.id, text.id)
    assert isinstance(answer.reference.resolved, discord.Message)
    assert [user.name for user in answer.mentions] == ["Ed"]
    quiet = await answer.reply("14,057", mention_author=False)
    assert quiet.mentions == []
    channel.remove(said)
    again = await text.fetch_message(answer.id)
    assert again.reference is not None
    assert isinstance(again.reference.resolved, discord.DeletedReferencedMessage)


async def test_a_reply_to_what_is_not_there_is_refused_unless_it_does_not_matter(
    text: discord.TextChannel, channel: Channel
) -> None:
    gone = discord.MessageReference(message_id=42, channel_id=text.id)
    with refused(400, 50035, "message_reference: Unknown message"):
        await text.send("14,101", reference=gone)
    gone.fail_if_not_exists = False
    sent = await text.send("14,101", reference=gone)
    assert (sent.type, sent.reference) == (discord.MessageType.default, None)
    elsewhere = discord.MessageReference(message_id=sent.id, channel_id=42)
    with pytest.raises(discord.HTTPException, match="different channel"):
        await text.send("14,101", reference=elsewhere)
    channel.forbid("READ_MESSAGE_HISTORY")
    with refused(400, 160002):
        await sent.reply("14,101")
    assert len(channel.messages) == 1


async def test_embeds_are_suppressed_and_shown_again(text: discord.TextChannel, channel: Channel) -> None:
    sent = await text.send("14,101", embed=discord.Embed(title="Georgia"))
    assert (await sent.edit(suppress=True)).embeds == []
    assert (await sent.edit(suppress=False)).embeds[0].title == "Georgia"
    said = channel.say(channel.guild.member("Ed"), "https://example.com")
    message = await text.fetch_message(said.id)
    with refused(403, 50013):
        await message.edit(suppress=True)
    channel.allow("MANAGE_MESSAGES")
    await message.edit(suppress=True)
    assert said.flags == 4


async def test_an_edit_adds_and_drops_files(text: discord.TextChannel) -> None:
    sent = await text.send("chart", file=discord.File(io.BytesIO(b"one"), "one.png"))
    both = await sent.add_files(discord.File(io.BytesIO(b"two"), "two.png"))
    assert [file.filename for file in both.attachments] == ["one.png", "two.png"]
    only = await both.edit(attachments=[both.attachments[1]])
    assert [file.filename for file in only.attachments] == ["two.png"]
    assert await only.attachments[0].read() == b"two"


async def test_an_edit_is_told_on_the_gateway(bot: "Bot", text: discord.TextChannel) -> None:
    sent = await text.send("14,101")
    await sent.edit(content="14,057")
    (raw,) = await bot.hears("raw_message_edit")
    assert (raw.message_id, raw.data["content"], raw.data["pinned"]) == (sent.id, "14,057", False)


async def test_an_old_message_is_edited_three_times_in_twenty_seconds(
    bot: "Bot", text: discord.TextChannel, standin: StandIn, later: "Later", session: aiohttp.ClientSession
) -> None:
    bot.http.max_ratelimit_timeout = 30.0
    standin.rate_limits.set(3, per=40, bucket=Bucket.OLD_EDITS)
    old, other = await text.send("14,101"), await text.send("14,102")
    later.by = timedelta(minutes=59)
    new = await text.send("14,103")
    for _ in range(6):
        await old.edit(content="young enough")
    later.by = timedelta(hours=1, seconds=1)
    for message in (old, other, old):
        await message.edit(content="old")
    with pytest.raises(discord.RateLimited):
        await other.edit(content="once more")
    await new.edit(content="young enough")
    url = f"{standin.base}/channels/{text.id}/messages/{old.id}"
    async with session.patch(url, json={"content": "x"}) as answer:
        assert (answer.status, (await answer.json())["code"]) == (429, 30046)


async def test_a_person_is_pinged_by_text_and_allowance(text: discord.TextChannel, newsroom: Guild) -> None:
    ed = newsroom.member("Ed")
    none, some = discord.AllowedMentions.none(), discord.AllowedMentions(users=[discord.Object(ed.id)])
    words = f"<@{ed.id}> <@!{newsroom.member('Olga').id}> <@42>"
    assert (await text.send(words, allowed_mentions=none)).mentions == []
    assert [user.name for user in (await text.send(words, allowed_mentions=some)).mentions] == ["Ed"]
    assert [user.name for user in (await text.send(words)).mentions] == ["Ed", "Olga"]


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


async def test_an_edit_reaches_no_channel_that_is_gone(
    news: discord.TextChannel, wire: Channel, standin: StandIn
) -> None:
    reader = standin.world.add_guild("Reader").add_channel("from the desk")
    wire.follow(reader)
    sent = await news.send("14,101")
    await sent.publish()
    reader.delete()
    told: list[GatewayEvent] = []
    standin.world.wire.listen(told.append)
    await sent.edit(content="14,057")
    assert [(event.name, event.guild_id) for event in told] == [("MESSAGE_UPDATE", wire.guild_id)]


async def test_a_message_is_published_once_and_where_it_can_be(
    news: discord.TextChannel, text: discord.TextChannel
) -> None:
    sent = await news.send("14,101")
    await sent.publish()
    with refused(400, 40033):
        await sent.publish()
    with refused(400, 50024):
        await (await text.send("14,101")).publish()


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
    standin.rate_limits.set(2, per=3600, bucket=Bucket.CROSSPOSTS)
    standin.rate_limits.set(1, per=1200, bucket=Bucket.CROSSPOST_EDITS)
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


async def test_a_pin_is_shown_told_and_said(bot: "Bot", text: discord.TextChannel, channel: Channel) -> None:
    first, second = await text.send("14,101"), await text.send("14,057")
    await first.pin()
    await second.pin()
    assert [message.pinned for message in channel.messages] == [True, True, False, False]
    pins = [pin async for pin in text.pins()]
    assert [pin.id for pin in pins] == [second.id, first.id]
    assert pins[0].pinned_at is not None
    _, last_pin = await bot.hears("guild_channel_pins_update")
    assert last_pin is not None
    said = await text.fetch_message(channel.messages.last_id or 0)
    assert (said.type, said.reference and said.reference.message_id) == (discord.MessageType.pins_add, second.id)
    await second.unpin()
    assert [pin.id async for pin in text.pins()] == [first.id]
    await first.delete()
    assert [pin.id async for pin in text.pins()] == []


async def test_pinning_twice_says_it_once(text: discord.TextChannel, channel: Channel) -> None:
    sent = await text.send("14,101")
    await sent.pin()
    await text.get_partial_message(sent.id).pin()
    assert len(channel.messages) == 2


async def test_pinning_takes_its_permission(text: discord.TextChannel, channel: Channel, newsroom: Guild) -> None:
    sent = await text.send("14,101")
    channel.forbid("PIN_MESSAGES")
    with refused(403, 50013):
        await sent.pin()
    channel.allow("PIN_MESSAGES")
    await sent.pin()
    channel.forbid("PIN_MESSAGES", to=newsroom.everyone)  # a member's own goes first
    await sent.unpin()


async def test_what_discord_says_itself_is_not_pinned(text: discord.TextChannel, channel: Channel) -> None:
    await (await text.send("14,101")).pin()
    with refused(403, 50021):
        await text.get_partial_message(channel.messages.last_id or 0).pin()


async def test_a_channel_is_full_at_250_pins(text: discord.TextChannel, channel: Channel, newsroom: Guild) -> None:
    for number in range(MAX_PINS):
        channel.pin(channel.say(newsroom.member("Ed"), str(number)), newsroom.member("Ed").user)
    sent = await text.send("one too many")
    with refused(400, 30003):
        await sent.pin()
    assert [pin.content async for pin in text.pins(limit=120)] == [str(249 - number) for number in range(120)]


@pytest.mark.usefixtures("bot")
async def test_the_older_routes_work_too(
    channel: Channel, newsroom: Guild, standin: StandIn, session: aiohttp.ClientSession
) -> None:
    said = channel.say(newsroom.member("Ed"), "14,101")
    url = f"{standin.base}/channels/{channel.id}/pins"
    async with session.put(f"{url}/{said.id}") as answer:
        assert answer.status == 204
    async with session.get(url) as answer:
        assert [message["id"] for message in await answer.json()] == [str(said.id)]
    async with session.delete(f"{url}/{said.id}") as answer:
        assert answer.status == 204
    async with session.get(f"{standin.base}/channels/{channel.id}/messages/pins?before=noon") as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, 50035)
    channel.forbid("READ_MESSAGE_HISTORY")
    async with session.get(f"{standin.base}/channels/{channel.id}/messages/pins") as answer:
        assert await answer.json() == {"items": [], "has_more": False}
