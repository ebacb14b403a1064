import pytest

from bot.app import post_kinds
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.desk.desk_file import Desk, FeedKey
from bot.errors import BadInputError
from bot.newsroom.server_settings import read_settings
from bot.newsroom.server_settings_store import ServerSettingsStore
from bot.outbox.outbox import Outbox
from bot.tally.leading_source import DESK_FILE, LeadingSources
from bot.tally.leading_source_store import LeadingSourceStore
from bot.tally.standing import Standings
from bot.tally.standing_words import MarginFacts
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import (
    AWAY,
    COUNT,
    EDITOR,
    OTHER_SERVER,
    SERVER,
    WHO,
    Newsroom,
    OpenNewsroom,
    question_in,
    reading,
    small_desk,
)

LEADS = "**Margin now from the Secretary of State:** Biden leads in Georgia by 490 votes, was 500 by the Times."


@pytest.fixture
async def room(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a lead of 500 by the Times and a lead of 490 by the secretary of state."""
    await newsroom.follow()
    await newsroom.take(reading(1000, 500, -15), official(900, 410, 1))
    return newsroom


@pytest.fixture
async def fed(open_newsroom: OpenNewsroom) -> Newsroom:
    """Return a newsroom whose desk file has feeds of two sources for the contest. Neither has any figures yet."""
    desk = small_desk()
    contests = [one.model_copy(update={"feeds": {"ga-sos": FeedKey(key=one.id)}}) for one in desk.contests]
    newsroom = await open_newsroom(desk.model_copy(update={"contests": contests}))
    await newsroom.follow()
    return newsroom


def official(biden: int, trump: int, minute: float) -> Reading:
    return reading(biden, trump, minute, source="ga-sos")


async def lead(room: Newsroom, source: str = "ga-sos", *, minute: float = 2, server: int = SERVER) -> str:
    """Make a source the leading one, and return the answer."""
    room.at(minute)
    return await room.leading.lead(room.following.contest("ga"), source, server, WHO, None)


async def standing(room: Newsroom) -> MarginFacts:
    """Return Georgia's margin as the newsroom sees it."""
    standings = Standings(room.queries, Setting(small_desk()), room.clock)
    return await standings.margin(room.following.contest("ga"), SERVER, reader="newsroom")


async def test_a_switch_tells_the_new_margin_once_beside_what_was_told(room: Newsroom) -> None:
    answer = await lead(room)
    assert (await room.headlines())[-1] == LEADS
    post = (await room.posts())[-1]
    assert (post.kind, post.quiet) == ("statement", 1)
    assert "Sec. of State" in post.content.rsplit("\n", 1)[1] or "Secretary of State" in post.content.rsplit("\n", 1)[1]
    assert answer.startswith(
        "**President: posts follow the Secretary of State** in this server from now on, in place of the Times."
    )
    assert "Its margin goes to 1 channel now." in answer


async def test_posts_go_on_from_the_new_sources_own_figures(room: Newsroom) -> None:
    await lead(room)
    await room.take(official(1000, 440, 3))
    assert (await room.headlines())[-1].startswith("**Biden's lead in Georgia grows by 70 votes, to 560,**")
    assert await room.kinds() == ["first", "statement", "statement", "margin"]


async def test_a_switch_to_a_source_with_the_same_margin_posts_nothing(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500), official(900, 400, 1))
    before = await newsroom.kinds()
    answer = await lead(newsroom)
    assert await newsroom.kinds() == before
    assert "Its margin matches the last post, so nothing is posted now." in answer
    await newsroom.take(official(1000, 440, 3))
    assert "grows by 60 votes, to 560" in (await newsroom.headlines())[-1]


async def test_the_source_that_led_is_a_source_beside_from_then_on(room: Newsroom) -> None:
    await lead(room)
    told = len(await room.posts())
    await room.take(reading(1100, 500, 3))
    assert len(await room.posts()) == told  # that the two differ was said by the switch
    await room.take(reading(1100, 610, 4))
    assert "The Times also has Biden ahead in Georgia by 490" in (await room.headlines())[-1]


async def test_what_waits_of_the_old_source_is_covered_by_the_switch(room: Newsroom) -> None:
    await room.take(reading(1010, 500, 1.5))
    await lead(room)
    told = len(await room.posts())
    room.at(120)
    await room.ingest.roll_up()
    assert len(await room.posts()) == told


async def test_one_servers_choice_is_not_seen_in_another(room: Newsroom) -> None:
    await room.follow(AWAY, server=OTHER_SERVER)
    await lead(room)
    await room.take(official(1000, 440, 3), reading(1200, 500, 4))
    assert await room.kinds(COUNT) == ["first", "statement", "statement", "margin"]
    assert (await room.headlines(AWAY))[-1].startswith("**Biden's lead in Georgia grows by 200 votes, to 700,**")
    assert "Margin now" not in "".join(await room.headlines(AWAY))


