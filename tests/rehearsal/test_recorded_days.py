"""Tests the transcripts of the recorded days and the drill, played with the real bot. Every run has to give the
same.
"""

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.desk.desk_file import Desk
from bot.rehearsal import player
from bot.rehearsal.day import Day, MessageStep
from bot.rehearsal.drill.drill import drill
from bot.rehearsal.posts import ArrivedPost
from bot.rehearsal.rehearsable_days import open_day
from bot.rehearsal.standin.server import StandIn
from tests.rehearsal.histories import posts_of

_PLAYED: dict[str, list[ArrivedPost]] = {}
"""Name of a day → the posts that arrived when this process first played the day."""


def opened(name: str) -> tuple[Day, Desk]:
    """Return the recorded day with this name, or the drill used in these tests."""
    if name != "drill":
        return open_day(name)
    told = drill(7, counties=30, hours=3)
    return told.day, told.desk


async def played(name: str) -> list[ArrivedPost]:
    """Return the posts of a day. The day is played only once for all tests."""
    if name not in _PLAYED:
        _PLAYED[name] = await posts_of(*opened(name))
    return _PLAYED[name]


def kind(posts: list[ArrivedPost], *kinds: str) -> list[str]:
    """Return the headlines of the posts of these kinds, in order."""
    return [post.content.split("\n")[0] for post in posts if post.kind in kinds]


async def test_the_night_on_which_the_lead_changed_hands_in_georgia() -> None:
    posts = await played("2020-11-05-georgia")
    assert kind(posts, "first") == ["**Trump leads in Georgia by 12,773 votes,** with 4,925,176 counted."]
    margins = kind(posts, "margin")
    assert "narrows by 3,248 votes, to 9,525,** after Fulton County reported 6,305 more votes" in margins[0]
    assert "to 463,** after Clayton County reported 306 more votes" in margins[-3]
    (change,) = kind(posts, "lead_change")
    assert change.startswith(
        "**Biden takes the lead in Georgia, by 917 votes,** after 1,843 votes from Clayton County broke 1,602 to 222 for Biden. "
        "Trump had led by 463. Our reporter had Biden ahead by 917 at 4:27 a.m. (#"
    )
    (reporter,) = [post for post in posts if post.kind == "statement" and "our reporter" in post.content]
    assert "Biden ahead in Georgia by 917" in reporter.content
    assert reporter.at.isoformat() == "2020-11-06T09:27:00+00:00"
    lead = next(post for post in posts if post.kind == "lead_change")
    assert (lead.at - reporter.at).total_seconds() // 60 == 23
    assert not kind(posts, "revision", "notice")


async def test_the_feed_that_moved_to_the_audit_s_count_is_held_from_then_on() -> None:
    posts = await played("2020-11-19-georgia")
    assert "to 13,607,** after Fayette County reported 2,748 more votes" in kind(posts, "margin")[0]
    revisions = [post.content for post in posts if post.kind == "revision" and post.edit_of is None]
    assert "down 313 votes" in revisions[0]
    assert "down 1 vote." in revisions[1]
    last = [post for post in posts if post.kind == "revision" and post.edit_of is None][-1]
    assert "4,995,780" in str(last.embeds)
    moved = "2020-11-20T01:41"
    held, *newer = [post for post in posts if "Held for the desk" in post.content]
    assert held.at.isoformat().startswith(moved)
    assert {post.edit_of for post in newer} == {held.number}
    assert (
        "**Held now:** Biden ahead by 12,670, with 4,998,566 votes counted, as of 5:11 p.m. Friday."
        in newer[-1].content
    )
    after = [post for post in posts if post.at > held.at and post not in newer]
    assert {post.kind for post in after} == {
        "rundown",
        "statement",
        "reminder",
        "certified",
    }  # nothing of the feed's own count
    assert "13,558 votes as of 1:55 p.m. Thursday; newer figures are on hold." in kind(after, "rundown")[0]
    assert "The secretary of state has Biden ahead in Georgia by 12,670" in kind(after, "statement")[0]
    announced, edited, gone, made = (
        post.content
        for post in sorted(
            (one for one in after if one.kind == "certified"), key=lambda one: (one.at, one.edit_of is None)
        )
    )
    assert announced.startswith("**The results in Georgia are certified,** the secretary of state says.")
    assert gone.endswith(
        "made at 12:45 p.m., that the results in Georgia were certified.**\n-# #12 · Sec. of State, 1:35 p.m. · see #11 · rehearsal"
    )
    assert edited.startswith("**Withdrawn; see")
    assert "~~**The results in Georgia are certified,**" in edited
    assert made.startswith(
        "**The results in Georgia are certified,** the secretary of state says, with Biden ahead by 12,670."
    )
    whole = " ".join(post.content + str(post.embeds) for post in posts if post not in (held, *newer))
    assert not any(number in whole for number in ("12,935", "12,416", "12,284"))


