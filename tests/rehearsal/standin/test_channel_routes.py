from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
import pytest

from bot.rehearsal.standin.destination import PRIVATE_THREAD
from bot.rehearsal.standin.guild import Channel, Guild, Thread
from bot.rehearsal.standin.server import StandIn
from tests.rehearsal.standin.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.rehearsal.standin.conftest import Bot, Later


async def test_a_channel_is_changed_by_who_manages_channels(text: discord.TextChannel, channel: Channel) -> None:
    with refused(403, 50013):
        await text.edit(topic="What the margin does now")
    channel.allow("MANAGE_CHANNELS")
    await text.edit(topic="What the margin does now", name="margin", slowmode_delay=10)
    assert (channel.topic, channel.name, channel.slow_mode) == ("What the margin does now", "margin", 10)
    await text.send("a bot is exempt")
    await text.send("from slow mode")
    for fields in ({"topic": "t" * 1025}, {"name": "n" * 101}, {"slowmode_delay": 21_601}):
        with refused(400, 50035):
            await text.edit(**fields)


async def test_overwrites_are_set_by_who_manages_roles_and_has_them(
    text: discord.TextChannel, newsroom: Guild, channel: Channel
) -> None:
    editor, ed = newsroom.role("Editor"), newsroom.member("Ed")
    target = text.guild.get_role(editor.id)
    assert target is not None
    with pytest.raises(discord.Forbidden):
        await text.set_permissions(target, send_messages=False)
    newsroom.grant("MANAGE_ROLES")
    await text.set_permissions(target, read_message_history=False)
    assert not channel.permissions(ed) & 1 << 16
    with pytest.raises(discord.Forbidden):  # which the bot has not got itself
        await text.set_permissions(target, ban_members=True)
    await text.set_permissions(target, overwrite=None)
    assert channel.permissions(ed) & 1 << 16
    with refused(404, 10009):
        await text.set_permissions(target, overwrite=None)


async def test_members_and_their_roles_are_looked_up(text: discord.TextChannel, newsroom: Guild) -> None:
    ed = newsroom.member("Ed")
    member = await text.guild.fetch_member(ed.id)
    assert [role.name for role in member.roles] == ["@everyone", "Editor"]
    with refused(404, 10007):
        await text.guild.fetch_member(42)
    data = await text._state.http.get_members(text.guild.id, 2, None)
    assert [one["user"]["username"] for one in data] == ["Tallydesk", "Olga"]
    assert {role.name for role in await text.guild.fetch_roles()} == {"@everyone", "Tallydesk", "Editor"}
    assert [channel.name for channel in await text.guild.fetch_channels()] == ["count", "desk"]


async def test_a_role_is_given_below_ones_own(text: discord.TextChannel, newsroom: Guild) -> None:
    ed, desk = newsroom.member("Ed"), newsroom.role("Editor")
    member = await text.guild.fetch_member(ed.id)
    role = discord.Object(desk.id)
    newsroom.grant("MANAGE_ROLES")
    with pytest.raises(discord.Forbidden):
        await member.remove_roles(role)
    newsroom.me.roles[0].position = 5
    await member.remove_roles(role)
    assert ed.roles == []
    await member.add_roles(role)
    assert ed.roles == [desk]
    with refused(404, 10011):
        await member.add_roles(discord.Object(42))


async def test_a_member_changes_their_roles(newsroom: Guild, channel: Channel) -> None:
    ed, role = newsroom.member("Ed"), newsroom.add_role("Desk", 1 << 51)
    heard: list[str] = []
    newsroom.wire.listen(lambda event: heard.append(event.name))
    ed.give(role)
    ed.give(role)
    assert channel.permissions(ed) & 1 << 51
    ed.take(role)
    ed.take(role)
    assert not channel.permissions(ed) & 1 << 51
    assert heard == ["GUILD_MEMBER_UPDATE"] * 2


@pytest.fixture
async def talk(text: discord.TextChannel) -> discord.Thread:
    return await (await text.send("Georgia")).create_thread(name="Talk")


@pytest.fixture
def thread(talk: discord.Thread, standin: StandIn) -> Thread:
    found = standin.world.channel_by_id(talk.id)
    assert isinstance(found, Thread)
    return found