async def test_a_switch_back_tells_the_old_sources_margin_of_now(room: Newsroom) -> None:
    await lead(room)
    await room.take(reading(1300, 500, 3))
    answer = await lead(room, DESK_FILE, minute=4)
    assert (await room.headlines())[-1] == (
        "**Margin now from the Times:** Biden leads in Georgia by 800 votes, was 490 by the Secretary of State."
    )
    assert "as in the desk file, in place of the Secretary of State" in answer
    await room.take(reading(1400, 500, 5))
    assert "grows by 100 votes, to 900" in (await room.headlines())[-1]


async def test_the_same_choice_again_changes_nothing_and_says_who_made_it(room: Newsroom) -> None:
    await lead(room)
    posts, audited = len(await room.posts()), await room.count("audit")
    answer = await lead(room, minute=3)
    assert answer.startswith("**President: posts already follow the Secretary of State**, since")
    assert (len(await room.posts()), await room.count("audit")) == (posts, audited)


async def test_a_switch_leaves_an_audit_row_with_before_and_after(room: Newsroom) -> None:
    await lead(room)
    await lead(room, "times", minute=3)
    rows = await room.database.rows(
        "SELECT who, before ->> 'source', after ->> 'source' FROM audit WHERE what = 'source lead'"
    )
    assert rows == [(WHO, "times", "ga-sos"), (WHO, "ga-sos", "times")]


async def test_answers_go_by_the_source_that_was_chosen_and_say_who_chose_it(room: Newsroom) -> None:
    await lead(room)
    asking = room.questions
    asked = await question_in(asking)
    sources = render(await asking.provenance.sources(asked)).content
    assert ": posts follow the Secretary of State.** Chosen 7:02 a.m. by Olga." in sources
    elsewhere = await question_in(asking, OTHER_SERVER, AWAY)
    assert ": posts follow the Times.**\n" in render(await asking.provenance.sources(elsewhere)).content
    assert (asked.contest.leads, elsewhere.contest.leads) == ("ga-sos", "times")
    facts = await standing(room)
    assert (facts.source.id, facts.change and facts.change.margin) == ("ga-sos", 490)


async def test_why_says_who_switched(room: Newsroom) -> None:
    await lead(room)
    questions = room.questions
    number = (await room.posts())[-1].number
    said = render(await questions.provenance.why(EDITOR, number)).content
    assert "reports the margin from a new leading source" in said
    assert "Posted because the leading source changed: Olga switched it." in said
    assert "covers" not in said


async def test_what_staff_enter_is_held_against_the_source_that_leads_in_their_server(room: Newsroom) -> None:
    await lead(room)
    for source, margin, minute in (("times", 500, 3), ("reporter", 480, 4)):
        room.at(minute)
        said = {"source": source, "contest": "ga", "as_of": room.clock.now(), "leader": "biden", "margin": margin}
        await room.statements.take_in(Statement.model_validate(said), SERVER, WHO)
    last = (await room.headlines())[-1]
    assert "Figures from our reporter have Biden ahead in Georgia by 480" in last
    assert "the Secretary of State has Biden ahead by 490" in last
    assert len(await room.posts()) == 4  # the switch has said what the Times has


async def test_the_source_that_led_stands_beside_in_answers(room: Newsroom) -> None:
    await lead(room)
    facts = await standing(room)
    assert [other.source.id for other in facts.others] == ["times"]


async def test_a_settings_file_takes_the_choice_along_and_tells_it_as_the_command_does(room: Newsroom) -> None:
    store = ServerSettingsStore(room.rooms.outbox.outbox)
    await lead(room)
    with_choice = await store.read(SERVER)
    assert [(one.contest, one.source) for one in with_choice.leads] == [("ga", "ga-sos")]
    await lead(room, DESK_FILE, minute=3)
    posts = len(await room.posts())
    room.woken.clear()
    after = await store.change(SERVER, WHO, lambda _: with_choice)
    assert (after.leads, set(room.woken)) == (with_choice.leads, {COUNT})
    assert await room.count("leading_sources") == 1
    assert len(await room.posts()) == posts + 1
    assert read_settings(with_choice.to_file()) == with_choice


async def test_a_forgotten_server_has_chosen_nothing(room: Newsroom) -> None:
    await lead(room)
    await room.rooms.newsroom.forgetting.forget(SERVER, WHO)
    assert await room.count("leading_sources") == 0


async def test_a_line_on_whose_other_side_the_new_source_is_is_told(newsroom: Newsroom) -> None:
    room = newsroom
    await room.follow()
    await room.take(reading(50_300, 49_700), reading(50_310, 49_700, 1), official(50_100, 49_800, 2))
    await lead(room, minute=3)
    assert (await room.kinds())[-2:] == ["statement", "recount_line"]


async def test_a_muted_source_can_not_lead(room: Newsroom) -> None:
    await room.control.mute("ga-sos", SERVER, "olga (81)")
    with pytest.raises(
        BadInputError, match="the Secretary of State is muted, by olga, so no margin would be posted; unmute it first"
    ):
        await lead(room)
    assert await room.count("leading_sources") == 0


