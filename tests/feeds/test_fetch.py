"""Tests polling sources over real sockets, with servers that behave like the real ones."""

import asyncio
import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from bot.box.box import Box
from bot.desk.desk_file import Source
from bot.feeds import fetch
from bot.feeds.answer_parts import MOST_OF_SERIES, MOST_READINGS
from bot.feeds.fetch import Feed, FeedError, FeedRefusedError, News
from bot.feeds.reader import MOST_REFUSED
from bot.feeds.source_feeds import feed_of

NOW = datetime(2020, 11, 12, 16, 0, tzinfo=UTC)
PUBLISHED = "Thu, 12 Nov 2020 15:40:11 GMT"
PUBLISHED_AT = datetime(2020, 11, 12, 15, 40, 11, tzinfo=UTC)

READING = (
    json.dumps({"source": "x", "contest": "ga", "as_of": "2020-11-12T15:00:00Z", "votes": {"a": 2, "b": 1}}) + "\n"
)
SUMMARY = json.dumps(
    [{"K": "5000", "C": "Lamp keeper", "CH": ["Ann (Dem)", "Bo (Rep)"], "P": ["NP", "NP"], "V": [7, 5], "TV": 0}]
)


@dataclass
class Page:
    """The answer of the server for one address."""

    body: bytes = b""
    status: int = 200
    etag: str | None = None
    modified: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """A results site that supports conditional requests. `asked` lists the requests."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, str | None, str | None]] = []
        """(path, If-None-Match, If-Modified-Since) of each request."""
        self.only: str | None = None
        """The only User-Agent that gets an answer."""
        self.answer: Callable[[web.Request], Awaitable[web.StreamResponse]] = self.plain
        self.base = ""

    def show(self, path: str, body: str | bytes, **more: str | int | None) -> None:
        self.pages[path] = Page(body.encode() if isinstance(body, str) else body, **more)  # type: ignore[arg-type]  # fields by name

    async def plain(self, request: web.Request) -> web.StreamResponse:
        headers = request.headers
        self.asked.append((request.path, headers.get("If-None-Match"), headers.get("If-Modified-Since")))
        if self.only is not None and headers["User-Agent"] != self.only:
            return web.Response(status=403)
        page = self.pages.get(request.path, Page(status=404))
        same = (page.etag and headers.get("If-None-Match") == page.etag) or (
            page.modified and headers.get("If-Modified-Since") == page.modified
        )
        marks = {name: value for name, value in (("ETag", page.etag), ("Last-Modified", page.modified)) if value}
        if same:
            return web.Response(status=304, headers=marks)
        return web.Response(status=page.status, body=page.body, headers=marks | page.headers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        return await self.answer(request)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield site
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"User-Agent": "Tallydesk/0"}) as session:
        yield session


MakeFeed = Callable[..., Feed]


@pytest.fixture
def feed(site: Site, session: aiohttp.ClientSession, box: Box) -> MakeFeed:
    def make(path: str = "/feed.jsonl", form: str = "readings", **more: object) -> Feed:
        url = path if "://" in path else site.base + path
        said = {"id": "times", "name": "the Times", "format": form, "url": url}
        # A key is sent only over https, which this site does not have.
        key = {"key_env": more.pop("key_env", None)}
        return feed_of(Source.model_validate(said | more).model_copy(update=key), session, box)

    return make


@pytest.fixture
def clarity(site: Site, feed: MakeFeed) -> Feed:
    """Return the feed of a Clarity site that shows version 1."""
    version(site, "1")
    return feed("/GA/105369/", "clarity-summary")


def version(site: Site, name: str, modified: str | None = PUBLISHED, body: str = SUMMARY) -> None:
    site.show("/GA/105369/current_ver.txt", name, modified=modified)
    site.show(f"/GA/105369/{name}/json/en/summary.json", body)


def votes(news: News | None) -> list[dict[str, int]]:
    assert news is not None
    return [dict(reading.votes) for reading in news.readings]


def test_a_source_that_is_not_fetched_has_no_feed() -> None:
    with pytest.raises(ValueError, match="ga-sos is not fetched"):
        Feed(Source(id="ga-sos", name="the Secretary of State"), None, None)  # type: ignore[arg-type]  # it is not polled


async def test_readings_are_those_of_the_source_in_the_desk_file(site: Site, feed: MakeFeed) -> None:
    site.show("/feed.jsonl", READING + "{}\n")
    news = await feed().news(NOW)
    assert votes(news) == [{"a": 2, "b": 1}]
    assert news is not None
    assert news.readings[0].source == "times"
    (refusal,) = news.refusals
    assert str(refusal).startswith(f"{site.base.removeprefix('http://')}:2: ")


@pytest.mark.parametrize(
    ("first", "second", "marks"),
    [
        ({"etag": '"1"'}, {"etag": '"2"'}, ('"1"', None)),
        ({"modified": PUBLISHED}, {"modified": "Thu, 12 Nov 2020 15:50:00 GMT"}, (None, PUBLISHED)),
        ({}, {}, (None, None)),
    ],
)
async def test_the_same_etag_time_of_change_or_body_is_nothing_new(
    site: Site, feed: MakeFeed, first: dict[str, str], second: dict[str, str], marks: tuple[str | None, str | None]
) -> None:
    site.show("/feed.jsonl", READING, **first)
    asking = feed()
    assert votes(await asking.news(NOW))
    assert await asking.news(NOW) is None
    site.show("/feed.jsonl", READING.replace('"b": 1', '"b": 2'), **second)
    assert votes(await asking.news(NOW))
    assert [asked[1:] for asked in site.asked] == [(None, None), marks, marks]


async def test_the_same_body_of_another_time_is_news(site: Site, feed: MakeFeed) -> None:
    site.show("/feed.jsonl", READING, modified=PUBLISHED)
    asking = feed()
    assert votes(await asking.news(NOW))
    site.show("/feed.jsonl", READING, modified="Thu, 12 Nov 2020 15:50:00 GMT")
    assert votes(await asking.news(NOW))


async def test_what_could_not_be_taken_in_is_asked_for_again(site: Site, feed: MakeFeed) -> None:
    site.show("/feed.jsonl", READING, etag='"1"')
    asking = feed()
    assert votes(await asking.news(NOW))
    asking.forget()
    assert votes(await asking.news(NOW))


async def test_a_version_is_read_as_of_when_it_was_published(site: Site, clarity: Feed) -> None:
    news = await clarity.news(NOW)
    assert news is not None
    (reading,) = news.readings
    assert (reading.as_of, reading.as_of_is, reading.source) == (PUBLISHED_AT, None, "times")
    assert dict(reading.votes) == {"ann": 7, "bo": 5}
    assert [path for path, _, _ in site.asked] == [
        "/GA/105369/current_ver.txt",
        "/GA/105369/1/json/en/summary.json",
        "/GA/105369/1/json/en/electionsettings.json",
    ]


@pytest.mark.parametrize("modified", [PUBLISHED, None])
async def test_nothing_new_costs_one_request(site: Site, clarity: Feed, modified: str | None) -> None:
    version(site, "1", modified=modified)
    assert votes(await clarity.news(NOW))
    site.asked.clear()
    assert await clarity.news(NOW) is None
    assert site.asked == [("/GA/105369/current_ver.txt", None, modified)]


async def test_a_version_without_a_time_is_as_of_its_receipt(site: Site, clarity: Feed) -> None:
    for modified in (None, "yesterday", "Mon, 16 Nov 2009 13:32:02 +99999999"):
        clarity.forget()
        version(site, "1", modified=modified)
        news = await clarity.news(NOW)
        assert news is not None
        assert (news.readings[0].as_of, news.readings[0].as_of_is) == (NOW, "received")


async def test_a_version_published_ahead_of_our_clock_is_as_of_now(site: Site, clarity: Feed) -> None:
    version(site, "1", modified="Thu, 12 Nov 2020 16:00:09 GMT")
    news = await clarity.news(NOW)
    assert news is not None
    assert news.readings[0].as_of == NOW


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(status=404), "answered 404 Not Found"),
        (Page(status=500), "answered 500"),
        (Page(b"<html>Just a moment</html>"), "JSON"),
        (Page(SUMMARY[:-5].encode()), "JSON"),
        (Page(b"{}"), "should be a list, not null"),
        (Page(b"\xff\xfe"), "UTF-8"),
        (Page(b""), "is empty, not JSON"),
        (Page(b"not gzip", headers={"Content-Encoding": "gzip"}), "can't be read"),
        (Page(status=304), "answered 304 without having been asked"),
    ],
)
async def test_a_version_that_could_not_be_read_is_asked_for_again(
    site: Site, clarity: Feed, page: Page, words: str
) -> None:
    await clarity.news(NOW)
    version(site, "2", modified="Thu, 12 Nov 2020 15:50:00 GMT")
    site.pages["/GA/105369/2/json/en/summary.json"] = page
    for _ in range(2):
        with pytest.raises(FeedError, match=words) as caught:
            await clarity.news(NOW)
        assert str(caught.value).startswith("times: ")
        assert "\n" not in str(caught.value)
    version(site, "2", modified="Thu, 12 Nov 2020 15:50:00 GMT")
    assert votes(await clarity.news(NOW)) == [{"ann": 7, "bo": 5}]
    assert await clarity.news(NOW) is None


@pytest.mark.parametrize("name", ["", "<html>", "12.5", "-1", "../../etc", "1" * 13, "\u0663"])
async def test_a_version_that_is_no_number_is_refused_and_nothing_more_asked(
    site: Site, clarity: Feed, name: str
) -> None:
    version(site, name)
    with pytest.raises(FeedError, match=r"current_ver\.txt should be a number"):
        await clarity.news(NOW)
    assert len(site.asked) == 1
    version(site, "2")
    assert votes(await clarity.news(NOW))


async def test_a_version_that_goes_back_is_read_as_published_now(site: Site, clarity: Feed) -> None:
    await clarity.news(NOW)
    version(site, "2", modified="Thu, 12 Nov 2020 15:50:00 GMT")
    await clarity.news(NOW)
    version(site, "1", modified="Thu, 12 Nov 2020 15:55:00 GMT")
    news = await clarity.news(NOW)
    assert news is not None
    assert news.readings[0].as_of == datetime(2020, 11, 12, 15, 55, tzinfo=UTC)


async def test_a_summary_cut_off_on_the_way_is_asked_for_again(site: Site, clarity: Feed) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        if not request.path.endswith("summary.json"):
            return await site.plain(request)
        response = web.StreamResponse(headers={"Content-Length": str(len(SUMMARY))})
        await response.prepare(request)
        await response.write(SUMMARY[:20].encode())
        assert request.transport is not None
        request.transport.close()
        return response

    site.answer = cut
    with pytest.raises(FeedError, match="can't be read"):
        await clarity.news(NOW)
    site.answer = site.plain
    assert votes(await clarity.news(NOW))


async def test_a_site_that_turns_unknown_programs_away_is_told_the_name_it_wants(site: Site, feed: MakeFeed) -> None:
    site.show("/feed.jsonl", READING)
    site.only = "Mozilla/5.0"
    with pytest.raises(FeedError, match=r"times: 127\.0\.0\.1:\d+ answered 403 Forbidden$"):
        await feed().news(NOW)
    assert votes(await feed(user_agent="Mozilla/5.0").news(NOW))


async def test_our_own_name_is_told_by_default(site: Site, feed: MakeFeed) -> None:
    site.show("/feed.jsonl", READING)
    site.only = "Tallydesk/0"
    assert votes(await feed().news(NOW))


@pytest.mark.parametrize("packed", [False, True])
async def test_too_large_an_answer_is_refused(
    site: Site, feed: MakeFeed, monkeypatch: pytest.MonkeyPatch, *, packed: bool
) -> None:
    monkeypatch.setattr(fetch, "LARGEST", 1 << 20)
    body = b" " * (1 << 20)
    headers = {"Content-Encoding": "gzip"} if packed else {}
    site.pages["/feed.jsonl"] = Page(gzip.compress(body) if packed else body, headers=headers)
    assert await feed().news(NOW) == News((), ())
    body += b" "
    site.pages["/feed.jsonl"] = Page(gzip.compress(body) if packed else body, headers=headers)
    with pytest.raises(FeedError, match="is larger than 1 MiB"):
        await feed().news(NOW)


async def test_a_slow_answer_is_given_up(site: Site, feed: MakeFeed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    never = asyncio.Event()

    async def hang(_: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    site.answer = hang
    with pytest.raises(FeedError, match=r"times: .*can't be read \(.+\)"):
        await feed().news(NOW)
    never.set()


async def test_a_site_that_is_down_is_said_to_be(feed: MakeFeed) -> None:
    with pytest.raises(FeedError, match=r"times: 127\.0\.0\.1:1 can't be read \(Connection refused"):
        await feed("http://127.0.0.1:1/x").news(NOW)


async def test_a_redirect_is_followed(site: Site, feed: MakeFeed) -> None:
    site.pages["/feed.jsonl"] = Page(status=302, headers={"Location": "/new.jsonl"})
    site.show("/new.jsonl", READING)
    assert votes(await feed().news(NOW))


async def test_redirects_in_a_ring_are_given_up(site: Site, feed: MakeFeed) -> None:
    site.pages["/feed.jsonl"] = Page(status=302, headers={"Location": "/feed.jsonl"})
    with pytest.raises(FeedError, match=r"can't be read \(it sends us on more than 5 times\)"):
        await feed().news(NOW)
    assert len(site.asked) == 6


@pytest.mark.parametrize("location", [None, "", "file:///etc/passwd", "ftp://a.example/x", "http://["])
async def test_a_redirect_to_nowhere_is_said_to_be(site: Site, feed: MakeFeed, location: str | None) -> None:
    site.pages["/feed.jsonl"] = Page(status=302, headers={} if location is None else {"Location": location})
    with pytest.raises(FeedError, match=r"times: 127\.0\.0\.1:\d+ sends us on to nowhere$"):
        await feed().news(NOW)


def test_a_redirect_from_https_to_http_is_refused(feed: MakeFeed) -> None:
    asking = feed("https://results.example/x")
    assert asking._redirect_target(URL("https://a.example/x"), "/y", "shown") == URL("https://a.example/y")
    with pytest.raises(FeedError, match=r"times: shown sends us on to an address without https, a\.example$"):
        asking._redirect_target(URL("https://a.example/x"), "http://a.example/x?key=hunter2", "shown")


async def test_the_same_marks_are_asked_for_where_a_redirect_leads(site: Site, feed: MakeFeed) -> None:
    site.pages["/feed.jsonl"] = Page(status=307, headers={"Location": "new.jsonl"})
    site.show("/new.jsonl", READING, etag='"1"')
    asking = feed()
    assert votes(await asking.news(NOW))
    assert await asking.news(NOW) is None


async def test_a_key_goes_to_its_own_site_and_to_no_other(
    site: Site, feed: MakeFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_KEY", " hunter2\n")
    keys: list[tuple[str, str | None]] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        keys.append((request.host.partition(":")[0], request.headers.get("x-api-key")))
        return await site.plain(request)

    site.answer = handle
    elsewhere = site.base.replace("127.0.0.1", "localhost") + "/new.jsonl"
    site.pages["/feed.jsonl"] = Page(status=302, headers={"Location": "/near.jsonl"})
    site.pages["/near.jsonl"] = Page(status=302, headers={"Location": elsewhere})
    site.show("/new.jsonl", READING)
    assert votes(await feed(key_env="DESK_KEY").news(NOW))
    assert keys == [("127.0.0.1", "hunter2"), ("127.0.0.1", "hunter2"), ("localhost", None)]


async def test_a_key_that_is_missing_is_said_to_be_and_nothing_is_asked(
    site: Site, feed: MakeFeed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DESK_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    asking = feed(key_env="DESK_KEY")
    with pytest.raises(FeedError, match=r"^times: its key is missing: set DESK_KEY in the environment or in \.env$"):
        await asking.news(NOW)
    assert site.asked == []
    site.show("/feed.jsonl", READING)
    (tmp_path / ".env").write_text("DESK_KEY=hunter2\n")
    assert votes(await asking.news(NOW))


@pytest.mark.parametrize("key", ["two words", "hunter2\r\nHost: evil.example", "clé"])
async def test_what_can_be_no_key_is_refused_and_never_shown(
    feed: MakeFeed, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("DESK_KEY", key)
    with pytest.raises(FeedError, match="times: DESK_KEY in the environment should be a key") as caught:
        await feed(key_env="DESK_KEY").news(NOW)
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "headers", "body", "wait"),
    [
        (429, {"Retry-After": "12"}, "", 12),
        (503, {"Retry-After": "0"}, "", 0),
        (503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, "", None),
        (403, {}, '{"message": "Per-minute quota exceeded"}', 7.5),
        (403, {}, "<html>Forbidden</html>", None),
        (500, {"Retry-After": "12"}, "", None),
        (404, {}, "", None),
    ],
)
async def test_when_a_source_wants_to_be_asked_again_is_known(
    site: Site, feed: MakeFeed, status: int, headers: dict[str, str], body: str, wait: float | None
) -> None:
    site.pages["/feed.jsonl"] = Page(body.encode(), status=status, headers=headers)
    with pytest.raises(FeedError) as caught:
        await feed().news(NOW)
    assert caught.value.wait == wait


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
async def test_a_bomb_is_given_up_without_being_unpacked_whole(
    site: Site, feed: MakeFeed, monkeypatch: pytest.MonkeyPatch, packing: str
) -> None:
    monkeypatch.setattr(fetch, "LARGEST", 1 << 20)
    bomb = bytes(200 << 20)
    packed = gzip.compress(bomb, 1) if packing == "gzip" else zlib.compress(bomb, 1)
    del bomb
    site.pages["/feed.jsonl"] = Page(packed, headers={"Content-Encoding": packing})
    asking = feed()
    tracemalloc.start()
    with pytest.raises(FeedError, match="is larger than 1 MiB"):
        await asking.news(NOW)
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


async def test_only_what_can_be_unpacked_in_bounds_is_asked_for(site: Site, feed: MakeFeed) -> None:
    asked: list[str] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request.headers["Accept-Encoding"])
        return await site.plain(request)

    site.answer = handle
    site.pages["/feed.jsonl"] = Page(b"\x0b\x02\x80", headers={"Content-Encoding": "br"})
    with pytest.raises(FeedError):
        await feed().news(NOW)
    assert asked == ["gzip, deflate"]


@pytest.mark.parametrize("status", [404, 500])
async def test_a_key_in_the_address_is_never_shown(site: Site, feed: MakeFeed, status: int) -> None:
    site.show("/feed.jsonl", "", status=status)
    url = site.base.replace("http://", "http://desk:hunter2@") + "/feed.jsonl?apikey=hunter2"
    with pytest.raises(FeedError) as caught:
        await feed(url).news(NOW)
    assert "hunter2" not in str(caught.value)
    site.show("/feed.jsonl", "{}\n")
    news = await feed(url).news(NOW)
    assert news is not None
    assert "hunter2" not in str(news.refusals[0])


async def test_a_key_in_the_address_is_not_shown_by_what_aiohttp_says_of_it(site: Site, feed: MakeFeed) -> None:
    async def nonsense(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"NONSENSE\r\n\r\n")
        request.transport.close()
        return web.Response()

    site.answer = nonsense
    with pytest.raises(FeedError, match=r"times: 127\.0\.0\.1:\d+ can't be read") as caught:
        await feed("/feed.jsonl?a=%2c&apikey=hunter2").news(NOW)
    assert "hunter2" not in str(caught.value)


async def test_a_page_that_is_no_json_gives_nothing(site: Site, feed: MakeFeed) -> None:
    site.show("/feed.jsonl", "<html>\nMaintenance\n</html>\n")
    news = await feed().news(NOW)
    assert news is not None
    assert news.readings == ()
    assert len(news.refusals) == 3


async def test_a_cancelled_question_loses_nothing(site: Site, feed: MakeFeed) -> None:
    asked = asyncio.Event()

    async def hang(_: web.Request) -> web.StreamResponse:
        asked.set()
        await asyncio.Event().wait()
        return web.Response()

    asking = feed()
    site.answer = hang
    task = asyncio.create_task(asking.news(NOW + timedelta(0)))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    site.answer = site.plain
    site.show("/feed.jsonl", READING)
    assert votes(await asking.news(NOW))


async def test_an_answer_of_which_nearly_all_is_refused_is_no_answer(site: Site, feed: MakeFeed) -> None:
    site.show("/feed.jsonl", READING + "{}\n" * 100)
    news = await feed().news(NOW)
    assert news is not None
    assert (len(news.readings), len(news.refusals)) == (1, 100)
    site.show("/feed.jsonl", READING + "{}\n" * (MOST_REFUSED + 1), etag='"2"')
    with pytest.raises(
        FeedRefusedError, match=r"times: 127\.0\.0\.1:\d+: more than 10,000 parts of it can't be read, the last"
    ):
        await feed().news(NOW)


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (["ga"] * (MOST_OF_SERIES + 1), "ga has more than 5,000 readings"),
        ([f"c{number}" for number in range(MOST_READINGS + 1)], "has more than 50,000 readings"),
    ],
    ids=["of a series", "in all"],
)
async def test_an_answer_has_at_most_so_many_readings(site: Site, feed: MakeFeed, keys: list[str], why: str) -> None:
    one = json.loads(READING)
    site.show("/feed.jsonl", "\n".join(json.dumps(one | {"contest": key}) for key in keys))
    with pytest.raises(FeedRefusedError, match=rf"times: 127\.0\.0\.1:\d+: {why}"):
        await feed().news(NOW)
