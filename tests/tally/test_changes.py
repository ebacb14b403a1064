from datetime import timedelta
from typing import Any

import pytest

from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.desk.desk_file import Desk
from bot.follows.preferences import FollowPreferences
from tests.conftest import AWAY, COUNT, OTHER_SERVER, SERVER, START, WHO, Newsroom, delivery, reading, small_desk


async def due_in(newsroom: Newsroom) -> float | None:
    """Return when the next work is due, in minutes after the start. None if nothing is due."""
    due = await newsroom.ingest.next_due()
    return None if due is None else (due - START) / timedelta(minutes=1)


# Worth a post, or not yet.


async def test_small_moves_add_up_until_they_are_worth_a_post(following: Newsroom) -> None:
    await following.take(reading(1010, 500, 1), reading(1020, 500, 2))
    assert await following.spans() == [("first", None, 1)]
    await following.take(reading(1030, 500, 3))
    assert (await following.spans())[1:] == [("margin", 1, 4)]
    assert "by 30 votes" in (await following.headlines())[-1]
    assert await due_in(following) is None


async def test_what_waits_is_rolled_up_one_hour_after_the_first_of_it(following: Newsroom) -> None:
    await following.take(reading(1010, 500, 1), reading(1015, 500, 30))
    assert await due_in(following) == 61
    following.clock.set(START + timedelta(minutes=61) - timedelta(microseconds=1))
    await following.ingest.roll_up()
    assert len(await following.spans()) == 1
    following.at(61)
    await following.ingest.roll_up()
    assert (await following.spans())[1:] == [("roll_up", 1, 3)]
    assert await due_in(following) is None
    await following.ingest.roll_up()
    assert len(await following.spans()) == 2


async def test_a_roll_up_counts_as_posted(following: Newsroom) -> None:
    await following.take(reading(1020, 500, 1))
    following.at(61)
    await following.ingest.roll_up()
    await following.take(reading(1040, 500, 62))
    assert len(await following.spans()) == 2
    assert await due_in(following) == 122


async def test_progress_alone_starts_no_clock_and_is_covered_by_what_comes_next(following: Newsroom) -> None:
    await following.take(reading(1000, 500, 1, reporting={"precincts": (95, 100)}))
    assert await due_in(following) is None
    await following.take(reading(1100, 500, 2, reporting={"precincts": (96, 100)}))
    assert (await following.spans())[1:] == [("margin", 1, 3)]


async def test_a_lead_change_takes_in_what_waited_and_is_told_by_itself(following: Newsroom) -> None:
    await following.take(reading(1010, 500, 1), reading(1010, 1200, 2))
    assert (await following.spans())[1:] == [("lead_change", 1, 3)]
    assert (await following.headlines())[-1] == (
        "**Trump takes the lead in Georgia, by 190 votes,** after 700 more votes were counted, all for Trump. Biden had led by 510."
    )
    assert not (await following.posts())[-1].quiet
    assert await due_in(following) is None


async def test_a_revision_takes_in_what_waited_which_it_would_strike_at_once(following: Newsroom) -> None:
    await following.take(reading(1010, 500, 1), reading(1005, 500, 2))
    await following.repeat(4)
    assert (await following.spans())[1:] == [("revision", 1, 3)]
    assert (await following.headlines())[-1] == (
        "**Count revised:** the Times took 5 votes off its total; that cut Biden's lead by 5. "
        "With other votes, the lead is 505, up from 500 at 7 a.m."
    )
    assert await due_in(following) is None


async def test_a_revision_by_a_source_that_does_not_lead_says_by_whose_count_the_lead_changed(
    following: Newsroom,
) -> None:
    await following.take(reading(505, 500, 1, source="ga-sos"), reading(495, 500, 2, source="ga-sos"))
    await following.repeat(4, "ga-sos")
    (revised,) = [row for row in await following.posts() if row.kind == "revision"]
    assert revised.headline.startswith(
        "**Count revised: Trump now leads in Georgia by the Secretary of State's count, by 5 votes.**"
    )


async def test_a_revision_after_rises_says_which_county_fell_and_what_that_did_to_the_lead(newsroom: Newsroom) -> None:
    def counties(**votes: tuple[int, int]) -> dict[str, Any]:
        return {"units": {name: {"votes": {"biden": one, "trump": two}} for name, (one, two) in votes.items()}}

    await newsroom.follow(least=10_000)
    await newsroom.take(reading(1000, 500, **counties(Floyd=(600, 300), Bibb=(400, 200))))
    await newsroom.take(reading(1900, 700, 1, **counties(Floyd=(600, 300), Bibb=(1300, 400))))
    await newsroom.take(reading(1860, 690, 2, **counties(Floyd=(560, 290), Bibb=(1300, 400))))
    await newsroom.repeat(4)
    headline = (await newsroom.headlines())[-1]
    assert "took back 50 votes in Floyd County" in headline
    assert headline.endswith("With other votes, the lead is 1,170, up from 500 at 7 a.m.")