async def test_a_thread_from_a_message_shares_its_id_and_shows_it(
    bot: "Bot", text: discord.TextChannel, channel: Channel
) -> None:
    sent = await text.send("Georgia")
    talk = await sent.create_thread(name="Talk", auto_archive_duration=60)
    assert (talk.id, talk.name, talk.auto_archive_duration, talk.parent) == (sent.id, "Talk", 60, text)
    assert talk.owner_id == bot.application_id
    (heard,) = await bot.hears("thread_create")
    assert heard.id == talk.id
    (starter,) = [message async for message in talk.history()]
    assert starter.type is discord.MessageType.thread_starter_message
    assert isinstance(starter.reference and starter.reference.resolved, discord.Message)
    assert next(iter(channel.messages)).json()["thread"]["id"] == str(talk.id)
    await talk.send("14,101")
    fetched = await bot.fetch_channel(talk.id)
    assert isinstance(fetched, discord.Thread)
    assert (fetched.message_count, fetched.total_message_sent, fetched.me is not None) == (1, 1, True)


async def test_a_message_has_one_thread(talk: discord.Thread, text: discord.TextChannel) -> None:
    with refused(400, 160004):
        await text.get_partial_message(talk.id).create_thread(name="again")


async def test_a_thread_without_a_message_is_said_where_it_is_public(
    text: discord.TextChannel, channel: Channel, newsroom: Guild
) -> None:
    with pytest.raises(discord.Forbidden):  # which the invitation does not ask for
        await text.create_thread(name="Desk only")
    newsroom.grant("CREATE_PRIVATE_THREADS")
    private = await text.create_thread(name="Desk only")
    assert private.is_private()
    assert len(channel.messages) == 0
    public = await text.create_thread(name="Talk", type=discord.ChannelType.public_thread)
    (said,) = [message async for message in text.history()]
    assert (said.type, said.content) == (discord.MessageType.thread_created, "Talk")
    assert said.reference is not None
    assert said.reference.channel_id == public.id


async def test_threads_take_their_permissions(
    text: discord.TextChannel, channel: Channel, talk: discord.Thread
) -> None:
    channel.forbid("CREATE_PUBLIC_THREADS", "SEND_MESSAGES")
    await talk.send("the channel's own permission to write does not matter")
    sent = channel.say(channel.guild.member("Ed"), "hello")
    with refused(403, 50013):
        await text.get_partial_message(sent.id).create_thread(name="Talk")
    channel.forbid("SEND_MESSAGES_IN_THREADS")
    with refused(403, 50013):
        await talk.send("hello")


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"name": "Talk", "auto_archive_duration": 61}, "auto_archive_duration"),
        ({"name": "Talk", "slowmode_delay": 21_601}, "rate_limit_per_user"),
    ],
)
async def test_a_thread_that_can_not_be_is_refused(
    text: discord.TextChannel, fields: dict[str, Any], where: str
) -> None:
    with refused(400, 50035, where):
        await text.create_thread(type=discord.ChannelType.public_thread, **fields)


async def test_a_thread_archives_itself_and_opens_again_when_somebody_writes(
    bot: "Bot", talk: discord.Thread, thread: Thread, newsroom: Guild, later: "Later"
) -> None:
    sent = await talk.send("14,101")
    assert [one.id for one in await bot.guilds[0].active_threads()] == [talk.id]
    later.by = timedelta(minutes=thread.duration, seconds=1)
    assert await bot.guilds[0].active_threads() == []
    _, after = await bot.hears("thread_update")
    assert after.archived
    assert [one.id async for one in bot.text_channel(newsroom.channel("count")).archived_threads()] == [talk.id]
    with refused(400, 50083):
        await sent.edit(content="14,057")
    await talk.send("14,051")
    assert not thread.archived
    await sent.edit(content="14,057")


async def test_a_locked_thread_stays_closed_to_who_does_not_manage_threads(
    talk: discord.Thread, thread: Thread, newsroom: Guild
) -> None:
    sent = await talk.send("14,101")
    thread.archive(locked=True)
    with refused(400, 50083):
        await talk.send("14,057")
    with refused(403, 50013):
        await talk.edit(archived=False)
    with refused(400, 50083):
        await sent.delete()
    thread.unarchive()
    with refused(403, 160005):
        await talk.send("14,057")
    newsroom.grant("MANAGE_THREADS")
    await talk.send("14,057")
    await talk.edit(locked=False, name="Open", slowmode_delay=5)
    assert (thread.locked, thread.name, thread.slow_mode) == (False, "Open", 5)


