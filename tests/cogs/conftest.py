"""The bot on a simulated Discord that somebody else wrote, over a real database; the news clock stands still."""

from dataclasses import dataclass
from typing import Any

import discord
import pytest
import simcord

from bot.answers.export import Export
from bot.answers.export_store import HistoryStore
from bot.client import Bot, Services
from bot.desk.desk_file import Desk
from bot.errors import TallydeskError
from bot.follows.follows import Following
from bot.newsroom.audit_store import AuditStore
from bot.newsroom.preferences import Preferences
from bot.newsroom.server_settings_store import ServerSettingsStore
from bot.newsroom.settings_file import NewsroomSettings
from bot.newsroom.setup import SettingUp
from bot.newsroom.status_store import StatusStore
from bot.newsroom.status_words import Jobs
from bot.newsroom.suspensions import Suspensions
from bot.operations.alive_store import AliveStore
from bot.operations.on_call import DirectMessages
from bot.outbox.discord import DiscordChannels, Requests
from bot.outbox.dispatcher import Dispatcher
from bot.outbox.pacing import Pacing
from bot.tally.holds import Holds
from bot.tally.holds_store import HoldStore
from bot.tally.intake import Intake
from bot.tally.intake_store import IntakeStore
from bot.tally.lead_source import Leading, Releading
from bot.tally.lead_source_store import Leads, LeadStore
from bot.tally.standing import Standings
from bot.wording.context import Setting
from tests.conftest import FAST, Newsroom, reading, small_desk

HOSTILE = "@everyone <@&1> **Mayor** [here](https://evil.example) `x`\u202e"


def desk_of_many() -> Desk:
    """Return a desk file with a hostile name and more contests than a list of choices takes."""
    desk = small_desk(rundown=None)
    plain = desk.contests[0]
    more = [plain.model_copy(update={"id": "evil", "name": HOSTILE.rstrip("\u202e"), "where": None, "state": None})]
    more += [
        plain.model_copy(update={"id": f"board-{number}", "name": f"School board {number}", "where": "Lamp City"})
        for number in range(1, 31)
    ]
    return Desk(desk=desk.desk, contests=[*desk.contests, *more], sources=desk.sources)


@dataclass
class Room:
    """A server with the bot, seen by a member."""

    env: simcord.Env
    newsroom: Newsroom
    following: Following
    guild: simcord.GuildHandle
    count: simcord.ChannelHandle
    editor: simcord.MemberActor
    """May manage the server."""
    reporter: simcord.MemberActor
    """May do nothing special."""
    bot: Bot

    async def publish(self) -> None:
        """Send what waits to Discord, and stop."""
        newsroom = self.newsroom
        channels = DiscordChannels(self.bot, Requests(Pacing()))
        publisher = Dispatcher(newsroom.outbox, channels, Pacing(FAST), newsroom.wall.sleep)
        await publisher.start()
        await publisher.drained()
        await publisher.stop()

    async def press(
        self, message: discord.Message | simcord.ResponseMessage, label: str, who: simcord.MemberActor | None = None
    ) -> str:
        """Return what who presses a button is answered; it is for them only."""
        result = await (who or self.editor).click(message, label=label)
        assert result.response is not None
        assert result.response.ephemeral
        return result.response.content

    async def ask(self, words: str, who: simcord.MemberActor | None = None, **options: Any) -> str:  # noqa: ANN401
        """Return the answer's content; it is for the asker only, and mentions nobody."""
        return (await self.card(words, who, **options)).content

    async def card(
        self,
        words: str,
        who: simcord.MemberActor | None = None,
        **options: Any,  # noqa: ANN401 - whatever the command takes
    ) -> simcord.ResponseMessage:
        """Return the answer; it is for the asker only, and mentions nobody."""
        result = await (who or self.editor).slash(self.count, words, **options)
        assert result.response is not None
        assert result.ephemeral
        assert not result.followups
        sent = self.env.http_requests[-1]
        assert sent.path.endswith("/callback")
        assert sent.json is not None
        assert sent.json["data"]["allowed_mentions"] == {"parse": []}
        return result.response

    async def refused(self, words: str, who: simcord.MemberActor | None = None, **options: Any) -> str:  # noqa: ANN401
        """Return what a refusal says; nothing but a refusal happened."""
        cursor = self.env.error_cursor
        said = await self.ask(words, who, **options)
        (error,) = self.env.errors_since(cursor)
        assert isinstance(getattr(error, "original", error.__cause__), TallydeskError)
        assert self.env.errors  # looked at: simcord need not bring them up again
        return said

    async def choices(self, typed: str) -> list[dict[str, Any]]:
        return await self.reporter.autocomplete(self.count, "margin", "contest", typed)

    async def audit(self) -> list[tuple[Any, ...]]:
        """Return (who, what, before, after) of what was written, oldest first."""
        return await self.newsroom.database.rows("SELECT who, what, before, after FROM audit ORDER BY id")

    async def follows(self) -> list[tuple[Any, ...]]:
        return await self.newsroom.database.rows("SELECT channel, contest, least FROM follows ORDER BY id")


