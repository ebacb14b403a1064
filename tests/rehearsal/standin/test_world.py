import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import BadInputError
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.message_routes import MessageRoutes
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.routes import ApiCall
from bot.rehearsal.standin.server import StandIn
from bot.rehearsal.standin.wire import DISCORD_EPOCH, GatewayEvent
from bot.rehearsal.standin.world import World


class Hands:
    """A wall clock that the test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


def test_ids_rise_and_carry_the_time() -> None:
    clock = Hands()
    world = World(now=clock)
    ids = [world.wire.new_id() for _ in range(3)]
    clock.time += timedelta(minutes=1)
    ids.append(world.wire.new_id())
    assert ids == sorted(set(ids))
    assert DISCORD_EPOCH + timedelta(milliseconds=ids[-1] >> 22) == clock.time


def test_ids_rise_even_when_the_clock_goes_back() -> None:
    clock = Hands()
    world = World(now=clock)
    before = world.wire.new_id()
    clock.time -= timedelta(hours=1)
    assert world.wire.new_id() > before


def test_neighbouring_guilds_are_on_neighbouring_shards() -> None:
    world = World()
    shards = [(world.add_guild(str(number)).id >> 22) % 3 for number in range(6)]
    assert sorted(shards[:3]) == [0, 1, 2]
    assert shards[:3] == shards[3:]


def test_a_nonce_is_known_for_five_minutes() -> None:
    clock = Hands()
    world = World(now=clock)
    channel = world.add_guild("Newsroom").add_channel("count")
    message = Message(world.wire.new_id(), channel.id, channel.guild.id, world.bot, clock(), nonce="n")
    world.remember_nonce(message)
    clock.time += timedelta(minutes=5)
    assert world.posted_before(world.bot, "n") is message
    clock.time += timedelta(seconds=1)
    assert world.posted_before(world.bot, "n") is None


def test_permissions_come_from_roles_and_the_channel() -> None:
    guild = World().add_guild("Newsroom")
    channel = guild.add_channel("count")
    admin, owner = guild.add_role("Admin", 1 << 3), guild.add_member("Olga", owner=True)
    ed, ada = guild.add_member("Ed"), guild.add_member("Ada", roles=[admin])
    channel.forbid("SEND_MESSAGES", to=guild.everyone)
    channel.allow("SEND_MESSAGES", to=guild.me)
    can_send = {member.name: bool(channel.permissions(member) & 1 << 11) for member in guild.members.values()}
    assert can_send == {"Tallydesk": True, "Olga": True, "Ed": False, "Ada": True}
    channel.forbid("VIEW_CHANNEL", to=ed)
    assert channel.permissions(ed) == 0
    assert channel.permissions(ada) == channel.permissions(owner) == owner.permissions


def test_the_bots_role_has_what_its_invitation_asks_for_and_everyone_reads_and_writes() -> None:
    guild = World().add_guild("Newsroom")
    (invited,) = guild.me.roles
    assert invited.permissions == 2252109051448320  # as the README's invitation has it
    assert not guild.everyone.permissions & int(
        Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.PIN_MESSAGES | Permission.CREATE_PUBLIC_THREADS
    )


def test_things_are_found_by_name_and_what_is_missing_is_named() -> None:
    world = World()
    guild = world.add_guild("Newsroom")
    channel = guild.add_channel("count")
    assert world.channel("count") is channel
    assert world.guild("Newsroom") is guild
    for ask in (world.guild, world.channel, guild.channel, guild.role, guild.member):
        with pytest.raises(BadInputError, match="called nothing"):
            ask("nothing")
    with pytest.raises(BadInputError, match="no permission is called SHOUT"):
        channel.forbid("SHOUT")


def test_whoever_listens_hears_everything_in_order_until_they_stop() -> None:
    world = World()
    heard: list[GatewayEvent] = []
    end = world.wire.listen(heard.append)
    guild = world.add_guild("Newsroom")
    channel = guild.add_channel("desk")
    channel.forbid("VIEW_CHANNEL")
    message = channel.say(guild.add_member("Ed"), "hello")
    channel.remove(message)
    end()
    end()
    channel.delete()
    assert [(event.name, event.guild_id, event.hidden) for event in heard] == [
        ("GUILD_CREATE", guild.id, False),
        ("CHANNEL_CREATE", guild.id, False),
        ("CHANNEL_UPDATE", guild.id, False),
        ("GUILD_MEMBER_ADD", guild.id, False),
        ("MESSAGE_CREATE", guild.id, True),
        ("MESSAGE_DELETE", guild.id, True),
    ]
    assert heard[-2].body["content"] == "hello"


def test_a_post_costs_little_however_much_there_is() -> None:
    standin = StandIn()
    guilds = [standin.world.add_guild(f"Newsroom {number}") for number in range(20)]
    channels = [guild.add_channel(f"count-{number}") for guild in guilds for number in range(50)]
    ed = guilds[-1].add_member("Ed")
    for number in range(10_000):
        channels[-1].say(ed, str(number))
    post = MessageRoutes(standin.world, standin.rate_limits).create
    body = {"content": "14,101", "embeds": [{"title": "Georgia", "description": "d" * 200}]}
    start = time.process_time()
    for channel in (*channels[:250], *channels[-1:] * 250):
        post(ApiCall((str(channel.id),), {}, body))
    assert time.process_time() - start < 0.5  # a millisecond each; it takes about an eighth of that
    assert len(channels[-1].messages) == 10_250
