"""Tests that posts which waited for the desk are up to date at the minute they are sent."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bot.rehearsal.day import MuteStep, PauseStep
from bot.rehearsal.drill.contests import OFFICE
from bot.rehearsal.drill.drill import QUIETED, drill
from bot.wording.card import StatedMargin
from tests.rehearsal.histories import HISTORIES, PRESIDENT, Played, play

ENDS = {
    "paused": datetime(2020, 11, 6, 12, 42, tzinfo=UTC),
    "quiet": datetime(2020, 11, 6, 11, 30, tzinfo=UTC),
    "muted": datetime(2035, 11, 7, 1, 40, tzinfo=UTC),
}
"""When the wait ends: history → time."""

BEGINS = {
    "paused": datetime(2020, 11, 6, 3, 0, tzinfo=UTC),
    "quiet": datetime(2020, 11, 6, 3, 0, tzinfo=UTC),
    "muted": datetime(2035, 11, 7, 0, 50, tzinfo=UTC),
}

TURNED = datetime(2020, 11, 6, 9, 50, tzinfo=UTC)
"""When Biden moves ahead: 4:50 a.m. in Georgia."""

_PLAYED: dict[str, Played] = {}


async def played(name: str) -> Played:
    """Return the result of a history. Each history is played only once."""
    if name not in _PLAYED:
        _PLAYED[name] = await play(HISTORIES[name]())
    return _PLAYED[name]


@pytest.mark.parametrize("name", HISTORIES)
async def test_what_posts_say_in_the_present_is_what_margin_answers(name: str) -> None:
    history = await played(name)
    assert history.untrue == []
    assert any(history.stated[post.number] for post in history.new if post.at >= ENDS[name])


@pytest.mark.parametrize("name", ["paused", "quiet"])
async def test_when_the_wait_ends_a_channel_gets_one_post_at_most_of_each_count(name: str) -> None:
    history = await played(name)
    contests = Counter(
        (post.channel, contest)
        for post in history.new
        if post.at == ENDS[name]
        for contest in {stated.contest for stated in history.stated[post.number]}
    )
    assert set(contests.values()) == {1}


@pytest.mark.parametrize(("name", "posts"), [("paused", 2), ("quiet", 3)])
async def test_trump_leads_in_no_post_once_biden_does(name: str, posts: int) -> None:
    history = await played(name)
    leaders = [[one.leader for one in history.stated[post.number]] for post in history.new if post.at >= TURNED]
    assert len(leaders) >= posts
    assert all(said == ["biden"] for said in leaders)


async def test_the_paused_night_s_first_post_says_who_leads_and_since_when() -> None:
    history = await played("paused")
    first = next(post for post in history.new if post.at >= BEGINS["paused"])
    assert (first.at, first.kind) == (ENDS["paused"], "lead_change")
    assert history.stated[first.number] == [StatedMargin(PRESIDENT, "times", "election", "biden", 1096, 4960275)]
    assert first.content.startswith(
        "**Biden leads in Georgia by 1,096 votes, ahead since 4:50 a.m.** Trump had led by 1,902"
    )


async def test_the_quiet_night_hears_of_the_lead_change_at_once_and_of_the_rest_in_the_morning() -> None:
    history = await played("quiet")
    night = [post for post in history.new if BEGINS["quiet"] <= post.at <= ENDS["quiet"]]
    margins = [[(one.source, one.leader, one.margin) for one in history.stated[post.number]] for post in night]
    assert [(f"{post.at:%H:%M}", post.kind) for post in night] == [
        ("09:27", "statement"),
        ("09:50", "lead_change"),
        ("11:30", "roll_up"),
    ]
    assert margins == [
        [("reporter", "biden", 917), ("times", "trump", 463)],
        [("times", "biden", 917)],
        [("times", "biden", 1096)],
    ]


async def test_a_source_that_is_let_back_and_only_agrees_says_nothing() -> None:
    history = await played("muted")
    told = [post for post in history.new for stated in history.stated[post.number] if stated.source == OFFICE]
    assert [post for post in told if post.at >= BEGINS["muted"]] == []
    assert any(post.at >= ENDS["muted"] for post in history.new)


async def test_a_drill_on_which_posts_wait_says_what_is_so_when_they_go_out() -> None:
    told = drill(7, counties=12, hours=4)
    history = await play((told.day, told.desk))
    assert history.untrue == []
    (muted, unmuted), (paused, resumed) = (
        [step.at for step in told.day.steps if isinstance(step, kind)] for kind in (MuteStep, PauseStep)
    )
    assert [post for post in history.new if paused <= post.at < resumed] == []
    went = [post for post in history.new if post.at == resumed]
    assert len(went) == len({stated.contest for post in went for stated in history.stated[post.number]}) > 0
    by_office = [
        post.at for post in history.new if any(stated.source == OFFICE for stated in history.stated[post.number])
    ]
    assert by_office
    assert not any(muted <= moment < unmuted for moment in by_office)
    quiet = next(one.at for one in told.day.happenings if one.what == "quiet_hours") + timedelta(minutes=2)
    over = quiet + timedelta(minutes=24)
    woke = [post for post in history.new if post.channel == QUIETED.name and quiet <= post.at <= over]
    assert [(post.at, [stated.contest for stated in history.stated[post.number]]) for post in woke] == [
        (over, ["senate"]),
        (over, ["measure-4"]),
    ]
