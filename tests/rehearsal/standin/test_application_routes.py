import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import discord
import pytest
from discord import app_commands

from bot.errors import BadInputError
from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.interactions import InteractionAnswer, Suggestion
from bot.rehearsal.standin.member_input import OptionValue
from bot.rehearsal.standin.server import StandIn, pointing_at
from bot.rehearsal.standin.world import PostedMessage, World
from tests.threads import Kind, open_thread

if TYPE_CHECKING:
    from tests.rehearsal.standin.conftest import Bot

Connect = Callable[..., Awaitable["Bot"]]
Asked = discord.Interaction[Any]
Slash = Callable[..., Awaitable[InteractionAnswer]]


class Note(discord.ui.Modal, title="Note"):
    text: discord.ui.TextInput["Note"] = discord.ui.TextInput(label="Text", custom_id="text")

    async def on_submit(self, interaction: Asked) -> None:
        await interaction.response.send_message(f"noted: {self.text.value}")


class Draft(discord.ui.Modal, title="Draft"):
    text: discord.ui.TextInput["Draft"] = discord.ui.TextInput(
        label="Text", custom_id="text", default="as it is", required=False
    )

    async def on_submit(self, interaction: Asked) -> None:
        await interaction.response.edit_message(content=f"now: {self.text.value}")


class Buttons(discord.ui.View):
    @discord.ui.button(label="Edit", custom_id="mend")
    async def mend(self, interaction: Asked, _: discord.ui.Button["Buttons"]) -> None:
        await interaction.response.send_modal(Draft())

    @discord.ui.button(label="Publish", custom_id="publish")
    async def publish(self, interaction: Asked, _: discord.ui.Button["Buttons"]) -> None:
        await interaction.response.edit_message(content="published", view=None)

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, interaction: Asked, _: discord.ui.Button["Buttons"]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="later")


