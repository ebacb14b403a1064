"""Tests the daily comparison of a feed's contests with the day before. The desk is notified once of each change."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest
from pydantic import JsonValue

from bot.count.reading import Reading
from bot.newsroom.feed_contents import FeedComparison
from bot.newsroom.feed_contents_words import FeedContents, ListedContest, changes_between
from bot.rehearsal.stage import FeedServer
from bot.wording.context import Setting
from tests.conftest import AWAY, OTHER_SERVER, SERVER, START, Newsroom, reading, run_sql, small_desk

DESK_CHANNEL = 900
NAMES = {"biden": "Joseph R. Biden", "trump": "Donald J. Trump"}


@pytest.fixture
async def feeds() -> AsyncIterator[FeedServer]:
    async with FeedServer() as feeds:
        yield feeds


@pytest.fixture
async def compared(newsroom: Newsroom, feeds: FeedServer) -> Newsroom:
    """Return a newsroom that follows Georgia, and whose feed has been compared once."""
    desk = small_desk()
    times = {"format": "readings", "url": feeds.url("times"), "own_network": True}
    sources = [one.model_copy(update=times if one.id == "times" else {}) for one in desk.sources]
    await newsroom.restart(desk.model_copy(update={"sources": sources}))
    await newsroom.follow()
    await newsroom.follow(server=OTHER_SERVER, channel=AWAY, contest="senate")
    for server, channel in ((SERVER, DESK_CHANNEL), (OTHER_SERVER, DESK_CHANNEL + 1)):
        run_sql(newsroom.path, f"UPDATE servers SET desk_channel = {channel} WHERE id = {server}")
    feeds.show(named(NAMES))
    await comparison(newsroom).run()
    assert await notices(newsroom) == []
    return newsroom


def comparison(newsroom: Newsroom) -> FeedComparison:
    return newsroom.rooms.newsroom.comparison


def named(names: Mapping[str, str], called: str = "President") -> Reading:
    votes = dict.fromkeys(names, 5)
    return reading(1, 1).model_copy(update={"votes": votes, "names": dict(names), "contest_name": called})


async def notices(newsroom: Newsroom) -> list[tuple[int, str]]:
    rows = await newsroom.database.rows("SELECT channel, content FROM outbox WHERE kind = 'notice' ORDER BY id")
    return [(channel, content) for channel, content in rows]


async def next_day(newsroom: Newsroom) -> None:
    newsroom.clock.set(newsroom.clock.now() + timedelta(days=1))
    await comparison(newsroom).run()


async def test_what_changed_is_told_once_to_the_desks_that_follow_it(compared: Newsroom, feeds: FeedServer) -> None:
    feeds.show(named({"biden": "Joseph R. Biden", "quill": "Ann Quill"}, "President of the United States"))
    await comparison(compared).run()
    assert await notices(compared) == []  # once a day
    await next_day(compared)
    ((channel, content),) = await notices(compared)
    assert channel == DESK_CHANNEL
    assert "**What the Times publishes has changed.**" in content
    assert "- President was called “President” there, and is “President of the United States” now." in content
    assert "- In President, Donald J. Trump is no longer listed, and may have withdrawn." in content
    assert "- In President, Ann Quill is new." in content
    assert channel in compared.woken
    await next_day(compared)
    await compared.restart()
    await next_day(compared)
    assert len(await notices(compared)) == 1


async def test_a_feed_that_is_down_or_moved_is_no_change(compared: Newsroom, feeds: FeedServer) -> None:
    feeds._newest.clear()
    await next_day(compared)
    assert await notices(compared) == []
    feeds.show(named({"biden": "Joseph R. Biden", "trump": "Donald J. Trump"}))
    sources = [one.model_copy(update={"url": f"{one.url}?x"} if one.url else {}) for one in compared.desk.sources]
    await compared.restart(compared.desk.model_copy(update={"sources": sources}))
    feeds.show(named({"biden": "Joseph R. Biden"}))
    await next_day(compared)
    assert await notices(compared) == []  # another address: nothing to compare with


async def test_an_election_that_a_site_lists_from_now_on_is_told(newsroom: Newsroom, feeds: FeedServer) -> None:
    def text(said: str) -> list[JsonValue]:
        return [{"text": said}]

    def listed(*ids: str) -> JsonValue:
        return {
            "elections": [{"publicElectionId": one, "electionDate": "2020-11-03", "name": text(one)} for one in ids]
        }

    api = "http://a.org/results/public/api"
    options: JsonValue = [{"name": text("Biden"), "voteCount": 5, "party": None}]
    item: JsonValue = {"id": "ga", "name": text("President"), "summaryResults": {"ballotOptions": options}}
    election: JsonValue = {
        "lastUpdated": "2020-11-03T23:00:00Z",
        "electionDate": "2020-11-03",
        "isProduction": True,
        "name": [],
    }
    feeds.answer("times", f"{api}/elections/Georgia/nov/data", {"election": election, "ballotItems": [item]})
    feeds.answer("times", f"{api}/jurisdictions/Georgia", listed("nov"))
    desk = small_desk()
    address = {
        "format": "enhanced-voting",
        "url": feeds._own("times", f"{api}/elections/Georgia/nov/data"),
        "own_network": True,
    }
    sources = [one.model_copy(update=address if one.id == "times" else {}) for one in desk.sources]
    await newsroom.restart(desk.model_copy(update={"sources": sources}))
    await newsroom.follow()
    run_sql(newsroom.path, f"UPDATE servers SET desk_channel = {DESK_CHANNEL} WHERE id = {SERVER}")
    await comparison(newsroom).run()
    feeds.answer("times", f"{api}/jurisdictions/Georgia", listed("nov", "runoff", "runoff_Demo"))
    await next_day(newsroom)
    ((_, content),) = await notices(newsroom)
    assert "\n- Its site lists another election now: runoff, 2020-11-03.\n" in content
    assert "Demo" not in content


def of(**candidates: str) -> FeedContents:
    return FeedContents(contests={"ga": ListedContest(name="President", candidates=candidates)})


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (of(biden="Joe Biden"), of(biden="Joe Biden"), []),
        (
            of(trump="Donald Trump"),
            of(**{"donald-j-trump": "Donald J. Trump"}),
            ["in President, Donald Trump is called Donald J. Trump now."],
        ),
        (of(x="Ann Lee"), of(x="Ann Lee-Rye"), ["in President, Ann Lee is called Ann Lee-Rye now."]),
        (of(x="Ann Lee"), FeedContents(), ["President is no longer in its answer."]),
        (
            FeedContents(elections={"a": "June"}),
            FeedContents(elections={"a": "June", "b": "Nov, 2026-11-03"}),
            ["its site lists another election now: Nov, 2026-11-03."],
        ),
        (FeedContents(), FeedContents(elections={"b": "Nov"}), []),
    ],
)
def test_each_change_has_its_words(before: FeedContents, after: FeedContents, said: list[str]) -> None:
    changes = changes_between(before, after, frozenset(), Setting(small_desk()))
    assert [line for lines in changes.values() for line in lines] == said


def test_of_a_contest_that_could_not_be_read_now_nothing_is_said() -> None:
    setting = Setting(small_desk())
    assert changes_between(of(x="Ann Lee"), FeedContents(), frozenset({"ga"}), setting) == {}
    assert START