async def test_a_roll_up_that_is_due_while_a_fall_is_held_waits_for_it(following: Newsroom) -> None:
    await following.take(reading(1010, 500, 1), reading(1005, 500, 60))
    following.at(61)
    await following.ingest.roll_up()
    assert await following.spans() == [("first", None, 1)]
    assert await due_in(following) == 75
    await following.take(reading(1010, 500, 62))  # the source takes it back
    following.at(75)
    await following.ingest.roll_up()
    assert (await following.spans())[1:] == [("roll_up", 1, 2)]


async def test_a_roll_up_that_waited_no_longer_says_that_a_fall_is_held(following: Newsroom) -> None:
    await following.take(reading(1010, 500, 1), reading(1005, 500, 60))
    following.at(76)
    await following.ingest.roll_up()
    assert (await following.spans())[1:] == [("roll_up", 1, 2)]
    assert "on hold" in (await following.headlines())[-1]


async def test_small_and_large_in_one_batch_leave_nothing_waiting(following: Newsroom) -> None:
    following.at(2)
    await following.ingest.accept(delivery([reading(1010, 500, 1), reading(1100, 500, 2)]))
    assert (await following.spans())[1:] == [("margin", 1, 3)]
    assert await due_in(following) is None
    following.at(120)
    await following.ingest.roll_up()
    assert len(await following.spans()) == 2


async def test_large_and_small_in_one_batch_leave_the_small_one_waiting(following: Newsroom) -> None:
    following.at(2)
    await following.ingest.accept(delivery([reading(1100, 500, 1), reading(1110, 500, 2)]))
    assert await due_in(following) == 62
    following.at(62)
    await following.ingest.roll_up()
    assert (await following.spans())[1:] == [("margin", 1, 2), ("roll_up", 2, 3)]


# Roll-ups that nobody is left for.


async def test_what_waits_in_a_server_that_the_bot_left_is_due_no_more(following: Newsroom) -> None:
    await following.follow(AWAY, server=OTHER_SERVER)
    await following.take(reading(1010, 500, 1))
    for server in (SERVER, OTHER_SERVER):
        await following.desk_store.leave(server, START)
    assert await due_in(following) is None
    following.at(61)
    await following.ingest.roll_up()
    assert await following.spans() == [("first", None, 1)]
    await following.desk_store.join(SERVER)
    assert await due_in(following) == 61
    await following.ingest.roll_up()
    assert (await following.spans())[1:] == [("roll_up", 1, 2)]


async def test_what_waits_of_a_contest_that_the_desk_file_lost_is_due_no_more(following: Newsroom) -> None:
    await following.take(reading(1010, 500, 1))
    desk = small_desk()
    fewer = desk.model_copy(update={"contests": [contest for contest in desk.contests if contest.id != "ga"]})
    fewer = Desk.model_validate(fewer.model_dump())
    await following.restart(fewer)
    following.at(61)
    await following.ingest.roll_up()
    assert await due_in(following) is None
    assert await following.count("outbox") == 1


async def test_what_waits_of_a_source_that_leads_no_more_is_not_posted(following: Newsroom) -> None:
    await following.take(reading(1010, 500, 1))
    document = small_desk().model_dump()
    document["contests"][0]["leads"] = "ga-sos"
    await following.restart(Desk.model_validate(document))
    following.at(61)
    await following.ingest.roll_up()
    assert await due_in(following) is None
    assert await following.spans() == [("first", None, 1)]


async def test_a_source_that_begins_to_lead_is_told_as_first_from_where_it_stands(following: Newsroom) -> None:
    for minute in range(1, 6):
        await following.take(reading(900 + 10 * minute, 400, minute, source="ga-sos"))
    document = small_desk().model_dump()
    document["contests"][0]["leads"] = "ga-sos"
    await following.restart(Desk.model_validate(document))
    await following.take(reading(1000, 400, 6, source="ga-sos"))
    last = (await following.posts())[-1]
    assert (last.kind, last.start) == ("first", None)
    assert "by 600 votes" in last.headline


