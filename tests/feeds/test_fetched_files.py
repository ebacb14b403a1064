"""Tests feeds of one file over a real socket: with news, with nothing new, and with a damaged file."""

import json

import pytest

from bot.feeds.fetch import FeedError
from tests.feeds.nist_files import choice, contest, count, report
from tests.feeds.test_fetch import NOW, PUBLISHED, PUBLISHED_AT, MakeFeed, Site, feed, session, site, votes

__all__ = ["feed", "session", "site"]

EXPORT = json.dumps(
    {
        "results": {
            "name": "Georgia",
            "ballotItems": [
                {
                    "id": "5000",
                    "ballotOptions": [
                        {"id": "1", "name": "Ann (Dem)", "voteCount": 7},
                        {"id": "2", "name": "Bo", "voteCount": 5},
                    ],
                }
            ],
        }
    }
).encode()
NIST = report(
    contest(choice("ann", count(7)), choice("bo", count(5))),
    candidates={"ann": {"BallotName": "Ann"}, "bo": {"BallotName": "Bo"}},
)
SHEET = "Race;Who;Votes\r\nGovernor;Ann;7\r\nGovernor;Bo;5\r\n".encode("utf-8-sig")
COLUMNS = {"contest": "Race", "candidate": "Who", "votes": "Votes"}
FILES = [("georgia-export", EXPORT, {}), ("nist", NIST, {}), ("csv", SHEET, {"columns": COLUMNS})]


@pytest.mark.parametrize(("form", "body", "more"), FILES)
async def test_the_same_file_is_nothing_new(
    site: Site, feed: MakeFeed, form: str, body: bytes, more: dict[str, object]
) -> None:
    site.show("/file", body, etag='"1"', modified=PUBLISHED)
    asking = feed("/file", form, **more)
    news = await asking.news(NOW)
    assert votes(news) == [{"ann": 7, "bo": 5}]
    assert news is not None
    assert news.readings[0].source == "times"
    assert await asking.news(NOW) is None
    assert site.asked == [("/file", None, None), ("/file", '"1"', PUBLISHED)]


@pytest.mark.parametrize(("form", "body", "more"), [FILES[0], FILES[2]])
async def test_a_file_without_a_time_is_as_of_its_last_change(
    site: Site, feed: MakeFeed, form: str, body: bytes, more: dict[str, object]
) -> None:
    site.show("/file", body, modified=PUBLISHED)
    news = await feed("/file", form, **more).news(NOW)
    assert news is not None
    assert (news.readings[0].as_of, news.readings[0].as_of_is) == (PUBLISHED_AT, None)


@pytest.mark.parametrize(("form", "body", "more"), FILES)
@pytest.mark.parametrize(
    "damage", [lambda body: body[: len(body) // 3], lambda _: b"<html>\nMaintenance\n</html>", lambda _: b""]
)
async def test_a_damaged_file_is_refused_and_asked_for_again(
    site: Site, feed: MakeFeed, form: str, body: bytes, more: dict[str, object], damage: object
) -> None:
    assert callable(damage)
    asking = feed("/file", form, **more)
    site.show("/file", damage(body), etag='"1"')
    for _ in range(2):
        with pytest.raises(FeedError) as caught:
            await asking.news(NOW)
        assert str(caught.value).startswith(f"times: {site.base.removeprefix('http://')}: ")
        assert "\n" not in str(caught.value)
    site.show("/file", body, etag='"1"')
    assert votes(await asking.news(NOW)) == [{"ann": 7, "bo": 5}]