def add_commands(tree: app_commands.CommandTree[Any]) -> None:
    @tree.command(description="The margin now")
    async def margin(
        interaction: Asked,
        contest: str,
        digits: app_commands.Range[int, 0, 3] = 0,
        style: Literal["short", "long"] = "short",
        share: float = 0.5,
        mine: bool = False,
        who: discord.Member | None = None,
        role: discord.Role | None = None,
        where: discord.TextChannel | None = None,
    ) -> None:
        who_is = who.name if who else None
        words = (contest, digits, style, share, mine, who_is, role and role.name, where and where.name)
        await interaction.response.send_message(repr(words), embed=discord.Embed(title=contest))

    @margin.autocomplete("contest")
    async def contests(interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        assert interaction.namespace.digits in (None, 2)
        names = ("Georgia", "Georgia Senate", "Nevada")
        return [app_commands.Choice(name=name, value=name.lower()) for name in names if current in name]

    @tree.command(description="Takes a while")
    async def slow(interaction: Asked, ephemeral: bool = True) -> None:
        await interaction.response.defer(ephemeral=ephemeral, thinking=True)
        await interaction.edit_original_response(content="at last")
        await interaction.followup.send("and more", ephemeral=True)

    @tree.command(description="Promises, and follows up")
    async def promise(interaction: Asked) -> None:
        await interaction.response.defer(ephemeral=True)
        sent = await interaction.followup.send("kept", wait=True)
        original = await interaction.original_response()
        assert sent.id == original.id

    @tree.command(description="Says nothing")
    async def silent(interaction: Asked) -> None:
        pass

    @tree.command(description="Answers twice")
    async def twice(interaction: Asked) -> None:
        await interaction.response.send_message("once")
        interaction.response._response_type = None
        try:
            await interaction.response.send_message("twice")
        except discord.HTTPException as error:
            await interaction.edit_original_response(content=str(error.code))

    @tree.command(description="Takes it back")
    async def regret(interaction: Asked) -> None:
        await interaction.response.send_message("oops")
        sent = await interaction.followup.send("and oops", wait=True)
        await interaction.delete_original_response()
        await sent.delete()
        try:
            await interaction.edit_original_response(content="gone")
        except discord.NotFound as error:
            await interaction.followup.send(str(error.code))

    @tree.command(description="Shows buttons")
    async def buttons(interaction: Asked) -> None:
        await interaction.response.send_message("draft", view=Buttons(), ephemeral=True)

    @tree.command(description="Shows a form")
    async def note(interaction: Asked) -> None:
        await interaction.response.send_modal(Note())

    @tree.command(description="Says too much")
    async def wordy(interaction: Asked) -> None:
        try:
            await interaction.response.send_message("x" * 2001)
        except discord.HTTPException as error:
            await interaction.response.send_message(error.text)

    desk = app_commands.Group(
        name="desk", description="Desk", default_permissions=discord.Permissions(manage_guild=True)
    )

    @desk.command(name="role", description="Who may write")
    async def desk_role(interaction: Asked, role: discord.Role) -> None:
        assert isinstance(interaction.user, discord.Member)
        powers = (interaction.permissions.manage_guild, interaction.app_permissions.manage_guild)
        await interaction.response.send_message(f"{role.name} {powers}", ephemeral=True)

    @desk.command(name="where", description="Where this is")
    async def desk_where(interaction: Asked) -> None:
        thread = interaction.channel
        assert isinstance(thread, discord.Thread)
        await interaction.response.send_message(f"{thread.type.value} {thread.parent_id}", ephemeral=True)

    tree.add_command(desk)


@pytest.fixture
async def bot(newsroom: Guild, connect: Connect, new_bot: type["Bot"]) -> "Bot":
    assert newsroom
    bot = new_bot()
    add_commands(bot.tree)
    bot = await connect(bot)
    await bot.tree.sync()
    return bot


@pytest.fixture
def olga(newsroom: Guild) -> int:
    return newsroom.member("Olga").id


@pytest.fixture
def ed(newsroom: Guild) -> int:
    return newsroom.member("Ed").id


@pytest.fixture
def slash(bot: "Bot", channel: Channel, standin: StandIn, ed: int) -> Slash:
    """Return a function that uses a slash command in the channel as the member Ed."""
    assert bot
    return partial(standin.slash, channel.id, ed)


async def test_commands_are_registered_and_keep_their_ids(bot: "Bot", newsroom: Guild, standin: StandIn) -> None:
    names = {command["name"] for command in standin.world.commands()}
    assert names == {"margin", "slow", "promise", "silent", "twice", "regret", "buttons", "note", "wordy", "desk"}
    before = {command.name: command.id for command in await bot.tree.fetch_commands()}
    assert {command.name: command.id for command in await bot.tree.sync()} == before
    bot.tree.copy_global_to(guild=discord.Object(newsroom.id))
    own = await bot.tree.sync(guild=discord.Object(newsroom.id))
    assert {command.guild_id for command in own} == {newsroom.id}
    assert len(await bot.tree.fetch_commands(guild=discord.Object(newsroom.id))) == len(names)


async def test_a_command_is_answered_with_its_options_typed(slash: Slash, newsroom: Guild, channel: Channel) -> None:
    answer = await slash("margin", {"contest": "georgia"})
    assert answer.content == repr(("georgia", 0, "short", 0.5, False, None, None, None))
    assert (answer.embeds[0]["title"], answer.ephemeral, answer.deferred) == ("georgia", False, False)
    assert channel.messages.last_id == answer.message_id
    options: dict[str, OptionValue] = {
        "contest": "nevada",
        "digits": 2,
        "style": "long",
        "share": 0.25,
        "mine": True,
        "who": newsroom.member("Olga"),
        "role": newsroom.role("Editor").id,
        "where": newsroom.channel("desk"),
    }
    answer = await slash("margin", options)
    assert answer.content == repr(("nevada", 2, "long", 0.25, True, "Olga", "Editor", "desk"))


async def test_an_answer_says_what_it_answers(slash: Slash, bot: "Bot", channel: Channel, ed: int) -> None:
    answer = await slash("margin", {"contest": "georgia"})
    message = await bot.text_channel(channel).fetch_message(answer.message_id)
    assert message.interaction_metadata is not None
    assert message.interaction_metadata.user.id == ed
    assert bot.user is not None
    assert message.author.id == bot.user.id


async def test_suggestions_come_for_what_is_typed(bot: "Bot", channel: Channel, standin: StandIn, ed: int) -> None:
    assert bot
    choices = await standin.autocomplete(channel.id, ed, "margin", "contest", "Geo", {"digits": 2})
    assert choices == [Suggestion("Georgia", "georgia"), Suggestion("Georgia Senate", "georgia senate")]


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("nothing", {}, "no command /nothing"),
        ("margin", {}, "needs the option contest"),
        ("margin", {"contest": "georgia", "county": "Floyd"}, "no option county; it has: contest"),
        ("margin", {"contest": 7}, "takes text, not 7"),
        ("margin", {"contest": "georgia", "digits": 4}, "a value of 4, outside 0 to 3"),
        ("margin", {"contest": "georgia", "digits": True}, "takes a whole number, not True"),
        ("margin", {"contest": "georgia", "style": "huge"}, "no choice 'huge'; it has: short, long"),
        ("margin", {"contest": "georgia", "who": 12}, "names 12"),
        ("margin", {"contest": "georgia", "where": "forum"}, "takes no channel of the kind that forum is"),
        ("desk", {}, "is a group"),
        ("desk roll", {}, "no subcommand roll"),
    ],
)
async def test_what_the_client_would_refuse_never_reaches_the_bot(
    bot: "Bot", channel: Channel, standin: StandIn, olga: int, command: str, options: dict[str, Any], words: str
) -> None:
    assert bot
    if options.get("where"):
        options = options | {"where": channel.guild.add_channel("forum", forum=True)}
    with pytest.raises(BadInputError, match=words):
        await standin.slash(channel.id, olga, command, options)