async def test_a_press_conference_that_moves_and_is_then_canceled_is_told_as_it_goes() -> None:
    posts = await posts_of(*open_day("2020-11-11-georgia-moved"))
    schedule = [post for post in posts if post.kind in ("reminder", "moved")]
    eastern = ZoneInfo("America/New_York")
    told = [
        (post.at.astimezone(eastern).strftime("%H:%M"), post.edit_of, post.content.split("\n")[0].split(", Sec")[0])
        for post in schedule
        if "rally" not in post.content and "audit" not in post.content
    ]
    first = next(post.number for post in schedule if "In 30 minutes: news conference" in post.content)
    moved = next(post for post in schedule if post.content.startswith("**Moved"))
    second = next(post.number for post in schedule if post.number > moved.number and "news" in post.content)
    assert [one[:2] for one in told] == [
        ("10:00", None),
        ("10:20", None),
        ("10:20", first),
        ("10:30", None),
        ("10:50", None),
        ("10:50", moved.number),
        ("10:50", second),
    ]
    assert moved.content.split("\n")[0] == (
        "**Moved: news conference by the secretary of state's office,** from 10:30 a.m. to 11 a.m. "
        "It is still expected, not confirmed. Reason: the office says 11 now."
    )
    off = next(post for post in schedule if post.content.startswith("**Canceled"))
    assert off.content.startswith(
        "**Canceled: news conference by the secretary of state's office.** It was expected for 11 a.m."
    )
    assert not [post for post in schedule if post.at > off.at and "news conference" in post.content]
    assert sum("audit" in post.content for post in schedule) == 2  # the other sources continue as before


async def test_four_weeks_of_counting_in_california_end_twelve_votes_apart() -> None:
    posts = await posts_of(*open_day("2022-11-california"))
    assert kind(posts, "first") == [
        "**Bonta leads in California's race for attorney general by 780,215 votes,** with 5,383,981 counted.",
        "**Mei leads in California's race for state Senate District 10 by 1,432 votes,** with 96,516 counted.",
        "**Shepard leads in California's race for state Senate District 16 by 3,357 votes,** with 63,883 counted.",
    ]
    assert kind(posts, "lead_change") == [
        (
            "**Wahab has taken the lead in California's race for state Senate District 10, by 15,975 votes,** after 100,317 votes broke "
            "58,291 to 42,026 for Wahab. Mei had led by 290 at 6:58 p.m. Nov. 10."
        ),
        (
            "**Hurtado has taken the lead in California's race for state Senate District 16, by 12 votes,** after 63,835 votes broke "
            "34,438 to 29,397 for Hurtado. Shepard had led by 5,029 at 1:12 p.m. Nov. 11."
        ),
    ]
    assert {post.kind for post in posts} == {"first", "margin", "roll_up", "lead_change"}
    # All precincts are in from the first morning on: that is said of precincts, and never of the votes.
    complete = [
        post
        for post in posts
        if "All 25,554 precincts have reported, though more votes may follow." in str(post.embeds)
    ]
    assert complete[0].at.isoformat() == "2022-11-09T18:05:01.879000+00:00"
    assert complete[-1].content.startswith(
        "**Bonta's lead in California's race for attorney general has grown by 1,000,695 votes since 4:20 p.m. Nov. 11, to 1,949,691,**"
    )
    assert all("Unofficial." in str(post.embeds) for post in posts)


