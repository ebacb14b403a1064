"""Tests `/pause`, `/status`, `/mute` and the buttons under questions to the desk, and who may use them."""

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import BadInputError
from bot.feeds.polling import SourceHealth
from bot.follows.preferences import DEFAULT_PREFERENCES
from bot.outbox.approval_store import arrival_question
from bot.outbox.rows import OutboxRow
from bot.outbox.rows_store import add_rows, read_post
from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.permissions import Permission
from bot.wording.card import Card, card_json, lines
from tests.cogs.conftest import Person, Room, Seen, history, last, said
from tests.cogs.entering import tick
from tests.cogs.matrix import everything, notice_with
from tests.conftest import START, reading

NEEDED = ("view_channel", "send_messages", "embed_links", "attach_files", "read_message_history")


@pytest.fixture
async def dee(room: Room) -> Person:
    """Return a member with the desk role who may not manage the server."""
    role = room.role("Desk")
    await room.set_role(role)
    return room.person("dee", role)


async def set_up(room: Room, desk: Channel) -> None:
    """Follow a contest in the channel, post a first reading, and then mark the channel as public."""
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)


@pytest.fixture
async def question(room: Room, desk: Channel) -> Seen:
    """Return the desk's question about a second post in the public channel."""
    await set_up(room, desk)
    await room.newsroom.take(reading(1100, 500, 1))
    await room.publish()
    return last(desk)


# Who may.


@pytest.mark.parametrize(
    ("words", "options", "audited"),
    [
        ("pause", {}, ["pause"]),
        ("pause > Resume", {"reason": "a drill"}, ["pause", "resume"]),
        ("mute > Mute", {"source": "times"}, ["source mute"]),
        ("status", {}, []),
    ],
)
async def test_each_command_of_the_desk_is_kept_with_who_used_it(
    room: Room, dee: Person, words: str, options: dict[str, Any], audited: list[str]
) -> None:
    before = len(await room.audit())
    await room.ask(words, dee, **options)
    assert [one[:2] for one in (await room.audit())[before:]] == [(str(dee), what) for what in audited]


# The stop button.


async def test_pause_holds_the_posts_of_the_server_and_resume_lets_them_go(room: Room) -> None:
    await room.follow("ga")
    await room.ask("pause", reason="drill")
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    assert history(room.count) == []
    assert "since 7 a.m. by olga: drill. One post waits." in await room.ask("pause")
    asked = await room.card("pause > Resume")
    (quoted,) = [line for line in asked.content.split("\n") if line.startswith("> ")]
    await room.publish()
    assert history(room.count) == []
    assert "One waiting post" in await room.press(asked, "Resume")
    await room.publish()
    assert said(room.count) == [quoted.removeprefix("> ")]
    assert [what for _, what, _, _ in await room.audit()] == ["follow", "pause", "resume ask", "resume"]
    assert await room.newsroom.database.rows("SELECT why FROM audit WHERE what = 'pause'") == [("drill",)]


async def test_resume_lets_nothing_out_that_came_after_it_showed_what_would_go(room: Room) -> None:
    await room.follow("ga")
    await room.ask("pause")
    await room.newsroom.take(reading(1000, 500))
    asked = await room.card("pause > Resume")
    await room.newsroom.take(reading(1100, 500, 1))
    again = await room.editor.click(asked, "Resume")
    assert again.content.startswith("**Still paused, since 7 a.m. by olga. One more post came since")
    await room.publish()
    assert history(room.count) == []
    assert "by 600 votes" in again.content
    assert "One waiting post" in await room.press(again, "Resume")


async def test_what_waits_goes_out_also_where_the_clock_was_ahead_when_it_came(room: Room) -> None:
    await room.follow("ga")
    await room.ask("pause")
    await room.newsroom.take(reading(1000, 500, 120))
    room.newsroom.at(1)
    assert "One waiting post" in await room.resume()


