"""Tests `/desk setup`: each step shows the current settings, changes them, and can be left and continued later."""

from typing import Any

from bot.follows.preferences import DEFAULT_PREFERENCES, FollowPreferences
from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Person, Room, Seen, history, last
from tests.conftest import reading


async def press(room: Room, card: Seen, label: str, who: Person | None = None) -> Seen:
    """Press a button. Returns the card afterward."""
    return await (who or room.editor).click(card, label)


async def choose(room: Room, card: Seen, *values: Any, which: int = 0) -> Seen:
    """Choose from a list on a card, by default the first. Returns the card afterward."""
    return await room.editor.choose(card, card.lists[which], *values)


async def test_a_newsroom_is_walked_through_all_of_it(room: Room, desk: Channel) -> None:
    role = room.role("Desk")
    card: Seen = await room.card("desk setup")
    assert card.content.startswith("**Step 1 of 6: roles.**")
    assert "Stop any time; `/desk setup` picks up here." in card.content
    assert "Times are in America/New_York, where it is 7 a.m. EST." in card.content
    assert "The desk file has 33 contests (President, U.S. Senate, " in card.content
    card = await choose(room, card, role, which=1)
    assert f"- The desk, <@&{role.id}>: can enter, confirm, publish, correct and mute." in card.content
    assert "Server Settings" not in card.content
    assert "Back" not in card.buttons
    card = await press(room, card, "Next: desk channel")
    assert (await press(room, card, "Back")).content.startswith("**Step 1 of 6: roles.**")
    card = await press(room, card, "Next: desk channel")
    card = await choose(room, card, desk)
    assert f"Now: <#{desk.id}>." in card.content
    card = await press(room, card, "Require a second person")
    card = await press(room, card, "Next: channels")
    card = await choose(room, card, room.count)
    card = await choose(room, card, "ga", "senate")
    assert (
        "follows **President**, **U.S. Senate**; minimum change 25 votes, or 0.3% of the lead if more (smaller ones hourly)."
        in card.content
    )
    card = await press(room, card, "Public: ask before each post")
    assert "if more (smaller ones hourly); public." in card.content
    card = await press(room, card, "Overview")
    assert card.content.split("\n") == [
        f"1. Roles: the desk <@&{role.id}>.",
        f"2. Desk channel: <#{desk.id}>. A second person confirms entries.",
        "3. Channels:",
        f"- <#{room.count.id}>: **President**, **U.S. Senate**; public",
    ]
    assert await room.follows() == [(room.count.id, "ga", None), (room.count.id, "senate", None)]
    assert [what for _, what, *_ in await room.audit()] == [
        "desk role",
        "desk channel",
        "desk confirm",
        "follow",
        "follow",
        "desk public",
    ]


async def test_it_is_taken_up_where_it_was_left_also_after_a_restart(room: Room, desk: Channel) -> None:
    role = room.role("Desk")
    old = await room.card("desk setup")
    await choose(room, old, role, which=1)
    await room.restart()
    assert (await room.card("desk setup")).content.startswith("**Step 2 of 6: the desk channel.**")
    card = await press(room, old, "Next: desk channel")
    await choose(room, card, desk)
    assert (await room.card("desk setup")).content.startswith("**Step 3 of 6")
    await room.follow("ga")
    assert (await room.card("desk setup")).content.startswith("1. Roles: the desk ")


async def test_the_overview_says_who_the_desk_is_while_no_role_is(room: Room) -> None:
    await room.follow("ga")
    card, role = await room.card("desk setup"), room.role("Newsroom")
    assert card.content.startswith("1. Roles: none yet.\n")
    card = await press(room, card, "1 Roles")
    await choose(room, card, role, which=0)
    said = f"1. Roles: reporters <@&{role.id}>; the desk is whoever can manage the server.\n"
    assert (await room.card("desk setup")).content.startswith(said)


async def test_a_channel_is_set_up_from_the_overview_once_one_gets_posts(room: Room) -> None:
    assert (await room.overview()).lists == []
    await room.follow("ga")
    card = await choose(room, await room.card("desk setup"), room.count)
    assert card.content.startswith(f"**<#{room.count.id}>** follows **President**;")


async def test_what_the_bot_lacks_in_a_channel_is_named_and_nothing_is_set(room: Room) -> None:
    secret = room.closed("secret", "EMBED_LINKS", "PIN_MESSAGES")
    card = await choose(room, await channels(room), secret)
    assert f"⚠ In <#{secret.id}> the bot lacks the permission to embed links." in card.content
    assert (await choose(room, card, "ga")).content == (
        "The bot lacks the permission to embed links there; nothing was changed."
    )
    assert (
        await room.press(card, "Test post") == "The bot lacks the permission to embed links there; nothing was changed."
    )
    assert await room.follows() == []