async def test_nothing_is_posted_before_the_first_votes_which_are_posted_at_once(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(night(0, 0, 0, 0), night(0, 0, 1, 1), night(0, 0, 2, 1, status="unofficial-partial"))
    assert await newsroom.spans() == []
    assert await due_in(newsroom) is None
    await newsroom.take(night(100, 40, 3, 5))
    assert await newsroom.spans() == [("first", None, 4)]
    assert (await newsroom.headlines())[-1].startswith("**Biden leads in Georgia by 60 votes,**")


async def test_the_first_votes_are_posted_at_once_in_a_channel_that_was_shown_a_count_of_none(
    newsroom: Newsroom,
) -> None:
    await newsroom.take(night(0, 0, 0, 0))
    await newsroom.follow()
    await newsroom.take(night(100, 40, 1, 5))
    assert (await newsroom.headlines())[-1].startswith("**Biden leads in Georgia by 60 votes,**")


# When the source was last checked.


async def test_a_roll_up_does_not_say_that_a_silent_source_was_just_checked(following: Newsroom) -> None:
    await following.publish()
    await following.take(reading(1010, 500, 1))
    following.at(61)
    await following.ingest.roll_up()
    await following.publish()
    row = await following.database.row("SELECT embeds FROM outbox WHERE kind = 'roll_up'")
    assert row is not None
    assert "last checked at 7:01 a.m." in row[0]


# Election night.


def night(biden: int, trump: int, minute: float, precincts: int, **more: object) -> Reading:
    return reading(biden, trump, minute, reporting={"precincts": (precincts, 100)}, **more)


async def test_on_election_night_what_comes_in_is_told_every_quarter_of_an_hour(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(
        night(1000, 500, 0, 5), night(2000, 900, 1, 10), night(2000, 2900, 5, 15), night(4000, 3000, 9, 20)
    )
    assert await newsroom.spans() == [("first", None, 1)]
    assert await due_in(newsroom) == 16
    newsroom.at(16)
    await newsroom.ingest.roll_up()
    assert (await newsroom.spans())[1:] == [("roll_up", 1, 4)]


async def test_a_milestone_takes_along_what_waited(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(night(1000, 500, 0, 5), night(1100, 500, 1, 10), night(1200, 500, 2, 25))
    assert (await newsroom.spans())[1:] == [("margin", 1, 3)]
    assert await due_in(newsroom) is None


async def test_quiet_hours_end_with_one_post_which_a_lead_change_leads_weighed_by_the_lead_that_was_told(
    newsroom: Newsroom,
) -> None:
    await newsroom.follow(preferences=FollowPreferences(quiet=(7 * 60, 8 * 60), through=False))
    await newsroom.take(reading(90000, 500), reading(90000, 110000, 1), reading(90000, 110100, 2))
    newsroom.at(60)
    await newsroom.ingest.roll_up()
    assert (await newsroom.spans())[1:] == [("lead_change", 1, 3)]
    assert (await newsroom.headlines())[-1] == (
        "**Trump leads in Georgia by 20,100 votes, ahead since 7:01 a.m.** Biden had led by 89,500 at 7 a.m. before 109,600 "
        "more votes were counted over two updates."
    )
    weighed = await newsroom.database.rows("SELECT least, of_lead FROM spans ORDER BY post")
    assert weighed == [(None, 0), (269, 1)]


async def test_after_the_night_a_lead_change_that_waited_is_told(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(night(1000, 500, 0, 80), night(1000, 1500, 1, 85), night(1001, 1510, 2, 91))
    told = await newsroom.posts()
    assert [row.end for row in told] == [1, 3]
    assert "Trump" in told[-1].headline


@pytest.mark.parametrize("begins", [True, False])
async def test_a_recount_begins_where_it_is_whole_in_a_channel_that_follows_or_changes_while_it_is_not(
    newsroom: Newsroom, begins: bool
) -> None:
    if not begins:
        await newsroom.follow()
    part, whole = (dict[str, Any](count="recount", reporting={"units": (units, 159)}) for units in (50, 159))
    await newsroom.take(reading(900, 1000, **part))
    await newsroom.follow(least=50)
    await newsroom.take(reading(2000, 2050, 1, **part), reading(5000, 4900, 2, **whole))
    assert await newsroom.spans() == [("first", None, 3)]


async def test_a_recount_that_is_not_complete_is_never_posted(newsroom: Newsroom) -> None:
    await newsroom.follow()

    def recount(biden: int, trump: int, minute: float, units: int) -> Reading:
        return reading(biden, trump, minute, count="recount", reporting={"units": (units, 159)})

    await newsroom.take(recount(10, 500, 0, 1), recount(900, 700, 1, 80))
    newsroom.at(300)
    await newsroom.ingest.roll_up()
    assert await newsroom.spans() == []
    await newsroom.take(recount(5000, 4900, 301, 159))
    assert await newsroom.spans() == [("first", None, 3)]


# All precincts have reported, and ballots are known to be left.


@pytest.mark.parametrize(
    ("all_in", "public", "told"), [(True, False, True), (False, False, False), (True, True, False)]
)
async def test_a_post_that_all_precincts_have_reported_names_the_ballots_known_to_be_left(
    newsroom: Newsroom, all_in: bool, public: bool, told: bool
) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500, reporting={"precincts": [8, 9]}))
    for place, (number, source) in enumerate(((444, "reporter"), (300, "ga-sos"))):
        left = {"ballots": number, "units": ["Floyd"] if source == "reporter" else [], "type": "absentee-mail"}
        said = {"source": source, "contest": "ga", "as_of": START + timedelta(seconds=place), "outstanding": left}
        await newsroom.statements.take_in(Statement.model_validate(said), SERVER, WHO)
    if public:
        await newsroom.control.set_desk_channel(19, SERVER, WHO)
        await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    done = [9, 9] if all_in else [8, 9]
    await newsroom.take(reading(1000, 500, 1, reporting={"precincts": done}, status="unofficial-complete"))
    await newsroom.post(reading(1100, 500, 2, reporting={"precincts": done}))
    *_, (card,) = await newsroom.database.rows(
        "SELECT embeds FROM outbox WHERE channel = ? AND action = 'post' AND kind <> 'notice' ORDER BY id", (COUNT,)
    )
    named = (
        "Left to count when last reported: 444 absentee ballots in Floyd County at 7 a.m. (our reporter); "
        "300 absentee ballots in Georgia at 7 a.m. (the Secretary of State)."
    )
    assert (named in card) == told
    assert ("444" in card) == told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (0, "444 absentee ballots in Floyd County at 7 a.m. (our reporter)"),
        (1, "444 absentee ballots in Floyd County at 7 a.m. (our reporter; one more vote counted there since)"),
        (443, "444 absentee ballots in Floyd County at 7 a.m. (our reporter; 443 more votes counted there since)"),
        (444, None),
    ],
)
async def test_ballots_are_named_as_left_until_as_many_votes_have_come_in(
    newsroom: Newsroom, more: int, told: str | None
) -> None:
    await newsroom.follow()
    done: dict[str, object] = {"reporting": {"precincts": [9, 9]}, "status": "unofficial-complete"}
    await newsroom.post(reading(1000, 500, reporting={"precincts": [8, 9]}))
    left = {"ballots": 444, "units": ["Floyd"], "type": "absentee-mail"}
    said = {"source": "reporter", "contest": "ga", "as_of": START + timedelta(seconds=1), "outstanding": left}
    await newsroom.statements.take_in(Statement.model_validate(said), SERVER, WHO)
    units = {"Floyd": more, "Cobb": 900}
    await newsroom.post(
        reading(1900 + more, 500, 1, unit_batch={name: new for name, new in units.items() if new}, **done)
    )
    (card,) = (await newsroom.database.rows("SELECT embeds FROM outbox WHERE channel = ? ORDER BY id DESC", (COUNT,)))[
        0
    ]
    assert ("Left to count" in card) == (told is not None)
    assert told is None or f"Left to count when last reported: {told}." in card


