import re
from datetime import timedelta
from typing import NamedTuple

import pytest

from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.follows.preferences import FollowPreferences
from tests.conftest import AWAY, COUNT, OTHER_SERVER, SERVER, START, WHO, Newsroom, delivery, reading


def official(biden: int, trump: int, minute: float) -> Reading:
    return reading(biden, trump, minute, source="ga-sos")


async def says(newsroom: Newsroom, margin: int, minute: float, *, source: str = "reporter", **more: object) -> None:
    """Enter a margin by which a source has Biden ahead."""
    said = {"source": source, "contest": "ga", "as_of": START + timedelta(minutes=minute), "leader": "biden"}
    newsroom.at(minute)
    await newsroom.statements.take_in(Statement.model_validate(said | {"margin": margin} | more), SERVER, WHO)


async def related(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    """Return "confirms" or "contradicts" for each post about another source."""
    posts = [row for row in await newsroom.posts(channel) if (row.kind, row.action) == ("statement", "post")]
    return [
        "contradicts" if "; the Times has" in row.headline and "also" not in row.headline else "confirms"
        for row in posts
    ]


class Says(NamedTuple):
    """A margin that staff enter for a candidate, with its source."""

    margin: int
    minute: float
    leader: str = "biden"
    source: str = "reporter"
    about: bool = False


NOTHING: list[str] = []
LEAD = reading(1000, 500)

RELATED: dict[str, tuple[list[Reading | Says], list[str]]] = {
    "before anything was told": ([official(900, 400, 1)], NOTHING),
    "zeros before the first votes": (
        [reading(0, 0), official(0, 0, 1), reading(10, 0, 2), official(0, 0, 3)],
        NOTHING,
    ),
    "a tie, whoever is named first": (
        [reading(500, 500), official(400, 300, 15), official(400, 400, 16)],
        ["contradicts", "confirms"],
    ),
    "the same margin again": (
        [LEAD, official(900, 400, 1), official(950, 450, 2), official(990, 490, 90)],
        ["confirms"],
    ),
    "two feeds hand in hand": (
        [LEAD, official(900, 400, 1), reading(1100, 500, 2), official(1000, 400, 3)],
        ["confirms"],
    ),
    "a new margin that stood unconfirmed for an hour": (
        [LEAD, official(900, 400, 1), reading(1100, 500, 2), official(1000, 400, 62)],
        ["confirms", "confirms"],
    ),
    "a contradiction that goes on": (
        [LEAD, official(900, 390, 14), official(920, 390, 15), official(940, 390, 16)],
        ["contradicts"],
    ),
    "a contradiction after the source agreed": (
        [LEAD, official(900, 390, 15), official(920, 390, 16), official(940, 440, 17), official(990, 440, 18)],
        ["contradicts", "confirms", "contradicts"],
    ),
    "a source that is behind": (
        [LEAD, reading(1100, 500, 1), reading(1200, 500, 2), official(950, 450, 3), official(1050, 450, 4)],
        NOTHING,
    ),
    "a source that catches up": (
        [LEAD, reading(1100, 500, 1), reading(1200, 500, 2), official(1050, 450, 4), official(1150, 450, 5)],
        ["confirms"],
    ),
    "each count for itself": (
        [
            LEAD,
            official(900, 400, 1),
            reading(1000, 500, 2, count="audit"),
            reading(900, 400, 3, source="ga-sos", count="audit"),
        ],
        ["confirms", "confirms"],
    ),
    "a person who agrees": ([LEAD, Says(500, 1)], NOTHING),
    "a person who contradicts, twice": ([LEAD, Says(480, 1), Says(470, 2)], ["contradicts"]),
    "a person who contradicts after agreeing": (
        [LEAD, Says(480, 1), Says(470, 2), Says(500, 3), Says(460, 4)],
        ["contradicts", "contradicts"],
    ),
    "a person who agreed first": ([LEAD, Says(500, 1), Says(480, 2)], ["contradicts"]),
    "a person who has another ahead": (
        [LEAD, Says(480, 1), Says(20, 2, "trump"), Says(30, 3, "trump")],
        ["contradicts", "contradicts"],
    ),
    "a person who has the first ahead again": (
        [LEAD, Says(480, 1), Says(20, 2, "trump"), Says(30, 3, "trump"), Says(470, 4)],
        ["contradicts", "contradicts", "contradicts"],
    ),
    "about so many, which is near": ([LEAD, Says(490, 1, about=True)], NOTHING),
    "about so many, which is not": ([LEAD, Says(490, 1, about=True), Says(400, 2, about=True)], ["contradicts"]),
    "an entry of the leading source": ([LEAD, Says(480, 1, source="times")], NOTHING),
    "an entry that the leading source confirms once": (
        [LEAD, Says(600, 1), reading(1100, 500, 2), reading(1150, 500, 3), reading(1151, 551, 4)],
        ["contradicts", "confirms"],
    ),
    "another entry after it was confirmed": (
        [LEAD, Says(600, 1), reading(1100, 500, 2), reading(1151, 551, 4), Says(700, 5), reading(1251, 551, 6)],
        ["contradicts", "confirms", "contradicts", "confirms"],
    ),
    "only the last entry is confirmed": (
        [LEAD, Says(600, 1), Says(650, 2), reading(1100, 500, 3)],
        ["contradicts"],
    ),
    "the last entry is confirmed": (
        [LEAD, Says(600, 1), Says(650, 2), reading(1100, 500, 3), reading(1150, 500, 4)],
        ["contradicts", "confirms"],
    ),
    "an entry of a day ago": ([LEAD, Says(600, 1), reading(1100, 500, 24 * 60 + 2)], ["contradicts"]),
    "entries that agreed or were behind": (
        [
            *(LEAD, reading(1100, 500, 1)),
            *(Says(500, 2), Says(600, 3)),
            *(reading(1000, 500, 4), reading(1000, 500, 6), reading(1100, 500, 7)),
        ],
        NOTHING,
    ),
}


@pytest.mark.parametrize(("steps", "told"), RELATED.values(), ids=RELATED)
async def test_another_source_is_told_once_until_it_says_something_else(
    newsroom: Newsroom, steps: list[Reading | Says], told: list[str]
) -> None:
    await newsroom.follow()
    for step in steps:
        if isinstance(step, Says):
            about = ["margin"] if step.about else []
            await says(newsroom, step.margin, step.minute, source=step.source, leader=step.leader, approximate=about)
            await newsroom.publish()
        else:
            await newsroom.take(step)
    assert await related(newsroom) == told


async def test_the_first_confirmation_is_posted_with_the_number_of_the_post_it_confirms(following: Newsroom) -> None:
    await following.take(official(900, 400, 1))
    assert await related(following) == ["confirms"]
    assert "(#1)" in (await following.headlines())[-1]


async def test_an_entry_that_contradicts_what_is_posted_and_waits_gives_way_to_the_next_of_its_source(
    following: Newsroom,
) -> None:
    await following.publish()
    await following.control_store.pause(SERVER, WHO, None)
    await says(following, 450, 1)
    await says(following, 400, 2)
    await following.control_store.resume(SERVER, WHO, None)
    await following.publish()
    posts = [(row.state, row.headline) for row in await following.posts() if row.kind == "statement"]
    (earlier, _), (later, headline) = posts
    assert (earlier, later) == ("dropped", "sent")
    assert headline.startswith(
        "**Figures from our reporter have Biden ahead in Georgia by 400,** as of 7:02 a.m.; the Times has Biden ahead by "
    )


async def test_what_another_source_revised_while_posts_waited_is_marked_and_told_with_the_count(
    following: Newsroom,
) -> None:
    await following.publish()
    await following.post(official(900, 390, 15))
    await following.control_store.pause(SERVER, WHO, None)
    await following.take(reading(1100, 500, 16), official(850, 390, 17))
    await following.repeat(19, "ga-sos")
    await following.control_store.resume(SERVER, WHO, None)
    await following.publish()
    first, second, told = following.contents()
    assert first.startswith("**Biden leads in Georgia by 500 votes,**")
    assert second.startswith("**Revised; see [#")
    assert "votes" not in second.split("\n")[0]  # not the other source's words
    assert told.startswith("**Biden's lead in Georgia grows by 100 votes, to 600,**")
    card = following.shown()[-1].embeds[0]["description"]
    assert "The Secretary of State: Biden +460" in card


async def test_a_small_change_that_waits_is_named_beside_the_margin_posted(following: Newsroom) -> None:
    await following.take(reading(1001, 500, 1))
    await says(following, 480, 2)
    assert (await following.headlines())[-1].endswith(
        "the Times has Biden ahead by 501, as of 7:01 a.m., up from 500 in #1."
    )


async def test_a_total_that_grew_while_the_margin_stayed_is_the_leading_sources_now(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(
        reading(1000, 500).model_copy(update={"total": 1500}),
        reading(1002, 502, 1).model_copy(update={"total": 1504}),  # too small for a post: it waits
        official(1002, 502, 2).model_copy(update={"total": 1504}),
    )
    headline = (await newsroom.headlines())[-1]
    assert "also has" in headline
    assert "with 1,504 votes counted, the same as the Times" in headline


async def test_what_a_source_says_of_another_count_makes_no_statement_of_this_one_old(following: Newsroom) -> None:
    await following.publish()
    await says(following, 480, 1, source="ga-sos")
    await says(following, 470, 2, source="ga-sos", count="audit")
    await following.publish()
    assert [row.state for row in await following.posts() if row.kind == "statement"] == ["sent"]


@pytest.fixture
async def quiet(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a lead of 500, in quiet hours until 8:30 a.m."""
    await newsroom.follow(preferences=FollowPreferences(quiet=(7 * 60, 8 * 60 + 30)))
    await newsroom.take(reading(1000, 500))
    return newsroom


async def end_quiet_hours(newsroom: Newsroom) -> None:
    newsroom.at(90)
    await newsroom.ingest.roll_up()


async def test_what_another_source_comes_to_in_quiet_hours_is_told_at_their_end_as_it_is_then(quiet: Newsroom) -> None:
    await quiet.take(official(900, 380, 1), official(920, 390, 60))
    assert await related(quiet) == []
    assert await quiet.ingest.next_due() == START + timedelta(minutes=90)
    await end_quiet_hours(quiet)
    assert await related(quiet) == ["contradicts"]
    assert "ahead in Georgia by 530,** as of 8 a.m.; the Times has Biden ahead by 500" in (await quiet.headlines())[-1]
    assert await quiet.ingest.next_due() is None
    await quiet.ingest.roll_up()
    assert await related(quiet) == ["contradicts"]


async def test_a_feed_that_comes_to_an_entry_in_quiet_hours_says_so_at_their_end_once(quiet: Newsroom) -> None:
    await says(quiet, 530, 1, source="ga-sos")
    await quiet.take(reading(1010, 500, 2), reading(1030, 500, 3))
    await end_quiet_hours(quiet)
    assert [row.kind for row in await quiet.posts()] == ["first", "statement", "statement"]
    assert "530" in (last := (await quiet.headlines())[-1])
    assert "The Secretary of State had Biden ahead by 530 at 7:01 a.m." in last
    assert await quiet.count("ahead") == 0


async def test_it_is_held_against_what_is_posted_at_the_end_of_quiet_hours(quiet: Newsroom) -> None:
    await quiet.take(official(930, 400, 1), reading(1100, 570, 2))
    await end_quiet_hours(quiet)
    assert [row.kind for row in await quiet.posts()] == ["first", "roll_up", "statement"]
    assert await related(quiet) == ["confirms"]
    assert "(#2)" in (await quiet.headlines())[-1]


async def test_a_source_that_agrees_again_by_the_end_of_quiet_hours_contradicted_nothing(quiet: Newsroom) -> None:
    await quiet.take(official(900, 380, 1), official(920, 420, 60))
    await end_quiet_hours(quiet)
    assert await related(quiet) == ["confirms"]


async def test_what_was_told_on_following_can_be_confirmed(newsroom: Newsroom) -> None:
    await newsroom.take(reading(1000, 500))
    await newsroom.follow()
    await newsroom.take(official(900, 400, 1))
    assert await related(newsroom) == ["confirms"]
    assert "#" not in (await newsroom.headlines())[-1]


async def test_a_feed_speaks_to_every_server_and_staff_to_their_own(following: Newsroom) -> None:
    await following.follow(AWAY, server=OTHER_SERVER)
    await says(following, 480, 1, source="ga-sos")
    assert (await related(following), await related(following, AWAY)) == (["contradicts"], [])
    await following.take(official(900, 400, 2))
    assert (await related(following), await related(following, AWAY)) == (["contradicts", "confirms"], ["confirms"])


# People.


async def test_what_was_said_before_the_margin_posted_contradicts_nothing(following: Newsroom) -> None:
    await following.take(reading(1100, 500, 30))
    following.at(31)
    await following.ingest.accept(delivery([official(900, 395, 10)]))
    assert await related(following) == []


async def test_a_statement_of_a_time_still_ahead_is_refused(following: Newsroom) -> None:
    said = {
        "source": "reporter",
        "contest": "ga",
        "as_of": START + timedelta(minutes=62),
        "leader": "biden",
        "margin": 5,
    }
    statement = Statement.model_validate(said)
    with pytest.raises(BadInputError, match="is still ahead"):
        await following.statements.take_in(statement, SERVER, WHO)


# Where the desk is ahead of the feeds.


async def confirmed(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    """Return the posts in which a feed confirms the desk's earlier figure."""
    return [
        line
        for line in await newsroom.headlines(channel)
        if "ow confirmed by" in line or re.search(r" had (that total|Biden ahead by [a-z0-9, ]+) at ", line)
    ]


async def test_the_leading_feed_that_catches_up_with_the_desk_is_told_as_a_confirmation(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 1463))
    await says(newsroom, 917, 27)
    await newsroom.publish()
    await newsroom.take(reading(2611, 1694, 50))
    assert await newsroom.kinds() == ["first", "statement", "lead_change"]
    assert (await newsroom.headlines())[-1] == (
        "**Biden takes the lead in Georgia, by 917 votes,** after 1,842 votes broke 1,611 to 231 for Biden. Trump had led by 463. "
        "Our reporter had Biden ahead by 917 at 7:27 a.m. (#2)."
    )
    post = (await newsroom.posts())[-1]
    assert (post.start, post.end, post.quiet) == (1, 2, 0)


async def test_where_the_public_reads_nothing_confirms_what_a_source_of_the_newsroom_s_own_had(
    newsroom: Newsroom,
) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 1463))
    await newsroom.control.set_desk_channel(19, SERVER, WHO)
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    await says(newsroom, 917, 27)
    await newsroom.take(reading(2611, 1694, 50))
    assert await confirmed(newsroom) == []
    assert (await newsroom.headlines())[-1].startswith("**Biden takes the lead in Georgia, by 917 votes,**")