async def test_a_source_without_figures_can_not_take_the_place_of_one_that_has_them(fed: Newsroom) -> None:
    await fed.take(reading(1000, 500))
    with pytest.raises(BadInputError, match="the Secretary of State has no figures of President yet"):
        await lead(fed)


async def test_before_any_figures_any_feed_may_be_chosen_and_its_first_ones_are_posted(fed: Newsroom) -> None:
    assert "It has no figures yet; its first ones are posted." in await lead(fed)
    await fed.take(reading(1000, 500, 3), official(900, 410, 4))
    assert await fed.kinds() == ["first"]
    assert "by 490" in (await fed.headlines())[0]


async def test_a_person_can_not_lead(room: Newsroom) -> None:
    with pytest.raises(BadInputError, match="our reporter sends no figures of its own"):
        await lead(room, "reporter")


async def test_a_post_that_waits_goes_out_before_the_switch_and_once(room: Newsroom) -> None:
    await room.publish()
    await room.take(reading(1200, 500, 1.5))
    await lead(room)
    await room.publish()
    said = room.contents(COUNT)
    assert "to 700" in said[-2]
    assert said[-1].startswith(
        "**Margin now from the Secretary of State:** Biden leads in Georgia by 490 votes, was 700 by the Times."
    )
    await room.publish()
    assert room.contents(COUNT) == said


async def test_what_a_mute_holds_of_the_old_source_does_not_come_after_the_switch(room: Newsroom) -> None:
    await room.publish()
    await room.control.mute("times", SERVER, WHO)
    await room.take(reading(1200, 500, 1.5))
    answer = await lead(room)
    assert "1 post of the Times that its mute held will not be posted." in answer
    await room.control.unmute("times", SERVER, WHO, None)
    await room.publish()
    said = room.contents(COUNT)
    assert said[-1].startswith(LEADS)  # what readers had been told was 500
    assert "700" not in "".join(said)


async def test_a_dropped_switch_is_made_up_for_by_the_next_post(room: Newsroom) -> None:
    await room.control.set_desk_channel(AWAY, SERVER, WHO)
    await room.publish()
    await room.control.set_public(COUNT, SERVER, WHO, public=True)
    await lead(room)
    await room.publish()
    (row,) = await room.database.rows("SELECT id FROM outbox WHERE state = 'awaiting'")
    await room.queue.press("drop", row[0], SERVER, WHO)
    await room.take(official(1000, 440, 3))
    post = (await room.posts(COUNT))[-1]
    assert (post.kind, post.start) == ("first", None)
    assert post.headline.startswith("**Biden leads in Georgia by 560 votes,**")


async def test_a_channel_that_begins_to_follow_begins_where_the_chosen_source_stands(newsroom: Newsroom) -> None:
    await newsroom.take(reading(1000, 500), official(900, 410, 1))
    await lead(newsroom)
    await newsroom.follow()
    await newsroom.take(official(1000, 440, 3))
    assert "grows by 70 votes, to 560" in (await newsroom.headlines())[-1]


async def test_a_held_reading_of_the_new_source_is_named_and_told_when_it_is_let_through(room: Newsroom) -> None:
    await room.take(official(700, 300, 1.5))
    assert "Its later figures are on hold: the count went down" in await lead(room)
    await room.take(official(700, 300, 4))
    assert (await room.kinds())[-1] == "revision"


async def test_a_source_that_left_the_desk_file_gives_way_to_its_own_once_and_the_desk_is_told(room: Newsroom) -> None:
    await room.control.set_desk_channel(AWAY, SERVER, WHO)
    await lead(room)
    after = leading_by(room, without("ga-sos"))
    await after.fall_back()
    await after.fall_back()
    assert (await room.headlines())[-1].startswith(
        "**Margin now from the Times:** Biden leads in Georgia by 500 votes, was 490"
    )
    (told,) = await room.headlines(AWAY)
    assert told.startswith(
        "**President: posts follow the Times again,** as in the desk file. This server had chosen ga-sos, which"
    )
    assert await room.count("leading_sources") == 0


async def test_a_source_that_is_still_there_goes_on_leading_after_a_start(room: Newsroom) -> None:
    await lead(room)
    posts = await room.posts()
    await room.leading.fall_back()
    assert (await room.posts(), await room.count("leading_sources")) == (posts, 1)


def without(source: str) -> Desk:
    """Return the small desk file without a source."""
    desk = small_desk()
    return desk.model_copy(update={"sources": [one for one in desk.sources if one.id != source]})


def leading_by(room: Newsroom, desk: Desk) -> LeadingSources:
    """Return the leading sources with another desk file, as after a restart."""
    setting = Setting(desk)
    store = LeadingSourceStore(Outbox(room.database, post_kinds(setting), room.clock, room.wake))
    stores = (room.desk_store, room.control_store)
    return LeadingSources(store, *stores, setting, room.clock)
