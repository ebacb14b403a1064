"""Tests recorded days with the real bot: the day that comes with it, short days, and failures."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from bot.client import Bot
from bot.count.statement import Statement
from bot.desk.desk_file import Desk, load_desk
from bot.errors import BadInputError, TallydeskError
from bot.events.event import Event
from bot.follows.follows_store import ServerStore
from bot.follows.levels import Level
from bot.rehearsal import player
from bot.rehearsal.day import Day, load_day
from bot.rehearsal.drill.drill import drill
from bot.rehearsal.player import Backstage, Watching, opening_lines, play_day, stay
from bot.rehearsal.posts import ArrivedPost
from bot.rehearsal.stage import FeedServer
from bot.rehearsal.standin.server import StandIn
from tests.rehearsal.histories import posts_of

GEORGIA = "2020-11-11-georgia"
KINDS = {
    "first",
    "revision",
    "lead_change",
    "margin",
    "no_margin_change",
    "progress",
    "roll_up",
    "certified",
    "statement",
    "stale",
    "rundown",
    "reminder",
    "moved",
    "board",
    "correction",
    "retraction",
    "notice",
}


@pytest.fixture
def georgia() -> tuple[Day, Desk]:
    day, desk_path = load_day(GEORGIA)
    return day, load_desk(desk_path)


@pytest.fixture(scope="module")
def posts() -> list[ArrivedPost]:
    """Return the posts of the day that comes with the bot. The day is played only once for all tests."""
    day, desk_path = load_day(GEORGIA)
    return asyncio.run(posts_of(day, load_desk(desk_path)))


def whole(post: ArrivedPost) -> str:
    """Return the whole text of a post, including its embeds."""
    parts = [post.content]
    for embed in post.embeds:
        parts.append(embed.get("description", ""))
        parts += [f"{field['name']}\n{field['value']}" for field in embed.get("fields", ())]
        parts.append(embed.get("footer", {}).get("text", ""))
    return "\n".join(parts)


def the(posts: list[ArrivedPost], kind: str, place: int = 0) -> str:
    """Return the whole text of a post of a kind: the first post, or the one at index `place`."""
    return whole([post for post in posts if post.kind == kind and post.edit_of is None][place])


def test_the_seeds_day_says_what_the_day_brought(posts: list[ArrivedPost]) -> None:
    assert "**Biden leads in Georgia by 14,149 votes,**" in the(posts, "first")
    narrowing = the(posts, "margin")
    assert "narrows by 48 votes, to 14,101," in narrowing
    assert "after Floyd County reported 74 more votes (Trump 61, Biden 13)" in narrowing
    assert "Within recount range: 0.28 percentage points (limit 0.5)" in narrowing
    assert (
        "**Ninety-six of Georgia's 159 counties have certified their results,** up from 92, the secretary of state says"
        in the(posts, "certified")
    )
    assert re.search(r"had not been updated since about 5:35 p\.m\. Tuesday", the(posts, "stale"))
    assert "with 457 fewer votes counted than the Times (#3)" in the(posts, "statement")


def test_the_morning_list_has_the_night_the_recount_line_and_the_days_three_events(posts: list[ArrivedPost]) -> None:
    (morning,) = [post for post in posts if post.kind == "rundown"]
    assert morning.at.isoformat() == "2020-11-11T13:00:00+00:00"
    said = whole(morning)
    assert re.search(
        r"Biden led by 14,149 as of 7:24 p\.m\. Tuesday; the next update came at 7:35 a\.m\.",
        said.replace("\n", " "),
    )
    assert "0.28 percentage points, inside the recount range" in said
    today = said.split("Today\n")[1].split("\nDeadlines")[0]
    assert [line.split(" ")[0].strip("*") for line in today.split("\n")] == ["10", "10:30", "1"]
    assert "(expected, not confirmed)" in today


def test_each_event_of_the_day_is_spoken_of_once_before_it_and_once_at_its_time(posts: list[ArrivedPost]) -> None:
    spoken = [
        (post.at.astimezone(ZoneInfo("America/New_York")).strftime("%H:%M"), re.split(",| with | by ", post.content)[0])
        for post in posts
        if post.kind == "reminder"
    ]
    assert spoken == [
        ("09:00", "**In one hour: rally"),
        ("10:00", "**Due now: rally"),
        ("10:00", "**In 30 minutes: news conference"),
        ("10:30", "**Due now: news conference"),
        ("12:30", "**In 30 minutes: the secretary of state's announcement of the race to be audited"),
        ("13:00", "**Due now: the secretary of state's announcement of the race to be audited"),
    ]


def test_every_post_is_numbered_in_order_and_says_that_it_is_a_rehearsal(posts: list[ArrivedPost]) -> None:
    new = [post.number for post in posts if post.edit_of is None]
    assert new == list(range(1, len(new) + 1))
    assert [post.at for post in posts] == sorted(post.at for post in posts)
    for post in posts:
        assert post.content.split("\n")[-1].startswith(f"-# #{post.number} · ")
        assert post.content.endswith(" · rehearsal")
        assert (post.kind in KINDS, post.channel) == (True, "georgia-count")
        assert post.edit_of in (None, 2 if post.kind == "board" else None)


def test_nothing_is_said_twice_and_no_winner_is_named(posts: list[ArrivedPost]) -> None:
    new = [post for post in posts if post.kind != "board" and post.edit_of is None]
    headlines = [post.content.split("\n")[0] for post in new]
    assert len(set(headlines)) == len(headlines)
    assert not any(re.search(r"\b(wins?|won|found|dump)\b", whole(post)) for post in posts)


async def test_the_client_is_connected_on_both_ways_while_the_day_is_played(
    georgia: tuple[Day, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[StandIn] = []
    reached: list[bool] = []

    class Watched(StandIn):
        def __init__(self, *, token: str) -> None:
            super().__init__(token=token)
            seen.append(self)
            self.on_message(lambda posted: reached.append(self.gateway.reaches(posted.channel.guild.id)))

    monkeypatch.setattr(player, "StandIn", Watched)
    landed = await posts_of(*georgia)
    (standin,) = seen
    assert reached == [True] * len(landed)
    assert standin.unknown == []
    assert not standin.gateway.reaches(next(iter(standin.world.guilds)))  # it said goodbye


async def test_a_connection_that_breaks_down_for_good_is_told(
    georgia: tuple[Day, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_: Bot, *, reconnect: bool = True) -> None:
        raise RuntimeError(f"no gateway, reconnect={reconnect}")

    monkeypatch.setattr(Bot, "connect", refuse)
    with pytest.raises(TallydeskError, match="the connection to Discord ended: no gateway"):
        await posts_of(*georgia)


async def test_a_feed_that_fails_is_told_and_not_left_out(
    georgia: tuple[Day, Desk], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken(FeedServer):
        def url(self, source: str) -> str:
            return super().url(source).replace(".jsonl", ".gone")

    monkeypatch.setattr(player, "FeedServer", Broken)
    with pytest.raises(TallydeskError, match=r"the rehearsal's feed of times failed: times: .* answered 404"):
        await posts_of(*georgia)
    assert "could not be read" in capsys.readouterr().out


async def test_what_is_never_done_does_not_turn_round_for_ever(
    georgia: tuple[Day, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_: object) -> None: ...

    monkeypatch.setattr("bot.schedule.rundown.Rundown.post_due", nothing)
    with pytest.raises(TallydeskError, match="the rehearsal stands still: what was due at 2020-11-1"):
        await posts_of(*georgia)


async def test_a_day_that_begins_after_its_list_was_due_has_none(georgia: tuple[Day, Desk]) -> None:
    day, desk = georgia
    steps = [{"at": "2020-11-11T09:30:00-05:00", "does": "check"}]
    assert await posts_of(changed(day, starts="2020-11-11T09:00:00-05:00", steps=steps), desk) == []


def changed(day: Day, **fields: object) -> Day:
    return Day.model_validate(day.model_dump(exclude_none=True) | fields)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"contest": "ga-2020-mayor"}, "the desk file has no contest ga-2020-mayor"),
        ({"source": "herald"}, "the desk file has no source herald"),
        ({"leader": "smith"}, "ga-2020-president has no candidate smith"),
    ],
)
async def test_a_day_that_its_desk_file_does_not_fit_is_refused_before_it_begins(
    georgia: tuple[Day, Desk], step: dict[str, str], words: str
) -> None:
    day, desk = georgia
    said = {"source": "reporter", "contest": "ga-2020-president", "as_of": day.starts, "leader": "biden", "margin": 1}
    steps = [{"at": day.starts, "does": "statement", "statement": said | step}]
    with pytest.raises(BadInputError, match=words):
        await posts_of(changed(day, steps=steps), desk)


async def test_a_channel_can_not_follow_what_the_desk_file_does_not_have(georgia: tuple[Day, Desk]) -> None:
    day, desk = georgia
    with pytest.raises(BadInputError, match="#count follows ga-2020-mayor, which the desk file does not have"):
        await posts_of(changed(day, channels=[{"name": "count", "follows": ["ga-2020-mayor"]}]), desk)


async def test_two_channels_get_the_same_post_under_one_number(georgia: tuple[Day, Desk]) -> None:
    day, desk = georgia
    channels = [{"name": name, "follows": ["ga-2020-president"]} for name in ("first", "second")]
    landed = await posts_of(changed(day, channels=channels, steps=[day.steps[0].model_dump(exclude_none=True)]), desk)
    first = [post for post in landed if post.kind == "first"]
    assert sorted(post.channel for post in first) == ["first", "second"]
    assert len({(post.number, post.content) for post in first}) == 1


@dataclass(frozen=True)
class Watched:
    """A day that is being played, with its clock and the posts so far."""

    posts: asyncio.Queue[ArrivedPost]
    playing: asyncio.Task[Any]
    over: asyncio.Event
    set_pace: Callable[..., Awaitable[Any]]


@asynccontextmanager
async def watched(path: Path, georgia: tuple[Day, Desk]) -> AsyncIterator[Watched]:
    posts: asyncio.Queue[ArrivedPost] = asyncio.Queue()
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()
    watching = Watching(0, address.set_result, over.set, stay)
    playing = asyncio.create_task(play_day(*georgia, path / "watched.sqlite3", 1.0, posts.put_nowait, watching))
    async with aiohttp.ClientSession() as web, asyncio.timeout(30):
        url = await address

        async def set_pace(**body: object) -> Any:
            async with web.post(f"{url}pace", json=body) as reply:
                return await reply.json()

        yield Watched(posts, playing, over, set_pace)
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)


async def test_a_watched_day_can_be_paused_and_sent_on_post_by_post(tmp_path: Path, georgia: tuple[Day, Desk]) -> None:
    async with watched(tmp_path, georgia) as day:
        await day.set_pace(paused=True)
        landed = []
        for _ in range(2):
            assert (await day.set_pace(jump=True))["paused"]
            while (post := await day.posts.get()).kind == "board" or post.edit_of:
                pass
            landed.append(post)
        assert "narrows by 48" in landed[1].content
        assert (await day.set_pace())["now"] == landed[1].at.isoformat()
        await day.set_pace(speed="max", paused=False)
        await day.over.wait()
        assert (await day.set_pace())["over"]
        assert not day.playing.done()
    rest = [day.posts.get_nowait() for _ in range(day.posts.qsize())]
    assert sum(post.kind != "board" and post.edit_of is None for post in rest) == 11


async def test_what_somebody_sets_for_before_what_comes_next_is_done_at_its_time(
    tmp_path: Path, georgia: tuple[Day, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    playing: list[player.Play] = []

    class JudgedState(player.Play):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            playing.append(self)

    monkeypatch.setattr("bot.rehearsal.player.Play", JudgedState)
    async with watched(tmp_path, georgia) as day:
        await day.set_pace(paused=True)
        await day.set_pace(jump=True)
        await day.posts.get()
        until = now = georgia[0].starts
        while until <= now + timedelta(minutes=5):
            timing = await day.set_pace()
            now, until = datetime.fromisoformat(timing["now"]), datetime.fromisoformat(timing["until"])
        due = now.replace(second=0, microsecond=0) + timedelta(minutes=2)
        wall = f"{due.astimezone(ZoneInfo('America/New_York')):%Y-%m-%dT%H:%M}"
        event = {"kind": "press_conference", "title": "Sudden news", "wall": wall, "zone": "America/New_York"}
        (one,) = playing
        await one._app.rooms.schedule.events.add(one._server.id, [Event.model_validate(event)], "olga")
        await day.set_pace(speed=120, paused=False, skips=False)
        while "Sudden news" not in (post := await day.posts.get()).content:
            pass
    assert due <= post.at < due + timedelta(minutes=1)


async def test_boards_show_what_is_entered_while_the_news_clock_stands(
    tmp_path: Path, georgia: tuple[Day, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.rehearsal.player.Boards.REST", 0.01)
    shown: list[bool] = []

    async def enter(backstage: Backstage) -> None:
        (board,) = (one for place in backstage.guild.channels.values() for one in place.messages if one.pinned)
        words = "Our reporter: Biden ahead by 14,999"
        shown.append(words in str(board.embeds))
        said = {
            "source": "reporter",
            "contest": "ga-2020-president",
            "as_of": day.ends,
            "leader": "biden",
            "margin": 14_999,
        }
        app = backstage.app
        await app.rooms.entries.statements.take_in(Statement.model_validate(said), backstage.guild.id, "olga")
        staying = asyncio.create_task(stay(backstage))
        async with asyncio.timeout(10):
            while words not in str(board.embeds):
                await asyncio.sleep(0.01)
        shown.append(True)
        staying.cancel()

    day, desk = georgia
    await play_day(
        day, desk, tmp_path / "boards.sqlite3", None, lambda _: None, Watching(0, lambda _: None, lambda: None, enter)
    )
    assert shown == [False, True]


async def test_the_newsrooms_reporter_may_enter_and_its_guest_may_not(
    tmp_path: Path, georgia: tuple[Day, Desk]
) -> None:
    levels: dict[str, Level] = {}

    async def look(backstage: Backstage) -> None:
        roles = await ServerStore(backstage.app.database).roles(backstage.guild.id)
        for one in backstage.guild.members.values():
            levels[one.name] = roles.level([role.id for role in one.roles], manages_server=False)

    watching = Watching(0, lambda _: None, lambda: None, look)
    await play_day(*georgia, tmp_path / "roles.sqlite3", None, lambda _: None, watching)
    assert (levels["reporter"], levels["guest"]) == (Level.REPORTER, Level.ANYONE)


def test_the_opening_says_what_the_day_will_ask_of_the_desk_and_nothing_that_it_won_t() -> None:
    assert opening_lines(drill(7).day) == [
        "Read what is posted.",
        "Decide on what is held: Post, Wait or Discard under the question, by the time it names.",
        "Press a button under each reminder, at its time: three events today.",
        "Enter what people write: Read as tally, in the message's menu.",
    ]
    quiet = load_day("2022-11-california")[0].model_copy(update={"happenings": [], "steps": []})
    assert opening_lines(quiet) == ["Read what is posted."]