async def test_the_bot_archives_and_opens_its_own_thread(talk: discord.Thread, thread: Thread) -> None:
    await talk.edit(archived=True)
    assert thread.json()["thread_metadata"]["archived"]
    with refused(400, 50083):
        await talk.edit(name="Closed")
    await talk.edit(archived=False)
    assert not thread.json()["thread_metadata"]["archived"]
    with pytest.raises(discord.Forbidden):
        await talk.edit(locked=True)


async def test_messages_of_an_archived_thread_can_be_deleted(talk: discord.Thread, thread: Thread) -> None:
    sent = await talk.send("14,101")
    thread.archive()
    await sent.delete()
    assert thread.archived
    assert (thread.json()["message_count"], thread.json()["total_message_sent"]) == (0, 1)


async def test_the_bot_joins_and_leaves(text: discord.TextChannel, channel: Channel, newsroom: Guild) -> None:
    ed = newsroom.member("Ed")
    thread = newsroom.start_thread(channel, "Ed's", ed.user)
    talk = await text.guild.fetch_channel(thread.id)
    assert isinstance(talk, discord.Thread)
    await talk.join()
    assert newsroom.bot_id in thread.joined
    await talk.leave()
    assert list(thread.joined) == [ed.id]
    thread.archive()
    with refused(400, 50083):
        await talk.join()


async def test_a_private_thread_is_seen_by_who_is_in_it(
    text: discord.TextChannel, channel: Channel, newsroom: Guild
) -> None:
    thread = newsroom.start_thread(channel, "Desk only", newsroom.member("Ed").user, private=True)
    assert thread.type == PRIVATE_THREAD
    assert await text.guild.active_threads() == []
    with refused(403, 50001):
        await text.guild.fetch_channel(thread.id)
    thread.join(newsroom.bot_id)
    assert [one.id for one in await text.guild.active_threads()] == [thread.id]


async def test_a_deleted_thread_or_channel_is_gone(
    bot: "Bot", talk: discord.Thread, newsroom: Guild, standin: StandIn
) -> None:
    with pytest.raises(discord.Forbidden):
        await talk.delete()
    newsroom.grant("MANAGE_THREADS", "MANAGE_CHANNELS")
    await talk.delete()
    (heard,) = await bot.hears("thread_delete")
    assert heard.id == talk.id
    text = bot.text_channel(newsroom.channel("count"))
    other = await text.create_thread(name="Talk", type=discord.ChannelType.public_thread)
    await text.delete()
    assert standin.world.destination(other.id) is None
    with refused(404, 10003):
        await other.send("hello")


async def test_a_client_learns_of_threads_when_it_connects(
    newsroom: Guild, connect: "Callable[..., Awaitable[Bot]]"
) -> None:
    thread = newsroom.start_thread(newsroom.channel("count"), "Talk", newsroom.member("Ed").user)
    newsroom.start_thread(newsroom.channel("count"), "Over", newsroom.member("Ed").user).archive()
    newsroom.start_thread(newsroom.channel("count"), "Desk only", newsroom.member("Ed").user, private=True)
    bot = await connect()
    assert [one.id for one in bot.guilds[0].threads] == [thread.id]
    thread.write(newsroom.member("Ed").user, "hello")
    (heard,) = await bot.hears("message")
    assert heard.channel.id == thread.id


@pytest.fixture
def forum(bot: "Bot", newsroom: Guild) -> Channel:
    assert bot.is_ready()
    return newsroom.add_channel("questions", forum=True)


async def test_a_forums_post_is_a_thread_with_a_first_message(bot: "Bot", newsroom: Guild, forum: Channel) -> None:
    post = newsroom.start_post(forum, "How many are left?", newsroom.member("Ed").user, "In Clayton, say.")
    (heard,) = await bot.hears("thread_create")
    assert isinstance(heard.parent, discord.ForumChannel)
    assert (heard.id, heard.name, heard.owner_id) == (post.id, "How many are left?", newsroom.member("Ed").id)
    (first,) = [message async for message in heard.history()]
    assert (first.id, first.type, first.content) == (heard.id, discord.MessageType.default, "In Clayton, say.")
    await heard.send("4,355")
    fetched = await bot.fetch_channel(heard.id)
    assert isinstance(fetched, discord.Thread)
    assert (fetched.message_count, fetched.total_message_sent) == (1, 1)
    assert len(forum.messages) == 0