async def test_what_resume_shows_has_the_message_that_a_thread_hangs_on_and_what_waits_for_that(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.database.write(
        lambda connection: connection.execute(
            "INSERT INTO threads (channel, contest, server, wanted) VALUES (?, 'ga', ?, 1)",
            (room.count.id, room.guild.id),
        )
    )
    await room.ask("pause")
    await room.newsroom.take(reading(1000, 500), reading(1100, 500, 1))
    asked = await room.card("pause > Resume")
    assert asked.content.count("\n> ") == 2
    await room.press(asked, "Resume")
    await room.publish()
    await room.publish()
    states = [post.state for post in await room.newsroom.posts() if post.kind != "notice"]
    assert states == ["superseded", "sent", "sent"]


async def test_unmute_shows_what_would_go_out_first(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    await room.mute("times")
    await room.newsroom.take(reading(1100, 500, 1))
    asked = await room.card("mute > Unmute", source="times")
    (quoted,) = [line for line in asked.content.split("\n") if line.startswith("> ")]
    await room.publish()
    assert len(history(room.count)) == 1
    what, _, shown = asked.buttons["Unmute"].removeprefix("letgo:").rpartition(":")
    assert "One waiting post" in await room.press(asked, "Unmute")
    twice = await room.newsroom.control.release_posts(what, int(shown), room.guild.id, "olga (1)", lambda _: True)
    assert twice == "That source is no longer muted."
    await room.publish()
    assert said(room.count)[1:] == [quoted.removeprefix("> ")]
    assert [what for _, what, *_ in await room.audit()][-2:] == ["source unmute ask", "source unmute"]


async def test_resume_lets_go_at_once_where_nothing_had_to_wait(room: Room) -> None:
    await room.ask("pause")
    assert (await room.card("pause > Resume")).buttons == {}
    assert (await room.ask("status")).startswith("Nothing is paused")


async def test_a_silence_that_is_over_is_not_published_and_neither_is_its_end(room: Room, desk: Channel) -> None:
    room.change_sources(lambda _: {"stale_after": timedelta(hours=24)})
    await set_up(room, desk)
    room.newsroom.health["times"] = SourceHealth(9, "down", None, START + timedelta(minutes=10))
    room.newsroom.at(200)
    await room.newsroom.silences.look()
    await room.publish()
    assert "**The Times can't be reached,**" in last(desk).content
    room.newsroom.health["times"] = SourceHealth(reached_at=START + timedelta(minutes=210))
    room.newsroom.at(210)
    await room.newsroom.silences.look()
    await room.publish()
    assert last(desk).content.startswith(f"**#2 not posted in <#{room.count.id}>:** that is over.")
    assert last(desk).buttons == {}
    assert len(history(room.count)) == 1


async def test_what_a_channel_no_longer_public_would_let_out_is_shown_first(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    channels = await room.editor.click(await room.overview(), "3 Channels")
    card = await room.editor.choose(channels, channels.lists[0], room.count)
    asked = await room.editor.click(card, "Private: post without asking")
    (quoted,) = [line for line in asked.content.split("\n") if line.startswith("> ")]
    await room.publish()
    assert history(room.count) == []
    assert "One waiting post" in await room.press(asked, "Post them")
    await room.publish()
    assert said(room.count) == [quoted.removeprefix("> ")]


@pytest.mark.parametrize(
    "key", ["letgo:public:{channel}:100000000000000000", "setup:public:{channel}:off", "setup:page:{channel}:0"]
)
@pytest.mark.parametrize("gone", [False, True])
async def test_a_key_pressed_in_another_server_changes_nothing_here(
    room: Room, desk: Channel, key: str, gone: bool
) -> None:
    """Other servers' administrators can't press a button of this server, even if the bot no longer sees the
    channel.
    """
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    await room.follow("ga")
    there, _ = room.elsewhere()
    adam = room.person("adam", there.guild.add_role("Admins", Permission.ADMINISTRATOR), guild=there.guild)
    if gone:
        room.count.delete()
    before = await everything(room)
    notice = await notice_with(room, there, key.format(channel=room.count.id))
    said = (await adam.choose(notice, notice.keys[0])).content
    assert await everything(room) == before
    if not gone:
        assert said == "That is in a channel you can't see."


async def test_no_server_says_what_another_s_channel_follows_or_who_reads_it(room: Room, desk: Channel) -> None:
    there, eve = room.elsewhere()
    await room.set_desk(desk)
    await room.follow("ga", quiet_hours="23:00-06:00")
    await room.set_public(room.count, public=True)
    before = await everything(room)
    rooms, elsewhere = room.bot.rooms, there.guild.id
    contest = rooms.follows.contest("ga")
    preferences = DEFAULT_PREFERENCES.model_copy(update={"thread": True})
    with pytest.raises(BadInputError, match="not in this server"):
        await rooms.newsroom.suspensions.set_public(room.count.id, elsewhere, str(eve), public=False)
    with pytest.raises(BadInputError, match="not in this server"):
        await rooms.follows.follow(contest, elsewhere, room.count.id, 5, str(eve), board=False, preferences=preferences)
    await rooms.follows.unfollow("ga", elsewhere, room.count.id, str(eve))
    await rooms.follows.servers.record_thread(elsewhere, room.count.id, there.id)
    assert await everything(room) == before


async def test_an_answer_says_that_what_would_go_out_still_waits(room: Room, desk: Channel) -> None:
    """The reply names the reason: approval, a closed channel or a pause."""
    await room.set_desk(desk)
    await room.follow("ga")
    await room.ask("pause")
    await room.newsroom.take(reading(1000, 500))
    await room.set_public(room.count, public=True)
    asked = await room.card("pause > Resume")
    for answer in (asked.content, await room.press(asked, "Resume")):
        assert "for Publish" in answer
    await room.publish()
    await room.ask("pause")
    assert "(`/pause`)" in await room.set_public(room.count, public=False)


async def test_a_source_is_let_lead_a_contest_on_its_card_and_the_desk_files_again_on_its_own(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500), reading(900, 410, 1, source="ga-sos"))
    card = await room.card("mute", source="ga-sos")
    form = await room.editor.choose(card, card.lists[0], "ga")
    card = await room.editor.submit(form, ["the Times is behind"])
    assert "in place of the Times. Its margin goes to 1 channel" in card.content
    assert "**President** follow **the Secretary of State**" in card.content
    assert card.lists == []
    assert await room.newsroom.database.rows("SELECT who, why FROM audit WHERE what = 'source lead'") == [
        (str(room.editor), "the Times is behind")
    ]
    card = await room.card("mute", source="times")
    card = await room.editor.submit(await room.editor.choose(card, card.lists[0], "ga"), [""])
    assert "**President** follow **the Times**" in card.content
    assert await room.newsroom.database.rows("SELECT 1 FROM leading_sources") == []
    assert (await room.card("mute", source="reporter")).lists == []  # it sends no figures of its own


async def test_a_muted_source_is_named_from_a_list_or_typed(room: Room) -> None:
    choices = await room.reporter.autocomplete(room.count, "mute", "source", "sec")
    assert choices == [{"name": "the Secretary of State", "value": "ga-sos"}]
    assert "the Secretary of State" in await room.mute("Secretary")
    assert await room.refused("mute", source="<@&1> `x`") == (
        'No source is called "\\<@\u200b&1> \\`x\\`"; there is the Times, the Secretary of State, our reporter, the AP or NBC News.'
    )


# The desk's channel.


@pytest.mark.parametrize("lost", NEEDED)
async def test_a_channel_where_the_bot_lacks_a_permission_is_not_the_desks(room: Room, lost: str) -> None:
    closed = room.closed("closed", lost.upper())
    card = await room.editor.click(await room.overview(), "2 Desk channel")
    answer = await room.editor.choose(card, card.lists[0], closed)
    assert answer.content.startswith(("The bot lacks the permission to ", "The bot does not see that channel"))
    assert await room.audit() == []


async def test_the_desk_may_have_no_channel(room: Room, desk: Channel) -> None:
    await room.set_desk(desk)
    assert "in `/status`" in await room.set_desk(None)
    rows = [(what, before, after) for _, what, before, after in await room.audit()]
    assert rows == [("desk channel", None, str(desk.id)), ("desk channel", str(desk.id), None)]


async def test_the_public_reads_no_channel_before_the_desk_has_one(room: Room, desk: Channel) -> None:
    channels = await room.editor.click(await room.overview(), "3 Channels")
    card = await room.editor.choose(channels, channels.lists[0], room.count)
    step = await room.editor.click(card, "Public: ask before each post")
    assert step.content == (
        f"**Choose a private desk channel to make <#{room.count.id}> public.** Its posts then wait there for Publish; what is posted stays."
    )
    back = await room.editor.click(step, "Back")
    step = await room.editor.click(back, "Public: ask before each post")
    card = await room.editor.choose(step, step.lists[0], desk)
    assert card.content.startswith(f"**<#{room.count.id}> is now public.**")


async def test_who_makes_a_channel_public_reads_before_that_its_board_goes(room: Room) -> None:
    await room.follow("ga", board=True)
    card = await room.card("following")
    assert "Public: ask before each post, no board" in card.buttons
    step = await room.editor.click(card, "Public: ask before each post")
    assert step.content.endswith("Its posts then wait there for Publish; what is posted stays; its board goes.")
    await room.follow("ga", board=False)
    assert "Public: ask before each post" in (await room.card("following")).buttons


async def test_a_channel_made_public_is_told_what_its_answers_leave_out_and_the_way_to_let_it_in(
    room: Room, desk: Channel
) -> None:
    await room.follow("ga")
    await room.editor.click(await room.card("certify", contest="ga", what="Cobb", source="ga-sos"), "Enter")
    for source in ("ga-sos", "reporter"):  # the reporter's word is for the newsroom only
        left = await tick(
            room, await room.card("tally", text="304 ballots left in Cobb County", contest="ga", source=source)
        )
        await room.editor.click(left, "Enter")
    await room.set_desk(desk)
    assert "2 entries are left out" in await room.set_public(room.count, public=True)
    for key in ("1", "2"):
        listed = await room.card("entries")
        shown = await room.editor.choose(listed, listed.lists[0], key)
        await room.editor.click(shown, "Use in public answers")
    assert "left out" not in await room.set_public(room.count, public=True)


async def test_a_channel_made_public_is_told_of_no_entry_of_another_server(room: Room, desk: Channel) -> None:
    channel, eve = room.elsewhere()
    await room.follow("ga", channel, who=eve)
    left = await tick(
        room,
        await eve.slash(channel, "tally", text="304 ballots left in Cobb County", contest="ga", source="ga-sos"),
        eve,
    )
    await eve.click(left, "Enter")
    control = room.bot.rooms.newsroom.suspensions
    await control.set_desk_channel(channel.guild.add_channel("desk").id, channel.guild.id, "eve (9)")
    assert "; 1 entry is left out" in await control.set_public(channel.id, channel.guild.id, "eve (9)", public=True)
    await room.follow("ga")
    await room.set_desk(desk)
    assert "left out" not in await room.set_public(room.count, public=True)


async def test_a_channel_made_public_is_told_that_its_board_is_gone(room: Room, desk: Channel) -> None:
    await room.follow("ga", board=True)
    await room.newsroom.take(reading(1000, 900))
    await room.newsroom.boards.look()
    await room.publish()
    assert len(shown := history(room.count)) == 2
    await room.set_desk(desk)
    assert "board" in await room.set_public(room.count, public=True)
    await room.publish()
    assert [one.id for one in history(room.count)] == [
        one.id for one in shown if "where it stands" not in str(one.embeds[0].title)
    ]
    setup = await room.overview()
    assert f"- <#{room.count.id}>: **President**; public" in setup.content
    assert not [one for one in (await room.editor.choose(setup, setup.lists[0], room.count)).buttons if "board" in one]
    listed = await room.card("following")
    key = (await room.newsroom.database.rows("SELECT id FROM follows"))[0][0]
    card = await room.editor.choose(listed, listed.lists[-1], str(key))
    assert "No board while the channel is public: boards update without Publish." in card.content
    assert "board" not in await room.set_public(room.count, public=True)  # it was removed before


async def test_a_contest_led_by_a_source_for_the_newsroom_only_is_said_not_to_be_posted(
    room: Room, desk: Channel
) -> None:
    room.hide_the_times()
    await room.follow("ga")
    await room.set_desk(desk)
    assert "**President**" in await room.set_public(room.count, public=True)


# Publish.


async def test_a_post_is_published_with_a_button_also_after_a_restart(
    room: Room, desk: Channel, question: Seen
) -> None:
    assert len(history(room.count)) == 1
    await room.restart()
    answer = await room.editor.click(question, "Publish")
    assert "#2" in answer.content
    assert answer.parts == []  # nobody asked why
    await room.publish()
    posted = last(room.count)
    assert posted.content.split("\n")[0] in question.content
    assert [embed.to_dict() for embed in posted.embeds] == [embed.to_dict() for embed in question.embeds]
    assert "by olga, 7:01 a.m." in last(desk).content
    assert last(desk).parts == []


async def test_a_button_with_another_servers_key_decides_nothing(room: Room, question: Seen) -> None:
    channel, eve = room.elsewhere()
    shown = await notice_with(room, channel, question.buttons["Publish"])
    assert "#2" not in await room.press(shown, "Press", eve)
    assert (await room.newsroom.posts(room.count.id))[-1].state == "awaiting"


class TestServersTheOperatorDidNotList:
    @pytest.fixture
    def served(self) -> list[int]:
        return [4242]

    @pytest.mark.parametrize("words", ["pause", "status", "desk setup"])
    async def test_are_refused(self, room: Room, words: str) -> None:
        assert await room.ask(words) == "This bot does not serve this server."
        assert await room.audit() == []

    async def test_can_press_no_button(self, room: Room) -> None:
        await room.newsroom.desk_store.join(room.guild.id)
        await ask_about_a_doubtful_post(room)
        assert await room.press(last(room.count), "Discard it") == "This bot does not serve this server."
        assert await room.audit() == []


# Doubtful posts, and the status.


async def ask_about_a_doubtful_post(room: Room) -> int:
    """Add a post that may have arrived to the outbox, and post the question about it. Returns the outbox row's id."""
    draft = Card(lines("**Biden leads**"), "the Times, 7 a.m.", kind="notice")
    row = OutboxRow.worded(room.guild.id, 77, 1, draft, START)

    def doubt(connection: Any) -> int:
        (key,) = add_rows(connection, [row], room.newsroom.outbox.now())
        connection.execute("UPDATE outbox SET state = 'doubtful', why = 'no history', attempts = 1")
        post = read_post(connection, key)
        assert post is not None
        question = arrival_question(post, "no history", room.newsroom.post_kinds.setting)
        asked = OutboxRow.worded(room.guild.id, room.count.id, 2, question, START, about=key)
        add_rows(connection, [asked], room.newsroom.outbox.now())
        return key

    key = await room.newsroom.database.write(doubt)
    await room.publish()
    return key


@pytest.mark.parametrize(
    ("label", "state", "what"),
    [
        ("It is there", "sent", "there"),
        ("Not there: post it", "pending", "absent"),
        ("Discard it", "dropped", "given up"),
    ],
)
async def test_a_doubtful_post_is_decided_with_a_button_once(
    room: Room, dee: Person, label: str, state: str, what: str
) -> None:
    await room.newsroom.desk_store.join(room.guild.id)
    await ask_about_a_doubtful_post(room)
    question = last(room.count)
    await room.press(question, label, dee)
    assert [row.state for row in await room.newsroom.posts(77)] == [state]
    audit = await room.audit()
    assert audit[-1][:2] == (str(dee), f"post {what}")
    assert "already" in await room.press(question, label)
    assert await room.audit() == audit


async def test_the_status_says_what_waits_for_a_second_person(told: Room, two: Channel) -> None:
    card = await told.card("correct", post="#1", text="the lead is 501")
    await told.press(card, "Post correction")
    await told.newsroom.take(reading(1000, 480, 1))
    await told.press(await told.card("held", contest="ga"), "Discard")
    await told.publish()
    status = (await told.ask("status")).split("\n")
    assert [line.split(" by olga")[0] for line in status if f"<#{two.id}>: [#" in line] == [
        "A correction",
        "A decision on held figures",
    ]


async def test_why_not_names_what_waits_for_publish(room: Room, question: Seen) -> None:
    assert question.content.startswith("**Publish #2 ")
    assert f"**Waits for Publish:** #2 in <#{room.count.id}>, since 7:01 a.m." in await room.ask("why", contest="ga")


async def test_in_a_public_channel_nobody_outside_the_newsroom_is_told_what_waits_for_publish(
    room: Room, question: Seen
) -> None:
    guest = room.person("guest")
    assert (await room.ask("why", guest, contest="ga")).startswith(
        "**Nothing to show here.** Give `post:` for one post, `at:` for a minute.\n"
    )
    none = "There is no #2 in this newsroom, or none that you can see; `/history` with since: lists the posts."
    assert await room.ask("why", guest, post="#2") == none
    await room.ask("pause")
    await room.newsroom.take(reading(1200, 700, 2))
    assert await room.ask("why", guest, post="#4") == none.replace("#2", "#4")
    assert (await room.ask("why", post="#4")).startswith("**#4 ")
    await room.resume()
    await room.press(question, "Discard")
    assert await room.ask("why", guest, post="#2") == none
    assert (await room.ask("why", post="#2")).startswith("**#2 ")
    await room.set_public(room.count, public=False)
    assert (await room.ask("why", guest, post="#2")).startswith("**#2 ")


async def test_the_status_says_what_is_stopped_closed_and_waiting(room: Room, desk: Channel, question: Seen) -> None:
    gone = room.guild.add_channel("gone")
    await room.ask("pause")
    await room.publish()
    await room.mute("times", "figures of another count")
    await room.newsroom.take(reading(1200, 500, 2))
    await room.newsroom.database.write(
        lambda connection: connection.execute(
            "INSERT INTO channels (id, server, closed_since, closed_why) VALUES (?, ?, 1605096000000000, '*gone*')",
            (gone.id, room.guild.id),
        )
    )
    settings, paused, muted, waiting, closed, awaiting = (await room.ask("status")).split("\n")
    assert (f"<#{desk.id}>" in settings, f"<#{room.count.id}>" in settings) == (True, True)
    assert "7:01 a.m. by olga" in paused
    assert "by olga: figures of another count." in muted
    assert "7:02 a.m." in waiting
    assert f"<#{gone.id}> since <t:1605096000:f>" in closed
    assert awaiting.endswith(f"[#2]({question.jump_url}).")


async def test_the_status_says_what_the_bot_lacks_where_it_posts_and_asks(room: Room) -> None:
    desk, count = room.closed("desk", "EMBED_LINKS"), room.closed("count", "ATTACH_FILES", "PIN_MESSAGES")
    await room.newsroom.control.set_desk_channel(desk.id, room.guild.id, "Olga")
    await room.newsroom.follow(count.id, server=room.guild.id, board=True)
    await room.follow("ga")
    assert (await room.ask("status")).split("\n") == [
        f"Desk channel: <#{desk.id}>.",
        f"⚠ In <#{desk.id}> the bot lacks the permission to embed links.",
        f"⚠ In <#{count.id}> the bot lacks the permission to attach files and pin messages.",
    ]


async def test_a_role_that_a_lead_change_mentions_and_nobody_may_is_named_with_what_to_click(room: Room) -> None:
    await room.newsroom.control.set_desk_channel(room.closed("desk").id, room.guild.id, "Olga")
    night = room.role("Night")
    await room.follow("ga", mention=night.id)
    warning = (
        f"⚠ In <#{room.count.id}> the bot lacks the permission to mention <@&{night.id}>. To let the bot mention a "
        "role: in Server Settings, Roles, open it and turn on “Allow anyone to @mention this role”, or give the bot's "
        "role “Mention @everyone, @here, and All Roles”."
    )
    assert (await room.ask("status")).endswith(warning)
    room.guild.grant("MENTION_EVERYONE")
    await room.newsroom.heard()
    assert "⚠" not in await room.ask("status")


async def test_doubtful_posts_that_nobody_was_asked_about_have_their_buttons_in_the_status(room: Room) -> None:
    await room.follow("ga")
    await room.newsroom.take(reading(1000, 500))
    await room.newsroom.database.write(
        lambda connection: connection.execute(
            "UPDATE outbox SET state = 'doubtful', card = ?, attempts = 1", (card_json(Card.of("**One**")),)
        )
    )
    answer = await room.card("status")
    await room.press(answer, "#1: It is there")
    assert (await room.ask("status")).startswith("Nothing is paused")


async def test_a_guest_is_told_why_of_a_post_that_they_can_see(room: Room, desk: Channel) -> None:
    guest = room.person("guest")
    await room.set_role(room.role("Reporters"), "reporter")
    await room.follow("ga", board=False)
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    room.hide_the_times()  # its posts before are there to be read
    assert (await room.ask("why", guest, post="#1")).startswith("**#1 ")
    inside = room.guild.add_channel("staff")
    inside.forbid("VIEW_CHANNEL", to=room.guild.everyone)
    inside.allow("VIEW_CHANNEL")
    await room.follow("ga", inside, board=False)
    await room.newsroom.take(reading(1100, 500, 1))
    await room.publish()
    await room.unfollow("ga")
    await room.newsroom.take(reading(1200, 500, 2))
    await room.publish()
    assert (await room.ask("why", guest, post="#2")).startswith("**#2 ")
    assert (await room.ask("why", guest, post="#3")).startswith("There is no #3 ")
    await room.follow("ga", board=False)
    await room.ask("pause")
    await room.newsroom.take(reading(1400, 500, 3))
    assert (await room.ask("why", guest, post="#4")).startswith("There is no #4 ")
    assert (await room.ask("why", post="#4")).startswith("**#4 ")
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    assert "newsroom only" in await room.ask("why", guest, post="#2")