@pytest.fixture
def served() -> list[int]:
    """Return the servers that the operator lists; none: all."""
    return []


@pytest.fixture
async def simcord_bot(newsroom: Newsroom, served: list[int]) -> Bot:
    return bot_for(newsroom, served)


def bot_for(newsroom: Newsroom, served: list[int]) -> Bot:
    """Return a bot of that newsroom that has not started yet."""
    desk = desk_of_many()
    setting = Setting(desk, settles=newsroom.settles)
    following = Following(newsroom.desk_store, desk, newsroom.clock)
    query = Standings(newsroom.queries, setting, newsroom.clock)
    ingest = Intake(IntakeStore(newsroom.database), setting, newsroom.clock, lambda _: None)
    control = Suspensions(
        newsroom.control_store,
        StatusStore(newsroom.database),
        newsroom.desk_store,
        setting,
        newsroom.clock,
        newsroom.wake,
        newsroom.wake_server,
        Jobs,
    )
    leads = Leads(desk.leading, Releading(setting))
    settings_store = ServerSettingsStore(newsroom.database, newsroom.words, leads, desk.desk.leads_of, newsroom.wall)
    leading = Leading(
        LeadStore(newsroom.database, leads, newsroom.wall), newsroom.desk_store, newsroom.control_store,
        StatusStore(newsroom.database), setting, newsroom.clock, newsroom.wake,
    )  # fmt: skip

    async def open_direct(user: int) -> int:
        return await bot.direct_channel(user)

    services = Services(
        setting, newsroom.clock, following, ingest, query, newsroom.corrections, newsroom.desk_store, control,
        leading,
        newsroom.queue,
        newsroom.schedule,
        newsroom.planning,
        newsroom.files,
        newsroom.mirror,
        DirectMessages(AliveStore(newsroom.database), open_direct, newsroom.channels.direct.add),
        newsroom.rundown,
        Export(HistoryStore(newsroom.database)),
        newsroom.entering, newsroom.drafts, newsroom.decisions,
        newsroom.questions(setting, following),
        Holds(HoldStore(newsroom.database, newsroom.wall), ingest, setting, newsroom.clock, newsroom.wake),
        SettingUp(settings_store, setting, newsroom.clock, newsroom.wake),
        NewsroomSettings(
            settings_store, AuditStore(newsroom.database), newsroom.forgetting, setting, newsroom.clock, newsroom.wake,
            newsroom.wall,
        ),
        Preferences(settings_store, newsroom.desk_store, setting, newsroom.clock, newsroom.wake),
        newsroom.certifying, newsroom.calling,
        newsroom.publisher.retry_closed,
    )  # fmt: skip
    bot = Bot(services, served)
    bot.shard_count = 1  # simcord has no answer to how many there should be
    return bot


@pytest.fixture
def room(simcord_env: simcord.Env, simcord_bot: Bot, newsroom: Newsroom) -> Room:
    simcord_env.settle_timeout = 30.0  # a chart is drawn in a process of its own, on a machine that may be busy
    guild = simcord_env.create_guild("Newsroom")
    newsroom.settles.add(guild.id)
    count = guild.create_text_channel("count")
    managers = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    editor = guild.add_member(simcord_env.create_user("olga"), roles=[managers])
    reporter = guild.add_member(simcord_env.create_user("ed"))
    return Room(simcord_env, newsroom, simcord_bot.services.following, guild, count, editor, reporter, simcord_bot)


@pytest.fixture
async def told(room: Room) -> Room:
    """Return a room whose channel was told that Biden leads by 14,101."""
    await room.ask("follow", contest="ga")
    await room.newsroom.take(reading(2_471_895, 2_457_794, total=4_992_198))
    await room.publish()
    return room


@pytest.fixture
def dee(room: Room) -> simcord.MemberActor:
    """Return a second person who may write."""
    managers = room.guild.create_role("More managers", permissions=discord.Permissions(manage_guild=True))
    return room.guild.add_member(room.env.create_user("dee"), roles=[managers])


@pytest.fixture
async def two(told: Room, dee: simcord.MemberActor) -> simcord.ChannelHandle:
    """Return the desk's channel of a room in which a second person confirms."""
    assert dee
    desk = told.guild.create_text_channel("desk")
    assert "no desk channel" in await told.refused("desk confirm", entries="on")
    await told.ask("desk channel", channel=desk)
    assert (await told.ask("desk confirm", entries="on")).startswith("From now on")
    return desk