async def test_a_small_change_that_confirms_the_desk_is_told_at_once_with_what_waited(following: Newsroom) -> None:
    await says(following, 503, 1)
    await following.take(reading(1001, 500, 2), reading(1003, 500, 3))
    assert (await following.spans())[2:] == [("statement", 1, 3)]
    assert (await following.headlines())[-1] == (
        "**Biden's lead in Georgia has grown by 3 votes since 7 a.m., to 503,** after three more votes were counted over "
        "two updates, all for Biden. Our reporter had Biden ahead by 503 at 7:01 a.m."
    )


async def test_about_so_many_is_confirmed_by_what_is_near(following: Newsroom) -> None:
    await says(following, 900, 1, approximate=["margin"])
    await following.take(reading(1417, 500, 2))
    assert (await confirmed(following))[0].endswith(" Our reporter had Biden ahead by about 900 at 7:01 a.m.")


async def test_a_feed_beside_that_catches_up_is_told_with_what_the_leading_one_has(following: Newsroom) -> None:
    await says(following, 600, 1)
    await following.take(official(950, 350, 2), official(960, 350, 3))
    (headline,) = await confirmed(following)
    assert headline == (
        "**Now confirmed by the Secretary of State: Biden is ahead in Georgia by 600 votes,** as our reporter had at "
        "7:01 a.m.; the Times has Biden ahead by 500, as of 7 a.m."
    )
    await following.take(reading(1100, 500, 4))
    assert len(await confirmed(following)) == 1