async def test_a_forum_itself_takes_no_message_and_no_thread_of_the_bots(bot: "Bot", forum: Channel) -> None:
    with refused(400, 50008):
        await bot.get_partial_messageable(forum.id).send("14,101")
    with refused(400, 50024):
        await bot.http.start_thread_without_message(forum.id, name="Talk", auto_archive_duration=60, type=11)


async def test_a_private_thread_is_heard_of_once_the_bot_is_in_it(
    bot: "Bot", newsroom: Guild, channel: Channel
) -> None:
    private = newsroom.start_thread(channel, "Between us", newsroom.member("Ed").user, private=True)
    assert (await bot.guilds[0].active_threads()) == []
    assert bot.guilds[0].get_thread(private.id) is None
    private.join(bot.application_id or 0)
    (joined,) = await bot.hears("thread_join")
    assert (joined.id, joined.parent_id, joined.is_private()) == (private.id, channel.id, True)


DIRECT = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


async def test_a_person_is_written_to_and_writes_back(
    newsroom: Guild, standin: StandIn, connect: "Callable[..., Awaitable[Bot]]"
) -> None:
    bot, ed = await connect(intents=DIRECT), newsroom.member("Ed")
    person = await bot.fetch_user(ed.id)
    sent = await person.send("The source is silent", nonce="n-1")
    again = await person.send("The source is silent", nonce="n-1")
    channel = standin.world.direct(ed.user)
    assert (sent.channel.id, again.id) == (channel.id, sent.id)
    assert [message.content for message in channel.messages] == ["The source is silent"]
    channel.say("thanks")
    (own,), (heard,) = await bot.hears("message"), await bot.hears("message")
    assert own.guild is None
    assert (heard.content, heard.author.name) == ("thanks", "Ed")  # what is written to the bot it may read
    await sent.edit(content="The source is back")
    await sent.pin()
    assert [pin.id async for pin in sent.channel.pins()] == [sent.id]
    assert [message.content async for message in sent.channel.history(oldest_first=True)][:2] == [
        "The source is back",
        "thanks",
    ]


async def test_who_did_not_ask_for_direct_messages_hears_none(bot: "Bot", newsroom: Guild, standin: StandIn) -> None:
    standin.world.direct(newsroom.member("Ed").user).say("hello")
    newsroom.channel("count").say(newsroom.member("Ed"), "hello")
    (heard,) = await bot.hears("message")
    assert heard.guild is not None


async def test_who_takes_no_direct_messages_is_not_written_to(bot: "Bot", newsroom: Guild) -> None:
    ed = newsroom.member("Ed")
    person = await bot.fetch_user(ed.id)
    ed.user.takes_direct = False
    with refused(403, 50007):
        await person.send("hello")


async def test_who_left_every_server_is_not_written_to(bot: "Bot", newsroom: Guild) -> None:
    ed = newsroom.member("Ed")
    person = await bot.fetch_user(ed.id)
    await person.create_dm()
    newsroom.remove_member(ed)
    with refused(403, 50278):
        await person.send("hello")


async def test_nobody_and_oneself_are_not_written_to(bot: "Bot") -> None:
    with refused(404, 10013):
        await bot.fetch_user(42)
    with refused(400, 50033):
        await bot.create_dm(discord.Object(42))
    with refused(403, 50007):
        await bot.create_dm(discord.Object(bot.application_id or 0))


async def test_a_direct_channel_is_no_channel_of_a_server(bot: "Bot", newsroom: Guild, standin: StandIn) -> None:
    channel = standin.world.direct(newsroom.member("Ed").user)
    assert standin.world.channel_by_id(channel.id) is None
    assert standin.world.destination(channel.id) is channel
    with refused(400, 50024):
        await bot.http.start_thread_without_message(channel.id, name="x", auto_archive_duration=60, type=11)
    fetched = await bot.fetch_channel(channel.id)
    assert isinstance(fetched, discord.DMChannel)
    assert fetched.recipient is not None
    assert fetched.recipient.name == "Ed"
