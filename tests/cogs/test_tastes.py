"""Tests a channel's preferences for a contest: set on a card, and applied."""

from typing import Any

import pytest

from bot.rehearsal.standin.destination import ANNOUNCEMENT
from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Room, Seen, history, last, said
from tests.cogs.test_desk import RULE
from tests.cogs.test_setting_up import press
from tests.conftest import reading


async def card(room: Room) -> Seen:
    """Return the card of the first follow. The last list on it is the list of all follows."""
    listed = await room.card("following")
    key = (await room.newsroom.database.rows("SELECT id FROM follows ORDER BY id"))[0][0]
    return await room.editor.choose(listed, listed.lists[-1], str(key))


async def choose(room: Room, shown: Seen, which: str, *values: Any) -> Seen:
    key = (await room.newsroom.database.rows("SELECT id FROM follows ORDER BY id"))[0][0]
    return await room.editor.choose(shown, f"follow:{which}:{key}", *values)


async def fill(room: Room, shown: Seen, votes: str, hours: str, smaller: str | None = None) -> str:
    form = await room.editor.click(shown, "Minimum change, quiet hours")
    return (await room.editor.submit(form, [votes, hours, [smaller] if smaller else None])).content


async def look(room: Room, minute: float) -> None:
    room.newsroom.at(minute)
    await room.newsroom.ingest.roll_up()
    await room.publish()


async def test_quiet_hours_hold_what_comes_and_tell_it_in_one_post_at_their_end(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    assert "Quiet from 7 a.m. to 8:30 a.m." in await fill(room, await card(room), "", "7am-8:30am")
    await room.newsroom.take(reading(1100, 500, 5), reading(1200, 500, 30))
    await look(room, 89)
    assert len(history(room.count)) == 1
    assert await room.newsroom.ingest.next_due() == room.newsroom.clock.now().replace(hour=13, minute=30)
    await look(room, 90)
    assert len(history(room.count)) == 2
    assert said(room.count)[1] == (
        "**Biden's lead in Georgia is 700, up 200 since 7 a.m.,** after 200 more votes were counted over two updates, "
        "all for Biden."
    )


@pytest.mark.parametrize("through", [True, False])
async def test_lead_changes_break_through_quiet_hours_or_lead_the_one_post_at_their_end(
    room: Room, through: bool
) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 900))
    await room.publish()
    await fill(room, await card(room), "", "7am-8:30am")
    if not through:
        await press(room, await card(room), "Hold lead changes in quiet hours")
    await room.newsroom.post(reading(1030, 900, 5), reading(1030, 1200, 30), reading(1030, 1300, 40))
    assert len(history(room.count)) == (2 if through else 1)
    await look(room, 91)
    assert await kinds(room) == ["first", "lead_change", *(["roll_up"] if through else [])]
    assert said(room.count)[1] == (
        "**Trump takes the lead in Georgia, by 170 votes,** after 300 more votes were counted, all for Trump. Biden had led by 130."
        if through
        else "**Trump leads in Georgia by 270 votes, ahead since 7:30 a.m.** Biden had led by 100 at 7 a.m. before 430 more votes "
        "were counted over three updates."
    )


async def kinds(room: Room) -> list[str]:
    return [row.kind for row in await room.newsroom.posts(room.count.id)]


async def hold_two_lead_changes(room: Room) -> None:
    """Make the leader lose and regain the lead, in quiet hours that also apply to lead changes."""
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 900))
    await room.publish()
    await fill(room, await card(room), "", "7am-8:30am")
    await press(room, await card(room), "Hold lead changes in quiet hours")
    await room.newsroom.take(reading(1030, 1200, 30), reading(1400, 1200, 40))


async def test_what_waits_goes_out_once_quiet_hours_are_ended_in_one_post_with_the_lead_changes(room: Room) -> None:
    await hold_two_lead_changes(room)
    room.newsroom.at(45)
    await fill(room, await card(room), "", "")
    await look(room, 46)
    assert await kinds(room) == ["first", "lead_change"]
    assert said(room.count)[1] == (
        "**Biden leads in Georgia by 200 votes.** Biden had led by 100 at 7 a.m. before 700 more votes were counted over two updates. "
        "The lead went to Trump at 7:30 a.m. and to Biden at 7:40 a.m."
    )