async def test_a_revision_that_comes_to_what_the_desk_had_stays_a_revision(following: Newsroom) -> None:
    await says(following, 480, 1)
    await following.take(reading(980, 500, 2), reading(980, 500, 4))
    assert await following.kinds() == ["first", "statement", "revision"]
    headline = (await following.headlines())[-1]
    assert headline.startswith("**Count revised:**")
    assert headline.endswith(" Our reporter had Biden ahead by 480 at 7:01 a.m.")


async def test_a_total_that_the_desk_had_first_is_confirmed(following: Newsroom) -> None:
    await following.take(reading(1000, 500, 1, total=1510))
    newsroom = following
    newsroom.at(2)
    said = {"source": "reporter", "contest": "ga", "as_of": START + timedelta(minutes=2), "total": 1530}
    await newsroom.statements.take_in(Statement.model_validate(said), SERVER, WHO)
    assert await related(newsroom) == []  # totals that differ only stand side by side
    await newsroom.take(reading(1006, 504, 3, total=1520), reading(1010, 508, 4, total=1530))
    assert (await confirmed(newsroom))[0].endswith(" Our reporter had that total at 7:02 a.m.")
    await newsroom.take(reading(1020, 508, 5, total=1540))
    assert len(await confirmed(newsroom)) == 1


