"""Tests posts that an announcement channel publishes to its followers.

Each wanted post is published once, within Discord's limit of ten an hour. Other posts don't wait for it.
"""

from collections.abc import Mapping

import pytest

from bot.follows.preferences import FollowPreferences
from bot.outbox.dispatcher import Dispatcher
from bot.outbox.kinds import PUBLISHED, Published
from bot.outbox.outbox import Outbox
from bot.outbox.outbox_store import OutboxStore
from bot.outbox.pacing import Pacing
from bot.rehearsal.standin.destination import ANNOUNCEMENT
from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.message import Flag
from tests.conftest import COUNT, FAST, SERVER, WHO, Newsroom, reading
from tests.outbox.rows import add
from tests.outbox.test_approval import press, questions
from tests.outbox.test_consequences_store import DESK, set_desk_channel
from tests.outbox.test_dispatcher import forever, until

CROSSPOST = "POST /channels/*/messages/*/crosspost"


@pytest.fixture
async def follower(newsroom: Newsroom) -> Channel:
    """Return a channel of another server that follows the channel `COUNT`.

    `COUNT` publishes every class of posts about a contest.
    """
    await want(newsroom, *PUBLISHED)
    channel = newsroom.add_channel()
    assert isinstance(channel, Channel)
    channel.type = ANNOUNCEMENT
    follower = newsroom.world.add_guild("Readers").add_channel("news")
    channel.follow(follower)
    return follower


async def want(newsroom: Newsroom, *classes: Published) -> None:
    await newsroom.follow(COUNT, board=False, preferences=FollowPreferences(publish=classes))


def said(channel: Channel) -> list[str]:
    return [message.content.split("\n")[0] for message in channel.messages]


def published(newsroom: Newsroom) -> list[int | None]:
    """Return the HTTP status of each request to publish a message."""
    return [one.status for one in newsroom.standin.requests if one.path.endswith("/crosspost")]


async def test_what_is_wanted_is_published_once_it_is_in_the_channel_and_nothing_else(
    newsroom: Newsroom, follower: Channel
) -> None:
    await want(newsroom, "lead_change", "revision")
    await newsroom.post(reading(1000, 1100), reading(1300, 1100, 5), reading(1400, 1100, 10))
    assert len(newsroom.contents(COUNT)) == 3
    (handed_on,) = said(follower)
    assert handed_on.startswith("**Biden takes the lead")
    await newsroom.publish()
    assert published(newsroom) == [200]


async def test_nothing_is_published_before_an_editor_lets_it_out(newsroom: Newsroom, follower: Channel) -> None:
    await set_desk_channel(newsroom)
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    await newsroom.post(reading(1000, 1100))
    assert (newsroom.contents(COUNT), said(follower)) == ([], [])
    (question,) = questions(newsroom)
    await press(newsroom, "publish", question)
    await newsroom.publish()
    assert len(said(follower)) == 1


@pytest.mark.parametrize("acted_on", [True, False])
async def test_an_answer_that_never_came_publishes_nothing_twice(
    newsroom: Newsroom, follower: Channel, acted_on: bool
) -> None:
    newsroom.will(COUNT, "lost answer" if acted_on else "lost", route=CROSSPOST)
    await newsroom.post(reading(1000, 1100))
    assert published(newsroom)[-1] == (400 if acted_on else 200)
    assert len(said(follower)) == 1
    assert await states(newsroom) == ["sent"]


async def states(newsroom: Newsroom) -> list[str]:
    return [state for (state,) in await newsroom.database.rows("SELECT state FROM outbox WHERE action = 'publish'")]


async def test_a_death_at_any_step_publishes_once(newsroom: Newsroom, follower: Channel) -> None:
    await newsroom.take(reading(1000, 1100))
    post = await newsroom.outbox.claim(COUNT)
    assert post.post is not None
    await newsroom.publish()  # after a death with the post under way
    assert len(said(follower)) == 1
    await newsroom.take(reading(1200, 1100, 5))
    newsroom.will(COUNT, "hang", route=CROSSPOST)

    def wake(channels: Mapping[int, bool]) -> None:
        dying.wake(channels)

    store = OutboxStore(Outbox(newsroom.database, newsroom.post_kinds, newsroom.clock, wake))
    dying = Dispatcher(store, newsroom.channels, Pacing(FAST), forever)
    await dying.start()
    await until(lambda: None in published(newsroom))
    await dying.stop(0)
    await newsroom.publish()
    assert len(said(follower)) == 2
    assert await states(newsroom) == ["sent", "sent"]