async def test_a_subcommand_is_for_those_who_may_use_it(
    slash: Slash, newsroom: Guild, channel: Channel, standin: StandIn, olga: int
) -> None:
    role = newsroom.role("Editor")
    with pytest.raises(BadInputError, match="Ed does not see /desk role"):
        await slash("desk role", {"role": role})
    answer = await standin.slash(channel.id, olga, "desk role", {"role": role})
    assert (answer.content, answer.ephemeral) == ("Editor (True, False)", True)


@pytest.mark.parametrize(
    ("kind", "number"),
    [("public", 11), ("from a message", 11), ("private", 12), ("announcement", 10), ("forum", 11)],
)
@pytest.mark.parametrize("known", [True, False])
async def test_a_command_in_a_thread_says_which_channel_the_thread_is_in(
    bot: "Bot", newsroom: Guild, standin: StandIn, olga: int, kind: Kind, number: int, *, known: bool
) -> None:
    thread = open_thread(newsroom, newsroom.member("Olga"), kind)
    if not known:  # as a thread that was archived when the bot connected
        await bot.hears("guild_channel_create" if kind == "private" else "thread_create")
        bot.guilds[0]._threads.clear()
    assert (await standin.slash(thread.id, olga, "desk where")).content == f"{number} {thread.parent.id}"


async def test_a_deferred_private_answer_is_waited_for(slash: Slash, channel: Channel) -> None:
    answer = await slash("slow")
    assert (answer.content, answer.ephemeral, answer.deferred) == ("at last", True, True)
    assert len(channel.messages) == 0


async def test_a_deferred_public_answer_is_told_once_it_says_something(slash: Slash, standin: StandIn) -> None:
    seen: list[PostedMessage] = []
    standin.on_message(seen.append)
    answer = await slash("slow", {"ephemeral": False})
    assert [(post.message.id, post.message.content, post.edited) for post in seen] == [
        (answer.message_id, "at last", False)
    ]


async def test_the_first_follow_up_takes_the_place_of_the_promise(slash: Slash) -> None:
    answer = await slash("promise")
    assert (answer.content, answer.ephemeral, answer.deferred) == ("kept", True, True)


async def test_silence_times_out(slash: Slash) -> None:
    with pytest.raises(TimeoutError, match=r"the bot did not answer /silent within 0\.05 s"):
        await slash("silent", timeout=0.05)


async def test_a_second_first_answer_is_refused(slash: Slash, channel: Channel, standin: StandIn) -> None:
    edited = asyncio.Event()
    standin.on_message(lambda post: edited.set() if post.edited else None)
    await slash("twice")
    async with asyncio.timeout(5):
        await edited.wait()
    assert [message.content for message in channel.messages] == ["40060"]


async def test_an_answer_can_be_taken_back(slash: Slash, channel: Channel, standin: StandIn) -> None:
    third = asyncio.Event()
    standin.on_message(lambda post: third.set() if post.message.content == "10008" else None)
    assert (await slash("regret")).content == "oops"
    async with asyncio.timeout(5):
        await third.wait()
    assert [message.content for message in channel.messages] == ["10008"]


async def test_a_refused_first_answer_can_be_tried_again(slash: Slash) -> None:
    answer = await slash("wordy")
    assert "data.content" in answer.content