async def test_what_was_taken_back_is_not_confirmed(following: Newsroom) -> None:
    await says(following, 600, 1)
    await following.publish()
    await following.corrections.retract(SERVER, 2, "it was Cobb's", WHO)
    await following.take(reading(1100, 500, 2))
    assert await confirmed(following) == []


async def test_another_server_s_desk_is_not_spoken_of(following: Newsroom) -> None:
    await following.follow(AWAY, server=OTHER_SERVER)
    await says(following, 600, 1)
    await following.take(reading(1100, 500, 2))
    assert (len(await confirmed(following)), await confirmed(following, AWAY)) == (1, [])
    assert (await following.kinds(AWAY))[-1] == "margin"


async def test_a_channel_that_was_left_leaves_nothing_to_confirm(following: Newsroom) -> None:
    await says(following, 600, 1)
    await following.following.unfollow("ga", SERVER, COUNT, WHO)
    assert await following.count("ahead") == 0


# Recounts.


async def test_a_part_of_a_recount_confirms_and_contradicts_nothing_and_its_revisions_are_not_told(
    following: Newsroom,
) -> None:
    whole, part = {"reporting": {"units": (159, 159)}}, {"reporting": {"units": (9, 159)}}
    await following.take(reading(990, 500, 1, count="recount", **whole))
    by_state = [
        reading(100, 500, 2, source="ga-sos", count="recount", **part),
        reading(99, 500, 3, source="ga-sos", count="recount", **part),
        reading(99, 500, 5, source="ga-sos", count="recount", **part),
    ]
    await following.take(*by_state)
    assert await following.kinds() == ["first", "first"]
    await following.take(reading(990, 501, 16, source="ga-sos", count="recount", **whole))
    assert await related(following) == ["contradicts"]


async def test_feeds_that_are_minutes_apart_differ_once_the_posted_margin_has_stood(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500), official(900, 390, 2))
    assert await related(newsroom) == []
    newsroom.at(14)
    await newsroom.ingest.roll_up()
    assert await related(newsroom) == []
    newsroom.at(16)
    await newsroom.ingest.roll_up()
    assert await related(newsroom) == ["contradicts"]


async def test_a_source_that_is_merely_behind_says_nothing_however_long_that_margin_stands(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500), reading(1006, 500, 1), official(1000, 500, 2))
    assert await related(newsroom) == []
    await newsroom.take(reading(1010, 500, 80), official(1000, 500, 81), official(1010, 500, 82))
    assert await related(newsroom) == []


async def test_a_source_that_was_behind_is_told_once_it_differs(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500), reading(1006, 500, 1), official(1000, 500, 2), official(1100, 500, 3))
    newsroom.at(16)
    await newsroom.ingest.roll_up()
    assert await related(newsroom) == ["contradicts"]