async def test_what_waits_waits_for_the_end_of_other_quiet_hours(room: Room) -> None:
    await hold_two_lead_changes(room)
    room.newsroom.at(45)
    await fill(room, await card(room), "", "7am-8am")
    await look(room, 46)
    assert await kinds(room) == ["first"]
    await look(room, 61)
    assert await kinds(room) == ["first", "lead_change"]


async def test_lead_changes_that_wait_break_through_once_they_may(room: Room) -> None:
    await hold_two_lead_changes(room)
    room.newsroom.at(45)
    await press(room, await card(room), "Post lead changes in quiet hours")
    await look(room, 46)
    assert await kinds(room) == ["first", "lead_change"]


async def test_what_is_told_together_anyway_is_told_together_after_quiet_hours(room: Room) -> None:
    await hold_two_lead_changes(room)
    await choose(room, await card(room), "kinds", "margin", "status", "other_sources")
    await look(room, 91)
    assert await kinds(room) == ["first", "roll_up"]


async def test_lead_changes_of_election_night_are_told_together_after_quiet_hours(room: Room) -> None:
    await hold_two_lead_changes(room)
    night = {"reporting": {"precincts": (30, 100)}}
    await look(room, 91)
    await room.newsroom.take(reading(1430, 1200, 92, **night))
    await look(room, 60 * 23 + 59)
    told = await kinds(room)
    await room.newsroom.take(reading(1430, 1500, 60 * 24 + 5, **night), reading(1600, 1500, 60 * 24 + 10, **night))
    await look(room, 60 * 24 + 91)
    assert (await kinds(room))[len(told) :] == ["roll_up"]