async def channels(room: Room) -> Seen:
    """Return the card of the step in which a channel is chosen."""
    return await press(room, await room.overview(), "3 Channels")


async def test_two_people_at_one_list_do_not_undo_each_other(room: Room) -> None:
    mine = await choose(room, await channels(room), room.count)
    await room.follow("senate")
    result = await choose(room, mine, "ga")
    assert result.content == (
        "Someone changed what that channel follows since this was shown; nothing was changed, so check again."
    )
    assert await room.follows() == [(room.count.id, "senate", None)]


async def test_a_contest_that_is_left_out_of_the_list_is_followed_no_more(room: Room) -> None:
    await room.follow("ga")
    await room.follow("board-30")
    card = await choose(room, await channels(room), room.count)
    card = await choose(room, card, "senate")
    assert [contest for _, contest, _ in await room.follows()] == ["board-30", "senate"]  # it is on another page
    card = await press(room, card, "More contests")
    await choose(room, card)
    assert [contest for _, contest, _ in await room.follows()] == ["senate"]


async def fill(room: Room, card: Seen, **typed: str) -> Seen:
    """Submit the form for minimum change and quiet hours. Values that are not given stay unchanged. Returns the
    card.
    """
    form = await room.editor.click(card, "Minimum change, quiet hours")
    return await room.editor.submit(form, [typed.get("votes"), typed.get("hours")])


async def follow_of(room: Room, contest: str = "ga") -> tuple[int | None, FollowPreferences]:
    """Return the minimum change in votes and the preferences of a follow."""
    rows = await room.newsroom.desk_store.following(room.guild.id)
    (row,) = [row for row in rows if row.contest == contest]
    return row.least, row.preferences or DEFAULT_PREFERENCES


async def channel_card(room: Room, *contests: str) -> Seen:
    """Return the card of a channel that follows these contests."""
    for contest in contests or ("ga",):
        await room.follow(contest)
    return await choose(room, await channels(room), room.count)


async def test_the_threshold_and_the_quiet_hours_are_a_form_for_all_of_a_channel(room: Room) -> None:
    card = await channel_card(room, "ga", "senate")
    assert "uiet hours" not in card.content
    assert "One contest alone: **Settings of one contest** under `/following`." in card.content
    card = await fill(room, card, votes="1,200")
    assert "minimum change 1,200 votes" in card.content
    card = await fill(room, card, hours="23-6:30")
    assert "minimum change 1,200 votes" in card.content  # the form had it already
    assert "Quiet from 11 p.m. to 6:30 a.m. " in card.content
    for contest in ("ga", "senate"):
        least, preferences = await follow_of(room, contest)
        assert (least, preferences.quiet) == (1200, (1380, 390))
    await fill(room, card, votes="1,300 votes")
    assert (await follow_of(room, "ga"))[0] == 1300
    refused = await fill(room, card, votes="many")
    assert refused.content.endswith(
        '"many" is not a number of votes from 1 to 1,000,000; leave it empty for the default.'
    )
    for share in ("0.3 %", "0.3 points"):
        assert (await fill(room, card, votes=share)).content.endswith(
            f'"{share}" is a share; type a number of votes, such as 500, or leave it empty for 25 votes or 0.3% of the lead, '
            "whichever is more."
        )
    assert (await fill(room, card, hours="late")).content.startswith('Quiet hours: "late" is not a range')
    both = (await fill(room, card, votes="many", hours="late")).content
    assert both.startswith('Minimum change: "many" is not a number of votes')
    assert ' Quiet hours: "late" is not a range' in both
    card = await fill(room, card, votes="", hours="")
    assert "25 votes, or 0.3% of the lead if more" in card.content
    assert "Quiet" not in card.content


async def test_what_the_contests_of_a_channel_have_each_for_itself_stays_where_the_form_is_left_so(room: Room) -> None:
    await room.follow("ga", at_least=300, quiet_hours="1am-2am", roll_up=15)
    await room.follow("senate", at_least=500)
    card = await choose(room, await channels(room), room.count)
    assert "Quiet hours are set by contest." in card.content
    form = await room.editor.click(card, "Minimum change, quiet hours")
    assert [one["value"] for one in form.fields[:2]] == ["mixed", "mixed"]
    assert [one["label"] for one in form.fields[2]["options"] if one["default"]] == ["Set by contest"]
    card = await fill(room, card, hours="3am-4am")
    assert [(await follow_of(room, one))[1].roll_up for one in ("ga", "senate")] == [15, None]
    assert "minimum change set by contest" in card.content
    assert [(await follow_of(room, one))[0] for one in ("ga", "senate")] == [300, 500]
    assert {(await follow_of(room, one))[1].quiet for one in ("ga", "senate")} == {(180, 240)}


