"""Tests polling a Clarity site over real sockets, with a server that behaves like the real one."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.box.box import Box
from bot.desk.desk_file import Source
from bot.feeds.clarity.feed import ClarityFeed
from bot.feeds.fetch import Feed, FeedError, News
from bot.feeds.source_feeds import feed_of
from tests.feeds.clarity_files import choice, contest, detail, settings, zipped

NOW = datetime(2020, 11, 20, 21, 0, tzinfo=UTC)
COUNTED_AT = datetime(2020, 11, 20, 20, 37, 6, tzinfo=UTC)
BROWSER = "Mozilla/5.0 (compatible; desk@example.org)"
BEN_HILL = "Ben_Hill|105379|270230|11/9/2020 8:24:49 AM EST|16"
BIBB = "Bibb|105381|271042|11/12/2020 9:37:17 AM EST|16"


class Vendor:
    """The vendor's server, with the sites of a state and its counties.

    The server answers browsers only. Old versions of a site remain when new ones appear.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.published: dict[str, int] = {}
        """Path → when the file was published, in seconds after `NOW`."""
        self.asked: list[str] = []
        self.conditions: list[tuple[str | None, str | None]] = []
        self.base = ""
        self.cut: str | None = None
        """The path of an answer that breaks off early, or None."""

    def publish(self, site: str, version: str, **files: bytes) -> None:
        """Publish a new version of a site, with the files detail, summary and settings."""
        paths = {
            "detail": "reports/detailxml.zip",
            "summary": "json/en/summary.json",
            "told": "json/en/electionsettings.json",
        }
        self.files[f"{site}/current_ver.txt"] = version.encode()
        self.published[f"{site}/current_ver.txt"] = len(self.files)
        for name, data in files.items():
            self.files[f"{site}/{version}/{paths[name]}"] = data

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.strip("/")
        self.asked.append(path)
        if not request.headers["User-Agent"].startswith("Mozilla/"):
            return web.Response(status=403, text="<html>Forbidden</html>")
        data = self.files.get(path)
        if data is None:
            return web.Response(status=404, text="<html>Not here</html>")
        if not path.endswith("current_ver.txt"):
            if path == self.cut:
                return await self._cut(request, data)
            return web.Response(body=data, headers={"Cache-Control": "max-age=86400"})
        stamp = datetime(2020, 11, 20, 20, 40, tzinfo=UTC) + timedelta(seconds=self.published[path])
        etag, modified = f'"{data.decode()}"', f"{stamp:%a, %d %b %Y %H:%M:%S} GMT"
        condition = (request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since"))
        self.conditions.append(condition)
        headers = {"ETag": etag, "Last-Modified": modified, "Cache-Control": "max-age=0, no-cache"}
        if condition == (etag, modified):
            return web.Response(status=304, headers=headers)
        return web.Response(body=data, headers=headers)

    async def _cut(self, request: web.Request, data: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(data))})
        await response.prepare(request)
        await response.write(data[: len(data) // 2])
        assert request.transport is not None
        request.transport.close()
        return response


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    vendor = Vendor()
    app = web.Application()
    app.router.add_get("/{path:.*}", vendor.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    vendor.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield vendor
    await runner.cleanup()


MakeFeed = Callable[..., Feed]


@pytest.fixture
async def feed(vendor: Vendor, box: Box) -> AsyncIterator[MakeFeed]:
    async with aiohttp.ClientSession(headers={"User-Agent": "Tallydesk/0"}) as session:

        def make(form: str = "clarity-detail", path: str = "/GA/105369/", **more: object) -> Feed:
            said = {
                "id": "ga-sos",
                "name": "the state",
                "format": form,
                "url": vendor.base + path,
                "user_agent": BROWSER,
            }
            return feed_of(Source.model_validate(said | more), session, box)

        yield make


def packed(votes: int, unit: str = "County", key: str = "5000") -> bytes:
    types = {"Election Day Votes": {"Bibb": votes}}
    return zipped(("detail.xml", detail(contest(choice("Ann (Dem)", votes, types, unit=unit), key=key))))


def summary(votes: int) -> bytes:
    return json.dumps([{"K": "5000", "C": "Lamp", "CH": ["Ann (Dem)"], "P": ["NP"], "V": [votes], "TV": 0}]).encode()


@pytest.fixture
def state(vendor: Vendor) -> Vendor:
    """Return the server with a state's site and two counties."""
    vendor.publish("GA/105369", "1", detail=packed(7), summary=summary(7), told=settings(BEN_HILL, BIBB))
    return vendor


def votes(news: News | None) -> list[int]:
    assert news is not None
    return [reading.votes["ann"] for reading in news.readings]


async def test_detail_comes_from_the_zip_of_the_newest_version(state: Vendor, feed: MakeFeed) -> None:
    asking = feed()
    assert isinstance(asking, ClarityFeed)
    news = await asking.news(NOW)
    assert news is not None
    (reading,) = news.readings
    assert (reading.source, reading.as_of, reading.as_of_is) == ("ga-sos", COUNTED_AT, None)
    assert (reading.units or {})["Bibb"].fips == "13021"
    assert news.refusals == ()
    assert state.asked == [
        "GA/105369/current_ver.txt",
        "GA/105369/1/reports/detailxml.zip",
        "GA/105369/1/json/en/electionsettings.json",
    ]


@pytest.mark.parametrize("form", ["clarity-detail", "clarity-summary"])
async def test_nothing_new_costs_one_conditional_request(state: Vendor, feed: MakeFeed, form: str) -> None:
    asking = feed(form)
    assert votes(await asking.news(NOW)) == [7]
    state.asked.clear()
    for _ in range(3):
        assert await asking.news(NOW) is None
    assert state.asked == ["GA/105369/current_ver.txt"] * 3
    assert state.conditions[1:] == [('"1"', "Fri, 20 Nov 2020 20:40:01 GMT")] * 3
    state.publish("GA/105369", "2", detail=packed(9), summary=summary(9), told=settings(BIBB))
    assert votes(await asking.news(NOW)) == [9]


async def test_when_each_county_uploaded_is_known(state: Vendor, feed: MakeFeed) -> None:
    asking = feed("clarity-summary")
    assert asking.uploads == {}
    await asking.news(NOW)
    assert asking.uploads == {
        "Ben Hill": datetime(2020, 11, 9, 13, 24, 49, tzinfo=UTC),
        "Bibb": datetime(2020, 11, 12, 14, 37, 17, tzinfo=UTC),
    }
    state.publish("GA/105369", "2", summary=summary(8), told=settings(BIBB.replace("9:37:17", "9:37:18")))
    await asking.news(NOW)
    assert asking.uploads == {"Bibb": datetime(2020, 11, 12, 14, 37, 18, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("told", "refusals"),
    [
        (None, 0),
        (b"<html>Maintenance</html>", 1),
        (settings(BIBB, "Ben_Hill|1"), 1),
        (settings(BIBB)[:-9], 1),
        (settings(), 0),
    ],
)
async def test_settings_that_cannot_be_used_cost_no_results(
    vendor: Vendor, feed: MakeFeed, told: bytes | None, refusals: int
) -> None:
    vendor.publish("GA/105369", "1", detail=packed(7), **({} if told is None else {"told": told}))
    news = await feed().news(NOW)
    assert votes(news) == [7]
    assert news is not None
    assert len(news.refusals) == refusals
    assert all("127.0.0.1:" in str(refusal) for refusal in news.refusals)


async def test_numbers_of_a_test_are_no_results(vendor: Vendor, feed: MakeFeed) -> None:
    vendor.publish("GA/105369", "1", detail=packed(7), told=settings(BIBB, istestmode=True))
    asking = feed()
    for _ in range(2):
        with pytest.raises(FeedError, match=r"ga-sos: 127\.0\.0\.1:\d+ is in test mode: its numbers are no results"):
            await asking.news(NOW)
    vendor.publish("GA/105369", "2", detail=packed(8), told=settings(BIBB))
    assert votes(await asking.news(NOW)) == [8]


async def test_site_lets_in_only_what_looks_like_a_browser(state: Vendor, feed: MakeFeed) -> None:
    del state
    with pytest.raises(FeedError, match=r"ga-sos: 127\.0\.0\.1:\d+ answered 403 Forbidden"):
        await feed(user_agent=None).news(NOW)
    assert votes(await feed().news(NOW)) == [7]


async def test_file_cut_off_on_the_way_is_asked_for_again(state: Vendor, feed: MakeFeed) -> None:
    asking = feed()
    state.cut = "GA/105369/1/reports/detailxml.zip"
    with pytest.raises(FeedError, match=r"ga-sos: 127\.0\.0\.1:\d+ can't be read"):
        await asking.news(NOW)
    state.cut = None
    state.files["GA/105369/1/reports/detailxml.zip"] = packed(7)[:-40]
    with pytest.raises(FeedError, match=r"ga-sos: 127\.0\.0\.1:\d+: is a zip that can't be opened"):
        await asking.news(NOW)
    state.files["GA/105369/1/reports/detailxml.zip"] = packed(7)
    assert votes(await asking.news(NOW)) == [7]
    assert await asking.news(NOW) is None


async def test_version_whose_files_are_not_there_yet_is_asked_for_again(state: Vendor, feed: MakeFeed) -> None:
    asking = feed()
    await asking.news(NOW)
    state.publish("GA/105369", "2")
    with pytest.raises(FeedError, match=r"ga-sos: 127\.0\.0\.1:\d+ answered 404 Not Found"):
        await asking.news(NOW)
    state.publish("GA/105369", "2", detail=packed(9))
    assert votes(await asking.news(NOW)) == [9]


async def test_county_is_found_through_the_state_and_asked_for_its_own_version(state: Vendor, feed: MakeFeed) -> None:
    state.publish("GA/Bibb/105381", "271099", detail=packed(3, "Precinct", "1"))
    asking = feed(county="bibb")
    news = await asking.news(NOW)
    assert votes(news) == [3]
    assert state.asked == [
        "GA/105369/current_ver.txt",
        "GA/105369/1/json/en/electionsettings.json",
        "GA/Bibb/105381/current_ver.txt",
        "GA/Bibb/105381/271099/reports/detailxml.zip",
        "GA/Bibb/105381/271099/json/en/electionsettings.json",
    ]
    state.asked.clear()
    assert await asking.news(NOW) is None
    assert state.asked == ["GA/Bibb/105381/current_ver.txt"]


async def test_county_without_a_version_of_its_own_is_taken_as_listed(state: Vendor, feed: MakeFeed) -> None:
    state.files["GA/Bibb/105381/271042/reports/detailxml.zip"] = packed(3, "Precinct", "1")
    asking = feed(county="Bibb")
    assert votes(await asking.news(NOW)) == [3]
    assert await asking.news(NOW) is None
    newer = BIBB.replace("271042", "271050")
    state.publish("GA/105369", "2", told=settings(newer))
    state.files["GA/Bibb/105381/271050/reports/detailxml.zip"] = packed(4, "Precinct", "1")
    assert votes(await asking.news(NOW)) == [4]
    state.publish("GA/Bibb/105381", "271051", detail=packed(5, "Precinct", "1"))
    assert votes(await asking.news(NOW)) == [5]


async def test_county_that_drifts_is_not_asked_for_the_listed_version(state: Vendor, feed: MakeFeed) -> None:
    state.publish("GA/Ben_Hill/105379", "271500", detail=packed(3, "Precinct", "1"))
    assert votes(await feed(county="Ben Hill").news(NOW)) == [3]
    assert not [path for path in state.asked if "270230" in path]


@pytest.mark.parametrize(
    ("county", "words"),
    [("Atlantis", "lists no county Atlantis"), ("Bibb", r"ga-sos: 127\.0\.0\.1:\d+ answered 404")],
)
async def test_county_that_cannot_be_had_is_said_to_be(state: Vendor, feed: MakeFeed, county: str, words: str) -> None:
    del state
    asking = feed(county=county)
    for _ in range(2):
        with pytest.raises(FeedError, match=words):
            await asking.news(NOW)


async def test_site_of_a_county_is_read_like_a_states(vendor: Vendor, feed: MakeFeed) -> None:
    vendor.publish("GA/Bibb/105381", "5", detail=packed(3, "Precinct"), told=b'{"settings": {"electiondetails": {}}}')
    asking = feed(path="/GA/Bibb/105381")
    assert votes(await asking.news(NOW)) == [3]
    assert await asking.news(NOW) is None


async def test_what_could_not_be_taken_in_is_asked_for_again(state: Vendor, feed: MakeFeed) -> None:
    del state
    asking = feed()
    await asking.news(NOW)
    asking.forget()
    assert votes(await asking.news(NOW)) == [7]