async def test_buttons_change_the_message_they_are_on(
    slash: Slash, channel: Channel, standin: StandIn, ed: int
) -> None:
    for button, words in (("publish", "published"), ("later", "later")):
        draft = await slash("buttons")
        assert draft.ephemeral
        answer = await standin.click(channel.id, ed, draft.message_id, button)
        assert (answer.content, answer.message_id) == (words, draft.message_id)
    with pytest.raises(BadInputError, match="no button or menu erase"):
        await standin.click(channel.id, ed, draft.message_id, "erase")


async def test_a_form_is_shown_filled_in_and_answered(
    slash: Slash, channel: Channel, standin: StandIn, ed: int
) -> None:
    shown = await slash("note")
    assert shown.form is not None
    assert shown.form["title"] == "Note"
    with pytest.raises(BadInputError, match="needs the field text"):
        await standin.submit(channel.id, ed, shown.form, {})
    answer = await standin.submit(channel.id, ed, shown.form, {"text": "recount asked for"})
    assert answer.content == "noted: recount asked for"


async def test_a_form_that_a_button_brings_up_may_change_the_button_s_message(
    slash: Slash, channel: Channel, standin: StandIn, ed: int
) -> None:
    draft = await slash("buttons")
    sent: tuple[dict[str, str], ...] = ({}, {"text": "14,101"}, {"text": ""})
    for typed, words in zip(sent, ("now: as it is", "now: 14,101", "now: "), strict=True):
        shown = await standin.click(channel.id, ed, draft.message_id, "mend")
        assert shown.form is not None
        answer = await standin.submit(channel.id, ed, shown.form, typed, draft.message_id)
        assert (answer.content, answer.message_id) == (words, draft.message_id)
        with pytest.raises(BadInputError, match="there is no message 1"):
            await standin.submit(channel.id, ed, shown.form, typed, 1)


async def test_a_file_goes_with_a_command(slash: Slash, bot: "Bot", channel: Channel, standin: StandIn) -> None:
    @bot.tree.command(description="Takes a file")
    async def keep(interaction: Asked, file: discord.Attachment, note: str = "") -> None:
        await interaction.response.send_message(f"{file.filename} {(await file.read()).decode()}{note}")

    await bot.tree.sync()
    file = standin.world.keep_file(channel.id, "a.txt", "text/plain", b"92 of 159")
    assert (await slash("keep", {"file": file})).content == "a.txt 92 of 159"
    with pytest.raises(BadInputError, match="takes no file"):
        await slash("keep", {"file": file, "note": file})


async def test_a_command_of_a_messages_menu_is_used_on_it(
    bot: "Bot", newsroom: Guild, channel: Channel, standin: StandIn, ed: int
) -> None:
    @bot.tree.context_menu(name="Read it")
    async def read_it(interaction: Asked, message: discord.Message) -> None:
        await interaction.response.send_message(f"Read: {message.content}", ephemeral=True)

    await bot.tree.sync()
    said = channel.say(newsroom.member("Olga"), "96 of 159")
    answer = await standin.about(channel.id, ed, said.id, "Read it")
    assert (answer.content, answer.ephemeral) == ("Read: 96 of 159", True)
    with pytest.raises(BadInputError, match="no message command Like it"):
        await standin.about(channel.id, ed, said.id, "Like it")
    with pytest.raises(BadInputError, match="no message 1 in"):
        await standin.about(channel.id, ed, 1, "Read it")


async def test_nobody_hears_before_the_bot_is_connected(channel: Channel, standin: StandIn, ed: int) -> None:
    standin.world.register([{"name": "margin", "description": "The margin"}])
    with pytest.raises(BadInputError, match="the bot is not connected for Newsroom"):
        await standin.slash(channel.id, ed, "margin")


async def test_an_answer_after_three_seconds_is_too_late(connect: Connect, new_bot: type["Bot"]) -> None:
    late = timedelta(0)
    world = World(now=lambda: datetime.now(UTC) + late)
    codes: list[int] = []
    async with StandIn(world) as standin:
        with pointing_at(standin):
            guild = world.add_guild("Newsroom")
            channel, member = guild.add_channel("count"), guild.add_member("Ed")
            bot = new_bot()

            @bot.tree.command(description="Too late")
            async def margin(interaction: Asked) -> None:
                nonlocal late
                late = timedelta(seconds=3.1)
                try:
                    await interaction.response.send_message("hello")
                except discord.NotFound as error:
                    codes.append(error.code)

            await connect(bot)
            await bot.tree.sync()
            with pytest.raises(TimeoutError):
                await standin.slash(channel.id, member.id, "margin", timeout=0.2)
            await bot.close()
    assert codes == [10062]