async def test_two_people_at_the_form_of_a_channel_do_not_undo_each_other(room: Room) -> None:
    card = await channel_card(room)
    mine = await room.editor.click(card, "Minimum change, quiet hours")
    await fill(room, card, hours="1am-2am")
    result = await room.editor.submit(mine, ["99", ""])
    assert result.content.startswith("Someone changed what that channel follows since this was shown")
    assert (await follow_of(room))[0] is None
    role = room.role("Night")
    await room.follow("ga", at_least=77)
    refused = await choose(room, card, role, which=1)
    assert refused.content.startswith("Someone changed what that channel follows since this was shown")
    assert (await follow_of(room))[1].mention is None


async def test_a_channel_has_threads_or_none_also_after_a_restart(room: Room) -> None:
    card = await channel_card(room, "ga", "senate")
    await room.restart()
    card = await press(room, card, "Use threads")
    assert "; in threads." in card.content
    assert all([(await follow_of(room, one))[1].thread for one in ("ga", "senate")])
    await room.follow("senate", thread=False)
    card = await choose(room, await channels(room), room.count)
    assert "; some in threads." in card.content
    card = await press(room, card, "Stop using threads")
    assert "thread" not in card.content
    assert not (await follow_of(room))[1].thread


async def test_threads_that_the_bot_may_not_open_are_refused(room: Room) -> None:
    plain = room.closed("plain", "CREATE_PUBLIC_THREADS")
    await room.follow("ga", channel=plain)
    card = await choose(room, await channels(room), plain)
    refused = await press(room, card, "Use threads")
    assert refused.content == "The bot lacks the permission to create public threads there; nothing was changed."
    assert not (await follow_of(room))[1].thread


async def test_lead_changes_of_a_channel_mention_a_role_or_nobody_and_never_everyone(room: Room) -> None:
    role = room.role("Night")
    card = await choose(room, await channel_card(room, "ga", "senate"), role, which=1)
    assert f"Lead changes mention <@&{role.id}>." in card.content
    assert f"the bot lacks the permission to mention <@&{role.id}>." in card.content
    assert {(await follow_of(room, one))[1].mention for one in ("ga", "senate")} == {role.id}
    refused = await choose(room, card, room.guild.everyone, which=1)
    assert refused.content == "@\u200beveryone can't be chosen; choose another role."
    card = await choose(room, card, which=1)
    assert "ention" not in card.content
    assert (await follow_of(room))[1].mention is None


async def test_a_contest_that_is_added_is_told_as_the_others_of_the_channel(room: Room) -> None:
    card = await fill(room, await channel_card(room), votes="300", hours="23-6")
    card = await press(room, card, "Use threads")
    await choose(room, card, "ga", "senate")
    least, preferences = await follow_of(room, "senate")
    assert (least, preferences) == await follow_of(room)
    assert (least, preferences.quiet, preferences.thread) == (300, (1380, 360), True)


async def test_a_form_that_is_sent_after_a_restart_is_answered_and_changes_nothing(room: Room) -> None:
    await room.follow("ga")
    card = await choose(room, await channels(room), room.count)
    form = await room.editor.click(card, "Minimum change, quiet hours")
    await room.restart()
    result = await room.editor.submit(form, ["99", ""])
    assert result.content.startswith("The bot restarted since you opened this form")
    assert await room.follows() == [(room.count.id, "ga", None)]


async def test_a_test_post_goes_through_the_outbox_says_that_it_is_one_and_is_not_doubled(room: Room) -> None:
    await room.follow("ga")
    card = await choose(room, await channels(room), room.count)
    assert await room.press(card, "Test post") == (
        f"The test post, #1, goes out in <#{room.count.id}> now. If it does not appear, see `/status`."
    )
    assert await room.press(card, "Test post") == f"<#{room.count.id}> had a test post, #1, within the last minute."
    await room.publish()
    assert [message.content.split("\n")[0] for message in history(room.count)] == [
        "**Test post.** Tallydesk posts arrive here. This one has no figures; olga asked for it."
    ]
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    assert "leads" in last(room.count).content