async def test_what_makes_no_post_is_told_by_the_next_one(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.post(reading(1000, 500))
    await fill(room, await card(room), "", "", "0")
    shown = await choose(room, await card(room), "kinds", "lead_change")
    assert "if more (smaller ones with the next post)." in shown.content
    assert "No posts of their own, included in the next one: margin changes past the minimum" in shown.content
    await room.newsroom.take(reading(1300, 500, 5))
    await look(room, 120)
    assert len(history(room.count)) == 1
    await room.newsroom.take(reading(1300, 1500, 130))
    await room.publish()
    assert await kinds(room) == ["first", "lead_change"]
    assert said(room.count)[1] == (
        "**Trump takes the lead in Georgia, by 200 votes,** after 1,000 more votes were counted, all for Trump. Biden had led by 800."
    )


async def test_small_changes_come_together_when_the_follow_says(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.post(reading(1000, 500))
    assert "(smaller ones every five minutes)" in await fill(room, await card(room), "", "", "5")
    await room.newsroom.take(reading(1013, 500, 1))
    await look(room, 5)
    assert await kinds(room) == ["first"]
    await look(room, 6)
    assert await kinds(room) == ["first", "roll_up"]


async def test_small_changes_that_wait_are_told_as_is_set_of_them_meanwhile(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.post(reading(1000, 500), reading(1013, 500, 1))
    await fill(room, await card(room), "500", "", "0")
    await look(room, 62)
    assert await kinds(room) == ["first"]
    await fill(room, await card(room), "500", "", "120")
    await look(room, 120)
    assert await kinds(room) == ["first"]
    await look(room, 121)
    assert await kinds(room) == ["first", "roll_up"]


async def test_a_channel_with_a_minimum_gets_no_post_of_less_where_the_form_says_so(room: Room) -> None:
    await room.follow("ga")
    form = await press(room, await room.card("following"), "Minimum change, quiet hours")
    refused = await room.editor.submit(form, ["many", "", ["0"]])
    again = await press(room, refused, "Edit and send again")
    shown = await room.editor.submit(again, ["500", "midnight to 5"])
    assert "minimum change 500 votes (smaller ones with the next post)." in shown.content
    await room.newsroom.post(reading(1000, 500), reading(1013, 500, 1))
    await look(room, 120)
    assert await kinds(room) == ["first"]
    await room.newsroom.take(reading(1500, 500, 121))
    assert await kinds(room) == ["first", "margin"]


async def test_small_changes_are_told_as_is_set_of_them_also_where_quiet_hours_are_set(room: Room) -> None:
    await room.follow("ga")
    await fill(room, await card(room), "500", "midnight to 5")
    await room.newsroom.post(reading(1000, 500), reading(1013, 500, 1))
    await fill(room, await card(room), "500", "midnight to 5", "0")
    await look(room, 120)
    assert await kinds(room) == ["first"]
    await fill(room, await card(room), "500", "midnight to 5", "rule")
    await look(room, 121)
    assert await kinds(room) == ["first", "roll_up"]


async def test_small_changes_of_quiet_hours_are_left_to_the_next_post_where_that_is_set(room: Room) -> None:
    await room.follow("ga")
    await fill(room, await card(room), "500", "7am-8am", "0")
    await room.newsroom.post(reading(1000, 500), reading(1013, 500, 1))
    await look(room, 120)
    assert await kinds(room) == ["first"]
    await room.newsroom.take(reading(1600, 500, 121))
    await room.publish()
    assert await kinds(room) == ["first", "margin"]
    assert "after 600 more votes" in last(room.count).content


@pytest.mark.parametrize(("before", "due"), [("0", 16), ("rule", 16), ("120", 17)])
async def test_the_digests_of_election_night_come_also_where_small_changes_are_left_to_the_next_post(
    room: Room, before: str, due: int
) -> None:
    await room.follow("ga")
    await fill(room, await card(room), "500", "", before)
    night = {"precincts": (30, 100)}
    await room.newsroom.post(reading(1000, 500, reporting=night), reading(9000, 500, 1, reporting=night))
    await fill(room, await card(room), "500", "", "0")
    await room.newsroom.take(reading(9100, 500, 2, reporting=night))
    await look(room, due - 1)
    assert await kinds(room) == ["first"]
    await look(room, due)
    assert await kinds(room) == ["first", "roll_up"]


async def test_without_election_night_mode_each_batch_posts(room: Room) -> None:
    await room.follow("ga")
    night = {"precincts": (10, 100)}
    await press(room, await card(room), "No election-night mode")
    await room.newsroom.take(reading(1000, 500, reporting=night), reading(1000, 1500, 1, reporting=night))
    assert await kinds(room) == ["first", "lead_change"]


async def test_a_lead_change_mentions_the_role_and_nothing_else_mentions_anybody(room: Room) -> None:
    role = room.role("Night desk")
    await room.follow("ga")
    shown = await choose(room, await card(room), "mention", role)
    assert f"Lead changes mention <@&{role.id}>" in shown.content
    await room.newsroom.post(reading(1000, 900), reading(1030, 1200, 1), reading(1030, 1600, 2))
    sent = [request.json for request in room.requests if request.path.endswith(f"/{room.count.id}/messages")]
    assert [f"<@&{role.id}>" in body["content"] for body in sent if body] == [False, True, False]
    assert [body["allowed_mentions"].get("roles", []) for body in sent if body] == [[], [role.id], []]
    assert all(not body["allowed_mentions"].get("parse") for body in sent if body)
    message = last(room.count).message
    assert message is not None
    assert message.mention_roles == []


async def test_a_thread_is_asked_for_on_the_card_and_told_of_there(room: Room) -> None:
    await room.follow("ga")
    shown = await room.editor.click(await card(room), "Use a thread")
    assert "Posts go to a thread, which the first one opens." in shown.content
    await room.newsroom.take(reading(1000, 500))
    await room.newsroom.publish()
    found = await room.newsroom.desk_store.thread(room.count.id, "ga")
    assert found is not None
    assert f"Posts go to <#{found.thread}>." in (await card(room)).content
    shown = await room.editor.click(await card(room), "Stop using a thread")
    assert "Posts go to" not in shown.content


async def test_a_thread_that_the_bot_may_not_open_is_refused(room: Room) -> None:
    place = room.closed("closed", "CREATE_PUBLIC_THREADS")
    await room.follow("ga", channel=place)
    refused = await room.editor.click(await card(room), "Use a thread")
    assert "lacks the permission to create public threads there; nothing was changed" in refused.content


async def test_following_again_keeps_what_the_card_set(room: Room) -> None:
    await room.follow("ga")
    await fill(room, await card(room), "40", "23-6")
    await room.follow("ga", at_least=50)
    assert "Quiet from 11 p.m. to 6 a.m." in (await card(room)).content


@pytest.mark.parametrize("typed", ["noon", "25-3", "7:00", "7:60-8", "5pm-5pm", "-1-3"])
async def test_what_are_no_quiet_hours_is_refused(room: Room, typed: str) -> None:
    await room.follow("ga")
    assert "enter a range, e.g. 11 p.m." in await fill(room, await card(room), "", typed)
    assert await room.newsroom.database.rows("SELECT preferences FROM follows") == [(None,)]


async def test_settings_count_nothing_as_told_that_was_discarded(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await room.follow("ga", board=False)
    await room.set_public(room.count, public=True)
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    assert await room.press(last(desk), "Discard")
    await fill(room, await card(room), "", "", "15")
    await room.newsroom.take(reading(1100, 500, 1))
    await room.publish()
    assert last(desk).content.split("\n")[1] == "**Biden leads in Georgia by 600 votes,** with 1,600 counted."


async def test_a_card_of_what_is_no_longer_followed_says_so(room: Room) -> None:
    await room.follow("ga")
    shown = await card(room)
    await room.unfollow("ga")
    assert await room.press(shown, "No election-night mode") == (
        "That channel no longer follows the contest; see `/following`."
    )


async def test_two_people_at_one_card_undo_nothing_of_each_other(room: Room) -> None:
    await room.follow("ga")
    mine, theirs = await card(room), await card(room)
    await press(room, mine, "No election-night mode")
    assert "Election night is like any other night." in await fill(room, theirs, "", "", "15")
    assert "(smaller ones every 15 minutes)" in (await card(room)).content


async def test_a_reporter_sees_what_is_followed_without_the_list(room: Room) -> None:
    await room.follow("ga")
    shown = await card(room)
    assert (await room.card("following", room.reporter)).parts == []
    assert shown.content


# Pages of `/following`.


async def many(room: Room, channels: int = 2) -> None:
    """Follow thirty contests in each of several channels."""
    places = [room.count.id, *(room.guild.add_channel(f"more-{number}").id for number in range(1, channels))]
    for place in places:
        for number in range(1, 31):
            asked = room.following.contest(f"board-{number}")
            await room.following.follow(asked, room.guild.id, place, None, "Olga")


def listed(shown: Seen) -> list[str]:
    """Return the choices in the list of follows under an answer."""
    lists = [part for part in shown.parts if part.get("custom_id") == "follow:choose"]
    return [option["label"] for part in lists for option in part["options"]]


async def test_what_a_server_follows_comes_in_pages_each_with_its_list_also_after_a_restart(room: Room) -> None:
    await many(room)
    shown = await room.card("following")
    first, *_, last = shown.content.split("\n")
    assert (first.split("follows")[0].strip(), last) == (f"**<#{room.count.id}>**", "-# Page 1 of 3; 60 in all")
    choices, ways = listed(shown), [list(shown.buttons)[-2:]]
    await room.restart()
    while "Next" in ways[-1]:
        shown = await press(room, shown, "Next")
        assert len(shown.content) <= 2000
        assert len(listed(shown)) == len(shown.content.split("\n")) - 1 <= 25
        choices, ways = [*choices, *listed(shown)], [*ways, list(shown.buttons)]
    assert ways == [["More settings", "Next"], ["Earlier", "Next"], ["Earlier"]]
    assert len(set(choices)) == len(choices) == 60
    assert first in (await press(room, await press(room, shown, "Earlier"), "Earlier")).content


async def test_one_of_a_later_page_is_chosen_and_changed(room: Room) -> None:
    await many(room)
    shown = await press(room, await press(room, await room.card("following"), "Next"), "Next")
    last_one = next(part for part in shown.parts if "options" in part)["options"][-1]
    result = await room.editor.choose(shown, shown.lists[0], last_one["value"])
    name = last_one["label"].partition(": ")[2]
    assert f"gets on {name}**" in result.content
    boarded = await press(room, result, "Show a board")
    assert "A pinned board shows the count." in boarded.content
    charted = await press(room, boarded, "Add chart to board")
    assert "A pinned board shows the count, with a chart." in charted.content
    assert "A pinned board shows the count." in (await press(room, charted, "Remove chart from board")).content


async def test_a_reporter_turns_the_pages_and_has_no_list(room: Room) -> None:
    await many(room)
    shown = await room.card("following", room.reporter)
    assert listed(shown) == []
    shown = await press(room, shown, "Next", room.reporter)
    assert "Page 2 of 3" in shown.content
    assert listed(shown) == []


async def test_a_page_that_is_gone_shows_the_last_one_and_25_need_no_pages(room: Room) -> None:
    await many(room)
    first = await room.card("following")
    second = await press(room, first, "Next")
    await room.newsroom.database.write(
        lambda connection: connection.execute(
            "DELETE FROM follows WHERE contest <> 'board-7' OR channel = ?", (room.count.id,)
        )
    )
    shown = await press(room, second, "Next")
    assert len(listed(shown)) == 1
    assert "Page" not in shown.content


async def test_a_channel_is_made_quieter_from_where_it_is(room: Room) -> None:
    await room.follow("ga")
    form = await press(room, await room.card("following"), "Minimum change, quiet hours")
    chosen = [one["label"] for one in form.fields[2]["options"] if one["default"]]
    assert chosen == ["Hourly, or every 15 minutes on election night"]
    card = await room.editor.submit(form, ["500", "midnight to 5"])
    assert card.content == (
        f"**Set.**\n**<#{room.count.id}>** follows **President**; minimum change 500 votes (smaller ones hourly).\nQuiet from midnight to 5 a.m."
    )


async def test_the_channel_where_it_is_asked_is_listed_first(room: Room) -> None:
    later = room.guild.add_channel("later")
    await room.follow("ga")
    await room.follow("senate", channel=later)
    shown = await room.editor.slash(later, "following")
    rule = "minimum change 25 votes, or 0.3% of the lead if more (smaller ones hourly)"
    assert shown.content.split("\n") == [
        f"**<#{later.id}>** follows **U.S. Senate**; {rule}.",
        f"<#{room.count.id}>: **President**",
        RULE,
    ]


async def test_a_manager_follows_and_unfollows_from_the_list(room: Room) -> None:
    empty = await room.card("following")
    assert empty.content == f"**<#{room.count.id}>** follows nothing yet."
    shown = await room.editor.choose(empty, empty.lists[0], "ga", "senate")
    assert "follows **President**, **U.S. Senate**" in shown.content
    assert [row[:2] for row in await room.follows()] == [(room.count.id, "ga"), (room.count.id, "senate")]
    gone = await press(room, await card(room), "Unfollow")
    assert gone.content.startswith(
        f"<#{room.count.id}> no longer follows **President**.\n**<#{room.count.id}>** follows **U.S. Senate**"
    )
    assert [row[:2] for row in await room.follows()] == [(room.count.id, "senate")]
    name, what, before, after = (await room.audit())[-1]
    assert (name, what, after) == (str(room.editor), "unfollow", None)
    assert '"contest":"ga"' in before.replace(" ", "")


async def test_in_a_thread_its_channel_follows(room: Room) -> None:
    thread = room.guild.start_thread(room.count, "Talk", room.editor.member.user)
    shown = await room.editor.slash(thread, "following")
    await room.editor.choose(shown, shown.lists[0], "ga")
    assert [row[:2] for row in await room.follows()] == [(room.count.id, "ga")]


async def test_what_an_announcement_channel_publishes_is_ticked_in_a_form(room: Room) -> None:
    await room.follow("ga")
    refused = await room.editor.click(await card(room), "Publish to followers")
    assert refused.content.startswith("That is not an announcement channel, and only those have followers:")
    room.count.type = ANNOUNCEMENT
    room.count.updated()
    await room.newsroom.heard()
    form = await room.editor.click(await card(room), "Publish to followers")
    shown = await room.editor.submit(form, [["lead_change", "certified"]])
    assert (
        "Published to servers that follow the channel, at most 10 posts an hour: lead changes; certifications, and "
        "calls by others."
    ) in shown.content
    form = await room.editor.click(shown, "Publish to followers")
    options = form.fields[0]["options"]
    assert [one["value"] for one in options if one["default"]] == ["lead_change", "certified"]
    assert "ublished to" not in (await room.editor.submit(form, [[]])).content