async def test_a_headline_that_all_precincts_have_reported_names_the_ballots_known_to_be_left(
    newsroom: Newsroom,
) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500, reporting={"precincts": [8, 9]}))
    left = [{"ballots": 70, "type": "provisional"}]
    await newsroom.take(
        reading(1000, 500, 1, reporting={"precincts": [9, 9]}, status="unofficial-complete", outstanding=left)
    )
    posts = [row.headline for row in await newsroom.posts()]
    assert posts[-1:] == [
        (
            "Georgia: all 9 precincts have reported; Biden's lead stays at 500. "
            "Left to count when last reported: 70 provisional ballots in Georgia at 7:01 a.m. (the Times)."
        )
    ]


# A handful of votes.


async def test_a_handful_of_votes_waits_for_the_next_post_until_it_adds_up(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500), reading(1006, 500, 1))
    assert await due_in(newsroom) is None
    await newsroom.take(reading(1012, 500, 2))
    assert await due_in(newsroom) == 62
    newsroom.at(62)
    await newsroom.ingest.roll_up()
    assert (await newsroom.headlines())[-1].startswith("**Biden's lead in Georgia is 512, up 12 since 7 a.m.,**")


async def test_on_election_night_a_lead_change_of_a_handful_of_votes_is_told_with_the_digest(
    newsroom: Newsroom,
) -> None:
    await newsroom.follow()
    part: dict[str, Any] = {"reporting": {"precincts": (41, 100)}}
    await newsroom.take(reading(500, 497, **part), reading(500, 505, 1, **part))
    assert await due_in(newsroom) == 16