async def test_managers_set_up_and_only_who_may_manage_the_server_says_who_they_are(room: Room) -> None:
    role = room.role("Managers")
    mia = room.person("mia", role)
    room.show_all_commands()
    card = await choose(room, await room.card("desk setup"), role, which=2)
    assert "To show it to the manager role: Server Settings, Integrations, Tallydesk" in card.content
    back = await press(room, await mia.slash(room.count, "desk setup"), "Overview", mia)
    assert f"managers <@&{role.id}>" in back.content
    back = await press(room, back, "1 Roles", mia)
    result = await mia.choose(back, back.lists[1], room.role("Mine"))
    assert result.content == "You need permission to manage the server."
    refused = await choose(room, back, room.guild.everyone, which=0)
    assert refused.content == "@\u200beveryone can't be chosen; choose another role."
    await choose(room, back, which=2)
    assert (await room.refused("desk setup", mia)).startswith("You need the manager role")


async def remind(room: Room, card: Seen, kind: str, typed: str) -> Seen:
    """Submit the form for the reminders of a kind of event. Returns the card."""
    form = await choose(room, card, kind)
    return await room.editor.submit(form, [typed])


async def reminders(room: Room) -> Seen:
    """Return the card of the step about reminders."""
    return await press(room, await channels(room), "Next: reminders")


async def test_lead_times_are_shown_with_whose_they_are_and_set_by_a_form(room: Room) -> None:
    card = await reminders(room)
    assert card.content.startswith("**Step 4 of 6: reminders.**")
    assert "- Rally: 60 minutes before\n" in card.content
    assert "- Deadline: 1 day before\n" in card.content
    card = await remind(room, card, "rally", "30 min, 2 hours, 1 day")
    assert card.content.startswith("**Set.**")
    assert "- Rally: 1 day, 2 hours, 30 minutes before (this server's)" in card.content
    card = await remind(room, card, "debate", "none")
    assert "- Debate: at its time only (this server's)" in card.content
    over = await press(room, card, "Overview")
    assert (
        "4. Reminders: debate at its time only; rally 1 day, 2 hours, 30 minutes before; other kinds as in the desk file."
        in over.content
    )
    card = await remind(room, await press(room, over, "4 Reminders"), "rally", "")
    assert "- Rally: 60 minutes before\n" in card.content
    said = (await room.card("audit")).content.split("\n")
    assert "**desk reminders**: rally 1 day, 2 hours, 30 minutes before → as in the desk file" in said[1]
    assert "**desk reminders**: debate as in the desk file → at its time only" in said[2]


async def test_lead_times_that_are_none_are_refused_and_the_form_shows_what_is_set(room: Room) -> None:
    card = await reminders(room)
    assert (await remind(room, card, "rally", "often")).content.startswith('"often" is not a reminder time')
    refused = await remind(room, card, "rally", "70 days")
    assert refused.content.startswith("That kind of event reminds 70 days")
    await remind(room, card, "rally", "1 day, 90m")
    form = await choose(room, card, "rally")
    assert "1 day, 1 hr 30 min" in str(form.form)


async def test_two_people_at_the_reminders_of_a_kind_do_not_undo_each_other(room: Room) -> None:
    card = await reminders(room)
    mine = await choose(room, card, "rally")
    await remind(room, card, "rally", "45m")
    result = await room.editor.submit(mine, ["10m"])
    assert result.content == (
        "Someone changed these reminders since you opened the form; nothing was changed, so check again."
    )
    over = await press(room, card, "Overview")
    assert "4. Reminders: rally 45 minutes before" in over.content


async def test_the_list_of_kinds_works_after_a_restart(room: Room) -> None:
    old = await reminders(room)
    await room.restart()
    assert "- Rally: 45 minutes before (this server's)" in (await remind(room, old, "rally", "45m")).content


async def test_the_list_for_the_night_ticks_itself_off(room: Room, desk: Channel) -> None:
    await room.set_role(room.role("Desk"))
    card = await press(room, await room.card("desk setup"), "Next: channels")
    card = await press(room, card, "Next: reminders")
    card = await press(room, card, "Next: calls and events")
    card = await press(room, card, "Next: the night")
    assert card.content.startswith("**Before the night: 3 of 12 done.**")
    assert "☑ The desk has a role\n☐ The desk has a channel: step 2\n" in card.content
    assert "☑ Nothing is paused or muted" in card.content
    await room.set_desk(desk)
    await room.ask("pause", reason="a drill")
    card = await press(room, card, "Look again")
    assert "☑ The desk has a channel\n" in card.content
    assert "☐ Nothing is paused or muted: `/status`" in card.content