async def test_of_ten_an_hour_the_rest_takes_six_and_what_is_wanted_most_waits_for_its_turn(
    newsroom: Newsroom, follower: Channel
) -> None:
    await add(newsroom, *(f"said {number}" for number in range(8)), kind="shared", contest="ga")
    await newsroom.publish()
    assert said(follower) == [f"said {number}" for number in range(6)]
    await add(newsroom, *(f"certified {number}" for number in range(5)), kind="certified", contest="ga")
    await newsroom.publish()
    assert len(newsroom.contents(COUNT)) == 13
    assert said(follower)[6:] == [f"certified {number}" for number in range(5)]
    assert sum(newsroom.wall.slept) == pytest.approx(3600, abs=1)  # the fifth, until the first was an hour ago
    await add(newsroom, "said again", kind="shared", contest="ga")
    newsroom.wall.move(3600)
    await newsroom.publish()
    assert said(follower)[-1] == "said again"


async def test_nothing_waits_behind_what_can_not_be_published_yet(newsroom: Newsroom, follower: Channel) -> None:
    newsroom.will(COUNT, "later", route=CROSSPOST, seconds=1163.0)
    await newsroom.post(reading(1000, 1100), reading(1300, 1100, 5))
    assert [post.state for post in await newsroom.posts(COUNT)][:2] == ["sent", "sent"]
    assert newsroom.wall.slept == [pytest.approx(1163, abs=1)]
    assert len(said(follower)) == 2


async def test_a_channel_that_is_no_announcement_channel_any_more_publishes_nothing_and_the_desk_is_told(
    newsroom: Newsroom, follower: Channel
) -> None:
    await set_desk_channel(newsroom)
    newsroom.world.guilds[SERVER].channels[COUNT].type = 0
    for step in range(2):
        await newsroom.post(reading(1000 + 30 * step, 1100, step))
    assert (len(newsroom.contents(COUNT)), said(follower)) == (2, [])
    (told,) = newsroom.contents(DESK)
    assert told.startswith("**#1")
    assert "Cannot execute action on this channel type" in told


async def test_of_edits_followers_get_what_says_that_a_post_was_wrong(newsroom: Newsroom, follower: Channel) -> None:
    await newsroom.post(reading(1000, 500), reading(1100, 500, 1))
    await newsroom.take(reading(1050, 500, 2))
    await newsroom.repeat(4)
    await newsroom.publish()
    (_, wrong, revision) = follower.messages
    assert wrong.flags & Flag.IS_CROSSPOST
    assert "Revised" in wrong.content
    assert wrong.edited is not None
    assert revision.content.startswith("**Count revised:**")
    row = (await newsroom.database.rows("SELECT id FROM outbox WHERE action = 'post' ORDER BY id"))[0][0]
    await newsroom.database.write(
        lambda connection: connection.execute(
            """INSERT INTO outbox (server, channel, action, number, kind, about, content, news_at, wall_created)
               VALUES (?, ?, 'edit', 1, 'statement', ?, 'another source says so, too', 0, 0)""",
            (SERVER, COUNT, row),
        )
    )
    await newsroom.publish()
    assert "another source says so, too" not in said(follower)
    (why,) = await newsroom.database.rows("SELECT state, why FROM outbox ORDER BY id DESC LIMIT 1")
    assert why == ("dropped", "what it edits was published")


async def test_followers_get_no_correction_of_a_post_that_they_did_not_get(
    newsroom: Newsroom, follower: Channel
) -> None:
    await want(newsroom, "lead_change", "revision")
    await newsroom.post(reading(1000, 1100), reading(1300, 1100, 5))
    for number in (1, 2):
        await newsroom.corrections.correct(SERVER, number, "The time was 7 a.m.", WHO)
    await newsroom.publish()
    assert len(newsroom.contents(COUNT)) == 4
    assert [words.split(" ")[0] for words in said(follower)] == ["**Corrected;", "**Correction**"]
    assert said(follower)[1] == "**Correction** to #2: The time was 7 a.m."


async def test_unfollowed_or_forgotten_nothing_is_published_any_more(newsroom: Newsroom, follower: Channel) -> None:
    await newsroom.following.unfollow("ga", SERVER, COUNT, WHO)
    assert await newsroom.count("publishing") == 0
    await want(newsroom, "rest")
    await newsroom.rooms.newsroom.forgetting.forget(SERVER, WHO)
    assert await newsroom.count("publishing") == 0
    assert said(follower) == []
