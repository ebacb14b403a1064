"""What `tallydesk check` says of newsrooms, from their database."""

from bot.cli.desks import desk_findings, follow_findings
from bot.desk.desk_file import Desk
from tests.conftest import AWAY, COUNT, LIVE, OTHER_SERVER, SERVER, START, WHO, Newsroom, reading, small_desk


async def findings(newsroom: Newsroom) -> list[tuple[str, str | None]]:
    return [finding async for finding in desk_findings(newsroom.database)]


async def test_nothing_is_said_of_newsrooms_where_all_is_well(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    await newsroom.publish()
    assert await findings(newsroom) == []


async def test_what_is_stopped_and_waits_is_said_by_server_and_is_not_wrong(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.follow(AWAY, server=OTHER_SERVER)
    await newsroom.control.pause(SERVER, "olga\n(81)", None)
    await newsroom.control.mute("times", OTHER_SERVER, WHO, None)
    await newsroom.take(reading(1000, 500))
    waits = "1 post waits to be sent, the oldest since 2020-11-11T12:00:00+00:00"
    assert await findings(newsroom) == [
        (f"server {SERVER}: paused since 2020-11-11T12:00:00+00:00 by olga (81); {waits}", None),
        (f"server {OTHER_SERVER}: times muted since 2020-11-11T12:00:00+00:00 by {WHO}; {waits}", None),
    ]


async def test_a_closed_channel_is_wrong_and_says_how_to_mend_it(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    claimed = await newsroom.outbox.claim(COUNT)
    assert claimed.post is not None
    await newsroom.outbox.defer(claimed.post, newsroom.outbox.now(), "Missing Access", closed=True)
    (closed,) = [finding for finding in await findings(newsroom) if finding[1]]
    assert closed[0] == f"channel {COUNT} of server {SERVER}"
    assert closed[1] == (
        "it can't be written to since 2020-11-11T12:00:00+00:00 (Missing Access): let the bot's role see it, and send "
        "messages there"
    )


async def test_posts_that_may_not_have_arrived_are_wrong_and_those_for_publish_are_not(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.control.set_desk_channel(9, SERVER, WHO)
    await newsroom.take(reading(1000, 500))
    newsroom.will(COUNT, "lost")
    await newsroom.forbid_history(COUNT)
    await newsroom.publish()
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    await newsroom.take(reading(1100, 500, 1))
    await newsroom.publish()
    assert await findings(newsroom) == [
        (f"server {SERVER}: 1 post waits for Publish", None),
        (f"posts of server {SERVER}", "nobody has said whether #1 arrived: an editor answers with /status"),
    ]


async def test_servers_that_the_bot_left_are_not_spoken_of(newsroom: Newsroom) -> None:
    await newsroom.control.pause(SERVER, WHO, None)
    await newsroom.desk_store.leave(SERVER, START)
    assert await findings(newsroom) == []


async def test_a_followed_contest_that_left_the_desk_file_is_wrong(newsroom: Newsroom) -> None:
    await newsroom.desk_store.join(SERVER)
    for channel in (COUNT, LIVE):
        await newsroom.follow(channel)
        await newsroom.follow(channel, "senate")
    desk = small_desk()
    assert [finding async for finding in follow_findings(newsroom.database, desk)] == []
    left = Desk(desk=desk.desk, contests=desk.contests[:1], sources=desk.sources)
    assert [finding async for finding in follow_findings(newsroom.database, left)] == [
        (
            f"contest senate of server {SERVER}",
            (
                f"channels {COUNT} and {LIVE} followed it, and the desk file no longer has it: nothing is posted of it; put "
                "it back, or let the channel follow another"
            ),
        )
    ]