async def test_a_drill_says_what_its_list_of_happenings_says() -> None:
    day, _ = opened("drill")
    posts = await played("drill")
    moments = {one.what: one.at for one in day.happenings}
    changes = [one for one in day.happenings if one.what == "lead_change"]
    governor = [post for post in posts if post.channel == "governor"]
    assert len(kind(governor, "lead_change")) >= 1
    assert [post.at for post in governor if post.kind == "lead_change"][-1] == changes[-1].at
    (revision,) = [post for post in governor if post.kind == "revision"]  # no post had contained those votes
    fell = r"took back [\d,]+ votes in \w+ County; that \w+ \w+'s lead by [\d,]+\. With votes from other counties, the lead is "
    assert re.search(fell, revision.content)
    assert 60 <= (revision.at - moments["revision"]).total_seconds() < 90
    held, *newer = [post for post in governor if "Held for the desk" in post.content]
    assert held.at == moments["feed_moves"]
    assert {post.edit_of for post in newer} == {held.number}
    assert "or until the Make-Believe Wire goes back to its earlier figures" in held.content
    assert any(post.kind == "roll_up" for post in governor if post.at > moments["feed_returns"])
    differ = [post.at for post in governor if re.search(r" ahead in [^*]*\*\*.*[;.] [Tt]he .* ahead by ", post.content)]
    assert {moments["disagreement"], moments["desk_ahead"]} <= set(differ)
    (seen_by_staff, over) = kind(governor, "stale")
    assert "site had not been updated since" in seen_by_staff
    assert "figures were updated again at 9:10 a.m.,** after 11 hours, 33 minutes" in over
    (seen_by_the_bot, also_over) = kind([post for post in posts if post.channel != "governor"], "stale")
    assert "figures have not changed for four hours" in seen_by_the_bot
    assert also_over == over
    assert kind(governor, "certified")[-1].startswith("**All 30 counties have certified")
    (told,) = kind(governor, "batch")
    assert re.search(r"County reported [\d,]+ more votes\*\* \(.*\), our reporter says\. ", told)
    morning = min(one.at for one in day.happenings if one.what == "batch" and one.at > moments["quiet"])
    assert {post.kind for post in posts if moments["quiet"] < post.at < morning} == {
        "stale",
        "rundown",
        "statement",
        "reminder",
    }
    for post in posts:
        assert post.content.endswith(" · rehearsal")
        assert any(
            words in f"{post.content}{post.embeds}"
            for words in ("Winnemara", "Make-Believe Wire", "Make-Believe Elections", "made up for the drill")
        )


@pytest.mark.parametrize("name", ["2020-11-05-georgia", "2020-11-19-georgia", "drill"])
async def test_two_runs_land_the_same_posts(name: str) -> None:
    first, second = await played(name), await posts_of(*opened(name))
    assert [post.to_json() for post in first] == [post.to_json() for post in second]
    new = [post.number for post in first if post.edit_of is None]
    texts = list(dict.fromkeys(new))  # the same text in two channels has one number
    assert texts == list(range(1, len(texts) + 1))
    assert all(post.edit_of in new for post in first if post.edit_of is not None)


async def test_a_colleague_writes_into_the_channel_and_the_bot_says_nothing_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[StandIn] = []

    class Watched(StandIn):
        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            seen.append(self)

    monkeypatch.setattr(player, "StandIn", Watched)
    day, desk = open_day("2020-11-19-georgia")
    posts = await posts_of(day, desk)
    channel = seen[0].world.channel("georgia-count")
    said = [message for message in channel.messages if message.author.name == "reporter"]
    assert [message.content for message in said] == [step.words for step in day.steps if isinstance(step, MessageStep)]
    assert len(list(channel.messages)) == len(said) + sum(post.edit_of is None for post in posts)
