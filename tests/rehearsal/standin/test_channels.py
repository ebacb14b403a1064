import discord
import pytest

from bot.rehearsal.standin.guild import Channel, Guild


async def test_a_channel_is_changed_by_who_manages_channels(text: discord.TextChannel, channel: Channel) -> None:
    with pytest.raises(discord.Forbidden) as caught:
        await text.edit(topic="What the margin does now")
    assert caught.value.code == 50013
    channel.allow("MANAGE_CHANNELS")
    await text.edit(topic="What the margin does now", name="margin", slowmode_delay=10)
    assert (channel.topic, channel.name, channel.slow_mode) == ("What the margin does now", "margin", 10)
    await text.send("a bot is exempt")
    await text.send("from slow mode")
    for fields in ({"topic": "t" * 1025}, {"name": "n" * 101}, {"slowmode_delay": 21_601}):
        with pytest.raises(discord.HTTPException) as refused:
            await text.edit(**fields)
        assert refused.value.code == 50035


async def test_overwrites_are_set_by_who_manages_roles_and_has_them(
    text: discord.TextChannel, newsroom: Guild, channel: Channel
) -> None:
    editor, ed = newsroom.role("Editor"), newsroom.member("Ed")
    target = text.guild.get_role(editor.id)
    assert target is not None
    with pytest.raises(discord.Forbidden):
        await text.set_permissions(target, send_messages=False)
    newsroom.grant("MANAGE_ROLES")
    await text.set_permissions(target, send_messages=False)
    assert not channel.permissions(ed) & 1 << 11
    with pytest.raises(discord.Forbidden):  # which the bot has not got itself
        await text.set_permissions(target, ban_members=True)
    await text.set_permissions(target, overwrite=None)
    assert channel.permissions(ed) & 1 << 11
    with pytest.raises(discord.NotFound) as caught:
        await text.set_permissions(target, overwrite=None)
    assert caught.value.code == 10009


async def test_members_and_their_roles_are_looked_up(text: discord.TextChannel, newsroom: Guild) -> None:
    ed = newsroom.member("Ed")
    member = await text.guild.fetch_member(ed.id)
    assert [role.name for role in member.roles] == ["@everyone", "Editor"]
    with pytest.raises(discord.NotFound) as caught:
        await text.guild.fetch_member(42)
    assert caught.value.code == 10007
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
    with pytest.raises(discord.NotFound) as caught:
        await member.add_roles(discord.Object(42))
    assert caught.value.code == 10011


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
